"""The desk of a member: what is declared, scored and still due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q

from jardam.documents.models import Signature
from jardam.fields import in_language
from jardam.kernel.actor import Actor

from ..models import (
    Candidacy,
    Departure,
    Interest,
    Member,
    Proceeding,
    Protocol,
    Recusal,
    ScoreSheet,
)
from ..policy import (
    seat_of,
    valid_sheets,
)
from ..rules import VOTING
from .scores import open_sheet


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
    rows = Proceeding.objects.annotate(undeclared=undeclared).filter(Exists(seats), due, stopped_at=None)
    rows = rows.select_related("lot", "commission__contest").defer("commission__contest__settlement_bytes")
    rows = rows.prefetch_related(Prefetch("protocols", unsigned, to_attr="unsigned"))
    found: list[tuple[str, Proceeding]] = []
    for row in rows.order_by("id")[:limit]:
        late = row.undeclared and row.state != "decided"
        found.append(("declare_interests" if late else _DUTY[row.state], row))
    return found


_DUTY = {"scoring": "submit_scores", "decided": "sign_protocol"}


def own_scores(candidacy: Candidacy, actor: Actor) -> dict[str, Any] | None:
    """The member's own sheet, if it is in: criterion → score and reason. Nobody else's; none that became void."""
    seat = seat_of(candidacy.proceeding.commission, actor)
    sheet = valid_sheets(candidacy.proceeding).filter(member=seat, candidacy=candidacy).first() if seat else None
    return open_sheet(candidacy, sheet) if sheet else None
