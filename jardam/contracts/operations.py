"""The verbs of contracts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from jardam.contests import operations as contests
from jardam.contests.operations import FORM
from jardam.documents import operations as documents
from jardam.documents.queries import signatures
from jardam.journal.models import Record
from jardam.journal.operations import lock, lock_shared, perform, register_number
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor, system
from jardam.kernel.canonical import HASH_V, canonical, digest
from jardam.kernel.money import Money
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.regime import operations as regime
from jardam.review import operations as review
from jardam.review.models import Award, Protocol
from jardam.rulebook.house import HOUSE
from jardam.treasury import operations as treasury
from jardam.treasury import queries as treasury_queries
from jardam.treasury.models import PaymentOrder
from jardam.treasury.operations import Owner

from . import papers
from .models import (
    Acceptance,
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
from .policy import (
    AMENDMENT,
    ASSET,
    CONTRACT,
    EXPENSE,
    INK,
    LETTER,
    REPORT,
    RETURN,
    contract_facts,
    overdue_sources,
    party_of,
    report_due,
    report_kind,
    settlement_of,
    signed_sides,
)
from .rules import (
    ACCEPTANCE_NOT_NEEDED,
    ACCEPTED_TOO_MUCH,
    AWARD_DECLINED,
    AWARD_GONE,
    GROUND_UNKNOWN,
    IN_FORCE,
    INDICATORS_MISSING,
    ITEM_NOT_ACCEPTED,
    NO_ITEMS,
    NOT_RUNNING,
    OTHER_SIDE,
    PRIMARY_DOCUMENT_MISSING,
    REMARK_MISSING,
    REPAID_TOO_MUCH,
    RETURN_TOO_LARGE,
    RETURNED_WITHOUT_REMARK,
    SCAN_DIFFERS,
    SIGNED_TOO_EARLY,
    SPENT_TOO_MUCH,
    Change,
    Item,
    Line,
    Share,
    amendment_faults,
    default_schedule,
    item_faults,
    lines_for,
    moved_between,
    reallocated,
    schedule_faults,
)

MONTH = 30.4375
"""Days of an average month: how the months of a contest become the days of a contract."""


def prepare_contract(*, actor: Actor, award: Award, shares: list[Share] | None = None) -> Contract:
    """Make the contract of an award: parties, title and amount are the protocol's and cannot be typed. *Shares*: the
    tranches in som; by default an advance as large as the rules allow and the rest after the accepted report. The
    budget lines and indicators are those of the application, whose owner sees that it was opened for this.

    Refuses `schedule_differs`, `advance_too_large`, `too_many_tranches`, `award_declined`, `award_superseded`.
    Rulebook: `con.advance_pct`, `con.max_tranches`.
    """
    (candidacy,) = lock(award.candidacy)
    contest = award.protocol.proceeding.commission.contest
    settlement = contest.settlement
    if lock_shared(award.protocol).state != "published":
        raise AWARD_GONE.refuse(HOUSE["H-37"].basis)
    if candidacy.state != "awarded":
        raise AWARD_DECLINED.refuse(HOUSE["H-17"].basis)
    planned = shares or default_schedule(award.amount, settlement)
    refuse_if_any(schedule_faults(planned, award.amount, settlement))
    lines, indicators = _agreed(award, actor)
    starts_on = bishkek_day(actor.at)
    ends_on = starts_on + timedelta(days=round(contest.months * MONTH))
    content = {
        "schema": "jardam-contract/1",
        "form": FORM,
        "contest": contest.number,
        "protocol": award.protocol.content_sha256,
        "customer": contest.customer.ref,
        "executor": award.applicant.ref,
        "title": award.project_title,
        "amount": Money(award.amount),
        "starts_on": starts_on,
        "ends_on": ends_on,
        "tranches": [_schedule_row(share) for share in planned],
        "lines": _plain_lines(lines),
        "indicators": indicators,
    }
    contract = Contract(
        award=award,
        customer=contest.customer,
        executor=award.applicant,
        title=award.project_title,
        amount=award.amount,
        starts_on=starts_on,
        ends_on=ends_on,
        content=canonical(content),
        content_sha256=digest(content),
        hash_v=HASH_V,
    )
    public = {"award": award.ref, "amount": award.amount, "content_sha256": contract.content_sha256}
    record = perform(CONTRACT, contract, "prepare_contract", actor=actor, public=public, edition=contest.edition)
    Tranche.objects.bulk_create(
        Tranche(
            contract=contract,
            number=n,
            amount=share.amount,
            condition=share.condition,
            milestone=share.milestone,
            act_id=record.pk,
        )
        for n, share in enumerate(planned, start=1)
    )
    _write_plan(contract, 1, "contract", lines, indicators, Decimal(0), record)
    return contract


def _schedule_row(share: Share) -> list[object]:
    row: list[object] = [Money(share.amount), share.condition]
    return [*row, share.milestone] if share.milestone else row


def _agreed(award: Award, actor: Actor) -> tuple[list[Line], list[list[object]]]:
    """Budget lines and indicators of the application, as far as the award pays for them."""
    application = award.candidacy.application
    told = contests.read_application(actor=actor, application=application, purpose="contract")
    lines = lines_for([Line(row.title, row.requested) for row in told.budget.rows], award.amount)
    return lines, [[row.title, row.baseline, row.target] for row in told.indicators.rows]


def _plain_lines(lines: Sequence[Line]) -> list[list[str]]:
    return [[line.title, str(line.amount)] for line in lines]


def _write_plan(
    contract: Contract,
    version: int,
    source: str,
    lines: Sequence[Line],
    indicators: list[list[object]],
    moved: Decimal,
    act: Record,
) -> Plan:
    plain = {"lines": _plain_lines(lines), "indicators": indicators}
    return Plan.objects.create(
        contract=contract,
        version=version,
        source=source,
        moved=moved,
        content_sha256=digest(plain),
        act_id=act.pk,
        **plain,
    )


def _plan(contract: Contract) -> tuple[int, list[Line], list[list[object]]]:
    """The newest version of the plan, its lines and its indicators."""
    plan = contract.plans.order_by("-version").first()
    if plan is None:  # prepared before contracts had plans: one line for everything
        return 0, [Line(contract.title, contract.amount)], []
    return plan.version, [Line(title, Decimal(amount)) for title, amount in plan.lines], plan.indicators


def sign_contract(*, actor: Actor, contract: Contract) -> Contract:
    """Sign for one's side; the second side's signature puts the contract in force, commits the lot's money and gives
    the number. Refuses `signing_waits`, `appeal_open` (H-03), `your_side_signed`, `not_a_party`.
    Law: Law 70/2017, Art. 1(5). Rulebook: `appeal.suspensive`."""
    (contract,) = lock(contract)
    verb = "sign_contract" if contract.state == "prepared" else "countersign_contract"
    side = party_of(contract, actor)
    changes = {"signed_at": actor.at} if verb == "countersign_contract" else None
    record = perform(
        CONTRACT,
        contract,
        verb,
        actor=actor,
        public={"side": side, "content_sha256": contract.content_sha256},
        changes=changes,
    )
    documents.sign(
        object_kind="contract",
        object_id=contract.pk,
        content_sha256=contract.content_sha256,
        side=side,
        actor=actor,
        act=record,
    )
    if contract.state == "in_force":
        _bind(contract, actor, record)
    return contract


def _bind(contract: Contract, actor: Actor, act: Record) -> None:
    """Signed by both sides: the lot's money is committed, and the contract gets its number."""
    lot = Owner("lot", contract.award.candidacy.proceeding.lot_id)
    treasury.commit(lot=lot, contract=_owner(contract), amount=contract.amount, act=act)
    contract.number = _number(contract, "K", actor)
    contract.save(update_fields=["number"])
    _issue_contract(contract, act, actor)


