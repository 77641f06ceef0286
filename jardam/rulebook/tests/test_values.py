"""Values have one plain form, are exact, and know which of two is tighter."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jardam.kernel.money import Money
from jardam.kernel.time import Term
from jardam.rulebook.catalogue import CATALOGUE
from jardam.rulebook.values import (
    CodesType,
    CriteriaType,
    DecimalType,
    IntType,
    MoneyType,
    Names,
    PercentType,
    Share,
    ShareType,
    StagesType,
    TermType,
)

from .foreign import demonstration

OVERLAY = demonstration()
TWO_LEGS = Term.of("5 working_days", "3 calendar_days")
CRITERION = {"code": "need", "names": {"en": "Need"}, "weight": 1, "scale": [0, 10]}


@pytest.mark.parametrize("key", OVERLAY.values)
def test_every_value_of_the_demonstration_reads_back_from_its_plain_form(key):
    kind = CATALOGUE[key].type
    value = OVERLAY.values[key]

    assert kind.read(kind.plain(value)) == value


@pytest.mark.parametrize("key", CATALOGUE)
def test_no_type_takes_a_float_or_nothing(key):
    kind = CATALOGUE[key].type
    for plain in (1.5, None, float("nan"), object()):
        with pytest.raises(ValueError, match=r"\w"):
            kind.read(plain)


@pytest.mark.parametrize("key", CATALOGUE)
def test_only_a_key_that_allows_it_sets_no_limit(key):
    kind = CATALOGUE[key].type
    if kind.optional:
        assert kind.read("none") is None
        assert kind.plain(None) == "none"
    elif kind.name not in ("text",):
        with pytest.raises(ValueError, match=r"\w"):
            kind.read("none")


@given(st.decimals(0, 100, places=4))
def test_one_number_has_one_spelling(number):
    kind = PercentType()

    assert kind.plain(kind.read(number)) == kind.plain(kind.read(f"{number:f}00"[:12]))
    assert kind.read(kind.plain(kind.read(number))) == number


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 60), st.integers(0, 60), st.booleans())
def test_a_share_is_met_exactly_from_its_least_part_on(a, b, part, whole, strict):
    numerator, denominator = min(a, b), max(a, b)
    if strict and numerator == denominator:
        return
    share = Share(numerator, denominator, strict)

    exact = part * denominator > whole * numerator if strict else part * denominator >= whole * numerator
    assert share.met(part, whole) == (whole > 0 and exact)
    assert ShareType().read(str(share)) == share


@pytest.mark.parametrize(
    ("share", "whole", "least"), [("> 1/2", 6, 4), ("> 1/2", 7, 4), (">= 2/3", 7, 5), (">= 0/1", 7, 0)]
)
def test_the_least_part_is_known(share, whole, least):
    assert ShareType().read(share).least(whole) == least


@pytest.mark.parametrize("text", ["1/2", "> 3/2", ">= 1/0", "> 1/1", "50 %", ">1/2"])
def test_a_share_is_written_one_way(text):
    with pytest.raises(ValueError, match=r"share|whole"):
        ShareType().read(text)


@pytest.mark.parametrize(
    ("kind", "direction", "before", "after", "expected"),
    [
        (IntType(), "up", 5, 7, True),
        (IntType(), "up", 5, 4, False),
        (IntType(), "down", 5, 4, True),
        (IntType(optional=True), "down", None, 4, True),
        (IntType(optional=True), "down", 4, None, False),
        (TermType(), "up", Term.of("5 working_days"), Term.of("6 working_days"), True),
        (TermType(), "up", Term.of("5 working_days"), Term.of("10 calendar_days"), None),
        (TermType(), "down", TWO_LEGS, Term.of("4 working_days", "9 calendar_days"), False),
        (MoneyType(), "down", Money.som(10), Money.som(9), True),
        (MoneyType(), "down", Money.som(10), Money(Decimal(9), "USD"), None),
        (ShareType(), "up", Share(1, 2), Share(1, 2, True), True),
        (ShareType(), "up", Share(1, 2, True), Share(2, 4), False),
        (CodesType(), "up", ("a", "b"), ("b", "a", "c"), True),
        (CodesType(), "up", ("a", "b"), ("a", "c"), False),
        (StagesType(), "up", (), (), None),
    ],
)
def test_which_of_two_is_tighter(kind, direction, before, after, expected):
    assert kind.tightens(direction, before, after) is expected


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"weight": 0}, "weight is above zero"),
        ({"scale": [5, 5]}, "scale ends above"),
        ({"scale": [5]}, "lowest, highest"),
        ({"minimum": 11}, "outside of the scale"),
        ({"levels": [{"score": 11, "names": {"en": "x"}}]}, "outside of the scale"),
        ({"levels": [{"score": 1}]}, "missing: names"),
        ({"code": "Need"}, "is no code"),
        ({"names": {}}, "a name is a text"),
        ({"names": {"de": "Bedarf"}}, "unexpected: de"),
        ({"colour": "red"}, "unexpected: colour"),
        ({"weight": "NaN"}, "is not a number"),
    ],
)
def test_a_criterion_must_make_sense(change, why):
    with pytest.raises(ValueError, match=why):
        CriteriaType().read([CRITERION | change])


def test_two_criteria_of_one_code_are_refused():
    with pytest.raises(ValueError, match="stands twice: need"):
        CriteriaType().read([CRITERION, CRITERION])


def test_an_evaluation_has_at_least_one_criterion():
    with pytest.raises(ValueError, match="at least one criterion"):
        CriteriaType().read([])


def test_a_decimal_keeps_to_its_limits():
    with pytest.raises(ValueError, match="expected 0 to"):
        DecimalType().read("-0.1")
    with pytest.raises(ValueError, match="expected 0 to 100"):
        PercentType().read(101)


def test_a_name_falls_back_to_a_language_there_is():
    assert Names(ru="Имя").in_language("ky") == "Имя"
    assert Names(ky="Ат", en="Name").in_language("en") == "Name"
