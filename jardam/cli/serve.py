"""`jardam serve`: the web server. Granian, WSGI, a process per core with one thread each: more threads bring
nothing, and half-open clients do not block it (stack.md §3). Static files come from WhiteNoise, hashed and
compressed here beforehand."""

from __future__ import annotations

import argparse
import os

from jardam.launcher import checks, secrets, variables
from jardam.launcher.errors import LauncherError
from jardam.launcher.postgres import Server
from jardam.launcher.variables import Variables


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--processes", type=int, default=_cores(), help="how many (default: one per core)")


def run(args: argparse.Namespace) -> int:
    settled = variables.read(os.environ)
    settled.export(os.environ)
    if not settled.database_url and not Server(settled.data).is_running():
        raise LauncherError("The database is not running: start everything with `make up`, or set DATABASE_URL.")
    if not settled.is_demonstration:
        secrets.demand(os.environ)
    if settled.database_url and not settled.is_demonstration:
        checks.check_serving_role(settled.database_url)
    _load()
    _listen(settled, args.processes)
    return 0


def _load() -> None:
    """Everything the processes will share, before they are forked from this one: the static files, hashed and
    compressed, and then the code with all its pages, once in memory."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections
    from django.urls import get_resolver

    call_command("collectstatic", interactive=False, verbosity=0)
    import config.wsgi  # WhiteNoise looks at the files now  # noqa: F401

    assert get_resolver().url_patterns
    connections.close_all()  # a connection must never be shared by forking


def _listen(settled: Variables, processes: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "config.wsgi:application",
        address=settled.bind,
        port=settled.port,
        interface=Interfaces.WSGI,
        workers=max(1, processes),
        blocking_threads=1,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    ).serve()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