def _owner(contract: Contract) -> Owner:
    return Owner("contract", contract.pk)


def _number(contract: Contract, series: str, actor: Actor) -> str:
    customer = contract.customer
    year = bishkek_day(actor.at).year
    return register_number(series, customer.code or customer.ref, year, customer.jurisdiction)


def _issue_contract(contract: Contract, act: Record, actor: Actor) -> None:
    tranches = list(contract.tranches.order_by("number"))
    signed = signatures("contract", contract.pk, contract.content_sha256)
    ink = list(contract.ink_signatures.filter(state="checked").order_by("id"))
    documents.issue(
        kind="contract",
        number=contract.number or "",
        thing=contract,
        issuer=contract.customer.title,
        build=partial(papers.contract, contract, tranches, signed, ink),
        facts={"content_sha256": contract.content_sha256, "amount": Money(contract.amount)},
        act=act,
        actor=actor,
        public=False,
    )


def order_tranche(*, actor: Actor, contract: Contract) -> PaymentOrder:
    """Order payment of the next tranche. *Amount*: som, from the contract's schedule. *Refuses*
    `report_not_accepted`, `no_tranche_left`, `not_enough_money`. House rule H-06."""
    (contract,) = lock(contract)
    number = contract_facts(contract, actor).next_tranche
    tranche = contract.tranches.filter(number=number).first()
    public = {"tranche": number, "amount": tranche.amount if tranche else None}
    record = perform(CONTRACT, contract, "order_tranche", actor=actor, public=public)
    assert tranche is not None
    return treasury.order_payment(
        actor=actor,
        organisation_id=contract.customer_id,
        payee_id=contract.executor_id,
        contract=Owner("contract", contract.pk),
        source=Owner("tranche", tranche.pk),
        amount=tranche.amount,
        cause=record,
    )


