"""Decisions about parties over plain facts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from jardam.kernel.refusal import Reason, Refusal, when_broken
from jardam.rulebook.house import HOUSE


class Kind(StrEnum):
    """What an organisation is. Customers are told by kind (Law 70/2017, Art. 1(4))."""

    MINISTRY = "ministry"
    AGENCY = "agency"
    TERRITORIAL_UNIT = "territorial_unit"
    MAYOR_OFFICE = "mayor_office"
    AIYL_OKMOTU = "aiyl_okmotu"
    KENESH = "kenesh"
    TREASURY = "treasury"
    NON_PROFIT = "non_profit"
    COMPANY = "company"
    ENTREPRENEUR = "entrepreneur"
    OPERATOR = "operator"  # the body that runs this instance


CUSTOMER_KINDS = frozenset({Kind.MINISTRY, Kind.AGENCY, Kind.TERRITORIAL_UNIT, Kind.MAYOR_OFFICE, Kind.AIYL_OKMOTU})


CHECKING_KINDS = CUSTOMER_KINDS | {Kind.TREASURY}
"""Who may check the bank account of somebody else."""


class Role(StrEnum):
    """What a mandate lets a person do for an organisation."""

    SPECIALIST = "specialist"
    HEAD = "head"
    ACCOUNTANT = "accountant"
    COUNCIL_SECRETARY = "council_secretary"
    COMMISSION_MEMBER = "commission_member"
    COMMISSION_SECRETARY = "commission_secretary"
    APPLICANT_HEAD = "applicant_head"
    APPLICANT_EDITOR = "applicant_editor"
    TREASURY_OFFICER = "treasury_officer"
    REGISTRAR = "registrar"  # verifies organisations, grants first mandates
    LAWYER = "lawyer"
    AUDITOR = "auditor"
    SIGNATORY = "signatory"  # the second person of a small office: from the finance department or the rayon


ROLES_BY_KIND: dict[Kind, frozenset[Role]] = {
    **dict.fromkeys(
        CUSTOMER_KINDS,
        frozenset(
            {
                Role.SPECIALIST,
                Role.HEAD,
                Role.ACCOUNTANT,
                Role.COMMISSION_MEMBER,
                Role.COMMISSION_SECRETARY,
                Role.LAWYER,
                Role.SIGNATORY,
            }
        ),
    ),
    Kind.KENESH: frozenset({Role.COUNCIL_SECRETARY, Role.COMMISSION_MEMBER}),
    Kind.TREASURY: frozenset({Role.TREASURY_OFFICER}),
    **dict.fromkeys(
        (Kind.NON_PROFIT, Kind.COMPANY, Kind.ENTREPRENEUR),
        frozenset({Role.APPLICANT_HEAD, Role.APPLICANT_EDITOR, Role.COMMISSION_MEMBER}),
    ),
    Kind.OPERATOR: frozenset({Role.REGISTRAR, Role.LAWYER, Role.AUDITOR}),
}

BAD_TIN = Reason("bad_tin", "The taxpayer number has 14 digits and begins with 0, 1 or 2.")
DUPLICATE = Reason("duplicate_organisation", "An organisation with the number {value} is registered already: {name}.")
ROLE_NOT_HERE = Reason("role_not_here", "An organisation of this kind gives no mandate of this role.")
MANDATE_ENDS_EARLY = Reason("mandate_ends_early", "A mandate ends after it begins.")
CODE_TAKEN = Reason("code_taken", "Another organisation has this short code already.")
NAME_THAT_DAY = Reason("name_that_day", "A name that begins on that day is entered already.")
MANDATE_OVER = Reason("mandate_over", "Your mandate has ended. Choose another, or ask for a new one.")
WRONG_BODY = Reason("wrong_body", "{body} is no body of the kind that is named here.")
OWN_MATTER = Reason("own_matter", "Nobody decides on their own matter: another person must do this.")

when_broken("bank_account_proposer_is_not_checker", OWN_MATTER.refusal(HOUSE["H-10"].basis))
when_broken("mandate_ends_later", MANDATE_ENDS_EARLY.refusal(HOUSE["H-16"].basis, at_field="until"))
when_broken("name_one_a_day", NAME_THAT_DAY.refusal(HOUSE["H-16"].basis, at_field="valid_from"))
when_broken("parties_organisation_code_key", CODE_TAKEN.refusal(HOUSE["H-19"].basis, at_field="code"))

BAD_BIK = Reason("bad_bik", "The bank's code (BIK) has 6 digits.")
BAD_ACCOUNT = Reason("bad_account", "The account number has 16 digits.")

_BIK, _ACCOUNT = re.compile(r"\d{6}"), re.compile(r"\d{16}")
_TIN = re.compile(r"[0-2]\d{13}")


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    registered_by: int | None
    acting_person: int | None


def tin_fault(tin: str) -> Refusal | None:
    """The hard form only: no public check-digit rule is known (experience.md §6)."""
    return None if _TIN.fullmatch(tin) else BAD_TIN.refusal(HOUSE["H-16"].basis, at_field="tin")


def not_by_the_registrant(facts: OrganisationFacts) -> Refusal | None:
    if facts.registered_by is not None and facts.registered_by == facts.acting_person:
        return OWN_MATTER.refusal(HOUSE["H-10"].basis)
    return None


@dataclass(frozen=True, slots=True)
class BankAccountFacts:
    proposed_by: int | None
    acting_person: int | None


def not_by_the_proposer(facts: BankAccountFacts) -> Refusal | None:
    return OWN_MATTER.refusal(HOUSE["H-10"].basis) if facts.proposed_by == facts.acting_person else None


def account_faults(bik: str, account: str) -> list[Refusal]:
    """The hard form only (experience.md §6): the rule of the control digits is not public."""
    why = HOUSE["H-16"].basis
    return [
        *([] if _BIK.fullmatch(bik) else [BAD_BIK.refusal(why, at_field="bik")]),
        *([] if _ACCOUNT.fullmatch(account) else [BAD_ACCOUNT.refusal(why, at_field="account")]),
    ]


@dataclass(frozen=True, slots=True)
class MandateFacts:
    person: int
    acting_person: int | None


def not_to_oneself(facts: MandateFacts) -> Refusal | None:
    return OWN_MATTER.refusal(HOUSE["H-10"].basis) if facts.person == facts.acting_person else None


def mandate_faults(kind: str, role: str, begins: date, until: date | None) -> list[Refusal]:
    faults = []
    if role not in ROLES_BY_KIND.get(Kind(kind), frozenset()):
        faults.append(ROLE_NOT_HERE.refusal(HOUSE["H-14"].basis, at_field="role"))
    if until is not None and until <= begins:
        faults.append(MANDATE_ENDS_EARLY.refusal(HOUSE["H-16"].basis, at_field="until"))
    return faults


# --- limits ----------------------------------------------------------------------------------------------------

TOO_MANY = Reason("too_many_tries", "This was tried too often from here. Try again at {until}.")


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` tries in `seconds`; counted for each `per`: "person", "place" (the address of the machine), "pair"
    (an account tried from a place: nobody can lock another person out) or "account"."""

    name: str
    per: str
    most: int
    seconds: int

    def refusal(self, count: int, until: datetime) -> Refusal | None:
        return TOO_MANY.refusal(HOUSE["H-46"].basis, until=until) if count > self.most else None
