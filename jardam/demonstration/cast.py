"""The bodies and people of the demonstration, and how they come to act."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from jardam.kernel.actor import Actor, system
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.parties import queries as people
from jardam.parties.models import Organisation, Person
from jardam.parties.rules import CHECKLIST

TEXTS = Path(__file__).resolve().parent.parent.parent / "data" / "demonstration" / "road.yaml"


@cache
def texts() -> dict[str, Any]:
    return yaml.safe_load(TEXTS.read_text(encoding="utf8"))


@dataclass
class Cast:
    """People and organisations by their short names in road.yaml."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, name: str, at: datetime) -> Actor:
        """The person as an actor at this instant, under their mandate of that moment."""
        return people.actor_of(self.people[name], at)


def register(at: datetime) -> Cast:
    """Register, verify and mandate everybody, by operations of the instance's own clockwork."""
    with transaction.atomic():
        return _register(at)


def found() -> Cast | None:
    """The cast as it was registered before, or None."""
    users = {user.email.split("@")[0]: user for user in people.cast()}
    if not users:
        return None
    known = {name: users[name].person for name in texts()["people"]}
    cast = Cast(people={name: person for name, person in known.items() if person})
    for name, row in texts()["people"].items():
        for (body, _), mandate in zip(row["roles"], people.mandates_of(cast.people[name]), strict=True):
            cast.organisations[body] = mandate.organisation
    return cast


def _register(at: datetime) -> Cast:
    cast, clockwork = Cast(), system(at)
    for name, row in texts()["organisations"].items():
        organisation = parties.register_organisation(
            actor=clockwork,
            kind=row["kind"],
            title=row["title"],
            tin=row.get("tin", ""),
            code=row.get("code"),
            legal_form=row.get("legal_form", ""),
            registered_on=bishkek_day(at),
            is_invented=True,
        )
        cast.organisations[name] = parties.verify_organisation(
            organisation=organisation, actor=clockwork, checked_against="demonstration", checklist=CHECKLIST
        )
    cast.organisations["okmotu"] = parties.name_bodies(
        organisation=cast.organisations["okmotu"],
        council=cast.organisations["kenesh"],
        treasury=cast.organisations["treasury"],
        actor=clockwork,
    )
    for name, row in texts()["people"].items():
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
    _open_accounts(cast, at)
    return cast


def _open_accounts(cast: Cast, at: datetime) -> None:
    """The bank accounts of those who have a head among the cast, checked by the treasury's officer."""
    for number, (name, row) in enumerate(texts()["people"].items(), start=1):
        for body, role in row["roles"]:
            if role == "applicant_head":
                proposed = parties.propose_bank_account(
                    actor=cast.actor(name, at),
                    organisation=cast.organisations[body],
                    bik="118005",
                    account=f"118{number:013}",
                    checker=cast.organisations["treasury"],
                )
                parties.confirm_bank_account(
                    account=proposed, actor=cast.actor("treasurer", at), checked_against="Демонстрация"
                )
