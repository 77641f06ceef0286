"""Tables of the journal, and the two abstract kinds of table every room builds on."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from jardam.fields import Text


class ClockTimestamp(Now):
    """`clock_timestamp()`: the wall clock of the insert, not of the transaction's start."""

    template = "clock_timestamp()"

    def as_postgresql(self, compiler, connection, **extra):  # type: ignore[no-untyped-def]
        return self.as_sql(compiler, connection, template=self.template, **extra)


class AppendOnly(models.Model):
    """Rows are written once. The database refuses UPDATE, DELETE and TRUNCATE (journal.schema.append_only)."""

    class Meta:
        abstract = True


class Stateful(models.Model):
    """A thing with a state. `act_id` is the journal record that explains the state (journal.schema.guard_state).

    `KIND` is the lifecycle's kind. `LOCK_DEPTH` orders locks inside a room: parents before children.
    """

    KIND: ClassVar[str]
    LOCK_DEPTH: ClassVar[int] = 0

    state = models.CharField(max_length=24)
    act_id = models.BigIntegerField()

    class Meta:
        abstract = True


class Record(AppendOnly):
    """One act. `public` are the canonical bytes that are hashed and published; `public_data` the same for queries.

    Never in here: free text about persons, sealed values, application content (decisions.md §3.2).
    """

    kind = models.CharField(max_length=8, default="act")  # act | bulk
    verb = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=24)
    object_id = models.BigIntegerField()
    before = models.CharField(max_length=24, blank=True)
    after = models.CharField(max_length=24)
    person_id = models.BigIntegerField(null=True)
    person_name = Text(max_length=200, blank=True)
    organisation_id = models.BigIntegerField(null=True)
    organisation_name = Text(max_length=300, blank=True)
    mandate_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)
    acted_on = models.DateField(null=True)  # the date of a paper act entered later
    basis = models.JSONField()
    edition = models.CharField(max_length=40, blank=True)
    cause_id = models.BigIntegerField(null=True)  # the act this one was done under
    schema_v = models.PositiveSmallIntegerField(default=1)
    hash_v = models.PositiveSmallIntegerField()
    public = models.BinaryField()
    public_data = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["object_kind", "object_id", "id"], name="record_by_object"),
            models.Index(fields=["at", "id"], name="record_by_at"),
        ]


class PrivatePart(AppendOnly):
    """What the public may not see of an act. The public part holds its salted digest, so that erasing this row
    lawfully leaves the record provable."""

    record = models.OneToOneField(Record, models.PROTECT, primary_key=True, related_name="private_part")
    salt = models.BinaryField()
    payload = models.JSONField()


class Outbox(models.Model):
    """A record waiting for a consumer. Rows are taken with SKIP LOCKED and deleted when done."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    consumer = models.CharField(max_length=24)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "consumer"], name="outbox_once")]


class ActKey(models.Model):
    """A form's own key, so that pressing twice does one thing (decisions.md §3.7)."""

    key = models.CharField(max_length=64, primary_key=True)
    person_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    result = Text(max_length=500, blank=True)
    at = models.DateTimeField()


class Numbering(models.Model):
    """Gap-free register numbers, taken last in a transaction: `KG-<customer>-<year>-<series><n>`."""

    series = models.CharField(max_length=8)
    customer = models.CharField(max_length=16)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "customer", "year"], name="numbering_one_row")]
