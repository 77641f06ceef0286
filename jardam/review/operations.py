"""The verbs of the review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from hashlib import sha256
from typing import Any

from jardam.contests import operations as contests
from jardam.contests.models import Application, Contest, Lot
from jardam.contests.queries import opened_applications
from jardam.contests.rules import Content
from jardam.documents import operations as documents
from jardam.documents.models import File
from jardam.documents.queries import signatures
from jardam.fields import in_language
from jardam.journal.models import Record
from jardam.journal.operations import bulk_facts, lock, perform, register_number
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor, system
from jardam.kernel.canonical import HASH_V, canonical, digest, plain
from jardam.kernel.money import Money
from jardam.kernel.refusal import Refusal, Refused, refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.parties import queries as parties
from jardam.parties.models import Organisation
from jardam.regime import operations as regime
from jardam.rulebook import methods
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement

from . import papers, queries
from .models import (
    Adjournment,
    Appeal,
    AppealPanel,
    Award,
    Candidacy,
    Commission,
    Cut,
    Departure,
    Erratum,
    Interest,
    Member,
    Mending,
    PanelMember,
    Proceeding,
    Protocol,
    Recusal,
    ReserveCall,
    Returned,
    ScoreSheet,
)
from .policy import (
    APPEAL,
    APPEAL_PANEL,
    CANDIDACY,
    COMMISSION,
    CUT,
    ERRATUM,
    MENDING,
    PROCEEDING,
    PROTOCOL,
    last_panel,
    may_read,
    may_read_appeal,
    seat_has_scored,
    seat_of,
)
from .rules import (
    ALREADY_DECLARED,
    ANSWER_EMPTY,
    APPROVAL_MISSING,
    BEFORE_LAST_SITTING,
    CHAIR_ABSENT,
    CUT_OPEN,
    DECLARE_ALL,
    DENIAL_MISSING,
    DOCUMENT,
    HAS_INTEREST,
    ITEM_VOTES_MISSING,
    LEFT_ALREADY,
    MEND_FIRST,
    NO_CUT_NOW,
    NO_FILE,
    NO_RESERVE,
    NOT_CARRIED,
    NOT_DECLARED,
    NOT_FAULTED,
    NOT_FROM_RESERVE,
    NOT_THEIR_CANDIDACY,
    NOTHING_TO_APPEAL,
    QUORUM_THERE,
    RECUSED_ALREADY,
    REPLACED,
    RESERVE_OVER,
    RESERVE_TOO_DEAR,
    RESERVE_WAITS,
    SCORED_ALREADY,
    SIGNED_ALREADY,
    SITTING_IN_FUTURE,
    TOO_FEW_SCORERS,
    TWICE,
    UNKNOWN_GROUND,
    UNKNOWN_RECUSAL,
    UNKNOWN_UNEXAMINED,
    VOTING,
    MandateFacts,
    MemberEntry,
    Placing,
    RecusalGround,
    Seat,
    Step,
    Subject,
    Unexamined,
    Vote,
    commission_faults,
    consequence,
    cut_faults,
    earliest,
    erratum_faults,
    fault_faults,
    in_order,
    mended,
    panel_faults,
    place,
    quorum_faults,
    return_faults,
    score_faults,
    seat_faults,
    vote_faults,
)

_OUTCOME_VERB = {"awarded": "award", "reserve": "put_on_reserve", "not_awarded": "pass_over"}


# --- commission and interests ----------------------------------------------------------------------------------


def appoint_commission(
    *, actor: Actor, contest: Contest, order_number: str, ordered_on: date, members: Sequence[MemberEntry]
) -> Commission:
    """Appoint the commission of a contest by the customer's order. Refuses `commission_too_small`,
    `commission_too_large`, `civil_share_too_small`, `commission_even`, `commission_needs_one_chair`,
    `member_twice`, `seat_without_mandate`, `seat_wrong_side`."""
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


def declare_interests(
    *, actor: Actor, proceeding: Proceeding, conflicts: Mapping[str, bool], denials: Mapping[str, str] | None = None
) -> None:
    """A member declares about every applicant at once: candidacy ref → has an interest. The last declaration opens
    the files; a successor declares whenever they come. `denials`: why there is no interest, where the registers
    suggest one. Refuses `already_declared`, `declare_about_each`, `interest_denial_unexplained` (H-35)."""
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
    record = perform(
        PROCEEDING, proceeding, "declare_interests", actor=actor, public=bulk_facts(rows), private=said or None
    )
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
    if not _advance(proceeding, "close_interests", actor, record) and not _advance(
        proceeding, "reopen_scoring", actor, record
    ):
        _advance(proceeding, "reveal", actor, record)


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


# --- admissibility ---------------------------------------------------------------------------------------------


def admit(*, actor: Actor, candidacy: Candidacy) -> Candidacy:
    """Admit an application to the scoring."""
    return _screen(candidacy, "admit", actor, {}, {})


def reject(*, actor: Actor, candidacy: Candidacy, ground: str, text: str) -> Candidacy:
    """Reject an application on a coded ground of `adm.grounds`, with the reason in words. Refuses `ground_unknown`,
    and `mending_first` for a curable fault nobody was asked to mend yet (H-02)."""
    settlement = candidacy.proceeding.commission.contest.settlement
    known = {g.code: g for g in settlement.value("adm.grounds")}
    if ground not in known:
        raise UNKNOWN_GROUND.refuse(settlement.basis("adm.grounds"), at_field="ground", grounds=tuple(known))
    if known[ground].curable and settlement.flag("adm.mending") and not queries.had_chance_to_mend(candidacy):
        raise MEND_FIRST.refuse(HOUSE["H-02"].basis, at_field="ground")
    changes = {"ground": ground, "ground_text": text}
    return _screen(candidacy, "reject", actor, {"ground": ground}, changes)


def _screen(
    candidacy: Candidacy, verb: str, actor: Actor, public: dict[str, Any], changes: dict[str, Any]
) -> Candidacy:
    proceeding, candidacy = lock(candidacy.proceeding, candidacy)
    if proceeding.state != "admissibility":
        raise Refused(*may(PROCEEDING, proceeding, "start_scoring", system(actor.at)))
    record = perform(CANDIDACY, candidacy, verb, actor=actor, public=public, changes=changes)
    _screened(proceeding, actor, record)
    return candidacy


def _screened(proceeding: Proceeding, actor: Actor, record: Record) -> None:
    """When the last application is admitted or rejected, the lot goes on by itself."""
    if _advance(proceeding, "start_scoring", actor, record):
        _advance(proceeding, "reveal", actor, record)  # when every member has an interest in every application
    else:
        facts = PROCEEDING.facts(proceeding, actor)
        if not facts.undecided:
            _advance(proceeding, "skip_scoring", actor, record)


# --- scores ----------------------------------------------------------------------------------------------------


def read_candidacy(*, actor: Actor, candidacy: Candidacy, purpose: str = "review") -> Content:
    """Open an application for a member (or for whoever screens it for the customer); the look is recorded. Refuses
    `member_has_interest`, `interests_first`."""
    refuse_if_any(_reading_faults(candidacy, actor))
    return contests.read_application(actor=actor, application=candidacy.application, purpose=purpose)


def read_candidacy_file(
    *, actor: Actor, candidacy: Candidacy, ref: str, purpose: str = "review"
) -> tuple[dict[str, Any], bytes]:
    """A document of an application, for whoever may read the application; the look is recorded. Refuses
    `member_has_interest`, `interests_first`."""
    refuse_if_any(_reading_faults(candidacy, actor))
    return contests.read_file(actor=actor, application=candidacy.application, ref=ref, purpose=purpose)


def _reading_faults(candidacy: Candidacy, actor: Actor) -> list[Refusal]:
    seat = seat_of(candidacy.proceeding.commission, actor)
    if seat is not None and seat.seat != Seat.SECRETARY:
        fault = may_read(candidacy, seat)
    else:
        fault = CANDIDACY.permissions["admit"].refusal(actor, candidacy)
    return [fault] if fault else []


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
    if seat_has_scored(proceeding, candidacy, seat):
        raise SCORED_ALREADY.refuse(HOUSE["H-20"].basis)
    data = {code: {"score": str(score), "reason": reason} for code, (score, reason) in scores.items()}
    sheet = ScoreSheet(member=seat, candidacy=candidacy, round=candidacy.round, at=actor.at)
    sheet.sealed = sealed = documents.seal_content(candidacy.score_label, sheet.part, data)
    # The hash of the sealed bytes: it tells nothing of the scores, and that they are still the ones handed in.
    public = {"sheets": 1, "sealed_sha256": sha256(sealed).hexdigest()}
    record = perform(PROCEEDING, proceeding, "submit_scores", actor=actor, public=public)
    sheet.act_id = record.pk
    sheet.save(force_insert=True)
    _advance(proceeding, "reveal", actor, record)
    return sheet


# --- decision and protocol -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemVote:
    """The vote on one application; heads of the members who are not recused from it."""

    votes_for: int
    votes_against: int
    abstained: int
    chair_for: bool | None = None


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
    items: Mapping[str, ItemVote] = field(default_factory=dict)  # where dec.award_rule has each application voted on


def decide(*, actor: Actor, proceeding: Proceeding, sitting: Sitting) -> Protocol:
    """Record the sitting and generate its protocol from the records: attendance, recusals, scores, ranking, awards.

    Awards take effect when the protocol is published. Refuses `no_quorum`, `vote_not_carried`, `tie_left_open`,
    `too_few_scorers`, `votes_exceed_present`, `chair_absent`, `item_votes_missing`, `cut_unanswered`,
    `sitting_before_last`, `sitting_in_future`, `commission_term_over`, `declarations_missing`.
    Rulebook: `com.quorum`, `com.majority`, `com.term`, `eval.*`, `dec.award_rule`, `dec.reserve_list`.
    """
    (proceeding,) = lock(proceeding)
    refuse_if_any(may(PROCEEDING, proceeding, "decide", actor))
    contest = proceeding.commission.contest
    settlement = contest.settlement
    members = queries.members(proceeding.commission)
    recused = queries.recused_members(proceeding)
    refuse_if_any(_sitting_faults(proceeding, sitting, actor))
    candidates = queries.candidates(proceeding)
    item_votes, voted_down = _item_votes(proceeding, sitting, members, recused, candidates)
    _refuse_few_scorers(candidates, settlement)
    cuts = _settle_cuts(proceeding, actor)
    ranking = methods.rank((c.entry(sitting.drawing) for c in candidates), settlement)
    order = in_order(ranking, sitting.drawing)
    requested = {c.ref: c.requested for c in candidates} | {r: cut.amount for r, cut in cuts.items() if cut.is_agreed}
    placings = place(
        order,
        requested,
        money=proceeding.lot.amount,
        reserve=settlement.flag("dec.reserve_list"),
        aside=frozenset(ref for ref, cut in cuts.items() if not cut.is_agreed),
        rejected=voted_down,
    )
    content = _protocol_content(proceeding, sitting, members, recused, candidates, ranking, placings) | {
        "sitting": _sitting_number(proceeding),
        "adjourned": [[one.held_on, one.present, one.needed] for one in queries.adjournments_of(proceeding)],
        "agenda": [c.number for c in candidates],
        "items": item_votes,
        "consequence": consequence(
            settlement,
            admitted=proceeding.candidacies.filter(state="admitted").count(),
            scored=len(candidates),
            passed=sum(1 for _, passed in order if passed),
        ),
    }
    content |= _replaced(proceeding)
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
        round=proceeding.round,
        content=canonical(content),
        content_sha256=digest(content),
        hash_v=HASH_V,
    )
    public = {"number": number, "content_sha256": protocol.content_sha256}
    perform(PROTOCOL, protocol, "draft_protocol", actor=actor, public=public, cause=record)
    return protocol


def _vote(sitting: Sitting, members: list[Member], recused: dict[int, list[str]]) -> Vote:
    voting = [m for m in members if m.seat in VOTING]
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


def _sitting_faults(proceeding: Proceeding, sitting: Sitting, actor: Actor) -> list[Refusal]:
    """Whether a sitting could have been held on that day."""
    faults = []
    last = proceeding.adjournments.order_by("-number").first()
    if last is not None and sitting.held_on < last.held_on:
        faults.append(BEFORE_LAST_SITTING.refusal(HOUSE["H-17"].basis, at_field="held_on", day=last.held_on))
    if sitting.held_on > bishkek_day(actor.at):
        faults.append(SITTING_IN_FUTURE.refusal(HOUSE["H-17"].basis, at_field="held_on"))
    return faults


def _item_votes(
    proceeding: Proceeding,
    sitting: Sitting,
    members: list[Member],
    recused: dict[int, list[str]],
    candidates: Sequence[queries.Candidate],
) -> tuple[list[dict[str, Any]], frozenset[str]]:
    """The vote on each application, with the quorum counted anew after its own recusals; and the refs that were not
    carried. One vote on the whole, which must be carried, where the ranking binds the sitting (`dec.award_rule`)."""
    settlement = proceeding.commission.contest.settlement
    if settlement.choice("dec.award_rule") == "ranking_binds":
        refuse_if_any(vote_faults(_vote(sitting, members, recused), settlement))
        _refuse_absent_chair(sitting.chair_for, sitting, members, recused)
        return [], frozenset()
    if missing := tuple(c.number for c in candidates if c.ref not in sitting.items):
        raise ITEM_VOTES_MISSING.refuse(settlement.basis("dec.award_rule"), numbers=missing)
    rows, down = [], set()
    for one in candidates:
        given = sitting.items[one.ref]
        own = {pk: numbers for pk, numbers in recused.items() if one.number in numbers}
        _refuse_absent_chair(given.chair_for, sitting, members, own)
        vote = _vote(_as_sitting(sitting, given), members, own)
        faults = vote_faults(vote, settlement)
        refuse_if_any([f for f in faults if f.code != NOT_CARRIED.code])
        if faults:
            down.add(one.ref)
        rows.append(
            {
                "candidacy": one.ref,
                "number": one.number,
                "recused": [m.name for m in members if m.pk in own],
                "present": vote.present,
                "for": given.votes_for,
                "against": given.votes_against,
                "abstained": given.abstained,
                "carried": not faults,
            }
        )
    return rows, frozenset(down)


def _as_sitting(sitting: Sitting, given: ItemVote) -> Sitting:
    return replace(
        sitting,
        votes_for=given.votes_for,
        votes_against=given.votes_against,
        abstained=given.abstained,
        chair_for=given.chair_for,
    )


def _refuse_absent_chair(
    chair_for: bool | None, sitting: Sitting, members: list[Member], recused: Mapping[int, list[str]]
) -> None:
    """A casting vote is the chair's own: absent or recused there is none."""
    chair = next((m for m in members if m.seat == Seat.CHAIR), None)
    if chair_for is not None and chair and (chair.person_id not in sitting.present or chair.pk in recused):
        raise CHAIR_ABSENT.refuse(HOUSE["H-12"].basis, at_field="chair_for", name=chair.name)


