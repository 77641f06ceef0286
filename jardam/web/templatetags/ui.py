"""The components of every page. The settings make them built in: no `{% load ui %}` is needed.

Everything is escaped unless it is marked safe; every label is a translated string. A view builds the frozen shapes
below (`from jardam.web.templatetags.ui import Table, Column, Task …`) and the template names the component.
All of them stand, in every state, at /styleguide/.

TONES (colour never alone: a text always says the same)
  plain · action (lake) · done (spruce) · wait (amber) · danger (madder)

SMALL PARTS
  {% icon "search" %}                       decoration beside a text; names: ICONS below
  {% tag "Open" tone="action" %}            status: colour and text
  {% button "Save" %}                       submit; kind="primary|secondary|warning|quiet" name= value= icon= form=
  {% link_button "Apply" url %}             a link that looks like a button; kind= icon=
  {% back url %}                            «Back» above the heading; text= for another word
  {% heading "Title" caption="…" lead="…" %}        the one <h1>
  {% when instant %}                        <time> with date, time and «Bishkek time»; {% when day %} for a date
  {% days_left days %}                      "3 days left" / "today" / "2 days late" as a tag; unit="working"
  {% statistic value label %}               big figure; note= url= ; put several inside <div class="statistics">
  {% money_figure amount label %}           the same for money; note= url=
  {% meter part whole label %}              progress bar with words; for money: money=True
  {% code_card code title %}…{% endcode_card %}     voucher, receipt or sign-in code, to be read aloud and printed
  {% empty "No contests are open." text= url= action= %}    empty state: what is so, and what can be done

BLOCKS (text between the tags)
  {% inset %}…{% endinset %}                a thing to notice in running text; tone= title=
  {% details "Summary" %}…{% enddetails %}  folded away, open in print; open=True
  {% notification tone="done" title="Saved" %}…{% endnotification %}
  {% panel "Application received" number= at= digest= %}…{% endpanel %}   the receipt
  {% card "Heading" url= tag= tone= meta= %}…{% endcard %}   one item of a list; several inside <div class="cards">

SHAPES → COMPONENTS
  {% table table %}             Table(caption, columns, rows, foot=, empty=, hide_caption=); Column(label, kind=, url=,
                                sorted=); a cell is a plain value or Cell(value, url=, note=, tone=).
                                kinds: text number money percent date instant tag. At 320 px it becomes a list.
  {% pager pager %}             Pager(count_text, next_url=, prev_url=); opaque cursors, no page numbers
  {% filters form %}            a GET form in a fold; clear_url= submit=
  {% task_list groups %}        [TaskGroup(title, [Task(title, url, status, hint=, label=)])];
                                status: todo started done blocked wrong waiting. First line: «7 of 9 tasks completed»
  {% stages stages %}           [Stage(label, when="until 24.03.2026", state=)]; state: done current todo skipped late
  {% summary rows %}            [SummaryRow(label, value, change_url=, missing=False)]; value: text or a list
  {% timeline events %}         [Event(at, title, text=, by=, url=, tone=)] newest first, as given
  {% due_list items %}          [Due(title, url, until=, left=, object=, tone=)]: what is due today, one verb each
  {% contents links %}          [Link(label, url, current=)] on this page or in this section
  {% downloads files %}         [Download(label, url, kind="PDF", size=240000, note=)]
  {% chart chart %}             a Chart from jardam.web.charts: figure, picture, source, table
  {% refusals refusals %}       kernel Refusal values: sentence, basis, code; next_steps={code: (text, url)}

FORMS (jardam.web.forms)
  {% error_summary form %}      first thing on the page after the heading; links to the fields
  {{ form }}                    all fields; {% fields form "title" "goal" %} some of them, in that order
  {% act_form form "Save" %}    all of it: POST form, csrf, key (key= or `act_key` of the context), fields, button;
                                url= kind= cancel_url= also="Save and come back later" (name=then value=later)

FILTERS (jardam.web.formats)
  money som short_money number percent day long_day instant size

PAGES to extend or render
  base.html      blocks: title description head breadcrumbs before content; context: see its first comment
  confirm.html   an irreversible act: title, consequences, form (or none), submit, cancel_url, kind="warning"
  refusal.html   refusals, title=, next_steps=, back_url=
  400/403/404/500.html, csrf.html
  styleguide.html  all of the above in every state; needs no context
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from jardam.fields import in_language
from jardam.kernel.refusal import Refusal
from jardam.web import formats
from jardam.web.charts import Chart

register = template.Library()

ICONS = (
    "arrow-left", "arrow-right", "banknote", "building-2", "calendar", "check", "chevron-down", "circle-alert",
    "circle-check", "circle-question-mark", "clock", "download", "external-link", "file-text", "gavel",
    "hand-helping", "info", "landmark", "lock", "log-in", "log-out", "mail", "map-pin", "menu", "pencil", "phone",
    "plus", "printer", "search", "ticket", "trash-2", "triangle-alert", "upload", "user", "users", "x",
)  # fmt: skip
TONES = ("plain", "action", "done", "wait", "danger")


# --- shapes ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """`url` sorts by this column; `sorted` is "", "ascending" or "descending"."""

    label: str
    kind: str = "text"
    url: str = ""
    sorted: str = ""

    @property
    def numeric(self) -> bool:
        return self.kind in ("number", "money", "percent")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with more to it: where it leads, a second line, the tone of a tag."""

    value: Any
    url: str = ""
    note: str = ""
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Table:
    """The first column heads its row. `foot` is one row, usually of totals. No rows: `empty` is said instead."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    foot: Sequence[Any] = ()
    empty: str = ""
    hide_caption: bool = False


@dataclass(frozen=True, slots=True)
class Pager:
    count_text: str
    next_url: str = ""
    prev_url: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """`label` replaces the usual words of the status; a blocked task has no link and says why in `hint`."""

    title: str
    url: str = ""
    status: str = "todo"
    hint: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class TaskGroup:
    title: str
    tasks: Sequence[Task]


@dataclass(frozen=True, slots=True)
class Stage:
    """`when` is ready text: «08.03.2026», «until 24.03.2026 18:00»."""

    label: str
    when: str = ""
    state: str = "todo"
    url: str = ""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    label: str
    value: Any
    change_url: str = ""
    missing: bool = False

    @property
    def values(self) -> Sequence[Any]:
        return self.value if isinstance(self.value, list | tuple) else [self.value]


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime | date
    title: str
    text: str = ""
    by: str = ""
    url: str = ""
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Due:
    """`title` begins with a verb; `until` is ready text; `left` counts days, below zero when late."""

    title: str
    url: str
    until: str = ""
    left: int | None = None
    object: str = ""
    unit: str = "calendar"


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Download:
    label: str
    url: str
    kind: str = ""
    size: int | None = None
    note: str = ""


# --- small parts -----------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    if not name:
        return SafeString("")
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"no icon is called {name!r}")
    return format_html(
        '<svg class="icon" width="20" height="20" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("jardam/icons.svg"),
        name,
    )


def _tone(tone: str) -> str:
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"no tone is called {tone!r}")
    return tone


@register.simple_tag
def tag(text: str, tone: str = "plain") -> SafeString:
    return format_html('<strong class="tag tag-{}">{}</strong>', _tone(tone), text)


@register.simple_tag
def button(
    text: str, kind: str = "primary", name: str = "", value: str = "", icon: str = "", form: str = ""
) -> SafeString:
    pairs = [(key, val) for key, val in (("name", name), ("value", value), ("form", form)) if val]
    attributes = format_html_join("", ' {}="{}"', pairs)
    return format_html('<button class="button button-{}"{}>{}{}</button>', kind, attributes, _icon(icon), text)


@register.simple_tag
def link_button(text: str, url: str, kind: str = "primary", icon: str = "") -> SafeString:
    return format_html('<a class="button button-{}" href="{}">{}{}</a>', kind, url, _icon(icon), text)


_icon = icon  # the tags above have an argument of that name


@register.simple_tag
def back(url: str, text: str = "") -> SafeString:
    return format_html('<p class="back"><a href="{}">{}{}</a></p>', url, icon("arrow-left"), text or gettext("Back"))


@register.simple_tag
def heading(title: str, caption: str = "", lead: str = "") -> SafeString:
    return format_html(
        '<div class="heading">{}<h1>{}</h1>{}</div>',
        format_html('<p class="caption">{}</p>', caption) if caption else "",
        title,
        format_html('<p class="lead">{}</p>', lead) if lead else "",
    )


@register.simple_tag
def when(value: datetime | date | None) -> SafeString:
    if value is None:
        return _nothing()
    if isinstance(value, datetime):
        return format_html(
            '<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), formats.instant(value)
        )
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.day(value))


@register.simple_tag
def days_left(days: int, unit: str = "calendar") -> SafeString:
    return tag(formats.days_left(days, unit), "danger" if days < 0 else "wait" if days <= 3 else "plain")


@register.simple_tag
def statistic(value: Any, label: str, note: str = "", url: str = "") -> SafeString:
    text = formats.number(value) if isinstance(value, int | Decimal) else value
    return format_html(
        '<div class="statistic"><p class="figure">{}</p><p class="what">{}</p>{}</div>',
        text,
        format_html('<a href="{}">{}</a>', url, label) if url else label,
        format_html('<p class="note">{}</p>', note) if note else "",
    )


@register.simple_tag
def money_figure(amount: Any, label: str, note: str = "", url: str = "") -> SafeString:
    return statistic(formats.som(amount), label, note, url)


@register.simple_tag
def meter(part: Any, whole: Any, label: str, money: bool = False) -> SafeString:
    """A bar with its words: «Paid: 300 000 som of 1 200 000 som (25 %)»."""
    shown = formats.som if money else formats.number
    filled = 0 if not whole else max(0, min(100, round(Decimal(part) * 100 / Decimal(whole))))
    return format_html(
        '<div class="meter"><p><span>{}</span> <b>{}</b> <span class="note">{}</span></p>'
        '<svg width="100%" height="12" aria-hidden="true" focusable="false">'
        '<rect class="track" width="100%" height="12" rx="2"/><rect class="fill" width="{}%" height="12" rx="2"/>'
        "</svg></div>",
        label,
        shown(part),
        gettext("of %(whole)s (%(share)s)") % {"whole": shown(whole), "share": formats.share(part, whole)},
        filled,
    )


@register.simple_block_tag
def code_card(content: str, code: str, title: str) -> SafeString:
    return format_html(
        '<div class="code-card"><p class="what">{}</p><p class="code">{}</p>{}</div>', title, code, content
    )


@register.simple_tag
def empty(title: str, text: str = "", url: str = "", action: str = "") -> SafeString:
    return format_html(
        '<div class="empty"><p class="empty-title">{}</p>{}{}</div>',
        title,
        format_html("<p>{}</p>", text) if text else "",
        format_html("<p>{}</p>", link_button(action, url, "secondary")) if url else "",
    )


# --- blocks ----------------------------------------------------------------------------------------------------


@register.simple_block_tag
def inset(content: str, tone: str = "action", title: str = "") -> SafeString:
    head = format_html('<p class="inset-title">{}</p>', title) if title else ""
    return format_html('<div class="inset inset-{}">{}{}</div>', _tone(tone), head, content)


@register.simple_block_tag
def details(content: str, summary: str, open: bool = False) -> SafeString:
    return format_html(
        '<details{}><summary>{}</summary><div class="details-body">{}</div></details>',
        mark_safe(" open") if open else "",
        summary,
        content,
    )


_NOTICE_ICON = {
    "plain": "info", "action": "info", "done": "circle-check", "wait": "triangle-alert", "danger": "circle-alert",
}  # fmt: skip


@register.simple_block_tag
def notification(content: str, tone: str = "action", title: str = "") -> SafeString:
    return format_html(
        '<div class="notification notification-{}" role="{}">{}<div>{}{}</div></div>',
        _tone(tone),
        "alert" if tone == "danger" else "status",
        icon(_NOTICE_ICON[tone]),
        format_html('<p class="notification-title">{}</p>', title) if title else "",
        content,
    )


@register.simple_block_tag
def panel(content: str, title: str, number: str = "", at: datetime | None = None, digest: str = "") -> SafeString:
    context = {"title": title, "number": number, "at": at, "digest": digest, "content": content}
    return render_to_string("ui/panel.html", context)


@register.simple_block_tag
def card(content: str, title: str, url: str = "", tag: str = "", tone: str = "plain", meta: str = "") -> SafeString:
    return format_html(
        '<article class="card"><div class="card-head"><h3>{}</h3>{}</div>{}{}</article>',
        format_html('<a href="{}">{}</a>', url, title) if url else title,
        _tag(tag, tone) if tag else "",
        content,
        format_html('<p class="meta">{}</p>', meta) if meta else "",
    )


_tag = tag


# --- shapes into components ------------------------------------------------------------------------------------


def _nothing() -> SafeString:
    return format_html('<span class="none"><span aria-hidden="true">—</span><span class="vh">{}</span></span>',
                       gettext("no data"))  # fmt: skip


_SHOW = {
    "number": formats.number,
    "money": formats.som,
    "percent": formats.percent,
}


def shown(cell: Any, kind: str = "text") -> SafeString:
    """A cell as HTML: the value in the reader's way of writing, its link, its second line. None is «no data»."""
    if not isinstance(cell, Cell):
        cell = Cell(cell)
    if cell.value is None or cell.value == "":
        text = _nothing()
    elif kind == "tag":
        text = tag(cell.value, cell.tone)
    elif kind in ("date", "instant"):
        text = when(cell.value) if isinstance(cell.value, date) else conditional_escape(cell.value)
    elif kind in _SHOW and isinstance(cell.value, int | Decimal | formats.Money):
        text = conditional_escape(_SHOW[kind](cell.value))
    else:
        text = conditional_escape(cell.value)
    if cell.url:
        text = format_html('<a href="{}">{}</a>', cell.url, text)
    if cell.note:
        text = format_html('{}<span class="note">{}</span>', text, cell.note)
    return text


