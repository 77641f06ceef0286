"""Contests at the customer's desk, up to the opening of the applications."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contests import operations, queries
from jardam.contests.policy import CONTEST
from jardam.contracts import queries as contracts
from jardam.contracts.policy import CONTRACT
from jardam.fields import in_language
from jardam.kernel.refusal import Refusal, Refused
from jardam.planning import queries as planning
from jardam.regime import operations as regime
from jardam.review import queries as review
from jardam.review.policy import CANDIDACY, COMMISSION, PROCEEDING, PROTOCOL
from jardam.rulebook.settlement import Settlement
from jardam.treasury import queries as treasury
from jardam.treasury.queries import Stage as MoneyStage

from .. import contest_page, editions, formats, lists, words
from ..forms import ChoiceField, DayField, LongTextField, MoneyField, NumberField, TextField
from ..pages import page
from ..steps import (
    LANGUAGES,
    StepForm,
    allows,
    crumbs,
    cursor,
    fill_in,
    in_languages,
    initial_of,
    texts_of,
    unfinished,
    wrong_role,
)
from ..templatetags.ui import Cell, Column, SummaryRow, Table, Task, TaskGroup
from . import contest_next
from .shared import FORM

TEXTS = ("title", "goal", "tasks", "problem")


# --- forms -----------------------------------------------------------------------------------------------------


class ContestForm(StepForm):
    programme = ChoiceField(gettext_lazy("Under which programme?"), select=True)
    title_ky, title_ru, title_en = in_languages(gettext_lazy("Theme of the contest"))

    def __init__(self, programmes: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [
            (one.ref, f"{in_language(one.title)}, {formats.years(one.year_from, one.year_to)}") for one in programmes
        ]
        self.fields["programme"].choices = [("", _("Choose…")), *named]  # type: ignore[attr-defined]


class AnnouncementForm(StepForm):
    """Half-written texts are kept: what is still missing is said before the announcement."""

    title_ky, title_ru, title_en = in_languages(gettext_lazy("Theme of the contest"))
    goal_ky, goal_ru, goal_en = in_languages(gettext_lazy("Goal"), LongTextField, later=True, rows=3)
    tasks_ky, tasks_ru, tasks_en = in_languages(gettext_lazy("Tasks"), LongTextField, later=True, rows=4)
    problem_ky, problem_ru, problem_en = in_languages(gettext_lazy("Problem"), LongTextField, later=True, rows=4)
    contacts = unfinished(
        TextField(gettext_lazy("Whom do applicants ask?"), hint=gettext_lazy("Name and telephone."), max_length=300)
    )
    months = NumberField(gettext_lazy("How many months does a project last?"), min_value=1, max_value=36, width="4")


class LotForm(StepForm):
    measure = ChoiceField(gettext_lazy("Which measure pays?"))
    amount = MoneyField(
        gettext_lazy("Money for all projects of the lot"),
        hint=gettext_lazy("Not more than is left of the measure."),
        min_value=1,
    )
    ceiling = MoneyField(gettext_lazy("Most that one project may ask for"), min_value=1)

    def __init__(self, choices: list[tuple[str, str]], hints: dict[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = choices  # type: ignore[attr-defined]
        self.fields["measure"].widget.hints = hints  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        amount, ceiling = data.get("amount"), data.get("ceiling")
        if amount is not None and ceiling is not None and ceiling > amount:
            self.add_error("ceiling", _("One project cannot get more than the whole lot has."))
        return data


class ClosingForm(StepForm):
    closes_on = DayField(gettext_lazy("Last day on which applications are taken"))


# --- lists and the workplace -----------------------------------------------------------------------------------


@page("customer")
def contests(request: Any) -> HttpResponse:
    own = request.actor.organisation_ids
    before = cursor(request, lambda ref: queries.contest(ref, request.actor))
    rows, more = lists.cut(queries.contests(request.actor, customer_id=own, before=before, limit=lists.PAGE + 1))
    lines = [_line(one, request.at) for one in rows]
    columns = [Column(_("Contest")), Column(_("Applications until")), Column(_("State"), "tag")]
    context = {
        "title": _("Contests"),
        "table": Table(_("Contests"), columns, lines, empty=_("There is no contest yet."), hide_caption=True),
        "pager": lists.pager(request, rows, more),
        "new": _("Begin a contest"),
        "new_url": reverse("desk_contest_new") if allows(CONTEST, "draft_contest", request.actor) else "",
        "breadcrumbs": crumbs((_("Contests"), "")),
    }
    return render(request, "steps/list.html", context)


def _line(contest: Any, at: Any) -> list[Any]:
    state, tone = words.contest_state(contest.state, contest.deadline_at, at)
    until = contest_page.deadline(contest.deadline_at) if contest.deadline_at else None
    return [
        Cell(in_language(contest.title), contest_url(contest), contest.number or ""),
        until,
        Cell(state, tone=tone),
    ]


def contest_url(contest: Any) -> str:
    return reverse("desk_contest", args=[contest.ref])


def contest_crumbs(contest: Any, label: str = "") -> Any:
    """The trail of a contest's pages; without a label, of its workplace."""
    name = in_language(contest.title)
    here = [(name, contest_url(contest)), (label, "")] if label else [(name, "")]
    return crumbs((_("Contests"), reverse("desk_contests")), *here)


