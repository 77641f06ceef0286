"""Who may do what with organisations and mandates."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.utils.translation import pgettext_lazy

from jardam.journal.procedure import Procedure
from jardam.kernel.actor import SYSTEM, Actor
from jardam.kernel.permission import Rule, anyone, rules_of
from jardam.rulebook.house import HOUSE

from . import lifecycle
from .models import BankAccount, Mandate, Organisation
from .rules import BankAccountFacts, Limit, MandateFacts, OrganisationFacts, Role

_MANDATE = HOUSE["H-18"].basis


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    BANK_ACCOUNT_CONFIRM = "bank_account:confirm_bank_account"
    BANK_ACCOUNT_PROPOSE = "bank_account:propose_bank_account"
    BANK_ACCOUNT_REJECT = "bank_account:reject_bank_account"
    MANDATE_GRANT = "mandate:grant"
    MANDATE_REVOKE = "mandate:revoke"
    ORGANISATION_NAME_BODIES = "organisation:name_bodies"
    ORGANISATION_REGISTER = "organisation:register"
    ORGANISATION_RENAME = "organisation:rename"
    ORGANISATION_VERIFY = "organisation:verify"


def _over(actor: Actor, mandate: Mandate | BankAccount) -> bool:
    """The registrar over any organisation; a head over their own."""
    return actor.has(Role.REGISTRAR, SYSTEM) or actor.acts_for(mandate.organisation_id)


def _checks(actor: Actor, account: BankAccount) -> bool:
    return actor.acts_for(account.checker_id)


_HEADS = (Role.REGISTRAR, Role.HEAD, Role.APPLICANT_HEAD, SYSTEM)

_CHECKERS = (Role.ACCOUNTANT, Role.TREASURY_OFFICER)
_HANDS = HOUSE["H-10"].basis

TABLE: dict[Permission, Rule] = {
    Permission.BANK_ACCOUNT_CONFIRM: Rule(_CHECKERS, _checks, "the payer or the treasury", _HANDS),
    Permission.BANK_ACCOUNT_PROPOSE: Rule((Role.APPLICANT_HEAD,), _over, "the organisation's head", _HANDS),
    Permission.BANK_ACCOUNT_REJECT: Rule(_CHECKERS, _checks, "the payer or the treasury", _HANDS),
    Permission.MANDATE_GRANT: Rule(_HEADS, _over, "the organisation's head", _MANDATE),
    Permission.MANDATE_REVOKE: Rule(_HEADS, _over, "the organisation's head", _MANDATE),
    Permission.ORGANISATION_NAME_BODIES: Rule((Role.REGISTRAR, SYSTEM), anyone, "the registrar", _MANDATE),
    Permission.ORGANISATION_REGISTER: Rule((), anyone, "anyone signed in", _MANDATE),
    Permission.ORGANISATION_RENAME: Rule((Role.REGISTRAR, SYSTEM), anyone, "the registrar", _MANDATE),
    Permission.ORGANISATION_VERIFY: Rule((Role.REGISTRAR, SYSTEM), anyone, "the registrar", HOUSE["H-10"].basis),
}


AUDIENCES: dict[str, tuple[Role, ...]] = {
    "applicant": (Role.APPLICANT_HEAD, Role.APPLICANT_EDITOR),
    "audit": (Role.AUDITOR,),
    "commission": (Role.COMMISSION_MEMBER,),
    "council": (Role.COUNCIL_SECRETARY,),
    "customer": (
        Role.SPECIALIST,
        Role.HEAD,
        Role.ACCOUNTANT,
        Role.COMMISSION_SECRETARY,
        Role.LAWYER,
        Role.SIGNATORY,
    ),
    "operator": (Role.REGISTRAR, Role.LAWYER, Role.AUDITOR),
    "treasury": (Role.TREASURY_OFFICER,),
}
"""Workplaces: which roles a group of pages is for. What each may do there is asked of the thing itself."""

ROLE_LABELS: dict[str, Any] = {
    Role.SPECIALIST: pgettext_lazy("role", "specialist"),
    Role.HEAD: pgettext_lazy("role", "head of the customer"),
    Role.ACCOUNTANT: pgettext_lazy("role", "accountant"),
    Role.COUNCIL_SECRETARY: pgettext_lazy("role", "secretary of the council"),
    Role.COMMISSION_MEMBER: pgettext_lazy("role", "commission member"),
    Role.COMMISSION_SECRETARY: pgettext_lazy("role", "secretary of the commission"),
    Role.APPLICANT_HEAD: pgettext_lazy("role", "head of the organisation"),
    Role.APPLICANT_EDITOR: pgettext_lazy("role", "editor"),
    Role.TREASURY_OFFICER: pgettext_lazy("role", "treasury officer"),
    Role.REGISTRAR: pgettext_lazy("role", "registrar"),
    Role.LAWYER: pgettext_lazy("role", "lawyer"),
    Role.AUDITOR: pgettext_lazy("role", "auditor"),
    Role.SIGNATORY: pgettext_lazy("role", "second signatory from outside"),
}
"""For display only."""


# --- limits ----------------------------------------------------------------------------------------------------

FAILED_SIGN_IN = (Limit("sign_in", "pair", 5, 900), Limit("sign_in", "place", 200, 900))
"""Counted when a sign-in fails. A shared office fails two hundred times before it waits; one account there, five."""

ROUTE_LIMITS: dict[str, tuple[Limit, ...]] = {
    "account_signup": (Limit("signup", "place", 60, 3600),),
    "account_reset_password": (Limit("reset", "account", 4, 3600), Limit("reset", "place", 60, 3600)),
    "account_reauthenticate": (Limit("again", "person", 20, 900),),
    "search": (Limit("search", "place", 240, 60),),
    "contests_csv": (Limit("export", "place", 30, 60),),
}
"""Route → what is counted there, whatever it answers. Reading is limited only where it costs us much."""

ACTS = (Limit("acts", "person", 240, 60),)
"""Every form a signed-in person sends."""


# --- facts -----------------------------------------------------------------------------------------------------


def organisation_facts(organisation: Organisation, actor: Actor) -> OrganisationFacts:
    return OrganisationFacts(organisation.registered_by_id, actor.person_id)


def mandate_facts(mandate: Mandate, actor: Actor) -> MandateFacts:
    return MandateFacts(mandate.person_id, actor.person_id)


def bank_account_facts(account: BankAccount, actor: Actor) -> BankAccountFacts:
    return BankAccountFacts(account.proposed_by_id, actor.person_id)


BANK_ACCOUNT = Procedure(lifecycle.BANK_ACCOUNT, rules_of("bank_account", TABLE), bank_account_facts)
ORGANISATION = Procedure(lifecycle.ORGANISATION, rules_of("organisation", TABLE), organisation_facts)
MANDATE = Procedure(lifecycle.MANDATE, rules_of("mandate", TABLE), mandate_facts)
