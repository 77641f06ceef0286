"""Writing an application together: its documents, the people invited to it, its partner organisations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.messages import get_messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contests import operations, queries
from jardam.contests.policy import hand_of, may_write
from jardam.fields import in_language
from jardam.parties import queries as parties

from . import formats, words
from .door import act
from .forms import ChoiceField, DocumentField, EmailField, LongTextField, TextField, TinField
from .pages import language, page
from .steps import StepForm, confirm, crumbs
from .templatetags.ui import Cell, Column, SummaryRow, Table


def _application(ref: str, request: Any) -> Any:
    """One the actor takes part in, by organisation or by invitation; what is keyed in from paper, for its keyer."""
    found = queries.application(ref, request.actor)
    own = request.actor.acts_for(found.applicant_id) and found.paper_id is None
    if own or found.state in ("keying", "keyed") or hand_of(found, request.actor):
        return found
    raise Http404


def _trail(application: Any, title: str) -> list[Any]:
    return crumbs(
        (in_language(application.contest.title), reverse("application", args=[application.ref])), (title, "")
    )


def show(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    return render(request, template, {"messages": get_messages(request)} | dict(context))


# --- documents -------------------------------------------------------------------------------------------------


class AttachForm(StepForm):
    kind = ChoiceField(gettext_lazy("Which document"), select=True)
    file = DocumentField(gettext_lazy("File"))

    def __init__(self, kinds: list[tuple[str, str]], *args: Any) -> None:
        super().__init__(*args)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


def _kinds(application: Any) -> dict[str, str]:
    """Code → name of every document the application may have; a star at those it must have."""
    named = {}
    for one in application.contest.settlement.value("app.documents"):
        name = one.names.in_language(language())
        named[one.code] = _("%(name)s (required)") % {"name": name} if one.mandatory else name
    if application.state == "keying":
        return {operations.SCAN: _("Scan of the paper")} | named
    return named


@page("person", writes=True)
def documents(request: Any, ref: str) -> HttpResponse:
    """The documents of a draft: each kept sealed on its own, added and taken out one at a time."""
    found = _application(ref, request)
    writable, kinds = may_write(found, request.actor, "documents"), _kinds(found)
    here = reverse("application_documents", args=[ref])
    typed = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AttachForm(list(kinds.items()), *typed)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        answer = act(
            request,
            "application:attach",
            lambda actor: operations.attach(
                actor=actor,
                application=found,
                kind=form.cleaned_data["kind"],
                content=b"".join(file.chunks()),
                name=file.name,
            ),
            then=here,
            form=form,
            said=_("The document is added."),
        )
        if answer is not None:
            return answer
    title = _("Documents")
    context = {
        "title": title,
        "caption": in_language(found.contest.title),
        "breadcrumbs": _trail(found, title),
        "form": form if writable else None,
        "table": _document_table(found, kinds, writable),
        "missing": _missing(found),
        "cancel_url": reverse("application", args=[ref]),
    }
    return show(request, "applicant/documents.html", context)


def _missing(application: Any) -> list[str]:
    given = {one.kind for one, _told in queries.attachments(application)}
    wanted = application.contest.settlement.value("app.documents") if application.paper_id is None else ()
    return [one.names.in_language(language()) for one in wanted if one.mandatory and one.code not in given]


def _document_table(application: Any, kinds: Mapping[str, str], writable: bool) -> Table:
    rows = []
    for one, told in queries.attachments(application):
        out = reverse("application_document_out", args=[application.ref, one.ref])
        rows.append(
            [
                kinds.get(one.kind, one.kind),
                Cell(told["name"], reverse("application_document", args=[application.ref, one.ref])),
                formats.size(told["size"]),
                Cell(_("Take out"), out) if writable else "",
            ]
        )
    columns = [Column(_("Document")), Column(_("File")), Column(_("Size")), Column(_("Change"))]
    return Table(_("Documents"), columns, rows, empty=_("No documents are added yet."))


@page("person")
def document(request: Any, ref: str, file_ref: str) -> HttpResponse:
    """The bytes as they were uploaded, for whoever writes the application."""
    return file_response(*queries.own_file(_application(ref, request), file_ref))


def file_response(told: Mapping[str, Any], content: bytes) -> HttpResponse:
    """A sealed file on its way out: to be saved, never shown in the page, never kept by a cache."""
    response = HttpResponse(content, content_type=told["media_type"])
    ending = told["name"].rpartition(".")[2].lower()
    ending = ending if ending.isascii() and ending.isalnum() else "bin"
    response.headers["Content-Disposition"] = f'attachment; filename="document-{told["sha256"][:8]}.{ending}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


@page("person", writes=True)
def document_out(request: Any, ref: str, file_ref: str) -> HttpResponse:
    found = _application(ref, request)
    back = reverse("application_documents", args=[ref])
    attachment = found.attachments.get(ref=file_ref, removed_at=None)
    if request.method != "POST" and not may_write(found, request.actor, "documents"):
        return redirect(back)
    return confirm(
        request,
        lambda actor: operations.detach(actor=actor, application=found, attachment=attachment),
        verb="application:detach",
        then=back,
        said=_("The document is taken out."),
        title=_("Take the document out?"),
        consequences=[queries.told(attachment)["name"], _("What was submitted before keeps its documents.")],
        submit=_("Take out"),
        back_url=back,
        breadcrumbs=_trail(found, _("Documents")),
    )


# --- people ----------------------------------------------------------------------------------------------------


class InviteForm(StepForm):
    email = EmailField(gettext_lazy("E-mail address with which the person signs in"))
    hand = ChoiceField(gettext_lazy("What the person does"), choices=list(words.HAND.items()))


@page("applicant", writes=True)
def people(request: Any, ref: str) -> HttpResponse:
    """Who writes with the applicant's own people."""
    found = _application(ref, request)
    here = reverse("application_people", args=[ref])
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = act(
            request,
            "collaborator:invite_collaborator",
            lambda actor: operations.invite_collaborator(actor=actor, application=found, **form.cleaned_data),
            then=here,
            form=form,
            said=_("The person is invited and finds the invitation on their desk."),
        )
        if answer is not None:
            return answer
    rows = [
        [
            one.person.name,
            str(words.HAND[one.hand]),
            Cell(words.word(words.COLLABORATOR, one.state), tone=words.tone(words.COLLABORATOR, one.state)),
            Cell(_("Remove"), reverse("application_person_out", args=[ref, one.ref])),
        ]
        for one in queries.collaborators(found)
    ]
    columns = [Column(_("Person")), Column(_("Work")), Column(_("State"), "tag"), Column(_("Change"))]
    title = _("Who writes with you")
    context = {
        "title": title,
        "caption": in_language(found.contest.title),
        "lead": _("The head and the editors of your organisation always write. Others are invited here."),
        "breadcrumbs": _trail(found, title),
        "form": form,
        "submit": _("Invite"),
        "table": Table(_("Invited"), columns, rows, empty=_("Nobody is invited.")),
        "cancel_url": reverse("application", args=[ref]),
    }
    return show(request, "applicant/together.html", context)


