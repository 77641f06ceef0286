"""The way of a payment: the account it goes to, the month it leaves in, two signatures, and the way back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from jardam.contracts import operations as contracts
from jardam.kernel.actor import system
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.parties.models import BankAccount
from jardam.parties.queries import actor_of, bank_account_on
from jardam.transparency.queries import verify
from jardam.treasury import operations as treasury
from jardam.treasury.models import PaymentOrder, PaymentPackage
from jardam.treasury.operations import Owner
from jardam.treasury.queries import cash_months, trail_of
from jardam.treasury.rules import PackageFacts, plan_faults, signs_second, within_cash_plan
from tests.world import as_owner, codes_of, refuses, sql, together

ZERO = Decimal(0)


@pytest.fixture
def ordered(road):
    road.to_in_force()
    road.order_tranche()
    return road


def money(road) -> tuple[Decimal, Decimal]:
    trail = trail_of("contract", road.contract.pk)
    return trail.ordered, trail.paid


# --- rules -----------------------------------------------------------------------------------------------------


def test_a_package_without_needs_keeps_to_every_plan_and_only_the_named_sign_it():
    facts = PackageFacts(1, 2, 2, frozenset({1}), False, ())

    assert within_cash_plan(facts) is None
    assert signs_second(facts) is None
    assert codes_of([signs_second(PackageFacts(1, 2, 3, frozenset(), False, ()))]) == ["not_named_signatory"]


def test_a_plan_has_twelve_months_within_the_budget_and_not_below_what_went_out():
    twelve = [Decimal(10)] * 12
    gone = [Decimal(11), *[ZERO] * 11]

    assert codes_of(plan_faults(twelve[:11], [ZERO] * 11, Decimal(120))) == ["plan_incomplete"]
    assert codes_of(plan_faults([Decimal(-1), *twelve[1:]], [ZERO] * 12, Decimal(120))) == ["plan_incomplete"]
    assert codes_of(plan_faults(twelve, gone, Decimal(119))) == ["plan_above_budget", "plan_below_sent"]
    assert plan_faults(twelve, [ZERO] * 12, Decimal(120)) == []


# --- the package -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_month_without_a_plan_lets_no_package_through(ordered):
    with refuses("cash_plan_exceeded"):
        ordered.draw_up_package()

    assert PaymentPackage.objects.count() == 0
    ordered.payment.refresh_from_db()
    assert ordered.payment.state == "prepared"


@pytest.mark.django_db
def test_a_package_that_crosses_into_a_month_without_money_waits_for_the_plan(ordered):
    ordered.plan_cash()
    ordered.draw_up_package()
    ordered.sign_package()
    ordered.later(days=31)

    with refuses("cash_plan_exceeded"):
        ordered.send_package()
    ordered.plan_cash()
    ordered.send_package()

    assert ordered.payment.state == "approved"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("head", "head", "same_hands"),
        ("specialist", "head", "signatory_without_mandate"),
        ("head", "accountant", "signatory_without_mandate"),
    ],
)
def test_two_different_persons_with_a_mandate_are_named(ordered, first, second, code):
    ordered.plan_cash()
    people = ordered.cast.people

    with refuses(code):
        treasury.draw_up_package(
            actor=ordered.actor("accountant"),
            organisation_id=ordered.payment.organisation_id,
            payments=[ordered.payment],
            first_id=people[first].pk,
            second_id=people[second].pk,
        )


@pytest.mark.django_db
def test_an_office_of_one_person_names_its_second_from_outside(ordered):
    """The accountant is the only person; the finance department of the rayon signs second, under a mandate."""
    outsider = ordered.cast.people["treasurer"]
    parties.grant_mandate(
        person=outsider,
        organisation=ordered.cast.organisations["okmotu"],
        role="signatory",
        document="Райондук финансы бөлүмүнүн каты 5",
        actor=system(ordered.at),
    )
    ordered.plan_cash()
    package = treasury.draw_up_package(
        actor=ordered.actor("accountant"),
        organisation_id=ordered.payment.organisation_id,
        payments=[ordered.payment],
        first_id=ordered.cast.people["accountant"].pk,
        second_id=outsider.pk,
    )
    package = treasury.sign_package(package=package, actor=ordered.actor("accountant"))
    mandate = actor_of(outsider, ordered.at).others[0].mandate_id

    package = treasury.send_package(package=package, actor=actor_of(outsider, ordered.at, mandate))

    assert package.state == "sent"
    assert list(verify()) == []


@pytest.mark.django_db
def test_a_package_taken_apart_gives_its_payments_back(ordered):
    ordered.plan_cash()
    ordered.draw_up_package()
    ordered.sign_package()

    treasury.dissolve_package(package=ordered.package, actor=ordered.actor("accountant"))

    ordered.payment.refresh_from_db()
    assert (ordered.payment.state, ordered.payment.package) == ("prepared", None)
    ordered.approve_payment()
    assert ordered.payment.state == "approved"
    assert list(verify()) == []


@pytest.mark.django_db
def test_an_order_taken_back_frees_the_contracts_money(ordered):
    treasury.withdraw_payment(payment=ordered.payment, actor=ordered.actor("accountant"))

    assert money(ordered) == (0, 0)
    ordered.order_tranche()
    assert list(verify()) == []


# --- the account -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_changed_account_asks_unsent_orders_again(ordered):
    old = ordered.payment.account
    ordered.plan_cash()
    ordered.draw_up_package()
    ordered.change_account()

    with refuses("account_changed"):
        ordered.sign_package()
    treasury.dissolve_package(package=ordered.package, actor=ordered.actor("accountant"))
    with refuses("account_changed"):
        ordered.draw_up_package()
    ordered.payment = contracts.redirect_payment(payment=ordered.payment, actor=ordered.actor("accountant"))
    ordered.approve_payment()

    assert ordered.payment.account != old
    assert ordered.payment.account.account == "1180000000000099"
    assert list(verify()) == []


@pytest.mark.django_db
def test_an_account_counts_only_once_another_person_has_checked_it(road):
    umut, treasurer = road.cast.organisations["umut"], road.actor("treasurer")
    before = bank_account_on(umut.pk, bishkek_day(road.at))
    propose = partial(
        parties.propose_bank_account,
        actor=road.actor("umut_head"),
        organisation=umut,
        checker=road.cast.organisations["treasury"],
    )
    with refuses("bad_bik", "bad_account"):
        propose(bik="11800", account="118000000000001x")
    proposed = propose(bik="118005", account="1180000000000099")
    assert bank_account_on(umut.pk, bishkek_day(road.at)) == before

    parties.reject_bank_account(account=proposed, actor=treasurer, checked_against="Кат")
    with refuses("wrong_state"):
        parties.confirm_bank_account(account=proposed, actor=treasurer, checked_against="Кат")

    assert bank_account_on(umut.pk, bishkek_day(road.at)) == before
    assert BankAccount.objects.get(pk=proposed.pk).state == "rejected"


@pytest.mark.django_db
def test_money_in_another_currency_than_the_account_is_refused_not_converted(road):
    road.to_in_force()
    umut = road.cast.organisations["umut"]
    dollars = parties.propose_bank_account(
        actor=road.actor("umut_head"),
        organisation=umut,
        bik="118005",
        account="1180000000000077",
        currency="USD",
        checker=road.cast.organisations["treasury"],
    )
    parties.confirm_bank_account(account=dollars, actor=road.actor("treasurer"), checked_against="Кат")

    with refuses("currency_differs"):
        contracts.order_tranche(actor=road.actor("accountant"), contract=road.contract)


@pytest.mark.django_db
def test_money_goes_only_to_an_account_of_the_kind_the_rules_of_the_contract_ask_for(road):
    """Rulebook: con.account_rule; the demonstration's contests ask for a separate account."""
    road.to_in_force()
    road.change_account(kind="ordinary")
    with refuses("account_not_separate"):
        contracts.order_tranche(actor=road.actor("accountant"), contract=road.contract)
    road.change_account(account="1180000000000098")
    road.order_tranche()

    road.change_account(account="1180000000000097", kind="treasury")
    with refuses("account_not_separate"):
        contracts.redirect_payment(actor=road.actor("accountant"), payment=road.payment)
    assert list(verify()) == []
    with as_owner(triggers=False):
        sql("UPDATE parties_bankaccount SET kind = 'ordinary' WHERE id = %s", road.payment.account_id)
    faults = list(verify())
    assert any(one.startswith(f"treasury_paymentorder {road.payment.pk}: it goes to an account") for one in faults)
    assert any(one.startswith("parties_bankaccount") for one in faults)


