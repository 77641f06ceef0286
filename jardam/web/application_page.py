"""An application put together for whoever may read it: its own people, the commission, who screens it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from . import formats, words
from .sections import FORMS
from .templatetags.ui import Column, SummaryRow, Table

ZERO = Decimal("0.00")


def whole(content: Mapping[str, Any], url: Callable[[str], str] | None = None) -> list[tuple[str, list[SummaryRow]]]:
    """An application part by part, for whoever may read it; `url(part)` where it may be changed."""
    parts = []
    for name in FORMS:
        rows = _part_rows(name, content[name]) if name in content else []
        change = url(name) if url else ""
        if not rows:
            rows = [SummaryRow(str(words.PART[name]), "", change, missing=True)]
        else:
            first = rows[0]
            rows[0] = SummaryRow(first.label, first.value, change)
        parts.append((str(words.PART[name]), rows))
    return parts


def _part_rows(name: str, data: Mapping[str, Any]) -> list[SummaryRow]:
    match name:
        case "project":
            return [
                SummaryRow(_("Name of the project"), data["title"]),
                SummaryRow(_("Problem"), data["problem"].split("\n")),
                SummaryRow(_("Goal"), data["goal"].split("\n")),
            ]
        case "people":
            return [
                SummaryRow(_("People who get help"), formats.number(data["count"])),
                SummaryRow(_("Who they are"), data["who"].split("\n")),
                SummaryRow(_("Where they live"), data["where"]),
            ]
        case "activities":
            return [
                SummaryRow(
                    row["title"],
                    [
                        _("months %(from)s to %(to)s") % {"from": row["month_from"], "to": row["month_to"]},
                        _("asked for %(requested)s, own money %(own)s")
                        % {
                            "requested": formats.som(Decimal(row["requested"])),
                            "own": formats.som(Decimal(row["own"])),
                        },
                    ],
                )
                for row in data["rows"]
            ]
        case "team":
            return [SummaryRow(row["name"], row["role"]) for row in data["rows"]]
        case "indicators":
            return [
                SummaryRow(row["title"], f"{formats.number(row['baseline'])} → {formats.number(row['target'])}")
                for row in data["rows"]
            ]
        case _:
            return [
                SummaryRow(str(said), _("Yes") if data.get(key) else _("Not confirmed"))
                for key, said in words.DECLARATION.items()
            ]


def budget_table(content: Mapping[str, Any]) -> Table | None:
    """The sum of the activities: asked for, own, together."""
    rows = content.get("activities", {}).get("rows", ())
    if not rows:
        return None
    lines = [
        [row["title"], Decimal(row["requested"]), Decimal(row["own"]), Decimal(row["requested"]) + Decimal(row["own"])]
        for row in rows
    ]
    foot = [_("Together"), *(sum((line[place] for line in lines), ZERO) for place in (1, 2, 3))]
    columns = [
        Column(_("Activity")),
        Column(_("Asked for"), "money"),
        Column(_("Own money"), "money"),
        Column(_("Together"), "money"),
    ]
    return Table(_("Budget"), columns, lines, foot)


def place_label(place: str) -> str:
    """«Project: Name of the project»; a table as a whole by its part."""
    part, _dot, name = place.partition(".")
    label = str(words.PART[part])
    return f"{label}: {FORMS[part].base_fields[name].label}" if name else label


def difference_table(rows: Sequence[tuple[str, Any, Any]]) -> Table | None:
    """What an applicant mended: each faulted place as it was submitted and as it stands now."""
    if not rows:
        return None
    lines = [[place_label(place), _said(before), _said(after)] for place, before, after in rows]
    columns = [Column(_("Place")), Column(_("As submitted")), Column(_("As mended"))]
    return Table(_("What was mended"), columns, lines)


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(", ".join(str(cell) for cell in row.values()) for row in value.get("rows", ()))
    if isinstance(value, bool):
        return _("Yes") if value else _("Not confirmed")
    return formats.number(value) if isinstance(value, int) else str(value)
