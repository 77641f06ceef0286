"""The procedure of contracts and of everything that hangs on them, as tables."""

from __future__ import annotations

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.rulebook.house import HOUSE, LAW

from .rules import (
    CLOSING_GUARDS,
    another_entered_it,
    answered_by_the_other,
    contract_runs,
    demand_still_open,
    item_open,
    last_report_accepted,
    no_appeal_open,
    no_copy_waits,
    nothing_questioned,
    notice_over,
    own_side_unsigned,
    penalty_not_paid,
    penalty_owed,
    penalty_was_paid,
    platform_suffices,
    reports_decided,
    second_pair_of_eyes,
    side_of_amendment,
    signing_term_over,
    signs_for_a_party,
    something_overdue,
    something_to_report,
    standstill_over,
    tranche_left,
)

_CONTRACT = LAW["contract_makes_executor"]
_WAITS = HOUSE["H-03"].basis
_REPORT = HOUSE["H-06"].basis
_CONTROL = LAW["customer_controls"]
_TWO = HOUSE["H-10"].basis
_ITEMS = HOUSE["H-38"].basis
_BARRED = HOUSE["H-39"].basis
_CLOSING = HOUSE["H-40"].basis
_RIGHT = HOUSE["H-78"].basis

_UNSIGNED = ("prepared", "half_signed")

HALTS = frozenset(
    {"sign_contract", "countersign_contract", "sign_on_paper", "countersign_on_paper", "miss_signing_term"}
)
"""What is not done while the review of the lot stands still (H-67)."""

CONTRACT = Lifecycle(
    "contract",
    (
        "prepared",
        "half_signed",
        "in_force",
        "void",
        "not_signed",
        "taken_back",
        "terminating",
        "terminated",
        "closed",
        "entered",
        "discarded",
    ),
    (
        Transition("prepare_contract", (NEW,), "prepared", _CONTRACT),
        Transition("take_back_contract", ("prepared",), "taken_back", HOUSE["H-77"].basis, (no_copy_waits,)),
        Transition(
            "sign_contract",
            ("prepared",),
            "half_signed",
            _WAITS,
            (signs_for_a_party, standstill_over, no_appeal_open, platform_suffices),
        ),
        Transition(
            "countersign_contract",
            ("half_signed",),
            "in_force",
            _CONTRACT,
            (signs_for_a_party, own_side_unsigned, standstill_over, no_appeal_open, platform_suffices),
        ),
        Transition("void_contract", ("prepared", "half_signed"), "void", HOUSE["H-37"].basis),
        Transition("order_tranche", ("in_force",), "in_force", _REPORT, (tranche_left, last_report_accepted)),
        Transition("report", ("in_force",), "in_force", _REPORT, (something_to_report,)),
        # Signatures on paper, and none at all.
        Transition("sign_on_paper", ("prepared",), "half_signed", _TWO, (standstill_over, no_appeal_open)),
        Transition("countersign_on_paper", ("half_signed",), "in_force", _TWO, (standstill_over, no_appeal_open)),
        Transition("refuse_to_sign", _UNSIGNED, "not_signed", _CONTRACT),
        Transition("miss_signing_term", _UNSIGNED, "not_signed", _CONTRACT, (signing_term_over, no_appeal_open)),
        # Signed before the system, copied from the paper.
        Transition("enter_existing", (NEW,), "entered", _TWO),
        Transition("confirm_existing", ("entered",), "in_force", _TWO, (another_entered_it,)),
        Transition("discard_existing", ("entered",), "discarded", _TWO),
        # While it runs.
        Transition("amend_contract", ("in_force",), "in_force", _CONTRACT, when="con.amend_allowed"),
        Transition("reallocate", ("in_force",), "in_force", _CONTRACT),
        Transition("record_overdue", ("in_force",), "in_force", _BARRED, (something_overdue,)),
        # The end.
        Transition("give_notice", ("in_force",), "terminating", _CONTRACT),
        Transition("report", ("terminating",), "terminating", _REPORT, (something_to_report,)),
        Transition("record_overdue", ("terminating",), "terminating", _BARRED, (something_overdue,)),
        Transition("record_overdue", ("terminated",), "terminated", _BARRED, (something_overdue,)),
        Transition("withdraw_notice", ("terminating",), "in_force", _CONTRACT),
        Transition("terminate", ("terminating",), "terminated", _CONTRACT, (notice_over, reports_decided)),
        Transition("close_contract", ("in_force", "terminated"), "closed", _CLOSING, CLOSING_GUARDS),
    ),
)

