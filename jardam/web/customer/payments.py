"""Payments at the customer's desk: orders, their packages with two signatures, and the cash plan of the year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contracts import queries as contracts
from jardam.fields import in_language
from jardam.kernel.refusal import Refusal
from jardam.kernel.text import clean
from jardam.kernel.time import bishkek_day
from jardam.parties import queries as parties
from jardam.treasury import operations, queries
from jardam.treasury.policy import CASH_PLAN, FIRST_SIGNATORIES, PACKAGE, SECOND_SIGNATORIES

from .. import formats, lists, names, words
from ..forms import ChoiceField, Form, ManyField, MoneyField, TextField
from ..pages import page
from ..steps import StepForm, confirm, crumbs, cursor, fill_in, wrong_role
from ..templatetags.ui import Cell, Column, Download, Link, SummaryRow, Table


def _crumbs(*links: tuple[str, str]) -> Any:
    return crumbs((_("Payments"), reverse("desk_payments")), *links)


# --- orders ----------------------------------------------------------------------------------------------------


def facts(payment: Any, payee: Any, contract: str) -> list[SummaryRow]:
    """What is known of an order; rows without an answer are left out."""
    came_on = queries.came_back_on(payment)
    rows: list[tuple[str, Any]] = [
        (_("Amount"), formats.som(payment.amount)),
        (_("Budget line"), f"{payment.appropriation.line}, {payment.appropriation.year}"),
        (_("Bank account"), account(payment.account)),
        (_("Sent to the treasury"), payment.sent_on and formats.day(payment.sent_on)),
        (
            _("Payment document"),
            payment.executed_on and [payment.document_number, formats.day(payment.executed_on)],
        ),
        (_("Credited"), formats.day(payment.settled_on) if payment.state == "credited" else ""),
        (_("A statement shows it coming in again"), came_on and formats.day(came_on)),
        (_("Came back because"), words.refusal_code(payment.refusal_code)),
        (_("Recorded afterwards"), _("made before this system") if payment.is_existing else ""),
    ]
    sides = names.then({_("Payee"): payee}, payment.executed_on or payment.sent_on)
    known = [SummaryRow(label, value) for label, value in rows if value]
    return [SummaryRow(_("Contract"), contract), *sides, *known]


def account(found: Any) -> str:
    """«118005 · 1180…0017»: the bank and the number."""
    return f"{found.bik} · {found.account}" if found else ""


def account_moved(payment: Any, actor: Any) -> bool:
    current = parties.bank_account_on(payment.payee_id, bishkek_day(actor.at))
    return current is not None and current.pk != payment.account_id


def why_not_packed(payment: Any, actor: Any) -> tuple[Refusal, ...]:
    """Why an order that waits cannot go on: shown to whoever would pack it."""
    found = queries.payment_refusals(payment, "pack_payment", actor) if payment.state == "prepared" else ()
    return tuple(one for one in found if one.code == "account_changed")


def _table(caption: str, rows: list[Any], empty: str) -> Table:
    payees = parties.organisations_by_id(one.payee_id for one in rows)
    called = names.listed([(payees[one.payee_id], one.executed_on or one.sent_on) for one in rows])
    lines = [
        [
            Cell(name, reverse("desk_payment", args=[one.ref]), f"{one.ref}; {today}" if today else one.ref),
            one.amount,
            Cell(words.word(words.TRANCHE, one.state), tone=words.tone(words.TRANCHE, one.state)),
        ]
        for one, (name, today) in zip(rows, called, strict=True)
    ]
    columns = [Column(_("Payee")), Column(_("Amount"), "money"), Column(_("State"), "tag")]
    return Table(caption, columns, lines, empty=empty, hide_caption=True)


class PaymentsFilter(Form):
    state = ChoiceField(gettext_lazy("State"), required=False, select=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(code, words.word(words.TRANCHE, code)) for code in words.TRANCHE if code != "planned"]
        self.fields["state"].choices = [("", _("All")), *states]  # type: ignore[attr-defined]
        self.fields["state"].silent_optional = True  # type: ignore[attr-defined]


@page("customer")
def payments(request: Any) -> HttpResponse:
    """All orders of the customer, newest first."""
    before = cursor(request, queries.payment)
    own, state = request.actor.organisation_ids, clean(request.GET.get("state", ""))
    rows, more = lists.cut(queries.payments_of_payer(own, state=state, before=before, limit=lists.PAGE + 1))
    may_pack = not wrong_role(PACKAGE, "draw_up_package", request.actor)
    context = {
        "title": _("Payments"),
        "filters": PaymentsFilter(request.GET),
        "table": _table(
            _("Payments"), rows, _("No payment is in this state.") if state else _("No payment was ordered yet.")
        ),
        "pager": lists.pager(request, rows, more),
        "files": [Download(_("This list"), f"{reverse('desk_payments_csv')}?{request.GET.urlencode()}", "CSV")],
        "new_url": reverse("desk_package_new") if may_pack else "",
        "new": _("Draw up a package"),
        "breadcrumbs": crumbs((_("Payments"), "")),
    }
    return render(request, "steps/list.html", context)


@page("customer")
def payments_csv(request: Any) -> Any:
    """The same orders with everything a reconciliation asks for."""
    head = ("ref", "state", "amount", "currency", "payee", "contract", "budget_line", "year", "source",
            "classification", "bik", "account", "sent_on", "document_number", "executed_on", "credited_on",
            "refusal")  # fmt: skip
    own, state = request.actor.organisation_ids, clean(request.GET.get("state", ""))

    def lines() -> Iterator[list[Any]]:
        last = 0
        while rows := queries.payments_of_payer(own, state=state, before=last, limit=lists.BATCH):
            payees = parties.organisations_by_id(one.payee_id for one in rows)
            named = contracts.contracts_by_id({one.owner_id for one in rows})
            for one in rows:
                yield _payment_line(one, payees[one.payee_id], named.get(one.owner_id))
            last = rows[-1].pk

    return lists.stream_csv("payments.csv", head, lines())


def _payment_line(payment: Any, payee: Any, contract: Any) -> list[Any]:
    line = payment.appropriation
    return [
        payment.ref,
        payment.state,
        payment.amount,
        line.currency,
        in_language(payee.title, "ru"),
        contract.number if contract else "",
        line.line,
        line.year,
        line.source,
        line.code,
        payment.account.bik if payment.account else "",
        payment.account.account if payment.account else "",
        payment.sent_on,
        payment.document_number,
        payment.executed_on,
        payment.settled_on if payment.state == "credited" else "",
        payment.refusal_code,
    ]


# --- packages --------------------------------------------------------------------------------------------------


class PackageForm(StepForm):
    payments = ManyField(gettext_lazy("Which payments go together?"))
    first = ChoiceField(gettext_lazy("Who signs first?"), select=True)
    second = ChoiceField(
        gettext_lazy("Who signs second?"),
        hint=gettext_lazy(
            "Somebody who ordered none of these payments. A small office names a person from outside: the head gives "
            "them a mandate."
        ),
        select=True,
    )

    def __init__(
        self, waiting: list[Any], people: dict[str, list[Any]], payees: Any, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payments"].choices = [  # type: ignore[attr-defined]
            (one.ref, f"{in_language(payees[one.payee_id].title)}, {formats.som(one.amount)}") for one in waiting
        ]
        for field, mandates in people.items():
            named = {str(one.person_id): one.person.name for one in mandates}
            self.fields[field].choices = [("", _("Choose…")), *named.items()]  # type: ignore[attr-defined]


@page("customer", writes=True)
def package_new(request: Any) -> HttpResponse:
    own = request.actor.organisation_id
    waiting = queries.payments_waiting("prepared", request.actor.organisation_ids)
    people = {
        "first": parties.people_in_roles(own, FIRST_SIGNATORIES, request.at),
        "second": parties.people_in_roles(own, SECOND_SIGNATORIES, request.at),
    }
    payees = parties.organisations_by_id(one.payee_id for one in waiting)
    # One payer's together: those of a customer taken over travel in its own name.
    initial = {"payments": [one.ref for one in waiting if one.organisation_id == waiting[0].organisation_id]}

    def work(actor: Any, data: dict[str, Any]) -> Any:
        chosen = [one for one in waiting if one.ref in data["payments"]]
        return operations.draw_up_package(
            actor=actor,
            organisation_id=chosen[0].organisation_id,
            payments=chosen,
            first_id=int(data["first"]),
            second_id=int(data["second"]),
        )

    return fill_in(
        request,
        PackageForm(waiting, people, payees, request.POST or None, initial=initial),
        work,
        verb="payment_package:draw_up_package",
        then=lambda made: reverse("desk_package", args=[made.ref]),
        said=_("The package is drawn up. The two people named sign it."),
        title=_("Draw up a package of payments"),
        submit=_("Draw up the package"),
        back_url=reverse("desk_payments"),
        refusals=wrong_role(PACKAGE, "draw_up_package", request.actor),
        breadcrumbs=_crumbs((_("New package"), "")),
    )


def _own_package(request: Any, ref: str) -> Any:
    found = queries.package(ref)
    if not request.actor.acts_for(found.organisation_id):
        raise Http404
    return found


@page("customer")
def package(request: Any, ref: str) -> HttpResponse:
    """A package, its payments, and who signs."""
    found = _own_package(request, ref)
    rows = queries.payments_of_package(found)
    verbs = queries.package_actions(found, request.actor)
    signatories = parties.names_of_people([found.first_id, found.second_id])
    next_verb = "sign_package" if found.state == "drawn_up" else "send_package"
    blocked = queries.package_refusals(found, next_verb, request.actor) if found.state != "sent" else ()
    context = {
        "title": _("Package of payments"),
        "caption": found.ref,
        "state": words.word(words.PACKAGE, found.state),
        "tone": words.tone(words.PACKAGE, found.state),
        "facts": [
            SummaryRow(_("Total"), formats.som(sum((one.amount for one in rows), Decimal(0)))),
            SummaryRow(_("Signs first"), [signatories[found.first_id], formats.instant(found.first_signed_at)]),
            SummaryRow(_("Signs second"), [signatories[found.second_id], formats.instant(found.sent_at)]),
        ],
        "refusals": [one for one in blocked if one.code in ("cash_plan_exceeded", "account_changed")],
        "actions": [
            Link(label, reverse(name, args=[ref]))
            for verb, label, name in (
                ("sign_package", _("Sign the package"), "desk_package_sign"),
                ("send_package", _("Sign and send to the treasury"), "desk_package_sign"),
                ("dissolve_package", _("Take the package apart"), "desk_package_dissolve"),
            )
            if verb in verbs
        ],
        "tables": [_table(_("Payments"), rows, _("The package was taken apart."))],
        "breadcrumbs": _crumbs((found.ref, "")),
    }
    return render(request, "customer/payment.html", context)


@page("customer", writes=True)
def package_sign(request: Any, ref: str) -> HttpResponse:
    found = _own_package(request, ref)
    second = found.state != "drawn_up"
    back = reverse("desk_package", args=[ref])
    total = sum((one.amount for one in queries.payments_of_package(found)), Decimal(0))
    work = operations.send_package if second else operations.sign_package
    return confirm(
        request,
        lambda actor: work(package=found, actor=actor),
        verb="payment_package:sign_package",
        then=back,
        said=_("The package is with the treasury.") if second else _("You have signed. The second person is next."),
        title=_("Sign the package?"),
        consequences=[
            _("The package is over %(amount)s.") % {"amount": formats.som(total)},
            _("Its payments go to the treasury. A signature cannot be taken back.")
            if second
            else _("The second person signs after you; then it goes to the treasury."),
        ],
        submit=_("Sign and send to the treasury") if second else _("Sign the package"),
        back_url=back,
        refusals=queries.package_refusals(found, "send_package" if second else "sign_package", request.actor),
        breadcrumbs=_crumbs((found.ref, back), (_("Signature"), "")),
    )


@page("customer", writes=True)
def package_dissolve(request: Any, ref: str) -> HttpResponse:
    found = _own_package(request, ref)
    back = reverse("desk_package", args=[ref])
    return confirm(
        request,
        lambda actor: operations.dissolve_package(package=found, actor=actor),
        verb="payment_package:dissolve_package",
        then=reverse("desk_payments"),
        said=_("The package is taken apart. Its payments wait for another one."),
        title=_("Take the package apart?"),
        consequences=[_("A signature that was given to it is void.")],
        submit=_("Take the package apart"),
        back_url=back,
        refusals=queries.package_refusals(found, "dissolve_package", request.actor),
        breadcrumbs=_crumbs((found.ref, back), (_("Take apart"), "")),
    )


# --- the cash plan ---------------------------------------------------------------------------------------------


@page("customer")
def cash(request: Any, year: int) -> HttpResponse:
    """Plan and fact of every month, a table for each budget line."""
    if not MINYEAR < year < MAXYEAR:
        raise Http404
    tables, links = [], []
    for own in request.actor.organisation_ids:
        tables += _months(own, year)
        links += _plan_links(own, year)
    refused = wrong_role(CASH_PLAN, "plan_cash", request.actor)
    context = {
        "title": _("Cash plan of %(year)s") % {"year": year},
        "lead": _("A payment leaves in a month that has the money. What came back counts no more."),
        "facts": [],
        "tables": tables,
        "links": [] if refused else links,
        "breadcrumbs": crumbs((_("Budget money"), reverse("desk_budget")), (_("Cash plan"), "")),
    }
    return render(request, "customer/payment.html", context)


def _months(own: int, year: int) -> list[Table]:
    lines = queries.cash_lines(own, year)
    columns = [
        Column(_("Month")),
        *(Column(label, "money") for label in (_("Plan"), _("Gone out"), _("What is left"))),
    ]
    tables = []
    for line, pairs in queries.cash_months(own, year, lines).items():
        rows = [[formats.month(n), plan, gone, plan - gone] for n, (plan, gone) in enumerate(pairs, start=1)]
        planned, gone = (sum(column, Decimal(0)) for column in zip(*pairs, strict=True))
        caption = _("%(line)s: the budget gives %(given)s") % {"line": line, "given": formats.som(lines[line])}
        tables.append(Table(caption, columns, rows, [_("Total"), planned, gone, planned - gone]))
    return tables


def _plan_links(own: int, year: int) -> list[Link]:
    plans = queries.cash_plans(own, year)
    return [
        Link(
            _("Change the plan: %(line)s") % {"line": line}
            if line in plans
            else _("Plan the months: %(line)s") % {"line": line},
            reverse("desk_cash_line", args=[one.ref]),
        )
        for line, one in {one.line: one for one in queries.appropriations_of_year(own, year)}.items()
    ]


class CashForm(StepForm):
    reason = TextField(gettext_lazy("Why is the plan so?"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, 13):
            self.fields[f"month_{number}"] = MoneyField(formats.month(number), min_value=0)
        self.order_fields([*(f"month_{n}" for n in range(1, 13)), "reason"])


@page("customer", writes=True)
def cash_line(request: Any, ref: str) -> HttpResponse:
    """The twelve months of the line of one appropriation."""
    found = queries.appropriation(ref)
    own = found.organisation_id
    if not request.actor.acts_for(own):
        raise Http404
    plan = queries.cash_plan(own, found.year, found.line)
    pairs = queries.cash_months(own, found.year, [found.line])[found.line]
    back = reverse("desk_cash", args=[found.year])

    def work(actor: Any, data: dict[str, Any]) -> Any:
        months = [data[f"month_{number}"] for number in range(1, 13)]
        if plan:
            return operations.change_cash_plan(actor=actor, plan=plan, months=months, reason=data["reason"])
        return operations.plan_cash(
            actor=actor,
            organisation_id=own,
            year=found.year,
            line=found.line,
            months=months,
            reason=data["reason"],
        )

    verb = "change_cash_plan" if plan else "plan_cash"
    return fill_in(
        request,
        CashForm(request.POST or None, initial={f"month_{n}": one for n, (one, _gone) in enumerate(pairs, start=1)}),
        work,
        verb=f"cash_plan:{verb}",
        then=back,
        said=_("The cash plan is kept."),
        title=_("Cash plan of %(year)s") % {"year": found.year},
        caption=found.line,
        lead=_("The budget gives the line %(given)s.")
        % {"given": formats.som(queries.cash_lines(own, found.year)[found.line])},
        submit=_("Keep the plan"),
        back_url=back,
        refusals=queries.cash_plan_refusals(plan or queries.new_cash_plan(own), verb, request.actor),
        breadcrumbs=crumbs((_("Budget money"), reverse("desk_budget")), (_("Cash plan"), back), (found.line, "")),
    )
