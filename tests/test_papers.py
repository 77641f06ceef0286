"""What the papers of a contract say, and what they keep to the two parties."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

import pytest
from django.utils.translation import override

from jardam.contracts import operations as contracts
from jardam.contracts import papers
from jardam.contracts.models import Contract, Report
from jardam.contracts.papers import terms
from jardam.contracts.policy import settlement_of
from jardam.contracts.rules import AFTER_SIGNING
from jardam.demonstration.road import Road
from jardam.documents.models import Document
from jardam.documents.papers import Paper
from jardam.parties import operations as parties
from jardam.parties.models import Organisation
from jardam.parties.queries import bank_account_on
from tests.world import as_owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def road(accepted) -> Road:
    """In force, its first report accepted; what the test does is rolled back."""
    road = copy.copy(accepted)
    road.contract = Contract.objects.get(pk=accepted.contract.pk)
    road.report = Report.objects.get(pk=accepted.report.pk)
    return road


def issued(kind: str, language: str = "en") -> str:
    """The words of the newest document of a kind."""
    content = json.loads(bytes(Document.objects.filter(kind=kind).latest("pk").content))
    return told(content["texts"][language])


def told(text: object) -> str:
    return json.dumps(text, ensure_ascii=False)


def to_sign(road: Road, language: str = "en") -> str:
    """The paper its parties print, whatever became of it since."""
    with override(language):
        return told(papers.contract_to_sign(papers.agreed_on(road.contract, road.at)).as_plain())


# --- the contract ----------------------------------------------------------------------------------------------


def test_a_contract_names_its_parties_money_budget_and_indicators(road):
    said = issued("contract")

    for part in ("Archa-Too", "01203201910017", "Local budget, 2026", "KGS\u00a0445,000.00", "Үйгө баруулар", "5,400"):
        assert part in said, part
    assert "None" not in said


def test_each_hand_stands_with_its_office_its_ground_and_the_moment_it_signed(road):
    said = issued("contract", "ru")

    assert "Нурлан Жээнбаев, руководитель заказчика, действует на основании: Демонстрация" in said
    assert "подписано на платформе, 07.04.2026, 10:00 по бишкекскому времени" in said


SAID_OTHERWISE = {
    "con.max_months",  # the term and the schedule are made within these
    "con.multiyear",
    "con.amount_may_rise",  # it never does here (H-55)
}


def test_every_rule_a_contract_still_needs_is_a_clause_of_it(road):
    settlement = settlement_of(road.contract)
    asked: set[str] = set()

    class Watched(dict):
        def __getitem__(self, key):
            asked.add(key)
            return super().__getitem__(key)

        def get(self, key, default=None):
            asked.add(key)
            return super().get(key, default)

    watched = replace(settlement, parameters=Watched(settlement.parameters))
    terms.payment_clauses(watched), terms.budget_clauses(watched), terms.sections(watched)

    needed = {key for key in AFTER_SIGNING if key.startswith(("con.", "rep."))}
    assert needed - asked == SAID_OTHERWISE


def test_a_clause_that_rests_on_no_law_says_so(road):
    said = issued("contract")

    assert "House rule of Jardam, not a law: H-76" in said
    assert "Law: Law 70/2017, Art. 1(4)" in said


def test_what_the_rules_do_not_settle_is_said_and_not_guessed(road):
    settlement = settlement_of(road.contract)
    rest = {key: one for key, one in settlement.parameters.items() if key != "con.tranche_term"}

    with override("en"):
        clauses = terms.payment_clauses(replace(settlement, parameters=MappingProxyType(rest)))

    assert [one.text for one in clauses if one.basis is None] == [
        "The rules of the contest do not settle: time to order a tranche that is due."
    ]


def test_what_the_register_does_not_know_of_a_party_is_said(road):
    assert "Not entered in the register on that day." in issued("contract")


def test_the_address_of_the_day_of_the_signature_stands_in_the_contract(road):
    parties.update_profile(
        actor=road.actor("umut_head"),
        organisation=road.contract.executor,
        part="address",
        content={"text": "Көк-Булак айылы, Ленин көчөсү 7"},
    )

    assert "Ленин көчөсү 7" in to_sign(road)


def test_everybody_reads_four_digits_of_an_account_and_its_parties_read_them_all(road):
    account = bank_account_on(road.contract.executor_id, road.at.date())

    assert account.account not in issued("contract")
    assert f"account ending in {account.account[-4:]}" in issued("contract")
    assert account.account in to_sign(road)


def test_of_an_entrepreneur_everybody_reads_neither_number_nor_address(road):
    with as_owner(triggers=False):
        Organisation.objects.filter(pk=road.contract.executor_id).update(kind="entrepreneur")
    contract = Contract.objects.get(pk=road.contract.pk)

    def said(paper: Paper) -> str:
        return told(paper.as_plain())

    with override("en"):
        agreed = papers.agreed_on(contract, road.at)
        assert "01203201910017" not in said(papers.contract(agreed))
        assert "01203201910017" in said(papers.contract_to_sign(agreed))


# --- the report and the act ------------------------------------------------------------------------------------


def test_a_report_holds_plan_and_fact_of_indicators_and_budget(road):
    said = issued("report")

    assert '["Жардам алган адамдар", "20", "90", "90"]' in said
    line = "1. Эки социалдык кызматкердин айлыгы"
    assert f'["{line}", "170,000.00", "0.00", "133,500.00", "133,500.00", "36,500.00"]' in said


def test_a_report_lists_every_primary_document_and_names_nobody_in_it(road):
    said = issued("report")

    items = list(road.report.tranche.expenses.exclude(state="withdrawn"))
    assert said.count("Accepted in full") == len(items) > 0
    for one in items:
        assert one.payee not in said
        assert one.title not in said


def test_what_was_not_accepted_stands_in_the_act_and_beside_its_document(road):
    road.order_tranche()
    road.approve_payment()
    road.execute_payment("000418")
    road.submit_report()
    item = road.report.tranche.expenses.exclude(state="withdrawn").order_by("id").first()
    contracts.accept_report(
        actor=road.actor("specialist"), report=road.report, partly={item.ref: item.amount - Decimal("500.00")}
    )

    assert '["Not accepted", "KGS\u00a0500.00"]' in issued("acceptance")
    assert "Accepted in part" in issued("report")


def test_an_act_has_room_for_both_heads_and_is_issued_again_with_both_signatures(road):
    before = issued("acceptance")
    for who in ("head", "umut_head"):
        road.sign_acceptance(who)
    after = issued("acceptance")

    for name in ("Нурлан Жээнбаев", "Жылдыз Асанова"):
        assert f'"{name}", ""' in before
        assert f'"{name}", "signed on the platform' in after
    assert Document.objects.filter(kind="acceptance").count() == 2
