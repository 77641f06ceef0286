"""What the review lets an applicant mend."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from jardam.documents import operations as documents
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import digest
from jardam.kernel.refusal import refuse_if_any
from jardam.parties.rules import Role
from jardam.rulebook.house import HOUSE

from .. import queries
from ..models import (
    Application,
    Attachment,
    Version,
)
from ..policy import APPLICATION
from ..rules import (
    DOCUMENTS_MISSING,
    LANGUAGE_UNNAMED,
    SECTIONS_MISSING,
    Content,
    content_faults,
    current,
)
from .kept import keep_file, keep_version


def mend_document(
    *, actor: Actor, application: Application, kind: str, content: bytes, name: str
) -> list[dict[str, Any]]:
    """Seal a document that was missing or could not be read, in the place of those of its kind: what the mended
    content says of it. The caller (review) has asked which documents are open."""
    Attachment.objects.filter(application=application, kind=kind, removed_at=None).update(removed_at=actor.at)
    kept = keep_file(content, name, kind, actor, application=application)
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
    # An earlier form did not ask for the language, and it is not among the places to mend.
    faults = [one for one in faults if one.code != LANGUAGE_UNNAMED.code]
    if application.paper is not None:  # its documents are in the scan
        faults = [one for one in faults if one.code != DOCUMENTS_MISSING.code]
    refuse_if_any(faults)
    plain_data = content.as_plain()
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
    return keep_version(application, plain_data, mends + 1, record)
