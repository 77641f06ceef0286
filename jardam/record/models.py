"""Tables of the real record. Each row keeps what its file said (`content`); the other columns are what
lists filter and sort by, always derived from it (operations.COLUMNS)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from jardam.fields import Text
from jardam.journal.models import AppendOnly

from .rules.money import MONEY_KINDS
from .rules.rows import FIRST_YEAR, KEY_LIMIT, LAST_YEAR, LEVELS, ROW_TYPES


class LoadedFile(AppendOnly):
    """One file of one load, used or refused. `faults` are those of a refused file, as they were printed."""

    name = Text(max_length=200)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    kind = models.CharField(max_length=16, blank=True)
    is_refused = models.BooleanField()
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_refused=False, faults=[]) | Q(is_refused=True, new=0, changed=0, same=0),
                name="loadedfile_refused_changes_nothing",
            ),
        ]


class Row(models.Model):
    """One stated fact under the id its file gives it. `digest` is that of `content`; `version` counts
    corrections."""

    KIND = ""

    key = Text(max_length=KEY_LIMIT, unique=True)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    file = models.ForeignKey(LoadedFile, models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.key


class FigureRow(Row):
    """An amount of money for a subject and a year, in whole som."""

    KIND = "budgets"

    subject = Text(max_length=KEY_LIMIT)
    year = models.SmallIntegerField(null=True)
    level = models.CharField(max_length=12)
    is_gsz = models.BooleanField()
    money_kind = models.CharField(max_length=24)
    kgs = models.BigIntegerField()
    sources = ArrayField(models.TextField())

    class Meta:
        indexes = [
            models.Index(fields=["subject", "key"], name="figurerow_by_subject"),
            models.Index(fields=["is_gsz", "key"], name="figurerow_by_is_gsz"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kgs__gte=0), name="figurerow_kgs_not_negative"),
            models.CheckConstraint(
                condition=Q(year__isnull=True) | Q(year__range=(FIRST_YEAR, LAST_YEAR)),
                name="figurerow_year_plausible",
            ),
            models.CheckConstraint(condition=Q(money_kind__in=sorted(MONEY_KINDS)), name="figurerow_money_kind_known"),
            models.CheckConstraint(condition=Q(level__in=list(LEVELS)), name="figurerow_level_known"),
        ]


class ContestRow(Row):
    """A past contest, voucher programme, yearly total or mention. `*_fold` are folded texts
    (kernel.text.fold); `last_year` is the latest year it is filed under, 0 for none."""

    KIND = "contests"

    last_year = models.SmallIntegerField()
    years = ArrayField(models.SmallIntegerField())
    customer_fold = models.TextField()
    places_fold = ArrayField(models.TextField())
    groups_fold = ArrayField(models.TextField())
    search_fold = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["-last_year", "key"], name="contestrow_newest_first")]


class MunicipalityRow(Row):
    KIND = "municipalities"

    named_in_2019_press_release = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["named_in_2019_press_release", "key"], name="municipalityrow_by_named"),
        ]


class TargetGroupRow(Row):
    KIND = "target_groups"


class EarlierVersion(AppendOnly):
    """What a row said before a correction: the version that `file` brought and `replaced_by` ended."""

    kind = models.CharField(max_length=16)
    key = Text(max_length=KEY_LIMIT)
    version = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    file = models.ForeignKey(LoadedFile, models.PROTECT, related_name="+")
    replaced_by = models.ForeignKey(LoadedFile, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "version"], name="earlierversion_once"),
            models.CheckConstraint(condition=Q(kind__in=sorted(ROW_TYPES)), name="earlierversion_kind_known"),
        ]


ROW_MODELS: dict[str, type[Row]] = {
    model.KIND: model for model in (FigureRow, ContestRow, MunicipalityRow, TargetGroupRow)
}
