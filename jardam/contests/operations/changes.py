"""The contest after its announcement: questions, amendments, outages, orders, and its ends without an award."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from jardam.documents.models import File
from jardam.journal.models import Record
from jardam.journal.operations import lock, lock_shared, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import digest, plain
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day, last_day_before
from jardam.regime import operations as regime
from jardam.regime import queries as rulebooks
from jardam.rulebook.house import HOUSE
from jardam.treasury import operations as treasury
from jardam.treasury import queries as ledger
from jardam.treasury.operations import Owner
from jardam.treasury.rules import Stage

from .. import queries
from ..models import (
    Announcement,
    Contest,
    Erratum,
    Lot,
    Order,
    Outage,
    Postponement,
    Question,
)
from ..policy import CONTEST, OUTAGE, QUESTION
from ..rules import (
    AMENDABLE,
    CANCEL_GROUNDS,
    NO_SUCH_TEXT,
    PAPER_OF_TOMORROW,
    SUSPEND_GROUNDS,
    TEXTS,
    VOID_KEYS,
    OrderDocument,
    amendment_faults,
    changes_between,
    continued,
    moved_by,
    term_faults,
    void_ground,
)
from .contest import keep_outcomes, publish


def _postpone(
    contest: Contest, record: Record, cause: str, from_at: datetime, how: Any = None, outage: Outage | None = None
) -> None:
    """Keep why the deadline is now another one; nothing when it is not."""
    if contest.deadline_at and contest.deadline_at != from_at:
        Postponement.objects.create(
            contest=contest,
            cause=cause,
            outage=outage,
            from_at=from_at,
            to_at=contest.deadline_at,
            how=how,
            at=record.at,
            act_id=record.pk,
        )


def _order(
    contest: Contest, record: Record, ground: str, paper: OrderDocument, text: str = "", file: File | None = None
) -> Order:
    return Order.objects.create(
        contest=contest,
        verb=record.verb,
        ground=ground,
        number=paper.number,
        issued_on=paper.on,
        text=text,
        file=file,
        at=record.at,
        act_id=record.pk,
    )


def _facts_of(paper: OrderDocument, ground: str, text: str, actor: Actor) -> dict[str, Any]:
    """What the journal says of an order: everything but its free text, of which it holds the digest. Refuses
    `document_in_future`."""
    if paper.on > bishkek_day(actor.at):
        raise PAPER_OF_TOMORROW.refuse(HOUSE["H-16"].basis, at_field="issued_on")
    return {"ground": ground, "document": paper.number, "document_on": paper.on, "text_sha256": digest(text)}


def _release_all(contest: Contest, act: Record) -> None:
    """Whatever the lots still hold goes back to their measures."""
    for lot in contest.lots.order_by("number"):
        left = ledger.balance(Stage.RESERVED, "lot", lot.pk)
        if left > 0:
            treasury.release(lot=Owner("lot", lot.pk), measure=Owner("measure", lot.measure_id), amount=left, act=act)


def ask(*, actor: Actor, contest: Contest, text: str) -> Question:
    """Ask about an announcement; nobody is shown who asks (H-29). Refuses `deadline_passed`, `contest_not_open`, and
    `switched_off` where the rules know no questions. Rulebook: `ann.questions_allowed`."""
    contest = lock_shared(contest)
    question = Question(contest=contest, asker_id=actor.person_id or 0, text=text, asked_at=actor.at)
    public = {"contest": contest.number, "text_sha256": digest(text)}
    perform(QUESTION, question, "ask", actor=actor, public=public, edition=contest.edition)
    return question


def answer(*, actor: Actor, question: Question, text: str) -> Question:
    """Answer to everybody, late too. Rulebook: `ann.answer_term`."""
    (question,) = lock(question)
    perform(
        QUESTION,
        question,
        "answer",
        actor=actor,
        public={"text_sha256": digest(text)},
        edition=question.contest.edition,
        changes={"answer": text, "answered_at": actor.at},
    )
    return question


def amend(*, actor: Actor, contest: Contest, changes: dict[str, Any], reason: str) -> Announcement:
    """Publish a new version of the announcement; the earlier ones stay readable. Returns the version.

    `changes`: fields of `rules.AMENDABLE`. The deadline moves as `ann.amend_rule` says, never to an earlier instant.
    Refuses `not_amendable`, `nothing_amended`, `announcement_incomplete`, `term_too_long`, `term_beyond_year`,
    `deadline_passed`, `switched_off`. Rulebook: `ann.amend_allowed`, `ann.amend_rule`, `ann.amend_term`,
    `ann.min_term`, `ann.languages`, `con.max_months`, `con.multiyear`.
    """
    (contest,) = lock(contest)
    refuse_if_any(may(CONTEST, contest, "amend", actor))
    before = {name: getattr(contest, name) for name in AMENDABLE}
    refuse_if_any(amendment_faults(before, changes, contest.settlement))
    fields = sorted({change.field for change in changes_between(before, before | changes)})
    if "months" in fields:
        term = queries.project_term(contest, last_day_before(queries.deadline_of(contest)), changes["months"])
        refuse_if_any(term_faults(term, contest.settlement))
    was, (deadline_at, how) = queries.deadline_of(contest), queries.deadline_after_amendment(contest, actor.at)
    record = perform(
        CONTEST,
        contest,
        "amend",
        actor=actor,
        public={"fields": fields, "deadline": deadline_at, "reason_sha256": digest(reason)},
        edition=contest.edition,
        changes={**changes, "deadline_at": deadline_at},
    )
    _postpone(contest, record, "amendment", was, how)
    return publish(contest, record, reason)


def rectify(*, actor: Actor, announcement: Announcement, field: str, language: str, wrong: str, right: str) -> Erratum:
    """Put an erratum beside a published version, which stays as it is (H-26); the deadline does not move.

    `wrong` must stand in that field word for word. Refuses `no_such_text`, `nothing_amended`.
    """
    (contest,) = lock(announcement.contest)
    said = queries.content_of(announcement).get(field, "")
    said = said.get(language, "") if isinstance(said, dict) else str(said)
    if field not in (*TEXTS, "contacts") or wrong not in said or wrong == right:
        raise NO_SUCH_TEXT.refuse(HOUSE["H-26"].basis, at_field="wrong")
    public = {"version": announcement.number, "field": field, "wrong": digest(wrong), "right": digest(right)}
    record = perform(CONTEST, contest, "rectify", actor=actor, public=public, edition=contest.edition)
    return Erratum.objects.create(
        announcement=announcement,
        field=field,
        language=language,
        wrong=wrong,
        right=right,
        at=actor.at,
        act_id=record.pk,
    )


def extend_for_outage(*, actor: Actor, begins_at: datetime, ends_at: datetime, ground: str) -> Outage:
    """Register an outage and extend every contest that took applications meanwhile by its whole length (H-07).

    The same outage again returns the first one and moves nothing. Contests whose applications are opened stay as
    they are. Refuses `outage_not_over`, `outage_overlaps`. Rulebook: `clock.day_ends`, `clock.roll_to_working_day`.
    """
    if known := Outage.objects.filter(begins_at=begins_at, ends_at=ends_at).first():
        return known
    outage = Outage(begins_at=begins_at, ends_at=ends_at, ground=ground, registered_at=actor.at)
    public = {"from": begins_at, "until": ends_at}
    record = perform(OUTAGE, outage, "register_outage", actor=actor, public=public)
    for contest in lock(*queries.contests_touched_by(outage)):
        _extend(contest, outage, actor, record)
    return outage


def _extend(contest: Contest, outage: Outage, actor: Actor, cause: Record) -> None:
    """Asked again under lock: whoever was quicker may have opened or cancelled the contest meanwhile."""
    if contest.state not in ("announced", "suspended") or not queries.is_touched(contest, outage):
        return
    was = queries.deadline_of(contest)
    length = outage.ends_at - outage.begins_at
    calendar = rulebooks.calendar(contest.settlement.jurisdiction)
    deadline_at = moved_by(was, length, contest.settlement, calendar)
    record = perform(
        CONTEST,
        contest,
        "extend_for_outage",
        actor=actor,
        public={"deadline": deadline_at, "outage": outage.ref},
        cause=cause,
        edition=contest.edition,
        changes={"deadline_at": deadline_at},
    )
    _postpone(contest, record, "outage", was, outage=outage)


def suspend(
    *, actor: Actor, contest: Contest, body: str, paper: OrderDocument, text: str = "", file: File | None = None
) -> Contest:
    """A court or an appeal body stops the contest: its clock stands still and nothing is submitted.

    `body`: a code of `rules.SUSPEND_GROUNDS`. Refuses `document_in_future`.
    """
    assert body in SUSPEND_GROUNDS
    (contest,) = lock(contest)
    record = perform(
        CONTEST,
        contest,
        "suspend",
        actor=actor,
        public=_facts_of(paper, body, text, actor),
        acted_on=paper.on,
        edition=contest.edition,
        changes={"suspended_at": actor.at},
    )
    _order(contest, record, body, paper, text, file)
    return contest


def resume(
    *, actor: Actor, contest: Contest, body: str, paper: OrderDocument, text: str = "", file: File | None = None
) -> Contest:
    """The contest goes on with the time that was left (H-30). Refuses `document_in_future`.

    Rulebook: `clock.day_ends`, `clock.roll_to_working_day`.
    """
    assert body in SUSPEND_GROUNDS
    (contest,) = lock(contest)
    refuse_if_any(may(CONTEST, contest, "resume", actor))
    was = queries.deadline_of(contest)
    calendar = rulebooks.calendar(contest.settlement.jurisdiction)
    deadline_at = continued(was, contest.suspended_at or actor.at, actor.at, contest.settlement, calendar)
    record = perform(
        CONTEST,
        contest,
        "resume",
        actor=actor,
        public=_facts_of(paper, body, text, actor) | {"deadline": deadline_at},
        acted_on=paper.on,
        edition=contest.edition,
        changes={"suspended_at": None, "deadline_at": deadline_at},
    )
    _order(contest, record, body, paper, text, file)
    _postpone(contest, record, "suspension", was)
    return contest


def cancel(
    *, actor: Actor, contest: Contest, ground: str, paper: OrderDocument, text: str, file: File | None = None
) -> Contest:
    """Cancel before the opening: the money goes back, the applications stay sealed and are never opened.

    `ground`: a code of `rules.CANCEL_GROUNDS`. Refuses `switched_off`, `document_in_future`.
    Rulebook: `ann.cancel_allowed`.
    """
    assert ground in CANCEL_GROUNDS
    (contest,) = lock(contest)
    refuse_if_any(may(CONTEST, contest, "cancel", actor))
    record = perform(
        CONTEST,
        contest,
        "cancel",
        actor=actor,
        public=_facts_of(paper, ground, text, actor),
        basis=contest.settlement.basis("ann.cancel_allowed"),
        acted_on=paper.on,
        edition=contest.edition,
    )
    _order(contest, record, ground, paper, text, file)
    _release_all(contest, record)
    return contest


def declare_void(
    *, actor: Actor, contest: Contest, paper: OrderDocument, text: str = "", file: File | None = None
) -> Contest:
    """Nobody applied, was admitted or passed: the contest ends without an award, the money goes back.

    Refuses `contest_not_void`, `extended_instead`, `document_in_future`. Rulebook: `dec.no_bid_rule`,
    `dec.no_pass_rule`.
    """
    (contest,) = lock(contest)
    refuse_if_any(may(CONTEST, contest, "declare_void", actor))
    ground = void_ground(CONTEST.facts(contest, actor))
    lots = {lot.number: lot.outcome or ground for lot in queries.lots(contest)}
    record = perform(
        CONTEST,
        contest,
        "declare_void",
        actor=actor,
        public=_facts_of(paper, ground, text, actor) | {"lots": {str(number): said for number, said in lots.items()}},
        basis=contest.settlement.basis(VOID_KEYS[ground]),
        acted_on=paper.on,
        edition=contest.edition,
        changes={"outcome": ground},
    )
    keep_outcomes(contest, lots, record)
    _order(contest, record, ground, paper, text, file)
    _release_all(contest, record)
    return contest


def reopen(*, actor: Actor, contest: Contest) -> Contest:
    """Nobody applied and the rules extend: applications are taken again for the least term, counted anew.

    Refuses `void_instead`. Rulebook: `dec.no_bid_rule`, `ann.min_term`.
    """
    (contest,) = lock(contest)
    refuse_if_any(may(CONTEST, contest, "reopen", actor))
    was = queries.deadline_of(contest)
    deadline = regime.deadline(contest.settlement, "ann.min_term", actor.at)
    record = perform(
        CONTEST,
        contest,
        "reopen",
        actor=actor,
        public={"deadline": deadline.at},
        basis=contest.settlement.basis("dec.no_bid_rule"),
        edition=contest.edition,
        changes={"deadline_at": deadline.at, "opened_at": None, "guests": None},
    )
    _postpone(contest, record, "no_applicant", was, plain(deadline.as_plain()))
    return contest


def repeat_contest(*, actor: Actor, contest: Contest) -> Contest:
    """A new draft with the texts of a contest and its lots in which nobody was awarded, all of them where it is void
    or cancelled; returns it. Its rules are settled and its money reserved when it is announced. Refuses
    `contest_not_repeatable`, `contest_repeated_already`."""
    (first,) = lock(contest)
    again = Contest(customer=first.customer, programme=first.programme, repeats=first)
    for name in AMENDABLE:
        setattr(again, name, getattr(first, name))
    public = {"programme": first.programme.ref, "repeats": first.number}
    perform(CONTEST, again, "repeat_contest", actor=actor, public=public)
    for number, lot in enumerate(queries.lots_without_award(first), 1):
        Lot.objects.create(
            contest=again, measure_id=lot.measure_id, number=number, amount=lot.amount, ceiling=lot.ceiling
        )
    return again
