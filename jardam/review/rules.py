"""Decisions of the review over plain facts and the settled rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from jardam.contests.rules import PARTS
from jardam.kernel.money import Money
from jardam.kernel.refusal import Basis, Reason, Refusal, when_broken
from jardam.parties.rules import CUSTOMER_KINDS, Kind, Role
from jardam.rulebook import methods
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement


class Side(StrEnum):
    STATE = "state"
    CIVIL = "civil"


class Seat(StrEnum):
    CHAIR = "chair"
    MEMBER = "member"
    SECRETARY = "secretary"  # without a vote (H-01)
    VOTING_SECRETARY = "voting_secretary"  # where com.secretary_votes says so: a voting member in everything (H-51)
    RESERVE = "reserve"  # without a vote until called in (com.replace_rule)


VOTING = (Seat.CHAIR, Seat.MEMBER, Seat.VOTING_SECRETARY)

COMMISSION_TOO_SMALL = Reason("commission_too_small", "The commission has {size} voting members; {needed} are needed.")
COMMISSION_TOO_LARGE = Reason(
    "commission_too_large", "The commission has {size} voting members; at most {allowed} may sit."
)
CIVIL_SHARE_TOO_SMALL = Reason(
    "civil_share_too_small", "{civil} of {size} voting members are civil; the share needed is {needed}."
)
EVEN_SIZE = Reason("commission_even", "The rules want an odd number of voting members, not {size}.")
ONE_CHAIR = Reason("commission_needs_one_chair", "A commission has exactly one chair.")
TWICE = Reason("member_twice", "A person sits in a commission once.")
PAPERS_NOT_COMPARED = Reason(
    "papers_not_compared", "{count} applications on paper are not yet keyed in and compared with their scans."
)
CONTEST_NOT_OPENED = Reason("contest_not_opened", "The review begins after the applications are opened.")
DECLARATIONS_MISSING = Reason("declarations_missing", "{count} declarations of interest are still missing.")
ALREADY_DECLARED = Reason("already_declared", "You have declared your interests for this lot already.")
DECLARE_ALL = Reason("declare_about_each", "Declare about every applicant of the lot: {missing} are missing.")
HAS_INTEREST = Reason("member_has_interest", "You declared an interest: this application is closed to you.")
NOT_DECLARED = Reason("interests_first", "Declare your interests before you read applications.")
UNDECIDED = Reason("admissibility_open", "{count} applications are neither admitted nor rejected yet.")
NONE_ADMITTED = Reason(
    "none_admitted", "{count} applications were admitted: under these rules there is nothing to score."
)
COMMISSION_DECIDES = Reason(
    "commission_decides_admission",
    "Under these rules the commission decides on admission: enter its sitting and how it voted on this application.",
)
UNKNOWN_GROUND = Reason("ground_unknown", "A rejection names one of the grounds of the rules: {grounds}.")
SCORES_MISSING = Reason("scores_missing", "{count} score sheets are still missing.")
BAD_SCORES = Reason("scores_incomplete", "Give every criterion a score within its scale: {criteria}.")
SCORE_REASON_MISSING = Reason("score_reason_missing", "The rules want a reason for each score: {criteria}.")
SCORED_ALREADY = Reason("scored_already", "Your scores for this application are in; they cannot be changed.")
NO_QUORUM = Reason("no_quorum", "{present} voting members without an interest were present; {needed} are needed.")
NOT_CARRIED = Reason(
    "vote_not_carried", "{votes_for} voted for and {votes_against} against; the majority needed is {needed}."
)
VOTES_EXCEED = Reason(
    "votes_exceed_present",
    "{votes} votes are entered, and {present} of those present may vote here: who has an interest may not. Count for, "
    "against and abstained again, or mark who else was present.",
)
TIE_LEFT = Reason("tie_left_open", "The rules do not break the tie between {tied}: the sitting must order them.")
TOO_FEW_SCORERS = Reason("too_few_scorers", "Each application needs the scores of {needed} members: {numbers}.")
APPROVAL_MISSING = Reason(
    "approval_missing", "The rules want the protocol approved by an order of the head: give its number."
)
SIGNATURES_MISSING = Reason("signatures_missing", "Signatures are missing: {names}.")
SIGNED_ALREADY = Reason("signed_already", "You have signed this protocol already.")
COMMISSION_APPOINTED = Reason("commission_appointed", "This contest has its commission already.")
REVIEW_BEGUN = Reason("review_begun", "The review of this lot has begun already.")

when_broken("review_commission_contest_id_key", COMMISSION_APPOINTED.refusal(HOUSE["H-17"].basis))
when_broken("review_proceeding_lot_id_key", REVIEW_BEGUN.refusal(HOUSE["H-17"].basis))


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """A seat as it is filled: person and mandate by id."""

    person_id: int
    mandate_id: int
    organisation_id: int
    name: str
    side: str
    seat: str


def secretary_seat(settlement: Settlement) -> Seat:
    """With a vote where the rules of the contest give one; without where they do not, or are silent (H-01)."""
    known = "com.secretary_votes" in settlement.parameters
    return Seat.VOTING_SECRETARY if known and settlement.flag("com.secretary_votes") else Seat.SECRETARY


def seated(members: Sequence[MemberEntry], settlement: Settlement) -> list[MemberEntry]:
    """The seats as the rules have them: the secretary's with a vote or without."""
    own = secretary_seat(settlement)
    return [replace(m, seat=own) if m.seat in (Seat.SECRETARY, Seat.VOTING_SECRETARY) else m for m in members]


