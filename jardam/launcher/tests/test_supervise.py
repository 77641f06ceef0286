"""The supervisor with real children: it ends them together, and finds them again after a crash."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jardam.launcher import processes, supervise
from jardam.launcher.errors import LauncherError
from jardam.launcher.supervise import AlreadyRunning, Supervisor

from .conftest import ended

pytestmark = pytest.mark.slow  # real servers and processes

Python = Callable[..., "subprocess.Popen[str]"]

RUN = """
    import sys
    from pathlib import Path
    from jardam.launcher.supervise import Supervisor
    with Supervisor(Path(sys.argv[1]), "http://127.0.0.1:8123", say=lambda text: print(text, flush=True)) as run:
        run.start("web server", ["sh", "-c", "sleep 61 & sleep 62"])
        run.start("worker", ["sh", "-c", sys.argv[2]])
        run.start("demonstration", ["sh", "-c", sys.argv[3]], once=True, done="It is full.")
        run.announce()
        print("open", flush=True)
        status = run.wait()
    sys.exit(status)
"""


def begun(python: Python, data: Path, worker: str = "sleep 63", once: str = "sleep 64") -> subprocess.Popen[str]:
    run = python(RUN, data, worker, once)
    assert run.stdout and run.stdout.readline() == "open\n"
    return run


def kill(run: subprocess.Popen[str]) -> None:
    """Without reading to the end, for its orphans keep the pipe open."""
    run.kill()
    run.wait()
    assert run.stdout
    run.stdout.close()


def carriers(data: Path) -> list[int]:
    """All that the run of this folder started, grandchildren too."""
    token = json.loads((data / "run.json").read_text())["tokens"][-1]
    return processes.with_variable(supervise.TOKEN, token)


def all_gone(pids: list[int]) -> bool:
    return not any(map(processes.is_alive, pids))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_in_good_order(tmp_path: Path, python: Python, number: signal.Signals) -> None:
    run = begun(python, tmp_path)
    started = carriers(tmp_path)
    assert len(started) >= 5

    run.send_signal(number)

    assert ended(run) == "" and all_gone(started) and not (tmp_path / "run.json").exists()


def test_signals_that_come_together_end_everything_too(tmp_path: Path, python: Python) -> None:
    """`make` passes the signal on that the whole group has had already."""
    run = begun(python, tmp_path)
    started = carriers(tmp_path)

    for _ in range(40):
        run.send_signal(signal.SIGTERM)

    assert ended(run) == "" and all_gone(started)


def test_a_child_that_dies_takes_the_rest_with_it_and_is_named(tmp_path: Path, python: Python) -> None:
    run = begun(python, tmp_path, worker="sleep 0.5; exit 7")
    started = carriers(tmp_path)

    said, _ = run.communicate(timeout=20)

    assert "The worker ended unexpectedly (exit code 7): everything else is being stopped." in said
    assert run.returncode == 1 and all_gone(started)


def test_a_child_that_is_killed_is_named_too(tmp_path: Path, python: Python) -> None:
    run = begun(python, tmp_path)
    os.kill(json.loads((tmp_path / "run.json").read_text())["children"]["web server"], signal.SIGKILL)

    assert "The web server ended unexpectedly (signal SIGKILL)" in run.communicate(timeout=20)[0]


@pytest.mark.parametrize(
    ("once", "said"), [("exit 0", "It is full."), ("exit 3", "The demonstration failed (exit code 3); the rest")]
)
def test_a_child_that_should_end_says_so_and_the_rest_goes_on(
    tmp_path: Path, python: Python, once: str, said: str
) -> None:
    run = begun(python, tmp_path, once=once)

    assert run.stdout and run.stdout.readline().startswith(said)
    assert run.poll() is None
    run.terminate()
    ended(run)


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "STOP_PATIENCE", 0.3)
    lines: list[str] = []
    with Supervisor(tmp_path, "", say=lines.append) as run:
        child = run.start("worker", ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"])
        time.sleep(0.2)

    assert child.process.returncode == -signal.SIGKILL
    assert lines == ["The worker did not end when asked, and was killed."]


def test_a_second_run_is_told_the_address_and_harms_nothing(tmp_path: Path, python: Python) -> None:
    run = begun(python, tmp_path)
    started = carriers(tmp_path)

    with pytest.raises(AlreadyRunning) as other, Supervisor(tmp_path, "", say=print):
        pass

    assert other.value.address == "http://127.0.0.1:8123"
    assert carriers(tmp_path) == started and run.poll() is None
    run.terminate()
    ended(run)


def test_down_ends_a_run_in_another_terminal(tmp_path: Path, python: Python) -> None:
    run = begun(python, tmp_path)
    started = carriers(tmp_path)

    assert supervise.end_supervisor(tmp_path) is True

    assert all_gone(started) and ended(run) == ""
    assert supervise.end_supervisor(tmp_path) is False


def test_down_ends_what_a_killed_run_left(tmp_path: Path, python: Python) -> None:
    run = begun(python, tmp_path)
    started = carriers(tmp_path)
    kill(run)
    assert not all_gone(started)

    assert supervise.end_supervisor(tmp_path) is False
    assert supervise.end_leftovers(tmp_path) == len(started)

    assert all_gone(started) and supervise.end_leftovers(tmp_path) == 0


def test_a_new_run_ends_what_a_killed_one_left(tmp_path: Path, python: Python) -> None:
    run = begun(python, tmp_path)
    started = carriers(tmp_path)
    kill(run)
    lines: list[str] = []

    with Supervisor(tmp_path, "", say=lines.append):
        assert all_gone(started)

    assert lines == ["Processes of an earlier run were still there and have been ended."]


def test_a_record_that_names_strangers_ends_nobody(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as stranger:
        record = {"supervisor": stranger.pid, "tokens": ["0" * 32, ""], "children": {"web": stranger.pid}}
        (tmp_path / "run.json").write_text(json.dumps(record))

        assert supervise.end_leftovers(tmp_path) == 0

        assert stranger.poll() is None
        stranger.kill()


def test_a_damaged_record_is_no_fault(tmp_path: Path) -> None:
    for text in ("{", "[]", '{"tokens": 5}'):
        (tmp_path / "run.json").write_text(text)
        with Supervisor(tmp_path, "", say=print):
            pass


def test_a_step_that_fails_and_a_child_that_never_opens(tmp_path: Path) -> None:
    with Supervisor(tmp_path, "http://here", say=print) as run:
        run.finish("migration", ["true"])
        with pytest.raises(LauncherError, match="The migration failed: mend what the lines above say"):
            run.finish("migration", ["false"])
        fallen = run.start("web server", ["false"])
        with pytest.raises(LauncherError, match="The web server could not start"):
            run.wait_for(lambda: False, fallen, 5)
        run.children.remove(fallen)
        silent = run.start("web server", ["sleep", "60"])
        with pytest.raises(LauncherError, match="did not answer at http://here within 0 s"):
            run.wait_for(lambda: False, silent, 0.2)


def test_a_guest_that_falls_is_named(tmp_path: Path) -> None:
    lines: list[str] = []
    with Supervisor(tmp_path, "", say=lines.append) as run:
        run.watch("database server", lambda: False)

        assert run.wait() == 1

    assert lines == ["The database server ended unexpectedly: everything else is being stopped."]
