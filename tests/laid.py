"""Roads that are laid down instead of walked.

Most tests begin somewhere along the road: adopted, announced, opened … Walking there takes a second or two, and a
whole run did it a thousand times. So a long run walks the road once, in a database of its own, and keeps the rows that
each stretch left; every later `road.to_…()` lays them down in the test's own transaction. What is laid is what was
walked, by the operations themselves and with every act in the journal. A road under other rules, one that has been
walked on, and every road of a short run are walked.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from jardam.demonstration import cast
from jardam.demonstration.road import Road
from jardam.regime import operations as settling
from jardam.regime import queries as regime

STRETCHES = (
    "to_adopted",
    "to_announced",
    "to_opened",
    "to_scoring",
    "to_revealed",
    "to_published",
    "to_in_force",
    "to_accepted",
)
BARE, REGISTERED = "bare", "registered"

_TABLES = """
SELECT c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY 1 ORDER BY 1
"""
_AHEAD = """
SELECT setval(kept.name::regclass, greatest(kept.value, coalesce(now.last_value, 1)))
FROM unnest(%s::text[], %s::bigint[]) AS kept(name, value) JOIN pg_sequences now ON now.sequencename = kept.name
"""


@dataclass(frozen=True)
class Place:
    """What the database and the road hold at the end of a stretch."""

    rows: dict[str, bytes]
    sequences: dict[str, int]
    road: bytes


class Keeper:
    """The places this worker has kept; none in a short run."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.columns: dict[str, str] = {}
        self.rules: object = None
        self.began_at: datetime | None = None

    def walk(self, at: datetime) -> None:
        """Keep every place along one road, in a database that no test sees."""
        with transaction.atomic():
            _as_owner()
            self.columns = dict(_asked(_TABLES))
            self.keep(BARE, None)
            road = _KeptRoad(cast.register(at), at)
            self.keep(REGISTERED, road)
            road.to_accepted()
            transaction.set_rollback(True)
        self.rules, self.began_at = rules_in_force(), at

    def stands_at(self, name: str) -> bool:
        """Whether as much was done in this database as at the place, and nobody was renamed without an act."""
        kept = self.places.get(name)
        return kept is not None and all(
            self._copied(table) == kept.rows[table] for table in ("journal_record", "parties_person")
        )

    def keep(self, name: str, road: Road | None) -> None:
        rows = {table: self._copied(table) for table in self.columns}
        sequences = dict(_asked("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"))
        self.places[name] = Place(rows, sequences, pickle.dumps(vars(road) if road else {}))

    def lay(self, origin: str, name: str) -> dict[str, Any]:
        """Make the database of `origin` that of the place; what the road holds there."""
        before, place = self.places[origin], self.places[name]
        with transaction.atomic():
            _as_owner()
            _asked("SET LOCAL session_replication_role = replica")
            for table, content in place.rows.items():
                if content != before.rows[table]:
                    self._replace(table, content)
            _asked(_AHEAD, list(place.sequences), list(place.sequences.values()))
            _asked("SET LOCAL session_replication_role = origin")
            _asked(f"SET ROLE {settings.APP_ROLE}")
        return pickle.loads(place.road)  # type: ignore[no-any-return]

    def _copied(self, table: str) -> bytes:
        query = f"COPY (SELECT {self.columns[table]} FROM {table} ORDER BY 1) TO STDOUT"
        with connection.cursor() as cursor, cursor.copy(query) as copy:
            return b"".join(copy)

    def _replace(self, table: str, content: bytes) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
            with cursor.copy(f"COPY {table} ({self.columns[table]}) FROM STDIN") as copy:
                copy.write(content)


def _as_owner() -> None:
    _asked("RESET ROLE")


def _asked(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return list(cursor.fetchall()) if cursor.description else []


def rules_in_force() -> object:
    """What a walk depends on beside the rows: another law, another way to settle it, other readers of the journal."""
    return (
        regime.editions(),
        regime.overlay("grants"),
        settling.settle,
        settings.DEMO,
        dict(settings.JOURNAL_CONSUMERS),
    )


keeper = Keeper()


class _KeptRoad(Road):
    """Keeps what stands at the end of each stretch."""

    def score_all(self) -> None:
        super().score_all()
        keeper.keep("to_revealed", self)


class LaidRoad(Road):
    """A road whose stretches are laid where they were kept, as long as nothing was done on it."""

    def is_untouched(self) -> bool:
        return (
            keeper.stands_at(REGISTERED)
            and keeper.rules == rules_in_force()
            and (self.at, self.theme) == (keeper.began_at, "elders")
        )


def _stretch(name: str) -> tuple[Callable[[Any], None], Callable[[Any], None]]:
    walked = getattr(Road, name)

    def keeping(self: _KeptRoad) -> None:
        walked(self)
        if name != "to_revealed":
            keeper.keep(name, self)

    def laying(self: LaidRoad) -> None:
        if not self.is_untouched():
            walked(self)
            return
        held = keeper.lay(REGISTERED, name)
        vars(self).update({key: value for key, value in held.items() if key != "cast"})

    return keeping, laying


for _name in STRETCHES:
    _keeping, _laying = _stretch(_name)
    setattr(_KeptRoad, _name, _keeping)
    setattr(LaidRoad, _name, _laying)


def new_road(at: datetime) -> Road:
    """The cast registered at this instant."""
    if keeper.began_at != at or keeper.rules != rules_in_force() or not keeper.stands_at(BARE):
        return LaidRoad(cast.register(at), at)
    road = LaidRoad.__new__(LaidRoad)
    vars(road).update(keeper.lay(BARE, REGISTERED))
    return road
