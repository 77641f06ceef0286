"""The verbs of contests and applications."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Max
from pydantic import ValidationError

from jardam.documents import operations as documents
from jardam.documents.models import File
from jardam.journal.models import Record
from jardam.journal.operations import lock, lock_shared, perform, register_number
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import HASH_V, canonical, digest, plain
from jardam.kernel.refusal import Refused, refuse_if_any
from jardam.kernel.time import bishkek_day, end_of
from jardam.parties.models import Organisation
from jardam.planning.models import Measure, Programme
from jardam.regime import operations as regime
from jardam.regime import queries as rulebooks
from jardam.rulebook.house import HOUSE
from jardam.treasury import operations as treasury
from jardam.treasury import queries as ledger
from jardam.treasury.operations import Owner

from . import queries
from .models import (
    Announcement,
    Application,
    Contest,
    DraftSection,
    Erratum,
    Lot,
    Order,
    Outage,
    Postponement,
    Question,
    Version,
)
from .policy import APPLICATION, CONTEST, OUTAGE, QUESTION, may_write
from .rules import (
    AMENDABLE,
    CANCEL_GROUNDS,
    NO_SUCH_TEXT,
    NOT_OPEN,
    PAPER_OF_TOMORROW,
    PARTS,
    SECTIONS,
    SECTIONS_MISSING,
    SUSPEND_GROUNDS,
    TEXTS,
    TOO_SHORT,
    VOID_KEYS,
    Content,
    Paper,
    amendment_faults,
    announcement_faults,
    changes_between,
    content_faults,
    continued,
    moved_by,
    void_ground,
)

FORM = "grants"


# --- the contest -----------------------------------------------------------------------------------------------


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
    `deadline_too_early`, `not_enough_money`. Rulebook: `ann.min_term`.
    """
    (contest,) = lock(contest)
    refuse_if_any(may(CONTEST, contest, "announce", actor))
    settlement = regime.settle(customer=contest.customer, form=FORM, at=actor.at)
    texts = {name: getattr(contest, name) or {} for name in ("title", "goal", "tasks", "problem")}
    ceilings = [lot.ceiling for lot in contest.lots.all()]
    refuse_if_any(announcement_faults(texts, ceilings, settlement))
    earliest = regime.deadline(settlement, "ann.min_term", actor.at)
    deadline_at = end_of(closes_on, settlement.choice("clock.day_ends"))
    if deadline_at < earliest.at:
        raise TOO_SHORT.refuse(
            settlement.basis("ann.min_term"),
            at_field="closes_on",
            earliest=earliest.due_on,
            term=str(settlement.value("ann.min_term")),
        )
    record = perform(
        CONTEST,
        contest,
        "announce",
        actor=actor,
        public={
            "deadline": deadline_at,
            "edition": settlement.edition,
            "rules": settlement.file_sha256,
            "settlement": settlement.sha256,
        },
        edition=settlement.edition,
        changes={
            "announced_at": actor.at,
            "deadline_at": deadline_at,
            "deadline_how": plain(earliest.as_plain()),
            "edition": settlement.edition,
            "edition_revision": settlement.revision,
            "edition_sha256": settlement.file_sha256,
            "settlement_bytes": settlement.as_canonical(),
        },
    )
    for lot in contest.lots.order_by("number"):
        treasury.reserve(
            measure=Owner("measure", lot.measure_id), lot=Owner("lot", lot.pk), amount=lot.amount, act=record
        )
    contest.number = _register_number(contest, "C", actor)
    contest.save(update_fields=["number"])
    _publish(contest, record)
    return contest


def _register_number(contest: Contest, series: str, actor: Actor) -> str:
    customer = contest.customer.code or contest.customer.ref
    return register_number(series, customer, bishkek_day(actor.at).year, contest.customer.jurisdiction)


def open_applications(*, actor: Actor, contest: Contest) -> Contest:
    """After the deadline: every submitted application is opened and numbered in order of its last submission.

    Refuses `deadline_not_passed`.
    """
    (contest,) = lock(contest)
    submitted = list(contest.applications.filter(state="submitted").select_related("applicant"))
    record = perform(
        CONTEST,
        contest,
        "open_applications",
        actor=actor,
        public={"applications": len(submitted)},
        edition=contest.edition,
        changes={"opened_at": actor.at},
    )
    for application in sorted(submitted, key=lambda a: a.act_id):
        _open(application, contest, actor, record)
    return contest


def _open(application: Application, contest: Contest, actor: Actor, cause: Record) -> None:
    (application,) = lock(application)
    number = _register_number(contest, "A", actor)
    changes = {"number": number}
    public = {"number": number}
    perform(APPLICATION, application, "open", actor=actor, public=public, changes=changes, cause=cause)


