"""Named reads of people and organisations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from jardam.fields import in_language
from jardam.journal.models import PrivatePart, Record
from jardam.journal.procedure import actions, may
from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.actor import Actor, Standing, visitor
from jardam.kernel.refusal import Refusal
from jardam.kernel.time import bishkek_day

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
    Territory,
    User,
)
from .policy import BANK_ACCOUNT, MANDATE, ORGANISATION, TERRITORY, keeps
from .rules import CHECKING_KINDS, CUSTOMER_KINDS, Kind


def valid_mandates(at: datetime) -> QuerySet[Mandate]:
    """Those in force at the instant: granted, begun, not ended, not revoked, of an organisation that nobody has
    succeeded."""
    day = bishkek_day(at)
    return Mandate.objects.filter(state="granted", valid_from__lte=day).filter(
        Q(valid_until=None) | Q(valid_until__gt=day),
        Q(organisation__succession=None) | Q(organisation__succession__valid_from__gt=day),
    )


def actor_of(person: Person, at: datetime, mandate_id: int | None = None) -> Actor:
    """The person as an actor, under the chosen mandate if it is in force, else under the first; one query."""
    mandates = _with_line(valid_mandates(at), at).filter(person=person).select_related("organisation").order_by("id")
    standings = [_standing(mandate) for mandate in mandates]
    chosen = next((s for s in standings if s.mandate_id == mandate_id), standings[0] if standings else None)
    return Actor(person.pk, person.name, chosen, at, tuple(s for s in standings if s is not chosen))


def actor_for(user: object, at: datetime, mandate_id: int | None = None) -> Actor:
    if not isinstance(user, User) or user.person is None:
        return visitor(at)
    return actor_of(user.person, at, mandate_id)


def _standing(mandate: Mandate) -> Standing:
    organisation = mandate.organisation
    return Standing(
        mandate.pk,
        mandate.role,
        organisation.pk,
        organisation.kind,
        in_language(organisation.title, "ru"),
        mandate.acting,
        tuple(sorted(organisation.title.items())),
        tuple(mandate.line),  # type: ignore[attr-defined]  # annotated by _with_line
    )


_LINE = """ARRAY(WITH RECURSIVE line(id) AS (
  SELECT s.predecessor_id FROM parties_succession s
    WHERE s.successor_id = parties_mandate.organisation_id AND s.valid_from <= %s
  UNION SELECT s.predecessor_id FROM parties_succession s JOIN line l ON s.successor_id = l.id
    WHERE s.valid_from <= %s
) SELECT id FROM line ORDER BY id)"""


def _with_line(mandates: QuerySet[Mandate], at: datetime) -> QuerySet[Mandate]:
    """Each with the organisations that its own has succeeded by then, as `line`."""
    day = bishkek_day(at)
    return mandates.annotate(line=RawSQL(_LINE, [day, day], output_field=ArrayField(BigIntegerField())))


def mandates_of(person: Person) -> list[Mandate]:
    """All of a person's mandates, in the order they were granted."""
    return list(Mandate.objects.filter(person=person).select_related("organisation").order_by("id"))


def cast() -> list[User]:
    """The people of the demonstration who sign in with one click."""
    return list(User.objects.filter(is_cast=True).select_related("person").order_by("id"))


def cast_rows(at: datetime) -> list[tuple[User, list[Standing]]]:
    """The cast with what each may do now; two queries."""
    users = cast()
    standings: dict[int, list[Standing]] = {}
    mandates = _with_line(valid_mandates(at), at).filter(person__user__is_cast=True).select_related("organisation")
    for mandate in mandates.order_by("id"):
        standings.setdefault(mandate.person_id, []).append(_standing(mandate))
    return [(user, standings.get(user.person_id or 0, [])) for user in users]


def organisation(ref: str) -> Organisation:
    return Organisation.objects.get(ref=ref)


def ids_of(one_or_more: int | Iterable[int]) -> list[int]:
    """For lists of what is one organisation's, or of what it and those it succeeded have."""
    return [one_or_more] if isinstance(one_or_more, int) else list(one_or_more)


