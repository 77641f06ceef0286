"""Named reads of signatures and looks."""

from __future__ import annotations

from .models import Look, Signature


def signatures(object_kind: str, object_id: int, content_sha256: str) -> list[Signature]:
    """Those over exactly this content, oldest first."""
    return list(
        Signature.objects.filter(object_kind=object_kind, object_id=object_id, content_sha256=content_sha256).order_by(
            "id"
        )
    )


def looks(label: str) -> list[Look]:
    """Who opened this sealed content, newest first: what its owner is shown."""
    return list(Look.objects.filter(label=label).order_by("-id"))
