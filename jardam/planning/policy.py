"""Who may plan, and what of it is visible."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from django.db.models import Q, QuerySet, Sum

from jardam.documents.policy import papers_of
from jardam.journal.procedure import Procedure
from jardam.kernel.actor import Actor
from jardam.kernel.permission import Rule, rules_of
from jardam.parties.rules import Role
from jardam.rulebook.house import HOUSE, LAW

from . import lifecycle
from .models import Programme, Study
from .rules import ProgrammeFacts


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    PROGRAMME_ADD_MEASURE = "programme:add_measure"
    PROGRAMME_ADOPT = "programme:record_adoption"
    PROGRAMME_ALLOCATE = "programme:allocate"
    PROGRAMME_DRAFT = "programme:draft_programme"
    PROGRAMME_RETURN = "programme:return_for_rework"
    PROGRAMME_SUBMIT = "programme:submit_to_council"
    STUDY_PUBLISH = "study:publish_study"


def _own(actor: Actor, thing: Study | Programme) -> bool:
    return actor.acts_for(thing.customer_id)


def _its_council(actor: Actor, programme: Programme) -> bool:
    return actor.acts_for(programme.customer.council_id)


_APPROVAL = LAW["programme_approval"]
_DESK = (Role.SPECIALIST, Role.HEAD)

TABLE: dict[Permission, Rule] = {
    Permission.PROGRAMME_ADD_MEASURE: Rule(_DESK, _own, "the customer", _APPROVAL),
    Permission.PROGRAMME_ADOPT: Rule((Role.COUNCIL_SECRETARY,), _its_council, "the council", _APPROVAL),
    Permission.PROGRAMME_ALLOCATE: Rule((*_DESK, Role.ACCOUNTANT), _own, "the customer", HOUSE["H-11"].basis),
    Permission.PROGRAMME_DRAFT: Rule(_DESK, _own, "the customer", _APPROVAL),
    Permission.PROGRAMME_RETURN: Rule((Role.COUNCIL_SECRETARY,), _its_council, "the council", _APPROVAL),
    Permission.PROGRAMME_SUBMIT: Rule(_DESK, _own, "the customer", _APPROVAL),
    Permission.STUDY_PUBLISH: Rule(_DESK, _own, "the customer", LAW["needs_study"]),
}


def programme_facts(programme: Programme, _actor: Actor) -> ProgrammeFacts:
    sums = programme.measures.aggregate(amount=Sum("amount")) if programme.pk else {"amount": None}
    count = programme.measures.count() if programme.pk else 0
    return ProgrammeFacts(count, Decimal(sums["amount"] or 0), programme.study_id is not None)


STUDY = Procedure(lifecycle.STUDY, rules_of("study", TABLE))
PROGRAMME = Procedure(lifecycle.PROGRAMME, rules_of("programme", TABLE), programme_facts)


def visible_programmes(actor: Actor) -> QuerySet[Programme]:
    """Submitted and adopted ones are public; drafts are the customer's own."""
    mine = Q(customer_id=actor.organisation_id) if actor.organisation_id else Q(pk=None)
    return Programme.objects.filter(~Q(state="draft") | mine)


papers_of("programme", visible_programmes)
