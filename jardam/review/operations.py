"""The verbs of the review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from hashlib import sha256
from typing import Any

from jardam.contests import operations as contests
from jardam.contests.models import Contest, Lot
from jardam.contests.queries import opened_applications
from jardam.contests.rules import Content
from jardam.documents import operations as documents
from jardam.documents.queries import signatures
from jardam.fields import in_language
from jardam.journal.models import Record
from jardam.journal.operations import bulk_facts, lock, perform, register_number
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor, system
from jardam.kernel.canonical import HASH_V, canonical, digest, plain
from jardam.kernel.money import Money
from jardam.kernel.refusal import Refused, refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.regime import operations as regime
from jardam.rulebook import methods
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement

from . import papers, queries
from .models import Award, Candidacy, Commission, Interest, Member, Proceeding, Protocol, ScoreSheet
from .policy import CANDIDACY, COMMISSION, PROCEEDING, PROTOCOL, may_read, seat_of
from .rules import (
    ALREADY_DECLARED,
    APPROVAL_MISSING,
    DECLARE_ALL,
    SCORED_ALREADY,
    SIGNED_ALREADY,
    TOO_FEW_SCORERS,
    UNKNOWN_GROUND,
    MemberEntry,
    Placing,
    Seat,
    Vote,
    commission_faults,
    in_order,
    place,
    score_faults,
    vote_faults,
)

_OUTCOME_VERB = {"awarded": "award", "reserve": "put_on_reserve", "not_awarded": "pass_over"}


# --- commission and interests ----------------------------------------------------------------------------------


def appoint_commission(
    *, actor: Actor, contest: Contest, order_number: str, ordered_on: date, members: Sequence[MemberEntry]
) -> Commission:
    """Appoint the commission of a contest by the customer's order. Refuses `commission_too_small`,
    `commission_too_large`, `civil_share_too_small`, `commission_even`, `commission_needs_one_chair`,
    `member_twice`."""
    refuse_if_any(commission_faults(members, contest.settlement))
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
    Member.objects.bulk_create(
        Member(
            commission=commission,
            person_id=m.person_id,
            mandate_id=m.mandate_id,
            organisation_id=m.organisation_id,
            name=m.name,
            side=m.side,
            seat=m.seat,
            act_id=record.pk,
        )
        for m in members
    )
    return commission


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
        _advance(proceeding, "close_interests", actor, record)
        _advance(proceeding, "skip_scoring", actor, record)
    return proceeding


def _invite(
    proceeding: Proceeding, contest: Contest, clock: Sequence[tuple[str, Any]], act: Record, actor: Actor
) -> None:
    """The paper that calls the commission together; read by its members and the customer until it is published."""
    members = list(proceeding.commission.members.order_by("id"))
    days = [(stage, end.due_on.isoformat() if end.due_on else "") for stage, end in clock]
    documents.issue(
        kind="invitation",
        number=_paper_number("I", contest, actor),
        thing=proceeding,
        issuer=contest.customer.title,
        build=partial(papers.invitation, proceeding, contest, members, days),
        act=act,
        actor=actor,
        public=False,
    )


def _paper_number(series: str, contest: Contest, actor: Actor) -> str:
    customer = contest.customer
    return register_number(series, customer.code or customer.ref, bishkek_day(actor.at).year, customer.jurisdiction)


def _advance(proceeding: Proceeding, verb: str, actor: Actor, cause: Record) -> bool:
    """Let the proceeding take its next step by itself when nothing stands against it any more."""
    clockwork = system(actor.at)
    if may(PROCEEDING, proceeding, verb, clockwork):
        return False
    perform(PROCEEDING, proceeding, verb, actor=clockwork, cause=cause)
    return True


def declare_interests(*, actor: Actor, proceeding: Proceeding, conflicts: Mapping[str, bool]) -> None:
    """A member declares about every applicant at once: candidacy ref → has an interest. The last declaration opens
    the files. Refuses `already_declared`, `declare_about_each`."""
    (proceeding,) = lock(proceeding)
    refuse_if_any(may(PROCEEDING, proceeding, "declare_interests", actor))
    seat = seat_of(proceeding.commission, actor)
    candidacies = list(proceeding.candidacies.order_by("id"))
    if seat and Interest.objects.filter(member=seat, candidacy__proceeding=proceeding).exists():
        raise ALREADY_DECLARED.refuse(HOUSE["H-12"].basis)
    if missing := tuple(c.number for c in candidacies if c.ref not in conflicts):
        raise DECLARE_ALL.refuse(HOUSE["H-12"].basis, missing=missing)
    rows = [[c.ref, conflicts[c.ref]] for c in candidacies]
    record = perform(PROCEEDING, proceeding, "declare_interests", actor=actor, public=bulk_facts(rows))
    Interest.objects.bulk_create(
        Interest(member=seat, candidacy=c, conflicted=conflicts[c.ref], act_id=record.pk) for c in candidacies
    )
    _advance(proceeding, "close_interests", actor, record)


# --- admissibility ---------------------------------------------------------------------------------------------


def admit(*, actor: Actor, candidacy: Candidacy) -> Candidacy:
    """Admit an application to the scoring."""
    return _screen(candidacy, "admit", actor, {}, {})


def reject(*, actor: Actor, candidacy: Candidacy, ground: str, text: str) -> Candidacy:
    """Reject an application on a coded ground of `adm.grounds`, with the reason in words. Refuses `ground_unknown`."""
    settlement = candidacy.proceeding.commission.contest.settlement
    known = tuple(g.code for g in settlement.value("adm.grounds"))
    if ground not in known:
        raise UNKNOWN_GROUND.refuse(settlement.basis("adm.grounds"), at_field="ground", grounds=known)
    changes = {"ground": ground, "ground_text": text}
    return _screen(candidacy, "reject", actor, {"ground": ground}, changes)


def _screen(
    candidacy: Candidacy, verb: str, actor: Actor, public: dict[str, Any], changes: dict[str, Any]
) -> Candidacy:
    proceeding, candidacy = lock(candidacy.proceeding, candidacy)
    if proceeding.state != "admissibility":
        raise Refused(*may(PROCEEDING, proceeding, "start_scoring", system(actor.at)))
    record = perform(CANDIDACY, candidacy, verb, actor=actor, public=public, changes=changes)
    if _advance(proceeding, "start_scoring", actor, record):
        _advance(proceeding, "reveal", actor, record)  # when every member has an interest in every application
    else:
        facts = PROCEEDING.facts(proceeding, actor)
        if not facts.undecided:
            _advance(proceeding, "skip_scoring", actor, record)
    return candidacy


# --- scores ----------------------------------------------------------------------------------------------------


def read_candidacy(*, actor: Actor, candidacy: Candidacy, purpose: str = "review") -> Content:
    """Open an application for a member (or for whoever screens it for the customer); the look is recorded. Refuses
    `member_has_interest`, `interests_first`."""
    commission = candidacy.proceeding.commission
    seat = seat_of(commission, actor)
    if seat is not None and seat.seat != Seat.SECRETARY:
        refuse_if_any([fault for fault in (may_read(candidacy, seat),) if fault])
    else:
        refuse_if_any([f for f in (CANDIDACY.permissions["admit"].refusal(actor, candidacy),) if f])
    return contests.read_application(actor=actor, application=candidacy.application, purpose=purpose)


def submit_scores(*, actor: Actor, candidacy: Candidacy, scores: Mapping[str, tuple[Decimal, str]]) -> ScoreSheet:
    """Hand in one member's scores of one candidacy: criterion → (score, reason). Locked from now on, sealed until all
    are in; the last sheet reveals them. Refuses `scores_incomplete`, `score_reason_missing`, `scored_already`,
    `member_has_interest`. Rulebook: `eval.criteria`, `eval.score_step`, `eval.comment_required`."""
    proceeding, candidacy = lock(candidacy.proceeding, candidacy)
    refuse_if_any(may(PROCEEDING, proceeding, "submit_scores", actor))
    seat = seat_of(proceeding.commission, actor)
    assert seat is not None
    refuse_if_any([fault for fault in (may_read(candidacy, seat),) if fault])
    refuse_if_any(score_faults(scores, proceeding.commission.contest.settlement))
    if ScoreSheet.objects.filter(member=seat, candidacy=candidacy).exists():
        raise SCORED_ALREADY.refuse(HOUSE["H-20"].basis)
    data = {code: {"score": str(score), "reason": reason} for code, (score, reason) in scores.items()}
    sealed = documents.seal_content(candidacy.score_label, f"m{seat.pk}", data)
    # The hash of the sealed bytes: it tells nothing of the scores, and that they are still the ones handed in.
    public = {"sheets": 1, "sealed_sha256": sha256(sealed).hexdigest()}
    record = perform(PROCEEDING, proceeding, "submit_scores", actor=actor, public=public)
    sheet = ScoreSheet.objects.create(member=seat, candidacy=candidacy, sealed=sealed, act_id=record.pk, at=actor.at)
    _advance(proceeding, "reveal", actor, record)
    return sheet


# --- decision and protocol -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sitting:
    """What the secretary enters of a sitting: who was there (person ids), how they voted, lots that were drawn."""

    held_on: date
    present: frozenset[int]
    votes_for: int
    votes_against: int
    abstained: int
    chair_for: bool | None
    drawing: Mapping[str, int]  # candidacy ref → place drawn, for ties the rules leave open
    dissent: str = ""


def decide(*, actor: Actor, proceeding: Proceeding, sitting: Sitting) -> Protocol:
    """Record the sitting and generate its protocol from the records: attendance, recusals, scores, ranking, awards.

    Awards take effect when the protocol is published. Refuses `no_quorum`, `vote_not_carried`, `tie_left_open`,
    `too_few_scorers`, `votes_exceed_present`. Rulebook: `com.quorum`, `com.majority`, `eval.*`, `dec.reserve_list`.
    """
    (proceeding,) = lock(proceeding)
    refuse_if_any(may(PROCEEDING, proceeding, "decide", actor))
    contest = proceeding.commission.contest
    settlement = contest.settlement
    members = list(proceeding.commission.members.order_by("id"))
    recused = queries.recused_members(proceeding)
    refuse_if_any(vote_faults(_vote(sitting, members, recused), settlement))
    candidates = queries.candidates(proceeding)
    _refuse_few_scorers(candidates, settlement)
    ranking = methods.rank((c.entry(sitting.drawing) for c in candidates), settlement)
    order = in_order(ranking, sitting.drawing)
    requested = {c.ref: c.requested for c in candidates}
    reserve = settlement.flag("dec.reserve_list")
    placings = place(order, requested, money=proceeding.lot.amount, reserve=reserve)
    content = _protocol_content(proceeding, sitting, members, recused, candidates, ranking, placings)
    record = perform(
        PROCEEDING,
        proceeding,
        "decide",
        actor=actor,
        public={"for": sitting.votes_for, "against": sitting.votes_against, "sha256": digest(content)},
        edition=contest.edition,
        acted_on=sitting.held_on,
    )
    customer = contest.customer
    number = register_number("P", customer.code or customer.ref, bishkek_day(actor.at).year, customer.jurisdiction)
    protocol = Protocol(
        number=number,
        proceeding=proceeding,
        content=canonical(content),
        content_sha256=digest(content),
        hash_v=HASH_V,
    )
    public = {"number": number, "content_sha256": protocol.content_sha256}
    perform(PROTOCOL, protocol, "draft_protocol", actor=actor, public=public, cause=record)
    return protocol


def _vote(sitting: Sitting, members: list[Member], recused: dict[int, list[str]]) -> Vote:
    voting = [m for m in members if m.seat != Seat.SECRETARY]
    entitled = [m for m in voting if m.pk not in recused]
    return Vote(
        appointed=len(voting),
        recused=len(voting) - len(entitled),
        present=sum(1 for m in entitled if m.person_id in sitting.present),
        votes_for=sitting.votes_for,
        votes_against=sitting.votes_against,
        abstained=sitting.abstained,
        chair_for=sitting.chair_for,
    )


def _refuse_few_scorers(candidates: Sequence[queries.Candidate], settlement: Settlement) -> None:
    needed = settlement.number("eval.min_scorers")
    short = tuple(c.number for c in candidates if c.scorers < needed)
    if short:
        raise TOO_FEW_SCORERS.refuse(settlement.basis("eval.min_scorers"), needed=needed, numbers=short)


def _protocol_content(
    proceeding: Proceeding,
    sitting: Sitting,
    members: list[Member],
    recused: dict[int, list[str]],
    candidates: Sequence[queries.Candidate],
    ranking: methods.Ranking,
    placings: Sequence[Placing],
) -> dict[str, Any]:
    """The protocol as data (schema jardam-protocol/1): all that is hashed, signed and published."""
    contest = proceeding.commission.contest
    publish_scores = contest.settlement.flag("dec.publish_scores")
    by_ref = {c.ref: c for c in candidates}
    totals = {ref: place.total for place in ranking.places for ref in place.refs}
    failed = {ref: place.failed_on for place in ranking.places for ref in place.refs}
    rejected = proceeding.candidacies.filter(state="rejected").select_related("application__applicant")
    return {
        "schema": "jardam-protocol/1",
        "contest": contest.number,
        "lot": proceeding.lot.number,
        "edition": contest.edition,
        "rules": contest.edition_sha256,
        "held_on": sitting.held_on,
        "order": proceeding.commission.order_number,
        "members": [
            {
                "name": m.name,
                "side": m.side,
                "seat": m.seat,
                "present": m.person_id in sitting.present,
                "recused": recused.get(m.pk, []),
            }
            for m in members
        ],
        "vote": {
            "for": sitting.votes_for,
            "against": sitting.votes_against,
            "abstained": sitting.abstained,
            "dissent": sitting.dissent,
        },
        "ranking": [
            {
                "candidacy": p.ref,
                "number": by_ref[p.ref].number,
                "applicant": by_ref[p.ref].applicant,
                "title": by_ref[p.ref].title,
                "requested": Money(by_ref[p.ref].requested),
                "total": totals[p.ref],
                "points": by_ref[p.ref].points(contest.settlement) if publish_scores else {},
                "failed_on": failed[p.ref],
                "rank": p.rank,
                "outcome": p.outcome,
                "amount": Money(p.amount),
            }
            for p in placings
        ],
        "tie_breaks": ranking.as_plain()["tie_breaks"],
        "drawing": dict(sitting.drawing),
        "rejected": [
            {
                "number": c.number,
                "applicant": in_language(c.application.applicant.title, "ru"),
                "ground": c.ground,
                "text": c.ground_text,
            }
            for c in rejected.order_by("id")
        ],
    }


def sign_protocol(*, actor: Actor, protocol: Protocol) -> Protocol:
    """A member who sat signs the protocol's hash; the last signature completes it. Refuses `signed_already`."""
    _, protocol = lock(protocol.proceeding, protocol)
    if actor.person_id in queries.signed_by(protocol):
        raise SIGNED_ALREADY.refuse(HOUSE["H-26"].basis)
    record = perform(
        PROTOCOL,
        protocol,
        "sign_protocol",
        actor=actor,
        public={"content_sha256": protocol.content_sha256},
    )
    seat = seat_of(protocol.proceeding.commission, actor)
    documents.sign(
        object_kind="protocol",
        object_id=protocol.pk,
        content_sha256=protocol.content_sha256,
        side=seat.seat if seat else "member",
        actor=actor,
        act=record,
    )
    if not queries.signatures_missing(protocol):
        perform(PROTOCOL, protocol, "complete_signatures", actor=system(actor.at), cause=record)
    return protocol


