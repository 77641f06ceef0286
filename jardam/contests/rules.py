"""Decisions about contests and applications over plain facts and the settled rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jardam.kernel.money import Money
from jardam.kernel.refusal import Reason, Refusal, when_broken
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

LOT_AMOUNTS = Reason(
    "lot_amounts_wrong", "A project's ceiling is more than zero and not more than the lot; so is the lot."
)

when_broken("application_one_living_in_a_lot", SECOND_APPLICATION.refusal(HOUSE["H-16"].basis))
when_broken("lot_amounts_fit", LOT_AMOUNTS.refusal(HOUSE["H-16"].basis, at_field="ceiling"))

SECTIONS = ("project", "people", "activities", "team", "indicators", "declarations")
"""The tasks of an application, in the order they are shown. The budget is the sum of the activities."""

Line = Annotated[str, Field(min_length=1, max_length=300)]
Story = Annotated[str, Field(min_length=1, max_length=6000)]
Som = Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=2)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)  # faults reach the log


class Project(_Part):
    title: Line
    problem: Story
    goal: Story


class People(_Part):
    count: Annotated[int, Field(gt=0, le=10_000_000)]
    who: Story
    where: Line


class Activity(_Part):
    """One activity; months are numbered from the start of the project. Amounts in som for the whole activity."""

    title: Line
    month_from: Annotated[int, Field(ge=1, le=36)]
    month_to: Annotated[int, Field(ge=1, le=36)]
    requested: Som
    own: Som

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


class Team(_Part):
    rows: Annotated[tuple[TeamMember, ...], Field(min_length=1, max_length=40)]


class Indicator(_Part):
    title: Line
    baseline: Annotated[int, Field(ge=0, le=10_000_000)]
    target: Annotated[int, Field(ge=0, le=10_000_000)]


class Indicators(_Part):
    rows: Annotated[tuple[Indicator, ...], Field(min_length=1, max_length=20)]


class Declarations(_Part):
    """What the head confirms by submitting: true data, no debt of earlier orders, no other money for the same work."""

    true_data: Annotated[bool, Field(strict=True)]
    no_debt: Annotated[bool, Field(strict=True)]
    no_double_funding: Annotated[bool, Field(strict=True)]


class Content(_Part):
    """A whole application. Everything in it is sealed."""

    project: Project
    people: People
    activities: Activities
    team: Team
    indicators: Indicators
    declarations: Declarations

    @property
    def requested(self) -> Decimal:
        return sum((row.requested for row in self.activities.rows), Decimal(0))

    @property
    def own(self) -> Decimal:
        return sum((row.own for row in self.activities.rows), Decimal(0))


PARTS: dict[str, type[_Part]] = {
    "project": Project,
    "people": People,
    "activities": Activities,
    "team": Team,
    "indicators": Indicators,
    "declarations": Declarations,
}


def budget_of(sections: dict[str, Any]) -> tuple[Decimal, Decimal]:
    """Requested and own money of a draft (som), as far as it is filled in."""
    rows = sections.get("activities", {}).get("rows", ())
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
    """Every text in every language of `ann.languages`; no lot's ceiling (som) above `app.max_amount`."""
    missing = tuple(
        f"{name} ({language})"
        for name, text in texts.items()
        for language in settlement.codes("ann.languages")
        if not text.get(language)
    )
    faults = []
    if missing:
        faults.append(INCOMPLETE_ANNOUNCEMENT.refusal(settlement.basis("ann.languages"), missing=missing))
    most = settlement.value("app.max_amount")
    if most is not None and any(ceiling > most.amount for ceiling in ceilings):
        basis = settlement.basis("app.max_amount")
        faults.append(OVER_CEILING.refusal(basis, asked=Money(max(ceilings)), ceiling=most))
    return faults


def content_faults(content: Content, settlement: Settlement, ceiling: Decimal) -> list[Refusal]:
    """Why this content may not be submitted under these rules. `ceiling` is the lot's, in som."""
    faults = []
    if content.requested > ceiling:
        faults.append(
            OVER_CEILING.refusal(
                settlement.basis("app.max_amount"), asked=Money(content.requested), ceiling=Money(ceiling)
            )
        )
    if content.requested <= 0:
        faults.append(NOT_POSITIVE.refusal(HOUSE["H-16"].basis, at_field="activities"))
    needed = Decimal(settlement.value("app.cofin_min_pct"))
    whole = content.requested + content.own
    if content.own * 100 < needed * whole:
        given = (content.own * 100 / whole).quantize(Decimal("0.01"), ROUND_DOWN)
        faults.append(
            CONTRIBUTION_TOO_SMALL.refusal(settlement.basis("app.cofin_min_pct"), given=given, needed=needed)
        )
    declared = content.declarations
    if not (declared.true_data and declared.no_debt and declared.no_double_funding):
        faults.append(SECTIONS_MISSING.refusal(HOUSE["H-16"].basis, missing=("declarations",)))
    return faults
