"""Studies, programmes and their measures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from jardam.journal.procedure import actions, may
from jardam.kernel.actor import Actor
from jardam.kernel.lifecycle import WRONG_STATE
from jardam.kernel.refusal import Basis, Refusal
from jardam.parties.models import Organisation
from jardam.parties.queries import ids_of
from jardam.rulebook.catalogue import keys_for
from jardam.rulebook.settlement import rule_unknown

from ..models import FormerHead, Measure, Programme, StruckMeasure, Study, StudyGroup
from ..policy import FORM, PROGRAMME, STUDY, rules_now, sections_asked, visible_programmes
from ..rules import WRITTEN_SECTIONS, Need, ranked
from .slips import corrections_of, put_right
from .versions import in_force


def study(ref: str) -> Study:
    found = Study.objects.select_related("customer").get(ref=ref)
    put_right("study", [found], corrections_of(found))
    return found


def studies(customer_id: int | Iterable[int] | None = None, after: int = 0, limit: int = 50) -> list[Study]:
    rows = Study.objects.select_related("customer").filter(id__gt=after)
    if customer_id is not None:
        rows = rows.filter(customer_id__in=ids_of(customer_id))
    return list(rows.order_by("id")[:limit])


def needs_of(study: Study) -> list[tuple[StudyGroup, Need]]:
    """The groups of a study in the order of the published ranking."""
    rows = {row.group: row for row in study.groups.all()}
    needs = [Need(r.group, r.headcount, r.served, r.severity, r.unit_cost) for r in rows.values()]
    return [(rows[need.group], need) for need in ranked(needs)]


def programme(ref: str, actor: Actor) -> Programme:
    """Raises Programme.DoesNotExist for one this actor does not see."""
    rows = visible_programmes(actor).select_related("customer", "study", "adoption", "adoption__body")
    return rows.get(ref=ref)


def programmes(
    actor: Actor, customer_id: int | Iterable[int] | None = None, state: str = "", after: int = 0, limit: int = 50
) -> list[Programme]:
    """A page of programmes, oldest first; the next begins after the last id."""
    rows = visible_programmes(actor).select_related("customer", "adoption").filter(id__gt=after)
    if customer_id is not None:
        rows = rows.filter(customer_id__in=ids_of(customer_id))
    if state:
        rows = rows.filter(state=state)
    return list(rows.order_by("id")[:limit])


def adopted(actor: Actor) -> list[int]:
    """The ids of every adopted programme this actor sees."""
    return list(visible_programmes(actor).filter(state="adopted").values_list("pk", flat=True))


def before_council(council_id: int | Iterable[int], after: int = 0, limit: int = 50) -> list[Programme]:
    """The submitted programmes of a council's own customers, oldest first."""
    rows = Programme.objects.filter(customer__council_id__in=ids_of(council_id), state="submitted", id__gt=after)
    return list(rows.select_related("customer").order_by("id")[:limit])


def measure(ref: str) -> Measure:
    """As the version in force has it."""
    rows = Measure.objects.filter(struck=None).select_related("programme", "programme__customer")
    return in_force([rows.get(ref=ref)])[0]


def measures_of(programme_ids: Iterable[int]) -> list[Measure]:
    """As the version in force has them, those that were ended left out."""
    rows = in_force(Measure.objects.filter(programme_id__in=list(programme_ids), struck=None).order_by("id"))
    return [one for one in rows if one.amount]


def measures_of_programme(programme_id: int, year: int) -> list[Measure]:
    """Those of one budget year, in their order."""
    return list(Measure.objects.filter(programme_id=programme_id, year=year, struck=None).order_by("id"))


def measures_open_for_contest(customer_id: int) -> list[Measure]:
    """Measures in the form of grants of the customer's adopted programmes."""
    rows = Measure.objects.filter(
        programme__customer_id=customer_id, programme__state="adopted", form="grants", struck=None
    )
    return [one for one in in_force(rows.select_related("programme").order_by("-id")) if one.amount]


def programme_actions(programme: Programme, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show."""
    return actions(PROGRAMME, programme, actor)


def programme_refusals(programme: Programme, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now. To those who may send a programme to the council, every rule of its
    stage that is not known yet is named too."""
    refusals = may(PROGRAMME, programme, verb, actor)
    denied = PROGRAMME.permissions[verb].refusal(actor, programme) is not None
    if (
        denied
        or verb not in ("submit_to_council", "adopt_by_order")
        or WRONG_STATE.code in {one.code for one in refusals}
    ):
        return refusals
    return refusals + unknown_rules(programme.customer, actor.at)


def unknown_rules(customer: Organisation, at: datetime) -> tuple[Refusal, ...]:
    """Every rule of the stage `programme` that has no value yet."""
    known = rules_now(customer, at)
    return tuple(rule_unknown(key) for key in keys_for("programme", FORM) if key not in known.parameters)


def adopted_programmes(customer_id: int | Iterable[int], limit: int = 100) -> list[Programme]:
    """The customer's, newest first: what a contest can begin under."""
    rows = Programme.objects.filter(customer_id__in=ids_of(customer_id), state="adopted").select_related("customer")
    return list(rows.order_by("-id")[:limit])


def measure_of_draft(ref: str, actor: Actor) -> Measure:
    """One that stands in a programme this actor sees; else raises Measure.DoesNotExist."""
    rows = Measure.objects.filter(struck=None, programme__in=visible_programmes(actor))
    return rows.select_related("programme", "programme__customer", "programme__study").get(ref=ref)


def is_struck(measure: Measure) -> bool:
    """Taken out of its draft, or written anew."""
    return StruckMeasure.objects.filter(measure=measure).exists()


def struck_of(programme: Programme, since: datetime | None = None) -> list[StruckMeasure]:
    """The measures that were taken out of the draft or written anew, oldest first; `since` an instant."""
    rows = StruckMeasure.objects.filter(measure__programme=programme).select_related("measure", "by")
    return list((rows.filter(struck_at__gte=since) if since else rows).order_by("id"))


def former_heads(programme: Programme, since: datetime | None = None) -> list[FormerHead]:
    """What the draft said of itself before, oldest first."""
    rows = programme.former_heads.select_related("study")
    return list((rows.filter(changed_at__gte=since) if since else rows).order_by("id"))


def sections_of(programme: Programme) -> dict[str, dict[str, str]]:
    """Code → text in each language, as last written."""
    return dict(programme.sections.order_by("id").values_list("code", "text"))


def sections_to_write(programme: Programme, at: datetime) -> tuple[tuple[str, ...], Basis | None]:
    """What the form asks for: the sections a rule in force names, with its basis; else the usual ones."""
    asked, basis = sections_asked(programme, at)
    return asked or WRITTEN_SECTIONS, basis


def study_actions(study: Study, actor: Actor) -> tuple[str, ...]:
    return actions(STUDY, study, actor)
