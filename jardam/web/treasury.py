"""The treasury's pages: approved payments, executed with number and date or refused with a code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.fields import in_language
from jardam.kernel.text import clean
from jardam.kernel.time import bishkek_day
from jardam.parties import queries as parties
from jardam.treasury import operations, queries

from . import formats, lists, names, words
from .door import act
from .forms import ChoiceField, DayField, Form, TextField
from .pages import page
from .steps import StepForm, crumbs, fill_in
from .templatetags.ui import Cell, Column, Download, Link, SummaryRow, Table


def _render(request: HttpRequest, template: str, context: Mapping[str, Any], *trail: tuple[str, str]) -> HttpResponse:
    shown = {
        "breadcrumbs": crumbs((_("Payments"), reverse("treasury") if trail else ""), *trail),
        "messages": get_messages(request),
    } | dict(context)
    return render(request, template, shown)


STATES = ("approved", "executed", "credited", "refused", "bounced")
"""What a treasury has before it or has decided; the first is its work of today."""


class PaymentsFilter(Form):
    state = ChoiceField(
        gettext_lazy("State"),
        choices=[("", words.TRANCHE["approved"][0]), *((code, words.TRANCHE[code][0]) for code in STATES[1:])],
        required=False,
        select=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].silent_optional = True  # type: ignore[attr-defined]


def _asked(request: Any) -> str:
    """The state asked for; one that is not a treasury's asks for its work."""
    state = clean(request.GET.get("state", ""))
    return state if state in STATES else STATES[0]


def _payments(request: Any, state: str, after: int, limit: int) -> list[Any]:
    return queries.payments_waiting(state, treasury_id=request.actor.organisation_ids, after=after, limit=limit)


@page("treasury")
def payments(request: Any) -> HttpResponse:
    """Payments that wait here, the oldest first; on asking, those executed, credited or sent back."""
    cursor = clean(request.GET.get(lists.CURSOR, ""))
    after, state = queries.payment(cursor).pk if cursor else 0, _asked(request)
    rows, more = lists.cut(_payments(request, state, after, lists.PAGE + 1))
    bodies = parties.organisations_by_id([one.organisation_id for one in rows] + [one.payee_id for one in rows])
    sides = [(bodies[body], one.sent_on) for one in rows for body in (one.payee_id, one.organisation_id)]
    called = names.listed(sides)
    table = Table(
        _("Payments to execute"),
        [Column(_("Payee")), Column(_("Payer")), Column(_("Amount"), "money"), Column(_("Payment order"))],
        [
            [
                Cell(payee, reverse("treasury_payment", args=[one.ref]), payee_today),
                Cell(payer, note=payer_today),
                one.amount,
                one.ref,
            ]
            for one, (payee, payee_today), (payer, payer_today) in zip(rows, called[::2], called[1::2], strict=True)
        ],
        empty=_("No approved payment waits.") if state == STATES[0] else _("No payment is in this state."),
        hide_caption=True,
    )
    context = {
        "waiting": state == STATES[0],
        "table": table,
        "pager": lists.pager(request, rows, more),
        "filters": PaymentsFilter(request.GET),
        "files": [Download(_("This list"), f"{reverse('treasury_csv')}?{urlencode({'state': state})}", "CSV")],
    }
    return _render(request, "treasury/list.html", context)


@page("treasury")
def payments_csv(request: Any) -> Any:
    head = ("ref", "state", "payer", "payee", "amount", "bik", "account", "sent_on", "document_number", "executed_on",
            "credited_on", "refusal")  # fmt: skip

    def lines() -> Iterator[list[Any]]:
        last = 0
        while rows := _payments(request, _asked(request), last, lists.BATCH):
            sides = [body for one in rows for body in (one.organisation_id, one.payee_id)]
            bodies = parties.organisations_by_id(sides)
            for one in rows:
                yield _line(one, bodies[one.organisation_id], bodies[one.payee_id])
            last = rows[-1].pk

    return lists.stream_csv("payments.csv", head, lines())


def _line(payment: Any, payer: Any, payee: Any) -> list[Any]:
    return [
        payment.ref,
        payment.state,
        in_language(payer.title, "ru"),
        in_language(payee.title, "ru"),
        payment.amount,
        payment.account.bik if payment.account else "",
        payment.account.account if payment.account else "",
        payment.sent_on,
        payment.document_number,
        payment.executed_on,
        payment.settled_on if payment.state == "credited" else "",
        payment.refusal_code,
    ]


class ExecuteForm(Form):
    number = TextField(gettext_lazy("Number of the payment document"), max_length=40)
    executed_on = DayField(gettext_lazy("Day of the payment document"))


REFUSALS = ("wrong_account", "no_budget_line", "limit_exceeded", "papers_missing", "other")
BOUNCES = ("wrong_account", "account_closed", "other")


class RefuseForm(Form):
    code = ChoiceField(gettext_lazy("Why is it refused?"), choices=[(code, words.REFUSAL[code]) for code in REFUSALS])


class CreditForm(StepForm):
    credited_on = DayField(gettext_lazy("Since when does the payee have the money?"))


class BounceForm(StepForm):
    code = ChoiceField(
        gettext_lazy("Why did the bank send it back?"), choices=[(code, words.REFUSAL[code]) for code in BOUNCES]
    )
    bounced_on = DayField(gettext_lazy("On which day?"))


