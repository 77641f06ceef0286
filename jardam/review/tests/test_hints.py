"""The registers know more than mandates: what the profiles of two organisations share is pointed out, with the
reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from jardam.kernel.actor import system
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.parties import queries as people
from jardam.parties.rules import CHECKLIST
from jardam.review import queries

pytestmark = pytest.mark.django_db

NAME = "ЧЫНАРА БООБЕКОВА"  # the civil member, as somebody typed her


def say(road, name: str, part: str, content: dict[str, Any]) -> None:
    organisation = parties.update_profile(
        organisation=road.cast.organisations[name], part=part, content=content, actor=system(road.at)
    ).organisation
    if organisation.state != "verified":
        parties.verify_organisation(
            organisation=organisation, actor=road.actor("registrar"), checked_against="Реестр", checklist=CHECKLIST
        )


def hints(road) -> dict[str, list[tuple[str, str]]]:
    """Applicant → what the civil member is shown of it."""
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    said = queries.hints_for(road.proceeding, road.actor("member_civil"))
    refs = {road.candidacy(name).ref: name for name in ("umut", "birge")}
    return {refs[ref]: [(fact.relation, fact.shown) for fact in facts] for ref, facts in said.items()}


@pytest.mark.parametrize(
    ("part", "content", "relation"),
    [
        ("founders", {"people": [{"name": NAME, "note": "50 %"}]}, "founder"),
        ("staff", {"people": [{"name": NAME, "note": "эсепчи"}]}, "staff"),
        ("head", {"name": NAME, "position": "төрага"}, "head"),
    ],
)
def test_a_member_whom_an_applicant_names_is_found_by_the_name_however_it_was_typed(road, part, content, relation):
    say(road, "umut", part, content)

    assert hints(road) == {"umut": [(relation, NAME)]}


@pytest.mark.parametrize(
    ("part", "content", "relation", "shown"),
    [
        ("address", {"text": "Көк-Булак, Ленин 1"}, "address", "Көк-Булак, Ленин 1"),
        ("phone", {"number": "+996555000111"}, "phone", "+996555000111"),
        ("founders", {"people": [{"name": "Асан Үсөнов", "note": ""}]}, "founder", "Асан Үсөнов"),
    ],
)
def test_what_the_sender_of_a_member_shares_with_an_applicant_is_found(road, part, content, relation, shown):
    say(road, "umut", part, content)
    say(road, "araket", part, content)
    say(road, "birge", "phone", {"number": "+996555000999"})

    assert hints(road) == {"umut": [(relation, shown)]}


def test_profiles_that_share_nothing_hint_at_nothing(road):
    say(road, "umut", "staff", {"people": [{"name": "Асан Үсөнов", "note": ""}]})
    say(road, "araket", "founders", {"people": [{"name": "Бакыт Токтогулов", "note": ""}]})

    assert hints(road) == {}


def name_account(road, name: str, account: str, checked: str = "") -> None:
    """The organisation's head names a bank account; `checked`: what the treasury's officer did with it."""
    if f"{name}_head" not in road.cast.people:
        person = parties.register_person(name="Асан Үсөнов", email=f"{name}@demo.invalid", password=None)
        organisation = road.cast.organisations[name]
        parties.grant_mandate(
            person=person, organisation=organisation, role="applicant_head", document="Буйрук", actor=system(road.at)
        )
        road.cast.people[f"{name}_head"] = person
    proposed = road.propose_account(name, account)
    if checked:
        decide = {"confirmed": parties.confirm_bank_account, "rejected": parties.reject_bank_account}[checked]
        decide(account=proposed, actor=road.actor("treasurer"), checked_against="Банктын каты")


@pytest.mark.parametrize("checked", ["", "confirmed"])
def test_an_account_that_two_organisations_name_is_pointed_out_by_its_end_alone(road, checked):
    name_account(road, "araket", "1180000000004321")
    name_account(road, "umut", "1180000000004321", checked)

    found = hints(road)

    assert found == {"umut": [("account", "…4321")]}


def test_an_account_that_was_found_to_be_wrong_hints_at_nothing(road):
    name_account(road, "araket", "1180000000004321")
    name_account(road, "umut", "1180000000004321", "rejected")

    assert hints(road) == {}


def test_an_account_given_up_long_before_the_contest_hints_at_nothing(road):
    name_account(road, "araket", "1180000000004321", "confirmed")
    name_account(road, "umut", "1180000000004321", "confirmed")
    road.at += timedelta(days=1)
    name_account(road, "umut", "1180000000009999", "confirmed")
    since = bishkek_day(road.at)

    ids = [road.cast.organisations[name].pk for name in ("umut", "araket")]

    assert dict(people.accounts_between(ids, since, since)) == {
        ids[0]: "1180000000009999",
        ids[1]: "1180000000004321",
    }
