"""Pages of the real record: what public sources say of 2009–2026. Each is one query and one template; nothing here
adds figures up, and what a source does not say is shown as not said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from jardam.kernel.text import clean
from jardam.record import queries
from jardam.web import charts, formats
from jardam.web.forms import ChoiceField, Form, TextField
from jardam.web.pages import page
from jardam.web.templatetags.ui import Cell, Column, Link, Pager, SummaryRow, Table

LEVELS = {"republican": _("republican"), "municipal": _("municipal"), "all": _("all levels")}
TYPES = {
    "contest": _("contest"),
    "voucher_programme": _("voucher programme"),
    "year_total": _("total of a year"),
    "mention": _("mention"),
}
PER = {"all": "", "project": _("for one project")}
COUNTED = {
    "organisations": _("organisations"),
    "applications": _("applications"),
    "families": _("families"),
}
KINDS = {
    "budgets": _("Figures of money"),
    "contests": _("Contests"),
    "municipalities": _("Municipalities"),
    "target_groups": _("Target groups"),
}
SECTIONS = (
    ("record", _("The record")),
    ("record_years", _("Money by year")),
    ("record_contests", _("Contests")),
    ("record_municipalities", _("Municipalities")),
    ("record_groups", _("Target groups")),
    ("record_unknown", _("What is not known")),
)


# --- pages -----------------------------------------------------------------------------------------------------


@page("public")
def overview(request: HttpRequest) -> HttpResponse:
    found = queries.overview()
    context = {"overview": found, "anchors": _figure_table(_("What the press release says"), found.anchors)}
    return _render(request, "record", "record/overview.html", context)


@page("public")
def years(request: HttpRequest) -> HttpResponse:
    asked = {name: clean(request.GET.get(name, "")) for name in ("subject", "family", "level")}
    money = queries.money(**asked)
    context = {
        "money": money,
        "form": YearsForm(money),
        "clear_url": reverse("record_years"),
        "chart": _money_chart(money) if money.is_chartable else None,
        "dated": _years_table(money),
        "undated": _figure_table(_("Figures without a year"), money.undated),
        "others": _figure_table(_("Other facts about the same subject"), money.others),
        "disagreements": [_disagreement_table(slot) for slot in money.disagreements],
        "comparison": _figure_table(_("For comparison only"), money.comparison, with_subject=True),
    }
    return _render(request, "record_years", "record/years.html", context)


@page("public")
def contests(request: HttpRequest) -> HttpResponse:
    form = ContestsForm(queries.contest_choices(), request.GET)
    found = queries.contests(**form.chosen, after=clean(request.GET.get("after", "")))
    context = {
        "form": form,
        "clear_url": reverse("record_contests"),
        "table": _contest_table(_("Contests"), found.lines, _("No contest on record answers to this.")),
        "pager": _pager(request, found.next, _count_text(found)),
    }
    return _render(request, "record_contests", "record/contests.html", context)


@page("public")
def contest(request: HttpRequest, key: str) -> HttpResponse:
    found = queries.contest(key)
    context = {
        "contest": found,
        "title": ", ".join([found.row.customer_text, *map(str, found.years)]),
        "facts": _contest_facts(found),
        "winners": _winner_table(found.row.winners),
        "events": _event_table(found.row.events),
        "sources": _addresses(found.row.sources),
        "versions_url": _versions_url("contests", key),
    }
    return _render(request, "record_contests", "record/contest.html", context)


@page("public")
def municipalities(request: HttpRequest) -> HttpResponse:
    found = queries.municipalities(after=clean(request.GET.get("after", "")))
    context = {
        "named": found.named,
        "customers": _figure_table(_("Customers, as the press release counts them"), found.customers_as_counted),
        "table": _municipality_table(found.lines),
        "pager": _pager(request, found.next),
    }
    return _render(request, "record_municipalities", "record/municipalities.html", context)


@page("public")
def municipality(request: HttpRequest, key: str) -> HttpResponse:
    found = queries.municipality(key)
    context = {
        "name": found.line.name,
        "facts": _municipality_facts(found.line),
        "contests": _contest_table(
            _("Contests of this municipality"), found.contests, _("No contest of this municipality is on record.")
        ),
        "sources": _addresses(found.line.row.sources),
        "versions_url": _versions_url("municipalities", key),
    }
    return _render(request, "record_municipalities", "record/municipality.html", context)


@page("public")
def groups(request: HttpRequest) -> HttpResponse:
    found = queries.groups(after=clean(request.GET.get("after", "")))
    context = {"table": _group_table(found.lines), "pager": _pager(request, found.next)}
    return _render(request, "record_groups", "record/groups.html", context)


@page("public")
def unknown(request: HttpRequest) -> HttpResponse:
    found = queries.unknown()
    context = {"unknown": found, "tables": [_unknown_table(kind) for kind in found.kinds if kind.fields]}
    return _render(request, "record_unknown", "record/unknown.html", context)


@page("public")
def versions(request: HttpRequest, kind: str, key: str, version: int | None = None) -> HttpResponse:
    found = queries.history(kind, key, version)
    context = {
        "history": found,
        "kind": KINDS[kind],
        "table": _version_table(found),
        "facts": [SummaryRow(field, said(text)) for field, text in found.shown.said],
    }
    return _render(request, "record", "record/versions.html", context)


def _render(request: HttpRequest, section: str, template: str, context: dict[str, Any]) -> HttpResponse:
    """The template with the sections of the record, the one we are in marked."""
    links = [Link(str(label), reverse(name), name == section) for name, label in SECTIONS]
    return render(request, template, {"sections": links, **context})


# --- forms -----------------------------------------------------------------------------------------------------


class YearsForm(Form):
    """One subject and one family of kinds of money at a time; the level may stay open."""

    subject = ChoiceField(_("Subject"), required=False, select=True)
    family = ChoiceField(_("Kind of money"), required=False, select=True)
    level = ChoiceField(_("Level"), required=False, select=True)

    def __init__(self, money: queries.MoneyPage) -> None:
        super().__init__({"subject": money.subject.key, "family": money.family.code, "level": money.level})
        subjects = [(one.named.key, one.named.label) for one in money.subjects if one.is_gsz]
        self.fields["subject"].choices = subjects  # type: ignore[attr-defined]
        families = [(one.code, gettext(one.label)) for one in money.families]
        self.fields["family"].choices = families  # type: ignore[attr-defined]
        self.fields["level"].choices = [("", _("any")), *LEVELS.items()]  # type: ignore[attr-defined]


class ContestsForm(Form):
    """What the list of contests is narrowed to. `chosen` is nothing where the form is at fault."""

    customer = ChoiceField(_("Customer"), required=False, select=True)
    place = ChoiceField(_("Place"), required=False, select=True)
    group = ChoiceField(_("Target group"), required=False, select=True)
    year = ChoiceField(_("Year"), required=False, select=True)
    theme = TextField(_("Words"), required=False, hint=_("In the customer, programme, theme, group or winner."))

    def __init__(self, choices: queries.ContestChoices, data: Any) -> None:
        super().__init__(data)
        for name, named in (
            ("customer", choices.customers),
            ("place", choices.places),
            ("group", choices.groups),
        ):
            self._offer(name, [(one.key, one.label) for one in named])
        self._offer("year", [(str(year), str(year)) for year in choices.years])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", _("any")), *choices]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        if not self.is_valid():
            return {}
        year = self.cleaned_data["year"]
        return {**self.cleaned_data, "year": int(year) if year else None}


# --- words of the record ---------------------------------------------------------------------------------------


def said(text: str | None) -> SafeString:
    """A text of the record in its own language; where there is none, that the source does not say."""
    if not text:
        return format_html('<span class="none">{}</span>', gettext("the source does not say"))
    lines = format_html_join(SafeString("<br>"), "{}", ((line,) for line in text.split("\n")))
    return format_html('<span lang="{}">{}</span>', _language_of(text), lines)


def _language_of(text: str) -> str:
    """The record mixes languages: a text is named by its letters, so that it is read aloud rightly."""
    letters = [c for c in text.lower() if c.isalpha()]
    if sum("а" <= c <= "я" or c in "ёңөү" for c in letters) * 2 <= len(letters):
        return "en"
    return "ky" if any(c in "ңөү" for c in letters) else "ru"


def _qualified(kgs: int, qualifier: str | None) -> str:
    """«about 38 000 000 сом», «28 600 000 сом (28m in another source)»: an amount never loses its qualifier."""
    return _with_qualifier(formats.som(kgs), qualifier)


def _with_qualifier(amount: str, qualifier: str | None) -> str:
    if not qualifier:
        return amount
    if queries.stands_before(qualifier):
        return f"{gettext(qualifier)} {amount}"
    return f"{amount} ({qualifier})"


def _drawn_qualifier(qualifier: str | None) -> str:
    """The chart has room for a word before the figure; a longer remark stands in the table."""
    if not qualifier:
        return ""
    return gettext(qualifier) if queries.stands_before(qualifier) else gettext("with a remark:")


def _when(when: Any) -> SafeString:
    """A time with no more certainty than the source gives."""
    if when is None:
        return said(None)
    if when.text == (when.earliest and when.earliest.isoformat()) and when.earliest == when.latest:
        return format_html("{}", formats.day(when.earliest))
    return format_html("{}{}", said(when.text), _bounds(when.earliest, when.latest))


def _bounds(earliest: date | None, latest: date | None) -> SafeString:
    days = {"earliest": formats.day(earliest), "latest": formats.day(latest)}
    if earliest and latest:
        text = gettext("not before %(earliest)s and not after %(latest)s") % days
    elif earliest or latest:
        text = (gettext("not before %(earliest)s") if earliest else gettext("not after %(latest)s")) % days
    else:
        return SafeString("")
    return format_html(' <span class="note">{}</span>', text)


def _addresses(sources: Sequence[str]) -> SafeString:
    """The sources as links, each under its host; several of one host are numbered."""
    if not sources:
        return said(None)
    links = [(address, *_shown_address(address, place)) for place, address in enumerate(sources, 1)]
    return format_html_join(
        SafeString("<br>"), '<a href="{}" rel="external noopener noreferrer" aria-label="{}">{}</a>', links
    )


def _shown_address(address: str, place: int) -> tuple[str, str]:
    host = (urlsplit(address).hostname or address).removeprefix("www.")
    return gettext("Source %(n)s: %(host)s") % {"n": place, "host": host}, host


def _listed(texts: Iterable[Any]) -> SafeString:
    return format_html_join(SafeString("<br>"), "{}", ((text,) for text in texts))


def _years(years: Sequence[int]) -> str:
    return ", ".join(str(year) for year in years) or gettext("the source does not say")


def _number(value: int | None) -> Any:
    return said(None) if value is None else formats.number(value)


def _version(number: int) -> str:
    return gettext("version %(n)s") % {"n": formats.number(number)}


def _versions_url(kind: str, key: str) -> str:
    return reverse("record_versions", args=[kind, key])


# --- figures ---------------------------------------------------------------------------------------------------


def _figure_table(caption: Any, lines: Sequence[queries.FigureLine], *, with_subject: bool = False) -> Table:
    head = [Column(gettext("Year"))] + [Column(gettext("Subject"))] * with_subject
    return Table(str(caption), [*head, *_figure_columns()], [_figure_row(line, with_subject) for line in lines])


def _figure_columns() -> list[Column]:
    labels = (_("Amount"), _("What the figure is"), _("Level"), _("Body"), _("Sources"), _("Versions"))
    return [Column(str(label), "money" if place == 0 else "text") for place, label in enumerate(labels)]


def _figure_row(line: queries.FigureLine, with_subject: bool = False) -> list[Any]:
    year = str(line.row.year) if line.row.year is not None else said(None)
    return [year, *[line.subject.label] * with_subject, *_figure_cells(line)]


def _figure_cells(line: queries.FigureLine) -> list[Any]:
    row = line.row
    return [
        _qualified(row.kgs, row.qualifier),
        gettext(line.kind_label),
        str(LEVELS[row.level]),
        Cell(said(row.body_text), note=_listed(said(text) for text in (row.scope_text, row.note) if text)),
        _addresses(row.sources),
        Cell(_version(line.version), url=_versions_url("budgets", row.key)),
    ]


def _years_table(money: queries.MoneyPage) -> Table:
    """Every year from the first to the last; a year without a figure has a row that says so."""
    rows: list[list[Any]] = []
    for slot in money.years:
        rows += [_figure_row(line) for line in slot.figures] or [[str(slot.year), *_no_figure()]]
    empty = gettext("No figure of this kind is on record for this subject.")
    columns = [Column(gettext("Year")), *_figure_columns()]
    return Table(f"{money.subject.label}: {gettext(money.family.label)}", columns, rows, empty=empty)


def _no_figure() -> list[Any]:
    nothing = format_html('<span class="none">{}</span>', gettext("no figure found"))
    return [nothing, *[SafeString("&nbsp;")] * (len(_figure_columns()) - 1)]


def _disagreement_table(slot: queries.YearSlot) -> Table:
    """One column for each figure: sources that disagree stand side by side."""
    heads = [Column(gettext("%(year)s, figure %(n)s") % {"year": slot.year, "n": n}) for n in _from_one(slot.figures)]
    labels = [column.label for column in _figure_columns()]
    facts = zip(labels, *(_figure_cells(line) for line in slot.figures), strict=True)
    caption = gettext("%(year)s: the sources do not agree") % {"year": slot.year}
    return Table(caption, [Column(gettext("What is said")), *heads], [list(fact) for fact in facts])


def _from_one(things: Sequence[Any]) -> range:
    return range(1, len(things) + 1)


def _money_chart(money: queries.MoneyPage) -> charts.Chart:
    rows = [row for slot in money.years for row in _chart_rows(slot)]
    notes = [gettext(money.family.explanation), gettext("Figures of different kinds are not added up.")]
    return charts.bars(
        _conclusion(money),
        gettext("som, by year; the kind of each figure stands beside the year"),
        rows,
        unit="money",
        first_column=gettext("Year and kind"),
        source=gettext("public sources, each named in the table below"),
        notes=notes,
    )


def _chart_rows(slot: queries.YearSlot) -> list[charts.Row]:
    if not slot.figures:
        return [charts.Row(str(slot.year), [None])]
    return [
        charts.Row(
            f"{slot.year} · {gettext(line.kind_label)}, {LEVELS[line.row.level]}",
            [charts.Point(line.row.kgs, _drawn_qualifier(line.row.qualifier))],
        )
        for line in slot.figures
    ]


def _conclusion(money: queries.MoneyPage) -> str:
    """The title of the chart says what it shows, without adding or comparing what does not compare."""
    known = [slot for slot in money.years if slot.figures]
    words = {"subject": money.subject.label, "first": known[0].year, "last": known[-1].year}
    if money.disagreements:
        apart = ", ".join(str(slot.year) for slot in money.disagreements)
        return gettext("%(subject)s: the sources do not agree on %(years)s") % (words | {"years": apart})
    if len(known) == 1 or len(known[0].figures) > 1 or len(known[-1].figures) > 1:
        return gettext("%(subject)s: what is known, %(first)s–%(last)s") % words
    first, last = (
        _with_qualifier(formats.short_money(slot.figures[0].row.kgs), slot.figures[0].row.qualifier)
        for slot in (known[0], known[-1])
    )
    return gettext("%(subject)s: %(before)s in %(first)s, %(after)s in %(last)s") % (
        words | {"before": first, "after": last}
    )


# --- contests --------------------------------------------------------------------------------------------------


def _contest_table(caption: Any, lines: Sequence[queries.ContestLine], empty: Any) -> Table:
    labels = (_("Customer"), _("Year"), _("What it is"), _("Theme"), _("Money"), _("Awarded"), _("Sources"))
    rows = [_contest_row(line) for line in lines]
    return Table(str(caption), [Column(str(label)) for label in labels], rows, empty=str(empty))


def _contest_row(line: queries.ContestLine) -> list[Any]:
    return [
        Cell(said(line.customer_text), url=reverse("record_contest", args=[line.key]), note=_names(line.customers)),
        _years(line.years),
        str(TYPES[line.type]),
        said(line.theme or line.programme),
        _amounts(line.amounts),
        _number(line.projects_awarded),
        _addresses(line.sources),
    ]


def _names(named: Sequence[queries.Named]) -> str:
    return "; ".join(one.label for one in named)


def _amounts(amounts: Sequence[queries.AmountLine]) -> SafeString:
    """Each amount with what it is; they are different facts and stand one under the other."""
    if not amounts:
        return said(None)
    return _listed(
        ", ".join(
            part for part in (_qualified(one.kgs, one.qualifier), gettext(one.kind_label), str(PER[one.per])) if part
        )
        for one in amounts
    )


def _contest_facts(found: queries.ContestDetail) -> list[SummaryRow]:
    row = found.row
    applications = row.applications
    applied = f"{formats.number(applications.count)} {COUNTED[applications.counts]}" if applications else said(None)
    facts = (
        (_("What it is"), str(TYPES[row.type])),
        (_("Customer, in the words of the source"), said(row.customer_text)),
        (_("Customer, as we know it"), _customer_links(found.customers)),
        (_("Level"), str(LEVELS[row.level])),
        (_("Year"), _years(found.years)),
        (_("Programme"), said(row.programme)),
        (_("Theme"), said(row.theme)),
        (_("For whom"), _group_links(found.groups)),
        (_("Lots"), _number(row.lots)),
        (_("Announced"), _when(row.announced)),
        (_("Applications until"), _when(row.deadline)),
        (_("Money"), _amounts(found.amounts)),
        (_("Applied"), applied),
        (_("Projects awarded"), _number(row.projects_awarded)),
        (_("How long the projects ran"), said(row.term_text)),
        (_("Law, as the source or the record cites it"), said(row.legal_period)),
        (_("Note on the law"), said(row.legal_note)),
        (_("How complete the record is"), said(row.completeness)),
        (_("Notes"), said(row.notes)),
    )
    return [SummaryRow(str(label), value) for label, value in facts]


def _customer_links(customers: Sequence[queries.Named]) -> SafeString:
    if not customers:
        return format_html("{}", gettext("not matched; the text stands for itself"))
    return _listed(_place_link(one) for one in customers)


def _place_link(one: queries.Named) -> SafeString:
    if not one.place:
        address = f"{reverse('record_contests')}?{urlencode({'customer': one.key})}"
    else:
        address = reverse("record_municipality", args=[one.place])
    return format_html('<a href="{}">{}</a>', address, one.label)


def _group_links(groups: Sequence[queries.Group]) -> SafeString:
    if not groups:
        return said(None)
    return _listed(_group_link(group) for group in groups)


def _group_link(group: queries.Group) -> SafeString:
    links = format_html_join(
        "; ",
        '<a href="{}?{}">{}</a>',
        ((reverse("record_contests"), urlencode({"group": one.key}), one.label) for one in group.named),
    )
    return format_html('{} <span class="note">{}</span>', said(group.text), links) if links else said(group.text)


def _winner_table(winners: Sequence[Any]) -> Table:
    labels = (_("Organisation"), _("Project"), _("Place"), _("Amount"), _("People served"), _("Note"))
    rows = [
        [
            said(winner.organisation),
            said(winner.project),
            said(winner.place),
            said(None) if winner.amount_kgs is None else formats.som(winner.amount_kgs),
            _number(winner.beneficiaries),
            said(winner.note),
        ]
        for winner in winners
    ]
    empty = gettext("The source names no winner.")
    return Table(gettext("Winners"), [Column(str(label)) for label in labels], rows, empty=empty)


def _event_table(events: Sequence[Any]) -> Table:
    columns = [Column(gettext("When")), Column(gettext("What happened"))]
    rows = [[_when(event.when), said(event.event)] for event in events]
    return Table(gettext("Events"), columns, rows, empty=gettext("The source names no event."))


def _count_text(found: queries.ContestPage) -> str:
    n = formats.number(found.count)
    if found.is_count_capped:
        return gettext("More than %(n)s contests") % {"n": n}
    return ngettext("%(n)s contest", "%(n)s contests", found.count) % {"n": n}


def _pager(request: HttpRequest, following: str, count_text: str = "") -> Pager:
    """The next page keeps the filters."""
    kept = {name: value for name, value in request.GET.items() if name != "after" and value}
    return Pager(count_text, f"?{urlencode(kept | {'after': following})}" if following else "")


# --- municipalities and groups ---------------------------------------------------------------------------------


def _municipality_table(lines: Sequence[queries.MunicipalityLine]) -> Table:
    labels = (
        _("Municipality"),
        _("Region"),
        _("Years"),
        _("Named in 2019"),
        _("Part it played"),
        _("Code"),
        _("Sources"),
    )
    rows = [
        [
            Cell(line.name, url=reverse("record_municipality", args=[line.row.key])),
            Cell(said(line.row.region), note=line.row.district or ""),
            _years(line.row.years),
            _yes_no(line.row.named_in_2019_press_release),
            said(line.row.role),
            line.row.soate or gettext("not confirmed"),
            _addresses(line.row.sources),
        ]
        for line in lines
    ]
    return Table(gettext("Municipalities on record"), [Column(str(label)) for label in labels], rows)


def _municipality_facts(line: queries.MunicipalityLine) -> list[SummaryRow]:
    row = line.row
    facts = (
        (_("Name in Kyrgyz"), said(row.name_ky)),
        (_("Name in Russian"), said(row.name_ru)),
        (_("Name in English"), said(row.name_en)),
        (_("Kind"), said(row.type)),
        (_("Region"), said(row.region)),
        (_("District"), said(row.district)),
        (_("How sure the place is"), said(row.hierarchy)),
        (_("Code in the classifier"), row.soate or gettext("not confirmed")),
        (_("Years"), _years(row.years)),
        (_("Named in the press release of 2019"), _yes_no(row.named_in_2019_press_release)),
        (_("Part it played"), said(row.role)),
        (_("Notes"), said(row.notes)),
    )
    return [SummaryRow(str(label), value) for label, value in facts]


def _yes_no(claim: bool) -> str:
    return gettext("yes") if claim else gettext("no")


def _group_table(lines: Sequence[queries.GroupLine]) -> Table:
    labels = (
        _("Target group"),
        _("Names"),
        _("Years"),
        _("Levels"),
        _("Contests on record"),
        _("Sources"),
        _("Versions"),
    )
    address = reverse("record_contests")
    rows = [
        [
            Cell(line.name, note=line.row.code),
            _listed(said(name) for name in (line.row.name_ky, line.row.name_ru, line.row.name_en)),
            _years(line.row.years),
            ", ".join(str(LEVELS[level]) for level in line.row.levels) or said(None),
            Cell(
                formats.number(line.contests),
                url=f"{address}?{urlencode({'group': line.row.code})}" if line.contests else "",
            ),
            _addresses(line.row.sources),
            Cell(_version(line.version), url=_versions_url("target_groups", line.row.key)),
        ]
        for line in lines
    ]
    return Table(gettext("Target groups on record"), [Column(str(label)) for label in labels], rows)


# --- what is not known, versions -------------------------------------------------------------------------------


def _unknown_table(kind: queries.UnknownKind) -> Table:
    columns = [Column(gettext("Not said")), Column(gettext("Rows")), Column(gettext("Share"), "text")]
    rows = [
        [
            gettext(field.label),
            gettext("%(missing)s of %(total)s")
            % {"missing": formats.number(field.missing), "total": formats.number(field.total)},
            formats.share(field.missing, field.total),
        ]
        for field in kind.fields
    ]
    return Table(str(KINDS[kind.kind]), columns, rows)


def _version_table(found: queries.History) -> Table:
    labels = (_("Version"), _("Loaded"), _("Replaced"), _("File"), _("What the next version says otherwise"))
    address = [found.kind, found.key]
    rows = [
        [
            Cell(_version(one.version), url=reverse("record_version", args=[*address, one.version])),
            formats.instant(one.since),
            formats.instant(one.until) or gettext("in force"),
            one.file_name,
            ", ".join(one.changed),
        ]
        for one in found.versions
    ]
    return Table(gettext("Versions of this row"), [Column(str(label)) for label in labels], rows)


urlpatterns = [
    path("", overview, name="record"),
    path("years/", years, name="record_years"),
    path("contests/", contests, name="record_contests"),
    path("contests/<str:key>/", contest, name="record_contest"),
    path("municipalities/", municipalities, name="record_municipalities"),
    path("municipalities/<str:key>/", municipality, name="record_municipality"),
    path("groups/", groups, name="record_groups"),
    path("unknown/", unknown, name="record_unknown"),
    path("versions/<slug:kind>/<str:key>/", versions, name="record_versions"),
    path("versions/<slug:kind>/<str:key>/<int:version>/", versions, name="record_version"),
]
