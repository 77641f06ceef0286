"""Named methods that editions choose among: totals, ranking with its tie chain, quorum, majority, civil
share.

Pure and exact: sums are fractions, rounded once at the end, half up, to `eval.decimals`. A ranking is made
from the rounded totals, the ones that are published, so that anybody can repeat it from the protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from math import floor
from typing import Any

from jardam.kernel.money import Money

from .catalogue import HIGHER_SCORE_ON
from .settlement import Settlement
from .values import Criterion

Scores = Mapping[str, Sequence[Decimal]]
"""Criterion code → the scores of the members who scored; the order of members never matters."""

PASS_MARK = "pass_mark"


# --- totals -------------------------------------------------------------------------------------------------


def mean(scores: Sequence[Decimal]) -> Fraction:
    """ValueError for no scores: nothing is the average of nobody."""
    if not scores:
        raise ValueError("there is no score to average")
    return sum((Fraction(score) for score in scores), Fraction(0)) / len(scores)


def mean_without_extremes(scores: Sequence[Decimal]) -> Fraction:
    """The mean without one highest and one lowest score; of fewer than three scores, the plain mean."""
    return mean(sorted(scores)[1:-1] if len(scores) >= 3 else scores)


def _points(scores: Scores, criteria: Sequence[Criterion], one: Callable[..., Fraction]) -> dict[str, Fraction]:
    if set(scores) != {criterion.code for criterion in criteria}:
        raise ValueError(f"scores are for {sorted(scores)}, not for the criteria of the contest")
    return {criterion.code: one(scores[criterion.code]) for criterion in criteria}


@dataclass(frozen=True, slots=True)
class Aggregation:
    """How members' scores become points of a criterion, and points a total."""

    points: Callable[[Sequence[Decimal]], Fraction]
    divided: bool  # by the sum of weights, so that the total lies on the criteria's own scale

    def total(self, points: Mapping[str, Fraction], criteria: Sequence[Criterion]) -> Fraction:
        weights = {criterion.code: Fraction(criterion.weight) for criterion in criteria}
        weighted = sum((weights[code] * points[code] for code in weights), Fraction(0))
        return weighted / sum(weights.values()) if self.divided else weighted


AGGREGATIONS: dict[str, Aggregation] = {
    "weighted_mean": Aggregation(mean, divided=True),
    "trimmed_mean": Aggregation(mean_without_extremes, divided=True),
    # Members' means are added, not their raw scores: a recusal must not cost an application a member's
    # points.
    "sum": Aggregation(mean, divided=False),
}


def weighted_mean(scores: Scores, criteria: Sequence[Criterion], decimals: int) -> Decimal:
    return total(scores, criteria, "weighted_mean", decimals)


def trimmed_mean(scores: Scores, criteria: Sequence[Criterion], decimals: int) -> Decimal:
    return total(scores, criteria, "trimmed_mean", decimals)


def total(scores: Scores, criteria: Sequence[Criterion], aggregation: str, decimals: int) -> Decimal:
    """One application's total. ValueError when a criterion has no score, or a score has no criterion."""
    method = AGGREGATIONS[aggregation]
    return rounded(method.total(_points(scores, criteria, method.points), criteria), decimals)


def highest_total(criteria: Sequence[Criterion], aggregation: str) -> Fraction:
    """The total of an application with the best score everywhere."""
    best = {criterion.code: Fraction(criterion.scale_max) for criterion in criteria}
    return AGGREGATIONS[aggregation].total(best, criteria)


def divergence(scores: Scores, criteria: Sequence[Criterion], aggregation: str) -> Fraction | None:
    """How far apart the members' own totals lie, in per cent of what the scale allows; None for fewer than two
    members. Here, the scores of a member stand in the same place under every criterion."""
    one, members = AGGREGATIONS[aggregation], {len(given) for given in scores.values()}
    if len(members) != 1 or max(members) < 2:
        return None
    totals = [
        one.total({code: Fraction(given[n]) for code, given in scores.items()}, criteria) for n in range(max(members))
    ]
    least = one.total({criterion.code: Fraction(criterion.scale_min) for criterion in criteria}, criteria)
    return (max(totals) - min(totals)) * 100 / (highest_total(criteria, aggregation) - least)


