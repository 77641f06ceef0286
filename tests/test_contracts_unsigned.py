"""A contract before it is in force: its schedule, signatures on paper, and no signature at all."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from jardam.contracts import operations as contracts
from jardam.contracts.rules import Share
from jardam.demonstration.road import SCAN, Road
from jardam.kernel.actor import system
from jardam.kernel.time import bishkek_day
from jardam.review.queries import awards_of
from jardam.review.tests.test_procedure import settle
from jardam.transparency.queries import verify
from jardam.treasury.queries import balance
from jardam.treasury.rules import Stage
from tests.world import refuses

pytestmark = pytest.mark.django_db


@pytest.fixture
def prepared(road) -> Road:
    road.to_published()
    road.prepare_contract()
    road.pass_standstill()
    return road


def test_signatures_on_paper_count_when_a_second_person_has_checked_them(prepared):
    mine = prepared.enter_ink("customer")
    with refuses("same_eyes"):
        prepared.check_ink(mine, "specialist")
    prepared.check_ink(mine)
    assert prepared.contract.state == "half_signed"
    with refuses("your_side_signed"):
        prepared.enter_ink("customer")
    prepared.check_ink(prepared.enter_ink("executor"))

    assert prepared.contract.state == "in_force"
    assert prepared.contract.number
    assert list(verify()) == []


def test_paper_and_platform_go_together(prepared):
    prepared.check_ink(prepared.enter_ink("executor"))
    with refuses("your_side_signed"):
        prepared.sign_contract("umut_head")
    prepared.sign_contract("head")

    assert prepared.contract.state == "in_force"
    assert list(verify()) == []


def test_a_copy_of_another_text_or_of_another_day_is_not_entered(prepared):
    copy_: dict[str, Any] = {
        "actor": prepared.actor("specialist"),
        "contract": prepared.contract,
        "side": "customer",
        "signatory": "А.",
        "authority": "Б",
        "signed_on": bishkek_day(prepared.at),
        "fingerprint": prepared.contract.content_sha256,
        "content": SCAN,
        "name": "c.png",
    }
    with refuses("scan_differs"):
        contracts.enter_ink(**copy_ | {"fingerprint": "0" * 64})
    with refuses("ink_signed_too_early"):
        contracts.enter_ink(**copy_ | {"signed_on": dt.date(2026, 1, 1)})
    ink = contracts.enter_ink(**copy_)
    with transaction.atomic():
        assert contracts.reject_ink(actor=prepared.actor("head"), ink=ink).state == "rejected"


def test_who_refuses_to_sign_leaves_the_money_to_the_reserve_or_to_the_measure(prepared):
    lot = prepared.contract.award.candidacy.proceeding.lot_id
    with transaction.atomic():
        prepared.contract = contracts.refuse_to_sign(actor=prepared.actor("umut_head"), contract=prepared.contract)

    assert prepared.contract.state == "not_signed"
    assert balance(Stage.RESERVED, "lot", lot) == prepared.contract.amount
    assert prepared.candidacy("umut").state == "declined"
    assert list(verify()) == []
    with refuses("wrong_state"):
        prepared.sign_contract("head")


def test_where_the_rules_know_no_reserve_the_money_of_a_missed_term_is_free_at_once(prepared):
    settle(prepared, con__refusal_rule="void")
    prepared.contract.refresh_from_db()
    lot = prepared.contract.award.candidacy.proceeding.lot_id
    reserved = balance(Stage.RESERVED, "lot", lot)
    prepared.at += dt.timedelta(days=40)
    with transaction.atomic():
        contracts.miss_signing_term(actor=prepared.actor("specialist"), contract=prepared.contract)

    assert balance(Stage.RESERVED, "lot", lot) == reserved - prepared.contract.amount
    with refuses("award_replaced"):
        prepared.call_reserve("umut")


def test_a_contract_that_came_to_nothing_holds_up_nobody_after_it(prepared):
    with transaction.atomic():
        contracts.refuse_to_sign(actor=prepared.actor("umut_head"), contract=prepared.contract)
    award = prepared.call_reserve("umut")
    with transaction.atomic():
        second = contracts.prepare_contract(actor=prepared.actor("specialist"), award=award)
    with refuses("award_has_contract"):
        prepared.decline_award("birge")
    with transaction.atomic():
        contracts.refuse_to_sign(actor=prepared.actor("birge_head"), contract=second)

    assert prepared.candidacy("birge").state == "declined"
    assert balance(Stage.RESERVED, "lot", award.candidacy.proceeding.lot_id) == 0
    assert list(verify()) == []


def test_a_missed_term_is_stated_after_it_is_over_and_not_before(prepared):
    with refuses("signing_term_runs"):
        contracts.miss_signing_term(actor=prepared.actor("specialist"), contract=prepared.contract)
    prepared.at += dt.timedelta(days=40)
    with transaction.atomic():
        contract = contracts.miss_signing_term(actor=system(prepared.at), contract=prepared.contract)

    assert contract.state == "not_signed"
    assert list(verify()) == []


def test_a_schedule_of_many_tranches_keeps_its_milestones_and_its_limit(road):
    road.to_published()
    award = awards_of(road.contest)[0]
    tenth = award.amount / 10
    shares = [Share(3 * tenth, "advance"), Share(3 * tenth, "report", "60 үй"), Share(4 * tenth, "report")]
    with refuses("too_many_tranches"):
        many = [Share(tenth, "report") for _ in range(10)]
        contracts.prepare_contract(actor=road.actor("specialist"), award=award, shares=many)
    with transaction.atomic():
        contract = contracts.prepare_contract(actor=road.actor("specialist"), award=award, shares=shares)

    assert [one.milestone for one in contract.tranches.order_by("number")] == ["", "60 үй", ""]
    assert list(verify()) == []


@pytest.mark.parametrize(("multiyear", "ends_in"), [(False, 2026), (True, 2027)])
def test_a_contract_made_late_ends_with_the_year_where_the_rules_keep_it_there(road, multiyear, ends_in):
    road.to_published()
    settle(road, con__multiyear=multiyear)
    road.contest.months = 12
    road.contest.save(update_fields=["months"])

    road.prepare_contract()

    assert road.contract.ends_on.year == ends_in
    assert multiyear or road.contract.ends_on == dt.date(2026, 12, 31)
