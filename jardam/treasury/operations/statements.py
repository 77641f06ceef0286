"""Statements of the treasury, line by line against the payment orders."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from itertools import islice

from jardam.documents import operations as documents
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.money import Money
from jardam.kernel.refusal import refuse_if_any
from jardam.parties.models import Organisation
from jardam.rulebook.house import HOUSE

from .. import statements
from ..models import (
    LineMatch,
    PaymentOrder,
    Statement,
    StatementLine,
)
from ..policy import (
    MATCH,
    STATEMENT,
)
from ..rules import (
    AMOUNT_DIFFERS,
    LINE_MATCHED,
    PAYMENT_MATCHED,
    REFUND_CAME_IN,
    REFUND_MATCHED,
    STATEMENT_KINDS,
    STATEMENT_LIMIT,
    Found,
    Refund,
)

_BATCH = 500


def reconcile(*, actor: Actor, content: bytes, name: str) -> Statement:
    """Read a statement file of the actor's treasury: every line is matched to a payment order by number, day and
    amount, is money of one that came back, or stays unmatched. The same bytes are the same statement.

    Refuses `statement_encoding`, `statement_format`, `statement_line` and the others of `statements` with the number
    of the line; nothing is kept then. Formats: `jardam.treasury.statements`.
    """
    treasury_id = actor.organisation_id or 0
    seal = sha256(content).hexdigest()
    refuse_if_any(may(STATEMENT, Statement(organisation_id=treasury_id), "import_statement", actor))
    _hold(actor)
    if known := Statement.objects.filter(organisation_id=treasury_id, sha256=seal).first():
        return known
    count, sums = 0, {"out": Decimal(0), "in": Decimal(0)}
    for line in statements.read(content):
        count += 1
        sums[line.direction] += line.amount
    statement = Statement(
        organisation_id=treasury_id,
        file=documents.receive(
            content, name=name, actor=actor, kinds=STATEMENT_KINDS, limit=STATEMENT_LIMIT, at_field="file"
        ),
        sha256=seal,
        lines_count=count,
        total_out=sums["out"],
        total_in=sums["in"],
    )
    public = {"sha256": seal, "lines": count, "out": sums["out"], "in": sums["in"]}
    perform(STATEMENT, statement, "import_statement", actor=actor, public=public)
    for batch in _batches(statements.read(content)):
        StatementLine.objects.bulk_create(_matched(statement, batch, actor))
    return statement


def _hold(actor: Actor) -> None:
    """One at a time says what a treasury's lines are: a file that is read and a person who says it by hand, or two
    people, would not see what the other makes of the same payment."""
    lock(Organisation(pk=actor.organisation_id))


def _batches(lines: Iterator[statements.Line]) -> Iterator[list[statements.Line]]:
    while batch := list(islice(lines, _BATCH)):
        yield batch


def _matched(statement: Statement, batch: list[statements.Line], actor: Actor) -> list[StatementLine]:
    payers = Organisation.objects.filter(treasury_id__in=actor.organisation_ids).values("pk")
    rows = PaymentOrder.objects.filter(
        organisation_id__in=payers, document_number__in={line.document for line in batch}, executed_on__isnull=False
    )
    orders: dict[tuple[str, Decimal], list[PaymentOrder]] = {}
    for row in rows.order_by("id"):
        orders.setdefault((row.document_number, row.amount), []).append(row)
    pks = [row.pk for same in orders.values() for row in same]
    taken = _taken(pks)
    made = []
    for line in batch:
        found, payment = _what_is(line, orders.get((line.document, line.amount), []), taken)
        if payment is not None:
            taken.add((payment.pk, line.direction))
        made.append(
            StatementLine(
                statement=statement,
                number=line.number,
                day=line.day,
                document=line.document,
                amount=line.amount,
                direction=line.direction,
                account=line.account,
                found=found,
                payment=payment,
            )
        )
    return made


def _taken(payment_ids: list[int]) -> set[tuple[int, str]]:
    """(payment, direction) of those a line shows already, or that somebody has proposed for one."""
    by_file = StatementLine.objects.filter(payment_id__in=payment_ids)
    by_hand = LineMatch.objects.filter(payment_id__in=payment_ids).exclude(state="rejected")
    return {*by_file.values_list("payment_id", "direction"), *by_hand.values_list("payment_id", "direction")}


def _what_is(
    line: statements.Line, orders: list[PaymentOrder], taken: set[tuple[int, str]]
) -> tuple[Found, PaymentOrder | None]:
    """Two orders that fit alike match nothing: a person decides."""
    orders = [order for order in orders if (order.pk, line.direction) not in taken]
    if line.direction == "in":
        back = [order for order in orders if order.executed_on and order.executed_on <= line.day]
        return (Found.RETURNED, back[0]) if len(back) == 1 else (Found.UNMATCHED, None)
    fit = [order for order in orders if order.executed_on == line.day]
    return (Found.MATCHED, fit[0]) if len(fit) == 1 else (Found.UNMATCHED, None)


def propose_match(
    *,
    actor: Actor,
    line: StatementLine,
    reason: str,
    payment: PaymentOrder | None = None,
    refund: Refund | None = None,
) -> LineMatch:
    """Say what an unmatched line is, and why: a payment, money an executor gave back, or neither of them. Refuses
    `line_matched`, `payment_matched`, `refund_matched`, `refund_came_in`, `match_amount_differs`."""
    _hold(actor)
    if line.found != Found.UNMATCHED or line.matches.exclude(state="rejected").exists():
        raise LINE_MATCHED.refuse(HOUSE["H-16"].basis)
    if payment is not None and (payment.pk, line.direction) in _taken([payment.pk]):
        raise PAYMENT_MATCHED.refuse(HOUSE["H-16"].basis, at_field="payment")
    if refund is not None:
        _demand_free(refund, line)
    meant = payment or refund
    if meant is not None and line.amount != meant.amount:
        raise AMOUNT_DIFFERS.refuse(
            HOUSE["H-16"].basis, at_field="payment", line=Money(line.amount), payment=Money(meant.amount)
        )
    match = LineMatch(
        line=line,
        payment=payment,
        refund_id=refund.posting_id if refund else None,
        direction=line.direction,
        reason=reason,
        proposed_by_id=actor.person_id or 0,
    )
    public = {"line": line.ref, "payment": payment.ref if payment else "", "refund": refund.ref if refund else ""}
    perform(MATCH, match, "propose_match", actor=actor, public=public)
    return match


def _demand_free(refund: Refund, line: StatementLine) -> None:
    if line.direction != "in":
        raise REFUND_CAME_IN.refuse(HOUSE["H-16"].basis, at_field="payment")
    if LineMatch.objects.filter(refund_id=refund.posting_id).exclude(state="rejected").exists():
        raise REFUND_MATCHED.refuse(HOUSE["H-16"].basis, at_field="payment")


def check_match(*, actor: Actor, match: LineMatch, agreed: bool) -> LineMatch:
    """The second person agrees or does not. Refuses `same_hands`."""
    (match,) = lock(match)
    verb = "confirm_match" if agreed else "reject_match"
    perform(MATCH, match, verb, actor=actor, changes={"checked_by_id": actor.person_id})
    return match
