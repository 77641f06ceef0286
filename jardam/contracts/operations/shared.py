"""What the verbs of contracts share: numbers, the treasury's name of a contract, and the plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from jardam.journal.models import Record
from jardam.journal.operations import register_number
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import digest
from jardam.kernel.time import bishkek_day
from jardam.rulebook.settlement import Settlement
from jardam.treasury import operations as treasury
from jardam.treasury.operations import Owner

from ..models import Contract, Plan
from ..rules import Line

MONTH = 30.4375
"""Days of an average month: how the months of a contest become the days of a contract."""


def longest(starts_on: date, settlement: Settlement) -> date | None:
    """The last day that `con.max_months` allows; None: no limit."""
    months = settlement.value("con.max_months")
    return starts_on + timedelta(days=round(months * MONTH)) if months else None


def owner_of(contract: Contract) -> Owner:
    return Owner("contract", contract.pk)


def next_number(contract: Contract, series: str, actor: Actor) -> str:
    customer = contract.customer
    year = bishkek_day(actor.at).year
    return register_number(series, customer.code or customer.ref, year, customer.jurisdiction)


def plain_lines(lines: Sequence[Line]) -> list[list[str]]:
    return [[line.title, str(line.amount)] for line in lines]


def write_plan(
    contract: Contract,
    version: int,
    source: str,
    lines: Sequence[Line],
    indicators: list[list[object]],
    moved: Decimal,
    act: Record,
) -> Plan:
    plain = {"lines": plain_lines(lines), "indicators": indicators}
    return Plan.objects.create(
        contract=contract,
        version=version,
        source=source,
        moved=moved,
        content_sha256=digest(plain),
        act_id=act.pk,
        **plain,
    )


def plan_of(contract: Contract) -> tuple[int, list[Line], list[list[object]]]:
    """The newest version of the plan, its lines and its indicators."""
    plan = contract.plans.order_by("-version").first()
    if plan is None:  # prepared before contracts had plans: one line for everything
        return 0, [Line(contract.title, contract.amount)], []
    return plan.version, [Line(title, Decimal(amount)) for title, amount in plan.lines], plan.indicators


def set_free(contract: Contract, act: Record, amount: Decimal | None = None) -> None:
    """Give `amount` som back to the measure; without one, all that was not ordered."""
    lot = contract.award.candidacy.proceeding.lot
    measure = Owner("measure", lot.measure_id)
    treasury.uncommit(contract=owner_of(contract), lot=Owner("lot", lot.pk), measure=measure, act=act, amount=amount)
