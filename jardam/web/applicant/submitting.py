"""Checking, signing off, submitting, the receipt, and withdrawing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from jardam.contests import operations as contest_operations
from jardam.contests import queries as contests
from jardam.contests.policy import side_of
from jardam.fields import in_language

from .. import formats, words
from ..application_page import budget_table, partner_rows, whole
from ..door import act
from ..pages import page
from ..steps import StepForm
from .shared import (
    document_rows,
    head_of,
    own_application,
    page_of,
    written_application,
)


@page("person", writes=True)
def check(request: Any, ref: str) -> HttpResponse:
    """The whole as it will be sent; the accountant signs off, the head signs off and submits with one press."""
    found = written_application(ref, request)
    form = StepForm(request.POST if request.method == "POST" else None)
    signs = request.POST.get("do") == "sign"
    if request.method == "POST":
        work = contest_operations.sign_off if signs else contest_operations.sign_off_and_submit
        answer = act(
            request,
            "application:sign_off" if signs else "application:submit",
            lambda actor: work(actor=actor, application=found),
            then=reverse("application_check" if signs else "application_sent", args=[ref]),
            form=form,
            said=_("You signed off the application as it stands.") if signs else "",
        )
        if answer is not None:
            return answer
    draft = contests.whole_draft(found)
    faults = contests.submission_faults(found, draft, request.actor)
    signed = contests.draft_signed_off(found)
    side = side_of(found, request.actor)
    others = [one for one, is_signed in signed.items() if not is_signed and one != side]
    context = head_of(found) | {
        "form": form,
        "parts": whole(
            draft, lambda name: reverse("application_section", args=[ref, name]), contests.left_out_of(found)
        ),
        "budget": budget_table(draft),
        "documents": document_rows(found, draft),
        "partners": partner_rows(draft),
        "lot": found.lot,
        "faults": faults,
        "may_send": not faults and not others,
        "waits_for": ", ".join(str(words.SIDE_OF_APPLICATION[one]) for one in others),
        "signed": [(str(words.SIDE_OF_APPLICATION[one]), is_signed) for one, is_signed in signed.items()],
        "may_sign": (
            (others or side != "applicant_head")
            and not signed.get(side, True)
            and "sign_off" in contests.application_actions(found, request.actor)
        ),
        "replaces": found.state == "submitted",
        "key": request.POST.get("key", ""),
    }
    trail = ((context["title"], reverse("application", args=[ref])), (_("Check"), ""))
    return page_of(request, "applicant/check.html", context, *trail)


@page("applicant")
def sent(request: Any, ref: str) -> HttpResponse:
    """The receipt, and what happens next."""
    found = own_application(ref, request)
    rows = contests.versions(found)
    if not rows:
        raise Http404
    context = head_of(found) | {
        "version": rows[0],
        "earlier": rows[1:],
        "seconds": formats.instant(rows[0].at, seconds=True),
        "receipt_url": reverse("receipt", args=[rows[0].ref]),
    }
    trail = ((context["title"], reverse("application", args=[ref])), (_("Receipt"), ""))
    return page_of(request, "applicant/sent.html", context, *trail)


@page("applicant")
def content(request: Any, ref: str) -> HttpResponse:
    """The version that was submitted, as its own people may read it."""
    found = own_application(ref, request)
    if not contests.versions(found):
        raise Http404
    data = contests.submitted_content(found)
    context = head_of(found) | {
        "parts": whole(data),
        "budget": budget_table(data),
        "documents": document_rows(found, data),
        "partners": partner_rows(data),
    }
    trail = ((context["title"], reverse("application", args=[ref])), (_("What was submitted"), ""))
    return page_of(request, "applicant/content.html", context, *trail)


@page("applicant", writes=True)
def withdraw(request: Any, ref: str) -> HttpResponse:
    found = own_application(ref, request)
    if request.method == "POST":
        answer = act(
            request,
            "application:withdraw",
            lambda actor: contest_operations.withdraw(actor=actor, application=found),
            then=reverse("apply"),
            said=_("The application is withdrawn."),
        )
        assert answer is not None
        return answer
    if "withdraw" not in contests.application_actions(found, request.actor):
        return redirect("application", ref)
    back = reverse("application", args=[ref])
    context = {
        "title": _("Withdraw the application?"),
        "consequences": [
            _("It will not be opened or judged."),
            _("It cannot be brought back."),
            _("Until the deadline you may start a new one."),
        ],
        "submit": _("Withdraw"),
        "cancel_url": back,
        "form": None,
    }
    return page_of(request, "confirm.html", context, (in_language(found.contest.title), back))
