"""The whole road by Django's test client in Russian and in English; a browser walks it in Kyrgyz (tests/journeys)."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from jardam.transparency.queries import verify
from jardam.treasury.queries import trail_of_appropriations
from jardam.web import clock
from tests.journeys.client import ClientPeople
from tests.journeys.road import TEXT, UNSPENT, WholeRoad, everybody, users_of
from tests.site import Site
from tests.world import MONDAY

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_whole_road_is_walked_from_desk_to_desk(committed, monkeypatch, language):
    site = Site("", MONDAY)
    monkeypatch.setattr(clock, "now", lambda: site.at)
    people = ClientPeople(site, users_of(everybody(MONDAY)), language)
    road = WholeRoad(people, site)

    road.walk()

    trail = trail_of_appropriations("programme", [road.programme.pk])
    assert trail.appropriated == trail.allocated == Decimal(TEXT["measure"]["amount"])
    assert trail.paid - UNSPENT == trail.accepted > 0
    assert list(verify()) == []
    complaints = sorted({re.sub(r"[0-9A-Z]{10}", "…", one) for one in people.complaints()})
    assert complaints == [], "\n".join(complaints)
