"""The house's own rules (style.md §3.2), and for each a planted fault that the check must catch."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    "kernel launcher rulebook fields journal documents parties regime treasury planning contests review contracts "
    "notices record transparency demonstration web cli"
).split()
RUNGS = {name: number for number, name in enumerate(ROOMS)}
TABLE_ROOMS = [name for name in ROOMS if (ROOT / "jardam" / name / "models.py").exists()]


# --- the import contracts, and what they must catch ------------------------------------------------------------


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
    )


def test_all_import_contracts_hold():
    done = contracts(ROOT)

    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.fixture(scope="module")
def copied(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(
        ROOT / "jardam", folder / "jardam", ignore=shutil.ignore_patterns("__pycache__", "static", "templates")
    )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture
def planted(copied: Path) -> Iterator[object]:
    """Write a fault into a copy of the house, and take it out again."""
    touched: list[tuple[Path, str | None]] = []

    def plant(where: str, text: str) -> Path:
        path = copied / where
        touched.append((path, path.read_text() if path.exists() else None))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text() if path.exists() else "") + "\n" + text + "\n")
        return copied

    yield plant
    for path, before in reversed(touched):
        path.unlink() if before is None else path.write_text(before)


FAULTS = {
    "a room imports one above it": ("jardam/contests/rules/contest.py", "import jardam.review.rules", "ladder"),
    "an upward import hidden in a function": (
        "jardam/treasury/operations/ledger.py",
        "def late():\n    import jardam.contracts.operations",
        "ladder",
    ),
    "a room without a rung": ("jardam/newroom/__init__.py", '"""No rung."""', "ladder"),
    "models import operations of their own room": (
        "jardam/planning/models.py",
        "import jardam.planning.operations",
        "inside",
    ),
    "rules that know Django": ("jardam/review/rules.py", "import django.db", "purity"),
    "a page that reaches for tables": ("jardam/web/public.py", "import jardam.contests.models", "doors"),
    "siblings that import each other": (
        "jardam/launcher/variables.py",
        "import jardam.kernel.money\n",
        "ladder",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_the_contracts_catch(fault, planted):
    where, text, contract = FAULTS[fault]

    done = contracts(planted(where, text))

    names = {
        "ladder": "The ladder",
        "inside": "Inside a room",
        "purity": "Rules are pure",
        "doors": "Doors use queries",
    }
    broken = [line for line in done.stdout.splitlines() if " BROKEN" in line]
    missing_rung = "newroom" in done.stdout + done.stderr
    assert done.returncode != 0
    assert any(line.startswith(names[contract]) for line in broken) or missing_rung, done.stdout


# --- the two blind spots of import contracts -------------------------------------------------------------------


def room_of(module: str) -> str:
    return module.split(".")[1]


def upward_keys(tables: list[type[models.Model]]) -> list[str]:
    """Foreign keys that point to a room above, also those written as strings; and reverse accessors across rooms."""
    faults = []
    for table in tables:
        for field in table._meta.get_fields():
            if not isinstance(field, models.ForeignKey) or not field.related_model.__module__.startswith("jardam."):
                continue
            here, there = room_of(table.__module__), room_of(field.related_model.__module__)
            if here == there:
                continue
            if RUNGS[there] > RUNGS[here]:
                faults.append(f"{table.__name__}.{field.name} points up to {there}")
            if not field.remote_field.hidden:
                faults.append(f"{table.__name__}.{field.name} leaves a reverse accessor in {there}")
    return faults


def test_foreign_keys_point_down_and_leave_no_accessor_across_rooms():
    tables = [m for m in apps.get_models() if m.__module__.startswith("jardam.")]

    assert upward_keys(tables) == []


def test_the_key_check_catches_an_upward_key_written_as_a_string():
    from django.test.utils import isolate_apps

    with isolate_apps("jardam.treasury", "jardam.contracts"):

        class Contract(models.Model):
            class Meta:
                app_label = "contracts"

        class Wrong(models.Model):
            contract = models.ForeignKey("contracts.Contract", models.PROTECT, related_name="wrongs")

            class Meta:
                app_label = "treasury"

        Contract.__module__, Wrong.__module__ = "jardam.contracts.models", "jardam.treasury.models"

        assert upward_keys([Wrong]) == [
            "Wrong.contract points up to contracts",
            "Wrong.contract leaves a reverse accessor in contracts",
        ]


def foreign_state_writes(room: str, source: str) -> list[str]:
    """A room that gives another room's stateful model a state: `X(state=…)`, `.state = …`, `update(state=…)`."""
    faults = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            faults += [
                f"{room}: assigns .state" for t in targets if isinstance(t, ast.Attribute) and t.attr == "state"
            ]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            faults += [f"{room}: update(state=…)" for k in node.keywords if k.arg in ("state", "act_id")]
    return faults


