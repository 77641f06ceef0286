"""Decisions about contests and applications over plain facts and the settled rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jardam.kernel.money import Money
from jardam.kernel.refusal import Basis, Reason, Refusal, when_broken
from jardam.kernel.time import WorkCalendar, bishkek_day, end_of
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement
from jardam.treasury.rules import NOT_POSITIVE

INCOMPLETE_ANNOUNCEMENT = Reason("announcement_incomplete", "The announcement still lacks: {missing}.")
NO_LOT = Reason("contest_without_lot", "A contest needs a lot with an amount.")
NOT_ADOPTED = Reason("programme_not_adopted", "The programme of this contest is not adopted yet.")
TOO_SHORT = Reason("deadline_too_early", "Applications must be open at least until {earliest} ({term}).")
NOT_YET_OVER = Reason("deadline_not_passed", "Applications are opened after the deadline: {deadline}.")
DEADLINE_PASSED = Reason("deadline_passed", "Applications were accepted until {deadline}.")
NOT_OPEN = Reason("contest_not_open", "This contest does not take applications now.")
SECTIONS_MISSING = Reason("sections_missing", "These parts are not finished: {missing}.")
OVER_CEILING = Reason("over_ceiling", "{asked} is asked for; a project may get at most {ceiling}.")
CONTRIBUTION_TOO_SMALL = Reason(
    "own_contribution_too_small", "Your own contribution is {given} per cent; at least {needed} per cent is required."
)
NOT_ELIGIBLE_KIND = Reason("kind_not_eligible", "Organisations of this kind do not take part: {kind}.")
NOT_VERIFIED = Reason("organisation_not_verified", "The registration data of the organisation are not checked yet.")
BARRED = Reason("organisation_barred", "The organisation is barred until {until}: {ground}.")
SECOND_APPLICATION = Reason("one_application_a_lot", "Your organisation already has an application in this lot.")
TOO_MANY = Reason("too_many_applications", "At most {allowed} applications of one organisation are taken.")

OVER_CAP = Reason(
    "category_over_cap", "{category}: {given} per cent of what is asked for; the rules allow {allowed} per cent."
)
TOO_LONG = Reason("activities_too_long", "The last activity ends in month {last}; a project has {months} months.")
UNKNOWN_CATEGORY = Reason("category_unknown", "The budget of this contest has no such categories: {categories}.")
COST_WITHOUT_ACTIVITY = Reason("cost_without_activity", "Every cost belongs to an activity of the plan.")
DOCUMENTS_MISSING = Reason("documents_missing", "These documents are missing: {missing}.")
UNKNOWN_DOCUMENT = Reason("document_unknown", "The rules of this contest know no such document.")
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

LOT_AMOUNTS = Reason(
    "lot_amounts_wrong", "A project's ceiling is more than zero and not more than the lot; so is the lot."
)

when_broken("application_one_living_in_a_lot", SECOND_APPLICATION.refusal(HOUSE["H-16"].basis))
when_broken("collaborator_once", INVITED_ALREADY.refusal(HOUSE["H-16"].basis, at_field="email"))
when_broken("partner_once", PARTNER_TWICE.refusal(HOUSE["H-16"].basis, at_field="organisation"))
when_broken("contests_application_paper_id_key", PAPER_KEYED.refusal(HOUSE["H-32"].basis))
when_broken("lot_amounts_fit", LOT_AMOUNTS.refusal(HOUSE["H-16"].basis, at_field="ceiling"))

CONTENT_V = 2
"""The form in which an application is written today; `current` reads the earlier ones."""

SECTIONS = (
    "project",
    "problem",
    "people",
    "activities",
    "team",
    "budget",
    "indicators",
    "risks",
    "declarations",
)
"""The parts that are typed, in the order they are shown; documents and partners stand beside them."""

LINE, STORY = 300, 6000
PARTNERS = 20

Line = Annotated[str, Field(min_length=1, max_length=LINE)]
Story = Annotated[str, Field(min_length=1, max_length=STORY)]
LaterLine = Annotated[str, Field(max_length=LINE)]  # earlier forms did not ask; `Content.unfinished` does
LaterStory = Annotated[str, Field(max_length=STORY)]
Som = Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=2)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)  # faults reach the log


class Project(_Part):
    title: Line
    summary: LaterStory = ""
    goal: Story
    sustainability: LaterStory = ""


class Problem(_Part):
    problem: Story
    evidence: LaterStory = ""


class People(_Part):
    count: Annotated[int, Field(gt=0, le=10_000_000)]
    who: Story
    where: Line
    reached: LaterStory = ""


class Activity(_Part):
    """One activity; months are numbered from the start of the project."""

    title: Line
    month_from: Annotated[int, Field(ge=1, le=36)]
    month_to: Annotated[int, Field(ge=1, le=36)]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Activity:
        if self.month_to < self.month_from:
            raise ValueError("an activity ends in the month it begins, or later")
        return self


class Activities(_Part):
    rows: Annotated[tuple[Activity, ...], Field(min_length=1, max_length=40)]


class TeamMember(_Part):
    name: Line
    role: Line
    experience: LaterLine = ""


class Team(_Part):
    rows: Annotated[tuple[TeamMember, ...], Field(min_length=1, max_length=40)]


class BudgetLine(_Part):
    """A cost of one activity (its number in the plan), in som. `proof` says what shows the value given in kind."""

    activity: Annotated[int, Field(ge=1, le=40)]
    category: Annotated[str, Field(max_length=40)]
    title: Line
    requested: Som
    own: Som
    in_kind: Som = Decimal(0)
    third: Som = Decimal(0)
    proof: LaterLine = ""


class Budget(_Part):
    rows: Annotated[tuple[BudgetLine, ...], Field(min_length=1, max_length=80)]


class Indicator(_Part):
    title: Line
    baseline: Annotated[int, Field(ge=0, le=10_000_000)]
    target: Annotated[int, Field(ge=0, le=10_000_000)]
    measured: LaterLine = ""


class Indicators(_Part):
    rows: Annotated[tuple[Indicator, ...], Field(min_length=1, max_length=20)]


class Risk(_Part):
    risk: Line
    response: Line


class Risks(_Part):
    rows: Annotated[tuple[Risk, ...], Field(max_length=20)]


class Declarations(_Part):
    """What the head confirms by submitting: true data, no debt of earlier orders, no other money for the same work."""

    true_data: Annotated[bool, Field(strict=True)]
    no_debt: Annotated[bool, Field(strict=True)]
    no_double_funding: Annotated[bool, Field(strict=True)]


class PaperOf(_Part):
    """A document of the application: `kind` is a code of `app.documents`; the bytes are sealed each on its own."""

    ref: Annotated[str, Field(max_length=12)]
    kind: Annotated[str, Field(max_length=40)]
    name: Line
    media_type: Annotated[str, Field(max_length=100)]
    size: Annotated[int, Field(ge=0)]
    sha256: Sha256


class PartnerOf(_Part):
    name: Line
    role: Line
    confirmed: Annotated[bool, Field(strict=True)]


class Content(_Part):
    """A whole application. Everything in it is sealed."""

    schema_v: Annotated[int, Field(ge=1, le=CONTENT_V)] = CONTENT_V
    project: Project
    problem: Problem
    people: People
    activities: Activities
    team: Team
    budget: Budget
    indicators: Indicators
    risks: Risks
    declarations: Declarations
    documents: Annotated[tuple[PaperOf, ...], Field(max_length=60)] = ()
    partners: Annotated[tuple[PartnerOf, ...], Field(max_length=PARTNERS)] = ()

    def _sum(self, name: str) -> Decimal:
        return sum((getattr(row, name) for row in self.budget.rows), Decimal(0))

    @property
    def requested(self) -> Decimal:
        return self._sum("requested")

    @property
    def own(self) -> Decimal:
        return self._sum("own")

    @property
    def third(self) -> Decimal:
        return self._sum("third")

    def own_counted(self, inkind_rule: str) -> Decimal:
        """The own contribution as `app.inkind_rule` counts it (som)."""
        rows = self.budget.rows if inkind_rule != "not_counted" else ()
        proven = (row for row in rows if inkind_rule == "counted" or row.proof)
        return self.own + sum((row.in_kind for row in proven), Decimal(0))

    @property
    def last_month(self) -> int:
        return max(row.month_to for row in self.activities.rows)

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The parts in which something is blank that today's form asks for."""
        blank = {
            "project": not (self.project.summary and self.project.sustainability),
            "problem": not self.problem.evidence,
            "people": not self.people.reached,
            "activities": False,
            "team": not all(row.experience for row in self.team.rows),
            "budget": not all(row.category for row in self.budget.rows),
            "indicators": not all(row.measured for row in self.indicators.rows),
            "risks": not self.risks.rows,
            "declarations": not all(self.declarations.model_dump().values()),
        }
        return tuple(name for name, is_blank in blank.items() if is_blank)


