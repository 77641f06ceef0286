"""What one contest or programme obeys for ever: every resolved parameter of its edition, frozen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

from jardam.kernel.canonical import canonical
from jardam.kernel.money import Money
from jardam.kernel.refusal import Basis, Reason, Refusal
from jardam.kernel.time import Term

from .catalogue import CATALOGUE
from .house import HOUSE
from .parameter import Parameter
from .values import STORED, Criterion, Share

SETTLEMENT_V = 1

RULE_UNKNOWN = Reason(
    "rule_unknown",
    "The rule “{parameter}” is not known. Confirm it from the official text, or adopt it by the customer's own act.",
)

T = TypeVar("T")


def rule_unknown(key: str) -> Refusal:
    """The refusal that asks for one parameter; its basis carries the key."""
    return RULE_UNKNOWN.refusal(replace(HOUSE["H-22"].basis, key=key), parameter=CATALOGUE[key].label)


@dataclass(frozen=True)
class Settlement:
    """Made by `edition.resolve`, stored as canonical bytes, read back by `from_canonical`.

    Every key it was asked to settle is known; a key outside of that refuses `rule_unknown` when it was
    unknown on that day, and raises LookupError when no such key exists.
    """

    edition: str
    form: str
    jurisdiction: str
    revision: int
    file_sha256: str
    parameters: Mapping[str, Parameter]
    overlay_sha256: str = ""  # set when assumed values were let in

    def parameter(self, key: str) -> Parameter:
        if found := self.parameters.get(key):
            return found
        if key not in CATALOGUE:
            raise LookupError(f"there is no rulebook key {key!r}")
        raise RULE_UNKNOWN.refuse(rule_unknown(key).basis, parameter=CATALOGUE[key].label)

    def value(self, key: str) -> Any:
        """The typed value; None means that the rule sets no limit."""
        return self.parameter(key).value

    def basis(self, key: str) -> Basis:
        """Why the value binds, with `key` filled. An assumed value rests on house rule H-24, never on law."""
        return self.parameter(key).why

    # Typed questions, so that rules need no casts. TypeError for a key of another type, or without a limit.
    def flag(self, key: str) -> bool:
        return self._typed(key, bool)

    def number(self, key: str) -> int:
        return self._typed(key, int)

    def decimal(self, key: str) -> Decimal:
        return self._typed(key, Decimal)

    def choice(self, key: str) -> str:
        return self._typed(key, str)

    def codes(self, key: str) -> tuple[str, ...]:
        return self._typed(key, tuple)

    def term(self, key: str) -> Term:
        return self._typed(key, Term)

    def money(self, key: str) -> Money:
        return self._typed(key, Money)

    def share(self, key: str) -> Share:
        return self._typed(key, Share)

    def criteria(self) -> tuple[Criterion, ...]:
        return self._typed("eval.criteria", tuple)

    def _typed(self, key: str, kind: type[T]) -> T:
        value = self.value(key)
        if not isinstance(value, kind):
            raise TypeError(f"{key} is {type(value).__name__}, not {kind.__name__}")
        return value

    def switches(self) -> Mapping[str, bool]:
        """The boolean keys that lifecycle rows name in `when`."""
        return {
            key: bool(one.value) for key, one in self.parameters.items() if key in CATALOGUE and CATALOGUE[key].switch
        }

    @property
    def sha256(self) -> str:
        """Of the canonical bytes: what a receipt or the journal cites."""
        return hashlib.sha256(self.as_canonical()).hexdigest()

    @property
    def assumed_keys(self) -> tuple[str, ...]:
        """The keys that rest on the demonstration's overlay, sorted."""
        return tuple(sorted(key for key, one in self.parameters.items() if one.status == "assumed"))

    def as_canonical(self) -> bytes:
        rows = {key: _plain(one) for key, one in self.parameters.items()}
        return canonical(
            {
                "settlement_v": SETTLEMENT_V,
                "edition": self.edition,
                "form": self.form,
                "jurisdiction": self.jurisdiction,
                "revision": self.revision,
                "file_sha256": self.file_sha256,
                "overlay_sha256": self.overlay_sha256,
                "parameters": rows,
            }
        )

    @classmethod
    def from_canonical(cls, stored: bytes | memoryview) -> Settlement:
        """Reads by the types named in the bytes, so that a later catalogue cannot make an old contest
        unreadable."""
        data = json.loads(bytes(stored))
        if data["settlement_v"] != SETTLEMENT_V:
            raise ValueError(f"settlements of version {data['settlement_v']} are not known here")
        names = ("edition", "form", "jurisdiction", "revision", "file_sha256", "overlay_sha256")
        rows = {key: _parameter(key, row) for key, row in data["parameters"].items()}
        return cls(parameters=MappingProxyType(rows), **{name: data[name] for name in names})


@lru_cache(maxsize=64)
def settled(stored: bytes) -> Settlement:
    """Read once: the bytes never change, and a page asks many things of them."""
    return Settlement.from_canonical(stored)


def _plain(one: Parameter) -> dict[str, Any]:
    basis = one.basis
    return {
        "type": one.kind,
        "value": STORED[one.kind].plain(one.value),
        "unit": one.unit,
        "status": one.status,
        "tighter": one.tighter,
        "delegated": one.delegated,
        "basis": None if basis is None else [basis.kind, basis.act, basis.article, basis.url],
    }


def _parameter(key: str, row: Mapping[str, Any]) -> Parameter:
    return Parameter(
        key,
        STORED[row["type"]].read(row["value"]),
        row["unit"],
        None if row["basis"] is None else Basis(*row["basis"]),
        row["status"],
        row["tighter"],
        row["delegated"],
        kind=row["type"],
    )
