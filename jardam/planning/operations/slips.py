"""A slip in what was recorded, put right by an act that keeps what stood there (H-68)."""

from __future__ import annotations

from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import refuse_if_any

from .. import queries
from ..models import Correction, Problem, Programme, Study
from ..policy import PROBLEM, PROGRAMME, STUDY
from ..rules import Value, as_written, correction_fault, fingerprint, reason_fault


def correct(*, actor: Actor, found: queries.Fact, field: str, value: Value, reason: str) -> Correction:
    """Put a slip in one field of a recorded fact right; the reason is public. The fact stays as it was written, and is
    read with its last correction. Refuses `not_correctable`, `correction_value_wrong`, `correction_without_change`,
    `day_in_future`, `decision_without_reason`."""
    thing = found.thing
    (thing,) = lock(thing)
    procedure = {Programme: PROGRAMME, Problem: PROBLEM, Study: STUDY}[type(thing)]
    verb = queries.verb_of_correction(found.fact)
    refuse_if_any(may(procedure, thing, verb, actor))
    queries.put_right(found.fact, [found.row], queries.corrections_of(thing))
    was = getattr(found.row, field, None)
    faults = [correction_fault(found.fact, field, was, value, actor.at), reason_fault(reason)]
    refuse_if_any([fault for fault in faults if fault])
    before, now = as_written(was), as_written(value)
    public = {"fact": found.fact, "fact_id": found.row.pk, "field": field, "reason": fingerprint(reason)}
    public |= {"was": fingerprint(before), "now": fingerprint(now)}
    record = perform(procedure, thing, verb, actor=actor, public=public)
    return Correction.objects.create(
        thing=thing.KIND,
        thing_id=thing.pk,
        fact=found.fact,
        fact_id=found.row.pk,
        field=field,
        was=before,
        now=now,
        reason=reason,
        corrected_at=actor.at,
        act_id=record.pk,
    )
