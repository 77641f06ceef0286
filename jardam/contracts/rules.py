"""Decisions about contracts over plain facts and the settled rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Any, TypeVar

from jardam.kernel.money import CENT, Money
from jardam.kernel.refusal import Basis, Reason, Refusal, when_broken
from jardam.planning.rules import FOREIGN_MEASURE, day_fault
from jardam.rulebook.catalogue import keys_for
from jardam.rulebook.house import HOUSE
from jardam.rulebook.settlement import Settlement
from jardam.treasury.rules import NOT_POSITIVE

T = TypeVar("T")

STANDSTILL = Reason(
    "signing_waits", "Contracts are signed from {from_at} on: until then the decision may be appealed."
)
APPEAL_OPEN = Reason("appeal_open", "Signing waits for the appeals on this lot: {numbers}.")
AWARD_GONE = Reason("award_superseded", "The protocol that gave this award is superseded.")
IN_FORCE = Reason(
    "contract_in_force",
    "A contract of this lot is in force: {numbers}. Whether it is terminated is to be decided first.",
)
OTHER_SIDE = Reason("your_side_signed", "Your side has signed already; the other side's signature is missing.")
NOT_A_PARTY = Reason("not_a_party", "Only the heads of the two parties sign this contract.")
REPORT_NOT_ACCEPTED = Reason(
    "report_not_accepted", "Tranche {number} waits for the accepted report on tranche {before}."
)
NOTHING_TO_ORDER = Reason("no_tranche_left", "Every tranche of this contract is ordered already.")
ADVANCE_TOO_LARGE = Reason(
    "advance_too_large", "The first tranche is {given} per cent; at most {allowed} per cent may be paid ahead."
)
SCHEDULE_DIFFERS = Reason("schedule_differs", "The tranches add up to {given}; the protocol awards {awarded}.")
TOO_MANY_TRANCHES = Reason("too_many_tranches", "The schedule has {given} tranches; at most {allowed} are allowed.")
REPORT_NOT_DUE = Reason("nothing_to_report", "There is no paid tranche without a report.")
SPENT_TOO_MUCH = Reason("spent_more_than_paid", "{spent} is reported as spent; {paid} was paid.")

AWARD_DECLINED = Reason("award_declined", "The winner declined this award.")
CONTRACT_PREPARED = Reason("contract_prepared", "The contract of this award is prepared already.")
SPENT_NEGATIVE = Reason("spent_negative", "What was spent is not less than zero.")

when_broken("contract_one_active_per_award", CONTRACT_PREPARED.refusal(HOUSE["H-17"].basis))
when_broken("tranche_amount_positive", NOT_POSITIVE.refusal(HOUSE["H-16"].basis, at_field="amount"))
when_broken("report_spent_not_negative", SPENT_NEGATIVE.refusal(HOUSE["H-16"].basis, at_field="spent"))


@dataclass(frozen=True, slots=True)
class Share:
    """One planned tranche. *Amount*: som."""

    amount: Decimal
    condition: str  # "advance" | "report"
    milestone: str = ""  # what must be reached before it is paid


MONTH = 30.4375
"""Days of an average month: how the months of a contest become the days of a contract."""

START_PAST = Reason("start_past", "The contract cannot begin before {today}, the day on which it is prepared.")
COPY_WAITS = Reason("signed_copy_waits", "A signed copy is entered: another person checks or rejects it first.")


@dataclass(frozen=True, slots=True)
class Term:
    """How long a contract runs: `months` from the day of the last signature, or from `not_before` if that is later,
    and not beyond `until`."""

    months: int
    not_before: date | None = None
    until: date | None = None

    def days(self, signed_on: date) -> tuple[date, date]:
        """The first and the last day, once the last signature is of `signed_on`."""
        starts_on = max(signed_on, self.not_before or signed_on)
        ends_on = starts_on + timedelta(days=round(self.months * MONTH))
        return starts_on, min(ends_on, self.until or ends_on)

    @property
    def plain(self) -> dict[str, object]:
        """As it stands in the text that is signed."""
        bounds = {"not_before": self.not_before, "until": self.until}
        return {"months": self.months, "from": "last_signature", **{name: day for name, day in bounds.items() if day}}


def term_of(content: Mapping[str, Any]) -> Term | None:
    """The term a signed text names; None where it names its two days itself."""
    told = content.get("term")
    if told is None:
        return None
    bounds = {name: date.fromisoformat(told[name]) for name in ("not_before", "until") if name in told}
    return Term(told["months"], **bounds)


def term_under(months: int, not_before: date | None, budget_year: int, settlement: Settlement) -> Term:
    """As announced, but never longer than the rules allow, and within the budget year where they forbid more (H-75).
    Rulebook: `con.max_months`, `con.multiyear`."""
    most = settlement.value("con.max_months")
    until = None if settlement.flag("con.multiyear") else date(budget_year, 12, 31)
    return Term(min(months, most) if most else months, not_before, until)


def never_begins(term: Term, signed_on: date, settlement: Settlement) -> list[Refusal]:
    """Signed so late that its first day would lie beyond its last. Rulebook: `con.multiyear`."""
    if term.until is None or term.days(signed_on)[0] <= term.until:
        return []
    return [AFTER_BUDGET_YEAR.refusal(settlement.basis("con.multiyear"), year=str(term.until.year))]


def start_faults(
    term: Term, today: date, budget_year: int, programme_year: int, settlement: Settlement
) -> list[Refusal]:
    """A first day somebody chose is not past, and carries the contract neither over its budget year nor over its
    programme. Rulebook: `con.multiyear`."""
    if term.not_before is None:
        return never_begins(term, today, settlement)
    if term.not_before < today:
        return [START_PAST.refusal(HOUSE["H-16"].basis, at_field="not_before", today=today)]
    year, soonest = (one.days(today)[1].year for one in (replace(term, until=None), Term(term.months)))
    faults = []
    if year > max(programme_year, soonest):
        basis = HOUSE["H-11"].basis
        faults.append(AFTER_PROGRAMME.refusal(basis, at_field="not_before", year=str(programme_year)))
    if not settlement.flag("con.multiyear") and year > max(budget_year, soonest):
        basis = settlement.basis("con.multiyear")
        faults.append(AFTER_BUDGET_YEAR.refusal(basis, at_field="not_before", year=str(budget_year)))
    return faults


def schedule_faults(shares: Sequence[Share], awarded: Decimal, settlement: Settlement) -> list[Refusal]:
    """The schedule adds up to the award, the advance stays within `con.advance_pct` (nothing is paid ahead where
    `con.tranche_rule` pays back what was spent), and there are no more tranches than `con.max_tranches`."""
    faults = []
    total = sum((share.amount for share in shares), Decimal(0))
    if total != awarded:
        faults.append(SCHEDULE_DIFFERS.refusal(HOUSE["H-05"].basis, given=Money(total), awarded=Money(awarded)))
    key, allowed = _advance(settlement)
    advance = sum((share.amount for share in shares if share.condition == "advance"), Decimal(0))
    if advance * 100 > allowed * awarded:
        given = (advance * 100 / awarded).quantize(Decimal("0.01"), ROUND_UP)
        faults.append(ADVANCE_TOO_LARGE.refusal(settlement.basis(key), given=given, allowed=allowed))
    most = settlement.value("con.max_tranches")
    if most is not None and len(shares) > most:
        basis = settlement.basis("con.max_tranches")
        faults.append(TOO_MANY_TRANCHES.refusal(basis, given=len(shares), allowed=most))
    return faults


def default_schedule(awarded: Decimal, settlement: Settlement) -> list[Share]:
    """An advance as large as the rules allow, the rest after the accepted report."""
    first = (awarded * _advance(settlement)[1] / 100).quantize(CENT, ROUND_DOWN)
    rest = awarded - first
    return [share for share in (Share(first, "advance"), Share(rest, "report")) if share.amount]


def _advance(settlement: Settlement) -> tuple[str, Decimal]:
    """How many per cent may be paid ahead, and the key that says so."""
    if tranche_rule(settlement)[0] == "reimbursement":
        return "con.tranche_rule", Decimal(0)
    return "con.advance_pct", Decimal(settlement.value("con.advance_pct"))


def tranche_rule(settlement: Settlement) -> tuple[str, Basis]:
    """When a tranche is ordered, and why: "after_accepted_report" | "by_schedule" | "reimbursement". Where the rules a
    contract obeys do not say, H-06."""
    if "con.tranche_rule" not in settlement.parameters:
        return "after_accepted_report", HOUSE["H-06"].basis
    return settlement.choice("con.tranche_rule"), settlement.basis("con.tranche_rule")


def reported_first(rule: str, tranches: Sequence[T], tranche: T, is_advance: bool) -> T | None:
    """The tranche whose report must be accepted before `tranche` is ordered: the one before it; of the first, where
    nothing is paid ahead, itself; always itself where only what was spent is paid; none where the schedule decides."""
    if rule == "reimbursement":
        return tranche
    if rule == "by_schedule":
        return None
    index = tranches.index(tranche)
    if index:
        return tranches[index - 1]
    return None if is_advance else tranche


@dataclass(frozen=True, slots=True)
class ContractFacts:
    at: datetime
    signing_from: datetime
    standstill: Basis
    party: str  # "customer" | "executor" | "": whose side the actor signs for
    signed: tuple[str, ...]
    next_tranche: int  # number of the first tranche not ordered; 0 when all are
    waits_for: int  # number of the tranche whose report must be accepted first; 0 when nothing is waited for
    unreported: int  # number of the oldest tranche due without a report; 0 when there is none
    platform: Basis | None = None  # why a signature on the platform does not suffice, when it does not
    sign_until: Signing | None = None  # the end of the term for signing
    overdue: Callable[[], int] = int  # how many reports and returns are late and not on record yet
    notice: Notice | None = None  # of termination
    undecided: int = 0  # reports the customer has not decided on
    closing: Callable[[], frozenset[str]] = frozenset  # what stands in the way of closing: codes of CLOSING
    order_rule: Basis = HOUSE["H-06"].basis  # why a tranche waits for a report
    appeals: tuple[str, ...] = ()  # numbers of the appeals for which signing waits
    suspensive: Basis = HOUSE["H-03"].basis
    entered_by: int | None = None  # of a contract copied from paper and not compared yet
    person_id: int | None = None
    copy_waits: bool = False  # a signature on paper is entered and not checked


@dataclass(frozen=True, slots=True)
class Signing:
    """Until when the contract may be signed: the first instant that is too late, and why."""

    over_at: datetime
    last_day: date
    basis: Basis


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of termination: its last day, and why it is that long."""

    last_day: date
    today: date
    basis: Basis


