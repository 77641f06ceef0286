"""Appropriations, cash plans, shortfalls, closed years."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Sum

from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal
from jardam.parties.queries import ids_of

from ..models import (
    Account,
    Appropriation,
    AppropriationVersion,
    CashPlan,
    CashPlanVersion,
    Shortfall,
    YearClose,
    YearCloseLine,
)
from ..policy import CASH_PLAN, SHORTFALL, planned_cash, used_cash
from ..rules import Stage
from .ledger import ZERO, stages_of


def appropriations(owner_kind: str, owner_id: int) -> list[Appropriation]:
    return list(Appropriation.objects.filter(owner_kind=owner_kind, owner_id=owner_id).order_by("id"))


def appropriations_behind(owner_kind: str, owner_id: int) -> list[Appropriation]:
    """Those whose money stands with this owner, at whatever stage."""
    held = Account.objects.filter(owner_kind=owner_kind, owner_id=owner_id, balance__amount__gt=0)
    return list(Appropriation.objects.filter(pk__in=held.values("appropriation_id")).order_by("id"))


def cash_lines(organisation_id: int, year: int) -> dict[str, Decimal]:
    """The budget lines of a customer's year and what the budget gives each."""
    rows = Appropriation.objects.filter(organisation_id=organisation_id, year=year)
    return dict(rows.values_list("line").annotate(given=Sum("amount")).order_by("line"))


def cash_plan(organisation_id: int, year: int, line: str) -> CashPlan | None:
    return CashPlan.objects.filter(organisation_id=organisation_id, year=year, line=line).first()


def cash_plans(organisation_id: int, year: int) -> dict[str, CashPlan]:
    """By line."""
    return {row.line: row for row in CashPlan.objects.filter(organisation_id=organisation_id, year=year)}


def cash_months(organisation_id: int, year: int, lines: Iterable[str]) -> dict[str, list[tuple[Decimal, Decimal]]]:
    """Line → twelve pairs of planned and gone out, in som; two queries."""
    named = list(lines)
    planned, used = planned_cash(organisation_id, year, named), used_cash(organisation_id, year)
    return {
        line: [(planned.get((line, month), ZERO), used.get((line, month), ZERO)) for month in range(1, 13)]
        for line in named
    }


def cash_plan_history(plan: CashPlan) -> list[CashPlanVersion]:
    return list(plan.versions.order_by("-number"))


def cash_plan_refusals(plan: CashPlan, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(CASH_PLAN, plan, verb, actor)


def new_cash_plan(organisation_id: int) -> CashPlan:
    """A plan that is not yet made, to ask whether it may be."""
    return CashPlan(organisation_id=organisation_id)


def appropriation(ref: str) -> Appropriation:
    return Appropriation.objects.get(ref=ref)


def appropriations_of_year(organisation_id: int | Iterable[int], year: int) -> list[Appropriation]:
    rows = Appropriation.objects.filter(organisation_id__in=ids_of(organisation_id), year=year)
    return list(rows.order_by("id"))


def years_with_money(organisation_id: int | Iterable[int]) -> list[int]:
    rows = Appropriation.objects.filter(organisation_id__in=ids_of(organisation_id)).values_list("year", flat=True)
    return list(rows.distinct().order_by("-year"))


def versions_of(appropriation: Appropriation) -> list[AppropriationVersion]:
    return list(appropriation.versions.order_by("-number"))


def shortfalls_open(organisation_id: int | Iterable[int], limit: int = 50) -> list[Shortfall]:
    rows = Shortfall.objects.filter(state="open", appropriation__organisation_id__in=ids_of(organisation_id))
    return list(rows.select_related("appropriation").order_by("id")[:limit])


def shortfall_of(appropriation: Appropriation) -> Shortfall | None:
    """The open one, or None."""
    return Shortfall.objects.filter(appropriation=appropriation, state="open").first()


def missing_of(owner_kind: str, owner_id: int) -> Decimal:
    """What the cuts of an owner's appropriations still lack, together; 0 where nothing is missing."""
    short = Account.objects.filter(
        stage=Stage.SHORT, appropriation__owner_kind=owner_kind, appropriation__owner_id=owner_id
    )
    return -(short.aggregate(left=Sum("balance__amount"))["left"] or ZERO)


def missing(appropriation: Appropriation) -> Decimal:
    """What a cut still lacks."""
    return -stages_of(appropriation).get(Stage.SHORT, ZERO)


def shortfall_refusals(shortfall: Shortfall, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(SHORTFALL, shortfall, verb, actor)


def year_closes(organisation_id: int | Iterable[int], year: int) -> list[YearClose]:
    """How these closed a year: one for each that has."""
    return list(YearClose.objects.filter(organisation_id__in=ids_of(organisation_id), year=year).order_by("id"))


def unclosed(organisation_id: int | Iterable[int], year: int) -> list[int]:
    """Which of these had money in the year and have not closed it; in their order."""
    ids = ids_of(organisation_id)
    funded = {one.organisation_id for one in appropriations_of_year(ids, year)}
    closed = {one.organisation_id for one in year_closes(ids, year)}
    return [one for one in ids if one in funded - closed]


def lines_of_close(closes: Iterable[YearClose]) -> list[YearCloseLine]:
    rows = YearCloseLine.objects.filter(close_id__in=[one.pk for one in closes])
    return list(rows.select_related("account__appropriation").order_by("id"))
