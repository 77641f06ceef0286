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
    term_from = models.DateField(null=True)  # of the order that renewed its term (com.term)

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
    seat = models.CharField(max_length=12)  # chair | member | secretary | reserve
    act_id = models.BigIntegerField()

    class Meta:
        # A member of the reserve who is called in gets a second row, with the seat that fell free.
        constraints = [models.UniqueConstraint(fields=["commission", "person_id", "seat"], name="member_sits_once")]
        indexes = [models.Index(fields=["person_id"], name="member_by_person")]


class Proceeding(Stateful):
    """The review of one lot."""

    KIND: ClassVar[str] = lifecycle.PROCEEDING.kind

    ref = Ref()
    lot = models.OneToOneField(Lot, models.PROTECT, related_name="+")
    commission = models.ForeignKey(Commission, models.PROTECT, related_name="proceedings")
    clock = models.JSONField(default=list)  # [stage, deadline with its derivation] in order, from `rev.clock`
    mending_until = models.DateTimeField(null=True)  # the first refused instant, the same for every applicant (H-02)
    mending_how = models.JSONField(null=True)  # its derivation

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
    denial = LongText(blank=True)  # why there is none, in spite of what the registers suggest (H-35)
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


# --- what does not go straight ---------------------------------------------------------------------------------


class Departure(AppendOnly):
    """A seat that fell free, and who took it. What the member who left had sent in stays."""

    commission = models.ForeignKey(Commission, models.PROTECT, related_name="departures")
    member = models.OneToOneField(Member, models.PROTECT, related_name="departure")
    successor = models.OneToOneField(Member, models.PROTECT, related_name="arrival")
    order_number = Text(max_length=40)
    left_on = models.DateField()
    act_id = models.BigIntegerField()


class Recusal(AppendOnly):
    """A member leaves one application after having declared no interest in it: the scores they gave it are void."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="recusals")
    candidacy = models.ForeignKey(Candidacy, models.PROTECT, related_name="recusals")
    ground = models.CharField(max_length=24)  # rules.RecusalGround
    text = LongText()
    proven = models.BooleanField()  # by the chair; else the member's own
    at = models.DateTimeField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "candidacy"], name="recusal_once")]


class Mending(Stateful):
    """The one chance to mend the curable faults of an application: only the faulted places are open, and only until
    `Proceeding.mending_until`."""

    KIND: ClassVar[str] = lifecycle.MENDING.kind
    LOCK_DEPTH: ClassVar[int] = 2

    ref = Ref()
    candidacy = models.OneToOneField(Candidacy, models.PROTECT, related_name="mending")
    ground = models.CharField(max_length=40)  # a curable code of adm.grounds
    places = models.JSONField(default=list)  # of rules.PLACES: "project.goal", "activities"
    note = LongText()  # what is wrong, for the applicant
    version_before = models.PositiveSmallIntegerField(null=True)  # the version that was mended
    version_after = models.PositiveSmallIntegerField(null=True)
    mended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.MENDING.states), name="mending_state_known"),
            models.CheckConstraint(
                condition=~Q(state="mended") | Q(version_after__gt=models.F("version_before")),
                name="mending_made_a_later_version",
            ),
        ]


class Cut(Stateful):
    """A smaller amount (som) that the commission proposes for a project; it holds only with the applicant's consent
    (H-05)."""

    KIND: ClassVar[str] = lifecycle.CUT.kind
    LOCK_DEPTH: ClassVar[int] = 2

    ref = Ref()
    candidacy = models.OneToOneField(Candidacy, models.PROTECT, related_name="cut")
    amount = Amount()
    reason = LongText()
    answer_until = models.DateTimeField()  # the first refused instant (H-34)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.CUT.states), name="cut_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cut_leaves_something"),
        ]

    @property
    def is_agreed(self) -> bool:
        return self.state == "agreed"


class Adjournment(AppendOnly):
    """A sitting that had no quorum: it decided nothing, and another is held."""

    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="adjournments")
    number = models.PositiveSmallIntegerField()  # of the sitting, from 1
    held_on = models.DateField()
    present = models.PositiveSmallIntegerField()  # voting members without an interest
    needed = models.PositiveSmallIntegerField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proceeding", "number"], name="sitting_number_once")]


class ReserveCall(AppendOnly):
    """The next of the reserve list took the place of a winner who declined. *Amounts*: som."""

    declined = models.OneToOneField(Candidacy, models.PROTECT, related_name="replaced_by")
    called = models.OneToOneField(Candidacy, models.PROTECT, null=True, related_name="called_for")  # None: nobody left
    released = models.DecimalField(max_digits=18, decimal_places=2)  # back to the measure
    act_id = models.BigIntegerField()
