"""What verify asks of contracts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256

from jardam.documents.queries import signatures
from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.canonical import digest
from jardam.kernel.money import Money
from jardam.review.models import Award
from jardam.rulebook.settlement import Settlement
from jardam.treasury.models import PaymentOrder

from ..models import (
    Acceptance,
    Amendment,
    Asset,
    Contract,
    DemandChange,
    Expense,
    InkSignature,
    Letter,
    Original,
    Plan,
    Repayment,
    Report,
    Return,
    Termination,
    Tranche,
)
from ..policy import amendment_ink, settlement_of, signed_days
from ..rules import account_fault, term_of


def checks() -> list[Check]:
    """A contract is its award's and what was signed; what was accepted is what was reported and booked."""
    return [
        sql_check(
            "contracts_contract {0}: it differs from the award ({1}) of its protocol",
            """SELECT c.id, a.id FROM contracts_contract c JOIN review_award a ON a.id = c.award_id
               WHERE (c.amount + c.lowered, c.executor_id, c.title)
                 IS DISTINCT FROM (a.amount, a.applicant_id, a.project_title)
               ORDER BY c.id LIMIT 1""",
        ),
        agrees_with_act(
            Contract,
            """t.content_sha256 = r.public_data->>'content_sha256'
               AND t.amount + t.lowered = (r.public_data->>'amount')::numeric""",
            "prepare_contract",
        ),
        agrees_with_act(
            Contract,
            "t.starts_on = coalesce((r.public_data->>'starts_on')::date, t.starts_on) AND t.signed_at = r.at",
            "countersign_contract",
            "countersign_on_paper",
        ),
        agrees_with_act(
            Contract, "t.content_sha256 = r.public_data->>'content_sha256' AND t.remark <> ''", "take_back_contract"
        ),
        _contents,
        _accounts,
        *_recorded(),
        sql_check(
            "contracts_contract {0}: in force, but signed by {1} of the two sides",
            """SELECT c.id, count(DISTINCT s.side) FROM contracts_contract c
               LEFT JOIN (
                 SELECT object_id, side, content_sha256 FROM documents_signature WHERE object_kind = 'contract'
                 UNION ALL
                 SELECT contract_id, side, content_sha256 FROM contracts_inksignature WHERE state = 'checked'
               ) s ON s.object_id = c.id AND s.content_sha256 = c.content_sha256
                 AND s.side IN ('customer', 'executor')
               WHERE c.state IN ('in_force', 'terminating', 'terminated', 'closed') AND c.recorded_at IS NULL
               GROUP BY c.id HAVING count(DISTINCT s.side) < 2 ORDER BY c.id LIMIT 1""",
        ),
        sql_check(
            "contracts_contract {0}: {1}, over {2}, but {3} is committed",
            """SELECT c.id, c.state, c.amount + c.lowered, coalesce(sum(e.amount), 0) FROM contracts_contract c
               LEFT JOIN treasury_posting p ON p.source_kind = 'contract' AND p.source_id = c.id AND p.verb = 'commit'
               LEFT JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
               GROUP BY c.id, c.state, c.amount, c.lowered
               HAVING coalesce(sum(e.amount), 0)
                 <> CASE WHEN c.state IN ('prepared', 'half_signed', 'not_signed', 'taken_back', 'void', 'entered',
                   'discarded')
                   THEN 0 ELSE c.amount + c.lowered END
               ORDER BY c.id LIMIT 1""",
        ),
        sql_check(
            "contracts_contract {0}: {1}, though the protocol of its award ({2}) is superseded",
            """SELECT c.id, c.state, a.protocol_id FROM contracts_contract c JOIN review_award a ON a.id = c.award_id
               JOIN review_protocol p ON p.id = a.protocol_id
               WHERE p.state = 'superseded' AND c.state NOT IN ('void', 'taken_back') ORDER BY c.id LIMIT 1""",
        ),
        sql_check(
            "treasury_paymentorder {0}: it is over {1}, its tranche ({2}) over {3}",
            """SELECT o.id, o.amount, t.id, t.amount FROM treasury_paymentorder o
               JOIN contracts_tranche t ON t.id = o.source_id JOIN contracts_contract c ON c.id = t.contract_id
               WHERE o.source_kind = 'tranche' AND (
                 (o.owner_id, o.payee_id, o.organisation_id) IS DISTINCT FROM (c.id, c.executor_id, c.customer_id)
                 OR o.amount NOT IN (
                   SELECT t.amount UNION SELECT k.leaves FROM contracts_tranchecut k WHERE k.tranche_id = t.id))
               ORDER BY o.id LIMIT 1""",
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


def _recorded() -> list[Check]:
    """A contract recorded afterwards is what was entered, was compared by a second person, and obeys the rules of its
    entry."""
    return [
        agrees_with_act(
            Contract,
            """t.content_sha256 = r.public_data->>'content_sha256' AND t.paper_number = r.public_data->>'number'
               AND t.amount + t.lowered = (r.public_data->>'amount')::numeric AND t.recorded_at = r.at
               AND (t.signed_at AT TIME ZONE 'Asia/Bishkek')::date = r.acted_on""",
            "enter_existing",
        ),
        agrees_with_act(
            Original,
            """t.entered_by_id = r.person_id AND t.contract_id = r.object_id AND t.edition = r.edition
               AND encode(sha256(t.settlement_bytes), 'hex') = r.public_data->>'rules'
               AND (SELECT m.ref FROM planning_measure m WHERE m.id = t.measure_id) = r.public_data->>'measure'
               AND (SELECT f.sha256 FROM documents_file f WHERE f.id = t.scan_id) = r.public_data->>'scan'""",
        ),
        sql_check(
            "contracts_contract {0}: recorded afterwards, but its paper is not on record or nobody else compared it",
            """SELECT c.id FROM contracts_contract c LEFT JOIN contracts_original o ON o.contract_id = c.id
               WHERE c.recorded_at IS NOT NULL AND (o.id IS NULL OR (
                 c.state NOT IN ('entered', 'discarded') AND NOT EXISTS (
                   SELECT 1 FROM journal_record r WHERE r.object_kind = 'contract' AND r.object_id = c.id
                     AND r.verb = 'confirm_existing' AND r.person_id <> o.entered_by_id)))
               ORDER BY c.id LIMIT 1""",
        ),
    ]


def _accounts() -> Iterator[str]:
    """Every payment goes to an account of the kind its contract asks for. An account named before the kind was asked
    for says nothing."""
    orders = PaymentOrder.objects.filter(source_kind="tranche", account__isnull=False).exclude(account__kind="")
    rules: dict[int, Settlement] = {}
    for order in orders.select_related("account").order_by("id").iterator(chunk_size=200):
        if order.owner_id not in rules:
            contract = Contract.objects.get(pk=order.owner_id)
            if contract.award_id and not Award.objects.filter(pk=contract.award_id).exists():
                continue  # told by another check
            rules[order.owner_id] = settlement_of(contract)
        kind = order.account.kind if order.account else ""
        if fault := account_fault(kind, rules[order.owner_id]):
            yield f"treasury_paymentorder {order.pk}: it goes to an account of the kind {kind} ({fault.code})"
            return


def _contents() -> Iterator[str]:
    """The bytes that were signed, and the columns and tranches that were read from them."""
    rows = Contract.objects.prefetch_related("tranches__cuts", "amendments").order_by("id")
    for contract in rows.iterator(chunk_size=50):
        if sha256(bytes(contract.content)).hexdigest() != contract.content_sha256:
            yield f"contracts_contract {contract.pk}: its content does not match its hash"
            return
        content = json.loads(bytes(contract.content))
        tranches = sorted(contract.tranches.all(), key=lambda t: t.number)
        if content["tranches"] != [_schedule_row(t) for t in tranches]:
            yield f"contracts_tranche {tranches[0].pk if tranches else 0}: not the schedule that was signed"
            return
        if term := term_of(content):
            days = signed_days(contract) if contract.signed_at else []
            told = term.days(max(days)) if days else (contract.starts_on, contract.ends_on)
            content["starts_on"], content["ends_on"] = (str(day) for day in told)
        columns = (contract.title, Money(contract.amount + contract.lowered), contract.starts_on, contract.ends_on)
        signed = [one for one in contract.amendments.all() if one.state == "in_force"]
        if signed:
            content["ends_on"] = max(signed, key=lambda one: one.number).after["ends_on"]
        if [content[k] for k in ("title", "amount", "starts_on", "ends_on")] != [str(c) for c in columns]:
            yield f"contracts_contract {contract.pk}: it is not what was signed"
            return
        if fault := _lowered(contract, tranches, signed):
            yield fault
            return


def _lowered(contract: Contract, tranches: list[Tranche], signed: list[Amendment]) -> str:
    """What amendments left of the amount and of the tranches."""
    lowering = sorted((one for one in signed if one.lowered), key=lambda one: one.number)
    if contract.lowered != sum((one.lowered for one in lowering), Decimal(0)):
        return f"contracts_contract {contract.pk}: lowered by {contract.lowered}, which no amendment says"
    now = [[one.number, str(one.agreed)] for one in tranches if one.agreed]
    if lowering and [str(contract.amount), now] != [lowering[-1].after[name] for name in ("amount", "tranches")]:
        return f"contracts_contract {contract.pk}: its tranches are not those of its last amendment"
    return ""


def _schedule_row(tranche: Tranche) -> list[str]:
    row = [str(Money(tranche.amount)), tranche.condition]
    return [*row, tranche.milestone] if tranche.milestone else row


def _widened() -> list[Check]:
    """Items, plans, amendments, letters, things, returns and paper are what their acts said, and agree in sum."""
    return [
        _plans,
        _amendments,
        sql_check(
            "contracts_amendment {0}: it lowers the amount by {1}, but {2} was set free",
            """SELECT m.id, m.lowered, coalesce(sum(e.amount), 0) FROM contracts_amendment m
               LEFT JOIN journal_record r ON r.cause_id = m.act_id AND r.verb = 'amend_contract'
               LEFT JOIN treasury_posting p ON p.act_id = r.id AND p.verb = 'uncommit'
               LEFT JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
               WHERE m.state = 'in_force' AND m.lowered > 0
               GROUP BY m.id, m.lowered HAVING m.lowered <> coalesce(sum(e.amount), 0) ORDER BY m.id LIMIT 1""",
        ),
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
        sql_check(
            "contracts_contract {0}: {2} is accepted on line {1}, for which {3} is planned",
            """SELECT e.contract_id, e.line, sum(e.accepted), coalesce((p.lines->(e.line - 1)->>1)::numeric, 0)
               FROM contracts_expense e JOIN LATERAL (
                 SELECT lines FROM contracts_plan n WHERE n.contract_id = e.contract_id
                 ORDER BY version DESC LIMIT 1) p ON true
               WHERE e.state = 'accepted' GROUP BY e.contract_id, e.line, p.lines
               HAVING sum(e.accepted) > coalesce((p.lines->(e.line - 1)->>1)::numeric, 0)
               ORDER BY e.contract_id, e.line LIMIT 1""",
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
            "t.amount = (r.public_data->>'amount')::numeric",
            "demand_return",
            "lower_demand",
            "settle_demand",
        ),
        agrees_with_act(Return, "t.due_on = (r.public_data->>'due_on')::date", "demand_return", "lower_demand"),
        agrees_with_act(Return, "t.reason = r.public_data->>'reason'", "demand_return"),
        agrees_with_act(
            Return,
            "t.penalty = coalesce((r.public_data->>'penalty')::numeric, 0)",
            "return_money",
            "return_part",
            "settle_demand",
            "reverse_repayment",
            "reverse_all_repaid",
        ),
        agrees_with_act(
            Return,
            """(r.verb = 'reverse_penalty' AND t.penalty_paid_on IS NULL AND t.penalty_document = '')
               OR (t.penalty = (r.public_data->>'amount')::numeric AND t.penalty_document = r.public_data->>'number'
                   AND t.penalty_paid_on = (r.public_data->>'on')::date)""",
            "pay_penalty",
            "reverse_penalty",
        ),
        agrees_with_act(
            DemandChange,
            """t.demand_id = r.object_id AND CASE t.kind WHEN 'reversed' THEN t.before - t.after ELSE t.before END
               = CASE WHEN t.kind IN ('lowered', 'withdrawn') THEN (r.public_data->>'was')::numeric
                 ELSE (r.public_data->>'amount')::numeric END""",
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
                 AND NOT EXISTS (SELECT 1 FROM contracts_demandchange d WHERE d.repayment_id = p.id)
               LEFT JOIN LATERAL (
                 SELECT sum(e.amount) AS booked FROM treasury_posting o
                 JOIN treasury_entry e ON e.posting_id = o.id AND e.amount > 0
                 WHERE o.source_kind = 'repayment' AND o.source_id = p.id AND o.reverses_id IS NULL
                   AND NOT EXISTS (SELECT 1 FROM treasury_posting x WHERE x.reverses_id = o.id)) b ON true
               GROUP BY t.id, t.settled
               HAVING t.settled <> coalesce(sum(p.amount), 0) OR t.settled <> coalesce(sum(b.booked), 0)
               ORDER BY t.id LIMIT 1""",
        ),
        sql_check(
            "contracts_repayment {0}: it was reversed, but its booking ({1}) stands",
            """SELECT d.repayment_id, o.id FROM contracts_demandchange d
               JOIN treasury_posting o ON o.source_kind = 'repayment' AND o.source_id = d.repayment_id
               WHERE o.reverses_id IS NULL AND NOT EXISTS (
                 SELECT 1 FROM treasury_posting x WHERE x.reverses_id = o.id) ORDER BY d.id LIMIT 1""",
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
    rows = Plan.objects.select_related("contract").prefetch_related("contract__amendments").order_by("id")
    for row in rows.iterator(chunk_size=100):
        total = sum((Decimal(amount) for _, amount in row.lines), Decimal(0))
        if digest({"lines": row.lines, "indicators": row.indicators}) != row.content_sha256:
            yield f"contracts_plan {row.pk}: its lines do not match their hash"
            return
        amount = row.contract.amount + _lowered_after(row)
        if row.lines and total != amount:
            yield f"contracts_plan {row.pk}: its lines sum to {total}, the contract is over {amount}"
            return
        signed = json.loads(bytes(row.contract.content))
        if row.version == 1 and [signed.get("lines"), signed.get("indicators")] != [row.lines, row.indicators]:
            yield f"contracts_plan {row.pk}: not the budget that was signed"
            return


def _lowered_after(plan: Plan) -> Decimal:
    """By how much amendments lowered the contract after this version of its plan, in som."""
    later = [one for one in plan.contract.amendments.all() if one.state == "in_force" and one.act_id > plan.act_id]
    return sum((one.lowered for one in later), Decimal(0))


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
        amounts = [Decimal(told[name].get("amount", 0)) for name in ("before", "after")]
        if row.lowered != amounts[0] - amounts[1]:
            yield f"contracts_amendment {row.pk}: it does not lower the amount by {row.lowered}"
            return
        signed = {one.side for one in signatures("amendment", row.pk, row.content_sha256)} | set(amendment_ink(row))
        if row.state == "in_force" and signed != {"customer", "executor"}:
            yield f"contracts_amendment {row.pk}: in force without both signatures"
            return
