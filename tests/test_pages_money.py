"""Payments, the budget and statements through their pages, in the hands of those who do the work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from jardam.demonstration.road import Road
from jardam.kernel.time import bishkek_day
from jardam.parties.models import BankAccount
from jardam.treasury.models import Appropriation, CashPlan, PaymentPackage, Shortfall, Statement, StatementLine
from tests.world import new_road

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
KEY = re.compile(r'name="key" value="([^"]+)"')


@pytest.fixture
def road(monkeypatch) -> Iterator[Road]:
    """Amounts are read off the pages, so in one language, whatever the test before this one spoke."""
    road = new_road()
    monkeypatch.setattr("jardam.web.clock.now", lambda: road.at)
    with override("ru"):
        yield road


class Seat:
    def __init__(self, road: Road, name: str) -> None:
        self.client = Client()
        self.client.force_login(road.cast.people[name].user, backend=BACKEND)

    def open(self, name: str, *args: Any, status: int = 200) -> str:
        response = self.client.get(reverse(name, args=args))
        assert response.status_code == status, (name, response.status_code)
        return response.content.decode().replace("\xa0", " ")

    def done(self, name: str, *args: Any, **data: Any) -> str:
        found = KEY.search(self.open(name, *args))
        assert found, f"no form at {name}"
        response = self.client.post(reverse(name, args=args), {"key": found[1]} | data)
        assert response.status_code == 302, re.findall(r"error-summary.*?</div>", response.content.decode(), re.S)
        return response.headers["Location"]


def day_of(road: Road, name: str) -> dict[str, Any]:
    day = bishkek_day(road.at)
    return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}


def test_the_accountant_plans_a_month_and_two_people_send_a_package(road):
    road.to_in_force()
    road.order_tranche()
    accountant, head = Seat(road, "accountant"), Seat(road, "head")
    line = road.payment.appropriation
    months = {f"month_{n}": "0" for n in range(1, 13)} | {f"month_{bishkek_day(road.at).month}": "200000"}

    assert "cash_plan_exceeded" not in accountant.open("desk_payment", road.payment.ref)
    accountant.done("desk_cash_line", line.ref, reason="План", **months)
    assert CashPlan.objects.get().line == line.line
    assert "200 000" in accountant.open("desk_cash", line.year)
    accountant.done(
        "desk_package_new",
        payments=[road.payment.ref],
        first=road.cast.people["accountant"].pk,
        second=road.cast.people["head"].pk,
    )
    package = PaymentPackage.objects.get()
    assert road.payment.ref in accountant.open("desk_package", package.ref)
    accountant.done("desk_package_sign", package.ref)
    head.done("desk_package_sign", package.ref)

    road.payment.refresh_from_db()
    assert road.payment.state == "approved"
    assert road.payment.ref in head.open("desk_payments")


def test_a_changed_account_is_checked_and_an_order_is_asked_again(road):
    road.to_in_force()
    road.order_tranche()
    head, treasurer, accountant = Seat(road, "umut_head"), Seat(road, "treasurer"), Seat(road, "accountant")

    head.done(
        "bank_account_new",
        bik="118005",
        account="1180000000000099",
        checker=road.cast.organisations["treasury"].ref,
        **day_of(road, "valid_from"),
    )
    proposed = BankAccount.objects.get(state="proposed")
    assert "1180000000000099" in head.open("bank_accounts")
    assert "Үмүт" in treasurer.open("treasury_accounts") or "Umut" in treasurer.open("treasury_accounts")
    accountant.open("desk_account", proposed.ref, status=404)
    treasurer.done("treasury_account", proposed.ref, answer="confirm", checked_against="Банктын каты")
    assert "account_changed" in accountant.open("desk_payment", road.payment.ref)
    accountant.done("desk_payment_redirect", road.payment.ref)

    road.payment.refresh_from_db()
    assert road.payment.account == proposed
    accountant.done("desk_payment_withdraw", road.payment.ref)


def test_an_account_the_bank_knows_otherwise_is_not_confirmed_and_gets_no_money(road):
    road.to_in_force()
    head, treasurer = Seat(road, "umut_head"), Seat(road, "treasurer")
    head.done(
        "bank_account_new",
        bik="118005",
        account="1180000000000099",
        checker=road.cast.organisations["treasury"].ref,
        **day_of(road, "valid_from"),
    )
    proposed = BankAccount.objects.get(state="proposed")

    treasurer.done("treasury_account", proposed.ref, answer="reject", checked_against="Банктын каты")

    proposed.refresh_from_db()
    assert (proposed.state, proposed.checked_by_id) == ("rejected", road.cast.people["treasurer"].pk)
    assert "Не подтвержд" in head.open("bank_accounts")
    assert reverse("treasury_account", args=[proposed.ref]) not in treasurer.open("treasury_accounts")
    road.order_tranche()
    assert road.payment.account != proposed


def test_the_treasury_credits_or_sees_it_bounce_and_reads_its_statement(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    treasurer, payment = Seat(road, "treasurer"), road.payment
    assert "000417" in treasurer.open("statement_unseen")
    text = "date;number;amount;direction;account\n"
    text += f"{payment.executed_on};000417;{payment.amount};out;\n{payment.executed_on};9;{payment.amount};out;\n"

    treasurer.done("statement_new", file=SimpleUploadedFile("april.csv", text.encode()))
    statement = Statement.objects.get()
    assert "april.csv" in treasurer.open("statements")
    assert "000417" in treasurer.open("statement", statement.ref)
    treasurer.open("statement_line", StatementLine.objects.get(found="unmatched").ref)
    treasurer.done("treasury_bounce", payment.ref, code="account_closed", **day_of(road, "bounced_on"))

    payment.refresh_from_db()
    assert payment.state == "bounced"


def test_a_cut_shows_the_contracts_to_amend(road):
    road.to_in_force()
    accountant, budget = Seat(road, "accountant"), Appropriation.objects.get()

    accountant.done(
        "desk_revise",
        budget.ref,
        amount="100000",
        unit="thousand",
        retyped="100",
        document="Токтом 3",
        reason="Киреше",
        **day_of(road, "document_on"),
    )

    assert Shortfall.objects.get().state == "open"
    page = accountant.open("desk_appropriation", budget.ref)
    assert road.contract.title in page
    assert road.contract.ref in page
    accountant.open("desk_move", budget.ref)
    accountant.open("desk_cover", budget.ref)
    accountant.open("desk_budget")
    accountant.open("desk_closed", road.year, status=404)


def test_a_year_is_closed_with_a_report(road):
    road.to_in_force()
    year = road.year
    road.at = road.at.replace(year=year + 1, month=1, day=12)
    accountant = Seat(road, "accountant")
    assert str(year) in accountant.open("desk_budget")

    accountant.done("desk_close", year)

    assert Appropriation.objects.get().line in accountant.open("desk_closed", year)
