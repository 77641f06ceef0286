"""The thin road from study to acceptance, by operations alone."""

import pytest

from jardam.transparency.queries import verify
from jardam.treasury.queries import trail_of_appropriations

pytestmark = pytest.mark.django_db


def test_a_contest_walks_from_study_to_acceptance_and_everything_verifies(road):
    road.to_accepted()

    trail = trail_of_appropriations("programme", [road.programme.pk])
    assert road.report.state == "accepted"
    assert trail.appropriated == trail.allocated
    assert trail.reserved == trail.committed == road.contract.amount
    assert trail.paid == trail.accepted == road.payment.amount
    assert list(verify()) == []


@pytest.mark.parametrize(
    "point", ["to_adopted", "to_announced", "to_opened", "to_scoring", "to_published", "to_in_force"]
)
def test_a_road_left_standing_anywhere_verifies(road, point):
    getattr(road, point)()

    assert list(verify()) == []
