"""The verbs of the review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from jardam.parties.models import Organisation
from jardam.regime import operations as regime
from jardam.rulebook import methods
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement

from . import papers, queries
from .models import (
    Appeal,
    AppealPanel,
    Award,
    Candidacy,
    Commission,
    Erratum,
    Interest,
    Member,
    PanelMember,
    Proceeding,
    Protocol,
    Returned,
    ScoreSheet,
)
from .policy import (
    APPEAL,
    APPEAL_PANEL,
    CANDIDACY,
    COMMISSION,
    ERRATUM,
    PROCEEDING,
    PROTOCOL,
    last_panel,
    may_read,
    may_read_appeal,
    seat_of,
)
from .rules import (
    ALREADY_DECLARED,
    ANSWER_EMPTY,
    APPROVAL_MISSING,
    DECLARE_ALL,
    NOTHING_TO_APPEAL,
    SCORED_ALREADY,
    SIGNED_ALREADY,
    TOO_FEW_SCORERS,
    UNKNOWN_GROUND,
    UNKNOWN_UNEXAMINED,
    MemberEntry,
    Placing,
    Seat,
    Step,
    Subject,
    Unexamined,
    Vote,
    commission_faults,
    earliest,
    erratum_faults,
    in_order,
    panel_faults,
    place,
    return_faults,
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
    if ScoreSheet.objects.filter(member=seat, candidacy=candidacy, round=candidacy.round).exists():
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
        contests.mark_decided(contest=contest, actor=actor, cause=record, outcome=queries.outcome_of(contest))
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
