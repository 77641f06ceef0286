"""Schedules of tranches and the guards of a contract, over plain facts and settled rules."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jardam.contracts import rules as contracts
from jardam.contracts.rules import (
    Change,
    ContractFacts,
    Line,
    Notice,
    Planned,
    Share,
    Signing,
    account_fault,
    amendment_faults,
    default_schedule,
    lines_for,
    moved_between,
    penalty_for,
    reallocated,
    schedule_faults,
    shortened,
)
from jardam.kernel.canonical import canonical
from jardam.kernel.refusal import Refused
from tests.world import MONDAY, codes_of, rules

RULES = rules()
awards = st.integers(1, 10**11).map(lambda cents: Decimal(cents) / 100)
SETTLED = {pct: rules(con__advance_pct=pct) for pct in (0, 1, 30, 33, 50, 99, 100)}


@given(awards, st.sampled_from(sorted(SETTLED)))
def test_the_default_schedule_adds_up_to_the_award_and_pays_no_more_ahead_than_the_rules_allow(awarded, percent):
    shares = default_schedule(awarded, SETTLED[percent])

    assert sum(share.amount for share in shares) == awarded
    assert all(share.amount > 0 for share in shares)
    assert schedule_faults(shares, awarded, SETTLED[percent]) == []


@given(awards)
def test_nothing_is_paid_ahead_where_the_rules_allow_nothing(awarded):
    assert default_schedule(awarded, SETTLED[0]) == [Share(awarded, "report")]
    assert default_schedule(awarded, SETTLED[100]) == [Share(awarded, "advance")]


@pytest.mark.parametrize(
    ("shares", "codes"),
    [
        ([("300.00", "advance"), ("700.00", "report")], []),
        ([("150.00", "advance"), ("150.00", "advance"), ("700.00", "report")], []),
        ([("300.00", "advance"), ("600.00", "report")], ["schedule_differs"]),
        ([("300.00", "advance"), ("700.01", "report")], ["schedule_differs"]),
        ([("300.10", "advance"), ("699.90", "report")], ["advance_too_large"]),
        ([("200.00", "advance"), ("200.00", "advance"), ("600.00", "report")], ["advance_too_large"]),
        ([("1000.00", "advance")], ["advance_too_large"]),
        ([], ["schedule_differs"]),
    ],
)
def test_a_typed_schedule_adds_up_and_keeps_to_the_advance(shares, codes):
    typed = [Share(Decimal(amount), condition) for amount, condition in shares]

    assert codes_of(schedule_faults(typed, Decimal("1000.00"), RULES)) == codes


def test_an_advance_is_not_hidden_behind_a_rounded_percentage():
    """30.004 % is more than 30 %."""
    shares = [Share(Decimal("300040.00"), "advance"), Share(Decimal("699960.00"), "report")]

    assert codes_of(schedule_faults(shares, Decimal("1000000.00"), RULES)) == ["advance_too_large"]


FACTS = ContractFacts(
    at=MONDAY,
    signing_from=MONDAY,
    standstill=RULES.basis("appeal.standstill_term"),
    party="customer",
    signed=(),
    next_tranche=1,
    waits_for=0,
    unreported=1,
)


def test_signing_is_possible_from_the_first_instant_after_the_standstill():
    assert contracts.standstill_over(FACTS) is None
    early = replace(FACTS, at=MONDAY - timedelta(microseconds=1))
    assert codes_of([contracts.standstill_over(early)]) == ["signing_waits"]


@pytest.mark.parametrize(
    ("guard", "changes", "code"),
    [
        (contracts.signs_for_a_party, {"party": ""}, "not_a_party"),
        (contracts.own_side_unsigned, {"signed": ("customer",)}, "your_side_signed"),
        (contracts.tranche_left, {"next_tranche": 0}, "no_tranche_left"),
        (contracts.last_report_accepted, {"next_tranche": 2, "waits_for": 1}, "report_not_accepted"),
        (contracts.something_to_report, {"unreported": 0}, "nothing_to_report"),
    ],
)
def test_each_guard_lets_through_what_it_should_and_says_why_not(guard, changes, code):
    assert guard(FACTS) is None
    assert codes_of([guard(replace(FACTS, **changes))]) == [code]


# --- budgets ---------------------------------------------------------------------------------------------------


@given(st.lists(awards, min_size=1, max_size=12), st.integers(1, 100))
def test_a_cut_budget_adds_up_to_the_award_and_no_line_grows_by_more_than_the_rounding(asked, percent):
    lines = [Line(str(n), amount) for n, amount in enumerate(asked)]
    total = sum(asked)
    awarded = max(Decimal("0.01"), (total * percent / 100).quantize(Decimal("0.01"), "ROUND_DOWN"))

    cut = lines_for(lines, awarded)

    assert sum(line.amount for line in cut) == awarded
    assert all(line.amount >= 0 for line in cut)
    assert all(c.amount <= a + Decimal("0.01") * len(asked) for c, a in zip(cut, asked, strict=True))


def test_a_line_that_asks_for_nothing_is_no_line_of_the_contract():
    lines = [Line("own work", Decimal(0)), Line("van", Decimal("10.00"))]

    assert lines_for(lines, Decimal("10.00")) == [lines[1]]
    assert lines_for([lines[0]], Decimal("10.00")) == []


BUDGET = (Line("a", Decimal("600.00")), Line("b", Decimal("400.00")))


@pytest.mark.parametrize(
    ("amount", "so_far", "code"),
    [("100.00", "0", ""), ("0.01", "99.99", ""), ("100.01", "0", "reallocation_too_large"),
     ("0.01", "100", "reallocation_too_large")],
)  # fmt: skip
def test_moves_without_an_amendment_are_counted_together_to_the_tyiyn(amount, so_far, code):
    def move():
        return reallocated(BUDGET, 1, 2, Decimal(amount), Decimal(so_far), RULES)

    if code:
        with pytest.raises(Refused) as raised:
            move()
        assert codes_of(raised.value.refusals) == [code]
    else:
        assert moved_between(BUDGET, move()) == Decimal(amount)


CHANGE = Change(
    awarded=Decimal("1000.00"),
    amount_before=Decimal("1000.00"),
    amount_after=Decimal("1000.00"),
    least=Decimal("600.00"),
    starts_on=date(2026, 4, 1),
    ends_before=date(2026, 10, 1),
    ends_after=date(2026, 11, 1),
    today=date(2026, 6, 1),
    longest_until=date(2027, 4, 1),
    budget_year=2026,
    programme_year=2027,
    lines_before=BUDGET,
    lines_after=BUDGET,
    moved_before=Decimal(0),
)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"ends_after": CHANGE.ends_before}, ["amends_nothing"]),
        ({"ends_after": date(2026, 5, 31)}, ["ends_too_early"]),
        ({"ends_after": date(2027, 1, 1)}, ["after_budget_year"]),
        ({"ends_after": date(2027, 4, 2)}, ["lasts_too_long", "after_budget_year"]),
        ({"ends_after": date(2028, 1, 1), "longest_until": None}, ["after_programme", "after_budget_year"]),
        ({"lines_after": (Line("a", Decimal("400.00")), Line("b", Decimal("600.00")))}, []),
        ({"lines_after": (Line("a", Decimal("399.99")), Line("b", Decimal("600.01")))}, ["amendments_too_large"]),
        ({"lines_after": (Line("a", Decimal("400.00")), BUDGET[1])}, ["plan_total_differs"]),
    ],
)
def test_an_amendment_keeps_to_the_programme_the_rules_and_the_cumulative_cap(changes, codes):
    assert codes_of(amendment_faults(replace(CHANGE, **changes), rules(con__multiyear=False))) == codes


@pytest.mark.parametrize(
    ("guard", "changes", "code"),
    [
        (contracts.platform_suffices, {"platform": RULES.basis("sig.contract")}, "platform_not_enough"),
        (
            contracts.signing_term_over,
            {"sign_until": Signing(MONDAY + timedelta(1), MONDAY.date(), RULES.basis("con.sign_term"))},
            "signing_term_runs",
        ),
        (contracts.something_overdue, {"overdue": lambda: 0}, "nothing_overdue"),
        (
            contracts.notice_over,
            {"notice": Notice(MONDAY.date(), MONDAY.date(), RULES.basis("con.termination_notice_term"))},
            "notice_runs",
        ),
        (contracts.reports_decided, {"undecided": 1}, "report_undecided"),
    ],
)
def test_the_guards_of_the_end_say_why_not(guard, changes, code):
    assert guard(replace(FACTS, overdue=lambda: 1)) is None
    assert codes_of([guard(replace(FACTS, **changes))]) == [code]


def test_closing_names_everything_that_is_open():
    open_ = replace(FACTS, closing=lambda: frozenset(contracts.CLOSING))

    assert codes_of([guard(open_) for guard in contracts.CLOSING_GUARDS]) == [
        reason.code for reason in contracts.CLOSING.values()
    ]
    assert [guard(FACTS) for guard in contracts.CLOSING_GUARDS] == [None] * len(contracts.CLOSING)


@pytest.mark.parametrize(
    ("changes", "settled", "codes", "basis"),
    [
        ({"amount_after": Decimal("1000.01")}, {}, ["amount_rises"], "con.amount_may_rise"),
        ({"amount_after": Decimal("1000.01")}, {"con__amount_may_rise": True}, ["amount_rises"], ""),
        ({"amount_after": Decimal("599.99")}, {}, ["amount_too_low"], ""),
        ({"amount_after": Decimal(0), "least": Decimal(0)}, {}, ["amount_too_low"], ""),
        ({"amount_after": Decimal("900.00")}, {}, ["plan_total_differs"], ""),
    ],
)
def test_an_amount_only_falls_and_never_below_what_is_bound(changes, settled, codes, basis):
    faults = amendment_faults(replace(CHANGE, **changes), rules(**settled))

    assert codes_of(faults) == codes
    assert faults[0].basis.key == basis


@given(st.lists(st.tuples(st.integers(1, 10**6), st.booleans()), min_size=1, max_size=6), st.data())
def test_the_last_free_tranches_are_given_up_first_and_to_the_tyiyn(rows, data):
    schedule = [Planned(n, Decimal(cents) / 100, bound) for n, (cents, bound) in enumerate(rows, start=1)]
    free = [one for one in schedule if not one.is_bound]
    most = int(sum((one.amount for one in free), Decimal(0)) * 100)
    by = Decimal(data.draw(st.integers(0, most))) / 100

    leaves = shortened(schedule, by)

    assert sum((one.amount - leaves.get(one.number, one.amount) for one in schedule), Decimal(0)) == by
    touched = [one.number for one in free if one.number in leaves]
    assert touched == [one.number for one in free][len(free) - len(touched) :]
    assert all(amount == 0 for number, amount in leaves.items() if number != min(touched))


DUE = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("payments", "settled", "penalty"),
    [
        ([(DUE, "1000.00")], {}, "0.00"),
        ([(DUE + timedelta(days=1), "1000.00")], {}, "1.00"),
        ([(DUE, "400.00"), (DUE + timedelta(days=10), "600.00")], {}, "6.00"),
        ([(DUE + timedelta(days=10), "400.00"), (DUE + timedelta(days=20), "600.00")], {}, "16.00"),
        ([(DUE + timedelta(days=365), "1000.00")], {}, "100.00"),
        ([(DUE + timedelta(days=365), "1000.00")], {"con__penalty_cap_pct": "none"}, "365.00"),
        ([(DUE + timedelta(days=9), "1000.00")], {"con__penalty_pct_per_day": 0}, "0.00"),
    ],
)
def test_a_penalty_counts_the_days_and_what_was_missing_on_them_up_to_its_cap(payments, settled, penalty):
    came = [(day, Decimal(amount)) for day, amount in payments]

    assert penalty_for(Decimal("1000.00"), DUE, came, rules(**settled)) == Decimal(penalty)


def test_rules_that_set_no_penalty_demand_none():
    known = {key: one for key, one in RULES.parameters.items() if not key.startswith("con.penalty")}

    late = [(DUE + timedelta(days=9), Decimal(1000))]
    assert penalty_for(Decimal(1000), DUE, late, replace(RULES, parameters=known)) == 0


@pytest.mark.parametrize(
    ("rule", "kind", "code"),
    [
        ("separate_account", "separate", None),
        ("separate_account", "treasury", "account_not_separate"),
        ("separate_account", "", "account_not_separate"),
        ("treasury_account", "treasury", None),
        ("treasury_account", "ordinary", "account_not_treasury"),
        ("any_account", "ordinary", None),
    ],
)
def test_the_rules_say_to_which_kind_of_account_a_contract_is_paid(rule, kind, code):
    fault = account_fault(kind, rules(con__account_rule=rule))
    assert (fault.code if fault else None) == code
    assert fault is None or fault.basis.key == "con.account_rule"


def test_a_rule_nobody_knows_pays_to_no_account():
    known = rules()
    unknown = replace(known, parameters={k: v for k, v in known.parameters.items() if k != "con.account_rule"})
    with pytest.raises(Refused) as refused:
        account_fault("separate", unknown)
    assert refused.value.code == "rule_unknown"


# --- how long a contract lasts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signed", "most", "ends"),
    [
        (date(2026, 4, 1), 60, date(2026, 12, 1)),
        (date(2026, 4, 1), 6, date(2026, 10, 1)),
        (date(2026, 12, 31), 60, date(2026, 12, 31)),  # what begins late ends with the year
    ],
)
def test_where_the_rules_keep_a_contract_within_the_year_it_ends_with_it(signed, most, ends):
    within = rules(con__multiyear=False, con__max_months=most)

    assert contracts.term_under(8, None, 2026, within).days(signed)[1] == ends


def test_a_contract_that_would_begin_after_its_year_is_refused_unless_the_rules_let_it():
    begins, within, beyond = date(2027, 1, 1), rules(con__multiyear=False), rules(con__multiyear=True)

    term = contracts.term_under(8, None, 2026, within)
    free = contracts.term_under(8, None, 2026, beyond)

    assert codes_of(contracts.never_begins(term, begins, within)) == ["after_budget_year"]
    assert contracts.never_begins(free, begins, beyond) == []
    assert free.days(begins) == (begins, date(2027, 9, 2))


def test_a_text_keeps_the_bounds_of_its_term():
    term = contracts.term_under(8, date(2026, 5, 1), 2026, rules(con__multiyear=False))

    told = json.loads(canonical({"term": term.plain}))

    assert contracts.term_of(told) == term


def test_a_chosen_first_day_that_carries_a_contract_over_its_year_is_refused_and_not_cut():
    within, today, chosen = rules(con__multiyear=False), date(2026, 3, 1), date(2026, 10, 1)
    term = contracts.term_under(8, chosen, 2026, within)

    assert codes_of(contracts.start_faults(term, today, 2026, 2027, within)) == ["after_budget_year"]
    assert codes_of(contracts.start_faults(term, today, 2026, 2026, within)) == [
        "after_programme",
        "after_budget_year",
    ]
    assert contracts.start_faults(contracts.Term(8, chosen), today, 2026, 2027, rules(con__multiyear=True)) == []
