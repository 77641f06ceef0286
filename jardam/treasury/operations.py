"""Moving money: `post` is the only writer of the ledger; the verbs below say which way money goes.

Verbs that take an `act` are called from an upper room inside its own act and are journalled under it. All amounts
are som (`Decimal`, two places). Every verb refuses `amount_not_positive`, `not_enough_money`, `no_such_money`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q

from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.kernel.actor import Actor
from jardam.kernel.money import Money
from jardam.rulebook.house import HOUSE

from .models import Account, Appropriation, Balance, Entry, PaymentOrder, Posting
from .policy import APPROPRIATION, PAYMENT
from .rules import (
    CONTRA,
    NO_PAYMENT_DOCUMENT,
    NO_SUCH_MONEY,
    NOT_ENOUGH,
    NOT_POSITIVE,
    TOTAL_NOT_RETYPED,
    Stage,
)

_BASIS = HOUSE["H-11"].basis


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose money: a thing of an upper room, by kind and id."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Move:
    account: Account
    amount: Decimal


# --- the ledger ------------------------------------------------------------------------------------------------


def post(verb: str, moves: list[Move], *, act: Record, source: Owner, reverses: Posting | None = None) -> Posting:
    """One posting with all its entries, then the balances, in account order so that two postings never deadlock.

    The moves sum to zero: the database refuses otherwise. Refuses `not_enough_money` when a balance would fall
    below zero; nothing is written then, because the caller's transaction is rolled back by the door.
    """
    posting = Posting.objects.create(
        verb=verb, act_id=act.pk, source_kind=source.kind, source_id=source.id, reverses=reverses, at=act.at
    )
    Entry.objects.bulk_create([Entry(posting=posting, account=m.account, amount=m.amount) for m in moves])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS treasury_posting_whole IMMEDIATE")
        cursor.execute("SET CONSTRAINTS treasury_posting_whole DEFERRED")
    for move in sorted(moves, key=lambda m: m.account.pk):
        _change_balance(move)
    return posting


def _change_balance(move: Move) -> None:
    balance = Balance.objects.filter(account=move.account)
    if move.account.stage not in CONTRA:
        balance = balance.filter(amount__gte=-move.amount)
    if not balance.update(amount=F("amount") + move.amount):
        left = Balance.objects.get(account=move.account).amount
        raise NOT_ENOUGH.refuse(_BASIS, stage=move.account.stage, available=Money(left), asked=Money(-move.amount))


def _account(stage: Stage, owner: Owner, appropriation: Appropriation) -> Account:
    """The account, opened with an empty balance when it is new."""
    account, is_new = Account.objects.get_or_create(
        stage=stage, owner_kind=owner.kind, owner_id=owner.id, appropriation=appropriation
    )
    if is_new:
        Balance.objects.create(account=account, stage=stage)
    return account


def _transfer(
    verb: str,
    amount: Decimal,
    appropriation: Appropriation,
    *,
    out: tuple[Stage, Owner],
    into: tuple[Stage, Owner],
    act: Record,
    source: Owner,
) -> Posting:
    if amount <= 0:
        raise NOT_POSITIVE.refuse(HOUSE["H-16"].basis)
    try:
        giver = Account.objects.get(
            stage=out[0], owner_kind=out[1].kind, owner_id=out[1].id, appropriation=appropriation
        )
    except Account.DoesNotExist:
        raise NO_SUCH_MONEY.refuse(_BASIS, stage=out[0].value) from None
    taker = _account(into[0], into[1], appropriation)
    return post(verb, [Move(giver, -amount), Move(taker, amount)], act=act, source=source)


# --- the budget's side -----------------------------------------------------------------------------------------


def appropriate(
    *,
    actor: Actor,
    organisation_id: int,
    owner: Owner,
    year: int,
    source: str,
    line: str,
    amount: Decimal,
    retyped: Decimal,
    unit: str,
    document: str,
    document_on: date,
    code: str = "",
) -> Appropriation:
    """Record the money a budget document gives. `amount` in som; `retyped` is the total typed a second time in the
    unit of the paper ("som" or "thousand"). Refuses `total_not_retyped`."""
    factor = 1000 if unit == "thousand" else 1
    if amount != retyped * factor:
        raise TOTAL_NOT_RETYPED.refuse(
            HOUSE["H-16"].basis, at_field="retyped", first=Money(amount), second=Money(retyped * factor)
        )
    appropriation = Appropriation(
        organisation_id=organisation_id,
        owner_kind=owner.kind,
        owner_id=owner.id,
        year=year,
        source=source,
        line=line,
        code=code,
        amount=amount,
        unit=unit,
        document=document,
        document_on=document_on,
    )
    public = {"year": year, "source": source, "line": line, "amount": amount, "document": document}
    record = perform(APPROPRIATION, appropriation, "appropriate", actor=actor, public=public, acted_on=document_on)
    authority = _account(Stage.AUTHORITY, owner, appropriation)
    free = _account(Stage.APPROPRIATED, owner, appropriation)
    post(
        "appropriate",
        [Move(authority, -amount), Move(free, amount)],
        act=record,
        source=Owner("appropriation", appropriation.pk),
    )
    return appropriation


def allocate(*, appropriation: Appropriation, measure: Owner, amount: Decimal, act: Record) -> Posting:
    """From the appropriation to a measure of its programme."""
    owner = Owner(appropriation.owner_kind, appropriation.owner_id)
    return _transfer(
        "allocate",
        amount,
        appropriation,
        out=(Stage.APPROPRIATED, owner),
        into=(Stage.ALLOCATED, measure),
        act=act,
        source=measure,
    )


def reserve(*, measure: Owner, lot: Owner, amount: Decimal, act: Record) -> Posting:
    """From a measure to a lot, out of the one appropriation of the measure that has enough left."""
    return _transfer(
        "reserve",
        amount,
        _appropriation_of(measure, Stage.ALLOCATED, amount),
        out=(Stage.ALLOCATED, measure),
        into=(Stage.RESERVED, lot),
        act=act,
        source=lot,
    )


def release(*, lot: Owner, measure: Owner, amount: Decimal, act: Record) -> Posting:
    """What a lot did not award goes back to its measure."""
    return _transfer(
        "release",
        amount,
        _appropriation_of(lot, Stage.RESERVED, amount),
        out=(Stage.RESERVED, lot),
        into=(Stage.ALLOCATED, measure),
        act=act,
        source=lot,
    )


def commit(*, lot: Owner, contract: Owner, amount: Decimal, act: Record) -> Posting:
    """A signed contract binds the lot's money, and the executor owes services of the same worth."""
    appropriation = _appropriation_of(lot, Stage.RESERVED, amount)
    posting = _transfer(
        "commit",
        amount,
        appropriation,
        out=(Stage.RESERVED, lot),
        into=(Stage.COMMITTED, contract),
        act=act,
        source=contract,
    )
    owed = _account(Stage.OBLIGATION, contract, appropriation)
    undelivered = _account(Stage.UNDELIVERED, contract, appropriation)
    post("owe", [Move(owed, -amount), Move(undelivered, amount)], act=act, source=contract)
    return posting


