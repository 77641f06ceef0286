"""Moving money: `post` is the only writer of the ledger; the verbs below say which way money goes.

Verbs that take an `act` are called from an upper room inside its own act and are journalled under it. All amounts
are som (`Decimal`, two places). Every verb refuses `amount_not_positive`, `not_enough_money`, `no_such_money`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import islice

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Sum

from jardam.documents import operations as documents
from jardam.journal.models import Record
from jardam.journal.operations import lock, lock_shared, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.money import CENT, Money
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.parties.models import BankAccount, Organisation
from jardam.parties.queries import bank_account_on, people_in_roles
from jardam.regime import operations as regime
from jardam.rulebook.house import HOUSE

from . import statements
from .models import (
    Account,
    Appropriation,
    AppropriationVersion,
    Balance,
    CashPlan,
    CashPlanMonth,
    CashPlanVersion,
    Entry,
    LineMatch,
    PaymentOrder,
    PaymentPackage,
    Posting,
    Shortfall,
    Statement,
    StatementLine,
    YearClose,
    YearCloseLine,
)
from .policy import (
    APPROPRIATION,
    CASH_PLAN,
    FIRST_SIGNATORIES,
    MATCH,
    PACKAGE,
    PAYMENT,
    SECOND_SIGNATORIES,
    SHORTFALL,
    STATEMENT,
    YEAR_CLOSE,
    package_facts,
    used_cash,
)
from .rules import (
    AMOUNT_DIFFERS,
    CONTRA,
    CURRENCY_DIFFERS,
    LINE_MATCHED,
    NO_ACCOUNT,
    NO_PAYMENT_DOCUMENT,
    NO_SUCH_MONEY,
    NOT_ENOUGH,
    NOT_POSITIVE,
    NOTHING_FREE,
    NOTHING_TO_CLOSE,
    PACKAGE_EMPTY,
    PACKAGE_UNSENT,
    PAYMENTS_UNDER_WAY,
    PLAN_EXISTS,
    SAME_HANDS,
    SHORTFALL_OPEN,
    SIGNATORY_WITHOUT_MANDATE,
    STATEMENT_KINDS,
    STATEMENT_LIMIT,
    TOTAL_NOT_RETYPED,
    UNDER_WAY,
    YEAR_CLOSED,
    YEAR_NOT_OVER,
    Found,
    Outcome,
    Stage,
    account_unchanged,
    closing,
    plan_faults,
    within_cash_plan,
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


def _account(stage: Stage, owner: Owner, appropriation: Appropriation) -> Account:
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
    currency: str = "KGS",
    is_existing: bool = False,
) -> Appropriation:
    """Record the money a budget document gives. `amount` in som (in units of `currency` for a donor's); `retyped` is
    the total typed a second time in the unit of the paper ("som" or "thousand"). `is_existing`: the money was given
    before the system and is recorded afterwards. Refuses `total_not_retyped`."""
    _refuse_another_total(amount, retyped, unit, currency)
    appropriation = Appropriation(
        organisation_id=organisation_id,
        owner_kind=owner.kind,
        owner_id=owner.id,
        year=year,
        source=source,
        line=line,
        code=code,
        amount=amount,
        currency=currency,
        unit=unit,
        document=document,
        document_on=document_on,
        is_existing=is_existing,
    )
    public = {"year": year, "source": source, "line": line, "amount": amount, "document": document}
    public |= {"currency": currency, "existing": is_existing}
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


def _refuse_another_total(amount: Decimal, retyped: Decimal, unit: str, currency: str) -> None:
    factor = 1000 if unit == "thousand" else 1
    if amount != retyped * factor:
        raise TOTAL_NOT_RETYPED.refuse(
            HOUSE["H-16"].basis,
            at_field="retyped",
            first=Money(amount, currency),
            second=Money(retyped * factor, currency),
        )


def _bindable(appropriation: Appropriation) -> Appropriation:
    """Hold the appropriation against a cut and the closing of its year until this transaction ends. Refuses
    `year_closed` (H-43), `shortfall_open` (H-42)."""
    appropriation = lock_shared(appropriation)
    if appropriation.state == "closed":
        raise YEAR_CLOSED.refuse(HOUSE["H-43"].basis, year=str(appropriation.year))
    if Shortfall.objects.filter(appropriation=appropriation, state="open").exists():
        raise SHORTFALL_OPEN.refuse(
            HOUSE["H-42"].basis, missing=Money(_missing(appropriation), appropriation.currency)
        )
    return appropriation


def allocate(*, appropriation: Appropriation, measure: Owner, amount: Decimal, act: Record) -> Posting:
    """From the appropriation to a measure of its programme. Refuses `year_closed`, `shortfall_open`."""
    appropriation = _bindable(appropriation)
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
    """From a measure to a lot, out of the one appropriation of the measure that has enough left. Refuses
    `year_closed`, `shortfall_open`."""
    return _transfer(
        "reserve",
        amount,
        _bindable(_appropriation_of(measure, Stage.ALLOCATED, amount)),
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
    """A signed contract binds the lot's money, and the executor owes services of the same worth. Refuses
    `year_closed`, `shortfall_open`."""
    appropriation = _bindable(_appropriation_of(lot, Stage.RESERVED, amount))
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


def uncommit(*, contract: Owner, lot: Owner, measure: Owner, act: Record, amount: Decimal | None = None) -> Decimal:
    """An amended or ended contract sets money free: it is back at the measure, and the executor owes that much less.
    *Amount*: som; of an ended contract, without one, all that it did not order and what was never delivered. What is
    ordered or paid stays where it is. Returns the som that went back; zero when everything was used.
    Refuses `not_enough_money`."""
    for appropriation, owed in _standing(contract, Stage.UNDELIVERED, amount):
        ways = {"out": (Stage.UNDELIVERED, contract), "into": (Stage.OBLIGATION, contract)}
        _transfer("unowe", owed, appropriation, act=act, source=contract, **ways)
    freed = Decimal("0.00")
    for appropriation, left in _standing(contract, Stage.COMMITTED, amount):
        back = {"out": (Stage.COMMITTED, contract), "into": (Stage.RESERVED, lot)}
        _transfer("uncommit", left, appropriation, act=act, source=contract, **back)
        free = {"out": (Stage.RESERVED, lot), "into": (Stage.ALLOCATED, measure)}
        _transfer("release", left, appropriation, act=act, source=lot, **free)
        freed += left
    return freed


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


def take_back_releases(*, lot: Owner, act: Record) -> None:
    """Reverse everything a lot gave back, so that its whole amount is reserved again. Refuses `not_enough_money`."""
    reversed_ = Posting.objects.filter(reverses=OuterRef("pk"))
    released = Posting.objects.filter(~Exists(reversed_), verb="release", source_kind=lot.kind, source_id=lot.id)
    for posting in released.order_by("-id"):
        reverse(posting=posting, act=act)


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
    """The accountant prepares a payment to the payee's account of today: the money moves from committed (or, after a
    closed year, payable) to ordered. Refuses `no_bank_account`, `currency_differs`."""
    origin, appropriation = _payable_from(contract, amount)
    lock_shared(appropriation)
    account = _account_of(payee_id, appropriation.currency, actor)
    payment = PaymentOrder(
        organisation_id=organisation_id,
        payee_id=payee_id,
        owner_kind=contract.kind,
        owner_id=contract.id,
        source_kind=source.kind,
        source_id=source.id,
        appropriation=appropriation,
        amount=amount,
        currency=appropriation.currency,
        maker_id=actor.person_id or 0,
        origin=origin.value,
        account=account,
    )
    public = {"amount": amount, "account": account.ref}
    record = perform(PAYMENT, payment, "order_payment", actor=actor, public=public, cause=cause)
    _move_payment("order", payment, record)
    return payment


def _payable_from(contract: Owner, amount: Decimal) -> tuple[Stage, Appropriation]:
    """What a contract may still be paid from: what it binds, else what a closed year left payable."""
    payable = Account.objects.filter(
        owner_kind=contract.kind,
        owner_id=contract.id,
        stage=Stage.PAYABLE,
        balance__amount__gte=max(amount, Decimal(1)),
    )
    account = payable.select_related("appropriation").order_by("id").first()
    if account is not None:
        return Stage.PAYABLE, account.appropriation
    return Stage.COMMITTED, _appropriation_of(contract, Stage.COMMITTED, amount)


def _account_of(payee_id: int, currency: str, actor: Actor) -> BankAccount:
    account = bank_account_on(payee_id, bishkek_day(actor.at))
    if account is None:
        raise NO_ACCOUNT.refuse(HOUSE["H-10"].basis)
    if account.currency != currency:
        raise CURRENCY_DIFFERS.refuse(HOUSE["H-16"].basis, money=currency, account=account.currency)
    return account


def redirect_payment(*, payment: PaymentOrder, actor: Actor) -> PaymentOrder:
    """Ask an unsent order again, to the payee's account of today; who asks is its maker from now on. Refuses
    `no_bank_account`, `currency_differs`."""
    (payment,) = lock(payment)
    account = _account_of(payment.payee_id, payment.currency, actor)
    changes = {"account": account, "maker_id": actor.person_id or 0}
    public = {"amount": payment.amount, "account": account.ref}
    perform(PAYMENT, payment, "redirect_payment", actor=actor, public=public, changes=changes)
    return payment


def withdraw_payment(*, payment: PaymentOrder, actor: Actor) -> PaymentOrder:
    """The payer takes an order back before it is in a package; the money is the contract's again."""
    (payment,) = lock(payment)
    record = perform(PAYMENT, payment, "withdraw_payment", actor=actor, public={"amount": payment.amount})
    _move_payment("unorder", payment, record)
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
    _move_payment("pay", payment, record)
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
    _move_payment("unorder", payment, record)
    return payment


