"""Two requests at the same moment end in one of the two serial orders, and the loser is told why (blueprint §6.9).

Real threads on real connections, each committing. What a page does, `at_the_door` does: one durable transaction, tried
again when the database says that somebody was quicker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from jardam.contests import operations as contests
from jardam.contests.models import Application, Contest, Version
from jardam.contracts import operations as contracts
from jardam.contracts.models import Contract
from jardam.demonstration.road import Road
from jardam.journal.models import Record
from jardam.journal.operations import once
from jardam.kernel.actor import system
from jardam.kernel.refusal import Refused
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.parties.models import Mandate
from jardam.review import operations as review
from jardam.review.models import Proceeding
from jardam.review.queries import awards_of
from jardam.transparency.queries import verify
from jardam.treasury import operations as treasury
from jardam.treasury.models import Appropriation, LineMatch, PaymentOrder, Shortfall, StatementLine
from jardam.treasury.operations import Owner
from jardam.treasury.queries import balance, bound_contracts
from jardam.treasury.rules import Stage
from jardam.web.door import in_transaction
from tests.world import MEMBER_NAMES, first_then, new_road, sql, together

pytestmark = pytest.mark.race


@pytest.fixture
def road(committed) -> Road:
    """A road that other connections see: everything is committed to a database of its own."""
    return new_road()


def at_the_door(work: Callable[[], Any]) -> Callable[[], Any]:
    return lambda: in_transaction(work)


def in_a_transaction(work: Callable[[], Any]) -> Callable[[], Any]:
    """Without a second try."""

    def run() -> Any:
        with transaction.atomic():
            return work()

    return run


def codes(outcomes: list[Any]) -> list[str]:
    """An empty word for what was done, the first code for what was refused; anything else raised fails the test."""
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, Refused):
            raise outcome
    return [outcome.code if isinstance(outcome, Refused) else "" for outcome in outcomes]


def one_did_it_and_the_other_was_told(outcomes: list[Any], code: str) -> bool:
    return sorted(codes(outcomes)) == ["", code]


def head_of(road: Road, organisation: str, role: str = "head") -> Any:
    """One more person of that role, as an actor."""
    person = parties.register_person(name="Экинчи Киши", email=f"{organisation}-{role}@demo.invalid", password=None)
    with transaction.atomic():
        parties.grant_mandate(
            person=person,
            organisation=road.cast.organisations[organisation],
            role=role,
            document="Буйрук 2",
            actor=system(road.at),
        )
    road.cast.people["second"] = person
    return road.actor("second")


# --- money -----------------------------------------------------------------------------------------------------


def test_a_hundred_parallel_reservations_never_take_more_than_there_is(road):
    """600,000 som are allocated; each asks for 11,000. Fifty-four fit, without any second try."""
    road.to_adopted()
    act = Record.objects.filter(verb="allocate").latest("pk")
    measure, part = Owner("measure", road.measure.pk), Decimal("11000.00")

    def reserve(lot: int) -> Callable[[], Any]:
        return in_a_transaction(lambda: treasury.reserve(measure=measure, lot=Owner("lot", lot), amount=part, act=act))

    before = deadlocks()
    outcomes = together(*(reserve(lot) for lot in range(1, 101)))

    assert Counter(codes(outcomes)) == {"": 54, "not_enough_money": 46}
    assert balance(Stage.ALLOCATED, "measure", measure.id) == Decimal("6000.00")
    assert sql("SELECT count(*), sum(amount) FROM treasury_balance WHERE stage = 'reserved'") == [
        (54, Decimal("594000.00"))
    ]
    assert deadlocks() == before
    assert [fault for fault in verify() if "contests_lot" not in fault] == []


def deadlocks() -> int:
    """What the server counted; a connection reports when it closes, and these are closed."""
    connection.close()
    return sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[0][0]


def cut_and_signature(road: Road) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """The council leaves 50,000 som of the budget, and the last signature binds a contract of more."""
    road.to_published()
    road.prepare_contract()
    road.pass_standstill()
    road.do(lambda: contracts.sign_contract(actor=road.actor("head"), contract=road.contract))
    accountant, executor = road.actor("accountant"), road.actor("umut_head")
    cut = partial(
        treasury.revise_appropriation,
        actor=accountant,
        appropriation=Appropriation.objects.get(),
        amount=Decimal("50000.00"),
        retyped=Decimal("50000.00"),
        unit="som",
        document="Бюджетти тактоо жөнүндө токтом 3",
        document_on=bishkek_day(road.at),
        reason="Кирешелер аткарылган жок",
    )
    return cut, partial(contracts.sign_contract, actor=executor, contract=road.contract)


def test_a_contract_that_waits_for_a_cut_of_the_budget_is_refused(road):
    cut, sign = cut_and_signature(road)

    outcomes = first_then(cut, at_the_door(sign))

    assert codes(outcomes) == ["", "shortfall_open"]
    assert Contract.objects.get().state != "in_force"
    assert list(verify()) == []


def test_a_cut_of_the_budget_that_waits_for_a_contract_finds_it_bound(road):
    cut, sign = cut_and_signature(road)

    outcomes = first_then(sign, at_the_door(cut))

    assert codes(outcomes) == ["", ""]
    assert Contract.objects.get().state == "in_force"
    assert bound_contracts(Appropriation.objects.get()) == [(road.contract.pk, road.contract.amount)]
    assert list(verify()) == []


def test_a_cut_and_a_contract_at_one_moment_end_in_one_of_the_two_orders(road):
    cut, sign = cut_and_signature(road)

    outcomes = together(at_the_door(cut), at_the_door(sign))

    assert codes(outcomes) in (["", ""], ["", "shortfall_open"])
    assert Shortfall.objects.get().state == "open"
    assert list(verify()) == []


def test_a_cut_and_an_announcement_at_one_moment_never_take_the_same_som(road):
    road.to_adopted()
    road.draft_contest()
    accountant, head, closes_on = road.actor("accountant"), road.actor("head"), road.earliest_closing()
    announce = partial(contests.announce, actor=head, contest=road.contest, closes_on=closes_on)
    cut = partial(
        treasury.revise_appropriation,
        actor=accountant,
        appropriation=Appropriation.objects.get(),
        amount=Decimal("1000.00"),
        retyped=Decimal("1000.00"),
        unit="som",
        document="Бюджетти тактоо жөнүндө токтом 3",
        document_on=bishkek_day(road.at),
        reason="Кирешелер аткарылган жок",
    )

    outcomes = together(at_the_door(cut), at_the_door(announce))

    assert codes(outcomes)[0] == ""
    assert codes(outcomes)[1] in ("", "not_enough_money", "shortfall_open")
    assert list(verify()) == []


def test_two_contests_never_both_get_the_last_money_of_a_measure(road):
    road.to_adopted()
    road.draft_contest()
    first = road.contest
    road.draft_contest()
    second = road.contest
    closes_on = road.earliest_closing()

    def announce(contest: Contest) -> Callable[[], Any]:
        head = road.actor("head")
        return at_the_door(lambda: contests.announce(actor=head, contest=contest, closes_on=closes_on))

    outcomes = together(announce(first), announce(second))

    assert one_did_it_and_the_other_was_told(outcomes, "not_enough_money")
    assert Contest.objects.filter(state="announced").count() == 1
    assert list(verify()) == []


def test_two_accountants_order_one_tranche_once(road):
    road.to_in_force()
    contract = road.contract
    accountants = [road.actor("accountant"), head_of(road, "okmotu", "accountant")]

    outcomes = together(
        *(at_the_door(partial(contracts.order_tranche, actor=a, contract=contract)) for a in accountants)
    )

    assert one_did_it_and_the_other_was_told(outcomes, "report_not_accepted")
    assert PaymentOrder.objects.count() == 1
    assert list(verify()) == []


def test_a_package_is_sent_once_though_its_second_signatory_presses_twice(road):
    road.to_in_force()
    road.order_tranche()
    road.plan_cash()
    road.draw_up_package()
    road.sign_package()

    outcomes = together(
        *(at_the_door(partial(treasury.send_package, package=road.package, actor=road.actor("head"))) for _ in "ab")
    )

    assert one_did_it_and_the_other_was_told(outcomes, "wrong_state")
    assert list(verify()) == []


def _paid(road: Road) -> PaymentOrder:
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    return road.payment


def test_two_lines_become_one_payment_in_one_pair_of_hands_only(road):
    """Two people, each with a line of their own, name the same payment at one moment."""
    payment = _paid(road)
    road.import_statement([(payment.executed_on, number, payment.amount) for number in ("00417", "417")])
    people = [road.actor("treasurer"), head_of(road, "treasury", "treasury_officer")]
    lines = StatementLine.objects.order_by("id")

    outcomes = together(
        *(
            at_the_door(
                partial(treasury.propose_match, actor=a, line=line, payment=payment, reason="Бир нөл жетишпейт")
            )
            for a, line in zip(people, lines, strict=True)
        )
    )

    assert one_did_it_and_the_other_was_told(outcomes, "payment_matched")
    assert LineMatch.objects.count() == 1
    assert list(verify()) == []


def test_two_people_name_the_payment_of_one_line_once(road):
    payment = _paid(road)
    road.import_statement([(payment.executed_on, "00417", payment.amount)])
    people = [road.actor("treasurer"), head_of(road, "treasury", "treasury_officer")]
    line = StatementLine.objects.get()

    outcomes = together(
        *(
            at_the_door(
                partial(treasury.propose_match, actor=a, line=line, payment=payment, reason="Бир нөл жетишпейт")
            )
            for a in people
        )
    )

    assert one_did_it_and_the_other_was_told(outcomes, "line_matched")
    assert list(verify()) == []


def test_a_file_and_a_person_never_find_the_same_payment_on_two_lines(road):
    """A second file shows the payment by its right number while somebody says that a line of the first is it."""
    payment = _paid(road)
    road.import_statement([(payment.executed_on, "00417", payment.amount)])
    line, actor = StatementLine.objects.get(), road.actor("treasurer")
    text = (
        f"date;number;amount;direction;account\n{payment.executed_on};{payment.document_number};{payment.amount};out;"
    )

    codes(
        together(
            at_the_door(partial(treasury.propose_match, actor=actor, line=line, payment=payment, reason="Нөл")),
            at_the_door(partial(treasury.reconcile, actor=actor, content=text.encode(), name="2.csv")),
        )
    )

    by_file = StatementLine.objects.filter(found="matched").count()
    assert by_file + LineMatch.objects.count() == 1
    assert list(verify()) == []


def test_a_payment_is_executed_or_refused_never_both(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    officer = road.actor("treasurer")

    outcomes = together(
        at_the_door(
            lambda: treasury.execute_payment(
                payment=road.payment, number="000417", executed_on=bishkek_day(road.at), actor=officer
            )
        ),
        at_the_door(lambda: treasury.refuse_payment(payment=road.payment, code="wrong_account", actor=officer)),
    )

    assert one_did_it_and_the_other_was_told(outcomes, "wrong_state")
    assert list(verify()) == []


# --- applications ----------------------------------------------------------------------------------------------


def test_two_people_of_one_applicant_start_one_application(road):
    road.to_announced()
    writers = [road.actor("umut_head"), road.actor("umut_editor")]
    umut = road.cast.organisations["umut"]

    outcomes = together(
        *(at_the_door(partial(contests.start_application, actor=w, lot=road.lot, applicant=umut)) for w in writers)
    )

    assert one_did_it_and_the_other_was_told(outcomes, "one_application_a_lot")
    assert Application.objects.count() == 1
    assert list(verify()) == []


def test_submitting_twice_with_one_key_makes_one_version_and_one_receipt(road):
    road.to_announced()
    road.write_application("umut")
    actor, application = road.actor("umut_head"), road.applications["umut"]

    def submit() -> str:
        return contests.sign_off_and_submit(actor=actor, application=application).ref

    outcomes = together(*[at_the_door(lambda: once("one-key", "submit", [], actor, submit))] * 4)

    assert codes(outcomes) == [""] * 4
    assert {address for address, _ in outcomes} == {Version.objects.get().ref}
    assert sorted(done_now for _, done_now in outcomes) == [False, False, False, True]


def test_submitting_twice_with_two_keys_makes_two_versions_of_one_application(road):
    road.to_announced()
    road.write_application("umut")
    actor, application = road.actor("umut_head"), road.applications["umut"]

    outcomes = together(*[at_the_door(lambda: contests.sign_off_and_submit(actor=actor, application=application))] * 2)

    assert codes(outcomes) == ["", ""]
    assert sorted(version.number for version in outcomes) == [1, 2]
    assert list(verify()) == []


def test_what_was_submitted_before_the_opening_began_is_opened(road):
    """The specialist opens while the applicant's last second is still being written: the opening waits."""
    submit, open_ = last_second(road)

    outcomes = first_then(submit, open_)

    assert codes(outcomes) == ["", ""]
    assert Application.objects.get().state == "opened"
    assert list(verify()) == []


