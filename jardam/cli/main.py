"""`jardam`: reads the command line and hands over to the module of the command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from jardam.launcher.errors import LauncherError

COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("jardam.cli.up", "start everything in the foreground; Ctrl-C stops it all"),
    "down": ("jardam.cli.down", "stop everything, also what a crash left"),
    "reset": ("jardam.cli.reset", "stop everything and erase the data, after asking"),
    "migrate": ("jardam.cli.migrate", "bring the database to the state this code expects"),
    "serve": ("jardam.cli.serve", "run the web server only"),
    "tick": ("jardam.cli.tick", "put on record what follows from the passing of a term; the worker does it, too"),
    "work": ("jardam.cli.work", "run the worker only"),
    "demo": ("jardam.cli.demo", "fill the demonstration"),
    "story": ("jardam.cli.story", "tell a whole contest in the console, in a throw-away database"),
    "record": ("jardam.cli.record", "load files of the real record"),
    "backup": ("jardam.cli.backup", "take a backup of database, files and keys"),
    "restore": ("jardam.cli.restore", "put a backup back into an empty place, and verify it"),
    "verify": ("jardam.cli.verify", "check the invariants on the live database"),
}
"""Command → module and what it does."""


def main(words: Sequence[str] | None = None) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    words = sys.argv[1:] if words is None else words
    try:
        command, args = _read(words)
        status: int = command.run(args)
        return status
    except LauncherError as fault:
        print(f"jardam: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _read(words: Sequence[str]) -> tuple[ModuleType, argparse.Namespace]:
    """Only the module that is asked for is imported."""
    parser = argparse.ArgumentParser(prog="jardam", description="The open platform of the state social order.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    parsers = {name: commands.add_parser(name, help=text) for name, (_, text) in COMMANDS.items()}
    chosen = next((word for word in words if word in COMMANDS), None)
    if chosen is None:
        parser.parse_args(words)  # prints help or the fault, and exits
        raise AssertionError("unreachable")
    module = import_module(COMMANDS[chosen][0])
    module.add_arguments(parsers[chosen])
    return module, parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
