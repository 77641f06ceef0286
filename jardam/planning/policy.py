"""Who may plan, and what of it is visible."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from django.db.models import Q, QuerySet, Sum

from jardam.journal.procedure import Procedure
from jardam.kernel.actor import Actor
from jardam.kernel.permission import Rule, anyone, rules_of
from jardam.kernel.refusal import Basis
from jardam.parties.models import Organisation
from jardam.parties.rules import Role
from jardam.regime import queries as regime
from jardam.rulebook.house import HOUSE, LAW
from jardam.rulebook.settlement import Settlement

from . import lifecycle
from .models import Comment, Problem, Programme, Publication, Study
from .rules import CommentFacts, ProgrammeFacts, to_write


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    COMMENT_MAKE = "comment:make_comment"
    COMMENT_TAKE_UP = "comment:take_up_comment"
    COMMENT_TURN_DOWN = "comment:turn_down_comment"
    PROBLEM_DECLINE = "problem:decline_problem"
    PROBLEM_PROPOSE = "problem:propose_problem"
    PROBLEM_PUBLISH = "problem:publish_problem"
    PROBLEM_TAKE_UP = "problem:take_up_problem"
    PROBLEM_TURN_DOWN = "problem:turn_down_problem"
    PROGRAMME_ADD_MEASURE = "programme:add_measure"
    PROGRAMME_ADOPT = "programme:record_adoption"
    PROGRAMME_ALLOCATE = "programme:allocate"
    PROGRAMME_ANNUL = "programme:annul_programme"
    PROGRAMME_CLOSE = "programme:close_programme"
    PROGRAMME_CLOSE_DISCUSSION = "programme:close_discussion"
    PROGRAMME_DRAFT = "programme:draft_programme"
    PROGRAMME_GATHERING = "programme:hold_gathering"
    PROGRAMME_OPEN_DISCUSSION = "programme:open_discussion"
    PROGRAMME_OPINION = "programme:record_opinion"
    PROGRAMME_PUBLISH = "programme:publish_resolution"
    PROGRAMME_REJECT = "programme:record_rejection"
    PROGRAMME_REPORT = "programme:report_year"
    PROGRAMME_RETURN = "programme:return_for_rework"
    PROGRAMME_REWORK = "programme:rework_programme"
    PROGRAMME_SUBMIT = "programme:submit_to_council"
    PROGRAMME_WRITE = "programme:write_section"
    STUDY_PUBLISH = "study:publish_study"


def _own(actor: Actor, thing: Study | Programme | Problem) -> bool:
    return actor.acts_for(thing.customer_id)


def _its_council(actor: Actor, programme: Programme) -> bool:
    return actor.acts_for(programme.customer.council_id)


def _of_own_programme(actor: Actor, thing: Comment) -> bool:
    return actor.acts_for(thing.programme.customer_id)


_APPROVAL = LAW["programme_approval"]
_DESK = (Role.SPECIALIST, Role.HEAD)

_DISCUSSION = HOUSE["H-08"].basis
_PROPOSAL = HOUSE["H-27"].basis

TABLE: dict[Permission, Rule] = {
    Permission.COMMENT_MAKE: Rule((), anyone, "anyone signed in", _DISCUSSION),
    Permission.COMMENT_TAKE_UP: Rule(_DESK, _of_own_programme, "the customer", _DISCUSSION),
    Permission.COMMENT_TURN_DOWN: Rule(_DESK, _of_own_programme, "the customer", _DISCUSSION),
    Permission.PROBLEM_DECLINE: Rule(_DESK, _own, "the customer", _PROPOSAL),
    Permission.PROBLEM_PROPOSE: Rule((), anyone, "anyone signed in", _PROPOSAL),
    Permission.PROBLEM_PUBLISH: Rule(_DESK, _own, "the customer", _PROPOSAL),
    Permission.PROBLEM_TAKE_UP: Rule(_DESK, _own, "the customer", _PROPOSAL),
    Permission.PROBLEM_TURN_DOWN: Rule(_DESK, _own, "the customer", _PROPOSAL),
    Permission.PROGRAMME_ANNUL: Rule((Role.COUNCIL_SECRETARY,), _its_council, "the council", _APPROVAL),
    Permission.PROGRAMME_CLOSE: Rule((Role.HEAD,), _own, "the customer", HOUSE["H-17"].basis),
    Permission.PROGRAMME_GATHERING: Rule(_DESK, _own, "the customer", HOUSE["H-17"].basis),
    Permission.PROGRAMME_OPINION: Rule((Role.COUNCIL_SECRETARY,), _its_council, "the council", _APPROVAL),
    Permission.PROGRAMME_PUBLISH: Rule((Role.COUNCIL_SECRETARY,), _its_council, "the council", _APPROVAL),
    Permission.PROGRAMME_REJECT: Rule((Role.COUNCIL_SECRETARY,), _its_council, "the council", _APPROVAL),
    Permission.PROGRAMME_REPORT: Rule(_DESK, _own, "the customer", HOUSE["H-17"].basis),
    Permission.PROGRAMME_REWORK: Rule(_DESK, _own, "the customer", _APPROVAL),
    Permission.PROGRAMME_CLOSE_DISCUSSION: Rule(_DESK, _own, "the customer", _DISCUSSION),
    Permission.PROGRAMME_OPEN_DISCUSSION: Rule(_DESK, _own, "the customer", _DISCUSSION),
    Permission.PROGRAMME_ADD_MEASURE: Rule(_DESK, _own, "the customer", _APPROVAL),
    Permission.PROGRAMME_ADOPT: Rule((Role.COUNCIL_SECRETARY,), _its_council, "the council", _APPROVAL),
    Permission.PROGRAMME_ALLOCATE: Rule((*_DESK, Role.ACCOUNTANT), _own, "the customer", HOUSE["H-11"].basis),
    Permission.PROGRAMME_DRAFT: Rule(_DESK, _own, "the customer", _APPROVAL),
    Permission.PROGRAMME_RETURN: Rule((Role.COUNCIL_SECRETARY,), _its_council, "the council", _APPROVAL),
    Permission.PROGRAMME_SUBMIT: Rule(_DESK, _own, "the customer", _APPROVAL),
    Permission.PROGRAMME_WRITE: Rule(_DESK, _own, "the customer", _APPROVAL),
    Permission.STUDY_PUBLISH: Rule(_DESK, _own, "the customer", LAW["needs_study"]),
}


FORM = "grants"
"""The form of order whose edition says how a programme comes about."""


def rules_now(customer: Organisation, at: datetime) -> Settlement:
    """What is known today of the rules a programme of this customer obeys."""
    return regime.known_rules(customer, FORM, at)


def sections_asked(programme: Programme, at: datetime) -> tuple[tuple[str, ...], Basis | None]:
    """The sections the office has to write, and on what basis; none where the rules in force name no sections."""
    known = rules_now(programme.customer, at)
    if "prog.sections" not in known.parameters:
        return (), None
    return to_write(known.codes("prog.sections")), known.basis("prog.sections")


def programme_facts(programme: Programme, actor: Actor) -> ProgrammeFacts:
    sums = programme.measures.aggregate(amount=Sum("amount")) if programme.pk else {"amount": None}
    count = programme.measures.count() if programme.pk else 0
    closed = _closed_years(programme) if programme.pk else set()
    asked, basis = sections_asked(programme, actor.at) if programme.state in ("draft", "discussion") else ((), None)
    written = set(programme.sections.values_list("code", flat=True)) if programme.pk else set()
    unanswered = programme.comments.filter(state="made").count() if programme.pk else 0
    return ProgrammeFacts(
        count,
        Decimal(sums["amount"] or 0),
        programme.study_id is not None,
        actor.at,
        _discussed_until(programme),
        unanswered,
        programme.year_to,
        tuple(year for year in range(programme.year_from, programme.year_to + 1) if year not in closed),
        bool(programme.pk) and Publication.objects.filter(programme=programme).exists(),
        tuple(code for code in asked if code not in written),
        basis,
    )


def _closed_years(programme: Programme) -> set[int]:
    """Reported to the council and talked over with the people."""
    reported = set(programme.reports.values_list("year", flat=True))
    return reported & set(programme.gatherings.values_list("year", flat=True))


def _discussed_until(programme: Programme) -> datetime | None:
    last = programme.discussions.order_by("-id").first() if programme.pk else None
    return last.closes_at if last else None


def comment_facts(comment: Comment, actor: Actor) -> CommentFacts:
    return CommentFacts(comment.programme.state, _discussed_until(comment.programme), actor.at)


COMMENT = Procedure(lifecycle.COMMENT, rules_of("comment", TABLE), comment_facts)
PROBLEM = Procedure(lifecycle.PROBLEM, rules_of("problem", TABLE))
STUDY = Procedure(lifecycle.STUDY, rules_of("study", TABLE))
PROGRAMME = Procedure(lifecycle.PROGRAMME, rules_of("programme", TABLE), programme_facts)


def visible_programmes(actor: Actor) -> QuerySet[Programme]:
    """Public from the first discussion or submission on; drafts before it are the customer's own."""
    mine = Q(customer_id__in=actor.organisation_ids)
    return Programme.objects.filter(Q(public_since__isnull=False) | mine)


def visible_problems(actor: Actor) -> QuerySet[Problem]:
    """The published ones, answered or not; the customer's own, and one's own, from the first moment."""
    mine = Q(customer_id__in=actor.organisation_ids)
    said = Q(proposed_by_id=actor.person_id) if actor.person_id else Q(pk=None)
    return Problem.objects.filter(Q(state__in=("published", "taken_up", "turned_down")) | mine | said)
