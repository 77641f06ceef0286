"""Tables of the review room."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from jardam.contests.models import Application, Contest, Lot
from jardam.documents.models import File
from jardam.fields import Amount, LongText, Ref, Text
from jardam.journal.models import AppendOnly, Stateful
from jardam.parties.models import Organisation

from . import lifecycle
from .rules import Seat


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

    @cached_property
    def seats_held(self) -> list[Member]:
        """Those who have not departed, without the reserve. Read once: a seat is asked for by every button."""
        return list(self.members.filter(departure=None).exclude(seat=Seat.RESERVE).order_by("id"))


class Member(AppendOnly):
    """A seat in a commission."""

    commission = models.ForeignKey(Commission, models.PROTECT, related_name="members")
    person_id = models.BigIntegerField()
    mandate_id = models.BigIntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = Text(max_length=200)
    side = models.CharField(max_length=8)  # state | civil
    seat = models.CharField(max_length=20)  # chair | member | secretary | voting_secretary | reserve
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
    round = models.PositiveSmallIntegerField(default=1)  # counts up when an appeal returns the lot to a step
    mending_until = models.DateTimeField(null=True)  # the first refused instant, the same for every applicant (H-02)
    mending_how = models.JSONField(null=True)  # its derivation
    stopped_at = models.DateTimeField(null=True)  # since when it stands still (H-67)
    standstills = models.JSONField(default=list)  # beginning and end of each that is over, ISO

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.PROCEEDING.states), name="proceeding_state_known")
        ]


class Halt(AppendOnly):
    """The document by which a court or an appeal body stops the review of a lot, or lets it go on: public with its
    reason."""

    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="halts")
    verb = models.CharField(max_length=24)  # suspend_review | resume_review
    ground = models.CharField(max_length=24)  # a code of contests' SUSPEND_GROUNDS
    number = Text(max_length=80)
    issued_on = models.DateField()
    text = LongText(blank=True)
    file = models.ForeignKey(File, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    act_id = models.BigIntegerField()


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
    round = models.PositiveSmallIntegerField(default=1)  # whose score sheets count; earlier ones stay as history

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

    @property
    def award(self) -> Award:
        """The last award it was given; Award.DoesNotExist when there is none. Lists prefetch `awards`."""
        given = sorted(self.awards.all(), key=lambda one: one.pk)
        if not given:
            raise Award.DoesNotExist
        return given[-1]


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
    round = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "candidacy", "round"], name="score_sheet_once")]

    @property
    def part(self) -> str:
        """Its place under the candidacy's seal."""
        return f"m{self.member_id}" if self.round == 1 else f"m{self.member_id}r{self.round}"


class Protocol(Stateful):
    """The protocol of one round of a proceeding: generated, signed over its hash, published; superseded when an
    upheld appeal returned the lot, and public all the same."""

    KIND: ClassVar[str] = lifecycle.PROTOCOL.kind
    LOCK_DEPTH: ClassVar[int] = 2

    ref = Ref()
    number = models.CharField(max_length=40, unique=True)
    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="protocols")
    round = models.PositiveSmallIntegerField(default=1)
    content = models.BinaryField()  # canonical JSON, schema jardam-protocol/1
    content_sha256 = models.CharField(max_length=64)
    hash_v = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField(null=True)
    signing_from = models.DateTimeField(null=True)  # contracts wait until then (H-03)
    appeal_until = models.DateTimeField(null=True)  # the first instant too late; None where nobody may appeal
    approval_order = Text(max_length=40, blank=True)  # where dec.approval_act wants an order of the head
    approved_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proceeding", "round"], name="protocol_once_a_round"),
            models.CheckConstraint(condition=Q(state__in=lifecycle.PROTOCOL.states), name="protocol_state_known"),
        ]


class Award(AppendOnly):
    """What the published protocol gives a candidacy. *Amount*: som, not more than was asked for."""

    ref = Ref()
    candidacy = models.ForeignKey(Candidacy, models.PROTECT, related_name="awards")
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="awards")
    applicant = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    project_title = Text(max_length=300)
    rank = models.PositiveSmallIntegerField()
    amount = Amount()
    requested = Amount()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["candidacy", "protocol"], name="award_once_a_protocol"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(amount__lte=models.F("requested")), name="award_within_request"
            ),
        ]


# --- appeals and errata ----------------------------------------------------------------------------------------


