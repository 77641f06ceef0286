"""Tables of the planning room."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jardam.documents.models import File
from jardam.fields import Amount, Localised, LongText, Ref, Text
from jardam.journal.models import AppendOnly, Stateful
from jardam.parties.models import Organisation, Territory

from . import lifecycle
from .rules import CORRECTABLE, FORMS, OPINIONS


class Study(Stateful):
    """A study of needs as it was published."""

    KIND: ClassVar[str] = lifecycle.STUDY.kind

    ref = Ref()
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, related_name="+")
    title = Localised()
    year = models.PositiveSmallIntegerField()
    method = LongText()
    sources = LongText()
    period_from = models.DateField(null=True)  # when the need was found out
    period_to = models.DateField(null=True)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(period_from=None) | Q(period_to=None) | Q(period_to__gte=F("period_from")),
                name="study_period_forward",
            )
        ]


class StudyGroup(AppendOnly):
    """One target group of a study: people, people served, severity 1–5, cost of help to one person a year (som)."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="groups")
    group = models.CharField(max_length=40)
    title = Localised()
    headcount = models.PositiveIntegerField()
    served = models.PositiveIntegerField()
    severity = models.PositiveSmallIntegerField()
    unit_cost = Amount()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "group"], name="study_group_once"),
            models.CheckConstraint(condition=Q(severity__range=(1, 5)), name="study_severity_1_to_5"),
        ]


class Programme(Stateful):
    """A programme of state social order of one customer for some years."""

    KIND: ClassVar[str] = lifecycle.PROGRAMME.kind

    ref = Ref()
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    study = models.ForeignKey(Study, models.PROTECT, null=True, related_name="programmes")
    title = Localised()
    goal = Localised()
    year_from = models.PositiveSmallIntegerField()
    year_to = models.PositiveSmallIntegerField()
    part_of = Text(max_length=300, blank=True, default="")  # the social programme it is part of
    level = models.CharField(max_length=12, blank=True, default="")
    public_since = models.DateTimeField(null=True)  # the first discussion or submission; it stays public from then on
    recorded_at = models.DateTimeField(null=True)  # adopted on paper before the system: when it was entered here
    dropped_because = LongText(blank=True, default="")  # why the customer gave the draft up

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.PROGRAMME.states), name="programme_state_known"),
            models.CheckConstraint(condition=Q(year_to__gte=F("year_from")), name="programme_years_forward"),
        ]
        indexes = [models.Index(fields=["customer", "id"], name="programme_by_customer")]


class Measure(AppendOnly):
    """A measure of a programme: what is ordered, in which form, for whom, for how much in which year."""

    ref = Ref()
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="measures")
    form = models.CharField(max_length=12)
    group = models.CharField(max_length=40)
    title = Localised()
    year = models.PositiveSmallIntegerField()
    amount = Amount()
    indicator = Localised()
    unit = Text(max_length=60, blank=True, default="")  # of the indicator, in words
    place = Text(max_length=200, blank=True, default="")  # where, when it is not the whole territory
    baseline = models.PositiveIntegerField()
    target = models.PositiveIntegerField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(form__in=FORMS), name="measure_form_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="measure_amount_positive"),
        ]


class StruckMeasure(AppendOnly):
    """A measure that was taken out of a draft, or written anew: then `by` stands in its place. Only measures without
    such a row belong to the programme."""

    measure = models.OneToOneField(Measure, models.PROTECT, related_name="struck")
    by = models.OneToOneField(Measure, models.PROTECT, null=True, related_name="+")
    struck_at = models.DateTimeField()
    act_id = models.BigIntegerField()


