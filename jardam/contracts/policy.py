"""Who may do what with contracts, and what is visible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache, partial
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from jardam.documents.policy import file_of, papers_of
from jardam.documents.queries import signatures, signatures_of
from jardam.journal.procedure import Procedure
from jardam.kernel.actor import SYSTEM, Actor
from jardam.kernel.permission import Rule, rules_of
from jardam.kernel.refusal import Refusal
from jardam.kernel.time import Deadline, bishkek_day
from jardam.parties import queries as parties
from jardam.parties.rules import Role
from jardam.planning.models import Measure
from jardam.regime import operations as regime
from jardam.review import queries as review
from jardam.review.models import Award
from jardam.review.policy import standstill
from jardam.rulebook.house import HOUSE, LAW
from jardam.rulebook.settlement import Settlement
from jardam.treasury import queries as treasury
from jardam.treasury.models import PaymentOrder

from . import lifecycle
from .models import (
    Amendment,
    Asset,
    Contract,
    Expense,
    InkSignature,
    Letter,
    Original,
    Report,
    Return,
    Termination,
    Tranche,
)
from .rules import (
    REPORT_PARTS,
    AmendmentFacts,
    ContractFacts,
    ExpenseFacts,
    InkFacts,
    LetterFacts,
    Notice,
    ReportFacts,
    ReturnFacts,
    Signing,
    reported_first,
    tranche_rule,
)


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    AMENDMENT_COUNTERSIGN = "amendment:countersign_amendment"
    AMENDMENT_COUNTERSIGN_ON_PAPER = "amendment:countersign_amendment_on_paper"
    AMENDMENT_DECLINE = "amendment:decline_amendment"
    AMENDMENT_PROPOSE = "amendment:propose_amendment"
    AMENDMENT_SIGN = "amendment:sign_amendment"
    AMENDMENT_SIGN_ON_PAPER = "amendment:sign_amendment_on_paper"
    ASSET_HAND_OVER = "asset:hand_over_asset"
    ASSET_LEAVE = "asset:leave_asset"
    ASSET_MOVE = "asset:move_asset"
    ASSET_RECORD = "asset:record_asset"
    ASSET_WRITE_OFF = "asset:write_off_asset"
    CONTRACT_AMEND = "contract:amend_contract"
    CONTRACT_CLOSE = "contract:close_contract"
    CONTRACT_CONFIRM_EXISTING = "contract:confirm_existing"
    CONTRACT_COUNTERSIGN = "contract:countersign_contract"
    CONTRACT_COUNTERSIGN_ON_PAPER = "contract:countersign_on_paper"
    CONTRACT_DISCARD_EXISTING = "contract:discard_existing"
    CONTRACT_ENTER_EXISTING = "contract:enter_existing"
    CONTRACT_GIVE_NOTICE = "contract:give_notice"
    CONTRACT_MISS_TERM = "contract:miss_signing_term"
    CONTRACT_ORDER_TRANCHE = "contract:order_tranche"
    CONTRACT_PREPARE = "contract:prepare_contract"
    CONTRACT_REALLOCATE = "contract:reallocate"
    CONTRACT_RECORD_OVERDUE = "contract:record_overdue"
    CONTRACT_REFUSE = "contract:refuse_to_sign"
    CONTRACT_REPORT = "contract:report"
    CONTRACT_SIGN = "contract:sign_contract"
    CONTRACT_SIGN_ON_PAPER = "contract:sign_on_paper"
    CONTRACT_TAKE_BACK = "contract:take_back_contract"
    CONTRACT_TERMINATE = "contract:terminate"
    CONTRACT_VOID = "contract:void_contract"
    CONTRACT_WITHDRAW_NOTICE = "contract:withdraw_notice"
    EXPENSE_ACCEPT = "expense:accept_expense"
    EXPENSE_ANSWER = "expense:answer_expense"
    EXPENSE_ENTER = "expense:enter_expense"
    EXPENSE_QUESTION = "expense:question_expense"
    EXPENSE_REJECT = "expense:reject_expense"
    EXPENSE_WITHDRAW = "expense:withdraw_expense"
    INK_CHECK = "ink_signature:check_ink"
    INK_ENTER = "ink_signature:enter_ink"
    INK_REJECT = "ink_signature:reject_ink"
    LETTER_ANSWER = "letter:answer_letter"
    LETTER_INFORM = "letter:inform"
    LETTER_SEND = "letter:send_letter"
    REPORT_ACCEPT = "report:accept_report"
    REPORT_RESUBMIT = "report:resubmit_report"
    REPORT_RETURN = "report:return_report"
    REPORT_SIGN_ACCEPTANCE = "report:sign_acceptance"
    REPORT_SUBMIT = "report:submit_report"
    RETURN_DEMAND = "return:demand_return"
    RETURN_LOWER = "return:lower_demand"
    RETURN_MONEY = "return:return_money"
    RETURN_PART = "return:return_part"
    RETURN_PENALTY = "return:pay_penalty"
    RETURN_REVERSE = "return:reverse_repayment"
    RETURN_REVERSE_ALL = "return:reverse_all_repaid"
    RETURN_REVERSE_PENALTY = "return:reverse_penalty"
    RETURN_SETTLE = "return:settle_demand"
    RETURN_WITHDRAW = "return:withdraw_demand"


OPEN_RETURN = ("demanded", "partly")
"""States of a demand of which something is still to come."""


def _contract(thing: Any) -> Contract:
    return thing if isinstance(thing, Contract) else thing.contract


def _customer(actor: Actor, thing: Any) -> bool:
    return actor.acts_for(_contract(thing).customer_id)


def _executor(actor: Actor, thing: Any) -> bool:
    return actor.acts_for(_contract(thing).executor_id)


def _party(actor: Actor, thing: Any) -> bool:
    return _customer(actor, thing) or _executor(actor, thing)


_HEADS = (Role.HEAD, Role.APPLICANT_HEAD)
_DESK = (Role.SPECIALIST, Role.HEAD)
_CLOCK = (*_DESK, SYSTEM)
_WRITERS = (Role.APPLICANT_HEAD, Role.APPLICANT_EDITOR)
_BOTH = (*_DESK, *_WRITERS)
_LAW = LAW["contract_makes_executor"]
_REPORTS = HOUSE["H-06"].basis
_CONTROL = LAW["customer_controls"]
_TWO = HOUSE["H-10"].basis
_ITEMS = HOUSE["H-38"].basis
_BARS = HOUSE["H-39"].basis
_CLOSING = HOUSE["H-40"].basis
_RIGHT = HOUSE["H-78"].basis


def _by_customer(basis: Any, roles: tuple[str, ...] = _DESK) -> Rule:
    return Rule(roles, _customer, "the customer", basis)


def _by_executor(basis: Any, roles: tuple[str, ...] = _WRITERS) -> Rule:
    return Rule(roles, _executor, "the executor", basis)


def _by_both(basis: Any, roles: tuple[str, ...] = _BOTH) -> Rule:
    return Rule(roles, _party, "the parties of the contract", basis)


TABLE: dict[Permission, Rule] = {
    Permission.AMENDMENT_COUNTERSIGN: _by_both(_LAW, _HEADS),
    Permission.AMENDMENT_COUNTERSIGN_ON_PAPER: _by_customer(_TWO),
    Permission.AMENDMENT_DECLINE: _by_both(_LAW, _HEADS),
    Permission.AMENDMENT_PROPOSE: _by_both(_LAW),
    Permission.AMENDMENT_SIGN: _by_both(_LAW, _HEADS),
    Permission.AMENDMENT_SIGN_ON_PAPER: _by_customer(_TWO),
    Permission.ASSET_HAND_OVER: _by_customer(_CLOSING),
    Permission.ASSET_LEAVE: _by_customer(_CLOSING),
    Permission.ASSET_MOVE: _by_executor(_CLOSING),
    Permission.ASSET_RECORD: _by_executor(_CLOSING),
    Permission.ASSET_WRITE_OFF: _by_customer(_CLOSING),
    # Follows from the last signature: a head's, or one on paper that somebody of the customer has checked.
    Permission.CONTRACT_AMEND: _by_both(_LAW, (*_DESK, Role.APPLICANT_HEAD)),
    Permission.CONTRACT_CLOSE: _by_customer(_CLOSING),
    Permission.CONTRACT_CONFIRM_EXISTING: _by_customer(_TWO),
    Permission.CONTRACT_COUNTERSIGN: _by_both(_LAW, _HEADS),
    Permission.CONTRACT_COUNTERSIGN_ON_PAPER: _by_customer(_TWO),
    Permission.CONTRACT_DISCARD_EXISTING: _by_customer(_TWO),
    Permission.CONTRACT_ENTER_EXISTING: _by_customer(_TWO),
    Permission.CONTRACT_GIVE_NOTICE: _by_both(_LAW, _HEADS),
    Permission.CONTRACT_MISS_TERM: _by_customer(_LAW, _CLOCK),
    Permission.CONTRACT_ORDER_TRANCHE: _by_customer(_REPORTS, (Role.ACCOUNTANT,)),
    Permission.CONTRACT_PREPARE: _by_customer(_LAW),
    Permission.CONTRACT_REALLOCATE: _by_executor(_LAW),
    Permission.CONTRACT_RECORD_OVERDUE: _by_customer(_BARS, _CLOCK),
    Permission.CONTRACT_REFUSE: _by_executor(_LAW, (Role.APPLICANT_HEAD,)),
    Permission.CONTRACT_REPORT: _by_executor(_REPORTS),
    Permission.CONTRACT_SIGN: _by_both(_LAW, _HEADS),
    Permission.CONTRACT_SIGN_ON_PAPER: _by_customer(_TWO),
    Permission.CONTRACT_TAKE_BACK: _by_customer(HOUSE["H-77"].basis),
    Permission.CONTRACT_TERMINATE: _by_customer(_LAW, (Role.HEAD,)),
    Permission.CONTRACT_VOID: _by_customer(HOUSE["H-37"].basis, (SYSTEM,)),
    Permission.CONTRACT_WITHDRAW_NOTICE: _by_both(_LAW, _HEADS),
    Permission.EXPENSE_ACCEPT: _by_customer(_CONTROL),
    Permission.EXPENSE_ANSWER: _by_executor(_ITEMS),
    Permission.EXPENSE_ENTER: _by_executor(_ITEMS),
    Permission.EXPENSE_QUESTION: _by_customer(_ITEMS),
    Permission.EXPENSE_REJECT: _by_customer(_ITEMS),
    Permission.EXPENSE_WITHDRAW: _by_executor(_ITEMS),
    Permission.INK_CHECK: _by_customer(_TWO),
    Permission.INK_ENTER: _by_customer(_TWO),
    Permission.INK_REJECT: _by_customer(_TWO),
    Permission.LETTER_ANSWER: _by_both(_LAW),
    Permission.LETTER_INFORM: _by_both(_LAW),
    Permission.LETTER_SEND: _by_both(_LAW),
    Permission.REPORT_ACCEPT: _by_customer(_CONTROL),
    Permission.REPORT_RESUBMIT: _by_executor(_REPORTS),
    Permission.REPORT_RETURN: _by_customer(_CONTROL),
    Permission.REPORT_SIGN_ACCEPTANCE: _by_both(_CONTROL, _HEADS),
    Permission.REPORT_SUBMIT: _by_executor(_REPORTS),
    Permission.RETURN_DEMAND: _by_customer(_CONTROL),
    Permission.RETURN_LOWER: _by_customer(_RIGHT, (Role.HEAD,)),
    Permission.RETURN_MONEY: _by_customer(HOUSE["H-21"].basis, (Role.ACCOUNTANT,)),
    Permission.RETURN_PART: _by_customer(HOUSE["H-21"].basis, (Role.ACCOUNTANT,)),
    Permission.RETURN_PENALTY: _by_customer(HOUSE["H-57"].basis, (Role.ACCOUNTANT,)),
    Permission.RETURN_REVERSE: _by_customer(_RIGHT, (Role.HEAD,)),
    Permission.RETURN_REVERSE_ALL: _by_customer(_RIGHT, (Role.HEAD,)),
    Permission.RETURN_REVERSE_PENALTY: _by_customer(_RIGHT, (Role.HEAD,)),
    Permission.RETURN_SETTLE: _by_customer(_RIGHT, (Role.HEAD,)),
    Permission.RETURN_WITHDRAW: _by_customer(_RIGHT, (Role.HEAD,)),
}


def party_of(contract: Contract, actor: Actor) -> str:
    if _customer(actor, contract):
        return "customer"
    return "executor" if _executor(actor, contract) else ""


def settlement_of(thing: Any) -> Settlement:
    """The rules the contract's contest was announced under; of one recorded afterwards, those of its day (H-62)."""
    contract = _contract(thing)
    award = _award_of(contract)
    return award.protocol.proceeding.commission.contest.settlement if award else contract.original.settlement


