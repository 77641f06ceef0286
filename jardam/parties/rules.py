"""Decisions about parties over plain facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

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
DUPLICATE = Reason(
    "duplicate_organisation",
    "An organisation with the number {value} is registered already. To act for it, ask its head for a mandate; "
    "if you do not know the head, ask: {whom}.",
)
ROLE_NOT_HERE = Reason("role_not_here", "An organisation of this kind gives no mandate of this role.")
MANDATE_ENDS_EARLY = Reason("mandate_ends_early", "A mandate ends after it begins.")
CODE_TAKEN = Reason("code_taken", "Another organisation has this short code already.")
NAME_THAT_DAY = Reason("name_that_day", "A name that begins on that day is entered already.")
MANDATE_OVER = Reason("mandate_over", "Your mandate has ended. Choose another, or ask for a new one.")
WRONG_BODY = Reason("wrong_body", "{body} is no body of the kind that is named here.")
NOT_A_CUSTOMER = Reason("not_a_customer", "{organisation} is no customer: no council and no treasury belong to it.")
OWN_MATTER = Reason("own_matter", "Nobody decides on their own matter: another person must do this.")

when_broken("bank_account_proposer_is_not_checker", OWN_MATTER.refusal(HOUSE["H-10"].basis))
when_broken("mandate_ends_later", MANDATE_ENDS_EARLY.refusal(HOUSE["H-16"].basis, at_field="until"))
when_broken("parties_organisation_code_key", CODE_TAKEN.refusal(HOUSE["H-19"].basis, at_field="code"))

BAD_BIK = Reason("bad_bik", "The bank's code (BIK) has 6 digits.")
BAD_ACCOUNT = Reason("bad_account", "The account number has 16 digits.")

ACCOUNT_KINDS = ("separate", "treasury", "ordinary")
"""What an organisation states of its account: kept apart for the order, kept at the treasury, any other."""

_BIK, _ACCOUNT = re.compile(r"\d{6}"), re.compile(r"\d{16}")
_TIN = re.compile(r"[0-2]\d{13}")


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    registered_by: int | None
    acting_person: int | None
    succeeded: bool = False


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
    by_registrar: bool = True
    is_of_head: bool = False
    other_heads: int = 1  # in force today, stand-ins not counted


def not_to_oneself(facts: MandateFacts) -> Refusal | None:
    return OWN_MATTER.refusal(HOUSE["H-10"].basis) if facts.person == facts.acting_person else None


def mandate_faults(kind: str, role: str, begins: date, until: date | None, *, acting: bool = False) -> list[Refusal]:
    faults = []
    if acting and until is None:
        faults.append(ACTING_WITHOUT_END.refusal(HOUSE["H-48"].basis, at_field="until"))
    if role not in ROLES_BY_KIND.get(Kind(kind), frozenset()):
        faults.append(ROLE_NOT_HERE.refusal(HOUSE["H-14"].basis, at_field="role"))
    if until is not None and until <= begins:
        faults.append(MANDATE_ENDS_EARLY.refusal(HOUSE["H-16"].basis, at_field="until"))
    return faults


# --- registering -----------------------------------------------------------------------------------------------

LEGAL_FORMS = (
    "public_association", "public_foundation", "association", "institution", "private_institution",
    "cooperative", "religious_organisation", "political_party", "trade_union", "company", "entrepreneur",
    "state_enterprise", "state_body", "local_body", "other",
)  # fmt: skip
"""Codes. Which of them may not take part in a contest, its rules say (`elig.excluded_types`)."""

OPEN_KINDS = tuple(kind for kind in Kind if kind != Kind.OPERATOR)
"""What anyone may register."""

HEAD_ROLES = frozenset({Role.HEAD, Role.APPLICANT_HEAD})


def head_role(kind: str) -> Role | None:
    """The role of whoever heads an organisation of this kind here; None: the registrar grants every mandate."""
    return next((role for role in sorted(HEAD_ROLES) if role in ROLES_BY_KIND[Kind(kind)]), None)


class Item(StrEnum):
    """What the registrar compares, one tick each."""

    NAME = "name"
    NUMBERS = "numbers"
    LEGAL_FORM = "legal_form"
    ADDRESS = "address"
    HEAD = "head"
    AUTHORITY = "authority"  # whoever registered is the head, or brought the head's paper


CHECKLIST = frozenset(Item)


class RefusalGround(StrEnum):
    NOT_IN_REGISTER = "not_in_register"
    DATA_DIFFER = "data_differ"
    NO_AUTHORITY = "no_authority"
    PAPERS_UNREADABLE = "papers_unreadable"
    TWICE = "twice"


KIND_CLOSED = Reason("kind_closed", "An organisation of this kind is not registered by page.")
BAD_OKPO = Reason("bad_okpo", "The OKPO code has 8 digits.")
NOT_ALL_COMPARED = Reason("not_all_compared", "Compare everything first. Not ticked yet: {items}.")
UNKNOWN_GROUND = Reason("unknown_ground", "Choose one of the grounds of the list.")
NOT_STANDING = Reason("organisation_succeeded", "Another organisation stands in the place of this one by now.")

_OKPO = re.compile(r"[0-9]{8}")


def okpo_fault(okpo: str) -> Refusal | None:
    return None if _OKPO.fullmatch(okpo) else BAD_OKPO.refusal(HOUSE["H-16"].basis, at_field="okpo")


def checklist_fault(ticked: Iterable[str]) -> Refusal | None:
    left = sorted(CHECKLIST - set(ticked))
    return NOT_ALL_COMPARED.refusal(HOUSE["H-10"].basis, at_field="checklist", items=tuple(left)) if left else None


def not_succeeded(facts: OrganisationFacts) -> Refusal | None:
    return NOT_STANDING.refusal(HOUSE["H-47"].basis) if facts.succeeded else None


# --- the profile -----------------------------------------------------------------------------------------------


class Part(StrEnum):
    """What an organisation says of itself once, and every application takes over."""

    ADDRESS = "address"
    PHONE = "phone"
    HEAD = "head"
    FOUNDERS = "founders"
    STAFF = "staff"
    CHARTER = "charter"


VERIFIED_PARTS = frozenset({Part.HEAD, Part.FOUNDERS, Part.CHARTER})
"""What stands in the register or its file, so that a change is compared again (H-49)."""

MOST_PEOPLE = 200

UNKNOWN_PART = Reason("unknown_part", "The profile has no such part.")
EMPTY_PART = Reason("empty_part", "Fill this part in: nothing of it is there.")
DAY_TO_COME = Reason("day_to_come", "This day has not come yet: {day}.")

_SHAPES: dict[Part, frozenset[str]] = {
    Part.ADDRESS: frozenset({"text"}),
    Part.PHONE: frozenset({"number"}),
    Part.HEAD: frozenset({"name", "position"}),
    Part.CHARTER: frozenset({"name", "sha256"}),
}


def profile_faults(part: str, content: Mapping[str, Any], begins: date, today: date) -> list[Refusal]:
    """Whether a part can be kept as it is. Founders and staff are `{"people": [{"name": …, "note": …}]}`; the others
    are flat texts."""
    house = HOUSE["H-16"].basis
    if part not in set(Part):
        return [UNKNOWN_PART.refusal(house)]
    faults = []
    if (shape := _SHAPES.get(Part(part))) is None:
        people = content.get("people") or []
        is_whole = 0 < len(people) <= MOST_PEOPLE and all(one.get("name") for one in people)
    else:
        is_whole = set(content) == shape and all(content.values())
    if not is_whole:
        faults.append(EMPTY_PART.refusal(house, at_field="content"))
    if begins > today:
        faults.append(DAY_TO_COME.refusal(house, at_field="valid_from", day=begins))
    return faults


# --- succession, heads, territories, restrictions --------------------------------------------------------------

NAME_BACKWARDS = Reason("name_backwards", "A new name begins after the day of the last one: {day}.")
SUCCESSOR_SELF = Reason("successor_self", "An organisation does not succeed itself.")
SUCCESSOR_GONE = Reason("successor_gone", "The successor itself is succeeded by another organisation.")
SUCCESSOR_UNVERIFIED = Reason("successor_unverified", "The successor is not verified yet.")
SUCCESSOR_KIND = Reason("successor_kind", "A body of this kind does not stand in the place of such an organisation.")

ACTING_WITHOUT_END = Reason("acting_without_end", "Say until which day somebody stands in for the head.")
FIRST_HEAD = Reason("first_head", "The first head is entered by the registrar.")
LAST_HEAD = Reason("last_head", "This is the last head. Enter the next one first; then this mandate can end.")
NOBODY_SIGNS_IN = Reason("nobody_signs_in", "Nobody signs in here with this address. Ask the person to sign up first.")
NO_SUCH_ORGANISATION = Reason("no_such_organisation", "No organisation with the number {value} is registered here.")
NOT_OF_SENDER = Reason("not_of_sender", "This person holds no mandate of the organisation that is to send them.")

TERRITORY_ENDS_EARLY = Reason("territory_ends_early", "A territory ends after it begins.")
TERRITORY_CODE = Reason("territory_code", "The code of a territory has 14 digits.")
TERRITORY_CODE_TAKEN = Reason("territory_code_taken", "Another territory has this code already.")
TERRITORY_CODE_KNOWN = Reason("territory_code_known", "This territory has a code already: {code}.")
TERRITORY_LEVEL = Reason("territory_level", "There is no such level of a territory: {level}.")
TERRITORY_MERGES_ITSELF = Reason("territory_merges_itself", "A territory is not merged into itself.")
TERRITORY_GONE = Reason("territory_gone", "That territory has ended by then.")
TERRITORY_FILE = Reason("territory_file", "Nothing was loaded. Line {line} cannot be read: {fault}.")

UNKNOWN_BAR = Reason("unknown_bar", "The rulebook knows no such bar: {ground}.")
LIFTED = Reason("restriction_over", "This restriction is over already.")

when_broken("parties_territory_code_key", TERRITORY_CODE_TAKEN.refusal(HOUSE["H-19"].basis, at_field="code"))
when_broken("territory_ends_later", TERRITORY_ENDS_EARLY.refusal(HOUSE["H-16"].basis, at_field="until"))
when_broken("acting_mandate_is_dated", ACTING_WITHOUT_END.refusal(HOUSE["H-48"].basis, at_field="until"))


class Level(StrEnum):
    """Levels of territories, from the largest on."""

    REPUBLIC = "republic"
    OBLAST = "oblast"
    RAYON = "rayon"
    CITY = "city"
    AIYL_AIMAK = "aiyl_aimak"
    VILLAGE = "village"


_SOATE = re.compile(r"[0-9]{14}")


def territory_faults(code: str | None, level: str, begins: date | None, until: date | None) -> list[Refusal]:
    house, faults = HOUSE["H-16"].basis, []
    if code is not None and not _SOATE.fullmatch(code):
        faults.append(TERRITORY_CODE.refusal(house, at_field="code"))
    if level not in set(Level):
        faults.append(TERRITORY_LEVEL.refusal(house, at_field="level", level=level))
    if begins and until and until <= begins:
        faults.append(TERRITORY_ENDS_EARLY.refusal(house, at_field="until"))
    return faults


@dataclass(frozen=True, slots=True)
class SuccessionFacts:
    predecessor: int
    successor: int
    predecessor_kind: str
    successor_kind: str
    successor_state: str
    successor_succeeded: bool


def succession_faults(facts: SuccessionFacts) -> list[Refusal]:
    """Chains cannot close: whoever is succeeded succeeds nobody any more."""
    house = HOUSE["H-47"].basis
    if facts.predecessor == facts.successor:
        return [SUCCESSOR_SELF.refusal(house, at_field="tin")]
    faults = []
    if facts.successor_succeeded:
        faults.append(SUCCESSOR_GONE.refusal(house, at_field="tin"))
    if facts.successor_state != "verified":
        faults.append(SUCCESSOR_UNVERIFIED.refusal(HOUSE["H-10"].basis, at_field="tin"))
    if ROLES_BY_KIND[Kind(facts.predecessor_kind)] != ROLES_BY_KIND[Kind(facts.successor_kind)]:
        faults.append(SUCCESSOR_KIND.refusal(HOUSE["H-14"].basis, at_field="tin"))
    return faults


def first_head_from_the_registrar(facts: MandateFacts) -> Refusal | None:
    if facts.is_of_head and not facts.by_registrar and not facts.other_heads:
        return FIRST_HEAD.refusal(HOUSE["H-48"].basis)
    return None


def a_head_remains(facts: MandateFacts) -> Refusal | None:
    """The registrar may end it all the same: a court or a fraud does not wait for a successor."""
    if facts.is_of_head and not facts.by_registrar and not facts.other_heads:
        return LAST_HEAD.refusal(HOUSE["H-48"].basis)
    return None


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
