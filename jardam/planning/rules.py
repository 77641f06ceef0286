"""Decisions about studies and programmes over plain facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

from jardam.kernel.refusal import Basis, Reason, Refusal, when_broken
from jardam.kernel.time import bishkek_day
from jardam.rulebook.house import HOUSE
from jardam.treasury.rules import NOT_POSITIVE

FORMS = ("grants", "vouchers", "purchases")

NO_MEASURES = Reason("programme_without_measures", "A programme needs at least one measure with an amount.")
NO_STUDY = Reason("programme_without_study", "A programme rests on a published study of needs: choose one.")
NO_QUORUM = Reason(
    "council_without_quorum", "{present} of {members} deputies were present; the quorum given is {quorum}."
)
VOTE_LOST = Reason(
    "council_voted_against", "{votes_for} voted for and {votes_against} against: the programme was not adopted."
)
VOTE_WON = Reason(
    "council_voted_for", "{votes_for} voted for and {votes_against} against: the programme was not rejected."
)
TOO_MANY_PRESENT = Reason(
    "more_present_than_members", "{present} were present, but the council has {members} deputies."
)
TOO_MANY_VOTES = Reason("more_votes_than_present", "{votes} votes were counted, but {present} were present.")
YEARS_BACKWARDS = Reason("years_backwards", "The last year of the programme comes before its first.")
GROUP_TWICE = Reason("study_group_twice", "A target group stands in a study once.")
SEVERITY = Reason("severity_out_of_range", "Severity goes from 1 (light) to 5 (grave).")

when_broken("study_group_once", GROUP_TWICE.refusal(HOUSE["H-16"].basis, at_field="groups"))
when_broken("study_severity_1_to_5", SEVERITY.refusal(HOUSE["H-16"].basis, at_field="severity"))
when_broken("programme_years_forward", YEARS_BACKWARDS.refusal(HOUSE["H-16"].basis, at_field="year_to"))
when_broken("measure_amount_positive", NOT_POSITIVE.refusal(HOUSE["H-16"].basis, at_field="amount"))


@dataclass(frozen=True, slots=True)
class Need:
    """One target group of a study. Headcounts of people; `severity` 1 (light) to 5 (grave); `unit_cost` som a year."""

    group: str
    headcount: int
    served: int
    severity: int
    unit_cost: Decimal

    @property
    def unmet(self) -> int:
        return max(0, self.headcount - self.served)

    @property
    def weight(self) -> int:
        """The published formula of the ranking: people without help × severity."""
        return self.unmet * self.severity

    @property
    def cost(self) -> Decimal:
        """Help for everybody without help, som a year."""
        return self.unmet * self.unit_cost


def ranked(needs: Sequence[Need]) -> list[Need]:
    """By weight, then by headcount, then by the group's code: the same study gives the same ranking."""
    return sorted(needs, key=lambda n: (-n.weight, -n.headcount, n.group))


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    measures: int
    amount: Decimal
    has_study: bool
    at: datetime | None = None
    discussed_until: datetime | None = None  # the end of the last public discussion, if there was one
    unanswered: int = 0  # comments without an answer
    last_year: int = 0
    open_years: tuple[int, ...] = ()  # not reported to the council, or without a gathering
    is_published: bool = False  # the resolution
    missing_sections: tuple[str, ...] = ()
    sections_basis: Basis | None = None


def has_measures(facts: ProgrammeFacts) -> Refusal | None:
    if facts.measures and facts.amount > 0:
        return None
    return NO_MEASURES.refusal(HOUSE["H-11"].basis)


def has_study(facts: ProgrammeFacts) -> Refusal | None:
    return None if facts.has_study else NO_STUDY.refusal(HOUSE["H-11"].basis)


@dataclass(frozen=True, slots=True)
class Vote:
    """A council's vote as its minutes give it."""

    members: int
    quorum: int
    present: int
    votes_for: int
    votes_against: int
    abstained: int


