"""What several verbs write alike: register numbers; the sealed sections, files and versions of an application."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from jardam.documents import operations as documents
from jardam.journal.models import Record
from jardam.journal.operations import lock, lock_shared, register_number
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import HASH_V, digest
from jardam.kernel.refusal import Refused, refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.rulebook.house import HOUSE

from .. import queries
from ..models import (
    Application,
    Attachment,
    Contest,
    DraftSection,
    Paper,
    Version,
)
from ..policy import may_write
from ..rules import (
    NOT_OPEN,
    NOT_YOUR_PART,
    SECTIONS_MISSING,
    Content,
    content_faults,
    missing_parts,
)


def number_of(contest: Contest, series: str, actor: Actor) -> str:
    customer = contest.customer.code or contest.customer.ref
    return register_number(series, customer, bishkek_day(actor.at).year, contest.customer.jurisdiction)


def hold(application: Application) -> Application:
    """The application, locked, and its contest as it is now, held against being opened meanwhile."""
    contest = lock_shared(application.contest)
    (application,) = lock(application)
    application.contest = contest
    return application


def writable(application: Application, actor: Actor, part: str) -> Application:
    """The application, locked, if the actor may write this part of it now."""
    application = hold(application)
    if may_write(application, actor, part):
        return application
    if may_write(application, actor):
        raise NOT_YOUR_PART.refuse(HOUSE["H-18"].basis)
    raise NOT_OPEN.refuse(HOUSE["H-09"].basis)


def keep_section(application: Application, section: str, content: Any, actor: Actor, revision: int) -> None:
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


def keep_version(application: Application, data: dict[str, Any], number: int, record: Record) -> Version:
    return Version.objects.create(
        application=application,
        number=number,
        sealed=documents.seal_content(application.label, f"v{number}", data),
        content_sha256=digest(data),
        hash_v=HASH_V,
        at=record.at,
        act_id=record.pk,
    )


def finished_content(application: Application) -> dict[str, Any]:
    """The draft as a whole, as it is hashed; refuses whatever stands against handing it in."""
    contest, content = application.contest, whole_content(application)
    refuse_if_any(content_faults(content, contest.settlement, application.lot.ceiling, contest.months))
    return content.as_plain()


def whole_content(application: Application) -> Content:
    """The draft as a whole, or `sections_missing` with the parts that are not finished."""
    draft = queries.whole_draft(application)
    if missing := missing_parts(draft, application.contest.settlement):
        raise Refused(missing)
    try:
        return Content.model_validate(draft)
    except ValidationError as fault:
        parts = tuple(dict.fromkeys(str(error["loc"][0]) for error in fault.errors()))
        raise SECTIONS_MISSING.refuse(HOUSE["H-16"].basis, missing=parts) from fault


def keep_file(
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
