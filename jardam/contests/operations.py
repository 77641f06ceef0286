"""The verbs of contests and applications."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
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
from jardam.kernel.permission import NOT_YOURS
from jardam.kernel.refusal import Refused, refuse_if_any
from jardam.kernel.time import bishkek_day, end_of
from jardam.parties import queries as parties
from jardam.parties.models import Organisation
from jardam.parties.rules import Role
from jardam.planning.models import Measure, Programme
from jardam.regime import operations as regime
from jardam.regime import queries as rulebooks
from jardam.rulebook.house import HOUSE
from jardam.treasury import operations as treasury
from jardam.treasury import queries as ledger
from jardam.treasury.operations import Owner

from . import papers, queries
from .models import (
    Announcement,
    Application,
    Attachment,
    Collaborator,
    Contest,
    DraftSection,
    Erratum,
    Lot,
    Order,
    Outage,
    Paper,
    Partner,
    Postponement,
    Question,
    Version,
)
from .policy import APPLICATION, COLLABORATOR, CONTEST, OUTAGE, PAPER, PARTNER, QUESTION, may_write, side_of
from .rules import (
    AMENDABLE,
    CANCEL_GROUNDS,
    CHANGED_MEANWHILE,
    DOCUMENTS_MISSING,
    INVITED_ALREADY,
    NO_SUCH_TEXT,
    NOBODY_THERE,
    NOT_OPEN,
    NOT_PAPER_GROUND,
    NOT_REGISTERED,
    NOT_YOUR_PART,
    PAPER_GROUNDS,
    PAPER_KEYED,
    PAPER_OF_TOMORROW,
    PARTNER_TWICE,
    PARTS,
    REMARK,
    SECTIONS,
    SECTIONS_MISSING,
    SUSPEND_GROUNDS,
    TEXTS,
    TOO_SHORT,
    UNKNOWN_DOCUMENT,
    VOID_KEYS,
    Content,
    Hand,
    OrderDocument,
    amendment_faults,
    announcement_faults,
    changes_between,
    content_faults,
    continued,
    current,
    moved_by,
    sign_off_faults,
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
    documents.issue(
        kind="announcement",
        number=contest.number,
        thing=contest,
        issuer=contest.customer.title,
        build=partial(papers.announcement, contest, queries.lots(contest)),
        facts={"deadline": deadline_at, "edition": settlement.edition, "settlement": settlement.sha256},
        act=record,
        actor=actor,
    )
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
    _open_papers(contest, actor, record)
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
    treasury.take_back_releases(lot=Owner("lot", lot.pk), act=act)
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


def start_application(
    *, actor: Actor, lot: Lot, applicant: Organisation, earlier: Application | None = None
) -> Application:
    """Begin an application to a lot; `earlier` is one of the same applicant from which the texts and documents are
    copied, never the declarations. Refuses `deadline_passed`, `kind_not_eligible`, `organisation_barred`,
    `one_application_a_lot`."""
    contest = lock_shared(lot.contest)
    application = Application(lot=lot, contest=contest, applicant=applicant, created_at=actor.at)
    perform(APPLICATION, application, "start_application", actor=actor, edition=contest.edition)
    documents.seal_new(application.label, actor.at)
    if earlier is not None:
        _copy(earlier, application, actor)
    return application


def save_section(
    *, actor: Actor, application: Application, section: str, data: dict[str, Any], revision: int | None = None
) -> None:
    """Keep a section of the draft, sealed; not an act. `data` must be of the section's form (rules.PARTS).

    `revision` is the one this text was written from (0: none yet); None does not ask. Refuses `changed_meanwhile`,
    `not_your_part`, `contest_not_open`.
    """
    application = _writable(application, actor, section)
    content = PARTS[section].model_validate(data).model_dump(mode="json")
    saved = application.draft_sections.filter(section=section).first()
    if saved and revision is not None and saved.revision != revision:
        name = parties.person_name(saved.saved_by_id)
        raise CHANGED_MEANWHILE.refuse(HOUSE["H-17"].basis, name=name, at=saved.saved_at)
    _keep_section(application, section, content, actor, (saved.revision if saved else 0) + 1)


def _writable(application: Application, actor: Actor, part: str) -> Application:
    """The application, locked, if the actor may write this part of it now."""
    lock_shared(application.contest)
    (application,) = lock(application)
    if may_write(application, actor, part):
        return application
    if may_write(application, actor):
        raise NOT_YOUR_PART.refuse(HOUSE["H-18"].basis)
    raise NOT_OPEN.refuse(HOUSE["H-09"].basis)


def _keep_section(application: Application, section: str, content: Any, actor: Actor, revision: int) -> None:
    DraftSection.objects.update_or_create(
        application=application,
        section=section,
        defaults={
            "sealed": documents.seal_content(application.label, f"draft-{section}", content),
            "revision": revision,
            "saved_at": actor.at,
            "saved_by_id": actor.person_id,
        },
    )


def _copy(earlier: Application, application: Application, actor: Actor) -> None:
    """The texts of an earlier application of the applicant, or of one it succeeded. What is declared is declared
    anew."""
    if not actor.acts_for(earlier.applicant_id) or earlier.paper_id is not None:
        raise NOT_YOURS.refuse(HOUSE["H-18"].basis, whose="the applicant")
    for section, content in queries.draft_content(earlier).items():
        if section in PARTS and section != "declarations":
            _keep_section(application, section, content, actor, 1)
    for attachment, told in queries.attachments(earlier):
        _, content = documents.open_sealed(attachment.file)
        _keep_file(content, told["name"], attachment.kind, actor, application=application)


def submit_application(*, actor: Actor, application: Application) -> Version:
    """Submit the draft as it stands; again before the deadline it replaces the earlier version.

    Returns the version, which is the receipt. Holds the contest against being opened meanwhile and asks again under
    lock. Refuses `deadline_passed`, `contest_not_open`, `sections_missing`, `documents_missing`, `over_ceiling`,
    `amount_not_positive`, `own_contribution_too_small`, `category_over_cap`, `sign_off_missing`,
    `kind_not_eligible`, `organisation_not_verified`, `organisation_barred`.
    Rulebook: `ann.min_term`, `app.max_amount`, `app.cofin_min_pct`, `app.documents`, `elig.types`.
    """
    contest = lock_shared(application.contest)
    (application,) = lock(application)
    verb = "submit" if application.state == "draft" else "replace"
    refuse_if_any(may(APPLICATION, application, verb, actor))
    data = _finished_content(application)
    number = application.versions.count() + 1
    sha256 = digest(data)
    refuse_if_any(sign_off_faults(queries.signed_off(application, sha256)))
    record = perform(
        APPLICATION,
        application,
        verb,
        actor=actor,
        public={"content_sha256": sha256, "version": number},
        edition=contest.edition,
    )
    return _keep_version(application, data, number, record)


def _keep_version(application: Application, data: dict[str, Any], number: int, record: Record) -> Version:
    return Version.objects.create(
        application=application,
        number=number,
        sealed=documents.seal_content(application.label, f"v{number}", data),
        content_sha256=digest(data),
        hash_v=HASH_V,
        at=record.at,
        act_id=record.pk,
    )


def _finished_content(application: Application) -> dict[str, Any]:
    """The draft as a whole, as it is hashed; refuses whatever stands against handing it in."""
    contest, content = application.contest, _whole_content(application)
    refuse_if_any(content_faults(content, contest.settlement, application.lot.ceiling, contest.months))
    return content.model_dump(mode="json")


def _whole_content(application: Application) -> Content:
    """The draft as a whole, or `sections_missing` with the parts that are not finished."""
    draft = queries.whole_draft(application)
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
    return Content.model_validate(current(data))


# --- writing together ------------------------------------------------------------------------------------------


def sign_off(*, actor: Actor, application: Application) -> Record:
    """Answer for the draft exactly as it stands: its head for the whole, the accountant for the budget. A change
    afterwards has another hash, so that the signature no longer counts. Refuses what `submit_application` refuses,
    `other_carrier`, and `signed_by_you` for the same text twice. Rulebook: `sig.application`."""
    lock_shared(application.contest)
    (application,) = lock(application)
    refuse_if_any(may(APPLICATION, application, "sign_off", actor))
    side, sha256 = side_of(application, actor), digest(_finished_content(application))
    public = {"content_sha256": sha256, "side": side}
    edition = application.contest.edition
    record = perform(APPLICATION, application, "sign_off", actor=actor, public=public, edition=edition)
    documents.sign(
        object_kind=APPLICATION.kind,
        object_id=application.pk,
        content_sha256=sha256,
        side=side,
        actor=actor,
        act=record,
    )
    return record


def sign_off_and_submit(*, actor: Actor, application: Application) -> Version:
    """The head's one press: signs off what is not yet signed by them, then submits."""
    lock_shared(application.contest)
    (application,) = lock(application)
    refuse_if_any(may(APPLICATION, application, "submit" if application.state == "draft" else "replace", actor))
    signed = queries.signatures_of(application, digest(_finished_content(application)))
    if actor.person_id not in {one.person_id for one in signed}:
        sign_off(actor=actor, application=application)
    return submit_application(actor=actor, application=application)


