"""What is asked before a start: variables, secrets, ports, versions; and what `make reset` may remove."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from jardam.launcher import checks, folder, secrets, variables
from jardam.launcher.errors import LauncherError


def test_a_database_newer_than_the_code_is_refused_by_name() -> None:
    known = {("contests", "0001_initial")}
    checks.check_not_newer(applied=set(), known=known)
    checks.check_not_newer(applied=known, known=known)

    with pytest.raises(LauncherError, match=r"newer than this code.*contests\.0002_x and 1 more: update"):
        checks.check_not_newer(applied={*known, ("contests", "0002_x"), ("planning", "0009_y")}, known=known)


def test_a_port_in_use_is_named_with_another_to_take() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(LauncherError, match=rf"Port {port} is taken .* JARDAM_PORT=\d+\."):
            checks.check_port("127.0.0.1", port)

    checks.check_port("127.0.0.1", port)


@pytest.mark.parametrize("bind", ["192.0.2.1", "no such name"])
def test_an_address_that_is_not_of_this_machine(bind: str) -> None:
    with pytest.raises(LauncherError, match="JARDAM_BIND"):
        checks.check_port(bind, 8000)


def test_an_external_database_that_cannot_be_reached_keeps_its_password() -> None:
    with pytest.raises(LauncherError, match="DATABASE_URL cannot be reached") as fault:
        checks.check_external("postgresql://jardam:geheim@127.0.0.1:1/jardam")

    assert "geheim" not in str(fault.value) and "\n" not in str(fault.value)


class Page(BaseHTTPRequestHandler):
    """The first page redirects to a language, as ours does."""

    def do_GET(self) -> None:
        self.send_response({"/": 302, "/ru/": 200, "/broken": 500}[self.path])
        if self.path == "/":
            self.send_header("Location", self.server.leads_to)  # type: ignore[attr-defined]
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def site() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("leads_to", ["/ru/", "https://127.0.0.1/"])
def test_a_site_answers_when_its_first_page_does(site: HTTPServer, leads_to: str) -> None:
    site.leads_to = leads_to  # type: ignore[attr-defined]

    assert checks.answers(f"http://127.0.0.1:{site.server_port}") is True


@pytest.mark.parametrize(("leads_to", "said"), [("/broken", "/broken fails with status 500"), ("/", "in a circle")])
def test_a_first_page_that_fails_is_not_asked_again(site: HTTPServer, leads_to: str, said: str) -> None:
    site.leads_to = leads_to  # type: ignore[attr-defined]

    with pytest.raises(LauncherError, match=said):
        checks.answers(f"http://127.0.0.1:{site.server_port}")


def test_nobody_answers_where_nobody_listens() -> None:
    assert checks.answers("http://127.0.0.1:1") is False


def test_variables_have_defaults_and_empty_means_not_set() -> None:
    found = variables.read({"JARDAM_PORT": "", "JARDAM_DATA": ""}, demonstration=True)

    assert found == variables.Variables(variables.ROOT / "var", "127.0.0.1", 8000, True, "")
    assert found.address == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("bind", "address"),
    [("0.0.0.0", "http://127.0.0.1:80"), ("::", "http://[::1]:80"), ("fe80::1", "http://[fe80::1]:80")],
)
def test_the_address_is_one_that_can_be_opened_here(bind: str, address: str) -> None:
    assert variables.read({"JARDAM_BIND": bind, "JARDAM_PORT": "80"}).address == address


@pytest.mark.parametrize("environ", [{"JARDAM_PORT": "80a"}, {"JARDAM_PORT": "65536"}, {"JARDAM_DEMO": "yes"}])
def test_a_variable_that_is_not_understood_stops_the_start(environ: dict[str, str]) -> None:
    with pytest.raises(LauncherError, match=next(iter(environ))):
        variables.read(environ)


def test_settled_variables_are_absolute() -> None:
    environ = {"JARDAM_DATA": "somewhere", "JARDAM_KEY_FILE": "key"}

    variables.read(environ).export(environ)

    assert environ["JARDAM_DATA"] == str(Path.cwd() / "somewhere")
    assert environ["JARDAM_KEY_FILE"] == str(Path.cwd() / "key")


def test_secrets_are_made_once_for_their_owner_only(tmp_path: Path) -> None:
    secrets.ensure(tmp_path / "var", {})
    made = {path.name: path.read_text() for path in (tmp_path / "var").iterdir()}
    secrets.ensure(tmp_path / "var", {})

    assert made == {path.name: path.read_text() for path in (tmp_path / "var").iterdir()}
    assert set(made) == {"secret-key", "sealing-key"} and len(bytes.fromhex(made["sealing-key"])) == 32
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "var").iterdir()} == {0o600}


def test_given_secrets_are_not_made(tmp_path: Path) -> None:
    secrets.ensure(tmp_path, {"JARDAM_SECRET_KEY": "x", "JARDAM_KEY_FILE": "y"})

    assert not list(tmp_path.iterdir())


def test_a_lost_sealing_key_is_not_replaced(tmp_path: Path) -> None:
    secrets.ensure(tmp_path, {})
    (tmp_path / "sealing-key").unlink()

    with pytest.raises(LauncherError, match=r"sealing-key is gone .* put the file back"):
        secrets.ensure(tmp_path, {})


def test_outside_of_demonstrations_secrets_are_demanded(tmp_path: Path) -> None:
    with pytest.raises(LauncherError, match="JARDAM_SECRET_KEY and JARDAM_KEY_FILE must be set"):
        secrets.demand({})
    with pytest.raises(LauncherError, match="which is not there"):
        secrets.demand({"JARDAM_SECRET_KEY": "x", "JARDAM_KEY_FILE": str(tmp_path / "key")})


def test_wiping_removes_what_is_ours_and_nothing_else(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("!")
    data = tmp_path / "var"
    secrets.ensure(data, {})
    for name in ("pgdata-15", "pgdata-18.new", "files", "pgdata-backup", "letters"):
        (data / name).mkdir()
    (data / "pgdata-18").symlink_to(outside)
    for name in ("run.json", "run.lock", "start.lock", "users.lock", "postgres.log", "notes.txt"):
        (data / name).write_text("")

    left = folder.wipe(data)

    assert [path.name for path in left] == ["letters", "notes.txt", "pgdata-backup"]
    assert (outside / "precious").exists()


def test_an_empty_data_folder_goes_with_its_content(tmp_path: Path) -> None:
    secrets.ensure(tmp_path / "var", os.environ | {"JARDAM_KEY_FILE": "", "JARDAM_SECRET_KEY": ""})

    assert folder.wipe(tmp_path / "var") == [] and not (tmp_path / "var").exists()
