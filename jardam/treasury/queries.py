"""Reading the ledger: where money stands, and whether it adds up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from jardam.journal.models import Record
from jardam.journal.procedure import actions, may
from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal
from jardam.parties.models import Organisation
from jardam.parties.queries import ids_of

from .models import (
    Account,
    Appropriation,
    AppropriationVersion,
    CashPlan,
    CashPlanVersion,
    Entry,
    LineMatch,
    PaymentOrder,
    PaymentPackage,
    Shortfall,
    Statement,
    StatementLine,
    YearClose,
    YearCloseLine,
)
from .policy import CASH_PLAN, MATCH, PACKAGE, PAYMENT, SHORTFALL, planned_cash, used_cash
from .rules import PAID, Found, Refund, Stage

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


def appropriations(owner_kind: str, owner_id: int) -> list[Appropriation]:
    return list(Appropriation.objects.filter(owner_kind=owner_kind, owner_id=owner_id).order_by("id"))


def appropriations_behind(owner_kind: str, owner_id: int) -> list[Appropriation]:
    """Those whose money stands with this owner, at whatever stage."""
    held = Account.objects.filter(owner_kind=owner_kind, owner_id=owner_id, balance__amount__gt=0)
    return list(Appropriation.objects.filter(pk__in=held.values("appropriation_id")).order_by("id"))


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
    state: str,
    organisation_id: int | Iterable[int] | None = None,
    *,
    treasury_id: int | Iterable[int] | None = None,
    limit: int = 50,
    after: int = 0,
) -> list[PaymentOrder]:
    """The oldest orders in a state; of one payer, or of all payers a treasury works for. The next page begins after
    the last id."""
    rows = PaymentOrder.objects.filter(state=state, id__gt=after).select_related("account")
    if treasury_id is not None:
        rows = rows.filter(organisation_id__in=_payers_of(treasury_id))
    if organisation_id is not None:
        rows = rows.filter(organisation_id__in=ids_of(organisation_id))
    return list(rows.order_by("id")[:limit])


def _payers_of(treasury_id: int | Iterable[int]) -> QuerySet[Organisation]:
    """Those whose payments a treasury executes."""
    return Organisation.objects.filter(treasury_id__in=ids_of(treasury_id))


# --- packages, plans, cuts, years ------------------------------------------------------------------------------


def package(ref: str) -> PaymentPackage:
    return PaymentPackage.objects.get(ref=ref)


def payments_of_package(package: PaymentPackage) -> list[PaymentOrder]:
    return list(package.payments.select_related("appropriation", "account").order_by("id"))


def packages_waiting(organisation_id: int, limit: int = 50) -> list[PaymentPackage]:
    """Drawn up and not sent, oldest first."""
    rows = PaymentPackage.objects.filter(organisation_id=organisation_id, state__in=["drawn_up", "half_signed"])
    return list(rows.order_by("id")[:limit])


def package_totals(packages: Iterable[PaymentPackage]) -> dict[int, Decimal]:
    """The money of each package, by its key."""
    rows = PaymentOrder.objects.filter(package__in=[one.pk for one in packages])
    return dict(rows.values_list("package_id").annotate(total=Sum("amount")).order_by("package_id"))


def package_refusals(package: PaymentPackage, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(PACKAGE, package, verb, actor)


def package_actions(package: PaymentPackage, actor: Actor) -> tuple[str, ...]:
    return actions(PACKAGE, package, actor)


def payments_of_payer(
    organisation_id: int | Iterable[int], *, state: str = "", before: int = 0, limit: int = 30
) -> list[PaymentOrder]:
    """A page of a payer's orders, newest first; the next begins before the last id."""
    rows = PaymentOrder.objects.filter(organisation_id__in=ids_of(organisation_id))
    rows = rows.select_related("appropriation", "account")
    if state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


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


# --- statements ------------------------------------------------------------------------------------------------


def statement(ref: str, treasury_id: int | Iterable[int]) -> Statement:
    return Statement.objects.select_related("file").get(ref=ref, organisation_id__in=ids_of(treasury_id))


