"""Short English texts that mean two things: each place says its own in Russian and Kyrgyz."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from jardam.rulebook.values import TextType
from jardam.treasury.queries.verify import MORE_WAYS, WAYS
from jardam.web import papers, words


@pytest.mark.parametrize(("language", "said"), [("ru", "Остаток"), ("ky", "Калдык")])
def test_what_is_left_of_money_is_not_a_member_who_left(language, said):
    line = SimpleNamespace(
        number=1, title="Отун", planned=Decimal(5), spent=Decimal(3), accepted=Decimal(2), left=Decimal(3)
    )

    with override(language):
        table = papers.budget_table([line])

    assert str(table.columns[-1].label) == said


def test_an_act_that_is_the_value_of_a_rule_is_named_in_the_readers_language():
    kind = TextType()

    with override("ru"):
        said = words._lines(kind.read("Resolution 604/2022, Annex 1"), kind.unit, "ru")

    assert said == ["Постановление № 604 2022 года, приложение 1"]


def test_every_movement_of_the_ledger_has_a_word():
    verbs = {*WAYS, *(verb for verb, *_ in MORE_WAYS), "reverse"}

    assert verbs - words.MOVEMENT.keys() == set()
