"""Tables of the planning room."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jardam.fields import Amount, Localised, LongText, Ref, Text
from jardam.journal.models import AppendOnly, Stateful
from jardam.parties.models import Organisation, Territory

from . import lifecycle
from .rules import FORMS


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
    published_at = models.DateTimeField()


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
    baseline = models.PositiveIntegerField()
    target = models.PositiveIntegerField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(form__in=FORMS), name="measure_form_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="measure_amount_positive"),
        ]


class Adoption(AppendOnly):
    """The resolution that adopted a programme, with the vote as the council's minutes give it."""

    programme = models.OneToOneField(Programme, models.PROTECT, related_name="adoption")
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    number = Text(max_length=40)
    adopted_on = models.DateField()
    members = models.PositiveSmallIntegerField()
    quorum = models.PositiveSmallIntegerField()
    present = models.PositiveSmallIntegerField()
    votes_for = models.PositiveSmallIntegerField()
    votes_against = models.PositiveSmallIntegerField()
    abstained = models.PositiveSmallIntegerField()
    act_id = models.BigIntegerField()
