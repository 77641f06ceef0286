"""The protocol signed by those who sat, and published: awards take effect."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from jardam.contests import operations as contests
from jardam.contests.models import Contest
from jardam.contests.rules import PAPER_OF_TOMORROW
from jardam.documents import operations as documents
from jardam.documents.queries import signatures
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor, system
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.regime import operations as regime
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement

from .. import papers, queries
from ..models import (
    Award,
    Candidacy,
    Notification,
    Protocol,
)
from ..policy import (
    CANDIDACY,
    PROCEEDING,
    PROTOCOL,
    seat_of,
)
from ..rules import (
    APPROVAL_MISSING,
    NOTHING_TO_TELL,
    NOTIFIED_ALREADY,
    SIGNED_ALREADY,
    Way,
    notification_faults,
)
from .steps import paper_number

_OUTCOME_VERB = {"awarded": "award", "reserve": "put_on_reserve", "not_awarded": "pass_over"}


def sign_protocol(*, actor: Actor, protocol: Protocol) -> Protocol:
    """A member who sat signs the protocol's hash; the last signature completes it. Refuses `signed_already`."""
    _, protocol = lock(protocol.proceeding, protocol)
    if actor.person_id in queries.signed_by(protocol):
        raise SIGNED_ALREADY.refuse(HOUSE["H-26"].basis)
    record = perform(
        PROTOCOL,
        protocol,
        "sign_protocol",
        actor=actor,
        public={"content_sha256": protocol.content_sha256},
    )
    seat = seat_of(protocol.proceeding.commission, actor)
    documents.sign(
        object_kind="protocol",
        object_id=protocol.pk,
        content_sha256=protocol.content_sha256,
        side=seat.seat if seat else "member",
        actor=actor,
        act=record,
    )
    if not queries.signatures_missing(protocol):
        perform(PROTOCOL, protocol, "complete_signatures", actor=system(actor.at), cause=record)
    return protocol


def publish_protocol(
    *, actor: Actor, protocol: Protocol, approval_order: str = "", approved_on: date | None = None
) -> Protocol:
    """Publish: awards take effect, the standstill begins, what was not awarded goes back to its measure.

    `approval_order`, `approved_on`: number and date of the head's order where `dec.approval_act` asks for one; else
    refuses `approval_missing`, `document_in_future`. An order that came after `dec.approval_term` is one all the same,
    and everybody can see when it came. Rulebook: `appeal.standstill_term`, `appeal.term`, `appeal.suspensive` (H-03).
    """
    proceeding, protocol = lock(protocol.proceeding, protocol)
    contest = proceeding.commission.contest
    settlement = contest.settlement
    approval = _approval(settlement, approval_order, approved_on or bishkek_day(actor.at), actor)
    standstill = regime.deadline_or_none(settlement, "appeal.standstill_term", actor.at)
    signing_from = standstill.at if standstill else actor.at
    appeal_until = _appeal_until(settlement, actor.at)
    if appeal_until and settlement.flag("appeal.suspensive"):
        signing_from = max(signing_from, appeal_until)
    record = perform(
        PROTOCOL,
        protocol,
        "publish_protocol",
        actor=actor,
        public={
            "number": protocol.number,
            "approval": approval["approval_order"],
            "approved_on": approval["approved_on"],
            "signing_from": signing_from,
            "appeal_until": appeal_until,
        },
        edition=contest.edition,
        changes={"published_at": actor.at, "signing_from": signing_from, "appeal_until": appeal_until} | approval,
    )
    awarded = sum((_award(row, protocol, actor, record) for row in queries.ranking_rows(protocol)), Decimal(0))
    contests.release_rest(lot=proceeding.lot, awarded=awarded, act=record)
    perform(PROCEEDING, proceeding, "mark_published", actor=actor, cause=record)
    if not queries.lots_without_protocol(contest):
        contests.mark_decided(contest=contest, actor=actor, cause=record, outcomes=queries.outcomes_of(contest))
    _issue_protocol(protocol, contest, record, actor)
    _issue_letters(protocol, contest, record, actor)
    return protocol


