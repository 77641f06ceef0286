"""What belongs to one kind of thing: its lifecycle, its permissions and its facts; and the one answer to "may I?"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from jardam.kernel.actor import Actor
from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.kernel.permission import Rule
from jardam.kernel.refusal import Refusal, refuse_if_any

Switches = Mapping[str, bool]


def no_switches(_thing: Any) -> Switches:
    return {}


def no_facts(_thing: Any, _actor: Actor) -> None:
    return None


def nothing_halts(_thing: Any) -> Refusal | None:
    return None


@dataclass(frozen=True)
class Procedure:
    """One per stateful model, at the end of its room's policy.py.

    `permissions` maps every verb of the lifecycle to its `Rule`; a missing or superfluous verb is a ValueError.
    `facts(thing, actor)` gathers what the guards look at; `switches(thing)` gives the boolean rulebook keys. While
    `halted(thing)` says why everything stands still, none of the verbs in `halts` is done, whatever their guards say.
    """

    lifecycle: Lifecycle
    permissions: Mapping[str, Rule]
    facts: Callable[[Any, Actor], Any] = no_facts
    switches: Callable[[Any], Switches] = no_switches
    halted: Callable[[Any], Refusal | None] = nothing_halts
    halts: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if set(self.permissions) != set(self.lifecycle.verbs):
            raise ValueError(
                f"{self.lifecycle.kind}: verbs and permissions differ: "
                f"{sorted(set(self.permissions) ^ set(self.lifecycle.verbs))}"
            )
        if strange := self.halts - set(self.lifecycle.verbs):
            raise ValueError(f"{self.lifecycle.kind}: no verbs to halt: {sorted(strange)}")

    @property
    def kind(self) -> str:
        return self.lifecycle.kind


def decide(procedure: Procedure, thing: Any, verb: str, actor: Actor) -> tuple[Transition | None, tuple[Refusal, ...]]:
    """The row that applies and all reasons against it. Permission first: who may not act is told only that."""
    return _decide(procedure, thing, verb, actor, partial(procedure.facts, thing, actor))


def _decide(
    procedure: Procedure, thing: Any, verb: str, actor: Actor, facts_now: Callable[[], Any]
) -> tuple[Transition | None, tuple[Refusal, ...]]:
    state = thing.state if thing.pk else NEW
    denied = procedure.permissions[verb].refusal(actor, thing)
    if denied:
        return None, (denied,)
    row = procedure.lifecycle.row(verb, state, procedure.switches(thing))
    if isinstance(row, Refusal):
        return None, (row,)
    if verb in procedure.halts and (halt := procedure.halted(thing)):
        return None, (halt,)
    facts = facts_now() if row.guards else None
    return row, tuple(refusal for guard in row.guards if (refusal := guard(facts)))


def may(procedure: Procedure, thing: Any, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why `actor` may not do `verb` to `thing` at `actor.at`; an empty tuple means yes."""
    return decide(procedure, thing, verb, actor)[1]


def demand(procedure: Procedure, thing: Any, verb: str, actor: Actor) -> Transition:
    """The transition, or `Refused` with every reason."""
    row, refusals = decide(procedure, thing, verb, actor)
    refuse_if_any(refusals)
    assert row is not None
    return row


def actions(procedure: Procedure, thing: Any, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show. The facts are asked for once, for all verbs."""
    rows = procedure.lifecycle.from_state(thing.state, procedure.switches(thing))
    facts_now = cache(partial(procedure.facts, thing, actor))
    return tuple(row.verb for row in rows if not _decide(procedure, thing, row.verb, actor, facts_now)[1])
