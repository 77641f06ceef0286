"""Decisions about studies and programmes over plain facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from jardam.kernel.lifecycle import WRONG_STATE
from jardam.kernel.money import Money
from jardam.kernel.refusal import Basis, Reason, Refusal, when_broken
from jardam.kernel.time import bishkek_day
from jardam.parties.rules import Kind
from jardam.rulebook.house import HOUSE, LAW
from jardam.rulebook.settlement import Settlement
from jardam.treasury.rules import NOT_POSITIVE

FORMS = ("grants", "vouchers", "purchases")
MUNICIPAL = frozenset({Kind.MAYOR_OFFICE, Kind.AIYL_OKMOTU})

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
class Adopter:
    """Who adopts a customer's programme, and why: the head by an order, else the council."""

    by_order: bool
    basis: Basis


def adopter_of(kind: str, has_council: bool, rules: Settlement | None) -> Adopter:
    """A municipality follows `prog.municipal_approver`; a body of the state to which no council belongs adopts by an
    order of its head (H-72)."""
    if kind in MUNICIPAL:
        executive = asked(rules, "prog.municipal_approver") == "executive"
        known = rules is not None and "prog.municipal_approver" in rules.parameters
        basis = rules.basis("prog.municipal_approver") if rules and known else LAW["programme_approval"]
        return Adopter(executive, basis)
    return Adopter(not has_council, HOUSE["H-72"].basis)


BY_ORDER = Reason("adopted_by_order", "No council adopts this programme: the customer's head does, by an order.")
BY_COUNCIL = Reason("adopted_by_council", "The council adopts this programme: send it there.")


def council_adopts(facts: ProgrammeFacts | RevisionFacts) -> Refusal | None:
    return BY_ORDER.refusal(facts.adopted_by.basis) if facts.adopted_by.by_order else None


def head_adopts(facts: ProgrammeFacts | RevisionFacts) -> Refusal | None:
    return None if facts.adopted_by.by_order else BY_COUNCIL.refusal(facts.adopted_by.basis)


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
    rules: Settlement | None = None  # what is known of the rules in force
    years: int = 0  # how many the programme covers
    study_good_until: datetime | None = None
    missing_languages: tuple[str, ...] = ()  # the title, the goal, a measure or a section has no text in these
    register_number: str = ""
    entered_by_me: bool = False  # the actor wrote something of what is to be checked
    adopted_by: Adopter = field(default_factory=lambda: Adopter(False, HOUSE["H-72"].basis))


def has_measures(facts: ProgrammeFacts) -> Refusal | None:
    if facts.measures and facts.amount > 0:
        return None
    return NO_MEASURES.refusal(HOUSE["H-11"].basis)


def has_study(facts: ProgrammeFacts) -> Refusal | None:
    if facts.has_study or asked(facts.rules, "needs.study_required") is False:
        return None
    return NO_STUDY.refusal(HOUSE["H-11"].basis)


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


# --- what the rules in force ask of a programme ----------------------------------------------------------------

NOT_DISCUSSED = Reason("programme_without_discussion", "First put the draft before the public and hear the comments.")
STUDY_TOO_OLD = Reason("study_too_old", "The study of needs was good until {until}: a newer one is needed.")
TERM_TOO_SHORT = Reason("programme_too_short", "A programme covers at least {least} months; this one covers {months}.")
TERM_TOO_LONG = Reason("programme_too_long", "A programme covers at most {most} months; this one covers {months}.")
LANGUAGE_MISSING = Reason("programme_language_missing", "Some texts of the programme are missing in: {missing}.")
NOT_REGISTERED = Reason("resolution_not_registered", "Give the number under which the State Register has the act.")


def asked(rules: Settlement | None, key: str) -> Any:
    """The value of a rule that is known; None when it sets no limit, or when nobody knows it yet: what is not known
    is asked for by the settlement of the stage `programme`, all keys together."""
    return rules.value(key) if rules is not None and key in rules.parameters else None


def is_discussed(facts: ProgrammeFacts) -> Refusal | None:
    """`prog.discussion_required`."""
    if facts.discussed_until is not None or facts.rules is None or not asked(facts.rules, "prog.discussion_required"):
        return None
    return NOT_DISCUSSED.refusal(facts.rules.basis("prog.discussion_required"))


def study_is_fresh(facts: ProgrammeFacts) -> Refusal | None:
    """`needs.max_age`, counted from the last day of the study's period, else from its publication."""
    if facts.study_good_until is None or facts.rules is None or facts.at is None or facts.at < facts.study_good_until:
        return None
    return STUDY_TOO_OLD.refusal(facts.rules.basis("needs.max_age"), until=facts.study_good_until)


