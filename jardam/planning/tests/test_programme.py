"""What a programme must say before it goes on, and what its study and its money tell."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from jardam.demonstration.road import SECTIONS
from jardam.kernel.time import bishkek_day
from jardam.planning import operations, queries
from jardam.planning.rules import Need, Vote, ranked
from jardam.transparency.queries import verify
from jardam.treasury import queries as treasury
from tests.world import as_owner, refuses, sql


def need(group: str, headcount: int, served: int, severity: int) -> Need:
    return Need(group, headcount, served, severity, Decimal("1000.50"))


def test_of_equal_weights_the_larger_group_stands_first_then_the_earlier_code():
    rows = [need("b", 40, 20, 3), need("a", 40, 20, 3), need("c", 80, 60, 3), need("d", 25, 0, 3)]

    assert [one.group for one in ranked(rows)] == ["d", "c", "a", "b"]
    assert ranked(rows[::-1]) == ranked(rows)


def test_the_cost_of_a_need_is_for_those_without_help_only():
    assert need("a", 40, 20, 3).cost == Decimal("20010.00")
    assert need("a", 20, 30, 3).cost == 0


@pytest.fixture
def draft(road):
    road.publish_study()
    road.draft_programme()
    return road


@pytest.mark.django_db
def test_sections_the_rules_name_are_asked_for_and_those_the_data_fill_are_not(draft):
    asked, basis = queries.sections_to_write(draft.programme, draft.at)

    assert set(asked) == set(SECTIONS)
    assert basis is not None
    assert basis.key == "prog.sections"


@pytest.mark.django_db
def test_without_its_sections_a_programme_goes_neither_to_the_public_nor_to_the_council(draft):
    with as_owner(triggers=False):
        sql("DELETE FROM planning_programmesection WHERE code = 'schedule'")

    with refuses("programme_sections_missing"):
        draft.submit_to_council()
    with refuses("programme_sections_missing"):
        draft.open_discussion()


@pytest.mark.django_db
def test_a_section_is_written_anew_only_when_its_text_changes(draft):
    acts = draft.programme.sections.count()
    write = lambda texts: operations.write_sections(  # noqa: E731
        actor=draft.actor("specialist"), programme=draft.programme, texts=texts
    )

    draft.do(lambda: write(SECTIONS))
    assert draft.programme.sections.count() == acts
    draft.do(lambda: write(SECTIONS | {"schedule": {"ky": "Башка мөөнөт."}}))

    assert draft.programme.sections.count() == acts + 1
    assert queries.sections_of(draft.programme)["schedule"] == {"ky": "Башка мөөнөт."}
    assert list(verify()) == []
    draft.submit_to_council()
    with refuses("wrong_state"):
        write({"schedule": {"ky": "Кечигип."}})


@pytest.mark.django_db
def test_a_section_that_was_changed_is_found(draft):
    with as_owner(triggers=False):
        sql("""UPDATE planning_programmesection SET text = '{"ky": "башка"}' WHERE code = 'schedule'""")

    assert any(fault.startswith("planning_programmesection ") for fault in verify())


@pytest.mark.django_db
def test_an_adoption_keeps_its_entry_into_force_and_register_number(draft):
    draft.submit_to_council()
    today = bishkek_day(draft.at)
    adoption = draft.do(
        lambda: operations.record_adoption(
            actor=draft.actor("secretary"),
            programme=draft.programme,
            body=draft.cast.organisations["kenesh"],
            number="14-3",
            adopted_on=today,
            vote=Vote(21, 11, 17, 15, 1, 1),
            in_force_on=today + dt.timedelta(days=15),
            register_number="1417",
        )
    )

    assert list(verify()) == []
    with as_owner(triggers=False):
        sql("UPDATE planning_adoption SET register_number = '1418'")
    assert any(fault.startswith(f"planning_adoption {adoption.pk}: ") for fault in verify())


@pytest.mark.django_db
def test_a_resolution_of_tomorrow_adopts_nothing_today(draft):
    """Clocks run from its day: a slip of the year would give everybody another one."""
    draft.submit_to_council()

    with refuses("day_in_future"):
        operations.record_adoption(
            actor=draft.actor("secretary"),
            programme=draft.programme,
            body=draft.cast.organisations["kenesh"],
            number="14-3",
            adopted_on=bishkek_day(draft.at) + dt.timedelta(days=1),
            vote=Vote(21, 11, 17, 15, 1, 1),
        )


@pytest.mark.django_db
def test_a_study_is_not_made_backwards(road):
    with refuses("period_backwards"):
        operations.publish_study(
            actor=road.actor("specialist"),
            customer=road.cast.organisations["okmotu"],
            title={"ky": "Изилдөө"},
            year=2026,
            method="Сурамжылоо",
            sources="Каттоо",
            groups=[],
            period_from=dt.date(2026, 1, 20),
            period_to=dt.date(2026, 1, 10),
        )


@pytest.mark.django_db
def test_a_second_appropriation_never_gives_a_measure_more_than_its_amount(road):
    road.to_adopted()
    road.appropriate()

    allocated = treasury.trail_of("measure", road.measure.pk).allocated
    assert allocated == Decimal(road.text("measure")["amount"])
    assert list(verify()) == []
