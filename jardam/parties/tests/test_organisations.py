"""An organisation says once what it is; names, successors, heads, territories and restrictions have their days."""

from __future__ import annotations

import datetime as dt

import pytest

from jardam.demonstration.road import document_of
from jardam.journal.models import PrivatePart, Record
from jardam.kernel.actor import system
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.parties import queries
from jardam.parties.models import Identifier, Mandate, Organisation, Profile, Territory
from jardam.parties.rules import (
    CHECKLIST,
    MandateFacts,
    Part,
    SuccessionFacts,
    a_head_remains,
    checklist_fault,
    first_head_from_the_registrar,
    okpo_fault,
    profile_faults,
    succession_faults,
    territory_faults,
)
from tests.world import codes_of, refuses

DAY = dt.date(2026, 2, 2)
WEEK = dt.timedelta(days=7)

# --- rules -----------------------------------------------------------------------------------------------------


def test_only_a_whole_checklist_verifies():
    assert checklist_fault(CHECKLIST) is None
    assert codes_of([checklist_fault(CHECKLIST - {"head"})]) == ["not_all_compared"]


@pytest.mark.parametrize("okpo", ["", "1234567", "123456789", "1234567x"])
def test_an_okpo_code_has_eight_digits(okpo):
    assert okpo_fault("12345678") is None
    assert codes_of([okpo_fault(okpo)]) == ["bad_okpo"]


@pytest.mark.parametrize(
    ("part", "content", "codes"),
    [
        ("address", {"text": "Ленин 1"}, []),
        ("address", {"text": ""}, ["empty_part"]),
        ("head", {"name": "А"}, ["empty_part"]),
        ("founders", {"people": []}, ["empty_part"]),
        ("staff", {"people": [{"name": "А", "note": ""}]}, []),
        ("bank", {}, ["unknown_part"]),
    ],
)
def test_a_part_of_a_profile_is_whole_or_refused(part, content, codes):
    assert codes_of(profile_faults(part, content, DAY, DAY)) == codes


def test_a_profile_says_nothing_of_days_to_come():
    assert codes_of(profile_faults("phone", {"number": "+996"}, DAY + WEEK, DAY)) == ["day_to_come"]


def succession(**more) -> SuccessionFacts:
    facts = {"predecessor": 1, "successor": 2, "predecessor_kind": "non_profit", "successor_kind": "non_profit"}
    return SuccessionFacts(**(facts | {"successor_state": "verified", "successor_succeeded": False} | more))


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({}, []),
        ({"successor": 1}, ["successor_self"]),
        ({"successor_succeeded": True}, ["successor_gone"]),
        ({"successor_state": "registered"}, ["successor_unverified"]),
        ({"successor_kind": "aiyl_okmotu"}, ["successor_kind"]),
    ],
)
def test_only_a_standing_body_of_the_same_kind_succeeds(more, codes):
    assert codes_of(succession_faults(succession(**more))) == codes


def test_the_last_head_stays_unless_the_registrar_ends_it_and_the_first_comes_from_the_registrar():
    last = MandateFacts(1, 2, by_registrar=False, is_of_head=True, other_heads=0)

    assert codes_of([a_head_remains(last)]) == ["last_head"]
    assert codes_of([first_head_from_the_registrar(last)]) == ["first_head"]
    for facts in (
        MandateFacts(1, 2, by_registrar=True, is_of_head=True, other_heads=0),
        MandateFacts(1, 2, by_registrar=False, is_of_head=True, other_heads=1),
        MandateFacts(1, 2, by_registrar=False, is_of_head=False, other_heads=0),
    ):
        assert a_head_remains(facts) is None
        assert first_head_from_the_registrar(facts) is None


def test_a_territory_has_a_level_and_perhaps_a_code_of_fourteen_digits():
    assert territory_faults(None, "rayon", None, None) == []
    assert codes_of(territory_faults("41", "kolkhoz", DAY, DAY)) == [
        "territory_code",
        "territory_level",
        "territory_ends_early",
    ]


# --- registering -----------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def founder(road):
    road.cast.people["founder"] = parties.register_person(name="Гүлнара", email="founder@example.kg", password=None)
    return road


def register(road, tin="02209201610099", **more) -> Organisation:
    entered = {"kind": "non_profit", "title": {"ky": "«Жаңы күн»"}, "tin": tin, "registered_on": DAY}
    return parties.register_organisation(actor=road.actor("founder"), **(entered | more))