def statements_of(treasury_id: int | Iterable[int], *, before: int = 0, limit: int = 30) -> list[Statement]:
    """A page of a treasury's statements, newest first."""
    rows = Statement.objects.filter(organisation_id__in=ids_of(treasury_id)).select_related("file")
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def counts_of(statement: Statement) -> dict[str, int]:
    """How many lines the reading matched, found returned, or left."""
    return dict(statement.lines.values_list("found").annotate(n=Count("id")).order_by("found"))


def statement_line(ref: str, treasury_id: int | Iterable[int]) -> StatementLine:
    rows = StatementLine.objects.select_related("statement", "payment")
    return rows.get(ref=ref, statement__organisation_id__in=ids_of(treasury_id))


def lines_of(statement: Statement, found: str, *, after: int = 0, limit: int = 30) -> list[StatementLine]:
    """A page of a statement's lines of one kind, in the order of the file; all kinds with `found` empty."""
    rows = statement.lines.filter(id__gt=after)
    if found:
        rows = rows.filter(found=found)
    return list(rows.select_related("payment").order_by("id")[:limit])


def match_of(line: StatementLine) -> LineMatch | None:
    """What a person said about the line and nobody rejected."""
    return line.matches.exclude(state="rejected").select_related("payment", "refund", "line__statement").first()


def matches_of(line_ids: Iterable[int]) -> dict[int, LineMatch]:
    """The same for many lines at once."""
    rows = LineMatch.objects.filter(line_id__in=list(line_ids)).exclude(state="rejected").select_related("payment")
    return {row.line_id: row for row in rows}


def matches_to_check(treasury_id: int | Iterable[int], limit: int = 50) -> list[LineMatch]:
    rows = LineMatch.objects.filter(state="proposed", line__statement__organisation_id__in=ids_of(treasury_id))
    return list(rows.select_related("line").order_by("id")[:limit])


