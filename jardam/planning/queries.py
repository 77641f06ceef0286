"""Named reads of studies and programmes."""

from __future__ import annotations

from collections.abc import Iterable

from jardam.journal.procedure import actions, may
from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal

from .models import Adoption, Measure, Programme, Study, StudyGroup
from .policy import PROGRAMME, visible_programmes
from .rules import Need, ranked


def study(ref: str) -> Study:
    return Study.objects.select_related("customer").get(ref=ref)


def studies(customer_id: int | None = None, after: int = 0, limit: int = 50) -> list[Study]:
    rows = Study.objects.select_related("customer").filter(id__gt=after)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
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
    actor: Actor, customer_id: int | None = None, state: str = "", after: int = 0, limit: int = 50
) -> list[Programme]:
    """A page of programmes, oldest first; the next begins after the last id."""
    rows = visible_programmes(actor).select_related("customer").filter(id__gt=after)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if state:
        rows = rows.filter(state=state)
    return list(rows.order_by("id")[:limit])


def before_council(council_id: int | None, after: int = 0, limit: int = 50) -> list[Programme]:
    """The submitted programmes of a council's own customers, oldest first."""
    rows = Programme.objects.filter(customer__council_id=council_id or 0, state="submitted", id__gt=after)
    return list(rows.select_related("customer").order_by("id")[:limit])


def measure(ref: str) -> Measure:
    return Measure.objects.select_related("programme", "programme__customer").get(ref=ref)


def measures_of(programme_ids: Iterable[int]) -> list[Measure]:
    return list(Measure.objects.filter(programme_id__in=list(programme_ids)).order_by("id"))


def measures_of_programme(programme_id: int, year: int) -> list[Measure]:
    """Those of one budget year, in their order."""
    return list(Measure.objects.filter(programme_id=programme_id, year=year).order_by("id"))


def measures_open_for_contest(customer_id: int) -> list[Measure]:
    """Measures in the form of grants of the customer's adopted programmes."""
    return list(
        Measure.objects.filter(programme__customer_id=customer_id, programme__state="adopted", form="grants")
        .select_related("programme")
        .order_by("-id")
    )


def programme_actions(programme: Programme, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show."""
    return actions(PROGRAMME, programme, actor)


def programme_refusals(programme: Programme, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(PROGRAMME, programme, verb, actor)


def adopted_programmes(customer_id: int, limit: int = 100) -> list[Programme]:
    """The customer's, newest first: what a contest can begin under."""
    rows = Programme.objects.filter(customer_id=customer_id, state="adopted").select_related("customer")
    return list(rows.order_by("-id")[:limit])


# --- verify ----------------------------------------------------------------------------------------------------


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
            Adoption,
            """t.number = r.public_data->>'number' AND t.adopted_on = (r.public_data->>'adopted_on')::date
               AND t.votes_for = (r.public_data->>'for')::int AND t.votes_against = (r.public_data->>'against')::int
               AND t.programme_id = r.object_id""",
        ),
        sql_check(
            "planning_measure {0}: {1} was allocated to it, over its amount {2}",
            """SELECT m.id, sum(e.amount), m.amount FROM planning_measure m
               JOIN treasury_posting p ON p.source_kind = 'measure' AND p.source_id = m.id AND p.verb = 'allocate'
               JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
               GROUP BY m.id, m.amount HAVING sum(e.amount) > m.amount ORDER BY m.id LIMIT 1""",
        ),
    ]