# --- items of a report -----------------------------------------------------------------------------------------


def enter_expense(
    *, actor: Actor, contract: Contract, item: Item, content: bytes | None = None, name: str = ""
) -> Expense:
    """Enter one primary document of the tranche that is to be reported on. *Content*: the scanned document.

    Refuses `nothing_to_report`, `item_closed`, `no_such_line`, `net_missing`, `expense_document_in_future`,
    `spent_before_contract`. Who was paid and the number of the document stay between the parties.
    """
    (contract,) = lock(contract)
    tranche = _open_tranche(contract, actor)
    _, lines, _ = _plan(contract)
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


# --- reports ---------------------------------------------------------------------------------------------------


def submit_report(
    *,
    actor: Actor,
    contract: Contract,
    narrative: str,
    people_served: int,
    indicators: Sequence[int],
    other_funding: str = "",
) -> Report:
    """Report on the oldest paid tranche without a report. What was spent is the sum of its items.

    *Indicators*: what was reached, in the order of the contract's plan; *other_funding*: other money for the same
    work. A report that comes late lifts the bar its delay brought (H-39). Refuses `nothing_to_report`, `no_items`,
    `spent_more_than_paid`, `primary_document_missing`, `indicators_missing`. Rulebook: `rep.primary_documents`,
    `rep.interim_period`, `rep.interim_term`, `rep.final_term`.
    """
    (contract,) = lock(contract)
    number = contract_facts(contract, actor).unreported
    cause = perform(CONTRACT, contract, "report", actor=actor, public={"tranche": number})
    tranche = contract.tranches.get(number=number)
    spent = _spent(tranche)
    _refuse_incomplete(tranche, indicators)
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
) -> Report:
    """The corrected report: every item the customer asked about is answered or taken back. Refuses `question_open`,
    `no_items`, `spent_more_than_paid`, `primary_document_missing`, `indicators_missing`."""
    _, report = lock(report.contract, report)
    _refuse_incomplete(report.tranche, indicators)
    changes = {
        "narrative": narrative,
        "people_served": people_served,
        "spent": _spent(report.tranche),
        "submitted_at": actor.at,
        "indicators": list(indicators),
        "other_funding": other_funding,
    }
    public = {name: changes[name] for name in ("people_served", "spent", "indicators")}
    record = perform(REPORT, report, "resubmit_report", actor=actor, public=public, changes=changes)
    parties.lift_source(source_kind="report", source_id=report.pk, cause=record)
    return report


def _items(tranche: Tranche) -> list[Expense]:
    return list(tranche.expenses.exclude(state="withdrawn").order_by("id"))


def _spent(tranche: Tranche) -> Decimal:
    return sum((item.amount for item in _items(tranche)), Decimal("0.00"))


