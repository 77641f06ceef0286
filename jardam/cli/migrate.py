"""`jardam migrate`: tables, triggers and privileges as this code expects them, made by the owner's
connection."""

from __future__ import annotations

import argparse
import os
from typing import Any

from jardam.launcher import checks, secrets, variables
from jardam.launcher.postgres import Server


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_: argparse.Namespace) -> int:
    settled = variables.read(os.environ)
    settled.export(os.environ)
    if settled.is_demonstration:
        secrets.ensure(settled.data)
    if not settled.database_url:
        Server(settled.data).start()
    os.environ["JARDAM_DB_ROLE"] = "owner"  # settings.py reads it, so it must be there before Django is
    _migrate()
    return 0


def _migrate() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from jardam.journal import grants

    checks.check_not_newer(*_migrations(connection))
    call_command("migrate", interactive=False, verbosity=0)
    grants.apply(connection)
    connection.close()


def _migrations(connection: Any) -> tuple[set[checks.Migration], set[checks.Migration]]:
    """Those the database has had, and those this code knows (also through a later one that replaces them)."""
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    files = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    replaced = {old for migration in files.values() for old in migration.replaces}
    return set(MigrationRecorder(connection).applied_migrations()), set(files) | replaced
