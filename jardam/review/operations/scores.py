"""Applications read by their members, and the sealed scores they hand in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

from jardam.contests import operations as contests
from jardam.contests.rules import Content
from jardam.documents import operations as documents
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal, refuse_if_any
from jardam.rulebook.house import HOUSE

from ..models import (
    Candidacy,
    ScoreSheet,
)
from ..policy import (
    CANDIDACY,
    PROCEEDING,
    may_read,
    seat_has_scored,
    seat_of,
)
from ..rules import (
    SCORED_ALREADY,
    Seat,
    score_faults,
)
from .steps import advance


def read_candidacy(*, actor: Actor, candidacy: Candidacy, purpose: str = "review") -> Content:
    """Open an application for a member (or for whoever screens it for the customer); the look is recorded. Refuses
    `member_has_interest`, `interests_first`."""
    refuse_if_any(_reading_faults(candidacy, actor))
    return contests.read_application(actor=actor, application=candidacy.application, purpose=purpose)


def read_candidacy_file(
    *, actor: Actor, candidacy: Candidacy, ref: str, purpose: str = "review"
) -> tuple[dict[str, Any], bytes]:
    """A document of an application, for whoever may read the application; the look is recorded. Refuses
    `member_has_interest`, `interests_first`."""
    refuse_if_any(_reading_faults(candidacy, actor))
    return contests.read_file(actor=actor, application=candidacy.application, ref=ref, purpose=purpose)


def _reading_faults(candidacy: Candidacy, actor: Actor) -> list[Refusal]:
    seat = seat_of(candidacy.proceeding.commission, actor)
    if seat is not None and seat.seat != Seat.SECRETARY:
        fault = may_read(candidacy, seat)
    else:
        fault = CANDIDACY.permissions["admit"].refusal(actor, candidacy)
    return [fault] if fault else []


def submit_scores(*, actor: Actor, candidacy: Candidacy, scores: Mapping[str, tuple[Decimal, str]]) -> ScoreSheet:
    """Hand in one member's scores of one candidacy: criterion → (score, reason). Locked from now on, sealed until all
    are in; the last sheet reveals them. Refuses `scores_incomplete`, `score_reason_missing`, `scored_already`,
    `member_has_interest`. Rulebook: `eval.criteria`, `eval.score_step`, `eval.comment_required`."""
    proceeding, candidacy = lock(candidacy.proceeding, candidacy)
    refuse_if_any(may(PROCEEDING, proceeding, "submit_scores", actor))
    seat = seat_of(proceeding.commission, actor)
    assert seat is not None
    refuse_if_any([fault for fault in (may_read(candidacy, seat),) if fault])
    refuse_if_any(score_faults(scores, proceeding.commission.contest.settlement))
    if seat_has_scored(proceeding, candidacy, seat):
        raise SCORED_ALREADY.refuse(HOUSE["H-20"].basis)
    data = {code: {"score": str(score), "reason": reason} for code, (score, reason) in scores.items()}
    sheet = ScoreSheet(member=seat, candidacy=candidacy, round=candidacy.round, at=actor.at)
    sheet.sealed = sealed = documents.seal_content(candidacy.score_label, sheet.part, data)
    # The hash of the sealed bytes: it tells nothing of the scores, and that they are still the ones handed in.
    public = {"sheets": 1, "sealed_sha256": sha256(sealed).hexdigest()}
    record = perform(PROCEEDING, proceeding, "submit_scores", actor=actor, public=public)
    sheet.act_id = record.pk
    sheet.save(force_insert=True)
    advance(proceeding, "reveal", actor, record)
    return sheet
