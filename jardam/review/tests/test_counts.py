"""What a lot asks of its members is counted by the database: however many applications there are, as many statements
and as many rows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jardam.review import operations as review
from jardam.review.policy import PROCEEDING
from tests.test_lists import loosen
from tests.test_pages_public import many
from tests.world import MEMBER_NAMES

pytestmark = pytest.mark.django_db


def facts(road):
    return PROCEEDING.facts(road.proceeding, road.actor("specialist"))


def test_what_is_owed_counts_seats_not_people_and_nothing_a_member_is_barred_from(road):
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    assert facts(road).declarations_missing == 6
    road.declare("member_state", conflicted=("birge",))
    assert facts(road).declarations_missing == 4
    for member in MEMBER_NAMES[1:]:
        road.declare(member)
    assert (facts(road).undecided, facts(road).sheets_missing) == (2, 0)
    for name in ("umut", "birge"):
        road.admit(name)
    assert (facts(road).admitted, facts(road).sheets_missing) == (2, 5)

    road.score("member_civil", "umut")
    assert facts(road).sheets_missing == 4
    road.seat_someone("nazira", "araket")
    road.replace_member("member_civil", "nazira")

    assert facts(road).declarations_missing == 2
    assert facts(road).sheets_missing == 4  # the seat has scored one of its two
    road.declare("nazira", conflicted=("birge",))
    assert (facts(road).declarations_missing, facts(road).sheets_missing) == (0, 3)


def test_handing_in_a_sheet_asks_as_often_and_reads_as_much_for_a_thousand_applications(road):
    road.to_scoring()
    loosen("review_candidacy")
    actor = road.actor("member_civil")

    def handed_in(name: str) -> int:
        marks = road.scores("member_civil", name)
        candidacy = road.candidacy(name)
        with CaptureQueriesContext(connection) as asked:
            review.submit_scores(actor=actor, candidacy=candidacy, scores=marks)
        return len(asked)

    few = handed_in("umut")
    many("review_candidacy", 1000)

    assert handed_in("birge") == few
