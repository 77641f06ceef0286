"""The clock puts on record what follows from the passing of a term, once, and leaves the rest to people (H-50)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from jardam.cli.tick import tick
from jardam.contracts import operations as contracts
from jardam.contracts.models import Contract
from jardam.journal.models import Record
from jardam.journal.operations import consume
from jardam.notices.models import Message
from jardam.parties.queries import restrictions_on
from jardam.review.models import Cut, Mending, Proceeding, ReserveCall
from jardam.review.queries import reserve_until
from jardam.review.tests.test_procedure import settle
from jardam.transparency.queries import verify
from tests.test_pages_review import screening

pytestmark = pytest.mark.django_db


def by_the_clock(*verbs: str) -> list[str]:
    """The acts of the system among these, in order."""
    return list(Record.objects.filter(verb__in=verbs, person_id=None).order_by("id").values_list("verb", flat=True))


def test_what_was_not_mended_in_time_is_rejected_on_the_noted_ground_and_the_lot_goes_on(road):
    screening(road)
    road.admit("umut")
    road.note_fault("birge", "people.count")
    road.request_mending()
    until = Proceeding.objects.get().mending_until
    assert tick(until - dt.timedelta(seconds=1)) == 0

    assert tick(until) == 1

    assert Mending.objects.get().state == "lapsed"
    assert road.candidacy("birge").state == "rejected"
    assert Proceeding.objects.get().state == "scoring"
    assert tick(until) == 0
    assert by_the_clock("close_mending", "lapse_mending", "reject") == ["close_mending", "lapse_mending", "reject"]
    assert list(verify()) == []


def test_a_cut_nobody_answered_lapses(road):
    road.to_revealed()
    road.propose_cut("birge", "155000")
    until = Cut.objects.get().answer_until

    assert [tick(until - dt.timedelta(seconds=1)), tick(until), tick(until)] == [0, 1, 0]

    assert Cut.objects.get().state == "refused"


@pytest.fixture
def prepared(road):
    road.to_published()
    road.prepare_contract()
    road.pass_standstill()
    return road


def test_an_executor_who_stays_silent_loses_the_award_to_the_reserve(prepared):
    later = prepared.at + dt.timedelta(days=40)

    assert [tick(prepared.at), tick(later), tick(later)] == [0, 1, 0]

    assert Contract.objects.get().state == "not_signed"
    assert prepared.candidacy("umut").state == "declined"
    assert prepared.call_reserve("umut").applicant == prepared.cast.organisations["birge"]
    assert list(verify()) == []


@pytest.mark.parametrize("how", ["signed", "on_paper"])
def test_an_executor_who_signed_does_not_lose_the_award_because_the_customer_did_not(prepared, how):
    if how == "signed":
        prepared.sign_contract("umut_head")
    else:
        prepared.enter_ink("executor")

    assert tick(prepared.at + dt.timedelta(days=40)) == 0


def test_nothing_is_missed_while_an_appeal_holds_the_signing_up(prepared):
    prepared.at = prepared.protocol.published_at + dt.timedelta(hours=1)
    prepared.file_appeal("birge")

    assert tick(prepared.at + dt.timedelta(days=60)) == 0


@pytest.fixture
def declined(road):
    """The winner gave the award up; the next of the reserve may be called until the end of the list's term."""
    road.to_published()
    road.decline_award("umut")
    return road


def test_money_nobody_of_the_reserve_was_called_for_goes_back_when_the_list_holds_no_longer(declined):
    until = reserve_until(declined.protocol, declined.contest.settlement)
    assert tick(until - dt.timedelta(seconds=1)) == 0

    assert [tick(until), tick(until)] == [1, 0]

    call = ReserveCall.objects.get()
    assert (call.called, call.released) == (None, declined.candidacy("umut").award.amount)
    assert by_the_clock("give_back") == ["give_back"]
    while consume():
        pass
    people = {declined.cast.people[name].pk for name in ("specialist", "head", "accountant")}
    assert set(Message.objects.filter(what="candidacy:give_back").values_list("person_id", flat=True)) == people
    assert list(verify()) == []


def test_where_the_rules_set_the_reserve_list_no_term_its_money_waits_for_a_person(declined):
    settle(declined, dec__reserve_term="none")

    assert tick(declined.at + dt.timedelta(days=2000)) == 0


def test_money_of_the_reserve_stays_while_an_appeal_may_send_the_lot_back(declined):
    until = reserve_until(declined.protocol, declined.contest.settlement)
    declined.file_appeal("birge")

    assert tick(until) == 0


@pytest.fixture
def paid(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    return road


def test_a_missing_report_is_put_on_record_once_and_lifted_when_it_comes(paid):
    paid.at += dt.timedelta(days=150)

    assert [tick(paid.at), tick(paid.at)] == [1, 0]

    assert restrictions_on(paid.contract.executor_id, paid.at)
    paid.submit_report()
    assert restrictions_on(paid.contract.executor_id, paid.at) == []
    assert tick(paid.at) == 0


def test_a_late_correction_and_money_that_does_not_come_back_are_one_act(paid):
    paid.submit_report()
    paid.return_report()
    paid.demand_return(paid.payment.amount / 10)
    later = paid.at + dt.timedelta(days=90)

    assert [tick(later), tick(later)] == [1, 0]

    said = Record.objects.get(verb="record_overdue").public_data["late"]
    assert sorted(said) == [["overdue_report", "report"], ["unreturned_money", "return"]]
    assert list(verify()) == []


def test_an_act_that_somebody_did_a_moment_before_is_left_alone(prepared, monkeypatch):
    """The clock has read what is due; meanwhile the executor's head refuses."""
    real = contracts.miss_signing_term

    def slower(**given):
        with transaction.atomic():
            contracts.refuse_to_sign(actor=prepared.actor("umut_head"), contract=given["contract"])
        return real(**given)

    monkeypatch.setattr(contracts, "miss_signing_term", slower)

    assert tick(prepared.at + dt.timedelta(days=40)) == 0
