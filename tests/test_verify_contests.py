"""`verify` names every corruption of what happened to a contest after its announcement (see test_verify.py)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jardam.contests import operations as contests
from jardam.contests import queries
from jardam.demonstration.road import Road
from jardam.transparency.queries import verify
from tests.world import as_owner, sql

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CORRUPTIONS = {
    "a text of the announcement": (
        "contests_contest",
        "UPDATE contests_contest SET contacts = 'башка' WHERE repeats_id IS NULL",
    ),
    "the months of a project": ("contests_contest", "UPDATE contests_contest SET months = months + 1"),
    "a version of the announcement": (
        "contests_announcement",
        "UPDATE contests_announcement SET content = content || ' '::bytea WHERE number = 1",
    ),
    "a version that is gone": ("contests_contest", "DELETE FROM contests_erratum; DELETE FROM contests_announcement"),
    "the reason of an amendment": ("contests_announcement", "UPDATE contests_announcement SET reason = 'башка'"),
    "an erratum": ("contests_erratum", "UPDATE contests_erratum SET right = 'башка'"),
    "the field of an erratum": ("contests_erratum", "UPDATE contests_erratum SET field = 'goal'"),
    "a postponement": ("contests_postponement", "UPDATE contests_postponement SET to_at = to_at + interval '1 day'"),
    "a deadline that moved": (
        "contests_contest",
        "UPDATE contests_contest SET deadline_at = deadline_at + interval '1 day' WHERE repeats_id IS NULL",
    ),
    "an outage": ("contests_outage", "UPDATE contests_outage SET begins_at = begins_at - interval '1 hour'"),
    "the number of an order": ("contests_order", "UPDATE contests_order SET number = '99'"),
    "the reason of an order": ("contests_order", "UPDATE contests_order SET text = 'башка'"),
    "a question": ("contests_question", "UPDATE contests_question SET text = 'башка'"),
    "an answer": ("contests_question", "UPDATE contests_question SET answer = 'башка'"),
    "who asked": ("contests_question", "UPDATE contests_question SET asker_id = 1"),
    "money kept by a cancelled contest": (
        "contests_contest",
        """UPDATE treasury_balance SET amount = amount + 1 WHERE account_id IN
             (SELECT id FROM treasury_account WHERE stage = 'reserved' AND owner_kind = 'lot')""",
    ),
    "an application opened after a cancellation": (
        "contests_application",
        "UPDATE contests_application SET state = 'opened', number = 'KG-X-1-A9'",
    ),
}


@pytest.fixture
def changed(road: Road) -> Road:
    """Everything that can happen to a contest has happened to this one, and at the end it was cancelled."""
    road.to_announced()
    road.write_application("umut")
    road.submit("umut")
    road.answer(road.ask())
    road.amend(months=9)
    contests.rectify(
        actor=road.actor("head"),
        announcement=queries.announcements(road.contest)[-1].version,
        field="title",
        language="ky",
        wrong=road.contest.title["ky"],
        right="Оңдолгон",
    )
    road.extend_for_outage(road.at - timedelta(hours=2), road.at)
    road.suspend()
    road.resume()
    road.cancel()
    road.repeat_contest()
    return road


def test_a_contest_to_which_everything_happened_verifies(changed):
    assert list(verify()) == []


@pytest.mark.parametrize("what", CORRUPTIONS)
def test_a_corruption_is_found_with_its_table(what, changed):
    table, statement = CORRUPTIONS[what]
    with as_owner(triggers=False):
        for one in statement.split(";"):
            sql(one.replace("SET right =", 'SET "right" ='))

    assert any(fault.startswith(f"{table} ") for fault in verify()), list(verify())


def test_the_outcome_and_the_ground_of_a_void_agree_with_their_acts(road):
    road.to_announced()
    road.pass_deadline()
    road.open()
    road.declare_void()
    assert list(verify()) == []

    with as_owner(triggers=False):
        sql("UPDATE contests_contest SET outcome = 'none_passed'")

    assert any(fault.startswith("contests_contest ") for fault in verify())


def test_verify_names_a_lot_that_came_to_something_else_than_its_act_says(road):
    road.to_announced()
    road.pass_deadline()
    road.open()
    road.declare_void()
    assert list(verify()) == []

    with as_owner(triggers=False):
        sql("UPDATE contests_lotoutcome SET outcome = 'awarded'")

    assert [fault.split(" ")[0] for fault in verify()] == ["contests_lotoutcome"]
