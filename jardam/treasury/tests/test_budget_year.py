"""The budget year: cuts and what they bar, moves between measures, and the end of the year."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jardam.demonstration.road import start_of
from jardam.journal.models import Record
from jardam.kernel.time import bishkek_day
from jardam.regime import operations as regime
from jardam.transparency.queries import verify
from jardam.treasury import operations as treasury
from jardam.treasury.models import Appropriation, Shortfall, YearCloseLine
from jardam.treasury.operations import Owner
from jardam.treasury.queries import (
    balance,
    bound_contracts,
    checks,
    missing,
    stages_of,
    trail_of,
    trail_of_appropriations,
)
from jardam.treasury.rules import Outcome, Stage, closing
from tests.world import refuses, together

SOM = Decimal("1.00")


def budget(road) -> Appropriation:
    return Appropriation.objects.order_by("id").first()


def revise(road, total: int, who: str = "accountant") -> Appropriation:
    return treasury.revise_appropriation(
        actor=road.actor(who),
        appropriation=budget(road),
        amount=total * SOM,
        retyped=total * SOM,
        unit="som",
        document="Бюджетти тактоо жөнүндө токтом 3",
        document_on=bishkek_day(road.at),
        reason="Кирешелер аткарылган жок",
    )


def close(road, year: int):
    return treasury.close_year(actor=road.actor("accountant"), customer=road.cast.organisations["okmotu"], year=year)


def faults() -> list[str]:
    return [fault for check in checks() for fault in check()]


# --- rules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "left", "unpaid", "rule", "parts"),
    [
        (Stage.COMMITTED, 100, 0, "lapse", {"lapse": 100}),
        (Stage.COMMITTED, 100, 30, "lapse", {"lapse": 70, "payable": 30}),
        (Stage.COMMITTED, 100, 130, "carry_over", {"payable": 100}),
        (Stage.COMMITTED, 100, 30, "payable", {"payable": 100}),
        (Stage.RESERVED, 100, 30, "carry_over", {"carry_over": 100}),
        (Stage.ALLOCATED, 100, 0, "payable", {"lapse": 100}),
    ],
)
def test_every_balance_of_a_closed_year_is_settled_whole(stage, left, unpaid, rule, parts):
    settled = closing(stage, left * SOM, unpaid * SOM, Outcome(rule))

    assert {outcome.value: part for outcome, part in settled.items()} == parts
    assert sum(settled.values()) == left


# --- a budget cut in March -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_budget_cut_in_march_bars_new_contracts_until_old_ones_are_amended(road):
    """600,000 in January; a contract binds part of it; in March the council leaves 100,000."""
    road.to_in_force()
    bound = balance(Stage.COMMITTED, "contract", road.contract.pk)
    free = balance(Stage.ALLOCATED, "measure", road.measure.pk) + balance(Stage.RESERVED, "lot", road.lot.pk)
    assert bound + free == 600_000

    revise(road, 100_000)

    shortfall = Shortfall.objects.get()
    reserved = balance(Stage.RESERVED, "lot", road.lot.pk)
    assert missing(budget(road)) == bound + reserved - 100_000
    assert bound_contracts(budget(road)) == [(road.contract.pk, bound)]
    lot, act = Owner("lot", road.lot.pk), road.contract
    from jardam.journal.models import Record

    record = Record.objects.get(pk=act.act_id)
    with refuses("shortfall_open"):
        treasury.commit(lot=lot, contract=Owner("contract", 10**6), amount=SOM, act=record)
    with refuses("shortfall_open"):
        treasury.reserve(measure=Owner("measure", road.measure.pk), lot=lot, amount=SOM, act=record)
    with refuses("nothing_free"):
        treasury.cover_shortfall(actor=road.actor("accountant"), shortfall=shortfall)
    assert list(verify()) == []

    contract, measure = Owner("contract", road.contract.pk), Owner("measure", road.measure.pk)
    freed = bound + reserved - 100_000
    treasury.uncommit(contract=contract, lot=lot, measure=measure, amount=freed - reserved, act=record)
    if reserved:
        treasury.release(lot=lot, measure=measure, amount=reserved, act=record)
    shortfall = treasury.cover_shortfall(actor=road.actor("accountant"), shortfall=shortfall)

    assert shortfall.state == "resolved"
    assert missing(budget(road)) == 0
    trail = trail_of_appropriations("programme", [road.programme.pk])
    assert trail.appropriated == 100_000
    assert trail.committed <= trail.reserved <= trail.allocated <= trail.appropriated
    assert faults() == []


@pytest.mark.django_db
def test_a_cut_of_free_money_makes_no_shortfall_and_more_money_ends_one(road):
    road.to_adopted()
    revise(road, 450_000)
    assert Shortfall.objects.count() == 0
    assert balance(Stage.ALLOCATED, "measure", road.measure.pk) == 450_000

    revise(road, 500_000)

    assert stages_of(budget(road))["appropriated"] == 50_000
    assert budget(road).version == 3
    assert [v.number for v in budget(road).versions.order_by("number")] == [2, 3]
    assert list(verify()) == []


@pytest.mark.django_db
def test_more_money_covers_what_was_missing(road):
    road.to_in_force()
    revise(road, 0)
    assert Shortfall.objects.get().state == "open"

    revise(road, 700_000)

    assert Shortfall.objects.get().state == "resolved"
    assert list(verify()) == []


@pytest.mark.django_db
def test_a_new_total_is_typed_twice_too(road):
    road.to_adopted()
    with refuses("total_not_retyped"):
        treasury.revise_appropriation(
            actor=road.actor("accountant"),
            appropriation=budget(road),
            amount=500_000 * SOM,
            retyped=500_000 * SOM,
            unit="thousand",
            document="Токтом",
            document_on=bishkek_day(road.at),
            reason="",
        )


@pytest.mark.django_db
def test_money_moves_between_measures_only_as_far_as_it_is_free(road):
    road.to_adopted()
    giver, taker = Owner("measure", road.measure.pk), Owner("measure", 10**6)
    move = {"actor": road.actor("specialist"), "appropriation": budget(road), "giver": giver, "taker": taker}

    with refuses("not_enough_money"):
        treasury.move_allocation(amount=600_001 * SOM, **move)
    treasury.move_allocation(amount=200_000 * SOM, **move)

    assert balance(Stage.ALLOCATED, "measure", giver.id) == 400_000
    assert balance(Stage.ALLOCATED, "measure", taker.id) == 200_000
    assert faults() == []


@pytest.mark.slow
def test_a_cut_and_a_contract_never_pass_each_other(committed):
    from tests.test_races import at_the_door
    from tests.world import new_road

    road = new_road()
    road.to_published()
    road.prepare_contract()
    road.pass_standstill()
    road.sign_contract("head")
    outcomes = together(at_the_door(lambda: revise(road, 1)), at_the_door(lambda: road.sign_contract("umut_head")))

    assert not isinstance(outcomes[0], Exception)
    committed_money = balance(Stage.COMMITTED, "contract", road.contract.pk)
    if getattr(outcomes[1], "code", "") == "shortfall_open":
        assert committed_money == 0
    else:
        assert bound_contracts(budget(road)) == [(road.contract.pk, committed_money)]
    assert list(verify()) == []


# --- the end of the year ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_year_is_closed_only_when_it_is_over_and_nothing_is_under_way(road):
    road.to_in_force()
    road.order_tranche()
    year = road.year

    with refuses("budget_year_not_over"):
        close(road, year)
    road.at = start_of(bishkek_day(road.at).replace(year=year + 1, month=1, day=12))
    with refuses("payments_under_way"):
        close(road, year)
    with refuses("nothing_to_close"):
        close(road, year - 1)


@pytest.mark.django_db
def test_a_closed_year_lets_every_balance_lapse_but_what_was_accepted_and_not_paid(road):
    """Accepted 90,000 more than was paid stays payable; the demonstration's rule lets the rest lapse."""
    road.to_accepted()
    year, contract = road.year, Owner("contract", road.contract.pk)
    record = Record.objects.get(pk=road.report.act_id)
    treasury.accept(contract=contract, amount=90_000 * SOM, act=record, source=Owner("acceptance", 10**6))
    left = balance(Stage.COMMITTED, "contract", contract.id)
    road.at = start_of(bishkek_day(road.at).replace(year=year + 1, month=1, day=12))

    closed = close(road, year)

    assert balance(Stage.PAYABLE, "contract", contract.id) == 90_000
    assert balance(Stage.LAPSED, "contract", contract.id) == left - 90_000
    assert {line.outcome for line in YearCloseLine.objects.filter(close=closed)} == {"lapse", "payable"}
    assert budget(road).state == "closed"
    with refuses("year_closed"):
        treasury.allocate(
            appropriation=budget(road), measure=Owner("measure", road.measure.pk), amount=SOM, act=record
        )
    with refuses("nothing_to_close"):
        close(road, year)
    assert faults() == []

    payment = treasury.order_payment(
        actor=road.actor("accountant"),
        organisation_id=road.contract.customer_id,
        payee_id=road.contract.executor_id,
        contract=contract,
        source=Owner("tranche", 10**6),
        amount=90_000 * SOM,
        fits=lambda _kind: None,
    )
    assert payment.origin == "payable"
    treasury.withdraw_payment(payment=payment, actor=road.actor("accountant"))
    assert balance(Stage.PAYABLE, "contract", contract.id) == 90_000
    assert faults() == []


