"""The one table that search reads."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from jardam.fields import Localised, Text


class SearchEntry(models.Model):
    """A public thing that can be found. `folded` is its text as search compares it (kernel.text.fold)."""

    kind = models.CharField(max_length=24)
    object_id = models.BigIntegerField()
    ref = models.CharField(max_length=10)
    title = Localised()
    folded = Text(max_length=2000)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_once")]
        indexes = [GinIndex(OpClass("folded", name="gin_trgm_ops"), name="search_entry_folded")]
