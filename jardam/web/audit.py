"""The auditor's pages: every act with its public part, and every look at sealed content. They only read."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from jardam.journal.queries import act_at, place_of
from jardam.kernel.refusal import Basis
from jardam.parties.policy import ROLE_LABELS
from jardam.transparency import queries

from . import formats, lists, words
from .pages import page
from .steps import crumbs
from .templatetags.ui import Cell, Column, Pager, Table


@page("audit")
def acts(request: Any) -> HttpResponse:
    after = act_at(request.GET[lists.CURSOR]) if lists.CURSOR in request.GET else None
    if lists.CURSOR in request.GET and after is None:
        raise Http404
    rows, more = lists.cut(queries.acts_for_audit(request.actor, after, lists.PAGE + 1))
    lines = [
        [
            Cell(_verb(one), reverse("audit_thing", args=[one.object_kind, one.object_id])),
            _thing(one),
            one.at,
            _who(one),
        ]
        for one in rows
    ]
    columns = [Column(_("Act")), Column(_("On what")), Column(_("When"), "instant"), Column(_("By whom"))]
    table = Table(_("Journal of acts"), columns, lines, hide_caption=True)
    return _list(request, _("Journal of acts"), table, len(rows), place_of(rows[-1]) if more else "")


@page("audit")
def thing(request: Any, kind: str, number: int) -> HttpResponse:
    """Everything that was done with one thing, oldest first, with the public part of each act."""
    found = queries.history_for_audit(request.actor, kind, number)
    if not found:
        raise Http404
    lines = [
        [
            Cell(_verb(one), note=_basis(one.basis)),
            one.at,
            _who(one),
            _change(one),
            "; ".join(f"{name}: {value}" for name, value in sorted(one.public_data.items())),
        ]
        for one in found
    ]
    columns = [
        Column(_("Act")),
        Column(_("When"), "instant"),
        Column(_("By whom")),
        Column(_("State")),
        Column(_("Public part")),
    ]
    title = _("Acts on %(thing)s") % {"thing": _thing(found[0])}
    table = Table(title, columns, lines, hide_caption=True)
    return _list(request, title, table, len(found), "", (_("Journal of acts"), reverse("audit")), (title, ""))


@page("audit")
def looks(request: Any) -> HttpResponse:
    """Who opened sealed content, when and what for; never the content."""
    rows, more = lists.cut(queries.looks_for_audit(request.actor, _before(request), lists.PAGE + 1))
    lines = [
        [
            Cell(one.person_name, note=str(ROLE_LABELS.get(one.role, one.role))),
            one.at,
            str(words.PURPOSE.get(one.purpose, one.purpose)),
            words.thing(*one.label.split(":", 1)),
        ]
        for one in rows
    ]
    columns = [Column(_("Who")), Column(_("When"), "instant"), Column(_("What for")), Column(_("Sealed content"))]
    nothing = _("Nobody has opened sealed content yet.")
    table = Table(_("Looks at sealed content"), columns, lines, empty=nothing, hide_caption=True)
    return _list(request, _("Looks at sealed content"), table, len(rows), str(rows[-1].pk) if more else "")


def _before(request: Any) -> int:
    """The id behind which the page begins, 0 at the newest; what is no number is not found."""
    typed = request.GET.get(lists.CURSOR, "") or "0"
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19):
        raise Http404
    return int(typed)


def _list(request: Any, title: str, table: Table, rows: int, last: str, *trail: tuple[str, str]) -> HttpResponse:
    """`last` is the cursor behind which the next page begins, empty where there is none."""
    count = ngettext("%(n)s on this page", "%(n)s on this page", rows) % {"n": formats.number(rows)}
    following = f"{request.path}?{urlencode({lists.CURSOR: last})}" if last else ""
    context = {"title": title, "table": table, "pager": Pager(count, following)}
    return render(request, "steps/list.html", context | {"breadcrumbs": crumbs(*(trail or ((title, ""),)))})


def _verb(act: Any) -> str:
    return pgettext("verb", act.verb)


def _thing(act: Any) -> str:
    return words.thing(act.object_kind, str(act.object_id))


def _basis(kept: Any) -> str:
    return words.basis(Basis(kept["kind"], kept["act"], kept["article"]))


def _who(act: Any) -> Cell:
    if act.person_id is None:
        return Cell(_("The clock"))
    return Cell(act.person_name, note=f"{ROLE_LABELS.get(act.role, act.role)}, {act.organisation_name}")


def _change(act: Any) -> str:
    states = [pgettext("state", one) for one in dict.fromkeys((act.before, act.after)) if one]
    return " → ".join(states)


urlpatterns = [
    path("", acts, name="audit"),
    path("looks/", looks, name="audit_looks"),
    path("things/<str:kind>/<int:number>/", thing, name="audit_thing"),
]
