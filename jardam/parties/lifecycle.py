"""Organisations and mandates as tables of transitions."""

from __future__ import annotations

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.rulebook.house import HOUSE

from .rules import (
    a_head_remains,
    first_head_from_the_registrar,
    not_by_the_proposer,
    not_by_the_registrant,
    not_succeeded,
    not_to_oneself,
)

_MANDATE = HOUSE["H-18"].basis
_AGAIN = HOUSE["H-49"].basis
_SUCCESSION = HOUSE["H-47"].basis
_BAR = HOUSE["H-06"].basis
_COMPLETE = HOUSE["H-16"].basis

ORGANISATION = Lifecycle(
    "organisation",
    ("registered", "verified", "refused"),
    (
        Transition("register", (NEW,), "registered", _MANDATE),
        Transition("verify", ("registered",), "verified", HOUSE["H-10"].basis, (not_by_the_registrant,)),
        Transition("rename", ("registered",), "registered", _MANDATE),
        Transition("rename", ("verified",), "verified", _MANDATE),
        Transition("name_bodies", ("registered",), "registered", _MANDATE),
        Transition("name_bodies", ("verified",), "verified", _MANDATE),
        Transition("refuse_verification", ("registered",), "refused", HOUSE["H-10"].basis, (not_by_the_registrant,)),
        # What the registrar compared and is changed goes back to the registrar.
        Transition("correct", ("registered", "verified", "refused"), "registered", _AGAIN, (not_succeeded,)),
        Transition("change_verified", ("verified",), "registered", _AGAIN, (not_succeeded,)),
        Transition("update_profile", ("registered",), "registered", _MANDATE, (not_succeeded,)),
        Transition("update_profile", ("verified",), "verified", _MANDATE, (not_succeeded,)),
        Transition("update_profile", ("refused",), "refused", _MANDATE, (not_succeeded,)),
        Transition("announce_name", ("registered",), "registered", _MANDATE),
        Transition("announce_name", ("verified",), "verified", _MANDATE),
        Transition("take_name", ("registered",), "registered", _MANDATE),
        Transition("take_name", ("verified",), "verified", _MANDATE),
        Transition("take_name", ("refused",), "refused", _MANDATE),
        Transition("succeed", ("registered",), "registered", _SUCCESSION, (not_succeeded,)),
        Transition("succeed", ("verified",), "verified", _SUCCESSION, (not_succeeded,)),
        Transition("restrict", ("registered",), "registered", _BAR),
        Transition("restrict", ("verified",), "verified", _BAR),
        Transition("restrict", ("refused",), "refused", _BAR),
        Transition("lift_restriction", ("registered",), "registered", _BAR),
        Transition("lift_restriction", ("verified",), "verified", _BAR),
        Transition("lift_restriction", ("refused",), "refused", _BAR),
    ),
)

TERRITORY = Lifecycle(
    "territory",
    ("listed", "ended"),
    (
        Transition("add_territory", (NEW,), "listed", _COMPLETE),
        Transition("enter_code", ("listed",), "listed", _COMPLETE),
        Transition("end_territory", ("listed",), "ended", _COMPLETE),
        Transition("merge_territory", ("listed",), "ended", _COMPLETE),
    ),
)

MANDATE = Lifecycle(
    "mandate",
    ("granted", "revoked"),
    (
        Transition("grant", (NEW,), "granted", _MANDATE, (not_to_oneself, first_head_from_the_registrar)),
        Transition("revoke", ("granted",), "revoked", _MANDATE, (a_head_remains,)),
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