def _refuse_incomplete(tranche: Tranche, indicators: Sequence[int]) -> None:
    complete = HOUSE["H-16"].basis
    items, spent = _items(tranche), _spent(tranche)
    faults = [] if items else [NO_ITEMS.refusal(complete)]
    if spent > tranche.amount:
        faults.append(SPENT_TOO_MUCH.refusal(complete, spent=Money(spent), paid=Money(tranche.amount)))
    settlement = settlement_of(tranche)
    if settlement.choice("rep.primary_documents") == "with_report":
        basis = settlement.basis("rep.primary_documents")
        faults += [PRIMARY_DOCUMENT_MISSING.refusal(basis, item=i.title) for i in items if i.file_id is None]
    _, _, planned = _plan(tranche.contract)
    if len(indicators) != len(planned):
        faults.append(INDICATORS_MISSING.refusal(complete, count=len(planned)))
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
    number, and the ledger books it. Refuses `question_open`, `accepted_more_than_item`.
    Law: Law 70/2017, Art. 1(4): the customer controls the execution."""
    _, report = lock(report.contract, report)
    items = list(report.tranche.expenses.filter(state="entered").order_by("id"))
    amounts = {item.pk: _accepted_of(item, partly or {}) for item in items}
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
    acceptance.number = _number(report.contract, "T", actor)
    acceptance.save(force_insert=True)
    if total > 0:
        source = Owner("acceptance", acceptance.pk)
        treasury.accept(contract=_owner(report.contract), amount=total, act=record, source=source)
    _issue_accepted(report, acceptance, record, actor)
    return acceptance


def _accepted_of(item: Expense, partly: Mapping[str, Decimal]) -> Decimal:
    accepted = partly.get(item.ref, item.amount)
    if not 0 <= accepted <= item.amount:
        raise ACCEPTED_TOO_MUCH.refuse(HOUSE["H-38"].basis, amount=Money(item.amount))
    return accepted


def _issue_accepted(report: Report, acceptance: Acceptance, act: Record, actor: Actor) -> None:
    """The report as it was accepted, and the act of acceptance."""
    facts = {"people_served": report.people_served, "spent": Money(report.spent)}
    for kind, number, build in (
        ("report", _number(report.contract, "R", actor), partial(papers.report, report)),
        ("acceptance", acceptance.number or "", partial(papers.acceptance, acceptance, report, actor.name)),
    ):
        documents.issue(
            kind=kind,
            number=number,
            thing=report,
            issuer=report.contract.customer.title,
            build=build,
            facts=facts,
            act=act,
            actor=actor,
            public=False,
        )


def sign_acceptance(*, actor: Actor, report: Report) -> Report:
    """Sign the act of acceptance for one's side. Refuses `acceptance_not_signed_here`, `your_side_signed`. Rulebook:
    `rep.acceptance_act`."""
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
    return report


# --- change ----------------------------------------------------------------------------------------------------


def reallocate(*, actor: Actor, contract: Contract, giver: int, taker: int, amount: Decimal) -> Contract:
    """Move `amount` som from one budget line to another (numbers of the plan) without an amendment.

    Refuses `no_such_line`, `same_line`, `line_too_small`, `reallocation_too_large`. Rulebook: `con.realloc_pct`.
    """
    (contract,) = lock(contract)
    version, lines, indicators = _plan(contract)
    refuse_if_any(may(CONTRACT, contract, "reallocate", actor))
    after = reallocated(lines, giver, taker, amount, _moved_freely(contract), settlement_of(contract))
    public = {"version": version + 1, "from": giver, "to": taker, "amount": amount}
    record = perform(CONTRACT, contract, "reallocate", actor=actor, public=public)
    _write_plan(contract, version + 1, "reallocation", after, indicators, amount, record)
    return contract


def _moved_freely(contract: Contract) -> Decimal:
    """What moved between the lines since both sides last agreed on the budget, in som."""
    moved = Decimal(0)
    for plan in contract.plans.order_by("-version"):
        if plan.source != "reallocation":
            break
        moved += plan.moved
    return moved


def propose_amendment(
    *,
    actor: Actor,
    contract: Contract,
    reason: str,
    explanation: str,
    ends_on: date | None = None,
    amounts: Sequence[Decimal] | None = None,
) -> Amendment:
    """Propose another last day, or other amounts (som) of the budget lines in their order; the total stays.

    Refuses `amends_nothing`, `ends_too_early`, `lasts_too_long`, `after_programme`, `after_budget_year`,
    `plan_total_differs`, `amendments_too_large`, `amendment_open`. Rulebook: `con.amend_allowed`,
    `con.amend_max_pct`, `con.max_months`, `con.multiyear`.
    """
    (contract,) = lock(contract)
    amendment = Amendment(contract=contract, reason=reason, explanation=explanation)
    refuse_if_any(may(AMENDMENT, amendment, "propose_amendment", actor))
    change = _change(amendment, ends_on or contract.ends_on, amounts, actor)
    refuse_if_any(amendment_faults(change, settlement_of(contract)))
    amendment.number = contract.amendments.count() + 1
    amendment.before = {"ends_on": str(change.ends_before), "lines": _plain_lines(change.lines_before)}
    amendment.after = {"ends_on": str(change.ends_after), "lines": _plain_lines(change.lines_after)}
    amendment.moved = moved_between(change.lines_before, change.lines_after)
    content = _amendment_content(amendment)
    amendment.content, amendment.content_sha256, amendment.hash_v = canonical(content), digest(content), HASH_V
    public = {"number": amendment.number, "reason": reason, "content_sha256": amendment.content_sha256}
    perform(AMENDMENT, amendment, "propose_amendment", actor=actor, public=public)
    return amendment


def _amendment_content(amendment: Amendment) -> dict[str, object]:
    return {
        "schema": "jardam-amendment/1",
        "contract": amendment.contract.content_sha256,
        "number": amendment.number,
        "reason": amendment.reason,
        "before": amendment.before,
        "after": amendment.after,
    }


def _change(amendment: Amendment, ends_on: date, amounts: Sequence[Decimal] | None, actor: Actor) -> Change:
    contract = amendment.contract
    settlement = settlement_of(contract)
    _, lines, _ = _plan(contract)
    after = lines if amounts is None else [Line(line.title, n) for line, n in zip(lines, amounts, strict=True)]
    months = settlement.value("con.max_months")
    longest = contract.starts_on + timedelta(days=round(months * MONTH)) if months else None
    measure = contract.award.candidacy.proceeding.lot.measure
    earlier = contract.amendments.filter(state="in_force").exclude(pk=amendment.pk).values_list("moved", flat=True)
    return Change(
        amount=contract.amount,
        starts_on=contract.starts_on,
        ends_before=contract.ends_on,
        ends_after=ends_on,
        today=bishkek_day(actor.at),
        longest_until=longest,
        budget_year=measure.year,
        programme_year=measure.programme.year_to,
        lines_before=tuple(lines),
        lines_after=tuple(after),
        moved_before=sum(earlier, Decimal(0)),
    )


def sign_amendment(*, actor: Actor, amendment: Amendment) -> Amendment:
    """Sign for one's side; with the second signature the contract has the new term and the new budget. Refuses
    `amendment_signed`, `contract_not_running`, and whatever the proposal would be refused for by now."""
    contract, amendment = lock(amendment.contract, amendment)
    verb = "sign_amendment" if amendment.state == "proposed" else "countersign_amendment"
    second = verb == "countersign_amendment"
    side = party_of(contract, actor)
    public = {"side": side, "content_sha256": amendment.content_sha256}
    changes = {"signed_at": actor.at} if second else None
    record = perform(AMENDMENT, amendment, verb, actor=actor, public=public, changes=changes)
    documents.sign(
        object_kind="amendment",
        object_id=amendment.pk,
        content_sha256=amendment.content_sha256,
        side=side,
        actor=actor,
        act=record,
    )
    if second:
        _amend(contract, amendment, actor, record)
    return amendment


def _amend(contract: Contract, amendment: Amendment, actor: Actor, cause: Record) -> None:
    ends_on = date.fromisoformat(amendment.after["ends_on"])
    amounts = [Decimal(amount) for _, amount in amendment.after["lines"]]
    refuse_if_any(amendment_faults(_change(amendment, ends_on, amounts, actor), settlement_of(contract)))
    public = {"amendment": amendment.number, "content_sha256": amendment.content_sha256, "ends_on": ends_on}
    changes = {"ends_on": ends_on}
    record = perform(CONTRACT, contract, "amend_contract", actor=actor, public=public, changes=changes, cause=cause)
    version, lines, indicators = _plan(contract)
    after = [Line(line.title, amount) for line, amount in zip(lines, amounts, strict=True)]
    if after != lines:
        _write_plan(contract, version + 1, "amendment", after, indicators, amendment.moved, record)


def decline_amendment(*, actor: Actor, amendment: Amendment) -> Amendment:
    """Either side says no, or takes its proposal back; the contract stays as it is."""
    _, amendment = lock(amendment.contract, amendment)
    perform(AMENDMENT, amendment, "decline_amendment", actor=actor, public={"number": amendment.number})
    return amendment


# --- letters ---------------------------------------------------------------------------------------------------


def send_letter(
    *,
    actor: Actor,
    contract: Contract,
    subject: str,
    body: str,
    wants_answer: bool = True,
    content: bytes | None = None,
    name: str = "",
) -> Letter:
    """Write to the other party. With `wants_answer` the rules' term for an answer begins. Rulebook:
    `con.letter_term`."""
    (contract,) = lock(contract)
    letter = Letter(contract=contract, side=party_of(contract, actor), subject=subject, body=body, sent_at=actor.at)
    verb = "send_letter" if wants_answer else "inform"
    refuse_if_any(may(LETTER, letter, verb, actor))
    if wants_answer:
        letter.answer_by = regime.deadline(settlement_of(contract), "con.letter_term", actor.at).due_on
    letter.file = documents.receive(content, name=name, actor=actor) if content else None
    letter.number = _number(contract, "L", actor)
    public = {"number": letter.number, "side": letter.side, "answer_by": letter.answer_by}
    perform(LETTER, letter, verb, actor=actor, public=public)
    return letter


def answer_letter(
    *, actor: Actor, letter: Letter, answer: str, content: bytes | None = None, name: str = ""
) -> Letter:
    """The other party's answer. Refuses `own_letter`."""
    _, letter = lock(letter.contract, letter)
    refuse_if_any(may(LETTER, letter, "answer_letter", actor))
    changes: dict[str, object] = {"answer": answer, "answered_at": actor.at}
    if content:
        changes["answer_file"] = documents.receive(content, name=name, actor=actor)
    perform(LETTER, letter, "answer_letter", actor=actor, public={"number": letter.number}, changes=changes)
    return letter