def test_what_comes_after_the_opening_began_is_refused_though_it_was_sent_in_time(road):
    submit, open_ = last_second(road)

    outcomes = first_then(open_, submit)

    assert codes(outcomes) == ["", "contest_not_open"]
    assert Version.objects.count() == 0
    assert list(verify()) == []


def test_a_replacement_and_the_opening_end_with_the_version_whose_receipt_was_given_last(road):
    """The replacement is opened, or it is refused and what was handed in before stands."""
    replace, open_ = last_second(road, handed_in=True)

    outcomes = together(replace, open_)

    told = codes(outcomes)
    assert told in (["", ""], ["contest_not_open", ""], ["wrong_state", ""])
    assert Application.objects.get().state == "opened"
    assert Version.objects.latest("number").number == (1 if told[0] else 2)
    assert list(verify()) == []


def test_a_replacement_under_way_is_what_is_opened(road):
    replace, open_ = last_second(road, handed_in=True)

    outcomes = first_then(replace, open_)

    assert codes(outcomes) == ["", ""]
    assert Version.objects.latest("number").number == 2
    assert list(verify()) == []


def last_second(road: Road, handed_in: bool = False) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """An application sent in the last second, or sent again in it, and the opening at the deadline."""
    road.to_announced()
    road.write_application("umut")
    if handed_in:
        road.submit("umut")
    application, deadline = road.applications["umut"], road.contest.deadline_at
    assert deadline is not None
    road.at = deadline - timedelta(microseconds=1)
    applicant = road.actor("umut_head")
    road.at = deadline
    specialist = road.actor("specialist")
    return (
        in_a_transaction(lambda: contests.sign_off_and_submit(actor=applicant, application=application)),
        in_a_transaction(lambda: contests.open_applications(actor=specialist, contest=road.contest)),
    )


