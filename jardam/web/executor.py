"""The executor's work on a contract: primary documents, reports, moves of the budget, things bought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contracts import operations, queries
from jardam.fields import in_language

from . import formats, words
from .forms import ChoiceField, DayField, DocumentField, LongTextField, MoneyField, NumberField, TextField
from .pages import page
from .papers import file_cell, upload_of
from .steps import StepForm, confirm, crumbs, fill_in
from .templatetags.ui import Cell, Column, Link, SummaryRow, Table


def _contract(request: Any, ref: str) -> Any:
    found = queries.contract(ref, request.actor)
    if not request.actor.acts_for(found.executor_id):
        raise Http404
    return found


def _url(contract: Any) -> str:
    return reverse("grant", args=[contract.ref])


def _trail(contract: Any, label: str) -> list[Link]:
    return crumbs((contract.number or contract.title, _url(contract)), (label, ""))


def _lines(contract: Any) -> list[tuple[str, str]]:
    return [(str(row.number), f"{row.number}. {row.title}") for row in queries.budget(contract)]


# --- items -----------------------------------------------------------------------------------------------------


def item_table(rows: Sequence[Any], name: str) -> Table:
    """Primary documents with what the customer said; each leads to the page `name`."""
    lines = [
        [
            Cell(row.title, reverse(name, args=[row.ref]), _item_note(row)),
            row.line,
            Cell(row.amount, note=_("in hand: %(net)s") % {"net": formats.som(row.net)} if row.net else ""),
            row.accepted,
            file_cell(row.file),
            Cell(words.word(words.EXPENSE, row.state), tone=words.tone(words.EXPENSE, row.state)),
        ]
        for row in rows
    ]
    columns = [
        Column(_("Item")),
        Column(_("Line"), "number"),
        Column(_("Amount"), "money"),
        Column(_("Accepted"), "money"),
        Column(_("Document")),
        Column(_("State"), "tag"),
    ]
    return Table(_("Primary documents"), columns, lines, empty=_("No item is entered yet."))


def _item_note(row: Any) -> str:
    return _("No. %(number)s of %(day)s, %(payee)s") % {
        "number": row.document,
        "day": formats.day(row.document_on),
        "payee": row.payee or words.PAYEE[row.payee_kind],
    }


class ItemForm(StepForm):
    title = TextField(gettext_lazy("What was paid for?"), max_length=200)
    line = ChoiceField(gettext_lazy("Budget line"), choices=[], select=True)
    payee_kind = ChoiceField(gettext_lazy("Who was paid?"), choices=list(words.PAYEE.items()))
    payee = TextField(
        gettext_lazy("Name of who was paid"),
        hint=gettext_lazy("Only the two parties see it. Never a name of somebody who is helped."),
        max_length=200,
    )
    document = TextField(gettext_lazy("Number of the primary document"), max_length=80, width="20")
    document_on = DayField(gettext_lazy("Date of the primary document"))
    amount = MoneyField(gettext_lazy("Amount; of pay, before tax"))
    net = MoneyField(gettext_lazy("Of pay: what the worker received"), required=False)
    file = DocumentField(gettext_lazy("The document"), required=False)

    def __init__(self, *args: Any, lines: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line: Any = self.fields["line"]
        line.choices = lines

    @property
    def item(self) -> operations.Item:
        typed = {k: v for k, v in self.cleaned_data.items() if k != "file"}
        return operations.Item(**typed | {"line": int(typed["line"]), "net": typed["net"] or None})


@page("applicant", writes=True)
def item_new(request: Any, ref: str) -> HttpResponse:
    found = _contract(request, ref)
    tranche = queries.tranche_to_report(found, request.actor)
    form = ItemForm(request.POST or None, request.FILES or None, lines=_lines(found))
    return fill_in(
        request,
        form,
        lambda actor, data: operations.enter_expense(actor=actor, contract=found, item=form.item, **upload_of(data)),
        verb="expense:enter_expense",
        then=_url(found),
        said=_("The item is entered."),
        title=_("Enter a primary document"),
        caption=_("Tranche %(n)s") % {"n": tranche.number} if tranche else "",
        submit=_("Enter the item"),
        back_url=_url(found),
        refusals=() if tranche else queries.contract_refusals(found, "report", request.actor),
        breadcrumbs=_trail(found, _("Item")),
    )


class AnswerForm(StepForm):
    answer = LongTextField(gettext_lazy("Explanation"), rows=4)
    file = DocumentField(gettext_lazy("A better copy of the document"), required=False)


@page("applicant", writes=True)
def item(request: Any, ref: str) -> HttpResponse:
    """An item with the customer's remark; what is asked about is explained here."""
    found = queries.expense(ref, request.actor)
    if not request.actor.acts_for(found.contract.executor_id):
        raise Http404
    verbs = queries.expense_actions(found, request.actor)
    links = []
    if "withdraw_expense" in verbs:
        links.append(Link(_("Take the item back"), reverse("grant_item_withdraw", args=[ref])))
    if found.state != "withdrawn":
        links.append(Link(_("Put a thing bought on the list"), reverse("grant_asset_new", args=[ref])))
    shown: dict[str, Any] = {
        "caption": found.contract.title,
        "state": words.word(words.EXPENSE, found.state),
        "tone": words.tone(words.EXPENSE, found.state),
        "facts": item_facts(found),
        "links": links,
        "breadcrumbs": _trail(found.contract, _("Item")),
    }
    if request.method != "POST" and "answer_expense" not in verbs:
        return render(request, "papers/paper.html", shown | {"title": found.title, "back_url": _url(found.contract)})
    return fill_in(
        request,
        AnswerForm(request.POST or None, request.FILES or None),
        lambda actor, data: operations.answer_expense(
            actor=actor, expense=found, answer=data["answer"], **upload_of(data)
        ),
        verb="expense:answer_expense",
        then=_url(found.contract),
        said=_("The explanation is written to the item."),
        title=found.title,
        submit=_("Explain the item"),
        back_url=_url(found.contract),
        template="papers/paper.html",
        **shown,
    )