def verify(road, organisation) -> Organisation:
    return parties.verify_organisation(
        organisation=organisation, actor=road.actor("registrar"), checked_against="Реестр", checklist=CHECKLIST
    )


def say(road, organisation, part, content, name="founder", **more) -> Profile:
    return parties.update_profile(
        organisation=organisation, part=part, content=content, actor=road.actor(name), **more
    )


def test_who_registered_heads_it_once_it_is_verified_and_not_before(founder):
    made = register(founder, okpo="12345678")
    with refuses("not_all_compared"):
        parties.verify_organisation(
            organisation=made, actor=founder.actor("registrar"), checked_against="Реестр", checklist=["name"]
        )
    assert founder.actor("founder").standing is None

    verify(founder, made)

    assert founder.actor("founder").has("applicant_head")
    assert queries.identifiers_of(made) == [("KG-OKPO", "12345678"), ("KG-TIN", "02209201610099")]


def test_a_duplicate_is_told_whom_to_ask_and_not_whose_the_number_is(founder):
    own = founder.cast.organisations["umut"]
    tin = Identifier.objects.get(organisation=own, scheme="KG-TIN").value

    with pytest.raises(Exception, match="duplicate_organisation") as told:
        register(founder, tin=tin)

    refusal = told.value.refusals[0]
    assert refusal.at_field == "tin"
    assert set(refusal.params) == {"value", "whom"}
    assert refusal.params["whom"]
    assert not any(title in str(refusal.params) for title in own.title.values())


def test_nobody_registers_an_operator(founder):
    with refuses("kind_closed"):
        register(founder, kind="operator")


def test_a_refused_registration_is_corrected_by_who_made_it_and_checked_again(founder):
    made = register(founder)
    with refuses("unknown_ground"):
        parties.refuse_verification(organisation=made, actor=founder.actor("registrar"), ground="ugly")
    made = parties.refuse_verification(
        organisation=made, actor=founder.actor("registrar"), ground="data_differ", note="ИНН башка"
    )
    assert (made.state, made.refused_for, made.refusal_note) == ("refused", "data_differ", "ИНН башка")
    assert "ИНН башка" not in str(Record.objects.filter(verb="refuse_verification").get().public_data)
    with refuses("not_yours"):
        correct(founder, made, "umut_head")

    made = correct(founder, made, "founder", tin="02209201610098")

    assert (made.state, made.refused_for) == ("registered", "")
    assert queries.identifiers_of(made) == [("KG-TIN", "02209201610098")]
    assert [one.title["ky"] for one in queries.names_of(made)] == ["«Жаңы таң»"]
    assert verify(founder, made).state == "verified"


def correct(road, organisation, name, **more):
    return parties.correct_organisation(
        organisation=organisation,
        actor=road.actor(name),
        title={"ky": "«Жаңы таң»"},
        registered_on=DAY,
        **more,
    )


# --- profile ---------------------------------------------------------------------------------------------------


def test_a_changed_part_is_dated_and_what_was_said_before_is_kept(founder):
    made = register(founder)
    say(founder, made, Part.ADDRESS, {"text": "Ленин 1"}, valid_from=DAY - WEEK)
    say(founder, made, Part.ADDRESS, {"text": "Манас 2"})

    assert queries.profile_on(made, DAY - dt.timedelta(days=1))["address"].content == {"text": "Ленин 1"}
    assert queries.profile_on(made, DAY)["address"].content == {"text": "Манас 2"}
    assert [row.content["text"] for row in queries.profile_history(made)] == ["Манас 2", "Ленин 1"]
    with refuses("day_to_come"):
        say(founder, made, Part.ADDRESS, {"text": "Чүй 3"}, valid_from=DAY + WEEK)


def test_people_of_a_profile_are_in_the_private_part_of_the_act_only(founder):
    made = register(founder)

    row = say(founder, made, Part.STAFF, {"people": [{"name": "Жашыруун Адам", "note": "эсепчи"}]})

    record = Record.objects.get(pk=row.act_id)
    assert "Жашыруун" not in bytes(record.public).decode()
    assert PrivatePart.objects.get(record=record).payload["content"] == row.content


