"""File locks. The kernel drops them with the process that held them, however it died."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .errors import LauncherError


def open_lock(path: Path) -> IO[bytes]:
    try:
        return path.open("ab")
    except OSError as fault:
        raise LauncherError(
            f"The lock file {path} cannot be opened ({fault.strerror}): start Jardam as the user who owns "
            "that folder, or choose another folder with JARDAM_DATA."
        ) from fault


def try_exclusive(handle: IO[bytes]) -> bool:
    """True when this handle now holds the lock alone; False when somebody else holds it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def held(path: Path, wait: float) -> Iterator[None]:
    """Hold the lock alone, waiting for it at most `wait` seconds."""
    deadline = time.monotonic() + wait
    with open_lock(path) as handle:
        while not try_exclusive(handle):
            if time.monotonic() > deadline:
                raise LauncherError(
                    f"Another process has been starting or stopping the database in {path.parent} for more "
                    f"than {wait:.0f} s: wait for it, or end it and run `make down`."
                )
            time.sleep(0.05)
        yield
