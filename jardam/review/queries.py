"""Named reads of the review. Nothing here opens a score before the proceeding has revealed them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db.models import F

from jardam.contests.models import Application, Contest, Lot, Version
from jardam.contests.rules import Content
from jardam.documents import operations as documents
from jardam.documents.queries import signatures
from jardam.fields import in_language
from jardam.journal.procedure import actions
from jardam.kernel.actor import Actor
from jardam.kernel.money import Money
from jardam.rulebook import methods
from jardam.rulebook.settlement import Settlement

from .models import Award, Candidacy, Commission, Interest, Member, Proceeding, Protocol, ScoreSheet
from .policy import PROCEEDING, PROTOCOL, seat_of, visible_proceedings, visible_protocols
from .rules import VOTING, Seat

REVEALED = ("revealed", "decided", "published")


def commission_of(contest: Contest) -> Commission | None:
    return Commission.objects.filter(contest=contest).first()


def members(commission: Commission) -> list[Member]:
    return list(commission.members.select_related("organisation").order_by("id"))


def proceeding(ref: str, actor: Actor) -> Proceeding:
    """Raises Proceeding.DoesNotExist for one this actor does not see."""
    rows = visible_proceedings(actor).select_related("lot__contest", "commission__contest__customer")
    return rows.get(ref=ref)


def proceedings_of(contest: Contest) -> list[Proceeding]:
    return list(Proceeding.objects.filter(lot__contest=contest).select_related("lot").order_by("lot__number"))


def proceedings_for_member(actor: Actor, limit: int = 30) -> list[Proceeding]:
    """Those of the commissions the actor votes in, newest first."""
    rows = Proceeding.objects.filter(
        commission__members__person_id=actor.person_id or 0, commission__members__seat__in=VOTING
    )
    return list(rows.select_related("lot", "commission__contest__customer").order_by("-id")[:limit])


def lots_without_protocol(contest: Contest) -> int:
    """How many lots of the contest have no published protocol yet."""
    published = Proceeding.objects.filter(state="published").values("lot_id")
    return Lot.objects.filter(contest=contest).exclude(pk__in=published).count()


def candidacy(ref: str, actor: Actor) -> Candidacy:
    rows = Candidacy.objects.filter(proceeding__in=visible_proceedings(actor)).select_related(
        "proceeding__commission__contest__customer", "proceeding__lot", "application__applicant"
    )
    return rows.get(ref=ref)


@dataclass(frozen=True, slots=True)
class Desk:
    """One candidacy as one member sees it."""

    candidacy: Candidacy
    applicant: str
    declared: bool
    conflicted: bool
    scored: bool


def desk_of(proceeding: Proceeding, actor: Actor) -> list[Desk]:
    """The candidacies of a lot with the member's own declarations and sheets; four queries."""
    seat = seat_of(proceeding.commission, actor)
    rows = proceeding.candidacies.select_related("application__applicant").order_by("id")
    interests = dict(
        Interest.objects.filter(member=seat, candidacy__proceeding=proceeding).values_list(
            "candidacy_id", "conflicted"
        )
    )
    scored = set(
        ScoreSheet.objects.filter(member=seat, candidacy__proceeding=proceeding).values_list("candidacy_id", flat=True)
    )
    return [
        Desk(
            row,
            in_language(row.application.applicant.title),
            row.pk in interests,
            interests.get(row.pk, False),
            row.pk in scored,
        )
        for row in rows
    ]


