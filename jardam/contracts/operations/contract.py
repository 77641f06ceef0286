"""A contract is made of an award, signed by both sides, and binds the lot's money."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import partial

from jardam.contests import operations as contests
from jardam.contests.operations import FORM
from jardam.documents import operations as documents
from jardam.documents.queries import signatures
from jardam.journal.models import Record
from jardam.journal.operations import lock, lock_shared, perform
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import HASH_V, canonical, digest
from jardam.kernel.money import Money
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.review.models import Award
from jardam.rulebook.house import HOUSE
from jardam.treasury import operations as treasury

from .. import papers
from ..models import Contract
from ..policy import CONTRACT, ink_on, party_of, settlement_of, signed_days
from ..rules import (
    AWARD_DECLINED,
    AWARD_GONE,
    Line,
    Share,
    default_schedule,
    lines_for,
    never_begins,
    schedule_faults,
    start_faults,
    term_of,
    term_under,
)
from .shared import next_number, owner_of, plain_lines, plain_schedule, reserved_by, write_plan, write_tranches


def prepare_contract(
    *, actor: Actor, award: Award, shares: list[Share] | None = None, not_before: date | None = None
) -> Contract:
    """Make the contract of an award: parties, title and amount are the protocol's and cannot be typed. *Shares*: the
    tranches in som; by default an advance as large as the rules allow and the rest after the accepted report. Its
    months run from the day of the last signature, or from `not_before` if that is later. The budget lines and
    indicators are those of the application, whose owner sees that it was opened for this.

    Refuses `schedule_differs`, `advance_too_large`, `too_many_tranches`, `award_declined`, `award_superseded`,
    `start_past`, `after_programme`, `after_budget_year`. Rulebook: `con.advance_pct`, `con.max_tranches`,
    `con.max_months`, `con.multiyear`.
    """
    (candidacy,) = lock(award.candidacy)
    contest = award.protocol.proceeding.commission.contest
    settlement = contest.settlement
    if lock_shared(award.protocol).state != "published":
        raise AWARD_GONE.refuse(HOUSE["H-37"].basis)
    if candidacy.state != "awarded":
        raise AWARD_DECLINED.refuse(HOUSE["H-17"].basis)
    planned = shares or default_schedule(award.amount, settlement)
    measure, today = candidacy.proceeding.lot.measure, bishkek_day(actor.at)
    term = term_under(contest.months, not_before, measure.year, settlement)
    begins = start_faults(term, today, measure.year, measure.programme.year_to, settlement)
    refuse_if_any([*schedule_faults(planned, award.amount, settlement), *begins])
    lines, indicators = _agreed(award, actor)
    starts_on, ends_on = term.days(today)
    content = {
        "schema": "jardam-contract/2",
        "form": FORM,
        "contest": contest.number,
        "protocol": award.protocol.content_sha256,
        "customer": contest.customer.ref,
        "executor": award.applicant.ref,
        "title": award.project_title,
        "amount": Money(award.amount),
        "term": term.plain,
        "tranches": plain_schedule(planned),
        "lines": plain_lines(lines),
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
        prepared_at=actor.at,
    )
    public = {"award": award.ref, "amount": award.amount, "content_sha256": contract.content_sha256}
    record = perform(CONTRACT, contract, "prepare_contract", actor=actor, public=public, edition=contest.edition)
    write_tranches(contract, planned, record)
    write_plan(contract, 1, "contract", lines, indicators, Decimal(0), record)
    return contract


def _agreed(award: Award, actor: Actor) -> tuple[list[Line], list[list[object]]]:
    """Budget lines and indicators of the application, as far as the award pays for them."""
    application = award.candidacy.application
    told = contests.read_application(actor=actor, application=application, purpose="contract")
    lines = lines_for([Line(row.title, row.requested) for row in told.budget.rows], award.amount)
    return lines, [[row.title, row.baseline, row.target] for row in told.indicators.rows]


def take_back_contract(*, actor: Actor, contract: Contract, reason: str) -> Contract:
    """Nobody has signed it: the customer takes the text back, to prepare another one of the same award. What was
    prepared stays readable for the two parties, with `reason`. Refuses `signed_copy_waits`. House rule H-77."""
    (contract,) = lock(contract)
    assert contract.award is not None  # a contract recorded afterwards is never prepared
    public = {"award": contract.award.ref, "content_sha256": contract.content_sha256}
    perform(CONTRACT, contract, "take_back_contract", actor=actor, public=public, changes={"remark": reason})
    return contract


def begins(contract: Contract, *days: date) -> dict[str, object]:
    """What the last signature settles: the first and the last day, where the signed text counts from it. *Days*: of
    signatures that do not stand on it yet."""
    term = term_of(json.loads(bytes(contract.content)))
    if term is None:
        return {}
    signed_on = max([*days, *signed_days(contract)])
    refuse_if_any(never_begins(term, signed_on, settlement_of(contract)))
    starts_on, ends_on = term.days(signed_on)
    return {"starts_on": starts_on, "ends_on": ends_on}


def sign_contract(*, actor: Actor, contract: Contract) -> Contract:
    """Sign for one's side; the second side's signature puts the contract in force, settles its days, commits the lot's
    money and gives the number. Refuses `signing_waits`, `appeal_open` (H-03), `your_side_signed`, `not_a_party`.
    Law: Law 70/2017, Art. 1(5). Rulebook: `appeal.suspensive`."""
    (contract,) = lock(contract)
    verb = "sign_contract" if contract.state == "prepared" else "countersign_contract"
    side = party_of(contract, actor)
    runs = begins(contract, bishkek_day(actor.at)) if verb == "countersign_contract" else {}
    record = perform(
        CONTRACT,
        contract,
        verb,
        actor=actor,
        public={"side": side, "content_sha256": contract.content_sha256, **runs},
        changes={"signed_at": actor.at, **runs} if verb == "countersign_contract" else None,
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
        bind(contract, actor, record)
    return contract


def bind(contract: Contract, actor: Actor, act: Record) -> None:
    """Signed by both sides: its money is committed, and the contract gets its number. What was recorded from paper
    has its document already."""
    treasury.commit(lot=reserved_by(contract), contract=owner_of(contract), amount=contract.amount, act=act)
    contract.number = next_number(contract, "K", actor)
    contract.save(update_fields=["number"])
    if contract.award:
        _issue_contract(contract, act, actor)


def _issue_contract(contract: Contract, act: Record, actor: Actor) -> None:
    signed = signatures("contract", contract.pk, contract.content_sha256)
    hands = papers.hands_of(signed, list(ink_on(contract)))
    documents.issue(
        kind="contract",
        number=contract.number or "",
        thing=contract,
        issuer=contract.customer.title,
        build=partial(papers.contract, papers.agreed_on(contract, actor.at, hands)),
        facts={"content_sha256": contract.content_sha256, "amount": Money(contract.amount)},
        act=act,
        actor=actor,
        public=False,
    )
