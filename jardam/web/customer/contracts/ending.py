"""Steps of a contract that need no more than a yes, money back, and things bought."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contracts import operations, queries
from jardam.contracts.policy import RETURN

from ... import formats, words
from ...forms import ChoiceField, DayField, MoneyField, TextField
from ...pages import page
from ...steps import StepForm, confirm, fill_in, wrong_role
from .shared import contract_crumbs, contract_url, own_contract


def _step(
    request: Any, ref: str, verb: str, work: Any, said: str, title: str, consequences: list[str], submit: str
) -> HttpResponse:
    """A step of the contract itself that needs no more than a yes."""
    found = own_contract(request, ref)
    return confirm(
        request,
        lambda actor: work(actor=actor, contract=found),
        verb=f"contract:{verb}",
        then=contract_url(found),
        said=said,
        title=title,
        consequences=consequences,
        submit=submit,
        back_url=contract_url(found),
        refusals=queries.contract_refusals(found, verb, request.actor),
        breadcrumbs=contract_crumbs(found, title.rstrip("?")),
    )


@page("customer", writes=True)
def contract_unsigned(request: Any, ref: str) -> HttpResponse:
    return _step(
        request,
        ref,
        "miss_signing_term",
        operations.miss_signing_term,
        _("It is on record that the contract was not signed in time."),
        _("Was the contract not signed in time?"),
        [_("The money goes to the next on the reserve list, or back to the programme.")],
        _("Record that the term was missed"),
    )


@page("customer", writes=True)
def contract_overdue(request: Any, ref: str) -> HttpResponse:
    return _step(
        request,
        ref,
        "record_overdue",
        operations.record_overdue,
        _("The delay is on record."),
        _("Put the delay on record?"),
        [
            _("The executor may be barred from new contests until what is missing comes in."),
            _("The day it comes in, the bar is lifted by itself."),
        ],
        _("Put the delay on record"),
    )


@page("customer", writes=True)
def contract_terminate(request: Any, ref: str) -> HttpResponse:
    return _step(
        request,
        ref,
        "terminate",
        operations.terminate,
        _("The contract is ended."),
        _("End the contract now?"),
        [
            _("Nothing more is paid. What was not ordered is free again."),
            _("What was paid and not accepted is demanded back, with a deadline."),
        ],
        _("End the contract now"),
    )


@page("customer", writes=True)
def contract_close(request: Any, ref: str) -> HttpResponse:
    return _step(
        request,
        ref,
        "close_contract",
        operations.close_contract,
        _("The contract is closed."),
        _("Close the contract?"),
        [
            _("Money, reports, returns and things bought are all settled."),
            _("What was not used is free again."),
        ],
        _("Close the contract"),
    )


class DemandForm(StepForm):
    reason = ChoiceField(gettext_lazy("Reason"), choices=list(words.RETURN_REASON.items())[:2])
    amount = MoneyField(gettext_lazy("Amount to be returned"))


@page("customer", writes=True)
def return_new(request: Any, ref: str) -> HttpResponse:
    found = own_contract(request, ref)
    return fill_in(
        request,
        DemandForm(request.POST or None, initial={"amount": queries.to_return(found)}),
        lambda actor, data: operations.demand_return(actor=actor, contract=found, **data),
        verb="return:demand_return",
        then=contract_url(found),
        said=_("The executor sees the demand and its deadline."),
        title=_("Demand money back"),
        submit=_("Demand the money"),
        back_url=contract_url(found),
        refusals=wrong_role(RETURN, "demand_return", request.actor),
        breadcrumbs=contract_crumbs(found, _("Money to be returned")),
    )


class RepaymentForm(StepForm):
    amount = MoneyField(gettext_lazy("Amount that came in"))
    document = TextField(gettext_lazy("Number of the payment document"), max_length=40, width="20")
    paid_on = DayField(gettext_lazy("Date of the payment document"))


@page("customer", writes=True)
def return_money(request: Any, ref: str) -> HttpResponse:
    found = queries.demand(ref, request.actor)
    contract = found.contract
    if not request.actor.acts_for(contract.customer_id):
        raise Http404
    if found.state == "returned":
        return _penalty(request, found)
    return fill_in(
        request,
        RepaymentForm(request.POST or None, initial={"amount": found.amount - found.settled}),
        lambda actor, data: operations.return_money(actor=actor, demand=found, **data),
        verb="return:return_money",
        then=contract_url(contract),
        said=_("The money is recorded as returned."),
        title=_("Record money that came back"),
        caption=_("%(left)s is still to be returned") % {"left": formats.som(found.amount - found.settled)},
        submit=_("Record the return"),
        back_url=contract_url(contract),
        refusals=queries.demand_refusals(found, "return_money", request.actor),
        breadcrumbs=contract_crumbs(contract, _("Money to be returned")),
    )


class PenaltyForm(StepForm):
    document = TextField(gettext_lazy("Number of the payment document"), max_length=40, width="20")
    paid_on = DayField(gettext_lazy("Date of the payment document"))


def _penalty(request: Any, demand: Any) -> HttpResponse:
    """All is back, but late: the penalty comes in."""
    back = contract_url(demand.contract)
    return fill_in(
        request,
        PenaltyForm(request.POST or None),
        lambda actor, data: operations.pay_penalty(actor=actor, demand=demand, **data),
        verb="return:pay_penalty",
        then=back,
        said=_("The penalty is recorded as paid."),
        title=_("Record the penalty"),
        caption=formats.som(demand.penalty),
        submit=_("Record the penalty"),
        back_url=back,
        refusals=queries.demand_refusals(demand, "pay_penalty", request.actor),
        breadcrumbs=contract_crumbs(demand.contract, _("Money to be returned")),
    )


class FateForm(StepForm):
    fate = ChoiceField(
        gettext_lazy("What becomes of it?"),
        choices=[(code, label) for code, (label, _tone) in words.ASSET.items() if code != "held"],
    )
    document = TextField(gettext_lazy("Document that says so"), max_length=200)
    taker = TextField(gettext_lazy("Who gets it, when it is handed over"), max_length=200, required=False)


@page("customer", writes=True)
def asset(request: Any, ref: str) -> HttpResponse:
    found = queries.asset(ref, request.actor)
    contract = found.contract
    if not request.actor.acts_for(contract.customer_id):
        raise Http404
    return fill_in(
        request,
        FateForm(request.POST or None),
        lambda actor, data: operations.settle_asset(actor=actor, asset=found, **data),
        verb="asset:settle_asset",
        then=contract_url(contract),
        said=_("The fate of the thing is settled."),
        title=found.title,
        caption=found.inventory,
        submit=_("Settle"),
        back_url=contract_url(contract),
        refusals=queries.asset_refusals(found, "leave_asset", request.actor),
        breadcrumbs=contract_crumbs(contract, _("Things bought")),
    )
