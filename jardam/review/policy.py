"""Who may do what in the review, and what each may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from django.db.models import BigIntegerField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When

from jardam.contests.queries import papers_pending
from jardam.documents.models import Signature
from jardam.documents.policy import file_of, papers_of
from jardam.journal.models import Record
from jardam.journal.procedure import Procedure, no_facts, no_switches
from jardam.kernel.actor import SYSTEM, Actor
from jardam.kernel.permission import Rule, rules_of
from jardam.kernel.refusal import Refusal
from jardam.parties.rules import Role
from jardam.regime import operations as regime
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement

from . import lifecycle
from .models import (
    Appeal,
    AppealPanel,
    Candidacy,
    Commission,
    Cut,
    Departure,
    Erratum,
    Halt,
    Interest,
    Member,
    Mending,
    PanelMember,
    Proceeding,
    Protocol,
    Recusal,
    ScoreSheet,
)
from .rules import (
    HAS_INTEREST,
    NOT_DECLARED,
    OPEN_APPEAL,
    STANDS_STILL,
    VOTING,
    AppealFacts,
    CandidacyFacts,
    CutFacts,
    MendingFacts,
    ProceedingFacts,
    Seat,
)


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    APPEAL_CARRY_OUT = "appeal:carry_out"
    APPEAL_FILE = "appeal:file_appeal"
    APPEAL_LEAVE = "appeal:leave_unexamined"
    APPEAL_REJECT = "appeal:reject_appeal"
    APPEAL_TAKE_UP = "appeal:take_up"
    APPEAL_UPHOLD = "appeal:uphold"
    APPEAL_WITHDRAW = "appeal:withdraw_appeal"
    APPEAL_PANEL_APPOINT = "appeal_panel:appoint_panel"
    CANDIDACY_ADMIT = "candidacy:admit"
    CANDIDACY_AWARD = "candidacy:award"
    CANDIDACY_DECIDE_AGAIN = "candidacy:decide_again"
    CANDIDACY_CALL_RESERVE = "candidacy:call_reserve"
    CANDIDACY_DECLINE = "candidacy:decline_award"
    CANDIDACY_GIVE_BACK = "candidacy:give_back"
    CANDIDACY_LIST = "candidacy:list_candidacy"
    CANDIDACY_LOSE = "candidacy:lose_award"
    CANDIDACY_NOTIFY = "candidacy:record_notification"
    CANDIDACY_PASS_OVER = "candidacy:pass_over"
    CANDIDACY_REJECT = "candidacy:reject"
    CANDIDACY_RESERVE = "candidacy:put_on_reserve"
    CANDIDACY_SCREEN_AGAIN = "candidacy:screen_again"
    COMMISSION_APPOINT = "commission:appoint_commission"
    ERRATUM_PUBLISH = "erratum:publish_erratum"
    ERRATUM_RECTIFY = "erratum:rectify"
    ERRATUM_SIGN = "erratum:sign_erratum"
    COMMISSION_RENEW = "commission:renew_commission"
    COMMISSION_REPLACE = "commission:replace_member"
    CUT_AGREE = "cut:consent_to_cut"
    CUT_LAPSE = "cut:lapse_cut"
    CUT_PROPOSE = "cut:propose_cut"
    CUT_REFUSE = "cut:refuse_cut"
    MENDING_ASK = "mending:ask_mending"
    MENDING_LAPSE = "mending:lapse_mending"
    MENDING_MEND = "mending:mend"
    MENDING_NOTE = "mending:note_fault"
    PROCEEDING_ADJOURN = "proceeding:adjourn_sitting"
    PROCEEDING_BEGIN = "proceeding:begin_review"
    PROCEEDING_CLOSE_INTERESTS = "proceeding:close_interests"
    PROCEEDING_CLOSE_MENDING = "proceeding:close_mending"
    PROCEEDING_DECIDE = "proceeding:decide"
    PROCEEDING_DECLARE = "proceeding:declare_interests"
    PROCEEDING_MARK_PUBLISHED = "proceeding:mark_published"
    PROCEEDING_RETURN_ADMISSIBILITY = "proceeding:return_to_admissibility"
    PROCEEDING_RETURN_DECISION = "proceeding:return_to_decision"
    PROCEEDING_RETURN_SCORING = "proceeding:return_to_scoring"
    PROCEEDING_PROVE_RECUSAL = "proceeding:prove_recusal"
    PROCEEDING_RECUSE = "proceeding:recuse"
    PROCEEDING_REOPEN = "proceeding:reopen_scoring"
    PROCEEDING_REQUEST_MENDING = "proceeding:request_mending"
    PROCEEDING_RESUME = "proceeding:resume_review"
    PROCEEDING_REVEAL = "proceeding:reveal"
    PROCEEDING_SKIP_SCORING = "proceeding:skip_scoring"
    PROCEEDING_START_SCORING = "proceeding:start_scoring"
    PROCEEDING_SUBMIT_SCORES = "proceeding:submit_scores"
    PROCEEDING_SUSPEND = "proceeding:suspend_review"
    PROTOCOL_COMPLETE = "protocol:complete_signatures"
    PROTOCOL_DRAFT = "protocol:draft_protocol"
    PROTOCOL_PUBLISH = "protocol:publish_protocol"
    PROTOCOL_SIGN = "protocol:sign_protocol"
    PROTOCOL_SUPERSEDE = "protocol:supersede"


def _contest_of(thing: Any) -> Any:
    match thing:
        case Commission() | AppealPanel():
            return thing.contest
        case Appeal() | Erratum():
            return thing.protocol.proceeding.commission.contest
        case Proceeding():
            return thing.commission.contest
        case Mending() | Cut():
            return thing.candidacy.proceeding.commission.contest
        case _:
            return thing.proceeding.commission.contest


def _customer(actor: Actor, thing: Any) -> bool:
    return actor.acts_for(_contest_of(thing).customer_id)


def _commission_of(thing: Any) -> Commission:
    return thing.commission if isinstance(thing, Proceeding) else thing.proceeding.commission


def seat_of(commission: Commission, actor: Actor) -> Member | None:
    """The actor's seat in a commission, if any, while they hold it; a secretary's too, a reserve member's not."""
    if not actor.person_id:
        return None
    return next((held for held in commission.seats_held if held.person_id == actor.person_id), None)


