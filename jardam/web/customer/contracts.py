"""Contracts, payments and reports at the customer's desk."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contracts import operations, queries
from jardam.contracts.policy import CONTRACT, INK, RETURN
from jardam.fields import in_language
from jardam.kernel.time import bishkek_day
from jardam.review import queries as review
from jardam.treasury import operations as treasury_operations
from jardam.treasury import queries as treasury

from .. import documents, executor, formats, lists, papers, public, words
from ..forms import ChoiceField, DayField, DocumentField, LongTextField, MoneyField, TextField, YesNoField
from ..pages import page
from ..steps import StepForm, confirm, crumbs, cursor, fill_in, wrong_role
from ..templatetags.ui import Cell, Column, Link, SummaryRow, Table
from . import payments
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
    most = contest.settlement.value("con.max_tranches") or MOST_TRANCHES
    form = ScheduleForm(request.POST or None, tranches=most)
    return fill_in(
        request,
        form,
        lambda actor, _data: operations.prepare_contract(actor=actor, award=award, shares=form.shares),
        verb="contract:prepare_contract",
        then=contract_url,
        said=_("The contract is prepared. Now both heads sign it."),
        title=_("Prepare the contract?"),
        consequences=[
            _("Executor, project and amount are those of the protocol and cannot be changed."),
            _("The budget lines and indicators of the application become part of the contract, and public with it."),
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
        table=Table(_("Tranches"), columns, rows, [_("Total"), award.amount, ""]),
        breadcrumbs=contest_crumbs(contest, _("Contract")),
    )


MOST_TRANCHES = 6
"""Offered where the rules set no limit."""


class ScheduleForm(StepForm):
    """Another schedule than the usual one: an advance, then tranches after accepted reports. All empty: as shown."""

    advance = MoneyField(gettext_lazy("In advance"), required=False)

    def __init__(self, *args: Any, tranches: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.later = range(1, tranches)
        for n in self.later:
            label = _("After the accepted report, part %(n)s") % {"n": n}
            self.fields[f"part_{n}"] = MoneyField(label, required=False)
            label = _("What must be reached before part %(n)s is paid") % {"n": n}
            self.fields[f"milestone_{n}"] = TextField(label, max_length=200, required=False)

    @property
    def shares(self) -> list[Any] | None:
        data = self.cleaned_data
        first = [operations.Share(data["advance"], "advance")] if data.get("advance") else []
        rest = [
            operations.Share(data[f"part_{n}"], "report", data[f"milestone_{n}"])
            for n in self.later
            if data.get(f"part_{n}")
        ]
        return [*first, *rest] or None


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
    waiting = [one.payment for one in rows if one.payment and one.payment.state in ("prepared", "packed")]
    signing_from = found.award.protocol.signing_from
    unsigned = found.state in ("prepared", "half_signed")
    context = public.contract_context(found, rows, lambda report: reverse("desk_report", args=[report.ref])) | {
        "papers": documents.papers("contract", [found.pk], request.actor)
        + documents.papers("report", [row.report.pk for row in rows if row.report], request.actor),
        "title": found.title,
        "sign_url": reverse("desk_contract_sign", args=[ref]) if signs else "",
        "order_url": reverse("desk_tranche_order", args=[ref]) if "order_tranche" in verbs else "",
        "payment_url": reverse("desk_payment", args=[waiting[0].ref]) if waiting else "",
        "waits_until": signing_from if unsigned and signing_from and request.at < signing_from else None,
        "hindered": queries.signing_hindered(found, request.actor) if unsigned else (),
        "public_url": reverse("contract", args=[ref]) if found.number else "",
        "desk_links": _desk_links(found, verbs, request.actor),
        "paper": _ink_table(found),
        **papers.papers(found, request.actor),
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
    following = next((one.tranche for one in queries.tranches(found) if one.can_be_ordered), None)
    amount = formats.som(following.amount) if following else ""
    return confirm(
        request,
        lambda actor: operations.order_tranche(actor=actor, contract=found),
        verb="contract:order_tranche",
        then=contract_url(found),
        said=_("The payment is ordered. Put it into a package that two people sign."),
        title=_("Order the next tranche?"),
        consequences=[
            _("%(amount)s goes to %(executor)s.") % {"amount": amount, "executor": in_language(found.executor.title)},
            _("It goes to the bank account of today, which a second person has checked."),
            _("Two people sign its package before the treasury sees it."),
        ],
        submit=_("Order the payment"),
        kind="primary",
        back_url=contract_url(found),
        refusals=queries.contract_refusals(found, "order_tranche", request.actor),
        breadcrumbs=_crumbs(found, _("Payment")),
    )


# --- payments --------------------------------------------------------------------------------------------------


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
        "facts": payments.facts(found, in_language(contract.executor.title), contract.number or contract.title),
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
        "breadcrumbs": _crumbs(contract, _("Payment")),
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
        lambda actor: treasury_operations.redirect_payment(payment=found, actor=actor),
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
            SummaryRow(_("Kind"), str(words.REPORT_KIND[found.kind])),
            SummaryRow(_("People served"), formats.number(found.people_served)),
            *executor.reached_rows(found, queries.indicators(found.contract)),
            SummaryRow(_("Submitted"), formats.instant(found.submitted_at)),
            *([SummaryRow(_("Due"), _due_words(found))] if found.due_on else []),
            SummaryRow(_("What was done"), found.narrative.splitlines()),
            SummaryRow(_("Other money for the same work"), found.other_funding.splitlines() or _("none")),
            *([SummaryRow(_("Remark"), found.remark.splitlines())] if found.remark else []),
            *_act_rows(found),
        ],
        "items": executor.item_table(queries.expenses(found.tranche), "desk_item"),
        "accept_url": reverse("desk_report_accept", args=[ref]) if "accept_report" in verbs else "",
        "sign_url": reverse("acceptance_sign", args=[ref]) if "sign_acceptance" in verbs else "",
        "return_url": reverse("desk_report_return", args=[ref]) if "return_report" in verbs else "",
        "breadcrumbs": _crumbs(found.contract, _("Report")),
    }
    return render(request, "customer/report.html", context)


class AcceptForm(StepForm):
    """One amount for each item that is not judged already: what of it is accepted."""

    def __init__(self, *args: Any, items: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for row in items:
            hint = _("of %(whole)s") % {"whole": formats.som(row.amount)}
            self.fields[f"item_{row.ref}"] = MoneyField(row.title, hint=hint, initial=row.amount, required=False)

    @property
    def partly(self) -> dict[str, Any]:
        """What was left empty is accepted in full."""
        given = {row.ref: self.cleaned_data.get(f"item_{row.ref}") for row in self.items}
        return {ref: amount for ref, amount in given.items() if amount is not None}


@page("customer", writes=True)
def report_accept(request: Any, ref: str) -> HttpResponse:
    found = _own_report(request, ref)
    items = [row for row in queries.expenses(found.tranche) if row.state == "entered"]
    form = AcceptForm(request.POST or None, items=items)
    return fill_in(
        request,
        form,
        lambda actor, _data: operations.accept_report(actor=actor, report=found, partly=form.partly),
        verb="report:accept_report",
        then=report_url(found),
        said=_("The report is accepted, and the act of acceptance is made."),
        title=_("Accept the report?"),
        lead=_("Say of each item how much is accepted. The act of acceptance is made over their sum."),
        submit=_("Accept the report"),
        back_url=report_url(found),
        refusals=queries.report_refusals(found, "accept_report", request.actor),
        breadcrumbs=_crumbs(found.contract, _("Acceptance")),
    )


class RemarkForm(StepForm):
    remark = LongTextField(
        gettext_lazy("What has to be corrected?"),
        hint=gettext_lazy("Items are remarked on one by one; this is for the report as a whole."),
        rows=5,
        required=False,
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


def _due_words(report: Any) -> str:
    """The last day, and how late the report came."""
    late = (bishkek_day(report.submitted_at) - report.due_on).days
    day = formats.day(report.due_on)
    return day if late <= 0 else f"{day}, {formats.days_left(-late)}"


def _act_rows(report: Any) -> list[SummaryRow]:
    """The act of acceptance and who has signed it."""
    if report.state != "accepted":
        return []
    act = report.acceptance
    signed = [f"{one.person_name}, {words.SIDE[one.side]}" for one in queries.acceptance_signatures(report)]
    return [
        SummaryRow(_("Act of acceptance"), f"{act.number or act.ref}, {formats.som(act.amount)}"),
        SummaryRow(_("Signatures"), signed or _("Nobody has signed yet.")),
    ]


class VerdictForm(StepForm):
    verdict = ChoiceField(
        gettext_lazy("What about this item?"),
        choices=[("explain", gettext_lazy("To be explained")), ("not_eligible", gettext_lazy("Not eligible"))],
    )
    remark = LongTextField(gettext_lazy("Remark"), rows=4)


@page("customer", writes=True)
def item(request: Any, ref: str) -> HttpResponse:
    """A primary document, and the customer's remark to it."""
    found = queries.expense(ref, request.actor)
    if not request.actor.acts_for(found.contract.customer_id):
        raise Http404
    report = queries.report_of_tranche(found.tranche_id)
    back = report_url(report) if report else contract_url(found.contract)
    verbs = set(queries.expense_actions(found, request.actor))
    shown = {
        "caption": found.contract.title,
        "state": words.word(words.EXPENSE, found.state),
        "tone": words.tone(words.EXPENSE, found.state),
        "facts": executor.item_facts(found),
        "links": [Link(_("Document"), reverse("contract_paper_file", args=[found.file.ref]))] if found.file else [],
        "breadcrumbs": _crumbs(found.contract, _("Item")),
    }
    if request.method != "POST" and not verbs & {"question_expense", "reject_expense"}:
        return render(request, "papers/paper.html", shown | {"title": found.title, "back_url": back})
    return fill_in(
        request,
        VerdictForm(request.POST or None),
        lambda actor, data: operations.judge_expense(actor=actor, expense=found, **data),
        verb="expense:judge_expense",
        then=back,
        said=_("The remark is written to the item."),
        title=found.title,
        submit=_("Write the remark"),
        back_url=back,
        template="papers/paper.html",
        **shown,
    )


