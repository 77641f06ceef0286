"""What the database itself refuses, to the serving role and to the owner alike (decisions.md §3.1, §4.1)."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings

from jardam.journal.grants import privileges
from jardam.journal.models import AppendOnly, Stateful
from jardam.kernel.lifecycle import NEW
from tests.world import (
    APPEND_ONLY,
    NOT_ZERO,
    PERMISSION_DENIED,
    STATE_WITHOUT_ACT,
    as_owner,
    database_refuses,
    sql,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accepted")]

KEPT = sorted(m._meta.db_table for m in apps.get_models() if issubclass(m, AppendOnly))
STATEFUL = sorted((m._meta.db_table, m.KIND) for m in apps.get_models() if issubclass(m, Stateful))
UNTOUCHED_BY_THE_ROAD = {
    "parties_restriction",
    "documents_file",
    "documents_look",
    "planning_committeeopinion",  # the council and the year: jardam/planning/tests/test_council.py
    "planning_councildecision",
    "planning_councilreport",
    "planning_gathering",
    "planning_publication",
    "planning_measureversion",  # versions: jardam/planning/tests/test_versions.py
    "planning_revisedmeasure",
    "planning_revisedsection",
    "review_panelmember",  # appeals: jardam/review/tests/test_appeals.py
    "review_returned",
    "record_loadedfile",
    "record_earlierversion",
}
UNTOUCHED_STATEFUL = {
    "regime_ruleconfirmation",
    "regime_ruleadoption",
    "planning_comment",
    "planning_problem",
    "planning_revision",
    "review_appeal",
    "review_appealpanel",
    "review_erratum",
}


def first_id(table: str) -> int:
    key = apps.get_model(*table.split("_", 1))._meta.pk.column
    return sql(f'SELECT min("{key}") FROM {table}')[0][0]


def act(kind: str, object_id: int, before: str, after: str) -> int:
    """A journal record as a program might forge it; its id."""
    return sql(
        """INSERT INTO journal_record (kind, verb, object_kind, object_id, before, after, person_name,
             organisation_name, role, at, basis, edition, schema_v, hash_v, public, public_data)
           VALUES ('act', 'forged', %s, %s, %s, %s, '', '', '', now(), '{}', '', 1, 1, '{}', '{}') RETURNING id""",
        kind,
        object_id,
        before,
        after,
    )[0][0]


# --- what is written once --------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", KEPT)
def test_the_serving_role_never_updates_deletes_or_truncates_what_is_written_once(table):
    column = apps.get_model(*table.split("_", 1))._meta.pk.column

    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with database_refuses(PERMISSION_DENIED):
            sql(statement)


@pytest.mark.parametrize("table", sorted(set(KEPT) - UNTOUCHED_BY_THE_ROAD))
def test_the_owner_too_is_refused_to_change_what_is_written_once(table):
    column = apps.get_model(*table.split("_", 1))._meta.pk.column
    assert first_id(table), "the road leaves a row of every kind here"

    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with database_refuses(APPEND_ONLY), as_owner():
            sql(statement)


def test_the_serving_role_cannot_turn_the_triggers_off():
    for statement in (
        "SET session_replication_role = replica",
        "ALTER TABLE journal_record DISABLE TRIGGER ALL",
        "DROP TRIGGER journal_record_append_only ON journal_record",
        "CREATE OR REPLACE FUNCTION jardam_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ):
        with database_refuses(PERMISSION_DENIED):
            sql(statement)


# --- states ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["serving", "owner"])
@pytest.mark.parametrize(("table", "kind"), [row for row in STATEFUL if row[0] not in UNTOUCHED_STATEFUL])
def test_a_state_is_never_set_without_an_act(table, kind, role):
    (last,) = sql(f"SELECT act_id FROM {table} WHERE id = %s", first_id(table))[0]
    statements = (
        "UPDATE {0} SET state = state || 'x' WHERE id = {1}",
        "UPDATE {0} SET state = state || 'x', act_id = {2} WHERE id = {1}",
        "UPDATE {0} SET act_id = act_id - 1 WHERE id = {1}",
        "UPDATE {0} SET act_id = 9000000000 WHERE id = {1}",
    )

    for statement in statements:
        with database_refuses(STATE_WITHOUT_ACT):
            if role == "owner":
                sql("RESET ROLE")
            sql(statement.format(table, first_id(table), last + 1))


@pytest.mark.parametrize(("table", "kind"), STATEFUL)
def test_a_thing_with_a_state_is_never_deleted(table, kind):
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with database_refuses(PERMISSION_DENIED):
            sql(statement)
    with database_refuses(APPEND_ONLY), as_owner():
        sql(f"TRUNCATE {table} CASCADE")
    if table not in UNTOUCHED_STATEFUL:
        with database_refuses(APPEND_ONLY), as_owner():
            sql(f"DELETE FROM {table}")


def test_an_act_on_the_very_thing_moves_its_state():
    contract = first_id("contracts_contract")
    newer = act("contract", contract, "in_force", "half_signed")

    sql("UPDATE contracts_contract SET state = 'half_signed', act_id = %s WHERE id = %s", newer, contract)

    assert sql("SELECT state FROM contracts_contract WHERE id = %s", contract) == [("half_signed",)]


@pytest.mark.parametrize(
    ("kind", "shift", "before", "after"),
    [
        ("contract", 1, "in_force", "half_signed"),  # of another object
        ("report", 0, "in_force", "half_signed"),  # of another kind of thing
        ("contract", 0, "prepared", "half_signed"),  # from another state
        ("contract", 0, "in_force", "prepared"),  # to another state
        ("contract", 0, NEW, "half_signed"),  # a first act for what is there already
    ],
)
def test_an_act_that_is_not_about_this_change_moves_nothing(kind, shift, before, after):
    contract = first_id("contracts_contract")
    newer = act(kind, contract + shift, before, after)

    with database_refuses(STATE_WITHOUT_ACT):
        sql("UPDATE contracts_contract SET state = 'half_signed', act_id = %s WHERE id = %s", newer, contract)


def test_an_act_that_was_used_before_moves_nothing_again():
    """The same step back and forth needs a new act each time, however well the old one fits."""
    contract = first_id("contracts_contract")
    back = act("contract", contract, "in_force", "half_signed")
    sql("UPDATE contracts_contract SET state = 'half_signed', act_id = %s WHERE id = %s", back, contract)
    forth = act("contract", contract, "half_signed", "in_force")
    sql("UPDATE contracts_contract SET state = 'in_force', act_id = %s WHERE id = %s", forth, contract)

    with database_refuses(STATE_WITHOUT_ACT):
        sql("UPDATE contracts_contract SET state = 'half_signed', act_id = %s WHERE id = %s", back, contract)


def test_a_table_of_the_session_does_not_pass_for_the_journal():
    """Names without a schema would be looked up in the session's temporary tables first."""
    contract = first_id("contracts_contract")
    with as_owner():
        sql(f"GRANT TEMPORARY ON DATABASE {current_database()} TO {settings.APP_ROLE}")
    sql("CREATE TEMPORARY TABLE journal_record AS SELECT * FROM public.journal_record WITH NO DATA")
    sql(
        """INSERT INTO pg_temp.journal_record (id, object_kind, object_id, before, after)
           VALUES (9000000000, 'contract', %s, 'in_force', 'half_signed')""",
        contract,
    )

    with database_refuses(STATE_WITHOUT_ACT):
        sql("UPDATE contracts_contract SET state = 'half_signed', act_id = 9000000000 WHERE id = %s", contract)


