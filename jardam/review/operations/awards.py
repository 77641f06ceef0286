"""What becomes of an award after its publication: declined, lost, given to the reserve or given back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from jardam.contests import operations as contests
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor, system
from jardam.kernel.money import Money
from jardam.kernel.refusal import refuse_if_any
from jardam.rulebook.house import HOUSE

from .. import queries
from ..models import (
    Award,
    Candidacy,
    Cut,
    Proceeding,
    ReserveCall,
)
from ..policy import (
    CANDIDACY,
)
from ..rules import (
    NO_RESERVE,
    REPLACED,
    RESERVE_OVER,
    RESERVE_TOO_DEAR,
    RESERVE_WAITS,
)


def decline_award(*, actor: Actor, candidacy: Candidacy, reason: str = "") -> Candidacy:
    """The winner gives the award up before a contract is made. The money stays with the lot for the next of the
    reserve; where the rules know none, or nobody is on the list, it goes back to the measure at once. Refuses
    `award_has_contract`. Rulebook: `con.refusal_rule`, `dec.reserve_list`."""
    proceeding, candidacy = lock(candidacy.proceeding, candidacy)
    private = {"reason": reason} if reason else None
    record = perform(CANDIDACY, candidacy, "decline_award", actor=actor, private=private)
    if not _callable(proceeding, actor):
        _give_back(candidacy, record)
    return candidacy


def lose_award(*, actor: Actor, award: Award, cause: Record) -> bool:
    """The contract of an award came to nothing: the award is as if it had been declined. True: its money stays with
    the lot, because the next of the reserve can be called; else it is back at the measure. Called by the contracts.
    Refuses `award_has_contract`. Rulebook: `con.refusal_rule`, `dec.reserve_list`, `dec.reserve_term`."""
    proceeding, candidacy = lock(award.candidacy.proceeding, award.candidacy)
    record = perform(
        CANDIDACY, candidacy, "lose_award", actor=system(actor.at), public={"award": award.ref}, cause=cause
    )
    waits = _callable(proceeding, actor)
    if not waits:
        _give_back(candidacy, record)
    return waits


def _callable(proceeding: Proceeding, actor: Actor) -> bool:
    """Whether somebody can still be called from the reserve of a lot."""
    settlement = proceeding.commission.contest.settlement
    if settlement.choice("con.refusal_rule") != "next_in_reserve" or not settlement.flag("dec.reserve_list"):
        return False
    protocol = proceeding.protocols.get(round=proceeding.round)
    until = queries.reserve_until(protocol, settlement)
    return (until is None or actor.at < until) and bool(queries.reserve_of(protocol))


def _give_back(candidacy: Candidacy, act: Record) -> ReserveCall:
    amount = candidacy.award.amount
    given = perform(CANDIDACY, candidacy, "give_back", actor=system(act.at), public={"released": amount}, cause=act)
    contests.release_part(lot=candidacy.proceeding.lot, amount=amount, act=given)
    return ReserveCall.objects.create(declined=candidacy, called=None, released=amount, act_id=given.pk)


def give_back(*, actor: Actor, candidacy: Candidacy) -> Candidacy:
    """Nobody of the reserve takes the place of a winner who declined: the money goes back to the measure. Refuses
    `reserve_waits` while somebody can be called whose amount fits, `award_replaced`."""
    proceeding, candidacy = lock(candidacy.proceeding, candidacy)
    refuse_if_any(may(CANDIDACY, candidacy, "give_back", actor))
    if ReserveCall.objects.filter(declined=candidacy).exists():
        raise REPLACED.refuse(HOUSE["H-17"].basis)
    if _callable(proceeding, actor):
        following, row = queries.reserve_of(proceeding.protocols.get(round=proceeding.round))[0]
        if _reserve_amount(following, row) <= candidacy.award.amount:
            raise RESERVE_WAITS.refuse(HOUSE["H-04"].basis, number=following.number)
    amount = candidacy.award.amount
    record = perform(CANDIDACY, candidacy, "give_back", actor=actor, public={"released": amount})
    contests.release_part(lot=proceeding.lot, amount=amount, act=record)
    ReserveCall.objects.create(declined=candidacy, called=None, released=amount, act_id=record.pk)
    return candidacy


def _reserve_amount(candidacy: Candidacy, row: Mapping[str, Any]) -> Decimal:
    """What the next of the reserve gets: what was asked for, or the cut that was agreed to; in som."""
    cut = Cut.objects.filter(candidacy=candidacy, state="agreed").first()
    return cut.amount if cut else Decimal(row["requested"].split()[0])


def call_reserve(*, actor: Actor, candidacy: Candidacy) -> Award:
    """The next of the reserve takes the place of `candidacy`, whose applicant declined: an award with the declined
    money; what it does not need goes back to the measure. Refuses `award_replaced`, `no_reserve_left`,
    `reserve_over`, `reserve_does_not_fit`. Rulebook: `dec.reserve_list`, `dec.reserve_term`."""
    proceeding, candidacy = lock(candidacy.proceeding, candidacy)
    protocol = proceeding.protocols.get(round=proceeding.round)
    settlement = proceeding.commission.contest.settlement
    if candidacy.state != "declined" or ReserveCall.objects.filter(declined=candidacy).exists():
        raise REPLACED.refuse(HOUSE["H-17"].basis)
    until = queries.reserve_until(protocol, settlement)
    if until is not None and actor.at >= until:
        raise RESERVE_OVER.refuse(settlement.basis("dec.reserve_term"), until=until)
    listed = queries.reserve_of(protocol)
    if not listed:
        raise NO_RESERVE.refuse(HOUSE["H-04"].basis)
    following, row = listed[0]
    (following,) = lock(following)
    amount, left = _reserve_amount(following, row), candidacy.award.amount
    if amount > left:
        raise RESERVE_TOO_DEAR.refuse(HOUSE["H-05"].basis, needed=Money(amount), left=Money(left))
    record = perform(
        CANDIDACY,
        following,
        "call_reserve",
        actor=actor,
        public={"rank": row["rank"], "amount": amount, "instead_of": candidacy.ref, "released": left - amount},
        edition=proceeding.commission.contest.edition,
    )
    contests.release_part(lot=proceeding.lot, amount=left - amount, act=record)
    ReserveCall.objects.create(declined=candidacy, called=following, released=left - amount, act_id=record.pk)
    return Award.objects.create(
        candidacy=following,
        protocol=protocol,
        applicant_id=following.application.applicant_id,
        project_title=row["title"],
        rank=row["rank"],
        amount=amount,
        requested=Decimal(row["requested"].split()[0]),
        act_id=record.pk,
    )
