"""Contracts, payments and reports at the customer's desk."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contracts import operations, queries
from jardam.contracts.policy import CONTRACT
from jardam.fields import in_language
from jardam.review import queries as review
from jardam.treasury import operations as treasury_operations
from jardam.treasury import queries as treasury

from .. import formats, lists, public, words
from ..forms import LongTextField
from ..pages import page
from ..steps import StepForm, confirm, crumbs, cursor, fill_in, wrong_role
from ..templatetags.ui import Cell, Column, SummaryRow, Table
from .contests import contest_crumbs

# --- contracts -------------------------------------------------------------------------------------------------


@page("customer")
def contracts(request: Any) -> HttpResponse:
    own = request.actor.organisation_ids
    before = cursor(request, lambda ref: queries.contract(ref, request.actor))
    rows, more = lists.cut(queries.contracts(request.actor, customer_id=own, before=before, limit=lists.PAGE + 1))
    lines = [
        [
            Cell(one.title, contract_url(one), f"{in_language(one.executor.title)} {one.number or ''}".strip()),
            one.amount,
            Cell(words.word(words.CONTRACT, one.state), tone=words.tone(words.CONTRACT, one.state)),
        ]
        for one in rows
    ]
    columns = [Column(_("Contract")), Column(_("Amount"), "money"), Column(_("State"), "tag")]
    context = {
        "title": _("Contracts"),
        "table": Table(_("Contracts"), columns, lines, empty=_("There is no contract yet."), hide_caption=True),
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": crumbs((_("Contracts"), "")),
    }
    return render(request, "steps/list.html", context)


def contract_url(contract: Any) -> str:
    return reverse("desk_contract", args=[contract.ref])


def _crumbs(contract: Any, label: str = "") -> Any:
    name = contract.number or contract.title
    here = [(name, contract_url(contract)), (label, "")] if label else [(name, "")]
    return crumbs((_("Contracts"), reverse("desk_contracts")), *here)


def _own_contract(request: Any, ref: str) -> Any:
    found = queries.contract(ref, request.actor)
    if not request.actor.acts_for(found.customer_id):
        raise Http404
    return found


@page("customer", writes=True)
def contract_prepare(request: Any, award_ref: str) -> HttpResponse:
    """The contract of an award. Parties, title and amount are the protocol's; only the schedule is shown to agree."""
    award = review.award(award_ref)
    contest = award.protocol.proceeding.commission.contest
    if not request.actor.acts_for(contest.customer_id):
        raise Http404
    if made := queries.contracts_of_awards([award.pk]).get(award.pk):
        return _prepared(request, made)
    shares = operations.default_schedule(award.amount, contest.settlement)
    rows = [
        [_("Tranche %(n)s") % {"n": n}, share.amount, str(words.CONDITION[share.condition])]
        for n, share in enumerate(shares, start=1)
    ]
    columns = [Column(_("Tranche")), Column(_("Amount"), "money"), Column(_("When"))]
    return confirm(
        request,
        lambda actor: operations.prepare_contract(actor=actor, award=award),
        verb="contract:prepare_contract",
        then=contract_url,
        said=_("The contract is prepared. Now both heads sign it."),
        title=_("Prepare the contract?"),
        consequences=[
            _("Executor, project and amount are those of the protocol and cannot be changed."),
            _("The executor sees the contract and can sign it when the waiting time is over."),
        ],
        submit=_("Prepare the contract"),
        kind="primary",
        back_url=reverse("desk_contest", args=[contest.ref]),
        refusals=wrong_role(CONTRACT, "prepare_contract", request.actor),
        template="customer/contract_prepare.html",
        facts=[
            SummaryRow(_("Executor"), in_language(award.applicant.title)),
            SummaryRow(_("Project"), award.project_title),
            SummaryRow(_("Amount"), formats.som(award.amount)),
            SummaryRow(_("Term"), _("%(n)s months from today") % {"n": formats.number(contest.months)}),
        ],
        table=Table(_("Tranches"), columns, rows, [_("Total"), award.amount, Cell(" ")]),
        breadcrumbs=contest_crumbs(contest, _("Contract")),
    )


