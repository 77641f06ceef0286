"""Changing a draft: its measures, its head, and giving it up. What it said before stays readable (H-70)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import refuse_if_any
from jardam.rulebook.house import HOUSE

from .. import queries
from ..models import FormerHead, Measure, Problem, Programme, StruckMeasure, Study
from ..policy import PROBLEM, PROGRAMME, rules_now
from ..rules import (
    HEAD,
    WRITTEN,
    YEARS_BACKWARDS,
    fingerprint,
    head_fingerprint,
    reason_fault,
    struck_fault,
    term_fault,
    year_fault,
    years_cut_fault,
)

# --- measures --------------------------------------------------------------------------------------------------


def change_measure(
    *,
    actor: Actor,
    measure: Measure,
    form: str,
    group: str,
    title: dict[str, str],
    year: int,
    amount: Decimal,
    indicator: dict[str, str],
    baseline: int,
    target: int,
    unit: str = "",
    place: str = "",
) -> Measure:
    """Write a measure of a draft anew; the one returned stands in its place, and problems taken into the old one
    follow. The same words again are no act. *Amount*: som, for `year`. Refuses `measure_struck`,
    `year_outside_programme`."""
    (programme,) = lock(measure.programme)
    refuse_if_any(may(PROGRAMME, programme, "change_measure", actor))
    faults = [struck_fault(queries.is_struck(measure)), year_fault(year, programme.year_from, programme.year_to)]
    refuse_if_any([fault for fault in faults if fault])
    given = (form, group, title, year, amount, indicator, baseline, target, unit, place)
    values = dict(zip(WRITTEN, given, strict=True))
    if all(getattr(measure, name) == value for name, value in values.items()):
        return measure
    public = {"measure": measure.pk, "form": form, "group": group, "year": year, "amount": amount}
    record = perform(PROGRAMME, programme, "change_measure", actor=actor, public=public)
    anew = Measure.objects.create(programme=programme, act_id=record.pk, **values)
    StruckMeasure.objects.create(measure=measure, by=anew, struck_at=actor.at, act_id=record.pk)
    for problem in _problems_of([measure]):
        told = {"measure": anew.pk}
        perform(PROBLEM, problem, "follow_measure", actor=actor, public=told, changes={"measure": anew}, cause=record)
    return anew


def remove_measure(*, actor: Actor, measure: Measure) -> StruckMeasure:
    """Take a measure out of a draft; problems taken into it wait for an answer again. Refuses `measure_struck`."""
    (programme,) = lock(measure.programme)
    refuse_if_any(may(PROGRAMME, programme, "remove_measure", actor))
    refuse_if_any([fault for fault in (struck_fault(queries.is_struck(measure)),) if fault])
    record = perform(PROGRAMME, programme, "remove_measure", actor=actor, public={"measure": measure.pk})
    _return_problems(actor, [measure], record)
    return StruckMeasure.objects.create(measure=measure, struck_at=actor.at, act_id=record.pk)


def _problems_of(measures: list[Measure]) -> tuple[Problem, ...]:
    """Locked. None is added meanwhile: an answer locks the programme of its measure first."""
    rows = Problem.objects.filter(measure__in=measures, state="taken_up")
    return lock(*rows.order_by("id"))


def _return_problems(actor: Actor, measures: list[Measure], cause: Record) -> None:
    """The answer stays to be read until there is another."""
    for problem in _problems_of(measures):
        public, changes = {"measure": None}, {"measure": None}
        perform(PROBLEM, problem, "return_problem", actor=actor, public=public, changes=changes, cause=cause)


# --- the head and the end --------------------------------------------------------------------------------------


def change_head(
    *,
    actor: Actor,
    programme: Programme,
    study: Study | None,
    title: dict[str, str],
    goal: dict[str, str],
    year_from: int,
    year_to: int,
    part_of: str = "",
    level: str = "",
) -> Programme:
    """Change what a draft says of itself. The same words again are no act. Refuses `years_backwards`,
    `measures_outside_years`, and for a draft `programme_too_short`, `programme_too_long`: what was adopted on paper
    obeyed the rules of its day."""
    (programme,) = lock(programme)
    refuse_if_any(may(PROGRAMME, programme, "change_head", actor))
    if year_to < year_from:
        raise YEARS_BACKWARDS.refuse(HOUSE["H-16"].basis, at_field="year_to")
    rules = rules_now(programme.customer, actor.at) if programme.state == "draft" else None
    used = [one.year for one in queries.measures_of([programme.pk])]
    faults = [years_cut_fault(used, year_from, year_to), term_fault(rules, year_to - year_from + 1)]
    refuse_if_any([fault for fault in faults if fault])
    given = (title, goal, year_from, year_to, study.pk if study else None, part_of, level)
    was, now = {name: getattr(programme, name) for name in HEAD}, dict(zip(HEAD, given, strict=True))
    if was == now:
        return programme
    public = _head_facts(now) | {"was": _head_facts(was)}
    record = perform(PROGRAMME, programme, "change_head", actor=actor, public=public, changes=now)
    FormerHead.objects.create(programme=programme, changed_at=actor.at, act_id=record.pk, **was)
    return programme


def _head_facts(values: dict[str, Any]) -> dict[str, Any]:
    years = [values["year_from"], values["year_to"]]
    return {"years": years, "study": values["study_id"], "words": head_fingerprint(values)}


def drop_programme(*, actor: Actor, programme: Programme, reason: str) -> Programme:
    """Give a draft up. What was public of it stays so, with the reason; problems taken into its measures wait for an
    answer again. Refuses `decision_without_reason`."""
    (programme,) = lock(programme)
    refuse_if_any(may(PROGRAMME, programme, "drop_programme", actor))
    refuse_if_any([fault for fault in (reason_fault(reason),) if fault])
    private, changes = {"dropped_because": fingerprint(reason)}, {"dropped_because": reason}
    record = perform(PROGRAMME, programme, "drop_programme", actor=actor, private=private, changes=changes)
    _return_problems(actor, queries.measures_of([programme.pk]), record)
    return programme
