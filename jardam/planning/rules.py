"""Decisions about studies and programmes over plain facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from jardam.kernel.refusal import Reason, Refusal, when_broken
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


def ranked(needs: Sequence[Need]) -> list[Need]:
    """By weight, then by unmet people, then by the group's code: the same study gives the same ranking."""
    return sorted(needs, key=lambda n: (-n.weight, -n.unmet, n.group))


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    measures: int
    amount: Decimal
    has_study: bool


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
    basis = HOUSE["H-16"].basis
    faults = []
    votes = vote.votes_for + vote.votes_against + vote.abstained
    if vote.present > vote.members:
        faults.append(TOO_MANY_PRESENT.refusal(basis, present=vote.present, members=vote.members))
    if votes > vote.present:
        faults.append(TOO_MANY_VOTES.refusal(basis, votes=votes, present=vote.present))
    if vote.present < vote.quorum:
        faults.append(NO_QUORUM.refusal(basis, present=vote.present, members=vote.members, quorum=vote.quorum))
    if vote.votes_for <= vote.votes_against:
        faults.append(VOTE_LOST.refusal(basis, votes_for=vote.votes_for, votes_against=vote.votes_against))
    return faults
