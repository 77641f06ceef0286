"""Statements are a budget (docs/design/performance.md): the same however many rows or sections there are."""

from __future__ import annotations

import copy
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jardam.contests import operations as contests_room
from jardam.contests import queries as contests
from jardam.contracts.models import Contract
from jardam.review import operations as review
from jardam.rulebook.settlement import Settlement
from jardam.web import clock
from tests.test_pages_contracts import Desks

pytestmark = pytest.mark.django_db


def statements(work) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        work()
    return [row["sql"] for row in seen.captured_queries]


def test_a_draft_is_opened_with_two_statements_whatever_its_parts(road):
    road.to_announced()
    road.write_application("umut")

    assert len(statements(lambda: contests.draft_content(road.applications["umut"]))) == 2


def test_the_rules_of_a_contest_are_read_once(road, monkeypatch):
    road.to_announced()
    road.contest.refresh_from_db()
    assert road.contest.settlement is road.contest.settlement

    def again(stored: bytes) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(Settlement, "from_canonical", again)
    road.write_application("umut")
    road.submit("umut")


def test_handing_in_an_application_costs_twenty_statements_however_much_is_in_it(road):
    """No fact is asked for that no guard of the verb looks at, and nothing is read twice under one lock."""
    road.to_announced()
    road.write_application("umut")
    application, actor = road.applications["umut"], road.actor("umut_head")
    contests_room.sign_off(actor=actor, application=application)

    asked = statements(lambda: contests_room.submit_application(actor=actor, application=application))

    assert len(asked) <= 20


def test_the_heads_one_press_reads_the_draft_once_for_both_acts(road):
    road.to_announced()
    road.write_application("umut")
    application, actor = road.applications["umut"], road.actor("umut_head")

    asked = statements(lambda: contests_room.sign_off_and_submit(actor=actor, application=application))

    assert len(asked) <= 28
    assert sum("contests_draftsection" in one for one in asked) == 1


def test_handing_in_scores_names_no_candidacy_but_its_own(road):
    """Its guards count in the database: no list of all the lot's candidacies travels there and back."""
    road.to_scoring()
    candidacy = road.candidacy("umut")
    asked = statements(
        lambda: review.submit_scores(
            actor=road.actor("member_state"), candidacy=candidacy, scores=road.scores("member_state", "umut")
        )
    )

    assert not any('"candidacy_id" IN (' in sql for sql in asked)
    assert len(asked) <= 24


def test_the_workplace_of_a_programme_reads_nothing_twice(accepted, client, monkeypatch):
    from jardam.web import clock

    monkeypatch.setattr(clock, "now", lambda: accepted.at)
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(accepted.cast.people["specialist"].user, backend=backend)

    page = statements(lambda: client.get(f"/ru/desk/programmes/{accepted.programme.ref}/"))
    of_all = statements(lambda: client.get("/ru/desk/programmes/"))

    assert len(page) == len(set(page)) <= 27
    assert len(of_all) <= 6


def test_a_contract_at_the_desk_is_shown_with_thirty_statements_however_much_hangs_on_it(accepted, monkeypatch):
    """Amended, with letters, things, items, money demanded back and an act of acceptance to sign."""
    road = copy.copy(accepted)
    road.contract = Contract.objects.get(pk=accepted.contract.pk)
    monkeypatch.setattr(clock, "now", lambda: road.at)
    desks = Desks(road)

    def asked(who: str) -> int:
        desks.get(who, "desk_contract", road.contract.ref)  # what is kept in memory is there
        return len(statements(lambda: desks.get(who, "desk_contract", road.contract.ref)))

    amendment = road.propose_amendment(ends_on=road.contract.ends_on - timedelta(days=9))
    for name in ("umut_head", "head"):
        road.sign_amendment(name, amendment)
    road.order_tranche()
    road.approve_payment()
    road.execute_payment("000418")
    for _ in range(3):
        road.send_letter()
        road.demand_return(Decimal("1.00"))
    expense = road.contract.reports.get().tranche.expenses.first()
    few = [asked(who) for who in ("specialist", "head", "accountant")]
    for n in range(4):
        road.record_asset(expense, inventory=f"00{n}")
        road.send_letter()
    many = [asked(who) for who in ("specialist", "head", "accountant")]

    assert many == few
    assert max(many) < 30
