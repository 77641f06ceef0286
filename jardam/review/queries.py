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

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from jardam.contests.models import Application, Contest, Lot, Version
from jardam.contests.rules import Content, current
from jardam.documents import operations as documents
from jardam.documents.models import Signature
from jardam.documents.queries import signatures
from jardam.documents.sealing import KeyFault
from jardam.fields import in_language
from jardam.journal.models import PrivatePart, Record
from jardam.journal.procedure import actions, may
from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import digest, plain
from jardam.kernel.money import Money
from jardam.kernel.refusal import Refusal, Refused
from jardam.kernel.text import fold
from jardam.kernel.time import bishkek_day, months_before
from jardam.parties import queries as parties
from jardam.parties.models import Mandate, Profile
from jardam.parties.rules import Role
from jardam.rulebook import methods
from jardam.rulebook.settlement import Settlement

from .models import (
    Adjournment,
    Appeal,
    AppealPanel,
    Award,
    Candidacy,
    Commission,
    Cut,
    Departure,
    Erratum,
    Interest,
    Member,
    Mending,
    PanelMember,
    Proceeding,
    Protocol,
    Recusal,
    ReserveCall,
    Returned,
    ScoreSheet,
)
from .policy import (
    APPEAL,
    CANDIDACY,
    COMMISSION,
    CUT,
    ERRATUM,
    MENDING,
    PROCEEDING,
    PROTOCOL,
    last_panel,
    may_read,
    may_read_appeal,
    panel_seat_of,
    scorable,
    seat_of,
    valid_sheets,
    visible_proceedings,
    visible_protocols,
)
from .rules import OPEN_APPEAL, VOTING, Fact, PanelFacts, Relation, Seat, hints_between, in_order, pick, places_of

REVEALED = ("revealed", "decided", "published")


def commission_of(contest: Contest) -> Commission | None:
    return Commission.objects.filter(contest=contest).first()


def members(commission: Commission) -> list[Member]:
    """Those who hold a seat now; who left is in `departures_of`."""
    return list(commission.members.filter(departure=None).select_related("organisation").order_by("id"))


def proceeding(ref: str, actor: Actor) -> Proceeding:
    """Raises Proceeding.DoesNotExist for one this actor does not see."""
    rows = visible_proceedings(actor).select_related("lot__contest", "commission__contest__customer")
    return rows.get(ref=ref)


def proceedings_of(contest: Contest) -> list[Proceeding]:
    return list(Proceeding.objects.filter(lot__contest=contest).select_related("lot").order_by("lot__number"))


def proceedings_for_member(actor: Actor, limit: int = 30) -> list[Proceeding]:
    """Those of the commissions the actor votes in, newest first."""
    rows = Proceeding.objects.filter(
        commission__members__person_id=actor.person_id or 0,
        commission__members__seat__in=VOTING,
        commission__members__departure=None,
    )
    return list(rows.select_related("lot", "commission__contest__customer").order_by("-id")[:limit])


def outcomes_of(contest: Contest) -> dict[int, str]:
    """What the published protocols found, by the number of each lot: "awarded", or why nobody was
    (contests.rules.VOID_GROUNDS)."""
    found: dict[int, set[str]] = {lot.number: set() for lot in contest.lots.all()}
    rows = Candidacy.objects.filter(proceeding__lot__contest=contest)
    for number, state in rows.values_list("proceeding__lot__number", "state"):
        found[number].add(state)
    return {number: _came_to(states) for number, states in found.items()}


def _came_to(states: set[str]) -> str:
    if states & {"awarded", "reserve"}:
        return "awarded"
    if not states:
        return "no_applicant"
    return "none_passed" if states - {"rejected"} else "none_admitted"


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
    recused = Recusal.objects.filter(member=seat, candidacy__proceeding=proceeding)
    interests |= dict.fromkeys(recused.values_list("candidacy_id", flat=True), True)
    before = _before(seat)
    scored = set(valid_sheets(proceeding).filter(member_id__in=before).values_list("candidacy_id", flat=True))
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


def _before(seat: Member | None) -> list[int]:
    """The member and everybody who held the seat before: what they scored, the seat has scored."""
    chain: list[int] = []
    while seat is not None:
        chain.append(seat.pk)
        arrival = Departure.objects.filter(successor=seat).select_related("member").first()
        seat = arrival.member if arrival else None
    return chain


def proceeding_actions(proceeding: Proceeding, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show."""
    return actions(PROCEEDING, proceeding, actor)


def protocol_actions(protocol: Protocol, actor: Actor) -> tuple[str, ...]:
    return actions(PROTOCOL, protocol, actor)


def candidacy_actions(candidacy: Candidacy, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now; admitting and rejecting only while the lot is screened."""
    verbs = actions(CANDIDACY, candidacy, actor)
    screening = candidacy.proceeding.state == "admissibility"
    return tuple(verb for verb in verbs if screening or verb not in ("admit", "reject"))


def candidacy_refusals(candidacy: Candidacy, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(CANDIDACY, candidacy, verb, actor)


def protocol_of(proceeding: Proceeding) -> Protocol | None:
    """Of the round under way; a superseded one is history."""
    return Protocol.objects.filter(proceeding=proceeding, round=proceeding.round).defer("content").first()


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
    mending: int = 0  # applications that are still asked to mend


def standings(contest_ids: Iterable[int]) -> list[LotStanding]:
    """Every lot of these contests, with the contest's rules; four queries."""
    ids = list(contest_ids)
    commissions = {row.contest_id: row for row in Commission.objects.filter(contest_id__in=ids)}
    listed = Count("candidacies", filter=Q(candidacies__state="listed"))
    asked = Count("candidacies", filter=Q(candidacies__mending__state="asked"))
    rows = Proceeding.objects.filter(lot__contest_id__in=ids).annotate(undecided=listed, mending=asked)
    proceedings = {row.lot_id: row for row in rows}
    written = Protocol.objects.filter(proceeding__lot__contest_id__in=ids, round=F("proceeding__round"))
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
                proceeding.mending if proceeding else 0,
            )
        )
    return found


