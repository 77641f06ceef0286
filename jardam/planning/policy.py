"""Who may plan, and what of it is visible."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from django.db.models import Count, Q, QuerySet, Sum

from jardam.documents.policy import file_of, papers_of
from jardam.journal.models import Record
from jardam.journal.procedure import Procedure
from jardam.kernel.actor import Actor
from jardam.kernel.permission import Rule, anyone, rules_of
from jardam.kernel.refusal import Basis
from jardam.kernel.time import bishkek_day
from jardam.parties.models import Organisation
from jardam.parties.rules import Role
from jardam.regime import queries as regime
from jardam.rulebook import clock
from jardam.rulebook.house import HOUSE, LAW
from jardam.rulebook.settlement import Settlement
from jardam.treasury import queries as treasury

from . import lifecycle
from .models import (
    Adoption,
    Comment,
    CouncilDecision,
    Problem,
    Programme,
    Publication,
    RevisedMeasure,
    Revision,
    Study,
)
from .rules import (
    Adopter,
    CommentFacts,
    ProgrammeFacts,
    RevisionFacts,
    adopter_of,
    missing_languages,
    to_write,
)


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    COMMENT_MAKE = "comment:make_comment"
    COMMENT_TAKE_UP = "comment:take_up_comment"
    COMMENT_TURN_DOWN = "comment:turn_down_comment"
    PROBLEM_CORRECT = "problem:correct_record"
    PROBLEM_DECLINE = "problem:decline_problem"
    PROBLEM_FOLLOW = "problem:follow_measure"
    PROBLEM_PROPOSE = "problem:propose_problem"
    PROBLEM_PUBLISH = "problem:publish_problem"
    PROBLEM_RETURN = "problem:return_problem"
    PROBLEM_TAKE_UP = "problem:take_up_problem"
    PROBLEM_TURN_DOWN = "problem:turn_down_problem"
    PROGRAMME_ADD_MEASURE = "programme:add_measure"
    PROGRAMME_ADOPT = "programme:record_adoption"
    PROGRAMME_ADOPT_BY_ORDER = "programme:adopt_by_order"
    PROGRAMME_ALLOCATE = "programme:allocate"
    PROGRAMME_ANNUL = "programme:annul_programme"
    PROGRAMME_CHANGE = "programme:put_in_force"
    PROGRAMME_CHANGE_HEAD = "programme:change_head"
    PROGRAMME_CHANGE_MEASURE = "programme:change_measure"
    PROGRAMME_CLOSE = "programme:close_programme"
    PROGRAMME_CLOSE_DISCUSSION = "programme:close_discussion"
    PROGRAMME_CONFIRM = "programme:confirm_existing"
    PROGRAMME_CORRECT = "programme:correct_record"
    PROGRAMME_CORRECT_RESOLUTION = "programme:correct_resolution"
    PROGRAMME_DISCARD = "programme:discard_existing"
    PROGRAMME_DRAFT = "programme:draft_programme"
    PROGRAMME_DROP = "programme:drop_programme"
    PROGRAMME_ENTER = "programme:enter_existing"
    PROGRAMME_GATHERING = "programme:hold_gathering"
    PROGRAMME_OPEN_DISCUSSION = "programme:open_discussion"
    PROGRAMME_OPINION = "programme:record_opinion"
    PROGRAMME_PUBLISH = "programme:publish_resolution"
    PROGRAMME_REJECT = "programme:record_rejection"
    PROGRAMME_REMOVE_MEASURE = "programme:remove_measure"
    PROGRAMME_REPORT = "programme:report_year"
    PROGRAMME_RETURN = "programme:return_for_rework"
    PROGRAMME_REWORK = "programme:rework_programme"
    PROGRAMME_SUBMIT = "programme:submit_to_council"
    PROGRAMME_WRITE = "programme:write_section"
    REVISION_ADOPT = "revision:adopt_revision"
    REVISION_ADOPT_BY_ORDER = "revision:adopt_revision_by_order"
    REVISION_DRAFT = "revision:draft_revision"
    REVISION_DROP = "revision:drop_revision"
    REVISION_MEASURE = "revision:revise_measure"
    REVISION_REJECT = "revision:reject_revision"
    REVISION_RETURN = "revision:return_revision"
    REVISION_SECTION = "revision:revise_section"
    REVISION_SUBMIT = "revision:submit_revision"
    STUDY_CORRECT = "study:correct_record"
    STUDY_PUBLISH = "study:publish_study"


def _own(actor: Actor, thing: Study | Programme | Problem) -> bool:
    return actor.acts_for(thing.customer_id)


def _its_council(actor: Actor, programme: Programme) -> bool:
    return actor.acts_for(programme.customer.council_id)


def _adopted_it(actor: Actor, programme: Programme) -> bool:
    """The council that adopted it, or the customer itself, whose head did (H-72)."""
    adoption = getattr(programme, "adoption", None)
    body = adoption.body_id if adoption else programme.customer.council_id or programme.customer_id
    return actor.acts_for(body) or (body != programme.customer_id and _its_council(actor, programme))


def _adopts_now(actor: Actor, programme: Programme) -> bool:
    """Who puts a new version in force: the council, or the customer's head where no council does."""
    own = actor.acts_for(programme.customer_id) and adopter(programme.customer, actor.at).by_order
    return own or _its_council(actor, programme)


