"""What the papers of a contract say: the contract, the accepted report, the act of acceptance."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jardam.documents import wording
from jardam.documents.models import Signature
from jardam.documents.papers import Block, Paper, facts, heading, items, paragraph, signatures, table
from jardam.fields import in_language

from .models import Acceptance, Amendment, Contract, InkSignature, Report, Tranche
from .rules import Term, term_of

CONDITIONS = {"advance": _("In advance"), "report": _("After the accepted report")}
SIDES = {"customer": _("Customer"), "executor": _("Executor")}


def _parties(contract: Contract) -> Any:
    return facts(
        (gettext("Customer"), in_language(contract.customer.title)),
        (gettext("Executor"), in_language(contract.executor.title)),
        (gettext("Contract"), contract.number or ""),
        (gettext("Project"), contract.title),
    )


def contract(
    contract: Contract, tranches: Sequence[Tranche], signed: Sequence[Signature], ink: Sequence[InkSignature] = ()
) -> Paper:
    """The contract in force, with its schedule and both signatures, in the active language."""
    hands = [(str(SIDES.get(s.side, s.side)), s.person_name, wording.instant(s.at)) for s in signed]
    hands += [
        (str(SIDES.get(s.side, s.side)), s.signatory, gettext("on paper, %(day)s") % {"day": wording.day(s.signed_on)})
        for s in ink
    ]
    return Paper(gettext("Contract of state social order"), [*_terms(contract, tranches), signatures(*hands)])


def contract_to_sign(contract: Contract, tranches: Sequence[Tranche]) -> Paper:
    """All that is signed, budget lines and indicators as in the bytes of the contract, with room for ink."""
    content = json.loads(bytes(contract.content))
    lines = [[title, wording.money(Decimal(amount))] for title, amount in content.get("lines", ())]
    reached = [[title, str(baseline), str(target)] for title, baseline, target in content.get("indicators", ())]
    money = ((gettext("Budget line"), "text"), (gettext("Amount"), "number"))
    goals = ((gettext("Indicator"), "text"), (gettext("Now"), "number"), (gettext("Target"), "number"))
    more = [
        *([heading(gettext("Budget")), table(money, lines)] if lines else []),
        *([heading(gettext("Indicators")), table(goals, reached)] if reached else []),
    ]
    room = [(str(SIDES[side]), name, "") for side, name in _names(contract).items()]
    return Paper(gettext("Contract of state social order"), [*_terms(contract, tranches, more), signatures(*room)])


def amendment(amendment: Amendment, signed: Sequence[Signature]) -> Paper:
    """The amendment in force, with both signatures: what changes, as both sides signed it."""
    hands = [(str(SIDES.get(s.side, s.side)), s.person_name, wording.instant(s.at)) for s in signed]
    return Paper(gettext("Amendment of the contract"), [*_changes(amendment), signatures(*hands)])


def amendment_to_sign(amendment: Amendment) -> Paper:
    """The same before it is signed, with room for ink."""
    room = [(str(SIDES[side]), name, "") for side, name in _names(amendment.contract).items()]
    return Paper(gettext("Amendment of the contract"), [*_changes(amendment), signatures(*room)])


def _changes(amendment: Amendment) -> list[Block]:
    """What the two agree to change, from the bytes that are signed."""
    content = json.loads(bytes(amendment.content))
    before, after = content["before"], content["after"]
    columns = ((gettext("What"), "text"), (gettext("Before"), "text"), (gettext("After"), "text"))
    rows = [
        [gettext("Last day"), *(wording.day(date.fromisoformat(one["ends_on"])) for one in (before, after))],
        *_amounts(before, after),
        *(
            [f"{n}. {title}", wording.money(Decimal(old)), wording.money(Decimal(new))]
            for n, ((title, old), (_title, new)) in enumerate(zip(before["lines"], after["lines"], strict=True), 1)
            if old != new
        ),
    ]
    return [
        paragraph(
            gettext("%(customer)s, the customer, and %(executor)s, the executor, change their contract.")
            % _names(amendment.contract)
        ),
        _parties(amendment.contract),
        facts(
            (gettext("Amendment"), str(amendment.number)),
            (gettext("Fingerprint of the contract (SHA-256)"), content["contract"]),
            (gettext("Fingerprint of the signed text (SHA-256)"), amendment.content_sha256),
        ),
        heading(gettext("What changes")),
        table(columns, [row for row in rows if row[1] != row[2]]),
        paragraph(gettext("Everything else in the contract stays as it is.")),
        heading(gettext("Signatures")),
    ]


def _amounts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[list[str]]:
    """The amount and the tranches of an amendment that lowers them."""
    if "amount" not in after:
        return []
    left = dict(after["tranches"])
    tranches = [
        [
            gettext("Tranche %(n)s") % {"n": number},
            wording.money(Decimal(amount)),
            wording.money(Decimal(left[number])) if number in left else gettext("falls away"),
        ]
        for number, amount in before["tranches"]
    ]
    amounts = [wording.money(Decimal(one["amount"])) for one in (before, after)]
    return [[gettext("Amount"), *amounts], *tranches]


def _names(contract: Contract) -> dict[str, str]:
    return {"customer": in_language(contract.customer.title), "executor": in_language(contract.executor.title)}


def _when(tranche: Tranche) -> str:
    condition = str(CONDITIONS.get(tranche.condition, tranche.condition))
    return f"{condition}: {tranche.milestone}" if tranche.milestone else condition


def _term(contract: Contract) -> list[tuple[str, str]]:
    """As the text names it; its days, once the last signature has settled them."""
    term = term_of(json.loads(bytes(contract.content)))
    rows = [(gettext("Term"), term_words(term))] if term else []
    if term is None or contract.signed_at:
        days = f"{wording.day(contract.starts_on)} – {wording.day(contract.ends_on)}"
        rows.append((gettext("Term"), days) if term is None else (gettext("First and last day"), days))
    return rows


def term_words(term: Term) -> str:
    """A term that is counted from the last signature."""
    told = {"n": wording.number(term.months)}
    said = gettext("%(n)s months from the day of the last signature") % told
    if term.not_before:
        told["day"] = wording.day(term.not_before)
        said = gettext("%(n)s months from %(day)s, or from the day of the last signature if that is later") % told
    return (
        gettext("%(term)s, not beyond %(until)s") % {"term": said, "until": wording.day(term.until)}
        if term.until
        else said
    )


def _terms(contract: Contract, tranches: Sequence[Tranche], more: Sequence[Block] = ()) -> list[Block]:
    """What the two agree on, up to the signatures."""
    columns = ((gettext("Tranche"), "code"), (gettext("Amount"), "number"), (gettext("When"), "text"))
    rows = [[str(t.number), wording.money(t.amount), _when(t)] for t in tranches]
    names = _names(contract)
    return [
        paragraph(
            gettext("%(customer)s, the customer, and %(executor)s, the executor, have made this contract.") % names
        ),
        heading(gettext("What it is about")),
        paragraph(gettext("The executor carries out the project “%(title)s”.") % {"title": contract.title}),
        facts(
            (gettext("Protocol that awarded it"), contract.award.protocol.number if contract.award else ""),
            (gettext("Fingerprint of the signed text (SHA-256)"), contract.content_sha256),
        ),
        heading(gettext("Term")),
        facts(*_term(contract)),
        heading(gettext("Money")),
        paragraph(gettext("The customer pays %(sum)s.") % {"sum": wording.money(contract.amount)}),
        table(columns, rows),
        *more,
        heading(gettext("Report and acceptance")),
        items(
            gettext("The executor reports on every tranche that was paid."),
            gettext("The customer accepts the report or returns it with a remark."),
        ),
        heading(gettext("Signatures")),
    ]


def report(report: Report) -> Paper:
    """The report as it was accepted."""
    return Paper(
        gettext("Report on a tranche"),
        [
            _parties(report.contract),
            facts(
                (gettext("Tranche"), str(report.tranche.number)),
                (gettext("People who were helped"), wording.number(report.people_served)),
                (gettext("Spent"), wording.money(report.spent)),
                (gettext("Submitted"), wording.instant(report.submitted_at)),
            ),
            heading(gettext("What was done")),
            *(paragraph(text) for text in report.narrative.split("\n") if text.strip()),
        ],
    )


def acceptance(acceptance: Acceptance, report: Report, name: str) -> Paper:
    """The act of acceptance. *Name*: who accepted for the customer."""
    return Paper(
        gettext("Act of acceptance of services"),
        [
            _parties(report.contract),
            paragraph(
                gettext("The customer has taken over the services of tranche %(tranche)s, worth %(sum)s.")
                % {"tranche": report.tranche.number, "sum": wording.money(acceptance.amount)}
            ),
            facts(
                (gettext("Day of acceptance"), wording.day(acceptance.accepted_on)),
                (gettext("People who were helped"), wording.number(report.people_served)),
                (gettext("Spent"), wording.money(report.spent)),
            ),
            signatures((gettext("Customer"), name, wording.day(acceptance.accepted_on))),
        ],
    )