# --- the end of a contract -------------------------------------------------------------------------------------


def _desk_links(contract: Any, verbs: Any, actor: Any) -> list[Link]:
    """What else the customer can do with a contract now."""
    named = [
        ("miss_signing_term", _("Record that the term was missed"), "desk_contract_unsigned"),
        ("record_overdue", _("Put the delay on record"), "desk_contract_overdue"),
        ("terminate", _("End the contract now"), "desk_contract_terminate"),
        ("close_contract", _("Close the contract"), "desk_contract_close"),
    ]
    links = [Link(label, reverse(name, args=[contract.ref])) for verb, label, name in named if verb in verbs]
    if contract.state in ("prepared", "half_signed"):
        links.append(Link(_("Enter a signed copy"), reverse("desk_ink_new", args=[contract.ref])))
    if actor.acts_for(contract.customer_id) and contract.number and queries.to_return(contract) > 0:
        links.append(Link(_("Demand money back"), reverse("desk_return_new", args=[contract.ref])))
    return links


def _ink_table(contract: Any) -> Table | None:
    rows = queries.ink_signatures(contract)
    lines = [
        [
            Cell(one.signatory, reverse("desk_ink", args=[one.ref]), one.authority),
            str(words.SIDE[one.side]),
            one.signed_on,
            Cell(words.word(words.INK, one.state), tone=words.tone(words.INK, one.state)),
        ]
        for one in rows
    ]
    columns = [Column(_("Signatory")), Column(_("Side")), Column(_("Signed on"), "date"), Column(_("State"), "tag")]
    return Table(_("Signed on paper"), columns, lines) if rows else None


