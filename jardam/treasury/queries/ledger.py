"""What the ledger adds up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum

from ..models import Account, Appropriation, Entry
from ..rules import Stage

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


_BACK = {
    "release": "reserve",
    "uncommit": "commit",
    "unorder": "order",
    "unpay": "pay",
    "deallocate": "allocate",
    "cut": "raise",
}


_FACT = {
    "appropriate": "appropriated",
    "raise": "appropriated",
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
SELECT {whose}, COALESCE(r.verb, p.verb), sum(e.amount)
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
    return _trail(_sums(where, [owner_kind, list(owner_ids)]))


def trail_of_year(owner_kind: str, owner_id: int, year: int) -> Trail:
    """The same for one owner and the appropriations of one budget year."""
    where = """a.appropriation_id IN (
        SELECT id FROM treasury_appropriation WHERE owner_kind = %s AND owner_id = %s AND year = %s)"""
    return _trail(_sums(where, [owner_kind, owner_id, year]))


def trail_of(owner_kind: str, owner_id: int) -> Trail:
    """The movements into one owner's accounts: a measure, a lot or a contract."""
    return trails_of(owner_kind, [owner_id])[owner_id]


def trails_of(owner_kind: str, owner_ids: Iterable[int]) -> dict[int, Trail]:
    """The same for many owners of a kind at once; one query."""
    rows: dict[int, list[tuple[str, Decimal]]] = {owner_id: [] for owner_id in owner_ids}
    for owner_id, verb, amount in _movements("a.owner_kind = %s AND a.owner_id = ANY(%s)", [owner_kind, list(rows)]):
        rows[owner_id].append((verb, amount))
    return {owner_id: _trail(moved) for owner_id, moved in rows.items()}


def _sums(where: str, params: list[Any]) -> list[tuple[str, Decimal]]:
    """Of all owners together, added up by the database: a row for each verb, however many owners there are."""
    return [(verb, amount) for _, verb, amount in _movements(where, params, whose="NULL::bigint")]


def _movements(where: str, params: list[Any], whose: str = "a.owner_id") -> list[tuple[int, str, Decimal]]:
    with connection.cursor() as cursor:
        cursor.execute(_TRAIL.format(whose=whose, where=where), params)
        return [(owner_id, verb, Decimal(amount)) for owner_id, verb, amount in cursor.fetchall()]


def balance(stage: Stage, owner_kind: str, owner_id: int) -> Decimal:
    """What is left at a stage for an owner, over all appropriations."""
    accounts = Account.objects.filter(stage=stage, owner_kind=owner_kind, owner_id=owner_id)
    return accounts.aggregate(left=Sum("balance__amount"))["left"] or ZERO


def balances(stage: Stage, owner_kind: str, owner_ids: Iterable[int]) -> dict[int, Decimal]:
    """The same for many owners, by their ids; one query."""
    accounts = Account.objects.filter(stage=stage, owner_kind=owner_kind, owner_id__in=list(owner_ids))
    return dict(accounts.values_list("owner_id").annotate(left=Sum("balance__amount")))


def owners_with_money(owner_kind: str, owner_ids: Iterable[int]) -> set[int]:
    """Which of these owners (programmes) have an appropriation."""
    rows = Appropriation.objects.filter(owner_kind=owner_kind, owner_id__in=list(owner_ids))
    return set(rows.values_list("owner_id", flat=True))


def movements(appropriation: Appropriation, *, before: int = 0, limit: int = 30) -> list[Entry]:
    """The ledger of an appropriation: every entry on its accounts, newest first; the next begin before the last id."""
    rows = Entry.objects.filter(account__appropriation=appropriation).select_related("posting", "account")
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def stages_of(appropriation: Appropriation) -> dict[str, Decimal]:
    """What stands at each stage of an appropriation, over all owners."""
    rows = Account.objects.filter(appropriation=appropriation).values_list("stage")
    return dict(rows.annotate(left=Sum("balance__amount")).order_by("stage"))


def bound_contracts(appropriation: Appropriation) -> list[tuple[int, Decimal]]:
    """Contracts that hold unpaid money of an appropriation, the largest first: those to amend after a cut."""
    rows = Account.objects.filter(
        appropriation=appropriation, stage=Stage.COMMITTED, owner_kind="contract", balance__amount__gt=0
    )
    return list(rows.order_by("-balance__amount", "id").values_list("owner_id", "balance__amount")[:200])
