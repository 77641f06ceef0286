"""The application: begun, written, submitted, withdrawn, and read by the review."""

from __future__ import annotations

from typing import Any

from jardam.documents import operations as documents
from jardam.journal.operations import lock_shared, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import digest
from jardam.kernel.permission import NOT_YOURS
from jardam.kernel.refusal import Refused, refuse_if_any
from jardam.parties import queries as parties
from jardam.parties.models import Organisation
from jardam.rulebook.house import HOUSE

from .. import queries
from ..models import (
    Application,
    Attachment,
    Lot,
    Version,
)
from ..policy import APPLICATION
from ..rules import (
    CHANGED_MEANWHILE,
    NOT_ASKED,
    NOT_OPEN,
    PARTS,
    Content,
    current,
    parts_asked,
    sign_off_faults,
)
from .kept import finished_content, hold, keep_file, keep_section, keep_version, writable


def start_application(
    *, actor: Actor, lot: Lot, applicant: Organisation, earlier: Application | None = None
) -> Application:
    """Begin an application to a lot; `earlier` is one of the same applicant from which the texts and documents are
    copied, never the declarations. Refuses `deadline_passed`, `kind_not_eligible`, `type_not_eligible`,
    `organisation_too_young`, `organisation_barred`, `one_application_a_lot`."""
    contest = lock_shared(lot.contest)
    application = Application(lot=lot, contest=contest, applicant=applicant, created_at=actor.at)
    perform(APPLICATION, application, "start_application", actor=actor, edition=contest.edition)
    documents.seal_new(application.label, actor.at)
    if earlier is not None:
        _copy(earlier, application, actor)
    return application


def save_section(
    *, actor: Actor, application: Application, section: str, data: dict[str, Any], revision: int | None = None
) -> None:
    """Keep a section of the draft, sealed; not an act. `data` must be of the section's form (rules.PARTS).

    `revision` is the one this text was written from (0: none yet); None does not ask. Refuses `changed_meanwhile`,
    `not_your_part`, `contest_not_open`, `section_not_asked`. Rulebook: `form.application_sections`.
    """
    application = writable(application, actor, section)
    settlement = application.contest.settlement
    if section not in parts_asked(settlement):
        raise NOT_ASKED.refuse(settlement.basis("form.application_sections"))
    content = PARTS[section].model_validate(data).model_dump(mode="json", exclude_none=True)
    saved = application.draft_sections.filter(section=section).first()
    if saved and revision is not None and saved.revision != revision:
        name = parties.person_name(saved.saved_by_id)
        raise CHANGED_MEANWHILE.refuse(HOUSE["H-17"].basis, name=name, at=saved.saved_at)
    keep_section(application, section, content, actor, (saved.revision if saved else 0) + 1)


def _copy(earlier: Application, application: Application, actor: Actor) -> None:
    """The texts of an earlier application of the applicant, or of one it succeeded. What is declared is declared
    anew."""
    if not actor.acts_for(earlier.applicant_id) or earlier.paper_id is not None:
        raise NOT_YOURS.refuse(HOUSE["H-18"].basis, whose="the applicant")
    for section, content in queries.draft_content(earlier).items():
        if section in parts_asked(application.contest.settlement) and section != "declarations":
            keep_section(application, section, content, actor, 1)
    for attachment, told in queries.attachments(earlier):
        _, content = documents.open_sealed(attachment.file)
        keep_file(content, told["name"], attachment.kind, actor, application=application)


def submit_application(*, actor: Actor, application: Application) -> Version:
    """Submit the draft as it stands; again before the deadline it replaces the earlier version.

    Returns the version, which is the receipt. Holds the contest against being opened meanwhile and asks again under
    lock. Refuses `deadline_passed`, `contest_not_open`, `sections_missing`, `documents_missing`, `over_ceiling`,
    `amount_not_positive`, `own_contribution_too_small`, `category_over_cap`, `sign_off_missing`,
    `kind_not_eligible`, `type_not_eligible`, `organisation_too_young`, `organisation_not_verified`,
    `organisation_barred`, `experience_too_short`, `language_not_named`, `language_not_taken`.
    Rulebook: `ann.min_term`, `app.max_amount`, `app.cofin_min_pct`, `app.documents`, `app.languages`, `elig.types`,
    `elig.excluded_types`, `elig.min_age_months`, `elig.min_experience_months`, `form.application_sections`.
    """
    application = hold(application)
    refuse_if_any(may(APPLICATION, application, verb_of_handing_in(application), actor))
    return hand_in(application, finished_content(application), actor)


def verb_of_handing_in(application: Application) -> str:
    return "submit" if application.state == "draft" else "replace"


def hand_in(application: Application, data: dict[str, Any], actor: Actor) -> Version:
    """A held application with its finished content, as its next version."""
    number = application.versions.count() + 1
    sha256 = digest(data)
    refuse_if_any(sign_off_faults(queries.signed_off(application, sha256)))
    record = perform(
        APPLICATION,
        application,
        verb_of_handing_in(application),
        actor=actor,
        public={"content_sha256": sha256, "version": number},
        edition=application.contest.edition,
    )
    return keep_version(application, data, number, record)


def withdraw(*, actor: Actor, application: Application) -> Application:
    """Take the application back before the deadline. Refuses `deadline_passed`."""
    application = hold(application)
    perform(APPLICATION, application, "withdraw", actor=actor, edition=application.contest.edition)
    return application


def read_application(*, actor: Actor, application: Application, purpose: str) -> Content:
    """Open the last submitted version for somebody of the review, and record the look.

    The caller (review) has asked its policy; before the opening this refuses for everybody.
    """
    if application.state != "opened":
        raise Refused(NOT_OPEN.refusal(HOUSE["H-13"].basis))
    version = application.versions.latest("number")
    data = documents.look_at(application.label, f"v{version.number}", version.sealed, actor=actor, purpose=purpose)
    return Content.model_validate(current(data))


def read_file(*, actor: Actor, application: Application, ref: str, purpose: str) -> tuple[dict[str, Any], bytes]:
    """A document of the last submitted version for somebody of the review, with a look: (what it is, its bytes). The
    caller (review) has asked its policy; before the opening this refuses for everybody."""
    if application.state != "opened":
        raise NOT_OPEN.refuse(HOUSE["H-13"].basis)
    attachment = Attachment.objects.select_related("file__file").get(application=application, ref=ref)
    return documents.look_at_file(attachment.file, actor=actor, purpose=purpose)