# --- things bought ---------------------------------------------------------------------------------------------


def record_asset(
    *, actor: Actor, expense: Expense, inventory: str, title: str, value: Decimal, place: str, holder: str
) -> Asset:
    """Put a durable thing, bought with an item of a report, on the contract's list. *Value*: som. Refuses
    `item_withdrawn`, `asset_twice`."""
    contract, expense = lock(expense.contract, expense)
    if expense.state == "withdrawn":
        raise ITEM_NOT_ACCEPTED.refuse(HOUSE["H-40"].basis)
    asset = Asset(
        contract=contract,
        expense=expense,
        inventory=inventory,
        title=title,
        value=value,
        place=place,
        holder=holder,
    )
    perform(ASSET, asset, "record_asset", actor=actor, public={"inventory": inventory, "value": value})
    return asset


def move_asset(*, actor: Actor, asset: Asset, place: str, holder: str) -> Asset:
    """The thing stands elsewhere, or somebody else answers for it."""
    _, asset = lock(asset.contract, asset)
    perform(ASSET, asset, "move_asset", actor=actor, changes={"place": place, "holder": holder})
    return asset


def settle_asset(*, actor: Actor, asset: Asset, fate: str, document: str, taker: str = "") -> Asset:
    """What becomes of a thing in the end. *Fate*: "stays" with the executor | "handed_over" to `taker` |
    "written_off"; `document` says so. Rulebook: `con.assets`."""
    _, asset = lock(asset.contract, asset)
    verb = {"stays": "leave_asset", "handed_over": "hand_over_asset", "written_off": "write_off_asset"}[fate]
    basis = settlement_of(asset).basis("con.assets")
    changes = {"fate_document": document, "taker": taker}
    perform(ASSET, asset, verb, actor=actor, public={"value": asset.value}, changes=changes, basis=basis)
    return asset