def own_contest(request: Any, ref: str) -> Any:
    """A contest of the actor's organisation; anybody else's is not found here."""
    contest = queries.contest(ref, request.actor)
    if not request.actor.acts_for(contest.customer_id):
        raise Http404
    return contest


@page("customer", writes=True)
def contest_new(request: Any) -> HttpResponse:
    programmes = {one.ref: one for one in planning.adopted_programmes(request.actor.organisation_ids)}
    form = ContestForm(
        list(programmes.values()), request.POST or None, initial={"programme": request.GET.get("programme", "")}
    )
    return fill_in(
        request,
        form,
        lambda actor, data: operations.draft_contest(
            actor=actor,
            # Under a programme taken over the customer is who adopted it: its money stands in that name.
            customer=programmes[data["programme"]].customer,
            programme=programmes[data["programme"]],
            title=texts_of(data, "title"),
        ),
        verb="contest:draft_contest",
        then=contest_url,
        said=_("The contest is begun. Nobody but you sees it until it is announced."),
        title=_("Begin a contest"),
        submit=_("Save and go on"),
        back_url=reverse("desk_contests"),
        refusals=wrong_role(CONTEST, "draft_contest", request.actor),
        template="customer/contest_new.html",
        programmes_url="" if programmes else reverse("desk_programmes"),
        breadcrumbs=crumbs((_("Contests"), reverse("desk_contests")), (_("New contest"), "")),
    )


@page("customer")
def contest(request: Any, ref: str) -> HttpResponse:
    found = own_contest(request, ref)
    state, tone = words.contest_state(found.state, found.deadline_at, request.at)
    context = {
        "title": in_language(found.title),
        "contest": found,
        "state": state,
        "tone": tone,
        "groups": _tasks(found, request),
        "changes": contest_next.links(found, queries.contest_actions(found, request.actor)),
        "public_url": reverse("contest", args=[ref]) if found.is_announced else "",
        "deadline": contest_page.deadline(found.deadline_at) if found.deadline_at else "",
        "assumed": contest_page.assumed_note(found.settlement) if found.is_announced else "",
        "appeals_url": reverse("desk_appeals", args=[ref]) if found.state in ("opened", "decided") else "",
        "rules_url": reverse("contest_rules", args=[ref]) if found.is_announced else "",
        "breadcrumbs": contest_crumbs(found),
    }
    return render(request, "customer/contest.html", context)


# --- the task list ---------------------------------------------------------------------------------------------


