"""The terms both sides sign that come of the rules of the contest: each a sentence, and what it rests on.

Nothing is written here that the settled rules do not say: a key they do not hold is named as not settled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from jardam.documents import wording
from jardam.kernel.refusal import Basis
from jardam.rulebook.catalogue import CATALOGUE
from jardam.rulebook.house import HOUSE, LAW
from jardam.rulebook.settlement import Settlement


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence and why it binds. No basis: not settled."""

    text: str
    basis: Basis | None


Section = tuple[str, list[Clause]]


def payment_clauses(settlement: Settlement) -> list[Clause]:
    """How the tranches are paid."""
    return list(_payment(_Rules(settlement)))


def budget_clauses(settlement: Settlement) -> list[Clause]:
    """How far the budget binds."""
    return list(_budget(_Rules(settlement)))


def sections(settlement: Settlement) -> list[Section]:
    """What follows the schedule, the budget and the indicators, in its order."""
    rules = _Rules(settlement)
    return [
        (gettext("Reports"), list(_reports(rules))),
        (gettext("Acceptance and control"), list(_acceptance(rules))),
        (gettext("Changes and letters"), list(_changes(rules))),
        (gettext("Money that is returned"), list(_returns(rules))),
        (gettext("Things bought"), list(_things(rules))),
        (gettext("End of the contract"), list(_ending(rules))),
        (gettext("Who can read it"), [_public()]),
    ]


class _Rules:
    """The settled rules as clauses."""

    def __init__(self, settlement: Settlement) -> None:
        self.settlement = settlement

    def clause(self, key: str, say: Callable[[Any], str]) -> Clause:
        """*Say*: the sentence for the value; None as a value means that the rule sets no limit."""
        if key not in self.settlement.parameters:
            told = {"rule": gettext(CATALOGUE[key].label)}
            return Clause(gettext("The rules of the contest do not settle: %(rule)s.") % told, None)
        return Clause(say(self.settlement.value(key)), self.settlement.basis(key))

    def term(self, key: str, sentence: str) -> Clause:
        """*Sentence*: with %(term)s."""
        return self.clause(key, lambda value: sentence % {"term": wording.term(value)})

    def percent(self, key: str, sentence: str) -> Clause:
        """*Sentence*: with %(pct)s."""
        return self.clause(key, lambda value: sentence % {"pct": wording.percent(value)})


def _house(code: str, text: str) -> Clause:
    return Clause(text, HOUSE[code].basis)


def _payment(rules: _Rules) -> Iterator[Clause]:
    orders = {
        "after_accepted_report": gettext("The next tranche is paid after the accepted report on the one before."),
        "by_schedule": gettext("The tranches are paid by the schedule."),
        "reimbursement": gettext("A tranche is paid after the accepted report on what was spent."),
    }
    accounts = {
        "separate_account": gettext("The executor receives the money on an account kept for this order alone."),
        "treasury_account": gettext("The executor receives the money on an account at the treasury."),
        "any_account": gettext("The executor receives the money on any account of its own that was checked."),
    }
    yield rules.clause("con.tranche_rule", lambda value: orders[value])
    yield rules.term("con.tranche_term", gettext("Time in which the customer orders a tranche that is due: %(term)s."))
    yield rules.clause("con.account_rule", lambda value: accounts[value])
    yield rules.clause(
        "bud.year_close",
        lambda value: (
            gettext("What becomes of a balance at the end of the budget year: %(said)s.")
            % {"said": wording.code(value).lower()}
        ),
    )


def _budget(rules: _Rules) -> Iterator[Clause]:
    yield _house("H-76", gettext("What is accepted on a budget line stays within what is planned for it."))
    yield rules.percent(
        "con.realloc_pct",
        gettext("Without an amendment the executor moves at most %(pct)s of the whole budget between its lines."),
    )


