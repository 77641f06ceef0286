"""The auditor's pages: every act with its public part, and every look at sealed content. They only read."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from jardam.fields import in_language
from jardam.journal.queries import act_at, place_of
from jardam.kernel.refusal import Basis
from jardam.kernel.time import BISHKEK
from jardam.parties.policy import ROLE_LABELS
from jardam.transparency import queries

from . import act_words, formats, lists, words
from .forms import ChoiceField, DayField, Form, TextField
from .pages import page
from .public import FOUND
from .steps import crumbs
from .templatetags.ui import Cell, Column, Download, Link, Pager, Table


class ActsFilter(Form):
    kind = ChoiceField(gettext_lazy("On what"), required=False, select=True)
    who = TextField(
        gettext_lazy("By whom"),
        hint=gettext_lazy("Part of the name of a person or a body."),
        required=False,
        max_length=100,
    )
    since = DayField(gettext_lazy("From the day"), required=False)
    until = DayField(gettext_lazy("Until the day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(((kind, str(said)) for kind, said in words.THING.items()), key=lambda one: one[1])
        self.fields["kind"].choices = [("", _("All")), *named]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.silent_optional = True  # type: ignore[attr-defined]

    def wanted(self) -> queries.Wanted:
        """What is asked for; a box filled in wrongly narrows nothing and says so."""
        self.full_clean()
        data = self.cleaned_data
        return queries.Wanted(
            kind=data.get("kind", ""),
            who=data.get("who", ""),
            since=_midnight(data.get("since")),
            until=_midnight(data.get("until"), days=1),
        )


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    return datetime.combine(day + timedelta(days=days), time.min, BISHKEK) if day else None


@page("audit")
def acts(request: Any) -> HttpResponse:
    after = act_at(request.GET[lists.CURSOR]) if lists.CURSOR in request.GET else None
    if lists.CURSOR in request.GET and after is None:
        raise Http404
    form = ActsFilter(request.GET)
    rows, more = lists.cut(queries.acts_for_audit(request.actor, after, lists.PAGE + 1, form.wanted()))
    known = queries.public_things({(one.object_kind, one.object_id) for one in rows})
    lines = [
        [
            Cell(_verb(one), reverse("audit_thing", args=[one.object_kind, one.object_id])),
            Cell(_thing(one), note=_title(known.get((one.object_kind, one.object_id)))),
            one.at,
            _who(one),
        ]
        for one in rows
    ]
    columns = [
        Column(pgettext("journal", "Act")),
        Column(_("On what")),
        Column(_("When"), "instant"),
        Column(_("By whom")),
    ]
    table = Table(
        _("Journal of acts"), columns, lines, empty=_("No act is like this. Widen the filter."), hide_caption=True
    )
    asked = request.GET.copy()
    asked.pop(lists.CURSOR, None)
    files = [Download(_("This list"), f"{reverse('audit_csv')}?{asked.urlencode()}", "CSV")]
    following = place_of(rows[-1]) if more else ""
    return _list(request, _("Journal of acts"), table, len(rows), following, filters=form, files=files)


@page("audit")
def acts_csv(request: Any) -> Any:
    """The acts the filter asks for, oldest first; what is done is told by its code, as the data keeps it."""
    wanted = ActsFilter(request.GET).wanted()
    head = ("at", "verb", "thing", "thing_number", "before", "after", "person", "role", "organisation", "basis",
            "public")  # fmt: skip
    rows = lists.every(lambda last: queries.acts_to_keep(request.actor, wanted, last, lists.BATCH))
    return lists.stream_csv("acts.csv", head, (_line(one) for one in rows))


def _line(act: Any) -> list[Any]:
    return [
        act.at.isoformat(),
        act.verb,
        act.object_kind,
        act.object_id,
        act.before,
        act.after,
        act.person_name,
        act.role,
        act.organisation_name,
        _basis(act.basis),
        json.dumps(act.public_data, ensure_ascii=False, sort_keys=True),
    ]


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
            format_html_join(SafeString("<br>"), "{}", ((line,) for line in act_words.lines(one.public_data))),
        ]
        for one in found
    ]
    columns = [
        Column(pgettext("journal", "Act")),
        Column(_("When"), "instant"),
        Column(_("By whom")),
        Column(_("State")),
        Column(_("Public part")),
    ]
    title = _("Acts on %(thing)s") % {"thing": _thing(found[0])}
    table = Table(title, columns, lines, hide_caption=True)
    links = [
        Link(f"{FOUND[one.kind][0]}: {_title(one)}", reverse(FOUND[one.kind][1], args=[one.ref]))
        for one in queries.pages_about(request.actor, kind, number)
        if one.kind in FOUND
    ]
    trail = ((_("Journal of acts"), reverse("audit")), (title, ""))
    return _list(request, title, table, len(found), "", *trail, links=links)


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


def _list(
    request: Any, title: str, table: Table, rows: int, last: str, *trail: tuple[str, str], **more: Any
) -> HttpResponse:
    """`last` is the cursor behind which the next page begins, empty where there is none."""
    count = ngettext("%(n)s on this page", "%(n)s on this page", rows) % {"n": formats.number(rows)}
    asked = request.GET.copy()
    asked[lists.CURSOR] = last
    following = f"{request.path}?{asked.urlencode()}" if last else ""
    context = {"title": title, "table": table, "pager": Pager(count if rows else "", following)}
    return render(request, "steps/list.html", context | {"breadcrumbs": crumbs(*(trail or ((title, ""),)))} | more)


def _verb(act: Any) -> str:
    return words.verb(act.verb)


def _title(entry: Any) -> str:
    return in_language(entry.title) if entry else ""


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
    path("acts.csv", acts_csv, name="audit_csv"),
    path("looks/", looks, name="audit_looks"),
    path("things/<str:kind>/<int:number>/", thing, name="audit_thing"),
]
