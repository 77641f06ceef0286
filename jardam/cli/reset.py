"""`jardam reset`: back to an empty folder. The only command that erases anything, and it asks."""

from __future__ import annotations

import argparse
import os

from jardam.launcher import folder, variables
from jardam.launcher.errors import LauncherError

from . import down

WORD = "erase"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(args: argparse.Namespace) -> int:
    settled = variables.read(os.environ)
    if settled.database_url:
        raise LauncherError(
            "DATABASE_URL is set, and Jardam erases no database it did not make: unset it to erase the "
            "private one, or drop yours by hand."
        )
    if not settled.data.is_dir():
        print(f"There is nothing in {settled.data}.")
        return 0
    if not args.yes and not _is_meant(str(settled.data)):
        print("Nothing was erased.")
        return 1
    down.run(args)
    if strangers := folder.wipe(settled.data):
        print(f"Erased. Left in place, because not ours: {', '.join(path.name for path in strangers)}.")
    else:
        print("Erased.")
    return 0


def _is_meant(data: str) -> bool:
    try:
        typed = input(f"This erases the database, its files and its keys in {data}. Type {WORD} to go on: ")
    except EOFError:
        return False
    return typed.strip() == WORD
