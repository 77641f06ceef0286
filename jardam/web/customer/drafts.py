"""Changing a draft programme at the customer's desk: its head, its measures, and giving it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.fields import in_language
from jardam.planning import operations, queries

from ..forms import LongTextField
from ..pages import page
from ..steps import StepForm, confirm, crumbs, fill_in, initial_of
from ..templatetags.ui import Link
from .programme_forms import MeasureForm, ProgrammeForm


def actions(programme: Any, verbs: tuple[str, ...]) -> list[Link]:
    """`verbs` are open to the actor now."""
    found = [Link(_("Give the programme up"), reverse("desk_programme_drop", args=[programme.ref]))]
    return found if "drop_programme" in verbs else []


def measure_links(programme: Any, verbs: tuple[str, ...]) -> Callable[[Any], str]:
    """The page that changes a measure, for those who may."""
    if "change_measure" not in verbs:
        return lambda _measure: ""
    return lambda measure: reverse("desk_measure", args=[measure.ref])


def groups_of(programme: Any) -> tuple[str, ...]:
    """The target groups of its study; all, where it has none."""
    return tuple(group.group for group, _need in queries.needs_of(programme.study)) if programme.study else ()


def _url(programme: Any) -> str:
    return reverse("desk_programme", args=[programme.ref])


def _crumbs(programme: Any, *links: tuple[str, str]) -> Any:
    return crumbs(
        (_("Programmes"), reverse("desk_programmes")), (in_language(programme.title), _url(programme)), *links
    )


@page("customer", writes=True)
def head(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    studies = queries.studies(request.actor.organisation_ids, limit=100)
    initial = {name: getattr(found, name) for name in ("year_from", "year_to", "part_of", "level")}
    initial |= initial_of(found.title, "title") | initial_of(found.goal, "goal")
    form = ProgrammeForm(
        studies, request.POST or None, initial=initial | {"study": found.study.ref if found.study else ""}
    )
    form.fields["study"].required = found.study is not None
    return fill_in(
        request,
        form,
        lambda actor, _data: operations.change_head(actor=actor, programme=found, **form.head(studies)),
        verb="programme:change_head",
        then=_url(found),
        said=_("The draft is changed."),
        title=_("Change title, goal, years and study"),
        caption=in_language(found.title),
        lead=_("What it said before stays to be read on its page."),
        submit=_("Save the changes"),
        back_url=_url(found),
        refusals=queries.programme_refusals(found, "change_head", request.actor),
        breadcrumbs=_crumbs(found, (_("Change"), "")),
    )


@page("customer", writes=True)
def measure(request: Any, ref: str) -> HttpResponse:
    found = queries.measure_of_draft(ref, request.actor)
    programme = found.programme
    names = ("form", "group", "year", "amount", "unit", "place", "baseline", "target")
    initial = {name: getattr(found, name) for name in names}
    initial |= initial_of(found.title, "title") | initial_of(found.indicator, "indicator")
    form = MeasureForm(programme, (*groups_of(programme), found.group), request.POST or None, initial=initial)
    return fill_in(
        request,
        form,
        lambda actor, _data: operations.change_measure(actor=actor, measure=found, **form.measure()),
        verb="programme:change_measure",
        then=_url(programme),
        said=_("The measure is changed."),
        title=_("Change the measure"),
        caption=f"{in_language(found.title)}, {found.year}",
        lead=_("What it said before stays to be read on the page of the programme."),
        submit=_("Change the measure"),
        back_url=_url(programme),
        refusals=queries.programme_refusals(programme, "change_measure", request.actor),
        template="customer/measure.html",
        remove_url=reverse("desk_measure_remove", args=[ref]),
        breadcrumbs=_crumbs(programme, (_("Measure"), "")),
    )


@page("customer", writes=True)
def measure_remove(request: Any, ref: str) -> HttpResponse:
    found = queries.measure_of_draft(ref, request.actor)
    programme = found.programme
    return confirm(
        request,
        lambda actor: operations.remove_measure(actor=actor, measure=found),
        verb="programme:remove_measure",
        then=_url(programme),
        said=_("The measure is taken out."),
        title=_("Take the measure out of the draft?"),
        caption=f"{in_language(found.title)}, {found.year}",
        consequences=[
            _("It stays to be read among what the draft said before."),
            *_problems_wait(queries.problems_taken_into([found])),
        ],
        submit=_("Take it out"),
        back_url=_url(programme),
        refusals=queries.programme_refusals(programme, "remove_measure", request.actor),
        breadcrumbs=_crumbs(programme, (_("Measure"), reverse("desk_measure", args=[ref])), (_("Take out"), "")),
    )


def _problems_wait(count: int) -> list[str]:
    said = _("Problems that wait for your answer again, because a measure took them up: %(count)s.")
    return [said % {"count": count}] if count else []


class DropForm(StepForm):
    reason = LongTextField(
        gettext_lazy("Why is the programme given up?"),
        hint=gettext_lazy("It stands on the page of the programme. Write no names of people."),
        rows=4,
    )


@page("customer", writes=True)
def drop(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    waiting = _problems_wait(queries.problems_taken_into(queries.measures_of([found.pk])))
    return fill_in(
        request,
        DropForm(request.POST or None),
        lambda actor, data: operations.drop_programme(actor=actor, programme=found, reason=data["reason"]),
        verb="programme:drop_programme",
        then=reverse("desk_programmes"),
        said=_("The programme is given up."),
        title=_("Give the programme up"),
        caption=in_language(found.title),
        lead=" ".join([_("It cannot be taken up again. What was public of it stays public."), *waiting]),
        submit=_("Give it up"),
        back_url=_url(found),
        kind="warning",
        refusals=queries.programme_refusals(found, "drop_programme", request.actor),
        breadcrumbs=_crumbs(found, (_("Give up"), "")),
    )
