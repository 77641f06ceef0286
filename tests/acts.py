"""Which act was done through which page in which test: watched while the tests run.

`tools/generated.py verbs` makes the table "verb × page × test" of it and fails on a verb that no page or no test does.
Every worker leaves one file in `var-test/acts`; a run of a few tests leaves the acts of those.
"""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("JARDAM_TEST_DATA", ROOT / "var-test")) / "acts"
Act = tuple[str, str, str]  # "contest:announce", the route's name or "", the test

_seen: set[Act] = set()
_request = threading.local()
_routes: dict[str, str] = {}


def _route(path: str) -> str:
    from django.urls import Resolver404, resolve

    if path not in _routes:
        try:
            _routes[path] = resolve(path).view_name
        except Resolver404:
            _routes[path] = ""
    return _routes[path]


def _began(environ: dict[str, Any] | None = None, **_: Any) -> None:
    _request.path = (environ or {}).get("PATH_INFO", "")


def _ended(**_: Any) -> None:
    _request.path = ""


def _recorded(instance: Any, created: bool, **_: Any) -> None:
    test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0].partition("[")[0]
    if created and test:
        path = getattr(_request, "path", "")
        _seen.add((f"{instance.object_kind}:{instance.verb}", _route(path) if path else "", test))


def pytest_sessionstart(session: pytest.Session) -> None:
    from django.core.signals import request_finished, request_started
    from django.db.models.signals import post_save

    from jardam.journal.models import Record

    if not hasattr(session.config, "workerinput"):  # the one that starts the workers
        shutil.rmtree(FOLDER, ignore_errors=True)
    request_started.connect(_began, dispatch_uid="acts")
    request_finished.connect(_ended, dispatch_uid="acts")
    post_save.connect(_recorded, sender=Record, dispatch_uid="acts")


def pytest_sessionfinish() -> None:
    if _seen:
        FOLDER.mkdir(parents=True, exist_ok=True)
        worker = os.environ.get("PYTEST_XDIST_WORKER", "solo")
        (FOLDER / f"{worker}.tsv").write_text("".join("\t".join(act) + "\n" for act in sorted(_seen)), encoding="utf8")


def watched() -> set[Act]:
    """What the last run left."""
    lines = [line for file in FOLDER.glob("*.tsv") for line in file.read_text(encoding="utf8").splitlines()]
    return {(verb, route, test) for verb, route, test in (line.split("\t") for line in lines)}
