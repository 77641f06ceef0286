"""What an application says, in parts, and why it may not be handed in so."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jardam.kernel.money import Money
from jardam.kernel.refusal import Reason, Refusal
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement
from jardam.treasury.rules import NOT_POSITIVE

SECTIONS_MISSING = Reason("sections_missing", "These parts are not finished: {missing}.")
OVER_CEILING = Reason("over_ceiling", "{asked} is asked for; a project may get at most {ceiling}.")
CONTRIBUTION_TOO_SMALL = Reason(
    "own_contribution_too_small", "Your own contribution is {given} per cent; at least {needed} per cent is required."
)

OVER_CAP = Reason(
    "category_over_cap", "{category}: {given} per cent of what is asked for; the rules allow {allowed} per cent."
)
TOO_LONG = Reason("activities_too_long", "The last activity ends in month {last}; a project has {months} months.")
UNKNOWN_CATEGORY = Reason("category_unknown", "The budget of this contest has no such categories: {categories}.")
COST_WITHOUT_ACTIVITY = Reason("cost_without_activity", "Every cost belongs to an activity of the plan.")
DOCUMENTS_MISSING = Reason("documents_missing", "These documents are missing: {missing}.")
NOT_ASKED = Reason("section_not_asked", "The rules of this contest do not ask for this part.")
NO_SUCH_SECTION = Reason(
    "form_sections_unknown", "The rules demand parts that an application written here does not have: {missing}."
)
LANGUAGE_UNNAMED = Reason("language_not_named", "Say in which language the application is written.")
WRONG_LANGUAGE = Reason("language_not_taken", "Applications are taken in: {languages}.")
TOO_LITTLE_EXPERIENCE = Reason(
    "experience_too_short", "{given} months of experience are declared; at least {needed} are required."
)
UNKNOWN_DOCUMENT = Reason("document_unknown", "The rules of this contest know no such document.")

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
    language: Annotated[str, Field(max_length=2)] = ""  # of `app.languages`: in which the application is written
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
    """What the head confirms by submitting: true data, no debt of earlier orders, no other money for the same work;
    and how long the organisation has done such work, where the rules ask."""

    true_data: Annotated[bool, Field(strict=True)]
    no_debt: Annotated[bool, Field(strict=True)]
    no_double_funding: Annotated[bool, Field(strict=True)]
    experience_months: Annotated[int, Field(ge=0, le=1200)] | None = None

    @property
    def are_made(self) -> bool:
        return self.true_data and self.no_debt and self.no_double_funding


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
    """A whole application. Everything in it is sealed. A part that the rules do not ask for is not there."""

    schema_v: Annotated[int, Field(ge=1, le=CONTENT_V)] = CONTENT_V
    project: Project
    problem: Problem | None = None
    people: People
    activities: Activities
    team: Team | None = None
    budget: Budget
    indicators: Indicators
    risks: Risks | None = None
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

    def as_plain(self) -> dict[str, Any]:
        """As it is hashed and sealed: without the parts that are not there."""
        return self.model_dump(mode="json", exclude_none=True)

    def unfinished(self, left_out: Collection[str] = ()) -> tuple[str, ...]:
        """The parts in which something is blank that today's form asks for; `left_out` are places it does not."""
        blank = {
            "project.summary": not self.project.summary,
            "project.sustainability": not self.project.sustainability,
            "problem": not (self.problem and self.problem.evidence),
            "people": not self.people.reached,
            "team": not self.team,
            "team.experience": self.team is not None and not all(row.experience for row in self.team.rows),
            "budget": not all(row.category for row in self.budget.rows),
            "indicators": not all(row.measured for row in self.indicators.rows),
            "risks": not (self.risks and self.risks.rows),
            "declarations": not self.declarations.are_made,
        }
        missing = (place.partition(".")[0] for place, is_blank in blank.items() if is_blank and place not in left_out)
        return tuple(dict.fromkeys(missing))


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