def rounded(value: Fraction, decimals: int) -> Decimal:
    """Half up (away from zero), with exactly `decimals` places: 8.345 → 8.35, -0.5 → -1."""
    scaled = floor(abs(value) * 10**decimals + Fraction(1, 2))
    return (Decimal(scaled) * (1 if value >= 0 else -1)).scaleb(-decimals)


def is_on_scale(criterion: Criterion, score: Decimal, step: Decimal) -> bool:
    """Whether a member may give this score: within the scale, a whole number of steps from its lower end."""
    return criterion.scale_min <= score <= criterion.scale_max and (score - criterion.scale_min) % step == 0


# --- ranking ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """What a ranking needs to know of an application. `lot` is its place in a drawing held and recorded by
    the sitting; None as long as there was none."""

    ref: str
    scores: Scores
    requested: Money
    own: Money
    submitted_at: datetime
    lot: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the ranking. More than one ref: a tie that the chain could not break, for the sitting to
    decide; their order here is alphabetical and means nothing."""

    position: int  # 1 + the number of applications ahead
    refs: tuple[str, ...]
    total: Decimal
    failed_on: tuple[str, ...]  # "pass_mark" or criteria below their minimum; empty: passed

    @property
    def passed(self) -> bool:
        return not self.failed_on

    @property
    def is_tie(self) -> bool:
        return len(self.refs) > 1


