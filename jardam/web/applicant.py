"""The applicant's pages: from a lot to the receipt, and from the award to the accepted report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.messages import get_messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contests import operations as contest_operations
from jardam.contests import queries as contests
from jardam.contests.policy import hand_of, may_write, side_of
from jardam.contracts import operations as contract_operations
from jardam.contracts import queries as contracts
from jardam.documents.queries import looks
from jardam.fields import in_language
from jardam.journal.queries import history
from jardam.kernel.text import clean
from jardam.kernel.time import bishkek_day
from jardam.parties import queries as parties
from jardam.parties.policy import AUDIENCES, ROLE_LABELS
from jardam.review import operations as review_operations
from jardam.review import queries as review

from . import contest_page, documents, executor, formats, lists, papers, together, words
from .application_page import budget_table, documents_of, part, partner_rows, place_label, whole
from .door import act
from .executor import ReportForm
from .forms import ChoiceField, DocumentField, Form, LongTextField
from .letter import letter_context
from .pages import language, page
from .public import contract_context
from .sections import FORMS, BudgetForm, RowsForm, SectionForm, Setting
from .steps import StepForm, crumbs, fill_in
from .templatetags.ui import Cell, Column, Event, Link, SummaryRow, Table, Task, TaskGroup


def _render(request: Any, template: str, context: Mapping[str, Any], *trail: tuple[Any, str]) -> HttpResponse:
    if request.actor.has(*AUDIENCES["applicant"]):
        trail = ((_("My applications"), reverse("apply") if trail else ""), *trail)
    shown = {"breadcrumbs": crumbs(*trail), "messages": get_messages(request)} | dict(context)
    return render(request, template, shown)


def _own(ref: str, request: Any) -> Any:
    """An application of the organisation the actor acts for; anything else is not found."""
    application = contests.application(ref, request.actor)
    if not request.actor.acts_for(application.applicant_id):
        raise Http404
    return application


def _written(ref: str, request: Any) -> Any:
    """An application that the actor's organisation, or the actor by invitation, writes; or that the customer's people
    key in from paper. Anything else is not found."""
    application = contests.application(ref, request.actor)
    own = request.actor.acts_for(application.applicant_id) and application.paper_id is None
    if own or application.state in ("keying", "keyed") or hand_of(application, request.actor):
        return application
    return _own(ref, request)


def _executed(ref: str, request: Any) -> Any:
    contract = contracts.contract(ref, request.actor)
    if not request.actor.acts_for(contract.executor_id):
        raise Http404
    return contract


def _organisation(request: Any) -> Any:
    return parties.organisations_by_id([request.actor.organisation_id])[request.actor.organisation_id]


def _cursor(request: HttpRequest, name: str, find: Callable[[str], Any]) -> int:
    ref = clean(request.GET.get(name, ""))
    return find(ref).pk if ref else 0


# --- own applications and contracts ----------------------------------------------------------------------------


@page("applicant")
def own_list(request: Any) -> HttpResponse:
    own = request.actor.organisation_ids
    before = _cursor(request, lists.CURSOR, lambda ref: _own(ref, request))
    rows, more = lists.cut(contests.applications_of(own, before=before, limit=lists.PAGE + 1))
    signed = contracts.contracts(request.actor, executor_id=own, limit=lists.PAGE)
    context = {
        "organisation": in_language(_organisation(request).title),
        "table": _application_table(rows),
        "pager": lists.pager(request, rows, more),
        "contracts": _contract_table(signed) if signed else None,
        "all_contracts": len(signed) == lists.PAGE,
    }
    return _render(request, "applicant/list.html", context)


@page("applicant")
def grant_list(request: Any) -> HttpResponse:
    before = _cursor(request, lists.CURSOR, lambda ref: _executed(ref, request))
    found = contracts.contracts(
        request.actor, executor_id=request.actor.organisation_ids, before=before, limit=lists.PAGE + 1
    )
    rows, more = lists.cut(found)
    context = {"table": _contract_table(rows), "pager": lists.pager(request, rows, more)}
    return _render(request, "applicant/contracts.html", context, (_("Contracts"), ""))


def _application_table(rows: list[Any]) -> Table:
    lines = [
        [
            Cell(
                in_language(one.contest.title),
                reverse("application", args=[one.ref]),
                in_language(one.contest.customer.title),
            ),
            one.number,
            Cell(*_standing(one)),
            one.contest.deadline_at,
        ]
        for one in rows
    ]
    columns = [
        Column(_("Contest")),
        Column(_("Number")),
        Column(_("State"), "tag"),
        Column(_("Applications until"), "instant"),
    ]
    return Table(
        _("Applications"),
        columns,
        lines,
        empty=_("You have no applications. Choose one of the open contests."),
    )


def _standing(application: Any) -> tuple[str, str, str, str]:
    """Its state as a cell; an application whose contest is decided is under review no longer."""
    word, tone = words.APPLICATION[application.state]
    if application.state == "opened" and application.contest.state == "decided":
        word, tone = words.RESULT
    return str(word), "", "", tone


def _contract_table(rows: list[Any]) -> Table:
    lines = [
        [
            Cell(one.title, reverse("grant", args=[one.ref]), in_language(one.customer.title)),
            one.number,
            one.amount,
            Cell(words.word(words.CONTRACT, one.state), tone=words.tone(words.CONTRACT, one.state)),
        ]
        for one in rows
    ]
    columns = [
        Column(_("Project")),
        Column(_("Number")),
        Column(_("Amount"), "money"),
        Column(_("State"), "tag"),
    ]
    return Table(_("Contracts"), columns, lines, empty=_("You have no contracts yet."))


# --- starting --------------------------------------------------------------------------------------------------


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
    applicant = _organisation(request)
    before = contests.earlier_applications(applicant.pk)
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
        "possible": not starting,
        "later": not starting and any(refusal for _name, refusal in checks),
        "own": contests.living_application(lot, applicant.pk),
    }
    return _render(request, "applicant/start.html", context, (_("Start"), ""))


# --- the task list ---------------------------------------------------------------------------------------------


@page("person")
def application(request: Any, ref: str) -> HttpResponse:
    """The task list while it is written; afterwards what became of it."""
    found = _written(ref, request)
    actions = contests.application_actions(found, request.actor)
    writable = may_write(found, request.actor)
    letter = review.letter(found) if request.actor.acts_for(found.applicant_id) else None
    context = (
        _head(found)
        | _outcome(letter)
        | {
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
    )
    return _render(request, "applicant/application.html", context, (context["title"], ""))


def _outcome(letter: Any) -> dict[str, str]:
    """What the published protocol made of it, instead of the state it was reviewed in."""
    if letter is None:
        return {}
    outcome = letter.outcome
    return {"state": words.word(words.CANDIDACY, outcome), "tone": words.tone(words.CANDIDACY, outcome)}


def _head(application: Any) -> dict[str, Any]:
    contest = application.contest
    return {
        "application": application,
        "contest": contest,
        "title": in_language(contest.title),
        "customer": in_language(contest.customer.title),
        "state": words.word(words.APPLICATION, application.state),
        "tone": words.tone(words.APPLICATION, application.state),
    }


def _tasks(application: Any) -> list[TaskGroup]:
    saved = contests.saved_sections(application)
    draft = contests.draft_content(application)
    tasks = [
        Task(
            str(words.SECTION[name]),
            reverse("application_section", args=[application.ref, name]),
            _status(name, draft),
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


def _status(name: str, draft: Mapping[str, Any]) -> str:
    if name not in draft:
        return "todo"
    part, texts = draft[name], LATER.get(name, ())
    rows = part.get("rows", [part])
    is_whole = rows and all(row.get(text) for row in rows for text in texts)
    return "done" if is_whole and (name != "declarations" or all(part.values())) else "started"


LATER = {
    "project": ("summary", "sustainability"),
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
    found = _written(ref, request)
    if name not in FORMS:
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
            then=reverse("application", args=[ref]) if pressed == "later" else _next(ref, name),
            form=form,
            said=_("Saved at %(when)s.") % {"when": formats.clock(request.at)},
        )
        if answer is not None:
            return answer
        theirs = _theirs(found, name, _written_from(request)) if may_write(found, request.actor, name) else None
    context = _section_context(found, name, form, request) | {"theirs": theirs}
    trail = ((context["title"], reverse("application", args=[ref])), (context["part"], ""))
    return _render(request, form.template, context, *trail)


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
    context = _head(application) | {
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
    setting = _setting(application, draft) if name == "budget" else None
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
    categories = application.contest.settlement.codes("form.budget_categories")
    return Setting(
        tuple(row["title"] for row in draft.get("activities", {}).get("rows", ())),
        tuple((code, words.code(code)) for code in categories),
    )


def _next(ref: str, name: str) -> str:
    """The part after this one; after the last, the task list."""
    names = list(FORMS)
    place = names.index(name) + 1
    if place < len(names):
        return reverse("application_section", args=[ref, names[place]])
    return reverse("application", args=[ref])


# --- check, submit, withdraw -----------------------------------------------------------------------------------


@page("person", writes=True)
def check(request: Any, ref: str) -> HttpResponse:
    """The whole as it will be sent; the accountant signs off, the head signs off and submits with one press."""
    found = _written(ref, request)
    form = StepForm(request.POST if request.method == "POST" else None)
    signs = request.POST.get("do") == "sign"
    if request.method == "POST":
        work = contest_operations.sign_off if signs else contest_operations.sign_off_and_submit
        answer = act(
            request,
            "application:sign_off" if signs else "application:submit",
            lambda actor: work(actor=actor, application=found),
            then=reverse("application_check" if signs else "application_sent", args=[ref]),
            form=form,
            said=_("You signed off the application as it stands.") if signs else "",
        )
        if answer is not None:
            return answer
    draft = contests.whole_draft(found)
    faults = contests.submission_faults(found, draft, request.actor)
    signed = contests.draft_signed_off(found)
    side = side_of(found, request.actor)
    others = [one for one, is_signed in signed.items() if not is_signed and one != side]
    context = _head(found) | {
        "form": form,
        "parts": whole(draft, lambda name: reverse("application_section", args=[ref, name])),
        "budget": budget_table(draft),
        "documents": _document_rows(found, draft),
        "partners": partner_rows(draft),
        "lot": found.lot,
        "faults": faults,
        "may_send": not faults and not others,
        "waits_for": ", ".join(str(words.SIDE_OF_APPLICATION[one]) for one in others),
        "signed": [(str(words.SIDE_OF_APPLICATION[one]), is_signed) for one, is_signed in signed.items()],
        "may_sign": (
            (others or side != "applicant_head")
            and not signed.get(side, True)
            and "sign_off" in contests.application_actions(found, request.actor)
        ),
        "replaces": found.state == "submitted",
        "key": request.POST.get("key", ""),
    }
    trail = ((context["title"], reverse("application", args=[ref])), (_("Check"), ""))
    return _render(request, "applicant/check.html", context, *trail)


def _document_rows(application: Any, content: Mapping[str, Any]) -> list[SummaryRow]:
    kinds = application.contest.settlement.value("app.documents")
    return [SummaryRow(what, name) for _ref, what, name in documents_of(content, kinds, language())]


@page("applicant")
def sent(request: Any, ref: str) -> HttpResponse:
    """The receipt, and what happens next."""
    found = _own(ref, request)
    rows = contests.versions(found)
    if not rows:
        raise Http404
    context = _head(found) | {
        "version": rows[0],
        "earlier": rows[1:],
        "seconds": formats.instant(rows[0].at, seconds=True),
        "receipt_url": reverse("receipt", args=[rows[0].ref]),
    }
    trail = ((context["title"], reverse("application", args=[ref])), (_("Receipt"), ""))
    return _render(request, "applicant/sent.html", context, *trail)


@page("applicant")
def content(request: Any, ref: str) -> HttpResponse:
    """The version that was submitted, as its own people may read it."""
    found = _own(ref, request)
    if not contests.versions(found):
        raise Http404
    data = contests.submitted_content(found)
    context = _head(found) | {
        "parts": whole(data),
        "budget": budget_table(data),
        "documents": _document_rows(found, data),
        "partners": partner_rows(data),
    }
    trail = ((context["title"], reverse("application", args=[ref])), (_("What was submitted"), ""))
    return _render(request, "applicant/content.html", context, *trail)


@page("applicant", writes=True)
def withdraw(request: Any, ref: str) -> HttpResponse:
    found = _own(ref, request)
    if request.method == "POST":
        answer = act(
            request,
            "application:withdraw",
            lambda actor: contest_operations.withdraw(actor=actor, application=found),
            then=reverse("apply"),
            said=_("The application is withdrawn."),
        )
        assert answer is not None
        return answer
    if "withdraw" not in contests.application_actions(found, request.actor):
        return redirect("application", ref)
    back = reverse("application", args=[ref])
    context = {
        "title": _("Withdraw the application?"),
        "consequences": [
            _("It will not be opened or judged."),
            _("It cannot be brought back."),
            _("Until the deadline you may start a new one."),
        ],
        "submit": _("Withdraw"),
        "cancel_url": back,
        "form": None,
    }
    return _render(request, "confirm.html", context, (in_language(found.contest.title), back))


# --- afterwards ------------------------------------------------------------------------------------------------


@page("applicant")
def timeline(request: Any, ref: str) -> HttpResponse:
    """Every act on the application, and everybody who opened it."""
    found = _own(ref, request)
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
    context = _head(found) | {
        "events": events,
        "looks": Table(_("Who opened your application"), columns, readers, empty=_("Nobody has opened it.")),
    }
    trail = ((context["title"], reverse("application", args=[ref])), (_("History"), ""))
    return _render(request, "applicant/timeline.html", context, *trail)


def _by(person: str, organisation: str) -> str:
    return ", ".join(part for part in (person, organisation) if part)


@page("applicant")
def result(request: Any, ref: str) -> HttpResponse:
    """The letter: own scores by criterion, the reasons, and what would have been enough."""
    found = _own(ref, request)
    letter = review.letter(found)
    if letter is None:
        return redirect("application", ref)
    context = _head(found) | letter_context(found, letter) | {"decline_url": _decline_url(found, request)}
    context |= _appeal_of(found, request)
    context["papers"] = documents.papers("application", [found.pk], request.actor)
    trail = ((context["title"], reverse("application", args=[ref])), (_("Result"), ""))
    return _render(request, "applicant/result.html", context, *trail)


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


# --- contracts and reports -------------------------------------------------------------------------------------


@page("applicant")
def grant(request: Any, ref: str) -> HttpResponse:
    found = _executed(ref, request)
    rows = contracts.tranches(found)
    actions = contracts.contract_actions(found, request.actor)
    returned = [row.report for row in rows if row.report and row.report.state == "returned"]
    context = contract_context(found, rows, _report_url) | {
        "papers": documents.papers("contract", [found.pk], request.actor)
        + documents.papers("report", [row.report.pk for row in rows if row.report], request.actor),
        "actions": actions,
        "may_sign": bool({"sign_contract", "countersign_contract"} & set(actions)),
        "may_report": "report" in actions,
        "returned": returned,
        "refuse_url": reverse("grant_refuse", args=[ref]) if "refuse_to_sign" in actions else "",
        "move_url": reverse("grant_reallocate", args=[ref]) if "reallocate" in actions else "",
        "item_url": reverse("grant_item_new", args=[ref]) if "report" in actions or returned else "",
        **papers.papers(found, request.actor),
        "reports": [row.report for row in rows if row.report],
        "contest": found.award.protocol.proceeding.commission.contest,
        "signing_from": found.award.protocol.signing_from,
        "is_public": bool(found.number),
        "hindered": contracts.signing_hindered(found, request.actor)
        if found.state in ("prepared", "half_signed")
        else (),
        "waits": found.state in ("prepared", "half_signed") and request.at < found.award.protocol.signing_from,
    }
    return _render(request, "applicant/grant.html", context, (_("Contracts"), reverse("grants")), (found.title, ""))


def _report_url(report: Any) -> str:
    return reverse("grant_report_page", args=[report.ref])


@page("applicant", writes=True)
def grant_sign(request: Any, ref: str) -> HttpResponse:
    found = _executed(ref, request)
    if request.method == "POST":
        answer = act(
            request,
            "contract:sign_contract",
            lambda actor: contract_operations.sign_contract(actor=actor, contract=found),
            then=reverse("grant", args=[ref]),
            said=_("You signed the contract."),
        )
        assert answer is not None
        return answer
    if not {"sign_contract", "countersign_contract"} & set(contracts.contract_actions(found, request.actor)):
        return redirect("grant", ref)
    back = reverse("grant", args=[ref])
    context = {
        "title": _("Sign the contract?"),
        "consequences": [
            _("You sign for %(organisation)s.") % {"organisation": in_language(found.executor.title)},
            _("The amount is %(amount)s, as the protocol says.") % {"amount": formats.som(found.amount)},
            _("With both signatures the contract is in force and public."),
        ],
        "sha256": found.content_sha256,
        "submit": _("Sign"),
        "kind": "primary",
        "cancel_url": back,
        "form": None,
    }
    return _render(request, "applicant/sign.html", context, (found.title, back))


@page("applicant", writes=True)
def grant_report(request: Any, ref: str) -> HttpResponse:
    """Report on the oldest paid tranche that has no report; what was spent is the sum of its items."""
    found = _executed(ref, request)
    form = ReportForm(request.POST or None, indicators=contracts.indicators(found))
    if request.method == "POST" and form.is_valid():
        answer = act(
            request,
            "contract:report",
            lambda actor: contract_operations.submit_report(actor=actor, contract=found, **form.told),
            then=reverse("grant", args=[ref]),
            form=form,
            said=_("The report is with the customer."),
        )
        if answer is not None:
            return answer
    elif request.method != "POST" and "report" not in contracts.contract_actions(found, request.actor):
        return redirect("grant", ref)
    due = contracts.tranche_to_report(found, request.actor)
    context = {
        "contract": found,
        "form": form,
        "tranche": due,
        "key": request.POST.get("key", ""),
        "items": executor.item_table(contracts.expenses(due), "grant_item") if due else None,
        "item_url": reverse("grant_item_new", args=[ref]),
    }
    trail = ((found.title, reverse("grant", args=[ref])), (_("Report"), ""))
    return _render(request, "applicant/report.html", context, *trail)


def _report(ref: str, request: Any) -> Any:
    report = contracts.report(ref, request.actor)
    if not request.actor.acts_for(report.contract.executor_id):
        raise Http404
    return report


@page("applicant", writes=True)
def grant_report_page(request: Any, ref: str) -> HttpResponse:
    """A report as it was sent; returned with a remark, it is mended and sent again."""
    found = _report(ref, request)
    back = reverse("grant", args=[found.contract.ref])
    trail = ((found.contract.title, back), (_("Report"), ""))
    mendable = "resubmit_report" in contracts.report_actions(found, request.actor)
    planned = contracts.indicators(found.contract)
    form = ReportForm(request.POST or None, indicators=planned, initial=executor.report_initial(found))
    if request.method == "POST" and form.is_valid():
        answer = act(
            request,
            "report:resubmit_report",
            lambda actor: contract_operations.resubmit_report(actor=actor, report=found, **form.told),
            then=back,
            form=form,
            said=_("The mended report is with the customer."),
        )
        if answer is not None:
            return answer
    context = {
        "contract": found.contract,
        "tranche": found.tranche,
        "report": found,
        "state": words.word(words.REPORT, found.state),
        "tone": words.tone(words.REPORT, found.state),
        "form": form if mendable or form.is_bound else None,
        "remark": found.remark,
        "key": request.POST.get("key", ""),
        "items": executor.item_table(contracts.expenses(found.tranche), "grant_item"),
        "item_url": reverse("grant_item_new", args=[found.contract.ref]) if mendable else "",
        "reached": executor.reached_rows(found, planned),
    }
    return _render(request, "applicant/report.html", context, *trail)


# --- during the review: mending, a smaller amount, giving an award up -------------------------------------------


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
    found = _own(ref, request)
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
        breadcrumbs=_trail((in_language(found.contest.title), back), (_("Mending"), "")),
    )


def _trail(*links: tuple[Any, str]) -> list[Link]:
    return crumbs((_("My applications"), reverse("apply")), *links)


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
    found = _own(ref, request)
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
        breadcrumbs=_trail((in_language(found.contest.title), back), (_("Smaller amount"), "")),
    )


class DeclineForm(StepForm):
    reason = LongTextField(gettext_lazy("Why do you decline?"), rows=3, max_length=1000, required=False)


@page("applicant", writes=True)
def award_decline(request: Any, ref: str) -> HttpResponse:
    found = _own(ref, request)
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
        breadcrumbs=_trail(
            (in_language(found.contest.title), reverse("application", args=[ref])), (_("Result"), back)
        ),
    )


urlpatterns = [
    path("", own_list, name="apply"),
    path("lots/<str:ref>/", start, name="apply_start"),
    path("contracts/", grant_list, name="grants"),
    path("contracts/<str:ref>/", grant, name="grant"),
    path("contracts/<str:ref>/sign/", grant_sign, name="grant_sign"),
    path("contracts/<str:ref>/report/", grant_report, name="grant_report"),
    path("reports/<str:ref>/", grant_report_page, name="grant_report_page"),
    *executor.urlpatterns,
    path("<str:ref>/", application, name="application"),
    *together.urlpatterns,
    path("<str:ref>/check/", check, name="application_check"),
    path("<str:ref>/sent/", sent, name="application_sent"),
    path("<str:ref>/content/", content, name="application_content"),
    path("<str:ref>/withdraw/", withdraw, name="application_withdraw"),
    path("<str:ref>/mending/", mending, name="mending"),
    path("<str:ref>/cut/", cut, name="cut"),
    path("<str:ref>/decline/", award_decline, name="award_decline"),
    path("<str:ref>/timeline/", timeline, name="application_timeline"),
    path("<str:ref>/result/", result, name="application_result"),
    path("<str:ref>/<slug:name>/", section, name="application_section"),
]