def credit_payment(*, payment: PaymentOrder, credited_on: date, actor: Actor) -> PaymentOrder:
    """The payee's bank has the money since that day."""
    (payment,) = lock(payment)
    perform(
        PAYMENT,
        payment,
        "credit_payment",
        actor=actor,
        public={"amount": payment.amount, "on": credited_on},
        changes={"settled_on": credited_on},
        acted_on=credited_on,
    )
    return payment


def bounce_payment(*, payment: PaymentOrder, code: str, bounced_on: date, actor: Actor) -> PaymentOrder:
    """The payee's bank sent the money back: the contract has it again, to be ordered to corrected details."""
    (payment,) = lock(payment)
    record = perform(
        PAYMENT,
        payment,
        "bounce_payment",
        actor=actor,
        public={"amount": payment.amount, "code": code, "on": bounced_on},
        changes={"refusal_code": code, "settled_on": bounced_on},
        acted_on=bounced_on,
    )
    _move_payment("unpay", payment, record)
    _move_payment("unorder", payment, record)
    return payment


def _move_payment(verb: str, payment: PaymentOrder, record: Record) -> None:
    owner = Owner(payment.owner_kind, payment.owner_id)
    origin = Stage(payment.origin)
    out, into = {
        "order": (origin, Stage.ORDERED),
        "unorder": (Stage.ORDERED, origin),
        "pay": (Stage.ORDERED, Stage.PAID),
        "unpay": (Stage.PAID, Stage.ORDERED),
    }[verb]
    _transfer(
        verb,
        payment.amount,
        payment.appropriation,
        out=(out, owner),
        into=(into, owner),
        act=record,
        source=Owner("payment", payment.pk),
    )


