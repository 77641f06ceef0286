"""The pages of a contest after its announcement: what everybody reads, what customer and operator press."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from jardam.contests import operations as contests
from jardam.contests.models import Contest, Order, Question
from jardam.demonstration.road import Road, document_of
from jardam.kernel.time import BISHKEK, bishkek_day
from jardam.parties import operations as parties
from jardam.regime import operations as regime
from jardam.web import clock
from tests.test_pages_customer import Office, words_of
from tests.world import new_road, rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db, monkeypatch, tmp_path) -> Office:
    """At the pages of an announced contest."""
    made = Office(new_road())
    monkeypatch.setattr(clock, "now", lambda: made.road.at)
    made.road.to_announced()
    return made


@pytest.fixture
def road(office: Office) -> Road:
    return office.road


def seen(name: str, *args: Any, language: str = "en") -> str:
    """The words of a public page."""
    with override(language):
        response = Client().get(reverse(name, args=args))
    assert response.status_code == 200
    return words_of(response)


def day(value: Any, name: str = "issued_on") -> dict[str, int]:
    return {f"{name}_0": value.day, f"{name}_1": value.month, f"{name}_2": value.year}


def paper(road: Road, **more: Any) -> dict[str, Any]:
    return {"number": "АД-7", "text": "Соттун аныктамасы", **day(bishkek_day(road.at)), **more}


def announcement_form(contest: Contest, **changes: Any) -> dict[str, Any]:
    texts = {f"{name}_{code}": text for name in ("title", "goal", "tasks", "problem")
             for code, text in getattr(contest, name).items()}  # fmt: skip
    return texts | {"contacts": contest.contacts, "months": contest.months, "reason": "Мөөнөт"} | changes


# --- the announcement ------------------------------------------------------------------------------------------


def test_the_page_names_the_customer_as_it_was_called_when_it_announced(road):
    customer, before = road.contest.customer, road.contest.customer.title["en"]
    assert "today:" not in seen("contest", road.contest.ref)
    road.later(days=5)
    parties.rename(
        organisation=customer,
        title={code: f"{name} 2" for code, name in customer.title.items()},
        valid_from=bishkek_day(road.at),
        document="Чечим 5",
        actor=road.actor("registrar"),
    )

    assert f"Customer {before} today: {before} 2 Programme" in seen("contest", road.contest.ref)


def test_the_announcement_reads_in_the_officials_order(road):
    page = seen("contest", road.contest.ref)
    headings = (
        "Announced on", "Customer", "Programme", "Goal", "Tasks", "Problem", "Target groups", "Territory",
        "Expected results", "Amount of the lot", "Term of the projects", "Who may apply", "Documents",
        "Criteria and weights", "Pass mark", "Where and how to apply", "The server's clock counts", "Contacts",
        "How to appeal", "Draft of the contract", "Questions and answers", "Versions of the announcement",
    )  # fmt: skip

    places, at = [], 0
    for heading in headings:
        at = page.find(heading, at)
        places.append(at)
    assert -1 not in places, headings[places.index(-1)]


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_versions_outages_and_questions_read_in_every_language(road, language):
    road.answer(road.ask())
    road.amend(months=9)
    road.extend_for_outage(road.at - timedelta(hours=2), road.at)

    assert "Долбоор качан башталат?" in seen("contest", road.contest.ref, language=language)
    assert "Так эмес жазылган" in seen("contest_version", road.contest.ref, 2, language=language)
    assert "Электр өчкөн" in seen("outages", language=language)


def test_a_diff_is_public_and_escaped(office, road):
    form = announcement_form(road.contest, contacts="<script>alert(1)</script> 0312 00-00-00")
    office.done("specialist", "desk_amend", road.contest.ref, **form)

    with override("en"):
        raw = Client().get(reverse("contest", args=[road.contest.ref])).content.decode()
    assert "<script>alert(1)" not in raw
    assert "&lt;script&gt;alert(1)" in raw
    page = seen("contest", road.contest.ref)
    assert "What version 2 changed" in page
    assert road.contest.contacts in page
    assert road.contest.contacts in seen("contest_version", road.contest.ref, 1)
    assert "A newer version is in force." in seen("contest_version", road.contest.ref, 1)


def test_the_amendment_page_says_what_becomes_of_the_deadline(office, road):
    assert "The deadline stays" in office.text("specialist", "desk_amend", road.contest.ref)
    road.at = road.contest.deadline_at - timedelta(hours=2)

    assert "The deadline moves to" in office.text("specialist", "desk_amend", road.contest.ref)


def test_an_amendment_of_nothing_is_refused_with_code_and_basis(office, road):
    page = words_of(office.press("specialist", "desk_amend", road.contest.ref, **announcement_form(road.contest)))

    assert "Nothing differs from the announcement as it stands." in page
    assert "nothing_amended" in page


def test_drafters_see_that_the_announcement_was_amended(office, road):
    road.write_application("umut")
    road.amend(months=9)

    page = office.text("umut_head", "application", road.applications["umut"].ref)
    assert "The announcement was amended." in page


def test_an_erratum_stands_beside_the_announcement(office, road):
    word = road.contest.title["ky"].split()[0]
    office.done("specialist", "desk_rectify", road.contest.ref, place="title:ky", wrong=word, right="Оңдолгонсөз")

    page = seen("contest", road.contest.ref)
    assert "Оңдолгонсөз" in page
    assert road.contest.title["en"] in page or word in page


# --- questions -------------------------------------------------------------------------------------------------


def test_a_question_is_asked_answered_and_its_asker_shown_to_nobody(office, road):
    office.done("umut_editor", "contest_ask", road.contest.ref, text="Көлөмү канча?")
    question = Question.objects.get()
    name = road.cast.people["umut_editor"].name

    assert "Answer the question" in office.text("specialist", "desk")
    assert "Көлөмү канча?" in office.text("umut_editor", "contest_ask", road.contest.ref)
    assert "Көлөмү канча?" not in office.text("birge_head", "contest_ask", road.contest.ref)
    assert "Көлөмү канча?" not in seen("contest", road.contest.ref)
    assert name not in office.text("specialist", "desk_question", question.ref)
    office.done("specialist", "desk_question", question.ref, text="Жарыяда жазылган.")

    page = seen("contest", road.contest.ref)
    assert "Көлөмү канча?" in page
    assert "Жарыяда жазылган." in page
    assert name not in page
    assert "Answer the question" not in office.text("specialist", "desk")
    assert office.get("specialist", "desk_question", question.ref).status_code == 302  # to where the answer stands


def test_a_question_that_waits_too_long_is_late_in_the_due_list(office, road):
    road.ask()
    road.later(days=14)

    page = office.text("specialist", "desk")
    assert "Answer the question" in page
    assert "working days late" in page


def test_a_question_is_nobody_elses_to_answer(office, road):
    question = road.ask()

    assert office.get("umut_head", "desk_question", question.ref).status_code == 403
    assert office.get("accountant", "desk_question", question.ref).status_code == 409


# --- stopped, ended, again -------------------------------------------------------------------------------------


def test_a_contest_is_suspended_and_goes_on_with_its_documents(office, road):
    scan = SimpleUploadedFile("order.pdf", document_of("okmotu", "order"), content_type="application/pdf")
    office.done("head", "desk_suspend", road.contest.ref, **paper(road, ground="court", file=scan))

    page = seen("contest", road.contest.ref)
    assert "The contest is suspended: Court" in page
    assert "АД-7" in page
    assert "Соттун аныктамасы" in page
    assert "order.pdf" in page
    assert Order.objects.get().file.media_type == "application/pdf"
    office.done("head", "desk_resume", road.contest.ref, **paper(road, ground="court"))
    assert "The contest goes on: Court" in seen("contest", road.contest.ref)


def test_a_cancelled_contest_says_so_to_everybody_and_offers_its_repetition(office, road):
    road.write_application("umut")
    road.submit("umut")
    office.done("head", "desk_cancel", road.contest.ref, **paper(road, ground="money_withdrawn"))

    page = seen("contest", road.contest.ref)
    assert "The money was withdrawn" in page
    assert "never opened" in page
    assert "How many there are is said at the opening" not in page
    assert "never opened" in office.text("umut_head", "application", road.applications["umut"].ref)
    address = office.done("specialist", "desk_repeat", road.contest.ref)
    again = Contest.objects.get(state="draft")
    assert again.ref in address
    assert again.title == road.contest.title


def test_only_the_head_cancels(office, road):
    response = office.get("specialist", "desk_cancel", road.contest.ref)

    assert response.status_code == 409
    assert "wrong_role" in words_of(response)


def test_a_contest_nobody_came_to_is_due_to_be_void_and_then_to_be_repeated(office, road):
    road.pass_deadline()
    road.open()
    desk = office.text("head", "desk")
    assert "Declare the contest void" in desk
    assert "Appoint the commission" not in desk
    assert "Declare the contest void" in office.text("head", "desk_contest", road.contest.ref)

    office.done("head", "desk_void", road.contest.ref, **paper(road))
    assert "Repeat the contest" in office.text("head", "desk")
    assert "The contest is void: Nobody applied" in seen("contest", road.contest.ref)

    office.done("head", "desk_repeat", road.contest.ref)
    assert "Repeat the contest" not in office.text("head", "desk")
    road.contest = Contest.objects.get(state="draft")
    road.announce()
    assert "It repeats the contest" in seen("contest", road.contest.ref)
    assert "It is repeated by the contest" in seen("contest", road.contest.repeats.ref)


def test_a_lot_nobody_applied_to_is_repeated_on_its_own(office):
    road = Road(office.road.cast, office.road.at, theme=office.road.theme)
    office.road = road
    second = two_lots(road)
    road.announce()
    road.collect()
    road.seat_commission()
    road.screen()
    road.score_all()
    road.decide()
    road.sign_and_publish()
    assert "This lot has" not in seen("contest", road.contest.ref)

    road.lot = second
    road.begin_review()
    road.decide()
    road.sign_and_publish()

    page = seen("contest", road.contest.ref)
    assert "This lot has an award." in page
    assert "This lot has no award: nobody applied." in page
    assert "Repeat the lots without an award" in office.text("head", "desk")
    assert "Its lots: Second measure." in office.text("head", "desk_repeat", road.contest.ref)
    office.done("head", "desk_repeat", road.contest.ref)
    again = Contest.objects.get(state="draft")
    assert [(lot.number, lot.measure_id) for lot in again.lots.all()] == [(1, second.measure_id)]
    assert "contest_repeated_already" in words_of(office.get("head", "desk_repeat", road.contest.ref))
    assert "Repeat the lots" not in office.text("head", "desk")
    road.contest = again
    road.announce()
    assert "It repeats the contest" in seen("contest", again.ref)


def two_lots(road: Road) -> Any:
    """A draft with the road's own lot and a second one; the second."""
    road.publish_study()
    road.draft_programme()
    first, title = road.measure, {"ky": "Экинчи иш-чара", "ru": "Вторая мера", "en": "Second measure"}
    road._add_measure({**road.text("measure"), "title": title}, road.year)
    measure, road.measure = road.measure, first
    road.submit_to_council()
    road.adopt()
    road.appropriate()
    road.appropriate()
    road.draft_contest()
    return contests.set_lot(
        actor=road.actor("specialist"),
        contest=road.contest,
        measure=measure,
        amount=road.lot.amount,
        ceiling=road.lot.ceiling,
    )


