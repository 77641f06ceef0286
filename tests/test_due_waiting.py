"""The desk asks only where something can wait, and misses nothing by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jardam.demonstration.cast import texts
from jardam.demonstration.road import Road
from jardam.notices import waiting
from jardam.planning import operations as planning
from jardam.web import due
from tests.test_lifecycles import PROCEDURES

pytestmark = pytest.mark.django_db


def nothing(road: Road) -> None:
    """The cast at the beginning."""


def said(road: Road) -> None:
    problem = road.propose_problem("umut_editor", "Кышында отун жеткирүүчү эч ким жок.")
    planning.publish_problem(actor=road.actor("specialist"), problem=problem)
    road.publish_study()
    road.draft_programme()
    road.open_discussion()
    road.comment("umut_head", "Отун тууралуу да айтылсын.")


def copied(road: Road) -> None:
    road.enter_existing()


def asked(road: Road) -> None:
    road.to_announced()
    road.ask()
    road.register_paper()
    road.pass_deadline()


def appealed(road: Road) -> None:
    road.to_published()
    road.file_appeal("birge")


def declined(road: Road) -> None:
    road.to_published()
    road.decline_award("umut")


def prepared(road: Road) -> None:
    road.to_published()
    road.prepare_contract()
    road.pass_standstill()
    road.enter_ink("executor")


def ordered(road: Road) -> None:
    road.to_in_force()
    road.propose_account("umut")
    road.propose_amendment(ends_on=road.contract.ends_on - timedelta(days=10))
    road.send_letter()
    road.order_tranche()


def reported(road: Road) -> None:
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    road.submit_report()
    road.return_report()
    road.demand_return(Decimal(500))


def cut(road: Road) -> None:
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.cut_budget(Decimal(1000))


STAGES: list[Callable[[Road], Any]] = [
    nothing,
    said,
    copied,
    Road.to_adopted,
    Road.to_announced,
    asked,
    Road.to_opened,
    Road.to_published,
    appealed,
    declined,
    prepared,
    ordered,
    reported,
    cut,
    Road.to_accepted,
]


def rows(road: Road) -> dict[str, list[Any]]:
    return {name: due.items(road.actor(name)) for name in texts()["people"]}


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES, ids=lambda one: one.__name__)
def test_nothing_due_is_missed_for_not_being_looked_for(stage, road, monkeypatch):
    stage(road)
    for later in (timedelta(), timedelta(days=200)):
        road.at += later
        looked_for = rows(road)
        with monkeypatch.context() as patch:
            patch.setattr(waiting, "at", lambda _organisation: lambda *_asked: True)
            assert rows(road) == looked_for


def test_a_desk_where_nothing_waits_asks_little(road):
    with CaptureQueriesContext(connection) as asked_of:
        due.items(road.actor("head"))

    assert len(asked_of) <= 12


def test_a_state_nobody_looks_for_is_not_asked_about(road):
    here = waiting.at(road.cast.organisations["okmotu"].pk)

    with pytest.raises(LookupError):
        here("programme", "annulled")


def test_only_states_that_exist_are_looked_for():
    assert not [(k, s) for k, s in waiting.KNOWN if s not in PROCEDURES[k].lifecycle.states]
