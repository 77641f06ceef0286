"""The access matrix, made from the routes: every route declares its audience, and everybody else is turned away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.urls import reverse

from jardam.demonstration import cast
from jardam.demonstration.road import start_of
from jardam.kernel.ref import new_ref
from jardam.parties.policy import AUDIENCES
from jardam.web.accounts import ALLAUTH
from tests.pages_list import audience_of, routes

AT = start_of(dt.date(2026, 2, 2))
WITHOUT_MATRIX = {"cast", "theme"}  # answer to everybody alike, with a redirect of their own


def address(name: str, converters: dict) -> str:
    """The page's address with arguments that name nothing."""
    samples = {
        "IntConverter": 987654321,
        "YearConverter": 2026,
        "PathConverter": "grants/none",
        "UUIDConverter": new_ref(),
    }
    return reverse(name, kwargs={k: samples.get(type(c).__name__, new_ref()) for k, c in converters.items()})


ROUTES = [(name, converters, view) for name, converters, view in routes()]


def test_every_route_declares_its_audience():
    undeclared = [name for name, _, view in ROUTES if audience_of(name, view) is None]

    assert undeclared == []


def test_every_audience_has_a_page_and_every_page_a_known_audience():
    used = {audience_of(name, view) for name, _, view in ROUTES}

    assert used == {"public", "person", *AUDIENCES}


@pytest.fixture
def everybody(db, monkeypatch):
    from jardam.web import clock

    monkeypatch.setattr(clock, "now", lambda: AT)
    return cast.register(AT)


def matrix() -> Iterator[tuple[str, dict, str]]:
    for name, converters, view in ROUTES:
        audience = audience_of(name, view)
        if audience and name not in ALLAUTH and name not in WITHOUT_MATRIX and getattr(view, "audience", None):
            yield name, converters, audience


@pytest.mark.slow
def test_the_matrix_of_routes_and_people(everybody, client):
    """A stranger signs in first, the wrong role is told why, the right one gets a page or a 404."""
    wrong = []
    for person_name in (None, *everybody.people):
        client.logout()
        roles: set[str] = set()
        if person_name:
            person = everybody.people[person_name]
            client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
            roles = {everybody.actor(person_name, AT).standing.role}
        for name, converters, audience in matrix():
            answer = client.get(address(name, converters))
            to_sign_in = answer.status_code == 302 and "/login/" in answer.headers["Location"]
            belongs = audience == "public" or (
                person_name is not None and (audience == "person" or bool(roles & set(AUDIENCES[audience])))
            )
            if person_name is None and audience != "public":
                right = to_sign_in
            elif belongs:
                right = not to_sign_in and answer.status_code in (200, 302, 304, 404, 409)
            else:
                right = answer.status_code == 403
            if not right:
                wrong.append((person_name, name, audience, answer.status_code))

    assert wrong == []


def test_a_page_that_only_shows_takes_no_post(everybody, client):
    client.force_login(
        everybody.people["specialist"].user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    wrong = [
        name
        for name, converters, view in ROUTES
        if getattr(view, "writes", None) is False and client.post(address(name, converters)).status_code != 405
    ]

    assert wrong == []


def test_a_form_without_the_token_is_refused():
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post(reverse("cast"), {"who": "1"})

    assert answer.status_code == 403
