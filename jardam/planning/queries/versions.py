"""Revisions of an adopted programme."""

from __future__ import annotations

from collections.abc import Iterable

from jardam.journal.procedure import actions, may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal

from ..models import Measure, MeasureVersion, Programme, RevisedMeasure, Revision
from ..policy import REVISION, revised_measures, visible_revisions
from ..rules import VERSIONED, Difference


def in_force(measures: Iterable[Measure]) -> list[Measure]:
    """The same measures with the values of the version in force; one query. Never to be saved."""
    rows = list(measures)
    found = MeasureVersion.objects.filter(measure_id__in=[one.pk for one in rows]).order_by("id")
    last = {one.measure_id: one for one in found}
    for one in rows:
        if version := last.get(one.pk):
            for name in VERSIONED:
                setattr(one, name, getattr(version, name))
    return rows


def revision(ref: str, actor: Actor) -> Revision:
    """Raises Revision.DoesNotExist for one this actor does not see."""
    rows = visible_revisions(actor).select_related("programme", "programme__customer", "programme__study")
    return rows.get(ref=ref)


def revisions_of(programme: Programme, actor: Actor) -> list[Revision]:
    """Those this actor sees, oldest first."""
    return list(visible_revisions(actor).filter(programme=programme).order_by("number"))


def revisions_before_council(council_id: int | None, limit: int = 50) -> list[Revision]:
    """Submitted, oldest first."""
    rows = Revision.objects.filter(programme__customer__council_id=council_id or 0, state="submitted")
    return list(rows.select_related("programme", "programme__customer").order_by("id")[:limit])


def revisions_drafted(customer_id: int, limit: int = 50) -> list[Revision]:
    rows = Revision.objects.filter(programme__customer_id=customer_id, state="draft")
    return list(rows.select_related("programme").order_by("id")[:limit])


def revision_actions(revision: Revision, actor: Actor) -> tuple[str, ...]:
    return actions(REVISION, revision, actor)


def revision_refusals(revision: Revision, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(REVISION, revision, verb, actor)


def new_revision_refusals(programme: Programme, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not begin a new version of the programme now."""
    return may(REVISION, Revision(programme=programme), "draft_revision", actor)


def revised(revision: Revision) -> list[RevisedMeasure]:
    """What the version says of measures so far."""
    return revised_measures(revision)


def revised_sections(revision: Revision) -> dict[str, dict[str, str]]:
    return dict(revision.sections.order_by("id").values_list("code", "text"))


def changes_of(revision: Revision) -> list[Difference]:
    """What the version changes, field by field, against what was in force when it was last acted on: also for one
    adopted or rejected long ago. A change that changes nothing is left out."""
    found = []
    rows = revised_measures(revision)
    before = _measures_before(revision, [row.measure_id for row in rows if row.measure_id])
    for row in rows:
        old = before.get(row.measure_id) if row.measure_id else None
        pairs = [(name, getattr(old, name) if old else None, getattr(row, name)) for name in VERSIONED]
        found += [
            Difference(row.key, name, was, now, row.title, row.year)
            for name, was, now in pairs
            if was != now and (old or now)
        ]
    written = revision.programme.sections.filter(act_id__lt=revision.act_id).order_by("id")
    sections = dict(written.values_list("code", "text"))
    for code, text in revised_sections(revision).items():
        if sections.get(code) != text:
            found.append(Difference(code, "text", sections.get(code), text))
    return found


def _measures_before(revision: Revision, ids: list[int]) -> dict[int, Measure | MeasureVersion]:
    rows: dict[int, Measure | MeasureVersion] = dict(Measure.objects.in_bulk(ids))
    for version in MeasureVersion.objects.filter(measure_id__in=ids, act_id__lt=revision.act_id).order_by("id"):
        rows[version.measure_id] = version
    return rows
