"""Who may do what in the review, and what each may see."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from jardam.journal.procedure import Procedure
from jardam.kernel.actor import SYSTEM, Actor
from jardam.kernel.permission import Rule, rules_of
from jardam.kernel.refusal import Refusal
from jardam.parties.rules import Role
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement

from . import lifecycle
from .models import Candidacy, Commission, Interest, Member, Proceeding, Protocol, ScoreSheet
from .rules import HAS_INTEREST, NOT_DECLARED, VOTING, ProceedingFacts


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    CANDIDACY_ADMIT = "candidacy:admit"
    CANDIDACY_AWARD = "candidacy:award"
    CANDIDACY_LIST = "candidacy:list_candidacy"
    CANDIDACY_PASS_OVER = "candidacy:pass_over"
    CANDIDACY_REJECT = "candidacy:reject"
    CANDIDACY_RESERVE = "candidacy:put_on_reserve"
    COMMISSION_APPOINT = "commission:appoint_commission"
    PROCEEDING_BEGIN = "proceeding:begin_review"
    PROCEEDING_CLOSE_INTERESTS = "proceeding:close_interests"
    PROCEEDING_DECIDE = "proceeding:decide"
    PROCEEDING_DECLARE = "proceeding:declare_interests"
    PROCEEDING_MARK_PUBLISHED = "proceeding:mark_published"
    PROCEEDING_REVEAL = "proceeding:reveal"
    PROCEEDING_SKIP_SCORING = "proceeding:skip_scoring"
    PROCEEDING_START_SCORING = "proceeding:start_scoring"
    PROCEEDING_SUBMIT_SCORES = "proceeding:submit_scores"
    PROTOCOL_COMPLETE = "protocol:complete_signatures"
    PROTOCOL_DRAFT = "protocol:draft_protocol"
    PROTOCOL_PUBLISH = "protocol:publish_protocol"
    PROTOCOL_SIGN = "protocol:sign_protocol"


def _contest_of(thing: Any) -> Any:
    match thing:
        case Commission():
            return thing.contest
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


_MEMBER = (Role.COMMISSION_MEMBER,)
_KEEPERS = (Role.COMMISSION_SECRETARY, Role.SPECIALIST)
_LAW = HOUSE["H-17"].basis
_INTEREST = HOUSE["H-12"].basis
_HIDDEN = HOUSE["H-20"].basis
_NEVER = (SYSTEM,)


def _keepers(basis: Any = _LAW, roles: tuple[str, ...] = _KEEPERS) -> Rule:
    return Rule(roles, _customer, "the customer", basis)


def _member(basis: Any) -> Rule:
    return Rule(_MEMBER, _votes, "the voting members of this commission", basis)


TABLE: dict[Permission, Rule] = {
    Permission.CANDIDACY_ADMIT: _keepers(HOUSE["H-02"].basis),
    Permission.CANDIDACY_AWARD: _keepers(),
    Permission.CANDIDACY_LIST: _keepers(),
    Permission.CANDIDACY_PASS_OVER: _keepers(),
    Permission.CANDIDACY_REJECT: _keepers(HOUSE["H-02"].basis),
    Permission.CANDIDACY_RESERVE: _keepers(),
    Permission.COMMISSION_APPOINT: _keepers(roles=(Role.HEAD, Role.SPECIALIST)),
    Permission.PROCEEDING_BEGIN: _keepers(),
    Permission.PROCEEDING_CLOSE_INTERESTS: _keepers(_INTEREST, _NEVER),
    Permission.PROCEEDING_DECIDE: _keepers(),
    Permission.PROCEEDING_DECLARE: _member(_INTEREST),
    Permission.PROCEEDING_MARK_PUBLISHED: _keepers(),
    Permission.PROCEEDING_REVEAL: _keepers(_HIDDEN, _NEVER),
    Permission.PROCEEDING_SKIP_SCORING: _keepers(_HIDDEN, _NEVER),
    Permission.PROCEEDING_START_SCORING: _keepers(_HIDDEN, _NEVER),
    Permission.PROCEEDING_SUBMIT_SCORES: _member(_HIDDEN),
    Permission.PROTOCOL_COMPLETE: _keepers(_LAW, _NEVER),
    Permission.PROTOCOL_DRAFT: _keepers(),
    Permission.PROTOCOL_PUBLISH: _keepers(),
    Permission.PROTOCOL_SIGN: _member(_LAW),
}


def proceeding_facts(proceeding: Proceeding, _actor: Actor) -> ProceedingFacts:
    """Counts only: nothing of a score leaves the seal here."""
    contest_state = proceeding.commission.contest.state
    if not proceeding.pk:
        return ProceedingFacts(contest_state, 0, 0, 0, False, 0)
    voting = proceeding.commission.members.filter(seat__in=VOTING).count()
    states = Counter(proceeding.candidacies.values_list("state", flat=True))
    declared = Interest.objects.filter(candidacy__proceeding=proceeding).count()
    admitted = {"candidacy__proceeding": proceeding, "candidacy__state": "admitted"}
    conflicted = Interest.objects.filter(**admitted, conflicted=True).count()
    sheets = ScoreSheet.objects.filter(**admitted).count()
    return ProceedingFacts(
        contest_state,
        voting * states.total() - declared,
        states["listed"],
        states["admitted"],
        _scorable(proceeding.commission.contest.settlement, states["admitted"]),
        voting * states["admitted"] - conflicted - sheets,
    )


def _scorable(settlement: Settlement, admitted: int) -> bool:
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
    """Published ones to everybody; before that to the customer's people and the commission."""
    return Protocol.objects.filter(Q(state="published") | Q(proceeding__in=visible_proceedings(actor).values("pk")))
