"""Tables of the ledger."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jardam.documents.models import File
from jardam.fields import Amount, Ref, Text
from jardam.journal.models import AppendOnly, Stateful
from jardam.parties.models import BankAccount

from . import lifecycle
from .rules import CONTRA, GONE, PAID, Found, Outcome, Source, Stage


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
    version = models.PositiveSmallIntegerField(default=1)
    is_existing = models.BooleanField(default=False)  # given before the system, recorded afterwards
    carried_from = models.OneToOneField("self", models.PROTECT, null=True, related_name="carried_to")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=lifecycle.APPROPRIATION.states), name="appropriation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=[s.value for s in Source]), name="appropriation_source_known"
            ),
            # A revision may take everything; the first version gives something.
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(amount=0, version__gt=1), name="appropriation_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["owner_kind", "owner_id", "id"], name="appropriation_by_owner"),
            models.Index(fields=["organisation_id", "year", "id"], name="appropriation_by_year"),
        ]


class AppropriationVersion(AppendOnly):
    """What a budget document made of an appropriation; the first stands on the appropriation's own act."""

    appropriation = models.ForeignKey(Appropriation, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    amount = Amount()
    unit = models.CharField(max_length=8)
    document = Text(max_length=200)
    document_on = models.DateField()
    reason = Text(max_length=300)
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["appropriation", "number"], name="appropriation_version_once")]


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


class PaymentPackage(Stateful):
    """Payments of one payer that go to the treasury under two signatures, of persons named when it is drawn up."""

    KIND: ClassVar[str] = lifecycle.PACKAGE.kind

    ref = Ref()
    organisation_id = models.BigIntegerField()  # the payer
    first_id = models.BigIntegerField()  # the person who signs first
    second_id = models.BigIntegerField()  # who signs second and made none of its orders
    first_signed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.PACKAGE.states), name="package_state_known"),
            models.CheckConstraint(condition=~Q(first_id=F("second_id")), name="package_two_signatories"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(first_signed_at__isnull=False, sent_at__isnull=False),
                name="package_sent_with_both",
            ),
        ]
        indexes = [models.Index(fields=["organisation_id", "state", "id"], name="package_by_payer")]


class PaymentOrder(Stateful):
    """A payment from a contract's money to the executor's account: prepared by one person, signed by another in a
    package, executed or refused by the treasury, credited by the payee's bank or bounced."""

    KIND: ClassVar[str] = lifecycle.PAYMENT.kind
    LOCK_DEPTH: ClassVar[int] = 1

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
    refusal_code = models.CharField(max_length=24, blank=True)  # of the refusal or of the bounce
    origin = models.CharField(max_length=12, default="committed")  # the stage the money was ordered from
    account = models.ForeignKey(BankAccount, models.PROTECT, null=True, related_name="+")  # fixed by the order
    package = models.ForeignKey(PaymentPackage, models.PROTECT, null=True, related_name="payments")
    sent_on = models.DateField(null=True)  # its month of the cash plan
    settled_on = models.DateField(null=True)  # credited or bounced
    is_existing = models.BooleanField(default=False)  # made before the system, recorded afterwards

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.PAYMENT.states), name="payment_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(checker_id=None) | ~Q(checker_id=F("maker_id")), name="payment_maker_is_not_checker"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "executed", "credited", "bounced"]) | Q(checker_id__isnull=False),
                name="payment_approved_by_a_second",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["executed", "credited", "bounced"])
                | (~Q(document_number="") & Q(executed_on__isnull=False)),
                name="payment_executed_with_document",
            ),
        ]
        indexes = [
            models.Index(fields=["owner_kind", "owner_id", "id"], name="payment_by_owner"),
            models.Index(fields=["source_kind", "source_id", "id"], name="payment_by_source"),
            models.Index(fields=["state", "id"], name="payment_by_state"),
            models.Index(fields=["document_number", "executed_on"], name="payment_by_document"),
        ]

    @property
    def is_paid(self) -> bool:
        return self.state in PAID

    @property
    def is_gone(self) -> bool:
        """Its money is back with the contract: the same can be ordered again."""
        return self.state in GONE


class CashPlan(Stateful):
    """How a budget line's money of a customer leaves in the twelve months of a year."""

    KIND: ClassVar[str] = lifecycle.CASH_PLAN.kind

    ref = Ref()
    organisation_id = models.BigIntegerField()
    year = models.PositiveSmallIntegerField()
    line = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.CASH_PLAN.states), name="cash_plan_state_known"),
            models.UniqueConstraint(fields=["organisation_id", "year", "line"], name="cash_plan_one_of_a_line"),
        ]


class CashPlanMonth(AppendOnly):
    """One month of one version of a cash plan. *Amount*: som."""

    plan = models.ForeignKey(CashPlan, models.PROTECT, related_name="months")
    version = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    amount = Amount()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "version", "month"], name="cash_plan_month_once"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="cash_plan_month_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="cash_plan_month_not_negative"),
        ]


