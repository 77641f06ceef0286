"""Who may do what with contests and applications, and what is visible to whom."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.db.models import Q, QuerySet

from jardam.documents.policy import papers_of
from jardam.journal.procedure import Procedure
from jardam.kernel.actor import SYSTEM, Actor
from jardam.kernel.permission import Rule, rules_of
from jardam.parties import queries as parties
from jardam.parties.rules import Role
from jardam.rulebook.house import HOUSE

from . import lifecycle
from .models import Application, Contest
from .rules import ApplicationFacts, ContestFacts


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    APPLICATION_OPEN = "application:open"
    APPLICATION_REPLACE = "application:replace"
    APPLICATION_START = "application:start_application"
    APPLICATION_SUBMIT = "application:submit"
    APPLICATION_WITHDRAW = "application:withdraw"
    CONTEST_ANNOUNCE = "contest:announce"
    CONTEST_DRAFT = "contest:draft_contest"
    CONTEST_EDIT = "contest:edit_announcement"
    CONTEST_MARK_DECIDED = "contest:mark_decided"
    CONTEST_OPEN = "contest:open_applications"


def _customer(actor: Actor, contest: Contest) -> bool:
    return actor.acts_for(contest.customer_id)


def _customer_of_application(actor: Actor, application: Application) -> bool:
    return actor.acts_for(application.contest.customer_id)


def _applicant(actor: Actor, application: Application) -> bool:
    return actor.acts_for(application.applicant_id)


_DESK = (Role.SPECIALIST, Role.HEAD)
_OPENERS = (Role.SPECIALIST, Role.COMMISSION_SECRETARY)
_WRITERS = (Role.APPLICANT_HEAD, Role.APPLICANT_EDITOR)
_LAW = HOUSE["H-17"].basis
_SEALED = HOUSE["H-13"].basis

TABLE: dict[Permission, Rule] = {
    Permission.APPLICATION_OPEN: Rule(_OPENERS, _customer_of_application, "the customer", _SEALED),
    Permission.APPLICATION_REPLACE: Rule((Role.APPLICANT_HEAD,), _applicant, "the applicant", _LAW),
    Permission.APPLICATION_START: Rule(_WRITERS, _applicant, "the applicant", _LAW),
    Permission.APPLICATION_SUBMIT: Rule((Role.APPLICANT_HEAD,), _applicant, "the applicant", _LAW),
    Permission.APPLICATION_WITHDRAW: Rule((Role.APPLICANT_HEAD,), _applicant, "the applicant", _LAW),
    Permission.CONTEST_ANNOUNCE: Rule(_DESK, _customer, "the customer", _LAW),
    Permission.CONTEST_DRAFT: Rule(_DESK, _customer, "the customer", _LAW),
    Permission.CONTEST_EDIT: Rule(_DESK, _customer, "the customer", _LAW),
    Permission.CONTEST_MARK_DECIDED: Rule((*_OPENERS, SYSTEM), _customer, "the customer", _LAW),
    Permission.CONTEST_OPEN: Rule(_OPENERS, _customer, "the customer", _SEALED),
}


def contest_facts(contest: Contest, actor: Actor) -> ContestFacts:
    missing = tuple(
        name for name in ("title", "goal", "tasks", "problem") if not any((getattr(contest, name) or {}).values())
    )
    if not contest.contacts:
        missing += ("contacts",)
    lots = contest.lots.count() if contest.pk else 0
    return ContestFacts(actor.at, contest.deadline_at, missing, lots, contest.programme.state)


def application_facts(application: Application, actor: Actor) -> ApplicationFacts:
    contest, applicant = application.contest, application.applicant
    living = (
        Application.objects.filter(lot_id=application.lot_id, applicant_id=applicant.pk)
        .exclude(state="withdrawn")
        .exclude(pk=application.pk)
        .count()
    )
    in_contest = Application.objects.filter(contest_id=contest.pk, applicant_id=applicant.pk)
    elsewhere = in_contest.exclude(state="withdrawn").exclude(pk=application.pk).count()
    bars = tuple((bar.ground, bar.valid_until) for bar in parties.restrictions_on(applicant.pk, actor.at))
    return ApplicationFacts(
        actor.at,
        contest.state,
        contest.deadline_at or actor.at,
        applicant.kind,
        applicant.state,
        living,
        elsewhere,
        bars,
        contest.settlement,
    )


def contest_switches(contest: Contest) -> Mapping[str, bool]:
    return contest.settlement.switches() if contest.settlement_bytes else {}


CONTEST = Procedure(lifecycle.CONTEST, rules_of("contest", TABLE), contest_facts, contest_switches)
APPLICATION = Procedure(
    lifecycle.APPLICATION,
    rules_of("application", TABLE),
    application_facts,
    lambda application: contest_switches(application.contest),
)


def visible_contests(actor: Actor) -> QuerySet[Contest]:
    """Announced ones are public; drafts are the customer's own."""
    mine = Q(customer_id=actor.organisation_id) if actor.organisation_id else Q(pk=None)
    return Contest.objects.filter(~Q(state="draft") | mine)


def visible_applications(actor: Actor) -> QuerySet[Application]:
    """The applicant's own at any time; the customer's from the opening on. Nobody else's, administrators included;
    the commission sees them through its candidacies (review)."""
    if not actor.organisation_id:
        return Application.objects.none()
    return Application.objects.filter(
        Q(applicant_id=actor.organisation_id) | Q(contest__customer_id=actor.organisation_id, state="opened")
    )


def may_write(application: Application, actor: Actor) -> bool:
    """Whether the actor edits its sections: the applicant's people, while nothing is final."""
    return (
        actor.has(*_WRITERS)
        and _applicant(actor, application)
        and application.state in ("draft", "submitted")
        and application.contest.state == "announced"
        and application.contest.deadline_at is not None
        and actor.at < application.contest.deadline_at
    )


papers_of("contest", visible_contests)
papers_of("application", visible_applications)