# --- packages --------------------------------------------------------------------------------------------------


def draw_up_package(
    *, actor: Actor, organisation_id: int, payments: Sequence[PaymentOrder], first_id: int, second_id: int
) -> PaymentPackage:
    """Put prepared payments together and name the two persons who sign, the first and the second, by their ids.

    Refuses `package_empty`, `same_hands`, `signatory_without_mandate`, `cash_plan_exceeded`, `account_changed`.
    """
    if not payments:
        raise PACKAGE_EMPTY.refuse(HOUSE["H-16"].basis, at_field="payments")
    _refuse_false_signatories(organisation_id, first_id, second_id, actor)
    locked = lock(*payments)
    if second_id in {payment.maker_id for payment in locked}:
        raise SAME_HANDS.refuse(HOUSE["H-10"].basis, at_field="second")
    package = PaymentPackage(organisation_id=organisation_id, first_id=first_id, second_id=second_id)
    public = {"payments": [payment.ref for payment in locked], "amount": sum(p.amount for p in locked)}
    private = {"first": first_id, "second": second_id}
    record = perform(PACKAGE, package, "draw_up_package", actor=actor, public=public, private=private)
    for payment in locked:
        perform(
            PAYMENT,
            payment,
            "pack_payment",
            actor=actor,
            public={"package": package.ref},
            changes={"package": package},
            cause=record,
        )
    facts = package_facts(package, actor)
    refuse_if_any([fault for guard in (account_unchanged, within_cash_plan) if (fault := guard(facts))])
    return package


