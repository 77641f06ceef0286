"""Payments, the budget and statements through their pages, in the hands of those who do the work."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from jardam.contracts import operations as contracts
from jardam.demonstration.road import Road
from jardam.kernel.actor import system
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.parties.models import BankAccount, Person
from jardam.regime import operations as regime
from jardam.transparency.queries import verify
from jardam.treasury.models import (
    Appropriation,
    CashPlan,
    LineMatch,
    PaymentOrder,
    PaymentPackage,
    Shortfall,
    Statement,
    StatementLine,
)
from jardam.treasury.queries import balance
from jardam.treasury.rules import Stage
from jardam.web import due, formats, words
from tests.world import new_road, refuses, rules

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
        kind="separate",
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
        kind="separate",
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


def test_a_balance_that_is_carried_over_stands_in_the_budget_of_the_next_year(road, monkeypatch):
    road.to_in_force()
    year = road.year
    monkeypatch.setattr(regime, "settle", lambda **_: rules(bud__year_close="carry_over"))
    road.at = road.at.replace(year=year + 1, month=1, day=12)
    accountant = Seat(road, "accountant")

    accountant.done("desk_close", year)

    heir = Appropriation.objects.get(year=year + 1)
    assert heir.carried_from == Appropriation.objects.get(year=year)
    assert "Перенесено" in accountant.open("desk_closed", year)
    assert heir.ref in accountant.open("desk_budget")
    assert formats.som(heir.amount).replace("\xa0", " ") in accountant.open("desk_appropriation", heir.ref)
    assert list(verify()) == []


def test_money_moves_between_the_measures_of_a_programme(road):
    road.publish_study()
    road.draft_programme()
    giver = road.measure
    road._add_measure(road.text("measure"), road.year)
    taker = road.measure
    road.submit_to_council()
    road.adopt()
    road.appropriate()
    budget, specialist = Appropriation.objects.get(), Seat(road, "specialist")
    before = balance(Stage.ALLOCATED, "measure", giver.pk)
    assert reverse("desk_move", args=[budget.ref]) in specialist.open("desk_appropriation", budget.ref)

    with pytest.raises(AssertionError, match="на то же самое"):
        specialist.done("desk_move", budget.ref, giver=giver.pk, taker=giver.pk, amount="1000")
    where = specialist.done("desk_move", budget.ref, giver=giver.pk, taker=taker.pk, amount="1000")

    assert "Деньги перенесены" in specialist.client.get(where).content.decode()
    assert balance(Stage.ALLOCATED, "measure", giver.pk) == before - 1000
    assert balance(Stage.ALLOCATED, "measure", taker.pk) == 1000
    assert list(verify()) == []


def test_a_package_is_taken_apart_and_its_payment_waits_for_another(road):
    road.to_in_force()
    road.order_tranche()
    road.plan_cash()
    road.draw_up_package()
    road.sign_package()
    package, accountant = road.package, Seat(road, "accountant")
    assert reverse("desk_package_dissolve", args=[package.ref]) in accountant.open("desk_package", package.ref)

    accountant.done("desk_package_dissolve", package.ref)

    road.payment.refresh_from_db()
    assert (road.payment.state, road.payment.package) == ("prepared", None)
    assert road.payment.ref in accountant.open("desk_payments")
    assert reverse("desk_package_new") in accountant.open("desk_payment", road.payment.ref)
    assert "Пакет был расформирован" in accountant.open("desk_package", package.ref)
    assert "wrong_state" in Seat(road, "head").open("desk_package_sign", package.ref, status=409)
    assert list(verify()) == []


def test_a_payment_that_reached_the_payee_is_credited_and_cannot_come_back(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    treasurer, payment = Seat(road, "treasurer"), road.payment
    assert reverse("treasury_credit", args=[payment.ref]) in treasurer.open("treasury_payment", payment.ref)

    treasurer.done("treasury_credit", payment.ref, **day_of(road, "credited_on"))

    payment.refresh_from_db()
    assert (payment.state, payment.settled_on) == ("credited", bishkek_day(road.at))
    page = treasurer.open("treasury_payment", payment.ref)
    assert reverse("treasury_bounce", args=[payment.ref]) not in page
    assert str(words.TRANCHE["credited"][0]) in page
    assert list(verify()) == []


def test_money_that_came_in_again_stands_on_the_desks_of_treasury_and_accountant_until_it_is_recorded(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    payment = road.payment
    line = f"{bishkek_day(road.at)};{payment.document_number};{payment.amount};in;"
    text = f"date;number;amount;direction;account\n{line}\n"
    treasurer = Seat(road, "treasurer")
    treasurer.done("statement_new", file=SimpleUploadedFile("june.csv", text.encode()))

    def waits(name: str) -> bool:
        return any(payment.ref in item.url for item in due.items(road.actor(name)))

    assert (waits("treasurer"), waits("accountant"), waits("specialist")) == (True, True, False)
    for seat, page in ((treasurer, "treasury_payment"), (Seat(road, "accountant"), "desk_payment")):
        assert formats.day(bishkek_day(road.at)) in seat.open(page, payment.ref)
    treasurer.done("treasury_bounce", payment.ref, code="wrong_account", **day_of(road, "bounced_on"))
    assert (waits("treasurer"), waits("accountant")) == (False, False)


def test_a_line_that_fits_nothing_is_matched_by_one_and_checked_by_another_at_their_pages(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    payment, first = road.payment, Seat(road, "treasurer")
    road.import_statement([(payment.executed_on, "00417", payment.amount)])
    line = StatementLine.objects.get()
    road.cast.people["second"] = second_treasurer(road)
    second, told = Seat(road, "second"), {"payment": payment.ref, "reason": "Номерде бир нөл жетишпейт"}

    def waits(name: str) -> bool:
        return line.ref in "".join(item.url for item in due.items(road.actor(name)))

    assert line.ref in first.open("statement", line.statement.ref)
    first.done("statement_line", line.ref, **told)
    assert (waits("treasurer"), waits("second")) == (False, True)
    assert "same_hands" in first.open("statement_line", line.ref, status=409)
    second.done("statement_line", line.ref, agreed="no")
    assert LineMatch.objects.get().state == "rejected"
    assert str(words.FOUND["unmatched"][0]) in first.open("statement", line.statement.ref)
    first.done("statement_line", line.ref, **told)
    second.done("statement_line", line.ref, agreed="yes")

    assert LineMatch.objects.latest("id").state == "confirmed"
    assert str(words.MATCH["confirmed"][0]) in first.open("statement", line.statement.ref)
    assert payment.document_number not in first.open("statement_unseen")
    assert "wrong_state" in second.open("statement_line", line.ref, status=409)
    assert list(verify()) == []


def second_treasurer(road: Road) -> Person:
    person = parties.register_person(name="Экинчи кызматкер", email="second@demo.invalid", password=None)
    treasury = road.cast.organisations["treasury"]
    parties.grant_mandate(
        person=person, organisation=treasury, role="treasury_officer", document="Буйрук 2", actor=system(road.at)
    )
    return person


def test_a_payment_made_on_paper_is_entered_by_one_and_compared_by_another_at_their_pages(road):
    road.to_in_force()
    ref = road.contract.ref
    accountant, head = Seat(road, "accountant"), Seat(road, "head")
    first = road.contract.tranches.order_by("number").first()
    enter = reverse("desk_tranche_paid", args=[ref])
    assert enter in accountant.open("desk_contract", ref)
    assert enter not in head.open("desk_contract", ref)
    assert formats.som(first.amount).replace("\xa0", " ") in accountant.open("desk_tranche_paid", ref)

    accountant.done("desk_tranche_paid", ref, number="77", **day_of(road, "executed_on"))

    payment = PaymentOrder.objects.get()
    assert (payment.state, payment.amount, payment.source_id) == ("entered", first.amount, first.pk)
    assert "77" in accountant.open("desk_payment", payment.ref)
    assert "wrong_role" in accountant.open("desk_payment_existing", payment.ref, status=409)
    assert any(payment.ref in item.url for item in due.items(road.actor("head")))
    assert reverse("desk_payment", args=[payment.ref]) in head.open("desk_contract", ref)
    assert reverse("desk_payment_existing", args=[payment.ref]) in head.open("desk_payment", payment.ref)

    head.done("desk_payment_existing", payment.ref)

    payment.refresh_from_db()
    assert (payment.state, payment.is_existing) == ("executed", True)
    assert str(words.TRANCHE["executed"][0]) in head.open("desk_payment", payment.ref)
    assert not any(payment.ref in item.url for item in due.items(road.actor("head")))
    assert list(verify()) == []


def test_a_payment_made_before_is_not_dated_tomorrow_and_no_tranche_is_entered_twice(road):
    road.to_in_force()
    accountant, ref = road.actor("accountant"), road.contract.ref
    today = bishkek_day(road.at)
    enter = partial(contracts.record_paid_tranche, actor=accountant, contract=road.contract, number="77")
    with refuses("payment_in_future"):
        enter(executed_on=today + dt.timedelta(days=1))
    for _one in road.contract.tranches.all():
        enter(executed_on=today)
    with refuses("no_tranche_left"):
        enter(executed_on=today)

    assert sum(one.amount for one in PaymentOrder.objects.all()) == road.contract.amount
    Seat(road, "accountant").open("desk_tranche_paid", ref, status=404)
    assert list(verify()) == []


def came_in(road: Road, *amounts: Any) -> list[StatementLine]:
    """A statement on which so much came in today."""
    day = bishkek_day(road.at)
    lines = ["date;number;amount;direction;account", *(f"{day};7{n};{sum_};in;" for n, sum_ in enumerate(amounts))]
    treasurer = Seat(road, "treasurer")
    treasurer.done("statement_new", file=SimpleUploadedFile("may.csv", "\n".join(lines).encode()))
    return list(StatementLine.objects.filter(direction="in").order_by("id"))


def test_a_line_of_money_given_back_is_found_to_be_it_and_other_money_is_said_to_be_other(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    road.return_money(road.demand_return(28_000), 28_000)
    back, penalty = came_in(road, 28_000, 140)
    first, road.cast.people["second"] = Seat(road, "treasurer"), second_treasurer(road)
    second = Seat(road, "second")
    named = re.compile(r'<option value="([0-9a-f]{16})">[^<]*88')

    (refund,) = named.findall(first.open("statement_line", back.ref))
    assert not named.findall(first.open("statement_line", penalty.ref)), "of another amount"
    first.done("statement_line", back.ref, payment=refund, reason="Ошол эле номер")
    assert "88" in second.open("statement_line", back.ref)
    second.done("statement_line", back.ref, agreed="yes")
    first.done("statement_line", penalty.ref, payment="other", reason="Кечиктирүү үчүн туум")
    second.done("statement_line", penalty.ref, agreed="yes")

    assert [one.state for one in LineMatch.objects.all()] == ["confirmed", "confirmed"]
    (again,) = came_in(road, 28_000)[2:]
    assert not named.findall(first.open("statement_line", again.ref)), "it came back once"
    assert list(verify()) == []


def test_a_payment_matched_by_hand_is_reached_from_its_line(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    payment, first = road.payment, Seat(road, "treasurer")
    road.import_statement([(payment.executed_on, "00417", payment.amount)])
    line = StatementLine.objects.get()
    road.cast.people["second"] = second_treasurer(road)
    first.done("statement_line", line.ref, payment=payment.ref, reason="Номерде бир нөл жетишпейт")
    Seat(road, "second").done("statement_line", line.ref, agreed="yes")

    assert reverse("treasury_payment", args=[payment.ref]) in first.open("statement", line.statement.ref)
