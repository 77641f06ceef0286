"""Reading the ledger: where money stands, and whether it adds up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum

from jardam.journal.procedure import actions, may
from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal
from jardam.parties.models import Organisation

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


_BACK = {"release": "reserve", "unorder": "order", "uncommit": "commit"}
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
-- What came into the accounts; of a reversal what it took out of them again.
SELECT a.owner_id, COALESCE(r.verb, p.verb), sum(e.amount)
FROM treasury_posting p
LEFT JOIN treasury_posting r ON r.id = p.reverses_id
JOIN treasury_entry e ON e.posting_id = p.id
  AND ((p.reverses_id IS NULL AND e.amount > 0) OR (p.reverses_id IS NOT NULL AND e.amount < 0))
JOIN treasury_account a ON a.id = e.account_id
WHERE {where} GROUP BY 1, 2
"""


def trail_of_appropriations(owner_kind: str, owner_ids: Iterable[int]) -> Trail:
    """Everything that happened to the money of these owners' appropriations (programmes), to the last payment."""
    where = """a.appropriation_id IN (
        SELECT id FROM treasury_appropriation WHERE owner_kind = %s AND owner_id = ANY(%s))"""
    return _trail((verb, amount) for _, verb, amount in _movements(where, [owner_kind, list(owner_ids)]))


def trail_of_year(owner_kind: str, owner_id: int, year: int) -> Trail:
    """The same for one owner and the appropriations of one budget year."""
    where = """a.appropriation_id IN (
        SELECT id FROM treasury_appropriation WHERE owner_kind = %s AND owner_id = %s AND year = %s)"""
    return _trail((verb, amount) for _, verb, amount in _movements(where, [owner_kind, owner_id, year]))


def trail_of(owner_kind: str, owner_id: int) -> Trail:
    """The movements into one owner's accounts: a measure, a lot or a contract."""
    return trails_of(owner_kind, [owner_id])[owner_id]


def trails_of(owner_kind: str, owner_ids: Iterable[int]) -> dict[int, Trail]:
    """The same for many owners of a kind at once; one query."""
    rows: dict[int, list[tuple[str, Decimal]]] = {owner_id: [] for owner_id in owner_ids}
    for owner_id, verb, amount in _movements("a.owner_kind = %s AND a.owner_id = ANY(%s)", [owner_kind, list(rows)]):
        rows[owner_id].append((verb, amount))
    return {owner_id: _trail(moved) for owner_id, moved in rows.items()}


def _movements(where: str, params: list[Any]) -> list[tuple[int, str, Decimal]]:
    with connection.cursor() as cursor:
        cursor.execute(_TRAIL.format(where=where), params)
        return [(owner_id, verb, Decimal(amount)) for owner_id, verb, amount in cursor.fetchall()]


def balance(stage: Stage, owner_kind: str, owner_id: int) -> Decimal:
    """What is left at a stage for an owner, over all appropriations."""
    accounts = Account.objects.filter(stage=stage, owner_kind=owner_kind, owner_id=owner_id)
    return accounts.aggregate(left=Sum("balance__amount"))["left"] or ZERO


def balances(stage: Stage, owner_kind: str, owner_ids: Iterable[int]) -> dict[int, Decimal]:
    """The same for many owners, by their ids; one query."""
    accounts = Account.objects.filter(stage=stage, owner_kind=owner_kind, owner_id__in=list(owner_ids))
    return dict(accounts.values_list("owner_id").annotate(left=Sum("balance__amount")))


def appropriations(owner_kind: str, owner_id: int) -> list[Appropriation]:
    return list(Appropriation.objects.filter(owner_kind=owner_kind, owner_id=owner_id).order_by("id"))


def payment(ref: str) -> PaymentOrder:
    return PaymentOrder.objects.get(ref=ref)