def test_a_table_of_the_session_does_not_pass_for_the_ledger():
    with as_owner():
        sql(f"GRANT TEMPORARY ON DATABASE {current_database()} TO {settings.APP_ROLE}")
    sql("CREATE TEMPORARY TABLE treasury_entry AS SELECT * FROM public.treasury_entry WITH NO DATA")

    with database_refuses(NOT_ZERO):
        posting = sql(
            """INSERT INTO treasury_posting (verb, act_id, source_kind, source_id, at)
               SELECT 'forged', act_id, 'lot', 1, now() FROM treasury_posting LIMIT 1 RETURNING id"""
        )[0][0]
        for amount in (100, -100):
            sql(
                "INSERT INTO pg_temp.treasury_entry (posting_id, account_id, amount) VALUES (%s, 1, %s)",
                posting,
                amount,
            )
        sql("SET CONSTRAINTS ALL IMMEDIATE")


def current_database() -> str:
    return sql("SELECT quote_ident(current_database())")[0][0]


# --- money -----------------------------------------------------------------------------------------------------

_PAID_ORDER = """
INSERT INTO treasury_paymentorder (ref, state, act_id, organisation_id, payee_id, owner_kind, owner_id, source_kind,
  source_id, appropriation_id, amount, currency, maker_id, checker_id, document_number, executed_on, refusal_code)
SELECT 'FORGED0000', 'executed', {act}, organisation_id, payee_id, owner_kind, owner_id, source_kind, source_id,
  appropriation_id, amount, currency, maker_id, checker_id, '000999', executed_on, ''
FROM treasury_paymentorder LIMIT 1
"""