def _sitting_number(proceeding: Proceeding) -> int:
    return proceeding.adjournments.count() + 1


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
            if m.seat != Seat.RESERVE
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
    `approval_missing`. Rulebook: `appeal.standstill_term`, `appeal.term`, `appeal.suspensive` (H-03).
    """
    proceeding, protocol = lock(protocol.proceeding, protocol)
    contest = proceeding.commission.contest
    settlement = contest.settlement
    if settlement.choice("dec.approval_act") == "order_of_head" and not approval_order:
        raise APPROVAL_MISSING.refuse(settlement.basis("dec.approval_act"), at_field="approval_order")
    standstill = regime.deadline_or_none(settlement, "appeal.standstill_term", actor.at)
    signing_from = standstill.at if standstill else actor.at
    appeal_until = _appeal_until(settlement, actor.at)
    if appeal_until and settlement.flag("appeal.suspensive"):
        signing_from = max(signing_from, appeal_until)
    record = perform(
        PROTOCOL,
        protocol,
        "publish_protocol",
        actor=actor,
        public={
            "number": protocol.number,
            "approval": approval_order,
            "signing_from": signing_from,
            "appeal_until": appeal_until,
        },
        edition=contest.edition,
        changes={"published_at": actor.at, "signing_from": signing_from, "appeal_until": appeal_until},
    )
    awarded = sum((_award(row, protocol, actor, record) for row in queries.ranking_rows(protocol)), Decimal(0))
    contests.release_rest(lot=proceeding.lot, awarded=awarded, act=record)
    perform(PROCEEDING, proceeding, "mark_published", actor=actor, cause=record)
    if not queries.lots_without_protocol(contest):
        contests.mark_decided(contest=contest, actor=actor, cause=record, outcomes=queries.outcomes_of(contest))
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


# --- appeals ---------------------------------------------------------------------------------------------------


def _appeal_until(settlement: Settlement, at: datetime) -> datetime | None:
    return regime.deadline(settlement, "appeal.term", at).at if settlement.flag("appeal.allowed") else None


def appoint_panel(
    *,
    actor: Actor,
    contest: Contest,
    body: Organisation,
    order_number: str,
    ordered_on: date,
    members: Sequence[MemberEntry],
) -> AppealPanel:
    """Appoint those who answer appeals in a contest, by an order of *body*. A later panel takes over what nobody has
    taken up. Refuses `panel_took_decision`, `panel_has_interest`, `panel_of_wrong_body`,
    `commission_needs_one_chair`, `member_twice`. Rulebook: `appeal.body` (H-36)."""
    panel = AppealPanel(contest=contest, body=body, order_number=order_number, ordered_on=ordered_on)
    refuse_if_any(may(APPEAL_PANEL, panel, "appoint_panel", actor))
    refuse_if_any(panel_faults(members, queries.panel_facts(contest, body.pk), contest.settlement))
    public = {"order": order_number, "body": body.ref, "seats": [[m.name, m.seat] for m in members]}
    record = perform(
        APPEAL_PANEL,
        panel,
        "appoint_panel",
        actor=actor,
        public=public,
        edition=contest.edition,
        acted_on=ordered_on,
    )
    PanelMember.objects.bulk_create(
        PanelMember(
            panel=panel,
            person_id=m.person_id,
            mandate_id=m.mandate_id,
            organisation_id=m.organisation_id,
            name=m.name,
            seat=m.seat,
            act_id=record.pk,
        )
        for m in members
    )
    return panel


def file_appeal(
    *,
    actor: Actor,
    application: Application,
    subject: Subject,
    why: str,
    asks: str,
    attachment: tuple[str, bytes] | None = None,
) -> Appeal:
    """Appeal what the published protocol says of an application, a rejection too. *Why* and *asks* are sealed;
    *attachment*: name and bytes. The appeal is the receipt: number, instant, hash, and until when it is answered.

    Refuses `nothing_to_appeal`, `appeal_late` with the stored deadline, `appealed_already`, `switched_off`.
    Rulebook: `appeal.allowed`, `appeal.term`, `appeal.answer_term`.
    """
    appeal = queries.new_appeal(application)
    if appeal is None:
        raise NOTHING_TO_APPEAL.refuse(HOUSE["H-17"].basis)
    _, appeal.candidacy, appeal.protocol = lock(appeal.candidacy.proceeding, appeal.candidacy, appeal.protocol)
    refuse_if_any(may(APPEAL, appeal, "file_appeal", actor))
    contest = application.contest
    content = {"why": why, "asks": asks}
    documents.seal_new(appeal.label, actor.at)
    appeal.subject, appeal.filed_at, appeal.hash_v = Subject(subject), actor.at, HASH_V
    appeal.sealed, appeal.content_sha256 = documents.seal_content(appeal.label, "text", content), digest(content)
    appeal.answer_by = regime.deadline(contest.settlement, "appeal.answer_term", actor.at).at
    if attachment:
        appeal.attachment = documents.receive(attachment[1], name=attachment[0], actor=actor)
    customer = contest.customer
    appeal.number = register_number(
        "D", customer.code or customer.ref, bishkek_day(actor.at).year, customer.jurisdiction
    )
    public = {
        "number": appeal.number,
        "protocol": appeal.protocol.number,
        "subject": appeal.subject,
        "content_sha256": appeal.content_sha256,
        "answer_by": appeal.answer_by,
    }
    perform(APPEAL, appeal, "file_appeal", actor=actor, public=public, edition=contest.edition)
    return appeal


def withdraw_appeal(*, actor: Actor, appeal: Appeal) -> Appeal:
    """The applicant takes the appeal back before it is answered."""
    (appeal,) = lock(appeal)
    perform(APPEAL, appeal, "withdraw_appeal", actor=actor, public={"number": appeal.number})
    return appeal


def read_appeal(*, actor: Actor, appeal: Appeal) -> dict[str, str]:
    """What the appellant wrote, for the panel and the customer's desk; the look is recorded."""
    refuse_if_any([fault for fault in (may_read_appeal(appeal, actor),) if fault])
    return documents.look_at(appeal.label, "text", appeal.sealed, actor=actor, purpose="appeal")


