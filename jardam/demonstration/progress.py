"""How far the demonstration is filled, and the day its dates hang on: a small file in the data folder, so that every
page can say it without asking the database."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Progress:
    """`anchor`: the day of installation (ISO). `done` of `of` scenes stand."""

    anchor: str
    done: int = 0
    of: int = 0

    @property
    def is_complete(self) -> bool:
        return self.of > 0 and self.done >= self.of


def _file() -> Path:
    return settings.DATA / "demonstration.json"


def read() -> Progress | None:
    """None before anything was filled; read again only when the file changed."""
    try:
        changed = _file().stat().st_mtime_ns
    except OSError:
        return None
    return _read(_file(), changed)


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> Progress | None:
    try:
        return Progress(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def begin(today: date, of: int) -> Progress:
    """The progress kept so far, or a new one anchored at `today`."""
    kept = read()
    return keep(Progress(kept.anchor if kept else today.isoformat(), kept.done if kept else 0, of))


def keep(progress: Progress) -> Progress:
    draft = _file().with_suffix(".new")
    draft.write_text(json.dumps(asdict(progress)))
    draft.replace(_file())
    return progress