ASKED_BY_THE_RULES = {
    "summary": "project.summary",
    "problem": "problem",
    "team": "team",
    "experience": "team.experience",
    "risks": "risks",
    "sustainability": "project.sustainability",
}
"""Code of `form.application_sections` → the place of an application that only the rules ask for."""
ASKED_ALWAYS = ("people_served", "goal_and_tasks", "activities", "timetable", "budget", "indicators", "declarations")
"""What every application says here, whatever the rules demand (H-53)."""


def left_out(settlement: Settlement) -> frozenset[str]:
    """The places of an application, parts or fields of parts, that these rules do not ask for (H-53). Rulebook:
    `form.application_sections`."""
    asked = set(settlement.codes("form.application_sections"))
    if "experience" in asked:
        asked.add("team")
    return frozenset(place for code, place in ASKED_BY_THE_RULES.items() if code not in asked)


def parts_asked(settlement: Settlement) -> tuple[str, ...]:
    """The parts of an application under these rules, in the order they are shown."""
    out = left_out(settlement)
    return tuple(name for name in SECTIONS if name not in out)


def missing_parts(draft: Collection[str], settlement: Settlement) -> Refusal | None:
    """What was not begun yet, of the parts in the draft."""
    missing = tuple(name for name in parts_asked(settlement) if name not in draft)
    if not missing:
        return None
    by_rules = set(missing) <= set(ASKED_BY_THE_RULES.values())
    basis = settlement.basis("form.application_sections") if by_rules else HOUSE["H-53"].basis
    return SECTIONS_MISSING.refusal(basis, missing=missing)


def form_faults(settlement: Settlement) -> list[Refusal]:
    """Why no application can be written under these rules here."""
    known = {*ASKED_BY_THE_RULES, *ASKED_ALWAYS}
    unknown = tuple(sorted(set(settlement.codes("form.application_sections")) - known))
    basis = settlement.basis("form.application_sections")
    return [NO_SUCH_SECTION.refusal(basis, missing=unknown)] if unknown else []


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


def content_faults(content: Content, settlement: Settlement, ceiling: Decimal, months: int = 36) -> list[Refusal]:
    """Why this content may not be submitted under these rules. `ceiling` (som) is the lot's, `months` the contest's.

    Rulebook: `app.max_amount`, `app.cofin_min_pct`, `app.inkind_rule`, `app.cap_*_pct`, `app.documents`,
    `app.languages`, `elig.min_experience_months`, `form.budget_categories`, `form.application_sections`.
    """
    return [
        *_money_faults(content, settlement, ceiling),
        *_cap_faults(content, settlement),
        *_plan_faults(content, settlement, months),
        *_language_faults(content, settlement),
        *_missing_faults(content, settlement),
        *_experience_faults(content, settlement),
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


def _language_faults(content: Content, settlement: Settlement) -> Iterator[Refusal]:
    taken, basis = settlement.codes("app.languages"), settlement.basis("app.languages")
    if not content.project.language:
        yield LANGUAGE_UNNAMED.refusal(basis, at_field="language")
    elif content.project.language not in taken:
        yield WRONG_LANGUAGE.refusal(basis, at_field="language", languages=taken)


def _missing_faults(content: Content, settlement: Settlement) -> Iterator[Refusal]:
    if unfinished := content.unfinished(left_out(settlement)):
        yield SECTIONS_MISSING.refusal(HOUSE["H-16"].basis, missing=unfinished)
    given = {one.kind for one in content.documents}
    missing = tuple(one.names for one in settlement.value("app.documents") if one.mandatory and one.code not in given)
    if missing:
        yield DOCUMENTS_MISSING.refusal(settlement.basis("app.documents"), missing=missing)


def _experience_faults(content: Content, settlement: Settlement) -> Iterator[Refusal]:
    """No register knows experience: it is declared, and the screening looks for its proof."""
    needed, given = settlement.number("elig.min_experience_months"), content.declarations.experience_months
    basis = settlement.basis("elig.min_experience_months")
    if needed and given is None:
        yield SECTIONS_MISSING.refusal(basis, missing=("declarations",))
    elif needed and given is not None and given < needed:
        yield TOO_LITTLE_EXPERIENCE.refusal(basis, given=given, needed=needed)
