"""A draft is changed until the council has it: also after a return, and nothing that people said of it is lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from jardam.journal.models import Record
from jardam.kernel.actor import visitor
from jardam.planning import operations, queries
from jardam.planning.models import Measure, StruckMeasure
from jardam.transparency.queries import verify
from tests.world import APPEND_ONLY, as_owner, database_refuses, refuses, sql

pytestmark = pytest.mark.django_db

HEAD = ("title", "goal", "year_from", "year_to", "study", "part_of", "level")
MEASURE = ("form", "group", "title", "year", "amount", "indicator", "baseline", "target", "unit", "place")


@pytest.fixture
def draft(road):
    road.publish_study()
    road.draft_programme()
    return road


@pytest.fixture
def returned(draft):
    draft.submit_to_council()
    draft.do(
        lambda: operations.return_for_rework(
            actor=draft.actor("secretary"), programme=draft.programme, reason="Көрсөткүчтөр аймактарга бөлүнгөн эмес."
        )
    )
    draft.programme.refresh_from_db()
    return draft


def change(road, measure: Measure, **new: Any) -> Measure:
    values = {name: getattr(measure, name) for name in MEASURE} | new
    actor = road.actor("specialist")
    return road.do(lambda: operations.change_measure(actor=actor, measure=measure, **values))


def remove(road, measure: Measure) -> StruckMeasure:
    return road.do(lambda: operations.remove_measure(actor=road.actor("specialist"), measure=measure))


def rename(road, **new: Any):
    values = {name: getattr(road.programme, name) for name in HEAD} | new
    actor = road.actor("specialist")
    road.programme = road.do(lambda: operations.change_head(actor=actor, programme=road.programme, **values))
    return road.programme


def drop(road, reason: str = "Муктаждык башка программага кирди."):
    actor = road.actor("specialist")
    road.programme = road.do(lambda: operations.drop_programme(actor=actor, programme=road.programme, reason=reason))
    return road.programme


def taken_up(road):
    problem = road.propose_problem("umut_editor", "Кышында отун жок.")
    desk = road.actor("specialist")
    road.do(lambda: operations.publish_problem(actor=desk, problem=problem))
    return road.do(
        lambda: operations.answer_problem(actor=desk, problem=problem, measure=road.measure, answer="Киргизилди.")
    )


# --- measures --------------------------------------------------------------------------------------------------


def test_a_returned_programme_is_changed_as_the_council_asked_and_adopted(returned):
    before = returned.measure
    after = change(
        returned, before, indicator={"ky": "Аймактар боюнча адам саны", "ru": "Людей по районам"}, year=2027
    )

    assert queries.measures_of([returned.programme.pk]) == [after]
    assert after.year == 2027
    before.refresh_from_db()
    assert before.indicator != after.indicator, "what the council returned stays as it was"
    assert [(one.measure, one.by) for one in queries.struck_of(returned.programme)] == [(before, after)]
    returned.measure = after
    returned.submit_to_council()
    returned.adopt()
    assert queries.measures_open_for_contest(returned.programme.customer_id) == [after]
    assert list(verify()) == []


def test_a_measure_said_anew_with_the_same_words_is_no_act(draft):
    acts = Record.objects.count()

    assert change(draft, draft.measure) == draft.measure
    assert Record.objects.count() == acts


def test_a_removed_measure_counts_for_nothing(draft):
    remove(draft, draft.measure)

    assert queries.measures_of([draft.programme.pk]) == []
    assert queries.measures_for_answer(draft.programme.customer_id) == []
    with refuses("programme_without_measures"):
        draft.open_discussion()
    with refuses("measure_struck"):
        change(draft, draft.measure, target=77)
    assert list(verify()) == []


def test_what_the_council_has_is_not_changed_under_its_hands(draft):
    draft.submit_to_council()

    with refuses("wrong_state"):
        change(draft, draft.measure, target=77)
    with refuses("wrong_state"):
        remove(draft, draft.measure)
    with refuses("wrong_state"):
        rename(draft, year_to=draft.year + 2)
    with refuses("wrong_state"):
        drop(draft)


def test_a_measure_stands_in_a_year_of_its_programme(draft):
    with refuses("year_outside_programme"):
        change(draft, draft.measure, year=draft.year + 7)


def test_only_the_customers_own_desk_changes_a_draft(draft):
    values = {name: getattr(draft.measure, name) for name in MEASURE}
    with refuses("wrong_role"):
        operations.change_measure(actor=draft.actor("accountant"), measure=draft.measure, **values | {"target": 77})
    with refuses("wrong_role"):
        operations.remove_measure(actor=draft.actor("secretary"), measure=draft.measure)


def test_a_problem_follows_the_measure_it_was_taken_into(draft):
    problem = taken_up(draft)
    after = change(draft, draft.measure, target=77)

    problem.refresh_from_db()
    assert (problem.state, problem.measure, problem.answer) == ("taken_up", after, "Киргизилди.")
    assert list(verify()) == []


def test_a_problem_whose_measure_is_removed_waits_for_an_answer_again(draft):
    problem = taken_up(draft)
    remove(draft, draft.measure)

    problem.refresh_from_db()
    assert (problem.state, problem.measure, problem.answer) == ("published", None, "Киргизилди.")
    assert problem in queries.problems_waiting(draft.programme.customer_id)
    assert list(verify()) == []
    with refuses("measure_struck"):
        answer = {"measure": draft.measure, "answer": "Кайра."}
        operations.answer_problem(actor=draft.actor("specialist"), problem=problem, **answer)
    draft.do(
        lambda: operations.answer_problem(
            actor=draft.actor("specialist"), problem=problem, measure=None, answer="Башка орган жооптуу."
        )
    )
    assert list(verify()) == []


def test_what_was_entered_from_paper_is_corrected_before_it_is_checked(draft):
    draft.programme = draft.do(
        lambda: operations.enter_existing(
            actor=draft.actor("specialist"),
            customer=draft.cast.organisations["okmotu"],
            title={"ky": "Эски программа"},
            goal={"ky": "Максат"},
            year_from=draft.year,
            year_to=draft.year,
            number="3",
            adopted_on=draft.at.date(),
        )
    )
    draft._add_measure(draft.text("measure"), draft.year)
    after = change(draft, draft.measure, amount=Decimal(700))

    assert queries.measures_of([draft.programme.pk]) == [after]


# --- the head --------------------------------------------------------------------------------------------------


def test_the_head_of_a_draft_changes_and_what_it_was_stays_readable(returned):
    was = dict(returned.programme.title)
    rename(returned, title={"ky": "Жаңы аталыш", "ru": "Новое название"}, year_to=returned.year + 2)

    assert returned.programme.title["ky"] == "Жаңы аталыш"
    assert [one.title for one in queries.former_heads(returned.programme)] == [was]
    assert list(verify()) == []


def test_a_head_changes_within_the_rules_of_a_programme(draft):
    with refuses("years_backwards"):
        rename(draft, year_to=draft.year - 1)
    with refuses("measures_outside_years"):
        rename(draft, year_from=draft.year + 1, year_to=draft.year + 2)
    acts = Record.objects.count()
    rename(draft)
    assert Record.objects.count() == acts, "the same words are no act"


def test_a_draft_gets_a_newer_study(draft):
    first = draft.study
    draft.publish_study()
    rename(draft, study=draft.study)

    assert draft.programme.study == draft.study != first
    assert list(verify()) == []


# --- giving it up ----------------------------------------------------------------------------------------------


def test_a_dropped_draft_waits_for_nobody_and_tells_why(returned):
    problem = taken_up(returned)
    with refuses("decision_without_reason"):
        drop(returned, " ")
    drop(returned)

    assert returned.programme.state == "dropped"
    assert returned.programme.dropped_because
    assert queries.programmes(returned.actor("specialist"), state="draft") == []
    assert queries.programme(returned.programme.ref, visitor(returned.at)), "what was public stays public"
    problem.refresh_from_db()
    assert (problem.state, problem.measure) == ("published", None)
    assert queries.measures_for_answer(returned.programme.customer_id) == []
    with refuses("wrong_state"):
        rename(returned, year_to=returned.year + 2)
    assert list(verify()) == []


# --- what verify sees ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("planning_struckmeasure", "UPDATE planning_struckmeasure SET by_id = NULL"),
        ("planning_formerhead", "UPDATE planning_formerhead SET year_to = year_to + 1"),
        ("planning_formerhead", """UPDATE planning_formerhead SET title = '{"ky": "башка"}'"""),
        ("planning_programme", "UPDATE planning_programme SET year_to = year_to + 1"),
        ("planning_programme", """UPDATE planning_programme SET goal = '{"ky": "башка"}'"""),
        ("planning_programme", "UPDATE planning_programme SET dropped_because = 'башка'"),
        ("planning_problem", "UPDATE planning_problem SET measure_id = (SELECT min(id) FROM planning_measure)"),
    ],
)
def test_a_change_that_was_never_made_is_found(draft, table, statement):
    taken_up(draft)
    change(draft, draft.measure, target=77)
    rename(draft, title={"ky": "Жаңы"})
    if "dropped" in statement:
        drop(draft)
    with as_owner(triggers=False):
        sql(statement)

    assert any(fault.startswith(f"{table} ") for fault in verify())


def test_the_database_keeps_what_a_draft_was(draft):
    change(draft, draft.measure, target=77)
    rename(draft, title={"ky": "Жаңы"})

    for table in ("planning_struckmeasure", "planning_formerhead"):
        with as_owner(), database_refuses(APPEND_ONLY):
            sql(f"DELETE FROM {table}")
