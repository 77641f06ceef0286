"""`jardam verify`: the invariants of blueprint §6, asked of the live database. Prints the first offending row of each
fault; exit status 1 when there is any, 0 when everything holds."""

from __future__ import annotations

import argparse
import os

from jardam.launcher import variables
from jardam.launcher.errors import LauncherError
from jardam.launcher.postgres import Server


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_: argparse.Namespace) -> int:
    _connect()
    from jardam.transparency.queries import checks

    questions = checks()
    faults = _ask(questions)
    for fault in faults:
        print(fault)
    if faults:
        print(f"{len(faults)} faults found by {len(questions)} checks.")
        return 1
    print(f"All {len(questions)} checks hold.")
    return 0


def _connect() -> None:
    import django
    from django.apps import apps

    if apps.ready:  # called from a process that is already set up, such as the tests
        return
    settled = variables.read(os.environ)
    settled.export(os.environ)
    if not settled.database_url and not Server(settled.data).is_running():
        raise LauncherError("The database is not running: start everything with `make up`, or set DATABASE_URL.")
    django.setup()


def _ask(questions: list) -> list[str]:
    """All of them about one moment, however long they take and whatever is written meanwhile."""
    from django.db import connection, transaction

    with transaction.atomic():
        with connection.cursor() as cursor:
            if not connection.savepoint_ids:  # inside a test's transaction it is too late to choose
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
        return [fault for question in questions for fault in question()]
