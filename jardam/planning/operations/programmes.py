"""Studies of needs, and a programme from its first draft to the close of its last year."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from jardam.documents import operations as documents
from jardam.documents.models import File
from jardam.documents.papers import Paper
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform, register_number
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.money import Money
from jardam.kernel.permission import NOT_YOURS
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.parties.models import Organisation, Territory
from jardam.regime import operations as regime
from jardam.rulebook.house import HOUSE, LAW
from jardam.treasury import operations as treasury
from jardam.treasury import queries as treasury_queries
from jardam.treasury.models import Appropriation
from jardam.treasury.operations import Owner

from .. import papers, queries
from ..models import (
    Adoption,
    CommitteeOpinion,
    CouncilDecision,
    CouncilReport,
    Gathering,
    Measure,
    Programme,
    ProgrammeSection,
    Publication,
    Study,
    StudyGroup,
)
from ..policy import FORM, PROGRAMME, STUDY, rules_now
from ..rules import (
    PERIOD_BACKWARDS,
    YEAR_REPORTED,
    YEARS_BACKWARDS,
    Need,
    Vote,
    day_fault,
    fingerprint,
    reason_fault,
    register_fault,
    rejection_faults,
    section_fingerprint,
    term_fault,
    vote_faults,
    year_fault,
    year_over_fault,
)

# --- studies and drafts ----------------------------------------------------------------------------------------


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
    period_from: date | None = None,
    period_to: date | None = None,
) -> Study:
    """Publish a study of needs with its ranking. Law: Law 70/2017, Art. 3 part 9 (edition of 2017). Refuses
    `period_backwards`."""
    if period_from and period_to and period_to < period_from:
        raise PERIOD_BACKWARDS.refuse(HOUSE["H-16"].basis, at_field="period_to")
    study = Study(
        customer=customer,
        territory=territory,
        title=title,
        year=year,
        method=method,
        sources=sources,
        period_from=period_from,
        period_to=period_to,
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
    part_of: str = "",
    level: str = "",
) -> Programme:
    """Begin a programme. Refuses `years_backwards`, `programme_too_short`, `programme_too_long`."""
    if year_to < year_from:
        raise YEARS_BACKWARDS.refuse(HOUSE["H-16"].basis, at_field="year_to")
    fault = term_fault(rules_now(customer, actor.at), year_to - year_from + 1)
    refuse_if_any([fault] if fault else [])
    programme = Programme(
        customer=customer,
        study=study,
        title=title,
        goal=goal,
        year_from=year_from,
        year_to=year_to,
        part_of=part_of,
        level=level,
    )
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
    unit: str = "",
    place: str = "",
) -> Measure:
    """Add a measure to a draft. *Amount*: som, for `year`. Refuses `year_outside_programme`."""
    (programme,) = lock(programme)
    refuse_if_any(may(PROGRAMME, programme, "add_measure", actor))
    refuse_if_any([fault for fault in (year_fault(year, programme.year_from, programme.year_to),) if fault])
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
        unit=unit,
        place=place,
        act_id=record.pk,
    )


def write_sections(*, actor: Actor, programme: Programme, texts: Mapping[str, dict[str, str]]) -> Programme:
    """Write sections of a draft, by their codes; one act each, and none for a text that did not change."""
    (programme,) = lock(programme)
    refuse_if_any(may(PROGRAMME, programme, "write_section", actor))
    before = queries.sections_of(programme)
    for code, text in texts.items():
        if not any(text.values()) or before.get(code) == text:
            continue
        public = {"section": code, "text": section_fingerprint(text)}
        record = perform(PROGRAMME, programme, "write_section", actor=actor, public=public)
        ProgrammeSection.objects.create(programme=programme, code=code, text=text, act_id=record.pk)
    return programme


# --- the council -----------------------------------------------------------------------------------------------


def submit_to_council(*, actor: Actor, programme: Programme) -> Programme:
    """Send the draft to the body that adopts it. Refuses `programme_without_measures`, `programme_without_study`,
    `programme_without_discussion`, `discussion_runs`, `comments_unanswered`, `study_too_old`, `programme_too_short`,
    `programme_too_long`, `programme_language_missing`; `rule_unknown` for every rule of a programme that nobody knows
    yet."""
    (programme,) = lock(programme)
    refuse_if_any(queries.programme_refusals(programme, "submit_to_council", actor))
    settled = regime.settle(customer=programme.customer, form=FORM, at=actor.at, stage="programme")
    changes = {"public_since": programme.public_since or actor.at}
    record = perform(PROGRAMME, programme, "submit_to_council", actor=actor, changes=changes, edition=settled.edition)
    _issue_pack(programme, record, actor, papers.council_pack)
    return programme


def _issue_pack(programme: Programme, act: Record, actor: Actor, made: Callable[..., Paper]) -> None:
    """The programme as a paper, for the session of a council or as its head adopts it."""
    customer, year = programme.customer, bishkek_day(actor.at).year
    measures = queries.measures_of([programme.pk])
    needs = queries.needs_of(programme.study) if programme.study else []
    comments = queries.every_comment(programme) if queries.discussion_of(programme) else None
    documents.issue(
        kind="council_pack",
        number=register_number("S", customer.code or customer.ref, year, customer.jurisdiction),
        thing=programme,
        issuer=customer.title,
        build=partial(made, programme, needs, measures, queries.sections_of(programme), comments),
        facts={"measures": [[one.ref, one.year, Money(one.amount)] for one in measures]},
        act=act,
        actor=actor,
    )


def return_for_rework(*, actor: Actor, programme: Programme, reason: str) -> Programme:
    """The council wants changes; its reason goes to the customer, not into the public record. Refuses
    `decision_without_reason`."""
    (programme,) = lock(programme)
    refuse_if_any([fault for fault in (reason_fault(reason),) if fault])
    record = perform(PROGRAMME, programme, "return_for_rework", actor=actor, private={"reason": fingerprint(reason)})
    CouncilDecision.objects.create(
        programme=programme, kind="returned", decided_on=bishkek_day(actor.at), reason=reason, act_id=record.pk
    )
    return programme


def record_adoption(
    *,
    actor: Actor,
    programme: Programme,
    body: Organisation,
    number: str,
    adopted_on: date,
    vote: Vote,
    in_force_on: date | None = None,
    register_number: str = "",
    file: File | None = None,
) -> Adoption:
    """Record the resolution and its vote. Refuses `more_present_than_members`,
    `more_votes_than_present`, `council_without_quorum`,
    `council_voted_against`, `day_in_future`; `not_yours` for another body's decision. Clocks run from `adopted_on`,
    the date of the paper."""
    (programme,) = lock(programme)
    refuse_if_any(may(PROGRAMME, programme, "record_adoption", actor))
    if not actor.acts_for(body.pk):
        raise NOT_YOURS.refuse(LAW["programme_approval"], whose="the council")
    refuse_if_any([one for one in (*vote_faults(vote), day_fault(adopted_on, actor.at, "adopted_on")) if one])
    public: dict[str, Any] = {
        "number": number,
        "adopted_on": adopted_on,
        "for": vote.votes_for,
        "against": vote.votes_against,
    }
    if in_force_on:
        public["in_force_on"] = in_force_on
    if register_number:
        public["register_number"] = register_number
    public |= paper_of(file)
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
        in_force_on=in_force_on,
        register_number=register_number,
        file=file,
        act_id=record.pk,
    )


def adopt_by_order(
    *,
    actor: Actor,
    programme: Programme,
    number: str,
    adopted_on: date,
    in_force_on: date | None = None,
    register_number: str = "",
    file: File | None = None,
) -> Adoption:
    """The head adopts a programme that no council votes on (H-72); all that is asked before a vote is asked here.
    Refuses `adopted_by_council`, `day_in_future` and what `submit_to_council` refuses for."""
    (programme,) = lock(programme)
    refuse_if_any(queries.programme_refusals(programme, "adopt_by_order", actor))
    refuse_if_any([fault for fault in (day_fault(adopted_on, actor.at, "adopted_on"),) if fault])
    settled = regime.settle(customer=programme.customer, form=FORM, at=actor.at, stage="programme")
    public: dict[str, Any] = {"number": number, "adopted_on": adopted_on}
    public |= {"in_force_on": in_force_on} if in_force_on else {}
    public |= {"register_number": register_number} if register_number else {}
    record = perform(
        PROGRAMME,
        programme,
        "adopt_by_order",
        actor=actor,
        public=public | paper_of(file),
        acted_on=adopted_on,
        changes={"public_since": programme.public_since or actor.at},
        edition=settled.edition,
    )
    _issue_pack(programme, record, actor, partial(papers.adopted_by_order, number, adopted_on))
    return Adoption.objects.create(
        programme=programme,
        body=programme.customer,
        number=number,
        adopted_on=adopted_on,
        in_force_on=in_force_on,
        register_number=register_number,
        file=file,
        act_id=record.pk,
    )


def paper_of(file: File | None) -> dict[str, Any]:
    """What the record says of the signed paper."""
    return {"file": file.sha256} if file else {}


def record_opinion(
    *, actor: Actor, programme: Programme, committee: str, opinion: str, text: str, given_on: date
) -> CommitteeOpinion:
    """What a committee of the council said before the session: `support`, `remarks`, `against`. Refuses
    `day_in_future`."""
    (programme,) = lock(programme)
    refuse_if_any([fault for fault in (day_fault(given_on, actor.at, "given_on"),) if fault])
    public = {"committee": committee, "opinion": opinion, "given_on": given_on, "text": fingerprint(text)}
    record = perform(PROGRAMME, programme, "record_opinion", actor=actor, public=public, acted_on=given_on)
    return CommitteeOpinion.objects.create(
        programme=programme,
        committee=committee,
        opinion=opinion,
        text=text,
        given_on=given_on,
        act_id=record.pk,
    )


def record_rejection(
    *,
    actor: Actor,
    programme: Programme,
    number: str,
    decided_on: date,
    vote: Vote,
    reason: str,
    file: File | None = None,
) -> CouncilDecision:
    """The council voted against. The customer may take the programme up again as a draft. Refuses `council_voted_for`
    and the faults of a count, `decision_without_reason`, `day_in_future`."""
    (programme,) = lock(programme)
    refuse_if_any(may(PROGRAMME, programme, "record_rejection", actor))
    faults = [reason_fault(reason), day_fault(decided_on, actor.at, "decided_on"), *rejection_faults(vote)]
    refuse_if_any([fault for fault in faults if fault])
    return _decide(actor, programme, "record_rejection", "rejected", number, decided_on, reason, vote, file)


def annul_programme(
    *,
    actor: Actor,
    programme: Programme,
    number: str,
    decided_on: date,
    reason: str,
    file: File | None = None,
) -> CouncilDecision:
    """The council takes its adoption back: no contest is announced under the programme any more; what is announced or
    signed already goes on. Refuses `decision_without_reason`, `day_in_future`."""
    (programme,) = lock(programme)
    refuse_if_any(may(PROGRAMME, programme, "annul_programme", actor))
    faults = [reason_fault(reason), day_fault(decided_on, actor.at, "decided_on")]
    refuse_if_any([fault for fault in faults if fault])
    return _decide(actor, programme, "annul_programme", "annulled", number, decided_on, reason, file=file)


def _decide(
    actor: Actor,
    programme: Programme,
    verb: str,
    kind: str,
    number: str,
    decided_on: date,
    reason: str,
    vote: Vote | None = None,
    file: File | None = None,
) -> CouncilDecision:
    votes = asdict(vote) if vote else {}
    public = {
        "number": number,
        "decided_on": decided_on,
        "reason": fingerprint(reason),
        "vote": votes,
    } | paper_of(file)
    record = perform(PROGRAMME, programme, verb, actor=actor, public=public, acted_on=decided_on)
    return CouncilDecision.objects.create(
        programme=programme,
        kind=kind,
        number=number,
        decided_on=decided_on,
        reason=reason,
        file=file,
        act_id=record.pk,
        **votes,
    )


def rework_programme(*, actor: Actor, programme: Programme) -> Programme:
    """After a rejection the customer takes the programme up again, to change and submit it anew."""
    (programme,) = lock(programme)
    perform(PROGRAMME, programme, "rework_programme", actor=actor)
    return programme


def publish_resolution(
    *, actor: Actor, programme: Programme, published_on: date, place: str, register_number: str = ""
) -> Publication:
    """Record where and when the council published its resolution. Refuses `resolution_published`, `day_in_future`,
    and `resolution_not_registered` where the rules send the act to the State Register and neither the adoption nor
    `register_number` gives its number there."""
    (programme,) = lock(programme)
    refuse_if_any(may(PROGRAMME, programme, "publish_resolution", actor))
    known = rules_now(programme.customer, actor.at)
    faults = [
        day_fault(published_on, actor.at, "published_on"),
        register_fault(known, register_number or programme.adoption.register_number),
    ]
    refuse_if_any([fault for fault in faults if fault])
    public = {"published_on": published_on, "place": place}
    if register_number:
        public["register_number"] = register_number
    record = perform(PROGRAMME, programme, "publish_resolution", actor=actor, public=public, acted_on=published_on)
    return Publication.objects.create(
        programme=programme,
        published_on=published_on,
        place=place,
        register_number=register_number,
        act_id=record.pk,
    )


# --- the money and the year ------------------------------------------------------------------------------------


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
    code: str = "",
    is_existing: bool = False,
) -> Appropriation:
    """Record the budget's money for the programme and allocate it to the year's measures in their order, each up to
    what is left of its amount. *Amount*: som. `is_existing`: it was given before the customer began here. Refuses
    `total_not_retyped`, `wrong_state` for a programme not adopted."""
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
        code=code,
        is_existing=is_existing,
    )
    record = perform(
        PROGRAMME, programme, "allocate", actor=actor, public={"appropriation": appropriation.ref, "year": year}
    )
    left, measures = amount, queries.in_force(programme.measures.filter(year=year, struck=None).order_by("id"))
    given = treasury_queries.trails_of("measure", [measure.pk for measure in measures])
    for measure in measures:
        part = min(left, measure.amount - given[measure.pk].allocated)
        if part > 0:
            treasury.allocate(
                appropriation=appropriation, measure=Owner("measure", measure.pk), amount=part, act=record
            )
            left -= part
    return appropriation


def report_to_council(*, actor: Actor, programme: Programme, year: int, text: str) -> CouncilReport:
    """Report a year that is over: the figures come from the ledger and are kept as they stand now. Refuses
    `year_outside_programme`, `year_not_over`, `year_reported`."""
    (programme,) = lock(programme)
    refuse_if_any(may(PROGRAMME, programme, "report_year", actor))
    faults = [year_fault(year, programme.year_from, programme.year_to), year_over_fault(year, actor.at)]
    if programme.reports.filter(year=year).exists():
        faults.append(YEAR_REPORTED.refusal(HOUSE["H-17"].basis, at_field="year"))
    refuse_if_any([fault for fault in faults if fault])
    figures = {name: str(amount) for name, amount in asdict(queries.year_figures(programme, year)).items()}
    public = {"year": year, "figures": figures, "text": fingerprint(text)}
    record = perform(PROGRAMME, programme, "report_year", actor=actor, public=public)
    return CouncilReport.objects.create(
        programme=programme, year=year, figures=figures, text=text, reported_at=actor.at, act_id=record.pk
    )


def hold_gathering(
    *, actor: Actor, programme: Programme, year: int, held_on: date, headcount: int, questions: str, answers: str
) -> Gathering:
    """Record a meeting with the people about a year of the programme. Refuses `year_outside_programme`,
    `day_in_future`."""
    (programme,) = lock(programme)
    faults = [year_fault(year, programme.year_from, programme.year_to), day_fault(held_on, actor.at, "held_on")]
    refuse_if_any([fault for fault in faults if fault])
    public = {"year": year, "held_on": held_on, "headcount": headcount}
    private = {"questions": fingerprint(questions), "answers": fingerprint(answers)}
    record = perform(
        PROGRAMME, programme, "hold_gathering", actor=actor, public=public, private=private, acted_on=held_on
    )
    return Gathering.objects.create(
        programme=programme,
        year=year,
        held_on=held_on,
        headcount=headcount,
        questions=questions,
        answers=answers,
        act_id=record.pk,
    )


def close_programme(*, actor: Actor, programme: Programme) -> Programme:
    """The programme is carried out: each of its years was reported and talked over. Refuses `programme_runs`,
    `year_not_closed`."""
    (programme,) = lock(programme)
    perform(PROGRAMME, programme, "close_programme", actor=actor)
    return programme
