"""Fifty hostile or odd files, each with the sentence its sender is told; and the sound ones, which are taken."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import UTC, datetime

import pytest

from jardam.documents import operations as documents
from jardam.documents.inspection import inspect
from jardam.documents.models import File, Look, SealedFile, path_of
from jardam.documents.rules import FILE_FAULTS, FILE_KINDS, MEGABYTE, NAME_LENGTH, safe_name
from jardam.documents.sealing import KeyFault
from jardam.documents.tests import samples as made
from jardam.kernel.actor import Actor, Standing, system
from jardam.kernel.refusal import Refused

AT = datetime(2026, 3, 2, 6, tzinfo=UTC)
ALL = tuple(FILE_KINDS)
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
PROGRAM = b"MZ\x90\x00" + b"\0" * 200
DOC_MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"

HOSTILE: dict[str, tuple[str, bytes, str]] = {
    # nothing, too much, no name
    "an empty file": ("smeta.pdf", b"", "file_empty"),
    "a file over the limit": ("smeta.pdf", made.pdf() + b" " * (5 * MEGABYTE), "file_too_large"),
    "a name of control characters": ("\x00\x01\u202e", made.pdf(), "file_name"),
    "a name that is only an ending": (".pdf", made.pdf(), "file_name"),
    "a name without an ending": ("README", made.pdf(), "file_kind"),
    # kinds that are not taken
    "a web page": ("page.html", HTML, "file_kind"),
    "a drawing that is a program (SVG)": ("logo.svg", b"<svg onload='alert(1)'/>", "file_kind"),
    "a program": ("setup.exe", PROGRAM, "file_kind"),
    "a shell script": ("run.sh", b"#!/bin/sh\nrm -rf /\n", "file_kind"),
    "an archive": ("all.zip", made.packed({"a.pdf": made.pdf()}), "file_kind"),
    "an old Word file": ("letter.doc", made.encrypted_office(), "file_kind"),
    "a macro document by its own name": ("letter.docm", made.office(content_type=DOC_MACRO), "file_kind"),
    "two endings, the last one a program": ("smeta.pdf.exe", PROGRAM, "file_kind"),
    "an ending turned round by a direction mark": ("smeta\u202efdp.exe", PROGRAM, "file_kind"),
    # not what it says
    "a web page called PDF": ("smeta.pdf", HTML, "file_mismatch"),
    "a program called PDF": ("smeta.pdf", PROGRAM, "file_mismatch"),
    "a picture called PDF": ("smeta.pdf", made.picture(), "file_mismatch"),
    "a JPEG called PNG": ("photo.png", made.picture("JPEG"), "file_mismatch"),
    "a drawing called PNG": ("photo.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file_mismatch"),
    "a sheet called DOCX": ("letter.docx", made.office("xlsx"), "file_mismatch"),
    "any archive called DOCX": (
        "letter.docx",
        made.packed({"[Content_Types].xml": "<T/>"}),
        "file_mismatch",
    ),
    "an old Word file called DOCX": (
        "letter.docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 900,
        "file_mismatch",
    ),
    "a PDF with rubbish before it": ("smeta.pdf", b"\n\nrubbish" + made.pdf(), "file_mismatch"),
    "a program called TXT": ("note.txt", PROGRAM, "file_mismatch"),
    # closed with a password
    "a PDF with a password": (
        "smeta.pdf",
        made.pdf(
            objects=(b"<< /Filter /Standard /V 1 /R 2 /O (%s) /U (%s) /P -44 >>" % (b"o" * 32, b"u" * 32),),
            trailer="/Encrypt 4 0 R /ID [<00112233> <00112233>]",
        ),
        "file_encrypted",
    ),
    "a Word file with a password": ("letter.docx", made.encrypted_office(), "file_encrypted"),
    "a packed part with a password": ("letter.docx", made.with_password_flag(made.office()), "file_encrypted"),
    # damaged
    "a PDF cut off in the middle": ("smeta.pdf", made.pdf()[:-90], "file_broken"),
    "a PDF of nothing but its first line": ("smeta.pdf", b"%PDF-1.7\n", "file_broken"),
    "a PDF without a page": ("smeta.pdf", made.pdf().replace(b"[3 0 R]", b"[     ]"), "file_broken"),
    "a PDF without its catalogue": (
        "smeta.pdf",
        made.pdf().replace(b"/Type /Catalog /Pages", b"/Type /Katalog /Seiten"),
        "file_broken",
    ),
    "a PNG cut off": ("photo.png", made.picture(size=(400, 300))[:-200], "file_broken"),
    "a PNG with a wrong sum": ("photo.png", made.picture().replace(b"IDAT", b"IDAU"), "file_broken"),
    "a JPEG cut off": ("photo.jpg", made.picture("JPEG", (400, 300))[:700], "file_broken"),
    "an office file cut off": ("letter.docx", made.office()[:-40], "file_broken"),
    "a part with a wrong sum": (
        "letter.docx",
        made.with_wrong_crc(made.office(), "word/document.xml"),
        "file_broken",
    ),
    "a part that climbs out of its folder": ("letter.docx", made.office(parts={"../../etc/cron": "x"}), "file_broken"),
    # more than it seems
    "an archive that unpacks to a hundred times": (
        "sheet.xlsx",
        made.office("xlsx", {"xl/media/zero.png": b"\0" * (20 * MEGABYTE)}),
        "file_overfull",
    ),
    "an archive of thousands of parts": (
        "sheet.xlsx",
        made.office("xlsx", {f"xl/p{n}.xml": "<x/>" for n in range(2100)}),
        "file_overfull",
    ),
    "a picture of four thousand million points": ("photo.png", made.huge_png(), "file_overfull"),
    "a PDF of brackets without end": (
        "smeta.pdf",
        made.pdf(objects=(b"[" * 3000 + b"]" * 3000,)),
        "file_overfull",
    ),
    # what acts by itself
    "a PDF with a script": (
        "smeta.pdf",
        made.pdf(catalog="/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"),
        "file_active",
    ),
    "a PDF with a script under an escaped name": (
        "smeta.pdf",
        made.pdf(catalog="/OpenAction << /S /J#61vaScript /J#53 (app.alert\\(1\\)) >>"),
        "file_active",
    ),
    "a PDF with a script inside a packed stream": (
        "smeta.pdf",
        made.hidden_in_object_stream(b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"),
        "file_active",
    ),
    "a PDF that starts a program": (
        "smeta.pdf",
        made.pdf(page="/AA << /O << /S /Launch /F (cmd.exe) >> >>"),
        "file_active",
    ),
    "a PDF with a file inside": (
        "smeta.pdf",
        made.pdf(
            catalog="/Names << /EmbeddedFiles << /Names [(a) << /EF << /F 4 0 R >> >>] >> >>",
            objects=(made.stream(b"MZ", "/Type /EmbeddedFile"),),
        ),
        "file_active",
    ),
    "a PDF with a form of its own (XFA)": (
        "smeta.pdf",
        made.pdf(catalog="/AcroForm << /XFA 4 0 R >>", objects=(made.stream(b"<xdp/>"),)),
        "file_active",
    ),
    "a PDF that sends what is typed": (
        "smeta.pdf",
        made.pdf(catalog="/OpenAction << /S /SubmitForm /F (http://example.invalid) >>"),
        "file_active",
    ),
    "a Word file with macros": (
        "letter.docx",
        made.office(parts={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
        "file_active",
    ),
    "a macro document called DOCX": ("letter.docx", made.office(content_type=DOC_MACRO), "file_active"),
    "a Word file with a template from elsewhere": (
        "letter.docx",
        made.office(
            parts={
                "word/_rels/settings.xml.rels": made.RELATION.format(
                    kind="attachedTemplate", target="http://example.invalid/t.dotm"
                )
            }
        ),
        "file_active",
    ),
    "a sheet that takes figures from elsewhere": (
        "sheet.xlsx",
        made.office("xlsx", {"xl/externalLinks/externalLink1.xml": "<x/>"}),
        "file_active",
    ),
    "a Word file that calls a program (DDE)": (
        "letter.docx",
        made.office(body='<w:p xmlns:w="w"><w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText></w:p>'),
        "file_active",
    ),
    "a Word file with a web page inside": ("letter.docx", made.office(parts={"word/a.html": HTML}), "file_active"),
    "a Word file with an archive inside": (
        "letter.docx",
        made.office(parts={"word/media/a.png": made.packed({"a": "a"})}),
        "file_active",
    ),
    "a Word file whose text fetches files (XXE)": (
        "letter.docx",
        made.office(body='<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'),
        "file_active",
    ),
    "a statement with a formula": ("bank.csv", b"date,sum\n02.03.2026,=cmd|'/c calc'!A1\n", "file_active"),
    "a statement that is a web page": ("bank.txt", HTML, "file_active"),
    # two in one
    "a PDF with an archive behind it": ("smeta.pdf", made.pdf() + made.packed({"a": "a"}), "file_two_in_one"),
    "a PDF with a web page behind it": ("smeta.pdf", made.pdf() + HTML, "file_two_in_one"),
    "a PNG with an archive behind it": ("photo.png", made.picture() + made.packed({"a": "a"}), "file_two_in_one"),
    "a JPEG with a web page behind it": ("photo.jpg", made.picture("JPEG") + HTML, "file_two_in_one"),
    "a JPEG with an archive behind it": (
        "photo.jpg",
        made.picture("JPEG") + made.packed({"a": "a"}),
        "file_two_in_one",
    ),
    "an office file with something behind it": ("letter.docx", made.office() + b"MZ" + b"\0" * 40, "file_two_in_one"),
    "a moving picture": ("photo.png", made.animated_png(), "file_two_in_one"),
}

SOUND: dict[str, tuple[str, bytes, str]] = {
    "a PDF": ("Смета № 3.pdf", made.pdf(), "application/pdf"),
    "a PDF that opens at its first page": (
        "a.PDF",
        made.pdf(catalog="/OpenAction [3 0 R /XYZ null null 0]"),
        "application/pdf",
    ),
    "a PDF with a link": (
        "a.pdf",
        made.pdf(page="/Annots [<< /Type /Annot /Subtype /Link /A << /S /URI /URI (https://gov.kg) >> >>]"),
        "application/pdf",
    ),
    "a packed PDF": ("a.pdf", made.hidden_in_object_stream(b"<< /S /GoTo /D [3 0 R /Fit] >>"), "application/pdf"),
    "a JPEG": ("IMG_2041.jpeg", made.picture("JPEG"), "image/jpeg"),
    "a JPEG with a camera's notes behind it": ("IMG.jpg", made.picture("JPEG") + b"SEFH\x6b\x00", "image/jpeg"),
    "a PNG": ("photo.png", made.picture(), "image/png"),
    "a Word file": ("Долбоор.docx", made.office(), FILE_KINDS["docx"].media_type),
    "a Word file with a link to press": (
        "a.docx",
        made.office(
            parts={"word/_rels/document.xml.rels": made.RELATION.format(kind="hyperlink", target="https://gov.kg")}
        ),
        FILE_KINDS["docx"].media_type,
    ),
    "a sheet with the printer's settings": (
        "a.xlsx",
        made.office("xlsx", {"xl/printerSettings/printerSettings1.bin": b"\x01\x02"}),
        FILE_KINDS["xlsx"].media_type,
    ),
    "a statement in UTF-8": ("bank.csv", "күнү;сумма\n02.03.2026;-1500,00\n".encode(), "text/csv"),
    "a statement of an old program": ("bank.txt", "дата;сумма\r\n02.03.2026;1500\r\n".encode("cp1251"), "text/plain"),
}


def test_there_are_fifty_of_them_and_every_sentence_is_heard():
    assert len(HOSTILE) >= 50
    assert {code for _, _, code in HOSTILE.values()} == {reason.code for reason in FILE_FAULTS}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_or_odd_file_is_refused_with_its_sentence(what):
    name, content, code = HOSTILE[what]

    with pytest.raises(Refused) as refused:
        inspect(content, name=name, kinds=ALL, at_field="scan")

    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.at_field) == (code, "scan")
    assert str(refusal), "its sentence can be written"
    assert refusal.basis.act == "H-44"


@pytest.mark.parametrize("what", SOUND)
def test_a_sound_file_is_taken_with_its_one_media_type(what):
    name, content, media_type = SOUND[what]

    kind, shown = inspect(content, name=name, kinds=ALL)

    assert (kind.media_type, shown) == (media_type, name)


def test_a_statement_is_taken_only_where_statements_are():
    with pytest.raises(Refused) as refused:
        inspect(b"a;b\n", name="bank.csv")

    assert refused.value.code == "file_kind"
    assert "PDF, JPG" in str(refused.value) or refused.value.refusals[0].params["kinds"][0] == "PDF"


# --- names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\Айгүл\\Смета.pdf", "Смета.pdf"),
        ("a\x00b\nc.pdf", "ab c.pdf"),
        ("fdp.\u202eexe.pdf", "fdp.exe.pdf"),
        ('a<b>:"c|?*.pdf', "a_b___c___.pdf"),
        ("..pdf", ""),
        ("  .. ", ""),
        ("и\u0306о\u0308.pdf", unicodedata.normalize("NFC", "и\u0306о\u0308.pdf")),
    ],
)
def test_a_name_is_made_safe_to_show(given, shown):
    assert safe_name(given) == shown


def test_a_long_name_keeps_its_ending():
    assert safe_name("ө" * 500 + ".docx").endswith("ө.docx")
    assert len(safe_name("ө" * 500 + ".docx")) <= NAME_LENGTH
    assert len(safe_name("ө" * 500)) <= NAME_LENGTH


# --- receiving -------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, settings, db):
    settings.DATA = tmp_path
    return tmp_path


def test_a_received_file_is_kept_under_its_hash_and_never_under_its_name(folder):
    content = made.pdf()

    file = documents.receive(content, name="../../Смета.pdf", actor=system(AT))

    assert (file.name, file.media_type, file.size) == ("Смета.pdf", "application/pdf", len(content))
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert [path for path in folder.rglob("*") if path.is_file()] == [path_of(file.sha256)]
    assert documents.bytes_of(file) == content


@pytest.mark.parametrize("what", [what for what, (_, content, _) in HOSTILE.items() if content])
def test_a_refused_file_leaves_nothing_behind(what, folder):
    name, content, _ = HOSTILE[what]

    with pytest.raises(Refused):
        documents.receive(content, name=name, actor=system(AT), kinds=ALL)

    assert not any(folder.rglob("*"))
    assert not File.objects.exists()


def test_bytes_that_were_changed_are_given_to_nobody(folder):
    file = documents.receive(made.pdf(), name="a.pdf", actor=system(AT))
    path_of(file.sha256).write_bytes(b"other")

    with pytest.raises(documents.DamagedFile):
        documents.bytes_of(file)


# --- sealed files ----------------------------------------------------------------------------------------------

LABEL = "application:K3T9V2M4QA"
READER = Actor(7, "Бакыт", Standing(3, "commission_member", 5, "customer", "Мэрия"), AT)


@pytest.fixture
def sealed(folder, settings):
    from jardam.documents.sealing import make_key_file

    settings.KEY_FILE = folder / "sealing-key"
    make_key_file(settings.KEY_FILE)
    documents.seal_new(LABEL, AT)
    return documents.receive_sealed(made.pdf(), name="Паспорт Айгүл.pdf", label=LABEL, actor=system(AT))


def test_a_sealed_file_shows_neither_name_nor_content_on_disk_or_in_the_database(sealed):
    row = SealedFile.objects.select_related("file").get()
    stored = path_of(row.file.sha256).read_bytes()

    assert b"%PDF" not in stored
    assert "Айгүл".encode() not in stored + bytes(row.facts)
    assert row.file.media_type == "application/octet-stream"
    assert "Айгүл" not in row.file.name


def test_its_owner_opens_it_without_a_look_and_anybody_else_with_one(sealed):
    facts, content = documents.open_sealed(sealed)
    assert (facts["name"], content) == ("Паспорт Айгүл.pdf", made.pdf())
    assert not Look.objects.exists()

    assert documents.look_at_file(sealed, actor=READER, purpose="review") == (facts, content)
    assert Look.objects.get().purpose == "review"


def test_a_sealed_file_moved_to_another_row_does_not_open(sealed):
    other = documents.receive_sealed(made.pdf(), name="b.pdf", label=LABEL, actor=system(AT))
    sealed.file = other.file

    with pytest.raises(KeyFault):
        documents.open_sealed(sealed)


def test_the_same_file_sealed_twice_is_not_seen_to_be_the_same(sealed):
    other = documents.receive_sealed(made.pdf(), name="b.pdf", label=LABEL, actor=system(AT))

    assert other.file.sha256 != sealed.file.sha256