def _prepared(request: Any, contract: Any) -> HttpResponse:
    """The award has its contract already: a second press leads to it."""
    return confirm(
        request,
        lambda _actor: contract,
        verb="contract:prepare_contract",
        then=contract_url,
        said="",
        title=_("The contract is prepared already"),
        consequences=[],
        submit=_("Go to the contract"),
        kind="primary",
        back_url=contract_url(contract),
    )


@page("customer")
def contract(request: Any, ref: str) -> HttpResponse:
    found = _own_contract(request, ref)
    rows = queries.tranches(found)
    verbs = queries.contract_actions(found, request.actor)
    signs = {"sign_contract", "countersign_contract"} & set(verbs)
    waiting = [one.payment for one in rows if one.payment and one.payment.state == "prepared"]
    approve = [one for one in waiting if "approve_payment" in treasury.payment_actions(one, request.actor)]
    signing_from = found.award.protocol.signing_from
    unsigned = found.state in ("prepared", "half_signed")
    context = public.contract_context(found, rows, lambda report: reverse("desk_report", args=[report.ref])) | {
        "title": found.title,
        "sign_url": reverse("desk_contract_sign", args=[ref]) if signs else "",
        "order_url": reverse("desk_tranche_order", args=[ref]) if "order_tranche" in verbs else "",
        "approve_url": reverse("desk_payment", args=[approve[0].ref]) if approve else "",
        "waits_until": signing_from if unsigned and signing_from and request.at < signing_from else None,
        "hindered": queries.signing_hindered(found, request.actor) if unsigned else (),
        "public_url": reverse("contract", args=[ref]) if found.state == "in_force" else "",
        "breadcrumbs": _crumbs(found),
    }
    return render(request, "customer/contract.html", context)


@page("customer", writes=True)
def contract_sign(request: Any, ref: str) -> HttpResponse:
    found = _own_contract(request, ref)
    verb = "sign_contract" if found.state == "prepared" else "countersign_contract"
    second = verb == "countersign_contract"
    return confirm(
        request,
        lambda actor: operations.sign_contract(actor=actor, contract=found),
        verb="contract:sign_contract",
        then=contract_url(found),
        said=_("You have signed the contract."),
        title=_("Sign the contract?"),
        consequences=[
            _("You sign for %(customer)s: %(amount)s to %(executor)s.")
            % {
                "customer": in_language(found.customer.title),
                "amount": formats.som(found.amount),
                "executor": in_language(found.executor.title),
            },
            _("The contract comes into force and its money is bound.")
            if second
            else _("The contract comes into force when the executor signs too."),
            _("A signature cannot be taken back."),
        ],
        submit=_("Sign the contract"),
        back_url=contract_url(found),
        refusals=queries.contract_refusals(found, verb, request.actor),
        breadcrumbs=_crumbs(found, _("Signature")),
    )


@page("customer", writes=True)
def tranche_order(request: Any, ref: str) -> HttpResponse:
    found = _own_contract(request, ref)
    following = next((one.tranche for one in queries.tranches(found) if one.status in ("planned", "refused")), None)
    amount = formats.som(following.amount) if following else ""
    return confirm(
        request,
        lambda actor: operations.order_tranche(actor=actor, contract=found),
        verb="contract:order_tranche",
        then=contract_url(found),
        said=_("The payment is ordered. The head approves it next."),
        title=_("Order the next tranche?"),
        consequences=[
            _("%(amount)s goes to %(executor)s.") % {"amount": amount, "executor": in_language(found.executor.title)},
            _("A second person approves the payment before the treasury sees it."),
        ],
        submit=_("Order the payment"),
        kind="primary",
        back_url=contract_url(found),
        refusals=queries.contract_refusals(found, "order_tranche", request.actor),
        breadcrumbs=_crumbs(found, _("Payment")),
    )


# --- payments --------------------------------------------------------------------------------------------------