def test_reopening_is_refused_where_the_rules_want_a_repetition(office, road):
    road.pass_deadline()
    road.open()

    assert "void_instead" in words_of(office.get("head", "desk_reopen", road.contest.ref))


def test_where_the_rules_extend_a_contest_nobody_came_to_is_reopened(office, monkeypatch):
    road = Road(office.road.cast, office.road.at, theme=office.road.theme)
    office.road = road
    road.to_adopted()
    road.draft_contest()
    monkeypatch.setattr(regime, "settle", lambda **_: rules(dec__no_bid_rule="extend"))
    road.announce()
    road.pass_deadline()
    road.open()
    assert "Take applications again: nobody applied" in office.text("head", "desk")
    assert "extended_instead" in words_of(office.get("head", "desk_void", road.contest.ref))

    office.done("head", "desk_reopen", road.contest.ref)

    page = seen("contest", road.contest.ref)
    assert "by the rules applications are taken again" in page
    assert "Takes applications" in page


# --- outages ---------------------------------------------------------------------------------------------------


def test_the_operator_registers_an_outage_and_everybody_sees_what_it_moved(office, road):
    was = road.contest.deadline_at
    local = road.at.astimezone(BISHKEK)
    begins = (local - timedelta(hours=2)).replace(minute=0)
    form = {"begins": f"{begins:%H:%M}", "ends": f"{begins + timedelta(hours=1):%H:%M}", "ground": "Электр өчкөн"}
    form |= day(begins, "begins_on") | day(begins, "ends_on")

    office.done("registrar", "operator_outage_new", **form)

    road.contest.refresh_from_db()
    assert road.contest.deadline_at > was
    assert "Электр өчкөн" in seen("contest", road.contest.ref)
    assert road.contest.number in seen("outages")
    office.done("registrar", "operator_outage_new", **form)
    assert Contest.objects.get(pk=road.contest.pk).deadline_at == road.contest.deadline_at