def commission_faults(members: Sequence[MemberEntry], settlement: Settlement) -> list[Refusal]:
    """Size, oddness, civil share of the voting members, one chair, nobody twice."""
    house = HOUSE["H-16"].basis
    voting = [m for m in members if m.seat in VOTING]
    faults = []
    size = settlement.number("com.size_min")
    if len(voting) < size:
        faults.append(COMMISSION_TOO_SMALL.refusal(settlement.basis("com.size_min"), size=len(voting), needed=size))
    most = settlement.value("com.size_max")
    if most is not None and len(voting) > most:
        faults.append(COMMISSION_TOO_LARGE.refusal(settlement.basis("com.size_max"), size=len(voting), allowed=most))
    if settlement.flag("com.size_odd") and len(voting) % 2 == 0:
        faults.append(EVEN_SIZE.refusal(settlement.basis("com.size_odd"), size=len(voting)))
    civil = sum(1 for m in voting if m.side == Side.CIVIL)
    if not methods.civil_share_met(settlement, civil=civil, members=len(voting)):
        needed = str(settlement.share("com.civil_min_share"))
        faults.append(
            CIVIL_SHARE_TOO_SMALL.refusal(
                settlement.basis("com.civil_min_share"), civil=civil, size=len(voting), needed=needed
            )
        )
    if sum(1 for m in members if m.seat == Seat.CHAIR) != 1:
        faults.append(ONE_CHAIR.refusal(house))
    if len({m.person_id for m in members}) != len(members):
        faults.append(TWICE.refusal(house))
    return faults


@dataclass(frozen=True, slots=True)
class ProceedingFacts:
    contest_state: str
    declarations_missing: int
    undecided: int
    admitted: int
    scorable: bool  # enough were admitted for the rules to have them scored
    sheets_missing: int
    papers_pending: int = 0  # envelopes of the contest that are neither taken in nor refused
    at: datetime | None = None
    term_over: date | None = None  # the day on which the term of the commission ended (com.term)
    term_basis: Basis | None = None
    faults_noted: int = 0
    mending_until: datetime | None = None
    short_of_scorers: int = 0  # admitted applications with fewer valid sheets than eval.min_scorers
    stands_still: bool = False


def papers_compared(facts: ProceedingFacts) -> Refusal | None:
    """Whoever came on paper is listed with all others, or nobody is."""
    if not facts.papers_pending:
        return None
    return PAPERS_NOT_COMPARED.refusal(HOUSE["H-32"].basis, count=facts.papers_pending)


def contest_opened(facts: ProceedingFacts) -> Refusal | None:
    return None if facts.contest_state == "opened" else CONTEST_NOT_OPENED.refusal(HOUSE["H-13"].basis)


def all_declared(facts: ProceedingFacts) -> Refusal | None:
    if not facts.declarations_missing:
        return None
    return DECLARATIONS_MISSING.refusal(HOUSE["H-12"].basis, count=facts.declarations_missing)


def all_screened(facts: ProceedingFacts) -> Refusal | None:
    return UNDECIDED.refusal(HOUSE["H-02"].basis, count=facts.undecided) if facts.undecided else None


def some_admitted(facts: ProceedingFacts) -> Refusal | None:
    return None if facts.scorable else NONE_ADMITTED.refusal(HOUSE["H-16"].basis, count=facts.admitted)


def all_scored(facts: ProceedingFacts) -> Refusal | None:
    if not facts.sheets_missing:
        return None
    return SCORES_MISSING.refusal(HOUSE["H-20"].basis, count=facts.sheets_missing)


