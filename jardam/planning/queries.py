"""Named reads of studies and programmes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, QuerySet

from jardam.journal.models import Record
from jardam.journal.procedure import actions, may
from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.actor import Actor
from jardam.kernel.lifecycle import WRONG_STATE
from jardam.kernel.refusal import Basis, Refusal
from jardam.kernel.time import Deadline, bishkek_day
from jardam.parties.models import Organisation
from jardam.parties.queries import ids_of
from jardam.regime import queries as regime
from jardam.rulebook import clock
from jardam.rulebook.catalogue import keys_for
from jardam.rulebook.settlement import Settlement, rule_unknown
from jardam.treasury import queries as treasury
from jardam.treasury.queries import Trail

from .models import (
    Adoption,
    Comment,
    CommitteeOpinion,
    Correction,
    CouncilDecision,
    CouncilReport,
    Discussion,
    FormerHead,
    Gathering,
    Measure,
    MeasureVersion,
    Problem,
    Programme,
    ProgrammeSection,
    Publication,
    RevisedMeasure,
    RevisedSection,
    Revision,
    StruckMeasure,
    Study,
    StudyGroup,
)
from .policy import (
    COMMENT,
    FORM,
    PROBLEM,
    PROGRAMME,
    REVISION,
    STUDY,
    adopter,
    revised_measures,
    rules_now,
    sections_asked,
    visible_problems,
    visible_programmes,
    visible_revisions,
    years_to_close,
)
from .rules import (
    CORRECTABLE,
    OF_THE_COUNCIL,
    VERSIONED,
    WRITTEN_SECTIONS,
    Difference,
    Need,
    as_read,
    as_written,
    ranked,
)


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


# --- what people say -------------------------------------------------------------------------------------------


def is_adopted_by_order(programme: Programme, at: datetime) -> bool:
    """Whether the customer's head adopted it; of a draft, whether the head does by the rules in force."""
    adoption = getattr(programme, "adoption", None)
    return adoption.body_id == programme.customer_id if adoption else adopter(programme.customer, at).by_order


def least_discussion(customer: Organisation, at: datetime) -> Deadline | None:
    """Until when a discussion that opens now must go on; None where the rules in force do not say it."""
    known = rules_now(customer, at)
    if "prog.discussion_term" not in known.parameters:
        return None
    return clock.deadline_if_any(known, "prog.discussion_term", at, regime.calendar(known.jurisdiction))


def discussion_of(programme: Programme) -> Discussion | None:
    """The latest."""
    return programme.discussions.order_by("-id").first()


def discussions_over(customer_id: int, at: datetime, limit: int = 50) -> list[Programme]:
    """Drafts whose discussion has ended: they can go to the council."""
    running = Discussion.objects.filter(programme=OuterRef("pk"), closes_at__gt=at)
    rows = Programme.objects.filter(~Exists(running), customer_id=customer_id, state="discussion")
    return list(rows.order_by("id")[:limit])


def comments_of(programme: Programme, after: int = 0, limit: int = 200) -> list[Comment]:
    """In the order they were made; the next page begins after the last id."""
    rows = programme.comments.select_related("organisation").filter(id__gt=after)
    found = list(rows.order_by("id")[:limit])
    if any(one.answer for one in found):
        slips = Correction.objects.filter(thing=Programme.KIND, thing_id=programme.pk, fact="comment").order_by("id")
        put_right("comment", found, slips)
    return found


def every_comment(programme: Programme) -> list[Comment]:
    """For the pack of the council, which leaves nobody out."""
    return list(programme.comments.select_related("organisation").order_by("id"))


def comment(ref: str) -> Comment:
    return Comment.objects.select_related("programme", "programme__customer", "organisation").get(ref=ref)


def comments_waiting(customer_id: int, limit: int = 50) -> list[Comment]:
    """Without an answer, oldest first."""
    rows = Comment.objects.filter(programme__customer_id=customer_id, state="made")
    return list(rows.select_related("programme").order_by("id")[:limit])


