"""Contracts from the first receipt to the last thing bought: by operations, on a road walked to acceptance."""

from __future__ import annotations

import copy
import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from jardam.contracts import operations as contracts
from jardam.contracts import queries
from jardam.contracts.models import Acceptance, Amendment, Contract, Repayment, Report, Return
from jardam.contracts.policy import settlement_of, signing_deadline
from jardam.contracts.rules import MONTH, Item
from jardam.demonstration.road import SCAN, Road
from jardam.documents.models import Document
from jardam.journal.models import Record
from jardam.kernel.actor import system
from jardam.kernel.refusal import Refused
from jardam.kernel.time import bishkek_day
from jardam.parties.queries import restrictions_on
from jardam.transparency.queries import verify
from jardam.treasury import operations as treasury
from jardam.treasury.models import Shortfall
from jardam.treasury.queries import balance, trail_of, trail_of_appropriations
from jardam.treasury.rules import Stage
from tests.world import as_owner, refuses, sql, undone

pytestmark = pytest.mark.django_db
SOM = Decimal("1.00")


@pytest.fixture
def running(accepted) -> Road:
    """In force, the first tranche paid, reported on and accepted; what the test does is rolled back."""
    road = copy.copy(accepted)
    road.contract = Contract.objects.get(pk=accepted.contract.pk)
    road.report = Report.objects.get(pk=accepted.report.pk)
    return road


@pytest.fixture
def paid(running) -> Road:
    """The second tranche is with the executor, too."""
    for name in ("head", "umut_head"):
        running.sign_acceptance(name)
    running.order_tranche()
    running.approve_payment()
    running.execute_payment("000418")
    return running


def bars(road: Road) -> list[str]:
    return [bar.ground for bar in restrictions_on(road.contract.executor_id, road.at)]


# --- preparing anew (H-77) ---------------------------------------------------------------------------------------


@pytest.fixture
def prepared(road) -> Road:
    """A contract nobody has signed."""
    road.to_published()
    road.prepare_contract()
    return road


def take_back(road: Road, who: str = "specialist") -> Contract:
    with transaction.atomic():
        return contracts.take_back_contract(actor=road.actor(who), contract=road.contract, reason="Аванс ашыкча.")


def prepare(road: Road, **changes) -> None:
    with transaction.atomic():
        road.contract = contracts.prepare_contract(
            actor=road.actor("specialist"), award=road.contract.award, **changes
        )


def test_what_nobody_has_signed_is_taken_back_and_prepared_anew_with_its_earlier_text_kept(prepared):
    first, award = prepared.contract, prepared.contract.award
    with refuses("wrong_role"):
        take_back(prepared, "umut_head")
    take_back(prepared)
    first.refresh_from_db()
    assert (first.state, queries.contracts_of_awards([award.pk])) == ("taken_back", {})
    assert award in queries.awards_without_contract(first.customer_id)

    prepare(prepared, shares=[contracts.Share(award.amount, "report")])

    assert [one.remark for one in queries.earlier_texts(prepared.contract)] == ["Аванс ашыкча."]
    assert [row.tranche.condition for row in queries.tranches(prepared.contract)] == ["report"]
    assert queries.contracts_of_awards([award.pk]) == {award.pk: prepared.contract}
    prepared.pass_standstill()
    with refuses("wrong_state"):
        contracts.sign_contract(actor=prepared.actor("head"), contract=first)
    for name in ("head", "umut_head"):
        prepared.sign_contract(name)
    assert prepared.contract.state == "in_force"
    assert list(verify()) == []


def test_a_signed_contract_and_one_whose_signed_copy_waits_are_not_taken_back(prepared):
    prepared.pass_standstill()
    ink = prepared.enter_ink("executor")
    with refuses("signed_copy_waits"):
        take_back(prepared)
    with transaction.atomic():
        contracts.reject_ink(actor=prepared.actor("head"), ink=ink)
    prepared.sign_contract("head")

    with refuses("wrong_state"):
        take_back(prepared)


def test_an_award_has_one_contract_until_it_is_taken_back(prepared):
    with pytest.raises(IntegrityError, match="contract_one_active_per_award"), transaction.atomic():
        prepare(prepared)


def test_the_term_to_sign_begins_anew_with_a_contract_prepared_anew(prepared):
    prepared.pass_standstill()
    [over] = {ends.at for ends in [signing_deadline(prepared.contract, settlement_of(prepared.contract))]}
    prepared.at = over - dt.timedelta(hours=1)
    take_back(prepared)
    prepare(prepared)
    prepared.at = over + dt.timedelta(hours=1)

    assert queries.signing_missed(prepared.at) == []
    with refuses("signing_term_runs"):
        contracts.miss_signing_term(actor=prepared.actor("specialist"), contract=prepared.contract)


# --- its days --------------------------------------------------------------------------------------------------


def test_the_months_run_from_the_last_signature_and_the_signed_text_says_so(prepared):
    prepared.pass_standstill()
    prepared.sign_contract("head")
    prepared.at += dt.timedelta(days=2)
    signed_on = bishkek_day(prepared.at)
    prepared.sign_contract("umut_head")

    contract = prepared.contract
    term = json.loads(bytes(contract.content))["term"]
    months = contract.award.protocol.proceeding.commission.contest.months
    assert term == {"months": months, "from": "last_signature"}
    assert contract.starts_on == signed_on
    assert contract.ends_on == signed_on + dt.timedelta(days=round(months * MONTH))
    assert queries.term_to_come(contract) is None
    assert list(verify()) == []