def publish_protocol(*, actor: Actor, protocol: Protocol, approval_order: str = "") -> Protocol:
    """Publish: awards take effect, the standstill begins, what was not awarded goes back to its measure.

    `approval_order`: number of the head's order where `dec.approval_act` asks for one; else refuses
    `approval_missing`. Rulebook: `appeal.standstill_term` (H-03).
    """
    proceeding, protocol = lock(protocol.proceeding, protocol)
    contest = proceeding.commission.contest
    settlement = contest.settlement
    if settlement.choice("dec.approval_act") == "order_of_head" and not approval_order:
        raise APPROVAL_MISSING.refuse(settlement.basis("dec.approval_act"), at_field="approval_order")
    standstill = regime.deadline_or_none(settlement, "appeal.standstill_term", actor.at)
    signing_from = standstill.at if standstill else actor.at
    record = perform(
        PROTOCOL,
        protocol,
        "publish_protocol",
        actor=actor,
        public={"number": protocol.number, "approval": approval_order, "signing_from": signing_from},
        edition=contest.edition,
        changes={"published_at": actor.at, "signing_from": signing_from},
    )
    awarded = sum((_award(row, protocol, actor, record) for row in queries.ranking_rows(protocol)), Decimal(0))
    contests.release_rest(lot=proceeding.lot, awarded=awarded, act=record)
    perform(PROCEEDING, proceeding, "mark_published", actor=actor, cause=record)
    if not queries.lots_without_protocol(contest):
        contests.mark_decided(contest=contest, actor=actor, cause=record)
    _issue_protocol(protocol, contest, record, actor)
    _issue_letters(protocol, contest, record, actor)
    return protocol


