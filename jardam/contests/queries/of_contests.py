"""Reads of contests, of their lots, and of what lies on whose desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Exists, Min, OuterRef, Q, Subquery

from jardam.journal.procedure import actions, may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal
from jardam.parties.models import Organisation
from jardam.parties.queries import ids_of
from jardam.parties.rules import CUSTOMER_KINDS
from jardam.planning.models import Measure

from ..models import (
    Application,
    Collaborator,
    Contest,
    Lot,
    Paper,
    Partner,
    Question,
    with_outcome,
)
from ..policy import (
    CONTEST,
    visible_contests,
)
from ..rules import ProjectTerm, late_in_programme

_WITH_CONTEST = (
    "customer",
    "customer__territory",
    "programme",
    "programme__adoption",
    "programme__study__territory",
    "repeats",
)


def contest(ref: str, actor: Actor) -> Contest:
    """By its reference. Raises Contest.DoesNotExist for one this actor does not see."""
    return visible_contests(actor).select_related(*_WITH_CONTEST).get(ref=ref)


def project_term(contest: Contest, closes_on: date, months: int | None = None) -> ProjectTerm:
    """How long projects last and what bounds it, were `closes_on` the last day to apply; `months` instead of those
    that are announced."""
    programme_year = contest.programme.year_to
    first = contest.lots.aggregate(year=Min("measure__year"))["year"]
    return ProjectTerm(months or contest.months, closes_on, first or programme_year, programme_year)


def announced_late(contest: Contest, closes_on: date) -> Refusal | None:
    """What a customer is warned of who announces late in the programme's last year; it blocks nothing."""
    return late_in_programme(project_term(contest, closes_on))


def contests(
    actor: Actor,
    *,
    customer_id: int | Iterable[int] | None = None,
    programme_id: int | None = None,
    state: str = "",
    open_at: datetime | None = None,
    before: int = 0,
    limit: int = 30,
) -> list[Contest]:
    """A page of contests, newest first; the next begins before the last id. Without the settled rules. `open_at`: only
    those that take applications at this instant."""
    rows = visible_contests(actor).select_related("customer").defer("settlement_bytes", "problem", "tasks", "goal")
    if customer_id is not None:
        rows = rows.filter(customer_id__in=ids_of(customer_id))
    if programme_id is not None:
        rows = rows.filter(programme_id=programme_id)
    if state:
        rows = rows.filter(state=state)
    if open_at:
        rows = rows.filter(state="announced", deadline_at__gt=open_at)
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def lots(contest: Contest) -> list[Lot]:
    """In their order, each with its measure and with what it came to."""
    return list(with_outcome(contest.lots.all()).select_related("measure").order_by("number"))


def lots_without_award(contest: Contest) -> list[Lot]:
    """Those in which nobody was awarded; of a cancelled contest, all."""
    return [lot for lot in lots(contest) if lot.outcome != "awarded"]


def lot(ref: str, actor: Actor) -> Lot:
    rows = Lot.objects.filter(contest__in=visible_contests(actor)).select_related("contest", "measure")
    return rows.get(ref=ref)


def contest_actions(contest: Contest, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show."""
    return actions(CONTEST, contest, actor)


def contest_refusals(contest: Contest, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(CONTEST, contest, verb, actor)


def measures_without_contest(customer_id: int, limit: int = 50) -> list[Measure]:
    """Measures in the form of grants, of the customer's adopted programmes, that no lot takes up yet, those of
    cancelled and discarded contests aside; oldest first."""
    rows = Measure.objects.filter(
        programme__customer_id=customer_id, programme__state="adopted", form="grants", struck=None
    )
    taken = Lot.objects.filter(measure_id=OuterRef("pk")).exclude(contest__state__in=("cancelled", "discarded"))
    rows = rows.exclude(Exists(taken)).select_related("programme")
    return list(rows.order_by("id")[:limit])


def deadlines_passed(customer_id: int, at: datetime, limit: int = 50) -> list[Contest]:
    """The customer's announced contests whose applications can be opened now, the longest waiting first."""
    rows = Contest.objects.filter(customer_id=customer_id, state="announced", deadline_at__lte=at)
    return list(rows.order_by("deadline_at", "id")[:limit])


def opened_count(contest: Contest) -> int | None:
    """How many applications were opened; None before the opening, when nobody is told (H-13)."""
    return contest.applications.filter(state="opened").count() if contest.opened_at else None


def opening_list(contest: Contest) -> list[Application] | None:
    """Who applied, by the register numbers, as a public opening tells it; None before the opening, and where the rules
    do not make it public (`app.opening_public`)."""
    if not contest.opened_at or not contest.settlement.flag("app.opening_public"):
        return None
    rows = contest.applications.filter(state="opened").select_related("applicant", "lot")
    return sorted(rows, key=lambda one: int((one.number or "A0").rsplit("A", 1)[1]))


def acts_kept_until_the_opening() -> Q:
    """Which acts of the journal tell who applies: those on questions and envelopes of contests that are not opened,
    and on applications that are not, with their people and partners (H-13). What was never handed in is never told."""
    unopened = Contest.objects.filter(opened_at=None)
    unread = Application.objects.exclude(state__in=("opened", "keying", "keyed"))
    kept = {
        Application: Q(pk__in=unread),
        Collaborator: Q(application__in=unread),
        Partner: Q(application__in=unread),
        Paper: Q(contest__in=unopened),
        Question: Q(contest__in=unopened),
    }
    told = Q()
    for model, condition in kept.items():
        rows = model.objects.filter(condition, pk=OuterRef("object_id"))  # type: ignore[attr-defined]
        told |= Q(object_kind=model.KIND) & Q(Exists(rows))  # type: ignore[attr-defined]
    return told


def customers(actor: Actor) -> list[Organisation]:
    """The customers whose contests this actor sees."""
    one = visible_contests(actor).filter(customer=OuterRef("pk")).values("pk")[:1]
    # A scalar, not EXISTS: that becomes a join, which reads every contest for a handful of customers.
    rows = Organisation.objects.filter(kind__in=CUSTOMER_KINDS).alias(one=Subquery(one)).filter(one__isnull=False)
    return list(rows.order_by("id")[:500])
