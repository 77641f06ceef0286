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

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q

from jardam.contests.models import Application, Contest, Lot, Version
from jardam.contests.rules import Content
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
from jardam.kernel.time import bishkek_day, months_before
from jardam.parties import queries as parties
from jardam.parties.rules import Role
from jardam.rulebook import methods
from jardam.rulebook.settlement import Settlement

from .models import (
    Adjournment,
    Award,
    Candidacy,
    Commission,
    Cut,
    Departure,
    Interest,
    Member,
    Mending,
    Proceeding,
    Protocol,
    Recusal,
    ReserveCall,
    ScoreSheet,
)
from .policy import (
    CANDIDACY,
    COMMISSION,
    CUT,
    MENDING,
    PROCEEDING,
    PROTOCOL,
    may_read,
    seat_of,
    valid_sheets,
    visible_proceedings,
    visible_protocols,
)
from .rules import PLACES, VOTING, Fact, Relation, Seat, hints_between, in_order, pick

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
    mending: int = 0  # applications that are still asked to mend


def standings(contest_ids: Iterable[int]) -> list[LotStanding]:
    """Every lot of these contests, with the contest's rules; four queries."""
    ids = list(contest_ids)
    commissions = {row.contest_id: row for row in Commission.objects.filter(contest_id__in=ids)}
    listed = Count("candidacies", filter=Q(candidacies__state="listed"))
    asked = Count("candidacies", filter=Q(candidacies__mending__state="asked"))
    rows = Proceeding.objects.filter(lot__contest_id__in=ids).annotate(undecided=listed, mending=asked)
    proceedings = {row.lot_id: row for row in rows}
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
                proceeding.mending if proceeding else 0,
            )
        )
    return found


def duties_of_member(actor: Actor, limit: int = 30) -> list[tuple[str, Proceeding]]:
    """What a voting member has to do now: (verb, proceeding), oldest first; one query."""
    who = actor.person_id or 0
    interests = Interest.objects.filter(member__person_id=who)
    recused = Recusal.objects.filter(candidacy=OuterRef("pk"), member__person_id=who)
    own = Q(member__person_id=who) | Q(member__departure__successor__person_id=who)
    void = Recusal.objects.filter(candidacy=OuterRef("candidacy"), member=OuterRef("member"))
    sheets = ScoreSheet.objects.filter(own, candidacy=OuterRef("pk")).exclude(Exists(void))
    closed = interests.filter(candidacy=OuterRef("pk"), conflicted=True)
    open_ = Candidacy.objects.filter(proceeding=OuterRef("pk"), state="admitted")
    signed = Signature.objects.filter(object_kind="protocol", object_id=OuterRef("protocol__pk"), person_id=who)
    seats = Member.objects.filter(commission=OuterRef("commission"), seat__in=VOTING, person_id=who, departure=None)
    undeclared = ~Exists(interests.filter(candidacy__proceeding=OuterRef("pk")))
    unscored = Exists(open_.exclude(Exists(closed) | Exists(recused) | Exists(sheets)))
    waits = Q(undeclared=True, state__in=("interests", "admissibility", "scoring", "revealed"))
    due = (
        waits & Q(Exists(Candidacy.objects.filter(proceeding=OuterRef("pk"))))
        | Q(unscored, state="scoring")
        | Q(~Exists(signed), state="decided", protocol__state="drafted")
    )
    rows = Proceeding.objects.annotate(undeclared=undeclared).filter(Exists(seats)).filter(due)
    rows = rows.select_related("lot", "commission__contest", "protocol")
    rows = rows.defer("commission__contest__settlement_bytes", "protocol__content")
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
    if not valid_sheets(proceeding).exists():
        return []
    rows = list(
        proceeding.candidacies.exclude(state__in=["listed", "rejected"])
        .select_related("application__applicant")
        .prefetch_related(Prefetch("sheets", valid_sheets(proceeding).order_by("id")))
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
        _candidate(row, versions[row.application_id].at, content, [next(sheets) for _ in row.sheets.all()])
        for row, content in zip(rows, contents, strict=True)
    ]


def _last_versions(application_ids: Iterable[int]) -> dict[int, Version]:
    rows = Version.objects.filter(application_id__in=list(application_ids))
    return {v.application_id: v for v in rows.order_by("application_id", "-number").distinct("application_id")}