def test_on_paper_the_day_of_the_last_signature_counts_and_not_that_of_its_entry(prepared):
    prepared.pass_standstill()
    signed_on = bishkek_day(prepared.at)
    inks = [prepared.enter_ink(side) for side in ("customer", "executor")]
    prepared.at += dt.timedelta(days=3)
    for ink in inks:
        prepared.check_ink(ink)

    assert prepared.contract.state == "in_force"
    assert prepared.contract.starts_on == signed_on
    assert list(verify()) == []


def test_a_chosen_first_day_counts_unless_the_last_signature_is_later(prepared):
    take_back(prepared)
    today = bishkek_day(prepared.at)
    with refuses("start_past"):
        prepare(prepared, not_before=today - dt.timedelta(days=1))
    with refuses("after_programme"):
        prepare(prepared, not_before=today + dt.timedelta(days=2000))
    chosen = bishkek_day(prepared.protocol.signing_from) + dt.timedelta(days=20)
    prepare(prepared, not_before=chosen)
    assert queries.term_to_come(prepared.contract).not_before == chosen
    prepared.pass_standstill()
    for name in ("head", "umut_head"):
        prepared.sign_contract(name)

    assert prepared.contract.starts_on == chosen
    assert list(verify()) == []


def test_an_earlier_chosen_day_gives_way_to_the_last_signature(prepared):
    take_back(prepared)
    prepare(prepared, not_before=bishkek_day(prepared.at))
    prepared.pass_standstill()
    for name in ("head", "umut_head"):
        prepared.sign_contract(name)

    assert prepared.contract.starts_on == bishkek_day(prepared.contract.signed_at)


# --- items and reports -----------------------------------------------------------------------------------------


def test_a_report_is_the_sum_of_its_primary_documents_and_the_act_of_what_was_accepted(paid):
    services, *others = paid.enter_expenses()
    with transaction.atomic():
        paid.report = contracts.submit_report(
            actor=paid.actor("umut_head"),
            contract=paid.contract,
            narrative="Бүттү.",
            people_served=70,
            indicators=paid.reached(),
            other_funding="Жок.",
        )
        half = services.amount / 2
        act = contracts.accept_report(actor=paid.actor("specialist"), report=paid.report, partly={services.ref: half})

    services.refresh_from_db()
    assert (paid.report.kind, paid.report.spent) == ("final", paid.payment.amount)
    assert (services.state, services.accepted) == ("accepted", half)
    assert act.amount == half + sum(one.amount for one in others)
    assert act.number.startswith("KG-")
    first = Acceptance.objects.get(report__tranche__number=1)
    assert sum(row.accepted for row in queries.budget(paid.contract)) == act.amount + first.amount
    assert list(verify()) == []


def test_what_persons_were_paid_is_nowhere_in_the_public_part_of_the_journal(paid):
    paid.enter_expense(SOM, payee_kind="person", payee="Асанова Айгүл", document="ПКО-9")

    said = Record.objects.filter(verb="enter_expense").latest("id")
    assert set(said.public_data) == {"tranche", "line", "amount", "payee_kind", "private_digest"}
    assert "Асанова" not in str(said.public_data)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"line": 99}, ["no_such_line"]),
        ({"amount": Decimal(0)}, ["amount_not_positive"]),
        ({"payee_kind": "employee"}, ["net_missing"]),
        ({"payee_kind": "employee", "net": Decimal("1.01")}, ["net_missing"]),
        ({"net": SOM}, ["net_only_for_pay"]),
        ({"document_on": dt.date(2030, 1, 1)}, ["expense_document_in_future"]),
        ({"document_on": dt.date(2020, 1, 1)}, ["spent_before_contract"]),
    ],
)
def test_a_primary_document_that_cannot_be_is_refused(paid, changes, codes):
    with refuses(*codes):
        paid.enter_expense(changes.pop("amount", SOM), **changes)


def test_nothing_is_entered_where_no_report_is_due(running):
    with refuses("nothing_to_report"):
        running.enter_expense(SOM)


def submit(road: Road, indicators: list[int] | None = None) -> Report:
    with transaction.atomic():
        return contracts.submit_report(
            actor=road.actor("umut_head"),
            contract=road.contract,
            narrative="Бүттү.",
            people_served=1,
            indicators=road.reached() if indicators is None else indicators,
        )


def test_an_incomplete_report_is_refused_with_everything_it_lacks(paid):
    with refuses("no_items", "indicators_missing"):
        submit(paid, [])
    paid.enter_expense(paid.payment.amount + SOM)
    with refuses("spent_more_than_paid", "line_exceeded"):
        submit(paid)


def test_an_item_without_its_document_is_named(paid):
    item = Item(1, "Чай", "organisation", "Дүкөн", "5", bishkek_day(paid.at), SOM)
    with transaction.atomic():
        contracts.enter_expense(actor=paid.actor("umut_head"), contract=paid.contract, item=item)

    with refuses("primary_document_missing"):
        submit(paid)


