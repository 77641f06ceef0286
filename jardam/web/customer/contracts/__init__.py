"""Contracts, payments and reports at the customer's desk.

existing.py         contracts signed on paper before the system
making.py           the list, making a contract, its page, signing, tranches ordered or paid before
payment_orders.py   a payment order
reports.py          reports and their items
demands.py          demands and entries put right
ending.py           terminating, closing, money back, things bought
on_paper.py         signatures on paper
shared.py           what these share
"""

from .demands import demand_correct, demand_reverse
from .ending import (
    asset,
    contract_close,
    contract_overdue,
    contract_terminate,
    contract_unsigned,
    return_money,
    return_new,
)
from .existing import contract_existing_confirm, contract_existing_discard, contract_existing_new
from .making import (
    contract,
    contract_prepare,
    contract_sign,
    contract_take_back,
    contracts,
    contracts_csv,
    tranche_order,
    tranche_paid,
)
from .on_paper import amendment_ink_new, ink, ink_new
from .payment_orders import payment, payment_existing, payment_redirect, payment_withdraw
from .reports import item, report, report_accept, report_return

__all__ = (
    "amendment_ink_new",
    "asset",
    "contract",
    "contract_close",
    "contract_existing_confirm",
    "contract_existing_discard",
    "contract_existing_new",
    "contract_overdue",
    "contract_prepare",
    "contract_sign",
    "contract_take_back",
    "contract_terminate",
    "contract_unsigned",
    "contracts",
    "contracts_csv",
    "demand_correct",
    "demand_reverse",
    "ink",
    "ink_new",
    "item",
    "payment",
    "payment_existing",
    "payment_redirect",
    "payment_withdraw",
    "report",
    "report_accept",
    "report_return",
    "return_money",
    "return_new",
    "tranche_order",
    "tranche_paid",
)
