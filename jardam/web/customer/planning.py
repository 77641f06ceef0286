"""Studies and programmes at the customer's desk."""

from __future__ import annotations

from collections.abc import Container
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contests.policy import CONTEST
from jardam.fields import in_language
from jardam.kernel.time import bishkek_day
from jardam.planning import operations, queries
from jardam.planning.operations import GroupEntry, Need
from jardam.planning.policy import COMMENT, PROGRAMME, STUDY
from jardam.treasury import queries as treasury

from .. import documents, formats, lists, programme_pack, programme_page, slips, study_page, words
from ..forms import AgreeField, ChoiceField, DayField, LongTextField, MoneyField, NumberField, TextField
from ..pages import page
from ..steps import (
    StepForm,
    YearField,
    allows,
    confirm,
    crumbs,
    cursor,
    fill_in,
    in_languages,
    texts_of,
    unfinished,
    wrong_role,
)
from ..templatetags.ui import Cell, Column, Link, SummaryRow, Table, Task, TaskGroup
from . import council_year, drafts, orders, versions, voices
from .programme_forms import MeasureForm, ProgrammeForm
from .shared import SectionsForm, customer_of, group_choices, group_title

ROWS = range(1, 9)
SEVERITY = [
    ("1", gettext_lazy("1, light")),
    ("2", "2"),
    ("3", "3"),
    ("4", "4"),
    ("5", gettext_lazy("5, grave")),
]


# --- studies ---------------------------------------------------------------------------------------------------


