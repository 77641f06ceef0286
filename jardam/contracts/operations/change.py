"""Money between budget lines, and amendments both sides sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from jardam.documents import operations as documents
from jardam.documents.queries import signatures
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import HASH_V, canonical, digest
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.rulebook.house import HOUSE
from jardam.treasury import queries as treasury_queries

from .. import papers
from ..models import Amendment, Contract, TrancheCut
from ..policy import AMENDMENT, CONTRACT, ink_on, measure_of, party_of, schedule, settlement_of, taken_by_line
from ..rules import (
    SCHEDULE_MOVED,
    Change,
    Line,
    Planned,
    amendment_faults,
    moved_between,
    reallocated,
    shortened,
)
from .shared import longest, plain_lines, plan_of, set_free, write_plan


def reallocate(*, actor: Actor, contract: Contract, giver: int, taker: int, amount: Decimal) -> Contract:
    """Move `amount` som from one budget line to another (numbers of the plan) without an amendment.

    Refuses `no_such_line`, `same_line`, `line_too_small`, `reallocation_too_large`. Rulebook: `con.realloc_pct`.
    """
    (contract,) = lock(contract)
    version, lines, indicators = plan_of(contract)
    refuse_if_any(may(CONTRACT, contract, "reallocate", actor))
    taken = taken_by_line(contract).get(giver, Decimal(0))
    after = reallocated(lines, giver, taker, amount, _moved_freely(contract), settlement_of(contract), taken)
    public = {"version": version + 1, "from": giver, "to": taker, "amount": amount}
    record = perform(CONTRACT, contract, "reallocate", actor=actor, public=public)
    write_plan(contract, version + 1, "reallocation", after, indicators, amount, record)
    return contract


def _moved_freely(contract: Contract) -> Decimal:
    """What moved between the lines since both sides last agreed on the budget, in som."""
    moved = Decimal(0)
    for plan in contract.plans.order_by("-version"):
        if plan.source != "reallocation":
            break
        moved += plan.moved
    return moved


def propose_amendment(
    *,
    actor: Actor,
    contract: Contract,
    reason: str,
    explanation: str,
    ends_on: date | None = None,
    amount: Decimal | None = None,
    amounts: Sequence[Decimal] | None = None,
) -> Amendment:
    """Propose another last day, a lower `amount` (som), or other amounts of the budget lines in their order, which
    add up to it.

    Refuses `amends_nothing`, `ends_too_early`, `lasts_too_long`, `after_programme`, `after_budget_year`,
    `amount_rises`, `amount_too_low` (H-55), `plan_total_differs`, `line_too_low` (H-76), `amendments_too_large`,
    `amendment_open`. Rulebook: `con.amend_allowed`, `con.amend_max_pct`, `con.amount_may_rise`, `con.max_months`,
    `con.multiyear`.
    """
    (contract,) = lock(contract)
    amendment = Amendment(contract=contract, reason=reason, explanation=explanation)
    refuse_if_any(may(AMENDMENT, amendment, "propose_amendment", actor))
    planned = _planned(contract)
    new_amount = contract.amount if amount is None else amount
    change = _change(amendment, ends_on or contract.ends_on, new_amount, amounts, planned, actor)
    refuse_if_any(amendment_faults(change, settlement_of(contract)))
    amendment.number = contract.amendments.count() + 1
    amendment.before = {"ends_on": str(change.ends_before), "lines": plain_lines(change.lines_before)}
    amendment.after = {"ends_on": str(change.ends_after), "lines": plain_lines(change.lines_after)}
    amendment.lowered = change.amount_before - change.amount_after
    amendment.moved = max(amendment.lowered, moved_between(change.lines_before, change.lines_after))
    if amendment.lowered:
        amendment.before |= _money_before(change, planned)
        amendment.after |= _money_after(change, planned)
    content = _amendment_content(amendment)
    amendment.content, amendment.content_sha256, amendment.hash_v = canonical(content), digest(content), HASH_V
    public = {"number": amendment.number, "reason": reason, "content_sha256": amendment.content_sha256}
    perform(AMENDMENT, amendment, "propose_amendment", actor=actor, public=public)
    return amendment


def _planned(contract: Contract) -> list[Planned]:
    """The tranches as they stand, the bound ones marked."""
    tranches = schedule(contract)
    payments = treasury_queries.payments_of_sources("tranche", [tranche.pk for tranche in tranches])
    bound = {pk for pk, payment in payments.items() if not payment.is_gone}
    bound |= set(contract.reports.values_list("tranche_id", flat=True))
    return [Planned(one.number, one.agreed, one.pk in bound) for one in tranches]


def _money_before(change: Change, planned: Sequence[Planned]) -> dict[str, object]:
    return {"amount": str(change.amount_before), "tranches": [[one.number, str(one.amount)] for one in planned]}


def _money_after(change: Change, planned: Sequence[Planned]) -> dict[str, object]:
    """The new amount, and the tranches it leaves."""
    leaves = shortened(planned, change.amount_before - change.amount_after)
    rest = [(one.number, leaves.get(one.number, one.amount)) for one in planned]
    tranches = [[number, str(amount)] for number, amount in rest if amount]
    return {"amount": str(change.amount_after), "tranches": tranches}


def _amendment_content(amendment: Amendment) -> dict[str, object]:
    return {
        "schema": "jardam-amendment/1",
        "contract": amendment.contract.content_sha256,
        "number": amendment.number,
        "reason": amendment.reason,
        "before": amendment.before,
        "after": amendment.after,
    }


def _change(
    amendment: Amendment,
    ends_on: date,
    amount: Decimal,
    amounts: Sequence[Decimal] | None,
    planned: Sequence[Planned],
    actor: Actor,
) -> Change:
    contract = amendment.contract
    settlement = settlement_of(contract)
    _, lines, _ = plan_of(contract)
    after = lines if amounts is None else [Line(line.title, n) for line, n in zip(lines, amounts, strict=True)]
    measure = measure_of(contract)
    earlier = contract.amendments.filter(state="in_force").exclude(pk=amendment.pk).values_list("moved", flat=True)
    bound = sum((one.amount for one in planned if one.is_bound), Decimal(0))
    return Change(
        awarded=contract.amount + contract.lowered,
        amount_before=contract.amount,
        amount_after=amount,
        least=max(bound, treasury_queries.trail_of("contract", contract.pk).accepted),
        starts_on=contract.starts_on,
        ends_before=contract.ends_on,
        ends_after=ends_on,
        today=bishkek_day(actor.at),
        longest_until=longest(contract.starts_on, settlement),
        budget_year=measure.year,
        programme_year=measure.programme.year_to,
        lines_before=tuple(lines),
        lines_after=tuple(after),
        moved_before=sum(earlier, Decimal(0)),
        taken=taken_by_line(contract),
    )


def sign_amendment(*, actor: Actor, amendment: Amendment) -> Amendment:
    """Sign for one's side; with the second signature the contract has the new term, amount and budget, and money it no
    longer needs is free again. Refuses `amendment_signed`, `contract_not_running`, `schedule_moved`, and whatever the
    proposal would be refused for by now."""
    contract, amendment = lock(amendment.contract, amendment)
    verb = "sign_amendment" if amendment.state == "proposed" else "countersign_amendment"
    second = verb == "countersign_amendment"
    side = party_of(contract, actor)
    public = {"side": side, "content_sha256": amendment.content_sha256}
    changes = {"signed_at": actor.at} if second else None
    record = perform(AMENDMENT, amendment, verb, actor=actor, public=public, changes=changes)
    documents.sign(
        object_kind="amendment",
        object_id=amendment.pk,
        content_sha256=amendment.content_sha256,
        side=side,
        actor=actor,
        act=record,
    )
    if second:
        take_effect(contract, amendment, actor, record)
    return amendment


def take_effect(contract: Contract, amendment: Amendment, actor: Actor, act: Record) -> None:
    """Signed by both sides: the contract has the new term, amount and budget, and the amendment its document."""
    _amend(contract, amendment, actor, act)
    _issue_amendment(amendment, actor, act)


def _issue_amendment(amendment: Amendment, actor: Actor, act: Record) -> None:
    contract = amendment.contract
    hands = papers.hands_of(signatures("amendment", amendment.pk, amendment.content_sha256), list(ink_on(amendment)))
    documents.issue(
        kind="amendment",
        number=f"{contract.number}/{amendment.number}",
        thing=amendment,
        issuer=contract.customer.title,
        build=partial(papers.amendment, amendment, hands),
        facts={"content_sha256": amendment.content_sha256, "contract": contract.content_sha256},
        act=act,
        actor=actor,
        public=False,
    )


def _amend(contract: Contract, amendment: Amendment, actor: Actor, cause: Record) -> None:
    ends_on = date.fromisoformat(amendment.after["ends_on"])
    amounts = [Decimal(amount) for _, amount in amendment.after["lines"]]
    new_amount = contract.amount - amendment.lowered
    planned = _planned(contract)
    change = _change(amendment, ends_on, new_amount, amounts, planned, actor)
    refuse_if_any(amendment_faults(change, settlement_of(contract)))
    if amendment.lowered and not _money_after(change, planned).items() <= amendment.after.items():
        raise SCHEDULE_MOVED.refuse(HOUSE["H-17"].basis)
    public = {"amendment": amendment.number, "content_sha256": amendment.content_sha256, "ends_on": ends_on}
    public |= {"amount": new_amount} if amendment.lowered else {}
    changes = {"ends_on": ends_on, "amount": new_amount, "lowered": contract.lowered + amendment.lowered}
    record = perform(CONTRACT, contract, "amend_contract", actor=actor, public=public, changes=changes, cause=cause)
    version, lines, indicators = plan_of(contract)
    after = [Line(line.title, amount) for line, amount in zip(lines, amounts, strict=True)]
    if after != lines:
        write_plan(contract, version + 1, "amendment", after, indicators, amendment.moved, record)
    if amendment.lowered:
        _shorten(contract, shortened(planned, amendment.lowered), record)
        set_free(contract, record, amendment.lowered)


def _shorten(contract: Contract, leaves: Mapping[int, Decimal], act: Record) -> None:
    tranches = contract.tranches.filter(number__in=leaves).order_by("number")
    TrancheCut.objects.bulk_create(
        TrancheCut(tranche=tranche, leaves=leaves[tranche.number], act_id=act.pk) for tranche in tranches
    )


def decline_amendment(*, actor: Actor, amendment: Amendment) -> Amendment:
    """Either side says no, or takes its proposal back; the contract stays as it is."""
    _, amendment = lock(amendment.contract, amendment)
    perform(AMENDMENT, amendment, "decline_amendment", actor=actor, public={"number": amendment.number})
    return amendment