def invite_collaborator(*, actor: Actor, application: Application, email: str, hand: str) -> Collaborator:
    """Invite a registered person to one application as editor, accountant or reader. Refuses `nobody_there`,
    `invited_already`."""
    (application,) = lock(application)
    person = parties.person_by_email(email)
    if person is None:
        raise NOBODY_THERE.refuse(HOUSE["H-16"].basis, at_field="email")
    if application.collaborators.filter(person=person).exclude(state="removed").exists():
        raise INVITED_ALREADY.refuse(HOUSE["H-16"].basis, at_field="email")
    collaborator = Collaborator(application=application, person=person, hand=Hand(hand), invited_at=actor.at)
    perform(COLLABORATOR, collaborator, "invite_collaborator", actor=actor, public={"hand": hand})
    return collaborator


def accept_invitation(*, actor: Actor, collaborator: Collaborator) -> Collaborator:
    """From now on the invited person finds the application."""
    (collaborator,) = lock(collaborator)
    perform(COLLABORATOR, collaborator, "accept_invitation", actor=actor)
    return collaborator


def remove_collaborator(*, actor: Actor, collaborator: Collaborator) -> Collaborator:
    """By the applicant, or by the person who leaves. What they wrote stays."""
    (collaborator,) = lock(collaborator)
    perform(COLLABORATOR, collaborator, "remove_collaborator", actor=actor)
    return collaborator


