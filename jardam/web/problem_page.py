"""A problem put together for its pages, the public ones and those of the desk."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jardam.fields import in_language
from jardam.planning import queries

from . import formats, slips, words
from .templatetags.ui import Cell, Column, SummaryRow, Table


def table(rows: list[Any], page_name: str, *, empty: str, customer: bool = True) -> Table:
    """Problems in a list; `page_name` is the page of one."""
    lines = [
        [
            Cell(one.place, reverse(page_name, args=[one.ref]), note=words.code(one.group)),
            *([in_language(one.customer.title)] if customer else []),
            one.proposed_at,
            Cell(words.word(words.PROBLEM, one.state), tone=words.tone(words.PROBLEM, one.state)),
        ]
        for one in rows
    ]
    columns = [
        Column(_("Place and group")),
        *([Column(_("Customer"))] if customer else []),
        Column(_("Proposed"), "instant"),
        Column(_("State"), "tag"),
    ]
    return Table(_("Problems people propose"), columns, lines, empty=empty, hide_caption=True)


def about(found: Any) -> dict[str, Any]:
    """One problem, put together for its pages."""
    facts = [
        SummaryRow(_("Customer"), in_language(found.customer.title)),
        SummaryRow(_("For whom"), words.code(found.group)),
        SummaryRow(_("Place"), found.place),
        SummaryRow(_("Proposed"), formats.instant(found.proposed_at)),
    ]
    if found.ground:
        facts.append(SummaryRow(_("Why it is not published"), str(words.NOT_PUBLISHED[found.ground])))
    if found.measure:
        facts.append(SummaryRow(_("Taken into the measure"), in_language(found.measure.title)))
    if found.answered_at:
        facts.append(SummaryRow(_("Answered"), formats.instant(found.answered_at)))
    return {
        "title": found.place,
        "caption": _("Problem"),
        "state": words.word(words.PROBLEM, found.state),
        "tone": words.tone(words.PROBLEM, found.state),
        "facts": facts,
        "tables": [one for one in [slips.table(queries.corrections_of(found))] if one],
        "texts": [(_("The problem"), found.text), (_answer_head(found), found.answer)],
    }


def _answer_head(found: Any) -> str:
    if found.answer and found.state == "published":
        return _("An earlier answer; its measure was taken out of the draft programme")
    return _("The customer's answer")
