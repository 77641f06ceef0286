"""What the protocol says of one application, for those who wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jardam.contests.models import Application
from jardam.rulebook import methods

from ..models import (
    Candidacy,
    Protocol,
)
from .protocols import content_of, published_protocol
from .scores import open_sheet, sheets_at


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
    sheets = [open_sheet(row, sheet) for sheet in sheets_at([row], protocol.round)[row.pk]]
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
