"""Named reads of contests and applications."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from pydantic import ValidationError

from jardam.documents import operations as documents
from jardam.documents.sealing import KeyFault
from jardam.journal.procedure import actions, may
from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import digest
from jardam.kernel.refusal import Refusal
from jardam.parties.models import Organisation
from jardam.planning.models import Measure
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement

from . import lifecycle
from .models import Application, Contest, DraftSection, Lot, Version
from .policy import APPLICATION, CONTEST, application_facts, visible_applications, visible_contests
from .rules import SECTIONS, SECTIONS_MISSING, Content, content_faults


def contest(ref: str, actor: Actor) -> Contest:
    """By its reference. Raises Contest.DoesNotExist for one this actor does not see."""
    return visible_contests(actor).select_related("customer", "programme", "programme__adoption").get(ref=ref)


def contests(
    actor: Actor,
    *,
    customer_id: int | None = None,
    state: str = "",
    open_at: datetime | None = None,
    before: int = 0,
    limit: int = 30,
) -> list[Contest]:
    """A page of contests, newest first; the next begins before the last id. Without the settled rules. `open_at`: only
    those that take applications at this instant."""
    rows = visible_contests(actor).select_related("customer").defer("settlement_bytes", "problem", "tasks", "goal")
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
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


def applications_of(organisation_id: int, before: int = 0, limit: int = 30) -> list[Application]:
    """An applicant's own, newest first."""
    rows = Application.objects.filter(applicant_id=organisation_id).select_related("contest", "contest__customer")
    rows = rows.defer("contest__settlement_bytes")
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def living_application(lot: Lot, organisation_id: int) -> Application | None:
    """The one an applicant has in a lot, withdrawn ones aside."""
    return lot.applications.filter(applicant_id=organisation_id).exclude(state="withdrawn").first()


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
    """Measures in the form of grants, of the customer's adopted programmes, that no lot takes up yet; oldest first."""
    rows = Measure.objects.filter(programme__customer_id=customer_id, programme__state="adopted", form="grants")
    rows = rows.exclude(Exists(Lot.objects.filter(measure_id=OuterRef("pk")))).select_related("programme")
    return list(rows.order_by("id")[:limit])


def deadlines_passed(customer_id: int, at: datetime, limit: int = 50) -> list[Contest]:
    """The customer's announced contests whose applications can be opened now, the longest waiting first."""
    rows = Contest.objects.filter(customer_id=customer_id, state="announced", deadline_at__lte=at)
    return list(rows.order_by("deadline_at", "id")[:limit])


def opened_count(contest: Contest) -> int | None:
    """How many applications were opened; None before the opening, when nobody is told (H-13)."""
    return contest.applications.filter(state="opened").count() if contest.opened_at else None


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
    missing = tuple(section for section in SECTIONS if section not in draft)
    if missing:
        return [*faults, SECTIONS_MISSING.refusal(HOUSE["H-16"].basis, missing=missing)]
    try:
        content = Content.model_validate(draft)
    except ValidationError:
        return faults
    return faults + content_faults(content, application.contest.settlement, application.lot.ceiling)


def submitted_content(application: Application) -> dict[str, Any]:
    """The last submitted version, opened for the applicant's own people."""
    version = application.versions.latest("number")
    return documents.unseal_content(application.label, f"v{version.number}", bytes(version.sealed))


def versions(application: Application) -> list[Version]:
    """Every receipt of an application, newest first; without the sealed bytes."""
    return list(application.versions.defer("sealed").order_by("-number"))


def draft_content(application: Application) -> dict[str, Any]:
    """The sections saved so far, opened for the applicant's own people; two queries."""
    rows = list(application.draft_sections.all())
    opened = documents.unseal_many((application.label, f"draft-{row.section}", row.sealed) for row in rows)
    return {row.section: content for row, content in zip(rows, opened, strict=True)}


def receipt(ref: str) -> Version:
    """A submission's receipt: anyone who has its reference may compare time and hash."""
    return Version.objects.select_related("application", "application__contest").defer("sealed").get(ref=ref)


def last_version(application: Application) -> Version | None:
    return application.versions.order_by("-number").first()


# --- verify ----------------------------------------------------------------------------------------------------


def checks() -> list[Check]:
    """Invariants 1, 4 and 6 (blueprint §6) among contests and applications."""
    return [
        agrees_with_act(
            Contest,
            """t.edition = r.public_data->>'edition' AND t.edition_sha256 = r.public_data->>'rules'
               AND encode(sha256(t.settlement_bytes), 'hex') = r.public_data->>'settlement'
               AND t.deadline_at = (r.public_data->>'deadline')::timestamptz AND t.announced_at = r.at""",
            "announce",
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
        agrees_with_act(Application, "t.number = r.public_data->>'number'", "open"),
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
               WHERE v.at >= c.deadline_at ORDER BY v.id LIMIT 1""",
        ),
        _version_contents,
        _draft_contents,
    ]


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
