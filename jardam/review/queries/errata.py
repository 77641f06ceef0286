"""Errata beside a protocol."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Exists, OuterRef

from jardam.documents.models import Signature
from jardam.documents.queries import signatures
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal

from ..models import (
    Erratum,
    Member,
    Protocol,
)
from ..policy import ERRATUM, seats_of_errata
from ..rules import VOTING


def erratum(ref: str) -> Erratum:
    return Erratum.objects.select_related("protocol__proceeding__commission__contest__customer").get(ref=ref)


def new_erratum(protocol: Protocol) -> Erratum:
    """An erratum as it would be drafted now, not kept."""
    return Erratum(protocol=protocol)


def errata_of(protocol: Protocol, *, published: bool = True) -> list[Erratum]:
    rows = Erratum.objects.filter(protocol=protocol)
    return list((rows.filter(state="published") if published else rows).order_by("number"))


def erratum_content(erratum: Erratum) -> dict[str, Any]:
    return json.loads(bytes(erratum.content))


def erratum_signatures(erratum: Erratum) -> list[Signature]:
    return signatures("erratum", erratum.pk, erratum.content_sha256)


def erratum_unsigned(erratum: Erratum) -> list[Member]:
    """Those who hold a seat that signed the protocol (H-52), so far as nobody has signed for the seat."""
    signed = {one.person_id for one in erratum_signatures(erratum)}
    seats = seats_of_errata([erratum])[erratum.pk]
    return [seat[-1] for seat in seats if not signed & {one.person_id for one in seat}]


def erratum_refusals(erratum: Erratum, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(ERRATUM, erratum, verb, actor)


def errata_to_sign(actor: Actor, limit: int = 30) -> list[Erratum]:
    """Drafted errata that wait for the seat this actor holds now, oldest first; five statements."""
    who = actor.person_id or 0
    held = Member.objects.filter(
        commission=OuterRef("protocol__proceeding__commission"), person_id=who, seat__in=VOTING, departure=None
    )
    drafted = Erratum.objects.filter(Exists(held), state="drafted").select_related("protocol__proceeding")
    rows = list(drafted.defer("protocol__content").order_by("id"))
    seats = seats_of_errata(rows)
    said = Signature.objects.filter(object_kind=Erratum.KIND, object_id__in=seats)
    signed = set(said.values_list("object_id", "person_id"))

    def waits(pk: int, seat: list[Member]) -> bool:
        return seat[-1].person_id == who and not any((pk, one.person_id) in signed for one in seat)

    return [row for row in rows if any(waits(row.pk, seat) for seat in seats[row.pk])][:limit]