def _of_own_programme(actor: Actor, thing: Comment | Revision) -> bool:
    return actor.acts_for(thing.programme.customer_id)


def _of_its_council(actor: Actor, revision: Revision) -> bool:
    return actor.acts_for(revision.programme.customer.council_id)


_APPROVAL = LAW["programme_approval"]
_DESK = (Role.SPECIALIST, Role.HEAD)
_ADOPTERS = (Role.COUNCIL_SECRETARY, Role.HEAD)

_DISCUSSION = HOUSE["H-08"].basis
_PROPOSAL = HOUSE["H-27"].basis
_TWO_EYES = HOUSE["H-10"].basis
_VERSION = HOUSE["H-28"].basis
_DRAFT = HOUSE["H-70"].basis
_ORDER = HOUSE["H-72"].basis
_SLIP = HOUSE["H-68"].basis

TABLE: dict[Permission, Rule] = {
    Permission.COMMENT_MAKE: Rule((), anyone, "anyone signed in", _DISCUSSION),
    Permission.COMMENT_TAKE_UP: Rule(_DESK, _of_own_programme, "the customer", _DISCUSSION),
    Permission.COMMENT_TURN_DOWN: Rule(_DESK, _of_own_programme, "the customer", _DISCUSSION),
    Permission.PROBLEM_CORRECT: Rule(_DESK, _own, "the customer", _SLIP),
    Permission.PROGRAMME_CORRECT: Rule(_DESK, _own, "the customer", _SLIP),
    Permission.PROGRAMME_CORRECT_RESOLUTION: Rule(_ADOPTERS, _adopted_it, "who adopted the programme", _SLIP),
    Permission.STUDY_CORRECT: Rule(_DESK, _own, "the customer", _SLIP),
    Permission.PROBLEM_DECLINE: Rule(_DESK, _own, "the customer", _PROPOSAL),
    Permission.PROBLEM_FOLLOW: Rule(_DESK, _own, "the customer", _DRAFT),
    Permission.PROBLEM_PROPOSE: Rule((), anyone, "anyone signed in", _PROPOSAL),
    Permission.PROBLEM_PUBLISH: Rule(_DESK, _own, "the customer", _PROPOSAL),
    Permission.PROBLEM_RETURN: Rule(_DESK, _own, "the customer", _DRAFT),
    Permission.PROBLEM_TAKE_UP: Rule(_DESK, _own, "the customer", _PROPOSAL),
    Permission.PROBLEM_TURN_DOWN: Rule(_DESK, _own, "the customer", _PROPOSAL),
    Permission.PROGRAMME_ADOPT_BY_ORDER: Rule((Role.HEAD,), _own, "the customer", _ORDER),
    Permission.PROGRAMME_ANNUL: Rule(_ADOPTERS, _adopted_it, "who adopted the programme", _APPROVAL),
    Permission.PROGRAMME_CLOSE: Rule((Role.HEAD,), _own, "the customer", HOUSE["H-17"].basis),
    Permission.PROGRAMME_GATHERING: Rule(_DESK, _own, "the customer", HOUSE["H-17"].basis),
    Permission.PROGRAMME_OPINION: Rule((Role.COUNCIL_SECRETARY,), _its_council, "the council", _APPROVAL),
    Permission.PROGRAMME_PUBLISH: Rule(_ADOPTERS, _adopted_it, "who adopted the programme", _APPROVAL),
    Permission.PROGRAMME_REJECT: Rule((Role.COUNCIL_SECRETARY,), _its_council, "the council", _APPROVAL),
    Permission.PROGRAMME_REPORT: Rule(_DESK, _own, "the customer", HOUSE["H-17"].basis),
    Permission.PROGRAMME_REWORK: Rule(_DESK, _own, "the customer", _APPROVAL),
    Permission.PROGRAMME_CLOSE_DISCUSSION: Rule(_DESK, _own, "the customer", _DISCUSSION),
    Permission.PROGRAMME_OPEN_DISCUSSION: Rule(_DESK, _own, "the customer", _DISCUSSION),
    Permission.PROGRAMME_ADD_MEASURE: Rule(_DESK, _own, "the customer", _APPROVAL),
    Permission.PROGRAMME_CHANGE_HEAD: Rule(_DESK, _own, "the customer", _DRAFT),
    Permission.PROGRAMME_CHANGE_MEASURE: Rule(_DESK, _own, "the customer", _DRAFT),
    Permission.PROGRAMME_REMOVE_MEASURE: Rule(_DESK, _own, "the customer", _DRAFT),
    Permission.PROGRAMME_DROP: Rule(_DESK, _own, "the customer", _DRAFT),
    Permission.PROGRAMME_ADOPT: Rule((Role.COUNCIL_SECRETARY,), _its_council, "the council", _APPROVAL),
    Permission.PROGRAMME_ALLOCATE: Rule((*_DESK, Role.ACCOUNTANT), _own, "the customer", HOUSE["H-11"].basis),
    Permission.PROGRAMME_DRAFT: Rule(_DESK, _own, "the customer", _APPROVAL),
    Permission.PROGRAMME_RETURN: Rule((Role.COUNCIL_SECRETARY,), _its_council, "the council", _APPROVAL),
    Permission.PROGRAMME_SUBMIT: Rule(_DESK, _own, "the customer", _APPROVAL),
    Permission.PROGRAMME_WRITE: Rule(_DESK, _own, "the customer", _APPROVAL),
    Permission.PROGRAMME_ENTER: Rule(_DESK, _own, "the customer", _TWO_EYES),
    Permission.PROGRAMME_CONFIRM: Rule(_DESK, _own, "the customer", _TWO_EYES),
    Permission.PROGRAMME_DISCARD: Rule(_DESK, _own, "the customer", _TWO_EYES),
    Permission.PROGRAMME_CHANGE: Rule(_ADOPTERS, _adopts_now, "who adopts the programme", _APPROVAL),
    Permission.REVISION_ADOPT: Rule((Role.COUNCIL_SECRETARY,), _of_its_council, "the council", _APPROVAL),
    Permission.REVISION_ADOPT_BY_ORDER: Rule((Role.HEAD,), _of_own_programme, "the customer", _ORDER),
    Permission.REVISION_DRAFT: Rule(_DESK, _of_own_programme, "the customer", _VERSION),
    Permission.REVISION_DROP: Rule(_DESK, _of_own_programme, "the customer", _VERSION),
    Permission.REVISION_MEASURE: Rule(_DESK, _of_own_programme, "the customer", _VERSION),
    Permission.REVISION_REJECT: Rule((Role.COUNCIL_SECRETARY,), _of_its_council, "the council", _APPROVAL),
    Permission.REVISION_RETURN: Rule((Role.COUNCIL_SECRETARY,), _of_its_council, "the council", _APPROVAL),
    Permission.REVISION_SECTION: Rule(_DESK, _of_own_programme, "the customer", _VERSION),
    Permission.REVISION_SUBMIT: Rule(_DESK, _of_own_programme, "the customer", _APPROVAL),
    Permission.STUDY_PUBLISH: Rule(_DESK, _own, "the customer", LAW["needs_study"]),
}


