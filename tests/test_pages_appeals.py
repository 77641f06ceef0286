"""Appeals and errata as people press through them: file, appoint, take up, answer, carry out, follow."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from jardam.demonstration.road import document_of
from jardam.documents.models import Look
from jardam.kernel.time import bishkek_day
from jardam.parties.models import Mandate
from jardam.review.models import Appeal, AppealPanel, Erratum
from jardam.web import clock
from tests.test_pages_customer import Office, day, words_of
from tests.world import MEMBER_NAMES

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(road, monkeypatch):
    road.to_published()
    monkeypatch.setattr(clock, "now", lambda: road.at)
    return Office(road)


def seen(name: str, *args: str) -> str:
    with override("en"):
        return words_of(Client().get(reverse(name, args=args)))


def filed(office, name: str = "birge") -> Appeal:
    application = office.road.applications[name]
    office.done(
        f"{name}_head", "appeal_new", application.ref, subject="scores", why="Жашыруун себеп", asks="Кайра карагыла"
    )
    return Appeal.objects.latest("pk")


def panel(office) -> AppealPanel:
    names = list(office.road.register_panel())
    data = {"order_number": "44", "body": office.road.contest.customer.ref} | day(
        "ordered_on", bishkek_day(office.road.at)
    )
    for n, name in enumerate(names, start=1):
        mandate = Mandate.objects.get(person=office.road.cast.people[name])
        data |= {f"person_{n}": mandate.ref, f"seat_{n}": "member" if n > 1 else "chair"}
    office.done("head", "desk_panel_new", office.road.contest.ref, **data)
    return AppealPanel.objects.latest("pk")


def vote(office, **more):
    data = {"answer": "Жооптун себеби", "present": ["1", "2", "3"], "votes_for": "3", "votes_against": "0"}
    return data | {"abstained": "0", "chair_for": "yes"} | day("held_on", bishkek_day(office.road.at)) | more


def test_an_applicant_sees_until_when_to_appeal_files_and_follows_and_nobody_else_reads_why(office):
    application = office.road.applications["birge"]
    assert "Appeals are taken until" in office.text("birge_head", "application_result", application.ref)

    with override("en"):
        url = reverse("appeal_new", args=[application.ref])
    document = SimpleUploadedFile("proof.pdf", document_of("umut", "proof"))
    data = {
        "subject": "scores",
        "why": "Жашыруун себеп",
        "asks": "Кайра карагыла",
        "attachment": document,
        "key": "k" * 20,
    }
    answer = office.client("birge_head").post(url, data)
    appeal = Appeal.objects.get()

    assert answer.status_code == 302
    with override("en"):
        document_url = reverse("appeal_attachment", args=[appeal.ref])
    assert office.client("birge_head").post(document_url).content == document_of("umut", "proof")
    assert office.client("birge_head").get(document_url).status_code == 404
    assert office.client("specialist").post(document_url).content == document_of("umut", "proof")
    assert [look.role for look in Look.objects.filter(label=appeal.label)] == ["specialist"]
    assert office.client("umut_head").post(document_url).status_code == 409
    assert appeal.attachment.name == "proof.pdf"
    own = office.text("birge_head", "own_appeal", appeal.ref)
    assert appeal.number in own
    assert "Жашыруун себеп" in own
    assert office.get("umut_head", "own_appeal", appeal.ref).status_code == 404
    for text in (
        seen("appeal", appeal.ref),
        seen("appeals"),
        seen("contest", office.road.contest.ref),
        seen("protocol", office.road.protocol.ref),
    ):
        assert appeal.number in text
        assert "Жашыруун" not in text


def test_a_late_appeal_is_told_the_deadline(office):
    office.road.at = office.road.protocol.appeal_until

    page = office.get("birge_head", "appeal_new", office.road.applications["birge"].ref)

    assert page.status_code == 409
    assert "appeal_late" in page.content.decode()
    assert "Appeals were accepted until" in words_of(page)


def test_the_customer_appoints_a_panel_and_a_member_who_decided_is_refused_with_the_reason(office):
    filed(office)
    assert "Appoint the appeal panel" in office.text("head", "desk")
    decided = Mandate.objects.get(person=office.road.cast.people["member_civil"])
    data = {"order_number": "44", "body": office.road.contest.customer.ref, "person_1": decided.ref, "seat_1": "chair"}

    page = office.press(
        "head", "desk_panel_new", office.road.contest.ref, **data, **day("ordered_on", bishkek_day(office.road.at))
    )

    assert "panel_took_decision" in page.content.decode()
    panel(office)
    assert "Турсунбек Асанкулов" in office.text("head", "desk_appeals", office.road.contest.ref)


def test_a_rejected_appeal_is_answered_in_public_and_signing_is_free(office):
    appeal = filed(office)
    panel(office)
    office.road.prepare_contract()
    office.road.pass_standstill()
    assert "Signing waits for the appeals on this lot" in office.text(
        "head", "desk_contract", office.road.contract.ref
    )
    assert "Sign the contract" not in office.text("head", "desk")
    assert "appeal_open" in office.get("head", "desk_contract_sign", office.road.contract.ref).content.decode()
    assert "Take the appeal up" in office.text("appeal_chair", "desk")

    office.done("appeal_chair", "panel_take_up", appeal.ref)
    with override("en"):
        opened = office.client("appeal_chair").post(reverse("panel_appeal", args=[appeal.ref]))
    assert "Жашыруун себеп" in words_of(opened)
    assert "Жашыруун" not in office.text("appeal_chair", "panel_appeal", appeal.ref)
    office.done("appeal_chair", "panel_reject_appeal", appeal.ref, **vote(office))

    assert "Жооптун себеби" in seen("appeal", appeal.ref)
    office.done("head", "desk_contract_sign", office.road.contract.ref)


def test_an_upheld_appeal_is_carried_out_and_the_old_protocol_stays_public_with_a_banner(office):
    appeal = filed(office)
    panel(office)
    office.done("appeal_chair", "panel_take_up", appeal.ref)
    named = [appeal.candidacy.ref]
    office.done("appeal_chair", "panel_uphold", appeal.ref, **vote(office, step="decision", candidacies=named))
    assert "Carry the appeal out" in office.text("specialist", "desk")
    assert "Carry out the appeals" in office.text("specialist", "desk_appeals", office.road.contest.ref)
    old = office.road.protocol

    office.done("specialist", "desk_carry_out", old.ref)

    assert "This protocol is superseded by an appeal." in seen("protocol", old.ref)
    assert "Superseded protocols" in seen("contest", office.road.contest.ref)
    assert "Lot 1: record the sitting" in office.text("specialist", "desk_contest", office.road.contest.ref)
    assert "Your result" in office.text("birge_head", "application_result", office.road.applications["birge"].ref)
    office.road.decide()
    for member in ("member_state", "member_kenesh", "member_civil"):
        assert office.road.protocol.number in office.text(member, "commission_protocol", office.road.protocol.ref)
        office.road.sign_protocol(member)
    office.road.publish_protocol()
    new = office.road.protocol
    assert f"Protocol {new.number} took its place." in seen("protocol", old.ref)
    assert f"It took the place of protocol {old.number}." in seen("protocol", new.ref)
    assert old.number in seen("protocol", old.ref)


def test_an_applicant_withdraws_and_the_panel_leaves_unexamined(office):
    first = filed(office)
    office.done("birge_head", "own_appeal_withdraw", first.ref)
    second = filed(office)
    panel(office)

    office.done("appeal_chair", "panel_leave_unexamined", second.ref, ground="before_court", answer="Сотто каралууда")

    assert "The matter is before a court" in seen("appeal", second.ref)
    assert second.number in office.text("appeal_member", "panel_appeals")


def test_an_erratum_is_drafted_signed_by_those_who_signed_the_protocol_and_shown_beside_it(office):
    protocol = office.road.protocol
    office.done(
        "specialist", "desk_erratum_new", protocol.ref, part="wording", reads="Отурум № 3", should_read="Отурум № 4"
    )
    erratum = Erratum.objects.get()
    assert "waits for the signatures" in office.text("specialist", "desk_protocol", protocol.ref)
    assert "Отурум № 4" not in seen("protocol", protocol.ref)
    assert "Sign the erratum" in office.text("member_state", "desk")

    for name in MEMBER_NAMES:
        assert "Отурум № 4" not in seen("protocol", protocol.ref)
        office.done(name, "erratum_sign", erratum.ref)

    assert "Отурум № 4" in seen("protocol", protocol.ref)


def test_the_lists_of_appeals_ask_as_often_for_two_as_for_one(office):
    filed(office, "birge")
    panel(office)

    def statements() -> list[int]:
        counts = []
        for who, name, args in (
            (None, "appeals", ()),
            ("appeal_chair", "panel_appeals", ()),
            ("specialist", "desk_appeals", (office.road.contest.ref,)),
        ):
            with CaptureQueriesContext(connection) as asked, override("en"):
                (office.client(who) if who else Client()).get(reverse(name, args=args))
            counts.append(len(asked))
        return counts

    statements()  # what is loaded once
    few = statements()
    filed(office, "umut")

    assert statements() == few
