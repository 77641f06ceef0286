"""One row of a room's permission table: which roles, related how to the thing, and on what basis.

The permission's name is `<thing>:<verb>`; the table stands in each room's policy.py. Rights are derived from the
mandate the actor holds at this moment and are never copied (style.md §3.6).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .actor import Actor
from .refusal import Basis, Reason, Refusal

NO_MANDATE = Reason("no_mandate", "Sign in and choose the organisation you act for.")
WRONG_ROLE = Reason("wrong_role", "This is done by: {roles}.")
NOT_YOURS = Reason("not_yours", "This belongs to another organisation or person: {whose}.")

Relation = Callable[[Actor, Any], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """`roles` are parties.Role values; none means any signed-in person, with or without a mandate.

    `relation` ties actor and thing; `whose` says that tie in words (English message id: "the customer").
    """

    roles: tuple[str, ...]
    relation: Relation
    whose: str
    basis: Basis

    def refusal(self, actor: Actor, thing: Any) -> Refusal | None:
        if actor.is_system and (not self.roles or actor.has(*self.roles)):
            return None
        if actor.person_id is None or (self.roles and actor.standing is None):
            return NO_MANDATE.refusal(self.basis)
        if self.roles and not actor.has(*self.roles):
            return WRONG_ROLE.refusal(self.basis, roles=self.roles)
        if not self.relation(actor, thing):
            return NOT_YOURS.refusal(self.basis, whose=self.whose)
        return None


def anyone(_actor: Actor, _thing: Any) -> bool:
    """The relation of a permission that needs the role only."""
    return True


def rules_of(kind: str, table: Mapping[Any, Rule]) -> dict[str, Rule]:
    """verb → rule, for one kind of thing out of a room's table of `kind:verb`."""
    split = {tuple(str(name).split(":", 1)): rule for name, rule in table.items()}
    return {verb: rule for (thing, verb), rule in split.items() if thing == kind}
