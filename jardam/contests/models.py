"""Tables of the contests room."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jardam.fields import Amount, Localised, Ref, Text
from jardam.journal.models import AppendOnly, Stateful
from jardam.parties.models import Organisation
from jardam.planning.models import Measure, Programme
from jardam.rulebook.settlement import Settlement

from . import lifecycle


class Contest(Stateful):
    """A contest and its announcement, in the officials' own order (practice.md §5)."""

    KIND: ClassVar[str] = lifecycle.CONTEST.kind

    ref = Ref()
    number = models.CharField(max_length=40, null=True, unique=True)
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    title = Localised()
    goal = Localised(default=dict)
    tasks = Localised(default=dict)
    problem = Localised(default=dict)
    contacts = Text(max_length=300, blank=True)
    months = models.PositiveSmallIntegerField(default=6)
    announced_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    deadline_how = models.JSONField(null=True)  # the derivation: rule, basis, calendar
    opened_at = models.DateTimeField(null=True)
    edition = models.CharField(max_length=40, blank=True)
    edition_revision = models.PositiveSmallIntegerField(null=True)
    edition_sha256 = models.CharField(max_length=64, blank=True)
    settlement_bytes = models.BinaryField(null=True)  # all resolved parameters, canonical JSON

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.CONTEST.states), name="contest_state_known"),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(deadline_at__isnull=False, announced_at__isnull=False, settlement_bytes__isnull=False),
                name="contest_announced_with_rules_and_deadline",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="contest_by_state"),
            models.Index(fields=["customer", "id"], name="contest_by_customer"),
        ]

    @property
    def settlement(self) -> Settlement:
        """The rules this contest obeys for ever. Only once announced."""
        return _settled(bytes(self.settlement_bytes or b""))


@lru_cache(maxsize=64)
def _settled(stored: bytes) -> Settlement:
    """Read once for each process: an act asks for its rules many times, and they never change."""
    return Settlement.from_canonical(stored)


class Lot(models.Model):
    """A part of a contest: one measure's money. Fixed at the announcement."""

    ref = Ref()
    contest = models.ForeignKey(Contest, models.PROTECT, related_name="lots")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    amount = Amount()  # som, for all projects of the lot
    ceiling = Amount()  # som, for one project

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="lot_number_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, ceiling__gt=0) & Q(ceiling__lte=F("amount")), name="lot_amounts_fit"
            ),
        ]


class Application(Stateful):
    """An organisation's answer to a lot. What it says is in sealed drafts and versions."""

    KIND: ClassVar[str] = lifecycle.APPLICATION.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    number = models.CharField(max_length=40, null=True, unique=True)  # given at the opening
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="applications")
    contest = models.ForeignKey(Contest, models.PROTECT, related_name="applications")
    applicant = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=lifecycle.APPLICATION.states), name="application_state_known"
            ),
            models.UniqueConstraint(
                fields=["lot", "applicant"],
                condition=~Q(state="withdrawn"),
                name="application_one_living_in_a_lot",
            ),
        ]
        indexes = [
            models.Index(fields=["contest", "state", "id"], name="application_by_contest"),
            models.Index(fields=["applicant", "id"], name="application_by_applicant"),
        ]

    @property
    def label(self) -> str:
        """The name of its seal."""
        return f"application:{self.ref}"


class DraftSection(models.Model):
    """A section being written, sealed. Not an act; replaced at every save."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="draft_sections")
    section = models.CharField(max_length=16)
    sealed = models.BinaryField()
    saved_at = models.DateTimeField()
    saved_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "section"], name="draft_section_once")]


class Version(AppendOnly):
    """What was submitted, sealed; its row is the receipt: `ref`, `at` and the SHA-256 of the canonical content."""

    ref = Ref()
    application = models.ForeignKey(Application, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    hash_v = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="version_number_once")]