def open_attachment(*, actor: Actor, appeal: Appeal) -> File:
    """The document filed with an appeal, for its author, the panel and the customer's desk; a look of
    others is recorded. LookupError when there is none."""
    if appeal.attachment is None:
        raise LookupError("nothing was filed with this appeal")
    if not actor.acts_for(appeal.appellant_id):
        read_appeal(actor=actor, appeal=appeal)
    return appeal.attachment


def take_up_appeal(*, actor: Actor, appeal: Appeal) -> Appeal:
    """The panel in office takes the appeal up, after asking once more whether its members may (H-36). Refuses
    `panel_took_decision`, `panel_has_interest`."""
    (appeal,) = lock(appeal)
    refuse_if_any(may(APPEAL, appeal, "take_up", actor))
    contest = appeal.protocol.proceeding.commission.contest
    panel = last_panel(contest.pk)
    assert panel is not None  # the actor has a seat in it
    entries = [
        MemberEntry(m.person_id, m.mandate_id, m.organisation_id, m.name, "", m.seat) for m in panel.members.all()
    ]
    refuse_if_any(panel_faults(entries, queries.panel_facts(contest, panel.body_id), contest.settlement))
    public = {"number": appeal.number, "panel": panel.ref}
    perform(APPEAL, appeal, "take_up", actor=actor, public=public, changes={"panel": panel})
    return appeal


