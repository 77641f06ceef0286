"""Lists of the workplaces: as many statements for a thousand rows as for ten."""

from __future__ import annotations

import pytest
from django.test import Client

from jardam.demonstration.road import Road
from jardam.planning import operations as planning
from tests.test_pages_public import BACKEND, many, queries
from tests.world import as_owner, sql

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def moment(road: Road, monkeypatch: pytest.MonkeyPatch) -> Road:
    from jardam.web import clock

    monkeypatch.setattr(clock, "now", lambda: road.at)
    return road


def before_the_council(road: Road) -> None:
    road.publish_study()
    road.draft_programme()
    road.submit_to_council()


def problem_published(road: Road) -> None:
    problem = road.propose_problem("umut_editor", "Кышында отун жеткирүүчү эч ким жок.")
    planning.publish_problem(actor=road.actor("specialist"), problem=problem)


def draft_commented(road: Road) -> None:
    road.publish_study()
    road.draft_programme()
    road.open_discussion()
    road.comment("umut_head", "Отун тууралуу да айтылсын.")


def payment_approved(road: Road) -> None:
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()


@pytest.mark.parametrize(
    ("walk", "table", "path", "person"),
    [
        (before_the_council, "planning_programme", "council/", "secretary"),
        (before_the_council, "planning_programme", "desk/", "secretary"),
        (payment_approved, "treasury_paymentorder", "treasury/", "treasurer"),
        (payment_approved, "treasury_paymentorder", "desk/", "treasurer"),
        (payment_approved, "contracts_contract", "desk/contracts/", "specialist"),
        (problem_published, "planning_problem", "problems/", "specialist"),
        (problem_published, "planning_problem", "desk/problems/", "specialist"),
        (problem_published, "planning_problem", "desk/", "specialist"),
        (problem_published, "planning_problem", "problems/mine/", "umut_editor"),
        (draft_commented, "planning_comment", "desk/", "specialist"),
        (Road.to_announced, "planning_study", "desk/studies/", "specialist"),
    ],
)
def test_a_workplace_asks_as_often_for_a_thousand_rows_as_for_ten(moment, walk, table, path, person):
    walk(moment)
    client = Client()
    client.force_login(moment.cast.people[person].user, backend=BACKEND)
    many(table, 10)
    few = queries(client, f"/en/{path}")
    many(table, 1000, "Y")

    assert queries(client, f"/en/{path}") == few


def loosen(table: str) -> None:
    """Let copies of a row stand, for this test's transaction; references stay unique."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may be pending on a table that is altered
    with as_owner(triggers=False):
        unique = sql(
            """SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u'
               AND pg_get_constraintdef(oid) NOT LIKE '%%(ref)%%'""",
            table,
        )
        for (name,) in unique:
            sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def test_the_members_list_of_reviews(moment):
    moment.to_scoring()
    client = Client()
    client.force_login(moment.cast.people["member_civil"].user, backend=BACKEND)
    loosen("review_proceeding")
    many("review_proceeding", 10)
    few = queries(client, "/en/commission/")
    many("review_proceeding", 1000, "Y")

    assert queries(client, "/en/commission/") == few


def test_the_registrars_list_of_organisations(moment):
    client = Client()
    client.force_login(moment.cast.people["registrar"].user, backend=BACKEND)

    def more(count: int, letter: str) -> int:
        many("parties_organisation", count, letter)
        with as_owner(triggers=False):
            sql(f"UPDATE parties_organisation SET state = 'registered' WHERE ref LIKE '{letter}0%%'")
        return queries(client, "/en/operator/organisations/")

    few = more(10, "X")

    assert more(1000, "Y") == few


def test_the_desks_page_of_a_lot_shows_a_page_of_its_applications_and_counts_them_all(moment):
    moment.to_opened()
    moment.appoint_commission()
    moment.begin_review()
    client = Client()
    client.force_login(moment.cast.people["specialist"].user, backend=BACKEND)
    path = f"/en/desk/reviews/{moment.proceeding.ref}/"
    loosen("review_candidacy")
    many("review_candidacy", 40)
    few = queries(client, path)
    many("review_candidacy", 1000, "Y")

    assert queries(client, path) == few
    page = client.get(path).content.decode()
    assert "1,042" in page or "1 042" in page or "1\u00a0042" in page
    assert len(page) < 50_000
    assert "Y999" not in page
    following = client.get(path, {"from": moment.proceeding.candidacies.order_by("id")[1020].ref}).content.decode()
    assert "Y999" in following
