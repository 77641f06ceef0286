"""Tables of the regime room: data beside the shipped files."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jardam.documents.models import File
from jardam.fields import LongText, Ref, Text
from jardam.journal.models import Stateful
from jardam.parties.models import Organisation

from . import lifecycle


class RuleConfirmation(Stateful):
    """A value of one key of one edition, read in the official text."""

    KIND: ClassVar[str] = lifecycle.CONFIRMATION.kind

    ref = Ref()
    edition = models.CharField(max_length=40)
    key = models.CharField(max_length=60)
    value = models.JSONField()  # as a YAML file holds it
    act = Text(max_length=200)
    article = Text(max_length=100)
    url = models.URLField(max_length=500, blank=True)
    edition_date = models.DateField()  # of the text that was read
    page_image = models.ForeignKey(File, models.PROTECT, null=True, related_name="+")
    revision = models.PositiveSmallIntegerField()
    entered_by_id = models.BigIntegerField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=lifecycle.CONFIRMATION.states), name="confirmation_state_known"
            ),
            models.UniqueConstraint(fields=["edition", "key", "revision"], name="confirmation_revision_once"),
        ]


class RuleAdoption(Stateful):
    """A value from a customer's own act."""

    KIND: ClassVar[str] = lifecycle.ADOPTION.kind

    ref = Ref()
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    form = models.CharField(max_length=12)
    key = models.CharField(max_length=60)
    value = models.JSONField()
    act_number = Text(max_length=60)
    act_on = models.DateField()
    file = models.ForeignKey(File, models.PROTECT, null=True, related_name="+")
    silence_statement = LongText(blank=True)  # "the official text was read and is silent", signed
    adopted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.ADOPTION.states), name="rule_adoption_state_known")
        ]
        indexes = [models.Index(fields=["customer", "form", "id"], name="rule_adoption_by_customer")]
