"""Who may say what the rules are."""

from __future__ import annotations

from enum import StrEnum

from jardam.documents.policy import file_of
from jardam.journal.procedure import Procedure
from jardam.kernel.actor import Actor
from jardam.kernel.permission import Rule, rules_of
from jardam.parties.rules import Kind, Role
from jardam.rulebook.house import HOUSE

from . import lifecycle
from .models import RuleAdoption, RuleConfirmation
from .rules import CheckFacts


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    ADOPTION_ADOPT = "rule_adoption:adopt_parameter"
    CONFIRMATION_CONFIRM = "confirmation:confirm_parameter"
    CONFIRMATION_ENTER = "confirmation:enter_parameter"


def _own(actor: Actor, adoption: RuleAdoption) -> bool:
    return actor.acts_for(adoption.customer_id)


def _operator(actor: Actor, _confirmation: RuleConfirmation) -> bool:
    """A confirmed rule holds for the whole instance: a customer's own lawyer does not set it for the others."""
    return actor.standing is not None and actor.standing.organisation_kind == Kind.OPERATOR


TABLE: dict[Permission, Rule] = {
    Permission.ADOPTION_ADOPT: Rule((Role.HEAD, Role.LAWYER), _own, "the customer", HOUSE["H-23"].basis),
    Permission.CONFIRMATION_CONFIRM: Rule(
        (Role.LAWYER, Role.AUDITOR), _operator, "the operator of this instance", HOUSE["H-10"].basis
    ),
    Permission.CONFIRMATION_ENTER: Rule(
        (Role.LAWYER,), _operator, "the operator of this instance", HOUSE["H-22"].basis
    ),
}


def check_facts(confirmation: RuleConfirmation, actor: Actor) -> CheckFacts:
    return CheckFacts(confirmation.entered_by_id, actor.person_id)


CONFIRMATION = Procedure(lifecycle.CONFIRMATION, rules_of("confirmation", TABLE), check_facts)
ADOPTION = Procedure(lifecycle.ADOPTION, rules_of("rule_adoption", TABLE))


file_of(RuleAdoption, "file", lambda actor: RuleAdoption.objects.filter(customer_id=actor.organisation_id or 0))
file_of(RuleConfirmation, "page_image", lambda _actor: RuleConfirmation.objects.all())  # a page of the official text