# --- money back ------------------------------------------------------------------------------------------------


def demand_return(*, actor: Actor, contract: Contract, reason: str, amount: Decimal) -> Return:
    """Demand money back that was paid and neither accepted nor demanded already. *Amount*: som. Refuses
    `return_too_large`. Rulebook: `con.return_term`."""
    (contract,) = lock(contract)
    return _demand(contract, reason, amount, actor, None)


def _demand(contract: Contract, reason: str, amount: Decimal, actor: Actor, cause: Record | None) -> Return:
    held = _not_accounted_for(contract)
    if amount > held:
        raise RETURN_TOO_LARGE.refuse(HOUSE["H-16"].basis, at_field="amount", asked=Money(amount), held=Money(held))
    due_on = regime.deadline(settlement_of(contract), "con.return_term", actor.at).due_on
    demand = Return(contract=contract, reason=reason, amount=amount, due_on=due_on)
    public = {"reason": reason, "amount": amount, "due_on": due_on}
    perform(RETURN, demand, "demand_return", actor=actor, public=public, cause=cause)
    return demand


def _not_accounted_for(contract: Contract) -> Decimal:
    """With the executor, neither accepted nor demanded back, in som."""
    demanded = sum((one.amount - one.settled for one in contract.returns.all()), Decimal(0))
    return treasury_queries.trail_of("contract", contract.pk).advance - demanded


def return_money(*, actor: Actor, demand: Return, amount: Decimal, document: str, paid_on: date) -> Return:
    """The accountant records money that came back, all of it or a part. *Amount*: som; number and date of the payment
    document. A bar for the delay is lifted when all is back (H-39). Refuses `repaid_too_much`."""
    contract, demand = lock(demand.contract, demand)
    left = demand.amount - demand.settled
    if amount > left:
        raise REPAID_TOO_MUCH.refuse(HOUSE["H-16"].basis, at_field="amount", asked=Money(amount), left=Money(left))
    verb = "return_money" if amount == left else "return_part"
    record = perform(
        RETURN,
        demand,
        verb,
        actor=actor,
        public={"amount": amount, "number": document, "on": paid_on},
        changes={"settled": demand.settled + amount},
        acted_on=paid_on,
    )
    repayment = Repayment.objects.create(
        demand=demand, amount=amount, document=document, paid_on=paid_on, act_id=record.pk
    )
    source = Owner("repayment", repayment.pk)
    treasury.return_money(contract=_owner(contract), amount=amount, act=record, source=source)
    if verb == "return_money":
        parties.lift_source(source_kind="return", source_id=demand.pk, cause=record)
    return demand


