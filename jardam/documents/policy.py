"""Who may read a document or a file: whoever may read the thing it belongs to.

This room knows no contests and no contracts. Each room above says in its policy.py, once, who sees its things:
`papers_of("contract", visible_contracts)` and, for every foreign key to File, `file_of(Adoption, "scan", visible)`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.db import models

from jardam.journal.procedure import Procedure
from jardam.kernel.actor import SYSTEM, Actor
from jardam.kernel.permission import Rule, anyone, rules_of
from jardam.rulebook.house import HOUSE

from . import lifecycle
from .models import Document, File, SealedFile
from .rules import MEDIA_TYPES

Visible = Callable[[Actor], "models.QuerySet[Any]"]


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    DOCUMENT_ISSUE = "document:issue_document"
    DOCUMENT_PRINT = "document:print_document"


TABLE: dict[Permission, Rule] = {
    # Nobody issues a document by itself: it follows from the act that it states.
    Permission.DOCUMENT_ISSUE: Rule((SYSTEM,), anyone, "the system", HOUSE["H-26"].basis),
    Permission.DOCUMENT_PRINT: Rule((SYSTEM,), anyone, "the system", HOUSE["H-26"].basis),
}

DOCUMENT = Procedure(lifecycle.DOCUMENT, rules_of("document", TABLE))


# --- readers ---------------------------------------------------------------------------------------------------

PAPERS: dict[str, Visible] = {}
"""Kind of thing → the things of it that an actor sees."""

FILES: dict[tuple[type[models.Model], str], Visible] = {}
"""(model, its foreign key to File) → the rows of that model that an actor sees."""

SEALED: dict[str, list[Callable[[str, Actor], str]]] = {}
"""Kind of a sealed thing → questions (ref, actor) → what for the actor may open its files: "own" for its owner, who
leaves no look; a purpose for others; "" for nobody."""


def papers_of(kind: str, visible: Visible) -> None:
    PAPERS[kind] = visible


def file_of(model: type[models.Model], field: str, visible: Visible) -> None:
    FILES[model, field] = visible


def sealed_files_of(kind: str, purpose_of: Callable[[str, Actor], str]) -> None:
    SEALED.setdefault(kind, []).append(purpose_of)


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


def purpose_of_opening(row: SealedFile, actor: Actor) -> str:
    """`own`, a purpose that is recorded with the look, or "" when the actor may not open it."""
    kind, _, ref = row.label.partition(":")
    return next((purpose for ask in SEALED.get(kind, []) if (purpose := ask(ref, actor))), "")


def visible_prints(actor: Actor) -> models.QuerySet[Document]:
    """The documents whose print the actor may fetch: the public ones and those of things they see."""
    allowed = models.Q(public=True)
    for kind, visible in PAPERS.items():
        allowed |= models.Q(object_kind=kind, object_id__in=visible(actor).values("pk"))
    return Document.objects.filter(allowed)


file_of(Document, "print", visible_prints)
