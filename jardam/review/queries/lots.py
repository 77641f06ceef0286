"""How far the review of a lot is, and its candidacies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from jardam.contests.models import Application, Contest, Lot
from jardam.journal.models import Record
from jardam.journal.procedure import actions, may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal
from jardam.kernel.time import Deadline
from jardam.parties.queries import valid_mandates
from jardam.parties.rules import Role
from jardam.regime import operations as regime
from jardam.rulebook.settlement import Settlement

from .. import lifecycle
from ..models import (
    Adjournment,
    AdmissionVote,
    Candidacy,
    Commission,
    Notification,
    Proceeding,
    Protocol,
)
from ..policy import (
    CANDIDACY,
    PROCEEDING,
    visible_proceedings,
)
from ..rules import VOTING, stood_still

READERS = (Role.APPLICANT_HEAD, Role.APPLICANT_EDITOR)
"""Who reads the inbox of an applicant."""


def proceeding(ref: str, actor: Actor) -> Proceeding:
    """Raises Proceeding.DoesNotExist for one this actor does not see."""
    rows = visible_proceedings(actor).select_related("lot__contest", "commission__contest__customer")
    return rows.get(ref=ref)


def proceedings_of(contest: Contest) -> list[Proceeding]:
    return list(Proceeding.objects.filter(lot__contest=contest).select_related("lot").order_by("lot__number"))


def proceedings_for_member(actor: Actor, limit: int = 30) -> list[Proceeding]:
    """Those of the commissions the actor votes in, newest first."""
    rows = Proceeding.objects.filter(
        commission__members__person_id=actor.person_id or 0,
        commission__members__seat__in=VOTING,
        commission__members__departure=None,
    )
    return list(rows.select_related("lot", "commission__contest__customer").order_by("-id")[:limit])


def outcomes_of(contest: Contest) -> dict[int, str]:
    """What the published protocols found, by the number of each lot: "awarded", or why nobody was
    (contests.rules.VOID_GROUNDS)."""
    found: dict[int, set[str]] = {lot.number: set() for lot in contest.lots.all()}
    rows = Candidacy.objects.filter(proceeding__lot__contest=contest)
    for number, state in rows.values_list("proceeding__lot__number", "state"):
        found[number].add(state)
    return {number: _came_to(states) for number, states in found.items()}


def _came_to(states: set[str]) -> str:
    if states & {"awarded", "reserve"}:
        return "awarded"
    if not states:
        return "no_applicant"
    return "none_passed" if states - {"rejected"} else "none_admitted"


def lots_without_protocol(contest: Contest) -> int:
    """How many lots of the contest have no published protocol yet."""
    published = Proceeding.objects.filter(state="published").values("lot_id")
    return Lot.objects.filter(contest=contest).exclude(pk__in=published).count()


def candidacy(ref: str, actor: Actor) -> Candidacy:
    rows = Candidacy.objects.filter(proceeding__in=visible_proceedings(actor)).select_related(
        "proceeding__commission__contest__customer", "proceeding__lot", "application__applicant"
    )
    return rows.get(ref=ref)


def candidacies_of(proceeding: Proceeding) -> list[Candidacy]:
    """All of a lot, in the order of their register numbers."""
    return list(proceeding.candidacies.select_related("application__applicant").order_by("id"))


def candidacy_of(application: Application) -> Candidacy | None:
    """For the applicant's own people."""
    rows = Candidacy.objects.filter(application=application)
    return rows.select_related("proceeding__commission__contest").first()


