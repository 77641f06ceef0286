"""Named reads for the public pages, and `verify`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from jardam.contests import queries as contests
from jardam.contests.models import Contest, Lot
from jardam.contracts import queries as contracts
from jardam.contracts.models import Contract
from jardam.contracts.policy import PUBLIC_STATES
from jardam.contracts.queries import TrancheRow
from jardam.documents import queries as documents
from jardam.documents.models import Look
from jardam.journal import queries as journal
from jardam.journal.models import Record
from jardam.journal.queries import Check
from jardam.kernel.actor import Actor
from jardam.kernel.text import fold
from jardam.notices import queries as notices
from jardam.parties import queries as parties
from jardam.parties.rules import Role
from jardam.planning import queries as planning
from jardam.regime import queries as regime
from jardam.review import queries as review
from jardam.review.models import Protocol
from jardam.review.queries import Aftermath
from jardam.treasury import queries as treasury
from jardam.treasury.queries import Trail

from .models import SearchEntry


@dataclass(frozen=True, slots=True)
class LotAccount:
    """The public account of one lot: protocol, contracts and money. Five facts of money, never mixed."""

    lot: Lot
    protocol: Protocol | None
    content: dict[str, Any] | None
    contracts: list[tuple[Contract, list[TrancheRow], Trail]]
    aftermath: list[Aftermath]
    superseded: list[Protocol]  # of earlier rounds, public all the same

    @property
    def awarded(self) -> Decimal:
        return sum((contract.amount for contract, _, _ in self.contracts), Decimal(0))


def account_of(contest: Contest, actor: Actor) -> list[LotAccount]:
    """Per lot: what was decided, signed, paid and accepted, as far as this actor (a visitor) may see it; a fixed
    number of queries."""
    visible = review.protocols_of(contest, actor)
    protocols = {p.proceeding.lot_id: p for p in visible if p.state == "published"}
    awards = review.awards_of(contest)
    signed = contracts.contracts_of_awards([a.pk for a in awards])
    public = [c for c in signed.values() if c.state in PUBLIC_STATES]
    tranches = contracts.tranches_of([c.pk for c in public])
    trails = treasury.trails_of("contract", [c.pk for c in public])
    contents = review.contents_read(protocols.values())
    aftermath = review.aftermath_of(protocols.values(), contents)
    lots: dict[int, list[tuple[Contract, list[TrancheRow], Trail]]] = {}
    for award in awards:
        contract = signed.get(award.pk)
        if contract is not None and contract.pk in trails:
            row = (contract, tranches[contract.pk], trails[contract.pk])
            lots.setdefault(award.protocol.proceeding.lot_id, []).append(row)
    return [
        _lot_account(lot, protocols.get(lot.pk), lots.get(lot.pk, []), contents, aftermath, visible)
        for lot in contests.lots(contest)
    ]


def _lot_account(
    lot: Lot,
    protocol: Protocol | None,
    rows: list[tuple[Contract, list[TrancheRow], Trail]],
    contents: dict[int, dict[str, Any]],
    aftermath: dict[int, list[Aftermath]],
    visible: list[Protocol],
) -> LotAccount:
    old = [one for one in visible if one.state == "superseded" and one.proceeding.lot_id == lot.pk]
    if protocol is None:
        return LotAccount(lot, None, None, rows, [], old)
    return LotAccount(lot, protocol, contents[protocol.pk], rows, aftermath[protocol.pk], old)


def figures(actor: Actor) -> dict[str, Any]:
    """The four figures of the home page; money of all adopted programmes."""
    programmes = planning.adopted(actor)
    return {"programmes": len(programmes), "trail": treasury.trail_of_appropriations("programme", programmes)}


def found(typed: str, limit: int = 30) -> list[SearchEntry]:
    """Public things whose title holds the typed words; people type Kyrgyz letters any way."""
    rows = SearchEntry.objects.all()
    for word in fold(typed).split()[:8]:
        rows = rows.filter(folded__contains=word)
    return list(rows.order_by("-id")[:limit])


def _acts(actor: Actor) -> QuerySet[Record]:
    """Acts of everybody without their private parts: for the auditor of this instance. What would tell who applies is
    kept from the auditor, too, until the opening (H-13)."""
    if not actor.has(Role.AUDITOR):
        return Record.objects.none()
    return Record.objects.exclude(contests.acts_kept_until_the_opening()).defer("public")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which acts an auditor asks for; what is left empty narrows nothing. `until` is the first instant left out."""

    kind: str = ""
    who: str = ""  # part of the name of the person or of the organisation
    since: datetime | None = None
    until: datetime | None = None

    def of(self, rows: QuerySet[Record]) -> QuerySet[Record]:
        if self.kind:
            rows = rows.filter(object_kind=self.kind)
        if self.who:
            rows = rows.filter(Q(person_name__icontains=self.who) | Q(organisation_name__icontains=self.who))
        if self.since:
            rows = rows.filter(at__gte=self.since)
        return rows.filter(at__lt=self.until) if self.until else rows


def acts_for_audit(
    actor: Actor, after: Record | None = None, limit: int = 30, wanted: Wanted | None = None
) -> list[Record]:
    """The acts the auditor may read, newest first, those behind `after`."""
    rows = (wanted or Wanted()).of(_acts(actor))
    return list((rows.filter(id__lt=after.pk) if after else rows).order_by("-id")[:limit])


def acts_to_keep(actor: Actor, wanted: Wanted, last: int, limit: int) -> list[Record]:
    """The same acts for a file, oldest first, those after the id `last`."""
    return list(wanted.of(_acts(actor)).filter(id__gt=last).order_by("id")[:limit])


def public_things(of: Iterable[tuple[str, int]]) -> dict[tuple[str, int], SearchEntry]:
    """Those of these things (kind, id) that have a public page, as search knows them."""
    asked: dict[str, list[int]] = {}
    for kind, number in of:
        asked.setdefault(kind, []).append(number)
    if not asked:
        return {}
    named = reduce(or_, (Q(kind=kind, object_id__in=numbers) for kind, numbers in asked.items()))
    return {(one.kind, one.object_id): one for one in SearchEntry.objects.filter(named)}


def pages_about(actor: Actor, kind: str, number: int) -> list[SearchEntry]:
    """The public things an act on this one belongs to: a report's contract, an application's contest; the nearest
    last. For who reads the journal."""
    if not actor.has(Role.AUDITOR):
        return []
    refs = notices.refs_of(kind, number)
    return list(SearchEntry.objects.filter(ref__in=refs).order_by("id"))


def history_for_audit(actor: Actor, kind: str, number: int) -> list[Record]:
    """The acts on one thing that the auditor may read, oldest first."""
    return list(_acts(actor).filter(object_kind=kind, object_id=number).order_by("id"))


def looks_for_audit(actor: Actor, before: int = 0, limit: int = 30) -> list[Look]:
    """Who opened sealed content of anybody, newest first: for the auditor of this instance."""
    rows = Look.objects.all() if actor.has(Role.AUDITOR) else Look.objects.none()
    return list((rows.filter(id__lt=before) if before else rows).order_by("-id")[:limit])


def checks() -> list[Check]:
    """Every question `verify` asks, lowest room first."""
    rooms = (journal, documents, parties, treasury, regime, planning, contests, review, contracts, notices)
    return [check for room in rooms for check in room.checks()]


def verify() -> Iterator[str]:
    """Every fault found on the live database, in words with the first offending row; nothing means all holds."""
    for check in checks():
        yield from check()
