"""Deadlines of a settled contest: the term, the way of counting and the basis all come from its
settlement."""

from __future__ import annotations

from datetime import date, datetime

from jardam.kernel.refusal import Basis
from jardam.kernel.time import Deadline, Term, WorkCalendar, deadline

from .settlement import Settlement


def deadline_for(settlement: Settlement, key: str, start: date | datetime, calendar: WorkCalendar) -> Deadline:
    """When the term of `key` from `start` is over. Refuses `rule_unknown`; TypeError when the key sets no
    limit."""
    return _count(settlement, settlement.term(key), start, calendar, settlement.basis(key))


def deadline_if_any(
    settlement: Settlement, key: str, start: date | datetime, calendar: WorkCalendar
) -> Deadline | None:
    """The same, or None when the rule sets no limit."""
    if settlement.value(key) is None:
        return None
    return deadline_for(settlement, key, start, calendar)


def review_clock(
    settlement: Settlement, start: date | datetime, calendar: WorkCalendar
) -> tuple[tuple[str, Deadline], ...]:
    """The stages of the review in order, each with its deadline.

    Each begins when the one before it ends: days are counted from its last day, hours from the very instant.
    TypeError: hours first, from a bare day.
    """
    clock: list[tuple[str, Deadline]] = []
    for stage in settlement.value("rev.clock"):
        if clock:
            before = clock[-1][1]
            start = before.at if stage.term.in_hours else before.due_on
        one = _count(settlement, stage.term, start, calendar, settlement.basis("rev.clock"))
        clock.append((stage.code, one))
    return tuple(clock)


def _count(
    settlement: Settlement, term: Term, start: date | datetime, calendar: WorkCalendar, basis: Basis
) -> Deadline:
    return deadline(
        start,
        term,
        calendar,
        basis,
        roll_to_working_day=settlement.flag("clock.roll_to_working_day"),
        day_ends=settlement.choice("clock.day_ends"),
    )