def _row(cells: Sequence[Any], columns: Sequence[Column], head_first: bool) -> SafeString:
    out = []
    for place, (cell, column) in enumerate(zip(cells, columns, strict=True)):
        name, extra = ("th", ' scope="row" role="rowheader"') if head_first and not place else ("td", ' role="cell"')
        out.append(
            format_html(
                '<{}{}{} data-label="{}"><span>{}</span></{}>',
                name,
                mark_safe(extra),
                mark_safe(' class="num"') if column.numeric else "",
                column.label,
                "" if cell == "" else shown(cell, column.kind),
                name,
            )
        )
    return mark_safe(f'<tr role="row">{"".join(out)}</tr>')  # every part was escaped above


@register.inclusion_tag("ui/table.html")
def table(table: Table) -> dict[str, Any]:
    return {
        "table": table,
        "rows": mark_safe("".join(_row(row, table.columns, True) for row in table.rows)),
        "foot": _row(table.foot, table.columns, True) if table.foot else "",
    }


@register.inclusion_tag("ui/pager.html")
def pager(pager: Pager) -> dict[str, Any]:
    return {"pager": pager}


@register.inclusion_tag("ui/filters.html")
def filters(form: BaseForm, clear_url: str = "", submit: str = "") -> dict[str, Any]:
    given = (
        field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    )
    chosen = sum(1 for one in given if (any(one) if isinstance(one, list) else one not in (None, "")))
    return {"form": form, "clear_url": clear_url, "submit": submit, "chosen": chosen}


