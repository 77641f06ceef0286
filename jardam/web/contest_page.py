"""The public page of a contest, put together for its template: the announcement in the officials' own order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jardam.fields import in_language
from jardam.kernel.money import Money
from jardam.kernel.time import bishkek_day
from jardam.parties import queries as parties
from jardam.regime import operations as rules
from jardam.review import queries as review
from jardam.rulebook.catalogue import CATALOGUE
from jardam.rulebook.settlement import Settlement
from jardam.transparency.queries import LotAccount

from . import formats, names, words
from .pages import language
from .steps import LANGUAGES
from .templatetags.ui import Cell, Column, Event, Stage, SummaryRow, Table


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
    if contest.state in ("cancelled", "void"):
        return _ended_stages(contest)
    return [
        Stage(_("Announced"), formats.day(contest.announced_at), "done"),
        Stage(
            _("Applications"),
            _("until %(when)s") % {"when": deadline(contest.deadline_at)},
            "late" if contest.state == "suspended" else "done" if closed else "current",
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
    called = parties.name_on(contest.customer_id, bishkek_day(contest.announced_at))
    customer_lines = names.beside(called, contest.customer.title)
    programme, adoption = contest.programme, getattr(contest.programme, "adoption", None)
    programme_lines = [f"{in_language(programme.title)}, {formats.years(programme.year_from, programme.year_to)}"]
    if adoption:
        programme_lines.append(
            _("Resolution %(number)s of %(day)s")
            % {"number": adoption.number, "day": formats.long_day(adoption.adopted_on)}
        )
    return [
        SummaryRow(_("Announced on"), formats.long_day(contest.announced_at)),
        SummaryRow(_("Customer"), customer_lines),
        SummaryRow(_("Programme"), programme_lines),
        SummaryRow(_("Goal"), in_language(contest.goal)),
        SummaryRow(_("Tasks"), in_language(contest.tasks)),
        SummaryRow(_("Problem"), in_language(contest.problem)),
    ]


def eligibility(settlement: Settlement) -> list[SummaryRow]:
    """Who may apply, as the rules of this contest say."""
    keys = ["elig.types", "elig.excluded_types", "elig.min_age_months", "elig.bars", "app.max_per_applicant",
            "app.cofin_min_pct", "app.languages"]  # fmt: skip
    if settlement.number("elig.min_experience_months"):
        keys.insert(3, "elig.min_experience_months")
    labels = {
        "elig.types": _("Who may apply"),
        "elig.excluded_types": _("Who may not"),
        "elig.min_age_months": _("Least age of the organisation"),
        "elig.min_experience_months": _("Least experience with such work"),
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
    outcome: str
    facts: list[SummaryRow]
    money: Table
    protocol: Any
    ranking: Table | None
    contracts: list[Any]
    aftermath: list[Event]
    halts: list[Event]  # newest first


def _outcome(outcome: str) -> str:
    """What a lot of an ended contest came to."""
    if outcome == "awarded":
        return _("This lot has an award.")
    return _("This lot has no award: %(why)s.") % {"why": words.GROUND[outcome].lower()} if outcome else ""


def lot_page(account: LotAccount, months: int, allocated: Decimal, halts: list[Event], *, ended: bool) -> LotPage:
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
        _outcome(lot.outcome) if ended else "",
        facts,
        money(account, allocated),
        account.protocol,
        ranking(account.content) if account.content else None,
        account.contracts,
        [_after(one) for one in account.aftermath],
        halts,
    )


def _after(one: Any) -> Event:
    """What became of an award after the protocol, which stays as it was signed."""
    text = f"{one.row['title']}, {one.row['applicant']}"
    if one.amount is not None:
        text = f"{text}: {formats.som(one.amount)}"
    return Event(one.at, str(words.AFTERMATH[one.verb]), text)


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
        elif payment and payment.refusal_code:
            document = words.refusal_code(payment.refusal_code)
        lines.append(
            [
                Cell(
                    _("Tranche %(n)s") % {"n": row.tranche.number},
                    note=row.tranche.milestone or str(words.CONDITION.get(row.tranche.condition, "")),
                ),
                row.tranche.agreed,
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


def commission_table(contest: Any) -> Table | None:
    """Who sits, where the rules have the composition published (`com.publish_composition`)."""
    appointed = review.commission_of(contest)
    if appointed is None or not contest.settlement.flag("com.publish_composition"):
        return None
    rows = [
        [
            Cell(one.name, note=in_language(one.organisation.title)),
            str(words.SIDE[one.side]),
            str(words.SEAT[one.seat]),
        ]
        for one in review.members(appointed)
    ]
    columns = [Column(_("Member")), Column(_("Side")), Column(_("Seat"))]
    order = {"n": appointed.order_number, "day": formats.long_day(appointed.ordered_on)}
    said = (
        _("Appointed by order No. %(n)s of %(day)s")
        if contest.settlement.choice("com.appointment_act") == "order_of_head"
        else _("Appointed by resolution of the council No. %(n)s of %(day)s")
    )
    return Table(said % order, columns, rows)


def late_note(until: Any, done_on: Any) -> list[str]:
    """What is said of something that came after the end of its term; nothing of what came in time."""
    if until is None or done_on <= until.due_on:
        return []
    return [_("After the term: the rules set %(day)s as the last day.") % {"day": formats.day(until.due_on)}]


def approval_rows(protocol: Any) -> list[SummaryRow]:
    """The order that approved a published protocol, and whether it came after the term of the rules."""
    if not protocol.approval_order:
        return []
    said = [protocol.approval_order]
    if protocol.approved_on:
        order = {"n": protocol.approval_order, "day": formats.long_day(protocol.approved_on)}
        said = [_("Order No. %(n)s of %(day)s") % order]
        said += late_note(review.approval_until(protocol), protocol.approved_on)
    return [SummaryRow(_("Approved by"), said)]


def vote_rows(content: dict[str, Any]) -> list[SummaryRow]:
    vote = content["vote"]
    whole = [
        SummaryRow(_("For"), formats.number(vote["for"])),
        SummaryRow(_("Against"), formats.number(vote["against"])),
        SummaryRow(_("Abstained"), formats.number(vote["abstained"])),
    ]
    rows = [
        SummaryRow(_("Sitting"), formats.long_day(date.fromisoformat(content["held_on"]))),
        *_adjourned(content),
        SummaryRow(_("Order that appointed the commission"), content["order"]),
        *([] if content.get("items") else whole),
        SummaryRow(_("Dissent"), vote["dissent"] or _("None was recorded.")),
    ]
    if content["drawing"]:
        rows.append(SummaryRow(_("Lots drawn for equal totals"), formats.number(len(content["drawing"]))))
    if content.get("consequence"):
        rows.append(SummaryRow(_("What the rules say follows"), words.code(content["consequence"])))
    return rows


def ties_table(content: dict[str, Any], settlement: Settlement) -> Table | None:
    """How applications with equal totals were put in order; None where no two were equal."""
    numbers = {row["candidacy"]: row["number"] for row in content["ranking"]}
    rows = []
    for one in content.get("tie_breaks") or ():
        if len(one["order"]) > 1:
            places = [" = ".join(numbers[ref] for ref in group) for group in one["order"]]
            rows.append([" → ".join(places), _tie_method(one["method"], settlement)])
    columns = [Column(_("Equal totals, in the order they got")), Column(_("What went first"))]
    return Table(_("How ties were broken"), columns, rows) if rows else None


def _tie_method(method: str, settlement: Settlement) -> str:
    name, _colon, code = method.partition(":")
    if not code:
        return str(words.TIE_METHOD[name])
    [criterion] = [one for one in settlement.criteria() if one.code == code]
    return _("More points for: %(criterion)s") % {"criterion": criterion.names.in_language(language())}


def appeals_table(appeals: Sequence[Any], page: str = "appeal") -> Table:
    """Appeals with their state and dates; each leads to `page`."""
    appellants = names.listed([(one.appellant, bishkek_day(one.filed_at)) for one in appeals])
    rows = [
        [
            Cell(one.number, reverse(page, args=[one.ref]), appellant),
            str(words.APPEAL_SUBJECT[one.subject]),
            one.filed_at,
            one.answered_at,
            Cell(words.word(words.APPEAL, one.state), tone=words.tone(words.APPEAL, one.state)),
        ]
        for one, (appellant, _today) in zip(appeals, appellants, strict=True)
    ]
    columns = [
        Column(_("Appeal")),
        Column(_("What is appealed")),
        Column(_("Filed"), "instant"),
        Column(_("Answered"), "instant"),
        Column(_("State"), "tag"),
    ]
    return Table(_("Appeals"), columns, rows, empty=_("There are no appeals."), hide_caption=True)


# --- the rest of the announcement ------------------------------------------------------------------------------


def _ended_stages(contest: Any) -> list[Stage]:
    """A contest that ended without an award: how far it came."""
    opened = Stage(_("Opening"), formats.day(contest.opened_at), "done" if contest.opened_at else "skipped")
    return [
        Stage(_("Announced"), formats.day(contest.announced_at), "done"),
        Stage(_("Applications"), _("until %(when)s") % {"when": deadline(contest.deadline_at)}, "done"),
        opened,
        Stage(words.word(words.CONTEST, contest.state), "", "done"),
    ]


def whom_and_where(contest: Any, lots: Iterable[Any]) -> list[SummaryRow]:
    """After the six fields: target groups, territory, expected results."""
    measures = [lot.measure for lot in lots]
    study = contest.programme.study
    territory = (study and study.territory) or contest.customer.territory
    results = [
        _("%(indicator)s: from %(baseline)s to %(target)s")
        % {
            "indicator": in_language(one.indicator),
            "baseline": formats.number(one.baseline),
            "target": formats.number(one.target),
        }
        for one in measures
    ]
    return [
        SummaryRow(_("Target groups"), list(dict.fromkeys(words.code(one.group) for one in measures))),
        SummaryRow(
            _("Territory"),
            in_language(territory.title)
            if territory
            else _("where %(customer)s works") % {"customer": in_language(contest.customer.title)},
        ),
        SummaryRow(_("Expected results"), results),
    ]


def documents(settlement: Settlement) -> list[str]:
    """What an application must hold beside the form."""
    return words.value(settlement.parameter("app.documents"), language())


def how_to_apply(settlement: Settlement) -> list[str]:
    lines = [_("On this site: sign in, choose your organisation and press “Apply”.")]
    if settlement.flag("app.paper_allowed"):
        lines.append(_("On paper too: the customer registers the envelope unopened, with the second it came."))
    return lines


def opening_line(contest: Any) -> str:
    """When the applications are opened, by the term of the rules."""
    due = rules.deadline(contest.settlement, "app.opening_term", contest.deadline_at)
    said = _("After the deadline they are opened, not later than %(day)s.") % {"day": formats.day(due.due_on)}
    who = _("The opening is not public: who applied is told with the protocol.")
    if contest.settlement.flag("app.opening_public"):
        who = _("The opening is public: everybody may be there, and it is told who applied.")
    return f"{said} {who}"


def opening_table(opened: Sequence[Any], lots: int) -> Table:
    """Who applied, as a public opening tells it."""
    rows = [[one.number, in_language(one.applicant.title), *([one.lot.number] if lots > 1 else [])] for one in opened]
    columns = [Column(_("Number")), Column(_("Applicant")), *([Column(_("Lot"), "number")] if lots > 1 else [])]
    return Table(_("Who applied"), columns, rows, empty=_("Nobody applied."))


def appeal_route(settlement: Settlement) -> list[SummaryRow]:
    if not settlement.flag("appeal.allowed"):
        return [SummaryRow(_("Appeal"), _("The rules of this contest know no appeal."))]
    return [
        SummaryRow(_("To whom"), words.code(settlement.choice("appeal.body"))),
        SummaryRow(_("How long one may appeal"), words.term(settlement.term("appeal.term"))),
        SummaryRow(_("How long the answer may take"), words.term(settlement.term("appeal.answer_term"))),
    ]


DRAFT_CONTRACT = ("con.sign_term", "con.max_months", "con.advance_pct", "con.tranche_rule", "con.max_tranches",
                  "con.realloc_pct", "con.amend_max_pct", "con.account_rule", "con.assets", "con.termination_grounds",
                  "con.return_term", "con.penalty_pct_per_day", "rep.interim_period", "rep.final_term")  # fmt: skip


def draft_contract(settlement: Settlement) -> list[SummaryRow]:
    """What the contract will say, whoever wins: the settled rules of this contest."""
    return [
        SummaryRow(capfirst(_(CATALOGUE[key].label)), words.value(settlement.parameter(key), language()))
        for key in DRAFT_CONTRACT
    ]


# --- after the announcement ------------------------------------------------------------------------------------


def changes_table(entry: Any) -> Table:
    """What a version changed, field by field."""
    rows = [
        [
            Cell(str(words.ANNOUNCED[one.field]), note=str(LANGUAGES.get(one.language, ""))),
            one.before or "—",
            one.after or "—",
        ]
        for one in entry.changes
    ]
    named = _("What version %(n)s changed") % {"n": entry.version.number}
    return Table(named, [Column(_("Part")), Column(_("Before")), Column(_("Now"))], rows)


def errata_table(entries: Iterable[Any]) -> Table:
    rows = [
        [
            Cell(str(words.ANNOUNCED[one.field]), note=_("Version %(n)s") % {"n": entry.version.number}),
            one.wrong,
            one.right,
            one.at,
        ]
        for entry in entries
        for one in entry.errata
    ]
    columns = [Column(_("Part")), Column(_("It says")), Column(_("Read instead")), Column(_("Corrected"), "date")]
    return Table(_("Errata"), columns, rows)


def version_rows(entry: Any) -> list[SummaryRow]:
    """The words of one version of the announcement."""
    return [
        SummaryRow(str(label), in_language(entry.content[name]) if name not in ("contacts", "months") else said)
        for name, label in words.ANNOUNCED.items()
        for said in [str(entry.content[name])]
    ]


def postponement_events(contest: Any, moves: Iterable[Any]) -> list[Event]:
    """How the deadline moved, newest first, each with its reason."""
    events = [
        Event(
            one.at,
            str(words.POSTPONED[one.cause]),
            _("The deadline moved from %(before)s to %(after)s.")
            % {"before": deadline(one.from_at), "after": deadline(one.to_at)}
            + (f" {_outage(one.outage)}" if one.outage else ""),
        )
        for one in moves
    ]
    return events[::-1]


def _outage(outage: Any) -> str:
    return _("Outage from %(begin)s until %(end)s: %(ground)s") % {
        "begin": formats.instant(outage.begins_at),
        "end": formats.instant(outage.ends_at),
        "ground": outage.ground,
    }


def order_events(orders: Iterable[Any]) -> list[Event]:
    """The documents that stopped, resumed or ended the contest, newest first."""
    events = [
        Event(
            one.at,
            f"{words.ORDERED[one.verb]}: {words.GROUND[one.ground]}",
            " ".join([_document(one), one.text]).strip(),
            tone="done" if one.verb in ("resume", "resume_review") else "danger",
        )
        for one in orders
    ]
    return events[::-1]


def halts_by_lot(halts: Iterable[Any]) -> dict[int, list[Event]]:
    """Lot id → the documents that stopped its review and let it go on, newest first."""
    found: dict[int, list[Any]] = {}
    for one in halts:
        found.setdefault(one.proceeding.lot_id, []).append(one)
    return {lot: order_events(rows) for lot, rows in found.items()}


def _document(order: Any) -> str:
    named = _("Document No. %(number)s of %(day)s.") % {"number": order.number, "day": formats.day(order.issued_on)}
    if not order.file:
        return named
    return (
        named
        + " "
        + _("File: %(name)s, SHA-256 %(sha256)s.")
        % {
            "name": order.file.name,
            "sha256": order.file.sha256,
        }
    )


def answer_term(question: Any) -> str:
    """Until when the rules of the contest want the answer."""
    due = rules.deadline(question.contest.settlement, "ann.answer_term", question.asked_at)
    return _("Asked on %(asked)s; the rules want the answer until %(due)s.") % {
        "asked": formats.day(question.asked_at),
        "due": formats.day(due.due_on),
    }


def question_events(questions: Iterable[Any]) -> list[Event]:
    """Questions with their answers; who asked is shown to nobody."""
    return [Event(one.answered_at or one.asked_at, one.text, one.answer) for one in questions]


def _adjourned(content: dict[str, Any]) -> list[SummaryRow]:
    """The sittings before this one that had no quorum."""
    lines = [
        _("%(day)s: %(present)s present, %(needed)s needed")
        % {"day": formats.long_day(date.fromisoformat(day)), "present": present, "needed": needed}
        for day, present, needed in content.get("adjourned", ())
    ]
    return [SummaryRow(_("Sittings without a quorum"), lines)] if lines else []


def items_table(content: dict[str, Any]) -> Table | None:
    """The vote on each application, where the rules want one; who was recused from it."""
    lines = [
        [
            Cell(row["number"], note=", ".join(row["recused"])),
            row["present"],
            row["for"],
            row["against"],
            row["abstained"],
            Cell(_("carried") if row["carried"] else _("not carried"), tone="done" if row["carried"] else "plain"),
        ]
        for row in content.get("items", ())
    ]
    columns = [
        Column(_("Application")),
        Column(_("Present without an interest"), "number"),
        Column(_("For"), "number"),
        Column(_("Against"), "number"),
        Column(_("Abstained"), "number"),
        Column(_("Outcome"), "tag"),
    ]
    return Table(_("Votes on the applications"), columns, lines) if lines else None
