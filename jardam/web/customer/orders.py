"""A customer to which no council belongs: its head adopts the programme and its new versions by an order (H-72)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.documents import operations as files
from jardam.fields import in_language
from jardam.kernel.time import bishkek_day
from jardam.planning import operations, queries

from ..forms import DayField, DocumentField, LongTextField, TextField
from ..pages import page
from ..steps import ShortField, StepForm, crumbs, fill_in
from ..templatetags.ui import Link


def actions(programme: Any, verbs: tuple[str, ...], actor: Any) -> list[Link]:
    """What the head may do with a programme the head adopted; `verbs` are open to the actor now."""
    steps = [
        ("publish_resolution", _("Record the publication of the order"), "desk_order_publish"),
        ("annul_programme", _("Annul the adoption"), "desk_order_annul"),
    ]
    own = queries.is_adopted_by_order(programme, actor.at)
    return [Link(label, reverse(name, args=[programme.ref])) for verb, label, name in steps if own and verb in verbs]


def _url(programme: Any) -> str:
    return reverse("desk_programme", args=[programme.ref])


def _crumbs(programme: Any, last: str) -> Any:
    return crumbs(
        (_("Programmes"), reverse("desk_programmes")), (in_language(programme.title), _url(programme)), (last, "")
    )


class OrderForm(StepForm):
    """An order of the head that adopts."""

    number = ShortField(gettext_lazy("Number of the order"), max_length=40)
    adopted_on = DayField(gettext_lazy("Date of the order"))
    in_force_on = DayField(gettext_lazy("From which day is it in force?"), required=False)
    register_number = ShortField(
        gettext_lazy("Number in the State Register of legal acts"), max_length=60, required=False
    )
    file = DocumentField(gettext_lazy("Scan of the signed order"), required=False)


def _given(data: dict[str, Any], actor: Any) -> dict[str, Any]:
    """What the operations take; the scan comes in through the one door."""
    scan = data["file"]
    return data | {"file": files.receive(scan.read(), name=scan.name, actor=actor) if scan else None}


def _form(request: Any) -> OrderForm:
    return OrderForm(request.POST or None, request.FILES or None, initial={"adopted_on": bishkek_day(request.at)})


@page("customer", writes=True)
def adopt(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return fill_in(
        request,
        _form(request),
        lambda actor, data: operations.adopt_by_order(actor=actor, programme=found, **_given(data, actor)),
        verb="programme:adopt_by_order",
        then=_url(found),
        said=_("The programme is adopted."),
        title=_("Adopt the programme by an order"),
        caption=in_language(found.title),
        lead=_("No council votes on the programmes of this customer. The programme and the order become public."),
        submit=_("Adopt the programme"),
        back_url=_url(found),
        kind="warning",
        refusals=queries.programme_refusals(found, "adopt_by_order", request.actor),
        breadcrumbs=_crumbs(found, _("Order")),
    )


class PublicationForm(StepForm):
    published_on = DayField(gettext_lazy("On which day was the order published?"))
    place = TextField(
        gettext_lazy("Where?"),
        hint=gettext_lazy("The newspaper with its number, a board or an address."),
        max_length=300,
    )
    register_number = ShortField(
        gettext_lazy("Number in the State Register of legal acts"),
        hint=gettext_lazy("Where the rules send the act there, and the adoption does not give it yet."),
        max_length=60,
        required=False,
    )


@page("customer", writes=True)
def publish(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return fill_in(
        request,
        PublicationForm(request.POST or None, initial={"published_on": bishkek_day(request.at)}),
        lambda actor, data: operations.publish_resolution(actor=actor, programme=found, **data),
        verb="programme:publish_resolution",
        then=_url(found),
        said=_("The publication is recorded."),
        title=_("Record the publication of the order"),
        caption=in_language(found.title),
        submit=_("Record the publication"),
        back_url=_url(found),
        refusals=queries.programme_refusals(found, "publish_resolution", request.actor),
        breadcrumbs=_crumbs(found, _("Publication")),
    )


class AnnulmentForm(StepForm):
    number = ShortField(gettext_lazy("Number of the order"), max_length=40)
    decided_on = DayField(gettext_lazy("Date of the order"))
    reason = LongTextField(gettext_lazy("Why?"), hint=gettext_lazy("Everybody can read it."), rows=5)
    file = DocumentField(gettext_lazy("Scan of the signed order"), required=False)


@page("customer", writes=True)
def annul(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    today = {"decided_on": bishkek_day(request.at)}
    return fill_in(
        request,
        AnnulmentForm(request.POST or None, request.FILES or None, initial=today),
        lambda actor, data: operations.annul_programme(actor=actor, programme=found, **_given(data, actor)),
        verb="programme:annul_programme",
        then=_url(found),
        said=_("The annulment is recorded."),
        title=_("Annul the adoption"),
        caption=in_language(found.title),
        lead=_("No contest can be announced under the programme any more; what is announced or signed goes on."),
        submit=_("Annul the adoption"),
        back_url=_url(found),
        kind="warning",
        refusals=queries.programme_refusals(found, "annul_programme", request.actor),
        breadcrumbs=_crumbs(found, _("Annulment")),
    )


@page("customer", writes=True)
def adopt_version(request: Any, ref: str) -> HttpResponse:
    found = queries.revision(ref, request.actor)
    back = reverse("desk_revision", args=[ref])
    return fill_in(
        request,
        _form(request),
        lambda actor, data: operations.adopt_revision_by_order(actor=actor, revision=found, **_given(data, actor)),
        verb="revision:adopt_revision_by_order",
        then=back,
        said=_("The new version is in force."),
        title=_("Adopt the new version by an order"),
        caption=in_language(found.programme.title),
        lead=_("Its changes are in force from now on, and everybody can compare it with what was."),
        submit=_("Adopt the new version"),
        back_url=back,
        kind="warning",
        refusals=queries.revision_refusals(found, "adopt_revision_by_order", request.actor),
        breadcrumbs=_crumbs(found.programme, _("Order")),
    )