@pytest.mark.django_db
def test_money_that_is_carried_over_stands_in_the_next_year_where_it_stood(road, monkeypatch):
    road.to_in_force()
    year, before = road.year, stages_of(budget(road))
    road.at = start_of(bishkek_day(road.at).replace(year=year + 1, month=1, day=12))
    from tests.world import rules

    monkeypatch.setattr(regime, "settle", lambda **_: rules(bud__year_close="carry_over"))

    close(road, year)

    heir = Appropriation.objects.get(carried_from=budget(road))
    after = stages_of(heir)
    assert heir.year == year + 1
    for stage in ("allocated", "reserved", "committed"):
        assert after.get(stage, 0) == before.get(stage, 0)
    road.order_tranche()
    assert road.payment.appropriation == heir
    assert list(verify()) == []


@pytest.mark.django_db
def test_a_rule_that_is_not_known_is_asked_for_by_its_key(road, monkeypatch):
    from jardam.kernel.refusal import Refused
    from jardam.regime import queries as regime

    road.to_adopted()
    year = road.year
    road.at = start_of(bishkek_day(road.at).replace(year=year + 1, month=1, day=12))
    monkeypatch.setattr(regime, "overlay", lambda form: None)

    with pytest.raises(Refused) as raised:
        close(road, year)

    assert [(one.code, one.basis.key) for one in raised.value.refusals] == [("rule_unknown", "bud.year_close")]


