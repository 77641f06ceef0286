"""`verify` names every corruption of a live database. Each is done as the owner with the triggers off: what nobody can
do through the system, but somebody with the database's password could (blueprint §6, decisions.md §4.1)."""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jardam.cli import verify as command
from jardam.contests.models import Version
from jardam.documents import operations as documents
from jardam.documents.models import path_of
from jardam.journal.operations import consume
from jardam.kernel.actor import system
from jardam.kernel.canonical import canonical, digest
from jardam.regime import operations as regime
from jardam.review.models import Protocol, ScoreSheet
from jardam.transparency.queries import verify
from tests.world import MONDAY, as_owner, sql

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("accepted")]


def corrupt(*statements: str, params: tuple[Any, ...] = ()) -> None:
    with as_owner(triggers=False):
        for statement in statements:
            sql(statement, *params)


def one(query: str, *params: Any) -> Any:
    return sql(query, *params)[0][0]


def row_of(table: str, where: str = "true") -> int:
    return one(f"SELECT id FROM {table} WHERE {where} ORDER BY id LIMIT 1")


def faults_about(table: str, pk: int) -> Iterator[str]:
    """What `verify` says of the row; whoever wants one fault only asks no further."""
    return (fault for fault in verify() if fault.startswith(f"{table} {pk}: "))


def test_a_road_walked_to_acceptance_verifies():
    assert list(verify()) == []


# --- one statement, one fault ----------------------------------------------------------------------------------

