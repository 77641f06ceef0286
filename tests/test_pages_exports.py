"""What an accountant takes away: payments, contracts and the ledger of an appropriation, as files."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.translation import override

from jardam.treasury.models import Entry, Posting
from jardam.web import clock, words
from tests.test_pages_contracts import Desks

pytestmark = pytest.mark.django_db


@pytest.fixture
def desks(road, monkeypatch) -> Desks:
    monkeypatch.setattr(clock, "now", lambda: road.at)
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    return Desks(road)


def kept(desks: Desks, who: str, name: str, *args: str, **asked: str) -> list[dict[str, str]]:
    with override("en"):
        answer = desks.client(who).get(reverse(name, args=args), asked)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_accountant_takes_the_payments_away_and_may_ask_for_one_state(desks):
    payment = desks.road.contract.number

    rows = kept(desks, "accountant", "desk_payments_csv")

    assert [(row["contract"], row["state"]) for row in rows] == [(payment, "approved")]
    assert Decimal(rows[0]["amount"]) > 0 and rows[0]["account"].strip("'").isdigit()
    assert kept(desks, "accountant", "desk_payments_csv", state="refused") == []
    with override("en"):
        narrowed = desks.client("accountant").get(reverse("desk_payments"), {"state": "refused"})
    assert "No payment is in this state." in narrowed.content.decode()


def test_contracts_are_taken_away_with_what_was_ordered_of_each(desks):
    (row,) = kept(desks, "accountant", "desk_contracts_csv")

    assert row["number"] == desks.road.contract.number
    assert Decimal(row["ordered"]) > 0 == Decimal(row["paid"])


def test_the_ledger_of_an_appropriation_holds_every_entry_and_they_sum_to_zero(desks):
    (appropriation,) = {one.account.appropriation for one in Entry.objects.select_related("account__appropriation")}

    rows = kept(desks, "accountant", "desk_ledger_csv", appropriation.ref)

    assert len(rows) == Entry.objects.count() > 8
    assert sum(Decimal(row["amount"]) for row in rows) == 0
    said = desks.text("accountant", "desk_appropriation", appropriation.ref)
    assert "Last movements" in said and "Bound by a contract Reserved for contests → Bound by contracts" in said


def test_every_movement_has_a_name(desks):
    assert set(Posting.objects.values_list("verb", flat=True)) <= words.MOVEMENT.keys()


@pytest.mark.parametrize("who", ["umut_head", "secretary", "treasurer"])
def test_nobody_else_takes_them_away(desks, who):
    (appropriation,) = {one.account.appropriation for one in Entry.objects.select_related("account__appropriation")}

    for name, args in (
        ("desk_payments_csv", ()),
        ("desk_contracts_csv", ()),
        ("desk_ledger_csv", (appropriation.ref,)),
    ):
        assert desks.get(who, name, *args).status_code in (403, 404)


def test_another_customer_does_not_read_this_ledger(desks):
    (appropriation,) = {one.account.appropriation for one in Entry.objects.select_related("account__appropriation")}
    assert desks.get("specialist", "desk_ledger_csv", appropriation.ref).status_code == 200
    assert desks.get("specialist", "desk_ledger_csv", "4E156X17HE").status_code == 404


def test_the_treasurer_finds_what_was_paid_yesterday(desks):
    desks.road.execute_payment()

    with override("en"):
        waiting = desks.client("treasurer").get(reverse("treasury")).content.decode()
        paid = desks.client("treasurer").get(reverse("treasury"), {"state": "executed"}).content.decode()
    (row,) = kept(desks, "treasurer", "treasury_csv", state="executed")

    assert "No approved payment waits." in waiting
    assert reverse("treasury_payment", args=[row["ref"]]).split("/", 2)[2] in paid
    assert row["state"] == "executed" and row["document_number"] and Decimal(row["amount"]) > 0
    assert kept(desks, "treasurer", "treasury_csv") == []
