"""Reading the ledger: where money stands, and whether it adds up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum

from jardam.journal.procedure import actions
from jardam.kernel.actor import Actor

from .models import Account, Appropriation, PaymentOrder
from .policy import PAYMENT
from .rules import Stage

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Trail:
    """The five different facts of money, in som: sums of what was ever moved, less what was moved back."""

    appropriated: Decimal = ZERO
    allocated: Decimal = ZERO
    reserved: Decimal = ZERO
    committed: Decimal = ZERO
    ordered: Decimal = ZERO
    paid: Decimal = ZERO
    returned: Decimal = ZERO
    accepted: Decimal = ZERO

    @property
    def advance(self) -> Decimal:
        """With the executor, not yet covered by accepted services (decisions.md §8)."""
        return max(ZERO, self.paid - self.returned - self.accepted)

    @property
    def payable(self) -> Decimal:
        """Accepted, not yet paid."""
        return max(ZERO, self.accepted - (self.paid - self.returned))


_BACK = {"release": "reserve", "unorder": "order"}
_FACT = {
    "appropriate": "appropriated",
    "allocate": "allocated",
    "reserve": "reserved",
    "commit": "committed",
    "order": "ordered",
    "pay": "paid",
    "return": "returned",
    "accept": "accepted",
}


def _trail(rows: Iterable[tuple[str, Decimal]]) -> Trail:
    sums = dict.fromkeys(_FACT.values(), ZERO)
    for verb, amount in rows:
        if verb in _BACK:
            sums[_FACT[_BACK[verb]]] -= amount
        elif verb in _FACT:
            sums[_FACT[verb]] += amount
    return Trail(**sums)


_TRAIL = """
SELECT COALESCE(r.verb, p.verb), sum(CASE WHEN p.reverses_id IS NULL THEN e.amount ELSE -e.amount END)
FROM treasury_posting p
LEFT JOIN treasury_posting r ON r.id = p.reverses_id
JOIN treasury_entry e ON e.posting_id = p.id
  AND ((p.reverses_id IS NULL AND e.amount > 0) OR (p.reverses_id IS NOT NULL AND e.amount < 0))
JOIN treasury_account a ON a.id = e.account_id
WHERE {where} GROUP BY 1
"""


def trail_of_appropriations(owner_kind: str, owner_ids: Iterable[int]) -> Trail:
    """Everything that happened to the money of these owners' appropriations (programmes), to the last payment."""
    where = """a.appropriation_id IN (
        SELECT id FROM treasury_appropriation WHERE owner_kind = %s AND owner_id = ANY(%s))"""
    return _read_trail(where, [owner_kind, list(owner_ids)])


def trail_of(owner_kind: str, owner_id: int) -> Trail:
    """The movements into one owner's accounts: a measure, a lot or a contract."""
    return _read_trail("a.owner_kind = %s AND a.owner_id = %s", [owner_kind, owner_id])


def _read_trail(where: str, params: list[Any]) -> Trail:
    with connection.cursor() as cursor:
        cursor.execute(_TRAIL.format(where=where), params)
        return _trail((verb, Decimal(amount)) for verb, amount in cursor.fetchall())


def balance(stage: Stage, owner_kind: str, owner_id: int) -> Decimal:
    """What is left at a stage for an owner, over all appropriations."""
    accounts = Account.objects.filter(stage=stage, owner_kind=owner_kind, owner_id=owner_id)
    return accounts.aggregate(left=Sum("balance__amount"))["left"] or ZERO


def appropriations(owner_kind: str, owner_id: int) -> list[Appropriation]:
    return list(Appropriation.objects.filter(owner_kind=owner_kind, owner_id=owner_id).order_by("id"))


def payment(ref: str) -> PaymentOrder:
    return PaymentOrder.objects.get(ref=ref)