@dataclass(frozen=True, slots=True)
class AnswerVote:
    """The panel's vote on an answer. *Present* and *recused*: person ids; who is recused is not present."""

    held_on: date
    present: frozenset[int]
    votes_for: int
    votes_against: int
    abstained: int
    chair_for: bool | None
    recused: frozenset[int] = frozenset()


def uphold_appeal(
    *, actor: Actor, appeal: Appeal, step: str, candidacies: Sequence[Candidacy], answer: str, vote: AnswerVote
) -> Appeal:
    """Answer: upheld; the named applications go back to *step*. It takes effect when the customer carries it out.
    Refuses `step_unknown`, `nobody_returned`, `return_to_admissibility_first`, `appeal_answer_without_reason`,
    `no_quorum`, `vote_not_carried`, `votes_exceed_present`. Rulebook: `com.quorum`, `com.majority` (H-36)."""
    (appeal,) = lock(appeal)
    refuse_if_any(may(APPEAL, appeal, "uphold", actor))
    named = list(appeal.protocol.proceeding.candidacies.filter(pk__in=[c.pk for c in candidacies]).order_by("id"))
    refuse_if_any(return_faults(step, {c.number: c.state for c in named}))
    returned = [c.number for c in named]
    record = _answer(appeal, "uphold", actor, answer, vote, {"step": step, "returned": returned}, {"step": step})
    Returned.objects.bulk_create(Returned(appeal=appeal, candidacy=c, act_id=record.pk) for c in named)
    return appeal


