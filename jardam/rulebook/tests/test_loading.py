"""The loader refuses a faulty folder with every fault of every file, each with file, key and reason."""

from datetime import date

import pytest

from jardam.rulebook.calendars import load_calendar
from jardam.rulebook.catalogue import CATALOGUE, keys_for
from jardam.rulebook.edition import EditionFault, load_editions, load_overlay
from jardam.rulebook.reading import pin_faults

from . import foreign

START = date(2020, 1, 1)
LOADED = load_editions(foreign.REGIMES)


def faults_of(folder):
    with pytest.raises(EditionFault) as caught:
        load_editions(folder)
    return [(fault.file, fault.key, fault.reason) for fault in caught.value.faults]


def spoilt(tmp_path, change):
    data = foreign.edition(valid_from=START)
    change(data)
    foreign.write(tmp_path, data)
    return faults_of(tmp_path)


# --- what is shipped
# -------------------------------------------------------------------------------------------


def test_the_shipped_editions_load_with_their_exact_validity():
    assert [(e.key, e.valid_from, e.valid_until) for e in LOADED] == [
        ("grants/2008-162", date(2008, 7, 21), date(2017, 5, 27)),
        ("grants/2017-70", date(2017, 5, 27), date(2017, 12, 15)),
        ("grants/2017-814", date(2017, 12, 15), date(2022, 11, 25)),
        ("grants/2022-604", date(2022, 11, 25), None),
    ]


def test_only_the_start_of_814_is_assumed():
    assert [e.key for e in LOADED if e.valid_from_status == "assumed"] == ["grants/2017-814"]


@pytest.mark.parametrize("edition", LOADED, ids=lambda e: e.key)
def test_a_shipped_edition_is_a_complete_snapshot(edition):
    assert list(edition.parameters) == list(CATALOGUE)


@pytest.mark.parametrize("edition", LOADED, ids=lambda e: e.key)
def test_what_is_confirmed_names_act_and_address_and_nothing_else_has_a_value(edition):
    for one in edition.parameters.values():
        if one.status == "confirmed":
            assert one.basis.kind == "law" and one.basis.act and one.basis.url.startswith("http")
        else:
            assert (one.status, one.value, one.basis) == ("unknown", None, None)


@pytest.mark.parametrize("edition", LOADED, ids=lambda e: e.key)
def test_no_term_share_or_mark_is_shipped_as_law(edition):
    """law.md: no statutory deadline, quorum, score, share or ceiling could be read."""
    numbers = {"term", "share", "money", "percent", "decimal", "int", "stages", "criteria"}

    known = {key for key, one in edition.parameters.items() if one.is_known}
    assert not {key for key in known if CATALOGUE[key].type.name in numbers}


def test_every_shipped_file_is_pinned():
    assert pin_faults(foreign.REGIMES) == []
    pinned = (foreign.REGIMES / "pins.sha256").read_text().split()[1::2]
    assert sorted(pinned) == sorted(
        path.relative_to(foreign.REGIMES).as_posix() for path in foreign.REGIMES.rglob("*.yaml")
    )


def test_the_demonstration_assumes_every_key_a_programme_or_a_contest_may_need():
    assert set(foreign.demonstration().values) == set(keys_for("programme")) | set(keys_for("contest"))


def test_the_shipped_calendar_loads():
    assert load_calendar(foreign.REGIMES).version.startswith("KG:holidays-")


# --- pins
# ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["grants/2008-162.yaml", "grants/2022-604.yaml", "demonstration/grants.yaml", "calendars/KG.yaml"]
)
def test_one_changed_byte_in_a_pinned_file_stops_the_start(tmp_path, name):
    folder = foreign.copy_of_shipped(tmp_path)
    with (folder / name).open("a") as file:
        file.write(" ")

    ((file_name, _, reason),) = faults_of(folder)

    assert file_name == name
    assert "changed after it was pinned" in reason


def test_a_pinned_file_that_is_gone_stops_the_start(tmp_path):
    folder = foreign.copy_of_shipped(tmp_path)
    (folder / "grants/2008-162.yaml").unlink()

    assert faults_of(folder) == [("grants/2008-162.yaml", "", "is pinned and missing")]


def test_a_file_beside_the_pinned_ones_stops_the_start(tmp_path):
    folder = foreign.copy_of_shipped(tmp_path)
    foreign.write(folder, foreign.edition(valid_from=START))

    assert faults_of(folder) == [("grants/xx-2020.yaml", "", "is not listed in pins.sha256")]


# --- keys
# ------------------------------------------------------------------------------------------------------


def test_a_missing_key_is_a_fault(tmp_path):
    assert spoilt(tmp_path, lambda d: d["parameters"].pop("com.quorum")) == [
        ("grants/xx-2020.yaml", "com.quorum", "missing")
    ]


