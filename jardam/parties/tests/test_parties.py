"""Organisations are entered once, checked by another person, and acted for under mandates that nobody gives
themselves."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jardam.kernel.actor import system
from jardam.parties import operations as parties
from jardam.parties.models import Mandate, Name, Organisation
from jardam.parties.queries import actor_of, restrictions_on, valid_mandates
from jardam.parties.rules import CHECKLIST, ROLES_BY_KIND, Kind, Role, mandate_faults, tin_fault
from tests.world import MONDAY, codes_of, refuses

DAY = dt.date(2026, 2, 2)


# --- rules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tin", ["", "123", "3" + "0" * 13, "0" * 15, "0120320191001x", "٠" * 14, "01203201910017\n"])
def test_what_is_no_taxpayer_number_is_refused(tin):
    assert codes_of([tin_fault(tin)]) == ["bad_tin"]


@given(st.from_regex(r"\A[012][0-9]{13}\Z"))
def test_every_number_of_the_right_form_is_taken(tin):
    assert tin_fault(tin) is None


@pytest.mark.parametrize("kind", list(Kind))
def test_a_mandate_gives_only_a_role_that_this_kind_of_body_has(kind):
    given_ = {role for role in Role if not mandate_faults(kind, role, DAY, None)}

    assert given_ == ROLES_BY_KIND[kind]


def test_a_mandate_ends_after_it_begins():
    assert mandate_faults("kenesh", "council_secretary", DAY, DAY + dt.timedelta(days=1)) == []
    assert codes_of(mandate_faults("kenesh", "head", DAY, DAY)) == ["role_not_here", "mandate_ends_early"]


# --- organisations ---------------------------------------------------------------------------------------------


def register(road, name="umut_head", tin="02209201610099"):
    return parties.register_organisation(
        actor=road.actor(name), kind="non_profit", title={"ky": "Жаңы уюм"}, tin=tin, registered_on=DAY
    )


def verify(road, organisation):
    return parties.verify_organisation(
        organisation=organisation, actor=road.actor("registrar"), checked_against="минюст", checklist=CHECKLIST
    )


def rename(road, organisation, title, day):
    return parties.rename(
        organisation=organisation,
        title={"ky": title},
        valid_from=day,
        document="Каттоо күбөлүгү 7",
        actor=road.actor("registrar"),
    )


@pytest.mark.django_db
def test_an_organisation_is_entered_once(road):
    register(road)

    with refuses("duplicate_organisation"):
        register(road)
    assert Organisation.objects.filter(title__ky="Жаңы уюм").count() == 1


@pytest.mark.django_db
def test_who_entered_an_organisation_does_not_check_it(road):
    mine = register(road, "registrar")

    with refuses("own_matter"):
        verify(road, mine)
    other = register(road, "umut_head", tin="02209201610100")
    assert verify(road, other).state == "verified"


@pytest.mark.django_db
def test_every_name_is_kept_with_its_day(road):
    umut = road.cast.organisations["umut"]
    later = DAY + dt.timedelta(days=40)

    rename(road, umut, "Жаңы ат", later)

    names = Name.objects.filter(organisation=umut).order_by("valid_from")
    assert [(name.valid_from, name.title["ky"]) for name in names] == [
        (umut.registered_on, "«Үмүт нуру» коомдук фонду"),
        (later, "Жаңы ат"),
    ]


# --- mandates --------------------------------------------------------------------------------------------------


def grant(road, name, to, body, role, **more):
    return parties.grant_mandate(
        person=road.cast.people[to],
        organisation=road.cast.organisations[body],
        role=role,
        document="Буйрук 4",
        actor=road.actor(name),
        **more,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "body", "role"), [("registrar", "okmotu", "head"), ("head", "okmotu", "accountant")])
def test_nobody_gives_themselves_a_mandate(road, name, body, role):
    with refuses("own_matter"):
        grant(road, name, name, body, role)


@pytest.mark.django_db
def test_a_head_gives_mandates_of_their_own_organisation_only(road):
    assert grant(road, "umut_head", "lawyer", "umut", "applicant_editor")
    with refuses("not_yours"):
        grant(road, "umut_head", "lawyer", "birge", "applicant_editor")
    with refuses("wrong_role"):
        grant(road, "umut_editor", "lawyer", "umut", "applicant_editor")


@pytest.mark.django_db
def test_a_right_begins_and_ends_with_its_mandate(road):
    first, last = DAY + dt.timedelta(days=7), DAY + dt.timedelta(days=14)
    grant(road, "head", "lawyer", "okmotu", "specialist", valid_from=first, valid_until=last)
    person = road.cast.people["lawyer"]

    def roles(days: int) -> set[str]:
        actor = actor_of(person, MONDAY + dt.timedelta(days=days))
        return {one.role for one in (actor.standing, *actor.others) if one}

    assert "specialist" not in roles(6)
    assert "specialist" in roles(7)
    assert "specialist" in roles(13)
    assert "specialist" not in roles(14)


@pytest.mark.django_db
def test_a_revoked_mandate_gives_no_right_and_what_was_done_under_it_stays(road):
    road.publish_study()
    mandate = Mandate.objects.get(person=road.cast.people["specialist"])

    parties.revoke_mandate(mandate=mandate, actor=road.actor("head"), document="Буйрук 6")

    assert road.actor("specialist").standing is None
    assert not valid_mandates(road.at).filter(pk=mandate.pk).exists()
    assert road.study.state == "published"
    with refuses("no_mandate"):
        road.draft_programme()


@pytest.mark.django_db
def test_a_mandate_is_held_only_as_long_as_it_is_in_force(road):
    specialist = road.actor("specialist")
    parties.hold_mandate(actor=specialist)
    mandate = Mandate.objects.get(person=road.cast.people["specialist"])
    parties.revoke_mandate(mandate=mandate, actor=road.actor("head"), document="Буйрук 6")

    with refuses("mandate_over"):
        parties.hold_mandate(actor=specialist)
    parties.hold_mandate(actor=system(road.at))  # the clockwork has none to lose


@pytest.mark.django_db
def test_nobody_is_barred_without_a_restriction(road):
    assert restrictions_on(road.cast.organisations["umut"].pk, road.at) == []


@pytest.mark.django_db
def test_only_the_customers_own_council_and_treasury_act_for_it(road):
    other = parties.register_organisation(
        actor=system(road.at), kind="kenesh", title={"ky": "Башка кеңеш"}, is_invented=True
    )
    okmotu = road.cast.organisations["okmotu"]
    with refuses("wrong_body"):
        parties.name_bodies(organisation=okmotu, council=okmotu, treasury=None, actor=system(road.at))
    with refuses("not_a_customer"):
        parties.name_bodies(organisation=other, council=other, treasury=None, actor=system(road.at))
    road.publish_study()
    road.draft_programme()
    road.submit_to_council()

    parties.name_bodies(organisation=okmotu, council=other, treasury=None, actor=system(road.at))

    road.programme.refresh_from_db()
    with refuses("not_yours"):
        road.adopt()
