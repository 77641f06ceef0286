"""Deadlines over ten calendar years: counted the same everywhere, never earlier for a later start."""

import ast
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jardam.kernel.refusal import Basis
from jardam.kernel.time import (
    MAX_LENGTH,
    UNITS,
    Leg,
    Override,
    Term,
    WorkCalendar,
    bishkek_day,
    deadline,
    end_of,
    instant_of,
)

KG = WorkCalendar("KG")
BASIS = Basis("house", "H-09", key="ann.min_term")
REPOSITORY = Path(__file__).parents[3]

days = st.dates(date(2020, 1, 1), date(2029, 12, 31))
instants = st.datetimes(datetime(2020, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
legs = st.builds(Leg, st.integers(1, 40), st.sampled_from(["working_days", "calendar_days"]))
months = st.builds(Leg, st.integers(1, 18), st.just("months"))
day_terms = st.lists(legs | months, min_size=1, max_size=3).map(lambda rows: Term(tuple(rows)))
hour_terms = st.integers(1, 500).map(lambda length: Term((Leg(length, "hours"),)))
ends = st.sampled_from(["17:00", "18:00", "24:00"])


def due(start, term, roll=True, day_ends="24:00", calendar=KG):
    return deadline(start, term, calendar, BASIS, roll_to_working_day=roll, day_ends=day_ends)


# --- properties --------------------------------------------------------------------------------------------


@given(days, days, day_terms, st.booleans())
def test_a_later_start_never_ends_earlier(a, b, term, roll):
    first, second = sorted((a, b))

    assert due(first, term, roll).at <= due(second, term, roll).at


@given(instants, instants, hour_terms)
def test_hours_from_a_later_instant_never_end_earlier(a, b, term):
    first, second = sorted((a, b))

    assert due(first, term).at <= due(second, term).at


@given(days, day_terms, st.integers(1, 30), st.integers(0, 2), st.booleans())
def test_a_longer_term_never_ends_earlier(start, term, more, which, roll):
    which %= len(term.legs)
    longer = Term(tuple(Leg(leg.length + (more if i == which else 0), leg.unit) for i, leg in enumerate(term.legs)))

    assert due(start, term, roll).at <= due(start, longer, roll).at


@given(days, day_terms, ends)
def test_a_rolled_term_never_ends_on_a_day_off(start, term, day_ends):
    assert KG.is_working_day(due(start, term, True, day_ends).due_on)


@given(days, st.integers(1, 60))
def test_as_many_working_days_lie_between_as_the_term_has(start, length):
    end = due(start, Term.of(f"{length} working_days")).due_on

    assert KG.working_days_between(start, end) == length


@given(days, day_terms, st.booleans(), ends)
def test_the_deadline_is_the_first_instant_after_the_last_permitted_day(start, term, roll, day_ends):
    result = due(start, term, roll, day_ends)

    assert start < result.due_on
    assert not result.passed(result.at - timedelta(microseconds=1))
    assert result.passed(result.at)
    assert bishkek_day(result.at - timedelta(microseconds=1)) == result.due_on


@given(instants, day_terms)
def test_only_the_bishkek_day_of_the_event_counts(instant, term):
    assert due(instant, term).at == due(bishkek_day(instant), term).at


@given(instants, hour_terms | day_terms, st.integers(-12, 14))
def test_the_time_zone_in_which_an_instant_is_written_does_not_matter(instant, term, offset):
    elsewhere = instant.astimezone(timezone(timedelta(hours=offset)))

    assert due(instant, term).at == due(elsewhere, term).at


@given(days, day_terms)
def test_the_order_of_questions_does_not_matter(start, term):
    assert due(start, term, calendar=WorkCalendar("KG")) == due(start, term)


@given(days)
def test_a_day_begins_where_the_one_before_it_ends(day):
    assert instant_of(day) == end_of(day - timedelta(days=1))
    assert bishkek_day(instant_of(day)) == day


@given(day_terms | hour_terms)
def test_a_term_reads_back_from_its_plain_form(term):
    assert Term.of(*term.as_plain()) == term


# --- the machine -------------------------------------------------------------------------------------------

PROBE = """
import json
from datetime import date
from jardam.kernel.refusal import Basis
from jardam.kernel.time import Term, WorkCalendar, deadline
rows = [
    deadline(date(year, month, 28), Term.of("3 working_days", "10 calendar_days"), WorkCalendar("KG"),
             Basis("house", "H-09"), roll_to_working_day=True, day_ends="18:00").as_plain()
    for year in range(2020, 2030) for month in range(1, 13)
]
print(json.dumps(rows))
"""


def probe(**environment):
    return subprocess.run(
        [sys.executable, "-c", PROBE],
        env={**os.environ, **environment},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_a_machine_in_another_time_zone_counts_the_same():
    here = probe(TZ="Asia/Bishkek")

    assert probe(TZ="America/Los_Angeles", LC_ALL="C") == here
    assert len(json.loads(here)) == 120


def test_neither_kernel_nor_rulebook_ever_asks_for_the_time():
    asked = {"now", "utcnow", "today", "time_ns", "monotonic", "localtime", "gmtime"}
    for room in ("kernel", "rulebook"):
        for source in (REPOSITORY / "jardam" / room).glob("*.py"):
            calls = (node.func for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Call))
            names = {call.attr for call in calls if isinstance(call, ast.Attribute)}
            assert not names & asked, f"{source.name} asks for the time"


# --- known days --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 5, 4), False),  # May holidays of the Labour Code of 2025
        (date(2026, 2, 23), True),  # a working day since 2025
        (date(2024, 2, 23), False),
        (date(2024, 1, 27), True),  # a Saturday that pays for a day off in January
        (date(2024, 1, 28), False),
        (date(2017, 12, 30), True),  # a Saturday of one year that pays for a day off in the next
        (date(2026, 11, 7), False),  # a Saturday
        (date(2025, 11, 7), True),
    ],
)
def test_the_calendar_knows_the_days_of_the_republic(day, working):
    assert KG.is_working_day(day) is working


