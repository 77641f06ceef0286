"""The pages of the customer, the council and the operator: the road as people press through it."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from jardam.contests import operations as contests
from jardam.contests.models import Contest, Lot
from jardam.contracts.models import Contract
from jardam.demonstration.road import MEMBERS, SECTIONS, Road
from jardam.documents.models import Look
from jardam.journal.models import Record
from jardam.kernel.actor import system
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.parties.rules import CHECKLIST
from jardam.planning import operations as planning
from jardam.planning import queries as planning_queries
from jardam.planning.models import Programme, Study
from jardam.regime import operations as regime
from jardam.regime.models import RuleConfirmation
from jardam.review.models import Candidacy, Commission, Proceeding, Protocol
from jardam.transparency.queries import verify
from jardam.treasury.models import Appropriation, PaymentOrder
from jardam.web import clock
from jardam.web.customer.own_act import AdoptForm
from jardam.web.customer.review import SittingForm
from jardam.web.rule_values import plain_of
from tests.world import new_road

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LANGUAGES = ("ky", "ru", "en")


class Office:
    """The cast at their pages, in English, by the clock of the road."""

    def __init__(self, road: Road) -> None:
        self.road = road
        self.clients: dict[str, Client] = {}

    def client(self, name: str) -> Client:
        if name not in self.clients:
            self.clients[name] = Client()
            self.clients[name].force_login(self.road.cast.people[name].user, backend=BACKEND)
        return self.clients[name]

    def get(self, who: str, name: str, *args: str, language: str = "en", **query: str) -> Any:
        with override(language):
            return self.client(who).get(reverse(name, args=args), query)

    def text(self, who: str, name: str, *args: str, **query: str) -> str:
        return words_of(self.get(who, name, *args, **query))

    def press(self, who: str, name: str, *args: str, key: str = "", **data: Any) -> Any:
        """Open the page and send its form with the key it carries, as a browser would."""
        page = self.get(who, name, *args)
        found = re.search(r'name="key" value="([^"]+)"', page.content.decode())
        with override("en"):
            url = reverse(name, args=args)
        return self.client(who).post(url, data | {"key": key or (found[1] if found else "")})

    def done(self, who: str, name: str, *args: str, **data: Any) -> str:
        """The same, which must succeed; the address it leads to. An hour passes."""
        response = self.press(who, name, *args, **data)
        assert response.status_code == 302, words_of(response)
        self.road.later()
        return response.headers["Location"]


def words_of(response: Any) -> str:
    """The visible words of a page, white space made even."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def three(name: str, text: dict[str, str]) -> dict[str, str]:
    return {f"{name}_{code}": text[code] for code in LANGUAGES if code in text}


def day(name: str, value: dt.date) -> dict[str, str]:
    return {f"{name}_0": str(value.day), f"{name}_1": str(value.month), f"{name}_2": str(value.year)}


def study_form(road: Road) -> dict[str, Any]:
    study = road.text("study")
    form = three("title", study["title"]) | {"year": str(road.year), "method": study["method"]}
    form["sources"] = study["sources"]
    for n, group in enumerate(study["groups"], start=1):
        form |= {f"{part}_{n}": str(group[part]) for part in ("group", "headcount", "served", "severity", "unit_cost")}
    return form


def measure_form(road: Road) -> dict[str, Any]:
    measure = road.text("measure")
    plain = {part: str(measure[part]) for part in ("group", "amount", "baseline", "target")}
    texts_ = three("title", measure["title"]) | three("indicator", measure["indicator"])
    return plain | texts_ | {"form": "grants", "year": str(road.year)}


def sections_form() -> dict[str, str]:
    return {f"{code}_{lang}": text for code, texts in SECTIONS.items() for lang, text in texts.items()}


def money_form(road: Road, **changes: Any) -> dict[str, Any]:
    form = {
        "year": str(road.year),
        "source": "local",
        "line": "Социалдык коргоо",
        "amount": "600 000",
        "unit": "thousand",
        "retyped": "600",
        "document": "Бюджет жөнүндө токтом 14-4",
    }
    return form | day("document_on", bishkek_day(road.at)) | changes


def adoption_form(road: Road, **changes: Any) -> dict[str, Any]:
    form = {"number": "14-3", "members": 21, "quorum": 11, "present": 17}
    form |= {"votes_for": 15, "votes_against": 1, "abstained": 1}
    return form | day("adopted_on", bishkek_day(road.at)) | changes


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    office = Office(new_road())
    monkeypatch.setattr(clock, "now", lambda: office.road.at)
    return office


def ref_in(address: str) -> str:
    return address.rstrip("/").rsplit("/", 1)[1]


# --- the road --------------------------------------------------------------------------------------------------


