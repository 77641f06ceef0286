"""Who may do what with contests and applications, and what is visible to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, cast

from django.db.models import Q, QuerySet

from jardam.documents.policy import file_of, papers_of
from jardam.journal.procedure import Procedure
from jardam.kernel.actor import SYSTEM, Actor
from jardam.kernel.permission import Rule, anyone, rules_of
from jardam.parties import queries as parties
from jardam.parties.rules import Role
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement

from . import lifecycle
from .models import Application, Collaborator, Contest, Order, Outage, Paper, Partner, Question, with_outcome
from .rules import (
    UNANNOUNCED,
    VOID_GROUNDS,
    WRITES,
    ApplicationFacts,
    ContestFacts,
    Hand,
    OutageFacts,
    PaperFacts,
    PartnerFacts,
    QuestionFacts,
)


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    APPLICATION_COMPARE = "application:compare"
    APPLICATION_FINISH_KEYING = "application:finish_keying"
    APPLICATION_KEY_IN = "application:key_in"
    APPLICATION_MEND = "application:mend_content"
    APPLICATION_OPEN = "application:open"
    APPLICATION_REPLACE = "application:replace"
    APPLICATION_RETURN_KEYING = "application:return_keying"
    APPLICATION_SIGN_OFF = "application:sign_off"
    APPLICATION_START = "application:start_application"
    APPLICATION_SUBMIT = "application:submit"
    APPLICATION_WITHDRAW = "application:withdraw"
    COLLABORATOR_ACCEPT = "collaborator:accept_invitation"
    COLLABORATOR_INVITE = "collaborator:invite_collaborator"
    COLLABORATOR_REMOVE = "collaborator:remove_collaborator"
    CONTEST_AMEND = "contest:amend"
    CONTEST_ANNOUNCE = "contest:announce"
    CONTEST_CANCEL = "contest:cancel"
    CONTEST_DECLARE_VOID = "contest:declare_void"
    CONTEST_DISCARD = "contest:discard_contest"
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
    PAPER_OPEN = "paper:open_paper"
    PAPER_REFUSE = "paper:refuse_paper"
    PAPER_REGISTER = "paper:register_paper"
    PAPER_REGISTER_LATE = "paper:register_late"
    PAPER_TAKE_IN = "paper:take_in"
    PARTNER_CONFIRM = "partner:confirm_partner"
    PARTNER_DECLINE = "partner:decline_partner"
    PARTNER_NAME = "partner:name_partner"
    PARTNER_REMOVE = "partner:remove_partner"


def _customer(actor: Actor, contest: Contest) -> bool:
    return actor.acts_for(contest.customer_id)


def _customer_of_application(actor: Actor, application: Application) -> bool:
    return actor.acts_for(application.contest.customer_id)


def _applicant(actor: Actor, application: Application) -> bool:
    return actor.acts_for(application.applicant_id)


def _hand(application: Application, actor: Actor) -> str:
    """What the actor was invited to do in this application, and accepted; nothing for everybody else."""
    if actor.person_id is None or not application.pk:
        return ""
    found = application.collaborators.filter(person_id=actor.person_id, state="accepted").first()
    return found.hand if found else ""


def side_of(application: Application, actor: Actor) -> str:
    """As whom the actor answers for the application: its head, or the accountant of its budget."""
    if actor.has(Role.APPLICANT_HEAD) and _applicant(actor, application):
        return Role.APPLICANT_HEAD
    return Hand.ACCOUNTANT if _hand(application, actor) == Hand.ACCOUNTANT else ""


def _answers_for(actor: Actor, application: Application) -> bool:
    return bool(side_of(application, actor))


def _of_applicant(actor: Actor, thing: Collaborator | Partner) -> bool:
    return _applicant(actor, thing.application)


def _invited(actor: Actor, collaborator: Collaborator) -> bool:
    return actor.person_id == collaborator.person_id


def _inviting_or_invited(actor: Actor, collaborator: Collaborator) -> bool:
    """Whoever was invited may leave."""
    return _invited(actor, collaborator) or (actor.has(*_WRITERS) and _applicant(actor, collaborator.application))


def _partner(actor: Actor, partner: Partner) -> bool:
    return actor.acts_for(partner.organisation_id)


def _customer_of_paper(actor: Actor, paper: Paper) -> bool:
    return actor.acts_for(paper.contest.customer_id)


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
_SIGNED = HOUSE["H-31"].basis
_PAPER = HOUSE["H-32"].basis
_KEYERS = (Role.SPECIALIST, Role.COMMISSION_SECRETARY)
_COMPARERS = (*_KEYERS, Role.HEAD)
_HEAD = (Role.APPLICANT_HEAD,)

TABLE: dict[Permission, Rule] = {
    Permission.APPLICATION_COMPARE: Rule(_COMPARERS, _customer_of_application, "the customer", _PAPER),
    Permission.APPLICATION_FINISH_KEYING: Rule(_KEYERS, _customer_of_application, "the customer", _PAPER),
    Permission.APPLICATION_KEY_IN: Rule(_KEYERS, _customer_of_application, "the customer", _PAPER),
    Permission.APPLICATION_MEND: Rule((Role.APPLICANT_HEAD,), _applicant, "the applicant", HOUSE["H-02"].basis),
    Permission.APPLICATION_OPEN: Rule(_OPENERS, _customer_of_application, "the customer", _SEALED),
    Permission.APPLICATION_REPLACE: Rule((Role.APPLICANT_HEAD,), _applicant, "the applicant", _LAW),
    Permission.APPLICATION_RETURN_KEYING: Rule(_COMPARERS, _customer_of_application, "the customer", _PAPER),
    Permission.APPLICATION_SIGN_OFF: Rule(tuple(Role), _answers_for, "the applicant", _SIGNED),
    Permission.APPLICATION_START: Rule(_WRITERS, _applicant, "the applicant", _LAW),
    Permission.APPLICATION_SUBMIT: Rule((Role.APPLICANT_HEAD,), _applicant, "the applicant", _LAW),
    Permission.APPLICATION_WITHDRAW: Rule((Role.APPLICANT_HEAD,), _applicant, "the applicant", _LAW),
    Permission.COLLABORATOR_ACCEPT: Rule((), _invited, "the person who was invited", _LAW),
    Permission.COLLABORATOR_INVITE: Rule(_WRITERS, _of_applicant, "the applicant", _LAW),
    Permission.COLLABORATOR_REMOVE: Rule((), _inviting_or_invited, "the applicant", _LAW),
    Permission.CONTEST_ANNOUNCE: Rule(_DESK, _customer, "the customer", _LAW),
    Permission.CONTEST_DISCARD: Rule(_DESK, _customer, "the customer", HOUSE["H-71"].basis),
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
    Permission.PAPER_OPEN: Rule(_OPENERS, _customer_of_paper, "the customer", _SEALED),
    Permission.PAPER_REFUSE: Rule(_OPENERS, _customer_of_paper, "the customer", _PAPER),
    Permission.PAPER_REGISTER: Rule(_KEYERS, _customer_of_paper, "the customer", _PAPER),
    Permission.PAPER_REGISTER_LATE: Rule(_KEYERS, _customer_of_paper, "the customer", _PAPER),
    Permission.PAPER_TAKE_IN: Rule(_COMPARERS, _customer_of_paper, "the customer", _PAPER),
    Permission.PARTNER_CONFIRM: Rule(_HEAD, _partner, "the partner", _LAW),
    Permission.PARTNER_DECLINE: Rule(_HEAD, _partner, "the partner", _LAW),
    Permission.PARTNER_NAME: Rule(_WRITERS, _of_applicant, "the applicant", _LAW),
    Permission.PARTNER_REMOVE: Rule(_WRITERS, _of_applicant, "the applicant", _LAW),
}


def _lots_to_repeat(first: Contest | None) -> int:
    """How many lots of a contest that awarded others came to nothing. One without any award is declared void first."""
    if first is None or first.state != "decided" or first.outcome != "awarded":
        return 0
    return with_outcome(first.lots.all()).filter(outcome__in=VOID_GROUNDS).count()


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
        repeats_lots=_lots_to_repeat(contest.repeats),
        repeated=bool(
            contest.repeats and contest.repeats.repetitions.exclude(Q(pk=contest.pk) | Q(state="discarded")).exists()
        ),
    )


def question_facts(question: Question, actor: Actor) -> QuestionFacts:
    return QuestionFacts(actor.at, question.contest.state, question.contest.deadline_at)


def outage_facts(outage: Outage, actor: Actor) -> OutageFacts:
    others = Outage.objects.filter(begins_at__lt=outage.ends_at, ends_at__gt=outage.begins_at).exclude(pk=outage.pk)
    return OutageFacts(actor.at, outage.begins_at, outage.ends_at, others.exists())


@dataclass(frozen=True)
class _Asked:
    """ApplicationFacts of which each is read when a guard first looks at it, once: no verb looks at all of them."""

    application: Application
    actor: Actor

    @cached_property
    def at(self) -> datetime:
        return self.actor.at

    @cached_property
    def contest_state(self) -> str:
        return self.application.contest.state

    @cached_property
    def deadline_at(self) -> datetime:
        return self.application.contest.deadline_at or self.actor.at

    @cached_property
    def applicant_kind(self) -> str:
        return self.application.applicant.kind

    @cached_property
    def legal_form(self) -> str:
        return self.application.applicant.legal_form

    @cached_property
    def registered_on(self) -> date | None:
        return self.application.applicant.registered_on

    @cached_property
    def applicant_state(self) -> str:
        return self.application.applicant.state

    @cached_property
    def _others(self) -> QuerySet[Application]:
        rows = Application.objects.filter(applicant_id=self.application.applicant_id).exclude(state="withdrawn")
        return rows.exclude(pk=self.application.pk)

    @cached_property
    def living(self) -> int:
        return self._others.filter(lot_id=self.application.lot_id).count()

    @cached_property
    def in_contest(self) -> int:
        return self._others.filter(contest_id=self.application.contest_id).count()

    @cached_property
    def bars(self) -> tuple[tuple[str, Any], ...]:
        found = parties.restrictions_on(self.application.applicant_id, self.actor.at)
        return tuple((bar.ground, bar.valid_until) for bar in found)

    @cached_property
    def settlement(self) -> Settlement:
        return self.application.contest.settlement

    @cached_property
    def paper_state(self) -> str:
        return self.application.paper.state if self.application.paper else ""

    @cached_property
    def actor_votes(self) -> bool:
        return parties.holds_role(self.actor.person_id, Role.COMMISSION_MEMBER, self.actor.at)

    @cached_property
    def actor_keyed(self) -> bool:
        return self.application.keyed_by_id is not None and self.application.keyed_by_id == self.actor.person_id

    @cached_property
    def has_scan(self) -> bool:
        application = self.application
        return bool(application.pk) and application.attachments.filter(kind="scan", removed_at=None).exists()


def application_facts(application: Application, actor: Actor) -> ApplicationFacts:
    return cast(ApplicationFacts, _Asked(application, actor))


def partner_facts(partner: Partner, actor: Actor) -> PartnerFacts:
    application, contest = partner.application, partner.application.contest
    living = application.partners.exclude(state="removed").exclude(pk=partner.pk).count()
    return PartnerFacts(
        actor.at,
        contest.state,
        contest.deadline_at or actor.at,
        partner.organisation_id == application.applicant_id,
        living,
        contest.settlement,
    )


def paper_facts(paper: Paper, actor: Actor) -> PaperFacts:
    contest = paper.contest
    return PaperFacts(actor.at, contest.state, contest.deadline_at or actor.at, contest.settlement)


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
COLLABORATOR = Procedure(lifecycle.COLLABORATOR, rules_of("collaborator", TABLE))
PARTNER = Procedure(
    lifecycle.PARTNER,
    rules_of("partner", TABLE),
    partner_facts,
    lambda partner: contest_switches(partner.application.contest),
)
PAPER = Procedure(
    lifecycle.PAPER, rules_of("paper", TABLE), paper_facts, lambda paper: contest_switches(paper.contest)
)


def visible_contests(actor: Actor) -> QuerySet[Contest]:
    """Announced ones are public; drafts are the customer's own."""
    mine = Q(customer_id__in=actor.organisation_ids)
    return Contest.objects.filter(~Q(state__in=UNANNOUNCED) | mine)