@page("applicant", writes=True)
def person_out(request: Any, ref: str, person_ref: str) -> HttpResponse:
    found = _application(ref, request)
    collaborator = found.collaborators.select_related("person").get(ref=person_ref)
    back = reverse("application_people", args=[ref])
    return confirm(
        request,
        lambda actor: operations.remove_collaborator(actor=actor, collaborator=collaborator),
        verb="collaborator:remove_collaborator",
        then=back,
        said=_("The person no longer takes part."),
        title=_("Remove %(name)s?") % {"name": collaborator.person.name},
        consequences=[_("The application is closed to this person at once."), _("What they wrote stays.")],
        submit=_("Remove"),
        back_url=back,
        breadcrumbs=_trail(found, _("Who writes with you")),
    )


@page("person", writes=True)
def invitation(request: Any, ref: str) -> HttpResponse:
    """An invitation to somebody else's application: accepted, or left."""
    found = queries.invitation(ref, request.actor)
    refuses = request.POST.get("do") == "refuse"
    application, desk = found.application, reverse("desk")
    if request.method == "POST":
        work = operations.remove_collaborator if refuses else operations.accept_invitation
        there = desk if refuses else reverse("application", args=[application.ref])
        answer = act(
            request,
            "collaborator:remove_collaborator" if refuses else "collaborator:accept_invitation",
            lambda actor: work(actor=actor, collaborator=found),
            then=there,
            said=_("You no longer take part.") if refuses else _("You take part now."),
        )
        assert answer is not None
        return answer
    title = _("Invitation to an application")
    context = {
        "title": title,
        "breadcrumbs": crumbs((title, "")),
        "rows": [
            SummaryRow(_("Contest"), in_language(application.contest.title)),
            SummaryRow(_("Applicant"), in_language(application.applicant.title)),
            SummaryRow(_("Your work"), str(words.HAND[found.hand])),
        ],
        "state": found.state,
        "accept": _("Take part"),
        "refuse": _("Do not take part"),
    }
    return show(request, "applicant/answer.html", context)