def mark_decided(*, contest: Contest, actor: Actor, cause: Record, outcome: str) -> Contest:
    """Called by the review when the last lot's protocol is published. `outcome`: "awarded", or the ground on which
    the contest may be declared void ("no_applicant", "none_admitted", "none_passed")."""
    (contest,) = lock(contest)
    perform(
        CONTEST,
        contest,
        "mark_decided",
        actor=actor,
        public={"outcome": outcome},
        cause=cause,
        edition=contest.edition,
        changes={"outcome": outcome},
    )
    return contest


def release_rest(*, lot: Lot, awarded: Decimal, act: Record) -> None:
    """What a decided lot did not award goes back to its measure. *Amount*: som."""
    rest = lot.amount - awarded
    if rest > 0:
        treasury.release(lot=Owner("lot", lot.pk), measure=Owner("measure", lot.measure_id), amount=rest, act=act)


def review_again(*, lot: Lot, actor: Actor, act: Record) -> None:
    """Called by the review when an upheld appeal returns a lot: what the lot gave back is reserved for it again, and
    the contest is decided no more. Refuses `not_enough_money` when the measure has given it elsewhere meanwhile."""
    (contest,) = lock(lot.contest)
    treasury.take_back_release(lot=Owner("lot", lot.pk), act=act)
    if contest.state == "decided":
        perform(CONTEST, contest, "review_again", actor=actor, cause=act, edition=contest.edition)


# --- the contest after its announcement ------------------------------------------------------------------------


def _publish(contest: Contest, record: Record, reason: str = "") -> Announcement:
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
    contest: Contest, record: Record, ground: str, paper: Paper, text: str = "", file: File | None = None
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


def _facts_of(paper: Paper, ground: str, text: str, actor: Actor) -> dict[str, Any]:
    """What the journal says of an order: everything but its free text, of which it holds the digest. Refuses
    `document_in_future`."""
    if paper.on > bishkek_day(actor.at):
        raise PAPER_OF_TOMORROW.refuse(HOUSE["H-16"].basis, at_field="issued_on")
    return {"ground": ground, "document": paper.number, "document_on": paper.on, "text_sha256": digest(text)}


def _release_all(contest: Contest, act: Record) -> None:
    """Whatever the lots still hold goes back to their measures."""
    for lot in contest.lots.order_by("number"):
        left = ledger.balance(ledger.Stage.RESERVED, "lot", lot.pk)
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
    Refuses `not_amendable`, `nothing_amended`, `announcement_incomplete`, `deadline_passed`, `switched_off`.
    Rulebook: `ann.amend_allowed`, `ann.amend_rule`, `ann.amend_term`, `ann.min_term`, `ann.languages`.
    """
    (contest,) = lock(contest)
    refuse_if_any(may(CONTEST, contest, "amend", actor))
    before = {name: getattr(contest, name) for name in AMENDABLE}
    refuse_if_any(amendment_faults(before, changes, contest.settlement))
    fields = sorted({change.field for change in changes_between(before, before | changes)})
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
    return _publish(contest, record, reason)


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
    *, actor: Actor, contest: Contest, body: str, paper: Paper, text: str = "", file: File | None = None
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
    *, actor: Actor, contest: Contest, body: str, paper: Paper, text: str = "", file: File | None = None
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
    *, actor: Actor, contest: Contest, ground: str, paper: Paper, text: str, file: File | None = None
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


def declare_void(*, actor: Actor, contest: Contest, paper: Paper, text: str = "", file: File | None = None) -> Contest:
    """Nobody applied, was admitted or passed: the contest ends without an award, the money goes back.

    Refuses `contest_not_void`, `extended_instead`, `document_in_future`. Rulebook: `dec.no_bid_rule`,
    `dec.no_pass_rule`.
    """
    (contest,) = lock(contest)
    refuse_if_any(may(CONTEST, contest, "declare_void", actor))
    ground = void_ground(CONTEST.facts(contest, actor))
    record = perform(
        CONTEST,
        contest,
        "declare_void",
        actor=actor,
        public=_facts_of(paper, ground, text, actor),
        basis=contest.settlement.basis(VOID_KEYS[ground]),
        acted_on=paper.on,
        edition=contest.edition,
        changes={"outcome": ground},
    )
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
        changes={"deadline_at": deadline.at, "opened_at": None},
    )
    _postpone(contest, record, "no_applicant", was, plain(deadline.as_plain()))
    return contest


def repeat_contest(*, actor: Actor, contest: Contest) -> Contest:
    """A new draft with all texts and lots of a void or cancelled contest; returns it. Its rules are settled and its
    money reserved when it is announced. Refuses `contest_not_repeatable`, `contest_repeated_already`."""
    (first,) = lock(contest)
    again = Contest(customer=first.customer, programme=first.programme, repeats=first)
    for name in AMENDABLE:
        setattr(again, name, getattr(first, name))
    public = {"programme": first.programme.ref, "repeats": first.number}
    perform(CONTEST, again, "repeat_contest", actor=actor, public=public)
    for lot in first.lots.order_by("number"):
        Lot.objects.create(
            contest=again, measure_id=lot.measure_id, number=lot.number, amount=lot.amount, ceiling=lot.ceiling
        )
    return again


# --- the application -------------------------------------------------------------------------------------------


def start_application(*, actor: Actor, lot: Lot, applicant: Organisation) -> Application:
    """Begin an application to a lot. Refuses `deadline_passed`, `kind_not_eligible`, `organisation_barred`,
    `one_application_a_lot`."""
    contest = lock_shared(lot.contest)
    application = Application(lot=lot, contest=contest, applicant=applicant, created_at=actor.at)
    perform(APPLICATION, application, "start_application", actor=actor, edition=contest.edition)
    documents.seal_new(application.label, actor.at)
    return application


def save_section(*, actor: Actor, application: Application, section: str, data: dict[str, Any]) -> None:
    """Keep a section of the draft, sealed; not an act. `data` must be of the section's form (rules.PARTS)."""
    lock_shared(application.contest)
    (application,) = lock(application)
    if not may_write(application, actor):
        raise NOT_OPEN.refuse(HOUSE["H-09"].basis)
    content = PARTS[section].model_validate(data).model_dump(mode="json")
    DraftSection.objects.update_or_create(
        application=application,
        section=section,
        defaults={
            "sealed": documents.seal_content(application.label, f"draft-{section}", content),
            "saved_at": actor.at,
            "saved_by_id": actor.person_id,
        },
    )


