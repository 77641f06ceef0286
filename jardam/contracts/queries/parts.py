"""What hangs on a contract: plan, items, amendments, letters, things, returns and signatures on paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Q

from jardam.documents import operations as documents
from jardam.documents.models import File, Signature
from jardam.documents.queries import signatures
from jardam.journal.procedure import actions, may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal
from jardam.treasury import queries as treasury
from jardam.treasury.queries import Trail

from .. import papers
from ..models import (
    Amendment,
    Asset,
    Contract,
    Expense,
    InkSignature,
    Letter,
    Plan,
    Repayment,
    Report,
    Return,
    Termination,
    Tranche,
)
from ..policy import (
    AMENDMENT,
    ASSET,
    EXPENSE,
    INK,
    LETTER,
    RETURN,
    asked_by_line,
    contract_facts,
    last_notice,
    report_sections,
    report_texts,
    settlement_of,
    taken_by_line,
    visible_amendments,
    visible_assets,
    visible_expenses,
    visible_ink,
    visible_letters,
    visible_originals,
    visible_returns,
)
from ..rules import Line, LineUse, line_uses

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A budget line: planned, reported (items not taken back) and accepted, in som."""

    number: int
    title: str
    planned: Decimal
    spent: Decimal
    accepted: Decimal

    @property
    def left(self) -> Decimal:
        """What may still be accepted on it (H-76)."""
        return self.planned - self.accepted


def plan(contract: Contract) -> Plan | None:
    """The newest version."""
    return contract.plans.order_by("-version").first()


def plans(contract: Contract) -> list[Plan]:
    return list(contract.plans.order_by("version"))


def budget(contract: Contract, *, public: bool = False, agreed: Plan | None = None) -> list[PlanRow]:
    """The budget by line, plan and fact; `public` counts items of accepted reports only. *Agreed*: the newest version,
    where it was read already."""
    newest = agreed or plan(contract)
    lines = newest.lines if newest else [[contract.title, str(contract.amount)]]
    items = Expense.objects.filter(contract=contract).exclude(state="withdrawn")
    if public:
        items = items.filter(tranche__report__state="accepted")
    sums: dict[int, list[Decimal]] = {}
    for line, amount, accepted in items.values_list("line", "amount", "accepted"):
        row = sums.setdefault(line, [ZERO, ZERO])
        row[0] += amount
        row[1] += accepted or ZERO
    return [
        PlanRow(n, title, Decimal(amount), *sums.get(n, [ZERO, ZERO])) for n, (title, amount) in enumerate(lines, 1)
    ]


def lines_of_report(tranche: Tranche) -> list[LineUse]:
    """The budget by line as the report on a tranche meets it: planned, taken by other reports, asked here, left."""
    newest = plan(tranche.contract)
    planned = newest.lines if newest else [[tranche.contract.title, str(tranche.contract.amount)]]
    lines = [Line(title, Decimal(amount)) for title, amount in planned]
    return line_uses(lines, taken_by_line(tranche.contract, but=tranche.pk), asked_by_line(tranche.expenses.all()))


def indicators(contract: Contract) -> list[list[Any]]:
    """[title, baseline, target] of each."""
    newest = plan(contract)
    return newest.indicators if newest else []


def sections_asked(contract: Contract) -> tuple[str, ...]:
    """The sections the rules of the contract want a report to hold (`form.report_sections`)."""
    return report_sections(settlement_of(contract))


def further_sections(contract: Contract) -> tuple[str, ...]:
    """Those of them that have no place of their own in a report."""
    return report_texts(settlement_of(contract))


def expenses(tranche: Tranche) -> list[Expense]:
    """The items of a tranche's report, in the order they were entered; those taken back are left out."""
    rows = tranche.expenses.exclude(state="withdrawn").select_related("file", "contract", "tranche")
    return list(rows.order_by("id"))


def expense(ref: str, actor: Actor) -> Expense:
    return visible_expenses(actor).select_related("contract", "tranche", "file").get(ref=ref)


def report_of_tranche(tranche_id: int) -> Report | None:
    return Report.objects.filter(tranche_id=tranche_id).first()


def expense_actions(row: Expense, actor: Actor) -> tuple[str, ...]:
    return actions(EXPENSE, row, actor)


def tranche_to_report(contract: Contract, actor: Actor) -> Tranche | None:
    """The tranche whose items may be entered now."""
    back = Report.objects.filter(contract=contract, state="returned").order_by("id").select_related("tranche").first()
    if back is not None:
        return back.tranche
    number = contract_facts(contract, actor).unreported
    return contract.tranches.filter(number=number).first()


def acceptance_signatures(report: Report) -> list[Signature]:
    return signatures("report", report.pk, report.acceptance.content_sha256)


