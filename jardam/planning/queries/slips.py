"""Corrections of what was recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal

from ..models import (
    Adoption,
    Comment,
    CommitteeOpinion,
    Correction,
    CouncilDecision,
    CouncilReport,
    Gathering,
    Problem,
    Programme,
    Publication,
    Study,
)
from ..policy import PROBLEM, PROGRAMME, STUDY
from ..rules import CORRECTABLE, OF_THE_COUNCIL, as_read

FACTS: dict[str, tuple[type[Model], str]] = {
    "adoption": (Adoption, "programme"),
    "comment": (Comment, "programme"),
    "decision": (CouncilDecision, "programme"),
    "gathering": (Gathering, "programme"),
    "opinion": (CommitteeOpinion, "programme"),
    "problem": (Problem, ""),
    "publication": (Publication, "programme"),
    "report": (CouncilReport, "programme"),
    "study": (Study, ""),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A recorded fact in which a slip may be put right, and the thing whose act that is."""

    fact: str
    row: Any
    thing: Any


def facts_of(thing: Any) -> list[Fact]:
    """Everything recorded of a programme, a study or a problem in which a slip may be put right."""
    if not isinstance(thing, Programme):
        return [Fact(thing.KIND, thing, thing)]
    found = []
    for fact, (model, owner) in FACTS.items():
        if owner:
            rows = model._default_manager.filter(programme=thing).order_by("id")
            found += [Fact(fact, row, thing) for row in (rows.exclude(answer="") if fact == "comment" else rows)]
    return found


def fact_of(fact: str, number: int, thing: Any) -> Fact | None:
    """One of this thing's own, by its place among those of its kind, from 1, read with its corrections."""
    own = [one for one in facts_of(thing) if one.fact == fact][number - 1 : number] if number > 0 else []
    put_right(fact, [one.row for one in own], corrections_of(thing))
    return own[0] if own else None


def correction_refusals(found: Fact, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not correct a slip in it."""
    procedure = {Programme: PROGRAMME, Problem: PROBLEM, Study: STUDY}[type(found.thing)]
    return may(procedure, found.thing, verb_of_correction(found.fact), actor)


def correctable(fact: str) -> tuple[str, ...]:
    """The fields of a fact in which a slip may be put right."""
    return CORRECTABLE[fact]


def verb_of_correction(fact: str) -> str:
    """Whose act it is: of whoever adopted the programme, or of the customer."""
    return "correct_resolution" if fact in OF_THE_COUNCIL else "correct_record"


def put_right(fact: str, rows: Iterable[Any], corrections: Iterable[Correction]) -> None:
    """Read these rows with those of the corrections that are theirs. Never to be saved."""
    known = {row.pk: row for row in rows}
    for one in corrections:
        if one.fact == fact and (row := known.get(one.fact_id)):
            setattr(row, one.field, as_read(one.now, getattr(row, one.field), one.field))


def put_adoptions_right(programmes: Iterable[Programme]) -> None:
    """The resolutions of these programmes with their corrections; one query."""
    adoptions = {one.adoption.pk: one.adoption for one in programmes if hasattr(one, "adoption")}
    found = Correction.objects.filter(thing=Programme.KIND, fact="adoption", fact_id__in=adoptions).order_by("id")
    put_right("adoption", adoptions.values(), found if adoptions else ())


def corrections_of(thing: Programme | Study | Problem) -> list[Correction]:
    """Oldest first."""
    return list(Correction.objects.filter(thing=thing.KIND, thing_id=thing.pk).order_by("id"))
