"""Who may say what the rules are."""

from __future__ import annotations

from enum import StrEnum

from jardam.journal.procedure import Procedure
from jardam.kernel.actor import Actor
from jardam.kernel.permission import Rule, anyone, rules_of
from jardam.parties.rules import Role
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


TABLE: dict[Permission, Rule] = {
    Permission.ADOPTION_ADOPT: Rule((Role.HEAD, Role.LAWYER), _own, "the customer", HOUSE["H-23"].basis),
    Permission.CONFIRMATION_CONFIRM: Rule((Role.LAWYER, Role.AUDITOR), anyone, "a lawyer", HOUSE["H-10"].basis),
    Permission.CONFIRMATION_ENTER: Rule((Role.LAWYER,), anyone, "a lawyer", HOUSE["H-22"].basis),
}


def check_facts(confirmation: RuleConfirmation, actor: Actor) -> CheckFacts:
    return CheckFacts(confirmation.entered_by_id, actor.person_id)


CONFIRMATION = Procedure(lifecycle.CONFIRMATION, rules_of("confirmation", TABLE), check_facts)
ADOPTION = Procedure(lifecycle.ADOPTION, rules_of("rule_adoption", TABLE))
