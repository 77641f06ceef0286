"""The ledger: money goes one way, never below zero, and every movement can be told from every other."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import pytest
from django.db import transaction

from jardam.journal.models import Record
from jardam.journal.operations import perform
from jardam.kernel.actor import system
from jardam.kernel.refusal import Refused
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.parties.queries import actor_of
from jardam.treasury import operations as treasury
from jardam.treasury.models import Entry, PaymentOrder, Posting
from jardam.treasury.operations import Owner
from jardam.treasury.policy import PAYMENT
from jardam.treasury.queries import Trail, balance, checks, trail_of, trail_of_appropriations
from jardam.treasury.rules import PaymentFacts, Stage, second_person
from tests.world import codes_of, refuses, sql

SOM = Decimal("1.00")


@pytest.fixture
def money(road):
    """600,000 som allocated to the measure; the road, ready for more."""
    road.to_adopted()
    return road


def act() -> Record:
    return Record.objects.filter(verb="allocate").latest("pk")


def measure_of(road) -> Owner:
    return Owner("measure", road.measure.pk)


def faults() -> list[str]:
    return [fault for check in checks() for fault in check()]


# --- ways ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_money_that_is_released_can_be_reserved_again(money):
    measure, lot = measure_of(money), Owner("lot", 1)
    treasury.reserve(measure=measure, lot=lot, amount=600_000 * SOM, act=act())

    treasury.release(lot=lot, measure=measure, amount=200_000 * SOM, act=act())

    assert balance(Stage.ALLOCATED, "measure", measure.id) == 200_000 * SOM
    assert trail_of("lot", lot.id).reserved == 600_000 * SOM
    assert trail_of_appropriations("programme", [money.programme.pk]).reserved == 400_000 * SOM
    assert faults() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "code"),
    [("600000.01", "not_enough_money"), ("0.00", "amount_not_positive"), ("-1.00", "amount_not_positive")],
)
def test_more_than_there_is_and_less_than_something_are_refused(money, amount, code):
    with refuses(code):
        treasury.reserve(measure=measure_of(money), lot=Owner("lot", 1), amount=Decimal(amount), act=act())

    assert balance(Stage.ALLOCATED, "measure", money.measure.pk) == 600_000 * SOM
    assert faults() == []


@pytest.mark.django_db
def test_money_that_was_never_there_is_refused(money):
    with refuses("no_such_money"):
        treasury.reserve(measure=Owner("measure", 10**6), lot=Owner("lot", 1), amount=SOM, act=act())


@pytest.mark.django_db
def test_a_refusal_tells_how_much_is_left(money):
    with pytest.raises(Refused) as raised:
        treasury.reserve(measure=measure_of(money), lot=Owner("lot", 1), amount=700_000 * SOM, act=act())

    assert str(raised.value.refusals[0]) == "600000.00 KGS is left (allocated); 700000.00 KGS is asked for."


@pytest.mark.django_db
def test_one_reservation_comes_from_one_appropriation_that_has_enough(money):
    """A second appropriation of 100,000: 650,000 fit into neither; 100,000 into the older one as long as it has it."""
    second = treasury.appropriate(
        actor=money.actor("accountant"),
        organisation_id=money.programme.customer_id,
        owner=Owner("programme", money.programme.pk),
        year=2026,
        source="donor",
        line="Грант",
        amount=100_000 * SOM,
        retyped=100_000 * SOM,
        unit="som",
        document="Келишим 5",
        document_on=money.at.date(),
    )
    treasury.allocate(appropriation=second, measure=measure_of(money), amount=100_000 * SOM, act=act())
    reserve = {"measure": measure_of(money), "act": act()}

    with refuses("not_enough_money"):
        treasury.reserve(lot=Owner("lot", 1), amount=650_000 * SOM, **reserve)
    treasury.reserve(lot=Owner("lot", 1), amount=550_000 * SOM, **reserve)
    treasury.reserve(lot=Owner("lot", 2), amount=100_000 * SOM, **reserve)

    assert balance(Stage.ALLOCATED, "measure", money.measure.pk) == 50_000 * SOM
    assert sql("SELECT amount FROM treasury_balance WHERE stage = 'allocated' ORDER BY account_id") == [
        (50_000 * SOM,),
        (Decimal(0),),
    ]


@pytest.mark.django_db
def test_a_reversal_takes_everything_back_and_the_figures_with_it(money):
    before = trail_of_appropriations("programme", [money.programme.pk])
    posting = treasury.reserve(measure=measure_of(money), lot=Owner("lot", 1), amount=5 * SOM, act=act())

    treasury.reverse(posting=posting, act=act())

    assert balance(Stage.ALLOCATED, "measure", money.measure.pk) == 600_000 * SOM
    assert trail_of_appropriations("programme", [money.programme.pk]) == before
    assert faults() == []


@pytest.mark.django_db
def test_what_went_on_meanwhile_cannot_be_reversed_from_under_it(money):
    lot, contract = Owner("lot", 1), Owner("contract", 1)
    posting = treasury.reserve(measure=measure_of(money), lot=lot, amount=5 * SOM, act=act())
    treasury.commit(lot=lot, contract=contract, amount=5 * SOM, act=act())

    with refuses("not_enough_money"):
        treasury.reverse(posting=posting, act=act())


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_moved_everything_sums_to_zero_and_nothing_falls_below(money, seed):
    """Two hundred moves at random, most of them impossible; those that were refused leave nothing."""
    dice = random.Random(seed)
    measure = measure_of(money)
    source = Owner("source", 1)
    moves = {
        "reserve": lambda lot, contract, sum_: treasury.reserve(measure=measure, lot=lot, amount=sum_, act=act()),
        "release": lambda lot, contract, sum_: treasury.release(lot=lot, measure=measure, amount=sum_, act=act()),
        "commit": lambda lot, contract, sum_: treasury.commit(lot=lot, contract=contract, amount=sum_, act=act()),
        "accept": lambda lot, contract, sum_: treasury.accept(
            contract=contract, amount=sum_, act=act(), source=source
        ),
        "return": lambda lot, contract, sum_: treasury.return_money(
            contract=contract, amount=sum_, act=act(), source=source
        ),
    }
    done = refused = 0
    for _ in range(200):
        which = dice.choice(sorted(moves))
        lot, contract = Owner("lot", dice.randint(1, 3)), Owner("contract", dice.randint(1, 3))
        amount = Decimal(dice.randint(1, 30_000_000)) / 100
        try:
            with transaction.atomic():
                moves[which](lot, contract, amount)
            done += 1
        except Refused as refusal:
            assert refusal.code in ("not_enough_money", "no_such_money")
            refused += 1

    assert done > 5
    assert refused > 20
    assert sql("SELECT sum(amount) FROM treasury_entry") == [(Decimal(0),)]
    assert faults() == []


# --- figures ---------------------------------------------------------------------------------------------------


def test_what_is_with_the_executor_and_what_is_owed_are_never_one_figure():
    ahead = Trail(paid=300 * SOM, accepted=200 * SOM)
    behind = Trail(paid=300 * SOM, accepted=450 * SOM)
    returned = Trail(paid=300 * SOM, returned=100 * SOM, accepted=200 * SOM)

    assert (ahead.advance, ahead.payable) == (100 * SOM, 0)
    assert (behind.advance, behind.payable) == (0, 150 * SOM)
    assert (returned.advance, returned.payable) == (0, 0)


# --- appropriations --------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("retyped", "unit"), [("600000.00", "thousand"), ("600.00", "som"), ("600.01", "thousand")])
def test_a_total_is_recorded_only_when_it_was_typed_twice_in_the_unit_of_the_paper(road, retyped, unit):
    with refuses("total_not_retyped"):
        treasury.appropriate(
            actor=road.actor("accountant"),
            organisation_id=road.cast.organisations["okmotu"].pk,
            owner=Owner("programme", 1),
            year=2026,
            source="local",
            line="Коргоо",
            amount=600_000 * SOM,
            retyped=Decimal(retyped),
            unit=unit,
            document="14-4",
            document_on=road.at.date(),
        )


# --- payments --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_prepared_a_payment_does_not_approve_it_under_another_mandate(road):
    """The accountant is acting head this week."""
    road.to_in_force()
    road.order_tranche()
    person = road.cast.people["accountant"]
    parties.grant_mandate(
        person=person,
        organisation=road.cast.organisations["okmotu"],
        role="head",
        document="Буйрук 8",
        actor=system(road.at),
        valid_until=bishkek_day(road.at) + dt.timedelta(days=7),
        acting=True,
    )
    as_head = actor_of(person, road.at, road.actor("accountant").others[0].mandate_id)
    road.plan_cash()
    road.draw_up_package()
    road.sign_package()

    with refuses("not_named_signatory"):
        treasury.send_package(package=road.package, actor=as_head)
    with refuses("same_hands", "package_unsent"):
        perform(PAYMENT, road.payment, "approve_payment", actor=as_head)


def test_maker_and_checker_are_told_apart_by_person():
    assert second_person(PaymentFacts(1, 2, "", False)) is None
    assert codes_of([second_person(PaymentFacts(1, 1, "", False))]) == ["same_hands"]


@pytest.mark.django_db
def test_a_payment_the_treasury_sends_back_can_be_ordered_again(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()

    treasury.refuse_payment(payment=road.payment, code="wrong_account", actor=road.actor("treasurer"))

    assert trail_of("contract", road.contract.pk).ordered == 0
    road.order_tranche()
    assert sorted(PaymentOrder.objects.values_list("state", flat=True)) == ["prepared", "refused"]
    assert faults() == []


@pytest.mark.django_db
def test_a_payment_is_a_fact_only_with_its_document(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()

    with refuses("payment_document_missing"):
        road.execute_payment(number="")
    assert trail_of("contract", road.contract.pk).paid == 0


@pytest.mark.django_db
def test_a_payment_that_nobody_approved_is_not_executed(road):
    road.to_in_force()
    road.order_tranche()

    with refuses("wrong_state"):
        road.execute_payment()


@pytest.mark.django_db
def test_every_posting_of_the_road_has_two_entries_or_more(road):
    road.to_accepted()

    assert Posting.objects.count() > 8
    assert Entry.objects.count() >= 2 * Posting.objects.count()
    assert faults() == []
