"""Faults noted, mended, and the time for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from jardam.contests.models import Application
from jardam.documents import operations as documents
from jardam.journal.procedure import actions, may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal
from jardam.rulebook.settlement import Settlement

from ..models import (
    Candidacy,
    Mending,
    Proceeding,
)
from ..policy import (
    MENDING,
)
from ..rules import pick, places_of


def mendable_places(settlement: Settlement) -> tuple[str, ...]:
    """What can be opened for mending, in the order of the application."""
    return places_of(settlement)


def mending_of(application: Application) -> Mending | None:
    """What the applicant is asked to mend; nothing before it is asked."""
    rows = Mending.objects.filter(candidacy__application=application).exclude(state="noted")
    return rows.select_related("candidacy__proceeding__commission__contest").first()


def mending_actions(mending: Mending, actor: Actor) -> tuple[str, ...]:
    return actions(MENDING, mending, actor)


def mending_refusals(mending: Mending, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(MENDING, mending, verb, actor)


def had_chance_to_mend(candidacy: Candidacy) -> bool:
    return Mending.objects.filter(candidacy=candidacy, state__in=("mended", "lapsed")).exists()


def noted_fault(candidacy: Candidacy) -> Mending | None:
    return Mending.objects.filter(candidacy=candidacy).first()


def mending_content(mending: Mending) -> dict[str, Any]:
    """The faulted places as they were submitted, for the applicant's own people."""
    application = mending.candidacy.application
    version = application.versions.order_by("-number")[0]
    content = documents.unseal_content(application.label, f"v{version.number}", version.sealed)
    return {place: pick(content, place) for place in mending.places}


def mending_difference(candidacy: Candidacy) -> list[tuple[str, Any, Any]]:
    """(place, as submitted, as mended) of each faulted place. Only for whoever has just opened the application: the
    look is recorded there."""
    mending = Mending.objects.filter(candidacy=candidacy, state="mended").first()
    if mending is None:
        return []
    application = candidacy.application
    numbers = (mending.version_before or 0, mending.version_after or 0)
    versions = {one.number: one for one in application.versions.filter(number__in=numbers)}
    before, after = (documents.unseal_content(application.label, f"v{n}", versions[n].sealed) for n in numbers)
    return [(place, pick(before, place), pick(after, place)) for place in mending.places]


def mendings_of(organisation_id: int, at: datetime, limit: int = 30) -> list[Mending]:
    """What an applicant may mend now, oldest first."""
    rows = Mending.objects.filter(
        candidacy__application__applicant_id=organisation_id,
        state="asked",
        candidacy__proceeding__mending_until__gt=at,
        candidacy__proceeding__stopped_at=None,
    )
    rows = rows.select_related("candidacy__application__contest", "candidacy__proceeding")
    return list(rows.defer("candidacy__application__contest__settlement_bytes").order_by("id")[:limit])


def mendings_open(proceeding: Proceeding) -> list[Mending]:
    """Every fault noted in a lot, with its application."""
    rows = Mending.objects.filter(candidacy__proceeding=proceeding)
    return list(rows.select_related("candidacy__application__applicant").order_by("id"))


def mendings_among(candidacies: Iterable[Candidacy]) -> list[Mending]:
    """The faults noted in these applications."""
    rows = Mending.objects.filter(candidacy__in=[one.pk for one in candidacies])
    return list(rows.select_related("candidacy__application__applicant").order_by("id"))


def mendings_over(at: datetime, limit: int = 50) -> list[Proceeding]:
    """Lots in which somebody did not mend until the end of the time (H-50), oldest first."""
    asked = Mending.objects.filter(candidacy__proceeding=OuterRef("pk"), state="asked")
    rows = Proceeding.objects.filter(Exists(asked), state="admissibility", mending_until__lte=at, stopped_at=None)
    return list(rows.order_by("id")[:limit])