def test_a_contest_is_opened_once(road):
    road.to_announced()
    road.write_application("umut")
    road.submit("umut")
    road.pass_deadline()
    specialist = road.actor("specialist")

    outcomes = together(*[at_the_door(lambda: contests.open_applications(actor=specialist, contest=road.contest))] * 2)

    assert one_did_it_and_the_other_was_told(outcomes, "wrong_state")
    assert list(verify()) == []


# --- review ----------------------------------------------------------------------------------------------------


def test_a_review_begins_once(road):
    road.to_opened()
    road.appoint_commission()
    specialist = road.actor("specialist")

    outcomes = together(
        *[at_the_door(lambda: review.begin_review(actor=specialist, commission=road.commission, lot=road.lot))] * 2
    )

    assert one_did_it_and_the_other_was_told(outcomes, "review_begun")
    assert Proceeding.objects.count() == 1
    assert list(verify()) == []


def test_the_last_score_sheets_at_one_moment_reveal_the_scores_once(road):
    road.to_scoring()
    sheets = [(member, name) for member in MEMBER_NAMES for name in ("umut", "birge")]
    works = [
        partial(
            review.submit_scores,
            actor=road.actor(member),
            candidacy=road.candidacy(name),
            scores=road.scores(member, name),
        )
        for member, name in sheets
    ]

    outcomes = together(*map(at_the_door, works))

    assert codes(outcomes) == [""] * 6
    assert Proceeding.objects.get().state == "revealed"
    assert Record.objects.filter(verb="reveal").count() == 1
    assert list(verify()) == []


