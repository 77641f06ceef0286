"""The review under the demonstration's rules, off the straight road: interests, rejections, single and missing
applications, and what the sitting may not do."""

from __future__ import annotations

import pytest

from jardam.journal.models import Record
from jardam.review import operations as review
from jardam.review import queries
from jardam.review.models import Award, Candidacy
from jardam.treasury.queries import balance
from jardam.treasury.rules import Stage
from tests.world import MEMBER_NAMES, refuses, rules

pytestmark = pytest.mark.django_db


def declared(road, **conflicted):
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    for member in MEMBER_NAMES:
        road.declare(member, conflicted=conflicted.get(member, ()))
    return road


def test_the_files_open_when_the_last_member_has_declared(road):
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    for member in MEMBER_NAMES[:-1]:
        road.declare(member)
    assert road.proceeding.state == "interests"

    road.declare(MEMBER_NAMES[-1])

    assert road.proceeding.state == "admissibility"


def test_a_member_declares_once_and_about_everybody(road):
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    actor = road.actor("member_civil")

    with refuses("declare_about_each"):
        review.declare_interests(
            actor=actor, proceeding=road.proceeding, conflicts={road.candidacy("umut").ref: False}
        )
    road.declare("member_civil")
    with refuses("already_declared"):
        road.declare("member_civil")


def test_who_sits_in_no_commission_is_told_nothing_about_the_applications(road):
    road.to_opened()
    road.appoint_commission()
    road.begin_review()

    with refuses("wrong_role"):
        review.declare_interests(actor=road.actor("umut_head"), proceeding=road.proceeding, conflicts={})


def test_an_application_in_which_every_member_has_an_interest_is_not_passed_over_in_silence(road):
    declared(road, **dict.fromkeys(MEMBER_NAMES, ("birge",)))
    road.admit("umut")
    road.admit("birge")
    for member in MEMBER_NAMES:
        road.score(member, "umut")

    assert road.proceeding.state == "revealed"
    assert {c.number: c.scorers for c in queries.candidates(road.proceeding)} == {
        road.candidacy("umut").number: 3,
        road.candidacy("birge").number: 0,
    }
    assert [place.refs for place in queries.preview(road.proceeding).places] == [(road.candidacy("umut").ref,)]
    with refuses("votes_exceed_present"):  # all are recused from deciding on this lot
        road.decide()


def test_when_every_member_has_an_interest_in_everything_the_review_does_not_wait_for_scores(road):
    declared(road, **dict.fromkeys(MEMBER_NAMES, ("umut", "birge")))

    road.admit("umut")
    road.admit("birge")

    assert road.proceeding.state == "revealed"


def test_a_rejection_names_a_ground_of_the_rules(road):
    declared(road)

    with refuses("ground_unknown"):
        review.reject(actor=road.actor("specialist"), candidacy=road.candidacy("birge"), ground="ugly", text="Жок")
    review.reject(
        actor=road.actor("specialist"), candidacy=road.candidacy("birge"), ground="outside_topic", text="Башка тема"
    )

    assert Candidacy.objects.get(pk=road.candidacy("birge").pk).ground == "outside_topic"
    assert "Башка тема" not in str(Record.objects.get(verb="reject").public_data)


def test_where_all_are_rejected_the_protocol_says_so_and_nobody_is_awarded(road):
    declared(road)
    for name in ("umut", "birge"):
        review.reject(
            actor=road.actor("specialist"), candidacy=road.candidacy(name), ground="outside_topic", text="Башка тема"
        )
    road.proceeding.refresh_from_db()
    assert road.proceeding.state == "revealed"

    road.decide()
    for member in MEMBER_NAMES:
        road.sign_protocol(member)
    road.publish_protocol()

    assert len(queries.content_of(road.protocol)["rejected"]) == 2
    assert not Award.objects.exists()
    assert road.protocol.state == "published"


def test_one_admitted_application_is_scored_where_the_rules_say_so(road):
    declared(road)
    review.reject(
        actor=road.actor("specialist"), candidacy=road.candidacy("birge"), ground="outside_topic", text="Башка тема"
    )
    road.admit("umut")

    assert rules().choice("dec.single_bid_rule") == "evaluate"
    assert road.proceeding.state == "scoring"


def test_a_contest_without_applications_ends_with_a_protocol_and_its_money_back(road):
    road.to_announced()
    road.pass_deadline()
    road.open()
    road.appoint_commission()
    road.begin_review()
    road.proceeding.refresh_from_db()
    assert road.proceeding.state == "revealed"

    road.decide()
    for member in MEMBER_NAMES:
        road.sign_protocol(member)
    road.publish_protocol()

    road.contest.refresh_from_db()
    assert road.contest.state == "decided"
    assert not Award.objects.exists()


def test_scores_come_only_after_the_admissibility_and_from_members(road):
    declared(road)

    with refuses("wrong_state"):
        road.score("member_civil", "umut")
    road.admit("umut")
    road.admit("birge")
    with refuses("wrong_role"):
        review.submit_scores(
            actor=road.actor("specialist"),
            candidacy=road.candidacy("umut"),
            scores=road.scores("member_civil", "umut"),
        )


def test_two_members_of_one_name_sign_each_for_themselves(road):
    """One signature does not stand for both."""
    people = road.cast.people
    people["member_civil"].name = people["member_kenesh"].name
    people["member_civil"].save(update_fields=["name"])
    road.to_scoring()
    for member in MEMBER_NAMES:
        for name in ("umut", "birge"):
            road.score(member, name)
    road.decide()

    road.sign_protocol("member_state")
    road.sign_protocol("member_kenesh")

    assert road.protocol.state == "drafted"
    road.sign_protocol("member_civil")
    assert road.protocol.state == "signed"


def test_a_protocol_is_signed_once_by_each_and_only_by_its_members(road):
    road.to_scoring()
    for member in MEMBER_NAMES:
        for name in ("umut", "birge"):
            road.score(member, name)
    road.decide()
    road.sign_protocol("member_state")

    with refuses("signed_already"):
        road.sign_protocol("member_state")
    with refuses("wrong_role"):
        road.sign_protocol("head")


def test_the_rest_of_the_money_goes_back_when_the_protocol_is_published(road):
    road.to_published()

    awarded = sum(award.amount for award in Award.objects.all())
    assert awarded > 0
    assert balance(Stage.RESERVED, "lot", road.lot.pk) == awarded
    assert balance(Stage.ALLOCATED, "measure", road.measure.pk) == road.lot.amount - awarded