def submit_application(*, actor: Actor, application: Application) -> Version:
    """Submit the draft as it stands; again before the deadline it replaces the earlier version.

    Returns the version, which is the receipt. Holds the contest against being opened meanwhile and asks again under
    lock. Refuses `deadline_passed`, `contest_not_open`, `sections_missing`, `over_ceiling`, `amount_not_positive`,
    `own_contribution_too_small`, `kind_not_eligible`, `organisation_not_verified`, `organisation_barred`.
    Rulebook: `ann.min_term`, `app.max_amount`, `app.cofin_min_pct`, `elig.types`.
    """
    contest = lock_shared(application.contest)
    (application,) = lock(application)
    verb = "submit" if application.state == "draft" else "replace"
    refuse_if_any(may(APPLICATION, application, verb, actor))
    content = _whole_content(application)
    refuse_if_any(content_faults(content, contest.settlement, application.lot.ceiling))
    data = content.model_dump(mode="json")
    number = application.versions.count() + 1
    sha256 = digest(data)
    record = perform(
        APPLICATION,
        application,
        verb,
        actor=actor,
        public={"content_sha256": sha256, "version": number},
        edition=contest.edition,
    )
    return Version.objects.create(
        application=application,
        number=number,
        sealed=documents.seal_content(application.label, f"v{number}", data),
        content_sha256=sha256,
        hash_v=HASH_V,
        at=actor.at,
        act_id=record.pk,
    )


def _whole_content(application: Application) -> Content:
    """The draft as a whole, or `sections_missing` with the parts that are not finished."""
    draft = queries.draft_content(application)
    missing = tuple(section for section in SECTIONS if section not in draft)
    if missing:
        raise SECTIONS_MISSING.refuse(HOUSE["H-16"].basis, missing=missing)
    try:
        return Content.model_validate(draft)
    except ValidationError as fault:
        parts = tuple(dict.fromkeys(str(error["loc"][0]) for error in fault.errors()))
        raise SECTIONS_MISSING.refuse(HOUSE["H-16"].basis, missing=parts) from fault


def withdraw(*, actor: Actor, application: Application) -> Application:
    """Take the application back before the deadline. Refuses `deadline_passed`."""
    lock_shared(application.contest)
    (application,) = lock(application)
    perform(APPLICATION, application, "withdraw", actor=actor, edition=application.contest.edition)
    return application


def read_application(*, actor: Actor, application: Application, purpose: str) -> Content:
    """Open the last submitted version for somebody of the review, and record the look.

    The caller (review) has asked its policy; before the opening this refuses for everybody.
    """
    if application.state != "opened":
        raise Refused(NOT_OPEN.refusal(HOUSE["H-13"].basis))
    version = application.versions.latest("number")
    data = documents.look_at(application.label, f"v{version.number}", version.sealed, actor=actor, purpose=purpose)
    return Content.model_validate(data)
