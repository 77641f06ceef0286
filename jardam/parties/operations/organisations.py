"""Organisations: registered, verified, renamed, succeeded, restricted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from jardam.documents.operations import receive
from jardam.fields import in_language
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.kernel.actor import Actor, system
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.rulebook.catalogue import CATALOGUE
from jardam.rulebook.house import HOUSE

from ..models import (
    Identifier,
    Mandate,
    Name,
    Organisation,
    Person,
    Profile,
    Restriction,
    RestrictionLift,
    Succession,
    Territory,
)
from ..policy import ORGANISATION
from ..queries import operators, organisation_by_tin
from ..rules import (
    CHECKLIST,
    CUSTOMER_KINDS,
    DUPLICATE,
    KIND_CLOSED,
    LIFTED,
    NAME_BACKWARDS,
    NAME_THAT_DAY,
    NO_SUCH_ORGANISATION,
    NOT_A_CUSTOMER,
    NOT_STANDING,
    OPEN_KINDS,
    UNKNOWN_BAR,
    UNKNOWN_GROUND,
    VERIFIED_PARTS,
    WRONG_BODY,
    Kind,
    Part,
    RefusalGround,
    SuccessionFacts,
    checklist_fault,
    head_role,
    okpo_fault,
    profile_faults,
    succession_faults,
    tin_fault,
)
from .people import grant_mandate

# --- registration and verification -----------------------------------------------------------------------------


def register_organisation(
    *,
    actor: Actor,
    kind: str,
    title: dict[str, str],
    tin: str = "",
    okpo: str = "",
    code: str | None = None,
    legal_form: str = "",
    territory: Territory | None = None,
    registered_on: date | None = None,
    is_invented: bool = False,
) -> Organisation:
    """A new organisation, not yet verified. `code` is the short code customers bear in register numbers.

    Refuses `kind_closed`, `bad_tin`, `bad_okpo`, `duplicate_organisation` (naming whom to ask; whose the number is,
    is not told).
    """
    if kind not in OPEN_KINDS and not actor.is_system:
        raise KIND_CLOSED.refuse(HOUSE["H-14"].basis, at_field="kind")
    numbers = _free_numbers(tin, okpo)
    organisation = Organisation(
        kind=kind,
        title=title,
        code=code,
        legal_form=legal_form,
        territory=territory,
        registered_on=registered_on,
        is_invented=is_invented,
        registered_by_id=actor.person_id,
    )
    record = perform(ORGANISATION, organisation, "register", actor=actor, public={"kind": kind, "title": title})
    Name.objects.create(
        organisation=organisation,
        title=title,
        valid_from=registered_on or bishkek_day(actor.at),
        act_id=record.pk,
    )
    for scheme, value in numbers.items():
        Identifier.objects.create(organisation=organisation, scheme=scheme, value=value)
    return organisation


def _free_numbers(tin: str, okpo: str, own: Organisation | None = None) -> dict[str, str]:
    """Scheme → number, of the right form and nobody else's."""
    refuse_if_any([fault for fault in (tin and tin_fault(tin), okpo and okpo_fault(okpo)) if fault])
    numbers = {scheme: value for scheme, value in (("KG-TIN", tin), ("KG-OKPO", okpo)) if value}
    for scheme, value in numbers.items():
        twin = Identifier.objects.filter(scheme=scheme, value=value).exclude(organisation=own).first()
        if twin:
            whom = ", ".join(in_language(one.title) for one in operators())
            field = "tin" if scheme == "KG-TIN" else "okpo"
            raise DUPLICATE.refuse(HOUSE["H-19"].basis, at_field=field, value=value, whom=whom)
    return numbers