class StudyForm(StepForm):
    """The head of a study and up to eight groups, one fieldset each."""

    template_name = "customer/study_fields.html"
    HEAD = ("title_ky", "title_ru", "title_en", "year", "period_from", "period_to", "method", "sources")
    PARTS = ("group", "headcount", "served", "severity", "unit_cost")

    title_ky, title_ru, title_en = in_languages(gettext_lazy("Title of the study"))
    year = YearField(gettext_lazy("Year"))
    period_from = DayField(gettext_lazy("From which day was the need found out?"), required=False)
    period_to = DayField(gettext_lazy("Until which day?"), required=False)
    method = LongTextField(
        gettext_lazy("How was the need found out?"),
        hint=gettext_lazy("For example: a survey of 412 households and village meetings."),
        rows=3,
    )
    sources = LongTextField(
        gettext_lazy("Which sources were used?"), hint=gettext_lazy("Registers, passports, reports."), rows=3
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in ROWS:
            self.fields |= {
                f"group_{n}": unfinished(ChoiceField(_("Target group"), choices=group_choices(), select=True)),
                f"headcount_{n}": unfinished(NumberField(_("How many people are there?"), min_value=1)),
                f"served_{n}": unfinished(NumberField(_("How many of them are helped already?"))),
                f"severity_{n}": unfinished(ChoiceField(_("How grave is the need?"), choices=SEVERITY, select=True)),
                f"unit_cost_{n}": unfinished(MoneyField(_("What does help for one person cost a year?"))),
            }

    @property
    def head(self) -> list[Any]:
        return [self[name] for name in self.HEAD]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The groups; those beyond the third are folded away while they are empty."""
        return [
            {"n": n, "fields": bound, "folded": n > 3 and not any(one.value() or one.errors for one in bound)}
            for n in ROWS
            for bound in [[self[f"{part}_{n}"] for part in self.PARTS]]
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        seen: set[str] = set()
        for n in ROWS:
            given = {part: data.get(f"{part}_{n}") for part in self.PARTS}
            if all(value in (None, "") for value in given.values()):
                continue
            for part, value in given.items():
                if value in (None, "") and f"{part}_{n}" not in self.errors:
                    self.add_error(f"{part}_{n}", _("Fill in this field, or empty the whole group."))
            if given["group"] in seen:
                self.add_error(f"group_{n}", _("This group stands in the study already. Choose another one."))
            seen.add(given["group"] or "")
        if not seen:
            self.add_error("group_1", _("A study names at least one target group."))
        return data

    def entries(self) -> list[GroupEntry]:
        data = self.cleaned_data
        return [
            GroupEntry(
                Need(
                    data[f"group_{n}"],
                    data[f"headcount_{n}"],
                    data[f"served_{n}"],
                    int(data[f"severity_{n}"]),
                    data[f"unit_cost_{n}"],
                ),
                group_title(data[f"group_{n}"]),
            )
            for n in ROWS
            if data.get(f"group_{n}")
        ]


@page("customer")
def studies(request: Any) -> HttpResponse:
    found = queries.studies(request.actor.organisation_ids, cursor(request, queries.study), lists.PAGE + 1)
    rows, more = lists.cut(found)
    lines = [[Cell(in_language(one.title), _study_url(one)), Cell(str(one.year)), one.published_at] for one in rows]
    columns = [Column(_("Study")), Column(_("Year")), Column(_("Published"), "instant")]
    context = {
        "title": _("Studies of needs"),
        "lead": _("A programme rests on a published study of what people need."),
        "table": Table(
            _("Studies of needs"), columns, lines, empty=_("No study is published yet."), hide_caption=True
        ),
        "pager": lists.pager(request, rows, more),
        "new": _("Publish a study"),
        "new_url": reverse("desk_study_new") if allows(STUDY, "publish_study", request.actor) else "",
        "breadcrumbs": crumbs((_("Studies of needs"), "")),
    }
    return render(request, "steps/list.html", context)


def _study_url(study: Any) -> str:
    return reverse("desk_study", args=[study.ref])


@page("customer", writes=True)
def study_new(request: Any) -> HttpResponse:
    form = StudyForm(request.POST or None, initial={"year": bishkek_day(request.at).year})
    return fill_in(
        request,
        form,
        lambda actor, data: operations.publish_study(
            actor=actor,
            customer=customer_of(request),
            title=texts_of(data, "title"),
            year=data["year"],
            method=data["method"],
            sources=data["sources"],
            groups=form.entries(),
            territory=customer_of(request).territory,
            period_from=data["period_from"],
            period_to=data["period_to"],
        ),
        verb="study:publish_study",
        then=_study_url,
        said=_("The study is published. The groups stand in the order of need."),
        title=_("Publish a study of needs"),
        lead=_("A published study cannot be changed. Everybody can read it."),
        submit=_("Publish the study"),
        back_url=reverse("desk_studies"),
        refusals=wrong_role(STUDY, "publish_study", request.actor),
        breadcrumbs=crumbs((_("Studies of needs"), reverse("desk_studies")), (_("New study"), "")),
    )


@page("customer")
def study(request: Any, ref: str) -> HttpResponse:
    found = queries.study(ref)
    context = {
        "title": in_language(found.title),
        "facts": [
            *study_page.facts(found),
            SummaryRow(_("Method"), found.method),
            SummaryRow(_("Sources"), found.sources),
        ],
        "formula": study_page.formula(),
        "table": study_page.needs(queries.needs_of(found)),
        "new_url": reverse("desk_programme_new") if allows(PROGRAMME, "draft_programme", request.actor) else "",
        "public_url": reverse("study", args=[ref]),
        "corrections": slips.table(queries.corrections_of(found)),
        "slips": slips.link(found, queries.study_actions(found, request.actor), "desk_study_slips"),
        "breadcrumbs": crumbs((_("Studies of needs"), reverse("desk_studies")), (in_language(found.title), "")),
    }
    return render(request, "customer/study.html", context)


# --- programmes ------------------------------------------------------------------------------------------------


class AppropriationForm(StepForm):
    year = ChoiceField(gettext_lazy("Budget year"))
    source = ChoiceField(gettext_lazy("Whose money is it?"), choices=list(words.SOURCE.items()))
    line = TextField(gettext_lazy("Budget line, as in the document"), max_length=40)
    code = TextField(
        gettext_lazy("Classification code"),
        hint=gettext_lazy("Economic classification, as in the document, if it gives one."),
        max_length=20,
        required=False,
    )
    amount = MoneyField(gettext_lazy("Total in som"), min_value=1)
    unit = ChoiceField(
        gettext_lazy("In which unit does the paper give the total?"),
        choices=[("som", gettext_lazy("In som")), ("thousand", gettext_lazy("In thousand som"))],
    )
    retyped = NumberField(
        gettext_lazy("Type the total again, exactly as on the paper"),
        hint=gettext_lazy("In the unit of the paper: 600 when it says 600 thousand som."),
        places=3,
        width="20",
    )
    document = TextField(gettext_lazy("Name and number of the document"), max_length=200)
    document_on = DayField(gettext_lazy("Date of the document"))
    is_existing = AgreeField(
        gettext_lazy("This money was given before we began to work here: it is recorded afterwards"), required=False
    )

    def __init__(self, programme: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = [str(year) for year in range(programme.year_from, programme.year_to + 1)]
        self.fields["year"].choices = [(year, year) for year in years]  # type: ignore[attr-defined]


@page("customer")
def programmes(request: Any) -> HttpResponse:
    after = cursor(request, lambda ref: queries.programme(ref, request.actor))
    found = queries.programmes(request.actor, request.actor.organisation_ids, after=after, limit=lists.PAGE + 1)
    rows, more = lists.cut(found)
    lines = [
        [
            Cell(in_language(one.title), _programme_url(one)),
            Cell(formats.years(one.year_from, one.year_to)),
            Cell(words.word(words.PROGRAMME, one.state), tone=words.tone(words.PROGRAMME, one.state)),
        ]
        for one in rows
    ]
    columns = [Column(_("Programme")), Column(_("Years")), Column(_("State"), "tag")]
    context = {
        "title": _("Programmes"),
        "table": Table(_("Programmes"), columns, lines, empty=_("There is no programme yet."), hide_caption=True),
        "pager": lists.pager(request, rows, more),
        "new": _("Begin a programme"),
        "new_url": reverse("desk_programme_new") if allows(PROGRAMME, "draft_programme", request.actor) else "",
        "more": [Link(_("Enter a programme adopted on paper"), reverse("desk_existing_new"))]
        if allows(PROGRAMME, "enter_existing", request.actor)
        else [],
        "breadcrumbs": crumbs((_("Programmes"), "")),
    }
    return render(request, "steps/list.html", context)


def _programme_url(programme: Any) -> str:
    return reverse("desk_programme", args=[programme.ref])


@page("customer", writes=True)
def programme_new(request: Any) -> HttpResponse:
    studies = queries.studies(request.actor.organisation_ids, limit=100)
    year = bishkek_day(request.at).year
    form = ProgrammeForm(studies, request.POST or None, initial={"year_from": year, "year_to": year + 1})
    return fill_in(
        request,
        form,
        lambda actor, _data: operations.draft_programme(
            actor=actor, customer=customer_of(request), **form.head(studies)
        ),
        verb="programme:draft_programme",
        then=_programme_url,
        said=_("The programme is begun. Now add its measures."),
        title=_("Begin a programme"),
        submit=_("Save and add measures"),
        back_url=reverse("desk_programmes"),
        refusals=wrong_role(PROGRAMME, "draft_programme", request.actor),
        template="customer/programme_new.html",
        study_url="" if studies else reverse("desk_study_new"),
        breadcrumbs=_programme_crumbs((_("New programme"), "")),
    )


def _programme_crumbs(*links: tuple[str, str]) -> Any:
    return crumbs((_("Programmes"), reverse("desk_programmes")), *links)


@page("customer")
def programme(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    measures = queries.measures_of([found.pk])
    money = treasury.appropriations("programme", found.pk)
    verbs = queries.programme_actions(found, request.actor)
    written, held = queries.sections_of(found), queries.discussion_of(found)
    tasks = [_sections_task(found, verbs, written, request.actor), _discussion_task(found, verbs, held, request.actor)]
    own = request.actor.acts_for(found.customer_id)
    since = None if own else found.public_since  # others read what was public once, not what was before
    context = {
        "title": in_language(found.title),
        "programme": found,
        "state": words.word(words.PROGRAMME, found.state),
        "tone": words.tone(words.PROGRAMME, found.state),
        "tasks": _tasks(found, verbs, measures, money, tasks, request.actor),
        "facts": programme_page.facts(found) + voices.discussion_rows(held),
        "sections": programme_page.sections(written),
        "comments": _comments(found, request.actor) if held else None,  # None while nobody was asked
        "course": programme_page.course(queries.course_of(found), within=own),
        "papers": documents.papers("programme", [found.pk], request.actor),
        "print_url": reverse("desk_programme_print", args=[ref]) if measures else "",
        "actions": council_year.actions(found, verbs, request.actor)
        + orders.actions(found, verbs, request.actor)
        + versions.actions(found, verbs, request.actor)
        + drafts.actions(found, verbs)
        + slips.link(found, verbs, "desk_slips"),
        "versions": programme_page.versions(queries.revisions_of(found, request.actor), versions.url),
        "measures": programme_page.measures(measures, drafts.measure_links(found, verbs)),
        "formerly": programme_page.formerly(queries.struck_of(found, since), queries.former_heads(found, since)),
        "appropriations": programme_page.appropriations(money) if money else None,
        "trail": treasury.trail_of_appropriations("programme", [found.pk]) if money else None,
        "breadcrumbs": _programme_crumbs((in_language(found.title), "")),
    }
    return render(request, "customer/programme.html", context)


@page("customer")
def programme_print(request: Any, ref: str) -> HttpResponse:
    """The pack for the session of the council, as the deputies get it."""
    found = queries.programme(ref, request.actor)
    trail = _programme_crumbs((in_language(found.title), _programme_url(found)), (_("For the session"), ""))
    within = request.actor.acts_for(found.customer_id)
    return render(request, "council/print.html", programme_pack.whole(found, within=within) | {"breadcrumbs": trail})


def _comments(found: Any, actor: Any) -> Any:
    may_answer = allows(COMMENT, "take_up_comment", actor)
    url = (lambda one: reverse("desk_comment_answer", args=[one.ref])) if may_answer else None
    return programme_page.comments(queries.comments_of(found), url)


def _sections_task(found: Any, verbs: tuple[str, ...], written: Container[str], actor: Any) -> Task:
    asked, _basis = queries.sections_to_write(found, actor.at)
    url = reverse("desk_sections", args=[found.ref]) if "write_section" in verbs else ""
    done = all(code in written for code in asked) or found.state != "draft"
    return Task(_("Write the sections"), url, "done" if done else "todo" if url else "waiting")


def _discussion_task(found: Any, verbs: tuple[str, ...], held: Any, actor: Any) -> Task:
    """Before the council comes the public: open, running, over."""
    title = _("Discuss the draft in public")
    if "open_discussion" in verbs:
        status, url = ("done" if held else "todo"), reverse("desk_discussion_open", args=[found.ref])
        return Task(title, url, status, "", _("Optional") if held else "")
    if found.state == "discussion":
        url = reverse("desk_discussion_close", args=[found.ref]) if "close_discussion" in verbs else ""
        why = " ".join(formats.sentence(one) for one in queries.programme_refusals(found, "close_discussion", actor))
        return Task(_("Take the draft back for changes") if url else title, url, "started", why)
    if found.state == "draft":
        return Task(title, "", "blocked")
    return Task(title, "", "done" if held else "waiting")


def _tasks(
    found: Any, verbs: tuple[str, ...], measures: list[Any], money: list[Any], before_council: list[Task], actor: Any
) -> list[TaskGroup]:
    """What is to do with a programme, in order; a link only where this actor may do it now."""
    total = sum((one.amount for one in measures), Decimal(0))
    adopted = found.state == "adopted"

    def url(verb: str, name: str) -> str:
        return reverse(name, args=[found.ref]) if verb in verbs else ""

    add = url("add_measure", "desk_measure_new")
    add_title = _("Add another measure") if measures else _("Add the first measure")
    submit = url("submit_to_council", "desk_programme_submit")
    allocate = url("allocate", "desk_appropriation_new")
    waits = found.state == "submitted"
    tasks = [Task(_("Name the programme and its goal"), url("change_head", "desk_programme_head"), "done")]
    if found.state in ("draft", "entered"):
        status = "todo" if add and not measures else "started" if add else "waiting"
        tasks.append(Task(add_title, add, status, formats.som(total) if measures else "", _optional(measures)))
    else:
        tasks.append(Task(_("Add measures"), "", "done", formats.som(total)))
    tasks += before_council
    if found.recorded_at is None and queries.is_adopted_by_order(found, actor.at):
        order = url("adopt_by_order", "desk_order")
        done = "todo" if order else "blocked" if found.state in ("draft", "discussion") else "done"
        reasons = queries.programme_refusals(found, "adopt_by_order", actor) if done == "blocked" else ()
        said = " ".join(formats.sentence(one) for one in reasons)
        tasks.append(Task(_("The head adopts it by an order"), order, done, said))
    else:
        sent = "todo" if submit else "blocked" if found.state in ("draft", "discussion") else "done"
        reasons = queries.programme_refusals(found, "submit_to_council", actor) if sent == "blocked" else ()
        said = " ".join(formats.sentence(one) for one in reasons)
        tasks.append(Task(_("Send it to the council"), submit, sent, said))
        tasks.append(Task(_("The council adopts it"), "", "done" if adopted else "waiting" if waits else "blocked"))
    paid = "done" if money else "todo" if allocate else "waiting" if adopted else "blocked"
    tasks.append(Task(_("Record the money of the budget"), allocate, paid))
    free = adopted and money and allows(CONTEST, "draft_contest", actor)
    contest = f"{reverse('desk_contest_new')}?programme={found.ref}" if free else ""
    tasks.append(Task(_("Begin a contest"), contest, "todo" if contest else "blocked"))
    return [TaskGroup("", tasks)]


def _optional(measures: list[Any]) -> str:
    return _("Optional") if measures else ""


@page("customer", writes=True)
def measure_new(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    form = MeasureForm(found, drafts.groups_of(found), request.POST or None, initial={"form": "grants"})
    return fill_in(
        request,
        form,
        lambda actor, _data: operations.add_measure(actor=actor, programme=found, **form.measure()),
        verb="programme:add_measure",
        then=_programme_url(found),
        said=_("The measure is added."),
        title=_("Add a measure"),
        caption=in_language(found.title),
        submit=_("Add the measure"),
        back_url=_programme_url(found),
        refusals=queries.programme_refusals(found, "add_measure", request.actor),
        breadcrumbs=_programme_crumbs((in_language(found.title), _programme_url(found)), (_("New measure"), "")),
    )


@page("customer", writes=True)
def sections(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    codes, basis = queries.sections_to_write(found, request.at)
    written = queries.sections_of(found)
    initial = {f"{code}_{lang}": text for code, texts in written.items() for lang, text in texts.items()}
    form = SectionsForm(codes, request.POST or None, initial=initial)
    asked = _("The rules in force ask for these sections. Basis: %(basis)s.") % {"basis": words.basis(basis)}
    return fill_in(
        request,
        form,
        lambda actor, _data: operations.write_sections(actor=actor, programme=found, texts=form.texts()),
        verb="programme:write_section",
        then=_programme_url(found),
        said=_("The sections are written."),
        title=_("Write the sections"),
        caption=in_language(found.title),
        lead=asked if basis else _("The rules in force name no sections: these are the usual ones."),
        submit=_("Save the sections"),
        back_url=_programme_url(found),
        refusals=queries.programme_refusals(found, "write_section", request.actor),
        breadcrumbs=_programme_crumbs((in_language(found.title), _programme_url(found)), (_("Sections"), "")),
    )


@page("customer", writes=True)
def programme_submit(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    return confirm(
        request,
        lambda actor: operations.submit_to_council(actor=actor, programme=found),
        verb="programme:submit_to_council",
        then=_programme_url(found),
        said=_("The programme is before the council."),
        title=_("Send the programme to the council?"),
        consequences=[
            _("The programme and its measures become public."),
            _("You cannot change it until the council adopts it or returns it."),
        ],
        submit=_("Send to the council"),
        back_url=_programme_url(found),
        kind="primary",
        refusals=queries.programme_refusals(found, "submit_to_council", request.actor),
        breadcrumbs=_programme_crumbs((in_language(found.title), _programme_url(found)), (_("To the council"), "")),
    )


@page("customer", writes=True)
def appropriation_new(request: Any, ref: str) -> HttpResponse:
    found = queries.programme(ref, request.actor)
    initial = {"year": str(found.year_from), "source": "local", "is_existing": found.recorded_at is not None}
    return fill_in(
        request,
        AppropriationForm(found, request.POST or None, initial=initial),
        lambda actor, data: operations.appropriate(
            actor=actor,
            programme=found,
            year=int(data["year"]),
            source=data["source"],
            line=data["line"],
            amount=data["amount"],
            retyped=data["retyped"],
            unit=data["unit"],
            document=data["document"],
            document_on=data["document_on"],
            code=data["code"],
            is_existing=data["is_existing"],
        ),
        verb="programme:allocate",
        then=_programme_url(found),
        said=_("The money is recorded and given to the measures of that year, in their order."),
        title=_("Record the money of the budget"),
        caption=in_language(found.title),
        lead=_("One form for each budget document. Keep the paper at hand."),
        submit=_("Record the money"),
        back_url=_programme_url(found),
        refusals=queries.programme_refusals(found, "allocate", request.actor),
        breadcrumbs=_programme_crumbs((in_language(found.title), _programme_url(found)), (_("Budget money"), "")),
    )
