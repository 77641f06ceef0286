"""Who may do what in the review, and what each may see."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db.models import F, Q, QuerySet

from jardam.contests.queries import papers_pending
from jardam.documents.policy import file_of, papers_of, sealed_files_of
from jardam.journal.procedure import Procedure
from jardam.kernel.actor import SYSTEM, Actor
from jardam.kernel.permission import Rule, rules_of
from jardam.kernel.refusal import Refusal
from jardam.parties.rules import Role
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement

from . import lifecycle
from .models import (
    Appeal,
    AppealPanel,
    Candidacy,
    Commission,
    Erratum,
    Interest,
    Member,
    PanelMember,
    Proceeding,
    Protocol,
    ScoreSheet,
)
from .rules import HAS_INTEREST, NOT_DECLARED, OPEN_APPEAL, VOTING, AppealFacts, ProceedingFacts, Seat


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
    CANDIDACY_LIST = "candidacy:list_candidacy"
    CANDIDACY_PASS_OVER = "candidacy:pass_over"
    CANDIDACY_REJECT = "candidacy:reject"
    CANDIDACY_RESERVE = "candidacy:put_on_reserve"
    CANDIDACY_SCREEN_AGAIN = "candidacy:screen_again"
    COMMISSION_APPOINT = "commission:appoint_commission"
    ERRATUM_PUBLISH = "erratum:publish_erratum"
    ERRATUM_RECTIFY = "erratum:rectify"
    ERRATUM_SIGN = "erratum:sign_erratum"
    PROCEEDING_BEGIN = "proceeding:begin_review"
    PROCEEDING_CLOSE_INTERESTS = "proceeding:close_interests"
    PROCEEDING_DECIDE = "proceeding:decide"
    PROCEEDING_DECLARE = "proceeding:declare_interests"
    PROCEEDING_MARK_PUBLISHED = "proceeding:mark_published"
    PROCEEDING_RETURN_ADMISSIBILITY = "proceeding:return_to_admissibility"
    PROCEEDING_RETURN_DECISION = "proceeding:return_to_decision"
    PROCEEDING_RETURN_SCORING = "proceeding:return_to_scoring"
    PROCEEDING_REVEAL = "proceeding:reveal"
    PROCEEDING_SKIP_SCORING = "proceeding:skip_scoring"
    PROCEEDING_START_SCORING = "proceeding:start_scoring"
    PROCEEDING_SUBMIT_SCORES = "proceeding:submit_scores"
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
        case _:
            return thing.proceeding.commission.contest


def _customer(actor: Actor, thing: Any) -> bool:
    return actor.acts_for(_contest_of(thing).customer_id)


def _commission_of(thing: Any) -> Commission:
    return thing.commission if isinstance(thing, Proceeding) else thing.proceeding.commission


def seat_of(commission: Commission, actor: Actor) -> Member | None:
    """The actor's seat in a commission, if any; a secretary's too."""
    return commission.members.filter(person_id=actor.person_id).first() if actor.person_id else None


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


def _attests(actor: Actor, thing: Erratum) -> bool:
    seat = seat_of(thing.protocol.proceeding.commission, actor)
    return seat is not None and seat.seat in (Seat.CHAIR, Seat.SECRETARY)


_MEMBER = (Role.COMMISSION_MEMBER,)
_SEATED = (Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY)
_APPEAL = HOUSE["H-36"].basis
_RETURN = HOUSE["H-37"].basis
_BESIDE = HOUSE["H-26"].basis
_KEEPERS = (Role.COMMISSION_SECRETARY, Role.SPECIALIST)
_LAW = HOUSE["H-17"].basis
_INTEREST = HOUSE["H-12"].basis
_HIDDEN = HOUSE["H-20"].basis
_NEVER = (SYSTEM,)


def _keepers(basis: Any = _LAW, roles: tuple[str, ...] = _KEEPERS) -> Rule:
    return Rule(roles, _customer, "the customer", basis)


def _member(basis: Any) -> Rule:
    return Rule(_MEMBER, _votes, "the voting members of this commission", basis)


def _panel(basis: Any) -> Rule:
    return Rule(_SEATED, _answers, "chair and secretary of the appeal panel", basis)


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
    Permission.CANDIDACY_LIST: _keepers(),
    Permission.CANDIDACY_PASS_OVER: _keepers(),
    Permission.CANDIDACY_REJECT: _keepers(HOUSE["H-02"].basis),
    Permission.CANDIDACY_RESERVE: _keepers(),
    Permission.CANDIDACY_SCREEN_AGAIN: _keepers(_RETURN, _NEVER),
    Permission.COMMISSION_APPOINT: _keepers(roles=(Role.HEAD, Role.SPECIALIST)),
    Permission.ERRATUM_PUBLISH: _keepers(_BESIDE, _NEVER),
    Permission.ERRATUM_RECTIFY: _keepers(_BESIDE),
    Permission.ERRATUM_SIGN: Rule(_SEATED, _attests, "chair and secretary of this commission", _BESIDE),
    Permission.PROCEEDING_BEGIN: _keepers(),
    Permission.PROCEEDING_CLOSE_INTERESTS: _keepers(_INTEREST, _NEVER),
    Permission.PROCEEDING_DECIDE: _keepers(),
    Permission.PROCEEDING_DECLARE: _member(_INTEREST),
    Permission.PROCEEDING_MARK_PUBLISHED: _keepers(),
    Permission.PROCEEDING_RETURN_ADMISSIBILITY: _keepers(_RETURN, _NEVER),
    Permission.PROCEEDING_RETURN_DECISION: _keepers(_RETURN, _NEVER),
    Permission.PROCEEDING_RETURN_SCORING: _keepers(_RETURN, _NEVER),
    Permission.PROCEEDING_REVEAL: _keepers(_HIDDEN, _NEVER),
    Permission.PROCEEDING_SKIP_SCORING: _keepers(_HIDDEN, _NEVER),
    Permission.PROCEEDING_START_SCORING: _keepers(_HIDDEN, _NEVER),
    Permission.PROCEEDING_SUBMIT_SCORES: _member(_HIDDEN),
    Permission.PROTOCOL_COMPLETE: _keepers(_LAW, _NEVER),
    Permission.PROTOCOL_DRAFT: _keepers(),
    Permission.PROTOCOL_PUBLISH: _keepers(),
    Permission.PROTOCOL_SIGN: _member(_LAW),
    Permission.PROTOCOL_SUPERSEDE: _keepers(_RETURN, _NEVER),
}


def proceeding_facts(proceeding: Proceeding, _actor: Actor) -> ProceedingFacts:
    """Counts only: nothing of a score leaves the seal here."""
    contest_state = proceeding.commission.contest.state
    if not proceeding.pk:
        pending = papers_pending(proceeding.commission.contest_id)
        return ProceedingFacts(contest_state, 0, 0, 0, False, 0, pending)
    voting = proceeding.commission.members.filter(seat__in=VOTING).count()
    candidacies = list(proceeding.candidacies.all())
    declared = Interest.objects.filter(candidacy__proceeding=proceeding).count()
    admitted = [c for c in candidacies if c.state == "admitted"]
    conflicted = Interest.objects.filter(candidacy__in=admitted, conflicted=True).count()
    sheets = ScoreSheet.objects.filter(candidacy__in=admitted, round=F("candidacy__round")).count()
    return ProceedingFacts(
        contest_state,
        voting * len(candidacies) - declared,
        sum(1 for c in candidacies if c.state == "listed"),
        len(admitted),
        scorable(proceeding.commission.contest.settlement, len(admitted)),
        voting * len(admitted) - conflicted - sheets,
    )


def scorable(settlement: Settlement, admitted: int) -> bool:
    """One application alone is scored only where `dec.single_bid_rule` says so; none never."""
    return admitted > 1 or (admitted == 1 and settlement.choice("dec.single_bid_rule") == "evaluate")


COMMISSION = Procedure(lifecycle.COMMISSION, rules_of("commission", TABLE))
PROCEEDING = Procedure(lifecycle.PROCEEDING, rules_of("proceeding", TABLE), proceeding_facts)
CANDIDACY = Procedure(lifecycle.CANDIDACY, rules_of("candidacy", TABLE))
PROTOCOL = Procedure(lifecycle.PROTOCOL, rules_of("protocol", TABLE))


def may_read(candidacy: Candidacy, seat: Member) -> Refusal | None:
    """Whether a member opens this application: only after declaring, and never with an interest (blueprint §6.3)."""
    interest = Interest.objects.filter(candidacy=candidacy, member=seat).first()
    if interest is None:
        return NOT_DECLARED.refusal(_INTEREST)
    return HAS_INTEREST.refusal(_INTEREST) if interest.conflicted else None


def visible_proceedings(actor: Actor) -> QuerySet[Proceeding]:
    """To the customer's people and to the commission's own; to everybody once published."""
    sits = Q(commission__members__person_id=actor.person_id) if actor.person_id else Q(pk=None)
    owns = Q(commission__contest__customer_id=actor.organisation_id) if actor.organisation_id else Q(pk=None)
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


def _opens_application_file(ref: str, actor: Actor) -> str:
    """What for somebody of the review opens the documents of an application, with a look; "" for everybody else."""
    candidacy = Candidacy.objects.filter(application__ref=ref).order_by("-id").first()
    if candidacy is None:
        return ""
    seat = seat_of(candidacy.proceeding.commission, actor)
    if seat is not None and seat.seat != Seat.SECRETARY:
        return "" if may_read(candidacy, seat) else "review"
    return "" if CANDIDACY.permissions["admit"].refusal(actor, candidacy) else "screening"


file_of(Appeal, "attachment", own_appeals)
sealed_files_of("application", _opens_application_file)
