"""What people say, at the customer's desk: problems they propose, and the public discussion of a draft."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.fields import in_language
from jardam.planning import operations, queries

from .. import formats, lists, problem_page, slips, words
from ..forms import ChoiceField, DayField, LongTextField
from ..pages import page
from ..steps import StepForm, confirm, crumbs, cursor, fill_in
from ..templatetags.ui import Link, SummaryRow

# --- problems --------------------------------------------------------------------------------------------------


@page("customer")
def problem_queue(request: Any) -> HttpResponse:
    after = cursor(request, lambda ref: queries.problem(ref, request.actor))
    found = queries.problems_of(request.actor.organisation_ids, after=after, limit=lists.PAGE + 1)
    rows, more = lists.cut(found)
    nothing = _("Nobody has proposed a problem yet.")
    context = {
        "title": _("Problems people propose"),
        "lead": _("Read a problem, publish it, and answer it in public."),
        "table": problem_page.table(rows, "desk_problem", empty=nothing, customer=False),
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": crumbs((_("Problems"), "")),
    }
    return render(request, "steps/list.html", context)


def _problem_url(found: Any) -> str:
    return reverse("desk_problem", args=[found.ref])


def _problem_crumbs(*links: tuple[str, str]) -> Any:
    return crumbs((_("Problems"), reverse("desk_problems")), *links)


@page("customer")
def problem(request: Any, ref: str) -> HttpResponse:
    found = queries.problem(ref, request.actor)
    verbs = queries.problem_actions(found, request.actor)
    steps = [
        ("publish_problem", _("Publish it"), "desk_problem_publish"),
        ("decline_problem", _("Do not publish it"), "desk_problem_decline"),
        ("take_up_problem", _("Answer it"), "desk_problem_answer"),
    ]
    context = problem_page.about(found) | {
        "actions": [Link(label, reverse(name, args=[ref])) for verb, label, name in steps if verb in verbs]
        + slips.link(found, verbs, "desk_problem_slips"),
        "breadcrumbs": _problem_crumbs((found.place, "")),
    }
    return render(request, "steps/thing.html", context)


@page("customer", writes=True)
def problem_publish(request: Any, ref: str) -> HttpResponse:
    found = queries.problem(ref, request.actor)
    return confirm(
        request,
        lambda actor: operations.publish_problem(actor=actor, problem=found),
        verb="problem:publish_problem",
        then=_problem_url(found),
        said=_("The problem is public. Now it waits for your answer."),
        title=_("Publish the problem?"),
        consequences=[
            _("Everybody can read its text; the name of who proposed it stays hidden."),
            _("You owe it a public answer."),
        ],
        submit=_("Publish the problem"),
        back_url=_problem_url(found),
        kind="primary",
        refusals=queries.problem_refusals(found, "publish_problem", request.actor),
        breadcrumbs=_problem_crumbs((found.place, _problem_url(found)), (_("Publish"), "")),
    )


class DeclineForm(StepForm):
    ground = ChoiceField(gettext_lazy("Why is it not published?"), choices=list(words.NOT_PUBLISHED.items()))


@page("customer", writes=True)
def problem_decline(request: Any, ref: str) -> HttpResponse:
    found = queries.problem(ref, request.actor)
    return fill_in(
        request,
        DeclineForm(request.POST or None),
        lambda actor, data: operations.decline_problem(actor=actor, problem=found, ground=data["ground"]),
        verb="problem:decline_problem",
        then=reverse("desk_problems"),
        said=_("The problem is not published. Who proposed it reads why."),
        title=_("Do not publish the problem"),
        caption=found.place,
        submit=_("Do not publish it"),
        back_url=_problem_url(found),
        kind="warning",
        refusals=queries.problem_refusals(found, "decline_problem", request.actor),
        breadcrumbs=_problem_crumbs((found.place, _problem_url(found)), (_("Not published"), "")),
    )


class AnswerForm(StepForm):
    measure = ChoiceField(
        gettext_lazy("Into which measure is it taken?"),
        hint=gettext_lazy("Choose none when it is not taken up."),
        required=False,
        select=True,
    )
    answer = LongTextField(gettext_lazy("Your answer and its reason"), rows=6, max_length=3000)

    def __init__(self, measures: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.ref, f"{in_language(one.title)}, {one.year}") for one in measures]
        self.fields["measure"].choices = [("", _("None: it is not taken up")), *named]  # type: ignore[attr-defined]


@page("customer", writes=True)
def problem_answer(request: Any, ref: str) -> HttpResponse:
    found = queries.problem(ref, request.actor)
    measures = queries.measures_for_answer(found.customer_id)
    return fill_in(
        request,
        AnswerForm(measures, request.POST or None),
        lambda actor, data: operations.answer_problem(
            actor=actor,
            problem=found,
            measure=next((one for one in measures if one.ref == data["measure"]), None),
            answer=data["answer"],
        ),
        verb="problem:answer_problem",
        then=_problem_url(found),
        said=_("The answer is public."),
        title=_("Answer the problem"),
        caption=found.place,
        lead=found.text,
        submit=_("Publish the answer"),
        back_url=_problem_url(found),
        refusals=queries.problem_refusals(found, "take_up_problem", request.actor),
        breadcrumbs=_problem_crumbs((found.place, _problem_url(found)), (_("Answer"), "")),
    )


# --- the public discussion -------------------------------------------------------------------------------------


def _programme_url(programme: Any) -> str:
    return reverse("desk_programme", args=[programme.ref])


def _discussion_crumbs(programme: Any, last: str) -> Any:
    return crumbs(
        (_("Programmes"), reverse("desk_programmes")),
        (in_language(programme.title), _programme_url(programme)),
        (last, ""),
    )


class DiscussionForm(StepForm):
    closes_on = DayField(gettext_lazy("Until which day do you take comments?"))


@page("customer", writes=True)
def discussion_open(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    term = queries.least_discussion(found.customer, request.at)
    if term:
        lead = _("The rules in force ask for at least %(term)s: until %(day)s or later. Basis: %(basis)s.") % {
            "term": words.term(term.term),
            "day": formats.day(term.due_on),
            "basis": words.basis(term.basis),
        }
    else:
        lead = _("The rules in force do not say how long a discussion goes on: the length is yours to choose.")
    return fill_in(
        request,
        DiscussionForm(request.POST or None, initial={"closes_on": term.due_on} if term else None),
        lambda actor, data: operations.open_discussion(actor=actor, programme=found, closes_on=data["closes_on"]),
        verb="programme:open_discussion",
        then=_programme_url(found),
        said=_("The draft is open for comments."),
        title=_("Open the public discussion"),
        caption=in_language(found.title),
        lead=lead,
        submit=_("Open the discussion"),
        back_url=_programme_url(found),
        refusals=queries.programme_refusals(found, "open_discussion", request.actor),
        breadcrumbs=_discussion_crumbs(found, _("Public discussion")),
    )


@page("customer", writes=True)
def discussion_close(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return confirm(
        request,
        lambda actor: operations.close_discussion(actor=actor, programme=found),
        verb="programme:close_discussion",
        then=_programme_url(found),
        said=_("The draft can be changed again. Comments and answers stay public."),
        title=_("Take the draft back for changes?"),
        consequences=[
            _("You can add measures again."),
            _("Comments, answers and the draft itself stay public."),
        ],
        submit=_("Take the draft back"),
        back_url=_programme_url(found),
        kind="primary",
        refusals=queries.programme_refusals(found, "close_discussion", request.actor),
        breadcrumbs=_discussion_crumbs(found, _("After the discussion")),
    )


class CommentAnswerForm(StepForm):
    taken = ChoiceField(
        gettext_lazy("Is the comment taken into account?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
    )
    answer = LongTextField(gettext_lazy("Your answer and its reason"), rows=6, max_length=3000)


@page("customer", writes=True)
def comment_answer(request: Any, ref: str) -> HttpResponse:
    found = queries.comment(ref)
    programme = queries.programme(found.programme.ref, request.actor)
    return fill_in(
        request,
        CommentAnswerForm(request.POST or None),
        lambda actor, data: operations.answer_comment(
            actor=actor, comment=found, taken=data["taken"] == "yes", answer=data["answer"]
        ),
        verb="comment:answer_comment",
        then=_programme_url(programme),
        said=_("The answer is public."),
        title=_("Answer the comment"),
        caption=in_language(programme.title),
        lead=found.text,
        submit=_("Publish the answer"),
        back_url=_programme_url(programme),
        refusals=queries.comment_refusals(found, "take_up_comment", request.actor),
        breadcrumbs=_discussion_crumbs(programme, _("Answer")),
    )


def discussion_rows(found: Any) -> list[SummaryRow]:
    """Until when the last discussion goes on, for the desk; nothing where there was none."""
    if found is None:
        return []
    return [SummaryRow(_("Public discussion"), _("until %(when)s") % {"when": formats.instant(found.closes_at)})]