CORRUPTIONS = {
    # States and acts
    "a state": ("contracts_contract", "true", "UPDATE {table} SET state = 'prepared' WHERE id = {id}"),
    "an act of a state": ("review_protocol", "true", "UPDATE {table} SET act_id = act_id - 1 WHERE id = {id}"),
    "the before of a record": (
        "journal_record",
        "verb = 'approve_payment'",
        "UPDATE {table} SET before = 'refused' WHERE id = {id}",
    ),
    "the public bytes of a record": (
        "journal_record",
        "verb = 'announce'",
        "UPDATE {table} SET public = public || ' '::bytea WHERE id = {id}",
    ),
    "the public copy of a record": (
        "journal_record",
        "verb = 'publish_protocol'",
        'UPDATE {table} SET public_data = public_data || \'{{"approval": "99"}}\' WHERE id = {id}',
    ),
    # Rules and applications
    "the settled rules": (
        "contests_contest",
        "true",
        """UPDATE {table} SET settlement_bytes = convert_to(replace(convert_from(settlement_bytes, 'UTF8'),
             '"value":"6"', '"value":"5"'), 'UTF8') WHERE id = {id}""",
    ),
    "the edition": ("contests_contest", "true", "UPDATE {table} SET edition = 'grants/2017-814' WHERE id = {id}"),
    "a deadline": (
        "contests_contest",
        "true",
        "UPDATE {table} SET deadline_at = deadline_at + interval '1 day' WHERE id = {id}",
    ),
    "a lot's amount": ("contests_lot", "true", "UPDATE {table} SET amount = amount + 1 WHERE id = {id}"),
    "a register number": ("contests_application", "true", "UPDATE {table} SET number = 'KG-X-1-A9' WHERE id = {id}"),
    "the hash of a version": (
        "contests_version",
        "true",
        "UPDATE {table} SET content_sha256 = repeat('0', 64) WHERE id = {id}",
    ),
    "the time of a version": (
        "contests_version",
        "true",
        "UPDATE {table} SET at = at + interval '90 days' WHERE id = {id}",
    ),
    "a sealed version": (
        "contests_version",
        "true",
        "UPDATE {table} SET sealed = sealed || '\\x00'::bytea WHERE id = {id}",
    ),
    "a sealed draft": (
        "contests_draftsection",
        "true",
        "UPDATE {table} SET sealed = sealed || '\\x00'::bytea WHERE id = {id}",
    ),
    # Review
    "a seat": ("review_commission", "true", "UPDATE review_member SET side = 'civil' WHERE seat = 'chair'"),
    "the bytes of a protocol": (
        "review_protocol",
        "true",
        "UPDATE {table} SET content = content || ' '::bytea WHERE id = {id}",
    ),
    "a signature on a protocol": (
        "review_protocol",
        "true",
        """DELETE FROM documents_signature WHERE id = (
             SELECT min(id) FROM documents_signature WHERE object_kind = 'protocol')""",
    ),
    "the hash under a signature": (
        "documents_signature",
        "object_kind = 'protocol'",
        "UPDATE {table} SET content_sha256 = repeat('0', 64) WHERE id = {id}",
    ),
    "who signed": ("documents_signature", "true", "UPDATE {table} SET person_id = 1 WHERE id = {id}"),
    "an award": ("review_award", "true", "UPDATE {table} SET amount = amount - 1 WHERE id = {id}"),
    "the rank of an award": ("review_award", "true", "UPDATE {table} SET rank = 2 WHERE id = {id}"),
    "an award that is gone": ("review_protocol", "true", "DELETE FROM review_award"),
    "what a document is called": (
        "contests_attachment",
        "true",
        """UPDATE documents_sealedfile SET facts = facts || '\\x00'::bytea
           WHERE id = (SELECT file_id FROM {table} WHERE id = {id})""",
    ),
    "a sign-off": (
        "contests_version",
        "true",
        "DELETE FROM documents_signature WHERE object_kind = 'application'",
    ),
    "a sealed score sheet": (
        "review_scoresheet",
        "true",
        "UPDATE {table} SET sealed = sealed || '\\x00'::bytea WHERE id = {id}",
    ),
    "who scored": (
        "review_scoresheet",
        "true",
        "UPDATE {table} SET act_id = (SELECT max(act_id) FROM {table}) WHERE id = {id}",
    ),
    # Contract
    "the amount of a contract": (
        "contracts_contract",
        "true",
        "UPDATE {table} SET amount = amount + 1 WHERE id = {id}",
    ),
    "the executor of a contract": (
        "contracts_contract",
        "true",
        "UPDATE {table} SET executor_id = customer_id WHERE id = {id}",
    ),
    "the bytes of a contract": (
        "contracts_contract",
        "true",
        "UPDATE {table} SET content = content || ' '::bytea WHERE id = {id}",
    ),
    "the end of a contract": (
        "contracts_contract",
        "true",
        "UPDATE {table} SET ends_on = ends_on + 9 WHERE id = {id}",
    ),
    "a signature on a contract": (
        "contracts_contract",
        "true",
        "DELETE FROM documents_signature WHERE object_kind = 'contract' AND side = 'executor'",
    ),
    "the schedule of a contract": (
        "contracts_tranche",
        "true",
        "UPDATE {table} SET amount = amount - 5 WHERE id = {id}",
    ),
    "what was reported": ("contracts_report", "true", "UPDATE {table} SET people_served = 9999 WHERE id = {id}"),
    "the lines of a plan": ("contracts_plan", "true", "UPDATE {table} SET moved = 0, lines = '[]' WHERE id = {id}"),
    "an item of a report": ("contracts_expense", "true", "UPDATE {table} SET amount = amount + 1 WHERE id = {id}"),
    "what was accepted of an item": (
        "contracts_expense",
        "true",
        "UPDATE {table} SET accepted = accepted - 1 WHERE id = {id}",
    ),
    "the act of acceptance of items": (
        "contracts_acceptance",
        "true",
        "UPDATE contracts_expense SET accepted = 0 WHERE contract_id IS NOT NULL",
    ),
    "the items under a report": (
        "contracts_report",
        "true",
        "UPDATE contracts_expense SET amount = amount + 1, accepted = amount",
    ),
    "what was accepted": ("contracts_acceptance", "true", "UPDATE {table} SET amount = amount + 1 WHERE id = {id}"),
    # Documents
    "the number of a document": (
        "documents_document",
        "true",
        "UPDATE {table} SET number = 'KG-X-1' WHERE id = {id}",
    ),
    "the text of a document": (
        "documents_document",
        "true",
        "UPDATE {table} SET content = content || ' '::bytea WHERE id = {id}",
    ),
    # Money
    "an entry": (
        "treasury_posting",
        "verb = 'pay'",
        "UPDATE treasury_entry SET amount = amount + 1 WHERE posting_id = {id} AND amount > 0",
    ),
    "an entry that is gone": (
        "treasury_posting",
        "verb = 'pay'",
        "DELETE FROM treasury_entry WHERE posting_id = {id}",
    ),
    "the verb of a posting": ("treasury_posting", "verb = 'pay'", "UPDATE {table} SET verb = 'owe' WHERE id = {id}"),
    "the act of a posting": (
        "treasury_posting",
        "true",
        "UPDATE {table} SET act_id = 9000000000 WHERE id = {id}",
    ),
    "an account without a balance": (
        "treasury_account",
        "stage = 'paid'",
        "DELETE FROM treasury_balance WHERE account_id = {id}",
    ),
    "a payment's state": (
        "treasury_paymentorder",
        "true",
        """UPDATE {table} SET state = 'approved', document_number = '', executed_on = NULL WHERE id = {id}""",
    ),
    "a payment's amount": ("treasury_paymentorder", "true", "UPDATE {table} SET amount = amount - 1 WHERE id = {id}"),
    "a payment's payee": (
        "treasury_paymentorder",
        "true",
        "UPDATE {table} SET payee_id = organisation_id WHERE id = {id}",
    ),
    "a payment's maker": ("treasury_paymentorder", "true", "UPDATE {table} SET maker_id = 1 WHERE id = {id}"),
    "a payment's checker": ("treasury_paymentorder", "true", "UPDATE {table} SET checker_id = 1 WHERE id = {id}"),
    "the number of a payment document": (
        "treasury_paymentorder",
        "true",
        "UPDATE {table} SET document_number = '000418' WHERE id = {id}",
    ),
    "an appropriation": ("treasury_appropriation", "true", "UPDATE {table} SET amount = amount + 1 WHERE id = {id}"),
    # Planning and parties
    "a measure": ("planning_measure", "true", "UPDATE {table} SET amount = amount - 1 WHERE id = {id}"),
    "an adoption": ("planning_adoption", "true", "UPDATE {table} SET votes_for = votes_for + 1 WHERE id = {id}"),
    "the role of a mandate": (
        "parties_mandate",
        "role = 'specialist'",
        "UPDATE {table} SET role = 'head' WHERE id = {id}",
    ),
    "the person of a mandate": (
        "parties_mandate",
        "role = 'head'",
        "UPDATE {table} SET person_id = (SELECT max(id) FROM parties_person) WHERE id = {id}",
    ),
    "the end of a mandate": (
        "parties_mandate",
        "true",
        "UPDATE {table} SET valid_until = valid_from + 99 WHERE id = {id}",
    ),
    "the name of an organisation": (
        "parties_organisation",
        "true",
        'UPDATE {table} SET title = \'{{"ky": "Башка"}}\' WHERE id = {id}',
    ),
}