def reject_appeal(*, actor: Actor, appeal: Appeal, answer: str, vote: AnswerVote) -> Appeal:
    """Answer: rejected; the protocol stands. Refuses `appeal_answer_without_reason`, `no_quorum`, `vote_not_carried`,
    `votes_exceed_present`. Rulebook: `com.quorum`, `com.majority` (H-36)."""
    (appeal,) = lock(appeal)
    refuse_if_any(may(APPEAL, appeal, "reject_appeal", actor))
    _answer(appeal, "reject_appeal", actor, answer, vote, {}, {})
    return appeal


def leave_unexamined(*, actor: Actor, appeal: Appeal, ground: str, answer: str) -> Appeal:
    """Leave an appeal unexamined on a coded ground, and say why. Refuses `unexamined_ground_unknown`,
    `appeal_answer_without_reason` (H-37)."""
    (appeal,) = lock(appeal)
    refuse_if_any(may(APPEAL, appeal, "leave_unexamined", actor))
    if ground not in tuple(Unexamined):
        raise UNKNOWN_UNEXAMINED.refuse(HOUSE["H-37"].basis, at_field="ground", grounds=tuple(Unexamined))
    _answer(appeal, "leave_unexamined", actor, answer, None, {"ground": ground}, {"ground": ground})
    return appeal


def _answer(
    appeal: Appeal,
    verb: str,
    actor: Actor,
    answer: str,
    vote: AnswerVote | None,
    public: dict[str, Any],
    changes: dict[str, Any],
) -> Record:
    """The answer's text is public on the appeal; the journal holds its hash."""
    if not answer.strip():
        raise ANSWER_EMPTY.refuse(HOUSE["H-25"].basis, at_field="answer")
    contest = appeal.protocol.proceeding.commission.contest
    shown = {"number": appeal.number, "answer_sha256": sha256(answer.encode()).hexdigest()} | public
    if vote is not None:
        refuse_if_any(vote_faults(_panel_vote(appeal, vote), contest.settlement))
        shown |= {"for": vote.votes_for, "against": vote.votes_against, "abstained": vote.abstained}
    return perform(
        APPEAL,
        appeal,
        verb,
        actor=actor,
        public=shown,
        edition=contest.edition,
        acted_on=vote.held_on if vote else None,
        changes=changes | {"answer": answer, "answered_at": actor.at},
    )