def _approval(settlement: Settlement, order: str, day: date, actor: Actor) -> dict[str, Any]:
    """The order that approves the protocol, where the rules want one."""
    if settlement.choice("dec.approval_act") != "order_of_head":
        return {"approval_order": "", "approved_on": None}
    if not order:
        raise APPROVAL_MISSING.refuse(settlement.basis("dec.approval_act"), at_field="approval_order")
    if day > bishkek_day(actor.at):
        raise PAPER_OF_TOMORROW.refuse(HOUSE["H-16"].basis, at_field="approved_on")
    return {"approval_order": order, "approved_on": day}


def record_notification(*, actor: Actor, candidacy: Candidacy, told_on: date, way: Way) -> Notification:
    """The result was handed to an applicant for whom nobody reads an inbox here. Refuses `nothing_to_tell`,
    `told_before_protocol`, `told_in_future`, `notified_already`. Rulebook: `dec.notify_term`, which a late notice
    does not make good; it is shown."""
    proceeding, candidacy = lock(candidacy.proceeding, candidacy)
    protocol = queries.published_protocol(proceeding.pk)
    if protocol is None or protocol.published_at is None:
        raise NOTHING_TO_TELL.refuse(HOUSE["H-17"].basis)
    refuse_if_any(may(CANDIDACY, candidacy, "record_notification", actor))
    refuse_if_any(notification_faults(told_on, bishkek_day(protocol.published_at), bishkek_day(actor.at)))
    if Notification.objects.filter(candidacy=candidacy, protocol=protocol).exists():
        raise NOTIFIED_ALREADY.refuse(HOUSE["H-17"].basis)
    public = {"protocol": protocol.number, "way": way}
    record = perform(CANDIDACY, candidacy, "record_notification", actor=actor, public=public, acted_on=told_on)
    return Notification.objects.create(
        candidacy=candidacy, protocol=protocol, told_on=told_on, way=way, act_id=record.pk
    )


def _appeal_until(settlement: Settlement, at: datetime) -> datetime | None:
    return regime.deadline(settlement, "appeal.term", at).at if settlement.flag("appeal.allowed") else None


def _issue_protocol(protocol: Protocol, contest: Contest, act: Record, actor: Actor) -> None:
    signed = signatures("protocol", protocol.pk, protocol.content_sha256)
    documents.issue(
        kind="protocol",
        number=protocol.number,
        thing=protocol,
        issuer=contest.customer.title,
        build=lambda: papers.protocol(protocol, queries.contents_read([protocol])[protocol.pk], contest, signed),
        facts={"content_sha256": protocol.content_sha256},
        act=act,
        actor=actor,
    )


def _issue_letters(protocol: Protocol, contest: Contest, act: Record, actor: Actor) -> None:
    """One to each applicant of the lot."""
    content = queries.content_of(protocol)
    rows = {row["number"]: row for row in (*content["ranking"], *content["rejected"])}
    candidacies = protocol.proceeding.candidacies.select_related("application__applicant").order_by("id")
    for candidacy in candidacies:
        if candidacy.number not in rows:
            continue
        applicant = candidacy.application.applicant
        documents.issue(
            kind="letter",
            number=paper_number("L", contest, actor),
            thing=candidacy.application,
            issuer=contest.customer.title,
            build=partial(papers.letter, contest, protocol, rows[candidacy.number], applicant.title),
            facts={"protocol": protocol.number, "protocol_sha256": protocol.content_sha256},
            act=act,
            actor=actor,
            public=False,
        )


def _award(row: dict[str, Any], protocol: Protocol, actor: Actor, cause: Record) -> Decimal:
    """Carry out one row of the protocol; the amount it awards, in som."""
    candidacy = Candidacy.objects.select_related("application").get(ref=row["candidacy"])
    (candidacy,) = lock(candidacy)
    amount = Decimal(row["amount"].split()[0])
    record = perform(
        CANDIDACY,
        candidacy,
        _OUTCOME_VERB[row["outcome"]],
        actor=actor,
        public={"rank": row["rank"], "amount": amount},
        cause=cause,
    )
    if row["outcome"] == "awarded":
        Award.objects.create(
            candidacy=candidacy,
            protocol=protocol,
            applicant_id=candidacy.application.applicant_id,
            project_title=row["title"],
            rank=row["rank"],
            amount=amount,
            requested=Decimal(row["requested"].split()[0]),
            act_id=record.pk,
        )
    return amount