@pytest.mark.parametrize("what", CORRUPTIONS)
def test_a_corruption_is_found_with_its_table_and_row(what):
    table, where, statement = CORRUPTIONS[what]
    pk = row_of(table, where)

    corrupt(statement.format(table=table, id=pk))

    assert any(faults_about(table, pk)), list(verify())


def test_a_balance_that_differs_from_its_entries_is_found():
    account = one("SELECT account_id FROM treasury_balance WHERE stage = 'paid'")

    corrupt(f"UPDATE treasury_balance SET amount = amount + 1 WHERE account_id = {account}")

    assert any(faults_about("treasury_balance", account))


# --- more than one statement -----------------------------------------------------------------------------------


def test_a_deleted_record_leaves_its_thing_unexplained():
    contract = row_of("contracts_contract")

    corrupt(f"DELETE FROM journal_record WHERE id = (SELECT act_id FROM contracts_contract WHERE id = {contract})")

    assert any(faults_about("contracts_contract", contract))


def test_a_record_deleted_from_the_middle_breaks_the_chain():
    later = row_of("journal_record", "verb = 'execute_payment'")

    corrupt("DELETE FROM journal_record WHERE verb = 'approve_payment'")

    assert any(faults_about("journal_record", later))


def test_a_deleted_record_that_changed_no_state_is_missed_by_its_fact():
    measure = row_of("planning_measure")

    corrupt("DELETE FROM journal_record WHERE verb = 'add_measure'")

    assert any(faults_about("planning_measure", measure))


def test_a_private_part_that_was_changed_is_found_and_one_that_was_erased_is_lawful():
    part = one("SELECT min(record_id) FROM journal_privatepart")

    corrupt(f'UPDATE journal_privatepart SET payload = \'{{"person": "X"}}\' WHERE record_id = {part}')
    assert any(faults_about("journal_privatepart", part))

    corrupt("DELETE FROM journal_privatepart")
    assert list(verify()) == []


def test_a_balance_below_zero_is_found_though_the_entries_agree():
    """The sums agree after this one; only the sign is impossible."""
    account = one("SELECT account_id FROM treasury_balance WHERE stage = 'reserved'")
    posting = one("SELECT posting_id FROM treasury_entry WHERE account_id = %s AND amount < 0", account)

    corrupt(
        "ALTER TABLE treasury_balance DROP CONSTRAINT balance_not_negative",
        f"UPDATE treasury_entry SET amount = amount * 1000 WHERE posting_id = {posting}",
        """UPDATE treasury_balance b SET amount =
             (SELECT coalesce(sum(amount), 0) FROM treasury_entry e WHERE e.account_id = b.account_id)""",
    )

    assert any("below zero" in fault for fault in faults_about("treasury_balance", account))


