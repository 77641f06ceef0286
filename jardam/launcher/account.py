"""Under which system account the server runs. PostgreSQL refuses root, so root must lend it another.

Root has two ways. *Dropped*: the server runs as `postgres`, or as `nobody` where that is missing, and owns
its folder. *Mapped*: where that account cannot reach the folder or the binaries (say, under a private home),
the server stays root outside but sees itself as that account, in a user namespace of its own, without root's
powers. Once a folder exists, its owner tells which way was taken.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import LauncherError
from .folder import owner

LENT = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """`uid` and `gid` own the files; `prefix` goes before each command, `options` to `subprocess`."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()
    is_dropped: bool = False

    def options(self) -> dict[str, Any]:
        if not self.is_dropped:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def command(self, *words: str | Path) -> list[str]:
        return [*self.prefix, *map(str, words)]


def for_new(data: Path, binaries: Path) -> Account:
    """The account for a folder that is to be made in `data`."""
    if os.geteuid() != 0:
        return _self()
    lent = _lent()
    dropped = Account(lent.pw_uid, lent.pw_gid, is_dropped=True)
    for account in (dropped, _mapped(lent)):
        if _can_work(account, data, binaries):
            return account
    raise LauncherError(
        f"PostgreSQL does not run as root, and {lent.pw_name} cannot reach {data} or {binaries}: put the "
        "checkout where every user may pass (such as /srv), name such a folder with JARDAM_DATA, or start "
        "Jardam as an ordinary user."
    )


def for_existing(cluster: Path, binaries: Path) -> Account:
    """The account that owns the folder already."""
    found = cluster.stat()
    if os.geteuid() != 0:
        if found.st_uid != os.geteuid():
            raise LauncherError(
                f"The database folder {cluster} belongs to {owner(cluster)}: start Jardam as the user who "
                "made it (root, if the account is postgres or nobody), or choose another folder with "
                "JARDAM_DATA."
            )
        return _self()
    if found.st_uid == 0:
        account = _mapped(_lent())
    else:
        account = Account(found.st_uid, found.st_gid, is_dropped=True)
    if not _can_work(account, cluster, binaries):
        raise LauncherError(
            f"The account that owns {cluster} ({owner(cluster)}) can no longer reach it or run "
            f"{binaries}/postgres: open the way for that account, or name other binaries with JARDAM_PG_BIN."
        )
    return account


def _self() -> Account:
    return Account(os.geteuid(), os.getegid())


def _mapped(lent: pwd.struct_passwd) -> Account:
    # The account must be a real one: initdb looks its name up.
    unshare = shutil.which("unshare") or "unshare"
    return Account(0, 0, (unshare, "--user", f"--map-user={lent.pw_uid}", f"--map-group={lent.pw_gid}"))


def _lent() -> pwd.struct_passwd:
    for name in LENT:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LauncherError(
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody: add one, "
        "or start Jardam as an ordinary user."
    )


def _can_work(account: Account, folder: Path, binaries: Path) -> bool:
    """Tried, not computed: access lists, mounts and container rules all have a say."""
    script = 'cd "$1" && exec "$2" --version'
    command = account.command("/bin/sh", "-c", script, "sh", folder, binaries / "postgres")
    try:
        tried = subprocess.run(command, cwd="/", capture_output=True, timeout=30, **account.options())
    except (OSError, subprocess.SubprocessError):
        return False
    return tried.returncode == 0
