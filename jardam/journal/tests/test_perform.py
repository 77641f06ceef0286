"""Acts, keys, locks, numbers and the outbox: each exactly once (decisions.md §3 and §4.2)."""

from __future__ import annotations

import ast
import datetime as dt
import time
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from jardam.journal import operations as journal
from jardam.journal.models import ActKey, Numbering, Outbox, PrivatePart, Record
from jardam.journal.procedure import actions, may
from jardam.kernel.actor import system
from jardam.kernel.canonical import canonical, digest
from jardam.kernel.refusal import Refused
from jardam.rulebook.house import HOUSE
from tests.world import MONDAY, as_owner, first_then, new_road, refuses, someone_waits, sql, together

JARDAM = Path(journal.__file__).parents[1]
CLOCKWORK = system(MONDAY)


# --- perform ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_act_leaves_who_under_which_mandate_what_when_before_after_and_why(road):
    road.publish_study()
    road.draft_programme()
    road.open_discussion()
    road.pass_discussion()
    at, specialist = road.at, road.actor("specialist")

    road.submit_to_council()

    record = Record.objects.get(verb="submit_to_council")
    assert (record.verb, record.object_kind, record.object_id) == ("submit_to_council", "programme", road.programme.pk)
    assert (record.before, record.after, record.at) == ("discussion", "submitted", at)
    assert (record.person_id, record.person_name) == (specialist.person_id, specialist.name)
    assert (record.mandate_id, record.role) == (specialist.standing.mandate_id, "specialist")
    assert record.organisation_name == "Айыл өкмөтү Көк-Булак"
    assert record.basis["kind"] == "law"
    assert (road.programme.state, road.programme.act_id) == ("submitted", record.pk)


@pytest.mark.django_db
def test_the_record_says_when_it_was_written_beside_when_the_act_was_done(road):
    road.publish_study()

    record = Record.objects.latest("pk")
    assert record.at == MONDAY
    assert record.recorded_at != record.at
    written = "SELECT recorded_at BETWEEN now() AND clock_timestamp() FROM journal_record ORDER BY id DESC LIMIT 1"
    assert sql(written) == [(True,)]


@pytest.mark.django_db
def test_a_refused_act_writes_nothing(road):
    road.publish_study()
    road.draft_programme()
    before = Record.objects.count()

    with refuses("wrong_state"):
        road.adopt()

    assert Record.objects.count() == before
    road.programme.refresh_from_db()
    assert road.programme.state == "draft"


@pytest.mark.django_db
def test_all_reasons_are_given_together_and_who_may_not_act_is_told_only_that(road):
    road.publish_study()
    road.draft_programme()
    programme, procedure = road.programme, _procedure("programme")
    programme.study_id = None
    with as_owner(triggers=False):
        sql("DELETE FROM planning_measure")

    reasons = may(procedure, programme, "submit_to_council", road.actor("specialist"))
    missing = ["programme_without_study", "programme_without_measures", "programme_without_discussion"]
    assert [reason.code for reason in reasons] == missing

    stranger = may(procedure, programme, "submit_to_council", road.actor("umut_head"))
    assert [reason.code for reason in stranger] == ["wrong_role"]


@pytest.mark.django_db
def test_the_buttons_are_the_verbs_that_would_be_carried_out(road):
    road.publish_study()
    road.draft_programme()

    programme = _procedure("programme")
    offered = actions(programme, road.programme, road.actor("specialist"))
    assert {"add_measure", "open_discussion"} <= set(offered)
    for verb in programme.lifecycle.verbs:
        assert (verb in offered) == (not may(programme, road.programme, verb, road.actor("specialist")))
    assert actions(programme, road.programme, road.actor("secretary")) == ("correct_resolution",)


def _procedure(kind: str) -> Any:
    """By name: a room's tests import nothing from the rooms above it."""
    return getattr(import_module("jardam.planning.policy"), kind.upper())


