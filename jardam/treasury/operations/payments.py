"""Payment orders from the accountant to the payee's bank, the packages they travel in, and payments made before
the system."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from jardam.journal.models import Record
from jardam.journal.operations import lock, lock_shared, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal, Refused, refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.parties.models import BankAccount
from jardam.parties.queries import bank_account_on, people_in_roles, standing_organisation
from jardam.rulebook.house import HOUSE

from ..models import (
    Account,
    Appropriation,
    CashPlan,
    PaymentOrder,
    PaymentPackage,
)
from ..policy import (
    FIRST_SIGNATORIES,
    PACKAGE,
    PAYMENT,
    SECOND_SIGNATORIES,
    package_facts,
)
from ..rules import (
    CURRENCY_DIFFERS,
    NO_ACCOUNT,
    NO_PAYMENT_DOCUMENT,
    PACKAGE_EMPTY,
    PACKAGE_OF_TWO,
    PACKAGE_UNSENT,
    PAID_BEFORE_SENT,
    PAID_IN_FUTURE,
    SAME_HANDS,
    SETTLED_BEFORE_PAID,
    SIGNATORY_WITHOUT_MANDATE,
    Stage,
    account_unchanged,
    within_cash_plan,
)
from .ledger import Owner, appropriation_of, transfer

AccountRule = Callable[[str], Refusal | None]
"""Why money may not go to an account of this kind; the rules of the contract say so (`con.account_rule`)."""

# --- orders ------------------------------------------------------------------------------------------------------


def order_payment(
    *,
    actor: Actor,
    organisation_id: int,
    payee_id: int,
    contract: Owner,
    source: Owner,
    amount: Decimal,
    fits: AccountRule,
    cause: Record | None = None,
) -> PaymentOrder:
    """The accountant prepares a payment to the payee's account of today: the money moves from committed (or, after a
    closed year, payable) to ordered. Refuses `no_bank_account`, `currency_differs`, and what `fits` says of the kind
    of the account."""
    origin, appropriation = _payable_from(contract, amount)
    lock_shared(appropriation)
    account = _account_of(payee_id, appropriation.currency, fits, actor)
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
    return Stage.COMMITTED, appropriation_of(contract, Stage.COMMITTED, amount)


def _account_of(payee_id: int, currency: str, fits: AccountRule, actor: Actor) -> BankAccount:
    account = bank_account_on(payee_id, bishkek_day(actor.at))
    if account is None:
        raise NO_ACCOUNT.refuse(HOUSE["H-10"].basis)
    if account.currency != currency:
        raise CURRENCY_DIFFERS.refuse(HOUSE["H-16"].basis, money=currency, account=account.currency)
    if fault := fits(account.kind):
        raise Refused(fault)
    return account


def redirect_payment(*, payment: PaymentOrder, actor: Actor, fits: AccountRule) -> PaymentOrder:
    """Ask an unsent order again, to the payee's account of today; who asks is its maker from now on. Refuses
    `no_bank_account`, `currency_differs`, and what `fits` says of the kind of the account."""
    (payment,) = lock(payment)
    account = _account_of(payment.payee_id, payment.currency, fits, actor)
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
    """The treasury paid: `number` and date of its document. Refuses `payment_document_missing`, `payment_in_future`,
    `paid_before_sent`."""
    if not number:
        raise NO_PAYMENT_DOCUMENT.refuse(HOUSE["H-21"].basis, at_field="number")
    (payment,) = lock(payment)
    _not_ahead(executed_on, actor, "executed_on")
    if payment.sent_on and executed_on < payment.sent_on:
        raise PAID_BEFORE_SENT.refuse(HOUSE["H-21"].basis, at_field="executed_on", sent=payment.sent_on)
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
    """The payee's bank has the money since that day. Refuses `payment_in_future`, `settled_before_paid`."""
    (payment,) = lock(payment)
    _settled_after_paid(payment, credited_on, actor, "credited_on")
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
    """The payee's bank sent the money back: the contract has it again, to be ordered to corrected details. Of a year
    closed meanwhile it stays payable (H-58). Refuses `payment_in_future`, `settled_before_paid`."""
    # Held, so that the year is not closed while money comes back into it.
    appropriation = lock_shared(payment.appropriation)
    (payment,) = lock(payment)
    _settled_after_paid(payment, bounced_on, actor, "bounced_on")
    record = perform(
        PAYMENT,
        payment,
        "bounce_payment",
        actor=actor,
        public={"amount": payment.amount, "code": code, "on": bounced_on},
        changes={"refusal_code": code, "settled_on": bounced_on},
        acted_on=bounced_on,
        basis=HOUSE["H-58"].basis if appropriation.state == "closed" else None,
    )
    _move_payment("unpay", payment, record)
    _move_payment("unorder", payment, record)
    return payment


