"""Reads of a contest after its announcement: versions, questions, orders, postponements, outages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q

from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import plain
from jardam.kernel.refusal import Refusal
from jardam.regime import operations as regime

from ..models import (
    Announcement,
    Application,
    Contest,
    Erratum,
    Lot,
    Order,
    Outage,
    Postponement,
    Question,
    with_outcome,
)
from ..policy import (
    CONTEST,
    OUTAGE,
    QUESTION,
    visible_questions,
)
from ..rules import (
    ENDED,
    TEXTS,
    VOID_KEYS,
    Change,
    changes_between,
)
from .of_contests import lots


@dataclass(frozen=True, slots=True)
class AnnouncementPage:
    """A version of the announcement, what it changed in the one before it, and its errata."""

    version: Announcement
    content: dict[str, Any]
    changes: list[Change]
    errata: list[Erratum]


def announcement_content(contest: Contest) -> dict[str, Any]:
    """What the announcement says in the customer's own words and amounts; everything else is the settled rules."""
    return {
        **{name: getattr(contest, name) or {} for name in TEXTS},
        "contacts": contest.contacts,
        "months": contest.months,
        "lots": [
            {"number": lot.number, "measure": lot.measure.ref, "amount": lot.amount, "ceiling": lot.ceiling}
            for lot in lots(contest)
        ],
    }


def content_of(version: Announcement) -> dict[str, Any]:
    """The content of a version, as it was published."""
    return dict(json.loads(bytes(version.content)))


def announcements(contest: Contest) -> list[AnnouncementPage]:
    """Every version with what it changed, the original first."""
    pages: list[AnnouncementPage] = []
    before: dict[str, Any] | None = None
    for version in contest.announcements.prefetch_related("errata").order_by("number"):
        content = content_of(version)
        changes = [] if before is None else changes_between(before, content)
        pages.append(AnnouncementPage(version, content, changes, list(version.errata.all())))
        before = content
    return pages


def amended_at(contest: Contest) -> datetime | None:
    """When the announcement was amended last."""
    last = contest.announcements.filter(number__gt=1).order_by("-number").first()
    return last.at if last else None


def deadline_of(contest: Contest) -> datetime:
    """The deadline of an announced contest; the database knows no announced contest without one."""
    assert contest.deadline_at is not None
    return contest.deadline_at


def deadline_after_amendment(contest: Contest, at: datetime) -> tuple[datetime, dict[str, Any] | None]:
    """The deadline if the announcement were amended now, and its derivation where a rule moves it."""
    settlement, stands = contest.settlement, deadline_of(contest)
    keys = {"extend": "ann.amend_term", "restart": "ann.min_term"}
    key = keys.get(settlement.choice("ann.amend_rule"))
    due = regime.deadline(settlement, key, at) if key else None
    if due is None or due.at <= stands:
        return stands, None
    return due.at, dict(plain(due.as_plain()))


def postponements(contest: Contest) -> list[Postponement]:
    """How the deadline moved, in order."""
    return list(contest.postponements.select_related("outage").order_by("id"))


def orders(contest: Contest) -> list[Order]:
    """The documents that stopped, resumed or ended the contest, in order."""
    return list(contest.orders.select_related("file").order_by("id"))


def repetition(contest: Contest) -> Contest | None:
    """The contest that repeats this one."""
    return contest.repetitions.exclude(state="discarded").first()


def questions(contest: Contest, actor: Actor) -> list[Question]:
    """Those of a contest that this actor sees, oldest first; who asked is shown to nobody (H-29)."""
    return list(visible_questions(actor).filter(contest=contest).defer("asker_id").order_by("id")[:500])


def own_questions(contest: Contest, actor: Actor) -> list[Question]:
    """What this person asked."""
    return list(contest.questions.filter(asker_id=actor.person_id or 0).order_by("id")[:500])


def question(ref: str, actor: Actor) -> Question:
    """Raises Question.DoesNotExist for one this actor does not see."""
    rows = visible_questions(actor).select_related("contest", "contest__customer", "contest__programme")
    return rows.defer("asker_id").get(ref=ref)