def vote_faults(vote: Vote) -> list[Refusal]:
    """Why this vote adopts nothing. The quorum is the council's own, as its minutes state it."""
    faults = count_faults(vote)
    if vote.votes_for <= vote.votes_against:
        basis = HOUSE["H-16"].basis
        faults.append(VOTE_LOST.refusal(basis, votes_for=vote.votes_for, votes_against=vote.votes_against))
    return faults


def rejection_faults(vote: Vote) -> list[Refusal]:
    """Why this vote rejects nothing."""
    faults = count_faults(vote)
    if vote.votes_for > vote.votes_against:
        basis = HOUSE["H-16"].basis
        faults.append(VOTE_WON.refusal(basis, votes_for=vote.votes_for, votes_against=vote.votes_against))
    return faults


def count_faults(vote: Vote) -> list[Refusal]:
    """Why nobody could have voted like this."""
    basis = HOUSE["H-16"].basis
    faults = []
    votes = vote.votes_for + vote.votes_against + vote.abstained
    if vote.present > vote.members:
        faults.append(TOO_MANY_PRESENT.refusal(basis, present=vote.present, members=vote.members))
    if votes > vote.present:
        faults.append(TOO_MANY_VOTES.refusal(basis, votes=votes, present=vote.present))
    if vote.present < vote.quorum:
        faults.append(NO_QUORUM.refusal(basis, present=vote.present, members=vote.members, quorum=vote.quorum))
    return faults


# --- problems and comments: what people say --------------------------------------------------------------------

GROUNDS = ("other_body", "personal_data", "repeated", "unclear")
"""Why a proposed problem is not published."""

GROUND_UNKNOWN = Reason("problem_ground_unknown", "Choose why the problem is not published.")
WHY_MISSING = Reason("answer_without_reason", "Say why, in words: everybody reads it.")
FOREIGN_MEASURE = Reason("measure_of_another_customer", "This measure belongs to another customer.")
DISCUSSION_SHORT = Reason("discussion_too_short", "The discussion goes on at least until {until}.")
DISCUSSION_RUNS = Reason("discussion_runs", "The public discussion goes on until {until}.")
DISCUSSION_OVER = Reason("discussion_over", "Comments were accepted until {until}.")
NO_DISCUSSION = Reason("programme_not_discussed", "This programme is not open for comments.")
UNANSWERED = Reason("comments_unanswered", "Answer every comment first: {count} have no answer yet.")


def fingerprint(text: str) -> str:
    """What the private part of the journal keeps of a text that people wrote: never the text itself."""
    return sha256(text.encode()).hexdigest()


def answer_fault(why: str) -> Refusal | None:
    """An answer gives its reason (H-27)."""
    return None if why.strip() else WHY_MISSING.refusal(HOUSE["H-27"].basis, at_field="answer")


def decline_fault(ground: str) -> Refusal | None:
    return None if ground in GROUNDS else GROUND_UNKNOWN.refusal(HOUSE["H-25"].basis, at_field="ground")


def discussion_fault(closes_on: date, least: date, basis: Basis) -> Refusal | None:
    """`least`: the first day on which a discussion that begins now may end."""
    if closes_on >= least:
        return None
    return DISCUSSION_SHORT.refusal(basis, at_field="closes_on", until=least)


def discussion_ended(facts: ProgrammeFacts) -> Refusal | None:
    if facts.discussed_until is None or facts.at is None or facts.at >= facts.discussed_until:
        return None
    return DISCUSSION_RUNS.refusal(HOUSE["H-08"].basis, until=facts.discussed_until)


def comments_answered(facts: ProgrammeFacts) -> Refusal | None:
    return UNANSWERED.refusal(HOUSE["H-08"].basis, count=facts.unanswered) if facts.unanswered else None


@dataclass(frozen=True, slots=True)
class CommentFacts:
    programme_state: str
    until: datetime | None
    at: datetime


def takes_comments(facts: CommentFacts) -> Refusal | None:
    """Until the end of the discussion, to the second."""
    if facts.programme_state != "discussion" or facts.until is None:
        return NO_DISCUSSION.refusal(HOUSE["H-08"].basis)
    if facts.at >= facts.until:
        return DISCUSSION_OVER.refusal(HOUSE["H-09"].basis, until=facts.until)
    return None