PARTS: dict[str, type[_Part]] = {
    "project": Project,
    "problem": Problem,
    "people": People,
    "activities": Activities,
    "team": Team,
    "budget": Budget,
    "indicators": Indicators,
    "risks": Risks,
    "declarations": Declarations,
}


def current(data: Mapping[str, Any]) -> dict[str, Any]:
    """The sections of an application, written in any form so far, in today's form. Stored bytes never change.

    Form 1 (no `schema_v`): the problem stood in the project, and the money in the activities.
    """
    sections = {name: dict(part) if isinstance(part, Mapping) else part for name, part in data.items()}
    if "schema_v" in sections:
        return sections
    project, rows = sections.get("project"), sections.get("activities", {}).get("rows", ())
    if project and "problem" in project:
        sections.setdefault("problem", {"problem": project.pop("problem")})
    if any("requested" in row for row in rows):
        plan = ("title", "month_from", "month_to")
        sections["activities"] = {"rows": [{name: row[name] for name in plan} for row in rows]}
        sections.setdefault("budget", {"rows": [_cost(number, row) for number, row in enumerate(rows, 1)]})
        sections.setdefault("risks", {"rows": []})
    return sections


def _cost(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """A budget line that an activity of form 1 amounts to."""
    return {
        "activity": number,
        "category": "",
        "title": row["title"],
        "requested": row["requested"],
        "own": row["own"],
    }


def budget_of(sections: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """Requested and own money of a draft (som), as far as it is filled in."""
    rows = current(sections).get("budget", {}).get("rows", ())
    return (
        sum((Decimal(row["requested"]) for row in rows), Decimal(0)),
        sum((Decimal(row["own"]) for row in rows), Decimal(0)),
    )


# --- the contest -----------------------------------------------------------------------------------------------


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


# --- the contest after its announcement ------------------------------------------------------------------------

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
NOT_REPEATABLE = Reason("contest_not_repeatable", "Only a contest that is void or cancelled is repeated.")
REPEATED_ALREADY = Reason("contest_repeated_already", "This contest has been repeated already.")
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
    return None if facts.repeats_state in ENDED else NOT_REPEATABLE.refusal(HOUSE["H-17"].basis)


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


# --- the application -------------------------------------------------------------------------------------------


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


def announcement_faults(
    texts: Mapping[str, Mapping[str, str]], ceilings: Sequence[Decimal], settlement: Settlement
) -> list[Refusal]:
    """Every text in every language of `ann.languages`; nothing in `ann.required_fields` that no announcement here
    says; no lot's ceiling (som) above `app.max_amount`."""
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
    most = settlement.value("app.max_amount")
    if most is not None and any(ceiling > most.amount for ceiling in ceilings):
        basis = settlement.basis("app.max_amount")
        faults.append(OVER_CEILING.refusal(basis, asked=Money(max(ceilings)), ceiling=most))
    return faults


def content_faults(content: Content, settlement: Settlement, ceiling: Decimal, months: int = 36) -> list[Refusal]:
    """Why this content may not be submitted under these rules. `ceiling` (som) is the lot's, `months` the contest's.

    Rulebook: `app.max_amount`, `app.cofin_min_pct`, `app.inkind_rule`, `app.cap_*_pct`, `app.documents`,
    `form.budget_categories`.
    """
    return [
        *_money_faults(content, settlement, ceiling),
        *_cap_faults(content, settlement),
        *_plan_faults(content, settlement, months),
        *_missing_faults(content, settlement),
    ]


def _money_faults(content: Content, settlement: Settlement, ceiling: Decimal) -> Iterator[Refusal]:
    if content.requested > ceiling:
        yield OVER_CEILING.refusal(
            settlement.basis("app.max_amount"), asked=Money(content.requested), ceiling=Money(ceiling)
        )
    if content.requested <= 0:
        yield NOT_POSITIVE.refusal(HOUSE["H-16"].basis, at_field="budget")
    needed = Decimal(settlement.value("app.cofin_min_pct"))
    own = content.own_counted(settlement.choice("app.inkind_rule"))
    whole = content.requested + own
    if own * 100 < needed * whole:
        given = (own * 100 / whole).quantize(Decimal("0.01"), ROUND_DOWN)
        yield CONTRIBUTION_TOO_SMALL.refusal(settlement.basis("app.cofin_min_pct"), given=given, needed=needed)


CAPS = {"administration": "app.cap_admin_pct", "pay": "app.cap_salary_pct", "equipment": "app.cap_equipment_pct"}
"""Category of the budget → the most of what is asked for that may go to it."""


def _cap_faults(content: Content, settlement: Settlement) -> Iterator[Refusal]:
    for category, key in CAPS.items():
        most = settlement.value(key)
        spent = sum((row.requested for row in content.budget.rows if row.category == category), Decimal(0))
        if most is None or spent * 100 <= Decimal(most) * content.requested:
            continue
        given = (spent * 100 / content.requested).quantize(Decimal("0.01"), ROUND_UP)
        yield OVER_CAP.refusal(settlement.basis(key), given=given, allowed=Decimal(most), category=category)


def _plan_faults(content: Content, settlement: Settlement, months: int) -> Iterator[Refusal]:
    if content.last_month > months:
        yield TOO_LONG.refusal(HOUSE["H-16"].basis, last=content.last_month, months=months)
    known = settlement.codes("form.budget_categories")
    wrong = tuple(dict.fromkeys(row.category for row in content.budget.rows if row.category not in ("", *known)))
    if wrong:
        yield UNKNOWN_CATEGORY.refusal(settlement.basis("form.budget_categories"), categories=wrong)
    if any(row.activity > len(content.activities.rows) for row in content.budget.rows):
        yield COST_WITHOUT_ACTIVITY.refusal(HOUSE["H-16"].basis)


def _missing_faults(content: Content, settlement: Settlement) -> Iterator[Refusal]:
    if content.unfinished:
        yield SECTIONS_MISSING.refusal(HOUSE["H-16"].basis, missing=content.unfinished)
    given = {one.kind for one in content.documents}
    missing = tuple(one.names for one in settlement.value("app.documents") if one.mandatory and one.code not in given)
    if missing:
        yield DOCUMENTS_MISSING.refusal(settlement.basis("app.documents"), missing=missing)


# --- writing together ------------------------------------------------------------------------------------------


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


# --- on paper --------------------------------------------------------------------------------------------------


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
