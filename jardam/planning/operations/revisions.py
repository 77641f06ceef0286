"""New versions of an adopted programme, from the draft to the council's decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from jardam.documents.models import File
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.ref import new_ref
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.rulebook.house import HOUSE

from .. import queries
from ..models import (
    CouncilDecision,
    Measure,
    MeasureVersion,
    Programme,
    ProgrammeSection,
    RevisedMeasure,
    RevisedSection,
    Revision,
)
from ..policy import PROGRAMME, REVISION, given_to, revised_measures
from ..rules import (
    FOREIGN_MEASURE,
    VERSIONED,
    Vote,
    amount_fault,
    day_fault,
    fingerprint,
    new_year_fault,
    reason_fault,
    rejection_faults,
    section_fingerprint,
    vote_faults,
    words_fingerprint,
    year_fault,
)
from .programmes import paper_of


def draft_revision(*, actor: Actor, programme: Programme, reason: str) -> Revision:
    """Begin a new version of an adopted programme; `reason` becomes public with it. Refuses `revision_open`,
    `decision_without_reason`, `wrong_state` for a programme that is not in force."""
    (programme,) = lock(programme)
    refuse_if_any(queries.new_revision_refusals(programme, actor))
    refuse_if_any([fault for fault in (reason_fault(reason),) if fault])
    number = 2 + programme.revisions.count()
    revision = Revision(programme=programme, number=number, reason=reason)
    public = {"programme": programme.pk, "number": number, "reason": fingerprint(reason)}
    perform(REVISION, revision, "draft_revision", actor=actor, public=public)
    return revision


def revise_measure(
    *,
    actor: Actor,
    revision: Revision,
    measure: Measure,
    amount: Decimal,
    indicator: dict[str, str],
    baseline: int,
    target: int,
    unit: str = "",
    place: str = "",
) -> RevisedMeasure:
    """Say what the new version makes of a measure; said again, the last counts. *Amount*: som for the measure's year;
    0 ends it. Refuses `measure_below_given`, `measure_of_another_customer`."""
    programme, revision = lock(revision.programme, revision)
    refuse_if_any(may(REVISION, revision, "revise_measure", actor))
    if measure.programme_id != programme.pk:
        raise FOREIGN_MEASURE.refuse(HOUSE["H-16"].basis, at_field="measure")
    fault = amount_fault(amount, given_to([measure.pk])[measure.pk])
    refuse_if_any([fault] if fault else [])
    values = {"amount": amount, "indicator": indicator, "unit": unit, "place": place}
    same = {"form": measure.form, "group": measure.group, "title": measure.title, "year": measure.year}
    return _revise(actor, revision, measure.ref, measure, same | values | {"baseline": baseline, "target": target})


def revise_new_measure(
    *,
    actor: Actor,
    revision: Revision,
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
    key: str = "",
) -> RevisedMeasure:
    """Add a measure with the new version; with the `key` of one added before, say it anew (amount 0 takes it out).
    Refuses `year_outside_programme`, `measure_year_past`."""
    programme, revision = lock(revision.programme, revision)
    refuse_if_any(may(REVISION, revision, "revise_measure", actor))
    faults = [year_fault(year, programme.year_from, programme.year_to), new_year_fault(year, actor.at)]
    refuse_if_any([fault for fault in faults if fault])
    values = {"form": form, "group": group, "title": title, "year": year, "amount": amount, "indicator": indicator}
    values |= {"baseline": baseline, "target": target, "unit": unit, "place": place}
    return _revise(actor, revision, key or new_ref(), None, values)


def _revise(
    actor: Actor, revision: Revision, key: str, measure: Measure | None, values: dict[str, Any]
) -> RevisedMeasure:
    public = {"key": key, "measure": measure.pk if measure else None}
    public |= {name: values[name] for name in ("form", "group", "year", "amount", "baseline", "target")}
    record = perform(REVISION, revision, "revise_measure", actor=actor, public=public | _words(values))
    return RevisedMeasure.objects.create(revision=revision, key=key, measure=measure, act_id=record.pk, **values)


def _words(values: Mapping[str, Any]) -> dict[str, str]:
    return {"words": words_fingerprint(values["title"], values["indicator"], values["unit"], values["place"])}


def revise_sections(*, actor: Actor, revision: Revision, texts: Mapping[str, dict[str, str]]) -> Revision:
    """Write sections as the new version has them; one act each, and none for a text that did not change."""
    _, revision = lock(revision.programme, revision)
    refuse_if_any(may(REVISION, revision, "revise_section", actor))
    before = queries.sections_of(revision.programme) | queries.revised_sections(revision)
    for code, text in texts.items():
        if not any(text.values()) or before.get(code) == text:
            continue
        public = {"section": code, "text": section_fingerprint(text)}
        record = perform(REVISION, revision, "revise_section", actor=actor, public=public)
        RevisedSection.objects.create(revision=revision, code=code, text=text, act_id=record.pk)
    return revision


def submit_revision(*, actor: Actor, revision: Revision) -> Revision:
    """Send the new version to the council; from now on everybody can compare it with the old one. Refuses
    `revision_without_changes`, `measure_below_given`."""
    _, revision = lock(revision.programme, revision)
    changes = {"public_since": revision.public_since or actor.at}
    perform(REVISION, revision, "submit_revision", actor=actor, changes=changes)
    return revision


def drop_revision(*, actor: Actor, revision: Revision) -> Revision:
    """The customer gives the new version up."""
    _, revision = lock(revision.programme, revision)
    perform(REVISION, revision, "drop_revision", actor=actor)
    return revision


def return_revision(*, actor: Actor, revision: Revision, reason: str) -> Revision:
    """The council wants changes; the reason goes to the customer. Refuses `decision_without_reason`."""
    programme, revision = lock(revision.programme, revision)
    refuse_if_any([fault for fault in (reason_fault(reason),) if fault])
    record = perform(REVISION, revision, "return_revision", actor=actor, private={"reason": fingerprint(reason)})
    CouncilDecision.objects.create(
        programme=programme,
        revision=revision,
        kind="returned",
        decided_on=bishkek_day(actor.at),
        reason=reason,
        act_id=record.pk,
    )
    return revision


def reject_revision(
    *,
    actor: Actor,
    revision: Revision,
    number: str,
    decided_on: date,
    vote: Vote,
    reason: str,
    file: File | None = None,
) -> CouncilDecision:
    """The council voted against the new version: the programme stays as it is. Refuses `council_voted_for` and the
    faults of a count, `decision_without_reason`, `day_in_future`."""
    _, revision = lock(revision.programme, revision)
    refuse_if_any(may(REVISION, revision, "reject_revision", actor))
    faults = [reason_fault(reason), day_fault(decided_on, actor.at, "decided_on"), *rejection_faults(vote)]
    refuse_if_any([fault for fault in faults if fault])
    public = {"number": number, "decided_on": decided_on, "reason": fingerprint(reason), "vote": asdict(vote)}
    record = perform(
        REVISION, revision, "reject_revision", actor=actor, public=public | paper_of(file), acted_on=decided_on
    )
    return CouncilDecision.objects.create(
        programme=revision.programme,
        revision=revision,
        kind="rejected",
        number=number,
        decided_on=decided_on,
        reason=reason,
        file=file,
        act_id=record.pk,
        **asdict(vote),
    )


def adopt_revision(
    *,
    actor: Actor,
    revision: Revision,
    number: str,
    adopted_on: date,
    vote: Vote,
    in_force_on: date | None = None,
    register_number: str = "",
    file: File | None = None,
) -> CouncilDecision:
    """The council adopted the new version: its changes are in force from this act on. Contests keep what they were
    announced with. Refuses `measure_below_given`, `day_in_future` and the faults of a vote."""
    programme, revision = lock(revision.programme, revision)
    refuse_if_any(may(REVISION, revision, "adopt_revision", actor))
    day = day_fault(adopted_on, actor.at, "adopted_on")
    refuse_if_any([*([day] if day else []), *vote_faults(vote)])
    public: dict[str, Any] = {"number": number, "decided_on": adopted_on, "vote": asdict(vote)}
    public |= {"reason": fingerprint(""), "register_number": register_number} | paper_of(file)
    public |= {"in_force_on": in_force_on} if in_force_on else {}
    record = perform(REVISION, revision, "adopt_revision", actor=actor, public=public, acted_on=adopted_on)
    _put_in_force(actor, programme, revision, record)
    return CouncilDecision.objects.create(
        programme=programme,
        revision=revision,
        kind="adopted",
        number=number,
        decided_on=adopted_on,
        in_force_on=in_force_on,
        register_number=register_number,
        file=file,
        act_id=record.pk,
        **asdict(vote),
    )


def adopt_revision_by_order(
    *,
    actor: Actor,
    revision: Revision,
    number: str,
    adopted_on: date,
    in_force_on: date | None = None,
    register_number: str = "",
    file: File | None = None,
) -> CouncilDecision:
    """The head adopts the new version of a programme that no council votes on (H-72): its changes are in force from
    this act on. Refuses `adopted_by_council`, `revision_without_changes`, `measure_below_given`, `day_in_future`."""
    programme, revision = lock(revision.programme, revision)
    refuse_if_any(may(REVISION, revision, "adopt_revision_by_order", actor))
    refuse_if_any([fault for fault in (day_fault(adopted_on, actor.at, "adopted_on"),) if fault])
    public: dict[str, Any] = {"number": number, "decided_on": adopted_on, "vote": {}, "reason": fingerprint("")}
    public |= {"register_number": register_number} | paper_of(file)
    public |= {"in_force_on": in_force_on} if in_force_on else {}
    changes = {"public_since": revision.public_since or actor.at}
    record = perform(
        REVISION, revision, "adopt_revision_by_order", actor=actor, public=public, acted_on=adopted_on, changes=changes
    )
    _put_in_force(actor, programme, revision, record)
    return CouncilDecision.objects.create(
        programme=programme,
        revision=revision,
        kind="adopted",
        number=number,
        decided_on=adopted_on,
        in_force_on=in_force_on,
        register_number=register_number,
        file=file,
        act_id=record.pk,
    )


def _put_in_force(actor: Actor, programme: Programme, revision: Revision, cause: Record) -> None:
    """One act for each change, under the act that adopted the version."""

    def enact(**public: Any) -> int:
        told = {"revision": revision.pk} | public
        return perform(PROGRAMME, programme, "put_in_force", actor=actor, public=told, cause=cause).pk

    for row in revised_measures(revision):
        values = {name: getattr(row, name) for name in VERSIONED}
        facts = {name: getattr(row, name) for name in ("form", "group", "year", "amount", "baseline", "target")}
        words = _words(values | {"title": row.title})
        if row.measure_id:
            act_id = enact(measure=row.measure_id, **facts, **words)
            MeasureVersion.objects.create(measure_id=row.measure_id, revision=revision, act_id=act_id, **values)
        else:
            same = {name: getattr(row, name) for name in ("form", "group", "title", "year")}
            act_id = enact(key=row.key, **facts, **words)
            Measure.objects.create(programme=programme, ref=row.key, act_id=act_id, **same, **values)
    for code, text in queries.revised_sections(revision).items():
        act_id = enact(section=code, text=section_fingerprint(text))
        ProgrammeSection.objects.create(programme=programme, code=code, text=text, act_id=act_id)
