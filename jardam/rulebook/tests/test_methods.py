"""The same scores give the same ranking, byte for byte; every tie says how it was broken."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jardam.kernel.canonical import canonical
from jardam.kernel.money import Money
from jardam.kernel.refusal import Basis
from jardam.rulebook.edition import Adoption, load_editions, resolve
from jardam.rulebook.methods import (
    AGGREGATIONS,
    Entry,
    civil_share_met,
    divergence,
    highest_total,
    is_on_scale,
    majority_met,
    mean_without_extremes,
    quorum_least,
    quorum_met,
    rank,
    rounded,
    total,
    trimmed_mean,
    weighted_mean,
)
from jardam.rulebook.values import Criterion, Names, Share

from . import foreign

NEED = Criterion("need", Names(en="Need"), Decimal(3), Decimal(0), Decimal(10))
PRICE = Criterion("price", Names(en="Price"), Decimal(1), Decimal(0), Decimal(10), minimum=Decimal(2))
START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def all_settlements(tmp):
    overlay = foreign.demonstration()
    foreign.write(tmp, foreign.edition(valid_from=date(2020, 1, 1)))
    silent = [Adoption(foreign.UNKNOWN_KEY, "customer", Basis("act", "Order 1"), "silent")]
    shipped = [resolve(edition, overlay=overlay) for edition in load_editions(foreign.REGIMES)]
    return [*shipped, *(resolve(edition, adoptions=silent) for edition in load_editions(tmp))]


@pytest.fixture(scope="module")
def settlements(tmp_path_factory):
    return all_settlements(tmp_path_factory.mktemp("regimes"))


DEMONSTRATION = resolve(load_editions(foreign.REGIMES)[-1], overlay=foreign.demonstration())


def rules(**values):
    """The demonstration's rules with some values of the test's own: `eval__pass_mark=Decimal(5)`."""
    given = {"eval.criteria": (NEED, PRICE), "eval.tie_chain": (), "eval.pass_mark": Decimal(0)}
    given |= {name.replace("__", "."): value for name, value in values.items()}
    parameters = {key: replace(one, value=given.get(key, one.value)) for key, one in DEMONSTRATION.parameters.items()}
    return replace(DEMONSTRATION, parameters=MappingProxyType(parameters))


def marks(*numbers):
    return tuple(Decimal(number) for number in numbers)


def entry(ref, need=(5,), price=(5,), requested=100, own=0, minutes=0, lot=None):
    scores = {"need": marks(*need), "price": marks(*price)}
    return Entry(ref, scores, Money.som(requested), Money.som(own), START + timedelta(minutes=minutes), lot)


def order(ranking):
    return [place.refs for place in ranking.places]


# --- totals
# ----------------------------------------------------------------------------------------------------


def test_a_weighted_mean_weighs_the_means_of_the_members():
    scores = {"need": marks(8, 9, 9), "price": marks(4, 5, 6)}

    # (3 * 26/3 + 1 * 5) / 4 = 7.75
    assert weighted_mean(scores, [NEED, PRICE], 2) == Decimal("7.75")


def test_a_trimmed_mean_leaves_out_one_highest_and_one_lowest():
    assert mean_without_extremes(marks(0, 6, 7, 8, 10)) == 7
    assert mean_without_extremes(marks(10, 10, 1)) == 10
    assert trimmed_mean({"need": marks(0, 6, 10), "price": marks(5, 5, 5)}, [NEED, PRICE], 2) == Decimal("5.75")


def test_of_fewer_than_three_scores_nothing_is_left_out():
    assert mean_without_extremes(marks(2, 8)) == 5
    assert mean_without_extremes(marks(2)) == 2


def test_a_sum_does_not_punish_a_recusal():
    full = {"need": marks(8, 8, 8), "price": marks(4, 4, 4)}
    one_recused = {"need": marks(8, 8), "price": marks(4, 4)}

    assert total(full, [NEED, PRICE], "sum", 0) == total(one_recused, [NEED, PRICE], "sum", 0) == 28


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (Fraction(8345, 1000), 2, "8.35"),
        (Fraction(8344, 1000), 2, "8.34"),
        (Fraction(1, 3), 3, "0.333"),
        (Fraction(1, 2), 0, "1"),
        (Fraction(-1, 2), 0, "-1"),
        (Fraction(7), 2, "7.00"),
    ],
)
def test_totals_are_rounded_half_up_once(value, decimals, expected):
    assert str(rounded(value, decimals)) == expected


@pytest.mark.parametrize("scores", [{"need": marks(5)}, {"need": marks(5), "price": marks(5), "style": marks(5)}])
def test_scores_belong_to_the_criteria(scores):
    with pytest.raises(ValueError, match="not for the criteria"):
        weighted_mean(scores, [NEED, PRICE], 2)


def test_nothing_is_the_average_of_nobody():
    with pytest.raises(ValueError, match="no score"):
        weighted_mean({"need": (), "price": marks(5)}, [NEED, PRICE], 2)


@given(
    st.sampled_from(sorted(AGGREGATIONS)),
    st.lists(st.integers(0, 10), min_size=1, max_size=9),
    st.lists(st.integers(0, 10), min_size=1, max_size=9),
)
def test_no_total_leaves_the_reach_of_its_method(aggregation, need, price):
    result = total({"need": marks(*need), "price": marks(*price)}, [NEED, PRICE], aggregation, 4)

    assert 0 <= result <= highest_total([NEED, PRICE], aggregation)


@pytest.mark.parametrize(
    ("score", "allowed"), [("5", True), ("5.5", True), ("5.3", False), ("-1", False), ("10.5", False)]
)
def test_a_score_lies_on_a_step_of_its_scale(score, allowed):
    assert is_on_scale(NEED, Decimal(score), Decimal("0.5")) is allowed


# --- ranking
# ---------------------------------------------------------------------------------------------------


def test_the_highest_total_comes_first_and_places_count_who_is_ahead():
    ranking = rank([entry("A"), entry("B", need=(9,)), entry("C", need=(7,))], rules())

    assert order(ranking) == [("B",), ("C",), ("A",)]
    assert [place.position for place in ranking.places] == [1, 2, 3]
    assert ranking.tie_breaks == ()


def test_below_the_pass_mark_stands_after_those_that_passed():
    ranking = rank([entry("A"), entry("B", need=(9,))], rules(eval__pass_mark=Decimal("7.5")))

    assert [(p.refs, p.passed, p.failed_on) for p in ranking.places] == [
        (("B",), True, ()),
        (("A",), False, ("pass_mark",)),
    ]


def test_exactly_the_pass_mark_passes():
    (place,) = rank([entry("A")], rules(eval__pass_mark=Decimal(5))).places

    assert place.passed


def test_the_published_total_is_what_is_compared_with_the_pass_mark():
    nearly = entry("A", need=(8, 8, 9), price=(7, 7, 7))  # 8.0 exactly; 7.9995 would print as 8.00

    (place,) = rank([nearly], rules(eval__pass_mark=Decimal(8))).places

    assert (place.total, place.passed) == (Decimal("8.00"), True)


def test_below_a_criterions_own_minimum_a_good_total_fails():
    ranking = rank([entry("A", need=(10,), price=(1,)), entry("B")], rules())

    assert [(p.refs, p.failed_on) for p in ranking.places] == [(("B",), ()), (("A",), ("price",))]


def test_a_tie_goes_down_the_chain_and_each_question_is_kept():
    chain = ("higher_score_on:need", "lower_amount", "earlier_submission")
    a = entry("A", need=(6,), price=(2,), requested=100)
    b = entry("B", need=(5,), price=(5,), requested=90, minutes=5)
    c = entry("C", need=(5,), price=(5,), requested=90, minutes=1)

    ranking = rank([a, b, c], rules(eval__tie_chain=chain))

    assert order(ranking) == [("A",), ("C",), ("B",)]
    assert [(t.method, t.order) for t in ranking.tie_breaks] == [
        ("higher_score_on:need", (("A",), ("B", "C"))),
        ("lower_amount", (("B", "C"),)),
        ("earlier_submission", (("C",), ("B",))),
    ]
    assert ranking.tie_breaks[0].values == (("A", "6.00"), ("B", "5.00"), ("C", "5.00"))


def test_a_larger_own_share_can_break_a_tie():
    ranking = rank(
        [entry("A", requested=100, own=10), entry("B", requested=50, own=6), entry("C", requested=0)],
        rules(eval__tie_chain=("higher_own_share",)),
    )

    assert order(ranking) == [("B",), ("A",), ("C",)]


def test_a_tie_that_nothing_breaks_is_left_to_the_sitting_and_never_to_the_alphabet():
    ranking = rank([entry("B"), entry("A"), entry("C", need=(1,))], rules(eval__tie_chain=("lower_amount",)))

    first, last = ranking.places
    assert (first.position, first.refs, first.is_tie) == (1, ("A", "B"), True)
    assert (last.position, last.refs) == (3, ("C",))
    assert ranking.unbroken_ties == (first,)


def test_lots_that_were_not_drawn_are_waited_for():
    chain = ("lot_drawing", "earlier_submission")

    waiting = rank([entry("A", minutes=1), entry("B", minutes=2)], rules(eval__tie_chain=chain))
    drawn = rank([entry("A", minutes=1, lot=2), entry("B", minutes=2, lot=1)], rules(eval__tie_chain=chain))

    assert order(waiting) == [("A", "B")]
    assert order(drawn) == [("B",), ("A",)]
    assert [t.method for t in drawn.tie_breaks] == ["lot_drawing"]


def test_an_application_stands_once():
    with pytest.raises(ValueError, match="stands twice"):
        rank([entry("A"), entry("A")], rules())


def test_nobody_applied_and_the_ranking_is_empty():
    assert rank([], rules()).places == ()


@settings(max_examples=30)
@given(st.randoms(use_true_random=False))
def test_the_same_entries_in_any_order_give_the_same_bytes_under_every_edition(settlements, chance):
    for settlement in settlements:
        entries = [_any_entry(chance, settlement, ref) for ref in "ABCDEF"]
        first = rank(entries, settlement)

        chance.shuffle(entries)
        again = rank([_shuffled(one, chance) for one in entries], settlement)

        assert canonical(first.as_plain()) == canonical(again.as_plain())
        assert sorted(ref for place in first.places for ref in place.refs) == list("ABCDEF")


def _any_entry(chance, settlement, ref):
    """Few members and few different values, so that ties are frequent and the chain is walked to its end."""
    scores = {}
    for criterion in settlement.criteria():
        best = int(criterion.scale_max)
        scores[criterion.code] = marks(*(chance.randint(best - 1, best) for _ in range(chance.randint(1, 3))))
    return Entry(
        ref,
        scores,
        Money.som(chance.randint(1, 2)),
        Money.som(chance.randint(0, 1)),
        START + timedelta(minutes=chance.randint(0, 1)),
        chance.choice([None, 1, 2]),
    )


def _shuffled(one: Entry, seed: random.Random) -> Entry:
    codes = list(one.scores)
    seed.shuffle(codes)
    return replace(one, scores={code: tuple(seed.sample(one.scores[code], len(one.scores[code]))) for code in codes})


def test_places_never_contradict_totals(settlements):
    for settlement in settlements:
        codes = [criterion.code for criterion in settlement.criteria()]
        entries = [
            Entry(ref, {code: marks(score) for code in codes}, Money.som(1), Money.som(0), START)
            for ref, score in zip("ABCD", (2, 5, 5, 3), strict=True)
        ]

        ranking = rank(entries, settlement)

        totals = [place.total for place in ranking.places if place.passed]
        assert totals == sorted(totals, reverse=True)


# --- sittings
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "appointed", "recused", "present", "met"),
    [
        ("appointed", 7, 0, 5, True),
        ("appointed", 7, 0, 4, False),
        ("appointed", 7, 3, 4, False),  # recusals lost the quorum: members are replaced
        ("entitled", 7, 3, 3, True),
        ("entitled", 7, 3, 2, False),
        ("entitled", 7, 7, 0, False),
    ],
)
def test_the_quorum_is_counted_after_recusals(base, appointed, recused, present, met):
    settlement = rules(com__quorum=Share(2, 3), com__quorum_base=base)

    assert quorum_met(settlement, appointed=appointed, recused=recused, present=present) is met


def test_the_least_quorum_can_be_named():
    assert quorum_least(rules(com__quorum=Share(1, 2, strict=True)), appointed=7, recused=2) == 4
    entitled = rules(com__quorum=Share(1, 2, strict=True), com__quorum_base="entitled")
    assert quorum_least(entitled, appointed=7, recused=2) == 3


def test_an_empty_room_decides_nothing_whatever_the_rules_ask():
    assert not quorum_met(rules(com__quorum=Share(0, 1)), appointed=7, recused=0, present=0)


def test_more_present_than_may_vote_is_a_mistake():
    with pytest.raises(ValueError, match="6 present of 7"):
        quorum_met(rules(), appointed=7, recused=2, present=6)


@pytest.mark.parametrize(
    ("base", "votes", "carried"),
    [
        ("cast", (3, 2, 2), True),
        ("present", (3, 2, 2), False),
        ("present", (4, 3, 0), True),
        ("appointed", (3, 0, 2), False),
        ("appointed", (4, 0, 1), True),
        ("cast", (0, 0, 5), False),
    ],
)
def test_a_majority_is_counted_of_the_whole_the_rules_name(base, votes, carried):
    settlement = rules(com__majority=Share(1, 2, strict=True), com__majority_base=base)
    votes_for, votes_against, abstained = votes

    result = majority_met(
        settlement, votes_for=votes_for, votes_against=votes_against, abstained=abstained, appointed=7
    )

    assert result is carried


@pytest.mark.parametrize(
    ("casting", "chair_for", "carried"),
    [(True, True, True), (True, False, False), (True, None, False), (False, True, False)],
)
def test_equal_votes_fall_to_the_chair_only_where_the_rules_say_so(casting, chair_for, carried):
    settlement = rules(com__casting_vote=casting, com__majority=Share(1, 2, strict=True))

    result = majority_met(settlement, votes_for=3, votes_against=3, abstained=0, appointed=7, chair_for=chair_for)

    assert result is carried


def test_the_share_of_civil_society_is_exact():
    settlement = rules(com__civil_min_share=Share(1, 3))

    assert civil_share_met(settlement, civil=3, members=9)
    assert not civil_share_met(settlement, civil=3, members=10)
    assert not civil_share_met(settlement, civil=0, members=0)


# --- divergence ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("need", "price", "apart"),
    [
        ((10, 0), (10, 0), 100),
        ((8, 4), (5, 5), 30),  # three quarters of four points in ten
        ((8, 4, 6), (5, 5, 5), 30),
        ((8, 4), (0, 10), 5),  # what one criterion takes the other gives back
        ((7, 7), (7, 7), 0),
        ((7,), (7,), None),
    ],
)
def test_divergence_is_how_far_apart_the_members_totals_lie_on_the_scale(need, price, apart):
    scores = {"need": [Decimal(n) for n in need], "price": [Decimal(n) for n in price]}

    for aggregation in AGGREGATIONS:
        assert divergence(scores, (NEED, PRICE), aggregation) == apart