def _issue_protocol(protocol: Protocol, contest: Contest, act: Record, actor: Actor) -> None:
    content = queries.content_of(protocol)
    signed = signatures("protocol", protocol.pk, protocol.content_sha256)
    documents.issue(
        kind="protocol",
        number=protocol.number,
        thing=protocol,
        issuer=contest.customer.title,
        build=partial(papers.protocol, protocol, content, contest, signed),
        facts={"content_sha256": protocol.content_sha256},
        act=act,
        actor=actor,
    )


def _issue_letters(protocol: Protocol, contest: Contest, act: Record, actor: Actor) -> None:
    """One to each applicant of the lot."""
    content = queries.content_of(protocol)
    rows = {row["number"]: row for row in (*content["ranking"], *content["rejected"])}
    candidacies = protocol.proceeding.candidacies.select_related("application__applicant").order_by("id")
    for candidacy in candidacies:
        if candidacy.number not in rows:
            continue
        applicant = candidacy.application.applicant
        documents.issue(
            kind="letter",
            number=_paper_number("L", contest, actor),
            thing=candidacy.application,
            issuer=contest.customer.title,
            build=partial(papers.letter, contest, protocol, rows[candidacy.number], applicant.title),
            facts={"protocol": protocol.number, "protocol_sha256": protocol.content_sha256},
            act=act,
            actor=actor,
            public=False,
        )


def _award(row: dict[str, Any], protocol: Protocol, actor: Actor, cause: Record) -> Decimal:
    """Carry out one row of the protocol; the amount it awards, in som."""
    candidacy = Candidacy.objects.select_related("application").get(ref=row["candidacy"])
    (candidacy,) = lock(candidacy)
    amount = Decimal(row["amount"].split()[0])
    record = perform(
        CANDIDACY,
        candidacy,
        _OUTCOME_VERB[row["outcome"]],
        actor=actor,
        public={"rank": row["rank"], "amount": amount},
        cause=cause,
    )
    if row["outcome"] == "awarded":
        Award.objects.create(
            candidacy=candidacy,
            protocol=protocol,
            applicant_id=candidacy.application.applicant_id,
            project_title=row["title"],
            rank=row["rank"],
            amount=amount,
            requested=Decimal(row["requested"].split()[0]),
            act_id=record.pk,
        )
    return amount