def walk_to_announced(office: Office) -> Contest:
    """The customer's and the council's steps, through their pages only."""
    road = office.road
    office.done("specialist", "desk_study_new", **study_form(road))
    study = Study.objects.get()
    programme = road.text("programme")
    form = three("title", programme["title"]) | three("goal", programme["goal"])
    years = {"year_from": str(road.year), "year_to": str(road.year + 1)}
    ref = ref_in(office.done("specialist", "desk_programme_new", **form, **years, study=study.ref))
    office.done("specialist", "desk_measure_new", ref, **measure_form(road))
    office.done("specialist", "desk_sections", ref, **sections_form())
    road.programme = Programme.objects.get(ref=ref)
    term = planning_queries.least_discussion(road.programme.customer, road.at)
    assert term is not None
    office.done("specialist", "desk_discussion_open", ref, **day("closes_on", term.due_on))
    road.pass_discussion()
    office.done("specialist", "desk_programme_submit", ref)
    office.done("secretary", "council_adopt", ref, **adoption_form(road))
    office.done("accountant", "desk_appropriation_new", ref, **money_form(road))
    road.measure = road.programme.measures.get()
    text = road.text("contest")
    made = office.done("specialist", "desk_contest_new", programme=ref, **three("title", text["title"]))
    contest_ref = ref_in(made)
    written = {"contacts": text["contacts"], "months": str(text["months"])}
    for name in ("title", "goal", "tasks", "problem"):
        written |= three(name, text[name])
    office.done("specialist", "desk_announcement", contest_ref, **written)
    lot = {"measure": road.measure.ref, "amount": "600000", "ceiling": str(text["ceiling"])}
    office.done("specialist", "desk_lot_new", contest_ref, **lot)
    office.done("head", "desk_announce", contest_ref, **day("closes_on", road.earliest_closing()))
    road.contest = Contest.objects.get(ref=contest_ref)
    road.lot = Lot.objects.get()
    return road.contest


def test_the_customer_and_the_council_walk_from_study_to_announcement(office):
    contest = walk_to_announced(office)

    assert contest.state == "announced"
    assert contest.number
    assert contest.lots.get().amount == 600_000
    assert "Takes applications" in office.text("specialist", "desk_contest", contest.ref)


def commission_form(road: Road) -> dict[str, Any]:
    form: dict[str, Any] = {"order_number": "27"} | day("ordered_on", bishkek_day(road.at))
    for n, (name, side, seat) in enumerate(MEMBERS, start=1):
        mandate = road.cast.people[name].mandates.get()
        form |= {f"person_{n}": mandate.ref, f"side_{n}": side, f"seat_{n}": seat}
    return form


def sitting_form(road: Road, **changes: Any) -> dict[str, Any]:
    form = {"present": ["1", "2", "3"], "votes_for": 3, "votes_against": 0, "abstained": 0, "chair_for": "yes"}
    return form | day("held_on", bishkek_day(road.at)) | changes


def walk_to_published(office: Office) -> Protocol:
    road = office.road
    contest = walk_to_announced(office)
    for name in ("umut", "birge"):
        road.write_application(name)
        road.submit(name)
    road.contest.refresh_from_db()
    road.pass_deadline()
    office.done("specialist", "desk_opening", contest.ref)
    for application in road.applications.values():
        application.refresh_from_db()
    office.done("head", "desk_commission", contest.ref, **commission_form(road))
    road.commission = Commission.objects.get()
    office.done("specialist", "desk_review_begin", contest.ref, road.lot.ref)
    road.proceeding = Proceeding.objects.get()
    for member, _, _ in MEMBERS:
        road.declare(member)
    for name in ("umut", "birge"):
        office.done("specialist", "desk_admit", road.candidacy(name).ref)
    road.proceeding.refresh_from_db()
    for member, _, _ in MEMBERS:
        for name in ("umut", "birge"):
            road.score(member, name)
    office.done("specialist", "desk_sitting", road.proceeding.ref, **sitting_form(road))
    road.protocol = Protocol.objects.get()
    for member, _, _ in MEMBERS:
        road.sign_protocol(member)
    office.done("specialist", "desk_protocol_publish", road.protocol.ref, approval_order="31")
    road.protocol.refresh_from_db()
    return road.protocol