class FormerHead(AppendOnly):
    """What the head of a draft said until its act changed it."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="former_heads")
    study = models.ForeignKey(Study, models.PROTECT, null=True, related_name="+")
    title = Localised()
    goal = Localised()
    year_from = models.PositiveSmallIntegerField()
    year_to = models.PositiveSmallIntegerField()
    part_of = Text(max_length=300, blank=True, default="")
    level = models.CharField(max_length=12, blank=True, default="")
    changed_at = models.DateTimeField()
    act_id = models.BigIntegerField()


class Adoption(AppendOnly):
    """The resolution that adopted a programme, with the vote as the council's minutes give it; without one only
    where it was recorded afterwards from a paper that has none."""

    programme = models.OneToOneField(Programme, models.PROTECT, related_name="adoption")
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    number = Text(max_length=40)
    adopted_on = models.DateField()
    members = models.PositiveSmallIntegerField(null=True)
    quorum = models.PositiveSmallIntegerField(null=True)
    present = models.PositiveSmallIntegerField(null=True)
    votes_for = models.PositiveSmallIntegerField(null=True)
    votes_against = models.PositiveSmallIntegerField(null=True)
    abstained = models.PositiveSmallIntegerField(null=True)
    file = models.ForeignKey(File, models.PROTECT, null=True, related_name="+")  # the signed paper
    in_force_on = models.DateField(null=True)
    register_number = Text(max_length=60, blank=True, default="")  # in the State Register of legal acts
    act_id = models.BigIntegerField()


# --- what people say -------------------------------------------------------------------------------------------


class Problem(Stateful):
    """A problem somebody proposed to a customer. Who it was is known to the office only, and shown on no page."""

    KIND: ClassVar[str] = lifecycle.PROBLEM.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    group = models.CharField(max_length=40)
    place = Text(max_length=200)  # in the proposer's words: a village, a quarter
    text = LongText()
    proposed_by_id = models.BigIntegerField()
    proposed_at = models.DateTimeField()
    ground = models.CharField(max_length=24, blank=True)  # why it was not published
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, related_name="problems")
    answer = LongText(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.PROBLEM.states), name="problem_state_known"),
            models.CheckConstraint(
                condition=Q(state="taken_up", measure__isnull=False) | ~Q(state="taken_up") & Q(measure=None),
                name="problem_measure_if_taken_up",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "state", "id"], name="problem_by_customer"),
            models.Index(fields=["proposed_by_id", "id"], name="problem_by_proposer"),
        ]


class Discussion(AppendOnly):
    """A draft was put before the public from one instant until another (exclusive)."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="discussions")
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="discussion_ends_later")]


class Comment(Stateful):
    """What somebody said to a draft. An organisation speaks under its name, a person never."""

    KIND: ClassVar[str] = lifecycle.COMMENT.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="comments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    text = LongText()
    made_by_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    answer = LongText(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.COMMENT.states), name="comment_state_known")
        ]
        indexes = [models.Index(fields=["programme", "state", "id"], name="comment_by_programme")]


# --- the council and the year ----------------------------------------------------------------------------------


class CouncilDecision(AppendOnly):
    """What the council decided about a programme, other than to adopt it: returned, rejected, annulled; of a new
    version also: adopted. A return has a reason and no vote."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="decisions")
    revision = models.ForeignKey("Revision", models.PROTECT, null=True, related_name="decisions")
    kind = models.CharField(max_length=12)
    number = Text(max_length=40, blank=True)
    decided_on = models.DateField()
    members = models.PositiveSmallIntegerField(null=True)
    quorum = models.PositiveSmallIntegerField(null=True)
    present = models.PositiveSmallIntegerField(null=True)
    votes_for = models.PositiveSmallIntegerField(null=True)
    votes_against = models.PositiveSmallIntegerField(null=True)
    abstained = models.PositiveSmallIntegerField(null=True)
    reason = LongText(blank=True)
    file = models.ForeignKey(File, models.PROTECT, null=True, related_name="+")  # the signed paper
    in_force_on = models.DateField(null=True)
    register_number = Text(max_length=60, blank=True, default="")
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("returned", "rejected", "annulled")) | Q(kind="adopted", revision__isnull=False),
                name="council_decision_kind_known",
            )
        ]


class CommitteeOpinion(AppendOnly):
    """What one committee of the council said about a programme before the session."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="opinions")
    committee = Text(max_length=200)
    opinion = models.CharField(max_length=12)
    text = LongText(blank=True)
    given_on = models.DateField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(opinion__in=OPINIONS), name="committee_opinion_known")]


class Publication(AppendOnly):
    """Where and when the resolution that adopted a programme was published."""

    programme = models.OneToOneField(Programme, models.PROTECT, related_name="publication")
    published_on = models.DateField()
    place = Text(max_length=300)  # a newspaper with its number, a board, an address
    register_number = Text(max_length=60, blank=True, default="")  # in the State Register of legal acts
    act_id = models.BigIntegerField()


