"""Registering and verifying organisations; granting and revoking mandates."""

from __future__ import annotations

import hmac
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from jardam.fields import in_language
from jardam.journal.models import Record
from jardam.journal.operations import lock, lock_shared, perform
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refused, refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.rulebook.house import HOUSE

from .models import BankAccount, Identifier, Mandate, Name, Organisation, Person, Restriction, Tally, Territory, User
from .policy import BANK_ACCOUNT, MANDATE, ORGANISATION
from .rules import (
    CHECKING_KINDS,
    DUPLICATE,
    MANDATE_OVER,
    WRONG_BODY,
    Kind,
    Limit,
    account_faults,
    mandate_faults,
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
    code: str | None = None,
    legal_form: str = "",
    territory: Territory | None = None,
    registered_on: date | None = None,
    is_invented: bool = False,
) -> Organisation:
    """A new organisation, not yet verified. `code` is the short code customers bear in register numbers.

    Refuses `bad_tin`, `duplicate_organisation` (naming the one that has the number already).
    """
    if tin:
        refuse_if_any([fault for fault in (tin_fault(tin),) if fault])
        twin = Identifier.objects.filter(scheme="KG-TIN", value=tin).select_related("organisation").first()
        if twin:
            raise DUPLICATE.refuse(
                HOUSE["H-19"].basis, at_field="tin", value=tin, name=in_language(twin.organisation.title)
            )
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
    if tin:
        Identifier.objects.create(organisation=organisation, scheme="KG-TIN", value=tin)
    return organisation


def verify_organisation(*, organisation: Organisation, actor: Actor, checked_against: str) -> Organisation:
    """The registrar compared the data with `checked_against` (a register or papers). Refuses `own_matter`."""
    (organisation,) = lock(organisation)
    perform(ORGANISATION, organisation, "verify", actor=actor, public={"checked_against": checked_against})
    return organisation


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


def rename(*, organisation: Organisation, title: dict[str, str], valid_from: date, actor: Actor) -> Organisation:
    """A new name from a day on; earlier names stay."""
    (organisation,) = lock(organisation)
    record = perform(
        ORGANISATION,
        organisation,
        "rename",
        actor=actor,
        public={"title": title, "valid_from": valid_from},
        changes={"title": title},
    )
    Name.objects.create(organisation=organisation, title=title, valid_from=valid_from, act_id=record.pk)
    return organisation


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
) -> Mandate:
    """Let `person` act for `organisation` in `role` on the strength of `document`, until a day (exclusive).

    Refuses `role_not_here`, `mandate_ends_early`, `own_matter`.
    """
    begins = valid_from or bishkek_day(actor.at)
    refuse_if_any(mandate_faults(organisation.kind, role, begins, valid_until))
    mandate = Mandate(
        person=person,
        organisation=organisation,
        role=role,
        document=document,
        valid_from=begins,
        valid_until=valid_until,
        acting=acting,
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


def hold_mandate(*, actor: Actor) -> None:
    """Keep the actor's mandate from being revoked until this transaction ends: the act comes before or after a
    revocation, never beside it. Refuses `mandate_over`."""
    if actor.standing is None:
        return
    mandate = lock_shared(Mandate.objects.get(pk=actor.standing.mandate_id))
    if mandate.state != "granted":
        raise MANDATE_OVER.refuse(HOUSE["H-18"].basis)


def revoke_mandate(*, mandate: Mandate, actor: Actor, document: str) -> Mandate:
    """End a mandate at this instant. What it was used for stays."""
    (mandate,) = lock(mandate)
    perform(
        MANDATE,
        mandate,
        "revoke",
        actor=actor,
        public={"document": document},
        changes={"revoked_at": actor.at},
    )
    return mandate


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


# --- bars from later stages ------------------------------------------------------------------------------------


def restrict(*, organisation_id: int, ground: str, source_kind: str, source_id: int, act: Record) -> Restriction:
    """Bar an organisation from the day of `act` on, for something a later stage found (decisions.md §5)."""
    return Restriction.objects.create(
        organisation_id=organisation_id,
        ground=ground,
        valid_from=bishkek_day(act.at),
        source_kind=source_kind,
        source_id=source_id,
        act_id=act.pk,
    )


def lift_restriction(*, source_kind: str, source_id: int, act: Record) -> bool:
    """End the bar that stands on this source, on the day of `act`; whether there was one. The newest row of a source
    counts: what was written stays."""
    bar = Restriction.objects.filter(source_kind=source_kind, source_id=source_id).order_by("-id").first()
    if bar is None or bar.valid_until is not None:
        return False
    Restriction.objects.create(
        organisation_id=bar.organisation_id,
        ground=bar.ground,
        valid_from=bar.valid_from,
        valid_until=bishkek_day(act.at),
        source_kind=source_kind,
        source_id=source_id,
        act_id=act.pk,
    )
    return True


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
