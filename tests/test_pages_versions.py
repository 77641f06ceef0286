"""The pages of versions: the customer changes an adopted programme, the council decides, everybody compares; and what
was adopted on paper is copied, checked and marked."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jardam.demonstration.road import document_of
from jardam.documents.models import File
from jardam.kernel.time import bishkek_day
from jardam.planning import queries
from jardam.planning.models import Measure, Programme, Revision
from jardam.web import clock
from tests.test_pages_customer import Office, day, words_of
from tests.test_pages_planning import seen_by_all

pytestmark = pytest.mark.django_db
VOTE = {"members": "21", "quorum": "11", "present": "18", "votes_for": "16", "votes_against": "1", "abstained": "1"}


@pytest.fixture
def office(road, monkeypatch) -> Office:
    monkeypatch.setattr(clock, "now", lambda: road.at)
    return Office(road)


@pytest.fixture
def adopted(office) -> Office:
    office.road.to_adopted()
    return office


def values_of(measure: Measure, **changes: Any) -> dict[str, Any]:
    told = {f"indicator_{code}": text for code, text in measure.indicator.items()}
    told |= {"unit": "", "place": "", "baseline": measure.baseline, "target": measure.target}
    return told | {"amount": int(measure.amount)} | changes


def begun(office: Office) -> Revision:
    office.done("specialist", "desk_revision_new", office.road.programme.ref, reason="Баалар өстү.")
    return Revision.objects.get()


def test_a_version_from_the_desk_to_the_council_and_the_public_comparison(adopted):
    road, measure = adopted.road, adopted.road.measure
    found = begun(adopted)
    assert "Finish the new version" in adopted.text("specialist", "desk")
    more = int(measure.amount) + 123_000
    adopted.done(
        "specialist", "desk_revision_measure", found.ref, measure.ref, **values_of(measure, amount=more, target=77)
    )
    assert "Before" in adopted.text("specialist", "desk_revision", found.ref)
    adopted.done("specialist", "desk_revision_submit", found.ref)

    page = seen_by_all("programme_version", found.ref)
    for said in ("Before the council", "Баалар өстү.", "77", "What changes"):
        assert said in page
    assert "Record the council's decision on the new version" in adopted.text("secretary", "desk")
    scan = SimpleUploadedFile("17-2.pdf", document_of("council", "17-2"))
    adopted.done(
        "secretary",
        "council_revision_adopt",
        found.ref,
        number="17-2",
        file=scan,
        **day("adopted_on", bishkek_day(road.at)),
        **VOTE,
    )

    assert queries.measure(measure.ref).amount == more
    assert File.objects.get().name == "17-2.pdf"
    assert "Version 2" in seen_by_all("programme", road.programme.ref)
    assert "These changes are in force" in seen_by_all("programme_version", found.ref)
    assert "17-2" in adopted.text("secretary", "council_revision", found.ref)


def test_less_than_was_given_is_refused_at_the_field_and_everything_typed_stays(adopted):
    measure, found = adopted.road.measure, begun(adopted)
    answer = adopted.press(
        "specialist", "desk_revision_measure", found.ref, measure.ref, **values_of(measure, amount=1, target=91)
    )
    page = words_of(answer)

    assert "is given to this measure already" in page
    assert 'value="91"' in answer.content.decode()


def test_the_council_sends_a_version_back_and_the_customer_reads_why(adopted):
    road, found = adopted.road, begun(adopted)
    road.revise_measure(found, str(road.measure.amount + 1))
    adopted.done("specialist", "desk_revision_submit", found.ref)
    adopted.done("secretary", "council_revision_return", found.ref, reason="Эсеп-кысап жок.")

    assert "Эсеп-кысап жок." in adopted.text("specialist", "desk_revision", found.ref)
    assert "Эсеп-кысап жок." not in seen_by_all("programme_version", found.ref)


def test_a_rejected_version_changes_nothing_and_stays_to_be_compared(adopted):
    road, found = adopted.road, begun(adopted)
    road.revise_measure(found, str(road.measure.amount + 1))
    road.submit_revision(found)
    lost = VOTE | {"votes_for": "2", "votes_against": "15"}
    today = day("decided_on", bishkek_day(road.at))
    adopted.done("secretary", "council_revision_reject", found.ref, number="18-1", reason="Акча жок.", **today, **lost)

    assert "Rejected by the council" in seen_by_all("programme_version", found.ref)
    assert queries.measure(road.measure.ref).amount == road.measure.amount


def test_sections_and_new_measures_of_a_version_and_giving_it_up(adopted):
    road, found = adopted.road, begun(adopted)
    told = {"title_ky": "Отун", "title_ru": "Дрова", "indicator_ky": "Үйлөр", "indicator_ru": "Дома", "unit": ""}
    told |= {"form": "grants", "group": "older_people_alone", "year": str(road.year), "amount": "5000", "place": ""}
    adopted.done("specialist", "desk_revision_new_measure", found.ref, baseline="0", target="9", **told)
    sections = {
        f"{code}_{lang}": f"{text}!"
        for code, texts in queries.sections_of(road.programme).items()
        for lang, text in texts.items()
    }
    adopted.done("specialist", "desk_revision_sections", found.ref, **sections)
    page = adopted.text("specialist", "desk_revision", found.ref)
    assert "Дрова" in page or "Отун" in page
    adopted.done("specialist", "desk_revision_drop", found.ref)

    found.refresh_from_db()
    assert found.state == "dropped"
    assert Measure.objects.count() == 1


# --- from paper ------------------------------------------------------------------------------------------------


def test_a_programme_adopted_on_paper_is_copied_checked_and_marked_everywhere(office):
    road = office.road
    told = {"title_ky": "Эски программа", "title_ru": "Прежняя программа", "goal_ky": "Максат", "goal_ru": "Цель"}
    told |= {"number": "9-1", "year_from": str(road.year - 1), "year_to": str(road.year)}
    scan = SimpleUploadedFile("9-1.pdf", document_of("council", "9-1"))
    assert "Enter a programme adopted on paper" in office.text("specialist", "desk_programmes")
    adopted_on = day("adopted_on", bishkek_day(road.at).replace(year=road.year - 1))
    office.done("specialist", "desk_existing_new", file=scan, **told, **adopted_on)
    found = Programme.objects.get()
    measure = {"title_ky": "Чара", "title_ru": "Мера", "indicator_ky": "Адамдар", "indicator_ru": "Люди"}
    measure |= {"form": "grants", "group": "older_people_alone", "year": str(road.year), "amount": "700000"}
    office.done("specialist", "desk_measure_new", found.ref, baseline="0", target="9", **measure)
    assert "Compare the programme with its paper" not in office.text("specialist", "desk")
    assert "Compare the programme with its paper" in office.text("head", "desk")
    assert "Another person checks" in words_of(office.get("specialist", "desk_existing_confirm", found.ref))

    office.done("head", "desk_existing_confirm", found.ref)

    assert "Recorded afterwards" in seen_by_all("programme", found.ref)
    assert "Recorded afterwards" in office.text("specialist", "desk_programme", found.ref)
    assert "9-1.pdf" in seen_by_all("programme", found.ref)
    assert "Publish the resolution" not in office.text("secretary", "desk")


def test_a_wrong_copy_is_discarded_at_the_desk(office):
    found = office.road.enter_existing()
    office.done("head", "desk_existing_discard", found.ref)
    found.refresh_from_db()
    assert found.state == "discarded"
