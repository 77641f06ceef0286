"""Organisations on old papers: by the name of that day, and beside it the name of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jardam.fields import in_language
from jardam.parties import queries as parties

from .templatetags.ui import SummaryRow


def then(organisations: Mapping[str, Any], day: date | None) -> list[SummaryRow]:
    """A row for each label; without a day by the names of today."""
    known = parties.names_on([one.pk for one in organisations.values()], day) if day else {}
    return [SummaryRow(label, beside(known.get(one.pk, {}), one.title)) for label, one in organisations.items()]


def listed(dated: Sequence[tuple[Any, date | None]]) -> list[tuple[str, str]]:
    """For the rows of a list: each body's name on the day beside it, and for a second line the name of today where it
    is another. One statement for all rows; a row without a day has the name of today."""
    known = parties.names_borne((one.pk, day) for one, day in dated if day)
    return [_in_a_row(known.get((one.pk, day), {}) if day else {}, one.title) for one, day in dated]


def _in_a_row(then: dict[str, str], today: dict[str, str]) -> tuple[str, str]:
    said = beside(then, today)
    return (said, "") if isinstance(said, str) else (said[0], said[1])


def beside(then: dict[str, str], today: dict[str, str]) -> str | list[str]:
    """The name a body bore on the day that counts; beside it, where it is another, the name of today."""
    now, name = in_language(today), in_language(then or today)
    return [name, _("today: %(name)s") % {"name": now}] if name != now else name
