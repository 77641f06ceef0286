"""An invented country's edition, written as a file: other criteria, another clock, another pass mark. If a
rule of the first country had crept into the code, this edition would show it."""

from __future__ import annotations

import shutil
from copy import deepcopy
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from jardam.rulebook.catalogue import FORMS
from jardam.rulebook.edition import Overlay, load_overlay

REGIMES = Path(__file__).parents[3] / "regimes"
UNKNOWN_KEY = "con.assets"


def names(text: str) -> dict[str, str]:
    return {"en": text}


VALUES: dict[str, Any] = {
    "eval.criteria": [
        {"code": "benefit", "names": names("Benefit"), "weight": 3, "scale": [1, 5], "minimum": 2},
        {"code": "price", "names": names("Price"), "weight": 1, "scale": [1, 5]},
    ],
    "eval.aggregation": "trimmed_mean",
    "eval.decimals": 3,
    "eval.score_step": "0.5",
    "eval.pass_mark": "3.5",
    "eval.tie_chain": ["higher_own_share", "higher_score_on:benefit", "lot_drawing"],
    "rev.clock": [
        {"stage": "admissibility", "term": ["2 working_days", "3 calendar_days"]},
        {"stage": "scoring", "term": "2 months"},
        {"stage": "sitting", "term": "48 hours"},
    ],
    "com.size_min": 5,
    "com.size_max": 5,
    "com.quorum": "> 1/2",
    "com.quorum_base": "entitled",
    "com.majority": ">= 3/5",
    "com.majority_base": "appointed",
    "com.casting_vote": False,
    "clock.day_ends": "24:00",
    "clock.roll_to_working_day": False,
    "app.max_amount": "none",
    "adm.mending": False,
}


@cache
def demonstration() -> Overlay:
    return load_overlay(REGIMES / "demonstration" / "grants.yaml")


def edition(**header: Any) -> dict[str, Any]:
    """The file as data: the demonstration's values where nothing else is said, all of them confirmed by its
    law."""
    overlay = demonstration()
    parameters: dict[str, Any] = {}
    for row in FORMS["grants"]:
        if row.key in VALUES:
            value = VALUES[row.key]
        elif row.key in overlay.values and row.key != UNKNOWN_KEY:
            value = row.type.plain(overlay.values[row.key])
        else:
            parameters[row.key] = {"status": "unknown"}
            continue
        parameters[row.key] = {
            "status": "confirmed",
            "value": value,
            "basis": {"act": "law", "article": "§ 1"},
        }
    return {
        "edition": "grants/xx-2020",
        "form": "grants",
        "jurisdiction": "XX",
        "title": {"en": "An invented law"},
        "valid_from": None,
        "valid_from_status": "confirmed",
        "valid_until": None,
        "revision": 1,
        "acts": [{"id": "law", "title": "Law X", "url": "https://example.org/law"}],
        "parameters": parameters,
    } | header


def plain(data: Any) -> Any:
    """Decimals as text, because yaml knows no exact numbers."""
    match data:
        case dict():
            return {key: plain(value) for key, value in data.items()}
        case list() | tuple():
            return [plain(value) for value in data]
        case Decimal():
            return str(data)
    return data


def write(folder: Path, data: dict[str, Any]) -> Path:
    """Write the file where its `edition` says it belongs."""
    path = folder / f"{data['edition']}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(plain(deepcopy(data)), allow_unicode=True, sort_keys=False), "utf-8")
    return path


def copy_of_shipped(folder: Path, *, pins: bool = True) -> Path:
    """The shipped folder, to be spoilt."""
    there = folder / "regimes"
    shutil.copytree(REGIMES, there)
    if not pins:
        (there / "pins.sha256").unlink()
    return there
