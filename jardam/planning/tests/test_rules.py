"""Rankings of needs and votes of councils, over plain facts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jardam.planning.rules import (
    Need,
    ProgrammeFacts,
    Vote,
    has_measures,
    has_study,
    ranked,
    vote_faults,
)
from tests.world import codes_of

needs = st.lists(
    st.builds(
        Need,
        group=st.text("abc", min_size=1, max_size=6),
        headcount=st.integers(0, 10_000),
        served=st.integers(0, 12_000),
        severity=st.integers(1, 5),
        unit_cost=st.just(Decimal("100.00")),
    ),
    max_size=8,
    unique_by=lambda need: need.group,
)


@given(needs, st.randoms())
def test_the_order_in_which_groups_are_entered_changes_no_ranking(rows, random):
    shuffled = random.sample(rows, len(rows))

    assert ranked(shuffled) == ranked(rows)


@given(needs)
def test_nobody_with_more_weight_stands_behind(rows):
    weights = [need.weight for need in ranked(rows)]

    assert weights == sorted(weights, reverse=True)


def test_more_people_served_than_counted_leave_no_negative_need():
    assert Need("a", headcount=10, served=12, severity=5, unit_cost=Decimal(1)).weight == 0


CARRIED = Vote(members=21, quorum=11, present=17, votes_for=15, votes_against=1, abstained=1)


def test_a_vote_with_quorum_and_majority_adopts():
    assert vote_faults(CARRIED) == []


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"present": 10, "votes_for": 8}, ["council_without_quorum"]),
        ({"votes_for": 8, "votes_against": 8}, ["council_voted_against"]),  # a tie adopts nothing
        ({"votes_for": 0, "votes_against": 0, "abstained": 17}, ["council_voted_against"]),
        ({"votes_for": 16, "votes_against": 1, "abstained": 1}, ["more_votes_than_present"]),
        (
            {"present": 5, "votes_for": 3, "votes_against": 4, "abstained": 0},
            ["more_votes_than_present", "council_without_quorum", "council_voted_against"],
        ),
        ({"present": 22, "votes_for": 15}, ["more_present_than_members"]),
    ],
)
def test_a_vote_that_adopts_nothing_is_told_every_reason(changes, codes):
    assert codes_of(vote_faults(replace(CARRIED, **changes))) == codes


def test_a_programme_goes_to_the_council_with_a_study_and_a_measure_that_costs_something():
    assert has_study(ProgrammeFacts(1, Decimal(1), True)) is None
    assert has_measures(ProgrammeFacts(1, Decimal(1), True)) is None
    assert codes_of([has_study(ProgrammeFacts(1, Decimal(1), False))]) == ["programme_without_study"]
    for facts in (ProgrammeFacts(0, Decimal(0), True), ProgrammeFacts(1, Decimal(0), True)):
        assert codes_of([has_measures(facts)]) == ["programme_without_measures"]
