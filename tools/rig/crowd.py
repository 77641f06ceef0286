"""Applicant organisations made for a rig, each verified, with a head who signs in from the page of the cast."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from jardam.demonstration import cast
from jardam.demonstration.cast import Cast
from jardam.demonstration.road import Road
from jardam.kernel.actor import system
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.parties.rules import CHECKLIST

LIKE = "umut"  # of road.yaml: whose texts and whose rights they have


class CrowdRoad(Road):
    """The road with as many applicants as are wanted: what they write is what one of the cast writes."""

    plenty = Decimal(1)
    """How many times what a lot takes is appropriated for its measure, so that the measure bears more lots."""

    def to_adopted(self) -> None:
        self._rich = True
        super().to_adopted()
        self._rich = False

    _rich = False

    def text(self, part: str) -> Any:
        found = super().text(part)
        if part == "measure" and self._rich:
            return found | {"amount": str(Decimal(found["amount"]) * self.plenty)}
        return defaultdict(lambda: found[LIKE], found) if part == "applications" else found


@transaction.atomic
def gather(road: Road, count: int, at: datetime, word: str = "", is_cast: bool = True, first: int = 0) -> list[str]:
    """Register them in the road's cast; their short names. `<name>_head` acts for each. `word` goes into the titles
    of the organisations; with `is_cast` their heads stand on the page of the cast."""
    texts, clockwork = cast.texts(), system(at)
    body, head = texts["organisations"][LIKE], texts["people"][f"{LIKE}_head"]
    names = [f"crowd{n}" for n in range(first, first + count)]
    for n, name in enumerate(names, first):
        organisation = parties.register_organisation(
            actor=clockwork,
            kind=body["kind"],
            title={code: f"{text} {word}{n}" for code, text in body["title"].items()},
            tin=f"0{n:013d}",
            legal_form=body.get("legal_form", ""),
            registered_on=cast.registered_on(at),
            is_invented=True,
        )
        road.cast.organisations[name] = parties.verify_organisation(
            organisation=organisation, actor=clockwork, checked_against="rig", checklist=CHECKLIST
        )
        person = parties.register_person(
            name=f"{head['name']} {n}", email=f"{name}@demo.invalid", password=None, is_cast=is_cast
        )
        road.cast.people[f"{name}_head"] = person
        for whose, role in head["roles"]:
            parties.grant_mandate(
                person=person,
                organisation=road.cast.organisations[name if whose == LIKE else whose],
                role=role,
                document="rig",
                actor=clockwork,
            )
    return names


def announced(at: datetime, closes_in: int = 60, everybody: Cast | None = None, plenty: int = 1) -> CrowdRoad:
    """A contest that takes applications at `at` and for some days more; it was announced a little earlier."""
    begins = next(at - timedelta(days=days) for days in (60, 110) if _within_a_year(at - timedelta(days=days)))
    road = CrowdRoad(everybody or cast.register(begins), begins)
    road.plenty = Decimal(plenty)
    road.to_adopted()
    road.draft_contest()
    assert road.at < at, road.at
    road.announce(bishkek_day(at) + timedelta(days=closes_in))
    road.at = min(road.at, at)
    return road


def _within_a_year(begins: datetime) -> bool:
    """Whether programme, money and contest of a road that begins then fall into one budget year."""
    return bishkek_day(begins).year == bishkek_day(begins + timedelta(days=45)).year