def _candidate(row: Candidacy, at: datetime, content: Any, sheets: list[dict[str, Any]]) -> Candidate:
    said = Content.model_validate(content)
    scores = {code: tuple(Decimal(s[code]["score"]) for s in sheets) for code in (sheets[0] if sheets else ())}
    return Candidate(
        ref=row.ref,
        number=row.number,
        applicant=in_language(row.application.applicant.title, "ru"),
        title=said.project.title,
        requested=said.requested,
        own=said.own,
        submitted_at=at,
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
    """Those that stand; a declined one is left out."""
    rows = Award.objects.filter(protocol__proceeding__lot__contest=contest).exclude(candidacy__state="declined")
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
    outcome: str  # awarded | reserve | not_awarded | rejected | declined: as it stands today
    row: Mapping[str, Any]  # of the protocol: a place in its ranking, or a rejection
    scores: Mapping[str, tuple[tuple[Decimal, str], ...]]  # criterion → each member's score and reason, unnamed
    last_awarded: Decimal | None  # the lowest total that got money
    points: Mapping[str, Decimal]  # criterion → the average, by the rules' own method


def letter(application: Application) -> Letter | None:
    """For the applicant's own people; None until the protocol is published."""
    found = Candidacy.objects.filter(application=application, proceeding__state="published")
    row = found.select_related("proceeding").first()
    if row is None:
        return None
    protocol = Protocol.objects.get(proceeding=row.proceeding_id)
    content = content_of(protocol)
    for rejection in content["rejected"]:
        if rejection["number"] == row.number:
            return Letter(protocol, "rejected", rejection, {}, None, {})
    own = next((place for place in content["ranking"] if place["candidacy"] == row.ref), None)
    if own is None:
        return None
    sheets = [_open(row, sheet) for sheet in valid_sheets(row.proceeding).filter(candidacy=row).order_by("id")]
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


def mendable_places() -> tuple[str, ...]:
    """What can be opened for mending, in the order of the application."""
    return PLACES


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
    return rows.select_related("proceeding__commission__contest", "award").first()


def is_open_decline(candidacy: Candidacy) -> bool:
    """Whether the money of a declined award is still with the lot."""
    return candidacy.state == "declined" and not ReserveCall.objects.filter(declined=candidacy).exists()


def cut_actions(cut: Cut, actor: Actor) -> tuple[str, ...]:
    return actions(CUT, cut, actor)


def hints(proceeding: Proceeding) -> dict[tuple[int, int], tuple[Fact, ...]]:
    """(member id, candidacy id) → what the registers know of both: heads and staff by their mandates within
    `com.coi_lookback_months` before the opening, and the organisation itself. A hint, never a proof. Four statements,
    however many applications there are."""
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
    for mandate in parties.mandates_between(every, since, until):
        relation = Relation.HEAD if mandate.role in _HEADS else Relation.STAFF
        facts[mandate.organisation_id].add(Fact(relation, str(mandate.person_id), mandate.person.name))
    found = {}
    for seat in seats:
        known = frozenset(
            {Fact(Relation.STAFF, str(seat.person_id), seat.name)}.union(*(facts[pk] for pk in own[seat.pk]))
        )
        for pk, applicant in applicants.items():
            if said := hints_between(known, frozenset(facts[applicant])):
                found[seat.pk, pk] = said
    return found


_HEADS = (Role.HEAD, Role.APPLICANT_HEAD)


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
    rows = proceeding.candidacies.filter(state="declined", replaced_by=None).select_related("award", "application")
    return list(rows.order_by("award__rank"))


def declined_waiting(customer_id: int, limit: int = 30) -> list[Candidacy]:
    """The same in every lot of a customer, oldest first."""
    rows = Candidacy.objects.filter(
        state="declined", replaced_by=None, proceeding__commission__contest__customer_id=customer_id
    )
    return list(rows.select_related("award", "proceeding__lot__contest").order_by("id")[:limit])


def reserve_of(protocol: Protocol) -> list[tuple[Candidacy, dict[str, Any]]]:
    """The reserve list by rank, those who refused a cut aside."""
    rows = {row["candidacy"]: row for row in ranking_rows(protocol) if row["outcome"] == "reserve"}
    found = Candidacy.objects.filter(ref__in=rows, state="reserve").exclude(cut__state="refused")
    found = found.select_related("proceeding__commission__contest", "application__applicant")
    return sorted(((one, rows[one.ref]) for one in found), key=lambda pair: pair[1]["rank"])


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
    """Each award stands in its protocol, and each award of a published protocol was given. One called from the reserve
    stands there as the reserve, with no more than was asked for."""
    for protocol in _protocols():
        if protocol.state != "published" or not _sound(protocol):
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
