"""Loading files of the record. Rows are evidence, not acts: what remains of a load is its log
(`LoadedFile`)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from jardam.kernel.canonical import digest
from jardam.kernel.text import clean, fold

from .models import ROW_MODELS, EarlierVersion, LoadedFile
from .models import Row as StoredRow
from .rules.reading import SIZE_LIMIT, Fault, FileRefused, ReadFile, read
from .rules.rows import Figure, Municipality, PastContest, Row

BATCH = 500
_LOCK = 0x4A5245434F5244  # "JRECORD": one load writes at a time, so that no correction is overtaken


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file. With `faults` it was refused whole and changed nothing."""

    name: str
    kind: str = ""
    new: int = 0
    changed: int = 0
    same: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def is_refused(self) -> bool:
        return bool(self.faults)


@dataclass(frozen=True, slots=True)
class LoadReport:
    files: tuple[FileReport, ...]

    @property
    def is_refused(self) -> bool:
        """Was any file of the call refused?"""
        return any(file.is_refused for file in self.files)


def load_files(paths: Sequence[Path], *, at: datetime) -> LoadReport:
    """Load files in the order given, each in a transaction of its own: a faulty one is refused whole and
    logged, the others still load. *At*: the instant of the load. The same rows again change nothing; other
    content under a known id updates the row and keeps the earlier version."""
    return LoadReport(tuple(_load_file(Path(path), at) for path in paths))


def _load_file(path: Path, at: datetime) -> FileReport:
    log = LoadedFile(name=_name(path), is_refused=False, at=at)
    try:
        data = _bytes(path)
        log.sha256, log.size = hashlib.sha256(data).hexdigest(), len(data)
        file = read(data)
    except FileRefused as refused:
        return _refuse(path, log, refused.faults)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        _write(file, log)
    return FileReport(str(path), file.kind, log.new, log.changed, log.same)


def _name(path: Path) -> str:
    """The file's name as it can be stored; a name that is no text is shown with question marks."""
    return clean(path.name.encode("utf-8", "replace").decode("utf-8"))[:200]


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise FileRefused(Fault("there is no such file" if not path.exists() else "not a file"))
        with path.open("rb") as stream:
            return stream.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is no name of a file"
        raise FileRefused(Fault(f"cannot be read: {reason}")) from None


def _refuse(path: Path, log: LoadedFile, faults: tuple[Fault, ...]) -> FileReport:
    log.is_refused, log.faults = True, [asdict(fault) for fault in faults]
    log.save(force_insert=True)
    return FileReport(str(path), faults=faults)


# --- writing ------------------------------------------------------------------------------------------------


def _write(file: ReadFile, log: LoadedFile) -> None:
    model = ROW_MODELS[file.kind]
    wanted = {row.key: (row, digest(row.content)) for row in file.rows}
    known = dict(model._default_manager.filter(key__in=list(wanted)).values_list("key", "digest"))
    new = [key for key in wanted if key not in known]
    changed = [key for key, (_, seal) in wanted.items() if known.get(key, seal) != seal]
    log.kind, log.new, log.changed = file.kind, len(new), len(changed)
    log.same = len(wanted) - log.new - log.changed
    log.save(force_insert=True)
    fresh = [_filled(model(key=key, file=log), *wanted[key]) for key in new]
    model._default_manager.bulk_create(fresh, batch_size=BATCH)
    _correct(model, {key: wanted[key] for key in changed}, log)


def _correct(model: type[StoredRow], wanted: dict[str, tuple[Row, str]], log: LoadedFile) -> None:
    """Put the earlier versions aside, then let the rows say what the file says."""
    if not wanted:
        return
    rows = list(model._default_manager.filter(key__in=list(wanted)).order_by("key"))
    EarlierVersion.objects.bulk_create([_set_aside(row, log) for row in rows], batch_size=BATCH)
    for row in rows:
        _filled(row, *wanted[row.key])
        row.version += 1
        row.file = log
    columns = [column.name for column in model._meta.concrete_fields if column.name not in ("id", "key")]
    model._default_manager.bulk_update(rows, columns, batch_size=BATCH)


def _set_aside(row: StoredRow, log: LoadedFile) -> EarlierVersion:
    return EarlierVersion(
        kind=row.KIND,
        key=row.key,
        version=row.version,
        content=row.content,
        digest=row.digest,
        file_id=row.file_id,
        replaced_by=log,
    )


def _filled(stored: StoredRow, row: Row, seal: str) -> StoredRow:
    stored.content, stored.digest = row.content, seal
    for name, value in COLUMNS[stored.KIND](row).items():
        setattr(stored, name, value)
    return stored


# --- columns derived from a row -----------------------------------------------------------------------------


def _figure_columns(row: Figure) -> dict[str, Any]:
    return {
        "subject": row.subject,
        "year": row.year,
        "level": row.level,
        "is_gsz": row.is_gsz,
        "money_kind": row.kind,
        "kgs": row.kgs,
        "sources": row.sources,
    }


def _contest_columns(row: PastContest) -> dict[str, Any]:
    groups = row.target_groups_text or []
    winners = [text for winner in row.winners for text in (winner.organisation, winner.project)]
    return {
        "years": list(row.years),
        "last_year": max(row.years, default=0),
        "customer_fold": fold(row.customer_text),
        "places_fold": _folded([row.customer_text, *(winner.place for winner in row.winners)]),
        "groups_fold": _folded(groups),
        "search_fold": "\n".join(_folded([row.customer_text, row.programme, row.theme, *groups, *winners])),
    }


def _municipality_columns(row: Municipality) -> dict[str, Any]:
    return {"named_in_2019_press_release": row.named_in_2019_press_release}


def _folded(texts: Iterable[str | None]) -> list[str]:
    return sorted({fold(text) for text in texts if text})


COLUMNS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "budgets": _figure_columns,
    "contests": _contest_columns,
    "municipalities": _municipality_columns,
    "target_groups": lambda _row: {},
}