def score_faults(scores: Mapping[str, tuple[Decimal, str]], settlement: Settlement) -> list[Refusal]:
    """`scores`: criterion code → (score, reason). Every criterion of the contest once, on its scale."""
    criteria = {c.code: c for c in settlement.criteria()}
    step = settlement.decimal("eval.score_step")
    bad = tuple(
        code
        for code in sorted(set(criteria) | set(scores))
        if code not in criteria or code not in scores or not methods.is_on_scale(criteria[code], scores[code][0], step)
    )
    faults = [BAD_SCORES.refusal(settlement.basis("eval.criteria"), criteria=bad)] if bad else []
    bare = tuple(sorted(code for code, (_, reason) in scores.items() if not reason))
    if bare and settlement.flag("eval.comment_required"):
        faults.append(SCORE_REASON_MISSING.refusal(settlement.basis("eval.comment_required"), criteria=bare))
    return faults


@dataclass(frozen=True, slots=True)
class Vote:
    """The vote of a sitting on the ranking and the awards; heads of voting members. `recused` members are neither
    present nor entitled in this matter."""

    appointed: int
    recused: int
    present: int
    votes_for: int
    votes_against: int
    abstained: int
    chair_for: bool | None


def vote_faults(vote: Vote, settlement: Settlement) -> list[Refusal]:
    """Quorum after recusals, and majority, by the rules of the contest."""
    votes = vote.votes_for + vote.votes_against + vote.abstained
    entitled = vote.appointed - vote.recused
    if votes > vote.present or vote.present > entitled:
        there = min(vote.present, entitled)
        return [VOTES_EXCEED.refusal(HOUSE["H-16"].basis, at_field="votes_for", votes=votes, present=there)]
    faults = quorum_faults(vote, settlement)
    if not methods.majority_met(
        settlement,
        votes_for=vote.votes_for,
        votes_against=vote.votes_against,
        abstained=vote.abstained,
        appointed=vote.appointed,
        chair_for=vote.chair_for,
    ):
        needed_share = str(settlement.share("com.majority"))
        faults.append(
            NOT_CARRIED.refusal(
                settlement.basis("com.majority"),
                votes_for=vote.votes_for,
                votes_against=vote.votes_against,
                needed=needed_share,
            )
        )
    return faults


@dataclass(frozen=True, slots=True)
class Placing:
    """What becomes of one candidacy: `awarded`, `reserve` or `not_awarded`. *Amount*: som."""

    ref: str
    rank: int
    outcome: str
    amount: Decimal


def quorum_faults(vote: Vote, settlement: Settlement) -> list[Refusal]:
    """The quorum alone: what decides between a sitting that decides and one that is adjourned."""
    if methods.quorum_met(settlement, appointed=vote.appointed, recused=vote.recused, present=vote.present):
        return []
    needed = methods.quorum_least(settlement, appointed=vote.appointed, recused=vote.recused)
    return [NO_QUORUM.refusal(settlement.basis("com.quorum"), present=vote.present, needed=needed)]


def in_order(ranking: methods.Ranking, drawing: Mapping[str, int]) -> list[tuple[str, bool]]:
    """(ref, passed) down the ranking; a tie the rules left open is ordered by the drawing the sitting held.

    Refuses `tie_left_open` for a tie among those who passed that was not drawn: nothing is decided by accident.
    """
    order: list[tuple[str, bool]] = []
    for place in ranking.places:
        refs = list(place.refs)
        if place.is_tie and place.passed:
            if any(ref not in drawing for ref in refs) or len({drawing[ref] for ref in refs}) < len(refs):
                raise TIE_LEFT.refuse(HOUSE["H-16"].basis, tied=tuple(refs))
            refs.sort(key=lambda ref: drawing[ref])
        order += [(ref, place.passed) for ref in refs]
    return order


def place(
    order: Sequence[tuple[str, bool]],
    requested: Mapping[str, Decimal],
    *,
    money: Decimal,
    reserve: bool,
    aside: frozenset[str] = frozenset(),
    rejected: frozenset[str] = frozenset(),
) -> list[Placing]:
    """Awards down the order while the lot's money (som) lasts.

    Nobody is cut without consent (H-05): `requested` is what was asked for, or the smaller amount that was agreed to.
    Nobody overtakes: the first project that does not fit ends the awards; it and all others that passed are the
    reserve, where the rules know one. Only those `aside`, who refused a proposed cut, let the next in rank pass them;
    `rejected` are those the sitting voted down.
    """
    placings, left, open_ = [], money, True
    for rank, (ref, passed) in enumerate(order, start=1):
        able = passed and ref not in rejected
        fits = able and ref not in aside and requested[ref] <= left
        if open_ and fits:
            left -= requested[ref]
            placings.append(Placing(ref, rank, "awarded", requested[ref]))
            continue
        if ref not in aside and ref not in rejected:
            open_ = False
        outcome = "reserve" if able and reserve else "not_awarded"
        placings.append(Placing(ref, rank, outcome, Decimal(0)))
    return placings


