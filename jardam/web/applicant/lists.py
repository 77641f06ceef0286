"""An applicant's applications and contracts."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from jardam.contests import queries as contests
from jardam.contracts import queries as contracts
from jardam.fields import in_language
from jardam.kernel.time import bishkek_day

from .. import lists, names, words
from ..pages import page
from ..templatetags.ui import Cell, Column, Table
from .shared import (
    cursor_of,
    executed_contract,
    organisation_of,
    own_application,
    page_of,
)


@page("applicant")
def own_list(request: Any) -> HttpResponse:
    own = request.actor.organisation_ids
    before = cursor_of(request, lists.CURSOR, lambda ref: own_application(ref, request))
    rows, more = lists.cut(contests.applications_of(own, before=before, limit=lists.PAGE + 1))
    signed = contracts.contracts(request.actor, executor_id=own, limit=lists.PAGE)
    context = {
        "organisation": in_language(organisation_of(request).title),
        "table": _application_table(rows),
        "pager": lists.pager(request, rows, more),
        "contracts": _contract_table(signed) if signed else None,
        "all_contracts": len(signed) == lists.PAGE,
    }
    return page_of(request, "applicant/list.html", context)


@page("applicant")
def grant_list(request: Any) -> HttpResponse:
    before = cursor_of(request, lists.CURSOR, lambda ref: executed_contract(ref, request))
    found = contracts.contracts(
        request.actor, executor_id=request.actor.organisation_ids, before=before, limit=lists.PAGE + 1
    )
    rows, more = lists.cut(found)
    context = {"table": _contract_table(rows), "pager": lists.pager(request, rows, more)}
    return page_of(request, "applicant/contracts.html", context, (_("Contracts"), ""))


def _application_table(rows: list[Any]) -> Table:
    customers = names.listed([(one.contest.customer, bishkek_day(one.contest.announced_at)) for one in rows])
    lines = [
        [
            Cell(in_language(one.contest.title), reverse("application", args=[one.ref]), customer),
            one.number,
            Cell(*_standing(one)),
            one.contest.deadline_at,
        ]
        for one, (customer, _today) in zip(rows, customers, strict=True)
    ]
    columns = [
        Column(_("Contest")),
        Column(_("Number")),
        Column(_("State"), "tag"),
        Column(_("Applications until"), "instant"),
    ]
    return Table(
        _("Applications"),
        columns,
        lines,
        empty=_("You have no applications. Choose one of the open contests."),
    )


def _standing(application: Any) -> tuple[str, str, str, str]:
    """Its state as a cell; an application whose contest is decided is under review no longer."""
    word, tone = words.APPLICATION[application.state]
    if application.state == "opened" and application.contest.state == "decided":
        word, tone = words.RESULT
    return str(word), "", "", tone


def _contract_table(rows: list[Any]) -> Table:
    lines = [
        [
            Cell(one.title, reverse("grant", args=[one.ref]), words.with_mark(one, in_language(one.customer.title))),
            one.number,
            one.amount,
            Cell(words.word(words.CONTRACT, one.state), tone=words.tone(words.CONTRACT, one.state)),
        ]
        for one in rows
    ]
    columns = [
        Column(_("Project")),
        Column(_("Number")),
        Column(_("Amount"), "money"),
        Column(_("State"), "tag"),
    ]
    return Table(_("Contracts"), columns, lines, empty=_("You have no contracts yet."))
