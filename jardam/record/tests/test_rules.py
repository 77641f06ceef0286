"""Every rule of data/record/README.md, each with a file that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jardam.record.rules.aliases import read_aliases, read_questions
from jardam.record.rules.money import FAMILIES, MONEY_KINDS
from jardam.record.rules.reading import SIZE_LIMIT, Fault, FileRefused, read

from .samples import KINDS, SHIPPED, as_bytes, changed, file_of, row, shipped

KEYS = {
    "budgets": "2025-crisis-centres-annual",
    "contests": "msd-2013",
    "municipalities": "batken-batken-oblast",
    "target_groups": "youth",
}


def faults_of(data: bytes) -> tuple[Fault, ...]:
    with pytest.raises(FileRefused) as refused:
        read(data)
    return refused.value.faults


def spoiled(kind: str, change: Callable[[Any], Any]) -> bytes:
    """A file with a good row and, after it, one that `change` has spoiled."""
    bad = changed(kind, KEYS[kind], change)
    good = next(one for one in shipped(kind)["rows"] if KEYS[kind] not in (one.get("id"), one.get("code")))
    return as_bytes(file_of(kind, good, bad))


def put(**values: Any) -> Callable[[Any], Any]:
    return lambda target: target.update(values)


def drop(key: str) -> Callable[[Any], Any]:
    return lambda target: target.pop(key)


def inside(*path: str | int) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """`inside("winners", 0)(drop("project"))` changes what stands at that path of the row."""

    def reach(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def at(target: Any) -> Any:
            for step in path:
                target = target[step]
            return change(target)

        return at

    return reach


DAY = {"text": "some day", "earliest": None, "latest": None}
FAULTS: list[tuple[str, Callable[[Any], Any], str, str]] = [
    # keys
    ("budgets", put(colour="red"), "colour", "unknown key"),
    ("budgets", drop("note"), "note", "the key is missing"),
    ("contests", drop("deadline"), "deadline", "the key is missing"),
    ("contests", inside("amounts", 0)(put(currency="KGS")), "amounts[0].currency", "unknown key"),
    ("contests", inside("amounts", 0)(drop("per")), "amounts[0].per", "the key is missing"),
    ("contests", inside("winners", 0)(drop("organisation")), "winners[0].organisation", "the key is missing"),
    ("contests", inside("winners", 0)(put(tin="1")), "winners[0].tin", "unknown key"),
    ("contests", inside("events", 1)(drop("when")), "events[1].when", "the key is missing"),
    ("contests", inside("events", 1, "when")(drop("latest")), "events[1].when.latest", "the key is missing"),
    ("contests", put(announced=DAY | {"day": 1}), "announced.day", "unknown key"),
    ("municipalities", drop("soate"), "soate", "the key is missing"),
    ("municipalities", put(tin=None), "tin", "unknown key"),
    ("target_groups", drop("levels"), "levels", "the key is missing"),
    # numbers
    ("budgets", put(kgs="28600000"), "kgs", "must be an integer, not a text"),
    ("budgets", put(kgs=True), "kgs", "must be an integer, not true or false"),
    ("budgets", put(kgs=-1), "kgs", "must not be less than 0"),
    ("budgets", put(kgs=28600000.0), "kgs", "must be an integer, not a fraction"),
    ("budgets", put(kgs=None), "kgs", "must be an integer, not null"),
    ("budgets", put(kgs=10**400), "kgs", "must not be more than 1000000000000000"),
    ("budgets", put(kgs=float("nan")), "kgs", "must be an integer, not NaN or Infinity"),
    ("budgets", put(year="2025"), "year", "must be an integer, not a text"),
    ("budgets", put(year=20255), "year", "must not be more than 2100"),
    ("contests", put(lots=False), "lots", "must be an integer, not true or false"),
    ("contests", put(projects_awarded=1.5), "projects_awarded", "must be an integer, not a fraction"),
    ("contests", inside("amounts", 0)(put(kgs="1")), "amounts[0].kgs", "must be an integer, not a text"),
    (
        "contests",
        inside("winners", 0)(put(amount_kgs=-5)),
        "winners[0].amount_kgs",
        "must not be less than 0",
    ),
    (
        "contests",
        put(applications={"count": "88", "counts": "organisations"}),
        "applications.count",
        "must be an integer, not a text",
    ),
    ("municipalities", put(years=[2018, "2019"]), "years[1]", "must be an integer, not a text"),
    ("target_groups", put(years=[True]), "years[0]", "must be an integer, not true or false"),
    # other types
    ("budgets", put(is_gsz=1), "is_gsz", "must be true or false, not an integer"),
    ("budgets", put(is_gsz="true"), "is_gsz", "must be true or false, not a text"),
    ("budgets", put(body_text=None), "body_text", "must be a text, not null"),
    ("budgets", put(subject=7), "subject", "must be a text, not an integer"),
    ("budgets", put(subject="  "), "subject", "is empty"),
    ("budgets", put(sources="https://dpi.kg/"), "sources", "must be a list, not a text"),
    ("contests", put(winners=None), "winners", "must be a list, not null"),
    ("contests", put(target_groups_text="youth"), "target_groups_text", "must be a list, not a text"),
    ("contests", put(announced="2019-06-21"), "announced", "must be an object, not a text"),
    ("contests", put(notes="a\0b"), "notes", "contains a control character or one that is no character"),
    ("contests", put(notes="\ud800"), "notes", "contains a control character or one that is no character"),
    ("contests", put(theme="x" * 10_001), "theme", "longer than 10000 characters"),
    ("municipalities", put(soate="unknown"), "soate", "must be written in digits only"),
    (
        "municipalities",
        put(named_in_2019_press_release="yes"),
        "named_in_2019_press_release",
        "must be true or false, not a text",
    ),
    # words of closed lists
    ("budgets", put(level="oblast"), "level", "must be one of: 'republican', 'municipal' or 'all'"),
    ("budgets", put(kind="spent"), "kind", f"must be one of: {', '.join(MONEY_KINDS)}"),
    (
        "contests",
        put(type="tender"),
        "type",
        "must be one of: 'contest', 'voucher_programme', 'year_total' or 'mention'",
    ),
    (
        "contests",
        inside("amounts", 0)(put(per="lot")),
        "amounts[0].per",
        "must be one of: 'all' or 'project'",
    ),
    (
        "contests",
        put(applications={"count": 88, "counts": "people"}),
        "applications.counts",
        "must be one of: 'organisations', 'applications' or 'families'",
    ),
    # days
    (
        "contests",
        put(announced=DAY | {"earliest": "21.06.2019"}),
        "announced.earliest",
        "must be a date YYYY-MM-DD or null",
    ),
    (
        "contests",
        put(announced=DAY | {"latest": "2019-02-30"}),
        "announced.latest",
        "2019-02-30 is not a day of the calendar",
    ),
    (
        "contests",
        put(deadline=DAY | {"latest": 2019}),
        "deadline.latest",
        "must be a date YYYY-MM-DD or null",
    ),
    (
        "contests",
        put(deadline=DAY | {"latest": "20190601"}),
        "deadline.latest",
        "must be a date YYYY-MM-DD or null",
    ),
    (
        "contests",
        put(deadline=DAY | {"earliest": "2019-06-02", "latest": "2019-06-01"}),
        "deadline",
        "earliest is after latest",
    ),
    (
        "contests",
        inside("events", 0, "when")(put(earliest="2013-13-01")),
        "events[0].when.earliest",
        "2013-13-01 is not a day of the calendar",
    ),
    # sources
    *(
        ("budgets", put(sources=["https://dpi.kg/", bad]), "sources[1]", "must be an http(s) address")
        for bad in (
            "",
            "dpi.kg",
            "ftp://dpi.kg/",
            "javascript:alert(1)",
            "http://",
            "https:///x",
            "https://dpi.kg/a b",
            "http://[1",
            "https://dpi.kg:x/",
            ' https://dpi.kg/"',
        )
    ),
    ("target_groups", put(sources=[None]), "sources[0]", "must be a text, not null"),
    # ids
    *(
        ("budgets", put(id=bad), "id", "must be one trimmed line of text without '/', not beginning with '.'")
        for bad in ("", " x", "a/b", "..", "a\nb")
    ),
    ("budgets", put(id=5), "id", "must be a text, not an integer"),
    ("budgets", put(id="x" * 201), "id", "longer than 200 characters"),
]


FAULT_IDS = [f"{fault[0]}-{fault[2]}-{number}" for number, fault in enumerate(FAULTS)]


@pytest.mark.parametrize(
    ("kind", "change", "field", "reason"), FAULTS, ids=[f"{f[0]}-{f[2]}-{n}" for n, f in enumerate(FAULTS)]
)
def test_a_fault_refuses_the_file_and_says_where_and_why(
    kind: str, change: Callable[[Any], Any], field: str, reason: str
) -> None:
    faults = faults_of(spoiled(kind, change))

    assert [(fault.row, fault.field, fault.reason) for fault in faults] == [(2, field, reason)]


@pytest.mark.parametrize(
    ("data", "field", "reason"),
    [
        (b"", "", "not JSON: Expecting value (line 1, column 1)"),
        (b'{"schema": ', "", "not JSON: Expecting value (line 1, column 12)"),
        (b"\xff\xfe", "", "not UTF-8: byte 0 cannot be read"),
        (b"[" * 100_000, "", "not JSON that can be read: a number too long or too many levels"),
        (b'{"x": ' + b"9" * 5000 + b"}", "", "not JSON that can be read: a number too long or too many levels"),
        (b"[]", "", "the file must be an object with schema, kind and rows"),
        (as_bytes({"schema": "jardam-record/2", "kind": "budgets", "rows": []}), "schema",
         "unknown schema: only jardam-record/1 is read"),
        (as_bytes({"schema": "jardam-record/1", "kind": "votes", "rows": []}), "kind",
         "unknown kind: one of budgets, contests, municipalities, target_groups is read"),
        (as_bytes({"schema": "jardam-record/1", "kind": ["budgets"], "rows": []}), "kind",
         "unknown kind: one of budgets, contests, municipalities, target_groups is read"),
        (as_bytes({"schema": "jardam-record/1", "kind": "budgets"}), "rows", "the key is missing"),
        (as_bytes({"schema": "jardam-record/1", "kind": "budgets", "rows": {}}), "rows", "must be a list"),
        (as_bytes(file_of("budgets") | {"author": "x"}), "author", "unknown key"),
        (b'{"schema": "jardam-record/1", "kind": "budgets", "kind": "contests", "rows": []}', "kind",
         "the key stands twice"),
        (b" " * (SIZE_LIMIT + 1), "", "the file is larger than 16 MiB"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_record_is_refused(data: bytes, field: str, reason: str) -> None:
    assert faults_of(data) == (Fault(reason, field=field),)


def test_a_row_that_is_no_object_is_refused() -> None:
    assert faults_of(as_bytes(file_of("budgets", 5))) == (Fault("must be an object, not an integer", 1),)


def test_a_key_that_stands_twice_in_a_row_is_refused() -> None:
    data = as_bytes(shipped("contests")).replace(b'"text": "summer 2019"', b'"text": "x", "text": "y"')

    (fault,) = faults_of(data)

    assert (fault.id, fault.field) == ("karakol-2019", "events[0].when.text")
    assert fault.reason == "the key stands twice"


@pytest.mark.parametrize("kind", KINDS)
def test_an_id_twice_in_one_file_is_refused(kind: str) -> None:
    rows = shipped(kind)["rows"]
    name = "code" if kind == "target_groups" else "id"

    faults = faults_of(as_bytes(file_of(kind, *rows, rows[0])))

    assert faults == (Fault("the same id as in row 1", len(rows) + 1, rows[0][name], name),)


def test_every_bad_row_is_listed_in_the_order_of_the_file() -> None:
    rows = shipped("budgets")["rows"]
    rows[3]["kgs"], rows[3]["year"], rows[0]["level"], rows[9]["id"] = "1", -1, None, rows[8]["id"]

    faults = faults_of(as_bytes(file_of("budgets", *rows)))

    assert [(f.row, f.field) for f in faults] == [(1, "level"), (4, "year"), (4, "kgs"), (10, "id")]
    assert [f.id for f in faults] == [rows[0]["id"], rows[3]["id"], rows[3]["id"], rows[8]["id"]]


def test_what_a_fault_repeats_of_the_file_is_short_and_printable() -> None:
    rows = [{"id": "x" * 5000 + "\x1b[2J"}, {"id": "\x1b[2J"}]

    faults = faults_of(as_bytes(file_of("budgets", *rows)))

    assert {len(fault.id) for fault in faults} == {80, 4}
    assert all(fault.id.isprintable() for fault in faults)


def test_a_deep_value_is_a_fault_and_no_crash() -> None:
    data = as_bytes(file_of("budgets", row("budgets", KEYS["budgets"]))).replace(
        b'"note": null', b'"note": ' + b"[" * 300 + b"]" * 300
    )

    assert [fault.field for fault in faults_of(data)] == ["note"]


# --- what is accepted ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_files_are_read_without_a_change(kind: str) -> None:
    file = read((SHIPPED / f"{kind}.json").read_bytes())

    for read_row, raw in zip(file.rows, shipped(kind)["rows"], strict=True):
        left_out = {"place": None, "note": None, "beneficiaries": None}
        if "winners" in raw:
            raw["winners"] = [left_out | winner for winner in raw["winners"]]
        assert read_row.content == raw


def test_null_is_accepted_where_the_source_may_be_silent() -> None:
    silent = ("programme", "theme", "lots", "target_groups_text", "announced", "deadline", "applications")

    (read_row,) = read(as_bytes(file_of("contests", row("contests", "moh-2019")))).rows

    assert all(read_row.content[key] is None for key in silent)


def test_text_is_brought_to_one_form() -> None:
    spaced = changed("budgets", KEYS["budgets"], put(note="  и\u0306  ", qualifier=""))

    (read_row,) = read(b"\xef\xbb\xbf" + as_bytes(file_of("budgets", spaced))).rows

    assert read_row.content["note"] == "й"
    assert read_row.content["qualifier"] is None


def test_a_winner_may_leave_out_what_older_files_do_not_know() -> None:
    spelled = changed("contests", "karakol-2019", inside("winners", 0)(put(place=None, note=None)))

    (short,) = read(as_bytes(file_of("contests", row("contests", "karakol-2019")))).rows
    (full,) = read(as_bytes(file_of("contests", spelled))).rows

    assert short.content == full.content


@pytest.mark.parametrize(
    ("key", "years"),
    [
        ("karakol-2019", (2019,)),
        ("moes-voucher-2024-2026", (2024, 2025, 2026)),
        ("moes-copay-2019", (2019, 2020)),
        ("msd-2014-centres", (2014,)),
    ],
)
def test_a_contest_is_filed_under_the_years_of_its_id_and_of_its_days(key: str, years: tuple[int, ...]) -> None:
    (contest,) = read(as_bytes(file_of("contests", row("contests", key)))).rows

    assert contest.years == years


# --- money and aliases --------------------------------------------------------------------------------------


def test_every_money_kind_of_the_format_belongs_to_a_family() -> None:
    assert set(MONEY_KINDS) == {
        "announced_additional", "budget", "allocated", "contest_budget", "annual", "awarded", "ceiling",
        "spent_jan_oct", "increase", "not_stated",
    }  # fmt: skip
    assert {kind.family for kind in MONEY_KINDS.values()} == set(FAMILIES)


def test_a_change_a_ceiling_and_a_part_of_a_year_are_never_levels() -> None:
    kinds = ("increase", "announced_additional", "ceiling", "spent_jan_oct", "not_stated")

    assert not any(FAMILIES[MONEY_KINDS[kind].family].is_level for kind in kinds)


def test_aliases_lead_only_to_rows_that_exist() -> None:
    table = read_aliases((SHIPPED / "aliases.yaml").read_bytes())
    places = {one["id"] for one in shipped("municipalities")["rows"]}

    assert {alias.place for alias in table.customers.aliases if alias.place} <= places
    assert places <= set(table.places.by_key)
    assert set(table.groups.by_key) <= {one["code"] for one in shipped("target_groups")["rows"]}


def test_a_text_that_no_alias_matches_stays_a_text() -> None:
    table = read_aliases((SHIPPED / "aliases.yaml").read_bytes())

    assert table.customers.matching("republican social-protection bodies") == ()
    assert table.places.matching("Kyzyl-Oktyabr") == ()  # there are two of that name
    assert table.customers.folded("no such customer") == []


def test_a_text_naming_two_customers_stands_under_both() -> None:
    table = read_aliases((SHIPPED / "aliases.yaml").read_bytes())

    both = table.customers.matching("SUMBULA and Toguz-Bulak aiyl okmotu (two separate contests)")

    assert [alias.key for alias in both] == ["sumbula", "toguz-bulak"]


def test_the_project_invents_no_code() -> None:
    text = (SHIPPED / "aliases.yaml").read_text("utf-8")

    assert not any(len(word) >= 10 and word.isdigit() for word in text.split())


def test_open_questions_are_kept_as_data() -> None:
    assert len(read_questions((SHIPPED / "open_questions.yaml").read_bytes())) == 10
