"""Keeping bytes: sealed contents with their looks, stored files, signatures."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from jardam.journal.models import Record
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import canonical

from . import sealing
from .models import File, Look, Seal, Signature, path_of

SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)


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
        raise sealing.KeyFault("The seal of this content is not there.")
    opened = (sealing.unseal(bytes(keys[label]), bytes(sealed), f"{label}:{part}") for label, part, sealed in wanted)
    return [json.loads(one) for one in opened]


def look_at(label: str, part: str, sealed: bytes | memoryview, *, actor: Actor, purpose: str) -> Any:
    """Open a sealed content for somebody who is not its owner, and record the look in the same transaction.

    `purpose` is a code: "review", "screening", "audit". The caller has asked its policy already.
    """
    leave_look(label, actor=actor, purpose=purpose)
    return unseal_content(label, part, sealed)


def _key(label: str) -> bytes:
    try:
        return bytes(Seal.objects.only("wrapped_key").get(label=label).wrapped_key)
    except Seal.DoesNotExist:
        raise sealing.KeyFault("The seal of this content is not there.") from None


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


def receive(content: bytes, *, name: str, actor: Actor) -> File:
    """Take in an uploaded file: its type is told by its content, never by its name."""
    media_type = next((kind for start, kind in SIGNATURES if content.startswith(start)), "application/octet-stream")
    return store(content, name=name, media_type=media_type, actor=actor)


def _write_once(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with temporary.open("xb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


# --- sealed files ----------------------------------------------------------------------------------------------

SEALED_TYPE, SEALED_NAME = "application/octet-stream", "sealed"


def store_sealed(label: str, content: bytes, *, actor: Actor) -> File:
    """Keep bytes under a seal of their own (`label` is `file:<ref>`): on the disk and in the database there is only
    what the key file opens. The name is kept by whoever knows what the file is, sealed as well."""
    seal_new(label, actor.at)
    sealed = sealing.seal(_key(label), content, f"{label}:bytes")
    return store(sealed, name=SEALED_NAME, media_type=SEALED_TYPE, actor=actor)


def open_sealed(label: str, file: File) -> bytes:
    """The bytes as they were uploaded. The caller has asked its policy; whoever is not the owner leaves a look."""
    return sealing.unseal(_key(label), path_of(file.sha256).read_bytes(), f"{label}:bytes")


def told_type(content: bytes) -> str:
    """The media type by the content, as `receive` tells it."""
    return next((kind for start, kind in SIGNATURES if content.startswith(start)), SEALED_TYPE)


def leave_look(label: str, *, actor: Actor, purpose: str) -> None:
    """Record that `actor` opened something sealed under `label`."""
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
