"""What the council decides, and how the years of a programme end."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from jardam.contests import operations as contests
from jardam.kernel.time import BISHKEK, bishkek_day
from jardam.planning import operations, queries
from jardam.planning.models import CouncilDecision, Programme
from jardam.planning.rules import Vote, rejection_faults, vote_faults
from jardam.transparency.queries import verify
from tests.world import APPEND_ONLY, as_owner, codes_of, database_refuses, refuses, sql


def vote(**changes: int) -> Vote:
    counted = {"members": 21, "quorum": 11, "present": 17, "votes_for": 5, "votes_against": 11, "abstained": 1}
    return Vote(**(counted | changes))


def test_one_count_never_both_adopts_and_rejects():
    for ayes in range(18):
        given = vote(votes_for=ayes, votes_against=17 - ayes, abstained=0)
        assert bool(vote_faults(given)) != bool(rejection_faults(given))


def test_without_a_quorum_nothing_is_rejected_either():
    assert codes_of(rejection_faults(vote(present=9, votes_for=2, votes_against=6))) == ["council_without_quorum"]


# --- before the council ----------------------------------------------------------------------------------------


@pytest.fixture
def submitted(road):
    road.publish_study()
    road.draft_programme()
    road.submit_to_council()
    return road


@pytest.mark.django_db
def test_what_is_returned_carries_its_reason_and_can_be_submitted_anew(submitted):
    secretary = submitted.actor("secretary")
    with refuses("decision_without_reason"):
        operations.return_for_rework(actor=secretary, programme=submitted.programme, reason=" ")
    submitted.do(
        lambda: operations.return_for_rework(actor=secretary, programme=submitted.programme, reason="Санын тактагыла.")
    )

    assert [(one.kind, one.reason) for one in CouncilDecision.objects.all()] == [("returned", "Санын тактагыла.")]
    submitted.submit_to_council()
    submitted.adopt()
    assert list(verify()) == []


@pytest.mark.django_db
def test_a_rejected_programme_is_taken_up_again_and_adopted(submitted):
    submitted.council_rejects()
    assert submitted.programme.state == "rejected"
    with refuses("wrong_state"):
        submitted.submit_to_council()

    submitted.do(
        lambda: operations.rework_programme(actor=submitted.actor("specialist"), programme=submitted.programme)
    )
    submitted.submit_to_council()
    submitted.adopt()

    assert list(verify()) == []


@pytest.mark.django_db
def test_a_vote_that_adopts_is_no_rejection(submitted):
    with refuses("council_voted_for"):
        operations.record_rejection(
            actor=submitted.actor("secretary"),
            programme=submitted.programme,
            number="13-7",
            decided_on=bishkek_day(submitted.at),
            vote=vote(votes_for=11, votes_against=5),
            reason="Каршы.",
        )


@pytest.mark.django_db
def test_committees_speak_before_the_session_only(submitted):
    today = bishkek_day(submitted.at)

    def speak(on: dt.date) -> None:
        operations.record_opinion(
            actor=submitted.actor("secretary"),
            programme=submitted.programme,
            committee="Социалдык маселелер боюнча комиссия",
            opinion="support",
            text="",
            given_on=on,
        )

    with refuses("day_in_future"):
        speak(today + dt.timedelta(days=1))
    submitted.do(lambda: speak(today))
    submitted.adopt()
    with refuses("wrong_state"):
        speak(today)
    assert list(verify()) == []


# --- after the adoption ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_resolution_is_published_once_and_late_by_the_rules_in_force(road):
    road.to_adopted()
    found = queries.unpublished(road.cast.organisations["kenesh"].pk)
    term = queries.publication_terms(found, road.at)[road.programme.pk]
    assert term is not None
    assert term.basis.key == "prog.publish_term"

    def publish() -> None:
        operations.publish_resolution(
            actor=road.actor("secretary"),
            programme=road.programme,
            published_on=bishkek_day(road.at),
            place="Айылдык кеңештин тактасы",
        )

    road.do(publish)
    assert queries.unpublished(road.cast.organisations["kenesh"].pk) == []
    with refuses("resolution_published"):
        publish()


@pytest.mark.django_db
def test_under_an_annulled_programme_nothing_new_is_announced(road):
    road.to_adopted()
    road.draft_contest()
    road.do(
        lambda: operations.annul_programme(
            actor=road.actor("secretary"),
            programme=road.programme,
            number="15-1",
            decided_on=bishkek_day(road.at),
            reason="Прокурордун сунушу боюнча.",
        )
    )

    with refuses("programme_not_adopted"):
        contests.announce(actor=road.actor("specialist"), contest=road.contest, closes_on=road.earliest_closing())
    assert queries.measures_open_for_contest(road.programme.customer_id) == []
    assert list(verify()) == []


@pytest.mark.django_db
def test_a_programme_ends_when_each_year_is_reported_and_talked_over(road):
    road.to_adopted()
    head, year = road.actor("head"), road.programme.year_from
    with refuses("year_not_over"):
        road.report_year(year)
    with refuses("programme_runs", "year_not_closed"):
        operations.close_programme(actor=head, programme=road.programme)

    road.at = dt.datetime(year + 2, 1, 10, 10, tzinfo=BISHKEK)
    head = road.cast.actor("head", road.at)
    assert queries.years_unreported([road.programme], road.at) == [(road.programme, year), (road.programme, year + 1)]
    road.report_year(year)
    with refuses("year_reported"):
        road.report_year(year)
    with refuses("year_outside_programme"):
        road.report_year(year - 1)
    road.report_year(year + 1)
    road.hold_gathering(year)
    with refuses("year_not_closed"):
        operations.close_programme(actor=head, programme=road.programme)
    road.hold_gathering(year + 1)
    road.do(lambda: operations.close_programme(actor=head, programme=road.programme))

    assert Programme.objects.get().state == "closed"
    report = queries.course_of(road.programme).reports[0]
    assert Decimal(report.figures["appropriated"]) == Decimal(road.text("measure")["amount"])
    assert list(verify()) == []


@pytest.mark.django_db
def test_a_report_and_a_decision_that_were_changed_are_found(road):
    road.publish_study()
    road.draft_programme()
    road.submit_to_council()
    road.council_rejects()
    decision = CouncilDecision.objects.get()
    with as_owner(), database_refuses(APPEND_ONLY):
        sql("UPDATE planning_councildecision SET reason = 'башка'")
    with as_owner(triggers=False):
        sql("UPDATE planning_councildecision SET votes_against = 17")

    assert any(fault.startswith(f"planning_councildecision {decision.pk}: ") for fault in verify())