def test_who_is_not_the_registrar_reads_why(office):
    assert office.get("lawyer", "operator_outage_new").status_code == 409
    assert office.get("specialist", "operator_outage_new").status_code == 403


# --- lots ------------------------------------------------------------------------------------------------------


def test_a_lot_is_removed_from_a_draft(office, road):
    road.cancel()
    again = road.repeat_contest()
    lot = again.lots.get()
    assert "Remove the lot" in office.text("specialist", "desk_lot", again.ref, lot.ref)

    office.done("specialist", "desk_lot_remove", again.ref, lot.ref)

    assert not again.lots.exists()


# --- lists -----------------------------------------------------------------------------------------------------


def test_the_page_of_a_contest_asks_no_more_with_more_questions_and_versions(
    office, road, django_assert_max_num_queries
):
    def grow(count: int) -> None:
        for number in range(count):
            road.answer(road.ask(text=f"Суроо {number}?"))
        for months in range(10, 10 + count):
            contests.amend(
                actor=road.actor("specialist"), contest=road.contest, changes={"months": months}, reason="Мөөнөт"
            )

    def asked() -> int:
        with django_assert_max_num_queries(40) as counted:
            seen("contest", road.contest.ref)
        return len(counted)

    grow(2)
    few = asked()
    grow(1)
    contests.amend(actor=road.actor("specialist"), contest=road.contest, changes={"months": 7}, reason="Мөөнөт")
    assert asked() == few


def test_every_desk_page_opens_or_refuses_with_a_basis(office, road):
    names = ("desk_amend", "desk_rectify", "desk_suspend", "desk_resume", "desk_cancel", "desk_void", "desk_reopen",
             "desk_repeat")  # fmt: skip
    answers = SimpleNamespace(opened=[], refused=[])
    for name in names:
        response = office.get("head", name, road.contest.ref)
        (answers.opened if response.status_code == 200 else answers.refused).append(name)
        assert response.status_code in (200, 409)

    assert answers.opened == ["desk_amend", "desk_rectify", "desk_suspend", "desk_cancel"]