def duties_of_member(actor: Actor, limit: int = 30) -> list[tuple[str, Proceeding]]:
    """What a voting member has to do now: (verb, proceeding), oldest first, each with its `unsigned`
    protocols; two queries."""
    who = actor.person_id or 0
    interests = Interest.objects.filter(member__person_id=who)
    recused = Recusal.objects.filter(candidacy=OuterRef("pk"), member__person_id=who)
    own = Q(member__person_id=who) | Q(member__departure__successor__person_id=who)
    void = Recusal.objects.filter(candidacy=OuterRef("candidacy"), member=OuterRef("member"))
    sheets = ScoreSheet.objects.filter(own, candidacy=OuterRef("pk"), round=OuterRef("round")).exclude(Exists(void))
    closed = interests.filter(candidacy=OuterRef("pk"), conflicted=True)
    open_ = Candidacy.objects.filter(proceeding=OuterRef("pk"), state="admitted")
    signed = Signature.objects.filter(object_kind="protocol", object_id=OuterRef("pk"), person_id=who)
    unsigned = Protocol.objects.filter(~Exists(signed), state="drafted").defer("content")
    seats = Member.objects.filter(commission=OuterRef("commission"), seat__in=VOTING, person_id=who, departure=None)
    undeclared = ~Exists(interests.filter(candidacy__proceeding=OuterRef("pk")))
    unscored = Exists(open_.exclude(Exists(closed) | Exists(recused) | Exists(sheets)))
    waits = Q(undeclared=True, state__in=("interests", "admissibility", "scoring", "revealed"))
    due = (
        waits & Q(Exists(Candidacy.objects.filter(proceeding=OuterRef("pk"))))
        | Q(unscored, state="scoring")
        | Q(Exists(unsigned.filter(proceeding=OuterRef("pk"))), state="decided")
    )
    rows = Proceeding.objects.annotate(undeclared=undeclared).filter(Exists(seats)).filter(due)
    rows = rows.select_related("lot", "commission__contest").defer("commission__contest__settlement_bytes")
    rows = rows.prefetch_related(Prefetch("protocols", unsigned, to_attr="unsigned"))
    found: list[tuple[str, Proceeding]] = []
    for row in rows.order_by("id")[:limit]:
        late = row.undeclared and row.state != "decided"
        found.append(("declare_interests" if late else _DUTY[row.state], row))
    return found


_DUTY = {"scoring": "submit_scores", "decided": "sign_protocol"}


def votes_in(proceeding: Proceeding, actor: Actor) -> bool:
    """Whether the actor has a voting seat in its commission."""
    seat = seat_of(proceeding.commission, actor)
    return seat is not None and seat.seat in VOTING


def own_scores(candidacy: Candidacy, actor: Actor) -> dict[str, Any] | None:
    """The member's own sheet, if it is in: criterion → score and reason. Nobody else's; none that became void."""
    seat = seat_of(candidacy.proceeding.commission, actor)
    sheet = valid_sheets(candidacy.proceeding).filter(member=seat, candidacy=candidacy).first() if seat else None
    return _open(candidacy, sheet) if sheet else None


def recused_members(proceeding: Proceeding) -> dict[int, list[str]]:
    """Member id → the numbers of the candidacies in which there is an interest, declared at first or found later."""
    pairs = {
        (row.candidacy_id, row.member_id): row.candidacy.number
        for model in (Interest.objects.filter(conflicted=True), Recusal.objects.all())
        for row in model.filter(candidacy__proceeding=proceeding).select_related("candidacy")
    }
    recused: dict[int, list[str]] = {}
    for (_, member_id), number in sorted(pairs.items()):
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
    admitted = proceeding.candidacies.exclude(state__in=["listed", "rejected"])
    return _with_scores(proceeding, admitted, proceeding.round)


def candidates_of(protocol: Protocol) -> list[Candidate]:
    """Those a protocol ranked, with the scores of its round; also of a superseded one."""
    rejected = [row["number"] for row in content_of(protocol)["rejected"]]
    admitted = protocol.proceeding.candidacies.exclude(number__in=rejected)
    return _with_scores(protocol.proceeding, admitted, protocol.round)


def _with_scores(proceeding: Proceeding, admitted: QuerySet[Candidacy], round_: int) -> list[Candidate]:
    rows = list(admitted.select_related("application__applicant", "application__paper").order_by("id"))
    given = sheets_at(rows, round_)
    settlement = proceeding.commission.contest.settlement
    if not any(given.values()) or not scorable(settlement, len(rows)):
        return []
    versions = _last_versions(row.application_id for row in rows)
    contents = documents.unseal_many(
        (row.application.label, f"v{v.number}", v.sealed) for row in rows if (v := versions[row.application_id])
    )
    sheets = iter(
        documents.unseal_many((row.score_label, sheet.part, sheet.sealed) for row in rows for sheet in given[row.pk])
    )
    return [
        _candidate(row, versions[row.application_id], content, [next(sheets) for _ in given[row.pk]])
        for row, content in zip(rows, contents, strict=True)
    ]


