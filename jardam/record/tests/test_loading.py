"""Loading: what changes nothing, what is corrected, what is refused, what stays readable."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from jardam.record import queries
from jardam.record.models import ROW_MODELS, ContestRow, EarlierVersion, FigureRow, LoadedFile
from jardam.record.operations import load_files

from .samples import AT, KINDS, LATER, PATHS, changed, file_of, many, row, shipped, write

pytestmark = pytest.mark.django_db
FIGURE = "2025-crisis-centres-annual"


def test_the_four_shipped_files_load() -> None:
    report = load_files(PATHS, at=AT)

    assert not report.is_refused
    assert [(f.kind, f.new, f.changed, f.same) for f in report.files] == [
        (kind, len(shipped(kind)["rows"]), 0, 0) for kind in KINDS
    ]
    for kind in KINDS:
        keys = {one.get("id") or one.get("code") for one in shipped(kind)["rows"]}
        assert set(ROW_MODELS[kind]._default_manager.values_list("key", flat=True)) == keys


def test_loading_the_same_again_changes_nothing() -> None:
    load_files(PATHS, at=AT)

    again = load_files(PATHS, at=LATER)

    assert [(f.new, f.changed, f.same) for f in again.files] == [(0, 0, len(shipped(kind)["rows"])) for kind in KINDS]
    assert not EarlierVersion.objects.exists()
    assert {one.version for model in ROW_MODELS.values() for one in model._default_manager.all()} == {1}


def test_the_same_content_in_another_order_and_layout_changes_nothing(tmp_path: Path) -> None:
    load_files(PATHS[:1], at=AT)
    content = shipped("budgets")
    turned = [dict(reversed(one.items())) for one in reversed(content["rows"])]

    report = load_files([write(tmp_path, "turned.json", file_of("budgets", *turned))], at=LATER)

    assert report.files[0].same == len(turned)


def test_a_correction_updates_the_row_and_keeps_what_it_said_before(tmp_path: Path) -> None:
    load_files(PATHS, at=AT)
    corrected = changed("budgets", FIGURE, lambda one: one.update(kgs=28_000_000, qualifier="about"))
    path = write(tmp_path, "correction.json", file_of("budgets", corrected))

    report = load_files([path], at=LATER)

    assert (report.files[0].new, report.files[0].changed, report.files[0].same) == (0, 1, 0)
    stored = FigureRow.objects.get(key=FIGURE)
    assert (stored.kgs, stored.version, stored.file.name) == (28_000_000, 2, "correction.json")
    history = queries.history("budgets", FIGURE)
    assert [one.version for one in history.versions] == [2, 1]
    first = queries.history("budgets", FIGURE, 1).shown
    assert ("kgs", "28600000") in first.said
    assert first.changed == ("kgs", "qualifier")
    assert (first.since, first.until) == (AT, LATER)


def test_going_back_to_what_was_said_before_is_one_more_version(tmp_path: Path) -> None:
    load_files(PATHS, at=AT)
    corrected = changed("budgets", FIGURE, lambda one: one.update(kgs=1))
    load_files([write(tmp_path, "a.json", file_of("budgets", corrected))], at=LATER)

    load_files([write(tmp_path, "b.json", file_of("budgets", row("budgets", FIGURE)))], at=LATER)

    assert [dict(one.said)["kgs"] for one in queries.history("budgets", FIGURE).versions] == [
        "28600000",
        "1",
        "28600000",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_other_files_of_the_same_shape_load_with_new_ids(kind: str, tmp_path: Path) -> None:
    load_files(PATHS, at=AT)

    report = load_files([write(tmp_path, "more.json", many(kind, 40))], at=LATER)

    assert (report.files[0].new, report.files[0].changed) == (40, 0)


def test_a_bad_file_among_good_ones_is_refused_alone_and_whole(tmp_path: Path) -> None:
    rows = shipped("contests")["rows"]
    rows[-1]["lots"] = "3"
    bad = write(tmp_path, "bad.json", file_of("contests", *rows))

    report = load_files([PATHS[0], bad, tmp_path / "absent.json", tmp_path, PATHS[2]], at=AT)

    assert report.is_refused
    assert [f.is_refused for f in report.files] == [False, True, True, True, False]
    assert [f.faults[0].reason for f in report.files if f.is_refused] == [
        "must be an integer, not a text",
        "there is no such file",
        "not a file",
    ]
    assert not ContestRow.objects.exists()
    assert FigureRow.objects.count() == len(shipped("budgets")["rows"])


def test_a_faulty_correction_leaves_the_row_as_it_was(tmp_path: Path) -> None:
    load_files(PATHS, at=AT)
    good = changed("budgets", FIGURE, lambda one: one.update(kgs=1))
    bad = changed("budgets", "2013-gsz-total-budget", lambda one: one.update(kgs=-1))

    load_files([write(tmp_path, "x.json", file_of("budgets", good, bad))], at=LATER)

    assert FigureRow.objects.get(key=FIGURE).kgs == 28_600_000
    assert not EarlierVersion.objects.exists()


def test_every_load_is_logged_with_its_counts_or_its_faults(tmp_path: Path) -> None:
    bad = write(tmp_path, "bad.json", b"{")

    load_files([PATHS[0], bad], at=AT)

    used, refused = LoadedFile.objects.order_by("id")
    assert (used.name, used.kind, used.new, used.at, len(used.sha256)) == ("budgets.json", "budgets", 26, AT, 64)
    assert (refused.is_refused, refused.kind, refused.new) == (True, "", 0)
    assert refused.faults[0]["reason"].startswith("not JSON")


@pytest.mark.parametrize("model", [LoadedFile, EarlierVersion])
def test_the_log_and_the_earlier_versions_cannot_be_rewritten(model: type, tmp_path: Path) -> None:
    load_files(PATHS, at=AT)
    corrected = changed("budgets", FIGURE, lambda one: one.update(kgs=1))
    load_files([write(tmp_path, "a.json", file_of("budgets", corrected))], at=LATER)

    for verb in (lambda rows: rows.update(kind="contests"), lambda rows: rows._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            verb(model._default_manager.all())


def test_no_journal_record_comes_of_a_load() -> None:
    from jardam.journal.models import Record

    load_files(PATHS, at=AT)

    assert not Record.objects.exists()


def test_a_file_with_a_name_that_is_no_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / "b\udcffd\x1b.json"
    path.write_bytes(PATHS[0].read_bytes())

    report = load_files([path], at=AT)

    assert not report.is_refused
    assert LoadedFile.objects.get().name == "b?d.json"
