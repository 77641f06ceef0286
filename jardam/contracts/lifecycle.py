"""The procedure of contracts and reports, as tables."""

from __future__ import annotations

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.rulebook.house import HOUSE, LAW

from .rules import (
    last_report_accepted,
    no_appeal_open,
    own_side_unsigned,
    signs_for_a_party,
    something_to_report,
    standstill_over,
    tranche_left,
)

_CONTRACT = LAW["contract_makes_executor"]
_WAITS = HOUSE["H-03"].basis
_REPORT = HOUSE["H-06"].basis
_CONTROL = LAW["customer_controls"]

CONTRACT = Lifecycle(
    "contract",
    ("prepared", "half_signed", "in_force", "void"),
    (
        Transition("prepare_contract", (NEW,), "prepared", _CONTRACT),
        Transition(
            "sign_contract",
            ("prepared",),
            "half_signed",
            _WAITS,
            (signs_for_a_party, standstill_over, no_appeal_open),
        ),
        Transition(
            "countersign_contract",
            ("half_signed",),
            "in_force",
            _CONTRACT,
            (signs_for_a_party, own_side_unsigned, standstill_over, no_appeal_open),
        ),
        Transition("void_contract", ("prepared", "half_signed"), "void", HOUSE["H-37"].basis),
        Transition("order_tranche", ("in_force",), "in_force", _REPORT, (tranche_left, last_report_accepted)),
        Transition("report", ("in_force",), "in_force", _REPORT, (something_to_report,)),
    ),
)

REPORT = Lifecycle(
    "report",
    ("submitted", "returned", "accepted"),
    (
        Transition("submit_report", (NEW,), "submitted", _REPORT),
        Transition("resubmit_report", ("returned",), "submitted", _REPORT),
        Transition("return_report", ("submitted",), "returned", _CONTROL),
        Transition("accept_report", ("submitted",), "accepted", _CONTROL),
    ),
)