_TASK_STATUS = {
    "todo": (_("Not started"), "action"),
    "started": (_("In progress"), "wait"),
    "done": (_("Completed"), ""),
    "blocked": (_("Cannot start yet"), "plain"),
    "wrong": (_("There is a mistake"), "danger"),
    "waiting": (_("With somebody else"), "plain"),
}


@register.inclusion_tag("ui/task_list.html")
def task_list(groups: Sequence[TaskGroup], progress: bool = True) -> dict[str, Any]:
    tasks = [task for group in groups for task in group.tasks]
    rows = [
        (group.title, [(task, task.label or _TASK_STATUS[task.status][0], _TASK_STATUS[task.status][1])
                       for task in group.tasks])
        for group in groups
    ]  # fmt: skip
    done = sum(task.status == "done" for task in tasks)
    words = ngettext("%(done)s of %(all)s task completed", "%(done)s of %(all)s tasks completed", len(tasks)) % {
        "done": done,
        "all": len(tasks),
    }
    return {"groups": rows, "words": words if progress else ""}


_STAGE_STATE = {
    "done": _("completed"),
    "current": _("now"),
    "todo": _("still to come"),
    "skipped": _("left out"),
    "late": _("late"),
}


@register.inclusion_tag("ui/stages.html")
def stages(stages: Sequence[Stage], label: str = "") -> dict[str, Any]:
    here = next((n for n, stage in enumerate(stages, 1) if stage.state in ("current", "late")), 0)
    words = ""
    if here:
        words = gettext("Stage %(here)s of %(all)s: %(label)s") % {
            "here": here, "all": len(stages), "label": stages[here - 1].label,
        }  # fmt: skip
    rows = [(stage, _STAGE_STATE[stage.state]) for stage in stages]
    return {"stages": rows, "words": words, "label": label or gettext("Stages")}


