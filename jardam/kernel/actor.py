"""Who acts: a person, for an organisation, under mandates valid at one moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

SYSTEM = "system"
"""The one role the timer and the demonstration's clockwork hold."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One mandate as it stood when the actor was loaded: a role held for an organisation."""

    mandate_id: int
    role: str  # a parties.Role value
    organisation_id: int
    organisation_kind: str
    organisation_name: str
    acting: bool = False  # исполняющий обязанности
    titles: tuple[tuple[str, str], ...] = ()  # the organisation's name in each language, for display
    predecessors: tuple[int, ...] = ()  # organisations whose open matters this one took over (H-47)


@dataclass(frozen=True, slots=True)
class Actor:
    """Loaded once per request, never stored. `standing` is the mandate acted under; None for a signed-out
    visitor or for the system itself (`name == "system"`)."""

    person_id: int | None
    name: str
    standing: Standing | None
    at: datetime
    others: tuple[Standing, ...] = ()  # the person's further mandates, for switching

    @property
    def is_system(self) -> bool:
        return self.person_id is None and self.name == SYSTEM

    def has(self, *roles: str) -> bool:
        if self.is_system:
            return SYSTEM in roles
        return self.standing is not None and self.standing.role in roles

    def acts_for(self, organisation_id: int | None) -> bool:
        """For the organisation of the mandate, or for one that it succeeded."""
        return organisation_id is not None and organisation_id in self.organisation_ids

    @property
    def organisation_id(self) -> int | None:
        return self.standing.organisation_id if self.standing else None

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """The organisation acted for, then those it succeeded: whose things are the actor's own."""
        return (self.standing.organisation_id, *self.standing.predecessors) if self.standing else ()

    def sides(self) -> tuple[Actor, ...]:
        """Itself, then itself in the place of each organisation it succeeded: for lists that are read one organisation
        at a time. Nothing is done as a side."""
        if self.standing is None:
            return (self,)
        places = (replace(self.standing, organisation_id=pk) for pk in self.standing.predecessors)
        return (self, *(replace(self, standing=place) for place in places))


def visitor(at: datetime) -> Actor:
    return Actor(None, "", None, at)


def system(at: datetime) -> Actor:
    """The timer and the demonstration's clockwork. Holds no mandate, so policies name it explicitly."""
    return Actor(None, SYSTEM, None, at)
