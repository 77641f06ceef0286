"""Who may read a document or a file: whoever may read the thing it belongs to.

This room knows no contests and no contracts. Each room above says in its policy.py, once, who sees its things:
`papers_of("contract", visible_contracts)` and, for every foreign key to File, `file_of(Adoption, "scan", visible)`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.db import models

from jardam.journal.procedure import Procedure
from jardam.kernel.actor import SYSTEM, Actor
from jardam.kernel.permission import Rule, anyone, rules_of
from jardam.rulebook.house import HOUSE

from . import lifecycle, sealing
from .models import Document, File, Incident, Seal, path_of
from .rules import MEDIA_TYPES, IncidentFacts, PrintFacts

Visible = Callable[[Actor], "models.QuerySet[Any]"]


OPERATOR = "registrar"
"""Whoever keeps the instance: parties.Role.REGISTRAR, which stands above this room (a test holds them together)."""


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    DOCUMENT_ISSUE = "document:issue_document"
    DOCUMENT_PRINT = "document:print_document"
    DOCUMENT_PRINT_AGAIN = "document:print_again"
    INCIDENT_CLOSE = "incident:close_incident"
    INCIDENT_REPORT = "incident:report_incident"


TABLE: dict[Permission, Rule] = {
    # Nobody issues a document by itself: it follows from the act that it states.
    Permission.DOCUMENT_ISSUE: Rule((SYSTEM,), anyone, "the system", HOUSE["H-26"].basis),
    Permission.DOCUMENT_PRINT: Rule((SYSTEM,), anyone, "the system", HOUSE["H-26"].basis),
    Permission.DOCUMENT_PRINT_AGAIN: Rule((OPERATOR,), anyone, "the registrar", HOUSE["H-61"].basis),
    Permission.INCIDENT_CLOSE: Rule((OPERATOR,), anyone, "the registrar", HOUSE["H-60"].basis),
    Permission.INCIDENT_REPORT: Rule((SYSTEM,), anyone, "the system", HOUSE["H-60"].basis),
}


def print_facts(document: Document, _actor: Actor) -> PrintFacts:
    return PrintFacts(document.tries.count())


def incident_facts(incident: Incident, _actor: Actor) -> IncidentFacts:
    """Looks at the stored bytes as they are now. Of content sealed in the database itself, whether its key opens."""
    kind, _space, number = incident.subject.partition(" ")
    if incident.ground == "no_key":
        return IncidentFacts(sealing.has_key())
    if kind == "documents_file":
        return IncidentFacts(_is_stored(File.objects.get(pk=number).sha256))
    label = ":".join(incident.subject.split(":")[:2])
    seal = Seal.objects.filter(label=label).first()
    return IncidentFacts(seal is not None and sealing.opens(bytes(seal.wrapped_key), label))


def _is_stored(sha256: str) -> bool:
    try:
        with path_of(sha256).open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest() == sha256
    except OSError:
        return False


DOCUMENT = Procedure(lifecycle.DOCUMENT, rules_of("document", TABLE), print_facts)
INCIDENT = Procedure(lifecycle.INCIDENT, rules_of("incident", TABLE), incident_facts)


# --- readers ---------------------------------------------------------------------------------------------------

PAPERS: dict[str, Visible] = {}
"""Kind of thing → the things of it that an actor sees."""

FILES: dict[tuple[type[models.Model], str], Visible] = {}
"""(model, its foreign key to File) → the rows of that model that an actor sees."""


def papers_of(kind: str, visible: Visible) -> None:
    PAPERS[kind] = visible


def file_of(model: type[models.Model], field: str, visible: Visible) -> None:
    FILES[model, field] = visible


def may_read_document(document: Document, actor: Actor) -> bool:
    if document.public:
        return True
    visible = PAPERS.get(document.object_kind)
    return visible is not None and visible(actor).filter(pk=document.object_id).exists()


def may_read_file(file: File, actor: Actor) -> bool:
    """A file nobody owns yet is its uploader's; the print of a document is read with it; nothing else by default."""
    if actor.person_id is not None and file.uploaded_by_id == actor.person_id and file.media_type in MEDIA_TYPES:
        return True
    return any(visible(actor).filter(**{field: file}).exists() for (_, field), visible in FILES.items())


def visible_prints(actor: Actor) -> models.QuerySet[Document]:
    """The documents whose print the actor may fetch: the public ones and those of things they see."""
    allowed = models.Q(public=True)
    for kind, visible in PAPERS.items():
        allowed |= models.Q(object_kind=kind, object_id__in=visible(actor).values("pk"))
    return Document.objects.filter(allowed)


file_of(Document, "print", visible_prints)
