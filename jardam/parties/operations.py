"""Registering and verifying organisations; granting and revoking mandates."""

from __future__ import annotations

import csv
import hmac
import io
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import F, OuterRef, Subquery

from jardam.documents.operations import receive
from jardam.fields import in_language
from jardam.journal.models import Record
from jardam.journal.operations import lock, lock_shared, perform
from jardam.kernel.actor import Actor, system
from jardam.kernel.refusal import Refused, refuse_if_any
from jardam.kernel.text import clean
from jardam.kernel.time import bishkek_day
from jardam.rulebook.catalogue import CATALOGUE
from jardam.rulebook.house import HOUSE

from .models import (
    BankAccount,
    Identifier,
    Mandate,
    Name,
    Organisation,
    Person,
    Profile,
    Restriction,
    RestrictionLift,
    Succession,
    Tally,
    Territory,
    User,
)
from .policy import BANK_ACCOUNT, MANDATE, ORGANISATION, TERRITORY
from .queries import operators, organisation_by_tin, person_by_email, valid_mandates
from .rules import (
    CHECKING_KINDS,
    CHECKLIST,
    DUPLICATE,
    KIND_CLOSED,
    LIFTED,
    MANDATE_OVER,
    NAME_BACKWARDS,
    NAME_THAT_DAY,
    NO_SUCH_ORGANISATION,
    NOBODY_SIGNS_IN,
    NOT_OF_SENDER,
    NOT_STANDING,
    OPEN_KINDS,
    TERRITORY_CODE_KNOWN,
    TERRITORY_CODE_TAKEN,
    TERRITORY_FILE,
    TERRITORY_GONE,
    TERRITORY_MERGES_ITSELF,
    UNKNOWN_BAR,
    UNKNOWN_GROUND,
    VERIFIED_PARTS,
    WRONG_BODY,
    Kind,
    Limit,
    Part,
    RefusalGround,
    SuccessionFacts,
    account_faults,
    checklist_fault,
    head_role,
    mandate_faults,
    okpo_fault,
    profile_faults,
    succession_faults,
    territory_faults,
    tin_fault,
)


def register_person(*, name: str, email: str, password: str | None, is_cast: bool = False) -> Person:
    """A person and the user who signs in for them. Refuses nothing: the door's form checks e-mail and password."""
    person = Person.objects.create(name=name)
    user = User.objects.create_user(email, password, person)
    if is_cast:
        user.is_cast = True
        user.save(update_fields=["is_cast"])
    return person


def keep_new_user(*, user: User, name: str) -> User:
    """Save a user who signed up, with the person they are."""
    user.person = Person.objects.create(name=name)
    user.save()
    return user


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
    secretary or officer may. Refuses `wrong_body` for a body of another kind."""
    for body, kind in ((council, Kind.KENESH), (treasury, Kind.TREASURY)):
        if body is not None and body.kind != kind:
            raise WRONG_BODY.refuse(HOUSE["H-16"].basis, body=in_language(body.title))
    (organisation,) = lock(organisation)
    public = {"council": council.ref if council else None, "treasury": treasury.ref if treasury else None}
    changes = {"council": council, "treasury": treasury}
    perform(ORGANISATION, organisation, "name_bodies", actor=actor, public=public, changes=changes)
    return organisation


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


def grant_mandate(
    *,
    person: Person,
    organisation: Organisation,
    role: str,
    document: str,
    actor: Actor,
    valid_from: date | None = None,
    valid_until: date | None = None,
    acting: bool = False,
    sent_by: Organisation | None = None,
) -> Mandate:
    """Let `person` act for `organisation` in `role` on the strength of `document`, until a day (exclusive). The second
    person of a one-person office comes from outside: `sent_by` names the organisation whose mandate they hold.

    Refuses `role_not_here`, `mandate_ends_early`, `acting_without_end`, `own_matter`, `first_head`, `not_of_sender`,
    `organisation_succeeded`.
    """
    begins = valid_from or bishkek_day(actor.at)
    refuse_if_any(mandate_faults(organisation.kind, role, begins, valid_until, acting=acting))
    if Succession.objects.filter(predecessor=organisation, valid_from__lte=bishkek_day(actor.at)).exists():
        raise NOT_STANDING.refuse(HOUSE["H-47"].basis)
    if sent_by and not valid_mandates(actor.at).filter(person=person, organisation=sent_by).exists():
        raise NOT_OF_SENDER.refuse(HOUSE["H-18"].basis, at_field="sent_by_tin")
    mandate = Mandate(
        person=person,
        organisation=organisation,
        role=role,
        document=document,
        valid_from=begins,
        valid_until=valid_until,
        acting=acting,
        sent_by=sent_by,
    )
    public = {
        "role": role,
        "document": document,
        "organisation": organisation.ref,
        "from": begins,
        "until": valid_until,
    }
    perform(MANDATE, mandate, "grant", actor=actor, public=public, private={"person": person.ref})
    return mandate


def grant_mandate_by_email(*, email: str, sent_by_tin: str = "", actor: Actor, **mandate: Any) -> Mandate:
    """The same for whoever signs in with an address. Refuses `nobody_signs_in`, `no_such_organisation`, and what
    `grant_mandate` does."""
    person = person_by_email(email)
    if person is None:
        raise NOBODY_SIGNS_IN.refuse(HOUSE["H-16"].basis, at_field="email")
    sender = organisation_by_tin(sent_by_tin) if sent_by_tin else None
    if sent_by_tin and sender is None:
        raise NO_SUCH_ORGANISATION.refuse(HOUSE["H-16"].basis, at_field="sent_by_tin", value=sent_by_tin)
    return grant_mandate(person=person, sent_by=sender, actor=actor, **mandate)


def hold_mandate(*, actor: Actor) -> None:
    """Keep the actor's mandate from being revoked until this transaction ends: the act comes before or after a
    revocation, never beside it. Refuses `mandate_over`."""
    if actor.standing is None:
        return
    mandate = lock_shared(Mandate.objects.get(pk=actor.standing.mandate_id))
    if mandate.state != "granted":
        raise MANDATE_OVER.refuse(HOUSE["H-18"].basis)


def revoke_mandate(*, mandate: Mandate, actor: Actor, document: str) -> Mandate:
    """End a mandate at this instant. What it was used for stays. Refuses `last_head` (H-48)."""
    # The organisation too: two heads who end each other's mandates come one after the other.
    _organisation, mandate = lock(mandate.organisation, mandate)
    perform(
        MANDATE,
        mandate,
        "revoke",
        actor=actor,
        public={"document": document},
        changes={"revoked_at": actor.at},
    )
    return mandate


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


# --- territories -----------------------------------------------------------------------------------------------


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


# --- limits ----------------------------------------------------------------------------------------------------

_COUNT = """INSERT INTO parties_tally AS t (key, count, until) VALUES (%(key)s, %(by)s, %(until)s)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN t.until <= %(at)s THEN EXCLUDED.count ELSE t.count + EXCLUDED.count END,
  until = CASE WHEN t.until <= %(at)s THEN EXCLUDED.until ELSE t.until END
