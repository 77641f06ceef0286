"""Durable things bought with a contract's money."""

from __future__ import annotations

from decimal import Decimal

from jardam.journal.operations import lock, perform
from jardam.kernel.actor import Actor
from jardam.rulebook.house import HOUSE

from ..models import Asset, Expense
from ..policy import ASSET, settlement_of
from ..rules import ITEM_NOT_ACCEPTED


def record_asset(
    *, actor: Actor, expense: Expense, inventory: str, title: str, value: Decimal, place: str, holder: str
) -> Asset:
    """Put a durable thing, bought with an item of a report, on the contract's list. *Value*: som. Refuses
    `item_withdrawn`, `asset_twice`."""
    contract, expense = lock(expense.contract, expense)
    if expense.state == "withdrawn":
        raise ITEM_NOT_ACCEPTED.refuse(HOUSE["H-40"].basis)
    asset = Asset(
        contract=contract,
        expense=expense,
        inventory=inventory,
        title=title,
        value=value,
        place=place,
        holder=holder,
    )
    perform(ASSET, asset, "record_asset", actor=actor, public={"inventory": inventory, "value": value})
    return asset


def move_asset(*, actor: Actor, asset: Asset, place: str, holder: str) -> Asset:
    """The thing stands elsewhere, or somebody else answers for it."""
    _, asset = lock(asset.contract, asset)
    perform(ASSET, asset, "move_asset", actor=actor, changes={"place": place, "holder": holder})
    return asset


def settle_asset(*, actor: Actor, asset: Asset, fate: str, document: str, taker: str = "") -> Asset:
    """What becomes of a thing in the end. *Fate*: "stays" with the executor | "handed_over" to `taker` |
    "written_off"; `document` says so. Rulebook: `con.assets`."""
    _, asset = lock(asset.contract, asset)
    verb = {"stays": "leave_asset", "handed_over": "hand_over_asset", "written_off": "write_off_asset"}[fate]
    basis = settlement_of(asset).basis("con.assets")
    changes = {"fate_document": document, "taker": taker}
    perform(ASSET, asset, verb, actor=actor, public={"value": asset.value}, changes=changes, basis=basis)
    return asset
