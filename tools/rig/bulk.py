"""Many rows in the shape of the write path: things that the road made, copied with everything that hangs on them.

A copy has its own ids, references, numbers, seals and journal records; its contents are sealed anew. Nothing knows
particular tables: rows are found by foreign keys, by pairs `…_kind`, `…_id`, and by the labels of seals, so that a new
table of a room is copied too. tests/test_bulk.py shows that a copy differs from what the road makes only in what is
random, and that `verify` holds. Needs the owner's connection.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from jardam.contests.models import DraftSection, Version
from jardam.documents import operations as documents
from jardam.documents.models import Document, File, Seal, SealedFile, path_of
from jardam.documents.sealing import new_wrapped_key, seal
from jardam.journal.models import ActKey, Numbering, Outbox, Record, Stateful
from jardam.kernel.canonical import canonical, digest
from jardam.kernel.ref import new_ref
from jardam.parties.models import Identifier, Mandate, Organisation
from jardam.treasury.models import Balance

BATCH = 250
LEFT_OUT = (Mandate, ActKey, Outbox, Numbering)
ROOMS = ("contests", "documents", "journal", "parties", "review", "transparency", "treasury")
SOFT = {"act_id": Record, "cause_id": Record, "organisation_id": Organisation, "payee_id": Organisation}
PARTS = {
    DraftSection: lambda row: (row.application.label, f"draft-{row.section}"),
    Version: lambda row: (row.application.label, f"v{row.number}"),
}
"""Sealed rows: the label and the part they are sealed for."""

Row = models.Model
Found = dict[type[Row], dict[Any, Row]]


def kinds() -> dict[str, type[Row]]:
    named = {model._meta.model_name or "": model for model in _models()}
    return named | {model.KIND: model for model in _models() if issubclass(model, Stateful)}


def _models() -> list[type[Row]]:
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models() if model not in LEFT_OUT]


def whole(*things: Row) -> Found:
    """The things and every row that belongs to them."""
    found: Found = defaultdict(dict)
    fresh = list(things)
    while fresh:
        for row in fresh:
            found[type(row)][row.pk] = row
        held = list(_files(fresh))
        fresh = [row for model in _models() for row in _hanging(model, found) if row.pk not in found[model]]
        fresh += [row for row in held if row.pk not in found[type(row)]]
    return found


def _files(rows: Iterable[Row]) -> Iterator[Row]:
    """The files that these rows alone hold: they do not name their holder, it names them."""
    for row in rows:
        for field in row._meta.local_fields:
            if field.one_to_one and field.related_model in (File, SealedFile) and (file := getattr(row, field.name)):
                yield file


def _hanging(model: type[Row], found: Found) -> Iterator[Row]:
    wanted = models.Q(pk=None)
    for field in model._meta.local_fields:
        if field.is_relation and field.related_model in found and model is not Organisation:
            wanted |= models.Q(**{f"{field.attname}__in": list(found[field.related_model])})
    for kind, number in _pairs(model):
        for name, target in kinds().items():
            if found.get(target):
                wanted |= models.Q(**{kind: name, f"{number}__in": list(found[target])})
    if model is Seal:
        wanted |= models.Q(label__in=list(_labels(found)))
    yield from model._default_manager.filter(wanted).order_by("pk")


def _pairs(model: type[Row]) -> Iterator[tuple[str, str]]:
    names = {field.name for field in model._meta.local_fields}
    for name in names:
        if name.endswith("_kind") and f"{name[:-5]}_id" in names:
            yield name, f"{name[:-5]}_id"
    if {"kind", "object_id"} <= names and "object_kind" not in names:
        yield "kind", "object_id"


def _labels(found: Found) -> Iterator[str]:
    for rows in list(found.values()):
        for row in rows.values():
            for name in ("label", "score_label"):
                if isinstance(label := getattr(row, name, None), str) and not isinstance(row, Seal):
                    yield label


@transaction.atomic
def copies(count: int, *things: Row, series: str) -> list[dict[type[Row], dict[Any, Row]]]:
    """So many copies of the things; each maps model and old id to the new row. `series` is that of their register
    numbers, which go on after the last one given."""
    with connection.cursor() as cursor:  # the guards demand the acts one after another; `verify` asks for all of them
        cursor.execute("SET LOCAL session_replication_role = replica")
    original = whole(*things)
    numbering = Numbering.objects.filter(series=series).get()
    contents = _contents(original)
    made = []
    for start in range(0, count, BATCH):
        batch = []
        ids = {model: _ids(model, len(rows) * min(BATCH, count - start)) for model, rows in original.items()}
        for _ in range(min(BATCH, count - start)):
            numbering.last += 1
            batch.append(_copy(original, ids, numbering, contents))
        for model in sorted(original, key=lambda model: (model is not Record, model._meta.label)):
            model._default_manager.bulk_create([row for one in batch for row in one[model].values()])
        made += batch
    numbering.save(update_fields=["last"])
    _balance(made)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")
    return made


def _ids(model: type[Row], count: int) -> Iterator[int]:
    if model._meta.pk is None or model._meta.pk.is_relation:
        return iter(())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return iter([row[0] for row in cursor.fetchall()])


def _contents(original: Found) -> dict[Row, Any]:
    """What is sealed, opened once."""
    opened = {}
    for model, rows in original.items():
        if any(field.name == "sealed" for field in model._meta.local_fields):
            for row in rows.values():
                label, part = PARTS[model](row)
                opened[row] = documents.unseal_content(label, part, row.sealed)
    for row in original.get(SealedFile, {}).values():
        opened[row] = documents.open_sealed(row)  # type: ignore[arg-type]
    return opened


def _copy(
    original: Found, ids: dict[type[Row], Iterator[int]], numbering: Numbering, contents: dict[Row, Any]
) -> dict[type[Row], dict[Any, Row]]:
    new: dict[type[Row], dict[Any, Row]] = {model: {} for model in original}
    refs: dict[str, str] = {}
    for model, rows in original.items():
        for pk in sorted(rows):
            row = copy.copy(rows[pk])
            row._state = copy.copy(row._state)
            row._state.fields_cache = {}
            if model._meta.pk is not None and not model._meta.pk.is_relation:
                row.pk = next(ids[model])
            new[model][pk] = row
            if hasattr(row, "ref"):
                refs[row.ref] = row.ref = refs.get(row.ref) or new_ref()
    for model, rows in new.items():
        for row in rows.values():
            _point(model, row, new)
            _rename(row, numbering, refs)
    _seal(new, refs, contents)
    return new


def _point(model: type[Row], row: Any, new: dict[type[Row], dict[Any, Row]]) -> None:
    """Whatever named an original names its copy."""
    for field in model._meta.local_fields:
        target = field.related_model if field.is_relation else SOFT.get(field.attname)
        _turn(row, field.attname, new.get(target, {}) if isinstance(target, type) else {})
    for kind, number in _pairs(model):
        target = kinds().get(getattr(row, kind))
        _turn(row, number, new.get(target, {}) if target else {})


def _turn(row: Any, name: str, known: dict[Any, Row]) -> None:
    if known and (there := known.get(getattr(row, name))) is not None:
        setattr(row, name, there.pk)


def _rename(row: Any, numbering: Numbering, refs: dict[str, str]) -> None:
    if isinstance(row, Identifier):
        row.value = f"1{row.pk:013d}"
    if getattr(row, "number", None) and isinstance(row.number, str):
        row.number = _numbered(row.number, numbering)
    if isinstance(row, Record) and "number" in row.public_data:
        row.public_data = row.public_data | {"number": _numbered(row.public_data["number"], numbering)}
        row.public = canonical(row.public_data)
    if type(row).__name__ == "SearchEntry":
        row.ref = refs.get(row.ref, row.ref)


def _numbered(text: str, numbering: Numbering) -> str:
    return f"{text.rpartition(f'-{numbering.series}')[0]}-{numbering.series}{numbering.last}"


def _seal(new: dict[type[Row], dict[Any, Row]], refs: dict[str, str], contents: dict[Row, Any]) -> None:
    keys: dict[str, bytes] = {}
    for row in new.get(Seal, {}).values():
        sealing: Any = row
        kind, _, ref = sealing.label.partition(":")
        sealing.label = f"{kind}:{refs[ref]}"
        sealing.wrapped_key = keys[sealing.label] = new_wrapped_key(sealing.label)
    words = dict(refs)
    for row, content in contents.items():
        there: Any = new[type(row)][row.pk]
        if isinstance(row, SealedFile):
            _seal_file(row, there, new, refs, keys, content)
            continue
        label, part = PARTS[type(row)](row)
        kind, _, ref = label.partition(":")
        label = f"{kind}:{refs[ref]}"
        said = _reworded(content, refs)
        there.sealed = seal(keys[label], canonical(said), f"{label}:{part}")
        if hasattr(there, "content_sha256"):
            words[there.content_sha256] = digest(said)
    _restate(new, words)


def _seal_file(
    row: SealedFile,
    there: Any,
    new: dict[type[Row], dict[Any, Row]],
    refs: dict[str, str],
    keys: dict[str, bytes],
    content: tuple[dict[str, Any], bytes],
) -> None:
    kind, _, ref = row.label.partition(":")
    facts, plain = content
    there.label = label = f"{kind}:{refs[ref]}"
    there.facts = seal(keys[label], canonical(facts), f"{label}:facts-{there.ref}")
    sealed = seal(keys[label], plain, f"{label}:file-{there.ref}")
    file: Any = new[File][row.file_id]
    file.sha256, file.size, file.name = hashlib.sha256(sealed).hexdigest(), len(sealed), f"{there.ref}.sealed"
    path_of(file.sha256).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path_of(file.sha256).write_bytes(sealed)


def _restate(new: dict[type[Row], dict[Any, Row]], words: dict[str, str]) -> None:
    """What states references, numbers and hashes of the originals states those of the copies."""
    for row in new.get(Document, {}).values():
        document: Any = row
        stated = _reworded(json.loads(bytes(document.content)), words) | {"number": document.number}
        document.content = canonical(stated)
        words[document.content_sha256] = hashlib.sha256(document.content).hexdigest()
    for model, rows in new.items():
        for one in rows.values():
            there: Any = one
            if hasattr(there, "content_sha256"):
                there.content_sha256 = words.get(there.content_sha256, there.content_sha256)
            if model is Record and (said := _reworded(there.public_data, words)) != there.public_data:
                there.public_data, there.public = said, canonical(said)


def _reworded(value: Any, words: dict[str, str]) -> Any:
    match value:
        case dict():
            return {name: _reworded(one, words) for name, one in value.items()}
        case list():
            return [_reworded(one, words) for one in value]
        case str():
            return words.get(value, value)
        case _:
            return value


def _balance(made: Iterable[dict[type[Row], dict[Any, Row]]]) -> None:
    """Accounts that are shared, such as a measure's, moved with every copy."""
    moved: dict[int, Any] = defaultdict(int)
    for one in made:
        for model, rows in one.items():
            if model.__name__ == "Entry":
                for entry in rows.values():
                    moved[entry.account_id] += entry.amount
    own = {row.account_id for one in made for row in one.get(Balance, {}).values()}
    for account, amount in moved.items():
        if account not in own:
            Balance.objects.filter(account_id=account).update(amount=models.F("amount") + amount)
