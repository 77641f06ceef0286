"""Decisions about money over plain facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from jardam.kernel.money import Money
from jardam.kernel.refusal import Reason, Refusal, when_broken
from jardam.rulebook.house import HOUSE


class Stage(StrEnum):
    """Where money stands. The first is the budget's side and may be negative; so may OBLIGATION."""

    AUTHORITY = "authority"
    APPROPRIATED = "appropriated"  # not yet allocated
    ALLOCATED = "allocated"  # to a measure, not yet reserved
    RESERVED = "reserved"  # by a lot, not yet committed
    COMMITTED = "committed"  # by a contract, not yet ordered
    ORDERED = "ordered"  # not yet executed
    PAID = "paid"  # with the executor
    RETURNED = "returned"
    OBLIGATION = "obligation"  # the counter-account of what the executor owes in services
    UNDELIVERED = "undelivered"  # promised, not yet accepted
    ACCEPTED = "accepted"
    SHORT = "short"  # what a cut took from bound money and is still missing: never above zero
    LAPSED = "lapsed"  # the three outcomes of a closed year
    CARRIED = "carried"
    PAYABLE = "payable"


CONTRA = frozenset({Stage.AUTHORITY, Stage.OBLIGATION, Stage.SHORT})

STATEMENT_KINDS, STATEMENT_LIMIT = ("csv", "txt"), 20 * 1024 * 1024
"""What a statement comes in, and how many octets it has at most."""

PAID = ("executed", "credited")
"""States of an order whose money has left."""

GONE = ("refused", "bounced", "withdrawn")
"""States of an order whose money is back with the contract: it can be ordered again."""

PLANNED = ("approved", *PAID)
"""States of an order that use up its month of the cash plan."""

UNDER_WAY = ("entered", "prepared", "packed", "approved")


