"""What people say: problems they tell of, and comments on a draft under discussion."""

from __future__ import annotations

from datetime import date, timedelta

from jardam.journal.operations import lock, lock_shared, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day, end_of
from jardam.parties.models import Organisation
from jardam.rulebook.house import HOUSE

from .. import queries
from ..models import (
    Comment,
    Discussion,
    Measure,
    Problem,
    Programme,
)
from ..policy import COMMENT, PROBLEM, PROGRAMME
from ..rules import (
    FOREIGN_MEASURE,
    answer_fault,
    decline_fault,
    discussion_fault,
    fingerprint,
    struck_fault,
)

# --- problems --------------------------------------------------------------------------------------------------


def propose_problem(*, actor: Actor, customer: Organisation, group: str, place: str, text: str) -> Problem:
    """Anybody signed in tells a customer of a problem. The words and their author stay out of the journal's public
    part; nothing is published before the customer has read it."""
    problem = Problem(
        customer=customer,
        group=group,
        place=place,
        text=text,
        proposed_by_id=actor.person_id or 0,
        proposed_at=actor.at,
    )
    public = {"customer": customer.pk, "group": group}
    perform(PROBLEM, problem, "propose_problem", actor=actor, public=public, private={"text": fingerprint(text)})
    return problem


def publish_problem(*, actor: Actor, problem: Problem) -> Problem:
    """The customer has read it: everybody may read it now."""
    (problem,) = lock(problem)
    perform(PROBLEM, problem, "publish_problem", actor=actor)
    return problem


def decline_problem(*, actor: Actor, problem: Problem, ground: str) -> Problem:
    """It is not published; the proposer reads the coded ground. Refuses `problem_ground_unknown`."""
    (problem,) = lock(problem)
    refuse_if_any([fault for fault in (decline_fault(ground),) if fault])
    perform(PROBLEM, problem, "decline_problem", actor=actor, public={"ground": ground}, changes={"ground": ground})
    return problem


def answer_problem(*, actor: Actor, problem: Problem, measure: Measure | None, answer: str) -> Problem:
    """The public answer: taken into `measure`, or not taken; why. Refuses `answer_without_reason`,
    `measure_of_another_customer`, `measure_struck`."""
    (problem,) = lock(measure.programme, problem)[1:] if measure else lock(problem)
    faults = [answer_fault(answer), struck_fault(measure is not None and queries.is_struck(measure))]
    if measure is not None and measure.programme.customer_id != problem.customer_id:
        faults.append(FOREIGN_MEASURE.refusal(HOUSE["H-16"].basis, at_field="measure"))
    refuse_if_any([fault for fault in faults if fault])
    perform(
        PROBLEM,
        problem,
        "take_up_problem" if measure else "turn_down_problem",
        actor=actor,
        public={"measure": measure.pk if measure else None},
        private={"answer": fingerprint(answer)},
        changes={"measure": measure, "answer": answer, "answered_at": actor.at},
    )
    return problem


# --- the discussion of a draft ---------------------------------------------------------------------------------


def open_discussion(*, actor: Actor, programme: Programme, closes_on: date) -> Discussion:
    """Put the draft before the public until the end of `closes_on`: for at least the term the rules in force give
    (`prog.discussion_term`), where they give one. Refuses `discussion_too_short`, `programme_without_measures`,
    `programme_without_study`."""
    (programme,) = lock(programme)
    refuse_if_any(may(PROGRAMME, programme, "open_discussion", actor))
    term = queries.least_discussion(programme.customer, actor.at)
    tomorrow = bishkek_day(actor.at) + timedelta(days=1)
    least, basis = (term.due_on, term.basis) if term else (tomorrow, HOUSE["H-16"].basis)
    refuse_if_any([fault for fault in (discussion_fault(closes_on, least, basis),) if fault])
    closes_at = end_of(closes_on, term.day_ends) if term else end_of(closes_on)
    record = perform(
        PROGRAMME,
        programme,
        "open_discussion",
        actor=actor,
        public={"closes_at": closes_at},
        changes={"public_since": programme.public_since or actor.at},
    )
    return Discussion.objects.create(programme=programme, opened_at=actor.at, closes_at=closes_at, act_id=record.pk)


def close_discussion(*, actor: Actor, programme: Programme) -> Programme:
    """After its end the draft is taken back to be changed as the comments ask; it stays public. Refuses
    `discussion_runs`, `comments_unanswered`."""
    (programme,) = lock(programme)
    perform(PROGRAMME, programme, "close_discussion", actor=actor)
    return programme


def make_comment(*, actor: Actor, programme: Programme, text: str, for_organisation: bool = False) -> Comment:
    """Anybody signed in comments on a draft under discussion: as a person, whose name nobody sees, or for the
    organisation they act for. Refuses `programme_not_discussed`, `discussion_over`."""
    programme = lock_shared(programme)
    speaker = actor.organisation_id if for_organisation else None
    comment = Comment(
        programme=programme,
        organisation_id=speaker,
        text=text,
        made_by_id=actor.person_id or 0,
        made_at=actor.at,
    )
    public = {"programme": programme.pk, "organisation": speaker}
    perform(COMMENT, comment, "make_comment", actor=actor, public=public, private={"text": fingerprint(text)})
    return comment


def answer_comment(*, actor: Actor, comment: Comment, taken: bool, answer: str) -> Comment:
    """The customer's answer: taken into account or not, and why; public with the comment. Refuses
    `answer_without_reason`."""
    _, comment = lock(comment.programme, comment)
    refuse_if_any([fault for fault in (answer_fault(answer),) if fault])
    perform(
        COMMENT,
        comment,
        "take_up_comment" if taken else "turn_down_comment",
        actor=actor,
        private={"answer": fingerprint(answer)},
        changes={"answer": answer, "answered_at": actor.at},
    )
    return comment