def _panel_vote(appeal: Appeal, vote: AnswerVote) -> Vote:
    assert appeal.panel is not None  # it was taken up
    voting = {m.person_id for m in appeal.panel.members.all() if m.seat != Seat.SECRETARY}
    return Vote(
        appointed=len(voting),
        recused=len(voting & vote.recused),
        present=len((voting - vote.recused) & vote.present),
        votes_for=vote.votes_for,
        votes_against=vote.votes_against,
        abstained=vote.abstained,
        chair_for=vote.chair_for,
    )


def return_to_step(*, actor: Actor, protocol: Protocol) -> Record:
    """Carry out every upheld appeal against a protocol, at once: it becomes superseded and stays public, the lot goes
    back to the earliest step named, its money is reserved again, and a new round begins. Called by the contracts,
    which undo theirs. Refuses `appeals_unanswered`, `nothing_to_appeal`, `not_enough_money`."""
    upheld = queries.upheld_against(protocol)
    proceeding, protocol, *upheld = lock(protocol.proceeding, protocol, *upheld)
    if not upheld:
        raise NOTHING_TO_APPEAL.refuse(HOUSE["H-37"].basis)
    step = earliest([one.step for one in upheld])
    for one in upheld:
        public = {"number": one.number, "protocol": protocol.number, "step": step}
        record = perform(APPEAL, one, "carry_out", actor=actor, public=public)
    clockwork = system(actor.at)
    public = {"number": protocol.number}
    perform(PROTOCOL, protocol, "supersede", actor=clockwork, public=public, cause=record)
    contests.review_again(lot=proceeding.lot, actor=clockwork, act=record)
    round_ = proceeding.round + 1
    _return_candidacies(proceeding, upheld, round_, clockwork, record)
    verb = f"return_to_{step}"
    public = {"round": round_}
    perform(PROCEEDING, proceeding, verb, actor=clockwork, public=public, changes={"round": round_}, cause=record)
    _advance(proceeding, "reveal", clockwork, record)  # when every member has an interest in what is scored again
    return record


def _return_candidacies(
    proceeding: Proceeding, upheld: Sequence[Appeal], round_: int, clockwork: Actor, cause: Record
) -> None:
    """The named ones go to the step named for them, all others that were decided on wait to be decided again."""
    named: dict[int, list[str]] = {}
    for row in Returned.objects.filter(appeal__in=upheld).select_related("appeal"):
        named.setdefault(row.candidacy_id, []).append(row.appeal.step)
    for candidacy in lock(*proceeding.candidacies.order_by("id")):
        steps = named.get(candidacy.pk, [])
        scored_again = {"round": round_} if {Step.ADMISSIBILITY, Step.SCORING} & set(steps) else {}
        if Step.ADMISSIBILITY in steps:
            changes = {"ground": "", "ground_text": ""} | scored_again
            perform(
                CANDIDACY,
                candidacy,
                "screen_again",
                actor=clockwork,
                public={"ground": ""} | scored_again,
                changes=changes,
                cause=cause,
            )
        elif candidacy.state != "rejected":
            perform(
                CANDIDACY,
                candidacy,
                "decide_again",
                actor=clockwork,
                public=scored_again,
                changes=scored_again,
                cause=cause,
            )


def _replaced(proceeding: Proceeding) -> dict[str, Any]:
    """In the protocol of a later round: which round, and which protocol it takes the place of."""
    before = proceeding.protocols.filter(round=proceeding.round - 1).first()
    if before is None:
        return {}
    return {"round": proceeding.round, "replaces": {"number": before.number, "sha256": before.content_sha256}}


# --- errata ----------------------------------------------------------------------------------------------------


def rectify(*, actor: Actor, protocol: Protocol, part: str, reads: str, should_read: str) -> Erratum:
    """Draft an erratum beside an unchanged protocol; it is public once chair and secretary have signed. Refuses
    `erratum_changes_decision`, `erratum_without_change`, `protocol_not_published` (H-26)."""
    _, protocol = lock(protocol.proceeding, protocol)
    number = protocol.errata.count() + 1
    content = {
        "schema": "jardam-erratum/1",
        "protocol": protocol.number,
        "protocol_sha256": protocol.content_sha256,
        "number": number,
        "part": part,
        "reads": reads,
        "should_read": should_read,
    }
    erratum = Erratum(
        protocol=protocol,
        number=number,
        content=canonical(content),
        content_sha256=digest(content),
        hash_v=HASH_V,
    )
    refuse_if_any(may(ERRATUM, erratum, "rectify", actor))
    refuse_if_any(erratum_faults(part, reads, should_read, protocol.state))
    public = {"protocol": protocol.number, "part": part, "content_sha256": erratum.content_sha256}
    perform(ERRATUM, erratum, "rectify", actor=actor, public=public)
    return erratum


def sign_erratum(*, actor: Actor, erratum: Erratum) -> Erratum:
    """Chair or secretary signs the erratum's hash; the last of the two publishes it. Refuses `signed_already`."""
    (erratum,) = lock(erratum)
    refuse_if_any(may(ERRATUM, erratum, "sign_erratum", actor))
    if actor.person_id in {one.person_id for one in queries.erratum_signatures(erratum)}:
        raise SIGNED_ALREADY.refuse(HOUSE["H-26"].basis)
    public = {"content_sha256": erratum.content_sha256}
    record = perform(ERRATUM, erratum, "sign_erratum", actor=actor, public=public)
    seat = seat_of(erratum.protocol.proceeding.commission, actor)
    assert seat is not None
    documents.sign(
        object_kind="erratum",
        object_id=erratum.pk,
        content_sha256=erratum.content_sha256,
        side=seat.seat,
        actor=actor,
        act=record,
    )
    if not queries.erratum_unsigned(erratum):
        changes = {"published_at": actor.at}
        perform(ERRATUM, erratum, "publish_erratum", actor=system(actor.at), changes=changes, cause=record)
    return erratum


