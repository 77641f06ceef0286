"""Stored content that is damaged, and prints that fail: what the reader, the operator and the clock make of it."""

from __future__ import annotations

import errno
import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from jardam.cli.tick import tick
from jardam.documents import operations as documents
from jardam.documents import printing
from jardam.documents.models import Document, Incident, PrintTry, path_of
from jardam.documents.policy import OPERATOR
from jardam.documents.rules import LONGEST_PAUSE, print_again_at
from jardam.documents.sealing import make_key_file
from jardam.documents.tests import samples
from jardam.journal.models import Outbox, Record
from jardam.journal.operations import consume
from jardam.journal.queries import wall_clock
from jardam.notices.models import Message
from jardam.parties.rules import Role
from jardam.transparency.queries import verify
from jardam.web import clock
from tests.test_pages_contracts import Desks
from tests.test_verify import corrupt, faults_about
from tests.world import database_refuses, refuses, sql

pytestmark = pytest.mark.django_db

NUMBER = re.compile(r'class="digest">([0-9A-Z]{10})<')


@pytest.fixture
def desks(road, monkeypatch, tmp_path, settings) -> Desks:
    """An announced contest with one application being written; the files are this test's own."""
    settings.DATA = tmp_path
    road.to_announced()
    road.write_application("umut")
    monkeypatch.setattr(clock, "now", lambda: road.at)
    return Desks(road)


def drain() -> None:
    while consume():
        pass


@pytest.fixture
def stored(desks) -> Any:
    return documents.receive(samples.pdf(), name="a.pdf", actor=desks.road.actor("umut_head"))


def fetched(desks: Desks, file: Any, language: str = "en") -> Any:
    with override(language):
        return desks.client("umut_head").get(reverse("file", args=[file.ref]))


# --- damage ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [("ky", "Азыр берүүгө болбойт"), ("ru", "Сейчас выдать это нельзя"), ("en", "This cannot be given out now")],
)
def test_a_changed_file_is_given_to_nobody_and_its_reader_is_told_a_number(language, said, desks, stored):
    path_of(stored.sha256).write_bytes(b"%PDF-1.7 forged")

    answer = fetched(desks, stored, language)

    assert answer.status_code == 500
    assert said in answer.content.decode()
    assert b"forged" not in answer.content and "Content-Disposition" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    incident = Incident.objects.get(ref=NUMBER.search(answer.content.decode())[1])
    assert (incident.ground, incident.subject) == ("changed", f"documents_file {stored.pk}")
    assert any(fault.startswith(incident.subject) for fault in verify())


def test_whoever_asks_again_is_told_the_same_number_and_the_operator_hears_once(desks, stored):
    path_of(stored.sha256).unlink()

    numbers = {NUMBER.search(fetched(desks, stored).content.decode())[1] for _ in range(3)}
    drain()

    (incident,) = Incident.objects.all()
    assert numbers == {incident.ref}
    assert incident.ground == "missing"
    registrars = {desks.road.cast.people["registrar"].pk}
    assert set(Message.objects.filter(what="incident:report_incident").values_list("person", flat=True)) == registrars
    assert "Restore what is damaged" in desks.due("registrar")
    assert incident.ref in desks.text("registrar", "operator_faults")


def test_the_journal_does_not_name_what_is_damaged_in_public(desks, settings, tmp_path):
    settings.KEY_FILE = tmp_path / "lost"
    make_key_file(settings.KEY_FILE)

    answer = desks.get("umut_head", "application_section", desks.road.applications["umut"].ref, "project")

    assert answer.status_code == 500
    record = Record.objects.get(verb="report_incident")
    assert record.public_data.keys() == {"ground", "private_digest"}
    assert record.person_id is None
    assert Incident.objects.get().subject.startswith(desks.road.applications["umut"].label)


