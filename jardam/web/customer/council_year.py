"""The customer and the council: a rejected programme taken up again, the year reported, the gathering, the end."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.fields import in_language
from jardam.kernel.time import bishkek_day
from jardam.planning import operations, queries

from ..forms import ChoiceField, DayField, LongTextField, NumberField
from ..pages import page
from ..steps import StepForm, confirm, crumbs, fill_in
from ..templatetags.ui import Link


def actions(programme: Any, verbs: tuple[str, ...], actor: Any) -> list[Link]:
    """What the customer may do with a programme the council has decided on; `verbs` are open to the actor now."""
    over = bishkek_day(actor.at).year > programme.year_from
    steps = [
        ("rework_programme", _("Take the programme up again"), "desk_programme_rework", True),
        ("report_year", _("Report a year to the council"), "desk_year_report", over),
        ("hold_gathering", _("Record a gathering with the people"), "desk_gathering", True),
        ("close_programme", _("Close the programme"), "desk_programme_close", True),
    ]
    return [
        Link(label, reverse(name, args=[programme.ref])) for verb, label, name, now in steps if now and verb in verbs
    ]


def _url(programme: Any) -> str:
    return reverse("desk_programme", args=[programme.ref])


def _crumbs(programme: Any, last: str) -> Any:
    return crumbs(
        (_("Programmes"), reverse("desk_programmes")), (in_language(programme.title), _url(programme)), (last, "")
    )


@page("customer", writes=True)
def rework(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return confirm(
        request,
        lambda actor: operations.rework_programme(actor=actor, programme=found),
        verb="programme:rework_programme",
        then=_url(found),
        said=_("The programme is a draft again."),
        title=_("Take the programme up again?"),
        consequences=[_("It becomes a draft that can be changed and submitted anew; the vote stays public.")],
        submit=_("Take it up again"),
        back_url=_url(found),
        kind="primary",
        refusals=queries.programme_refusals(found, "rework_programme", request.actor),
        breadcrumbs=_crumbs(found, _("Rework")),
    )


class _YearForm(StepForm):
    year = ChoiceField(gettext_lazy("Year"))

    def __init__(self, programme: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = [str(year) for year in range(programme.year_from, programme.year_to + 1)]
        self.fields["year"].choices = [(year, year) for year in years]  # type: ignore[attr-defined]


class ReportForm(_YearForm):
    text = LongTextField(
        gettext_lazy("What was done in that year?"),
        hint=gettext_lazy("The sums come from the ledger by themselves: say what they changed."),
        rows=10,
    )


@page("customer", writes=True)
def year_report(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return fill_in(
        request,
        ReportForm(found, request.POST or None, initial={"year": str(found.year_from)}),
        lambda actor, data: operations.report_to_council(
            actor=actor, programme=found, year=int(data["year"]), text=data["text"]
        ),
        verb="programme:report_year",
        then=_url(found),
        said=_("The report is with the council, and public."),
        title=_("Report a year to the council"),
        caption=in_language(found.title),
        lead=_("The figures of the ledger are kept with the report as they stand today."),
        submit=_("Report to the council"),
        back_url=_url(found),
        refusals=queries.programme_refusals(found, "report_year", request.actor),
        breadcrumbs=_crumbs(found, _("Report")),
    )


class GatheringForm(_YearForm):
    held_on = DayField(gettext_lazy("On which day was it?"))
    headcount = NumberField(gettext_lazy("How many people came?"), min_value=1)
    questions = LongTextField(
        gettext_lazy("What did they ask?"), hint=gettext_lazy("Name no people: everybody will read it."), rows=5
    )
    answers = LongTextField(gettext_lazy("What was answered?"), rows=5)


@page("customer", writes=True)
def gathering(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    initial = {"year": str(found.year_from), "held_on": bishkek_day(request.at)}
    return fill_in(
        request,
        GatheringForm(found, request.POST or None, initial=initial),
        lambda actor, data: operations.hold_gathering(
            actor=actor,
            programme=found,
            year=int(data["year"]),
            held_on=data["held_on"],
            headcount=data["headcount"],
            questions=data["questions"],
            answers=data["answers"],
        ),
        verb="programme:hold_gathering",
        then=_url(found),
        said=_("The gathering is recorded, and public."),
        title=_("Record a gathering with the people"),
        caption=in_language(found.title),
        submit=_("Record the gathering"),
        back_url=_url(found),
        refusals=queries.programme_refusals(found, "hold_gathering", request.actor),
        breadcrumbs=_crumbs(found, _("Gathering")),
    )


@page("customer", writes=True)
def close(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return confirm(
        request,
        lambda actor: operations.close_programme(actor=actor, programme=found),
        verb="programme:close_programme",
        then=_url(found),
        said=_("The programme is closed."),
        title=_("Close the programme?"),
        consequences=[_("No contest can be announced under it any more.")],
        submit=_("Close the programme"),
        back_url=_url(found),
        refusals=queries.programme_refusals(found, "close_programme", request.actor),
        breadcrumbs=_crumbs(found, _("End")),
    )
