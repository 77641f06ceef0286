"""What the papers of planning say: the pack for the session of the council."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext

from jardam.documents import wording
from jardam.documents.papers import Paper, facts, heading, items, paragraph, signatures, table
from jardam.fields import in_language

from .models import Measure, Programme, StudyGroup
from .rules import Need


def council_pack(programme: Programme, needs: Sequence[tuple[StudyGroup, Need]], measures: Sequence[Measure]) -> Paper:
    """In the active language: the programme, its need, its measures, and a draft of the resolution."""
    title = in_language(programme.title)
    years = f"{programme.year_from}–{programme.year_to}"
    customer = in_language(programme.customer.title)
    total = wording.money(sum((one.amount for one in measures), Decimal(0)))
    need_columns = (
        (gettext("Group"), "text"),
        (gettext("People"), "number"),
        (gettext("Helped already"), "number"),
        (gettext("Without help"), "number"),
        (gettext("Severity, 1 to 5"), "number"),
    )
    need_rows = [
        [
            in_language(group.title),
            *(wording.number(n) for n in (need.headcount, need.served, need.unmet, need.severity)),
        ]
        for group, need in needs
    ]
    measure_columns = (
        (gettext("Measure"), "text"),
        (gettext("Year"), "code"),
        (gettext("Amount"), "number"),
        (gettext("Indicator"), "text"),
        (gettext("Now"), "number"),
        (gettext("Target"), "number"),
    )
    measure_rows = [
        [
            in_language(one.title),
            str(one.year),
            wording.money(one.amount),
            in_language(one.indicator),
            wording.number(one.baseline),
            wording.number(one.target),
        ]
        for one in measures
    ]
    need = [heading(gettext("The need, in the order of the study")), table(need_columns, need_rows)] if needs else []
    names = {"title": title, "customer": customer, "years": years, "sum": total}
    return Paper(
        gettext("Pack for the session of the council"),
        [
            paragraph(f"«{title}»"),
            facts(
                (gettext("Customer"), customer),
                (gettext("Years"), years),
                (gettext("Goal"), in_language(programme.goal)),
                (gettext("Money of all measures"), total),
            ),
            *need,
            heading(gettext("Measures")),
            table(measure_columns, measure_rows),
            heading(gettext("Draft of the resolution")),
            paragraph(
                gettext(
                    "Having considered the programme “%(title)s” for %(years)s, submitted by %(customer)s, "
                    "the council resolves:"
                )
                % names
            ),
            items(
                gettext("To adopt the programme “%(title)s”.") % names,
                gettext("To provide %(sum)s for its measures in the budget.") % names,
                gettext("To charge %(customer)s with carrying it out and reporting every year.") % names,
            ),
            signatures((gettext("Chair of the council"), "", "")),
        ],
    )
