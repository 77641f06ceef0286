"""Filling the search from the journal, after commit."""

from __future__ import annotations

from typing import Any

from django.db import models

from jardam.contests.models import Contest
from jardam.contracts.models import Contract
from jardam.journal.models import Record
from jardam.kernel.text import fold
from jardam.parties.models import Organisation
from jardam.planning.models import Adoption, Programme, Publication, Study
from jardam.review.models import Protocol

from .models import SearchEntry

_PUBLIC: dict[tuple[str, str], type[models.Model]] = {
    ("contest", "announce"): Contest,
    ("contract", "countersign_contract"): Contract,
    ("contract", "countersign_on_paper"): Contract,
    ("organisation", "verify"): Organisation,
    ("organisation", "rename"): Organisation,
    ("organisation", "take_name"): Organisation,
    ("programme", "adopt_by_order"): Programme,
    ("programme", "change_head"): Programme,
    ("programme", "confirm_existing"): Programme,
    ("programme", "open_discussion"): Programme,
    ("programme", "publish_resolution"): Programme,
    ("programme", "record_adoption"): Programme,
    ("programme", "submit_to_council"): Programme,
    ("protocol", "publish_protocol"): Protocol,
    ("study", "publish_study"): Study,
}
"""The acts by which a thing becomes public, or changes its public name or number."""


def index_record(record: Record) -> None:
    """Consumer `search` of the outbox: make or renew the entry of what this act made public. Repeatable."""
    model = _PUBLIC.get((record.object_kind, record.verb))
    if model is None:
        return
    thing: Any = model._default_manager.get(pk=record.object_id)
    if isinstance(thing, Programme) and thing.public_since is None:
        return  # a draft changed its title before anybody saw it
    title, numbers = _title(thing), _numbers(thing)
    text = " ".join([*numbers, *(value for value in title.values() if value)])
    SearchEntry.objects.update_or_create(
        kind=record.object_kind,
        object_id=record.object_id,
        defaults={"ref": thing.ref, "title": title, "folded": fold(text)[:2000]},
    )


def _title(thing: Any) -> dict[str, str]:
    """What the result says. A contract and a protocol are known by their number."""
    if isinstance(thing, Contract):
        return {"ky": f"{thing.number}, {thing.title}"}
    if isinstance(thing, Protocol):
        return {code: f"{thing.number}, {text}" for code, text in thing.proceeding.lot.measure.title.items()}
    return dict(thing.title or {})


def _numbers(thing: Any) -> list[str]:
    """By which papers name it: of a contest its register number, of a programme those of its resolution."""
    if isinstance(thing, Contest):
        return [thing.number or ""]
    if isinstance(thing, Programme):
        adopted = Adoption.objects.filter(programme=thing).values_list("number", "register_number")
        published = Publication.objects.filter(programme=thing).values_list("register_number")
        return [number for row in (*adopted, *published) for number in row if number]
    return []
