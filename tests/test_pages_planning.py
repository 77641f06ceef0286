"""The pages of planning: what people propose and comment, what the customer answers, what the council decides."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from jardam.demonstration.road import Road
from jardam.planning import queries
from jardam.planning.models import Comment, Problem, Programme
from jardam.web import clock
from tests.test_pages_customer import LANGUAGES, Office, day, words_of

pytestmark = pytest.mark.django_db
TEXT = "Жалгыз жашаган карыларга кышында отун жеткирүүчү эч ким жок."


@pytest.fixture
def office(road: Road, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(clock, "now", lambda: road.at)
    return Office(road)


@pytest.fixture
def drafted(office: Office) -> Office:
    office.road.publish_study()
    office.road.draft_programme()
    return office


def seen_by_all(name: str, *args: str, language: str = "en") -> str:
    with override(language):
        response = Client().get(reverse(name, args=args))
    assert response.status_code == 200
    return words_of(response)


def problem_form(office: Office, **changes: str) -> dict[str, Any]:
    customer = office.road.cast.organisations["okmotu"].ref
    return {"customer": customer, "group": "older_people_alone", "place": "Көк-Булак", "text": TEXT} | changes


def test_a_problem_from_proposal_to_public_answer(drafted):
    road = drafted.road
    assert "Sign in and describe the problem" in seen_by_all("problems")

    drafted.done("umut_editor", "problem_new", **problem_form(drafted))
    ref = Problem.objects.get().ref
    assert "Read the problem and publish it" in drafted.text("specialist", "desk")
    assert "Көк-Булак" not in seen_by_all("problems")

    drafted.done("specialist", "desk_problem_publish", ref)
    assert "Answer the problem" in drafted.text("specialist", "desk")
    drafted.done(
        "specialist", "desk_problem_answer", ref, measure=road.measure.ref, answer="Үйдө жардам берүүгө кирди."
    )

    page = seen_by_all("problem", ref)
    for said in (TEXT, "Taken into a measure", "Үйдө жардам берүүгө кирди."):
        assert said in page
    assert "Answer the problem" not in drafted.text("specialist", "desk")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_proposed_or_commented_is_on_no_page_but_their_own(drafted, language):
    road = drafted.road
    name = road.cast.people["umut_editor"].name
    drafted.done("umut_editor", "problem_new", **problem_form(drafted))
    ref = Problem.objects.get().ref
    drafted.done("specialist", "desk_problem_publish", ref)
    road.open_discussion()
    drafted.done("umut_editor", "programme_comment", road.programme.ref, text=TEXT, speaker="person")

    for page in (
        seen_by_all("problems", language=language),
        seen_by_all("problem", ref, language=language),
        seen_by_all("programme", road.programme.ref, language=language),
        words_of(drafted.get("specialist", "desk_problem", ref, language=language)),
    ):
        assert name not in page


def test_a_declined_problem_tells_its_proposer_why(office):
    office.done("umut_editor", "problem_new", **problem_form(office))
    ref = Problem.objects.get().ref
    office.done("specialist", "desk_problem_decline", ref, ground="personal_data")

    assert "It names people" in office.text("umut_editor", "my_problem", ref)
    with override("en"):
        assert Client().get(reverse("problem", args=[ref])).status_code == 404
    assert office.get("member_civil", "my_problem", ref).status_code == 404


def test_a_discussion_from_opening_to_the_council(drafted):
    road = drafted.road
    ref = road.programme.ref
    term = queries.least_discussion(road.programme.customer, road.at)
    assert term is not None
    assert "prog." not in drafted.text("specialist", "desk_discussion_open", ref)

    too_short = drafted.press(
        "specialist", "desk_discussion_open", ref, **day("closes_on", term.due_on - dt.timedelta(days=1))
    )
    assert "discussion_too_short" in words_of(too_short)
    drafted.done("specialist", "desk_discussion_open", ref, **day("closes_on", term.due_on))
    assert "Comment on the draft" in seen_by_all("programme", ref)

    drafted.done("umut_head", "programme_comment", ref, text=TEXT, speaker="organisation")
    comment = Comment.objects.get()
    assert "Answer the comment on the draft" in drafted.text("specialist", "desk")
    assert drafted.get("specialist", "desk_programme_submit", ref).status_code == 409

    drafted.done("specialist", "desk_comment_answer", comment.ref, taken="yes", answer="Эске алынды.")
    page = seen_by_all("programme", ref)
    assert "Эске алынды." in page
    assert "Umut Nuru public foundation" in page
    road.pass_discussion()
    assert "Finish the programme and send it to the council" in drafted.text("specialist", "desk")
    drafted.done("specialist", "desk_programme_submit", ref)

    assert Programme.objects.get().state == "submitted"


def test_a_visitor_is_asked_to_sign_in_before_writing(drafted):
    drafted.road.open_discussion()

    for name, args in (("problem_new", []), ("programme_comment", [drafted.road.programme.ref])):
        with override("en"):
            assert "/login/" in Client().get(reverse(name, args=args)).headers["Location"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_open_in_every_language(drafted, language):
    road = drafted.road
    problem = road.propose_problem("umut_editor", TEXT)
    road.open_discussion()
    comment = road.comment("umut_head", TEXT)
    pages = [
        ("umut_editor", "problem_new", ()),
        ("umut_editor", "my_problems", ()),
        ("umut_editor", "my_problem", (problem.ref,)),
        ("umut_editor", "programme_comment", (road.programme.ref,)),
        ("specialist", "desk_problems", ()),
        ("specialist", "desk_problem", (problem.ref,)),
        ("specialist", "desk_problem_publish", (problem.ref,)),
        ("specialist", "desk_problem_decline", (problem.ref,)),
        ("specialist", "desk_programme", (road.programme.ref,)),
        ("specialist", "desk_comment_answer", (comment.ref,)),
    ]
    for who, name, args in pages:
        assert drafted.get(who, name, *args, language=language).status_code == 200, name
