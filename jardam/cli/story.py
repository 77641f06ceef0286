"""`jardam story`: a whole contest in the console, in a throw-away database that leaves nothing behind."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from jardam.launcher import secrets
from jardam.launcher.postgres import Server

MARKS = {
    "chapter": "\n{}",
    "act": "  {}",
    "rule": "      rule      {}",
    "fact": "      fact      {}",
    "refused": "      REFUSED   {}",
    "protocol": "      protocol  {}",
    "ledger": "      ledger    {}",
    "verify": "      verify    {}",
}
COLOURS = {"chapter": "1", "refused": "31", "verify": "32"}  # only for a terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", choices=("ky", "ru", "en"), default="en", help="language of the telling")
    parser.add_argument("--start", type=date.fromisoformat, default=date(2026, 2, 2), metavar="DAY")


def run(args: argparse.Namespace) -> int:
    with throw_away_server():
        _migrate()
        return _tell(args.language, args.start)


@contextmanager
def throw_away_server() -> Iterator[Path]:
    """A server of its own in a temporary folder; nothing of a running system is touched."""
    folder = Path(tempfile.mkdtemp(prefix="jardam-story-"))
    folder.chmod(0o755)  # the server may have to run as another user
    data = folder / "data"
    server = Server(data)
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "JARDAM_KEY_FILE", "JARDAM_SECRET_KEY", "JARDAM_DB_ROLE"):
        os.environ.pop(name, None)
    os.environ |= {"JARDAM_DATA": str(data), "JARDAM_DEMO": "1"}
    try:
        server.start()
        secrets.ensure(data)
        yield data
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(server.socket_folder, ignore_errors=True)


def _migrate() -> None:
    subprocess.run([sys.executable, "-m", "jardam.cli.main", "migrate"], check=True)


def _tell(language: str, start: date) -> int:
    import django

    django.setup()
    from django.db import connections
    from django.utils import translation

    from jardam.demonstration import cast, road, story

    opening = road.start_of(start)
    try:
        with translation.override(language):
            for line in story.tell(road.Road(cast.register(opening), opening)):
                print(_shown(line.kind, line.text))
    except story.StoryBroken as broken:
        print(f"The story broke: {broken}", file=sys.stderr)
        return 1
    finally:
        connections.close_all()
    return 0


def _shown(kind: str, text: str) -> str:
    shown = MARKS[kind].format(text)
    return f"\033[{COLOURS[kind]}m{shown}\033[0m" if kind in COLOURS and sys.stdout.isatty() else shown
