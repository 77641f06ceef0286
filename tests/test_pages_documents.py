"""Official documents: what their prints hold, who reads them, and what anybody can check."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import ForeignKey
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from jardam.contracts.models import Contract
from jardam.documents import operations as documents
from jardam.documents import printing, wording
from jardam.documents.models import Document, File, SealedFile
from jardam.documents.papers import Paper, paragraph
from jardam.documents.policy import FILES
from jardam.documents.rules import DOCUMENT_KINDS
from jardam.documents.tests import samples
from jardam.journal.models import Record
from jardam.journal.operations import consume
from jardam.kernel.refusal import Refused
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.web import clock, door, formats
from jardam.web import documents as documents_page
from tests.world import database_refuses, sql

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
AT = datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_the_end_of_the_road(accepted, monkeypatch):
    """Its contract is amended once, so that there is a document of every kind."""
    road = copy.copy(accepted)
    road.contract = Contract.objects.get(pk=accepted.contract.pk)
    amendment = road.propose_amendment(ends_on=road.contract.ends_on - timedelta(days=9))
    for name in ("umut_head", "head"):
        road.sign_amendment(name, amendment)
    monkeypatch.setattr(clock, "now", lambda: road.at)


def of_kind(kind: str) -> Document:
    return Document.objects.select_related("print").filter(kind=kind).earliest("pk")


def client_of(road: Any, name: str = "") -> Client:
    client = Client()
    if name:
        client.force_login(road.cast.people[name].user, backend=BACKEND)
    return client


def print_of(document: Document) -> bytes:
    return printing.real_pdf(  # type: ignore[attr-defined]
        document.kind,
        json.loads(bytes(document.content)),
        sha256=document.content_sha256,
        address=documents.check_address(document.ref),
        at=document.at,
    )


# --- prints ----------------------------------------------------------------------------------------------------


def test_the_road_leaves_a_document_of_every_kind(accepted):
    assert set(Document.objects.values_list("kind", flat=True)) == set(DOCUMENT_KINDS)


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_each_language_of_a_document_names_everybody_in_that_language(kind, accepted):
    titles = [one.title for one in accepted.cast.organisations.values() if len(set(one.title.values())) == 3]
    texts = json.loads(bytes(of_kind(kind).content))["texts"]

    for code, said in texts.items():
        told = json.dumps(said, ensure_ascii=False)
        assert [t[other] for t in titles for other in t if other != code and t[other] in told] == []


def test_a_protocol_names_the_applicants_in_the_readers_language_as_they_were_called_then(accepted):
    umut = accepted.cast.organisations["umut"]
    before = umut.title
    accepted.later(days=1)
    parties.rename(
        organisation=umut,
        title={"ky": "«Келечек» фонду", "ru": "Фонд «Келечек»"},
        valid_from=bishkek_day(accepted.at),
        document="7",
        actor=accepted.actor("registrar"),
    )

    texts = json.loads(bytes(of_kind("protocol").content))["texts"]
    pages = {
        code: client_of(accepted).get(f"/{code}/protocols/{accepted.protocol.ref}/").content.decode() for code in texts
    }
    contest = client_of(accepted).get(f"/ky/contests/{accepted.contest.ref}/").content.decode()

    for code in texts:
        assert before[code] in json.dumps(texts[code], ensure_ascii=False)
        assert before[code] in pages[code] and "Келечек" not in pages[code]
    assert before["ky"] in contest and before["ru"] not in contest


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_a_print_holds_both_languages_its_number_and_its_fingerprint(kind, accepted):
    document = of_kind(kind)

    made = print_of(document)

    reader = PdfReader(BytesIO(made))
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    squeezed = text.replace(" ", "")
    assert document.number in text
    assert document.content_sha256 in squeezed
    assert document.title["ru"].replace(" ", "") in squeezed
    assert document.title["ky"].replace(" ", "") in squeezed
    assert {"ө", "ү"} <= set(text)
    assert "\ufffd" not in text and "\x00" not in text
    assert documents.check_address(document.ref) in squeezed
    assert b"pdfaid" in made, "PDF/A is refused for a letter without a glyph: every letter has one"
    assert reader.metadata.title == document.title["ky"]
    assert reader.trailer["/Root"]["/Lang"] == "ky"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_same_content_gives_the_same_bytes_another_day(accepted):
    document = of_kind("contract")

    assert print_of(document) == print_of(document)


def text_with(*texts: str) -> dict[str, Any]:
    def build() -> Paper:
        return Paper(texts[0], [paragraph(text) for text in texts[1:]])

    said = documents._text("ky", build, {"ky": "Мэрия"}, AT)
    return {"number": "N 1", "languages": ["ky"], "texts": {"ky": said}}


def real_pdf(content: dict[str, Any]) -> bytes:
    return printing.real_pdf("report", content, sha256="a" * 64, address="http://127.0.0.1/x", at=AT)  # type: ignore


def test_a_fingerprint_whose_middle_letter_comes_again_can_be_copied():
    reader = PdfReader(BytesIO(real_pdf(text_with("Отчёт"))))

    assert "a" * 64 in "".join(reader.pages[0].extract_text().split())


def test_all_kyrgyz_letters_have_a_glyph():
    made = real_pdf(text_with("Ң Ө Ү", "ң ө ү Ң Ө Ү Ё ё № « » — − 1 234,50"))

    assert b"pdfaid" in made
    assert "ң ө ү Ң Ө Ү" in PdfReader(BytesIO(made)).pages[0].extract_text()


def test_what_people_typed_is_never_markup():
    made = real_pdf(text_with("Отчёт", '#read("/etc/passwd") *x* $y$ #let a = 1 \\ `raw` <script>'))

    assert '#read("/etc/passwd") *x* $y$ #let a = 1' in PdfReader(BytesIO(made)).pages[0].extract_text()


def test_a_letter_that_no_font_has_does_not_stop_the_act():
    made = real_pdf(text_with("Жардам 🎈", "text"))

    assert made.startswith(b"%PDF-") and b"pdfaid" not in made


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_documents_write_days_and_money_as_the_pages_do(language):
    from decimal import Decimal

    from django.utils.translation import override

    with override(language):
        assert wording.money(Decimal("1234567.50")) == formats.money(Decimal("1234567.50"))
        assert wording.day(AT) == formats.long_day(AT)
        assert wording.instant(AT) == formats.instant(AT)
        assert wording.number(Decimal("8.750")) == formats.number(Decimal("8.750"))


# --- issued once -----------------------------------------------------------------------------------------------


def printed() -> None:
    """The worker comes by."""
    while consume():
        pass


def test_an_act_waits_for_no_print_and_the_worker_makes_each_once(accepted):
    assert set(Document.objects.values_list("state", flat=True)) == {"issued"}
    page = client_of(accepted).get(f"/en/documents/{of_kind('protocol').ref}/").content.decode()
    assert "The PDF is being made." in page

    printed()

    assert set(Document.objects.values_list("state", flat=True)) == {"printed"}
    prints = dict(Document.objects.values_list("pk", "print_id"))
    for record in Record.objects.filter(verb="issue_document"):
        documents.print_issued(record)
    assert dict(Document.objects.values_list("pk", "print_id")) == prints


def test_two_prints_of_one_document_are_the_same_file(accepted, real_prints):
    printed()
    document = of_kind("letter")

    assert documents.bytes_of(document.print) == print_of(document)


def test_a_document_is_not_changed_and_its_print_not_replaced(accepted):
    printed()
    contract, protocol = of_kind("contract"), of_kind("protocol")

    for change in ("number = 'X'", "content = ''", f"print_id = {protocol.print_id}"):
        with database_refuses("JD001"):
            sql(f"UPDATE documents_document SET {change} WHERE id = {contract.pk}")


# --- who reads -------------------------------------------------------------------------------------------------


def status(road: Any, who: str, document: Document) -> int:
    return client_of(road, who).get(f"/ru/documents/{document.ref}/").status_code


@pytest.mark.parametrize("kind", ["announcement", "council_pack", "protocol"])
@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_public_documents_are_pages_for_everybody_and_ask_no_session(kind, language, accepted):
    document, client = of_kind(kind), client_of(accepted, "specialist")

    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/{language}/documents/{document.ref}/")

    assert page.status_code == 200
    assert document.number in page.content.decode()
    assert document.title[language] in page.content.decode()
    assert not [q for q in asked if "session" in q["sql"]]


def test_a_letter_is_read_by_its_applicant_and_the_customer_and_by_nobody_else(accepted):
    letter = Document.objects.get(kind="letter", object_id=accepted.applications["umut"].pk)

    assert status(accepted, "umut_head", letter) == 200
    assert status(accepted, "specialist", letter) == 200
    assert status(accepted, "birge_head", letter) == 404
    assert status(accepted, "", letter) == 404
    page = client_of(accepted, "umut_head").get(f"/ru/documents/{letter.ref}/")
    assert page.headers["Cache-Control"] == "no-store"


def test_an_invitation_stays_with_the_commission_until_the_result_is_public(accepted):
    assert status(accepted, "member_civil", of_kind("invitation")) == 200


def test_a_print_is_saved_and_never_shown_or_run(accepted):
    printed()
    document = of_kind("protocol")

    answer = client_of(accepted).get(f"/ru/documents/{document.ref}/print/")

    assert answer.status_code == 200
    assert sha256(answer.content).hexdigest() == document.print.sha256
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_the_pages_of_the_things_lead_to_their_documents(accepted):
    for path, kind in (
        (f"contests/{accepted.contest.ref}/", "announcement"),
        (f"programmes/{accepted.programme.ref}/", "council_pack"),
        (f"protocols/{accepted.protocol.ref}/", "protocol"),
        (f"contracts/{accepted.contract.ref}/", "contract"),
        (f"contracts/{accepted.contract.ref}/", "acceptance"),
    ):
        assert f"/ru/documents/{of_kind(kind).ref}/" in client_of(accepted).get(f"/ru/{path}").content.decode(), path
    result = client_of(accepted, "umut_head").get(f"/ru/apply/{accepted.applications['umut'].ref}/result/")
    letter = Document.objects.get(kind="letter", object_id=accepted.applications["umut"].pk)
    assert letter.ref in result.content.decode()


# --- uploaded files --------------------------------------------------------------------------------------------


def test_every_foreign_key_to_a_file_says_who_reads_it():
    """A room that keeps files adds `file_of(Model, "field", visible)` to its policy."""
    keys = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is File and model is not SealedFile
    }

    assert {(model.__name__, name) for model, name in keys} == {(model.__name__, name) for model, name in FILES}


def test_an_uploaded_file_is_its_uploaders_until_something_owns_it(accepted):
    file = documents.receive(samples.pdf(), name="Смета.pdf", actor=accepted.actor("umut_head"))

    answer = client_of(accepted, "umut_head").get(f"/ru/files/{file.ref}/")

    assert answer.content == samples.pdf()
    assert "filename*=UTF-8''%D0%A1%D0%BC" in answer.headers["Content-Disposition"]
    for who in ("birge_head", "specialist", ""):
        assert client_of(accepted, who).get(f"/ru/files/{file.ref}/").status_code == 404


def test_the_key_of_a_form_covers_the_files_sent_with_it(accepted, monkeypatch):
    monkeypatch.setattr(door, "in_transaction", lambda work: work())

    def send(content: bytes) -> Any:
        request: Any = RequestFactory().post("/x", {"key": "k1", "scan": SimpleUploadedFile("a.pdf", content)})
        request.actor, request.at = accepted.actor("specialist"), accepted.at
        return door.act(request, "test:send", lambda _actor: None, then="/done")

    assert send(b"one").headers["Location"] == "/done"
    assert send(b"one").headers["Location"] == "/done"
    monkeypatch.setattr(door, "refused", lambda _request, refusal: refusal)
    refusal = send(b"two")
    assert isinstance(refusal, Refused) and refusal.code == "key_reused"


# --- the check -------------------------------------------------------------------------------------------------


def asked(road: Any, what: str) -> str:
    return client_of(road).get("/en/check/", {"q": what}).content.decode()


def test_number_reference_and_fingerprints_answer_for_a_document(accepted):
    printed()
    document = of_kind("protocol")

    for what in (document.number, document.ref, document.content_sha256, document.print.sha256.upper()):
        page = asked(accepted, what)
        assert "Yes, this document was issued here." in page
        assert f"/en/documents/{document.ref}/" in page


def test_of_a_letter_only_what_its_holder_knows_is_told(accepted):
    letter = of_kind("letter")

    page = asked(accepted, letter.number)

    assert "This document is not public." in page
    assert letter.number in page and letter.ref not in page
    assert letter.title["en"] not in page


def test_what_was_not_issued_here_is_told_so(accepted):
    for what in ("KG-OSH-2099-P1", "0" * 64, "K0K0K0K0K0", "%", "\x00"):
        assert "Yes, this document" not in asked(accepted, what)
    assert "No, there is no such document here." in asked(accepted, "KG-OSH-2099-P1")


def test_a_copy_is_checked_by_its_bytes_and_not_kept(accepted, real_prints):
    printed()
    letter = of_kind("letter")
    content = documents.bytes_of(letter.print)
    before = File.objects.count()

    page = client_of(accepted).post("/en/check/", {"copy": SimpleUploadedFile("a.pdf", content)}).content.decode()
    assert "Yes, this document was issued here." in page

    other = SimpleUploadedFile("a.pdf", samples.pdf())
    page = client_of(accepted).post("/en/check/", {"copy": other}).content.decode()
    assert "No, there is no such document here." in page
    assert File.objects.count() == before


def test_a_paper_that_nobody_signed_yet_shows_no_data_of_the_machine():
    """A council signs the print of its package: on the page its block of signatures is empty."""
    blocks = [documents_page._shown({"type": "signatures", "rows": [["Төрага", "", ""]]})]
    lists = [documents_page._shown({"type": "list", "items": ["Бекитилсин."]})]

    said = [render_to_string("documents/document.html", {"blocks": one, "text": {}}) for one in (blocks, lists)]

    assert "&#x27;facts" not in said[0]
    assert "<li>Бекитилсин.</li>" in said[1]