def organisations_by_id(ids: Iterable[int]) -> dict[int, Organisation]:
    return Organisation.objects.in_bulk(list(set(ids)))


def restrictions_on(organisation_id: int, at: datetime) -> list[Restriction]:
    """The bars in force on the day: its own, and those of whom it succeeded (H-47)."""
    day = bishkek_day(at)
    whole = [organisation_id, *predecessors_of(organisation_id, day)]
    return list(
        Restriction.objects.filter(organisation_id__in=whole, valid_from__lte=day)
        .filter(Q(valid_until=None) | Q(valid_until__gt=day))
        .filter(Q(lift=None) | Q(lift__lifted_on__gt=day))
        .order_by("id")
    )


def barred_sources(source_kind: str, source_ids: Iterable[int]) -> set[int]:
    """Those of these sources that bar somebody and were not lifted."""
    rows = Restriction.objects.filter(source_kind=source_kind, source_id__in=list(source_ids), lift=None)
    return set(rows.values_list("source_id", flat=True))


def organisations(kinds: Iterable[str], after: int = 0, limit: int = 50) -> list[Organisation]:
    """A page of organisations of these kinds, in order of registration."""
    return list(Organisation.objects.filter(kind__in=list(kinds), id__gt=after).order_by("id")[:limit])


def customers(limit: int = 300) -> list[Organisation]:
    """Bodies that may be customers of a state social order, in order of registration."""
    return organisations(CUSTOMER_KINDS, limit=limit)


def mandates_in_role(role: str, at: datetime, limit: int = 300) -> list[Mandate]:
    """The mandates of a role in force at the instant, with their people and organisations."""
    rows = valid_mandates(at).filter(role=role).select_related("person", "organisation")
    return list(rows.order_by("organisation_id", "id")[:limit])


def organisations_waiting(after: int = 0, limit: int = 30) -> list[Organisation]:
    """Registered, not yet verified; oldest first. The next page begins after the last id."""
    return list(Organisation.objects.filter(state="registered", id__gt=after).order_by("id")[:limit])