def _votes(actor: Actor, thing: Any) -> bool:
    seat = seat_of(_commission_of(thing), actor)
    return seat is not None and seat.seat in VOTING


def _appellant(actor: Actor, thing: Appeal) -> bool:
    return actor.acts_for(thing.appellant_id)


def panel_seat_of(appeal: Appeal, actor: Actor) -> PanelMember | None:
    """The actor's seat in the panel that has taken the appeal up; before that in the contest's last panel."""
    panel = appeal.panel or last_panel(_contest_of(appeal).pk)
    return panel.members.filter(person_id=actor.person_id).first() if panel and actor.person_id else None


def last_panel(contest_id: int) -> AppealPanel | None:
    return AppealPanel.objects.filter(contest_id=contest_id).order_by("-id").first()


def _answers(actor: Actor, thing: Appeal) -> bool:
    seat = panel_seat_of(thing, actor)
    return seat is not None and seat.seat in (Seat.CHAIR, Seat.SECRETARY)


def seats_of_errata(errata: Sequence[Erratum]) -> dict[int, list[list[Member]]]:
    """Erratum id → the seats that sign it: those that signed its protocol (H-52), each with whoever has held it since,
    the present holder last. Three statements, however many there are."""
    protocols = {one.protocol_id: one.protocol for one in errata}
    said = Signature.objects.filter(object_kind=Protocol.KIND, object_id__in=protocols)
    signed = set(said.values_list("object_id", "content_sha256", "person_id"))
    commissions = {one.proceeding.commission_id for one in protocols.values()}
    people = {m.pk: m for m in Member.objects.filter(commission__in=commissions, seat__in=VOTING).order_by("id")}
    after = dict(Departure.objects.filter(commission__in=commissions).values_list("member_id", "successor_id"))
    found: dict[int, list[list[Member]]] = {}
    for erratum in errata:
        protocol = protocols[erratum.protocol_id]
        signers = [
            m
            for m in people.values()
            if m.commission_id == protocol.proceeding.commission_id
            and (protocol.pk, protocol.content_sha256, m.person_id) in signed
        ]
        found[erratum.pk] = [_holders(m, after, people) for m in signers]
    return found


