"""Decisions about money over plain facts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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


CONTRA = frozenset({Stage.AUTHORITY, Stage.OBLIGATION})


class Source(StrEnum):
    REPUBLICAN = "republican"
    LOCAL = "local"
    TRANSFER = "transfer"
    DONOR = "donor"


NOT_ENOUGH = Reason("not_enough_money", "{available} is left ({stage}); {asked} is asked for.")
NO_SUCH_MONEY = Reason("no_such_money", "No money stands there yet ({stage}).")
NOT_POSITIVE = Reason("amount_not_positive", "The amount must be more than zero.")
SAME_HANDS = Reason("same_hands", "Who prepared a payment may not approve it: a second person must.")
NO_PAYMENT_DOCUMENT = Reason(
    "payment_document_missing", "A payment counts as made only with its document number and date."
)
TOTAL_NOT_RETYPED = Reason(
    "total_not_retyped", "The total and its repetition differ: {first} and {second}. Look at the unit again."
)


when_broken("appropriation_positive", NOT_POSITIVE.refusal(HOUSE["H-16"].basis, at_field="amount"))
when_broken("payment_positive", NOT_POSITIVE.refusal(HOUSE["H-16"].basis, at_field="amount"))
when_broken("payment_maker_is_not_checker", SAME_HANDS.refusal(HOUSE["H-10"].basis))


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    maker_id: int
    person_id: int | None
    document_number: str
    has_date: bool


def second_person(facts: PaymentFacts) -> Refusal | None:
    return SAME_HANDS.refusal(HOUSE["H-10"].basis) if facts.person_id == facts.maker_id else None
