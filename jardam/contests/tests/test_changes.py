"""What happens to a contest after its announcement: questions, amendments, outages, suspensions, cancellations, voids
and repetitions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jardam.contests import operations as contests
from jardam.contests import policy, queries
from jardam.contests.models import Contest, Outage, Postponement
from jardam.demonstration.road import Road
from jardam.journal.models import Outbox, PrivatePart, Record
from jardam.kernel.actor import visitor
from jardam.kernel.time import BISHKEK, bishkek_day
from jardam.regime import operations as regime
from jardam.transparency.queries import verify
from jardam.treasury.queries import balance
from jardam.treasury.rules import Stage
from tests.world import APPEND_ONLY, as_owner, database_refuses, refuses, sql

pytestmark = pytest.mark.django_db

THEME = {"ky": "Карыларга үйдөн кам көрүү", "ru": "Забота о стариках на дому"}


@pytest.fixture
def announced(road: Road) -> Road:
    road.to_announced()
    return road


@pytest.fixture
def nobody_came(announced: Road) -> Road:
    announced.pass_deadline()
    announced.open()
    return announced


def settle_otherwise(monkeypatch, **values) -> None:
    """The contest announced next obeys these values of the overlay instead."""
    from tests.world import rules

    monkeypatch.setattr(regime, "settle", lambda **_: rules(**values))


# --- questions -------------------------------------------------------------------------------------------------


def test_anyone_signed_in_asks_and_the_answer_is_for_everybody(announced):
    question = announced.ask("treasurer")
    nobody = visitor(announced.at)
    assert queries.questions(announced.contest, nobody) == []

    announced.answer(question)

    (shown,) = queries.questions(announced.contest, nobody)
    assert (shown.text, shown.answer) == ("Долбоор качан башталат?", "Келишимге кол коюлгандан кийин.")
    assert shown.answered_at is not None
    assert list(verify()) == []


def test_who_asked_is_loaded_for_nobody_and_the_text_is_not_in_the_journal(announced):
    question = announced.ask()

    (seen,) = queries.questions(announced.contest, announced.actor("specialist"))
    assert "asker_id" in seen.get_deferred_fields()
    assert queries.questions(announced.contest, announced.actor("birge_head")) == []
    assert [one.pk for one in queries.own_questions(announced.contest, announced.actor("umut_head"))] == [question.pk]
    record = Record.objects.get(verb="ask")
    assert set(record.public_data) == {"contest", "text_sha256"}
    assert not PrivatePart.objects.filter(record=record).exists()


def test_after_the_deadline_nobody_asks_but_what_was_asked_is_still_answered(announced):
    question = announced.ask()
    announced.pass_deadline()

    with refuses("deadline_passed"):
        announced.ask()
    assert announced.answer(question).state == "answered"


def test_rules_without_questions_refuse_them(road, monkeypatch):
    road.to_adopted()
    road.draft_contest()
    settle_otherwise(monkeypatch, ann__questions_allowed=False)
    road.announce()

    with refuses("switched_off"):
        road.ask()


# --- amendments ------------------------------------------------------------------------------------------------


def test_an_amendment_makes_a_version_with_a_diff_and_the_original_stays(announced):
    was = announced.contest.title
    version = announced.amend(title=THEME, months=11)

    original, amended = queries.announcements(announced.contest)
    assert version.number == 2
    assert original.content["title"] == was
    assert original.changes == []
    said = {(c.field, c.language): (c.before, c.after) for c in amended.changes}
    assert said["title", "ky"] == (was["ky"], THEME["ky"])
    assert said["title", "ru"] == (was["ru"], THEME["ru"])
    assert said["months", ""][1] == "11"
    assert announced.contest.title == THEME
    assert announced.contest.settlement.sha256 == Record.objects.get(verb="announce").public_data["settlement"]
    assert list(verify()) == []


def test_an_early_amendment_leaves_the_deadline_and_a_late_one_extends_it_by_the_rule(announced):
    first = announced.contest.deadline_at
    announced.amend(months=7)
    assert announced.contest.deadline_at == first

    announced.at = first - timedelta(hours=3)
    at = announced.at
    announced.amend(months=9)

    assert announced.contest.deadline_at == regime.deadline(announced.contest.settlement, "ann.amend_term", at).at
    (moved,) = queries.postponements(announced.contest)
    assert (moved.cause, moved.from_at, moved.to_at) == ("amendment", first, announced.contest.deadline_at)
    assert moved.how["basis"]["key"] == "ann.amend_term"
    assert list(verify()) == []


@pytest.mark.parametrize(("rule", "key"), [("keep", ""), ("restart", "ann.min_term")])
def test_other_rules_keep_the_deadline_or_start_it_anew(road, monkeypatch, rule, key):
    road.to_adopted()
    road.draft_contest()
    settle_otherwise(monkeypatch, ann__amend_rule=rule)
    road.announce()
    was, at = road.contest.deadline_at, road.at

    road.amend(months=9)

    expected = regime.deadline(road.contest.settlement, key, at).at if key else was
    assert road.contest.deadline_at == expected


def test_drafters_are_told_through_the_journal(announced):
    announced.amend(months=9)

    record = Record.objects.get(verb="amend")
    assert record.public_data["fields"] == ["months"]
    assert "deadline" in record.public_data
    assert Outbox.objects.filter(record=record).exists()


@pytest.mark.parametrize("field", ["settlement_bytes", "edition", "programme", "deadline_at", "lots"])
def test_money_rules_and_deadline_are_not_amended(announced, field):
    with refuses("not_amendable"):
        announced.amend(**{field: "x", "months": 9})


def test_an_amendment_changes_something_is_complete_and_comes_in_time(announced):
    with refuses("nothing_amended"):
        announced.amend(months=announced.contest.months)
    with refuses("announcement_incomplete"):
        announced.amend(goal={"ru": "Без киргизского"})
    with refuses("announcement_incomplete"):
        announced.amend(contacts="")
    announced.pass_deadline()
    with refuses("deadline_passed"):
        announced.amend(months=9)


def test_rules_without_amendments_refuse_them(road, monkeypatch):
    road.to_adopted()
    road.draft_contest()
    settle_otherwise(monkeypatch, ann__amend_allowed=False, ann__cancel_allowed=False)
    road.announce()

    with refuses("switched_off"):
        road.amend(months=9)
    with refuses("switched_off"):
        road.cancel()


def test_a_version_of_the_announcement_is_never_changed(announced):
    with as_owner(), database_refuses(APPEND_ONLY):
        sql("UPDATE contests_announcement SET reason = 'x'")
    with as_owner(), database_refuses(APPEND_ONLY):
        sql("UPDATE contests_lot SET amount = amount + 1")
    with as_owner(), database_refuses(APPEND_ONLY):
        sql("DELETE FROM contests_lot")


# --- errata ----------------------------------------------------------------------------------------------------


def test_an_erratum_stands_beside_the_unchanged_announcement(announced):
    original = queries.announcements(announced.contest)[0].version
    title, deadline = announced.contest.title, announced.contest.deadline_at
    word = title["ky"].split()[0]

    def rectify(wrong: str, right: str):
        return contests.rectify(
            actor=announced.actor("specialist"),
            announcement=original,
            field="title",
            language="ky",
            wrong=wrong,
            right=right,
        )

    with refuses("no_such_text"):
        rectify("мындай сөз жок", "башка")
    with refuses("no_such_text"):
        rectify(word, word)
    rectify(word, "Оңдолгон")

    announced.contest.refresh_from_db()
    (page,) = queries.announcements(announced.contest)
    assert [(one.wrong, one.right) for one in page.errata] == [(word, "Оңдолгон")]
    assert (announced.contest.title, announced.contest.deadline_at) == (title, deadline)
    assert list(verify()) == []


# --- outages ---------------------------------------------------------------------------------------------------


def test_an_outage_extends_every_contest_it_touched_to_the_end_of_a_working_day(announced):
    deadline = announced.contest.deadline_at
    begins, announced.at = deadline - timedelta(hours=4), deadline + timedelta(minutes=30)

    announced.extend_for_outage(begins, deadline + timedelta(minutes=10))

    moved = announced.contest.deadline_at
    assert moved >= deadline + timedelta(hours=4, minutes=10)
    assert moved.astimezone(BISHKEK).strftime("%H:%M") == "18:00"
    assert bishkek_day(moved) > bishkek_day(deadline)
    announced.write_application("umut")
    assert announced.submit("umut").at > deadline
    assert list(verify()) == []


def test_the_same_outage_again_extends_nothing_and_a_part_of_it_is_refused(announced):
    begins = announced.at
    announced.later(hours=3)
    ends = announced.at
    first = announced.extend_for_outage(begins, ends)
    moved = announced.contest.deadline_at

    assert announced.extend_for_outage(begins, ends) == first
    with refuses("outage_overlaps"):
        announced.extend_for_outage(begins + timedelta(hours=1), ends + timedelta(minutes=1))

    announced.contest.refresh_from_db()
    assert announced.contest.deadline_at == moved
    assert Postponement.objects.count() == 1


def test_an_outage_is_registered_when_it_is_over_and_by_an_operator(announced):
    with refuses("outage_not_over"):
        announced.extend_for_outage(announced.at, announced.at + timedelta(hours=1))
    with refuses("wrong_role"):
        contests.extend_for_outage(
            actor=announced.actor("specialist"),
            begins_at=announced.at - timedelta(hours=1),
            ends_at=announced.at,
            ground="Электр",
        )


def test_an_outage_before_the_announcement_after_the_deadline_or_after_the_opening_moves_nothing(announced):
    deadline, announced_at = announced.contest.deadline_at, announced.contest.announced_at
    announced.extend_for_outage(announced_at - timedelta(hours=2), announced_at - timedelta(minutes=1))
    announced.at = deadline + timedelta(hours=2)
    announced.extend_for_outage(deadline, deadline + timedelta(hours=1))
    announced.open()
    announced.extend_for_outage(deadline - timedelta(hours=1), deadline)

    announced.contest.refresh_from_db()
    assert announced.contest.deadline_at == deadline
    assert Outage.objects.count() == 3
    assert list(verify()) == []


def test_the_database_knows_no_two_outages_at_once(announced):
    announced.extend_for_outage(announced.at - timedelta(hours=2), announced.at)
    outage = Outage.objects.get()

    with as_owner(triggers=False), database_refuses("23P01"):
        sql(
            """INSERT INTO contests_outage (state, act_id, ref, begins_at, ends_at, ground, registered_at)
               SELECT state, act_id, 'x', begins_at, ends_at, ground, registered_at FROM contests_outage
               WHERE id = %s""",
            outage.pk,
        )


# --- suspension ------------------------------------------------------------------------------------------------


def test_while_suspended_nothing_is_submitted_and_the_clock_goes_on_afterwards(announced):
    announced.write_application("umut")
    deadline, stopped = announced.contest.deadline_at, announced.at
    announced.suspend()
    with refuses("contest_not_open"):
        announced.submit("umut")
    announced.at = deadline + timedelta(days=3)
    with refuses("wrong_state"):
        announced.open()
    resumed = announced.at
    announced.resume()

    left = announced.contest.deadline_at - resumed
    assert left >= deadline - stopped
    assert left < deadline - stopped + timedelta(days=5)
    assert announced.submit("umut").number == 1
    assert [one.cause for one in queries.postponements(announced.contest)] == ["suspension"]
    assert [one.verb for one in queries.orders(announced.contest)] == ["suspend", "resume"]
    assert list(verify()) == []


def test_a_deadline_that_had_passed_before_the_suspension_stays(announced):
    announced.pass_deadline()
    deadline = announced.contest.deadline_at
    announced.suspend()
    announced.later(days=5)
    announced.resume()

    assert announced.contest.deadline_at == deadline
    assert queries.postponements(announced.contest) == []


def test_an_outage_during_a_suspension_takes_nobodys_time(announced):
    announced.suspend()
    begins = announced.at
    announced.later(hours=4)
    deadline = announced.contest.deadline_at
    announced.extend_for_outage(begins, announced.at)

    assert announced.contest.deadline_at == deadline


def test_a_document_of_tomorrow_is_refused(announced):
    paper = contests.OrderDocument("АД-7", bishkek_day(announced.at) + timedelta(days=1))
    with refuses("document_in_future"):
        contests.suspend(actor=announced.actor("head"), contest=announced.contest, body="court", paper=paper)


# --- cancelled, void, repeated ---------------------------------------------------------------------------------


def test_a_cancelled_contest_gives_its_money_back_and_its_applications_stay_sealed(announced):
    announced.write_application("umut")
    announced.submit("umut")
    announced.cancel()

    assert balance(Stage.RESERVED, "lot", announced.lot.pk) == 0
    assert balance(Stage.ALLOCATED, "measure", announced.measure.pk) == announced.lot.amount
    announced.pass_deadline()
    with refuses("wrong_state"):
        announced.open()
    announced.applications["umut"].refresh_from_db()
    assert announced.applications["umut"].state == "submitted"
    with refuses("contest_not_open"):
        contests.read_application(
            actor=announced.actor("specialist"), application=announced.applications["umut"], purpose="screening"
        )
    (order,) = queries.orders(announced.contest)
    assert (order.ground, order.number, order.text) == ("need_ceased", "12", "Муктаждык жок болду.")
    assert list(verify()) == []


def test_after_the_opening_nothing_is_cancelled(nobody_came):
    with refuses("wrong_state"):
        nobody_came.cancel()


def test_a_contest_without_applicants_is_void_and_repeated_with_its_money(nobody_came):
    road = nobody_came
    assert queries.contests_without_result(road.contest.customer_id) == [road.contest]
    road.declare_void()
    assert balance(Stage.RESERVED, "lot", road.lot.pk) == 0
    assert queries.contests_without_result(road.contest.customer_id) == [road.contest]
    record = Record.objects.get(verb="declare_void")
    assert record.public_data["ground"] == "no_applicant"
    assert record.basis["key"] == "dec.no_bid_rule"

    again = road.repeat_contest()
    assert (again.state, again.repeats, again.title, again.contacts) == (
        "draft",
        road.contest,
        road.contest.title,
        road.contest.contacts,
    )
    assert queries.contests_without_result(road.contest.customer_id) == []
    road.contest = again
    road.announce()

    assert balance(Stage.RESERVED, "lot", again.lots.get().pk) == road.lot.amount
    assert list(verify()) == []


def test_a_contest_is_repeated_once_and_only_when_it_ended_without_result(announced):
    with refuses("contest_not_repeatable"):
        announced.repeat_contest()
    announced.cancel()
    announced.repeat_contest()
    with refuses("contest_repeated_already"):
        announced.repeat_contest()


def test_a_contest_with_applications_is_not_void(road):
    road.to_opened()
    with refuses("contest_not_void"):
        road.declare_void()


def test_rules_that_extend_take_applications_again_instead_of_a_void(road, monkeypatch):
    road.to_adopted()
    road.draft_contest()
    settle_otherwise(monkeypatch, dec__no_bid_rule="extend")
    road.announce()
    road.pass_deadline()
    road.open()
    with refuses("extended_instead"):
        road.declare_void()
    at = road.at

    road.contest = contests.reopen(actor=road.actor("head"), contest=road.contest)

    assert road.contest.state == "announced"
    assert road.contest.deadline_at == regime.deadline(road.contest.settlement, "ann.min_term", at).at
    road.write_application("umut")
    road.submit("umut")
    road.pass_deadline()
    road.open()
    assert queries.opened_count(road.contest) == 1
    assert list(verify()) == []


def test_without_that_rule_nothing_is_reopened(nobody_came):
    with refuses("void_instead"):
        contests.reopen(actor=nobody_came.actor("head"), contest=nobody_came.contest)


def test_a_contest_in_which_everybody_was_rejected_is_void_after_its_protocol(road):
    from jardam.demonstration.road import MEMBERS
    from jardam.review import operations as review

    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    for member, _, _ in MEMBERS:
        road.declare(member)
    ground = road.contest.settlement.value("adm.grounds")[0].code
    for name in ("umut", "birge"):
        review.reject(
            actor=road.actor("specialist"),
            candidacy=road.candidacy(name),
            ground=ground,
            text="Шартка туура эмес",
        )
        road.proceeding.refresh_from_db()
        road.later()
    road.decide()
    for member, _, _ in MEMBERS:
        road.sign_protocol(member)
    road.publish_protocol()
    road.contest.refresh_from_db()
    assert (road.contest.state, road.contest.outcome) == ("decided", "none_admitted")

    road.declare_void()

    assert road.contest.state == "void"
    assert queries.contests_without_result(road.contest.customer_id) == [road.contest]
    assert list(verify()) == []


def test_a_contest_with_an_award_is_decided_and_not_void(accepted_outcome):
    assert accepted_outcome == "awarded"


@pytest.fixture
def accepted_outcome(road) -> str:
    road.to_published()
    with refuses("contest_not_void"):
        road.declare_void()
    return Contest.objects.get().outcome


# --- lots ------------------------------------------------------------------------------------------------------


def test_a_lot_is_removed_from_a_draft_and_the_rest_move_up(road):
    from decimal import Decimal

    from jardam.planning import operations as planning

    text = road.text("measure")
    road.publish_study()
    road.draft_programme()
    second = planning.add_measure(
        actor=road.actor("specialist"),
        programme=road.programme,
        form="grants",
        group=text["group"],
        title=text["title"],
        year=road.year,
        amount=Decimal(text["amount"]),
        indicator=text["indicator"],
        baseline=text["baseline"],
        target=text["target"],
    )
    road.submit_to_council()
    road.adopt()
    road.draft_contest()
    lot = contests.set_lot(
        actor=road.actor("specialist"),
        contest=road.contest,
        measure=second,
        amount=Decimal("200000"),
        ceiling=Decimal("50000"),
    )
    assert lot.number == 2

    contests.remove_lot(actor=road.actor("specialist"), contest=road.contest, lot=road.lot)

    assert [(one.number, one.measure) for one in queries.lots(road.contest)] == [(1, second)]


def test_an_announced_lot_is_never_removed(announced):
    with refuses("wrong_state"):
        contests.remove_lot(actor=announced.actor("specialist"), contest=announced.contest, lot=announced.lot)


def test_every_verb_is_asked_with_its_facts(nobody_came):
    assert "declare_void" in queries.contest_actions(nobody_came.contest, nobody_came.actor("head"))
    assert "reopen" not in queries.contest_actions(nobody_came.contest, nobody_came.actor("head"))
    assert policy.CONTEST.facts(nobody_came.contest, nobody_came.actor("head")).opened == 0


# --- a draft is given up ---------------------------------------------------------------------------------------


def discard(road: Road, contest: Contest) -> Contest:
    return road.do(lambda: contests.discard_contest(actor=road.actor("specialist"), contest=contest))


def test_a_discarded_draft_asks_for_nothing_and_nobody_else_sees_it(road):
    road.to_adopted()
    road.appropriate()
    road.draft_contest()
    customer = road.programme.customer_id
    assert queries.measures_without_contest(customer) == []

    discard(road, road.contest)

    assert queries.contests(visitor(road.at)) == []
    assert queries.contests(road.actor("specialist"), customer_id=customer, state="draft") == []
    assert queries.measures_without_contest(customer) == [road.measure]
    assert list(verify()) == []
    with refuses("wrong_state"):
        road.announce()


def test_only_a_draft_is_discarded_and_only_by_its_customer(announced):
    with refuses("wrong_state"):
        contests.discard_contest(actor=announced.actor("specialist"), contest=announced.contest)
    with refuses("wrong_role"):
        contests.discard_contest(actor=announced.actor("secretary"), contest=announced.contest)


def test_a_discarded_repetition_can_be_repeated_anew(nobody_came):
    road = nobody_came
    road.declare_void()
    repeat = lambda: contests.repeat_contest(actor=road.actor("specialist"), contest=road.contest)  # noqa: E731
    again = road.do(repeat)
    with refuses("contest_repeated_already"):
        repeat()

    discard(road, again)

    assert queries.repetition(road.contest) is None
    anew = road.do(repeat)
    assert queries.repetition(road.contest) == anew
    assert list(verify()) == []
