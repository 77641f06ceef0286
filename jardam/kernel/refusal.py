"""A "no" that explains itself: a code, a sentence and a basis.

A room declares each `Reason` once, beside the rule it belongs to::

    DEADLINE_PASSED = Reason("deadline_passed", "Applications were accepted until {deadline}.")

and refuses with ``raise DEADLINE_PASSED.refuse(basis, deadline=...)``, or returns
``DEADLINE_PASSED.refusal(basis, ...)`` from a guard. The sentence is the English message id, its context is the
code; the doors translate it. Codes are never renamed once released.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

BasisKind = Literal["law", "act", "house"]


@dataclass(frozen=True, slots=True)
class Basis:
    """Why a rule binds. `law`: an act and its article; `act`: the customer's own document; `house`: a numbered
    rule of Jardam, never shown as law (decisions.md §2.5)."""

    kind: BasisKind
    act: str  # "Law 70/2017", "Order 12 of 03.02.2026", or the house number "H-03"
    article: str = ""  # "Art. 1(5)"; empty when the whole act is meant
    url: str = ""
    key: str = ""  # the rulebook key that carried it, when there is one

    def __str__(self) -> str:
        return f"{self.act}, {self.article}" if self.article else self.act


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why an act is not possible. `params` are plain values for the sentence: str, int, Decimal,
    date, aware datetime, Money."""

    code: str
    sentence: str
    basis: Basis
    params: Mapping[str, Any] = field(default_factory=dict)
    at_field: str = ""  # the form field to blame, when there is one

    def __str__(self) -> str:
        return self.sentence.format_map(dict(self.params))


class Refused(Exception):
    """An operation did nothing, for these reasons (at least one)."""

    def __init__(self, *refusals: Refusal) -> None:
        if not refusals:
            raise ValueError("a refusal needs a reason")
        self.refusals = refusals
        super().__init__("; ".join(f"{r.code}: {r}" for r in refusals))

    @property
    def code(self) -> str:
        return self.refusals[0].code

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(r.code for r in self.refusals)


REASONS: dict[str, Reason] = {}


@dataclass(frozen=True)
class Reason:
    """A kind of refusal, registered once for the whole house under its code."""

    code: str
    sentence: str

    def __post_init__(self) -> None:
        if REASONS.setdefault(self.code, self) != self:
            raise ValueError(f"reason {self.code!r} is declared twice with different sentences")

    def refusal(self, basis: Basis, at_field: str = "", **params: Any) -> Refusal:
        return Refusal(self.code, self.sentence, basis, params, at_field)

    def refuse(self, basis: Basis, at_field: str = "", **params: Any) -> Refused:
        return Refused(self.refusal(basis, at_field, **params))


CONSTRAINTS: dict[str, Refusal] = {}
"""What a person is told who runs into a named constraint of the database. Rooms fill it beside their reasons."""


def when_broken(constraint: str, refusal: Refusal) -> None:
    """Say once what breaking `constraint` means."""
    if CONSTRAINTS.setdefault(constraint, refusal) != refusal:
        raise ValueError(f"constraint {constraint!r} is explained twice")


def refuse_if_any(refusals: tuple[Refusal, ...] | list[Refusal]) -> None:
    """Raise all of them together, so that nobody mends one fault only to meet the next."""
    if refusals:
        raise Refused(*refusals)
