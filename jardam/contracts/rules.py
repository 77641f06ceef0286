"""Decisions about contracts over plain facts and the settled rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, ROUND_UP, Decimal

from jardam.kernel.money import CENT, Money
from jardam.kernel.refusal import Basis, Reason, Refusal, when_broken
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement
from jardam.treasury.rules import NOT_POSITIVE

STANDSTILL = Reason(
    "signing_waits", "Contracts are signed from {from_at} on: until then the decision may be appealed."
)
APPEAL_OPEN = Reason("appeal_open", "Signing waits for the appeals on this lot: {numbers}.")
AWARD_GONE = Reason("award_superseded", "The protocol that gave this award is superseded.")
IN_FORCE = Reason(
    "contract_in_force",
    "A contract of this lot is in force: {numbers}. Whether it is terminated is to be decided first.",
)
OTHER_SIDE = Reason("your_side_signed", "Your side has signed already; the other side's signature is missing.")
NOT_A_PARTY = Reason("not_a_party", "Only the heads of the two parties sign this contract.")
REPORT_NOT_ACCEPTED = Reason(
    "report_not_accepted", "Tranche {number} waits for the accepted report on tranche {before}."
)
NOTHING_TO_ORDER = Reason("no_tranche_left", "Every tranche of this contract is ordered already.")
ADVANCE_TOO_LARGE = Reason(
    "advance_too_large", "The first tranche is {given} per cent; at most {allowed} per cent may be paid ahead."
)
SCHEDULE_DIFFERS = Reason("schedule_differs", "The tranches add up to {given}; the protocol awards {awarded}.")
REPORT_NOT_DUE = Reason("nothing_to_report", "There is no paid tranche without a report.")
SPENT_TOO_MUCH = Reason("spent_more_than_paid", "{spent} is reported as spent; {paid} was paid.")

AWARD_DECLINED = Reason("award_declined", "The winner declined this award.")
CONTRACT_PREPARED = Reason("contract_prepared", "The contract of this award is prepared already.")
SPENT_NEGATIVE = Reason("spent_negative", "What was spent is not less than zero.")

when_broken("contracts_contract_award_id_key", CONTRACT_PREPARED.refusal(HOUSE["H-17"].basis))
when_broken("tranche_amount_positive", NOT_POSITIVE.refusal(HOUSE["H-16"].basis, at_field="amount"))
when_broken("report_spent_not_negative", SPENT_NEGATIVE.refusal(HOUSE["H-16"].basis, at_field="spent"))


@dataclass(frozen=True, slots=True)
class Share:
    """One planned tranche. *Amount*: som."""

    amount: Decimal
    condition: str  # "advance" | "report"


def schedule_faults(shares: Sequence[Share], awarded: Decimal, settlement: Settlement) -> list[Refusal]:
    """The schedule adds up to the award, and the advance stays within `con.advance_pct`."""
    faults = []
    total = sum((share.amount for share in shares), Decimal(0))
    if total != awarded:
        faults.append(SCHEDULE_DIFFERS.refusal(HOUSE["H-05"].basis, given=Money(total), awarded=Money(awarded)))
    allowed = Decimal(settlement.value("con.advance_pct"))
    advance = sum((share.amount for share in shares if share.condition == "advance"), Decimal(0))
    if advance * 100 > allowed * awarded:
        given = (advance * 100 / awarded).quantize(Decimal("0.01"), ROUND_UP)
        faults.append(ADVANCE_TOO_LARGE.refusal(settlement.basis("con.advance_pct"), given=given, allowed=allowed))
    return faults


def default_schedule(awarded: Decimal, settlement: Settlement) -> list[Share]:
    """An advance as large as the rules allow, the rest after the accepted report."""
    first = (awarded * Decimal(settlement.value("con.advance_pct")) / 100).quantize(CENT, ROUND_DOWN)
    rest = awarded - first
    return [share for share in (Share(first, "advance"), Share(rest, "report")) if share.amount]


@dataclass(frozen=True, slots=True)
class ContractFacts:
    at: datetime
    signing_from: datetime
    standstill: Basis
    party: str  # "customer" | "executor" | "": whose side the actor signs for
    signed: tuple[str, ...]
    next_tranche: int  # number of the first tranche not ordered; 0 when all are
    waits_for: int  # number of the tranche whose report must be accepted first; 0 when nothing is waited for
    unreported: int  # number of the oldest tranche due without a report; 0 when there is none
    appeals: tuple[str, ...] = ()  # numbers of the appeals for which signing waits
    suspensive: Basis = HOUSE["H-03"].basis


def standstill_over(facts: ContractFacts) -> Refusal | None:
    if facts.at >= facts.signing_from:
        return None
    return STANDSTILL.refusal(facts.standstill, from_at=facts.signing_from)


def no_appeal_open(facts: ContractFacts) -> Refusal | None:
    return APPEAL_OPEN.refusal(facts.suspensive, numbers=facts.appeals) if facts.appeals else None


def signs_for_a_party(facts: ContractFacts) -> Refusal | None:
    return None if facts.party else NOT_A_PARTY.refusal(HOUSE["H-18"].basis)


def own_side_unsigned(facts: ContractFacts) -> Refusal | None:
    return OTHER_SIDE.refusal(HOUSE["H-10"].basis) if facts.party in facts.signed else None


def tranche_left(facts: ContractFacts) -> Refusal | None:
    return None if facts.next_tranche else NOTHING_TO_ORDER.refusal(HOUSE["H-17"].basis)


def last_report_accepted(facts: ContractFacts) -> Refusal | None:
    if not facts.waits_for:
        return None
    return REPORT_NOT_ACCEPTED.refusal(HOUSE["H-06"].basis, number=facts.next_tranche, before=facts.waits_for)


def something_to_report(facts: ContractFacts) -> Refusal | None:
    return None if facts.unreported else REPORT_NOT_DUE.refusal(HOUSE["H-06"].basis)
