"""The pages of planning: what people propose and comment, what the customer answers, what the council decides."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from jardam.demonstration.road import SECTIONS, Road
from jardam.documents.models import Document
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


def test_a_comment_turned_down_is_answered_in_public_with_its_reason(drafted):
    road = drafted.road
    road.open_discussion()
    drafted.done("umut_editor", "programme_comment", road.programme.ref, text=TEXT, speaker="person")
    comment = Comment.objects.get()

    drafted.done("specialist", "desk_comment_answer", comment.ref, taken="no", answer="Отун башка программада.")

    comment.refresh_from_db()
    assert comment.state == "turned_down"
    page = seen_by_all("programme", road.programme.ref)
    for said in (TEXT, "Not taken into account", "Отун башка программада."):
        assert said in page
    assert "Answer the comment on the draft" not in drafted.text("specialist", "desk")


def test_after_the_discussion_the_draft_is_taken_back_changed_and_stays_public(drafted):
    road = drafted.road
    ref = road.programme.ref
    road.open_discussion()
    comment = road.comment("umut_head", TEXT)
    early = drafted.get("specialist", "desk_discussion_close", ref)
    assert early.status_code == 409
    assert "The public discussion goes on until" in words_of(early)
    road.answer_comment(comment, "Эске алынды.")
    road.pass_discussion()
    with override("en"):
        assert (
            reverse("desk_discussion_close", args=[ref])
            in drafted.get("specialist", "desk_programme", ref).content.decode()
        )

    drafted.done("specialist", "desk_discussion_close", ref)

    assert Programme.objects.get().state == "draft"
    assert drafted.get("specialist", "desk_measure_new", ref).status_code == 200
    page = seen_by_all("programme", ref)
    assert TEXT in page and "Эске алынды." in page


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


# --- the council and the year ----------------------------------------------------------------------------------


def test_the_specialist_reads_why_the_council_returned_it_and_nobody_else_does(drafted):
    drafted.road.submit_to_council()
    ref = drafted.road.programme.ref
    drafted.done("secretary", "council_return", ref, reason="Улгайгандардын саны такталсын.")

    assert "Улгайгандардын саны такталсын." in drafted.text("specialist", "desk_programme", ref)
    public = seen_by_all("programme", ref)
    assert "Returned for rework" in public
    assert "Улгайгандардын" not in public


def test_opinion_rejection_and_a_new_submission(drafted):
    road = drafted.road
    road.submit_to_council()
    ref, today = road.programme.ref, road.at.date()
    drafted.done(
        "secretary",
        "council_opinion",
        ref,
        committee="Бюджет комиссиясы",
        opinion="remarks",
        text="Чыгымдар жогору.",
        **day("given_on", today),
    )
    count = {"members": "21", "quorum": "11", "present": "17", "abstained": "1"}
    form = count | day("decided_on", today) | {"number": "13-7", "reason": "Чыгымдар негизделген эмес."}
    refused = drafted.press("secretary", "council_reject", ref, **form, votes_for="11", votes_against="5")
    assert "council_voted_for" in words_of(refused)
    drafted.done("secretary", "council_reject", ref, **form, votes_for="5", votes_against="11")

    public = seen_by_all("programme", ref)
    for said in ("Бюджет комиссиясы", "With remarks", "Чыгымдар негизделген эмес.", "for 5, against 11, abstained 1"):
        assert said in public
    drafted.done("specialist", "desk_programme_rework", ref)
    drafted.done("specialist", "desk_programme_submit", ref)
    assert Programme.objects.get().state == "submitted"


def test_publication_annulment_and_the_list_of_what_was_decided(office):
    road = office.road
    road.to_adopted()
    ref = road.programme.ref
    assert "Publish the resolution and record it" in office.text("secretary", "desk")
    office.done("secretary", "council_publish", ref, place="«Эркин-Тоо», № 9", **day("published_on", road.at.date()))
    assert "Publish the resolution and record it" not in office.text("secretary", "desk")
    assert "«Эркин-Тоо», № 9" in seen_by_all("programme", ref)

    form = day("decided_on", road.at.date()) | {"number": "15-1", "reason": "Мыйзамга ылайык келбейт."}
    office.done("secretary", "council_annul", ref, **form)
    assert "Annulled by the council" in office.text("secretary", "council_decided")
    assert "Мыйзамга ылайык келбейт." in seen_by_all("programme", ref)


def test_a_year_is_reported_talked_over_and_the_programme_closed(office):
    road = office.road
    road.to_adopted()
    ref, year = road.programme.ref, road.programme.year_from
    road.at = dt.datetime(year + 2, 1, 10, 10, tzinfo=dt.UTC)
    assert f", {year}" in office.text("specialist", "desk")
    assert office.get("head", "desk_programme_close", ref).status_code == 409
    for one in (year, year + 1):
        office.done("specialist", "desk_year_report", ref, year=str(one), text="Кызмат көрсөтүлдү.")
        answers = {"headcount": "64", "questions": "Эмне үчүн?", "answers": "Ошондуктан."}
        office.done("specialist", "desk_gathering", ref, year=str(one), **answers, **day("held_on", road.at.date()))
    office.done("head", "desk_programme_close", ref)

    page = seen_by_all("programme", ref)
    for said in ("Carried out and closed", "Кызмат көрсөтүлдү.", "Эмне үчүн?", "64"):
        assert said in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_the_council_open_in_every_language(office, language):
    road = office.road
    road.publish_study()
    road.draft_programme()
    road.submit_to_council()
    ref = road.programme.ref
    pages = [("secretary", name) for name in ("council_opinion", "council_reject", "council_programme")]
    for who, name in pages:
        assert office.get(who, name, ref, language=language).status_code == 200, name
    road.council_rejects()
    assert office.get("specialist", "desk_programme_rework", ref, language=language).status_code == 200
    assert office.get("secretary", "council_decided", language=language).status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_after_the_adoption_open_in_every_language(office, language):
    office.road.to_adopted()
    ref = office.road.programme.ref
    for who, name in (
        ("secretary", "council_publish"),
        ("secretary", "council_annul"),
        ("specialist", "desk_year_report"),
        ("specialist", "desk_gathering"),
        ("specialist", "desk_programme"),
    ):
        assert office.get(who, name, ref, language=language).status_code == 200, name


# --- sections, studies, the print for the session ---------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_print_for_the_session_holds_everything_the_deputies_vote_on(drafted, language):
    road = drafted.road
    road.open_discussion()
    comment = road.comment("umut_head", TEXT)
    road.answer_comment(comment, "Эске алынды.")
    road.pass_discussion()
    road.submit_to_council()

    page = words_of(drafted.get("secretary", "council_print", road.programme.ref, language=language))

    for said in (TEXT, "Эске алынды.", road.text("study")["method"][:40], "2026"):
        assert said in page
    assert words_of(drafted.get("specialist", "desk_programme_print", road.programme.ref, language=language)) == page
    if language == "en":
        for said in ("Budget by year", "Weight = (people − helped already)"):
            assert said in page


def test_the_pack_the_council_gets_as_a_paper_says_what_its_print_says(drafted):
    road = drafted.road
    road.open_discussion()
    road.answer_comment(road.comment("umut_head", TEXT), "Эске алынды.")
    road.pass_discussion()
    road.submit_to_council()

    pack = Document.objects.get(kind="council_pack")
    told = json.loads(bytes(pack.content))["texts"]
    study = road.text("study")
    said = [TEXT, "Эске алынды.", study["method"][:40], study["sources"][:20], SECTIONS["schedule"]["ky"]]
    for language in LANGUAGES:
        written = json.dumps(told[language], ensure_ascii=False)
        assert [one for one in said[:4] if one not in written] == [], language
    assert said[4] in json.dumps(told["ky"], ensure_ascii=False)
    assert "Budget by year" in json.dumps(told["en"])
    assert (
        f"/documents/{pack.ref}/" in drafted.get("specialist", "desk_programme", road.programme.ref).content.decode()
    )


def test_the_page_of_a_study_shows_the_formula_with_each_factor(drafted):
    page = seen_by_all("study", drafted.road.study.ref)

    for said in ("Weight = (people − helped already) × severity", "Help for all without help", "Without help"):
        assert said in page


def test_sections_are_written_at_the_desk_and_read_by_all(drafted):
    ref = drafted.road.programme.ref
    form = {f"{code}_ky": f"{code}: жаңы текст." for code in SECTIONS}
    drafted.done("specialist", "desk_sections", ref, **form)
    drafted.road.submit_to_council()

    assert "schedule: жаңы текст." in seen_by_all("programme", ref)
    assert drafted.get("specialist", "desk_sections", ref).status_code == 409


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_of_the_sections_opens_in_every_language(drafted, language):
    page = drafted.get("specialist", "desk_sections", drafted.road.programme.ref, language=language)

    assert page.status_code == 200
