"""Who sits: the commission appointed, its seats given to others, its term renewed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from jardam.contests.models import Contest
from jardam.fields import in_language
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal, refuse_if_any
from jardam.parties import queries as parties
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement

from .. import queries
from ..models import (
    Commission,
    Departure,
    Member,
    Proceeding,
)
from ..policy import (
    COMMISSION,
)
from ..rules import (
    LEFT_ALREADY,
    NOT_FROM_RESERVE,
    TWICE,
    MandateFacts,
    MemberEntry,
    Seat,
    commission_faults,
    seat_faults,
    seated,
)
from .steps import after_change


def appoint_commission(
    *, actor: Actor, contest: Contest, order_number: str, ordered_on: date, members: Sequence[MemberEntry]
) -> Commission:
    """Appoint the commission of a contest by the customer's order. Refuses `commission_too_small`,
    `commission_too_large`, `civil_share_too_small`, `commission_even`, `commission_needs_one_chair`,
    `member_twice`, `seat_without_mandate`, `seat_wrong_side`. Rulebook: `com.size_min`, `com.size_max`,
    `com.size_odd`, `com.civil_min_share`, `com.secretary_votes` (H-51)."""
    members = seated(members, contest.settlement)
    refuse_if_any([*commission_faults(members, contest.settlement), *_seat_faults(members, actor)])
    commission = Commission(contest=contest, order_number=order_number, ordered_on=ordered_on)
    public = {"order": order_number, "seats": [[m.name, m.side, m.seat] for m in members]}
    record = perform(
        COMMISSION,
        commission,
        "appoint_commission",
        actor=actor,
        public=public,
        edition=contest.edition,
        acted_on=ordered_on,
    )
    Member.objects.bulk_create(_seated(m, commission, record) for m in members)
    return commission


def _seated(entry: MemberEntry, commission: Commission, record: Record) -> Member:
    return Member(
        commission=commission,
        person_id=entry.person_id,
        mandate_id=entry.mandate_id,
        organisation_id=entry.organisation_id,
        name=entry.name,
        side=entry.side,
        seat=entry.seat,
        act_id=record.pk,
    )


def _seat_faults(members: Sequence[MemberEntry], actor: Actor) -> list[Refusal]:
    """What the registers say of the mandates now, against the seats."""
    held = parties.mandates_in_force([m.mandate_id for m in members], actor.at)
    facts = {
        pk: MandateFacts(
            one.person_id, one.organisation_id, in_language(one.organisation.title), one.organisation.kind, one.role
        )
        for pk, one in held.items()
    }
    return seat_faults(members, facts)


def replace_member(*, actor: Actor, member: Member, mandate_id: int, order_number: str, left_on: date) -> Member:
    """Give the seat of a member who left, or must not decide, to another by order: the same seat on the same side.

    What the member who left has sent in stays; the successor declares and does the rest. Where too few scores are
    left to decide by, the scoring opens once more. Refuses `member_left_already`, `not_from_reserve`, `member_twice`,
    `seat_without_mandate`, `seat_wrong_side` and what an appointment is refused for. Rulebook: `com.replace_rule`,
    `com.civil_min_share`.
    """
    commission = lock(*_proceedings_of(member.commission), member.commission)[-1]
    settlement = commission.contest.settlement
    if Departure.objects.filter(member=member).exists():
        raise LEFT_ALREADY.refuse(HOUSE["H-17"].basis)
    held = parties.mandates_in_force([mandate_id], actor.at).get(mandate_id)
    entry = MemberEntry(
        held.person_id if held else 0,
        mandate_id,
        held.organisation_id if held else 0,
        held.person.name if held else "—",
        member.side,
        member.seat,
    )
    seats = list(commission.members.order_by("id"))
    _refuse_successor(entry, seats, settlement)
    staying = [
        _entry_of(m) for m in queries.members(commission) if m.pk != member.pk and m.person_id != entry.person_id
    ]
    refuse_if_any([*_seat_faults([entry], actor), *commission_faults([*staying, entry], settlement)])
    record = perform(
        COMMISSION,
        commission,
        "replace_member",
        actor=actor,
        public={"order": order_number, "left": member.name, "came": entry.name, "seat": member.seat},
        edition=commission.contest.edition,
        acted_on=left_on,
    )
    successor = _seated(entry, commission, record)
    successor.save(force_insert=True)
    Departure.objects.create(
        commission=commission,
        member=member,
        successor=successor,
        order_number=order_number,
        left_on=left_on,
        act_id=record.pk,
    )
    for proceeding in _proceedings_of(commission):
        after_change(proceeding, actor, record)
    return successor


def _proceedings_of(commission: Commission) -> list[Proceeding]:
    return list(commission.proceedings.order_by("id"))


def _refuse_successor(entry: MemberEntry, seats: Sequence[Member], settlement: Settlement) -> None:
    known = [m.seat for m in seats if m.person_id == entry.person_id]
    if any(seat != Seat.RESERVE for seat in known):
        raise TWICE.refuse(HOUSE["H-16"].basis, at_field="mandate")
    if settlement.choice("com.replace_rule") == "reserve_member" and not known:
        raise NOT_FROM_RESERVE.refuse(settlement.basis("com.replace_rule"), at_field="mandate")


def _entry_of(member: Member) -> MemberEntry:
    return MemberEntry(
        member.person_id, member.mandate_id, member.organisation_id, member.name, member.side, member.seat
    )


def renew_commission(*, actor: Actor, commission: Commission, order_number: str, ordered_on: date) -> Commission:
    """A new order gives the commission a new term from its day on. Rulebook: `com.term`."""
    (commission,) = lock(commission)
    perform(
        COMMISSION,
        commission,
        "renew_commission",
        actor=actor,
        public={"renewed_by": order_number, "from": ordered_on},
        edition=commission.contest.edition,
        acted_on=ordered_on,
        changes={"term_from": ordered_on},
    )
    return commission
