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
from ..policy import (
    ERRATUM,
)
from ..rules import Seat


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
    """Chair and secretary, so far as they have not signed."""
    signed = {one.person_id for one in erratum_signatures(erratum)}
    seats = erratum.protocol.proceeding.commission.members.filter(seat__in=[Seat.CHAIR, Seat.SECRETARY])
    return [one for one in seats.order_by("id") if one.person_id not in signed]


def erratum_refusals(erratum: Erratum, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(ERRATUM, erratum, verb, actor)


def errata_to_sign(actor: Actor, limit: int = 30) -> list[Erratum]:
    """Drafted errata that wait for this chair or secretary."""
    who = actor.person_id or 0
    signed = Signature.objects.filter(object_kind="erratum", object_id=OuterRef("pk"), person_id=who)
    seats = Member.objects.filter(
        commission=OuterRef("protocol__proceeding__commission"),
        person_id=who,
        seat__in=[Seat.CHAIR, Seat.SECRETARY],
    )
    rows = Erratum.objects.filter(~Exists(signed), Exists(seats), state="drafted").select_related("protocol")
    return list(rows.defer("protocol__content").order_by("id")[:limit])