def _award_of(contract: Contract) -> Award | None:
    """With all that leads to its contest, in one statement: a contract just locked knows nothing of it."""
    if contract.award_id and not Contract.award.is_cached(contract):
        rows = Award.objects.select_related("protocol__proceeding__commission__contest")
        contract.award = rows.get(pk=contract.award_id)
    return contract.award


def report_sections(settlement: Settlement) -> tuple[str, ...]:
    """The sections a report must hold; those with a place of their own where the rules of a contract recorded
    afterwards are silent."""
    known = "form.report_sections" in settlement.parameters
    return settlement.codes("form.report_sections") if known else REPORT_PARTS


def report_texts(settlement: Settlement) -> tuple[str, ...]:
    """Those of them that are texts of their own."""
    return tuple(code for code in report_sections(settlement) if code not in REPORT_PARTS)


def measure_of(contract: Contract) -> Measure:
    """The measure that pays for it."""
    return contract.award.candidacy.proceeding.lot.measure if contract.award else contract.original.measure


def switches(thing: Any) -> Any:
    return settlement_of(thing).switches()


# --- the contract ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Course:
    """The tranches that stand, in order, and what became of them: payment orders and reports by the tranche's id."""

    tranches: list[Tranche]
    payments: Mapping[int, PaymentOrder]
    reports: Mapping[int, Report]

    @property
    def ordered(self) -> set[int]:
        return {pk for pk, payment in self.payments.items() if not payment.is_gone}

    @property
    def paid(self) -> set[int]:
        return {pk for pk, payment in self.payments.items() if payment.is_paid}


