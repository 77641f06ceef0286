"""A study of needs put together for its pages: where it comes from, and the ranking with every factor of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from jardam.fields import in_language
from jardam.kernel.time import bishkek_day

from . import formats, names
from .templatetags.ui import Cell, Column, SummaryRow, Table


def facts(study: Any) -> list[SummaryRow]:
    rows = [
        *names.then({_("Customer"): study.customer}, bishkek_day(study.published_at)),
        SummaryRow(_("Year"), str(study.year)),
    ]
    if study.territory:
        rows.append(SummaryRow(_("Territory"), in_language(study.territory.title)))
    if study.period_from and study.period_to:
        rows.append(SummaryRow(_("Period"), f"{formats.day(study.period_from)} – {formats.day(study.period_to)}"))
    return [*rows, SummaryRow(_("Published"), formats.instant(study.published_at))]


def needs(rows: list[tuple[Any, Any]]) -> Table:
    """The groups in the order of need."""
    lines = [
        [
            Cell(in_language(group.title)),
            need.headcount,
            need.served,
            need.unmet,
            need.severity,
            need.weight,
            need.unit_cost,
            need.cost,
        ]
        for group, need in rows
    ]
    columns = [
        Column(_("Group")),
        Column(_("People"), "number"),
        Column(_("Helped already"), "number"),
        Column(_("Without help"), "number"),
        Column(_("Severity, 1 to 5"), "number"),
        Column(_("Weight"), "number"),
        Column(_("Help for one person a year"), "money"),
        Column(_("Help for all without help, a year"), "money"),
    ]
    return Table(_("Groups in the order of need"), columns, lines)


def formula() -> str:
    return _(
        "Weight = (people − helped already) × severity. The greatest weight stands first; of equal weights the group "
        "with more people, then the one whose code comes first in the alphabet."
    )