# --- appeals ---------------------------------------------------------------------------------------------------


class Subject(StrEnum):
    """What is appealed."""

    ADMISSIBILITY = "admissibility"
    SCORES = "scores"
    PROTOCOL = "protocol"


class Step(StrEnum):
    """Where an upheld appeal sends the named applications, the earliest first."""

    ADMISSIBILITY = "admissibility"
    SCORING = "scoring"
    DECISION = "decision"


class Unexamined(StrEnum):
    """Why an appeal is left unexamined (H-37). One that is late, or of somebody else, is never registered."""

    ANSWERED_BEFORE = "answered_before"
    OTHER_MATTER = "other_matter"
    BEFORE_COURT = "before_court"


OPEN_APPEAL = ("filed", "taken_up")

NOTHING_TO_APPEAL = Reason("nothing_to_appeal", "There is no published decision on this application to appeal.")
APPEAL_LATE = Reason("appeal_late", "Appeals were accepted until {until}.")
APPEALED_ALREADY = Reason("appealed_already", "This decision on your application is appealed already.")
APPEALS_UNANSWERED = Reason("appeals_unanswered", "Other appeals on this lot are not answered yet: {numbers}.")
PANEL_DECIDED = Reason(
    "panel_took_decision", "Who took part in the decision does not answer an appeal against it: {names}."
)
PANEL_INTEREST = Reason("panel_has_interest", "Who acts for an applicant does not answer an appeal: {names}.")
PANEL_WRONG_BODY = Reason(
    "panel_of_wrong_body", "Under these rules an appeal is answered by another body: {answering}."
)
ANSWER_EMPTY = Reason("appeal_answer_without_reason", "An answer says why.")
UNKNOWN_STEP = Reason("step_unknown", "An upheld appeal returns applications to one of these steps: {steps}.")
NOBODY_RETURNED = Reason("nobody_returned", "Name at least one application of this lot that is returned.")
REJECTED_EARLIER = Reason(
    "return_to_admissibility_first", "What was rejected can only go back to the admissibility: {numbers}."
)
UNKNOWN_UNEXAMINED = Reason("unexamined_ground_unknown", "Name one of the grounds: {grounds}.")

when_broken("appeal_once_a_protocol", APPEALED_ALREADY.refusal(HOUSE["H-17"].basis))


@dataclass(frozen=True, slots=True)
class AppealFacts:
    at: datetime
    protocol_state: str  # "" when there is none
    until: datetime | None  # the first instant too late; None where nothing is published
    appealed: bool  # the applicant has an appeal against this protocol that was not withdrawn
    unanswered: tuple[str, ...]  # numbers of the open appeals against the same protocol
    term: Basis


def decision_appealable(facts: AppealFacts) -> Refusal | None:
    if facts.protocol_state == "published" and facts.until is not None:
        return None
    return NOTHING_TO_APPEAL.refusal(HOUSE["H-17"].basis)


def appeal_in_time(facts: AppealFacts) -> Refusal | None:
    if facts.until is None or facts.at < facts.until:
        return None
    return APPEAL_LATE.refusal(facts.term, until=facts.until)


def not_appealed_yet(facts: AppealFacts) -> Refusal | None:
    return APPEALED_ALREADY.refusal(HOUSE["H-17"].basis) if facts.appealed else None


def all_answered(facts: AppealFacts) -> Refusal | None:
    """A lot is returned once: all appeals against its protocol are answered first."""
    if not facts.unanswered:
        return None
    return APPEALS_UNANSWERED.refusal(HOUSE["H-37"].basis, numbers=facts.unanswered)


@dataclass(frozen=True, slots=True)
class PanelFacts:
    """Who may not answer: person ids. *Issuer*: the organisation whose order appoints the panel."""

    deciders: frozenset[int]
    interested: frozenset[int]
    customer_id: int
    issuer_id: int