@page("customer", writes=True)
def payment(request: Any, ref: str) -> HttpResponse:
    """A payment order, and its approval by a second person."""
    found = treasury.payment(ref)
    if not request.actor.acts_for(found.organisation_id):
        raise Http404
    contract = queries.contracts_by_id([found.owner_id])[found.owner_id]
    return confirm(
        request,
        lambda actor: treasury_operations.approve_payment(payment=found, actor=actor),
        verb="payment:approve_payment",
        then=contract_url(contract),
        said=_("The payment is approved and goes to the treasury."),
        title=_("Approve the payment?"),
        consequences=[
            _("%(amount)s goes to %(executor)s.")
            % {"amount": formats.som(found.amount), "executor": in_language(contract.executor.title)},
            _("The treasury pays it. You cannot take the approval back."),
        ],
        submit=_("Approve the payment"),
        back_url=contract_url(contract),
        refusals=treasury.payment_refusals(found, "approve_payment", request.actor),
        template="customer/payment.html",
        facts=[
            SummaryRow(_("Contract"), contract.number or contract.title),
            SummaryRow(_("Executor"), in_language(contract.executor.title)),
            SummaryRow(_("Amount"), formats.som(found.amount)),
            SummaryRow(_("Budget line"), f"{found.appropriation.line}, {found.appropriation.year}"),
        ],
        breadcrumbs=_crumbs(contract, _("Payment")),
    )


# --- reports ---------------------------------------------------------------------------------------------------


def _own_report(request: Any, ref: str) -> Any:
    found = queries.report(ref, request.actor)
    if not request.actor.acts_for(found.contract.customer_id):
        raise Http404
    return found


def report_url(report: Any) -> str:
    return reverse("desk_report", args=[report.ref])


@page("customer")
def report(request: Any, ref: str) -> HttpResponse:
    found = _own_report(request, ref)
    verbs = queries.report_actions(found, request.actor)
    context = {
        "title": _("Report on tranche %(n)s") % {"n": found.tranche.number},
        "report": found,
        "caption": f"{found.contract.title}, {in_language(found.contract.executor.title)}",
        "state": words.word(words.REPORT, found.state),
        "tone": words.tone(words.REPORT, found.state),
        "facts": [
            SummaryRow(_("People served"), formats.number(found.people_served)),
            SummaryRow(_("Submitted"), formats.instant(found.submitted_at)),
            SummaryRow(_("What was done"), found.narrative.splitlines()),
            *([SummaryRow(_("Remark"), found.remark.splitlines())] if found.remark else []),
        ],
        "accept_url": reverse("desk_report_accept", args=[ref]) if "accept_report" in verbs else "",
        "return_url": reverse("desk_report_return", args=[ref]) if "return_report" in verbs else "",
        "breadcrumbs": _crumbs(found.contract, _("Report")),
    }
    return render(request, "customer/report.html", context)


@page("customer", writes=True)
def report_accept(request: Any, ref: str) -> HttpResponse:
    found = _own_report(request, ref)
    return confirm(
        request,
        lambda actor: operations.accept_report(actor=actor, report=found),
        verb="report:accept_report",
        then=report_url(found),
        said=_("The report is accepted, and the act of acceptance is made."),
        title=_("Accept the report?"),
        consequences=[
            _("An act of acceptance takes over services worth %(sum)s.") % {"sum": formats.som(found.spent)},
            _("The next tranche can be ordered."),
            _("Everybody can read an accepted report."),
        ],
        submit=_("Accept the report"),
        kind="primary",
        back_url=report_url(found),
        refusals=queries.report_refusals(found, "accept_report", request.actor),
        breadcrumbs=_crumbs(found.contract, _("Acceptance")),
    )


class RemarkForm(StepForm):
    remark = LongTextField(
        gettext_lazy("What has to be corrected?"),
        hint=gettext_lazy("One item a line: what is missing, and which document shows it."),
        rows=5,
    )


@page("customer", writes=True)
def report_return(request: Any, ref: str) -> HttpResponse:
    found = _own_report(request, ref)
    return fill_in(
        request,
        RemarkForm(request.POST or None),
        lambda actor, data: operations.return_report(actor=actor, report=found, remark=data["remark"]),
        verb="report:return_report",
        then=report_url(found),
        said=_("The report went back to the executor with your remark."),
        title=_("Return the report with a remark"),
        submit=_("Return the report"),
        back_url=report_url(found),
        refusals=queries.report_refusals(found, "return_report", request.actor),
        breadcrumbs=_crumbs(found.contract, _("Remark")),
    )