def item_facts(row: Any) -> list[SummaryRow]:
    """An item, for the two parties."""
    return [
        SummaryRow(_("Primary document"), _item_note(row)),
        SummaryRow(_("Who was paid?"), str(words.PAYEE[row.payee_kind])),
        SummaryRow(_("Amount"), formats.som(row.amount)),
        *([SummaryRow(_("Of pay: what the worker received"), formats.som(row.net))] if row.net else []),
        *([SummaryRow(_("Accepted"), formats.som(row.accepted))] if row.accepted is not None else []),
        *([SummaryRow(_("Remark"), row.remark.splitlines())] if row.remark else []),
        *([SummaryRow(_("Explanation"), row.answer.splitlines())] if row.answer else []),
    ]


@page("applicant", writes=True)
def item_withdraw(request: Any, ref: str) -> HttpResponse:
    found = queries.expense(ref, request.actor)
    if not request.actor.acts_for(found.contract.executor_id):
        raise Http404
    back = reverse("grant_item", args=[ref])
    return confirm(
        request,
        lambda actor: operations.withdraw_expense(actor=actor, expense=found),
        verb="expense:withdraw_expense",
        then=_url(found.contract),
        said=_("The item is taken back."),
        title=_("Take the item back?"),
        consequences=[_("It no longer counts as spent. The customer sees that it was taken back.")],
        submit=_("Take the item back"),
        back_url=back,
        refusals=queries.expense_refusals(found, "withdraw_expense", request.actor),
        breadcrumbs=_trail(found.contract, _("Item")),
    )


# --- the report ------------------------------------------------------------------------------------------------


class ReportForm(StepForm):
    narrative = LongTextField(
        gettext_lazy("What was done?"),
        hint=gettext_lazy("By activity. Never write names of people who are helped."),
        max_length=6000,
        rows=10,
    )
    people_served = NumberField(gettext_lazy("How many people got help?"), max_value=10_000_000)
    other_funding = LongTextField(
        gettext_lazy("Other money for the same work"),
        hint=gettext_lazy("Who gave how much, for what. Empty: there was none."),
        required=False,
        rows=3,
    )

    def __init__(
        self,
        *args: Any,
        indicators: Sequence[Sequence[Any]],
        sections: Sequence[str],
        further: Sequence[str],
        **kwargs: Any,
    ) -> None:
        """*Sections*: what the rules of the contract want a report to hold (form.report_sections); *further*: those
        that are texts of their own."""
        super().__init__(*args, **kwargs)
        if "activities" not in sections:
            self.fields["narrative"].required = False
        if "people_served" not in sections:
            del self.fields["people_served"]
        self.texts = further
        for code in self.texts:
            self.fields[f"section_{code}"] = LongTextField(words.report_section(code), max_length=6000, rows=5)
        indicators = indicators if "indicators" in sections else ()
        self.indicators = len(indicators)
        for n, (title, baseline, target) in enumerate(indicators, start=1):
            hint = _("It was %(baseline)s; planned is %(target)s.") % {
                "baseline": formats.number(baseline),
                "target": formats.number(target),
            }
            self.fields[f"indicator_{n}"] = NumberField(title, hint=hint, max_value=10_000_000)

    @property
    def told(self) -> dict[str, Any]:
        """What the operations take."""
        data = self.cleaned_data
        reached = [int(data[f"indicator_{n}"]) for n in range(1, self.indicators + 1)]
        told = {"narrative": data["narrative"], "other_funding": data["other_funding"], "indicators": reached}
        texts = {code: data[f"section_{code}"] for code in self.texts}
        return told | {"people_served": data.get("people_served") or 0, "sections": texts}


def section_rows(report: Any) -> list[SummaryRow]:
    """The further sections of a report, which its rules asked for."""
    return [SummaryRow(words.report_section(code), text.splitlines()) for code, text in report.sections.items()]


def report_initial(report: Any) -> dict[str, Any]:
    given = {name: getattr(report, name) for name in ("narrative", "people_served", "other_funding")}
    given |= {f"section_{code}": text for code, text in report.sections.items()}
    return given | {f"indicator_{n}": reached for n, reached in enumerate(report.indicators, start=1)}


