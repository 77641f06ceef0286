"""Reads of a draft and of those who write it together: sections, documents, partners, sign-offs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from jardam.documents import operations as documents
from jardam.documents.models import Signature
from jardam.documents.queries import signatures
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import digest
from jardam.parties.queries import ids_of
from jardam.parties.rules import Role

from ..models import (
    Application,
    Attachment,
    Collaborator,
    Paper,
    Partner,
)
from ..policy import (
    APPLICATION,
)
from ..rules import (
    CONTENT_V,
    REMARK,
    Content,
    Hand,
    current,
    left_out,
    parts_asked,
)


def saved_sections(application: Application) -> dict[str, datetime | None]:
    """When each section was saved last, in the order they are shown; None for one not begun."""
    saved = dict(application.draft_sections.values_list("section", "saved_at"))
    return {section: saved.get(section) for section in parts_asked(application.contest.settlement)}


def left_out_of(application: Application) -> frozenset[str]:
    """The places, parts or fields of parts, that the rules of its contest do not ask for."""
    return left_out(application.contest.settlement)


def draft_content(application: Application) -> dict[str, Any]:
    """The sections saved so far, opened for whoever writes them; two queries."""
    rows = list(application.draft_sections.exclude(section=REMARK))
    opened = documents.unseal_many((application.label, f"draft-{row.section}", row.sealed) for row in rows)
    return current({row.section: content for row, content in zip(rows, opened, strict=True)})


def whole_draft(application: Application) -> dict[str, Any]:
    """The draft as it would be handed in: sections, documents and partners, always in the same order. Four queries:
    all of it is under one seal."""
    sections = list(application.draft_sections.exclude(section=REMARK))
    papers = _attached(application)
    named = list(application.partners.filter(state__in=("named", "confirmed")).order_by("id"))
    sealed = [(application.label, f"draft-{row.section}", row.sealed) for row in sections]
    sealed += [documents.note_of(row.file) for row in papers]
    sealed += [(application.label, f"partner-{row.ref}", row.sealed) for row in named]
    opened = iter(documents.unseal_many(sealed))
    return current({row.section: next(opened) for row in sections}) | {
        "schema_v": CONTENT_V,
        "documents": [{"ref": one.ref, "kind": one.kind} | next(opened) for one in papers],
        "partners": [
            {"name": said["name"], "role": said["role"], "confirmed": one.state == "confirmed"}
            for one, said in zip(named, opened, strict=True)
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
    rows = _attached(thing)
    return list(zip(rows, documents.told_of(row.file for row in rows), strict=True))


def _attached(thing: Application | Paper) -> list[Attachment]:
    return list(thing.attachments.filter(removed_at=None).select_related("file__file").order_by("id"))


def own_file(application: Application, ref: str) -> tuple[dict[str, Any], bytes]:
    """A document for whoever writes the application: what it is, and its bytes."""
    return documents.open_sealed(application.attachments.select_related("file__file").get(ref=ref).file)


def partners(application: Application) -> list[tuple[Partner, dict[str, Any]]]:
    """The partners that are named and not removed, each with its name and what it does."""
    rows = list(application.partners.exclude(state="removed").select_related("organisation").order_by("id"))
    said = documents.unseal_many((application.label, f"partner-{row.ref}", row.sealed) for row in rows)
    return list(zip(rows, said, strict=True))


def partner(ref: str, actor: Actor) -> tuple[Partner, dict[str, Any]]:
    """A request to be a partner, for the partner's own people, as long as the application names it."""
    rows = Partner.objects.exclude(state="removed")
    rows = rows.select_related("application__contest__customer", "application__applicant")
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
    return signed_off(application, digest(content.as_plain()))


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
