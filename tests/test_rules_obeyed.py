"""Editions that settle a rule otherwise than the demonstration: the procedure asks it, and its terms are seen."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils.translation import override

from jardam.contests import operations as contests
from jardam.contracts import operations as contracts
from jardam.contracts.models import Report
from jardam.fields import in_language
from jardam.review import operations as review
from jardam.review.models import AdmissionVote, Candidacy, Notification
from jardam.review.tests.test_procedure import settle
from jardam.transparency.queries import verify
from jardam.web import clock, due
from tests.test_pages_contracts import Desks, day
from tests.world import MEMBER_NAMES, as_owner, refuses, sql

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(road, monkeypatch) -> Desks:
    from jardam.web import door

    real = door.transaction.atomic
    monkeypatch.setattr(door.transaction, "atomic", lambda *args, durable=False, **kw: real(*args, **kw))
    monkeypatch.setattr(clock, "now", lambda: road.at)
    return Desks(road)


def rows(road: Any, who: str) -> dict[str, due.Due]:
    with override("en"):
        return {str(one.title): one for one in due.items(road.actor(who))}


def faults() -> list[str]:
    """What verify finds in the review; that a contest obeys a test's own rules it finds too."""
    return [said for said in verify() if said.startswith("review_")]


def found_after(statement: str) -> list[str]:
    """What verify finds once something was changed behind its back."""
    with as_owner(triggers=False):
        sql(statement)
    return faults()


def screening(road: Any) -> Any:
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    for member in MEMBER_NAMES:
        road.declare(member)
    return road


def vote(road: Any, votes_for: int = 3, votes_against: int = 0) -> review.AdmissionVote:
    present = frozenset(road.cast.people[name].pk for name in MEMBER_NAMES)
    return review.AdmissionVote(road.at.date(), present, votes_for, votes_against, 0)


# --- who decides on admission ----------------------------------------------------------------------------------


def test_where_the_commission_decides_nobody_is_admitted_without_its_vote(road):
    screening(road)
    settle(road, adm__decided_by="commission")
    actor, one = road.actor("specialist"), road.candidacy("umut")

    with refuses("commission_decides_admission"):
        review.admit(actor=actor, candidacy=one)
    with refuses("vote_not_carried"):
        review.admit(actor=actor, candidacy=one, vote=vote(road, 1, 2))
    with refuses("votes_exceed_present"):
        review.admit(actor=actor, candidacy=one, vote=vote(road, 3, 2))
    with transaction.atomic():
        review.admit(actor=actor, candidacy=one, vote=vote(road))

    assert Candidacy.objects.get(pk=one.pk).state == "admitted"
    assert AdmissionVote.objects.get().votes_for == 3
    assert faults() == []
    assert found_after("UPDATE review_admissionvote SET votes_for = 2")


def test_who_has_an_interest_in_an_application_does_not_vote_on_its_admission(road):
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    for member in MEMBER_NAMES:
        road.declare(member, conflicted=("umut",) if member == "member_civil" else ())
    settle(road, adm__decided_by="commission")
    actor = road.actor("specialist")

    with refuses("votes_exceed_present"):
        review.admit(actor=actor, candidacy=road.candidacy("umut"), vote=vote(road))
    with transaction.atomic():
        review.admit(actor=actor, candidacy=road.candidacy("birge"), vote=vote(road))


def test_the_desk_enters_the_vote_of_the_commission_on_its_page(pages):
    road = screening(pages.road)
    settle(road, adm__decided_by="commission")
    given: dict[str, Any] = day("held_on", road.at.date()) | {
        "present": ["1", "2", "3"],
        "votes_for": "3",
        "votes_against": "0",
        "abstained": "0",
        "chair_for": "yes",
    }

    pages.done("specialist", "desk_admit", road.candidacy("umut").ref, **given)
    rejected = {"ground": "outside_topic", "text": "Башка тема"}
    pages.done("specialist", "desk_reject", road.candidacy("birge").ref, **given, **rejected)

    assert "3 for, 0 against" in pages.text("specialist", "desk_candidacy", road.candidacy("birge").ref)
    assert AdmissionVote.objects.count() == 2


def test_where_the_commission_decides_it_votes_on_what_was_not_mended(road):
    screening(road)
    settle(road, adm__decided_by="commission")
    road.note_fault("birge", "people.count")
    road.request_mending()
    road.at = road.proceeding.mending_until
    with transaction.atomic():
        review.close_mending(actor=road.actor("specialist"), proceeding=road.proceeding)

    assert road.candidacy("birge").state == "listed"


# --- terms -----------------------------------------------------------------------------------------------------


def test_the_members_see_until_when_they_declare_and_the_desk_sees_who_is_late(pages):
    road = pages.road
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    settle(road, com__interest_term="2 working_days")
    overdue = "Declarations of interest are missing: see whose, remind or replace them"

    assert rows(road, "member_civil")["Declare your interests"].left is not None
    assert "The rules want it until" in pages.text("member_civil", "declaration", road.proceeding.ref)
    assert overdue not in rows(road, "specialist")

    road.at += timedelta(days=10)
    assert rows(road, "member_civil")["Declare your interests"].left < 0
    assert rows(road, "specialist")[overdue].left < 0
    assert "The term to declare ended on" in pages.text("specialist", "desk_proceeding", road.proceeding.ref)

    for member in MEMBER_NAMES:
        road.declare(member)
    assert road.proceeding.state == "admissibility", "a late declaration is one"


