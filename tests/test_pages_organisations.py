"""Organisations as people press through them: register, be refused, correct, be verified, keep the profile, name
people, bear names and successors; and what the public sees of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from jardam.documents.tests import samples
from jardam.journal.models import Record
from jardam.kernel.actor import system
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.parties import queries
from jardam.parties.models import Mandate, Organisation, Territory
from jardam.parties.rules import CHECKLIST, Part
from jardam.web import clock
from tests.test_pages_customer import Office, day, words_of

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 2, 2)


@pytest.fixture
def office(road, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: road.at)
    road.cast.people["founder"] = parties.register_person(name="Гүлнара", email="founder@example.kg", password=None)
    return Office(road)


def seen(name: str, *args: str, **query: str) -> str:
    with override("en"):
        return words_of(Client().get(reverse(name, args=args), query))


def entry(**more: Any) -> dict[str, Any]:
    data = {"title_ky": "«Жаңы күн»", "title_ru": "«Новый день»", "tin": "02209201610099", "okpo": "12345678"}
    return data | {"legal_form": "public_foundation", "territory": ""} | day("registered_on", DAY) | more


def registered(office, **more: Any) -> Organisation:
    data = entry(kind="non_profit", address="Ленин 1", phone="0555 000 111", head_name="Гүлнара", **more)
    data |= {"head_position": "төрага", "founders": "Асан; 50 %\nҮсөн", "staff": ""}
    charter = SimpleUploadedFile("charter.pdf", samples.pdf())
    office.done("founder", "organisation_new", charter=charter, **data)
    return Organisation.objects.latest("pk")


def verify(office, organisation) -> None:
    compared = {"checked_against": "Реестр, 02.02.2026", "checklist": sorted(CHECKLIST)}
    office.done("registrar", "operator_organisation", organisation.ref, **compared)


def test_a_registration_is_refused_corrected_and_verified_and_its_maker_is_its_head(office):
    made = registered(office)
    said = office.text("founder", "organisation_own", made.ref)
    assert "Асан, 50 %; Үсөн" in said
    assert "+996555000111" in said
    assert "charter.pdf" in said

    office.done("registrar", "operator_refuse", made.ref, ground="data_differ", note="ИНН башка")
    assert "Correct the registration data" in office.text("founder", "desk")
    own = office.text("founder", "organisation_own", made.ref)
    assert "The data differ from the register" in own
    assert "ИНН башка" in own
    office.done("founder", "organisation_correct", made.ref, **entry(tin="02209201610098"))
    verify(office, made)

    assert office.road.actor("founder").has("applicant_head")
    assert "02209201610098" in seen("organisation", made.ref)


def test_a_number_that_is_taken_is_said_at_its_field_with_whom_to_ask(office):
    umut = office.road.cast.organisations["umut"]
    tin = dict(queries.identifiers_of(umut))["KG-TIN"]

    data = entry(tin=tin, kind="non_profit", address="А", phone="0555000111", head_name="Г", head_position="т")
    said = words_of(office.press("founder", "organisation_new", **data))

    assert "duplicate_organisation" in said
    assert "ask its head for a mandate" in said
    assert "Үмүт нуру" not in said


def test_nobody_else_sees_what_an_organisation_keeps(office):
    made = registered(office)

    for who in ("umut_head", "specialist"):
        assert office.get(who, "organisation_own", made.ref).status_code == 404
    with override("en"):
        assert Client().get(reverse("organisation", args=[made.ref])).status_code == 404
    assert office.get("registrar", "organisation_own", made.ref).status_code == 200


def test_a_charter_is_read_by_its_own_people_the_registrar_and_the_auditor(office):
    charter = SimpleUploadedFile("charter.pdf", samples.pdf())
    umut = office.road.cast.organisations["umut"]
    office.done("umut_head", "organisation_part", umut.ref, Part.CHARTER, charter=charter, **day("valid_from", DAY))
    file = queries.profile_on(umut, DAY)[Part.CHARTER].file

    operator, system_ = office.road.cast.organisations["operator"], system(office.road.at)
    parties.grant_mandate(
        person=office.road.cast.people["founder"], organisation=operator, role="auditor", document="1", actor=system_
    )

    people = {"umut_head": 200, "registrar": 200, "founder": 200, "birge_head": 404, "specialist": 404}
    for who, status in people.items():
        assert office.get(who, "file", file.ref).status_code == status, who


def test_the_registrar_sees_the_profile_and_ticks_everything(office):
    made = registered(office)

    assert "Ленин 1" in office.text("registrar", "operator_organisation", made.ref)
    page = office.press(
        "registrar", "operator_organisation", made.ref, checked_against="Реестр", checklist=["name", "head"]
    )
    assert "Not ticked yet: address, authority, legal form, numbers" in words_of(page)


@pytest.mark.parametrize(
    ("part", "data"),
    [
        (Part.ADDRESS, {"text": "Манас 2"}),
        (Part.PHONE, {"number": "0700 123 456"}),
        (Part.HEAD, {"name": "Айжан", "position": "директор"}),
        (Part.FOUNDERS, {"people": "Асан; 50 %"}),
        (Part.STAFF, {"people": "Үсөн; эсепчи"}),
        (Part.CHARTER, {}),
    ],
)
def test_a_head_keeps_each_part_of_the_profile(office, part, data):
    umut = office.road.cast.organisations["umut"]
    if part == Part.CHARTER:
        data = {"charter": SimpleUploadedFile("charter.pdf", samples.pdf())}

    with override("en"):
        url = reverse("organisation_part", args=[umut.ref, part])
    answer = office.client("umut_head").post(url, data | day("valid_from", DAY) | {"key": "k" * 20})

    assert answer.status_code == 302, words_of(answer)
    assert part in queries.profile_on(umut, DAY)
    assert office.get("umut_head", "organisation_part", umut.ref, part).status_code == 200


def test_a_head_lets_somebody_act_and_ends_it_and_is_told_before_it_ends(office):
    umut = office.road.cast.organisations["umut"]
    until = bishkek_day(office.road.at) + dt.timedelta(days=20)
    data = {"role": "applicant_editor", "document": "Буйрук 4", "sent_by_tin": ""} | day("valid_from", DAY)

    page = office.press("umut_head", "mandate_new", umut.ref, email="nobody@example.kg", **data)
    assert "nobody_signs_in" in words_of(page)
    office.done("umut_head", "mandate_new", umut.ref, email="founder@example.kg", **data, **day("valid_until", until))

    assert office.road.actor("founder").has("applicant_editor")
    assert "A mandate ends: enter the next one" in office.text("umut_head", "desk")
    mandate = Mandate.objects.latest("pk")
    office.done("umut_head", "mandate_revoke", mandate.ref, document="Буйрук 5")
    assert office.road.actor("founder").standing is None


def test_the_last_head_is_told_why_they_cannot_leave(office):
    own = Mandate.objects.get(person=office.road.cast.people["umut_head"])

    page = office.get("umut_head", "mandate_revoke", own.ref)

    assert page.status_code == 409
    assert "last_head" in words_of(page)


def test_the_public_page_shows_every_name_with_its_day_and_who_stands_there_now(office):
    umut, birge = (office.road.cast.organisations[name] for name in ("umut", "birge"))
    later = bishkek_day(office.road.at)
    name = {"title_ky": "«Келечек»", "title_ru": "«Будущее»", "document": "Күбөлүк 7"}
    tin = dict(queries.identifiers_of(birge))["KG-TIN"]

    office.road.later(days=1)
    office.done("registrar", "operator_rename", umut.ref, **name, **day("valid_from", later + dt.timedelta(days=1)))
    office.done("registrar", "operator_succeed", umut.ref, tin=tin, document="Чечим 3", **day("valid_from", later))

    said = seen("organisation", umut.ref)
    assert "Umut Nuru" in said
    assert "«Келечек»" in said
    assert "Its successor" in said
    assert "Stands in the place of" in seen("organisation", birge.ref)


def test_a_name_to_come_is_announced_and_borne_from_its_day(office):
    umut, until = office.road.cast.organisations["umut"], bishkek_day(office.road.at) + dt.timedelta(days=10)
    name = {"title_ky": "«Келечек»", "title_ru": "«Будущее»", "title_en": "Future", "document": "Күбөлүк 7"}

    office.done("registrar", "operator_rename", umut.ref, **name, **day("valid_from", until))

    umut.refresh_from_db()
    assert umut.title["en"] != "Future"
    assert Record.objects.latest("pk").verb == "announce_name"
    said = seen("organisation", umut.ref)
    assert umut.title["en"] in said and "Future" in said
    office.road.later(days=10)
    parties.take_names(at=office.road.at)
    umut.refresh_from_db()
    assert umut.title["en"] == "Future"


def test_the_registrar_names_the_council_and_the_treasury_of_a_customer(office):
    road = office.road
    made = parties.register_organisation(
        actor=road.actor("umut_head"), kind="aiyl_okmotu", title={"ky": "Көк-Булак", "en": "Kok-Bulak"}, tin="1" * 14
    )
    council, treasury = road.cast.organisations["kenesh"], road.cast.organisations["treasury"]
    with override("en"):
        url = reverse("operator_bodies", args=[made.ref])
    assert url in office.get("registrar", "operator_organisation", made.ref).content.decode()
    assert "Its council Not filled in yet" in office.text("registrar", "operator_organisation", made.ref)

    office.done("registrar", "operator_bodies", made.ref, council=council.ref, treasury=treasury.ref)

    made.refresh_from_db()
    assert (made.council, made.treasury) == (council, treasury)
    page = office.text("registrar", "operator_organisation", made.ref)
    assert council.title["en"] in page and treasury.title["en"] in page
    verify(office, made)
    office.done("registrar", "operator_bodies", made.ref, council="", treasury=treasury.ref)
    made.refresh_from_db()
    assert made.council is None
    assert treasury.title["en"] in seen("organisation", made.ref)


def test_the_registrar_finds_a_verified_organisation_and_what_can_be_entered_about_it(office):
    umut, okmotu = (office.road.cast.organisations[name].ref for name in ("umut", "okmotu"))
    with override("en"):
        desk, own, bodies = (
            reverse("operator_verified"),
            reverse("organisation_own", args=[umut]),
            reverse("operator_bodies", args=[okmotu]),
        )
        steps = [reverse(name, args=[umut]) for name in ("operator_rename", "operator_succeed")]

    assert desk in office.get("registrar", "desk").content.decode()
    assert own in office.get("registrar", "operator_verified").content.decode()
    page = office.get("registrar", "organisation_own", umut).content.decode()
    assert all(url in page for url in steps)
    assert not any(url in office.get("umut_head", "organisation_own", umut).content.decode() for url in steps)
    assert bodies in office.get("registrar", "organisation_own", okmotu).content.decode()


def test_only_a_customer_has_bodies_named(office):
    umut = office.road.cast.organisations["umut"]

    assert office.get("registrar", "operator_bodies", umut.ref).status_code == 404
    assert office.get("specialist", "operator_bodies", office.road.cast.organisations["okmotu"].ref).status_code == 403


def test_a_protocol_of_march_shows_the_name_of_march(office):
    road = office.road
    road.to_published()
    umut = road.cast.organisations["umut"]
    road.later(days=1)

    name = {"ky": "«Келечек»", "ru": "«Келечек»"}
    parties.rename(
        organisation=umut, title=name, valid_from=bishkek_day(road.at), document="7", actor=road.actor("registrar")
    )

    said = seen("protocol", road.protocol.ref)
    assert "Umut Nuru" in said
    assert "Келечек" not in said


def test_an_old_programme_and_an_old_payment_name_who_it_was_and_who_it_is(office):
    road = office.road
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    okmotu, umut = road.cast.organisations["okmotu"], road.cast.organisations["umut"]
    road.later(days=1)
    for one, name in ((okmotu, "Жаңы өкмөт"), (umut, "«Келечек»")):
        parties.rename(
            organisation=one,
            title={"ky": name, "ru": name, "en": name},
            valid_from=bishkek_day(road.at),
            document="7",
            actor=road.actor("registrar"),
        )

    was, now = okmotu.title["en"], "today: Жаңы өкмөт"
    for said in (
        seen("programme", road.programme.ref),
        seen("study", road.study.ref),
        office.text("specialist", "desk_programme", road.programme.ref),
        office.text("secretary", "council_programme", road.programme.ref),
        office.text("treasurer", "treasury_payment", road.payment.ref),
    ):
        assert was in said
        assert now in said
    for said in (
        office.text("treasurer", "treasury_payment", road.payment.ref),
        office.text("accountant", "desk_payment", road.payment.ref),
    ):
        assert umut.title["en"] in said
        assert "today: «Келечек»" in said


def test_lists_of_past_acts_name_who_it_was_and_who_it_is(office):
    road = office.road
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    okmotu, umut = road.cast.organisations["okmotu"], road.cast.organisations["umut"]
    was, were = okmotu.title["en"], umut.title["en"]
    road.later(days=1)
    for one, name in ((okmotu, "Жаңы өкмөт"), (umut, "«Келечек»")):
        titles = dict.fromkeys(("ky", "ru", "en"), name)
        parties.rename(
            organisation=one,
            title=titles,
            valid_from=bishkek_day(road.at),
            document="7",
            actor=road.actor("registrar"),
        )

    for said in (
        seen("contests"),
        seen("programmes"),
        office.text("secretary", "council_decided"),
        office.text("treasurer", "treasury"),
    ):
        assert was in said
        assert "today: Жаңы өкмөт" in said
    assert was in seen("protocol", road.protocol.ref)
    assert was in office.text("umut_head", "apply")
    assert were in office.text("accountant", "desk_payments")


def test_the_successors_people_go_on_in_what_was_open(office):
    road = office.road
    road.to_in_force()
    application, contract = road.applications["umut"], road.contract
    parties.succeed(
        organisation=road.cast.organisations["umut"],
        successor=road.cast.organisations["birge"],
        valid_from=bishkek_day(road.at),
        document="Чечим 3",
        actor=road.actor("registrar"),
    )

    assert office.get("birge_head", "application", application.ref).status_code == 200
    assert office.get("birge_head", "grant", contract.ref).status_code == 200
    assert contract.number in office.text("birge_head", "apply")
    assert office.get("umut_head", "apply").status_code == 403


def test_restrictions_are_for_the_parties_and_lifted_by_the_registrar(office):
    umut = office.road.cast.organisations["umut"]
    bar = parties.restrict(
        organisation=umut,
        ground="overdue_report",
        source_kind="contract",
        source_id=1,
        cause=Record.objects.latest("pk"),
        valid_from=bishkek_day(office.road.at),
    )
    assert "overdue report" in office.text("umut_head", "organisation_own", umut.ref)
    assert "overdue report" not in seen("organisation", umut.ref)

    office.done("registrar", "operator_lift", umut.ref, str(bar.pk), document="Чечим 9")

    assert "Lifted on" in office.text("umut_head", "organisation_own", umut.ref)


def test_territories_are_listed_merged_and_loaded_and_everybody_sees_them(office):
    head = ",".join(parties.COLUMNS)
    rows = f"{head}\n41702000000000,Кызыл-Октябрь,Кызыл-Октябрь,aiyl_aimak,,2020-01-01,\n"
    file = SimpleUploadedFile("territories.csv", rows.encode())
    office.done("registrar", "operator_territories_load", file=file, document="СОАТЕ")
    names = {"title_ky": "Кызыл-Октябрь", "title_ru": "Кызыл-Октябрь", "level": "aiyl_aimak", "document": "Указ"}
    office.done("registrar", "operator_territory_new", code="41703000000000", parent="", predecessor="", **names)
    old, new = Territory.objects.order_by("pk")
    ends = day("until", bishkek_day(office.road.at))
    missing = office.press("registrar", "operator_territory", old.ref, step="merge", document="Указ", into="", **ends)
    assert "Fill in this field" in words_of(missing)
    office.done("registrar", "operator_territory", old.ref, step="merge", into=new.ref, document="Указ", **ends)

    said = seen("territories")
    assert "41702000000000" in said
    assert "now part of Кызыл-Октябрь" in said
    assert "Кызыл-Октябрь" in office.text("registrar", "operator_territories")


def test_a_territory_gets_its_code_once_and_ends_on_its_day(office):
    listed = parties.add_territory(
        actor=office.road.actor("registrar"), title={"ky": "Ак-Жар"}, level="aiyl_aimak", document="Указ"
    )

    office.done("registrar", "operator_territory", listed.ref, step="code", code="41702000000017", document="СОАТЕ")
    assert "41702000000017" in seen("territories")
    again = office.press(
        "registrar", "operator_territory", listed.ref, step="code", code="41702000000018", document="СОАТЕ"
    )
    assert again.status_code == 200

    ends = day("until", bishkek_day(office.road.at))
    office.done("registrar", "operator_territory", listed.ref, step="end", document="Указ 5", **ends)
    listed.refresh_from_db()
    assert (listed.state, listed.code) == ("ended", "41702000000017")
    assert f"{listed.valid_until:%d.%m.%Y}" in seen("territories")
    assert office.get("registrar", "operator_territory", listed.ref).status_code == 409


def test_an_organisation_is_found_by_the_search(office):
    from jardam.transparency.operations import index_record

    for record in Record.objects.filter(object_kind="organisation", verb="verify"):
        index_record(record)
    umut = office.road.cast.organisations["umut"]

    with override("en"):
        page = Client().get(reverse("search"), {"q": "умут"})

    assert reverse("organisation", args=[umut.ref]).partition("/organisations/")[2] in page.content.decode()


def test_lists_ask_the_same_of_few_and_many(office):
    def asked(name: str) -> int:
        with override("en"), CaptureQueriesContext(connection) as queries_:
            assert Client().get(reverse(name)).status_code == 200
        return len(queries_)

    before = asked("organisations"), asked("territories")
    for n in range(12):
        made = parties.register_organisation(
            actor=office.road.actor("umut_head"), kind="company", title={"ky": f"Уюм {n}"}, tin=f"1{n:013}"
        )
        parties.verify_organisation(
            organisation=made, actor=office.road.actor("registrar"), checked_against="Реестр", checklist=CHECKLIST
        )
        parties.add_territory(
            actor=office.road.actor("registrar"), title={"ky": f"Айыл {n}"}, level="village", document="Закон"
        )

    assert (asked("organisations"), asked("territories")) == before


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_pages_open_in_every_language_and_write_nothing(office, language):
    umut = office.road.cast.organisations["umut"].ref
    place = parties.add_territory(
        actor=office.road.actor("registrar"), title={"ky": "А"}, level="city", document="Закон"
    )
    before = Record.objects.count()
    pages = [
        ("founder", "organisation_new", ()),
        ("umut_head", "organisation_own", (umut,)),
        ("umut_head", "organisation_correct", (umut,)),
        ("umut_head", "mandate_new", (umut,)),
        ("registrar", "operator_rename", (umut,)),
        ("registrar", "operator_succeed", (umut,)),
        ("registrar", "operator_bodies", (office.road.cast.organisations["okmotu"].ref,)),
        ("registrar", "operator_refuse", (umut,)),
        ("registrar", "operator_verified", ()),
        ("registrar", "operator_territories", ()),
        ("registrar", "operator_territory_new", ()),
        ("registrar", "operator_territories_load", ()),
        ("registrar", "operator_territory", (place.ref,)),
        ("founder", "organisations", ()),
        ("founder", "organisation", (umut,)),
        ("founder", "territories", ()),
    ]
    for who, name, args in pages:
        response = office.get(who, name, *args, language=language)
        assert response.status_code in (200, 409), (name, response.status_code)
        assert f'<html lang="{language}"' in response.content.decode()
    assert office.get("founder", "organisation_mine").status_code == 302
    assert Record.objects.count() == before
