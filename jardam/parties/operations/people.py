"""People who sign in, their mandates, and the limits on tries."""

from __future__ import annotations

import hmac
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

from jardam.journal.operations import lock, lock_shared, perform
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refused, refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.rulebook.house import HOUSE

from ..models import (
    Mandate,
    Organisation,
    Person,
    Succession,
    Tally,
    User,
)
from ..policy import MANDATE
from ..queries import organisation_by_tin, person_by_email, valid_mandates
from ..rules import (
    MANDATE_OVER,
    NO_SUCH_ORGANISATION,
    NOBODY_SIGNS_IN,
    NOT_OF_SENDER,
    NOT_STANDING,
    Limit,
    mandate_faults,
)

# --- people ----------------------------------------------------------------------------------------------------


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


# --- mandates --------------------------------------------------------------------------------------------------


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
    mandate = lock_shared(Mandate(pk=actor.standing.mandate_id))
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
