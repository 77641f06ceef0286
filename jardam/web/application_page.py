"""An application put together for whoever may read it: its own people, the commission, who screens it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from . import formats, words
from .pages import language
from .sections import FORMS
from .templatetags.ui import Column, SummaryRow, Table

ZERO = Decimal("0.00")


def whole(
    content: Mapping[str, Any], url: Callable[[str], str] | None = None, left_out: Collection[str] = ()
) -> list[tuple[str, list[SummaryRow]]]:
    """An application part by part, for whoever may read it; `url(part)` where it may be changed, and where what is
    missing is shown, but for the parts `left_out` by the rules."""
    parts = []
    for name in FORMS:
        if name in left_out or (url is None and name not in content):
            continue
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
                *_said((_("Language of the application"), _language(data.get("language")))),
                *_said((_("In short"), data.get("summary")), (_("Goal"), data["goal"])),
                *_said((_("What stays"), data.get("sustainability"))),
            ]
        case "problem":
            return _said((_("Problem"), data["problem"]), (_("How it is known"), data.get("evidence")))
        case "people":
            return [
                SummaryRow(_("People who get help"), formats.number(data["count"])),
                SummaryRow(_("Who they are"), data["who"].split("\n")),
                SummaryRow(_("Where they live"), data["where"]),
                *_said((_("How they are found and chosen"), data.get("reached"))),
            ]
        case "activities":
            return [
                SummaryRow(
                    f"{number}. {row['title']}",
                    _("months %(from)s to %(to)s") % {"from": row["month_from"], "to": row["month_to"]},
                )
                for number, row in enumerate(data["rows"], 1)
            ]
        case "team":
            return [SummaryRow(row["name"], _lines(row["role"], row.get("experience"))) for row in data["rows"]]
        case "budget":
            return [SummaryRow(row["title"], _cost(row)) for row in data["rows"]]
        case "indicators":
            return [
                SummaryRow(
                    row["title"],
                    _lines(
                        f"{formats.number(row['baseline'])} → {formats.number(row['target'])}", row.get("measured")
                    ),
                )
                for row in data["rows"]
            ]
        case "risks":
            return [SummaryRow(row["risk"], row["response"]) for row in data["rows"]]
        case _:
            return [
                SummaryRow(str(said), _("Yes") if data.get(key) else _("Not confirmed"))
                for key, said in words.DECLARATION.items()
            ] + _experience(data.get("experience_months"))


def _experience(months: int | None) -> list[SummaryRow]:
    """How long they have done such work, where the rules ask."""
    return [] if months is None else [SummaryRow(str(words.EXPERIENCE), words.months(months))]


def _language(code: str | None) -> str:
    return words.code(code) if code else ""


def _said(*pairs: tuple[str, str | None]) -> list[SummaryRow]:
    """Long texts, those that were written."""
    return [SummaryRow(label, text.split("\n")) for label, text in pairs if text]


def _lines(*texts: str | None) -> list[str]:
    return [text for text in texts if text]


COLUMNS = ("requested", "own", "in_kind", "third")


def _cost(row: Mapping[str, Any]) -> list[str]:
    said = _("activity %(number)s, %(category)s") % {
        "number": row["activity"],
        "category": words.code(row["category"]) if row["category"] else "—",
    }
    labels = (_("Asked for"), _("Own money"), _("Own, in kind"), _("Money of others"))
    amounts = [
        f"{label}: {formats.som(Decimal(row[name]))}"
        for label, name in zip(labels, COLUMNS, strict=True)
        if Decimal(row.get(name) or 0)
    ]
    return [said, *amounts, *_lines(row.get("proof"))]


def part(name: str, data: Mapping[str, Any]) -> list[SummaryRow]:
    """One part as it reads."""
    return _part_rows(name, data)


def budget_table(content: Mapping[str, Any]) -> Table | None:
    """The budget by activity: asked for, own money, in kind, of others, together."""
    costs = content.get("budget", {}).get("rows", ())
    if not costs:
        return None
    activities = content.get("activities", {}).get("rows", ())
    lines = []
    for number in sorted({row["activity"] for row in costs}):
        title = activities[number - 1]["title"] if number <= len(activities) else str(number)
        of_it = [row for row in costs if row["activity"] == number]
        sums = [sum((Decimal(row.get(name) or 0) for row in of_it), ZERO) for name in COLUMNS]
        lines.append([title, *sums, sum(sums, ZERO)])
    foot = [_("Together"), *(sum((line[place] for line in lines), ZERO) for place in range(1, 6))]
    columns = [
        Column(_("Activity")),
        Column(_("Asked for"), "money"),
        Column(_("Own money"), "money"),
        Column(_("Own, in kind"), "money"),
        Column(_("Money of others"), "money"),
        Column(_("Together"), "money"),
    ]
    return Table(_("Budget"), columns, lines, foot)


def documents_of(content: Mapping[str, Any], kinds: Sequence[Any], language: str) -> list[tuple[str, str, str]]:
    """The documents of an application: reference, what it is, its name and size. `kinds` is `app.documents`."""
    names = {one.code: one.names.in_language(language) for one in kinds}
    return [
        (one["ref"], names.get(one["kind"], _("Scan of the paper")), f"{one['name']}, {formats.size(one['size'])}")
        for one in content.get("documents", ())
    ]


def partner_rows(content: Mapping[str, Any]) -> list[SummaryRow]:
    """The partners an application names."""
    return [
        SummaryRow(one["name"], [one["role"], _("Confirmed") if one["confirmed"] else _("Not confirmed")])
        for one in content.get("partners", ())
    ]


def place_label(place: str, kinds: Sequence[Any] = ()) -> str:
    """«Project: Name of the project»; a table as a whole by its part; a document of `kinds` (`app.documents`)."""
    part, _dot, name = place.partition(".")
    if part == "documents":
        names = {one.code: one.names.in_language(language()) for one in kinds}
        return _("Document: %(name)s") % {"name": names.get(name, name)}
    label = str(words.PART[part])
    return f"{label}: {FORMS[part].base_fields[name].label}" if name else label


def difference_table(rows: Sequence[tuple[str, Any, Any]], kinds: Sequence[Any] = ()) -> Table | None:
    """What an applicant mended: each faulted place as it was submitted and as it stands now."""
    if not rows:
        return None
    lines = [[place_label(place, kinds), _as_text(before), _as_text(after)] for place, before, after in rows]
    columns = [Column(_("Place")), Column(_("As submitted")), Column(_("As mended"))]
    return Table(_("What was mended"), columns, lines)


def _as_text(value: Any) -> str:
    if isinstance(value, list):  # files of one kind
        return "; ".join(f"{one['name']}, {formats.size(one['size'])}" for one in value)
    if isinstance(value, Mapping):
        return "; ".join(", ".join(str(cell) for cell in row.values()) for row in value.get("rows", ()))
    if isinstance(value, bool):
        return _("Yes") if value else _("Not confirmed")
    return formats.number(value) if isinstance(value, int) else str(value)