RETURNING count, until"""


def demand_within(*, limit: Limit, who: str, at: datetime, counts: bool = True) -> None:
    """Count one more try of `who` and refuse `too_many_tries` (H-46) beyond the limit; one statement, outside of
    any other transaction. Without `counts` it is only asked whether one more would be too many."""
    said = f"{limit.name}:{limit.per}:{who}".encode()
    key = hmac.new(settings.SECRET_KEY.encode(), said, "sha256").hexdigest()
    row: dict[str, Any] = {"key": key, "by": int(counts), "at": at, "until": at + timedelta(seconds=limit.seconds)}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, row)
        count, until = cursor.fetchone()
    if refusal := limit.refusal(count + (not counts), until):
        raise Refused(refusal)


def forget_tallies(*, at: datetime) -> int:
    """Delete what has run out; how many."""
    return Tally.objects.filter(until__lt=at).delete()[0]


def forget_sessions(*, at: datetime) -> int:
    """Delete sessions that have run out, with what was kept in them over a sign-in that never came; how many."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]


# --- bank accounts ---------------------------------------------------------------------------------------------


def propose_bank_account(
    *,
    actor: Actor,
    organisation: Organisation,
    bik: str,
    account: str,
    checker: Organisation,
    currency: str = "KGS",
    valid_from: date | None = None,
) -> BankAccount:
    """Say where the organisation wants its money from a day on. It counts once a person of `checker`, a customer that
    pays or a treasury, has checked it. Refuses `bad_bik`, `bad_account`, `wrong_body`. House rule H-10."""
    refuse_if_any(account_faults(bik, account))
    if checker.kind not in CHECKING_KINDS:
        raise WRONG_BODY.refuse(HOUSE["H-16"].basis, at_field="checker", body=in_language(checker.title))
    begins = valid_from or bishkek_day(actor.at)
    proposed = BankAccount(
        organisation=organisation,
        bik=bik,
        account=account,
        currency=currency,
        checker=checker,
        valid_from=begins,
        proposed_by_id=actor.person_id or 0,
    )
    perform(
        BANK_ACCOUNT,
        proposed,
        "propose_bank_account",
        actor=actor,
        public={"organisation": organisation.ref, "checker": checker.ref, "from": begins, "currency": currency},
        private={"bik": bik, "account": account},
    )
    return proposed


def confirm_bank_account(*, account: BankAccount, actor: Actor, checked_against: str) -> BankAccount:
    """The second person compared the numbers with `checked_against` (the bank's letter). Orders not yet sent ask
    for the new account from now on. Refuses `own_matter`."""
    return _check_account(account, "confirm_bank_account", actor, checked_against)


def reject_bank_account(*, account: BankAccount, actor: Actor, checked_against: str) -> BankAccount:
    """The numbers are not those of the paper. Refuses `own_matter`."""
    return _check_account(account, "reject_bank_account", actor, checked_against)


def _check_account(account: BankAccount, verb: str, actor: Actor, checked_against: str) -> BankAccount:
    (account,) = lock(account)
    changes = {"checked_by_id": actor.person_id, "checked_against": checked_against}
    perform(BANK_ACCOUNT, account, verb, actor=actor, private=changes, changes=changes)
    return account
