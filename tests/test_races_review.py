"""Two requests of the review at one moment: one is done, the other is told why."""

from __future__ import annotations

from functools import partial

import pytest

from jardam.demonstration.road import Road
from jardam.journal.models import Record
from jardam.kernel.time import bishkek_day
from jardam.review import operations as review
from jardam.review.models import Award, Mending, Proceeding, Protocol, ReserveCall, ScoreSheet
from jardam.transparency.queries import verify
from tests.test_races import at_the_door, codes, one_did_it_and_the_other_was_told
from tests.world import MEMBER_NAMES, new_road, together

pytestmark = pytest.mark.race


@pytest.fixture
def road(committed) -> Road:
    return new_road()


def test_two_members_who_hand_in_at_one_moment_are_both_taken(road):
    road.to_scoring()
    works = [
        partial(
            review.submit_scores,
            actor=road.actor(member),
            candidacy=road.candidacy("umut"),
            scores=road.scores(member, "umut"),
        )
        for member in MEMBER_NAMES[:2]
    ]

    assert codes(together(*map(at_the_door, works))) == ["", ""]
    assert ScoreSheet.objects.count() == 2
    assert list(verify()) == []


def test_one_member_who_presses_twice_is_taken_once(road):
    road.to_scoring()
    work = partial(
        review.submit_scores,
        actor=road.actor("member_civil"),
        candidacy=road.candidacy("umut"),
        scores=road.scores("member_civil", "umut"),
    )

    outcomes = together(at_the_door(work), at_the_door(work))

    assert one_did_it_and_the_other_was_told(outcomes, "scored_already")
    assert ScoreSheet.objects.count() == 1


def test_two_sittings_on_one_lot_make_one_protocol(road):
    road.to_revealed()
    sitting = review.Sitting(
        bishkek_day(road.at), frozenset(road.cast.people[n].pk for n in MEMBER_NAMES), 3, 0, 0, True, {}
    )
    work = partial(review.decide, actor=road.actor("specialist"), proceeding=road.proceeding, sitting=sitting)

    outcomes = together(at_the_door(work), at_the_door(work))

    assert one_did_it_and_the_other_was_told(outcomes, "wrong_state")
    assert Protocol.objects.count() == 1
    assert list(verify()) == []


def test_a_score_and_a_recusal_at_one_moment_leave_no_score_that_counts(road):
    road.to_scoring()
    candidacy, actor = road.candidacy("umut"), road.actor("member_civil")
    marks = road.scores("member_civil", "umut")

    outcomes = together(
        at_the_door(lambda: review.submit_scores(actor=actor, candidacy=candidacy, scores=marks)),
        at_the_door(lambda: review.recuse(actor=actor, candidacy=candidacy, ground="work", text="Мурда иштегем")),
    )

    assert codes(outcomes)[1] == ""
    from jardam.review.policy import valid_sheets

    assert not valid_sheets(Proceeding.objects.get()).exists()
    assert list(verify()) == []


def test_the_reserve_is_called_once(road):
    road.to_published()
    road.decline_award("umut")
    work = partial(review.call_reserve, actor=road.actor("specialist"), candidacy=road.candidacy("umut"))

    outcomes = together(at_the_door(work), at_the_door(work))

    assert one_did_it_and_the_other_was_told(outcomes, "award_replaced")
    assert (ReserveCall.objects.count(), Award.objects.count()) == (1, 2)
    assert list(verify()) == []


def test_a_contract_and_a_refusal_of_the_award_at_one_moment_do_not_both_stand(road):
    from jardam.contracts import operations as contracts

    road.to_published()
    award, candidacy = Award.objects.get(), road.candidacy("umut")

    outcomes = together(
        at_the_door(lambda: contracts.prepare_contract(actor=road.actor("specialist"), award=award)),
        at_the_door(lambda: review.decline_award(actor=road.actor("umut_head"), candidacy=candidacy)),
    )

    assert sorted(codes(outcomes))[0] == ""
    assert sorted(codes(outcomes))[1] in ("award_has_contract", "award_declined")
    assert list(verify()) == []


def test_mending_in_the_last_instant_and_its_closing_give_one_end(road):
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    for member in MEMBER_NAMES:
        road.declare(member)
    road.note_fault("umut", "project.goal")
    road.request_mending()
    mending, end = Mending.objects.get(), road.proceeding.mending_until
    road.at = end
    specialist = road.actor("specialist")
    from datetime import timedelta

    road.at = end - timedelta(microseconds=1)
    head = road.actor("umut_head")

    together(
        at_the_door(lambda: review.mend(actor=head, mending=mending, changes={"project.goal": "Акыркы сөз"})),
        at_the_door(lambda: review.close_mending(actor=specialist, proceeding=road.proceeding)),
    )

    states = Mending.objects.get().state, road.candidacy("umut").state
    assert states in (("mended", "listed"), ("lapsed", "rejected"))
    assert Record.objects.filter(verb__in=("mend", "lapse_mending")).count() == 1
    assert list(verify()) == []
