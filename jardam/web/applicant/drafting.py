"""From a lot to the last part: starting, the task list, and each section."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contests import operations as contest_operations
from jardam.contests import queries as contests
from jardam.contests.policy import hand_of, may_write
from jardam.fields import in_language
from jardam.kernel.time import bishkek_day
from jardam.parties import queries as parties
from jardam.review import queries as review

from .. import formats, words
from ..application_page import part
from ..door import act
from ..forms import ChoiceField, Form
from ..pages import page
from ..sections import FORMS, BudgetForm, RowsForm, SectionForm, Setting
from ..templatetags.ui import Task, TaskGroup
from .shared import (
    head_of,
    organisation_of,
    page_of,
    written_application,
)


class StartForm(Form):
    """From nothing, or from what the organisation wrote before."""

    earlier = ChoiceField(
        gettext_lazy("Begin with"),
        hint=gettext_lazy("Texts, budget and documents are copied. You declare anew."),
        select=True,
    )

    def __init__(self, before: list[Any], data: Any = None) -> None:
        super().__init__(data, initial={"earlier": "-"})
        self.before = {one.ref: one for one in before}
        kept = [
            (ref, f"{in_language(one.contest.title)}, {formats.day(bishkek_day(one.created_at))}")
            for ref, one in self.before.items()
        ]
        self.fields["earlier"].choices = [("-", _("An empty application")), *kept]  # type: ignore[attr-defined]

    def chosen(self) -> Any:
        return self.before.get(self.cleaned_data["earlier"])


@page("applicant", writes=True)
def start(request: Any, ref: str) -> HttpResponse:
    """What is asked of the applicant, each with yes or no; then the start."""
    lot = contests.lot(ref, request.actor)
    applicant = organisation_of(request)
    before = contests.earlier_applications(request.actor.organisation_ids)
    form = StartForm(before, request.POST if request.method == "POST" else None) if before else None
    if request.method == "POST" and (form is None or form.is_valid()):
        earlier = form.chosen() if form else None
        answer = act(
            request,
            "application:start_application",
            lambda actor: contest_operations.start_application(
                actor=actor, lot=lot, applicant=applicant, earlier=earlier
            ),
            then=lambda application: reverse("application", args=[application.ref]),
            said=_("The application is started. Each part is saved on its own."),
        )
        assert answer is not None
        return answer
    checks = contests.eligibility(lot, request.actor, applicant)
    contest = lot.contest
    starting = [refusal for name, refusal in checks if refusal and name != "applicant_verified"]
    context = {
        "form": form,
        "lot": lot,
        "contest": contest,
        "title": in_language(contest.title),
        "measure": in_language(lot.measure.title),
        "applicant": in_language(applicant.title),
        "checks": [
            (
                str(words.CHECK.get(name, name)),
                formats.sentence(refusal) if refusal else "",
                words.basis(refusal.basis) if refusal else "",
                refusal,
            )
            for name, refusal in checks
        ],
        "unanswered": [words.NOT_KNOWN[key] for key in contests.unanswered(lot, request.actor, applicant)],
        "possible": not starting,
        "later": not starting and any(refusal for _name, refusal in checks),
        "own": contests.living_application(lot, request.actor.organisation_ids),
    }
    return page_of(request, "applicant/start.html", context, (_("Start"), ""))


@page("person")
def application(request: Any, ref: str) -> HttpResponse:
    """The task list while it is written; afterwards what became of it."""
    found = written_application(ref, request)
    actions = contests.application_actions(found, request.actor)
    writable = may_write(found, request.actor)
    letter = review.letter(found) if request.actor.acts_for(found.applicant_id) else None
    context = head_of(found) | _outcome(letter)
    context |= {
        "writable": writable,
        "tasks": _tasks(found) if writable else None,
        "versions": contests.versions(found),
        "may_withdraw": "withdraw" in actions,
        "letter": letter,
        "amended_at": contests.amended_at(found.contest),
        "hand": words.HAND.get(hand_of(found, request.actor), ""),
        "on_paper": found.paper_id is not None,
        "remark": contests.remark_on(found) if found.state == "keying" else "",
        "paper_url": reverse("desk_paper", args=[found.paper.ref]) if found.state in ("keying", "keyed") else "",
        "left": (bishkek_day(found.contest.deadline_at) - bishkek_day(request.at)).days,
    }
    return page_of(request, "applicant/application.html", context, (context["title"], ""))


def _outcome(letter: Any) -> dict[str, str]:
    """What the published protocol made of it, instead of the state it was reviewed in."""
    if letter is None:
        return {}
    outcome = letter.outcome
    return {"state": words.word(words.CANDIDACY, outcome), "tone": words.tone(words.CANDIDACY, outcome)}


def _tasks(application: Any) -> list[TaskGroup]:
    saved = contests.saved_sections(application)
    draft, out = contests.draft_content(application), contests.left_out_of(application)
    tasks = [
        Task(
            str(words.SECTION[name]),
            reverse("application_section", args=[application.ref, name]),
            _status(name, draft, out),
            _("Saved %(when)s") % {"when": formats.instant(at)} if at else "",
        )
        for name, at in saved.items()
    ]
    tasks.append(_documents_task(application))
    last = _keying_task(application) if application.state == "keying" else _check_task(application, tasks)
    return [TaskGroup(_("Write"), tasks), TaskGroup(_("Submit"), [last])]


def _documents_task(application: Any) -> Task:
    given = {one.kind for one, _told in contests.attachments(application)}
    wanted = {one.code for one in application.contest.settlement.value("app.documents") if one.mandatory}
    if application.state == "keying":
        wanted = {contest_operations.SCAN}
    status = "done" if wanted <= given else "started" if given else "todo"
    return Task(_("Add the documents"), reverse("application_documents", args=[application.ref]), status)


def _check_task(application: Any, tasks: list[Task]) -> Task:
    complete = all(task.status == "done" for task in tasks)
    replaces = application.state == "submitted"
    return Task(
        _("Check everything and send a new version") if replaces else _("Check everything and submit"),
        reverse("application_check", args=[application.ref]),
        "todo" if complete else "blocked",
        "" if complete else _("First finish the parts above."),
        _("Only if you changed something") if replaces and complete else "",
    )


def _keying_task(application: Any) -> Task:
    return Task(_("Hand it over for comparison"), reverse("desk_paper_finish", args=[application.paper.ref]), "todo")


def _status(name: str, draft: Mapping[str, Any], left_out: Collection[str]) -> str:
    if name not in draft:
        return "todo"
    part = draft[name]
    texts = [text for text in LATER.get(name, ()) if f"{name}.{text}" not in left_out]
    rows = part.get("rows", [part])
    is_whole = rows and all(row.get(text) for row in rows for text in texts)
    is_denied = name == "declarations" and any(value is False for value in part.values())
    return "done" if is_whole and not is_denied else "started"


LATER = {
    "project": ("language", "summary", "sustainability"),
    "problem": ("evidence",),
    "people": ("reached",),
    "team": ("experience",),
    "budget": ("category",),
    "indicators": ("measured",),
}
"""What an application begun by an earlier form may still lack."""


@page("person", writes=True)
def section(request: Any, ref: str, name: str) -> HttpResponse:
    """One part of the application. What was typed is never lost: an error shows the page again as it was, and so does
    somebody else's save meanwhile, with their text beside it."""
    found = written_application(ref, request)
    if name not in contests.saved_sections(found):
        raise Http404
    if not may_write(found, request.actor, name) and request.method != "POST":
        return redirect("application", ref)
    form = _section_form(request, found, name)
    pressed = request.POST.get("then", "")
    theirs = None
    if request.method == "POST" and pressed not in ("more", "recalculate") and form.is_valid():
        answer = act(
            request,
            "application:save_section",
            lambda actor: contest_operations.save_section(
                actor=actor, application=found, section=name, data=form.section(), revision=_written_from(request)
            ),
            then=reverse("application", args=[ref]) if pressed == "later" else _next(found, name),
            form=form,
            said=_("Saved at %(when)s.") % {"when": formats.clock(request.at)},
        )
        if answer is not None:
            return answer
        theirs = _theirs(found, name, _written_from(request)) if may_write(found, request.actor, name) else None
    context = _section_context(found, name, form, request) | {"theirs": theirs}
    trail = ((context["title"], reverse("application", args=[ref])), (context["part"], ""))
    return page_of(request, form.template, context, *trail)