def _refuse_false_signatories(organisation_id: int, first_id: int, second_id: int, actor: Actor) -> None:
    if first_id == second_id:
        raise SAME_HANDS.refuse(HOUSE["H-10"].basis, at_field="second")
    for field, person_id, roles in (("first", first_id, FIRST_SIGNATORIES), ("second", second_id, SECOND_SIGNATORIES)):
        if person_id not in {one.person_id for one in people_in_roles(organisation_id, roles, actor.at)}:
            raise SIGNATORY_WITHOUT_MANDATE.refuse(HOUSE["H-18"].basis, at_field=field)


def sign_package(*, package: PaymentPackage, actor: Actor) -> PaymentPackage:
    """The first named person signs. Refuses `not_named_signatory`, `account_changed`, `cash_plan_exceeded`."""
    (package,) = lock(package)
    public = {"payments": package.payments.count()}
    perform(PACKAGE, package, "sign_package", actor=actor, public=public, changes={"first_signed_at": actor.at})
    return package


def send_package(*, package: PaymentPackage, actor: Actor) -> PaymentPackage:
    """The second named person signs, and its payments go to the treasury. Their month of the cash plan is that of
    the day. Refuses `not_named_signatory`, `same_hands`, `account_changed`, `cash_plan_exceeded` (H-41)."""
    payments = list(package.payments.select_related("appropriation").order_by("id"))
    day = bishkek_day(actor.at)
    # The plans are held, so that two packages of one moment do not both fit into one month.
    plans = CashPlan.objects.filter(
        organisation_id=package.organisation_id, year=day.year, line__in={p.appropriation.line for p in payments}
    )
    package, *rest = lock(package, *plans, *payments)
    record = perform(
        PACKAGE,
        package,
        "send_package",
        actor=actor,
        public={"payments": len(payments)},
        changes={"sent_at": actor.at},
    )
    for payment in rest[len(plans) :]:
        payment.package = package
        perform(
            PAYMENT,
            payment,
            "approve_payment",
            actor=actor,
            public={"amount": payment.amount},
            changes={"checker_id": actor.person_id, "sent_on": day},
            cause=record,
        )
    return package


def approve_payment(*, payment: PaymentOrder, actor: Actor) -> PaymentOrder:
    """The second signature on the package this payment is in. Refuses `same_hands`, `package_unsent` for an order
    that is in none, and all that `send_package` refuses."""
    if payment.package is None:
        refuse_if_any(may(PAYMENT, payment, "approve_payment", actor))
        raise PACKAGE_UNSENT.refuse(HOUSE["H-10"].basis)
    send_package(package=payment.package, actor=actor)
    payment.refresh_from_db()
    return payment


def dissolve_package(*, package: PaymentPackage, actor: Actor) -> PaymentPackage:
    """An unsent package is taken apart; its payments wait for another one."""
    package, *payments = lock(package, *package.payments.order_by("id"))
    record = perform(PACKAGE, package, "dissolve_package", actor=actor, public={"payments": len(payments)})
    for payment in payments:
        perform(PAYMENT, payment, "unpack_payment", actor=actor, changes={"package": None}, cause=record)
    return package


# --- the cash plan ---------------------------------------------------------------------------------------------


def plan_cash(
    *, actor: Actor, organisation_id: int, year: int, line: str, months: Sequence[Decimal], reason: str = ""
) -> CashPlan:
    """Spread a budget line's money over the twelve months of its year. *Months*: som, January first. Refuses
    `plan_incomplete`, `plan_above_budget`, `plan_exists`."""
    months = [month.quantize(CENT) for month in months]
    _refuse_false_plan(organisation_id, year, line, months)
    if CashPlan.objects.filter(organisation_id=organisation_id, year=year, line=line).exists():
        raise PLAN_EXISTS.refuse(HOUSE["H-41"].basis)
    plan = CashPlan(organisation_id=organisation_id, year=year, line=line)
    public = {"year": year, "line": line, "version": 1, "months": list(months)}
    record = perform(CASH_PLAN, plan, "plan_cash", actor=actor, public=public)
    _write_plan(plan, months, reason, record)
    return plan


