"""Around a public contest: the versions of its announcement, outages, and asking a question."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contests import operations, queries
from jardam.fields import in_language

from . import contest_page, formats, lists
from .forms import LongTextField
from .pages import page
from .public import public
from .steps import StepForm, cursor, fill_in
from .templatetags.ui import Cell, Column, Link, Table


def _crumbs(contest: Any, label: str) -> list[Link]:
    return [
        Link(_("Contests"), reverse("contests")),
        Link(contest.number, reverse("contest", args=[contest.ref])),
        Link(label, ""),
    ]


@public
def version(request: Any, ref: str, number: int) -> HttpResponse:
    """A version of the announcement as it was published, and what it changed."""
    found = queries.contest(ref, request.visitor)
    versions = queries.announcements(found)
    entry = next((one for one in versions if one.version.number == number), None)
    if entry is None:
        raise Http404
    title = _("The original announcement") if number == 1 else _("Version %(n)s of the announcement") % {"n": number}
    context = {
        "title": title,
        "lead": in_language(entry.content["title"]),
        "contest": found,
        "entry": entry,
        "latest": entry is versions[-1],
        "rows": contest_page.version_rows(entry),
        "lots": _lots(entry),
        "changed": contest_page.changes_table(entry) if entry.changes else None,
        "errata": contest_page.errata_table([entry]) if entry.errata else None,
        "breadcrumbs": _crumbs(found, title),
    }
    return render(request, "public/contest_version.html", context)


def _lots(entry: Any) -> Table:
    rows = [
        [_("Lot %(n)s") % {"n": lot["number"]}, Decimal(lot["amount"]), Decimal(lot["ceiling"])]
        for lot in entry.content["lots"]
    ]
    columns = [Column(_("Lot")), Column(_("Amount of the lot"), "money"), Column(_("Most for one project"), "money")]
    return Table(_("Lots"), columns, rows)


@public
def outages(request: Any) -> HttpResponse:
    """When the system could not be used, and which contests got the time back."""
    rows, more = lists.cut(queries.outages(cursor(request, queries.outage), lists.PAGE + 1))
    lines = [
        [
            Cell(formats.instant(one.begins_at), note=one.ground),
            formats.instant(one.ends_at),
            ", ".join(move.contest.number or "" for move in one.postponements.all()) or _("none"),
        ]
        for one in rows
    ]
    columns = [Column(_("From")), Column(_("Until")), Column(_("Contests that got the time back"))]
    context = {
        "title": _("Outages"),
        "lead": _("An outage extends every contest it touched, for everyone alike."),
        "table": Table(_("Outages"), columns, lines, empty=_("No outage is registered."), hide_caption=True),
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": [Link(_("Outages"), "")],
    }
    return render(request, "steps/list.html", context)


class QuestionForm(StepForm):
    text = LongTextField(
        gettext_lazy("Your question"),
        hint=gettext_lazy("Everybody will read it with the answer. Write no names."),
        max_length=2000,
    )


@page("person", writes=True)
def ask(request: Any, ref: str) -> HttpResponse:
    """Ask the customer; below stand the person's own questions, which nobody else can tell to be theirs."""
    found = queries.contest(ref, request.actor)
    here = reverse("contest_ask", args=[ref])
    return fill_in(
        request,
        QuestionForm(request.POST or None),
        lambda actor, data: operations.ask(actor=actor, contest=found, text=data["text"]),
        verb="question:ask",
        then=here,
        said=_("The question is with the customer. The answer will stand on the page of the contest."),
        title=_("Ask about the announcement"),
        caption=in_language(found.title),
        lead=_("Nobody is shown who asks, the customer included."),
        submit=_("Ask"),
        back_url=reverse("contest", args=[ref]),
        refusals=queries.ask_refusals(found, request.actor),
        template="public/contest_ask.html",
        own=contest_page.question_events(queries.own_questions(found, request.actor)),
        breadcrumbs=_crumbs(found, _("Question")),
    )


urlpatterns = [
    path("contests/<str:ref>/announcements/<int:number>/", version, name="contest_version"),
    path("contests/<str:ref>/ask/", ask, name="contest_ask"),
    path("outages/", outages, name="outages"),
]