def files_of_party(ref: str, actor: Actor) -> File:
    """A file of a contract this actor is a party of: a primary document, a letter's enclosure, a signed copy. Raises
    File.DoesNotExist for any other."""
    found = File.objects.get(ref=ref)
    mine = (
        visible_expenses(actor).filter(file=found).exists()
        or visible_letters(actor).filter(Q(file=found) | Q(answer_file=found)).exists()
        or visible_ink(actor).filter(scan=found).exists()
        or visible_originals(actor).filter(scan=found).exists()
    )
    if not mine:
        raise File.DoesNotExist
    return found


def expense_refusals(row: Expense, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(EXPENSE, row, verb, actor)


def termination_grounds(contract: Contract) -> tuple[str, ...]:
    """On which grounds one side may end it. Rulebook: `con.termination_grounds`."""
    return settlement_of(contract).codes("con.termination_grounds")


def amendments(contract: Contract, *, public: bool = False) -> list[Amendment]:
    """In order; `public`: those in force."""
    rows = contract.amendments.order_by("number").defer("content").select_related("contract")
    return list(rows.filter(state="in_force") if public else rows)


def amendment(ref: str, actor: Actor) -> Amendment:
    return visible_amendments(actor).select_related("contract__customer", "contract__executor").get(ref=ref)


def amendment_actions(row: Amendment, actor: Actor) -> tuple[str, ...]:
    return actions(AMENDMENT, row, actor)


def amendment_refusals(row: Amendment, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(AMENDMENT, row, verb, actor)


def amendment_signatures(row: Amendment) -> list[Signature]:
    return signatures("amendment", row.pk, row.content_sha256)


def letters(contract: Contract) -> list[Letter]:
    """Newest first."""
    return list(contract.letters.order_by("-id"))


def letter(ref: str, actor: Actor) -> Letter:
    rows = visible_letters(actor).select_related("contract__customer", "contract__executor", "file", "answer_file")
    return rows.get(ref=ref)


def letter_refusals(row: Letter, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(LETTER, row, verb, actor)


def assets(contract: Contract) -> list[Asset]:
    return list(contract.assets.order_by("id"))


def asset(ref: str, actor: Actor) -> Asset:
    return visible_assets(actor).select_related("contract").get(ref=ref)


def asset_refusals(row: Asset, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(ASSET, row, verb, actor)


def returns(contract: Contract) -> list[Return]:
    return list(contract.returns.prefetch_related("repayments", "changes").order_by("id"))


def demand(ref: str, actor: Actor) -> Return:
    return visible_returns(actor).select_related("contract__executor").get(ref=ref)


def entries_to_reverse(row: Return) -> list[Repayment]:
    """What is entered as come back under a demand and was not reversed, in order."""
    return list(row.repayments.filter(reversals=None).order_by("id"))


def demand_refusals(row: Return, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(RETURN, row, verb, actor)


def notice(contract: Contract) -> Termination | None:
    """The notice that runs, or the one that ended the contract."""
    return last_notice(contract) if contract.state in ("terminating", "terminated", "closed") else None


def ink_signatures(contract: Contract) -> list[InkSignature]:
    """On the paper of the contract itself."""
    return list(contract.ink_signatures.filter(amendment=None).order_by("id"))


def amendment_ink(amendment: Amendment) -> list[InkSignature]:
    """On the paper of an amendment."""
    return list(amendment.ink_signatures.order_by("id"))


def print_to_sign(contract: Contract, address: str, at: datetime) -> bytes:
    """The contract as prepared, as a PDF to be signed in ink; it carries its reference and its fingerprint.
    *Address*: where everybody reads the contract once it is in force."""
    return documents.print_unsigned(
        template="contract",
        number=contract.ref,
        issuer=contract.customer.title,
        build=partial(papers.contract_to_sign, papers.agreed_on(contract, at)),
        content_sha256=contract.content_sha256,
        address=address,
        at=at,
    )


def amendment_to_sign(amendment: Amendment, address: str, at: datetime) -> bytes:
    """The amendment as proposed, as a PDF; it carries its reference and its fingerprint. *Address*: where its parties
    read it."""
    return documents.print_unsigned(
        template="amendment",
        number=amendment.ref,
        issuer=amendment.contract.customer.title,
        build=partial(papers.amendment_to_sign, amendment),
        content_sha256=amendment.content_sha256,
        address=address,
        at=at,
    )


def ink(ref: str, actor: Actor) -> InkSignature:
    return visible_ink(actor).select_related("contract", "amendment", "scan").get(ref=ref)


def ink_refusals(row: InkSignature, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(INK, row, verb, actor)


def to_return(contract: Contract) -> Decimal:
    """Paid, neither accepted nor demanded back already, in som."""
    return left_to_demand(treasury.trail_of("contract", contract.pk), contract.returns.all())


def left_to_demand(trail: Trail, demands: Iterable[Return]) -> Decimal:
    """The same, of what was read already."""
    demanded = sum((one.amount - one.settled for one in demands if one.state != "withdrawn"), ZERO)
    return max(ZERO, trail.advance - demanded)