class Found(StrEnum):
    """What the reading of a statement made of a line."""

    MATCHED = "matched"  # it is a payment order's: number, day and amount agree
    RETURNED = "returned"  # money of a payment order that came in again
    UNMATCHED = "unmatched"  # a person says what it is, another checks


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that an executor gave back. *Amount*: som. `ref` stands for its act in addresses and in the journal."""

    posting_id: int
    ref: str
    amount: Decimal
    number: str  # of the payment document
    on: str  # the day of that document, ISO 8601
    payee_id: int  # who was paid, and gave it back


class Outcome(StrEnum):
    """What becomes of a balance when its year closes: the codes of `bud.year_close`."""

    LAPSE = "lapse"
    CARRY_OVER = "carry_over"
    PAYABLE = "payable"


class Source(StrEnum):
    REPUBLICAN = "republican"
    LOCAL = "local"
    TRANSFER = "transfer"
    DONOR = "donor"


NOT_ENOUGH = Reason("not_enough_money", "{available} is left ({stage}); {asked} is asked for.")
NO_SUCH_MONEY = Reason("no_such_money", "No money stands there yet ({stage}).")
NOT_POSITIVE = Reason("amount_not_positive", "The amount must be more than zero.")
SAME_MEASURE = Reason("same_measure", "Money moves from one measure to another, not to itself.")
SAME_HANDS = Reason("same_hands", "Who prepared a payment may not approve it: a second person must.")
NO_PAYMENT_DOCUMENT = Reason(
    "payment_document_missing", "A payment counts as made only with its document number and date."
)
PAID_IN_FUTURE = Reason("payment_in_future", "A payment that was made is dated today or earlier.")
PAID_BEFORE_SENT = Reason(
    "paid_before_sent", "The order was sent on %(sent)s: its payment document is dated that day or later."
)
SETTLED_BEFORE_PAID = Reason(
    "settled_before_paid", "The payment was made on %(paid)s: the bank answers that day or later."
)
TOTAL_NOT_RETYPED = Reason(
    "total_not_retyped", "The total and its repetition differ: {first} and {second}. Look at the unit again."
)


NO_ACCOUNT = Reason("no_bank_account", "The payee has no bank account that a second person has checked.")
ACCOUNT_CHANGED = Reason(
    "account_changed", "The payee's bank account has changed since the order was made. Order it to the new account."
)
CURRENCY_DIFFERS = Reason("currency_differs", "The money is in {money}, the account in {account}.")
CASH_PLAN_EXCEEDED = Reason(
    "cash_plan_exceeded",
    "The cash plan of “{line}” has {left} left in month {month} of {year}; {asked} is asked for.",
)
PLAN_ABOVE_BUDGET = Reason(
    "plan_above_budget", "The twelve months add up to {planned}; the budget gives the line {given}."
)
PLAN_BELOW_SENT = Reason("plan_below_sent", "{sent} has gone to the treasury in month {month}: plan at least that.")
PLAN_INCOMPLETE = Reason("plan_incomplete", "A cash plan has twelve months, none of them below zero.")
PLAN_EXISTS = Reason("plan_exists", "This line has a cash plan for that year. Change it.")
NOT_NAMED = Reason("not_named_signatory", "This package names another person to sign now.")
SIGNATORY_WITHOUT_MANDATE = Reason(
    "signatory_without_mandate", "A person who is named to sign holds no mandate for it today."
)
PACKAGE_EMPTY = Reason("package_empty", "A package has at least one payment.")
PACKAGE_OF_TWO = Reason("package_of_two_payers", "A package holds the payments of one payer.")
PACKAGE_UNSENT = Reason("package_unsent", "A payment goes to the treasury in a package that two people signed.")
YEAR_CLOSED = Reason("year_closed", "The budget year {year} is closed: nothing more is bound by it.")
YEAR_CLOSED_ALREADY = Reason("year_closed_already", "This year is closed already.")
YEAR_NOT_OVER = Reason("budget_year_not_over", "The year {year} is not over.")
NOTHING_TO_CLOSE = Reason("nothing_to_close", "No money was recorded for the year {year}.")
PAYMENTS_UNDER_WAY = Reason(
    "payments_under_way", "{number} payments of that year are under way: they are made or sent back first."
)
SHORTFALL_OPEN = Reason(
    "shortfall_open", "The budget was cut: {missing} is missing. Nothing new is bound until contracts are amended."
)
NOTHING_FREE = Reason("nothing_free", "Nothing is free yet: {missing} is still missing.")

LINE_MATCHED = Reason("line_matched", "This line has its payment already, or somebody has proposed one.")
PAYMENT_MATCHED = Reason(
    "payment_matched", "A line of a statement shows this payment already, or somebody has proposed one."
)
REFUND_MATCHED = Reason(
    "refund_matched", "A line of a statement shows this money already, or somebody has proposed one."
)
REFUND_CAME_IN = Reason("refund_came_in", "Money that was given back stands on a line that came in.")
AMOUNT_DIFFERS = Reason("match_amount_differs", "The line is over {line}, the payment over {payment}.")

when_broken("match_one_of_a_line", LINE_MATCHED.refusal(HOUSE["H-16"].basis))
when_broken("match_one_of_a_payment", PAYMENT_MATCHED.refusal(HOUSE["H-16"].basis, at_field="payment"))
when_broken("match_one_of_a_refund", REFUND_MATCHED.refusal(HOUSE["H-16"].basis, at_field="payment"))
when_broken("match_refund_came_in", REFUND_CAME_IN.refusal(HOUSE["H-16"].basis, at_field="payment"))
when_broken("match_checked_by_another", SAME_HANDS.refusal(HOUSE["H-10"].basis))
when_broken("cash_plan_one_of_a_line", PLAN_EXISTS.refusal(HOUSE["H-41"].basis))
when_broken("package_two_signatories", SAME_HANDS.refusal(HOUSE["H-10"].basis))
when_broken("year_close_once", YEAR_CLOSED_ALREADY.refusal(HOUSE["H-43"].basis))
when_broken("appropriation_positive", NOT_POSITIVE.refusal(HOUSE["H-16"].basis, at_field="amount"))
when_broken("payment_positive", NOT_POSITIVE.refusal(HOUSE["H-16"].basis, at_field="amount"))
when_broken("payment_maker_is_not_checker", SAME_HANDS.refusal(HOUSE["H-10"].basis))


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    maker_id: int
    person_id: int | None
    document_number: str
    has_date: bool
    package_state: str = ""
    account_changed: bool = False


def account_unchanged(facts: PaymentFacts | PackageFacts) -> Refusal | None:
    return ACCOUNT_CHANGED.refusal(HOUSE["H-10"].basis) if facts.account_changed else None


def in_a_sent_package(facts: PaymentFacts) -> Refusal | None:
    return None if facts.package_state == "sent" else PACKAGE_UNSENT.refusal(HOUSE["H-10"].basis)


@dataclass(frozen=True, slots=True)
class MatchFacts:
    proposed_by: int
    person_id: int | None


def not_by_the_matcher(facts: MatchFacts) -> Refusal | None:
    return SAME_HANDS.refusal(HOUSE["H-10"].basis) if facts.proposed_by == facts.person_id else None


@dataclass(frozen=True, slots=True)
class CashNeed:
    """What one line of the budget needs this month. Amounts in som."""

    line: str
    month: date
    planned: Decimal
    used: Decimal
    asked: Decimal


@dataclass(frozen=True, slots=True)
class PackageFacts:
    first_id: int
    second_id: int
    person_id: int | None
    maker_ids: frozenset[int]
    account_changed: bool
    needs: tuple[CashNeed, ...]


def signs_first(facts: PackageFacts) -> Refusal | None:
    return None if facts.person_id == facts.first_id else NOT_NAMED.refusal(HOUSE["H-10"].basis)


def signs_second(facts: PackageFacts) -> Refusal | None:
    return None if facts.person_id == facts.second_id else NOT_NAMED.refusal(HOUSE["H-10"].basis)


def second_made_none(facts: PackageFacts) -> Refusal | None:
    return SAME_HANDS.refusal(HOUSE["H-10"].basis) if facts.second_id in facts.maker_ids else None


def within_cash_plan(facts: PackageFacts) -> Refusal | None:
    """The first line that asks for more than its month has left."""
    for need in facts.needs:
        left = max(need.planned - need.used, Decimal(0))
        if need.asked > left:
            return CASH_PLAN_EXCEEDED.refusal(
                HOUSE["H-41"].basis,
                line=need.line,
                left=Money(left),
                month=need.month.month,
                year=str(need.month.year),
                asked=Money(need.asked),
            )
    return None


def plan_faults(months: Sequence[Decimal], sent: Sequence[Decimal], given: Decimal) -> list[Refusal]:
    """A cash plan has twelve months, keeps to the budget of its line, and not below what has gone out."""
    why = HOUSE["H-41"].basis
    if len(months) != 12 or min(months) < 0:
        return [PLAN_INCOMPLETE.refusal(why)]
    faults = []
    total = sum(months, Decimal(0))
    if total > given:
        faults.append(PLAN_ABOVE_BUDGET.refusal(why, planned=Money(total), given=Money(given)))
    for month, (planned, gone) in enumerate(zip(months, sent, strict=True), start=1):
        if planned < gone:
            faults.append(PLAN_BELOW_SENT.refusal(why, at_field=f"month_{month}", sent=Money(gone), month=month))
    return faults


def closing(stage: Stage, left: Decimal, unpaid: Decimal, rule: Outcome) -> dict[Outcome, Decimal]:
    """How a balance of `left` som is settled when its year closes. *Unpaid*: accepted services not yet paid (H-43).

    Only what a contract bound can stay payable; under the rule `payable` the rest lapses.
    """
    kept = min(left, unpaid) if stage == Stage.COMMITTED else Decimal(0)
    rest = Outcome.LAPSE if rule == Outcome.PAYABLE and stage != Stage.COMMITTED else rule
    parts = dict.fromkeys(Outcome, Decimal(0))
    parts[Outcome.PAYABLE] += kept
    parts[rest] += left - kept
    return {outcome: part for outcome, part in parts.items() if part}


def second_person(facts: PaymentFacts) -> Refusal | None:
    return SAME_HANDS.refusal(HOUSE["H-10"].basis) if facts.person_id == facts.maker_id else None
