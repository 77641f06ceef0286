"""The demonstration year as it stands: everybody has something to do, every list has rows, and it comes out the same
from the same anchor."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.urls import reverse

from conftest import _point_at
from jardam.contests.models import Contest
from jardam.demonstration import cast, filling, progress
from jardam.demonstration.road import start_of
from jardam.journal.models import Record
from jardam.transparency.queries import verify
from jardam.web import due

ANCHOR = dt.date(2026, 11, 23)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@contextmanager
def _filled(cluster, folder, *, interrupted: bool = False) -> Iterator[None]:
    """The demonstration in a database of its own, to which the connections of this process point meanwhile."""
    before, data = connections["default"].settings_dict["NAME"], settings.DATA
    key = settings.KEY_FILE
    name = cluster.clone(f"jardam_test_year_{os.getpid()}_{int(interrupted)}")
    _point_at(name)
    settings.DATA, settings.KEY_FILE = folder, key
    try:
        if interrupted:
            _break_off()
        for _ in filling.fill(ANCHOR):
            pass
        connections.close_all()
        yield
    finally:
        settings.DATA = data
        connections.close_all()
        _point_at(before)
        cluster.drop(name)


def _break_off() -> None:
    """A filling that is killed in the middle of its third scene, under another secret than the one that goes on."""
    third = filling.SCENES[2]
    killed = replace(third, play=lambda stage: (third.play(stage), _kill()))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(settings, "SECRET_KEY", "the one of yesterday")
        patch.setattr(filling, "SCENES", (*filling.SCENES[:2], killed, *filling.SCENES[3:]))
        for _ in filling.fill(ANCHOR):
            pass


def _kill() -> None:
    raise KeyboardInterrupt


@pytest.fixture(scope="module")
def filled(cluster, django_db_setup, django_db_blocker, tmp_path_factory):
    """The demonstration of one anchor day, which the tests of this module share, and what a second filling that was
    interrupted told everybody."""
    with django_db_blocker.unblock():
        with _filled(cluster, tmp_path_factory.mktemp("again"), interrupted=True):
            again = _public_facts()
        with _filled(cluster, tmp_path_factory.mktemp("year")):
            yield again


@pytest.fixture
def everybody(filled, db):
    return cast.found()


def test_nothing_happens_on_the_anchor_day_or_later(filled):
    assert Record.objects.order_by("-at").first().at < start_of(ANCHOR) - dt.timedelta(hours=10)


def test_the_filled_year_verifies(filled):
    assert list(verify()) == []


def test_everybody_of_the_cast_has_something_due(everybody):
    at = start_of(ANCHOR)

    idle = [name for name in everybody.people if not due.items(everybody.actor(name, at))]

    assert idle == []


LISTS = {
    "specialist": [
        "desk",
        "desk_studies",
        "desk_programmes",
        "desk_problems",
        "desk_contests",
        "desk_contracts",
        "desk_payments",
        "desk_budget",
    ],
    "city_specialist": ["desk_programmes", "desk_contests", "desk_contracts", "desk_payments", "desk_budget"],
    "ministry_specialist": ["desk_programmes", "desk_contests", "desk_contracts", "desk_payments", "desk_budget"],
    "secretary": ["council", "council_decided"],
    "umut_head": ["apply", "grants", "bank_accounts", "my_problems", "inbox"],
    "member_state": ["commission"],
    "ministry_member_state": ["commission", "panel_appeals"],
    "treasurer": ["treasury_accounts"],
    "city_treasurer": ["treasury", "treasury_accounts"],
    "ministry_treasurer": ["treasury_accounts", "statements", "statement_unseen"],
    "registrar": ["operator_organisations"],
    "lawyer": ["operator_rules"],
    "": ["contests", "programmes", "problems", "appeals", "editions", "home"],
}
"""Whose list pages have rows; nobody is signed in where no name stands."""


@pytest.mark.parametrize("person", LISTS)
def test_every_list_has_rows(everybody, person, monkeypatch):
    from jardam.web import clock

    monkeypatch.setattr(clock, "now", lambda: start_of(ANCHOR))
    client = Client()
    if person:
        client.force_login(
            everybody.people[person].user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )

    pages = {name: client.get("/en" + reverse(name)[3:]) for name in LISTS[person]}

    assert {name: page.status_code for name, page in pages.items() if page.status_code != 200} == {}
    assert [name for name, page in pages.items() if '<div class="empty"' in page.content.decode()] == []


def test_each_customer_stands_elsewhere_and_every_state_of_a_contest_is_shown(everybody):
    states = {}
    for customer, state in Contest.objects.values_list("customer__code", "state"):
        states.setdefault(customer, set()).add(state)

    assert set(states) == {"KKB", "AJY", "MPN"}
    assert set.union(*states.values()) >= {"draft", "announced", "opened", "decided", "cancelled", "void"}


def test_filling_again_changes_nothing(everybody):
    acts = Record.objects.count()

    for _ in filling.fill(ANCHOR + dt.timedelta(days=40)):
        pass

    assert Record.objects.count() == acts
    assert progress.read().anchor == ANCHOR.isoformat()
    assert progress.read().is_complete


REF = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{10}\b")
HASH = re.compile(r"\b[0-9a-f]{64}\b")


def _public_facts() -> list[tuple]:
    """What the journal tells everybody, in its order: random references by the order in which they first occur, and
    without the fingerprints that are salted or made of such references."""
    seen: dict[str, str] = {}

    def numbered(found: re.Match) -> str:
        return seen.setdefault(found[0], f"ref-{len(seen)}")

    fields = ("verb", "object_kind", "before", "after", "person_name", "organisation_name", "role", "at", "acted_on")
    rows = Record.objects.order_by("id").values_list(*fields, "edition", "basis", "public")
    return [(*row[:-1], REF.sub(numbered, HASH.sub("#", bytes(row[-1]).decode()))) for row in rows]


def test_the_same_anchor_gives_the_same_public_facts_also_after_an_interruption(filled):
    facts = _public_facts()

    assert len(facts) > 900
    for told, again in zip(facts, filled, strict=True):
        assert told == again