def _holders(member: Member, after: Mapping[int, int], people: Mapping[int, Member]) -> list[Member]:
    chain = [member]
    while chain[-1].pk in after:
        chain.append(people[after[chain[-1].pk]])
    return chain


def _attests(actor: Actor, thing: Erratum) -> bool:
    return any(seat[-1].person_id == actor.person_id for seat in seats_of_errata([thing])[thing.pk])


def _chairs(actor: Actor, thing: Any) -> bool:
    seat = seat_of(_commission_of(thing), actor)
    return seat is not None and seat.seat == Seat.CHAIR


def _applicant(actor: Actor, thing: Any) -> bool:
    candidacy = thing if isinstance(thing, Candidacy) else thing.candidacy
    return actor.acts_for(candidacy.application.applicant_id)


_MEMBER = (Role.COMMISSION_MEMBER,)
_SEATED = (Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY)
_APPEAL = HOUSE["H-36"].basis
_RETURN = HOUSE["H-37"].basis
_BESIDE = HOUSE["H-26"].basis
_TOGETHER = HOUSE["H-52"].basis
_KEEPERS = (Role.COMMISSION_SECRETARY, Role.SPECIALIST)
_LAW = HOUSE["H-17"].basis
_INTEREST = HOUSE["H-12"].basis
_HIDDEN = HOUSE["H-20"].basis
_NEVER = (SYSTEM,)
_CLOCK = (*_KEEPERS, SYSTEM)  # H-50


def _keepers(basis: Any = _LAW, roles: tuple[str, ...] = _KEEPERS) -> Rule:
    return Rule(roles, _customer, "the customer", basis)


def _member(basis: Any) -> Rule:
    return Rule(_MEMBER, _votes, "the voting members of this commission", basis)


def _panel(basis: Any) -> Rule:
    return Rule(_SEATED, _answers, "chair and secretary of the appeal panel", basis)


def _head_of_applicant(basis: Any) -> Rule:
    return Rule((Role.APPLICANT_HEAD,), _applicant, "the applicant", basis)