def test_the_last_signatures_at_one_moment_complete_a_protocol_once(road):
    road.to_scoring()
    for member in MEMBER_NAMES:
        for name in ("umut", "birge"):
            road.score(member, name)
    road.decide()

    outcomes = together(
        *(
            at_the_door(partial(review.sign_protocol, actor=road.actor(m), protocol=road.protocol))
            for m in MEMBER_NAMES
        )
    )

    assert codes(outcomes) == [""] * 3
    assert Record.objects.filter(verb="complete_signatures").count() == 1
    assert list(verify()) == []


def test_a_contract_is_prepared_once(road):
    road.to_published()
    award, specialist = awards_of(road.contest)[0], road.actor("specialist")

    outcomes = together(*[at_the_door(lambda: contracts.prepare_contract(actor=specialist, award=award))] * 2)

    assert one_did_it_and_the_other_was_told(outcomes, "contract_prepared")
    assert Contract.objects.count() == 1


def test_both_sides_sign_at_one_moment_and_the_contract_is_in_force(road):
    road.to_published()
    road.prepare_contract()
    road.pass_standstill()

    outcomes = together(
        *(
            at_the_door(partial(contracts.sign_contract, actor=road.actor(name), contract=road.contract))
            for name in ("head", "umut_head")
        )
    )

    assert codes(outcomes) == ["", ""]
    assert Contract.objects.get().state == "in_force"
    assert list(verify()) == []


