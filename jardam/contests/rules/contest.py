"""Decisions about a contest: its announcement, what changes it afterwards, its ends without an award."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from jardam.kernel.money import Money
from jardam.kernel.refusal import Basis, Reason, Refusal, when_broken
from jardam.kernel.time import WorkCalendar, bishkek_day, end_of, months_before
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement

from .content import OVER_CEILING, form_faults

INCOMPLETE_ANNOUNCEMENT = Reason("announcement_incomplete", "The announcement still lacks: {missing}.")
NO_LOT = Reason("contest_without_lot", "A contest needs a lot with an amount.")
NOT_ADOPTED = Reason("programme_not_adopted", "The programme of this contest is not adopted yet.")
TOO_SHORT = Reason("deadline_too_early", "Applications must be open at least until {earliest} ({term}).")
NOT_YET_OVER = Reason("deadline_not_passed", "Applications are opened after the deadline: {deadline}.")
DEADLINE_PASSED = Reason("deadline_passed", "Applications were accepted until {deadline}.")
NOT_OPEN = Reason("contest_not_open", "This contest does not take applications now.")

LOT_AMOUNTS = Reason(
    "lot_amounts_wrong", "A project's ceiling is more than zero and not more than the lot; so is the lot."
)
when_broken("lot_amounts_fit", LOT_AMOUNTS.refusal(HOUSE["H-16"].basis, at_field="ceiling"))


@dataclass(frozen=True, slots=True)
class ContestFacts:
    at: datetime
    deadline_at: datetime | None
    missing: tuple[str, ...]
    lots: int
    programme_state: str
    state: str = ""
    settlement: Settlement | None = None  # None before the announcement
    opened: int | None = None  # how many applications were opened; None before the opening
    outcome: str = ""  # what the review found, once decided
    repeats_state: str = ""  # the state of the contest this one repeats
    repeats_lots: int = 0  # how many lots of that contest, once decided, nobody was awarded in
    repeated: bool = False  # whether another repeats that contest already


def announcement_complete(facts: ContestFacts) -> Refusal | None:
    if not facts.missing:
        return None
    return INCOMPLETE_ANNOUNCEMENT.refusal(HOUSE["H-16"].basis, missing=facts.missing)


def has_lot(facts: ContestFacts) -> Refusal | None:
    return None if facts.lots else NO_LOT.refusal(HOUSE["H-11"].basis)


def programme_adopted(facts: ContestFacts) -> Refusal | None:
    return None if facts.programme_state == "adopted" else NOT_ADOPTED.refusal(HOUSE["H-11"].basis)


def deadline_over(facts: ContestFacts) -> Refusal | None:
    if facts.deadline_at is not None and facts.at >= facts.deadline_at:
        return None
    return NOT_YET_OVER.refusal(HOUSE["H-09"].basis, deadline=facts.deadline_at)


UNANNOUNCED = ("draft", "discarded")
"""Nobody but the customer sees a contest in these states, and it has no settled rules."""

NOT_AMENDABLE = Reason(
    "not_amendable",
    "These parts stand as announced and cannot be amended: {missing}. Cancel the contest, then repeat it.",
)
NOTHING_AMENDED = Reason("nothing_amended", "Nothing differs from the announcement as it stands.")
NOT_VOID = Reason("contest_not_void", "This contest has applications that count; it cannot be declared void.")
EXTENDED_INSTEAD = Reason(
    "extended_instead", "When nobody applies, the rules of this contest want the time to apply extended."
)
VOID_INSTEAD = Reason(
    "void_instead", "The time to apply is extended only when nobody applied and the rules of the contest say so."
)
NOT_REPEATABLE = Reason(
    "contest_not_repeatable",
    "Only a contest that is void or cancelled is repeated, or the lots of a decided one without an award.",
)
REPEATED_ALREADY = Reason("contest_repeated_already", "This contest has been repeated already.")
OPENING_NOT_PUBLIC = Reason("opening_not_public", "Under the rules of this contest nobody from outside is there.")
PAPER_OF_TOMORROW = Reason("document_in_future", "The document cannot be dated after today.")
OUTAGE_NOT_OVER = Reason("outage_not_over", "An outage is registered after its end, and ends after it began.")
OUTAGE_OVERLAPS = Reason("outage_overlaps", "A part of this time is registered as an outage already.")
NO_SUCH_TEXT = Reason("no_such_text", "The announcement does not say this there. Copy the words exactly.")

when_broken("contest_repeated_once", REPEATED_ALREADY.refusal(HOUSE["H-17"].basis))
when_broken("outage_once", OUTAGE_OVERLAPS.refusal(HOUSE["H-07"].basis))

ANNOUNCEMENT_SAYS = frozenset(
    (
        "announced_on", "customer", "programme", "goal", "tasks", "problem",  # the verified six (practice.md §5)
        "target_groups", "territory", "results", "amount", "project_period", "eligibility", "documents", "criteria",
        "pass_mark", "how_to_apply", "deadline", "opening", "contacts", "appeal_route", "draft_contract",
    )
)  # fmt: skip
"""What every announcement says here, by the codes of `ann.required_fields`: written, or taken from programme, lots and
settled rules."""
TEXTS = ("title", "goal", "tasks", "problem")
"""The localised texts of an announcement."""
AMENDABLE = (*TEXTS, "contacts", "months")
"""What an amendment may change. Money stands in the ledger, and the settled rules never change."""
CANCEL_GROUNDS = ("need_ceased", "money_withdrawn", "announcement_faulty", "ordered_by_authority")
SUSPEND_GROUNDS = ("court", "appeal_body")
VOID_GROUNDS = ("no_applicant", "none_admitted", "none_passed")
VOID_KEYS = {"no_applicant": "dec.no_bid_rule", "none_admitted": "dec.no_bid_rule", "none_passed": "dec.no_pass_rule"}
ENDED = ("cancelled", "void")


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """The document behind an act: its number and date."""

    number: str
    on: date


@dataclass(frozen=True, slots=True)
class Change:
    """One field of the announcement in one language ("" where it has none), before and after."""

    field: str
    language: str
    before: str
    after: str


def outcome_of_lots(outcomes: Collection[str]) -> str:
    """What a contest came to: "awarded" where one lot was, else how far the application that came furthest did."""
    return next((one for one in ("awarded", *reversed(VOID_GROUNDS)) if one in outcomes), "no_applicant")


def void_ground(facts: ContestFacts) -> str:
    """Why there is nobody to decide about: a code of VOID_GROUNDS, or an empty word."""
    if facts.state == "opened" and facts.opened == 0:
        return "no_applicant"
    return facts.outcome if facts.outcome in VOID_GROUNDS else ""


def _no_bid(facts: ContestFacts) -> tuple[str, Basis]:
    assert facts.settlement is not None
    return facts.settlement.choice("dec.no_bid_rule"), facts.settlement.basis("dec.no_bid_rule")


def before_closing(facts: ContestFacts) -> Refusal | None:
    """Amendments and questions are for those who can still apply."""
    if facts.deadline_at is None or facts.at < facts.deadline_at:
        return None
    return DEADLINE_PASSED.refusal(HOUSE["H-09"].basis, deadline=facts.deadline_at)


def nobody_to_award(facts: ContestFacts) -> Refusal | None:
    rule, basis = _no_bid(facts)
    if not void_ground(facts):
        return NOT_VOID.refusal(basis)
    if facts.state == "opened" and rule == "extend":
        return EXTENDED_INSTEAD.refusal(basis)
    return None


def nobody_applied_and_rules_extend(facts: ContestFacts) -> Refusal | None:
    rule, basis = _no_bid(facts)
    return None if void_ground(facts) == "no_applicant" and rule == "extend" else VOID_INSTEAD.refusal(basis)


def repeats_an_ended_contest(facts: ContestFacts) -> Refusal | None:
    """Void or cancelled as a whole; or decided, with lots in which nobody was awarded (H-54)."""
    if facts.repeats_state in ENDED or (facts.repeats_state == "decided" and facts.repeats_lots):
        return None
    return NOT_REPEATABLE.refusal(HOUSE["H-54"].basis)


def repeated_only_once(facts: ContestFacts) -> Refusal | None:
    return REPEATED_ALREADY.refusal(HOUSE["H-17"].basis) if facts.repeated else None


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    at: datetime
    contest_state: str
    deadline_at: datetime | None


def can_still_ask(facts: QuestionFacts) -> Refusal | None:
    if facts.contest_state != "announced":
        return NOT_OPEN.refusal(HOUSE["H-17"].basis)
    if facts.deadline_at is None or facts.at < facts.deadline_at:
        return None
    return DEADLINE_PASSED.refusal(HOUSE["H-09"].basis, deadline=facts.deadline_at)


@dataclass(frozen=True, slots=True)
class OutageFacts:
    at: datetime
    begins_at: datetime
    ends_at: datetime
    overlaps: bool


def outage_is_over(facts: OutageFacts) -> Refusal | None:
    if facts.begins_at < facts.ends_at <= facts.at:
        return None
    return OUTAGE_NOT_OVER.refusal(HOUSE["H-07"].basis, at_field="ends_at")


def outage_is_new(facts: OutageFacts) -> Refusal | None:
    return OUTAGE_OVERLAPS.refusal(HOUSE["H-07"].basis, at_field="begins_at") if facts.overlaps else None


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Field by field what an amendment changed, texts language by language."""
    found = []
    for name in AMENDABLE:
        old, new = before.get(name), after.get(name)
        if name in TEXTS:
            for language in sorted({*(old or {}), *(new or {})}):
                pair = (old or {}).get(language, ""), (new or {}).get(language, "")
                found += [Change(name, language, *pair)] if pair[0] != pair[1] else []
        elif old != new:
            found.append(Change(name, "", str(old), str(new)))
    return found


