"""Named reads of the review. Nothing here opens a score before the proceeding has revealed them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from jardam.contests.models import Application, Contest, Lot, Version
from jardam.contests.rules import Content, current
from jardam.documents import operations as documents
from jardam.documents.models import Signature
from jardam.documents.queries import signatures
from jardam.documents.sealing import KeyFault
from jardam.fields import in_language
from jardam.journal.models import Record
from jardam.journal.procedure import actions, may
from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import digest, plain
from jardam.kernel.money import Money
from jardam.kernel.refusal import Refusal, Refused
from jardam.rulebook import methods
from jardam.rulebook.settlement import Settlement

from .models import Award, Candidacy, Commission, Interest, Member, Proceeding, Protocol, ScoreSheet
from .policy import CANDIDACY, PROCEEDING, PROTOCOL, seat_of, visible_proceedings, visible_protocols
from .rules import VOTING, Seat, in_order

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


def candidacy_actions(candidacy: Candidacy, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now; admitting and rejecting only while the lot is screened."""
    return actions(CANDIDACY, candidacy, actor) if candidacy.proceeding.state == "admissibility" else ()


def candidacy_refusals(candidacy: Candidacy, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(CANDIDACY, candidacy, verb, actor)


def protocol_of(proceeding: Proceeding) -> Protocol | None:
    return Protocol.objects.filter(proceeding=proceeding).defer("content").first()


def proceeding_refusals(proceeding: Proceeding, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(PROCEEDING, proceeding, verb, actor)


def protocol_refusals(protocol: Protocol, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(PROTOCOL, protocol, verb, actor)


def candidacies_of(proceeding: Proceeding) -> list[Candidacy]:
    """All of a lot, in the order of their register numbers."""
    return list(proceeding.candidacies.select_related("application__applicant").order_by("id"))


@dataclass(frozen=True, slots=True)
class LotStanding:
    """How far the review of one lot is; what is not there yet is None."""

    lot: Lot
    commission: Commission | None
    proceeding: Proceeding | None
    undecided: int
    protocol: Protocol | None


def standings(contest_ids: Iterable[int]) -> list[LotStanding]:
    """Every lot of these contests, with the contest's rules; four queries."""
    ids = list(contest_ids)
    commissions = {row.contest_id: row for row in Commission.objects.filter(contest_id__in=ids)}
    listed = Count("candidacies", filter=Q(candidacies__state="listed"))
    proceedings = {r.lot_id: r for r in Proceeding.objects.filter(lot__contest_id__in=ids).annotate(undecided=listed)}
    written = Protocol.objects.filter(proceeding__lot__contest_id__in=ids)
    protocols = {row.proceeding_id: row for row in written}
    lots = Lot.objects.filter(contest_id__in=ids).select_related("contest", "measure")
    found = []
    for lot in lots.order_by("contest_id", "number"):
        proceeding = proceedings.get(lot.pk)
        found.append(
            LotStanding(
                lot,
                commissions.get(lot.contest_id),
                proceeding,
                proceeding.undecided if proceeding else 0,
                protocols.get(proceeding.pk) if proceeding else None,
            )
        )
    return found


def duties_of_member(actor: Actor, limit: int = 30) -> list[tuple[str, Proceeding]]:
    """What a voting member has to do now: (verb, proceeding), oldest first; one query."""
    who = actor.person_id or 0
    interests = Interest.objects.filter(member__person_id=who)
    sheets = ScoreSheet.objects.filter(candidacy=OuterRef("pk"), member__person_id=who)
    closed = interests.filter(candidacy=OuterRef("pk"), conflicted=True)
    open_ = Candidacy.objects.filter(proceeding=OuterRef("pk"), state="admitted")
    signed = Signature.objects.filter(object_kind="protocol", object_id=OuterRef("protocol__pk"), person_id=who)
    seats = Member.objects.filter(commission=OuterRef("commission"), seat__in=VOTING, person_id=who)
    undeclared = ~Exists(interests.filter(candidacy__proceeding=OuterRef("pk")))
    unscored = Exists(open_.exclude(Exists(closed) | Exists(sheets)))
    due = (
        Q(undeclared, state="interests")
        | Q(unscored, state="scoring")
        | Q(~Exists(signed), state="decided", protocol__state="drafted")
    )
    rows = Proceeding.objects.filter(Exists(seats)).filter(due)
    rows = rows.select_related("lot", "commission__contest", "protocol")
    rows = rows.defer("commission__contest__settlement_bytes", "protocol__content")
    verbs = {"interests": "declare_interests", "scoring": "submit_scores", "decided": "sign_protocol"}
    return [(verbs[row.state], row) for row in rows.order_by("id")[:limit]]


def votes_in(proceeding: Proceeding, actor: Actor) -> bool:
    """Whether the actor has a voting seat in its commission."""
    seat = seat_of(proceeding.commission, actor)
    return seat is not None and seat.seat in VOTING


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
    """The admitted candidacies with their scores. LookupError before the reveal: scores stay hidden (H-20). Empty when
    the rules had nothing scored; one without scores, because every member had an interest in it, is among them."""
    if proceeding.state not in REVEALED:
        raise LookupError("scores are hidden until all of them are in")
    if not ScoreSheet.objects.filter(candidacy__proceeding=proceeding).exists():
        return []
    rows = list(
        proceeding.candidacies.exclude(state__in=["listed", "rejected"])
        .select_related("application__applicant", "application__paper")
        .prefetch_related(Prefetch("sheets", ScoreSheet.objects.order_by("id")))
        .order_by("id")
    )
    versions = _last_versions(row.application_id for row in rows)
    contents = documents.unseal_many(
        (row.application.label, f"v{v.number}", v.sealed) for row in rows if (v := versions[row.application_id])
    )
    sheets = iter(
        documents.unseal_many((row.score_label, f"m{s.member_id}", s.sealed) for row in rows for s in row.sheets.all())
    )
    return [
        _candidate(row, versions[row.application_id], content, [next(sheets) for _ in row.sheets.all()])
        for row, content in zip(rows, contents, strict=True)
    ]


def _received(row: Candidacy, version: Version) -> datetime:
    """When it was handed in: on paper, when the envelope was registered."""
    return row.application.paper.received_at if row.application.paper else version.at


def _last_versions(application_ids: Iterable[int]) -> dict[int, Version]:
    rows = Version.objects.filter(application_id__in=list(application_ids))
    return {v.application_id: v for v in rows.order_by("application_id", "-number").distinct("application_id")}


def _candidate(row: Candidacy, version: Version, content: Any, sheets: list[dict[str, Any]]) -> Candidate:
    said = Content.model_validate(current(content))
    scores = {code: tuple(Decimal(s[code]["score"]) for s in sheets) for code in (sheets[0] if sheets else ())}
    return Candidate(
        ref=row.ref,
        number=row.number,
        applicant=in_language(row.application.applicant.title, "ru"),
        title=said.project.title,
        requested=said.requested,
        own=said.own,
        submitted_at=_received(row, version),
        scores=scores,
        scorers=len(sheets),
    )


def _open(row: Candidacy, sheet: ScoreSheet) -> dict[str, Any]:
    return documents.unseal_content(row.score_label, f"m{sheet.member_id}", sheet.sealed)


def preview(proceeding: Proceeding) -> methods.Ranking:
    """The ranking as the sitting finds it, before anything is drawn. LookupError before the reveal."""
    settlement = proceeding.commission.contest.settlement
    return methods.rank((c.entry({}) for c in candidates(proceeding) if c.scorers), settlement)


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
    sat = Counter(m["name"] for m in content_of(protocol)["members"] if m["present"] and m["seat"] != Seat.SECRETARY)
    signed = Counter(s.person_name for s in signatures("protocol", protocol.pk, protocol.content_sha256))
    return sorted((sat - signed).elements())  # counted: two members may bear one name


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


def checks() -> list[Check]:
    """Invariants 3, 4 and 8 (blueprint §6): no scorer with an interest; the same scores give the same ranking."""
    return [
        agrees_with_act(Commission, "t.order_number = r.public_data->>'order'", "appoint_commission"),
        _seats,
        _declarations,
        sql_check(
            "review_scoresheet {0}: scored by member {1}, who declared an interest",
            """SELECT s.id, s.member_id FROM review_scoresheet s
               JOIN review_interest i ON i.member_id = s.member_id AND i.candidacy_id = s.candidacy_id
               WHERE i.conflicted ORDER BY s.id LIMIT 1""",
        ),
        agrees_with_act(
            ScoreSheet,
            """encode(sha256(t.sealed), 'hex') = r.public_data->>'sealed_sha256' AND t.at = r.at
               AND r.person_id = (SELECT person_id FROM review_member m WHERE m.id = t.member_id)""",
        ),
        _score_sheets,
        agrees_with_act(Candidacy, "t.ground = r.public_data->>'ground'", "reject"),
        agrees_with_act(
            Protocol,
            "t.content_sha256 = r.public_data->>'content_sha256' AND t.number = r.public_data->>'number'",
            "draft_protocol",
        ),
        agrees_with_act(
            Protocol,
            """t.published_at = r.at AND t.signing_from = (r.public_data->>'signing_from')::timestamptz""",
            "publish_protocol",
        ),
        _protocol_contents,
        _protocol_signatures,
        _rankings,
        agrees_with_act(
            Award,
            """t.amount = (r.public_data->>'amount')::numeric AND t.rank = (r.public_data->>'rank')::int
               AND t.candidacy_id = r.object_id""",
        ),
        _awards,
    ]


def _seats() -> Iterator[str]:
    for commission in Commission.objects.order_by("id").iterator(chunk_size=200):
        said = Record.objects.get(object_kind=Commission.KIND, object_id=commission.pk, verb="appoint_commission")
        seats = [[m.name, m.side, m.seat] for m in commission.members.order_by("id")]
        if seats != said.public_data["seats"]:
            yield f"review_commission {commission.pk}: its seats are not those of the order"
            return


def _declarations() -> Iterator[str]:
    """The declarations of one act, against the digest it left."""
    rows = Interest.objects.order_by("act_id", "candidacy_id").values_list("act_id", "candidacy__ref", "conflicted")
    declared = {act: [[ref, it] for _, ref, it in group] for act, group in groupby(rows, key=lambda row: row[0])}
    for act, public in Record.objects.filter(verb="declare_interests").order_by("id").values_list("id", "public_data"):
        if public.get("digest") != digest(declared.get(act, [])):
            first = Interest.objects.filter(act_id=act).order_by("id").first()
            yield f"review_interest {first.pk if first else 0}: not what was declared (journal_record {act})"
            return


def _score_sheets() -> Iterator[str]:
    for sheet in ScoreSheet.objects.select_related("candidacy").order_by("id").iterator(chunk_size=200):
        try:
            _open(sheet.candidacy, sheet)
        except KeyFault as fault:
            yield f"review_scoresheet {sheet.pk}: {fault}"
            return


def _sound(protocol: Protocol) -> bool:
    """Whether its bytes are those that were signed; what is not sound is not read any further."""
    return sha256(bytes(protocol.content)).hexdigest() == protocol.content_sha256


def _protocols() -> Iterator[Protocol]:
    return Protocol.objects.select_related("proceeding__commission__contest").order_by("id").iterator(chunk_size=50)


def _protocol_contents() -> Iterator[str]:
    for protocol in _protocols():
        if not _sound(protocol):
            yield f"review_protocol {protocol.pk}: its content does not match its hash"
            return


def _protocol_signatures() -> Iterator[str]:
    for protocol in _protocols():
        if protocol.state != "drafted" and _sound(protocol) and (names := signatures_missing(protocol)):
            yield f"review_protocol {protocol.pk}: {protocol.state}, but not signed by {', '.join(names)}"
            return


def _rankings() -> Iterator[str]:
    for protocol in _protocols():
        if _sound(protocol) and not _ranking_repeats(protocol):
            yield f"review_protocol {protocol.pk}: the scores give another ranking than it says"
            return


def _ranking_repeats(protocol: Protocol) -> bool:
    """The same scores under the same rules give the same order, totals and points. What does not open is the matter
    of other checks."""
    content = content_of(protocol)
    settlement = protocol.proceeding.commission.contest.settlement
    try:
        found = candidates(protocol.proceeding)
        ranking = methods.rank((c.entry(content["drawing"]) for c in found), settlement)
        order = [ref for ref, _ in in_order(ranking, content["drawing"])]
    except KeyFault:
        return True
    except (ValueError, LookupError, ArithmeticError, Refused):
        return False
    totals = {ref: str(place.total) for place in ranking.places for ref in place.refs}
    points = {c.ref: plain(c.points(settlement)) for c in found}
    rows = content["ranking"]
    return order == [row["candidacy"] for row in rows] and all(
        row["total"] == totals[row["candidacy"]] and row["points"] in ({}, points[row["candidacy"]]) for row in rows
    )


def _awards() -> Iterator[str]:
    """Each award stands in its protocol, and each award of a published protocol was given."""
    for protocol in _protocols():
        if protocol.state != "published" or not _sound(protocol):
            continue
        said = {
            (r["candidacy"], r["rank"], r["title"], r["amount"], r["requested"])
            for r in ranking_rows(protocol)
            if r["outcome"] == "awarded"
        }
        given = {
            (a.candidacy.ref, a.rank, a.project_title, str(Money(a.amount)), str(Money(a.requested))): a.pk
            for a in protocol.awards.select_related("candidacy").order_by("id")
        }
        if strange := set(given) - said:
            yield f"review_award {min(given[one] for one in strange)}: its protocol does not say so"
        elif said - set(given):
            yield f"review_protocol {protocol.pk}: an award it gives is not there"
