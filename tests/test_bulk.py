"""Rows made in bulk are what the write path makes (tools/rig/bulk.py), so that the bench measures the real thing."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

import pytest
from django.db import models

from jardam.demonstration import cast
from jardam.documents import operations as documents
from jardam.documents.models import SealedFile
from jardam.journal.models import Record
from jardam.journal.operations import consume
from jardam.parties.models import Identifier
from jardam.transparency.queries import checks
from tests.world import MONDAY, as_owner
from tools.rig.bulk import PARTS, copies, whole
from tools.rig.crowd import CrowdRoad, gather

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

RANDOM = {"id", "ref", "wrapped_key", "recorded_at", "public", "folded", "title", "content_sha256", "sha256", "facts"}
"""Columns that are new with every row, or only copies of others."""


def shape(road: CrowdRoad, *things: models.Model) -> list[tuple[str, dict[str, Any]]]:
    """Every row of the things in order; ids of their own rows by their place, contents opened."""
    found = whole(*things)
    places = {model: {pk: n for n, pk in enumerate(sorted(rows))} for model, rows in found.items()}
    shaped = []
    for model in sorted(found, key=lambda model: model._meta.label):
        for pk in sorted(found[model]):
            row: Any = found[model][pk]
            held: dict[str, Any] = {}
            for field in model._meta.local_fields:
                value = getattr(row, field.attname)
                if field.name == "sealed":
                    label, part = PARTS[model](row)
                    value = _plain(documents.unseal_content(label, part, value))
                elif field.is_relation and value in places.get(field.related_model, {}):
                    value = f"#{places[field.related_model][value]}"
                held[field.attname] = value
            if model is SealedFile:
                facts, content = documents.open_sealed(row)
                held |= {"said": facts | {"sha256": facts["sha256"] == hashlib.sha256(content).hexdigest()}}
            shaped.append((model._meta.label, {k: _masked(k, v) for k, v in held.items() if k not in RANDOM}))
    return shaped


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    """Each file is named by its own reference and print: that there is one of its kind is what is compared."""
    if "documents" not in content:
        return content
    return content | {"documents": [one["kind"] for one in content["documents"]]}


def _masked(name: str, value: Any) -> Any:
    """Numbers of rows, register numbers, instants, and the labels of seals tell only that they are there."""
    if name in ("act_id", "cause_id", "object_id", "organisation_id", "value", "person_id", "mandate_id", "label"):
        return type(value).__name__
    if name in ("uploaded_by_id", "saved_by_id", "number", "person_name", "organisation_name") or name.endswith(
        ("_at", "at")
    ):
        return type(value).__name__
    if name == "name" and str(value).endswith(".sealed"):
        return "its reference"
    if isinstance(value, dict) and name == "public_data":
        return {
            key: type(one).__name__ if key in ("number", "title", "content_sha256") else one
            for key, one in value.items()
        }
    return bytes(value) if isinstance(value, memoryview) else value


@pytest.fixture
def road(db):
    """Two organisations wrote the same; both are in the review."""
    walked = CrowdRoad(cast.register(MONDAY), MONDAY)
    walked.to_announced()
    for name in gather(walked, 2, walked.at):
        walked.write_application(name)
        walked.submit(name)
    walked.pass_deadline()
    walked.open()
    walked.appoint_commission()
    walked.begin_review()
    while consume():
        pass
    return walked


def test_a_copied_application_is_what_the_road_makes(road):
    first, second = (road.cast.organisations[name] for name in ("crowd0", "crowd1"))
    assert {row.pk for row in whole(first)[Identifier].values()}
    with as_owner():
        (made,) = copies(1, first, series="A")
    copied = made[type(first)][first.pk]

    assert shape(road, copied) == shape(road, first)
    assert shape(road, copied) == shape(road, second)
    assert len(whole(copied)[Record]) > 5


def test_every_check_of_verify_holds_over_copies(road):
    with as_owner():
        copies(7, road.cast.organisations["crowd0"], series="A")

    assert [fault for check in checks() for fault in check()] == []


def test_copied_contests_hold_their_money(db):
    walked = CrowdRoad(cast.register(MONDAY), MONDAY)
    walked.plenty = Decimal(1000)
    walked.to_announced()
    while consume():
        pass
    with as_owner():
        copies(5, walked.contest, series="C")

    assert [fault for check in checks() for fault in check()] == []