TABLE: dict[Permission, Rule] = {
    Permission.APPEAL_CARRY_OUT: _keepers(_RETURN, (*_KEEPERS, Role.HEAD)),
    Permission.APPEAL_FILE: Rule((Role.APPLICANT_HEAD,), _appellant, "the applicant", _APPEAL),
    Permission.APPEAL_LEAVE: _panel(_RETURN),
    Permission.APPEAL_REJECT: _panel(_APPEAL),
    Permission.APPEAL_TAKE_UP: _panel(_APPEAL),
    Permission.APPEAL_UPHOLD: _panel(_RETURN),
    Permission.APPEAL_WITHDRAW: Rule((Role.APPLICANT_HEAD,), _appellant, "the applicant", _APPEAL),
    Permission.APPEAL_PANEL_APPOINT: _keepers(_APPEAL, (Role.HEAD, Role.SPECIALIST)),
    Permission.CANDIDACY_ADMIT: _keepers(HOUSE["H-02"].basis),
    Permission.CANDIDACY_AWARD: _keepers(),
    Permission.CANDIDACY_DECIDE_AGAIN: _keepers(_RETURN, _NEVER),
    Permission.CANDIDACY_CALL_RESERVE: _keepers(HOUSE["H-04"].basis),
    Permission.CANDIDACY_DECLINE: _head_of_applicant(_LAW),
    Permission.CANDIDACY_GIVE_BACK: _keepers(HOUSE["H-04"].basis, (*_KEEPERS, SYSTEM)),
    Permission.CANDIDACY_LIST: _keepers(),
    Permission.CANDIDACY_LOSE: _keepers(_LAW, _NEVER),
    Permission.CANDIDACY_NOTIFY: _keepers(),
    Permission.CANDIDACY_PASS_OVER: _keepers(),
    Permission.CANDIDACY_REJECT: _keepers(HOUSE["H-02"].basis, _CLOCK),  # what was not mended in time
    Permission.CANDIDACY_RESERVE: _keepers(),
    Permission.CANDIDACY_SCREEN_AGAIN: _keepers(_RETURN, _NEVER),
    Permission.COMMISSION_APPOINT: _keepers(roles=(Role.HEAD, Role.SPECIALIST)),
    Permission.ERRATUM_PUBLISH: _keepers(_BESIDE, _NEVER),
    Permission.ERRATUM_RECTIFY: _keepers(_BESIDE),
    Permission.ERRATUM_SIGN: Rule(_MEMBER, _attests, "the seats that signed the protocol", _TOGETHER),
    Permission.COMMISSION_RENEW: _keepers(roles=(Role.HEAD, Role.SPECIALIST)),
    Permission.COMMISSION_REPLACE: _keepers(roles=(Role.HEAD, Role.SPECIALIST)),
    Permission.CUT_AGREE: _head_of_applicant(HOUSE["H-05"].basis),
    Permission.CUT_LAPSE: _keepers(HOUSE["H-34"].basis, _CLOCK),
    Permission.CUT_PROPOSE: _keepers(HOUSE["H-05"].basis),
    Permission.CUT_REFUSE: _head_of_applicant(HOUSE["H-05"].basis),
    Permission.MENDING_ASK: _keepers(HOUSE["H-02"].basis),
    Permission.MENDING_LAPSE: _keepers(HOUSE["H-02"].basis, _CLOCK),
    Permission.MENDING_MEND: _head_of_applicant(HOUSE["H-02"].basis),
    Permission.MENDING_NOTE: _keepers(HOUSE["H-02"].basis),
    Permission.PROCEEDING_ADJOURN: _keepers(),
    Permission.PROCEEDING_BEGIN: _keepers(),
    Permission.PROCEEDING_CLOSE_INTERESTS: _keepers(_INTEREST, _NEVER),
    Permission.PROCEEDING_CLOSE_MENDING: _keepers(HOUSE["H-02"].basis, _CLOCK),
    Permission.PROCEEDING_DECIDE: _keepers(),
    Permission.PROCEEDING_DECLARE: _member(_INTEREST),
    Permission.PROCEEDING_MARK_PUBLISHED: _keepers(),
    Permission.PROCEEDING_RETURN_ADMISSIBILITY: _keepers(_RETURN, _NEVER),
    Permission.PROCEEDING_RETURN_DECISION: _keepers(_RETURN, _NEVER),
    Permission.PROCEEDING_RETURN_SCORING: _keepers(_RETURN, _NEVER),
    Permission.PROCEEDING_PROVE_RECUSAL: Rule(_MEMBER, _chairs, "the chair of this commission", _INTEREST),
    Permission.PROCEEDING_RECUSE: _member(_INTEREST),
    Permission.PROCEEDING_REOPEN: _keepers(_HIDDEN, _NEVER),
    Permission.PROCEEDING_REQUEST_MENDING: _keepers(HOUSE["H-02"].basis),
    Permission.PROCEEDING_RESUME: _keepers(HOUSE["H-67"].basis, (Role.HEAD, Role.SPECIALIST)),
    Permission.PROCEEDING_REVEAL: _keepers(_HIDDEN, _NEVER),
    Permission.PROCEEDING_SKIP_SCORING: _keepers(_HIDDEN, _NEVER),
    Permission.PROCEEDING_START_SCORING: _keepers(_HIDDEN, _NEVER),
    Permission.PROCEEDING_SUBMIT_SCORES: _member(_HIDDEN),
    Permission.PROCEEDING_SUSPEND: _keepers(HOUSE["H-67"].basis, (Role.HEAD, Role.SPECIALIST)),
    Permission.PROTOCOL_COMPLETE: _keepers(_LAW, _NEVER),
    Permission.PROTOCOL_DRAFT: _keepers(),
    Permission.PROTOCOL_PUBLISH: _keepers(),
    Permission.PROTOCOL_SIGN: _member(_LAW),
    Permission.PROTOCOL_SUPERSEDE: _keepers(_RETURN, _NEVER),
}


