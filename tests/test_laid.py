"""A road laid down is a road: everything holds there, and it goes on from there."""

from __future__ import annotations

import pytest

from jardam.journal.models import Record
from jardam.parties.models import Person
from jardam.transparency.queries import verify
from tests.laid import REGISTERED, STRETCHES, keeper
from tests.world import MONDAY, new_road

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def kept(kept_roads, django_db_setup, django_db_blocker):
    """Places, also in a short run, which keeps none."""
    if keeper.places:
        yield keeper
        return
    with django_db_blocker.unblock():
        keeper.walk(MONDAY)
    yield keeper
    keeper.places.clear()
    keeper.began_at = None


@pytest.mark.parametrize("name", STRETCHES)
def test_where_a_stretch_was_laid_everything_holds(kept, name):
    road = new_road()
    assert kept.stands_at(REGISTERED)

    getattr(road, name)()

    assert kept.stands_at(name)
    assert list(verify()) == []


def test_a_road_that_was_laid_goes_on(kept):
    road = new_road()
    road.to_scoring()
    acts = Record.objects.count()

    road.score_all()
    road.decide()

    assert Record.objects.count() > acts
    assert list(verify()) == []


def test_a_road_on_which_something_was_done_is_walked(kept):
    road = new_road()
    road.publish_study()
    people = Person.objects.count()

    assert not road.is_untouched()
    road.draft_programme()
    assert Person.objects.count() == people
    assert list(verify()) == []
