"""Tables of the notices room."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jardam.fields import Ref
from jardam.parties.models import Person

from .rules import CHANNELS

DELIVERIES = ("placed", "read", "waiting", "sent", "given_up")


class Message(models.Model):
    """One moment told to one person in one channel.

    In the inbox: placed → read; `at` is the act's instant, `told_at` the moment of notification. As e-mail: waiting →
    sent | given_up, tried again from `due_at` on; `with_daily` when it went out inside the daily letter.
    """

    ref = Ref()
    record_id = models.BigIntegerField()  # of the journal; rows of append-only tables are never locked by a key
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8)
    what = models.CharField(max_length=64)
    params = models.JSONField()  # {"thing": {…}, "number": "…", "by": {…}}
    page = models.CharField(max_length=80)  # route and reference, "contest/4F…"
    at = models.DateTimeField()
    told_at = models.DateTimeField()
    delivery = models.CharField(max_length=8)
    read_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    with_daily = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_id", "person", "channel"], name="message_once"),
            models.CheckConstraint(condition=Q(delivery__in=DELIVERIES), name="message_delivery_known"),
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="message_channel_known"),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], condition=Q(channel="inbox"), name="message_inbox"),
            models.Index(fields=["person"], condition=Q(delivery="placed"), name="message_unread"),
            models.Index(fields=["due_at"], condition=Q(delivery="waiting"), name="message_waiting"),
            models.Index(fields=["-id"], condition=Q(delivery="given_up"), name="message_given_up"),
        ]


class Subscription(models.Model):
    """How a person wants e-mail: at once, once a day, or not at all; and in which language."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="+")
    email = models.CharField(max_length=8, default="at_once")
    language = models.CharField(max_length=2, default="ru")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email__in=["at_once", "daily", "never"]), name="subscription_email"),
            models.CheckConstraint(condition=Q(language__in=["ky", "ru", "en"]), name="subscription_language"),
        ]
