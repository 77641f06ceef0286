"""Reads of applications as a whole, of their versions and receipts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from jardam.documents import operations as documents
from jardam.journal.procedure import actions, may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal
from jardam.parties.models import Organisation
from jardam.parties.queries import ids_of

from .. import lifecycle, rules
from ..models import (
    Application,
    Contest,
    Lot,
    Version,
)
from ..policy import (
    APPLICATION,
    application_facts,
    visible_applications,
)
from ..rules import (
    Content,
    SelfCheck,
    age_in_months,
    applicant_eligible,
    applicant_not_barred,
    applicant_not_excluded,
    applicant_old_enough,
    content_faults,
    current,
    missing_parts,
    not_known,
    registered_by,
)


def application(ref: str, actor: Actor) -> Application:
    """Raises Application.DoesNotExist for one this actor does not see."""
    rows = visible_applications(actor).select_related(
        "contest", "contest__customer", "contest__programme", "lot", "applicant"
    )
    return rows.get(ref=ref)


def applications_of(organisation_id: int | Iterable[int], before: int = 0, limit: int = 30) -> list[Application]:
    """An applicant's own, newest first."""
    rows = Application.objects.filter(applicant_id__in=ids_of(organisation_id))
    rows = rows.select_related("contest", "contest__customer")
    rows = rows.defer("contest__settlement_bytes")
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def living_application(lot: Lot, organisation_id: int | Iterable[int]) -> Application | None:
    """The one an applicant has in a lot, withdrawn ones aside."""
    return lot.applications.filter(applicant_id__in=ids_of(organisation_id)).exclude(state="withdrawn").first()


def opened_applications(lot: Lot) -> list[Application]:
    """Those of a lot after the opening, in the order of their register numbers."""
    rows = lot.applications.filter(state="opened").select_related("applicant", "contest", "lot")
    return sorted(rows, key=lambda a: int((a.number or "A0").rsplit("A", 1)[1]))


def application_actions(application: Application, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show."""
    return actions(APPLICATION, application, actor)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the register says of an applicant, beside the rules of the contest about who takes part."""

    legal_form: str
    registered_on: date | None
    age: int | None  # in whole months, on the day of the deadline (H-73)
    not_known: tuple[str, ...]  # keys of the rules that the register cannot answer (H-74)
    faults: tuple[Refusal, ...]


def standing(application: Application, actor: Actor) -> Standing:
    """For the screening: an application on paper comes before it whoever sent it."""
    facts = application_facts(application, actor)
    guards = (applicant_eligible, applicant_not_excluded, applicant_old_enough, applicant_not_barred)
    age = age_in_months(facts.registered_on, facts.deadline_at) if facts.registered_on else None
    faults = tuple(fault for guard in guards if (fault := guard(facts)))
    return Standing(facts.legal_form, facts.registered_on, age, not_known(facts), faults)


def self_check(contest: Contest) -> tuple[list[SelfCheck], date | None]:
    """What anybody may ask themselves before applying to this contest; and the day by which who takes part was
    registered, where the rules name an age."""
    assert contest.deadline_at is not None  # it is announced
    return rules.self_check(contest.settlement), registered_by(contest.settlement, contest.deadline_at)


def unanswered(lot: Lot, actor: Actor, applicant: Organisation) -> tuple[str, ...]:
    """Keys of the rules about the applicant that the register cannot answer (H-74)."""
    application = Application(lot=lot, contest=lot.contest, applicant=applicant, created_at=actor.at)
    return not_known(application_facts(application, actor))


def eligibility(lot: Lot, actor: Actor, applicant: Organisation) -> list[tuple[str, Refusal | None]]:
    """Everything the rules ask of this applicant in this lot: name of the guard, and its refusal or None. First comes
    the permission, under the name `may_write`. What the register cannot answer is left out: see `standing`."""
    application = Application(lot=lot, contest=lot.contest, applicant=applicant, created_at=actor.at)
    denied = APPLICATION.permissions["start_application"].refusal(actor, application)
    rows = [row for row in lifecycle.APPLICATION.transitions if row.verb in ("start_application", "submit")]
    guards = dict.fromkeys(guard for row in rows for guard in row.guards)
    facts = application_facts(application, actor)
    unanswered = {ASKED_BY[key] for key in not_known(facts)}
    return [("may_write", denied), *((one.__name__, one(facts)) for one in guards if one not in unanswered)]


ASKED_BY = {"elig.excluded_types": applicant_not_excluded, "elig.min_age_months": applicant_old_enough}
"""Rule about the applicant → the guard that asks the register for it."""


def submission_faults(application: Application, draft: Mapping[str, Any], actor: Actor) -> list[Refusal]:
    """Why this draft (its opened sections) could not be submitted now. The operation asks all of it again."""
    verb = "submit" if application.state == "draft" else "replace"
    faults = list(may(APPLICATION, application, verb, actor))
    draft = current(draft)
    if missing := missing_parts(draft, application.contest.settlement):
        return [*faults, missing]
    try:
        content = Content.model_validate(draft)
    except ValidationError:
        return faults
    contest = application.contest
    return faults + content_faults(content, contest.settlement, application.lot.ceiling, contest.months)


def submitted_content(application: Application) -> dict[str, Any]:
    """The last submitted version, opened for the applicant's own people."""
    version = application.versions.latest("number")
    return current(documents.unseal_content(application.label, f"v{version.number}", bytes(version.sealed)))


def versions(application: Application) -> list[Version]:
    """Every receipt of an application, newest first; without the sealed bytes."""
    return list(application.versions.defer("sealed").order_by("-number"))


def receipt(ref: str) -> Version:
    """A submission's receipt: anyone who has its reference may compare time and hash."""
    return Version.objects.select_related("application", "application__contest").defer("sealed").get(ref=ref)


def last_version(application: Application) -> Version | None:
    return application.versions.order_by("-number").first()


def earlier_applications(organisation_id: int | Iterable[int], limit: int = 20) -> list[Application]:
    """What one or several organisations wrote before, newest first: a new application may begin as a copy."""
    rows = Application.objects.filter(applicant_id__in=ids_of(organisation_id), paper=None)
    rows = rows.exclude(draft_sections=None)
    rows = rows.select_related("contest").defer("contest__settlement_bytes")
    return list(rows.order_by("-id")[:limit])
