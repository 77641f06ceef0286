"""What the registers know of a member and an applicant both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jardam.fields import in_language
from jardam.kernel.actor import Actor
from jardam.kernel.text import fold
from jardam.kernel.time import bishkek_day, months_before
from jardam.parties import queries as parties
from jardam.parties.models import Profile
from jardam.parties.rules import Role

from ..models import (
    Candidacy,
    Interest,
    Member,
    Proceeding,
    Recusal,
)
from ..policy import (
    seat_of,
)
from ..rules import VOTING, Fact, Relation, hints_between
from .commission import members
from .lots import candidacies_of


def hints(proceeding: Proceeding) -> dict[tuple[int, int], tuple[Fact, ...]]:
    """(member id, candidacy id) → what the registers know of both: heads and staff by their mandates within
    `com.coi_lookback_months` before the opening; heads, founders, staff, address and phone by the profiles; bank
    accounts; and the organisation itself. A hint, never a proof. Six statements, however many applications there
    are."""
    contest = proceeding.commission.contest
    until = bishkek_day(contest.opened_at) if contest.opened_at else proceeding.commission.ordered_on
    since = months_before(until, contest.settlement.number("com.coi_lookback_months"))
    seats = [one for one in members(proceeding.commission) if one.seat in VOTING]
    applicants = dict(proceeding.candidacies.order_by("id").values_list("pk", "application__applicant_id"))
    held = parties.mandates_of_persons([one.person_id for one in seats], since, until)
    own = {
        one.pk: {one.organisation_id} | {m.organisation_id for m in held if m.person_id == one.person_id}
        for one in seats
    }
    every = set(applicants.values()).union(*own.values())
    names = {pk: in_language(row.title) for pk, row in parties.organisations_by_id(every).items()}
    facts: dict[int, set[Fact]] = {pk: {Fact(Relation.ORGANISATION, str(pk), names.get(pk, ""))} for pk in every}
    profiles = parties.profiles_between(every, since, until)
    listed = {fold(name) for row in profiles for name in _people_in(row)}

    def key_of(person_id: int, name: str) -> str:
        """A profile knows people by name only: whom one lists is looked for by name everywhere."""
        return f"name:{fold(name)}" if fold(name) in listed else str(person_id)

    for mandate in parties.mandates_between(every, since, until):
        relation = Relation.HEAD if mandate.role in _HEADS else Relation.STAFF
        person = mandate.person
        facts[mandate.organisation_id].add(Fact(relation, key_of(person.pk, person.name), person.name))
    for row in profiles:
        facts[row.organisation_id].update(_facts_of(row))
    for organisation, account in parties.accounts_between(every, since, until):
        facts[organisation].add(Fact(Relation.ACCOUNT, account, f"…{account[-4:]}"))  # never the whole number
    found = {}
    for seat in seats:
        known = frozenset(
            {Fact(Relation.STAFF, key_of(seat.person_id, seat.name), seat.name)}.union(
                *(facts[pk] for pk in own[seat.pk])
            )
        )
        for pk, applicant in applicants.items():
            if said := hints_between(known, frozenset(facts[applicant])):
                found[seat.pk, pk] = said
    return found


_HEADS = (Role.HEAD, Role.APPLICANT_HEAD)


_RELATIONS = {"head": Relation.HEAD, "founders": Relation.FOUNDER, "staff": Relation.STAFF}


def _people_in(profile: Profile) -> list[str]:
    """The people a part of a profile names."""
    if profile.part == "head":
        return [profile.content["name"]]
    return [one["name"] for one in profile.content.get("people", ())]


def _facts_of(profile: Profile) -> Iterator[Fact]:
    if relation := _RELATIONS.get(profile.part):
        yield from (Fact(relation, f"name:{fold(name)}", name) for name in _people_in(profile))
    elif profile.part == "address":
        yield Fact(Relation.ADDRESS, fold(profile.content["text"]), profile.content["text"])
    elif profile.part == "phone":
        yield Fact(Relation.PHONE, profile.content["number"], profile.content["number"])


def hints_for(proceeding: Proceeding, actor: Actor) -> dict[str, tuple[Fact, ...]]:
    """Candidacy ref → hints about the actor's own seat; all a member is shown of them."""
    seat = seat_of(proceeding.commission, actor)
    refs = dict(proceeding.candidacies.values_list("pk", "ref"))
    pk = seat.pk if seat else 0
    return {refs[candidacy]: said for (who, candidacy), said in hints(proceeding).items() if who == pk}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A hint as the chair sees it, with what the member declared."""

    member: Member
    candidacy: Candidacy
    facts: tuple[Fact, ...]
    declared: str  # "" | interest | none | recused
    denial: str


def suggestions(proceeding: Proceeding) -> list[Suggestion]:
    """Every hint of the lot, by member and number: for the chair."""
    found = hints(proceeding)
    people = {one.pk: one for one in members(proceeding.commission)}
    rows = {one.pk: one for one in candidacies_of(proceeding)}
    said = {
        (one.member_id, one.candidacy_id): one for one in Interest.objects.filter(candidacy__proceeding=proceeding)
    }
    left = set(Recusal.objects.filter(candidacy__proceeding=proceeding).values_list("member_id", "candidacy_id"))

    def declared(pair: tuple[int, int]) -> str:
        if pair in left:
            return "recused"
        return "" if pair not in said else "interest" if said[pair].conflicted else "none"

    return [
        Suggestion(
            people[who],
            rows[what],
            facts,
            declared((who, what)),
            said[who, what].denial if (who, what) in said else "",
        )
        for (who, what), facts in sorted(found.items())
    ]
