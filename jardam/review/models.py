"""Tables of the review room."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jardam.contests.models import Application, Contest, Lot
from jardam.fields import Amount, LongText, Ref, Text
from jardam.journal.models import AppendOnly, Stateful
from jardam.parties.models import Organisation

from . import lifecycle


class Commission(Stateful):
    """The commission of one contest, appointed by an order of the customer."""

    KIND: ClassVar[str] = lifecycle.COMMISSION.kind

    ref = Ref()
    contest = models.OneToOneField(Contest, models.PROTECT, related_name="+")
    order_number = Text(max_length=40)
    ordered_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.COMMISSION.states), name="commission_state_known")
        ]


class Member(AppendOnly):
    """A seat in a commission."""

    commission = models.ForeignKey(Commission, models.PROTECT, related_name="members")
    person_id = models.BigIntegerField()
    mandate_id = models.BigIntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = Text(max_length=200)
    side = models.CharField(max_length=8)  # state | civil
    seat = models.CharField(max_length=12)  # chair | member | secretary
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commission", "person_id"], name="member_sits_once")]
        indexes = [models.Index(fields=["person_id"], name="member_by_person")]


class Proceeding(Stateful):
    """The review of one lot."""

    KIND: ClassVar[str] = lifecycle.PROCEEDING.kind

    ref = Ref()
    lot = models.OneToOneField(Lot, models.PROTECT, related_name="+")
    commission = models.ForeignKey(Commission, models.PROTECT, related_name="proceedings")
    clock = models.JSONField(default=list)  # [stage, deadline with its derivation] in order, from `rev.clock`

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.PROCEEDING.states), name="proceeding_state_known")
        ]


class Candidacy(Stateful):
    """One opened application under review."""

    KIND: ClassVar[str] = lifecycle.CANDIDACY.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="candidacies")
    application = models.OneToOneField(Application, models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    ground = models.CharField(max_length=40, blank=True)  # of a rejection: a code of adm.grounds
    ground_text = LongText(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.CANDIDACY.states), name="candidacy_state_known"),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(ground=""), name="candidacy_rejected_with_ground"
            ),
        ]
        indexes = [models.Index(fields=["proceeding", "id"], name="candidacy_by_proceeding")]

    @property
    def score_label(self) -> str:
        """The name of the seal over its score sheets."""
        return f"scores:{self.ref}"


class Interest(AppendOnly):
    """What a member declared about one applicant. `conflicted` closes the application to the member."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="interests")
    candidacy = models.ForeignKey(Candidacy, models.PROTECT, related_name="interests")
    conflicted = models.BooleanField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "candidacy"], name="interest_declared_once")]


class ScoreSheet(AppendOnly):
    """One member's scores of one candidacy, sealed: {criterion: {"score": …, "reason": …}}. No hash is kept of it:
    few possible scores could be guessed from one."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="sheets")
    candidacy = models.ForeignKey(Candidacy, models.PROTECT, related_name="sheets")
    sealed = models.BinaryField()
    act_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "candidacy"], name="score_sheet_once")]


class Protocol(Stateful):
    """The protocol of a proceeding: generated, signed over its hash, published."""

    KIND: ClassVar[str] = lifecycle.PROTOCOL.kind
    LOCK_DEPTH: ClassVar[int] = 2

    ref = Ref()
    number = models.CharField(max_length=40, unique=True)
    proceeding = models.OneToOneField(Proceeding, models.PROTECT, related_name="protocol")
    content = models.BinaryField()  # canonical JSON, schema jardam-protocol/1
    content_sha256 = models.CharField(max_length=64)
    hash_v = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField(null=True)
    signing_from = models.DateTimeField(null=True)  # contracts wait until then (H-03)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.PROTOCOL.states), name="protocol_state_known")
        ]


class Award(AppendOnly):
    """What the published protocol gives a candidacy. *Amount*: som, not more than was asked for."""

    ref = Ref()
    candidacy = models.OneToOneField(Candidacy, models.PROTECT, related_name="award")
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="awards")
    applicant = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    project_title = Text(max_length=300)
    rank = models.PositiveSmallIntegerField()
    amount = Amount()
    requested = Amount()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(amount__lte=models.F("requested")), name="award_within_request"
            )
        ]
