"""The review off its straight road: successors, interests found later, mending, lost quorum, cuts, the reserve."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from jardam.contests.models import Version
from jardam.journal.models import Record
from jardam.kernel.actor import system
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.parties.models import Mandate
from jardam.review import operations as review
from jardam.review import queries
from jardam.review.models import Adjournment, Award, Candidacy, Cut, Mending, Protocol, Recusal, ReserveCall
from jardam.review.rules import MemberEntry
from jardam.transparency.queries import verify
from jardam.treasury.queries import balance
from jardam.treasury.rules import Stage
from tests.world import MEMBER_NAMES, refuses

pytestmark = pytest.mark.django_db


def settle(road, **values):
    """The contest of this road under other rules than the demonstration's: as an announcement would have kept them."""
    from tests.world import as_owner, rules, sql

    settled = rules(**values)
    with as_owner(triggers=False):
        sql(
            "UPDATE contests_contest SET settlement_bytes = %s, edition_sha256 = %s WHERE id = %s",
            settled.as_canonical(),
            settled.file_sha256,
            road.contest.pk,
        )
        sql(
            """UPDATE journal_record SET public_data = public_data || jsonb_build_object('settlement', %s::text)
               WHERE verb = 'announce' AND object_id = %s""",
            settled.sha256,
            road.contest.pk,
        )
    road.contest.refresh_from_db()


def screening(road):
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    for member in MEMBER_NAMES:
        road.declare(member)
    return road


# --- seats -----------------------------------------------------------------------------------------------------


def entries(road, **changes):
    from jardam.demonstration.road import MEMBERS
    from jardam.parties.models import Mandate

    found = []
    for name, side, seat in MEMBERS:
        mandate = Mandate.objects.get(person=road.cast.people[name])
        found.append(
            MemberEntry(
                mandate.person_id,
                mandate.pk,
                mandate.organisation_id,
                mandate.person.name,
                changes.get(name, side),
                seat,
            )
        )
    return found


def appoint(road, members):
    return review.appoint_commission(
        actor=road.actor("head"),
        contest=road.contest,
        order_number="27",
        ordered_on=bishkek_day(road.at),
        members=members,
    )


def test_a_person_of_a_state_body_cannot_sit_for_civil_society(road):
    road.to_opened()

    with refuses("seat_wrong_side"):
        appoint(road, entries(road, member_kenesh="civil"))


def test_a_seat_wants_the_persons_own_mandate_in_force(road):
    road.to_opened()
    members = entries(road)
    foreign = MemberEntry(
        members[2].person_id, members[0].mandate_id, members[2].organisation_id, "Чынара", "civil", "member"
    )

    with refuses("seat_without_mandate"):
        appoint(road, [*members[:2], foreign])


def test_the_term_of_a_commission_ends_and_a_new_order_renews_it(road):
    road.to_revealed()
    road.at += timedelta(days=400)

    with refuses("commission_term_over"):
        road.decide()
    review.renew_commission(
        actor=road.actor("head"), commission=road.commission, order_number="44", ordered_on=bishkek_day(road.at)
    )
    road.proceeding.refresh_from_db()
    road.decide()

    assert road.protocol.state == "drafted"


# --- successors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("votes", [False, True])
def test_a_secretary_has_a_vote_only_where_the_rules_give_one(road, votes):
    road.to_opened()
    settle(road, com__secretary_votes=votes, com__size_odd=False)
    road.seat_someone("clerk", "araket")
    mandate = Mandate.objects.get(person=road.cast.people["clerk"])
    secretary = MemberEntry(mandate.person_id, mandate.pk, mandate.organisation_id, "Катчы", "civil", "secretary")

    road.commission = appoint(road, [*entries(road), secretary])
    road.begin_review()
    for name in MEMBER_NAMES:
        road.declare(name)

    assert road.member("clerk").seat == ("voting_secretary" if votes else "secretary")
    assert road.proceeding.state == ("interests" if votes else "admissibility")
    if votes:
        road.declare("clerk")
        assert road.proceeding.state == "admissibility"
    else:
        with refuses("not_yours"):
            road.declare("clerk")