def reached_rows(report: Any, planned: Sequence[Sequence[Any]]) -> list[SummaryRow]:
    """Indicators, plan and fact."""
    return [
        SummaryRow(title, _("%(fact)s of %(plan)s") % {"fact": formats.number(fact), "plan": formats.number(target)})
        for (title, _baseline, target), fact in zip(planned, report.indicators, strict=False)
    ]


# --- budget and things -----------------------------------------------------------------------------------------


class MoveForm(StepForm):
    giver = ChoiceField(gettext_lazy("From line"), choices=[], select=True)
    taker = ChoiceField(gettext_lazy("To line"), choices=[], select=True)
    amount = MoneyField(gettext_lazy("Amount"))

    def __init__(self, *args: Any, lines: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        giver: Any = self.fields["giver"]
        taker: Any = self.fields["taker"]
        giver.choices = taker.choices = lines


@page("applicant", writes=True)
def reallocate(request: Any, ref: str) -> HttpResponse:
    found = _contract(request, ref)
    return fill_in(
        request,
        MoveForm(request.POST or None, lines=_lines(found)),
        lambda actor, data: operations.reallocate(
            actor=actor,
            contract=found,
            giver=int(data["giver"]),
            taker=int(data["taker"]),
            amount=data["amount"],
        ),
        verb="contract:reallocate",
        then=_url(found),
        said=_("The money is moved."),
        title=_("Move money between budget lines"),
        lead=_("A small part moves without an amendment; the rules of the contest say how much."),
        submit=_("Move the money"),
        back_url=_url(found),
        refusals=queries.contract_refusals(found, "reallocate", request.actor),
        breadcrumbs=_trail(found, _("Budget")),
    )


@page("applicant", writes=True)
def refuse(request: Any, ref: str) -> HttpResponse:
    found = _contract(request, ref)
    return confirm(
        request,
        lambda actor: operations.refuse_to_sign(actor=actor, contract=found),
        verb="contract:refuse_to_sign",
        then=_url(found),
        said=_("You have refused the contract."),
        title=_("Refuse to sign the contract?"),
        consequences=[
            _("%(organisation)s gets no money for this project.")
            % {"organisation": in_language(found.executor.title)},
            _("The money goes to the next on the reserve list, or back to the programme."),
            _("This cannot be taken back."),
        ],
        submit=_("Refuse to sign"),
        back_url=_url(found),
        refusals=queries.contract_refusals(found, "refuse_to_sign", request.actor),
        breadcrumbs=_trail(found, _("Signature")),
    )


class PlaceForm(StepForm):
    place = TextField(gettext_lazy("Where is it?"), max_length=200)
    holder = TextField(gettext_lazy("Who answers for it?"), hint=gettext_lazy("Only the two parties see it."))


class AssetForm(PlaceForm):
    title = TextField(gettext_lazy("What is it?"), max_length=200)
    inventory = TextField(gettext_lazy("Inventory number"), max_length=40, width="20")
    value = MoneyField(gettext_lazy("Worth"))


@page("applicant", writes=True)
def asset_new(request: Any, ref: str) -> HttpResponse:
    found = queries.expense(ref, request.actor)
    if not request.actor.acts_for(found.contract.executor_id):
        raise Http404
    back = reverse("grant_item", args=[ref])
    return fill_in(
        request,
        AssetForm(request.POST or None, initial={"title": found.title, "value": found.amount}),
        lambda actor, data: operations.record_asset(actor=actor, expense=found, **data),
        verb="asset:record_asset",
        then=_url(found.contract),
        said=_("The thing is on the list."),
        title=_("Put a thing bought on the list"),
        submit=_("Put it on the list"),
        back_url=back,
        breadcrumbs=_trail(found.contract, _("Things bought")),
    )


@page("applicant", writes=True)
def asset(request: Any, ref: str) -> HttpResponse:
    found = queries.asset(ref, request.actor)
    if not request.actor.acts_for(found.contract.executor_id):
        raise Http404
    return fill_in(
        request,
        PlaceForm(request.POST or None, initial={"place": found.place, "holder": found.holder}),
        lambda actor, data: operations.move_asset(actor=actor, asset=found, **data),
        verb="asset:move_asset",
        then=_url(found.contract),
        said=_("The list is changed."),
        title=found.title,
        caption=found.inventory,
        submit=_("Save"),
        back_url=_url(found.contract),
        refusals=queries.asset_refusals(found, "move_asset", request.actor),
        breadcrumbs=_trail(found.contract, _("Things bought")),
    )


urlpatterns = [
    path("contracts/<str:ref>/item/", item_new, name="grant_item_new"),
    path("contracts/<str:ref>/budget/", reallocate, name="grant_reallocate"),
    path("contracts/<str:ref>/refuse/", refuse, name="grant_refuse"),
    path("items/<str:ref>/", item, name="grant_item"),
    path("items/<str:ref>/withdraw/", item_withdraw, name="grant_item_withdraw"),
    path("items/<str:ref>/asset/", asset_new, name="grant_asset_new"),
    path("assets/<str:ref>/", asset, name="grant_asset"),
]
