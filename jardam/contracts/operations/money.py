"""Tranches that are ordered, money that comes back, and delays put on record."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.kernel.actor import Actor
from jardam.kernel.money import Money
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.regime import operations as regime
from jardam.rulebook.house import HOUSE
from jardam.treasury import operations as treasury
from jardam.treasury import queries as treasury_queries
from jardam.treasury.models import PaymentOrder
from jardam.treasury.operations import Owner

from ..models import Contract, Repayment, Return
from ..policy import CONTRACT, RETURN, contract_facts, overdue_sources, settlement_of
from ..rules import NOTHING_TO_ORDER, REPAID_TOO_MUCH, RETURN_TOO_LARGE, account_fault, penalty_for
from .shared import owner_of


def order_tranche(*, actor: Actor, contract: Contract) -> PaymentOrder:
    """Order payment of the next tranche. *Amount*: som, from the contract's schedule. *Refuses*
    `report_not_accepted`, `no_tranche_left`, `not_enough_money`, `no_bank_account`, `account_not_separate`,
    `account_not_treasury`. House rule H-06. Rulebook: `con.account_rule`."""
    (contract,) = lock(contract)
    number = contract_facts(contract, actor).next_tranche
    tranche = contract.tranches.filter(number=number).first()
    public = {"tranche": number, "amount": tranche.agreed if tranche else None}
    record = perform(CONTRACT, contract, "order_tranche", actor=actor, public=public)
    assert tranche is not None
    return treasury.order_payment(
        actor=actor,
        organisation_id=contract.customer_id,
        payee_id=contract.executor_id,
        contract=Owner("contract", contract.pk),
        source=Owner("tranche", tranche.pk),
        amount=tranche.agreed,
        fits=partial(account_fault, settlement=settlement_of(contract)),
        cause=record,
    )


def redirect_payment(*, actor: Actor, payment: PaymentOrder) -> PaymentOrder:
    """Ask an unsent order of a contract again, to the executor's account of today. Refuses `no_bank_account`,
    `currency_differs`, `account_not_separate`, `account_not_treasury`. Rulebook: `con.account_rule`."""
    settlement = settlement_of(Contract.objects.get(pk=payment.owner_id))
    return treasury.redirect_payment(actor=actor, payment=payment, fits=partial(account_fault, settlement=settlement))


def record_paid_tranche(*, actor: Actor, contract: Contract, number: str, executed_on: date) -> PaymentOrder:
    """The next tranche was paid past this system: enter number and date of its payment document, for a second person
    to compare. No report is waited for: the money has left. *Refuses* `no_tranche_left`, `payment_document_missing`,
    `payment_in_future`, `not_enough_money`. decisions.md §3.9."""
    (contract,) = lock(contract)
    following = contract_facts(contract, actor).next_tranche
    tranche = contract.tranches.filter(number=following).first()
    if tranche is None:
        raise NOTHING_TO_ORDER.refuse(HOUSE["H-06"].basis)
    return treasury.record_existing_payment(
        actor=actor,
        organisation_id=contract.customer_id,
        payee_id=contract.executor_id,
        contract=owner_of(contract),
        source=Owner("tranche", tranche.pk),
        amount=tranche.agreed,
        number=number,
        executed_on=executed_on,
    )


def demand_return(*, actor: Actor, contract: Contract, reason: str, amount: Decimal) -> Return:
    """Demand money back that was paid and neither accepted nor demanded already. *Amount*: som. Refuses
    `return_too_large`. Rulebook: `con.return_term`."""
    (contract,) = lock(contract)
    return demand(contract, reason, amount, actor, None)


def demand(contract: Contract, reason: str, amount: Decimal, actor: Actor, cause: Record | None) -> Return:
    held = not_accounted_for(contract)
    if amount > held:
        raise RETURN_TOO_LARGE.refuse(HOUSE["H-16"].basis, at_field="amount", asked=Money(amount), held=Money(held))
    due_on = regime.deadline(settlement_of(contract), "con.return_term", actor.at).due_on
    demand = Return(contract=contract, reason=reason, amount=amount, due_on=due_on)
    public = {"reason": reason, "amount": amount, "due_on": due_on}
    perform(RETURN, demand, "demand_return", actor=actor, public=public, cause=cause)
    return demand


def not_accounted_for(contract: Contract) -> Decimal:
    """With the executor, neither accepted nor demanded back, in som."""
    standing = contract.returns.exclude(state="withdrawn")
    demanded = sum((one.amount - one.settled for one in standing), Decimal(0))
    return treasury_queries.trail_of("contract", contract.pk).advance - demanded


def return_money(*, actor: Actor, demand: Return, amount: Decimal, document: str, paid_on: date) -> Return:
    """The accountant records money that came back, all of it or a part. *Amount*: som; number and date of the payment
    document. A bar for the delay is lifted when all is back (H-39); what came late owes a penalty where the rules set
    one (H-57). Refuses `repaid_too_much`. Rulebook: `con.penalty_pct_per_day`, `con.penalty_cap_pct`."""
    contract, demand = lock(demand.contract, demand)
    left = demand.amount - demand.settled
    if amount > left:
        raise REPAID_TOO_MUCH.refuse(HOUSE["H-16"].basis, at_field="amount", asked=Money(amount), left=Money(left))
    verb = "return_money" if amount == left else "return_part"
    penalty = _penalty(demand, amount, paid_on) if verb == "return_money" else Decimal("0.00")
    record = perform(
        RETURN,
        demand,
        verb,
        actor=actor,
        public={"amount": amount, "number": document, "on": paid_on} | ({"penalty": penalty} if penalty else {}),
        changes={"settled": demand.settled + amount, "penalty": penalty},
        acted_on=paid_on,
    )
    repayment = Repayment.objects.create(
        demand=demand, amount=amount, document=document, paid_on=paid_on, act_id=record.pk
    )
    source = Owner("repayment", repayment.pk)
    treasury.return_money(contract=owner_of(contract), amount=amount, act=record, source=source)
    if verb == "return_money":
        parties.lift_source(source_kind="return", source_id=demand.pk, cause=record)
    return demand


def _penalty(demand: Return, amount: Decimal, paid_on: date) -> Decimal:
    """With the last payment, which is not written yet."""
    earlier = [(row.paid_on, row.amount) for row in demand.repayments.filter(reversals=None)]
    return penalty_for(demand.amount, demand.due_on, [*earlier, (paid_on, amount)], settlement_of(demand))


def pay_penalty(*, actor: Actor, demand: Return, document: str, paid_on: date) -> Return:
    """The accountant records that the penalty came in, with number and date of its payment document. Refuses
    `no_penalty`. House rule H-57."""
    _, demand = lock(demand.contract, demand)
    public = {"amount": demand.penalty, "number": document, "on": paid_on}
    changes = {"penalty_document": document, "penalty_paid_on": paid_on}
    perform(RETURN, demand, "pay_penalty", actor=actor, public=public, changes=changes, acted_on=paid_on)
    return demand


def record_overdue(*, actor: Actor, contract: Contract) -> Contract:
    """Put on record what the executor owes and is late with: a report, a correction, a return. It bars the executor
    where the rules of a contest say so, until it comes in. Refuses `nothing_overdue`. House rule H-39."""
    (contract,) = lock(contract)
    late = overdue_sources(contract, actor.at)
    public = {"late": [[ground, kind] for ground, kind, _ in late]}
    record = perform(CONTRACT, contract, "record_overdue", actor=actor, public=public)
    for ground, kind, source_id in late:
        parties.restrict(
            organisation=contract.executor,
            ground=ground,
            source_kind=kind,
            source_id=source_id,
            cause=record,
            valid_from=bishkek_day(actor.at),
        )
    return contract
