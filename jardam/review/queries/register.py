"""Appeals and the panels that answer them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from jardam.contests.models import Application, Contest
from jardam.documents import operations as documents
from jardam.journal.models import Record
from jardam.journal.procedure import actions, may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal
from jardam.parties.models import Mandate
from jardam.rulebook.settlement import Settlement

from ..models import (
    Appeal,
    AppealPanel,
    Candidacy,
    Member,
    PanelMember,
    Proceeding,
    Protocol,
    Returned,
)
from ..policy import (
    APPEAL,
    last_panel,
    may_read_appeal,
    panel_seat_of,
)
from ..rules import OPEN_APPEAL, PanelFacts, Seat
from .protocols import published_protocol

_APPEAL_RELATED = (
    "appellant",
    "candidacy",
    "panel",
    "attachment",
    "protocol__proceeding__lot",
    "protocol__proceeding__commission__contest__customer",
)


def _appeals() -> QuerySet[Appeal]:
    return Appeal.objects.select_related(*_APPEAL_RELATED).defer("protocol__content")


def appeal(ref: str) -> Appeal:
    """That it stands, and its answer, is public. Raises Appeal.DoesNotExist."""
    return _appeals().get(ref=ref)


def appeals_of(contest: Contest) -> list[Appeal]:
    """All of a contest, oldest first."""
    return list(_appeals().filter(protocol__proceeding__lot__contest=contest).order_by("id"))


def appeals_against(protocol: Protocol) -> list[Appeal]:
    return list(_appeals().filter(protocol=protocol).order_by("id"))


def appeals(before: int = 0, limit: int = 30) -> list[Appeal]:
    """A page of the public register, newest first; the next begins before the last id."""
    rows = _appeals().filter(pk__lt=before) if before else _appeals()
    return list(rows.order_by("-id")[:limit])


def appeals_of_application(application: Application) -> list[Appeal]:
    return list(_appeals().filter(candidacy__application=application).order_by("id"))


def new_appeal(application: Application) -> Appeal | None:
    """An appeal as this applicant would file it now, not kept; None before anything is published."""
    row = Candidacy.objects.filter(application=application).first()
    protocol = published_protocol(row.proceeding_id) if row else None
    if row is None or protocol is None:
        return None
    return Appeal(protocol=protocol, candidacy=row, appellant_id=application.applicant_id)


def appeal_refusals(appeal: Appeal, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(APPEAL, appeal, verb, actor)


def appeal_actions(appeal: Appeal, actor: Actor) -> tuple[str, ...]:
    return actions(APPEAL, appeal, actor)


def own_appeal_text(appeal: Appeal) -> dict[str, str]:
    """What the appellant wrote, for themselves."""
    return documents.unseal_content(appeal.label, "text", appeal.sealed)


def panel_seat(appeal: Appeal, actor: Actor) -> PanelMember | None:
    """The actor's seat in the panel that answers this appeal."""
    return panel_seat_of(appeal, actor)


def may_open_appeal(appeal: Appeal, actor: Actor) -> bool:
    return may_read_appeal(appeal, actor) is None


def appeals_hindering(proceeding: Proceeding, settlement: Settlement) -> tuple[str, ...]:
    """Numbers of the appeals for which signing waits: upheld ones until they are carried out; those without an answer
    where `appeal.suspensive` says so (H-03)."""
    states = ["upheld", *(OPEN_APPEAL if settlement.flag("appeal.suspensive") else ())]
    rows = Appeal.objects.filter(protocol__proceeding=proceeding, state__in=states)
    return tuple(rows.order_by("id").values_list("number", flat=True))


def upheld_against(protocol: Protocol) -> list[Appeal]:
    return list(_appeals().filter(protocol=protocol, state="upheld").order_by("id"))


def returned_by(appeal: Appeal) -> list[Candidacy]:
    rows = Returned.objects.filter(appeal=appeal).select_related("candidacy__application__applicant")
    return [row.candidacy for row in rows.order_by("candidacy_id")]


def panel_of(contest: Contest) -> AppealPanel | None:
    """The panel in office: the last one appointed."""
    return last_panel(contest.pk)


def panel_members(panel: AppealPanel) -> list[PanelMember]:
    return list(panel.members.select_related("organisation").order_by("id"))


def panel_facts(contest: Contest, issuer_id: int) -> PanelFacts:
    """Who may not answer an appeal in this contest: whoever sat in its commission or acted in its review, and whoever
    acts for one of its applicants."""
    proceedings = Proceeding.objects.filter(lot__contest=contest)
    acted = Q(object_kind="proceeding", object_id__in=proceedings.values("pk"))
    acted |= Q(
        object_kind="candidacy", object_id__in=Candidacy.objects.filter(proceeding__in=proceedings).values("pk")
    )
    acted |= Q(object_kind="protocol", object_id__in=Protocol.objects.filter(proceeding__in=proceedings).values("pk"))
    sat = Member.objects.filter(commission__contest=contest).values_list("person_id", flat=True)
    did = {row for row in Record.objects.filter(acted).values_list("person_id", flat=True) if row is not None}
    applicants = Candidacy.objects.filter(proceeding__in=proceedings).values("application__applicant_id")
    theirs = Mandate.objects.filter(organisation_id__in=applicants).values_list("person_id", flat=True)
    return PanelFacts(frozenset({*sat, *did}), frozenset(theirs), contest.customer_id, issuer_id)


def appeals_for_panel(actor: Actor, limit: int = 30) -> list[Appeal]:
    """Those the actor's panels have to answer, or have answered, newest first."""
    panels = AppealPanel.objects.filter(members__person_id=actor.person_id or 0)
    newer = AppealPanel.objects.filter(contest=OuterRef("contest"), pk__gt=OuterRef("pk"))
    in_office = panels.filter(~Exists(newer)).values("contest_id")
    waiting = Q(panel=None, protocol__proceeding__lot__contest_id__in=in_office)
    rows = _appeals().filter(Q(panel__in=panels.values("pk")) | waiting)
    return list(rows.order_by("-id")[:limit])


def appeals_to_answer(actor: Actor, limit: int = 30) -> list[Appeal]:
    """Open ones for which the actor keeps the panel's papers: chair and secretary."""
    seats = PanelMember.objects.filter(person_id=actor.person_id or 0, seat__in=[Seat.CHAIR, Seat.SECRETARY])
    panels = AppealPanel.objects.filter(pk__in=seats.values("panel_id"))
    newer = AppealPanel.objects.filter(contest=OuterRef("contest"), pk__gt=OuterRef("pk"))
    in_office = panels.filter(~Exists(newer)).values("contest_id")
    waiting = Q(state="filed", protocol__proceeding__lot__contest_id__in=in_office)
    rows = _appeals().filter(waiting | Q(state="taken_up", panel__in=panels.values("pk")))
    return list(rows.order_by("answer_by", "id")[:limit])


def appeals_of_customer(customer_id: int, states: Iterable[str], limit: int = 30) -> list[Appeal]:
    rows = _appeals().filter(
        protocol__proceeding__commission__contest__customer_id=customer_id, state__in=list(states)
    )
    return list(rows.order_by("answer_by", "id")[:limit])


def contests_with_panel(contest_ids: Iterable[int]) -> set[int]:
    rows = AppealPanel.objects.filter(contest_id__in=list(contest_ids))
    return set(rows.values_list("contest_id", flat=True))
