"""Statements of the treasury, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from jardam.journal.models import Record
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal
from jardam.parties.queries import ids_of

from ..models import LineMatch, PaymentOrder, Statement, StatementLine
from ..policy import MATCH
from ..rules import PAID, Found, Refund
from .payments import payers_of


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
        organisation_id__in=payers_of(treasury_id),
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
        rows = rows.filter(organisation_id__in=payers_of(treasury_id))
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
        organisation_id__in=payers_of(treasury_id), executed_on__isnull=False, is_existing=False, amount=line.amount
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
    payers = list(payers_of(treasury_id).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_REFUNDS, [line.amount, payers, limit])
        return [Refund(*row) for row in cursor.fetchall()]


def refund_of(match: LineMatch) -> Record | None:
    """The act by which the money came back that the line is said to be: its number and day."""
    return Record.objects.get(pk=match.refund.act_id) if match.refund else None