def accept(*, contract: Owner, amount: Decimal, act: Record, source: Owner) -> Posting:
    """An act of acceptance: services worth `amount` were delivered."""
    return _transfer(
        "accept",
        amount,
        _appropriation_of(contract, Stage.UNDELIVERED, amount),
        out=(Stage.UNDELIVERED, contract),
        into=(Stage.ACCEPTED, contract),
        act=act,
        source=source,
    )


def return_money(*, contract: Owner, amount: Decimal, act: Record, source: Owner) -> Posting:
    """The executor gave unspent money back to the budget."""
    return _transfer(
        "return",
        amount,
        _appropriation_of(contract, Stage.PAID, amount),
        out=(Stage.PAID, contract),
        into=(Stage.RETURNED, contract),
        act=act,
        source=source,
    )


def reverse(*, posting: Posting, act: Record) -> Posting:
    """The same entries with the other sign. A posting is reversed at most once (unique in the database)."""
    entries = posting.entries.select_related("account")
    moves = [Move(entry.account, -entry.amount) for entry in entries]
    source = Owner(posting.source_kind, posting.source_id)
    return post("reverse", moves, act=act, source=source, reverses=posting)


def take_back_release(*, lot: Owner, act: Record) -> Posting | None:
    """Reverse what a lot gave back last, so that its whole amount is reserved again; None when it gave nothing back.
    Refuses `not_enough_money`."""
    reversed_ = Posting.objects.filter(reverses=OuterRef("pk"))
    released = Posting.objects.filter(~Exists(reversed_), verb="release", source_kind=lot.kind, source_id=lot.id)
    last = released.order_by("-id").first()
    return reverse(posting=last, act=act) if last else None


def _appropriation_of(owner: Owner, stage: Stage, amount: Decimal) -> Appropriation:
    """The appropriation this owner's money at `stage` comes from: the oldest with enough left, else the oldest."""
    accounts = (
        Account.objects.filter(owner_kind=owner.kind, owner_id=owner.id, stage=stage)
        .annotate(enough=Q(balance__amount__gte=amount))
        .select_related("appropriation")
        .order_by("-enough", "id")
    )
    account = accounts.first()
    if account is None:
        raise NO_SUCH_MONEY.refuse(_BASIS, stage=stage.value)
    return account.appropriation


