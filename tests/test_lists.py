"""Lists of the workplaces: as many statements for a thousand rows as for ten."""

from __future__ import annotations

import pytest
from django.test import Client

from jardam.demonstration.road import Road
from tests.test_pages_public import BACKEND, many, queries

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def moment(road: Road, monkeypatch: pytest.MonkeyPatch) -> Road:
    from jardam.web import clock

    monkeypatch.setattr(clock, "now", lambda: road.at)
    return road


def before_the_council(road: Road) -> None:
    road.publish_study()
    road.draft_programme()
    road.submit_to_council()


def payment_approved(road: Road) -> None:
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()


@pytest.mark.parametrize(
    ("walk", "table", "path", "person"),
    [
        (before_the_council, "planning_programme", "council/", "secretary"),
        (before_the_council, "planning_programme", "desk/", "secretary"),
        (payment_approved, "treasury_paymentorder", "treasury/", "treasurer"),
        (payment_approved, "treasury_paymentorder", "desk/", "treasurer"),
        (payment_approved, "contracts_contract", "desk/contracts/", "specialist"),
        (Road.to_scoring, "contests_contest", "commission/", "member_civil"),
        (Road.to_announced, "planning_study", "desk/studies/", "specialist"),
    ],
)
def test_a_workplace_asks_as_often_for_a_thousand_rows_as_for_ten(moment, walk, table, path, person):
    walk(moment)
    client = Client()
    client.force_login(moment.cast.people[person].user, backend=BACKEND)
    many(table, 10)
    few = queries(client, f"/en/{path}")
    many(table, 1000, "Y")

    assert queries(client, f"/en/{path}") == few
