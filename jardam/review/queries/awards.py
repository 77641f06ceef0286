"""Awards, cuts and the reserve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch

from jardam.contests.models import Application, Contest
from jardam.contests.rules import moved_by
from jardam.journal.models import Record
from jardam.journal.procedure import actions, may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal
from jardam.regime import operations as regime
from jardam.regime import queries as rulebooks
from jardam.rulebook.settlement import Settlement

from ..models import (
    Appeal,
    Award,
    Candidacy,
    Cut,
    Halt,
    Proceeding,
    Protocol,
    ReserveCall,
)
from ..policy import CUT
from ..rules import OPEN_APPEAL, stood_still
from .protocols import ranking_rows


def awards_of(contest: Contest) -> list[Award]:
    """Of the protocols that stand: what a superseded one gave is history, and a declined award is left out."""
    rows = Award.objects.filter(protocol__proceeding__lot__contest=contest, protocol__state="published")
    rows = rows.exclude(candidacy__state="declined")
    return list(rows.select_related("applicant", "protocol__proceeding").order_by("protocol_id", "rank"))


def award(ref: str) -> Award:
    rows = Award.objects.select_related(
        "applicant", "candidacy__proceeding", "protocol__proceeding__commission__contest__customer"
    )
    return rows.get(ref=ref)


def awards_by_candidacy(ids: Iterable[int]) -> dict[int, Award]:
    rows = Award.objects.filter(candidacy_id__in=list(ids), protocol__state="published")
    return {row.candidacy_id: row for row in rows}


def is_open_decline(candidacy: Candidacy) -> bool:
    """Whether the money of a declined award is still with the lot."""
    return candidacy.state == "declined" and not ReserveCall.objects.filter(declined=candidacy).exists()


def cut_actions(cut: Cut, actor: Actor) -> tuple[str, ...]:
    return actions(CUT, cut, actor)


def cut_refusals(cut: Cut, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(CUT, cut, verb, actor)


def cut_of(application: Application) -> Cut | None:
    rows = Cut.objects.filter(candidacy__application=application)
    return rows.select_related("candidacy__proceeding__commission__contest").first()


def cuts_of(proceeding: Proceeding) -> dict[int, Cut]:
    """By the candidacy's id."""
    return {row.candidacy_id: row for row in Cut.objects.filter(candidacy__proceeding=proceeding)}


def cuts_to_answer(organisation_id: int, at: datetime, limit: int = 30) -> list[Cut]:
    rows = Cut.objects.filter(
        candidacy__application__applicant_id=organisation_id,
        candidacy__proceeding__stopped_at=None,
        state="proposed",
        answer_until__gt=at,
    )
    rows = rows.select_related("candidacy__application__contest")
    return list(rows.defer("candidacy__application__contest__settlement_bytes").order_by("id")[:limit])


def cuts_over(at: datetime, limit: int = 50) -> list[Cut]:
    """Cuts that nobody answered until the end of the time (H-50), oldest first."""
    rows = Cut.objects.filter(state="proposed", answer_until__lte=at, candidacy__proceeding__stopped_at=None)
    return list(rows.order_by("id")[:limit])


def halts_of(lots: Iterable[Any]) -> list[Halt]:
    """The documents by which the review of these lots was stopped and let go on, in order."""
    rows = Halt.objects.filter(proceeding__lot__in=[one.pk for one in lots])
    return list(rows.select_related("file", "proceeding__lot").order_by("id"))


def declined(proceeding: Proceeding) -> list[Candidacy]:
    """Winners who declined and whose money is still with the lot, by rank."""
    rows = proceeding.candidacies.filter(state="declined", replaced_by=None).select_related("application")
    return sorted(rows.prefetch_related("awards"), key=lambda one: one.award.rank)


def declined_waiting(customer_id: int, limit: int = 30) -> list[Candidacy]:
    """The same in every lot of a customer, oldest first."""
    rows = Candidacy.objects.filter(
        state="declined", replaced_by=None, proceeding__commission__contest__customer_id=customer_id
    )
    return list(rows.select_related("proceeding__lot__contest").prefetch_related("awards").order_by("id")[:limit])


