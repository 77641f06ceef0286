"""`jardam up`: the whole instance from one terminal.

Settle the variables, take the data folder, start PostgreSQL (unless DATABASE_URL names one), migrate, open
the web server, then the worker, and on a demonstration fill it while its pages can already be read.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

from jardam.launcher import checks, secrets, variables
from jardam.launcher.postgres import Server
from jardam.launcher.supervise import AlreadyRunning, Stopped, Supervisor
from jardam.launcher.variables import Variables

FIRST_PAGE_PATIENCE = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: the variables of the environment say everything (table: README)."""


def run(_: argparse.Namespace) -> int:
    begin = time.monotonic()
    settled = variables.read(os.environ, demonstration=True)
    settled.export(os.environ)
    supervisor = Supervisor(settled.data, settled.address, say=_say)
    try:
        with supervisor:
            status = _run_all(supervisor, settled, begin)
        _say("Jardam is stopped; its data is kept.")
        return status
    except AlreadyRunning as other:
        _say(f"Jardam is already running at {other.address}" if other.address else "Jardam is already starting.")
        return 0
    except Stopped:
        return 0


def _run_all(supervisor: Supervisor, settled: Variables, begin: float) -> int:
    checks.check_port(settled.bind, settled.port)
    _settle_secrets(settled)
    server = None if settled.database_url else Server(settled.data)
    try:
        if server:
            server.start()
            supervisor.watch("database server", server.is_alive)
        else:
            checks.check_external(settled.database_url)
        _open(supervisor, settled, begin)
        return supervisor.wait()
    finally:
        supervisor.stop()  # before the database goes, or they would complain that it has
        if server:
            server.stop()


def _settle_secrets(settled: Variables) -> None:
    if settled.is_demonstration:
        secrets.ensure(settled.data)
    else:
        secrets.demand(os.environ)


def _open(supervisor: Supervisor, settled: Variables, begin: float) -> None:
    supervisor.finish("migration", _jardam("migrate"))
    web = supervisor.start("web server", _jardam("serve"))
    supervisor.wait_for(lambda: checks.answers(settled.address), web, FIRST_PAGE_PATIENCE)
    supervisor.announce()
    _say(f"Jardam is open at {settled.address} (first page after {time.monotonic() - begin:.1f} s)")
    supervisor.start("worker", _jardam("work"))
    if settled.is_demonstration:
        supervisor.start("demonstration", _jardam("demo"), once=True, done="The demonstration is complete.")


def _jardam(command: str) -> list[str]:
    return [sys.executable, "-m", "jardam.cli.main", command]


def _say(text: str) -> None:
    print(text, flush=True)
