"""Tests run on real PostgreSQL, as the role that serves (decisions.md §4.9, §10).

The launcher starts a server of its own for tests (folder `var-test`, or `DATABASE_URL`). One migrated *template* is
kept per state of the migrations; every worker clones it, and so does every test that commits.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

if TYPE_CHECKING:
    from jardam.demonstration.road import Road
    from tests.pages_tale import Told

pytest_plugins = ["tests.acts"]
ROOT = Path(__file__).resolve().parent
DATA = Path(os.environ.get("JARDAM_TEST_DATA", ROOT / "var-test"))
LONG_RUN = 60  # tests; a shorter run walks its own roads


def pytest_configure() -> None:
    from jardam.documents.sealing import make_key_file

    DATA.mkdir(exist_ok=True, parents=True)
    make_key_file(DATA / "sealing-key")


LONG = (
    "test_pages_all.py",
    "test_whole_road.py",
    "test_year.py",
    "test_leaks.py",
    "test_misfortunes.py",
    "test_access.py",
    "test_pages_axe.py",
    "test_whole_road_pages.py",
    "test_supervise.py",
    "test_kill.py",
)
"""Files of a minute and more. They go first: at the end no worker is alone with one. The two that read the tale of the
pages are no neighbours: the second would wait while the first has it told."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order of the files; within a file it stays as written."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


def schema_digest() -> str:
    """Changes with every migration, and with the grants applied after them."""
    files = [
        *sorted(ROOT.glob("jardam/*/migrations/*.py")),
        ROOT / "jardam/journal/schema.py",
        ROOT / "jardam/journal/grants.py",
        ROOT / "jardam/treasury/schema.py",
        ROOT / "requirements.lock",
    ]
    return hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()[:12]


class Cluster:
    """Databases made for tests, and only those."""

    def __init__(self, connect: dict) -> None:
        self.connect = connect
        self.template = f"jardam_test_{schema_digest()}"

    def admin(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(dbname=database, autocommit=True, **self.connect)

    def ensure_template(self) -> None:
        with self.admin() as admin:
            admin.execute("SELECT pg_advisory_lock(hashtext('jardam test template'))")
            known = admin.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", [self.template])
            row = known.fetchone()
            if row and row[0]:
                return
            if row:
                admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(self.template)))
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.template)))
            self._migrate()
            admin.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(self.template)))

    def _migrate(self) -> None:
        environ = os.environ | {"JARDAM_DB_ROLE": "owner", "JARDAM_TEST_DATABASE": self.template}
        environ |= {"JARDAM_DATA": str(DATA), "JARDAM_DEMO": "1", "JARDAM_SECRET_KEY": "only-for-tests"}
        done = subprocess.run(
            [sys.executable, "-m", "jardam.cli.main", "migrate"],
            cwd=ROOT,
            env=environ,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def clone(self, name: str) -> str:
        with self.admin() as admin:
            admin.execute("SELECT pg_advisory_lock(hashtext('jardam test template'))")
            self.drop(name)
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(self.template))
            )
        return name

    def drop(self, name: str) -> None:
        with self.admin() as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    from django.db import connection

    from jardam.launcher.postgres import Server

    if not os.environ.get("DATABASE_URL"):
        Server(DATA).start()
    where = connection.settings_dict
    connect = {"host": where["HOST"], "user": where["USER"], "port": where["PORT"], "password": where["PASSWORD"]}
    made = Cluster({key: value for key, value in connect.items() if value})
    made.ensure_template()
    return made


def _point_at(name: str) -> None:
    from django.conf import settings
    from django.db import connections

    connections["default"].close()
    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(cluster: Cluster, django_db_blocker: object) -> Iterator[None]:
    """A clone per worker, instead of Django's own test database."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "solo")
    name = cluster.clone(f"jardam_test_{worker}_{os.getpid()}")
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        _point_at(name)
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        from django.db import connections

        connections.close_all()
    cluster.drop(name)


@pytest.fixture
def committed(cluster: Cluster, kept_roads: None, django_db_setup: None, django_db_blocker: object) -> Iterator[str]:
    """A database of its own for a test that commits or races; its name. Other threads and processes may connect."""
    from django.db import connections

    worker = os.environ.get("PYTEST_XDIST_WORKER", "solo")
    name = cluster.clone(f"jardam_test_{worker}_{os.getpid()}_c")
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        before = connections["default"].settings_dict["NAME"]
        _point_at(name)
        yield name
        connections.close_all()
        _point_at(before)
    cluster.drop(name)


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """What language a test leaves active is nobody else's."""
    from django.utils import translation

    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def quick_prints() -> Iterator[None]:
    """A road issues nine documents. Typesetting them wherever the worker comes by would slow the run: tests that look
    at prints ask for `real_prints`, all others keep a few octets that stand for the print of this content."""
    from jardam.documents import printing

    def stand_in(template: str, content: object, *, sha256: str, address: str, at: object) -> bytes:
        return f"%PDF-1.7 {template} {sha256} {address}".encode()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printing, "real_pdf", printing.pdf, raising=False)
        patch.setattr(printing, "pdf", stand_in)
        yield


@pytest.fixture
def real_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are typeset as in life."""
    from jardam.documents import printing

    monkeypatch.setattr(printing, "pdf", printing.real_pdf)  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def kept_roads(
    request: pytest.FixtureRequest,
    cluster: Cluster,
    django_db_setup: None,
    django_db_blocker: object,
    quick_prints: None,
) -> None:
    """In a long run every road begins where one was walked before (`tests/laid.py`)."""
    from django.db import connections

    from tests.laid import keeper
    from tests.world import MONDAY

    if request.session.testscollected < LONG_RUN:
        return
    worker = os.environ.get("PYTEST_XDIST_WORKER", "solo")
    name = cluster.clone(f"jardam_test_{worker}_{os.getpid()}_k")
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        before = connections["default"].settings_dict["NAME"]
        _point_at(name)
        keeper.walk(MONDAY)
        connections.close_all()
        _point_at(before)
    cluster.drop(name)


@pytest.fixture
def road(kept_roads: None, db: None) -> Road:
    """The cast at the beginning of its road; everything is rolled back."""
    from tests.world import new_road

    return new_road()


@pytest.fixture(scope="module")
def accepted(cluster: Cluster, django_db_setup: None, django_db_blocker: object) -> Iterator[Road]:
    """A road walked to acceptance, in a database that the tests of one module share: each is marked `django_db`,
    finds the road committed and rolls back what it does itself."""
    from django.db import connections

    from tests.world import new_road

    worker = os.environ.get("PYTEST_XDIST_WORKER", "solo")
    name = cluster.clone(f"jardam_test_{worker}_{os.getpid()}_a")
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        before = connections["default"].settings_dict["NAME"]
        _point_at(name)
        walked = new_road()
        walked.to_accepted()
        connections.close_all()
    yield walked
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()
        _point_at(before)
    cluster.drop(name)


@pytest.fixture(scope="session")
def pages(django_db_setup: None, django_db_blocker: object) -> Told:
    """What every page answered to somebody (`tests/pages_tale.py`); tests of it need no database."""
    from tests.pages_tale import told

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        return told(DATA / "pages")
