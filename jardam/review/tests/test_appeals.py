"""Appeals on real PostgreSQL: who files and who answers, what waits meanwhile, and what an upheld appeal undoes."""

from __future__ import annotations

import os
from decimal import Decimal

import pytest

from jardam.contracts import operations as contracts
from jardam.contracts.models import Contract
from jardam.contracts.queries import awards_without_contract
from jardam.documents.queries import looks
from jardam.journal.models import Record
from jardam.review import operations as review
from jardam.review import queries
from jardam.review.models import Appeal, Award, Protocol, ScoreSheet
from jardam.transparency.queries import verify
from jardam.treasury.queries import balance
from jardam.treasury.rules import Stage
from tests.world import MEMBER_NAMES, as_owner, refuses, sql

pytestmark = pytest.mark.django_db


def winner(road) -> str:
    (award,) = queries.awards_of(road.contest)
    return next(name for name, one in road.applications.items() if one.applicant_id == award.applicant_id)


def loser(road) -> str:
    return next(name for name in road.applications if name != winner(road))


def score(road, member: str, name: str, mark: str) -> None:
    scores = {code: (Decimal(mark), "Кайра каралды") for code in road.scores(member, name)}
    road.do(lambda: review.submit_scores(actor=road.actor(member), candidacy=road.candidacy(name), scores=scores))
    road.proceeding.refresh_from_db()
    road.later()


def decide_again(road) -> None:
    road.decide()
    for member in MEMBER_NAMES:
        road.sign_protocol(member)
    road.publish_protocol()
    road.proceeding.refresh_from_db()
    road.contest.refresh_from_db()


@pytest.fixture
def published(road):
    road.to_published()
    return road


@pytest.fixture
def appealed(published):
    """The second organisation lost and appeals its scores; a panel is in office."""
    published.appoint_panel()
    published.appeal = published.file_appeal(loser(published))
    return published


# --- filing ----------------------------------------------------------------------------------------------------


def test_an_appeal_is_registered_with_its_number_and_the_day_of_its_answer_and_its_text_is_sealed(appealed):
    appeal = Appeal.objects.get(pk=appealed.appeal.pk)

    assert appeal.number.startswith("KG-") and "-D" in appeal.number
    assert appeal.answer_by > appeal.filed_at
    said = Record.objects.get(object_kind="appeal", verb="file_appeal")
    assert "негизсиз" not in str(said.public_data)
    assert "негизсиз".encode() not in bytes(appeal.sealed)
    assert review.read_appeal(actor=appealed.actor("appeal_chair"), appeal=appeal)["why"].startswith("Упайлар")
    assert [one.purpose for one in looks(appeal.label)] == ["appeal"]


def test_nobody_but_the_panel_and_the_customers_desk_reads_why_it_was_filed(appealed):
    other = winner(appealed)

    with refuses("wrong_role"):
        review.read_appeal(actor=appealed.actor(f"{other}_head"), appeal=appealed.appeal)
    with refuses("wrong_role"):
        review.read_appeal(actor=appealed.actor("member_civil"), appeal=appealed.appeal)


def test_a_late_appeal_is_refused_with_the_stored_deadline(published):
    until = published.protocol.appeal_until
    published.at = until

    with refuses("appeal_late"):
        published.file_appeal(loser(published))
    (reason,) = queries.appeal_refusals(
        queries.new_appeal(published.applications[loser(published)]),
        "file_appeal",
        published.actor(f"{loser(published)}_head"),
    )
    assert reason.params["until"] == until
    assert reason.basis.key == "appeal.term"


def test_before_the_protocol_is_published_there_is_nothing_to_appeal(road):
    road.to_scoring()

    with refuses("nothing_to_appeal"):
        road.file_appeal("birge")


