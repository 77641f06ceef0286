"""A court or an appeal body stops the review of a lot, and lets it go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from jardam.contests.operations import SUSPEND_GROUNDS, OrderDocument
from jardam.contests.rules import PAPER_OF_TOMORROW, continued
from jardam.documents.models import File
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import demand
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import digest
from jardam.kernel.time import bishkek_day
from jardam.regime import queries as rulebooks
from jardam.rulebook.house import HOUSE

from .. import queries
from ..models import (
    Cut,
    Halt,
    Proceeding,
)
from ..policy import (
    PROCEEDING,
)

Moved = Callable[[datetime | None], datetime | None]


def suspend_review(
    *, actor: Actor, proceeding: Proceeding, body: str, paper: OrderDocument, text: str = "", file: File | None = None
) -> Proceeding:
    """The review of a lot stands still where it is (H-67), the signing of its contracts too.

    `body`: a code of `contests.operations.SUSPEND_GROUNDS`. Refuses `review_stands_still`, `document_in_future`.
    """
    public = _facts_of(paper, body, text, actor)
    (proceeding,) = lock(proceeding)
    record = _perform(proceeding, "suspend_review", actor, public, {"stopped_at": actor.at}, paper)
    _order(proceeding, record, body, paper, text, file)
    return proceeding


def resume_review(
    *, actor: Actor, proceeding: Proceeding, body: str, paper: OrderDocument, text: str = "", file: File | None = None
) -> Proceeding:
    """It goes on where it stood, with the time that was left (H-30). Refuses `review_goes_on`, `document_in_future`.

    Rulebook: `clock.day_ends`, `clock.roll_to_working_day`.
    """
    public = _facts_of(paper, body, text, actor)
    (proceeding,) = lock(proceeding)
    demand(PROCEEDING, proceeding, "resume_review", actor)
    stopped_at = proceeding.stopped_at
    assert stopped_at is not None
    settlement = proceeding.commission.contest.settlement
    calendar = rulebooks.calendar(settlement.jurisdiction)
    moved = partial(_moved, lambda due: continued(due, stopped_at, actor.at, settlement, calendar))
    changes = {
        "stopped_at": None,
        "standstills": [*proceeding.standstills, [stopped_at.isoformat(), actor.at.isoformat()]],
        "mending_until": moved(proceeding.mending_until),
    }
    protocol = queries.protocol_of(proceeding)
    signing_from = moved(protocol.signing_from) if protocol else None
    until = {
        "stood_from": stopped_at,
        "until": changes["mending_until"],
        "protocol": protocol.ref if protocol else None,
        "signing_from": signing_from,
    }
    record = _perform(proceeding, "resume_review", actor, public | until, changes, paper)
    for cut in lock(*Cut.objects.filter(candidacy__proceeding=proceeding, state="proposed").order_by("id")):
        cut.answer_until = moved(cut.answer_until)
        cut.save(update_fields=["answer_until"])
    if protocol and protocol.signing_from != signing_from:
        (protocol,) = lock(protocol)
        protocol.signing_from = signing_from
        protocol.save(update_fields=["signing_from"])
    _order(proceeding, record, body, paper, text, file)
    return proceeding


def _moved(move: Callable[[datetime], datetime], due: datetime | None) -> datetime | None:
    return move(due) if due else None


def _facts_of(paper: OrderDocument, body: str, text: str, actor: Actor) -> dict[str, Any]:
    """What the journal says of the order: its free text by the digest alone."""
    assert body in SUSPEND_GROUNDS
    if paper.on > bishkek_day(actor.at):
        raise PAPER_OF_TOMORROW.refuse(HOUSE["H-16"].basis, at_field="issued_on")
    return {"ground": body, "document": paper.number, "document_on": paper.on, "text_sha256": digest(text)}


def _perform(
    proceeding: Proceeding, verb: str, actor: Actor, public: dict[str, Any], changes: Any, paper: OrderDocument
) -> Record:
    edition = proceeding.commission.contest.edition
    return perform(
        PROCEEDING, proceeding, verb, actor=actor, public=public, acted_on=paper.on, edition=edition, changes=changes
    )


def _order(proceeding: Proceeding, act: Record, body: str, paper: OrderDocument, text: str, file: File | None) -> Halt:
    return Halt.objects.create(
        proceeding=proceeding,
        verb=act.verb,
        ground=body,
        number=paper.number,
        issued_on=paper.on,
        text=text,
        file=file,
        at=act.at,
        act_id=act.pk,
    )
