"""Tables of the parties room."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from jardam.documents.models import File
from jardam.fields import Localised, Ref, Text
from jardam.journal.models import AppendOnly, Stateful

from . import lifecycle
from .rules import ACCOUNT_KINDS, Kind, Level, Part, Role


class Territory(Stateful):
    """A place as it was from one day until another. The code (SOATE) is the key, never the name; it stays null
    until it is confirmed. A place that was split has several with it as `predecessor`; places that were merged have
    one `merged_into`."""

    KIND: ClassVar[str] = lifecycle.TERRITORY.kind

    ref = Ref()
    jurisdiction = models.CharField(max_length=2, default="KG")
    code = models.CharField(max_length=14, null=True, unique=True)
    title = Localised()
    level = models.CharField(max_length=16)  # republic | oblast | rayon | city | aiyl_aimak | village
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    predecessor = models.ForeignKey("self", models.PROTECT, null=True, related_name="successors")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.TERRITORY.states), name="territory_state_known"),
            models.CheckConstraint(condition=Q(level__in=[one.value for one in Level]), name="territory_level_known"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_from=None) | Q(valid_until__gt=models.F("valid_from")),
                name="territory_ends_later",
            ),
        ]


class Person(models.Model):
    """A human who acts in the system. Service recipients are never here."""

    ref = Ref()
    name = Text(max_length=200)


class Organisation(Stateful):
    KIND: ClassVar[str] = lifecycle.ORGANISATION.kind

    ref = Ref()
    kind = models.CharField(max_length=24)
    jurisdiction = models.CharField(max_length=2, default="KG")
    code = models.CharField(max_length=16, null=True, unique=True)  # short code of a customer in register numbers
    title = Localised()  # the name today; Name keeps every name with its days
    legal_form = models.CharField(max_length=32, blank=True)
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, related_name="organisations")
    registered_on = models.DateField(null=True)
    # The bodies that act for this customer: who adopts its programmes, who executes its payments.
    council = models.ForeignKey("self", models.PROTECT, null=True, related_name="council_of")
    treasury = models.ForeignKey("self", models.PROTECT, null=True, related_name="treasury_of")
    is_invented = models.BooleanField(default=False)  # a body of the demonstration
    registered_by_id = models.BigIntegerField(null=True)
    refused_for = models.CharField(max_length=24, blank=True)  # a rules.RefusalGround, until it is corrected
    refusal_note = Text(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=lifecycle.ORGANISATION.states), name="organisation_state_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in Kind]), name="organisation_kind_known"),
        ]


class Identifier(models.Model):
    """A number an organisation is known by: scheme `KG-TIN`, `KG-OKPO`, … (org-id.guide)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="identifiers")
    scheme = models.CharField(max_length=16)
    value = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="identifier_one_owner")]


