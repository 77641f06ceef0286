"""Moving money: `post` is the only writer of the ledger; each verb below it says which way money goes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Sum

from jardam.journal.models import Record
from jardam.journal.operations import lock_shared
from jardam.kernel.money import Money
from jardam.rulebook.house import HOUSE

from ..models import (
    Account,
    Appropriation,
    Balance,
    Entry,
    Posting,
    Shortfall,
)
from ..rules import (
    CONTRA,
    CURRENCY_DIFFERS,
    NO_SUCH_MONEY,
    NOT_ENOUGH,
    NOT_POSITIVE,
    SHORTFALL_OPEN,
    YEAR_CLOSED,
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


# --- the ledger --------------------------------------------------------------------------------------------------


def post(verb: str, moves: list[Move], *, act: Record, source: Owner, reverses: Posting | None = None) -> Posting:
    """One posting with all its entries, then the balances, in account order so that two postings never deadlock.

    The moves sum to zero: the database refuses otherwise. Refuses `not_enough_money` when a balance would fall
    below zero; nothing is written then, because the caller's transaction is rolled back by the door. Refuses
    `currency_differs`: two currencies never mix.
    """
    for move in moves[1:]:
        if move.account.currency != moves[0].account.currency:
            raise CURRENCY_DIFFERS.refuse(_BASIS, money=moves[0].account.currency, account=move.account.currency)
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
        currency = move.account.currency
        raise NOT_ENOUGH.refuse(
            _BASIS,
            stage=move.account.stage,
            available=Money(left, currency),
            asked=Money(-move.amount, currency),
        )


def open_account(stage: Stage, owner: Owner, appropriation: Appropriation) -> Account:
    """The account, opened with an empty balance when it is new."""
    account, is_new = Account.objects.get_or_create(
        stage=stage,
        owner_kind=owner.kind,
        owner_id=owner.id,
        appropriation=appropriation,
        defaults={"currency": appropriation.currency},
    )
    if is_new:
        Balance.objects.create(account=account, stage=stage)
    return account


def transfer(
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
    taker = open_account(into[0], into[1], appropriation)
    return post(verb, [Move(giver, -amount), Move(taker, amount)], act=act, source=source)


def appropriation_of(owner: Owner, stage: Stage, amount: Decimal) -> Appropriation:
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


def _standing(owner: Owner, stage: Stage, amount: Decimal | None) -> list[tuple[Appropriation, Decimal]]:
    """What the owner has at a stage, by appropriation, the oldest first: all of it, or `amount` som."""
    accounts = Account.objects.filter(owner_kind=owner.kind, owner_id=owner.id, stage=stage, balance__amount__gt=0)
    rows = accounts.select_related("appropriation", "balance").order_by("id")
    found, wanted = [], amount
    for row in rows:
        part = row.balance.amount if wanted is None else min(wanted, row.balance.amount)
        if part:
            found.append((row.appropriation, part))
        wanted = None if wanted is None else wanted - part
    if wanted:
        asked, available = Money(amount or Decimal(0)), Money((amount or Decimal(0)) - wanted)
        raise NOT_ENOUGH.refuse(_BASIS, stage=stage.value, available=available, asked=asked)
    return found


def reverse(*, posting: Posting, act: Record) -> Posting:
    """The same entries with the other sign. A posting is reversed at most once (unique in the database)."""
    entries = posting.entries.select_related("account")
    moves = [Move(entry.account, -entry.amount) for entry in entries]
    source = Owner(posting.source_kind, posting.source_id)
    return post("reverse", moves, act=act, source=source, reverses=posting)


# --- from the appropriation to what was delivered ----------------------------------------------------------------


def missing_money(appropriation: Appropriation) -> Decimal:
    """What a cut still lacks, in units of the appropriation's currency."""
    short = Balance.objects.filter(account__appropriation=appropriation, stage=Stage.SHORT)
    return -(short.aggregate(total=Sum("amount"))["total"] or Decimal(0))


def bindable(appropriation: Appropriation) -> Appropriation:
    """Hold the appropriation against a cut and the closing of its year until this transaction ends. Refuses
    `year_closed` (H-43), `shortfall_open` (H-42)."""
    appropriation = lock_shared(appropriation)
    if appropriation.state == "closed":
        raise YEAR_CLOSED.refuse(HOUSE["H-43"].basis, year=str(appropriation.year))
    if Shortfall.objects.filter(appropriation=appropriation, state="open").exists():
        raise SHORTFALL_OPEN.refuse(
            HOUSE["H-42"].basis, missing=Money(missing_money(appropriation), appropriation.currency)
        )
    return appropriation