def course_of(contract: Contract) -> Course:
    """Three statements."""
    tranches = schedule(contract)
    payments = treasury.payments_of_sources("tranche", [t.pk for t in tranches])
    reports = Report.objects.filter(contract=contract).select_related("acceptance")
    return Course(tranches, payments, {r.tranche_id: r for r in reports})


def contract_facts(contract: Contract, actor: Actor, course: Course | None = None) -> ContractFacts:
    """*Course*: what the caller has read already."""
    course = course or course_of(contract)
    settlement = settlement_of(contract)
    tranches, reports, ordered, paid = course.tranches, course.reports, course.ordered, course.paid
    waiting = [t for t in tranches if t.pk not in ordered]
    rule, order_rule = tranche_rule(settlement)
    needed = _reported_first(rule, tranches, waiting[0]) if waiting else None
    due = [t for t in tranches if t.pk in paid or _reported_first(rule, tranches, t) == t]
    unreported = [t for t in due if t.pk not in reports]
    accepted = {pk for pk, report in reports.items() if report.state == "accepted"}
    facts = ContractFacts(
        at=actor.at,
        signing_from=actor.at,
        standstill=HOUSE["H-03"].basis,
        party=party_of(contract, actor),
        signed=(),
        next_tranche=waiting[0].number if waiting else 0,
        waits_for=needed.number if needed and needed.pk not in accepted else 0,
        unreported=unreported[0].number if unreported else 0,
        order_rule=order_rule,
        entered_by=contract.original.entered_by_id if contract.state == "entered" else None,
        person_id=actor.person_id,
    )
    if contract.award and contract.state in ("prepared", "half_signed"):
        return _with_signing(facts, contract, contract.award, settlement)
    return replace(
        facts,
        overdue=cache(lambda: len(overdue_sources(contract, actor.at, course))),
        notice=_notice(contract, settlement, actor),
        undecided=sum(1 for report in reports.values() if report.state == "submitted"),
        closing=cache(partial(_in_the_way, contract, course, settlement, actor)),
    )


