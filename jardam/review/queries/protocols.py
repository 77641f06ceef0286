"""Protocols: their content, their signatures, and what stands in their place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from jardam.contests.models import Contest
from jardam.documents.queries import signatures
from jardam.fields import in_language
from jardam.journal.models import Record
from jardam.journal.procedure import actions, may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal
from jardam.kernel.time import Deadline
from jardam.parties import queries as parties
from jardam.regime import operations as regime

from ..models import (
    Candidacy,
    Proceeding,
    Protocol,
)
from ..policy import (
    PROTOCOL,
    visible_protocols,
)
from ..rules import Seat

SIGNED_IN = "ru"
"""The language in which a protocol's signed content names the applicants."""


def protocol(ref: str, actor: Actor) -> Protocol:
    rows = visible_protocols(actor).select_related("proceeding__lot", "proceeding__commission__contest__customer")
    return rows.get(ref=ref)


def protocols_of(contest: Contest, actor: Actor) -> list[Protocol]:
    rows = visible_protocols(actor).filter(proceeding__lot__contest=contest)
    return list(rows.select_related("proceeding__lot").order_by("id"))


def protocol_of(proceeding: Proceeding) -> Protocol | None:
    """Of the round under way; a superseded one is history."""
    return Protocol.objects.filter(proceeding=proceeding, round=proceeding.round).defer("content").first()


def protocol_actions(protocol: Protocol, actor: Actor) -> tuple[str, ...]:
    return actions(PROTOCOL, protocol, actor)


def protocol_refusals(protocol: Protocol, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(PROTOCOL, protocol, verb, actor)


def approval_until(protocol: Protocol) -> Deadline | None:
    """Until when the head approves a protocol whose last signature has come (`dec.approval_term`); None before that,
    and where the rules set no term."""
    signed = Record.objects.filter(object_kind=Protocol.KIND, object_id=protocol.pk, verb="complete_signatures").last()
    settlement = protocol.proceeding.commission.contest.settlement
    return regime.deadline_or_none(settlement, "dec.approval_term", signed.at) if signed else None


def content_of(protocol: Protocol) -> dict[str, Any]:
    return json.loads(bytes(protocol.content))


def contents_read(protocols: Iterable[Protocol]) -> dict[int, dict[str, Any]]:
    """Protocol id → its signed content for a reader in the active language. The signed text names each applicant in
    one language; here that very name stands in the reader's, where they bore it in that one too. Two statements."""
    contents = {one.pk: (one.proceeding_id, content_of(one)) for one in protocols}
    rows = Candidacy.objects.filter(proceeding_id__in={proceeding for proceeding, _ in contents.values()})
    applicant = {
        (proceeding, number): organisation
        for proceeding, number, organisation in rows.values_list(
            "proceeding_id", "application__number", "application__applicant_id"
        )
    }
    named = [
        (applicant[proceeding, row["number"]], row)
        for proceeding, content in contents.values()
        for row in (*content["ranking"], *content["rejected"])
    ]
    titles = parties.names_reading(((one, row["applicant"]) for one, row in named), SIGNED_IN)
    for one, row in named:
        row["applicant"] = in_language(titles.get((one, row["applicant"]), {})) or row["applicant"]
    return {pk: content for pk, (_, content) in contents.items()}


def ranking_rows(protocol: Protocol) -> list[dict[str, Any]]:
    return content_of(protocol)["ranking"]


def signed_by(protocol: Protocol) -> set[int]:
    return {s.person_id for s in signatures("protocol", protocol.pk, protocol.content_sha256)}


def signatures_missing(protocol: Protocol) -> list[str]:
    """Names of the voting members who sat and have not signed."""
    sat = Counter(m["name"] for m in content_of(protocol)["members"] if m["present"] and m["seat"] != Seat.SECRETARY)
    signed = Counter(s.person_name for s in signatures("protocol", protocol.pk, protocol.content_sha256))
    return sorted((sat - signed).elements())  # counted: two members may bear one name


def published_protocol(proceeding_id: int) -> Protocol | None:
    """The last protocol of a lot that became public, superseded or not."""
    rows = Protocol.objects.filter(proceeding_id=proceeding_id, state__in=["published", "superseded"])
    return rows.select_related("proceeding__commission__contest").order_by("-round").first()


def successor_of(protocol: Protocol) -> Protocol | None:
    """The published protocol that replaced a superseded one."""
    rows = Protocol.objects.filter(proceeding_id=protocol.proceeding_id, round__gt=protocol.round)
    return rows.exclude(state__in=["drafted", "signed"]).defer("content").order_by("round").first()


def predecessor_of(protocol: Protocol) -> Protocol | None:
    """The superseded protocol this one replaced."""
    rows = Protocol.objects.filter(proceeding_id=protocol.proceeding_id, round=protocol.round - 1)
    return rows.defer("content").first()