def name_partner(
    *, actor: Actor, application: Application, name: str, role: str, organisation: Organisation | None = None
) -> Partner:
    """Name a partner. One that is registered here is asked to confirm; another stays named, unconfirmed. Refuses
    `partner_is_applicant`, `too_many_partners`, `partner_twice`, `switched_off`. Rulebook: `app.consortium`."""
    (application,) = lock(application)
    partner = Partner(application=application, organisation=organisation)
    living = application.partners.exclude(state="removed")
    if organisation and living.filter(organisation=organisation).exists():
        raise PARTNER_TWICE.refuse(HOUSE["H-16"].basis, at_field="tin")
    told = {"name": name, "role": role}
    partner.sealed = documents.seal_content(application.label, f"partner-{partner.ref}", told)
    perform(PARTNER, partner, "name_partner", actor=actor)
    return partner


def answer_partner(*, actor: Actor, partner: Partner, agrees: bool) -> Partner:
    """The partner's head confirms, or declines."""
    (partner,) = lock(partner)
    perform(PARTNER, partner, "confirm_partner" if agrees else "decline_partner", actor=actor)
    return partner


def remove_partner(*, actor: Actor, partner: Partner) -> Partner:
    """The application no longer names it; versions already submitted do."""
    (partner,) = lock(partner)
    perform(PARTNER, partner, "remove_partner", actor=actor)
    return partner


def attach(*, actor: Actor, application: Application, kind: str, content: bytes, name: str) -> Attachment:
    """Keep a document of the application, sealed on its own; not an act. Refuses `document_unknown`. Rulebook:
    `app.documents`; what came on paper has its `scan`."""
    application = _writable(application, actor, "documents")
    settlement = application.contest.settlement
    known = tuple(one.code for one in settlement.value("app.documents"))
    if application.state == "keying":
        known += (SCAN,)
    if kind not in known:
        raise UNKNOWN_DOCUMENT.refuse(settlement.basis("app.documents"), at_field="kind")
    return _keep_file(content, name, kind, actor, application=application)


def detach(*, actor: Actor, application: Application, attachment: Attachment) -> None:
    """Take a document out of the draft; versions already submitted keep theirs."""
    application = _writable(application, actor, "documents")
    Attachment.objects.filter(pk=attachment.pk, application=application).update(removed_at=actor.at)


