"""The verbs of contracts.

contract.py     preparing and signing; signed by both sides, it binds the lot's money
existing.py     contracts signed on paper before the system
unsigned.py     signatures on paper, contracts nobody signs, contracts an appeal undoes
reports.py      items, reports and their acceptance
change.py       money between budget lines, and amendments
letters.py      letters between the parties
assets.py       durable things bought with the money
money.py        tranches ordered, money that comes back, delays put on record
demands.py      demands that were wrong, and entries under them that were
ending.py       notice, termination and closing
shared.py       what these share
"""

from ..rules import Item, Line, PaperTerms, Share, default_schedule
from .assets import move_asset, record_asset, settle_asset
from .change import decline_amendment, propose_amendment, reallocate, sign_amendment
from .contract import prepare_contract, sign_contract, take_back_contract
from .demands import correct_demand, reverse_penalty, reverse_repayment
from .ending import close_contract, give_notice, terminate, withdraw_notice
from .existing import confirm_existing, discard_existing, enter_existing
from .letters import answer_letter, send_letter
from .money import (
    demand_return,
    order_tranche,
    pay_penalty,
    record_overdue,
    record_paid_tranche,
    redirect_payment,
    return_money,
)
from .reports import (
    accept_report,
    answer_expense,
    enter_expense,
    judge_expense,
    resubmit_report,
    return_report,
    sign_acceptance,
    submit_report,
    withdraw_expense,
)
from .unsigned import (
    carry_out_appeals,
    check_ink,
    enter_amendment_ink,
    enter_ink,
    miss_signing_term,
    refuse_to_sign,
    reject_ink,
)

__all__ = (
    "Item",
    "Line",
    "PaperTerms",
    "Share",
    "accept_report",
    "answer_expense",
    "answer_letter",
    "carry_out_appeals",
    "check_ink",
    "close_contract",
    "confirm_existing",
    "correct_demand",
    "decline_amendment",
    "default_schedule",
    "demand_return",
    "discard_existing",
    "enter_amendment_ink",
    "enter_existing",
    "enter_expense",
    "enter_ink",
    "give_notice",
    "judge_expense",
    "miss_signing_term",
    "move_asset",
    "order_tranche",
    "pay_penalty",
    "prepare_contract",
    "propose_amendment",
    "reallocate",
    "record_asset",
    "record_overdue",
    "record_paid_tranche",
    "redirect_payment",
    "refuse_to_sign",
    "reject_ink",
    "resubmit_report",
    "return_money",
    "return_report",
    "reverse_penalty",
    "reverse_repayment",
    "send_letter",
    "settle_asset",
    "sign_acceptance",
    "sign_amendment",
    "sign_contract",
    "submit_report",
    "take_back_contract",
    "terminate",
    "withdraw_expense",
    "withdraw_notice",
)
