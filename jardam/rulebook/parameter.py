"""One parameter of a regime: a key with its value, and why that value binds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from jardam.kernel.refusal import Basis

from .catalogue import CATALOGUE, Tighter
from .house import HOUSE

Status = Literal["confirmed", "adopted", "assumed", "unknown"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """`value` is None when unknown, and also when the rule is known and sets no limit: ask `is_known`."""

    key: str
    value: Any
    unit: str
    basis: Basis | None
    status: Status
    tighter: Tighter = "none"
    delegated: bool = False  # may the customer's own act set it?
    note: str = ""
    kind: str = ""  # the type's name in `values.STORED`

    @property
    def is_known(self) -> bool:
        return self.status != "unknown"

    @property
    def why(self) -> Basis:
        """The basis with the key it came by. An assumed value rests on H-24, an unknown one on H-22: never on
        law."""
        house = HOUSE["H-22" if self.status == "unknown" else "H-24"].basis
        return replace(self.basis or house, key=self.key)

    def known(self, value: Any, status: Status, basis: Basis | None) -> Parameter:
        """The same key with a value from another source."""
        return replace(self, value=value, status=status, basis=basis, note="")


def checked(key: str, value: Any) -> Any:
    """The value as the catalogue's type writes it. ValueError when it is not of that type; KeyError: no such
    key."""
    kind = CATALOGUE[key].type
    try:
        return kind.read(kind.plain(value))
    except (AttributeError, TypeError) as error:
        raise ValueError(f"{key}: {value!r} is no {kind.name}") from error