def _keep_file(
    content: bytes,
    name: str,
    kind: str,
    actor: Actor,
    *,
    application: Application | None = None,
    paper: Paper | None = None,
) -> Attachment:
    label = application.label if application is not None else paper.label if paper is not None else ""
    file = documents.receive_sealed(content, name=name, label=label, actor=actor, at_field="file")
    return Attachment.objects.create(application=application, paper=paper, kind=kind, file=file, at=actor.at)


def read_file(*, actor: Actor, application: Application, ref: str, purpose: str) -> tuple[dict[str, Any], bytes]:
    """A document of the last submitted version for somebody of the review, with a look: (what it is, its bytes). The
    caller (review) has asked its policy; before the opening this refuses for everybody."""
    if application.state != "opened":
        raise NOT_OPEN.refuse(HOUSE["H-13"].basis)
    attachment = Attachment.objects.select_related("file__file").get(application=application, ref=ref)
    return documents.look_at_file(attachment.file, actor=actor, purpose=purpose)


# --- on paper --------------------------------------------------------------------------------------------------

SCAN, ENVELOPE = "scan", "envelope"


def register_paper(
    *, actor: Actor, lot: Lot, carrier: str, envelope: str, photographs: Sequence[tuple[bytes, str]] = ()
) -> Paper:
    """Register an envelope, unopened: its number and second, who brought it, what stands on it, its photographs. What
    comes after the deadline is registered as late. Refuses `switched_off`. Rulebook: `app.paper_allowed`."""
    contest = lock_shared(lot.contest)
    paper = Paper(contest=contest, lot=lot, received_at=actor.at)
    documents.seal_new(paper.label, actor.at)
    told = {"carrier": carrier, "envelope": envelope}
    paper.sealed = documents.seal_content(paper.label, "envelope", told)
    is_late = contest.deadline_at is not None and actor.at >= contest.deadline_at
    verb = "register_late" if is_late else "register_paper"
    refuse_if_any(may(PAPER, paper, verb, actor))
    paper.number = _register_number(contest, "P", actor)
    public = {"number": paper.number, "received_at": actor.at}
    perform(PAPER, paper, verb, actor=actor, public=public, edition=contest.edition)
    for content, name in photographs:
        _keep_file(content, name, ENVELOPE, actor, paper=paper)
    return paper


def _open_papers(contest: Contest, actor: Actor, cause: Record) -> None:
    """At the opening: envelopes in time are opened, late ones are refused."""
    for paper in contest.papers.filter(state__in=("registered", "late")).order_by("id"):
        (paper,) = lock(paper)
        if paper.state == "registered":
            perform(PAPER, paper, "open_paper", actor=actor, cause=cause)
        else:
            _refuse_paper(paper, "late", actor, cause)


def refuse_paper(*, actor: Actor, paper: Paper, ground: str) -> Paper:
    """An envelope that does not come before the commission, on a ground of rules.PAPER_GROUNDS. Refuses
    `paper_ground_unknown`, `envelope_sealed`."""
    lock_shared(paper.contest)
    (paper,) = lock(paper)
    fitting = ("late",) if paper.state == "late" else tuple(code for code in PAPER_GROUNDS if code != "late")
    if ground not in fitting:
        raise NOT_PAPER_GROUND.refuse(HOUSE["H-25"].basis, at_field="ground")
    _refuse_paper(paper, ground, actor, None)
    return paper


def _refuse_paper(paper: Paper, ground: str, actor: Actor, cause: Record | None) -> None:
    basis = paper.contest.settlement.basis("ann.min_term") if ground == "late" else HOUSE["H-25"].basis
    changes = {"ground": ground}
    perform(
        PAPER, paper, "refuse_paper", actor=actor, public={"ground": ground}, changes=changes, basis=basis, cause=cause
    )


def key_in(*, actor: Actor, paper: Paper, applicant: Organisation | None) -> Application:
    """Begin to key in an opened envelope; its sections are then saved like any others. Refuses `envelope_sealed`,
    `keyer_votes`, `one_application_a_lot`, `organisation_not_registered` where no applicant was found."""
    if applicant is None:
        raise NOT_REGISTERED.refuse(HOUSE["H-16"].basis, at_field="tin")
    contest = lock_shared(paper.contest)
    (paper,) = lock(paper)
    if Application.objects.filter(paper=paper).exists():
        raise PAPER_KEYED.refuse(HOUSE["H-32"].basis)
    application = Application(
        lot=paper.lot, contest=contest, applicant=applicant, paper=paper, created_at=actor.at, keyed_by_id=None
    )
    perform(APPLICATION, application, "key_in", actor=actor, public={"paper": paper.number}, edition=contest.edition)
    documents.seal_new(application.label, actor.at)
    return application


