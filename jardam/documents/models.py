"""Tables of the documents room."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models

from jardam.fields import Ref, Text
from jardam.journal.models import AppendOnly

from . import rules  # noqa: F401  (what its constraints mean)


def path_of(sha256: str) -> Path:
    """Where the bytes with this hash are kept."""
    return settings.DATA / "files" / sha256[:2] / sha256


class File(AppendOnly):
    """Stored bytes: content-addressed, the name is for display only."""

    ref = Ref()
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    name = Text(max_length=200)
    uploaded_by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()


class Signature(AppendOnly):
    """A person's signature under a mandate over the SHA-256 of a content (decisions.md §7)."""

    object_kind = models.CharField(max_length=24)
    object_id = models.BigIntegerField()
    content_sha256 = models.CharField(max_length=64)
    carrier = models.CharField(max_length=12)  # platform | ink | certificate
    side = models.CharField(max_length=16)  # "customer", "executor", "member", "chair"
    person_id = models.BigIntegerField()
    person_name = Text(max_length=200)
    mandate_id = models.BigIntegerField()
    act_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["object_kind", "object_id", "content_sha256", "person_id"], name="signature_once_each"
            ),
            models.CheckConstraint(
                condition=models.Q(carrier__in=["platform", "ink", "certificate"]), name="signature_carrier_known"
            ),
        ]


class Seal(AppendOnly):
    """The wrapped data key of one object; `label` is its kind and ref."""

    label = models.CharField(max_length=60, unique=True)
    wrapped_key = models.BinaryField()
    at = models.DateTimeField()


class Look(AppendOnly):
    """Somebody opened a sealed content: who, under which mandate, what for."""

    label = models.CharField(max_length=60, db_index=True)
    person_id = models.BigIntegerField()
    person_name = Text(max_length=200)
    mandate_id = models.BigIntegerField()
    role = models.CharField(max_length=32)
    purpose = models.CharField(max_length=32)
    at = models.DateTimeField()