def _tasks(contest: Any, request: Any) -> list[TaskGroup]:
    """The whole road of a contest; a link stands only where this actor may act."""
    verbs = queries.contest_actions(contest, request.actor)
    if contest.state == "discarded":
        return []
    groups = [TaskGroup(_("Prepare and announce"), _before(contest, verbs))]
    if contest.state == "draft":
        return groups
    if changes := contest_next.tasks(contest, verbs, request.actor):
        groups.append(TaskGroup(_("Now"), changes))
    if contest.state in ("cancelled", "void") or queries.opened_count(contest) == 0:
        return groups
    standings = review.standings([contest.pk])
    groups.append(TaskGroup(_("Applications"), _applications(contest, verbs, request.at)))
    groups.append(TaskGroup(_("Review"), _review(contest, standings, request.actor)))
    groups.append(TaskGroup(_("Protocol"), [_protocol(one, request.actor) for one in standings]))
    if found := _contracts(contest, request.actor):
        groups.append(TaskGroup(_("Contracts"), found))
    return groups


def _before(contest: Any, verbs: tuple[str, ...]) -> list[Task]:
    if contest.state != "draft":
        return [Task(_("Announce the contest"), "", "done", formats.day(contest.announced_at))]
    edit = "edit_announcement" in verbs
    missing = [name for name in TEXTS if not getattr(contest, name)] + ([] if contest.contacts else ["contacts"])
    written = "done" if not missing else "started"
    lots = queries.lots(contest)
    tasks = [
        Task(
            _("Write the announcement"),
            reverse("desk_announcement", args=[contest.ref]) if edit else "",
            written if edit else "waiting",
            _("Still to write: %(parts)s") % {"parts": ", ".join(str(PARTS[name]) for name in missing)}
            if missing
            else "",
        )
    ]
    tasks += [
        Task(
            _("Lot %(n)s: %(title)s") % {"n": lot.number, "title": in_language(lot.measure.title)},
            reverse("desk_lot", args=[contest.ref, lot.ref]) if edit else "",
            "done",
            _("%(amount)s, one project up to %(ceiling)s")
            % {"amount": formats.som(lot.amount), "ceiling": formats.som(lot.ceiling)},
        )
        for lot in lots
    ]
    free = {one.pk for one in _grants_of(contest)} - {lot.measure_id for lot in lots}
    if edit and free:
        title = _("Add another lot") if lots else _("Add a lot with its money")
        add = reverse("desk_lot_new", args=[contest.ref])
        tasks.append(Task(title, add, "todo", label=_("Optional") if lots else ""))
    ready = "announce" in verbs
    tasks.append(
        Task(
            _("Check everything and announce"),
            reverse("desk_announce", args=[contest.ref]) if ready else "",
            "todo" if ready else "blocked",
            "" if ready else _("First write the announcement and add a lot."),
        )
    )
    return tasks


PARTS = {
    "title": gettext_lazy("theme"),
    "goal": gettext_lazy("goal"),
    "tasks": gettext_lazy("tasks"),
    "problem": gettext_lazy("problem"),
    "contacts": gettext_lazy("contacts"),
}


def _applications(contest: Any, verbs: tuple[str, ...], at: Any) -> list[Task]:
    closed = at >= contest.deadline_at
    until = _("until %(when)s") % {"when": contest_page.deadline(contest.deadline_at)}
    wait = Task(_("Applications are taken"), "", "done" if closed else "waiting", until)
    if contest.opened_at:
        count = _("Opened: %(n)s") % {"n": formats.number(queries.opened_count(contest))}
        return [wait, *_papers(contest), Task(_("Open the applications"), "", "done", count)]
    ready = "open_applications" in verbs
    status = "todo" if ready else "waiting" if closed else "blocked"
    return [
        wait,
        *_papers(contest),
        Task(_("Open the applications"), reverse("desk_opening", args=[contest.ref]) if ready else "", status),
    ]


def _papers(contest: Any) -> list[Task]:
    """The book of envelopes, where the rules of the contest let applications come on paper."""
    if not contest.settlement.flag("app.paper_allowed"):
        return []
    url, pending = reverse("desk_papers", args=[contest.ref]), queries.papers_pending(contest.pk)
    is_due = contest.state == "opened" and pending
    said = _("Not in the review yet: %(n)s") % {"n": formats.number(pending)} if pending else ""
    return [
        Task(_("Applications on paper"), url, "todo" if is_due else "done" if contest.opened_at else "waiting", said)
    ]


