"""The sitting: votes, quorum, casting vote, the decision they make and the protocol written of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from jardam.contests.models import Contest
from jardam.fields import in_language
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform, register_number
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import HASH_V, canonical, digest
from jardam.kernel.money import Money
from jardam.kernel.refusal import Refusal, refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.rulebook import methods
from jardam.rulebook.house import HOUSE

from .. import queries
from ..models import (
    Adjournment,
    Candidacy,
    Cut,
    Member,
    Proceeding,
    Protocol,
)
from ..policy import (
    PROCEEDING,
    PROTOCOL,
)
from ..rules import (
    BEFORE_LAST_SITTING,
    CHAIR_ABSENT,
    ITEM_VOTES_MISSING,
    NOT_CARRIED,
    QUORUM_THERE,
    SITTING_IN_FUTURE,
    TOO_FEW_SCORERS,
    VOTING,
    Placing,
    Seat,
    Vote,
    consequence,
    in_order,
    place,
    quorum_faults,
    vote_faults,
)
from .cuts import settle_cuts


@dataclass(frozen=True, slots=True)
class ItemVote:
    """The vote on one application; heads of the members who are not recused from it."""

    votes_for: int
    votes_against: int
    abstained: int
    chair_for: bool | None = None


@dataclass(frozen=True, slots=True)
class AdmissionVote:
    """The commission's vote on what the desk enters about one application: who was there (person ids), how they
    voted."""

    held_on: date
    present: frozenset[int]
    votes_for: int
    votes_against: int
    abstained: int
    chair_for: bool | None = None


@dataclass(frozen=True, slots=True)
class Sitting:
    """What the secretary enters of a sitting: who was there (person ids), how they voted, lots that were drawn."""

    held_on: date
    present: frozenset[int]
    votes_for: int
    votes_against: int
    abstained: int
    chair_for: bool | None
    drawing: Mapping[str, int]  # candidacy ref → place drawn, for ties the rules leave open
    dissent: str = ""
    items: Mapping[str, ItemVote] = field(default_factory=dict)  # where dec.award_rule has each application voted on


def decide(*, actor: Actor, proceeding: Proceeding, sitting: Sitting) -> Protocol:
    """Record the sitting and generate its protocol from the records: attendance, recusals, scores, ranking, awards.

    Awards take effect when the protocol is published. Refuses `no_quorum`, `vote_not_carried`, `tie_left_open`,
    `too_few_scorers`, `votes_exceed_present`, `chair_absent`, `item_votes_missing`, `cut_unanswered`,
    `sitting_before_last`, `sitting_in_future`, `commission_term_over`, `declarations_missing`.
    Rulebook: `com.quorum`, `com.majority`, `com.term`, `eval.*`, `dec.award_rule`, `dec.reserve_list`.
    """
    (proceeding,) = lock(proceeding)
    refuse_if_any(may(PROCEEDING, proceeding, "decide", actor))
    refuse_if_any(_sitting_faults(proceeding, sitting, actor))
    before = _laid_before(proceeding, sitting)
    items, voted_down = _item_votes(before)
    _refuse_few_scorers(before)
    content = _decided(before, items, voted_down, settle_cuts(proceeding, actor))
    public = {"for": sitting.votes_for, "against": sitting.votes_against, "sha256": digest(content)}
    record = perform(
        PROCEEDING,
        proceeding,
        "decide",
        actor=actor,
        public=public,
        edition=proceeding.commission.contest.edition,
        acted_on=sitting.held_on,
    )
    return _draft_protocol(proceeding, content, actor, record)


@dataclass(frozen=True, slots=True)
class _Before:
    """Who sat over what, and how they voted. `recused`: member id → numbers of the applications."""

    proceeding: Proceeding
    sitting: Sitting
    members: list[Member]
    recused: dict[int, list[str]]
    candidates: Sequence[queries.Candidate]

    @property
    def contest(self) -> Contest:
        return self.proceeding.commission.contest


def _laid_before(proceeding: Proceeding, sitting: Sitting) -> _Before:
    members, recused = queries.members(proceeding.commission), queries.recused_members(proceeding)
    return _Before(proceeding, sitting, members, recused, queries.candidates(proceeding))


def _decided(
    before: _Before, items: list[dict[str, Any]], voted_down: frozenset[str], cuts: Mapping[str, Cut]
) -> dict[str, Any]:
    """The content of the protocol: what the votes, the scores and the money make of the applications."""
    settlement, proceeding, candidates = before.contest.settlement, before.proceeding, before.candidates
    drawing = before.sitting.drawing
    ranking = methods.rank((c.entry(drawing) for c in candidates), settlement)
    order = in_order(ranking, drawing)
    requested = {c.ref: c.requested for c in candidates} | {r: cut.amount for r, cut in cuts.items() if cut.is_agreed}
    placings = place(
        order,
        requested,
        money=proceeding.lot.amount,
        reserve=settlement.flag("dec.reserve_list"),
        aside=frozenset(ref for ref, cut in cuts.items() if not cut.is_agreed),
        rejected=voted_down,
    )
    follows = consequence(
        settlement,
        admitted=proceeding.candidacies.filter(state="admitted").count(),
        scored=len(candidates),
        passed=sum(1 for _, passed in order if passed),
    )
    return {
        **_protocol_content(before, ranking, placings),
        "sitting": _sitting_number(proceeding),
        "adjourned": [[one.held_on, one.present, one.needed] for one in queries.adjournments_of(proceeding)],
        "agenda": [c.number for c in candidates],
        "items": items,
        "consequence": follows,
        **_replaced(proceeding),
    }


def _draft_protocol(proceeding: Proceeding, content: dict[str, Any], actor: Actor, cause: Record) -> Protocol:
    customer = proceeding.commission.contest.customer
    number = register_number("P", customer.code or customer.ref, bishkek_day(actor.at).year, customer.jurisdiction)
    protocol = Protocol(
        number=number,
        proceeding=proceeding,
        round=proceeding.round,
        content=canonical(content),
        content_sha256=digest(content),
        hash_v=HASH_V,
    )
    public = {"number": number, "content_sha256": protocol.content_sha256}
    perform(PROTOCOL, protocol, "draft_protocol", actor=actor, public=public, cause=cause)
    return protocol


def admission_counted(candidacy: Candidacy, vote: AdmissionVote, actor: Actor) -> Vote:
    """The vote on one application's admission, carried with the quorum of those without an interest in it. Refuses
    `sitting_in_future`, `no_quorum`, `vote_not_carried`, `votes_exceed_present`, `chair_absent`."""
    proceeding = candidacy.proceeding
    members = queries.members(proceeding.commission)
    recused = {pk: of for pk, of in queries.recused_members(proceeding).items() if candidacy.number in of}
    if vote.held_on > bishkek_day(actor.at):
        raise SITTING_IN_FUTURE.refuse(HOUSE["H-17"].basis, at_field="held_on")
    counted = _vote(vote, members, recused)
    refuse_if_any(vote_faults(counted, proceeding.commission.contest.settlement))
    _refuse_absent_chair(vote.chair_for, vote, members, recused)
    return counted


def _vote(sitting: Sitting | AdmissionVote, members: list[Member], recused: dict[int, list[str]]) -> Vote:
    voting = [m for m in members if m.seat in VOTING]
    entitled = [m for m in voting if m.pk not in recused]
    return Vote(
        appointed=len(voting),
        recused=len(voting) - len(entitled),
        present=sum(1 for m in entitled if m.person_id in sitting.present),
        votes_for=sitting.votes_for,
        votes_against=sitting.votes_against,
        abstained=sitting.abstained,
        chair_for=sitting.chair_for,
    )


def _sitting_faults(proceeding: Proceeding, sitting: Sitting, actor: Actor) -> list[Refusal]:
    """Whether a sitting could have been held on that day."""
    faults = []
    last = proceeding.adjournments.order_by("-number").first()
    if last is not None and sitting.held_on < last.held_on:
        faults.append(BEFORE_LAST_SITTING.refusal(HOUSE["H-17"].basis, at_field="held_on", day=last.held_on))
    if sitting.held_on > bishkek_day(actor.at):
        faults.append(SITTING_IN_FUTURE.refusal(HOUSE["H-17"].basis, at_field="held_on"))
    return faults


def _item_votes(before: _Before) -> tuple[list[dict[str, Any]], frozenset[str]]:
    """The vote on each application, with the quorum counted anew after its own recusals; and the refs that were not
    carried. One vote on the whole, which must be carried, where the ranking binds the sitting (`dec.award_rule`)."""
    settlement, sitting, members, recused = before.contest.settlement, before.sitting, before.members, before.recused
    if settlement.choice("dec.award_rule") == "ranking_binds":
        refuse_if_any(vote_faults(_vote(sitting, members, recused), settlement))
        _refuse_absent_chair(sitting.chair_for, sitting, members, recused)
        return [], frozenset()
    if missing := tuple(c.number for c in before.candidates if c.ref not in sitting.items):
        raise ITEM_VOTES_MISSING.refuse(settlement.basis("dec.award_rule"), numbers=missing)
    rows, down = [], set()
    for one in before.candidates:
        given = sitting.items[one.ref]
        own = {pk: numbers for pk, numbers in recused.items() if one.number in numbers}
        _refuse_absent_chair(given.chair_for, sitting, members, own)
        vote = _vote(_as_sitting(sitting, given), members, own)
        faults = vote_faults(vote, settlement)
        refuse_if_any([_on_item(f, one.ref) for f in faults if f.code != NOT_CARRIED.code])
        if faults:
            down.add(one.ref)
        rows.append(
            {
                "candidacy": one.ref,
                "number": one.number,
                "recused": [m.name for m in members if m.pk in own],
                "present": vote.present,
                "for": given.votes_for,
                "against": given.votes_against,
                "abstained": given.abstained,
                "carried": not faults,
            }
        )
    return rows, frozenset(down)


def _on_item(fault: Refusal, ref: str) -> Refusal:
    """The refusal at the votes on this application, of which a form has one row each."""
    return replace(fault, at_field=f"{fault.at_field}_{ref}") if fault.at_field else fault


def _as_sitting(sitting: Sitting, given: ItemVote) -> Sitting:
    return replace(
        sitting,
        votes_for=given.votes_for,
        votes_against=given.votes_against,
        abstained=given.abstained,
        chair_for=given.chair_for,
    )


def _refuse_absent_chair(
    chair_for: bool | None, sitting: Sitting | AdmissionVote, members: list[Member], recused: Mapping[int, list[str]]
) -> None:
    """A casting vote is the chair's own: absent or recused there is none."""
    chair = next((m for m in members if m.seat == Seat.CHAIR), None)
    if chair_for is not None and chair and (chair.person_id not in sitting.present or chair.pk in recused):
        raise CHAIR_ABSENT.refuse(HOUSE["H-12"].basis, at_field="chair_for", name=chair.name)


