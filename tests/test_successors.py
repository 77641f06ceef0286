"""Who stands in the place of a body finds its open matters on every list, and goes on in them (H-47)."""

from __future__ import annotations

from copy import copy
from html import unescape

import pytest
from django.urls import reverse
from django.utils.translation import override

from jardam.contests.models import Contest
from jardam.kernel.actor import system
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.parties.models import Organisation
from jardam.parties.queries import bank_account_on
from jardam.parties.rules import CHECKLIST
from jardam.transparency.queries import verify
from jardam.treasury import operations as treasury
from jardam.treasury.models import Appropriation, PaymentOrder, PaymentPackage, YearClose
from jardam.web import clock
from tests.pages_list import audience_of, routes
from tests.test_pages_customer import Office, day, three
from tests.test_pages_customer import adoption_form as adoption
from tests.world import new_road, refuses

pytestmark = pytest.mark.django_db

HEIRS = {
    "okmotu": {"heir_specialist": "specialist", "heir_accountant": "accountant", "heir_head": "head"},
    "kenesh": {"heir_secretary": "council_secretary"},
    "treasury": {"heir_treasurer": "treasury_officer", "heir_officer": "treasury_officer"},
}
ALONE = {
    "bank_account_new": "names the account of whoever stands now",
    "desk_contract_existing_new": "begins something new",
    "desk_draft_act": "the customer's own act under the rules of today",
    "desk_existing_new": "begins something new",
    "desk_programme_new": "begins something new; its studies are looked at below",
    "desk_rules": "the rules of today",
    "desk_study_new": "begins something new",
    "statement_new": "begins something new",
}
"""Pages without an argument that list nobody's matters."""


@pytest.fixture
def office(monkeypatch) -> Office:
    office = Office(new_road())
    monkeypatch.setattr(clock, "now", lambda: office.road.at)
    return office


def succeed(office: Office, old: str, new: Organisation) -> None:
    road = office.road
    parties.succeed(
        organisation=road.cast.organisations[old],
        successor=new,
        valid_from=bishkek_day(road.at),
        document="Чечим 3",
        actor=road.actor("registrar"),
    )


def heir_of(office: Office, old: str) -> Organisation:
    """A body of the same kind with people of its own, from today in the place of the old one."""
    road, clockwork = office.road, system(office.road.at)
    before = road.cast.organisations[old]
    new = parties.register_organisation(
        actor=clockwork, kind=before.kind, title={"ky": f"Мураскер {old}"}, registered_on=bishkek_day(road.at)
    )
    new = parties.verify_organisation(
        organisation=new, actor=clockwork, checked_against="Чечим 3", checklist=CHECKLIST
    )
    for name, role in HEIRS[old].items():
        person = parties.register_person(name=name, email=f"{name}@example.kg", password=None)
        parties.grant_mandate(person=person, organisation=new, role=role, document="Чечим 3", actor=clockwork)
        road.cast.people[name] = person
    if before.council_id or before.treasury_id:
        new = parties.name_bodies(organisation=new, council=before.council, treasury=before.treasury, actor=clockwork)
    road.cast.organisations[f"new_{old}"] = new
    succeed(office, old, new)
    return new


def open_matters(office: Office) -> dict[str, tuple[str, str]]:
    """Something open on every list: page → who looks there afterwards, and what they must find."""
    road = office.road
    problem = road.propose_problem("umut_head", "Жол жабык")
    road.to_in_force()
    road.propose_account("umut")
    asked = parties.propose_bank_account(
        actor=road.actor("umut_head"),
        organisation=road.cast.organisations["umut"],
        bik="118005",
        account="1180000000000088",
        checker=road.cast.organisations["okmotu"],
    )
    second = copy(road)
    second.draft_programme()
    second.submit_to_council()
    road.at = second.at
    road.import_statement([(bishkek_day(road.at), "77", road.contract.amount)])
    road.order_tranche()
    prepared = road.payment
    study, programme, contest = road.study.title["ky"], road.programme.title["ky"], road.contest.title["ky"]
    line, umut = prepared.appropriation.line, road.cast.organisations["umut"].title["ky"]
    return {
        "apply": ("birge_head", road.contract.number),
        "grants": ("birge_head", road.contract.number),
        "bank_accounts": ("birge_head", asked.account),
        "desk_studies": ("heir_specialist", study),
        "desk_programmes": ("heir_specialist", programme),
        "desk_problems": ("heir_specialist", problem.place),
        "desk_contests": ("heir_specialist", contest),
        "desk_contest_new": ("heir_specialist", programme),
        "desk_contracts": ("heir_specialist", road.contract.number),
        "desk_contracts_csv": ("heir_specialist", road.contract.number),
        "desk_payments": ("heir_accountant", prepared.ref),
        "desk_payments_csv": ("heir_accountant", prepared.ref),
        "desk_package_new": ("heir_accountant", prepared.ref),
        "desk_budget": ("heir_accountant", line),
        "desk_accounts": ("heir_accountant", umut),
        "council": ("heir_secretary", programme),
        "council_decided": ("heir_secretary", programme),
        "statements": ("heir_treasurer", "vypiska.csv"),
        "treasury_accounts": ("heir_treasurer", umut),
    }


def address(name: str, *args: object) -> str:
    with override("ky"):
        return reverse(name, args=args)


def shown(office: Office, who: str, page: str, *args: str) -> str:
    response = office.get(who, page, *args, language="ky")
    assert response.status_code == 200, (page, response.status_code)
    told = b"".join(response.streaming_content) if response.streaming else response.content
    return unescape(told.decode()).replace("\xa0", " ")


