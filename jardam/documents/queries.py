"""Named reads of signatures and looks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.actor import Actor

from .models import Document, File, Look, SealedFile, Signature, path_of
from .policy import may_read_document, may_read_file, purpose_of_opening, visible_prints


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


def sealed_file(ref: str, actor: Actor) -> tuple[SealedFile, str]:
    """The file and what for this actor opens it (`own` for its owner). Raises SealedFile.DoesNotExist else."""
    found = SealedFile.objects.select_related("file").get(ref=ref)
    purpose = purpose_of_opening(found, actor)
    if not purpose:
        raise SealedFile.DoesNotExist
    return found, purpose


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


# --- verify ----------------------------------------------------------------------------------------------------


def checks() -> list[Check]:
    """Every stored file has its bytes, unchanged; every signature stands under its signer's act; every
    document still says what was printed and recorded."""
    return [
        _stored_bytes,
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
    ]


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