def test_a_secretary_with_a_vote_counts_in_the_size_and_holds_a_members_mandate(road):
    road.to_opened()
    settle(road, com__secretary_votes=True, com__size_odd=True)
    clerk = MemberEntry(0, 0, 0, "Катчы", "state", "secretary")

    with refuses("commission_even", "civil_share_too_small", "seat_without_mandate"):
        appoint(road, [*entries(road), clerk])


def test_a_successor_takes_the_same_seat_on_the_same_side(road):
    screening(road)
    road.seat_someone("nazira", "araket")
    road.seat_someone("official", "okmotu")

    with refuses("seat_wrong_side"):
        road.replace_member("member_civil", "official")
    road.replace_member("member_civil", "nazira")

    seat = road.member("nazira")
    assert (seat.side, seat.seat) == ("civil", "member")
    assert [one.member.name for one in queries.departures_of(road.commission)] == [
        road.cast.people["member_civil"].name
    ]


def test_who_left_neither_votes_nor_comes_back(road):
    screening(road)
    road.seat_someone("nazira", "araket")
    gone = road.member("member_civil")
    road.replace_member("member_civil", "nazira")

    with refuses("not_yours"):
        review.submit_scores(actor=road.actor("member_civil"), candidacy=road.candidacy("umut"), scores={})
    with refuses("member_twice"):
        road.replace_member("nazira", "member_civil")
    with refuses("member_left_already"):
        review.replace_member(
            actor=road.actor("head"),
            member=gone,
            mandate_id=gone.mandate_id,
            order_number="29",
            left_on=bishkek_day(road.at),
        )


def test_scores_that_were_sent_stay_and_the_successor_gives_the_rest(road):
    road.to_scoring()
    road.score("member_civil", "umut")
    for member in MEMBER_NAMES[:2]:
        for name in ("umut", "birge"):
            road.score(member, name)
    road.seat_someone("nazira", "araket")
    road.replace_member("member_civil", "nazira")
    assert road.proceeding.state == "scoring"
    road.declare("nazira")
    marks = road.scores("member_civil", "birge")

    with refuses("scored_already"):
        review.submit_scores(actor=road.actor("nazira"), candidacy=road.candidacy("umut"), scores=marks)
    review.submit_scores(actor=road.actor("nazira"), candidacy=road.candidacy("birge"), scores=marks)

    road.proceeding.refresh_from_db()
    assert road.proceeding.state == "revealed"
    assert {one.scorers for one in queries.candidates(road.proceeding)} == {3}
    assert list(verify()) == []


def test_a_successor_declares_before_anything_else(road):
    road.to_scoring()
    road.seat_someone("nazira", "araket")
    road.replace_member("member_civil", "nazira")

    assert queries.duties_of_member(road.actor("nazira"))[0][0] == "declare_interests"
    with refuses("interests_first"):
        review.submit_scores(
            actor=road.actor("nazira"),
            candidacy=road.candidacy("umut"),
            scores=road.scores("member_civil", "umut"),
        )