def test_an_act_outside_of_a_transaction_is_a_programming_error(committed):
    road = new_road()
    road.publish_study()
    road.draft_programme()

    with pytest.raises(RuntimeError, match="transaction"):
        journal.perform(_procedure("programme"), road.programme, "submit_to_council", actor=road.actor("specialist"))

    assert not Record.objects.filter(verb="submit_to_council").exists()


def test_half_an_act_is_never_seen(committed):
    """The fault comes after the record was written: neither record nor state stays."""
    road = new_road()
    road.publish_study()
    road.draft_programme()
    written = Record.objects.filter(verb="write_section").count()

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        journal.perform(_procedure("programme"), road.programme, "write_section", actor=road.actor("specialist"))
        assert Record.objects.latest("pk").verb == "write_section"
        _ = 1 // 0

    assert Record.objects.filter(verb="write_section").count() == written
    road.programme.refresh_from_db()
    assert road.programme.state == "draft"


# --- what is private -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_private_is_only_a_salted_digest_in_the_public_part(road):
    road.publish_study()
    road.draft_programme()
    road.submit_to_council()
    secretary = road.actor("secretary")

    import_module("jardam.planning.operations").return_for_rework(
        actor=secretary, programme=road.programme, reason="Сумманы тактагыла"
    )

    record = Record.objects.latest("pk")
    part = PrivatePart.objects.get(record=record)
    assert set(part.payload) == {"reason"}
    sealed = digest({"salt": bytes(part.salt).hex(), "payload": dict(part.payload)})
    assert record.public_data["private_digest"] == sealed
    assert "Сумманы".encode() not in bytes(record.public)


@pytest.mark.django_db
def test_the_same_private_words_give_different_digests(road):
    """Otherwise a reason could be guessed from its digest."""
    granted = Record.objects.filter(verb="grant")

    digests = [data["private_digest"] for data in granted.values_list("public_data", flat=True)]
    assert len(digests) == len(set(digests)) == len(road.cast.people)


# --- canonical bytes -------------------------------------------------------------------------------------------


def test_the_canonical_bytes_are_these_for_ever():
    """Golden: whoever changes them must raise HASH_V and keep reading the old ones."""
    public = {
        "б": "Ала-Тоо é",
        "amount": Decimal("600000.00"),
        "at": dt.datetime(2026, 2, 2, 10, tzinfo=dt.timezone(dt.timedelta(hours=6))),
        "big": 2**53,
        "day": dt.date(2026, 2, 2),
        "rows": [1, None, True],
    }

    assert canonical(public) == (
        b'{"amount":"600000.00","at":"2026-02-02T04:00:00.000000Z","big":"9007199254740992","day":"2026-02-02",'
        + '"rows":[1,null,true],"б":"Ала-Тоо é"}'.encode()
    )
    assert digest(public) == "b6c50cace31934eafca5b9ba75a5abe7337d2073e551d2ae4c443ac213bf6ef1"


@pytest.mark.django_db
def test_a_record_keeps_the_bytes_that_are_hashed_beside_the_copy_for_queries(road):
    road.publish_study()

    record = Record.objects.latest("pk")
    assert bytes(record.public) == b'{"groups":3,"year":2026}'
    assert record.public_data == {"groups": 3, "year": 2026}
    assert record.hash_v == 1


# --- keys ------------------------------------------------------------------------------------------------------


def count(made: list[str]) -> Any:
    def work() -> str:
        made.append("done")
        return f"/result/{len(made)}/"

    return work


@pytest.mark.django_db
def test_a_form_pressed_twice_gives_the_first_result(road):
    made: list[str] = []

    first = journal.once("k", "announce", [["a", "1"]], CLOCKWORK, count(made))
    second = journal.once("k", "announce", [["a", "1"]], CLOCKWORK, count(made))

    assert (first, second) == (("/result/1/", True), ("/result/1/", False))
    assert made == ["done"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "payload", "name"),
    [
        ("announce", [["a", "2"]], "specialist"),
        ("cancel", [["a", "1"]], "specialist"),
        ("announce", [["a", "1"]], "head"),
    ],
)
def test_a_key_is_not_used_for_anything_else(road, verb, payload, name):
    """Another entry, another verb, another person."""
    made: list[str] = []
    journal.once("k", "announce", [["a", "1"]], road.actor("specialist"), count(made))

    with refuses("key_reused"):
        journal.once("k", verb, payload, road.actor(name), count(made))

    assert made == ["done"]


