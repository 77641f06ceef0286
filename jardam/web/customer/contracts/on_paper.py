"""Signatures on paper: entered by one person, checked by another."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contracts import operations, queries
from jardam.contracts.policy import INK

from ... import formats, papers, words
from ...forms import ChoiceField, DayField, DocumentField, TextField, YesNoField
from ...pages import page
from ...steps import StepForm, fill_in, wrong_role
from ...templatetags.ui import Link, SummaryRow
from .shared import contract_crumbs, contract_url, own_contract


class InkForm(StepForm):
    side = ChoiceField(
        gettext_lazy("Who signed?"),
        choices=[("customer", gettext_lazy("Customer")), ("executor", gettext_lazy("Executor"))],
    )
    signatory = TextField(gettext_lazy("Name of the signatory"), max_length=200)
    authority = TextField(gettext_lazy("Document the signatory acts on"), max_length=200)
    signed_on = DayField(gettext_lazy("Date on the paper"))
    fingerprint = TextField(
        gettext_lazy("Fingerprint printed on the paper"), hint=gettext_lazy("The first eight characters or more.")
    )
    file = DocumentField(gettext_lazy("Scan of the signed copy"))


@page("customer", writes=True)
def ink_new(request: Any, ref: str) -> HttpResponse:
    found = own_contract(request, ref)
    return fill_in(
        request,
        InkForm(request.POST or None, request.FILES or None),
        lambda actor, data: operations.enter_ink(
            actor=actor,
            contract=found,
            **{k: v for k, v in data.items() if k != "file"},
            **papers.upload_of(data),
        ),
        verb="ink_signature:enter_ink",
        then=contract_url(found),
        said=_("The signed copy is entered. A second person checks it."),
        title=_("Enter a signed copy"),
        submit=_("Enter the copy"),
        back_url=contract_url(found),
        refusals=wrong_role(INK, "enter_ink", request.actor),
        breadcrumbs=contract_crumbs(found, _("Signature")),
    )


@page("customer", writes=True)
def amendment_ink_new(request: Any, ref: str) -> HttpResponse:
    """An amendment that came back by post, signed in ink."""
    found = queries.amendment(ref, request.actor)
    if not request.actor.acts_for(found.contract.customer_id):
        raise Http404
    back = reverse("amendment", args=[ref])
    return fill_in(
        request,
        InkForm(request.POST or None, request.FILES or None),
        lambda actor, data: operations.enter_amendment_ink(
            actor=actor,
            amendment=found,
            **{k: v for k, v in data.items() if k != "file"},
            **papers.upload_of(data),
        ),
        verb="ink_signature:enter_ink",
        then=back,
        said=_("The signed copy is entered. A second person checks it."),
        title=_("Enter a signed copy"),
        caption=_("Amendment %(n)s") % {"n": found.number},
        submit=_("Enter the copy"),
        back_url=back,
        refusals=wrong_role(INK, "enter_ink", request.actor),
        breadcrumbs=contract_crumbs(found.contract, _("Signature")),
    )


class CheckForm(StepForm):
    agrees = YesNoField(gettext_lazy("Does the entry agree with the scan?"))


@page("customer", writes=True)
def ink(request: Any, ref: str) -> HttpResponse:
    """The second person compares the entry with the scan."""
    found = queries.ink(ref, request.actor)
    contract = found.contract
    if not request.actor.acts_for(contract.customer_id):
        raise Http404
    shown = {
        "state": words.word(words.INK, found.state),
        "tone": words.tone(words.INK, found.state),
        "facts": [
            *(
                [SummaryRow(_("What was signed"), _("Amendment %(n)s") % {"n": found.amendment.number})]
                if found.amendment
                else []
            ),
            SummaryRow(_("Side"), str(words.SIDE[found.side])),
            SummaryRow(_("Signatory"), f"{found.signatory}, {found.authority}"),
            SummaryRow(_("Signed on"), formats.day(found.signed_on)),
            SummaryRow(_("Fingerprint of the text (SHA-256):"), found.content_sha256),
        ],
        "links": [Link(_("Scan of the signed copy"), reverse("contract_paper_file", args=[found.scan.ref]))],
        "breadcrumbs": contract_crumbs(contract, _("Signature")),
    }
    title = _("Signed copy")
    back = reverse("amendment", args=[found.amendment.ref]) if found.amendment else contract_url(contract)
    if request.method != "POST" and found.state != "entered":
        return render(request, "papers/paper.html", shown | {"title": title, "back_url": back})
    return fill_in(
        request,
        CheckForm(request.POST or None),
        lambda actor, data: (operations.check_ink if data["agrees"] else operations.reject_ink)(
            actor=actor, ink=found
        ),
        verb="ink_signature:check_ink",
        then=back,
        said=_("The signed copy is checked."),
        title=title,
        submit=_("Save"),
        back_url=back,
        refusals=queries.ink_refusals(found, "check_ink", request.actor),
        template="papers/paper.html",
        **shown,
    )
