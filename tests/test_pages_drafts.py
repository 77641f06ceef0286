"""The pages that change a draft: a programme that came back from the council is mended, or given up."""

from __future__ import annotations

import pytest

from jardam.kernel.actor import system
from jardam.parties import operations as parties
from jardam.planning import operations, queries
from jardam.planning.models import Measure
from jardam.transparency.queries import verify
from jardam.web import clock
from tests.test_pages_customer import Office, measure_form, three
from tests.test_pages_planning import seen_by_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(road, monkeypatch) -> Office:
    monkeypatch.setattr(clock, "now", lambda: road.at)
    road.publish_study()
    road.draft_programme()
    return Office(road)


@pytest.fixture
def returned(office) -> Office:
    road = office.road
    road.submit_to_council()
    secretary = road.actor("secretary")
    why = "Көрсөткүчтөр аймактарга бөлүнсүн."
    road.do(lambda: operations.return_for_rework(actor=secretary, programme=road.programme, reason=why))
    return office


def test_a_returned_programme_is_mended_at_the_desk_and_everybody_reads_what_changed(returned):
    road = returned.road
    before = road.measure
    assert "Change the measure" in returned.text("specialist", "desk_measure", before.ref)
    told = measure_form(road) | {"indicator_en": "By village", "target": "77"}
    returned.done("specialist", "desk_measure", before.ref, **told)

    after = Measure.objects.exclude(pk=before.pk).get()
    assert after.target == 77
    for page in (
        returned.text("specialist", "desk_programme", road.programme.ref),
        seen_by_all("programme", road.programme.ref),
    ):
        assert "What the draft said before" in page
        assert "By village" in page
    road.measure = after
    road.submit_to_council()
    assert "What the draft said before" in returned.text("secretary", "council_programme", road.programme.ref)


def test_title_goal_and_years_of_a_draft_are_changed(office):
    road, found = office.road, office.road.programme
    told = three("goal", found.goal) | {"title_ky": "Башка аталыш", "title_ru": "Другое название"}
    years = {"year_from": str(road.year), "year_to": str(road.year + 2)}
    office.done("specialist", "desk_programme_head", found.ref, study=road.study.ref, **told, **years)

    found.refresh_from_db()
    assert found.title == {"ky": "Башка аталыш", "ru": "Другое название"}
    assert found.year_to == road.year + 2


def test_a_measure_is_taken_out_of_the_draft(office):
    measure = office.road.measure
    assert "Take the measure out" in office.text("specialist", "desk_measure", measure.ref)
    office.done("specialist", "desk_measure_remove", measure.ref)

    assert queries.measures_of([office.road.programme.pk]) == []
    page = office.text("specialist", "desk_programme", office.road.programme.ref)
    assert "taken out" in page
    assert "Add the first measure" in page


def test_a_problem_taken_up_follows_its_measure_and_waits_again_when_the_measure_is_taken_out(office):
    road = office.road
    problem = road.propose_problem("umut_editor", "Отун жеткирүүчү эч ким жок.")
    office.done("specialist", "desk_problem_publish", problem.ref)
    told = "Үйдө жардам берүүгө кирди."
    office.done("specialist", "desk_problem_answer", problem.ref, measure=road.measure.ref, answer=told)
    office.done("specialist", "desk_measure", road.measure.ref, **measure_form(road) | {"target": "77"})

    problem.refresh_from_db()
    anew = problem.measure
    assert anew.target == 77
    assert "Answer the problem" not in office.text("specialist", "desk")
    assert "wait for your answer again" in office.text("specialist", "desk_measure_remove", anew.ref)
    office.done("specialist", "desk_measure_remove", anew.ref)
    assert "Answer the problem" in office.text("specialist", "desk")
    assert list(verify()) == []


def test_a_draft_is_given_up_and_the_desk_asks_for_nothing_more(returned):
    road = returned.road
    assert "Finish the programme" in returned.text("specialist", "desk")
    returned.done("specialist", "desk_programme_drop", road.programme.ref, reason="Муктаждык жок болду.")

    assert "Finish the programme" not in returned.text("specialist", "desk")
    page = seen_by_all("programme", road.programme.ref)
    assert "Given up" in page
    assert "Муктаждык жок болду." in page


def test_what_is_before_the_council_has_no_link_to_change_it(office):
    road = office.road
    road.submit_to_council()
    page = office.get("specialist", "desk_programme", road.programme.ref).content.decode()

    assert road.measure.ref not in page
    assert "Give the programme up" not in page


def test_a_draft_of_a_contest_is_discarded_at_the_desk(office):
    road = office.road
    road.submit_to_council()
    road.adopt()
    road.appropriate()
    road.draft_contest()
    ref = road.contest.ref
    assert "Discard the draft" in office.text("specialist", "desk_contest", ref)
    office.done("specialist", "desk_contest_discard", ref)

    assert "Given up" in office.text("specialist", "desk_contest", ref)
    assert "Given up" in office.text("specialist", "desk_contests")
    assert office.get("specialist", "desk_commission", ref).status_code == 404
    assert office.get("specialist", "desk_announcement", ref).status_code == 409


def test_another_customer_reads_of_a_programme_what_everybody_reads(returned):
    road = returned.road
    first = road.measure
    other = parties.register_organisation(
        actor=system(road.at), kind="aiyl_okmotu", title={"ky": "Ак-Суу", "ru": "Ак-Суу"}, is_invented=True
    )
    head = parties.register_person(name="Эмил", email="emil@demo.invalid", password=None)
    parties.grant_mandate(person=head, organisation=other, role="head", document="1", actor=system(road.at))
    road.cast.people["emil"] = head

    for name in ("desk_programme", "desk_programme_print"):
        assert "аймактарга бөлүнсүн" in returned.text("specialist", name, road.programme.ref)
        assert "аймактарга бөлүнсүн" not in returned.text("emil", name, road.programme.ref)
    assert returned.get("emil", "desk_measure", first.ref).status_code == 409
    assert returned.get("emil", "desk_programme_drop", road.programme.ref).status_code == 409