FORM = "grants"
"""The form of order whose edition says how a programme comes about."""


def rules_now(customer: Organisation, at: datetime) -> Settlement:
    """What is known today of the rules a programme of this customer obeys."""
    return regime.known_rules(customer, FORM, at)


def adopter(customer: Organisation, at: datetime) -> Adopter:
    """Who adopts this customer's programmes by the rules in force."""
    return adopter_of(customer.kind, customer.council_id is not None, rules_now(customer, at))


def sections_asked(programme: Programme, at: datetime) -> tuple[tuple[str, ...], Basis | None]:
    """The sections the office has to write, and on what basis; none where the rules in force name no sections."""
    return _sections_asked(rules_now(programme.customer, at))


def _sections_asked(known: Settlement) -> tuple[tuple[str, ...], Basis | None]:
    if "prog.sections" not in known.parameters:
        return (), None
    return to_write(known.codes("prog.sections")), known.basis("prog.sections")


def programme_facts(programme: Programme, actor: Actor) -> ProgrammeFacts:
    standing = programme.measures.filter(struck=None) if programme.pk else None
    sums = standing.aggregate(amount=Sum("amount"), count=Count("pk")) if standing is not None else {}
    closed = _closed_years(programme) if programme.pk else set()
    known = rules_now(programme.customer, actor.at) if programme.state in ("draft", "discussion") else None
    asked, basis = _sections_asked(known) if known else ((), None)
    written = set(programme.sections.values_list("code", flat=True)) if programme.pk else set()
    unanswered = programme.comments.filter(state="made").count() if programme.pk else 0
    return ProgrammeFacts(
        sums.get("count", 0),
        Decimal(sums.get("amount") or 0),
        programme.study_id is not None,
        actor.at,
        _discussed_until(programme),
        unanswered,
        programme.year_to,
        tuple(year for year in years_to_close(programme) if year not in closed),
        bool(programme.pk) and Publication.objects.filter(programme=programme).exists(),
        tuple(code for code in asked if code not in written),
        basis,
        rules=known,
        years=programme.year_to - programme.year_from + 1,
        study_good_until=_study_good_until(programme, known) if known else None,
        missing_languages=_missing_languages(programme, known) if known else (),
        adopted_by=adopter_of(programme.customer.kind, programme.customer.council_id is not None, known),
        entered_by_me=programme.state == "entered" and _wrote(programme, actor),
    )