def _step(
    request: Any, ref: str, verb: str, work: Any, said: str, title: str, consequences: list[str], submit: str
) -> HttpResponse:
    """A step of the contract itself that needs no more than a yes."""
    found = _own_contract(request, ref)
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
        breadcrumbs=_crumbs(found, title.rstrip("?")),
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
    found = _own_contract(request, ref)
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
        breadcrumbs=_crumbs(found, _("Money to be returned")),
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
        breadcrumbs=_crumbs(contract, _("Money to be returned")),
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
        breadcrumbs=_crumbs(contract, _("Things bought")),
    )


# --- signatures on paper ---------------------------------------------------------------------------------------


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
    found = _own_contract(request, ref)
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
        breadcrumbs=_crumbs(found, _("Signature")),
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
            SummaryRow(_("Side"), str(words.SIDE[found.side])),
            SummaryRow(_("Signatory"), f"{found.signatory}, {found.authority}"),
            SummaryRow(_("Signed on"), formats.day(found.signed_on)),
            SummaryRow(_("Fingerprint of the text (SHA-256):"), found.content_sha256),
        ],
        "links": [Link(_("Scan of the signed copy"), reverse("contract_paper_file", args=[found.scan.ref]))],
        "breadcrumbs": _crumbs(contract, _("Signature")),
    }
    title, back = _("Signed copy"), contract_url(contract)
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
