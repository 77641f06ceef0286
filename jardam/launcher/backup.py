"""A backup is a folder: the database's dump, the stored files, the keys, and a manifest that is written last.

The database is taken first: a committed row always has its bytes, so files copied afterwards are complete
(decisions.md §4.8). A folder without its manifest is an unfinished backup, and restoring refuses it. The dump
alone opens nothing that is sealed; whoever holds the keys beside it can read everything, so `keys` may go to
another place.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from . import binaries, folder
from .errors import LauncherError
from .postgres import Server
from .secrets import SEALING_KEY, SECRET_KEY

DUMP, FILES, KEYS, MANIFEST = "database.dump", "files", "keys", "manifest.json"
NOTES = ("demonstration.json",)  # small files of the data folder that belong to its state
FORMAT = 1
CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Database:
    """Where the owner reaches the database, and the folder with its tools. The password never stands in a command
    line."""

    dsn: str
    password: str
    tools: Path

    def run(self, tool: str, *words: str | Path) -> None:
        environ = os.environ | ({"PGPASSWORD": self.password} if self.password else {})
        done = subprocess.run([self.tools / tool, *words], env=environ, capture_output=True, text=True)
        if done.returncode:
            raise LauncherError(f"{tool} failed: {done.stderr.strip() or done.returncode}")

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.dsn, password=self.password or None, autocommit=True, connect_timeout=10)


def database(data: Path, environ: Mapping[str, str]) -> Database:
    """The private server of the data folder, or the one of DATABASE_OWNER_URL (else DATABASE_URL)."""
    url = environ.get("DATABASE_OWNER_URL") or environ.get("DATABASE_URL", "")
    if url:
        parts = urlsplit(url)
        password = unquote(parts.password or "")
        shown = url.replace(f":{parts.password}@", "@", 1) if parts.password else url
        with psycopg.connect(url, connect_timeout=10) as connection:
            major = connection.info.server_version // 10000
        return Database(shown, password, _tools(major, environ))
    cluster = next(iter(folder.clusters(data)), None)
    if cluster is None:
        raise LauncherError(f"There is no database in {data}.")
    major = int(cluster.name.rpartition("-")[2])
    return Database(Server(data, environ).dsn(), "", binaries.find_for(cluster, major, environ).folder)


def _tools(major: int, environ: Mapping[str, str]) -> Path:
    """pg_dump reads a server of its own or an older major, never a newer one."""
    for found in binaries.candidates(environ):
        if found.major >= major and (found.folder / "pg_dump").exists():
            return found.folder
    raise LauncherError(
        f"No pg_dump of PostgreSQL {major} or newer is on this machine: install it, or name its folder with "
        "JARDAM_PG_BIN."
    )


# --- taking one ------------------------------------------------------------------------------------------------


def take(place: Path, *, source: Database, data: Path, keys: Mapping[str, Path], keys_place: Path) -> dict[str, int]:
    """Write a backup into the new folder `place`; how many files and bytes it holds."""
    _make_new(place)
    _make_new(keys_place)
    source.run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", place / DUMP, source.dsn)
    sums = {DUMP: _sha256(place / DUMP)}
    for path in _files(data / FILES):
        name = f"{FILES}/{path.relative_to(data / FILES).as_posix()}"
        sums[name] = _copy(path, place / name)
        if sums[name] != path.name:
            raise LauncherError(f"The stored file {path.name} does not have the hash in its name: it is damaged.")
    sums |= {name: _copy(data / name, place / name) for name in NOTES if (data / name).is_file()}
    key_sums = {name: _copy(path, keys_place / name) for name, path in keys.items()}
    manifest = {
        "format": FORMAT,
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "sha256": sums,
        "keys_sha256": key_sums,
    }
    _write_last(place / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    return {
        "files": sum(name.startswith(FILES) for name in sums),
        "bytes": sum((place / name).stat().st_size for name in sums),
    }


def _make_new(place: Path) -> None:
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise LauncherError(f"{place} is there already and not empty: name a new folder for the backup.")
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as fault:
        raise LauncherError(f"The folder {place} cannot be made ({fault.strerror}).") from fault


def _files(root: Path) -> Iterator[Path]:
    """Finished files only: one being written has a name that begins with a dot."""
    return (path for path in sorted(root.rglob("*")) if path.is_file() and not path.name.startswith("."))


# --- putting one back ------------------------------------------------------------------------------------------


def check(place: Path, keys_place: Path) -> dict[str, str]:
    """The key files of the backup (name → SHA-256), once every byte of it was seen to be as it was written."""
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf8"))
    except FileNotFoundError:
        raise LauncherError(
            f"{place} is no finished backup: its {MANIFEST} is missing. Take another backup, or name another folder."
        ) from None
    except ValueError as fault:
        raise LauncherError(f"The {MANIFEST} in {place} is damaged: {fault}.") from fault
    if manifest.get("format") != FORMAT:
        raise LauncherError(f"The backup in {place} was made by another version of Jardam: use that one.")
    wanted = {place / name: sha256 for name, sha256 in manifest["sha256"].items()}
    wanted |= {keys_place / name: sha256 for name, sha256 in manifest["keys_sha256"].items()}
    wrong = [path.name for path, sha256 in wanted.items() if not path.is_file() or _sha256(path) != sha256]
    if wrong:
        more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise LauncherError(f"The backup in {place} is damaged: {wrong[0]}{more} is missing or was changed.")
    return dict(manifest["keys_sha256"])


def check_empty(target: Database) -> None:
    """A restored database comes into an empty one, never over another."""
    with target.connect() as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    if row and row[0]:
        raise LauncherError(
            "The database holds tables already: restore into an empty one, or into another folder with JARDAM_DATA."
        )


def put_keys(keys_place: Path, names: Mapping[str, str], where: Mapping[str, Path]) -> None:
    """Put the keys where the instance looks for them. A key that is there already must be the same."""
    for name in names:
        kept = where[name]
        if not kept.exists():
            _copy(keys_place / name, kept)
            kept.chmod(0o600)
        elif kept.read_text().strip() != (keys_place / name).read_text().strip():
            raise LauncherError(f"{kept} holds another key than the backup: what is sealed would not open with it.")


def put_back(place: Path, *, target: Database, data: Path) -> None:
    """Files first, then the database in one transaction: interrupted, it is simply run again."""
    for path in [*_files(place / FILES), *(place / name for name in NOTES if (place / name).is_file())]:
        kept = data / path.relative_to(place)
        if not kept.exists():
            _copy(path, kept)
    target.run(
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        "--dbname",
        target.dsn,
        place / DUMP,
    )


def keys_of(data: Path, environ: Mapping[str, str]) -> dict[str, Path]:
    """Where this instance keeps its keys; one given in the environment itself is the operator's to keep."""
    named = {SEALING_KEY: Path(environ.get("JARDAM_KEY_FILE") or data / SEALING_KEY)}
    return named if environ.get("JARDAM_SECRET_KEY") else named | {SECRET_KEY: data / SECRET_KEY}


# --- bytes -----------------------------------------------------------------------------------------------------


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _copy(source: Path, kept: Path) -> str:
    """Copy so that the name never shows half a file; the SHA-256 of what was copied."""
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = kept.with_name(f".{kept.name}.{os.getpid()}")
    seen = hashlib.sha256()
    with (
        source.open("rb") as read,
        os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out,
    ):
        while chunk := read.read(CHUNK):
            seen.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(kept)
    return seen.hexdigest()


def _write_last(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}")
    with draft.open("w", encoding="utf8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    shutil.move(draft, path)
