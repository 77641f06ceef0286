"""Writing together, and applications on paper, through their pages."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jardam.contests import queries
from jardam.contests.models import Application, Collaborator, Paper, Partner
from jardam.demonstration.road import Road, document_of
from jardam.documents.models import Look
from tests.test_pages_applicant import Seat, shown, started, typed, write
from tests.world import new_road

pytestmark = pytest.mark.django_db


@pytest.fixture
def road(monkeypatch) -> Road:
    road = new_road()
    monkeypatch.setattr("jardam.web.clock.now", lambda: road.at)
    return road


@pytest.fixture
def written(road):
    """Umut's application, written by its head, before it is submitted."""
    road.to_announced()
    head = Seat(road, "umut_head")
    ref = started(head)
    write(head, ref, road.text("applications")["umut"])
    return head, ref


# --- two at once -----------------------------------------------------------------------------------------------


def test_who_saves_second_sees_both_texts_and_loses_nothing(road, written):
    head, ref = written
    url = reverse("application_section", args=[ref, "risks"])
    mine = {"count": 1, "0-risk": "Меники", "0-response": "Күтөбүз", "revision": 1}
    theirs = {"count": 1, "0-risk": "Аныкы", "0-response": "Чакырабыз", "revision": 1}
    Seat(road, "umut_editor").done(url, theirs)

    refused = shown(head.press(url, mine))
    name = road.cast.people["umut_editor"].name

    assert "changed_meanwhile" in refused and name in refused
    assert "Аныкы" in refused and 'value="Меники"' in refused
    assert 'name="revision" value="2"' in refused
    head.done(url, mine | {"revision": 2})
    saved = queries.draft_content(Application.objects.get(ref=ref))["risks"]
    assert saved["rows"][0]["risk"] == "Меники"


# --- documents -------------------------------------------------------------------------------------------------


def test_a_document_goes_in_comes_back_as_it_was_and_is_taken_out(road, written):
    head, ref = written
    application = Application.objects.get(ref=ref)
    charter = application.attachments.get(kind="charter")

    got = head.client.get(reverse("application_document", args=[ref, charter.ref]))
    assert got.content == document_of("umut", "charter")
    assert got.headers["Content-Disposition"].startswith("attachment")
    head.done(reverse("application_document_out", args=[ref, charter.ref]))

    page = head.open(f"/en/apply/{ref}/documents/")
    assert "Still missing" in page and "Charter" in page
    assert "documents_missing" in head.open(f"/en/apply/{ref}/check/")


def test_nobody_else_is_given_a_document(road, written):
    _head, ref = written
    charter = Application.objects.get(ref=ref).attachments.get(kind="charter")

    for name in ("birge_head", "specialist", "member_civil", "auditor"):
        Seat(road, name).open(reverse("application_document", args=[ref, charter.ref]), 404)


# --- people ----------------------------------------------------------------------------------------------------


def test_an_accountant_from_elsewhere_is_invited_writes_the_budget_and_signs_off(road, written):
    head, ref = written
    outsider = Seat(road, "accountant")
    outsider.open(reverse("application", args=[ref]), 404)

    head.done(reverse("application_people", args=[ref]), {"email": "accountant@demo.invalid", "hand": "accountant"})
    invitation = reverse("invitation", args=[Collaborator.objects.get().ref])
    assert invitation.replace("/ru/", "/en/") in outsider.open("/en/desk/")
    outsider.done(invitation)
    assert "signs it off" in outsider.open(f"/en/apply/{ref}/")
    budget = road.text("applications")["umut"]["budget"]
    outsider.done(reverse("application_section", args=[ref, "budget"]), typed(budget))
    assert outsider.client.get(reverse("application_section", args=[ref, "team"])).status_code == 302

    check = reverse("application_check", args=[ref])
    assert "when it is signed off by: The accountant" in head.open(f"/en/apply/{ref}/check/")
    assert "sign_off_missing" in shown(head.press(check))
    outsider.done(check, {"do": "sign"})
    assert head.done(check) == reverse("application_sent", args=[ref])


def test_an_address_nobody_has_is_refused_with_code_and_basis(road, written):
    head, ref = written

    page = shown(head.press(f"/en/apply/{ref}/with/", {"email": "nobody@demo.invalid", "hand": "reader"}))

    assert "nobody_there" in page and "nobody@demo.invalid" in page


def test_who_is_removed_no_longer_finds_it(road, written):
    head, ref = written
    head.done(reverse("application_people", args=[ref]), {"email": "birge_head@demo.invalid", "hand": "editor"})
    birge = Seat(road, "birge_head")
    birge.done(reverse("invitation", args=[Collaborator.objects.get().ref]))
    birge.open(reverse("application", args=[ref]))

    head.done(reverse("application_person_out", args=[ref, Collaborator.objects.get().ref]))

    birge.open(reverse("application", args=[ref]), 404)


# --- partners --------------------------------------------------------------------------------------------------


def test_a_partner_is_asked_and_its_head_confirms(road, written):
    head, ref = written
    head.done(
        reverse("application_partners", args=[ref]),
        {"name": "«Бирге кадам»", "tin": "01507201810024", "role": "Унаа берет"},
    )
    birge, request = Seat(road, "birge_head"), reverse("partner_request", args=[Partner.objects.get().ref])

    assert "Say whether you are a partner" in birge.open("/en/desk/")
    assert "Унаа берет" in birge.open(request)
    birge.done(request)

    assert Partner.objects.get().state == "confirmed"
    assert "Confirmed" in head.open(f"/en/apply/{ref}/partners/")


