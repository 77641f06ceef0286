"""What moves a deadline and what an amendment changes, over plain facts and settled rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jardam.contests.rules import (
    AMENDABLE,
    ANNOUNCEMENT_SAYS,
    Change,
    amendment_faults,
    announcement_faults,
    changes_between,
    continued,
    moved_by,
)
from jardam.kernel.time import BISHKEK, WorkCalendar, bishkek_day
from tests.world import MONDAY, codes_of, rules

RULES, MIDNIGHT = rules(), rules(clock__day_ends="24:00", clock__roll_to_working_day=False)
CALENDAR = WorkCalendar()
SIX_ON_MONDAY = MONDAY + timedelta(hours=8)  # 18:00 of the same Monday
TEXT = {"ky": "Сөз", "ru": "Слово"}
SAID = {"title": TEXT, "goal": TEXT, "tasks": TEXT, "problem": TEXT, "contacts": "Асан, 0312", "months": 6}

lengths = st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=60))


# --- the clock -------------------------------------------------------------------------------------------------


@given(length=lengths)
def test_a_moved_deadline_gives_at_least_the_time_back_and_ends_a_working_day(length):
    moved = moved_by(SIX_ON_MONDAY, length, RULES, CALENDAR)

    assert moved >= SIX_ON_MONDAY + length
    assert moved.astimezone(BISHKEK).strftime("%H:%M:%S") == "18:00:00"
    assert CALENDAR.is_working_day(bishkek_day(moved))


@given(first=lengths, second=lengths)
def test_a_longer_standstill_never_ends_earlier(first, second):
    short, long = sorted((first, second))

    assert moved_by(SIX_ON_MONDAY, short, RULES, CALENDAR) <= moved_by(SIX_ON_MONDAY, long, RULES, CALENDAR)


@pytest.mark.parametrize(
    ("hours", "days_later"),
    [(24, 1), (1, 1), (23, 1), (25, 2), (24 * 4, 4), (24 * 5, 7)],  # the fifth day is a Saturday
)
def test_a_moved_deadline_is_the_end_of_the_day_it_falls_in(hours, days_later):
    moved = moved_by(SIX_ON_MONDAY, timedelta(hours=hours), RULES, CALENDAR)

    assert moved == SIX_ON_MONDAY + timedelta(days=days_later)


def test_a_day_that_ends_at_midnight_is_not_given_twice():
    midnight = MONDAY + timedelta(hours=14)

    assert moved_by(midnight, timedelta(0), MIDNIGHT, CALENDAR) == midnight
    assert moved_by(midnight, timedelta(hours=1), MIDNIGHT, CALENDAR) == midnight + timedelta(days=1)


@given(stopped=lengths, left=lengths)
def test_after_a_standstill_nobody_has_less_time_than_before(stopped, left):
    stopped_at = SIX_ON_MONDAY - left
    at = stopped_at + stopped

    assert continued(SIX_ON_MONDAY, stopped_at, at, RULES, CALENDAR) - at >= left


def test_a_deadline_that_passed_before_the_standstill_stays():
    at = SIX_ON_MONDAY + timedelta(days=9)

    assert continued(SIX_ON_MONDAY, SIX_ON_MONDAY, at, RULES, CALENDAR) == SIX_ON_MONDAY


# --- amendments ------------------------------------------------------------------------------------------------


def test_changes_are_told_field_by_field_and_language_by_language():
    after = SAID | {"goal": {"ky": "Сөз", "en": "Word"}, "months": 7}

    assert changes_between(SAID, after) == [
        Change("goal", "en", "", "Word"),
        Change("goal", "ru", "Слово", ""),
        Change("months", "", "6", "7"),
    ]
    assert changes_between(SAID, SAID) == []


def test_only_words_contacts_and_months_are_amended():
    assert set(SAID) == set(AMENDABLE)
    assert amendment_faults(SAID, {"months": 7}, RULES) == []
    assert codes_of(amendment_faults(SAID, {"lots": [], "months": 7}, RULES)) == ["not_amendable"]
    assert codes_of(amendment_faults(SAID, {"settlement": 1}, RULES)) == ["not_amendable"]


def test_an_amendment_leaves_the_announcement_complete():
    faults = amendment_faults(SAID, {"title": {"ru": "Слово"}, "contacts": ""}, RULES)

    assert codes_of(faults) == ["announcement_incomplete", "announcement_incomplete"]


# --- what an announcement says ---------------------------------------------------------------------------------


def test_an_announcement_says_everything_the_rules_of_the_demonstration_require():
    assert set(RULES.codes("ann.required_fields")) == ANNOUNCEMENT_SAYS


def test_a_field_that_no_announcement_here_says_is_refused_at_the_announcement():
    more = rules(ann__required_fields=["title_of_the_minister", "goal"])
    (refusal,) = announcement_faults({}, (), more)

    assert codes_of([refusal]) == ["announcement_incomplete"]
    assert refusal.params["missing"] == ("title_of_the_minister",)
