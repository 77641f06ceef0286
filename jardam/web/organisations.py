"""Organisations as the public sees them, and as their own people keep them: registration, profile, mandates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contests import queries as contests
from jardam.contracts import queries as contracts
from jardam.fields import in_language
from jardam.kernel.time import bishkek_day
from jardam.parties import operations, queries
from jardam.parties.policy import FORMS, PARTS, REGISTRABLE, ROLE_LABELS, roles_of

from . import formats, lists, words
from .forms import (
    AgreeField,
    ChoiceField,
    CodeField,
    DayField,
    DocumentField,
    EmailField,
    LongTextField,
    PhoneField,
    TextField,
    TinField,
    choices_of,
)
from .pages import page
from .public import public, trail
from .steps import WRITTEN_IN, StepForm, crumbs, cursor, fill_in, in_languages, initial_of, texts_of
from .templatetags.ui import Cell, Column, Link, SummaryRow, Table

SCHEMES = {"KG-TIN": gettext_lazy("Taxpayer number (TIN)"), "KG-OKPO": gettext_lazy("OKPO code")}
RECENT = 10

# --- for everybody ---------------------------------------------------------------------------------------------


@public
def organisation_list(request: Any) -> HttpResponse:
    found = queries.verified_organisations(cursor(request, queries.organisation), lists.PAGE + 1)
    rows, more = lists.cut(found)
    lines = [
        [
            Cell(in_language(one.title), reverse("organisation", args=[one.ref])),
            words.organisation_kind(one.kind),
            in_language(one.territory.title) if one.territory else "",
        ]
        for one in rows
    ]
    columns = [Column(_("Organisation")), Column(_("Kind")), Column(_("Territory"))]
    context = {
        "title": _("Organisations"),
        "lead": _("Customers, councils and executors whose data a registrar compared with the state register."),
        "table": Table(_("Organisations"), columns, lines, empty=_("No organisation is verified."), hide_caption=True),
        "pager": lists.pager(request, rows, more),
        "new": _("Register an organisation"),
        "new_url": reverse("organisation_new"),
        "breadcrumbs": trail((_("Organisations"), "")),
    }
    return render(request, "steps/list.html", context)


@public
def organisation(request: Any, ref: str) -> HttpResponse:
    """Its names with their days, who stood before and after it, its contests and its contracts. No restrictions: no
    law is known that makes them public, so only the parties see them."""
    found = queries.public_organisation(ref)
    tables = [_names_table(found)]
    if held := contests.contests(request.visitor, customer_id=found.pk, limit=RECENT):
        lines = [[Cell(in_language(one.title), reverse("contest", args=[one.ref])), one.number] for one in held]
        tables.append(Table(_("Contests it announced"), [Column(_("Contest")), Column(_("Number"))], lines))
    for title, side in ((_("Contracts as customer"), "customer_id"), (_("Contracts as executor"), "executor_id")):
        if signed := contracts.contracts(request.visitor, limit=RECENT, **{side: found.pk}):
            tables.append(_contracts_table(title, signed))
    context = {
        "title": in_language(found.title),
        "caption": words.organisation_kind(found.kind),
        "state": words.word(words.ORGANISATION, found.state),
        "tone": words.tone(words.ORGANISATION, found.state),
        "facts": [*organisation_facts(found), *bodies_rows(found), *_line(found)],
        "tables": tables,
        "breadcrumbs": trail((_("Organisations"), reverse("organisations")), (in_language(found.title), "")),
    }
    return render(request, "steps/thing.html", context)


def _contracts_table(title: str, rows: Sequence[Any]) -> Table:
    lines = [
        [Cell(one.title, reverse("contract", args=[one.ref]), words.with_mark(one)), one.number, one.amount]
        for one in rows
    ]
    return Table(title, [Column(_("Project")), Column(_("Number")), Column(_("Amount"), "money")], lines)


def _names_table(found: Any) -> Table:
    lines = [[in_language(one.title), one.valid_from, one.document or "—"] for one in queries.names_of(found)]
    columns = [Column(_("Name")), Column(_("From the day"), "date"), Column(_("Document"))]
    return Table(_("Names"), columns, lines)


def organisation_facts(found: Any) -> list[SummaryRow]:
    return [
        *(
            SummaryRow(f"{_('Name')} ({WRITTEN_IN[code]})", found.title[code])
            for code in WRITTEN_IN
            if code in found.title
        ),
        SummaryRow(_("Kind"), words.organisation_kind(found.kind)),
        SummaryRow(_("Legal form"), str(words.LEGAL_FORM.get(found.legal_form, "")), missing=not found.legal_form),
        *(SummaryRow(str(SCHEMES.get(scheme, scheme)), value) for scheme, value in queries.identifiers_of(found)),
        SummaryRow(
            _("Territory"),
            in_language(found.territory.title) if found.territory else "",
            missing=found.territory is None,
        ),
        SummaryRow(_("Registered on"), formats.day(found.registered_on), missing=found.registered_on is None),
    ]


def bodies_rows(found: Any) -> list[SummaryRow]:
    """Which council adopts a customer's programmes, and which treasury executes its payments."""
    if not queries.has_bodies(found):
        return []
    return [
        SummaryRow(label, in_language(body.title) if body else "", missing=body is None)
        for label, body in (
            (_("Its council"), found.council),
            (_("The treasury that executes its payments"), found.treasury),
        )
    ]


