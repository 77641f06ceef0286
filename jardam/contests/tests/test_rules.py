"""Announcements and applications, over plain facts and settled rules."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from jardam.contests import rules as contests
from jardam.contests.rules import ApplicationFacts, Content, announcement_faults, budget_of, content_faults
from jardam.demonstration.cast import texts
from tests.world import MONDAY, codes_of, rules

RULES = rules()
UMUT = texts()["themes"]["elders"]["applications"]["umut"]
CEILING = Decimal("500000.00")


def content(*activities, **declared):
    data = deepcopy(UMUT)
    if activities:
        data["activities"]["rows"] = [
            {"title": "Иш", "month_from": 1, "month_to": 2, "requested": str(asked), "own": str(own)}
            for asked, own in activities
        ]
    data["declarations"] |= declared
    return Content.model_validate(data)


# --- what is handed in -----------------------------------------------------------------------------------------


def test_the_roads_application_may_be_handed_in():
    assert content_faults(content(), RULES, CEILING) == []


@pytest.mark.parametrize(
    ("activities", "codes"),
    [
        ([("475000.00", "25000.00")], []),
        ([("500000.00", "26315.80")], []),  # the ceiling itself may be asked for
        ([("500000.01", "100000.00")], ["over_ceiling"]),
        ([("250000.00", "50000.00"), ("250000.01", "50000.00")], ["over_ceiling"]),
        ([("475000.00", "24999.99")], ["own_contribution_too_small"]),  # 4.999998 % is not 5 %
        ([("0.00", "100.00")], ["amount_not_positive"]),  # an award of nothing is none
        ([("500001.00", "0.00")], ["over_ceiling", "own_contribution_too_small"]),
    ],
)
def test_money_within_the_ceiling_and_the_own_contribution_are_asked_for_to_the_tyiyn(activities, codes):
    assert codes_of(content_faults(content(*activities), RULES, CEILING)) == codes


@pytest.mark.parametrize("declaration", ["true_data", "no_debt", "no_double_funding"])
def test_every_declaration_is_given(declaration):
    assert codes_of(content_faults(content(**{declaration: False}), RULES, CEILING)) == ["sections_missing"]


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=10))
def test_the_budget_is_the_sum_of_the_activities(rows):
    given_ = content(*((Decimal(a) / 100, Decimal(b) / 100) for a, b in rows))

    assert given_.requested == Decimal(sum(a for a, _ in rows)) / 100
    assert given_.own == Decimal(sum(b for _, b in rows)) / 100
    assert budget_of(given_.model_dump(mode="json")) == (given_.requested, given_.own)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 50))
def test_the_own_contribution_is_compared_without_rounding(asked, own, percent):
    settled = SETTLED[percent]
    faults = codes_of(content_faults(content((Decimal(asked), Decimal(own))), settled, Decimal(10**12)))

    enough = own * 100 >= percent * (asked + own)
    assert ("own_contribution_too_small" in faults) == (not enough)
    assert ("amount_not_positive" in faults) == (asked == 0)


SETTLED = {percent: rules(app__cofin_min_pct=percent) for percent in range(51)}


def test_what_was_handed_in_reads_back_as_it_was():
    """The same content gives the same hash on the receipt, whenever it is opened."""
    data = content().model_dump(mode="json")

    assert Content.model_validate(json.loads(json.dumps(data))).model_dump(mode="json") == data


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("people", "count", 0),
        ("people", "count", 10**8),
        ("project", "title", ""),
        ("project", "title", "ү" * 301),
        ("declarations", "true_data", "yes"),
        ("project", "shoe_size", 42),
    ],
)
def test_a_section_of_another_form_is_refused(part, name, value):
    data = deepcopy(UMUT)
    data[part][name] = value

    with pytest.raises(ValidationError):
        Content.model_validate(data)


def test_an_activity_does_not_end_before_it_begins():
    data = deepcopy(UMUT)
    data["activities"]["rows"][0] |= {"month_from": 5, "month_to": 2}

    with pytest.raises(ValidationError):
        Content.model_validate(data)


# --- the announcement ------------------------------------------------------------------------------------------

TEXTS = {name: {"ky": "Текст"} for name in ("title", "goal", "tasks", "problem")}


def test_an_announcement_speaks_every_language_of_the_rules():
    both = rules(ann__languages=["ky", "ru"])

    assert announcement_faults(TEXTS, [CEILING], RULES) == []
    (refusal,) = announcement_faults(TEXTS, [CEILING], both)
    assert codes_of([refusal]) == ["announcement_incomplete"]
    assert refusal.params["missing"] == ("title (ru)", "goal (ru)", "tasks (ru)", "problem (ru)")


def test_no_lot_promises_a_project_more_than_the_rules_allow():
    assert codes_of(announcement_faults(TEXTS, [CEILING + 1], RULES)) == ["over_ceiling"]
    assert announcement_faults(TEXTS, [CEILING * 9], rules(app__max_amount="none")) == []


# --- guards ----------------------------------------------------------------------------------------------------

FACTS = ApplicationFacts(
    at=MONDAY,
    contest_state="announced",
    deadline_at=MONDAY + timedelta(microseconds=1),
    applicant_kind="non_profit",
    applicant_state="verified",
    living=0,
    in_contest=0,
    bars=(),
    settlement=RULES,
)


@pytest.mark.parametrize(
    ("guard", "changes", "code"),
    [
        (contests.contest_takes_applications, {"contest_state": "opened"}, "contest_not_open"),
        (contests.before_deadline, {"at": FACTS.deadline_at}, "deadline_passed"),  # the first refused instant
        (contests.applicant_eligible, {"applicant_kind": "company"}, "kind_not_eligible"),
        (contests.applicant_verified, {"applicant_state": "registered"}, "organisation_not_verified"),
        (contests.applicant_not_barred, {"bars": (("overdue_report", None),)}, "organisation_barred"),
        (contests.only_one_in_the_lot, {"living": 1}, "one_application_a_lot"),
        (contests.within_number_allowed, {"in_contest": 1}, "too_many_applications"),
    ],
)
def test_each_guard_lets_through_what_it_should_and_says_why_not(guard, changes, code):
    assert guard(FACTS) is None
    assert codes_of([guard(replace(FACTS, **changes))]) == [code]


def test_where_the_rules_set_no_number_of_applications_none_is_counted():
    facts = replace(FACTS, in_contest=9, settlement=rules(app__max_per_applicant="none"))

    assert contests.within_number_allowed(facts) is None
