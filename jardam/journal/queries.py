"""Reading the journal: the history of a thing, and whether every state is explained."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import connection

from jardam.kernel.canonical import canonical, digest

from .models import Record, Stateful


def stateful_models() -> list[type[Stateful]]:
    return [model for model in apps.get_models() if issubclass(model, Stateful)]


def history(kind: str, object_id: int) -> list[Record]:
    """The acts on one thing, oldest first; public columns only."""
    return list(Record.objects.filter(object_kind=kind, object_id=object_id).order_by("id").defer("public"))


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


def faults() -> Iterator[str]:
    """What contradicts invariant 1 (blueprint §6): the first offending row of each kind, in words."""
    with connection.cursor() as cursor:
        for model in stateful_models():
            table = model._meta.db_table
            cursor.execute(_UNEXPLAINED.format(table=table), [model.KIND])
            if row := cursor.fetchone():
                yield f"{table} {row[0]}: state {row[1]!r} (act {row[2]}) is not what the journal says last"
        cursor.execute(_BROKEN_CHAIN)
        if row := cursor.fetchone():
            yield f"journal_record {row[0]}: its before does not follow from the earlier acts on {row[1]} {row[2]}"
    yield from _public_faults()


def _public_faults() -> Iterator[str]:

    records = Record.objects.select_related("private_part").order_by("id")
    for record in records.iterator(chunk_size=2000):
        if canonical(record.public_data) != bytes(record.public):
            yield f"journal_record {record.pk}: the public bytes and their copy differ"
            return
        private = getattr(record, "private_part", None)
        if private and record.public_data.get("private_digest") != digest(
            {"salt": bytes(private.salt).hex(), "payload": private.payload}
        ):
            yield f"journal_privatepart {record.pk}: its content does not match the digest in the public part"
            return
