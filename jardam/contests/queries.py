"""Named reads of contests and applications."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from pydantic import ValidationError

from jardam.documents import operations as documents
from jardam.documents.models import Signature
from jardam.documents.queries import signatures
from jardam.documents.sealing import KeyFault
from jardam.journal.procedure import actions, may
from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import digest, plain
from jardam.kernel.refusal import Refusal
from jardam.parties.models import Organisation
from jardam.parties.queries import ids_of
from jardam.parties.rules import Role
from jardam.planning.models import Measure
from jardam.regime import operations as regime
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement

from . import lifecycle
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
from .policy import (
    APPLICATION,
    CONTEST,
    OUTAGE,
    PAPER,
    QUESTION,
    application_facts,
    visible_applications,
    visible_contests,
    visible_papers,
    visible_questions,
)
from .rules import (
    CONTENT_V,
    ENDED,
    REMARK,
    SECTIONS,
    SECTIONS_MISSING,
    TEXTS,
    VOID_KEYS,
    Change,
    Content,
    Hand,
    changes_between,
    content_faults,
    current,
)

_WITH_CONTEST = (
    "customer",
    "customer__territory",
    "programme",
    "programme__adoption",
    "programme__study__territory",
    "repeats",
)


def contest(ref: str, actor: Actor) -> Contest:
    """By its reference. Raises Contest.DoesNotExist for one this actor does not see."""
    return visible_contests(actor).select_related(*_WITH_CONTEST).get(ref=ref)


def contests(
    actor: Actor,
    *,
    customer_id: int | Iterable[int] | None = None,
    state: str = "",
    open_at: datetime | None = None,
    before: int = 0,
    limit: int = 30,
) -> list[Contest]:
    """A page of contests, newest first; the next begins before the last id. Without the settled rules. `open_at`: only
    those that take applications at this instant."""
    rows = visible_contests(actor).select_related("customer").defer("settlement_bytes", "problem", "tasks", "goal")
    if customer_id is not None:
        rows = rows.filter(customer_id__in=ids_of(customer_id))
    if state:
        rows = rows.filter(state=state)
    if open_at:
        rows = rows.filter(state="announced", deadline_at__gt=open_at)
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def lots(contest: Contest) -> list[Lot]:
    return list(contest.lots.select_related("measure").order_by("number"))


def lot(ref: str, actor: Actor) -> Lot:
    rows = Lot.objects.filter(contest__in=visible_contests(actor)).select_related("contest", "measure")
    return rows.get(ref=ref)


def application(ref: str, actor: Actor) -> Application:
    """Raises Application.DoesNotExist for one this actor does not see."""
    rows = visible_applications(actor).select_related(
        "contest", "contest__customer", "contest__programme", "lot", "applicant"
    )
    return rows.get(ref=ref)


def applications_of(organisation_id: int | Iterable[int], before: int = 0, limit: int = 30) -> list[Application]:
    """An applicant's own, newest first."""
    rows = Application.objects.filter(applicant_id__in=ids_of(organisation_id))
    rows = rows.select_related("contest", "contest__customer")
    rows = rows.defer("contest__settlement_bytes")
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def living_application(lot: Lot, organisation_id: int | Iterable[int]) -> Application | None:
    """The one an applicant has in a lot, withdrawn ones aside."""
    return lot.applications.filter(applicant_id__in=ids_of(organisation_id)).exclude(state="withdrawn").first()


def opened_applications(lot: Lot) -> list[Application]:
    """Those of a lot after the opening, in the order of their register numbers."""
    rows = lot.applications.filter(state="opened").select_related("applicant", "contest", "lot")
    return sorted(rows, key=lambda a: int((a.number or "A0").rsplit("A", 1)[1]))


