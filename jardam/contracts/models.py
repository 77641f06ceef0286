"""Tables of the contracts room."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jardam.documents.models import File
from jardam.fields import Amount, LongText, Ref, Text
from jardam.journal.models import AppendOnly, Stateful
from jardam.parties.models import Organisation
from jardam.planning.models import Measure
from jardam.review.models import Award
from jardam.rulebook.settlement import Settlement, settled

from . import lifecycle
from .rules import PAYEE_KINDS


class Contract(Stateful):
    """A contract of state social order; parties, title and amount are the award's, or those of the paper it was
    recorded from afterwards (`Original`). Only an amendment lowers the amount."""

    KIND: ClassVar[str] = lifecycle.CONTRACT.kind

    ref = Ref()
    number = models.CharField(max_length=40, null=True, unique=True)
    award = models.ForeignKey(Award, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)  # signed on paper before the system: when it was entered here
    paper_number = Text(max_length=40, blank=True, default="")  # of that paper
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    executor = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    title = Text(max_length=300)
    amount = Amount()
    starts_on = models.DateField()  # where the text counts from the last signature: as if that were today, until it is
    ends_on = models.DateField()
    content = models.BinaryField()  # canonical JSON of what is signed
    content_sha256 = models.CharField(max_length=64)
    hash_v = models.PositiveSmallIntegerField()
    signed_at = models.DateTimeField(null=True)
    lowered = Amount(default=0)  # by amendments: amount + lowered is what was awarded
    prepared_at = models.DateTimeField(null=True)  # the term to sign never begins earlier
    remark = LongText(blank=True)  # why it was taken back, for the parties

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.CONTRACT.states), name="contract_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="contract_amount_positive"),
            models.CheckConstraint(condition=Q(lowered__gte=0), name="contract_lowered_not_negative"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="contract_ends_later"),
            models.CheckConstraint(
                condition=Q(award__isnull=False, recorded_at=None, paper_number="")
                | (Q(award=None, recorded_at__isnull=False, signed_at__isnull=False) & ~Q(paper_number="")),
                name="contract_awarded_or_recorded",
            ),
            models.UniqueConstraint(
                fields=["customer", "paper_number", "signed_at"],
                condition=Q(recorded_at__isnull=False) & ~Q(state="discarded"),
                name="contract_paper_once",
            ),
            models.UniqueConstraint(
                fields=["award"], condition=~Q(state="taken_back"), name="contract_one_active_per_award"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "id"], name="contract_by_customer"),
            models.Index(fields=["executor", "id"], name="contract_by_executor"),
        ]


class Original(AppendOnly):
    """The paper a contract was recorded from, the measure that pays for it, and the rules it obeys here (H-62). The
    scan is for the two parties."""

    contract = models.OneToOneField(Contract, models.PROTECT, related_name="original")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    customer_signatory = Text(max_length=200)
    executor_signatory = Text(max_length=200)
    scan = models.ForeignKey(File, models.PROTECT, related_name="+")
    entered_by_id = models.BigIntegerField()
    edition = models.CharField(max_length=40)
    settlement_bytes = models.BinaryField()  # the resolved parameters, canonical JSON
    act_id = models.BigIntegerField()

    @property
    def settlement(self) -> Settlement:
        return settled(bytes(self.settlement_bytes))

    @property
    def signatories(self) -> tuple[tuple[str, str], ...]:
        """(side, name) of both."""
        return ("customer", self.customer_signatory), ("executor", self.executor_signatory)


class Tranche(AppendOnly):
    """One planned payment. Ordered and paid are facts of its payment order (treasury)."""

    ref = Ref()
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="tranches")
    number = models.PositiveSmallIntegerField()
    amount = Amount()
    condition = models.CharField(max_length=8)  # advance | report
    milestone = Text(max_length=200, blank=True)  # what must be reached before it is paid
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="tranche_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="tranche_amount_positive"),
        ]

    @property
    def agreed(self) -> Decimal:
        """What amendments leave of it, in som; zero when it was given up. `amount` is what was first signed."""
        return min((cut.leaves for cut in self.cuts.all()), default=self.amount)


class TrancheCut(AppendOnly):
    """An amendment lowered a tranche. *Leaves*: som; zero gives it up."""

    tranche = models.ForeignKey(Tranche, models.PROTECT, related_name="cuts")
    leaves = Amount()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(leaves__gte=0), name="tranche_cut_not_negative")]


class Report(Stateful):
    """What the executor did and spent for a tranche. *Spent*: som, the sum of its items."""

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
    kind = models.CharField(max_length=8, default="interim")  # interim | final
    due_on = models.DateField(null=True)  # the last day it could come in time
    returned_at = models.DateTimeField(null=True)
    indicators = models.JSONField(default=list)  # what was reached, in the order of the plan
    other_funding = LongText(blank=True)  # other money for the same work
    sections = models.JSONField(default=dict)  # code of form.report_sections → text, of those without a place above

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.REPORT.states), name="report_state_known"),
            models.CheckConstraint(condition=Q(spent__gte=0), name="report_spent_not_negative"),
        ]


class Acceptance(AppendOnly):
    """The act of acceptance of a report. *Amount*: som, of services taken over."""

    ref = Ref()
    number = models.CharField(max_length=40, null=True, unique=True)
    content_sha256 = models.CharField(max_length=64, blank=True)  # of what both sides sign
    report = models.OneToOneField(Report, models.PROTECT, related_name="acceptance")
    amount = Amount()
    accepted_on = models.DateField()
    act_id = models.BigIntegerField()


# --- plan and spending -----------------------------------------------------------------------------------------


class Plan(AppendOnly):
    """The budget lines and indicators agreed for a contract; the newest version counts. Amounts in som.

    `lines`: [[title, amount], …]; `indicators`: [[title, baseline, target], …]; both numbered from 1 by their place.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="plans")
    version = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=12)  # contract | amendment | reallocation
    lines = models.JSONField()
    indicators = models.JSONField()
    moved = Amount(default=0)  # between lines, against the version before
    content_sha256 = models.CharField(max_length=64)
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "version"], name="plan_version_once")]


