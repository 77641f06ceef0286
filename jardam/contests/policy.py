"""Who may do what with contests and applications, and what is visible to whom."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.db.models import Q, QuerySet

from jardam.journal.procedure import Procedure
from jardam.kernel.actor import SYSTEM, Actor
from jardam.kernel.permission import Rule, anyone, rules_of
from jardam.parties import queries as parties
from jardam.parties.rules import Role
from jardam.rulebook.house import HOUSE

from . import lifecycle
from .models import Application, Contest, Outage, Question
from .rules import ApplicationFacts, ContestFacts, OutageFacts, QuestionFacts


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    APPLICATION_OPEN = "application:open"
    APPLICATION_REPLACE = "application:replace"
    APPLICATION_START = "application:start_application"
    APPLICATION_SUBMIT = "application:submit"
    APPLICATION_WITHDRAW = "application:withdraw"
    CONTEST_AMEND = "contest:amend"
    CONTEST_ANNOUNCE = "contest:announce"
    CONTEST_CANCEL = "contest:cancel"
    CONTEST_DECLARE_VOID = "contest:declare_void"
    CONTEST_DRAFT = "contest:draft_contest"
    CONTEST_EDIT = "contest:edit_announcement"
    CONTEST_EXTEND = "contest:extend_for_outage"
    CONTEST_MARK_DECIDED = "contest:mark_decided"
    CONTEST_OPEN = "contest:open_applications"
    CONTEST_REVIEW_AGAIN = "contest:review_again"
    CONTEST_RECTIFY = "contest:rectify"
    CONTEST_REOPEN = "contest:reopen"
    CONTEST_REPEAT = "contest:repeat_contest"
    CONTEST_RESUME = "contest:resume"
    CONTEST_SUSPEND = "contest:suspend"
    OUTAGE_REGISTER = "outage:register_outage"
    QUESTION_ANSWER = "question:answer"
    QUESTION_ASK = "question:ask"


def _customer(actor: Actor, contest: Contest) -> bool:
    return actor.acts_for(contest.customer_id)


def _customer_of_application(actor: Actor, application: Application) -> bool:
    return actor.acts_for(application.contest.customer_id)


def _applicant(actor: Actor, application: Application) -> bool:
    return actor.acts_for(application.applicant_id)


def _customer_of_question(actor: Actor, question: Question) -> bool:
    return actor.acts_for(question.contest.customer_id)


_DESK = (Role.SPECIALIST, Role.HEAD)
_OPENERS = (Role.SPECIALIST, Role.COMMISSION_SECRETARY)
_WRITERS = (Role.APPLICANT_HEAD, Role.APPLICANT_EDITOR)
_LAW = HOUSE["H-17"].basis
_SEALED = HOUSE["H-13"].basis
_OPERATORS = (Role.REGISTRAR, SYSTEM)
_OUTAGE = HOUSE["H-07"].basis
_ASKER = HOUSE["H-29"].basis

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
    Permission.CONTEST_REVIEW_AGAIN: Rule((SYSTEM,), _customer, "the customer", HOUSE["H-37"].basis),
    Permission.CONTEST_AMEND: Rule(_DESK, _customer, "the customer", _LAW),
    Permission.CONTEST_CANCEL: Rule((Role.HEAD,), _customer, "the customer", _LAW),
    Permission.CONTEST_DECLARE_VOID: Rule(_DESK, _customer, "the customer", _LAW),
    Permission.CONTEST_EXTEND: Rule(_OPERATORS, anyone, "the registrar", _OUTAGE),
    Permission.CONTEST_RECTIFY: Rule(_DESK, _customer, "the customer", HOUSE["H-26"].basis),
    Permission.CONTEST_REOPEN: Rule(_DESK, _customer, "the customer", _LAW),
    Permission.CONTEST_REPEAT: Rule(_DESK, _customer, "the customer", _LAW),
    Permission.CONTEST_RESUME: Rule(_DESK, _customer, "the customer", _LAW),
    Permission.CONTEST_SUSPEND: Rule(_DESK, _customer, "the customer", _LAW),
    Permission.OUTAGE_REGISTER: Rule(_OPERATORS, anyone, "the registrar", _OUTAGE),
    Permission.QUESTION_ANSWER: Rule(_DESK, _customer_of_question, "the customer", _ASKER),
    Permission.QUESTION_ASK: Rule((), anyone, "anyone signed in", _ASKER),
}


def contest_facts(contest: Contest, actor: Actor) -> ContestFacts:
    missing = tuple(
        name for name in ("title", "goal", "tasks", "problem") if not any((getattr(contest, name) or {}).values())
    )
    if not contest.contacts:
        missing += ("contacts",)
    lots = contest.lots.count() if contest.pk else 0
    return ContestFacts(
        actor.at,
        contest.deadline_at,
        missing,
        lots,
        contest.programme.state,
        state=contest.state,
        settlement=contest.settlement if contest.settlement_bytes else None,
        opened=contest.applications.filter(state="opened").count() if contest.pk and contest.opened_at else None,
        outcome=contest.outcome,
        repeats_state=contest.repeats.state if contest.repeats else "",
        repeated=bool(contest.repeats and contest.repeats.repetitions.exclude(pk=contest.pk).exists()),
    )


def question_facts(question: Question, actor: Actor) -> QuestionFacts:
    return QuestionFacts(actor.at, question.contest.state, question.contest.deadline_at)


def outage_facts(outage: Outage, actor: Actor) -> OutageFacts:
    others = Outage.objects.filter(begins_at__lt=outage.ends_at, ends_at__gt=outage.begins_at).exclude(pk=outage.pk)
    return OutageFacts(actor.at, outage.begins_at, outage.ends_at, others.exists())


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
QUESTION = Procedure(
    lifecycle.QUESTION,
    rules_of("question", TABLE),
    question_facts,
    lambda question: contest_switches(question.contest),
)
OUTAGE = Procedure(lifecycle.OUTAGE, rules_of("outage", TABLE), outage_facts)


def visible_contests(actor: Actor) -> QuerySet[Contest]:
    """Announced ones are public; drafts are the customer's own."""
    mine = Q(customer_id=actor.organisation_id) if actor.organisation_id else Q(pk=None)
    return Contest.objects.filter(~Q(state="draft") | mine)


def visible_questions(actor: Actor) -> QuerySet[Question]:
    """Answered ones are public; until then they are the asker's own, and the customer's who has to answer."""
    mine = Q(asker_id=actor.person_id) if actor.person_id else Q(pk=None)
    asked_of = Q(contest__customer_id=actor.organisation_id) if actor.organisation_id else Q(pk=None)
    return Question.objects.filter(Q(state="answered") | mine | asked_of)


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
