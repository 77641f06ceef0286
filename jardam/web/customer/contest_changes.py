"""What the customer does to a contest after its announcement: answers, amendments, errata, and the acts that stop,
end or repeat it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contests import operations, queries
from jardam.documents import operations as documents
from jardam.fields import in_language

from .. import contest_page, words
from ..forms import ChoiceField, DayField, DocumentField, LongTextField, NumberField, TextField, choices_of
from ..pages import page
from ..steps import LANGUAGES, ShortField, StepForm, confirm, fill_in, in_languages, initial_of, texts_of
from .contests import TEXTS, contest_crumbs, contest_url, own_contest

# --- questions -------------------------------------------------------------------------------------------------


class AnswerForm(StepForm):
    text = LongTextField(
        gettext_lazy("Answer"), hint=gettext_lazy("Everybody reads it on the page of the contest."), max_length=4000
    )


@page("customer", writes=True)
def question(request: Any, ref: str) -> HttpResponse:
    """A question, without its asker, and the answer to everybody."""
    found = queries.question(ref, request.actor)
    if not request.actor.acts_for(found.contest.customer_id):
        raise Http404
    if found.state == "answered" and request.method == "GET":
        return redirect(f"{reverse('contest', args=[found.contest.ref])}#questions")
    term = contest_page.answer_term(found)
    return fill_in(
        request,
        AnswerForm(request.POST or None),
        lambda actor, data: operations.answer(actor=actor, question=found, text=data["text"]),
        verb="question:answer",
        then=contest_url(found.contest),
        said=_("The answer stands on the page of the contest."),
        title=_("Answer the question"),
        caption=in_language(found.contest.title),
        lead=term,
        submit=_("Answer to everybody"),
        back_url=contest_url(found.contest),
        refusals=queries.question_refusals(found, "answer", request.actor),
        template="customer/question.html",
        question=found,
        breadcrumbs=contest_crumbs(found.contest, _("Question")),
    )


# --- the announcement ------------------------------------------------------------------------------------------


class AmendmentForm(StepForm):
    title_ky, title_ru, title_en = in_languages(gettext_lazy("Theme of the contest"))
    goal_ky, goal_ru, goal_en = in_languages(gettext_lazy("Goal"), LongTextField, later=True, rows=3)
    tasks_ky, tasks_ru, tasks_en = in_languages(gettext_lazy("Tasks"), LongTextField, later=True, rows=4)
    problem_ky, problem_ru, problem_en = in_languages(gettext_lazy("Problem"), LongTextField, later=True, rows=4)
    contacts = TextField(gettext_lazy("Whom do applicants ask?"), max_length=300)
    months = NumberField(gettext_lazy("How many months does a project last?"), min_value=1, max_value=36, width="4")
    reason = LongTextField(gettext_lazy("Why is it amended?"), hint=gettext_lazy("Everybody reads it."), rows=3)


@page("customer", writes=True)
def amend(request: Any, ref: str) -> HttpResponse:
    """A new version of the announcement; the changed deadline is said before it is published."""
    found = own_contest(request, ref)
    initial: dict[str, Any] = {"contacts": found.contacts, "months": found.months}
    for name in TEXTS:
        initial |= initial_of(getattr(found, name), name)
    refusals = queries.contest_refusals(found, "amend", request.actor)
    return fill_in(
        request,
        AmendmentForm(request.POST or None, initial=initial),
        lambda actor, data: operations.amend(
            actor=actor,
            contest=found,
            changes={name: texts_of(data, name) for name in TEXTS}
            | {"contacts": data["contacts"], "months": data["months"]},
            reason=data["reason"],
        ),
        verb="contest:amend",
        then=contest_url(found),
        said=_("The new version is published. Everybody sees what was changed."),
        title=_("Amend the announcement"),
        caption=in_language(found.title),
        lead="" if refusals else _deadline_line(found, request.at),
        submit=_("Publish the new version"),
        kind="warning",
        back_url=contest_url(found),
        refusals=refusals,
        breadcrumbs=contest_crumbs(found, _("Amendment")),
    )


def _deadline_line(contest: Any, at: Any) -> str:
    after, _how = queries.deadline_after_amendment(contest, at)
    rule = words.basis(contest.settlement.basis("ann.amend_rule"))
    if after == contest.deadline_at:
        return _("The deadline stays: %(when)s. %(basis)s.") % {"when": contest_page.deadline(after), "basis": rule}
    return _("The deadline moves to %(when)s. %(basis)s.") % {"when": contest_page.deadline(after), "basis": rule}


class ErratumForm(StepForm):
    place = ChoiceField(gettext_lazy("Where is the slip?"), select=True)
    wrong = TextField(gettext_lazy("The wrong words, exactly as they stand there"), max_length=500)
    right = TextField(gettext_lazy("What should be read instead"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [
            (f"{name}:{code}", f"{words.ANNOUNCED[name]} ({language})")
            for name in TEXTS
            for code, language in LANGUAGES.items()
        ]
        places.append(("contacts:", str(words.ANNOUNCED["contacts"])))
        self.fields["place"].choices = [("", _("Choose…")), *places]  # type: ignore[attr-defined]


@page("customer", writes=True)
def rectify(request: Any, ref: str) -> HttpResponse:
    found = own_contest(request, ref)
    refusals = queries.contest_refusals(found, "rectify", request.actor)
    return fill_in(
        request,
        ErratumForm(request.POST or None),
        lambda actor, data: operations.rectify(
            actor=actor,
            announcement=queries.announcements(found)[-1].version,
            field=data["place"].partition(":")[0],
            language=data["place"].partition(":")[2],
            wrong=data["wrong"],
            right=data["right"],
        ),
        verb="contest:rectify",
        then=contest_url(found),
        said=_("The erratum stands beside the announcement."),
        title=_("Correct a slip by an erratum"),
        caption=in_language(found.title),
        lead=_("For slips of the pen only. The published words stay; what changes the meaning is an amendment."),
        submit=_("Publish the erratum"),
        back_url=contest_url(found),
        refusals=refusals,
        breadcrumbs=contest_crumbs(found, _("Erratum")),
    )


# --- stopping, ending, repeating -------------------------------------------------------------------------------


class OrderForm(StepForm):
    """The document behind the act; everybody reads what is typed here."""

    number = ShortField(gettext_lazy("Number of the document"), max_length=80)
    issued_on = DayField(gettext_lazy("Date of the document"))
    text = LongTextField(
        gettext_lazy("Reason in words"),
        hint=gettext_lazy("Everybody reads it. Write no names of people."),
        rows=4,
        max_length=3000,
    )
    file = DocumentField(gettext_lazy("Scan of the document"), required=False)

    order = ("ground", "number", "issued_on", "text", "file")

    def __init__(self, *args: Any, grounds: tuple[str, ...] = (), question: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if grounds:
            self.fields["ground"] = ChoiceField(question, choices=choices_of(grounds, words.GROUND.__getitem__))
        self.order_fields(self.order)


def papers_of(actor: Any, data: dict[str, Any]) -> dict[str, Any]:
    """What the form says, as the operations take it; the upload is taken in through the one door."""
    upload = data["file"]
    return {
        "paper": operations.OrderDocument(data["number"], data["issued_on"]),
        "text": data["text"],
        "file": documents.receive(upload.read(), name=upload.name, actor=actor) if upload else None,
    }


def _ordered(request: Any, ref: str, verb: str, work: Any, form: OrderForm, **texts: Any) -> HttpResponse:
    """One of the acts that rest on a document."""
    found = own_contest(request, ref)
    return fill_in(
        request,
        form,
        lambda actor, data: work(actor, found, data, papers_of(actor, data)),
        verb=f"contest:{verb}",
        then=contest_url(found),
        caption=in_language(found.title),
        kind="warning",
        back_url=contest_url(found),
        refusals=queries.contest_refusals(found, verb, request.actor),
        breadcrumbs=contest_crumbs(found, texts["title"]),
        **texts,
    )


def _form(request: Any, **kwargs: Any) -> OrderForm:
    return OrderForm(request.POST or None, request.FILES or None, **kwargs)


@page("customer", writes=True)
def suspend(request: Any, ref: str) -> HttpResponse:
    return _ordered(
        request,
        ref,
        "suspend",
        lambda actor, found, data, papers: operations.suspend(
            actor=actor, contest=found, body=data["ground"], **papers
        ),
        _form(request, grounds=operations.SUSPEND_GROUNDS, question=_("Who stopped the contest?")),
        title=_("Suspend the contest"),
        lead=_("The clock stands still and nothing is submitted until the contest goes on."),
        submit=_("Suspend"),
        said=_("The contest is suspended. Everybody sees the document."),
    )


@page("customer", writes=True)
def resume(request: Any, ref: str) -> HttpResponse:
    return _ordered(
        request,
        ref,
        "resume",
        lambda actor, found, data, papers: operations.resume(
            actor=actor, contest=found, body=data["ground"], **papers
        ),
        _form(request, grounds=operations.SUSPEND_GROUNDS, question=_("Who lets the contest go on?")),
        title=_("Let the contest go on"),
        lead=_("The time that was left runs on, to the end of a working day."),
        submit=_("Go on"),
        said=_("The contest goes on, with a new deadline where it had not passed."),
    )


@page("customer", writes=True)
def cancel(request: Any, ref: str) -> HttpResponse:
    return _ordered(
        request,
        ref,
        "cancel",
        lambda actor, found, data, papers: operations.cancel(
            actor=actor, contest=found, ground=data["ground"], **papers
        ),
        _form(request, grounds=operations.CANCEL_GROUNDS, question=_("Why is the contest cancelled?")),
        title=_("Cancel the contest"),
        lead=_("The applications stay sealed and are never opened; the money goes back. This cannot be taken back."),
        submit=_("Cancel the contest"),
        said=_("The contest is cancelled. Everybody sees the reason."),
    )


@page("customer", writes=True)
def void(request: Any, ref: str) -> HttpResponse:
    return _ordered(
        request,
        ref,
        "declare_void",
        lambda actor, found, _data, papers: operations.declare_void(actor=actor, contest=found, **papers),
        _form(request),
        title=_("Declare the contest void"),
        lead=_("Nobody gets an award; the money goes back to its measure. Then the contest can be repeated."),
        submit=_("Declare it void"),
        said=_("The contest is void. Now it can be repeated."),
    )


@page("customer", writes=True)
def reopen(request: Any, ref: str) -> HttpResponse:
    found = own_contest(request, ref)
    return confirm(
        request,
        lambda actor: operations.reopen(actor=actor, contest=found),
        verb="contest:reopen",
        then=contest_url(found),
        said=_("Applications are taken again."),
        title=_("Take applications again?"),
        consequences=[
            _("Nobody applied, and the rules of this contest extend it then."),
            _("The least time to apply is counted anew from today."),
        ],
        submit=_("Take applications again"),
        back_url=contest_url(found),
        refusals=queries.contest_refusals(found, "reopen", request.actor),
        breadcrumbs=contest_crumbs(found, _("Again")),
    )


@page("customer", writes=True)
def repeat(request: Any, ref: str) -> HttpResponse:
    found = own_contest(request, ref)
    lots = _("Its lots: %(titles)s.") % {
        "titles": ", ".join(in_language(one.measure.title) for one in queries.lots_without_award(found))
    }
    return confirm(
        request,
        lambda actor: operations.repeat_contest(actor=actor, contest=found),
        verb="contest:repeat_contest",
        then=contest_url,
        said=_("The draft is there with its texts and lots. Check it and announce."),
        title=_("Repeat the contest?"),
        consequences=[
            _("A new draft gets the texts of this contest and its lots without an award."),
            lots,
            _("The rules are settled and the money reserved anew when it is announced."),
        ],
        submit=_("Make the draft"),
        kind="primary",
        back_url=contest_url(found),
        refusals=queries.repeat_refusals(found, request.actor),
        breadcrumbs=contest_crumbs(found, _("Repetition")),
    )


@page("customer", writes=True)
def lot_remove(request: Any, ref: str, lot_ref: str) -> HttpResponse:
    found = own_contest(request, ref)
    lot = next((one for one in queries.lots(found) if one.ref == lot_ref), None)
    if lot is None:
        raise Http404
    return confirm(
        request,
        lambda actor: operations.remove_lot(actor=actor, contest=found, lot=lot),
        verb="contest:remove_lot",
        then=contest_url(found),
        said=_("The lot is removed."),
        title=_("Remove lot %(n)s?") % {"n": lot.number},
        consequences=[_("The lots after it move up. The money of the measure stays where it is.")],
        submit=_("Remove the lot"),
        back_url=contest_url(found),
        refusals=queries.contest_refusals(found, "edit_announcement", request.actor),
        breadcrumbs=contest_crumbs(found, _("Lot")),
    )


@page("customer", writes=True)
def discard(request: Any, ref: str) -> HttpResponse:
    found = own_contest(request, ref)
    return confirm(
        request,
        lambda actor: operations.discard_contest(actor=actor, contest=found),
        verb="contest:discard_contest",
        then=reverse("desk_contests"),
        said=_("The draft is discarded."),
        title=_("Discard the draft of the contest?"),
        consequences=[
            _("It cannot be taken up again; another contest can be begun."),
            _("Nothing was reserved for it: the money of its measures stays where it is."),
        ],
        submit=_("Discard it"),
        back_url=contest_url(found),
        refusals=queries.contest_refusals(found, "discard_contest", request.actor),
        breadcrumbs=contest_crumbs(found, _("Discard")),
    )
