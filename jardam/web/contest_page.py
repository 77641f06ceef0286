"""The public page of a contest, put together for its template: the announcement in the officials' own order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jardam.fields import in_language
from jardam.kernel.money import Money
from jardam.rulebook.settlement import Settlement
from jardam.transparency.queries import LotAccount

from . import formats, words
from .pages import language
from .templatetags.ui import Cell, Column, Stage, SummaryRow, Table


def amount(written: str) -> Money:
    """An amount as documents hold it: «450000.00 KGS»."""
    number, currency = written.split()
    return Money(Decimal(number), currency)


def stages(contest: Any, accounts: Iterable[LotAccount], at: datetime) -> list[Stage]:
    """Where the contest stands, from the announcement to accepted work."""
    accounts = list(accounts)
    closed = at >= contest.deadline_at
    published = [a.protocol.published_at for a in accounts if a.protocol and a.protocol.published_at]
    signed = [c.signed_at for a in accounts for c, _tranches, _trail in a.contracts if c.signed_at]
    accepted = any(trail.accepted for a in accounts for _contract, _tranches, trail in a.contracts)
    decided = contest.state == "decided"
    return [
        Stage(_("Announced"), formats.day(contest.announced_at), "done"),
        Stage(
            _("Applications"),
            _("until %(when)s") % {"when": deadline(contest.deadline_at)},
            "done" if closed else "current",
        ),
        Stage(
            _("Opening"),
            formats.day(contest.opened_at),
            "done" if contest.opened_at else "current" if closed else "todo",
        ),
        Stage(
            _("Review by the commission"),
            "",
            "done" if decided else "current" if contest.opened_at else "todo",
        ),
        Stage(_("Protocol"), formats.day(max(published, default=None)), "done" if decided else "todo"),
        Stage(
            _("Contracts"),
            formats.day(min(signed, default=None)),
            "done" if signed else "current" if decided else "todo",
        ),
        Stage(_("Accepted work"), "", "done" if accepted else "current" if signed else "todo"),
    ]


def deadline(at: datetime) -> str:
    """The day and the clock as people say them: what ends at midnight ends on the day before, at 24:00."""
    if formats.clock(at) == "00:00":
        return f"{formats.day(at - timedelta(seconds=1))}, 24:00"
    return f"{formats.day(at)}, {formats.clock(at)}"


def derivation(contest: Any) -> list[str]:
    """How the deadline came about, so that anybody can count again."""
    how = contest.deadline_how
    start = formats.day(datetime.fromisoformat(how["start"])) if "T" in how["start"] else how["start"]
    lines = [
        _("The customer chose the day. The rules want at least %(term)s from %(start)s: not before %(earliest)s.")
        % {"term": words.term(how["term"]), "start": start, "earliest": formats.day(date.fromisoformat(how["due_on"]))}
    ]
    if how["rolled"]:
        lines.append(_("The term ended on a day off and moved to the next working day."))
    lines.append(
        _("Basis: %(basis)s. Rulebook key: %(key)s. Calendar: %(calendar)s.")
        % {
            "basis": words.basis(contest.settlement.basis("ann.min_term")),
            "key": "ann.min_term",
            "calendar": how["calendar"],
        }
    )
    return lines


def announcement(contest: Any) -> list[SummaryRow]:
    """The first part of the announcement: date, customer, programme and years, goal, tasks, problem."""
    programme, adoption = contest.programme, getattr(contest.programme, "adoption", None)
    programme_lines = [
        _("%(title)s, %(from)s–%(to)s")
        % {"title": in_language(programme.title), "from": programme.year_from, "to": programme.year_to}
    ]
    if adoption:
        programme_lines.append(
            _("Resolution %(number)s of %(day)s")
            % {"number": adoption.number, "day": formats.long_day(adoption.adopted_on)}
        )
    return [
        SummaryRow(_("Announced on"), formats.long_day(contest.announced_at)),
        SummaryRow(_("Customer"), in_language(contest.customer.title)),
        SummaryRow(_("Programme"), programme_lines),
        SummaryRow(_("Goal"), in_language(contest.goal)),
        SummaryRow(_("Tasks"), in_language(contest.tasks)),
        SummaryRow(_("Problem"), in_language(contest.problem)),
    ]


def eligibility(settlement: Settlement) -> list[SummaryRow]:
    """Who may apply, as the rules of this contest say."""
    keys = ("elig.types", "elig.excluded_types", "elig.min_age_months", "elig.bars", "app.max_per_applicant",
            "app.cofin_min_pct", "app.languages")  # fmt: skip
    labels = {
        "elig.types": _("Who may apply"),
        "elig.excluded_types": _("Who may not"),
        "elig.min_age_months": _("Least age of the organisation"),
        "elig.bars": _("What bars an organisation"),
        "app.max_per_applicant": _("Applications of one organisation"),
        "app.cofin_min_pct": _("Least own contribution"),
        "app.languages": _("Languages of an application"),
    }
    rows = []
    for key in keys:
        lines = words.value(settlement.parameter(key), language())
        text = ", ".join(lines) if lines else _("nobody is named")
        rows.append(SummaryRow(labels[key], text))
    return rows


def criteria(settlement: Settlement) -> Table:
    rows = [
        [
            Cell(one.names.in_language(language()), note=_levels(one)),
            one.weight,
            f"{formats.number(one.scale_min)}–{formats.number(one.scale_max)}",
        ]
        for one in settlement.criteria()
    ]
    columns = [Column(_("Criterion")), Column(_("Weight"), "number"), Column(_("Scale"))]
    return Table(_("Criteria and weights"), columns, rows)


def _levels(criterion: Any) -> str:
    return " · ".join(
        f"{formats.number(level.score)}: {level.names.in_language(language())}" for level in criterion.levels
    )


def pass_mark(settlement: Settlement) -> str:
    return _("Pass mark: %(mark)s. Totals: %(method)s.") % {
        "mark": formats.number(settlement.decimal("eval.pass_mark")),
        "method": words.code(settlement.choice("eval.aggregation")),
    }


def assumed_note(settlement: Settlement) -> str:
    """Said on every page that uses an assumed value (H-24)."""
    count = len(settlement.assumed_keys)
    if not count:
        return ""
    return ngettext(
        "%(n)s rule of this contest is assumed for the demonstration. It is not law.",
        "%(n)s rules of this contest are assumed for the demonstration. They are not law.",
        count,
    ) % {"n": formats.number(count)}


# --- results ---------------------------------------------------------------------------------------------------

OUTCOMES = ("awarded", "reserve", "not_awarded")


@dataclass(frozen=True, slots=True)
class LotPage:
    """One lot: what is announced, what was decided, and where the money stands."""

    title: str
    number: int
    ref: str
    facts: list[SummaryRow]
    money: Table
    protocol: Any
    ranking: Table | None
    contracts: list[Any]


def lot_page(account: LotAccount, months: int, allocated: Decimal) -> LotPage:
    lot, measure = account.lot, account.lot.measure
    facts = [
        SummaryRow(_("Measure of the programme"), in_language(measure.title)),
        SummaryRow(_("Amount of the lot"), formats.som(lot.amount)),
        SummaryRow(_("Most for one project"), formats.som(lot.ceiling)),
        SummaryRow(
            _("Term of the projects"), ngettext("%(n)s month", "%(n)s months", months) % {"n": formats.number(months)}
        ),
    ]
    return LotPage(
        in_language(measure.title),
        lot.number,
        lot.ref,
        facts,
        money(account, allocated),
        account.protocol,
        ranking(account.content) if account.content else None,
        account.contracts,
    )


def money(account: LotAccount, allocated: Decimal) -> Table:
    """Five different facts, side by side and never added up."""
    awarded = None
    if account.content:
        rows = [row for row in account.content["ranking"] if row["outcome"] == "awarded"]
        awarded = sum((amount(row["amount"]).amount for row in rows), Decimal(0))
    paid = sum((trail.paid for _contract, _tranches, trail in account.contracts), Decimal(0))
    accepted = sum((trail.accepted for _contract, _tranches, trail in account.contracts), Decimal(0))
    decided = account.content is not None
    rows = [
        [Cell(_("Allocated"), note=_("to the measure by the programme's budget")), allocated],
        [Cell(_("Announced"), note=_("for this lot")), account.lot.amount],
        [Cell(_("Awarded"), note=_("by the published protocol")), awarded],
        [Cell(_("Paid"), note=_("with the treasury's document")), paid if decided else None],
        [Cell(_("Accepted"), note=_("services taken over by an act")), accepted if decided else None],
    ]
    return Table(_("Money of this lot: five different facts"), [Column(_("Fact")), Column(_("Amount"), "money")], rows)


def ranking(content: dict[str, Any]) -> Table:
    """The places of the protocol with totals and amounts."""
    rows = [
        [
            Cell(row["title"], note=f"{row['applicant']}, {row['number']}"),
            row["rank"],
            Decimal(row["total"]),
            amount(row["requested"]),
            amount(row["amount"]) if row["outcome"] == "awarded" else None,
            Cell(words.word(words.CANDIDACY, row["outcome"]), tone=words.tone(words.CANDIDACY, row["outcome"])),
        ]
        for row in content["ranking"]
    ]
    columns = [
        Column(_("Project")),
        Column(_("Place"), "number"),
        Column(_("Total"), "number"),
        Column(_("Asked for"), "money"),
        Column(_("Awarded"), "money"),
        Column(_("Decision"), "tag"),
    ]
    return Table(_("Ranking"), columns, rows, empty=_("No application was ranked."))


def tranche_table(rows: Iterable[Any], url_of: Any = None) -> Table:
    """Tranches with their payments and reports. `url_of(report)` links a report where there is a page for it."""
    lines = []
    for row in rows:
        payment, report = row.payment, row.report
        document = ""
        if payment and payment.is_paid:
            document = _("No. %(number)s of %(day)s") % {
                "number": payment.document_number,
                "day": formats.day(payment.executed_on),
            }
        lines.append(
            [
                Cell(
                    _("Tranche %(n)s") % {"n": row.tranche.number},
                    note=str(words.CONDITION.get(row.tranche.condition, "")),
                ),
                row.tranche.amount,
                Cell(words.word(words.TRANCHE, row.status), note=document, tone=words.tone(words.TRANCHE, row.status)),
                Cell(
                    words.word(words.REPORT, report.state),
                    url_of(report) if url_of else "",
                    tone=words.tone(words.REPORT, report.state),
                )
                if report
                else None,
            ]
        )
    columns = [
        Column(_("Tranche")),
        Column(_("Amount"), "money"),
        Column(_("Payment"), "tag"),
        Column(_("Report"), "tag"),
    ]
    return Table(_("Tranches"), columns, lines)


# --- the protocol ----------------------------------------------------------------------------------------------


def points_table(content: dict[str, Any], settlement: Settlement) -> Table | None:
    """Points of each criterion, one row for an application; None where the rules do not publish them."""
    ranked = [row for row in content["ranking"] if row["points"]]
    if not ranked:
        return None
    known = settlement.criteria()
    columns = [Column(_("Application")), *(Column(c.names.in_language(language()), "number") for c in known)]
    rows = [[Cell(row["number"], note=row["applicant"]), *(_points(row, one.code) for one in known)] for row in ranked]
    return Table(_("Points by criterion"), columns, rows)


def _points(row: dict[str, Any], criterion: str) -> Decimal | None:
    return Decimal(row["points"][criterion]) if criterion in row["points"] else None


def members_table(content: dict[str, Any]) -> Table:
    rows = [
        [
            Cell(one["name"], note=f"{words.SIDE.get(one['side'], one['side'])}, {words.SEAT.get(one['seat'], '')}"),
            _("present") if one["present"] else _("absent"),
            ", ".join(one["recused"]) or _("no interest declared"),
        ]
        for one in content["members"]
    ]
    columns = [Column(_("Member")), Column(_("Attendance")), Column(_("Recused from"))]
    return Table(_("The commission"), columns, rows)


def rejected_table(content: dict[str, Any], settlement: Settlement) -> Table | None:
    if not content["rejected"]:
        return None
    grounds = {ground.code: ground.names.in_language(language()) for ground in settlement.value("adm.grounds")}
    rows = [
        [Cell(one["number"], note=one["applicant"]), grounds.get(one["ground"], one["ground"]), one["text"]]
        for one in content["rejected"]
    ]
    columns = [Column(_("Application")), Column(_("Ground")), Column(_("Reason"))]
    return Table(_("Not admitted"), columns, rows)


def vote_rows(content: dict[str, Any]) -> list[SummaryRow]:
    vote = content["vote"]
    rows = [
        SummaryRow(_("Sitting"), formats.long_day(date.fromisoformat(content["held_on"]))),
        SummaryRow(_("Order that appointed the commission"), content["order"]),
        SummaryRow(_("For"), formats.number(vote["for"])),
        SummaryRow(_("Against"), formats.number(vote["against"])),
        SummaryRow(_("Abstained"), formats.number(vote["abstained"])),
        SummaryRow(_("Dissent"), vote["dissent"] or _("None was recorded.")),
    ]
    if content["drawing"]:
        rows.append(SummaryRow(_("Lots drawn for equal totals"), formats.number(len(content["drawing"]))))
    return rows
