"""Errata, which stand beside an unchanged protocol."""

from __future__ import annotations

from jardam.documents import operations as documents
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor, system
from jardam.kernel.canonical import HASH_V, canonical, digest
from jardam.kernel.refusal import refuse_if_any
from jardam.rulebook.house import HOUSE

from .. import queries
from ..models import (
    Erratum,
    Protocol,
)
from ..policy import (
    ERRATUM,
    seat_of,
)
from ..rules import (
    SIGNED_ALREADY,
    erratum_faults,
)


def rectify(*, actor: Actor, protocol: Protocol, part: str, reads: str, should_read: str) -> Erratum:
    """Draft an erratum beside an unchanged protocol; it is public once the seats that signed the protocol
    have signed it, too (H-52). Refuses
    `erratum_changes_decision`, `erratum_without_change`, `protocol_not_published` (H-26)."""
    _, protocol = lock(protocol.proceeding, protocol)
    number = protocol.errata.count() + 1
    content = {
        "schema": "jardam-erratum/1",
        "protocol": protocol.number,
        "protocol_sha256": protocol.content_sha256,
        "number": number,
        "part": part,
        "reads": reads,
        "should_read": should_read,
    }
    erratum = Erratum(
        protocol=protocol,
        number=number,
        content=canonical(content),
        content_sha256=digest(content),
        hash_v=HASH_V,
    )
    refuse_if_any(may(ERRATUM, erratum, "rectify", actor))
    refuse_if_any(erratum_faults(part, reads, should_read, protocol.state))
    public = {"protocol": protocol.number, "part": part, "content_sha256": erratum.content_sha256}
    perform(ERRATUM, erratum, "rectify", actor=actor, public=public)
    return erratum


def sign_erratum(*, actor: Actor, erratum: Erratum) -> Erratum:
    """Who signed the protocol, or holds the seat of one who did, signs the erratum's hash; the last signature
    publishes it (H-52). Refuses `signed_already`."""
    (erratum,) = lock(erratum)
    refuse_if_any(may(ERRATUM, erratum, "sign_erratum", actor))
    if actor.person_id in {one.person_id for one in queries.erratum_signatures(erratum)}:
        raise SIGNED_ALREADY.refuse(HOUSE["H-26"].basis)
    public = {"content_sha256": erratum.content_sha256}
    record = perform(ERRATUM, erratum, "sign_erratum", actor=actor, public=public)
    seat = seat_of(erratum.protocol.proceeding.commission, actor)
    assert seat is not None
    documents.sign(
        object_kind="erratum",
        object_id=erratum.pk,
        content_sha256=erratum.content_sha256,
        side=seat.seat,
        actor=actor,
        act=record,
    )
    if not queries.erratum_unsigned(erratum):
        changes = {"published_at": actor.at}
        perform(ERRATUM, erratum, "publish_erratum", actor=system(actor.at), changes=changes, cause=record)
    return erratum
