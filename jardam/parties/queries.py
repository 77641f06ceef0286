"""Named reads of people and organisations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from jardam.fields import in_language
from jardam.journal.models import PrivatePart
from jardam.journal.procedure import may
from jardam.journal.queries import Check, agrees_with_act
from jardam.kernel.actor import Actor, Standing, visitor
from jardam.kernel.refusal import Refusal
from jardam.kernel.time import bishkek_day

from .models import BankAccount, Identifier, Mandate, Organisation, Person, Restriction, User
from .policy import BANK_ACCOUNT, ORGANISATION
from .rules import CHECKING_KINDS, CUSTOMER_KINDS


def valid_mandates(at: datetime) -> QuerySet[Mandate]:
    """Those in force at the instant: granted, begun, not ended, not revoked."""
    day = bishkek_day(at)
    return Mandate.objects.filter(state="granted", valid_from__lte=day).filter(
        Q(valid_until=None) | Q(valid_until__gt=day)
    )


def actor_of(person: Person, at: datetime, mandate_id: int | None = None) -> Actor:
    """The person as an actor, under the chosen mandate if it is in force, else under the first; one query."""
    mandates = valid_mandates(at).filter(person=person).select_related("organisation").order_by("id")
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
    )


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
    mandates = valid_mandates(at).filter(person__user__is_cast=True).select_related("organisation")
    for mandate in mandates.order_by("id"):
        standings.setdefault(mandate.person_id, []).append(_standing(mandate))
    return [(user, standings.get(user.person_id or 0, [])) for user in users]


def organisation(ref: str) -> Organisation:
    return Organisation.objects.get(ref=ref)


def organisations_by_id(ids: Iterable[int]) -> dict[int, Organisation]:
    return Organisation.objects.in_bulk(list(set(ids)))


def restrictions_on(organisation_id: int, at: datetime) -> list[Restriction]:
    """The bars in force on the day; of one source the newest row counts, which may have lifted it."""
    day = bishkek_day(at)
    newer = Restriction.objects.filter(
        source_kind=OuterRef("source_kind"), source_id=OuterRef("source_id"), ground=OuterRef("ground")
    ).filter(id__gt=OuterRef("id"))
    return list(
        Restriction.objects.filter(organisation_id=organisation_id, valid_from__lte=day)
        .filter(Q(valid_until=None) | Q(valid_until__gt=day))
        .exclude(Exists(newer))
        .order_by("id")
    )


def barred_sources(source_kind: str, source_ids: Iterable[int]) -> set[int]:
    """Those of these sources whose newest restriction is not lifted."""
    rows = Restriction.objects.filter(source_kind=source_kind, source_id__in=list(source_ids)).order_by("id")
    newest = dict(rows.values_list("source_id", "valid_until"))
    return {source for source, until in newest.items() if until is None}


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
    """Whoever signs in with this address."""
    user = User.objects.filter(email__iexact=email, person__isnull=False).select_related("person").first()
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
    rows = BankAccount.objects.filter(organisation_id=organisation_id, state="confirmed", valid_from__lte=day)
    return rows.order_by("valid_from", "id").last()


def bank_accounts_of(organisation_id: int, limit: int = 20) -> list[BankAccount]:
    """Newest first."""
    return list(BankAccount.objects.filter(organisation_id=organisation_id).order_by("-id")[:limit])


def bank_accounts_waiting(checker_id: int, after: int = 0, limit: int = 30) -> list[BankAccount]:
    """Proposed, to be checked by this body; oldest first. The next page begins after the last id."""
    rows = BankAccount.objects.filter(checker_id=checker_id, state="proposed", id__gt=after)
    rows = rows.select_related("organisation")
    return list(rows.order_by("id")[:limit])


def bank_account_refusals(account: BankAccount, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(BANK_ACCOUNT, account, verb, actor)


def checking_bodies(limit: int = 500) -> list[Organisation]:
    """Customers and treasuries: who may check the account of somebody they pay."""
    return list(Organisation.objects.filter(kind__in=CHECKING_KINDS).order_by("kind", "id")[:limit])


def people_in_roles(organisation_id: int, roles: Iterable[str], at: datetime) -> list[Mandate]:
    """Who acts for an organisation in one of these roles at the instant, by mandate."""
    rows = valid_mandates(at).filter(organisation_id=organisation_id, role__in=list(roles))
    return list(rows.select_related("person").order_by("id")[:100])


def names_of_people(ids: Iterable[int]) -> dict[int, str]:
    """By their ids."""
    return dict(Person.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


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
        agrees_with_act(Organisation, "t.title = r.public_data->'title'", "register", "rename"),
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
               AND t.currency = r.public_data->>'currency'""",
            "propose_bank_account",
        ),
        agrees_with_act(BankAccount, "t.checked_by_id = r.person_id", "confirm_bank_account", "reject_bank_account"),
        _proposed_accounts,
        _mandated_persons,
    ]


def _proposed_accounts() -> Iterator[str]:
    """The numbers are in the private part of the proposal, as long as that is kept."""
    proposals = PrivatePart.objects.filter(record__object_kind=BankAccount.KIND, record__verb="propose_bank_account")
    said = dict(proposals.values_list("record__object_id", "payload"))
    for pk, bik, account in BankAccount.objects.order_by("id").values_list("id", "bik", "account"):
        if pk in said and (said[pk]["bik"], said[pk]["account"]) != (bik, account):
            yield f"parties_bankaccount {pk}: it is another account than the one proposed"
            return


def _mandated_persons() -> Iterator[str]:
    """The person is in the private part of the grant, as long as that is kept."""
    grants = PrivatePart.objects.filter(record__object_kind=Mandate.KIND, record__verb="grant")
    said = {object_id: payload["person"] for object_id, payload in grants.values_list("record__object_id", "payload")}
    for pk, ref in Mandate.objects.order_by("id").values_list("id", "person__ref"):
        if said.get(pk, ref) != ref:
            yield f"parties_mandate {pk}: it was granted to somebody else"
            return