def finish_keying(*, actor: Actor, application: Application) -> Application:
    """Hand what was keyed in to another person. Refuses `sections_missing`, `scan_missing`, `keyer_votes`."""
    (application,) = lock(application)
    refuse_if_any(may(APPLICATION, application, "finish_keying", actor))
    sha256 = digest(_whole_content(application).model_dump(mode="json"))
    changes = {"keyed_by_id": actor.person_id}
    perform(
        APPLICATION,
        application,
        "finish_keying",
        actor=actor,
        public={"content_sha256": sha256},
        changes=changes,
        edition=application.contest.edition,
    )
    return application


def return_keying(*, actor: Actor, application: Application, remark: str) -> Application:
    """It is not what the scan says: back to whoever keyed it in, with what differs (sealed). Refuses
    `keyed_by_you`."""
    (application,) = lock(application)
    perform(APPLICATION, application, "return_keying", actor=actor, edition=application.contest.edition)
    _keep_section(application, REMARK, remark, actor, 1)
    return application


def compare(*, actor: Actor, application: Application) -> Version:
    """Another person finds it equal to the scan: it is numbered and stands in the review like any other. Refuses
    `keyed_by_you`."""
    contest = lock_shared(application.contest)
    (application,) = lock(application)
    refuse_if_any(may(APPLICATION, application, "compare", actor))
    data = _whole_content(application).model_dump(mode="json")
    number = _register_number(contest, "A", actor)
    record = perform(
        APPLICATION,
        application,
        "compare",
        actor=actor,
        public={"number": number, "content_sha256": digest(data), "version": 1},
        changes={"number": number},
        edition=contest.edition,
    )
    assert application.paper is not None
    perform(PAPER, application.paper, "take_in", actor=actor, cause=record)
    return _keep_version(application, data, 1, record)


# --- mending (called by the review) ----------------------------------------------------------------------------


def mend_document(
    *, actor: Actor, application: Application, kind: str, content: bytes, name: str
) -> list[dict[str, Any]]:
    """Seal a document that was missing or could not be read, in the place of those of its kind: what the mended
    content says of it. The caller (review) has asked which documents are open."""
    Attachment.objects.filter(application=application, kind=kind, removed_at=None).update(removed_at=actor.at)
    kept = _keep_file(content, name, kind, actor, application=application)
    return [{"ref": kept.ref, "kind": kind} | queries.told(kept)]


def mend_content(*, actor: Actor, application: Application, data: dict[str, Any], cause: Record) -> Version:
    """Keep the mended content as a new version beside the one that was submitted. The caller (review) has asked which
    places are open, and until when. Refuses `sections_missing` and what a submission is refused for."""
    (application,) = lock(application)
    contest = application.contest
    try:
        content = Content.model_validate(current(data))
    except ValidationError as fault:
        parts = tuple(dict.fromkeys(str(error["loc"][0]) for error in fault.errors()))
        raise SECTIONS_MISSING.refuse(HOUSE["H-16"].basis, missing=parts) from fault
    faults = content_faults(content, contest.settlement, application.lot.ceiling, contest.months)
    if application.paper is not None:  # its documents are in the scan
        faults = [one for one in faults if one.code != DOCUMENTS_MISSING.code]
    refuse_if_any(faults)
    plain_data = content.model_dump(mode="json")
    mends = application.versions.count()
    sha256 = digest(plain_data)
    record = perform(
        APPLICATION,
        application,
        "mend_content",
        actor=actor,
        public={"content_sha256": sha256, "version": mends + 1, "mends": mends},
        edition=contest.edition,
        cause=cause,
    )
    # The head who mends answers for exactly this content, as for what was submitted (H-31).
    documents.sign(
        object_kind=APPLICATION.kind,
        object_id=application.pk,
        content_sha256=sha256,
        side=Role.APPLICANT_HEAD,
        actor=actor,
        act=record,
    )
    return _keep_version(application, plain_data, mends + 1, record)


def release_part(*, lot: Lot, amount: Decimal, act: Record) -> None:
    """Money (som) of an award that came to nothing, back from the lot to its measure."""
    if amount > 0:
        treasury.release(lot=Owner("lot", lot.pk), measure=Owner("measure", lot.measure_id), amount=amount, act=act)
