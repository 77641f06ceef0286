"""Keeping bytes: sealed contents with their looks, stored files, signatures."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from jardam.fields import LANGUAGES, in_language
from jardam.journal.models import Record, Stateful
from jardam.journal.operations import lock, perform
from jardam.journal.queries import wall_clock
from jardam.kernel.actor import Actor, system
from jardam.kernel.canonical import HASH_V, canonical
from jardam.kernel.text import clean

from . import printing, sealing, wording
from .damage import ChangedFile, Damaged, KeyFault, MissingFile
from .damage import DamagedFile as DamagedFile
from .inspection import inspect
from .models import Document, File, Incident, Look, PrintTry, Seal, SealedFile, Signature, path_of
from .papers import Paper
from .policy import DOCUMENT, INCIDENT
from .rules import DOCUMENTS, FAULT_LENGTH, FILE_KINDS, TEMPLATE_V, UPLOAD_LIMIT, print_again_at

log = logging.getLogger(__name__)

SEALED_TYPE = "application/octet-stream"


def seal_new(label: str, at: datetime) -> Seal:
    """A seal for a new object; `label` is `<kind>:<ref>`."""
    return Seal.objects.create(label=label, wrapped_key=sealing.new_wrapped_key(label), at=at)


def seal_content(label: str, part: str, content: Any) -> bytes:
    """The canonical JSON of `content`, sealed for the object `label` and this `part` of it ("v3", "draft")."""
    return sealing.seal(_key(label), canonical(content), f"{label}:{part}")


def unseal_content(label: str, part: str, sealed: bytes | memoryview) -> Any:
    """The owner's own reading. Everybody else goes through `look_at`."""
    return json.loads(sealing.unseal(_key(label), bytes(sealed), f"{label}:{part}"))


def unseal_many(items: Iterable[tuple[str, str, bytes | memoryview]]) -> list[Any]:
    """`unseal_content` for many (label, part, sealed) at once, in their order; one query for the keys."""
    wanted = list(items)
    keys = dict(Seal.objects.filter(label__in={item[0] for item in wanted}).values_list("label", "wrapped_key"))
    missing = [label for label, _, _ in wanted if label not in keys]
    if missing:
        raise KeyFault("The seal of this content is not there.", missing[0])
    opened = (sealing.unseal(bytes(keys[label]), bytes(sealed), f"{label}:{part}") for label, part, sealed in wanted)
    return [json.loads(one) for one in opened]


def look_at(label: str, part: str, sealed: bytes | memoryview, *, actor: Actor, purpose: str) -> Any:
    """Open a sealed content for somebody who is not its owner, and record the look in the same transaction.

    `purpose` is a code: "review", "screening", "audit". The caller has asked its policy already.
    """
    assert actor.standing is not None and actor.person_id is not None
    Look.objects.create(
        label=label,
        person_id=actor.person_id,
        person_name=actor.name,
        mandate_id=actor.standing.mandate_id,
        role=actor.standing.role,
        purpose=purpose,
        at=actor.at,
    )
    return unseal_content(label, part, sealed)


def _key(label: str) -> bytes:
    try:
        return bytes(Seal.objects.only("wrapped_key").get(label=label).wrapped_key)
    except Seal.DoesNotExist:
        raise KeyFault("The seal of this content is not there.", label) from None


def sign(
    *,
    object_kind: str,
    object_id: int,
    content_sha256: str,
    side: str,
    actor: Actor,
    act: Record,
    carrier: str = "platform",
) -> Signature:
    """The actor's signature over a content's hash, under `act`. A second one by the same person is an
    IntegrityError `signature_once_each`; lifecycles refuse earlier."""
    assert actor.standing is not None and actor.person_id is not None
    return Signature.objects.create(
        object_kind=object_kind,
        object_id=object_id,
        content_sha256=content_sha256,
        carrier=carrier,
        side=side,
        person_id=actor.person_id,
        person_name=actor.name,
        mandate_id=actor.standing.mandate_id,
        act_id=act.pk,
        at=actor.at,
    )


