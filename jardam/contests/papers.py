"""What the papers of a contest say: its announcement."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import get_language, gettext

from jardam.documents import wording
from jardam.documents.papers import Paper, facts, heading, paragraph, table
from jardam.fields import in_language

from .models import Contest, Lot


def announcement(contest: Contest, lots: Sequence[Lot]) -> Paper:
    """In the active language; the order is the officials' own (practice.md §5)."""
    title = in_language(contest.title)
    texts = (
        (gettext("The problem"), contest.problem),
        (gettext("The goal"), contest.goal),
        (gettext("The tasks"), contest.tasks),
    )
    told = [
        block for name, text in texts if in_language(text) for block in (heading(name), paragraph(in_language(text)))
    ]
    rows = [
        [str(lot.number), in_language(lot.measure.title), wording.money(lot.amount), wording.money(lot.ceiling)]
        for lot in lots
    ]
    columns = (
        (gettext("Lot"), "code"),
        (gettext("Measure"), "text"),
        (gettext("Money of the lot"), "number"),
        (gettext("At most for one project"), "number"),
    )
    settlement = contest.settlement
    language = (get_language() or "ru")[:2]
    criteria = [[one.names.in_language(language), wording.number(one.weight)] for one in settlement.criteria()]
    assert contest.deadline_at is not None
    return Paper(
        gettext("Announcement of a contest of socially useful projects"),
        [
            paragraph(f"«{title}»"),
            facts(
                (gettext("Customer"), in_language(contest.customer.title)),
                (gettext("Programme"), in_language(contest.programme.title)),
                (gettext("Applications are taken until"), wording.instant(contest.deadline_at)),
                (gettext("Length of a project, months"), str(contest.months)),
                (gettext("Rules of the contest"), contest.edition),
                (gettext("Contacts"), contest.contacts),
            ),
            *told,
            heading(gettext("Lots")),
            table(columns, rows),
            heading(gettext("How projects are scored")),
            table(((gettext("Criterion"), "text"), (gettext("Weight"), "number")), criteria),
        ],
    )