def verify_organisation(
    *, organisation: Organisation, actor: Actor, checked_against: str, checklist: Iterable[str]
) -> Organisation:
    """The registrar compared everything of the checklist with `checked_against` (a register or papers). Whoever
    registered it becomes its head, unless it has one. Refuses `own_matter`, `not_all_compared`."""
    refuse_if_any([fault for fault in (checklist_fault(checklist),) if fault])
    (organisation,) = lock(organisation)
    public = {"checked_against": checked_against, "checklist": sorted(CHECKLIST)}
    perform(ORGANISATION, organisation, "verify", actor=actor, public=public)
    role = head_role(organisation.kind)
    if role and organisation.registered_by_id and not Mandate.objects.filter(organisation=organisation).exists():
        registrant = Person.objects.get(pk=organisation.registered_by_id)
        grant_mandate(person=registrant, organisation=organisation, role=role, document=checked_against, actor=actor)
    return organisation


def refuse_verification(*, organisation: Organisation, actor: Actor, ground: str, note: str = "") -> Organisation:
    """Say by a code why it is not verified; the note is for whoever keeps the organisation. Corrected, it waits
    again. Refuses `own_matter`, `unknown_ground`."""
    if ground not in set(RefusalGround):
        raise UNKNOWN_GROUND.refuse(HOUSE["H-16"].basis, at_field="ground")
    (organisation,) = lock(organisation)
    perform(
        ORGANISATION,
        organisation,
        "refuse_verification",
        actor=actor,
        public={"ground": ground},
        private={"note": note},
        changes={"refused_for": ground, "refusal_note": note},
    )
    return organisation


def correct_organisation(
    *,
    organisation: Organisation,
    actor: Actor,
    title: dict[str, str],
    tin: str = "",
    okpo: str = "",
    legal_form: str = "",
    territory: Territory | None = None,
    registered_on: date | None = None,
) -> Organisation:
    """Put right what was entered wrongly; the registrar compares it again (H-49). A new name from a day on is a
    `rename`. Refuses `bad_tin`, `bad_okpo`, `duplicate_organisation`, `organisation_succeeded`."""
    (organisation,) = lock(organisation)
    numbers = _free_numbers(tin, okpo, organisation)
    changes = {"title": title, "legal_form": legal_form, "territory": territory, "registered_on": registered_on}
    renamed = title != organisation.title
    record = perform(
        ORGANISATION,
        organisation,
        "correct",
        actor=actor,
        public={"title": title, "legal_form": legal_form, "registered_on": registered_on},
        changes=changes | {"refused_for": "", "refusal_note": ""},
    )
    if renamed:
        last = _name_of_today_since(organisation, bishkek_day(actor.at))
        Name.objects.create(organisation=organisation, title=title, valid_from=last, act_id=record.pk)
    for scheme in ("KG-TIN", "KG-OKPO"):
        if scheme in numbers:
            Identifier.objects.update_or_create(
                organisation=organisation, scheme=scheme, defaults={"value": numbers[scheme]}
            )
    return organisation


def _name_of_today_since(organisation: Organisation, day: date) -> date:
    """The day from which the name of today counts."""
    rows = Name.objects.filter(organisation=organisation).order_by("-valid_from")
    found = rows.filter(valid_from__lte=day).first() or rows.last()
    return found.valid_from if found else day


def name_bodies(
    *, organisation: Organisation, council: Organisation | None, treasury: Organisation | None, actor: Actor
) -> Organisation:
    """Say which council adopts this customer's programmes and which treasury executes its payments; nobody else's
    secretary or officer may. Refuses `not_a_customer`, `wrong_body` for a body of another kind."""
    if organisation.kind not in CUSTOMER_KINDS:
        raise NOT_A_CUSTOMER.refuse(HOUSE["H-16"].basis, organisation=in_language(organisation.title))
    for body, kind in ((council, Kind.KENESH), (treasury, Kind.TREASURY)):
        if body is not None and body.kind != kind:
            raise WRONG_BODY.refuse(HOUSE["H-16"].basis, body=in_language(body.title))
    (organisation,) = lock(organisation)
    public = {"council": council.ref if council else None, "treasury": treasury.ref if treasury else None}
    changes = {"council": council, "treasury": treasury}
    perform(ORGANISATION, organisation, "name_bodies", actor=actor, public=public, changes=changes)
    return organisation


