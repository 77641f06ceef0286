"""The operator's pages: rules found in the official text, checked by two people; organisations to be verified."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from jardam.contests import operations as contests_operations
from jardam.contests import queries as contests
from jardam.fields import in_language
from jardam.kernel.time import instant_of
from jardam.parties import operations as parties_operations
from jardam.parties import queries as parties
from jardam.regime import operations, queries
from jardam.regime.policy import CONFIRMATION
from jardam.rulebook.catalogue import CATALOGUE

from . import editions, formats, lists, words
from .forms import ChoiceField, ClockField, DayField, TextField
from .pages import page
from .rule_values import RuleValueField, plain_of
from .steps import StepForm, allows, confirm, crumbs, cursor, fill_in, wrong_role
from .templatetags.ui import Cell, Column, Link, SummaryRow, Table

# --- rules -----------------------------------------------------------------------------------------------------


@page("operator")
def rules(request: Any) -> HttpResponse:
    rows = [
        [
            Cell(_label(one.key), reverse("operator_rule", args=[one.ref]), one.key),
            editions.title_of(one.edition),
            f"{one.act}, {one.article}",
        ]
        for one in queries.confirmations_waiting()
    ]
    columns = [Column(_("Rule")), Column(_("Edition")), Column(_("Found in"))]
    context = {
        "title": _("Rules found in the law"),
        "table": Table(_("Waiting for a second person"), columns, rows, empty=_("No rule waits to be checked.")),
        "enter_url": reverse("operator_rule_new") if allows(CONFIRMATION, "enter_parameter", request.actor) else "",
        "editions": [
            Link(one.title.in_language(formats.language_of()), reverse("edition", args=[one.key]))
            for one in queries.editions()
        ],
        "organisations_url": reverse("operator_organisations"),
        "breadcrumbs": crumbs((_("Rules found in the law"), "")),
    }
    return render(request, "operator/rules.html", context)


def _label(key: str) -> str:
    return _(CATALOGUE[key].label) if key in CATALOGUE else key


def _crumbs(label: str) -> Any:
    return crumbs((_("Rules found in the law"), reverse("operator_rules")), (label, ""))


class RuleForm(StepForm):
    edition = ChoiceField(gettext_lazy("In which edition of the law?"), select=True)
    key = ChoiceField(gettext_lazy("Which rule?"), select=True)
    value = RuleValueField(
        gettext_lazy("Value, as the editions write it"),
        hint=gettext_lazy("For example: 20 calendar_days, true, 60.5, >= 1/2. If it cannot be read, we say how."),
    )
    act = TextField(gettext_lazy("Act"), hint=gettext_lazy("For example: Resolution 604/2022."), max_length=200)
    article = TextField(gettext_lazy("Article, part, paragraph"), max_length=100)
    edition_date = DayField(gettext_lazy("Date of the text you read"))
    url = TextField(gettext_lazy("Address of the text"), required=False, max_length=500, attrs={"inputmode": "url"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.key, one.title.in_language(formats.language_of())) for one in queries.editions()]
        keys = [(key, f"{key}: {_(row.label)}") for key, row in CATALOGUE.items()]
        self.fields["edition"].choices = [("", _("Choose…")), *named]  # type: ignore[attr-defined]
        self.fields["key"].choices = [("", _("Choose…")), *keys]  # type: ignore[attr-defined]

    def clean_url(self) -> str:
        url = self.cleaned_data["url"]
        if url and not url.startswith(("https://", "http://")):
            raise ValidationError(_("Copy the whole address; it begins with https://."), code="url")
        return url

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "key" in data and "value" in data:
            try:
                data["value"] = plain_of(data["key"], data["value"])
            except ValidationError as wrong:
                self.add_error("value", wrong)
        return data


@page("operator", writes=True)
def rule_new(request: Any) -> HttpResponse:
    initial = {name: request.GET.get(name, "") for name in ("edition", "key")}
    return fill_in(
        request,
        RuleForm(request.POST or None, initial=initial),
        lambda actor, data: operations.enter_parameter(actor=actor, **data),
        verb="confirmation:enter_parameter",
        then=reverse("operator_rules"),
        said=_("The rule is entered. It counts once a second person has read the text too."),
        title=_("Enter a rule found in the official text"),
        lead=_("It will bind every contest announced after the check, on this whole instance."),
        submit=_("Enter the rule"),
        back_url=reverse("operator_rules"),
        refusals=wrong_role(CONFIRMATION, "enter_parameter", request.actor),
        breadcrumbs=_crumbs(_("New rule")),
    )


@page("operator", writes=True)
def rule(request: Any, ref: str) -> HttpResponse:
    """An entered rule, and its check by a second person."""
    found = queries.confirmation(ref)
    return confirm(
        request,
        lambda actor: operations.confirm_parameter(actor=actor, confirmation=found),
        verb="confirmation:confirm_parameter",
        then=reverse("operator_rules"),
        said=_("The rule is confirmed. It binds contests announced from now on."),
        title=_("Confirm this rule?"),
        consequences=[
            _("You have read the official text yourself, and it says this."),
            _("The edition gets a new revision. Contests announced before keep their rules."),
        ],
        submit=_("Confirm the rule"),
        back_url=reverse("operator_rules"),
        refusals=queries.confirmation_refusals(found, "confirm_parameter", request.actor),
        template="operator/rule.html",
        facts=[
            SummaryRow(_("Rule"), [_label(found.key), found.key]),
            SummaryRow(_("Value"), found.value if isinstance(found.value, str) else str(found.value)),
            SummaryRow(_("Edition"), editions.title_of(found.edition)),
            SummaryRow(_("Act"), f"{found.act}, {found.article}"),
            SummaryRow(_("Date of the text"), formats.day(found.edition_date)),
            SummaryRow(_("Address of the text"), found.url or _("none")),
        ],
        breadcrumbs=_crumbs(found.key),
    )


# --- organisations ---------------------------------------------------------------------------------------------


@page("operator")
def organisations(request: Any) -> HttpResponse:
    found = parties.organisations_waiting(cursor(request, parties.organisation), lists.PAGE + 1)
    rows, more = lists.cut(found)
    lines = [
        [
            Cell(in_language(one.title), reverse("operator_organisation", args=[one.ref])),
            pgettext("organisation kind", one.kind),
            one.registered_on,
        ]
        for one in rows
    ]
    columns = [Column(_("Organisation")), Column(_("Kind")), Column(_("Registered"), "date")]
    nothing = _("No organisation waits to be checked.")
    context = {
        "title": _("Organisations to be checked"),
        "lead": _("Compare the data with the state register. Only then can they submit."),
        "table": Table(_("Organisations to be checked"), columns, lines, empty=nothing, hide_caption=True),
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": crumbs((_("Organisations"), "")),
    }
    return render(request, "steps/list.html", context)


class VerifyForm(StepForm):
    checked_against = TextField(
        gettext_lazy("What did you compare the data with?"),
        hint=gettext_lazy("For example: extract of the register of legal entities of 03.02.2026."),
        max_length=200,
    )


@page("operator", writes=True)
def organisation(request: Any, ref: str) -> HttpResponse:
    found = parties.organisation(ref)
    facts = [
        SummaryRow(_("Name"), [f"{code}: {text}" for code, text in found.title.items()]),
        SummaryRow(_("Kind"), pgettext("organisation kind", found.kind)),
        SummaryRow(_("Legal form"), found.legal_form.replace("_", " "), missing=not found.legal_form),
        *(SummaryRow(scheme, value) for scheme, value in parties.identifiers_of(found)),
        SummaryRow(_("Registered on"), formats.day(found.registered_on), missing=found.registered_on is None),
        SummaryRow(_("State"), words.word(words.ORGANISATION, found.state)),
    ]
    return fill_in(
        request,
        VerifyForm(request.POST or None),
        lambda actor, data: parties_operations.verify_organisation(
            organisation=found, actor=actor, checked_against=data["checked_against"]
        ),
        verb="organisation:verify",
        then=reverse("operator_organisations"),
        said=_("The organisation is verified."),
        title=_("Verify the organisation"),
        caption=in_language(found.title),
        submit=_("The data are right: verify"),
        back_url=reverse("operator_organisations"),
        refusals=parties.organisation_refusals(found, "verify", request.actor),
        template="operator/organisation.html",
        facts=facts,
        breadcrumbs=crumbs((_("Organisations"), reverse("operator_organisations")), (in_language(found.title), "")),
    )


# --- outages ---------------------------------------------------------------------------------------------------


class OutageForm(StepForm):
    begins_on = DayField(gettext_lazy("Day on which it began"))
    begins = ClockField(gettext_lazy("Time at which it began"))
    ends_on = DayField(gettext_lazy("Day on which it ended"))
    ends = ClockField(gettext_lazy("Time at which it ended"))
    ground = TextField(
        gettext_lazy("What happened, and how do you know?"),
        hint=gettext_lazy("For example: power failure, act No. 4 of 03.02.2026. Everybody reads it."),
        max_length=300,
    )


@page("operator", writes=True)
def outage_new(request: Any) -> HttpResponse:
    back = reverse("outages")
    return fill_in(
        request,
        OutageForm(request.POST or None),
        lambda actor, data: contests_operations.extend_for_outage(
            actor=actor,
            begins_at=instant_of(data["begins_on"], data["begins"]),
            ends_at=instant_of(data["ends_on"], data["ends"]),
            ground=data["ground"],
        ),
        verb="outage:register_outage",
        then=back,
        said=_("The outage is registered. The contests it touched are extended."),
        title=_("Register an outage"),
        lead=_("Every contest that took applications meanwhile is extended by the whole time, for everyone alike."),
        submit=_("Register the outage"),
        kind="warning",
        back_url=back,
        refusals=contests.outage_rights(request.actor),
        breadcrumbs=crumbs((_("Outages"), back), (_("New outage"), "")),
    )


urlpatterns = [
    path("outages/new/", outage_new, name="operator_outage_new"),
    path("rules/", rules, name="operator_rules"),
    path("rules/new/", rule_new, name="operator_rule_new"),
    path("rules/<str:ref>/", rule, name="operator_rule"),
    path("organisations/", organisations, name="operator_organisations"),
    path("organisations/<str:ref>/", organisation, name="operator_organisation"),
]
