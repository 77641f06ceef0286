"""The way of a payment order and of its package, and the life of an appropriation, a cash plan and a budget year."""

from __future__ import annotations

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.rulebook.house import HOUSE

from .rules import (
    account_unchanged,
    in_a_sent_package,
    not_by_the_matcher,
    second_made_none,
    second_person,
    signs_first,
    signs_second,
    within_cash_plan,
)

_MONEY = HOUSE["H-11"].basis
_HANDS = HOUSE["H-10"].basis
_DOCUMENT = HOUSE["H-21"].basis
_CASH = HOUSE["H-41"].basis
_CUT = HOUSE["H-42"].basis
_YEAR = HOUSE["H-43"].basis

APPROPRIATION = Lifecycle(
    "appropriation",
    ("recorded", "closed"),
    (
        Transition("appropriate", (NEW,), "recorded", _MONEY),
        Transition("revise_appropriation", ("recorded",), "recorded", _CUT),
        Transition("move_allocation", ("recorded",), "recorded", _MONEY),
        Transition("carry_over", (NEW,), "recorded", _YEAR),
        Transition("close_appropriation", ("recorded",), "closed", _YEAR),
    ),
)

PAYMENT = Lifecycle(
    "payment",
    ("prepared", "packed", "approved", "executed", "credited", "refused", "bounced", "withdrawn", "entered"),
    (
        Transition("order_payment", (NEW,), "prepared", _HANDS),
        Transition("redirect_payment", ("prepared",), "prepared", _HANDS),
        Transition("withdraw_payment", ("prepared", "entered"), "withdrawn", _HANDS),
        Transition("pack_payment", ("prepared",), "packed", _HANDS, (account_unchanged,)),
        Transition("unpack_payment", ("packed",), "prepared", _HANDS),
        Transition("approve_payment", ("packed",), "approved", _HANDS, (second_person, in_a_sent_package)),
        Transition("execute_payment", ("approved",), "executed", _DOCUMENT),
        Transition("refuse_payment", ("approved",), "refused", _HANDS),
        Transition("credit_payment", ("executed",), "credited", _DOCUMENT),
        Transition("bounce_payment", ("executed",), "bounced", _DOCUMENT),
        Transition("record_existing_payment", (NEW,), "entered", _DOCUMENT),
        Transition("confirm_existing_payment", ("entered",), "executed", _HANDS, (second_person,)),
    ),
)

PACKAGE = Lifecycle(
    "payment_package",
    ("drawn_up", "half_signed", "sent", "dissolved"),
    (
        Transition("draw_up_package", (NEW,), "drawn_up", _HANDS),
        Transition(
            "sign_package", ("drawn_up",), "half_signed", _HANDS, (signs_first, account_unchanged, within_cash_plan)
        ),
        Transition(
            "send_package",
            ("half_signed",),
            "sent",
            _HANDS,
            (signs_second, second_made_none, account_unchanged, within_cash_plan),
        ),
        Transition("dissolve_package", ("drawn_up", "half_signed"), "dissolved", _HANDS),
    ),
)

CASH_PLAN = Lifecycle(
    "cash_plan",
    ("planned",),
    (
        Transition("plan_cash", (NEW,), "planned", _CASH),
        Transition("change_cash_plan", ("planned",), "planned", _CASH),
    ),
)

SHORTFALL = Lifecycle(
    "shortfall",
    ("open", "resolved"),
    (
        Transition("open_shortfall", (NEW,), "open", _CUT),
        Transition("cover_shortfall", ("open",), "open", _CUT),
        Transition("resolve_shortfall", ("open",), "resolved", _CUT),
    ),
)

YEAR_CLOSE = Lifecycle("year_close", ("closed",), (Transition("close_year", (NEW,), "closed", _YEAR),))

STATEMENT = Lifecycle("statement", ("imported",), (Transition("import_statement", (NEW,), "imported", _DOCUMENT),))

MATCH = Lifecycle(
    "line_match",
    ("proposed", "confirmed", "rejected"),
    (
        Transition("propose_match", (NEW,), "proposed", _HANDS),
        Transition("confirm_match", ("proposed",), "confirmed", _HANDS, (not_by_the_matcher,)),
        Transition("reject_match", ("proposed",), "rejected", _HANDS, (not_by_the_matcher,)),
    ),
)