def test_every_list_shows_the_successor_what_was_open(office):
    matters = open_matters(office)
    for old in HEIRS:
        heir_of(office, old)
    succeed(office, "umut", office.road.cast.organisations["birge"])

    missing = [page for page, (who, what) in matters.items() if what not in shown(office, who, page)]

    assert missing == []
    assert office.road.study.title["ky"] in shown(office, "heir_specialist", "desk_programme_new")
    year = office.road.year
    assert matters["desk_budget"][1] in shown(office, "heir_accountant", "desk_cash", year)
    for who in ("heir_specialist", "heir_accountant", "heir_secretary", "heir_treasurer", "birge_head"):
        shown(office, who, "desk")
    listed = {
        name
        for name, converters, view in routes()
        if not converters and audience_of(name, view) in {"customer", "council", "treasury", "applicant"}
    }
    assert listed == {*matters, *ALONE, "treasury", "treasury_csv", "statement_unseen", "desk_undelivered"}


def test_a_payment_goes_on_under_the_successors_of_payer_payee_and_treasury(office):
    road = office.road
    road.to_in_force()
    road.order_tranche()
    payment, line = road.payment, road.payment.appropriation
    for old in HEIRS:
        heir_of(office, old)
    months = {f"month_{n}": "0" for n in range(1, 13)} | {f"month_{bishkek_day(road.at).month}": "200000"}
    people = {"first": road.cast.people["heir_accountant"].pk, "second": road.cast.people["heir_head"].pk}

    office.done("heir_accountant", "desk_cash_line", line.ref, reason="План", **months)
    office.done("heir_accountant", "desk_package_new", payments=[payment.ref], **people)
    package = PaymentPackage.objects.get()
    office.done("heir_accountant", "desk_package_sign", package.ref)
    office.done("heir_head", "desk_package_sign", package.ref)

    assert address("treasury_payment", payment.ref) in shown(office, "heir_treasurer", "treasury")
    number = {"number": "417"} | day("executed_on", bishkek_day(road.at))
    office.done("heir_treasurer", "treasury_payment", payment.ref, **number)
    payment.refresh_from_db()
    assert (payment.state, payment.organisation_id) == ("executed", road.cast.organisations["okmotu"].pk)
    assert address("treasury_payment", payment.ref) in shown(office, "heir_treasurer", "statement_unseen")

    road.cast.people["treasurer"] = road.cast.people["heir_treasurer"]
    road.import_statement([(payment.executed_on, "417", payment.amount)])
    assert address("treasury_payment", payment.ref) not in shown(office, "heir_treasurer", "statement_unseen")
    assert list(verify()) == []


def test_a_package_never_mixes_the_payments_of_two_payers(office):
    road = office.road
    road.to_in_force()
    road.order_tranche()

    with refuses("package_of_two_payers"):
        treasury.draw_up_package(
            actor=road.actor("accountant"),
            organisation_id=road.cast.organisations["kenesh"].pk,
            payments=[PaymentOrder.objects.get()],
            first_id=road.cast.people["accountant"].pk,
            second_id=road.cast.people["head"].pk,
        )


def test_what_is_owed_to_a_succeeded_executor_goes_to_the_successors_account(office):
    road = office.road
    umut, birge = road.cast.organisations["umut"], road.cast.organisations["birge"]
    road.to_in_force()
    before = bank_account_on(umut.pk, bishkek_day(road.at))
    assert before is not None
    assert before.organisation_id == umut.pk

    succeed(office, "umut", birge)
    road.order_tranche()

    assert road.payment.payee_id == umut.pk
    assert road.payment.account == bank_account_on(birge.pk, bishkek_day(road.at))
    assert list(verify()) == []


def test_the_successor_reports_on_what_the_executor_received(office):
    road = office.road
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    succeed(office, "umut", road.cast.organisations["birge"])

    for page in ("grant_report", "grant_item_new", "grant_reallocate"):
        shown(office, "birge_head", page, road.contract.ref)


def test_the_successor_of_a_council_adopts_what_lies_before_it(office):
    road = office.road
    road.publish_study()
    road.draft_programme()
    road.submit_to_council()
    heir_of(office, "kenesh")

    office.done("heir_secretary", "council_adopt", road.programme.ref, **adoption(road))

    road.programme.refresh_from_db()
    assert road.programme.state == "adopted"
    assert road.programme.adoption.body == road.cast.organisations["new_kenesh"]


def test_a_contest_under_a_programme_taken_over_is_of_the_customer_whose_money_it_is(office):
    road = office.road
    road.to_adopted()
    heir_of(office, "okmotu")

    office.done(
        "heir_specialist",
        "desk_contest_new",
        programme=road.programme.ref,
        **three("title", road.text("contest")["title"]),
    )

    assert Contest.objects.get().customer == road.cast.organisations["okmotu"]


def test_the_successor_closes_the_year_of_the_customer_it_took_over(office):
    road = office.road
    road.to_adopted()
    heir_of(office, "okmotu")
    year = road.year
    road.at = road.at.replace(year=year + 1, month=1, day=12)

    assert address("desk_close", year) in shown(office, "heir_accountant", "desk_budget")
    office.done("heir_accountant", "desk_close", year)

    closed = YearClose.objects.get()
    assert closed.organisation_id == road.cast.organisations["okmotu"].pk
    assert Appropriation.objects.get().line in shown(office, "heir_accountant", "desk_closed", year)
    assert address("desk_close", year) not in shown(office, "heir_accountant", "desk_budget")
