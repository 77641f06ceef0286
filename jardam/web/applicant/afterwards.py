"""What became of an application: its history, result, mending, a smaller amount, an award given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.documents.queries import looks
from jardam.fields import in_language
from jardam.journal.queries import history
from jardam.parties.policy import ROLE_LABELS
from jardam.review import operations as review_operations
from jardam.review import queries as review

from .. import contest_page, documents, formats, words
from ..application_page import place_label
from ..forms import ChoiceField, DocumentField, LongTextField
from ..letter import letter_context
from ..pages import language, page
from ..sections import FORMS, RowsForm
from ..steps import StepForm, fill_in
from ..templatetags.ui import Cell, Column, Event, Table
from .shared import (
    head_of,
    own_application,
    page_of,
    trail_to,
)


@page("applicant")
def timeline(request: Any, ref: str) -> HttpResponse:
    """Every act on the application, and everybody who opened it."""
    found = own_application(ref, request)
    events = [
        Event(one.at, str(words.VERB.get(one.verb, one.verb)), by=_by(one.person_name, one.organisation_name))
        for one in reversed(history("application", found.pk))
    ]
    readers = [
        [
            Cell(one.person_name, note=str(ROLE_LABELS.get(one.role, one.role))),
            str(words.PURPOSE.get(one.purpose, one.purpose)),
            one.at,
        ]
        for one in looks(found.label)
    ]
    columns = [Column(_("Who")), Column(_("What for")), Column(_("When"), "instant")]
    context = head_of(found) | {
        "events": events,
        "looks": Table(_("Who opened your application"), columns, readers, empty=_("Nobody has opened it.")),
    }
    trail = ((context["title"], reverse("application", args=[ref])), (_("History"), ""))
    return page_of(request, "applicant/timeline.html", context, *trail)


def _by(person: str, organisation: str) -> str:
    return ", ".join(part for part in (person, organisation) if part)


@page("applicant")
def result(request: Any, ref: str) -> HttpResponse:
    """The letter: own scores by criterion, the reasons, and what would have been enough."""
    found = own_application(ref, request)
    letter = review.letter(found)
    if letter is None:
        return redirect("application", ref)
    context = head_of(found) | letter_context(found, letter) | {"decline_url": _decline_url(found, request)}
    context |= _appeal_of(found, request)
    context["papers"] = documents.papers("application", [found.pk], request.actor)
    trail = ((context["title"], reverse("application", args=[ref])), (_("Result"), ""))
    return page_of(request, "applicant/result.html", context, *trail)


def _appeal_of(application: Any, request: Any) -> dict[str, Any]:
    """Until when the result may be appealed, and what became of earlier appeals."""
    filed = review.appeals_of_application(application)
    wanted = review.new_appeal(application)
    may = wanted is not None and not review.appeal_refusals(wanted, "file_appeal", request.actor)
    return {
        "appeal_until": wanted.protocol.appeal_until if wanted and wanted.protocol.state == "published" else None,
        "appeal_url": reverse("appeal_new", args=[application.ref]) if may else "",
        "appeals": contest_page.appeals_table(filed, "own_appeal") if filed else None,
    }


def _decline_url(application: Any, request: Any) -> str:
    one = review.candidacy_of(application)
    may_decline = one is not None and "decline_award" in review.candidacy_actions(one, request.actor)
    return reverse("award_decline", args=[application.ref]) if may_decline else ""


class MendingForm(StepForm):
    """Only the faulted places, as they were submitted; each is judged as the form of its section judges it."""

    def __init__(self, given: Mapping[str, Any], kinds: Sequence[Any], data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.given = given
        for place, value in given.items():
            part, _dot, name = place.partition(".")
            if part == "documents":
                self.fields[f"{part}-{name}"] = DocumentField(place_label(place, kinds))
                continue
            made = FORMS[part](given={name: value} if name else value)
            fields = {name: made.fields[name]} if name else made.fields
            for key, field in fields.items():
                field.initial = made.initial.get(key)
                if not name:
                    assert isinstance(made, RowsForm)
                    row = int(key.partition("-")[0]) + 1
                    field.label = f"{made.row_name} {row}: {field.label}"
                self.fields[f"{part}-{key}"] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.changes: dict[str, Any] = {}
        self.received: dict[str, tuple[bytes, str]] = {}
        for place, value in self.given.items():
            part, _dot, name = place.partition(".")
            if part == "documents":
                if file := cleaned.get(f"{part}-{name}"):
                    self.received[place] = (file.read(), file.name)
                continue
            if name:
                self.changes[place] = cleaned.get(f"{part}-{name}")
                continue
            prefix = f"{part}-"
            typed = {key.removeprefix(prefix): text for key, text in self.data.items() if key.startswith(prefix)}
            rows = FORMS[part](typed | {"count": str(len(value["rows"]) + 1)})
            if rows.is_valid():
                self.changes[place] = rows.section()
            for key, faults in rows.errors.items():
                field = f"{prefix}{key}" if key in rows.fields else None
                if field is None or field not in self.errors:
                    self.add_error(field, faults)
        return cleaned


@page("applicant", writes=True)
def mending(request: Any, ref: str) -> HttpResponse:
    """What the commission found faulty, and only that, until the end that all applicants of the lot share."""
    found = own_application(ref, request)
    asked = review.mending_of(found)
    if asked is None:
        raise Http404
    back = reverse("application", args=[ref])
    settlement = found.contest.settlement
    until = asked.candidacy.proceeding.mending_until
    kinds = settlement.value("app.documents")
    form = MendingForm(review.mending_content(asked), kinds, request.POST or None, request.FILES or None)
    grounds = {one.code: one.names.in_language(language()) for one in settlement.value("adm.grounds")}
    return fill_in(
        request,
        form,
        lambda actor, _data: review_operations.mend(
            actor=actor, mending=asked, changes=form.changes, files=form.received
        ),
        verb="mending:mend",
        then=back,
        said=_("The mended application is with the commission."),
        title=_("Mend your application"),
        caption=found.number,
        submit=_("Send the mended places"),
        kind="warning",
        back_url=back,
        refusals=review.mending_refusals(asked, "mend", request.actor),
        template="applicant/mending.html",
        ground=grounds.get(asked.ground, asked.ground),
        note=asked.note,
        until=formats.instant(until) if until else "",
        basis=words.basis(settlement.basis("adm.cure_term")),
        breadcrumbs=trail_to((in_language(found.contest.title), back), (_("Mending"), "")),
    )


class CutAnswerForm(StepForm):
    answer = ChoiceField(
        gettext_lazy("Do you agree?"),
        choices=[
            ("consent_to_cut", gettext_lazy("Yes, we work with the smaller amount")),
            ("refuse_cut", gettext_lazy("No, the project does not work with less")),
        ],
    )


@page("applicant", writes=True)
def cut(request: Any, ref: str) -> HttpResponse:
    """A smaller amount was proposed; without consent it does not hold."""
    found = own_application(ref, request)
    proposed = review.cut_of(found)
    if proposed is None:
        raise Http404
    back = reverse("application", args=[ref])
    verbs = {"consent_to_cut": review_operations.consent_to_cut, "refuse_cut": review_operations.refuse_cut}
    return fill_in(
        request,
        CutAnswerForm(request.POST or None),
        lambda actor, data: verbs[data["answer"]](actor=actor, cut=proposed),
        verb="cut:consent_to_cut",
        then=back,
        said=_("Your answer is with the commission."),
        title=_("A smaller amount is proposed"),
        caption=found.number,
        submit=_("Answer"),
        kind="warning",
        back_url=back,
        refusals=review.cut_refusals(proposed, "consent_to_cut", request.actor),
        template="applicant/cut.html",
        amount=formats.som(proposed.amount),
        reason=proposed.reason,
        until=formats.instant(proposed.answer_until),
        breadcrumbs=trail_to((in_language(found.contest.title), back), (_("Smaller amount"), "")),
    )


class DeclineForm(StepForm):
    reason = LongTextField(gettext_lazy("Why do you decline?"), rows=3, max_length=1000, required=False)


@page("applicant", writes=True)
def award_decline(request: Any, ref: str) -> HttpResponse:
    found = own_application(ref, request)
    one = review.candidacy_of(found)
    if one is None:
        raise Http404
    back = reverse("application_result", args=[ref])
    return fill_in(
        request,
        DeclineForm(request.POST or None),
        lambda actor, data: review_operations.decline_award(actor=actor, candidacy=one, reason=data["reason"]),
        verb="candidacy:decline_award",
        then=back,
        said=_("You declined the award."),
        title=_("Decline the award?"),
        caption=found.number,
        submit=_("Decline the award"),
        kind="warning",
        back_url=back,
        refusals=review.candidacy_refusals(one, "decline_award", request.actor),
        template="customer/consequences.html",
        consequences=[
            _("The next of the reserve list can get the award."),
            _("This cannot be taken back."),
        ],
        breadcrumbs=trail_to(
            (in_language(found.contest.title), reverse("application", args=[ref])), (_("Result"), back)
        ),
    )
