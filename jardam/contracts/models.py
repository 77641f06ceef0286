"""Tables of the contracts room."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jardam.fields import Amount, LongText, Ref, Text
from jardam.journal.models import AppendOnly, Stateful
from jardam.parties.models import Organisation
from jardam.review.models import Award

from . import lifecycle


class Contract(Stateful):
    """A contract of state social order; parties, title and amount are the award's."""

    KIND: ClassVar[str] = lifecycle.CONTRACT.kind

    ref = Ref()
    number = models.CharField(max_length=40, null=True, unique=True)
    award = models.OneToOneField(Award, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    executor = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    title = Text(max_length=300)
    amount = Amount()
    starts_on = models.DateField()
    ends_on = models.DateField()
    content = models.BinaryField()  # canonical JSON of what is signed
    content_sha256 = models.CharField(max_length=64)
    hash_v = models.PositiveSmallIntegerField()
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.CONTRACT.states), name="contract_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="contract_amount_positive"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="contract_ends_later"),
        ]
        indexes = [
            models.Index(fields=["customer", "id"], name="contract_by_customer"),
            models.Index(fields=["executor", "id"], name="contract_by_executor"),
        ]


class Tranche(AppendOnly):
    """One planned payment. Ordered and paid are facts of its payment order (treasury)."""

    ref = Ref()
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="tranches")
    number = models.PositiveSmallIntegerField()
    amount = Amount()
    condition = models.CharField(max_length=8)  # advance | report
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="tranche_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="tranche_amount_positive"),
        ]


class Report(Stateful):
    """What the executor did and spent for a tranche. *Spent*: som."""

    KIND: ClassVar[str] = lifecycle.REPORT.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    tranche = models.OneToOneField(Tranche, models.PROTECT, related_name="report")
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="reports")
    narrative = LongText()
    people_served = models.PositiveIntegerField()
    spent = Amount()
    remark = LongText(blank=True)  # of the customer, when it was returned
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.REPORT.states), name="report_state_known"),
            models.CheckConstraint(condition=Q(spent__gte=0), name="report_spent_not_negative"),
        ]


class Acceptance(AppendOnly):
    """The act of acceptance of a report. *Amount*: som, of services taken over."""

    ref = Ref()
    report = models.OneToOneField(Report, models.PROTECT, related_name="acceptance")
    amount = Amount()
    accepted_on = models.DateField()
    act_id = models.BigIntegerField()
