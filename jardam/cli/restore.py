"""`jardam restore FOLDER`: a backup into an empty place, brought to the state this code expects, and verified."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from jardam.launcher import backup, folder, variables
from jardam.launcher.postgres import Server


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="the folder of the backup")
    parser.add_argument("--keys", type=Path, help="the folder of its keys (else `keys` inside the backup)")


def run(args: argparse.Namespace) -> int:
    settled = variables.read(os.environ)
    settled.export(os.environ)
    keys_place = args.keys or args.folder / backup.KEYS
    names = backup.check(args.folder, keys_place)
    if not settled.database_url:
        folder.prepare(settled.data)
        Server(settled.data).start()
    target = backup.database(settled.data, os.environ)
    backup.check_empty(target)
    backup.put_keys(keys_place, names, backup.keys_of(settled.data, os.environ) | _left(names, settled.data))
    backup.put_back(args.folder, target=target, data=settled.data)
    print(f"The backup is restored into {settled.data}. Checking it:", flush=True)
    return _jardam("migrate") or _jardam("verify")


def _left(names: dict[str, str], data: Path) -> dict[str, Path]:
    """A key of the backup that this instance is given in its environment is put into the folder all the same."""
    known = backup.keys_of(data, os.environ)
    return {name: data / name for name in names if name not in known}


def _jardam(command: str) -> int:
    """In a process of its own, which reads the restored secrets at its start."""
    return subprocess.run([sys.executable, "-m", "jardam.cli.main", command], check=False).returncode
