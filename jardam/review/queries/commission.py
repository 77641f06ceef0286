"""Who sits, who left, and what each of them may do."""

from __future__ import annotations

from jardam.contests.models import Contest
from jardam.journal.procedure import actions
from jardam.kernel.actor import Actor
from jardam.rulebook.settlement import Settlement

from ..models import (
    Candidacy,
    Commission,
    Departure,
    Interest,
    Member,
    Proceeding,
    Recusal,
)
from ..policy import (
    COMMISSION,
    may_read,
    seat_of,
)
from ..rules import VOTING, Seat, secretary_seat


def commission_of(contest: Contest) -> Commission | None:
    return Commission.objects.filter(contest=contest).first()


def seats(settlement: Settlement) -> tuple[str, ...]:
    """The seats an order may fill under these rules."""
    return (Seat.CHAIR, Seat.MEMBER, secretary_seat(settlement), Seat.RESERVE)


def members(commission: Commission) -> list[Member]:
    """Those who hold a seat now; who left is in `departures_of`."""
    return list(commission.members.filter(departure=None).select_related("organisation").order_by("id"))


def voting_members(commission: Commission) -> list[Member]:
    """Those who hold a seat with a vote now."""
    return [one for one in members(commission) if one.seat in VOTING]


def member(pk: int, commission: Commission) -> Member:
    """One who holds a seat now."""
    return commission.members.filter(departure=None).select_related("organisation").get(pk=pk)


def departures_of(commission: Commission) -> list[Departure]:
    return list(commission.departures.select_related("member", "successor").order_by("id"))


def commission_actions(commission: Commission, actor: Actor) -> tuple[str, ...]:
    return actions(COMMISSION, commission, actor)


def votes_in(proceeding: Proceeding, actor: Actor) -> bool:
    """Whether the actor has a voting seat in its commission."""
    seat = seat_of(proceeding.commission, actor)
    return seat is not None and seat.seat in VOTING


def chairs(proceeding: Proceeding, actor: Actor) -> bool:
    seat = seat_of(proceeding.commission, actor)
    return seat is not None and seat.seat == Seat.CHAIR


def may_still_recuse(candidacy: Candidacy, actor: Actor) -> bool:
    """Whether the actor's seat is open to this application yet."""
    seat = seat_of(candidacy.proceeding.commission, actor)
    return seat is not None and may_read(candidacy, seat) is None


def recused_members(proceeding: Proceeding) -> dict[int, list[str]]:
    """Member id → the numbers of the candidacies in which there is an interest, declared at first or found later."""
    pairs = {
        (row.candidacy_id, row.member_id): row.candidacy.number
        for model in (Interest.objects.filter(conflicted=True), Recusal.objects.all())
        for row in model.filter(candidacy__proceeding=proceeding).select_related("candidacy")
    }
    recused: dict[int, list[str]] = {}
    for (_, member_id), number in sorted(pairs.items()):
        recused.setdefault(member_id, []).append(number)
    return recused
