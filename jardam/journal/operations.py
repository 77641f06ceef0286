"""Writing acts: the only code that changes a state, takes a lock, or gives out a number."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.utils.module_loading import import_string

from jardam.kernel.actor import Actor
from jardam.kernel.canonical import HASH_V, canonical, digest, plain
from jardam.kernel.lifecycle import NEW, Transition
from jardam.kernel.refusal import CONSTRAINTS, Basis, Reason, Refused
from jardam.rulebook.house import HOUSE

from .models import ActKey, Numbering, Outbox, PrivatePart, Record, Stateful
from .procedure import Procedure, demand

M = TypeVar("M", bound=models.Model)

KEY_REUSED = Reason(
    "key_reused", "This form was already used for something else. Open the page again and repeat your entry."
)

LADDER = ("contracts", "review", "contests", "planning", "regime", "parties", "documents", "treasury")
"""The order in which rooms are locked: upper room first, treasury last (decisions.md §4.2)."""


# --- locks -----------------------------------------------------------------------------------------------------


def lock(*things: Any) -> tuple[Any, ...]:
    """Lock the rows against other acts and return them as they are now, in the order given.

    The locks themselves are taken upper room first, parent before child, then by id. Never for append-only rows.
    """
    order = sorted(range(len(things)), key=lambda i: _lock_order(things[i]))
    fresh: dict[int, Any] = {}
    for i in order:
        model = type(things[i])
        fresh[i] = model._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=things[i].pk)
    return tuple(fresh[i] for i in range(len(things)))


def _lock_order(thing: Any) -> tuple[int, int, str, int]:
    label = thing._meta.app_label
    return (LADDER.index(label), getattr(thing, "LOCK_DEPTH", 0), thing._meta.db_table, thing.pk)


def lock_shared(thing: M) -> M:
    """Many may hold it together, nobody may `lock` it meanwhile: submitting holds the contest like this. It is read
    anew in the statement that takes the lock."""
    table = connection.ops.quote_name(thing._meta.db_table)
    rows = type(thing)._base_manager.raw(f"SELECT * FROM {table} WHERE id = %s FOR SHARE", [thing.pk])
    fresh = next(iter(rows), None)
    if fresh is None:
        raise type(thing).DoesNotExist  # type: ignore[attr-defined]
    thing._state.fields_cache.clear()  # what it knew of its neighbours may be old, too
    thing.__dict__.pop("_prefetched_objects_cache", None)
    for field in thing._meta.concrete_fields:
        setattr(thing, field.attname, getattr(fresh, field.attname))
    return thing


# --- acts ------------------------------------------------------------------------------------------------------


def perform(
    procedure: Procedure,
    thing: Any,
    verb: str,
    *,
    actor: Actor,
    public: Mapping[str, Any] | None = None,
    private: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
    basis: Basis | None = None,
    edition: str = "",
    acted_on: date | None = None,
    cause: Record | None = None,
) -> Record:
    """Do `verb` to `thing`: ask again, write the record, move the state; all in the caller's transaction.

    `thing` is either unsaved (its first act inserts it) or already locked by `lock`. `changes` are further columns
    written with the state. `public` and `private` are plain facts of the act; free text about persons never goes
    into `public`. Refuses with every reason `may` gives. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an act needs a transaction; the door opens it")
    row = demand(procedure, thing, verb, actor)
    before = thing.state if thing.pk else NEW
    for name, value in (changes or {}).items():
        setattr(thing, name, value)
    is_new = thing.pk is None
    if is_new:
        thing.pk = _next_id(thing)
    record = _write_record(procedure.kind, thing, row, before, actor, public, private, basis, edition, acted_on, cause)
    thing.state, thing.act_id = row.target, record.pk
    if is_new:
        thing.save(force_insert=True)
    else:
        thing.save(force_update=True, update_fields=["state", "act_id", *(changes or {})])
    return record


def _next_id(thing: models.Model) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [thing._meta.db_table])
        return int(cursor.fetchone()[0])


