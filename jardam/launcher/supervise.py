"""One process that starts the others, watches them, and ends them together.

It holds `run.lock` for its whole life and writes into `run.json` where Jardam is open and which processes it
started. All of these carry the run's token in their environment, and that is how `make down` knows them again
after a crash: numbers of processes are given to strangers, tokens are not.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Any

from . import folder, locks, processes
from .errors import LauncherError

TOKEN = "JARDAM_RUN"
BEAT = 0.1
STOP_PATIENCE = 10.0
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Say = Callable[[str], None]


class AlreadyRunning(Exception):
    """Another supervisor has this data folder; `address` is empty while that one is still starting."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class Stopped(Exception):
    """Somebody asked us to end while we were still starting."""


@dataclass(slots=True)
class Child:
    """A process we started. A `once` child is expected to end, and `done` is said when it ended well."""

    name: str
    process: subprocess.Popen[bytes]
    once: bool
    done: str


class Supervisor:
    """Use as a context: leaving it ends every child and clears the record.

    Entering raises AlreadyRunning, and otherwise first ends what a crash left of an earlier run.
    """

    def __init__(self, data: Path, address: str, say: Say) -> None:
        self.data = data
        self.address = address
        self.say = say
        self.token = secrets.token_hex(16)
        self.children: list[Child] = []
        self.guests: dict[str, Callable[[], bool]] = {}
        self._announced = ""
        # A plain flag: an Event set by a second signal would wait for the lock that the first one holds.
        self._asked = False
        self._lock: IO[bytes] | None = None
        self._former: dict[int, Any] = {}

    def __enter__(self) -> Supervisor:
        folder.prepare(self.data)
        self._lock = locks.open_lock(self.data / "run.lock")
        if not locks.try_exclusive(self._lock):
            self._lock.close()
            raise AlreadyRunning(str(_record(self.data).get("address", "")))
        self._end_former_runs()
        for number in ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:  # `nohup make up` outlives its terminal
                self._former[number] = signal.signal(number, self._on_signal)
        return self

    def _end_former_runs(self) -> None:
        """The record names us before the ending begins, for it may take a while and `make down` may come; and
        it keeps the former tokens until the ending is done, for we may be killed meanwhile."""
        former = _tokens(self.data)
        self._write(former)
        if _end_marked(former):
            self.say("Processes of an earlier run were still there and have been ended.")
        self._write()

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            (self.data / "run.json").unlink(missing_ok=True)
            for number, handler in self._former.items():
                signal.signal(number, handler)
            assert self._lock is not None
            self._lock.close()

    def announce(self) -> None:
        """From now on a second start is told the address."""
        self._announced = self.address
        self._write()

    def start(self, name: str, command: Sequence[str], *, once: bool = False, done: str = "") -> Child:
        """Start a process in a group of its own, so that Ctrl-C reaches it only through us."""
        environ = os.environ | {TOKEN: self.token}
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environ, process_group=0)
        child = Child(name, process, once, done)
        self.children.append(child)
        self._write()
        return child

    def watch(self, name: str, is_alive: Callable[[], bool]) -> None:
        """Mind also something that was not started as a child: the database server."""
        self.guests[name] = is_alive

    def finish(self, name: str, command: Sequence[str]) -> None:
        """Start a process and wait for its good end. Its own lines have said what was wrong."""
        child = self.start(name, command, once=True)
        while child.process.poll() is None:
            self._beat()
        self.children.remove(child)
        if child.process.returncode != 0:
            raise LauncherError(f"The {name} failed: mend what the lines above say, and start again.")

    def wait_for(self, is_ready: Callable[[], bool], child: Child, patience: float) -> None:
        """Until that child can be used."""
        deadline = time.monotonic() + patience
        while not is_ready():
            if child.process.poll() is not None:
                raise LauncherError(f"The {child.name} could not start: mend what the lines above say, and try again.")
            if time.monotonic() > deadline:
                raise LauncherError(
                    f"The {child.name} did not answer at {self.address} within {patience:.0f} s: look at the "
                    "lines above, and try again."
                )
            self._beat()

    def wait(self) -> int:
        """Watch until asked to end (0) or until something ends that should not have (1)."""
        while not self._asked:
            time.sleep(BEAT)
            if not self._asked and (fallen := self._fallen()):
                self.say(f"{fallen}: everything else is being stopped.")
                return 1
        return 0

    def _fallen(self) -> str:
        for child in list(self.children):
            code = child.process.poll()
            if code is None:
                continue
            if not child.once:
                return f"The {child.name} ended unexpectedly ({_ending(code)})"
            self.children.remove(child)
            self.say(child.done if code == 0 else f"The {child.name} failed ({_ending(code)}); the rest goes on.")
        for name, is_alive in self.guests.items():
            if not is_alive():
                return f"The {name} ended unexpectedly"
        return ""

    def _beat(self) -> None:
        time.sleep(BEAT)
        if self._asked:
            raise Stopped

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if self._asked and number == signal.SIGINT:  # a second Ctrl-C does not wait
            self._tell_all(signal.SIGKILL)
        self._asked = True

    def stop(self) -> None:
        """End all children, the last one first. Repeatable."""
        self._tell_all(signal.SIGTERM)
        deadline = time.monotonic() + STOP_PATIENCE
        while any(child.process.poll() is None for child in self.children) and time.monotonic() < deadline:
            time.sleep(0.03)
        for child in self.children:
            if child.process.poll() is None:
                self.say(f"The {child.name} did not end when asked, and was killed.")
        self._tell_all(signal.SIGKILL)
        for child in self.children:
            child.process.wait()
        _end_marked([self.token])  # what a child that fell left behind

    def _tell_all(self, number: signal.Signals) -> None:
        for child in reversed(self.children):
            if child.process.poll() is None:
                os.killpg(child.process.pid, number)

    def _write(self, former: Sequence[str] = ()) -> None:
        record = {
            "supervisor": os.getpid(),
            "tokens": [*former, self.token],
            "address": self._announced,
            "children": {child.name: child.process.pid for child in self.children},
        }
        path = self.data / "run.json"
        draft = path.with_suffix(".json.new")
        draft.write_text(json.dumps(record, indent=2) + "\n")
        draft.replace(path)


