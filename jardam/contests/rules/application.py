"""Decisions about who applies, together with whom, and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from jardam.kernel.refusal import Basis, Reason, Refusal, when_broken
from jardam.kernel.time import last_day_before, months_before
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement

from .content import PARTNERS, SECTIONS
from .contest import DEADLINE_PASSED, NOT_OPEN

NOT_ELIGIBLE_KIND = Reason("kind_not_eligible", "Organisations of this kind do not take part: {kind}.")
EXCLUDED_TYPE = Reason("type_not_eligible", "Organisations of this type do not take part: {excluded}.")
TOO_YOUNG = Reason(
    "organisation_too_young",
    "The organisation was registered on {registered}; who takes part was registered on {latest} or earlier.",
)
NOT_VERIFIED = Reason("organisation_not_verified", "The registration data of the organisation are not checked yet.")
BARRED = Reason("organisation_barred", "The organisation is barred until {until}: {ground}.")
SECOND_APPLICATION = Reason("one_application_a_lot", "Your organisation already has an application in this lot.")
TOO_MANY = Reason("too_many_applications", "At most {allowed} applications of one organisation are taken.")
CHANGED_MEANWHILE = Reason(
    "changed_meanwhile", "{name} saved this part at {at}. Both texts stand below; nothing was lost."
)
NOT_YOUR_PART = Reason("not_your_part", "This part is written by others; you were invited for another one.")
NOBODY_THERE = Reason("nobody_there", "No person is registered here with this e-mail address.")
INVITED_ALREADY = Reason("invited_already", "This person works on the application already.")
OWN_PARTNER = Reason("partner_is_applicant", "An organisation is not its own partner.")
TOO_MANY_PARTNERS = Reason("too_many_partners", "An application names at most {allowed} partners.")
PARTNER_TWICE = Reason("partner_twice", "This partner is named already.")
SIGN_OFF_MISSING = Reason("sign_off_missing", "Not yet signed off, exactly as it stands now, by: {roles}.")
OTHER_CARRIER = Reason(
    "other_carrier", "The rules want another signature on an application ({carrier}): hand it in on paper."
)
PAPER_IN_TIME = Reason("paper_in_time", "The deadline has not passed ({deadline}): register it as received in time.")
STILL_SEALED = Reason("envelope_sealed", "The envelope is opened with all other applications, not before.")
KEYER_VOTES = Reason("keyer_votes", "An application on paper is keyed in by somebody who has no vote on it.")
KEYED_BY_YOU = Reason("keyed_by_you", "You keyed it in; another person compares it with the scan.")
SCAN_MISSING = Reason("scan_missing", "Upload the scan of the paper first.")
PAPER_KEYED = Reason("paper_keyed", "This envelope is being keyed in already.")
NOT_REGISTERED = Reason("organisation_not_registered", "No organisation with this taxpayer number is registered here.")
NOT_PAPER_GROUND = Reason(
    "paper_ground_unknown", "An envelope is refused on a ground of the list; lateness is told by the clock."
)

when_broken("application_one_living_in_a_lot", SECOND_APPLICATION.refusal(HOUSE["H-16"].basis))
when_broken("collaborator_once", INVITED_ALREADY.refusal(HOUSE["H-16"].basis, at_field="email"))
when_broken("partner_once", PARTNER_TWICE.refusal(HOUSE["H-16"].basis, at_field="organisation"))
when_broken("contests_application_paper_id_key", PAPER_KEYED.refusal(HOUSE["H-32"].basis))


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    at: datetime
    contest_state: str
    deadline_at: datetime
    applicant_kind: str
    applicant_state: str
    living: int  # other living applications of the applicant in the lot
    in_contest: int  # and in the whole contest
    bars: tuple[tuple[str, Any], ...]  # (ground, until) of restrictions in force
    settlement: Settlement
    legal_form: str = ""  # "": the register does not say
    registered_on: date | None = None  # None: the register does not say
    paper_state: str = ""  # of the envelope it came in, if it came on paper
    actor_votes: bool = False  # who acts holds a seat in commissions
    actor_keyed: bool = False  # who acts keyed it in
    has_scan: bool = False


def contest_takes_applications(facts: ApplicationFacts) -> Refusal | None:
    if facts.contest_state != "announced":
        return NOT_OPEN.refusal(HOUSE["H-09"].basis)
    return None


def before_deadline(facts: ApplicationFacts) -> Refusal | None:
    """The deadline is the first refused instant."""
    if facts.at < facts.deadline_at:
        return None
    return DEADLINE_PASSED.refusal(facts.settlement.basis("ann.min_term"), deadline=facts.deadline_at)


def applicant_eligible(facts: ApplicationFacts) -> Refusal | None:
    if facts.applicant_kind in facts.settlement.value("elig.types"):
        return None
    return NOT_ELIGIBLE_KIND.refusal(facts.settlement.basis("elig.types"), kind=facts.applicant_kind)


FORMS_OF_TYPE = {
    "political_party": ("political_party",),
    "trade_union": ("trade_union",),
    "religious": ("religious_organisation",),
    "state_body": ("state_body",),
    "state_owned": ("state_enterprise",),
}
"""Code of `elig.excluded_types` → the legal forms of the register that are of this type."""


def applicant_not_excluded(facts: ApplicationFacts) -> Refusal | None:
    """By the legal form in the register; what that does not say, the screening judges (H-74)."""
    excluded = facts.settlement.codes("elig.excluded_types")
    found = next((one for one in excluded if facts.legal_form and facts.legal_form in FORMS_OF_TYPE[one]), None)
    return EXCLUDED_TYPE.refusal(facts.settlement.basis("elig.excluded_types"), excluded=found) if found else None


def registered_by(settlement: Settlement, deadline_at: datetime) -> date | None:
    """The last day on which who takes part was registered; None where any age will do. Age is counted on the day of
    the deadline (H-73). Rulebook: `elig.min_age_months`."""
    months = settlement.number("elig.min_age_months")
    return months_before(last_day_before(deadline_at), months) if months else None


def age_in_months(registered_on: date, deadline_at: datetime) -> int:
    """Whole months from the registration to the day of the deadline."""
    day = last_day_before(deadline_at)
    months = (day.year - registered_on.year) * 12 + day.month - registered_on.month
    return months if months_before(day, months) >= registered_on else months - 1


def not_known(facts: ApplicationFacts) -> tuple[str, ...]:
    """Keys of the rules about the applicant that the register cannot answer."""
    keys = {
        "elig.excluded_types": facts.settlement.codes("elig.excluded_types") and not facts.legal_form,
        "elig.min_age_months": facts.settlement.number("elig.min_age_months") and facts.registered_on is None,
    }
    return tuple(key for key, is_open in keys.items() if is_open)


def applicant_old_enough(facts: ApplicationFacts) -> Refusal | None:
    """A registration date that the register does not know refuses nobody (H-74)."""
    latest = registered_by(facts.settlement, facts.deadline_at)
    if latest is None or facts.registered_on is None or facts.registered_on <= latest:
        return None
    basis = facts.settlement.basis("elig.min_age_months")
    return TOO_YOUNG.refusal(basis, registered=facts.registered_on, latest=latest)


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """What anybody may ask themselves before applying: the rule it rests on, and the answer with which one may."""

    key: str
    right: bool
    basis: Basis


def self_check(settlement: Settlement) -> list[SelfCheck]:
    """The questions that the rules of this contest make: a rule that asks for nothing asks nobody."""
    documents = any(one.mandatory for one in settlement.value("app.documents"))
    asked = {
        "elig.types": (True, True),
        "elig.excluded_types": (False, bool(settlement.codes("elig.excluded_types"))),
        "elig.min_age_months": (True, bool(settlement.number("elig.min_age_months"))),
        "elig.min_experience_months": (True, bool(settlement.number("elig.min_experience_months"))),
        "elig.bars": (False, bool(settlement.codes("elig.bars"))),
        "app.cofin_min_pct": (True, bool(settlement.value("app.cofin_min_pct"))),
        "app.documents": (True, documents),
    }
    questions = [SelfCheck(key, right, settlement.basis(key)) for key, (right, is_asked) in asked.items() if is_asked]
    return [*questions, SelfCheck(DECLARED, True, HOUSE["H-53"].basis)]


DECLARED = "declarations"
"""The question of the self-check that no rule of the contest makes: every application has declarations (H-53)."""


def applicant_verified(facts: ApplicationFacts) -> Refusal | None:
    return None if facts.applicant_state == "verified" else NOT_VERIFIED.refusal(HOUSE["H-10"].basis)


def applicant_not_barred(facts: ApplicationFacts) -> Refusal | None:
    if not facts.bars:
        return None
    ground, until = facts.bars[0]
    return BARRED.refusal(HOUSE["H-06"].basis, ground=ground, until=until)


def only_one_in_the_lot(facts: ApplicationFacts) -> Refusal | None:
    return SECOND_APPLICATION.refusal(HOUSE["H-16"].basis) if facts.living else None


def within_number_allowed(facts: ApplicationFacts) -> Refusal | None:
    allowed = facts.settlement.value("app.max_per_applicant")
    if allowed is None or facts.in_contest < allowed:
        return None
    return TOO_MANY.refusal(facts.settlement.basis("app.max_per_applicant"), allowed=allowed)


class Hand(StrEnum):
    """What somebody from outside the applicant's own people does in one application."""

    EDITOR = "editor"
    ACCOUNTANT = "accountant"  # writes the budget, and signs it off
    READER = "reader"


