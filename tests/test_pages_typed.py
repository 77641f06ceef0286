"""A long form sent after the session had ended: what was typed comes back to whoever typed it, and to nobody else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from jardam.contests import queries as contests
from jardam.journal.models import ActKey, Record
from jardam.journal.queries import wall_clock
from jardam.parties.operations import forget_sessions
from jardam.web import clock, typed
from tests.test_pages_applicant import typed as in_form

pytestmark = pytest.mark.django_db

KEY = re.compile(r'name="key" value="([^"]+)"')
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
TEXT = "Биз көчөдө жүргөн балдарга жардам беребиз"


class Browser:
    """One browser; whoever sits before it signs in by the cast page."""

    def __init__(self, road: Any, monkeypatch: Any) -> None:
        self.road, self.client = road, Client(enforce_csrf_checks=True)
        monkeypatch.setattr(clock, "now", lambda: road.at)

    def signs_in(self, name: str) -> None:
        url = reverse("cast")
        token = CSRF.search(self.client.get(url).content.decode())[1]
        answer = self.client.post(url, {"who": self.road.cast.people[name].user.pk, "csrfmiddlewaretoken": token})
        assert answer.status_code == 302

    def session_ends(self) -> None:
        Session.objects.all().delete()

    def opens(self, url: str) -> str:
        answer = self.client.get(url)
        assert answer.status_code == 200, answer.status_code
        self.page = answer.content.decode()
        return self.page

    def sends(self, url: str, **data: Any) -> Any:
        """The form of the page last opened."""
        hidden = {"key": KEY.search(self.page)[1], "csrfmiddlewaretoken": CSRF.search(self.page)[1]}
        return self.client.post(url, hidden | data)


@pytest.fixture
def browser(road, monkeypatch) -> Browser:
    road.to_announced()
    road.write_application("umut")
    return Browser(road, monkeypatch)


@pytest.fixture
def section(browser) -> str:
    return reverse("application_section", args=[browser.road.applications["umut"].ref, "project"])


def typed_over_the_end(browser: Browser, url: str, **data: Any) -> Any:
    """Opened by an editor, sent when the session is over."""
    browser.signs_in("umut_editor")
    browser.opens(url)
    browser.session_ends()
    return browser.sends(url, **({"title": TEXT} | data))


def kept() -> list[Any]:
    return [one for one in (row.get_decoded() for row in Session.objects.all()) if typed.SLOT in one]


def test_what_was_typed_comes_back_to_the_same_person_and_nothing_is_written(browser, section):
    answer = typed_over_the_end(browser, section)
    assert answer.status_code == 302 and answer.headers["Location"].endswith(f"?next={section}")
    records, keys = Record.objects.count(), ActKey.objects.count()
    before = contests.draft_content(browser.road.applications["umut"])

    browser.signs_in("umut_editor")
    page = browser.opens(section)

    assert TEXT in page and "Вы уже вышли" in page
    assert (Record.objects.count(), ActKey.objects.count()) == (records, keys)
    assert contests.draft_content(browser.road.applications["umut"]) == before
    assert kept() == []


def test_a_stranger_who_signs_in_instead_sees_nothing_and_nothing_stays(browser, section):
    typed_over_the_end(browser, section)

    browser.signs_in("birge_head")
    assert browser.client.get(section).status_code == 404
    assert kept() == []

    browser.client.logout()
    browser.signs_in("umut_editor")
    assert TEXT not in browser.opens(section)


def test_a_colleague_with_the_same_rights_does_not_see_it_either(browser, section):
    typed_over_the_end(browser, section)

    browser.signs_in("umut_head")

    assert TEXT not in browser.opens(section)
    assert kept() == []


def test_it_comes_back_once_and_only_for_some_hours(browser, section):
    typed_over_the_end(browser, section)
    browser.signs_in("umut_editor")
    assert TEXT in browser.opens(section)
    assert TEXT not in browser.opens(section)

    browser.session_ends()
    browser.sends(section, title=TEXT)
    browser.road.at += typed.KEPT_FOR + timedelta(seconds=1)
    browser.signs_in("umut_editor")
    assert TEXT not in browser.opens(section)


def test_pressing_again_writes_it(browser, section):
    application = browser.road.applications["umut"]
    data = in_form(contests.draft_content(application)["project"]) | {"title": TEXT, "then": "later"}
    typed_over_the_end(browser, section, **data)
    browser.signs_in("umut_editor")
    browser.opens(section)
    revision = re.search(r'name="revision" value="([^"]+)"', browser.page)[1]

    answer = browser.sends(section, **(data | {"revision": revision}))

    assert answer.status_code == 302
    assert contests.draft_content(application)["project"]["title"] == TEXT


def test_what_is_kept_is_sealed_and_holds_neither_password_nor_token(browser, section, monkeypatch):
    sealed: list[bytes] = []
    real = typed.sealing.seal

    def watched(wrapped: bytes, plain: bytes, label: str) -> bytes:
        sealed.append(plain)
        return real(wrapped, plain, label)

    monkeypatch.setattr(typed.sealing, "seal", watched)

    typed_over_the_end(browser, section, password="very secret words", new_password2="more secret words")

    assert b"secret" not in sealed[0] and b"csrfmiddlewaretoken" not in sealed[0]
    assert TEXT not in str(kept()) and "title" not in str(kept())


def test_a_key_we_did_not_make_keeps_nothing(browser, section):
    browser.signs_in("umut_editor")
    browser.opens(section)
    browser.session_ends()
    for key in ("", "x", "a.b.c", typed.new_key(), typed.new_key(1)[:-1] + "!"):
        answer = browser.sends(section, title=TEXT, key=key)
        assert answer.status_code == 302
    browser.sends(section, title="x" * typed.MOST)

    assert kept() == []


def test_a_form_of_another_site_is_refused_and_keeps_nothing(browser, section):
    browser.signs_in("umut_editor")
    browser.opens(section)
    browser.session_ends()

    answer = browser.sends(section, title=TEXT, csrfmiddlewaretoken="x" * 64)

    assert answer.status_code == 403
    assert kept() == []


def test_a_page_that_only_confirms_is_asked_again_and_does_nothing_by_itself(browser):
    url = reverse("application_withdraw", args=[browser.road.applications["umut"].ref])
    browser.signs_in("umut_head")
    browser.opens(url)
    browser.session_ends()
    browser.sends(url, sure="yes")
    records = Record.objects.count()

    browser.signs_in("umut_head")
    page = browser.opens(url)

    assert "Вы уже вышли" not in page
    assert Record.objects.count() == records
    browser.road.applications["umut"].refresh_from_db()
    assert browser.road.applications["umut"].state == "draft"


def test_two_forms_of_one_page_have_keys_of_ours(browser):
    assert typed._parts(f"{typed.new_key(5)}-s")
    assert len(f"{typed.new_key(10**12)}-s") <= ActKey._meta.get_field("key").max_length


def test_what_nobody_comes_back_for_is_deleted_with_its_session(browser, section):
    typed_over_the_end(browser, section)
    (row,) = Session.objects.all()

    assert forget_sessions(at=row.expire_date - timedelta(seconds=1)) == 0
    assert forget_sessions(at=row.expire_date + timedelta(seconds=1)) == 1

    assert row.expire_date < wall_clock() + typed.KEPT_FOR
    assert kept() == []


def test_whoever_comes_back_stays_signed_in_as_long_as_anybody(browser, section):
    typed_over_the_end(browser, section)
    browser.signs_in("umut_editor")
    browser.opens(section)

    (row,) = Session.objects.all()
    assert row.expire_date > wall_clock() + timedelta(days=13)


@pytest.mark.parametrize("page", ["problem_new", "programme_comment", "contest_ask"])
def test_whoever_speaks_up_from_a_public_page_signs_in_before_typing_and_loses_nothing_later(road, monkeypatch, page):
    """No public page has a form that a signed-out person could fill in vain: the form is behind the sign-in, and what
    is sent after the session has ended comes back into it."""
    if page == "contest_ask":
        road.to_announced()
    else:
        road.publish_study()
        road.draft_programme()
        road.open_discussion()
    known = {"programme_comment": lambda: [road.programme.ref], "contest_ask": lambda: [road.contest.ref]}
    url = reverse(page, args=known.get(page, list)())
    browser = Browser(road, monkeypatch)
    assert browser.client.get(url).headers["Location"] == f"{reverse('account_login')}?next={url}"
    browser.signs_in("umut_head")
    browser.opens(url)
    browser.session_ends()

    answer = browser.sends(url, text=TEXT, place=TEXT, speaker="organisation")

    assert answer.headers["Location"] == f"{reverse('account_login')}?next={url}"
    browser.signs_in("umut_head")
    assert TEXT in browser.opens(url)
    assert Record.objects.filter(verb__in=["propose_problem", "make_comment", "ask"]).count() == 0
