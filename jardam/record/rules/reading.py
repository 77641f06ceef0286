"""Reading one file of the record: all of it, or a list of everything that is wrong with it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from .rows import ROW_TYPES, Row

SCHEMA = "jardam-record/1"
SIZE_LIMIT = 16 * 1024 * 1024
ROW_LIMIT = 50_000
DEPTH_LIMIT = 8
_KEYS = ("schema", "kind", "rows")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a file is refused. `row` counts from 1, None when the file itself is at fault; `id` as far as
    readable; `field` is a path such as `winners[0].amount_kgs`."""

    reason: str
    row: int | None = None
    id: str = ""
    field: str = ""


class FileRefused(Exception):
    """Nothing of the file is used, for these faults (at least one)."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("; ".join(fault.reason for fault in faults))


@dataclass(frozen=True, slots=True)
class ReadFile:
    kind: str
    rows: tuple[Row, ...]


def read(data: bytes) -> ReadFile:
    """The rows of a file. Raises FileRefused with every fault of every row."""
    head = _head(_parse(data))
    kind, raw = head["kind"], head["rows"]
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, row in enumerate(raw, start=1):
        faults += _doubled_keys(number, row)
        try:
            rows.append(ROW_TYPES[kind].model_validate(row))
        except ValidationError as error:
            faults += _faults_of(number, row, error)
    faults += _repeated_ids(raw)
    if faults:
        raise FileRefused(*sorted(faults, key=lambda fault: fault.row or 0))
    return ReadFile(kind, tuple(rows))


# --- JSON ---------------------------------------------------------------------------------------------------


class _Doubled(dict[str, Any]):
    """An object in which a key stands twice: which of the two is meant, nobody can say."""

    doubled: tuple[str, ...] = ()


class _NotJson:
    """NaN and the infinities, which JSON does not know; no field accepts it."""

    def __repr__(self) -> str:
        return "not a number"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    counted = Counter(key for key, _ in pairs)
    if len(counted) == len(pairs):
        return dict(pairs)
    result = _Doubled(pairs)
    result.doubled = tuple(key for key, times in counted.items() if times > 1)
    return result


def _parse(data: bytes) -> Any:
    if len(data) > SIZE_LIMIT:
        raise FileRefused(Fault(f"the file is larger than {SIZE_LIMIT // 1024**2} MiB"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(Fault(f"not UTF-8: byte {error.start} cannot be read")) from None
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=lambda _: _NotJson())
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FileRefused(Fault(f"not JSON: {error.msg} ({where})")) from None
    except (ValueError, RecursionError):  # a number of thousands of digits; lists in lists without end
        raise FileRefused(Fault("not JSON that can be read: a number too long or too many levels")) from None


def _head(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FileRefused(Fault("the file must be an object with schema, kind and rows"))
    faults = [Fault("unknown key", field=_shown(key)) for key in value if key not in _KEYS]
    faults += [Fault("the key is missing", field=key) for key in _KEYS if key not in value]
    faults += [Fault("the key stands twice", field=_shown(key)) for key in getattr(value, "doubled", ())]
    if "schema" in value and value["schema"] != SCHEMA:
        faults.append(Fault(f"unknown schema: only {SCHEMA} is read", field="schema"))
    if "kind" in value and not (isinstance(value["kind"], str) and value["kind"] in ROW_TYPES):
        faults.append(Fault(f"unknown kind: one of {', '.join(ROW_TYPES)} is read", field="kind"))
    if "rows" in value and not isinstance(value["rows"], list):
        faults.append(Fault("must be a list", field="rows"))
    elif len(value.get("rows", ())) > ROW_LIMIT:
        faults.append(Fault(f"more than {ROW_LIMIT} rows", field="rows"))
    if faults:
        raise FileRefused(*faults)
    return value


# --- rows ---------------------------------------------------------------------------------------------------


def _key_of(row: Any) -> str:
    """The id of a row, as far as it can be read."""
    if not isinstance(row, dict):
        return ""
    key = row.get("id", row.get("code"))
    return key if isinstance(key, str) else ""


def _doubled_keys(number: int, row: Any) -> list[Fault]:
    return [Fault("the key stands twice", number, _shown(_key_of(row)), path) for path in _doubled_paths(row)]


def _doubled_paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[str]:
    if len(path) > DEPTH_LIMIT:  # no row is that deep: its type is at fault anyway
        return
    if isinstance(value, _Doubled):
        yield from (_written((*path, key)) for key in value.doubled)
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from _doubled_paths(part, (*path, key))


def _repeated_ids(raw: list[Any]) -> list[Fault]:
    first: dict[str, int] = {}
    faults = []
    for number, row in enumerate(raw, start=1):
        key = _key_of(row)
        if key and first.setdefault(key, number) != number:
            field = "id" if "id" in row else "code"
            faults.append(Fault(f"the same id as in row {first[key]}", number, _shown(key), field))
    return faults


def _faults_of(number: int, row: Any, error: ValidationError) -> list[Fault]:
    key = _shown(_key_of(row))
    return [Fault(_reason(detail), number, key, _written(detail["loc"])) for detail in error.errors(include_url=False)]


def _written(path: tuple[str | int, ...]) -> str:
    """`("winners", 0, "place")` as `winners[0].place`."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{_shown(step)}" for step in path)
    return steps.removeprefix(".")


def _shown(text: str) -> str:
    """Foreign text as it may appear in a message: one short printable line."""
    printable = "".join(c if c.isprintable() else "?" for c in text)
    return printable if len(printable) <= 80 else printable[:79] + "…"


_REASONS = {
    "missing": "the key is missing",
    "extra_forbidden": "unknown key",
    "greater_than_equal": "must not be less than {ge}",
    "less_than_equal": "must not be more than {le}",
    "literal_error": "must be one of: {expected}",
    "string_too_long": "longer than {max_length} characters",
    "too_long": "a list of more than {max_length}",
    "string_pattern_mismatch": "must be written in digits only",
    "string_unicode": "contains a control character or one that is no character",
    "int_parsing_size": "an integer too large to keep",
}
_WANTED = {
    "int_type": "an integer",
    "bool_type": "true or false",
    "string_type": "a text",
    "list_type": "a list",
    "model_type": "an object",
}
_NAMES = {
    str: "a text", int: "an integer", bool: "true or false", float: "a fraction", dict: "an object",
    list: "a list", type(None): "null", _NotJson: "NaN or Infinity", _Doubled: "an object",
}  # fmt: skip


def _reason(detail: Any) -> str:
    if wanted := _WANTED.get(detail["type"]):
        return f"must be {wanted}, not {_NAMES.get(type(detail['input']), 'something else')}"
    if sentence := _REASONS.get(detail["type"]):
        return sentence.format_map(detail.get("ctx", {}))
    return str(detail["msg"])
