"""Charts drawn on the server: data rows in, an SVG and the same data as a table out. No script, no inline style.

Positions across are per cent and text has a fixed size, so one drawing serves 320 px and 1280 px. The title states the
conclusion. A gap (None) stays a gap and says «no data»; a value may be *qualified* («about», «plan») or *hidden* (a
small number), and then it is hatched and says so. At most four series, told apart by pattern and place, not colour
alone. Colours come from the style sheet by class (`s1`…`s4`), so dark mode and print are its business.

    bars("Every second som went to three cities", "som, 2026",
         [Row("Osh", [Decimal("1200000")]), Row("Naryn", [Point(None)])], unit="money", source="…")
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from jardam.web import formats

MAX_SERIES = 4
LINE = 22  # height of a line of text
THICK = 24  # of a single bar
PLOT = 220  # height of a column plot
LETTERS_IN_LINE = 34  # of a label at 320 px


@dataclass(frozen=True, slots=True)
class Point:
    """A value that needs a word: `qualifier` ("about", "plan", "at least"), or `hidden` for a small number."""

    value: Any
    qualifier: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One category; `values` follow the order of the series."""

    label: str
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """What `{% chart %}` shows. `rows` pair each cell of the table with the heading of its column."""

    title: str
    subtitle: str
    svg: SafeString
    legend: Sequence[tuple[SafeString, str]]
    head: Sequence[str]
    rows: Sequence[Sequence[tuple[str, str]]]
    notes: Sequence[str]
    source: str


_FULL = {"number": formats.number, "money": formats.som, "percent": formats.percent}
_SHORT = {"number": formats.short_number, "money": formats.short_money, "percent": formats.percent}


def bars(
    title: str,
    subtitle: str,
    rows: Sequence[Row],
    *,
    series: Sequence[str] = ("",),
    unit: str = "number",
    first_column: str = "",
    source: str = "",
    notes: Sequence[str] = (),
) -> Chart:
    """Horizontal bars, a line of label above each group: for comparing named things."""
    points = _points(rows, series)
    top = _top(points)
    parts: list[str] = []
    y = 0
    thick = THICK if len(series) == 1 else THICK - 4
    for row, values in zip(rows, points, strict=True):
        for line in _wrapped(row.label):
            y += LINE
            parts.append(f'<text class="label" x="0" y="{y - 6}">{escape(line)}</text>')
        for place, point in enumerate(values, 1):
            parts.append(_bar(point, place, y, thick, top, unit))
            y += thick + 2
        y += 10
    return _chart(title, subtitle, rows, points, series, unit, first_column, source, notes, parts, max(y - 8, 1))


def columns(
    title: str,
    subtitle: str,
    rows: Sequence[Row],
    *,
    series: Sequence[str] = ("",),
    unit: str = "number",
    line: Sequence[Any] = (),
    line_label: str = "",
    first_column: str = "",
    source: str = "",
    notes: Sequence[str] = (),
) -> Chart:
    """Upright columns in the order given: for time. `line` is one more series, drawn as a line (a plan)."""
    points = _points(rows, series)
    lined = [_point(value) for value in line]
    if lined and (len(lined) != len(rows) or len(series) >= MAX_SERIES):
        raise ValueError("the line has one point per row, and with it there are at most four series")
    top = _nice(_top([*points, lined]))
    parts = _grid(top, unit)
    parts.append(f'<svg x="13%" width="87%" height="{PLOT + 40}" class="plot">')
    step = Decimal(100) / max(len(rows), 1)
    width = step * Decimal("0.72") / len(series)
    biggest = max((p.value for values in points for p in values if p.value is not None), default=None)
    for place, (row, values) in enumerate(zip(rows, points, strict=True)):
        left = step * place + step * Decimal("0.14")
        for nth, point in enumerate(values):
            head = len(rows) * len(series) <= 6 or (point.value == biggest and biggest is not None)
            parts.append(_column(point, nth + 1, left + width * nth, width, top, unit, head))
        every = _rank(place, len(rows))
        parts.append(
            f'<text class="tick {every}" x="{_pc(step * place + step / 2)}" y="{PLOT + 42}" '
            f'text-anchor="middle">{escape(row.label)}</text>'
        )
    parts += _line(lined, step, top)
    parts.append("</svg>")
    if lined:
        points = [[*values, point] for values, point in zip(points, lined, strict=True)]
        series = [*series, line_label]
    return _chart(
        title, subtitle, rows, points, series, unit, first_column, source, notes, parts, PLOT + 50,
        lined=bool(lined),
    )  # fmt: skip


