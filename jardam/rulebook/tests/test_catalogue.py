"""The catalogue is a sound table: every key once, typed, staged, with a label."""

import re

import pytest

from jardam.rulebook.catalogue import CATALOGUE, FORMS, keys_for, switches
from jardam.rulebook.values import STORED, BoolType

ROOMS = {
    "legal",
    "def",
    "cust",
    "clock",
    "needs",
    "prog",
    "bud",
    "ann",
    "app",
    "form",
    "elig",
    "com",
    "adm",
    "rev",
    "eval",
    "dec",
    "appeal",
    "con",
    "rep",
    "sig",
    "me",
    "sanc",
    "reg",
    "ret",
    "stats",
}


def test_every_key_stands_once():
    for rows in FORMS.values():
        keys = [row.key for row in rows]
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize("row", CATALOGUE.values(), ids=CATALOGUE)
def test_a_key_has_a_name_a_stage_and_a_label(row):
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", row.key)
    assert row.key.split(".")[0] in ROOMS
    assert row.stages
    assert row.label and row.label[0].islower() and not row.label.endswith(".")


@pytest.mark.parametrize("row", CATALOGUE.values(), ids=CATALOGUE)
def test_a_type_can_be_read_back_from_store(row):
    assert isinstance(STORED[row.type.name], type(row.type))


def test_labels_tell_keys_apart():
    labels = [row.label for row in CATALOGUE.values()]

    assert len(labels) == len(set(labels))


def test_only_claims_are_switches():
    assert all(isinstance(CATALOGUE[key].type, BoolType) for key in switches())
    assert {"adm.mending", "appeal.allowed", "dec.reserve_list", "prog.discussion_required"} <= set(switches())


def test_the_clock_is_needed_by_programmes_and_contests_alike():
    assert {"clock.day_ends", "clock.roll_to_working_day"} <= set(keys_for("programme")) & set(keys_for("contest"))


def test_every_step_of_the_road_has_its_keys():
    rooms = {key.split(".")[0] for key in keys_for("contest")}

    assert {"ann", "app", "elig", "com", "adm", "rev", "eval", "dec", "appeal", "con", "rep", "sig"} <= rooms


def test_overseeing_never_stops_a_contest():
    assert not set(keys_for("oversight")) & (set(keys_for("contest")) | set(keys_for("programme")))