def test_each_remark_is_answered_before_the_report_comes_back(paid):
    paid.submit_report()
    first, *rest, second = queries.expenses(paid.report.tranche)
    with refuses("returned_without_remark"):
        contracts.return_report(actor=paid.actor("specialist"), report=paid.report, remark="")
    with refuses("remark_missing"):
        contracts.judge_expense(actor=paid.actor("specialist"), expense=first, verdict="explain", remark="")
    paid.judge_expense(first)
    paid.judge_expense(second, "not_eligible")
    with refuses("question_open"):
        paid.accept_report()
    paid.return_report("")

    with refuses("question_open"):
        paid.resubmit_report()
    with transaction.atomic():
        first = contracts.answer_expense(
            actor=paid.actor("umut_head"), expense=first, answer="Мына акт.", content=SCAN, name="a.png"
        )
    paid.resubmit_report()
    paid.accept_report()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.answer) == ("accepted", "Мына акт.")
    assert (second.state, second.accepted) == ("not_eligible", None)
    assert paid.report.acceptance.amount == paid.report.spent - second.amount
    assert paid.report.spent == sum(one.amount for one in (first, *rest, second))
    assert list(verify()) == []


def test_items_are_closed_to_whoever_has_not_the_report(paid):
    first, *_, second = paid.enter_expenses()
    with refuses("item_closed"):
        paid.judge_expense(first)
    paid.report = submit(paid)
    with refuses("item_closed"):
        contracts.withdraw_expense(actor=paid.actor("umut_head"), expense=second)
    with refuses("accepted_more_than_item"):
        contracts.accept_report(
            actor=paid.actor("specialist"), report=paid.report, partly={first.ref: first.amount + SOM}
        )


def test_an_item_is_taken_back_and_leaves_the_sum(paid):
    *others, last = paid.enter_expenses()
    with transaction.atomic():
        contracts.withdraw_expense(actor=paid.actor("umut_head"), expense=last)

    assert submit(paid).spent == sum(one.amount for one in others)


# --- the plan of each line (H-76) --------------------------------------------------------------------------------


def left_on(road: Road, line: int) -> Decimal:
    return queries.budget(road.contract)[line - 1].left


def test_a_report_beyond_the_plan_of_a_line_is_refused_until_money_is_moved_to_it(paid):
    planned, accepted = (getattr(queries.budget(paid.contract)[0], name) for name in ("planned", "accepted"))
    left = left_on(paid, 1)
    paid.enter_expense(left + SOM)

    with pytest.raises(Refused) as refused, transaction.atomic():
        submit(paid)

    [refusal] = refused.value.refusals
    assert (refusal.code, refusal.basis.act) == ("line_exceeded", "H-76")
    told = {name: refusal.params[name].amount for name in ("planned", "taken", "left", "asked")}
    assert told == {"planned": planned, "taken": accepted, "left": left, "asked": left + SOM}
    move(paid, 2, 1, SOM)
    paid.report = submit(paid)
    paid.accept_report()
    assert left_on(paid, 1) == 0
    assert list(verify()) == []


def test_what_is_accepted_or_under_review_on_a_line_cannot_be_moved_or_amended_away(paid):
    paid.enter_expense(left_on(paid, 1))
    move(paid, 1, 2, SOM)  # what only lies there binds nobody
    move(paid, 2, 1, SOM)
    paid.report = submit(paid)

    with refuses("line_too_small"):
        move(paid, 1, 2, SOM)
    first, second, *rest = amounts(paid)
    with refuses("line_too_low"):
        paid.propose_amendment(amounts=[first - SOM, second + SOM, *rest])


def test_the_customer_accepts_no_more_than_the_plan_has_left_and_may_accept_less(paid, monkeypatch):
    """Money can leave a line no more while the customer looks at the report; should it, acceptance asks again."""
    item = paid.enter_expense(left_on(paid, 1))
    paid.report = submit(paid)
    with monkeypatch.context() as patch:
        patch.setattr("jardam.contracts.operations.change.taken_by_line", lambda _contract: {})
        move(paid, 1, 2, SOM)

    with refuses("line_not_left"):
        paid.accept_report()
    with transaction.atomic():
        contracts.accept_report(
            actor=paid.actor("specialist"), report=paid.report, partly={item.ref: item.amount - SOM}
        )

    assert left_on(paid, 1) == 0
    assert list(verify()) == []


def test_what_is_judged_not_eligible_takes_nothing_of_its_line(paid):
    item = paid.enter_expense(left_on(paid, 1))
    paid.report = submit(paid)
    paid.judge_expense(item, "not_eligible")
    paid.return_report("")
    paid.enter_expense(left_on(paid, 1))
    paid.resubmit_report()
    paid.accept_report()

    assert left_on(paid, 1) == 0


# --- late ------------------------------------------------------------------------------------------------------


def test_a_late_report_is_put_on_record_and_its_coming_lifts_the_bar(paid):
    with refuses("nothing_overdue"):
        paid.record_overdue()
    [(tranche, due)] = queries.reports_due(paid.contract.executor_id)
    assert tranche.number == 2
    paid.at = due.at
    paid.record_overdue()
    assert bars(paid) == ["overdue_report"]
    with refuses("nothing_overdue"):
        paid.record_overdue()

    paid.submit_report()

    assert paid.report.due_on == due.due_on
    assert bars(paid) == []
    assert list(verify()) == []


def test_the_instances_own_clockwork_may_put_lateness_on_record(paid):
    paid.at = queries.reports_due(paid.contract.executor_id)[0][1].at
    with transaction.atomic():
        contracts.record_overdue(actor=system(paid.at), contract=paid.contract)

    assert bars(paid) == ["overdue_report"]


