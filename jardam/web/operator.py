"""The operator's pages: rules found in the official text, checked by two people; organisations to be verified."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contests import operations as contests_operations
from jardam.contests import queries as contests
from jardam.documents import operations as documents_operations
from jardam.documents import queries as documents
from jardam.fields import in_language
from jardam.kernel.time import instant_of
from jardam.parties import operations as parties_operations
from jardam.parties import queries as parties
from jardam.regime import operations, queries
from jardam.regime.policy import CONFIRMATION
from jardam.rulebook.catalogue import CATALOGUE

from . import editions, formats, lists, words
from .forms import (
    ChoiceField,
    ClockField,
    CodeField,
    DayField,
    DocumentField,
    ManyField,
    TextField,
    TinField,
    choices_of,
)
from .organisations import (
    bodies_rows,
    organisation_facts,
    profile_table,
    registrar_links,
    territory_choices,
    territory_table,
)
from .pages import page
from .rule_values import RuleValueField, plain_of
from .steps import StepForm, allows, confirm, crumbs, cursor, fill_in, in_languages, texts_of, wrong_role
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
            SummaryRow(_("Value"), words.plain_value(found.key, found.value, formats.language_of())),
            SummaryRow(_("Edition"), editions.title_of(found.edition)),
            SummaryRow(_("Act"), f"{found.act}, {found.article}"),
            SummaryRow(_("Date of the text"), formats.day(found.edition_date)),
            SummaryRow(_("Address of the text"), found.url or _("none")),
        ],
        breadcrumbs=_crumbs(_label(found.key)),
    )


# --- organisations ---------------------------------------------------------------------------------------------


@page("operator")
def organisations(request: Any) -> HttpResponse:
    found = parties.organisations_waiting(cursor(request, parties.organisation), lists.PAGE + 1)
    rows, more = lists.cut(found)
    lines = [
        [
            Cell(in_language(one.title), reverse("operator_organisation", args=[one.ref])),
            words.organisation_kind(one.kind),
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


@page("registrar")
def verified(request: Any) -> HttpResponse:
    """Where the registrar finds whoever bears a new name, has a successor or gets a council and a treasury."""
    rows, more = lists.cut(
        parties.verified_organisations(cursor(request, parties.organisation), lists.PAGE + 1),
    )
    lines = [
        [
            Cell(in_language(one.title), reverse("organisation_own", args=[one.ref])),
            words.organisation_kind(one.kind),
            in_language(one.territory.title) if one.territory else "",
        ]
        for one in rows
    ]
    columns = [Column(_("Organisation")), Column(_("Kind")), Column(_("Territory"))]
    empty, title = _("No organisation is verified."), _("Verified organisations")
    context = {
        "title": title,
        "lead": _("Enter a new name, a successor, or a customer's council and treasury on the organisation's page."),
        "table": Table(title, columns, lines, empty=empty, hide_caption=True),
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": crumbs((_("Organisations"), reverse("operator_organisations")), (title, "")),
    }
    return render(request, "steps/list.html", context)


class VerifyForm(StepForm):
    checklist = ManyField(
        gettext_lazy("What did you compare?"), choices=lambda: choices_of(words.COMPARED, words.COMPARED.get)
    )
    checked_against = TextField(
        gettext_lazy("What did you compare the data with?"),
        hint=gettext_lazy("For example: extract of the register of legal entities of 03.02.2026."),
        max_length=200,
    )


@page("operator", writes=True)
def organisation(request: Any, ref: str) -> HttpResponse:
    found = parties.organisation(ref)
    if found.state == "verified" and request.method == "GET":
        return redirect("organisation_own", ref)
    state = SummaryRow(_("State"), words.word(words.ORGANISATION, found.state))
    return fill_in(
        request,
        VerifyForm(request.POST or None),
        lambda actor, data: parties_operations.verify_organisation(organisation=found, actor=actor, **data),
        verb="organisation:verify",
        then=reverse("operator_organisations"),
        said=_("The organisation is verified."),
        title=_("Verify the organisation"),
        caption=in_language(found.title),
        submit=_("The data are right: verify"),
        back_url=reverse("operator_organisations"),
        refusals=parties.organisation_refusals(found, "verify", request.actor),
        template="operator/organisation.html",
        facts=[*organisation_facts(found), *bodies_rows(found), state],
        profile=profile_table(found, request),
        links=_organisation_links(found, request),
        breadcrumbs=crumbs((_("Organisations"), reverse("operator_organisations")), (in_language(found.title), "")),
    )


def _organisation_links(found: Any, request: Any) -> list[Link]:
    """What the registrar can do with it beside verifying."""
    links = registrar_links(found, parties.organisation_actions(found, request.actor))
    return [*links, Link(_("Profile, people and restrictions"), reverse("organisation_own", args=[found.ref]))]


def _organisation_crumbs(found: Any, label: str) -> Any:
    here = reverse("operator_organisation", args=[found.ref])
    return crumbs(
        (_("Organisations"), reverse("operator_organisations")), (in_language(found.title), here), (label, "")
    )


class RefuseForm(StepForm):
    ground = ChoiceField(gettext_lazy("Ground"), choices=lambda: choices_of(words.REFUSED_FOR, words.REFUSED_FOR.get))
    note = TextField(
        gettext_lazy("What is to be corrected?"),
        hint=gettext_lazy("Only whoever keeps the organisation reads it."),
        max_length=500,
    )


@page("operator", writes=True)
def refuse_verification(request: Any, ref: str) -> HttpResponse:
    found = parties.organisation(ref)
    return fill_in(
        request,
        RefuseForm(request.POST or None),
        lambda actor, data: parties_operations.refuse_verification(organisation=found, actor=actor, **data),
        verb="organisation:refuse_verification",
        then=reverse("operator_organisations"),
        said=_("Verification is refused. Whoever registered it is told and can correct it."),
        title=_("Refuse verification"),
        caption=in_language(found.title),
        submit=_("Refuse"),
        kind="warning",
        back_url=reverse("operator_organisation", args=[ref]),
        refusals=parties.organisation_refusals(found, "refuse_verification", request.actor),
        breadcrumbs=_organisation_crumbs(found, _("Refuse verification")),
    )


class RenameForm(StepForm):
    title_ky, title_ru, title_en = in_languages(gettext_lazy("New name"), max_length=300)
    valid_from = DayField(gettext_lazy("From which day?"))
    document = TextField(gettext_lazy("Order or decision"), max_length=200)


@page("operator", writes=True)
def rename(request: Any, ref: str) -> HttpResponse:
    found = parties.organisation(ref)
    return fill_in(
        request,
        RenameForm(request.POST or None),
        lambda actor, data: parties_operations.rename(
            organisation=found,
            title=texts_of(data, "title"),
            valid_from=data["valid_from"],
            document=data["document"],
            actor=actor,
        ),
        verb="organisation:rename",
        then=reverse("operator_organisation", args=[ref]),
        said=_("The name is entered with its day. Earlier papers keep the earlier name."),
        title=_("Enter a new name"),
        caption=in_language(found.title),
        submit=_("Enter the name"),
        back_url=reverse("operator_organisation", args=[ref]),
        refusals=parties.organisation_refusals(found, "rename", request.actor),
        breadcrumbs=_organisation_crumbs(found, _("New name")),
    )


class BodiesForm(StepForm):
    council = ChoiceField(
        gettext_lazy("Its council"),
        hint=gettext_lazy("It adopts the customer's programmes. Where none is named, none can adopt them."),
        select=True,
        required=False,
    )
    treasury = ChoiceField(
        gettext_lazy("The treasury that executes its payments"),
        select=True,
        required=False,
    )

    def __init__(self, offered: dict[str, list[Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, bodies in offered.items():
            choices = [("", _("None")), *((one.ref, in_language(one.title)) for one in bodies)]
            self.fields[name].choices = choices  # type: ignore[attr-defined]


@page("operator", writes=True)
def bodies(request: Any, ref: str) -> HttpResponse:
    """Which council and which treasury belong to a customer."""
    found = parties.organisation(ref)
    if not parties.has_bodies(found):
        raise Http404
    offered = {"council": parties.bodies_of_kind("kenesh"), "treasury": parties.bodies_of_kind("treasury")}
    initial = {name: getattr(found, name).ref if getattr(found, name) else "" for name in offered}
    by_ref = {one.ref: one for group in offered.values() for one in group}
    return fill_in(
        request,
        BodiesForm(offered, request.POST or None, initial=initial),
        lambda actor, data: parties_operations.name_bodies(
            organisation=found, council=by_ref.get(data["council"]), treasury=by_ref.get(data["treasury"]), actor=actor
        ),
        verb="organisation:name_bodies",
        then=reverse("organisation_own", args=[ref]),
        said=_("The council and the treasury are named."),
        title=_("Name its council and treasury"),
        caption=in_language(found.title),
        lead=_("From now on only their people adopt its programmes and execute its payments."),
        submit=_("Name them"),
        back_url=reverse("operator_organisation", args=[ref]),
        refusals=parties.organisation_refusals(found, "name_bodies", request.actor),
        breadcrumbs=_organisation_crumbs(found, _("Council and treasury")),
    )


class SucceedForm(StepForm):
    tin = TinField(gettext_lazy("Taxpayer number of the successor"))
    valid_from = DayField(gettext_lazy("From which day?"))
    document = TextField(gettext_lazy("Order or decision"), max_length=200)


@page("operator", writes=True)
def succeed(request: Any, ref: str) -> HttpResponse:
    found = parties.organisation(ref)
    return fill_in(
        request,
        SucceedForm(request.POST or None),
        lambda actor, data: parties_operations.succeed_by_tin(organisation=found, actor=actor, **data),
        verb="organisation:succeed",
        then=reverse("operator_organisation", args=[ref]),
        said=_("The successor is entered."),
        title=_("Enter a successor"),
        caption=in_language(found.title),
        lead=_("From that day its people act in what was open; nobody acts for the old organisation any more."),
        submit=_("Enter the successor"),
        kind="warning",
        back_url=reverse("operator_organisation", args=[ref]),
        refusals=parties.organisation_refusals(found, "succeed", request.actor),
        breadcrumbs=_organisation_crumbs(found, _("Successor")),
    )


class LiftForm(StepForm):
    document = TextField(gettext_lazy("Order or decision"), max_length=200)


@page("operator", writes=True)
def lift_restriction(request: Any, ref: str, number: int) -> HttpResponse:
    found = parties.organisation(ref)
    bar = parties.restriction(number, found)
    return fill_in(
        request,
        LiftForm(request.POST or None),
        lambda actor, data: parties_operations.lift_restriction(restriction=bar, actor=actor, **data),
        verb="organisation:lift_restriction",
        then=reverse("organisation_own", args=[ref]),
        said=_("The restriction is lifted."),
        title=_("Lift the restriction"),
        caption=f"{in_language(found.title)}, {words.code(bar.ground)}",
        submit=_("Lift the restriction"),
        kind="warning",
        back_url=reverse("organisation_own", args=[ref]),
        refusals=parties.organisation_refusals(found, "lift_restriction", request.actor),
        breadcrumbs=_organisation_crumbs(found, _("Lift the restriction")),
    )


# --- territories -----------------------------------------------------------------------------------------------


@page("operator")
def territories(request: Any) -> HttpResponse:
    found = parties.territories(cursor(request, parties.territory), lists.PAGE + 1)
    rows, more = lists.cut(found)
    may_add = not parties.new_territory_refusals(request.actor)
    context = {
        "title": _("Territories"),
        "lead": _("The code tells places apart, not the name: two places may bear one name."),
        "table": territory_table(rows, "operator_territory"),
        "pager": lists.pager(request, rows, more),
        "new": _("List a territory"),
        "new_url": reverse("operator_territory_new") if may_add else "",
        "breadcrumbs": crumbs((_("Territories"), "")),
    }
    return render(request, "steps/list.html", context)


class TerritoryForm(StepForm):
    title_ky, title_ru, title_en = in_languages(gettext_lazy("Name"), max_length=200)
    level = ChoiceField(
        gettext_lazy("Level"), choices=lambda: choices_of(words.TERRITORY_LEVEL, words.TERRITORY_LEVEL.get)
    )
    code = CodeField(
        gettext_lazy("Code (SOATE)"),
        digits=14,
        required=False,
        hint=gettext_lazy("Only as confirmed by the classifier; empty until then."),
    )
    parent = ChoiceField(gettext_lazy("Part of"), select=True, required=False)
    predecessor = ChoiceField(gettext_lazy("Split off from"), select=True, required=False)
    valid_from = DayField(gettext_lazy("From which day?"), required=False)
    document = TextField(gettext_lazy("Act or source"), max_length=200)

    def __init__(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("None")), *territory_choices(request)]
        for name in ("parent", "predecessor"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


def _territory_of(ref: str) -> Any:
    return parties.territory(ref) if ref else None


@page("operator", writes=True)
def territory_new(request: Any) -> HttpResponse:
    back = reverse("operator_territories")
    return fill_in(
        request,
        TerritoryForm(request, request.POST or None),
        lambda actor, data: parties_operations.add_territory(
            actor=actor,
            title=texts_of(data, "title"),
            level=data["level"],
            code=data["code"] or None,
            parent=_territory_of(data["parent"]),
            predecessor=_territory_of(data["predecessor"]),
            valid_from=data["valid_from"],
            document=data["document"],
        ),
        verb="territory:add_territory",
        then=back,
        said=_("The territory is listed."),
        title=_("List a territory"),
        submit=_("List"),
        back_url=back,
        refusals=parties.new_territory_refusals(request.actor),
        breadcrumbs=crumbs((_("Territories"), back), (_("New territory"), "")),
    )


class LoadForm(StepForm):
    file = DocumentField(gettext_lazy("File"), kinds=("csv",))
    document = TextField(gettext_lazy("Act or source"), max_length=200)


@page("operator", writes=True)
def territories_load(request: Any) -> HttpResponse:
    back = reverse("operator_territories")
    return fill_in(
        request,
        LoadForm(request.POST or None, request.FILES or None),
        lambda actor, data: parties_operations.load_territories(
            content=data["file"].read().decode("utf8", "replace"), document=data["document"], actor=actor
        ),
        verb="territory:load",
        then=back,
        said=_("The file is loaded. What was listed already is unchanged."),
        title=_("Load territories from a file"),
        lead=_("CSV in UTF-8 with the head line: %(columns)s.") % {"columns": ",".join(parties_operations.COLUMNS)},
        submit=_("Load"),
        back_url=back,
        refusals=parties.new_territory_refusals(request.actor),
        breadcrumbs=crumbs((_("Territories"), back), (_("Load"), "")),
    )


class TerritoryStepForm(StepForm):
    """What became of a place: its code is known, it ended, or it is part of another."""

    step = ChoiceField(
        gettext_lazy("What is entered?"),
        choices=[
            ("code", gettext_lazy("Its confirmed code")),
            ("end", gettext_lazy("It is there no more")),
            ("merge", gettext_lazy("It became part of another territory")),
        ],
    )
    code = CodeField(gettext_lazy("Code (SOATE)"), digits=14, required=False)
    until = DayField(gettext_lazy("From which day is it no more?"), required=False)
    into = ChoiceField(gettext_lazy("Part of which territory?"), select=True, required=False)
    document = TextField(gettext_lazy("Act or source"), max_length=200)
    NEEDS = {"code": ("code",), "end": ("until",), "merge": ("until", "into")}

    def __init__(self, request: Any, found: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(ref, name) for ref, name in territory_choices(request) if ref != found.ref]
        self.fields["into"].choices = [("", _("None")), *offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in self.NEEDS.get(data.get("step", ""), ()):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, ValidationError(_("Fill in this field."), code="required"))
        return data


@page("operator", writes=True)
def territory(request: Any, ref: str) -> HttpResponse:
    found = parties.territory(ref)
    back = reverse("operator_territories")

    def work(actor: Any, data: dict[str, Any]) -> Any:
        document = data["document"]
        match data["step"]:
            case "code":
                return parties_operations.enter_code(
                    territory=found, code=data["code"], document=document, actor=actor
                )
            case "end":
                return parties_operations.end_territory(
                    territory=found, until=data["until"], document=document, actor=actor
                )
            case _:
                into = parties.territory(data["into"])
                return parties_operations.merge_territory(
                    territory=found, into=into, until=data["until"], document=document, actor=actor
                )

    return fill_in(
        request,
        TerritoryStepForm(request, found, request.POST or None),
        work,
        verb="territory:change",
        then=back,
        said=_("It is entered."),
        title=in_language(found.title),
        caption=f"{words.TERRITORY_LEVEL[found.level]}, {found.code or _('not confirmed')}",
        submit=_("Enter"),
        back_url=back,
        refusals=parties.territory_refusals(found, "end_territory", request.actor),
        breadcrumbs=crumbs((_("Territories"), back), (in_language(found.title), "")),
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


# --- faults ----------------------------------------------------------------------------------------------------


@page("registrar")
def faults(request: Any) -> HttpResponse:
    """Stored content that could not be given out, and prints that could not be made."""
    after = cursor(request, lambda ref: documents.failed_document(ref, request.actor))
    tries, more = lists.cut(documents.prints_failed(request.actor, after, lists.PAGE + 1))
    context = {
        "title": _("Damage and failed prints"),
        "incidents": _incident_table(documents.incidents_open(request.actor, lists.PAGE)),
        "prints": _print_table(tries),
        "pager": lists.pager(request, [one.document for one in tries], more),
        "breadcrumbs": crumbs((_("Damage and failed prints"), "")),
    }
    return render(request, "operator/faults.html", context)


def _incident_table(found: Any) -> Table:
    rows = [
        [Cell(one.ref, reverse("operator_incident", args=[one.ref])), words.DAMAGE[one.ground], one.subject, one.at]
        for one in found
    ]
    columns = [Column(_("Incident")), Column(_("What happened")), Column(_("What")), Column(_("Since"), "instant")]
    return Table(_("Damaged content"), columns, rows, empty=_("Nothing that was asked for is damaged."))


def _print_table(tries: Any) -> Table:
    rows = [
        [
            Cell(
                one.document.number,
                reverse("operator_print", args=[one.document.ref]),
                in_language(one.document.title),
            ),
            one.number,
            one.fault,
            one.again_at,
        ]
        for one in tries
    ]
    columns = [
        Column(_("Document")),
        Column(_("Tried"), "number"),
        Column(_("What the printer said")),
        Column(_("Tried again at"), "instant"),
    ]
    return Table(_("Prints that failed"), columns, rows, empty=_("Every print is made, or is being made."))


def _fault_crumbs(label: str) -> Any:
    return crumbs((_("Damage and failed prints"), reverse("operator_faults")), (label, ""))


@page("registrar", writes=True)
def print_again(request: Any, ref: str) -> HttpResponse:
    found = documents.failed_document(ref, request.actor)
    back = reverse("operator_faults")
    return confirm(
        request,
        lambda actor: documents_operations.print_again(actor=actor, document=found),
        verb="document:print_again",
        then=back,
        said=_("The worker tries at once. If it fails again, it is listed again with the next time."),
        title=_("Print again?"),
        consequences=[_("The print is made from the content as it was issued; nothing of the document changes.")],
        submit=_("Print again"),
        kind="primary",
        back_url=back,
        refusals=documents.print_refusals(found, request.actor),
        breadcrumbs=_fault_crumbs(found.number),
    )


@page("registrar", writes=True)
def incident(request: Any, ref: str) -> HttpResponse:
    found = documents.incident(ref, request.actor)
    back = reverse("operator_faults")
    return confirm(
        request,
        lambda actor: documents_operations.close_incident(actor=actor, incident=found),
        verb="incident:close_incident",
        then=back,
        said=_("The incident is closed."),
        title=_("Incident %(number)s: is it whole again?") % {"number": found.ref},
        consequences=[
            f"{words.DAMAGE[found.ground]}: {found.subject}",
            _("Stored files and keys are looked at again before the incident is closed."),
        ],
        submit=_("Close the incident"),
        kind="primary",
        back_url=back,
        refusals=documents.incident_refusals(found, request.actor),
        breadcrumbs=_fault_crumbs(found.ref),
    )


urlpatterns = [
    path("faults/", faults, name="operator_faults"),
    path("faults/prints/<str:ref>/", print_again, name="operator_print"),
    path("faults/incidents/<str:ref>/", incident, name="operator_incident"),
    path("outages/new/", outage_new, name="operator_outage_new"),
    path("rules/", rules, name="operator_rules"),
    path("rules/new/", rule_new, name="operator_rule_new"),
    path("rules/<str:ref>/", rule, name="operator_rule"),
    path("organisations/", organisations, name="operator_organisations"),
    path("organisations/verified/", verified, name="operator_verified"),
    path("organisations/<str:ref>/refuse/", refuse_verification, name="operator_refuse"),
    path("organisations/<str:ref>/rename/", rename, name="operator_rename"),
    path("organisations/<str:ref>/bodies/", bodies, name="operator_bodies"),
    path("organisations/<str:ref>/succeed/", succeed, name="operator_succeed"),
    path("organisations/<str:ref>/restrictions/<int:number>/lift/", lift_restriction, name="operator_lift"),
    path("territories/", territories, name="operator_territories"),
    path("territories/new/", territory_new, name="operator_territory_new"),
    path("territories/load/", territories_load, name="operator_territories_load"),
    path("territories/<str:ref>/", territory, name="operator_territory"),
    path("organisations/<str:ref>/", organisation, name="operator_organisation"),
]