# --- credited and bounced --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_bounced_payment_is_ordered_again_to_corrected_details(ordered):
    ordered.approve_payment()
    ordered.execute_payment()
    amount = ordered.payment.amount
    assert money(ordered) == (amount, amount)

    ordered.bounce_payment()
    assert money(ordered) == (0, 0)
    ordered.change_account()
    ordered.order_tranche()
    ordered.approve_payment()
    ordered.execute_payment("000418")
    day = bishkek_day(ordered.at)
    treasury.credit_payment(payment=ordered.payment, credited_on=day, actor=ordered.actor("treasurer"))

    assert money(ordered) == (amount, amount)
    assert sorted(PaymentOrder.objects.values_list("state", flat=True)) == ["bounced", "credited"]
    pairs = cash_months(ordered.payment.organisation_id, ordered.year, [ordered.payment.appropriation.line])
    assert sum(used for months in pairs.values() for _, used in months) == amount
    assert list(verify()) == []


@pytest.mark.django_db
def test_a_credited_payment_does_not_bounce_and_is_reported_on(ordered):
    ordered.approve_payment()
    ordered.execute_payment()
    day = bishkek_day(ordered.at)
    ordered.payment = treasury.credit_payment(
        payment=ordered.payment, credited_on=day, actor=ordered.actor("treasurer")
    )

    with refuses("wrong_state"):
        ordered.bounce_payment()
    ordered.submit_report()
    assert ordered.report.state == "submitted"