# --- mandates --------------------------------------------------------------------------------------------------


def test_a_revocation_waits_for_the_act_that_is_under_way(road):
    act, revoke = act_and_revocation(road)

    assert codes(first_then(act, revoke)) == ["", ""]

    assert Record.objects.get(verb="draft_contest").pk < Record.objects.get(verb="revoke").pk


def test_an_act_under_a_mandate_that_is_being_revoked_is_refused(road):
    act, revoke = act_and_revocation(road)

    assert codes(first_then(revoke, act)) == ["", "mandate_over"]

    assert not Record.objects.filter(verb="draft_contest").exists()


def act_and_revocation(road: Road) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """The specialist drafts a contest, as the door lets it; the registrar revokes the specialist's mandate."""
    road.to_adopted()
    specialist, registrar = road.actor("specialist"), road.actor("registrar")
    mandate = Mandate.objects.get(person_id=specialist.person_id)

    def act() -> Any:
        parties.hold_mandate(actor=specialist)
        return contests.draft_contest(
            actor=specialist,
            customer=road.cast.organisations["okmotu"],
            programme=road.programme,
            title={"ky": "Сынак"},
        )

    def revoke() -> Any:
        return parties.revoke_mandate(mandate=mandate, actor=registrar, document="Буйрук 3")

    return in_a_transaction(act), in_a_transaction(revoke)


# --- contests after their announcement -------------------------------------------------------------------------


def late_by_a_minute(road: Road) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """An application that is a minute late, and the outage that would have it in time."""
    road.to_announced()
    road.write_application("umut")
    deadline = road.contest.deadline_at
    road.at = deadline + timedelta(minutes=1)
    registrar, head, application = road.actor("registrar"), road.actor("umut_head"), road.applications["umut"]
    begins, ends = deadline - timedelta(hours=1), deadline + timedelta(seconds=30)
    extend = partial(
        contests.extend_for_outage, actor=registrar, begins_at=begins, ends_at=ends, ground="Электр өчкөн"
    )
    return extend, at_the_door(partial(contests.sign_off_and_submit, actor=head, application=application))


def test_who_submits_while_the_deadline_is_being_extended_waits_and_is_in_time(road):
    extend, submit = late_by_a_minute(road)

    assert codes(first_then(extend, submit)) == ["", ""]
    assert Version.objects.count() == 1
    assert list(verify()) == []


def test_extending_and_submitting_at_once_end_in_one_of_the_two_orders(road):
    extend, submit = late_by_a_minute(road)

    extended, submitted = codes(together(at_the_door(extend), submit))

    assert extended == ""
    assert submitted in ("", "deadline_passed")
    assert Version.objects.count() == (0 if submitted else 1)
    assert list(verify()) == []


def test_two_operators_register_one_outage_once(road):
    extend, _submit = late_by_a_minute(road)
    was = road.contest.deadline_at

    outcomes = together(at_the_door(extend), at_the_door(extend))

    assert set(codes(outcomes)) <= {"", "outage_overlaps"}
    assert Record.objects.filter(verb="extend_for_outage").count() == 1
    assert Contest.objects.get().deadline_at > was
    assert list(verify()) == []


def test_a_contest_is_opened_or_cancelled_but_not_both(road):
    road.to_announced()
    road.write_application("umut")
    road.submit("umut")
    road.pass_deadline()
    head, specialist, paper, contest = road.actor("head"), road.actor("specialist"), road.paper(), road.contest

    outcomes = together(
        at_the_door(
            lambda: contests.cancel(actor=head, contest=contest, ground="need_ceased", paper=paper, text="Жок")
        ),
        at_the_door(lambda: contests.open_applications(actor=specialist, contest=contest)),
    )

    assert one_did_it_and_the_other_was_told(outcomes, "wrong_state")
    assert (Contest.objects.get().state == "opened") == Application.objects.filter(state="opened").exists()
    assert list(verify()) == []
