"""What the verbs of contracts share: numbers, the treasury's name of a contract, and the plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from jardam.journal.models import Record
from jardam.journal.operations import register_number
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import digest
from jardam.kernel.money import Money
from jardam.kernel.time import bishkek_day
from jardam.rulebook.settlement import Settlement
from jardam.treasury import operations as treasury
from jardam.treasury.operations import Owner

from ..models import Contract, Plan, Tranche
from ..policy import measure_of
from ..rules import MONTH as MONTH
from ..rules import Line, Share


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


def plain_schedule(shares: Sequence[Share]) -> list[list[object]]:
    """The tranches as they stand in the bytes that are signed."""
    return [
        [Money(share.amount), share.condition, *([share.milestone] if share.milestone else [])] for share in shares
    ]


def write_tranches(contract: Contract, shares: Sequence[Share], act: Record) -> None:
    Tranche.objects.bulk_create(
        Tranche(
            contract=contract,
            number=n,
            amount=share.amount,
            condition=share.condition,
            milestone=share.milestone,
            act_id=act.pk,
        )
        for n, share in enumerate(shares, start=1)
    )


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
    measure = Owner("measure", measure_of(contract).pk)
    treasury.uncommit(contract=owner_of(contract), lot=reserved_by(contract), measure=measure, act=act, amount=amount)


def reserved_by(contract: Contract) -> Owner:
    """Who held the money before it was committed: the lot, or the contract itself when no contest led to it."""
    return Owner("lot", contract.award.candidacy.proceeding.lot_id) if contract.award else owner_of(contract)