def test_an_applicant_appeals_a_protocol_once_and_again_only_after_withdrawing(appealed):
    name = loser(appealed)

    with refuses("appealed_already"):
        appealed.file_appeal(name)
    review.withdraw_appeal(actor=appealed.actor(f"{name}_head"), appeal=appealed.appeal)

    assert appealed.file_appeal(name).state == "filed"


def test_only_the_applicant_appeals(published):
    with refuses("not_yours"):
        review.file_appeal(
            actor=published.actor("umut_head"),
            application=published.applications["birge"],
            subject="scores",
            why="x",
            asks="y",
        )


# --- who answers -----------------------------------------------------------------------------------------------


def test_who_took_part_in_the_decision_or_acts_for_an_applicant_does_not_answer(published):
    with refuses("panel_took_decision"):
        published.appoint_panel("member_civil")
    facts = queries.panel_facts(published.contest, published.contest.customer_id)

    people = published.cast.people
    assert {people[name].pk for name in (*MEMBER_NAMES, "specialist")} <= facts.deciders
    assert people["birge_head"].pk in facts.interested
    assert people["lawyer"].pk not in facts.deciders | facts.interested


def test_a_panel_that_came_to_act_for_an_applicant_takes_nothing_up(appealed):
    from jardam.kernel.actor import system
    from jardam.parties import operations as parties

    parties.grant_mandate(
        person=appealed.cast.people["appeal_member"],
        organisation=appealed.cast.organisations["birge"],
        role="applicant_editor",
        document="Сыноо",
        actor=system(appealed.at),
    )

    with refuses("panel_has_interest"):
        appealed.take_up_appeal(appealed.appeal)


def test_only_chair_and_secretary_of_the_panel_answer(appealed):
    with refuses("not_yours"):
        review.take_up_appeal(actor=appealed.actor("appeal_member"), appeal=appealed.appeal)
    with refuses("not_yours"):
        review.take_up_appeal(actor=appealed.actor("member_state"), appeal=appealed.appeal)


def test_an_answer_needs_quorum_majority_and_a_reason(appealed):
    appeal = appealed.take_up_appeal(appealed.appeal)
    chair = appealed.actor("appeal_chair")

    with refuses("no_quorum", "vote_not_carried"):
        vote = appealed.panel_vote(votes_for=0, absent=("appeal_member", "appeal_civil"))
        review.reject_appeal(actor=chair, appeal=appeal, answer="Жок", vote=vote)
    with refuses("appeal_answer_without_reason"):
        review.reject_appeal(actor=chair, appeal=appeal, answer=" ", vote=appealed.panel_vote())


def test_an_appeal_is_left_unexamined_on_a_named_ground_only(appealed):
    chair = appealed.actor("appeal_chair")

    with refuses("unexamined_ground_unknown"):
        review.leave_unexamined(actor=chair, appeal=appealed.appeal, ground="busy", answer="Убакыт жок")
    done = review.leave_unexamined(actor=chair, appeal=appealed.appeal, ground="before_court", answer="Сотто")

    assert (done.state, done.ground) == ("unexamined", "before_court")


# --- what waits ------------------------------------------------------------------------------------------------


def test_signing_waits_for_the_answer_and_is_free_after_a_rejection(appealed):
    appealed.prepare_contract()
    appealed.pass_standstill()

    with refuses("appeal_open"):
        appealed.sign_contract("head")
    appealed.reject_appeal(appealed.take_up_appeal(appealed.appeal))
    appealed.sign_contract("head")
    appealed.sign_contract(f"{winner(appealed)}_head")

    assert appealed.contract.state == "in_force"
    assert list(verify()) == []


def test_contracts_wait_for_the_end_of_the_term_of_appeal(published):
    assert published.protocol.signing_from >= published.protocol.appeal_until


# --- upheld ----------------------------------------------------------------------------------------------------