@pytest.mark.parametrize(("key", "ground"), [("lost", "no_key"), ("other", "unopened")])
def test_a_sealed_file_that_does_not_open_is_an_incident_and_verify_names_the_seal(
    key, ground, desks, settings, tmp_path
):
    application = desks.road.applications["umut"]
    attached = application.attachments.earliest("id")
    settings.KEY_FILE = tmp_path / key
    if key == "other":
        make_key_file(settings.KEY_FILE)

    answer = desks.get("umut_head", "application_document", application.ref, attached.ref)

    assert answer.status_code == 500
    assert NUMBER.search(answer.content.decode())
    assert b"PDF" not in answer.content.partition(b"<main")[2]
    assert Incident.objects.get().ground == ground
    assert any(fault.startswith("documents_seal") for fault in verify())


def test_the_bytes_of_a_sealed_file_that_are_gone_are_an_incident(desks):
    application = desks.road.applications["umut"]
    attached = application.attachments.select_related("file__file").earliest("id")
    path_of(attached.file.file.sha256).unlink()

    answer = desks.get("umut_head", "application_document", application.ref, attached.ref)

    assert answer.status_code == 500
    assert Incident.objects.get().subject == f"documents_file {attached.file.file.pk}"


def test_damage_met_while_acting_leaves_nothing_of_the_act(desks, settings, tmp_path):
    application = desks.road.applications["umut"]
    settings.KEY_FILE = tmp_path / "lost"
    before = Record.objects.count()

    with override("en"):
        answer = desks.client("umut_head").post(reverse("application_check", args=[application.ref]), {"key": "k"})

    assert answer.status_code == 500
    application.refresh_from_db()
    assert application.state == "draft"
    assert list(Record.objects.order_by("id").values_list("verb", flat=True)[before:]) == ["report_incident"]


def test_an_incident_is_closed_once_the_bytes_are_back(desks, stored):
    path = path_of(stored.sha256)
    kept = path.read_bytes()
    path.write_bytes(b"other")
    fetched(desks, stored)
    incident = Incident.objects.get()
    with refuses("still_damaged"):
        documents.close_incident(actor=desks.road.actor("registrar"), incident=incident)
    assert "still not what was stored" in desks.text("registrar", "operator_incident", incident.ref)

    path.write_bytes(kept)
    desks.done("registrar", "operator_incident", incident.ref)

    assert Incident.objects.get().state == "closed"
    assert fetched(desks, stored).content == kept
    assert incident.ref not in desks.text("registrar", "operator_faults")
    assert list(verify()) == []


def test_only_the_registrar_reads_and_closes_incidents(desks, stored):
    path_of(stored.sha256).unlink()
    fetched(desks, stored)
    incident = Incident.objects.get()

    for who in ("lawyer", "auditor", "head", "umut_head"):
        assert desks.get(who, "operator_faults").status_code == 403
        with refuses("wrong_role"):
            documents.close_incident(actor=desks.road.actor(who), incident=incident)
    assert OPERATOR == Role.REGISTRAR


def test_of_an_incident_only_the_state_changes(desks, stored):
    path_of(stored.sha256).unlink()
    fetched(desks, stored)

    with database_refuses("JD001"):
        sql("UPDATE documents_incident SET subject = 'x'")


def test_an_incident_that_says_something_else_afterwards_is_found(desks, stored):
    path_of(stored.sha256).unlink()
    fetched(desks, stored)
    incident = Incident.objects.get()

    corrupt("UPDATE documents_incident SET ground = 'no_key'")

    assert faults_about("documents_incident", incident.pk)


def test_when_the_incident_cannot_be_recorded_the_log_still_has_its_number(desks, stored, monkeypatch, caplog):
    from django.db import OperationalError

    def down(**_given: Any) -> None:
        raise OperationalError("the database is away")

    path_of(stored.sha256).unlink()
    monkeypatch.setattr(documents, "report_incident", down)

    number = NUMBER.search(fetched(desks, stored).content.decode())[1]

    assert f"incident {number}: documents_file {stored.pk}" in caplog.text