# --- values ----------------------------------------------------------------------------------------------------


def _point(value: Any) -> Point:
    if not isinstance(value, Point):
        value = Point(value)
    raw = value.value
    if isinstance(raw, float):
        raise TypeError("a float is never drawn: give a Decimal")
    if raw is not None:
        raw = raw.amount if isinstance(raw, formats.Money) else Decimal(raw)
        if raw < 0:
            raise ValueError("bars show amounts from zero upwards")
    return Point(None if value.hidden else raw, value.qualifier, value.hidden)


def _points(rows: Sequence[Row], series: Sequence[str]) -> list[list[Point]]:
    if not 1 <= len(series) <= MAX_SERIES:
        raise ValueError(f"one to {MAX_SERIES} series can be told apart, not {len(series)}")
    points = [[_point(value) for value in row.values] for row in rows]
    if any(len(values) != len(series) for values in points):
        raise ValueError("every row has a value for each series; an unknown one is None")
    return points


def _top(points: Sequence[Sequence[Point]]) -> Decimal:
    return max((p.value for values in points for p in values if p.value is not None), default=Decimal(0)) or Decimal(1)


def _nice(top: Decimal) -> Decimal:
    """The next of 1, 2, 4, 5, 6, 8, 10 × a power of ten, so that a quarter or a half of it is a round number."""
    power = Decimal(1).scaleb(top.adjusted())
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= top)


def _words(point: Point, unit: str, full: bool = False) -> str:
    if point.hidden:
        return gettext("hidden: small number")
    if point.value is None:
        return gettext("no data")
    text = (_FULL if full else _SHORT)[unit](point.value)
    return f"{point.qualifier} {text}" if point.qualifier else text


def _pc(value: Decimal) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


def _wrapped(label: str) -> list[str]:
    """At most two lines that fit a narrow phone; the table has the whole name."""
    lines = [""]
    for word in label.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LETTERS_IN_LINE:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > 2:
        lines = [lines[0], lines[1][: LETTERS_IN_LINE - 1] + "…"]
    return lines


# --- drawing ---------------------------------------------------------------------------------------------------


def _fill(point: Point, place: int) -> str:
    return f"s{place} q" if point.qualifier else f"s{place}"


def _bar(point: Point, place: int, y: int, thick: int, top: Decimal, unit: str) -> str:
    words = escape(_words(point, unit))
    middle = y + thick // 2 + 5
    if point.value is None:
        mark = f'<line class="hatch" x2="24%" y1="{y + thick // 2}" y2="{y + thick // 2}" stroke-width="{thick}"/>'
        hatch = mark if point.hidden else ""
        x, shift = ("24%", 8) if point.hidden else ("0", 0)
        return f'{hatch}<text class="gap" x="{x}" dx="{shift}" y="{middle}">{words}</text>'
    width = point.value * 100 / top
    inside = width > 56
    rect = f'<rect class="{_fill(point, place)}" y="{y}" width="{_pc(width)}" height="{thick}" rx="2"/>'
    text = (
        f'<text class="on{" q" if point.qualifier else ""}" x="{_pc(width)}" dx="-8" y="{middle}" text-anchor="end">'
        if inside
        else f'<text class="value" x="{_pc(width)}" dx="8" y="{middle}">'
    )
    return f"{rect}{text}{words}</text>"


def _grid(top: Decimal, unit: str) -> list[str]:
    parts = []
    for quarter in (0, 1, 2):
        y = 20 + PLOT - PLOT * quarter // 2
        text = _SHORT["percent" if unit == "percent" else "number"](top * quarter / 2)
        number, _gap, word = text.partition(formats.NBSP)
        parts.append(f'<line class="grid" x1="13%" x2="100%" y1="{y}" y2="{y}"/>')
        parts.append(f'<text class="tick" x="11%" y="{y + 5}" text-anchor="end">{escape(number)}</text>')
        if word and word != "%":
            parts.append(f'<text class="tick small" x="11%" y="{y + 19}" text-anchor="end">{escape(word)}</text>')
    return parts


