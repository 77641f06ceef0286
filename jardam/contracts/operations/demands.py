"""Demands for money back that were wrong, and entries under them that were."""

from __future__ import annotations

from decimal import Decimal

from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import refuse_if_any
from jardam.parties import operations as parties
from jardam.regime import operations as regime
from jardam.rulebook.house import HOUSE
from jardam.treasury import operations as treasury
from jardam.treasury.models import Posting

from ..models import DemandChange, Repayment, Return
from ..policy import RETURN, settlement_of
from ..rules import OWN_ENTRY, REVERSED_ALREADY, demand_faults, penalty_for


def correct_demand(*, actor: Actor, demand: Return, amount: Decimal, reason: str, document: str) -> Return:
    """The head puts right what is demanded: `amount` som, less than before; nothing withdraws the demand. For a
    lowered one the time to pay begins anew; the bar the wrong one brought is lifted. *Document*: number and date.
    Refuses `demand_not_lower`, `demand_below_paid`. House rule H-78. Rulebook: `con.return_term`."""
    _, demand = lock(demand.contract, demand)
    refuse_if_any(may(RETURN, demand, "lower_demand", actor))
    refuse_if_any(demand_faults(amount, demand.amount, demand.settled))
    was = demand.amount
    verb, changes = _put_right(demand, amount, actor)
    public = {"was": was, **(changes or {"amount": amount})}
    record = perform(RETURN, demand, verb, actor=actor, public=public, changes=changes)
    kind = "lowered" if amount else "withdrawn"
    _write(demand, record, kind, was, amount, reason, document)
    parties.lift_source(source_kind="return", source_id=demand.pk, cause=record)
    return demand


def _put_right(demand: Return, amount: Decimal, actor: Actor) -> tuple[str, dict[str, object]]:
    """The verb, and what it changes."""
    if not amount:
        return "withdraw_demand", {}
    if amount > demand.settled:
        due_on = regime.deadline(settlement_of(demand), "con.return_term", actor.at).due_on
        return "lower_demand", {"amount": amount, "due_on": due_on}
    payments = [(row.paid_on, row.amount) for row in demand.repayments.filter(reversals=None)]
    penalty = penalty_for(amount, demand.due_on, payments, settlement_of(demand))
    return "settle_demand", {"amount": amount, "penalty": penalty}


def _write(
    demand: Return,
    record: Record,
    kind: str,
    before: Decimal,
    after: Decimal,
    reason: str,
    document: str,
    repayment: Repayment | None = None,
) -> None:
    DemandChange.objects.create(
        demand=demand,
        kind=kind,
        before=before,
        after=after,
        repayment=repayment,
        reason=reason,
        document=document,
        act_id=record.pk,
    )


def reverse_repayment(*, actor: Actor, repayment: Repayment, reason: str, document: str) -> Return:
    """Money was entered as come back by mistake: it is owed again, and the ledger books it back. The entry stays
    readable. Refuses `own_entry` (H-10), `reversed_already`, `penalty_entered`, `demand_closed`. House rule H-78."""
    _, demand = lock(repayment.demand.contract, repayment.demand)
    if repayment.reversals.exists():
        raise REVERSED_ALREADY.refuse(HOUSE["H-78"].basis)
    left = demand.settled - repayment.amount
    verb = "reverse_repayment" if left else "reverse_all_repaid"
    refuse_if_any(may(RETURN, demand, verb, actor))
    _refuse_own(repayment.act_id, actor)
    public = {"amount": repayment.amount, "number": repayment.document, "on": repayment.paid_on}
    was, changes = demand.settled, {"settled": left, "penalty": Decimal("0.00")}
    record = perform(RETURN, demand, verb, actor=actor, public=public, changes=changes)
    _write(demand, record, "reversed", was, left, reason, document, repayment)
    posting = Posting.objects.get(source_kind="repayment", source_id=repayment.pk, reverses=None)
    treasury.reverse(posting=posting, act=record)
    return demand


def reverse_penalty(*, actor: Actor, demand: Return, reason: str, document: str) -> Return:
    """The penalty was entered as paid by mistake: it is owed again. Refuses `no_penalty`, `own_entry` (H-10),
    `demand_closed`. House rule H-78."""
    _, demand = lock(demand.contract, demand)
    refuse_if_any(may(RETURN, demand, "reverse_penalty", actor))
    entered = Record.objects.filter(object_kind="return", object_id=demand.pk, verb="pay_penalty").latest("id")
    _refuse_own(entered.pk, actor)
    public = {"amount": demand.penalty, "number": demand.penalty_document, "on": demand.penalty_paid_on}
    changes: dict[str, object] = {"penalty_document": "", "penalty_paid_on": None}
    record = perform(RETURN, demand, "reverse_penalty", actor=actor, public=public, changes=changes)
    _write(demand, record, "penalty", demand.penalty, Decimal("0.00"), reason, document)
    return demand


def _refuse_own(act_id: int, actor: Actor) -> None:
    if Record.objects.get(pk=act_id).person_id == actor.person_id:
        raise OWN_ENTRY.refuse(HOUSE["H-10"].basis)