@pytest.mark.parametrize("role", ["serving", "owner"])
def test_a_payment_order_is_never_inserted_as_paid(role):
    executed = sql("SELECT act_id FROM treasury_paymentorder WHERE state = 'executed'")[0][0]

    for record in (0, executed, 9000000000):
        with database_refuses(STATE_WITHOUT_ACT):
            if role == "owner":
                sql("RESET ROLE")
            sql(_PAID_ORDER.format(act=record))


@pytest.mark.parametrize("amounts", [(), (100,), (100, -99)])
def test_entries_that_do_not_sum_to_zero_are_refused(amounts):
    (account, record) = sql("SELECT a.id, p.act_id FROM treasury_account a, treasury_posting p LIMIT 1")[0]

    with database_refuses(NOT_ZERO):
        posting = sql(
            """INSERT INTO treasury_posting (verb, act_id, source_kind, source_id, at)
               VALUES ('forged', %s, 'lot', 1, now()) RETURNING id""",
            record,
        )[0][0]
        for amount in amounts:
            sql(
                "INSERT INTO treasury_entry (posting_id, account_id, amount) VALUES (%s, %s, %s)",
                posting,
                account,
                amount,
            )
        sql("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_balance_never_falls_below_zero():
    with database_refuses("23514"):
        sql("UPDATE treasury_balance SET amount = -0.01 WHERE stage = 'reserved'")


# --- the catalogue ---------------------------------------------------------------------------------------------

ROW, BEFORE, INSERT, DELETE, UPDATE, TRUNCATE = 1, 2, 4, 8, 16, 32  # bits of pg_trigger.tgtype


def triggers(table: str) -> set[tuple[str, int, str]]:
    """(function, type, argument) of the table's own triggers that always fire, on every column."""
    rows = sql(
        """SELECT tgfoid::regproc::text, tgtype, encode(tgargs, 'escape') FROM pg_trigger
           WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled IN ('O', 'A')
             AND tgqual IS NULL AND tgattr = ''""",
        f"public.{table}",
    )
    return {(function, kind, argument.removesuffix("\\000")) for function, kind, argument in rows}


@pytest.mark.parametrize("table", KEPT)
def test_every_append_only_model_has_its_two_triggers(table):
    assert {
        ("jardam_append_only", ROW | BEFORE | UPDATE | DELETE, ""),
        ("jardam_append_only", BEFORE | TRUNCATE, ""),
    } <= triggers(table)


@pytest.mark.parametrize(("table", "kind"), STATEFUL)
def test_every_stateful_model_has_its_guard_and_its_two_triggers(table, kind):
    assert {
        ("jardam_guard_state", ROW | BEFORE | INSERT | UPDATE, kind),
        ("jardam_append_only", ROW | BEFORE | DELETE, ""),
        ("jardam_append_only", BEFORE | TRUNCATE, ""),
    } <= triggers(table)


# --- the serving role ------------------------------------------------------------------------------------------


def test_the_serving_role_has_exactly_the_declared_privileges():
    granted: dict[str, set[str]] = {}
    for table, right in sql(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee IN (%s, 'PUBLIC') AND table_schema = 'public'",
        settings.APP_ROLE,
    ):
        granted.setdefault(table, set()).add(right)

    assert granted == {table: set(rights.split(", ")) for table, rights in privileges().items()}


def test_every_table_is_on_the_declared_list():
    tables = {row[0] for row in sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}

    assert tables == set(privileges())


def test_the_tests_run_as_the_serving_role_which_is_nobody_special():
    assert sql("SELECT current_user::text") == [(settings.APP_ROLE,)]
    assert sql(
        """SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles
           WHERE rolname = current_user"""
    ) == [(False,) * 5]


def test_the_serving_role_owns_nothing_and_belongs_to_no_other_role():
    role = "(SELECT oid FROM pg_roles WHERE rolname = current_user)"

    assert sql(f"SELECT oid::regclass FROM pg_class WHERE relowner = {role}") == []
    assert sql(f"SELECT oid::regproc FROM pg_proc WHERE proowner = {role}") == []
    assert sql(f"SELECT nspname FROM pg_namespace WHERE nspowner = {role}") == []
    assert sql(f"SELECT datname FROM pg_database WHERE datdba = {role}") == []
    assert sql(f"SELECT roleid FROM pg_auth_members WHERE member = {role}") == []


def test_the_serving_role_makes_no_tables():
    for statement in ("CREATE TABLE public.mine (id int)", "CREATE SCHEMA mine"):
        with database_refuses(PERMISSION_DENIED):
            sql(statement)