@pytest.mark.django_db
def test_a_refused_form_may_be_sent_again_with_the_same_key(road):
    def refuse() -> str:
        raise journal.KEY_REUSED.refuse(HOUSE["H-15"].basis)

    with pytest.raises(Refused), transaction.atomic():
        journal.once("k", "announce", [], CLOCKWORK, refuse)

    assert journal.once("k", "announce", [], CLOCKWORK, lambda: "/done/") == ("/done/", True)


@pytest.mark.race
def test_two_requests_with_one_key_do_one_thing(committed):
    made: list[str] = []

    def press() -> Any:
        with transaction.atomic():
            return journal.once("k", "announce", [], CLOCKWORK, count(made))

    outcomes = together(*[press] * 8)

    assert made == ["done"]
    assert sorted(outcomes) == [("/result/1/", False)] * 7 + [("/result/1/", True)]
    assert ActKey.objects.count() == 1


@pytest.mark.race
def test_the_second_request_waits_for_the_first_and_works_if_that_came_to_nothing(committed):
    class Broken(Exception):
        pass

    def fail() -> str:
        while not someone_waits():
            time.sleep(0.01)
        raise Broken

    def first() -> Any:
        with transaction.atomic():
            return journal.once("k", "announce", [], CLOCKWORK, fail)

    def second() -> Any:
        while not sql(
            "SELECT 1 FROM pg_locks WHERE relation = 'journal_actkey'::regclass AND pid <> pg_backend_pid()"
        ):
            time.sleep(0.01)
        with transaction.atomic():
            return journal.once("k", "announce", [], CLOCKWORK, lambda: "/second/")

    outcomes = together(first, second)

    assert isinstance(outcomes[0], Broken)
    assert outcomes[1] == ("/second/", True)


# --- locks -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_locks_are_taken_upper_room_first_parent_before_child_then_by_id(road, django_assert_num_queries):
    road.to_scoring()
    things = [
        road.cast.organisations["umut"],
        road.applications["umut"],
        road.candidacy("birge"),
        road.candidacy("umut"),
        road.contest,
        road.proceeding,
    ]

    with django_assert_num_queries(len(things)) as asked:
        fresh = journal.lock(*things)

    assert [one.pk for one in fresh] == [one.pk for one in things], "given back in the order asked"
    tables = [query["sql"].split('FROM "')[1].split('"')[0] for query in asked]
    assert tables == [
        "review_proceeding",
        "review_candidacy",
        "review_candidacy",
        "contests_contest",
        "contests_application",
        "parties_organisation",
    ]
    ids = [int(query["sql"].split('"id" = ')[1].split()[0]) for query in asked if "review_candidacy" in query["sql"]]
    assert ids == sorted(ids)
    assert all("FOR NO KEY UPDATE" in query["sql"] for query in asked)


@pytest.mark.race
def test_locking_in_different_orders_never_deadlocks(committed):
    """As often as it takes: a deadlock would end one of the two at once."""
    road = new_road()
    umut, birge = (road.cast.organisations[name] for name in ("umut", "birge"))

    def holding(*things: Any) -> Any:
        def work() -> str:
            for _ in range(50):
                with transaction.atomic():
                    journal.lock(*things)
            return "done"

        return work

    assert together(holding(umut, birge), holding(birge, umut)) == ["done", "done"]


@pytest.mark.race
def test_many_hold_a_thing_together_and_a_lock_waits_for_them(committed):
    road = new_road()
    umut = road.cast.organisations["umut"]
    fresh = type(umut).objects.get

    def hold() -> str:
        journal.lock_shared(fresh(pk=umut.pk))
        return "held"

    def hold_too() -> str:
        with transaction.atomic():
            journal.lock_shared(fresh(pk=umut.pk))
        return "held too, without waiting"

    def take() -> bool:
        with transaction.atomic():
            journal.lock(umut)
        return True

    assert first_then(hold, hold_too) == ["held", "held too, without waiting"]
    assert first_then(hold, take) == ["held", True]