# --- before the system -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_payment_made_before_the_system_is_entered_by_one_and_compared_by_another(road):
    road.to_in_force()
    tranche = road.contract.tranches.order_by("number").first()
    payment = treasury.record_existing_payment(
        actor=road.actor("accountant"),
        organisation_id=road.contract.customer_id,
        payee_id=road.contract.executor_id,
        contract=Owner("contract", road.contract.pk),
        source=Owner("tranche", tranche.pk),
        amount=tranche.amount,
        number="77",
        executed_on=bishkek_day(road.at),
    )
    assert money(road) == (tranche.amount, 0)

    payment = treasury.confirm_existing_payment(payment=payment, actor=road.actor("head"))

    assert (payment.state, payment.is_existing) == ("executed", True)
    assert money(road) == (tranche.amount, tranche.amount)
    assert list(verify()) == []


# --- races -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_packages_do_not_both_fit_into_one_month(committed):
    """Two contracts would be a long road: the plan is cut while the package is being sent; one of the two wins."""
    from tests.test_races import at_the_door
    from tests.world import new_road

    road = new_road()
    road.to_in_force()
    road.order_tranche()
    road.plan_cash()
    road.draw_up_package()
    road.sign_package()
    line = road.payment.appropriation.line
    from jardam.treasury.queries import cash_plan

    plan = cash_plan(road.payment.organisation_id, road.year, line)
    outcomes = together(
        at_the_door(lambda: treasury.send_package(package=road.package, actor=road.actor("head"))),
        at_the_door(
            lambda: treasury.change_cash_plan(
                actor=road.actor("accountant"), plan=plan, months=[ZERO] * 12, reason="Кыскартуу"
            )
        ),
    )

    codes = {getattr(outcome, "code", "") for outcome in outcomes}
    assert codes & {"cash_plan_exceeded", "plan_below_sent"}
    assert list(verify()) == []


# --- days ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_payment_document_is_dated_neither_after_today_nor_before_the_order_was_sent(ordered):
    ordered.approve_payment()
    today, treasurer = bishkek_day(ordered.at), ordered.actor("treasurer")

    for day, code in (
        (today + timedelta(days=1), "payment_in_future"),
        (ordered.payment.sent_on - timedelta(days=1), "paid_before_sent"),
    ):
        with refuses(code):
            treasury.execute_payment(payment=ordered.payment, number="1", executed_on=day, actor=treasurer)


@pytest.mark.django_db
def test_a_bank_answers_after_the_payment_and_not_tomorrow(ordered):
    ordered.approve_payment()
    ordered.execute_payment()
    paid, today, treasurer = ordered.payment.executed_on, bishkek_day(ordered.at), ordered.actor("treasurer")

    for day, code in (
        (today + timedelta(days=1), "payment_in_future"),
        (paid - timedelta(days=1), "settled_before_paid"),
    ):
        with refuses(code):
            treasury.credit_payment(payment=ordered.payment, credited_on=day, actor=treasurer)
        with refuses(code):
            treasury.bounce_payment(payment=ordered.payment, code="other", bounced_on=day, actor=treasurer)
