"""The way of a payment order, and the life of an appropriation."""

from __future__ import annotations

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.rulebook.house import HOUSE

from .rules import second_person

APPROPRIATION = Lifecycle(
    "appropriation",
    ("recorded",),
    (Transition("appropriate", (NEW,), "recorded", HOUSE["H-11"].basis),),
)

PAYMENT = Lifecycle(
    "payment",
    ("prepared", "approved", "executed", "refused"),
    (
        Transition("order_payment", (NEW,), "prepared", HOUSE["H-10"].basis),
        Transition("approve_payment", ("prepared",), "approved", HOUSE["H-10"].basis, (second_person,)),
        Transition("execute_payment", ("approved",), "executed", HOUSE["H-21"].basis),
        Transition("refuse_payment", ("prepared", "approved"), "refused", HOUSE["H-10"].basis),
    ),
)
