"""The thin road from study to acceptance, by operations alone."""

import datetime as dt

import pytest

from jardam.demonstration import cast
from jardam.demonstration.road import Road, start_of
from jardam.transparency.queries import verify
from jardam.treasury.queries import trail_of_appropriations

pytestmark = pytest.mark.django_db

MONDAY = start_of(dt.date(2026, 2, 2))


@pytest.fixture
def road() -> Road:
    return Road(cast.register(MONDAY), MONDAY)


def test_a_contest_walks_from_study_to_acceptance_and_everything_verifies(road):
    road.to_accepted()

    trail = trail_of_appropriations("programme", [road.programme.pk])
    assert road.report.state == "accepted"
    assert trail.appropriated == trail.allocated
    assert trail.reserved == trail.committed == road.contract.amount
    assert trail.paid == trail.accepted == road.payment.amount
    assert list(verify()) == []
