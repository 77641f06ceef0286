"""Named reads of signatures and looks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from jardam.journal.models import Outbox
from jardam.journal.procedure import may
from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal

from . import sealing
from .models import Document, File, Incident, Look, PrintTry, Seal, Signature, path_of
from .policy import DOCUMENT, INCIDENT, OPERATOR, may_read_document, may_read_file, visible_prints


def signatures(object_kind: str, object_id: int, content_sha256: str) -> list[Signature]:
    """Those over exactly this content, oldest first."""
    return list(
        Signature.objects.filter(object_kind=object_kind, object_id=object_id, content_sha256=content_sha256).order_by(
            "id"
        )
    )


def signatures_of(object_kind: str, contents: Mapping[int, str]) -> dict[int, list[Signature]]:
    """The same for many things of a kind at once, by id and SHA-256 of the content; one query."""
    found: dict[int, list[Signature]] = {object_id: [] for object_id in contents}
    for one in Signature.objects.filter(object_kind=object_kind, object_id__in=found).order_by("id"):
        if one.content_sha256 == contents[one.object_id]:
            found[one.object_id].append(one)
    return found


def looks(label: str) -> list[Look]:
    """Who opened this sealed content, newest first: what its owner is shown."""
    return list(Look.objects.filter(label=label).order_by("-id"))


# --- files and documents ---------------------------------------------------------------------------------------


def file(ref: str, actor: Actor) -> File:
    """Raises File.DoesNotExist for one this actor may not read."""
    found = File.objects.get(ref=ref)
    if not may_read_file(found, actor):
        raise File.DoesNotExist
    return found


def document(ref: str, actor: Actor) -> Document:
    """Raises Document.DoesNotExist for one this actor may not read."""
    found = Document.objects.select_related("print").get(ref=ref)
    if not may_read_document(found, actor):
        raise Document.DoesNotExist
    return found


def content_of(document: Document) -> dict[str, Any]:
    return json.loads(bytes(document.content))


def documents_of(kind: str, ids: Iterable[int], actor: Actor) -> list[Document]:
    """What was issued about these things of one kind and this actor may read, oldest first; one query."""
    rows = visible_prints(actor).filter(object_kind=kind, object_id__in=list(ids))
    return list(rows.select_related("print").defer("content").order_by("id"))


def documents_that_are(text: str, limit: int = 10) -> list[Document]:
    """Those with this reference, number, or fingerprint of content or print: for whoever holds a copy. Says nothing of
    a document that is not public beyond its kind, number and time; the caller shows no more."""
    asked = "".join(text.split())
    if not asked:
        return []
    small = asked.lower()
    rows = Document.objects.filter(ref=asked.upper()) | Document.objects.filter(number__iexact=asked)
    if len(small) == 64:
        rows = Document.objects.filter(content_sha256=small) | Document.objects.filter(print__sha256=small)
    return list(rows.select_related("print").order_by("id")[:limit])


# --- what the operator has to see to ---------------------------------------------------------------------------


def last_try(document: Document) -> PrintTry | None:
    """The last time its print failed; None when it never did."""
    return document.tries.order_by("-number").first()


def _unprinted() -> QuerySet[Document]:
    return Document.objects.filter(state="issued").defer("content")


def prints_due(at: datetime, limit: int = 50) -> list[Document]:
    """Prints the clock makes now: those that failed and whose pause is over, and those that nobody waits for any
    more."""
    waits = Exists(Outbox.objects.filter(record_id=OuterRef("act_id"), consumer="prints"))
    rows = _unprinted().annotate(again_at=Max("tries__again_at"), waits=waits)
    due = Q(again_at__lte=at) | Q(again_at=None, waits=False)
    return list(rows.filter(due).order_by("id")[:limit])


def prints_failed(actor: Actor, after: int = 0, limit: int = 30) -> list[PrintTry]:
    """The last failure of every print that is not made, oldest document first; for the operator."""
    if not actor.has(OPERATOR):
        return []
    later = PrintTry.objects.filter(document_id=OuterRef("document_id"), number__gt=OuterRef("number"))
    rows = PrintTry.objects.filter(~Exists(later), document__state="issued", document_id__gt=after)
    return list(rows.select_related("document").defer("document__content").order_by("document_id")[:limit])


def print_refusals(document: Document, actor: Actor) -> tuple[Refusal, ...]:
    return may(DOCUMENT, document, "print_again", actor)


def failed_document(ref: str, actor: Actor) -> Document:
    """Raises Document.DoesNotExist for whoever is not the operator."""
    if not actor.has(OPERATOR):
        raise Document.DoesNotExist
    return _unprinted().get(ref=ref)


def incidents_open(actor: Actor, limit: int = 30) -> list[Incident]:
    """Damage nobody has closed, oldest first; for the operator."""
    return list(Incident.objects.filter(state="open").order_by("id")[:limit]) if actor.has(OPERATOR) else []


def incident(ref: str, actor: Actor) -> Incident:
    """Raises Incident.DoesNotExist for whoever is not the operator."""
    if not actor.has(OPERATOR):
        raise Incident.DoesNotExist
    return Incident.objects.get(ref=ref)


def incident_refusals(incident: Incident, actor: Actor) -> tuple[Refusal, ...]:
    return may(INCIDENT, incident, "close_incident", actor)


# --- verify ----------------------------------------------------------------------------------------------------


def checks() -> list[Check]:
    """Every stored file has its bytes, unchanged; every seal opens; every signature stands under its signer's act;
    every document still says what was printed and recorded."""
    return [
        _stored_bytes,
        _seals_open,
        _document_contents,
        agrees_with_act(
            Document,
            """t.kind = r.public_data->>'kind' AND t.number = r.public_data->>'number' AND t.at = r.at
               AND t.content_sha256 = r.public_data->>'content_sha256'""",
            "issue_document",
        ),
        agrees_with_act(
            Document,
            "r.public_data->>'print_sha256' = (SELECT sha256 FROM documents_file f WHERE f.id = t.print_id)",
            "print_document",
        ),
        sql_check(
            "documents_document {0}: no act is the cause of it (journal_record {1})",
            """SELECT d.id, r.id FROM documents_document d
               JOIN journal_record r ON r.object_kind = 'document' AND r.object_id = d.id AND r.verb = 'issue_document'
               WHERE r.cause_id IS NULL ORDER BY d.id LIMIT 1""",
        ),
        agrees_with_act(
            Signature,
            """t.person_id = r.person_id AND t.mandate_id = r.mandate_id AND t.object_kind = r.object_kind
               AND t.object_id = r.object_id AND t.content_sha256 = r.public_data->>'content_sha256'""",
        ),
        agrees_with_act(Incident, "t.ground = r.public_data->>'ground' AND t.at = r.at", "report_incident"),
        sql_check(
            "documents_printtry {0}: the tries before its number {1} are not there",
            """SELECT t.id, t.number FROM documents_printtry t
               WHERE t.number <> (SELECT count(*) FROM documents_printtry o
                                  WHERE o.document_id = t.document_id AND o.number <= t.number)
               ORDER BY t.id LIMIT 1""",
        ),
    ]


def _seals_open() -> Iterator[str]:
    """The key file opens every seal: a lost or wrong one is found before somebody needs what is sealed."""
    for row in Seal.objects.order_by("id").iterator(chunk_size=500):
        if not sealing.opens(bytes(row.wrapped_key), row.label):
            yield f"documents_seal {row.pk}: it does not open with the key file"
            return


def _stored_bytes() -> Iterator[str]:
    for row in File.objects.order_by("id").iterator(chunk_size=500):
        path = path_of(row.sha256)
        if not path.is_file():
            yield f"documents_file {row.pk}: its bytes are not there ({path.name})"
            return
        with path.open("rb") as handle:
            found = hashlib.file_digest(handle, "sha256").hexdigest()
        if (found, path.stat().st_size) != (row.sha256, row.size):
            yield f"documents_file {row.pk}: its bytes are not those that were stored"
            return


def _document_contents() -> Iterator[str]:
    for row in (
        Document.objects.only("content", "content_sha256", "number", "kind").order_by("id").iterator(chunk_size=100)
    ):
        if hashlib.sha256(bytes(row.content)).hexdigest() != row.content_sha256:
            yield f"documents_document {row.pk}: its content does not match its hash"
            return
        said = content_of(row)
        if (said["number"], said["kind"]) != (row.number, row.kind):
            yield f"documents_document {row.pk}: its content bears another number or kind"
            return