def panel_faults(members: Sequence[MemberEntry], facts: PanelFacts, settlement: Settlement) -> list[Refusal]:
    """One chair, nobody twice; nobody who took part in the decision or acts for an applicant (H-36); the body that
    `appeal.body` names: the customer's own people, those of a superior body, or a commission from anywhere."""
    house = HOUSE["H-36"].basis
    faults = []
    if sum(1 for m in members if m.seat == Seat.CHAIR) != 1:
        faults.append(ONE_CHAIR.refusal(house))
    if len({m.person_id for m in members}) != len(members):
        faults.append(TWICE.refusal(house))
    for reason, barred in ((PANEL_DECIDED, facts.deciders), (PANEL_INTEREST, facts.interested)):
        if found := tuple(m.name for m in members if m.person_id in barred):
            faults.append(reason.refusal(house, names=found))
    body = settlement.choice("appeal.body")
    homes = {m.organisation_id for m in members}
    own = facts.issuer_id == facts.customer_id
    fits = {
        "customer": own and homes == {facts.customer_id},
        "superior_body": not own and homes == {facts.issuer_id},
        "appeal_commission": True,
    }
    if not fits[body]:
        faults.append(PANEL_WRONG_BODY.refusal(settlement.basis("appeal.body"), answering=body))
    return faults


def return_faults(step: str, states: Mapping[str, str]) -> list[Refusal]:
    """`states`: number → state of the named applications. Where they can go: a rejected one only to the
    admissibility."""
    house = HOUSE["H-37"].basis
    if step not in tuple(Step):
        return [UNKNOWN_STEP.refusal(house, at_field="step", steps=tuple(Step))]
    if not states:
        return [NOBODY_RETURNED.refusal(house, at_field="candidacies")]
    rejected = tuple(sorted(number for number, state in states.items() if state == "rejected"))
    if rejected and step != Step.ADMISSIBILITY:
        return [REJECTED_EARLIER.refusal(house, at_field="step", numbers=rejected)]
    return []


def earliest(steps: Sequence[str]) -> Step:
    """The step at which the review of the lot goes on."""
    return min((Step(step) for step in steps), key=tuple(Step).index)


# --- errata ----------------------------------------------------------------------------------------------------

RECTIFIABLE = ("order", "held_on", "names", "titles", "wording")
"""Parts of a protocol that decide nothing. Ranking, scores, votes and amounts are changed by a new decision only."""

NOT_RECTIFIABLE = Reason(
    "erratum_changes_decision",
    "An erratum corrects {parts} only. A decision is changed by an appeal, not by an erratum.",
)
ERRATUM_EMPTY = Reason("erratum_without_change", "The corrected text is the same as the text that stands.")
PROTOCOL_NOT_PUBLIC = Reason("protocol_not_published", "Only a published protocol is rectified.")


def erratum_faults(part: str, reads: str, should_read: str, protocol_state: str) -> list[Refusal]:
    house = HOUSE["H-26"].basis
    faults = []
    if protocol_state not in ("published", "superseded"):
        faults.append(PROTOCOL_NOT_PUBLIC.refusal(house))
    if part not in RECTIFIABLE:
        faults.append(NOT_RECTIFIABLE.refusal(house, at_field="part", parts=RECTIFIABLE))
    if reads.strip() == should_read.strip():
        faults.append(ERRATUM_EMPTY.refusal(house, at_field="should_read"))
    return faults


# --- seats: sides, terms, successors ---------------------------------------------------------------------------

STATE_KINDS = CUSTOMER_KINDS | {Kind.KENESH, Kind.TREASURY, Kind.OPERATOR}
"""Bodies of power. A member sent by any other organisation sits for civil society (H-33)."""

SEAT_ROLES: dict[str, tuple[str, ...]] = {
    Seat.CHAIR: (Role.COMMISSION_MEMBER,),
    Seat.MEMBER: (Role.COMMISSION_MEMBER,),
    Seat.RESERVE: (Role.COMMISSION_MEMBER,),
    Seat.SECRETARY: (Role.COMMISSION_SECRETARY, Role.COMMISSION_MEMBER),
    Seat.VOTING_SECRETARY: (Role.COMMISSION_MEMBER,),
}
"""Which mandate lets a person take a seat."""

NO_SEAT_MANDATE = Reason("seat_without_mandate", "{name} has no mandate in force for this seat.")
WRONG_SIDE = Reason("seat_wrong_side", "{name} cannot sit for this side: {organisation} is of the other.")
LEFT_ALREADY = Reason("member_left_already", "This member has left the commission already.")
NOT_FROM_RESERVE = Reason("not_from_reserve", "The rules fill a seat from the reserve members of the commission.")
TERM_OVER = Reason("commission_term_over", "The term of the commission ended on {day}. Renew it first.")


@dataclass(frozen=True, slots=True)
class MandateFacts:
    """A mandate as the registers have it at the moment of the order."""

    person_id: int
    organisation_id: int
    organisation: str
    kind: str
    role: str


def side_of(kind: str) -> Side:
    return Side.STATE if kind in STATE_KINDS else Side.CIVIL


