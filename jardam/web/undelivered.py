"""E-mail that could not be delivered: whoever runs the instance sees all of it, a customer what its own acts told.

A row leaves by itself once its reader has opened the message in the inbox.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from jardam.kernel.actor import Actor
from jardam.notices import operations, queries
from jardam.parties.policy import AUDIENCES

from . import formats, lists
from .pages import page
from .steps import crumbs, cursor
from .templatetags.ui import Cell, Column, Due, Table

MOST_COUNTED = 99


@page("registrar")
def of_all(request: Any) -> HttpResponse:
    return _listed(request, None)


@page("customer")
def of_customer(request: Any) -> HttpResponse:
    return _listed(request, request.actor.organisation_ids)


def _listed(request: Any, own: Collection[int] | None) -> HttpResponse:
    before = cursor(request, lambda ref: queries.undelivered_message(ref, own))
    rows, more = lists.cut(queries.undelivered(own, before=before, limit=lists.PAGE + 1))
    lines = [[one.person.name, _said(one), one.told_at, one.tries] for one in rows]
    columns = [Column(_("To whom")), Column(_("Message")), Column(_("Since"), "instant"), Column(_("Tried"), "number")]
    title = _("E-mail that was not delivered")
    context = {
        "title": title,
        "lead": _(
            "Tell these people in another way. The message lies in their inbox here; once they have read it there, it "
            "leaves this list."
        ),
        "table": Table(title, columns, lines, empty=_("Every e-mail went out."), hide_caption=True),
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": crumbs((title, "")),
    }
    return render(request, "steps/list.html", context)


def _said(one: Any) -> Cell:
    subject, text = operations.texts_of(one)
    return Cell(subject, note=text)


def due(actor: Actor) -> Iterator[Due]:
    """One row for all of it, however much there is."""
    for audience, name, own in (
        ("registrar", "operator_undelivered", None),
        ("customer", "desk_undelivered", actor.organisation_ids),
    ):
        if actor.standing and actor.has(*AUDIENCES[audience]):
            found = queries.undelivered(own, limit=MOST_COUNTED)
            if found:
                people = len({one.person_id for one in found})
                said = _("people not reached: %(n)s") % {"n": formats.number(people)}
                yield Due(_("Tell people whom no e-mail reached"), reverse(name), object=said)


urlpatterns = [
    path("desk/undelivered/", of_customer, name="desk_undelivered"),
    path("operator/undelivered/", of_all, name="operator_undelivered"),
]