def standstill_over(facts: ContractFacts) -> Refusal | None:
    if facts.at >= facts.signing_from:
        return None
    return STANDSTILL.refusal(facts.standstill, from_at=facts.signing_from)


def no_appeal_open(facts: ContractFacts) -> Refusal | None:
    return APPEAL_OPEN.refusal(facts.suspensive, numbers=facts.appeals) if facts.appeals else None


def no_copy_waits(facts: ContractFacts) -> Refusal | None:
    return COPY_WAITS.refusal(HOUSE["H-77"].basis) if facts.copy_waits else None


def signs_for_a_party(facts: ContractFacts) -> Refusal | None:
    return None if facts.party else NOT_A_PARTY.refusal(HOUSE["H-18"].basis)


def own_side_unsigned(facts: ContractFacts) -> Refusal | None:
    return OTHER_SIDE.refusal(HOUSE["H-10"].basis) if facts.party in facts.signed else None


def tranche_left(facts: ContractFacts) -> Refusal | None:
    return None if facts.next_tranche else NOTHING_TO_ORDER.refusal(HOUSE["H-17"].basis)


def last_report_accepted(facts: ContractFacts) -> Refusal | None:
    if not facts.waits_for:
        return None
    return REPORT_NOT_ACCEPTED.refusal(facts.order_rule, number=facts.next_tranche, before=facts.waits_for)