def seat_faults(members: Sequence[MemberEntry], mandates: Mapping[int, MandateFacts]) -> list[Refusal]:
    """Whether each seat is held under a mandate in force that fits its seat and side. `mandates`: those in force, by
    id."""
    faults = []
    for one in members:
        held = mandates.get(one.mandate_id)
        if (
            held is None
            or (held.person_id, held.organisation_id) != (one.person_id, one.organisation_id)
            or held.role not in SEAT_ROLES[one.seat]
        ):
            house = "H-51" if one.seat == Seat.VOTING_SECRETARY else "H-18"
            faults.append(NO_SEAT_MANDATE.refusal(HOUSE[house].basis, name=one.name))
        elif side_of(held.kind) != one.side:
            faults.append(WRONG_SIDE.refusal(HOUSE["H-33"].basis, name=one.name, organisation=held.organisation))
    return faults


def commission_in_term(facts: ProceedingFacts) -> Refusal | None:
    if facts.term_over is None:
        return None
    return TERM_OVER.refusal(facts.term_basis or HOUSE["H-17"].basis, day=facts.term_over)


def some_short_of_scorers(facts: ProceedingFacts) -> Refusal | None:
    """Scores are asked for once more only where too few are left to decide."""
    if facts.short_of_scorers and facts.sheets_missing and not facts.declarations_missing:
        return None
    return ENOUGH_SCORES.refusal(HOUSE["H-20"].basis)


ENOUGH_SCORES = Reason("scores_are_enough", "Every application has the scores that the rules ask for.")


# --- standstill ------------------------------------------------------------------------------------------------

STANDS_STILL = Reason(
    "review_stands_still",
    "The review of this lot stands still since {since}: it was stopped by document No. {number} of {day}.",
)
GOES_ON = Reason("review_goes_on", "The review of this lot does not stand still.")


def stands_still(facts: ProceedingFacts) -> Refusal | None:
    return None if facts.stands_still else GOES_ON.refusal(HOUSE["H-67"].basis)