def test_the_rest_of_the_customers_road_to_the_accepted_report(office):
    road = office.road
    protocol = walk_to_published(office)

    award = protocol.awards.get()
    made = office.done("specialist", "desk_contract_prepare", award.ref)
    road.contract = Contract.objects.get(ref=ref_in(made))
    road.pass_standstill()
    office.done("head", "desk_contract_sign", road.contract.ref)
    road.contract.refresh_from_db()
    road.sign_contract("umut_head")
    office.done("accountant", "desk_tranche_order", road.contract.ref)
    road.payment = PaymentOrder.objects.get()
    road.plan_cash()
    people = road.cast.people
    office.done(
        "accountant",
        "desk_package_new",
        payments=[road.payment.ref],
        first=people["accountant"].pk,
        second=people["head"].pk,
    )
    road.payment.refresh_from_db()
    office.done("accountant", "desk_package_sign", road.payment.package.ref)
    office.done("head", "desk_package_sign", road.payment.package.ref)
    road.payment.refresh_from_db()
    road.execute_payment()
    road.submit_report()
    office.done("specialist", "desk_report_return", road.report.ref, remark="Актыны тиркеңиз.")
    road.report.refresh_from_db()

    assert protocol.state == "published"
    assert road.payment.state == "executed"
    assert road.report.state == "returned"
    assert road.report.remark == "Актыны тиркеңиз."


def test_a_report_is_accepted_with_an_act(office):
    road = office.road
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    road.submit_report()

    office.done("specialist", "desk_report_accept", road.report.ref)

    road.report.refresh_from_db()
    assert road.report.state == "accepted"
    assert road.report.acceptance.amount == road.report.spent


# --- every page, in every language, and nothing written by looking -------------------------------------------------


