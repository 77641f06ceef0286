"""What people say: discussions, comments, problems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef

from jardam.journal.procedure import actions, may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal
from jardam.kernel.time import Deadline
from jardam.parties.models import Organisation
from jardam.parties.queries import ids_of
from jardam.regime import queries as regime
from jardam.rulebook import clock

from ..models import Comment, Correction, Discussion, Measure, Problem, Programme
from ..policy import COMMENT, PROBLEM, rules_now, visible_problems
from .slips import corrections_of, put_right
from .versions import in_force


def least_discussion(customer: Organisation, at: datetime) -> Deadline | None:
    """Until when a discussion that opens now must go on; None where the rules in force do not say it."""
    known = rules_now(customer, at)
    if "prog.discussion_term" not in known.parameters:
        return None
    return clock.deadline_if_any(known, "prog.discussion_term", at, regime.calendar(known.jurisdiction))


def discussion_of(programme: Programme) -> Discussion | None:
    """The latest."""
    return programme.discussions.order_by("-id").first()


def discussions_over(customer_id: int, at: datetime, limit: int = 50) -> list[Programme]:
    """Drafts whose discussion has ended: they can go to the council."""
    running = Discussion.objects.filter(programme=OuterRef("pk"), closes_at__gt=at)
    rows = Programme.objects.filter(~Exists(running), customer_id=customer_id, state="discussion")
    return list(rows.order_by("id")[:limit])


def comments_of(programme: Programme, after: int = 0, limit: int = 200) -> list[Comment]:
    """In the order they were made; the next page begins after the last id."""
    rows = programme.comments.select_related("organisation").filter(id__gt=after)
    found = list(rows.order_by("id")[:limit])
    if any(one.answer for one in found):
        slips = Correction.objects.filter(thing=Programme.KIND, thing_id=programme.pk, fact="comment").order_by("id")
        put_right("comment", found, slips)
    return found


def every_comment(programme: Programme) -> list[Comment]:
    """For the pack of the council, which leaves nobody out."""
    return list(programme.comments.select_related("organisation").order_by("id"))


def comment(ref: str) -> Comment:
    return Comment.objects.select_related("programme", "programme__customer", "organisation").get(ref=ref)


def comments_waiting(customer_id: int, limit: int = 50) -> list[Comment]:
    """Without an answer, oldest first."""
    rows = Comment.objects.filter(programme__customer_id=customer_id, state="made")
    return list(rows.select_related("programme").order_by("id")[:limit])


def comment_refusals(comment: Comment, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(COMMENT, comment, verb, actor)


def new_comment_refusals(programme: Programme, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not comment on the programme now."""
    return may(COMMENT, Comment(programme=programme), "make_comment", actor)


def problem(ref: str, actor: Actor) -> Problem:
    """Raises Problem.DoesNotExist for one this actor does not see."""
    found = visible_problems(actor).select_related("customer", "measure", "measure__programme").get(ref=ref)
    put_right("problem", [found], corrections_of(found))
    return found


def problems(actor: Actor, after: int = 0, limit: int = 50) -> list[Problem]:
    """Those this actor sees, in the order they were proposed."""
    rows = visible_problems(actor).select_related("customer").filter(id__gt=after)
    return list(rows.order_by("id")[:limit])


def problems_of(customer_id: int | Iterable[int], after: int = 0, limit: int = 50) -> list[Problem]:
    """The customer's, oldest first."""
    return list(Problem.objects.filter(customer_id__in=ids_of(customer_id), id__gt=after).order_by("id")[:limit])


def problems_waiting(customer_id: int, limit: int = 50) -> list[Problem]:
    """To be read or to be answered, oldest first."""
    rows = Problem.objects.filter(customer_id=customer_id, state__in=("proposed", "published"))
    return list(rows.order_by("id")[:limit])


def problems_by(person_id: int, after: int = 0, limit: int = 50) -> list[Problem]:
    """What this person proposed."""
    rows = Problem.objects.select_related("customer").filter(proposed_by_id=person_id, id__gt=after)
    return list(rows.order_by("id")[:limit])


def problem_actions(problem: Problem, actor: Actor) -> tuple[str, ...]:
    return actions(PROBLEM, problem, actor)


def problem_refusals(problem: Problem, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(PROBLEM, problem, verb, actor)


def measures_for_answer(customer_id: int) -> list[Measure]:
    """Measures a problem may be taken into: those of the customer's programmes, newest first."""
    rows = Measure.objects.filter(programme__customer_id=customer_id, struck=None).select_related("programme")
    rows = rows.exclude(programme__state__in=("discarded", "dropped"))
    return in_force(rows.order_by("-id")[:200])


def problems_taken_into(measures: Sequence[Measure]) -> int:
    """How many."""
    return Problem.objects.filter(measure__in=measures, state="taken_up").count()