WRITES: dict[str, tuple[str, ...]] = {Hand.EDITOR: (*SECTIONS, "documents"), Hand.ACCOUNTANT: ("budget",)}
"""Hand → the parts it writes."""


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    at: datetime
    contest_state: str
    deadline_at: datetime
    is_applicant: bool  # the applicant named itself
    partners: int  # already named and not removed
    settlement: Settlement


def partner_is_another(facts: PartnerFacts) -> Refusal | None:
    return OWN_PARTNER.refusal(HOUSE["H-16"].basis) if facts.is_applicant else None


def partners_within_number(facts: PartnerFacts) -> Refusal | None:
    return TOO_MANY_PARTNERS.refusal(HOUSE["H-16"].basis, allowed=PARTNERS) if facts.partners >= PARTNERS else None


def sign_off_faults(signed: Mapping[str, bool]) -> list[Refusal]:
    """Why this content is not signed off yet. `signed`: who answers for it → whether they signed exactly this."""
    missing = tuple(side for side, is_signed in signed.items() if not is_signed)
    return [SIGN_OFF_MISSING.refusal(HOUSE["H-31"].basis, roles=missing)] if missing else []


def carrier_suffices(facts: ApplicationFacts) -> Refusal | None:
    """What is signed here is signed by the platform; another carrier comes on paper (`sig.application`)."""
    carrier = facts.settlement.choice("sig.application")
    if carrier == "platform":
        return None
    return OTHER_CARRIER.refusal(facts.settlement.basis("sig.application"), carrier=carrier)