def schedule(contract: Contract) -> list[Tranche]:
    """The tranches in order, without those an amendment gave up."""
    return list(contract.tranches.exclude(cuts__leaves=0).order_by("number"))


def _with_signing(facts: ContractFacts, contract: Contract, award: Award, settlement: Settlement) -> ContractFacts:
    ends = signing_deadline(contract, settlement)
    term = Signing(ends.at, ends.due_on, settlement.basis("con.sign_term")) if ends else None
    on_paper = settlement.choice("sig.contract") == "ink"
    return replace(
        facts,
        signing_from=award.protocol.signing_from or facts.at,
        standstill=settlement.basis("appeal.standstill_term"),
        signed=signed_sides(contract),
        appeals=review.appeals_hindering(award.protocol.proceeding, settlement),
        suspensive=settlement.basis("appeal.suspensive"),
        platform=settlement.basis("sig.contract") if on_paper else None,
        sign_until=term,
        copy_waits=contract.ink_signatures.filter(state="entered").exists(),
    )


def signed_sides(contract: Contract) -> tuple[str, ...]:
    """Whose signature stands on it: given on the platform, or on paper and checked."""
    platform = [one.side for one in signatures("contract", contract.pk, contract.content_sha256)]
    return (*platform, *ink_on(contract).values_list("side", flat=True))