def _write_record(
    kind: str,
    thing: Stateful,
    row: Transition,
    before: str,
    actor: Actor,
    public: Mapping[str, Any] | None,
    private: Mapping[str, Any] | None,
    basis: Basis | None,
    edition: str,
    acted_on: date | None,
    cause: Record | None,
) -> Record:
    shown = dict(public or {})
    salt = secrets.token_bytes(16)
    if private:
        shown["private_digest"] = digest({"salt": salt.hex(), "payload": dict(private)})
    reason = basis or row.basis
    standing = actor.standing
    record = Record(
        kind="bulk" if "count" in shown and "digest" in shown else "act",
        verb=row.verb,
        object_kind=kind,
        object_id=thing.pk,
        before=before,
        after=row.target,
        person_id=actor.person_id,
        person_name=actor.name,
        organisation_id=standing.organisation_id if standing else None,
        organisation_name=standing.organisation_name if standing else "",
        mandate_id=standing.mandate_id if standing else None,
        role=standing.role if standing else "",
        at=actor.at,
        acted_on=acted_on,
        basis={"kind": reason.kind, "act": reason.act, "article": reason.article, "key": reason.key},
        edition=edition,
        cause_id=cause.pk if cause else None,
        hash_v=HASH_V,
        public=canonical(shown),
        public_data=plain(shown),
    )
    record.save(force_insert=True)
    if private:
        PrivatePart(record=record, salt=salt, payload=plain(dict(private))).save(force_insert=True)
    Outbox.objects.bulk_create([Outbox(record=record, consumer=name) for name in settings.JOURNAL_CONSUMERS])
    return record


def bulk_facts(rows: list[Any]) -> dict[str, Any]:
    """The public part of an act that covers many append-only rows: how many, and their digest."""
    return {"count": len(rows), "digest": digest(rows)}


# --- once ------------------------------------------------------------------------------------------------------


def once(key: str, verb: str, payload: Any, actor: Actor, work: Callable[[], str]) -> tuple[str, bool]:
    """Run `work` under the form's key, in the caller's transaction; `(result, done_now)`.

    The same key with the same payload returns the first result (a short text, such as an address) without working
    again; a second request waits for the first to commit. Refuses `key_reused` (H-15) for another payload.
    """
    asked = canonical({"verb": verb, "payload": payload, "person": actor.person_id})
    # Keyed: what was posted may be scores, and few possible scores could be guessed from a bare hash (H-20).
    seal = hmac.new(settings.SECRET_KEY.encode(), asked, "sha256").hexdigest()
    row = ActKey(key=key, person_id=actor.person_id, verb=verb, digest=seal, at=actor.at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        first = ActKey.objects.get(key=key)
        if first.digest != seal:
            raise KEY_REUSED.refuse(HOUSE["H-15"].basis) from None
        return first.result, False
    result = work()
    ActKey.objects.filter(key=key).update(result=result)
    return result, True


def broken_constraint(error: DatabaseError) -> Refused | None:
    """What the person is told whose act broke a named constraint; None when no person can: that is a fault of ours."""
    diagnosis = getattr(error.__cause__, "diag", None)
    refusal = CONSTRAINTS.get(diagnosis.constraint_name or "") if diagnosis else None
    return Refused(refusal) if refusal else None


# --- numbers ---------------------------------------------------------------------------------------------------


def next_number(series: str, customer: str, year: int) -> int:
    """The next gap-free number of a series; call it last, it holds a row until commit."""
    Numbering.objects.get_or_create(series=series, customer=customer, year=year)
    row = Numbering.objects.select_for_update(no_key=True).get(series=series, customer=customer, year=year)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last


def register_number(series: str, customer: str, year: int, jurisdiction: str = "KG") -> str:
    return f"{jurisdiction}-{customer}-{year}-{series}{next_number(series, customer, year)}"


# --- after commit ----------------------------------------------------------------------------------------------


def consume(limit: int = 100) -> int:
    """Hand up to `limit` waiting records to their consumers; how many were done. Safe to run beside itself."""
    with transaction.atomic():
        rows = claim(Outbox.objects.select_related("record").order_by("id"), limit)
        for row in rows:
            import_string(settings.JOURNAL_CONSUMERS[row.consumer])(row.record)
        Outbox.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def claim(queue: models.QuerySet[M], limit: int) -> list[M]:
    """The first rows of a queue that nobody else holds, held until the end of the transaction."""
    return list(queue.select_for_update(skip_locked=True, of=("self",))[:limit])
