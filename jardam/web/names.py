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
    rows = []
    for label, one in organisations.items():
        today, name = in_language(one.title), in_language(known.get(one.pk) or one.title)
        rows.append(SummaryRow(label, [name, _("today: %(name)s") % {"name": today}] if name != today else name))
    return rows