def test_a_report_not_corrected_in_time_is_late_as_well(paid):
    paid.submit_report()
    paid.return_report()
    paid.at += dt.timedelta(days=30)
    paid.record_overdue()
    assert bars(paid) == ["overdue_report"]

    paid.resubmit_report()

    assert bars(paid) == []


# --- change ----------------------------------------------------------------------------------------------------


def amounts(road: Road) -> list[Decimal]:
    return [row.planned for row in queries.budget(road.contract)]


def move(road: Road, giver: int, taker: int, amount: Decimal, who: str = "umut_head") -> None:
    with transaction.atomic():
        road.contract = contracts.reallocate(
            actor=road.actor(who), contract=road.contract, giver=giver, taker=taker, amount=amount
        )


def test_money_moves_between_the_lines_up_to_the_settled_share_of_the_whole(running):
    before, tenth = amounts(running), running.contract.amount / 10
    move(running, 3, 2, tenth / 2)
    move(running, 3, 2, tenth / 2)

    with refuses("reallocation_too_large"):
        move(running, 2, 3, SOM)
    assert amounts(running)[1:3] == [before[1] + tenth, before[2] - tenth]
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("giver", "taker", "amount", "code"),
    [
        (99, 1, SOM, "no_such_line"),
        (1, 1, SOM, "same_line"),
        (1, 2, Decimal(0), "amount_not_positive"),
        (1, 2, Decimal(10**9), "line_too_small"),
    ],
)
def test_a_move_that_cannot_be_is_refused(running, giver, taker, amount, code):
    with refuses(code):
        move(running, giver, taker, amount)


def moved(road: Road, amount: Decimal) -> list[Decimal]:
    """From the third line to the second: on the first one nearly everything is accepted."""
    first, second, third, *rest = amounts(road)
    return [first, second + amount, third - amount, *rest]


def test_an_amendment_both_sides_sign_changes_term_and_budget_and_begins_the_small_moves_anew(running):
    tenth = running.contract.amount / 10
    move(running, 3, 2, tenth)
    ends_on = running.contract.ends_on - dt.timedelta(days=10)
    change = running.propose_amendment(ends_on=ends_on, amounts=moved(running, tenth))
    running.sign_amendment("umut_head", change)
    with refuses("amendment_signed"):
        running.sign_amendment("umut_head", change)
    with refuses("amendment_open"):
        running.propose_amendment(ends_on=ends_on)
    running.sign_amendment("head", change)

    assert change.state == "in_force"
    assert change.before["lines"] != change.after["lines"]
    assert running.contract.ends_on == ends_on
    move(running, 2, 1, tenth)
    assert list(verify()) == []


def test_amendments_together_stay_within_their_share(running):
    fifth = running.contract.amount / 5
    first = running.propose_amendment(amounts=moved(running, fifth))
    running.sign_amendment("head", first)
    running.sign_amendment("umut_head", first)

    with refuses("amendments_too_large"):
        running.propose_amendment(amounts=moved(running, -SOM))


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, ["amends_nothing"]),
        ({"ends_on": dt.date(2026, 1, 1)}, ["ends_too_early"]),
        ({"ends_on": dt.date(2028, 3, 1)}, ["lasts_too_long", "after_programme"]),
    ],
)
def test_an_amendment_that_changes_nothing_or_too_much_is_refused(running, changes, codes):
    with refuses(*codes):
        running.propose_amendment(**changes)


def test_lines_add_up_to_the_amount(running):
    first, *rest = amounts(running)
    with refuses("plan_total_differs"):
        running.propose_amendment(amounts=[first + SOM, *rest])


def lower(road: Road, by: Decimal, who: str = "head") -> Amendment:
    """Propose to lower the amount, all of it at the expense of the second line."""
    first, second, *rest = amounts(road)
    return road.propose_amendment(who, amount=road.contract.amount - by, amounts=[first, second - by, *rest])


def both_sign(road: Road, change: Amendment) -> None:
    for name in ("head", "umut_head"):
        road.sign_amendment(name, change)


def test_an_amendment_lowers_the_amount_and_the_rest_is_free_again_at_the_measure(running):
    was, tenth = running.contract.amount, running.contract.amount / 10
    free = balance(Stage.ALLOCATED, "measure", running.measure.pk)
    [first, second] = queries.tranches(running.contract)
    both_sign(running, lower(running, tenth))

    contract = running.contract
    assert (contract.amount, contract.lowered) == (was - tenth, tenth)
    assert balance(Stage.ALLOCATED, "measure", running.measure.pk) == free + tenth
    assert balance(Stage.COMMITTED, "contract", contract.pk) == second.tranche.amount - tenth
    assert [one.tranche.agreed for one in queries.tranches(contract)] == [
        first.tranche.amount,
        was - tenth - first.tranche.amount,
    ]
    assert sum(amounts(running)) == contract.amount
    assert list(verify()) == []


def test_what_is_ordered_after_the_amount_was_lowered_is_what_is_left_of_the_tranche(running):
    tenth = running.contract.amount / 10
    both_sign(running, lower(running, tenth))
    for name in ("head", "umut_head"):
        running.sign_acceptance(name)
    running.order_tranche()
    running.approve_payment()
    running.execute_payment("000418")
    finish(running)
    running.close_contract()

    assert trail_of("contract", running.contract.pk).paid == running.contract.amount
    assert list(verify()) == []


