"""`jardam work`: the worker. Hands records of the journal to their consumers after commit, and sends e-mail."""

from __future__ import annotations

import argparse
import logging
import signal
import threading
from datetime import UTC, datetime
from time import monotonic

IDLE = 1.0  # seconds between looks when nothing waits
CLOCK = 60.0  # seconds between two ticks of the clock; no deadline depends on it
log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="work off what waits, then end")


def run(args: argparse.Namespace) -> int:
    import django

    django.setup()
    from django.db import Error, close_old_connections, connections

    from jardam.journal.operations import consume
    from jardam.notices.operations import deliver
    from jardam.parties.operations import forget_sessions, forget_tallies, take_names

    from .tick import tick

    stopping = threading.Event()
    if not args.once:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopping.set())
    ticked = -CLOCK
    while not stopping.is_set():
        try:
            if monotonic() - ticked >= CLOCK:
                ticked = monotonic()
                tick(datetime.now(UTC))
            at = datetime.now(UTC)
            done = consume() or deliver(at) or take_names(at=at) or forget_tallies(at=at) or forget_sessions(at=at)
        except Error:
            # The database may be restarting; the rows are still there and are taken again.
            log.exception("the outbox could not be worked off; trying again")
            connections.close_all()
            done = 0
        close_old_connections()
        if done:
            continue
        if args.once:
            break
        stopping.wait(IDLE)
    return 0