def _sitting_number(proceeding: Proceeding) -> int:
    return proceeding.adjournments.count() + 1


def _refuse_few_scorers(before: _Before) -> None:
    settlement = before.contest.settlement
    needed = settlement.number("eval.min_scorers")
    short = tuple(c.number for c in before.candidates if c.scorers < needed)
    if short:
        raise TOO_FEW_SCORERS.refuse(settlement.basis("eval.min_scorers"), needed=needed, numbers=short)


def _protocol_content(before: _Before, ranking: methods.Ranking, placings: Sequence[Placing]) -> dict[str, Any]:
    """The protocol as data (schema jardam-protocol/1): all that is hashed, signed and published."""
    contest, proceeding, sitting = before.contest, before.proceeding, before.sitting
    publish_scores = contest.settlement.flag("dec.publish_scores")
    by_ref = {c.ref: c for c in before.candidates}
    totals = {ref: place.total for place in ranking.places for ref in place.refs}
    failed = {ref: place.failed_on for place in ranking.places for ref in place.refs}
    rejected = proceeding.candidacies.filter(state="rejected").select_related("application__applicant")
    return {
        "schema": "jardam-protocol/1",
        "contest": contest.number,
        "lot": proceeding.lot.number,
        "edition": contest.edition,
        "rules": contest.edition_sha256,
        "held_on": sitting.held_on,
        "order": proceeding.commission.order_number,
        "members": [
            {
                "name": m.name,
                "side": m.side,
                "seat": m.seat,
                "present": m.person_id in sitting.present,
                "recused": before.recused.get(m.pk, []),
            }
            for m in before.members
            if m.seat != Seat.RESERVE
        ],
        "vote": {
            "for": sitting.votes_for,
            "against": sitting.votes_against,
            "abstained": sitting.abstained,
            "dissent": sitting.dissent,
        },
        "ranking": [
            {
                "candidacy": p.ref,
                "number": by_ref[p.ref].number,
                "applicant": by_ref[p.ref].applicant,
                "title": by_ref[p.ref].title,
                "requested": Money(by_ref[p.ref].requested),
                "total": totals[p.ref],
                "points": by_ref[p.ref].points(contest.settlement) if publish_scores else {},
                "failed_on": failed[p.ref],
                "rank": p.rank,
                "outcome": p.outcome,
                "amount": Money(p.amount),
            }
            for p in placings
        ],
        "tie_breaks": ranking.as_plain()["tie_breaks"],
        "drawing": dict(sitting.drawing),
        "rejected": [
            {
                "number": c.number,
                "applicant": in_language(c.application.applicant.title, queries.SIGNED_IN),
                "ground": c.ground,
                "text": c.ground_text,
            }
            for c in rejected.order_by("id")
        ],
    }