def test_an_approval_that_comes_late_is_shown_late(pages):
    road = pages.road
    road.to_scoring()
    settle(
        road,
        dec__approval_act="order_of_head",
        dec__approval_term="1 working_days",
        dec__publish_term="30 calendar_days",
    )
    road.score_all()
    road.decide()
    for member in MEMBER_NAMES:
        road.sign_protocol(member)
    waits = "Have the protocol approved and publish it"

    assert rows(road, "specialist")[waits].left is not None
    road.at += timedelta(days=10)
    assert rows(road, "specialist")[waits].left < 0
    with refuses("approval_missing"):
        review.publish_protocol(actor=road.actor("specialist"), protocol=road.protocol)
    with refuses("document_in_future"):
        review.publish_protocol(
            actor=road.actor("specialist"),
            protocol=road.protocol,
            approval_order="31",
            approved_on=road.at.date() + timedelta(days=2),
        )
    ref = road.protocol.ref
    approved = day("approved_on", road.at.date())
    pages.done("specialist", "desk_protocol_publish", ref, approval_order="31", **approved)

    said = pages.text("", "protocol", ref)
    assert "Order No. 31 of" in said
    assert "After the term" in said
    assert faults() == []
    assert found_after("UPDATE review_protocol SET approval_order = '32'")


def silent(road: Any, name: str) -> None:
    """Nobody reads the inbox of an applicant any more: their mandates have run out."""
    with as_owner(triggers=False):
        pk = road.cast.organisations[name].pk
        sql("UPDATE parties_mandate SET valid_until = %s WHERE organisation_id = %s", road.at.date(), pk)


def test_an_applicant_without_an_inbox_is_told_on_paper_within_the_term(pages):
    road = pages.road
    road.to_published()
    told = "Tell the applicant the result on paper"
    assert told not in rows(road, "specialist"), "the message in the inbox told everybody"
    silent(road, "birge")

    assert rows(road, "specialist")[told].left is not None
    road.at += timedelta(days=20)
    assert rows(road, "specialist")[told].left < 0
    one = road.candidacy("birge")
    pages.done("specialist", "desk_notify", one.ref, way="by_hand", **day("told_on", road.at.date()))

    assert told not in rows(road, "specialist")
    assert "After the term" in pages.text("specialist", "desk_candidacy", one.ref)
    with refuses("notified_already"):
        review.record_notification(
            actor=road.actor("specialist"), candidacy=one, told_on=road.at.date(), way=review.Way.BY_POST
        )
    assert faults() == []
    assert Notification.objects.get().way == "by_hand"
    assert found_after("UPDATE review_notification SET way = 'by_post'")


def test_nobody_is_told_before_the_protocol_or_in_the_future(road):
    road.to_published()
    one, actor = road.candidacy("birge"), road.actor("specialist")
    before = road.at.date() - timedelta(days=90)

    with refuses("told_before_protocol"):
        review.record_notification(actor=actor, candidacy=one, told_on=before, way=review.Way.BY_HAND)
    with refuses("told_in_future"):
        later = road.at.date() + dt.timedelta(days=5)
        review.record_notification(actor=actor, candidacy=one, told_on=later, way=review.Way.BY_HAND)


# --- the opening -----------------------------------------------------------------------------------------------


def test_a_public_opening_tells_who_came_and_who_applied(pages):
    road = pages.road
    road.to_announced()
    road.write_application("umut")
    road.submit("umut")
    road.pass_deadline()
    assert "The opening is public" in pages.text("", "contest", road.contest.ref)

    pages.done("specialist", "desk_opening", road.contest.ref, guests="4")

    said = pages.text("", "contest", road.contest.ref)
    assert "people from outside were at the opening" in said
    assert "Who applied" in said
    assert in_language(road.cast.organisations["umut"].title, "en") in said


def test_an_opening_that_is_not_public_has_no_guests_and_names_nobody(pages):
    road = pages.road
    road.to_announced()
    settle(road, app__opening_public=False)
    road.pass_deadline()
    assert "The opening is not public" in pages.text("", "contest", road.contest.ref)

    with refuses("opening_not_public"):
        contests.open_applications(actor=road.actor("specialist"), contest=road.contest, guests=2)
    pages.done("specialist", "desk_opening", road.contest.ref)

    assert "Who applied" not in pages.text("", "contest", road.contest.ref)


# --- the commission --------------------------------------------------------------------------------------------


def test_the_members_are_public_where_the_rules_publish_them(pages):
    road = pages.road
    road.to_opened()
    road.appoint_commission()
    name = road.cast.people["member_civil"].name
    settle(road, com__publish_composition=False)
    assert name not in pages.text("", "contest", road.contest.ref)

    settle(road, com__publish_composition=True, com__appointment_act="council_resolution")

    said = pages.text("", "contest", road.contest.ref)
    assert name in said
    assert "Appointed by resolution of the council" in said


# --- reports ---------------------------------------------------------------------------------------------------


def test_a_report_holds_the_sections_that_the_rules_want(pages):
    road = pages.road
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    road.contract.award.protocol.proceeding.commission.contest.refresh_from_db()
    settle(road, form__report_sections=["activities", "people_served", "budget", "documents", "difficulties"])
    road.contract = type(road.contract).objects.get(pk=road.contract.pk)
    road.enter_expenses()

    with refuses("report_section_missing"):
        contracts.submit_report(
            actor=road.actor("umut_head"), contract=road.contract, narrative="Бүттү", people_served=1, indicators=[]
        )
    given = {"narrative": "Бүттү", "people_served": "7", "section_difficulties": "Жол жабык болду"}
    pages.done("umut_head", "grant_report", road.contract.ref, **given)

    report = Report.objects.latest("id")
    assert report.sections == {"difficulties": "Жол жабык болду"}
    assert "Жол жабык болду" in pages.text("specialist", "desk_report", report.ref)