def visible_questions(actor: Actor) -> QuerySet[Question]:
    """Answered ones are public; until then they are the asker's own, and the customer's who has to answer."""
    mine = Q(asker_id=actor.person_id) if actor.person_id else Q(pk=None)
    asked_of = Q(contest__customer_id__in=actor.organisation_ids)
    return Question.objects.filter(Q(state="answered") | mine | asked_of)


def visible_applications(actor: Actor) -> QuerySet[Application]:
    """The applicant's own at any time, and those of whoever was invited; the customer's from the opening on. Nobody
    else's, administrators included; the commission sees them through its candidacies (review)."""
    mine = Q(pk=None)
    if actor.organisation_id:
        mine |= Q(applicant_id__in=actor.organisation_ids, paper=None)
        mine |= Q(applicant_id__in=actor.organisation_ids, state="opened")
        mine |= Q(contest__customer_id__in=actor.organisation_ids, state__in=("opened", "keying", "keyed"))
    if actor.person_id:
        invited = Collaborator.objects.filter(person_id=actor.person_id, state="accepted")
        mine |= Q(pk__in=invited.values("application_id"))
    return Application.objects.filter(mine)


def may_write(application: Application, actor: Actor, part: str = "") -> bool:
    """Whether the actor edits this part (or any): the applicant's people and whoever they invited, while nothing is
    final; or the customer's keyer of what came on paper."""
    if application.state == "keying":
        return actor.has(*_KEYERS) and _customer_of_application(actor, application)
    is_open = (
        application.state in ("draft", "submitted")
        and application.contest.state == "announced"
        and application.contest.deadline_at is not None
        and actor.at < application.contest.deadline_at
    )
    if not is_open:
        return False
    if actor.has(*_WRITERS) and _applicant(actor, application):
        return True
    parts = WRITES.get(_hand(application, actor), ())
    return part in parts if part else bool(parts)


def hand_of(application: Application, actor: Actor) -> str:
    """The actor's hand in somebody else's application (rules.Hand), or nothing."""
    return _hand(application, actor)


def visible_papers(actor: Actor) -> QuerySet[Paper]:
    """Envelopes are the customer's: it holds them."""
    return Paper.objects.filter(contest__customer_id__in=actor.organisation_ids)


papers_of("contest", visible_contests)
papers_of("application", visible_applications)


def visible_orders(actor: Actor) -> QuerySet[Order]:
    """The document behind a contest's end or pause is read with the contest."""
    return Order.objects.filter(contest__in=visible_contests(actor).values("pk"))


file_of(Order, "file", visible_orders)
