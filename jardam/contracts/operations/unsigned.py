"""Signatures on paper, contracts nobody signs, and contracts an appeal undoes."""

from __future__ import annotations

from datetime import date

from jardam.documents import operations as documents
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor, system
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.review import operations as review
from jardam.review.models import Protocol
from jardam.rulebook.house import HOUSE

from ..models import Amendment, Contract, InkSignature
from ..policy import AMENDMENT, CONTRACT, INK, amendment_facts, settlement_of, signed_sides, signing_from
from ..rules import IN_FORCE, NOT_RUNNING, OTHER_SIDE, SCAN_DIFFERS, SIGNED_TOO_EARLY
from .change import take_effect
from .contract import begins, bind


def enter_ink(
    *,
    actor: Actor,
    contract: Contract,
    side: str,
    signatory: str,
    authority: str,
    signed_on: date,
    fingerprint: str,
    content: bytes,
    name: str,
) -> InkSignature:
    """Enter a signature on the printed contract. *Fingerprint*: the SHA-256 printed on the paper, or its first eight
    characters or more; *authority*: the document the signatory acts on. It counts when another person has checked it.
    Refuses `scan_differs`, `ink_signed_too_early`, `your_side_signed`."""
    (contract,) = lock(contract)
    printed = "".join(fingerprint.split()).lower()
    if len(printed) < 8 or not contract.content_sha256.startswith(printed):
        raise SCAN_DIFFERS.refuse(HOUSE["H-10"].basis, at_field="fingerprint")
    from_on = bishkek_day(signing_from(contract) or actor.at)
    if not from_on <= signed_on <= bishkek_day(actor.at):
        raise SIGNED_TOO_EARLY.refuse(HOUSE["H-03"].basis, at_field="signed_on", from_on=from_on)
    _refuse_second_signature(contract, side)
    if contract.state not in ("prepared", "half_signed"):
        raise NOT_RUNNING.refuse(HOUSE["H-17"].basis)
    ink = InkSignature(
        contract=contract,
        side=side,
        signatory=signatory,
        authority=authority,
        signed_on=signed_on,
        content_sha256=contract.content_sha256,
        entered_by_id=actor.person_id or 0,
    )
    refuse_if_any(may(INK, ink, "enter_ink", actor))
    ink.scan = documents.receive(content, name=name, actor=actor)
    public = {"side": side, "content_sha256": ink.content_sha256, "scan": ink.scan.sha256}
    perform(INK, ink, "enter_ink", actor=actor, public=public, acted_on=signed_on)
    return ink


def _refuse_second_signature(contract: Contract, side: str) -> None:
    if side in signed_sides(contract):
        raise OTHER_SIDE.refuse(HOUSE["H-10"].basis)


def enter_amendment_ink(
    *,
    actor: Actor,
    amendment: Amendment,
    side: str,
    signatory: str,
    authority: str,
    signed_on: date,
    fingerprint: str,
    content: bytes,
    name: str,
) -> InkSignature:
    """The same of a printed amendment that came back by post. Refuses `scan_differs`, `ink_signed_too_early`,
    `amendment_signed`, `contract_not_running`."""
    contract, amendment = lock(amendment.contract, amendment)
    printed = "".join(fingerprint.split()).lower()
    if len(printed) < 8 or not amendment.content_sha256.startswith(printed):
        raise SCAN_DIFFERS.refuse(HOUSE["H-10"].basis, at_field="fingerprint")
    from_on = bishkek_day(contract.signed_at or actor.at)
    if not from_on <= signed_on <= bishkek_day(actor.at):
        raise SIGNED_TOO_EARLY.refuse(HOUSE["H-03"].basis, at_field="signed_on", from_on=from_on)
    _refuse_second_on_amendment(amendment, side, actor)
    ink = InkSignature(
        contract=contract,
        amendment=amendment,
        side=side,
        signatory=signatory,
        authority=authority,
        signed_on=signed_on,
        content_sha256=amendment.content_sha256,
        entered_by_id=actor.person_id or 0,
    )
    refuse_if_any(may(INK, ink, "enter_ink", actor))
    ink.scan = documents.receive(content, name=name, actor=actor)
    public = {"side": side, "content_sha256": ink.content_sha256, "scan": ink.scan.sha256}
    perform(INK, ink, "enter_ink", actor=actor, public=public, acted_on=signed_on)
    return ink


def _refuse_second_on_amendment(amendment: Amendment, side: str, actor: Actor) -> None:
    if side in amendment_facts(amendment, actor).signed:
        raise OTHER_SIDE.refuse(HOUSE["H-10"].basis)
    if amendment.state not in ("proposed", "half_signed") or amendment.contract.state != "in_force":
        raise NOT_RUNNING.refuse(HOUSE["H-17"].basis)


