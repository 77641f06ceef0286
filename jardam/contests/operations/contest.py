"""The contest from its draft to the last protocol, and the money of its lots."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import F, Max

from jardam.documents import operations as documents
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import HASH_V, canonical, digest, plain
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import end_of
from jardam.parties.models import Organisation
from jardam.planning.models import Measure, Programme
from jardam.regime import operations as regime
from jardam.rulebook.clock import Deadline
from jardam.rulebook.settlement import Settlement
from jardam.treasury import operations as treasury
from jardam.treasury.operations import Owner

from .. import papers, queries
from ..models import (
    Announcement,
    Application,
    Contest,
    Lot,
    LotOutcome,
)
from ..policy import APPLICATION, CONTEST
from ..rules import (
    OPENING_NOT_PUBLIC,
    TOO_SHORT,
    announcement_faults,
    outcome_of_lots,
    term_faults,
)
from .kept import number_of
from .paper import open_papers

FORM = "grants"


def draft_contest(*, actor: Actor, customer: Organisation, programme: Programme, title: dict[str, str]) -> Contest:
    """Begin a contest under a programme. Its rules are chosen only when it is announced."""
    contest = Contest(customer=customer, programme=programme, title=title)
    perform(CONTEST, contest, "draft_contest", actor=actor, public={"programme": programme.ref})
    return contest


def edit_announcement(*, actor: Actor, contest: Contest, changes: dict[str, Any]) -> Contest:
    """Write the announcement's fields: title, goal, tasks, problem (localised), contacts, months."""
    (contest,) = lock(contest)
    public = {"fields": sorted(changes)}
    perform(CONTEST, contest, "edit_announcement", actor=actor, public=public, changes=changes)
    return contest


def discard_contest(*, actor: Actor, contest: Contest) -> Contest:
    """Give a draft up: nobody outside saw it, and nothing is reserved for it. What it repeats can be repeated anew."""
    (contest,) = lock(contest)
    perform(CONTEST, contest, "discard_contest", actor=actor)
    return contest


def set_lot(*, actor: Actor, contest: Contest, measure: Measure, amount: Decimal, ceiling: Decimal) -> Lot:
    """Add or change the lot that takes `measure`'s money. *Amounts*: som; `ceiling` for one project."""
    (contest,) = lock(contest)
    public = {"measure": measure.ref, "amount": amount, "ceiling": ceiling}
    perform(CONTEST, contest, "edit_announcement", actor=actor, public=public)
    number = (contest.lots.aggregate(last=Max("number"))["last"] or 0) + 1
    lot, _ = Lot.objects.update_or_create(
        contest=contest,
        measure=measure,
        defaults={"amount": amount, "ceiling": ceiling},
        create_defaults={"amount": amount, "ceiling": ceiling, "number": number},
    )
    return lot


def remove_lot(*, actor: Actor, contest: Contest, lot: Lot) -> Contest:
    """Take a lot out of a draft; the lots after it move up. Once announced, a lot stays for ever."""
    (contest,) = lock(contest)
    public = {"measure": lot.measure.ref, "removed": True}
    perform(CONTEST, contest, "edit_announcement", actor=actor, public=public)
    contest.lots.filter(pk=lot.pk).delete()
    for later in contest.lots.filter(number__gt=lot.number).order_by("number"):
        contest.lots.filter(pk=later.pk).update(number=F("number") - 1)
    return contest


def announce(*, actor: Actor, contest: Contest, closes_on: date) -> Contest:
    """Announce: settle every rule the contest may need, fix the deadline, reserve the lots' money, give the number.

    `closes_on` is the last Bishkek day on which applications are taken. Refuses `rule_unknown` with the complete list
    (decisions.md §2.4), `announcement_incomplete`, `contest_without_lot`, `programme_not_adopted`,
    `deadline_too_early`, `term_too_long`, `term_beyond_year`, `not_enough_money`. Rulebook: `ann.min_term`,
    `con.max_months`, `con.multiyear`.
    """
    (contest,) = lock(contest)
    refuse_if_any(may(CONTEST, contest, "announce", actor))
    settlement = regime.settle(customer=contest.customer, form=FORM, at=actor.at)
    texts = {name: getattr(contest, name) or {} for name in ("title", "goal", "tasks", "problem")}
    ceilings = [lot.ceiling for lot in contest.lots.all()]
    refuse_if_any(announcement_faults(texts, ceilings, settlement))
    earliest, deadline_at = _deadline(closes_on, settlement, actor)
    refuse_if_any(term_faults(queries.project_term(contest, closes_on), settlement))
    public = {
        "deadline": deadline_at,
        "edition": settlement.edition,
        "rules": settlement.file_sha256,
        "settlement": settlement.sha256,
    }
    changes = {
        "announced_at": actor.at,
        "deadline_at": deadline_at,
        "deadline_how": plain(earliest.as_plain()),
        "edition": settlement.edition,
        "edition_revision": settlement.revision,
        "edition_sha256": settlement.file_sha256,
        "settlement_bytes": settlement.as_canonical(),
    }
    record = perform(
        CONTEST, contest, "announce", actor=actor, public=public, edition=settlement.edition, changes=changes
    )
    _reserve_lots(contest, record)
    contest.number = number = number_of(contest, "C", actor)
    contest.save(update_fields=["number"])
    publish(contest, record)
    _issue_announcement(contest, number, actor, record)
    return contest


