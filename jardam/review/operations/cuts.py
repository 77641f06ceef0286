"""Smaller amounts, which hold only with the applicant's consent."""

from __future__ import annotations

from decimal import Decimal

from jardam.journal.operations import lock, perform
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import refuse_if_any
from jardam.regime import operations as regime
from jardam.rulebook.house import HOUSE

from .. import queries
from ..models import (
    Candidacy,
    Cut,
    Proceeding,
)
from ..policy import (
    CUT,
)
from ..rules import (
    CUT_OPEN,
    NO_CUT_NOW,
    cut_faults,
)


def propose_cut(*, actor: Actor, candidacy: Candidacy, amount: Decimal, reason: str) -> Cut:
    """Propose a smaller amount (som), before the decision or to the next of the reserve; only the applicant's consent
    makes it hold (H-05). Refuses `cut_is_no_cut`, `no_cut_now`, `cut_proposed_already`. Rulebook:
    `eval.budget_adjust`, `adm.cure_term` (H-34)."""
    proceeding, candidacy = lock(candidacy.proceeding, candidacy)
    if (proceeding.state, candidacy.state) not in (("revealed", "admitted"), ("published", "reserve")):
        raise NO_CUT_NOW.refuse(HOUSE["H-05"].basis)
    refuse_if_any(cut_faults(amount, queries.requested(candidacy)))
    until = regime.deadline(proceeding.commission.contest.settlement, "adm.cure_term", actor.at)
    cut = Cut(candidacy=candidacy, amount=amount, reason=reason, answer_until=until.at)
    private = {"amount": str(amount)}
    perform(CUT, cut, "propose_cut", actor=actor, public={"until": until.at}, private=private)
    return cut


def consent_to_cut(*, actor: Actor, cut: Cut) -> Cut:
    """The applicant works with the smaller amount. Refuses `cut_answer_late`."""
    return _answer_cut(cut, "consent_to_cut", actor)


def refuse_cut(*, actor: Actor, cut: Cut) -> Cut:
    """The applicant does not: the next in rank goes first. Refuses `cut_answer_late`."""
    return _answer_cut(cut, "refuse_cut", actor)


def _answer_cut(cut: Cut, verb: str, actor: Actor) -> Cut:
    (cut,) = lock(cut)
    perform(CUT, cut, verb, actor=actor)
    return cut


def lapse_cut(*, actor: Actor, cut: Cut) -> Cut:
    """Silence until the end is no consent (H-34). Refuses `cut_not_over`."""
    return _answer_cut(cut, "lapse_cut", actor)


def settle_cuts(proceeding: Proceeding, actor: Actor) -> dict[str, Cut]:
    """The answered cuts by candidacy ref; silence until the end is no consent (H-34). Refuses `cut_unanswered`."""
    rows = list(Cut.objects.filter(candidacy__proceeding=proceeding).select_related("candidacy").order_by("id"))
    open_ = [one for one in rows if one.state == "proposed"]
    if waiting := [one for one in open_ if actor.at < one.answer_until]:
        numbers = tuple(one.candidacy.number for one in waiting)
        until = max(one.answer_until for one in waiting)
        raise CUT_OPEN.refuse(HOUSE["H-34"].basis, numbers=numbers, until=until)
    settled = [lock(one)[0] if one in open_ else one for one in rows]
    for one in settled:
        if one.state == "proposed":
            perform(CUT, one, "lapse_cut", actor=actor)
    return {one.candidacy.ref: one for one in settled}