def test_an_unexpected_key_is_a_fault(tmp_path):
    found = spoilt(tmp_path, lambda d: d["parameters"].update({"com.quorom": {"status": "unknown"}}))

    assert found == [("grants/xx-2020.yaml", "com.quorom", "unexpected")]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("com.size_min", "seven"),
        ("com.size_min", True),
        ("com.quorum", "half"),
        ("app.cofin_min_pct", 101),
        ("app.max_amount", 500000),
        ("adm.cure_term", 72),
        ("adm.mending", "often"),
        ("dec.no_bid_rule", "sing"),
        ("elig.types", ["non_profit", "non_profit"]),
        ("eval.tie_chain", ["by_name"]),
        ("eval.tie_chain", ["higher_score_on:"]),
        ("rev.clock", [{"stage": "lunch", "term": "1 hours"}]),
        ("app.documents", [{"code": "charter", "names": {"en": "Charter"}, "mandatory": "maybe"}]),
        ("adm.grounds", [{"code": "late"}]),
    ],
)
def test_a_value_of_the_wrong_type_is_a_fault(tmp_path, key, value):
    ((file, found, _),) = spoilt(tmp_path, lambda d: d["parameters"][key].update(value=value))

    assert (file, found) == ("grants/xx-2020.yaml", key)


def test_a_confirmed_value_without_a_basis_is_a_fault(tmp_path):
    assert spoilt(tmp_path, lambda d: d["parameters"]["com.quorum"].pop("basis")) == [
        ("grants/xx-2020.yaml", "com.quorum", "is confirmed and names no basis")
    ]


def test_a_confirmed_key_without_a_value_is_a_fault(tmp_path):
    ((_, key, reason),) = spoilt(tmp_path, lambda d: d["parameters"]["com.quorum"].pop("value"))

    assert key == "com.quorum"
    assert reason.startswith("no value")


def test_an_unknown_key_with_a_value_is_a_fault(tmp_path):
    found = spoilt(tmp_path, lambda d: d["parameters"]["com.quorum"].update(status="unknown"))

    assert found == [("grants/xx-2020.yaml", "com.quorum", "is unknown and yet has a value")]


@pytest.mark.parametrize("status", ["assumed", "adopted", "guessed"])
def test_a_file_only_confirms_or_does_not_know(tmp_path, status):
    ((_, key, _),) = spoilt(tmp_path, lambda d: d["parameters"]["com.quorum"].update(status=status))

    assert key == "com.quorum.status"


def test_a_basis_in_an_act_that_is_not_listed_is_a_fault(tmp_path):
    ((_, key, reason),) = spoilt(tmp_path, lambda d: d["parameters"]["com.quorum"]["basis"].update(act="rumour"))

    assert key == "com.quorum"
    assert "'rumour'" in reason


def test_an_unexpected_word_beside_a_value_is_a_fault(tmp_path):
    found = spoilt(tmp_path, lambda d: d["parameters"]["com.quorum"].update(colour="red"))

    assert found == [("grants/xx-2020.yaml", "com.quorum.colour", "unexpected")]


def test_rules_that_contradict_each_other_are_a_fault(tmp_path):
    def change(data):
        data["parameters"]["eval.tie_chain"]["value"] = ["higher_score_on:beauty"]
        data["parameters"]["eval.pass_mark"]["value"] = "5.001"
        data["parameters"]["com.size_max"]["value"] = 3

    keys = [key for _, key, _ in spoilt(tmp_path, change)]

    assert sorted(keys) == ["com.size_max", "eval.pass_mark", "eval.tie_chain"]


# --- the file
# --------------------------------------------------------------------------------------------------


def test_a_key_that_stands_twice_is_a_fault(tmp_path):
    path = foreign.write(tmp_path, foreign.edition(valid_from=START))
    path.write_text(path.read_text() + "  com.quorum: {status: unknown}\n")

    assert ("grants/xx-2020.yaml", "com.quorum", "stands twice") in faults_of(tmp_path)


def test_a_heading_that_stands_twice_is_a_fault(tmp_path):
    path = foreign.write(tmp_path, foreign.edition(valid_from=START))
    path.write_text("revision: 1\n" + path.read_text())

    assert ("grants/xx-2020.yaml", "revision", "stands twice") in faults_of(tmp_path)