@register.inclusion_tag("ui/summary.html")
def summary(rows: Sequence[SummaryRow]) -> dict[str, Any]:
    return {"rows": rows}


@register.inclusion_tag("ui/timeline.html")
def timeline(events: Sequence[Event]) -> dict[str, Any]:
    return {"events": events}


@register.inclusion_tag("ui/due_list.html")
def due_list(items: Sequence[Due]) -> dict[str, Any]:
    return {"items": items}


@register.inclusion_tag("ui/contents.html")
def contents(links: Sequence[Link], label: str = "") -> dict[str, Any]:
    return {"links": links, "label": label or gettext("On this page")}


@register.inclusion_tag("ui/downloads.html")
def downloads(files: Sequence[Download]) -> dict[str, Any]:
    return {"files": files}


@register.inclusion_tag("ui/chart.html")
def chart(chart: Chart) -> dict[str, Any]:
    return {"chart": chart}


_BASIS = {"law": _("Law"), "act": _("The customer's own act"), "house": _("House rule of Jardam, not a law")}


@register.inclusion_tag("ui/refusals.html")
def refusals(refusals: Sequence[Refusal], next_steps: Mapping[str, tuple[str, str]] | None = None) -> dict[str, Any]:
    steps = next_steps or {}
    rows = [
        {"refusal": one, "sentence": formats.sentence(one), "kind": _BASIS[one.basis.kind],
         "cited": formats.cited(one.basis), "step": steps.get(one.code)}
        for one in refusals
    ]  # fmt: skip
    return {"rows": rows}


