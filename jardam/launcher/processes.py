"""What the kernel tells of running processes (Linux; where there is no /proc these functions find
nothing)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def can_look() -> bool:
    return (PROC / "self" / "stat").exists()


def is_alive(pid: int) -> bool:
    """Zombies are dead: in a container whose first process does not reap, they stay for ever, and signal 0
    still reaches them."""
    try:
        after_name = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2]
    except OSError:
        return False
    return after_name.split()[0] not in "ZX"


def called(name: str, working_in: Path) -> list[int]:
    """Live processes of that name whose working folder is `working_in`. PostgreSQL's processes, orphans too,
    all work in their data folder, so this tells ours from any other with certainty."""
    return [pid for pid in _all() if _name(pid) == name and _works_in(pid, working_in) and is_alive(pid)]


def with_variable(name: str, value: str) -> list[int]:
    """Live processes that were started, directly or through others, with this environment variable."""
    wanted = f"{name}={value}".encode()
    return [pid for pid in _all() if wanted in _environment(pid) and is_alive(pid)]


def _all() -> Iterator[int]:
    if PROC.is_dir():
        yield from (int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal())


def _name(pid: int) -> str:
    try:
        return (PROC / str(pid) / "comm").read_text(errors="replace").rstrip("\n")
    except OSError:
        return ""


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return (PROC / str(pid) / "cwd").samefile(folder)  # by identity: paths may lead through links and mounts
    except OSError:  # gone meanwhile, or another user's
        return False


def _environment(pid: int) -> list[bytes]:
    try:
        return (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []
