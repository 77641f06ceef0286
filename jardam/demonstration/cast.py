"""The bodies and people of the demonstration, and how they come to act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from jardam.kernel.actor import Actor, system
from jardam.kernel.time import bishkek_day, months_before
from jardam.parties import operations as parties
from jardam.parties import queries as people
from jardam.parties.models import Organisation, Person
from jardam.parties.rules import CHECKLIST

FOLDER = Path(__file__).resolve().parent.parent.parent / "data" / "demonstration"


@cache
def texts() -> dict[str, Any]:
    """road.yaml: the small cast of one road, and its texts."""
    return yaml.safe_load((FOLDER / "road.yaml").read_text(encoding="utf8"))


@cache
def year() -> dict[str, Any]:
    """year.yaml: the other customers and NGOs of the demonstration year, and what their contests are about."""
    return yaml.safe_load((FOLDER / "year.yaml").read_text(encoding="utf8"))


@cache
def theme(name: str) -> dict[str, Any]:
    """Everything written about one need, from study to report."""
    told = texts()["themes"].get(name)
    return told or _grown(year()["themes"][name], year()["usual"])


def _grown(row: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    """A theme of year.yaml, filled up with what all of them share."""
    headcount, served = row["people"]
    figures = {"headcount": headcount, "unserved": headcount - served}
    problem = {language: text.format_map(figures) for language, text in usual["problem"].items()}
    group = {"group": row["group"], "headcount": headcount, "served": served, "title": row["measure"]}
    application = usual["application"]
    return {
        "study": {"groups": [group | {"severity": usual["severity"], "unit_cost": usual["unit_cost"]}]},
        "measure": {
            "group": row["group"],
            "title": row["measure"],
            "indicator": usual["indicator"],
            "amount": usual["amount"],
            "baseline": served,
            "target": served + 90,
        },
        "contest": {
            "title": row["title"],
            "goal": row["goal"],
            "tasks": usual["tasks"],
            "problem": problem,
            "contacts": year()["places"][row["place"]]["contacts"],
            "ceiling": usual["ceiling"],
            "months": usual["months"],
        },
        "applications": {
            part: application | {"project": application["project"] | {"title": title}}
            for part, title in row["projects"].items()
        },
        "report": usual["report"],
    }


@dataclass
class Cast:
    """People and organisations by their short names in road.yaml."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, name: str, at: datetime) -> Actor:
        """The person as an actor at this instant, under their mandate of that moment."""
        return people.actor_of(self.people[name], at)

    def playing(self, parts: Mapping[str, str]) -> Cast:
        """The same people and bodies under the names of the parts they play: `{"head": "city_head"}`. A body that
        plays a part brings its head and its editor with it."""
        whole = dict(parts)
        for part, name in parts.items():
            for hand in ("head", "editor"):
                if part in self.organisations and f"{name}_{hand}" in self.people and f"{part}_{hand}" in self.people:
                    whole[f"{part}_{hand}"] = f"{name}_{hand}"
        bodies = {part: self.organisations[name] for part, name in whole.items() if name in self.organisations}
        persons = {part: self.people[name] for part, name in whole.items() if name in self.people}
        return Cast(self.organisations | bodies, self.people | persons)


def register(at: datetime, *, everybody: bool = False) -> Cast:
    """Register, verify and mandate the cast of one road, or that of the whole year, by operations of the instance's
    own clockwork."""
    with transaction.atomic():
        return _register(at, _everybody() if everybody else texts())


def registered_on(at: datetime) -> date:
    """When the bodies of the demonstration came into being: long enough ago to apply."""
    return months_before(bishkek_day(at), 60)


def _everybody() -> dict[str, Any]:
    return {part: texts()[part] | year()[part] for part in ("organisations", "people")}


def found() -> Cast | None:
    """The cast as it was registered before, or None."""
    users = {user.email.split("@")[0]: user for user in people.cast()}
    if not users:
        return None
    known = {name: users[name].person for name in _everybody()["people"]}
    cast = Cast(people={name: person for name, person in known.items() if person})
    for name, row in _everybody()["people"].items():
        for (body, _), mandate in zip(row["roles"], people.mandates_of(cast.people[name]), strict=True):
            cast.organisations[body] = mandate.organisation
    return cast


def _register(at: datetime, told: dict[str, Any]) -> Cast:
    cast, clockwork = Cast(), system(at)
    for name, row in told["organisations"].items():
        organisation = parties.register_organisation(
            actor=clockwork,
            kind=row["kind"],
            title=row["title"],
            tin=row.get("tin", ""),
            code=row.get("code"),
            legal_form=row.get("legal_form", ""),
            registered_on=registered_on(at),
            is_invented=True,
        )
        cast.organisations[name] = organisation
        if not row.get("unverified"):
            cast.organisations[name] = parties.verify_organisation(
                organisation=organisation, actor=clockwork, checked_against="demonstration", checklist=CHECKLIST
            )
    for name, row in told["organisations"].items():
        if "council" in row:
            cast.organisations[name] = parties.name_bodies(
                organisation=cast.organisations[name],
                council=cast.organisations[row["council"]],
                treasury=cast.organisations[row["treasury"]],
                actor=clockwork,
            )
    for name, row in told["people"].items():
        person = parties.register_person(name=row["name"], email=f"{name}@demo.invalid", password=None, is_cast=True)
        cast.people[name] = person
        for body, role in row["roles"]:
            parties.grant_mandate(
                person=person,
                organisation=cast.organisations[body],
                role=role,
                document="Демонстрация",
                actor=clockwork,
            )
    _open_accounts(cast, at, told)
    return cast


def _open_accounts(cast: Cast, at: datetime, told: dict[str, Any]) -> None:
    """The bank accounts of those who have a head among the cast, checked by the treasury's officer."""
    for number, (name, row) in enumerate(told["people"].items(), start=1):
        for body, role in row["roles"]:
            if role == "applicant_head":
                proposed = parties.propose_bank_account(
                    actor=cast.actor(name, at),
                    organisation=cast.organisations[body],
                    bik="118005",
                    account=f"118{number:013}",
                    checker=cast.organisations["treasury"],
                    kind="separate",
                )
                parties.confirm_bank_account(
                    account=proposed, actor=cast.actor("treasurer", at), checked_against="Демонстрация"
                )