# --- forms -----------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """Every fault of the form, in the order of its fields, each a link to its field."""
    if not form.is_bound or not form.errors:
        return {"errors": []}
    errors: list[tuple[str, Any, Any]] = [("", "", text) for text in form.non_field_errors()]
    for bound in form:
        target = getattr(bound, "error_target", "") or bound.auto_id
        href = "" if bound.is_hidden else f"#{target}"
        name = "" if getattr(bound, "is_single_checkbox", False) else bound.label
        errors += [(href, name, text) for text in bound.errors]
    return {"errors": errors}


@register.simple_tag
def fields(form: BaseForm, *names: str) -> SafeString:
    return format_html_join("", "{}", ((form[name].as_field_group(),) for name in names))


@register.inclusion_tag("ui/act_form.html", takes_context=True)
def act_form(
    context: template.Context,
    form: BaseForm | None,
    submit: str,
    url: str = "",
    kind: str = "primary",
    cancel_url: str = "",
    also: str = "",
    key: str = "",
) -> dict[str, Any]:
    return {
        "form": form,
        "submit": submit,
        "url": url,
        "kind": kind,
        "cancel_url": cancel_url,
        "also": also,
        "key": key or context.get("act_key", ""),
    }


@register.filter
def localised(pairs: Any) -> str:
    """A text kept in several languages (a mapping, or pairs of code and text), in the reader's."""
    return in_language(dict(pairs or ()))