def registrar_links(found: Any, actions: Sequence[str]) -> list[Link]:
    """What the registrar can enter about an organisation, verified or not."""
    steps = {
        "refuse_verification": (_("Refuse verification"), "operator_refuse"),
        "rename": (_("Enter a new name"), "operator_rename"),
        "succeed": (_("Enter a successor"), "operator_succeed"),
    }
    if queries.has_bodies(found):
        steps["name_bodies"] = (_("Name its council and treasury"), "operator_bodies")
    return [Link(label, reverse(name, args=[found.ref])) for verb, (label, name) in steps.items() if verb in actions]


def _line(found: Any) -> list[SummaryRow]:
    """Who stood here before, and who does after."""
    rows = [
        SummaryRow(_("Stands in the place of"), _since(in_language(one.predecessor.title), one))
        for one in queries.successions_to(found)
    ]
    if after := queries.succession_of(found):
        rows.append(SummaryRow(_("Its successor"), _since(in_language(after.successor.title), after)))
    return rows


def _since(name: str, succession: Any) -> list[str]:
    return [name, _("from %(day)s") % {"day": formats.day(succession.valid_from)}, succession.document]


@public
def territory_list(request: Any) -> HttpResponse:
    found = queries.territories(cursor(request, queries.territory), lists.PAGE + 1)
    rows, more = lists.cut(found)
    context = {
        "title": _("Territories"),
        "lead": _("The code tells places apart, not the name: two places may bear one name."),
        "table": territory_table(rows),
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": trail((_("Territories"), "")),
    }
    return render(request, "steps/list.html", context)


def territory_table(rows: Sequence[Any], url: str = "") -> Table:
    lines = [
        [
            Cell(
                in_language(one.title),
                reverse(url, args=[one.ref]) if url else "",
                str(words.TERRITORY_LEVEL[one.level]),
            ),
            one.code or _("not confirmed"),
            in_language(one.parent.title) if one.parent else "",
            one.valid_from,
            one.valid_until,
            _origin(one),
        ]
        for one in rows
    ]
    columns = [
        Column(_("Territory")),
        Column(_("Code")),
        Column(_("Part of")),
        Column(_("From the day"), "date"),
        Column(_("Until the day"), "date"),
        Column(_("Before and after")),
    ]
    return Table(_("Territories"), columns, lines, empty=_("No territory is listed."), hide_caption=True)


def _origin(one: Any) -> str:
    said = []
    if one.predecessor:
        said.append(_("from %(name)s") % {"name": in_language(one.predecessor.title)})
    if one.merged_into:
        said.append(_("now part of %(name)s") % {"name": in_language(one.merged_into.title)})
    return ", ".join(said)


# --- registering -----------------------------------------------------------------------------------------------


def territory_choices(request: Any) -> list[tuple[str, str]]:
    """Those of the day, told apart by their codes."""
    return [
        (one.ref, f"{in_language(one.title)}, {one.code}" if one.code else in_language(one.title))
        for one in queries.territories_on(bishkek_day(request.at))
    ]


