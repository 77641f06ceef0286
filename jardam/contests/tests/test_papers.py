"""Applications on paper: unopened until the opening, keyed in by one, compared by another, then like any other."""

from __future__ import annotations

import pytest

from jardam.contests import operations as contests
from jardam.contests import queries
from jardam.parties import operations as parties
from jardam.regime import queries as regime
from jardam.review import operations as review
from jardam.rulebook.edition import load_overlay
from jardam.rulebook.house import HOUSE
from tests.world import REGIMES, as_owner, refuses, sql

pytestmark = pytest.mark.django_db


@pytest.fixture
def brought(road):
    """Umut submitted here; birge brought an envelope in time, and the applications are opened."""
    road.to_announced()
    road.write_application("umut")
    road.submit("umut")
    road.paper = road.register_paper()
    road.pass_deadline()
    road.open()
    road.paper.refresh_from_db()
    return road


def test_an_envelope_is_numbered_at_the_second_it_came(road):
    road.to_announced()
    at = road.at

    paper = road.register_paper()

    assert (paper.state, paper.number, paper.received_at) == ("registered", "KG-KKB-2026-P1", at)
    assert queries.envelope(paper)["carrier"] == "Асылбек Мамбетов"
    assert [one.kind for one, _told in queries.attachments(paper)] == ["envelope"]


def test_before_the_opening_no_envelope_is_keyed_in_or_refused(road):
    road.to_announced()
    paper = road.register_paper()

    with refuses("envelope_sealed"):
        contests.key_in(actor=road.actor("specialist"), paper=paper, applicant=road.cast.organisations["birge"])
    with refuses("wrong_state"):
        contests.refuse_paper(actor=road.actor("specialist"), paper=paper, ground="empty")


def test_what_comes_late_is_registered_as_late_and_refused_at_the_opening(road):
    road.to_announced()
    road.at = road.contest.deadline_at
    paper = road.register_paper()
    assert paper.state == "late"

    road.open()
    paper.refresh_from_db()

    assert (paper.state, paper.ground) == ("refused", "late")
    with refuses("envelope_sealed"):
        contests.key_in(actor=road.actor("specialist"), paper=paper, applicant=road.cast.organisations["birge"])


def test_keyed_in_and_compared_it_is_an_application_like_any_other(brought):
    brought.key_in(brought.paper, "birge")
    version = brought.compare("birge")
    brought.paper.refresh_from_db()

    application = brought.applications["birge"]
    assert (application.state, application.number) == ("opened", "KG-KKB-2026-A2")
    assert brought.paper.state == "taken_in"
    assert version.number == 1
    brought.appoint_commission()
    brought.begin_review()
    numbers = brought.proceeding.candidacies.values_list("number", flat=True)
    assert sorted(numbers) == ["KG-KKB-2026-A1", "KG-KKB-2026-A2"]
    content = review.read_candidacy(
        actor=brought.actor("specialist"), candidacy=brought.candidacy("birge"), purpose="screening"
    )
    assert content.project.title == "Коңшу колу"


def test_whoever_keyed_it_in_does_not_compare_it(brought):
    brought.key_in(brought.paper, "birge")

    with refuses("keyed_by_you"):
        brought.compare("birge", "specialist")
    with refuses("wrong_role"):
        brought.compare("birge", "accountant")


def test_what_differs_from_the_scan_goes_back_until_it_is_equal(brought):
    application = brought.key_in(brought.paper, "birge")
    contests.return_keying(actor=brought.actor("head"), application=application, remark="Бюджетте 310 000")
    application.refresh_from_db()
    assert application.state == "keying"
    assert queries.remark_on(application) == "Бюджетте 310 000"
    assert "remark" not in queries.draft_content(application)

    brought.finish_keying("birge")
    assert brought.compare("birge")


