"""The private PostgreSQL of one data folder: made, started, shared, stopped.

It is reached only through a socket in a folder that nobody else may enter, named by the path of the data, so
every process of an instance finds it without asking. Several processes may start it; the last that leaves
stops it. Reasons for the details: docs/adr and stack.md §2.3.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import re
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from . import folder, locks, processes
from .account import Account
from .cluster import SUPERUSER, Cluster, obtain, passed_on, reason
from .errors import LauncherError

DATABASE = "jardam"
PORT = "5432"  # only for the name of the socket; no network port is opened
SOCKET = f".s.PGSQL.{PORT}"
LOCK_PATIENCE = 90.0  # a first start on a slow disk
START_PATIENCE = 60.0  # recovery after a crash
CRASH_PATIENCE = 10.0  # until the orphans of a killed server are gone
LOG_LIMIT = 8 * 1024 * 1024

DISCREET = (
    # No personal data in logs (blueprint §4.6). Statements carry what people typed, for psycopg writes it into them;
    # the detail of a broken constraint repeats the row. So a failure leaves its first line alone: what broke, under
    # which name and with which code. The server still tells its client everything, and who reports it is our code.
    "log_statement=none",
    "log_min_error_statement=panic",
    "log_min_duration_statement=-1",
    "log_min_duration_sample=-1",
    "log_transaction_sample_rate=0",
    "log_duration=off",
    "log_lock_waits=off",  # its lines name the statements of those who wait
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    "log_error_verbosity=terse",  # without DETAIL, HINT, QUERY, CONTEXT
    "log_line_prefix=%m [%p] %e ",  # the code finds the cause that the text no longer tells
    "debug_print_parse=off",
    "debug_print_rewritten=off",
    "debug_print_plan=off",
    "log_min_messages=warning",  # below it every statement is told again
)
"""Settings of the server's log, whatever postgresql.conf says."""

_leases: dict[Path, IO[bytes]] = {}
_children: dict[Path, subprocess.Popen[bytes]] = {}


def socket_folder(data: Path) -> Path:
    """Where the socket of that data folder is. Computed, never stored. The path of a socket may have 107
    bytes, and a comma or blank would split it in two, so an unsuitable temporary folder gives way to /tmp."""
    name = "jardam-" + hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    temporary = tempfile.gettempdir()
    if len(temporary) > 60 or not re.fullmatch(r"/[\w./-]*", temporary, re.ASCII):
        temporary = "/tmp"
    return Path(temporary, name)


def connection_parameters(data: Path) -> dict[str, str]:
    """For Django's DATABASES; starts nothing. PORT is there because PGPORT would change it otherwise."""
    return {"HOST": str(socket_folder(data)), "PORT": PORT, "USER": SUPERUSER, "NAME": DATABASE}