def test_upheld_the_lot_is_scored_and_decided_again_and_another_one_wins(appealed):
    won, lost = winner(appealed), loser(appealed)
    first, money = appealed.protocol, balance(Stage.RESERVED, "lot", appealed.lot.pk)
    appealed.prepare_contract()
    appealed.uphold_appeal(appealed.take_up_appeal(appealed.appeal), "scoring", (won, lost))
    appealed.pass_standstill()
    with refuses("appeal_open"):
        appealed.sign_contract("head")

    appealed.carry_out_appeals()

    assert (first.pk, appealed.protocol.state) == (appealed.protocol.pk, "superseded")
    assert (appealed.proceeding.state, appealed.proceeding.round) == ("scoring", 2)
    assert appealed.contest.state == "opened"
    assert Contract.objects.get().state == "void"
    assert balance(Stage.RESERVED, "lot", appealed.lot.pk) == appealed.lot.amount > money
    assert list(verify()) == []
    with pytest.raises(LookupError):
        queries.candidates(appealed.proceeding)

    for member in MEMBER_NAMES:
        score(appealed, member, won, "6")
        score(appealed, member, lost, "10")
    assert appealed.proceeding.state == "revealed"
    assert ScoreSheet.objects.count() == 12
    decide_again(appealed)

    assert winner(appealed) == lost
    assert appealed.contest.state == "decided"
    content = queries.content_of(appealed.protocol)
    assert content["replaces"]["number"] == first.number
    assert queries.successor_of(Protocol.objects.get(pk=first.pk)) == appealed.protocol
    (award,) = queries.awards_of(appealed.contest)
    assert Award.objects.count() == 2
    assert awards_without_contract(appealed.contest.customer_id) == [award]
    assert balance(Stage.RESERVED, "lot", appealed.lot.pk) == award.amount
    appealed.prepare_contract()
    appealed.pass_standstill()
    appealed.sign_contract("head")
    appealed.sign_contract(f"{lost}_head")
    assert list(verify()) == []


def test_only_the_named_application_is_scored_again_the_others_keep_their_scores(appealed):
    won, lost = winner(appealed), loser(appealed)
    appealed.uphold_appeal(appealed.take_up_appeal(appealed.appeal), "scoring", (lost,))

    appealed.carry_out_appeals()
    with refuses("scored_already"):
        score(appealed, MEMBER_NAMES[0], won, "6")
    for member in MEMBER_NAMES:
        score(appealed, member, lost, "6")

    assert appealed.proceeding.state == "revealed"
    assert {c.number: c.scorers for c in queries.candidates(appealed.proceeding)} == {
        appealed.candidacy(won).number: 3,
        appealed.candidacy(lost).number: 3,
    }
    letter = queries.letter(appealed.applications[lost])
    assert letter.protocol.state == "superseded"
    assert all(reason != "Кайра каралды" for given in letter.scores.values() for _, reason in given)


def test_upheld_to_the_sitting_nothing_is_scored_again(appealed):
    appealed.uphold_appeal(appealed.take_up_appeal(appealed.appeal), "decision")

    appealed.carry_out_appeals()

    assert appealed.proceeding.state == "revealed"
    decide_again(appealed)
    assert ScoreSheet.objects.count() == 6
    assert list(verify()) == []


def test_who_was_rejected_at_the_admissibility_appeals_too_and_is_admitted(road):
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    for member in MEMBER_NAMES:
        road.declare(member)
    review.reject(
        actor=road.actor("specialist"), candidacy=road.candidacy("birge"), ground="outside_topic", text="Башка тема"
    )
    road.admit("umut")
    for member in MEMBER_NAMES:
        road.score(member, "umut")
    decide_again(road)
    road.appoint_panel()
    appeal = road.take_up_appeal(road.file_appeal("birge", "admissibility"))
    with refuses("return_to_admissibility_first"):
        road.uphold_appeal(appeal, "scoring")
    road.uphold_appeal(appeal, "admissibility")

    road.carry_out_appeals()

    assert road.proceeding.state == "admissibility"
    assert (road.candidacy("birge").state, road.candidacy("umut").state) == ("listed", "admitted")
    assert list(verify()) == []
    road.admit("birge")
    for member in MEMBER_NAMES:
        score(road, member, "birge", "10")
    decide_again(road)
    assert len(queries.content_of(road.protocol)["ranking"]) == 2
    assert list(verify()) == []