def proceeding_actions(proceeding: Proceeding, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show."""
    return actions(PROCEEDING, proceeding, actor)


def proceeding_refusals(proceeding: Proceeding, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(PROCEEDING, proceeding, verb, actor)


def candidacy_actions(candidacy: Candidacy, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now; admitting and rejecting only while the lot is screened."""
    verbs = actions(CANDIDACY, candidacy, actor)
    screening = candidacy.proceeding.state == "admissibility"
    return tuple(verb for verb in verbs if screening or verb not in ("admit", "reject"))


def candidacy_refusals(candidacy: Candidacy, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(CANDIDACY, candidacy, verb, actor)


def commission_admits(settlement: Settlement) -> bool:
    """Whether admission takes a vote of the commission; else the secretary decides (`adm.decided_by`)."""
    return settlement.choice("adm.decided_by") == "commission"


def admission_votes_of(candidacy: Candidacy) -> list[AdmissionVote]:
    """How the commission voted on its admission, oldest first; more than one after an appeal."""
    return list(candidacy.admission_votes.order_by("id"))


def unnotified(customer_id: int, at: datetime, limit: int = 30) -> list[tuple[Candidacy, datetime]]:
    """Applications a published protocol decided on, of applicants for whom nobody reads an inbox here, and whom
    nobody has told; oldest first, each with the publication of that protocol."""
    current = Protocol.objects.filter(
        proceeding=OuterRef("proceeding"), round=OuterRef("proceeding__round"), state="published"
    )
    readers = valid_mandates(at).filter(organisation=OuterRef("application__applicant"), role__in=READERS)
    told = Notification.objects.filter(candidacy=OuterRef("pk"), protocol=OuterRef("decided_by"))
    rows = Candidacy.objects.filter(proceeding__commission__contest__customer_id=customer_id)
    rows = rows.filter(proceeding__state="published").annotate(
        decided_by=Subquery(current.values("pk")[:1]), published_at=Subquery(current.values("published_at")[:1])
    )
    rows = rows.filter(~Exists(readers), ~Exists(told), decided_by__isnull=False)
    rows = rows.select_related("proceeding__commission__contest").order_by("id")[:limit]
    return [(row, row.published_at) for row in rows]


def notification_of(candidacy: Candidacy) -> Notification | None:
    """The last time its applicant was told a result outside of the inbox."""
    return candidacy.notifications.order_by("-id").first()


def interest_until(proceeding: Proceeding) -> Deadline | None:
    """Until when the members declare (`com.interest_term` from the opening, without the time the lot stood still);
    None where the lot waits for nobody's declaration any more."""
    contest = proceeding.commission.contest
    if proceeding.state != "interests" or contest.opened_at is None:
        return None
    start = contest.opened_at + stood_still(proceeding.standstills, contest.opened_at)
    return regime.deadline(contest.settlement, "com.interest_term", start)


def adjournments_of(proceeding: Proceeding) -> list[Adjournment]:
    return list(proceeding.adjournments.order_by("number"))


def candidacies_page(proceeding: Proceeding, after: int = 0, limit: int = 30) -> list[Candidacy]:
    """A page of a lot's applications with what a list shows of them, in the order of their register numbers; the next
    begins after the last id."""
    rows = proceeding.candidacies.filter(id__gt=after).select_related("application__applicant")
    rows = rows.only("ref", "number", "state", "proceeding_id", "application__applicant__title")
    return list(rows.order_by("id")[:limit])


def counts_of_lot(proceeding: Proceeding) -> dict[str, int]:
    """State → how many applications of the lot are in it, in the order of the procedure."""
    counted = dict(proceeding.candidacies.order_by().values_list("state").annotate(Count("id")))
    return {state: counted[state] for state in lifecycle.CANDIDACY.states if state in counted}


@dataclass(frozen=True, slots=True)
class LotStanding:
    """How far the review of one lot is; what is not there yet is None."""

    lot: Lot
    commission: Commission | None
    proceeding: Proceeding | None
    undecided: int
    protocol: Protocol | None
    mending: int = 0  # applications that are still asked to mend
    signed_at: datetime | None = None  # when the last signature of the protocol came, while it is not published


def standings(contest_ids: Iterable[int]) -> list[LotStanding]:
    """Every lot of these contests, with the contest's rules; five queries."""
    ids = list(contest_ids)
    commissions = {row.contest_id: row for row in Commission.objects.filter(contest_id__in=ids)}
    listed = Count("candidacies", filter=Q(candidacies__state="listed"))
    asked = Count("candidacies", filter=Q(candidacies__mending__state="asked"))
    rows = Proceeding.objects.filter(lot__contest_id__in=ids).annotate(undecided=listed, mending=asked)
    rows = rows.select_related("commission__contest")
    proceedings = {row.lot_id: row for row in rows}
    written = Protocol.objects.filter(proceeding__lot__contest_id__in=ids, round=F("proceeding__round"))
    protocols = {row.proceeding_id: row for row in written}
    last = {row.act_id: row.proceeding_id for row in protocols.values() if row.state == "signed"}
    signed = {last[pk]: at for pk, at in Record.objects.filter(pk__in=last).values_list("pk", "at")}
    lots = Lot.objects.filter(contest_id__in=ids).select_related("contest", "measure")
    found = []
    for lot in lots.order_by("contest_id", "number"):
        proceeding = proceedings.get(lot.pk)
        found.append(
            LotStanding(
                lot,
                commissions.get(lot.contest_id),
                proceeding,
                proceeding.undecided if proceeding else 0,
                protocols.get(proceeding.pk) if proceeding else None,
                proceeding.mending if proceeding else 0,
                signed.get(proceeding.pk) if proceeding else None,
            )
        )
    return found
