"""Reading the journal: the history of a thing, and whether every state is explained."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from jardam.kernel.canonical import canonical, digest

from .models import ActKey, PrivatePart, Record, Stateful


def stateful_models() -> list[type[Stateful]]:
    return [model for model in apps.get_models() if issubclass(model, Stateful)]


def wall_clock() -> datetime:
    """The database's own time of day: for work that no person's request began."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: datetime = cursor.fetchone()[0]
    return at


def history(kind: str, object_id: int) -> list[Record]:
    """The acts on one thing, oldest first; public columns only."""
    return list(Record.objects.filter(object_kind=kind, object_id=object_id).order_by("id").defer("public"))


def result_of(key: str, verb: str) -> str | None:
    """What was done under a form's key, whatever was sent with it; None when nothing was. For work whose key says all
    that is in it: the digest beside the key hangs on the secret of the instance, which may have changed since."""
    return ActKey.objects.filter(key=key, verb=verb).values_list("result", flat=True).first()


def place_of(act: Record) -> str:
    """An act as the end of a page in an address: its thing and the how-manieth act on it. The act's own number would
    tell how many acts there are in between that the reader may not see."""
    earlier = Record.objects.filter(object_kind=act.object_kind, object_id=act.object_id, id__lte=act.pk).count()
    return f"{act.object_kind}-{act.object_id}-{earlier}"


def act_at(place: str) -> Record | None:
    """The act that `place_of` wrote so; None for what is no such place."""
    kind, _, rest = place.partition("-")
    parts = rest.split("-")
    if len(parts) != 2 or not all(one.isascii() and one.isdigit() and len(one) < 19 for one in parts):
        return None
    number, nth = map(int, parts)
    rows = Record.objects.filter(object_kind=kind, object_id=number).order_by("id").defer("public")
    return rows[nth - 1 : nth].first() if 0 < nth < 100_000 else None


_UNEXPLAINED = """
SELECT t.id, t.state, t.act_id FROM {table} t
LEFT JOIN LATERAL (
  SELECT r.id, r.after FROM journal_record r
  WHERE r.object_kind = %s AND r.object_id = t.id ORDER BY r.id DESC LIMIT 1
) last ON true
WHERE last.id IS NULL OR last.id <> t.act_id OR last.after <> t.state
ORDER BY t.id LIMIT 1
"""

_BROKEN_CHAIN = """
SELECT id, object_kind, object_id FROM (
  SELECT id, object_kind, object_id, before,
         lag(after, 1, '') OVER (PARTITION BY object_kind, object_id ORDER BY id) AS was
  FROM journal_record
) chain WHERE before <> was ORDER BY id LIMIT 1
"""


Check = Callable[[], Iterator[str]]
"""One question of `verify`: the first offending row in words, "<table> <id>: …", or nothing."""


def sql_check(sentence: str, query: str, params: Sequence[Any] = ()) -> Check:
    """The first row of `query`, put into `sentence` by position."""

    def check() -> Iterator[str]:
        with connection.cursor() as cursor:
            cursor.execute(query, params)
            if row := cursor.fetchone():
                yield sentence.format(*row)

    return check


def agrees_with_act(model: type[Model], condition: str, *verbs: str) -> Check:
    """Whether each row `t` still says what its act `r` said: `condition` is SQL over both. The act is the last of
    `verbs` on the row itself; without verbs it is the one in `t.act_id`."""
    table = model._meta.db_table
    if verbs:
        of_row = "r.object_kind = %s AND r.object_id = t.id AND r.verb = ANY(%s)"
        params: list[Any] = [model.KIND, list(verbs)]  # type: ignore[attr-defined]
    else:
        of_row, params = "r.id = t.act_id", []
    return sql_check(
        f"{table} {{0}}: it is not what its act (journal_record {{1}}) said",
        f"""SELECT t.id, r.id FROM {table} t CROSS JOIN LATERAL (
              SELECT * FROM journal_record r WHERE {of_row} ORDER BY r.id DESC LIMIT 1
            ) r WHERE ({condition}) IS NOT TRUE ORDER BY t.id LIMIT 1""",
        params,
    )


def checks() -> list[Check]:
    """Invariant 1 (blueprint §6): every state and every fact has its act, and the acts follow each other."""
    return [
        *(_explained(model) for model in stateful_models()),
        *(_has_act(model) for model in _models_with_act()),
        sql_check("journal_record {0}: its before does not follow from the earlier acts on {1} {2}", _BROKEN_CHAIN),
        sql_check(
            "journal_record {0}: the act it was done under ({1}) is not there",
            """SELECT r.id, r.cause_id FROM journal_record r LEFT JOIN journal_record c ON c.id = r.cause_id
               WHERE r.cause_id IS NOT NULL AND c.id IS NULL ORDER BY r.id LIMIT 1""",
        ),
        _public_parts,
        _private_parts,
    ]


def _explained(model: type[Stateful]) -> Check:
    table = model._meta.db_table
    sentence = f"{table} {{0}}: state {{1!r}} (act {{2}}) is not what the journal says last"
    return sql_check(sentence, _UNEXPLAINED.format(table=table), [model.KIND])


def _models_with_act() -> list[type[Model]]:
    """The facts written under an act: rows with `act_id` and no state."""
    columns = {model: {field.column for field in model._meta.local_fields} for model in apps.get_models()}
    return [model for model, names in columns.items() if "act_id" in names and not issubclass(model, Stateful)]


def _has_act(model: type[Model]) -> Check:
    table = model._meta.db_table
    return sql_check(
        f"{table} {{0}}: no journal record {{1}} explains it",
        f"""SELECT t.id, t.act_id FROM {table} t LEFT JOIN journal_record r ON r.id = t.act_id
            WHERE r.id IS NULL ORDER BY t.id LIMIT 1""",
    )


def _public_parts() -> Iterator[str]:
    for record in Record.objects.only("public", "public_data").order_by("id").iterator(chunk_size=2000):
        if canonical(record.public_data) != bytes(record.public):
            yield f"journal_record {record.pk}: the public bytes and their copy differ"
            return


def _private_parts() -> Iterator[str]:
    """Only of those still there: a private part may be erased lawfully."""
    parts = PrivatePart.objects.select_related("record").order_by("pk")
    for part in parts.iterator(chunk_size=2000):
        sealed = digest({"salt": bytes(part.salt).hex(), "payload": part.payload})
        if part.record.public_data.get("private_digest") != sealed:
            yield f"journal_privatepart {part.pk}: its content does not match the digest in the public part"
            return