# --- the council and the year ----------------------------------------------------------------------------------

OPINIONS = ("support", "remarks", "against")
"""What a committee of the council says about a programme."""

NO_GROUNDS = Reason("decision_without_reason", "Say why: those it concerns read it.")
DAY_AHEAD = Reason("day_in_future", "This day has not come yet.")
ALREADY_PUBLISHED = Reason("resolution_published", "The publication of the resolution is recorded already.")
YEAR_OUTSIDE = Reason("year_outside_programme", "The programme has no year {year}.")
YEAR_RUNS = Reason("year_not_over", "The year {year} is not over yet.")
YEAR_REPORTED = Reason("year_reported", "The council has the report on this year already.")
PROGRAMME_RUNS = Reason("programme_runs", "The programme goes on until the end of {year}.")
YEAR_OPEN = Reason("year_not_closed", "For {year}, report to the council and hold a gathering first.")

when_broken("council_report_once", YEAR_REPORTED.refusal(HOUSE["H-17"].basis, at_field="year"))


def reason_fault(reason: str) -> Refusal | None:
    return None if reason.strip() else NO_GROUNDS.refusal(HOUSE["H-25"].basis, at_field="reason")


def day_fault(day: date, at: datetime, field: str) -> Refusal | None:
    """What happened on paper or among people happened before it is recorded."""
    return DAY_AHEAD.refusal(HOUSE["H-16"].basis, at_field=field) if day > bishkek_day(at) else None


def year_fault(year: int, first: int, last: int) -> Refusal | None:
    if first <= year <= last:
        return None
    return YEAR_OUTSIDE.refusal(HOUSE["H-16"].basis, at_field="year", year=str(year))


def year_over_fault(year: int, at: datetime) -> Refusal | None:
    """A year is reported when it is over: its figures do not move any more."""
    if bishkek_day(at).year > year:
        return None
    return YEAR_RUNS.refusal(HOUSE["H-17"].basis, at_field="year", year=str(year))


def not_published(facts: ProgrammeFacts) -> Refusal | None:
    return ALREADY_PUBLISHED.refusal(HOUSE["H-26"].basis) if facts.is_published else None


def programme_over(facts: ProgrammeFacts) -> Refusal | None:
    if facts.at is not None and bishkek_day(facts.at).year > facts.last_year:
        return None
    return PROGRAMME_RUNS.refusal(HOUSE["H-17"].basis, year=str(facts.last_year))


def years_closed(facts: ProgrammeFacts) -> Refusal | None:
    """The first year that is still open; the next is named when that one is closed."""
    if not facts.open_years:
        return None
    return YEAR_OPEN.refusal(HOUSE["H-17"].basis, year=str(facts.open_years[0]))


# --- what a programme must say ---------------------------------------------------------------------------------

LEVELS = ("local", "republican")
WRITTEN_SECTIONS = ("problem_analysis", "schedule", "responsible_persons", "monitoring")
"""What the office writes when no rule names sections."""

_FROM_DATA = frozenset({"goals", "target_groups", "measures", "indicators", "cost_and_sources"})
"""Sections that the programme's goal, measures and money fill by themselves."""

SECTIONS_MISSING = Reason("programme_sections_missing", "Write the missing sections first: {missing}.")
PERIOD_BACKWARDS = Reason("period_backwards", "The last day of the period comes before its first.")

when_broken("study_period_forward", PERIOD_BACKWARDS.refusal(HOUSE["H-16"].basis, at_field="period_to"))


def to_write(sections: Sequence[str]) -> tuple[str, ...]:
    """Of the sections a rule names, those that need a text."""
    return tuple(code for code in sections if code not in _FROM_DATA)


def has_sections(facts: ProgrammeFacts) -> Refusal | None:
    if not facts.missing_sections:
        return None
    return SECTIONS_MISSING.refusal(facts.sections_basis or HOUSE["H-16"].basis, missing=facts.missing_sections)


def section_fingerprint(text: Mapping[str, str]) -> str:
    return fingerprint("\n".join(text.get(code, "") for code in ("ky", "ru", "en")))