def test_locks_are_taken_in_the_journal_only():
    offenders = [
        f"{path.relative_to(JARDAM)}:{node.lineno}"
        for path in sorted(JARDAM.rglob("*.py"))
        if path.relative_to(JARDAM).parts[0] != "journal"
        for node in ast.walk(ast.parse(path.read_text("utf8")))
        if (isinstance(node, ast.Attribute) and node.attr == "select_for_update")
        or (isinstance(node, ast.Constant) and isinstance(node.value, str) and _locks(node.value))
    ]

    assert offenders == []


def _locks(text: str) -> bool:
    return any(word in text for word in (" FOR UPDATE", " FOR SHARE", " FOR NO KEY UPDATE", "LOCK TABLE"))


# --- numbers ---------------------------------------------------------------------------------------------------


@pytest.mark.race
def test_numbers_have_no_gaps_and_no_twins_under_twenty_threads(committed):
    """Every third one is rolled back; its number goes to the next."""

    def take(i: int) -> Any:
        def work() -> int:
            with transaction.atomic():
                number = journal.next_number("A", "KKB", 2026)
                if i % 3 == 0:
                    transaction.set_rollback(True)
                    return 0
                return number

        return work

    outcomes = together(*(take(i) for i in range(20)))

    kept = sorted(number for number in outcomes if number)
    assert kept == list(range(1, 14))
    assert Numbering.objects.get().last == 13


@pytest.mark.django_db
def test_each_series_customer_and_year_counts_for_itself(road):
    assert journal.register_number("A", "KKB", 2026) == "KG-KKB-2026-A1"
    assert journal.register_number("A", "KKB", 2026) == "KG-KKB-2026-A2"
    assert journal.register_number("C", "KKB", 2026) == "KG-KKB-2026-C1"
    assert journal.register_number("A", "KKB", 2027) == "KG-KKB-2027-A1"
    assert journal.register_number("A", "OSH", 2026, "XX") == "XX-OSH-2026-A1"


# --- the outbox ------------------------------------------------------------------------------------------------

consumed: list[int] = []


def remember(record: Record) -> None:
    consumed.append(record.pk)


def stumble(record: Record) -> None:
    raise ValueError("the consumer is broken")


@pytest.fixture
def consumer(settings):
    consumed.clear()
    settings.JOURNAL_CONSUMERS = {"search": f"{__name__}.remember"}


@pytest.mark.django_db
def test_every_record_waits_once_for_every_consumer(road):
    waiting = Outbox.objects.values_list("record_id", "consumer").order_by("id")

    records = Record.objects.order_by("id").values_list("id", flat=True)
    assert list(waiting) == [(record, name) for record in records for name in settings.JOURNAL_CONSUMERS]


@pytest.mark.race
def test_two_workers_beside_each_other_consume_every_record_once(committed, consumer):
    new_road().publish_study()
    records = Record.objects.count()
    assert records > 20

    def work() -> int:
        done = 0
        while some := journal.consume(limit=5):
            done += some
        return done

    outcomes = together(work, work)

    assert sum(outcomes) == len(consumed) == records
    assert sorted(consumed) == sorted(set(consumed))
    assert not Outbox.objects.exists()


@pytest.mark.django_db
def test_what_a_consumer_fails_on_stays_in_the_outbox(road, settings):
    settings.JOURNAL_CONSUMERS = {"search": f"{__name__}.stumble"}
    waiting = Outbox.objects.count()

    with pytest.raises(ValueError, match="broken"), transaction.atomic():
        journal.consume()

    assert Outbox.objects.count() == waiting


@pytest.mark.django_db
def test_a_record_that_was_rolled_back_is_never_consumed(road, consumer):
    Outbox.objects.all().delete()
    consumed.clear()

    with transaction.atomic():
        road.publish_study()
        transaction.set_rollback(True)

    assert journal.consume() == 0
    assert consumed == []
    assert connection.in_atomic_block
