"""The verbs of money.

`ledger` posts, and moves money from the appropriation to what was delivered; `budget` records what budget documents
give, cut and settle at the end of a year; `payments` holds orders and packages; `statements` compares them with what
the treasury says it paid.

Verbs that take an `act` are called from an upper room inside its own act and are journalled under it. All amounts
are som (`Decimal`, two places). Every verb refuses `amount_not_positive`, `not_enough_money`, `no_such_money`.
"""

from ..rules import STATEMENT_KINDS, STATEMENT_LIMIT
from .budget import (
    appropriate,
    change_cash_plan,
    close_year,
    cover_shortfall,
    move_allocation,
    plan_cash,
    revise_appropriation,
)
from .ledger import (
    Move,
    Owner,
    accept,
    allocate,
    commit,
    post,
    release,
    reserve,
    return_money,
    reverse,
    take_back_releases,
    uncommit,
)
from .payments import (
    approve_payment,
    bounce_payment,
    confirm_existing_payment,
    credit_payment,
    dissolve_package,
    draw_up_package,
    execute_payment,
    order_payment,
    record_existing_payment,
    redirect_payment,
    refuse_payment,
    send_package,
    sign_package,
    withdraw_payment,
)
from .statements import check_match, propose_match, reconcile

__all__ = [
    "STATEMENT_KINDS",
    "STATEMENT_LIMIT",
    "Move",
    "Owner",
    "accept",
    "allocate",
    "appropriate",
    "approve_payment",
    "bounce_payment",
    "change_cash_plan",
    "check_match",
    "close_year",
    "commit",
    "confirm_existing_payment",
    "cover_shortfall",
    "credit_payment",
    "dissolve_package",
    "draw_up_package",
    "execute_payment",
    "move_allocation",
    "order_payment",
    "plan_cash",
    "post",
    "propose_match",
    "reconcile",
    "record_existing_payment",
    "redirect_payment",
    "refuse_payment",
    "release",
    "reserve",
    "return_money",
    "reverse",
    "revise_appropriation",
    "send_package",
    "sign_package",
    "take_back_releases",
    "uncommit",
    "withdraw_payment",
]