def test_maker_and_checker_in_one_person_are_found_though_the_journal_agrees():
    payment = row_of("treasury_paymentorder")

    corrupt(
        "ALTER TABLE treasury_paymentorder DROP CONSTRAINT payment_maker_is_not_checker",
        "UPDATE treasury_paymentorder SET checker_id = maker_id",
        """UPDATE journal_record SET person_id = (SELECT maker_id FROM treasury_paymentorder LIMIT 1)
           WHERE verb = 'approve_payment'""",
    )

    assert any("the same person" in fault for fault in faults_about("treasury_paymentorder", payment))


def test_a_version_after_the_deadline_is_found_though_its_act_agrees():
    version = row_of("contests_version")

    corrupt(
        "UPDATE contests_version SET at = at + interval '90 days'",
        "UPDATE journal_record SET at = at + interval '90 days' WHERE verb = 'submit'",
    )

    assert any("before the deadline" in fault for fault in faults_about("contests_version", version))


def test_another_content_under_the_right_seal_does_not_match_the_receipt():
    version = Version.objects.select_related("application").earliest("pk")
    content = documents.unseal_content(version.application.label, "v1", version.sealed)
    content["people"]["count"] += 1
    sealed = documents.seal_content(version.application.label, "v1", content)

    corrupt("UPDATE contests_version SET sealed = %s WHERE id = %s", params=(sealed, version.pk))
    assert any("receipt" in fault for fault in faults_about("contests_version", version.pk))

    corrupt("UPDATE contests_version SET content_sha256 = %s WHERE id = %s", params=(digest(content), version.pk))
    assert any(faults_about("contests_version", version.pk)), "the act still says what was handed in"


def test_a_version_moved_to_another_application_is_found():
    first, second = sql("SELECT id, sealed FROM contests_version ORDER BY id")

    corrupt("UPDATE contests_version SET sealed = %s WHERE id = %s", params=(second[1], first[0]))

    assert any("does not open" in fault for fault in faults_about("contests_version", first[0]))


def test_a_seal_that_is_gone_is_found_at_what_it_sealed():
    version = row_of("contests_version")

    corrupt("DELETE FROM documents_seal WHERE label LIKE 'application:%'")

    assert any("seal" in fault for fault in faults_about("contests_version", version))


def reseal(sheet: ScoreSheet, change: Callable[[dict[str, Any]], None]) -> None:
    label, part = sheet.candidacy.score_label, f"m{sheet.member_id}"
    scores = documents.unseal_content(label, part, sheet.sealed)
    change(scores)
    sealed = documents.seal_content(label, part, scores)
    corrupt("UPDATE review_scoresheet SET sealed = %s WHERE id = %s", params=(sealed, sheet.pk))


def test_other_scores_under_the_right_seal_give_another_ranking():
    sheet = ScoreSheet.objects.select_related("candidacy").earliest("pk")

    reseal(sheet, lambda scores: scores["need"].update(score="1"))

    assert any(faults_about("review_scoresheet", sheet.pk))
    assert any(faults_about("review_protocol", Protocol.objects.get().pk))


def test_other_reasons_under_the_right_seal_are_found_though_the_ranking_stays():
    sheet = ScoreSheet.objects.select_related("candidacy").earliest("pk")

    reseal(sheet, lambda scores: scores["need"].update(reason="Башка себеп"))

    assert any(faults_about("review_scoresheet", sheet.pk))
    assert not any(faults_about("review_protocol", Protocol.objects.get().pk))


def test_scores_for_criteria_of_no_contest_are_named_and_do_not_stop_the_check():
    sheet = ScoreSheet.objects.select_related("candidacy").earliest("pk")

    reseal(sheet, lambda scores: scores.pop("need"))

    assert any(faults_about("review_protocol", Protocol.objects.get().pk))


def test_a_protocol_rewritten_together_with_its_hash_is_found():
    protocol = Protocol.objects.get()
    content = json.loads(bytes(protocol.content))
    content["ranking"].reverse()

    corrupt(
        "UPDATE review_protocol SET content = %s, content_sha256 = %s",
        params=(canonical(content), digest(content)),
    )

    found = list(faults_about("review_protocol", protocol.pk))
    assert len(found) == 3, "its act, its signatures and its scores all say otherwise"


def test_a_contract_rewritten_together_with_its_hash_is_found():
    contract, content = sql("SELECT id, content FROM contracts_contract")[0]
    changed = json.loads(bytes(content)) | {"ends_on": "2027-12-31"}

    corrupt(
        "UPDATE contracts_contract SET content = %s, content_sha256 = %s, ends_on = '2027-12-31'",
        params=(canonical(changed), digest(changed)),
    )

    assert any(faults_about("contracts_contract", contract))


