"""A contract is made of an award, signed by both sides, and binds the lot's money."""

from __future__ import annotations

from datetime import date, timedelta
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
from jardam.kernel.refusal import Refusal, Refused, refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.review.models import Award
from jardam.rulebook.house import HOUSE
from jardam.treasury import operations as treasury
from jardam.treasury.operations import Owner

from .. import papers
from ..models import Contract, Tranche
from ..policy import CONTRACT, party_of
from ..rules import AWARD_DECLINED, AWARD_GONE, Line, Share, agreed_end, default_schedule, lines_for, schedule_faults
from .shared import MONTH, longest, next_number, owner_of, plain_lines, write_plan


def prepare_contract(*, actor: Actor, award: Award, shares: list[Share] | None = None) -> Contract:
    """Make the contract of an award: parties, title and amount are the protocol's and cannot be typed. *Shares*: the
    tranches in som; by default an advance as large as the rules allow and the rest after the accepted report. The
    budget lines and indicators are those of the application, whose owner sees that it was opened for this.

    Refuses `schedule_differs`, `advance_too_large`, `too_many_tranches`, `award_declined`, `award_superseded`,
    `after_budget_year`. Rulebook: `con.advance_pct`, `con.max_tranches`, `con.max_months`, `con.multiyear`.
    """
    (candidacy,) = lock(award.candidacy)
    contest = award.protocol.proceeding.commission.contest
    settlement = contest.settlement
    if lock_shared(award.protocol).state != "published":
        raise AWARD_GONE.refuse(HOUSE["H-37"].basis)
    if candidacy.state != "awarded":
        raise AWARD_DECLINED.refuse(HOUSE["H-17"].basis)
    planned = shares or default_schedule(award.amount, settlement)
    refuse_if_any(schedule_faults(planned, award.amount, settlement))
    lines, indicators = _agreed(award, actor)
    starts_on = bishkek_day(actor.at)
    ends_on = _ends_on(starts_on, award)
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
        "tranches": [_schedule_row(share) for share in planned],
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
    )
    public = {"award": award.ref, "amount": award.amount, "content_sha256": contract.content_sha256}
    record = perform(CONTRACT, contract, "prepare_contract", actor=actor, public=public, edition=contest.edition)
    Tranche.objects.bulk_create(
        Tranche(
            contract=contract,
            number=n,
            amount=share.amount,
            condition=share.condition,
            milestone=share.milestone,
            act_id=record.pk,
        )
        for n, share in enumerate(planned, start=1)
    )
    write_plan(contract, 1, "contract", lines, indicators, Decimal(0), record)
    return contract


def _ends_on(starts_on: date, award: Award) -> date:
    contest, measure = award.protocol.proceeding.commission.contest, award.protocol.proceeding.lot.measure
    wanted = starts_on + timedelta(days=round(contest.months * MONTH))
    ends_on = agreed_end(starts_on, wanted, longest(starts_on, contest.settlement), measure.year, contest.settlement)
    if isinstance(ends_on, Refusal):
        raise Refused(ends_on)
    return ends_on


def _schedule_row(share: Share) -> list[object]:
    row: list[object] = [Money(share.amount), share.condition]
    return [*row, share.milestone] if share.milestone else row


def _agreed(award: Award, actor: Actor) -> tuple[list[Line], list[list[object]]]:
    """Budget lines and indicators of the application, as far as the award pays for them."""
    application = award.candidacy.application
    told = contests.read_application(actor=actor, application=application, purpose="contract")
    lines = lines_for([Line(row.title, row.requested) for row in told.budget.rows], award.amount)
    return lines, [[row.title, row.baseline, row.target] for row in told.indicators.rows]


def sign_contract(*, actor: Actor, contract: Contract) -> Contract:
    """Sign for one's side; the second side's signature puts the contract in force, commits the lot's money and gives
    the number. Refuses `signing_waits`, `appeal_open` (H-03), `your_side_signed`, `not_a_party`.
    Law: Law 70/2017, Art. 1(5). Rulebook: `appeal.suspensive`."""
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
        bind(contract, actor, record)
    return contract


def bind(contract: Contract, actor: Actor, act: Record) -> None:
    """Signed by both sides: the lot's money is committed, and the contract gets its number."""
    lot = Owner("lot", contract.award.candidacy.proceeding.lot_id)
    treasury.commit(lot=lot, contract=owner_of(contract), amount=contract.amount, act=act)
    contract.number = next_number(contract, "K", actor)
    contract.save(update_fields=["number"])
    _issue_contract(contract, act, actor)


def _issue_contract(contract: Contract, act: Record, actor: Actor) -> None:
    tranches = list(contract.tranches.order_by("number"))
    signed = signatures("contract", contract.pk, contract.content_sha256)
    ink = list(contract.ink_signatures.filter(state="checked").order_by("id"))
    documents.issue(
        kind="contract",
        number=contract.number or "",
        thing=contract,
        issuer=contract.customer.title,
        build=partial(papers.contract, contract, tranches, signed, ink),
        facts={"content_sha256": contract.content_sha256, "amount": Money(contract.amount)},
        act=act,
        actor=actor,
        public=False,
    )