def test_it_is_handed_over_only_with_its_scan(brought):
    application = brought.key_in(brought.paper, "birge")
    contests.return_keying(actor=brought.actor("head"), application=application, remark="Скан окулбайт")
    application.refresh_from_db()
    scan = application.attachments.get(kind="scan")
    contests.detach(actor=brought.actor("specialist"), application=application, attachment=scan)

    with refuses("scan_missing"):
        brought.finish_keying("birge")


def test_who_votes_in_commissions_keys_nothing_in(brought):
    parties.grant_mandate(
        person=brought.cast.people["specialist"],
        organisation=brought.cast.organisations["okmotu"],
        role="commission_member",
        document="Буйрук",
        actor=brought.actor("registrar"),
    )

    with refuses("keyer_votes"):
        brought.key_in(brought.paper, "birge")


def test_the_review_does_not_begin_before_every_envelope_is_compared_or_refused(brought):
    brought.appoint_commission()
    with refuses("papers_not_compared"):
        brought.begin_review()
    brought.key_in(brought.paper, "birge")
    with refuses("papers_not_compared"):
        brought.begin_review()

    brought.compare("birge")

    brought.begin_review()
    assert brought.proceeding.candidacies.count() == 2


def test_an_envelope_of_somebody_who_applied_here_is_refused_on_its_ground(brought):
    with refuses("one_application_a_lot"):
        brought.key_in(brought.paper, "umut")
    with refuses("paper_ground_unknown"):
        contests.refuse_paper(actor=brought.actor("specialist"), paper=brought.paper, ground="late")

    refused = contests.refuse_paper(actor=brought.actor("specialist"), paper=brought.paper, ground="second")

    assert (refused.state, refused.ground) == ("refused", "second")
    assert queries.papers_pending(brought.contest.pk) == 0


def test_nobody_who_is_not_registered_is_keyed_in(brought):
    with refuses("organisation_not_registered"):
        contests.key_in(actor=brought.actor("specialist"), paper=brought.paper, applicant=None)


def test_its_applicant_sees_it_only_once_it_is_in_the_review(brought):
    application = brought.key_in(brought.paper, "birge")
    with pytest.raises(type(application).DoesNotExist):
        queries.application(application.ref, brought.actor("birge_head"))

    brought.compare("birge")

    assert queries.application(application.ref, brought.actor("birge_head")) == application


def test_where_the_rules_know_no_paper_none_is_registered(road, monkeypatch):
    overlay = load_overlay(REGIMES / "demonstration" / "grants.yaml")
    none = type(overlay)(overlay.form, {**overlay.values, "app.paper_allowed": False}, overlay.file_sha256)
    monkeypatch.setattr(regime, "overlay", lambda form: none)
    road.to_announced()

    with refuses("switched_off"):
        road.register_paper()


def test_an_envelope_is_keyed_in_once(brought):
    brought.key_in(brought.paper, "birge")

    with refuses("paper_keyed"):
        contests.key_in(
            actor=brought.actor("specialist"),
            paper=brought.paper,
            applicant=brought.cast.organisations["araket"],
        )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE contests_paper SET received_at = received_at + interval '90 days'", "not what its act"),
        ("UPDATE contests_paper SET received_at = received_at + interval '90 days'", "the deadline was"),
        ("UPDATE contests_paper SET state = 'opened'", "the application made from it is"),
        (
            """UPDATE contests_application SET keyed_by_id = (
                 SELECT person_id FROM journal_record WHERE verb = 'compare') WHERE paper_id IS NOT NULL""",
            "keyed it in and found it equal",
        ),
    ],
)
def test_a_paper_pair_that_was_changed_past_its_acts_is_found(brought, change, fault):
    brought.key_in(brought.paper, "birge")
    brought.compare("birge")
    assert faults() == []

    with as_owner(triggers=False):
        sql(change)

    assert any(fault in one for one in faults())


def faults():
    return [fault for check in queries.checks() for fault in check()]


def test_the_house_rules_behind_it_say_why():
    assert "scan prevails" in HOUSE["H-32"].title
