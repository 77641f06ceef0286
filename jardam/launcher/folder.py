"""The data folder: made with care for who must reach it, and emptied of nothing but our own."""

from __future__ import annotations

import os
import pwd
import re
import shutil
from pathlib import Path

from .errors import LauncherError

CLUSTER = re.compile(r"pgdata-(\d+)")
OURS = re.compile(
    r"pgdata-\d+(\.new|\.json)?|postgres\.(log|log\.old|stay)|(start|users|run)\.lock|run\.json(\.new)?"
    r"|secret-key|sealing-key|files|demonstration\.json"
)
"""Every name this application writes into its data folder. `make reset` removes these and no others."""


def prepare(data: Path) -> None:
    """Make the folder if it is missing, and see that this user may write in it."""
    if data.exists() and not data.is_dir():
        raise LauncherError(f"{data} is a file: choose a folder for the data with JARDAM_DATA.")
    if not data.exists():
        _make(data)
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        raise LauncherError(
            f"The data folder {data} belongs to {owner(data)} and cannot be written: start Jardam as that "
            "user, or choose another folder with JARDAM_DATA."
        )


def _make(data: Path) -> None:
    try:
        data.mkdir(parents=True)
        # Root's server runs under another account, which must pass through but need not list.
        data.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except FileExistsError:  # another start made it at this moment
        return
    except OSError as fault:
        raise LauncherError(
            f"The data folder {data} cannot be made ({fault.strerror}): choose another with JARDAM_DATA."
        ) from fault


def clusters(data: Path) -> list[Path]:
    """The PostgreSQL data folders in there: normally none or one."""
    return sorted(path for path in data.glob("pgdata-*") if CLUSTER.fullmatch(path.name))


def owner(path: Path) -> str:
    uid = path.stat().st_uid
    try:
        return f"user {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"user number {uid}"


def discard(path: Path) -> None:
    """Remove a folder, file or link, or nothing if it is not there. A link's target is left alone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def wipe(data: Path) -> list[Path]:
    """Remove what is ours; return what was left because it is not. Call only when nothing runs."""
    for path in data.iterdir():
        if not OURS.fullmatch(path.name):
            continue
        discard(path)
    strangers = sorted(data.iterdir())
    if not strangers:
        data.rmdir()
    return strangers