def sheets_at(rows: Iterable[Candidacy], round_: int) -> dict[int, list[ScoreSheet]]:
    """Candidacy id → the sheets that counted in a round: of each candidacy the last ones up to it, without those of
    members recused later (H-12)."""
    found: dict[int, list[ScoreSheet]] = {row.pk: [] for row in rows}
    recused = Recusal.objects.filter(member=OuterRef("member"), candidacy=OuterRef("candidacy"))
    sheets = ScoreSheet.objects.filter(candidacy_id__in=found, round__lte=round_).exclude(Exists(recused))
    for sheet in sheets.order_by("round", "id"):
        kept = found[sheet.candidacy_id]
        if kept and kept[0].round < sheet.round:
            kept.clear()
        kept.append(sheet)
    return found


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
    return documents.unseal_content(row.score_label, sheet.part, sheet.sealed)


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


# --- the letter to an applicant ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Letter:
    """What the published protocol says of one application, and what would have been enough. Amounts in som."""

    protocol: Protocol
    outcome: str  # awarded | reserve | not_awarded | rejected | declined: as it stands today
    row: Mapping[str, Any]  # of the protocol: a place in its ranking, or a rejection
    scores: Mapping[str, tuple[tuple[Decimal, str], ...]]  # criterion → each member's score and reason, unnamed
    last_awarded: Decimal | None  # the lowest total that got money
    points: Mapping[str, Decimal]  # criterion → the average, by the rules' own method


def letter(application: Application) -> Letter | None:
    """For the applicant's own people, of the last protocol that was published; None until there is one."""
    row = Candidacy.objects.filter(application=application).first()
    protocol = published_protocol(row.proceeding_id) if row else None
    if row is None or protocol is None:
        return None
    content = content_of(protocol)
    for rejection in content["rejected"]:
        if rejection["number"] == row.number:
            return Letter(protocol, "rejected", rejection, {}, None, {})
    own = next((place for place in content["ranking"] if place["candidacy"] == row.ref), None)
    if own is None:
        return None
    sheets = [_open(row, sheet) for sheet in sheets_at([row], protocol.round)[row.pk]]
    scores = {
        code: tuple((Decimal(sheet[code]["score"]), sheet[code]["reason"]) for sheet in sheets)
        for code in (sheets[0] if sheets else ())
    }
    awarded = [Decimal(place["total"]) for place in content["ranking"] if place["outcome"] == "awarded"]
    now = row.state if row.state in ("awarded", "declined") else own["outcome"]
    settlement = application.contest.settlement
    method, decimals = (
        methods.AGGREGATIONS[settlement.choice("eval.aggregation")],
        settlement.number("eval.decimals"),
    )
    points = {
        code: methods.rounded(method.points([score for score, _ in given]), decimals) for code, given in scores.items()
    }
    return Letter(protocol, now, own, scores, min(awarded, default=None), points)


# --- seats, hints, mending, cuts, reserve ----------------------------------------------------------------------


def voting_members(commission: Commission) -> list[Member]:
    """Those who hold a seat with a vote now."""
    return [one for one in members(commission) if one.seat in VOTING]


def mendable_places(settlement: Settlement) -> tuple[str, ...]:
    """What can be opened for mending, in the order of the application."""
    return places_of(settlement)


def chairs(proceeding: Proceeding, actor: Actor) -> bool:
    seat = seat_of(proceeding.commission, actor)
    return seat is not None and seat.seat == Seat.CHAIR


def may_still_recuse(candidacy: Candidacy, actor: Actor) -> bool:
    """Whether the actor's seat is open to this application yet."""
    seat = seat_of(candidacy.proceeding.commission, actor)
    return seat is not None and may_read(candidacy, seat) is None


def departures_of(commission: Commission) -> list[Departure]:
    return list(commission.departures.select_related("member", "successor").order_by("id"))


def member(pk: int, commission: Commission) -> Member:
    """One who holds a seat now."""
    return commission.members.filter(departure=None).select_related("organisation").get(pk=pk)


def commission_actions(commission: Commission, actor: Actor) -> tuple[str, ...]:
    return actions(COMMISSION, commission, actor)


def mending_actions(mending: Mending, actor: Actor) -> tuple[str, ...]:
    return actions(MENDING, mending, actor)


