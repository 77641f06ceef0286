"""The verbs of planning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from jardam.documents import operations as documents
from jardam.journal.operations import lock, perform, register_number
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.money import Money
from jardam.kernel.permission import NOT_YOURS
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.parties.models import Organisation, Territory
from jardam.rulebook.house import HOUSE, LAW
from jardam.treasury import operations as treasury
from jardam.treasury.models import Appropriation
from jardam.treasury.operations import Owner

from . import papers, queries
from .models import Adoption, Measure, Programme, Study, StudyGroup
from .policy import PROGRAMME, STUDY
from .rules import YEARS_BACKWARDS, Need, Vote, vote_faults


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """One row of a study as it is entered; the title in each language."""

    need: Need
    title: dict[str, str]


def publish_study(
    *,
    actor: Actor,
    customer: Organisation,
    title: dict[str, str],
    year: int,
    method: str,
    sources: str,
    groups: Sequence[GroupEntry],
    territory: Territory | None = None,
) -> Study:
    """Publish a study of needs with its ranking. Law: Law 70/2017, Art. 3 part 9 (edition of 2017)."""
    study = Study(
        customer=customer,
        territory=territory,
        title=title,
        year=year,
        method=method,
        sources=sources,
        published_at=actor.at,
    )
    record = perform(STUDY, study, "publish_study", actor=actor, public={"year": year, "groups": len(groups)})
    StudyGroup.objects.bulk_create(
        StudyGroup(
            study=study,
            group=entry.need.group,
            title=entry.title,
            headcount=entry.need.headcount,
            served=entry.need.served,
            severity=entry.need.severity,
            unit_cost=entry.need.unit_cost,
            act_id=record.pk,
        )
        for entry in groups
    )
    return study


def draft_programme(
    *,
    actor: Actor,
    customer: Organisation,
    study: Study | None,
    title: dict[str, str],
    goal: dict[str, str],
    year_from: int,
    year_to: int,
) -> Programme:
    """Begin a programme. Refuses `years_backwards`."""
    if year_to < year_from:
        raise YEARS_BACKWARDS.refuse(HOUSE["H-16"].basis, at_field="year_to")
    programme = Programme(customer=customer, study=study, title=title, goal=goal, year_from=year_from, year_to=year_to)
    perform(PROGRAMME, programme, "draft_programme", actor=actor, public={"years": [year_from, year_to]})
    return programme


def add_measure(
    *,
    actor: Actor,
    programme: Programme,
    form: str,
    group: str,
    title: dict[str, str],
    year: int,
    amount: Decimal,
    indicator: dict[str, str],
    baseline: int,
    target: int,
) -> Measure:
    """Add a measure to a draft. *Amount*: som, for `year`."""
    (programme,) = lock(programme)
    public = {"form": form, "group": group, "year": year, "amount": amount}
    record = perform(PROGRAMME, programme, "add_measure", actor=actor, public=public)
    return Measure.objects.create(
        programme=programme,
        form=form,
        group=group,
        title=title,
        year=year,
        amount=amount,
        indicator=indicator,
        baseline=baseline,
        target=target,
        act_id=record.pk,
    )


def submit_to_council(*, actor: Actor, programme: Programme) -> Programme:
    """Send the draft to the body that adopts it. Refuses `programme_without_measures`, `programme_without_study`."""
    (programme,) = lock(programme)
    record = perform(PROGRAMME, programme, "submit_to_council", actor=actor)
    customer, year = programme.customer, bishkek_day(actor.at).year
    measures = queries.measures_of([programme.pk])
    needs = queries.needs_of(programme.study) if programme.study else []
    documents.issue(
        kind="council_pack",
        number=register_number("S", customer.code or customer.ref, year, customer.jurisdiction),
        thing=programme,
        issuer=customer.title,
        build=partial(papers.council_pack, programme, needs, measures),
        facts={"measures": [[one.ref, one.year, Money(one.amount)] for one in measures]},
        act=record,
        actor=actor,
    )
    return programme


def return_for_rework(*, actor: Actor, programme: Programme, reason: str) -> Programme:
    """The council wants changes; its reason goes to the customer, not into the public record."""
    (programme,) = lock(programme)
    perform(PROGRAMME, programme, "return_for_rework", actor=actor, private={"reason": reason})
    return programme


def record_adoption(
    *, actor: Actor, programme: Programme, body: Organisation, number: str, adopted_on: date, vote: Vote
) -> Adoption:
    """Record the resolution and its vote. Refuses `more_present_than_members`,
    `more_votes_than_present`, `council_without_quorum`,
    `council_voted_against`; `not_yours` for another body's decision. Clocks run from `adopted_on`, the date of the
    paper."""
    (programme,) = lock(programme)
    refuse_if_any(may(PROGRAMME, programme, "record_adoption", actor))
    if not actor.acts_for(body.pk):
        raise NOT_YOURS.refuse(LAW["programme_approval"], whose="the council")
    refuse_if_any(vote_faults(vote))
    public = {"number": number, "adopted_on": adopted_on, "for": vote.votes_for, "against": vote.votes_against}
    record = perform(PROGRAMME, programme, "record_adoption", actor=actor, public=public, acted_on=adopted_on)
    return Adoption.objects.create(
        programme=programme,
        body=body,
        number=number,
        adopted_on=adopted_on,
        members=vote.members,
        quorum=vote.quorum,
        present=vote.present,
        votes_for=vote.votes_for,
        votes_against=vote.votes_against,
        abstained=vote.abstained,
        act_id=record.pk,
    )


def appropriate(
    *,
    actor: Actor,
    programme: Programme,
    year: int,
    source: str,
    line: str,
    amount: Decimal,
    retyped: Decimal,
    unit: str,
    document: str,
    document_on: date,
) -> Appropriation:
    """Record the budget's money for the programme and allocate it to the year's measures in their order, each up to
    its amount. *Amount*: som. Refuses `total_not_retyped`, `wrong_state` for a programme not adopted."""
    (programme,) = lock(programme)
    appropriation = treasury.appropriate(
        actor=actor,
        organisation_id=programme.customer_id,
        owner=Owner("programme", programme.pk),
        year=year,
        source=source,
        line=line,
        amount=amount,
        retyped=retyped,
        unit=unit,
        document=document,
        document_on=document_on,
    )
    record = perform(
        PROGRAMME, programme, "allocate", actor=actor, public={"appropriation": appropriation.ref, "year": year}
    )
    left = amount
    for measure in programme.measures.filter(year=year).order_by("id"):
        part = min(left, measure.amount)
        if part > 0:
            treasury.allocate(
                appropriation=appropriation, measure=Owner("measure", measure.pk), amount=part, act=record
            )
            left -= part
    return appropriation
