"""Letters between the parties."""

from __future__ import annotations

from jardam.documents import operations as documents
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import refuse_if_any
from jardam.regime import operations as regime

from ..models import Contract, Letter
from ..policy import LETTER, party_of, settlement_of
from .shared import next_number


def send_letter(
    *,
    actor: Actor,
    contract: Contract,
    subject: str,
    body: str,
    wants_answer: bool = True,
    content: bytes | None = None,
    name: str = "",
) -> Letter:
    """Write to the other party. With `wants_answer` the rules' term for an answer begins. Rulebook:
    `con.letter_term`."""
    (contract,) = lock(contract)
    letter = Letter(contract=contract, side=party_of(contract, actor), subject=subject, body=body, sent_at=actor.at)
    verb = "send_letter" if wants_answer else "inform"
    refuse_if_any(may(LETTER, letter, verb, actor))
    if wants_answer:
        letter.answer_by = regime.deadline(settlement_of(contract), "con.letter_term", actor.at).due_on
    letter.file = documents.receive(content, name=name, actor=actor) if content else None
    letter.number = next_number(contract, "L", actor)
    public = {"number": letter.number, "side": letter.side, "answer_by": letter.answer_by}
    perform(LETTER, letter, verb, actor=actor, public=public)
    return letter


def answer_letter(
    *, actor: Actor, letter: Letter, answer: str, content: bytes | None = None, name: str = ""
) -> Letter:
    """The other party's answer. Refuses `own_letter`."""
    _, letter = lock(letter.contract, letter)
    refuse_if_any(may(LETTER, letter, "answer_letter", actor))
    changes: dict[str, object] = {"answer": answer, "answered_at": actor.at}
    if content:
        changes["answer_file"] = documents.receive(content, name=name, actor=actor)
    perform(LETTER, letter, "answer_letter", actor=actor, public={"number": letter.number}, changes=changes)
    return letter