def test_the_day_of_the_event_does_not_count():
    result = due(date(2026, 3, 2), Term.of("1 working_days"))

    assert result.due_on == date(2026, 3, 3)
    assert result.at == datetime(2026, 3, 3, 18, 0, tzinfo=UTC)  # midnight in Bishkek


def test_calendar_days_roll_off_a_holiday_only_when_the_rules_say_so():
    term = Term.of("10 calendar_days")

    rolled, kept = due(date(2026, 4, 21), term), due(date(2026, 4, 21), term, roll=False)

    assert (kept.due_on, kept.rolled) == (date(2026, 5, 1), False)
    assert (rolled.due_on, rolled.rolled) == (date(2026, 5, 11), True)


def test_legs_are_counted_one_after_another():
    result = due(date(2026, 4, 28), Term.of("3 working_days", "10 calendar_days"), day_ends="18:00")

    # Working: 29 and 30 April, then the holidays, 11 May; ten days on is 21 May.
    assert result.due_on == date(2026, 5, 21)
    assert result.at == datetime(2026, 5, 21, 12, 0, tzinfo=UTC)


def test_a_month_ends_on_the_last_day_of_a_shorter_one():
    assert due(date(2027, 1, 31), Term.of("1 months"), roll=False).due_on == date(2027, 2, 28)
    assert due(date(2028, 1, 31), Term.of("1 months"), roll=False).due_on == date(2028, 2, 29)
    assert due(date(2026, 11, 15), Term.of("14 months"), roll=False).due_on == date(2028, 1, 15)


def test_hours_run_through_nights_and_holidays():
    start = datetime(2026, 4, 30, 11, 30, tzinfo=UTC)

    result = due(start, Term.of("72 hours"))

    assert result.at == start + timedelta(hours=72)
    assert (result.due_on, result.rolled) == (date(2026, 5, 3), False)


def test_hours_up_to_midnight_end_on_the_day_before():
    start = instant_of(date(2026, 3, 2), time(0))

    assert due(start, Term.of("24 hours")).due_on == date(2026, 3, 2)


def test_an_event_just_before_midnight_in_bishkek_belongs_to_that_day():
    before = datetime(2026, 3, 2, 17, 59, 59, tzinfo=UTC)
    after = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)

    assert bishkek_day(before) == date(2026, 3, 2)
    assert bishkek_day(after) == date(2026, 3, 3)


