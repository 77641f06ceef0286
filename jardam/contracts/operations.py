"""The verbs of contracts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from jardam.contests.operations import FORM
from jardam.documents import operations as documents
from jardam.documents.queries import signatures
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform, register_number
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import HASH_V, canonical, digest
from jardam.kernel.money import Money
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.review.models import Award
from jardam.rulebook.house import HOUSE
from jardam.treasury import operations as treasury
from jardam.treasury.models import PaymentOrder
from jardam.treasury.operations import Owner

from . import papers
from .models import Acceptance, Contract, Report, Tranche
from .policy import CONTRACT, REPORT, contract_facts, party_of
from .rules import SPENT_TOO_MUCH, Share, default_schedule, schedule_faults


def prepare_contract(*, actor: Actor, award: Award, shares: list[Share] | None = None) -> Contract:
    """Make the contract of an award: parties, title and amount are the protocol's and cannot be typed. *Shares*: the
    tranches in som; by default an advance as large as the rules allow and the rest after the accepted report.

    Refuses `schedule_differs`, `advance_too_large`. Rulebook: `con.advance_pct`.
    """
    contest = award.protocol.proceeding.commission.contest
    settlement = contest.settlement
    planned = shares or default_schedule(award.amount, settlement)
    refuse_if_any(schedule_faults(planned, award.amount, settlement))
    starts_on = bishkek_day(actor.at)
    ends_on = starts_on + timedelta(days=round(contest.months * 30.4375))
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
        "tranches": [[Money(share.amount), share.condition] for share in planned],
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
        Tranche(contract=contract, number=n, amount=share.amount, condition=share.condition, act_id=record.pk)
        for n, share in enumerate(planned, start=1)
    )
    return contract


def sign_contract(*, actor: Actor, contract: Contract) -> Contract:
    """Sign for one's side; the second side's signature puts the contract in force, commits the lot's money and gives
    the number. Refuses `signing_waits` (H-03), `your_side_signed`, `not_a_party`. Law: Law 70/2017, Art. 1(5)."""
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
        lot_id = contract.award.candidacy.proceeding.lot_id
        treasury.commit(
            lot=Owner("lot", lot_id), contract=Owner("contract", contract.pk), amount=contract.amount, act=record
        )
        customer = contract.customer
        contract.number = register_number(
            "K", customer.code or customer.ref, bishkek_day(actor.at).year, customer.jurisdiction
        )
        contract.save(update_fields=["number"])
        _issue_contract(contract, record, actor)
    return contract


def _issue_contract(contract: Contract, act: Record, actor: Actor) -> None:
    tranches = list(contract.tranches.order_by("number"))
    signed = signatures("contract", contract.pk, contract.content_sha256)
    documents.issue(
        kind="contract",
        number=contract.number or "",
        thing=contract,
        issuer=contract.customer.title,
        build=partial(papers.contract, contract, tranches, signed),
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


def submit_report(*, actor: Actor, contract: Contract, narrative: str, people_served: int, spent: Decimal) -> Report:
    """Report on the oldest paid tranche without a report. *Spent*: som. Refuses `nothing_to_report`,
    `spent_more_than_paid`."""
    (contract,) = lock(contract)
    number = contract_facts(contract, actor).unreported
    cause = perform(CONTRACT, contract, "report", actor=actor, public={"tranche": number})
    tranche = contract.tranches.get(number=number)
    _refuse_overspending(spent, tranche)
    report = Report(
        tranche=tranche,
        contract=contract,
        narrative=narrative,
        people_served=people_served,
        spent=spent,
        submitted_at=actor.at,
    )
    public = {"tranche": number, "people_served": people_served, "spent": spent}
    perform(REPORT, report, "submit_report", actor=actor, public=public, cause=cause)
    return report


def resubmit_report(*, actor: Actor, report: Report, narrative: str, people_served: int, spent: Decimal) -> Report:
    """The corrected report after remarks. *Spent*: som."""
    _, report = lock(report.contract, report)
    _refuse_overspending(spent, report.tranche)
    changes = {
        "narrative": narrative,
        "people_served": people_served,
        "spent": spent,
        "submitted_at": actor.at,
    }
    public = {"people_served": people_served, "spent": spent}
    perform(REPORT, report, "resubmit_report", actor=actor, public=public, changes=changes)
    return report


def _refuse_overspending(spent: Decimal, tranche: Tranche) -> None:
    if spent > tranche.amount:
        raise SPENT_TOO_MUCH.refuse(
            HOUSE["H-16"].basis, at_field="spent", spent=Money(spent), paid=Money(tranche.amount)
        )


def return_report(*, actor: Actor, report: Report, remark: str) -> Report:
    """Send a report back with a remark; the executor corrects and sends it again."""
    _, report = lock(report.contract, report)
    perform(REPORT, report, "return_report", actor=actor, changes={"remark": remark})
    return report


def accept_report(*, actor: Actor, report: Report) -> Acceptance:
    """Accept a report: the act of acceptance takes over services worth what was spent, and the ledger books it.
    Law: Law 70/2017, Art. 1(4): the customer controls the execution."""
    _, report = lock(report.contract, report)
    record = perform(REPORT, report, "accept_report", actor=actor, public={"accepted": report.spent})
    acceptance = Acceptance.objects.create(
        report=report, amount=report.spent, accepted_on=bishkek_day(actor.at), act_id=record.pk
    )
    if report.spent > 0:
        treasury.accept(
            contract=Owner("contract", report.contract_id),
            amount=report.spent,
            act=record,
            source=Owner("acceptance", acceptance.pk),
        )
    _issue_accepted(report, acceptance, record, actor)
    return acceptance


def _issue_accepted(report: Report, acceptance: Acceptance, act: Record, actor: Actor) -> None:
    """The report as it was accepted, and the act of acceptance."""
    customer = report.contract.customer
    facts = {"people_served": report.people_served, "spent": Money(report.spent)}
    for kind, series, build in (
        ("report", "R", partial(papers.report, report)),
        ("acceptance", "T", partial(papers.acceptance, acceptance, report, actor.name)),
    ):
        number = register_number(
            series, customer.code or customer.ref, bishkek_day(actor.at).year, customer.jurisdiction
        )
        documents.issue(
            kind=kind,
            number=number,
            thing=report,
            issuer=customer.title,
            build=build,
            facts=facts,
            act=act,
            actor=actor,
            public=False,
        )