def change_cash_plan(*, actor: Actor, plan: CashPlan, months: Sequence[Decimal], reason: str) -> CashPlan:
    """A new version with its reason; no month below what has gone out in it. Refuses `plan_below_sent` too."""
    (plan,) = lock(plan)
    months = [month.quantize(CENT) for month in months]
    _refuse_false_plan(plan.organisation_id, plan.year, plan.line, months)
    public = {"year": plan.year, "line": plan.line, "version": plan.version + 1, "months": list(months)}
    changes = {"version": plan.version + 1}
    record = perform(CASH_PLAN, plan, "change_cash_plan", actor=actor, public=public, changes=changes)
    _write_plan(plan, months, reason, record)
    return plan


def _refuse_false_plan(organisation_id: int, year: int, line: str, months: Sequence[Decimal]) -> None:
    given = Appropriation.objects.filter(organisation_id=organisation_id, year=year, line=line)
    total = given.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    used = used_cash(organisation_id, year)
    refuse_if_any(plan_faults(months, [used.get((line, month), Decimal(0)) for month in range(1, 13)], total))


def _write_plan(plan: CashPlan, months: Sequence[Decimal], reason: str, record: Record) -> None:
    CashPlanMonth.objects.bulk_create(
        CashPlanMonth(plan=plan, version=plan.version, month=month, amount=amount)
        for month, amount in enumerate(months, start=1)
    )
    CashPlanVersion.objects.create(plan=plan, number=plan.version, reason=reason, act_id=record.pk)


# --- cuts ------------------------------------------------------------------------------------------------------


def revise_appropriation(
    *,
    actor: Actor,
    appropriation: Appropriation,
    amount: Decimal,
    retyped: Decimal,
    unit: str,
    document: str,
    document_on: date,
    reason: str,
) -> Appropriation:
    """A budget document gives another total. A cut takes what is not allocated, then what measures have not reserved,
    the last measure first; what is still missing opens a shortfall (H-42). Refuses `total_not_retyped`,
    `amount_not_positive` (below zero), `wrong_state` in a closed year."""
    _refuse_another_total(amount, retyped, unit, appropriation.currency)
    if amount < 0:
        raise NOT_POSITIVE.refuse(HOUSE["H-16"].basis, at_field="amount")
    (appropriation,) = lock(appropriation)
    was = appropriation.amount
    changes = {
        "amount": amount,
        "unit": unit,
        "document": document,
        "document_on": document_on,
        "version": appropriation.version + 1,
    }
    record = perform(
        APPROPRIATION,
        appropriation,
        "revise_appropriation",
        actor=actor,
        public={"amount": amount, "was": was, "document": document, "version": changes["version"]},
        changes=changes,
        acted_on=document_on,
    )
    AppropriationVersion.objects.create(
        appropriation=appropriation,
        number=appropriation.version,
        amount=amount,
        unit=unit,
        document=document,
        document_on=document_on,
        reason=reason,
        act_id=record.pk,
    )
    if amount > was:
        _raise(appropriation, amount - was, actor, record)
    elif amount < was:
        _cut(appropriation, was - amount, actor, record)
    return appropriation


def move_allocation(
    *, actor: Actor, appropriation: Appropriation, giver: Owner, taker: Owner, amount: Decimal
) -> Posting:
    """Money that one measure has not reserved goes to another of the same programme. Refuses `shortfall_open`."""
    (appropriation,) = lock(appropriation)
    _bindable(appropriation)
    public = {"from": [giver.kind, giver.id], "to": [taker.kind, taker.id], "amount": amount}
    record = perform(APPROPRIATION, appropriation, "move_allocation", actor=actor, public=public)
    return _transfer(
        "move",
        amount,
        appropriation,
        out=(Stage.ALLOCATED, giver),
        into=(Stage.ALLOCATED, taker),
        act=record,
        source=taker,
    )


def _programme(appropriation: Appropriation) -> Owner:
    return Owner(appropriation.owner_kind, appropriation.owner_id)


def _missing(appropriation: Appropriation) -> Decimal:
    """What a cut still lacks, in units of the appropriation's currency."""
    short = Balance.objects.filter(account__appropriation=appropriation, stage=Stage.SHORT)
    return -(short.aggregate(total=Sum("amount"))["total"] or Decimal(0))


def _shift(verb: str, appropriation: Appropriation, amount: Decimal, out: Stage, into: Stage, act: Record) -> None:
    """Between two accounts of the programme itself."""
    programme = _programme(appropriation)
    _account(out, programme, appropriation)
    _transfer(
        verb,
        amount,
        appropriation,
        out=(out, programme),
        into=(into, programme),
        act=act,
        source=Owner("appropriation", appropriation.pk),
    )


