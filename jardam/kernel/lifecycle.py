"""States and the one table of transitions of a thing (style.md §3.4).

A room writes its procedure as a tuple of `Transition` rows. The same rows feed the buttons, the operation's own
check, the diagrams and the tests. Nothing here knows who may act (policy.py) or what the facts are (rules.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .refusal import Basis, Reason, Refusal

NEW = ""  # the state before the first act

Guard = Callable[[Any], Refusal | None]
"""A guard looks at the room's frozen Facts (`facts.at` included) and says why not, or None."""

WRONG_STATE = Reason("wrong_state", "This is not possible while the state is “{state}”.")
SWITCHED_OFF = Reason("switched_off", "The rules in force here do not know this step.")


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of a procedure.

    `verb` moves the thing from any of `sources` to `target` (the same state is allowed: an amendment). `basis` is
    a house rule or a law; `when` names a boolean rulebook key that must be true for the row to exist under an
    edition; `guards` are asked in order and all their refusals are shown together.
    """

    verb: str
    sources: tuple[str, ...]
    target: str
    basis: Basis
    guards: tuple[Guard, ...] = ()
    when: str = ""


@dataclass(frozen=True)
class Lifecycle:
    """The procedure of one kind of thing. Raises ValueError for a table that contradicts itself."""

    kind: str  # "contest", "application": also the journal's object kind
    states: tuple[str, ...]
    transitions: tuple[Transition, ...]

    def __post_init__(self) -> None:
        seen: set[tuple[str, str]] = set()
        for row in self.transitions:
            for source in row.sources:
                if source not in (NEW, *self.states) or row.target not in self.states:
                    raise ValueError(f"{self.kind}: unknown state in {row.verb}")
                if (row.verb, source) in seen:
                    raise ValueError(f"{self.kind}: {row.verb} from {source!r} stands twice")
                seen.add((row.verb, source))
        reached = {row.target for row in self.transitions}
        if orphans := set(self.states) - reached:
            raise ValueError(f"{self.kind}: nothing leads to {sorted(orphans)}")

    @property
    def verbs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.verb for row in self.transitions))

    def row(self, verb: str, state: str, switches: Mapping[str, bool]) -> Transition | Refusal:
        """The row for `verb` in `state`, or why there is none. An unknown verb is a programming error."""
        rows = [row for row in self.transitions if row.verb == verb]
        if not rows:
            raise LookupError(f"{self.kind} has no verb {verb!r}")
        here = [row for row in rows if state in row.sources]
        if not here:
            return WRONG_STATE.refusal(rows[0].basis, state=state)
        if here[0].when and not switches.get(here[0].when, False):
            return SWITCHED_OFF.refusal(here[0].basis)
        return here[0]

    def from_state(self, state: str, switches: Mapping[str, bool]) -> Iterable[Transition]:
        return (
            row for row in self.transitions if state in row.sources and (not row.when or switches.get(row.when, False))
        )
