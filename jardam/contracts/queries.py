"""Named reads of contracts, tranches and reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.db.models import F

from jardam.journal.procedure import actions
from jardam.kernel.actor import Actor
from jardam.treasury import queries as treasury
from jardam.treasury.models import PaymentOrder

from .models import Contract, Report, Tranche
from .policy import CONTRACT, REPORT, visible_contracts, visible_reports


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
    actor: Actor, *, customer_id: int | None = None, executor_id: int | None = None, before: int = 0, limit: int = 30
) -> list[Contract]:
    """A page of contracts, newest first; the next begins before the last id."""
    rows = visible_contracts(actor).select_related("customer", "executor").defer("content")
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if executor_id is not None:
        rows = rows.filter(executor_id=executor_id)
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
    rows = list(contract.tranches.order_by("number"))
    payments = treasury.payments_of_sources("tranche", [row.pk for row in rows])
    reports = {r.tranche_id: r for r in Report.objects.filter(contract=contract).select_related("acceptance")}
    return [TrancheRow(row, payments.get(row.pk), reports.get(row.pk)) for row in rows]


def contract_actions(contract: Contract, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show."""
    return actions(CONTRACT, contract, actor)


def report_actions(report: Report, actor: Actor) -> tuple[str, ...]:
    return actions(REPORT, report, actor)


def report(ref: str, actor: Actor) -> Report:
    rows = visible_reports(actor).select_related("contract__customer", "contract__executor", "tranche")
    return rows.get(ref=ref)


def reports_waiting(customer_id: int, limit: int = 50) -> list[Report]:
    """Submitted reports the customer has to look at, oldest first."""
    rows = Report.objects.filter(contract__customer_id=customer_id, state="submitted")
    return list(rows.select_related("contract", "tranche").order_by("id")[:limit])


def faults() -> Iterator[str]:
    """Contracts that differ from their award, or from what was signed."""
    different = (
        Contract.objects.exclude(amount=F("award__amount"))
        | Contract.objects.exclude(executor_id=F("award__applicant_id"))
        | Contract.objects.exclude(title=F("award__project_title"))
    )
    if row := different.order_by("id").first():
        yield f"contracts_contract {row.pk}: it differs from the award of its protocol"
    for contract in Contract.objects.order_by("id").iterator():
        if sha256(bytes(contract.content)).hexdigest() != contract.content_sha256:
            yield f"contracts_contract {contract.pk}: its content does not match its hash"
            break
