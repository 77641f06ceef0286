"""What goes wrong in a year of competitions, one misfortune a test, each through the pages: what the people in it
press and read, what the public page says of it afterwards, and that `verify` finds nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jardam.contests.models import Application, Contest, Paper
from jardam.contracts.models import Contract, Return
from jardam.demonstration.road import Road, document_of
from jardam.kernel.canonical import canonical
from jardam.kernel.time import bishkek_day
from jardam.parties.queries import restrictions_on
from jardam.review import queries as review
from jardam.review.models import Appeal, Award, Mending, Protocol
from jardam.transparency.queries import verify
from jardam.treasury.models import Appropriation, Shortfall
from jardam.web import clock
from tests import many
from tests.test_pages_contracts import Desks, day, item, report
from tests.test_pages_customer import sitting_form
from tests.world import MEMBER_NAMES, MONDAY, new_road

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(db, monkeypatch) -> Desks:
    """The cast at their pages, at the beginning of the road."""
    made = Desks(new_road())
    monkeypatch.setattr(clock, "now", lambda: made.road.at)
    return made


def order(road: Road, **more: Any) -> dict[str, Any]:
    """The form of an order of today."""
    return {"number": "31", "text": "Буйрук"} | day("issued_on", bishkek_day(road.at)) | more


def screened(pages: Desks) -> Road:
    """Two applications, opened; the members have declared that they have no interest."""
    road = pages.road
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    for member in MEMBER_NAMES:
        road.declare(member)
    return road


def paid(pages: Desks) -> Road:
    """The first tranche is with the executor."""
    road = pages.road
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    return road


def decide_and_publish(pages: Desks, **sitting: Any) -> Protocol:
    """Sitting, three signatures and publication, through the pages."""
    road = pages.road
    pages.done("specialist", "desk_sitting", road.proceeding.ref, **sitting_form(road, **sitting))
    road.protocol = Protocol.objects.latest("id")
    for member in MEMBER_NAMES:
        pages.done(member, "commission_sign", road.protocol.ref)
    pages.done("specialist", "desk_protocol_publish", road.protocol.ref, approval_order="31")
    road.protocol.refresh_from_db()
    return road.protocol


# --- who applies -----------------------------------------------------------------------------------------------


def test_nobody_applies_and_the_contest_is_void_and_repeated(pages):
    road = pages.road
    road.to_announced()
    road.pass_deadline()
    pages.done("specialist", "desk_opening", road.contest.ref)
    assert "Declare the contest void" in pages.due("head")
    assert "Appoint the commission" not in pages.due("head")

    pages.done("head", "desk_void", road.contest.ref, **order(road))
    assert "The contest is void: Nobody applied" in pages.text("", "contest", road.contest.ref)
    pages.done("head", "desk_repeat", road.contest.ref)
    assert "Repeat the contest" not in pages.due("head")
    first, road.contest = road.contest, Contest.objects.get(state="draft")
    road.announce()

    assert "It repeats the contest" in pages.text("", "contest", road.contest.ref)
    assert "It is repeated by the contest" in pages.text("", "contest", first.ref)
    assert list(verify()) == []


@pytest.mark.slow
def test_eighty_eight_apply_and_every_page_asks_as_often_as_for_three(pages):
    class Back(Exception):
        pass

    def asked(work: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as seen:
            work()
        return len(seen)

    def walked(count: int) -> dict[str, int]:
        """How many statements each reading and each page takes with so many applications in the lot."""
        road = pages.road
        rows = many.scoring(road, count)
        member = road.actor("member_civil")
        found = {
            "hints": asked(lambda: review.hints(road.proceeding)),
            "suggestions": asked(lambda: review.suggestions(road.proceeding)),
            "duties": asked(lambda: review.duties_of_member(member)),
            "mendings": asked(lambda: review.mendings_open(road.proceeding)),
            "list of the commission": page("member_civil", "proceeding", road.proceeding.ref),
            "list of the desk": page("specialist", "desk_proceeding", road.proceeding.ref),
        }
        many.score_all(road, rows)
        assert canonical(review.preview(road.proceeding).as_plain()) == canonical(
            review.preview(road.proceeding).as_plain()
        )
        found |= {
            "preview": asked(lambda: review.preview(road.proceeding)),
            "recused": asked(lambda: review.recused_members(road.proceeding)),
            "cuts": asked(lambda: review.cuts_of(road.proceeding)),
            "ranking before the sitting": page("specialist", "desk_sitting", road.proceeding.ref),
        }
        road.decide()
        road.sign_and_publish()
        return found | {
            "protocol": page("", "protocol", road.protocol.ref),
            "protocol of the desk": page("specialist", "desk_protocol", road.protocol.ref),
            "ranking of the contest": page("", "contest", road.contest.ref),
            "letter": page("specialist", "desk_letter", rows[0].ref),
        }

    def page(who: str, name: str, *args: str) -> int:
        pages.get(who, name, *args)  # what is loaded once
        return asked(lambda: pages.text(who, name, *args))

    few: dict[str, int] = {}
    with pytest.raises(Back), transaction.atomic():
        few = walked(3)
        raise Back
    pages.clients.clear()
    pages.road = Road(pages.road.cast, MONDAY)

    assert walked(many.MANY) == few
    protocol = pages.road.protocol
    methods = {row["method"] for row in review.content_of(protocol)["tie_breaks"]}
    assert len(review.ranking_rows(protocol)) == many.MANY
    assert {"higher_score_on:need", "lower_amount", "earlier_submission"} <= methods
    assert sum(one.amount for one in Award.objects.all()) <= pages.road.lot.amount
    assert list(verify()) == []


def test_papers_come_by_post_one_in_time_and_one_late(pages):
    road = pages.road
    road.to_announced()
    road.write_application("umut")
    road.submit("umut")

    def envelope(carrier: str) -> Paper:
        front = SimpleUploadedFile("front.pdf", document_of("paper", "front"), "application/pdf")
        data = {"lot": road.lot.ref, "carrier": carrier, "envelope": "Арыз", "photograph": front}
        pages.done("specialist", "desk_paper_new", road.contest.ref, **data)
        return Paper.objects.latest("id")

    in_time = envelope("Асылбек")
    road.pass_deadline()
    late = envelope("Почта")
    assert "Late" in pages.text("specialist", "desk_paper", late.ref)
    pages.done("specialist", "desk_opening", road.contest.ref)
    assert "It came after the deadline." in pages.text("specialist", "desk_paper", late.ref)
    assert "Key in what came on paper" in pages.due("specialist")

    road.contest.refresh_from_db()
    road.key_in(in_time, "birge")
    assert "Compare with the scan" in pages.due("head")
    pages.done("head", "desk_paper_compare", in_time.ref, outcome="equal")

    assert Application.objects.filter(state="opened").count() == 2
    assert "In the review" in pages.text("specialist", "desk_paper", in_time.ref)
    assert "2 applications were opened" in pages.text("", "contest", road.contest.ref)
    assert list(verify()) == []


# --- the review ------------------------------------------------------------------------------------------------


def test_faults_are_mended_by_one_and_not_by_the_other(pages):
    road = screened(pages)
    umut, birge = road.candidacy("umut"), road.candidacy("birge")
    fault = {
        "ground": "document_unreadable",
        "places": ["project.goal", "documents.charter"],
        "note": "Устав окулбайт",
    }
    for one in (umut, birge):
        pages.done("specialist", "desk_fault", one.ref, **fault)
    pages.done("specialist", "desk_mending", road.proceeding.ref)
    ref = road.applications["umut"].ref
    assert "Устав окулбайт" in pages.text("umut_head", "mending", ref)
    goal = {"project-goal": "80 кишиге жардам"}
    assert "Choose a file." in pages.press("umut_head", "mending", ref, **goal).content.decode()
    charter = SimpleUploadedFile("ustav.pdf", document_of("umut", "mended"), "application/pdf")
    pages.done("umut_head", "mending", ref, **goal, **{"documents-charter": charter})
    opened = pages.client("member_civil").post(reverse("candidacy", args=[umut.ref]), {"do": "read"}).content.decode()
    assert "ustav.pdf" in opened
    assert "80 кишиге жардам" in opened
    assert "mending_not_over" in pages.text("specialist", "desk_mending_close", road.proceeding.ref)
    road.at = Mending.objects.first().candidacy.proceeding.mending_until
    assert "mending_over" in pages.text("birge_head", "mending", road.applications["birge"].ref)
    pages.done("specialist", "desk_mending_close", road.proceeding.ref)
    pages.done("specialist", "desk_admit", umut.ref)
    road.proceeding.refresh_from_db()
    for member in MEMBER_NAMES:
        road.score(member, "umut")
    protocol = decide_and_publish(pages)

    said = pages.text("", "protocol", protocol.ref)
    assert umut.number in said
    assert birge.number in said
    assert "Not admitted" in said
    assert "Устав окулбайт" in pages.text("birge_head", "application_result", road.applications["birge"].ref)
    assert list(verify()) == []


def test_a_tie_is_broken_as_the_rules_say_and_the_protocol_says_how(pages):
    road = screened(pages)
    for name in ("umut", "birge"):
        road.admit(name)
    road.scores = lambda member, name: Road.scores(road, member, "umut")  # type: ignore[method-assign]
    for member in MEMBER_NAMES:
        for name in ("umut", "birge"):
            road.score(member, name)
    protocol = decide_and_publish(pages)

    first, second = review.ranking_rows(protocol)
    assert first["total"] == second["total"]
    assert Decimal(first["requested"].split()[0]) < Decimal(second["requested"].split()[0])
    assert "The smaller amount" in pages.text("", "protocol", protocol.ref)
    assert list(verify()) == []


def test_a_conflicted_member_reads_scores_and_votes_on_nothing_of_that_applicant(pages):
    road = pages.road
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    umut, birge = road.candidacy("umut"), road.candidacy("birge")
    for member, answer in zip(MEMBER_NAMES, ("no", "no", "yes"), strict=True):
        pages.done(member, "declaration", road.proceeding.ref, **{umut.ref: answer, birge.ref: "no"})
    for name in ("umut", "birge"):
        road.admit(name)
    closed = pages.client("member_civil").post(reverse("candidacy", args=[umut.ref]), {"do": "read"})
    assert closed.status_code == 409
    assert "member_has_interest" in closed.content.decode()
    for member in MEMBER_NAMES:
        for name in ("umut", "birge"):
            if (member, name) != ("member_civil", "umut"):
                road.score(member, name)
    counted = pages.press("specialist", "desk_sitting", road.proceeding.ref, **sitting_form(road, votes_for=3))
    assert "votes_exceed_present" in counted.content.decode()
    protocol = decide_and_publish(pages, votes_for=2)

    [seat] = [one for one in review.content_of(protocol)["members"] if one["recused"]]
    assert seat["name"] == road.cast.people["member_civil"].name
    assert umut.number in pages.text("", "protocol", protocol.ref)
    assert list(verify()) == []


def test_a_lost_quorum_adjourns_the_sitting_and_the_protocol_tells_it(pages):
    road = pages.road
    road.to_revealed()
    ref = road.proceeding.ref
    alone = pages.press("specialist", "desk_sitting", ref, **sitting_form(road, present=["1"], votes_for=1))
    assert "no_quorum" in alone.content.decode()
    held_on = day("held_on", bishkek_day(road.at))
    pages.done("specialist", "desk_adjourn", ref, present="1", **held_on)
    road.later(days=1)
    protocol = decide_and_publish(pages)

    assert "without a quorum" in pages.text("", "protocol", protocol.ref)
    assert list(verify()) == []


def test_an_upheld_appeal_returns_the_lot_and_both_protocols_stay_public(pages):
    road = pages.road
    road.to_published()
    ref = road.applications["birge"].ref
    pages.done("birge_head", "appeal_new", ref, subject="scores", why="Жашыруун себеп", asks="Кайра карагыла")
    appeal, old = Appeal.objects.get(), road.protocol
    road.appoint_panel()
    pages.done("appeal_chair", "panel_take_up", appeal.ref)
    votes = {"present": ["1", "2", "3"], "votes_for": "3", "votes_against": "0", "abstained": "0", "chair_for": "yes"}
    answer = votes | {"answer": "Себептер жетишсиз", "step": "decision", "candidacies": [appeal.candidacy.ref]}
    held_on = day("held_on", bishkek_day(road.at))
    pages.done("appeal_chair", "panel_uphold", appeal.ref, **answer, **held_on)
    assert "Carry the appeal out" in pages.due("specialist")
    pages.done("specialist", "desk_carry_out", old.ref)
    new = decide_and_publish(pages)

    said = pages.text("", "protocol", old.ref)
    assert "This protocol is superseded by an appeal." in said
    assert f"Protocol {new.number} took its place." in said
    assert "Жашыруун" not in pages.text("", "appeal", appeal.ref)
    assert list(verify()) == []


# --- contract and money ----------------------------------------------------------------------------------------


def test_a_refused_signature_passes_the_award_to_the_reserve(pages):
    road = pages.road
    road.to_published()
    road.prepare_contract()
    umut = road.candidacy("umut")
    pages.done("umut_head", "grant_refuse", road.contract.ref)
    assert "Not signed" in pages.text("specialist", "desk_contract", road.contract.ref)
    assert "Prepare the contract" not in pages.due("specialist")
    assert "Call the next of the reserve list" in pages.due("specialist")
    assert "The award is lost: its contract was not signed" in pages.text("", "contest", road.contest.ref)

    pages.done("specialist", "desk_reserve", umut.ref)
    award = Award.objects.latest("id")
    assert "Prepare the contract" in pages.due("specialist")
    pages.done("specialist", "desk_contract_prepare", award.ref)
    road.contract = Contract.objects.latest("id")
    road.pass_standstill()
    for who, name in (("head", "desk_contract_sign"), ("birge_head", "grant_sign")):
        pages.done(who, name, road.contract.ref)

    said = pages.text("", "contest", road.contest.ref)
    assert "The next of the reserve list is awarded" in said
    assert Contract.objects.get(pk=road.contract.pk).number in said
    assert list(verify()) == []


def test_a_budget_cut_leaves_a_shortfall_until_the_money_is_found(pages):
    road = pages.road
    road.to_in_force()
    budget = Appropriation.objects.get()

    def revise(amount: int) -> None:
        typed = {"amount": str(amount), "unit": "thousand", "retyped": str(amount // 1000), "document": "Токтом 3"}
        today = day("document_on", bishkek_day(road.at))
        pages.done("accountant", "desk_revise", budget.ref, reason="Киреше аз", **typed, **today)

    revise(100_000)
    assert Shortfall.objects.get().state == "open"
    assert road.contract.title in pages.text("accountant", "desk_appropriation", budget.ref)
    assert "Amend contracts: the budget was cut" in pages.due("accountant")
    assert "100 000" in pages.text("", "programme", road.programme.ref).replace("\xa0", " ").replace(",", " ")
    assert "nothing_free" in pages.press("accountant", "desk_cover", budget.ref).content.decode()
    revise(600_000)

    assert Shortfall.objects.get().state == "resolved"
    assert "Amend contracts: the budget was cut" not in pages.due("accountant")
    assert list(verify()) == []


def test_a_bounced_payment_is_ordered_again_to_the_new_account(pages):
    road = paid(pages)
    ref = road.contract.ref
    bounced = {"code": "account_closed"} | day("bounced_on", bishkek_day(road.at))
    pages.done("treasurer", "treasury_bounce", road.payment.ref, **bounced)
    for who, name in (("umut_head", "grant"), ("", "contract")):
        assert "Came back from the bank" in pages.text(who, name, ref)
    assert "Report on the money received" not in pages.due("umut_head")

    road.change_account()
    assert "Order the next tranche" in pages.due("accountant")
    pages.done("accountant", "desk_tranche_order", ref)
    road.payment = type(road.payment).objects.latest("id")
    road.approve_payment()
    road.execute_payment("000500")

    assert road.payment.account.account == "1180000000000099"
    assert "000500" in pages.text("", "contract", ref)
    assert list(verify()) == []


def test_a_late_report_bars_the_executor_until_it_comes(pages):
    road = paid(pages)
    executor, ref = road.contract.executor_id, road.contract.ref
    road.at += dt.timedelta(days=150)
    assert "Put the missing report on record" in pages.due("specialist")
    pages.done("specialist", "desk_contract_overdue", ref)
    assert restrictions_on(executor, road.at)
    assert "Put the missing report on record" not in pages.due("specialist")
    pages.done("umut_editor", "grant_item_new", ref, **item(road, road.payment.amount))
    pages.done("umut_head", "grant_report", ref, **report(road))

    assert restrictions_on(executor, road.at) == []
    assert "With the customer" in pages.text("", "contract", ref)
    assert list(verify()) == []


def test_unspent_money_comes_back_and_the_contract_is_closed(pages):
    road = paid(pages)
    ref, tranche = road.contract.ref, road.payment.amount
    pages.done("umut_head", "grant_item_new", ref, **item(road, tranche - 1000))
    pages.done("umut_head", "grant_report", ref, **report(road))
    road.report = road.contract.reports.get()
    pages.done("specialist", "desk_report_accept", road.report.ref)
    for who in ("head", "umut_head"):
        pages.done(who, "acceptance_sign", road.report.ref)
    pages.done("specialist", "desk_return_new", ref, reason="unspent", amount="1000")
    assert "close_returns_open" in pages.text("specialist", "desk_contract_close", ref)
    assert "Return the money" in pages.due("umut_head")
    back = {"amount": "1000", "document": "9"} | day("paid_on", bishkek_day(road.at))
    pages.done("accountant", "desk_return", Return.objects.get().ref, **back)
    road.at += dt.timedelta(days=400)
    pages.done("specialist", "desk_contract_close", ref)

    assert "Closed" in pages.text("", "contract", ref)
    assert road.contract.title in pages.text("", "contest", road.contest.ref).partition("Results and money")[2]
    assert list(verify()) == []
