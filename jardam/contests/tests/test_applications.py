"""Applications off the straight road: strangers, deadlines, withdrawals, and rules that switch a step off."""

from __future__ import annotations

import datetime as dt

import pytest

from jardam.contests import operations as contests
from jardam.contests import queries
from jardam.contests.models import Application
from jardam.regime import queries as regime
from jardam.rulebook.edition import load_overlay
from tests.world import MONDAY, REGIMES, refuses

pytestmark = pytest.mark.django_db


def withdraw(road, name="umut"):
    return contests.withdraw(actor=road.actor(f"{name}_head"), application=road.applications[name])


def test_a_stranger_is_told_only_that_the_application_is_not_theirs(road):
    """Not which of its sections are missing."""
    road.to_announced()
    application = contests.start_application(
        actor=road.actor("umut_head"), lot=road.lot, applicant=road.cast.organisations["umut"]
    )

    with refuses("not_yours"):
        contests.submit_application(actor=road.actor("birge_head"), application=application)
    with refuses("sections_missing"):
        contests.submit_application(actor=road.actor("umut_head"), application=application)


def test_who_is_late_is_told_the_deadline_and_not_what_is_missing(road):
    road.to_announced()
    application = contests.start_application(
        actor=road.actor("umut_head"), lot=road.lot, applicant=road.cast.organisations["umut"]
    )
    road.pass_deadline()

    with refuses("deadline_passed"):
        contests.submit_application(actor=road.actor("umut_head"), application=application)


def test_the_deadline_is_the_first_refused_instant(road):
    road.to_announced()
    road.write_application("umut")
    road.at = road.contest.deadline_at

    with refuses("deadline_passed"):
        road.submit("umut")
    road.at -= dt.timedelta(microseconds=1)
    assert road.submit("umut").number == 1


def test_an_editor_writes_and_the_head_submits(road):
    road.to_announced()
    road.write_application("umut", writer="umut_editor")

    with refuses("wrong_role"):
        contests.submit_application(actor=road.actor("umut_editor"), application=road.applications["umut"])
    assert road.submit("umut")


def test_nothing_is_submitted_that_its_head_did_not_sign_off(road):
    road.to_announced()
    road.write_application("umut")

    with refuses("sign_off_missing"):
        contests.submit_application(actor=road.actor("umut_head"), application=road.applications["umut"])


def test_after_the_deadline_no_section_is_saved(road):
    road.to_announced()
    road.write_application("umut")
    road.pass_deadline()

    with refuses("contest_not_open"):
        contests.save_section(
            actor=road.actor("umut_head"),
            application=road.applications["umut"],
            section="people",
            data={"count": 9, "who": "Ким", "where": "Кайда", "reached": "Кантип"},
        )


def test_who_withdrew_may_begin_again(road):
    road.to_announced()
    road.write_application("umut")
    road.submit("umut")

    withdraw(road)
    road.write_application("umut")
    road.submit("umut")

    assert sorted(Application.objects.values_list("state", flat=True)) == ["submitted", "withdrawn"]


def test_nothing_is_withdrawn_after_the_deadline(road):
    road.to_announced()
    road.write_application("umut")
    road.submit("umut")
    road.pass_deadline()

    with refuses("deadline_passed"):
        withdraw(road)


def test_where_the_rules_know_no_replacing_and_no_withdrawing_both_are_refused(road, monkeypatch):
    overlay = load_overlay(REGIMES / "demonstration" / "grants.yaml")
    values = {**overlay.values, "app.replace_allowed": False, "app.withdraw_allowed": False}
    stricter = type(overlay)(overlay.form, values, overlay.file_sha256)
    monkeypatch.setattr(regime, "overlay", lambda form: stricter)
    road.to_announced()
    road.write_application("umut")
    road.submit("umut")

    with refuses("switched_off"):
        road.submit("umut")
    with refuses("switched_off"):
        withdraw(road)


