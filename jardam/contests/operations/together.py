"""What several people do in one application: sign-offs, collaborators, partners, documents."""

from __future__ import annotations

from typing import Any

from jardam.documents import operations as documents
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import digest
from jardam.kernel.refusal import refuse_if_any
from jardam.parties import queries as parties
from jardam.parties.models import Organisation
from jardam.rulebook.house import HOUSE

from .. import queries
from ..models import (
    Application,
    Attachment,
    Collaborator,
    Partner,
    Version,
)
from ..policy import APPLICATION, COLLABORATOR, PARTNER, side_of
from ..rules import (
    INVITED_ALREADY,
    NOBODY_THERE,
    PARTNER_TWICE,
    UNKNOWN_DOCUMENT,
    Hand,
)
from .application import hand_in, verb_of_handing_in
from .kept import finished_content, hold, keep_file, writable
from .paper import SCAN


def sign_off(*, actor: Actor, application: Application) -> Record:
    """Answer for the draft exactly as it stands: its head for the whole, the accountant for the budget. A change
    afterwards has another hash, so that the signature no longer counts. Refuses what `submit_application` refuses,
    `other_carrier`, and `signed_by_you` for the same text twice. Rulebook: `sig.application`."""
    application = hold(application)
    refuse_if_any(may(APPLICATION, application, "sign_off", actor))
    return _signed(application, finished_content(application), actor)


def _signed(application: Application, data: dict[str, Any], actor: Actor) -> Record:
    side, sha256 = side_of(application, actor), digest(data)
    public = {"content_sha256": sha256, "side": side}
    edition = application.contest.edition
    record = perform(APPLICATION, application, "sign_off", actor=actor, public=public, edition=edition)
    documents.sign(
        object_kind=APPLICATION.kind,
        object_id=application.pk,
        content_sha256=sha256,
        side=side,
        actor=actor,
        act=record,
    )
    return record


def sign_off_and_submit(*, actor: Actor, application: Application) -> Version:
    """The head's one press: signs off what is not yet signed by them, then submits. The draft is held and read once
    for both. Refuses what either refuses."""
    application = hold(application)
    refuse_if_any(may(APPLICATION, application, verb_of_handing_in(application), actor))
    data = finished_content(application)
    signed = queries.signatures_of(application, digest(data))
    if actor.person_id not in {one.person_id for one in signed}:
        _signed(application, data, actor)
    return hand_in(application, data, actor)


def invite_collaborator(*, actor: Actor, application: Application, email: str, hand: str) -> Collaborator:
    """Invite a registered person to one application as editor, accountant or reader. Refuses `nobody_there`,
    `invited_already`."""
    (application,) = lock(application)
    person = parties.person_by_email(email)
    if person is None:
        raise NOBODY_THERE.refuse(HOUSE["H-16"].basis, at_field="email")
    if application.collaborators.filter(person=person).exclude(state="removed").exists():
        raise INVITED_ALREADY.refuse(HOUSE["H-16"].basis, at_field="email")
    collaborator = Collaborator(application=application, person=person, hand=Hand(hand), invited_at=actor.at)
    perform(COLLABORATOR, collaborator, "invite_collaborator", actor=actor, public={"hand": hand})
    return collaborator


def accept_invitation(*, actor: Actor, collaborator: Collaborator) -> Collaborator:
    """From now on the invited person finds the application."""
    (collaborator,) = lock(collaborator)
    perform(COLLABORATOR, collaborator, "accept_invitation", actor=actor)
    return collaborator


def remove_collaborator(*, actor: Actor, collaborator: Collaborator) -> Collaborator:
    """By the applicant, or by the person who leaves. What they wrote stays."""
    (collaborator,) = lock(collaborator)
    perform(COLLABORATOR, collaborator, "remove_collaborator", actor=actor)
    return collaborator


def name_partner(
    *, actor: Actor, application: Application, name: str, role: str, organisation: Organisation | None = None
) -> Partner:
    """Name a partner. One that is registered here is asked to confirm; another stays named, unconfirmed. Refuses
    `partner_is_applicant`, `too_many_partners`, `partner_twice`, `switched_off`. Rulebook: `app.consortium`."""
    (application,) = lock(application)
    partner = Partner(application=application, organisation=organisation)
    living = application.partners.exclude(state="removed")
    if organisation and living.filter(organisation=organisation).exists():
        raise PARTNER_TWICE.refuse(HOUSE["H-16"].basis, at_field="tin")
    told = {"name": name, "role": role}
    partner.sealed = documents.seal_content(application.label, f"partner-{partner.ref}", told)
    perform(PARTNER, partner, "name_partner", actor=actor)
    return partner


def answer_partner(*, actor: Actor, partner: Partner, agrees: bool) -> Partner:
    """The partner's head confirms, or declines."""
    (partner,) = lock(partner)
    perform(PARTNER, partner, "confirm_partner" if agrees else "decline_partner", actor=actor)
    return partner


def remove_partner(*, actor: Actor, partner: Partner) -> Partner:
    """The application no longer names it; versions already submitted do."""
    (partner,) = lock(partner)
    perform(PARTNER, partner, "remove_partner", actor=actor)
    return partner


def attach(*, actor: Actor, application: Application, kind: str, content: bytes, name: str) -> Attachment:
    """Keep a document of the application, sealed on its own; not an act. Refuses `document_unknown`. Rulebook:
    `app.documents`; what came on paper has its `scan`."""
    application = writable(application, actor, "documents")
    settlement = application.contest.settlement
    known = tuple(one.code for one in settlement.value("app.documents"))
    if application.state == "keying":
        known += (SCAN,)
    if kind not in known:
        raise UNKNOWN_DOCUMENT.refuse(settlement.basis("app.documents"), at_field="kind")
    return keep_file(content, name, kind, actor, application=application)


def detach(*, actor: Actor, application: Application, attachment: Attachment) -> None:
    """Take a document out of the draft; versions already submitted keep theirs."""
    application = writable(application, actor, "documents")
    Attachment.objects.filter(pk=attachment.pk, application=application).update(removed_at=actor.at)