@dataclass(frozen=True, slots=True)
class TieBreak:
    """One method asked about one tie: the value of each application, and the order it gave. A single group in
    `order` means that it could not tell them apart."""

    method: str
    values: tuple[tuple[str, str], ...]  # (ref, value in plain form), by ref
    order: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Places in order, those that passed first; and how every tie was broken, in the order it was asked."""

    places: tuple[Place, ...]
    tie_breaks: tuple[TieBreak, ...]

    @property
    def unbroken_ties(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.is_tie)

    def as_plain(self) -> dict[str, Any]:
        return {
            "places": [
                {"position": p.position, "refs": p.refs, "total": p.total, "failed_on": p.failed_on}
                for p in self.places
            ],
            "tie_breaks": [
                {"method": t.method, "values": [list(v) for v in t.values], "order": t.order} for t in self.tie_breaks
            ],
        }


@dataclass(frozen=True, slots=True)
class _Marked:
    """An entry with its rounded points and total."""

    entry: Entry
    points: Mapping[str, Decimal]
    total: Decimal
    failed_on: tuple[str, ...]


def rank(entries: Iterable[Entry], settlement: Settlement) -> Ranking:
    """The ranking under the rules of the contest. The same entries in any order give the same bytes.

    Applications below the pass mark (`eval.pass_mark`) or below a criterion's own minimum stand after those
    that passed. Equal totals go through `eval.tie_chain`; what it cannot break stays one place with several
    refs.
    """
    marked = sorted((_mark(entry, settlement) for entry in entries), key=_by_total)
    if len({one.entry.ref for one in marked}) != len(marked):
        raise ValueError("an application stands twice")
    places: list[Place] = []
    breaks: list[TieBreak] = []
    ahead = 0
    for _, tied in groupby(marked, key=lambda one: _by_total(one)[:2]):
        for group in _broken(list(tied), settlement.codes("eval.tie_chain"), breaks):
            places.append(_place(group, ahead + 1))
            ahead += len(group)
    return Ranking(tuple(places), tuple(breaks))


def _by_total(one: _Marked) -> tuple[bool, Decimal, str]:
    return (bool(one.failed_on), -one.total, one.entry.ref)


def _mark(entry: Entry, settlement: Settlement) -> _Marked:
    criteria, decimals = settlement.criteria(), settlement.number("eval.decimals")
    method = AGGREGATIONS[settlement.choice("eval.aggregation")]
    exact = _points(entry.scores, criteria, method.points)
    points = {code: rounded(value, decimals) for code, value in exact.items()}
    sum_ = rounded(method.total(exact, criteria), decimals)
    failed = [c.code for c in criteria if c.minimum is not None and points[c.code] < c.minimum]
    if sum_ < settlement.decimal("eval.pass_mark"):
        failed.insert(0, PASS_MARK)
    return _Marked(entry, points, sum_, tuple(failed))


def _place(group: Sequence[_Marked], position: int) -> Place:
    refs = tuple(sorted(one.entry.ref for one in group))
    # Tied applications may have failed on different criteria: all of them are named.
    failed = tuple(sorted({reason for one in group for reason in one.failed_on}))
    return Place(position, refs, group[0].total, failed)


def _broken(tied: list[_Marked], chain: Sequence[str], breaks: list[TieBreak]) -> list[list[_Marked]]:
    """The tie taken apart as far as the chain goes, best first; each question asked is added to `breaks`."""
    if len(tied) == 1 or not chain:
        return [tied]
    method, rest = chain[0], chain[1:]
    if method == "lot_drawing" and any(one.entry.lot is None for one in tied):
        # No lots were drawn yet. A later method must not take their place: the drawing would overturn it.
        return [tied]
    better = {one.entry.ref: _better(method, one) for one in tied}
    ordered = sorted(tied, key=lambda one: (better[one.entry.ref][0], one.entry.ref))
    groups = [list(group) for _, group in groupby(ordered, key=lambda one: better[one.entry.ref][0])]
    breaks.append(
        TieBreak(
            method,
            tuple(sorted((ref, shown) for ref, (_, shown) in better.items())),
            tuple(tuple(one.entry.ref for one in group) for group in groups),
        )
    )
    return [part for group in groups for part in _broken(group, rest, breaks)]


def _better(method: str, one: _Marked) -> tuple[Any, str]:
    """A value that is smaller for the better application, and how it is shown."""
    entry = one.entry
    if method.startswith(HIGHER_SCORE_ON):
        points = one.points[method.removeprefix(HIGHER_SCORE_ON)]
        return -points, str(points)
    match method:
        case "lower_amount":
            return entry.requested.amount, str(entry.requested)
        case "higher_own_share":
            share = _own_share(entry)
            return -share, f"{share.numerator}/{share.denominator}"
        case "earlier_submission":
            return entry.submitted_at, entry.submitted_at.isoformat()
        case "lot_drawing":
            return entry.lot, str(entry.lot)
        case _:
            raise LookupError(f"no method breaks ties by {method!r}")


def _own_share(entry: Entry) -> Fraction:
    whole = entry.own + entry.requested
    return Fraction(entry.own.amount) / Fraction(whole.amount) if whole else Fraction(0)


# --- sittings -----------------------------------------------------------------------------------------------


def quorum_least(settlement: Settlement, *, appointed: int, recused: int) -> int:
    """How many members who may vote on this matter must be present: the recused never count as present, and
    with `com.quorum_base` = `entitled` they leave the whole as well."""
    return settlement.share("com.quorum").least(_quorum_base(settlement, appointed, recused))


def quorum_met(settlement: Settlement, *, appointed: int, recused: int, present: int) -> bool:
    """`present` are the members in the room who are not recused from this matter."""
    if not 0 <= present <= appointed - recused:
        raise ValueError(f"{present} present of {appointed} appointed and {recused} recused")
    base = _quorum_base(settlement, appointed, recused)
    # An empty room decides nothing, whatever share the rules ask for.
    return present > 0 and settlement.share("com.quorum").met(present, base)


def _quorum_base(settlement: Settlement, appointed: int, recused: int) -> int:
    return appointed - recused if settlement.choice("com.quorum_base") == "entitled" else appointed


def majority_met(
    settlement: Settlement,
    *,
    votes_for: int,
    votes_against: int,
    abstained: int,
    appointed: int,
    chair_for: bool | None = None,
) -> bool:
    """Whether a proposal is carried. `chair_for` is the chair's own vote, None when the chair did not vote;
    it decides between equal numbers where `com.casting_vote` says so."""
    if votes_for == votes_against and votes_for > 0 and settlement.flag("com.casting_vote"):
        return chair_for is True
    whole = {
        "cast": votes_for + votes_against,
        "present": votes_for + votes_against + abstained,
        "appointed": appointed,
    }[settlement.choice("com.majority_base")]
    return votes_for > 0 and settlement.share("com.majority").met(votes_for, whole)


def civil_share_met(settlement: Settlement, *, civil: int, members: int) -> bool:
    """Whether a commission has enough members from civil society (`com.civil_min_share`)."""
    return settlement.share("com.civil_min_share").met(civil, members)
