"""Money is exact: what is split adds up, what is rounded says how, and currencies never mix."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jardam.kernel.money import CENT, LIMIT, Money, total

amounts = st.integers(-(10**15), 10**15).map(lambda cents: Money(cents * CENT))
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)


@given(amounts, weights)
def test_parts_always_add_up_to_the_whole(whole, shares):
    assert total(whole.split(shares)) == whole


@given(amounts, weights)
def test_no_part_is_further_than_a_tyiyn_from_its_exact_share(whole, shares):
    parts = whole.split(shares)

    exact = [whole.amount * share / sum(shares) for share in shares]
    assert all(abs(part.amount - share) < CENT for part, share in zip(parts, exact, strict=True))


@given(amounts, st.lists(st.integers(0, 50), min_size=1, max_size=8).filter(any))
def test_who_has_no_weight_gets_nothing(whole, shares):
    parts = whole.split(shares)

    assert all(not part for part, share in zip(parts, shares, strict=True) if share == 0)


@given(amounts, amounts)
def test_adding_and_taking_away_leaves_the_same(a, b):
    assert a + b - b == a
    assert a + b == b + a
    assert a + (-a) == Money.som(0)


@given(amounts, amounts)
def test_order_is_the_order_of_amounts(a, b):
    assert (a < b) == (a.amount < b.amount)
    assert (a <= b) == (not b < a)
    assert (a >= b) == (b <= a)


@given(amounts)
def test_its_text_reads_back(money):
    amount, currency = str(money).split()

    assert Money(Decimal(amount), currency) == money


@pytest.mark.parametrize(
    ("amount", "share", "expected"),
    [
        ("100.00", "33.335", "33.34"),
        ("0.01", "50", "0.01"),
        ("0.01", "49.9", "0.00"),
        ("-0.01", "50", "-0.01"),
    ],
)
def test_a_percentage_is_rounded_half_up(amount, share, expected):
    assert Money.som(amount).percent(Decimal(share)) == Money.som(expected)


def test_ties_of_the_remainder_go_to_the_earlier_part():
    assert Money.som("0.01").split([1, 1]) == [Money.som("0.01"), Money.som("0.00")]


def test_two_currencies_do_not_mix():
    with pytest.raises(ValueError, match="do not mix"):
        Money.som(1) + Money(Decimal(1), "USD")
    with pytest.raises(ValueError, match="do not mix"):
        assert Money.som(1) < Money(Decimal(1), "USD")


@pytest.mark.parametrize("amount", [1, 1.5, "1", Decimal("NaN"), Decimal("Infinity")])
def test_only_a_finite_decimal_is_money(amount):
    with pytest.raises(TypeError):
        Money(amount)


@pytest.mark.parametrize("amount", [Decimal("0.001"), LIMIT, -LIMIT])
def test_more_than_the_database_holds_is_refused(amount):
    with pytest.raises(ValueError, match="at most two"):
        Money(amount)


@pytest.mark.parametrize("shares", [[0, 0], [-1, 2], []])
def test_weights_must_make_sense(shares):
    with pytest.raises(ValueError, match=r"weights|empty"):
        Money.som(1).split(shares)


def test_equal_amounts_are_equal_however_they_were_written():
    assert Money.som("5") == Money.som("5.00")
    assert hash(Money.som("5")) == hash(Money.som("5.00"))
