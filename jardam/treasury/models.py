"""Tables of the ledger."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jardam.fields import Amount, Ref, Text
from jardam.journal.models import AppendOnly, Stateful

from . import lifecycle
from .rules import CONTRA, Source, Stage


class Appropriation(Stateful):
    """Money a budget document gives for a programme: one year, one line, one source."""

    KIND: ClassVar[str] = lifecycle.APPROPRIATION.kind

    ref = Ref()
    organisation_id = models.BigIntegerField()  # the customer
    owner_kind = models.CharField(max_length=24)  # "programme"
    owner_id = models.BigIntegerField()
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=12)
    line = models.CharField(max_length=40)  # the budget line of the document
    code = models.CharField(max_length=20, blank=True)  # economic classification; unknown for ГСЗ (law.md bud.code)
    amount = Amount()
    currency = models.CharField(max_length=3, default="KGS")
    unit = models.CharField(max_length=8)  # "som" | "thousand": of the paper, confirmed by retyping
    document = Text(max_length=200)
    document_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=lifecycle.APPROPRIATION.states), name="appropriation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=[s.value for s in Source]), name="appropriation_source_known"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="appropriation_positive"),
        ]
        indexes = [models.Index(fields=["owner_kind", "owner_id", "id"], name="appropriation_by_owner")]


class Account(AppendOnly):
    """One stage of money of one owner out of one appropriation."""

    stage = models.CharField(max_length=12)
    owner_kind = models.CharField(max_length=24)
    owner_id = models.BigIntegerField()
    appropriation = models.ForeignKey(Appropriation, models.PROTECT, related_name="accounts")
    currency = models.CharField(max_length=3, default="KGS")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner_kind", "owner_id", "stage", "appropriation"], name="account_one_of_a_kind"
            ),
            models.CheckConstraint(condition=Q(stage__in=[s.value for s in Stage]), name="account_stage_known"),
        ]


class Balance(models.Model):
    """What stands on an account. Never negative but for the two counter-accounts: the database refuses."""

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True, related_name="balance")
    amount = Amount(default=0)
    stage = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0) | Q(stage__in=sorted(s.value for s in CONTRA)),
                name="balance_not_negative",
            )
        ]


class Posting(AppendOnly):
    """A movement of money under one act; its entries sum to zero (triggers)."""

    verb = models.CharField(max_length=24)
    act_id = models.BigIntegerField()
    source_kind = models.CharField(max_length=24)
    source_id = models.BigIntegerField()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["source_kind", "source_id", "id"], name="posting_by_source")]


class Entry(AppendOnly):
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, models.PROTECT, related_name="entries")
    amount = Amount()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="entry_not_zero")]


class PaymentOrder(Stateful):
    """A payment from a contract's money to the executor's account, prepared by one person, approved by another."""

    KIND: ClassVar[str] = lifecycle.PAYMENT.kind

    ref = Ref()
    organisation_id = models.BigIntegerField()  # the payer
    payee_id = models.BigIntegerField()  # the executor
    owner_kind = models.CharField(max_length=24)  # "contract"
    owner_id = models.BigIntegerField()
    source_kind = models.CharField(max_length=24)  # "tranche"
    source_id = models.BigIntegerField()
    appropriation = models.ForeignKey(Appropriation, models.PROTECT, related_name="+")
    amount = Amount()
    currency = models.CharField(max_length=3, default="KGS")
    maker_id = models.BigIntegerField()
    checker_id = models.BigIntegerField(null=True)
    document_number = Text(max_length=40, blank=True)
    executed_on = models.DateField(null=True)
    refusal_code = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.PAYMENT.states), name="payment_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(checker_id=None) | ~Q(checker_id=F("maker_id")), name="payment_maker_is_not_checker"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "executed"]) | Q(checker_id__isnull=False),
                name="payment_approved_by_a_second",
            ),
            models.CheckConstraint(
                condition=~Q(state="executed") | (~Q(document_number="") & Q(executed_on__isnull=False)),
                name="payment_executed_with_document",
            ),
        ]
        indexes = [
            models.Index(fields=["owner_kind", "owner_id", "id"], name="payment_by_owner"),
            models.Index(fields=["source_kind", "source_id", "id"], name="payment_by_source"),
            models.Index(fields=["state", "id"], name="payment_by_state"),
        ]