def test_a_lot_whose_members_are_all_recused_becomes_decidable(road):
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    for member in MEMBER_NAMES:
        road.declare(member, conflicted=("birge",))
    road.admit("umut")
    road.admit("birge")
    for member in MEMBER_NAMES:
        road.score(member, "umut")
    assert road.proceeding.state == "revealed"
    with refuses("votes_exceed_present"):
        road.decide()

    for n, (member, body) in enumerate(zip(MEMBER_NAMES, ("okmotu", "kenesh", "araket"), strict=True)):
        road.seat_someone(f"new{n}", body)
        road.replace_member(member, f"new{n}")
        road.declare(f"new{n}")

    assert road.proceeding.state == "scoring"
    for n, member in enumerate(MEMBER_NAMES):
        review.submit_scores(
            actor=road.actor(f"new{n}"), candidacy=road.candidacy("birge"), scores=road.scores(member, "birge")
        )
    road.proceeding.refresh_from_db()
    assert road.proceeding.state == "revealed"
    sitting = review.Sitting(
        bishkek_day(road.at), frozenset(road.cast.people[f"new{n}"].pk for n in range(3)), 3, 0, 0, True, {}
    )
    protocol = review.decide(actor=road.actor("specialist"), proceeding=road.proceeding, sitting=sitting)
    assert len(queries.ranking_rows(protocol)) == 2


def test_where_the_rules_want_reserve_members_only_they_are_called(road):
    road.to_opened()
    settle(road, com__replace_rule="reserve_member")
    road.seat_someone("nazira", "araket")
    road.seat_someone("other", "araket")
    from jardam.parties.models import Mandate

    mandate = Mandate.objects.get(person=road.cast.people["nazira"])
    reserve = MemberEntry(mandate.person_id, mandate.pk, mandate.organisation_id, "Назира", "civil", "reserve")
    road.commission = appoint(road, [*entries(road), reserve])
    road.begin_review()

    with refuses("not_from_reserve"):
        road.replace_member("member_civil", "other")
    road.replace_member("member_civil", "nazira")

    assert queries.votes_in(road.proceeding, road.actor("nazira"))
    assert not queries.votes_in(road.proceeding, road.actor("member_civil"))


# --- interests -------------------------------------------------------------------------------------------------


def staffed(road):
    """The civil member heads an applicant as well."""
    parties.grant_mandate(
        person=road.cast.people["umut_editor"],
        organisation=road.cast.organisations["araket"],
        role="applicant_editor",
        document="Буйрук 3",
        actor=system(road.at),
    )
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    return road


def test_the_registers_hint_at_one_person_in_two_organisations_and_say_which(road):
    staffed(road)

    said = queries.hints_for(road.proceeding, road.actor("member_civil"))

    assert [(f.relation, f.shown) for f in said[road.candidacy("umut").ref]] == [
        ("staff", road.cast.people["umut_editor"].name)
    ]
    assert queries.hints_for(road.proceeding, road.actor("member_state")) == {}


def test_who_denies_an_interest_in_spite_of_a_hint_says_why(road):
    staffed(road)
    conflicts = {road.candidacy(n).ref: False for n in ("umut", "birge")}
    actor = road.actor("member_civil")

    with refuses("interest_denial_unexplained"):
        review.declare_interests(actor=actor, proceeding=road.proceeding, conflicts=conflicts)
    review.declare_interests(
        actor=actor,
        proceeding=road.proceeding,
        conflicts=conflicts,
        denials={road.candidacy("umut").ref: "Ал 2019-жылы кеткен", road.candidacy("birge").ref: "ашыкча"},
    )

    (suggestion,) = queries.suggestions(road.proceeding)
    assert (suggestion.declared, suggestion.denial) == ("none", "Ал 2019-жылы кеткен")
    assert "кеткен" not in str([r.public_data for r in Record.objects.filter(verb="declare_interests")])


def test_an_interest_found_later_voids_the_scores_of_that_application(road):
    road.to_scoring()
    for member in MEMBER_NAMES[:2]:
        for name in ("umut", "birge"):
            road.score(member, name)
    road.score("member_civil", "umut")

    road.recuse("member_civil", "umut")
    assert queries.own_scores(road.candidacy("umut"), road.actor("member_civil")) is None
    with refuses("recused_already"):
        road.recuse("member_civil", "umut")
    with refuses("member_has_interest"):
        road.score("member_civil", "umut")
    road.score("member_civil", "birge")

    scorers = {one.ref: one.scorers for one in queries.candidates(road.proceeding)}
    assert scorers == {road.candidacy("umut").ref: 2, road.candidacy("birge").ref: 3}
    assert queries.recused_members(road.proceeding) == {
        road.member("member_civil").pk: [road.candidacy("umut").number]
    }
    assert list(verify()) == []


