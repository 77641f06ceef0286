"""Slips in what was recorded, and their corrections: a list to choose from, a form, and the table everybody reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.planning import operations, queries

from . import formats, words
from .forms import DayField, LongTextField, NumberField
from .pages import page
from .steps import StepForm, crumbs, fill_in
from .templatetags.ui import Cell, Column, Link, Table

LONG = ("answer", "answers", "method", "questions", "sources", "text")


def table(rows: Sequence[Any]) -> Table | None:
    """What was corrected, with what stood there; None where nothing was."""
    lines = [
        [
            Cell(str(words.FACT[one.fact]), note=str(words.FACT_FIELD[one.field])),
            shown(one.was, one.field),
            shown(one.now, one.field),
            one.reason,
            one.corrected_at,
        ]
        for one in rows
    ]
    columns = [
        Column(_("What is corrected")),
        Column(_("Reads")),
        Column(_("Should read")),
        Column(_("Why")),
        Column(_("Day"), "instant"),
    ]
    return Table(_("Corrected slips"), columns, lines) if lines else None


def shown(value: Any, field: str) -> str:
    """A value of a fact in the reader's language; days come as dates or in ISO."""
    if value in (None, ""):
        return "—"
    if isinstance(value, str) and _is_day(field):
        value = date.fromisoformat(value)
    return formats.day(value) if isinstance(value, date) else str(value)


def _is_day(field: str) -> bool:
    return field.endswith("_on") or field.startswith("period_")


def _page_of(thing: Any, name: str) -> str:
    return reverse(name, args=[thing.ref])


def link(thing: Any, verbs: Sequence[str], name: str) -> list[Link]:
    """To the list of what may be corrected, where this actor may correct anything; of a draft nothing is recorded."""
    may = {"correct_record", "correct_resolution"} & set(verbs)
    return [Link(_("Correct a slip"), _page_of(thing, name))] if may and getattr(thing, "state", "") != "draft" else []


def _verb(found: Any) -> str:
    return queries.verb_of_correction(found.fact)


def _listed(request: Any, thing: Any, verbs: Sequence[str], name: str, back: str, home: tuple[str, str]) -> Any:
    """Every field in which a slip may be put right by this actor, with what it says."""
    rows: list[list[Any]] = []
    counted: dict[str, int] = {}
    corrections = queries.corrections_of(thing)
    for one in queries.facts_of(thing):
        number = counted[one.fact] = counted.get(one.fact, 0) + 1
        if _verb(one) not in verbs:
            continue
        queries.put_right(one.fact, [one.row], corrections)
        for field in queries.correctable(one.fact):
            url = reverse(name, args=[thing.ref, one.fact, number, field])
            title = f"{words.FACT[one.fact]}, {words.FACT_FIELD[field]}"
            rows.append([Cell(title, url), shown(getattr(one.row, field), field)])
    context = {
        "title": _("Correct a slip"),
        "lead": _("What stood there stays readable beside it. A decision, a vote or a sum is not corrected so."),
        "table": Table(
            _("What may be corrected"),
            [Column(_("What")), Column(_("Reads"))],
            rows,
            empty=_("Nothing is recorded yet that could be corrected."),
            hide_caption=True,
        ),
        "breadcrumbs": crumbs(home, (_("Back"), _page_of(thing, back)), (_("Correct a slip"), "")),
    }
    return render(request, "steps/list.html", context)


class _SlipForm(StepForm):
    reason = LongTextField(gettext_lazy("Why?"), hint=gettext_lazy("Everybody can read it."), rows=3, max_length=1000)

    def __init__(self, found: Any, field: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        was = getattr(found.row, field)
        label = _("How should it read?")
        if _is_day(field):
            self.fields["value"] = DayField(label)
        elif isinstance(was, int):
            self.fields["value"] = NumberField(label, max_value=10_000_000)
        else:
            rows = 6 if field in LONG else 2
            self.fields["value"] = LongTextField(label, rows=rows, max_length=6000 if field in LONG else 300)
        self.initial["value"] = was
        self.order_fields(["value", "reason"])


def _corrected(
    request: Any, thing: Any, asked: tuple[str, int, str], name: str, back: str, home: tuple[str, str]
) -> HttpResponse:
    fact, number, field = asked
    found = queries.fact_of(fact, number, thing)
    if found is None or field not in queries.correctable(fact):
        raise Http404
    return fill_in(
        request,
        _SlipForm(found, field, request.POST or None),
        lambda actor, data: operations.correct(
            actor=actor, found=found, field=field, value=data["value"], reason=data["reason"]
        ),
        verb=f"{thing.KIND}:{_verb(found)}",
        then=_page_of(thing, back),
        said=_("The slip is corrected; what stood there stays readable."),
        title=_("Correct a slip"),
        caption=f"{words.FACT[fact]}, {words.FACT_FIELD[field]}",
        lead=_("It reads now: %(value)s") % {"value": shown(getattr(found.row, field), field)},
        submit=_("Correct it"),
        back_url=_page_of(thing, name),
        refusals=queries.correction_refusals(found, request.actor),
        breadcrumbs=crumbs(home, (_("Back"), _page_of(thing, back)), (_("Correct a slip"), "")),
    )


def _desk() -> tuple[str, str]:
    return _("Programmes"), reverse("desk_programmes")


@page("customer")
def of_programme(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    verbs = queries.programme_actions(found, request.actor)
    return _listed(request, found, verbs, "desk_slip", "desk_programme", _desk())


@page("customer", writes=True)
def in_programme(request: Any, ref: str, fact: str, number: int, field: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return _corrected(request, found, (fact, number, field), "desk_slips", "desk_programme", _desk())


@page("council")
def before_council(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    verbs = queries.programme_actions(found, request.actor)
    home = _("Council"), reverse("council")
    return _listed(request, found, verbs, "council_slip", "council_programme", home)


@page("council", writes=True)
def by_council(request: Any, ref: str, fact: str, number: int, field: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    home = _("Council"), reverse("council")
    return _corrected(request, found, (fact, number, field), "council_slips", "council_programme", home)


def _studies() -> tuple[str, str]:
    return _("Studies of needs"), reverse("desk_studies")


@page("customer")
def of_study(request: Any, ref: str) -> HttpResponse:
    found = queries.study(ref)
    verbs = queries.study_actions(found, request.actor)
    return _listed(request, found, verbs, "desk_study_slip", "desk_study", _studies())


@page("customer", writes=True)
def in_study(request: Any, ref: str, fact: str, number: int, field: str) -> HttpResponse:
    found = queries.study(ref)
    return _corrected(request, found, (fact, number, field), "desk_study_slips", "desk_study", _studies())


def _problems() -> tuple[str, str]:
    return _("Problems"), reverse("desk_problems")


@page("customer")
def of_problem(request: Any, ref: str) -> HttpResponse:
    found = queries.problem(ref, request.actor)
    verbs = queries.problem_actions(found, request.actor)
    return _listed(request, found, verbs, "desk_problem_slip", "desk_problem", _problems())


@page("customer", writes=True)
def in_problem(request: Any, ref: str, fact: str, number: int, field: str) -> HttpResponse:
    found = queries.problem(ref, request.actor)
    return _corrected(request, found, (fact, number, field), "desk_problem_slips", "desk_problem", _problems())
