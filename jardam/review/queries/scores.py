"""What was scored. Nothing here opens before the proceeding has revealed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from jardam.contests.models import Version
from jardam.contests.rules import Content, current
from jardam.documents import operations as documents
from jardam.fields import in_language
from jardam.kernel.money import Money
from jardam.rulebook import methods
from jardam.rulebook.settlement import Settlement

from ..models import (
    Candidacy,
    Proceeding,
    Protocol,
    Recusal,
    ScoreSheet,
)
from ..policy import (
    scorable,
)
from .protocols import SIGNED_IN, content_of

REVEALED = ("revealed", "decided", "published")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An admitted candidacy with everything the ranking and the protocol need."""

    ref: str
    number: str
    applicant: str
    title: str
    requested: Decimal
    own: Decimal
    submitted_at: datetime
    scores: Mapping[str, tuple[Decimal, ...]]
    scorers: int

    def entry(self, drawing: Mapping[str, int]) -> methods.Entry:
        return methods.Entry(
            self.ref,
            self.scores,
            Money(self.requested),
            Money(self.own),
            self.submitted_at,
            drawing.get(self.ref),
        )

    def points(self, settlement: Settlement) -> dict[str, Decimal]:
        """The published points of each criterion, by the rules' own method."""
        method = methods.AGGREGATIONS[settlement.choice("eval.aggregation")]
        decimals = settlement.number("eval.decimals")
        return {code: methods.rounded(method.points(given), decimals) for code, given in self.scores.items()}


@dataclass(frozen=True, slots=True)
class Divergence:
    """Members' totals that lie further apart than the rules let pass unsaid, in per cent of the scale."""

    spread: Decimal
    allowed: Decimal


def divergence(candidate: Candidate, settlement: Settlement) -> Divergence | None:
    """What is pointed out to the sitting, which decides all the same. Rulebook: `eval.divergence_pct`."""
    allowed = settlement.value("eval.divergence_pct")
    if allowed is None or candidate.scorers < 2:
        return None
    spread = methods.divergence(candidate.scores, settlement.criteria(), settlement.choice("eval.aggregation"))
    if spread is None or spread <= allowed:
        return None
    return Divergence(methods.rounded(spread, 1), Decimal(allowed))


def candidates(proceeding: Proceeding) -> list[Candidate]:
    """The admitted candidacies with their scores. LookupError before the reveal: scores stay hidden (H-20). Empty when
    the rules had nothing scored; one without scores, because every member had an interest in it, is among them."""
    if proceeding.state not in REVEALED:
        raise LookupError("scores are hidden until all of them are in")
    admitted = proceeding.candidacies.exclude(state__in=["listed", "rejected"])
    return _with_scores(proceeding, admitted, proceeding.round)


def candidates_of(protocol: Protocol) -> list[Candidate]:
    """Those a protocol ranked, with the scores of its round; also of a superseded one."""
    rejected = [row["number"] for row in content_of(protocol)["rejected"]]
    admitted = protocol.proceeding.candidacies.exclude(number__in=rejected)
    return _with_scores(protocol.proceeding, admitted, protocol.round)


def _with_scores(proceeding: Proceeding, admitted: QuerySet[Candidacy], round_: int) -> list[Candidate]:
    rows = list(admitted.select_related("application__applicant", "application__paper").order_by("id"))
    given = sheets_at(rows, round_)
    settlement = proceeding.commission.contest.settlement
    if not any(given.values()) or not scorable(settlement, len(rows)):
        return []
    versions = _last_versions(row.application_id for row in rows)
    contents = documents.unseal_many(
        (row.application.label, f"v{v.number}", v.sealed) for row in rows if (v := versions[row.application_id])
    )
    sheets = iter(
        documents.unseal_many((row.score_label, sheet.part, sheet.sealed) for row in rows for sheet in given[row.pk])
    )
    return [
        _candidate(row, versions[row.application_id], content, [next(sheets) for _ in given[row.pk]])
        for row, content in zip(rows, contents, strict=True)
    ]


def sheets_at(rows: Iterable[Candidacy], round_: int) -> dict[int, list[ScoreSheet]]:
    """Candidacy id → the sheets that counted in a round: of each candidacy the last ones up to it, without those of
    members recused later (H-12)."""
    found: dict[int, list[ScoreSheet]] = {row.pk: [] for row in rows}
    recused = Recusal.objects.filter(member=OuterRef("member"), candidacy=OuterRef("candidacy"))
    sheets = ScoreSheet.objects.filter(candidacy_id__in=found, round__lte=round_).exclude(Exists(recused))
    for sheet in sheets.order_by("round", "id"):
        kept = found[sheet.candidacy_id]
        if kept and kept[0].round < sheet.round:
            kept.clear()
        kept.append(sheet)
    return found


def _received(row: Candidacy, version: Version) -> datetime:
    """When it was handed in: on paper, when the envelope was registered."""
    return row.application.paper.received_at if row.application.paper else version.at


def _last_versions(application_ids: Iterable[int]) -> dict[int, Version]:
    rows = Version.objects.filter(application_id__in=list(application_ids))
    return {v.application_id: v for v in rows.order_by("application_id", "-number").distinct("application_id")}


def _candidate(row: Candidacy, version: Version, content: Any, sheets: list[dict[str, Any]]) -> Candidate:
    said = Content.model_validate(current(content))
    scores = {code: tuple(Decimal(s[code]["score"]) for s in sheets) for code in (sheets[0] if sheets else ())}
    return Candidate(
        ref=row.ref,
        number=row.number,
        applicant=in_language(row.application.applicant.title, SIGNED_IN),
        title=said.project.title,
        requested=said.requested,
        own=said.own,
        submitted_at=_received(row, version),
        scores=scores,
        scorers=len(sheets),
    )


def open_sheet(row: Candidacy, sheet: ScoreSheet) -> dict[str, Any]:
    return documents.unseal_content(row.score_label, sheet.part, sheet.sealed)


def preview(proceeding: Proceeding) -> methods.Ranking:
    """The ranking as the sitting finds it, before anything is drawn. LookupError before the reveal."""
    settlement = proceeding.commission.contest.settlement
    return methods.rank((c.entry({}) for c in candidates(proceeding) if c.scorers), settlement)


def requested(candidacy: Candidacy) -> Decimal:
    """What an opened application asks for, in som."""
    version = _last_versions([candidacy.application_id])[candidacy.application_id]
    content = documents.unseal_content(candidacy.application.label, f"v{version.number}", version.sealed)
    return Content.model_validate(content).requested
