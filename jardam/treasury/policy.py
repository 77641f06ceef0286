"""Who may do what with money."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from jardam.journal.procedure import Procedure
from jardam.kernel.actor import Actor
from jardam.kernel.permission import Rule, rules_of
from jardam.parties.models import Organisation
from jardam.parties.rules import Role
from jardam.rulebook.house import HOUSE

from . import lifecycle
from .models import PaymentOrder
from .rules import PaymentFacts


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    APPROPRIATION_APPROPRIATE = "appropriation:appropriate"
    PAYMENT_APPROVE = "payment:approve_payment"
    PAYMENT_EXECUTE = "payment:execute_payment"
    PAYMENT_ORDER = "payment:order_payment"
    PAYMENT_REFUSE = "payment:refuse_payment"


def _own(actor: Actor, thing: Any) -> bool:
    return actor.acts_for(thing.organisation_id)


def _its_treasury(actor: Actor, payment: PaymentOrder) -> bool:
    payer = Organisation.objects.filter(pk=payment.organisation_id).values_list("treasury_id", flat=True)
    return actor.acts_for(payer.first())


_HANDS = HOUSE["H-10"].basis

TABLE: dict[Permission, Rule] = {
    Permission.APPROPRIATION_APPROPRIATE: Rule(
        (Role.SPECIALIST, Role.ACCOUNTANT, Role.HEAD), _own, "the customer", HOUSE["H-11"].basis
    ),
    Permission.PAYMENT_APPROVE: Rule((Role.HEAD,), _own, "the payer", _HANDS),
    Permission.PAYMENT_EXECUTE: Rule((Role.TREASURY_OFFICER,), _its_treasury, "the treasury", _HANDS),
    Permission.PAYMENT_ORDER: Rule((Role.ACCOUNTANT,), _own, "the payer", _HANDS),
    Permission.PAYMENT_REFUSE: Rule((Role.TREASURY_OFFICER,), _its_treasury, "the treasury", _HANDS),
}


def payment_facts(payment: PaymentOrder, actor: Actor) -> PaymentFacts:
    return PaymentFacts(payment.maker_id, actor.person_id, payment.document_number, payment.executed_on is not None)


APPROPRIATION = Procedure(lifecycle.APPROPRIATION, rules_of("appropriation", TABLE))
PAYMENT = Procedure(lifecycle.PAYMENT, rules_of("payment", TABLE), payment_facts)
