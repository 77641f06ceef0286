"""Problems people propose: the public list and its pages, and the form for anybody who is signed in.

No page here names the proposer: who it was is known to the office and to themselves.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.fields import in_language
from jardam.parties import queries as parties
from jardam.planning import operations, queries

from . import lists, problem_page
from .customer.shared import group_choices
from .forms import ChoiceField, LongTextField, TextField
from .pages import page
from .public import public
from .public import trail as public_crumbs
from .steps import StepForm, crumbs, cursor, fill_in
from .templatetags.ui import Link

CUSTOMERS_SHOWN = 300


@public
def problem_list(request: Any) -> HttpResponse:
    after = cursor(request, lambda ref: queries.problem(ref, request.visitor))
    rows, more = lists.cut(queries.problems(request.visitor, after, lists.PAGE + 1))
    context = {
        "title": _("Problems people propose"),
        "lead": _(
            "Anyone may tell a customer what is missing. Sign in and describe the problem; the customer answers in "
            "public: into which measure it is taken, or why it is not. Your name is not published."
        ),
        "new": _("Propose a problem"),
        "new_url": reverse("problem_new"),
        "table": problem_page.table(rows, "problem", empty=_("No problem is published yet.")),
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": public_crumbs((_("Problems"), "")),
    }
    return render(request, "steps/list.html", context)


@public
def problem(request: Any, ref: str) -> HttpResponse:
    found = queries.problem(ref, request.visitor)
    links = []
    if found.measure and found.measure.programme.public_since:
        links = [Link(_("The programme of this measure"), reverse("programme", args=[found.measure.programme.ref]))]
    context = problem_page.about(found) | {
        "actions": links,
        "breadcrumbs": public_crumbs((_("Problems"), reverse("problems")), (found.place, "")),
    }
    return render(request, "steps/thing.html", context)


# --- signed in -------------------------------------------------------------------------------------------------


class ProblemForm(StepForm):
    customer = ChoiceField(gettext_lazy("To whom do you propose it?"), select=True)
    group = ChoiceField(gettext_lazy("Who needs help?"), select=True)
    place = TextField(
        gettext_lazy("Where?"), hint=gettext_lazy("A village, a quarter or a whole district."), max_length=200
    )
    text = LongTextField(
        gettext_lazy("What is missing?"),
        hint=gettext_lazy("Name no people: everybody will read it. Say how many are concerned and since when."),
        rows=8,
        max_length=3000,
    )

    def __init__(self, customers: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.ref, in_language(one.title)) for one in customers]
        self.fields["customer"].choices = [("", _("Choose…")), *named]  # type: ignore[attr-defined]
        self.fields["group"].choices = [("", _("Choose…")), *group_choices()]  # type: ignore[attr-defined]


@page("person", writes=True)
def problem_new(request: Any) -> HttpResponse:
    customers = parties.customers(CUSTOMERS_SHOWN)
    return fill_in(
        request,
        ProblemForm(customers, request.POST or None),
        lambda actor, data: operations.propose_problem(
            actor=actor,
            customer=next(one for one in customers if one.ref == data["customer"]),
            group=data["group"],
            place=data["place"],
            text=data["text"],
        ),
        verb="problem:propose_problem",
        then=reverse("my_problems"),
        said=_("The problem is with the customer. It is published once the customer has read it."),
        title=_("Propose a problem"),
        lead=_("The customer reads it first, publishes it, and answers in public. Your name is not published."),
        submit=_("Propose the problem"),
        back_url=reverse("problems"),
        breadcrumbs=crumbs((_("My proposals"), reverse("my_problems")), (_("New problem"), "")),
    )


@page("person")
def my_problems(request: Any) -> HttpResponse:
    after = cursor(request, lambda ref: queries.problem(ref, request.actor))
    rows, more = lists.cut(queries.problems_by(request.actor.person_id, after, lists.PAGE + 1))
    context = {
        "title": _("My proposals"),
        "lead": _("Only you see this list."),
        "new": _("Propose a problem"),
        "new_url": reverse("problem_new"),
        "table": problem_page.table(rows, "my_problem", empty=_("You have proposed nothing yet.")),
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": crumbs((_("My proposals"), "")),
    }
    return render(request, "steps/list.html", context)


@page("person")
def my_problem(request: Any, ref: str) -> HttpResponse:
    found = queries.problem(ref, request.actor)
    context = problem_page.about(found) | {
        "breadcrumbs": crumbs((_("My proposals"), reverse("my_problems")), (found.place, "")),
    }
    return render(request, "steps/thing.html", context)


# --- comments on a draft ---------------------------------------------------------------------------------------


class CommentForm(StepForm):
    text = LongTextField(gettext_lazy("Your comment"), rows=8, max_length=3000)
    speaker = ChoiceField(
        gettext_lazy("For whom do you speak?"),
        choices=[
            ("person", gettext_lazy("For myself; my name is not published")),
            ("organisation", gettext_lazy("For the organisation I act for; its name is published")),
        ],
    )

    def __init__(self, organisation: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not organisation:
            del self.fields["speaker"]


@page("person", writes=True)
def comment_new(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    organisation = request.actor.standing.organisation_name if request.actor.standing else ""
    back = reverse("programme", args=[ref])
    return fill_in(
        request,
        CommentForm(organisation, request.POST or None, initial={"speaker": "person"}),
        lambda actor, data: operations.make_comment(
            actor=actor,
            programme=found,
            text=data["text"],
            for_organisation=data.get("speaker") == "organisation",
        ),
        verb="comment:make_comment",
        then=back,
        said=_("Your comment is public. The customer answers it before the programme goes to the council."),
        title=_("Comment on the draft"),
        caption=in_language(found.title),
        submit=_("Publish the comment"),
        back_url=back,
        refusals=queries.new_comment_refusals(found, request.actor),
        breadcrumbs=public_crumbs((in_language(found.title), back), (_("Comment"), "")),
    )


comment_patterns = [path("programmes/<str:ref>/comment/", comment_new, name="programme_comment")]

urlpatterns = [
    path("", problem_list, name="problems"),
    path("new/", problem_new, name="problem_new"),
    path("mine/", my_problems, name="my_problems"),
    path("mine/<str:ref>/", my_problem, name="my_problem"),
    path("<str:ref>/", problem, name="problem"),
]