def allocate(*, appropriation: Appropriation, measure: Owner, amount: Decimal, act: Record) -> Posting:
    """From the appropriation to a measure of its programme. Refuses `year_closed`, `shortfall_open`."""
    appropriation = bindable(appropriation)
    owner = Owner(appropriation.owner_kind, appropriation.owner_id)
    return transfer(
        "allocate",
        amount,
        appropriation,
        out=(Stage.APPROPRIATED, owner),
        into=(Stage.ALLOCATED, measure),
        act=act,
        source=measure,
    )


def reserve(*, measure: Owner, lot: Owner, amount: Decimal, act: Record) -> Posting:
    """From a measure to a lot, out of the one appropriation of the measure that has enough left. Refuses
    `year_closed`, `shortfall_open`."""
    return transfer(
        "reserve",
        amount,
        bindable(appropriation_of(measure, Stage.ALLOCATED, amount)),
        out=(Stage.ALLOCATED, measure),
        into=(Stage.RESERVED, lot),
        act=act,
        source=lot,
    )


def release(*, lot: Owner, measure: Owner, amount: Decimal, act: Record) -> Posting | None:
    """What a lot did not award goes back to its measure. None when the end of a year has taken it (H-43): a lot can
    still be decided, declared void or cancelled then."""
    appropriation = appropriation_of(lot, Stage.RESERVED, amount)
    if appropriation.state == "closed" and amount > 0:
        return None
    return transfer(
        "release",
        amount,
        appropriation,
        out=(Stage.RESERVED, lot),
        into=(Stage.ALLOCATED, measure),
        act=act,
        source=lot,
    )


def take_back_releases(*, lot: Owner, act: Record) -> None:
    """Reverse everything a lot gave back, so that its whole amount is reserved again. Refuses `not_enough_money`."""
    reversed_ = Posting.objects.filter(reverses=OuterRef("pk"))
    released = Posting.objects.filter(~Exists(reversed_), verb="release", source_kind=lot.kind, source_id=lot.id)
    for posting in released.order_by("-id"):
        reverse(posting=posting, act=act)


def commit(*, lot: Owner, contract: Owner, amount: Decimal, act: Record) -> Posting:
    """A signed contract binds the lot's money, and the executor owes services of the same worth. Refuses
    `year_closed`, `shortfall_open`."""
    appropriation = bindable(appropriation_of(lot, Stage.RESERVED, amount))
    posting = transfer(
        "commit",
        amount,
        appropriation,
        out=(Stage.RESERVED, lot),
        into=(Stage.COMMITTED, contract),
        act=act,
        source=contract,
    )
    owed = open_account(Stage.OBLIGATION, contract, appropriation)
    undelivered = open_account(Stage.UNDELIVERED, contract, appropriation)
    post("owe", [Move(owed, -amount), Move(undelivered, amount)], act=act, source=contract)
    return posting


def uncommit(*, contract: Owner, lot: Owner, measure: Owner, act: Record, amount: Decimal | None = None) -> Decimal:
    """An amended or ended contract sets money free: it is back at the measure, and the executor owes that much less.
    *Amount*: som; of an ended contract, without one, all that it did not order and what was never delivered. What is
    ordered or paid stays where it is. Returns the som that went back; zero when everything was used.
    Refuses `not_enough_money`."""
    for appropriation, owed in _standing(contract, Stage.UNDELIVERED, amount):
        ways = {"out": (Stage.UNDELIVERED, contract), "into": (Stage.OBLIGATION, contract)}
        transfer("unowe", owed, appropriation, act=act, source=contract, **ways)
    freed = Decimal("0.00")
    for appropriation, left in _standing(contract, Stage.COMMITTED, amount):
        back = {"out": (Stage.COMMITTED, contract), "into": (Stage.RESERVED, lot)}
        transfer("uncommit", left, appropriation, act=act, source=contract, **back)
        free = {"out": (Stage.RESERVED, lot), "into": (Stage.ALLOCATED, measure)}
        transfer("release", left, appropriation, act=act, source=lot, **free)
        freed += left
    return freed


def accept(*, contract: Owner, amount: Decimal, act: Record, source: Owner) -> Posting:
    """An act of acceptance: services worth `amount` were delivered."""
    return transfer(
        "accept",
        amount,
        appropriation_of(contract, Stage.UNDELIVERED, amount),
        out=(Stage.UNDELIVERED, contract),
        into=(Stage.ACCEPTED, contract),
        act=act,
        source=source,
    )


def return_money(*, contract: Owner, amount: Decimal, act: Record, source: Owner) -> Posting:
    """The executor gave unspent money back to the budget."""
    return transfer(
        "return",
        amount,
        appropriation_of(contract, Stage.PAID, amount),
        out=(Stage.PAID, contract),
        into=(Stage.RETURNED, contract),
        act=act,
        source=source,
    )