def _study_good_until(programme: Programme, known: Settlement) -> datetime | None:
    study = programme.study
    if study is None or "needs.max_age" not in known.parameters:
        return None
    day = study.period_to or bishkek_day(study.published_at)
    term = clock.deadline_if_any(known, "needs.max_age", day, regime.calendar(known.jurisdiction))
    return term.at if term else None


def _missing_languages(programme: Programme, known: Settlement) -> tuple[str, ...]:
    if "prog.languages" not in known.parameters or not programme.pk:
        return ()
    standing = programme.measures.filter(struck=None)
    named = [text for pair in standing.values_list("title", "indicator") for text in pair]
    written = dict(programme.sections.order_by("id").values_list("code", "text"))
    texts = [programme.title, programme.goal, *named, *written.values()]
    return missing_languages(known.codes("prog.languages"), texts)


def _wrote(programme: Programme, actor: Actor) -> bool:
    """Whether any act on this programme is the actor's."""
    acts = Record.objects.filter(object_kind=Programme.KIND, object_id=programme.pk)
    return acts.filter(person_id=actor.person_id).exists()


def years_to_close(programme: Programme) -> range:
    """Its years; of one recorded afterwards only those from then on: the earlier were reported on paper."""
    first = bishkek_day(programme.recorded_at).year if programme.recorded_at else programme.year_from
    return range(max(programme.year_from, first), programme.year_to + 1)


def _closed_years(programme: Programme) -> set[int]:
    """Reported to the council and talked over with the people."""
    reported = set(programme.reports.values_list("year", flat=True))
    return reported & set(programme.gatherings.values_list("year", flat=True))