def _written_from(request: Any) -> int | None:
    """The revision the form was shown with."""
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isdecimal() and len(typed) < 8 else None


def _theirs(application: Any, name: str, written_from: int | None) -> Any:
    """What somebody else saved since, where it is newer than what this form was written from."""
    if written_from is None or contests.draft_revisions(application).get(name, 0) == written_from:
        return None
    return part(name, contests.draft_content(application)[name])


def _section_context(application: Any, name: str, form: SectionForm, request: Any) -> dict[str, Any]:
    resent = request.POST.get("then", "") in ("more", "recalculate")
    context = head_of(application) | {
        "form": form,
        "part": str(words.PART[name]),
        "saved_at": contests.saved_sections(application)[name],
        "lot": application.lot,
        "revision": request.POST.get("revision", 0) if resent else contests.draft_revisions(application).get(name, 0),
        "key": "" if resent else request.POST.get("key", ""),
    }
    if isinstance(form, BudgetForm):
        settlement = application.contest.settlement
        context |= {
            "totals": form.totals(),
            "least_own": settlement.value("app.cofin_min_pct"),
            "ineligible": ", ".join(words.code(code) for code in settlement.codes("app.ineligible_codes")),
        }
    return context


def _section_form(request: Any, application: Any, name: str) -> SectionForm:
    kind = FORMS[name]
    draft = contests.draft_content(application)
    setting = _setting(application, draft)
    if request.method != "POST":
        given = draft.get(name) or (_known_team(request, application) if name == "team" else None)
        return kind(given=given, setting=setting)
    pressed = request.POST.get("then", "")
    lenient = pressed in ("more", "recalculate")
    if issubclass(kind, RowsForm):
        return kind(request.POST, lenient=lenient, setting=setting, more=2 if pressed == "more" else 0)
    return kind(request.POST, lenient=lenient, setting=setting)