def record_overdue(*, actor: Actor, contract: Contract) -> Contract:
    """Put on record what the executor owes and is late with: a report, a correction, a return. It bars the executor
    where the rules of a contest say so, until it comes in. Refuses `nothing_overdue`. House rule H-39."""
    (contract,) = lock(contract)
    late = overdue_sources(contract, actor.at)
    public = {"late": [[ground, kind] for ground, kind, _ in late]}
    record = perform(CONTRACT, contract, "record_overdue", actor=actor, public=public)
    for ground, kind, source_id in late:
        parties.restrict(
            organisation=contract.executor,
            ground=ground,
            source_kind=kind,
            source_id=source_id,
            cause=record,
            valid_from=bishkek_day(actor.at),
        )
    return contract


# --- the end ---------------------------------------------------------------------------------------------------


def give_notice(*, actor: Actor, contract: Contract, ground: str, explanation: str) -> Termination:
    """One side ends the contract on a ground of the rules; the other has time to put the breach right. Refuses
    `termination_ground_unknown`. Rulebook: `con.termination_grounds`, `con.termination_notice_term`,
    `con.termination_cure_term`."""
    (contract,) = lock(contract)
    settlement = settlement_of(contract)
    if ground not in settlement.codes("con.termination_grounds"):
        raise GROUND_UNKNOWN.refuse(settlement.basis("con.termination_grounds"), at_field="ground")
    side = party_of(contract, actor)
    cure_until = regime.deadline(settlement, "con.termination_cure_term", actor.at).due_on
    notice = regime.deadline(settlement, "con.termination_notice_term", actor.at).due_on
    ends_on = max(cure_until, notice)
    record = perform(
        CONTRACT,
        contract,
        "give_notice",
        actor=actor,
        public={"side": side, "ground": ground, "cure_until": cure_until, "ends_on": ends_on},
    )
    return Termination.objects.create(
        contract=contract,
        side=side,
        ground=ground,
        explanation=explanation,
        cure_until=cure_until,
        ends_on=ends_on,
        act_id=record.pk,
    )


def withdraw_notice(*, actor: Actor, contract: Contract) -> Contract:
    """The breach was put right, or the notice was a mistake: the contract goes on."""
    (contract,) = lock(contract)
    perform(CONTRACT, contract, "withdraw_notice", actor=actor)
    return contract


def terminate(*, actor: Actor, contract: Contract) -> Contract:
    """The notice is over: nothing more is paid, what was not ordered is free again, and what was paid and not accepted
    is demanded back. Refuses `notice_runs`, `report_undecided`. Rulebook: `con.return_term`."""
    (contract,) = lock(contract)
    held = _not_accounted_for(contract)
    public = {"ends_on": bishkek_day(actor.at), "to_return": held}
    record = perform(CONTRACT, contract, "terminate", actor=actor, public=public)
    _free_the_rest(contract, record)
    if held > 0:
        _demand(contract, "terminated", held, actor, record)
    return contract


def _free_the_rest(contract: Contract, act: Record) -> None:
    lot = contract.award.candidacy.proceeding.lot
    measure = Owner("measure", lot.measure_id)
    treasury.uncommit(contract=_owner(contract), lot=Owner("lot", lot.pk), measure=measure, act=act)


def close_contract(*, actor: Actor, contract: Contract) -> Contract:
    """Close what is settled in every respect; what was not used is free again. Refuses `close_tranches_open`,
    `close_reports_open`, `close_acceptance_unsigned`, `close_money_open`, `close_returns_open`, `close_assets_open`,
    `close_amendment_open`, `close_letters_open`. House rule H-40."""
    (contract,) = lock(contract)
    record = perform(CONTRACT, contract, "close_contract", actor=actor, public={"on": bishkek_day(actor.at)})
    _free_the_rest(contract, record)
    return contract


# --- signatures on paper, and none at all ----------------------------------------------------------------------


def enter_ink(
    *,
    actor: Actor,
    contract: Contract,
    side: str,
    signatory: str,
    authority: str,
    signed_on: date,
    fingerprint: str,
    content: bytes,
    name: str,
) -> InkSignature:
    """Enter a signature on the printed contract. *Fingerprint*: the SHA-256 printed on the paper, or its first eight
    characters or more; *authority*: the document the signatory acts on. It counts when another person has checked it.
    Refuses `scan_differs`, `ink_signed_too_early`, `your_side_signed`."""
    (contract,) = lock(contract)
    printed = "".join(fingerprint.split()).lower()
    if len(printed) < 8 or not contract.content_sha256.startswith(printed):
        raise SCAN_DIFFERS.refuse(HOUSE["H-10"].basis, at_field="fingerprint")
    from_on = bishkek_day(contract.award.protocol.signing_from or actor.at)
    if not from_on <= signed_on <= bishkek_day(actor.at):
        raise SIGNED_TOO_EARLY.refuse(HOUSE["H-03"].basis, at_field="signed_on", from_on=from_on)
    _refuse_second_signature(contract, side)
    if contract.state not in ("prepared", "half_signed"):
        raise NOT_RUNNING.refuse(HOUSE["H-17"].basis)
    ink = InkSignature(
        contract=contract,
        side=side,
        signatory=signatory,
        authority=authority,
        signed_on=signed_on,
        content_sha256=contract.content_sha256,
        entered_by_id=actor.person_id or 0,
    )
    refuse_if_any(may(INK, ink, "enter_ink", actor))
    ink.scan = documents.receive(content, name=name, actor=actor)
    public = {"side": side, "content_sha256": ink.content_sha256, "scan": ink.scan.sha256}
    perform(INK, ink, "enter_ink", actor=actor, public=public, acted_on=signed_on)
    return ink