def test_only_the_chair_proves_a_recusal_and_names_a_ground(road):
    road.to_revealed()
    member, candidacy = road.member("member_kenesh"), road.candidacy("birge")

    with refuses("not_yours"):
        review.prove_recusal(
            actor=road.actor("member_civil"), candidacy=candidacy, member=member, ground="family", text="Бир тууган"
        )
    with refuses("recusal_ground_unknown"):
        review.prove_recusal(
            actor=road.actor("member_state"), candidacy=candidacy, member=member, ground="gossip", text="Дешет"
        )
    review.prove_recusal(
        actor=road.actor("member_state"), candidacy=candidacy, member=member, ground="family", text="Бир тууган"
    )

    assert Recusal.objects.get().proven
    assert "тууган" not in str(Record.objects.get(verb="prove_recusal").public_data)


def test_after_the_decision_nobody_is_recused(road):
    road.to_revealed()
    road.decide()

    with refuses("wrong_state"):
        road.recuse("member_civil", "umut")


# --- mending ---------------------------------------------------------------------------------------------------


def test_a_curable_fault_is_not_a_reason_to_reject_before_it_could_be_mended(road):
    screening(road)

    with refuses("mending_first"):
        review.reject(
            actor=road.actor("specialist"), candidacy=road.candidacy("umut"), ground="sums_differ", text="Дал келбейт"
        )


def test_only_curable_faults_at_known_places_are_noted(road):
    screening(road)

    with refuses("fault_not_curable"):
        road.note_fault("umut", "activities", ground="outside_topic")
    with refuses("place_unknown"):
        road.note_fault("umut", "salary")
    with refuses("place_unknown"):
        road.note_fault("umut")
    with refuses("no_faults_noted"):
        road.request_mending()


def test_everybody_gets_the_same_time_once_and_opens_only_the_faulted_places(road):
    screening(road)
    road.note_fault("umut", "project.goal")
    road.note_fault("birge", "activities", "people.count")
    road.request_mending()
    ends = road.proceeding.mending_until

    assert {one.state for one in Mending.objects.all()} == {"asked"}
    assert ends - Record.objects.get(verb="request_mending").at == timedelta(hours=72)
    assert road.proceeding.mending_how["basis"]["key"] == "adm.cure_term"
    with refuses("mending_asked_already"):
        road.request_mending()
    with refuses("wrong_state"):
        road.note_fault("umut", "project.title")
    with refuses("mending_open"):
        road.admit("umut")
    with refuses("place_not_open"):
        road.mend("umut", {"project.title": "Башка долбоор"})
    road.mend("umut", {"project.goal": "80 кишиге жардам берүү"})
    with refuses("wrong_state"):
        road.mend("umut", {"project.goal": "Дагы бир жолу"})


def test_what_is_mended_is_a_new_version_and_the_commission_sees_what_changed(road):
    screening(road)
    before = queries.requested(road.candidacy("umut"))
    road.note_fault("umut", "project.goal")
    road.request_mending()
    road.mend("umut", {"project.goal": "80 кишиге жардам берүү"})

    versions = list(Version.objects.filter(application=road.applications["umut"]).order_by("number"))
    assert [one.number for one in versions] == [1, 2]
    assert Record.objects.get(pk=versions[1].act_id).public_data["mends"] == 1
    (change,) = queries.mending_difference(road.candidacy("umut"))
    assert change[0] == "project.goal"
    assert change[2] == "80 кишиге жардам берүү" != change[1]
    assert queries.requested(road.candidacy("umut")) == before
    road.admit("umut")
    assert list(verify()) == []


