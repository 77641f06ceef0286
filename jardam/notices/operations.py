"""Telling an act, sending e-mail, reading, choosing."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from jardam.fields import in_language
from jardam.journal.models import Record
from jardam.journal.operations import claim
from jardam.kernel.actor import Actor

from . import queries
from .models import Message, Subscription
from .rules import BY_SIDE, BY_VERB, Moment, next_daily, next_try

log = logging.getLogger(__name__)
BATCH = 50
LEASE = timedelta(minutes=30)  # longer than sending a batch can take


def tell(record: Record) -> None:
    """Consumer `notices` of the outbox: a message for everybody whom the act concerns, but its author. Repeatable.

    The moment of notification is the instant at which the message lies in the inbox.
    """
    moment = BY_VERB.get(f"{record.object_kind}:{record.verb}")
    if moment is None:
        return
    matter = queries.MATTERS[record.object_kind](record.object_id)
    people = set().union(*(queries.READERS[code](matter, record.at) for code in moment.to)) - {record.person_id}
    route, _colon, kind = moment.page.partition(":")
    page = f"{route}/{matter.refs[kind]}" if kind else route
    params = {"thing": matter.thing, "number": matter.number, "by": queries.titles_of(record)}
    emails = queries.addresses(people) if settings.EMAIL_IS_SENT else {}
    wishes = Subscription.objects.in_bulk(list(emails))
    rows, told_at = [], record.at + _lag(record)
    for person_id in sorted(people):
        said = {
            "record_id": record.pk,
            "person_id": person_id,
            "what": moment.what,
            "params": params,
            "page": page,
            "at": record.at,
            "told_at": told_at,
        }
        rows.append(Message(channel="inbox", delivery="placed", **said))
        wish = wishes.get(person_id, Subscription(person_id=person_id))
        if person_id in emails and wish.email != "never":
            daily = wish.email == "daily" and not moment.legal
            due_at = next_daily(record.at) if daily else record.at
            rows.append(Message(channel="email", delivery="waiting", due_at=due_at, with_daily=daily, **said))
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def _lag(record: Record) -> timedelta:
    """How long the record waited for us: the worker may have stood still."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() - %s", [record.recorded_at])
        lag: timedelta = cursor.fetchone()[0]
    return lag


# --- reading and choosing --------------------------------------------------------------------------------------


def read_all(*, actor: Actor, up_to: str) -> int:
    """Mark the person's messages up to this one as read; how many were."""
    person_id = actor.person_id or 0
    last = queries.message(up_to, person_id)
    unread = Message.objects.filter(person_id=person_id, delivery="placed", id__lte=last.pk)
    return unread.update(delivery="read", read_at=actor.at)


def choose(*, actor: Actor, email: str, language: str) -> None:
    """Keep how the person wants e-mail (`at_once`, `daily`, `never`) and in which language."""
    wish = {"email": email, "language": language}
    Subscription.objects.update_or_create(person_id=actor.person_id or 0, defaults=wish)


# --- e-mail ----------------------------------------------------------------------------------------------------


def deliver(at: datetime, limit: int = BATCH) -> int:
    """Send the e-mails that are due; how many letters went out. Safe to run beside itself.

    What is due in the daily letter of one person goes out as one. A letter whose sending fails is tried again, each
    time later; its Message-ID stays, so that a mail system recognises a second copy.
    """
    if not settings.EMAIL_IS_SENT:
        return 0
    due = _claim(at, limit)
    addresses = queries.addresses({one.person_id for one in due})
    sent = 0
    for letter in _letters(due):
        if address := addresses.get(letter[0].person_id):
            sent += _send(letter, address, at)
        else:
            _keep(letter, delivery="given_up")
    return sent


def _claim(at: datetime, limit: int) -> list[Message]:
    """Take what is due; nobody else takes it during the lease. Sending happens after the commit, because a slow mail
    server must not hold a transaction open."""
    with transaction.atomic():
        due = claim(Message.objects.filter(delivery="waiting", due_at__lte=at).order_by("id"), limit)
        Message.objects.filter(pk__in=[one.pk for one in due]).update(due_at=at + LEASE)
    return due


def _letters(due: list[Message]) -> Iterable[list[Message]]:
    """Daily messages of one person together, every other one alone."""
    daily: dict[int, list[Message]] = {}
    for one in due:
        if one.with_daily:
            daily.setdefault(one.person_id, []).append(one)
        else:
            yield [one]
    yield from daily.values()


def _send(letter: list[Message], address: str, at: datetime) -> int:
    with override(queries.subscription(letter[0].person_id).language):
        mail = EmailMessage(
            subject=_subject(letter),
            body="\n\n".join(_body(one) for one in letter)
            + "\n\n"
            + _("You choose how often: {url}").format(url=settings.SITE_URL + reverse("inbox_choice")),
            to=[address],
            headers={"Message-ID": f"<{letter[0].ref}@{settings.MAIL_DOMAIN}>", "Auto-Submitted": "auto-generated"},
        )
        try:
            mail.send()
        except (OSError, SMTPException) as fault:
            log.warning("an e-mail could not be sent (%s); it is tried again", type(fault).__name__)
            for one in letter:
                one.tries += 1
                later = next_try(at, one.tries)
                one.due_at, one.delivery = later or one.due_at, "waiting" if later else "given_up"
                one.save(update_fields=["tries", "due_at", "delivery"])
            return 0
    _keep(letter, delivery="sent", sent_at=at)
    return 1


def _keep(letter: list[Message], **changes: object) -> None:
    Message.objects.filter(pk__in=[one.pk for one in letter]).update(**changes)


def _subject(letter: list[Message]) -> str:
    if len(letter) == 1:
        return texts_of(letter[0])[0]
    return ngettext("%(n)s message", "%(n)s messages", len(letter)) % {"n": len(letter)}


def _body(one: Message) -> str:
    subject, text = texts_of(one)
    by_side = one.page.partition("/")[0] in BY_SIDE
    address = reverse("inbox_message", args=[one.ref]) if by_side else address_of(one)
    return f"{subject}\n{text}\n{settings.SITE_URL}{address}"


def texts_of(one: Message) -> tuple[str, str]:
    """Subject and text in the language that is active."""
    moment: Moment = BY_VERB[one.what]
    words = {name: in_language(value) if isinstance(value, dict) else value for name, value in one.params.items()}
    return _(moment.subject).format(**words), _(moment.text).format(**words)


def address_of(one: Message) -> str:
    """The page a message leads to, in the language that is active; the inbox when that page is gone."""
    route, _slash, ref = one.page.partition("/")
    try:
        return reverse(route, args=[ref] if ref else [])
    except NoReverseMatch:
        return reverse("inbox")