def store(content: bytes, *, name: str, media_type: str, actor: Actor) -> File:
    """Write the bytes under their SHA-256 and return their row; the same bytes are kept once.

    Order: temporary file, fsync, rename, fsync of the folder, then the row; so a committed row always has its bytes.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(sha256)
    if not path.exists():
        _write_once(path, content)
    return File.objects.create(
        sha256=sha256,
        size=len(content),
        media_type=media_type,
        name=name,
        uploaded_by_id=actor.person_id,
        at=actor.at,
    )


def receive(
    content: bytes,
    *,
    name: str,
    actor: Actor,
    kinds: Sequence[str] = DOCUMENTS,
    limit: int = UPLOAD_LIMIT,
    at_field: str = "document",
) -> File:
    """Take in an uploaded file of one of `kinds` (rules.FILE_KINDS), at most `limit` octets.

    Its type is told by its content and must be the one its name says; the name is kept for display only. Refuses at
    `at_field` what `inspection.inspect` refuses: `file_empty`, `file_too_large`, `file_name`, `file_kind`,
    `file_mismatch`, `file_encrypted`, `file_broken`, `file_overfull`, `file_active`, `file_two_in_one`.
    """
    kind, shown = inspect(content, name=name, kinds=kinds, limit=limit, at_field=at_field)
    return store(content, name=shown, media_type=kind.media_type, actor=actor)


def examined_name(content: bytes, *, name: str, kinds: Sequence[str] = DOCUMENTS, limit: int = UPLOAD_LIMIT) -> str:
    """The safe name of an upload that `receive` would take; refuses what it refuses. For a form, before its act."""
    return inspect(content, name=name, kinds=kinds, limit=limit)[1]


def endings_of(kinds: Iterable[str]) -> list[str]:
    """The endings that a browser offers for these kinds."""
    return [ending for kind in kinds for ending in FILE_KINDS[kind].endings]


def receive_sealed(
    content: bytes,
    *,
    name: str,
    label: str,
    actor: Actor,
    kinds: Sequence[str] = DOCUMENTS,
    limit: int = UPLOAD_LIMIT,
    at_field: str = "document",
) -> SealedFile:
    """Take in a file of a sealed object: encrypted on its own under the object's seal, its name with it. Refuses what
    `receive` refuses."""
    kind, shown = inspect(content, name=name, kinds=kinds, limit=limit, at_field=at_field)
    row = SealedFile(label=label, at=actor.at)
    facts = {
        "name": shown,
        "media_type": kind.media_type,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    row.facts = seal_content(label, f"facts-{row.ref}", facts)
    sealed = sealing.seal(_key(label), content, f"{label}:file-{row.ref}")
    row.file = store(sealed, name=f"{row.ref}.sealed", media_type=SEALED_TYPE, actor=actor)
    row.save(force_insert=True)
    return row


def open_sealed(row: SealedFile) -> tuple[dict[str, Any], bytes]:
    """The facts and the bytes of a sealed file, for its owner. Everybody else goes through `look_at_file`."""
    facts = unseal_content(row.label, f"facts-{row.ref}", row.facts)
    return facts, sealing.unseal(_key(row.label), bytes_of(row.file), f"{row.label}:file-{row.ref}")


def note_of(row: SealedFile) -> tuple[str, str, bytes | memoryview]:
    """What `unseal_many` opens to say what a sealed file is."""
    return row.label, f"facts-{row.ref}", row.facts


def told_of(rows: Iterable[SealedFile]) -> list[dict[str, Any]]:
    """Name, type, size and SHA-256 of sealed files in their order, for their owner; one query for the keys."""
    return unseal_many(map(note_of, rows))


def look_at_file(row: SealedFile, *, actor: Actor, purpose: str) -> tuple[dict[str, Any], bytes]:
    """`open_sealed` for somebody who is not the owner; the look is recorded in the same transaction."""
    facts = look_at(row.label, f"facts-{row.ref}", row.facts, actor=actor, purpose=purpose)
    return facts, sealing.unseal(_key(row.label), bytes_of(row.file), f"{row.label}:file-{row.ref}")


def bytes_of(file: File) -> bytes:
    """The stored bytes, proved against their hash. Raises Damaged: what was changed is given to nobody."""
    subject = f"documents_file {file.pk}"
    try:
        content = path_of(file.sha256).read_bytes()
    except FileNotFoundError:
        raise MissingFile(f"{subject}: its bytes are not there", subject) from None
    except OSError as fault:
        raise ChangedFile(f"{subject}: its bytes cannot be read ({type(fault).__name__})", subject) from fault
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise ChangedFile(f"{subject}: its bytes are not those that were stored", subject)
    return content


def _write_once(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)  # a full disk is not filled further by what was left half written
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


# --- damage ----------------------------------------------------------------------------------------------------


def report_incident(*, fault: Damaged, actor: Actor) -> Incident:
    """Put on record that stored content could not be given out, once while it lasts. The operator hears of it.

    *Actor*: the system; whoever met it did nothing wrong. House rule H-60.
    """
    known = Incident.objects.filter(subject=fault.subject, ground=fault.ground, state="open").first()
    if known is not None:
        return known
    incident = Incident(subject=fault.subject, ground=fault.ground, at=actor.at)
    # The label of a sealed application would tell the journal's readers who applies.
    private = {"subject": fault.subject}
    perform(INCIDENT, incident, "report_incident", actor=actor, public={"ground": fault.ground}, private=private)
    return incident


def close_incident(*, actor: Actor, incident: Incident) -> None:
    """Say that the content is back. Refuses `still_damaged` as long as the bytes are not those that were stored, or
    the key file does not open the seal."""
    (incident,) = lock(incident)
    perform(INCIDENT, incident, "close_incident", actor=actor)


# --- official documents ----------------------------------------------------------------------------------------

PRINTED = ("ky", "ru")
"""Both languages in one print, the state language first."""


def issue(
    *,
    kind: str,
    number: str,
    thing: Stateful,
    issuer: Mapping[str, str],
    build: Callable[[], Paper],
    act: Record,
    actor: Actor,
    facts: Mapping[str, Any] | None = None,
    public: bool = True,
) -> Document:
    """State an act on paper, in its transaction: keep its content and record it; the worker prints it right after
    the commit, with the act's time (ADR 0009 has the measurements).

    `build` is called in every language and answers in the active one; `facts` are the same for machines. Read by
    everybody when `public`, else by whoever sees `thing` (policy.papers_of). House rules H-26 and H-45.
    """
    document = Document(
        kind=kind,
        number=number,
        language=PRINTED[0],
        object_kind=thing.KIND,
        object_id=thing.pk,
        template=f"{kind}/{TEMPLATE_V}",
        hash_v=HASH_V,
        public=public,
        at=actor.at,
    )
    texts = {code: _text(code, build, issuer, actor.at) for code in LANGUAGES}
    content = {
        "schema": "jardam-document/1",
        "kind": kind,
        "template": document.template,
        "ref": document.ref,
        "number": number,
        "issued_at": actor.at,
        "object": {"kind": thing.KIND, "ref": getattr(thing, "ref", "")},
        "languages": list(PRINTED),
        "facts": dict(facts or {}),
        "texts": texts,
    }
    document.title = {code: text["title"] for code, text in texts.items()}
    document.content = canonical(content)
    document.content_sha256 = hashlib.sha256(document.content).hexdigest()
    said = {"kind": kind, "number": number, "content_sha256": document.content_sha256}
    perform(DOCUMENT, document, "issue_document", actor=system(actor.at), public=said, cause=act)
    return document


def print_unsigned(
    *,
    template: str,
    number: str,
    issuer: Mapping[str, str],
    build: Callable[[], Paper],
    content_sha256: str,
    address: str,
    at: datetime,
) -> bytes:
    """A PDF to sign in ink: it states no act, so that it is made anew on every request and kept nowhere. It carries
    the fingerprint of what is signed, and the address where that is read."""
    content = {
        "number": number,
        "languages": list(PRINTED),
        "texts": {code: _text(code, build, issuer, at) for code in PRINTED},
    }
    return printing.pdf(template, content, sha256=content_sha256, address=address, at=at)


def _print(document: Document) -> None:
    """Make the print: with the document's time, so that the same content gives the same bytes."""
    clockwork = system(document.at)
    made = printing.pdf(
        document.kind,
        json.loads(bytes(document.content)),
        sha256=document.content_sha256,
        address=check_address(document.ref),
        at=document.at,
    )
    file = store(made, name=f"{document.number}.pdf", media_type="application/pdf", actor=clockwork)
    public = {"print_sha256": file.sha256}
    perform(DOCUMENT, document, "print_document", actor=clockwork, public=public, changes={"print": file})