def _replaced(proceeding: Proceeding) -> dict[str, Any]:
    """In the protocol of a later round: which round, and which protocol it takes the place of."""
    before = proceeding.protocols.filter(round=proceeding.round - 1).first()
    if before is None:
        return {}
    return {"round": proceeding.round, "replaces": {"number": before.number, "sha256": before.content_sha256}}


def adjourn_sitting(*, actor: Actor, proceeding: Proceeding, held_on: date, present: frozenset[int]) -> Adjournment:
    """Record a sitting that had no quorum, recusals taken off: it decided nothing, and another is held. `present`:
    person ids. Refuses `quorum_is_there`, `sitting_before_last`, `sitting_in_future`. Rulebook: `com.quorum`."""
    (proceeding,) = lock(proceeding)
    refuse_if_any(may(PROCEEDING, proceeding, "adjourn_sitting", actor))
    settlement = proceeding.commission.contest.settlement
    sitting = Sitting(held_on, present, 0, 0, 0, None, {})
    refuse_if_any(_sitting_faults(proceeding, sitting, actor))
    vote = _vote(sitting, queries.members(proceeding.commission), queries.recused_members(proceeding))
    if not quorum_faults(vote, settlement):
        raise QUORUM_THERE.refuse(settlement.basis("com.quorum"))
    needed = methods.quorum_least(settlement, appointed=vote.appointed, recused=vote.recused)
    number = _sitting_number(proceeding)
    record = perform(
        PROCEEDING,
        proceeding,
        "adjourn_sitting",
        actor=actor,
        public={"sitting": number, "present": vote.present, "needed": needed},
        edition=proceeding.commission.contest.edition,
        acted_on=held_on,
    )
    return Adjournment.objects.create(
        proceeding=proceeding,
        number=number,
        held_on=held_on,
        present=vote.present,
        needed=needed,
        act_id=record.pk,
    )
