"""What the pages ask: one subject and one family at a time, gaps kept, disagreements side by side, no sums."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from jardam.record import queries
from jardam.record.operations import load_files

from .samples import AT, KINDS, PATHS, changed, file_of, many, write


@pytest.fixture(autouse=True)
def loaded(request: pytest.FixtureRequest, db: None) -> None:
    """All four shipped files, except in tests whose name says that the record is empty."""
    if "empty" not in request.node.name:
        load_files(PATHS, at=AT)


def amounts(page: queries.MoneyPage) -> dict[int, list[int]]:
    return {slot.year: [line.row.kgs for line in slot.figures] for slot in page.years}


def test_the_anchor_stands_in_the_series_of_totals() -> None:
    page = queries.money("gsz-total", "level")

    assert amounts(page)[2013] == [13_900_000]
    assert amounts(page)[2019] == [43_800_000]


def test_a_year_without_a_figure_stays_a_gap() -> None:
    page = queries.money("gsz-total", "level")

    assert [year for year, found in amounts(page).items() if not found] == [2011, 2012, *range(2014, 2019)]


def test_figures_of_one_subject_year_and_family_that_disagree_stand_side_by_side() -> None:
    (slot,) = queries.money("crisis-centres", "level").disagreements

    assert slot.year == 2025
    assert sorted(line.row.kgs for line in slot.figures) == [28_600_000, 115_000_000]
    assert all(line.row.sources for line in slot.figures)


def test_a_promise_and_an_increase_stay_out_of_the_levels() -> None:
    page = queries.money("crisis-centres", "level")

    assert amounts(page)[2022] == [12_000_000]
    assert [line.row.kind for line in page.others] == ["announced_additional", "increase"]
    assert not queries.money("crisis-centres", "change").is_chartable


def test_a_figure_without_a_year_is_listed_and_not_drawn() -> None:
    page = queries.money("crisis-centres")

    assert [line.row.kgs for line in page.undated] == [5_400_000]
    assert 5_400_000 not in {kgs for found in amounts(page).values() for kgs in found}


def test_what_is_not_state_social_order_stands_apart() -> None:
    page = queries.money()

    assert {line.row.subject for line in page.comparison} == {"personal-assistant", "preschool-voucher"}
    with pytest.raises(queries.NotOnRecord):
        queries.money("personal-assistant")


def test_a_level_narrows_the_figures() -> None:
    page = queries.money("gsz-total", "level", "republican")

    assert list(amounts(page)) == [2009, 2010, 2011, 2012, 2013]


@pytest.mark.parametrize("asked", [{"subject": "x"}, {"subject": "gsz-total", "family": "x"}])
def test_an_unknown_choice_is_not_found(asked: dict[str, str]) -> None:
    with pytest.raises(queries.NotOnRecord):
        queries.money(**asked)


def test_figures_of_different_levels_do_not_disagree(tmp_path: Path) -> None:
    for level, kgs in (("republican", 1), ("municipal", 2)):
        one = changed(
            "budgets",
            "2019-gsz-total-budget",
            lambda row, level=level, kgs=kgs: row.update(id=level, level=level, kgs=kgs, year=2020),
        )
        load_files([write(tmp_path, f"{level}.json", file_of("budgets", one))], at=AT)

    assert not queries.money("gsz-total", "level").disagreements


def test_seven_are_named_and_the_customers_are_another_fact() -> None:
    page = queries.municipalities()

    with override("en"):
        named = {one.label for one in queries.named_in_press_release()}
    assert named == {
        "Batken", "Kochkor-Ata", "Osh", "Karakol", "Uzun-Kyr AA", "Leninskoe (Lenin) AA", "Kyzyl-Oktyabr AA",
    }  # fmt: skip
    (customers,) = page.customers_as_counted
    assert "five municipalities" in customers.row.body_text


@pytest.mark.parametrize(
    ("narrowed", "keys"),
    [
        ({"place": "karakol-issyk-kul-oblast"}, ["karakol-2019", "karakol-2018"]),
        ({"place": "jalal-abad-oblast"}, ["msd-2013"]),
        ({"customer": "ministry-of-health"}, ["moh-2019"]),
        ({"group": "women_violence"}, ["mlssm-crisis-2021", "karakol-2019", "mlsd-2019"]),
        ({"year": 2012}, ["kg-2012-total"]),
        ({"theme": "БАЛДАРГА tirek"}, []),
        ({"theme": "baldarga TIREK"}, ["karakol-2019"]),
        ({"theme": "Омуралиев"}, ["omuraliev-2014"]),
        ({"theme": "_%"}, []),
        ({"customer": "nobody"}, []),
        ({"place": "nowhere"}, []),
    ],
)
def test_contests_are_found_by_place_customer_group_year_and_words(narrowed: dict[str, Any], keys: list[str]) -> None:
    assert [line.key for line in queries.contests(**narrowed).lines] == keys


def test_pages_of_contests_follow_each_other_without_gap_or_repetition(tmp_path: Path) -> None:
    load_files([write(tmp_path, "many.json", many("contests", 230))], at=AT)
    seen: list[str] = []
    after = ""

    for _page in range(6):
        page = queries.contests(after=after)
        seen += [line.key for line in page.lines]
        after = page.next
        if not after:
            break

    assert len(seen) == len(set(seen)) == page.count == 255


@pytest.mark.parametrize("cursor", ["x", "e30", "W10", "!", "ж", "WzEsMl0", "Wzk5OTk5OTksImEiXQ"])
def test_a_cursor_that_is_none_is_not_found(cursor: str) -> None:
    for ask in (queries.contests, queries.municipalities, queries.groups):
        with pytest.raises(queries.NotOnRecord):
            ask(after=cursor)


@pytest.mark.parametrize("key", ["", "nothing", "a\0b"])
def test_a_row_that_is_not_there_is_not_found(key: str) -> None:
    for ask in (queries.contest, queries.municipality, lambda key: queries.history("budgets", key)):
        with pytest.raises(queries.NotOnRecord):
            ask(key)
    with pytest.raises(queries.NotOnRecord):
        queries.history("votes", "msd-2013")
    with pytest.raises(queries.NotOnRecord):
        queries.history("contests", "msd-2013", 7)


def test_what_is_not_known_is_counted_from_the_rows() -> None:
    found = queries.unknown()

    contests = {field.label: (field.missing, field.total) for field in found.kinds[1].fields}
    assert contests["until when applications were accepted"] == (25, 25)
    assert contests["who won"] == (19, 25)
    assert 2011 in found.years
    assert not {2009, 2010, 2013, 2019} & set(found.years)
    assert len(found.questions) == 10


def test_an_empty_record_has_empty_pages() -> None:
    assert queries.overview().figures == 0
    assert queries.money().years == ()
    assert queries.contests().lines == ()
    assert queries.unknown().years == ()


READS: dict[str, Callable[[], Any]] = {
    "overview": queries.overview,
    "money": lambda: queries.money("crisis-centres"),
    "contests": queries.contests,
    "contest_choices": queries.contest_choices,
    "contest": lambda: queries.contest("karakol-2019"),
    "municipalities": queries.municipalities,
    "municipality": lambda: queries.municipality("karakol-issyk-kul-oblast"),
    "groups": queries.groups,
    "unknown": queries.unknown,
    "history": lambda: queries.history("budgets", "2025-crisis-centres-annual"),
}


def test_a_thousand_rows_take_as_many_statements_as_ten(tmp_path: Path) -> None:
    def statements() -> dict[str, int]:
        counted = {}
        for name, ask in READS.items():
            with CaptureQueriesContext(connection) as captured:
                ask()
            counted[name] = len(captured)
        return counted

    with_few = statements()
    load_files([write(tmp_path, f"{kind}.json", many(kind, 1000)) for kind in KINDS], at=AT)

    assert statements() == with_few
    assert max(with_few.values()) <= 7