def amendment_faults(before: Mapping[str, Any], changes: Mapping[str, Any], settlement: Settlement) -> list[Refusal]:
    """Why this announcement may not be amended so."""
    if fixed := tuple(sorted(set(changes) - set(AMENDABLE))):
        return [NOT_AMENDABLE.refusal(HOUSE["H-26"].basis, missing=fixed)]
    after = {**before, **changes}
    if not changes_between(before, after):
        return [NOTHING_AMENDED.refusal(HOUSE["H-16"].basis)]
    faults = announcement_faults({name: after[name] or {} for name in TEXTS}, (), settlement)
    if not after["contacts"]:
        faults.append(INCOMPLETE_ANNOUNCEMENT.refusal(HOUSE["H-16"].basis, missing=("contacts",)))
    return faults


def moved_by(deadline_at: datetime, length: timedelta, settlement: Settlement, calendar: WorkCalendar) -> datetime:
    """The deadline `length` later, on to the end of that day and off days off, as the settled clock counts (H-30)."""
    moment = deadline_at + length
    day, ends = bishkek_day(moment - timedelta(microseconds=1)), settlement.choice("clock.day_ends")
    if end_of(day, ends) < moment:
        day += timedelta(days=1)
    if settlement.flag("clock.roll_to_working_day"):
        day = calendar.next_working_day(day)
    return end_of(day, ends)