def _deadline(closes_on: date, settlement: Settlement, actor: Actor) -> tuple[Deadline, datetime]:
    """The earliest end of the submission that the rules allow, and the end on that day."""
    earliest = regime.deadline(settlement, "ann.min_term", actor.at)
    deadline_at = end_of(closes_on, settlement.choice("clock.day_ends"))
    if deadline_at < earliest.at:
        raise TOO_SHORT.refuse(
            settlement.basis("ann.min_term"),
            at_field="closes_on",
            earliest=earliest.due_on,
            term=str(settlement.value("ann.min_term")),
        )
    return earliest, deadline_at


def _reserve_lots(contest: Contest, act: Record) -> None:
    for lot in contest.lots.order_by("number"):
        treasury.reserve(
            measure=Owner("measure", lot.measure_id), lot=Owner("lot", lot.pk), amount=lot.amount, act=act
        )


def _issue_announcement(contest: Contest, number: str, actor: Actor, act: Record) -> None:
    settlement = contest.settlement
    documents.issue(
        kind="announcement",
        number=number,
        thing=contest,
        issuer=contest.customer.title,
        build=partial(papers.announcement, contest, queries.lots(contest)),
        facts={"deadline": contest.deadline_at, "edition": settlement.edition, "settlement": settlement.sha256},
        act=act,
        actor=actor,
    )


def open_applications(*, actor: Actor, contest: Contest, guests: int | None = None) -> Contest:
    """After the deadline: every submitted application is opened and numbered in order of its last submission.

    `guests`: how many people from outside were there, where the opening is public. Refuses `deadline_not_passed`,
    `opening_not_public`. Rulebook: `app.opening_public`, which also has everybody told who applied.
    """
    (contest,) = lock(contest)
    refuse_if_any(may(CONTEST, contest, "open_applications", actor))
    if guests is not None and not contest.settlement.flag("app.opening_public"):
        raise OPENING_NOT_PUBLIC.refuse(contest.settlement.basis("app.opening_public"), at_field="guests")
    submitted = list(contest.applications.filter(state="submitted").select_related("applicant"))
    record = perform(
        CONTEST,
        contest,
        "open_applications",
        actor=actor,
        public={"applications": len(submitted)} | ({} if guests is None else {"guests": guests}),
        edition=contest.edition,
        changes={"opened_at": actor.at, "guests": guests},
    )
    for application in sorted(submitted, key=lambda a: a.act_id):
        _open(application, contest, actor, record)
    open_papers(contest, actor, record)
    return contest


def _open(application: Application, contest: Contest, actor: Actor, cause: Record) -> None:
    (application,) = lock(application)
    number = number_of(contest, "A", actor)
    changes = {"number": number}
    public = {"number": number}
    perform(APPLICATION, application, "open", actor=actor, public=public, changes=changes, cause=cause)


def mark_decided(*, contest: Contest, actor: Actor, cause: Record, outcomes: Mapping[int, str]) -> Contest:
    """Called by the review when the last lot's protocol is published. `outcomes`: number of each lot → "awarded", or
    why nobody was ("no_applicant", "none_admitted", "none_passed"); where no lot was awarded the contest may be
    declared void."""
    (contest,) = lock(contest)
    outcome = outcome_of_lots(outcomes.values())
    record = perform(
        CONTEST,
        contest,
        "mark_decided",
        actor=actor,
        public={"outcome": outcome, "lots": {str(number): said for number, said in outcomes.items()}},
        cause=cause,
        edition=contest.edition,
        changes={"outcome": outcome},
    )
    keep_outcomes(contest, outcomes, record)
    return contest


def keep_outcomes(contest: Contest, outcomes: Mapping[int, str], act: Record) -> None:
    """What each lot came to, by its number; the act that found it says the same."""
    LotOutcome.objects.bulk_create(
        LotOutcome(lot=lot, outcome=outcomes[lot.number], at=act.at, act_id=act.pk)
        for lot in contest.lots.order_by("number")
    )


def release_rest(*, lot: Lot, awarded: Decimal, act: Record) -> None:
    """What a decided lot did not award goes back to its measure. *Amount*: som."""
    rest = lot.amount - awarded
    if rest > 0:
        treasury.release(lot=Owner("lot", lot.pk), measure=Owner("measure", lot.measure_id), amount=rest, act=act)


def review_again(*, lot: Lot, actor: Actor, act: Record) -> None:
    """Called by the review when an upheld appeal returns a lot: what the lot gave back is reserved for it again, and
    the contest is decided no more. Refuses `not_enough_money` when the measure has given it elsewhere meanwhile."""
    (contest,) = lock(lot.contest)
    treasury.take_back_releases(lot=Owner("lot", lot.pk), act=act)
    if contest.state == "decided":
        perform(CONTEST, contest, "review_again", actor=actor, cause=act, edition=contest.edition)


def publish(contest: Contest, record: Record, reason: str = "") -> Announcement:
    """Keep the announcement as it reads from now on."""
    content = queries.announcement_content(contest)
    return Announcement.objects.create(
        contest=contest,
        number=contest.announcements.count() + 1,
        content=canonical(content),
        content_sha256=digest(content),
        hash_v=HASH_V,
        deadline_at=queries.deadline_of(contest),
        reason=reason,
        at=record.at,
        act_id=record.pk,
    )


def release_part(*, lot: Lot, amount: Decimal, act: Record) -> None:
    """Money (som) of an award that came to nothing, back from the lot to its measure."""
    if amount > 0:
        treasury.release(lot=Owner("lot", lot.pk), measure=Owner("measure", lot.measure_id), amount=amount, act=act)