class AppealPanel(Stateful):
    """Those who answer the appeals of one contest, appointed by an order. *Body*: the organisation whose order it is.
    A later panel takes over what nobody has taken up yet."""

    KIND: ClassVar[str] = lifecycle.APPEAL_PANEL.kind

    ref = Ref()
    contest = models.ForeignKey(Contest, models.PROTECT, related_name="+")
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    order_number = Text(max_length=40)
    ordered_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=lifecycle.APPEAL_PANEL.states), name="appeal_panel_state_known"
            )
        ]


class PanelMember(AppendOnly):
    """A seat in an appeal panel."""

    panel = models.ForeignKey(AppealPanel, models.PROTECT, related_name="members")
    person_id = models.BigIntegerField()
    mandate_id = models.BigIntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = Text(max_length=200)
    seat = models.CharField(max_length=12)  # chair | member | secretary
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["panel", "person_id"], name="panel_member_sits_once")]
        indexes = [models.Index(fields=["person_id"], name="panel_member_by_person")]


class Appeal(Stateful):
    """An applicant's appeal against what a published protocol says. That it stands, and its answer, is public; why it
    was filed is sealed: {"why": …, "asks": …}."""

    KIND: ClassVar[str] = lifecycle.APPEAL.kind
    LOCK_DEPTH: ClassVar[int] = 3

    ref = Ref()
    number = models.CharField(max_length=40, unique=True)
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="appeals")
    candidacy = models.ForeignKey(Candidacy, models.PROTECT, related_name="appeals")
    appellant = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    subject = models.CharField(max_length=16)  # rules.Subject
    sealed = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    hash_v = models.PositiveSmallIntegerField()
    attachment = models.ForeignKey(File, models.PROTECT, related_name="+", null=True)
    filed_at = models.DateTimeField()
    answer_by = models.DateTimeField()  # from `appeal.answer_term`
    panel = models.ForeignKey(AppealPanel, models.PROTECT, related_name="appeals", null=True)
    answer = LongText(blank=True)  # reasoned, public
    answered_at = models.DateTimeField(null=True)
    ground = models.CharField(max_length=16, blank=True)  # why it was left unexamined: rules.Unexamined
    step = models.CharField(max_length=16, blank=True)  # upheld: where the named applications go, rules.Step

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.APPEAL.states), name="appeal_state_known"),
            models.UniqueConstraint(
                fields=["protocol", "candidacy"], condition=~Q(state="withdrawn"), name="appeal_once_a_protocol"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["filed", "taken_up", "withdrawn"]) | ~Q(answer=""),
                name="appeal_answered_in_words",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["upheld", "carried_out"]) | ~Q(step=""), name="appeal_upheld_with_step"
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="appeal_by_state")]

    @property
    def label(self) -> str:
        """The name of its seal."""
        return f"appeal:{self.ref}"


class Returned(AppendOnly):
    """An application that an upheld appeal returns to a step."""

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="returned")
    candidacy = models.ForeignKey(Candidacy, models.PROTECT, related_name="+")
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["appeal", "candidacy"], name="returned_once_by_an_appeal")]


class Erratum(Stateful):
    """A correction beside an unchanged protocol (H-26): a part that decides nothing, as it reads and as it should
    read; signed by the seats that signed the protocol."""

    KIND: ClassVar[str] = lifecycle.ERRATUM.kind
    LOCK_DEPTH: ClassVar[int] = 3

    ref = Ref()
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="errata")
    number = models.PositiveSmallIntegerField()
    content = models.BinaryField()  # canonical JSON, schema jardam-erratum/1
    content_sha256 = models.CharField(max_length=64)
    hash_v = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.ERRATUM.states), name="erratum_state_known"),
            models.UniqueConstraint(fields=["protocol", "number"], name="erratum_number_once"),
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


class AdmissionVote(AppendOnly):
    """How the commission voted on admitting or rejecting one application, where `adm.decided_by` leaves it to the
    commission; heads of members without an interest in it."""

    candidacy = models.ForeignKey(Candidacy, models.PROTECT, related_name="admission_votes")
    held_on = models.DateField()
    present = models.PositiveSmallIntegerField()
    votes_for = models.PositiveSmallIntegerField()
    votes_against = models.PositiveSmallIntegerField()
    abstained = models.PositiveSmallIntegerField()
    act_id = models.BigIntegerField()


class Notification(AppendOnly):
    """The result handed to an applicant for whom nobody reads an inbox here (`dec.notify_term`)."""

    candidacy = models.ForeignKey(Candidacy, models.PROTECT, related_name="notifications")
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="+")
    told_on = models.DateField()
    way = models.CharField(max_length=12)  # rules.Way
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidacy", "protocol"], name="notified_once_a_protocol")]