class Server:
    """The server of one data folder. Objects are cheap, and any number may stand for the same server."""

    def __init__(self, data: Path, environ: Mapping[str, str] | None = None) -> None:
        self.data = data.resolve()
        self.environ = os.environ if environ is None else environ
        self.socket_folder = socket_folder(self.data)
        self.log = self.data / "postgres.log"

    def dsn(self, database: str = DATABASE) -> str:
        return f"host={self.socket_folder} port={PORT} user={SUPERUSER} dbname={database}"

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self.socket_folder), safe='')}&port={PORT}"

    def connect(self, database: str = DATABASE) -> psycopg.Connection:
        # Without client_encoding the caller's LANG or PGCLIENTENCODING would decide how letters travel.
        return psycopg.connect(self.dsn(database), autocommit=True, connect_timeout=10, client_encoding="UTF8")

    def is_running(self) -> bool:
        """Decided by connecting: a pid file may be stale and name a stranger."""
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError as fault:
            return "too many clients" in str(fault) or "connection slots" in str(fault)
        return True

    def is_alive(self) -> bool:
        """Whether its first process lives: cheap enough to ask several times a second."""
        if child := _children.get(self.data):
            return child.poll() is None
        heads = [head for path in folder.clusters(self.data) if (head := _postmaster(path))]
        return any(map(processes.is_alive, heads)) if processes.can_look() else self.is_running()

    def start(self, *, stay: bool = False) -> None:
        """Have the server run, making the data folder if need be.

        It stops when the last process that called `start` ends; with `stay` it goes on until `stop`.
        """
        folder.prepare(self.data)
        with self._alone():
            _take_lease(self.data)
            if stay:
                self._stay_mark.touch()
            if not self.is_running():
                self._launch(obtain(self.data, self.environ))
            self._prepare_database()

    def stop(self) -> bool:
        """Stop the server whoever uses it, and what a crash left of it. False when nothing was running.
        Every acknowledged commit stays: even the last resort is only a crash, from which PostgreSQL
        recovers."""
        if not self.data.is_dir():
            return False
        with self._alone():
            return self._stop()

    # Inside, under the start lock.

    @property
    def _stay_mark(self) -> Path:
        return self.data / "postgres.stay"

    def _alone(self) -> AbstractContextManager[None]:
        return locks.held(self.data / "start.lock", LOCK_PATIENCE)

    def _launch(self, cluster: Cluster) -> None:
        """Start, and after a crash try again until what the dead server left is gone."""
        _open_socket_folder(self.socket_folder, cluster.account)
        _reap(self.data)
        deadline = time.monotonic() + CRASH_PATIENCE
        while True:
            self._forget_stale_pid(cluster.folder)
            said = self._attempt(cluster)
            if said is None:
                return
            if not _is_passing(said) or time.monotonic() > deadline:
                raise LauncherError(self._cannot_start(cluster, said))
            time.sleep(0.2)

    def _attempt(self, cluster: Cluster) -> str | None:
        """None when the server answers, otherwise what it said before it ended."""
        with _open_log(self.log) as log:
            begin = log.tell()
            child = subprocess.Popen(
                cluster.account.command(cluster.binaries.folder / "postgres", *self._options(cluster)),
                cwd="/",
                env=passed_on(self.environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **cluster.account.options(),
            )
        deadline = time.monotonic() + START_PATIENCE
        while child.poll() is None:
            if self.is_running():
                _children[self.data] = child
                return None
            if time.monotonic() > deadline:
                _children[self.data] = child  # it may yet come up
                raise LauncherError(
                    f"PostgreSQL has not answered for {START_PATIENCE:.0f} s, perhaps because it recovers "
                    f"from a crash: look at the end of {self.log}, and start again in a while."
                )
            time.sleep(0.03)
        with self.log.open(errors="replace") as log_again:
            log_again.seek(begin)
            return log_again.read()

    def _options(self, cluster: Cluster) -> list[str | Path]:
        # No network address, and the log where we look for it, whatever postgresql.conf says.
        return [
            "-D",
            cluster.folder,
            "-k",
            self.socket_folder,
            "-h",
            "",
            "-p",
            PORT,
            "-clogging_collector=off",
            "-cmax_connections=200",  # a hundred at once beside those who serve
            *(f"-c{setting}" for setting in DISCREET),
        ]

    def _forget_stale_pid(self, cluster: Path) -> None:
        """PostgreSQL refuses to start when its pid files name any live process of the same user, or a zombie.
        When no PostgreSQL works in that folder, they are stale for certain."""
        if processes.can_look() and not processes.called("postgres", working_in=cluster):
            (cluster / "postmaster.pid").unlink(missing_ok=True)
            (self.socket_folder / f"{SOCKET}.lock").unlink(missing_ok=True)

    def _cannot_start(self, cluster: Cluster, said: str) -> str:
        if orphans := processes.called("postgres", working_in=cluster.folder):
            numbers = ", ".join(map(str, orphans))
            return f"Processes of a dead PostgreSQL ({numbers}) still use {cluster.folder}: run `make down`."
        return (
            f"PostgreSQL could not start on {cluster.folder} ({reason(said)}): see the end of {self.log}, "
            "and if the folder is damaged, move it away and restore your last backup."
        )

    def _prepare_database(self) -> None:
        with self.connect("postgres") as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not known:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
            check_letters(connection)

    def _stop(self) -> bool:
        was_running = False
        for cluster in folder.clusters(self.data):
            was_running = self._end(cluster) or was_running
        self._stay_mark.unlink(missing_ok=True)
        _reap(self.data)
        with suppress(OSError):  # not there, or not ours: harmless
            for name in (SOCKET, f"{SOCKET}.lock"):  # a crash leaves them
                (self.socket_folder / name).unlink(missing_ok=True)
            self.socket_folder.rmdir()
        return was_running

    def _end(self, cluster: Path) -> bool:
        """Ask politely, then firmly, then kill. True when there was anything to end."""
        if not self._workers(cluster):
            return False
        for blow, patience in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
            everyone = self._workers(cluster)
            # The first process ends the others in order; where it is gone, each orphan is told.
            head = [pid for pid in everyone if pid == _postmaster(cluster) and blow != signal.SIGKILL]
            for pid in head or everyone:
                _tell(pid, blow, cluster)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if not self._workers(cluster):
                    return True
                time.sleep(0.03)
        raise LauncherError(f"PostgreSQL in {cluster} does not end: restart the machine, the data is safe.")

    def _workers(self, cluster: Path) -> list[int]:
        """The live processes of the server, orphans too."""
        if child := _children.get(self.data):
            child.poll()  # reap it, if it ended
        if processes.can_look():
            return processes.called("postgres", working_in=cluster)
        head = _postmaster(cluster)
        return [head] if head and self.is_running() else []


def _reap(data: Path) -> None:
    """Take leave of our child if it has ended, or ends within a second: a zombie would keep its number."""
    if child := _children.get(data):
        with suppress(subprocess.TimeoutExpired):
            child.wait(1)
            del _children[data]


def check_letters(connection: psycopg.Connection) -> None:
    """Refuse a server that does not know Kyrgyz capitals: searching would silently find nothing."""
    row = connection.execute("SELECT 'ӨКМӨТ' ILIKE 'өкмөт'").fetchone()
    if not row or not row[0]:
        raise LauncherError(
            "This PostgreSQL was set up with a locale that does not know Cyrillic letters: make its "
            "database again with the locale C.UTF-8 (a demonstration: `make reset`, then `make up`)."
        )


def _open_socket_folder(path: Path, lent: Account) -> None:
    """Make the folder, or trust one that is there only if it is private to the server's account: anybody may
    create names in the temporary folder."""
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    if os.geteuid() == 0 and found.st_uid == 0 and stat.S_ISDIR(found.st_mode):  # root's, so surely from us
        os.chown(path, lent.uid, lent.gid)
        found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != lent.uid or stat.S_IMODE(found.st_mode) != 0o700:
        raise LauncherError(
            f"The socket folder {path} belongs to somebody else or is open to others: remove it, or name "
            "another temporary folder with TMPDIR."
        )


def _open_log(path: Path) -> IO[bytes]:
    """For appending; a long one is put aside first, the one put aside before it goes."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_name("postgres.log.old"))
    log = path.open("ab")
    log.seek(0, os.SEEK_END)
    return log


def _is_passing(said: str) -> bool:
    """Whether the server refused only because a dead one has not quite gone."""
    return "already exists" in said or "is still in use" in said or "Address already in use" in said


def _postmaster(cluster: Path) -> int | None:
    try:
        return int((cluster / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _tell(pid: int, blow: signal.Signals, cluster: Path) -> None:
    try:
        os.kill(pid, blow)
    except ProcessLookupError:
        pass
    except PermissionError as fault:
        raise LauncherError(
            f"The PostgreSQL in {cluster} belongs to {folder.owner(cluster)}: stop it as the user who started it."
        ) from fault


def _take_lease(data: Path) -> None:
    """Hold, until this process ends, a share in the server. Its death by any cause gives the share back."""
    if data in _leases:
        return
    handle = locks.open_lock(data / "users.lock")
    fcntl.flock(handle, fcntl.LOCK_SH)
    _leases[data] = handle
    atexit.register(_leave, data, os.getpid())


def _leave(data: Path, taker: int) -> None:
    """Give the share back, and stop the server if it was the last one and nobody asked it to stay."""
    if os.getpid() != taker or not data.is_dir():  # a forked child, or a folder already thrown away
        return
    server = Server(data)
    with server._alone(), _leases.pop(data) as lease:
        fcntl.flock(lease, fcntl.LOCK_UN)
        if locks.try_exclusive(lease) and not server._stay_mark.exists():
            server._stop()
