"""Named reads of studies and programmes."""

from __future__ import annotations

from collections.abc import Iterable

from jardam.kernel.actor import Actor

from .models import Measure, Programme, Study, StudyGroup
from .policy import visible_programmes
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


def measure(ref: str) -> Measure:
    return Measure.objects.select_related("programme", "programme__customer").get(ref=ref)


def measures_of(programme_ids: Iterable[int]) -> list[Measure]:
    return list(Measure.objects.filter(programme_id__in=list(programme_ids)).order_by("id"))


def measures_open_for_contest(customer_id: int) -> list[Measure]:
    """Measures in the form of grants of the customer's adopted programmes."""
    return list(
        Measure.objects.filter(programme__customer_id=customer_id, programme__state="adopted", form="grants")
        .select_related("programme")
        .order_by("-id")
    )
