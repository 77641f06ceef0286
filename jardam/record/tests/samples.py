"""Files of the record for tests: the shipped ones, and files of the same shape written from them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).resolve().parents[3] / "data" / "record"
KINDS = ("budgets", "contests", "municipalities", "target_groups")
PATHS = [SHIPPED / f"{kind}.json" for kind in KINDS]
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)

Raw = dict[str, Any]


def shipped(kind: str) -> Raw:
    """A fresh copy of a shipped file."""
    return json.loads((SHIPPED / f"{kind}.json").read_text("utf-8"))


def row(kind: str, key: str) -> Raw:
    return next(one for one in shipped(kind)["rows"] if key in (one.get("id"), one.get("code")))


def file_of(kind: str, *rows: Raw) -> Raw:
    return {"schema": "jardam-record/1", "kind": kind, "rows": list(rows)}


def as_bytes(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=True).encode()


def changed(kind: str, key: str, change: Callable[[Raw], Any]) -> Raw:
    """The shipped row after `change` has been at it."""
    copied = copy.deepcopy(row(kind, key))
    change(copied)
    return copied


def write(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else as_bytes(content))
    return path


def many(kind: str, count: int) -> Raw:
    """A file of `count` new rows shaped like the shipped ones, their ids numbered."""
    name = "code" if kind == "target_groups" else "id"
    rows = shipped(kind)["rows"]
    made = [rows[n % len(rows)] | {name: f"{rows[n % len(rows)][name]}-n{n:05}"} for n in range(count)]
    return file_of(kind, *made)