def ink_on(thing: Contract | Amendment) -> QuerySet[InkSignature]:
    """The checked signatures on the paper of a contract, or on that of an amendment."""
    return thing.ink_signatures.filter(state="checked", content_sha256=thing.content_sha256).order_by("id")


def signed_days(contract: Contract) -> list[date]:
    """On which days the signatures that stand on it were given."""
    platform = [bishkek_day(one.at) for one in signatures("contract", contract.pk, contract.content_sha256)]
    return [*platform, *ink_on(contract).values_list("signed_on", flat=True)]


def signing_deadline(contract: Contract, settlement: Settlement) -> Deadline | None:
    """The end of `con.sign_term`, which runs from the day signing became possible (H-03), or from the day on which
    this text was prepared, if that is later (H-77), and not while the review of the lot stands still (H-67)."""
    possible = signing_from(contract)
    begins = max(possible, contract.prepared_at or possible) if possible else None
    ends = regime.deadline_or_none(settlement, "con.sign_term", begins) if begins else None
    if ends is None or begins is None or contract.award is None:
        return None
    at = review.run_on(ends.at, contract.award.protocol, settlement, begins)
    return replace(ends, at=at, due_on=bishkek_day(at - timedelta(microseconds=1))) if at != ends.at else ends


def signing_from(contract: Contract) -> datetime | None:
    """The moment from which it may be signed; None of one that was signed before the system."""
    return contract.award.protocol.signing_from if contract.award else None


def _standstill(contract: Contract) -> Refusal | None:
    """Why nothing is signed while a court or an appeal body stops the review of the lot (H-67)."""
    return standstill(contract.award.protocol) if contract.award else None


def _reported_first(rule: str, tranches: list[Tranche], tranche: Tranche) -> Tranche | None:
    return reported_first(rule, tranches, tranche, tranche.condition == "advance")


