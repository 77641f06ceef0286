"""Named reads of contracts, tranches and reports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from jardam.documents.models import File, Signature
from jardam.documents.queries import signatures
from jardam.journal.procedure import actions, may
from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import digest
from jardam.kernel.money import Money
from jardam.kernel.refusal import Refusal
from jardam.kernel.time import Deadline, bishkek_day
from jardam.parties.queries import barred_sources, ids_of
from jardam.regime import operations as regime
from jardam.review.models import Appeal, Award
from jardam.review.rules import OPEN_APPEAL
from jardam.treasury import queries as treasury
from jardam.treasury.models import PaymentOrder
from jardam.treasury.rules import GONE, PAID

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
    last_notice,
    report_due,
    settlement_of,
    signed_sides,
    signing_deadline,
    visible_amendments,
    visible_assets,
    visible_contracts,
    visible_expenses,
    visible_ink,
    visible_letters,
    visible_reports,
    visible_returns,
)
from .rules import APPEAL_OPEN

ZERO = Decimal("0.00")


def contract(ref: str, actor: Actor) -> Contract:
    """Raises Contract.DoesNotExist for one this actor does not see."""
    rows = visible_contracts(actor).select_related(
        "customer",
        "executor",
        "award__protocol__proceeding__commission__contest",
        "award__candidacy__proceeding",
    )
    return rows.get(ref=ref)


def contracts(
    actor: Actor,
    *,
    customer_id: int | Iterable[int] | None = None,
    executor_id: int | Iterable[int] | None = None,
    before: int = 0,
    limit: int = 30,
) -> list[Contract]:
    """A page of contracts, newest first; the next begins before the last id."""
    rows = visible_contracts(actor).select_related("customer", "executor").defer("content")
    if customer_id is not None:
        rows = rows.filter(customer_id__in=ids_of(customer_id))
    if executor_id is not None:
        rows = rows.filter(executor_id__in=ids_of(executor_id))
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def contracts_of_awards(award_ids: Iterable[int]) -> dict[int, Contract]:
    """By the award's id."""
    rows = Contract.objects.filter(award_id__in=list(award_ids)).select_related("executor").defer("content")
    return {row.award_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class TrancheRow:
    """A tranche with the facts that are read from elsewhere: its payment order and its report."""

    tranche: Tranche
    payment: PaymentOrder | None
    report: Report | None

    @property
    def status(self) -> str:
        """The state of its payment (treasury.lifecycle.PAYMENT), or `planned` without one."""
        return self.payment.state if self.payment else "planned"

    @property
    def is_paid(self) -> bool:
        return self.payment is not None and self.payment.is_paid

    @property
    def can_be_ordered(self) -> bool:
        """Never ordered, or its money came back."""
        return self.payment is None or self.payment.is_gone


def tranches(contract: Contract) -> list[TrancheRow]:
    """In order; three queries."""
    return tranches_of([contract.pk])[contract.pk]


def tranches_of(contract_ids: Iterable[int]) -> dict[int, list[TrancheRow]]:
    """The tranches of many contracts, each in order; three queries whatever their number."""
    found: dict[int, list[TrancheRow]] = {pk: [] for pk in contract_ids}
    rows = list(Tranche.objects.filter(contract_id__in=found).order_by("contract_id", "number"))
    payments = treasury.payments_of_sources("tranche", [row.pk for row in rows])
    reports = Report.objects.filter(contract_id__in=found).select_related("acceptance")
    by_tranche = {report.tranche_id: report for report in reports}
    for row in rows:
        found[row.contract_id].append(TrancheRow(row, payments.get(row.pk), by_tranche.get(row.pk)))
    return found


def contract_actions(contract: Contract, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show."""
    return actions(CONTRACT, contract, actor)


def report_actions(report: Report, actor: Actor) -> tuple[str, ...]:
    return actions(REPORT, report, actor)


def contract_refusals(contract: Contract, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(CONTRACT, contract, verb, actor)


def signing_hindered(contract: Contract, actor: Actor) -> tuple[Refusal, ...]:
    """The appeals for which signing waits, as the reason the contract's page shows; empty when there are none."""
    verb = "sign_contract" if contract.state == "prepared" else "countersign_contract"
    return tuple(one for one in may(CONTRACT, contract, verb, actor) if one.code == APPEAL_OPEN.code)


def contracts_by_id(ids: Iterable[int]) -> dict[int, Contract]:
    """Those of payment orders, for lists; without the signed bytes."""
    rows = Contract.objects.filter(pk__in=list(ids)).select_related("customer", "executor").defer("content")
    return {row.pk: row for row in rows}


def awards_without_contract(customer_id: int, limit: int = 50) -> list[Award]:
    """Awards of the customer's published protocols that have no contract yet, oldest first."""
    rows = Award.objects.filter(
        protocol__proceeding__commission__contest__customer_id=customer_id, protocol__state="published"
    ).exclude(candidacy__state="declined")
    rows = rows.exclude(Exists(Contract.objects.filter(award_id=OuterRef("pk")))).select_related("applicant")
    return list(rows.order_by("id")[:limit])


def contracts_to_sign(organisation_id: int, limit: int = 50) -> list[tuple[Contract, datetime | None]]:
    """Contracts that miss this party's signature, each with the moment from which it may be given; oldest first."""
    as_customer = Q(~_signed("customer"), customer_id=organisation_id)
    as_executor = Q(~_signed("executor"), executor_id=organisation_id)
    rows = [row for row in _unsigned().filter(as_customer | as_executor) if not _hindered(row)]
    return [(row, row.award.protocol.signing_from) for row in rows[:limit]]


def _unsigned() -> QuerySet[Any]:
    """Prepared contracts with their rules, and whether an appeal against their protocol waits or was upheld; oldest
    first."""
    of = Appeal.objects.filter(protocol=OuterRef("award__protocol"))
    rows = Contract.objects.filter(state__in=["prepared", "half_signed"])
    rows = rows.annotate(appealed=Exists(of.filter(state__in=OPEN_APPEAL)), upheld=Exists(of.filter(state="upheld")))
    rows = rows.select_related("award__protocol__proceeding__commission__contest")
    return rows.defer("content", "award__protocol__content").order_by("id")


def _hindered(contract: Any) -> bool:
    """Whether signing waits for an appeal (`review.appeals_hindering`); the page of the contract says so."""
    suspended = contract.appealed and settlement_of(contract).flag("appeal.suspensive")
    return bool(contract.upheld or suspended)


def _signed(side: str) -> Q:
    over = {"object_id": OuterRef("pk"), "content_sha256": OuterRef("content_sha256")}
    platform = Exists(Signature.objects.filter(object_kind="contract", side=side, **over))
    ink = Exists(InkSignature.objects.filter(contract_id=OuterRef("pk"), side=side, state="checked"))
    return Q(platform) | Q(ink)


def tranches_to_order(customer_id: int, limit: int = 50) -> list[Tranche]:
    """Tranches of contracts in force that are neither ordered nor wait for a report (H-06), oldest first."""
    orders = PaymentOrder.objects.filter(source_kind="tranche", source_id=OuterRef("pk")).exclude(state__in=GONE)
    accepted = Report.objects.filter(
        contract_id=OuterRef("contract_id"), tranche__number=OuterRef("number") - 1, state="accepted"
    )
    rows = Tranche.objects.filter(contract__customer_id=customer_id, contract__state="in_force")
    rows = rows.exclude(Exists(orders)).filter(Q(number=1) | Exists(accepted)).select_related("contract__executor")
    return list(rows.defer("contract__content").order_by("id")[:limit])


def report_refusals(report: Report, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(REPORT, report, verb, actor)


def report(ref: str, actor: Actor) -> Report:
    rows = visible_reports(actor).select_related("contract__customer", "contract__executor", "tranche", "acceptance")
    return rows.get(ref=ref)


def reports_waiting(customer_id: int, limit: int = 50) -> list[Report]:
    """Submitted reports the customer has to look at, oldest first."""
    rows = Report.objects.filter(contract__customer_id=customer_id, state="submitted")
    rows = rows.select_related("contract__award__protocol__proceeding__commission__contest", "tranche")
    rows = rows.defer("contract__content", "contract__award__protocol__content")
    return list(rows.order_by("id")[:limit])


# --- plan, items and the other papers --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A budget line: planned, reported (items not taken back) and accepted, in som."""

    number: int
    title: str
    planned: Decimal
    spent: Decimal
    accepted: Decimal


def plan(contract: Contract) -> Plan | None:
    """The newest version."""
    return contract.plans.order_by("-version").first()


def plans(contract: Contract) -> list[Plan]:
    return list(contract.plans.order_by("version"))


def budget(contract: Contract, *, public: bool = False) -> list[PlanRow]:
    """The budget by line, plan and fact; `public` counts items of accepted reports only."""
    newest = plan(contract)
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


def indicators(contract: Contract) -> list[list[Any]]:
    """[title, baseline, target] of each."""
    newest = plan(contract)
    return newest.indicators if newest else []


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
    return list(contract.returns.prefetch_related("repayments").order_by("id"))


def demand(ref: str, actor: Actor) -> Return:
    return visible_returns(actor).select_related("contract__executor").get(ref=ref)


def demand_refusals(row: Return, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(RETURN, row, verb, actor)


def notice(contract: Contract) -> Termination | None:
    """The notice that runs, or the one that ended the contract."""
    return last_notice(contract) if contract.state in ("terminating", "terminated", "closed") else None


def ink_signatures(contract: Contract) -> list[InkSignature]:
    return list(contract.ink_signatures.order_by("id"))


def ink(ref: str, actor: Actor) -> InkSignature:
    return visible_ink(actor).select_related("contract", "scan").get(ref=ref)


def ink_refusals(row: InkSignature, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(INK, row, verb, actor)


def to_return(contract: Contract) -> Decimal:
    """Paid, neither accepted nor demanded back already, in som."""
    demanded = sum((one.amount - one.settled for one in contract.returns.all()), ZERO)
    return max(ZERO, treasury.trail_of("contract", contract.pk).advance - demanded)


# --- what is due -----------------------------------------------------------------------------------------------


def reports_due(executor_id: int, limit: int = 50) -> list[tuple[Tranche, Deadline]]:
    """Paid tranches without a report, each with the deadline of its report; oldest first. Four queries."""
    return _with_deadlines(_unreported(contract__executor_id=executor_id), limit)


def reports_late(customer_id: int, at: datetime, limit: int = 50) -> list[tuple[Tranche, Deadline]]:
    """The same of a customer's executors, as far as the deadline is over and not on record yet (H-39)."""
    return _late(at, contract__customer_id=customer_id)[:limit]


def _late(at: datetime, **of: int) -> list[tuple[Tranche, Deadline]]:
    late = [(tranche, due) for tranche, due in _with_deadlines(_unreported(**of), None) if at >= due.at]
    known = barred_sources("tranche", [tranche.pk for tranche, _ in late])
    return [(tranche, due) for tranche, due in late if tranche.pk not in known]


def corrections_late(at: datetime, limit: int = 50, **of: int) -> list[tuple[Report, Deadline]]:
    """Returned reports that were not corrected in time (`rep.fix_term`) and are not on record yet, oldest first."""
    late = [(report, due) for report, due in _returned(None, **of) if at >= due.at]
    known = barred_sources("report", [report.pk for report, _ in late])
    return [(report, due) for report, due in late if report.pk not in known][:limit]


def corrections_due(executor_id: int, limit: int = 50) -> list[tuple[Report, Deadline]]:
    """Reports that came back with remarks, each with the end of `rep.fix_term`; oldest first."""
    return _returned(limit, contract__executor_id=executor_id)


def _returned(limit: int | None, **of: int) -> list[tuple[Report, Deadline]]:
    rows = Report.objects.filter(state="returned", returned_at__isnull=False, **of)
    rows = rows.select_related("contract__award__protocol__proceeding__commission__contest", "tranche")
    rows = rows.defer("contract__content", "contract__award__protocol__content").order_by("id")[:limit]
    return [
        (row, regime.deadline(settlement_of(row), "rep.fix_term", row.returned_at)) for row in rows if row.returned_at
    ]


def returns_late(at: datetime, limit: int = 50, **of: int) -> list[Return]:
    """Demands whose day is over and that are not on record yet, oldest first."""
    rows = Return.objects.filter(due_on__lt=bishkek_day(at), **of).exclude(state="returned")
    found = list(rows.select_related("contract").defer("contract__content").order_by("due_on", "id"))
    known = barred_sources("return", [row.pk for row in found])
    return [row for row in found if row.pk not in known][:limit]


def signing_missed(at: datetime, limit: int = 50, **of: int) -> list[tuple[Contract, Deadline]]:
    """Contracts whose term for signing (`con.sign_term`) is over, each with its end; oldest first."""
    rows = [(row, signing_deadline(row, settlement_of(row))) for row in _unsigned().filter(**of)]
    return [(row, ends) for row, ends in rows if ends is not None and at >= ends.at and not _hindered(row)][:limit]


def executors_silent(at: datetime, limit: int = 50) -> list[Contract]:
    """Of these, those the executor has not signed in any way: the clock says so (H-50). Where the executor did its
    part, a person has to."""
    entered = InkSignature.objects.filter(side="executor", state="entered").values("contract_id")
    return [
        row
        for row, _ in signing_missed(at, limit)
        if "executor" not in signed_sides(row) and not entered.filter(contract=row).exists()
    ]


def contracts_overdue(at: datetime, limit: int = 50) -> list[Contract]:
    """Contracts whose executor is late with what is not on record yet (H-39), oldest first."""
    found = [tranche.contract for tranche, _ in _late(at)]
    found += [report.contract for report, _ in corrections_late(at, limit)]
    found += [demand.contract for demand in returns_late(at, limit)]
    return sorted({one.pk: one for one in found}.values(), key=lambda one: one.pk)[:limit]


def _unreported(**of: int) -> QuerySet[Tranche]:
    paid = PaymentOrder.objects.filter(source_kind="tranche", source_id=OuterRef("pk"), state__in=PAID)
    rows = Tranche.objects.filter(Exists(paid), report=None, **of).select_related("contract")
    return rows.filter(contract__state__in=["in_force", "terminating"]).defer("contract__content").order_by("id")


def _with_deadlines(found: QuerySet[Tranche], limit: int | None) -> list[tuple[Tranche, Deadline]]:
    rows = list(found[:limit])
    contracts = _with_settlements(row.contract_id for row in rows)
    last = dict(Tranche.objects.filter(contract_id__in=contracts).values_list("contract_id").annotate(Max("number")))
    paid = treasury.payments_of_sources("tranche", [row.pk for row in rows])
    due = []
    for row in rows:
        contract, on = contracts[row.contract_id], paid[row.pk].executed_on
        kind = "final" if last[row.contract_id] == row.number else "interim"
        assert on is not None  # executed
        due.append((row, report_due(kind, on, contract.ends_on, settlement_of(contract))))
    return due


def _with_settlements(ids: Iterable[int]) -> dict[int, Contract]:
    rows = Contract.objects.filter(pk__in=set(ids)).defer("content", "award__protocol__content")
    rows = rows.select_related("award__protocol__proceeding__commission__contest")
    return {row.pk: row for row in rows}


def letters_waiting(organisation_id: int, limit: int = 50) -> list[Letter]:
    """Letters this party has to answer, the most pressing first."""
    to_me = Q(side="executor", contract__customer_id=organisation_id) | Q(
        side="customer", contract__executor_id=organisation_id
    )
    rows = Letter.objects.filter(to_me, state="waiting").select_related("contract").defer("contract__content")
    return list(rows.order_by("answer_by", "id")[:limit])


def amendments_waiting(organisation_id: int, limit: int = 50) -> list[Amendment]:
    """Amendments this party has not signed, oldest first."""
    sides = {"customer": "contract__customer_id", "executor": "contract__executor_id"}
    mine = Q()
    for side, column in sides.items():
        over = {"object_id": OuterRef("pk"), "content_sha256": OuterRef("content_sha256"), "side": side}
        mine |= Q(~Exists(Signature.objects.filter(object_kind="amendment", **over)), **{column: organisation_id})
    rows = Amendment.objects.filter(mine, state__in=["proposed", "half_signed"]).select_related("contract")
    return list(rows.defer("content", "contract__content").order_by("id")[:limit])


def ink_waiting(customer_id: int, limit: int = 50) -> list[InkSignature]:
    """Signed copies a second person has to check, oldest first."""
    rows = InkSignature.objects.filter(contract__customer_id=customer_id, state="entered").select_related("contract")
    return list(rows.defer("contract__content").order_by("id")[:limit])


def returns_open(limit: int = 50, **of: int) -> list[Return]:
    """Demands nobody has settled, of one `customer_id` or one `executor_id`; the most pressing first."""
    rows = Return.objects.filter(**{f"contract__{name}": pk for name, pk in of.items()}).exclude(state="returned")
    rows = rows.select_related("contract").defer("contract__content")
    return list(rows.order_by("due_on", "id")[:limit])


def acceptances_to_sign(organisation_id: int, limit: int = 50) -> list[Report]:
    """Accepted reports whose act this party has not signed, where the act is signed; oldest first."""
    mine = Q()
    for side, column in (("customer", "contract__customer_id"), ("executor", "contract__executor_id")):
        over = {"object_id": OuterRef("pk"), "content_sha256": OuterRef("acceptance__content_sha256"), "side": side}
        mine |= Q(~Exists(Signature.objects.filter(object_kind="report", **over)), **{column: organisation_id})
    rows = Report.objects.filter(mine, state="accepted").exclude(acceptance__content_sha256="")
    rows = rows.select_related("tranche", "contract__award__protocol__proceeding__commission__contest")
    rows = rows.defer("contract__content", "contract__award__protocol__content").order_by("id")[:limit]
    return [row for row in rows if settlement_of(row).flag("rep.acceptance_act")]


# --- verify ----------------------------------------------------------------------------------------------------


def checks() -> list[Check]:
    """A contract is its award's and what was signed; what was accepted is what was reported and booked."""
    return [
        sql_check(
            "contracts_contract {0}: it differs from the award ({1}) of its protocol",
            """SELECT c.id, a.id FROM contracts_contract c JOIN review_award a ON a.id = c.award_id
               WHERE (c.amount, c.executor_id, c.title) IS DISTINCT FROM (a.amount, a.applicant_id, a.project_title)
               ORDER BY c.id LIMIT 1""",
        ),
        agrees_with_act(
            Contract,
            """t.content_sha256 = r.public_data->>'content_sha256'
               AND t.amount = (r.public_data->>'amount')::numeric""",
            "prepare_contract",
        ),
        _contents,
        sql_check(
            "contracts_contract {0}: in force, but signed by {1} of the two sides",
            """SELECT c.id, count(DISTINCT s.side) FROM contracts_contract c
               LEFT JOIN (
                 SELECT object_id, side, content_sha256 FROM documents_signature WHERE object_kind = 'contract'
                 UNION ALL
                 SELECT contract_id, side, content_sha256 FROM contracts_inksignature WHERE state = 'checked'
               ) s ON s.object_id = c.id AND s.content_sha256 = c.content_sha256
                 AND s.side IN ('customer', 'executor')
               WHERE c.state IN ('in_force', 'terminating', 'terminated', 'closed')
               GROUP BY c.id HAVING count(DISTINCT s.side) < 2 ORDER BY c.id LIMIT 1""",
        ),
        sql_check(
            "contracts_contract {0}: {1}, over {2}, but {3} is committed",
            """SELECT c.id, c.state, c.amount, coalesce(sum(e.amount), 0) FROM contracts_contract c
               LEFT JOIN treasury_posting p ON p.source_kind = 'contract' AND p.source_id = c.id AND p.verb = 'commit'
               LEFT JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
               GROUP BY c.id, c.state, c.amount
               HAVING coalesce(sum(e.amount), 0)
                 <> CASE WHEN c.state IN ('prepared', 'half_signed', 'not_signed', 'void') THEN 0 ELSE c.amount END
               ORDER BY c.id LIMIT 1""",
        ),
        sql_check(
            "contracts_contract {0}: {1}, though the protocol of its award ({2}) is superseded",
            """SELECT c.id, c.state, a.protocol_id FROM contracts_contract c JOIN review_award a ON a.id = c.award_id
               JOIN review_protocol p ON p.id = a.protocol_id
               WHERE p.state = 'superseded' AND c.state <> 'void' ORDER BY c.id LIMIT 1""",
        ),
        sql_check(
            "treasury_paymentorder {0}: it is over {1}, its tranche ({2}) over {3}",
            """SELECT o.id, o.amount, t.id, t.amount FROM treasury_paymentorder o
               JOIN contracts_tranche t ON t.id = o.source_id JOIN contracts_contract c ON c.id = t.contract_id
               WHERE o.source_kind = 'tranche' AND (o.amount, o.owner_id, o.payee_id, o.organisation_id)
                 IS DISTINCT FROM (t.amount, c.id, c.executor_id, c.customer_id) ORDER BY o.id LIMIT 1""",
        ),
        agrees_with_act(
            Report,
            """t.spent = (r.public_data->>'spent')::numeric AND t.submitted_at = r.at
               AND t.people_served = (r.public_data->>'people_served')::int""",
            "submit_report",
            "resubmit_report",
        ),
        *_widened(),
        agrees_with_act(
            Acceptance,
            "t.amount = (r.public_data->>'accepted')::numeric AND t.report_id = r.object_id",
        ),
        sql_check(
            "contracts_acceptance {0}: over {1}, but {2} is booked as accepted",
            """SELECT a.id, a.amount, coalesce(sum(e.amount), 0) FROM contracts_acceptance a
               LEFT JOIN treasury_posting p ON p.source_kind = 'acceptance' AND p.source_id = a.id
               LEFT JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
               GROUP BY a.id, a.amount HAVING coalesce(sum(e.amount), 0) <> a.amount ORDER BY a.id LIMIT 1""",
        ),
    ]


def _contents() -> Iterator[str]:
    """The bytes that were signed, and the columns and tranches that were read from them."""
    rows = Contract.objects.prefetch_related("tranches", "amendments").order_by("id")
    for contract in rows.iterator(chunk_size=50):
        if sha256(bytes(contract.content)).hexdigest() != contract.content_sha256:
            yield f"contracts_contract {contract.pk}: its content does not match its hash"
            return
        content = json.loads(bytes(contract.content))
        tranches = sorted(contract.tranches.all(), key=lambda t: t.number)
        if content["tranches"] != [_schedule_row(t) for t in tranches]:
            yield f"contracts_tranche {tranches[0].pk if tranches else 0}: not the schedule that was signed"
            return
        columns = (contract.title, Money(contract.amount), contract.starts_on, contract.ends_on)
        signed = [one for one in contract.amendments.all() if one.state == "in_force"]
        if signed:
            content["ends_on"] = max(signed, key=lambda one: one.number).after["ends_on"]
        if [content[k] for k in ("title", "amount", "starts_on", "ends_on")] != [str(c) for c in columns]:
            yield f"contracts_contract {contract.pk}: it is not what was signed"
            return


def _schedule_row(tranche: Tranche) -> list[str]:
    row = [str(Money(tranche.amount)), tranche.condition]
    return [*row, tranche.milestone] if tranche.milestone else row


def _widened() -> list[Check]:
    """Items, plans, amendments, letters, things, returns and paper are what their acts said, and agree in sum."""
    return [
        _plans,
        _amendments,
        agrees_with_act(
            Expense,
            """t.amount = (r.public_data->>'amount')::numeric AND t.line = (r.public_data->>'line')::int
               AND t.payee_kind = r.public_data->>'payee_kind'""",
            "enter_expense",
        ),
        agrees_with_act(Expense, "t.accepted = (r.public_data->>'accepted')::numeric", "accept_expense"),
        sql_check(
            "contracts_report {0}: over {1}, but its items sum to {2}",
            """SELECT t.id, t.spent, coalesce(sum(e.amount), 0) FROM contracts_report t
               LEFT JOIN contracts_expense e ON e.tranche_id = t.tranche_id AND e.state <> 'withdrawn'
               WHERE t.state IN ('submitted', 'accepted')
               GROUP BY t.id, t.spent HAVING t.spent <> coalesce(sum(e.amount), 0) ORDER BY t.id LIMIT 1""",
        ),
        sql_check(
            "contracts_acceptance {0}: over {1}, but its items were accepted for {2}",
            """SELECT a.id, a.amount, coalesce(sum(e.accepted), 0) FROM contracts_acceptance a
               JOIN contracts_report t ON t.id = a.report_id
               LEFT JOIN contracts_expense e ON e.tranche_id = t.tranche_id AND e.state = 'accepted'
               GROUP BY a.id, a.amount HAVING a.amount <> coalesce(sum(e.accepted), 0) ORDER BY a.id LIMIT 1""",
        ),
        agrees_with_act(
            Letter,
            "t.number = r.public_data->>'number' AND t.side = r.public_data->>'side' AND t.sent_at = r.at",
            "send_letter",
            "inform",
        ),
        agrees_with_act(Letter, "t.answered_at = r.at", "answer_letter"),
        agrees_with_act(
            Asset,
            "t.inventory = r.public_data->>'inventory' AND t.value = (r.public_data->>'value')::numeric",
            "record_asset",
        ),
        agrees_with_act(
            Return,
            """t.amount = (r.public_data->>'amount')::numeric AND t.reason = r.public_data->>'reason'
               AND t.due_on = (r.public_data->>'due_on')::date""",
            "demand_return",
        ),
        agrees_with_act(
            Repayment,
            """t.amount = (r.public_data->>'amount')::numeric AND t.document = r.public_data->>'number'
               AND t.demand_id = r.object_id""",
        ),
        sql_check(
            "contracts_return {0}: {1} came in, {2} is recorded and {3} is booked",
            """SELECT t.id, t.settled, coalesce(sum(p.amount), 0), coalesce(sum(b.booked), 0) FROM contracts_return t
               LEFT JOIN contracts_repayment p ON p.demand_id = t.id
               LEFT JOIN LATERAL (
                 SELECT sum(e.amount) AS booked FROM treasury_posting o
                 JOIN treasury_entry e ON e.posting_id = o.id AND e.amount > 0
                 WHERE o.source_kind = 'repayment' AND o.source_id = p.id) b ON true
               GROUP BY t.id, t.settled
               HAVING t.settled <> coalesce(sum(p.amount), 0) OR t.settled <> coalesce(sum(b.booked), 0)
               ORDER BY t.id LIMIT 1""",
        ),
        agrees_with_act(
            Termination,
            """t.side = r.public_data->>'side' AND t.ground = r.public_data->>'ground'
               AND t.ends_on = (r.public_data->>'ends_on')::date""",
        ),
        agrees_with_act(
            InkSignature,
            """t.side = r.public_data->>'side' AND t.content_sha256 = r.public_data->>'content_sha256'
               AND t.entered_by_id = r.person_id""",
            "enter_ink",
        ),
        agrees_with_act(InkSignature, "t.checked_by_id = r.person_id", "check_ink"),
        sql_check(
            "contracts_contract {0}: {1}, but money of it is still bound ({2})",
            """SELECT c.id, c.state, b.amount FROM contracts_contract c
               JOIN treasury_account a ON a.owner_kind = 'contract' AND a.owner_id = c.id
                 AND a.stage IN ('committed', 'undelivered')
               JOIN treasury_balance b ON b.account_id = a.id
               WHERE c.state IN ('terminated', 'closed') AND b.amount <> 0 ORDER BY c.id LIMIT 1""",
        ),
    ]


def _plans() -> Iterator[str]:
    """Every version of a plan is what was agreed, and its lines sum to the contract's amount."""
    for row in Plan.objects.select_related("contract").order_by("id").iterator(chunk_size=100):
        total = sum((Decimal(amount) for _, amount in row.lines), Decimal(0))
        if digest({"lines": row.lines, "indicators": row.indicators}) != row.content_sha256:
            yield f"contracts_plan {row.pk}: its lines do not match their hash"
            return
        if row.lines and total != row.contract.amount:
            yield f"contracts_plan {row.pk}: its lines sum to {total}, the contract is over {row.contract.amount}"
            return
        signed = json.loads(bytes(row.contract.content))
        if row.version == 1 and [signed.get("lines"), signed.get("indicators")] != [row.lines, row.indicators]:
            yield f"contracts_plan {row.pk}: not the budget that was signed"
            return


def _amendments() -> Iterator[str]:
    """The bytes that were signed, by both sides once they are in force, and what is shown of them."""
    for row in Amendment.objects.order_by("id").iterator(chunk_size=100):
        told = json.loads(bytes(row.content))
        if sha256(bytes(row.content)).hexdigest() != row.content_sha256:
            yield f"contracts_amendment {row.pk}: its content does not match its hash"
            return
        if [told["before"], told["after"], told["number"]] != [row.before, row.after, row.number]:
            yield f"contracts_amendment {row.pk}: it is not what was signed"
            return
        signed = signatures("amendment", row.pk, row.content_sha256)
        if row.state == "in_force" and {one.side for one in signed} != {"customer", "executor"}:
            yield f"contracts_amendment {row.pk}: in force without both signatures"
            return
