"""Organisations and mandates as tables of transitions."""

from __future__ import annotations

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.rulebook.house import HOUSE

from .rules import not_by_the_proposer, not_by_the_registrant, not_to_oneself

_MANDATE = HOUSE["H-18"].basis

ORGANISATION = Lifecycle(
    "organisation",
    ("registered", "verified"),
    (
        Transition("register", (NEW,), "registered", _MANDATE),
        Transition("verify", ("registered",), "verified", HOUSE["H-10"].basis, (not_by_the_registrant,)),
        Transition("rename", ("registered",), "registered", _MANDATE),
        Transition("rename", ("verified",), "verified", _MANDATE),
        Transition("name_bodies", ("registered",), "registered", _MANDATE),
        Transition("name_bodies", ("verified",), "verified", _MANDATE),
    ),
)

MANDATE = Lifecycle(
    "mandate",
    ("granted", "revoked"),
    (
        Transition("grant", (NEW,), "granted", _MANDATE, (not_to_oneself,)),
        Transition("revoke", ("granted",), "revoked", _MANDATE),
    ),
)

BANK_ACCOUNT = Lifecycle(
    "bank_account",
    ("proposed", "confirmed", "rejected"),
    (
        Transition("propose_bank_account", (NEW,), "proposed", HOUSE["H-10"].basis),
        Transition("confirm_bank_account", ("proposed",), "confirmed", HOUSE["H-10"].basis, (not_by_the_proposer,)),
        Transition("reject_bank_account", ("proposed",), "rejected", HOUSE["H-10"].basis, (not_by_the_proposer,)),
    ),
)