def report_kind(tranche: Tranche, contract: Contract) -> str:
    """The report on the last tranche is the final one."""
    last = contract.tranches.exclude(cuts__leaves=0).order_by("-number").values_list("number", flat=True).first()
    return "final" if tranche.number == last else "interim"


def report_due(kind: str, paid_on: date, ends_on: date, settlement: Settlement) -> Deadline:
    """When a report has to be in: the interim one after `rep.interim_period` and `rep.interim_term` from the payment,
    the final one `rep.final_term` after the contract's end; never later than the final one."""
    final = regime.deadline(settlement, "rep.final_term", ends_on)
    period = regime.deadline_or_none(settlement, "rep.interim_period", paid_on)
    if kind == "final" or period is None:
        return final
    return min(final, regime.deadline(settlement, "rep.interim_term", period.due_on), key=lambda one: one.at)


def runs_here(contract: Contract, due: Deadline) -> bool:
    """Whether a term counts: not when it was over before the contract was recorded (H-63)."""
    return contract.recorded_at is None or due.at > contract.recorded_at


def overdue_sources(contract: Contract, at: datetime, course: Course | None = None) -> list[tuple[str, str, int]]:
    """What is late and not on record yet: (ground, kind of source, its id). Reports never handed in or not corrected
    in time, and money not returned."""
    settlement = settlement_of(contract)
    late: list[tuple[str, str, int]] = []
    course = course or course_of(contract)
    tranches = course.tranches
    for tranche in tranches:
        payment, report = course.payments.get(tranche.pk), course.reports.get(tranche.pk)
        if payment is not None and payment.executed_on and payment.is_paid and report is None:
            kind = "final" if tranche == tranches[-1] else "interim"
            due = report_due(kind, payment.executed_on, contract.ends_on, settlement)
            if at >= due.at and runs_here(contract, due):
                late.append(("overdue_report", "tranche", tranche.pk))
        back = report.returned_at if report and report.state == "returned" else None
        if report and back and at >= regime.deadline(settlement, "rep.fix_term", back).at:
            late.append(("overdue_report", "report", report.pk))
    today = bishkek_day(at)
    open_returns = contract.returns.filter(state__in=OPEN_RETURN, due_on__lt=today)
    late += [("unreturned_money", "return", pk) for pk in open_returns.values_list("id", flat=True)]
    known = {
        (kind, pk)
        for kind in {row[1] for row in late}
        for pk in parties.barred_sources(kind, [row[2] for row in late if row[1] == kind])
    }
    return [row for row in late if (row[1], row[2]) not in known]


def last_notice(contract: Contract) -> Termination | None:
    return contract.terminations.order_by("-id").first()


def _notice(contract: Contract, settlement: Settlement, actor: Actor) -> Notice | None:
    notice = last_notice(contract) if contract.state == "terminating" else None
    if notice is None:
        return None
    return Notice(notice.ends_on, bishkek_day(actor.at), settlement.basis("con.termination_notice_term"))


def _in_the_way(contract: Contract, course: Course, settlement: Settlement, actor: Actor) -> frozenset[str]:
    """What keeps the contract from being closed, as codes of `rules.CLOSING`."""
    trail = treasury.trail_of("contract", contract.pk)
    reports, ordered, paid = course.reports, course.ordered, course.paid
    unpaid = len(ordered) < len(course.tranches) and contract.state == "in_force"
    done = [report for report in reports.values() if report.state == "accepted"]
    signed_acts = settlement.flag("rep.acceptance_act")
    ended = contract.state == "terminated"
    found = {
        "tranches": bool(ordered - paid)
        or (unpaid and (trail.payable > 0 or bishkek_day(actor.at) <= contract.ends_on)),
        "reports": any(r.state != "accepted" for r in reports.values() if not ended or r.state == "submitted")
        or (not ended and any(pk not in reports for pk in paid)),
        "acceptance": signed_acts and _acts_unsigned(done),
        "money": trail.advance > 0,
        **_open_things(contract),
    }
    return frozenset(code for code, stands in found.items() if stands)