def proceeding_actions(proceeding: Proceeding, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show."""
    return actions(PROCEEDING, proceeding, actor)


def protocol_actions(protocol: Protocol, actor: Actor) -> tuple[str, ...]:
    return actions(PROTOCOL, protocol, actor)


def own_scores(candidacy: Candidacy, actor: Actor) -> dict[str, Any] | None:
    """The member's own sheet, if it is in: criterion → score and reason. Nobody else's."""
    seat = seat_of(candidacy.proceeding.commission, actor)
    sheet = ScoreSheet.objects.filter(member=seat, candidacy=candidacy).first() if seat else None
    return _open(candidacy, sheet) if sheet else None


def recused_members(proceeding: Proceeding) -> dict[int, list[str]]:
    """Member id → the numbers of the candidacies in which an interest was declared."""
    rows = Interest.objects.filter(candidacy__proceeding=proceeding, conflicted=True).order_by("candidacy_id")
    recused: dict[int, list[str]] = {}
    for member_id, number in rows.values_list("member_id", "candidacy__number"):
        recused.setdefault(member_id, []).append(number)
    return recused


# --- after the reveal ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """An admitted candidacy with everything the ranking and the protocol need."""

    ref: str
    number: str
    applicant: str
    title: str
    requested: Decimal
    own: Decimal
    submitted_at: datetime
    scores: Mapping[str, tuple[Decimal, ...]]
    scorers: int

    def entry(self, drawing: Mapping[str, int]) -> methods.Entry:
        return methods.Entry(
            self.ref,
            self.scores,
            Money(self.requested),
            Money(self.own),
            self.submitted_at,
            drawing.get(self.ref),
        )

    def points(self, settlement: Settlement) -> dict[str, Decimal]:
        """The published points of each criterion, by the rules' own method."""
        method = methods.AGGREGATIONS[settlement.choice("eval.aggregation")]
        decimals = settlement.number("eval.decimals")
        return {code: methods.rounded(method.points(given), decimals) for code, given in self.scores.items()}


def candidates(proceeding: Proceeding) -> list[Candidate]:
    """The scored candidacies with their scores. LookupError before the reveal: scores stay hidden (H-20). Empty when
    the rules had nothing scored."""
    if proceeding.state not in REVEALED:
        raise LookupError("scores are hidden until all of them are in")
    rows = (
        proceeding.candidacies.filter(sheets__isnull=False)
        .distinct()
        .select_related("application__applicant")
        .prefetch_related("sheets")
        .order_by("id")
    )
    return [_candidate(row) for row in rows]


def _candidate(row: Candidacy) -> Candidate:
    version = Version.objects.filter(application=row.application).order_by("-number")[0]
    content = Content.model_validate(
        documents.unseal_content(row.application.label, f"v{version.number}", version.sealed)
    )
    sheets = [_open(row, sheet) for sheet in sorted(row.sheets.all(), key=lambda s: s.pk)]
    scores = {code: tuple(Decimal(s[code]["score"]) for s in sheets) for code in (sheets[0] if sheets else ())}
    return Candidate(
        ref=row.ref,
        number=row.number,
        applicant=in_language(row.application.applicant.title, "ru"),
        title=content.project.title,
        requested=content.requested,
        own=content.own,
        submitted_at=version.at,
        scores=scores,
        scorers=len(sheets),
    )


def _open(row: Candidacy, sheet: ScoreSheet) -> dict[str, Any]:
    return documents.unseal_content(row.score_label, f"m{sheet.member_id}", sheet.sealed)


def preview(proceeding: Proceeding) -> methods.Ranking:
    """The ranking as the sitting finds it, before anything is drawn. LookupError before the reveal."""
    settlement = proceeding.commission.contest.settlement
    return methods.rank((c.entry({}) for c in candidates(proceeding)), settlement)


# --- protocols -------------------------------------------------------------------------------------------------


def protocol(ref: str, actor: Actor) -> Protocol:
    rows = visible_protocols(actor).select_related("proceeding__lot", "proceeding__commission__contest__customer")
    return rows.get(ref=ref)


def protocols_of(contest: Contest, actor: Actor) -> list[Protocol]:
    rows = visible_protocols(actor).filter(proceeding__lot__contest=contest)
    return list(rows.select_related("proceeding__lot").order_by("id"))


def content_of(protocol: Protocol) -> dict[str, Any]:
    return json.loads(bytes(protocol.content))


def ranking_rows(protocol: Protocol) -> list[dict[str, Any]]:
    return content_of(protocol)["ranking"]


def signed_by(protocol: Protocol) -> set[int]:
    return {s.person_id for s in signatures("protocol", protocol.pk, protocol.content_sha256)}


def signatures_missing(protocol: Protocol) -> list[str]:
    """Names of the voting members who sat and have not signed."""
    present = {m["name"] for m in content_of(protocol)["members"] if m["present"] and m["seat"] != Seat.SECRETARY}
    signed = {s.person_name for s in signatures("protocol", protocol.pk, protocol.content_sha256)}
    return sorted(present - signed)


def awards_of(contest: Contest) -> list[Award]:
    rows = Award.objects.filter(protocol__proceeding__lot__contest=contest)
    return list(rows.select_related("applicant", "protocol__proceeding").order_by("protocol_id", "rank"))


def award(ref: str) -> Award:
    rows = Award.objects.select_related(
        "applicant", "candidacy__proceeding", "protocol__proceeding__commission__contest__customer"
    )
    return rows.get(ref=ref)


def awards_by_candidacy(ids: Iterable[int]) -> dict[int, Award]:
    return {row.candidacy_id: row for row in Award.objects.filter(candidacy_id__in=list(ids))}


# --- the letter to an applicant ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Letter:
    """What the published protocol says of one application, and what would have been enough. Amounts in som."""

    protocol: Protocol
    outcome: str  # awarded | reserve | not_awarded | rejected
    row: Mapping[str, Any]  # of the protocol: a place in its ranking, or a rejection
    scores: Mapping[str, tuple[tuple[Decimal, str], ...]]  # criterion → each member's score and reason, unnamed
    last_awarded: Decimal | None  # the lowest total that got money


def letter(application: Application) -> Letter | None:
    """For the applicant's own people; None until the protocol is published."""
    row = Candidacy.objects.filter(application=application, proceeding__state="published").first()
    if row is None:
        return None
    protocol = Protocol.objects.get(proceeding=row.proceeding_id)
    content = content_of(protocol)
    for rejection in content["rejected"]:
        if rejection["number"] == row.number:
            return Letter(protocol, "rejected", rejection, {}, None)
    own = next((place for place in content["ranking"] if place["candidacy"] == row.ref), None)
    if own is None:
        return None
    sheets = [_open(row, sheet) for sheet in row.sheets.order_by("id")]
    scores = {
        code: tuple((Decimal(sheet[code]["score"]), sheet[code]["reason"]) for sheet in sheets)
        for code in (sheets[0] if sheets else ())
    }
    awarded = [Decimal(place["total"]) for place in content["ranking"] if place["outcome"] == "awarded"]
    return Letter(protocol, own["outcome"], own, scores, min(awarded, default=None))


# --- verify ----------------------------------------------------------------------------------------------------


def faults() -> Iterator[str]:
    """Blueprint §6.3, 4 and 8: no scorer with an interest, the protocol's bytes and its ranking."""
    biased = ScoreSheet.objects.filter(
        candidacy__interests__conflicted=True, candidacy__interests__member_id=F("member_id")
    )
    if row := biased.order_by("id").first():
        yield f"review_scoresheet {row.pk}: scored by a member with a declared interest"
    for protocol in Protocol.objects.select_related("proceeding__commission__contest").order_by("id").iterator():
        if sha256(bytes(protocol.content)).hexdigest() != protocol.content_sha256:
            yield f"review_protocol {protocol.pk}: its content does not match its hash"
            return
        if not _ranking_repeats(protocol):
            yield f"review_protocol {protocol.pk}: the scores give another ranking than it says"
            return
    for award in Award.objects.select_related("protocol").order_by("id").iterator():
        if not _stands_in_protocol(award):
            yield f"review_award {award.pk}: its protocol does not say so"
            return


def _ranking_repeats(protocol: Protocol) -> bool:
    """The same scores under the same rules give the same places and totals."""
    content = content_of(protocol)
    settlement = protocol.proceeding.commission.contest.settlement
    entries = (c.entry(content["drawing"]) for c in candidates(protocol.proceeding))
    ranking = methods.rank(entries, settlement)
    totals = {ref: str(place.total) for place in ranking.places for ref in place.refs}
    return totals == {row["candidacy"]: row["total"] for row in content["ranking"]}


def _stands_in_protocol(award: Award) -> bool:
    row = next((r for r in ranking_rows(award.protocol) if r["rank"] == award.rank), None)
    return row is not None and row["outcome"] == "awarded" and row["amount"] == str(Money(award.amount))
