"""In which states things stand at an organisation: so that its desk asks only after what can be there.

A duty needs a thing in a certain state. One statement tells which of those states occur at all; what a duty is, and
for whom, stays with the query of its room. A test holds both together: whatever is asked, nothing due is missed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from django.db.models import CharField, Q, QuerySet, Value

from jardam.contests.models import Contest, Paper, Question
from jardam.contracts.models import Amendment, Contract, InkSignature, Letter, Report, Return
from jardam.journal.models import Stateful
from jardam.parties.models import BankAccount
from jardam.planning.models import Comment, Problem, Programme, Revision
from jardam.review.models import Appeal, Candidacy
from jardam.treasury.models import PaymentOrder, PaymentPackage, Shortfall

PARTIES = ("contract__customer_id", "contract__executor_id")

LOOKED_FOR: tuple[tuple[type[Stateful], tuple[str, ...], tuple[str, ...]], ...] = (
    (Amendment, PARTIES, ("proposed", "half_signed")),
    (Appeal, ("protocol__proceeding__commission__contest__customer_id",), ("filed", "upheld")),
    (BankAccount, ("checker_id",), ("proposed",)),
    (Candidacy, ("proceeding__commission__contest__customer_id",), ("declined",)),
    (Comment, ("programme__customer_id",), ("made",)),
    (Contest, ("customer_id",), ("draft", "announced", "opened", "decided", "void")),
    (Contract, ("customer_id", "executor_id"), ("prepared", "half_signed", "in_force", "terminating", "entered")),
    (InkSignature, PARTIES, ("entered",)),
    (Letter, PARTIES, ("waiting",)),
    (Paper, ("contest__customer_id",), ("late", "opened")),
    (PaymentOrder, ("organisation_id",), ("prepared", "entered", "executed", "credited")),
    (PaymentPackage, ("organisation_id",), ("drawn_up", "half_signed")),
    (Problem, ("customer_id",), ("proposed", "published")),
    (Programme, ("customer_id",), ("draft", "discussion", "entered", "adopted")),
    (Question, ("contest__customer_id",), ("asked",)),
    (Report, PARTIES, ("submitted", "returned", "accepted")),
    (Return, PARTIES, ("demanded", "partly", "returned")),
    (Revision, ("programme__customer_id",), ("draft",)),
    (Shortfall, ("appropriation__organisation_id",), ("open",)),
)
"""Thing, how it belongs to the organisation, and the states in which somebody there may have to act on it."""

KNOWN = {(model.KIND, state) for model, _columns, states in LOOKED_FOR for state in states}

Waits = Callable[..., bool]


def at(organisation_id: int) -> Waits:
    """A question (kind, *states): whether the organisation has such a thing in one of these states. One statement."""
    found = _states(organisation_id)

    def waits(kind: str, *states: str) -> bool:
        asked = {(kind, state) for state in states}
        if unknown := asked - KNOWN:
            raise LookupError(f"not looked for: {sorted(unknown)}")
        return bool(asked & found)

    return waits


def _states(organisation_id: int) -> set[tuple[str, str]]:
    first, *others = (_narrow(*row, organisation_id) for row in LOOKED_FOR)
    return set(first.union(*others))


def _narrow(
    model: type[Stateful], columns: tuple[str, ...], states: tuple[str, ...], organisation_id: int
) -> QuerySet[Stateful, tuple[str, str]]:
    theirs = reduce(lambda one, other: one | other, (Q(**{column: organisation_id}) for column in columns))
    rows = model._default_manager.filter(theirs, state__in=states).order_by()
    return rows.values_list(Value(model.KIND, CharField()), "state").distinct()