def _discussed_until(programme: Programme) -> datetime | None:
    last = programme.discussions.order_by("-id").first() if programme.pk else None
    return last.closes_at if last else None


def comment_facts(comment: Comment, actor: Actor) -> CommentFacts:
    return CommentFacts(comment.programme.state, _discussed_until(comment.programme), actor.at)


COMMENT = Procedure(lifecycle.COMMENT, rules_of("comment", TABLE), comment_facts)
PROBLEM = Procedure(lifecycle.PROBLEM, rules_of("problem", TABLE))
STUDY = Procedure(lifecycle.STUDY, rules_of("study", TABLE))
PROGRAMME = Procedure(lifecycle.PROGRAMME, rules_of("programme", TABLE), programme_facts)


# --- versions --------------------------------------------------------------------------------------------------


def revised_measures(revision: Revision) -> list[RevisedMeasure]:
    """What the version says of measures, the last row of each key, in the order they were first named."""
    rows: dict[str, RevisedMeasure] = {}
    for row in revision.measures.select_related("measure").order_by("id"):
        rows[row.key] = row
    return [row for row in rows.values() if row.measure_id or row.amount]


def given_to(measure_ids: Iterable[int]) -> dict[int, Decimal]:
    """Measure → som that a new version cannot take away: allocated, reserved by contests or bound by contracts."""
    trails = treasury.trails_of("measure", measure_ids)
    return {pk: max(trail.allocated, trail.reserved, trail.committed) for pk, trail in trails.items()}


def revision_facts(revision: Revision, actor: Actor) -> RevisionFacts:
    programme = revision.programme
    others = programme.revisions.filter(state__in=("draft", "submitted")).exclude(pk=revision.pk)
    if not revision.pk:
        return RevisionFacts(programme.state, others.exists(), 0, None)
    rows = revised_measures(revision)
    given = given_to([row.measure_id for row in rows if row.measure_id])
    below = [given[row.measure_id] for row in rows if row.measure_id and row.amount < given[row.measure_id]]
    changes = len(rows) + revision.sections.count()
    who = adopter(programme.customer, actor.at)
    return RevisionFacts(programme.state, others.exists(), changes, below[0] if below else None, who)


REVISION = Procedure(lifecycle.REVISION, rules_of("revision", TABLE), revision_facts)


def visible_revisions(actor: Actor) -> QuerySet[Revision]:
    """Public from the submission on; drafts before it are the customer's own."""
    mine = Q(programme__customer_id=actor.organisation_id) if actor.organisation_id else Q(pk=None)
    return Revision.objects.filter(Q(public_since__isnull=False) | mine)


def visible_adoptions(actor: Actor) -> QuerySet[Adoption]:
    """The council's papers are seen by whoever sees the programme."""
    return Adoption.objects.filter(programme__in=visible_programmes(actor).values("pk"))


def visible_decisions(actor: Actor) -> QuerySet[CouncilDecision]:
    """The same of other decisions; of a version, by whoever sees the version."""
    seen = CouncilDecision.objects.filter(programme__in=visible_programmes(actor).values("pk"))
    return seen.filter(Q(revision=None) | Q(revision__in=visible_revisions(actor).values("pk")))


def visible_programmes(actor: Actor) -> QuerySet[Programme]:
    """Public from the first discussion or submission on; drafts before it are the customer's own."""
    mine = Q(customer_id__in=actor.organisation_ids)
    return Programme.objects.filter(Q(public_since__isnull=False) | mine)


def visible_problems(actor: Actor) -> QuerySet[Problem]:
    """The published ones, answered or not; the customer's own, and one's own, from the first moment."""
    mine = Q(customer_id__in=actor.organisation_ids)
    said = Q(proposed_by_id=actor.person_id) if actor.person_id else Q(pk=None)
    return Problem.objects.filter(Q(state__in=("published", "taken_up", "turned_down")) | mine | said)


papers_of("programme", visible_programmes)

file_of(Adoption, "file", visible_adoptions)
file_of(CouncilDecision, "file", visible_decisions)