def _cut(appropriation: Appropriation, by: Decimal, actor: Actor, record: Record) -> None:
    free = min(by, _set_free(appropriation, by, record))
    if free:
        _shift("cut", appropriation, free, Stage.APPROPRIATED, Stage.AUTHORITY, record)
    if missing := by - free:
        _shift("cut", appropriation, missing, Stage.SHORT, Stage.AUTHORITY, record)
        if not Shortfall.objects.filter(appropriation=appropriation, state="open").exists():
            shortfall = Shortfall(appropriation=appropriation, missing=missing)
            public = {"appropriation": appropriation.ref, "missing": missing}
            perform(SHORTFALL, shortfall, "open_shortfall", actor=actor, public=public, cause=record)


def _raise(appropriation: Appropriation, by: Decimal, actor: Actor, record: Record) -> None:
    _shift("raise", appropriation, by, Stage.AUTHORITY, Stage.APPROPRIATED, record)
    for shortfall in lock(*Shortfall.objects.filter(appropriation=appropriation, state="open")):
        _cover(shortfall, appropriation, actor, record)


def _set_free(appropriation: Appropriation, wanted: Decimal, record: Record) -> Decimal:
    """Take back from the measures what is not reserved until `wanted` is unallocated; what is unallocated then."""
    accounts = Account.objects.filter(appropriation=appropriation, stage__in=[Stage.APPROPRIATED, Stage.ALLOCATED])
    rows = list(accounts.select_related("balance").order_by("-id"))
    free = sum((row.balance.amount for row in rows if row.stage == Stage.APPROPRIATED), Decimal(0))
    for row in rows:
        part = min(wanted - free, row.balance.amount)
        if row.stage == Stage.ALLOCATED and part > 0:
            _transfer(
                "deallocate",
                part,
                appropriation,
                out=(Stage.ALLOCATED, Owner(row.owner_kind, row.owner_id)),
                into=(Stage.APPROPRIATED, _programme(appropriation)),
                act=record,
                source=Owner("appropriation", appropriation.pk),
            )
            free += part
    return free


def cover_shortfall(*, actor: Actor, shortfall: Shortfall) -> Shortfall:
    """Money that was released since the cut covers it, as far as it goes; covered entirely, the shortfall is over.
    Refuses `nothing_free`."""
    appropriation, shortfall = lock(shortfall.appropriation, shortfall)
    record = perform(SHORTFALL, shortfall, "cover_shortfall", actor=actor)
    if not _cover(shortfall, appropriation, actor, record):
        missing = Money(_missing(appropriation), appropriation.currency)
        raise NOTHING_FREE.refuse(HOUSE["H-42"].basis, missing=missing)
    return shortfall


def _cover(shortfall: Shortfall, appropriation: Appropriation, actor: Actor, record: Record) -> Decimal:
    missing = _missing(appropriation)
    part = min(missing, _set_free(appropriation, missing, record))
    if part > 0:
        _shift("cover", appropriation, part, Stage.APPROPRIATED, Stage.SHORT, record)
    if part == missing:
        perform(SHORTFALL, shortfall, "resolve_shortfall", actor=actor, public={"covered": part}, cause=record)
    return part


# --- the end of the year ---------------------------------------------------------------------------------------

_SETTLED = (Stage.APPROPRIATED, Stage.ALLOCATED, Stage.RESERVED, Stage.COMMITTED)
_OUTCOME = {Outcome.LAPSE: Stage.LAPSED, Outcome.CARRY_OVER: Stage.CARRIED, Outcome.PAYABLE: Stage.PAYABLE}


def close_year(*, actor: Actor, customer: Organisation, year: int, form: str = "grants") -> YearClose:
    """Settle every balance of a customer's year as lapsed, carried over or payable, as the rules in force say; what
    was accepted and not paid stays payable (H-43).

    Refuses `budget_year_not_over`, `nothing_to_close`, `payments_under_way`, `shortfall_open`, `rule_unknown` with the
    keys that are missing. Rulebook: `bud.year_close`.
    """
    if bishkek_day(actor.at).year <= year:
        raise YEAR_NOT_OVER.refuse(HOUSE["H-17"].basis, year=str(year))
    open_ones = Appropriation.objects.filter(organisation_id=customer.pk, year=year, state="recorded")
    appropriations = lock(*open_ones.order_by("id"))
    _refuse_open_matters(appropriations, year)
    settlement = regime.settle(customer=customer, form=form, at=actor.at, needed=("bud.year_close",))
    rule = Outcome(settlement.value("bud.year_close"))
    close = YearClose(organisation_id=customer.pk, year=year)
    record = perform(
        YEAR_CLOSE,
        close,
        "close_year",
        actor=actor,
        public={"year": year, "rule": rule.value, "appropriations": [a.ref for a in appropriations]},
        basis=settlement.basis("bud.year_close"),
        edition=settlement.edition,
    )
    for appropriation in appropriations:
        _close_appropriation(appropriation, close, rule, actor, record)
    return close


