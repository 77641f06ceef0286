"""Who may do what with organisations and mandates."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from jardam.documents.policy import file_of
from jardam.journal.procedure import Procedure
from jardam.kernel.actor import SYSTEM, Actor
from jardam.kernel.permission import Rule, anyone, rules_of
from jardam.kernel.time import bishkek_day
from jardam.rulebook.house import HOUSE

from . import lifecycle
from .models import BankAccount, Mandate, Organisation, Profile, Succession
from .rules import (
    HEAD_ROLES,
    LEGAL_FORMS,
    OPEN_KINDS,
    ROLES_BY_KIND,
    BankAccountFacts,
    Kind,
    Limit,
    MandateFacts,
    OrganisationFacts,
    Part,
    Role,
)

_MANDATE = HOUSE["H-18"].basis


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    BANK_ACCOUNT_CONFIRM = "bank_account:confirm_bank_account"
    BANK_ACCOUNT_PROPOSE = "bank_account:propose_bank_account"
    BANK_ACCOUNT_REJECT = "bank_account:reject_bank_account"
    MANDATE_GRANT = "mandate:grant"
    MANDATE_REVOKE = "mandate:revoke"
    ORGANISATION_ANNOUNCE_NAME = "organisation:announce_name"
    ORGANISATION_CHANGE_VERIFIED = "organisation:change_verified"
    ORGANISATION_CORRECT = "organisation:correct"
    ORGANISATION_LIFT_RESTRICTION = "organisation:lift_restriction"
    ORGANISATION_NAME_BODIES = "organisation:name_bodies"
    ORGANISATION_REFUSE_VERIFICATION = "organisation:refuse_verification"
    ORGANISATION_REGISTER = "organisation:register"
    ORGANISATION_RENAME = "organisation:rename"
    ORGANISATION_RESTRICT = "organisation:restrict"
    ORGANISATION_SUCCEED = "organisation:succeed"
    ORGANISATION_TAKE_NAME = "organisation:take_name"
    ORGANISATION_UPDATE_PROFILE = "organisation:update_profile"
    ORGANISATION_VERIFY = "organisation:verify"
    TERRITORY_ADD = "territory:add_territory"
    TERRITORY_END = "territory:end_territory"
    TERRITORY_ENTER_CODE = "territory:enter_code"
    TERRITORY_MERGE = "territory:merge_territory"


def _over(actor: Actor, mandate: Mandate | BankAccount) -> bool:
    """The registrar over any organisation; a head over their own."""
    return actor.has(Role.REGISTRAR, SYSTEM) or actor.acts_for(mandate.organisation_id)


def _checks(actor: Actor, account: BankAccount) -> bool:
    return actor.acts_for(account.checker_id)


KEEPERS = (Role.HEAD, Role.APPLICANT_HEAD, Role.COUNCIL_SECRETARY, Role.TREASURY_OFFICER, Role.REGISTRAR)
"""Whoever says what an organisation is: its head, or who acts for a body that gives no mandate of a head."""


def keeps(actor: Actor, organisation: Organisation) -> bool:
    """Its head; until it has had one, whoever registered it."""
    if actor.is_system:
        return True
    if actor.organisation_id == organisation.pk and actor.has(*KEEPERS):
        return True
    if actor.person_id is None or actor.person_id != organisation.registered_by_id:
        return False
    return not Mandate.objects.filter(organisation=organisation, role__in=KEEPERS).exists()


_REGISTRAR = (Role.REGISTRAR, SYSTEM)
_HEADS = (Role.REGISTRAR, Role.HEAD, Role.APPLICANT_HEAD, SYSTEM)

_CHECKERS = (Role.ACCOUNTANT, Role.TREASURY_OFFICER)
_HANDS = HOUSE["H-10"].basis

TABLE: dict[Permission, Rule] = {
    Permission.BANK_ACCOUNT_CONFIRM: Rule(_CHECKERS, _checks, "the payer or the treasury", _HANDS),
    Permission.BANK_ACCOUNT_PROPOSE: Rule((Role.APPLICANT_HEAD,), _over, "the organisation's head", _HANDS),
    Permission.BANK_ACCOUNT_REJECT: Rule(_CHECKERS, _checks, "the payer or the treasury", _HANDS),
    Permission.MANDATE_GRANT: Rule(_HEADS, _over, "the organisation's head", _MANDATE),
    Permission.MANDATE_REVOKE: Rule(_HEADS, _over, "the organisation's head", _MANDATE),
    Permission.ORGANISATION_ANNOUNCE_NAME: Rule(_REGISTRAR, anyone, "the registrar", _MANDATE),
    Permission.ORGANISATION_CHANGE_VERIFIED: Rule((), keeps, "the organisation's head", _MANDATE),
    Permission.ORGANISATION_CORRECT: Rule((), keeps, "the organisation's head", _MANDATE),
    Permission.ORGANISATION_LIFT_RESTRICTION: Rule(_REGISTRAR, anyone, "the registrar", _MANDATE),
    Permission.ORGANISATION_REFUSE_VERIFICATION: Rule(_REGISTRAR, anyone, "the registrar", HOUSE["H-10"].basis),
    Permission.ORGANISATION_RESTRICT: Rule((SYSTEM,), anyone, "the system", _MANDATE),
    Permission.ORGANISATION_SUCCEED: Rule(_REGISTRAR, anyone, "the registrar", HOUSE["H-47"].basis),
    Permission.ORGANISATION_TAKE_NAME: Rule((SYSTEM,), anyone, "the system", _MANDATE),
    Permission.ORGANISATION_UPDATE_PROFILE: Rule((), keeps, "the organisation's head", _MANDATE),
    Permission.TERRITORY_ADD: Rule(_REGISTRAR, anyone, "the registrar", _MANDATE),
    Permission.TERRITORY_END: Rule(_REGISTRAR, anyone, "the registrar", _MANDATE),
    Permission.TERRITORY_ENTER_CODE: Rule(_REGISTRAR, anyone, "the registrar", _MANDATE),
    Permission.TERRITORY_MERGE: Rule(_REGISTRAR, anyone, "the registrar", _MANDATE),
    Permission.ORGANISATION_NAME_BODIES: Rule((Role.REGISTRAR, SYSTEM), anyone, "the registrar", _MANDATE),
    Permission.ORGANISATION_REGISTER: Rule((), anyone, "anyone signed in", _MANDATE),
    Permission.ORGANISATION_RENAME: Rule((Role.REGISTRAR, SYSTEM), anyone, "the registrar", _MANDATE),
    Permission.ORGANISATION_VERIFY: Rule((Role.REGISTRAR, SYSTEM), anyone, "the registrar", HOUSE["H-10"].basis),
}


HEADS = HEAD_ROLES
"""Roles of whoever heads an organisation."""

REGISTRABLE = tuple(kind.value for kind in OPEN_KINDS)
FORMS = LEGAL_FORMS
PARTS = tuple(part.value for part in Part)
"""What pages offer: kinds anyone may register, codes of legal forms, parts of a profile in their order."""


def roles_of(kind: str) -> tuple[Role, ...]:
    """The roles that an organisation of this kind gives mandates of."""
    return tuple(sorted(ROLES_BY_KIND[Kind(kind)]))


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
    "registrar": (Role.REGISTRAR,),
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


# --- readers ---------------------------------------------------------------------------------------------------


def visible_profiles(actor: Actor) -> QuerySet[Profile]:
    """They name people: an organisation's own to its people, all of them to the registrar and the auditor."""
    if actor.has(Role.REGISTRAR, Role.AUDITOR):
        return Profile.objects.all()
    return Profile.objects.filter(organisation_id__in=actor.organisation_ids)


