"""What several verbs of the review share."""

from __future__ import annotations

from jardam.contests.models import Contest
from jardam.journal.models import Record
from jardam.journal.operations import perform, register_number
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor, system
from jardam.kernel.time import bishkek_day

from ..models import (
    Proceeding,
)
from ..policy import (
    PROCEEDING,
)


def advance(proceeding: Proceeding, verb: str, actor: Actor, cause: Record) -> bool:
    """Let the proceeding take its next step by itself when nothing stands against it any more."""
    clockwork = system(actor.at)
    if may(PROCEEDING, proceeding, verb, clockwork):
        return False
    perform(PROCEEDING, proceeding, verb, actor=clockwork, cause=cause)
    return True


def after_change(proceeding: Proceeding, actor: Actor, cause: Record) -> None:
    """Who sits or who may decide has changed: the lot takes the step that is open now, if any."""
    for verb in ("close_interests", "reveal", "reopen_scoring"):
        if advance(proceeding, verb, actor, cause):
            return


def paper_number(series: str, contest: Contest, actor: Actor) -> str:
    customer = contest.customer
    return register_number(series, customer.code or customer.ref, bishkek_day(actor.at).year, customer.jurisdiction)