def _open_things(contract: Contract) -> dict[str, bool]:
    """Whether something of each kind hangs on the contract and is not settled; one statement."""
    returns = Return.objects.filter(contract=OuterRef("pk"))
    open_things = {
        "returns": returns.filter(state__in=OPEN_RETURN),
        "penalties": returns.filter(penalty__gt=0, penalty_paid_on=None),
        "assets": Asset.objects.filter(contract=OuterRef("pk"), state="held"),
        "amendment": Amendment.objects.filter(contract=OuterRef("pk"), state__in=["proposed", "half_signed"]),
        "letters": Letter.objects.filter(contract=OuterRef("pk"), state="waiting"),
    }
    rows = Contract.objects.filter(pk=contract.pk)
    [found] = rows.values_list(*(Exists(things) for things in open_things.values()))
    return dict(zip(open_things, found, strict=True))


def _acts_unsigned(reports: Sequence[Report]) -> bool:
    """Whether the act of acceptance of one of these reports lacks a signature."""
    signed = signatures_of("report", {report.pk: report.acceptance.content_sha256 for report in reports})
    return any(len({one.side for one in signed[report.pk]}) < 2 for report in reports)


def acceptance_sides(report_id: int) -> set[str]:
    """Which sides have signed the act of acceptance of a report."""
    report = Report.objects.select_related("acceptance").get(pk=report_id)
    return {one.side for one in signatures("report", report_id, report.acceptance.content_sha256)}


# --- what hangs on it ------------------------------------------------------------------------------------------


def report_facts(report: Report, _actor: Actor) -> ReportFacts:
    return ReportFacts(Expense.objects.filter(tranche_id=report.tranche_id, state="questioned").count())


def taken_by_line(contract: Contract, *, but: int = 0, under_review: bool = True) -> dict[int, Decimal]:
    """What reports take of each line of the plan, in som by its number: accepted, and, while the customer looks at a
    report, what it still asks for. *But*: the id of a tranche that is left out."""
    items = Expense.objects.filter(contract=contract).exclude(tranche_id=but)
    asking = Q(state__in=("entered", "questioned"), tranche__report__state="submitted")
    found: dict[int, Decimal] = {}
    chosen = items.filter(Q(state="accepted") | asking if under_review else Q(state="accepted"))
    for line, amount, accepted in chosen.values_list("line", "amount", "accepted"):
        found[line] = found.get(line, Decimal("0.00")) + (amount if accepted is None else accepted)
    return found


def asked_by_line(items: Iterable[Expense]) -> dict[int, Decimal]:
    """What one report asks of each line, in som by its number; what was judged not eligible asks for nothing."""
    found: dict[int, Decimal] = {}
    for one in items:
        if one.state not in ("withdrawn", "not_eligible"):
            amount = one.amount if one.accepted is None else one.accepted
            found[one.line] = found.get(one.line, Decimal("0.00")) + amount
    return found


def expense_facts(expense: Expense, actor: Actor) -> ExpenseFacts:
    report = Report.objects.filter(tranche_id=expense.tranche_id).first()
    runs = expense.contract.state in ("in_force", "terminating")
    turn = {None: "executor", "returned": "executor", "submitted": "customer"}
    open_to = turn.get(report.state if report else None, "") if runs else ""
    return ExpenseFacts(party_of(expense.contract, actor), open_to)


def amendment_facts(amendment: Amendment, actor: Actor) -> AmendmentFacts:
    contract = amendment.contract
    others = contract.amendments.filter(state__in=["proposed", "half_signed"]).exclude(pk=amendment.pk)
    signed = signatures("amendment", amendment.pk, amendment.content_sha256) if amendment.pk else []
    return AmendmentFacts(
        running=contract.state == "in_force",
        open_number=others.values_list("number", flat=True).first() or 0,
        party=party_of(contract, actor),
        signed=(*(one.side for one in signed), *amendment_ink(amendment)),
    )