def test_a_change_of_what_was_verified_is_verified_again_and_a_new_phone_is_not(founder):
    made = verify(founder, register(founder))

    say(founder, made, Part.PHONE, {"number": "+996555000111"})
    made.refresh_from_db()
    assert made.state == "verified"

    say(founder, made, Part.FOUNDERS, {"people": [{"name": "Асан", "note": ""}]})
    made.refresh_from_db()
    assert made.state == "registered"
    assert verify(founder, made).state == "verified"
    assert Mandate.objects.filter(organisation=made).count() == 1, "the head stays one"


def test_a_charter_is_kept_as_a_file_with_its_hash(founder):
    made = register(founder)

    row = say(founder, made, Part.CHARTER, {}, upload=document_of("umut", "charter"), upload_name="charter.pdf")

    assert row.file.sha256 == row.content["sha256"]
    with refuses("empty_part"):
        say(founder, made, Part.CHARTER, {})


def test_only_who_keeps_an_organisation_changes_its_profile(founder):
    umut = founder.cast.organisations["umut"]

    for name in ("umut_editor", "birge_head", "registrar", "founder"):
        with refuses("not_yours"):
            say(founder, umut, Part.PHONE, {"number": "+996555000111"}, name=name)
    assert say(founder, umut, Part.PHONE, {"number": "+996555000111"}, name="umut_head")


# --- names -----------------------------------------------------------------------------------------------------


def rename(road, organisation, title, day):
    return parties.rename(
        organisation=organisation, title={"ky": title}, valid_from=day, document="8", actor=road.actor("registrar")
    )


def test_a_name_to_come_is_taken_on_its_day_and_papers_keep_the_name_of_theirs(road):
    umut = road.cast.organisations["umut"]
    before, later = umut.title, bishkek_day(road.at) + WEEK

    rename(road, umut, "«Келечек»", later)
    umut.refresh_from_db()
    assert umut.title == before
    assert parties.take_names(at=road.at) == 0

    assert parties.take_names(at=road.at + WEEK) == 1
    umut.refresh_from_db()
    assert umut.title == {"ky": "«Келечек»"}
    assert parties.take_names(at=road.at + WEEK) == 0
    assert queries.name_on(umut.pk, later - dt.timedelta(days=1)) == before
    assert queries.name_on(umut.pk, later) == {"ky": "«Келечек»"}


def test_a_name_begins_after_the_last_one(road):
    umut = road.cast.organisations["umut"]
    rename(road, umut, "«Келечек»", bishkek_day(road.at) + WEEK)

    with refuses("name_that_day"):
        rename(road, umut, "«Башка»", bishkek_day(road.at) + WEEK)
    with refuses("name_backwards"):
        rename(road, umut, "«Башка»", bishkek_day(road.at) + dt.timedelta(days=1))


# --- succession ------------------------------------------------------------------------------------------------


def succeed(road, old="umut", new="birge", day=None):
    return parties.succeed(
        organisation=road.cast.organisations[old],
        successor=road.cast.organisations[new],
        valid_from=day or bishkek_day(road.at),
        document="Чечим 3",
        actor=road.actor("registrar"),
    )


def test_from_its_day_the_successor_stands_where_the_old_one_stood(road):
    umut, birge = (road.cast.organisations[name].pk for name in ("umut", "birge"))
    succeed(road, day=bishkek_day(road.at) + WEEK)

    assert road.actor("umut_head").acts_for(umut)
    assert not road.actor("birge_head").acts_for(umut)
    assert queries.standing_organisation(umut, bishkek_day(road.at)) == umut

    road.later(days=7)
    assert road.actor("umut_head").standing is None
    assert road.actor("birge_head").organisation_ids == (birge, umut)
    assert road.actor("birge_head").acts_for(umut)
    assert not road.actor("birge_head").acts_for(umut + birge + 1000)
    assert queries.standing_organisation(umut, bishkek_day(road.at)) == birge