def sources(*names: str) -> Iterator[tuple[str, Path]]:
    for room in ROOMS:
        folder = ROOT / "jardam" / room
        files = [folder.with_suffix(".py")] if folder.with_suffix(".py").exists() else sorted(folder.rglob("*.py"))
        for path in files:
            if "tests" in path.parts or "migrations" in path.parts:
                continue
            if not names or path.name in names or f"{path.parent.name}.py" in names:
                yield room, path


def test_only_the_journal_writes_a_state():
    faults = [f for room, path in sources() if room != "journal" for f in foreign_state_writes(room, path.read_text())]

    assert faults == []


def test_the_state_check_catches_both_ways_of_writing_one():
    source = "contest.state = 'open'\nContest.objects.filter(pk=1).update(state='open')"

    assert foreign_state_writes("contests", source) == ["contests: assigns .state", "contests: update(state=…)"]


# --- small laws of the house -----------------------------------------------------------------------------------


def test_every_room_says_what_it_is_for():
    silent = []
    for room in ROOMS:
        path = ROOT / "jardam" / room / "__init__.py"
        if path.exists() and len((ast.get_docstring(ast.parse(path.read_text())) or "").splitlines()) < 3:
            silent.append(room)

    assert silent == []


def operations() -> Iterator[tuple[str, ast.FunctionDef]]:
    """The verbs of every room; of a room whose verbs are a package, those it exports."""
    for room in ROOMS:
        one, package = (ROOT / "jardam" / room / name for name in ("operations.py", "operations"))
        files = [one] if one.exists() else sorted(package.glob("*.py"))
        said = import_module(f"jardam.{room}.operations").__all__ if package.exists() else None
        for node in (node for path in files for node in ast.parse(path.read_text()).body):
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            if said is None or node.name in said:
                yield room, node


def test_every_public_operation_has_a_docstring_and_keyword_arguments():
    faults = []
    for room, node in operations():
        if room in ("journal", "documents", "record", "transparency", "notices"):
            continue
        if not ast.get_docstring(node):
            faults.append(f"{room}.{node.name}: no docstring")
        if [a for a in node.args.args if a.arg not in ("settlement", "key", "start", "verb", "moves")]:
            faults.append(f"{room}.{node.name}: positional arguments")

    assert faults == []


def test_nothing_below_the_doors_takes_a_request():
    faults = []
    for room, path in sources():
        if room in ("web",):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and any(a.arg == "request" for a in node.args.args):
                faults.append(f"{path.relative_to(ROOT)}: {node.name}")

    assert faults == []


def test_nobody_listens_to_django_signals():
    words = ("django.dispatch", "django.db.models.signals", "@receiver")
    faults = [str(p) for _, p in sources() if any(word in p.read_text() for word in words)]

    assert faults == []


def test_the_clock_is_read_only_at_the_doors():
    words = ("datetime.now(", "timezone.now(", "date.today(", "datetime.utcnow(")
    faults = [
        str(p.relative_to(ROOT))
        for room, p in sources()
        if room not in ("launcher", "cli") and p.name != "clock.py" and any(word in p.read_text() for word in words)
    ]

    assert faults == []


def test_dates_of_law_are_compared_only_in_the_rulebook():
    """No `if year > …`: which rules apply is asked of the rulebook (blueprint §4.1)."""
    faults = []
    for room, path in sources():
        if room in ("rulebook", "kernel"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare):
                numbers = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, int)]
                if any(2000 <= number <= 2100 and not isinstance(number, bool) for number in numbers):
                    faults.append(f"{path.relative_to(ROOT)}:{node.lineno}")

    assert faults == []


def test_migrations_match_the_models(db):
    from io import StringIO

    from django.core.management import call_command

    out = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out, no_color=True)

    assert "No changes detected" in out.getvalue()


def test_a_database_of_the_migrations_that_were_gathered_has_nothing_to_apply(db, monkeypatch):
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.recorder import MigrationRecorder

    today = MigrationExecutor(connection).loader
    earlier = {key: None for key in today.applied_migrations if key not in today.replacements}
    earlier |= {key: None for migration in today.replacements.values() for key in migration.replaces}
    assert ("planning", "0007_version_guards") in earlier
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda recorder: earlier)

    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_no_tracked_file_names_a_package_registry():
    hosts = ("pypi" + ".org", "python" + "hosted.org", "registry." + "npmjs", "deb." + "debian.org")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    faults = []
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and path.suffix not in (".woff2", ".png"):
            text = path.read_text(encoding="utf8", errors="ignore")
            faults += [name for host in hosts if host in text]

    assert faults == []


def test_refusal_codes_are_declared_once_and_each_sentence_ends():
    from jardam.kernel.refusal import REASONS

    unfinished = [code for code, reason in REASONS.items() if not reason.sentence.rstrip().endswith((".", "!"))]

    assert len(REASONS) > 50
    assert unfinished == []
