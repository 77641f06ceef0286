"""The demonstration: invented bodies and the told road."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from django.utils import translation

from jardam.demonstration import cast, filling, story
from jardam.demonstration.cast import texts, year
from jardam.demonstration.road import Road, start_of
from jardam.journal.models import Record
from jardam.kernel.time import BISHKEK
from jardam.parties.models import Organisation, User

ANCHOR = dt.date(2026, 11, 23)
RECORD = Path(__file__).resolve().parents[3] / "data" / "record"

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_no_invented_body_bears_the_name_of_a_real_municipality():
    real = json.loads((RECORD / "municipalities.json").read_text())["rows"]
    words = {
        row[f"name_{lang}"].split()[-1 if lang == "ru" and row["type"] == "city" else 0].lower()
        for row in real
        for lang in ("ru", "ky", "en")
        if row[f"name_{lang}"]
    }
    bodies = [*texts()["organisations"].values(), *year()["organisations"].values()]
    invented = " ".join(title for body in bodies for title in body["title"].values()).lower()

    assert [word for word in words if len(word) > 3 and word in invented] == []


def test_every_body_and_person_of_the_cast_is_marked_as_invented():
    cast.register(start_of(ANCHOR), everybody=True)

    assert Organisation.objects.filter(is_invented=False).count() == 0
    assert User.objects.filter(is_cast=False).count() == 0


def test_the_road_keeps_office_hours():
    monday = dt.date(2026, 2, 2)
    road = Road(cast.register(start_of(monday)), start_of(monday))
    road.to_accepted()

    at = [record.at.astimezone(BISHKEK) for record in Record.objects.exclude(verb__in=["register", "verify", "grant"])]
    assert all(9 <= one.hour < 18 for one in at)


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_story_is_told_to_its_end_with_its_refusals(language):
    road = Road(cast.register(start_of(dt.date(2026, 2, 2))), start_of(dt.date(2026, 2, 2)))

    with translation.override(language):
        lines = list(story.tell(road))

    refused = [line.text for line in lines if line.kind == "refused"]
    assert len(refused) >= 15
    assert [line for line in lines if line.kind == "ledger"]
    assert lines[-1].kind == "verify"
    for code in (
        "deadline_too_early",
        "deadline_passed",
        "signing_waits",
        "report_not_accepted",
        "cash_plan_exceeded",
        "close_tranches_open",
    ):
        assert any(code in text for text in refused), code


def test_the_story_breaks_when_something_is_allowed_that_must_be_refused():
    road = Road(cast.register(start_of(ANCHOR)), start_of(ANCHOR))

    with pytest.raises(story.StoryBroken):
        list(story._refused(road, "specialist", "does something harmless", lambda: None))


def test_a_filling_goes_on_under_another_secret_and_plays_no_scene_twice(settings):
    played = []

    for secret in ("the one of yesterday", "the one of today"):
        settings.SECRET_KEY = secret
        for name in ("first", "second"):
            filling._once(name, start_of(ANCHOR), lambda name=name: played.append(name) or name)

    assert played == ["first", "second"]