def test_the_amount_is_never_raised(running):
    first, *rest = amounts(running)
    with pytest.raises(Refused) as refused, transaction.atomic():
        running.propose_amendment(amount=running.contract.amount + SOM, amounts=[first + SOM, *rest])

    [why] = refused.value.refusals
    assert (why.code, why.basis.key) == ("amount_rises", "con.amount_may_rise")


def test_the_amount_is_not_lowered_beyond_the_share_of_amendments(running):
    fifth = running.contract.amount / 5
    both_sign(running, lower(running, fifth))

    with refuses("amendments_too_large"):
        lower(running, SOM)


def test_what_is_ordered_is_never_amended_away(paid):
    with refuses("amount_too_low"):
        lower(paid, SOM)


def test_a_tranche_ordered_between_two_signatures_lets_the_amendment_fail(running):
    change = lower(running, running.contract.amount / 10)
    running.sign_amendment("head", change)
    for name in ("head", "umut_head"):
        running.sign_acceptance(name)
    running.order_tranche()

    with refuses("amount_too_low"):
        running.sign_amendment("umut_head", change)


def test_money_a_lowered_contract_sets_free_covers_the_shortfall_of_a_cut_budget(running):
    tenth = running.contract.amount / 10
    appropriation = running.payment.appropriation
    bound = trail_of("contract", running.contract.pk).committed
    running.cut_budget(bound - tenth - (bound - tenth) % 1000)
    shortfall = Shortfall.objects.get()
    first, second, *rest = amounts(running)
    short = 2 * tenth
    change = running.propose_amendment(
        "head", reason="budget_cut", amount=running.contract.amount - short, amounts=[first, second - short, *rest]
    )
    both_sign(running, change)
    with transaction.atomic():
        shortfall = treasury.cover_shortfall(actor=running.actor("accountant"), shortfall=shortfall)

    assert shortfall.state == "resolved"
    assert appropriation.pk == shortfall.appropriation_id
    assert list(verify()) == []


def test_a_declined_amendment_changes_nothing(running):
    before = running.contract.ends_on
    change = running.propose_amendment(ends_on=before - dt.timedelta(days=1))
    with transaction.atomic():
        contracts.decline_amendment(actor=running.actor("head"), amendment=change)

    running.contract.refresh_from_db()
    assert running.contract.ends_on == before
    with refuses("wrong_state"):
        running.sign_amendment("head", change)


def test_an_amendment_that_came_by_post_is_signed_in_ink_and_checked_by_another(running):
    ends_on = running.contract.ends_on - dt.timedelta(days=9)
    change = running.propose_amendment(ends_on=ends_on)
    customer, executor = running.contract.customer_id, running.contract.executor_id
    ink = running.enter_amendment_ink(change, "executor")
    assert [one.pk for one in queries.ink_waiting(customer)] == [ink.pk]
    with refuses("same_eyes"):
        contracts.check_ink(actor=running.actor("specialist"), ink=ink)

    running.check_ink(ink)

    change.refresh_from_db()
    assert change.state == "half_signed"
    assert queries.amendments_waiting(executor) == [] != queries.amendments_waiting(customer)
    with refuses("your_side_signed"):
        running.enter_amendment_ink(change, "executor")
    running.sign_amendment("head", change)
    running.contract.refresh_from_db()
    assert (running.contract.ends_on, queries.ink_waiting(customer)) == (ends_on, [])
    assert list(verify()) == []


def test_an_amendment_signed_on_paper_by_both_sides_is_in_force_and_says_so(running):
    change = running.propose_amendment(ends_on=running.contract.ends_on - dt.timedelta(days=9))
    for side in ("executor", "customer"):
        running.check_ink(running.enter_amendment_ink(change, side, who="head"), who="specialist")

    change.refresh_from_db()
    assert change.state == "in_force"
    issued = Document.objects.get(kind="amendment", object_id=change.pk)
    assert bytes(issued.content).decode().count("Кол коюучу") == 6, "two hands in three languages"
    assert {one.side for one in queries.ink_signatures(running.contract)} == set(), "it is not the contract's"
    assert list(verify()) == []


def test_a_copy_of_another_text_is_not_entered_for_an_amendment(running):
    change = running.propose_amendment(ends_on=running.contract.ends_on - dt.timedelta(days=9))
    change.content_sha256 = running.contract.content_sha256

    with refuses("scan_differs"):
        running.enter_amendment_ink(change, "executor")


def test_verify_finds_an_amendment_in_force_without_its_signature_on_paper(running):
    change = running.propose_amendment(ends_on=running.contract.ends_on - dt.timedelta(days=9))
    running.check_ink(running.enter_amendment_ink(change, "executor"))
    running.sign_amendment("head", change)

    with as_owner(triggers=False):
        sql("UPDATE contracts_inksignature SET side = 'customer' WHERE amendment_id = %s", change.pk)

    assert f"contracts_amendment {change.pk}: in force without both signatures" in list(verify())


# --- letters ---------------------------------------------------------------------------------------------------