def _shown(request: Any, payment: Any, execute: Form, refuse: Form) -> HttpResponse:
    bodies = parties.organisations_by_id([payment.organisation_id, payment.payee_id])
    actions = queries.payment_actions(payment, request.actor)
    rows = [
        *names.then(
            {_("Payer"): bodies[payment.organisation_id], _("Payee"): bodies[payment.payee_id]},
            payment.executed_on or payment.sent_on,
        ),
        SummaryRow(_("Amount"), formats.money(payment.amount)),
        SummaryRow(_("Payment order"), payment.ref),
    ]
    if payment.account:
        rows.append(SummaryRow(_("Bank account"), f"{payment.account.bik} · {payment.account.account}"))
    if payment.executed_on:
        rows.append(SummaryRow(_("Payment document"), [payment.document_number, formats.day(payment.executed_on)]))
    if came_on := queries.came_back_on(payment):
        rows.append(SummaryRow(_("A statement shows it coming in again"), formats.day(came_on)))
    if payment.refusal_code:
        rows.append(SummaryRow(_("Came back because"), words.refusal_code(payment.refusal_code)))
    context = {
        "payment": payment,
        "facts": rows,
        "state": words.word(words.TRANCHE, payment.state),
        "tone": words.tone(words.TRANCHE, payment.state),
        "form": execute if execute.errors else refuse if refuse.errors else None,
        "execute": execute if "execute_payment" in actions or execute.is_bound else None,
        "refuse": refuse if "refuse_payment" in actions or refuse.is_bound else None,
        "credit_url": reverse("treasury_credit", args=[payment.ref]) if "credit_payment" in actions else "",
        "bounce_url": reverse("treasury_bounce", args=[payment.ref]) if "bounce_payment" in actions else "",
        "refuse_url": reverse("treasury_refuse", args=[payment.ref]),
        "execute_url": reverse("treasury_payment", args=[payment.ref]),
        "key": request.POST.get("key", ""),
    }
    return _render(request, "treasury/payment.html", context, (payment.ref, ""))


@page("treasury", writes=True)
def payment(request: Any, ref: str) -> HttpResponse:
    """One payment, and its execution."""
    found = queries.payment(ref)
    form = ExecuteForm(request.POST if request.method == "POST" else None, initial={"executed_on": _today(request)})
    if request.method == "POST" and form.is_valid():
        answer = act(
            request,
            "payment:execute_payment",
            lambda actor: operations.execute_payment(payment=found, actor=actor, **form.cleaned_data),
            then=reverse("treasury"),
            form=form,
            said=_("The payment is recorded as made."),
        )
        if answer is not None:
            return answer
    return _shown(request, found, form, RefuseForm())


@page("treasury", writes=True)
def refuse(request: Any, ref: str) -> HttpResponse:
    found = queries.payment(ref)
    form = RefuseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = act(
            request,
            "payment:refuse_payment",
            lambda actor: operations.refuse_payment(payment=found, actor=actor, **form.cleaned_data),
            then=reverse("treasury"),
            form=form,
            said=_("The payment is sent back. The money is bound by the contract again."),
        )
        if answer is not None:
            return answer
    return _shown(request, found, ExecuteForm(initial={"executed_on": _today(request)}), form)


@page("treasury", writes=True)
def credit(request: Any, ref: str) -> HttpResponse:
    found = queries.payment(ref)
    back = reverse("treasury_payment", args=[ref])
    return fill_in(
        request,
        CreditForm(request.POST or None, initial={"credited_on": _today(request)}),
        lambda actor, data: operations.credit_payment(payment=found, actor=actor, **data),
        verb="payment:credit_payment",
        then=back,
        said=_("The payment is recorded as credited."),
        title=_("The payee has the money"),
        caption=found.ref,
        submit=_("Record it"),
        back_url=back,
        refusals=queries.payment_refusals(found, "credit_payment", request.actor),
        breadcrumbs=[Link(_("Payments"), reverse("treasury")), Link(found.ref, back)],
    )


@page("treasury", writes=True)
def bounce(request: Any, ref: str) -> HttpResponse:
    found = queries.payment(ref)
    back = reverse("treasury_payment", args=[ref])
    return fill_in(
        request,
        BounceForm(request.POST or None, initial={"bounced_on": queries.came_back_on(found) or _today(request)}),
        lambda actor, data: operations.bounce_payment(payment=found, actor=actor, **data),
        verb="payment:bounce_payment",
        then=back,
        said=_("The money is bound by the contract again. It can be ordered to corrected details."),
        title=_("The money came back from the bank"),
        caption=found.ref,
        submit=_("Record that it came back"),
        kind="warning",
        back_url=back,
        refusals=queries.payment_refusals(found, "bounce_payment", request.actor),
        breadcrumbs=[Link(_("Payments"), reverse("treasury")), Link(found.ref, back)],
    )


def _today(request: Any) -> Any:
    return bishkek_day(request.at)


urlpatterns = [
    path("", payments, name="treasury"),
    path("payments.csv", payments_csv, name="treasury_csv"),
    path("<str:ref>/", payment, name="treasury_payment"),
    path("<str:ref>/credit/", credit, name="treasury_credit"),
    path("<str:ref>/bounce/", bounce, name="treasury_bounce"),
    path("<str:ref>/refuse/", refuse, name="treasury_refuse"),
]