def _refuse_open_matters(appropriations: Sequence[Appropriation], year: int) -> None:
    if not appropriations:
        raise NOTHING_TO_CLOSE.refuse(HOUSE["H-17"].basis, year=str(year))
    waiting = PaymentOrder.objects.filter(appropriation__in=appropriations, state__in=UNDER_WAY).count()
    if waiting:
        raise PAYMENTS_UNDER_WAY.refuse(HOUSE["H-43"].basis, number=waiting)
    for appropriation in appropriations:
        if missing := _missing(appropriation):
            raise SHORTFALL_OPEN.refuse(HOUSE["H-42"].basis, missing=Money(missing, appropriation.currency))


def _close_appropriation(
    appropriation: Appropriation, close: YearClose, rule: Outcome, actor: Actor, record: Record
) -> None:
    accounts = Account.objects.filter(appropriation=appropriation, stage__in=_SETTLED, balance__amount__gt=0)
    parts = [
        (account, outcome, part)
        for account in accounts.select_related("balance").order_by("id")
        for outcome, part in closing(Stage(account.stage), account.balance.amount, _unpaid(account), rule).items()
    ]
    carried = sum((part for _, outcome, part in parts if outcome == Outcome.CARRY_OVER), Decimal(0))
    heir = _carry_over(appropriation, carried, actor, record) if carried else None
    for account, outcome, part in parts:
        owner = Owner(account.owner_kind, account.owner_id)
        source = Owner("year_close", close.pk)
        settled = _account(_OUTCOME[outcome], owner, appropriation)
        posting = post(outcome.value, [Move(account, -part), Move(settled, part)], act=record, source=source)
        YearCloseLine.objects.create(close=close, account=account, outcome=outcome, amount=part, posting=posting)
        if outcome == Outcome.CARRY_OVER and heir is not None:
            authority = _account(Stage.AUTHORITY, _programme(heir), heir)
            again = _account(Stage(account.stage), owner, heir)
            post("carry_in", [Move(authority, -part), Move(again, part)], act=record, source=source)
    perform(APPROPRIATION, appropriation, "close_appropriation", actor=actor, cause=record)


def _unpaid(account: Account) -> Decimal:
    """Accepted services of a contract that are not yet paid, in units of the account's currency."""
    rows = Account.objects.filter(
        owner_kind=account.owner_kind, owner_id=account.owner_id, stage__in=[Stage.ACCEPTED, Stage.PAID, Stage.PAYABLE]
    )
    sums = dict(rows.values_list("stage").annotate(total=Sum("balance__amount")))
    covered = sums.get(Stage.PAID, Decimal(0)) + sums.get(Stage.PAYABLE, Decimal(0))
    return max(Decimal(0), sums.get(Stage.ACCEPTED, Decimal(0)) - covered)


def _carry_over(old: Appropriation, amount: Decimal, actor: Actor, record: Record) -> Appropriation:
    heir = Appropriation(
        organisation_id=old.organisation_id,
        owner_kind=old.owner_kind,
        owner_id=old.owner_id,
        year=old.year + 1,
        source=old.source,
        line=old.line,
        code=old.code,
        amount=amount,
        currency=old.currency,
        unit="som",
        document=old.document,
        document_on=old.document_on,
        carried_from=old,
    )
    public = {"year": heir.year, "source": heir.source, "line": heir.line, "amount": amount, "document": heir.document}
    perform(APPROPRIATION, heir, "carry_over", actor=actor, public=public | {"from": old.ref}, cause=record)
    return heir


# --- before the system -----------------------------------------------------------------------------------------


