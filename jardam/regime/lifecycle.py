"""Confirmations and adoptions as tables of transitions."""

from __future__ import annotations

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.rulebook.house import HOUSE

from .rules import second_pair_of_eyes

_ASKED = HOUSE["H-22"].basis

CONFIRMATION = Lifecycle(
    "confirmation",
    ("entered", "confirmed"),
    (
        Transition("enter_parameter", (NEW,), "entered", _ASKED),
        Transition("confirm_parameter", ("entered",), "confirmed", HOUSE["H-10"].basis, (second_pair_of_eyes,)),
    ),
)

ADOPTION = Lifecycle(
    "rule_adoption",
    ("adopted",),
    (Transition("adopt_parameter", (NEW,), "adopted", HOUSE["H-23"].basis),),
)
