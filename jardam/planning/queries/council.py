"""The way to the adoption and the years after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, QuerySet

from jardam.journal.models import Record
from jardam.kernel.time import Deadline, bishkek_day
from jardam.parties.queries import ids_of
from jardam.regime import queries as regime
from jardam.rulebook import clock
from jardam.rulebook.settlement import Settlement
from jardam.treasury import queries as treasury
from jardam.treasury.queries import Trail

from ..models import CommitteeOpinion, Correction, CouncilDecision, CouncilReport, Gathering, Programme, Publication
from ..policy import adopter, rules_now, years_to_close
from .slips import corrections_of, put_adoptions_right, put_right


def is_adopted_by_order(programme: Programme, at: datetime) -> bool:
    """Whether the customer's head adopted it; of a draft, whether the head does by the rules in force."""
    adoption = getattr(programme, "adoption", None)
    return adoption.body_id == programme.customer_id if adoption else adopter(programme.customer, at).by_order


@dataclass(frozen=True, slots=True)
class Course:
    """What happened to a programme at the council and after it, oldest first."""

    decisions: list[CouncilDecision]
    opinions: list[CommitteeOpinion]
    publication: Publication | None
    reports: list[CouncilReport]
    gatherings: list[Gathering]
    corrections: list[Correction]


def course_of(programme: Programme) -> Course:
    """As it counts: with the corrections of slips (H-68), which it also tells."""
    decisions = list(programme.decisions.select_related("revision").order_by("id"))
    opinions = list(programme.opinions.order_by("id"))
    publication = Publication.objects.filter(programme=programme).first()
    reports = list(programme.reports.order_by("year"))
    gatherings = list(programme.gatherings.order_by("held_on", "id"))
    slips = corrections_of(programme)
    put_right("decision", decisions, slips)
    put_right("gathering", gatherings, slips)
    put_right("opinion", opinions, slips)
    put_right("publication", [publication] if publication else [], slips)
    put_right("report", reports, slips)
    return Course(decisions, opinions, publication, reports, gatherings, slips)


def year_figures(programme: Programme, year: int) -> Trail:
    """What the ledger says of a programme's budget year."""
    return treasury.trail_of_year("programme", programme.pk, year)


def decided_by_council(council_id: int | Iterable[int], after: int = 0, limit: int = 50) -> list[Programme]:
    """The programmes a council has decided on, oldest first."""
    rows = Programme.objects.filter(
        customer__council_id__in=ids_of(council_id),
        state__in=("adopted", "rejected", "annulled", "closed"),
        id__gt=after,
    )
    return list(rows.select_related("customer", "adoption").order_by("id")[:limit])


def unpublished(council_id: int | None, limit: int = 50) -> list[Programme]:
    """Adopted by this council, without a publication of the resolution; oldest first. What was recorded afterwards
    waits for nothing: its clock ran on paper."""
    rows = Programme.objects.filter(customer__council_id=council_id or 0).exclude(adoption__body_id=F("customer_id"))
    return _unpublished(rows, limit)


def orders_unpublished(customer_id: int, limit: int = 50) -> list[Programme]:
    """Adopted by an order of this customer's head, without a publication of it; oldest first."""
    return _unpublished(Programme.objects.filter(customer_id=customer_id, adoption__body_id=customer_id), limit)


def _unpublished(rows: QuerySet[Programme], limit: int) -> list[Programme]:
    rows = rows.filter(state="adopted", publication=None, recorded_at=None)
    return list(rows.select_related("customer", "adoption").order_by("id")[:limit])


def publication_terms(programmes: Sequence[Programme], at: datetime) -> dict[int, Deadline | None]:
    """Until when each resolution is to be published, by the programme's id; None where the rules in force do not say
    it. The rules are asked once a customer."""
    put_adoptions_right(programmes)
    rules = {one.customer_id: rules_now(one.customer, at) for one in {p.customer_id: p for p in programmes}.values()}
    return {one.pk: _publication_term(rules[one.customer_id], one.adoption.adopted_on) for one in programmes}


def _publication_term(known: Settlement, day: date) -> Deadline | None:
    if "prog.publish_term" not in known.parameters:
        return None
    return clock.deadline_if_any(known, "prog.publish_term", day, regime.calendar(known.jurisdiction))


def years_unreported(programmes: Sequence[Programme], at: datetime) -> list[tuple[Programme, int]]:
    """The years that are over and were not reported to the council."""
    this_year = bishkek_day(at).year
    begun = [one.pk for one in programmes if one.year_from < this_year]
    done = set(CouncilReport.objects.filter(programme_id__in=begun).values_list("programme_id", "year"))
    return [
        (one, year)
        for one in programmes
        for year in years_to_close(one)
        if year < this_year and (one.pk, year) not in done
    ]


def entered_waiting(customer_id: int, person_id: int | None, limit: int = 50) -> list[Programme]:
    """Entered from paper by others than this person, not checked yet; oldest first."""
    own = Record.objects.filter(object_kind=Programme.KIND, object_id=OuterRef("pk"), person_id=person_id)
    rows = Programme.objects.filter(~Exists(own), customer_id=customer_id, state="entered")
    return list(rows.order_by("id")[:limit])
