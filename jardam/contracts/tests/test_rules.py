"""Schedules of tranches and the guards of a contract, over plain facts and settled rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jardam.contracts import rules as contracts
from jardam.contracts.rules import ContractFacts, Share, default_schedule, schedule_faults
from tests.world import MONDAY, codes_of, rules

RULES = rules()
awards = st.integers(1, 10**11).map(lambda cents: Decimal(cents) / 100)
SETTLED = {pct: rules(con__advance_pct=pct) for pct in (0, 1, 30, 33, 50, 99, 100)}


@given(awards, st.sampled_from(sorted(SETTLED)))
def test_the_default_schedule_adds_up_to_the_award_and_pays_no_more_ahead_than_the_rules_allow(awarded, percent):
    shares = default_schedule(awarded, SETTLED[percent])

    assert sum(share.amount for share in shares) == awarded
    assert all(share.amount > 0 for share in shares)
    assert schedule_faults(shares, awarded, SETTLED[percent]) == []


@given(awards)
def test_nothing_is_paid_ahead_where_the_rules_allow_nothing(awarded):
    assert default_schedule(awarded, SETTLED[0]) == [Share(awarded, "report")]
    assert default_schedule(awarded, SETTLED[100]) == [Share(awarded, "advance")]


@pytest.mark.parametrize(
    ("shares", "codes"),
    [
        ([("300.00", "advance"), ("700.00", "report")], []),
        ([("150.00", "advance"), ("150.00", "advance"), ("700.00", "report")], []),
        ([("300.00", "advance"), ("600.00", "report")], ["schedule_differs"]),
        ([("300.00", "advance"), ("700.01", "report")], ["schedule_differs"]),
        ([("300.10", "advance"), ("699.90", "report")], ["advance_too_large"]),
        ([("200.00", "advance"), ("200.00", "advance"), ("600.00", "report")], ["advance_too_large"]),
        ([("1000.00", "advance")], ["advance_too_large"]),
        ([], ["schedule_differs"]),
    ],
)
def test_a_typed_schedule_adds_up_and_keeps_to_the_advance(shares, codes):
    typed = [Share(Decimal(amount), condition) for amount, condition in shares]

    assert codes_of(schedule_faults(typed, Decimal("1000.00"), RULES)) == codes


def test_an_advance_is_not_hidden_behind_a_rounded_percentage():
    """30.004 % is more than 30 %."""
    shares = [Share(Decimal("300040.00"), "advance"), Share(Decimal("699960.00"), "report")]

    assert codes_of(schedule_faults(shares, Decimal("1000000.00"), RULES)) == ["advance_too_large"]


FACTS = ContractFacts(
    at=MONDAY,
    signing_from=MONDAY,
    standstill=RULES.basis("appeal.standstill_term"),
    party="customer",
    signed=(),
    next_tranche=1,
    waits_for=0,
    unreported=1,
)


def test_signing_is_possible_from_the_first_instant_after_the_standstill():
    assert contracts.standstill_over(FACTS) is None
    early = replace(FACTS, at=MONDAY - timedelta(microseconds=1))
    assert codes_of([contracts.standstill_over(early)]) == ["signing_waits"]


@pytest.mark.parametrize(
    ("guard", "changes", "code"),
    [
        (contracts.signs_for_a_party, {"party": ""}, "not_a_party"),
        (contracts.own_side_unsigned, {"signed": ("customer",)}, "your_side_signed"),
        (contracts.tranche_left, {"next_tranche": 0}, "no_tranche_left"),
        (contracts.last_report_accepted, {"next_tranche": 2, "waits_for": 1}, "report_not_accepted"),
        (contracts.something_to_report, {"unreported": 0}, "nothing_to_report"),
    ],
)
def test_each_guard_lets_through_what_it_should_and_says_why_not(guard, changes, code):
    assert guard(FACTS) is None
    assert codes_of([guard(replace(FACTS, **changes))]) == [code]