def _reports(rules: _Rules) -> Iterator[Clause]:
    yield _house(
        "H-38",
        gettext(
            "The executor reports on every tranche that was paid: what was done, how many people were helped, what "
            "the indicators reached, and every primary document of what was spent."
        ),
    )
    if rules.settlement.parameters.get("rep.interim_period") and rules.settlement.value("rep.interim_period") is None:
        yield rules.clause("rep.interim_period", lambda _value: gettext("There is no interim report."))
    else:
        yield rules.term("rep.interim_period", gettext("Period of an interim report, from the payment: %(term)s."))
        yield rules.term("rep.interim_term", gettext("Time to report after that period: %(term)s."))
    yield rules.term("rep.final_term", gettext("Time for the final report, after the last day: %(term)s."))
    shown = {
        "with_report": gettext("Primary documents come with the report."),
        "on_request": gettext("Primary documents are shown when the customer asks for them."),
    }
    yield rules.clause("rep.primary_documents", lambda value: shown[value])


def _acceptance(rules: _Rules) -> Iterator[Clause]:
    yield Clause(gettext("The customer controls how the contract is carried out."), LAW["customer_controls"])
    yield rules.term(
        "rep.review_term", gettext("Time in which the customer accepts a report or returns it with remarks: %(term)s.")
    )
    yield rules.term("rep.fix_term", gettext("Time in which the executor corrects a returned report: %(term)s."))
    yield rules.clause(
        "rep.acceptance_act",
        lambda value: (
            gettext("Both sides sign an act of acceptance.")
            if value
            else gettext("The customer's acceptance needs no act signed by both sides.")
        ),
    )


def _changes(rules: _Rules) -> Iterator[Clause]:
    yield rules.clause(
        "con.amend_allowed",
        lambda value: (
            gettext("The contract is changed only by an amendment that both sides sign.")
            if value
            else gettext("The contract is not changed.")
        ),
    )
    if rules.settlement.switches().get("con.amend_allowed"):
        yield _house("H-55", gettext("An amendment does not raise the amount."))
        yield rules.percent(
            "con.amend_max_pct", gettext("All amendments together change at most %(pct)s of what was awarded.")
        )
    yield rules.term(
        "con.letter_term", gettext("Time to answer a letter of the other side that asks for an answer: %(term)s.")
    )


def _returns(rules: _Rules) -> Iterator[Clause]:
    yield rules.term("con.return_term", gettext("Time to return unspent or misused money, from the demand: %(term)s."))
    yield rules.percent(
        "con.penalty_pct_per_day", gettext("Penalty for each day of delay: %(pct)s of what is still missing.")
    )
    yield rules.clause(
        "con.penalty_cap_pct",
        lambda value: (
            gettext("The penalty has no upper limit.")
            if value is None
            else gettext("The penalty is at most %(pct)s of what was demanded.") % {"pct": wording.percent(value)}
        ),
    )


def _things(rules: _Rules) -> Iterator[Clause]:
    whose = {
        "executor": gettext("Durable things bought with the money stay with the executor."),
        "customer": gettext("Durable things bought with the money go to the customer at the end."),
        "by_contract": gettext(
            "Durable things bought with the money are listed; what becomes of each at the end is decided on paper."
        ),
    }
    yield rules.clause("con.assets", lambda value: whose[value])


def _ending(rules: _Rules) -> Iterator[Clause]:
    yield rules.clause(
        "con.termination_grounds",
        lambda value: (
            gettext("One side ends the contract by a notice on one of these grounds: %(grounds)s.")
            % {"grounds": "; ".join(wording.code(one).lower() for one in value)}
        ),
    )
    yield rules.term("con.termination_cure_term", gettext("Time to put the breach right after the notice: %(term)s."))
    yield rules.term("con.termination_notice_term", gettext("Time from the notice to the end: %(term)s."))
    yield _house(
        "H-40", gettext("The contract closes when money, reports, returns and things bought are all settled.")
    )


def _public() -> Clause:
    return _house("H-64", gettext("Once both sides have signed it, everybody can read this contract."))