def test_what_was_not_mended_in_time_is_rejected_on_the_noted_ground(road):
    screening(road)
    road.note_fault("umut", "project.goal")
    road.note_fault("birge", "people.count", ground="document_unreadable")
    road.request_mending()
    with refuses("mending_not_over"):
        review.close_mending(actor=road.actor("specialist"), proceeding=road.proceeding)
    road.mend("umut", {"project.goal": "80 кишиге"})
    road.close_mending()

    birge = Candidacy.objects.get(pk=road.candidacy("birge").pk)
    assert (birge.state, birge.ground) == ("rejected", "document_unreadable")
    road.admit("umut")
    assert road.proceeding.state == "scoring"
    assert list(verify()) == []


def test_the_end_of_the_time_to_mend_is_the_first_refused_instant(road):
    screening(road)
    road.note_fault("umut", "project.goal")
    road.request_mending()
    road.at = road.proceeding.mending_until

    with refuses("mending_over"):
        road.mend("umut", {"project.goal": "Кеч"})


def test_mending_keeps_to_the_rules_of_a_submission(road):
    screening(road)
    road.note_fault("umut", "budget")
    road.request_mending()
    row = {"activity": 1, "category": "services", "title": "Баары", "requested": "900000.00", "own": "90000.00"}

    with refuses("over_ceiling"):
        road.mend("umut", {"budget": {"rows": [row]}})


# --- sittings --------------------------------------------------------------------------------------------------


def test_a_sitting_without_a_quorum_is_adjourned_and_the_next_one_decides(road):
    road.to_revealed()

    with refuses("quorum_is_there"):
        road.adjourn(*MEMBER_NAMES)
    road.adjourn("member_state")
    road.decide()

    said = queries.content_of(road.protocol)
    assert said["sitting"] == 2
    assert [row[1:] for row in said["adjourned"]] == [[1, 2]]
    assert said["agenda"] == [road.candidacy(n).number for n in ("umut", "birge")]
    assert Adjournment.objects.get().number == 1
    assert list(verify()) == []


def test_a_quorum_is_lost_by_recusals(road):
    """Three sit there; two of them have an interest, and one alone decides nothing."""
    road.to_revealed()
    road.recuse("member_civil", "umut")
    road.recuse("member_kenesh", "umut")

    road.adjourn(*MEMBER_NAMES)

    row = Adjournment.objects.get()
    assert (row.present, row.needed) == (1, 2)


def test_a_sitting_is_recorded_on_a_day_on_which_it_could_be_held(road):
    road.to_revealed()
    road.adjourn("member_state")
    early = bishkek_day(road.at) - timedelta(days=5)

    for day, code in ((early, "sitting_before_last"), (bishkek_day(road.at) + timedelta(days=1), "sitting_in_future")):
        with refuses(code):
            review.adjourn_sitting(
                actor=road.actor("specialist"), proceeding=road.proceeding, held_on=day, present=frozenset()
            )


def test_an_absent_chair_casts_no_vote(road):
    road.to_revealed()
    sitting = review.Sitting(
        bishkek_day(road.at),
        frozenset(road.cast.people[n].pk for n in MEMBER_NAMES[1:]),
        2,
        0,
        0,
        True,
        {},
    )

    with refuses("chair_absent"):
        review.decide(actor=road.actor("specialist"), proceeding=road.proceeding, sitting=sitting)