REMARK = "remark"
"""Kept beside the sections of what is keyed in: where it differs from the scan."""

PAPER_GROUNDS = ("late", "second", "empty", "unknown_sender")
"""Why an envelope does not come before the commission; everything else is for the commission to judge."""


@dataclass(frozen=True, slots=True)
class PaperFacts:
    at: datetime
    contest_state: str
    deadline_at: datetime
    settlement: Settlement


def paper_is_late(facts: PaperFacts) -> Refusal | None:
    """Only what came after the deadline is registered as late."""
    if facts.at >= facts.deadline_at:
        return None
    return PAPER_IN_TIME.refusal(facts.settlement.basis("ann.min_term"), deadline=facts.deadline_at)


def paper_contest_known(facts: PaperFacts) -> Refusal | None:
    return None if facts.contest_state in ("announced", "opened") else NOT_OPEN.refusal(HOUSE["H-09"].basis)


def paper_contest_opened(facts: PaperFacts) -> Refusal | None:
    return None if facts.contest_state == "opened" else STILL_SEALED.refusal(HOUSE["H-13"].basis)


def paper_opened(facts: ApplicationFacts) -> Refusal | None:
    return None if facts.paper_state == "opened" else STILL_SEALED.refusal(HOUSE["H-13"].basis)


def keyed_without_a_vote(facts: ApplicationFacts) -> Refusal | None:
    return KEYER_VOTES.refusal(HOUSE["H-32"].basis) if facts.actor_votes else None


def compared_by_another(facts: ApplicationFacts) -> Refusal | None:
    return KEYED_BY_YOU.refusal(HOUSE["H-10"].basis) if facts.actor_keyed else None


def scan_is_there(facts: ApplicationFacts) -> Refusal | None:
    return None if facts.has_scan else SCAN_MISSING.refusal(HOUSE["H-32"].basis)