def proceeding_facts(proceeding: Proceeding, actor: Actor) -> ProceedingFacts:
    """Counts only: nothing of a score leaves the seal here, and the database counts. Neither the number of statements
    nor that of the rows they send grows with the lot."""
    commission = proceeding.commission
    settlement = commission.contest.settlement
    term = commission_term(commission)
    over = term.due_on if term and actor.at >= term.at else None
    basis = settlement.basis("com.term")
    contest_state = commission.contest.state
    if not proceeding.pk:
        pending = papers_pending(proceeding.commission.contest_id)
        return ProceedingFacts(contest_state, 0, 0, 0, False, 0, pending, actor.at, over, basis)
    states = dict(proceeding.candidacies.order_by().values_list("state").annotate(Count("id")))
    admitted = states.get("admitted", 0)
    seats = seats_with_a_vote(commission)
    voting = set(seats.values())
    declared = Interest.objects.filter(candidacy__proceeding=proceeding, member__in=voting).count()
    return ProceedingFacts(
        contest_state,
        len(voting) * sum(states.values()) - declared,
        states.get("listed", 0),
        admitted,
        scorable(settlement, admitted),
        len(voting) * admitted - _done(proceeding, seats) if admitted else 0,
        0,
        actor.at,
        over,
        basis,
        Mending.objects.filter(candidacy__proceeding=proceeding, candidacy__state="listed", state="noted").count(),
        proceeding.mending_until,
        admitted - _scored_by(proceeding, settlement.number("eval.min_scorers")) if admitted else 0,
        proceeding.stopped_at is not None,
    )


def seats_with_a_vote(commission: Commission) -> dict[int, int]:
    """Member id → that of who holds the same seat now: of everybody who has held a seat with a vote."""
    rows = list(commission.members.filter(seat__in=VOTING).select_related("departure"))
    after = {one.pk: one.departure.successor_id for one in rows if hasattr(one, "departure")}

    def now(pk: int) -> int:
        return now(after[pk]) if pk in after else pk

    return {one.pk: now(one.pk) for one in rows}


def _done(proceeding: Proceeding, seats: Mapping[int, int]) -> int:
    """How many pairs of a seat and an admitted application need no sheet any more: the member is barred from it, or
    whoever held the seat has scored it."""
    here: dict[str, Any] = {"candidacy__proceeding": proceeding, "candidacy__state": "admitted"}
    holders = set(seats.values())
    pair = ("candidacy_id", "member_id")
    conflicted = Interest.objects.filter(conflicted=True, member__in=holders, **here).values_list(*pair)
    recused = Recusal.objects.filter(member__in=holders, **here).values_list(*pair)
    seat = Case(*(When(member=pk, then=Value(now)) for pk, now in seats.items()), output_field=BigIntegerField())
    scored = valid_sheets(proceeding).filter(candidacy__state="admitted").annotate(seat=seat)
    return conflicted.union(recused, scored.values_list("candidacy_id", "seat")).count() if seats else 0


