"""The demonstration: invented bodies, the told road, and a filling that can be interrupted."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from django.utils import translation

from jardam.contests.models import Contest
from jardam.demonstration import cast, filling, progress, story
from jardam.demonstration.cast import texts
from jardam.demonstration.road import Road, start_of
from jardam.journal.models import Outbox, Record
from jardam.kernel.time import BISHKEK
from jardam.parties.models import Organisation, User
from jardam.transparency.queries import found, verify

ANCHOR = dt.date(2026, 11, 23)
RECORD = Path(__file__).resolve().parents[3] / "data" / "record"

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    """The progress file of this test, not of the whole run."""
    key = settings.KEY_FILE
    settings.DATA = tmp_path
    settings.KEY_FILE = key


def test_no_invented_body_bears_the_name_of_a_real_municipality():
    real = json.loads((RECORD / "municipalities.json").read_text())["rows"]
    words = {
        row[f"name_{lang}"].split()[-1 if lang == "ru" and row["type"] == "city" else 0].lower()
        for row in real
        for lang in ("ru", "ky", "en")
        if row[f"name_{lang}"]
    }
    invented = " ".join(t for o in texts()["organisations"].values() for t in o["title"].values()).lower()

    assert [word for word in words if len(word) > 3 and word in invented] == []


def test_every_body_and_person_of_the_cast_is_marked_as_invented():
    cast.register(start_of(ANCHOR))

    assert Organisation.objects.filter(is_invented=False).count() == 0
    assert User.objects.filter(is_cast=False).count() == 0


def test_the_whole_demonstration_stands_and_verifies():
    steps = list(filling.fill(ANCHOR))

    assert steps[-1] == (len(filling.SCENES) + 1, len(filling.SCENES) + 1)
    assert sorted(Contest.objects.values_list("state", flat=True)) == ["announced", "decided", "opened"]
    assert progress.read().is_complete
    assert list(verify()) == []
    assert Outbox.objects.count() == 0
    assert [entry.kind for entry in found("жылуу уй")] == ["contest"]


def test_filling_again_changes_nothing():
    list(filling.fill(ANCHOR))
    acts = Record.objects.count()

    list(filling.fill(ANCHOR + dt.timedelta(days=40)))

    assert Record.objects.count() == acts
    assert progress.read().anchor == ANCHOR.isoformat()


def test_an_interrupted_filling_goes_on_where_it_stopped(monkeypatch):
    def killed(road: Road) -> None:
        road.publish_study()
        raise KeyboardInterrupt

    whole = filling.SCENES
    broken = (*whole[:1], (whole[1][0], whole[1][1], whole[1][2], killed), *whole[2:])
    monkeypatch.setattr(filling, "SCENES", broken)
    with pytest.raises(KeyboardInterrupt):
        list(filling.fill(ANCHOR))

    monkeypatch.setattr(filling, "SCENES", whole)
    list(filling.fill(ANCHOR))

    assert Contest.objects.count() == 3
    assert progress.read().is_complete
    assert list(verify()) == []


def test_the_road_keeps_office_hours():
    road = Road(cast.register(start_of(ANCHOR)), start_of(ANCHOR))
    road.to_accepted()

    at = [record.at.astimezone(BISHKEK) for record in Record.objects.exclude(verb__in=["register", "verify", "grant"])]
    assert all(9 <= one.hour < 18 for one in at)


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_story_is_told_to_its_end_with_its_refusals(language):
    road = Road(cast.register(start_of(dt.date(2026, 2, 2))), start_of(dt.date(2026, 2, 2)))

    with translation.override(language):
        lines = list(story.tell(road))

    refused = [line.text for line in lines if line.kind == "refused"]
    assert len(refused) >= 10
    assert [line for line in lines if line.kind == "ledger"]
    assert lines[-1].kind == "verify"
    for code in ("deadline_too_early", "deadline_passed", "signing_waits", "report_not_accepted"):
        assert any(code in text for text in refused)


def test_the_story_breaks_when_something_is_allowed_that_must_be_refused():
    road = Road(cast.register(start_of(ANCHOR)), start_of(ANCHOR))

    with pytest.raises(story.StoryBroken):
        list(story._refused(road, "specialist", "does something harmless", lambda: None))
