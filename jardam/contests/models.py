"""Tables of the contests room."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from jardam.documents.models import File, SealedFile
from jardam.fields import Amount, Localised, LongText, Ref, Text
from jardam.journal.models import AppendOnly, Stateful
from jardam.parties.models import Organisation, Person
from jardam.planning.models import Measure, Programme
from jardam.rulebook.settlement import Settlement, settled

from . import lifecycle
from .rules import UNANNOUNCED


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
    guests = models.PositiveSmallIntegerField(null=True)  # who came to a public opening (app.opening_public)
    edition = models.CharField(max_length=40, blank=True)
    edition_revision = models.PositiveSmallIntegerField(null=True)
    edition_sha256 = models.CharField(max_length=64, blank=True)
    settlement_bytes = models.BinaryField(null=True)  # all resolved parameters, canonical JSON
    suspended_at = models.DateTimeField(null=True)  # since when its clock stands still
    outcome = models.CharField(max_length=16, blank=True)  # what the review found: "awarded" or a ground of a void
    repeats = models.ForeignKey("self", models.PROTECT, null=True, related_name="repetitions")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.CONTEST.states), name="contest_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=UNANNOUNCED)
                | Q(deadline_at__isnull=False, announced_at__isnull=False, settlement_bytes__isnull=False),
                name="contest_announced_with_rules_and_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(state="suspended") | Q(suspended_at__isnull=False), name="contest_suspended_since"
            ),
            models.UniqueConstraint(
                fields=["repeats"],
                condition=Q(repeats__isnull=False) & ~Q(state="discarded"),
                name="contest_repeated_once",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="contest_by_state"),
            models.Index(fields=["customer", "id"], name="contest_by_customer"),
        ]

    @property
    def is_announced(self) -> bool:
        """Whether everybody sees it, under the rules it was announced with."""
        return self.state not in UNANNOUNCED

    @property
    def settlement(self) -> Settlement:
        """The rules this contest obeys for ever. Only once announced."""
        return settled(bytes(self.settlement_bytes or b""))


class Lot(models.Model):
    """A part of a contest: one measure's money. Fixed at the announcement."""

    ref = Ref()
    contest = models.ForeignKey(Contest, models.PROTECT, related_name="lots")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    amount = Amount()  # som, for all projects of the lot
    ceiling = Amount()  # som, for one project
    outcome: str  # the last of its outcomes; where it was read with them (with_outcome)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="lot_number_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, ceiling__gt=0) & Q(ceiling__lte=F("amount")), name="lot_amounts_fit"
            ),
        ]


class LotOutcome(AppendOnly):
    """What a lot came to, as of the contest: "awarded", or a ground of a void. After an upheld appeal there is a later
    one, which counts."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="outcomes")
    outcome = models.CharField(max_length=16)
    at = models.DateTimeField()
    act_id = models.BigIntegerField()


def with_outcome(lots: Any) -> Any:
    """The lots, each with its `outcome`; empty before there is one."""
    last = LotOutcome.objects.filter(lot_id=models.OuterRef("pk")).order_by("-id").values("outcome")[:1]
    return lots.annotate(outcome=Coalesce(models.Subquery(last), models.Value("")))


class Announcement(AppendOnly):
    """A version of the announcement as everybody could read it; number 1 is the original."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="announcements")
    number = models.PositiveSmallIntegerField()
    content = models.BinaryField()  # canonical JSON: texts, contacts, months, lots
    content_sha256 = models.CharField(max_length=64)
    hash_v = models.PositiveSmallIntegerField()
    deadline_at = models.DateTimeField()
    reason = LongText(blank=True)  # why it was amended
    at = models.DateTimeField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contest", "number"], name="announcement_number_once")]


class Erratum(AppendOnly):
    """A slip in a version of the announcement and what is right; the version stays as it is (H-26)."""

    announcement = models.ForeignKey(Announcement, models.PROTECT, related_name="errata")
    field = models.CharField(max_length=16)
    language = models.CharField(max_length=2, blank=True)
    wrong = LongText()
    right = LongText()
    at = models.DateTimeField()
    act_id = models.BigIntegerField()


class Outage(Stateful):
    """A time in which the system could not be used."""

    KIND: ClassVar[str] = lifecycle.OUTAGE.kind

    ref = Ref()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ground = Text(max_length=300)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="outage_ends_after_it_begins")
        ]