def payment_actions(payment: PaymentOrder, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show."""
    return actions(PAYMENT, payment, actor)


def payments_of_sources(source_kind: str, source_ids: Iterable[int]) -> dict[int, PaymentOrder]:
    """The latest payment order of each source (tranche), by the source's id."""
    rows = PaymentOrder.objects.filter(source_kind=source_kind, source_id__in=list(source_ids)).order_by("id")
    return {row.source_id: row for row in rows}


def payments_waiting(
    state: str, organisation_id: int | None = None, limit: int = 50, after: int = 0
) -> list[PaymentOrder]:
    """The oldest orders in a state; of one payer, or of all (the treasury's desk). The next page begins after the last
    id."""
    rows = PaymentOrder.objects.filter(state=state, id__gt=after)
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    return list(rows.order_by("id")[:limit])


# --- verify ----------------------------------------------------------------------------------------------------

_CHECKS = (
    (
        "treasury_posting {0}: its entries sum to {1}, not to zero",
        """SELECT p.id, coalesce(sum(e.amount), 0) FROM treasury_posting p
           LEFT JOIN treasury_entry e ON e.posting_id = p.id
           GROUP BY p.id HAVING coalesce(sum(e.amount), 1) <> 0 OR count(e.id) < 2 ORDER BY p.id LIMIT 1""",
    ),
    (
        "treasury_balance {0}: it shows {1}, the entries sum to {2}",
        """SELECT b.account_id, b.amount, coalesce(sum(e.amount), 0) FROM treasury_balance b
           LEFT JOIN treasury_entry e ON e.account_id = b.account_id
           GROUP BY b.account_id, b.amount HAVING b.amount <> coalesce(sum(e.amount), 0)
           ORDER BY b.account_id LIMIT 1""",
    ),
    (
        "treasury_account {0}: it has no balance row",
        """SELECT a.id FROM treasury_account a LEFT JOIN treasury_balance b ON b.account_id = a.id
           WHERE b.account_id IS NULL ORDER BY a.id LIMIT 1""",
    ),
    (
        "treasury_balance {0}: {1} stands on it, below zero",
        """SELECT b.account_id, b.amount FROM treasury_balance b JOIN treasury_account a ON a.id = b.account_id
           WHERE b.amount < 0 AND a.stage NOT IN ('authority', 'obligation') ORDER BY b.account_id LIMIT 1""",
    ),
    (
        "treasury_posting {0}: no journal record {1} explains it",
        """SELECT p.id, p.act_id FROM treasury_posting p LEFT JOIN journal_record r ON r.id = p.act_id
           WHERE r.id IS NULL ORDER BY p.id LIMIT 1""",
    ),
    (
        "treasury_paymentorder {0}: maker and checker are the same person",
        "SELECT id FROM treasury_paymentorder WHERE maker_id = checker_id ORDER BY id LIMIT 1",
    ),
    (
        "treasury_paymentorder {0}: {1}, but the ledger has paid {2} for it",
        """SELECT o.id, o.state, coalesce(sum(e.amount), 0) FROM treasury_paymentorder o
           LEFT JOIN treasury_posting p ON p.source_kind = 'payment' AND p.source_id = o.id AND p.verb = 'pay'
           LEFT JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
           GROUP BY o.id, o.state, o.amount
           HAVING coalesce(sum(e.amount), 0) <> CASE WHEN o.state = 'executed' THEN o.amount ELSE 0 END
           ORDER BY o.id LIMIT 1""",
    ),
    (
        "treasury_appropriation {0}: {1} is recorded, {2} is posted",
        """SELECT t.id, t.amount, coalesce(sum(e.amount), 0) FROM treasury_appropriation t
           LEFT JOIN treasury_account a ON a.appropriation_id = t.id AND a.stage = 'authority'
           LEFT JOIN treasury_entry e ON e.account_id = a.id
           GROUP BY t.id, t.amount HAVING t.amount <> -coalesce(sum(e.amount), 0) ORDER BY t.id LIMIT 1""",
    ),
)


def faults() -> Iterator[str]:
    """What contradicts invariant 2 (blueprint §6, decisions.md §8): the first offending row of each kind."""
    with connection.cursor() as cursor:
        for sentence, sql in _CHECKS:
            cursor.execute(sql)
            if row := cursor.fetchone():
                yield sentence.format(*row)
