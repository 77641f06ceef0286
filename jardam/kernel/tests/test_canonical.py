"""Canonical bytes never change: hashes made years ago must still be made today. These bytes are golden."""

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jardam.kernel.canonical import HASH_V, canonical, digest
from jardam.kernel.money import Money

GOLDEN_VALUE = {
    "б": "Өзгөн, Ноокат",
    "a": [1, True, None, "é"],
    "money": Money.som("1234567.5"),
    "share": Decimal("0.10"),
    "big": 2**53,
    "small": 2**53 - 1,
    "at": datetime(2026, 3, 8, 18, 0, tzinfo=timezone(timedelta(hours=6))),
    "on": date(2026, 3, 8),
    "tuple": (),
}
GOLDEN_BYTES = (
    '{"a":[1,true,null,"é"],"at":"2026-03-08T12:00:00.000000Z","big":"9007199254740992",'
    '"money":"1234567.50 KGS","on":"2026-03-08","share":"0.10","small":9007199254740991,"tuple":[],'
    '"б":"Өзгөн, Ноокат"}'
).encode()


def test_the_golden_bytes_are_what_they_always_were():
    assert HASH_V == 1
    assert canonical(GOLDEN_VALUE) == GOLDEN_BYTES
    assert digest(GOLDEN_VALUE) == "e97b7276409962710b79d9bdd76d071cf0cc7893653fcde25c4544e51ec2e45f"


def test_composed_and_decomposed_letters_are_one_text():
    assert canonical("й") == canonical(unicodedata.normalize("NFD", "й"))


def test_one_instant_has_one_form_in_every_time_zone():
    noon = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)

    assert canonical(noon) == canonical(noon.astimezone(timezone(timedelta(hours=6))))


@pytest.mark.parametrize("value", [1.5, [0.1], {"a": 1e3}, datetime(2026, 3, 8), object(), {1, 2}, b"x"])  # noqa: DTZ001
def test_what_is_not_exact_has_no_canonical_form(value):
    with pytest.raises(TypeError):
        canonical(value)


@given(st.dictionaries(st.text(max_size=6), st.integers() | st.booleans() | st.text(max_size=6), max_size=8))
def test_the_order_of_keys_does_not_matter(value):
    assert canonical(value) == canonical(dict(reversed(value.items())))