@pytest.mark.parametrize("text", ["{", "\tkey: 1", "a: &x [*x, b: c", "valid_from: 2020-05-45", ""])
def test_a_file_that_is_no_edition_is_a_fault(tmp_path, text):
    (tmp_path / "grants").mkdir()
    (tmp_path / "grants" / "broken.yaml").write_text(text)

    assert faults_of(tmp_path)[0][0] == "grants/broken.yaml"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"edition": "grants/xx-2020", "form": "vouchers"}, "form"),
        ({"jurisdiction": "Kyrgyz Republic"}, "jurisdiction"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"valid_until": START}, "valid_until"),
        ({"revision": 0}, "revision"),
        ({"acts": []}, "acts"),
        ({"title": {}}, "title"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_faulty_head_is_a_fault(tmp_path, change, key):
    ((_, found, _),) = spoilt(tmp_path, lambda d: d.update(change))

    assert found == key


def test_a_file_lies_where_its_name_says(tmp_path):
    path = foreign.write(tmp_path, foreign.edition(valid_from=START))
    path.rename(path.with_name("other.yaml"))

    ((_, key, reason),) = faults_of(tmp_path)

    assert key == "edition"
    assert "'grants/other'" in reason


def test_an_act_listed_twice_is_a_fault(tmp_path):
    ((_, key, _),) = spoilt(tmp_path, lambda d: d["acts"].append(d["acts"][0]))

    assert key == "acts"


def test_a_folder_of_no_form_is_a_fault(tmp_path):
    data = foreign.edition(valid_from=START, edition="loans/xx-2020")
    foreign.write(tmp_path, foreign.edition(valid_from=START))
    foreign.write(tmp_path, data)

    assert faults_of(tmp_path) == [("loans", "", "is no form of order")]


def test_an_empty_folder_is_a_fault(tmp_path):
    assert [reason for _, _, reason in faults_of(tmp_path)] == ["holds no edition"]


def test_all_faults_of_all_files_come_together(tmp_path):
    one = foreign.edition(valid_from=START)
    one["parameters"].pop("com.quorum")
    one["parameters"]["com.majority"]["value"] = "half"
    two = foreign.edition(valid_from=date(2024, 1, 1), edition="grants/xx-2024", revision=0)
    foreign.write(tmp_path, one)
    foreign.write(tmp_path, two)

    assert [(file, key) for file, key, _ in faults_of(tmp_path)] == [
        ("grants/xx-2020.yaml", "com.quorum"),
        ("grants/xx-2020.yaml", "com.majority"),
        ("grants/xx-2024.yaml", "revision"),
    ]


# --- validity
# --------------------------------------------------------------------------------------------------


def test_two_editions_that_overlap_are_a_fault(tmp_path):
    foreign.write(tmp_path, foreign.edition(valid_from=START, valid_until=date(2024, 1, 2)))
    foreign.write(tmp_path, foreign.edition(valid_from=date(2024, 1, 1), edition="grants/xx-2024"))

    assert faults_of(tmp_path) == [("grants/xx-2024.yaml", "valid_from", "overlaps with grants/xx-2020")]


def test_two_editions_from_the_same_day_are_a_fault(tmp_path):
    foreign.write(tmp_path, foreign.edition(valid_from=START))
    foreign.write(tmp_path, foreign.edition(valid_from=START, edition="grants/xx-2020b"))

    assert [key for _, key, _ in faults_of(tmp_path)] == ["valid_from"]


def test_an_edition_may_begin_on_the_day_another_ends(tmp_path):
    foreign.write(tmp_path, foreign.edition(valid_from=START, valid_until=date(2024, 1, 1)))
    foreign.write(tmp_path, foreign.edition(valid_from=date(2024, 1, 1), edition="grants/xx-2024"))

    assert len(load_editions(tmp_path)) == 2


def test_an_open_edition_ends_where_the_next_begins_without_being_edited(tmp_path):
    path = foreign.write(tmp_path, foreign.edition(valid_from=START))
    before = path.read_bytes()
    foreign.write(tmp_path, foreign.edition(valid_from=date(2024, 1, 1), edition="grants/xx-2024"))

    assert [e.valid_until for e in load_editions(tmp_path)] == [date(2024, 1, 1), None]
    assert path.read_bytes() == before


# --- overlay and calendar
# --------------------------------------------------------------------------------------


def test_an_overlay_names_all_its_faults(tmp_path):
    path = tmp_path / "demonstration" / "grants.yaml"
    path.parent.mkdir()
    path.write_text(
        "overlay: demonstration\nform: grants\nparameters:\n"
        "  com.quorum: {value: half}\n  com.quorom: {value: 1}\n"
        "  com.term: {value: none}\n  com.term: {value: none}\n"
    )

    with pytest.raises(EditionFault) as caught:
        load_overlay(path)

    assert [fault.key for fault in caught.value.faults] == ["com.term", "com.quorum", "com.quorom"]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("[{day: 2027-03-10, working: false, basis: ''}]", "at least 1 character"),
        ("[{day: 2027-03-10, working: maybe, basis: Act}]", "boolean"),
        ("[{day: soon, working: false, basis: Act}]", "date"),
        (
            "[{day: 2027-03-10, working: true, basis: A}, {day: 2027-03-10, working: true, basis: B}]",
            "stands twice",
        ),
    ],
)
def test_a_calendar_names_its_faults(tmp_path, rows, reason):
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "KG.yaml").write_text(f"calendar: KG\noverrides: {rows}\n")

    with pytest.raises(EditionFault, match=reason):
        load_calendar(tmp_path)


def test_a_country_without_a_calendar_file_is_a_fault(tmp_path):
    with pytest.raises(EditionFault, match=r"calendars/KG\.yaml: cannot be read"):
        load_calendar(tmp_path)


def test_a_calendar_with_an_override_uses_it(tmp_path):
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "KG.yaml").write_text(
        "calendar: KG\noverrides: [{day: 2027-03-10, working: false, basis: Act 1}]\n"
    )

    assert not load_calendar(tmp_path).is_working_day(date(2027, 3, 10))
