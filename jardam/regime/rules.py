"""Decisions about what was found or adopted, over plain facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jardam.kernel.refusal import Reason, Refusal
from jardam.rulebook.catalogue import CATALOGUE
from jardam.rulebook.house import HOUSE

SAME_LAWYER = Reason("same_lawyer", "Who entered a value from the law may not check it: a second person must.")
UNKNOWN_KEY = Reason("no_such_parameter", "There is no parameter “{key}”.")
BAD_VALUE = Reason("parameter_value_wrong", "“{parameter}” cannot be read: {why}.")


@dataclass(frozen=True, slots=True)
class CheckFacts:
    entered_by: int | None
    person_id: int | None


def second_pair_of_eyes(facts: CheckFacts) -> Refusal | None:
    return SAME_LAWYER.refusal(HOUSE["H-10"].basis) if facts.entered_by == facts.person_id else None


def value_fault(key: str, plain: Any) -> Refusal | None:
    """Whether `plain` (as a YAML file would hold it) is a value of this key."""
    if key not in CATALOGUE:
        return UNKNOWN_KEY.refusal(HOUSE["H-16"].basis, at_field="key", key=key)
    try:
        CATALOGUE[key].type.read(plain)
    except ValueError as fault:
        return BAD_VALUE.refusal(HOUSE["H-16"].basis, at_field="value", parameter=CATALOGUE[key].label, why=str(fault))
    return None
