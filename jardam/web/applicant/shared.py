"""What the applicant's pages share: whose application it is, and how a page is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.messages import get_messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jardam.contests import queries as contests
from jardam.contests.policy import hand_of
from jardam.contracts import queries as contracts
from jardam.fields import in_language
from jardam.kernel.text import clean
from jardam.parties import queries as parties
from jardam.parties.policy import AUDIENCES

from .. import words
from ..application_page import documents_of
from ..pages import language
from ..steps import crumbs
from ..templatetags.ui import Link, SummaryRow


def page_of(request: Any, template: str, context: Mapping[str, Any], *trail: tuple[Any, str]) -> HttpResponse:
    if request.actor.has(*AUDIENCES["applicant"]):
        trail = ((_("My applications"), reverse("apply") if trail else ""), *trail)
    shown = {"breadcrumbs": crumbs(*trail), "messages": get_messages(request)} | dict(context)
    return render(request, template, shown)


def own_application(ref: str, request: Any) -> Any:
    """An application of the organisation the actor acts for; anything else is not found."""
    application = contests.application(ref, request.actor)
    if not request.actor.acts_for(application.applicant_id):
        raise Http404
    return application


def written_application(ref: str, request: Any) -> Any:
    """An application that the actor's organisation, or the actor by invitation, writes; or that the customer's people
    key in from paper. Anything else is not found."""
    application = contests.application(ref, request.actor)
    own = request.actor.acts_for(application.applicant_id) and application.paper_id is None
    if own or application.state in ("keying", "keyed") or hand_of(application, request.actor):
        return application
    return own_application(ref, request)


def executed_contract(ref: str, request: Any) -> Any:
    contract = contracts.contract(ref, request.actor)
    if not request.actor.acts_for(contract.executor_id):
        raise Http404
    return contract


def organisation_of(request: Any) -> Any:
    return parties.organisations_by_id([request.actor.organisation_id])[request.actor.organisation_id]


def cursor_of(request: HttpRequest, name: str, find: Callable[[str], Any]) -> int:
    ref = clean(request.GET.get(name, ""))
    return find(ref).pk if ref else 0


def head_of(application: Any) -> dict[str, Any]:
    contest = application.contest
    return {
        "application": application,
        "contest": contest,
        "title": in_language(contest.title),
        "customer": in_language(contest.customer.title),
        "state": words.word(words.APPLICATION, application.state),
        "tone": words.tone(words.APPLICATION, application.state),
    }


def document_rows(application: Any, content: Mapping[str, Any]) -> list[SummaryRow]:
    kinds = application.contest.settlement.value("app.documents")
    return [SummaryRow(what, name) for _ref, what, name in documents_of(content, kinds, language())]


def trail_to(*links: tuple[Any, str]) -> list[Link]:
    return crumbs((_("My applications"), reverse("apply")), *links)