def payment_actions(payment: PaymentOrder, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show."""
    return actions(PAYMENT, payment, actor)


def owners_with_money(owner_kind: str, owner_ids: Iterable[int]) -> set[int]:
    """Which of these owners (programmes) have an appropriation."""
    rows = Appropriation.objects.filter(owner_kind=owner_kind, owner_id__in=list(owner_ids))
    return set(rows.values_list("owner_id", flat=True))


def payment_refusals(payment: PaymentOrder, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(PAYMENT, payment, verb, actor)


def payments_of_sources(source_kind: str, source_ids: Iterable[int]) -> dict[int, PaymentOrder]:
    """The latest payment order of each source (tranche), by the source's id."""
    rows = PaymentOrder.objects.filter(source_kind=source_kind, source_id__in=list(source_ids)).order_by("id")
    return {row.source_id: row for row in rows}


def payments_waiting(
    state: str, organisation_id: int | None = None, *, treasury_id: int | None = None, limit: int = 50, after: int = 0
) -> list[PaymentOrder]:
    """The oldest orders in a state; of one payer, or of all payers a treasury works for. The next page begins after
    the last id."""
    rows = PaymentOrder.objects.filter(state=state, id__gt=after)
    if treasury_id is not None:
        rows = rows.filter(organisation_id__in=Organisation.objects.filter(treasury_id=treasury_id).values("pk"))
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    return list(rows.order_by("id")[:limit])


# --- verify ----------------------------------------------------------------------------------------------------

_WAYS = {
    "appropriate": (Stage.AUTHORITY, Stage.APPROPRIATED),
    "allocate": (Stage.APPROPRIATED, Stage.ALLOCATED),
    "reserve": (Stage.ALLOCATED, Stage.RESERVED),
    "release": (Stage.RESERVED, Stage.ALLOCATED),
    "commit": (Stage.RESERVED, Stage.COMMITTED),
    "owe": (Stage.OBLIGATION, Stage.UNDELIVERED),
    "order": (Stage.COMMITTED, Stage.ORDERED),
    "unorder": (Stage.ORDERED, Stage.COMMITTED),
    "pay": (Stage.ORDERED, Stage.PAID),
    "return": (Stage.PAID, Stage.RETURNED),
    "accept": (Stage.UNDELIVERED, Stage.ACCEPTED),
    "uncommit": (Stage.COMMITTED, Stage.RESERVED),
    "unowe": (Stage.UNDELIVERED, Stage.OBLIGATION),
}
"""From where to where each verb moves money; only a reversal goes another way."""

_WAYS_AS_ROWS = ", ".join(f"('{verb}', '{out}', '{into}')" for verb, (out, into) in _WAYS.items())

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
    (
        "treasury_paymentorder {0}: it is over {1}, but the ledger has ordered {2} for it",
        """SELECT o.id, o.amount, coalesce(sum(e.amount), 0) FROM treasury_paymentorder o
           LEFT JOIN treasury_posting p ON p.source_kind = 'payment' AND p.source_id = o.id AND p.verb = 'order'
           LEFT JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
           GROUP BY o.id, o.amount HAVING coalesce(sum(e.amount), 0) <> o.amount ORDER BY o.id LIMIT 1""",
    ),
    (
        "treasury_posting {0}: {1} does not move money from {2} to {3}",
        f"""SELECT p.id, p.verb, giver.stage, taker.stage FROM treasury_posting p
           JOIN treasury_entry eo ON eo.posting_id = p.id AND eo.amount < 0
           JOIN treasury_account giver ON giver.id = eo.account_id
           JOIN treasury_entry ei ON ei.posting_id = p.id AND ei.amount > 0
           JOIN treasury_account taker ON taker.id = ei.account_id
           WHERE p.reverses_id IS NULL AND (p.verb, giver.stage, taker.stage) NOT IN (VALUES {_WAYS_AS_ROWS})
           ORDER BY p.id LIMIT 1""",
    ),
    (
        "treasury_posting {0}: it does not reverse posting {1}",
        """SELECT p.id, p.reverses_id FROM treasury_posting p
           WHERE p.reverses_id IS NOT NULL AND EXISTS (
             SELECT account_id FROM treasury_entry WHERE posting_id IN (p.id, p.reverses_id)
             GROUP BY account_id HAVING sum(amount) <> 0) ORDER BY p.id LIMIT 1""",
    ),
)


def checks() -> list[Check]:
    """Invariants 2 and 3 (blueprint §6, decisions.md §8)."""
    return [
        *(sql_check(sentence, query) for sentence, query in _CHECKS),
        agrees_with_act(
            Appropriation,
            """t.amount = (r.public_data->>'amount')::numeric AND t.year = (r.public_data->>'year')::int
               AND t.source = r.public_data->>'source' AND t.line = r.public_data->>'line'
               AND t.document = r.public_data->>'document'""",
            "appropriate",
        ),
        agrees_with_act(
            PaymentOrder,
            "t.amount = (r.public_data->>'amount')::numeric AND t.maker_id = r.person_id",
            "order_payment",
        ),
        agrees_with_act(PaymentOrder, "t.checker_id = r.person_id", "approve_payment"),
        agrees_with_act(
            PaymentOrder,
            """t.document_number = r.public_data->>'number' AND t.executed_on = (r.public_data->>'on')::date""",
            "execute_payment",
        ),
    ]