def test_open_matters_move_and_nothing_is_copied(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    executor = road.contract.executor_id
    road.enter_expenses()
    succeed(road)

    report = contract_report(road, "birge_head")

    assert report.contract.executor_id == executor, "the paper says who signed"
    with refuses("no_mandate"):
        contract_report(road, "umut_head")


def contract_report(road, name):
    from jardam.contracts import operations as contracts

    return contracts.submit_report(
        actor=road.actor(name),
        contract=road.contract,
        narrative="Иштедик",
        people_served=1,
        indicators=road.reached(),
        other_funding="",
    )


def test_who_is_succeeded_gets_no_mandate_no_profile_and_no_second_successor(road):
    succeed(road)
    umut = road.cast.organisations["umut"]

    with refuses("organisation_succeeded"):
        parties.grant_mandate(
            person=road.cast.people["lawyer"],
            organisation=umut,
            role="applicant_editor",
            document="5",
            actor=road.actor("registrar"),
        )
    with refuses("organisation_succeeded"):
        succeed(road)
    with refuses("successor_gone"):
        succeed(road, old="birge", new="umut")


def test_a_line_of_successions_is_followed_to_its_end(road):
    third = verify_third(road)
    succeed(road)
    succeed(road, "birge", "third")
    ids = [road.cast.organisations[name].pk for name in ("umut", "birge")]

    assert road.actor("third_head").organisation_ids == (third.pk, *sorted(ids))
    assert {queries.standing_organisation(pk, bishkek_day(road.at)) for pk in ids} == {third.pk}


def verify_third(road) -> Organisation:
    head = parties.register_person(name="Айжан", email="third@example.kg", password=None)
    road.cast.people["third_head"] = head
    made = parties.register_organisation(
        actor=road.actor("third_head"), kind="non_profit", title={"ky": "Үчүнчү"}, tin="02209201610055"
    )
    road.cast.organisations["third"] = verify(road, made)
    return made


def test_a_bar_is_not_washed_away_by_a_successor(road):
    restricted(road)
    succeed(road)

    bars = queries.restrictions_on(road.cast.organisations["birge"].pk, road.at)

    assert [bar.ground for bar in bars] == ["overdue_report"]


# --- heads and people from outside -----------------------------------------------------------------------------


def grant(road, name, to, role="applicant_head", body="umut", **more):
    return parties.grant_mandate(
        person=road.cast.people[to],
        organisation=road.cast.organisations[body],
        role=role,
        document="Буйрук 4",
        actor=road.actor(name),
        **more,
    )


def revoke(road, name, mandate):
    return parties.revoke_mandate(mandate=mandate, actor=road.actor(name), document="Буйрук 5")


def test_a_head_leaves_only_after_the_next_one_came(road):
    own = Mandate.objects.get(person=road.cast.people["umut_head"])
    with refuses("last_head"):
        revoke(road, "umut_head", own)
    grant(road, "umut_head", "lawyer", acting=True, valid_until=bishkek_day(road.at) + WEEK)
    with refuses("last_head"):
        revoke(road, "umut_head", own)  # a stand-in is no head

    grant(road, "umut_head", "auditor")
    assert revoke(road, "umut_head", own).state == "revoked"


def test_the_registrar_may_end_even_the_last_head(road):
    own = Mandate.objects.get(person=road.cast.people["umut_head"])

    assert revoke(road, "registrar", own).state == "revoked"


def test_a_stand_in_has_an_end(road):
    with refuses("acting_without_end"):
        grant(road, "umut_head", "lawyer", acting=True)


def test_the_second_person_of_a_small_office_comes_from_an_organisation_they_work_for(road):
    sender = road.cast.organisations["treasury"]
    with refuses("not_of_sender"):
        grant(road, "head", "lawyer", "accountant", "okmotu", sent_by=sender)

    lent = grant(road, "head", "treasurer", "accountant", "okmotu", sent_by=sender)

    assert lent.sent_by == sender
    assert [one.person for one in queries.mandates_at(lent.organisation, road.at) if one.sent_by] == [lent.person]


def test_mandates_that_end_soon_are_told(road):
    soon = grant(road, "umut_head", "lawyer", "applicant_editor", valid_until=bishkek_day(road.at) + WEEK)
    grant(road, "umut_head", "auditor", "applicant_editor", valid_until=bishkek_day(road.at) + 10 * WEEK)

    assert queries.mandates_ending(soon.organisation_id, road.at) == [soon]


# --- restrictions ----------------------------------------------------------------------------------------------


def restricted(road, **more):
    return parties.restrict(
        organisation=road.cast.organisations["umut"],
        ground=more.pop("ground", "overdue_report"),
        valid_from=bishkek_day(road.at),
        source_kind="contract",
        source_id=1,
        cause=Record.objects.latest("pk"),
        **more,
    )


def test_a_bar_holds_for_its_time_or_until_it_is_lifted(road):
    umut = road.cast.organisations["umut"].pk
    until = bishkek_day(road.at) + WEEK
    restricted(road, valid_until=until)
    bar = restricted(road, ground="tax_debt")
    assert [one.ground for one in queries.restrictions_on(umut, road.at)] == ["overdue_report", "tax_debt"]

    parties.lift_restriction(restriction=bar, document="Чечим 9", actor=road.actor("registrar"))

    assert [one.ground for one in queries.restrictions_on(umut, road.at)] == ["overdue_report"]
    assert queries.restrictions_on(umut, road.at + WEEK) == []
    assert len(queries.restrictions_of(road.cast.organisations["umut"], road.at)) == 2
    with refuses("restriction_over"):
        parties.lift_restriction(restriction=bar, document="Чечим 9", actor=road.actor("registrar"))
    with refuses("unknown_bar"):
        restricted(road, ground="ugly")


# --- territories -----------------------------------------------------------------------------------------------

CODE = "41702000000000"


def add(road, code=CODE, **more) -> Territory:
    entered = {"title": {"ky": "Кызыл-Октябрь"}, "level": "aiyl_aimak", "document": "Закон"} | more
    return parties.add_territory(actor=road.actor("registrar"), code=code, **entered)


def test_two_places_of_one_name_are_told_apart_by_their_codes(road):
    first, second = add(road), add(road, "41703000000000")

    assert first.title == second.title
    with refuses("territory_code_taken"):
        add(road)
    with refuses("wrong_role"):
        parties.add_territory(actor=road.actor("lawyer"), title={"ky": "А"}, level="city", document="Закон")


def test_a_code_is_entered_once_it_is_confirmed_and_never_changed(road):
    place = add(road, None)

    place = parties.enter_code(territory=place, code=CODE, document="СОАТЕ", actor=road.actor("registrar"))

    assert place.code == CODE
    with refuses("territory_code_known"):
        parties.enter_code(territory=place, code="41703000000000", document="СОАТЕ", actor=road.actor("registrar"))


def test_a_merged_place_is_there_until_its_day(road):
    old, new = add(road, valid_from=DAY), add(road, "41703000000000")
    registrar = road.actor("registrar")
    with refuses("territory_merges_itself"):
        parties.merge_territory(territory=old, into=old, until=DAY + WEEK, document="Указ", actor=registrar)
    with refuses("territory_ends_early"):
        parties.merge_territory(territory=old, into=new, until=DAY, document="Указ", actor=registrar)

    old = parties.merge_territory(territory=old, into=new, until=DAY + WEEK, document="Указ", actor=registrar)

    assert old.merged_into == new
    assert queries.territories_on(DAY + dt.timedelta(days=6)) == [old, new]
    assert queries.territories_on(DAY + WEEK) == [new]
    with refuses("wrong_state"):
        parties.end_territory(territory=old, until=DAY + 2 * WEEK, document="Указ", actor=registrar)
    with refuses("territory_gone"):
        parties.merge_territory(territory=new, into=old, until=DAY + WEEK, document="Указ", actor=registrar)


HEAD = ",".join(parties.COLUMNS)
ROWS = f"""{HEAD}
41700000000000,Чүй облусу,Чуйская область,oblast,,,
{CODE},Кызыл-Октябрь,Кызыл-Октябрь,aiyl_aimak,41700000000000,2026-01-01,
"""


def load(road, content):
    return parties.load_territories(content=content, document="СОАТЕ", actor=road.actor("registrar"))


def test_a_file_of_territories_can_be_loaded_again(road):
    assert load(road, "\ufeff" + ROWS) == 2
    assert Territory.objects.get(code=CODE).parent.code == "41700000000000"
    assert load(road, ROWS) == 0


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("code,name\n", 1),
        (f"{HEAD}\n41,А,А,city,,,\n", 2),
        (f"{HEAD}\n,А,А,city,,,\n", 2),
        (f"{ROWS}41704000000000,А,А,city,99999999999999,,\n", 4),
        (f"{ROWS}41704000000000,А,А,city,,31.12.2025,\n", 4),
    ],
)
def test_a_wrong_line_loads_nothing_and_is_named(road, content, line):
    with refuses("territory_file"):
        load(road, content)

    assert not Territory.objects.exists()


def test_the_verified_are_listed_and_the_others_are_nobodys_business(founder):
    made = register(founder)
    with pytest.raises(Organisation.DoesNotExist):
        queries.public_organisation(made.ref)

    verify(founder, made)
    correct(founder, made, "founder")

    assert queries.public_organisation(made.ref) == made, "what was public stays public"
    assert made.pk not in {one.pk for one in queries.verified_organisations(limit=100)}
    assert system(founder.at).organisation_ids == ()
