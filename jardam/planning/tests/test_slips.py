"""Slips in what was recorded are put right beside it, and never in it (H-68)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction

from jardam.kernel.time import bishkek_day
from jardam.planning import operations as planning
from jardam.planning import queries
from jardam.planning.models import Adoption, Correction, Publication, Study
from jardam.transparency.queries import verify
from tests.test_rules_obeyed import pages  # noqa: F401  (a fixture)
from tests.world import as_owner, refuses, sql

pytestmark = pytest.mark.django_db

WHY = "Номери туура эмес көчүрүлгөн"


@pytest.fixture
def published(road):
    """The resolution stands in a newspaper whose number was written wrongly."""
    road.to_adopted()
    planning.publish_resolution(
        actor=road.actor("secretary"),
        programme=road.programme,
        published_on=bishkek_day(road.at),
        place="«Эркин-Тоо» № 12",
        register_number="1-7",
    )
    return road


def fact(road, name, number=1):
    found = queries.fact_of(name, number, road.programme)
    assert found is not None
    return found


def correct(road, name, field, value, who="secretary", reason=WHY):
    with transaction.atomic():
        return planning.correct(actor=road.actor(who), found=fact(road, name), field=field, value=value, reason=reason)


def test_what_is_corrected_counts_and_what_stood_there_stays(published):
    row = correct(published, "publication", "place", "«Эркин-Тоо» № 21")
    correct(published, "publication", "place", "«Эркин-Тоо» № 22")
    earlier = bishkek_day(published.at) - timedelta(days=1)
    correct(published, "adoption", "adopted_on", earlier)

    course = queries.course_of(published.programme)
    assert course.publication.place == "«Эркин-Тоо» № 22"
    assert [(one.was, one.now) for one in course.corrections][:2] == [
        ("«Эркин-Тоо» № 12", "«Эркин-Тоо» № 21"),
        ("«Эркин-Тоо» № 21", "«Эркин-Тоо» № 22"),
    ]
    assert row.reason == WHY
    assert Publication.objects.get().place == "«Эркин-Тоо» № 12"
    assert Adoption.objects.get().adopted_on != earlier
    assert fact(published, "adoption").row.adopted_on == earlier
    assert list(verify()) == []


def test_only_a_slip_is_corrected(published):
    with refuses("not_correctable"):
        correct(published, "adoption", "votes_for", 16)
    with refuses("correction_without_change"):
        correct(published, "publication", "place", "«Эркин-Тоо» № 12")
    with refuses("correction_value_wrong"):
        correct(published, "publication", "place", "")
    with refuses("correction_value_wrong"):
        correct(published, "adoption", "adopted_on", "кечээ")
    with refuses("day_in_future"):
        correct(published, "adoption", "adopted_on", bishkek_day(published.at) + timedelta(days=2))
    with refuses("decision_without_reason"):
        correct(published, "adoption", "number", "15-3", reason="")


def test_whoever_recorded_it_corrects_it(published):
    with refuses("not_yours"):
        correct(published, "publication", "place", "Башка", who="head")
    with refuses("wrong_role"):
        correct(published, "publication", "place", "Башка", who="umut_head")
    planning.hold_gathering(
        actor=published.actor("specialist"),
        programme=published.programme,
        year=published.programme.year_from,
        held_on=bishkek_day(published.at),
        headcount=14,
        questions="Качан?",
        answers="Жазында",
    )
    with refuses("wrong_role"):
        correct(published, "gathering", "headcount", 41)
    correct(published, "gathering", "headcount", 41, who="specialist")

    assert queries.course_of(published.programme).gatherings[0].headcount == 41
    assert list(verify()) == []


def test_a_study_and_an_answer_are_corrected_too(road):
    road.publish_study()
    study = queries.study(road.study.ref)
    found = queries.Fact("study", study, study)
    with transaction.atomic():
        planning.correct(
            actor=road.actor("specialist"), found=found, field="sources", value="Айыл өкмөттүн тизмеси", reason=WHY
        )

    assert queries.study(road.study.ref).sources == "Айыл өкмөттүн тизмеси"
    assert Study.objects.get(pk=study.pk).sources != "Айыл өкмөттүн тизмеси"
    assert [one.field for one in queries.corrections_of(study)] == ["sources"]
    assert list(verify()) == []


def test_a_correction_changed_behind_the_back_is_found(published):
    correct(published, "publication", "place", "«Эркин-Тоо» № 21")
    pk = Correction.objects.get().pk
    with as_owner(triggers=False):
        sql("UPDATE planning_correction SET was = 'башка' WHERE id = %s", pk)

    assert [said for said in verify() if said.startswith(f"planning_correction {pk}")]


def test_the_secretary_corrects_on_a_page_and_everybody_sees_both(published, pages):  # noqa: F811
    ref = published.programme.ref
    assert "«Эркин-Тоо» № 12" in pages.text("secretary", "council_slips", ref)

    pages.done("secretary", "council_slip", ref, "publication", "1", "place", value="«Эркин-Тоо» № 21", reason=WHY)

    said = pages.text("", "programme", ref)
    assert "Corrected slips" in said
    assert "«Эркин-Тоо» № 12" in said
    assert "«Эркин-Тоо» № 21" in said
    assert pages.get("secretary", "council_slip", ref, "adoption", "1", "votes_for").status_code == 404
    assert pages.get("secretary", "council_slip", ref, "adoption", "7", "number").status_code == 404
    assert "Publication, where" not in pages.text("specialist", "desk_slips", ref)


def test_the_desk_corrects_a_study_on_a_page(road, pages):  # noqa: F811
    road.publish_study()
    ref = road.study.ref
    pages.done("specialist", "desk_study_slip", ref, "study", "1", "method", value="Үйдөн-үйгө сурамжылоо", reason=WHY)

    assert "Үйдөн-үйгө сурамжылоо" in pages.text("", "study", ref)
    assert "Corrected slips" in pages.text("specialist", "desk_study", ref)


def test_the_desk_corrects_a_gathering_and_an_answer_on_their_pages(published, pages):  # noqa: F811
    road = published
    planning.hold_gathering(
        actor=road.actor("specialist"),
        programme=road.programme,
        year=road.programme.year_from,
        held_on=bishkek_day(road.at),
        headcount=14,
        questions="Качан?",
        answers="Жазында",
    )
    problem = road.propose_problem("umut_editor", "Кышында отун жеткирүүчү эч ким жок.")
    planning.publish_problem(actor=road.actor("specialist"), problem=problem)
    planning.answer_problem(actor=road.actor("specialist"), problem=problem, measure=None, answer="Акча жок")

    ref = road.programme.ref
    assert "how many came" in pages.text("specialist", "desk_slips", ref)
    pages.done("specialist", "desk_slip", ref, "gathering", "1", "headcount", value="41", reason=WHY)
    assert "Correct a slip" in pages.text("specialist", "desk_problem", problem.ref)
    assert "Акча жок" in pages.text("specialist", "desk_problem_slips", problem.ref)
    given = {"value": "Быйыл акча жок", "reason": WHY}
    pages.done("specialist", "desk_problem_slip", problem.ref, "problem", "1", "answer", **given)

    said = pages.text("", "problem", problem.ref)
    assert "Быйыл акча жок" in said
    assert "Corrected slips" in said
    assert list(verify()) == []


def test_a_day_is_kept_in_iso_and_read_as_a_day():
    from jardam.planning.rules import as_read, as_written

    assert as_read(as_written(date(2026, 3, 2)), None, "in_force_on") == date(2026, 3, 2)
    assert as_read(as_written(14), 12, "headcount") == 14
