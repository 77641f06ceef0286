"""An instance in a folder of its own: PostgreSQL by our launcher, the web by `jardam serve`; to start and to kill."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jardam.launcher import checks, processes, secrets
from jardam.launcher.folder import clusters
from jardam.launcher.postgres import Server

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "JARDAM_PG_BIN", "LD_LIBRARY_PATH")


class Instance:
    """`url` answers after `serve`."""

    def __init__(self, folder: Path, processes: int = 2) -> None:
        self.data = folder / "data"
        self.log = folder / "web.log"
        self.processes = processes
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.environ |= {
            "JARDAM_DATA": str(self.data),
            "JARDAM_DEMO": "1",
            "JARDAM_PORT": str(self.port),
            "JARDAM_BIND": "127.0.0.1",
            "PYTHONPATH": str(ROOT),
        }
        self.server = Server(self.data, self.environ)
        self.web: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Secrets, database, tables."""
        secrets.ensure(self.data, self.environ)
        self.server.start()
        self.run("-m", "jardam.cli.main", "migrate")

    def run(self, *words: str, given: str = "", **environ: str) -> str:
        """A Python process of this instance to its good end; what it printed."""
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environ | environ,
            input=given,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def ask(self, *words: str, given: Any = None) -> Any:
        """The same, with JSON in and out."""
        return json.loads(self.run(*words, given=json.dumps(given)).splitlines()[-1])

    def serve(self, **environ: str) -> None:
        with self.log.open("ab") as log:
            self.web = subprocess.Popen(
                [sys.executable, "-m", "jardam.cli.main", "serve", "--processes", str(self.processes)],
                cwd=ROOT,
                env=self.environ | environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not checks.answers(self.url):
            if self.web.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"no page came:\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.05)

    def web_processes(self) -> list[int]:
        assert self.web is not None
        return [pid for pid in _pids() if _group(pid) == self.web.pid]

    def kill_web(self) -> int:
        """SIGKILL to every web process at once; how many there were."""
        assert self.web is not None
        group = self.web_processes()
        os.killpg(self.web.pid, signal.SIGKILL)
        self.web.wait(10)
        deadline = time.monotonic() + 10
        while any(processes.is_alive(pid) for pid in group):
            if time.monotonic() > deadline:
                raise RuntimeError("a web process outlived SIGKILL")
            time.sleep(0.01)
        return len(group)

    def kill_database(self) -> int:
        """SIGKILL to every process of PostgreSQL, the first one first; how many there were."""
        (cluster,) = clusters(self.data)
        killed = processes.called("postgres", working_in=cluster)
        head = int((cluster / "postmaster.pid").read_text().splitlines()[0])
        for pid in sorted(killed, key=lambda pid: pid != head):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        return len(killed)

    def stop(self) -> None:
        if self.web is not None and self.web.poll() is None:
            os.killpg(self.web.pid, signal.SIGKILL)
            self.web.wait(10)
        self.server.stop()


@contextmanager
def instance(processes: int = 2) -> Iterator[Instance]:
    """Prepared, not yet serving; nothing of it stays."""
    folder = Path(tempfile.mkdtemp(prefix="jardam-rig-", dir="/tmp"))
    folder.chmod(0o755)  # PostgreSQL runs under another account when we are root
    made = Instance(folder, processes)
    with contextlib.suppress(ValueError):  # outside of the main thread; a polite end leaves nothing behind
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        made.prepare()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except (ProcessLookupError, PermissionError):
        return 0
