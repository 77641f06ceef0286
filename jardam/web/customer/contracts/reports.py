"""Reports and their items, as the customer sees them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contracts import operations, queries
from jardam.fields import in_language
from jardam.kernel.time import bishkek_day

from ... import executor, formats, papers, words
from ...forms import ChoiceField, LongTextField, MoneyField
from ...pages import page
from ...steps import StepForm, fill_in
from ...templatetags.ui import Link, SummaryRow
from .shared import contract_crumbs, contract_url


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
            *executor.section_rows(found),
            *([SummaryRow(_("Remark"), found.remark.splitlines())] if found.remark else []),
            *_act_rows(found),
        ],
        "items": executor.item_table(queries.expenses(found.tranche), "desk_item"),
        "lines": papers.use_table(queries.lines_of_report(found.tranche)),
        "accept_url": reverse("desk_report_accept", args=[ref]) if "accept_report" in verbs else "",
        "sign_url": reverse("acceptance_sign", args=[ref]) if "sign_acceptance" in verbs else "",
        "return_url": reverse("desk_report_return", args=[ref]) if "return_report" in verbs else "",
        "breadcrumbs": contract_crumbs(found.contract, _("Report")),
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
        breadcrumbs=contract_crumbs(found.contract, _("Acceptance")),
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
        breadcrumbs=contract_crumbs(found.contract, _("Remark")),
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
        "breadcrumbs": contract_crumbs(found.contract, _("Item")),
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
