"""Programmes adopted before the system: copied from the paper, checked by another person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from jardam.documents.models import File
from jardam.journal.operations import lock, perform
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import refuse_if_any
from jardam.parties.models import Organisation
from jardam.rulebook.house import HOUSE

from ..models import (
    Adoption,
    Programme,
)
from ..policy import PROGRAMME
from ..rules import (
    YEARS_BACKWARDS,
    day_fault,
    vote_faults,
    vote_of,
)
from .programmes import paper_of


def enter_existing(
    *,
    actor: Actor,
    customer: Organisation,
    title: dict[str, str],
    goal: dict[str, str],
    year_from: int,
    year_to: int,
    number: str,
    adopted_on: date,
    file: File | None = None,
    counts: Mapping[str, int | None] | None = None,
    in_force_on: date | None = None,
    register_number: str = "",
    part_of: str = "",
    level: str = "",
) -> Programme:
    """Copy a programme from the paper that adopted it before the system: marked as recorded afterwards for ever. Its
    measures and sections follow; another person checks all of it (`confirm_existing`). Rules of today are not asked:
    it was adopted under those of its day. `counts` are the numbers of the vote by the names of `Vote`, as far as the
    minutes give them. Refuses `years_backwards`, `day_in_future`, `vote_incomplete` and the faults of a vote."""
    vote = vote_of(counts or {})
    faults = [day_fault(adopted_on, actor.at, "adopted_on")]
    if year_to < year_from:
        faults.append(YEARS_BACKWARDS.refusal(HOUSE["H-16"].basis, at_field="year_to"))
    refuse_if_any([*(fault for fault in faults if fault), *(vote_faults(vote) if vote else [])])
    programme = Programme(
        customer=customer,
        title=title,
        goal=goal,
        year_from=year_from,
        year_to=year_to,
        part_of=part_of,
        level=level,
        recorded_at=actor.at,
    )
    public: dict[str, Any] = {"years": [year_from, year_to], "number": number, "adopted_on": adopted_on}
    public |= {"for": vote.votes_for, "against": vote.votes_against} if vote else {}
    public |= {"in_force_on": in_force_on} if in_force_on else {}
    public |= {"register_number": register_number} if register_number else {}
    public |= paper_of(file)
    record = perform(PROGRAMME, programme, "enter_existing", actor=actor, public=public, acted_on=adopted_on)
    Adoption.objects.create(
        programme=programme,
        body_id=customer.council_id or customer.pk,
        number=number,
        adopted_on=adopted_on,
        in_force_on=in_force_on,
        register_number=register_number,
        file=file,
        act_id=record.pk,
        **(asdict(vote) if vote else {}),
    )
    return programme


def confirm_existing(*, actor: Actor, programme: Programme) -> Programme:
    """Another person has compared everything with the paper: the programme is in force, and public. Refuses
    `same_person_checks`, `programme_without_measures`."""
    (programme,) = lock(programme)
    perform(
        PROGRAMME,
        programme,
        "confirm_existing",
        actor=actor,
        changes={"public_since": actor.at},
        acted_on=programme.adoption.adopted_on,
    )
    return programme


def discard_existing(*, actor: Actor, programme: Programme) -> Programme:
    """It was copied wrongly: it counts for nothing and is entered anew."""
    (programme,) = lock(programme)
    perform(PROGRAMME, programme, "discard_existing", actor=actor)
    return programme