# --- overrides ---------------------------------------------------------------------------------------------


def test_an_override_moves_deadlines_and_shows_in_the_version():
    moved = WorkCalendar(
        "KG", {date(2026, 3, 3): Override(False, "Order 1"), date(2026, 3, 7): Override(True, "Order 1")}
    )

    assert due(date(2026, 3, 2), Term.of("1 working_days"), calendar=moved).due_on == date(2026, 3, 4)
    assert moved.is_working_day(date(2026, 3, 7))
    assert moved.version != KG.version
    assert moved.version.startswith("KG:holidays-")


def test_the_version_does_not_depend_on_the_order_of_overrides():
    a, b = (date(2026, 3, 3), Override(False, "A")), (date(2026, 3, 7), Override(True, "B"))

    assert WorkCalendar("KG", dict([a, b])).version == WorkCalendar("KG", dict([b, a])).version


# --- what is kept ------------------------------------------------------------------------------------------


def test_a_deadline_carries_its_whole_derivation():
    plain = due(date(2026, 4, 21), Term.of("10 calendar_days"), day_ends="18:00").as_plain()

    assert plain == {
        "at": "2026-05-11T12:00:00.000000Z",
        "due_on": "2026-05-11",
        "start": "2026-04-21",
        "term": ["10 calendar_days"],
        "rolled": True,
        "day_ends": "18:00",
        "calendar": KG.version,
        "basis": {"kind": "house", "act": "H-09", "article": "", "key": "ann.min_term"},
    }
    assert json.loads(json.dumps(plain)) == plain


def test_a_term_reads_like_a_sentence():
    assert str(Term.of("1 working_days")) == "1 working day"
    assert str(Term.of("3 working_days", "10 calendar_days")) == "3 working days, then 10 calendar days"
    assert str(Term.of("72 hours")) == "72 hours"
    assert str(Term.of("1 months")) == "1 month"


# --- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, -1, MAX_LENGTH + 1, True, 1.5])
def test_a_leg_has_a_length(length):
    with pytest.raises(ValueError, match="units long"):
        Leg(length, "hours")


@pytest.mark.parametrize("text", ["5", "5 days", "working_days", "5 weeks", " 5 hours", "-5 hours", "5  hours"])
def test_a_leg_is_written_one_way(text):
    with pytest.raises(ValueError, match=r"written like|no unit"):
        Leg.read(text)


def test_every_unit_can_be_written_and_read():
    assert [Leg.read(f"2 {unit}").unit for unit in UNITS] == list(UNITS)


def test_hours_and_days_do_not_mix():
    with pytest.raises(ValueError, match="do not mix"):
        Term.of("5 hours", "1 working_days")


def test_a_term_of_no_legs_is_no_term():
    with pytest.raises(ValueError, match="at least one leg"):
        Term(())


def test_hours_need_an_instant():
    with pytest.raises(TypeError, match="from an instant"):
        due(date(2026, 3, 2), Term.of("5 hours"))


@pytest.mark.parametrize("term", [Term.of("5 hours"), Term.of("5 working_days")])
def test_a_naive_instant_is_refused(term):
    naive = datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001
    with pytest.raises(TypeError):
        deadline(naive, term, KG, BASIS, roll_to_working_day=True)


def test_a_wall_clock_has_no_time_zone():
    with pytest.raises(TypeError, match="wall clock"):
        instant_of(date(2026, 3, 2), time(12, tzinfo=UTC))


@pytest.mark.parametrize("day_ends", ["25:00", "6 pm", "18", "24:01", ""])
def test_a_day_ends_at_a_time_of_day(day_ends):
    with pytest.raises(ValueError, match="a day ends"):
        end_of(date(2026, 3, 2), day_ends)


@pytest.mark.parametrize("day", [date(2007, 12, 31), date(2061, 1, 1)])
def test_the_calendar_does_not_answer_beyond_its_years(day):
    with pytest.raises(ValueError, match="does not reach"):
        KG.is_working_day(day)


def test_a_country_nobody_knows_has_no_calendar():
    with pytest.raises(ValueError, match="no calendar is known"):
        WorkCalendar("XX")
