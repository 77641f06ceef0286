"""`jardam backup FOLDER`: database, stored files and keys into a new folder, while everything goes on running."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from jardam.launcher import backup, variables
from jardam.launcher.errors import LauncherError
from jardam.launcher.postgres import Server


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a new folder for the backup")
    parser.add_argument("--keys", type=Path, help="another new folder for the keys (else `keys` inside the backup)")


def run(args: argparse.Namespace) -> int:
    settled = variables.read(os.environ)
    settled.export(os.environ)
    if not settled.database_url:
        if not settled.data.is_dir():
            raise LauncherError(f"There is nothing in {settled.data}.")
        Server(settled.data).start()
    keys = backup.keys_of(settled.data, os.environ)
    if lost := [path for path in keys.values() if not path.is_file()]:
        raise LauncherError(f"The key {lost[0]} is not there: without it the backup would not open.")
    keys_place = args.keys or args.folder / backup.KEYS
    source = backup.database(settled.data, os.environ)
    held = backup.take(args.folder, source=source, data=settled.data, keys=keys, keys_place=keys_place)
    print(f"The backup in {args.folder} is complete: the database and {held['files']} files, {held['bytes']} bytes.")
    print(f"The keys are in {keys_place}: whoever holds them and the backup can read everything that is sealed.")
    return 0
