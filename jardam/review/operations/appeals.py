"""Appeals: the panel, what is filed with it, what it answers, and what goes back for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from jardam.contests import operations as contests
from jardam.contests.models import Application, Contest
from jardam.documents import operations as documents
from jardam.documents.models import File
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform, register_number
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor, system
from jardam.kernel.canonical import HASH_V, digest
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.parties.models import Organisation
from jardam.regime import operations as regime
from jardam.rulebook.house import HOUSE

from .. import queries
from ..models import (
    Appeal,
    AppealPanel,
    Candidacy,
    PanelMember,
    Proceeding,
    Protocol,
    Returned,
)
from ..policy import (
    APPEAL,
    APPEAL_PANEL,
    CANDIDACY,
    PROCEEDING,
    PROTOCOL,
    last_panel,
    may_read_appeal,
)
from ..rules import (
    ANSWER_EMPTY,
    NOTHING_TO_APPEAL,
    UNKNOWN_UNEXAMINED,
    MemberEntry,
    Seat,
    Step,
    Subject,
    Unexamined,
    Vote,
    earliest,
    panel_faults,
    return_faults,
    vote_faults,
)
from .steps import advance


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
    advance(proceeding, "reveal", clockwork, record)  # when every member has an interest in what is scored again
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