class Expense(Stateful):
    """One item of a report: a primary document and what the customer says to it. Amounts in som, before tax.

    Who was paid may be a person: `payee`, `document` and the file are for the two parties only.
    """

    KIND: ClassVar[str] = lifecycle.EXPENSE.kind
    LOCK_DEPTH: ClassVar[int] = 2

    ref = Ref()
    tranche = models.ForeignKey(Tranche, models.PROTECT, related_name="expenses")
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="+")
    line = models.PositiveSmallIntegerField()  # of the plan
    title = Text(max_length=200)
    payee_kind = models.CharField(max_length=16)
    payee = Text(max_length=200, blank=True)
    document = Text(max_length=80)  # its number
    document_on = models.DateField()
    amount = Amount()  # gross, when it is pay
    net = Amount(null=True)  # of pay: what the worker received
    file = models.ForeignKey(File, models.PROTECT, null=True, related_name="+")
    accepted = Amount(null=True)
    remark = LongText(blank=True)  # of the customer
    answer = LongText(blank=True)  # of the executor

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.EXPENSE.states), name="expense_state_known"),
            models.CheckConstraint(condition=Q(payee_kind__in=list(PAYEE_KINDS)), name="expense_payee_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="expense_amount_positive"),
            models.CheckConstraint(
                condition=Q(net=None, payee_kind__in=list(PAYEE_KINDS[:-1]))
                | Q(net__gt=0, net__lte=F("amount"), payee_kind="employee"),
                name="expense_net_within_gross",
            ),
            models.CheckConstraint(
                condition=Q(accepted=None) | Q(accepted__gte=0, accepted__lte=F("amount")),
                name="expense_accepted_within",
            ),
        ]
        indexes = [models.Index(fields=["contract", "id"], name="expense_by_contract")]


# --- change, letters, things -----------------------------------------------------------------------------------


class Amendment(Stateful):
    """A change of term, amount or budget that both sides sign. `before` and `after` hold what changes, for everybody
    to read: {"ends_on": …, "lines": [[title, amount], …]}, and where the amount falls {"amount": …, "tranches":
    [[number, amount], …]}."""

    KIND: ClassVar[str] = lifecycle.AMENDMENT.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=24)
    explanation = LongText()  # for the parties
    before = models.JSONField()
    after = models.JSONField()
    moved = Amount(default=0)
    lowered = Amount(default=0)  # by how much the amount falls
    content = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    hash_v = models.PositiveSmallIntegerField()
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.AMENDMENT.states), name="amendment_state_known"),
            models.UniqueConstraint(fields=["contract", "number"], name="amendment_number_once"),
            models.CheckConstraint(condition=Q(lowered__gte=0), name="amendment_lowered_not_negative"),
        ]


class Letter(Stateful):
    """A numbered letter from one party to the other, and its answer. For the two parties only."""

    KIND: ClassVar[str] = lifecycle.LETTER.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="letters")
    number = models.CharField(max_length=40, unique=True)
    side = models.CharField(max_length=8)  # of the sender: customer | executor
    subject = Text(max_length=200)
    body = LongText()
    file = models.ForeignKey(File, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()
    answer_by = models.DateField(null=True)  # null: no answer is asked for
    answer = LongText(blank=True)
    answer_file = models.ForeignKey(File, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.LETTER.states), name="letter_state_known"),
            models.CheckConstraint(condition=Q(side__in=["customer", "executor"]), name="letter_side_known"),
            models.CheckConstraint(
                condition=~Q(state="answered") | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="letter_answered_with_text",
            ),
        ]
        indexes = [models.Index(fields=["contract", "id"], name="letter_by_contract")]