def _not_ahead(day: date, actor: Actor, field: str) -> None:
    if day > bishkek_day(actor.at):
        raise PAID_IN_FUTURE.refuse(HOUSE["H-21"].basis, at_field=field)


def _settled_after_paid(payment: PaymentOrder, day: date, actor: Actor, field: str) -> None:
    """What the bank did with a payment it did after the document and not tomorrow."""
    _not_ahead(day, actor, field)
    if payment.executed_on and day < payment.executed_on:
        raise SETTLED_BEFORE_PAID.refuse(HOUSE["H-21"].basis, at_field=field, paid=payment.executed_on)


def _move_payment(verb: str, payment: PaymentOrder, record: Record) -> None:
    owner = Owner(payment.owner_kind, payment.owner_id)
    origin = Stage(payment.origin)
    # Nothing is bound in a closed year any more: what comes back into it can only be payable.
    back = Stage.PAYABLE if payment.appropriation.state == "closed" else origin
    out, into = {
        "order": (origin, Stage.ORDERED),
        "unorder": (Stage.ORDERED, back),
        "pay": (Stage.ORDERED, Stage.PAID),
        "unpay": (Stage.PAID, Stage.ORDERED),
    }[verb]
    transfer(
        verb,
        payment.amount,
        payment.appropriation,
        out=(out, owner),
        into=(into, owner),
        act=record,
        source=Owner("payment", payment.pk),
    )


# --- packages ----------------------------------------------------------------------------------------------------


def draw_up_package(
    *, actor: Actor, organisation_id: int, payments: Sequence[PaymentOrder], first_id: int, second_id: int
) -> PaymentPackage:
    """Put prepared payments together and name the two persons who sign, the first and the second, by their ids.

    Refuses `package_empty`, `package_of_two_payers`, `same_hands`, `signatory_without_mandate`, `cash_plan_exceeded`,
    `account_changed`.
    """
    if any(payment.organisation_id != organisation_id for payment in payments):
        raise PACKAGE_OF_TWO.refuse(HOUSE["H-16"].basis, at_field="payments")
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
    # The payer may have been succeeded: whose people sign then are its successor's (H-47).
    payer = standing_organisation(organisation_id, bishkek_day(actor.at))
    for field, person_id, roles in (("first", first_id, FIRST_SIGNATORIES), ("second", second_id, SECOND_SIGNATORIES)):
        if person_id not in {one.person_id for one in people_in_roles(payer, roles, actor.at)}:
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


# --- before the system -------------------------------------------------------------------------------------------


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
    by a second person. Refuses `payment_document_missing`, `payment_in_future`, `not_enough_money`. decisions.md
    §3.9."""
    if not number:
        raise NO_PAYMENT_DOCUMENT.refuse(HOUSE["H-21"].basis, at_field="number")
    _not_ahead(executed_on, actor, "executed_on")
    payment = PaymentOrder(
        organisation_id=organisation_id,
        payee_id=payee_id,
        owner_kind=contract.kind,
        owner_id=contract.id,
        source_kind=source.kind,
        source_id=source.id,
        appropriation=appropriation_of(contract, Stage.COMMITTED, amount),
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
