"""Lists: pages by key with an opaque cursor (the reference of the last row), and the same list as CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import ngettext

from . import formats
from .templatetags.ui import Pager

T = TypeVar("T")

PAGE = 30
BATCH = 500
CURSOR = "from"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would carry these out


def cut(rows: Sequence[T], limit: int = PAGE) -> tuple[list[T], bool]:
    """The page, and whether there is more: queries are asked for one row beyond the page."""
    return list(rows[:limit]), len(rows) > limit


def pager(request: HttpRequest, shown: Sequence[Any], more: bool) -> Pager:
    """With the link to the next page, which begins after the last row shown."""
    if not shown:
        return Pager("")  # the list says in its own words that it is empty
    count = ngettext("%(n)s on this page", "%(n)s on this page", len(shown)) % {"n": formats.number(len(shown))}
    if not more:
        return Pager(count)
    query = request.GET.copy()
    query[CURSOR] = shown[-1].ref
    return Pager(count, f"{request.path}?{query.urlencode()}")


class _Line:
    """What csv writes into: the line is handed back."""

    def write(self, line: str) -> str:
        return line


def _safe(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    is_number = isinstance(cell, int | Decimal)  # a sum below zero stays one that can be added up
    return f"'{text}" if text.startswith(FORMULA) and not is_number else text


def stream_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """The rows as they come, with the mark by which spreadsheets know UTF-8."""
    writer = csv.writer(_Line())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow(head)
        for row in rows:
            yield writer.writerow([_safe(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def every(page: Callable[[int], Sequence[Any]]) -> Iterator[Any]:
    """All rows of a list, a batch at a time: `page(last id)` gives the next batch."""
    last = 0
    while rows := page(last):
        yield from rows
        last = rows[-1].pk
