"""Contracts signed on paper before the system: entered by one person, compared by another, and then as all others."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse

from jardam.contracts import operations as contracts
from jardam.contracts import queries
from jardam.contracts.models import Contract, Original
from jardam.contracts.rules import Line, Share
from jardam.demonstration.road import SCAN, Road
from jardam.journal.models import Record
from jardam.kernel.money import Money
from jardam.kernel.refusal import Refused
from jardam.kernel.time import bishkek_day
from jardam.parties.models import Identifier
from jardam.transparency.queries import verify
from jardam.treasury import operations as treasury
from jardam.treasury.queries import balance, trail_of
from jardam.treasury.rules import Stage
from jardam.web import clock, due
from tests.test_constraints import told
from tests.test_pages_customer import Office, day
from tests.world import as_owner, new_road, refuses, sql

pytestmark = pytest.mark.django_db
AMOUNT = Decimal("200000.00")


@pytest.fixture
def road() -> Road:
    """A programme in force with money for its measure."""
    road = new_road()
    road.to_adopted()
    road.appropriate()
    return road


@pytest.fixture
def recorded(road) -> Road:
    road.confirm_existing_contract(road.enter_existing_contract())
    return road


def faults_about(pk: int) -> list[str]:
    return [fault for fault in verify() if fault.startswith(f"contracts_contract {pk}: ")]


# --- entered and compared ---------------------------------------------------------------------------------------


def test_what_one_person_enters_binds_nothing_before_another_has_compared_it(road):
    found = road.enter_existing_contract()

    assert (found.state, found.award, found.number) == ("entered", None, None)
    assert balance(Stage.COMMITTED, "contract", found.pk) == 0
    with refuses("same_eyes"):
        contracts.confirm_existing(actor=road.actor("specialist"), contract=found)
    left = balance(Stage.ALLOCATED, "measure", road.measure.pk)

    road.confirm_existing_contract(found)

    found.refresh_from_db()
    assert (found.state, found.number is not None) == ("in_force", True)
    assert balance(Stage.COMMITTED, "contract", found.pk) == AMOUNT
    assert balance(Stage.ALLOCATED, "measure", road.measure.pk) == left - AMOUNT
    entered = Record.objects.get(object_kind="contract", verb="enter_existing")
    assert (entered.acted_on, entered.at) == (bishkek_day(found.signed_at), found.recorded_at)
    assert list(verify()) == []


def test_a_wrong_copy_is_discarded_and_the_same_paper_entered_anew(road):
    found = road.enter_existing_contract()
    assert told(road.enter_existing_contract) == "contract_paper_twice"

    contracts.discard_existing(actor=road.actor("head"), contract=found)

    assert road.enter_existing_contract().state == "entered"
    with refuses("wrong_state"):
        contracts.confirm_existing(actor=road.actor("head"), contract=Contract.objects.get(pk=found.pk))
    assert list(verify()) == []


def test_a_copy_that_cannot_be_a_contract_is_refused_with_every_reason(road):
    tomorrow = bishkek_day(road.at) + dt.timedelta(days=1)
    with refuses("day_in_future", "contract_ends_before_start", "paper_tranches_differ", "plan_total_differs"):
        road.enter_existing_contract(
            signed_on=tomorrow,
            ends_on=tomorrow - dt.timedelta(days=400),
            shares=(Share(Decimal(1), "advance"),),
            lines=(Line("Акы", Decimal(2)),),
        )
    with refuses("wrong_role"):
        road.enter_existing_contract(who="accountant")


def test_the_executor_is_a_verified_organisation_other_than_the_customer(road):
    terms = _terms_of(road)
    for executor, code in (
        (None, "executor_not_verified"),
        (road.cast.organisations["okmotu"], "executor_is_customer"),
    ):
        with pytest.raises(Refused) as refused:
            _enter(road, executor, terms)
        assert code in refused.value.codes


def test_more_than_the_measure_has_is_not_bound(road):
    whole = balance(Stage.ALLOCATED, "measure", road.measure.pk) + 1
    found = road.enter_existing_contract(amount=whole, shares=(Share(whole, "report"),), lines=())
    with refuses("not_enough_money"):
        contracts.confirm_existing(actor=road.actor("head"), contract=found)


def test_rules_nobody_knows_are_asked_for_before_it_is_entered(road):
    with override_settings(DEMO=False), pytest.raises(Refused) as refused:
        road.enter_existing_contract()
    assert set(refused.value.codes) == {"rule_unknown"}
    asked = {one.basis.key for one in refused.value.refusals}
    assert {"con.tranche_rule", "rep.fix_term", "con.account_rule"} <= asked
    assert not {"con.sign_term", "con.advance_pct", "eval.pass_mark"} & asked


def _terms_of(road: Road) -> contracts.PaperTerms:
    on = bishkek_day(road.at)
    shares = (Share(AMOUNT, "report"),)
    return contracts.PaperTerms("9", on, "Жардам", AMOUNT, on, on, shares, (), "Башчы", "Жетекчи")


def _enter(road: Road, executor, terms) -> Contract:
    return contracts.enter_existing(
        actor=road.actor("specialist"),
        customer=road.cast.organisations["okmotu"],
        executor=executor,
        measure=road.measure,
        terms=terms,
        content=SCAN,
        name="9.png",
    )


# --- afterwards it is as all others -----------------------------------------------------------------------------


def test_it_is_paid_reported_on_accepted_amended_and_closed_as_others_are(recorded):
    road = recorded
    road.order_tranche()
    road.approve_payment()
    road.execute_payment("000501")
    road.submit_report()
    road.accept_report()
    for name in ("head", "umut_head"):
        road.sign_acceptance(name)
    amendment = road.propose_amendment(amount=Decimal("190000.00"), amounts=[Decimal("95000.00")] * 2)
    for name in ("umut_head", "head"):
        road.sign_amendment(name, amendment)
    assert balance(Stage.COMMITTED, "contract", road.contract.pk) == Decimal("140000.00")
    road.pay_and_report()
    road.close_contract()

    assert (road.contract.state, trail_of("contract", road.contract.pk).accepted) == ("closed", Decimal("190000.00"))
    assert list(verify()) == []


def test_it_is_ended_and_its_money_goes_back_to_the_measure(recorded):
    before = balance(Stage.ALLOCATED, "measure", recorded.measure.pk)
    recorded.give_notice()
    recorded.at += dt.timedelta(days=60)
    recorded.terminate()

    assert recorded.contract.state == "terminated"
    assert balance(Stage.ALLOCATED, "measure", recorded.measure.pk) == before + AMOUNT
    assert list(verify()) == []


def test_a_term_that_was_over_before_it_was_recorded_bars_nobody(road):
    """House rule H-63: the report on what was paid a year ago was due before anybody could hand it in here."""
    long_ago = bishkek_day(road.at) - dt.timedelta(days=900)
    found = road.enter_existing_contract(
        signed_on=long_ago, starts_on=long_ago, ends_on=long_ago + dt.timedelta(days=200)
    )
    road.confirm_existing_contract(found)
    payment = contracts.record_paid_tranche(
        actor=road.actor("accountant"), contract=road.contract, number="71", executed_on=long_ago
    )
    road.do(lambda: _confirm_payment(road, payment))

    assert queries.contracts_overdue(road.at) == []
    assert queries.reports_late(road.contract.customer_id, road.at) == []
    [(tranche, until)] = queries.reports_due(road.contract.executor_id)
    assert (tranche.number, until) == (1, None)
    with refuses("nothing_overdue"):
        contracts.record_overdue(actor=road.actor("specialist"), contract=road.contract)


def _confirm_payment(road: Road, payment) -> None:
    treasury.confirm_existing_payment(actor=road.actor("head"), payment=payment)


# --- what verify says -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE contracts_contract SET paper_number = '6' WHERE id = {id}",
        "UPDATE contracts_contract SET signed_at = signed_at - interval '9 days' WHERE id = {id}",
        "UPDATE contracts_original SET entered_by_id = (SELECT person_id FROM journal_record"
        " WHERE verb = 'confirm_existing' AND object_kind = 'contract') WHERE contract_id = {id}",
        "DELETE FROM contracts_original WHERE contract_id = {id}",
    ],
)
def test_verify_finds_a_copy_that_is_not_what_was_entered_and_compared(recorded, statement):
    with as_owner(triggers=False):
        sql(statement.format(id=recorded.contract.pk))
    assert faults_about(recorded.contract.pk)


def test_verify_finds_other_rules_than_those_it_was_entered_under(recorded):
    with as_owner(triggers=False):
        sql("UPDATE contracts_original SET settlement_bytes = settlement_bytes || ' '::bytea")
    assert any(fault.startswith("contracts_original") for fault in verify())


# --- through the pages ------------------------------------------------------------------------------------------


@pytest.fixture
def office(road, monkeypatch) -> Office:
    office = Office(road)
    monkeypatch.setattr(clock, "now", lambda: office.road.at)
    return office


def test_a_contract_on_paper_is_entered_compared_and_marked_on_every_page(office):
    road = office.road
    on = bishkek_day(road.at) - dt.timedelta(days=30)
    tin = Identifier.objects.get(organisation=road.cast.organisations["umut"], scheme="KG-TIN").value
    told = {"measure": road.measure.ref, "tin": tin, "number": "5", "title": "Үйдөгү жардам", "amount": "200000"}
    told |= {"customer_signatory": "Башчы Б.", "executor_signatory": "Жетекчи Ж."}
    told |= {"advance": "50000", "part_1": "150000", "line_1": "Акы", "sum_1": "200000"}
    told |= day("signed_on", on) | day("starts_on", on) | day("ends_on", on + dt.timedelta(days=300))
    assert "Enter a contract signed on paper before" in office.text("specialist", "desk_contracts")
    assert "Enter a contract signed on paper before" not in office.text("accountant", "desk_contracts")

    office.done("specialist", "desk_contract_existing_new", file=SimpleUploadedFile("5.png", SCAN), **told)

    found = Contract.objects.get()
    page = office.text("specialist", "desk_contract", found.ref)
    assert "Recorded afterwards" in page
    assert "Scan of the signed contract" in page
    assert "Who entered the signed copy may not check it" in office.text(
        "specialist", "desk_contract_existing_confirm", found.ref
    )
    assert "Compare the contract with its paper" not in office.text("specialist", "desk")
    assert "Compare the contract with its paper" in office.text("head", "desk")
    assert office.client("head").get(reverse("contract", args=[found.ref])).status_code == 404
    scan = office.get("head", "contract_paper_file", Original.objects.get().scan.ref)
    assert scan.content == SCAN

    office.done("head", "desk_contract_existing_confirm", found.ref)

    assert "recorded afterwards" in office.text("specialist", "desk_contracts")
    assert "recorded afterwards" in office.text("umut_head", "grants")
    assert "Recorded afterwards" in office.text("umut_head", "grant", found.ref)
    public = office.text("accountant", "contract", found.ref)
    assert "Recorded afterwards" in public
    assert "Башчы Б., on paper" in public
    assert "Scan of the signed contract" not in public
    assert str(Money(AMOUNT)).split(".")[0][:3] in public
    assert any(found.ref in item.url for item in due.items(road.actor("accountant")))
    assert list(verify()) == []


def test_a_wrong_copy_is_discarded_at_the_desk(office):
    found = office.road.enter_existing_contract()
    office.done("head", "desk_contract_existing_discard", found.ref)
    found.refresh_from_db()
    assert found.state == "discarded"
    assert "Discarded: copied wrongly" in office.text("head", "desk_contract", found.ref)


def test_what_is_refused_keeps_the_form(office):
    response = office.press("specialist", "desk_contract_existing_new", number="5", line_1="Акы")
    assert response.status_code == 200
    assert "A budget line has a name and an amount." in response.content.decode()
