"""What tests share: the cast's own instant, the road, and the two hands that reach into the database.

`Road` and the cast are those of the demonstration, so that the tests walk what people see.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from jardam.demonstration.road import MEMBERS, Road, start_of
from jardam.kernel.refusal import Refusal, Refused
from jardam.rulebook.catalogue import CATALOGUE
from jardam.rulebook.edition import Edition, Overlay, choose, load_editions, load_overlay, resolve
from jardam.rulebook.settlement import Settlement
from tests import laid

REGIMES = Path(__file__).resolve().parent.parent / "regimes"

MONDAY = start_of(dt.date(2026, 2, 2))
"""Where every road begins: a Monday in Bishkek, under the edition of 2022."""

MEMBER_NAMES = tuple(name for name, _, _ in MEMBERS)

PERMISSION_DENIED = "42501"
APPEND_ONLY = "JD001"
STATE_WITHOUT_ACT = "JD002"
NOT_ZERO = "JD003"


def new_road() -> Road:
    """The cast registered on MONDAY, at the beginning of its road."""
    return laid.new_road(MONDAY)


def sql(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    """Run one statement on the test's own connection, in whatever role it has; its rows, if any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is rolled back at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def as_owner(*, triggers: bool = True) -> Iterator[None]:
    """The test's connection as the owner of the tables; without `triggers` nothing in the database objects."""
    sql("RESET ROLE")
    if not triggers:
        sql("SET LOCAL session_replication_role = replica")
    yield
    if not triggers:
        sql("SET LOCAL session_replication_role = origin")
    sql(f"SET ROLE {settings.APP_ROLE}")


@contextmanager
def database_refuses(sqlstate: str) -> Iterator[None]:
    """The statements inside are refused by the database itself, with this code; nothing of them stays."""
    with pytest.raises(DatabaseError) as raised, transaction.atomic():
        yield
    cause = raised.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert cause.sqlstate == sqlstate, str(cause)


@contextmanager
def refuses(*codes: str) -> Iterator[None]:
    """The operation inside is refused for exactly these reasons, each with a sentence and a basis."""
    with pytest.raises(Refused) as raised, transaction.atomic():
        yield
    assert raised.value.codes == codes
    for refusal in raised.value.refusals:
        assert str(refusal)
        assert refusal.basis.act


# --- races -----------------------------------------------------------------------------------------------------


def together(*works: Callable[[], Any]) -> list[Any]:
    """Every work in a thread and on a connection of its own, begun at the same moment; their results in order, or
    what they raised. Needs the fixture `committed`."""
    outcomes: list[Any] = [None] * len(works)
    begin = threading.Barrier(len(works))

    def run(i: int) -> None:
        try:
            connection.ensure_connection()
            begin.wait()
            outcomes[i] = works[i]()
        except Exception as fault:
            outcomes[i] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def first_then(first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """`first` has done its work but not committed when `second` begins; it commits once `second` waits for it, or has
    ended without waiting. Their results, or what they raised."""
    worked, ended = threading.Event(), threading.Event()

    def slow() -> Any:
        with transaction.atomic():
            try:
                done = first()
            finally:
                worked.set()  # also when it fails: nobody may wait for ever
            while not ended.is_set() and not someone_waits():
                ended.wait(0.01)
            return done

    def quick() -> Any:
        worked.wait()
        try:
            return second()
        finally:
            ended.set()

    try:
        return together(slow, quick)
    finally:
        worked.set()


def someone_waits() -> bool:
    """Whether any connection of this database waits for a lock."""
    return bool(
        sql(
            """SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid)
               WHERE NOT l.granted AND a.datname = current_database()"""
        )
    )


# --- rules -----------------------------------------------------------------------------------------------------


@cache
def _edition_and_overlay() -> tuple[Edition, Overlay]:
    editions = load_editions(REGIMES)
    return choose(editions, "grants", MONDAY.date()), load_overlay(REGIMES / "demonstration" / "grants.yaml")


def rules(**values: Any) -> Settlement:
    """What a contest of the demonstration obeys, with some values of the test's own, as a YAML file holds them:
    `rules(eval__pass_mark="5")`. Needs no database."""
    edition, overlay = _edition_and_overlay()
    given = {name.replace("__", "."): value for name, value in values.items()}
    read = {key: CATALOGUE[key].type.read(value) for key, value in given.items()}
    return resolve(edition, overlay=replace(overlay, values={**overlay.values, **read}))


def codes_of(refusals: Iterable[Refusal]) -> list[str]:
    """Their codes; each of them must explain itself."""
    for refusal in refusals:
        assert str(refusal)
        assert refusal.basis.act
    return [refusal.code for refusal in refusals]
