"""A backup of a living instance, put back elsewhere, is the same instance: it verifies, and what is sealed opens."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from jardam.demonstration.road import Road
from jardam.documents import operations as documents
from jardam.launcher.postgres import Server

pytestmark = [pytest.mark.slow]
ROOT = Path(__file__).resolve().parent.parent

OPEN_ALL = """
import django; django.setup()
from jardam.contests.models import Version
from jardam.documents.operations import unseal_content
from jardam.documents.models import File, path_of
for version in Version.objects.select_related("application"):
    assert unseal_content(f"application:{version.application.ref}", f"v{version.number}", version.sealed)["project"]
for file in File.objects.all():
    assert path_of(file.sha256).stat().st_size == file.size
print(Version.objects.count(), File.objects.count())
"""


def jardam(*words: object, **environ: str) -> subprocess.CompletedProcess[str]:
    return _run([sys.executable, "-m", "jardam.cli.main", *map(str, words)], environ)


def _run(words: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    return subprocess.run(
        words, cwd=ROOT, env=kept | {"JARDAM_DEMO": "1"} | environ, capture_output=True, text=True, check=False
    )


@pytest.fixture
def place() -> Iterator[Path]:
    """Outside of pytest's own folder, which the server's account may not enter."""
    place = Path(tempfile.mkdtemp(prefix="jardam-backup-"))
    place.chmod(0o711)
    yield place
    if (place / "elsewhere").is_dir():
        Server(place / "elsewhere").stop()
    shutil.rmtree(place)


@pytest.fixture
def living(committed: str) -> dict[str, str]:
    """The environment of an instance with a contest that walked to acceptance, and a stored file."""
    from tests.world import new_road

    road: Road = new_road()
    road.to_accepted()
    documents.store(b"the scan of an act", name="act.pdf", media_type="application/pdf", actor=road.actor("head"))
    where = settings.DATABASES["default"]
    user = where["USER"] + (f":{where['PASSWORD']}" if where["PASSWORD"] else "")
    host = f"?host={where['HOST']}" if where["HOST"].startswith("/") else ""
    at = "" if host else where["HOST"]
    return {
        "DATABASE_URL": f"postgresql://{user}@{at}:{where['PORT'] or 5432}/{committed}{host}",
        "JARDAM_DATA": str(settings.DATA),
        "JARDAM_KEY_FILE": str(settings.KEY_FILE),
        "JARDAM_SECRET_KEY": "only-for-tests",
    }


def test_a_restored_backup_verifies_elsewhere_and_opens(living, place):
    taken = jardam("backup", place / "taken", **living)
    assert taken.returncode == 0, taken.stderr
    assert "complete" in taken.stdout and "can read everything" in taken.stdout

    elsewhere = {"JARDAM_DATA": str(place / "elsewhere"), "JARDAM_SECRET_KEY": "only-for-tests"}
    restored = jardam("restore", place / "taken", **elsewhere)

    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "checks hold." in restored.stdout
    Server(place / "elsewhere").start()
    opened = _run([sys.executable, "-c", OPEN_ALL], elsewhere | {"DJANGO_SETTINGS_MODULE": "config.settings"})
    assert opened.returncode == 0, opened.stderr
    assert int(opened.stdout.split()[0]) >= 2
    again = jardam("restore", place / "taken", **elsewhere)
    assert again.returncode == 1
    assert "holds tables already" in again.stderr


def test_the_keys_may_go_elsewhere_and_nothing_sealed_opens_without_them(living, place):
    taken = jardam("backup", place / "taken", "--keys", place / "safe", **living)

    assert taken.returncode == 0, taken.stderr
    assert not (place / "taken" / "keys").exists()
    assert [path.name for path in (place / "safe").iterdir()] == ["sealing-key"]
    key = (place / "safe" / "sealing-key").read_text().strip().encode()
    assert all(key not in path.read_bytes() for path in (place / "taken").rglob("*") if path.is_file())
    without = jardam("restore", place / "taken", JARDAM_DATA=str(place / "elsewhere"))
    assert without.returncode == 1
    assert "sealing-key is missing" in without.stderr
    assert not (place / "elsewhere").exists()


def written(place: Path) -> Path:
    """A small whole backup, made by hand."""
    from jardam.launcher.backup import FORMAT, _sha256

    taken = place / "taken"
    (taken / "keys").mkdir(parents=True)
    (taken / "database.dump").write_bytes(b"a dump")
    (taken / "keys" / "sealing-key").write_text("ab" * 32)
    manifest = {
        "format": FORMAT,
        "taken_at": "2026-11-23T10:00:00+00:00",
        "sha256": {"database.dump": _sha256(taken / "database.dump")},
        "keys_sha256": {"sealing-key": _sha256(taken / "keys" / "sealing-key")},
    }
    (taken / "manifest.json").write_text(json.dumps(manifest))
    return taken


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda taken: (taken / "manifest.json").unlink(), "is no finished backup"),
        (lambda taken: (taken / "manifest.json").write_text("{"), "is damaged"),
        (lambda taken: (taken / "manifest.json").write_text('{"format": 99}'), "another version of Jardam"),
        (lambda taken: (taken / "database.dump").write_bytes(b"a dumb"), "database.dump is missing or was changed"),
        (lambda taken: (taken / "keys" / "sealing-key").unlink(), "sealing-key is missing or was changed"),
    ],
)
def test_a_backup_that_is_not_whole_is_refused_before_anything_is_touched(place, harm, said):
    taken = written(place)
    harm(taken)

    refused = jardam("restore", taken, JARDAM_DATA=str(place / "elsewhere"))

    assert refused.returncode == 1
    assert said in refused.stderr
    assert not (place / "elsewhere").exists()


def test_a_backup_goes_into_a_new_folder_only(place):
    (place / "taken").mkdir()
    (place / "taken" / "letters").write_text("mine")

    from jardam.launcher import backup
    from jardam.launcher.errors import LauncherError

    source = backup.Database("host=/nowhere", "", place)
    with pytest.raises(LauncherError, match="not empty"):
        backup.take(place / "taken", source=source, data=place, keys={}, keys_place=place / "keys")


def test_another_key_than_the_backups_is_never_replaced(place):
    from jardam.launcher import backup
    from jardam.launcher.errors import LauncherError

    taken = written(place)
    (place / "sealing-key").write_text("cd" * 32)

    with pytest.raises(LauncherError, match="another key"):
        backup.put_keys(taken / "keys", backup.check(taken, taken / "keys"), {"sealing-key": place / "sealing-key"})
    assert (place / "sealing-key").read_text() == "cd" * 32