def _check_on_amendment(actor: Actor, ink: InkSignature, amendment: Amendment) -> Contract:
    contract, amendment, ink = lock(ink.contract, amendment, ink)
    _refuse_second_on_amendment(amendment, ink.side, actor)
    public = {"side": ink.side, "content_sha256": ink.content_sha256}
    changes = {"checked_by_id": actor.person_id}
    cause = perform(INK, ink, "check_ink", actor=actor, public=public, changes=changes, acted_on=ink.signed_on)
    second = amendment.state == "half_signed"
    verb = "countersign_amendment_on_paper" if second else "sign_amendment_on_paper"
    signed = {"signed_at": actor.at} if second else None
    record = perform(AMENDMENT, amendment, verb, actor=actor, public=public, changes=signed, cause=cause)
    if second:
        take_effect(contract, amendment, actor, record)
    return contract


def check_ink(*, actor: Actor, ink: InkSignature) -> Contract:
    """A second person has compared the entry with the scan: the signature counts. With both sides' signatures the
    contract is in force, or the amendment changes it. Refuses `same_eyes`, `signing_waits`, `your_side_signed`; for an
    amendment also whatever its proposal would be refused for by now. House rule H-10."""
    if ink.amendment is not None:
        return _check_on_amendment(actor, ink, ink.amendment)
    contract, ink = lock(ink.contract, ink)
    _refuse_second_signature(contract, ink.side)
    public = {"side": ink.side, "content_sha256": ink.content_sha256}
    changes = {"checked_by_id": actor.person_id}
    cause = perform(INK, ink, "check_ink", actor=actor, public=public, changes=changes, acted_on=ink.signed_on)
    verb = "sign_on_paper" if contract.state == "prepared" else "countersign_on_paper"
    runs = begins(contract) if verb == "countersign_on_paper" else {}
    signed = {"signed_at": actor.at, **runs} if verb == "countersign_on_paper" else None
    record = perform(CONTRACT, contract, verb, actor=actor, public=public | runs, changes=signed, cause=cause)
    if contract.state == "in_force":
        bind(contract, actor, record)
    return contract


def reject_ink(*, actor: Actor, ink: InkSignature) -> InkSignature:
    """The entry does not agree with the scan; the paper is entered anew. Refuses `same_eyes`."""
    _, ink = lock(ink.contract, ink)
    perform(INK, ink, "reject_ink", actor=actor, public={"side": ink.side})
    return ink


def refuse_to_sign(*, actor: Actor, contract: Contract) -> Contract:
    """The executor does not want the contract. Rulebook: `con.refusal_rule`."""
    return _leave_unsigned(contract, "refuse_to_sign", actor)


def miss_signing_term(*, actor: Actor, contract: Contract) -> Contract:
    """The term for signing is over without both signatures. Refuses `signing_term_runs`. Rulebook: `con.sign_term`,
    `con.refusal_rule`."""
    return _leave_unsigned(contract, "miss_signing_term", actor)


def _leave_unsigned(contract: Contract, verb: str, actor: Actor) -> Contract:
    """No contract comes of the award. The review keeps its money for the next of the reserve where the rules say so
    and somebody can be called; else it is free again, back at the measure."""
    (contract,) = lock(contract)
    settlement = settlement_of(contract)
    public = {"amount": contract.amount, "rule": settlement.choice("con.refusal_rule")}
    basis = settlement.basis("con.refusal_rule")
    record = perform(CONTRACT, contract, verb, actor=actor, public=public, basis=basis)
    assert contract.award is not None  # what was recorded afterwards is signed
    review.lose_award(actor=actor, award=contract.award, cause=record)
    return contract


def carry_out_appeals(*, actor: Actor, protocol: Protocol) -> Protocol:
    """Carry out every upheld appeal against a protocol: contracts that are not in force become void by new acts, and
    the review returns the lot. Refuses `contract_in_force` (what is signed by both sides is not undone here),
    `appeals_unanswered`, `nothing_to_appeal`, `not_enough_money` (H-37)."""
    _unsigned(protocol)  # locked before the review's rows: upper room first
    record = review.return_to_step(actor=actor, protocol=protocol)
    for contract in _unsigned(protocol):  # asked again: none is prepared any more
        public = {"protocol": protocol.number}
        perform(CONTRACT, contract, "void_contract", actor=system(actor.at), public=public, cause=record)
    protocol.refresh_from_db()
    return protocol


def _unsigned(protocol: Protocol) -> tuple[Contract, ...]:
    """The contracts of a protocol that are not in force, locked."""
    found = lock(
        *Contract.objects.filter(award__protocol=protocol)
        .exclude(state__in=("void", "not_signed", "taken_back"))
        .order_by("id")
    )
    signed = tuple(one.number or one.title for one in found if one.state not in ("prepared", "half_signed"))
    if signed:
        raise IN_FORCE.refuse(HOUSE["H-37"].basis, numbers=signed)
    return found