def organisation_refusals(organisation: Organisation, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(ORGANISATION, organisation, verb, actor)


def identifiers_of(organisation: Organisation) -> list[tuple[str, str]]:
    """(scheme, value) of each."""
    return list(organisation.identifiers.order_by("scheme").values_list("scheme", "value"))


def holds_role(person_id: int | None, role: str, at: datetime) -> bool:
    """Whether this person holds a mandate of this role anywhere at this instant."""
    return person_id is not None and valid_mandates(at).filter(person_id=person_id, role=role).exists()


def person_by_email(email: str) -> Person | None:
    """Whoever signs in with this address; where letters are sent, only once they have confirmed that it is theirs."""
    users = User.objects.filter(email__iexact=email, person__isnull=False)
    if settings.ACCOUNT_EMAIL_VERIFICATION == "mandatory":
        users = users.filter(emailaddress__email__iexact=email, emailaddress__verified=True)
    user = users.first()
    return user.person if user else None


def person_name(person_id: int | None) -> str:
    found = Person.objects.filter(pk=person_id).first() if person_id else None
    return found.name if found else ""


def organisation_by_tin(tin: str) -> Organisation | None:
    found = Identifier.objects.filter(value=tin).select_related("organisation").first()
    return found.organisation if found else None


# --- who stands where ------------------------------------------------------------------------------------------


def mandates_between(organisation_ids: Iterable[int], since: date, until: date) -> list[Mandate]:
    """Every mandate of these organisations that was in force on some day of the time, with its person."""
    rows = Mandate.objects.filter(organisation_id__in=set(organisation_ids), valid_from__lte=until)
    rows = rows.filter(Q(valid_until=None) | Q(valid_until__gt=since))
    rows = rows.filter(Q(revoked_at=None) | Q(revoked_at__date__gte=since))
    return list(rows.select_related("person").order_by("id"))


def mandates_of_persons(person_ids: Iterable[int], since: date, until: date) -> list[Mandate]:
    """Every mandate these persons held on some day of the time, with its organisation."""
    rows = Mandate.objects.filter(person_id__in=set(person_ids), valid_from__lte=until)
    rows = rows.filter(Q(valid_until=None) | Q(valid_until__gt=since))
    rows = rows.filter(Q(revoked_at=None) | Q(revoked_at__date__gte=since))
    return list(rows.select_related("organisation", "person").order_by("id"))


def mandates_in_force(ids: Iterable[int], at: datetime) -> dict[int, Mandate]:
    """Those of these that are in force at the instant, by id."""
    rows = valid_mandates(at).filter(pk__in=set(ids)).select_related("person", "organisation")
    return {row.pk: row for row in rows}


# --- bank accounts ---------------------------------------------------------------------------------------------


def bank_account(ref: str) -> BankAccount:
    return BankAccount.objects.select_related("organisation").get(ref=ref)


def bank_account_on(organisation_id: int, day: date) -> BankAccount | None:
    """The account in force on the day: the newest confirmed one that has begun; None without one."""
    return bank_accounts_on([organisation_id], day).get(organisation_id)


def bank_accounts_on(ids: Iterable[int], day: date) -> dict[int, BankAccount]:
    """The same for many. What is owed to an organisation that was succeeded goes to the account of whoever stands in
    its place (H-47); to its own while that one has named none."""
    heirs = standing_organisations(ids, day)
    rows = BankAccount.objects.filter(
        organisation_id__in={*heirs, *heirs.values()}, state="confirmed", valid_from__lte=day
    )
    newest = {row.organisation_id: row for row in rows.order_by("valid_from", "id")}
    found = {pk: newest.get(heir) or newest.get(pk) for pk, heir in heirs.items()}
    return {pk: account for pk, account in found.items() if account}


def bank_accounts_of(organisation_id: int | Iterable[int], limit: int = 20) -> list[BankAccount]:
    """Newest first."""
    rows = BankAccount.objects.filter(organisation_id__in=ids_of(organisation_id))
    return list(rows.select_related("organisation").order_by("-id")[:limit])


def bank_accounts_waiting(checker_id: int | Iterable[int], after: int = 0, limit: int = 30) -> list[BankAccount]:
    """Proposed, to be checked by this body; oldest first. The next page begins after the last id."""
    rows = BankAccount.objects.filter(checker_id__in=ids_of(checker_id), state="proposed", id__gt=after)
    rows = rows.select_related("organisation")
    return list(rows.order_by("id")[:limit])


def bank_account_refusals(account: BankAccount, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(BANK_ACCOUNT, account, verb, actor)


def bodies_of_kind(kind: str, limit: int = 500) -> list[Organisation]:
    """The verified councils, or the verified treasuries: what a customer can have named."""
    return list(Organisation.objects.filter(kind=kind, state="verified").order_by("id")[:limit])


def has_bodies(organisation: Organisation) -> bool:
    """Whether a council and a treasury belong to it: to customers only."""
    return organisation.kind in CUSTOMER_KINDS


def checking_bodies(limit: int = 500) -> list[Organisation]:
    """Customers and treasuries: who may check the account of somebody they pay."""
    return list(Organisation.objects.filter(kind__in=CHECKING_KINDS).order_by("kind", "id")[:limit])


def people_in_roles(organisation_id: int, roles: Iterable[str], at: datetime) -> list[Mandate]:
    """Who acts for an organisation in one of these roles at the instant, by mandate."""
    rows = valid_mandates(at).filter(organisation_id=organisation_id, role__in=list(roles))
    return list(rows.select_related("person").order_by("id")[:100])


def mandates_by_id(ids: Iterable[int]) -> dict[int, Mandate]:
    """Whatever became of them: who signed acted under one of these."""
    return {row.pk: row for row in Mandate.objects.filter(pk__in=set(ids))}


def names_of_people(ids: Iterable[int]) -> dict[int, str]:
    """By their ids."""
    return dict(Person.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


# --- names and successions -------------------------------------------------------------------------------------


def names_of(organisation: Organisation) -> list[Name]:
    """Every name as it counts, in the order of their days: a correction has replaced what it corrects."""
    rows = Name.objects.filter(organisation=organisation).order_by("valid_from", "-id").distinct("valid_from")
    return list(rows)


def names_borne(dated: Iterable[tuple[int, date]]) -> dict[tuple[int, date], dict[str, str]]:
    """What each of these organisations was called on the day beside it; before its first name, by that. One statement
    for a whole list, whatever its days."""
    wanted = set(dated)
    borne: dict[int, list[Name]] = {}
    for row in Name.objects.filter(organisation_id__in={one for one, _ in wanted}).order_by("valid_from", "id"):
        borne.setdefault(row.organisation_id, []).append(row)
    return {(one, day): _borne(borne[one], day) for one, day in wanted if one in borne}


def _borne(rows: list[Name], day: date) -> dict[str, str]:
    """Of the names in their order; of two for one day the later row counts."""
    begun = [row for row in rows if row.valid_from <= max(day, rows[0].valid_from)]
    return begun[-1].title


def names_on(ids: Iterable[int], day: date) -> dict[int, dict[str, str]]:
    """What each of these was called on the day; before its first name, by that."""
    return {one: title for (one, _), title in names_borne((one, day) for one in ids).items()}


def names_reading(said: Iterable[tuple[int, str]], language: str) -> dict[tuple[int, str], dict[str, str]]:
    """The name of each organisation, in all its languages, that reads so in this one: a signed paper keeps one reading
    of it. What no name of theirs reads is left out; one statement."""
    wanted = set(said)
    rows = Name.objects.filter(organisation_id__in={one for one, _ in wanted}).order_by("valid_from", "id")
    borne = {(row.organisation_id, in_language(row.title, language)): row.title for row in rows}
    return {one: borne[one] for one in wanted if one in borne}


def name_on(organisation_id: int, day: date) -> dict[str, str]:
    return names_on([organisation_id], day).get(organisation_id, {})


_PREDECESSORS = """WITH RECURSIVE line(id) AS (
  SELECT predecessor_id FROM parties_succession WHERE successor_id = %s AND valid_from <= %s
  UNION SELECT s.predecessor_id FROM parties_succession s JOIN line l ON s.successor_id = l.id
    WHERE s.valid_from <= %s
) SELECT id FROM line ORDER BY id"""

_STANDING = """WITH RECURSIVE line(first, id, step) AS (
  SELECT one, one, 0 FROM unnest(%s::bigint[]) one
  UNION ALL SELECT line.first, s.successor_id, line.step + 1 FROM parties_succession s
    JOIN line ON s.predecessor_id = line.id WHERE s.valid_from <= %s
) SELECT DISTINCT ON (first) first, id FROM line ORDER BY first, step DESC"""


def predecessors_of(organisation_id: int, day: date) -> tuple[int, ...]:
    """Everyone in whose place this organisation stands on the day, through all successions."""
    with connection.cursor() as cursor:
        cursor.execute(_PREDECESSORS, [organisation_id, day, day])
        return tuple(row[0] for row in cursor.fetchall())


def standing_organisation(organisation_id: int, day: date) -> int:
    """Who stands in this organisation's place on the day: itself, or the last of its successors."""
    return standing_organisations([organisation_id], day)[organisation_id]


def standing_organisations(ids: Iterable[int], day: date) -> dict[int, int]:
    """The same for many: id → who stands in its place."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [list(set(ids)), day])
        return dict(cursor.fetchall())


def succession_of(organisation: Organisation) -> Succession | None:
    """By whom and from which day it is succeeded, in force or to come."""
    return Succession.objects.filter(predecessor=organisation).select_related("successor").first()


def successions_to(organisation: Organisation) -> list[Succession]:
    """Whom it succeeds itself, not through others."""
    return list(Succession.objects.filter(successor=organisation).select_related("predecessor").order_by("id"))


# --- an organisation as its people and the registrar see it ----------------------------------------------------


def kept_organisation(ref: str, actor: Actor) -> Organisation:
    """One that the actor keeps, works for or registers others at; anything else does not exist for them."""
    found = Organisation.objects.select_related("territory", "council", "treasury").get(ref=ref)
    if actor.acts_for(found.pk) or actor.has("registrar") or keeps(actor, found):
        return found
    raise Organisation.DoesNotExist


def registered_by(person_id: int | None, limit: int = 30) -> list[Organisation]:
    """What this person registered, newest first."""
    return list(Organisation.objects.filter(registered_by_id=person_id or 0).order_by("-id")[:limit])


def organisation_actions(organisation: Organisation, actor: Actor) -> tuple[str, ...]:
    return actions(ORGANISATION, organisation, actor)


def profile_on(organisation: Organisation, day: date) -> dict[str, Profile]:
    """Part → what it says on the day."""
    rows = Profile.objects.filter(organisation=organisation, valid_from__lte=day).select_related("file")
    return {row.part: row for row in rows.order_by("part", "-valid_from", "-id").distinct("part")}


def profile_history(organisation: Organisation, limit: int = 100) -> list[Profile]:
    """Everything that was ever said, newest first."""
    return list(organisation.profile.select_related("file").order_by("-valid_from", "-id")[:limit])


def profiles_between(ids: Iterable[int], since: date, until: date) -> list[Profile]:
    """Every part that held on some day of the time: what began in it, and what held when it began. One query."""
    rows = Profile.objects.filter(organisation_id__in=set(ids), valid_from__lte=until)
    before: dict[tuple[int, str], Profile] = {}
    found = []
    for row in rows.order_by("valid_from", "id"):
        if row.valid_from <= since:
            before[row.organisation_id, row.part] = row
        else:
            found.append(row)
    return [*before.values(), *found]


def accounts_between(ids: Iterable[int], since: date, until: date) -> list[tuple[int, str]]:
    """(organisation id, number of a bank account) of every account used or proposed on some day of the time; of the
    confirmed ones that began before it only the one in force then, and none that was rejected. One query."""
    rows = BankAccount.objects.filter(organisation_id__in=set(ids), valid_from__lte=until).exclude(state="rejected")
    before: dict[tuple[int, str], str] = {}
    found = []
    for row in rows.order_by("valid_from", "id"):
        if row.state == "confirmed" and row.valid_from <= since:
            before[row.organisation_id, row.currency] = row.account
        else:
            found.append((row.organisation_id, row.account))
    return [*((organisation, account) for (organisation, _), account in before.items()), *found]


def mandates_at(organisation: Organisation, at: datetime, limit: int = 200) -> list[Mandate]:
    """Who may act for it now or later, by name."""
    day = bishkek_day(at)
    rows = Mandate.objects.filter(organisation=organisation, state="granted").exclude(valid_until__lte=day)
    return list(rows.select_related("person", "sent_by").order_by("person__name", "id")[:limit])


def mandate(ref: str) -> Mandate:
    return Mandate.objects.select_related("organisation", "person").get(ref=ref)


def mandate_refusals(mandate: Mandate, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(MANDATE, mandate, verb, actor)


def new_mandate_refusals(organisation: Organisation, actor: Actor) -> tuple[Refusal, ...]:
    return may(MANDATE, Mandate(organisation=organisation), "grant", actor)


def may_name_people(organisation: Organisation, actor: Actor) -> bool:
    """Whether the actor grants and ends mandates of this organisation at all; each has its own guards besides."""
    return MANDATE.permissions["revoke"].refusal(actor, Mandate(organisation=organisation)) is None


def mandates_ending(organisation_id: int | None, at: datetime, days: int = 30, limit: int = 30) -> list[Mandate]:
    """Those in force that end within so many days; of everybody where no organisation is named."""
    day = bishkek_day(at)
    rows = valid_mandates(at).filter(valid_until__lte=day + timedelta(days=days))
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    return list(rows.select_related("person", "organisation").order_by("valid_until", "id")[:limit])


def restrictions_of(organisation: Organisation, at: datetime) -> list[Restriction]:
    """All bars, over or not, its predecessors' too; newest first."""
    whole = [organisation.pk, *predecessors_of(organisation.pk, bishkek_day(at))]
    rows = Restriction.objects.filter(organisation_id__in=whole).select_related("lift", "organisation")
    return list(rows.order_by("-id"))


def restriction(pk: int, organisation: Organisation) -> Restriction:
    return Restriction.objects.select_related("lift", "organisation").get(pk=pk, organisation=organisation)


def verified_organisations(after: int = 0, limit: int = 30) -> list[Organisation]:
    """For the public list, in order of registration."""
    rows = Organisation.objects.filter(state="verified", id__gt=after).select_related("territory")
    return list(rows.order_by("id")[:limit])


def public_organisation(ref: str) -> Organisation:
    """One that was verified some time; before that it is nobody's business."""
    found = Organisation.objects.select_related("territory", "council", "treasury").get(ref=ref)
    if (
        found.state == "verified"
        or Record.objects.filter(object_kind=Organisation.KIND, object_id=found.pk, verb="verify").exists()
    ):
        return found
    raise Organisation.DoesNotExist


def operators() -> list[Organisation]:
    """Whom to ask about registrations: the bodies that run this instance."""
    return list(Organisation.objects.filter(kind=Kind.OPERATOR).order_by("id")[:3])


# --- territories -----------------------------------------------------------------------------------------------


def territory(ref: str) -> Territory:
    return Territory.objects.select_related("parent").get(ref=ref)


def territories(after: int = 0, limit: int = 30) -> list[Territory]:
    """A page of all, ended ones too, in the order they were listed."""
    rows = Territory.objects.filter(id__gt=after).select_related("parent", "predecessor", "merged_into")
    return list(rows.order_by("id")[:limit])


def territories_on(day: date, limit: int = 1500) -> list[Territory]:
    """Those that are there on the day, by level and code."""
    rows = Territory.objects.filter(Q(valid_from=None) | Q(valid_from__lte=day)).exclude(valid_until__lte=day)
    return list(rows.select_related("parent").order_by("level", "code", "id")[:limit])


def new_territory_refusals(actor: Actor) -> tuple[Refusal, ...]:
    return may(TERRITORY, Territory(), "add_territory", actor)


def territory_refusals(territory: Territory, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    return may(TERRITORY, territory, verb, actor)


# --- verify ----------------------------------------------------------------------------------------------------


def checks() -> list[Check]:
    """Mandates are what was granted, and to whom; an organisation bears the name it was given last."""
    return [
        agrees_with_act(
            Mandate,
            """t.role = r.public_data->>'role' AND t.document = r.public_data->>'document'
               AND t.valid_from = (r.public_data->>'from')::date
               AND t.valid_until IS NOT DISTINCT FROM (r.public_data->>'until')::date
               AND (SELECT ref FROM parties_organisation o WHERE o.id = t.organisation_id)
                 = r.public_data->>'organisation'""",
            "grant",
        ),
        agrees_with_act(Mandate, "t.revoked_at = r.at", "revoke"),
        agrees_with_act(Organisation, "t.kind = r.public_data->>'kind'", "register"),
        agrees_with_act(
            Organisation, "t.title = r.public_data->'title'", "register", "rename", "take_name", "correct"
        ),
        agrees_with_act(
            Organisation,
            """(SELECT ref FROM parties_organisation o WHERE o.id = t.council_id)
                 IS NOT DISTINCT FROM r.public_data->>'council'
               AND (SELECT ref FROM parties_organisation o WHERE o.id = t.treasury_id)
                 IS NOT DISTINCT FROM r.public_data->>'treasury'""",
            "name_bodies",
        ),
        agrees_with_act(
            BankAccount,
            """t.valid_from = (r.public_data->>'from')::date AND t.proposed_by_id = r.person_id
               AND t.currency = r.public_data->>'currency' AND t.kind = coalesce(r.public_data->>'kind', '')""",
            "propose_bank_account",
        ),
        agrees_with_act(BankAccount, "t.checked_by_id = r.person_id", "confirm_bank_account", "reject_bank_account"),
        _proposed_accounts,
        _mandated_persons,
        *_later_checks(),
        _profiles,
    ]


def _proposed_accounts() -> Iterator[str]:
    """The numbers are in the private part of the proposal, as long as that is kept."""
    proposals = PrivatePart.objects.filter(record__object_kind=BankAccount.KIND, record__verb="propose_bank_account")
    said = dict(proposals.values_list("record__object_id", "payload"))
    for pk, bik, account in BankAccount.objects.order_by("id").values_list("id", "bik", "account"):
        if pk in said and (said[pk]["bik"], said[pk]["account"]) != (bik, account):
            yield f"parties_bankaccount {pk}: it is another account than the one proposed"
            return


_NAMING = ("register", "rename", "take_name", "correct")
_REF = "(SELECT ref FROM parties_organisation o WHERE o.id = t.{column})"


def _later_checks() -> list[Check]:
    """Refusals, names, successions, restrictions and territories are what their acts said."""
    return [
        agrees_with_act(
            Organisation,
            "t.refused_for = CASE r.verb WHEN 'refuse_verification' THEN r.public_data->>'ground' ELSE '' END",
            "register",
            "refuse_verification",
            "correct",
            "verify",
        ),
        _said_by_act(Name, "t.title = r.public_data->'title' AND t.organisation_id = r.object_id"),
        _said_by_act(
            Succession,
            f"""t.predecessor_id = r.object_id AND {_REF.format(column="successor_id")} = r.public_data->>'successor'
                AND t.valid_from = (r.public_data->>'from')::date AND t.document = r.public_data->>'document'""",
        ),
        _said_by_act(
            Restriction,
            """t.organisation_id = r.object_id AND t.ground = r.public_data->>'ground'
               AND t.valid_from = (r.public_data->>'from')::date
               AND t.valid_until IS NOT DISTINCT FROM (r.public_data->>'until')::date""",
            "restrict",
        ),
        _said_by_act(
            RestrictionLift,
            "t.restriction_id = (r.public_data->>'restriction')::bigint AND t.document = r.public_data->>'document'",
        ),
        agrees_with_act(
            Territory,
            """t.level = r.public_data->>'level' AND t.title = r.public_data->'title'
               AND t.valid_from IS NOT DISTINCT FROM (r.public_data->>'from')::date""",
            "add_territory",
        ),
        agrees_with_act(
            Territory, "t.code IS NOT DISTINCT FROM r.public_data->>'code'", "add_territory", "enter_code"
        ),
        agrees_with_act(
            Territory,
            """t.valid_until = (r.public_data->>'until')::date AND (SELECT ref FROM parties_territory o
               WHERE o.id = t.merged_into_id) IS NOT DISTINCT FROM r.public_data->>'into'""",
            "end_territory",
            "merge_territory",
        ),
    ]


def _said_by_act(model: type[Model], condition: str, verb: str = "") -> Check:
    """Whether each row `t` says what the act in its `act_id` did; of acts of another verb nothing is asked."""
    table = model._meta.db_table
    asked = f"({condition}) IS NOT TRUE" + (f" AND r.verb = '{verb}'" if verb else "")
    return sql_check(
        f"{table} {{0}}: it is not what its act (journal_record {{1}}) said",
        f"""SELECT t.id, r.id FROM {table} t JOIN journal_record r ON r.id = t.act_id
            WHERE {asked} ORDER BY t.id LIMIT 1""",
    )


def _profiles() -> Iterator[str]:
    """A part of a profile is in the private part of its act, as long as that is kept."""
    said = dict(PrivatePart.objects.filter(record__verb__in=_PROFILE_VERBS).values_list("record_id", "payload"))
    for row in Profile.objects.order_by("id").iterator(chunk_size=2000):
        if row.act_id in said and said[row.act_id].get("content") != row.content:
            yield f"parties_profile {row.pk}: it is not what its act said"
            return


_PROFILE_VERBS = ("update_profile", "change_verified")


def _mandated_persons() -> Iterator[str]:
    """The person is in the private part of the grant, as long as that is kept."""
    grants = PrivatePart.objects.filter(record__object_kind=Mandate.KIND, record__verb="grant")
    said = {object_id: payload["person"] for object_id, payload in grants.values_list("record__object_id", "payload")}
    for pk, ref in Mandate.objects.order_by("id").values_list("id", "person__ref"):
        if said.get(pk, ref) != ref:
            yield f"parties_mandate {pk}: it was granted to somebody else"
            return
