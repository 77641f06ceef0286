"""YAML files of `regimes/`, read strictly: every fault of every file is found before anything is refused.

Stricter than YAML itself: a key may not stand twice, and a number with a point is an exact Decimal, never a
float.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .catalogue import Tighter

PINS = "pins.sha256"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, where: a file under `regimes/`, a key (empty for the whole file), a reason in words."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.reason}" if self.key else f"{self.file}: {self.reason}"


class EditionFault(Exception):
    """A folder of regimes that must not be used; stops the start. Carries every fault."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


# --- the shapes of the files --------------------------------------------------------------------------------

_STRICT = ConfigDict(strict=True, extra="forbid", arbitrary_types_allowed=True)
Titles = dict[Literal["ky", "ru", "en"], str]


class BasisRow(BaseModel):
    """`act` is an id from the file's own list of acts."""

    model_config = _STRICT
    act: str
    article: str = ""
    url: str = ""


class ParameterRow(BaseModel):
    model_config = _STRICT
    value: Any = None
    status: Literal["confirmed", "unknown"]
    basis: BasisRow | None = None
    tighter: Tighter | None = None
    delegated: bool = False
    note: str = ""


class ActRow(BaseModel):
    model_config = _STRICT
    id: str
    title: str
    url: str


class EditionFile(BaseModel):
    """`regimes/<form>/<name>.yaml`."""

    model_config = _STRICT
    edition: str
    form: str
    jurisdiction: str = Field(pattern=r"^[A-Z]{2}$")
    title: Titles = Field(min_length=1)
    valid_from: date
    valid_from_status: Literal["confirmed", "assumed"]
    valid_until: date | None
    revision: int = Field(ge=1)
    note: str = ""
    acts: list[ActRow] = Field(min_length=1)
    parameters: dict[str, ParameterRow]


class OverlayRow(BaseModel):
    model_config = _STRICT
    value: Any
    note: str = ""


class OverlayFile(BaseModel):
    """`regimes/demonstration/<form>.yaml`."""

    model_config = _STRICT
    overlay: Literal["demonstration"]
    form: str
    note: str = ""
    parameters: dict[str, OverlayRow]


class OverrideRow(BaseModel):
    model_config = _STRICT
    day: date
    working: bool
    basis: str = Field(min_length=1)


class CalendarFile(BaseModel):
    """`regimes/calendars/<jurisdiction>.yaml`."""

    model_config = _STRICT
    calendar: str
    overrides: list[OverrideRow]


# --- reading ------------------------------------------------------------------------------------------------

Shape = TypeVar("Shape", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """A SafeLoader that remembers keys standing twice and makes no floats."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.doubled: list[str] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [str(key.value) for key, _ in node.value]
        self.doubled += sorted({key for key in keys if keys.count(key) > 1})
        return super().construct_mapping(node, deep)


def _exact_number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal | str:
    text = str(loader.construct_scalar(node))
    try:
        return Decimal(text)
    except InvalidOperation:
        return text  # `.inf` and the like: left as text, the key's type refuses it


_Loader.add_constructor("tag:yaml.org,2002:float", _exact_number)


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_file(path: Path, shape: type[Shape], label: str) -> tuple[Shape | None, list[Fault]]:
    """The file in its shape, or None; with every fault. `label` is how faults name the file."""
    try:
        loader = _Loader(path.read_text("utf-8"))
        data = loader.get_single_data()
    except (OSError, yaml.YAMLError, ValueError) as error:  # ValueError: bytes that are no text, a 45 May
        return None, [Fault(label, "", f"cannot be read: {' '.join(str(error).split())}")]
    faults = [Fault(label, key, "stands twice") for key in loader.doubled]
    try:
        return shape.model_validate(data), faults
    except ValidationError as error:
        return None, faults + [Fault(label, _place(e["loc"]), _words(e)) for e in error.errors()]


def _place(where: tuple[int | str, ...]) -> str:
    """`("parameters", "eval.pass_mark", "status")` is written `eval.pass_mark.status`."""
    return ".".join(str(step) for step in (where[1:] if where[:1] == ("parameters",) and where[1:] else where))


def _words(error: Any) -> str:
    match error["type"]:
        case "extra_forbidden":
            return "unexpected"
        case "missing":
            return "missing"
        case _:
            return f"{error['msg']}, not {error['input']!r}"


# --- pins ---------------------------------------------------------------------------------------------------


def pin_faults(folder: Path) -> list[Fault]:
    """Where the files of `folder` differ from its `pins.sha256`. A folder without pins has none to differ
    from."""
    pins = folder / PINS
    if not pins.is_file():
        return []
    rows = (line.partition("  ") for line in pins.read_text("utf-8").splitlines() if line)
    pinned = {name: sha256 for sha256, _, name in rows}
    there = {path.relative_to(folder).as_posix(): path for path in folder.glob("*/*.yaml")}
    faults = [Fault(name, "", "is pinned and missing") for name in sorted(pinned.keys() - there.keys())]
    for name, path in sorted(there.items()):
        if name not in pinned:
            faults.append(Fault(name, "", f"is not listed in {PINS}"))
        elif pinned[name] != sha256_of(path):
            faults.append(Fault(name, "", "was changed after it was pinned; a released edition is never edited"))
    return faults