def question_refusals(question: Question, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(QUESTION, question, verb, actor)


def ask_refusals(contest: Contest, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not ask about the announcement now."""
    return may(QUESTION, Question(contest=contest, asked_at=actor.at), "ask", actor)


def questions_waiting(customer_id: int, limit: int = 50) -> list[Question]:
    """Questions the customer has not answered, the longest waiting first."""
    rows = Question.objects.filter(contest__customer_id=customer_id, state="asked")
    rows = rows.exclude(contest__state__in=ENDED).select_related("contest").defer("asker_id")
    return list(rows.order_by("asked_at", "id")[:limit])


def contests_without_result(customer_id: int, limit: int = 50) -> list[Contest]:
    """The customer's contests that nobody applied to (opened), that ended without an award (decided), or whose own
    rules want them (void) or some of their lots (decided) repeated and that nobody repeated yet."""
    came = Exists(Application.objects.filter(contest_id=OuterRef("pk"), state="opened"))
    repeated = Exists(Contest.objects.filter(~Q(state="discarded"), repeats_id=OuterRef("pk")))
    all_lots = with_outcome(Lot.objects.all())
    empty = Exists(all_lots.filter(contest_id=OuterRef("pk"), outcome__in=VOID_KEYS))
    partly = Q(state="decided", outcome="awarded") & empty
    without = Q(state="opened") & ~came | Q(state="decided", outcome__in=VOID_KEYS)
    again = (Q(state="void") | partly) & ~repeated
    rows = Contest.objects.filter(without | again, customer_id=customer_id)
    found = rows.prefetch_related(Prefetch("lots", all_lots)).order_by("id")[:limit]
    return [one for one in found if not is_repeatable(one) or _wants_repetition(one, one.lots.all())]


def is_repeatable(contest: Contest) -> bool:
    """Whether it ended without an award, as a whole or in some of its lots."""
    return contest.state in ENDED or (contest.state == "decided" and contest.outcome == "awarded")


def must_be_repeated(contest: Contest) -> bool:
    """Whether the rules of a contest want it repeated, or the lots in which nobody was awarded."""
    return contest.state in ("void", "decided") and _wants_repetition(contest, lots(contest))


def _wants_repetition(contest: Contest, its_lots: Iterable[Lot]) -> bool:
    came_to = {lot.outcome for lot in its_lots} - {""} or {contest.outcome}
    return any(contest.settlement.choice(VOID_KEYS[one]) == "repeat" for one in came_to if one in VOID_KEYS)


def repeat_refusals(contest: Contest, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not repeat the contest now."""
    again = Contest(customer=contest.customer, programme=contest.programme, repeats=contest)
    return may(CONTEST, again, "repeat_contest", actor)


def contests_touched_by(outage: Outage) -> list[Contest]:
    """Those that took applications during some of the outage and are not opened, cancelled or void."""
    rows = Contest.objects.filter(state__in=("announced", "suspended"), announced_at__lt=outage.ends_at)
    rows = rows.filter(deadline_at__gt=outage.begins_at)
    rows = rows.filter(Q(state="announced") | Q(suspended_at__gt=outage.begins_at))
    return [one for one in rows.order_by("id") if is_touched(one, outage)]


def is_touched(contest: Contest, outage: Outage) -> bool:
    """Whether it took applications during some of the outage. A contest whose clock stood still did not."""
    assert contest.announced_at is not None and contest.deadline_at is not None
    ended = min(contest.deadline_at, contest.suspended_at or contest.deadline_at)
    return contest.announced_at < outage.ends_at and outage.begins_at < ended


def outages(before: int = 0, limit: int = 30) -> list[Outage]:
    """Registered outages, newest first, with the contests they extended."""
    rows = Outage.objects.prefetch_related("postponements__contest")
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def outage(ref: str) -> Outage:
    return Outage.objects.get(ref=ref)


def outage_rights(actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may register no outage; empty when they may."""
    denied = OUTAGE.permissions["register_outage"].refusal(actor, None)
    return (denied,) if denied else ()
