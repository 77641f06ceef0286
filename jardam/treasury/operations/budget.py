"""The budget's side: what its documents give, the cash plan, cuts and raises, the end of the year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.kernel.actor import Actor
from jardam.kernel.money import CENT, Money
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.parties.models import Organisation
from jardam.regime import operations as regime
from jardam.rulebook.house import HOUSE

from ..models import (
    Account,
    Appropriation,
    AppropriationVersion,
    CashPlan,
    CashPlanMonth,
    CashPlanVersion,
    PaymentOrder,
    Posting,
    Shortfall,
    YearClose,
    YearCloseLine,
)
from ..policy import (
    APPROPRIATION,
    CASH_PLAN,
    SHORTFALL,
    YEAR_CLOSE,
    used_cash,
)
from ..rules import (
    NOT_POSITIVE,
    NOTHING_FREE,
    NOTHING_TO_CLOSE,
    PAYMENTS_UNDER_WAY,
    PLAN_EXISTS,
    SAME_MEASURE,
    SHORTFALL_OPEN,
    TOTAL_NOT_RETYPED,
    UNDER_WAY,
    YEAR_NOT_OVER,
    Outcome,
    Stage,
    closing,
    plan_faults,
)
from .ledger import Move, Owner, bindable, missing_money, open_account, post, transfer

# --- what is given -----------------------------------------------------------------------------------------------


def appropriate(
    *,
    actor: Actor,
    organisation_id: int,
    owner: Owner,
    year: int,
    source: str,
    line: str,
    amount: Decimal,
    retyped: Decimal,
    unit: str,
    document: str,
    document_on: date,
    code: str = "",
    currency: str = "KGS",
    is_existing: bool = False,
) -> Appropriation:
    """Record the money a budget document gives. `amount` in som (in units of `currency` for a donor's); `retyped` is
    the total typed a second time in the unit of the paper ("som" or "thousand"). `is_existing`: the money was given
    before the system and is recorded afterwards. Refuses `total_not_retyped`."""
    _refuse_another_total(amount, retyped, unit, currency)
    appropriation = Appropriation(
        organisation_id=organisation_id,
        owner_kind=owner.kind,
        owner_id=owner.id,
        year=year,
        source=source,
        line=line,
        code=code,
        amount=amount,
        currency=currency,
        unit=unit,
        document=document,
        document_on=document_on,
        is_existing=is_existing,
    )
    public = {"year": year, "source": source, "line": line, "amount": amount, "document": document}
    public |= {"currency": currency, "code": code, "existing": is_existing}
    record = perform(APPROPRIATION, appropriation, "appropriate", actor=actor, public=public, acted_on=document_on)
    authority = open_account(Stage.AUTHORITY, owner, appropriation)
    free = open_account(Stage.APPROPRIATED, owner, appropriation)
    post(
        "appropriate",
        [Move(authority, -amount), Move(free, amount)],
        act=record,
        source=Owner("appropriation", appropriation.pk),
    )
    return appropriation


def _refuse_another_total(amount: Decimal, retyped: Decimal, unit: str, currency: str) -> None:
    factor = 1000 if unit == "thousand" else 1
    if amount != retyped * factor:
        raise TOTAL_NOT_RETYPED.refuse(
            HOUSE["H-16"].basis,
            at_field="retyped",
            first=Money(amount, currency),
            second=Money(retyped * factor, currency),
        )


def move_allocation(
    *, actor: Actor, appropriation: Appropriation, giver: Owner, taker: Owner, amount: Decimal
) -> Posting:
    """Money that one measure has not reserved goes to another of the same programme. Refuses `shortfall_open`,
    `same_measure`."""
    if giver == taker:
        raise SAME_MEASURE.refuse(HOUSE["H-16"].basis, at_field="taker")
    (appropriation,) = lock(appropriation)
    bindable(appropriation)
    public = {"from": [giver.kind, giver.id], "to": [taker.kind, taker.id], "amount": amount}
    record = perform(APPROPRIATION, appropriation, "move_allocation", actor=actor, public=public)
    return transfer(
        "move",
        amount,
        appropriation,
        out=(Stage.ALLOCATED, giver),
        into=(Stage.ALLOCATED, taker),
        act=record,
        source=taker,
    )


# --- the cash plan -----------------------------------------------------------------------------------------------


def plan_cash(
    *, actor: Actor, organisation_id: int, year: int, line: str, months: Sequence[Decimal], reason: str = ""
) -> CashPlan:
    """Spread a budget line's money over the twelve months of its year. *Months*: som, January first. Refuses
    `plan_incomplete`, `plan_above_budget`, `plan_exists`."""
    months = [month.quantize(CENT) for month in months]
    _refuse_false_plan(organisation_id, year, line, months)
    if CashPlan.objects.filter(organisation_id=organisation_id, year=year, line=line).exists():
        raise PLAN_EXISTS.refuse(HOUSE["H-41"].basis)
    plan = CashPlan(organisation_id=organisation_id, year=year, line=line)
    public = {"year": year, "line": line, "version": 1, "months": list(months)}
    record = perform(CASH_PLAN, plan, "plan_cash", actor=actor, public=public)
    _write_plan(plan, months, reason, record)
    return plan


def change_cash_plan(*, actor: Actor, plan: CashPlan, months: Sequence[Decimal], reason: str) -> CashPlan:
    """A new version with its reason; no month below what has gone out in it. Refuses `plan_below_sent` too."""
    (plan,) = lock(plan)
    months = [month.quantize(CENT) for month in months]
    _refuse_false_plan(plan.organisation_id, plan.year, plan.line, months)
    public = {"year": plan.year, "line": plan.line, "version": plan.version + 1, "months": list(months)}
    changes = {"version": plan.version + 1}
    record = perform(CASH_PLAN, plan, "change_cash_plan", actor=actor, public=public, changes=changes)
    _write_plan(plan, months, reason, record)
    return plan


def _refuse_false_plan(organisation_id: int, year: int, line: str, months: Sequence[Decimal]) -> None:
    given = Appropriation.objects.filter(organisation_id=organisation_id, year=year, line=line)
    total = given.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    used = used_cash(organisation_id, year)
    refuse_if_any(plan_faults(months, [used.get((line, month), Decimal(0)) for month in range(1, 13)], total))


def _write_plan(plan: CashPlan, months: Sequence[Decimal], reason: str, record: Record) -> None:
    CashPlanMonth.objects.bulk_create(
        CashPlanMonth(plan=plan, version=plan.version, month=month, amount=amount)
        for month, amount in enumerate(months, start=1)
    )
    CashPlanVersion.objects.create(plan=plan, number=plan.version, reason=reason, act_id=record.pk)


# --- cuts --------------------------------------------------------------------------------------------------------


def revise_appropriation(
    *,
    actor: Actor,
    appropriation: Appropriation,
    amount: Decimal,
    retyped: Decimal,
    unit: str,
    document: str,
    document_on: date,
    reason: str,
) -> Appropriation:
    """A budget document gives another total. A cut takes what is not allocated, then what measures have not reserved,
    the last measure first; what is still missing opens a shortfall (H-42). Refuses `total_not_retyped`,
    `amount_not_positive` (below zero), `wrong_state` in a closed year."""
    _refuse_another_total(amount, retyped, unit, appropriation.currency)
    if amount < 0:
        raise NOT_POSITIVE.refuse(HOUSE["H-16"].basis, at_field="amount")
    (appropriation,) = lock(appropriation)
    was = appropriation.amount
    changes = {
        "amount": amount,
        "unit": unit,
        "document": document,
        "document_on": document_on,
        "version": appropriation.version + 1,
    }
    record = perform(
        APPROPRIATION,
        appropriation,
        "revise_appropriation",
        actor=actor,
        public={"amount": amount, "was": was, "document": document, "version": changes["version"]},
        changes=changes,
        acted_on=document_on,
    )
    AppropriationVersion.objects.create(
        appropriation=appropriation,
        number=appropriation.version,
        amount=amount,
        unit=unit,
        document=document,
        document_on=document_on,
        reason=reason,
        act_id=record.pk,
    )
    if amount > was:
        _raise(appropriation, amount - was, actor, record)
    elif amount < was:
        _cut(appropriation, was - amount, actor, record)
    return appropriation


def _programme(appropriation: Appropriation) -> Owner:
    return Owner(appropriation.owner_kind, appropriation.owner_id)


def _shift(verb: str, appropriation: Appropriation, amount: Decimal, out: Stage, into: Stage, act: Record) -> None:
    """Between two accounts of the programme itself."""
    programme = _programme(appropriation)
    open_account(out, programme, appropriation)
    transfer(
        verb,
        amount,
        appropriation,
        out=(out, programme),
        into=(into, programme),
        act=act,
        source=Owner("appropriation", appropriation.pk),
    )


def _cut(appropriation: Appropriation, by: Decimal, actor: Actor, record: Record) -> None:
    free = min(by, _set_free(appropriation, by, record))
    if free:
        _shift("cut", appropriation, free, Stage.APPROPRIATED, Stage.AUTHORITY, record)
    if missing := by - free:
        _shift("cut", appropriation, missing, Stage.SHORT, Stage.AUTHORITY, record)
        if not Shortfall.objects.filter(appropriation=appropriation, state="open").exists():
            shortfall = Shortfall(appropriation=appropriation, missing=missing)
            public = {"appropriation": appropriation.ref, "missing": missing}
            perform(SHORTFALL, shortfall, "open_shortfall", actor=actor, public=public, cause=record)


def _raise(appropriation: Appropriation, by: Decimal, actor: Actor, record: Record) -> None:
    _shift("raise", appropriation, by, Stage.AUTHORITY, Stage.APPROPRIATED, record)
    for shortfall in lock(*Shortfall.objects.filter(appropriation=appropriation, state="open")):
        _cover(shortfall, appropriation, actor, record)


def _set_free(appropriation: Appropriation, wanted: Decimal, record: Record) -> Decimal:
    """Take back from the measures what is not reserved until `wanted` is unallocated; what is unallocated then."""
    accounts = Account.objects.filter(appropriation=appropriation, stage__in=[Stage.APPROPRIATED, Stage.ALLOCATED])
    rows = list(accounts.select_related("balance").order_by("-id"))
    free = sum((row.balance.amount for row in rows if row.stage == Stage.APPROPRIATED), Decimal(0))
    for row in rows:
        part = min(wanted - free, row.balance.amount)
        if row.stage == Stage.ALLOCATED and part > 0:
            transfer(
                "deallocate",
                part,
                appropriation,
                out=(Stage.ALLOCATED, Owner(row.owner_kind, row.owner_id)),
                into=(Stage.APPROPRIATED, _programme(appropriation)),
                act=record,
                source=Owner("appropriation", appropriation.pk),
            )
            free += part
    return free


def cover_shortfall(*, actor: Actor, shortfall: Shortfall) -> Shortfall:
    """Money that was released since the cut covers it, as far as it goes; covered entirely, the shortfall is over.
    Refuses `nothing_free`."""
    appropriation, shortfall = lock(shortfall.appropriation, shortfall)
    record = perform(SHORTFALL, shortfall, "cover_shortfall", actor=actor)
    if not _cover(shortfall, appropriation, actor, record):
        missing = Money(missing_money(appropriation), appropriation.currency)
        raise NOTHING_FREE.refuse(HOUSE["H-42"].basis, missing=missing)
    return shortfall


def _cover(shortfall: Shortfall, appropriation: Appropriation, actor: Actor, record: Record) -> Decimal:
    missing = missing_money(appropriation)
    part = min(missing, _set_free(appropriation, missing, record))
    if part > 0:
        _shift("cover", appropriation, part, Stage.APPROPRIATED, Stage.SHORT, record)
    if part == missing:
        perform(SHORTFALL, shortfall, "resolve_shortfall", actor=actor, public={"covered": part}, cause=record)
    return part


# --- the end of the year -----------------------------------------------------------------------------------------


_SETTLED = (Stage.APPROPRIATED, Stage.ALLOCATED, Stage.RESERVED, Stage.COMMITTED)

_OUTCOME = {Outcome.LAPSE: Stage.LAPSED, Outcome.CARRY_OVER: Stage.CARRIED, Outcome.PAYABLE: Stage.PAYABLE}


def close_year(*, actor: Actor, customer: Organisation, year: int, form: str = "grants") -> YearClose:
    """Settle every balance of a customer's year as lapsed, carried over or payable, as the rules in force say; what
    was accepted and not paid stays payable (H-43).

    Refuses `budget_year_not_over`, `nothing_to_close`, `payments_under_way`, `shortfall_open`, `rule_unknown` with the
    keys that are missing. Rulebook: `bud.year_close`.
    """
    if bishkek_day(actor.at).year <= year:
        raise YEAR_NOT_OVER.refuse(HOUSE["H-17"].basis, year=str(year))
    open_ones = Appropriation.objects.filter(organisation_id=customer.pk, year=year, state="recorded")
    appropriations = lock(*open_ones.order_by("id"))
    _refuse_open_matters(appropriations, year)
    settlement = regime.settle(customer=customer, form=form, at=actor.at, needed=("bud.year_close",))
    rule = Outcome(settlement.value("bud.year_close"))
    close = YearClose(organisation_id=customer.pk, year=year)
    record = perform(
        YEAR_CLOSE,
        close,
        "close_year",
        actor=actor,
        public={"year": year, "rule": rule.value, "appropriations": [a.ref for a in appropriations]},
        basis=settlement.basis("bud.year_close"),
        edition=settlement.edition,
    )
    for appropriation in appropriations:
        _close_appropriation(appropriation, close, rule, actor, record)
    return close


def _refuse_open_matters(appropriations: Sequence[Appropriation], year: int) -> None:
    if not appropriations:
        raise NOTHING_TO_CLOSE.refuse(HOUSE["H-17"].basis, year=str(year))
    waiting = PaymentOrder.objects.filter(appropriation__in=appropriations, state__in=UNDER_WAY).count()
    if waiting:
        raise PAYMENTS_UNDER_WAY.refuse(HOUSE["H-43"].basis, number=waiting)
    for appropriation in appropriations:
        if missing := missing_money(appropriation):
            raise SHORTFALL_OPEN.refuse(HOUSE["H-42"].basis, missing=Money(missing, appropriation.currency))


def _close_appropriation(
    appropriation: Appropriation, close: YearClose, rule: Outcome, actor: Actor, record: Record
) -> None:
    accounts = Account.objects.filter(appropriation=appropriation, stage__in=_SETTLED, balance__amount__gt=0)
    parts = [
        (account, outcome, part)
        for account in accounts.select_related("balance").order_by("id")
        for outcome, part in closing(Stage(account.stage), account.balance.amount, _unpaid(account), rule).items()
    ]
    carried = sum((part for _, outcome, part in parts if outcome == Outcome.CARRY_OVER), Decimal(0))
    heir = _carry_over(appropriation, carried, actor, record) if carried else None
    for account, outcome, part in parts:
        owner = Owner(account.owner_kind, account.owner_id)
        source = Owner("year_close", close.pk)
        settled = open_account(_OUTCOME[outcome], owner, appropriation)
        posting = post(outcome.value, [Move(account, -part), Move(settled, part)], act=record, source=source)
        YearCloseLine.objects.create(close=close, account=account, outcome=outcome, amount=part, posting=posting)
        if outcome == Outcome.CARRY_OVER and heir is not None:
            authority = open_account(Stage.AUTHORITY, _programme(heir), heir)
            again = open_account(Stage(account.stage), owner, heir)
            post("carry_in", [Move(authority, -part), Move(again, part)], act=record, source=source)
    perform(APPROPRIATION, appropriation, "close_appropriation", actor=actor, cause=record)


def _unpaid(account: Account) -> Decimal:
    """Accepted services of a contract that are not yet paid, in units of the account's currency."""
    rows = Account.objects.filter(
        owner_kind=account.owner_kind, owner_id=account.owner_id, stage__in=[Stage.ACCEPTED, Stage.PAID, Stage.PAYABLE]
    )
    sums = dict(rows.values_list("stage").annotate(total=Sum("balance__amount")))
    covered = sums.get(Stage.PAID, Decimal(0)) + sums.get(Stage.PAYABLE, Decimal(0))
    return max(Decimal(0), sums.get(Stage.ACCEPTED, Decimal(0)) - covered)


def _carry_over(old: Appropriation, amount: Decimal, actor: Actor, record: Record) -> Appropriation:
    heir = Appropriation(
        organisation_id=old.organisation_id,
        owner_kind=old.owner_kind,
        owner_id=old.owner_id,
        year=old.year + 1,
        source=old.source,
        line=old.line,
        code=old.code,
        amount=amount,
        currency=old.currency,
        unit="som",
        document=old.document,
        document_on=old.document_on,
        carried_from=old,
    )
    public = {"year": heir.year, "source": heir.source, "line": heir.line, "amount": amount, "document": heir.document}
    public |= {"code": heir.code, "from": old.ref}
    perform(APPROPRIATION, heir, "carry_over", actor=actor, public=public, cause=record)
    return heir
