"""A payment order, and what its payer can do with it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jardam.contracts import operations, queries
from jardam.treasury import operations as treasury_operations
from jardam.treasury import queries as treasury

from ... import formats, words
from ...pages import page
from ...steps import confirm, crumbs
from ...templatetags.ui import Link
from .. import payments
from .shared import contract_crumbs


@page("customer")
def payment(request: Any, ref: str) -> HttpResponse:
    """A payment order: where it stands, and what its payer can do with it."""
    found = _own_payment(request, ref)
    contract = queries.contracts_by_id([found.owner_id])[found.owner_id]
    verbs = treasury.payment_actions(found, request.actor)
    context = {
        "title": _("Payment"),
        "caption": found.ref,
        "state": words.word(words.TRANCHE, found.state),
        "tone": words.tone(words.TRANCHE, found.state),
        "facts": payments.facts(found, contract.executor, contract.number or contract.title),
        "actions": [
            Link(label, reverse(name, args=args))
            for verb, label, name, args in (
                ("pack_payment", _("Put it into a package"), "desk_package_new", []),
                ("redirect_payment", _("Order it to the account of today"), "desk_payment_redirect", [ref]),
                ("withdraw_payment", _("Take the order back"), "desk_payment_withdraw", [ref]),
                ("confirm_existing_payment", _("Compare it with the paper"), "desk_payment_existing", [ref]),
            )
            if verb in verbs and (verb != "redirect_payment" or payments.account_moved(found, request.actor))
        ],
        "links": [Link(_("The package"), reverse("desk_package", args=[found.package.ref]))] if found.package else [],
        "refusals": payments.why_not_packed(found, request.actor),
        "breadcrumbs": contract_crumbs(contract, _("Payment")),
    }
    return render(request, "customer/payment.html", context)


def _own_payment(request: Any, ref: str) -> Any:
    found = treasury.payment(ref)
    if not request.actor.acts_for(found.organisation_id):
        raise Http404
    return found


@page("customer", writes=True)
def payment_redirect(request: Any, ref: str) -> HttpResponse:
    found = _own_payment(request, ref)
    back = reverse("desk_payment", args=[ref])
    return confirm(
        request,
        lambda actor: operations.redirect_payment(payment=found, actor=actor),
        verb="payment:redirect_payment",
        then=back,
        said=_("The payment is ordered to the account of today."),
        title=_("Order the payment to the account of today?"),
        consequences=[_("The account of the order changes; you are the one who ordered it.")],
        submit=_("Order it again"),
        back_url=back,
        refusals=treasury.payment_refusals(found, "redirect_payment", request.actor),
        breadcrumbs=crumbs((_("Payments"), reverse("desk_payments")), (found.ref, "")),
    )


@page("customer", writes=True)
def payment_withdraw(request: Any, ref: str) -> HttpResponse:
    found = _own_payment(request, ref)
    back = reverse("desk_payment", args=[ref])
    return confirm(
        request,
        lambda actor: treasury_operations.withdraw_payment(payment=found, actor=actor),
        verb="payment:withdraw_payment",
        then=back,
        said=_("The order is taken back."),
        title=_("Take the order back?"),
        consequences=[_("The money is bound by the contract again. The same tranche can be ordered once more.")],
        submit=_("Take the order back"),
        back_url=back,
        refusals=treasury.payment_refusals(found, "withdraw_payment", request.actor),
        breadcrumbs=crumbs((_("Payments"), reverse("desk_payments")), (found.ref, "")),
    )


@page("customer", writes=True)
def payment_existing(request: Any, ref: str) -> HttpResponse:
    found = _own_payment(request, ref)
    back = reverse("desk_payment", args=[ref])
    return confirm(
        request,
        lambda actor: treasury_operations.confirm_existing_payment(payment=found, actor=actor),
        verb="payment:confirm_existing_payment",
        then=back,
        said=_("The payment counts as made."),
        title=_("Is this what the paper says?"),
        consequences=[
            _("Document No. %(number)s of %(day)s, %(amount)s.")
            % {
                "number": found.document_number,
                "day": formats.day(found.executed_on),
                "amount": formats.som(found.amount),
            },
            _("The payment counts as made on that day, before this system."),
        ],
        submit=_("The paper says so"),
        back_url=back,
        refusals=treasury.payment_refusals(found, "confirm_existing_payment", request.actor),
        breadcrumbs=crumbs((_("Payments"), reverse("desk_payments")), (found.ref, "")),
    )