# --- partners --------------------------------------------------------------------------------------------------


class PartnerForm(StepForm):
    name = TextField(gettext_lazy("Name of the organisation"), max_length=200)
    tin = TinField(
        gettext_lazy("Its taxpayer number"),
        hint=gettext_lazy("If it is registered here, its head is asked to confirm."),
        required=False,
    )
    role = LongTextField(gettext_lazy("What it does in the project"), max_length=300, rows=3)


@page("applicant", writes=True)
def partners(request: Any, ref: str) -> HttpResponse:
    """The partner organisations an application names, and whether they confirmed."""
    found = _application(ref, request)
    here = reverse("application_partners", args=[ref])
    form = PartnerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        known = parties.organisation_by_tin(given["tin"]) if given["tin"] else None
        answer = act(
            request,
            "partner:name_partner",
            lambda actor: operations.name_partner(
                actor=actor, application=found, name=given["name"], role=given["role"], organisation=known
            ),
            then=here,
            form=form,
            said=_("The partner is named and asked to confirm.") if known else _("The partner is named."),
        )
        if answer is not None:
            return answer
    rows = [
        [
            Cell(told["name"], note=told["role"]),
            Cell(words.word(words.PARTNER, one.state), tone=words.tone(words.PARTNER, one.state)),
            Cell(_("Remove"), reverse("application_partner_out", args=[ref, one.ref])),
        ]
        for one, told in queries.partners(found)
    ]
    title = _("Partner organisations")
    columns = [Column(_("Partner")), Column(_("State"), "tag"), Column(_("Change"))]
    context = {
        "title": title,
        "caption": in_language(found.contest.title),
        "breadcrumbs": _trail(found, title),
        "form": form,
        "submit": _("Name the partner"),
        "table": Table(_("Partners"), columns, rows, empty=_("No partner is named.")),
        "cancel_url": reverse("application", args=[ref]),
    }
    return show(request, "applicant/together.html", context)


@page("applicant", writes=True)
def partner_out(request: Any, ref: str, partner_ref: str) -> HttpResponse:
    found = _application(ref, request)
    partner = found.partners.get(ref=partner_ref)
    back = reverse("application_partners", args=[ref])
    return confirm(
        request,
        lambda actor: operations.remove_partner(actor=actor, partner=partner),
        verb="partner:remove_partner",
        then=back,
        said=_("The partner is removed."),
        title=_("Remove the partner?"),
        consequences=[_("The application no longer names this organisation.")],
        submit=_("Remove"),
        back_url=back,
        breadcrumbs=_trail(found, _("Partner organisations")),
    )


@page("applicant", writes=True)
def partner_request(request: Any, ref: str) -> HttpResponse:
    """An application names this organisation as its partner: its head confirms or declines."""
    found, told = queries.partner(ref, request.actor)
    agrees = request.POST.get("do") != "refuse"
    if request.method == "POST":
        answer = act(
            request,
            "partner:confirm_partner" if agrees else "partner:decline_partner",
            lambda actor: operations.answer_partner(actor=actor, partner=found, agrees=agrees),
            then=reverse("desk"),
            said=_("You confirmed the partnership.") if agrees else _("You declined the partnership."),
        )
        assert answer is not None
        return answer
    application, title = found.application, _("Are you a partner?")
    context = {
        "title": title,
        "breadcrumbs": crumbs((title, "")),
        "rows": [
            SummaryRow(_("Contest"), in_language(application.contest.title)),
            SummaryRow(_("Applicant"), in_language(application.applicant.title)),
            SummaryRow(_("What your organisation does in the project"), told["role"]),
        ],
        "state": "invited" if found.state == "named" else found.state,
        "accept": _("Confirm"),
        "refuse": _("Decline"),
    }
    return show(request, "applicant/answer.html", context)


urlpatterns = [
    path("invitations/<str:ref>/", invitation, name="invitation"),
    path("partners/<str:ref>/", partner_request, name="partner_request"),
    path("<str:ref>/documents/", documents, name="application_documents"),
    path("<str:ref>/documents/<str:file_ref>/", document, name="application_document"),
    path("<str:ref>/documents/<str:file_ref>/out/", document_out, name="application_document_out"),
    path("<str:ref>/with/", people, name="application_people"),
    path("<str:ref>/with/<str:person_ref>/out/", person_out, name="application_person_out"),
    path("<str:ref>/partners/", partners, name="application_partners"),
    path("<str:ref>/partners/<str:partner_ref>/out/", partner_out, name="application_partner_out"),
]
