"""Contracts, their tranches and reports, and what waits for a party."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from jardam.contests.models import Contest
from jardam.documents.models import Signature
from jardam.journal.procedure import actions, may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal
from jardam.parties.queries import ids_of
from jardam.review.models import Appeal, Award
from jardam.review.rules import OPEN_APPEAL
from jardam.treasury import queries as treasury
from jardam.treasury.models import PaymentOrder
from jardam.treasury.rules import GONE

from ..models import Acceptance, Contract, InkSignature, Original, Report, Tranche
from ..policy import (
    CONTRACT,
    REPORT,
    Course,
    contract_facts,
    settlement_of,
    signing_from,
    visible_contracts,
    visible_reports,
)
from ..rules import APPEAL_OPEN, Term, reported_first, term_of, tranche_rule


def contract(ref: str, actor: Actor) -> Contract:
    """Raises Contract.DoesNotExist for one this actor does not see."""
    rows = visible_contracts(actor).select_related(
        "customer",
        "executor",
        "award__protocol__proceeding__commission__contest",
        "award__candidacy__proceeding",
        "original__measure",
    )
    return rows.get(ref=ref)


def contest_of(contract: Contract) -> Contest | None:
    """The contest it came of; none when it was recorded afterwards."""
    return contract.award.protocol.proceeding.commission.contest if contract.award else None


def waits_until(contract: Contract) -> datetime | None:
    """The moment from which an unsigned contract may be signed; None when nothing is waited for."""
    return signing_from(contract) if contract.state in ("prepared", "half_signed") else None


def original(contract: Contract) -> Original | None:
    """The paper it was recorded from afterwards, if it was."""
    found = Original.objects.filter(contract=contract) if contract.recorded_at else Original.objects.none()
    return found.select_related("scan", "measure__programme").first()


def recorded_waiting(customer_id: int, person_id: int | None, limit: int = 50) -> list[Contract]:
    """Copied from paper by others than this person, not compared yet; oldest first."""
    rows = Contract.objects.filter(customer_id=customer_id, state="entered").exclude(
        original__entered_by_id=person_id or 0
    )
    return list(rows.defer("content").order_by("id")[:limit])


def contracts(
    actor: Actor,
    *,
    customer_id: int | Iterable[int] | None = None,
    executor_id: int | Iterable[int] | None = None,
    programme_id: int | None = None,
    before: int = 0,
    limit: int = 30,
) -> list[Contract]:
    """A page of contracts, newest first; the next begins before the last id."""
    rows = visible_contracts(actor).select_related("customer", "executor").defer("content")
    if customer_id is not None:
        rows = rows.filter(customer_id__in=ids_of(customer_id))
    if programme_id is not None:
        rows = rows.filter(award__candidacy__proceeding__lot__contest__programme_id=programme_id)
    if executor_id is not None:
        rows = rows.filter(executor_id__in=ids_of(executor_id))
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def settled(path: str = "") -> tuple[str, str]:
    """What is read with a contract so that `settlement_of` asks for nothing more."""
    return f"{path}award__protocol__proceeding__commission__contest", f"{path}original"


def contracts_of_awards(award_ids: Iterable[int]) -> dict[int, Contract]:
    """By the award's id; without those that were taken back."""
    rows = Contract.objects.filter(award_id__in=list(award_ids)).exclude(state="taken_back")
    rows = rows.select_related("executor").defer("content")
    return {row.award_id: row for row in rows if row.award_id}


def earlier_texts(contract: Contract) -> list[Contract]:
    """Those of the same award that were taken back before this one, newest first; for its two parties."""
    rows = Contract.objects.filter(award=contract.award, state="taken_back", pk__lt=contract.pk)
    return list(rows.defer("content").order_by("-id"))


def term_to_come(contract: Contract) -> Term | None:
    """What the text says of its days while nothing has settled them; None once they are settled."""
    return term_of(json.loads(bytes(contract.content))) if contract.signed_at is None else None


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
    """In order; four queries."""
    return tranches_of([contract.pk])[contract.pk]


def tranches_of(contract_ids: Iterable[int]) -> dict[int, list[TrancheRow]]:
    """The tranches of many contracts, each in order, but for those an amendment gave up; four queries whatever their
    number."""
    found: dict[int, list[TrancheRow]] = {pk: [] for pk in contract_ids}
    standing = Tranche.objects.filter(contract_id__in=found).exclude(cuts__leaves=0).prefetch_related("cuts")
    rows = list(standing.order_by("contract_id", "number"))
    payments = treasury.payments_of_sources("tranche", [row.pk for row in rows])
    reports = Report.objects.filter(contract_id__in=found).select_related("acceptance")
    by_tranche = {report.tranche_id: report for report in reports}
    for row in rows:
        found[row.contract_id].append(TrancheRow(row, payments.get(row.pk), by_tranche.get(row.pk)))
    return found