def _scored_by(proceeding: Proceeding, needed: int) -> int:
    """How many admitted applications have the sheets of so many members."""
    sheets = valid_sheets(proceeding).filter(candidacy__state="admitted").order_by()
    return sheets.values("candidacy").annotate(sheets=Count("pk")).filter(sheets__gte=needed).count()


def seat_has_scored(proceeding: Proceeding, candidacy: Candidacy, seat: Member) -> bool:
    """Whether the seat, whoever held it, has scored this one application. One statement, and one for each holder."""
    holders = [seat.pk]
    while before := Departure.objects.filter(successor=holders[-1]).values_list("member_id", flat=True).first():
        holders.append(before)
    return valid_sheets(proceeding).filter(candidacy=candidacy, member__in=holders).exists()


def valid_sheets(proceeding: Proceeding) -> QuerySet[ScoreSheet]:
    """The score sheets that count: those of each candidacy's round, but of a member recused later none (H-12)."""
    recused = Recusal.objects.filter(member=OuterRef("member"), candidacy=OuterRef("candidacy"))
    found = ScoreSheet.objects.filter(candidacy__proceeding=proceeding, round=F("candidacy__round"))
    return found.exclude(Exists(recused))


def commission_term(commission: Commission) -> Any:
    """When the term of a commission ends (`com.term`), or None when the rules set none."""
    begins = commission.term_from or commission.ordered_on
    return regime.deadline_or_none(commission.contest.settlement, "com.term", begins)


def scorable(settlement: Settlement, admitted: int) -> bool:
    """One application alone is scored only where `dec.single_bid_rule` says so; none never."""
    return admitted > 1 or (admitted == 1 and settlement.choice("dec.single_bid_rule") == "evaluate")


def _switches(thing: Any) -> Any:
    return _contest_of(thing).settlement.switches()


def candidacy_facts(candidacy: Candidacy, _actor: Actor) -> CandidacyFacts:
    open_ = Mending.objects.filter(candidacy=candidacy, state="asked").exists()
    award = getattr(candidacy, "award", None) if candidacy.state == "awarded" else None
    until = candidacy.proceeding.mending_until or candidacy.proceeding.commission.contest.opened_at
    return CandidacyFacts(until if open_ else None, award is not None and _contract_stands(award.ref))


def _contract_stands(award_ref: str) -> bool:
    """Whether a contract of the award was prepared and has not come to nothing. The rooms above are known to this one
    by their acts alone."""
    acts = Record.objects.filter(object_kind="contract")
    prepared = acts.filter(verb="prepare_contract", public_data__award=award_ref)
    return prepared.exclude(
        object_id__in=acts.filter(after__in=("not_signed", "taken_back", "void")).values("object_id")
    ).exists()


def mending_facts(mending: Mending, actor: Actor) -> MendingFacts:
    proceeding = mending.candidacy.proceeding
    basis = proceeding.commission.contest.settlement.basis("adm.cure_term")
    return MendingFacts(actor.at, proceeding.mending_until, basis, mending.candidacy.state == "listed")


def cut_facts(cut: Cut, actor: Actor) -> CutFacts:
    return CutFacts(actor.at, cut.answer_until)


COMMISSION = Procedure(lifecycle.COMMISSION, rules_of("commission", TABLE))


def standstill(thing: Proceeding | Candidacy | Mending | Cut | Protocol) -> Refusal | None:
    """Why the review of this thing's lot stands still; None while it goes on."""
    match thing:
        case Proceeding():
            found = thing
        case Mending() | Cut():
            found = thing.candidacy.proceeding
        case _:
            found = thing.proceeding
    if found.stopped_at is None:
        return None
    order = found.halts.order_by("id").last()
    assert order is not None
    return STANDS_STILL.refusal(HOUSE["H-67"].basis, since=found.stopped_at, number=order.number, day=order.issued_on)


