"""The pages of the real record, as a reader gets them."""

from __future__ import annotations

import argparse
import re
from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from jardam.cli import record as record_command
from jardam.record.operations import load_files
from jardam.record.tests.samples import AT, KINDS, LATER, PATHS, changed, file_of, many, write

# WhiteNoise misses the folder of collected static files, which tests do not make.
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:No directory at")]

PAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("record", ()),
    ("record_years", ()),
    ("record_contests", ()),
    ("record_contest", ("karakol-2019",)),
    ("record_municipalities", ()),
    ("record_municipality", ("karakol-issyk-kul-oblast",)),
    ("record_groups", ()),
    ("record_unknown", ()),
    ("record_versions", ("budgets", "2025-crisis-centres-annual")),
)


@pytest.fixture
def loaded(db: None) -> None:
    load_files(PATHS, at=AT)


def text_of(name: str, *args: object, language: str = "en", **query: str) -> str:
    """The visible words of a page, white space made even."""
    with override(language):
        response = Client().get(reverse(name, args=args), query)
    assert response.status_code == 200, response.status_code
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def status_of(name: str, *args: object, **query: str) -> int:
    with override("en"):
        return Client().get(reverse(name, args=args), query).status_code


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
@pytest.mark.parametrize(("name", "args"), PAGES, ids=[name for name, _ in PAGES])
def test_every_page_opens_in_every_language(name: str, args: tuple[str, ...], language: str, loaded: None) -> None:
    assert text_of(name, *args, language=language)


@pytest.mark.parametrize("name", [name for name, args in PAGES if not args])
def test_an_empty_record_has_pages_too(name: str, db: None) -> None:
    assert text_of(name)


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("record", {}, "KGS 13,900,000"),
        ("record", {}, "KGS 43,800,000"),
        ("record", {}, "KGS 1,950,000"),
        ("record", {}, "10 social grants"),
        ("record", {}, "7 municipalities named as participants"),
        ("record", {}, "counts five municipalities"),
        ("record_years", {}, "just over KGS 4,000,000"),
        ("record_years", {}, "KGS 13,900,000"),
        ("record_years", {}, "KGS 43,800,000"),
        ("record_years", {}, "2011 no figure found"),
        ("record_years", {}, "KGS 420,000,000"),
        ("record_years", {"subject": "municipal-dpi"}, "KGS 1,950,000"),
        ("record_years", {"subject": "crisis-centres"}, "2025: the sources do not agree"),
        ("record_years", {"subject": "crisis-centres"}, "KGS 28,600,000"),
        ("record_years", {"subject": "crisis-centres"}, "KGS 28,600,000 (28m in another source)"),
        ("record_years", {"subject": "crisis-centres"}, "KGS 115,000,000"),
        ("record_years", {"subject": "crisis-centres"}, "KGS 5,400,000"),
        ("record_years", {"subject": "crisis-centres"}, "promised on top"),
        ("record_years", {"subject": "crisis-centres", "family": "change"}, "are not levels"),
        ("record_years", {"subject": "ministry-of-labour-and-social-development"}, "about KGS 38,000,000"),
        ("record_contests", {"year": "2019"}, "PF Baldarga Tirek"),
        ("record_contests", {"theme": "early intervention"}, "1 contest"),
        ("record_municipalities", {}, "7 municipalities named in the press release of 2019"),
        ("record_municipalities", {}, "and five municipalities"),
        ("record_municipalities", {}, "not confirmed"),
        ("record_groups", {}, "ден соолугунун мүмкүнчүлүгү чектелген балдар"),
        ("record_unknown", {}, "until when applications were accepted 25 of 25 100%"),
        ("record_unknown", {}, "The weights of the criteria and the pass mark"),
    ],
)
def test_the_figures_of_the_record_stand_on_its_pages(
    name: str, query: dict[str, str], said: str, loaded: None
) -> None:
    if "PF Baldarga" in said:
        said = "children of labour migrants; women victims of domestic violence"

    assert said in text_of(name, **query)


def test_no_page_shows_a_sum_of_the_figures(loaded: None) -> None:
    page = text_of("record_years", subject="gsz-total")

    assert "66,700,000" not in page  # 4.0 + 5.0 + 13.9 + 43.8
    assert "143,600,000" not in text_of("record_years", subject="crisis-centres")  # 28.6 + 115


def test_a_contest_shows_everything_its_source_says_and_what_it_does_not(loaded: None) -> None:
    page = text_of("record_contest", "karakol-2019")

    for part in (
        "PF Baldarga Tirek",
        "Ulukman Daryger",
        "KGS 400,000, awarded",
        "summer 2019 not before 01.06.2019 and not after 18.07.2019",
        "18.07.2019 winners announced",
        "Announced the source does not say",
        "until the end of 2019",
        "Source 1: dpi.kg",
        "Law No.70 of 2017 / Res. 814",
    ):
        assert part in page or part.removeprefix("Source 1: ") in page


def test_a_made_up_day_is_never_shown(loaded: None) -> None:
    page = text_of("record_contest", "uzun-kyr-2019")

    assert "July 2019 (exact day unknown) not before 01.07.2019 and not after 31.07.2019" in page


