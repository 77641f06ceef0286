"""The customer's own act: which rules it has to give, its ready draft, and the values it gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.kernel.refusal import Refusal, Refused
from jardam.regime import operations, queries
from jardam.regime.policy import ADOPTION
from jardam.rulebook.catalogue import CATALOGUE
from jardam.rulebook.parameter import Parameter

from .. import editions, formats, words
from ..forms import DayField, LongTextField
from ..pages import page
from ..rule_values import boxes, given
from ..steps import ShortField, StepForm, allows, crumbs, fill_in, unfinished, wrong_role
from ..templatetags.ui import Cell, Column, SummaryRow, Table
from .shared import FORM, customer_of

STAGES = {
    "programme": gettext_lazy("For a programme"),
    "contest": gettext_lazy("For a contest"),
    "oversight": gettext_lazy("For oversight"),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A rule that stands in no text that was read: `assumed` on demonstrations, else unknown."""

    key: str
    label: Any
    family: str
    unit: str
    parameter: Parameter

    @property
    def url(self) -> str:
        return reverse("desk_rule_adopt", args=[self.key])


def _gaps(customer: Any, at: Any) -> tuple[list[Gap], tuple[Refusal, ...]]:
    """What the customer's act has to fill, in the catalogue's order; and what else stands against settling."""
    others: tuple[Refusal, ...] = ()
    try:
        settlement = operations.settle(customer=customer, form=FORM, at=at)
        found = {key: settlement.parameter(key) for key in settlement.assumed_keys}
    except Refused as refused:
        unknown = [one.basis.key for one in refused.refusals if one.code == "rule_unknown"]
        others = tuple(one for one in refused.refusals if one.code != "rule_unknown")
        edition = queries.edition_for(FORM, at, customer.jurisdiction)
        found = {key: edition.parameters[key] for key in unknown}
    gaps = [
        Gap(key, capfirst(_(row.label)), str(words.FAMILY.get(key.split(".")[0], key)), row.type.unit, found[key])
        for key, row in CATALOGUE.items()
        if key in found
    ]
    return gaps, others


@page("customer")
def rules(request: Any) -> HttpResponse:
    customer = customer_of(request)
    gaps, others = _gaps(customer, request.at)
    may = allows(ADOPTION, "adopt_parameter", request.actor)
    families: dict[str, list[Gap]] = {}
    for gap in gaps:
        families.setdefault(gap.family, []).append(gap)
    context = {
        "tables": [(f"{family}: {len(rows)}", _gap_table(family, rows, may)) for family, rows in families.items()],
        "count": len(gaps),
        "others": others,
        "assumed": any(gap.parameter.status == "assumed" for gap in gaps),
        "adopted": _adopted_table(queries.adoptions_of(customer.pk)),
        "may": may,
        "breadcrumbs": crumbs((_("The customer's own act"), "")),
    }
    return render(request, "customer/rules.html", context)


def _gap_table(family: str, gaps: list[Gap], may: bool) -> Table:
    rows = [
        [
            Cell(gap.label, gap.url if may else "", gap.key),
            str(STAGES[CATALOGUE[gap.key].stage]),
            Cell(
                words.word(words.PARAMETER, gap.parameter.status),
                tone=words.tone(words.PARAMETER, gap.parameter.status),
            ),
        ]
        for gap in gaps
    ]
    return Table(family, [Column(_("Rule")), Column(_("Needed")), Column(_("State"), "tag")], rows, hide_caption=True)


def _adopted_table(rows: list[Any]) -> Table | None:
    if not rows:
        return None
    lines = [
        [
            Cell(_(CATALOGUE[one.key].label) if one.key in CATALOGUE else one.key, note=one.key),
            ", ".join(words.plain_value(one.key, one.value, formats.language_of())),
            f"{one.act_number}, {formats.day(one.act_on)}",
        ]
        for one in rows
    ]
    return Table(_("Rules your act has given"), [Column(_("Rule")), Column(_("Value")), Column(_("Act"))], lines)


@page("customer")
def draft_act(request: Any) -> HttpResponse:
    """A ready draft, Kyrgyz first and then Russian, with a blank for every rule."""
    customer = customer_of(request)
    gaps, _others = _gaps(customer, request.at)
    paragraphs = [(number, gap.key, CATALOGUE[gap.key].label) for number, gap in enumerate(gaps, start=1)]
    edition = queries.edition_for(FORM, request.at, customer.jurisdiction)
    context = {
        "languages": [
            {"code": code, "customer": customer.title.get(code, ""), "edition": edition.title.in_language(code)}
            for code in ("ky", "ru")
        ],
        "paragraphs": paragraphs,
        "breadcrumbs": crumbs((_("The customer's own act"), reverse("desk_rules")), (_("Draft"), "")),
    }
    return render(request, "customer/draft_act.html", context)


class AdoptForm(StepForm):
    act_number = ShortField(gettext_lazy("Number of your act"), max_length=60)
    act_on = DayField(gettext_lazy("Date of your act"))
    silence_statement = LongTextField(
        gettext_lazy("Statement that the official text is silent"),
        hint=gettext_lazy("Needed where the law does not leave this rule to you: who read which text, and when."),
        rows=3,
    )

    def __init__(self, key: str, delegated: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key
        self.fields = boxes(key) | self.fields
        unfinished(self.fields["silence_statement"])
        if delegated:
            del self.fields["silence_statement"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                data["value"] = given(self.key, data)
            except ValidationError as wrong:
                self.add_error("value", wrong)
        return data


@page("customer", writes=True)
def rule_adopt(request: Any, key: str) -> HttpResponse:
    if key not in CATALOGUE:
        raise Http404
    customer = customer_of(request)
    parameter = queries.edition_for(FORM, request.at, customer.jurisdiction).parameters[key]
    row = editions.row(parameter)
    return fill_in(
        request,
        AdoptForm(key, parameter.delegated, request.POST or None),
        lambda actor, data: operations.adopt_parameter(
            actor=actor,
            customer=customer,
            form=FORM,
            key=key,
            value=data["value"],
            act_number=data["act_number"],
            act_on=data["act_on"],
            silence_statement=data.get("silence_statement", ""),
        ),
        verb="rule_adoption:adopt_parameter",
        then=reverse("desk_rules"),
        said=_("The rule is kept. It binds your contests announced from now on."),
        title=capfirst(row.label),
        caption=key,
        lead=_("A rule of your own act: it may fill what is not known, or tighten what is."),
        submit=_("Keep the rule"),
        back_url=reverse("desk_rules"),
        refusals=wrong_role(ADOPTION, "adopt_parameter", request.actor),
        template="customer/rule_adopt.html",
        facts=[
            SummaryRow(_("In the law"), row.lines or _("not known")),
            SummaryRow(_("Basis"), row.basis),
            SummaryRow(_("What was read"), row.note or _("nothing")),
        ],
        breadcrumbs=crumbs((_("The customer's own act"), reverse("desk_rules")), (key, "")),
    )