def something_to_report(facts: ContractFacts) -> Refusal | None:
    return None if facts.unreported else REPORT_NOT_DUE.refusal(HOUSE["H-06"].basis)


# --- the account of the executor ---------------------------------------------------------------------------------

ACCOUNT_NOT_SEPARATE = Reason(
    "account_not_separate",
    "This contract is paid to an account kept for its money alone; the account in force is not.",
)
ACCOUNT_NOT_TREASURY = Reason(
    "account_not_treasury", "This contract is paid to an account at the treasury; the account in force is not one."
)
_ACCOUNTS = {
    "separate_account": ("separate", ACCOUNT_NOT_SEPARATE),
    "treasury_account": ("treasury", ACCOUNT_NOT_TREASURY),
}


def account_fault(kind: str, settlement: Settlement) -> Refusal | None:
    """Whether the contract may be paid to an account of this kind. Rulebook: `con.account_rule`."""
    rule = settlement.choice("con.account_rule")
    if rule not in _ACCOUNTS:
        return None
    wanted, reason = _ACCOUNTS[rule]
    return None if kind == wanted else reason.refusal(settlement.basis("con.account_rule"))


# --- signed before the system ----------------------------------------------------------------------------------

TRANCHES_DIFFER = Reason("paper_tranches_differ", "The tranches add up to {given}; the contract is over {amount}.")
EXECUTOR_UNKNOWN = Reason("executor_not_verified", "The executor is a verified organisation of the register.")
OWN_EXECUTOR = Reason("executor_is_customer", "The customer does not make a contract with itself.")
ENDS_BEFORE_START = Reason("contract_ends_before_start", "The last day is not before the first.")
PAPER_TWICE = Reason("contract_paper_twice", "This contract of yours is entered already: number and day are the same.")

when_broken("contract_ends_later", ENDS_BEFORE_START.refusal(HOUSE["H-16"].basis, at_field="ends_on"))
when_broken("contract_paper_once", PAPER_TWICE.refusal(HOUSE["H-17"].basis, at_field="number"))

_OVER_WHEN_SIGNED = ("con.constitutive", "con.sign_term", "con.refusal_rule", "con.advance_pct", "con.max_tranches")

AFTER_SIGNING = tuple(
    key for key in keys_for("contest") if key.startswith(("con.", "rep.", "clock.")) and key not in _OVER_WHEN_SIGNED
)
"""The keys a contract still needs once it is signed: what one recorded afterwards has to know (H-62)."""


@dataclass(frozen=True, slots=True)
class PaperTerms:
    """A contract as its paper says it. *Amount*: som. Rules of today are not asked: it was signed under those of its
    day."""

    number: str
    signed_on: date
    title: str
    amount: Decimal
    starts_on: date
    ends_on: date
    shares: tuple[Share, ...]
    lines: tuple[Line, ...]  # none: the paper has no budget
    customer_signatory: str
    executor_signatory: str


def paper_faults(
    terms: PaperTerms, at: datetime, *, executor_state: str, same_party: bool, own_measure: bool
) -> list[Refusal]:
    """Whether the copy can be a contract at all. *Executor_state*: of the organisation, empty when there is none."""
    complete, money = HOUSE["H-16"].basis, HOUSE["H-05"].basis
    faults = [day_fault(terms.signed_on, at, "signed_on")]
    if executor_state != "verified":
        faults.append(EXECUTOR_UNKNOWN.refusal(HOUSE["H-10"].basis, at_field="executor"))
    if same_party:
        faults.append(OWN_EXECUTOR.refusal(complete, at_field="executor"))
    if not own_measure:
        faults.append(FOREIGN_MEASURE.refusal(HOUSE["H-18"].basis, at_field="measure"))
    if terms.amount <= 0:
        faults.append(NOT_POSITIVE.refusal(complete, at_field="amount"))
    if terms.ends_on < terms.starts_on:
        faults.append(ENDS_BEFORE_START.refusal(complete, at_field="ends_on"))
    planned = sum((share.amount for share in terms.shares), Decimal(0))
    if planned != terms.amount:
        faults.append(TRANCHES_DIFFER.refusal(money, given=Money(planned), amount=Money(terms.amount)))
    lines = sum((line.amount for line in terms.lines), Decimal(0))
    if terms.lines and lines != terms.amount:
        faults.append(PLAN_DIFFERS.refusal(money, given=Money(lines), amount=Money(terms.amount)))
    return [fault for fault in faults if fault]