def test_two_appeals_on_one_lot_are_both_answered_before_the_lot_is_returned_once(appealed):
    won, lost = winner(appealed), loser(appealed)
    second = appealed.file_appeal(won, "protocol")
    appealed.uphold_appeal(appealed.take_up_appeal(appealed.appeal), "scoring", (lost,))

    with refuses("appeals_unanswered"):
        appealed.carry_out_appeals()
    appealed.uphold_appeal(appealed.take_up_appeal(second), "decision", (won,))
    appealed.carry_out_appeals()

    assert set(Appeal.objects.values_list("state", flat=True)) == {"carried_out"}
    assert (appealed.proceeding.state, appealed.proceeding.round) == ("scoring", 2)
    assert (appealed.candidacy(won).round, appealed.candidacy(lost).round) == (1, 2)
    assert list(verify()) == []


def test_a_contract_in_force_is_not_undone(appealed):
    appealed.prepare_contract()
    appealed.pass_standstill()
    appealed.reject_appeal(appealed.take_up_appeal(appealed.appeal))
    appealed.sign_contract("head")
    appealed.sign_contract(f"{winner(appealed)}_head")

    with refuses("contract_in_force"):
        contracts.carry_out_appeals(actor=appealed.actor("specialist"), protocol=appealed.protocol)


def test_money_the_measure_gave_elsewhere_cannot_be_reserved_again(appealed):
    """What the lot gave back is in another contest's lot by now: nothing is undone halfway."""
    from jardam.treasury import operations as treasury
    from jardam.treasury.operations import Owner

    appealed.uphold_appeal(appealed.take_up_appeal(appealed.appeal), "decision")
    act = Record.objects.latest("pk")
    left = balance(Stage.ALLOCATED, "measure", appealed.measure.pk)
    appealed.do(
        lambda: treasury.reserve(
            measure=Owner("measure", appealed.measure.pk), lot=Owner("lot", 10**6), amount=left, act=act
        )
    )

    with refuses("not_enough_money"):
        appealed.carry_out_appeals()
    appealed.protocol.refresh_from_db()
    assert appealed.protocol.state == "published"


def test_a_superseded_award_gives_no_contract(appealed):
    (award,) = queries.awards_of(appealed.contest)
    appealed.uphold_appeal(appealed.take_up_appeal(appealed.appeal), "decision")
    appealed.carry_out_appeals()

    with refuses("award_superseded"):
        contracts.prepare_contract(actor=appealed.actor("specialist"), award=award)


# --- errata ----------------------------------------------------------------------------------------------------


def test_an_erratum_stands_beside_the_unchanged_protocol_once_those_have_signed_who_signed_that(published):
    before = bytes(Protocol.objects.get().content)

    erratum = published.rectify()
    with refuses("wrong_role"):
        published.sign_erratum(erratum, "specialist")
    first, *others = MEMBER_NAMES
    published.sign_erratum(erratum, *others)
    assert queries.errata_of(published.protocol) == []
    with refuses("signed_already"):
        published.sign_erratum(erratum, others[0])
    assert queries.errata_to_sign(published.actor(others[0])) == []
    assert queries.errata_to_sign(published.actor(first)) == [erratum]
    erratum = published.sign_erratum(erratum, first)

    assert erratum.state == "published"
    assert queries.errata_of(published.protocol) == [erratum]
    assert bytes(Protocol.objects.get().content) == before
    assert list(verify()) == []


