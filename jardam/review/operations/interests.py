"""The review of a lot begins, and everybody who votes in it says where they have an interest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from jardam.contests.models import Contest, Lot
from jardam.contests.queries import opened_applications
from jardam.documents import operations as documents
from jardam.journal.models import Record
from jardam.journal.operations import bulk_facts, lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import plain
from jardam.kernel.refusal import Refused, refuse_if_any
from jardam.regime import operations as regime
from jardam.rulebook.house import HOUSE

from .. import papers, queries
from ..models import (
    Candidacy,
    Commission,
    Interest,
    Member,
    Proceeding,
    Recusal,
)
from ..policy import (
    CANDIDACY,
    PROCEEDING,
    may_read,
    seat_of,
)
from ..rules import (
    ALREADY_DECLARED,
    DECLARE_ALL,
    DENIAL_MISSING,
    HAS_INTEREST,
    NOT_DECLARED,
    NOT_THEIR_CANDIDACY,
    RECUSED_ALREADY,
    UNKNOWN_RECUSAL,
    VOTING,
    RecusalGround,
)
from .steps import advance, after_change, paper_number


def begin_review(*, actor: Actor, commission: Commission, lot: Lot) -> Proceeding:
    """List the opened applications of a lot as candidacies. Refuses `contest_not_opened`."""
    contest = commission.contest
    clock = regime.review_clock(contest.settlement, contest.opened_at or actor.at)
    proceeding = Proceeding(
        lot=lot, commission=commission, clock=[[stage, plain(end.as_plain())] for stage, end in clock]
    )
    record = perform(PROCEEDING, proceeding, "begin_review", actor=actor, edition=contest.edition)
    for application in opened_applications(lot):
        candidacy = Candidacy(proceeding=proceeding, application=application, number=application.number or "")
        perform(CANDIDACY, candidacy, "list_candidacy", actor=actor, cause=record)
        documents.seal_new(candidacy.score_label, actor.at)
    _invite(proceeding, contest, clock, record, actor)
    if not proceeding.candidacies.exists():
        advance(proceeding, "close_interests", actor, record)
        advance(proceeding, "skip_scoring", actor, record)
    return proceeding


def _invite(
    proceeding: Proceeding, contest: Contest, clock: Sequence[tuple[str, Any]], act: Record, actor: Actor
) -> None:
    """The paper that calls the commission together; read by its members and the customer until it is published."""
    members = list(proceeding.commission.members.order_by("id"))
    until = queries.interest_until(proceeding)
    days = [("interests", until.due_on.isoformat())] if until else []
    days += [(stage, end.due_on.isoformat() if end.due_on else "") for stage, end in clock]
    documents.issue(
        kind="invitation",
        number=paper_number("I", contest, actor),
        thing=proceeding,
        issuer=contest.customer.title,
        build=partial(papers.invitation, proceeding, contest, members, days),
        act=act,
        actor=actor,
        public=False,
    )


def declare_interests(
    *, actor: Actor, proceeding: Proceeding, conflicts: Mapping[str, bool], denials: Mapping[str, str] | None = None
) -> None:
    """A member declares about every applicant at once: candidacy ref → has an interest. The last declaration opens
    the files; a successor declares whenever they come. `denials`: why there is no interest, where the registers
    suggest one. A declaration after `com.interest_term` is taken all the same: without it the lot stands still; its
    act tells the end of the term. Refuses `already_declared`, `declare_about_each`, `interest_denial_unexplained`
    (H-35)."""
    (proceeding,) = lock(proceeding)
    refuse_if_any(may(PROCEEDING, proceeding, "declare_interests", actor))
    seat = seat_of(proceeding.commission, actor)
    candidacies = list(proceeding.candidacies.order_by("id"))
    if seat and Interest.objects.filter(member=seat, candidacy__proceeding=proceeding).exists():
        raise ALREADY_DECLARED.refuse(HOUSE["H-12"].basis)
    if missing := tuple(c.number for c in candidacies if c.ref not in conflicts):
        raise DECLARE_ALL.refuse(HOUSE["H-12"].basis, missing=missing)
    said = _denials(proceeding, actor, candidacies, conflicts, denials or {})
    rows = [[c.ref, conflicts[c.ref]] for c in candidacies]
    until = queries.interest_until(proceeding)
    public = bulk_facts(rows) | ({"until": until.at} if until else {})
    record = perform(PROCEEDING, proceeding, "declare_interests", actor=actor, public=public, private=said or None)
    Interest.objects.bulk_create(
        Interest(
            member=seat,
            candidacy=c,
            conflicted=conflicts[c.ref],
            denial=said.get(c.ref, ""),
            act_id=record.pk,
        )
        for c in candidacies
    )
    if not advance(proceeding, "close_interests", actor, record) and not advance(
        proceeding, "reopen_scoring", actor, record
    ):
        advance(proceeding, "reveal", actor, record)


def _denials(
    proceeding: Proceeding,
    actor: Actor,
    candidacies: Sequence[Candidacy],
    conflicts: Mapping[str, bool],
    denials: Mapping[str, str],
) -> dict[str, str]:
    """What is said about the hints that were denied; every one of them must be."""
    hinted = queries.hints_for(proceeding, actor)
    denied = [c for c in candidacies if c.ref in hinted and not conflicts[c.ref]]
    if mute := [c for c in denied if not denials.get(c.ref)]:
        numbers = tuple(c.number for c in mute)
        raise DENIAL_MISSING.refuse(HOUSE["H-35"].basis, at_field=f"{mute[0].ref}-denial", numbers=numbers)
    return {c.ref: denials[c.ref] for c in denied}


def recuse(*, actor: Actor, candidacy: Candidacy, ground: str, text: str) -> Recusal:
    """A member leaves an application before the decision: their scores of it are void. Refuses
    `recusal_ground_unknown`, `recused_already`, `interests_first`."""
    proceeding, candidacy = lock(candidacy.proceeding, candidacy)
    refuse_if_any(may(PROCEEDING, proceeding, "recuse", actor))
    seat = seat_of(proceeding.commission, actor)
    assert seat is not None
    return _recuse(proceeding, candidacy, seat, "recuse", ground, text, actor)


def prove_recusal(*, actor: Actor, candidacy: Candidacy, member: Member, ground: str, text: str) -> Recusal:
    """The chair establishes that a member may not decide on an application, with ground and reason: the member's
    scores of it are void. Refuses as `recuse` does, and `not_of_this_lot`."""
    proceeding, candidacy = lock(candidacy.proceeding, candidacy)
    refuse_if_any(may(PROCEEDING, proceeding, "prove_recusal", actor))
    if member.commission_id != proceeding.commission_id or member.seat not in VOTING:
        raise NOT_THEIR_CANDIDACY.refuse(HOUSE["H-16"].basis)
    return _recuse(proceeding, candidacy, member, "prove_recusal", ground, text, actor)


def _recuse(
    proceeding: Proceeding, candidacy: Candidacy, seat: Member, verb: str, ground: str, text: str, actor: Actor
) -> Recusal:
    if ground not in set(RecusalGround):
        raise UNKNOWN_RECUSAL.refuse(HOUSE["H-12"].basis, at_field="ground", grounds=tuple(RecusalGround))
    fault = may_read(candidacy, seat)
    if fault is not None and fault.code == NOT_DECLARED.code:
        raise Refused(fault)
    if fault is not None and fault.code == HAS_INTEREST.code:
        raise RECUSED_ALREADY.refuse(HOUSE["H-12"].basis)
    record = perform(
        PROCEEDING,
        proceeding,
        verb,
        actor=actor,
        public={"candidacy": candidacy.ref, "ground": ground},
        private={"member": seat.name, "text": text},
    )
    recusal = Recusal.objects.create(
        member=seat,
        candidacy=candidacy,
        ground=ground,
        text=text,
        proven=verb == "prove_recusal",
        at=actor.at,
        act_id=record.pk,
    )
    after_change(proceeding, actor, record)
    return recusal