def test_a_letter_is_numbered_clocked_and_answered_by_the_other_side_only(running):
    letter = running.send_letter()
    assert letter.number
    assert letter.answer_by > bishkek_day(running.at)
    assert [one.pk for one in queries.letters_waiting(running.contract.executor_id)] == [letter.pk]
    with refuses("own_letter"):
        contracts.answer_letter(actor=running.actor("specialist"), letter=letter, answer="Мен.")

    with transaction.atomic():
        letter = contracts.answer_letter(actor=running.actor("umut_editor"), letter=letter, answer="Ооба.")

    assert (letter.state, letter.answer) == ("answered", "Ооба.")
    assert queries.letters_waiting(running.contract.executor_id) == []
    assert "Ооба." not in str(Record.objects.filter(object_kind="letter").values_list("public_data", flat=True))


@pytest.mark.parametrize("over", ["taken_back", "not_signed", "void", "closed"])
def test_a_letter_on_a_contract_that_is_over_waits_on_nobodys_desk(over, running):
    letter = running.send_letter()
    with as_owner(triggers=False):
        Contract.objects.filter(pk=running.contract.pk).update(state=over)

    assert queries.letters_waiting(running.contract.executor_id) == []
    letter.refresh_from_db()
    assert not queries.letter_refusals(letter, "answer_letter", running.actor("umut_editor")), "it may be answered"


def test_an_amendment_waits_for_nobody_while_a_notice_runs(running):
    running.propose_amendment(ends_on=running.contract.ends_on - dt.timedelta(days=9))
    assert len(queries.amendments_waiting(running.contract.customer_id)) == 1

    contracts.give_notice(
        actor=running.actor("head"), contract=running.contract, ground="not_begun", explanation="Башталган жок."
    )

    assert queries.amendments_waiting(running.contract.customer_id) == []


def test_a_letter_that_wants_no_answer_has_no_clock(running):
    letter = running.send_letter("umut_head", wants_answer=False, content=SCAN, name="x.png")

    assert (letter.state, letter.answer_by, letter.side) == ("sent", None, "executor")
    assert letter.file.media_type == "image/png"


# --- the end ---------------------------------------------------------------------------------------------------


def finish(road: Road) -> None:
    """The second tranche is reported on, accepted and signed."""
    road.submit_report()
    road.accept_report()
    for name in ("head", "umut_head"):
        road.sign_acceptance(name)


def test_a_contract_closes_when_everything_is_settled(paid):
    finish(paid)
    paid.close_contract()

    assert paid.contract.state == "closed"
    assert trail_of("contract", paid.contract.pk).accepted == paid.contract.amount
    assert list(verify()) == []


def test_what_is_open_keeps_a_contract_from_closing_and_is_named_at_once(paid):
    with refuses("close_reports_open", "close_money_open"):
        paid.close_contract()
    first, *_ = paid.enter_expenses()
    asset = paid.record_asset(first)
    paid.report = submit(paid)
    paid.accept_report()
    letter = paid.send_letter()
    codes = ("close_acceptance_unsigned", "close_assets_open", "close_letters_open")
    with refuses(*codes):
        paid.close_contract()

    for name in ("head", "umut_head"):
        paid.sign_acceptance(name)
    with transaction.atomic():
        contracts.move_asset(actor=paid.actor("umut_head"), asset=asset, place="Бишкек", holder="Башка")
        contracts.settle_asset(
            actor=paid.actor("specialist"), asset=asset, fate="handed_over", document="Акт 3", taker="Мектеп"
        )
        contracts.answer_letter(actor=paid.actor("umut_head"), letter=letter, answer="Ооба.")
    paid.close_contract()

    assert list(verify()) == []


def test_a_thing_is_entered_once_and_never_for_an_item_taken_back(paid):
    first, *_, second = paid.enter_expenses()
    with transaction.atomic():
        contracts.withdraw_expense(actor=paid.actor("umut_head"), expense=second)
    with refuses("item_withdrawn"):
        paid.record_asset(second)
    assert paid.record_asset(first).inventory == "001"


def test_unspent_money_comes_back_in_parts_and_the_rest_of_the_commitment_is_free_again(running):
    """The executor needs only half of the second tranche."""
    for name in ("head", "umut_head"):
        running.sign_acceptance(name)
    running.order_tranche()
    running.approve_payment()
    running.execute_payment("000418")
    unspent = running.payment.amount / 2
    running.enter_expenses(running.payment.amount - unspent)
    running.report = submit(running)
    running.accept_report()
    for name in ("head", "umut_head"):
        running.sign_acceptance(name)
    with refuses("close_money_open"):
        running.close_contract()
    with refuses("return_too_large"):
        running.demand_return(unspent + SOM)
    demand = running.demand_return(unspent)
    with refuses("return_too_large"):
        running.demand_return(SOM)
    running.return_money(demand, unspent - SOM)
    assert demand.state == "partly"
    with refuses("close_money_open", "close_returns_open"):
        running.close_contract()
    with refuses("repaid_too_much"):
        running.return_money(demand, 2 * SOM)
    running.return_money(demand, SOM)
    running.close_contract()

    trail = trail_of("contract", running.contract.pk)
    assert (demand.state, trail.returned, trail.advance) == ("returned", unspent, 0)
    assert balance(Stage.UNDELIVERED, "contract", running.contract.pk) == 0
    assert list(verify()) == []


def test_money_not_returned_in_time_bars_until_it_is_back(paid):
    demand = paid.demand_return(paid.payment.amount)
    paid.at += dt.timedelta(days=30)
    paid.record_overdue()
    assert bars(paid) == ["unreturned_money"]
    paid.return_money(demand, SOM)
    assert bars(paid) == ["unreturned_money"]

    paid.return_money(demand, paid.payment.amount - SOM)

    assert bars(paid) == []


