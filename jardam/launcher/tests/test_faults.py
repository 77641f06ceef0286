"""Every way a start can fail is one sentence that says what to do, and nothing is lost by it."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from jardam.launcher import account, binaries, cluster, folder, postgres
from jardam.launcher.errors import LauncherError
from jardam.launcher.postgres import Server, socket_folder

from .conftest import as_root, cluster_in, ended

pytestmark = pytest.mark.slow  # real servers and processes

Python = Callable[..., "subprocess.Popen[str]"]


def fault_of(server: Server) -> str:
    """The sentence of a start that fails."""
    with pytest.raises(LauncherError) as fault:
        server.start()
    said = str(fault.value)
    assert "\n" not in said and said.endswith(".")
    return said


def fake_server(folder: Path, version: str) -> Path:
    """Programs that say they are PostgreSQL of that version."""
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def made(empty: Path) -> Path:
    """As much of a PostgreSQL folder as is looked at before a server is started."""
    found = binaries.find(os.environ)
    cluster = empty / f"pgdata-{found.major}"
    folder.prepare(empty)
    cluster.mkdir(mode=0o700)
    (cluster / "PG_VERSION").write_text(f"{found.major}\n")
    (cluster / "base").mkdir()
    (cluster / "base" / "rows").write_text("worth keeping")
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "12345", cluster], check=True)
    return cluster


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_no_server_anywhere(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "DEBIAN", empty / "nothing")
    monkeypatch.setattr(binaries, "wheel", lambda: None)

    said = fault_of(Server(empty, {"PATH": "/nowhere"}))

    assert said.startswith("No PostgreSQL 15 or newer was found: install it")


def test_named_binaries_that_are_none(empty: Path, tmp_path: Path) -> None:
    assert "where no PostgreSQL server runs" in fault_of(Server(empty, {"JARDAM_PG_BIN": str(tmp_path)}))


def test_named_binaries_that_are_too_old(empty: Path, tmp_path: Path) -> None:
    old = fake_server(tmp_path / "old", "14.9")

    assert "names PostgreSQL 14: Jardam needs 15" in fault_of(Server(empty, {"JARDAM_PG_BIN": str(old)}))


def test_installed_ones_that_are_too_old_are_passed_over_and_the_newest_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("9.6", "14.1", "16.2", "17.0"):
        fake_server(tmp_path / version.split(".")[0] / "bin", version)
    monkeypatch.setattr(binaries, "DEBIAN", tmp_path)

    assert [found.major for found in binaries.installed({"PATH": ""})] == [17, 16]


def test_a_folder_of_another_major(made: Path, tmp_path: Path) -> None:
    before = contents(made)
    newer = fake_server(tmp_path / "newer", "99.1")

    said = fault_of(Server(made.parent, {"JARDAM_PG_BIN": str(newer)}))

    assert f"made by PostgreSQL {made.name[-2:]}, but JARDAM_PG_BIN names PostgreSQL 99" in said
    assert "pg_dump" in said and "pg_restore" in said
    assert contents(made) == before


def test_a_folder_whose_binaries_are_gone(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "DEBIAN", made / "nothing")
    monkeypatch.setattr(binaries, "wheel", lambda: None)

    assert f"no PostgreSQL {made.name[-2:]} is left" in fault_of(Server(made.parent, {"PATH": "/nowhere"}))


def test_two_data_folders(empty: Path) -> None:
    (empty / "pgdata-15").mkdir(parents=True)
    (empty / "pgdata-18").mkdir()

    assert "pgdata-15 and pgdata-18: move away" in fault_of(Server(empty))


def test_a_data_folder_without_its_version(made: Path) -> None:
    (made / "PG_VERSION").unlink()
    before = contents(made)

    assert "PG_VERSION is missing): restore it from your last backup" in fault_of(Server(made.parent))
    assert contents(made) == before


def test_a_server_that_cannot_start_says_why(data: Path) -> None:
    settings = cluster_in(data) / "postgresql.conf"
    settings.write_text(settings.read_text() + "\nshared_preload_libraries = 'not_there'\n")

    said = fault_of(Server(data))

    assert "not_there" in said and "postgres.log" in said


def test_a_damaged_data_folder(data: Path) -> None:
    made = cluster_in(data)
    (made / "global" / "pg_control").write_bytes(b"")
    before = contents(made / "base")

    said = fault_of(Server(data))

    assert "could not start" in said and "restore your last backup" in said
    assert contents(made / "base") == before


def test_an_initdb_that_fails_leaves_nothing_that_looks_like_data(empty: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    broken = fake_server(tmp_path / "broken", "17.0")
    (broken / "initdb").write_text("#!/bin/sh\necho 'initdb: error: no space left on device' >&2; exit 1\n")

    said = fault_of(Server(empty, os.environ | {"JARDAM_PG_BIN": str(broken)}))

    assert "(no space left on device)" in said
    assert not (empty / "pgdata-17").exists()


def test_a_folder_that_is_being_started_by_somebody_else(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "LOCK_PATIENCE", 0.1)
    empty.mkdir()
    with (empty / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        assert "has been starting or stopping the database" in fault_of(Server(empty))


def test_a_data_folder_that_is_a_file(empty: Path) -> None:
    empty.write_text("mine")

    assert "is a file: choose a folder" in fault_of(Server(empty))


def test_a_socket_folder_that_is_not_ours(empty: Path) -> None:
    impostor = socket_folder(empty)
    impostor.mkdir()
    impostor.chmod(0o777)
    try:
        if os.geteuid() == 0:
            os.chown(impostor, 12345, 12345)
        assert "belongs to somebody else or is open to others" in fault_of(Server(empty))
    finally:
        impostor.rmdir()


def test_a_server_that_does_not_know_our_letters() -> None:
    class Ignorant:
        def execute(self, question: str) -> Ignorant:
            return self

        def fetchone(self) -> tuple[bool]:
            return (False,)

    with pytest.raises(LauncherError, match=r"does not know Cyrillic letters: make its database again"):
        postgres.check_letters(Ignorant())


def test_a_server_that_does_not_answer_in_time(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "START_PATIENCE", 0.1)
    monkeypatch.setattr(Server, "is_running", lambda self: False)

    assert "perhaps because it recovers" in fault_of(Server(empty))


@as_root
def test_root_who_can_lend_no_account(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "_can_work", lambda *_: False)

    assert "put the checkout where every user may pass" in fault_of(Server(empty))


@as_root
def test_root_on_a_machine_without_other_users(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "LENT", ())

    assert "neither a user postgres nor nobody" in fault_of(Server(empty))


@as_root
def test_a_folder_whose_account_can_no_longer_reach_it(made: Path, place: Path) -> None:
    place.chmod(0o700)

    assert "can no longer reach it" in fault_of(Server(made.parent))
    assert (place.stat().st_mode & 0o777) == 0o700


@as_root
@pytest.mark.parametrize("mode", [0o711, 0o755, 0o777], ids=oct)
def test_an_ordinary_user_who_meets_the_folder_of_root(made: Path, python: Python, mode: int) -> None:
    made.parent.chmod(mode)
    lines = """
        try:
            Server(Path(sys.argv[1])).start()
        except LauncherError as fault:
            print(fault)
    """

    said = ended(python(lines, made.parent, ordinary=True))

    assert "start Jardam as the user who" in said or "start Jardam as that user" in said
    assert said.count("\n") == 1


@as_root
def test_an_ordinary_user_who_stops_the_server_of_root(data: Path, python: Python) -> None:
    Server(data).start()
    lines = """
        try:
            Server(Path(sys.argv[1])).stop()
        except LauncherError as fault:
            print(fault)
    """

    assert "start Jardam as the user who owns" in ended(python(lines, data, ordinary=True))
    assert Server(data).is_running()


def test_the_reason_is_the_most_telling_line() -> None:
    said = "LOG:  starting\nFATAL:  could not open file\nLOG:  database system is shut down\n"

    assert cluster.reason(said) == "could not open file"
    assert cluster.reason("") == "it said nothing"


def test_the_wheel_is_wanted_where_nothing_else_is_or_where_it_made_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = fake_server(tmp_path / "17" / "bin", "17.0")
    monkeypatch.setattr(binaries, "DEBIAN", tmp_path / "nothing")
    assert binaries.wheel_is_wanted(tmp_path, {"PATH": ""})
    assert not binaries.wheel_is_wanted(tmp_path, {"PATH": "", "DATABASE_URL": "postgresql:///x"})
    assert not binaries.wheel_is_wanted(tmp_path, {"PATH": str(found)})

    (tmp_path / "pgdata-18.json").write_text('{"binaries": "/gone", "major": 18, "wheel": true}')

    assert binaries.wheel_is_wanted(tmp_path, {"PATH": str(found)})
