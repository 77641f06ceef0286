"""Who may do what with contracts, and what is visible."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from jardam.documents.queries import signatures
from jardam.journal.procedure import Procedure
from jardam.kernel.actor import SYSTEM, Actor
from jardam.kernel.permission import Rule, rules_of
from jardam.parties.rules import Role
from jardam.review import queries as review
from jardam.rulebook.house import HOUSE, LAW
from jardam.treasury import queries as treasury

from . import lifecycle
from .models import Contract, Report, Tranche
from .rules import ContractFacts


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    CONTRACT_COUNTERSIGN = "contract:countersign_contract"
    CONTRACT_ORDER_TRANCHE = "contract:order_tranche"
    CONTRACT_PREPARE = "contract:prepare_contract"
    CONTRACT_REPORT = "contract:report"
    CONTRACT_SIGN = "contract:sign_contract"
    CONTRACT_VOID = "contract:void_contract"
    REPORT_ACCEPT = "report:accept_report"
    REPORT_RESUBMIT = "report:resubmit_report"
    REPORT_RETURN = "report:return_report"
    REPORT_SUBMIT = "report:submit_report"


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
_WRITERS = (Role.APPLICANT_HEAD, Role.APPLICANT_EDITOR)
_LAW = LAW["contract_makes_executor"]
_REPORTS = HOUSE["H-06"].basis
_CONTROL = LAW["customer_controls"]

TABLE: dict[Permission, Rule] = {
    Permission.CONTRACT_COUNTERSIGN: Rule(_HEADS, _party, "the parties of the contract", _LAW),
    Permission.CONTRACT_ORDER_TRANCHE: Rule((Role.ACCOUNTANT,), _customer, "the customer", _REPORTS),
    Permission.CONTRACT_PREPARE: Rule(_DESK, _customer, "the customer", _LAW),
    Permission.CONTRACT_REPORT: Rule(_WRITERS, _executor, "the executor", _REPORTS),
    Permission.CONTRACT_SIGN: Rule(_HEADS, _party, "the parties of the contract", _LAW),
    Permission.CONTRACT_VOID: Rule((SYSTEM,), _customer, "the customer", HOUSE["H-37"].basis),
    Permission.REPORT_ACCEPT: Rule(_DESK, _customer, "the customer", _CONTROL),
    Permission.REPORT_RESUBMIT: Rule(_WRITERS, _executor, "the executor", _REPORTS),
    Permission.REPORT_RETURN: Rule(_DESK, _customer, "the customer", _CONTROL),
    Permission.REPORT_SUBMIT: Rule(_WRITERS, _executor, "the executor", _REPORTS),
}


def party_of(contract: Contract, actor: Actor) -> str:
    if _customer(actor, contract):
        return "customer"
    return "executor" if _executor(actor, contract) else ""


def contract_facts(contract: Contract, actor: Actor) -> ContractFacts:
    protocol = contract.award.protocol
    settlement = protocol.proceeding.commission.contest.settlement
    signed = tuple(s.side for s in signatures("contract", contract.pk, contract.content_sha256))
    tranches = list(contract.tranches.order_by("number"))
    payments = treasury.payments_of_sources("tranche", [t.pk for t in tranches])
    reports = {r.tranche_id: r.state for r in Report.objects.filter(contract=contract)}
    ordered = {pk for pk, payment in payments.items() if payment.state != "refused"}
    paid = {pk for pk, payment in payments.items() if payment.state == "executed"}
    waiting = [t for t in tranches if t.pk not in ordered]
    needed = _reported_first(tranches, waiting[0]) if waiting else None
    due = [t for t in tranches if t.pk in paid or _reported_first(tranches, t) == t]
    unreported = [t for t in due if t.pk not in reports]
    return ContractFacts(
        at=actor.at,
        signing_from=protocol.signing_from or actor.at,
        standstill=settlement.basis("appeal.standstill_term"),
        party=party_of(contract, actor),
        signed=signed,
        next_tranche=waiting[0].number if waiting else 0,
        waits_for=needed.number if needed and reports.get(needed.pk) != "accepted" else 0,
        unreported=unreported[0].number if unreported else 0,
        appeals=review.appeals_hindering(protocol.proceeding, settlement),
        suspensive=settlement.basis("appeal.suspensive"),
    )


def _reported_first(tranches: list[Tranche], tranche: Tranche) -> Tranche | None:
    """The tranche whose report must be accepted before this one is ordered: the one before it; of the first, where
    nothing is paid ahead, itself."""
    index = tranches.index(tranche)
    if index:
        return tranches[index - 1]
    return tranche if tranche.condition == "report" else None


CONTRACT = Procedure(lifecycle.CONTRACT, rules_of("contract", TABLE), contract_facts)
REPORT = Procedure(lifecycle.REPORT, rules_of("report", TABLE))


def visible_contracts(actor: Actor) -> QuerySet[Contract]:
    """In force they are public; before that to the two parties."""
    if not actor.organisation_id:
        return Contract.objects.filter(state="in_force")
    mine = Q(customer_id__in=actor.organisation_ids) | Q(executor_id__in=actor.organisation_ids)
    return Contract.objects.filter(Q(state="in_force") | mine)


def visible_reports(actor: Actor) -> QuerySet[Report]:
    """Accepted ones are public; the others to the two parties."""
    if not actor.organisation_id:
        return Report.objects.filter(state="accepted")
    mine = Q(contract__customer_id__in=actor.organisation_ids) | Q(contract__executor_id__in=actor.organisation_ids)
    return Report.objects.filter(Q(state="accepted") | mine)