def comment_refusals(comment: Comment, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(COMMENT, comment, verb, actor)


def new_comment_refusals(programme: Programme, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not comment on the programme now."""
    return may(COMMENT, Comment(programme=programme), "make_comment", actor)


def problem(ref: str, actor: Actor) -> Problem:
    """Raises Problem.DoesNotExist for one this actor does not see."""
    found = visible_problems(actor).select_related("customer", "measure", "measure__programme").get(ref=ref)
    put_right("problem", [found], corrections_of(found))
    return found


def problems(actor: Actor, after: int = 0, limit: int = 50) -> list[Problem]:
    """Those this actor sees, in the order they were proposed."""
    rows = visible_problems(actor).select_related("customer").filter(id__gt=after)
    return list(rows.order_by("id")[:limit])


def problems_of(customer_id: int | Iterable[int], after: int = 0, limit: int = 50) -> list[Problem]:
    """The customer's, oldest first."""
    return list(Problem.objects.filter(customer_id__in=ids_of(customer_id), id__gt=after).order_by("id")[:limit])


def problems_waiting(customer_id: int, limit: int = 50) -> list[Problem]:
    """To be read or to be answered, oldest first."""
    rows = Problem.objects.filter(customer_id=customer_id, state__in=("proposed", "published"))
    return list(rows.order_by("id")[:limit])


def problems_by(person_id: int, after: int = 0, limit: int = 50) -> list[Problem]:
    """What this person proposed."""
    rows = Problem.objects.select_related("customer").filter(proposed_by_id=person_id, id__gt=after)
    return list(rows.order_by("id")[:limit])


def problem_actions(problem: Problem, actor: Actor) -> tuple[str, ...]:
    return actions(PROBLEM, problem, actor)


def problem_refusals(problem: Problem, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(PROBLEM, problem, verb, actor)


def measures_for_answer(customer_id: int) -> list[Measure]:
    """Measures a problem may be taken into: those of the customer's programmes, newest first."""
    rows = Measure.objects.filter(programme__customer_id=customer_id, struck=None).select_related("programme")
    rows = rows.exclude(programme__state__in=("discarded", "dropped"))
    return in_force(rows.order_by("-id")[:200])


def measure_of_draft(ref: str, actor: Actor) -> Measure:
    """One that stands in a programme this actor sees; else raises Measure.DoesNotExist."""
    rows = Measure.objects.filter(struck=None, programme__in=visible_programmes(actor))
    return rows.select_related("programme", "programme__customer", "programme__study").get(ref=ref)


def problems_taken_into(measures: Sequence[Measure]) -> int:
    """How many."""
    return Problem.objects.filter(measure__in=measures, state="taken_up").count()


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


# --- the council and the year ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Course:
    """What happened to a programme at the council and after it, oldest first."""

    decisions: list[CouncilDecision]
    opinions: list[CommitteeOpinion]
    publication: Publication | None
    reports: list[CouncilReport]
    gatherings: list[Gathering]
    corrections: list[Correction]


def course_of(programme: Programme) -> Course:
    """As it counts: with the corrections of slips (H-68), which it also tells."""
    decisions = list(programme.decisions.select_related("revision").order_by("id"))
    opinions = list(programme.opinions.order_by("id"))
    publication = Publication.objects.filter(programme=programme).first()
    reports = list(programme.reports.order_by("year"))
    gatherings = list(programme.gatherings.order_by("held_on", "id"))
    slips = corrections_of(programme)
    put_right("decision", decisions, slips)
    put_right("gathering", gatherings, slips)
    put_right("opinion", opinions, slips)
    put_right("publication", [publication] if publication else [], slips)
    put_right("report", reports, slips)
    return Course(decisions, opinions, publication, reports, gatherings, slips)


def year_figures(programme: Programme, year: int) -> Trail:
    """What the ledger says of a programme's budget year."""
    return treasury.trail_of_year("programme", programme.pk, year)


def decided_by_council(council_id: int | Iterable[int], after: int = 0, limit: int = 50) -> list[Programme]:
    """The programmes a council has decided on, oldest first."""
    rows = Programme.objects.filter(
        customer__council_id__in=ids_of(council_id),
        state__in=("adopted", "rejected", "annulled", "closed"),
        id__gt=after,
    )
    return list(rows.select_related("customer", "adoption").order_by("id")[:limit])


def unpublished(council_id: int | None, limit: int = 50) -> list[Programme]:
    """Adopted by this council, without a publication of the resolution; oldest first. What was recorded afterwards
    waits for nothing: its clock ran on paper."""
    rows = Programme.objects.filter(customer__council_id=council_id or 0).exclude(adoption__body_id=F("customer_id"))
    return _unpublished(rows, limit)


def orders_unpublished(customer_id: int, limit: int = 50) -> list[Programme]:
    """Adopted by an order of this customer's head, without a publication of it; oldest first."""
    return _unpublished(Programme.objects.filter(customer_id=customer_id, adoption__body_id=customer_id), limit)


def _unpublished(rows: QuerySet[Programme], limit: int) -> list[Programme]:
    rows = rows.filter(state="adopted", publication=None, recorded_at=None)
    return list(rows.select_related("customer", "adoption").order_by("id")[:limit])


def publication_terms(programmes: Sequence[Programme], at: datetime) -> dict[int, Deadline | None]:
    """Until when each resolution is to be published, by the programme's id; None where the rules in force do not say
    it. The rules are asked once a customer."""
    put_adoptions_right(programmes)
    rules = {one.customer_id: rules_now(one.customer, at) for one in {p.customer_id: p for p in programmes}.values()}
    return {one.pk: _publication_term(rules[one.customer_id], one.adoption.adopted_on) for one in programmes}


def _publication_term(known: Settlement, day: date) -> Deadline | None:
    if "prog.publish_term" not in known.parameters:
        return None
    return clock.deadline_if_any(known, "prog.publish_term", day, regime.calendar(known.jurisdiction))


def years_unreported(programmes: Sequence[Programme], at: datetime) -> list[tuple[Programme, int]]:
    """The years that are over and were not reported to the council."""
    this_year = bishkek_day(at).year
    begun = [one.pk for one in programmes if one.year_from < this_year]
    done = set(CouncilReport.objects.filter(programme_id__in=begun).values_list("programme_id", "year"))
    return [
        (one, year)
        for one in programmes
        for year in years_to_close(one)
        if year < this_year and (one.pk, year) not in done
    ]


# --- slips -----------------------------------------------------------------------------------------------------

_FACTS: dict[str, tuple[type[Model], str]] = {
    "adoption": (Adoption, "programme"),
    "comment": (Comment, "programme"),
    "decision": (CouncilDecision, "programme"),
    "gathering": (Gathering, "programme"),
    "opinion": (CommitteeOpinion, "programme"),
    "problem": (Problem, ""),
    "publication": (Publication, "programme"),
    "report": (CouncilReport, "programme"),
    "study": (Study, ""),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A recorded fact in which a slip may be put right, and the thing whose act that is."""

    fact: str
    row: Any
    thing: Any


def facts_of(thing: Any) -> list[Fact]:
    """Everything recorded of a programme, a study or a problem in which a slip may be put right."""
    if not isinstance(thing, Programme):
        return [Fact(thing.KIND, thing, thing)]
    found = []
    for fact, (model, owner) in _FACTS.items():
        if owner:
            rows = model._default_manager.filter(programme=thing).order_by("id")
            found += [Fact(fact, row, thing) for row in (rows.exclude(answer="") if fact == "comment" else rows)]
    return found


def fact_of(fact: str, number: int, thing: Any) -> Fact | None:
    """One of this thing's own, by its place among those of its kind, from 1, read with its corrections."""
    own = [one for one in facts_of(thing) if one.fact == fact][number - 1 : number] if number > 0 else []
    put_right(fact, [one.row for one in own], corrections_of(thing))
    return own[0] if own else None


def correction_refusals(found: Fact, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not correct a slip in it."""
    procedure = {Programme: PROGRAMME, Problem: PROBLEM, Study: STUDY}[type(found.thing)]
    return may(procedure, found.thing, verb_of_correction(found.fact), actor)


def study_actions(study: Study, actor: Actor) -> tuple[str, ...]:
    return actions(STUDY, study, actor)


def correctable(fact: str) -> tuple[str, ...]:
    """The fields of a fact in which a slip may be put right."""
    return CORRECTABLE[fact]


def verb_of_correction(fact: str) -> str:
    """Whose act it is: of whoever adopted the programme, or of the customer."""
    return "correct_resolution" if fact in OF_THE_COUNCIL else "correct_record"


def put_right(fact: str, rows: Iterable[Any], corrections: Iterable[Correction]) -> None:
    """Read these rows with those of the corrections that are theirs. Never to be saved."""
    known = {row.pk: row for row in rows}
    for one in corrections:
        if one.fact == fact and (row := known.get(one.fact_id)):
            setattr(row, one.field, as_read(one.now, getattr(row, one.field), one.field))


def put_adoptions_right(programmes: Iterable[Programme]) -> None:
    """The resolutions of these programmes with their corrections; one query."""
    adoptions = {one.adoption.pk: one.adoption for one in programmes if hasattr(one, "adoption")}
    found = Correction.objects.filter(thing=Programme.KIND, fact="adoption", fact_id__in=adoptions).order_by("id")
    put_right("adoption", adoptions.values(), found if adoptions else ())


def corrections_of(thing: Programme | Study | Problem) -> list[Correction]:
    """Oldest first."""
    return list(Correction.objects.filter(thing=thing.KIND, thing_id=thing.pk).order_by("id"))


# --- what was adopted before the system ------------------------------------------------------------------------


def entered_waiting(customer_id: int, person_id: int | None, limit: int = 50) -> list[Programme]:
    """Entered from paper by others than this person, not checked yet; oldest first."""
    own = Record.objects.filter(object_kind=Programme.KIND, object_id=OuterRef("pk"), person_id=person_id)
    rows = Programme.objects.filter(~Exists(own), customer_id=customer_id, state="entered")
    return list(rows.order_by("id")[:limit])


# --- versions --------------------------------------------------------------------------------------------------


def in_force(measures: Iterable[Measure]) -> list[Measure]:
    """The same measures with the values of the version in force; one query. Never to be saved."""
    rows = list(measures)
    found = MeasureVersion.objects.filter(measure_id__in=[one.pk for one in rows]).order_by("id")
    last = {one.measure_id: one for one in found}
    for one in rows:
        if version := last.get(one.pk):
            for name in VERSIONED:
                setattr(one, name, getattr(version, name))
    return rows


def revision(ref: str, actor: Actor) -> Revision:
    """Raises Revision.DoesNotExist for one this actor does not see."""
    rows = visible_revisions(actor).select_related("programme", "programme__customer", "programme__study")
    return rows.get(ref=ref)


def revisions_of(programme: Programme, actor: Actor) -> list[Revision]:
    """Those this actor sees, oldest first."""
    return list(visible_revisions(actor).filter(programme=programme).order_by("number"))


def revisions_before_council(council_id: int | None, limit: int = 50) -> list[Revision]:
    """Submitted, oldest first."""
    rows = Revision.objects.filter(programme__customer__council_id=council_id or 0, state="submitted")
    return list(rows.select_related("programme", "programme__customer").order_by("id")[:limit])


def revisions_drafted(customer_id: int, limit: int = 50) -> list[Revision]:
    rows = Revision.objects.filter(programme__customer_id=customer_id, state="draft")
    return list(rows.select_related("programme").order_by("id")[:limit])


def revision_actions(revision: Revision, actor: Actor) -> tuple[str, ...]:
    return actions(REVISION, revision, actor)


def revision_refusals(revision: Revision, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(REVISION, revision, verb, actor)


def new_revision_refusals(programme: Programme, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not begin a new version of the programme now."""
    return may(REVISION, Revision(programme=programme), "draft_revision", actor)


def revised(revision: Revision) -> list[RevisedMeasure]:
    """What the version says of measures so far."""
    return revised_measures(revision)


def revised_sections(revision: Revision) -> dict[str, dict[str, str]]:
    return dict(revision.sections.order_by("id").values_list("code", "text"))


def changes_of(revision: Revision) -> list[Difference]:
    """What the version changes, field by field, against what was in force when it was last acted on: also for one
    adopted or rejected long ago. A change that changes nothing is left out."""
    found = []
    rows = revised_measures(revision)
    before = _measures_before(revision, [row.measure_id for row in rows if row.measure_id])
    for row in rows:
        old = before.get(row.measure_id) if row.measure_id else None
        pairs = [(name, getattr(old, name) if old else None, getattr(row, name)) for name in VERSIONED]
        found += [
            Difference(row.key, name, was, now, row.title, row.year)
            for name, was, now in pairs
            if was != now and (old or now)
        ]
    written = revision.programme.sections.filter(act_id__lt=revision.act_id).order_by("id")
    sections = dict(written.values_list("code", "text"))
    for code, text in revised_sections(revision).items():
        if sections.get(code) != text:
            found.append(Difference(code, "text", sections.get(code), text))
    return found


def _measures_before(revision: Revision, ids: list[int]) -> dict[int, Measure | MeasureVersion]:
    rows: dict[int, Measure | MeasureVersion] = dict(Measure.objects.in_bulk(ids))
    for version in MeasureVersion.objects.filter(measure_id__in=ids, act_id__lt=revision.act_id).order_by("id"):
        rows[version.measure_id] = version
    return rows


# --- verify ----------------------------------------------------------------------------------------------------


_PAPER = """coalesce((SELECT f.sha256 FROM documents_file f WHERE f.id = t.file_id), '')
               = coalesce(r.public_data->>'file', '')"""
_WORDS = """encode(sha256(convert_to(concat_ws(E'\\n', {texts}, {unit}, {place}), 'UTF8')), 'hex')"""


def _words(*names: str, unit: str = "t.unit", place: str = "t.place") -> str:
    parts = [f"coalesce({name}->>'{code}', '')" for name in names for code in ("ky", "ru", "en")]
    return _WORDS.format(texts=", ".join(parts), unit=unit, place=place)


def _same_words(model: type[Problem] | type[Comment] | type[Programme], column: str, *verbs: str) -> Check:
    """Whether a text is still the one whose fingerprint the last such act keeps, unless that was erased lawfully."""
    table = model._meta.db_table
    return sql_check(
        f"{table} {{0}}: its {column} is not what was written (journal_record {{1}})",
        f"""SELECT t.id, r.id FROM {table} t
            CROSS JOIN LATERAL (SELECT * FROM journal_record r WHERE r.object_kind = %s AND r.object_id = t.id
              AND r.verb = ANY(%s) ORDER BY r.id DESC LIMIT 1) r
            JOIN journal_privatepart p ON p.record_id = r.id
            WHERE p.payload->>'{column}' <> encode(sha256(convert_to(t.{column}, 'UTF8')), 'hex')
            ORDER BY t.id LIMIT 1""",
        [model.KIND, list(verbs)],
    )


def checks() -> list[Check]:
    """Measures and adoptions are what their acts said; no measure was given more than its amount."""
    return [
        agrees_with_act(
            Measure,
            """t.amount = (r.public_data->>'amount')::numeric AND t.year = (r.public_data->>'year')::int
               AND t.form = r.public_data->>'form' AND t."group" = r.public_data->>'group'
               AND t.programme_id = r.object_id""",
        ),
        agrees_with_act(
            StruckMeasure,
            """t.measure_id = (r.public_data->>'measure')::bigint AND t.struck_at = r.at AND r.object_id =
                 (SELECT m.programme_id FROM planning_measure m WHERE m.id = t.measure_id)
               AND t.by_id IS NOT DISTINCT FROM (SELECT m.id FROM planning_measure m WHERE m.act_id = r.id)""",
        ),
        agrees_with_act(
            FormerHead,
            """t.programme_id = r.object_id AND t.changed_at = r.at
               AND jsonb_build_array(t.year_from, t.year_to) = r.public_data->'was'->'years'
               AND t.study_id IS NOT DISTINCT FROM (r.public_data->'was'->>'study')::bigint
               AND r.public_data->'was'->>'words' = """
            + _words("t.title", "t.goal", unit="t.part_of", place="t.level"),
        ),
        agrees_with_act(
            Programme,
            """jsonb_build_array(t.year_from, t.year_to) = r.public_data->'years' AND (r.verb <> 'change_head'
                 OR t.study_id IS NOT DISTINCT FROM (r.public_data->>'study')::bigint AND r.public_data->>'words' = """
            + _words("t.title", "t.goal", unit="t.part_of", place="t.level")
            + ")",
            "draft_programme",
            "enter_existing",
            "change_head",
        ),
        _same_words(Programme, "dropped_because", "drop_programme"),
        sql_check(
            "planning_problem {0}: its measure {1} does not stand in a programme any more",
            """SELECT p.id, p.measure_id FROM planning_problem p JOIN planning_measure m ON m.id = p.measure_id
               LEFT JOIN planning_struckmeasure s ON s.measure_id = m.id
               JOIN planning_programme g ON g.id = m.programme_id
               WHERE s.id IS NOT NULL OR g.state = 'dropped' ORDER BY p.id LIMIT 1""",
        ),
        sql_check(
            "planning_struckmeasure {0}: {1} was allocated to the measure it took out",
            """SELECT s.id, sum(e.amount) FROM planning_struckmeasure s
               JOIN treasury_posting p ON p.source_kind = 'measure' AND p.source_id = s.measure_id
                 AND p.verb = 'allocate'
               JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
               GROUP BY s.id ORDER BY s.id LIMIT 1""",
        ),
        agrees_with_act(
            Adoption,
            """t.number = r.public_data->>'number' AND t.adopted_on = (r.public_data->>'adopted_on')::date
               AND t.votes_for IS NOT DISTINCT FROM (r.public_data->>'for')::int
               AND t.votes_against IS NOT DISTINCT FROM (r.public_data->>'against')::int
               AND t.programme_id = r.object_id
               AND t.in_force_on IS NOT DISTINCT FROM (r.public_data->>'in_force_on')::date
               AND t.register_number = coalesce(r.public_data->>'register_number', '')
               AND """
            + _PAPER,
        ),
        agrees_with_act(
            Discussion,
            """t.closes_at = (r.public_data->>'closes_at')::timestamptz AND t.opened_at = r.at
               AND t.programme_id = r.object_id""",
        ),
        agrees_with_act(
            Problem,
            """t.customer_id = (r.public_data->>'customer')::bigint AND t."group" = r.public_data->>'group'
               AND t.proposed_by_id = r.person_id""",
            "propose_problem",
        ),
        agrees_with_act(Problem, "t.ground = r.public_data->>'ground'", "decline_problem"),
        agrees_with_act(
            Problem,
            """(t.answered_at = r.at OR r.verb IN ('follow_measure', 'return_problem'))
               AND t.measure_id IS NOT DISTINCT FROM (r.public_data->>'measure')::bigint""",
            "take_up_problem",
            "turn_down_problem",
            "follow_measure",
            "return_problem",
        ),
        agrees_with_act(
            Comment,
            """t.programme_id = (r.public_data->>'programme')::bigint AND t.made_by_id = r.person_id
               AND t.organisation_id IS NOT DISTINCT FROM (r.public_data->>'organisation')::bigint""",
            "make_comment",
        ),
        agrees_with_act(
            CouncilDecision,
            """CASE r.object_kind WHEN 'revision' THEN t.revision_id = r.object_id AND t.programme_id =
                   (SELECT v.programme_id FROM planning_revision v WHERE v.id = r.object_id)
                 ELSE t.programme_id = r.object_id AND t.revision_id IS NULL END
               AND (r.verb IN ('return_for_rework', 'return_revision') OR (
                 t.number = r.public_data->>'number' AND t.decided_on = (r.public_data->>'decided_on')::date
                 AND encode(sha256(convert_to(t.reason, 'UTF8')), 'hex') = r.public_data->>'reason'
                 AND t.votes_for IS NOT DISTINCT FROM (r.public_data->'vote'->>'votes_for')::int
                 AND t.votes_against IS NOT DISTINCT FROM (r.public_data->'vote'->>'votes_against')::int
                 AND t.in_force_on IS NOT DISTINCT FROM (r.public_data->>'in_force_on')::date
                 AND t.register_number = coalesce(r.public_data->>'register_number', '')))
               AND """
            + _PAPER,
        ),
        agrees_with_act(
            CommitteeOpinion,
            """t.programme_id = r.object_id AND t.committee = r.public_data->>'committee'
               AND t.opinion = r.public_data->>'opinion'
               AND encode(sha256(convert_to(t.text, 'UTF8')), 'hex') = r.public_data->>'text'""",
        ),
        agrees_with_act(
            Publication,
            """t.programme_id = r.object_id AND t.place = r.public_data->>'place'
               AND t.published_on = (r.public_data->>'published_on')::date
               AND t.register_number = coalesce(r.public_data->>'register_number', '')""",
        ),
        agrees_with_act(
            CouncilReport,
            """t.programme_id = r.object_id AND t.year = (r.public_data->>'year')::int
               AND t.figures = r.public_data->'figures'
               AND encode(sha256(convert_to(t.text, 'UTF8')), 'hex') = r.public_data->>'text'""",
        ),
        agrees_with_act(
            Gathering,
            """t.programme_id = r.object_id AND t.year = (r.public_data->>'year')::int
               AND t.held_on = (r.public_data->>'held_on')::date
               AND t.headcount = (r.public_data->>'headcount')::int""",
        ),
        agrees_with_act(
            ProgrammeSection,
            """t.programme_id = r.object_id AND t.code = r.public_data->>'section'
               AND r.public_data->>'text' = encode(sha256(convert_to(
                 coalesce(t.text->>'ky', '') || E'\\n' || coalesce(t.text->>'ru', '') || E'\\n'
                 || coalesce(t.text->>'en', ''), 'UTF8')), 'hex')""",
        ),
        agrees_with_act(
            RevisedMeasure,
            """t.revision_id = r.object_id AND t.key = r.public_data->>'key'
               AND t.measure_id IS NOT DISTINCT FROM (r.public_data->>'measure')::bigint
               AND t.year = (r.public_data->>'year')::int AND t.form = r.public_data->>'form'
               AND t."group" = r.public_data->>'group' AND t.amount = (r.public_data->>'amount')::numeric
               AND t.baseline = (r.public_data->>'baseline')::int AND t.target = (r.public_data->>'target')::int
               AND r.public_data->>'words' = """
            + _words("t.title", "t.indicator"),
        ),
        agrees_with_act(
            RevisedSection,
            """t.revision_id = r.object_id AND t.code = r.public_data->>'section'
               AND r.public_data->>'text' = encode(sha256(convert_to(
                 coalesce(t.text->>'ky', '') || E'\\n' || coalesce(t.text->>'ru', '') || E'\\n'
                 || coalesce(t.text->>'en', ''), 'UTF8')), 'hex')""",
        ),
        agrees_with_act(
            MeasureVersion,
            """t.measure_id = (r.public_data->>'measure')::bigint AND t.amount = (r.public_data->>'amount')::numeric
               AND t.revision_id = (r.public_data->>'revision')::bigint
               AND t.baseline = (r.public_data->>'baseline')::int AND t.target = (r.public_data->>'target')::int
               AND r.public_data->>'words' = """
            + _words("(SELECT m.title FROM planning_measure m WHERE m.id = t.measure_id)", "t.indicator"),
        ),
        sql_check(
            "planning_measureversion {0}: its version {1} was never adopted",
            """SELECT v.id, r.number FROM planning_measureversion v JOIN planning_revision r ON r.id = v.revision_id
               WHERE r.state <> 'adopted' ORDER BY v.id LIMIT 1""",
        ),
        sql_check(
            "planning_revision {0}: it says another amount of planning_measure {1} than what was put in force",
            """SELECT r.id, v.measure_id FROM planning_revision r
               JOIN planning_measureversion v ON v.revision_id = r.id
               JOIN LATERAL (SELECT * FROM planning_revisedmeasure d WHERE d.revision_id = r.id
                 AND d.measure_id = v.measure_id ORDER BY d.id DESC LIMIT 1) d ON true
               WHERE d.amount <> v.amount ORDER BY r.id LIMIT 1""",
        ),
        agrees_with_act(
            Correction,
            """t.fact = r.public_data->>'fact' AND t.fact_id = (r.public_data->>'fact_id')::bigint
               AND t.field = r.public_data->>'field' AND t.corrected_at = r.at
               AND t.thing = r.object_kind AND t.thing_id = r.object_id
               AND encode(sha256(convert_to(t.was, 'UTF8')), 'hex') = r.public_data->>'was'
               AND encode(sha256(convert_to(t.now, 'UTF8')), 'hex') = r.public_data->>'now'
               AND encode(sha256(convert_to(t.reason, 'UTF8')), 'hex') = r.public_data->>'reason'""",
        ),
        _corrections_follow,
        _same_words(Problem, "text", "propose_problem"),
        _same_words(Problem, "answer", "take_up_problem", "turn_down_problem"),
        _same_words(Comment, "text", "make_comment"),
        _same_words(Comment, "answer", "take_up_comment", "turn_down_comment"),
        sql_check(
            "planning_programme {0}: it went to the council with {1} comments unanswered",
            """SELECT p.id, count(c.id) FROM planning_programme p
               JOIN planning_comment c ON c.programme_id = p.id AND c.state = 'made'
               WHERE p.state NOT IN ('draft', 'discussion') GROUP BY p.id ORDER BY p.id LIMIT 1""",
        ),
        sql_check(
            "planning_measure {0}: {1} was allocated to it, over its amount {2}",
            """SELECT m.id, sum(e.amount), m.amount FROM (
                 SELECT m.id, coalesce((SELECT v.amount FROM planning_measureversion v WHERE v.measure_id = m.id
                   ORDER BY v.id DESC LIMIT 1), m.amount) AS amount FROM planning_measure m) m
               JOIN treasury_posting p ON p.source_kind = 'measure' AND p.source_id = m.id AND p.verb = 'allocate'
               JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
               GROUP BY m.id, m.amount HAVING sum(e.amount) > m.amount ORDER BY m.id LIMIT 1""",
        ),
    ]


def _corrections_follow() -> Iterator[str]:
    """The first correction of a field found what was recorded there, each later one what the one before it said."""
    said: dict[tuple[str, int, str], str] = {}
    for one in Correction.objects.order_by("id"):
        key = (one.fact, one.fact_id, one.field)
        if key not in said:
            row = _FACTS[one.fact][0]._default_manager.filter(pk=one.fact_id).first()
            said[key] = as_written(getattr(row, one.field, None))
        if one.was != said[key]:
            yield f"planning_correction {one.pk}: something else stood there"
            return
        said[key] = one.now