REPORT = Lifecycle(
    "report",
    ("submitted", "returned", "accepted"),
    (
        Transition("submit_report", (NEW,), "submitted", _REPORT),
        Transition("resubmit_report", ("returned",), "submitted", _REPORT, (nothing_questioned,)),
        Transition("return_report", ("submitted",), "returned", _CONTROL),
        Transition("accept_report", ("submitted",), "accepted", _CONTROL, (nothing_questioned,)),
        Transition("sign_acceptance", ("accepted",), "accepted", _CONTROL),
    ),
)

EXPENSE = Lifecycle(
    "expense",
    ("entered", "withdrawn", "questioned", "not_eligible", "accepted"),
    (
        Transition("enter_expense", (NEW,), "entered", _ITEMS, (item_open,)),
        Transition("withdraw_expense", ("entered", "questioned", "not_eligible"), "withdrawn", _ITEMS, (item_open,)),
        Transition("answer_expense", ("questioned", "not_eligible"), "entered", _ITEMS, (item_open,)),
        Transition("question_expense", ("entered", "not_eligible"), "questioned", _ITEMS, (item_open,)),
        Transition("reject_expense", ("entered", "questioned"), "not_eligible", _ITEMS, (item_open,)),
        Transition("accept_expense", ("entered",), "accepted", _CONTROL),
    ),
)

AMENDMENT = Lifecycle(
    "amendment",
    ("proposed", "half_signed", "in_force", "declined"),
    (
        Transition("propose_amendment", (NEW,), "proposed", _CONTRACT, (contract_runs,), when="con.amend_allowed"),
        Transition("sign_amendment", ("proposed",), "half_signed", _CONTRACT, (contract_runs, side_of_amendment)),
        Transition(
            "countersign_amendment", ("half_signed",), "in_force", _CONTRACT, (contract_runs, side_of_amendment)
        ),
        Transition("sign_amendment_on_paper", ("proposed",), "half_signed", _TWO, (contract_runs,)),
        Transition("countersign_amendment_on_paper", ("half_signed",), "in_force", _TWO, (contract_runs,)),
        Transition("decline_amendment", ("proposed", "half_signed"), "declined", _CONTRACT),
    ),
)

LETTER = Lifecycle(
    "letter",
    ("sent", "waiting", "answered"),
    (
        Transition("inform", (NEW,), "sent", _CONTRACT),
        Transition("send_letter", (NEW,), "waiting", _CONTRACT),
        Transition("answer_letter", ("waiting",), "answered", _CONTRACT, (answered_by_the_other,)),
    ),
)

ASSET = Lifecycle(
    "asset",
    ("held", "stays", "handed_over", "written_off"),
    (
        Transition("record_asset", (NEW,), "held", _CLOSING),
        Transition("move_asset", ("held",), "held", _CLOSING),
        Transition("leave_asset", ("held",), "stays", _CLOSING),
        Transition("hand_over_asset", ("held",), "handed_over", _CLOSING),
        Transition("write_off_asset", ("held",), "written_off", _CLOSING),
    ),
)

RETURN = Lifecycle(
    "return",
    ("demanded", "partly", "returned", "withdrawn"),
    (
        Transition("demand_return", (NEW,), "demanded", _CONTROL),
        Transition("return_part", ("demanded", "partly"), "partly", HOUSE["H-21"].basis),
        Transition("return_money", ("demanded", "partly"), "returned", HOUSE["H-21"].basis),
        Transition("pay_penalty", ("returned",), "returned", HOUSE["H-57"].basis, (penalty_owed,)),
        # Put right.
        Transition("lower_demand", ("demanded",), "demanded", _RIGHT),
        Transition("lower_demand", ("partly",), "partly", _RIGHT),
        Transition("settle_demand", ("partly",), "returned", _RIGHT),
        Transition("withdraw_demand", ("demanded",), "withdrawn", _RIGHT),
        Transition(
            "reverse_repayment", ("partly", "returned"), "partly", _RIGHT, (demand_still_open, penalty_not_paid)
        ),
        Transition(
            "reverse_all_repaid", ("partly", "returned"), "demanded", _RIGHT, (demand_still_open, penalty_not_paid)
        ),
        Transition("reverse_penalty", ("returned",), "returned", _RIGHT, (demand_still_open, penalty_was_paid)),
    ),
)

INK = Lifecycle(
    "ink_signature",
    ("entered", "checked", "rejected"),
    (
        Transition("enter_ink", (NEW,), "entered", _TWO),
        Transition("check_ink", ("entered",), "checked", _TWO, (second_pair_of_eyes,)),
        Transition("reject_ink", ("entered",), "rejected", _TWO, (second_pair_of_eyes,)),
    ),
)
