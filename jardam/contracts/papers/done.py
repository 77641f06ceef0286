"""What the papers of a report say: the report as it was accepted, and the act of acceptance.

Everybody can read both: of a primary document they say budget line, kind of payee and amounts; what names somebody
stays between the two parties (H-65).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jardam.documents import wording
from jardam.documents.papers import Block, Paper, facts, heading, paragraph, signatures, table

from ..models import Acceptance, Expense, Plan, Report
from ..policy import settlement_of, taken_by_line
from .parties import Hand, head_rows, heads_of, signed_by, written

ZERO = Decimal("0.00")
KINDS = {"interim": _("Interim report"), "final": _("Final report")}
PAYEES = {
    "organisation": _("Organisation"),
    "entrepreneur": _("Entrepreneur"),
    "person": _("Person"),
    "employee": _("Worker of the project (pay)"),
}


@dataclass(frozen=True, slots=True)
class Done:
    """An accepted report with everything its two papers name, read once for all languages. *By*: who accepted it;
    *hands*: who signed the act, or who may; *earlier*: what other reports took of each budget line, in som."""

    report: Report
    acceptance: Acceptance
    by: Hand
    hands: Sequence[Hand]
    plan: Plan | None
    items: Sequence[Expense]
    earlier: dict[int, Decimal]

    def asked(self, line: int) -> Decimal:
        return sum((one.amount for one in self.items if one.line == line), ZERO)

    def accepted(self, line: int) -> Decimal:
        return sum((one.accepted or ZERO for one in self.items if one.line == line), ZERO)


def done(report: Report, acceptance: Acceptance, at: datetime, by: Hand, hands: Sequence[Hand] = ()) -> Done:
    """*At*: whose heads sign, where nobody has yet."""
    contract = report.contract
    return Done(
        report=report,
        acceptance=acceptance,
        by=by,
        hands=hands or heads_of(contract, at),
        plan=contract.plans.order_by("-version").first(),
        items=list(report.tranche.expenses.exclude(state="withdrawn").order_by("line", "id")),
        earlier=taken_by_line(contract, but=report.tranche_id, under_review=False),
    )


# --- the report ------------------------------------------------------------------------------------------------


def report(done: Done) -> Paper:
    """The report as it was accepted."""
    told = done.report
    return Paper(
        gettext("Report on a tranche"),
        [
            facts(*head_rows(told.contract), *_contract_rows(told)),
            facts(
                (gettext("Kind of the report"), str(KINDS.get(told.kind, told.kind))),
                (gettext("Tranche"), _tranche(told)),
                (gettext("Due by"), wording.day(told.due_on) if told.due_on else ""),
                (gettext("Submitted"), wording.instant(told.submitted_at)),
                (gettext("Accepted"), _taken_over(done)),
            ),
            _part(1, gettext("What was done")),
            *(paragraph(text) for text in told.narrative.split("\n") if text.strip()),
            facts((gettext("People who were helped"), wording.number(told.people_served))),
            _part(2, gettext("Indicators: plan and fact")),
            _indicators(done),
            _part(3, gettext("Budget: plan and fact, in som")),
            *_budget(done),
            _part(4, gettext("Primary documents, in som")),
            *_documents(done),
            _part(5, gettext("Other money for the same work")),
            paragraph(
                gettext("The executor named other money for the same work; both parties can read what it is.")
                if told.other_funding
                else gettext("The executor named no other money for the same work.")
            ),
        ],
    )


def _part(number: int, title: str) -> Block:
    return heading(f"{number}. {title}")


def _contract_rows(report: Report) -> list[tuple[str, str]]:
    contract = report.contract
    return [(gettext("Signed"), wording.day(contract.signed_at) if contract.signed_at else "")]


def _tranche(report: Report) -> str:
    return f"{report.tranche.number}, {wording.money(report.tranche.agreed)}"


def _taken_over(done: Done) -> str:
    told = {"number": done.acceptance.number, "day": wording.day(done.acceptance.accepted_on)}
    return gettext("%(day)s, act of acceptance No. %(number)s") % told


def _indicators(done: Done) -> Block:
    """What was planned, and what was reached so far."""
    planned = done.plan.indicators if done.plan else []
    if not planned:
        return paragraph(gettext("The contract names no indicators."))
    columns = (
        (gettext("Indicator"), "text"),
        (gettext("At the beginning"), "number"),
        (gettext("Plan"), "number"),
        (gettext("Fact"), "number"),
    )
    reached = [*done.report.indicators, *[None] * len(planned)]
    rows = [
        [title, *(written(one) for one in (baseline, target, "—" if fact is None else fact))]
        for (title, baseline, target), fact in zip(planned, reached, strict=False)
    ]
    return table(columns, rows)


def _budget(done: Done) -> list[Block]:
    """Every line of the plan: what other reports took, what this one asked for and got, what is left."""
    report = done.report
    planned = done.plan.lines if done.plan else [[report.contract.title, str(report.contract.amount)]]
    rows, totals = [], [ZERO] * 5
    for n, (title, amount) in enumerate(planned, start=1):
        before, accepted = done.earlier.get(n, ZERO), done.accepted(n)
        sums = [Decimal(amount), before, done.asked(n), accepted, Decimal(amount) - before - accepted]
        totals = [total + one for total, one in zip(totals, sums, strict=True)]
        rows.append([f"{n}. {title}", *(wording.number(one, 2) for one in sums)])
    columns = (
        (gettext("Budget line"), "text"),
        (gettext("Plan"), "number"),
        (gettext("Earlier reports"), "number"),
        (gettext("Spent now"), "number"),
        (gettext("Accepted now"), "number"),
        (gettext("What is left"), "number"),
    )
    total = [gettext("Total"), *(wording.number(one, 2) for one in totals)]
    return [table(columns, [*rows, total])]


def _documents(done: Done) -> list[Block]:
    """One row for each; who was paid and by which paper is for the parties (H-65)."""
    columns = (
        ("№", "code"),
        (gettext("Budget line"), "text"),
        (gettext("Paid to"), "text"),
        (gettext("Amount"), "number"),
        (gettext("Accepted"), "number"),
        (gettext("Decision"), "text"),
    )
    rows = [
        [
            str(n),
            _line(done, one.line),
            str(PAYEES.get(one.payee_kind, one.payee_kind)),
            wording.number(one.amount, 2),
            wording.number(one.accepted or ZERO, 2),
            _verdict(one),
        ]
        for n, one in enumerate(done.items, start=1)
    ]
    spent = sum((one.amount for one in done.items), ZERO)
    total = ["", gettext("Total"), "", wording.number(spent, 2), wording.number(done.acceptance.amount, 2), ""]
    return [
        table(columns, [*rows, total]),
        paragraph(gettext("Number, day, payee and remarks of each document are with the two parties.")),
    ]


def _line(done: Done, number: int) -> str:
    lines = done.plan.lines if done.plan else []
    return f"{number}. {lines[number - 1][0]}" if 0 < number <= len(lines) else str(number)


def _verdict(one: Expense) -> str:
    if one.accepted is None:
        return gettext("Not eligible")
    if one.accepted < one.amount:
        return gettext("Accepted in part")
    return gettext("Accepted in full")


# --- the act of acceptance -------------------------------------------------------------------------------------


def acceptance(done: Done) -> Paper:
    """The act of acceptance: with the signatures of both sides, or with room for them."""
    report, act = done.report, done.acceptance
    both = settlement_of(report).flag("rep.acceptance_act")
    refused = report.spent - act.amount
    return Paper(
        gettext("Act of acceptance of services"),
        [
            facts(*head_rows(report.contract), *_contract_rows(report)),
            paragraph(
                gettext("The customer has taken over the services of tranche %(tranche)s, worth %(sum)s.")
                % {"tranche": report.tranche.number, "sum": wording.money(act.amount)}
            ),
            facts(
                (gettext("Day of acceptance"), wording.day(act.accepted_on)),
                (gettext("Accepted by"), done.by.who()),
                (gettext("Kind of the report"), str(KINDS.get(report.kind, report.kind))),
                (gettext("Tranche"), _tranche(report)),
                (gettext("People who were helped"), wording.number(report.people_served)),
                (gettext("Spent"), wording.money(report.spent)),
                (gettext("Accepted"), wording.money(act.amount)),
                (gettext("Not accepted"), wording.money(refused)),
                (gettext("Fingerprint of the signed text (SHA-256)"), act.content_sha256 if both else ""),
            ),
            heading(gettext("Indicators that were reached")),
            _indicators(done),
            heading(gettext("What was taken over by budget line, in som")),
            *_budget(done),
            heading(gettext("Signatures")),
            signatures(*(_lines_to_sign(done) if both else signed_by([done.by]))),
        ],
    )


def _lines_to_sign(done: Done) -> list[tuple[str, str, str]]:
    """A line for each side, filled in where it is signed."""
    lines = signed_by(done.hands)
    told = {hand.side for hand in done.hands}
    return [*lines, *((label, name, "") for side, (label, name) in _sides(done).items() if side not in told)]


def _sides(done: Done) -> dict[str, tuple[str, str]]:
    (label, customer), (other, executor), *_rest = head_rows(done.report.contract)
    return {"customer": (label, customer), "executor": (other, executor)}