# --- payments --------------------------------------------------------------------------------------------------


def order_payment(
    *,
    actor: Actor,
    organisation_id: int,
    payee_id: int,
    contract: Owner,
    source: Owner,
    amount: Decimal,
    cause: Record | None = None,
) -> PaymentOrder:
    """The accountant prepares a payment: the money moves from committed to ordered."""
    payment = PaymentOrder(
        organisation_id=organisation_id,
        payee_id=payee_id,
        owner_kind=contract.kind,
        owner_id=contract.id,
        source_kind=source.kind,
        source_id=source.id,
        appropriation=_appropriation_of(contract, Stage.COMMITTED, amount),
        amount=amount,
        maker_id=actor.person_id or 0,
    )
    record = perform(PAYMENT, payment, "order_payment", actor=actor, public={"amount": amount}, cause=cause)
    _move_payment("order", payment, Stage.COMMITTED, Stage.ORDERED, record)
    return payment


def approve_payment(*, payment: PaymentOrder, actor: Actor) -> PaymentOrder:
    """The second person sends it to the treasury. Refuses `same_hands`."""
    (payment,) = lock(payment)
    changes = {"checker_id": actor.person_id}
    perform(PAYMENT, payment, "approve_payment", actor=actor, public={"amount": payment.amount}, changes=changes)
    return payment


def execute_payment(*, payment: PaymentOrder, number: str, executed_on: date, actor: Actor) -> PaymentOrder:
    """The treasury paid: `number` and date of its document. Refuses `payment_document_missing`."""
    if not number:
        raise NO_PAYMENT_DOCUMENT.refuse(HOUSE["H-21"].basis, at_field="number")
    (payment,) = lock(payment)
    record = perform(
        PAYMENT,
        payment,
        "execute_payment",
        actor=actor,
        public={"amount": payment.amount, "number": number, "on": executed_on},
        changes={"document_number": number, "executed_on": executed_on},
        acted_on=executed_on,
    )
    _move_payment("pay", payment, Stage.ORDERED, Stage.PAID, record)
    return payment


def refuse_payment(*, payment: PaymentOrder, code: str, actor: Actor) -> PaymentOrder:
    """The treasury sends it back with a code; the money is committed again, not ordered."""
    (payment,) = lock(payment)
    record = perform(
        PAYMENT,
        payment,
        "refuse_payment",
        actor=actor,
        public={"amount": payment.amount, "code": code},
        changes={"refusal_code": code},
    )
    _move_payment("unorder", payment, Stage.ORDERED, Stage.COMMITTED, record)
    return payment


def _move_payment(verb: str, payment: PaymentOrder, out: Stage, into: Stage, record: Record) -> None:
    owner = Owner(payment.owner_kind, payment.owner_id)
    _transfer(
        verb,
        payment.amount,
        payment.appropriation,
        out=(out, owner),
        into=(into, owner),
        act=record,
        source=Owner("payment", payment.pk),
    )


# --- the end of a contract -------------------------------------------------------------------------------------


def uncommit(*, contract: Owner, lot: Owner, measure: Owner, act: Record) -> Decimal:
    """What an ended contract did not order is free again, back at the measure, and what was never delivered is no
    longer owed. Returns the som that went back; zero when everything was used."""
    for account in Account.objects.filter(owner_kind=contract.kind, owner_id=contract.id, stage=Stage.UNDELIVERED):
        if owed := Balance.objects.get(account=account).amount:
            ways = {"out": (Stage.UNDELIVERED, contract), "into": (Stage.OBLIGATION, contract)}
            _transfer("unowe", owed, account.appropriation, act=act, source=contract, **ways)
    freed = Decimal("0.00")
    accounts = Account.objects.filter(owner_kind=contract.kind, owner_id=contract.id, stage=Stage.COMMITTED)
    for account in accounts.select_related("appropriation").order_by("id"):
        left = Balance.objects.get(account=account).amount
        if left:
            back = {"out": (Stage.COMMITTED, contract), "into": (Stage.RESERVED, lot)}
            _transfer("uncommit", left, account.appropriation, act=act, source=contract, **back)
            free = {"out": (Stage.RESERVED, lot), "into": (Stage.ALLOCATED, measure)}
            _transfer("release", left, account.appropriation, act=act, source=lot, **free)
            freed += left
    return freed
