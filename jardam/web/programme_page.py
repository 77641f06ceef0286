"""A programme put together for its pages: what it is, its measures, its money, its adoption."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from jardam.fields import in_language
from jardam.planning import queries

from . import formats, names, slips, words
from .templatetags.ui import Cell, Column, SummaryRow, Table


def facts(programme: Any) -> list[SummaryRow]:
    """What it is, and the resolution that adopted it."""
    adoption = getattr(programme, "adoption", None)
    queries.put_adoptions_right([programme])
    sides = {_("Customer"): programme.customer} | ({_("Adopted by"): adoption.body} if adoption else {})
    named = names.then(sides, adoption.adopted_on if adoption else None)
    rows = [
        named[0],
        SummaryRow(_("Years"), formats.years(programme.year_from, programme.year_to)),
        SummaryRow(_("Goal"), in_language(programme.goal)),
    ]
    if programme.part_of:
        rows.append(SummaryRow(_("Part of the social programme"), programme.part_of))
    if programme.level:
        rows.append(SummaryRow(_("Level"), str(words.LEVEL[programme.level])))
    if programme.study:
        study = f"{in_language(programme.study.title)}, {programme.study.year}"
        rows.append(SummaryRow(_("Study of needs"), study))
    rows += [*named[1:], *_adoption(adoption)] if adoption else []
    if programme.dropped_because:
        rows.append(SummaryRow(_("Why it was given up"), programme.dropped_because))
    if programme.recorded_at and adoption:
        days = {"adopted": formats.long_day(adoption.adopted_on), "recorded": formats.day(programme.recorded_at)}
        said = _("adopted on paper on %(adopted)s, entered here on %(recorded)s") % days
        rows.insert(0, SummaryRow(_("Recorded afterwards"), said))
    return rows


def customers(programmes: Sequence[Any]) -> list[tuple[str, str]]:
    """The customer of each, by the name of the day its programme was adopted on."""
    adoptions = [getattr(one, "adoption", None) for one in programmes]
    days = [adoption.adopted_on if adoption else None for adoption in adoptions]
    return names.listed([(one.customer, day) for one, day in zip(programmes, days, strict=True)])


def _adoption(adoption: Any) -> list[SummaryRow]:
    resolution = {"number": adoption.number, "day": formats.long_day(adoption.adopted_on)}
    votes = {"for": adoption.votes_for, "against": adoption.votes_against, "abstained": adoption.abstained}
    seats = {"present": adoption.present, "members": adoption.members, "quorum": adoption.quorum}
    by_order = adoption.body_id == adoption.programme.customer_id and adoption.votes_for is None
    rows = [
        SummaryRow(
            _("Order of the head") if by_order else _("Resolution"), _("No. %(number)s of %(day)s") % resolution
        ),
    ]
    if adoption.votes_for is not None:
        said = [
            _("for %(for)s, against %(against)s, abstained %(abstained)s") % votes,
            _("%(present)s of %(members)s deputies were present; the quorum is %(quorum)s.") % seats,
        ]
        rows.append(SummaryRow(_("Vote"), said))
    if adoption.in_force_on:
        rows.append(SummaryRow(_("In force since"), formats.long_day(adoption.in_force_on)))
    if adoption.register_number:
        rows.append(SummaryRow(_("Number in the State Register"), adoption.register_number))
    if adoption.file:
        url = reverse("file", args=[adoption.file.ref])
        paper = format_html('<a href="{}">{}</a>, SHA-256 {}', url, adoption.file.name, adoption.file.sha256)
        rows.append(SummaryRow(_("Signed paper"), paper))
    return rows


def measures(rows: list[Any], url: Callable[[Any], str] = lambda _measure: "") -> Table:
    """`url(measure)` is the page that changes it, where there is one."""
    lines = [
        [
            Cell(in_language(one.title), url(one), note=", ".join(filter(None, [words.code(one.group), one.place]))),
            words.code(one.form),
            Cell(str(one.year)),
            one.amount,
            Cell(in_language(one.indicator), note=_from_to(one)),
        ]
        for one in rows
    ]
    columns = [
        Column(_("Measure")),
        Column(_("Form")),
        Column(_("Year")),
        Column(_("Amount"), "money"),
        Column(_("Indicator, from and to")),
    ]
    total = sum(one.amount for one in rows)
    foot = [_("Total"), "", "", total, ""] if len(rows) > 1 else []
    return Table(_("Measures"), columns, lines, foot, empty=_("There are no measures yet."))


def formerly(struck: list[Any], heads: list[Any]) -> Table | None:
    """What the draft said before, and since when not any more; None where nothing changed."""
    lines = [[_head_note(one), one.changed_at, _("written anew")] for one in heads] + [
        [
            Cell(f"{in_language(one.measure.title)}, {one.measure.year}", note=_measure_note(one.measure)),
            one.struck_at,
            f"{in_language(one.by.title)}, {one.by.year}" if one.by else _("taken out"),
        ]
        for one in struck
    ]
    columns = [Column(_("What it said")), Column(_("Until"), "instant"), Column(_("Now"))]
    return Table(_("What the draft said before"), columns, lines) if lines else None


def _head_note(head: Any) -> Cell:
    study = f"{in_language(head.study.title)}, {head.study.year}" if head.study else ""
    level = str(words.LEVEL[head.level]) if head.level else ""
    parts = [formats.years(head.year_from, head.year_to), in_language(head.goal), study, head.part_of, level]
    return Cell(in_language(head.title), note="; ".join(filter(None, parts)))


def _measure_note(measure: Any) -> str:
    named = [words.code(measure.form), words.code(measure.group), measure.place, formats.som(measure.amount)]
    return "; ".join(filter(None, [*named, f"{in_language(measure.indicator)}: {_from_to(measure)}"]))


def _from_to(measure: Any) -> str:
    return f"{formats.number(measure.baseline)} → {formats.number(measure.target)} {measure.unit}".rstrip()


def sections(texts: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    """Headings and texts in the reader's language."""
    return [(capfirst(words.code(code)), in_language(text)) for code, text in texts.items()]