def test_where_the_sitting_decides_each_application_is_voted_on_after_its_own_recusals(road):
    road.to_opened()
    settle(road, dec__award_rule="sitting_decides", com__quorum_base="entitled")
    road.appoint_commission()
    road.begin_review()
    for member in MEMBER_NAMES:
        road.declare(member, conflicted=("birge",) if member == "member_kenesh" else ())
    road.admit("umut")
    road.admit("birge")
    for member in MEMBER_NAMES:
        for name in ("umut", "birge"):
            if (member, name) != ("member_kenesh", "birge"):
                road.score(member, name)
    present = frozenset(road.cast.people[n].pk for n in MEMBER_NAMES)
    umut, birge = road.candidacy("umut"), road.candidacy("birge")
    votes = {umut.ref: review.ItemVote(1, 2, 0, False), birge.ref: review.ItemVote(2, 0, 0, True)}

    def decide(items):
        sitting = review.Sitting(bishkek_day(road.at), present, 0, 0, 0, None, {}, "", items)
        return review.decide(actor=road.actor("specialist"), proceeding=road.proceeding, sitting=sitting)

    with refuses("item_votes_missing"):
        decide({umut.ref: votes[umut.ref]})
    with refuses("votes_exceed_present"):
        decide(votes | {birge.ref: review.ItemVote(3, 0, 0, True)})
    protocol = decide(votes)

    items = {row["candidacy"]: row for row in queries.content_of(protocol)["items"]}
    assert (items[umut.ref]["present"], items[birge.ref]["present"]) == (3, 2)
    assert items[birge.ref]["recused"] == [road.cast.people["member_kenesh"].name]
    outcomes = {row["candidacy"]: row["outcome"] for row in queries.ranking_rows(protocol)}
    assert outcomes == {umut.ref: "not_awarded", birge.ref: "awarded"}


def test_a_protocol_says_what_follows_when_nobody_can_be_awarded(road):
    screening(road)
    for name in ("umut", "birge"):
        review.reject(
            actor=road.actor("specialist"), candidacy=road.candidacy(name), ground="outside_topic", text="Башка тема"
        )
    road.proceeding.refresh_from_db()
    road.decide()

    assert queries.content_of(road.protocol)["consequence"] == "repeat"  # dec.no_bid_rule


# --- cuts and the reserve --------------------------------------------------------------------------------------


def outcomes(road):
    rows = queries.ranking_rows(road.protocol)
    names = {road.candidacy(n).ref: n for n in ("umut", "birge")}
    return {names[row["candidacy"]]: (row["outcome"], row["amount"]) for row in rows}


def test_a_smaller_amount_holds_only_with_the_applicants_consent(road):
    road.to_revealed()
    road.propose_cut("birge", "155000.00")
    with refuses("cut_unanswered"):
        road.decide()
    with refuses("cut_is_no_cut"):
        road.propose_cut("umut", "445000.00")
    with refuses("cut_proposed_already"):
        duplicate_cut(road)
    road.answer_cut("birge", "consent_to_cut")
    road.decide()

    assert outcomes(road) == {"umut": ("awarded", "445000.00 KGS"), "birge": ("awarded", "155000.00 KGS")}
    road.sign_and_publish()
    assert {award.amount for award in Award.objects.all()} == {Decimal(445000), Decimal(155000)}
    assert "155000" not in str(Record.objects.get(verb="propose_cut").public_data)
    assert list(verify()) == []


def duplicate_cut(road):
    from django.db import IntegrityError, transaction

    from jardam.journal.operations import broken_constraint

    try:
        with transaction.atomic():
            road.propose_cut("birge", "100000.00")
    except IntegrityError as fault:
        raise broken_constraint(fault) from fault


def test_who_refuses_a_cut_lets_the_next_in_rank_pass(road):
    road.to_revealed()
    road.propose_cut("umut", "400000.00")
    road.answer_cut("umut", "refuse_cut")
    road.decide()

    assert outcomes(road) == {"umut": ("reserve", "0.00 KGS"), "birge": ("awarded", "310000.00 KGS")}


def test_silence_about_a_cut_is_no_consent(road):
    road.to_revealed()
    road.propose_cut("umut", "400000.00")
    road.at = Cut.objects.get().answer_until
    with refuses("cut_answer_late"):
        road.answer_cut("umut", "consent_to_cut")
    road.decide()

    assert Cut.objects.get().state == "refused"
    assert outcomes(road)["umut"][0] == "reserve"