# --- names -----------------------------------------------------------------------------------------------------


def rename(
    *, organisation: Organisation, title: dict[str, str], valid_from: date, document: str, actor: Actor
) -> Organisation:
    """A new name from a day on, past or to come, on a document; earlier names stay with their days. One to come is
    announced, and taken on its day by `take_names`. Refuses `name_that_day`, `name_backwards`."""
    (organisation,) = lock(organisation)
    last = Name.objects.filter(organisation=organisation).order_by("-valid_from").first()
    if last and last.valid_from == valid_from:
        raise NAME_THAT_DAY.refuse(HOUSE["H-16"].basis, at_field="valid_from")
    if last and last.valid_from > valid_from:
        raise NAME_BACKWARDS.refuse(HOUSE["H-16"].basis, at_field="valid_from", day=last.valid_from)
    has_come = valid_from <= bishkek_day(actor.at)
    record = perform(
        ORGANISATION,
        organisation,
        "rename" if has_come else "announce_name",
        actor=actor,
        public={"title": title, "valid_from": valid_from, "document": document},
        changes={"title": title} if has_come else {},
    )
    Name.objects.create(
        organisation=organisation, title=title, valid_from=valid_from, document=document, act_id=record.pk
    )
    return organisation


def take_names(*, at: datetime) -> int:
    """Every announced name whose day has come becomes the name of today; how many. Done by the worker."""
    day, actor = bishkek_day(at), system(at)
    latest = Name.objects.filter(organisation=OuterRef("pk"), valid_from__lte=day).order_by("-valid_from", "-id")
    due = Organisation.objects.annotate(now=Subquery(latest.values("title")[:1])).exclude(now=None)
    waiting = due.exclude(now=F("title")).order_by("id")[:100]
    for one in waiting:
        with transaction.atomic():
            (organisation,) = lock(one)
            name = Name.objects.filter(organisation=organisation, valid_from__lte=day).order_by("-valid_from", "-id")[
                0
            ]
            if name.title != organisation.title:
                public = {"title": name.title, "valid_from": name.valid_from}
                perform(
                    ORGANISATION, organisation, "take_name", actor=actor, public=public, changes={"title": name.title}
                )
    return len(waiting)


# --- profile ---------------------------------------------------------------------------------------------------


def update_profile(
    *,
    organisation: Organisation,
    part: str,
    content: dict[str, Any],
    actor: Actor,
    valid_from: date | None = None,
    upload: bytes | None = None,
    upload_name: str = "",
) -> Profile:
    """Say a part of the profile anew, from a day on; what was said before stays. The charter is its file: its content
    is made of the name and the hash. A changed part that was verified is verified again (H-49).

    Refuses `unknown_part`, `empty_part`, `day_to_come`, `organisation_succeeded`.
    """
    today = bishkek_day(actor.at)
    begins, file = valid_from or today, None
    if part == Part.CHARTER and upload is not None:
        file = receive(upload, name=upload_name, actor=actor)
        content = {"name": file.name, "sha256": file.sha256}
    refuse_if_any(profile_faults(part, content, begins, today))
    (organisation,) = lock(organisation)
    again = part in VERIFIED_PARTS and organisation.state == "verified"
    record = perform(
        ORGANISATION,
        organisation,
        "change_verified" if again else "update_profile",
        actor=actor,
        public={"part": part, "from": begins},
        private={"content": content},
    )
    return Profile.objects.create(
        organisation=organisation, part=part, content=content, file=file, valid_from=begins, act_id=record.pk
    )


# --- successions and restrictions ------------------------------------------------------------------------------


