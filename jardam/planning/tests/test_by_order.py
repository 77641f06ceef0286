"""A customer to which no council belongs adopts its programme by an order of its head (H-72)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from jardam.kernel.time import bishkek_day
from jardam.notices.rules import MOMENTS
from jardam.planning import operations as planning
from jardam.planning import queries
from jardam.planning.models import Measure, Programme
from jardam.planning.rules import adopter_of
from jardam.transparency.queries import verify
from tests.test_pages_contracts import day
from tests.test_rules_obeyed import pages, rows  # noqa: F401  (a fixture)
from tests.world import as_owner, refuses, rules, sql

pytestmark = pytest.mark.django_db


@pytest.fixture
def ministry(road):
    """The customer of the road is a ministry without a council; its programme is a draft."""
    with as_owner(triggers=False):
        pk = road.cast.organisations["okmotu"].pk
        sql("UPDATE parties_organisation SET kind = 'ministry', council_id = NULL WHERE id = %s", pk)
    road.cast.organisations["okmotu"].refresh_from_db()
    road.publish_study()
    road.draft_programme()
    road.open_discussion()
    road.at = queries.discussion_of(road.programme).closes_at + timedelta(hours=1)
    return road


def again(road) -> Programme:
    return Programme.objects.select_related("customer").get(pk=road.programme.pk)


def adopt(road, **given):
    with transaction.atomic():
        return planning.adopt_by_order(
            actor=road.actor("head"),
            programme=again(road),
            **{"number": "112-б", "adopted_on": bishkek_day(road.at)} | given,
        )


def test_the_head_adopts_where_no_council_votes(ministry):
    with refuses("adopted_by_order"):
        planning.submit_to_council(actor=ministry.actor("specialist"), programme=again(ministry))
    with refuses("wrong_role"):
        planning.adopt_by_order(
            actor=ministry.actor("specialist"), programme=again(ministry), number="1", adopted_on=ministry.at.date()
        )
    with refuses("day_in_future"):
        adopt(ministry, adopted_on=bishkek_day(ministry.at) + timedelta(days=1))

    adoption = adopt(ministry)

    found = again(ministry)
    assert (found.state, adoption.body_id, adoption.votes_for) == ("adopted", found.customer_id, None)
    assert found.public_since is not None
    assert [one for one in verify() if one.startswith("planning")] == []


def test_an_order_asks_what_a_council_would_ask(ministry):
    with as_owner(triggers=False):
        sql("UPDATE planning_programme SET study_id = NULL WHERE id = %s", ministry.programme.pk)
    with refuses("programme_without_study"):
        adopt(ministry)


def test_where_a_council_votes_the_head_does_not(road):
    road.publish_study()
    road.draft_programme()
    road.open_discussion()
    road.at = queries.discussion_of(road.programme).closes_at + timedelta(hours=1)

    with refuses("adopted_by_council"):
        adopt(road)


def test_who_adopts_follows_the_rules_and_the_kind_of_customer():
    kenesh, executive = rules(), rules(prog__municipal_approver="executive")

    assert not adopter_of("aiyl_okmotu", True, kenesh).by_order
    assert adopter_of("aiyl_okmotu", True, executive).by_order
    assert adopter_of("aiyl_okmotu", True, executive).basis.key == "prog.municipal_approver"
    assert not adopter_of("mayor_office", False, None).by_order, "an unknown rule gives the head no right"
    assert adopter_of("ministry", False, kenesh).by_order
    assert adopter_of("agency", False, kenesh).by_order
    assert not adopter_of("ministry", True, kenesh).by_order


def test_the_head_changes_publishes_and_annuls_what_the_head_adopted(ministry):
    adopt(ministry)
    actor, ministry.at = ministry.actor("head"), ministry.at + timedelta(days=1)
    with transaction.atomic():
        revision = planning.draft_revision(actor=actor, programme=again(ministry), reason="Баалар өстү")
        measure = Measure.objects.get(programme=ministry.programme)
        values = {"indicator": measure.indicator, "baseline": measure.baseline, "target": measure.target + 1}
        amount = measure.amount + Decimal(1000)
        planning.revise_measure(actor=actor, revision=revision, measure=measure, amount=amount, **values)
    with refuses("adopted_by_order"):
        planning.submit_revision(actor=actor, revision=revision)
    today = bishkek_day(ministry.at)
    with transaction.atomic():
        planning.adopt_revision_by_order(
            actor=ministry.actor("head"), revision=revision, number="113-б", adopted_on=today
        )
    assert queries.in_force([measure])[0].amount == amount

    with transaction.atomic():
        planning.publish_resolution(
            actor=ministry.actor("head"),
            programme=again(ministry),
            published_on=today,
            place="gov.kg",
            register_number="1-7",
        )
    with refuses("not_yours"):
        planning.annul_programme(
            actor=ministry.actor("secretary"), programme=again(ministry), number="1", decided_on=today, reason="Жок"
        )
    with transaction.atomic():
        planning.annul_programme(
            actor=ministry.actor("head"), programme=again(ministry), number="114-б", decided_on=today, reason="Жок"
        )

    assert again(ministry).state == "annulled"
    assert [one for one in verify() if one.startswith("planning")] == []


def test_the_head_walks_it_through_the_pages(ministry, pages):  # noqa: F811
    ref = ministry.programme.ref
    assert "Finish the programme: the head adopts it by an order" in pages.due("head")
    assert "The head adopts it by an order" in pages.text("head", "desk_programme", ref)

    pages.done("head", "desk_order", ref, number="112-б", **day("adopted_on", bishkek_day(ministry.at)))

    assert "Order of the head" in pages.text("", "programme", ref)
    assert "Publish the order and record it" in rows(ministry, "head")
    given = day("published_on", bishkek_day(ministry.at))
    pages.done("head", "desk_order_publish", ref, place="gov.kg", register_number="1-7", **given)
    assert "Publish the order and record it" not in rows(ministry, "head")
    assert pages.get("head", "desk_order_annul", ref).status_code == 200


def test_the_head_adopts_a_new_version_on_its_page(ministry, pages):  # noqa: F811
    adopt(ministry)
    revision = planning.draft_revision(actor=ministry.actor("head"), programme=again(ministry), reason="Баалар өстү")
    planning.revise_sections(
        actor=ministry.actor("head"), revision=revision, texts={"schedule": {"ky": "Жайында", "ru": "Летом"}}
    )
    assert "Adopt the new version by an order" in pages.text("head", "desk_revision", revision.ref)

    given = day("adopted_on", bishkek_day(ministry.at))
    pages.done("head", "desk_revision_order", revision.ref, number="113-б", **given)

    assert queries.sections_of(again(ministry))["schedule"]["ru"] == "Летом"


def test_the_order_is_told():
    assert {"programme:adopt_by_order", "revision:adopt_revision_by_order"} <= {one.what for one in MOMENTS}