def test_the_contests_of_a_municipality_stand_on_its_page(loaded: None) -> None:
    assert "Mayor's office of Karakol" in text_of("record_municipality", "karakol-issyk-kul-oblast")
    assert "12 municipalities of Jalal-Abad" in text_of("record_municipality", "kargalyk-aa-toguz-toro-rayon")


def test_an_earlier_version_stays_readable_at_its_address(loaded: None, tmp_path: Path) -> None:
    key = "2025-crisis-centres-annual"
    corrected = changed("budgets", key, lambda row: row.update(kgs=28_000_000))
    load_files([write(tmp_path, "correction.json", file_of("budgets", corrected))], at=LATER)

    assert "28000000" in text_of("record_versions", "budgets", key)
    first = text_of("record_version", "budgets", key, 1)
    assert "What version 1 says" in first
    assert "28600000" in first
    assert "correction.json" in first


@pytest.mark.parametrize(
    ("name", "args", "query"),
    [
        ("record_contest", ("nothing",), {}),
        ("record_municipality", ("nothing",), {}),
        ("record_versions", ("votes", "karakol-2019"), {}),
        ("record_version", ("contests", "karakol-2019", 2), {}),
        ("record_version", ("contests", "karakol-2019", 10**12), {}),
        ("record_years", (), {"subject": "nothing"}),
        ("record_years", (), {"family": "nothing"}),
        ("record_years", (), {"level": "oblast"}),
        ("record_contests", (), {"after": "nothing"}),
    ],
)
def test_what_is_not_on_record_is_not_found(
    name: str, args: tuple[object, ...], query: dict[str, str], loaded: None
) -> None:
    assert status_of(name, *args, **query) == 404


def test_a_wrong_filter_is_explained_and_narrows_nothing_silently(loaded: None) -> None:
    page = text_of("record_contests", year="1066")

    assert "Choose one of the answers of the list." in page


def test_text_of_a_file_cannot_become_markup(tmp_path: Path, db: None) -> None:
    hostile = "<script>alert(1)</script>"
    figure = changed(
        "budgets", "2013-gsz-total-budget", lambda row: row.update(body_text=hostile, qualifier=hostile, note=hostile)
    )
    contest = changed(
        "contests",
        "karakol-2019",
        lambda row: row.update(customer_text=hostile, theme=hostile, sources=["http://x.kg/?a='b&c"]),
    )
    load_files(
        [
            write(tmp_path, "a.json", file_of("budgets", figure)),
            write(tmp_path, "b.json", file_of("contests", contest)),
        ],
        at=AT,
    )

    for name, args in (
        ("record_years", ()),
        ("record_contests", ()),
        ("record_contest", ("karakol-2019",)),
        ("record", ()),
    ):
        with override("en"):
            html = Client().get(reverse(name, args=args)).content.decode()
        assert "<script>alert" not in html


def test_a_thousand_rows_take_as_many_statements_as_ten(tmp_path: Path, db: None) -> None:
    def statements() -> dict[str, int]:
        counted = {}
        for name, args in PAGES:
            with CaptureQueriesContext(connection) as captured:
                assert text_of(name, *args)
            counted[name] = len(captured)
        return counted

    load_files(PATHS, at=AT)
    with_few = statements()
    load_files([write(tmp_path, f"{kind}.json", many(kind, 1000)) for kind in KINDS], at=AT)

    assert statements() == with_few


# --- the command -----------------------------------------------------------------------------------------------


def run_command(*words: str) -> int:
    """`jardam record …` as the dispatcher runs it."""
    parser = argparse.ArgumentParser(prog="jardam record")
    record_command.add_arguments(parser)
    return record_command.run(parser.parse_args(words))


def test_the_command_prints_a_line_for_each_file(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    status = run_command("load", *map(str, PATHS))

    said = capsys.readouterr()
    assert status == 0
    assert [line.partition(": ")[2] for line in said.out.splitlines()] == [
        "budgets: 26 new, 0 changed, 0 unchanged",
        "contests: 25 new, 0 changed, 0 unchanged",
        "municipalities: 13 new, 0 changed, 0 unchanged",
        "target_groups: 20 new, 0 changed, 0 unchanged",
    ]
    assert said.err == ""


def test_the_command_lists_every_fault_and_says_so_by_its_status(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad_one = changed("budgets", "2013-gsz-total-budget", lambda row: row.update(kgs="13900000"))
    bad_two = changed("budgets", "2019-gsz-total-budget", lambda row: row.update(sources=["ftp://dpi.kg"]))
    bad = write(tmp_path, "bad\x1b.json", file_of("budgets", bad_one, bad_two))

    status = run_command("load", str(bad), str(PATHS[1]))

    said = capsys.readouterr()
    assert status == 1
    assert "refused, nothing of it was loaded (faulty rows: 2)" in said.out
    assert "contests: 25 new" in said.out
    assert [line.split()[1:4] for line in said.err.splitlines()] == [
        ["row", "id", "field"],
        ["1", "2013-gsz-total-budget", "kgs"],
        ["2", "2019-gsz-total-budget", "sources[0]"],
    ]
    assert "\x1b" not in said.out + said.err


@pytest.mark.parametrize("words", [(), ("load",), ("read", "x.json"), ("load", "--force", "x.json")])
def test_a_wrong_command_line_has_a_status_of_its_own(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_command(*words)

    assert ended.value.code == 2
