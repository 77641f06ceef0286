"""Commissions, scores, votes, rankings and awards, over plain facts and settled rules."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jardam.kernel.refusal import Refused
from jardam.review.rules import (
    MemberEntry,
    Vote,
    commission_faults,
    in_order,
    place,
    score_faults,
    vote_faults,
)
from jardam.rulebook.methods import Place, Ranking
from tests.world import codes_of, rules

RULES = rules()


# --- awards ----------------------------------------------------------------------------------------------------

money = st.integers(1, 10**9).map(lambda cents: Decimal(cents) / 100)
orders = st.lists(st.tuples(money, st.booleans()), max_size=12).map(
    # Those that passed come first, as a ranking gives them.
    lambda rows: sorted(((f"R{i}", *row) for i, row in enumerate(rows)), key=lambda row: not row[2])
)


def placed(rows, whole, reserve=True):
    order = [(ref, passed) for ref, _, passed in rows]
    return place(order, {ref: asked for ref, asked, _ in rows}, money=whole, reserve=reserve)


@given(orders, money)
def test_awards_never_exceed_the_money_of_the_lot(rows, whole):
    assert sum(one.amount for one in placed(rows, whole)) <= whole


@given(orders, money)
def test_nobody_is_cut_and_nobody_gets_money_without_an_award(rows, whole):
    asked = {ref: amount for ref, amount, _ in rows}

    for one in placed(rows, whole):
        assert one.amount == (asked[one.ref] if one.outcome == "awarded" else 0)


@given(orders, money)
def test_nobody_overtakes_and_nobody_who_failed_is_awarded(rows, whole):
    outcomes = [one.outcome for one in placed(rows, whole)]
    passed = {ref: it for ref, _, it in rows}

    awarded = outcomes.count("awarded")
    assert outcomes[:awarded] == ["awarded"] * awarded
    for one in placed(rows, whole):
        assert passed[one.ref] or one.outcome == "not_awarded"


@given(orders, money)
def test_the_first_without_an_award_had_truly_no_money_left(rows, whole):
    placings = placed(rows, whole)
    left = whole - sum(one.amount for one in placings)
    waiting = [one for one in placings if one.outcome == "reserve"]

    assert not waiting or {ref: amount for ref, amount, _ in rows}[waiting[0].ref] > left


@given(orders, money)
def test_everybody_gets_exactly_one_place(rows, whole):
    placings = placed(rows, whole)

    assert [one.ref for one in placings] == [ref for ref, _, _ in rows]
    assert [one.rank for one in placings] == list(range(1, len(rows) + 1))


def test_where_the_rules_know_no_reserve_list_nobody_stands_on_one():
    rows = [("A", Decimal(60), True), ("B", Decimal(60), True)]

    assert [one.outcome for one in placed(rows, Decimal(100))] == ["awarded", "reserve"]
    assert [one.outcome for one in placed(rows, Decimal(100), reserve=False)] == ["awarded", "not_awarded"]


def test_a_smaller_project_does_not_slip_past_one_that_did_not_fit():
    rows = [("A", Decimal(60), True), ("B", Decimal(50), True), ("C", Decimal(10), True)]

    assert [one.outcome for one in placed(rows, Decimal(100))] == ["awarded", "reserve", "reserve"]


# --- ties ------------------------------------------------------------------------------------------------------


def ranking(*places):
    return Ranking(tuple(Place(i, refs, Decimal(7), failed) for i, (refs, failed) in enumerate(places, 1)), ())


def test_a_tie_the_rules_left_open_is_ordered_by_the_drawing():
    assert in_order(ranking((("A", "B"), ()), (("C",), ())), {"A": 2, "B": 1}) == [
        ("B", True),
        ("A", True),
        ("C", True),
    ]


@pytest.mark.parametrize("drawing", [{}, {"A": 1}, {"A": 1, "B": 1}])
def test_a_tie_nobody_drew_for_is_not_decided_by_accident(drawing):
    with pytest.raises(Refused) as raised:
        in_order(ranking((("A", "B"), ())), drawing)

    assert raised.value.codes == ("tie_left_open",)


def test_a_tie_among_those_who_failed_needs_no_drawing():
    assert in_order(ranking((("A", "B"), ("pass_mark",))), {}) == [("A", False), ("B", False)]


# --- commissions -----------------------------------------------------------------------------------------------


def commission(*sides, secretary=True):
    seats = ["chair", *["member"] * (len(sides) - 1)]
    members = [
        MemberEntry(i, i, i, f"Мүчө {i}", side, seat) for i, (side, seat) in enumerate(zip(sides, seats, strict=True))
    ]
    return [*members, MemberEntry(99, 99, 1, "Катчы", "state", "secretary")] if secretary else members


def test_three_members_with_one_of_civil_society_satisfy_the_demonstrations_rules():
    assert commission_faults(commission("state", "state", "civil"), RULES) == []


@pytest.mark.parametrize(
    ("sides", "codes"),
    [
        (("state", "civil"), ["commission_too_small", "commission_even"]),
        (("state", "state", "state"), ["civil_share_too_small"]),
        (("state", "state", "state", "civil"), ["commission_even", "civil_share_too_small"]),
        (("civil",) * 13, ["commission_too_large"]),
    ],
)
def test_a_commission_against_the_rules_is_told_every_reason(sides, codes):
    assert codes_of(commission_faults(commission(*sides), RULES)) == codes


def test_a_secretary_counts_for_nothing_and_a_person_sits_once():
    members = commission("state", "state", "civil")

    assert codes_of(commission_faults([*members, members[2]], RULES)) == ["commission_even", "member_twice"]
    assert codes_of(commission_faults([replace(one, seat="member") for one in members[:3]], RULES)) == [
        "commission_needs_one_chair"
    ]


# --- scores ----------------------------------------------------------------------------------------------------

FULL = {c.code: (Decimal(7), "Негизделген") for c in RULES.criteria()}


def test_a_sheet_with_every_criterion_on_its_scale_is_taken():
    assert score_faults(FULL, RULES) == []


@pytest.mark.parametrize(
    "changed",
    [
        {k: v for k, v in FULL.items() if k != "need"},
        FULL | {"charm": (Decimal(7), "Негизделген")},
        FULL | {"need": (Decimal("10.5"), "Негизделген")},
        FULL | {"need": (Decimal(-1), "Негизделген")},
        FULL | {"need": (Decimal("7.5"), "Негизделген")},
    ],
)
def test_a_sheet_with_a_criterion_missing_added_or_off_its_scale_is_refused(changed):
    assert codes_of(score_faults(changed, RULES)) == ["scores_incomplete"]


def test_reasons_are_asked_for_where_the_rules_want_them():
    bare = FULL | {"need": (Decimal(7), "")}

    assert codes_of(score_faults(bare, RULES)) == ["score_reason_missing"]
    assert score_faults(bare, rules(eval__comment_required=False)) == []


# --- the vote of a sitting -------------------------------------------------------------------------------------

CARRIED = Vote(appointed=3, recused=0, present=3, votes_for=2, votes_against=1, abstained=0, chair_for=True)


def test_a_vote_with_quorum_and_majority_decides():
    assert vote_faults(CARRIED, RULES) == []


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"present": 1, "votes_for": 1, "votes_against": 0}, ["no_quorum"]),
        ({"votes_for": 1, "votes_against": 2}, ["vote_not_carried"]),
        ({"votes_for": 1, "votes_against": 1, "abstained": 1, "chair_for": False}, ["vote_not_carried"]),
        ({"votes_for": 4}, ["votes_exceed_present"]),
        ({"recused": 1}, ["votes_exceed_present"]),  # the recused are not present in this matter
        ({"recused": 2, "present": 1, "votes_for": 1, "votes_against": 0}, ["no_quorum"]),
        ({"present": 0, "votes_for": 0, "votes_against": 0}, ["no_quorum", "vote_not_carried"]),
    ],
)
def test_a_vote_that_decides_nothing_is_told_every_reason(changes, codes):
    assert codes_of(vote_faults(replace(CARRIED, **changes), RULES)) == codes


@given(
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(0, 9),
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
    st.sampled_from([None, True, False]),
)
def test_every_vote_gets_an_answer_and_never_a_crash(appointed, recused, present, votes, chair):
    vote = Vote(appointed, min(recused, appointed), present, *votes, chair)

    codes_of(vote_faults(vote, RULES))