def _refuse_second_signature(contract: Contract, side: str) -> None:
    if side in signed_sides(contract):
        raise OTHER_SIDE.refuse(HOUSE["H-10"].basis)


def check_ink(*, actor: Actor, ink: InkSignature) -> Contract:
    """A second person has compared the entry with the scan: the signature counts. With both sides' signatures the
    contract is in force. Refuses `same_eyes`, `signing_waits`, `your_side_signed`. House rule H-10."""
    contract, ink = lock(ink.contract, ink)
    _refuse_second_signature(contract, ink.side)
    public = {"side": ink.side, "content_sha256": ink.content_sha256}
    changes = {"checked_by_id": actor.person_id}
    cause = perform(INK, ink, "check_ink", actor=actor, public=public, changes=changes, acted_on=ink.signed_on)
    verb = "sign_on_paper" if contract.state == "prepared" else "countersign_on_paper"
    signed = {"signed_at": actor.at} if verb == "countersign_on_paper" else None
    record = perform(CONTRACT, contract, verb, actor=actor, public=public, changes=signed, cause=cause)
    if contract.state == "in_force":
        _bind(contract, actor, record)
    return contract


def reject_ink(*, actor: Actor, ink: InkSignature) -> InkSignature:
    """The entry does not agree with the scan; the paper is entered anew. Refuses `same_eyes`."""
    _, ink = lock(ink.contract, ink)
    perform(INK, ink, "reject_ink", actor=actor, public={"side": ink.side})
    return ink


def refuse_to_sign(*, actor: Actor, contract: Contract) -> Contract:
    """The executor does not want the contract. Rulebook: `con.refusal_rule`."""
    return _leave_unsigned(contract, "refuse_to_sign", actor)


def miss_signing_term(*, actor: Actor, contract: Contract) -> Contract:
    """The term for signing is over without both signatures. Refuses `signing_term_runs`. Rulebook: `con.sign_term`,
    `con.refusal_rule`."""
    return _leave_unsigned(contract, "miss_signing_term", actor)


def _leave_unsigned(contract: Contract, verb: str, actor: Actor) -> Contract:
    """No contract comes of the award. The review keeps its money for the next of the reserve where the rules say so
    and somebody can be called; else it is free again, back at the measure."""
    (contract,) = lock(contract)
    settlement = settlement_of(contract)
    public = {"amount": contract.amount, "rule": settlement.choice("con.refusal_rule")}
    basis = settlement.basis("con.refusal_rule")
    record = perform(CONTRACT, contract, verb, actor=actor, public=public, basis=basis)
    review.lose_award(actor=actor, award=contract.award, cause=record)
    return contract


# --- what an appeal undoes -------------------------------------------------------------------------------------


def carry_out_appeals(*, actor: Actor, protocol: Protocol) -> Protocol:
    """Carry out every upheld appeal against a protocol: contracts that are not in force become void by new acts, and
    the review returns the lot. Refuses `contract_in_force` (what is signed by both sides is not undone here),
    `appeals_unanswered`, `nothing_to_appeal`, `not_enough_money` (H-37)."""
    _unsigned(protocol)  # locked before the review's rows: upper room first
    record = review.return_to_step(actor=actor, protocol=protocol)
    for contract in _unsigned(protocol):  # asked again: none is prepared any more
        public = {"protocol": protocol.number}
        perform(CONTRACT, contract, "void_contract", actor=system(actor.at), public=public, cause=record)
    protocol.refresh_from_db()
    return protocol


def _unsigned(protocol: Protocol) -> tuple[Contract, ...]:
    """The contracts of a protocol that are not in force, locked."""
    found = lock(
        *Contract.objects.filter(award__protocol=protocol).exclude(state__in=("void", "not_signed")).order_by("id")
    )
    signed = tuple(one.number or one.title for one in found if one.state not in ("prepared", "half_signed"))
    if signed:
        raise IN_FORCE.refuse(HOUSE["H-37"].basis, numbers=signed)
    return found