def another_entered_it(facts: ContractFacts) -> Refusal | None:
    entered = facts.entered_by is not None and facts.entered_by == facts.person_id
    return SAME_EYES.refusal(HOUSE["H-10"].basis) if entered else None


# --- the budget of a contract ----------------------------------------------------------------------------------

PAYEE_KINDS = ("organisation", "entrepreneur", "person", "employee")
AMENDMENT_REASONS = (
    "prices_changed",
    "need_changed",
    "delay",
    "force_majeure",
    "rules_changed",
    "error_mended",
    "budget_cut",
)
RETURN_REASONS = ("unspent", "not_eligible", "terminated")

NO_SUCH_LINE = Reason("no_such_line", "The budget has no line {line}.")
SAME_LINE = Reason("same_line", "Money moves from one line to another one.")
LINE_TOO_SMALL = Reason("line_too_small", "Line {line} has {available} left; {asked} is to be taken from it.")
REALLOCATION_TOO_LARGE = Reason(
    "reallocation_too_large",
    "{moved} would have moved between the lines; without an amendment at most {allowed} may.",
)
AMOUNT_RISES = Reason("amount_rises", "{asked} is more than the {amount} of the contract.")
AMOUNT_TOO_LOW = Reason(
    "amount_too_low", "{least} is ordered, paid, reported on or accepted; the contract cannot be over less."
)
SCHEDULE_MOVED = Reason(
    "schedule_moved", "A tranche was ordered or reported on since this was proposed: propose the amendment anew."
)
AMENDS_NOTHING = Reason("amends_nothing", "The amendment changes neither the term nor the budget.")
PLAN_DIFFERS = Reason("plan_total_differs", "The lines add up to {given}; the contract is over {amount}.")
AMENDMENTS_TOO_LARGE = Reason(
    "amendments_too_large", "Amendments would have moved {moved} together; at most {allowed} may."
)
ENDS_TOO_EARLY = Reason("ends_too_early", "A contract ends today or later, and after it began.")
LASTS_TOO_LONG = Reason("lasts_too_long", "The contract would end on {ends_on}; it may last until {latest} at most.")
AFTER_PROGRAMME = Reason("after_programme", "The programme ends with the year {year}; so do its contracts.")
AFTER_BUDGET_YEAR = Reason("after_budget_year", "The contract may not go beyond the budget year {year}.")
AMENDMENT_OPEN = Reason("amendment_open", "Amendment {number} is not decided yet.")
NOT_RUNNING = Reason("contract_not_running", "The contract is not in force.")
WRONG_SIDE_OF_AMENDMENT = Reason("amendment_signed", "Your side has signed this amendment already.")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the budget. *Amount*: som."""

    title: str
    amount: Decimal


def lines_for(asked: Sequence[Line], awarded: Decimal) -> list[Line]:
    """The budget of the application as the award pays for it: cut alike where less was awarded, rounded down to the
    tyiyn; the largest line takes what the rounding left."""
    total = sum((line.amount for line in asked), Decimal(0))
    if not total:
        return []
    cut = [
        replace(line, amount=(line.amount * awarded / total).quantize(CENT, ROUND_DOWN))
        for line in asked
        if line.amount
    ]
    largest = max(range(len(cut)), key=lambda i: cut[i].amount)
    rest = awarded - sum((line.amount for line in cut), Decimal(0))
    cut[largest] = replace(cut[largest], amount=cut[largest].amount + rest)
    return cut


LINE_EXCEEDED = Reason(
    "line_exceeded",
    "Line {line}, {title}: {planned} is planned, {taken} is accepted or under review already, {left} is left; this "
    "report has {asked}. First move money to this line from another one, or agree on an amendment.",
)
LINE_NOT_LEFT = Reason(
    "line_not_left",
    "Line {line}, {title}: {planned} is planned, {taken} is accepted already, {left} is left; {asked} is to be "
    "accepted. Accept less, or return the report: the executor moves money to this line, or proposes an amendment.",
)
LINE_TOO_LOW = Reason(
    "line_too_low", "{taken} is accepted or under review on line {line}; {asked} cannot be all that is planned for it."
)


@dataclass(frozen=True, slots=True)
class LineUse:
    """A line of the budget and what stands against its plan, in som. *Taken*: by other reports; *asked*: by this."""

    number: int
    title: str
    planned: Decimal
    taken: Decimal
    asked: Decimal

    @property
    def left(self) -> Decimal:
        """For this report."""
        return self.planned - self.taken

    @property
    def rest(self) -> Decimal:
        """After this report; below zero where it asks for more than is left."""
        return self.left - self.asked


def line_uses(lines: Sequence[Line], taken: Mapping[int, Decimal], asked: Mapping[int, Decimal]) -> list[LineUse]:
    """Each line with what stands against it. *Taken*, *asked*: som by the number of the line."""
    zero = Decimal("0.00")
    return [
        LineUse(n, line.title, line.amount, taken.get(n, zero), asked.get(n, zero)) for n, line in enumerate(lines, 1)
    ]


def line_faults(uses: Sequence[LineUse], reason: Reason) -> list[Refusal]:
    """What a report asks of a line stays within what the plan leaves of it: else moving money between the lines, which
    the rules bound (`con.realloc_pct`, `con.amend_max_pct`), would need no move at all. House rule H-76."""
    return [
        reason.refusal(
            HOUSE["H-76"].basis,
            line=use.number,
            title=use.title,
            planned=Money(use.planned),
            taken=Money(use.taken),
            left=Money(max(use.left, Decimal("0.00"))),
            asked=Money(use.asked),
        )
        for use in uses
        if use.asked and use.rest < 0
    ]


def moved_between(before: Sequence[Line], after: Sequence[Line]) -> Decimal:
    """How much money is on another line than before, in som."""
    return sum((max(Decimal(0), b.amount - a.amount) for b, a in zip(before, after, strict=True)), Decimal(0))


def reallocated(
    lines: Sequence[Line],
    giver: int,
    taker: int,
    amount: Decimal,
    moved_so_far: Decimal,
    settlement: Settlement,
    taken: Decimal = Decimal(0),
) -> list[Line]:
    """The lines after `amount` som went from line `giver` to line `taker`, without an amendment. *Taken*: what is
    accepted or under review on the giving line, in som; it stays there (H-76).

    Refuses `no_such_line`, `same_line`, `amount_not_positive`, `line_too_small`, `reallocation_too_large`.
    Rulebook: `con.realloc_pct` of the whole budget, counted over all such moves since the last agreed budget.
    """
    complete = HOUSE["H-16"].basis
    for name, number in (("giver", giver), ("taker", taker)):
        if not 1 <= number <= len(lines):
            raise NO_SUCH_LINE.refuse(complete, at_field=name, line=number)
    if giver == taker:
        raise SAME_LINE.refuse(complete, at_field="taker")
    if amount <= 0:
        raise NOT_POSITIVE.refuse(complete, at_field="amount")
    if lines[giver - 1].amount - taken < amount:
        available = Money(max(lines[giver - 1].amount - taken, Decimal("0.00")))
        basis = HOUSE["H-76"].basis if taken else complete
        raise LINE_TOO_SMALL.refuse(basis, at_field="amount", line=giver, available=available, asked=Money(amount))
    total = sum((line.amount for line in lines), Decimal(0))
    allowed = _percent(total, settlement.value("con.realloc_pct"))
    if moved_so_far + amount > allowed:
        raise REALLOCATION_TOO_LARGE.refuse(
            settlement.basis("con.realloc_pct"),
            at_field="amount",
            moved=Money(moved_so_far + amount),
            allowed=Money(allowed),
        )
    after = list(lines)
    after[giver - 1] = replace(after[giver - 1], amount=after[giver - 1].amount - amount)
    after[taker - 1] = replace(after[taker - 1], amount=after[taker - 1].amount + amount)
    return after


def _percent(total: Decimal, percent: int | Decimal) -> Decimal:
    return (total * Decimal(percent) / 100).quantize(CENT, ROUND_DOWN)


@dataclass(frozen=True, slots=True)
class Change:
    """What an amendment changes, and what bounds it."""

    awarded: Decimal  # what the contract was first over, som
    amount_before: Decimal
    amount_after: Decimal
    least: Decimal  # what is ordered, paid, reported on or accepted already, som
    starts_on: date
    ends_before: date
    ends_after: date
    today: date
    longest_until: date | None  # by con.max_months; None: no limit
    budget_year: int
    programme_year: int  # the programme's last
    lines_before: tuple[Line, ...]
    lines_after: tuple[Line, ...]
    moved_before: Decimal  # by earlier amendments, som
    taken: Mapping[int, Decimal] = field(default_factory=dict)  # accepted or under review, som by the line's number


def amendment_faults(change: Change, settlement: Settlement) -> list[Refusal]:
    """The term stays within the programme and the edition; the amount only falls, and not below what is bound by an
    act; the budget adds up and stays within the cumulative cap.
    Rulebook: `con.max_months`, `con.multiyear`, `con.amount_may_rise`, `con.amend_max_pct`."""
    before = (change.ends_before, change.lines_before, change.amount_before)
    if (change.ends_after, change.lines_after, change.amount_after) == before:
        return [AMENDS_NOTHING.refusal(HOUSE["H-16"].basis)]
    amount = _amount_faults(change, settlement)
    return [*_term_faults(change, settlement), *(amount or _budget_faults(change, settlement))]


def _term_faults(change: Change, settlement: Settlement) -> list[Refusal]:
    ends = change.ends_after
    if ends == change.ends_before:
        return []
    faults = []
    if ends < max(change.starts_on, change.today):
        faults.append(ENDS_TOO_EARLY.refusal(HOUSE["H-16"].basis, at_field="ends_on"))
    if change.longest_until is not None and ends > max(change.longest_until, change.ends_before):
        basis = settlement.basis("con.max_months")
        faults.append(LASTS_TOO_LONG.refusal(basis, at_field="ends_on", ends_on=ends, latest=change.longest_until))
    if ends.year > change.programme_year:
        basis = HOUSE["H-11"].basis
        faults.append(AFTER_PROGRAMME.refusal(basis, at_field="ends_on", year=str(change.programme_year)))
    if not settlement.flag("con.multiyear") and ends.year > max(change.budget_year, change.ends_before.year):
        basis = settlement.basis("con.multiyear")
        faults.append(AFTER_BUDGET_YEAR.refusal(basis, at_field="ends_on", year=str(change.budget_year)))
    return faults


def _amount_faults(change: Change, settlement: Settlement) -> list[Refusal]:
    asked, amount = Money(change.amount_after), Money(change.amount_before)
    if change.amount_after > change.amount_before:
        barred = not settlement.flag("con.amount_may_rise")
        basis = settlement.basis("con.amount_may_rise") if barred else HOUSE["H-55"].basis
        return [AMOUNT_RISES.refusal(basis, at_field="amount", asked=asked, amount=amount)]
    if change.amount_after < change.amount_before and change.amount_after < max(change.least, CENT):
        least = Money(max(change.least, CENT))
        return [AMOUNT_TOO_LOW.refusal(HOUSE["H-55"].basis, at_field="amount", least=least)]
    return []


def _budget_faults(change: Change, settlement: Settlement) -> list[Refusal]:
    lowered = change.amount_before - change.amount_after
    if change.lines_after == change.lines_before and not lowered:
        return []
    given = sum((line.amount for line in change.lines_after), Decimal(0))
    if change.lines_after and given != change.amount_after:
        basis = HOUSE["H-05"].basis
        return [PLAN_DIFFERS.refusal(basis, given=Money(given), amount=Money(change.amount_after))]
    if low := _lines_too_low(change):
        return low
    moved = change.moved_before + max(lowered, moved_between(change.lines_before, change.lines_after))
    allowed = _percent(change.awarded, settlement.value("con.amend_max_pct"))
    if moved > allowed:
        basis = settlement.basis("con.amend_max_pct")
        return [AMENDMENTS_TOO_LARGE.refusal(basis, moved=Money(moved), allowed=Money(allowed))]
    return []


def _lines_too_low(change: Change) -> list[Refusal]:
    basis = HOUSE["H-76"].basis
    lowered = [
        (n, after.amount)
        for n, (before, after) in enumerate(zip(change.lines_before, change.lines_after, strict=True), start=1)
        if after.amount < min(before.amount, change.taken.get(n, Decimal(0)))
    ]
    return [
        LINE_TOO_LOW.refusal(basis, line=n, taken=Money(change.taken[n]), asked=Money(left)) for n, left in lowered
    ]


@dataclass(frozen=True, slots=True)
class Planned:
    """A tranche as it stands. `is_bound`: ordered, paid or reported on. *Amount*: som."""

    number: int
    amount: Decimal
    is_bound: bool


def shortened(schedule: Sequence[Planned], by: Decimal) -> dict[int, Decimal]:
    """What a contract lowered by `by` som leaves of each tranche that changes, by its number: the last ones that are
    not bound are given up first (H-56)."""
    leaves: dict[int, Decimal] = {}
    for tranche in sorted(schedule, key=lambda one: one.number, reverse=True):
        part = Decimal(0) if tranche.is_bound else min(by, tranche.amount)
        if part:
            leaves[tranche.number] = tranche.amount - part
            by -= part
    return leaves


@dataclass(frozen=True, slots=True)
class AmendmentFacts:
    running: bool
    open_number: int  # of an amendment nobody has decided on; 0 when there is none
    party: str
    signed: tuple[str, ...]


def contract_runs(facts: AmendmentFacts) -> Refusal | None:
    if not facts.running:
        return NOT_RUNNING.refusal(HOUSE["H-17"].basis)
    return AMENDMENT_OPEN.refusal(HOUSE["H-17"].basis, number=facts.open_number) if facts.open_number else None


def side_of_amendment(facts: AmendmentFacts) -> Refusal | None:
    return WRONG_SIDE_OF_AMENDMENT.refusal(HOUSE["H-10"].basis) if facts.party in facts.signed else None


# --- items of a report -----------------------------------------------------------------------------------------

DOCUMENT_IN_FUTURE = Reason("expense_document_in_future", "A primary document is dated today or earlier.")
BEFORE_CONTRACT = Reason("spent_before_contract", "The contract began on {starts_on}; it pays for nothing earlier.")
NET_ONLY_FOR_PAY = Reason("net_only_for_pay", "Only pay of a worker has an amount after tax.")
NET_MISSING = Reason(
    "net_missing", "Pay has two amounts: before tax, and what the worker received, which is not more."
)
ITEM_CLOSED = Reason("item_closed", "This item belongs to a report that is with the other side or accepted.")
SECTION_MISSING = Reason("report_section_missing", "The rules want these sections in a report: {sections}.")
REPORT_PARTS = ("activities", "indicators", "people_served", "budget", "documents")
"""Sections of a report that have a place of their own in it; every other one that the rules ask for is a text."""

NO_ITEMS = Reason("no_items", "The report has no item: enter what was paid, one primary document each.")
PRIMARY_DOCUMENT_MISSING = Reason("primary_document_missing", "Item “{item}” lacks the file of its primary document.")
QUESTION_OPEN = Reason("question_open", "{count} items wait for an explanation.")
REMARK_MISSING = Reason("remark_missing", "Say what has to be explained or why it is not paid for.")
RETURNED_WITHOUT_REMARK = Reason(
    "returned_without_remark", "A report goes back with a remark or with items to explain."
)
INDICATORS_MISSING = Reason("indicators_missing", "Say of each of the {count} indicators what was reached.")
ACCEPTED_TOO_MUCH = Reason("accepted_more_than_item", "At most {amount} of this item can be accepted.")
ACCEPTANCE_NOT_NEEDED = Reason("acceptance_not_signed_here", "Here acceptance takes no signed act.")

when_broken("expense_amount_positive", NOT_POSITIVE.refusal(HOUSE["H-16"].basis, at_field="amount"))
when_broken("expense_net_within_gross", NET_MISSING.refusal(HOUSE["H-16"].basis, at_field="net"))


@dataclass(frozen=True, slots=True)
class Item:
    """A primary document as it is typed. Amounts in som; `net` only of pay."""

    line: int
    title: str
    payee_kind: str
    payee: str
    document: str
    document_on: date
    amount: Decimal
    net: Decimal | None = None


def item_faults(item: Item, lines: int, starts_on: date, today: date) -> list[Refusal]:
    """Whether a primary document can belong to the contract. House rule H-16."""
    complete = HOUSE["H-16"].basis
    faults = []
    if not 1 <= item.line <= lines:
        faults.append(NO_SUCH_LINE.refusal(complete, at_field="line", line=item.line))
    if item.amount <= 0:
        faults.append(NOT_POSITIVE.refusal(complete, at_field="amount"))
    if item.payee_kind == "employee" and (item.net is None or not 0 < item.net <= item.amount):
        faults.append(NET_MISSING.refusal(complete, at_field="net"))
    if item.payee_kind != "employee" and item.net is not None:
        faults.append(NET_ONLY_FOR_PAY.refusal(complete, at_field="net"))
    if item.document_on > today:
        faults.append(DOCUMENT_IN_FUTURE.refusal(complete, at_field="document_on"))
    if item.document_on < starts_on:
        faults.append(BEFORE_CONTRACT.refusal(complete, at_field="document_on", starts_on=starts_on))
    return faults


@dataclass(frozen=True, slots=True)
class ReportFacts:
    questioned: int  # items that wait for an explanation


@dataclass(frozen=True, slots=True)
class ExpenseFacts:
    """`open_to`: whose turn it is with the report the item belongs to: "executor" | "customer" | ""."""

    party: str
    open_to: str


def item_open(facts: ExpenseFacts) -> Refusal | None:
    return None if facts.party and facts.party == facts.open_to else ITEM_CLOSED.refusal(HOUSE["H-17"].basis)


def nothing_questioned(facts: ReportFacts) -> Refusal | None:
    return QUESTION_OPEN.refusal(HOUSE["H-38"].basis, count=facts.questioned) if facts.questioned else None


# --- signing, ending, closing ----------------------------------------------------------------------------------

PLATFORM_NOT_ENOUGH = Reason("platform_not_enough", "This contract is signed on paper: enter the signed copy.")
SIGNING_TERM_RUNS = Reason("signing_term_runs", "The contract may still be signed until {last_day}.")
NOTHING_OVERDUE = Reason("nothing_overdue", "Nothing is overdue that is not on record already.")
NOTICE_RUNS = Reason("notice_runs", "The notice runs until {last_day}.")
REPORT_UNDECIDED = Reason("report_undecided", "A report waits for your decision.")
GROUND_UNKNOWN = Reason("termination_ground_unknown", "This is not a ground to end the contract one-sidedly.")
OWN_LETTER = Reason("own_letter", "The other party answers this letter.")
SAME_EYES = Reason("same_eyes", "Who entered the signed copy may not check it: a second person must.")
SCAN_DIFFERS = Reason("scan_differs", "The fingerprint on the paper is not that of this contract.")
SIGNED_TOO_EARLY = Reason("ink_signed_too_early", "The copy cannot be signed before {from_on} or after today.")
ASSET_TWICE = Reason("asset_twice", "This contract has a thing with that inventory number already.")
ITEM_NOT_ACCEPTED = Reason("item_withdrawn", "The item was taken back: nothing was bought with it.")
RETURN_TOO_LARGE = Reason("return_too_large", "{asked} is demanded; {held} is neither accepted nor demanded already.")
REPAID_TOO_MUCH = Reason("repaid_too_much", "{asked} came in; {left} is still to be returned.")

DEMAND_NOT_LOWER = Reason(
    "demand_not_lower", "{amount} is demanded; put right, it is less. For more, make a new demand."
)
DEMAND_BELOW_PAID = Reason(
    "demand_below_paid", "{settled} came in already; the demand falls no lower unless that entry is reversed first."
)
OWN_ENTRY = Reason("own_entry", "Who entered it does not reverse it: another person must.")
REVERSED_ALREADY = Reason("reversed_already", "This entry is reversed already.")
PENALTY_ENTERED = Reason("penalty_entered", "The penalty is entered as paid: reverse that entry first.")
DEMAND_CLOSED = Reason("demand_closed", "The contract is closed: what was settled under it stays.")
NO_PENALTY = Reason("no_penalty", "No penalty is owed for this demand, or it is paid.")

CLOSING: dict[str, Reason] = {
    "tranches": Reason("close_tranches_open", "A payment is on its way, or a tranche is still to be paid."),
    "reports": Reason("close_reports_open", "A paid tranche has no accepted report."),
    "acceptance": Reason("close_acceptance_unsigned", "An act of acceptance lacks a signature."),
    "money": Reason("close_money_open", "Money was paid that is neither accepted nor returned."),
    "returns": Reason("close_returns_open", "A demand for the return of money is open."),
    "penalties": Reason("close_penalties_open", "A penalty for money that came back late is not paid."),
    "assets": Reason("close_assets_open", "A thing bought with the money has no fate yet."),
    "amendment": Reason("close_amendment_open", "An amendment is not decided yet."),
    "letters": Reason("close_letters_open", "A letter waits for an answer."),
}

when_broken("asset_inventory_once", ASSET_TWICE.refusal(HOUSE["H-16"].basis, at_field="inventory"))
when_broken("asset_value_positive", NOT_POSITIVE.refusal(HOUSE["H-16"].basis, at_field="value"))
when_broken("return_amount_positive", NOT_POSITIVE.refusal(HOUSE["H-16"].basis, at_field="amount"))
when_broken("demand_change_once_an_entry", REVERSED_ALREADY.refusal(HOUSE["H-78"].basis))
when_broken("repayment_positive", NOT_POSITIVE.refusal(HOUSE["H-16"].basis, at_field="amount"))
when_broken("ink_checked_by_a_second", SAME_EYES.refusal(HOUSE["H-10"].basis))
when_broken("ink_once_a_side", OTHER_SIDE.refusal(HOUSE["H-10"].basis))
when_broken("amendment_ink_once_a_side", OTHER_SIDE.refusal(HOUSE["H-10"].basis))


def platform_suffices(facts: ContractFacts) -> Refusal | None:
    return PLATFORM_NOT_ENOUGH.refusal(facts.platform) if facts.platform else None


def signing_term_over(facts: ContractFacts) -> Refusal | None:
    term = facts.sign_until
    if term is None or facts.at >= term.over_at:
        return None
    return SIGNING_TERM_RUNS.refusal(term.basis, last_day=term.last_day)


def something_overdue(facts: ContractFacts) -> Refusal | None:
    return None if facts.overdue() else NOTHING_OVERDUE.refusal(HOUSE["H-39"].basis)


def notice_over(facts: ContractFacts) -> Refusal | None:
    if facts.notice is None or facts.notice.today > facts.notice.last_day:
        return None
    return NOTICE_RUNS.refusal(facts.notice.basis, last_day=facts.notice.last_day)


def reports_decided(facts: ContractFacts) -> Refusal | None:
    return REPORT_UNDECIDED.refusal(HOUSE["H-17"].basis) if facts.undecided else None


def _closes(code: str) -> Callable[[ContractFacts], Refusal | None]:
    def guard(facts: ContractFacts) -> Refusal | None:
        return CLOSING[code].refusal(HOUSE["H-40"].basis) if code in facts.closing() else None

    return guard


CLOSING_GUARDS = tuple(_closes(code) for code in CLOSING)


@dataclass(frozen=True, slots=True)
class LetterFacts:
    party: str
    sender: str


def answered_by_the_other(facts: LetterFacts) -> Refusal | None:
    return OWN_LETTER.refusal(HOUSE["H-12"].basis) if facts.party == facts.sender else None


@dataclass(frozen=True, slots=True)
class InkFacts:
    entered_by: int
    person_id: int | None


def second_pair_of_eyes(facts: InkFacts) -> Refusal | None:
    return SAME_EYES.refusal(HOUSE["H-10"].basis) if facts.person_id == facts.entered_by else None


# --- demands put right -----------------------------------------------------------------------------------------


def demand_faults(amount: Decimal, demanded: Decimal, settled: Decimal) -> list[Refusal]:
    """What is right to demand is less than what was demanded, and not less than what came in. Amounts in som."""
    basis = HOUSE["H-78"].basis
    if amount < 0:
        return [NOT_POSITIVE.refusal(basis, at_field="amount")]
    if amount >= demanded:
        return [DEMAND_NOT_LOWER.refusal(basis, at_field="amount", amount=Money(demanded))]
    if amount < settled:
        return [DEMAND_BELOW_PAID.refusal(basis, at_field="amount", settled=Money(settled))]
    return []


# --- penalties -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    penalty: Decimal  # owed and not paid, som
    penalty_paid: bool = False
    closed: bool = False  # the contract is


def penalty_owed(facts: ReturnFacts) -> Refusal | None:
    return None if facts.penalty else NO_PENALTY.refusal(HOUSE["H-57"].basis)


def penalty_was_paid(facts: ReturnFacts) -> Refusal | None:
    return None if facts.penalty_paid else NO_PENALTY.refusal(HOUSE["H-78"].basis)


def penalty_not_paid(facts: ReturnFacts) -> Refusal | None:
    return PENALTY_ENTERED.refusal(HOUSE["H-78"].basis) if facts.penalty_paid else None


def demand_still_open(facts: ReturnFacts) -> Refusal | None:
    return DEMAND_CLOSED.refusal(HOUSE["H-40"].basis) if facts.closed else None


def penalty_for(
    demanded: Decimal, due_on: date, payments: Sequence[tuple[date, Decimal]], settlement: Settlement
) -> Decimal:
    """What is owed for the days after `due_on` on which money was still missing, in som, rounded down to the tyiyn.
    *Payments*: (day of the payment document, som). Rulebook: `con.penalty_pct_per_day` of what is missing, at most
    `con.penalty_cap_pct` of what was demanded; nothing where the rules of the contract set no penalty."""
    if "con.penalty_pct_per_day" not in settlement.parameters:
        return Decimal("0.00")
    owed, missing, since = Decimal(0), demanded, due_on
    for day, amount in sorted(payments):
        if day > since:
            owed += missing * (day - since).days
            since = day
        missing -= amount
    penalty = _percent(owed, settlement.decimal("con.penalty_pct_per_day"))
    cap = settlement.value("con.penalty_cap_pct")
    return penalty if cap is None else min(penalty, _percent(demanded, cap))
