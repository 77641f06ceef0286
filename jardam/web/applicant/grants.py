"""Contracts and reports of an applicant who won."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from jardam.contracts import operations as contract_operations
from jardam.contracts import queries as contracts
from jardam.fields import in_language

from .. import documents, executor, formats, papers, words
from ..door import act
from ..executor import ReportForm
from ..pages import page
from ..public import contract_context
from .shared import (
    executed_contract,
    page_of,
)


@page("applicant")
def grant(request: Any, ref: str) -> HttpResponse:
    found = executed_contract(ref, request)
    rows = contracts.tranches(found)
    actions = contracts.contract_actions(found, request.actor, rows)
    returned = [row.report for row in rows if row.report and row.report.state == "returned"]
    signing_from = contracts.waits_until(found)
    context = contract_context(found, rows, _report_url) | {
        "papers": documents.papers("contract", [found.pk], request.actor)
        + documents.papers("report", [row.report.pk for row in rows if row.report], request.actor),
        "actions": actions,
        "may_sign": bool({"sign_contract", "countersign_contract"} & set(actions)),
        "may_report": "report" in actions,
        "returned": returned,
        "refuse_url": reverse("grant_refuse", args=[ref]) if "refuse_to_sign" in actions else "",
        "move_url": reverse("grant_reallocate", args=[ref]) if "reallocate" in actions else "",
        "item_url": reverse("grant_item_new", args=[ref]) if "report" in actions or returned else "",
        **papers.papers(found, request.actor, actions, rows),
        "reports": [row.report for row in rows if row.report],
        "contest": contracts.contest_of(found),
        "signing_from": signing_from,
        "is_public": bool(found.number),
        "hindered": contracts.signing_hindered(found, request.actor)
        if found.state in ("prepared", "half_signed")
        else (),
        "waits": signing_from and request.at < signing_from,
    }
    return page_of(request, "applicant/grant.html", context, (_("Contracts"), reverse("grants")), (found.title, ""))


def _report_url(report: Any) -> str:
    return reverse("grant_report_page", args=[report.ref])


@page("applicant", writes=True)
def grant_sign(request: Any, ref: str) -> HttpResponse:
    found = executed_contract(ref, request)
    if request.method == "POST":
        answer = act(
            request,
            "contract:sign_contract",
            lambda actor: contract_operations.sign_contract(actor=actor, contract=found),
            then=reverse("grant", args=[ref]),
            said=_("You signed the contract."),
        )
        assert answer is not None
        return answer
    if not {"sign_contract", "countersign_contract"} & set(contracts.contract_actions(found, request.actor)):
        return redirect("grant", ref)
    back = reverse("grant", args=[ref])
    context = {
        "title": _("Sign the contract?"),
        "consequences": [
            _("You sign for %(organisation)s.") % {"organisation": in_language(found.executor.title)},
            _("The amount is %(amount)s, as the protocol says.") % {"amount": formats.som(found.amount)},
            _("With both signatures the contract is in force and public."),
        ],
        "sha256": found.content_sha256,
        "submit": _("Sign"),
        "kind": "primary",
        "cancel_url": back,
        "form": None,
    }
    return page_of(request, "applicant/sign.html", context, (found.title, back))


@page("applicant", writes=True)
def grant_report(request: Any, ref: str) -> HttpResponse:
    """Report on the oldest paid tranche that has no report; what was spent is the sum of its items."""
    found = executed_contract(ref, request)
    form = ReportForm(request.POST or None, indicators=contracts.indicators(found), **_asked(found))
    if request.method == "POST" and form.is_valid():
        answer = act(
            request,
            "contract:report",
            lambda actor: contract_operations.submit_report(actor=actor, contract=found, **form.told),
            then=reverse("grant", args=[ref]),
            form=form,
            said=_("The report is with the customer."),
        )
        if answer is not None:
            return answer
    elif request.method != "POST" and "report" not in contracts.contract_actions(found, request.actor):
        return redirect("grant", ref)
    due = contracts.tranche_to_report(found, request.actor)
    context = {
        "contract": found,
        "form": form,
        "tranche": due,
        "key": request.POST.get("key", ""),
        "items": executor.item_table(contracts.expenses(due), "grant_item") if due else None,
        "item_url": reverse("grant_item_new", args=[ref]),
        **_lines(found, due),
    }
    trail = ((found.title, reverse("grant", args=[ref])), (_("Report"), ""))
    return page_of(request, "applicant/report.html", context, *trail)


def _asked(contract: Any) -> dict[str, Any]:
    return {"sections": contracts.sections_asked(contract), "further": contracts.further_sections(contract)}


def _lines(contract: Any, tranche: Any) -> dict[str, Any]:
    """The budget by line as the report meets it, and where money is moved when a line is exceeded."""
    if tranche is None:
        return {}
    step = (_("Move money between budget lines"), reverse("grant_reallocate", args=[contract.ref]))
    return {
        "lines": papers.use_table(contracts.lines_of_report(tranche)),
        "next_steps": {"line_exceeded": step} if contract.state == "in_force" else {},
    }


def _report(ref: str, request: Any) -> Any:
    report = contracts.report(ref, request.actor)
    if not request.actor.acts_for(report.contract.executor_id):
        raise Http404
    return report


@page("applicant", writes=True)
def grant_report_page(request: Any, ref: str) -> HttpResponse:
    """A report as it was sent; returned with a remark, it is mended and sent again."""
    found = _report(ref, request)
    back = reverse("grant", args=[found.contract.ref])
    trail = ((found.contract.title, back), (_("Report"), ""))
    mendable = "resubmit_report" in contracts.report_actions(found, request.actor)
    planned = contracts.indicators(found.contract)
    given = executor.report_initial(found)
    form = ReportForm(request.POST or None, indicators=planned, initial=given, **_asked(found.contract))
    if request.method == "POST" and form.is_valid():
        answer = act(
            request,
            "report:resubmit_report",
            lambda actor: contract_operations.resubmit_report(actor=actor, report=found, **form.told),
            then=back,
            form=form,
            said=_("The mended report is with the customer."),
        )
        if answer is not None:
            return answer
    context = {
        "contract": found.contract,
        "tranche": found.tranche,
        "report": found,
        "state": words.word(words.REPORT, found.state),
        "tone": words.tone(words.REPORT, found.state),
        "form": form if mendable or form.is_bound else None,
        "remark": found.remark,
        "key": request.POST.get("key", ""),
        "items": executor.item_table(contracts.expenses(found.tranche), "grant_item"),
        "item_url": reverse("grant_item_new", args=[found.contract.ref]) if mendable else "",
        "reached": executor.reached_rows(found, planned) + executor.section_rows(found),
        **_lines(found.contract, found.tranche),
    }
    return page_of(request, "applicant/report.html", context, *trail)
