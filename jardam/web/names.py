"""Organisations on old papers: by the name of that day, and beside it the name of today."""

from __future__ import annotations

from collections.abc import Mapping
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


def beside(then: dict[str, str], today: dict[str, str]) -> str | list[str]:
    """The name a body bore on the day that counts; beside it, where it is another, the name of today."""
    now, name = in_language(today), in_language(then or today)
    return [name, _("today: %(name)s") % {"name": now}] if name != now else name
