"""Who may do what with money."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet, Sum

from jardam.documents.policy import file_of
from jardam.journal.procedure import Procedure
from jardam.kernel.actor import Actor
from jardam.kernel.permission import Rule, rules_of
from jardam.kernel.time import bishkek_day
from jardam.parties.models import Organisation
from jardam.parties.queries import bank_account_on, bank_accounts_on
from jardam.parties.rules import Role
from jardam.rulebook.house import HOUSE

from . import lifecycle
from .models import CashPlan, CashPlanMonth, LineMatch, PaymentOrder, PaymentPackage, Statement
from .rules import PLANNED, CashNeed, MatchFacts, PackageFacts, PaymentFacts


class Permission(StrEnum):
    """`thing:verb`, in alphabetical order."""

    APPROPRIATION_APPROPRIATE = "appropriation:appropriate"
    APPROPRIATION_CARRY = "appropriation:carry_over"
    APPROPRIATION_CLOSE = "appropriation:close_appropriation"
    APPROPRIATION_MOVE = "appropriation:move_allocation"
    APPROPRIATION_REVISE = "appropriation:revise_appropriation"
    CASH_PLAN_CHANGE = "cash_plan:change_cash_plan"
    CASH_PLAN_PLAN = "cash_plan:plan_cash"
    MATCH_CONFIRM = "line_match:confirm_match"
    MATCH_PROPOSE = "line_match:propose_match"
    MATCH_REJECT = "line_match:reject_match"
    PACKAGE_DISSOLVE = "payment_package:dissolve_package"
    PACKAGE_DRAW_UP = "payment_package:draw_up_package"
    PACKAGE_SEND = "payment_package:send_package"
    PACKAGE_SIGN = "payment_package:sign_package"
    PAYMENT_APPROVE = "payment:approve_payment"
    PAYMENT_BOUNCE = "payment:bounce_payment"
    PAYMENT_CONFIRM_EXISTING = "payment:confirm_existing_payment"
    PAYMENT_CREDIT = "payment:credit_payment"
    PAYMENT_EXECUTE = "payment:execute_payment"
    PAYMENT_ORDER = "payment:order_payment"
    PAYMENT_PACK = "payment:pack_payment"
    PAYMENT_RECORD_EXISTING = "payment:record_existing_payment"
    PAYMENT_REDIRECT = "payment:redirect_payment"
    PAYMENT_REFUSE = "payment:refuse_payment"
    PAYMENT_UNPACK = "payment:unpack_payment"
    PAYMENT_WITHDRAW = "payment:withdraw_payment"
    SHORTFALL_COVER = "shortfall:cover_shortfall"
    SHORTFALL_OPEN = "shortfall:open_shortfall"
    SHORTFALL_RESOLVE = "shortfall:resolve_shortfall"
    STATEMENT_IMPORT = "statement:import_statement"
    YEAR_CLOSE = "year_close:close_year"


def _own(actor: Actor, thing: Any) -> bool:
    return actor.acts_for(thing.organisation_id)


def _its_treasury(actor: Actor, payment: PaymentOrder) -> bool:
    payer = Organisation.objects.filter(pk=payment.organisation_id).values_list("treasury_id", flat=True)
    return actor.acts_for(payer.first())


def _of_its_budget(actor: Actor, thing: Any) -> bool:
    return _own(actor, thing.appropriation)


def _of_its_statement(actor: Actor, match: LineMatch) -> bool:
    return _own(actor, match.line.statement)


_HANDS = HOUSE["H-10"].basis
_MONEY = HOUSE["H-11"].basis
_CASH = HOUSE["H-41"].basis
_CUT = HOUSE["H-42"].basis
_YEAR = HOUSE["H-43"].basis

_DESK = (Role.SPECIALIST, Role.ACCOUNTANT, Role.HEAD)
_BOOKS = (Role.ACCOUNTANT,)
_BOOKS_AND_HEAD = (Role.ACCOUNTANT, Role.HEAD)
_TREASURY = (Role.TREASURY_OFFICER,)
_SECONDS = (Role.HEAD, Role.SIGNATORY)

TABLE: dict[Permission, Rule] = {
    Permission.APPROPRIATION_APPROPRIATE: Rule(_DESK, _own, "the customer", _MONEY),
    Permission.APPROPRIATION_CARRY: Rule(_BOOKS, _own, "the customer", _YEAR),
    Permission.APPROPRIATION_CLOSE: Rule(_BOOKS, _own, "the customer", _YEAR),
    Permission.APPROPRIATION_MOVE: Rule(_DESK, _own, "the customer", _MONEY),
    Permission.APPROPRIATION_REVISE: Rule(_BOOKS_AND_HEAD, _own, "the customer", _CUT),
    Permission.CASH_PLAN_CHANGE: Rule(_BOOKS, _own, "the customer", _CASH),
    Permission.CASH_PLAN_PLAN: Rule(_BOOKS, _own, "the customer", _CASH),
    Permission.MATCH_CONFIRM: Rule(_TREASURY, _of_its_statement, "the treasury", _HANDS),
    Permission.MATCH_PROPOSE: Rule(_TREASURY, _of_its_statement, "the treasury", _HANDS),
    Permission.MATCH_REJECT: Rule(_TREASURY, _of_its_statement, "the treasury", _HANDS),
    Permission.PACKAGE_DISSOLVE: Rule(_BOOKS, _own, "the payer", _HANDS),
    Permission.PACKAGE_DRAW_UP: Rule(_BOOKS, _own, "the payer", _HANDS),
    Permission.PACKAGE_SEND: Rule(_SECONDS, _own, "the payer", _HANDS),
    Permission.PACKAGE_SIGN: Rule(_BOOKS_AND_HEAD, _own, "the payer", _HANDS),
    Permission.PAYMENT_APPROVE: Rule(_SECONDS, _own, "the payer", _HANDS),
    Permission.PAYMENT_BOUNCE: Rule((Role.TREASURY_OFFICER,), _its_treasury, "the treasury", _HANDS),
    Permission.PAYMENT_CONFIRM_EXISTING: Rule(_SECONDS, _own, "the payer", _HANDS),
    Permission.PAYMENT_CREDIT: Rule((Role.TREASURY_OFFICER,), _its_treasury, "the treasury", _HANDS),
    Permission.PAYMENT_EXECUTE: Rule((Role.TREASURY_OFFICER,), _its_treasury, "the treasury", _HANDS),
    Permission.PAYMENT_ORDER: Rule(_BOOKS, _own, "the payer", _HANDS),
    Permission.PAYMENT_PACK: Rule(_BOOKS, _own, "the payer", _HANDS),
    Permission.PAYMENT_RECORD_EXISTING: Rule(_BOOKS, _own, "the payer", _HANDS),
    Permission.PAYMENT_REDIRECT: Rule(_BOOKS, _own, "the payer", _HANDS),
    Permission.PAYMENT_REFUSE: Rule((Role.TREASURY_OFFICER,), _its_treasury, "the treasury", _HANDS),
    Permission.PAYMENT_UNPACK: Rule(_BOOKS, _own, "the payer", _HANDS),
    Permission.PAYMENT_WITHDRAW: Rule(_BOOKS, _own, "the payer", _HANDS),
    Permission.SHORTFALL_COVER: Rule(_BOOKS_AND_HEAD, _of_its_budget, "the customer", _CUT),
    Permission.SHORTFALL_OPEN: Rule(_BOOKS_AND_HEAD, _of_its_budget, "the customer", _CUT),
    Permission.SHORTFALL_RESOLVE: Rule(_BOOKS_AND_HEAD, _of_its_budget, "the customer", _CUT),
    Permission.STATEMENT_IMPORT: Rule(_TREASURY, _own, "the treasury", HOUSE["H-21"].basis),
    Permission.YEAR_CLOSE: Rule(_BOOKS, _own, "the customer", _YEAR),
}

FIRST_SIGNATORIES = _BOOKS_AND_HEAD
SECOND_SIGNATORIES = _SECONDS
"""Whom a package may name. In an office of one person the second comes from outside, under a mandate of the
customer (decisions.md §8)."""


def payment_facts(payment: PaymentOrder, actor: Actor) -> PaymentFacts:
    current = bank_account_on(payment.payee_id, bishkek_day(actor.at))
    return PaymentFacts(
        payment.maker_id,
        actor.person_id,
        payment.document_number,
        payment.executed_on is not None,
        payment.package.state if payment.package else "",
        current is None or current.pk != payment.account_id,
    )


def package_facts(package: PaymentPackage, actor: Actor) -> PackageFacts:
    day = bishkek_day(actor.at)
    payments = list(package.payments.select_related("appropriation").order_by("id")) if package.pk else []
    asked: dict[str, Decimal] = {}
    for payment in payments:
        line = payment.appropriation.line
        asked[line] = asked.get(line, Decimal(0)) + payment.amount
    planned = planned_cash(package.organisation_id, day.year, asked)
    used = used_cash(package.organisation_id, day.year)
    return PackageFacts(
        package.first_id,
        package.second_id,
        actor.person_id,
        frozenset(payment.maker_id for payment in payments),
        _moved(payments, actor),
        tuple(
            CashNeed(
                line,
                day.replace(day=1),
                planned.get((line, day.month), Decimal(0)),
                used.get((line, day.month), Decimal(0)),
                amount,
            )
            for line, amount in sorted(asked.items())
        ),
    )


def _moved(payments: list[PaymentOrder], actor: Actor) -> bool:
    """Whether a payee has another account today than the one its order goes to."""
    day = bishkek_day(actor.at)
    current = bank_accounts_on((payment.payee_id for payment in payments), day)
    return any(
        payment.payee_id not in current or current[payment.payee_id].pk != payment.account_id for payment in payments
    )


def planned_cash(organisation_id: int, year: int, lines: Iterable[str]) -> dict[tuple[str, int], Decimal]:
    """(line, month) → what the cash plans in force give, in som."""
    plans = CashPlan.objects.filter(organisation_id=organisation_id, year=year, line__in=list(lines))
    known = {plan.pk: plan for plan in plans}
    months = CashPlanMonth.objects.filter(plan_id__in=known)
    return {
        (known[row.plan_id].line, row.month): row.amount for row in months if row.version == known[row.plan_id].version
    }


def used_cash(organisation_id: int, year: int) -> dict[tuple[str, int], Decimal]:
    """(line, month) → what went to the treasury and did not come back, in som."""
    rows = PaymentOrder.objects.filter(organisation_id=organisation_id, sent_on__year=year, state__in=PLANNED)
    sums = rows.values_list("appropriation__line", "sent_on__month").annotate(sent=Sum("amount"))
    return {(line, month): sent for line, month, sent in sums}


APPROPRIATION = Procedure(lifecycle.APPROPRIATION, rules_of("appropriation", TABLE))
CASH_PLAN = Procedure(lifecycle.CASH_PLAN, rules_of("cash_plan", TABLE))
PACKAGE = Procedure(lifecycle.PACKAGE, rules_of("payment_package", TABLE), package_facts)
PAYMENT = Procedure(lifecycle.PAYMENT, rules_of("payment", TABLE), payment_facts)
SHORTFALL = Procedure(lifecycle.SHORTFALL, rules_of("shortfall", TABLE))
YEAR_CLOSE = Procedure(lifecycle.YEAR_CLOSE, rules_of("year_close", TABLE))


def match_facts(match: LineMatch, actor: Actor) -> MatchFacts:
    return MatchFacts(match.proposed_by_id, actor.person_id)


STATEMENT = Procedure(lifecycle.STATEMENT, rules_of("statement", TABLE))
MATCH = Procedure(lifecycle.MATCH, rules_of("line_match", TABLE), match_facts)


def visible_statements(actor: Actor) -> QuerySet[Statement]:
    """Those of the actor's treasury: they show the accounts of others."""
    return Statement.objects.filter(organisation_id__in=actor.organisation_ids)


file_of(Statement, "file", visible_statements)