def record_existing_payment(
    *,
    actor: Actor,
    organisation_id: int,
    payee_id: int,
    contract: Owner,
    source: Owner,
    amount: Decimal,
    number: str,
    executed_on: date,
    cause: Record | None = None,
) -> PaymentOrder:
    """A payment made before the system: entered with number and date of its document, to be compared with the paper
    by a second person. Refuses `payment_document_missing`, `not_enough_money`. decisions.md §5.9."""
    if not number:
        raise NO_PAYMENT_DOCUMENT.refuse(HOUSE["H-21"].basis, at_field="number")
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
        document_number=number,
        executed_on=executed_on,
        is_existing=True,
    )
    payment.currency = payment.appropriation.currency
    record = perform(
        PAYMENT,
        payment,
        "record_existing_payment",
        actor=actor,
        public={"amount": amount, "number": number, "on": executed_on},
        acted_on=executed_on,
        cause=cause,
    )
    _move_payment("order", payment, record)
    return payment


def confirm_existing_payment(*, payment: PaymentOrder, actor: Actor) -> PaymentOrder:
    """The second person compared it with the paper: it counts as paid on the day of its document. Refuses
    `same_hands`."""
    (payment,) = lock(payment)
    record = perform(
        PAYMENT,
        payment,
        "confirm_existing_payment",
        actor=actor,
        public={"amount": payment.amount},
        changes={"checker_id": actor.person_id},
        acted_on=payment.executed_on,
    )
    _move_payment("pay", payment, record)
    return payment


# --- statements ------------------------------------------------------------------------------------------------

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
        StatementLine.objects.bulk_create(_matched(statement, batch))
    return statement


def _batches(lines: Iterator[statements.Line]) -> Iterator[list[statements.Line]]:
    while batch := list(islice(lines, _BATCH)):
        yield batch


def _matched(statement: Statement, batch: list[statements.Line]) -> list[StatementLine]:
    payers = Organisation.objects.filter(treasury_id=statement.organisation_id).values("pk")
    rows = PaymentOrder.objects.filter(
        organisation_id__in=payers, document_number__in={line.document for line in batch}, executed_on__isnull=False
    )
    orders: dict[tuple[str, Decimal], list[PaymentOrder]] = {}
    for row in rows.order_by("id"):
        orders.setdefault((row.document_number, row.amount), []).append(row)
    pks = [row.pk for same in orders.values() for row in same]
    taken = set(
        StatementLine.objects.filter(found=Found.MATCHED, payment_id__in=pks).values_list("payment", flat=True)
    )
    taken |= set(
        LineMatch.objects.filter(payment_id__in=pks).exclude(state="rejected").values_list("payment", flat=True)
    )
    made = []
    for line in batch:
        found, payment = _what_is(line, orders.get((line.document, line.amount), []), taken)
        if found == Found.MATCHED and payment is not None:
            taken.add(payment.pk)
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


def _what_is(line: statements.Line, orders: list[PaymentOrder], taken: set[int]) -> tuple[Found, PaymentOrder | None]:
    """Two orders that fit alike match nothing: a person decides."""
    if line.direction == "in":
        back = [order for order in orders if order.executed_on and order.executed_on <= line.day]
        return (Found.RETURNED, back[0]) if len(back) == 1 else (Found.UNMATCHED, None)
    fit = [order for order in orders if order.executed_on == line.day and order.pk not in taken]
    return (Found.MATCHED, fit[0]) if len(fit) == 1 else (Found.UNMATCHED, None)


def propose_match(*, actor: Actor, line: StatementLine, payment: PaymentOrder, reason: str) -> LineMatch:
    """Say which payment an unmatched line is, and why. Refuses `line_matched`, `match_amount_differs`."""
    if line.found != Found.UNMATCHED or line.matches.exclude(state="rejected").exists():
        raise LINE_MATCHED.refuse(HOUSE["H-16"].basis)
    if line.amount != payment.amount:
        raise AMOUNT_DIFFERS.refuse(
            HOUSE["H-16"].basis, at_field="payment", line=Money(line.amount), payment=Money(payment.amount)
        )
    match = LineMatch(line=line, payment=payment, reason=reason, proposed_by_id=actor.person_id or 0)
    public = {"line": line.ref, "payment": payment.ref}
    perform(MATCH, match, "propose_match", actor=actor, public=public)
    return match


def check_match(*, actor: Actor, match: LineMatch, agreed: bool) -> LineMatch:
    """The second person agrees or does not. Refuses `same_hands`."""
    (match,) = lock(match)
    verb = "confirm_match" if agreed else "reject_match"
    perform(MATCH, match, verb, actor=actor, changes={"checked_by_id": actor.person_id})
    return match