class CashPlanVersion(AppendOnly):
    """Why a cash plan is as it is."""

    plan = models.ForeignKey(CashPlan, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    reason = Text(max_length=300)
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="cash_plan_version_once")]


class Shortfall(Stateful):
    """A cut took more than was free. Open, it bars new reservations and contracts out of its appropriation; what is
    missing now stands on the appropriation's account `short`."""

    KIND: ClassVar[str] = lifecycle.SHORTFALL.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    appropriation = models.ForeignKey(Appropriation, models.PROTECT, related_name="shortfalls")
    missing = Amount()  # when it was opened

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.SHORTFALL.states), name="shortfall_state_known"),
            models.CheckConstraint(condition=Q(missing__gt=0), name="shortfall_positive"),
            models.UniqueConstraint(fields=["appropriation"], condition=Q(state="open"), name="shortfall_one_open"),
        ]


class YearClose(Stateful):
    """The closing of a customer's budget year, with what became of every balance."""

    KIND: ClassVar[str] = lifecycle.YEAR_CLOSE.kind

    ref = Ref()
    organisation_id = models.BigIntegerField()
    year = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.YEAR_CLOSE.states), name="year_close_state_known"),
            models.UniqueConstraint(fields=["organisation_id", "year"], name="year_close_once"),
        ]


class YearCloseLine(AppendOnly):
    """What became of one balance, and the posting that did it."""

    close = models.ForeignKey(YearClose, models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12)
    amount = Amount()
    posting = models.OneToOneField(Posting, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[o.value for o in Outcome]), name="year_close_outcome_known"
            )
        ]


class Statement(Stateful):
    """A statement file of a treasury or bank, read once: the same bytes are the same statement."""

    KIND: ClassVar[str] = lifecycle.STATEMENT.kind

    ref = Ref()
    organisation_id = models.BigIntegerField()  # the treasury whose officer brought it
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    lines_count = models.PositiveIntegerField()
    total_out = Amount()
    total_in = Amount()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.STATEMENT.states), name="statement_state_known"),
            models.UniqueConstraint(fields=["organisation_id", "sha256"], name="statement_file_once"),
        ]


class StatementLine(AppendOnly):
    """One payment of a statement, and what the reading made of it. No texts of the file are kept: only what is
    compared."""

    ref = Ref()
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()  # of the line in the file
    day = models.DateField()
    document = Text(max_length=40)
    amount = Amount()
    direction = models.CharField(max_length=3)  # out | in
    account = Text(max_length=34, blank=True)
    found = models.CharField(max_length=12)
    payment = models.ForeignKey(PaymentOrder, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(found__in=[f.value for f in Found]), name="statement_line_found_known"),
            models.CheckConstraint(condition=Q(direction__in=["out", "in"]), name="statement_line_direction_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="statement_line_positive"),
            models.CheckConstraint(
                condition=Q(found="unmatched", payment=None) | (~Q(found="unmatched") & Q(payment__isnull=False)),
                name="statement_line_none_orphaned",
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(found="matched"), name="statement_line_one_payment"
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(found="returned"), name="statement_line_one_return"
            ),
        ]
        indexes = [models.Index(fields=["statement", "found", "id"], name="statement_line_by_found")]


class LineMatch(Stateful):
    """Somebody says what an unmatched line is, and why; another checks it. It is a payment, money that an executor
    gave back, or neither: money of another kind, which the reason names."""

    KIND: ClassVar[str] = lifecycle.MATCH.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    line = models.ForeignKey(StatementLine, models.PROTECT, related_name="matches")
    payment = models.ForeignKey(PaymentOrder, models.PROTECT, null=True, related_name="+")
    refund = models.ForeignKey(Posting, models.PROTECT, null=True, related_name="+")
    direction = models.CharField(max_length=3, default="out")  # of the line: a payment goes out and comes back once
    reason = Text(max_length=300)
    proposed_by_id = models.BigIntegerField()
    checked_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.MATCH.states), name="match_state_known"),
            models.CheckConstraint(condition=Q(direction__in=["out", "in"]), name="match_direction_known"),
            models.CheckConstraint(
                condition=Q(checked_by_id=None) | ~Q(checked_by_id=F("proposed_by_id")),
                name="match_checked_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(checked_by_id__isnull=False), name="match_confirmed_by_a_second"
            ),
            models.UniqueConstraint(fields=["line"], condition=~Q(state="rejected"), name="match_one_of_a_line"),
            models.UniqueConstraint(
                fields=["payment", "direction"], condition=~Q(state="rejected"), name="match_one_of_a_payment"
            ),
            models.UniqueConstraint(fields=["refund"], condition=~Q(state="rejected"), name="match_one_of_a_refund"),
            models.CheckConstraint(
                condition=Q(refund=None) | Q(payment=None, direction="in"), name="match_refund_came_in"
            ),
        ]