def test_a_score_sheet_of_a_member_with_an_interest_is_found():
    sheet, member, candidacy = sql("SELECT id, member_id, candidacy_id FROM review_scoresheet ORDER BY id LIMIT 1")[0]

    corrupt(
        "UPDATE review_interest SET conflicted = true WHERE member_id = %s AND candidacy_id = %s",
        params=(member, candidacy),
    )

    assert any(faults_about("review_scoresheet", sheet))


def test_a_declaration_that_was_softened_afterwards_is_found():
    interest = row_of("review_interest")

    corrupt(f"UPDATE review_interest SET conflicted = NOT conflicted WHERE id = {interest}")

    assert any(faults_about("review_interest", interest))


def test_more_than_a_measure_may_get_is_found():
    """The amount is rewritten everywhere but in the ledger."""
    measure = row_of("planning_measure")

    corrupt(
        "UPDATE planning_measure SET amount = 1",
        """UPDATE journal_record SET public_data = public_data || '{"amount": "1.00"}',
             public = convert_to(replace(convert_from(public, 'UTF8'), '600000.00', '1.00'), 'UTF8')
           WHERE verb = 'add_measure'""",
    )

    assert any("allocated" in fault for fault in faults_about("planning_measure", measure))


@pytest.fixture
def own_bytes(tmp_path, settings, accepted):
    """The files of the road in a directory of this test alone."""
    kept = [path_of(sha256) for (sha256,) in sql("SELECT sha256 FROM documents_file")]
    settings.DATA = tmp_path
    for path in kept:
        path_of(path.name).parent.mkdir(parents=True, exist_ok=True)
        path_of(path.name).write_bytes(path.read_bytes())


@pytest.fixture
def stored(own_bytes):
    return documents.store("Токтом № 14-3".encode(), name="14-3.txt", media_type="text/plain", actor=system(MONDAY))


def test_a_stored_file_verifies(stored):
    assert list(verify()) == []


def test_a_stored_file_with_other_bytes_is_found(stored):
    path_of(stored.sha256).write_bytes("Токтом № 14-4".encode())

    assert any(faults_about("documents_file", stored.pk))


def test_a_stored_file_that_is_gone_is_found(stored):
    path_of(stored.sha256).unlink()

    assert any(faults_about("documents_file", stored.pk))


@pytest.mark.usefixtures("own_bytes")
def test_a_document_with_another_print_is_found():
    while consume():
        pass
    assert list(verify()) == []
    first, second = sql("SELECT id, print_id FROM documents_document ORDER BY id LIMIT 2")

    corrupt(
        f"UPDATE documents_document SET print_id = NULL, state = 'issued' WHERE id = {second[0]}",
        f"UPDATE documents_document SET print_id = {second[1]} WHERE id = {first[0]}",
    )

    assert any("is not what its act" in fault for fault in faults_about("documents_document", first[0]))


def test_a_rule_found_in_the_law_that_was_changed_afterwards_is_found(accepted):
    confirmation = regime.enter_parameter(
        actor=accepted.actor("lawyer"),
        edition="grants/2022-604",
        key="eval.pass_mark",
        value="7",
        act="Resolution 604/2022",
        article="Annex 1, 20",
        edition_date=MONDAY.date(),
    )
    assert list(verify()) == []

    corrupt("UPDATE regime_ruleconfirmation SET value = '\"1\"'")

    assert any(faults_about("regime_ruleconfirmation", confirmation.pk))


# --- the command -----------------------------------------------------------------------------------------------


def test_the_command_says_that_all_checks_hold(capsys):
    assert command.run(argparse.Namespace()) == 0

    assert capsys.readouterr().out.startswith("All ")


def test_the_command_prints_each_fault_and_fails(capsys):
    corrupt("UPDATE planning_measure SET amount = amount - 1", "UPDATE contests_lot SET amount = amount + 1")

    assert command.run(argparse.Namespace()) == 1

    lines = capsys.readouterr().out.splitlines()
    assert {line.split()[0] for line in lines[:-1]} == {"planning_measure", "contests_lot"}
    assert lines[-1].startswith(f"{len(lines) - 1} faults")


def test_the_command_asks_all_its_questions_about_one_moment(accepted):
    """Run as it runs in life, outside of the test's transaction: in a thread with a connection of its own."""
    said: list[int] = []

    def ask() -> None:
        from django.db import connection

        said.append(command.run(argparse.Namespace()))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()

    assert said == [0]
