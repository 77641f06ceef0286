"""`jardam demo`: fill the demonstration; goes on where an earlier filling stopped."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

RECORD = Path(__file__).resolve().parent.parent.parent / "data" / "record"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    from jardam.demonstration import filling
    from jardam.kernel.time import bishkek_day
    from jardam.record.operations import load_files

    if not settings.DEMO:
        print("jardam: only a demonstration instance is filled; set JARDAM_DEMO=1 on one of its own.", file=sys.stderr)
        return 1
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    at = datetime.now(UTC)
    load_files(paths=sorted(RECORD.glob("*.json")), at=at)
    for done, of in filling.fill(bishkek_day(at)):
        print(f"demonstration: {done} of {of} scenes", flush=True)
    return 0
