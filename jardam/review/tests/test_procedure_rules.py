"""Decisions off the straight road, over plain facts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jardam.review.rules import (
    PLACES,
    Fact,
    MandateFacts,
    MemberEntry,
    consequence,
    cut_faults,
    fault_faults,
    hints_between,
    mended,
    place,
    seat_faults,
    side_of,
)
from tests.world import codes_of, rules

RULES = rules()


def fact(relation, key, shown=""):
    return Fact(relation, key, shown or key)


def test_a_hint_is_what_both_have_in_common_and_nothing_else():
    member = frozenset({fact("head", "7"), fact("phone", "0555"), fact("address", "Ош")})
    applicant = frozenset({fact("head", "7"), fact("phone", "0555"), fact("address", "Нарын"), fact("staff", "8")})

    assert [(f.relation, f.key) for f in hints_between(member, applicant)] == [("head", "7"), ("phone", "0555")]


def test_a_person_counts_on_either_side_under_the_tie_to_the_applicant():
    assert hints_between(frozenset({fact("staff", "7")}), frozenset({fact("founder", "7")})) == (fact("founder", "7"),)


def test_equal_keys_of_different_kinds_are_different_things():
    assert hints_between(frozenset({fact("phone", "1")}), frozenset({fact("account", "1")})) == ()


@pytest.mark.parametrize(
    ("kind", "side"),
    [
        ("ministry", "state"),
        ("aiyl_okmotu", "state"),
        ("kenesh", "state"),
        ("treasury", "state"),
        ("non_profit", "civil"),
    ],
)
def test_the_side_follows_from_the_body_that_sends(kind, side):
    assert side_of(kind) == side


def test_a_seat_is_held_under_ones_own_fitting_mandate():
    held = {5: MandateFacts(1, 2, "Аракет", "non_profit", "commission_member")}
    entry = MemberEntry(1, 5, 2, "Чынара", "civil", "member")

    assert seat_faults([entry], held) == []
    assert codes_of(seat_faults([MemberEntry(1, 5, 2, "Чынара", "state", "member")], held)) == ["seat_wrong_side"]
    assert codes_of(seat_faults([MemberEntry(9, 5, 2, "Башка", "civil", "member")], held)) == ["seat_without_mandate"]
    assert codes_of(seat_faults([MemberEntry(1, 6, 2, "Чынара", "civil", "member")], held)) == ["seat_without_mandate"]
    office = {5: MandateFacts(1, 2, "Аракет", "non_profit", "applicant_head")}
    assert codes_of(seat_faults([entry], office)) == ["seat_without_mandate"]


def test_the_next_in_rank_passes_only_those_who_refused_a_cut_or_were_voted_down():
    order = [("A", True), ("B", True), ("C", True), ("D", True)]
    asked = {"A": Decimal(70), "B": Decimal(60), "C": Decimal(50), "D": Decimal(20)}

    def outcomes(**how):
        return {one.ref: one.outcome for one in place(order, asked, money=Decimal(100), reserve=True, **how)}

    assert outcomes() == {"A": "awarded", "B": "reserve", "C": "reserve", "D": "reserve"}
    assert outcomes(aside=frozenset("A")) == {"A": "reserve", "B": "awarded", "C": "reserve", "D": "reserve"}
    assert outcomes(rejected=frozenset("A")) == {"A": "not_awarded", "B": "awarded", "C": "reserve", "D": "reserve"}
    assert outcomes(aside=frozenset("B"), rejected=frozenset("C"))["D"] == "awarded"


def test_mending_replaces_the_named_places_and_leaves_the_rest():
    content = {"project": {"title": "А", "goal": "Б"}, "team": {"rows": [1]}}

    fresh = mended(content, {"project.goal": "В", "team": {"rows": [2]}})

    assert fresh == {"project": {"title": "А", "goal": "В"}, "team": {"rows": [2]}}
    assert content["project"]["goal"] == "Б"


def test_the_places_are_fields_of_sections_and_whole_tables():
    assert {"project.title", "people.count", "activities", "team", "declarations.true_data"} <= set(PLACES)
    assert "activities.rows" not in PLACES


def test_a_fault_is_curable_and_somewhere():
    assert fault_faults("sums_differ", ["activities"], RULES) == []
    assert codes_of(fault_faults("ugly", ["activities"], RULES)) == ["ground_unknown"]
    assert codes_of(fault_faults("barred", ["activities"], RULES)) == ["fault_not_curable"]
    assert codes_of(fault_faults("sums_differ", [], RULES)) == ["place_unknown"]


@pytest.mark.parametrize(("amount", "fits"), [("0", False), ("-1", False), ("99.99", True), ("100", False)])
def test_a_cut_lies_between_nothing_and_what_was_asked_for(amount, fits):
    assert (cut_faults(Decimal(amount), Decimal(100)) == []) is fits


def test_what_follows_when_nobody_can_be_awarded_is_a_rule_of_the_contest():
    settled = rules(dec__no_bid_rule="void", dec__single_bid_rule="repeat", dec__no_pass_rule="void")

    assert consequence(settled, admitted=0, scored=0, passed=0) == "void"
    assert consequence(settled, admitted=1, scored=0, passed=0) == "repeat"
    assert consequence(settled, admitted=3, scored=3, passed=0) == "void"
    assert consequence(settled, admitted=3, scored=3, passed=1) == ""
