"""Demands for money back that were wrong, and entries under them that were."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contracts import operations, queries
from jardam.contracts.policy import RETURN

from ... import formats
from ...forms import ChoiceField, LongTextField, MoneyField, TextField
from ...pages import page
from ...steps import StepForm, fill_in, wrong_role
from .shared import contract_crumbs, contract_url

PENALTY = "penalty"


class ReasonForm(StepForm):
    reason = LongTextField(gettext_lazy("Why?"), hint=gettext_lazy("The two parties read it."), rows=3)
    document = TextField(
        gettext_lazy("Number and date of the document that says so"),
        max_length=200,
    )


class CorrectForm(ReasonForm):
    amount = MoneyField(
        gettext_lazy("What is right to demand"), hint=gettext_lazy("Nothing (0) withdraws the demand.")
    )
    field_order = ("amount", "reason", "document")


def _own_demand(request: Any, ref: str) -> Any:
    found = queries.demand(ref, request.actor)
    if not request.actor.acts_for(found.contract.customer_id):
        raise Http404
    return found


@page("customer", writes=True)
def demand_correct(request: Any, ref: str) -> HttpResponse:
    """A demand over too much is lowered, one that should not be is withdrawn."""
    found = _own_demand(request, ref)
    back = contract_url(found.contract)
    return fill_in(
        request,
        CorrectForm(request.POST or None),
        lambda actor, data: operations.correct_demand(actor=actor, demand=found, **data),
        verb="return:correct_demand",
        then=back,
        said=_("The demand is put right. The executor is told."),
        title=_("Put the demand right"),
        caption=_("%(sum)s is demanded, %(settled)s came in")
        % {"sum": formats.som(found.amount), "settled": formats.som(found.settled)},
        lead=_("A bar this demand brought is lifted; the time to pay what was lowered begins anew."),
        submit=_("Put the demand right"),
        back_url=back,
        refusals=queries.demand_refusals(found, "lower_demand", request.actor),
        breadcrumbs=contract_crumbs(found.contract, _("Money to be returned")),
    )


class ReverseForm(ReasonForm):
    entry = ChoiceField(gettext_lazy("Which entry was a mistake?"), choices=[])
    field_order = ("entry", "reason", "document")

    def __init__(self, *args: Any, entries: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["entry"]
        field.choices = entries


@page("customer", writes=True)
def demand_reverse(request: Any, ref: str) -> HttpResponse:
    """What was entered as come back, or as a penalty paid, by mistake."""
    found = _own_demand(request, ref)
    entries = {str(row.pk): row for row in queries.entries_to_reverse(found)}
    paid = found.penalty_paid_on is not None
    if not entries:
        raise Http404
    choices = [(key, _entry(row.amount, row.document, row.paid_on)) for key, row in entries.items()]
    if paid:
        told = _entry(found.penalty, found.penalty_document, found.penalty_paid_on)
        choices.append((PENALTY, f"{_('Penalty')}: {told}"))
    back = contract_url(found.contract)

    def work(actor: Any, data: dict[str, Any]) -> Any:
        why = {"reason": data["reason"], "document": data["document"]}
        if data["entry"] == PENALTY:
            return operations.reverse_penalty(actor=actor, demand=found, **why)
        return operations.reverse_repayment(actor=actor, repayment=entries[data["entry"]], **why)

    return fill_in(
        request,
        ReverseForm(request.POST or None, entries=choices),
        work,
        verb="return:reverse_entry",
        then=back,
        said=_("The entry is reversed. What it said is owed again."),
        title=_("Reverse an entry"),
        lead=_("The entry stays readable beside its reversal; the ledger books the money back."),
        submit=_("Reverse the entry"),
        kind="warning",
        back_url=back,
        refusals=wrong_role(RETURN, "reverse_repayment", request.actor),
        breadcrumbs=contract_crumbs(found.contract, _("Money to be returned")),
    )


def _entry(amount: Any, document: str, day: Any) -> str:
    return _("%(sum)s, document %(number)s of %(day)s") % {
        "sum": formats.som(amount),
        "number": document,
        "day": formats.day(day),
    }
