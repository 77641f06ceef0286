"""The two secrets of an instance: made and kept in the data folder for demonstrations, demanded elsewhere."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from . import folder
from .errors import LauncherError

SECRET_KEY = "secret-key"
SEALING_KEY = "sealing-key"


def ensure(data: Path, environ: Mapping[str, str] | None = None) -> None:
    """Make the secrets that neither the environment nor the data folder has yet. Repeatable."""
    environ = os.environ if environ is None else environ
    folder.prepare(data)
    if not environ.get("JARDAM_KEY_FILE"):
        _refuse_lost_key(data)
        _write_once(data / SEALING_KEY, secrets.token_hex(32))
    if not environ.get("JARDAM_SECRET_KEY"):
        _write_once(data / SECRET_KEY, secrets.token_urlsafe(50))


def demand(environ: Mapping[str, str]) -> None:
    """Outside of demonstrations the operator gives both."""
    missing = [name for name in ("JARDAM_SECRET_KEY", "JARDAM_KEY_FILE") if not environ.get(name)]
    if missing:
        raise LauncherError(
            f"{' and '.join(missing)} must be set for an instance that is no demonstration: see the table of "
            "variables in README.md, or set JARDAM_DEMO=1."
        )
    if not Path(environ["JARDAM_KEY_FILE"]).is_file():
        raise LauncherError(
            f"JARDAM_KEY_FILE names {environ['JARDAM_KEY_FILE']}, which is not there: put the key file back, "
            "or, for a new instance, make one with `openssl rand -hex 32`."
        )
    if Path(environ["JARDAM_KEY_FILE"]).stat().st_mode & 0o077:
        raise LauncherError(
            f"The key file {environ['JARDAM_KEY_FILE']} can be read by other users of this machine: `chmod 600` it."
        )


def _refuse_lost_key(data: Path) -> None:
    """A fresh key would leave the sealed content shut, and nobody would know why. The sealing key is written
    first, so it was there once if the other one is."""
    if (data / SECRET_KEY).exists() and not (data / SEALING_KEY).exists():
        raise LauncherError(
            f"The key file {SEALING_KEY} is gone from {data}, and the sealed content does not open without it: "
            "put the file back from your copy, or give up the data with `make reset`."
        )


def _write_once(path: Path, text: str) -> None:
    """Appears whole or not at all, and never replaces one that is there."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(text + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