def contest_actions(contest: Contest, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show."""
    return actions(CONTEST, contest, actor)


def contest_refusals(contest: Contest, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(CONTEST, contest, verb, actor)


def measures_without_contest(customer_id: int, limit: int = 50) -> list[Measure]:
    """Measures in the form of grants, of the customer's adopted programmes, that no lot takes up yet, those of
    cancelled contests aside; oldest first."""
    rows = Measure.objects.filter(programme__customer_id=customer_id, programme__state="adopted", form="grants")
    taken = Lot.objects.filter(measure_id=OuterRef("pk")).exclude(contest__state="cancelled")
    rows = rows.exclude(Exists(taken)).select_related("programme")
    return list(rows.order_by("id")[:limit])


def deadlines_passed(customer_id: int, at: datetime, limit: int = 50) -> list[Contest]:
    """The customer's announced contests whose applications can be opened now, the longest waiting first."""
    rows = Contest.objects.filter(customer_id=customer_id, state="announced", deadline_at__lte=at)
    return list(rows.order_by("deadline_at", "id")[:limit])


def opened_count(contest: Contest) -> int | None:
    """How many applications were opened; None before the opening, when nobody is told (H-13)."""
    return contest.applications.filter(state="opened").count() if contest.opened_at else None


def acts_kept_until_the_opening() -> Q:
    """Which acts of the journal tell who applies: those on questions and envelopes of contests that are not opened,
    and on applications that are not, with their people and partners (H-13). What was never handed in is never told."""
    unopened = Contest.objects.filter(opened_at=None)
    unread = Application.objects.exclude(state__in=("opened", "keying", "keyed"))
    kept = {
        Application: Q(pk__in=unread),
        Collaborator: Q(application__in=unread),
        Partner: Q(application__in=unread),
        Paper: Q(contest__in=unopened),
        Question: Q(contest__in=unopened),
    }
    told = Q()
    for model, condition in kept.items():
        rows = model.objects.filter(condition, pk=OuterRef("object_id"))  # type: ignore[attr-defined]
        told |= Q(object_kind=model.KIND) & Q(Exists(rows))  # type: ignore[attr-defined]
    return told


def customers(actor: Actor) -> list[Organisation]:
    """The customers whose contests this actor sees."""
    rows = Organisation.objects.filter(pk__in=visible_contests(actor).values("customer_id"))
    return list(rows.order_by("id")[:500])


def application_actions(application: Application, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show."""
    return actions(APPLICATION, application, actor)


def eligibility(lot: Lot, actor: Actor, applicant: Organisation) -> list[tuple[str, Refusal | None]]:
    """Everything the rules ask of this applicant in this lot: name of the guard, and its refusal or None. First comes
    the permission, under the name `may_write`."""
    application = Application(lot=lot, contest=lot.contest, applicant=applicant, created_at=actor.at)
    denied = APPLICATION.permissions["start_application"].refusal(actor, application)
    rows = [row for row in lifecycle.APPLICATION.transitions if row.verb in ("start_application", "submit")]
    guards = dict.fromkeys(guard for row in rows for guard in row.guards)
    facts = application_facts(application, actor)
    return [("may_write", denied), *((guard.__name__, guard(facts)) for guard in guards)]


def saved_sections(application: Application) -> dict[str, datetime | None]:
    """When each section was saved last, in the order they are shown; None for one not begun."""
    saved = dict(application.draft_sections.values_list("section", "saved_at"))
    return {section: saved.get(section) for section in SECTIONS}


def submission_faults(application: Application, draft: Mapping[str, Any], actor: Actor) -> list[Refusal]:
    """Why this draft (its opened sections) could not be submitted now. The operation asks all of it again."""
    verb = "submit" if application.state == "draft" else "replace"
    faults = list(may(APPLICATION, application, verb, actor))
    draft = current(draft)
    missing = tuple(section for section in SECTIONS if section not in draft)
    if missing:
        return [*faults, SECTIONS_MISSING.refusal(HOUSE["H-16"].basis, missing=missing)]
    try:
        content = Content.model_validate(draft)
    except ValidationError:
        return faults
    contest = application.contest
    return faults + content_faults(content, contest.settlement, application.lot.ceiling, contest.months)


def submitted_content(application: Application) -> dict[str, Any]:
    """The last submitted version, opened for the applicant's own people."""
    version = application.versions.latest("number")
    return current(documents.unseal_content(application.label, f"v{version.number}", bytes(version.sealed)))


def versions(application: Application) -> list[Version]:
    """Every receipt of an application, newest first; without the sealed bytes."""
    return list(application.versions.defer("sealed").order_by("-number"))


def draft_content(application: Application) -> dict[str, Any]:
    """The sections saved so far, opened for whoever writes them; two queries."""
    rows = list(application.draft_sections.exclude(section=REMARK))
    opened = documents.unseal_many((application.label, f"draft-{row.section}", row.sealed) for row in rows)
    return current({row.section: content for row, content in zip(rows, opened, strict=True)})


def receipt(ref: str) -> Version:
    """A submission's receipt: anyone who has its reference may compare time and hash."""
    return Version.objects.select_related("application", "application__contest").defer("sealed").get(ref=ref)


def last_version(application: Application) -> Version | None:
    return application.versions.order_by("-number").first()


# --- the contest after its announcement ------------------------------------------------------------------------


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
    return contest.repetitions.first()


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
    rules want them repeated (void) and that nobody repeated yet."""
    came = Exists(Application.objects.filter(contest_id=OuterRef("pk"), state="opened"))
    repeated = Exists(Contest.objects.filter(repeats_id=OuterRef("pk")))
    without = Q(state="opened") & ~came | Q(state="decided", outcome__in=VOID_KEYS) | Q(state="void") & ~repeated
    rows = Contest.objects.filter(without, customer_id=customer_id).order_by("id")[:limit]
    return [one for one in rows if one.state != "void" or must_be_repeated(one)]


def must_be_repeated(contest: Contest) -> bool:
    """Whether the rules of a void contest want it repeated."""
    return contest.state == "void" and contest.settlement.choice(VOID_KEYS[contest.outcome]) == "repeat"


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


# --- writing together ------------------------------------------------------------------------------------------


def whole_draft(application: Application) -> dict[str, Any]:
    """The draft as it would be handed in: sections, documents and partners, always in the same order."""
    return draft_content(application) | {
        "schema_v": CONTENT_V,
        "documents": [{"ref": one.ref, "kind": one.kind} | said for one, said in attachments(application)],
        "partners": [
            {"name": said["name"], "role": said["role"], "confirmed": one.state == "confirmed"}
            for one, said in partners(application)
            if one.state in ("named", "confirmed")
        ],
    }


def draft_revisions(application: Application) -> dict[str, int]:
    """The revision of each section: what a form is written from."""
    return dict(application.draft_sections.values_list("section", "revision"))


def told(attachment: Attachment) -> dict[str, Any]:
    """Name, type, size and SHA-256 of a sealed file."""
    return documents.told_of([attachment.file])[0]


def attachments(thing: Application | Paper) -> list[tuple[Attachment, dict[str, Any]]]:
    """The files of a draft or of an envelope in the order they came, each with what it is."""
    rows = list(thing.attachments.filter(removed_at=None).select_related("file__file").order_by("id"))
    return list(zip(rows, documents.told_of(row.file for row in rows), strict=True))


def own_file(application: Application, ref: str) -> tuple[dict[str, Any], bytes]:
    """A document for whoever writes the application: what it is, and its bytes."""
    return documents.open_sealed(application.attachments.select_related("file__file").get(ref=ref).file)


def partners(application: Application) -> list[tuple[Partner, dict[str, Any]]]:
    """The partners that are named and not removed, each with its name and what it does."""
    rows = list(application.partners.exclude(state="removed").select_related("organisation").order_by("id"))
    said = documents.unseal_many((application.label, f"partner-{row.ref}", row.sealed) for row in rows)
    return list(zip(rows, said, strict=True))


def partner(ref: str, actor: Actor) -> tuple[Partner, dict[str, Any]]:
    """A request to be a partner, for the partner's own people."""
    rows = Partner.objects.select_related("application__contest__customer", "application__applicant")
    found = rows.get(ref=ref, organisation_id__in=actor.organisation_ids)
    return found, documents.unseal_content(found.application.label, f"partner-{found.ref}", found.sealed)


def partner_requests(organisation_id: int | Iterable[int], at: datetime, limit: int = 30) -> list[Partner]:
    """Applications that name this organisation and wait for its answer."""
    rows = Partner.objects.filter(organisation_id__in=ids_of(organisation_id), state="named")
    rows = rows.filter(application__contest__state="announced", application__contest__deadline_at__gt=at)
    return list(rows.select_related("application__contest", "application__applicant").order_by("id")[:limit])


def collaborators(application: Application) -> list[Collaborator]:
    return list(application.collaborators.exclude(state="removed").select_related("person").order_by("id"))


def invitation(ref: str, actor: Actor) -> Collaborator:
    """An invitation, for the person who was invited."""
    rows = Collaborator.objects.select_related("application__contest", "application__applicant", "person")
    return rows.get(ref=ref, person_id=actor.person_id or 0)


def invitations(person_id: int, limit: int = 30) -> list[Collaborator]:
    """Those a person has neither accepted nor refused."""
    rows = Collaborator.objects.filter(person_id=person_id, state="invited", application__contest__state="announced")
    return list(rows.select_related("application__contest", "application__applicant").order_by("id")[:limit])


def shared_with(person_id: int, limit: int = 30) -> list[Collaborator]:
    """What a person helps to write, newest first."""
    rows = Collaborator.objects.filter(person_id=person_id, state="accepted")
    return list(rows.select_related("application__contest", "application__applicant").order_by("-id")[:limit])


def signatures_of(application: Application, sha256: str) -> list[Signature]:
    """The sign-offs over exactly this content."""
    return signatures(APPLICATION.kind, application.pk, sha256)


def signed_off(application: Application, sha256: str) -> dict[str, bool]:
    """Everybody who answers for the application → whether they signed off exactly this content: its head always, and
    the accountant if there is one."""
    sides = [str(Role.APPLICANT_HEAD)]
    if application.collaborators.filter(hand=Hand.ACCOUNTANT, state="accepted").exists():
        sides.append(Hand.ACCOUNTANT)
    signed = {one.side for one in signatures_of(application, sha256)}
    return {side: side in signed for side in sides}


def draft_signed_off(application: Application) -> dict[str, bool]:
    """`signed_off` of the draft as it stands; nobody's while it is not whole."""
    try:
        content = Content.model_validate(whole_draft(application))
    except ValidationError:
        return signed_off(application, "")
    return signed_off(application, digest(content.model_dump(mode="json")))


def earlier_applications(organisation_id: int | Iterable[int], limit: int = 20) -> list[Application]:
    """What one or several organisations wrote before, newest first: a new application may begin as a copy."""
    rows = Application.objects.filter(applicant_id__in=ids_of(organisation_id), paper=None)
    rows = rows.exclude(draft_sections=None)
    rows = rows.select_related("contest").defer("contest__settlement_bytes")
    return list(rows.order_by("-id")[:limit])


def waits_for_sign_off(person_id: int, at: datetime, limit: int = 30) -> list[Application]:
    """Drafts whose budget this person answers for, while they can be submitted."""
    rows = Application.objects.filter(
        collaborators__person_id=person_id,
        collaborators__hand=Hand.ACCOUNTANT,
        collaborators__state="accepted",
        state="draft",
        contest__state="announced",
        contest__deadline_at__gt=at,
    )
    return list(rows.select_related("contest", "lot", "applicant").order_by("contest__deadline_at", "id")[:limit])


# --- on paper --------------------------------------------------------------------------------------------------


def paper(ref: str, actor: Actor) -> Paper:
    rows = visible_papers(actor).select_related("contest", "contest__customer", "lot", "application__applicant")
    return rows.get(ref=ref)


def papers(contest: Contest, before: int = 0, limit: int = 30) -> list[Paper]:
    """The envelopes of a contest, newest first."""
    rows = contest.papers.select_related("application")
    return list((rows.filter(id__lt=before) if before else rows).order_by("-id")[:limit])


def envelope(paper: Paper) -> dict[str, str]:
    """Who brought it, and what stands on it: for the customer who holds it."""
    return documents.unseal_content(paper.label, "envelope", paper.sealed)


def paper_file(paper: Paper, ref: str) -> tuple[dict[str, Any], bytes]:
    """A photograph of the envelope: what it is, and its bytes."""
    return documents.open_sealed(paper.attachments.select_related("file__file").get(ref=ref).file)


def paper_actions(paper: Paper, actor: Actor) -> tuple[str, ...]:
    return actions(PAPER, paper, actor)


def papers_pending(contest_id: int) -> int:
    """Envelopes received in time that are neither in the review nor refused: the review does not begin before."""
    return Paper.objects.filter(contest_id=contest_id, state__in=("registered", "opened")).count()


def papers_to_do(customer_id: int, limit: int = 30) -> list[Paper]:
    """Opened envelopes on which somebody has to go on, oldest first."""
    rows = Paper.objects.filter(contest__customer_id=customer_id, contest__state="opened")
    rows = rows.filter(state__in=("late", "opened")).select_related("contest", "application")
    return list(rows.order_by("id")[:limit])


def remark_on(application: Application) -> str:
    """Where what was keyed in differed from the scan, when it was returned."""
    row = application.draft_sections.filter(section=REMARK).first()
    return documents.unseal_content(application.label, f"draft-{REMARK}", row.sealed) if row else ""


# --- verify ----------------------------------------------------------------------------------------------------


def checks() -> list[Check]:
    """Invariants 1, 4 and 6 (blueprint §6) among contests and applications."""
    return [
        agrees_with_act(
            Contest,
            """t.edition = r.public_data->>'edition' AND t.edition_sha256 = r.public_data->>'rules'
               AND encode(sha256(t.settlement_bytes), 'hex') = r.public_data->>'settlement'
               AND t.announced_at = r.at""",
            "announce",
        ),
        agrees_with_act(
            Contest,
            "t.deadline_at = (r.public_data->>'deadline')::timestamptz",
            *("announce", "amend", "extend_for_outage", "resume", "reopen"),
        ),
        _settled_rules,
        sql_check(
            "contests_lot {0}: it is over {1}, but {2} was reserved for it",
            """SELECT l.id, l.amount, coalesce(sum(e.amount), 0) FROM contests_lot l
               JOIN contests_contest c ON c.id = l.contest_id AND c.state <> 'draft'
               LEFT JOIN treasury_posting p ON p.source_kind = 'lot' AND p.source_id = l.id AND p.verb = 'reserve'
               LEFT JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
               GROUP BY l.id, l.amount HAVING coalesce(sum(e.amount), 0) <> l.amount ORDER BY l.id LIMIT 1""",
        ),
        *_after_the_announcement(),
        agrees_with_act(Application, "t.number = r.public_data->>'number'", "open", "compare"),
        sql_check(
            "contests_application {0}: {1}, but no version of it is there",
            """SELECT a.id, a.state FROM contests_application a
               WHERE a.state IN ('submitted', 'opened')
                 AND NOT EXISTS (SELECT 1 FROM contests_version v WHERE v.application_id = a.id)
               ORDER BY a.id LIMIT 1""",
        ),
        agrees_with_act(
            Version,
            """t.content_sha256 = r.public_data->>'content_sha256' AND t.number = (r.public_data->>'version')::int
               AND t.application_id = r.object_id AND t.at = r.at""",
        ),
        sql_check(
            "contests_version {0}: submitted at {1}, not before the deadline ({2})",
            """SELECT v.id, v.at, c.deadline_at FROM contests_version v
               JOIN contests_application a ON a.id = v.application_id JOIN contests_contest c ON c.id = a.contest_id
               JOIN journal_record r ON r.id = v.act_id AND r.verb <> 'mend_content'
               WHERE v.at >= c.deadline_at AND a.paper_id IS NULL ORDER BY v.id LIMIT 1""",
        ),
        agrees_with_act(
            Paper,
            """t.number = r.public_data->>'number'
               AND t.received_at = (r.public_data->>'received_at')::timestamptz AND t.received_at = r.at""",
            "register_paper",
            "register_late",
        ),
        agrees_with_act(Paper, "t.ground = r.public_data->>'ground'", "refuse_paper"),
        agrees_with_act(Collaborator, "t.hand = r.public_data->>'hand'", "invite_collaborator"),
        sql_check(
            "contests_paper {0}: {1}, but it came in at {2}, and the deadline was {3}",
            """SELECT p.id, p.state, p.received_at, c.deadline_at FROM contests_paper p
               JOIN contests_contest c ON c.id = p.contest_id
               WHERE (p.received_at >= c.deadline_at AND p.state IN ('registered', 'opened', 'taken_in'))
                  OR (p.received_at < c.deadline_at AND p.ground = 'late') ORDER BY p.id LIMIT 1""",
        ),
        sql_check(
            "contests_paper {0}: {1}, but the application made from it is {2}",
            """SELECT p.id, p.state, coalesce(a.state, 'not there') FROM contests_paper p
               LEFT JOIN contests_application a ON a.paper_id = p.id
               WHERE (p.state = 'taken_in') <> (coalesce(a.state, '') = 'opened') ORDER BY p.id LIMIT 1""",
        ),
        sql_check(
            "contests_application {0}: {1} keyed it in and found it equal to the scan (journal_record {2})",
            """SELECT a.id, r.person_name, r.id FROM contests_application a
               JOIN journal_record r ON r.object_kind = 'application' AND r.object_id = a.id AND r.verb = 'compare'
               WHERE r.person_id = a.keyed_by_id ORDER BY a.id LIMIT 1""",
        ),
        sql_check(
            "contests_version {0}: it was submitted without the head's sign-off of exactly this content",
            """SELECT v.id FROM contests_version v
               JOIN contests_application a ON a.id = v.application_id AND a.paper_id IS NULL
               WHERE NOT EXISTS (SELECT 1 FROM documents_signature s
                 WHERE s.object_kind = 'application' AND s.object_id = a.id AND s.side = 'applicant_head'
                   AND s.content_sha256 = v.content_sha256) ORDER BY v.id LIMIT 1""",
        ),
        _attachments,
        _version_contents,
        _draft_contents,
    ]


def _after_the_announcement() -> list[Check]:
    return [
        agrees_with_act(
            Announcement,
            """t.contest_id = r.object_id AND t.at = r.at AND encode(sha256(t.content), 'hex') = t.content_sha256
               AND t.deadline_at = (r.public_data->>'deadline')::timestamptz""",
        ),
        sql_check(
            "contests_contest {0}: its announcement does not read as version {1} of it was published",
            """SELECT c.id, a.number FROM contests_contest c JOIN LATERAL (
                 SELECT * FROM contests_announcement WHERE contest_id = c.id ORDER BY number DESC LIMIT 1
               ) a ON true CROSS JOIN LATERAL (SELECT convert_from(a.content, 'UTF8')::jsonb AS said) v
               WHERE (c.title, c.goal, c.tasks, c.problem, to_jsonb(c.contacts))
                 IS DISTINCT FROM (v.said->'title', v.said->'goal', v.said->'tasks', v.said->'problem',
                                   v.said->'contacts')
                 OR c.months::text <> v.said->>'months' ORDER BY c.id LIMIT 1""",
        ),
        sql_check(
            "contests_contest {0}: announced, but no version of its announcement is kept",
            """SELECT c.id FROM contests_contest c WHERE c.state <> 'draft'
                 AND NOT EXISTS (SELECT 1 FROM contests_announcement a WHERE a.contest_id = c.id)
               ORDER BY c.id LIMIT 1""",
        ),
        agrees_with_act(
            Erratum,
            """t.field = r.public_data->>'field' AND t.at = r.at AND EXISTS (
                 SELECT 1 FROM contests_announcement a WHERE a.id = t.announcement_id AND a.contest_id = r.object_id
                   AND a.number = (r.public_data->>'version')::int)""",
        ),
        agrees_with_act(
            Postponement,
            "t.contest_id = r.object_id AND t.to_at = (r.public_data->>'deadline')::timestamptz AND t.at = r.at",
        ),
        agrees_with_act(
            Outage,
            """t.begins_at = (r.public_data->>'from')::timestamptz
               AND t.ends_at = (r.public_data->>'until')::timestamptz AND t.registered_at = r.at""",
        ),
        agrees_with_act(
            Order,
            """t.contest_id = r.object_id AND t.verb = r.verb AND t.ground = r.public_data->>'ground'
               AND t.number = r.public_data->>'document' AND t.issued_on = (r.public_data->>'document_on')::date""",
        ),
        agrees_with_act(Question, "t.asker_id = r.person_id AND t.asked_at = r.at", "ask"),
        agrees_with_act(
            Contest,
            "t.outcome = coalesce(r.public_data->>'outcome', r.public_data->>'ground')",
            *("mark_decided", "declare_void"),
        ),
        sql_check(
            "contests_contest {0}: it is {1}, but its lots still hold {2}",
            """SELECT c.id, c.state, sum(b.amount) FROM contests_contest c JOIN contests_lot l ON l.contest_id = c.id
               JOIN treasury_account a ON a.stage = 'reserved' AND a.owner_kind = 'lot' AND a.owner_id = l.id
               JOIN treasury_balance b ON b.account_id = a.id
               WHERE c.state IN ('cancelled', 'void') GROUP BY c.id, c.state HAVING sum(b.amount) <> 0
               ORDER BY c.id LIMIT 1""",
        ),
        sql_check(
            "contests_application {0}: it was opened, though its contest was cancelled",
            """SELECT a.id FROM contests_application a JOIN contests_contest c ON c.id = a.contest_id
               WHERE c.state = 'cancelled' AND a.state = 'opened' ORDER BY a.id LIMIT 1""",
        ),
        _digested_texts,
    ]


_DIGESTED = (
    ("contests_question", "text", "ask", "text_sha256"),
    ("contests_question", "answer", "answer", "text_sha256"),
    ("contests_announcement", "reason", "amend", "reason_sha256"),
    ("contests_order", "text", "cancel", "text_sha256"),
    ("contests_order", "text", "declare_void", "text_sha256"),
    ("contests_order", "text", "resume", "text_sha256"),
    ("contests_order", "text", "suspend", "text_sha256"),
    ("contests_erratum", "wrong", "rectify", "wrong"),
    ("contests_erratum", "right", "rectify", "right"),
)
"""Texts that the journal holds by their digest only: table, column, verb of the act, where the act holds it."""


def _digested_texts() -> Iterator[str]:
    for table, column, verb, key in _DIGESTED:
        of_row = "r.object_kind = 'question' AND r.object_id = t.id" if "question" in table else "r.id = t.act_id"
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT t.id, r.id, t."{column}", r.public_data->>%s FROM {table} t
                    JOIN journal_record r ON {of_row} AND r.verb = %s ORDER BY t.id""",
                [key, verb],
            )
            for pk, act, text, said in cursor:
                if digest(text) != said:
                    yield f"{table} {pk}: its {column} is not what its act (journal_record {act}) said"
                    break


def _settled_rules() -> Iterator[str]:
    for row in Contest.objects.exclude(settlement_bytes=None).order_by("id").iterator(chunk_size=200):
        stored = bytes(row.settlement_bytes or b"")
        try:
            is_same = Settlement.from_canonical(stored).as_canonical() == stored
        except (ValueError, LookupError, TypeError):
            is_same = False
        if not is_same:
            yield f"contests_contest {row.pk}: its settled rules do not read back as they were stored"
            return


def _version_contents() -> Iterator[str]:
    rows = Version.objects.select_related("application").order_by("id")
    for version in rows.iterator(chunk_size=200):
        try:
            content = documents.unseal_content(version.application.label, f"v{version.number}", version.sealed)
        except KeyFault as fault:
            yield f"contests_version {version.pk}: {fault}"
            return
        if digest(content) != version.content_sha256:
            yield f"contests_version {version.pk}: its content does not match the hash on the receipt"
            return


def _draft_contents() -> Iterator[str]:
    rows = DraftSection.objects.select_related("application").order_by("id")
    for row in rows.iterator(chunk_size=200):
        try:
            documents.unseal_content(row.application.label, f"draft-{row.section}", row.sealed)
        except KeyFault as fault:
            yield f"contests_draftsection {row.pk}: {fault}"
            return


def _attachments() -> Iterator[str]:
    """Every sealed file opens, and is what its sealed note says."""
    rows = Attachment.objects.select_related("file__file").order_by("id")
    for row in rows.iterator(chunk_size=100):
        try:
            said, content = documents.open_sealed(row.file)
            same = hashlib.sha256(content).hexdigest() == said["sha256"]
        except (KeyFault, documents.DamagedFile) as fault:
            yield f"contests_attachment {row.pk}: {fault}"
            return
        if not same:
            yield f"contests_attachment {row.pk}: its bytes are not those that were sealed"
            return