file_of(Profile, "file", visible_profiles)


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
    succeeded = Succession.objects.filter(predecessor=organisation, valid_from__lte=bishkek_day(actor.at)).exists()
    return OrganisationFacts(organisation.registered_by_id, actor.person_id, succeeded)


def mandate_facts(mandate: Mandate, actor: Actor) -> MandateFacts:
    by_registrar = actor.has(Role.REGISTRAR, SYSTEM)
    if mandate.role not in HEAD_ROLES or by_registrar:
        return MandateFacts(mandate.person_id, actor.person_id, by_registrar, mandate.role in HEAD_ROLES)
    day = bishkek_day(actor.at)
    heads = Mandate.objects.filter(organisation=mandate.organisation_id, role__in=HEAD_ROLES, state="granted")
    heads = heads.filter(acting=False, valid_from__lte=day).exclude(pk=mandate.pk).exclude(valid_until__lte=day)
    return MandateFacts(mandate.person_id, actor.person_id, by_registrar, True, heads.count())


def bank_account_facts(account: BankAccount, actor: Actor) -> BankAccountFacts:
    return BankAccountFacts(account.proposed_by_id, actor.person_id)


BANK_ACCOUNT = Procedure(lifecycle.BANK_ACCOUNT, rules_of("bank_account", TABLE), bank_account_facts)
ORGANISATION = Procedure(lifecycle.ORGANISATION, rules_of("organisation", TABLE), organisation_facts)
TERRITORY = Procedure(lifecycle.TERRITORY, rules_of("territory", TABLE))
MANDATE = Procedure(lifecycle.MANDATE, rules_of("mandate", TABLE), mandate_facts)
