"""Named reads of contracts, tranches and reports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import Exists, OuterRef, Q

from jardam.documents.models import Signature
from jardam.journal.procedure import actions, may
from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.actor import Actor
from jardam.kernel.money import Money
from jardam.kernel.refusal import Refusal
from jardam.parties.queries import ids_of
from jardam.review.models import Appeal, Award
from jardam.review.rules import OPEN_APPEAL
from jardam.treasury import queries as treasury
from jardam.treasury.models import PaymentOrder

from .models import Acceptance, Contract, Report, Tranche
from .policy import CONTRACT, REPORT, visible_contracts, visible_reports
from .rules import APPEAL_OPEN


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
        """planned | prepared | approved | executed | refused: the payment's state, or `planned` without one."""
        return self.payment.state if self.payment else "planned"


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
    rows = Contract.objects.filter(as_customer | as_executor, state__in=["prepared", "half_signed"])
    waits = Appeal.objects.filter(
        protocol=OuterRef("award__protocol"), state__in=[*OPEN_APPEAL, "upheld"]
    )  # the page of the contract says so
    rows = rows.exclude(Exists(waits))
    rows = rows.select_related("award__protocol").defer("content", "award__protocol__content")
    return [(row, row.award.protocol.signing_from) for row in rows.order_by("id")[:limit]]


def _signed(side: str) -> Exists:
    over = {"object_id": OuterRef("pk"), "content_sha256": OuterRef("content_sha256")}
    return Exists(Signature.objects.filter(object_kind="contract", side=side, **over))


def tranches_to_order(customer_id: int, limit: int = 50) -> list[Tranche]:
    """Tranches of contracts in force that are neither ordered nor wait for a report (H-06), oldest first."""
    orders = PaymentOrder.objects.filter(source_kind="tranche", source_id=OuterRef("pk")).exclude(state="refused")
    accepted = Report.objects.filter(
        contract_id=OuterRef("contract_id"), tranche__number=OuterRef("number") - 1, state="accepted"
    )
    rows = Tranche.objects.filter(contract__customer_id=customer_id, contract__state="in_force")
    rows = rows.exclude(Exists(orders)).filter(Q(number=1) | Exists(accepted)).select_related("contract__executor")
    return list(rows.defer("contract__content").order_by("id")[:limit])


def reports_of_executor(executor_id: int, limit: int = 50) -> tuple[list[Tranche], list[Report]]:
    """Paid tranches without a report, and reports that came back with remarks; oldest first."""
    paid = PaymentOrder.objects.filter(source_kind="tranche", source_id=OuterRef("pk"), state="executed")
    due = Tranche.objects.filter(Exists(paid), contract__executor_id=executor_id, report=None)
    back = Report.objects.filter(contract__executor_id=executor_id, state="returned")
    return (
        list(due.select_related("contract").defer("contract__content").order_by("id")[:limit]),
        list(back.select_related("contract").defer("contract__content").order_by("id")[:limit]),
    )


def report_refusals(report: Report, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(REPORT, report, verb, actor)


def report(ref: str, actor: Actor) -> Report:
    rows = visible_reports(actor).select_related("contract__customer", "contract__executor", "tranche")
    return rows.get(ref=ref)


def reports_waiting(customer_id: int, limit: int = 50) -> list[Report]:
    """Submitted reports the customer has to look at, oldest first."""
    rows = Report.objects.filter(contract__customer_id=customer_id, state="submitted")
    rows = rows.select_related("contract__award__protocol__proceeding__commission__contest", "tranche")
    rows = rows.defer("contract__content", "contract__award__protocol__content")
    return list(rows.order_by("id")[:limit])


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
               LEFT JOIN documents_signature s ON s.object_kind = 'contract' AND s.object_id = c.id
                 AND s.content_sha256 = c.content_sha256 AND s.side IN ('customer', 'executor')
               WHERE c.state = 'in_force' GROUP BY c.id HAVING count(DISTINCT s.side) < 2 ORDER BY c.id LIMIT 1""",
        ),
        sql_check(
            "contracts_contract {0}: {1}, over {2}, but {3} is committed",
            """SELECT c.id, c.state, c.amount, coalesce(sum(e.amount), 0) FROM contracts_contract c
               LEFT JOIN treasury_posting p ON p.source_kind = 'contract' AND p.source_id = c.id AND p.verb = 'commit'
               LEFT JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
               GROUP BY c.id, c.state, c.amount
               HAVING coalesce(sum(e.amount), 0) <> CASE WHEN c.state = 'in_force' THEN c.amount ELSE 0 END
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
    for contract in Contract.objects.prefetch_related("tranches").order_by("id").iterator(chunk_size=50):
        if sha256(bytes(contract.content)).hexdigest() != contract.content_sha256:
            yield f"contracts_contract {contract.pk}: its content does not match its hash"
            return
        content = json.loads(bytes(contract.content))
        tranches = sorted(contract.tranches.all(), key=lambda t: t.number)
        if content["tranches"] != [[str(Money(t.amount)), t.condition] for t in tranches]:
            yield f"contracts_tranche {tranches[0].pk if tranches else 0}: not the schedule that was signed"
            return
        columns = (contract.title, Money(contract.amount), contract.starts_on, contract.ends_on)
        if [content[k] for k in ("title", "amount", "starts_on", "ends_on")] != [str(c) for c in columns]:
            yield f"contracts_contract {contract.pk}: it is not what was signed"
            return
