"""Tables of the documents room."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models

from jardam.fields import Localised, Ref, Text
from jardam.journal.models import AppendOnly, Stateful

from . import lifecycle, rules


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


class SealedFile(AppendOnly):
    """An uploaded file of a sealed object. `file` holds the ciphertext; name, type, size and hash are in `facts`."""

    ref = Ref()
    label = models.CharField(max_length=60, db_index=True)  # the seal it opens with
    facts = models.BinaryField()  # sealed JSON
    file = models.OneToOneField(File, models.PROTECT, related_name="sealed")
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


class Document(Stateful):
    """An official document: its content, written once in the act that it states, and the print of it, made once.

    Its record in the journal (`issue_document`) has that act as its cause. The database keeps every column but state
    and print as it was written (migration 0004).
    """

    KIND: ClassVar[str] = lifecycle.DOCUMENT.kind

    ref = Ref()
    kind = models.CharField(max_length=16)
    number = Text(max_length=48)
    title = Localised()
    language = models.CharField(max_length=2)  # of the text that stands first
    object_kind = models.CharField(max_length=24)
    object_id = models.BigIntegerField()
    content = models.BinaryField()  # canonical JSON, schema jardam-document/1
    content_sha256 = models.CharField(max_length=64, db_index=True)
    hash_v = models.PositiveSmallIntegerField()
    template = models.CharField(max_length=24)  # name and version of what printed it
    print = models.OneToOneField(File, models.PROTECT, null=True, related_name="document")
    public = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=lifecycle.DOCUMENT.states), name="document_state_known"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=rules.DOCUMENT_KINDS), name="document_kind_known"),
            models.CheckConstraint(
                condition=models.Q(state="issued", print__isnull=True)
                | models.Q(state="printed", print__isnull=False),
                name="document_printed_with_print",
            ),
        ]
        indexes = [
            models.Index(fields=["object_kind", "object_id", "id"], name="document_by_object"),
            models.Index(fields=["number", "id"], name="document_by_number"),
            models.Index(fields=["id"], condition=models.Q(state="issued"), name="document_not_printed"),
        ]


class PrintTry(AppendOnly):
    """A print that could not be made: why, and when the clock tries again."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="tries")
    number = models.PositiveIntegerField()  # counted from 1
    fault = Text(max_length=rules.FAULT_LENGTH)
    at = models.DateTimeField()
    again_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="print_try_counted_once")]


class Incident(Stateful):
    """Stored content that somebody asked for and nobody could be given, from that moment until it is whole again.

    The database keeps every column but the state as it was written (migration 0005).
    """

    KIND: ClassVar[str] = lifecycle.INCIDENT.kind

    ref = Ref()
    ground = models.CharField(max_length=12)
    subject = Text(max_length=120)  # as `jardam verify` names it; for sealed content its label
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=lifecycle.INCIDENT.states), name="incident_state_known"
            ),
            models.CheckConstraint(condition=models.Q(ground__in=rules.GROUNDS), name="incident_ground_known"),
            models.UniqueConstraint(
                fields=["subject", "ground"], condition=models.Q(state="open"), name="incident_open_once"
            ),
        ]