def _known_team(request: Any, application: Any) -> dict[str, Any] | None:
    """Nobody types the staff twice: an unwritten team begins with the people of the profile. Only for the applicant's
    own; who was invited from elsewhere does not read the profile."""
    if not request.actor.acts_for(application.applicant_id):
        return None
    known = parties.profile_on(application.applicant, bishkek_day(request.at)).get("staff")
    if known is None:
        return None
    people = known.content["people"][:MOST_IN_TEAM]
    return {"rows": [{"name": one["name"], "role": "", "experience": one["note"]} for one in people]}


MOST_IN_TEAM = 40


def _setting(application: Any, draft: Mapping[str, Any]) -> Setting:
    settlement = application.contest.settlement
    return Setting(
        tuple(row["title"] for row in draft.get("activities", {}).get("rows", ())),
        tuple((code, words.code(code)) for code in settlement.codes("form.budget_categories")),
        settlement.codes("app.languages"),
        contests.left_out_of(application),
        settlement.number("elig.min_experience_months"),
    )


def _next(application: Any, name: str) -> str:
    """The part after this one; after the last, the task list."""
    names, ref = list(contests.saved_sections(application)), application.ref
    place = names.index(name) + 1
    if place < len(names):
        return reverse("application_section", args=[ref, names[place]])
    return reverse("application", args=[ref])
