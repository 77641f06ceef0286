"""What the paper of a contract says: the parties, every term, the budget, the indicators and both signatures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from jardam.contests.models import Contest, Lot
from jardam.documents import wording
from jardam.documents.papers import Block, Paper, clauses, facts, heading, paragraph, signatures, table
from jardam.fields import in_language
from jardam.kernel.time import bishkek_day
from jardam.regime import queries as regime
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement
from jardam.rulebook.values import Names
from jardam.treasury import queries as treasury
from jardam.treasury.models import Appropriation

from ..models import Contract, Tranche
from ..rules import Term, term_of
from . import terms
from .parties import Hand, Party, heads_of, names, parties_on, party_block, room_for_ink, signed_by, written

CONDITIONS = {"advance": _("In advance"), "report": _("After the accepted report")}
SOURCES = {
    "republican": _("Republican budget"),
    "local": _("Local budget"),
    "transfer": _("Transfer"),
    "donor": _("Donor"),
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """A contract with everything its paper names, read once for all languages. *Hands*: who signed it, or who may."""

    contract: Contract
    content: Mapping[str, Any]  # what is signed
    tranches: Sequence[Tranche]
    parties: Mapping[str, Party]
    hands: Sequence[Hand]
    lot: Lot
    money: Sequence[Appropriation]
    rules: Names  # the name of the edition the contest was announced under

    @property
    def contest(self) -> Contest:
        return self.lot.contest

    @property
    def settlement(self) -> Settlement:
        return self.contest.settlement


def agreed_on(contract: Contract, at: datetime, hands: Sequence[Hand] | None = None) -> Agreed:
    """*At*: the parties as they are called and paid at that instant. Without *hands* nobody has signed yet."""
    assert contract.award is not None  # what was recorded from paper afterwards has its own paper
    lot = contract.award.candidacy.proceeding.lot
    owner = ("contract", contract.pk) if hands else ("lot", lot.pk)
    return Agreed(
        contract=contract,
        content=json.loads(bytes(contract.content)),
        tranches=list(contract.tranches.order_by("number")),
        parties=parties_on(contract, bishkek_day(at)),
        hands=heads_of(contract, at) if hands is None else hands,
        lot=lot,
        money=treasury.appropriations_behind(*owner),
        rules=regime.edition(lot.contest.settlement.edition).title,
    )


def contract(agreed: Agreed) -> Paper:
    """The contract in force, with both signatures, in the active language; everybody can read it (H-64)."""
    signed = signatures(*signed_by(agreed.hands))
    return Paper(gettext("Contract of state social order"), _numbered(agreed, signed, everybody=True))


def contract_to_sign(agreed: Agreed) -> Paper:
    """The same before it is signed, for its parties, with room for ink."""
    room = signatures(*room_for_ink(agreed.contract))
    return Paper(gettext("Contract of state social order"), _numbered(agreed, room, everybody=False))


Part = tuple[str, list[Block], list[terms.Clause]]  # a heading, what stands under it, and its numbered clauses


def _numbered(agreed: Agreed, signed: Block, *, everybody: bool) -> list[Block]:
    """Every part under its number, every clause under the number of its part; at the end what the clauses rest on."""
    opening = gettext("%(customer)s, the customer, and %(executor)s, the executor, have made this contract.")
    said: list[Block] = [paragraph(opening % names(agreed.contract))]
    rests: dict[str, list[str]] = {}
    parts = _parts(agreed, everybody=everybody)
    for n, (title, blocks, bound) in enumerate(parts, start=1):
        numbered = [(f"{n}.{m}", one) for m, one in enumerate(bound, start=1)]
        said += [heading(f"{n}. {title}"), *blocks]
        said += [clauses(*((number, one.text) for number, one in numbered))] if numbered else []
        for number, one in numbered:
            rests.setdefault(_why(one), []).append(number)
    last, columns = gettext("Signatures"), ((gettext("Basis"), "text"), (gettext("Clauses"), "text"))
    return [
        *said,
        heading(f"{len(parts) + 1}. {last}"),
        signed,
        heading(gettext("What the clauses rest on")),
        table(columns, [[why, ", ".join(numbers)] for why, numbers in rests.items()]),
    ]


def _why(clause: terms.Clause) -> str:
    """The basis; of a house rule also what it says, so that nobody takes it for law."""
    if clause.basis is None:
        return gettext("Not settled")
    said = wording.basis(clause.basis)
    return f"{said}. {gettext(HOUSE[clause.basis.act].title)}" if clause.basis.kind == "house" else said


def _parts(agreed: Agreed, *, everybody: bool) -> list[Part]:
    settlement = agreed.settlement
    sides = [party_block(side, one, agreed.hands, everybody=everybody) for side, one in agreed.parties.items()]
    return [
        (gettext("The parties"), sides, []),
        (gettext("What it is about"), _subject(agreed), []),
        (gettext("Term"), [facts(*_term(agreed.contract))], []),
        (gettext("Money"), _money(agreed), terms.payment_clauses(settlement)),
        (gettext("Budget"), _budget(agreed.content), terms.budget_clauses(settlement)),
        (gettext("Indicators"), _indicators(agreed.content), []),
        *((title, [], bound) for title, bound in terms.sections(settlement)),
    ]


def _subject(agreed: Agreed) -> list[Block]:
    contract, contest, measure = agreed.contract, agreed.contest, agreed.lot.measure
    assert contract.award is not None
    return [
        paragraph(gettext("The executor carries out the project “%(title)s”.") % {"title": contract.title}),
        facts(
            (gettext("Programme"), in_language(measure.programme.title)),
            (gettext("Measure"), in_language(measure.title)),
            (
                gettext("Contest"),
                gettext("%(number)s, lot %(n)s") % {"number": contest.number, "n": agreed.lot.number},
            ),
            (gettext("Protocol that awarded it"), contract.award.protocol.number),
            (gettext("Rules of the contest"), agreed.rules.in_language((get_language() or "ru")[:2])),
            (gettext("Fingerprint of the signed text (SHA-256)"), contract.content_sha256),
        ),
    ]


def _money(agreed: Agreed) -> list[Block]:
    columns = ((gettext("Tranche"), "code"), (gettext("Amount"), "number"), (gettext("When"), "text"))
    rows = [[str(t.number), wording.money(t.amount), _when(t)] for t in agreed.tranches]
    amount = agreed.contract.amount
    total = ["", wording.money(sum((t.amount for t in agreed.tranches), Decimal(0))), gettext("Total")]
    return [
        paragraph(gettext("The customer pays %(sum)s.") % {"sum": wording.money(amount)}),
        *([facts(*((gettext("Source of the money"), _source(one)) for one in agreed.money))] if agreed.money else []),
        table(columns, [*rows, total]),
    ]


def _source(one: Appropriation) -> str:
    """«Local budget, 2026, line 70941, code 2824: Resolution 12 of 10 January 2026»."""
    told = [str(SOURCES.get(one.source, one.source)), str(one.year)]
    told.append(gettext("budget line %(line)s") % {"line": one.line})
    told += [gettext("code %(code)s") % {"code": one.code}] if one.code else []
    document = gettext("%(document)s of %(day)s") % {"document": one.document, "day": wording.day(one.document_on)}
    return f"{', '.join(told)}; {document}"


def _when(tranche: Tranche) -> str:
    condition = str(CONDITIONS.get(tranche.condition, tranche.condition))
    return f"{condition}: {tranche.milestone}" if tranche.milestone else condition


def _budget(content: Mapping[str, Any]) -> list[Block]:
    """The lines as they stand in the bytes of the contract."""
    lines = [(title, Decimal(amount)) for title, amount in content.get("lines", ())]
    if not lines:
        return [paragraph(gettext("The signed text names no budget lines."))]
    columns = (("№", "code"), (gettext("Budget line"), "text"), (gettext("Amount"), "number"))
    rows = [[str(n), title, wording.money(amount)] for n, (title, amount) in enumerate(lines, start=1)]
    total = sum((amount for _title, amount in lines), Decimal(0))
    return [table(columns, [*rows, ["", gettext("Total"), wording.money(total)]])]


def _indicators(content: Mapping[str, Any]) -> list[Block]:
    reached = [
        [title, written(baseline), written(target)] for title, baseline, target in content.get("indicators", ())
    ]
    if not reached:
        return [paragraph(gettext("The signed text names no indicators."))]
    columns = ((gettext("Indicator"), "text"), (gettext("Now"), "number"), (gettext("Target"), "number"))
    return [table(columns, reached)]


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