class Asset(Stateful):
    """A durable thing bought with the contract's money. `holder` may be a person: for the two parties only."""

    KIND: ClassVar[str] = lifecycle.ASSET.kind
    LOCK_DEPTH: ClassVar[int] = 3

    ref = Ref()
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="assets")
    expense = models.ForeignKey(Expense, models.PROTECT, related_name="assets")
    inventory = Text(max_length=40)
    title = Text(max_length=200)
    value = Amount()
    place = Text(max_length=200)
    holder = Text(max_length=200)
    fate_document = Text(max_length=200, blank=True)
    taker = Text(max_length=200, blank=True)  # who has it now, when it was handed over

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.ASSET.states), name="asset_state_known"),
            models.CheckConstraint(condition=Q(value__gt=0), name="asset_value_positive"),
            models.UniqueConstraint(fields=["contract", "inventory"], name="asset_inventory_once"),
        ]


# --- the end ---------------------------------------------------------------------------------------------------


class Return(Stateful):
    """Money the customer demands back from the executor. *Amount*: som; *settled*: what has come in so far;
    *penalty*: owed since all of it came in, because it came late (H-57)."""

    KIND: ClassVar[str] = lifecycle.RETURN.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="returns")
    reason = models.CharField(max_length=16)
    amount = Amount()
    settled = Amount(default=0)
    due_on = models.DateField()
    penalty = Amount(default=0)
    penalty_document = Text(max_length=40, blank=True)
    penalty_paid_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.RETURN.states), name="return_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="return_amount_positive"),
            models.CheckConstraint(
                condition=Q(settled__gte=0) & Q(settled__lte=F("amount")), name="return_settled_within"
            ),
            models.CheckConstraint(
                condition=Q(penalty_paid_on=None, penalty_document="")
                | (Q(penalty__gt=0, penalty_paid_on__isnull=False) & ~Q(penalty_document="")),
                name="return_penalty_paid_with_document",
            ),
        ]


class Repayment(AppendOnly):
    """Money that came back, with the payment document. *Amount*: som."""

    demand = models.ForeignKey(Return, models.PROTECT, related_name="repayments")
    amount = Amount()
    document = Text(max_length=40)
    paid_on = models.DateField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="repayment_positive")]


class DemandChange(AppendOnly):
    """A demand put right, or an entry under it reversed; what was entered stays. Amounts in som: of the demand, of
    what came in under it, or of the penalty entered as paid."""

    demand = models.ForeignKey(Return, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=12)  # lowered | withdrawn | reversed | penalty
    before = Amount()
    after = Amount()
    repayment = models.ForeignKey(Repayment, models.PROTECT, null=True, related_name="reversals")
    reason = LongText()  # for the parties
    document = Text(max_length=200)
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="reversed", repayment__isnull=False)
                | Q(kind__in=["lowered", "withdrawn", "penalty"], repayment=None),
                name="demand_change_kind_known",
            ),
            models.CheckConstraint(condition=Q(after__gte=0, after__lt=F("before")), name="demand_change_lowers"),
            models.UniqueConstraint(fields=["repayment"], name="demand_change_once_an_entry"),
        ]


class Termination(AppendOnly):
    """Notice that one side ends the contract; it counts while the contract's notice is not taken back."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="terminations")
    side = models.CharField(max_length=8)  # customer | executor
    ground = models.CharField(max_length=40)
    explanation = LongText()  # for the parties
    cure_until = models.DateField()  # last day to put the breach right
    ends_on = models.DateField()  # last day of the notice
    act_id = models.BigIntegerField()


# --- signatures on paper ---------------------------------------------------------------------------------------


class InkSignature(Stateful):
    """A signature on the printed contract, or on a printed `amendment` of it: entered by one person, compared with the
    scan by another (H-10)."""

    KIND: ClassVar[str] = lifecycle.INK.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="ink_signatures")
    amendment = models.ForeignKey(Amendment, models.PROTECT, null=True, related_name="ink_signatures")
    side = models.CharField(max_length=8)  # customer | executor
    signatory = Text(max_length=200)
    authority = Text(max_length=200)  # the document the signatory acts on
    signed_on = models.DateField()
    content_sha256 = models.CharField(max_length=64)  # as printed on the paper
    scan = models.ForeignKey(File, models.PROTECT, related_name="+")
    entered_by_id = models.BigIntegerField()
    checked_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.INK.states), name="ink_state_known"),
            models.CheckConstraint(condition=Q(side__in=["customer", "executor"]), name="ink_side_known"),
            models.CheckConstraint(
                condition=Q(checked_by_id=None) | ~Q(checked_by_id=F("entered_by_id")),
                name="ink_checked_by_a_second",
            ),
            models.UniqueConstraint(
                fields=["contract", "side"], condition=Q(state="checked", amendment=None), name="ink_once_a_side"
            ),
            models.UniqueConstraint(
                fields=["amendment", "side"], condition=Q(state="checked"), name="amendment_ink_once_a_side"
            ),
        ]