# --- prints ----------------------------------------------------------------------------------------------------


def broken(*_args: Any, **_facts: Any) -> bytes:
    raise printing.PrintFault("unknown variable: x")


def full(_path: Path, _content: bytes) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def failed(desks, monkeypatch) -> Document:
    """The announcement, whose print fails while the returned context lasts."""
    with monkeypatch.context() as patch:
        patch.setattr(printing, "pdf", broken)
        drain()
    return Document.objects.get(kind="announcement")


def test_the_pauses_grow_up_to_a_day_and_a_print_is_never_given_up():
    at = wall_clock()
    pauses = [print_again_at(at, tries) - at for tries in range(1, 50)]

    assert pauses[0] == timedelta(minutes=1)
    assert all(a <= b for a, b in pairwise(pauses)) and pauses[-1] == LONGEST_PAUSE


@pytest.mark.parametrize("how", ["template", "disk"])
def test_a_failed_print_holds_nothing_up_and_says_so_on_the_page_of_the_document(how, desks, monkeypatch):
    with monkeypatch.context() as patch:
        if how == "template":
            patch.setattr(printing, "pdf", broken)
        else:
            patch.setattr(documents, "_write_once", full)
        drain()

    assert not Document.objects.filter(state="printed").exists()
    assert not Outbox.objects.exists()
    document = Document.objects.get(kind="announcement")
    page = desks.get("", "document", document.ref).content.decode()
    assert "The PDF could not be made." in page and "being made" not in page
    assert PrintTry.objects.filter(document=document).count() == 1


def test_the_clock_tries_again_when_the_pause_is_over_and_not_before(failed, monkeypatch):
    first = failed.tries.get()
    monkeypatch.setattr(printing, "pdf", broken)
    tick(first.again_at - timedelta(seconds=1))
    assert failed.tries.count() == 1

    tick(first.again_at)

    second = failed.tries.get(number=2)
    assert second.again_at - second.at > first.again_at - first.at
    monkeypatch.undo()
    tick(second.again_at)
    failed.refresh_from_db()
    assert failed.state == "printed"
    assert list(verify()) == []


def test_a_failure_that_was_taken_away_is_found(failed, monkeypatch):
    monkeypatch.setattr(printing, "pdf", broken)
    tick(failed.tries.get().again_at)
    second = failed.tries.get(number=2)

    corrupt(f"DELETE FROM documents_printtry WHERE document_id = {failed.pk} AND number = 1")

    assert faults_about("documents_printtry", second.pk)


def test_a_server_without_the_printer_serves_everything_but_prints(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "typst", None)

    with pytest.raises(printing.PrintFault):
        printing.real_pdf("report", {}, sha256="", address="http://127.0.0.1/x", at=wall_clock())  # type: ignore


def test_a_document_nobody_waits_to_print_is_printed_by_the_clock(desks):
    Outbox.objects.filter(consumer="prints").delete()

    tick(wall_clock())

    assert not Document.objects.filter(state="issued").exists()


def test_the_operator_sees_why_and_has_it_tried_at_once(desks, failed):
    said = desks.text("registrar", "operator_faults")
    assert failed.number in said and "unknown variable: x" in said
    assert "A print failed: see why, try again" in desks.due("registrar")

    desks.done("registrar", "operator_print", failed.ref)
    drain()

    failed.refresh_from_db()
    assert failed.state == "printed"
    assert failed.number not in desks.text("registrar", "operator_faults")
    assert desks.get("registrar", "operator_print", failed.ref).status_code == 404
    assert list(verify()) == []


def test_a_print_that_has_not_failed_is_not_asked_for(desks):
    with refuses("print_not_failed"):
        documents.print_again(actor=desks.road.actor("registrar"), document=Document.objects.get(kind="announcement"))


def test_a_visitor_reads_a_document_whose_print_failed(failed):
    assert Client().get(f"/ru/documents/{failed.ref}/").status_code == 200