def reserve_of(protocol: Protocol) -> list[tuple[Candidacy, dict[str, Any]]]:
    """The reserve list by rank, those who refused a cut aside."""
    rows = {row["candidacy"]: row for row in ranking_rows(protocol) if row["outcome"] == "reserve"}
    found = Candidacy.objects.filter(ref__in=rows, state="reserve").exclude(cut__state="refused")
    found = found.select_related("proceeding__commission__contest", "application__applicant")
    return sorted(((one, rows[one.ref]) for one in found), key=lambda pair: pair[1]["rank"])


def reserve_until(protocol: Protocol, settlement: Settlement) -> datetime | None:
    """The first instant at which the reserve list of a published protocol no longer holds; None where the rules set
    no term. Time in which the review stood still does not count."""
    assert protocol.published_at is not None
    end = regime.deadline_or_none(settlement, "dec.reserve_term", protocol.published_at)
    return run_on(end.at, protocol, settlement, protocol.published_at) if end else None


def run_on(due: datetime, protocol: Protocol, settlement: Settlement, since: datetime) -> datetime:
    """A term that began at `since`, after the standstills of the lot (H-30, H-67)."""
    length = stood_still(protocol.proceeding.standstills, since)
    return moved_by(due, length, settlement, rulebooks.calendar(settlement.jurisdiction)) if length else due


def reserves_over(at: datetime, limit: int = 50) -> list[Candidacy]:
    """Winners who declined, whose money still waits for a reserve list that holds no longer (H-50), oldest first.
    Where the rules set no term, and while an appeal may send the lot back, it waits for a person. One query."""
    appealed = Appeal.objects.filter(protocol__proceeding=OuterRef("proceeding"), state__in=(*OPEN_APPEAL, "upheld"))
    rows = Candidacy.objects.filter(
        ~Exists(appealed),
        state="declined",
        replaced_by=None,
        proceeding__state="published",
        proceeding__stopped_at=None,
    )
    protocols = Prefetch("proceeding__protocols", Protocol.objects.defer("content"))
    rows = rows.select_related("proceeding__commission__contest").prefetch_related(protocols)
    return [one for one in rows.order_by("id") if _reserve_is_over(one.proceeding, at)][:limit]


def _reserve_is_over(proceeding: Proceeding, at: datetime) -> bool:
    (protocol,) = (one for one in proceeding.protocols.all() if one.round == proceeding.round)
    until = reserve_until(protocol, proceeding.commission.contest.settlement)
    return until is not None and at >= until


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What became of an award after its protocol was published."""

    at: datetime
    verb: str  # decline_award | lose_award | call_reserve | give_back
    row: dict[str, Any]  # of the protocol's ranking
    amount: Decimal | None  # som: the award of the reserve, or what went back to the measure


def aftermath_of(
    protocols: Iterable[Protocol], contents: Mapping[int, Mapping[str, Any]]
) -> dict[int, list[Aftermath]]:
    """Per protocol: awards given up or lost, the reserve called, money given back; in order, two queries in all.
    *Contents*: of each, as `contents_read` tells it."""
    published = {one.proceeding_id: one for one in protocols}
    ranked = {one.pk: {row["candidacy"]: row for row in contents[one.pk]["ranking"]} for one in published.values()}
    rows = Candidacy.objects.filter(proceeding_id__in=published).values_list("pk", "ref", "proceeding_id")
    of = {pk: (published[proceeding_id], ref) for pk, ref, proceeding_id in rows}
    found: dict[int, list[Aftermath]] = {one.pk: [] for one in published.values()}
    acts = Record.objects.filter(object_kind=Candidacy.KIND, object_id__in=of, verb__in=AFTERMATH)
    for act in acts.order_by("id"):
        protocol, ref = of[act.object_id]
        if protocol.published_at is not None and act.at >= protocol.published_at and ref in ranked[protocol.pk]:
            sum_ = act.public_data.get("amount") or act.public_data.get("released")
            amount = Decimal(str(sum_).split()[0]) if sum_ else None
            found[protocol.pk].append(Aftermath(act.at, act.verb, ranked[protocol.pk][ref], amount))
    return found


AFTERMATH = ("decline_award", "lose_award", "call_reserve", "give_back")