def _procedure(table: Any, facts: Any = no_facts, switches: Any = no_switches) -> Procedure:
    """Of what stands still with its lot."""
    return Procedure(table, rules_of(table.kind, TABLE), facts, switches, standstill, lifecycle.HALTS[table.kind])


PROCEEDING = _procedure(lifecycle.PROCEEDING, proceeding_facts, _switches)
CANDIDACY = _procedure(lifecycle.CANDIDACY, candidacy_facts, _switches)
MENDING = _procedure(lifecycle.MENDING, mending_facts, _switches)
CUT = _procedure(lifecycle.CUT, cut_facts, _switches)
PROTOCOL = _procedure(lifecycle.PROTOCOL)


def may_read(candidacy: Candidacy, seat: Member) -> Refusal | None:
    """Whether a member opens this application: only after declaring, and never with an interest (blueprint §6.3)."""
    interest = Interest.objects.filter(candidacy=candidacy, member=seat).first()
    if interest is None:
        return NOT_DECLARED.refusal(_INTEREST)
    if interest.conflicted or Recusal.objects.filter(candidacy=candidacy, member=seat).exists():
        return HAS_INTEREST.refusal(_INTEREST)
    return None


def visible_proceedings(actor: Actor) -> QuerySet[Proceeding]:
    """To the customer's people and to the commission's own; to everybody once published."""
    sits = Q(commission__members__person_id=actor.person_id) if actor.person_id else Q(pk=None)
    owns = Q(commission__contest__customer_id__in=actor.organisation_ids)
    return Proceeding.objects.filter(Q(state="published") | sits | owns).distinct()


def visible_protocols(actor: Actor) -> QuerySet[Protocol]:
    """Published ones to everybody, superseded ones too; before that to the customer's people and the commission."""
    once_public = Q(state__in=["published", "superseded"])
    return Protocol.objects.filter(once_public | Q(proceeding__in=visible_proceedings(actor).values("pk")))


# --- appeals and errata ----------------------------------------------------------------------------------------


def appeal_facts(appeal: Appeal, actor: Actor) -> AppealFacts:
    protocol = appeal.protocol
    others = Appeal.objects.filter(protocol=protocol).exclude(pk=appeal.pk)
    return AppealFacts(
        at=actor.at,
        protocol_state=protocol.state,
        until=protocol.appeal_until,
        appealed=others.filter(candidacy=appeal.candidacy_id).exclude(state="withdrawn").exists(),
        unanswered=tuple(others.filter(state__in=OPEN_APPEAL).order_by("id").values_list("number", flat=True)),
        term=_contest_of(appeal).settlement.basis("appeal.term"),
    )


APPEAL_PANEL = Procedure(lifecycle.APPEAL_PANEL, rules_of("appeal_panel", TABLE))
APPEAL = Procedure(
    lifecycle.APPEAL,
    rules_of("appeal", TABLE),
    appeal_facts,
    lambda appeal: _contest_of(appeal).settlement.switches(),
)
ERRATUM = Procedure(lifecycle.ERRATUM, rules_of("erratum", TABLE))


def may_read_appeal(appeal: Appeal, actor: Actor) -> Refusal | None:
    """Why the actor may not read what the appellant wrote: the panel and the customer's desk may."""
    if panel_seat_of(appeal, actor) is not None:
        return None
    return APPEAL.permissions["carry_out"].refusal(actor, appeal)


papers_of("proceeding", visible_proceedings)
papers_of("protocol", visible_protocols)


def own_appeals(actor: Actor) -> QuerySet[Appeal]:
    """The appellant's. Panel and desk open its document by a look (operations.open_attachment)."""
    return Appeal.objects.filter(appellant_id=actor.organisation_id or 0)


file_of(Appeal, "attachment", own_appeals)
file_of(Halt, "file", lambda _actor: Halt.objects.all())  # public with its reason