# --- who sits: successors and terms ----------------------------------------------------------------------------


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
        _after_change(proceeding, actor, record)
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


def _after_change(proceeding: Proceeding, actor: Actor, cause: Record) -> None:
    """Who sits or who may decide has changed: the lot takes the step that is open now, if any."""
    for verb in ("close_interests", "reveal", "reopen_scoring"):
        if _advance(proceeding, verb, actor, cause):
            return


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


# --- interests found later -------------------------------------------------------------------------------------


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
    _after_change(proceeding, actor, record)
    return recusal


# --- mending ---------------------------------------------------------------------------------------------------


def note_fault(*, actor: Actor, candidacy: Candidacy, ground: str, places: Sequence[str], note: str) -> Mending:
    """Note a curable fault and the places of the application it is in; again before anybody is asked, it is noted
    anew. Refuses `fault_not_curable`, `place_unknown`, `mending_asked_already`. Rulebook: `adm.grounds`,
    `adm.mending`."""
    proceeding, candidacy = lock(candidacy.proceeding, candidacy)
    refuse_if_any(fault_faults(ground, places, proceeding.commission.contest.settlement))
    if candidacy.state != "listed" or proceeding.state != "admissibility":
        refuse_if_any(may(CANDIDACY, candidacy, "admit", actor))
        refuse_if_any(may(PROCEEDING, proceeding, "close_mending", actor))
    mending = Mending.objects.filter(candidacy=candidacy).first() or Mending(candidacy=candidacy)
    if mending.pk:
        (mending,) = lock(mending)
    changes = {"ground": ground, "places": list(places), "note": note}
    public = {"ground": ground, "places": list(places)}
    perform(MENDING, mending, "note_fault", actor=actor, public=public, changes=changes)
    return mending


def request_mending(*, actor: Actor, proceeding: Proceeding) -> Proceeding:
    """Ask everybody in whose application a curable fault was noted to mend it: at one moment, until one moment (H-02),
    once. Refuses `no_faults_noted`, `mending_asked_already`. Rulebook: `adm.cure_term`."""
    (proceeding,) = lock(proceeding)
    until = regime.deadline(proceeding.commission.contest.settlement, "adm.cure_term", actor.at)
    noted = [one for one in queries.mendings_open(proceeding) if one.candidacy.state == "listed"]
    record = perform(
        PROCEEDING,
        proceeding,
        "request_mending",
        actor=actor,
        public={"until": until.at, "applications": len(noted)},
        edition=proceeding.commission.contest.edition,
    )
    for mending in noted:
        perform(MENDING, lock(mending)[0], "ask_mending", actor=actor, cause=record)
    proceeding.mending_until, proceeding.mending_how = until.at, plain(until.as_plain())
    proceeding.save(update_fields=["mending_until", "mending_how"])
    return proceeding


def mend(
    *,
    actor: Actor,
    mending: Mending,
    changes: Mapping[str, Any],
    files: Mapping[str, tuple[bytes, str]] | None = None,
) -> Mending:
    """The applicant mends the faulted places (place → what stands there now), once and in time: a new version beside
    the one that was submitted. *Files*: place of a document → its bytes and name, sealed like the others.

    Refuses `mending_over`, `place_not_open`, `mended_file_missing`, what a file is refused for, and what a submission
    is refused for.
    """
    mending, application = lock(mending, mending.candidacy.application)
    refuse_if_any(may(MENDING, mending, "mend", actor))
    given = files or {}
    opened = {place for place in mending.places if place.startswith(DOCUMENT)}
    if strange := tuple(sorted((set(changes) | set(given)) - set(mending.places) | set(changes) & opened)):
        raise NOT_FAULTED.refuse(HOUSE["H-02"].basis, places=strange)
    if missing := opened - set(given):
        raise NO_FILE.refuse(HOUSE["H-02"].basis, at_field=min(missing).replace(".", "-"))
    version = application.versions.latest("number")
    content = documents.unseal_content(application.label, f"v{version.number}", version.sealed)
    public = {"version": version.number + 1}
    noted = {"version_before": version.number, "version_after": version.number + 1, "mended_at": actor.at}
    record = perform(MENDING, mending, "mend", actor=actor, public=public, changes=noted)
    received = {
        place: contests.mend_document(
            actor=actor, application=application, kind=place.removeprefix(DOCUMENT), content=bytes_, name=name
        )
        for place, (bytes_, name) in given.items()
    }
    data = mended(content, {**changes, **received})
    contests.mend_content(actor=actor, application=application, data=data, cause=record)
    return mending


def close_mending(*, actor: Actor, proceeding: Proceeding) -> Proceeding:
    """When the time is over: what was not mended is rejected on the ground that was noted. Refuses
    `mending_not_over`."""
    (proceeding,) = lock(proceeding)
    record = perform(PROCEEDING, proceeding, "close_mending", actor=actor)
    for mending in queries.mendings_open(proceeding):
        if mending.state != "asked":
            continue
        candidacy, fresh = lock(mending.candidacy, mending)
        perform(MENDING, fresh, "lapse_mending", actor=actor, cause=record)
        if candidacy.state != "listed":
            continue
        changes = {"ground": fresh.ground, "ground_text": fresh.note}
        perform(
            CANDIDACY,
            candidacy,
            "reject",
            actor=actor,
            public={"ground": fresh.ground},
            changes=changes,
            cause=record,
        )
    _screened(proceeding, actor, record)
    return proceeding


