"""A programme after its adoption, and one adopted before the system: new versions, and the copy from paper."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.documents import operations as documents
from jardam.fields import in_language
from jardam.kernel.time import bishkek_day
from jardam.planning import operations, queries
from jardam.planning.policy import PROGRAMME

from .. import programme_page, words
from ..forms import ChoiceField, DayField, DocumentField, LongTextField, MoneyField, NumberField, TextField
from ..pages import page
from ..steps import (
    ShortField,
    StepForm,
    YearField,
    confirm,
    crumbs,
    fill_in,
    in_languages,
    initial_of,
    texts_of,
    wrong_role,
)
from ..templatetags.ui import Link
from .shared import ORDER_FORMS, SectionsForm, customer_of, group_choices


def actions(programme: Any, verbs: tuple[str, ...], actor: Any) -> list[Link]:
    """A new version of a programme in force; the check of one copied from paper. `verbs` are open to the actor now."""
    ref = programme.ref
    steps = [
        ("confirm_existing", _("Confirm: it agrees with the paper"), "desk_existing_confirm"),
        ("discard_existing", _("Discard: it was copied wrongly"), "desk_existing_discard"),
    ]
    links = [Link(label, reverse(name, args=[ref])) for verb, label, name in steps if verb in verbs]
    if programme.state == "adopted" and not queries.new_revision_refusals(programme, actor):
        links.append(Link(_("Begin a new version"), reverse("desk_revision_new", args=[ref])))
    return links


def url(revision: Any) -> str:
    return reverse("desk_revision", args=[revision.ref])


def _programme_url(programme: Any) -> str:
    return reverse("desk_programme", args=[programme.ref])


def _crumbs(programme: Any, *links: tuple[str, str]) -> Any:
    return crumbs(
        (_("Programmes"), reverse("desk_programmes")),
        (in_language(programme.title), _programme_url(programme)),
        *links,
    )


def _version_crumbs(revision: Any, last: str = "") -> Any:
    number = (_("Version %(number)s") % {"number": revision.number}, url(revision) if last else "")
    return _crumbs(revision.programme, number, *([(last, "")] if last else []))


# --- new versions ----------------------------------------------------------------------------------------------


class ReasonForm(StepForm):
    reason = LongTextField(
        gettext_lazy("Why is a new version needed?"),
        hint=gettext_lazy("Everybody can read it, beside what changes. Write no names of people."),
        rows=4,
    )


@page("customer", writes=True)
def revision_new(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return fill_in(
        request,
        ReasonForm(request.POST or None),
        lambda actor, data: operations.draft_revision(actor=actor, programme=found, reason=data["reason"]),
        verb="revision:draft_revision",
        then=url,
        said=_("The new version is begun. Now change what has to change."),
        title=_("Begin a new version"),
        caption=in_language(found.title),
        lead=_("What the council adopted stays in force until it adopts the new version."),
        submit=_("Begin the new version"),
        back_url=_programme_url(found),
        refusals=queries.new_revision_refusals(found, request.actor),
        breadcrumbs=_crumbs(found, (_("New version"), "")),
    )


@page("customer")
def revision(request: Any, ref: str) -> HttpResponse:
    found = queries.revision(ref, request.actor)
    verbs = queries.revision_actions(found, request.actor)
    steps = [
        ("revise_measure", _("Add a measure"), "desk_revision_new_measure"),
        ("revise_section", _("Rewrite sections"), "desk_revision_sections"),
        ("submit_revision", _("Send to the council"), "desk_revision_submit"),
        ("adopt_revision_by_order", _("Adopt the new version by an order"), "desk_revision_order"),
        ("drop_revision", _("Give the new version up"), "desk_revision_drop"),
    ]
    links = [Link(label, reverse(name, args=[ref])) for verb, label, name in steps if verb in verbs]
    decisions = queries.course_of(found.programme).decisions
    context = programme_page.version(found, queries.changes_of(found), decisions, within=True) | {
        "actions": (_measure_links(found) if "revise_measure" in verbs else []) + links,
        "breadcrumbs": _version_crumbs(found),
    }
    return render(request, "public/version.html", context)


def _measure_links(revision: Any) -> list[Link]:
    """One for each measure that may be changed: those in force, and those the version adds."""
    named: dict[str, Any] = {one.ref: one for one in queries.measures_of([revision.programme_id])}
    named |= {one.key: one for one in queries.revised(revision)}
    said = _("Change “%(measure)s”, %(year)s")
    return [
        Link(
            said % {"measure": in_language(one.title), "year": one.year},
            reverse("desk_revision_measure", args=[revision.ref, key]),
        )
        for key, one in named.items()
    ]


class _ValuesForm(StepForm):
    """What a version may say of a measure."""

    amount = MoneyField(
        gettext_lazy("Amount for that year"),
        hint=gettext_lazy("Not less than is given to the measure already; 0 ends it."),
        min_value=0,
    )
    indicator_ky, indicator_ru, indicator_en = in_languages(gettext_lazy("What will be counted?"))
    unit = TextField(gettext_lazy("In which unit?"), max_length=60, required=False)
    place = TextField(gettext_lazy("Where, when it is not the whole territory?"), max_length=200, required=False)
    baseline = NumberField(gettext_lazy("How many are there now?"))
    target = NumberField(gettext_lazy("How many will there be?"))


class NewMeasureForm(_ValuesForm):
    form = ChoiceField(gettext_lazy("How is the help ordered?"), choices=ORDER_FORMS)
    group = ChoiceField(gettext_lazy("For whom?"), select=True)
    title_ky, title_ru, title_en = in_languages(gettext_lazy("Name of the measure"))
    year = ChoiceField(gettext_lazy("Year"))
    field_order = ("form", "group", "title_ky", "title_ru", "title_en", "year", "amount")

    def __init__(self, programme: Any, first: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [one.group for one, _need in queries.needs_of(programme.study)] if programme.study else []
        years = [str(year) for year in range(max(first, programme.year_from), programme.year_to + 1)]
        self.fields["group"].choices = [("", _("Choose…")), *group_choices(tuple(groups))]  # type: ignore[attr-defined]
        self.fields["year"].choices = [(year, year) for year in years]  # type: ignore[attr-defined]


def _values(data: dict[str, Any]) -> dict[str, Any]:
    plain = {name: data[name] for name in ("amount", "unit", "place", "baseline", "target")}
    return plain | {"indicator": texts_of(data, "indicator")}


def _whole(data: dict[str, Any]) -> dict[str, Any]:
    named = {"form": data["form"], "group": data["group"], "year": int(data["year"])}
    return named | {"title": texts_of(data, "title")} | _values(data)


@page("customer", writes=True)
def new_measure(request: Any, ref: str) -> HttpResponse:
    found = queries.revision(ref, request.actor)
    year = bishkek_day(request.at).year
    return fill_in(
        request,
        NewMeasureForm(found.programme, year, request.POST or None, initial={"form": "grants"}),
        lambda actor, data: operations.revise_new_measure(actor=actor, revision=found, **_whole(data)),
        verb="revision:revise_measure",
        then=url(found),
        said=_("The measure stands in the new version."),
        title=_("Add a measure"),
        caption=in_language(found.programme.title),
        submit=_("Add the measure"),
        back_url=url(found),
        refusals=queries.revision_refusals(found, "revise_measure", request.actor),
        breadcrumbs=_version_crumbs(found, _("New measure")),
    )


@page("customer", writes=True)
def measure(request: Any, ref: str, key: str) -> HttpResponse:
    """Change a measure in force, or one that the version adds."""
    found = queries.revision(ref, request.actor)
    said = next((one for one in queries.revised(found) if one.key == key), None)
    known = next((one for one in queries.measures_of([found.programme_id]) if one.ref == key), None)
    shown = said or known
    if shown is None:
        raise Http404
    initial = {name: getattr(shown, name) for name in ("amount", "unit", "place", "baseline", "target")}
    form = _ValuesForm(request.POST or None, initial=initial | initial_of(shown.indicator, "indicator"))

    def work(actor: Any, data: dict[str, Any]) -> Any:
        if known is not None:
            return operations.revise_measure(actor=actor, revision=found, measure=known, **_values(data))
        same = {name: getattr(shown, name) for name in ("form", "group", "title", "year")}
        return operations.revise_new_measure(actor=actor, revision=found, key=key, **same, **_values(data))

    return fill_in(
        request,
        form,
        work,
        verb="revision:revise_measure",
        then=url(found),
        said=_("The measure is changed in the new version."),
        title=_("Change the measure"),
        caption=f"{in_language(shown.title)}, {shown.year}",
        submit=_("Change the measure"),
        back_url=url(found),
        refusals=queries.revision_refusals(found, "revise_measure", request.actor),
        breadcrumbs=_version_crumbs(found, _("Measure")),
    )


@page("customer", writes=True)
def sections(request: Any, ref: str) -> HttpResponse:
    found = queries.revision(ref, request.actor)
    codes, _basis = queries.sections_to_write(found.programme, request.at)
    written = queries.sections_of(found.programme) | queries.revised_sections(found)
    initial = {f"{code}_{lang}": text for code, texts in written.items() for lang, text in texts.items()}
    form = SectionsForm(codes, request.POST or None, initial=initial)
    return fill_in(
        request,
        form,
        lambda actor, _data: operations.revise_sections(actor=actor, revision=found, texts=form.texts()),
        verb="revision:revise_section",
        then=url(found),
        said=_("The sections stand in the new version."),
        title=_("Rewrite sections"),
        caption=in_language(found.programme.title),
        submit=_("Save the sections"),
        back_url=url(found),
        refusals=queries.revision_refusals(found, "revise_section", request.actor),
        breadcrumbs=_version_crumbs(found, _("Sections")),
    )


@page("customer", writes=True)
def submit(request: Any, ref: str) -> HttpResponse:
    found = queries.revision(ref, request.actor)
    return confirm(
        request,
        lambda actor: operations.submit_revision(actor=actor, revision=found),
        verb="revision:submit_revision",
        then=url(found),
        said=_("The new version is before the council."),
        title=_("Send the new version to the council?"),
        consequences=[
            _("Everybody can compare it with what is in force."),
            _("You cannot change it until the council adopts, returns or rejects it."),
        ],
        submit=_("Send to the council"),
        back_url=url(found),
        kind="primary",
        refusals=queries.revision_refusals(found, "submit_revision", request.actor),
        breadcrumbs=_version_crumbs(found, _("To the council")),
    )


@page("customer", writes=True)
def drop(request: Any, ref: str) -> HttpResponse:
    found = queries.revision(ref, request.actor)
    return confirm(
        request,
        lambda actor: operations.drop_revision(actor=actor, revision=found),
        verb="revision:drop_revision",
        then=_programme_url(found.programme),
        said=_("The new version is given up."),
        title=_("Give the new version up?"),
        consequences=[_("The programme stays as the council adopted it; another version can be begun.")],
        submit=_("Give it up"),
        back_url=url(found),
        refusals=queries.revision_refusals(found, "drop_revision", request.actor),
        breadcrumbs=_version_crumbs(found, _("Give up")),
    )


# --- what was adopted before the system ------------------------------------------------------------------------


class ExistingForm(StepForm):
    """A programme and its resolution, as the paper has them."""

    number = ShortField(gettext_lazy("Number of the resolution"), max_length=40)
    adopted_on = DayField(gettext_lazy("Date of the resolution"))
    file = DocumentField(gettext_lazy("Scan of the signed resolution"), required=False)
    title_ky, title_ru, title_en = in_languages(gettext_lazy("Title"))
    goal_ky, goal_ru, goal_en = in_languages(gettext_lazy("Goal"), LongTextField, rows=3)
    year_from = YearField(gettext_lazy("First year"))
    year_to = YearField(gettext_lazy("Last year"))
    part_of = TextField(gettext_lazy("Of which social programme is it a part?"), max_length=300, required=False)
    level = ChoiceField(gettext_lazy("At which level is it?"), choices=list(words.LEVEL.items()), required=False)
    in_force_on = DayField(gettext_lazy("From which day is it in force?"), required=False)
    register_number = ShortField(
        gettext_lazy("Number in the State Register of legal acts"), max_length=60, required=False
    )
    members = NumberField(
        gettext_lazy("How many deputies does the council have?"),
        hint=gettext_lazy("The vote: all its numbers, or none when the minutes have none."),
        required=False,
        width="4",
    )
    quorum = NumberField(gettext_lazy("How many must be present?"), required=False, width="4")
    present = NumberField(gettext_lazy("How many were present?"), required=False, width="4")
    votes_for = NumberField(gettext_lazy("Votes for"), required=False, width="4")
    votes_against = NumberField(gettext_lazy("Votes against"), required=False, width="4")
    abstained = NumberField(gettext_lazy("Abstained"), required=False, width="4")

    VOTE = ("members", "quorum", "present", "votes_for", "votes_against", "abstained")
    SAME = ("number", "adopted_on", "year_from", "year_to", "part_of", "level", "in_force_on", "register_number")


@page("customer", writes=True)
def existing_new(request: Any) -> HttpResponse:
    def work(actor: Any, data: dict[str, Any]) -> Any:
        upload = data["file"]
        return operations.enter_existing(
            actor=actor,
            customer=customer_of(request),
            title=texts_of(data, "title"),
            goal=texts_of(data, "goal"),
            counts={name: data[name] for name in ExistingForm.VOTE},
            file=documents.receive(upload.read(), name=upload.name, actor=actor) if upload else None,
            **{name: data[name] for name in ExistingForm.SAME},
        )

    return fill_in(
        request,
        ExistingForm(request.POST or None, request.FILES or None),
        work,
        verb="programme:enter_existing",
        then=_programme_url,
        said=_("The programme is entered. Add its measures; then another person checks it."),
        title=_("Enter a programme adopted on paper"),
        lead=_("For programmes the council adopted before this system. They are marked as recorded afterwards."),
        submit=_("Enter the programme"),
        back_url=reverse("desk_programmes"),
        refusals=wrong_role(PROGRAMME, "enter_existing", request.actor),
        breadcrumbs=crumbs((_("Programmes"), reverse("desk_programmes")), (_("From paper"), "")),
    )


@page("customer", writes=True)
def existing_confirm(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return confirm(
        request,
        lambda actor: operations.confirm_existing(actor=actor, programme=found),
        verb="programme:confirm_existing",
        then=_programme_url(found),
        said=_("The programme is in force here, and public."),
        title=_("Does everything agree with the paper?"),
        consequences=[
            _("The programme and its measures become public, marked as recorded afterwards."),
            _("From then on it changes only by a new version that the council adopts."),
        ],
        submit=_("Yes, it agrees"),
        back_url=_programme_url(found),
        kind="primary",
        refusals=queries.programme_refusals(found, "confirm_existing", request.actor),
        breadcrumbs=_crumbs(found, (_("Check"), "")),
    )


@page("customer", writes=True)
def existing_discard(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return confirm(
        request,
        lambda actor: operations.discard_existing(actor=actor, programme=found),
        verb="programme:discard_existing",
        then=reverse("desk_programmes"),
        said=_("The copy is discarded. Enter it anew."),
        title=_("Discard the copy?"),
        consequences=[_("It counts for nothing; the programme has to be entered anew.")],
        submit=_("Discard it"),
        back_url=_programme_url(found),
        refusals=queries.programme_refusals(found, "discard_existing", request.actor),
        breadcrumbs=_crumbs(found, (_("Discard"), "")),
    )
