"""Filling the search from the journal, after commit."""

from __future__ import annotations

from typing import Any

from django.db import models

from jardam.contests.models import Contest
from jardam.journal.models import Record
from jardam.kernel.text import fold
from jardam.parties.models import Organisation
from jardam.planning.models import Programme, Study

from .models import SearchEntry

_PUBLIC: dict[tuple[str, str], type[models.Model]] = {
    ("contest", "announce"): Contest,
    ("programme", "record_adoption"): Programme,
    ("study", "publish_study"): Study,
    ("organisation", "verify"): Organisation,
    ("organisation", "rename"): Organisation,
    ("organisation", "take_name"): Organisation,
}
"""The acts by which a thing becomes public or changes its public name."""


def index_record(record: Record) -> None:
    """Consumer `search` of the outbox: make or renew the entry of what this act made public. Repeatable."""
    model = _PUBLIC.get((record.object_kind, record.verb))
    if model is None:
        return
    thing: Any = model._default_manager.get(pk=record.object_id)
    text = " ".join(value for value in (thing.title or {}).values() if value)
    SearchEntry.objects.update_or_create(
        kind=record.object_kind,
        object_id=record.object_id,
        defaults={"ref": thing.ref, "title": thing.title, "folded": fold(text)[:2000]},
    )