class Name(AppendOnly):
    """A name an organisation bore from a day on; until the next name's day. Of two for one day the later row counts:
    it corrects the earlier one."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="names")
    title = Localised()
    valid_from = models.DateField()
    document = Text(max_length=200, blank=True)
    act_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "valid_from"], name="name_by_day")]


class Mandate(Stateful):
    """A person acts for an organisation in a role, from one day until another (exclusive)."""

    KIND: ClassVar[str] = lifecycle.MANDATE.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    person = models.ForeignKey(Person, models.PROTECT, related_name="mandates")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="mandates")
    # Who lent the person: the second person of a one-person office comes from outside.
    sent_by = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="lent_mandates")
    role = models.CharField(max_length=32)
    acting = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    document = Text(max_length=200)  # the order or decision that grants it
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=lifecycle.MANDATE.states), name="mandate_state_known"),
            models.CheckConstraint(condition=Q(role__in=[r.value for r in Role]), name="mandate_role_known"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=models.F("valid_from")), name="mandate_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(acting=False) | Q(valid_until__isnull=False), name="acting_mandate_is_dated"
            ),
        ]
        indexes = [models.Index(fields=["person", "state"], name="mandate_by_person")]


class BankAccount(Stateful):
    """Where an organisation receives money from a day on; used only once a second person has checked it. Of several
    confirmed ones the newest that has begun is in force. The numbers stand here and in private parts, never in
    public ones."""

    KIND: ClassVar[str] = lifecycle.BANK_ACCOUNT.kind
    LOCK_DEPTH: ClassVar[int] = 1

    ref = Ref()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="bank_accounts")
    bik = models.CharField(max_length=6)
    account = models.CharField(max_length=16)
    currency = models.CharField(max_length=3, default="KGS")
    kind = models.CharField(max_length=8, default="", blank=True)  # empty: named before the kind was asked for
    valid_from = models.DateField()
    checker = models.ForeignKey(Organisation, models.PROTECT, related_name="accounts_to_check")  # payer or treasury
    proposed_by_id = models.BigIntegerField()
    checked_by_id = models.BigIntegerField(null=True)
    checked_against = Text(max_length=200, blank=True)  # the bank's letter, the contract

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=lifecycle.BANK_ACCOUNT.states), name="bank_account_state_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=["", *ACCOUNT_KINDS]), name="bank_account_kind_known"),
            models.CheckConstraint(
                condition=Q(checked_by_id=None) | ~Q(checked_by_id=models.F("proposed_by_id")),
                name="bank_account_proposer_is_not_checker",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(checked_by_id__isnull=False), name="bank_account_checked"
            ),
        ]
        indexes = [models.Index(fields=["checker", "state", "id"], name="bank_account_by_checker")]


class Restriction(AppendOnly):
    """A bar on an organisation for a time, written downwards by later stages (decisions.md §5)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="restrictions")
    ground = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    source_kind = models.CharField(max_length=24)
    source_id = models.BigIntegerField()
    act_id = models.BigIntegerField()


class RestrictionLift(AppendOnly):
    """The end of a bar before its time, on a document."""

    restriction = models.OneToOneField(Restriction, models.PROTECT, related_name="lift")
    lifted_on = models.DateField()
    document = Text(max_length=200)
    act_id = models.BigIntegerField()


class Profile(AppendOnly):
    """One part of what an organisation says of itself once and for all, from a day on. Names people of its own, so it
    is for its people, the registrar and what is derived; the journal has it in the private part only."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="profile")
    part = models.CharField(max_length=16)
    content = models.JSONField()
    file = models.ForeignKey(File, models.PROTECT, null=True, related_name="+")  # the charter
    valid_from = models.DateField()
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(part__in=[p.value for p in Part]), name="profile_part_known")
        ]
        indexes = [models.Index(fields=["organisation", "part", "valid_from"], name="profile_by_day")]


class Succession(AppendOnly):
    """From a day on the successor stands where the predecessor stood (H-47)."""

    predecessor = models.OneToOneField(Organisation, models.PROTECT, related_name="succession")
    successor = models.ForeignKey(Organisation, models.PROTECT, related_name="successions")
    valid_from = models.DateField()
    document = Text(max_length=200)
    act_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(predecessor=models.F("successor")), name="succession_by_another"),
        ]


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> models.QuerySet[User]:
        """With the person: every page asks who is behind the session."""
        return super().get_queryset().select_related("person")

    def create_user(self, email: str, password: str | None, person: Person) -> User:
        user = self.model(email=self.normalize_email(email).lower(), person=person)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person's way to sign in."""

    email = models.EmailField(unique=True)
    person = models.OneToOneField(Person, models.PROTECT, related_name="user", null=True)
    is_active = models.BooleanField(default=True)
    is_cast = models.BooleanField(default=False)  # one-click sign-in, on demonstration instances only

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()


class Tally(models.Model):
    """How often something was tried in a stretch of time. Unlogged: a crash of the server forgets it, and nothing
    else hangs on it. `key` is a keyed hash, so that no address of a machine and no account stands here."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)