def _review(contest: Any, standings: list[Any], actor: Any) -> list[Task]:
    commission = next((one.commission for one in standings), None)
    url = reverse("desk_commission", args=[contest.ref])
    if commission:
        number = _("Order No. %(n)s") % {"n": commission.order_number}
        tasks = [Task(_("Appoint the commission"), url, "done", number)]
    else:
        may = allows(COMMISSION, "appoint_commission", actor)
        tasks = [Task(_("Appoint the commission"), url if may else "", "todo" if may else "waiting")]
    return tasks + [_lot_review(contest, one, actor) for one in standings]


def _lot_review(contest: Any, standing: Any, actor: Any) -> Task:
    """The one thing that is next in the review of a lot."""
    lot, proceeding = standing.lot, standing.proceeding
    named = {"n": lot.number}
    if proceeding is None:
        ready = contest.state == "opened" and standing.commission and allows(PROCEEDING, "begin_review", actor)
        url = reverse("desk_review_begin", args=[contest.ref, lot.ref])
        return Task(_("Lot %(n)s: begin the review") % named, url if ready else "", "todo" if ready else "blocked")
    url = reverse("desk_proceeding", args=[proceeding.ref])
    match proceeding.state:
        case "interests":
            return Task(_("Lot %(n)s: members declare their interests") % named, url, "waiting")
        case "admissibility":
            status = "todo" if allows(CANDIDACY, "admit", actor) else "waiting"
            left = _("Not screened yet: %(n)s") % {"n": formats.number(standing.undecided)}
            return Task(_("Lot %(n)s: screen the applications") % named, url, status, left)
        case "scoring":
            return Task(
                _("Lot %(n)s: members score") % named, url, "waiting", _("Scores stay hidden until all are in.")
            )
        case "revealed":
            ready = allows(PROCEEDING, "decide", actor)
            sitting = reverse("desk_sitting", args=[proceeding.ref]) if ready else url
            return Task(_("Lot %(n)s: record the sitting") % named, sitting, "todo" if ready else "waiting")
        case _:
            return Task(_("Lot %(n)s: review") % named, url, "done")


def _protocol(standing: Any, actor: Any) -> Task:
    protocol = standing.protocol
    named = {"n": standing.lot.number}
    if protocol is None:
        return Task(_("Lot %(n)s: protocol") % named, "", "blocked")
    url = reverse("desk_protocol", args=[protocol.ref])
    match protocol.state:
        case "drafted":
            return Task(_("Lot %(n)s: members sign the protocol") % named, url, "waiting", protocol.number)
        case "signed":
            status = "todo" if allows(PROTOCOL, "publish_protocol", actor) else "waiting"
            return Task(_("Lot %(n)s: publish the protocol") % named, url, status, protocol.number)
        case _:
            return Task(_("Lot %(n)s: protocol is published") % named, url, "done", protocol.number)


def _contracts(contest: Any, actor: Any) -> list[Task]:
    awards = review.awards_of(contest)
    made = contracts.contracts_of_awards([one.pk for one in awards])
    tasks = []
    for award in awards:
        contract = made.get(award.pk)
        title = f"{in_language(award.applicant.title)}: {award.project_title}"
        if contract is None:
            may = allows(CONTRACT, "prepare_contract", actor)
            url = reverse("desk_contract_prepare", args=[award.ref]) if may else ""
            tasks.append(Task(title, url, "todo" if may else "waiting", formats.som(award.amount)))
            continue
        url = reverse("desk_contract", args=[contract.ref])
        state = words.word(words.CONTRACT, contract.state)
        status = "done" if contract.state == "in_force" else "started"
        tasks.append(Task(title, url, status, formats.som(contract.amount), state))
    return tasks


# --- announcement and lots -------------------------------------------------------------------------------------