def term_fault(rules: Settlement | None, years: int) -> Refusal | None:
    """`prog.term_min_months`, `prog.term_max_months`: whole years of twelve months."""
    if rules is None:
        return None
    months, least, most = 12 * years, asked(rules, "prog.term_min_months"), asked(rules, "prog.term_max_months")
    if least is not None and months < least:
        basis = rules.basis("prog.term_min_months")
        return TERM_TOO_SHORT.refusal(basis, at_field="year_to", least=least, months=months)
    if most is not None and months > most:
        basis = rules.basis("prog.term_max_months")
        return TERM_TOO_LONG.refusal(basis, at_field="year_to", most=most, months=months)
    return None


def term_is_allowed(facts: ProgrammeFacts) -> Refusal | None:
    return term_fault(facts.rules, facts.years)


def is_in_languages(facts: ProgrammeFacts) -> Refusal | None:
    """`prog.languages`."""
    if not facts.missing_languages or facts.rules is None:
        return None
    return LANGUAGE_MISSING.refusal(facts.rules.basis("prog.languages"), missing=facts.missing_languages)


def missing_languages(languages: Sequence[str], texts: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """Of `languages`, those in which at least one of `texts` says nothing. Texts that say nothing at all are left
    out: whether they are needed is another rule's question."""
    written = [text for text in texts if any(text.values())]
    return tuple(code for code in languages if not all(text.get(code) for text in written))


def register_fault(rules: Settlement | None, number: str) -> Refusal | None:
    """`prog.register_required`: an act that goes to the State Register has its number there when it is published."""
    if number.strip() or rules is None or not asked(rules, "prog.register_required"):
        return None
    return NOT_REGISTERED.refusal(rules.basis("prog.register_required"), at_field="register_number")


# --- what was adopted before the system ------------------------------------------------------------------------

NOT_TWO_EYES = Reason("same_person_checks", "Another person checks what you entered.")
VOTE_INCOMPLETE = Reason("vote_incomplete", "Give all the numbers of the vote, or none when the minutes have none.")


def another_entered_it(facts: ProgrammeFacts) -> Refusal | None:
    """What was copied from paper is compared with it by somebody who wrote nothing of it (H-10)."""
    return NOT_TWO_EYES.refusal(HOUSE["H-10"].basis) if facts.entered_by_me else None


def vote_of(counts: Mapping[str, int | None]) -> Vote | None:
    """A vote as old minutes give it: all its numbers, or none. Refuses `vote_incomplete`."""
    given = {name: count for name, count in counts.items() if count is not None}
    if not given:
        return None
    if len(given) < len(counts):
        raise VOTE_INCOMPLETE.refuse(HOUSE["H-16"].basis, at_field="members")
    return Vote(**given)


# --- changing a draft ------------------------------------------------------------------------------------------

HEAD = ("title", "goal", "year_from", "year_to", "study_id", "part_of", "level")
"""What a draft says of itself before its measures."""

WRITTEN = ("form", "group", "title", "year", "amount", "indicator", "baseline", "target", "unit", "place")
"""What a measure says."""

STRUCK = Reason("measure_struck", "This measure was taken out of the draft or written anew. Open the programme again.")
YEARS_CUT = Reason("measures_outside_years", "Measures stand in {years}: change or remove them first.")


def struck_fault(is_struck: bool) -> Refusal | None:
    return STRUCK.refusal(HOUSE["H-70"].basis, at_field="measure") if is_struck else None


def years_cut_fault(used: Iterable[int], first: int, last: int) -> Refusal | None:
    """A programme keeps the years its measures stand in."""
    outside = sorted({str(year) for year in used if not first <= year <= last})
    return YEARS_CUT.refusal(HOUSE["H-16"].basis, at_field="year_to", years=", ".join(outside)) if outside else None


def head_fingerprint(values: Mapping[str, Any]) -> str:
    """Of the texts of a head."""
    return words_fingerprint(values["title"], values["goal"], values["part_of"], values["level"])


# --- versions --------------------------------------------------------------------------------------------------

VERSIONED = ("amount", "indicator", "unit", "place", "baseline", "target")
"""What a new version may change of a measure. Its form, group, title and year are what it is."""

REVISION_OPEN = Reason("revision_open", "A new version is under way already: decide about it first.")
NO_CHANGES = Reason("revision_without_changes", "The new version changes nothing yet.")
BELOW_GIVEN = Reason("measure_below_given", "{given} is given to this measure already: its amount cannot be less.")
YEAR_PAST = Reason("measure_year_past", "The year {year} is over: nothing new begins in it.")

when_broken("revision_one_open", REVISION_OPEN.refusal(HOUSE["H-28"].basis))
when_broken("revised_amount_not_negative", NOT_POSITIVE.refusal(HOUSE["H-16"].basis, at_field="amount"))


@dataclass(frozen=True, slots=True)
class RevisionFacts:
    programme_state: str
    another_open: bool
    changes: int
    below: Decimal | None  # what is given to the first measure that would get less than that
    adopted_by: Adopter = field(default_factory=lambda: Adopter(False, HOUSE["H-72"].basis))


def programme_in_force(facts: RevisionFacts) -> Refusal | None:
    if facts.programme_state == "adopted":
        return None
    return WRONG_STATE.refusal(HOUSE["H-28"].basis, state=facts.programme_state)


def no_other_version(facts: RevisionFacts) -> Refusal | None:
    return REVISION_OPEN.refusal(HOUSE["H-28"].basis) if facts.another_open else None


def changes_something(facts: RevisionFacts) -> Refusal | None:
    return None if facts.changes else NO_CHANGES.refusal(HOUSE["H-28"].basis)


def nothing_below_given(facts: RevisionFacts) -> Refusal | None:
    return None if facts.below is None else BELOW_GIVEN.refusal(HOUSE["H-28"].basis, given=Money(facts.below))


def amount_fault(amount: Decimal, given: Decimal) -> Refusal | None:
    """A measure keeps at least what is given to it; 0 ends a measure that was given nothing (H-28)."""
    if amount >= given:
        return None
    return BELOW_GIVEN.refusal(HOUSE["H-28"].basis, at_field="amount", given=Money(given))


def new_year_fault(year: int, at: datetime) -> Refusal | None:
    if year >= bishkek_day(at).year:
        return None
    return YEAR_PAST.refusal(HOUSE["H-28"].basis, at_field="year", year=str(year))


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one thing before and after. `before` is None for what is new."""

    thing: str  # the measure's ref or the section's code
    field: str
    before: Any
    after: Any
    title: Mapping[str, str] | None = None  # of a measure
    year: int = 0  # of a measure


def words_fingerprint(title: Mapping[str, str], indicator: Mapping[str, str], unit: str, place: str) -> str:
    """Of the texts of a measure, so that the journal vouches for them without repeating them."""
    texts = [text.get(code, "") for text in (title, indicator) for code in ("ky", "ru", "en")]
    return fingerprint("\n".join([*texts, unit, place]))


# --- slips -----------------------------------------------------------------------------------------------------

CORRECTABLE: dict[str, tuple[str, ...]] = {
    "adoption": ("number", "adopted_on", "in_force_on", "register_number"),
    "comment": ("answer",),
    "decision": ("number", "decided_on", "in_force_on", "register_number"),
    "gathering": ("held_on", "headcount", "questions", "answers"),
    "opinion": ("committee", "given_on", "text"),
    "problem": ("answer",),
    "publication": ("published_on", "place", "register_number"),
    "report": ("text",),
    "study": ("method", "sources", "period_from", "period_to"),
}
"""Fact → its fields in which a slip is put right (H-68). What decides something, votes and sums, is none of them."""

OF_THE_COUNCIL = frozenset({"adoption", "decision", "opinion", "publication"})
"""Facts recorded by whoever adopts the programme; the others are the customer's."""

NOT_CORRECTABLE = Reason("not_correctable", "This is no slip that can be corrected here: {fact}, {field}.")
NOTHING_CORRECTED = Reason("correction_without_change", "This is what stands there already.")
WRONG_VALUE = Reason("correction_value_wrong", "A day stays a day, a number a number, and nothing is corrected away.")

when_broken("correction_changes_something", NOTHING_CORRECTED.refusal(HOUSE["H-68"].basis, at_field="value"))

Value = date | int | str


def correction_fault(fact: str, field: str, was: Value | None, now: Value, at: datetime) -> Refusal | None:
    """Why a field of a fact is not corrected so. `was`: what counts there today."""
    house = HOUSE["H-68"].basis
    if field not in CORRECTABLE.get(fact, ()):
        return NOT_CORRECTABLE.refusal(house, fact=fact, field=field)
    if now == "" or (was is not None and type(was) is not type(now)) or (isinstance(now, int) and now < 0):
        return WRONG_VALUE.refusal(house, at_field="value")
    if now == was:
        return NOTHING_CORRECTED.refusal(house, at_field="value")
    return day_fault(now, at, "value") if isinstance(now, date) and field != "in_force_on" else None


def as_written(value: Value | None) -> str:
    """A value as a correction keeps it."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def as_read(text: str, like: Value | None, field: str) -> Value:
    """The value a correction keeps, in the type of the field."""
    if isinstance(like, date) or field.endswith("_on") or field.startswith("period_"):
        return date.fromisoformat(text)
    return int(text) if isinstance(like, int) else text