def test_for_a_member_who_has_left_the_successor_signs_the_erratum(published):
    erratum = published.rectify()
    for name in MEMBER_NAMES:
        if name != "member_civil":
            published.sign_erratum(erratum, name)
    published.seat_someone("nazira", "araket")
    published.replace_member("member_civil", "nazira")

    with refuses("not_yours"):
        published.sign_erratum(erratum, "member_civil")
    erratum = published.sign_erratum(erratum, "nazira")

    assert erratum.state == "published"
    assert list(verify()) == []


def test_an_erratum_never_changes_ranking_or_amounts(published):
    for part in ("ranking", "amount", "vote"):
        with refuses("erratum_changes_decision"):
            published.rectify(part)


# --- what verify finds -----------------------------------------------------------------------------------------

CORRUPTIONS = {
    "a member of the panel who sat in the commission": (
        "review_panelmember",
        "UPDATE review_panelmember SET person_id = (SELECT min(person_id) FROM review_member) WHERE id = {id}",
    ),
    "a seat of the panel": (
        "review_appealpanel",
        "UPDATE review_panelmember SET seat = 'member' WHERE panel_id = {id}",
    ),
    "the answer": ("review_appeal", "UPDATE review_appeal SET answer = 'Башка жооп' WHERE id = {id}"),
    "the step": ("review_appeal", "UPDATE review_appeal SET step = 'decision' WHERE id = {id}"),
    "the day of the answer": (
        "review_appeal",
        "UPDATE review_appeal SET answer_by = answer_by + interval '9 days' WHERE id = {id}",
    ),
    "the sealed text": (
        "review_appeal",
        "UPDATE review_appeal SET sealed = sealed || '\\x00'::bytea WHERE id = {id}",
    ),
    "an application it returns": ("review_appeal", "DELETE FROM review_returned WHERE appeal_id = {id}"),
    "the end of the term": (
        "review_protocol",
        "UPDATE review_protocol SET appeal_until = appeal_until - interval '9 days' WHERE id = {id}",
    ),
    "the round of the protocol that took its place": (
        "review_protocol",
        "UPDATE review_protocol SET round = 7 WHERE state <> 'superseded' AND {id} > 0",
    ),
    "a contract that became void": (
        "contracts_contract",
        "UPDATE contracts_contract SET state = 'prepared' WHERE id = {id}",
    ),
    "the text of an erratum": (
        "review_erratum",
        "UPDATE review_erratum SET content = content || ' '::bytea WHERE id = {id}",
    ),
}


@pytest.fixture(scope="module")
def decided_again(cluster, django_db_setup, django_db_blocker):
    """A road on which an appeal was upheld and carried out, and the lot decided again; with an erratum. Committed in a
    database of this module's own."""
    from django.db import connections

    from conftest import _point_at
    from tests.world import new_road

    name = cluster.clone(f"jardam_test_appeals_{os.getpid()}")
    with django_db_blocker.unblock():
        before = connections["default"].settings_dict["NAME"]
        _point_at(name)
        road = new_road()
        road.to_published()
        road.sign_erratum(road.rectify())
        road.prepare_contract()
        road.appoint_panel()
        road.uphold_appeal(road.take_up_appeal(road.file_appeal("birge")), "scoring")
        road.carry_out_appeals()
        for member in MEMBER_NAMES:
            score(road, member, "birge", "9")
        decide_again(road)
        connections.close_all()
    yield road
    with django_db_blocker.unblock():
        connections.close_all()
        _point_at(before)
    cluster.drop(name)


@pytest.mark.slow
def test_a_lot_decided_again_verifies(decided_again):
    assert list(verify()) == []


@pytest.mark.slow
@pytest.mark.parametrize("what", CORRUPTIONS)
def test_verify_names_what_was_changed_behind_an_appeal(what, decided_again):
    table, statement = CORRUPTIONS[what]
    pk = sql(f"SELECT min(id) FROM {table}")[0][0]

    with as_owner(triggers=False):
        sql(statement.format(id=pk))

    assert any(fault.startswith(f"{table} {pk}: ") for fault in verify())
