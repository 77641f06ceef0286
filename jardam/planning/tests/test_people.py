"""What people say: problems with their public answers, and the discussion of a draft."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jardam.journal.models import PrivatePart, Record
from jardam.kernel.actor import visitor
from jardam.kernel.time import bishkek_day
from jardam.planning import operations, queries
from jardam.planning.models import Comment, Problem, Programme
from jardam.transparency.queries import verify
from tests.world import APPEND_ONLY, STATE_WITHOUT_ACT, as_owner, database_refuses, refuses, sql

pytestmark = pytest.mark.django_db
TEXT = "Жалгыз жашаган карыларга кышында отун жеткирүүчү эч ким жок."


@pytest.fixture
def draft(road):
    road.publish_study()
    road.draft_programme()
    return road


def publish(road, problem: Problem) -> Problem:
    return road.do(lambda: operations.publish_problem(actor=road.actor("specialist"), problem=problem))


def answer(road, problem: Problem, *, measure=None, why: str = "Үй жумушуна кирди.") -> Problem:
    actor = road.actor("specialist")
    return road.do(lambda: operations.answer_problem(actor=actor, problem=problem, measure=measure, answer=why))


# --- problems --------------------------------------------------------------------------------------------------


def test_a_problem_is_public_once_the_customer_has_read_it(road):
    problem = road.propose_problem("umut_editor", TEXT)
    stranger = visitor(road.at)

    assert queries.problems(stranger) == []
    assert [one.pk for one in queries.problems(road.actor("umut_editor"))] == [problem.pk]
    assert [one.pk for one in queries.problems(road.actor("specialist"))] == [problem.pk]
    with pytest.raises(Problem.DoesNotExist):
        queries.problem(problem.ref, road.actor("member_civil"))

    publish(road, problem)

    assert [one.pk for one in queries.problems(stranger)] == [problem.pk]


def test_a_problem_is_taken_into_a_measure_or_turned_down_with_a_reason(draft):
    taken = answer(draft, publish(draft, draft.propose_problem("umut_editor", TEXT)), measure=draft.measure)
    other = publish(draft, draft.propose_problem("umut_editor", TEXT))

    assert (taken.state, taken.measure) == ("taken_up", draft.measure)
    with refuses("answer_without_reason"):
        answer(draft, other, why="  ")
    assert answer(draft, other, why="Мектеп бул маселени чечет.").state == "turned_down"
    assert list(verify()) == []


def test_a_declined_problem_keeps_its_ground_and_stays_out_of_sight(road):
    problem = road.propose_problem("umut_editor", TEXT)
    specialist = road.actor("specialist")

    with refuses("problem_ground_unknown"):
        operations.decline_problem(actor=specialist, problem=problem, ground="dislike")
    declined = road.do(lambda: operations.decline_problem(actor=specialist, problem=problem, ground="repeated"))

    assert (declined.state, declined.ground) == ("declined", "repeated")
    assert queries.problems(visitor(road.at)) == []
    with refuses("wrong_state"):
        publish(road, declined)


def test_a_problem_is_not_answered_before_it_is_published_nor_twice(road):
    problem = road.propose_problem("umut_editor", TEXT)

    with refuses("wrong_state"):
        answer(road, problem)
    answer(road, publish(road, problem))
    with refuses("wrong_state"):
        answer(road, problem)


def test_nobody_proposes_without_signing_in_and_nobody_else_moderates(road):
    with refuses("no_mandate"):
        operations.propose_problem(
            actor=visitor(road.at),
            customer=road.cast.organisations["okmotu"],
            group="youth",
            place="Айыл",
            text=TEXT,
        )
    problem = road.propose_problem("umut_editor", TEXT)
    with refuses("wrong_role"):
        operations.publish_problem(actor=road.actor("accountant"), problem=problem)


def test_the_words_of_people_are_nowhere_in_the_journal(draft):
    answer(draft, publish(draft, draft.propose_problem("umut_editor", TEXT)), why=TEXT)
    draft.open_discussion()
    draft.answer_comment(draft.comment("umut_head", TEXT), TEXT)

    assert TEXT not in "".join(bytes(one.public).decode() for one in Record.objects.all())
    assert TEXT not in "".join(str(one.payload) for one in PrivatePart.objects.all())


@pytest.mark.parametrize("column", ["text", "answer"])
def test_a_changed_word_of_a_problem_is_found(road, column):
    problem = answer(road, publish(road, road.propose_problem("umut_editor", TEXT)))
    with as_owner(triggers=False):
        sql(f"UPDATE planning_problem SET {column} = 'башка' WHERE id = %s", problem.pk)

    assert any(fault.startswith(f"planning_problem {problem.pk}: ") for fault in verify())


# --- the discussion --------------------------------------------------------------------------------------------


def test_a_discussion_is_never_shorter_than_the_rules_in_force_say(draft):
    actor = draft.actor("specialist")
    least = queries.least_discussion(draft.programme.customer, draft.at)
    assert least is not None
    assert least.basis.key == "prog.discussion_term"

    with refuses("discussion_too_short"):
        operations.open_discussion(actor=actor, programme=draft.programme, closes_on=least.due_on - timedelta(days=1))
    found = draft.do(
        lambda: operations.open_discussion(actor=actor, programme=draft.programme, closes_on=least.due_on)
    )

    assert found.closes_at == least.at


def test_where_the_rules_say_nothing_the_customer_says_how_long(draft, settings):
    settings.DEMO = False
    actor, today = draft.actor("specialist"), bishkek_day(draft.at)
    assert queries.least_discussion(draft.programme.customer, draft.at) is None

    with refuses("discussion_too_short"):
        operations.open_discussion(actor=actor, programme=draft.programme, closes_on=today)
    draft.do(
        lambda: operations.open_discussion(actor=actor, programme=draft.programme, closes_on=today + timedelta(days=3))
    )


def test_a_draft_under_discussion_is_public_and_stays_so(draft):
    stranger = visitor(draft.at)
    assert queries.programmes(stranger) == []

    draft.open_discussion()
    assert [one.pk for one in queries.programmes(stranger)] == [draft.programme.pk]
    draft.pass_discussion()
    draft.do(lambda: operations.close_discussion(actor=draft.actor("specialist"), programme=draft.programme))

    assert Programme.objects.get().state == "draft"
    assert [one.pk for one in queries.programmes(stranger)] == [draft.programme.pk]


def test_comments_are_taken_to_the_second(draft):
    with refuses("programme_not_discussed"):
        draft.comment("umut_head", TEXT)
    draft.open_discussion()
    closes_at = queries.discussion_of(draft.programme).closes_at

    draft.at = closes_at - timedelta(seconds=1)
    draft.do(lambda: operations.make_comment(actor=draft.actor("umut_head"), programme=draft.programme, text=TEXT))
    draft.at = closes_at
    with refuses("discussion_over"):
        operations.make_comment(actor=draft.actor("umut_head"), programme=draft.programme, text=TEXT)


def test_the_council_gets_the_programme_after_the_discussion_and_every_answer(draft):
    draft.open_discussion()
    comment = draft.comment("umut_head", TEXT)

    with refuses("discussion_runs", "comments_unanswered"):
        draft.submit_to_council()
    draft.pass_discussion()
    with refuses("comments_unanswered"):
        draft.submit_to_council()
    draft.answer_comment(comment, "Эске алынды.")
    draft.submit_to_council()

    assert draft.programme.state == "submitted"
    assert list(verify()) == []


def test_a_person_speaks_without_a_name_and_an_organisation_under_its_own(draft):
    draft.open_discussion()

    assert draft.comment("umut_head", TEXT).organisation is None
    spoken = draft.comment("umut_head", TEXT, for_organisation=True)
    assert spoken.organisation == draft.cast.organisations["umut"]


def test_a_comment_is_answered_once_and_with_a_reason(draft):
    draft.open_discussion()
    comment = draft.comment("umut_head", TEXT)

    with refuses("answer_without_reason"):
        draft.answer_comment(comment, "")
    draft.answer_comment(comment, "Акча жок.", taken=False)
    assert Comment.objects.get().state == "turned_down"
    with refuses("wrong_state"):
        draft.answer_comment(comment, "Акча бар.")


def test_an_unanswered_comment_under_a_submitted_programme_is_found(draft):
    draft.open_discussion()
    draft.comment("umut_head", TEXT)
    with as_owner(triggers=False):
        sql("UPDATE planning_programme SET state = 'submitted'")

    assert any("comments unanswered" in fault for fault in verify())


def test_the_database_guards_what_people_said(draft):
    draft.open_discussion()
    draft.comment("umut_head", TEXT)
    draft.propose_problem("umut_editor", TEXT)

    with as_owner():
        with database_refuses(APPEND_ONLY):
            sql("UPDATE planning_discussion SET closes_at = closes_at + interval '1 day'")
        with database_refuses(STATE_WITHOUT_ACT):
            sql("UPDATE planning_problem SET state = 'declined', act_id = act_id + 1")
        with database_refuses(APPEND_ONLY):
            sql("DELETE FROM planning_comment")
