"""Contracts signed before the system: copied from the paper by one person, compared with it by another."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from jardam.contests.operations import FORM
from jardam.documents import operations as documents
from jardam.journal.operations import lock, perform
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import HASH_V, canonical, digest
from jardam.kernel.money import Money
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day, instant_of
from jardam.parties.models import Organisation
from jardam.planning.models import Measure
from jardam.regime import operations as regime
from jardam.treasury import operations as treasury
from jardam.treasury.operations import Owner

from ..models import Contract, Original
from ..policy import CONTRACT, measure_of
from ..rules import AFTER_SIGNING, Line, PaperTerms, paper_faults
from .contract import bind
from .shared import owner_of, plain_lines, plain_schedule, write_plan, write_tranches


def enter_existing(
    *,
    actor: Actor,
    customer: Organisation,
    executor: Organisation | None,
    measure: Measure,
    terms: PaperTerms,
    content: bytes,
    name: str,
) -> Contract:
    """Copy a contract from the paper both sides signed before the system; *content* and *name* are of its scan. It is
    marked as recorded afterwards for ever, and binds nothing before another person has compared it
    (`confirm_existing`). Of the rules it needs those for what comes after the signature (H-62). decisions.md §3.9.

    Refuses `rule_unknown`, `executor_not_verified`, `executor_is_customer`, `measure_of_another_customer`,
    `day_in_future`, `contract_ends_before_start`, `paper_tranches_differ`, `plan_total_differs`,
    `contract_paper_twice`."""
    faults = paper_faults(
        terms,
        actor.at,
        executor_state=executor.state if executor else "",
        same_party=executor == customer,
        own_measure=measure.programme.customer_id == customer.pk,
    )
    refuse_if_any(faults)
    assert executor is not None
    signed_at = instant_of(terms.signed_on)
    settlement = regime.settle(customer=customer, form=FORM, at=signed_at, needed=AFTER_SIGNING)
    lines = terms.lines or (Line(terms.title, terms.amount),)
    plain = _plain(customer, executor, measure, terms, lines)
    contract = Contract(
        customer=customer,
        executor=executor,
        title=terms.title,
        amount=terms.amount,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        content=canonical(plain),
        content_sha256=digest(plain),
        hash_v=HASH_V,
        signed_at=signed_at,
        recorded_at=actor.at,
        paper_number=terms.number,
    )
    original = Original(
        contract=contract,
        measure=measure,
        customer_signatory=terms.customer_signatory,
        executor_signatory=terms.executor_signatory,
        scan=documents.receive(content, name=name, actor=actor),
        entered_by_id=actor.person_id or 0,
        edition=settlement.edition,
        settlement_bytes=settlement.as_canonical(),
    )
    public = {
        "number": terms.number,
        "amount": terms.amount,
        "content_sha256": contract.content_sha256,
        "measure": measure.ref,
        "scan": original.scan.sha256,
        "rules": settlement.sha256,
    }
    record = perform(
        CONTRACT,
        contract,
        "enter_existing",
        actor=actor,
        public=public,
        edition=settlement.edition,
        acted_on=terms.signed_on,
    )
    original.act_id = record.pk
    original.save(force_insert=True)
    write_tranches(contract, terms.shares, record)
    write_plan(contract, 1, "contract", lines, [], Decimal(0), record)
    return contract


def _plain(
    customer: Organisation, executor: Organisation, measure: Measure, terms: PaperTerms, lines: tuple[Line, ...]
) -> dict[str, Any]:
    """What the paper says, as the bytes the second person confirms."""
    return {
        "schema": "jardam-contract-recorded/1",
        "form": FORM,
        "number": terms.number,
        "signed_on": terms.signed_on,
        "measure": measure.ref,
        "customer": customer.ref,
        "executor": executor.ref,
        "title": terms.title,
        "amount": Money(terms.amount),
        "starts_on": terms.starts_on,
        "ends_on": terms.ends_on,
        "tranches": plain_schedule(terms.shares),
        "lines": plain_lines(lines),
        "indicators": [],
    }


def confirm_existing(*, actor: Actor, contract: Contract) -> Contract:
    """Another person has compared everything with the paper: the contract is in force here, has its number, and binds
    money of the measure as if it were signed now. Refuses `same_eyes`, `not_enough_money`, `no_such_money`,
    `year_closed`, `shortfall_open`."""
    (contract,) = lock(contract)
    signed_on = bishkek_day(contract.signed_at) if contract.signed_at else None
    record = perform(
        CONTRACT,
        contract,
        "confirm_existing",
        actor=actor,
        public={"amount": contract.amount, "content_sha256": contract.content_sha256},
        acted_on=signed_on,
    )
    measure = Owner("measure", measure_of(contract).pk)
    treasury.reserve(measure=measure, lot=owner_of(contract), amount=contract.amount, act=record)
    bind(contract, actor, record)
    return contract


def discard_existing(*, actor: Actor, contract: Contract) -> Contract:
    """It was copied wrongly: it counts for nothing and is entered anew."""
    (contract,) = lock(contract)
    perform(CONTRACT, contract, "discard_existing", actor=actor)
    return contract