def succeed(
    *, organisation: Organisation, successor: Organisation, valid_from: date, document: str, actor: Actor
) -> Succession:
    """From `valid_from` on `successor` stands where `organisation` stood (H-47): its people see and do what was open,
    its restrictions bind them, and nobody acts for the old one any more. Nothing is copied; numbers stay its own.

    Refuses `successor_self`, `successor_gone`, `successor_unverified`, `successor_kind`, `organisation_succeeded`.
    """
    pair = sorted({organisation, successor}, key=lambda one: one.pk)
    locked = {one.pk: one for one in lock(*pair)}
    old, new = locked[organisation.pk], locked[successor.pk]
    gone = Succession.objects.filter(predecessor=new).exists()
    facts = SuccessionFacts(old.pk, new.pk, old.kind, new.kind, new.state, gone)
    refuse_if_any(succession_faults(facts))
    if Succession.objects.filter(predecessor=old).exists():
        raise NOT_STANDING.refuse(HOUSE["H-47"].basis)
    public = {"successor": new.ref, "from": valid_from, "document": document}
    record = perform(ORGANISATION, old, "succeed", actor=actor, public=public)
    return Succession.objects.create(
        predecessor=old, successor=new, valid_from=valid_from, document=document, act_id=record.pk
    )


def succeed_by_tin(*, organisation: Organisation, tin: str, actor: Actor, **entered: Any) -> Succession:
    """The same by the successor's number. Refuses `no_such_organisation`, and what `succeed` does."""
    successor = organisation_by_tin(tin)
    if successor is None:
        raise NO_SUCH_ORGANISATION.refuse(HOUSE["H-16"].basis, at_field="tin", value=tin)
    return succeed(organisation=organisation, successor=successor, actor=actor, **entered)


def restrict(
    *,
    organisation: Organisation,
    ground: str,
    source_kind: str,
    source_id: int,
    cause: Record,
    valid_from: date,
    valid_until: date | None = None,
) -> Restriction:
    """Written downwards by a later stage under its own act `cause`: a bar on the organisation, from a day until
    another (exclusive) or until it is lifted. `ground` is a code of the rulebook's `elig.bars`. Refuses
    `unknown_bar`."""
    if ground not in (getattr(CATALOGUE["elig.bars"].type, "codes", ()) or ()):
        raise UNKNOWN_BAR.refuse(HOUSE["H-16"].basis, ground=ground)
    (organisation,) = lock(organisation)
    public = {"ground": ground, "from": valid_from, "until": valid_until, "source": source_kind}
    record = perform(ORGANISATION, organisation, "restrict", actor=system(cause.at), public=public, cause=cause)
    return Restriction.objects.create(
        organisation=organisation,
        ground=ground,
        valid_from=valid_from,
        valid_until=valid_until,
        source_kind=source_kind,
        source_id=source_id,
        act_id=record.pk,
    )


def lift_restriction(
    *, restriction: Restriction, document: str, actor: Actor, cause: Record | None = None
) -> RestrictionLift:
    """End a bar before its time, on a document; a later stage does it under its own act. Refuses
    `restriction_over`."""
    (organisation,) = lock(restriction.organisation)
    day = bishkek_day(actor.at)
    over = restriction.valid_until is not None and restriction.valid_until <= day
    if over or RestrictionLift.objects.filter(restriction=restriction).exists():
        raise LIFTED.refuse(HOUSE["H-16"].basis)
    public = {"restriction": restriction.pk, "ground": restriction.ground, "document": document}
    record = perform(ORGANISATION, organisation, "lift_restriction", actor=actor, public=public, cause=cause)
    return RestrictionLift.objects.create(restriction=restriction, lifted_on=day, document=document, act_id=record.pk)


def lift_source(*, source_kind: str, source_id: int, cause: Record) -> bool:
    """A later stage has got what it missed: the bar that stands on this source ends under its act `cause`; whether
    there was one."""
    bar = Restriction.objects.filter(source_kind=source_kind, source_id=source_id, lift=None).order_by("-id").first()
    if bar is None:
        return False
    lift_restriction(restriction=bar, document=f"{cause.object_kind} {cause.pk}", actor=system(cause.at), cause=cause)
    return True
