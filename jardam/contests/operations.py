"""The verbs of contests and applications."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from pydantic import ValidationError

from jardam.documents import operations as documents
from jardam.journal.models import Record
from jardam.journal.operations import lock, lock_shared, perform, register_number
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import HASH_V, digest, plain
from jardam.kernel.refusal import Refused, refuse_if_any
from jardam.kernel.time import bishkek_day, end_of
from jardam.parties.models import Organisation
from jardam.planning.models import Measure, Programme
from jardam.regime import operations as regime
from jardam.rulebook.house import HOUSE
from jardam.treasury import operations as treasury
from jardam.treasury.operations import Owner

from . import papers, queries
from .models import Application, Contest, DraftSection, Lot, Version
from .policy import APPLICATION, CONTEST, may_write
from .rules import (
    NOT_OPEN,
    PARTS,
    SECTIONS,
    SECTIONS_MISSING,
    TOO_SHORT,
    Content,
    announcement_faults,
    content_faults,
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
    number = contest.lots.count() + 1
    lot, _ = Lot.objects.update_or_create(
        contest=contest,
        measure=measure,
        defaults={"amount": amount, "ceiling": ceiling},
        create_defaults={"amount": amount, "ceiling": ceiling, "number": number},
    )
    return lot


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
    return contest


def _open(application: Application, contest: Contest, actor: Actor, cause: Record) -> None:
    (application,) = lock(application)
    number = _register_number(contest, "A", actor)
    changes = {"number": number}
    public = {"number": number}
    perform(APPLICATION, application, "open", actor=actor, public=public, changes=changes, cause=cause)


def mark_decided(*, contest: Contest, actor: Actor, cause: Record) -> Contest:
    """Called by the review when the last lot's protocol is published."""
    (contest,) = lock(contest)
    perform(CONTEST, contest, "mark_decided", actor=actor, cause=cause, edition=contest.edition)
    return contest


def release_rest(*, lot: Lot, awarded: Decimal, act: Record) -> None:
    """What a decided lot did not award goes back to its measure. *Amount*: som."""
    rest = lot.amount - awarded
    if rest > 0:
        treasury.release(lot=Owner("lot", lot.pk), measure=Owner("measure", lot.measure_id), amount=rest, act=act)


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