def match_refusals(match: LineMatch, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(MATCH, match, verb, actor)


def payments_without_line(treasury_id: int | Iterable[int], *, after: int = 0, limit: int = 30) -> list[PaymentOrder]:
    """Executed orders that no statement shows yet, oldest first: what is not matched is listed."""
    rows = PaymentOrder.objects.filter(
        organisation_id__in=_payers_of(treasury_id),
        executed_on__isnull=False,
        is_existing=False,
        id__gt=after,
    )
    by_file = StatementLine.objects.filter(payment_id=OuterRef("pk"), found="matched")
    by_hand = LineMatch.objects.filter(payment_id=OuterRef("pk"), state="confirmed")
    return list(rows.exclude(Exists(by_file)).exclude(Exists(by_hand)).order_by("id")[:limit])


def payments_come_back(
    *, treasury_id: int | Iterable[int] | None = None, payer_id: int | Iterable[int] | None = None, limit: int = 50
) -> list[tuple[PaymentOrder, date]]:
    """Paid orders whose money a statement shows coming in again, by its reading or by two people, while nobody has
    recorded that it came back; each with the day of the line. Of one treasury, or of one payer."""
    shown = StatementLine.objects.filter(found=Found.RETURNED, payment_id=OuterRef("pk")).values("day")[:1]
    by_hand = LineMatch.objects.filter(payment_id=OuterRef("pk"), state="confirmed", direction="in")
    rows = PaymentOrder.objects.filter(state__in=PAID).annotate(
        came_on=Coalesce(Subquery(shown), Subquery(by_hand.values("line__day")[:1]))
    )
    if treasury_id is not None:
        rows = rows.filter(organisation_id__in=_payers_of(treasury_id))
    if payer_id is not None:
        rows = rows.filter(organisation_id__in=ids_of(payer_id))
    return [(row, row.came_on) for row in rows.filter(came_on__isnull=False).order_by("came_on", "id")[:limit]]


def came_back_on(payment: PaymentOrder) -> date | None:
    """The day on which a statement shows its money coming in again, while it counts as paid; None else."""
    if payment.state not in PAID:
        return None
    by_hand = LineMatch.objects.filter(payment=payment, state="confirmed", direction="in").values_list("line__day")
    days = StatementLine.objects.filter(found=Found.RETURNED, payment=payment).values_list("day").union(by_hand)
    return min((day for (day,) in days), default=None)


def payments_that_may_be(line: StatementLine, treasury_id: int | Iterable[int], limit: int = 50) -> list[PaymentOrder]:
    """Paid orders of its amount of which no line of the same direction shows that they went out or came back, and
    that nobody proposed for one."""
    rows = PaymentOrder.objects.filter(
        organisation_id__in=_payers_of(treasury_id), executed_on__isnull=False, is_existing=False, amount=line.amount
    )
    by_file = StatementLine.objects.filter(payment_id=OuterRef("pk"), direction=line.direction)
    by_hand = LineMatch.objects.filter(payment_id=OuterRef("pk"), direction=line.direction).exclude(state="rejected")
    return list(rows.exclude(Exists(by_file)).exclude(Exists(by_hand)).order_by("id")[:limit])


_REFUNDS = """
-- What executors gave back of the treasury's payments, that no line is said to be.
SELECT p.id, left(encode(sha256(r.public), 'hex'), 16), e.amount, r.public_data->>'number', r.public_data->>'on',
  (SELECT o.payee_id FROM treasury_paymentorder o
   WHERE (o.owner_kind, o.owner_id) = (a.owner_kind, a.owner_id) ORDER BY o.id LIMIT 1)
FROM treasury_posting p
JOIN journal_record r ON r.id = p.act_id
JOIN treasury_entry e ON e.posting_id = p.id AND e.amount = %s
JOIN treasury_account a ON a.id = e.account_id AND a.stage = 'returned'
JOIN treasury_appropriation b ON b.id = a.appropriation_id AND b.organisation_id = ANY(%s)
WHERE p.verb = 'return'
  AND NOT EXISTS (SELECT 1 FROM treasury_posting back WHERE back.reverses_id = p.id)
  AND NOT EXISTS (SELECT 1 FROM treasury_linematch m WHERE m.refund_id = p.id AND m.state <> 'rejected')
ORDER BY p.id LIMIT %s
"""


def refunds_that_may_be(line: StatementLine, treasury_id: int | Iterable[int], limit: int = 50) -> list[Refund]:
    """Money of its amount that executors gave back and that no line is said to be; none for a line that went out."""
    if line.direction != "in":
        return []
    payers = list(_payers_of(treasury_id).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_REFUNDS, [line.amount, payers, limit])
        return [Refund(*row) for row in cursor.fetchall()]


def refund_of(match: LineMatch) -> Record | None:
    """The act by which the money came back that the line is said to be: its number and day."""
    return Record.objects.get(pk=match.refund.act_id) if match.refund else None


# --- verify ----------------------------------------------------------------------------------------------------

_WAYS = {
    "appropriate": (Stage.AUTHORITY, Stage.APPROPRIATED),
    "allocate": (Stage.APPROPRIATED, Stage.ALLOCATED),
    "reserve": (Stage.ALLOCATED, Stage.RESERVED),
    "release": (Stage.RESERVED, Stage.ALLOCATED),
    "commit": (Stage.RESERVED, Stage.COMMITTED),
    "owe": (Stage.OBLIGATION, Stage.UNDELIVERED),
    "uncommit": (Stage.COMMITTED, Stage.RESERVED),
    "unowe": (Stage.UNDELIVERED, Stage.OBLIGATION),
    "order": (Stage.COMMITTED, Stage.ORDERED),
    "unorder": (Stage.ORDERED, Stage.COMMITTED),
    "pay": (Stage.ORDERED, Stage.PAID),
    "unpay": (Stage.PAID, Stage.ORDERED),
    "raise": (Stage.AUTHORITY, Stage.APPROPRIATED),
    "deallocate": (Stage.ALLOCATED, Stage.APPROPRIATED),
    "move": (Stage.ALLOCATED, Stage.ALLOCATED),
    "cover": (Stage.APPROPRIATED, Stage.SHORT),
    "return": (Stage.PAID, Stage.RETURNED),
    "accept": (Stage.UNDELIVERED, Stage.ACCEPTED),
}
"""From where to where each verb moves money; only a reversal goes another way."""

_BOUND = (Stage.APPROPRIATED, Stage.ALLOCATED, Stage.RESERVED, Stage.COMMITTED)
_MORE_WAYS = (
    ("cut", Stage.APPROPRIATED, Stage.AUTHORITY),
    ("cut", Stage.SHORT, Stage.AUTHORITY),
    ("order", Stage.PAYABLE, Stage.ORDERED),
    ("unorder", Stage.ORDERED, Stage.PAYABLE),
    ("payable", Stage.COMMITTED, Stage.PAYABLE),
    *(("lapse", stage, Stage.LAPSED) for stage in _BOUND),
    *(("carry_over", stage, Stage.CARRIED) for stage in _BOUND),
    *(("carry_in", Stage.AUTHORITY, stage) for stage in _BOUND),
)
"""The verbs that have more than one way."""

_WAYS_AS_ROWS = ", ".join(
    f"('{verb}', '{out}', '{into}')"
    for verb, out, into in (*((verb, *way) for verb, way in _WAYS.items()), *_MORE_WAYS)
)

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
           WHERE b.amount < 0 AND a.stage NOT IN ('authority', 'obligation', 'short') ORDER BY b.account_id LIMIT 1""",
    ),
    (
        "treasury_paymentorder {0}: maker and checker are the same person",
        "SELECT id FROM treasury_paymentorder WHERE maker_id = checker_id ORDER BY id LIMIT 1",
    ),
    (
        "treasury_paymentorder {0}: {1}, but the ledger has paid {2} for it",
        """SELECT o.id, o.state, coalesce(sum(e.amount), 0) FROM treasury_paymentorder o
           LEFT JOIN treasury_posting p ON p.source_kind = 'payment' AND p.source_id = o.id
             AND p.verb IN ('pay', 'unpay')
           LEFT JOIN treasury_entry e ON e.posting_id = p.id
             AND (p.verb = 'pay' AND e.amount > 0 OR p.verb = 'unpay' AND e.amount < 0)
           GROUP BY o.id, o.state, o.amount
           HAVING coalesce(sum(e.amount), 0) <>
             CASE WHEN o.state IN ('executed', 'credited') THEN o.amount ELSE 0 END
           ORDER BY o.id LIMIT 1""",
    ),
    (
        "treasury_paymentorder {0}: {1}, but the ledger has taken {2} of its order back",
        """SELECT o.id, o.state, coalesce(sum(e.amount), 0) FROM treasury_paymentorder o
           LEFT JOIN treasury_posting p ON p.source_kind = 'payment' AND p.source_id = o.id AND p.verb = 'unorder'
           LEFT JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
           GROUP BY o.id, o.state, o.amount
           HAVING coalesce(sum(e.amount), 0) <>
             CASE WHEN o.state IN ('refused', 'bounced', 'withdrawn') THEN o.amount ELSE 0 END
           ORDER BY o.id LIMIT 1""",
    ),
    (
        "treasury_paymentorder {0}: {1}, but its package ({2}) is {3}",
        """SELECT o.id, o.state, k.id, k.state FROM treasury_paymentorder o
           JOIN treasury_paymentpackage k ON k.id = o.package_id
           WHERE (o.state = 'packed') <> (k.state IN ('drawn_up', 'half_signed'))
              OR o.state = 'prepared' OR o.checker_id <> k.second_id OR o.organisation_id <> k.organisation_id
           ORDER BY o.id LIMIT 1""",
    ),
    (
        "treasury_cashplan {0}: it gives {1} for month {2}, but {3} has gone out",
        """SELECT c.id, m.amount, m.month, sum(o.amount) FROM treasury_cashplan c
           JOIN treasury_cashplanmonth m ON m.plan_id = c.id AND m.version = c.version
           JOIN treasury_appropriation a ON a.organisation_id = c.organisation_id AND a.line = c.line
           JOIN treasury_paymentorder o ON o.appropriation_id = a.id
             AND o.state IN ('approved', 'executed', 'credited')
             AND extract(year FROM o.sent_on) = c.year AND extract(month FROM o.sent_on) = m.month
           GROUP BY c.id, m.amount, m.month HAVING sum(o.amount) > m.amount ORDER BY c.id LIMIT 1""",
    ),
    (
        "treasury_shortfall {0}: {1}, but the account of its appropriation lacks {2}",
        """SELECT s.id, s.state, -coalesce(sum(b.amount), 0) FROM treasury_shortfall s
           LEFT JOIN treasury_account a ON a.appropriation_id = s.appropriation_id AND a.stage = 'short'
           LEFT JOIN treasury_balance b ON b.account_id = a.id
           WHERE s.state = 'open'
              OR NOT EXISTS (SELECT 1 FROM treasury_shortfall o
                             WHERE o.appropriation_id = s.appropriation_id AND o.state = 'open')
           GROUP BY s.id, s.state HAVING (s.state = 'open') <> (coalesce(sum(b.amount), 0) < 0)
           ORDER BY s.id LIMIT 1""",
    ),
    (
        "treasury_appropriation {0}: its year is closed, but {1} still stands on account {2} ({3})",
        """SELECT t.id, b.amount, a.id, a.stage FROM treasury_appropriation t
           JOIN treasury_account a ON a.appropriation_id = t.id
             AND a.stage IN ('appropriated', 'allocated', 'reserved', 'committed')
           JOIN treasury_balance b ON b.account_id = a.id
           WHERE t.state = 'closed' AND b.amount > 0 ORDER BY t.id LIMIT 1""",
    ),
    (
        "treasury_yearcloseline {0}: over {1}, but {2} was posted as {3}",
        """SELECT l.id, l.amount, e.amount, p.verb FROM treasury_yearcloseline l
           JOIN treasury_posting p ON p.id = l.posting_id
           JOIN treasury_entry e ON e.posting_id = p.id AND e.account_id = l.account_id
           WHERE e.amount <> -l.amount OR p.verb <> l.outcome ORDER BY l.id LIMIT 1""",
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


_STATEMENT_CHECKS = (
    (
        "treasury_statement {0}: it says {1} lines, {2} out and {3} in; it holds {4}, {5} and {6}",
        """SELECT s.id, s.lines_count, s.total_out, s.total_in, count(l.id),
             coalesce(sum(l.amount) FILTER (WHERE l.direction = 'out'), 0),
             coalesce(sum(l.amount) FILTER (WHERE l.direction = 'in'), 0)
           FROM treasury_statement s LEFT JOIN treasury_statementline l ON l.statement_id = s.id
           GROUP BY s.id HAVING (s.lines_count, s.total_out, s.total_in) IS DISTINCT FROM (
             count(l.id)::int, coalesce(sum(l.amount) FILTER (WHERE l.direction = 'out'), 0),
             coalesce(sum(l.amount) FILTER (WHERE l.direction = 'in'), 0)) ORDER BY s.id LIMIT 1""",
    ),
    (
        "treasury_statementline {0}: {1} over {2}, but payment {3} is No. {4} over {5}",
        """SELECT l.id, l.document, l.amount, o.id, o.document_number, o.amount FROM treasury_statementline l
           JOIN treasury_paymentorder o ON o.id = l.payment_id
           WHERE (l.document, l.amount) IS DISTINCT FROM (o.document_number, o.amount)
              OR (l.found = 'matched' AND l.day <> o.executed_on) ORDER BY l.id LIMIT 1""",
    ),
    (
        "treasury_linematch {0}: its line is {1} over {2}, what it is said to be over {3}",
        """SELECT m.id, l.found, l.amount, coalesce(o.amount, e.amount) FROM treasury_linematch m
           JOIN treasury_statementline l ON l.id = m.line_id
           LEFT JOIN treasury_paymentorder o ON o.id = m.payment_id
           LEFT JOIN treasury_entry e ON e.posting_id = m.refund_id AND e.amount > 0
           WHERE l.found <> 'unmatched' OR l.amount <> coalesce(o.amount, e.amount, l.amount)
              OR l.direction <> m.direction ORDER BY m.id LIMIT 1""",
    ),
    (
        "treasury_paymentorder {0}: {1} lines of statements are said to be it, direction {2}",
        """SELECT s.payment_id, count(*), s.direction FROM (
             SELECT payment_id, direction FROM treasury_statementline WHERE payment_id IS NOT NULL
             UNION ALL
             SELECT payment_id, direction FROM treasury_linematch
             WHERE state <> 'rejected' AND payment_id IS NOT NULL) s
           GROUP BY s.payment_id, s.direction HAVING count(*) > 1 ORDER BY s.payment_id LIMIT 1""",
    ),
)


def checks() -> list[Check]:
    """Invariants 2 and 3 (blueprint §6, decisions.md §8)."""
    return [
        *(sql_check(sentence, query) for sentence, query in (*_CHECKS, *_STATEMENT_CHECKS)),
        agrees_with_act(
            Appropriation,
            """t.year = (r.public_data->>'year')::int AND t.source = r.public_data->>'source'
               AND t.line = r.public_data->>'line' AND t.code = COALESCE(r.public_data->>'code', t.code)
               AND t.is_existing = COALESCE((r.public_data->>'existing')::boolean, false)""",
            "appropriate",
            "carry_over",
        ),
        agrees_with_act(
            Appropriation,
            "t.amount = (r.public_data->>'amount')::numeric AND t.document = r.public_data->>'document'",
            "appropriate",
            "carry_over",
            "revise_appropriation",
        ),
        agrees_with_act(
            PaymentOrder,
            "t.amount = (r.public_data->>'amount')::numeric",
            "order_payment",
            "record_existing_payment",
        ),
        agrees_with_act(
            PaymentOrder,
            """t.maker_id = r.person_id AND (r.public_data->>'account' IS NULL OR r.public_data->>'account'
                 = (SELECT ref FROM parties_bankaccount b WHERE b.id = t.account_id))""",
            "order_payment",
            "redirect_payment",
            "record_existing_payment",
        ),
        agrees_with_act(PaymentOrder, "t.checker_id = r.person_id", "approve_payment", "confirm_existing_payment"),
        agrees_with_act(
            PaymentOrder,
            """t.document_number = r.public_data->>'number' AND t.executed_on = (r.public_data->>'on')::date""",
            "execute_payment",
            "record_existing_payment",
        ),
        agrees_with_act(
            PaymentOrder, "t.settled_on = (r.public_data->>'on')::date", "credit_payment", "bounce_payment"
        ),
        agrees_with_act(PaymentPackage, "t.first_id = r.person_id AND t.first_signed_at = r.at", "sign_package"),
        agrees_with_act(PaymentPackage, "t.second_id = r.person_id AND t.sent_at = r.at", "send_package"),
        agrees_with_act(
            CashPlan,
            """t.version = (r.public_data->>'version')::int AND r.public_data->'months' =
                 (SELECT jsonb_agg(m.amount::text ORDER BY m.month) FROM treasury_cashplanmonth m
                  WHERE m.plan_id = t.id AND m.version = t.version)""",
            "plan_cash",
            "change_cash_plan",
        ),
        agrees_with_act(
            Statement,
            """t.sha256 = r.public_data->>'sha256' AND t.lines_count = (r.public_data->>'lines')::int
               AND t.total_out = (r.public_data->>'out')::numeric
               AND t.total_in = (r.public_data->>'in')::numeric""",
            "import_statement",
        ),
        agrees_with_act(
            LineMatch,
            """t.proposed_by_id = r.person_id
               AND (SELECT ref FROM treasury_statementline l WHERE l.id = t.line_id) = r.public_data->>'line'
               AND coalesce((SELECT ref FROM treasury_paymentorder o WHERE o.id = t.payment_id), '')
                 = r.public_data->>'payment'
               AND coalesce((SELECT left(encode(sha256(a.public), 'hex'), 16) FROM treasury_posting p
                 JOIN journal_record a ON a.id = p.act_id WHERE p.id = t.refund_id), '')
                 = coalesce(r.public_data->>'refund', '')""",
            "propose_match",
        ),
        agrees_with_act(LineMatch, "t.checked_by_id = r.person_id", "confirm_match", "reject_match"),
        agrees_with_act(Shortfall, "t.missing = (r.public_data->>'missing')::numeric", "open_shortfall"),
        agrees_with_act(YearClose, "t.year = (r.public_data->>'year')::int", "close_year"),
    ]