def continued(
    deadline_at: datetime, stopped_at: datetime, at: datetime, settlement: Settlement, calendar: WorkCalendar
) -> datetime:
    """The deadline after a standstill from `stopped_at` until `at`; one that had passed before it stays."""
    if stopped_at >= deadline_at:
        return deadline_at
    return moved_by(deadline_at, at - stopped_at, settlement, calendar)


PROJECTS_TOO_LONG = Reason("term_too_long", "A project lasts {months} months here; the rules allow {most}.")
TERM_BEYOND_YEAR = Reason(
    "term_beyond_year",
    "Projects of {months} months that begin after the last day to apply would end on {ends}. Contracts may not go "
    "beyond the budget year {year}.",
)
TERM_BEYOND_PROGRAMME = Reason(
    "term_beyond_programme",
    "The programme ends with the year {year}; projects of {months} months would end on {ends} at the earliest.",
)


@dataclass(frozen=True, slots=True)
class ProjectTerm:
    """How long the projects of a contest last, and between what."""

    months: int
    closes_on: date  # the last day to apply: no project begins before its end
    budget_year: int  # of the lots' measures, the first
    programme_year: int  # the programme's last

    @property
    def ends(self) -> date:
        """When a project would end that began as soon as it can."""
        return months_before(self.closes_on, -self.months)


def term_faults(term: ProjectTerm, settlement: Settlement) -> list[Refusal]:
    """Why projects may not last so long. Only what cannot be kept is refused: a contract that is signed later ends
    with its budget year all the same (H-75). Rulebook: `con.max_months`, `con.multiyear`."""
    faults, most = [], settlement.value("con.max_months")
    if most is not None and term.months > most:
        basis = settlement.basis("con.max_months")
        faults.append(PROJECTS_TOO_LONG.refusal(basis, at_field="months", months=term.months, most=most))
    if not settlement.flag("con.multiyear") and term.ends.year > term.budget_year:
        said: dict[str, Any] = {"months": term.months, "ends": term.ends, "year": term.budget_year}
        faults.append(TERM_BEYOND_YEAR.refusal(settlement.basis("con.multiyear"), at_field="months", **said))
    return faults


def late_in_programme(term: ProjectTerm) -> Refusal | None:
    """What the customer is warned of; it blocks nothing (decisions.md §8)."""
    if term.ends.year <= term.programme_year:
        return None
    said: dict[str, Any] = {"months": term.months, "ends": term.ends, "year": term.programme_year}
    return TERM_BEYOND_PROGRAMME.refusal(HOUSE["H-11"].basis, **said)


def announcement_faults(
    texts: Mapping[str, Mapping[str, str]], ceilings: Sequence[Decimal], settlement: Settlement
) -> list[Refusal]:
    """Every text in every language of `ann.languages`; nothing in `ann.required_fields` that no announcement here
    says, nor in `form.application_sections` that no application here has; no lot's ceiling (som) above
    `app.max_amount`."""
    missing = tuple(
        f"{name} ({language})"
        for name, text in texts.items()
        for language in settlement.codes("ann.languages")
        if not text.get(language)
    )
    faults = []
    if missing:
        faults.append(INCOMPLETE_ANNOUNCEMENT.refusal(settlement.basis("ann.languages"), missing=missing))
    if unsaid := tuple(sorted(set(settlement.codes("ann.required_fields")) - ANNOUNCEMENT_SAYS)):
        faults.append(INCOMPLETE_ANNOUNCEMENT.refusal(settlement.basis("ann.required_fields"), missing=unsaid))
    faults += form_faults(settlement)
    most = settlement.value("app.max_amount")
    if most is not None and any(ceiling > most.amount for ceiling in ceilings):
        basis = settlement.basis("app.max_amount")
        faults.append(OVER_CEILING.refusal(basis, asked=Money(max(ceilings)), ceiling=most))
    return faults