def budget(rows: list[Any]) -> Table:
    """What each year asks of the budget, by the form of order."""
    forms = ("grants", "vouchers", "purchases")
    sums: dict[int, dict[str, Decimal]] = {}
    for one in rows:
        year = sums.setdefault(one.year, dict.fromkeys(forms, Decimal(0)))
        year[one.form] += one.amount
    lines = [[str(year), *(of[form] for form in forms), sum(of.values())] for year, of in sorted(sums.items())]
    columns = [Column(_("Year")), *(Column(words.code(form), "money") for form in forms), Column(_("Total"), "money")]
    return Table(_("Budget by year"), columns, lines)


def appropriations(rows: Iterable[Any]) -> Table:
    lines = [
        [
            Cell(one.line, note=f"{one.document}, {formats.day(one.document_on)}"),
            str(words.SOURCE.get(one.source, one.source)),
            Cell(str(one.year)),
            one.amount,
        ]
        for one in rows
    ]
    columns = [Column(_("Budget line")), Column(_("Source")), Column(_("Year")), Column(_("Amount"), "money")]
    return Table(_("Appropriations"), columns, lines, empty=_("No budget document gives money yet."))


def comments(rows: list[Any], answer_url: Any = None) -> Table:
    """What was said and what was answered. Persons stay nameless; organisations speak under their name."""
    lines = [
        [
            Cell(one.text, note=in_language(one.organisation.title) if one.organisation else _("a person")),
            Cell(words.word(words.COMMENT, one.state), tone=words.tone(words.COMMENT, one.state)),
            Cell(one.answer) if one.answer else _answer_link(one, answer_url),
        ]
        for one in rows
    ]
    columns = [Column(_("Comment")), Column(_("State"), "tag"), Column(_("Answer"))]
    return Table(_("Comments on the draft"), columns, lines, empty=_("Nobody has commented yet."))


def _answer_link(comment: Any, answer_url: Any) -> Cell:
    return Cell(_("Answer it"), answer_url(comment)) if answer_url else Cell("—")


def course(found: Any, *, within: bool = False) -> list[Table]:
    """What the council decided and what followed; empty tables are left out. `within`: for the customer and the
    council, who also read why a programme was returned."""
    tables = [
        _opinions(found.opinions),
        _decisions(found.decisions, within),
        _publication(found.publication),
        _reports(found.reports),
        _gatherings(found.gatherings),
        slips.table(found.corrections),
    ]
    return [one for one in tables if one and one.rows]


def _opinions(rows: list[Any]) -> Table:
    lines = [[one.committee, str(words.OPINION[one.opinion]), one.given_on, one.text or "—"] for one in rows]
    columns = [Column(_("Committee")), Column(_("Opinion")), Column(_("Day"), "date"), Column(_("In its words"))]
    return Table(_("Opinions of the committees"), columns, lines)


