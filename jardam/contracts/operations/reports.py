"""Items of a report, the report, and its acceptance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from functools import partial

from jardam.documents import operations as documents
from jardam.documents.models import Signature
from jardam.documents.papers import Paper
from jardam.documents.queries import signatures
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import digest
from jardam.kernel.money import Money
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.rulebook.house import HOUSE
from jardam.treasury import operations as treasury
from jardam.treasury import queries as treasury_queries
from jardam.treasury.operations import Owner

from .. import papers
from ..models import Acceptance, Contract, Expense, Report, Tranche
from ..policy import (
    CONTRACT,
    EXPENSE,
    REPORT,
    asked_by_line,
    contract_facts,
    party_of,
    report_due,
    report_kind,
    report_sections,
    report_texts,
    settlement_of,
    taken_by_line,
)
from ..rules import (
    ACCEPTANCE_NOT_NEEDED,
    ACCEPTED_TOO_MUCH,
    INDICATORS_MISSING,
    LINE_EXCEEDED,
    LINE_NOT_LEFT,
    NO_ITEMS,
    OTHER_SIDE,
    PRIMARY_DOCUMENT_MISSING,
    REMARK_MISSING,
    RETURNED_WITHOUT_REMARK,
    SECTION_MISSING,
    SPENT_TOO_MUCH,
    Item,
    item_faults,
    line_faults,
    line_uses,
)
from .shared import next_number, owner_of, plan_of


def enter_expense(
    *, actor: Actor, contract: Contract, item: Item, content: bytes | None = None, name: str = ""
) -> Expense:
    """Enter one primary document of the tranche that is to be reported on. *Content*: the scanned document.

    Refuses `nothing_to_report`, `item_closed`, `no_such_line`, `net_missing`, `expense_document_in_future`,
    `spent_before_contract`. Who was paid and the number of the document stay between the parties.
    """
    (contract,) = lock(contract)
    tranche = _open_tranche(contract, actor)
    _, lines, _ = plan_of(contract)
    expense = Expense(tranche=tranche, contract=contract, **asdict(item))
    refuse_if_any(may(EXPENSE, expense, "enter_expense", actor))
    refuse_if_any(item_faults(item, len(lines), contract.starts_on, bishkek_day(actor.at)))
    if content:
        expense.file = documents.receive(content, name=name, actor=actor)
    public = {"tranche": tranche.number, "line": item.line, "amount": item.amount, "payee_kind": item.payee_kind}
    private = {"document": item.document, "on": item.document_on, "net": item.net}
    perform(EXPENSE, expense, "enter_expense", actor=actor, public=public, private=private)
    return expense


def _open_tranche(contract: Contract, actor: Actor) -> Tranche:
    """The tranche whose report is returned, else the one to be reported on next."""
    returned = Report.objects.filter(contract=contract, state="returned").order_by("id").first()
    if returned is not None:
        return returned.tranche
    refuse_if_any(may(CONTRACT, contract, "report", actor))
    return contract.tranches.get(number=contract_facts(contract, actor).unreported)


def withdraw_expense(*, actor: Actor, expense: Expense) -> Expense:
    """Take an item back before the report goes (again) to the customer. Refuses `item_closed`."""
    _, expense = lock(expense.contract, expense)
    perform(EXPENSE, expense, "withdraw_expense", actor=actor, public={"amount": expense.amount})
    return expense


def answer_expense(
    *, actor: Actor, expense: Expense, answer: str, content: bytes | None = None, name: str = ""
) -> Expense:
    """Explain an item the customer asked about or did not accept; a better copy of the document may come with it.
    Refuses `item_closed`. House rule H-38."""
    _, expense = lock(expense.contract, expense)
    changes: dict[str, object] = {"answer": answer}
    if content:
        changes["file"] = documents.receive(content, name=name, actor=actor)
    perform(EXPENSE, expense, "answer_expense", actor=actor, changes=changes)
    return expense


def judge_expense(*, actor: Actor, expense: Expense, verdict: str, remark: str) -> Expense:
    """The customer's remark to one item while the report is with the customer. *Verdict*: "explain" | "not_eligible".
    Refuses `remark_missing`, `item_closed`. House rule H-38."""
    _, expense = lock(expense.contract, expense)
    if not remark:
        raise REMARK_MISSING.refuse(HOUSE["H-25"].basis, at_field="remark")
    verb = {"explain": "question_expense", "not_eligible": "reject_expense"}[verdict]
    perform(EXPENSE, expense, verb, actor=actor, public={"amount": expense.amount}, changes={"remark": remark})
    return expense


def submit_report(
    *,
    actor: Actor,
    contract: Contract,
    narrative: str,
    people_served: int,
    indicators: Sequence[int],
    other_funding: str = "",
    sections: Mapping[str, str] | None = None,
) -> Report:
    """Report on the oldest paid tranche without a report. What was spent is the sum of its items.

    *Indicators*: what was reached, in the order of the contract's plan; *other_funding*: other money for the same
    work; *sections*: texts of those sections of `form.report_sections` that have no place of their own. A report that
    comes late lifts the bar its delay brought (H-39). Refuses `nothing_to_report`, `no_items`,
    `spent_more_than_paid`, `primary_document_missing`, `line_exceeded` (H-76), `indicators_missing`,
    `report_section_missing`. Rulebook: `form.report_sections`, `rep.primary_documents`, `rep.interim_period`,
    `rep.interim_term`, `rep.final_term`.
    """
    (contract,) = lock(contract)
    number = contract_facts(contract, actor).unreported
    cause = perform(CONTRACT, contract, "report", actor=actor, public={"tranche": number})
    tranche = contract.tranches.get(number=number)
    spent = _spent(tranche)
    _refuse_incomplete(tranche, indicators, narrative, sections or {})
    kind = report_kind(tranche, contract)
    report = Report(
        tranche=tranche,
        contract=contract,
        narrative=narrative,
        people_served=people_served,
        spent=spent,
        submitted_at=actor.at,
        kind=kind,
        due_on=_due_on(tranche, kind),
        indicators=list(indicators),
        other_funding=other_funding,
        sections=dict(sections or {}),
    )
    record = perform(
        REPORT,
        report,
        "submit_report",
        actor=actor,
        public={"tranche": number, "kind": kind, "due_on": report.due_on, **_told(report)},
        cause=cause,
    )
    parties.lift_source(source_kind="tranche", source_id=tranche.pk, cause=record)
    return report


def _told(report: Report) -> dict[str, object]:
    return {"people_served": report.people_served, "spent": report.spent, "indicators": report.indicators}


def _due_on(tranche: Tranche, kind: str) -> date | None:
    payment = treasury_queries.payments_of_sources("tranche", [tranche.pk]).get(tranche.pk)
    if payment is None or payment.executed_on is None:
        return None
    contract = tranche.contract
    return report_due(kind, payment.executed_on, contract.ends_on, settlement_of(contract)).due_on


def resubmit_report(
    *,
    actor: Actor,
    report: Report,
    narrative: str,
    people_served: int,
    indicators: Sequence[int],
    other_funding: str = "",
    sections: Mapping[str, str] | None = None,
) -> Report:
    """The corrected report: every item the customer asked about is answered or taken back. Refuses `question_open`,
    `no_items`, `spent_more_than_paid`, `primary_document_missing`, `line_exceeded` (H-76), `indicators_missing`,
    `report_section_missing`."""
    _, report = lock(report.contract, report)
    _refuse_incomplete(report.tranche, indicators, narrative, sections or {})
    changes = {
        "narrative": narrative,
        "people_served": people_served,
        "spent": _spent(report.tranche),
        "submitted_at": actor.at,
        "indicators": list(indicators),
        "other_funding": other_funding,
        "sections": dict(sections or {}),
    }
    public = {name: changes[name] for name in ("people_served", "spent", "indicators")}
    record = perform(REPORT, report, "resubmit_report", actor=actor, public=public, changes=changes)
    parties.lift_source(source_kind="report", source_id=report.pk, cause=record)
    return report


def _items(tranche: Tranche) -> list[Expense]:
    return list(tranche.expenses.exclude(state="withdrawn").order_by("id"))


def _spent(tranche: Tranche) -> Decimal:
    return sum((item.amount for item in _items(tranche)), Decimal("0.00"))


def _refuse_incomplete(
    tranche: Tranche, indicators: Sequence[int], narrative: str, sections: Mapping[str, str]
) -> None:
    complete = HOUSE["H-16"].basis
    items, spent = _items(tranche), _spent(tranche)
    faults = [] if items else [NO_ITEMS.refusal(complete)]
    if spent > tranche.agreed:
        faults.append(SPENT_TOO_MUCH.refusal(complete, spent=Money(spent), paid=Money(tranche.agreed)))
    settlement = settlement_of(tranche)
    if settlement.choice("rep.primary_documents") == "with_report":
        basis = settlement.basis("rep.primary_documents")
        faults += [PRIMARY_DOCUMENT_MISSING.refusal(basis, item=i.title) for i in items if i.file_id is None]
    _, lines, planned = plan_of(tranche.contract)
    taken = taken_by_line(tranche.contract, but=tranche.pk)
    faults += line_faults(line_uses(lines, taken, asked_by_line(items)), LINE_EXCEEDED)
    sections_asked = report_sections(settlement)
    if "indicators" in sections_asked and len(indicators) != len(planned):
        faults.append(INDICATORS_MISSING.refusal(complete, count=len(planned)))
    written = {code for code, text in sections.items() if text} | ({"activities"} if narrative else set())
    asked = {"activities", *report_texts(settlement)} & set(sections_asked)
    if missing := tuple(sorted(asked - written)):
        basis = settlement.basis("form.report_sections")
        faults.append(SECTION_MISSING.refusal(basis, at_field=f"section_{missing[0]}", sections=missing))
    refuse_if_any(faults)


def return_report(*, actor: Actor, report: Report, remark: str) -> Report:
    """Send a report back: with a remark on the whole, or with items to be explained or not accepted. Refuses
    `returned_without_remark`."""
    _, report = lock(report.contract, report)
    objected = report.tranche.expenses.filter(state__in=["questioned", "not_eligible"]).exists()
    if not remark and not objected:
        raise RETURNED_WITHOUT_REMARK.refuse(HOUSE["H-38"].basis, at_field="remark")
    changes = {"remark": remark, "returned_at": actor.at}
    perform(REPORT, report, "return_report", actor=actor, changes=changes)
    return report


def accept_report(*, actor: Actor, report: Report, partly: Mapping[str, Decimal] | None = None) -> Acceptance:
    """Accept a report: its items are accepted in full, those of `partly` (by ref) only up to the amount given in som,
    and those judged not eligible not at all. The act of acceptance takes over services worth their sum, gets its
    number, and the ledger books it. Refuses `question_open`, `accepted_more_than_item`, `line_not_left` (H-76).
    Law: Law 70/2017, Art. 1(4): the customer controls the execution."""
    _, report = lock(report.contract, report)
    items = list(report.tranche.expenses.filter(state="entered").order_by("id"))
    amounts = {item.pk: _accepted_of(item, partly or {}) for item in items}
    _refuse_beyond_plan(report, items, amounts)
    total = sum(amounts.values(), Decimal("0.00"))
    record = perform(REPORT, report, "accept_report", actor=actor, public={"accepted": total})
    for item in items:
        (item,) = lock(item)
        accepted = amounts[item.pk]
        changes, public = {"accepted": accepted}, {"accepted": accepted}
        perform(EXPENSE, item, "accept_expense", actor=actor, public=public, changes=changes, cause=record)
    act = {"report": report.ref, "accepted": Money(total), "on": bishkek_day(actor.at)}
    acceptance = Acceptance(
        report=report, amount=total, accepted_on=bishkek_day(actor.at), act_id=record.pk, content_sha256=digest(act)
    )
    acceptance.number = next_number(report.contract, "T", actor)
    acceptance.save(force_insert=True)
    if total > 0:
        source = Owner("acceptance", acceptance.pk)
        treasury.accept(contract=owner_of(report.contract), amount=total, act=record, source=source)
    _issue_accepted(report, acceptance, record, actor)
    return acceptance


def _refuse_beyond_plan(report: Report, items: Sequence[Expense], amounts: Mapping[int, Decimal]) -> None:
    """The plan may have changed since the report came in, so it is asked again (H-76)."""
    asked: dict[int, Decimal] = {}
    for item in items:
        asked[item.line] = asked.get(item.line, Decimal("0.00")) + amounts[item.pk]
    _, lines, _ = plan_of(report.contract)
    taken = taken_by_line(report.contract, but=report.tranche_id, under_review=False)
    refuse_if_any(line_faults(line_uses(lines, taken, asked), LINE_NOT_LEFT))


def _accepted_of(item: Expense, partly: Mapping[str, Decimal]) -> Decimal:
    accepted = partly.get(item.ref, item.amount)
    if not 0 <= accepted <= item.amount:
        raise ACCEPTED_TOO_MUCH.refuse(HOUSE["H-38"].basis, amount=Money(item.amount))
    return accepted


def _issue_accepted(report: Report, acceptance: Acceptance, act: Record, actor: Actor) -> None:
    """The report as it was accepted, and the act of acceptance with room for the signatures."""
    told = papers.done(report, acceptance, actor.at, papers.hand_of("customer", act))
    _issue("report", next_number(report.contract, "R", actor), partial(papers.report, told), report, act, actor)
    _issue("acceptance", acceptance.number or "", partial(papers.acceptance, told), report, act, actor)


def _issue(kind: str, number: str, build: Callable[[], Paper], report: Report, act: Record, actor: Actor) -> None:
    documents.issue(
        kind=kind,
        number=number,
        thing=report,
        issuer=report.contract.customer.title,
        build=build,
        facts={"people_served": report.people_served, "spent": Money(report.spent)},
        act=act,
        actor=actor,
        public=False,
    )


def sign_acceptance(*, actor: Actor, report: Report) -> Report:
    """Sign the act of acceptance for one's side; once both have, it is issued with both signatures. Refuses
    `acceptance_not_signed_here`, `your_side_signed`. Rulebook: `rep.acceptance_act`."""
    _, report = lock(report.contract, report)
    settlement = settlement_of(report)
    if not settlement.flag("rep.acceptance_act"):
        raise ACCEPTANCE_NOT_NEEDED.refuse(settlement.basis("rep.acceptance_act"))
    side = party_of(report.contract, actor)
    sha256 = report.acceptance.content_sha256 if report.state == "accepted" else ""
    if sha256 and any(one.side == side for one in signatures("report", report.pk, sha256)):
        raise OTHER_SIDE.refuse(HOUSE["H-10"].basis)
    public = {"side": side, "content_sha256": sha256}
    record = perform(REPORT, report, "sign_acceptance", actor=actor, public=public)
    documents.sign(
        object_kind="report", object_id=report.pk, content_sha256=sha256, side=side, actor=actor, act=record
    )
    signed = signatures("report", report.pk, sha256)
    if {one.side for one in signed} == {"customer", "executor"}:
        _issue_signed(report, signed, record, actor)
    return report


def _issue_signed(report: Report, signed: Sequence[Signature], act: Record, actor: Actor) -> None:
    """The same act beside the one that was issued unsigned: nothing that was issued is changed (H-26)."""
    acceptance = report.acceptance
    by = papers.hand_of("customer", Record.objects.get(pk=acceptance.act_id))
    told = papers.done(report, acceptance, actor.at, by, papers.hands_of(signed))
    _issue("acceptance", acceptance.number or "", partial(papers.acceptance, told), report, act, actor)
