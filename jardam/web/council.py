"""The council's pages: programmes that were sent to it, and what it decided."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.documents import operations as files
from jardam.fields import in_language
from jardam.kernel.time import bishkek_day
from jardam.parties.queries import organisations_by_id
from jardam.planning import operations, queries
from jardam.planning.operations import Vote

from . import documents, formats, lists, programme_pack, programme_page, slips, words
from .forms import ChoiceField, DayField, DocumentField, LongTextField, NumberField, TextField
from .pages import page
from .steps import ShortField, StepForm, crumbs, cursor, fill_in
from .templatetags.ui import Cell, Column, Link, Table


@page("council")
def programmes(request: Any) -> HttpResponse:
    after = cursor(request, lambda ref: queries.programme(ref, request.actor))
    rows, more = lists.cut(queries.before_council(request.actor.organisation_ids, after=after, limit=lists.PAGE + 1))
    lines = [
        [
            Cell(in_language(one.title), _url(one)),
            in_language(one.customer.title),
            Cell(formats.years(one.year_from, one.year_to)),
        ]
        for one in rows
    ]
    columns = [Column(_("Programme")), Column(_("Customer")), Column(_("Years"))]
    nothing = _("No programme waits for the council.")
    context = {
        "title": _("Programmes before the council"),
        "lead": _("Record here what the session decided. The minutes stay with you."),
        "table": Table(_("Programmes before the council"), columns, lines, empty=nothing, hide_caption=True),
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": crumbs((_("Council"), "")),
    }
    return render(request, "steps/list.html", context)


def _url(programme: Any) -> str:
    return reverse("council_programme", args=[programme.ref])


def _crumbs(*links: tuple[str, str]) -> Any:
    return crumbs((_("Council"), reverse("council")), *links)


@page("council")
def programme(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    verbs = queries.programme_actions(found, request.actor)
    context = programme_pack.about(found) | {
        "state": words.word(words.PROGRAMME, found.state),
        "tone": words.tone(words.PROGRAMME, found.state),
        "course": programme_page.course(
            queries.course_of(found), within=request.actor.acts_for(found.customer.council_id)
        ),
        "comments": programme_page.comments(queries.comments_of(found)) if queries.discussion_of(found) else None,
        "formerly": programme_page.formerly(
            queries.struck_of(found, found.public_since), queries.former_heads(found, found.public_since)
        ),
        "more": [Link(label, reverse(name, args=[ref])) for verb, label, name in _more() if verb in verbs]
        + slips.link(found, verbs, "council_slips"),
        "adopt_url": reverse("council_adopt", args=[ref]) if "record_adoption" in verbs else "",
        "return_url": reverse("council_return", args=[ref]) if "return_for_rework" in verbs else "",
        "versions": programme_page.versions(queries.revisions_of(found, request.actor), _version_url),
        "print_url": reverse("council_print", args=[ref]),
        "papers": documents.papers("programme", [found.pk], request.actor),
        "breadcrumbs": _crumbs((in_language(found.title), "")),
    }
    return render(request, "council/programme.html", context)


def _more() -> list[tuple[str, str, str]]:
    """The further steps of the council: verb, words, page."""
    return [
        ("record_opinion", _("Record a committee's opinion"), "council_opinion"),
        ("record_rejection", _("Record a rejection"), "council_reject"),
        ("publish_resolution", _("Record the publication"), "council_publish"),
        ("annul_programme", _("Annul the adoption"), "council_annul"),
    ]


@page("council")
def print_pack(request: Any, ref: str) -> HttpResponse:
    """For the session: the programme, its need, its measures, and a draft of the resolution with blanks."""
    found = queries.programme(ref, request.actor)
    trail = _crumbs((in_language(found.title), _url(found)), (_("For the session"), ""))
    within = request.actor.acts_for(found.customer.council_id)
    return render(request, "council/print.html", programme_pack.whole(found, within=within) | {"breadcrumbs": trail})


def _scan() -> DocumentField:
    return DocumentField(gettext_lazy("Scan of the signed resolution"), required=False)


def received(upload: Any, actor: Any) -> Any:
    """The scan, taken in through the one door; None when there is none."""
    return files.receive(upload.read(), name=upload.name, actor=actor) if upload else None


class CountForm(StepForm):
    """A resolution and its vote, as the minutes give them."""

    number = ShortField(gettext_lazy("Number of the resolution"), max_length=40)
    members = NumberField(gettext_lazy("How many deputies does the council have?"), min_value=1, width="4")
    quorum = NumberField(
        gettext_lazy("How many must be present?"),
        hint=gettext_lazy("The quorum of your rules of procedure."),
        min_value=1,
        width="4",
    )
    present = NumberField(gettext_lazy("How many were present?"), width="4")
    votes_for = NumberField(gettext_lazy("Votes for"), width="4")
    votes_against = NumberField(gettext_lazy("Votes against"), width="4")
    abstained = NumberField(gettext_lazy("Abstained"), width="4")

    VOTE = ("members", "quorum", "present", "votes_for", "votes_against", "abstained")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        members, present = data.get("members"), data.get("present")
        if members is not None and present is not None and present > members:
            self.add_error("present", _("More deputies were present than the council has."))
        return data


class AdoptionForm(CountForm):
    adopted_on = DayField(gettext_lazy("Date of the resolution"))
    in_force_on = DayField(gettext_lazy("From which day is it in force?"), required=False)
    register_number = ShortField(
        gettext_lazy("Number in the State Register of legal acts"), max_length=60, required=False
    )
    file = _scan()
    field_order = ("number", "adopted_on", *CountForm.VOTE)


@page("council", writes=True)
def adopt(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    own = request.actor.organisation_id
    return fill_in(
        request,
        AdoptionForm(request.POST or None, request.FILES or None, initial={"adopted_on": bishkek_day(request.at)}),
        lambda actor, data: operations.record_adoption(
            actor=actor,
            programme=found,
            body=organisations_by_id([own])[own],
            number=data["number"],
            adopted_on=data["adopted_on"],
            vote=Vote(**{name: data[name] for name in CountForm.VOTE}),
            in_force_on=data["in_force_on"],
            register_number=data["register_number"],
            file=received(data["file"], actor),
        ),
        verb="programme:record_adoption",
        then=_url(found),
        said=_("The adoption is recorded. The customer can go on."),
        title=_("Record the adoption"),
        caption=in_language(found.title),
        lead=_("As the minutes of the session say. Everybody can read it."),
        submit=_("Record the adoption"),
        back_url=_url(found),
        refusals=queries.programme_refusals(found, "record_adoption", request.actor),
        breadcrumbs=_crumbs((in_language(found.title), _url(found)), (_("Adoption"), "")),
    )


class ReturnForm(StepForm):
    reason = LongTextField(
        gettext_lazy("What does the council want changed?"),
        hint=gettext_lazy("The customer reads it. It does not go into the public record."),
        rows=5,
    )


@page("council", writes=True)
def send_back(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return fill_in(
        request,
        ReturnForm(request.POST or None),
        lambda actor, data: operations.return_for_rework(actor=actor, programme=found, reason=data["reason"]),
        verb="programme:return_for_rework",
        then=reverse("council"),
        said=_("The programme went back to the customer."),
        title=_("Return the programme for rework"),
        caption=in_language(found.title),
        submit=_("Return the programme"),
        back_url=_url(found),
        refusals=queries.programme_refusals(found, "return_for_rework", request.actor),
        breadcrumbs=_crumbs((in_language(found.title), _url(found)), (_("Rework"), "")),
    )


# --- what else a council decides -------------------------------------------------------------------------------


@page("council")
def decided(request: Any) -> HttpResponse:
    after = cursor(request, lambda ref: queries.programme(ref, request.actor))
    found = queries.decided_by_council(request.actor.organisation_ids, after, lists.PAGE + 1)
    rows, more = lists.cut(found)
    lines = [
        [
            Cell(in_language(one.title), _url(one)),
            Cell(customer, note=today),
            Cell(words.word(words.PROGRAMME, one.state), tone=words.tone(words.PROGRAMME, one.state)),
        ]
        for one, (customer, today) in zip(rows, programme_page.customers(rows), strict=True)
    ]
    columns = [Column(_("Programme")), Column(_("Customer")), Column(_("State"), "tag")]
    nothing = _("The council has not decided on a programme yet.")
    context = {
        "title": _("Programmes the council decided on"),
        "table": Table(_("Programmes the council decided on"), columns, lines, empty=nothing, hide_caption=True),
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": _crumbs((_("Decided"), "")),
    }
    return render(request, "steps/list.html", context)


class OpinionForm(StepForm):
    committee = ShortField(gettext_lazy("Which committee?"), max_length=200)
    opinion = ChoiceField(gettext_lazy("What is its opinion?"), choices=list(words.OPINION.items()))
    text = LongTextField(gettext_lazy("In its words"), required=False, rows=5)
    given_on = DayField(gettext_lazy("Date of the opinion"))


@page("council", writes=True)
def opinion(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return fill_in(
        request,
        OpinionForm(request.POST or None, initial={"given_on": bishkek_day(request.at)}),
        lambda actor, data: operations.record_opinion(actor=actor, programme=found, **data),
        verb="programme:record_opinion",
        then=_url(found),
        said=_("The opinion is recorded, and public."),
        title=_("Record a committee's opinion"),
        caption=in_language(found.title),
        submit=_("Record the opinion"),
        back_url=_url(found),
        refusals=queries.programme_refusals(found, "record_opinion", request.actor),
        breadcrumbs=_crumbs((in_language(found.title), _url(found)), (_("Opinion"), "")),
    )


class RejectionForm(CountForm):
    decided_on = DayField(gettext_lazy("Date of the resolution"))
    reason = LongTextField(gettext_lazy("Why?"), hint=gettext_lazy("Everybody can read it."), rows=5)
    file = _scan()
    field_order = ("number", "decided_on", *CountForm.VOTE)


@page("council", writes=True)
def reject(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return fill_in(
        request,
        RejectionForm(request.POST or None, request.FILES or None, initial={"decided_on": bishkek_day(request.at)}),
        lambda actor, data: operations.record_rejection(
            actor=actor,
            programme=found,
            number=data["number"],
            decided_on=data["decided_on"],
            vote=Vote(**{name: data[name] for name in CountForm.VOTE}),
            reason=data["reason"],
            file=received(data["file"], actor),
        ),
        verb="programme:record_rejection",
        then=_url(found),
        said=_("The rejection is recorded. The customer may take the programme up again."),
        title=_("Record a rejection"),
        caption=in_language(found.title),
        lead=_("As the minutes of the session say. Everybody can read it."),
        submit=_("Record the rejection"),
        back_url=_url(found),
        kind="warning",
        refusals=queries.programme_refusals(found, "record_rejection", request.actor),
        breadcrumbs=_crumbs((in_language(found.title), _url(found)), (_("Rejection"), "")),
    )


class PublicationForm(StepForm):
    published_on = DayField(gettext_lazy("On which day was the resolution published?"))
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


@page("council", writes=True)
def publish(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return fill_in(
        request,
        PublicationForm(request.POST or None, initial={"published_on": bishkek_day(request.at)}),
        lambda actor, data: operations.publish_resolution(actor=actor, programme=found, **data),
        verb="programme:publish_resolution",
        then=_url(found),
        said=_("The publication is recorded."),
        title=_("Record the publication"),
        caption=in_language(found.title),
        submit=_("Record the publication"),
        back_url=_url(found),
        refusals=queries.programme_refusals(found, "publish_resolution", request.actor),
        breadcrumbs=_crumbs((in_language(found.title), _url(found)), (_("Publication"), "")),
    )


class AnnulmentForm(StepForm):
    number = ShortField(gettext_lazy("Number of the resolution"), max_length=40)
    decided_on = DayField(gettext_lazy("Date of the resolution"))
    reason = LongTextField(gettext_lazy("Why?"), hint=gettext_lazy("Everybody can read it."), rows=5)
    file = _scan()


@page("council", writes=True)
def annul(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return fill_in(
        request,
        AnnulmentForm(request.POST or None, request.FILES or None, initial={"decided_on": bishkek_day(request.at)}),
        lambda actor, data: operations.annul_programme(
            actor=actor, programme=found, **data | {"file": received(data["file"], actor)}
        ),
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
        breadcrumbs=_crumbs((in_language(found.title), _url(found)), (_("Annulment"), "")),
    )


# --- new versions ----------------------------------------------------------------------------------------------


def _version_url(revision: Any) -> str:
    return reverse("council_revision", args=[revision.ref])


def _version_crumbs(revision: Any, last: str = "") -> Any:
    programme, number = revision.programme, _("Version %(number)s") % {"number": revision.number}
    links = [(in_language(programme.title), _url(programme)), (number, _version_url(revision) if last else "")]
    return _crumbs(*links, *([(last, "")] if last else []))


@page("council")
def revision(request: Any, ref: str) -> HttpResponse:
    found = queries.revision(ref, request.actor)
    verbs = queries.revision_actions(found, request.actor)
    steps = [
        ("adopt_revision", _("Record the adoption"), "council_revision_adopt"),
        ("return_revision", _("Return for rework"), "council_revision_return"),
        ("reject_revision", _("Record a rejection"), "council_revision_reject"),
    ]
    decisions = queries.course_of(found.programme).decisions
    context = programme_page.version(found, queries.changes_of(found), decisions, within=True) | {
        "actions": [Link(label, reverse(name, args=[ref])) for verb, label, name in steps if verb in verbs],
        "breadcrumbs": _version_crumbs(found),
    }
    return render(request, "public/version.html", context)


@page("council", writes=True)
def revision_adopt(request: Any, ref: str) -> HttpResponse:
    found = queries.revision(ref, request.actor)
    return fill_in(
        request,
        AdoptionForm(request.POST or None, request.FILES or None, initial={"adopted_on": bishkek_day(request.at)}),
        lambda actor, data: operations.adopt_revision(
            actor=actor,
            revision=found,
            number=data["number"],
            adopted_on=data["adopted_on"],
            vote=Vote(**{name: data[name] for name in CountForm.VOTE}),
            in_force_on=data["in_force_on"],
            register_number=data["register_number"],
            file=received(data["file"], actor),
        ),
        verb="revision:adopt_revision",
        then=_version_url(found),
        said=_("The new version is in force."),
        title=_("Record the adoption"),
        caption=in_language(found.programme.title),
        lead=_("As the minutes of the session say. Everybody can read it."),
        submit=_("Record the adoption"),
        back_url=_version_url(found),
        refusals=queries.revision_refusals(found, "adopt_revision", request.actor),
        breadcrumbs=_version_crumbs(found, _("Adoption")),
    )


@page("council", writes=True)
def revision_return(request: Any, ref: str) -> HttpResponse:
    found = queries.revision(ref, request.actor)
    return fill_in(
        request,
        ReturnForm(request.POST or None),
        lambda actor, data: operations.return_revision(actor=actor, revision=found, reason=data["reason"]),
        verb="revision:return_revision",
        then=_version_url(found),
        said=_("The new version went back to the customer."),
        title=_("Return the new version for rework"),
        caption=in_language(found.programme.title),
        submit=_("Return the new version"),
        back_url=_version_url(found),
        refusals=queries.revision_refusals(found, "return_revision", request.actor),
        breadcrumbs=_version_crumbs(found, _("Rework")),
    )


@page("council", writes=True)
def revision_reject(request: Any, ref: str) -> HttpResponse:
    found = queries.revision(ref, request.actor)
    return fill_in(
        request,
        RejectionForm(request.POST or None, request.FILES or None, initial={"decided_on": bishkek_day(request.at)}),
        lambda actor, data: operations.reject_revision(
            actor=actor,
            revision=found,
            number=data["number"],
            decided_on=data["decided_on"],
            vote=Vote(**{name: data[name] for name in CountForm.VOTE}),
            reason=data["reason"],
            file=received(data["file"], actor),
        ),
        verb="revision:reject_revision",
        then=_version_url(found),
        said=_("The rejection is recorded. The programme stays as it is."),
        title=_("Record a rejection"),
        caption=in_language(found.programme.title),
        lead=_("As the minutes of the session say. Everybody can read it."),
        submit=_("Record the rejection"),
        back_url=_version_url(found),
        kind="warning",
        refusals=queries.revision_refusals(found, "reject_revision", request.actor),
        breadcrumbs=_version_crumbs(found, _("Rejection")),
    )


urlpatterns = [
    path("", programmes, name="council"),
    path("decided/", decided, name="council_decided"),
    path("versions/<str:ref>/", revision, name="council_revision"),
    path("versions/<str:ref>/adopt/", revision_adopt, name="council_revision_adopt"),
    path("versions/<str:ref>/return/", revision_return, name="council_revision_return"),
    path("versions/<str:ref>/reject/", revision_reject, name="council_revision_reject"),
    path("<str:ref>/", programme, name="council_programme"),
    path("<str:ref>/print/", print_pack, name="council_print"),
    path("<str:ref>/adopt/", adopt, name="council_adopt"),
    path("<str:ref>/opinion/", opinion, name="council_opinion"),
    path("<str:ref>/reject/", reject, name="council_reject"),
    path("<str:ref>/publish/", publish, name="council_publish"),
    path("<str:ref>/annul/", annul, name="council_annul"),
    path("<str:ref>/slips/", slips.before_council, name="council_slips"),
    path("<str:ref>/slips/<str:fact>/<int:number>/<str:field>/", slips.by_council, name="council_slip"),
    path("<str:ref>/return/", send_back, name="council_return"),
]