def every_page(office: Office) -> list[tuple[str, str, tuple[str, ...]]]:
    road = office.road
    programme, contest, lot = road.programme.ref, road.contest.ref, road.lot.ref
    candidacy = Candidacy.objects.order_by("id").first()
    assert candidacy is not None
    return [
        ("specialist", "desk", ()),
        ("head", "desk", ()),
        ("accountant", "desk", ()),
        ("secretary", "desk", ()),
        ("umut_head", "desk", ()),
        ("member_civil", "desk", ()),
        ("treasurer", "desk", ()),
        ("registrar", "desk", ()),
        ("lawyer", "desk", ()),
        ("specialist", "desk_studies", ()),
        ("specialist", "desk_study_new", ()),
        ("specialist", "desk_study", (road.study.ref,)),
        ("specialist", "desk_programmes", ()),
        ("specialist", "desk_programme_new", ()),
        ("specialist", "desk_programme", (programme,)),
        ("specialist", "desk_measure_new", (programme,)),
        ("specialist", "desk_programme_submit", (programme,)),
        ("accountant", "desk_appropriation_new", (programme,)),
        ("specialist", "desk_contests", ()),
        ("specialist", "desk_contest_new", ()),
        ("specialist", "desk_contest", (contest,)),
        ("specialist", "desk_announcement", (contest,)),
        ("specialist", "desk_lot_new", (contest,)),
        ("specialist", "desk_lot", (contest, lot)),
        ("specialist", "desk_announce", (contest,)),
        ("specialist", "desk_opening", (contest,)),
        ("specialist", "desk_commission", (contest,)),
        ("specialist", "desk_review_begin", (contest, lot)),
        ("specialist", "desk_proceeding", (road.proceeding.ref,)),
        ("specialist", "desk_sitting", (road.proceeding.ref,)),
        ("specialist", "desk_candidacy", (candidacy.ref,)),
        ("specialist", "desk_admit", (candidacy.ref,)),
        ("specialist", "desk_reject", (candidacy.ref,)),
        ("specialist", "desk_protocol", (road.protocol.ref,)),
        ("specialist", "desk_protocol_publish", (road.protocol.ref,)),
        ("specialist", "desk_contract_prepare", (road.contract.award.ref,)),
        ("specialist", "desk_contracts", ()),
        ("specialist", "desk_contract", (road.contract.ref,)),
        ("head", "desk_contract_sign", (road.contract.ref,)),
        ("accountant", "desk_tranche_order", (road.contract.ref,)),
        ("head", "desk_payment", (road.payment.ref,)),
        ("specialist", "desk_report", (road.report.ref,)),
        ("specialist", "desk_report_accept", (road.report.ref,)),
        ("specialist", "desk_report_return", (road.report.ref,)),
        ("head", "desk_rules", ()),
        ("head", "desk_draft_act", ()),
        ("head", "desk_rule_adopt", ("com.quorum",)),
        ("secretary", "council", ()),
        ("secretary", "council_programme", (programme,)),
        ("secretary", "council_print", (programme,)),
        ("secretary", "council_adopt", (programme,)),
        ("secretary", "council_return", (programme,)),
        ("lawyer", "operator_rules", ()),
        ("lawyer", "operator_rule_new", ()),
        ("registrar", "operator_organisations", ()),
        ("registrar", "organisation_own", (road.cast.organisations["umut"].ref,)),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_every_language_and_writes_nothing(office, language):
    road = office.road
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    road.submit_report()
    before = Record.objects.count()

    for who, name, args in every_page(office):
        office.client(who)
        with CaptureQueriesContext(connection) as asked:
            response = office.get(who, name, *args, language=language)
        writes = [q["sql"] for q in asked.captured_queries if re.match(r"(INSERT|UPDATE|DELETE)", q["sql"])]
        assert response.status_code in (200, 409), (name, response.status_code)
        assert response.headers["Cache-Control"] == "no-store", name
        assert not writes, (name, writes)
        assert f'<html lang="{language}"' in response.content.decode()

    assert Record.objects.count() == before


def box_of(page: Any, name: str) -> str:
    """The tag of a field."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page.content.decode())
    assert found, name
    return found[0]


# --- what began before the system ------------------------------------------------------------------------------


def test_money_given_before_the_beginning_is_recorded_afterwards_with_its_code(office):
    road = office.road
    found = road.enter_existing()
    planning.confirm_existing(actor=road.actor("head"), programme=found)

    assert "checked" in box_of(office.get("accountant", "desk_appropriation_new", found.ref), "is_existing")
    office.done("accountant", "desk_appropriation_new", found.ref, **money_form(road, code="2721", is_existing="on"))

    given = Appropriation.objects.get()
    assert (given.code, given.is_existing) == ("2721", True)
    page = words_of(office.get("accountant", "desk_appropriation", given.ref))
    assert "2721" in page
    assert "given before this system" in page
    assert list(verify()) == []


# --- refusals --------------------------------------------------------------------------------------------------


def test_a_total_that_was_retyped_wrong_is_refused_with_code_and_basis_and_nothing_is_lost(office):
    office.road.publish_study()
    office.road.draft_programme()
    office.road.submit_to_council()
    office.road.adopt()

    page = office.press(
        "accountant", "desk_appropriation_new", office.road.programme.ref, **money_form(office.road, retyped="6000")
    )

    said = words_of(page)
    assert page.status_code == 200
    assert "The total and its repetition differ" in said
    assert "total_not_retyped" in said
    assert "House rule of Jardam, not a law: H-16" in said
    assert 'value="600 000"' in page.content.decode()


def test_a_closing_day_before_the_least_term_is_refused_with_the_term(office):
    office.road.to_adopted()
    office.road.draft_contest()
    early = office.road.earliest_closing() - dt.timedelta(days=1)

    page = office.press("head", "desk_announce", office.road.contest.ref, **day("closes_on", early))

    said = words_of(page)
    assert "deadline_too_early" in said
    assert "20 calendar days" in said
    assert Contest.objects.get().state == "draft"


def test_the_announcement_page_shows_deadline_edition_and_assumed_rules(office):
    office.road.to_adopted()
    office.road.draft_contest()

    said = office.text("head", "desk_announce", office.road.contest.ref)

    assert "Resolution 604 of 2022" in said
    assert "20 calendar days" in said
    earliest = office.road.earliest_closing()
    assert f"Earliest last day {earliest.day} {earliest:%B %Y}, until 18:00 Bishkek time" in said
    assert "rules are assumed for the demonstration" in said
    assert "com.quorum" in said
    assert "Left of the measure" in said


def test_an_opening_before_the_deadline_is_not_offered_and_says_why(office):
    office.road.to_announced()

    page = office.get("specialist", "desk_opening", office.road.contest.ref)

    assert page.status_code == 409
    assert "deadline_not_passed" in words_of(page)
    assert 'method="post"' not in page.content.decode()


def test_a_council_without_quorum_is_refused(office):
    office.road.publish_study()
    office.road.draft_programme()
    office.road.submit_to_council()

    page = office.press(
        "secretary", "council_adopt", office.road.programme.ref, **adoption_form(office.road, present=9, votes_for=8)
    )

    assert "council_without_quorum" in words_of(page)
    assert Programme.objects.get().state == "submitted"


def test_what_the_council_returns_is_a_draft_again_and_due_at_the_desk(office):
    office.road.publish_study()
    office.road.draft_programme()
    office.road.submit_to_council()
    ref = office.road.programme.ref

    office.done("secretary", "council_return", ref, reason="Улгайган жарандардын саны такталсын.")

    assert Programme.objects.get().state == "draft"
    assert "Finish the programme" in office.text("specialist", "desk")


@pytest.mark.parametrize(
    ("who", "name"),
    [("accountant", "desk_programme_new"), ("accountant", "desk_contest_new"), ("specialist", "desk_rule_adopt")],
)
def test_who_may_not_do_it_reads_who_does(office, who, name):
    page = office.get(who, name, *(["com.quorum"] if name == "desk_rule_adopt" else []))

    assert page.status_code == 409
    assert "wrong_role" in words_of(page)


def test_the_desk_is_for_everybody_who_is_signed_in_and_for_nobody_else(office):
    with override("en"):
        turned_away = Client().get(reverse("desk"))

    assert turned_away.status_code == 302
    assert "/accounts/login/" in turned_away.headers["Location"]


def test_another_customers_things_are_not_found(office):
    road = office.road
    road.to_announced()
    clockwork = system(road.at)
    other = parties.register_organisation(
        actor=clockwork, kind="aiyl_okmotu", title={"ky": "Ак-Суу", "ru": "Ак-Суу"}, is_invented=True
    )
    head = parties.register_person(name="Эмил", email="emil@demo.invalid", password=None)
    parties.grant_mandate(person=head, organisation=other, role="head", document="1", actor=clockwork)
    road.cast.people["emil"] = head

    for name, args in [
        ("desk_contest", (road.contest.ref,)),
        ("desk_announcement", (road.contest.ref,)),
        ("desk_commission", (road.contest.ref,)),
    ]:
        assert office.get("emil", name, *args).status_code == 404, name


# --- once ------------------------------------------------------------------------------------------------------


def programme_form(road: Road) -> dict[str, Any]:
    text = road.text("programme")
    form = three("title", text["title"]) | three("goal", text["goal"]) | {"study": road.study.ref}
    return form | {"year_from": str(road.year), "year_to": str(road.year + 1)}


def test_pressing_twice_makes_one_programme(office):
    office.road.publish_study()
    form = programme_form(office.road)

    first = office.press("specialist", "desk_programme_new", key="K" * 24, **form)
    second = office.press("specialist", "desk_programme_new", key="K" * 24, **form)

    assert Programme.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_a_key_that_was_used_for_something_else_is_refused(office):
    office.road.publish_study()
    form = programme_form(office.road)
    office.press("specialist", "desk_programme_new", key="K" * 24, **form)

    page = office.press("specialist", "desk_programme_new", key="K" * 24, **form | {"year_to": "2028"})

    assert "key_reused" in words_of(page)
    assert Programme.objects.count() == 1


def test_pressing_twice_makes_one_lot(office):
    road = office.road
    road.to_adopted()
    ref = ref_in(
        office.done(
            "specialist", "desk_contest_new", programme=road.programme.ref, title_ky="Жардам", title_ru="Помощь"
        )
    )
    lot = {"measure": road.measure.ref, "amount": "600000", "ceiling": "500000"}

    first = office.press("specialist", "desk_lot_new", ref, key="L" * 24, **lot)
    second = office.press("specialist", "desk_lot_new", ref, key="L" * 24, **lot)

    assert (first.status_code, second.status_code) == (302, 302)
    assert Lot.objects.count() == 1


# --- drafts, seals, ties ---------------------------------------------------------------------------------------


def test_a_half_written_announcement_is_kept_and_the_desk_says_what_is_missing(office):
    road = office.road
    road.to_adopted()
    ref = ref_in(
        office.done(
            "specialist", "desk_contest_new", programme=road.programme.ref, title_ky="Жардам", title_ru="Помощь"
        )
    )

    office.done(
        "specialist", "desk_announcement", ref, title_ky="Жардам", title_ru="Помощь", goal_ky="Кам", months="6"
    )

    said = office.text("specialist", "desk_contest", ref)
    assert Contest.objects.get().goal == {"ky": "Кам"}
    assert "Still to write: tasks, problem, contacts" in said
    assert "Cannot start yet" in said


def test_an_application_is_opened_by_a_press_and_the_look_is_recorded(office):
    road = office.road
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    for member, _, _ in MEMBERS:
        road.declare(member)
    candidacy = road.candidacy("umut")
    project = road.text("applications")["umut"]["project"]["title"]

    closed = office.text("specialist", "desk_candidacy", candidacy.ref)
    opened = office.press("specialist", "desk_candidacy", candidacy.ref)

    assert project not in closed
    assert project in words_of(opened)
    looks = Look.objects.filter(label=candidacy.application.label)
    assert [(look.purpose, look.person_id) for look in looks] == [("screening", road.cast.people["specialist"].pk)]


def test_nothing_is_opened_before_the_members_have_declared(office):
    road = office.road
    road.to_opened()
    road.appoint_commission()
    road.begin_review()

    page = office.get("specialist", "desk_candidacy", road.candidacy("umut").ref)

    assert "Open the application" not in words_of(page)
    assert "declarations of interest are still missing" in office.text(
        "specialist", "desk_proceeding", road.proceeding.ref
    )


def test_a_rejection_takes_a_ground_of_the_rules_and_a_reason(office):
    road = office.road
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    for member, _, _ in MEMBERS:
        road.declare(member)
    candidacy = road.candidacy("birge")
    ground = road.contest.settlement.value("adm.grounds")[1]

    wrong = office.press("specialist", "desk_reject", candidacy.ref, ground="made_up", text="…")
    office.done("specialist", "desk_reject", candidacy.ref, ground=ground.code, text="Тема боюнча эмес.")

    candidacy.refresh_from_db()
    assert wrong.status_code == 200
    assert (candidacy.state, candidacy.ground) == ("rejected", ground.code)
    assert ground.names.en in office.text("specialist", "desk_candidacy", candidacy.ref)


def test_scores_are_nowhere_at_the_desk_before_all_are_in(office):
    road = office.road
    road.to_scoring()
    road.score("member_state", "umut")

    page = office.get("specialist", "desk_sitting", road.proceeding.ref)

    assert page.status_code == 409
    assert "Total" not in words_of(page)


def test_lots_drawn_for_a_tie_are_entered_by_application():
    tied = [SimpleNamespace(ref="A", number="A1", applicant="x"), SimpleNamespace(ref="B", number="A2", applicant="y")]
    members = [SimpleNamespace(person_id=7, name="Асель")]
    sent = {"present": ["1"], "votes_for": "1", "votes_against": "0", "abstained": "0", "chair_for": "none"}
    sent |= day("held_on", dt.date(2026, 3, 12)) | {"drawn_A": "2", "drawn_B": "1"}

    form = SittingForm(members, tied, sent)

    assert form.is_valid(), form.errors
    assert form.sitting().drawing == {"A": 2, "B": 1}
    assert form.sitting().present == {7}
    assert form.sitting().chair_for is None


# --- the customer's own act ------------------------------------------------------------------------------------


@pytest.fixture
def real(settings: Any) -> None:
    """An instance that assumes nothing."""
    settings.DEMO = False


def test_unknown_rules_are_listed_completely_and_lead_to_the_draft_of_the_act(office, settings):
    road = office.road
    road.to_adopted()
    road.draft_contest()
    settings.DEMO = False
    missing = regime.missing_rules(customer=road.cast.organisations["okmotu"], form="grants", at=road.at)

    page = office.get("head", "desk_announce", road.contest.ref)

    body = page.content.decode()
    assert page.status_code == 409
    assert body.count("<code>rule_unknown</code>") == len(missing) > 100
    with override("en"):
        assert reverse("desk_rules") in body
    act = office.get("head", "desk_draft_act").content.decode()
    assert all(act.count(f"<code>{key}</code>") == 2 for key in missing)
    assert act.index('<section lang="ky">') < act.index('<section lang="ru">')


def test_a_rule_of_the_customers_act_is_kept_and_no_longer_missing(office, real):
    road = office.road
    customer = road.cast.organisations["okmotu"]
    before = regime.missing_rules(customer=customer, form="grants", at=road.at)
    act = {"act_number": "12", "silence_statement": "604-токтом окулду."} | day("act_on", bishkek_day(road.at))

    unreadable = office.press("head", "desk_rule_adopt", "com.quorum", value_how=">=", value="two thirds", **act)
    office.done("head", "desk_rule_adopt", "com.quorum", value_how=">=", value="2/3", **act)

    after = regime.missing_rules(customer=customer, form="grants", at=road.at)
    assert "Write a fraction of the whole" in words_of(unreadable)
    assert set(before) - set(after) == {"com.quorum"}
    assert "at least 2/3" in office.text("head", "desk_rules")


def test_a_rule_that_is_not_left_to_the_customer_needs_the_statement_of_silence(office, real):
    act = {"act_number": "12", "value": "yes"} | day("act_on", bishkek_day(office.road.at))

    page = office.press("head", "desk_rule_adopt", "com.size_odd", **act)

    assert "not_delegated" in words_of(page)


@pytest.mark.parametrize(
    ("key", "typed", "plain"),
    [
        ("ann.min_term", "20 calendar_days", ["20 calendar_days"]),
        ("com.civil_min_share", "> 1/2", "> 1/2"),
        ("clock.day_ends", "18:00", "18:00"),
        ("eval.pass_mark", "60.5", "60.5"),
        ("com.size_odd", "true", True),
        ("ann.languages", "[ky, ru]", ["ky", "ru"]),
        ("app.max_amount", "500000.00 KGS", "500000.00 KGS"),
        ("app.max_amount", "none", "none"),
    ],
)
def test_a_value_is_read_as_an_edition_writes_it(key, typed, plain):
    assert plain_of(key, typed) == plain


@pytest.mark.parametrize(("key", "typed"), [("com.size_min", "1.5"), ("ann.languages", "[ky"), ("com.size_odd", "?")])
def test_a_value_that_cannot_be_read_says_how_to_write_it(key, typed):
    with override("en"), pytest.raises(ValidationError, match="Write it like this"):
        plain_of(key, typed)


@pytest.mark.parametrize(
    ("key", "boxes", "kept"),
    [
        ("com.size_odd", {"value": "yes"}, True),
        ("sig.protocol", {"value": "ink"}, "ink"),
        ("clock.day_ends", {"value": "18:00"}, "18:00"),
        ("ann.languages", {"value": ["ky", "ru"]}, ["ky", "ru"]),
        ("com.size_min", {"value": "5"}, 5),
        ("eval.pass_mark", {"value": "60,5"}, "60.5"),
        ("con.advance_pct", {"value": "30"}, "30"),
        ("ann.min_term", {"value": "20", "value_unit": "calendar_days"}, ["20 calendar_days"]),
        ("com.civil_min_share", {"value_how": ">", "value": "1 / 2"}, "> 1/2"),
        ("app.max_amount", {"value": "500 000"}, "500000.00 KGS"),
        ("app.max_amount", {"value_none": "on"}, "none"),
    ],
)
def test_a_head_gives_a_value_in_boxes_not_in_codes(key, boxes, kept):
    act = {"act_number": "12", "silence_statement": "."} | day("act_on", dt.date(2026, 3, 2))
    query = QueryDict(mutable=True)
    for name, typed in (act | boxes).items():
        query.setlist(name, typed if isinstance(typed, list) else [typed])

    with override("ru"):
        form = AdoptForm(key, False, query)

        assert form.errors == {}
        assert form.cleaned_data["value"] == kept
        assert not re.search(r"\b(true|one of|ink|calendar_days)\b", re.sub("<[^>]*>", "", str(form)))


def test_a_limit_left_open_is_asked_for():
    form = AdoptForm("app.max_amount", True, {"act_number": "12"} | day("act_on", dt.date(2026, 3, 2)))

    assert "value" in form.errors


# --- the operator ----------------------------------------------------------------------------------------------


def test_a_rule_found_in_the_law_takes_two_people(office):
    rule = {"edition": "grants/2022-604", "key": "com.quorum", "value": ">= 2/3", "act": "Resolution 604/2022"}
    rule |= {"article": "Annex 1, 23"} | day("edition_date", dt.date(2025, 6, 1))

    office.done("lawyer", "operator_rule_new", **rule)
    entered = RuleConfirmation.objects.get()
    own = office.get("lawyer", "operator_rule", entered.ref)
    due = office.text("auditor", "desk")
    office.done("auditor", "operator_rule", entered.ref)

    entered.refresh_from_db()
    assert "same_lawyer" in words_of(own)
    assert "Check a rule found in the law" in due
    assert entered.state == "confirmed"


def test_an_organisation_is_verified_against_a_register(office):
    waiting = parties.register_organisation(
        actor=system(office.road.at),
        kind="non_profit",
        title={"ky": "«Жаңы күн»", "ru": "«Жаны кун»"},
        tin="01203201910055",
    )

    listed = office.text("registrar", "operator_organisations")
    office.done(
        "registrar",
        "operator_organisation",
        waiting.ref,
        checked_against="Реестр, 02.02.2026",
        checklist=sorted(CHECKLIST),
    )

    waiting.refresh_from_db()
    assert "«Жаны кун»" in listed or "«Жаңы күн»" in listed
    assert waiting.state == "verified"


# --- the due list ----------------------------------------------------------------------------------------------


def test_each_role_is_told_its_next_step_along_the_road(office):
    road = office.road

    def due(who: str) -> str:
        return office.text(who, "desk")

    road.publish_study()
    road.draft_programme()
    assert "Finish the programme and send it to the council" in due("specialist")
    road.submit_to_council()
    assert "Record the council's decision" in due("secretary")
    road.adopt()
    assert "Record the money of the budget" in due("accountant")
    road.appropriate()
    assert "Begin a contest for the measure" in due("specialist")
    road.draft_contest()
    assert "Finish the announcement and announce" in due("head")
    road.announce()
    for name in ("umut", "birge"):
        road.write_application(name)
    assert "Finish the application and submit it" in due("umut_head")
    for name in ("umut", "birge"):
        road.submit(name)
    road.pass_deadline()
    assert "Open the applications" in due("specialist")
    road.open()
    assert "Appoint the commission" in due("head")
    road.appoint_commission()
    assert "Begin the review" in due("specialist")
    road.begin_review()
    assert "Declare your interests" in due("member_civil")
    for member, _, _ in MEMBERS:
        road.declare(member)
    assert "Screen the applications: 2 left" in due("specialist")
    for name in ("umut", "birge"):
        road.admit(name)
    assert "Score the applications" in due("member_civil")
    for member, _, _ in MEMBERS:
        for name in ("umut", "birge"):
            road.score(member, name)
    assert "Score the applications" not in due("member_civil")
    assert "Record the sitting" in due("specialist")
    road.decide()
    assert "Sign the protocol" in due("member_civil")
    for member, _, _ in MEMBERS:
        road.sign_protocol(member)
    assert "Publish the protocol" in due("specialist")
    assert "Sign the protocol" not in due("member_civil")
    road.publish_protocol()
    assert "Prepare the contract" in due("specialist")
    road.prepare_contract()
    assert "Sign the contract" not in due("head")
    road.pass_standstill()
    assert "Sign the contract" in due("head")
    assert "Sign the contract" in due("umut_head")
    road.sign_contract("head")
    assert "Sign the contract" not in due("head")
    road.sign_contract("umut_head")
    assert "Order the next tranche" in due("accountant")
    assert "5 working days left" in due("accountant").replace("\xa0", " ")  # con.tranche_term
    road.order_tranche()
    assert "Put the payment into a package" in due("accountant")
    road.plan_cash()
    road.draw_up_package()
    assert "Sign the package of payments" in due("accountant")
    assert "Sign the package of payments" not in due("head")
    road.sign_package()
    assert "Sign the package of payments" in due("head")
    road.send_package()
    assert "Execute the payment or refuse it" in due("treasurer")
    road.execute_payment()
    assert "Report on the money received" in due("umut_head")
    road.submit_report()
    assert "Accept the report or return it" in due("specialist")
    road.accept_report()
    assert "Order the next tranche" in due("accountant")
    assert "Nothing is due today." in due("treasurer")


def test_the_due_list_counts_down_by_the_rules_of_the_contest(office):
    office.road.to_opened()
    office.road.appoint_commission()
    office.road.begin_review()
    for member, _, _ in MEMBERS:
        office.road.declare(member)

    assert re.search(r"Screen the applications: 2 left .* working days left", office.text("specialist", "desk"))


# --- how much is asked of the database -------------------------------------------------------------------------


def queries_of(office: Office, who: str, name: str) -> int:
    office.client(who)
    with CaptureQueriesContext(connection) as asked:
        assert office.get(who, name).status_code == 200
    return len(asked)


def grow(road: Road, rows: int) -> None:
    """That many more studies, programmes and contests of the customer."""
    customer = road.cast.organisations["okmotu"]
    actor = road.actor("specialist")
    need = planning.GroupEntry(planning.Need("youth", 10, 1, 3, Decimal(100)), {"ky": "Жаштар"})
    for n in range(rows):
        title = {"ky": f"№{n}", "ru": f"№{n}"}
        planning.publish_study(
            actor=actor, customer=customer, title=title, year=2026, method="…", sources="…", groups=[need]
        )
        years = {"year_from": 2026, "year_to": 2027}
        planning.draft_programme(actor=actor, customer=customer, study=road.study, title=title, goal=title, **years)
        contests.draft_contest(actor=actor, customer=customer, programme=road.programme, title=title)


PAGES = ("desk_studies", "desk_programmes", "desk_contests", "desk")


def test_lists_ask_no_more_with_more_rows(office):
    office.road.to_announced()
    grow(office.road, 10)
    few = {name: queries_of(office, "specialist", name) for name in PAGES}

    grow(office.road, 40)

    assert {name: queries_of(office, "specialist", name) for name in PAGES} == few
    assert max(few[name] for name in PAGES[:3]) <= 16
    assert few["desk"] <= 24, "one statement for what can wait, then one for each kind of duty that does"


@pytest.mark.slow
def test_lists_of_a_thousand_rows_ask_what_lists_of_ten_ask(office):
    office.road.to_announced()
    grow(office.road, 10)
    few = {name: queries_of(office, "specialist", name) for name in PAGES}

    grow(office.road, 990)

    assert {name: queries_of(office, "specialist", name) for name in PAGES} == few


def test_a_list_goes_on_after_its_last_row(office):
    office.road.to_announced()
    grow(office.road, 40)

    first = office.get("specialist", "desk_contests").content.decode()
    following = re.search(r'rel="next" href="[^"]*from=([^"]+)"', first)
    assert following is not None
    second = words_of(office.get("specialist", "desk_contests", **{"from": following[1]}))

    assert "Nobody is left alone" not in first
    assert "Nobody is left alone" in second
    assert office.get("specialist", "desk_contests", **{"from": "0000000000"}).status_code == 404