def partner_asked(head, ref):
    """Birge, named as a partner; the page on which its head answers."""
    head.done(
        reverse("application_partners", args=[ref]),
        {"name": "«Бирге кадам»", "tin": "01507201810024", "role": "Унаа берет"},
    )
    return reverse("partner_request", args=[Partner.objects.get().ref])


def test_a_partner_that_declines_is_asked_no_more_and_the_applicant_reads_so(road, written):
    head, ref = written
    birge, request = Seat(road, "birge_head"), partner_asked(head, ref)

    birge.done(request, {"do": "refuse"})

    assert Partner.objects.get().state == "declined"
    assert "Say whether you are a partner" not in birge.open("/en/desk/")
    assert "This was answered already" in birge.open(request.replace("/ru/", "/en/").replace("/ky/", "/en/"))
    assert "Declined" in head.open(f"/en/apply/{ref}/partners/")


def test_an_applicant_removes_a_partner_who_is_then_asked_nothing(road, written):
    head, ref = written
    birge, request = Seat(road, "birge_head"), partner_asked(head, ref)

    head.done(reverse("application_partner_out", args=[ref, Partner.objects.get().ref]))

    assert Partner.objects.get().state == "removed"
    page = head.open(f"/en/apply/{ref}/partners/")
    assert "No partner is named" in page and "Бирге" not in page
    assert "Say whether you are a partner" not in birge.open("/en/desk/")
    birge.open(request, 404)


# --- again -----------------------------------------------------------------------------------------------------


def test_an_application_starts_as_a_copy_of_an_earlier_one(road, written):
    head, ref = written
    head.done(reverse("application_withdraw", args=[ref]))

    address = head.done(reverse("apply_start", args=[road.lot.ref]), {"earlier": ref})
    copy = address.rstrip("/").rsplit("/", 1)[1]

    assert copy != ref
    assert "9 of 11" in head.open(f"/en/apply/{copy}/"), "all but the declarations and the last step"


# --- the review reads documents --------------------------------------------------------------------------------


def test_a_member_opens_a_document_by_pressing_and_leaves_a_look(road):
    road.to_scoring()
    candidacy = road.candidacy("umut")
    member = Seat(road, "member_civil")
    url = reverse("candidacy", args=[candidacy.ref])
    assert "charter.pdf" in shown(member.client.post(url, {"do": "read"}))
    charter = candidacy.application.attachments.get(kind="charter")
    before = Look.objects.count()

    got = member.client.post(url, {"file": charter.ref})

    assert got.content == document_of("umut", "charter")
    assert Look.objects.count() == before + 1


# --- on paper --------------------------------------------------------------------------------------------------


def register(road: Road) -> str:
    photograph = SimpleUploadedFile("front.pdf", document_of("paper", "front"), "application/pdf")
    data = {"lot": road.lot.ref, "carrier": "Асылбек", "envelope": "Арыз", "photograph": photograph}
    return Seat(road, "specialist").done(reverse("desk_paper_new", args=[road.contest.ref]), data)


def test_an_envelope_is_registered_keyed_in_compared_and_stands_in_the_review(road):
    road.to_announced()
    road.write_application("umut")
    road.submit("umut")
    specialist, head = Seat(road, "specialist"), Seat(road, "head")
    page = specialist.open(register(road).replace("/ru/", "/en/"))
    paper = Paper.objects.get()
    assert paper.number in page and "Асылбек" in page and "Key it in" not in page
    road.pass_deadline()
    road.open()

    assert "Key in what came on paper" in specialist.open("/en/desk/")
    there = specialist.done(reverse("desk_paper_key", args=[paper.ref]), {"tin": "01507201810024"})
    ref = there.rstrip("/").rsplit("/", 1)[1]
    for name, section in road.text("applications")["birge"].items():
        specialist.done(reverse("application_section", args=[ref, name]), typed(section))
    scan = SimpleUploadedFile("scan.pdf", document_of("birge", "scan"), "application/pdf")
    specialist.done(reverse("application_documents", args=[ref]), {"kind": "scan", "file": scan})
    specialist.done(reverse("desk_paper_finish", args=[paper.ref]))

    compare = reverse("desk_paper_compare", args=[paper.ref])
    assert "keyed_by_you" in shown(specialist.press(compare, {"outcome": "equal"}))
    assert "Compare with the scan" in head.open("/en/desk/")
    head.done(compare, {"outcome": "differs", "remark": "Башка аталыш"})
    assert "Башка аталыш" in specialist.open(reverse("application", args=[ref]))
    specialist.done(reverse("desk_paper_finish", args=[paper.ref]))
    head.done(compare, {"outcome": "equal"})

    assert Application.objects.get(ref=ref).number == "KG-KKB-2026-A2"
    assert "In the review" in specialist.open(f"/en/desk/papers/{paper.ref}/")


def test_a_late_envelope_says_so_and_is_refused_at_the_opening(road):
    road.to_announced()
    road.at = road.contest.deadline_at
    specialist = Seat(road, "specialist")
    url = register(road).replace("/ru/", "/en/")
    assert "Late" in specialist.open(url)

    road.open()

    assert "It came after the deadline." in specialist.open(url)


def test_the_book_of_envelopes_is_the_customers_own(road):
    road.to_announced()
    register(road)
    url = reverse("desk_papers", args=[road.contest.ref])

    assert Paper.objects.get().number in Seat(road, "specialist").open(url)
    Seat(road, "umut_head").open(url, 403)
    Seat(road, "umut_head").open(reverse("desk_paper", args=[Paper.objects.get().ref]), 403)
