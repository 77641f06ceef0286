"""Named reads of signatures and looks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from jardam.journal.queries import Check, agrees_with_act

from .models import File, Look, Signature, path_of


def signatures(object_kind: str, object_id: int, content_sha256: str) -> list[Signature]:
    """Those over exactly this content, oldest first."""
    return list(
        Signature.objects.filter(object_kind=object_kind, object_id=object_id, content_sha256=content_sha256).order_by(
            "id"
        )
    )


def bytes_of(file: File) -> bytes:
    """The stored bytes. The caller has asked its policy already."""
    return path_of(file.sha256).read_bytes()


def looks(label: str) -> list[Look]:
    """Who opened this sealed content, newest first: what its owner is shown."""
    return list(Look.objects.filter(label=label).order_by("-id"))


# --- verify ----------------------------------------------------------------------------------------------------


def checks() -> list[Check]:
    """Every stored file has its bytes, unchanged; every signature stands under its signer's act."""
    return [
        _stored_bytes,
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
