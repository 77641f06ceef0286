"""What the papers of planning say: the pack for the session of the council."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext

from jardam.documents import wording
from jardam.documents.papers import Block, Paper, facts, heading, items, paragraph, signatures, table
from jardam.fields import in_language

from .models import Comment, Measure, Programme, Study, StudyGroup
from .rules import FORMS, Need


def council_pack(
    programme: Programme,
    needs: Sequence[tuple[StudyGroup, Need]],
    measures: Sequence[Measure],
    sections: Mapping[str, dict[str, str]],
    comments: Sequence[Comment] | None,
) -> Paper:
    """In the active language: the programme, its need and how it was found out, its sections, measures and budget,
    what people said of the draft (None where nobody was asked), and a draft of the resolution."""
    names = _names(programme, measures)
    return Paper(
        gettext("Pack for the session of the council"),
        [
            *_programme(programme, needs, measures, sections, comments),
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


def adopted_by_order(
    number: str,
    adopted_on: date,
    programme: Programme,
    needs: Sequence[tuple[StudyGroup, Need]],
    measures: Sequence[Measure],
    sections: Mapping[str, dict[str, str]],
    comments: Sequence[Comment] | None,
) -> Paper:
    """The programme as the head of a customer without a council adopted it (H-72), in the active language."""
    names = _names(programme, measures)
    order = gettext("Adopted by order No. %(number)s of %(day)s.") % {"number": number, "day": wording.day(adopted_on)}
    return Paper(
        gettext("Programme adopted by an order of the head"),
        [
            paragraph(order),
            *_programme(programme, needs, measures, sections, comments),
            heading(gettext("What the order decides")),
            items(
                gettext("To adopt the programme “%(title)s”.") % names,
                gettext("To provide %(sum)s for its measures in the budget.") % names,
            ),
            signatures((gettext("Head of the customer"), "", "")),
        ],
    )


def _names(programme: Programme, measures: Sequence[Measure]) -> dict[str, str]:
    return {
        "title": in_language(programme.title),
        "customer": in_language(programme.customer.title),
        "years": f"{programme.year_from}–{programme.year_to}",
        "sum": wording.money(sum((one.amount for one in measures), Decimal(0))),
    }


def _programme(
    programme: Programme,
    needs: Sequence[tuple[StudyGroup, Need]],
    measures: Sequence[Measure],
    sections: Mapping[str, dict[str, str]],
    comments: Sequence[Comment] | None,
) -> list[Block]:
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
    need += _study(programme.study) if programme.study else []
    return [
        paragraph(f"«{title}»"),
        facts(
            (gettext("Customer"), customer),
            (gettext("Years"), years),
            (gettext("Goal"), in_language(programme.goal)),
            (gettext("Money of all measures"), total),
        ),
        *need,
        *(block for code, text in sections.items() for block in _section(code, text)),
        heading(gettext("Measures")),
        table(measure_columns, measure_rows),
        heading(gettext("Budget by year")),
        _budget(measures),
        *(_comments(comments) if comments is not None else []),
    ]


def _study(study: Study) -> list[Block]:
    """Where the figures come from."""
    first, last = study.period_from, study.period_to
    period = f"{wording.day(first)} – {wording.day(last)}" if first and last else ""
    return [
        facts((gettext("Study of needs"), f"{in_language(study.title)}, {study.year}"), (gettext("Period"), period)),
        heading(gettext("Method")),
        *_paragraphs(study.method),
        heading(gettext("Sources")),
        *_paragraphs(study.sources),
    ]


def _section(code: str, text: dict[str, str]) -> list[Block]:
    return [heading(wording.code(code)), *_paragraphs(in_language(text))]


def _paragraphs(text: str) -> list[Block]:
    return [paragraph(line.strip()) for line in text.splitlines() if line.strip()]


def _budget(measures: Sequence[Measure]) -> Block:
    """What each year asks of the budget, by the form of order."""
    rows = []
    for year in sorted({one.year for one in measures}):
        of = [sum((m.amount for m in measures if (m.year, m.form) == (year, form)), Decimal(0)) for form in FORMS]
        rows.append([str(year), *(wording.money(amount) for amount in (*of, sum(of, Decimal(0))))])
    forms = [(wording.code(form), "number") for form in FORMS]
    return table([(gettext("Year"), "code"), *forms, (gettext("Total"), "number")], rows)


def _comments(comments: Sequence[Comment]) -> list[Block]:
    """Persons stay nameless; organisations speak under their name."""
    head = heading(gettext("Comments on the draft"))
    if not comments:
        return [head, paragraph(gettext("Nobody has commented yet."))]
    states = {
        "made": gettext("Waits for an answer"),
        "taken_up": gettext("Taken into account"),
        "turned_down": gettext("Not taken into account"),
    }
    columns = [(gettext("Comment"), "text"), (gettext("By whom"), "text"), (gettext("Answer"), "text")]
    rows = [
        [
            one.text,
            in_language(one.organisation.title) if one.organisation else gettext("a person"),
            ". ".join(filter(None, [states[one.state], one.answer])),
        ]
        for one in comments
    ]
    return [head, table(columns, rows)]
