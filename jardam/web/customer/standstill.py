"""The review of a lot stopped by a court or an appeal body, and let go on, at the customer's desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from jardam.contests.operations import SUSPEND_GROUNDS
from jardam.fields import in_language
from jardam.review import operations, queries

from ..pages import page
from ..steps import fill_in
from .contest_changes import OrderForm, papers_of
from .review import _contest_of, _crumbs, _own_proceeding, proceeding_url


def _ordered(request: Any, ref: str, verb: str, work: Any, question: str, **texts: Any) -> HttpResponse:
    found = _own_proceeding(request, ref)
    return fill_in(
        request,
        OrderForm(request.POST or None, request.FILES or None, grounds=SUSPEND_GROUNDS, question=question),
        lambda actor, data: work(actor=actor, proceeding=found, body=data["ground"], **papers_of(actor, data)),
        verb=f"proceeding:{verb}",
        then=proceeding_url(found),
        caption=in_language(_contest_of(found).title),
        kind="warning",
        back_url=proceeding_url(found),
        refusals=queries.proceeding_refusals(found, verb, request.actor),
        breadcrumbs=_crumbs(found, texts["title"]),
        **texts,
    )


@page("customer", writes=True)
def suspend(request: Any, ref: str) -> HttpResponse:
    return _ordered(
        request,
        ref,
        "suspend_review",
        operations.suspend_review,
        _("Who stopped the review?"),
        title=_("Stop the review of the lot"),
        lead=_("Nothing is decided or signed and the clocks stand still until the review goes on."),
        submit=_("Stop the review"),
        said=_("The review of the lot stands still. Everybody sees the document."),
    )


@page("customer", writes=True)
def resume(request: Any, ref: str) -> HttpResponse:
    return _ordered(
        request,
        ref,
        "resume_review",
        operations.resume_review,
        _("Who lets the review go on?"),
        title=_("Let the review go on"),
        lead=_("It goes on where it stood. The time that was left runs on, to the end of a working day."),
        submit=_("Go on"),
        said=_("The review of the lot goes on."),
    )