def amendment_ink(amendment: Amendment) -> tuple[str, ...]:
    """The sides whose signature on its paper was checked."""
    return tuple(ink_on(amendment).values_list("side", flat=True)) if amendment.pk else ()


def letter_facts(letter: Letter, actor: Actor) -> LetterFacts:
    return LetterFacts(party_of(letter.contract, actor), letter.side)


def return_facts(demand: Return, _actor: Actor) -> ReturnFacts:
    paid = demand.penalty_paid_on is not None
    return ReturnFacts(Decimal(0) if paid else demand.penalty, paid, demand.contract.state == "closed")


def ink_facts(ink: InkSignature, actor: Actor) -> InkFacts:
    return InkFacts(ink.entered_by_id, actor.person_id)


CONTRACT = Procedure(
    lifecycle.CONTRACT, rules_of("contract", TABLE), contract_facts, switches, _standstill, lifecycle.HALTS
)
REPORT = Procedure(lifecycle.REPORT, rules_of("report", TABLE), report_facts)
EXPENSE = Procedure(lifecycle.EXPENSE, rules_of("expense", TABLE), expense_facts)
AMENDMENT = Procedure(lifecycle.AMENDMENT, rules_of("amendment", TABLE), amendment_facts, switches)
LETTER = Procedure(lifecycle.LETTER, rules_of("letter", TABLE), letter_facts)
ASSET = Procedure(lifecycle.ASSET, rules_of("asset", TABLE))
RETURN = Procedure(lifecycle.RETURN, rules_of("return", TABLE), return_facts)
INK = Procedure(lifecycle.INK, rules_of("ink_signature", TABLE), ink_facts)

PUBLIC_STATES = ("in_force", "terminating", "terminated", "closed")
"""Of a contract both sides have signed."""


def visible_contracts(actor: Actor) -> QuerySet[Contract]:
    """Once signed by both sides they are public; before that to the two parties."""
    if not actor.organisation_id:
        return Contract.objects.filter(state__in=PUBLIC_STATES)
    mine = Q(customer_id__in=actor.organisation_ids) | Q(executor_id__in=actor.organisation_ids)
    return Contract.objects.filter(Q(state__in=PUBLIC_STATES) | mine)


def visible_reports(actor: Actor) -> QuerySet[Report]:
    """Accepted ones are public; the others to the two parties."""
    if not actor.organisation_id:
        return Report.objects.filter(state="accepted")
    mine = Q(contract__customer_id__in=actor.organisation_ids) | Q(contract__executor_id__in=actor.organisation_ids)
    return Report.objects.filter(Q(state="accepted") | mine)


def _of_parties(actor: Actor) -> Q:
    own = actor.organisation_id or 0
    return Q(contract__customer_id=own) | Q(contract__executor_id=own)


def visible_expenses(actor: Actor) -> QuerySet[Expense]:
    """Primary documents are for the two parties: they may name persons."""
    return Expense.objects.filter(_of_parties(actor))


def visible_letters(actor: Actor) -> QuerySet[Letter]:
    return Letter.objects.filter(_of_parties(actor))


def visible_assets(actor: Actor) -> QuerySet[Asset]:
    return Asset.objects.filter(_of_parties(actor))


def visible_amendments(actor: Actor) -> QuerySet[Amendment]:
    return Amendment.objects.filter(_of_parties(actor))


def visible_returns(actor: Actor) -> QuerySet[Return]:
    return Return.objects.filter(_of_parties(actor))


def visible_ink(actor: Actor) -> QuerySet[InkSignature]:
    return InkSignature.objects.filter(_of_parties(actor))


def visible_originals(actor: Actor) -> QuerySet[Original]:
    return Original.objects.filter(_of_parties(actor))


papers_of("contract", visible_contracts)
papers_of("report", visible_reports)
papers_of("amendment", visible_amendments)
file_of(Expense, "file", visible_expenses)
file_of(Letter, "file", visible_letters)
file_of(Letter, "answer_file", visible_letters)
file_of(InkSignature, "scan", visible_ink)
file_of(Original, "scan", visible_originals)
