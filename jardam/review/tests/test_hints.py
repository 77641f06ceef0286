"""The registers know more than mandates: what the profiles of two organisations share is pointed out, with the
reason."""

from __future__ import annotations

from typing import Any

import pytest

from jardam.kernel.actor import system
from jardam.parties import operations as parties
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