def published(road):
    road.to_published()
    assert outcomes(road) == {"umut": ("awarded", "445000.00 KGS"), "birge": ("reserve", "0.00 KGS")}
    return road


def money_of(road):
    return balance(Stage.RESERVED, "lot", road.lot.pk), balance(Stage.ALLOCATED, "measure", road.measure.pk)


def test_the_next_of_the_reserve_takes_the_place_of_a_winner_who_declines(road):
    published(road)
    road.decline_award("umut")
    assert money_of(road) == (Decimal(445000), Decimal(155000))

    award = road.call_reserve("umut")

    assert (award.applicant, award.amount) == (road.cast.organisations["birge"], Decimal(310000))
    assert road.candidacy("birge").state == "awarded"
    assert money_of(road) == (Decimal(310000), Decimal(290000))
    assert queries.awards_of(road.contest) == [award]
    with refuses("award_replaced"):
        road.call_reserve("umut")
    assert list(verify()) == []
    road.prepare_contract()
    assert road.contract.executor == road.cast.organisations["birge"]


def test_money_of_a_declined_award_goes_back_where_nobody_is_left_to_call(road):
    published(road)
    road.decline_award("umut")
    road.call_reserve("umut")
    road.decline_award("birge")

    assert money_of(road) == (Decimal(0), Decimal(600000))
    assert ReserveCall.objects.get(called=None).released == Decimal(310000)
    assert list(verify()) == []


def test_the_next_of_the_reserve_is_cut_only_with_consent_and_else_the_money_goes_back(road):
    """The winner had agreed to so little that the next does not fit."""
    road.to_revealed()
    road.propose_cut("umut", "200000.00")
    road.answer_cut("umut", "consent_to_cut")
    settle_lot(road, "450000.00")
    road.decide()
    road.sign_and_publish()
    assert outcomes(road)["birge"][0] == "reserve"
    road.decline_award("umut")

    with refuses("reserve_does_not_fit"):
        road.call_reserve("umut")
    road.propose_cut("birge", "200000.00")
    road.answer_cut("birge", "consent_to_cut")
    with refuses("reserve_waits"):
        review.give_back(actor=road.actor("specialist"), candidacy=road.candidacy("umut"))
    assert road.call_reserve("umut").amount == Decimal(200000)


def settle_lot(road, amount):
    from tests.world import as_owner, sql

    with as_owner(triggers=False):
        sql("UPDATE contests_lot SET amount = %s, ceiling = %s WHERE id = %s", amount, amount, road.lot.pk)
    road.proceeding.refresh_from_db()


def test_the_reserve_list_holds_for_its_term(road):
    published(road)
    road.decline_award("umut")
    road.at += timedelta(days=200)

    with refuses("reserve_over"):
        road.call_reserve("umut")
    review.give_back(actor=road.actor("specialist"), candidacy=road.candidacy("umut"))

    assert money_of(road) == (Decimal(0), Decimal(600000))


def test_an_award_with_a_contract_is_not_declined_and_a_declined_one_gets_no_contract(road):
    published(road)
    award = Award.objects.get()
    road.prepare_contract()
    with refuses("award_has_contract"):
        road.decline_award("umut")

    assert queries.award(award.ref).candidacy.state == "awarded"


def test_a_declined_award_gets_no_contract(road):
    published(road)
    award = Award.objects.get()
    road.decline_award("umut")
    from jardam.contracts import operations as contracts

    with refuses("award_declined"):
        contracts.prepare_contract(actor=road.actor("specialist"), award=award)


def test_only_the_winner_declines(road):
    published(road)

    with refuses("not_yours"):
        review.decline_award(actor=road.actor("birge_head"), candidacy=road.candidacy("umut"))
    with refuses("wrong_state"):
        road.decline_award("birge")
    assert Protocol.objects.get().state == "published"
