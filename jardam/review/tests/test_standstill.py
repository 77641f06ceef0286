"""The review of a lot stopped by a court or an appeal body: nothing is decided or signed, no time is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jardam.cli.tick import tick
from jardam.contests.operations import OrderDocument
from jardam.contracts import operations as contracts
from jardam.contracts.models import Contract
from jardam.contracts.policy import settlement_of, signing_deadline
from jardam.journal.models import Record
from jardam.kernel.time import bishkek_day
from jardam.review import operations as review
from jardam.review import queries
from jardam.review.models import Candidacy, Cut, Halt, Protocol
from jardam.transparency.queries import verify
from tests.world import MEMBER_NAMES, as_owner, refuses, sql

from .test_procedure import screening

pytestmark = pytest.mark.django_db


def test_while_the_review_stands_still_nobody_screens_scores_or_sits(road):
    screening(road)
    road.admit("umut")
    road.stop_review()

    for work in (
        lambda: review.admit(actor=road.actor("specialist"), candidacy=road.candidacy("birge")),
        lambda: road.note_fault("birge", "people.count"),
        lambda: review.request_mending(actor=road.actor("specialist"), proceeding=road.proceeding),
        lambda: road.recuse("member_civil", "birge"),
    ):
        with refuses("review_stands_still"):
            work()
    assert queries.proceeding_actions(road.proceeding, road.actor("specialist")) == ("resume_review",)
    assert list(queries.duties_of_member(road.actor("member_state"))) == []

    road.resume_review()
    road.admit("birge")
    road.stop_review()
    with refuses("review_stands_still"):
        road.score("member_state", "umut")
    road.resume_review()
    road.score_all()
    road.stop_review()
    with refuses("review_stands_still"):
        road.decide()
    road.resume_review()
    road.decide()
    road.stop_review()
    with refuses("review_stands_still"):
        review.sign_protocol(actor=road.actor(MEMBER_NAMES[0]), protocol=road.protocol)

    road.resume_review()
    road.sign_and_publish()
    assert [one.verb for one in Halt.objects.order_by("id")] == ["suspend_review", "resume_review"] * 4
    assert list(verify()) == []


def test_it_is_stopped_once_and_goes_on_once(road):
    screening(road)
    with refuses("review_goes_on"):
        road.resume_review()
    road.stop_review()

    with refuses("review_stands_still"):
        road.stop_review()
    road.resume_review()
    with refuses("review_goes_on"):
        road.resume_review()


def test_a_document_of_tomorrow_stops_nothing(road):
    screening(road)
    tomorrow = OrderDocument("АД-7", bishkek_day(road.at) + timedelta(days=1))

    with refuses("document_in_future"):
        review.suspend_review(actor=road.actor("head"), proceeding=road.proceeding, body="court", paper=tomorrow)

    assert not Record.objects.filter(verb="suspend_review").exists()


def test_who_mends_gets_the_time_back_and_the_clock_does_not_close_meanwhile(road):
    screening(road)
    road.note_fault("birge", "people.count")
    road.request_mending()
    until = road.proceeding.mending_until
    road.stop_review()
    road.at = until + timedelta(days=3)

    assert tick(road.at) == 0
    with refuses("review_stands_still"):
        road.close_mending()
    assert queries.mendings_of(road.cast.organisations["birge"].pk, until - timedelta(days=1)) == []
    stopped_at = road.proceeding.stopped_at
    road.resume_review()

    assert road.proceeding.mending_until >= until + (road.at - stopped_at) - timedelta(hours=2)
    assert len(queries.mendings_of(road.cast.organisations["birge"].pk, road.at)) == 1
    road.close_mending()
    assert list(verify()) == []


def test_who_was_offered_a_smaller_amount_gets_the_time_back(road):
    road.to_revealed()
    road.propose_cut("umut", "1000.00")
    until = Cut.objects.get().answer_until
    road.stop_review()
    road.at = until + timedelta(days=3)

    assert tick(road.at) == 0
    with refuses("review_stands_still"):
        review.consent_to_cut(actor=road.actor("umut_head"), cut=Cut.objects.get())
    road.resume_review()

    assert Cut.objects.get().answer_until > road.at
    review.consent_to_cut(actor=road.actor("umut_head"), cut=Cut.objects.get())
    assert list(verify()) == []


def test_a_standstill_before_the_first_signature_moves_the_day_of_signing(road):
    road.to_published()
    before = road.protocol.signing_from
    road.prepare_contract()
    road.stop_review()
    road.at = before + timedelta(days=5)

    with refuses("review_stands_still"):
        road.sign_contract("head")
    appeal_until = Protocol.objects.get().appeal_until
    road.resume_review()

    moved = Protocol.objects.get()
    assert moved.signing_from > before + timedelta(days=5)
    assert moved.appeal_until == appeal_until  # the right to appeal was not stopped
    road.contract = Contract.objects.get()
    with refuses("signing_waits"):
        road.sign_contract("head")
    road.at = moved.signing_from
    road.sign_contract("head")
    assert list(verify()) == []


def test_a_standstill_in_the_term_for_signing_costs_the_executor_no_day(road):
    road.to_published()
    road.prepare_contract()
    road.pass_standstill()
    road.sign_contract("head")
    ends = signing_deadline(road.contract, settlement_of(road.contract))
    road.stop_review()
    road.at = ends.at + timedelta(days=2)

    assert tick(road.at) == 0
    with refuses("review_stands_still"):
        road.sign_contract("umut_head")
    with refuses("review_stands_still"):
        contracts.miss_signing_term(actor=road.actor("head"), contract=road.contract)
    road.resume_review()

    road.contract = Contract.objects.get()
    moved = signing_deadline(road.contract, settlement_of(road.contract))
    assert moved.at > road.at and moved.due_on >= bishkek_day(road.at)
    road.sign_contract("umut_head")
    assert Contract.objects.get().state == "in_force"
    assert list(verify()) == []


def test_what_is_everybodys_right_goes_on(road):
    road.to_published()
    road.stop_review()

    review.decline_award(actor=road.actor("umut_head"), candidacy=road.candidacy("umut"))

    assert Candidacy.objects.get(pk=road.candidacy("umut").pk).state == "declined"
    with refuses("review_stands_still"):
        review.give_back(actor=road.actor("specialist"), candidacy=road.candidacy("umut"))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE review_proceeding SET stopped_at = stopped_at - interval '1 day'", "when it stood still"),
        ("UPDATE review_proceeding SET stopped_at = NULL", "when it stood still"),
        ("UPDATE review_proceeding SET standstills = '[]'", "when it stood still"),
        ("UPDATE review_halt SET number = 'АД-8'", "review_halt"),
        ("UPDATE review_halt SET text = 'Башка себеп.'", "its text is not what its act"),
        ("UPDATE review_protocol SET signing_from = signing_from + interval '1 hour'", "review_protocol"),
    ],
)
def test_verify_finds_a_standstill_that_was_changed(road, damage, said):
    road.to_published()
    road.stop_review()
    road.later(days=1)
    road.resume_review()
    road.stop_review()
    assert list(verify()) == []

    with as_owner(triggers=False):
        sql(damage)

    assert any(said in one for one in verify())