@page("customer", writes=True)
def announcement(request: Any, ref: str) -> HttpResponse:
    found = own_contest(request, ref)
    initial = {"contacts": found.contacts, "months": found.months}
    for name in TEXTS:
        initial |= initial_of(getattr(found, name), name)
    return fill_in(
        request,
        AnnouncementForm(request.POST or None, initial=initial),
        lambda actor, data: operations.edit_announcement(
            actor=actor,
            contest=found,
            changes={name: texts_of(data, name) for name in TEXTS}
            | {"contacts": data["contacts"], "months": data["months"]},
        ),
        verb="contest:edit_announcement",
        then=contest_url(found),
        said=_("The announcement is saved."),
        title=_("Write the announcement"),
        caption=in_language(found.title),
        lead=_("You can save it half-written and come back."),
        submit=_("Save"),
        back_url=contest_url(found),
        refusals=queries.contest_refusals(found, "edit_announcement", request.actor),
        breadcrumbs=contest_crumbs(found, _("Announcement")),
    )


@page("customer", writes=True)
def lot(request: Any, ref: str, lot_ref: str = "") -> HttpResponse:
    """A new lot, or the amounts of one that is there; its measure stays."""
    found = own_contest(request, ref)
    lots = queries.lots(found)
    here = next((one for one in lots if one.ref == lot_ref), None)
    if lot_ref and here is None:
        raise Http404
    taken = {one.measure_id for one in lots}
    grants = _grants_of(found)
    free = grants if request.method == "POST" else [one for one in grants if one.pk not in taken]
    offered = [here.measure] if here else free
    left = treasury.balances(MoneyStage.ALLOCATED, "measure", [one.pk for one in offered])
    hints = {one.ref: _("Left of it: %(sum)s") % {"sum": formats.som(left.get(one.pk, 0))} for one in offered}
    choices = [(one.ref, f"{in_language(one.title)}, {one.year}") for one in offered]
    first = offered[0] if len(offered) == 1 else None
    initial = {
        "measure": first.ref if first else "",
        "amount": here.amount if here else left.get(first.pk) if first else None,
        "ceiling": here.ceiling if here else None,
    }
    return fill_in(
        request,
        LotForm(choices, hints, request.POST or None, initial=initial),
        lambda actor, data: operations.set_lot(
            actor=actor,
            contest=found,
            measure=next(one for one in offered if one.ref == data["measure"]),
            amount=data["amount"],
            ceiling=data["ceiling"],
        ),
        verb="contest:set_lot",
        then=contest_url(found),
        said=_("The lot is saved."),
        title=_("Lot %(n)s") % {"n": here.number} if here else _("Add a lot"),
        caption=in_language(found.title),
        submit=_("Save the lot"),
        back_url=contest_url(found),
        refusals=queries.contest_refusals(found, "edit_announcement", request.actor),
        template="customer/lot.html",
        nothing_left=not offered,
        remove_url=reverse("desk_lot_remove", args=[ref, here.ref]) if here else "",
        breadcrumbs=contest_crumbs(found, _("Lot")),
    )


def _grants_of(contest: Any) -> list[Any]:
    return [one for one in planning.measures_of([contest.programme_id]) if one.form == FORM]


# --- announcing and opening ------------------------------------------------------------------------------------


@page("customer", writes=True)
def announce(request: Any, ref: str) -> HttpResponse:
    found = own_contest(request, ref)
    next_steps = {"rule_unknown": (_("Fill it by the customer's own act"), reverse("desk_rules"))}
    try:
        settlement = regime.settle(customer=found.customer, form=FORM, at=request.at)
    except Refused as refused:
        return _unsettled(request, found, refused.refusals)
    earliest = regime.deadline(settlement, "ann.min_term", request.at)
    return fill_in(
        request,
        ClosingForm(request.POST or None, initial={"closes_on": earliest.due_on}),
        lambda actor, data: operations.announce(actor=actor, contest=found, closes_on=data["closes_on"]),
        verb="contest:announce",
        then=contest_url(found),
        said=_("The contest is announced. Everybody can see it now."),
        title=_("Announce the contest?"),
        caption=in_language(found.title),
        submit=_("Announce"),
        kind="warning",
        back_url=contest_url(found),
        refusals=queries.contest_refusals(found, "announce", request.actor),
        next_steps=next_steps,
        template="customer/announce.html",
        clock=_clock(settlement, earliest),
        earliest=earliest.due_on,
        late=[formats.sentence(late)] if (late := queries.announced_late(found, earliest.due_on)) else [],
        lots=_lot_table(found),
        assumed=[editions.row(settlement.parameter(key)) for key in settlement.assumed_keys],
        texts=[_text_row(found, name) for name in TEXTS],
        breadcrumbs=contest_crumbs(found, _("Announce")),
    )