# --- demands put right (H-78) ----------------------------------------------------------------------------------


def test_a_demand_over_too_much_is_lowered_its_bar_is_lifted_and_the_time_to_pay_begins_anew(paid):
    held = queries.to_return(paid.contract)
    demand = paid.demand_return(held)
    paid.at += dt.timedelta(days=30)
    paid.record_overdue()
    right = (held / 10).quantize(SOM)
    with refuses("wrong_role"):
        paid.correct_demand(demand, right, "specialist")
    paid.correct_demand(demand, right)

    assert (demand.state, demand.amount) == ("demanded", right)
    assert demand.due_on > bishkek_day(paid.at)
    assert bars(paid) == []
    assert queries.to_return(paid.contract) == held - right
    assert [(one.kind, one.before, one.after) for one in demand.changes.all()] == [("lowered", held, right)]
    paid.at += dt.timedelta(days=40)
    paid.record_overdue()
    assert bars(paid) == ["unreturned_money"], "the right demand bars like any other"
    assert list(verify()) == []


def test_a_demand_that_should_not_be_is_withdrawn_and_no_longer_hinders_the_end(paid):
    demand = paid.demand_return(2 * SOM)
    paid.at += dt.timedelta(days=30)
    paid.record_overdue()
    paid.correct_demand(demand, Decimal(0))

    assert (demand.state, bars(paid)) == ("withdrawn", [])
    assert queries.to_return(paid.contract) == paid.payment.amount
    finish(paid)
    paid.close_contract()
    assert list(verify()) == []


def test_a_demand_is_lowered_to_what_came_in_and_no_further(paid):
    demand = paid.demand_return(10 * SOM)
    paid.return_money(demand, 4 * SOM)
    for amount, code in ((10, "demand_not_lower"), (3, "demand_below_paid"), (0, "demand_below_paid")):
        with refuses(code):
            paid.correct_demand(demand, amount * SOM)
    with refuses("amount_not_positive"):
        paid.correct_demand(demand, -SOM)
    paid.correct_demand(demand, 6 * SOM)
    assert demand.state == "partly"
    paid.correct_demand(demand, 4 * SOM)

    assert (demand.state, demand.amount, demand.settled) == ("returned", 4 * SOM, 4 * SOM)
    with refuses("wrong_state"):
        paid.correct_demand(demand, SOM)
    assert list(verify()) == []


def reverse(road: Road, repayment: Repayment, who: str = "head") -> Return:
    with transaction.atomic():
        return contracts.reverse_repayment(
            actor=road.actor(who), repayment=repayment, reason="Башка келишимдин акчасы.", document="Буйрук 13"
        )


def test_an_entry_of_money_that_never_came_is_reversed_in_the_ledger_too(paid):
    demand = paid.demand_return(10 * SOM)
    paid.return_money(demand, 4 * SOM)
    paid.return_money(demand, 6 * SOM)
    first, second = demand.repayments.order_by("id")
    with refuses("wrong_role"):
        reverse(paid, second, "accountant")

    demand = reverse(paid, second)
    assert (demand.state, demand.settled) == ("partly", 4 * SOM)
    assert trail_of("contract", paid.contract.pk).returned == 4 * SOM
    with refuses("reversed_already"):
        reverse(paid, second)
    demand = reverse(paid, first)

    assert (demand.state, demand.settled) == ("demanded", 0)
    assert trail_of("contract", paid.contract.pk).returned == 0
    assert list(verify()) == []
    paid.correct_demand(demand, Decimal(0))
    assert list(verify()) == []


def test_who_entered_the_money_does_not_reverse_it_and_a_closed_contract_stays_closed(paid):
    demand = paid.demand_return(10 * SOM)
    paid.return_money(demand, 10 * SOM)
    [entry] = demand.repayments.all()
    own = replace(paid.actor("head"), person_id=paid.actor("accountant").person_id)
    with refuses("own_entry"):
        contracts.reverse_repayment(actor=own, repayment=entry, reason="Ката", document="1")
    paid.enter_expenses(paid.payment.amount - 10 * SOM)
    paid.report = submit(paid)
    paid.accept_report()
    for name in ("head", "umut_head"):
        paid.sign_acceptance(name)
    paid.close_contract()

    with refuses("demand_closed"):
        reverse(paid, entry)


def test_a_penalty_entered_by_mistake_is_owed_again_before_what_it_hangs_on_is_reversed(paid, monkeypatch):
    monkeypatch.setattr("jardam.contracts.operations.money.penalty_for", lambda *_: 3 * SOM)
    demand = paid.demand_return(10 * SOM)
    paid.return_money(demand, 10 * SOM)
    why = {"reason": "Башка төлөм.", "document": "Буйрук 14"}
    with refuses("no_penalty"):
        contracts.reverse_penalty(actor=paid.actor("head"), demand=demand, **why)
    with transaction.atomic():
        demand = contracts.pay_penalty(
            actor=paid.actor("accountant"), demand=demand, document="90", paid_on=bishkek_day(paid.at)
        )
    [entry] = demand.repayments.all()
    with refuses("penalty_entered"):
        reverse(paid, entry)
    with transaction.atomic():
        demand = contracts.reverse_penalty(actor=paid.actor("head"), demand=demand, **why)
    assert (demand.penalty, demand.penalty_paid_on) == (3 * SOM, None)
    assert list(verify()) == []

    assert reverse(paid, entry).penalty == 0
    assert list(verify()) == []