def print_issued(record: Record) -> None:
    """Consumer `prints` of the outbox: make the print of what was issued, or what the operator asked for again."""
    if record.object_kind == Document.KIND and record.verb in ("issue_document", "print_again"):
        print_now(Document(pk=record.object_id))


def print_now(document: Document) -> bool:
    """Make the print unless it is made; whether it was. Repeatable. A print that fails is noted with the time at which
    the clock tries again, and holds nothing else up (H-61)."""
    (document,) = lock(document)
    if document.state != "issued":
        return False
    try:
        _print(document)
    except (printing.PrintFault, OSError) as fault:
        log.exception("document %s could not be printed", document.ref)
        _note_failure(document, fault)
        return False
    return True


def _note_failure(document: Document, fault: Exception) -> None:
    number, at = document.tries.count() + 1, wall_clock()
    said = clean(f"{type(fault).__name__}: {fault}")[:FAULT_LENGTH]
    PrintTry.objects.create(document=document, number=number, fault=said, at=at, again_at=print_again_at(at, number))


def print_again(*, actor: Actor, document: Document) -> None:
    """Ask for a print that failed, before the clock does. The worker makes it after the commit. Refuses
    `print_not_failed`."""
    (document,) = lock(document)
    perform(DOCUMENT, document, "print_again", actor=actor)


def check_address(ref: str) -> str:
    """Where anyone checks a document: what its square code says."""
    return f"{settings.PUBLIC_ADDRESS}/{PRINTED[0]}/check/?q={ref}"


def _text(code: str, build: Callable[[], Paper], issuer: Mapping[str, str], at: datetime) -> dict[str, Any]:
    with override(code):
        labels = {
            "sign": gettext("No."),
            "number": gettext("Number of the document"),
            "issued": gettext("Issued"),
            "fingerprint": gettext("Fingerprint of the content (SHA-256)"),
            "check": gettext("Anyone can check this document at this address:"),
            "code": gettext("Square code with the address of the check"),
        }
        return build().as_plain() | {
            "issuer": in_language(dict(issuer), code),
            "day": wording.day(at),
            "issued": wording.instant(at),
            "notice": gettext("Demonstration: the bodies and persons are invented, the document has no force.")
            if settings.DEMO
            else "",
            "labels": labels,
        }