def _unsettled(request: Any, contest: Any, refusals: tuple[Refusal, ...]) -> HttpResponse:
    """The rules do not stand yet: the complete list, and the way to fill it."""
    context = {
        "title": _("The contest cannot be announced yet"),
        "contest_title": in_language(contest.title),
        "unknown": [one for one in refusals if one.code == "rule_unknown"],
        "others": [one for one in refusals if one.code != "rule_unknown"],
        "back_url": contest_url(contest),
        "breadcrumbs": contest_crumbs(contest, _("Announce")),
    }
    return render(request, "customer/unsettled.html", context, status=409)


def _clock(settlement: Settlement, earliest: Any) -> list[SummaryRow]:
    """How the earliest closing day comes about."""
    due: date = earliest.due_on
    day_ends = settlement.choice("clock.day_ends")
    return [
        SummaryRow(_("Edition of the law"), editions.title_of(settlement.edition)),
        SummaryRow(
            _("Least time to submit applications"),
            [words.term(earliest.term), words.basis(settlement.basis("ann.min_term"))],
        ),
        SummaryRow(_("Earliest last day"), _("%(day)s, until %(clock)s Bishkek time") % {
            "day": formats.long_day(due), "clock": day_ends,
        }),
    ]  # fmt: skip


def _lot_table(contest: Any) -> Table:
    lots = queries.lots(contest)
    left = treasury.balances(MoneyStage.ALLOCATED, "measure", [one.measure_id for one in lots])
    rows = [
        [
            Cell(in_language(one.measure.title), note=_("Lot %(n)s") % {"n": one.number}),
            one.amount,
            one.ceiling,
            left.get(one.measure_id, 0),
        ]
        for one in lots
    ]
    columns = [
        Column(_("Measure")),
        Column(_("Money of the lot"), "money"),
        Column(_("One project at most"), "money"),
        Column(_("Left of the measure"), "money"),
    ]
    return Table(_("Lots"), columns, rows)


def _text_row(contest: Any, name: str) -> SummaryRow:
    texts = getattr(contest, name) or {}
    url = reverse("desk_announcement", args=[contest.ref])
    values = [f"{language}: {texts[code]}" for code, language in LANGUAGES.items() if texts.get(code)]
    return SummaryRow(capfirst(str(PARTS[name])), values, url, not values)


class OpeningForm(StepForm):
    """Where the rules make the opening public."""

    guests = NumberField(
        gettext_lazy("How many people from outside are present?"),
        hint=gettext_lazy("The opening is public under the rules of this contest. If nobody came: 0."),
        max_value=10_000,
        width="4",
        required=False,
    )


@page("customer", writes=True)
def opening(request: Any, ref: str) -> HttpResponse:
    found = own_contest(request, ref)
    is_public = found.is_announced and found.settlement.flag("app.opening_public")
    listed = [_("Everybody can read who applied.")] if is_public else []
    return fill_in(
        request,
        (OpeningForm if is_public else StepForm)(request.POST or None),
        lambda actor, data: operations.open_applications(actor=actor, contest=found, guests=data.get("guests")),
        verb="contest:open_applications",
        then=contest_url(found),
        said=_("The applications are opened and have their numbers."),
        title=_("Open the applications?"),
        consequences=[
            _("Every submitted application gets its register number."),
            _("From now on the commission can read them; every look is recorded."),
            *listed,
            _("This cannot be taken back."),
        ],
        submit=_("Open the applications"),
        kind="warning",
        template="customer/consequences.html",
        back_url=contest_url(found),
        refusals=queries.contest_refusals(found, "open_applications", request.actor),
        breadcrumbs=contest_crumbs(found, _("Opening")),
    )