# --- a sitting without a quorum --------------------------------------------------------------------------------


def adjourn_sitting(*, actor: Actor, proceeding: Proceeding, held_on: date, present: frozenset[int]) -> Adjournment:
    """Record a sitting that had no quorum, recusals taken off: it decided nothing, and another is held. `present`:
    person ids. Refuses `quorum_is_there`, `sitting_before_last`, `sitting_in_future`. Rulebook: `com.quorum`."""
    (proceeding,) = lock(proceeding)
    refuse_if_any(may(PROCEEDING, proceeding, "adjourn_sitting", actor))
    settlement = proceeding.commission.contest.settlement
    sitting = Sitting(held_on, present, 0, 0, 0, None, {})
    refuse_if_any(_sitting_faults(proceeding, sitting, actor))
    vote = _vote(sitting, queries.members(proceeding.commission), queries.recused_members(proceeding))
    if not quorum_faults(vote, settlement):
        raise QUORUM_THERE.refuse(settlement.basis("com.quorum"))
    needed = methods.quorum_least(settlement, appointed=vote.appointed, recused=vote.recused)
    number = _sitting_number(proceeding)
    record = perform(
        PROCEEDING,
        proceeding,
        "adjourn_sitting",
        actor=actor,
        public={"sitting": number, "present": vote.present, "needed": needed},
        edition=proceeding.commission.contest.edition,
        acted_on=held_on,
    )
    return Adjournment.objects.create(
        proceeding=proceeding,
        number=number,
        held_on=held_on,
        present=vote.present,
        needed=needed,
        act_id=record.pk,
    )


# --- cuts ------------------------------------------------------------------------------------------------------


def propose_cut(*, actor: Actor, candidacy: Candidacy, amount: Decimal, reason: str) -> Cut:
    """Propose a smaller amount (som), before the decision or to the next of the reserve; only the applicant's consent
    makes it hold (H-05). Refuses `cut_is_no_cut`, `no_cut_now`, `cut_proposed_already`. Rulebook:
    `eval.budget_adjust`, `adm.cure_term` (H-34)."""
    proceeding, candidacy = lock(candidacy.proceeding, candidacy)
    if (proceeding.state, candidacy.state) not in (("revealed", "admitted"), ("published", "reserve")):
        raise NO_CUT_NOW.refuse(HOUSE["H-05"].basis)
    refuse_if_any(cut_faults(amount, queries.requested(candidacy)))
    until = regime.deadline(proceeding.commission.contest.settlement, "adm.cure_term", actor.at)
    cut = Cut(candidacy=candidacy, amount=amount, reason=reason, answer_until=until.at)
    private = {"amount": str(amount)}
    perform(CUT, cut, "propose_cut", actor=actor, public={"until": until.at}, private=private)
    return cut


def consent_to_cut(*, actor: Actor, cut: Cut) -> Cut:
    """The applicant works with the smaller amount. Refuses `cut_answer_late`."""
    return _answer_cut(cut, "consent_to_cut", actor)


def refuse_cut(*, actor: Actor, cut: Cut) -> Cut:
    """The applicant does not: the next in rank goes first. Refuses `cut_answer_late`."""
    return _answer_cut(cut, "refuse_cut", actor)


def _answer_cut(cut: Cut, verb: str, actor: Actor) -> Cut:
    (cut,) = lock(cut)
    perform(CUT, cut, verb, actor=actor)
    return cut


def lapse_cut(*, actor: Actor, cut: Cut) -> Cut:
    """Silence until the end is no consent (H-34). Refuses `cut_not_over`."""
    return _answer_cut(cut, "lapse_cut", actor)


def _settle_cuts(proceeding: Proceeding, actor: Actor) -> dict[str, Cut]:
    """The answered cuts by candidacy ref; silence until the end is no consent (H-34). Refuses `cut_unanswered`."""
    rows = list(Cut.objects.filter(candidacy__proceeding=proceeding).select_related("candidacy").order_by("id"))
    open_ = [one for one in rows if one.state == "proposed"]
    if waiting := [one for one in open_ if actor.at < one.answer_until]:
        numbers = tuple(one.candidacy.number for one in waiting)
        until = max(one.answer_until for one in waiting)
        raise CUT_OPEN.refuse(HOUSE["H-34"].basis, numbers=numbers, until=until)
    settled = [lock(one)[0] if one in open_ else one for one in rows]
    for one in settled:
        if one.state == "proposed":
            perform(CUT, one, "lapse_cut", actor=actor)
    return {one.candidacy.ref: one for one in settled}


# --- winners who decline, and the reserve ----------------------------------------------------------------------


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
    until = _reserve_until(protocol, settlement)
    return (until is None or actor.at < until) and bool(queries.reserve_of(protocol))


def _reserve_until(protocol: Protocol, settlement: Settlement) -> datetime | None:
    assert protocol.published_at is not None
    end = regime.deadline_or_none(settlement, "dec.reserve_term", protocol.published_at)
    return end.at if end else None


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
    until = _reserve_until(protocol, settlement)
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