def _decisions(rows: list[Any], within: bool) -> Table:
    lines = [
        [
            Cell(str(words.DECISION[one.kind]), note=", ".join(filter(None, [_of_version(one), _vote_note(one)]))),
            one.number or "—",
            one.decided_on,
            (one.reason or "—") if within or one.kind != "returned" else _("told to the customer"),
        ]
        for one in rows
    ]
    columns = [Column(_("Decision")), Column(_("Resolution")), Column(_("Day"), "date"), Column(_("Reason"))]
    return Table(_("Other decisions of the council"), columns, lines)


def _vote_note(decision: Any) -> str:
    if decision.votes_for is None:
        return ""
    votes = {"for": decision.votes_for, "against": decision.votes_against, "abstained": decision.abstained}
    return _("for %(for)s, against %(against)s, abstained %(abstained)s") % votes


def _of_version(decision: Any) -> str:
    return _("version %(number)s") % {"number": decision.revision.number} if decision.revision else ""


def _publication(found: Any) -> Table:
    number = _("No. %(number)s in the State Register") % {"number": found.register_number} if found else ""
    lines = [[Cell(found.place, note=number if found.register_number else ""), found.published_on]] if found else []
    return Table(_("The resolution is published"), [Column(_("Where")), Column(_("Day"), "date")], lines)


def _reports(rows: list[Any]) -> Table:
    facts = ("appropriated", "reserved", "committed", "paid", "accepted")
    lines = [[Cell(str(one.year), note=one.text), *(Decimal(one.figures[fact]) for fact in facts)] for one in rows]
    columns = [
        Column(_("Year")),
        Column(_("Appropriated"), "money"),
        Column(_("Announced in contests"), "money"),
        Column(_("Bound by contracts"), "money"),
        Column(_("Paid"), "money"),
        Column(_("Accepted"), "money"),
    ]
    return Table(_("Reports to the council"), columns, lines)


def _gatherings(rows: list[Any]) -> Table:
    lines = [[str(one.year), one.held_on, one.headcount, one.questions or "—", one.answers or "—"] for one in rows]
    columns = [
        Column(_("Year")),
        Column(_("Day"), "date"),
        Column(_("People who came"), "number"),
        Column(_("Questions")),
        Column(_("Answers")),
    ]
    return Table(_("Gatherings with the people"), columns, lines)


# --- versions --------------------------------------------------------------------------------------------------


def versions(rows: list[Any], url: Any) -> Table | None:
    """The versions after the first; None while there are none. `url(revision)` is its page."""
    lines = [
        [
            Cell(_("Version %(number)s") % {"number": one.number}, url(one)),
            one.reason,
            Cell(words.word(words.REVISION, one.state), tone=words.tone(words.REVISION, one.state)),
        ]
        for one in rows
    ]
    columns = [Column(_("Version")), Column(_("Why")), Column(_("State"), "tag")]
    return Table(_("New versions"), columns, lines) if rows else None


def changes(rows: list[Any]) -> Table:
    """Before and after, field by field."""
    lines = [
        [
            Cell(in_language(one.title), note=str(one.year)) if one.title else words.code(one.thing),
            str(words.MEASURE[one.field]),
            _value(one.field, one.before),
            _value(one.field, one.after),
        ]
        for one in rows
    ]
    columns = [Column(_("Measure or section")), Column(_("What")), Column(_("Before")), Column(_("After"))]
    return Table(_("What changes"), columns, lines, empty=_("Nothing changes yet."))


def _value(field: str, value: Any) -> str:
    if value in (None, "", {}):
        return "—"
    if field == "amount":
        return formats.som(value)
    return in_language(value) if isinstance(value, dict) else str(value)


def version(revision: Any, changed: list[Any], decisions: list[Any], *, within: bool = False) -> dict[str, Any]:
    """What every page of a version shows."""
    number = {"number": revision.number}
    return {
        "title": _("Version %(number)s of the programme") % number,
        "caption": in_language(revision.programme.title),
        "state": words.word(words.REVISION, revision.state),
        "tone": words.tone(words.REVISION, revision.state),
        "reason": revision.reason,
        "changes": changes(changed),
        "decisions": _decisions([one for one in decisions if one.revision_id == revision.pk], within),
        "in_force": revision.state == "adopted",
    }
