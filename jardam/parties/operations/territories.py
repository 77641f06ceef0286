"""The list of places."""

from __future__ import annotations

import csv
import io
from datetime import date

from jardam.journal.operations import lock, perform
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refused, refuse_if_any
from jardam.kernel.text import clean
from jardam.rulebook.house import HOUSE

from ..models import (
    Territory,
)
from ..policy import TERRITORY
from ..rules import (
    TERRITORY_CODE_KNOWN,
    TERRITORY_CODE_TAKEN,
    TERRITORY_FILE,
    TERRITORY_GONE,
    TERRITORY_MERGES_ITSELF,
    territory_faults,
)


def add_territory(
    *,
    actor: Actor,
    title: dict[str, str],
    level: str,
    document: str,
    code: str | None = None,
    parent: Territory | None = None,
    predecessor: Territory | None = None,
    valid_from: date | None = None,
) -> Territory:
    """List a place. Without a confirmed code it stays without. Refuses `territory_code`, `territory_level`,
    `territory_code_taken`."""
    refuse_if_any(territory_faults(code, level, valid_from, None))
    territory = Territory(
        title=title, level=level, code=code, parent=parent, predecessor=predecessor, valid_from=valid_from
    )
    public = {"title": title, "level": level, "code": code, "from": valid_from, "document": document}
    public |= {"parent": parent.ref if parent else None, "predecessor": predecessor.ref if predecessor else None}
    _free_code(code)
    perform(TERRITORY, territory, "add_territory", actor=actor, public=public)
    return territory


def _free_code(code: str | None) -> None:
    if code and Territory.objects.filter(code=code).exists():
        raise TERRITORY_CODE_TAKEN.refuse(HOUSE["H-19"].basis, at_field="code")


def enter_code(*, territory: Territory, code: str, document: str, actor: Actor) -> Territory:
    """The confirmed code of a place that had none. Refuses `territory_code`, `territory_code_known`,
    `territory_code_taken`."""
    refuse_if_any(territory_faults(code, territory.level, None, None))
    (territory,) = lock(territory)
    if territory.code:
        raise TERRITORY_CODE_KNOWN.refuse(HOUSE["H-19"].basis, at_field="code", code=territory.code)
    _free_code(code)
    public = {"code": code, "document": document}
    perform(TERRITORY, territory, "enter_code", actor=actor, public=public, changes={"code": code})
    return territory


def end_territory(*, territory: Territory, until: date, document: str, actor: Actor) -> Territory:
    """The place is there no more from `until` on. Refuses `territory_ends_early`."""
    return _end(territory, "end_territory", None, until, document, actor)


def merge_territory(*, territory: Territory, into: Territory, until: date, document: str, actor: Actor) -> Territory:
    """From `until` on the place is part of another. Refuses `territory_merges_itself`, `territory_gone`,
    `territory_ends_early`."""
    if territory.pk == into.pk:
        raise TERRITORY_MERGES_ITSELF.refuse(HOUSE["H-16"].basis, at_field="into")
    if into.valid_until and into.valid_until <= until:
        raise TERRITORY_GONE.refuse(HOUSE["H-16"].basis, at_field="into")
    return _end(territory, "merge_territory", into, until, document, actor)


def _end(
    territory: Territory, verb: str, into: Territory | None, until: date, document: str, actor: Actor
) -> Territory:
    (territory,) = lock(territory)
    refuse_if_any(territory_faults(territory.code, territory.level, territory.valid_from, until))
    public = {"until": until, "into": into.ref if into else None, "document": document}
    perform(
        TERRITORY,
        territory,
        verb,
        actor=actor,
        public=public,
        changes={"valid_until": until, "merged_into": into},
    )
    return territory


COLUMNS = ("code", "title_ky", "title_ru", "level", "parent_code", "valid_from", "predecessor_code")


def load_territories(*, content: str, document: str, actor: Actor) -> int:
    """List every new place of a CSV file with the head line `COLUMNS` (UTF-8; days as 2026-02-28); parents stand
    before their children. A place whose code is listed already is left as it is, so that a file can be loaded again.
    How many were added; all or nothing. Refuses `territory_file` with the line at fault."""
    reader = csv.DictReader(io.StringIO(content.removeprefix("\ufeff")))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise TERRITORY_FILE.refuse(HOUSE["H-16"].basis, at_field="file", line=1, fault=", ".join(COLUMNS))
    known = {one.code: one for one in Territory.objects.exclude(code=None)}
    added = 0
    for line, row in enumerate(reader, start=2):
        try:
            if row["code"] and row["code"] not in known:
                known[row["code"]] = _load_row(row, known, document, actor)
                added += 1
            elif not row["code"]:
                raise ValueError("code")
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            said = str(fault).strip("'")
            raise TERRITORY_FILE.refuse(HOUSE["H-16"].basis, at_field="file", line=line, fault=said) from None
        except Refused as refused:
            said = "; ".join(str(one) for one in refused.refusals)
            raise TERRITORY_FILE.refuse(HOUSE["H-16"].basis, at_field="file", line=line, fault=said) from None
    return added


def _load_row(row: dict[str, str], known: dict[str | None, Territory], document: str, actor: Actor) -> Territory:
    """Raises KeyError for a parent or predecessor that is not listed, ValueError for what is no day."""
    titles = {code: clean(row[f"title_{code}"]) for code in ("ky", "ru") if clean(row[f"title_{code}"])}
    if not titles:
        raise ValueError("title_ky")
    return add_territory(
        actor=actor,
        title=titles,
        level=row["level"],
        code=row["code"],
        parent=known[row["parent_code"]] if row["parent_code"] else None,
        predecessor=known[row["predecessor_code"]] if row["predecessor_code"] else None,
        valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
        document=document,
    )