def contract_actions(contract: Contract, actor: Actor, rows: Sequence[TrancheRow] | None = None) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show. *Rows*: its tranches, where they are read already."""
    if rows is None:
        return actions(CONTRACT, contract, actor)
    course = Course(
        [row.tranche for row in rows],
        {row.tranche.pk: row.payment for row in rows if row.payment},
        {row.tranche.pk: row.report for row in rows if row.report},
    )
    return actions(replace(CONTRACT, facts=partial(contract_facts, course=course)), contract, actor)


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
    standing = Contract.objects.filter(award_id=OuterRef("pk")).exclude(state="taken_back")
    rows = rows.exclude(Exists(standing)).select_related("applicant")
    return list(rows.order_by("id")[:limit])


def contracts_to_sign(organisation_id: int, limit: int = 50) -> list[tuple[Contract, datetime | None]]:
    """Contracts that miss this party's signature, each with the moment from which it may be given; oldest first."""
    as_customer = Q(~_signed("customer"), customer_id=organisation_id)
    as_executor = Q(~_signed("executor"), executor_id=organisation_id)
    rows = [row for row in unsigned().filter(as_customer | as_executor) if not is_hindered(row)]
    return [(row, waits_until(row)) for row in rows[:limit]]


def unsigned() -> QuerySet[Any]:
    """Prepared contracts with their rules, and whether an appeal against their protocol waits or was upheld; oldest
    first."""
    of = Appeal.objects.filter(protocol=OuterRef("award__protocol"))
    rows = Contract.objects.filter(state__in=["prepared", "half_signed"])
    rows = rows.annotate(appealed=Exists(of.filter(state__in=OPEN_APPEAL)), upheld=Exists(of.filter(state="upheld")))
    rows = rows.select_related("award__protocol__proceeding__commission__contest")
    return rows.defer("content", "award__protocol__content").order_by("id")


def is_hindered(contract: Any) -> bool:
    """Whether signing waits for an appeal (`review.appeals_hindering`) or the review stands still; the page of the
    contract says so."""
    suspended = contract.appealed and settlement_of(contract).flag("appeal.suspensive")
    return bool(contract.upheld or suspended or contract.award.protocol.proceeding.stopped_at)


def _signed(side: str) -> Q:
    over = {"object_id": OuterRef("pk"), "content_sha256": OuterRef("content_sha256")}
    platform = Exists(Signature.objects.filter(object_kind="contract", side=side, **over))
    ink = Exists(InkSignature.objects.filter(contract_id=OuterRef("pk"), side=side, state="checked"))
    return Q(platform) | Q(ink)


def tranches_to_order(customer_id: int, limit: int = 50) -> list[Tranche]:
    """Of each contract in force the next tranche that is not ordered, if `con.tranche_rule` lets it be ordered now;
    oldest first."""
    orders = PaymentOrder.objects.filter(source_kind="tranche", source_id=OuterRef("pk")).exclude(state__in=GONE)
    accepted = Report.objects.filter(state="accepted", contract_id=OuterRef("contract_id"))
    acts = Acceptance.objects.filter(report__contract_id=OuterRef("contract_id"))
    rows = Tranche.objects.filter(contract__customer_id=customer_id, contract__state="in_force")
    rows = (
        rows.exclude(Exists(orders))
        .exclude(cuts__leaves=0)
        .annotate(
            own=Exists(accepted.filter(tranche_id=OuterRef("pk"))),
            before=Exists(accepted.filter(tranche__number=OuterRef("number") - 1)),
            own_on=Subquery(acts.filter(report__tranche_id=OuterRef("pk")).values("accepted_on")[:1]),
            before_on=Subquery(acts.filter(report__tranche__number=OuterRef("number") - 1).values("accepted_on")[:1]),
        )
    )
    rows = rows.select_related("contract__executor", *settled("contract__"))
    rows = rows.defer("contract__content", "contract__award__protocol__content").prefetch_related("cuts")
    following: dict[int, Any] = {}
    for row in rows.order_by("number", "id"):
        following.setdefault(row.contract_id, row)
    return sorted((row for row in following.values() if _may_be_ordered(row)), key=lambda row: row.pk)[:limit]


def _report_needed(tranche: Any) -> int | None:
    """The number of the tranche whose report comes first; None where none does."""
    rule, _ = tranche_rule(settlement_of(tranche))
    schedule = list(range(1, tranche.number + 1))
    return reported_first(rule, schedule, tranche.number, tranche.condition == "advance")


def _may_be_ordered(tranche: Any) -> bool:
    needed = _report_needed(tranche)
    return bool(needed is None or (tranche.own if needed == tranche.number else tranche.before))


def to_order_since(tranche: Any) -> date | datetime | None:
    """Since when a tranche of `tranches_to_order` could be ordered: its report is accepted, or nothing is waited for
    and the contract is in force. None for what a schedule lets go later: it names no day here."""
    if (needed := _report_needed(tranche)) is None:
        return tranche.contract.signed_at if tranche.number == 1 else None
    return tranche.own_on if needed == tranche.number else tranche.before_on


def report_refusals(report: Report, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(REPORT, report, verb, actor)


def report(ref: str, actor: Actor) -> Report:
    rows = visible_reports(actor).select_related("contract__customer", "contract__executor", "tranche", "acceptance")
    return rows.get(ref=ref)


def reports_waiting(customer_id: int, limit: int = 50) -> list[Report]:
    """Submitted reports the customer has to look at, oldest first."""
    rows = Report.objects.filter(contract__customer_id=customer_id, state="submitted")
    rows = rows.select_related(*settled("contract__"), "tranche")
    rows = rows.defer("contract__content", "contract__award__protocol__content")
    return list(rows.order_by("id")[:limit])
