"""`jardam record load FILE...`: read files of the real record into its tables. Exit status: 0 when all
were used, 1 when any was refused, 2 for a wrong command line."""

from __future__ import annotations

import argparse
import os
import sys
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jardam.launcher import variables
from jardam.launcher.errors import LauncherError
from jardam.launcher.postgres import Server

if TYPE_CHECKING:
    from jardam.record.operations import FileReport

COLUMNS = ("file", "row", "id", "field", "reason")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    load = verbs.add_parser("load", help="load files of the format jardam-record/1 (data/record/README.md)")
    load.add_argument("files", nargs="+", metavar="FILE", type=Path)


def run(args: argparse.Namespace) -> int:
    _connect()
    from jardam.record.operations import load_files

    report = load_files(args.files, at=datetime.now(UTC))
    for file in report.files:
        print(_printable(_line(file)))
    faults = [cells for file in report.files for cells in _fault_cells(file)]
    if faults:
        print(_table([COLUMNS, *faults]), file=sys.stderr)
    return 1 if report.is_refused else 0


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


def _line(file: FileReport) -> str:
    if file.is_refused:
        rows = len({fault.row for fault in file.faults if fault.row is not None})
        what = f"faulty rows: {rows}" if rows else "the file itself is at fault"
        return f"{file.name}: refused, nothing of it was loaded ({what})"
    return f"{file.name}: {file.kind}: {file.new} new, {file.changed} changed, {file.same} unchanged"


def _fault_cells(file: FileReport) -> list[tuple[str, ...]]:
    return [
        (file.name, str(fault.row or "-"), fault.id or "-", fault.field or "-", fault.reason) for fault in file.faults
    ]


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side; the last one is not padded."""
    shown = [[_printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)][:-1]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in shown
    )


def _printable(text: str) -> str:
    """File names and ids are foreign: nothing in them may move the cursor or break the output."""
    return "".join("?" if unicodedata.category(c)[0] == "C" else c for c in text)
