"""When the next tranche is ordered, under each rule an edition may settle (con.tranche_rule)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from jardam.contracts import queries
from jardam.demonstration.road import Road
from jardam.kernel.refusal import Refused
from jardam.regime import operations as regime
from jardam.transparency.queries import verify
from tests.world import refuses, rules

pytestmark = pytest.mark.django_db


def in_force_under(road: Road, monkeypatch, **values: Any) -> Road:
    """A contract of a contest that obeys these values of the overlay instead."""
    monkeypatch.setattr(regime, "settle", lambda **_: rules(**values))
    road.to_in_force()
    return road


def to_order(road: Road) -> list[int]:
    return [one.number for one in queries.tranches_to_order(road.contract.customer_id)]


def since(road: Road) -> Any:
    """Since when the tranche that comes next could be ordered."""
    [tranche] = queries.tranches_to_order(road.contract.customer_id)
    return queries.to_order_since(tranche)


def test_where_the_schedule_decides_no_tranche_waits_for_a_report(road, monkeypatch):
    in_force_under(road, monkeypatch, con__tranche_rule="by_schedule")
    assert to_order(road) == [1]
    assert since(road) == road.contract.signed_at
    road.order_tranche()
    assert to_order(road) == [2]
    assert since(road) is None
    road.order_tranche()

    with refuses("no_tranche_left"):
        road.order_tranche()
    assert list(verify()) == []


def test_where_only_what_was_spent_is_paid_nothing_goes_ahead_and_each_report_comes_first(road, monkeypatch):
    in_force_under(road, monkeypatch, con__tranche_rule="reimbursement")
    [whole] = queries.tranches(road.contract)
    assert (whole.tranche.condition, to_order(road)) == ("report", [])
    with pytest.raises(Refused) as refused, transaction.atomic():
        road.order_tranche()
    assert [(one.code, one.basis.key) for one in refused.value.refusals] == [
        ("report_not_accepted", "con.tranche_rule")
    ]
    road.enter_expenses(whole.tranche.amount)
    road.hand_in()
    road.accept_report()

    assert to_order(road) == [1]
    assert since(road) == road.report.acceptance.accepted_on
    road.order_tranche()
    assert list(verify()) == []