class OrganisationForm(StepForm):
    """What stands in the state register."""

    legal_form = ChoiceField(
        gettext_lazy("Legal form"), choices=lambda: choices_of(FORMS, words.LEGAL_FORM.get), select=True
    )
    title_ky, title_ru, title_en = in_languages(gettext_lazy("Name, as in the register"), max_length=300)
    tin = TinField()
    okpo = CodeField(gettext_lazy("OKPO code"), digits=8, required=False)
    registered_on = DayField(gettext_lazy("Registered on"))
    territory = ChoiceField(gettext_lazy("Territory"), select=True, required=False)

    def __init__(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["registered_on"].latest = bishkek_day(request.at)  # type: ignore[attr-defined]
        choices = [("", _("Not in the list")), *territory_choices(request)]
        self.fields["territory"].choices = choices  # type: ignore[attr-defined]

    def entered(self) -> dict[str, Any]:
        data = {name: self.cleaned_data[name] for name in ("legal_form", "tin", "okpo", "registered_on")}
        ref = self.cleaned_data["territory"]
        return data | {
            "title": texts_of(self.cleaned_data, "title"),
            "territory": queries.territory(ref) if ref else None,
        }


PEOPLE_HINT = gettext_lazy("One person a line: the name, a semicolon, the position or share.")


class RegisterForm(OrganisationForm):
    kind = ChoiceField(
        gettext_lazy("What is it?"),
        choices=lambda: [(kind, words.organisation_kind(kind)) for kind in REGISTRABLE],
        select=True,
    )
    address = TextField(gettext_lazy("Address"), max_length=300, autocomplete="street-address")
    phone = PhoneField(gettext_lazy("Telephone"))
    head_name = TextField(gettext_lazy("Who heads it?"), max_length=200)
    head_position = TextField(gettext_lazy("Position of the head"), max_length=200)
    founders = LongTextField(gettext_lazy("Founders"), hint=PEOPLE_HINT, required=False, rows=4)
    staff = LongTextField(gettext_lazy("Staff"), hint=PEOPLE_HINT, required=False, rows=4)
    charter = DocumentField(gettext_lazy("Charter"), required=False)
    field_order = ("kind",)


def people_of(text: str) -> list[dict[str, str]]:
    """One person a line, «name; note»."""
    lines = [line.partition(";") for line in text.split("\n") if line.strip(" ;")]
    return [{"name": name.strip(), "note": note.strip()} for name, _mark, note in lines]


def register_from(form: RegisterForm, actor: Any) -> Any:
    """The organisation and what its profile begins with: one act of registration, one of each part."""
    data = form.cleaned_data
    made = operations.register_organisation(actor=actor, kind=data["kind"], **form.entered())
    parts: dict[str, dict[str, Any]] = {
        "address": {"text": data["address"]},
        "phone": {"number": data["phone"]},
        "head": {"name": data["head_name"], "position": data["head_position"]},
    }
    for name in ("founders", "staff"):
        if people := people_of(data[name]):
            parts[name] = {"people": people}
    for name, content in parts.items():
        operations.update_profile(organisation=made, part=name, content=content, actor=actor)
    if upload := data["charter"]:
        operations.update_profile(
            organisation=made,
            part="charter",
            content={},
            actor=actor,
            upload=upload.read(),
            upload_name=upload.name,
        )
    return made


@page("person", writes=True)
def organisation_new(request: Any) -> HttpResponse:
    form = RegisterForm(request, request.POST or None, request.FILES or None)
    return fill_in(
        request,
        form,
        lambda actor, _data: register_from(form, actor),
        verb="organisation:register",
        then=lambda made: reverse("organisation_own", args=[made.ref]),
        said=_("The organisation is registered. A registrar compares the data; then you act as its head."),
        title=_("Register an organisation"),
        lead=_("Once only: every application takes these data from here."),
        submit=_("Register"),
        back_url=reverse("organisations"),
        breadcrumbs=crumbs((_("Register an organisation"), "")),
    )


# --- one's own -------------------------------------------------------------------------------------------------


def _kept(request: Any, ref: str) -> Any:
    return queries.kept_organisation(ref, request.actor)


def _own_crumbs(found: Any, *more: tuple[str, str]) -> list[Link]:
    return crumbs((in_language(found.title), reverse("organisation_own", args=[found.ref])), *more)


@page("person")
def organisation_mine(request: Any) -> HttpResponse:
    """The organisation acted for, or the last one registered by this person."""
    own = queries.organisations_by_id([request.actor.organisation_id or 0])
    found = list(own.values()) or queries.registered_by(request.actor.person_id, 1)
    if not found:
        return redirect("organisation_new")
    return redirect("organisation_own", found[0].ref)


@page("person")
def organisation_own(request: Any, ref: str) -> HttpResponse:
    """Profile, people, restrictions; what was registered by this person and waits stands here too."""
    found = _kept(request, ref)
    actions = queries.organisation_actions(found, request.actor)
    links = []
    if "correct" in actions:
        links.append(Link(_("Correct the data"), reverse("organisation_correct", args=[ref])))
    if queries.may_name_people(found, request.actor):
        links.append(Link(_("Let somebody act for it"), reverse("mandate_new", args=[ref])))
    links += registrar_links(found, actions)
    context = {
        "title": in_language(found.title),
        "state": words.word(words.ORGANISATION, found.state),
        "tone": words.tone(words.ORGANISATION, found.state),
        "facts": [*organisation_facts(found), *bodies_rows(found), *_refused(found), *_line(found)],
        "tables": [
            profile_table(found, request, "update_profile" in actions),
            _mandates_table(found, request),
            _restrictions_table(found, request, "operator_lift" if "lift_restriction" in actions else ""),
            _names_table(found),
        ],
        "actions": links,
        "breadcrumbs": crumbs((in_language(found.title), "")),
    }
    return render(request, "steps/thing.html", context)


def _refused(found: Any) -> list[SummaryRow]:
    if not found.refused_for:
        return []
    return [SummaryRow(_("Why it was refused"), [str(words.REFUSED_FOR[found.refused_for]), found.refusal_note])]


def said_of(part: str, content: Any) -> str:
    """A part of a profile in one text."""
    if "people" in content:
        return "; ".join(f"{one['name']}, {one['note']}" if one["note"] else one["name"] for one in content["people"])
    if part == "charter":
        return str(content["name"])
    return ", ".join(str(value) for value in content.values())


def profile_table(found: Any, request: Any, writable: bool = False) -> Table:
    said = queries.profile_on(found, bishkek_day(request.at))
    lines = []
    for part in PARTS:
        url = reverse("organisation_part", args=[found.ref, part]) if writable else ""
        row = said.get(part)
        lines.append(
            [
                Cell(str(words.PROFILE_PART[part]), url),
                said_of(part, row.content) if row else _("nothing yet"),
                row.valid_from if row else None,
            ]
        )
    columns = [Column(_("Part")), Column(_("It says")), Column(_("From the day"), "date")]
    return Table(_("Profile"), columns, lines)


def _mandates_table(found: Any, request: Any) -> Table:
    lines, may_end = [], queries.may_name_people(found, request.actor)
    for one in queries.mandates_at(found, request.at):
        role = str(ROLE_LABELS[one.role])
        note = _("stands in for the head") if one.acting else ""
        if one.sent_by:
            note = _("sent by %(name)s") % {"name": in_language(one.sent_by.title)}
        lines.append(
            [
                Cell(one.person.name, reverse("mandate_revoke", args=[one.ref]) if may_end else "", note),
                role,
                one.valid_from,
                one.valid_until,
                one.document,
            ]
        )
    columns = [
        Column(_("Person")),
        Column(_("May act as")),
        Column(_("From the day"), "date"),
        Column(_("Until the day"), "date"),
        Column(_("Document")),
    ]
    return Table(_("Who acts for it"), columns, lines, empty=_("Nobody acts for it yet."))


def _restrictions_table(found: Any, request: Any, url: str = "") -> Table:
    lines = []
    for one in queries.restrictions_of(found, request.at):
        said, tone = restriction_state(one, bishkek_day(request.at))
        lift_url = reverse(url, args=[one.organisation.ref, one.pk]) if url and tone == "danger" else ""
        lines.append(
            [
                Cell(words.code(one.ground), lift_url),
                one.valid_from,
                one.valid_until,
                Cell(said, tone=tone),
            ]
        )
    columns = [
        Column(_("Ground")),
        Column(_("From the day"), "date"),
        Column(_("Until the day"), "date"),
        Column(_("State"), "tag"),
    ]
    return Table(_("Restrictions"), columns, lines, empty=_("There is none."))


def restriction_state(one: Any, day: Any) -> tuple[str, str]:
    lift = getattr(one, "lift", None)
    if lift is not None and lift.lifted_on <= day:
        return _("Lifted on %(day)s") % {"day": formats.day(lift.lifted_on)}, "done"
    if one.valid_until and one.valid_until <= day:
        return _("Over"), "plain"
    return _("In force"), "danger"


@page("person", writes=True)
def organisation_correct(request: Any, ref: str) -> HttpResponse:
    found = _kept(request, ref)
    numbers = dict(queries.identifiers_of(found))
    initial = initial_of(found.title, "title") | {
        "legal_form": found.legal_form,
        "tin": numbers.get("KG-TIN", ""),
        "okpo": numbers.get("KG-OKPO", ""),
        "registered_on": found.registered_on,
        "territory": found.territory.ref if found.territory else "",
    }
    form = OrganisationForm(request, request.POST or None, initial=initial)
    return fill_in(
        request,
        form,
        lambda actor, _data: operations.correct_organisation(organisation=found, actor=actor, **form.entered()),
        verb="organisation:correct",
        then=reverse("organisation_own", args=[ref]),
        said=_("The data are corrected. A registrar compares them again."),
        title=_("Correct the data"),
        lead=_("What was verified is verified again; until then applications cannot be submitted."),
        submit=_("Correct"),
        back_url=reverse("organisation_own", args=[ref]),
        refusals=queries.organisation_refusals(found, "correct", request.actor),
        breadcrumbs=_own_crumbs(found, (_("Correct the data"), "")),
    )


class _PartForm(StepForm):
    """One part of the profile from a day on."""

    valid_from = DayField(gettext_lazy("From which day is it so?"))

    def content(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "valid_from"}


class _AddressForm(_PartForm):
    text = TextField(gettext_lazy("Address"), max_length=300, autocomplete="street-address")


class _PhoneForm(_PartForm):
    number = PhoneField(gettext_lazy("Telephone"))


class _HeadForm(_PartForm):
    name = TextField(gettext_lazy("Who heads it?"), max_length=200)
    position = TextField(gettext_lazy("Position of the head"), max_length=200)


class _PeopleForm(_PartForm):
    people = LongTextField(gettext_lazy("Who are they?"), hint=PEOPLE_HINT, rows=8)

    def content(self) -> dict[str, Any]:
        return {"people": people_of(self.cleaned_data["people"])}


class _CharterForm(_PartForm):
    charter = DocumentField(gettext_lazy("Charter"))

    def content(self) -> dict[str, Any]:
        return {}


PART_FORMS: dict[str, type[_PartForm]] = {
    "address": _AddressForm,
    "phone": _PhoneForm,
    "head": _HeadForm,
    "founders": _PeopleForm,
    "staff": _PeopleForm,
    "charter": _CharterForm,
}


@page("person", writes=True)
def organisation_part(request: Any, ref: str, part: str) -> HttpResponse:
    if part not in PART_FORMS:
        raise Http404
    found = _kept(request, ref)
    row = queries.profile_on(found, bishkek_day(request.at)).get(part)
    initial: dict[str, Any] = dict(row.content) if row else {}
    if "people" in initial:
        initial["people"] = "\n".join(f"{one['name']}; {one['note']}".rstrip("; ") for one in initial["people"])
    initial["valid_from"] = bishkek_day(request.at)
    form = PART_FORMS[part](request.POST or None, request.FILES or None, initial=initial)

    def work(actor: Any, data: dict[str, Any]) -> Any:
        upload = data.get("charter")
        return operations.update_profile(
            organisation=found,
            part=part,
            content=form.content(),
            actor=actor,
            valid_from=data["valid_from"],
            upload=upload.read() if upload else None,
            upload_name=upload.name if upload else "",
        )

    return fill_in(
        request,
        form,
        work,
        verb="organisation:update_profile",
        then=reverse("organisation_own", args=[ref]),
        said=_("The profile is changed from that day. What it said before is kept."),
        title=str(words.PROFILE_PART[part]),
        caption=in_language(found.title),
        submit=_("Save"),
        back_url=reverse("organisation_own", args=[ref]),
        refusals=queries.organisation_refusals(found, "update_profile", request.actor),
        breadcrumbs=_own_crumbs(found, (str(words.PROFILE_PART[part]), "")),
    )


# --- mandates --------------------------------------------------------------------------------------------------


class MandateForm(StepForm):
    email = EmailField(
        gettext_lazy("E-mail address with which the person signs in"),
        hint=gettext_lazy("They sign up here first, in their own name."),
        autocomplete="off",
    )
    role = ChoiceField(gettext_lazy("May act as"))
    document = TextField(
        gettext_lazy("Order or decision"), hint=gettext_lazy("For example: order No. 4 of 03.02.2026."), max_length=200
    )
    valid_from = DayField(gettext_lazy("From which day?"))
    valid_until = DayField(
        gettext_lazy("Until which day?"),
        hint=gettext_lazy("The first day on which the person may not act any more. Empty: until it is revoked."),
        required=False,
    )
    acting = AgreeField(gettext_lazy("Stands in for the head until that day"), required=False)
    sent_by_tin = TinField(
        gettext_lazy("Taxpayer number of the organisation that sends the person"),
        hint=gettext_lazy("Only when the second person of a small office comes from outside."),
        required=False,
    )

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = choices_of(roles_of(kind), ROLE_LABELS.get)  # type: ignore[attr-defined,arg-type]
        if not settings.EMAIL_IS_SENT:
            self.fields["email"].help_text = _(
                "They sign up here first, in their own name. This site sends no letters and cannot ask whether an "
                "address is theirs: let them show you their account page."
            )


@page("person", writes=True)
def mandate_new(request: Any, ref: str) -> HttpResponse:
    found = _kept(request, ref)
    back = reverse("organisation_own", args=[ref])
    initial = {"valid_from": bishkek_day(request.at)}

    def work(actor: Any, data: dict[str, Any]) -> Any:
        return operations.grant_mandate_by_email(
            email=data["email"],
            organisation=found,
            role=data["role"],
            document=data["document"],
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            acting=data["acting"],
            sent_by_tin=data["sent_by_tin"],
            actor=actor,
        )

    return fill_in(
        request,
        MandateForm(found.kind, request.POST or None, initial=initial),
        work,
        verb="mandate:grant",
        then=back,
        said=_("The mandate is entered. The person is told."),
        title=_("Let somebody act for it"),
        caption=in_language(found.title),
        submit=_("Enter the mandate"),
        back_url=back,
        refusals=queries.new_mandate_refusals(found, request.actor),
        breadcrumbs=_own_crumbs(found, (_("New mandate"), "")),
    )


class RevokeForm(StepForm):
    document = TextField(
        gettext_lazy("Order or decision"), hint=gettext_lazy("For example: order No. 4 of 03.02.2026."), max_length=200
    )


@page("person", writes=True)
def mandate_revoke(request: Any, ref: str) -> HttpResponse:
    found = queries.mandate(ref)
    kept = _kept(request, found.organisation.ref)
    back = reverse("organisation_own", args=[kept.ref])
    return fill_in(
        request,
        RevokeForm(request.POST or None),
        lambda actor, data: operations.revoke_mandate(mandate=found, actor=actor, document=data["document"]),
        verb="mandate:revoke",
        then=back,
        said=_("The mandate has ended. What was done under it stays."),
        title=_("End the mandate of %(name)s") % {"name": found.person.name},
        caption=str(ROLE_LABELS[found.role]),
        submit=_("End the mandate"),
        kind="warning",
        back_url=back,
        refusals=queries.mandate_refusals(found, "revoke", request.actor),
        breadcrumbs=_own_crumbs(kept, (_("End the mandate"), "")),
    )


public_urls = [
    path("organisations/", organisation_list, name="organisations"),
    path("organisations/new/", organisation_new, name="organisation_new"),
    path("organisations/<str:ref>/", organisation, name="organisation"),
    path("territories/", territory_list, name="territories"),
]
own_urls = [
    path("organisation/", organisation_mine, name="organisation_mine"),
    path("organisation/<str:ref>/", organisation_own, name="organisation_own"),
    path("organisation/<str:ref>/correct/", organisation_correct, name="organisation_correct"),
    path("organisation/<str:ref>/profile/<str:part>/", organisation_part, name="organisation_part"),
    path("organisation/<str:ref>/mandates/new/", mandate_new, name="mandate_new"),
    path("mandates/<str:ref>/revoke/", mandate_revoke, name="mandate_revoke"),
]
