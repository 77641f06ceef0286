"""A contract at the pages of both parties and of everybody: receipts, remarks, letters, money back, paper."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pypdf import PdfReader

from jardam.contracts import queries
from jardam.contracts.models import Amendment, Asset, Contract, Expense, InkSignature, Letter, Report, Return
from jardam.demonstration.road import SCAN, Road
from jardam.documents.models import Document
from jardam.documents.queries import documents_that_are
from jardam.kernel.time import bishkek_day
from jardam.parties.queries import restrictions_on
from jardam.transparency.queries import verify
from jardam.treasury import operations as treasury
from jardam.web import clock, due
from tests.world import refuses

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Desks:
    """The cast at their pages, in English, by the clock of the road."""

    def __init__(self, road: Road) -> None:
        self.road = road
        self.clients: dict[str, Client] = {}

    def client(self, who: str) -> Client:
        if who not in self.clients:
            self.clients[who] = Client()
            if who:
                self.clients[who].force_login(self.road.cast.people[who].user, backend=BACKEND)
        return self.clients[who]

    def get(self, who: str, name: str, *args: str) -> Any:
        with override("en"):
            return self.client(who).get(reverse(name, args=args))

    def text(self, who: str, name: str, *args: str) -> str:
        answer = self.get(who, name, *args)
        assert answer.status_code in (200, 409), answer.status_code
        main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())

    def press(self, who: str, name: str, *args: str, **data: Any) -> Any:
        found = re.search(r'name="key" value="([^"]+)"', self.get(who, name, *args).content.decode())
        with override("en"):
            return self.client(who).post(reverse(name, args=args), data | {"key": found[1] if found else ""})

    def done(self, who: str, name: str, *args: str, **data: Any) -> None:
        answer = self.press(who, name, *args, **data)
        said = re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())
        assert answer.status_code == 302, said[:6000]
        self.road.later()

    def due(self, who: str) -> list[str]:
        with override("en"):
            return [str(item.title) for item in due.items(self.road.actor(who))]


@pytest.fixture
def desks(road, monkeypatch) -> Desks:
    """The first tranche is paid and to be reported on."""
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    monkeypatch.setattr(clock, "now", lambda: road.at)
    return Desks(road)


def day(name: str, value: dt.date) -> dict[str, str]:
    return {f"{name}_0": str(value.day), f"{name}_1": str(value.month), f"{name}_2": str(value.year)}


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("act.png", SCAN, "image/png")


def item(road: Road, amount: Decimal, **changes: Any) -> dict[str, Any]:
    form = {
        "title": "Транспорт",
        "line": "1",
        "payee_kind": "organisation",
        "payee": "Айыл Авто",
        "document": "44",
        "amount": str(amount),
        "file": scan(),
    }
    return form | day("document_on", bishkek_day(road.at)) | changes


def report(road: Road, **changes: Any) -> dict[str, Any]:
    reached = {f"indicator_{n}": str(value) for n, value in enumerate(road.reached(), start=1)}
    return {"narrative": "64 кишиге барылды.", "people_served": "64"} | reached | changes


def test_a_report_goes_from_receipts_over_remarks_to_the_act_both_sides_sign(desks):
    road, ref = desks.road, desks.road.contract.ref
    whole = road.payment.amount
    assert "Report on the money received" in desks.due("umut_editor")
    desks.done("umut_editor", "grant_item_new", ref, **item(road, whole - 1000))
    desks.done("umut_editor", "grant_item_new", ref, **item(road, Decimal(500)))
    wage = {"payee_kind": "employee", "net": "450", "payee": "Жумабеков Талант"}
    desks.done("umut_editor", "grant_item_new", ref, **item(road, Decimal(500), **wage))
    first, second, pay = Expense.objects.order_by("id")
    desks.done("umut_head", "grant_item_withdraw", second.ref)
    desks.done("umut_head", "grant_report", ref, **report(road, other_funding="Мэрия жардам берди."))
    made = Report.objects.get()
    assert (made.spent, made.other_funding) == (whole - 500, "Мэрия жардам берди.")

    desks.done("specialist", "desk_item", first.ref, verdict="explain", remark="Кайсы айыл?")
    desks.done("specialist", "desk_item", pay.ref, verdict="not_eligible", remark="Сметада жок.")
    assert "Кайсы айыл?" in desks.text("specialist", "desk_item", first.ref)
    desks.done("specialist", "desk_report_return", made.ref)
    assert "Correct the returned report" in desks.due("umut_head")
    desks.done("umut_head", "grant_item", first.ref, answer="Көк-Булак.", file=scan())
    desks.done("umut_head", "grant_report_page", made.ref, **report(road))
    desks.done("head", "desk_report_accept", made.ref, **{f"item_{first.ref}": "1000"})

    made.refresh_from_db()
    assert made.acceptance.amount == 1000
    for who in ("head", "umut_head"):
        assert "Sign the act of acceptance" in desks.due(who)
        desks.done(who, "acceptance_sign", made.ref)
        assert "Sign the act of acceptance" not in desks.due(who)
    assert made.acceptance.number in desks.text("specialist", "desk_report", made.ref)
    seen = desks.text("", "contract", ref)
    assert made.acceptance.number in seen
    assert "Жумабеков" not in seen
    assert "Айыл Авто" not in seen
    assert list(verify()) == []


def test_a_report_that_lacks_something_says_so_and_keeps_what_was_typed(desks):
    answer = desks.press("umut_head", "grant_report", desks.road.contract.ref, **report(desks.road))
    said = answer.content.decode()

    assert answer.status_code == 200
    assert "no_items" in said
    assert "64 кишиге барылды." in said


def test_a_line_beyond_its_plan_is_named_at_the_report_with_where_money_is_moved(desks, monkeypatch):
    road, ref = desks.road, desks.road.contract.ref
    planned = queries.budget(road.contract)[0].planned
    road.enter_expense(planned + 1000)
    monkeypatch.setattr("jardam.contracts.models.Tranche.agreed", planned * 2)  # the tranche itself has room

    assert "KGS 1,000 more than is left" in desks.text("umut_head", "grant_report", ref)
    answer = desks.press("umut_head", "grant_report", ref, **report(road))

    said = answer.content.decode()
    assert "line_exceeded" in said
    assert reverse("grant_reallocate", args=[ref]).partition("/en/")[2] in said
    desks.done("umut_head", "grant_reallocate", ref, giver="2", taker="1", amount="1000")
    desks.done("umut_head", "grant_report", ref, **report(road))
    seen = desks.text("specialist", "desk_report", Report.objects.get().ref)
    assert "Budget: plan and fact" in seen
    assert "more than is left" not in seen


def test_a_primary_document_is_for_the_two_parties_only(desks):
    road = desks.road
    first = road.enter_expense(Decimal(100), payee="Жумабеков Талант", payee_kind="person")
    file = first.file.ref

    assert desks.get("specialist", "contract_paper_file", file).content == SCAN
    assert desks.get("umut_editor", "contract_paper_file", file).status_code == 200
    assert desks.get("birge_head", "contract_paper_file", file).status_code == 404
    assert desks.get("birge_head", "grant_item", first.ref).status_code == 404
    assert desks.get("", "contract_paper_file", file).status_code == 302


def test_a_late_report_shows_the_days_and_bars_until_it_comes(desks):
    road, ref = desks.road, desks.road.contract.ref
    assert "Put the missing report on record" not in desks.due("specialist")
    assert "nothing_overdue" in desks.text("specialist", "desk_contract_overdue", ref)
    road.at += dt.timedelta(days=150)
    with override("en"):
        [row] = [one for one in due.items(road.actor("umut_head")) if one.title == "Report on the money received"]
    assert row.left < 0
    assert "Put the missing report on record" in desks.due("specialist")
    desks.done("specialist", "desk_contract_overdue", ref)
    assert "Put the missing report on record" not in desks.due("specialist")
    assert restrictions_on(road.contract.executor_id, road.at)

    road.submit_report()

    assert restrictions_on(road.contract.executor_id, road.at) == []
    assert "late" in desks.text("specialist", "desk_report", road.report.ref)


def test_money_moves_between_lines_and_beyond_the_share_only_by_amendment(desks):
    road, ref = desks.road, desks.road.contract.ref
    tenth = road.contract.amount / 10
    desks.done("umut_head", "grant_reallocate", ref, giver="1", taker="2", amount=str(tenth))
    answer = desks.press("umut_head", "grant_reallocate", ref, giver="1", taker="2", amount="1")
    assert "reallocation_too_large" in answer.content.decode()

    with override("en"):
        page = desks.client("umut_head").get(reverse("amendment_new", args=[ref]))
    lines = {name: Decimal(str(page.context["form"].initial.get(name) or field.initial))
             for name, field in page.context["form"].fields.items() if name.startswith("line_")}  # fmt: skip
    lines |= {"line_1": lines["line_1"] - 1000, "line_2": lines["line_2"] + 1000}
    ends_on = road.contract.ends_on - dt.timedelta(days=3)
    typed = {name: str(amount) for name, amount in lines.items()} | day("ends_on", ends_on)
    desks.done("umut_editor", "amendment_new", ref, reason="delay", explanation="Кар жаады.", **typed)
    change = Amendment.objects.get()
    for who in ("umut_head", "head"):
        assert "Sign the amendment" in desks.due(who)
        desks.done(who, "amendment_sign", change.ref)

    assert Contract.objects.get().ends_on == ends_on
    assert "Signatures" in desks.text("specialist", "amendment", change.ref)
    seen = desks.text("", "contract", ref)
    assert "Amendment 1" in seen
    assert "Кар жаады." not in seen


def test_a_cut_budget_lowers_the_contract_and_everybody_sees_by_how_much(desks):
    road, ref = desks.road, desks.road.contract.ref
    was, tenth = road.contract.amount, road.contract.amount / 10
    page = desks.get("head", "amendment_new", ref)
    lines = {name: field.initial for name, field in page.context["form"].fields.items() if name.startswith("line_")}
    typed = {name: str(amount) for name, amount in (lines | {"line_1": lines["line_1"] - tenth}).items()}
    typed |= {"reason": "budget_cut", "explanation": "Бюджет кыскарды."} | day("ends_on", road.contract.ends_on)
    raised = desks.press("head", "amendment_new", ref, amount=str(was + 1), **typed)
    assert "amount_rises" in raised.content.decode()
    desks.done("head", "amendment_new", ref, amount=str(was - tenth), **typed)
    change = Amendment.objects.get()
    assert "Tranche 2" in desks.text("umut_head", "amendment", change.ref)
    assert "is free again" in desks.text("head", "amendment_sign", change.ref)
    for who in ("head", "umut_head"):
        desks.done(who, "amendment_sign", change.ref)

    assert Contract.objects.get().amount == was - tenth
    seen = desks.text("", "contract", ref)
    assert "The budget was cut" in seen
    assert "Бюджет кыскарды." not in seen
    assert list(verify()) == []


def test_an_amendment_that_came_by_post_is_entered_by_one_and_checked_by_another_at_their_pages(desks):
    road, was = desks.road, desks.road.contract.ends_on
    change = road.propose_amendment(ends_on=was - dt.timedelta(days=3))
    form = {"signatory": "Асан", "authority": "Жобо", "fingerprint": change.content_sha256[:8]}
    form |= day("signed_on", bishkek_day(road.at))
    assert "Enter a signed copy" in desks.text("specialist", "amendment", change.ref)
    assert "Enter a signed copy" not in desks.text("umut_head", "amendment", change.ref)
    other = form | {"side": "executor", "file": scan(), "fingerprint": "0" * 8}
    assert "scan_differs" in desks.press("specialist", "desk_amendment_ink", change.ref, **other).content.decode()

    for side in ("executor", "customer"):
        desks.done("specialist", "desk_amendment_ink", change.ref, **form | {"side": side, "file": scan()})
        copy = InkSignature.objects.get(side=side, amendment=change)
        assert "Check the signed copy" in desks.due("head")
        assert "What was signed Amendment 1" in desks.text("head", "desk_ink", copy.ref)
        desks.done("head", "desk_ink", copy.ref, agrees="yes")

    assert Contract.objects.get(pk=road.contract.pk).ends_on == was - dt.timedelta(days=3)
    assert "Асан, Executor" in desks.text("umut_head", "amendment", change.ref)
    assert "Асан, on paper" not in desks.text("", "contract", road.contract.ref), "it is the amendment they signed"


def test_an_amendment_is_printed_before_it_is_signed_and_is_a_document_of_its_own_afterwards(desks):
    road = desks.road
    change = road.propose_amendment(ends_on=road.contract.ends_on - dt.timedelta(days=3))
    assert "Print the amendment" in desks.text("head", "amendment", change.ref)
    before = desks.get("umut_head", "amendment_print", change.ref)
    assert before.headers["Content-Type"] == "application/pdf"

    for who in ("umut_head", "head"):
        desks.done(who, "amendment_sign", change.ref)

    paper = Document.objects.get(kind="amendment")
    road.contract.refresh_from_db()
    assert paper.number == f"{road.contract.number}/1"
    assert desks.client("head").get(reverse("amendment_print", args=[change.ref])).status_code == 404
    assert paper.number in desks.text("umut_head", "amendment", change.ref)
    assert [one.pk for one in documents_that_are(paper.number)] == [paper.pk]
    assert [one.pk for one in documents_that_are(paper.content_sha256)] == [paper.pk]
    shown = desks.text("umut_head", "document", paper.ref)
    assert "What changes" in shown and change.content_sha256 in shown
    assert desks.client("birge_head").get(reverse("document", args=[paper.ref])).status_code == 404


def test_an_amendment_is_declined(desks):
    road = desks.road
    change = road.propose_amendment(ends_on=road.contract.ends_on - dt.timedelta(days=3))
    desks.done("head", "amendment_decline", change.ref)

    change.refresh_from_db()
    assert change.state == "declined"


def test_a_letter_waits_for_its_answer_on_the_other_desk(desks):
    ref = desks.road.contract.ref
    desks.done("specialist", "letter_new", ref, subject="Сурам", body="Качан?", wants_answer="on", file=scan())
    letter = Letter.objects.get()
    assert "Answer the letter" in desks.due("umut_editor")
    assert "Answer the letter" not in desks.due("specialist")
    assert "Качан?" in desks.text("specialist", "letter", letter.ref)
    desks.done("umut_editor", "letter", letter.ref, answer="Эртең.")

    assert "Answer the letter" not in desks.due("umut_editor")
    assert "Эртең." in desks.text("specialist", "letter", letter.ref)
    assert desks.get("birge_head", "letter", letter.ref).status_code == 404
    assert letter.number not in desks.text("", "contract", ref)


def test_a_thing_bought_is_listed_moved_and_gets_its_fate(desks):
    road = desks.road
    bought = road.enter_expense(Decimal(9000))
    thing = {"title": "Велосипед", "inventory": "7", "value": "9000", "place": "Айыл", "holder": "Айбек"}
    desks.done("umut_head", "grant_asset_new", bought.ref, **thing)
    asset = Asset.objects.get()
    desks.done("umut_head", "grant_asset", asset.ref, place="Мектеп", holder="Айбек")
    desks.done("specialist", "desk_asset", asset.ref, fate="handed_over", document="Акт 5", taker="Мектеп")

    asset.refresh_from_db()
    assert (asset.state, asset.place, asset.taker) == ("handed_over", "Мектеп", "Мектеп")
    assert "Айбек" not in desks.text("", "contract", road.contract.ref)


@pytest.mark.parametrize(("fate", "seen"), [("stays", "Stays with the executor"), ("written_off", "Written off")])
def test_a_thing_bought_stays_or_is_written_off_and_both_parties_see_it(desks, fate, seen):
    road, ref = desks.road, desks.road.contract.ref
    thing = road.record_asset(road.enter_expense(Decimal(9000)))
    desks.done("specialist", "desk_asset", thing.ref, fate=fate, document="Акт 6")

    thing.refresh_from_db()
    assert (thing.state, thing.fate_document) == (fate, "Акт 6")
    for who, name in (("specialist", "desk_contract"), ("umut_head", "grant")):
        assert seen in desks.text(who, name, ref)
    assert "wrong_state" in desks.text("specialist", "desk_asset", thing.ref)
    assert list(verify()) == []


def test_a_letter_that_asks_nothing_only_informs_the_other_party(desks):
    ref = desks.road.contract.ref
    desks.done("umut_editor", "letter_new", ref, subject="Кабар", body="Кеңсебиз көчтү.")
    letter = Letter.objects.get()

    assert (letter.state, letter.answer_by) == ("sent", None)
    assert "Кабар" in desks.text("specialist", "desk_contract", ref)
    assert "Кеңсебиз көчтү." in desks.text("specialist", "letter", letter.ref)
    assert "Answer the letter" not in desks.due("specialist")
    assert list(verify()) == []


def test_money_that_comes_back_in_parts_is_owed_until_the_last_of_them(desks):
    road = desks.road
    demand = road.demand_return(Decimal(1000))
    paid_on = day("paid_on", bishkek_day(road.at))
    desks.done("accountant", "desk_return", demand.ref, amount="400", document="9", **paid_on)

    demand.refresh_from_db()
    assert (demand.state, demand.settled) == ("partly", 400)
    assert "600" in desks.text("accountant", "desk_return", demand.ref)
    assert "Return the money" in desks.due("umut_head")
    desks.done("accountant", "desk_return", demand.ref, amount="600", document="10", **paid_on)

    demand.refresh_from_db()
    assert demand.state == "returned"
    assert "Return the money" not in desks.due("umut_head")
    assert list(verify()) == []


def test_a_demand_and_an_entry_under_it_are_put_right_through_the_pages(desks):
    road, ref = desks.road, desks.road.contract.ref
    demand = road.demand_return(Decimal(10000))
    paid_on = day("paid_on", bishkek_day(road.at))
    why = {"reason": "Бир нөл ашыкча.", "document": "Буйрук 12"}
    assert "wrong_role" in desks.text("specialist", "desk_return_correct", demand.ref)
    assert "Put the demand over KGS 10,000 right" in desks.text("head", "desk_contract", ref)
    refused = desks.press("head", "desk_return_correct", demand.ref, amount="20000", **why)
    assert "demand_not_lower" in refused.content.decode()
    desks.done("head", "desk_return_correct", demand.ref, amount="1000", **why)
    assert "lowered from KGS 10,000 to KGS 1,000 (Буйрук 12: Бир нөл ашыкча.)" in desks.text("umut_head", "grant", ref)
    seen = desks.text("", "contract", ref)
    assert "lowered from KGS 10,000 to KGS 1,000" in seen
    assert "ашыкча" not in seen, "reasons are for the parties"

    desks.done("accountant", "desk_return", demand.ref, amount="1000", document="9", **paid_on)
    [entry] = demand.repayments.all()
    desks.done("head", "desk_return_reverse", demand.ref, entry=str(entry.pk), **why)
    demand.refresh_from_db()
    assert (demand.state, demand.settled) == ("demanded", 0)
    assert "Return the money" in desks.due("umut_head")
    assert desks.get("head", "desk_return_reverse", demand.ref).status_code == 404
    desks.done("head", "desk_return_correct", demand.ref, amount="0", **why)
    assert "Demand withdrawn" in desks.text("umut_head", "grant", ref)
    assert "Return the money" not in desks.due("umut_head")
    assert list(verify()) == []


def test_what_came_in_may_settle_a_demand_put_right_and_one_wrong_entry_of_two_is_reversed(desks):
    demand = desks.road.demand_return(Decimal(10000))
    paid_on = day("paid_on", bishkek_day(desks.road.at))
    why = {"reason": "Бир нөл ашыкча.", "document": "Буйрук 12"}
    for amount, number in (("400", "9"), ("600", "10")):
        desks.done("accountant", "desk_return", demand.ref, amount=amount, document=number, **paid_on)
    desks.done("head", "desk_return_correct", demand.ref, amount="1000", **why)
    demand.refresh_from_db()
    assert (demand.state, demand.amount) == ("returned", 1000)
    assert "Return the money" not in desks.due("umut_head")

    second = demand.repayments.get(document="10")
    desks.done("head", "desk_return_reverse", demand.ref, entry=str(second.pk), **why)
    demand.refresh_from_db()
    assert (demand.state, demand.settled) == ("partly", 400)
    assert "Return the money" in desks.due("umut_head")
    assert list(verify()) == []


def test_a_penalty_entered_by_mistake_is_owed_again(desks):
    road = desks.road
    demand = road.demand_return(Decimal(1000))
    road.at += dt.timedelta(days=(demand.due_on - bishkek_day(road.at)).days + 10)
    road.return_money(demand, Decimal(1000))
    desks.done("accountant", "desk_return", demand.ref, document="11", **day("paid_on", bishkek_day(road.at)))
    assert "Record the penalty" not in desks.due("accountant")
    why = {"reason": "Башка төлөм.", "document": "Буйрук 14"}
    [entry] = demand.repayments.all()
    refused = desks.press("head", "desk_return_reverse", demand.ref, entry=str(entry.pk), **why)
    assert "penalty_entered" in refused.content.decode()

    desks.done("head", "desk_return_reverse", demand.ref, entry="penalty", **why)
    assert "Record the penalty" in desks.due("accountant")
    assert list(verify()) == []


def test_unspent_money_is_demanded_and_comes_back(desks):
    road, ref = desks.road, desks.road.contract.ref
    desks.done("specialist", "desk_return_new", ref, reason="unspent", amount="1000")
    demand = Return.objects.get()
    assert "Return the money" in desks.due("umut_head")
    paid_on = day("paid_on", bishkek_day(road.at))
    too_much = desks.press("accountant", "desk_return", demand.ref, amount="1001", document="9", **paid_on)
    assert "repaid_too_much" in too_much.content.decode()
    desks.done("accountant", "desk_return", demand.ref, amount="1000", document="9", **paid_on)

    assert "Return the money" not in desks.due("umut_head")
    assert "Not spent" in desks.text("", "contract", ref)


def test_money_that_comes_back_late_owes_a_penalty_and_the_contract_waits_for_it(desks):
    road, ref = desks.road, desks.road.contract.ref
    demand = road.demand_return(Decimal(1000))
    road.at += dt.timedelta(days=(demand.due_on - bishkek_day(road.at)).days + 10)
    road.return_money(demand, Decimal(1000))
    assert demand.penalty == Decimal("10.00")
    with refuses("close_tranches_open", "close_reports_open", "close_money_open", "close_penalties_open"):
        road.close_contract()
    assert "not paid yet" in desks.text("", "contract", ref)
    assert "Record the penalty" in desks.due("accountant")

    desks.done("accountant", "desk_return", demand.ref, document="91", **day("paid_on", bishkek_day(road.at)))

    assert "Record the penalty" not in desks.due("accountant")
    assert "paid on" in desks.text("umut_head", "grant", ref)
    assert "no_penalty" in desks.text("accountant", "desk_return", demand.ref)
    assert list(verify()) == []


def test_a_contract_is_ended_by_notice_and_closed_when_the_money_is_back(desks):
    road, ref = desks.road, desks.road.contract.ref
    desks.done("head", "contract_notice", ref, ground="misuse", explanation="Талант башкага жумшады.")
    desks.done("head", "contract_notice_withdraw", ref)
    desks.done("head", "contract_notice", ref, ground="misuse", explanation="Талант башкага жумшады.")
    assert "notice_runs" in desks.text("head", "desk_contract_terminate", ref)
    road.at += dt.timedelta(days=40)
    desks.done("head", "desk_contract_terminate", ref)
    assert "close_returns_open" in desks.text("specialist", "desk_contract_close", ref)
    demand = Return.objects.get()
    road.contract.refresh_from_db()
    road.return_money(demand, demand.amount)
    desks.done("specialist", "desk_contract_close", ref)

    seen = desks.text("", "contract", ref)
    assert "Closed" in seen
    assert "Талант" not in seen


def test_a_refused_payment_shows_its_reason_on_the_contract(desks):
    road = desks.road
    road.submit_report()
    road.accept_report()
    road.order_tranche()
    road.approve_payment()
    road.do(lambda: treasury.refuse_payment(payment=road.payment, code="wrong_account", actor=road.actor("treasurer")))

    for who, name in (("specialist", "desk_contract"), ("umut_head", "grant"), ("", "contract")):
        assert "Refused by the treasury" in desks.text(who, name, road.contract.ref)


# --- before it is in force -------------------------------------------------------------------------------------


@pytest.fixture
def unsigned(road, monkeypatch) -> Desks:
    road.to_published()
    road.prepare_contract()
    road.pass_standstill()
    monkeypatch.setattr(clock, "now", lambda: road.at)
    return Desks(road)


def copy_of(road: Road, side: str) -> dict[str, Any]:
    form = {"side": side, "signatory": "Асан", "authority": "Жобо", "fingerprint": road.contract.content_sha256[:8]}
    return form | {"file": scan()} | day("signed_on", bishkek_day(road.at))


def test_a_contract_with_a_slip_is_taken_back_and_prepared_anew_through_the_pages(unsigned):
    road = unsigned.road
    first, award = road.contract, road.contract.award
    assert "months from the day of the last signature" in unsigned.text("umut_head", "grant", first.ref)
    assert "Take it back and prepare it anew" in unsigned.text("specialist", "desk_contract", first.ref)
    unsigned.done("specialist", "desk_contract_take_back", first.ref, reason="Аванс ашыкча жазылган.")
    assert "Prepare the contract" in unsigned.due("specialist")

    chosen = bishkek_day(road.at) + dt.timedelta(days=9)
    typed = {"part_1": str(award.amount)} | day("not_before", chosen)
    unsigned.done("specialist", "desk_contract_prepare", award.ref, **typed)

    made = Contract.objects.exclude(pk=first.pk).get()
    for who, name in (("specialist", "desk_contract"), ("umut_head", "grant")):
        seen = unsigned.text(who, name, made.ref)
        assert "Earlier texts" in seen
        assert "Аванс ашыкча жазылган." in seen
        assert "or from the day of the last signature if that is later" in seen
        assert "Taken back before it was signed" in unsigned.text(who, name, first.ref)
    assert unsigned.get("", "contract", first.ref).status_code == 404
    assert "wrong_state" in unsigned.text("specialist", "desk_contract_take_back", first.ref)


def test_a_prepared_contract_is_printed_to_be_signed_in_ink_and_carries_its_fingerprint(unsigned, real_prints):
    contract = unsigned.road.contract
    assert "Print it to sign on paper" in unsigned.text("specialist", "desk_contract", contract.ref)
    assert "Print it to sign on paper" in unsigned.text("umut_head", "grant", contract.ref)
    printed = unsigned.get("specialist", "contract_print", contract.ref)
    said = "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(printed.content)).pages)

    assert printed.headers["Content-Type"] == "application/pdf"
    assert contract.content_sha256 in said
    assert contract.ref in said
    assert "".join(contract.title.split()) in said
    for row in queries.budget(contract):
        assert "".join(row.title.split()) in said
    assert unsigned.get("birge_head", "contract_print", contract.ref).status_code == 404
    for name in ("head", "umut_head"):
        unsigned.road.sign_contract(name)
    assert unsigned.get("specialist", "contract_print", contract.ref).status_code == 404


def test_a_contract_signed_on_paper_is_entered_by_one_and_checked_by_another(unsigned):
    road, ref = unsigned.road, unsigned.road.contract.ref
    for side in ("customer", "executor"):
        unsigned.done("specialist", "desk_ink_new", ref, **copy_of(road, side))
        copy = InkSignature.objects.get(side=side)
        assert "Check the signed copy" not in unsigned.due("specialist")
        assert "Check the signed copy" in unsigned.due("head")
        assert "same_eyes" in unsigned.text("specialist", "desk_ink", copy.ref)
        unsigned.done("head", "desk_ink", copy.ref, agrees="yes")

    assert Contract.objects.get().state == "in_force"
    assert "Асан, on paper" in unsigned.text("", "contract", ref)


def test_a_copy_that_does_not_agree_is_rejected(unsigned):
    unsigned.done("specialist", "desk_ink_new", unsigned.road.contract.ref, **copy_of(unsigned.road, "customer"))
    unsigned.done("head", "desk_ink", InkSignature.objects.get().ref, agrees="no")

    assert "Rejected" in unsigned.text("specialist", "desk_ink", InkSignature.objects.get().ref)
    assert Contract.objects.get().state == "prepared"


def test_the_executor_refuses_to_sign(unsigned):
    unsigned.done("umut_head", "grant_refuse", unsigned.road.contract.ref)

    assert "Not signed" in unsigned.text("specialist", "desk_contract", unsigned.road.contract.ref)


def test_a_missed_term_is_recorded_when_it_is_over(unsigned):
    road, ref = unsigned.road, unsigned.road.contract.ref
    assert "signing_term_runs" in unsigned.text("specialist", "desk_contract_unsigned", ref)
    road.at += dt.timedelta(days=40)
    unsigned.done("specialist", "desk_contract_unsigned", ref)

    assert Contract.objects.get().state == "not_signed"


def test_another_schedule_is_agreed_with_milestones(road, monkeypatch):
    road.to_published()
    monkeypatch.setattr(clock, "now", lambda: road.at)
    award = road.protocol.awards.get()
    third = award.amount / 10 * 3
    parts = {"advance": third, "part_1": third, "part_2": award.amount - 2 * third}
    typed = {name: str(amount) for name, amount in parts.items()}
    Desks(road).done("specialist", "desk_contract_prepare", award.ref, **typed, milestone_1="60 үй-бүлө")

    assert [one.milestone for one in Contract.objects.get().tranches.order_by("number")] == ["", "60 үй-бүлө", ""]


def test_the_indicators_of_a_contract_and_what_was_reached_stand_on_its_pages(accepted):
    desks, contract = Desks(accepted), accepted.contract
    ((title, _baseline, target), *_rest) = queries.indicators(contract)

    public = desks.text("", "contract", contract.ref)
    own = [desks.text("umut_head", "grant", contract.ref), desks.text("specialist", "desk_contract", contract.ref)]

    for page in (public, *own):
        assert re.search(rf"{re.escape(title)} \S+ {target} {target}", page), page