# --- filters ---------------------------------------------------------------------------------------------------

for _name in ("money", "som", "short_money", "number", "percent", "day", "long_day", "instant", "size"):
    register.filter(_name, getattr(formats, _name))


# --- the living style guide ------------------------------------------------------------------------------------


@register.simple_tag
def styleguide_samples() -> dict[str, Any]:
    """Invented data for styleguide.html: every component in every state."""
    from jardam.kernel.refusal import Basis  # only this page needs them
    from jardam.kernel.time import instant_of
    from jardam.web import charts, forms

    class Sample(forms.Form):
        title = forms.TextField("Title of the project", hint="What will change, for whom and where", max_length=120)
        goal = forms.LongTextField("Goal", rows=3, max_length=2000)
        amount = forms.MoneyField("Amount asked for", hint="With tyiyn after a comma, if there are any")
        people = forms.NumberField("How many people will be served?")
        tin = forms.TinField(hint="14 digits, as on the certificate")
        begins_on = forms.DayField("First day of the project", hint="For example 8 3 2026")
        area = forms.ChoiceField(
            "Where will you work?",
            choices=[("city", "In a city"), ("village", "In a village"), ("both", "In both")],
            hints={"both": "Name the places in the plan"},
        )
        groups = forms.ManyField(
            "Who will be served?",
            choices=[
                ("old", "Older people living alone"),
                ("child", "Children with disabilities"),
                ("other", "Others"),
            ],
            required=False,
        )
        oblast = forms.ChoiceField("Oblast", choices=[(n, n) for n in ("Batken", "Naryn", "Osh")], select=True)
        before = forms.YesNoField("Have you worked with a state customer before?")
        phone = forms.PhoneField("Telephone", required=False)
        charter = forms.DocumentField("Charter of the organisation")
        agree = forms.AgreeField("Everything stated here is true.")

    class Chosen(forms.Form):
        q = forms.TextField("Words", required=False)
        state = forms.ChoiceField(
            "State", choices=[("open", "Open"), ("closed", "Closed")], required=False, select=True
        )

    wrong = Sample({
        "title": "", "goal": "Warm meals at home", "amount": "1,234", "people": "25,5", "tin": "2507199510010",
        "begins_on_0": "31", "begins_on_1": "2", "begins_on_2": "2026", "area": "village", "oblast": "Osh",
        "before": "yes",
    })  # fmt: skip
    noon = instant_of(date(2026, 3, 24)).replace(hour=12)
    som = Decimal
    law = Basis("law", "Law 70/2017", "Art. 12(3)", "https://cbd.minjust.gov.kg/")
    house = Basis("house", "H-03")
    years = [(2020, "18.2"), (2021, "24"), (2022, "31.5"), (2023, None), (2024, "44.1"), (2025, "52"), (2026, "61.3")]
    return {
        "empty_form": Sample(prefix="new"),
        "wrong_form": wrong,
        "filters": Chosen({"state": "open"}, prefix=None),
        "noon": noon,
        "day": noon.date(),
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "table": Table(
            "Contests of 2026",
            [
                Column("Contest", sorted="ascending", url="?sort=-contest"),
                Column("State", "tag"),
                Column("Deadline", "date"),
                Column("Applications", "number"),
                Column("Amount", "money"),
            ],
            [
                [Cell("Warm meals at home", "#", "Ak-Örgö city"), Cell("Open", tone="action"), date(2026, 3, 24), 12,
                 som("1234567.5")],
                [Cell("Day centre for children", "#"), Cell("Under review", tone="wait"), date(2026, 2, 10), 7,
                 som(980000)],
                [Cell("Help for carers", "#"), Cell("Void", tone="danger"), date(2026, 1, 15), 0, None],
            ],
            foot=["Together", "", "", 19, som("2214567.5")],
        ),
        "no_table": Table("Payments", [Column("Number")], [], empty="No payments are recorded yet."),
        "pager": Pager("Shown: 1 to 20 of 134", next_url="#next", prev_url="#prev"),
        "tasks": [
            TaskGroup("The project", [
                Task("Describe the problem", "#", "done"),
                Task("State the goal", "#", "started"),
                Task("List the people served", "#", "wrong", hint="The number is larger than the village"),
                Task("Plan the activities", "#"),
            ]),
            TaskGroup("Money and papers", [
                Task("Build the budget", "#", "blocked", hint="First plan the activities"),
                Task("Ask the director to sign off", "#", "waiting"),
            ]),
        ],
        "stages": [
            Stage("Announced", "02.03.2026", "done"),
            Stage("Applications", "until 24.03.2026 18:00", "current"),
            Stage("Review", "until 10.04.2026"),
            Stage("Appeals", "", "skipped"),
            Stage("Contracts", "by 15.05.2026"),
        ],
        "late_stages": [
            Stage("Report", "10.01.2026", "done"), Stage("Acceptance", "until 20.01.2026", "late"), Stage("Payment"),
        ],
        "summary": [
            SummaryRow("Organisation", "Public foundation “Altyn Köpürö”", "#"),
            SummaryRow("Address", ["722900, Ak-Örgö", "Toktogul street, 12"], "#"),
            SummaryRow("Bank account", "", "#", missing=True),
        ],
        "events": [
            Event(noon, "Application received", by="A. Sydykova", tone="done"),
            Event(noon, "Question answered to all", "The answer names the day centres that count.", url="#"),
            Event(date(2026, 3, 2), "Contest announced", tone="action"),
        ],
        "due": [
            Due("Publish the protocol", "#", "until 20.03.2026", -2, "Warm meals at home", "working"),
            Due("Answer a question", "#", "until 22.03.2026 18:00", 0, "Day centre for children"),
            Due("Accept the report", "#", "until 30.03.2026", 8, "Help for carers", "working"),
        ],
        "links": [Link("About", "#about", current=True), Link("Documents", "#docs"), Link("Questions", "#q")],
        "files": [
            Download("Terms of the contest", "#", "PDF", 245760),
            Download("All contests", "#", "CSV", 1363149, "Updated every night"),
        ],
        "refusals": [
            Refusal("deadline_passed", "Applications were accepted until {deadline}.", law, {"deadline": noon}),
            Refusal("not_enough_money", "{available} is left; {asked} is asked for.", house,
                    {"available": formats.Money.som(800000), "asked": formats.Money.som("1234567.5")}),
        ],
        "steps": {"deadline_passed": ("See open contests", "#")},
        "bars": charts.bars(
            "Three cities received more than half of the money",
            "Awarded in 2026, som",
            [
                charts.Row("Bishkek city", [som("12400000")]),
                charts.Row("Osh city", [charts.Point(som("8100000"), "about")]),
                charts.Row("Naryn oblast, At-Bashy district and the villages of the upper valley", [som("2750000")]),
                charts.Row("Batken oblast", [None]),
                charts.Row("Talas oblast", [charts.Point(None, hidden=True)]),
            ],
            unit="money",
            first_column="Territory",
            source="Protocols of the contests, 24.03.2026",
        ),
        "grouped": charts.bars(
            "Meals reached their plan, day centres did not",
            "People served",
            [charts.Row("Warm meals", [300, 312]), charts.Row("Day centres", [120, 64])],
            series=["Plan", "Fact"],
            first_column="Service",
        ),
        "columns": charts.columns(
            "Spending has tripled since 2020",
            "Million som a year",
            [charts.Row(str(year), [None if v is None else som(v)]) for year, v in years],
            line=[som(n) for n in (20, 25, 30, 35, 42, 55, 60)],
            line_label="Budget law",
            series=["Paid"],
            first_column="Year",
            source="Budget laws and treasury reports",
        ),
    }  # fmt: skip
