"""`verify` names what was changed behind the back of the review: seats, recusals, mendings, sittings, cuts, the
reserve."""

from __future__ import annotations

import pytest

from jardam.transparency.queries import verify
from tests.test_verify import corrupt, faults_about, row_of
from tests.world import MEMBER_NAMES, undone

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CORRUPTIONS = {
    "who left": ("review_departure", "UPDATE {t} SET order_number = '99' WHERE id = {id}"),
    "the side of a successor": (
        "review_departure",
        "UPDATE review_member SET side = 'state' WHERE id = (SELECT successor_id FROM {t} WHERE id = {id})",
    ),
    "the ground of a recusal": ("review_recusal", "UPDATE {t} SET ground = 'money' WHERE id = {id}"),
    "who proved a recusal": ("review_recusal", "UPDATE {t} SET proven = NOT proven WHERE id = {id}"),
    "the end of the mending": (
        "review_proceeding",
        "UPDATE {t} SET mending_until = mending_until + interval '1 day' WHERE id = {id}",
    ),
    "the places of a mending": ("review_mending", "UPDATE {t} SET places = '[\"team\"]' WHERE id = {id}"),
    "the version of a mending": ("review_mending", "UPDATE {t} SET version_after = 7 WHERE id = {id}"),
    "a sitting": ("review_adjournment", "UPDATE {t} SET present = 3 WHERE id = {id}"),
    "the amount of a cut": ("review_cut", "UPDATE {t} SET amount = amount - 1 WHERE id = {id}"),
    "the money of a reserve call": ("review_reservecall", "UPDATE {t} SET released = 1 WHERE id = {id}"),
}


def crooked(road):
    """A road that leaves the straight one wherever it can."""
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    for member in MEMBER_NAMES:
        road.declare(member)
    road.note_fault("birge", "people.count")
    road.request_mending()
    road.mend("birge", {"people.count": 61})
    for name in ("umut", "birge"):
        road.admit(name)
        for member in MEMBER_NAMES if name == "birge" else ():
            road.score(member, "umut")
            road.score(member, "birge")
    road.recuse("member_civil", "umut")
    road.seat_someone("nazira", "araket")
    road.replace_member("member_civil", "nazira")
    road.declare("nazira")
    road.adjourn("member_state")
    road.propose_cut("umut", "440000.00")
    road.answer_cut("umut", "consent_to_cut")
    present = {name: road.cast.people[name] for name in (*MEMBER_NAMES[:2], "nazira")}
    road.cast.people["member_civil"], gone = present["nazira"], road.cast.people["member_civil"]
    road.decide()
    road.sign_and_publish()
    road.cast.people["member_civil"] = gone
    road.decline_award("umut")
    road.call_reserve("umut")
    return road


def test_every_change_behind_the_back_of_the_review_is_found(road):
    crooked(road)
    assert list(verify()) == []

    missed = []
    for what, (table, statement) in CORRUPTIONS.items():
        pk = row_of(table)
        with undone():
            corrupt(statement.format(t=table, id=pk))
            if not any(faults_about(table, pk)):
                missed.append((what, list(verify())))

    assert missed == []


def test_less_money_without_consent_is_found(road):
    crooked(road)
    award = row_of("review_award", "amount < requested")

    corrupt("UPDATE review_cut SET state = 'refused'")

    assert any("did not agree" in fault for fault in faults_about("review_award", award))