def _column(point: Point, place: int, left: Decimal, width: Decimal, top: Decimal, unit: str, head: bool) -> str:
    middle = _pc(left + width / 2)
    if point.value is None:
        mark = "?" if not point.hidden else "…"
        label = f'<text class="gap" x="{middle}" y="{20 + PLOT - 8}" text-anchor="middle">{mark}</text>'
        if point.hidden:
            label = f'<rect class="veil" x="{_pc(left)}" y="{PLOT - 20}" width="{_pc(width)}" height="40"/>'
        return f"<g>{label}<title>{escape(_words(point, unit, True))}</title></g>"
    height = int(point.value * PLOT / top)
    y = 20 + PLOT - height
    text = escape(_words(point, unit))
    rect = f'<rect class="{_fill(point, place)}" x="{_pc(left)}" y="{y}" width="{_pc(width)}" height="{height}"/>'
    value = f'<text class="value small" x="{middle}" y="{y - 6}" text-anchor="middle">{text}</text>' if head else ""
    return f"<g>{rect}{value}<title>{escape(_words(point, unit, True))}</title></g>"


def _rank(place: int, count: int) -> str:
    """Which ticks a narrow screen leaves out: every third stays beyond nine, every second beyond five."""
    keep = 1 if count <= 5 else 2 if count <= 9 else 3
    return "" if (count - 1 - place) % keep == 0 else "less"


def _line(points: Sequence[Point], step: Decimal, top: Decimal) -> list[str]:
    parts: list[str] = []
    before: tuple[Decimal, int] | None = None
    for place, point in enumerate(points):
        if point.value is None:
            before = None
            continue
        x, y = step * place + step / 2, 20 + PLOT - int(point.value * PLOT / top)
        if before:
            parts.append(f'<line class="l4" x1="{_pc(before[0])}" y1="{before[1]}" x2="{_pc(x)}" y2="{y}"/>')
        parts.append(f'<circle class="d4" cx="{_pc(x)}" cy="{y}" r="4"/>')
        before = x, y
    return parts


def _swatch(place: int, lined: bool) -> SafeString:
    inner = (
        '<line class="l4" x1="0" y1="8" x2="24" y2="8"/><circle class="d4" cx="12" cy="8" r="4"/>'
        if lined
        else f'<rect class="s{place}" width="24" height="16" rx="2"/>'
    )
    return mark_safe(f'<svg class="swatch" width="24" height="16" aria-hidden="true" focusable="false">{inner}</svg>')


def _chart(
    title: str,
    subtitle: str,
    rows: Sequence[Row],
    points: Sequence[Sequence[Point]],
    series: Sequence[str],
    unit: str,
    first_column: str,
    source: str,
    notes: Sequence[str],
    parts: Sequence[str],
    height: int,
    lined: bool = False,
) -> Chart:
    summary = gettext("Chart: %(title)s. The table below has all the figures.") % {"title": title}
    hidden = any(point.hidden for values in points for point in values)
    qualified = any(point.qualifier for values in points for point in values)
    gaps = any(point.value is None and not point.hidden for values in points for point in values)
    svg = (
        f'<svg class="chart-svg" role="img" aria-label="{escape(summary)}" width="100%" height="{height}">'
        f"{''.join(parts)}</svg>"
    )
    said = list(notes)
    if qualified:
        said.append(gettext("Pale bars with an outline are not exact; the word beside the figure says why."))
    if gaps:
        said.append(gettext("No data means that nothing was published, not zero."))
    if hidden:
        said.append(gettext("Small numbers are hidden so that nobody can be recognised."))
    head = [first_column or gettext("Name"), *(name or subtitle for name in series)]
    return Chart(
        title=title,
        subtitle=subtitle,
        svg=mark_safe(svg),
        legend=[(_swatch(place, lined and place == len(series)), name) for place, name in enumerate(series, 1)]
        if len(series) > 1
        else [],
        head=head,
        rows=[
            [
                (head[0], row.label),
                *((name, _words(p, unit, True)) for name, p in zip(head[1:], values, strict=True)),
            ]
            for row, values in zip(rows, points, strict=True)
        ],
        notes=said,
        source=source,
    )