class Postponement(AppendOnly):
    """The deadline of a contest moved, never to an earlier instant. `how` is the derivation, as far as a rule gave
    it."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="postponements")
    cause = models.CharField(max_length=16)  # amendment | outage | suspension | no_applicant
    outage = models.ForeignKey(Outage, models.PROTECT, null=True, related_name="postponements")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    how = models.JSONField(null=True)
    at = models.DateTimeField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_at__gte=F("from_at")), name="postponement_forward"),
            models.UniqueConstraint(
                fields=["contest", "outage"], condition=Q(outage__isnull=False), name="postponement_once_an_outage"
            ),
        ]


class Order(AppendOnly):
    """The document behind a contest's cancellation, suspension, resumption or void: public with its reason."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="orders")
    verb = models.CharField(max_length=24)
    ground = models.CharField(max_length=24)
    number = Text(max_length=80)
    issued_on = models.DateField()
    text = LongText(blank=True)
    file = models.ForeignKey(File, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    act_id = models.BigIntegerField()


class Question(Stateful):
    """A question about an announcement. Who asked is shown to nobody (H-29); question and answer to everybody."""

    KIND: ClassVar[str] = lifecycle.QUESTION.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    contest = models.ForeignKey(Contest, models.PROTECT, related_name="questions")
    asker_id = models.BigIntegerField()
    text = LongText()
    asked_at = models.DateTimeField()
    answer = LongText(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.QUESTION.states), name="question_state_known"),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at__isnull=True)
                | (Q(state="answered", answered_at__isnull=False) & ~Q(answer="")),
                name="question_answered_with_an_answer",
            ),
        ]
        indexes = [models.Index(fields=["contest", "id"], name="question_by_contest")]


class Application(Stateful):
    """An organisation's answer to a lot. What it says is in sealed drafts and versions."""

    KIND: ClassVar[str] = lifecycle.APPLICATION.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    number = models.CharField(max_length=40, null=True, unique=True)  # given at the opening
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="applications")
    contest = models.ForeignKey(Contest, models.PROTECT, related_name="applications")
    applicant = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    paper = models.OneToOneField("Paper", models.PROTECT, null=True, related_name="application")
    keyed_by_id = models.BigIntegerField(null=True)  # the person who keyed in what came on paper
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
    revision = models.PositiveIntegerField(default=1)  # a save from an older one is refused, not lost
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


# --- writing together ------------------------------------------------------------------------------------------


class Collaborator(Stateful):
    """A person from outside the applicant's own people, invited to one application."""

    KIND: ClassVar[str] = lifecycle.COLLABORATOR.kind
    LOCK_DEPTH: ClassVar[int] = 2

    ref = Ref()
    application = models.ForeignKey(Application, models.PROTECT, related_name="collaborators")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    hand = models.CharField(max_length=12)  # rules.Hand
    invited_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=lifecycle.COLLABORATOR.states), name="collaborator_state_known"
            ),
            models.CheckConstraint(
                condition=Q(hand__in=["editor", "accountant", "reader"]), name="collaborator_hand_known"
            ),
            models.UniqueConstraint(
                fields=["application", "person"], condition=~Q(state="removed"), name="collaborator_once"
            ),
        ]
        indexes = [models.Index(fields=["person", "state"], name="collaborator_by_person")]


class Partner(Stateful):
    """An organisation that an application names as its partner; the name and what it does are sealed."""

    KIND: ClassVar[str] = lifecycle.PARTNER.kind
    LOCK_DEPTH: ClassVar[int] = 2

    ref = Ref()
    application = models.ForeignKey(Application, models.PROTECT, related_name="partners")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")  # if registered here
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.PARTNER.states), name="partner_state_known"),
            models.UniqueConstraint(
                fields=["application", "organisation"], condition=~Q(state="removed"), name="partner_once"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state"], name="partner_by_organisation")]


# --- on paper, and documents -----------------------------------------------------------------------------------


class Paper(Stateful):
    """An envelope with an application in it, from its registration to the review or to its refusal."""

    KIND: ClassVar[str] = lifecycle.PAPER.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    number = models.CharField(max_length=40, null=True, unique=True)
    contest = models.ForeignKey(Contest, models.PROTECT, related_name="papers")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="papers")
    received_at = models.DateTimeField()
    sealed = models.BinaryField()  # who brought it, what stands on the envelope
    ground = models.CharField(max_length=40, blank=True)  # of its refusal: rules.PAPER_GROUNDS

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.PAPER.states), name="paper_state_known"),
            models.CheckConstraint(
                condition=Q(state="refused", ground__gt="") | (~Q(state="refused") & Q(ground="")),
                name="paper_refused_on_a_ground",
            ),
        ]
        indexes = [models.Index(fields=["contest", "state", "id"], name="paper_by_contest")]

    @property
    def label(self) -> str:
        """The name of its seal."""
        return f"paper:{self.ref}"


class Attachment(models.Model):
    """A sealed file of an application or of an envelope; what it is called is sealed, too. Taken away, the bytes stay
    for the versions that name them."""

    ref = Ref()
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="attachments")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="attachments")
    kind = models.CharField(max_length=40)  # a code of app.documents, `scan` or `envelope`
    file = models.OneToOneField(SealedFile, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False, paper__isnull=True)
                | Q(application__isnull=True, paper__isnull=False),
                name="attachment_of_one_thing",
            )
        ]
