"""Notice, termination and closing."""

from __future__ import annotations

from jardam.journal.operations import lock, perform
from jardam.kernel.actor import Actor
from jardam.kernel.time import bishkek_day
from jardam.regime import operations as regime

from ..models import Contract, Termination
from ..policy import CONTRACT, party_of, settlement_of
from ..rules import GROUND_UNKNOWN
from .money import demand, not_accounted_for
from .shared import set_free


def give_notice(*, actor: Actor, contract: Contract, ground: str, explanation: str) -> Termination:
    """One side ends the contract on a ground of the rules; the other has time to put the breach right. Refuses
    `termination_ground_unknown`. Rulebook: `con.termination_grounds`, `con.termination_notice_term`,
    `con.termination_cure_term`."""
    (contract,) = lock(contract)
    settlement = settlement_of(contract)
    if ground not in settlement.codes("con.termination_grounds"):
        raise GROUND_UNKNOWN.refuse(settlement.basis("con.termination_grounds"), at_field="ground")
    side = party_of(contract, actor)
    cure_until = regime.deadline(settlement, "con.termination_cure_term", actor.at).due_on
    notice = regime.deadline(settlement, "con.termination_notice_term", actor.at).due_on
    ends_on = max(cure_until, notice)
    record = perform(
        CONTRACT,
        contract,
        "give_notice",
        actor=actor,
        public={"side": side, "ground": ground, "cure_until": cure_until, "ends_on": ends_on},
    )
    return Termination.objects.create(
        contract=contract,
        side=side,
        ground=ground,
        explanation=explanation,
        cure_until=cure_until,
        ends_on=ends_on,
        act_id=record.pk,
    )


def withdraw_notice(*, actor: Actor, contract: Contract) -> Contract:
    """The breach was put right, or the notice was a mistake: the contract goes on."""
    (contract,) = lock(contract)
    perform(CONTRACT, contract, "withdraw_notice", actor=actor)
    return contract


def terminate(*, actor: Actor, contract: Contract) -> Contract:
    """The notice is over: nothing more is paid, what was not ordered is free again, and what was paid and not accepted
    is demanded back. Refuses `notice_runs`, `report_undecided`. Rulebook: `con.return_term`."""
    (contract,) = lock(contract)
    held = not_accounted_for(contract)
    public = {"ends_on": bishkek_day(actor.at), "to_return": held}
    record = perform(CONTRACT, contract, "terminate", actor=actor, public=public)
    set_free(contract, record)
    if held > 0:
        demand(contract, "terminated", held, actor, record)
    return contract


def close_contract(*, actor: Actor, contract: Contract) -> Contract:
    """Close what is settled in every respect; what was not used is free again. Refuses `close_tranches_open`,
    `close_reports_open`, `close_acceptance_unsigned`, `close_money_open`, `close_returns_open`, `close_assets_open`,
    `close_amendment_open`, `close_letters_open`. House rule H-40."""
    (contract,) = lock(contract)
    record = perform(CONTRACT, contract, "close_contract", actor=actor, public={"on": bishkek_day(actor.at)})
    set_free(contract, record)
    return contract
