"""Reads of envelopes, and of what is keyed in from them."""

from __future__ import annotations

from typing import Any

from jardam.documents import operations as documents
from jardam.journal.procedure import actions
from jardam.kernel.actor import Actor

from ..models import (
    Application,
    Contest,
    Paper,
)
from ..policy import (
    PAPER,
    visible_papers,
)
from ..rules import (
    REMARK,
)


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