def next_january(road):
    return start_of(bishkek_day(road.at).replace(year=road.year + 1, month=1, day=12))


@pytest.mark.django_db
def test_what_is_with_the_treasury_at_the_years_end_is_made_or_sent_back_first(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    amount, left = road.payment.amount, balance(Stage.COMMITTED, "contract", road.contract.pk)
    road.at = next_january(road)

    with refuses("payments_under_way"):
        close(road, road.year - 1)
    treasury.refuse_payment(payment=road.payment, code="limit_exceeded", actor=road.actor("treasurer"))
    close(road, road.year - 1)

    assert balance(Stage.LAPSED, "contract", road.contract.pk) == left + amount
    assert balance(Stage.ORDERED, "contract", road.contract.pk) == 0
    assert faults() == []


@pytest.mark.django_db
def test_an_advance_outstanding_at_the_years_end_is_neither_payable_nor_forgotten(road):
    """Paid and not yet covered: it is delivered or returned after the close as before it."""
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    paid, contract = road.payment.amount, Owner("contract", road.contract.pk)
    road.at = next_january(road)

    close(road, road.year - 1)

    assert balance(Stage.PAYABLE, "contract", contract.id) == 0
    assert trail_of("contract", contract.id).advance == paid
    act = Record.objects.latest("pk")
    treasury.accept(contract=contract, amount=paid - 30_000 * SOM, act=act, source=Owner("acceptance", 10**6))
    treasury.return_money(contract=contract, amount=30_000 * SOM, act=act, source=Owner("return", 10**6))
    trail = trail_of("contract", contract.id)
    assert (trail.advance, trail.payable, trail.returned) == (0, 0, 30_000)
    assert faults() == []


@pytest.mark.django_db
def test_money_returned_before_the_years_end_leaves_accepted_services_payable(road):
    road.to_accepted()
    contract, act = Owner("contract", road.contract.pk), Record.objects.get(pk=road.report.act_id)
    trail = trail_of("contract", contract.id)
    back = trail.advance + 40_000 * SOM
    treasury.return_money(contract=contract, amount=back, act=act, source=Owner("return", 10**6))
    owed = trail_of("contract", contract.id).payable
    road.at = next_january(road)

    close(road, road.year - 1)

    assert owed == 40_000
    assert balance(Stage.PAYABLE, "contract", contract.id) == owed
    assert faults() == []


@pytest.mark.django_db
def test_a_payment_that_bounces_after_its_year_was_closed_is_payable_again(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    amount = road.payment.amount
    road.at = next_january(road)
    close(road, road.year - 1)

    road.bounce_payment()

    assert balance(Stage.PAYABLE, "contract", road.contract.pk) == amount
    assert balance(Stage.COMMITTED, "contract", road.contract.pk) == 0
    assert Record.objects.filter(verb="bounce_payment").latest("pk").basis["act"] == "H-58"
    assert list(verify()) == []

    road.change_account()
    road.order_tranche()
    assert (road.payment.origin, road.payment.appropriation) == ("payable", budget(road))
    treasury.withdraw_payment(payment=road.payment, actor=road.actor("accountant"))
    assert balance(Stage.PAYABLE, "contract", road.contract.pk) == amount
    assert list(verify()) == []


@pytest.mark.django_db
def test_a_lot_whose_money_lapsed_can_still_be_decided(road):
    """What the end of the year took is not there to give back."""
    road.to_announced()
    lot, measure = Owner("lot", road.lot.pk), Owner("measure", road.measure.pk)
    road.at = next_january(road)
    close(road, road.year - 1)
    before = stages_of(budget(road))

    given_back = treasury.release(lot=lot, measure=measure, amount=SOM, act=Record.objects.latest("pk"))

    assert given_back is None
    assert stages_of(budget(road)) == before
    assert faults() == []


@pytest.mark.slow
def test_money_does_not_come_back_beside_the_closing_of_its_year(committed):
    """Either the bounce comes first and the balance is settled, or it comes into a closed year and is payable."""
    from tests.test_races import at_the_door
    from tests.world import new_road

    road = new_road()
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    road.at = next_january(road)

    outcomes = together(at_the_door(road.bounce_payment), at_the_door(lambda: close(road, road.year - 1)))

    assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert balance(Stage.COMMITTED, "contract", road.contract.pk) == 0
    assert list(verify()) == []