def stood_still(standstills: Sequence[Sequence[str]], since: datetime) -> timedelta:
    """How long a review stood still after an instant. *Standstills*: beginning and end of each, ISO."""
    ends = [(datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in standstills]
    return sum((max(timedelta(0), end - max(begin, since)) for begin, end in ends), timedelta(0))


# --- interests that show up later ------------------------------------------------------------------------------


class RecusalGround(StrEnum):
    """Why a member may not decide on an application."""

    FAMILY = "family"
    WORK = "work"
    FOUNDER = "founder"
    MONEY = "money"
    DISPUTE = "dispute"


DENIAL_MISSING = Reason(
    "interest_denial_unexplained", "The registers suggest a relation. Say why there is no interest: {numbers}."
)
RECUSED_ALREADY = Reason("recused_already", "This member is recused from this application already.")
UNKNOWN_RECUSAL = Reason("recusal_ground_unknown", "A recusal names one of these grounds: {grounds}.")
NOT_THEIR_CANDIDACY = Reason("not_of_this_lot", "This application or member does not belong to this review.")

when_broken("recusal_once", RECUSED_ALREADY.refusal(HOUSE["H-12"].basis))


class Relation(StrEnum):
    """What two organisations, or a person and an organisation, may have in common."""

    ORGANISATION = "organisation"
    HEAD = "head"
    STAFF = "staff"
    FOUNDER = "founder"
    ADDRESS = "address"
    PHONE = "phone"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """One thing the registers know of a person or an organisation; equal keys of one kind are the same thing."""

    relation: str
    key: str
    shown: str


def hints_between(member: frozenset[Fact], applicant: frozenset[Fact]) -> tuple[Fact, ...]:
    """What the registers say of both: a hint of an interest, never a proof. A person counts on either side alike: who
    heads one and works for the other is found, under the closer tie of the applicant."""
    persons = (Relation.HEAD, Relation.STAFF, Relation.FOUNDER)
    own = {("person" if f.relation in persons else f.relation, f.key) for f in member}
    found = {f for f in applicant if ("person" if f.relation in persons else f.relation, f.key) in own}
    return tuple(sorted(found))


# --- mending ---------------------------------------------------------------------------------------------------

PLACES: tuple[str, ...] = tuple(
    place
    for part, model in PARTS.items()
    for place in ([part] if "rows" in model.model_fields else [f"{part}.{name}" for name in model.model_fields])
)
"""What can be opened for mending beside documents: a field of a section, or a table as a whole."""

DOCUMENT = "documents."
"""Before the code of a document of `app.documents`: what can be opened for mending, too."""


def places_of(settlement: Settlement) -> tuple[str, ...]:
    """Everything that can be opened for mending in a contest."""
    return (*PLACES, *(f"{DOCUMENT}{one.code}" for one in settlement.value("app.documents")))


NOT_CURABLE = Reason("fault_not_curable", "This fault cannot be mended under the rules of this contest.")
UNKNOWN_PLACE = Reason("place_unknown", "Name at least one place of the application that is to be mended.")
NOT_FAULTED = Reason("place_not_open", "Only the faulted places are open for mending, not: {places}.")
NO_FILE = Reason("mended_file_missing", "Send the document that was missing or could not be read.")
MENDING_ASKED = Reason("mending_asked_already", "Mending was asked for already; everyone has this chance once.")
NO_FAULTS = Reason("no_faults_noted", "No curable fault is noted in this lot.")
MENDING_OPEN = Reason("mending_open", "This application is being mended until {until}.")
MENDING_NOT_OVER = Reason("mending_not_over", "The time to mend is not over yet: {until}.")
MENDING_PAST = Reason("mending_over", "The time to mend is over: {until}.")
MEND_FIRST = Reason("mending_first", "This fault can be mended: ask for it before rejecting the application.")


SCREENED = Reason("application_screened", "This application is admitted or rejected already.")


@dataclass(frozen=True, slots=True)
class MendingFacts:
    at: datetime
    until: datetime | None  # the lot's, None before anything was asked
    basis: Basis
    is_listed: bool  # neither admitted nor rejected yet


def mending_not_asked(facts: ProceedingFacts | MendingFacts) -> Refusal | None:
    until = facts.until if isinstance(facts, MendingFacts) else facts.mending_until
    return MENDING_ASKED.refusal(HOUSE["H-02"].basis) if until else None


def faults_noted(facts: ProceedingFacts) -> Refusal | None:
    return None if facts.faults_noted or facts.mending_until else NO_FAULTS.refusal(HOUSE["H-02"].basis)


def in_mending_time(facts: MendingFacts) -> Refusal | None:
    """The end is the first refused instant."""
    if not facts.is_listed:
        return SCREENED.refusal(HOUSE["H-17"].basis)
    if facts.until is not None and facts.at < facts.until:
        return None
    return MENDING_PAST.refusal(facts.basis, until=facts.until or facts.at)


def mending_over(facts: ProceedingFacts | MendingFacts) -> Refusal | None:
    until = facts.until if isinstance(facts, MendingFacts) else facts.mending_until
    if until is not None and facts.at is not None and facts.at >= until:
        return None
    return MENDING_NOT_OVER.refusal(HOUSE["H-02"].basis, until=until or "—")


def fault_faults(ground: str, places: Sequence[str], settlement: Settlement) -> list[Refusal]:
    """Only a curable ground of the rules, and at least one known place."""
    grounds = {one.code: one for one in settlement.value("adm.grounds")}
    if ground not in grounds:
        basis = settlement.basis("adm.grounds")
        return [UNKNOWN_GROUND.refusal(basis, at_field="ground", grounds=tuple(grounds))]
    if not grounds[ground].curable:
        return [NOT_CURABLE.refusal(settlement.basis("adm.grounds"), at_field="ground")]
    if not places or set(places) - set(places_of(settlement)):
        return [UNKNOWN_PLACE.refusal(HOUSE["H-16"].basis, at_field="places")]
    return []


def pick(content: Mapping[str, Any], place: str) -> Any:
    """What an application says at a place; of a document, every file of that kind."""
    part, _, name = place.partition(".")
    if place.startswith(DOCUMENT):
        return [one for one in content["documents"] if one["kind"] == name]
    return content[part][name] if name else content[part]


def mended(content: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The content with these places replaced; everything else as it was submitted."""
    fresh = {part: dict(data) if isinstance(data, Mapping) else data for part, data in content.items()}
    for place, data in changes.items():
        part, _, name = place.partition(".")
        if place.startswith(DOCUMENT):
            kept = [one for one in fresh["documents"] if one["kind"] != name]
            fresh["documents"] = [*kept, *data]
        elif name:
            fresh[part][name] = data
        else:
            fresh[part] = dict(data)
    return fresh


@dataclass(frozen=True, slots=True)
class CandidacyFacts:
    mending_until: datetime | None  # while its mending is open
    contract_prepared: bool


def no_mending_open(facts: CandidacyFacts) -> Refusal | None:
    if facts.mending_until is None:
        return None
    return MENDING_OPEN.refusal(HOUSE["H-02"].basis, until=facts.mending_until)


# --- cuts and the reserve --------------------------------------------------------------------------------------

CUT_TOO_LARGE = Reason("cut_is_no_cut", "A cut is less than the {requested} asked for, and more than nothing.")
CUT_OPEN = Reason("cut_unanswered", "Proposed cuts are not answered yet: {numbers}, until {until}.")
CUT_PAST = Reason("cut_answer_late", "The time to answer is over: {until}.")
CUT_NOT_OVER = Reason("cut_answer_open", "The applicant may still answer until {until}.")
CUT_PROPOSED = Reason("cut_proposed_already", "A cut was proposed to this application already.")
NO_CUT_NOW = Reason("no_cut_now", "A cut is proposed before the decision, or to the next on the reserve list.")
HAS_CONTRACT = Reason("award_has_contract", "A contract of this award is prepared: it is ended as contracts are.")
NO_RESERVE = Reason("no_reserve_left", "Nobody on the reserve list can be called.")
RESERVE_OVER = Reason("reserve_over", "The reserve list held until {until}.")
RESERVE_TOO_DEAR = Reason(
    "reserve_does_not_fit", "The next on the list needs {needed}; {left} are left. Propose a cut, or give it back."
)
RESERVE_WAITS = Reason("reserve_waits", "The next on the reserve list can be called: {number}.")
REPLACED = Reason("award_replaced", "This award was passed on or given back already.")
QUORUM_THERE = Reason("quorum_is_there", "A sitting with a quorum decides; it is not adjourned.")
BEFORE_LAST_SITTING = Reason("sitting_before_last", "The last sitting was held on {day}; this one cannot be earlier.")
SITTING_IN_FUTURE = Reason("sitting_in_future", "A sitting is recorded when it was held, not before.")
ITEM_VOTES_MISSING = Reason("item_votes_missing", "The rules want a vote on each application: {numbers}.")
CHAIR_ABSENT = Reason("chair_absent", "Who was absent or is recused has no vote: {name}.")

when_broken("cut_leaves_something", CUT_TOO_LARGE.refusal(HOUSE["H-05"].basis, at_field="amount", requested="…"))
when_broken("review_cut_candidacy_id_key", CUT_PROPOSED.refusal(HOUSE["H-17"].basis))
when_broken("review_reservecall_declined_id_key", REPLACED.refusal(HOUSE["H-17"].basis))


@dataclass(frozen=True, slots=True)
class CutFacts:
    at: datetime
    until: datetime


def cut_in_time(facts: CutFacts) -> Refusal | None:
    return None if facts.at < facts.until else CUT_PAST.refusal(HOUSE["H-34"].basis, until=facts.until)


def cut_over(facts: CutFacts) -> Refusal | None:
    return None if facts.at >= facts.until else CUT_NOT_OVER.refusal(HOUSE["H-34"].basis, until=facts.until)


def award_without_contract(facts: CandidacyFacts) -> Refusal | None:
    return HAS_CONTRACT.refusal(HOUSE["H-17"].basis) if facts.contract_prepared else None


def cut_faults(amount: Decimal, requested: Decimal) -> list[Refusal]:
    if 0 < amount < requested:
        return []
    return [CUT_TOO_LARGE.refusal(HOUSE["H-05"].basis, at_field="amount", requested=Money(requested))]


def consequence(settlement: Settlement, *, admitted: int, scored: int, passed: int) -> str:
    """What the rules say follows when nobody can be awarded; empty when somebody can."""
    if passed:
        return ""
    if not admitted:
        return settlement.choice("dec.no_bid_rule")
    if not scored:
        return settlement.choice("dec.single_bid_rule" if admitted == 1 else "dec.no_bid_rule")
    return settlement.choice("dec.no_pass_rule")


# --- notification ----------------------------------------------------------------------------------------------


class Way(StrEnum):
    """How the result reaches an applicant for whom nobody reads an inbox here."""

    BY_HAND = "by_hand"
    BY_POST = "by_post"


NOTIFIED_ALREADY = Reason("notified_already", "That the applicant was told of this decision is on record already.")
NOTHING_TO_TELL = Reason("nothing_to_tell", "There is no published protocol on this application yet.")
TOLD_BEFORE = Reason("told_before_protocol", "The protocol was published on {day}; nobody was told before.")
TOLD_IN_FUTURE = Reason("told_in_future", "A notification is recorded when it was given, not before.")

when_broken("notified_once_a_protocol", NOTIFIED_ALREADY.refusal(HOUSE["H-17"].basis))


def notification_faults(told_on: date, published_on: date, today: date) -> list[Refusal]:
    """On a day between the publication and today."""
    house = HOUSE["H-17"].basis
    if told_on < published_on:
        return [TOLD_BEFORE.refusal(house, at_field="told_on", day=published_on)]
    return [TOLD_IN_FUTURE.refusal(house, at_field="told_on")] if told_on > today else []
