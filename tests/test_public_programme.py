"""The public page of a programme tells where its money went, and search finds papers by their numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.translation import override

from jardam.journal.operations import consume
from jardam.planning import operations
from jardam.transparency.queries import found
from jardam.treasury import queries as treasury
from jardam.web import clock
from tests.test_pages_planning import seen_by_all

pytestmark = pytest.mark.django_db


def link(name: str, *args: str) -> str:
    with override("en"):
        return reverse(name, args=args)


@pytest.fixture
def in_force(road, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: road.at)
    road.to_in_force()
    return road


def test_the_chart_of_one_programme_does_not_speak_of_all(in_force):
    page = seen_by_all("programme", in_force.programme.ref)

    assert "som, this programme" in page
    assert "all adopted programmes" not in page


def test_a_programme_leads_to_its_contests_and_contracts(in_force, client):
    page = client.get(link("programme", in_force.programme.ref)).content.decode()

    assert link("contest", in_force.contest.ref) in page
    assert link("contract", in_force.contract.ref) in page


def test_a_cut_below_what_is_bound_is_said_on_the_public_page(in_force):
    ref = in_force.programme.ref
    assert "Money is missing" not in seen_by_all("programme", ref)
    trail = treasury.trail_of_appropriations("programme", [in_force.programme.pk])
    in_force.order_tranche()
    in_force.cut_budget(trail.committed - 1000)

    assert treasury.missing_of("programme", in_force.programme.pk) > Decimal(0)
    assert "Money is missing" in seen_by_all("programme", ref)


def test_papers_are_found_by_their_numbers(in_force, client):
    while consume():
        pass

    for number, kind in (
        (in_force.contest.number, "contest"),
        (in_force.contract.number, "contract"),
        (in_force.protocol.number, "protocol"),
        ("14-3", "programme"),
    ):
        assert kind in {one.kind for one in found(number)}, number
        page = client.get(link("search"), {"q": number}).content.decode()
        assert link(kind, getattr(in_force, kind).ref) in page, number


def test_a_programme_copied_from_paper_is_found(road):
    copied = road.enter_existing()
    road.do(lambda: operations.confirm_existing(actor=road.actor("head"), programme=copied))
    while consume():
        pass

    assert [one.object_id for one in found(copied.adoption.number)] == [copied.pk]


def test_a_draft_under_discussion_is_found_under_its_last_title_and_never_before(road):
    road.publish_study()
    road.draft_programme()
    while consume():
        pass
    assert not found(road.programme.title["ky"])
    road.open_discussion()
    road.pass_discussion()
    draft, desk = road.programme, road.actor("specialist")
    road.do(lambda: operations.close_discussion(actor=desk, programme=draft))
    head = {name: getattr(draft, name) for name in ("study", "goal", "year_from", "year_to")}
    road.do(lambda: operations.change_head(actor=desk, programme=draft, title={"ky": "Сейрекаталыш"}, **head))
    while consume():
        pass

    assert [one.kind for one in found("Сейрекаталыш")] == ["programme"]
