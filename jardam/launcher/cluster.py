"""The PostgreSQL data folder within ours: recognised, refused or made."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import account, binaries, folder
from .account import Account
from .binaries import Binaries
from .errors import LauncherError

SUPERUSER = "jardam"
PASSED_ON = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Nothing else reaches the server: LC_* and LANG would decide its letters, PG* its settings, and our secrets
are none of its business."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A complete PostgreSQL data folder, with what runs it."""

    folder: Path
    binaries: Binaries
    account: Account


def obtain(data: Path, environ: Mapping[str, str]) -> Cluster:
    """The one that is there, or a new one. Only under the start lock."""
    made = folder.clusters(data)
    if len(made) > 1:
        raise LauncherError(
            f"{data} holds {' and '.join(path.name for path in made)}: move away those you do not need, so "
            "that one is left."
        )
    if made:
        return _recognise(made[0], environ)
    return _make(data, binaries.find(environ), environ)


def passed_on(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: environ[name] for name in PASSED_ON if name in environ}


def _recognise(path: Path, environ: Mapping[str, str]) -> Cluster:
    found = binaries.find_for(path, _major(path), environ)
    return Cluster(path, found, account.for_existing(path, found.folder))


def _make(data: Path, found: Binaries, environ: Mapping[str, str]) -> Cluster:
    """A new data folder. It gets its name only when it is complete, so one cut short is never mistaken for
    data; its remains hold nothing and are removed."""
    path = data / f"pgdata-{found.major}"
    draft = path.with_name(f"{path.name}.new")
    lent = account.for_new(data, found.folder)
    try:
        folder.discard(draft)
        draft.mkdir(mode=0o700)
        os.chown(draft, lent.uid, lent.gid)
        _initdb(draft, found, lent, environ)
        binaries.remember(path, found)
        draft.rename(path)
        _fsync(data)
    except OSError as fault:
        raise LauncherError(_cannot_be_made(data, fault.strerror or str(fault))) from fault
    return Cluster(path, found, lent)


def _initdb(draft: Path, found: Binaries, lent: Account, environ: Mapping[str, str]) -> None:
    made = subprocess.run(
        lent.command(found.folder / "initdb", *_initdb_options(found.major), "-D", draft),
        cwd="/",  # the account may not be allowed where we stand
        env=passed_on(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # Ctrl-C is for us; what we started we end ourselves
        **lent.options(),
    )
    if made.returncode != 0:
        raise LauncherError(_cannot_be_made(draft.parent, reason(made.stdout)))


def _cannot_be_made(data: Path, why: str) -> str:
    return f"The database could not be made in {data} ({why}): mend that and start again; nothing was lost."


def _initdb_options(major: int) -> list[str]:
    options = [
        f"--username={SUPERUSER}",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--data-checksums",
        "--auth-local=trust",  # safe, for only the owner can enter the socket's folder
        "--auth-host=reject",
        "--text-search-config=russian",
    ]
    if major >= 18:
        options += ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
    return options


def _major(cluster: Path) -> int:
    """The version that wrote the folder, which must be the one its name promises."""
    try:
        written = (cluster / "PG_VERSION").read_text().strip()
    except PermissionError:
        # Not ours; the account will be refused in words of its own.
        return int(cluster.name.rpartition("-")[2])
    except (OSError, ValueError):
        written = ""
    if f"pgdata-{written}" != cluster.name:
        raise LauncherError(
            f"{cluster} is damaged or no PostgreSQL data folder (PG_VERSION is {written or 'missing'}): "
            "restore it from your last backup, or, if it holds nothing you need, move it away and start "
            "again."
        )
    return int(written)


def reason(said: str) -> str:
    """The most telling line of what a PostgreSQL program printed."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    for mark in ("PANIC:", "FATAL:", "error:", "ERROR:"):
        for line in reversed(lines):
            if mark in line:
                return line.partition(mark)[2].strip()
    return lines[-1] if lines else "it said nothing"


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