def mending_refusals(mending: Mending, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(MENDING, mending, verb, actor)


def cut_refusals(cut: Cut, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(CUT, cut, verb, actor)


def candidacy_of(application: Application) -> Candidacy | None:
    """For the applicant's own people."""
    rows = Candidacy.objects.filter(application=application)
    return rows.select_related("proceeding__commission__contest").first()


def is_open_decline(candidacy: Candidacy) -> bool:
    """Whether the money of a declined award is still with the lot."""
    return candidacy.state == "declined" and not ReserveCall.objects.filter(declined=candidacy).exists()


def cut_actions(cut: Cut, actor: Actor) -> tuple[str, ...]:
    return actions(CUT, cut, actor)


def hints(proceeding: Proceeding) -> dict[tuple[int, int], tuple[Fact, ...]]:
    """(member id, candidacy id) → what the registers know of both: heads and staff by their mandates within
    `com.coi_lookback_months` before the opening; heads, founders, staff, address and phone by the profiles; and the
    organisation itself. A hint, never a proof. Five statements, however many applications there are."""
    contest = proceeding.commission.contest
    until = bishkek_day(contest.opened_at) if contest.opened_at else proceeding.commission.ordered_on
    since = months_before(until, contest.settlement.number("com.coi_lookback_months"))
    seats = [one for one in members(proceeding.commission) if one.seat in VOTING]
    applicants = dict(proceeding.candidacies.order_by("id").values_list("pk", "application__applicant_id"))
    held = parties.mandates_of_persons([one.person_id for one in seats], since, until)
    own = {
        one.pk: {one.organisation_id} | {m.organisation_id for m in held if m.person_id == one.person_id}
        for one in seats
    }
    every = set(applicants.values()).union(*own.values())
    names = {pk: in_language(row.title) for pk, row in parties.organisations_by_id(every).items()}
    facts: dict[int, set[Fact]] = {pk: {Fact(Relation.ORGANISATION, str(pk), names.get(pk, ""))} for pk in every}
    profiles = parties.profiles_between(every, since, until)
    listed = {fold(name) for row in profiles for name in _people_in(row)}

    def key_of(person_id: int, name: str) -> str:
        """A profile knows people by name only: whom one lists is looked for by name everywhere."""
        return f"name:{fold(name)}" if fold(name) in listed else str(person_id)

    for mandate in parties.mandates_between(every, since, until):
        relation = Relation.HEAD if mandate.role in _HEADS else Relation.STAFF
        person = mandate.person
        facts[mandate.organisation_id].add(Fact(relation, key_of(person.pk, person.name), person.name))
    for row in profiles:
        facts[row.organisation_id].update(_facts_of(row))
    found = {}
    for seat in seats:
        known = frozenset(
            {Fact(Relation.STAFF, key_of(seat.person_id, seat.name), seat.name)}.union(
                *(facts[pk] for pk in own[seat.pk])
            )
        )
        for pk, applicant in applicants.items():
            if said := hints_between(known, frozenset(facts[applicant])):
                found[seat.pk, pk] = said
    return found


_HEADS = (Role.HEAD, Role.APPLICANT_HEAD)
_RELATIONS = {"head": Relation.HEAD, "founders": Relation.FOUNDER, "staff": Relation.STAFF}


def _people_in(profile: Profile) -> list[str]:
    """The people a part of a profile names."""
    if profile.part == "head":
        return [profile.content["name"]]
    return [one["name"] for one in profile.content.get("people", ())]


def _facts_of(profile: Profile) -> Iterator[Fact]:
    if relation := _RELATIONS.get(profile.part):
        yield from (Fact(relation, f"name:{fold(name)}", name) for name in _people_in(profile))
    elif profile.part == "address":
        yield Fact(Relation.ADDRESS, fold(profile.content["text"]), profile.content["text"])
    elif profile.part == "phone":
        yield Fact(Relation.PHONE, profile.content["number"], profile.content["number"])


def hints_for(proceeding: Proceeding, actor: Actor) -> dict[str, tuple[Fact, ...]]:
    """Candidacy ref → hints about the actor's own seat; all a member is shown of them."""
    seat = seat_of(proceeding.commission, actor)
    refs = dict(proceeding.candidacies.values_list("pk", "ref"))
    pk = seat.pk if seat else 0
    return {refs[candidacy]: said for (who, candidacy), said in hints(proceeding).items() if who == pk}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A hint as the chair sees it, with what the member declared."""

    member: Member
    candidacy: Candidacy
    facts: tuple[Fact, ...]
    declared: str  # "" | interest | none | recused
    denial: str


def suggestions(proceeding: Proceeding) -> list[Suggestion]:
    """Every hint of the lot, by member and number: for the chair."""
    found = hints(proceeding)
    people = {one.pk: one for one in members(proceeding.commission)}
    rows = {one.pk: one for one in candidacies_of(proceeding)}
    said = {
        (one.member_id, one.candidacy_id): one for one in Interest.objects.filter(candidacy__proceeding=proceeding)
    }
    left = set(Recusal.objects.filter(candidacy__proceeding=proceeding).values_list("member_id", "candidacy_id"))

    def declared(pair: tuple[int, int]) -> str:
        if pair in left:
            return "recused"
        return "" if pair not in said else "interest" if said[pair].conflicted else "none"

    return [
        Suggestion(
            people[who],
            rows[what],
            facts,
            declared((who, what)),
            said[who, what].denial if (who, what) in said else "",
        )
        for (who, what), facts in sorted(found.items())
    ]


def mending_of(application: Application) -> Mending | None:
    """What the applicant is asked to mend; nothing before it is asked."""
    rows = Mending.objects.filter(candidacy__application=application).exclude(state="noted")
    return rows.select_related("candidacy__proceeding__commission__contest").first()


def had_chance_to_mend(candidacy: Candidacy) -> bool:
    return Mending.objects.filter(candidacy=candidacy, state__in=("mended", "lapsed")).exists()


def noted_fault(candidacy: Candidacy) -> Mending | None:
    return Mending.objects.filter(candidacy=candidacy).first()


def mending_content(mending: Mending) -> dict[str, Any]:
    """The faulted places as they were submitted, for the applicant's own people."""
    application = mending.candidacy.application
    version = application.versions.order_by("-number")[0]
    content = documents.unseal_content(application.label, f"v{version.number}", version.sealed)
    return {place: pick(content, place) for place in mending.places}


def mending_difference(candidacy: Candidacy) -> list[tuple[str, Any, Any]]:
    """(place, as submitted, as mended) of each faulted place. Only for whoever has just opened the application: the
    look is recorded there."""
    mending = Mending.objects.filter(candidacy=candidacy, state="mended").first()
    if mending is None:
        return []
    application = candidacy.application
    numbers = (mending.version_before or 0, mending.version_after or 0)
    versions = {one.number: one for one in application.versions.filter(number__in=numbers)}
    before, after = (documents.unseal_content(application.label, f"v{n}", versions[n].sealed) for n in numbers)
    return [(place, pick(before, place), pick(after, place)) for place in mending.places]


def mendings_of(organisation_id: int, at: datetime, limit: int = 30) -> list[Mending]:
    """What an applicant may mend now, oldest first."""
    rows = Mending.objects.filter(
        candidacy__application__applicant_id=organisation_id,
        state="asked",
        candidacy__proceeding__mending_until__gt=at,
    )
    rows = rows.select_related("candidacy__application__contest", "candidacy__proceeding")
    return list(rows.defer("candidacy__application__contest__settlement_bytes").order_by("id")[:limit])


def mendings_open(proceeding: Proceeding) -> list[Mending]:
    """Every fault noted in a lot, with its application."""
    rows = Mending.objects.filter(candidacy__proceeding=proceeding)
    return list(rows.select_related("candidacy__application__applicant").order_by("id"))


def requested(candidacy: Candidacy) -> Decimal:
    """What an opened application asks for, in som."""
    version = _last_versions([candidacy.application_id])[candidacy.application_id]
    content = documents.unseal_content(candidacy.application.label, f"v{version.number}", version.sealed)
    return Content.model_validate(content).requested


def cut_of(application: Application) -> Cut | None:
    rows = Cut.objects.filter(candidacy__application=application)
    return rows.select_related("candidacy__proceeding__commission__contest").first()


def cuts_of(proceeding: Proceeding) -> dict[int, Cut]:
    """By the candidacy's id."""
    return {row.candidacy_id: row for row in Cut.objects.filter(candidacy__proceeding=proceeding)}


def cuts_to_answer(organisation_id: int, at: datetime, limit: int = 30) -> list[Cut]:
    rows = Cut.objects.filter(
        candidacy__application__applicant_id=organisation_id, state="proposed", answer_until__gt=at
    )
    rows = rows.select_related("candidacy__application__contest")
    return list(rows.defer("candidacy__application__contest__settlement_bytes").order_by("id")[:limit])


def adjournments_of(proceeding: Proceeding) -> list[Adjournment]:
    return list(proceeding.adjournments.order_by("number"))


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


def mendings_over(at: datetime, limit: int = 50) -> list[Proceeding]:
    """Lots in which somebody did not mend until the end of the time (H-50), oldest first."""
    asked = Mending.objects.filter(candidacy__proceeding=OuterRef("pk"), state="asked")
    rows = Proceeding.objects.filter(Exists(asked), state="admissibility", mending_until__lte=at)
    return list(rows.order_by("id")[:limit])


def cuts_over(at: datetime, limit: int = 50) -> list[Cut]:
    """Cuts that nobody answered until the end of the time (H-50), oldest first."""
    return list(Cut.objects.filter(state="proposed", answer_until__lte=at).order_by("id")[:limit])


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What became of an award after its protocol was published."""

    at: datetime
    verb: str  # decline_award | lose_award | call_reserve | give_back
    row: dict[str, Any]  # of the protocol's ranking
    amount: Decimal | None  # som: the award of the reserve, or what went back to the measure


def aftermath_of(protocols: Iterable[Protocol]) -> dict[int, list[Aftermath]]:
    """Per protocol: awards given up or lost, the reserve called, money given back; in order, two queries in all."""
    published = {one.proceeding_id: one for one in protocols}
    ranked = {one.pk: {row["candidacy"]: row for row in ranking_rows(one)} for one in published.values()}
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


# --- appeals and errata ----------------------------------------------------------------------------------------


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


def superseded_of(contest: Contest) -> list[Protocol]:
    rows = Protocol.objects.filter(proceeding__lot__contest=contest, state="superseded").select_related("proceeding")
    return list(rows.defer("content").order_by("id"))


_APPEAL_RELATED = (
    "appellant",
    "candidacy",
    "panel",
    "attachment",
    "protocol__proceeding__lot",
    "protocol__proceeding__commission__contest__customer",
)


def _appeals() -> QuerySet[Appeal]:
    return Appeal.objects.select_related(*_APPEAL_RELATED).defer("protocol__content")


def appeal(ref: str) -> Appeal:
    """That it stands, and its answer, is public. Raises Appeal.DoesNotExist."""
    return _appeals().get(ref=ref)


def appeals_of(contest: Contest) -> list[Appeal]:
    """All of a contest, oldest first."""
    return list(_appeals().filter(protocol__proceeding__lot__contest=contest).order_by("id"))


def appeals_against(protocol: Protocol) -> list[Appeal]:
    return list(_appeals().filter(protocol=protocol).order_by("id"))


def appeals(before: int = 0, limit: int = 30) -> list[Appeal]:
    """A page of the public register, newest first; the next begins before the last id."""
    rows = _appeals().filter(pk__lt=before) if before else _appeals()
    return list(rows.order_by("-id")[:limit])


def appeals_of_application(application: Application) -> list[Appeal]:
    return list(_appeals().filter(candidacy__application=application).order_by("id"))


def new_appeal(application: Application) -> Appeal | None:
    """An appeal as this applicant would file it now, not kept; None before anything is published."""
    row = Candidacy.objects.filter(application=application).first()
    protocol = published_protocol(row.proceeding_id) if row else None
    if row is None or protocol is None:
        return None
    return Appeal(protocol=protocol, candidacy=row, appellant_id=application.applicant_id)


def appeal_refusals(appeal: Appeal, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(APPEAL, appeal, verb, actor)


def appeal_actions(appeal: Appeal, actor: Actor) -> tuple[str, ...]:
    return actions(APPEAL, appeal, actor)


def own_appeal_text(appeal: Appeal) -> dict[str, str]:
    """What the appellant wrote, for themselves."""
    return documents.unseal_content(appeal.label, "text", appeal.sealed)


def panel_seat(appeal: Appeal, actor: Actor) -> PanelMember | None:
    """The actor's seat in the panel that answers this appeal."""
    return panel_seat_of(appeal, actor)


def may_open_appeal(appeal: Appeal, actor: Actor) -> bool:
    return may_read_appeal(appeal, actor) is None


def appeals_hindering(proceeding: Proceeding, settlement: Settlement) -> tuple[str, ...]:
    """Numbers of the appeals for which signing waits: upheld ones until they are carried out; those without an answer
    where `appeal.suspensive` says so (H-03)."""
    states = ["upheld", *(OPEN_APPEAL if settlement.flag("appeal.suspensive") else ())]
    rows = Appeal.objects.filter(protocol__proceeding=proceeding, state__in=states)
    return tuple(rows.order_by("id").values_list("number", flat=True))


def upheld_against(protocol: Protocol) -> list[Appeal]:
    return list(_appeals().filter(protocol=protocol, state="upheld").order_by("id"))


def returned_by(appeal: Appeal) -> list[Candidacy]:
    rows = Returned.objects.filter(appeal=appeal).select_related("candidacy__application__applicant")
    return [row.candidacy for row in rows.order_by("candidacy_id")]


def panel_of(contest: Contest) -> AppealPanel | None:
    """The panel in office: the last one appointed."""
    return last_panel(contest.pk)


def panel_members(panel: AppealPanel) -> list[PanelMember]:
    return list(panel.members.select_related("organisation").order_by("id"))


def panel_facts(contest: Contest, issuer_id: int) -> PanelFacts:
    """Who may not answer an appeal in this contest: whoever sat in its commission or acted in its review, and whoever
    acts for one of its applicants."""
    proceedings = Proceeding.objects.filter(lot__contest=contest)
    acted = Q(object_kind="proceeding", object_id__in=proceedings.values("pk"))
    acted |= Q(
        object_kind="candidacy", object_id__in=Candidacy.objects.filter(proceeding__in=proceedings).values("pk")
    )
    acted |= Q(object_kind="protocol", object_id__in=Protocol.objects.filter(proceeding__in=proceedings).values("pk"))
    sat = Member.objects.filter(commission__contest=contest).values_list("person_id", flat=True)
    did = {row for row in Record.objects.filter(acted).values_list("person_id", flat=True) if row is not None}
    applicants = Candidacy.objects.filter(proceeding__in=proceedings).values("application__applicant_id")
    theirs = Mandate.objects.filter(organisation_id__in=applicants).values_list("person_id", flat=True)
    return PanelFacts(frozenset({*sat, *did}), frozenset(theirs), contest.customer_id, issuer_id)


def appeals_for_panel(actor: Actor, limit: int = 30) -> list[Appeal]:
    """Those the actor's panels have to answer, or have answered, newest first."""
    panels = AppealPanel.objects.filter(members__person_id=actor.person_id or 0)
    newer = AppealPanel.objects.filter(contest=OuterRef("contest"), pk__gt=OuterRef("pk"))
    in_office = panels.filter(~Exists(newer)).values("contest_id")
    waiting = Q(panel=None, protocol__proceeding__lot__contest_id__in=in_office)
    rows = _appeals().filter(Q(panel__in=panels.values("pk")) | waiting)
    return list(rows.order_by("-id")[:limit])


def appeals_to_answer(actor: Actor, limit: int = 30) -> list[Appeal]:
    """Open ones for which the actor keeps the panel's papers: chair and secretary."""
    seats = PanelMember.objects.filter(person_id=actor.person_id or 0, seat__in=[Seat.CHAIR, Seat.SECRETARY])
    panels = AppealPanel.objects.filter(pk__in=seats.values("panel_id"))
    newer = AppealPanel.objects.filter(contest=OuterRef("contest"), pk__gt=OuterRef("pk"))
    in_office = panels.filter(~Exists(newer)).values("contest_id")
    waiting = Q(state="filed", protocol__proceeding__lot__contest_id__in=in_office)
    rows = _appeals().filter(waiting | Q(state="taken_up", panel__in=panels.values("pk")))
    return list(rows.order_by("answer_by", "id")[:limit])


def appeals_of_customer(customer_id: int, states: Iterable[str], limit: int = 30) -> list[Appeal]:
    rows = _appeals().filter(
        protocol__proceeding__commission__contest__customer_id=customer_id, state__in=list(states)
    )
    return list(rows.order_by("answer_by", "id")[:limit])


def contests_with_panel(contest_ids: Iterable[int]) -> set[int]:
    rows = AppealPanel.objects.filter(contest_id__in=list(contest_ids))
    return set(rows.values_list("contest_id", flat=True))


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
        agrees_with_act(Candidacy, "t.ground = r.public_data->>'ground'", "reject", "screen_again"),
        agrees_with_act(
            Protocol,
            "t.content_sha256 = r.public_data->>'content_sha256' AND t.number = r.public_data->>'number'",
            "draft_protocol",
        ),
        agrees_with_act(
            Protocol,
            """t.published_at = r.at AND t.signing_from = (r.public_data->>'signing_from')::timestamptz
               AND t.appeal_until IS NOT DISTINCT FROM (r.public_data->>'appeal_until')::timestamptz""",
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
        *_appeal_checks(),
        _cut_awards,
        _successors,
        agrees_with_act(
            Departure,
            """t.order_number = r.public_data->>'order' AND t.left_on = r.acted_on
               AND (SELECT name FROM review_member m WHERE m.id = t.member_id) = r.public_data->>'left'
               AND (SELECT name FROM review_member m WHERE m.id = t.successor_id) = r.public_data->>'came'""",
        ),
        agrees_with_act(
            Recusal,
            """t.ground = r.public_data->>'ground' AND t.at = r.at
               AND (SELECT ref FROM review_candidacy c WHERE c.id = t.candidacy_id) = r.public_data->>'candidacy'
               AND (r.verb = 'prove_recusal') = t.proven""",
        ),
        agrees_with_act(Proceeding, "t.mending_until = (r.public_data->>'until')::timestamptz", "request_mending"),
        agrees_with_act(
            Mending, "t.ground = r.public_data->>'ground' AND t.places = r.public_data->'places'", "note_fault"
        ),
        agrees_with_act(Mending, "t.version_after = (r.public_data->>'version')::int AND t.mended_at = r.at", "mend"),
        sql_check(
            "review_mending {0}: mended at {1}, not before the end of the time ({2})",
            """SELECT m.id, m.mended_at, p.mending_until FROM review_mending m
               JOIN review_candidacy c ON c.id = m.candidacy_id JOIN review_proceeding p ON p.id = c.proceeding_id
               WHERE m.state = 'mended' AND m.mended_at >= p.mending_until ORDER BY m.id LIMIT 1""",
        ),
        agrees_with_act(
            Adjournment,
            """t.held_on = r.acted_on AND t.number = (r.public_data->>'sitting')::int
               AND t.present = (r.public_data->>'present')::int AND t.needed = (r.public_data->>'needed')::int""",
        ),
        agrees_with_act(ReserveCall, "t.released = (r.public_data->>'released')::numeric"),
        _cut_amounts,
    ]


def _cut_amounts() -> Iterator[str]:
    """The amount proposed is in the private part of its act, as long as that is kept."""
    parts = PrivatePart.objects.filter(record__object_kind=Cut.KIND, record__verb="propose_cut")
    said = {object_id: payload["amount"] for object_id, payload in parts.values_list("record__object_id", "payload")}
    for pk, amount in Cut.objects.order_by("id").values_list("id", "amount"):
        if said.get(pk, str(amount)) != str(amount):
            yield f"review_cut {pk}: another amount was proposed"
            return


def _seats() -> Iterator[str]:
    for commission in Commission.objects.order_by("id").iterator(chunk_size=200):
        said = Record.objects.get(object_kind=Commission.KIND, object_id=commission.pk, verb="appoint_commission")
        seats = [[m.name, m.side, m.seat] for m in commission.members.filter(act_id=said.pk).order_by("id")]
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
        found = candidates_of(protocol)
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
    """Each award stands in its protocol, and each award of a published protocol was given. One called from the reserve
    stands there as the reserve, with no more than was asked for."""
    for protocol in _protocols():
        if protocol.state not in ("published", "superseded") or not _sound(protocol):
            continue
        rows = ranking_rows(protocol)
        said = {
            (r["candidacy"], r["rank"], r["title"], r["amount"], r["requested"])
            for r in rows
            if r["outcome"] == "awarded"
        }
        waiting = {(r["candidacy"], r["rank"], r["title"], r["requested"]) for r in rows if r["outcome"] == "reserve"}
        given = {
            (a.candidacy.ref, a.rank, a.project_title, str(Money(a.amount)), str(Money(a.requested))): a.pk
            for a in protocol.awards.select_related("candidacy").order_by("id")
        }
        strange = {one for one in set(given) - said if (*one[:3], one[4]) not in waiting}
        if strange:
            yield f"review_award {min(given[one] for one in strange)}: its protocol does not say so"
        elif said - set(given):
            yield f"review_protocol {protocol.pk}: an award it gives is not there"


def _appeal_checks() -> list[Check]:
    """Nobody answers their own decision; an answer is what was answered; a superseded protocol has its appeal and,
    once the lot is decided again, its successor."""
    return [
        agrees_with_act(AppealPanel, "t.order_number = r.public_data->>'order'", "appoint_panel"),
        _panel_seats,
        sql_check(
            "review_panelmember {0}: person {1} answers appeals and sat in the commission",
            """SELECT p.id, p.person_id FROM review_panelmember p JOIN review_appealpanel a ON a.id = p.panel_id
               JOIN review_commission c ON c.contest_id = a.contest_id
               JOIN review_member m ON m.commission_id = c.id AND m.person_id = p.person_id
               ORDER BY p.id LIMIT 1""",
        ),
        agrees_with_act(
            Appeal,
            """t.number = r.public_data->>'number' AND t.subject = r.public_data->>'subject' AND t.filed_at = r.at
               AND t.content_sha256 = r.public_data->>'content_sha256'
               AND t.answer_by = (r.public_data->>'answer_by')::timestamptz""",
            "file_appeal",
        ),
        agrees_with_act(
            Appeal,
            """t.answered_at = r.at AND t.step = coalesce(r.public_data->>'step', '')
               AND t.ground = coalesce(r.public_data->>'ground', '')
               AND encode(sha256(convert_to(t.answer, 'UTF8')), 'hex') = r.public_data->>'answer_sha256'""",
            "uphold",
            "reject_appeal",
            "leave_unexamined",
        ),
        sql_check(
            "review_appeal {0}: filed at {1}, not before the end of the term ({2})",
            """SELECT a.id, a.filed_at, p.appeal_until FROM review_appeal a
               JOIN review_protocol p ON p.id = a.protocol_id
               WHERE (a.filed_at < p.appeal_until) IS NOT TRUE ORDER BY a.id LIMIT 1""",
        ),
        _appeal_contents,
        _returns,
        sql_check(
            "review_protocol {0}: superseded, but no appeal against it was carried out",
            """SELECT p.id FROM review_protocol p WHERE p.state = 'superseded' AND NOT EXISTS
                 (SELECT 1 FROM review_appeal a WHERE a.protocol_id = p.id AND a.state = 'carried_out')
               ORDER BY p.id LIMIT 1""",
        ),
        sql_check(
            "review_protocol {0}: superseded and without a successor, though its lot is decided again",
            """SELECT p.id FROM review_protocol p JOIN review_proceeding l ON l.id = p.proceeding_id
               WHERE p.state = 'superseded' AND l.state IN ('decided', 'published') AND NOT EXISTS
                 (SELECT 1 FROM review_protocol n WHERE n.proceeding_id = l.id AND n.round = p.round + 1)
               ORDER BY p.id LIMIT 1""",
        ),
        sql_check(
            "review_proceeding {0}: published, but {1} protocols of its round {2} stand",
            """SELECT l.id, count(p.id), l.round FROM review_proceeding l LEFT JOIN review_protocol p
                 ON p.proceeding_id = l.id AND p.round = l.round AND p.state = 'published'
               WHERE l.state = 'published' GROUP BY l.id, l.round HAVING count(p.id) <> 1 ORDER BY l.id LIMIT 1""",
        ),
        sql_check(
            "contests_lot {0}: under review again, but {1} of its {2} is reserved",
            """SELECT o.id, coalesce(sum(e.amount), 0), o.amount FROM review_proceeding l
               JOIN contests_lot o ON o.id = l.lot_id
               LEFT JOIN treasury_account c ON c.owner_kind = 'lot' AND c.owner_id = o.id AND c.stage = 'reserved'
               LEFT JOIN treasury_entry e ON e.account_id = c.id
               WHERE l.round > 1 AND l.state <> 'published'
               GROUP BY o.id, o.amount HAVING coalesce(sum(e.amount), 0) <> o.amount ORDER BY o.id LIMIT 1""",
        ),
        agrees_with_act(Erratum, "t.content_sha256 = r.public_data->>'content_sha256'", "rectify"),
        agrees_with_act(Erratum, "t.published_at = r.at", "publish_erratum"),
        _errata,
    ]


def _panel_seats() -> Iterator[str]:
    for panel in AppealPanel.objects.order_by("id").iterator(chunk_size=200):
        said = Record.objects.get(object_kind=AppealPanel.KIND, object_id=panel.pk, verb="appoint_panel")
        if [[m.name, m.seat] for m in panel.members.order_by("id")] != said.public_data["seats"]:
            yield f"review_appealpanel {panel.pk}: its seats are not those of the order"
            return


def _appeal_contents() -> Iterator[str]:
    for row in Appeal.objects.order_by("id").iterator(chunk_size=200):
        try:
            content = documents.unseal_content(row.label, "text", row.sealed)
        except KeyFault as fault:
            yield f"review_appeal {row.pk}: {fault}"
            return
        if digest(content) != row.content_sha256:
            yield f"review_appeal {row.pk}: its text does not match the hash on the receipt"
            return


def _returns() -> Iterator[str]:
    """The applications an upheld appeal returns are those its answer named."""
    said = Record.objects.filter(object_kind=Appeal.KIND, verb="uphold").order_by("id")
    for appeal_id, public in said.values_list("object_id", "public_data"):
        rows = Returned.objects.filter(appeal_id=appeal_id).order_by("candidacy_id")
        if list(rows.values_list("candidacy__number", flat=True)) != public["returned"]:
            yield f"review_appeal {appeal_id}: it does not return the applications its answer named"
            return


def _errata() -> Iterator[str]:
    for row in Erratum.objects.select_related("protocol__proceeding__commission").order_by("id"):
        if sha256(bytes(row.content)).hexdigest() != row.content_sha256:
            yield f"review_erratum {row.pk}: its content does not match its hash"
            return
        if row.state == "published" and (missing := erratum_unsigned(row)):
            yield f"review_erratum {row.pk}: published, but not signed by {', '.join(m.name for m in missing)}"


def _cut_awards() -> Iterator[str]:
    """Nobody gets less than they asked for without having agreed (H-05)."""
    for award in Award.objects.filter(amount__lt=F("requested")).select_related("candidacy__cut").order_by("id"):
        cut = getattr(award.candidacy, "cut", None)
        if cut is None or cut.state != "agreed" or cut.amount != award.amount:
            yield f"review_award {award.pk}: less than was asked for, and the applicant did not agree to it"
            return


def _successors() -> Iterator[str]:
    """Who took a seat took it for the same side and with the same vote."""
    for row in Departure.objects.select_related("member", "successor").order_by("id").iterator(chunk_size=200):
        was, now = row.member, row.successor
        if (was.side, was.seat, was.commission_id) != (now.side, now.seat, now.commission_id):
            yield f"review_departure {row.pk}: the seat went to another side or to another commission"
            return