def test_a_contract_is_ended_after_its_notice_and_what_was_not_accepted_is_demanded_back(running):
    """Only the first tranche was paid, and accepted; of the second nothing was ordered."""
    with refuses("termination_ground_unknown"):
        running.give_notice("dislike")
    left = balance(Stage.COMMITTED, "contract", running.contract.pk)
    before = trail_of_appropriations("programme", [running.programme.pk])
    running.give_notice()
    with refuses("notice_runs"):
        running.terminate()
    running.at += dt.timedelta(days=40)
    running.terminate()

    after = trail_of_appropriations("programme", [running.programme.pk])
    assert running.contract.state == "terminated"
    assert not Return.objects.exists()
    assert before.committed - after.committed == before.reserved - after.reserved == left > 0
    assert balance(Stage.ALLOCATED, "measure", running.measure.pk) >= left
    assert list(verify()) == []


def test_an_ended_contract_closes_when_its_money_is_back(paid):
    paid.give_notice("no_report")
    paid.at += dt.timedelta(days=40)
    paid.terminate()
    demand = Return.objects.get()
    assert (demand.reason, demand.amount) == ("terminated", paid.payment.amount)
    with refuses("close_money_open", "close_returns_open"):
        paid.close_contract()

    paid.return_money(demand, demand.amount)
    paid.close_contract()

    assert list(verify()) == []


def test_a_breach_put_right_lets_the_contract_go_on_and_a_report_may_come_meanwhile(paid):
    paid.give_notice()
    paid.submit_report()
    paid.at += dt.timedelta(days=40)
    with refuses("report_undecided"):
        paid.terminate()
    with transaction.atomic():
        paid.contract = contracts.withdraw_notice(actor=paid.actor("head"), contract=paid.contract)

    assert paid.contract.state == "in_force"


# --- verify ----------------------------------------------------------------------------------------------------

CORRUPTIONS = {
    "the plan of a line": (
        "contracts_contract",
        """UPDATE contracts_plan SET lines = jsonb_set(lines, '{{0,1}}', '"1.00"') WHERE contract_id = {id}""",
    ),
    "the term of an amendment": (
        "contracts_amendment",
        """UPDATE {table} SET after = after || '{{"ends_on": "2099-01-01"}}' WHERE id = {id}""",
    ),
    "what an amendment lowers": ("contracts_amendment", "UPDATE {table} SET lowered = 1 WHERE id = {id}"),
    "the bytes of an amendment": (
        "contracts_amendment",
        "UPDATE {table} SET content = content || ' '::bytea WHERE id = {id}",
    ),
    "a signature on an amendment": (
        "contracts_amendment",
        "DELETE FROM documents_signature WHERE object_kind = 'amendment' AND side = 'customer'",
    ),
    "whose a letter is": ("contracts_letter", "UPDATE {table} SET side = 'executor' WHERE id = {id}"),
    "the day of an answer": (
        "contracts_letter",
        "UPDATE {table} SET answered_at = answered_at + interval '1 day' WHERE id = {id}",
    ),
    "the worth of a thing": ("contracts_asset", "UPDATE {table} SET value = value - 1 WHERE id = {id}"),
    "a demand": ("contracts_return", "UPDATE {table} SET amount = amount + 1 WHERE id = {id}"),
    "what came back": ("contracts_return", "UPDATE {table} SET settled = settled - 1, state = state WHERE id = {id}"),
    "the first day": ("contracts_contract", "UPDATE {table} SET starts_on = starts_on + 1 WHERE id = {id}"),
    "a reversal the ledger does not know": (
        "contracts_repayment",
        "UPDATE contracts_demandchange SET kind = 'reversed', repayment_id = {id}",
    ),
    "how a demand was put right": (
        "contracts_demandchange",
        "UPDATE {table} SET before = before + 1 WHERE id = {id}",
    ),
    "a repayment": ("contracts_repayment", "UPDATE {table} SET document = '89' WHERE id = {id}"),
    "the ground of an end": ("contracts_termination", "UPDATE {table} SET ground = 'not_begun' WHERE id = {id}"),
}


@pytest.mark.slow
def test_a_corruption_of_a_paper_is_found_with_its_table_and_row(paid):
    change = paid.propose_amendment(ends_on=paid.contract.ends_on - dt.timedelta(days=9))
    for name in ("head", "umut_head"):
        paid.sign_amendment(name, change)
    letter = paid.send_letter()
    with transaction.atomic():
        contracts.answer_letter(actor=paid.actor("umut_head"), letter=letter, answer="Ооба.")
    paid.record_asset(paid.enter_expense(SOM))
    demand = paid.demand_return(3 * SOM)
    paid.return_money(demand, SOM)
    paid.correct_demand(demand, 2 * SOM)
    paid.give_notice()
    assert list(verify()) == []

    missed = []
    for what, (table, statement) in CORRUPTIONS.items():
        [(pk,)] = sql(f"SELECT id FROM {table}")
        with undone():
            with as_owner(triggers=False):
                sql(statement.format(table=table, id=pk))
            if not any(fault.startswith(f"{table} {pk}: ") for fault in verify()):
                missed.append((what, list(verify())))

    assert missed == []