def test_a_part_the_rules_do_not_ask_for_is_not_kept(road, monkeypatch):
    asked = ("people_served", "goal_and_tasks", "activities", "budget", "indicators", "declarations")
    overlay = load_overlay(REGIMES / "demonstration" / "grants.yaml")
    fewer = type(overlay)(overlay.form, {**overlay.values, "form.application_sections": asked}, overlay.file_sha256)
    monkeypatch.setattr(regime, "overlay", lambda form: fewer)
    road.to_announced()

    with refuses("section_not_asked"):
        road.write_application("umut")


def test_a_company_does_not_apply_where_the_rules_name_non_profits_only(road):
    road.to_announced()
    umut = road.cast.organisations["umut"]
    type(umut).objects.filter(pk=umut.pk).update(kind="company")
    umut.refresh_from_db()

    with refuses("kind_not_eligible"):
        contests.start_application(actor=road.actor("umut_head"), lot=road.lot, applicant=umut)


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ({"registered_on": MONDAY.date()}, "organisation_too_young"),
        ({"legal_form": "religious_organisation"}, "type_not_eligible"),
    ],
)
def test_whom_the_rules_exclude_neither_starts_nor_submits(road, known, code):
    road.to_announced()
    road.write_application("umut")
    for name in ("umut", "birge"):
        body = road.cast.organisations[name]
        type(body).objects.filter(pk=body.pk).update(**known)
        body.refresh_from_db()
    road.applications["umut"].refresh_from_db()

    with refuses(code):
        road.submit("umut")
    with refuses(code):
        contests.start_application(
            actor=road.actor("birge_head"), lot=road.lot, applicant=road.cast.organisations["birge"]
        )


def test_who_applies_without_a_known_registration_is_taken_and_shown_to_the_screening_as_unknown(road):
    road.to_announced()
    umut = road.cast.organisations["umut"]
    type(umut).objects.filter(pk=umut.pk).update(registered_on=None, legal_form="")
    umut.refresh_from_db()

    road.write_application("umut")
    road.submit("umut")

    standing = queries.standing(road.applications["umut"], road.actor("specialist"))
    assert standing.faults == ()
    assert standing.not_known == ("elig.excluded_types", "elig.min_age_months")


def test_a_contest_is_announced_only_as_far_ahead_as_the_rules_demand(road):
    road.to_adopted()
    road.draft_contest()
    earliest = road.earliest_closing()

    with refuses("deadline_too_early"):
        road.announce(closes_on=earliest - dt.timedelta(days=1))
    road.announce(closes_on=earliest)
    assert road.contest.state == "announced"


def test_where_contracts_stay_within_the_year_no_contest_is_announced_whose_projects_cannot(road, monkeypatch):
    overlay = load_overlay(REGIMES / "demonstration" / "grants.yaml")
    within = type(overlay)(overlay.form, {**overlay.values, "con.multiyear": False}, overlay.file_sha256)
    monkeypatch.setattr(regime, "overlay", lambda form: within)
    road.to_adopted()
    road.draft_contest()
    road.contest.months = 11
    road.contest.save(update_fields=["months"])

    with refuses("term_beyond_year"):
        road.announce()
    road.contest.months = 8
    road.contest.save(update_fields=["months"])
    road.announce()
    with refuses("term_beyond_year"):
        contests.amend(actor=road.actor("head"), contest=road.contest, changes={"months": 11}, reason="Узарды")
    with refuses("term_too_long", "term_beyond_year"):
        contests.amend(actor=road.actor("head"), contest=road.contest, changes={"months": 13}, reason="Узарды")


def test_who_is_not_the_customer_is_told_only_that_when_announcing(road):
    road.to_adopted()
    road.draft_contest()

    for name, code in (("umut_head", "wrong_role"), ("accountant", "wrong_role")):
        with refuses(code):
            contests.announce(actor=road.actor(name), contest=road.contest, closes_on=road.at.date())


def test_register_numbers_are_given_at_the_opening_in_the_order_of_submission(road):
    road.to_announced()
    for name in ("umut", "birge"):
        road.write_application(name)
    road.submit("birge")
    road.submit("umut")
    assert all(a.number is None for a in Application.objects.all())

    road.pass_deadline()
    road.open()

    numbers = {name: road.applications[name].number for name in ("umut", "birge")}
    assert numbers == {"birge": "KG-KKB-2026-A1", "umut": "KG-KKB-2026-A2"}