class CouncilReport(AppendOnly):
    """The customer's report to the council on one year: the figures as the ledger had them that day, and a text."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="reports")
    year = models.PositiveSmallIntegerField()
    figures = models.JSONField()  # treasury.Trail: fact → som, as text
    text = LongText()
    reported_at = models.DateTimeField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "year"], name="council_report_once")]


class Gathering(AppendOnly):
    """People met the customer about one year of a programme: how many came, what they asked, what was answered."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="gatherings")
    year = models.PositiveSmallIntegerField()
    held_on = models.DateField()
    headcount = models.PositiveIntegerField()
    questions = LongText(blank=True)
    answers = LongText(blank=True)
    act_id = models.BigIntegerField()


class ProgrammeSection(AppendOnly):
    """A section of a programme as it was written; the last one of a code counts."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="sections")
    code = models.CharField(max_length=40)
    text = Localised()
    act_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["programme", "code", "id"], name="section_by_programme")]


# --- versions --------------------------------------------------------------------------------------------------


class Revision(Stateful):
    """A new version of an adopted programme on its way through the council. Nothing of it is in force before its
    adoption; then each change becomes a `MeasureVersion`, a `Measure` or a `ProgrammeSection` by an act of its own."""

    KIND: ClassVar[str] = lifecycle.REVISION.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()  # the programme as first adopted is version 1
    reason = LongText()
    public_since = models.DateTimeField(null=True)  # the first submission; it stays public from then on

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.REVISION.states), name="revision_state_known"),
            models.UniqueConstraint(fields=["programme", "number"], name="revision_number_once"),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(state__in=("draft", "submitted")), name="revision_one_open"
            ),
        ]


class RevisedMeasure(AppendOnly):
    """What a version says of one measure, complete; the last row of a key counts. `measure` is None for a new one.
    An amount of 0 ends the measure; a new one with 0 is not taken up."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="measures")
    key = models.CharField(max_length=40)  # the measure's ref; of a new one its own
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, related_name="+")
    form = models.CharField(max_length=12)
    group = models.CharField(max_length=40)
    title = Localised()
    year = models.PositiveSmallIntegerField()
    amount = Amount()
    indicator = Localised()
    unit = Text(max_length=60, blank=True, default="")
    place = Text(max_length=200, blank=True, default="")
    baseline = models.PositiveIntegerField()
    target = models.PositiveIntegerField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(form__in=FORMS), name="revised_form_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="revised_amount_not_negative"),
        ]
        indexes = [models.Index(fields=["revision", "key", "id"], name="revised_by_revision")]


class RevisedSection(AppendOnly):
    """What a version says in one section; the last row of a code counts."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="sections")
    code = models.CharField(max_length=40)
    text = Localised()
    act_id = models.BigIntegerField()


class MeasureVersion(AppendOnly):
    """A measure as an adopted version changed it; the last one is in force."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="versions")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    amount = Amount()
    indicator = Localised()
    unit = Text(max_length=60, blank=True, default="")
    place = Text(max_length=200, blank=True, default="")
    baseline = models.PositiveIntegerField()
    target = models.PositiveIntegerField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["measure", "revision"], name="measure_version_once")]


# --- slips -----------------------------------------------------------------------------------------------------


class Correction(AppendOnly):
    """A slip in one field of a recorded fact, put right (H-68). The fact itself stays as it was written; its last
    correction counts. *Was*, *now*: as text, a day in ISO."""

    thing = models.CharField(max_length=12)  # whose act it is: programme | study | problem
    thing_id = models.BigIntegerField()
    fact = models.CharField(max_length=12)  # a key of rules.CORRECTABLE
    fact_id = models.BigIntegerField()
    field = models.CharField(max_length=24)
    was = LongText(blank=True)
    now = LongText()
    reason = LongText()
    corrected_at = models.DateTimeField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fact__in=tuple(CORRECTABLE)), name="correction_fact_known"),
            models.CheckConstraint(condition=~Q(was=F("now")), name="correction_changes_something"),
        ]
        indexes = [models.Index(fields=["thing", "thing_id", "id"], name="correction_by_thing")]
