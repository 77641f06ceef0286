"""Contracts signed before the system: entered from the paper by one person, compared with it by another."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contracts import operations, queries
from jardam.contracts.policy import CONTRACT
from jardam.fields import in_language
from jardam.parties import queries as parties
from jardam.planning import queries as planning

from ... import formats, papers, public, words
from ...forms import ChoiceField, DayField, DocumentField, MoneyField, TextField, TinField
from ...pages import page
from ...steps import StepForm, confirm, crumbs, fill_in, wrong_role
from ...templatetags.ui import Column, SummaryRow, Table
from ..shared import customer_of
from .shared import contract_crumbs, contract_url, own_contract

TRANCHES, LINES = 6, 8
"""Rows of the form."""


class ExistingForm(StepForm):
    """The contract as its paper says it."""

    measure = ChoiceField(gettext_lazy("Which measure pays?"), select=True)
    tin = TinField(gettext_lazy("Taxpayer number of the executor"))
    number = TextField(gettext_lazy("Number of the contract on the paper"), max_length=40, width="20")
    signed_on = DayField(gettext_lazy("Date on the paper"))
    customer_signatory = TextField(gettext_lazy("Who signed for the customer"), max_length=200)
    executor_signatory = TextField(gettext_lazy("Who signed for the executor"), max_length=200)
    title = TextField(gettext_lazy("Project"), max_length=300)
    starts_on = DayField(gettext_lazy("First day of the contract"))
    ends_on = DayField(gettext_lazy("Last day of the contract"))
    amount = MoneyField(gettext_lazy("Amount of the contract"), min_value=1)
    advance = MoneyField(gettext_lazy("In advance"), required=False)
    file = DocumentField(gettext_lazy("Scan of the signed contract"))

    def __init__(self, measures: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.ref, f"{in_language(one.title)}, {one.year}") for one in measures]
        self.fields["measure"].choices = [("", _("Choose…")), *named]  # type: ignore[attr-defined]
        self.measures = {one.ref: one for one in measures}
        for n in range(1, TRANCHES):
            label = _("After the accepted report, part %(n)s") % {"n": n}
            self.fields[f"part_{n}"] = MoneyField(label, required=False)
        for n in range(1, LINES + 1):
            name = TextField(_("Budget line %(n)s") % {"n": n}, max_length=200, required=False)
            self.fields[f"line_{n}"] = name
            self.fields[f"sum_{n}"] = MoneyField(_("Amount of budget line %(n)s") % {"n": n}, required=False)
        self.order_fields([name for name in self.fields if name != "file"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for n in range(1, LINES + 1):
            if bool(data.get(f"line_{n}")) != bool(data.get(f"sum_{n}")):
                self.add_error(f"line_{n}", _("A budget line has a name and an amount."))
        return data

    SAME = (
        "number",
        "signed_on",
        "customer_signatory",
        "executor_signatory",
        "title",
        "starts_on",
        "ends_on",
        "amount",
    )

    @property
    def terms(self) -> Any:
        data = self.cleaned_data
        later = [data[f"part_{n}"] for n in range(1, TRANCHES) if data[f"part_{n}"]]
        ahead = [operations.Share(data["advance"], "advance")] if data["advance"] else []
        lines = [operations.Line(data[f"line_{n}"], data[f"sum_{n}"]) for n in range(1, LINES + 1) if data[f"sum_{n}"]]
        return operations.PaperTerms(
            shares=(*ahead, *(operations.Share(amount, "report") for amount in later)),
            lines=tuple(lines),
            **{name: data[name] for name in self.SAME},
        )


@page("customer", writes=True)
def contract_existing_new(request: Any) -> HttpResponse:
    form = ExistingForm(
        planning.measures_open_for_contest(request.actor.organisation_id),
        request.POST or None,
        request.FILES or None,
    )
    return fill_in(
        request,
        form,
        lambda actor, data: operations.enter_existing(
            actor=actor,
            customer=customer_of(request),
            executor=parties.organisation_by_tin(data["tin"]),
            measure=form.measures[data["measure"]],
            terms=form.terms,
            **papers.upload_of(data),
        ),
        verb="contract:enter_existing",
        then=contract_url,
        said=_("The contract is entered. Another person compares it with the paper."),
        title=_("Enter a contract signed on paper before"),
        lead=_(
            "For contracts both sides signed before this system. They are marked as recorded afterwards; money is "
            "bound when a second person has compared the entry with the paper."
        ),
        submit=_("Enter the contract"),
        back_url=reverse("desk_contracts"),
        refusals=wrong_role(CONTRACT, "enter_existing", request.actor),
        breadcrumbs=crumbs((_("Contracts"), reverse("desk_contracts")), (_("From paper"), "")),
    )


@page("customer", writes=True)
def contract_existing_confirm(request: Any, ref: str) -> HttpResponse:
    found = own_contract(request, ref)
    return confirm(
        request,
        lambda actor: operations.confirm_existing(actor=actor, contract=found),
        verb="contract:confirm_existing",
        then=contract_url(found),
        said=_("The contract is in force here, and public."),
        title=_("Does everything agree with the paper?"),
        consequences=[
            _("The contract becomes public, marked as recorded afterwards."),
            _("%(amount)s of the measure are bound for it.") % {"amount": formats.som(found.amount)},
            _("From then on it changes only by an amendment both sides sign."),
        ],
        submit=_("Yes, it agrees"),
        kind="primary",
        back_url=contract_url(found),
        template="customer/contract_compare.html",
        facts=_copied(found),
        table=_schedule(found),
        refusals=queries.contract_refusals(found, "confirm_existing", request.actor),
        breadcrumbs=contract_crumbs(found, _("Check")),
    )


def _copied(contract: Any) -> list[SummaryRow]:
    """What the second person compares with the scan."""
    paper = queries.original(contract)
    return [
        *public.paper_rows(contract, paper, is_party=True),
        SummaryRow(_("Executor"), in_language(contract.executor.title)),
        SummaryRow(_("Project"), contract.title),
        SummaryRow(_("Amount"), formats.som(contract.amount)),
        SummaryRow(_("Term"), f"{formats.day(contract.starts_on)} – {formats.day(contract.ends_on)}"),
        *(SummaryRow(str(words.SIDE[side]), name) for side, name in (paper.signatories if paper else ())),
        SummaryRow(_("Budget"), [f"{row.title}: {formats.som(row.planned)}" for row in queries.budget(contract)]),
    ]


def _schedule(contract: Any) -> Table:
    rows = [
        [
            _("Tranche %(n)s") % {"n": row.tranche.number},
            row.tranche.amount,
            str(words.CONDITION[row.tranche.condition]),
        ]
        for row in queries.tranches(contract)
    ]
    columns = [Column(_("Tranche")), Column(_("Amount"), "money"), Column(_("When"))]
    return Table(_("Tranches"), columns, rows, [_("Total"), contract.amount, ""])


@page("customer", writes=True)
def contract_existing_discard(request: Any, ref: str) -> HttpResponse:
    found = own_contract(request, ref)
    return confirm(
        request,
        lambda actor: operations.discard_existing(actor=actor, contract=found),
        verb="contract:discard_existing",
        then=reverse("desk_contracts"),
        said=_("The copy is discarded. Enter it anew."),
        title=_("Discard the copy?"),
        consequences=[_("It counts for nothing; the contract has to be entered anew.")],
        submit=_("Discard it"),
        back_url=contract_url(found),
        refusals=queries.contract_refusals(found, "discard_existing", request.actor),
        breadcrumbs=contract_crumbs(found, _("Discard")),
    )