def end_supervisor(data: Path, patience: float = 60.0) -> bool:
    """Ask the supervisor of that folder to end and wait until it has. False when there is none."""
    if not (data / "run.lock").exists():
        return False
    with locks.open_lock(data / "run.lock") as lock:
        if locks.try_exclusive(lock):
            return False
        _ask_to_end(data)
        deadline = time.monotonic() + patience
        while not locks.try_exclusive(lock):
            if time.monotonic() > deadline:
                raise LauncherError(f"Jardam does not end: end process {_record(data).get('supervisor')} by hand.")
            time.sleep(0.05)
    return True


def _ask_to_end(data: Path) -> None:
    # The lock is held, so the record's process is the holder and no stranger with its number.
    number = _record(data).get("supervisor")
    if not isinstance(number, int):
        raise LauncherError(f"Jardam is starting in {data} at this moment: wait until it has, then try again.")
    try:
        os.kill(number, signal.SIGTERM)
    except PermissionError as fault:
        raise LauncherError(f"Jardam was started by {folder.owner(data)}: stop it as that user.") from fault


def end_leftovers(data: Path) -> int:
    """End the processes of a run whose supervisor is gone; how many there were. Only when no supervisor
    lives."""
    ended = _end_marked(_tokens(data))
    (data / "run.json").unlink(missing_ok=True)
    return ended


def _end_marked(tokens: Sequence[str]) -> int:
    """End every process that carries one of these tokens, politely and then by force; how many there were."""
    found = _marked(tokens)
    for number, patience in ((signal.SIGTERM, STOP_PATIENCE), (signal.SIGKILL, 5.0)):
        for pid in _marked(tokens):
            _tell(pid, number)
        deadline = time.monotonic() + patience
        while _marked(tokens) and time.monotonic() < deadline:
            time.sleep(0.05)
    return len(found)


def _marked(tokens: Sequence[str]) -> list[int]:
    return [pid for token in tokens for pid in processes.with_variable(TOKEN, token)]


def _tell(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _record(data: Path) -> dict[str, Any]:
    try:
        record = json.loads((data / "run.json").read_text())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _tokens(data: Path) -> list[str]:
    tokens = _record(data).get("tokens", [])
    return [token for token in tokens if isinstance(token, str) and token] if isinstance(tokens, list) else []


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
