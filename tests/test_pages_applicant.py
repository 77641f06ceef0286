"""The applicant's, the members' and the treasury's steps of the road, through their pages."""

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from jardam.contests.models import Application, Version
from jardam.contracts.models import Report
from jardam.demonstration import cast
from jardam.demonstration.road import MEMBERS, Road, document_of
from jardam.documents.models import Look
from jardam.kernel.time import bishkek_day
from jardam.review.models import ScoreSheet
from jardam.rulebook.edition import load_overlay
from jardam.treasury.queries import trail_of_appropriations
from jardam.web import inbox
from tests.world import REGIMES, new_road

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
KEY = re.compile(r'name="key" value="([^"]+)"')


@pytest.fixture
def road(monkeypatch) -> Road:
    """The road; the pages read its clock."""
    road = new_road()
    monkeypatch.setattr("jardam.web.clock.now", lambda: road.at)
    return road


class Seat:
    """One of the cast before their browser. `press` opens a page and sends its form, with the key it holds."""

    def __init__(self, road: Road, name: str) -> None:
        self.road, self.client = road, Client()
        self.client.force_login(road.cast.people[name].user, backend=BACKEND)

    def open(self, url: str, status: int = 200) -> str:
        response = self.client.get(url)
        assert response.status_code == status, (url, response.status_code)
        return shown(response)

    def press(self, url: str, data: dict[str, Any] | None = None, *, page: str = "", key: str = "") -> Any:
        key = key or self.key(page or url)
        return self.client.post(url, {"key": key} | (data or {}))

    def key(self, url: str) -> str:
        found = KEY.search(self.open(url))
        assert found, f"no form with a key at {url}"
        return found[1]

    def done(self, url: str, data: dict[str, Any] | None = None, **kwargs: Any) -> str:
        """Press, and expect to be led on."""
        response = self.press(url, data, **kwargs)
        assert response.status_code == 302, faults(response)
        return response.headers["Location"]


def shown(response: Any) -> str:
    """What stands on the page, with plain spaces."""
    return response.content.decode().replace("\xa0", " ")


def faults(response: Any) -> list[str]:
    return re.findall(r'class="error-summary.*?</div>|refusal-sentence">.*?<', shown(response), re.S)


def typed(section: dict[str, Any]) -> dict[str, Any]:
    """What a person types for a section's data."""
    if "rows" not in section:
        return {name: value for name, value in section.items() if value is not False}
    fields = {f"{n}-{name}": cell for n, row in enumerate(section["rows"]) for name, cell in row.items()}
    return fields | {"count": len(section["rows"]) + 2}


def write(seat: Seat, ref: str, sections: dict[str, Any]) -> None:
    for name, section in sections.items():
        seat.done(reverse("application_section", args=[ref, name]), typed(section))
    for document in seat.road.contest.settlement.value("app.documents"):
        if document.mandatory:
            upload(seat, ref, document.code)


def upload(seat: Seat, ref: str, kind: str) -> None:
    file = SimpleUploadedFile(f"{kind}.pdf", document_of("umut", kind), "application/pdf")
    seat.done(reverse("application_documents", args=[ref]), {"kind": kind, "file": file})


def started(seat: Seat) -> str:
    """Start an application in the road's lot; its reference."""
    address = seat.done(reverse("apply_start", args=[seat.road.lot.ref]))
    return address.rstrip("/").rsplit("/", 1)[1]


def submitted(road: Road, name: str = "umut") -> tuple[Seat, str]:
    head = Seat(road, f"{name}_head")
    ref = started(head)
    write(head, ref, road.text("applications")[name])
    head.done(reverse("application_check", args=[ref]))
    road.applications[name] = Application.objects.get(ref=ref)
    return head, ref


# --- writing and submitting ------------------------------------------------------------------------------------


def test_an_applicant_starts_writes_and_submits_and_gets_a_receipt(road):
    road.to_announced()
    head = Seat(road, "umut_head")

    ref = started(head)
    assert "0 of 11" in head.open(f"/en/apply/{ref}/")
    write(head, ref, road.text("applications")["umut"])
    check = head.open(f"/en/apply/{ref}/check/")
    address = head.done(reverse("application_check", args=[ref]))

    version = Version.objects.get(application__ref=ref)
    receipt = head.open(address)
    assert "KGS 445,000" in check
    assert address == reverse("application_sent", args=[ref])
    assert version.ref in receipt and version.content_sha256 in receipt
    assert Application.objects.get(ref=ref).state == "submitted"


def test_the_form_asks_for_what_the_rules_ask_for_in_the_languages_they_take(road, monkeypatch):
    few = ("people_served", "goal_and_tasks", "activities", "team", "budget", "indicators", "declarations")
    overlay = load_overlay(REGIMES / "demonstration" / "grants.yaml")
    values = {**overlay.values, "form.application_sections": few, "app.languages": ("ky",)}
    fewer = type(overlay)(overlay.form, values, overlay.file_sha256)
    monkeypatch.setattr("jardam.regime.queries.overlay", lambda form: fewer)
    road.to_announced()
    head = Seat(road, "umut_head")
    ref = started(head)

    assert "0 of 9" in head.open(f"/en/apply/{ref}/")
    head.open(f"/en/apply/{ref}/risks/", status=404)
    project = head.open(f"/en/apply/{ref}/project/")
    assert 'name="summary"' not in project and 'value="ky"' in project and 'value="ru"' not in project
    assert "Experience" not in head.open(f"/en/apply/{ref}/team/")
    sections = road.text("applications")["umut"]
    write(head, ref, {name: part for name, part in sections.items() if name not in ("problem", "risks")})
    head.done(reverse("application_check", args=[ref]))
    assert "Language of the application" in head.open(f"/en/apply/{ref}/content/")


def test_two_presses_of_one_form_make_one_application_and_one_version(road):
    road.to_announced()
    head = Seat(road, "umut_head")
    url = reverse("apply_start", args=[road.lot.ref])
    key = head.key(url)

    first, second = (head.press(url, key=key) for _ in range(2))
    ref = Application.objects.get().ref
    write(head, ref, road.text("applications")["umut"])
    check = reverse("application_check", args=[ref])
    key = head.key(check)
    third, fourth = (head.press(check, key=key) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"] == reverse("application", args=[ref])
    assert third.headers["Location"] == fourth.headers["Location"] == reverse("application_sent", args=[ref])
    assert Version.objects.count() == 1


def test_a_late_submission_is_refused_with_its_deadline(road):
    road.to_announced()
    head = Seat(road, "umut_head")
    ref = started(head)
    write(head, ref, road.text("applications")["umut"])
    key = head.key(reverse("application_check", args=[ref]))
    road.at = road.contest.deadline_at

    response = head.press(f"/en/apply/{ref}/check/", key=key)

    text = shown(response)
    assert response.status_code == 200
    assert "Applications were accepted until" in text and "Bishkek time" in text
    assert "deadline_passed" in text
    assert not Version.objects.exists()


def test_one_second_before_the_deadline_is_in_time(road):
    road.to_announced()
    head = Seat(road, "umut_head")
    ref = started(head)
    write(head, ref, road.text("applications")["umut"])
    road.at = road.contest.deadline_at - dt.timedelta(seconds=1)

    head.done(reverse("application_check", args=[ref]))

    assert Version.objects.get().at == road.at


def test_an_error_loses_nothing_that_was_typed(road):
    road.to_announced()
    head = Seat(road, "umut_head")
    ref = started(head)
    url = f"/en/apply/{ref}/people/"

    response = head.press(url, {"count": "many", "who": "Жалгыз бой кишилер", "where": "Көк-Булак"})

    text = shown(response)
    assert response.status_code == 200
    assert 'value="many"' in text and "Жалгыз бой кишилер" in text
    assert "Write a number in digits" in text
    assert "<title>Error:" in text


def test_recalculating_shows_the_sums_and_saves_nothing(road):
    road.to_announced()
    head = Seat(road, "umut_head")
    ref = started(head)
    url = f"/en/apply/{ref}/budget/"
    rows = {"count": 2, "0-title": "Visits", "0-requested": "100 000", "1-requested": "20000,50", "0-own": "7000"}

    text = shown(head.press(url, rows | {"then": "recalculate"}))
    more = shown(head.press(url, rows | {"then": "more"}))

    assert "KGS 120,000.50" in text and "KGS 7,000" in text
    assert 'name="3-title"' in more and 'value="Visits"' in more
    assert not Application.objects.get(ref=ref).draft_sections.exists()


def test_a_begun_row_wants_all_its_cells(road):
    road.to_announced()
    head = Seat(road, "umut_head")
    ref = started(head)

    text = shown(head.press(f"/en/apply/{ref}/team/", {"count": 2, "0-name": "Айбек"}))

    assert "Fill in this field, or clear the whole row." in text
    assert 'href="#id_0-role"' in text


def test_only_the_head_submits_and_the_editor_is_told_so(road):
    road.to_announced()
    head, editor = Seat(road, "umut_head"), Seat(road, "umut_editor")
    ref = started(head)
    write(editor, ref, road.text("applications")["umut"])

    text = editor.open(f"/en/apply/{ref}/check/")

    assert "wrong_role" in text
    assert "Submit the application" not in text


def test_a_submitted_application_is_replaced_and_withdrawn_before_the_deadline(road):
    road.to_announced()
    head, ref = submitted(road)

    head.done(
        reverse("application_section", args=[ref, "people"]),
        {"count": 91, "who": "Карылар", "where": "Ак-Кыя", "reached": "Тизме менен"},
    )
    address = head.done(reverse("application_check", args=[ref]))
    receipts = head.open(address)
    head.done(reverse("application_withdraw", args=[ref]))

    assert [v.number for v in Version.objects.order_by("id")] == [1, 2]
    assert all(v.ref in receipts for v in Version.objects.all())
    assert Application.objects.get(ref=ref).state == "withdrawn"


def test_nobody_else_finds_an_application(road):
    road.to_announced()
    _, ref = submitted(road)

    for name in ("birge_head", "specialist", "head", "member_civil", "auditor"):
        seat = Seat(road, name)
        for page in ("", "content/", "check/", "timeline/", "sent/", "result/", "project/"):
            response = seat.client.get(f"/en/apply/{ref}/{page}")
            assert response.status_code in (403, 404), (name, page)
            assert "Жылуу үй" not in shown(response)


def test_what_bars_an_applicant_is_said_before_the_start(road):
    road.to_announced()
    submitted(road)

    text = Seat(road, "umut_head").open(f"/en/apply/lots/{road.lot.ref}/")

    assert "Your organisation already has an application in this lot." in text
    assert "Go on with your application" in text


# --- the commission --------------------------------------------------------------------------------------------


def reviewed(road: Road) -> None:
    """Opened, with a commission and a review begun."""
    road.to_opened()
    road.appoint_commission()
    road.begin_review()


def declare(seat: Seat, conflicted: tuple[str, ...] = ()) -> None:
    road = seat.road
    answers = {road.candidacy(n).ref: "yes" if n in conflicted else "no" for n in road.applications}
    seat.done(reverse("declaration", args=[road.proceeding.ref]), answers)


def score(seat: Seat, member: str, name: str) -> Any:
    road, ref = seat.road, seat.road.candidacy(name).ref
    url = reverse("candidacy", args=[ref])
    seat.client.post(url, {"do": "read"})
    return seat.client.post(url, sheet(road, member, name))


def sheet(road: Road, member: str, name: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"do": "score", "key": f"{member}-{name}"}
    for code, (mark, reason) in road.scores(member, name).items():
        fields |= {f"{code}-score": str(mark), f"{code}-reason": reason}
    return fields


def test_a_member_declares_reads_scores_and_signs(road):
    reviewed(road)
    seats = {name: Seat(road, name) for name, _, _ in MEMBERS}
    for seat in seats.values():
        declare(seat)
    for name in ("umut", "birge"):
        road.admit(name)
    for member, seat in seats.items():
        for name in ("umut", "birge"):
            response = score(seat, member, name)
            assert response.status_code == 302, faults(response)
    road.proceeding.refresh_from_db()
    road.decide()
    for seat in seats.values():
        assert road.protocol.content_sha256 in seat.open(reverse("commission_protocol", args=[road.protocol.ref]))
        seat.done(reverse("commission_sign", args=[road.protocol.ref]))

    road.protocol.refresh_from_db()
    assert road.protocol.state == "signed"
    assert ScoreSheet.objects.count() == 6
    assert Look.objects.filter(purpose="review").count() == 6


def test_an_application_is_opened_by_pressing_only_and_the_applicant_sees_who_looked(road):
    reviewed(road)
    members = [Seat(road, name) for name, _, _ in MEMBERS]
    for seat in members:
        declare(seat)
    url = reverse("candidacy", args=[road.candidacy("umut").ref])

    closed = members[0].open(url)
    opened = shown(members[0].client.post(url, {"do": "read"}))
    seen = Seat(road, "umut_head").open(f"/en/apply/{road.applications['umut'].ref}/timeline/")

    assert "Жылуу үй" not in closed and "Жылуу үй" in opened
    assert Look.objects.count() == 1
    assert "Асель Мамытова" in seen


def test_an_interest_closes_the_application(road):
    reviewed(road)
    member = Seat(road, "member_civil")
    for name in ("member_state", "member_kenesh"):
        declare(Seat(road, name))
    declare(member, conflicted=("umut",))

    response = member.client.post(reverse("candidacy", args=[road.candidacy("umut").ref]), {"do": "read"})

    assert response.status_code == 409
    assert "Жылуу үй" not in shown(response)
    assert not Look.objects.exists()


def test_scores_stay_with_their_member_until_all_are_in(road):
    road.to_scoring()
    chair, other = Seat(road, "member_state"), Seat(road, "member_civil")
    assert score(chair, "member_state", "umut").status_code == 302
    url = f"/en/commission/applications/{road.candidacy('umut').ref}/"

    own, others = chair.open(url), other.open(url)

    assert "Your scores, locked" in own
    assert "Your scores, locked" not in others
    assert '1</b> <span class="note">of 2' in chair.open(f"/en/commission/{road.proceeding.ref}/")


def test_a_sheet_is_handed_in_with_no_more_statements_than_its_page_and_its_act_need(road):
    """docs/design/performance.md: a seat, a mandate and a person are asked for once."""
    road.to_scoring()
    chair = Seat(road, "member_state")
    score(chair, "member_state", "umut")
    url = reverse("candidacy", args=[road.candidacy("birge").ref])
    fields = sheet(road, "member_state", "birge")

    with CaptureQueriesContext(connection) as asked:
        answer = chair.client.post(url, fields)

    assert answer.status_code == 302
    assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) <= 29


def test_a_score_without_a_reason_comes_back_with_everything_typed(road):
    road.to_scoring()
    chair = Seat(road, "member_state")
    url = f"/en/commission/applications/{road.candidacy('umut').ref}/"

    text = shown(chair.client.post(url, {"do": "score", "need-score": "8", "approach-reason": "Так"}))

    assert "Fill in this field." in text and "Так" in text
    assert '<option value="8" selected>' in text
    assert not ScoreSheet.objects.exists()


# --- result, contract, money -----------------------------------------------------------------------------------


def test_the_letter_says_scores_reasons_and_what_would_have_been_enough(road):
    road.to_published()
    road.applications["birge"].refresh_from_db()

    loser = Seat(road, "birge_head").open(f"/en/apply/{road.applications['birge'].ref}/result/")
    winner = Seat(road, "umut_head").open(f"/en/apply/{road.applications['umut'].ref}/result/")

    own = Seat(road, "umut_head").open(f"/en/apply/{road.applications['umut'].ref}/")
    assert "Awarded" in own and "Under review" not in own
    assert "Result is published" in Seat(road, "umut_head").open("/en/apply/")
    assert "What would have been enough" in loser and "Importance of the problem" in loser
    assert cast.texts()["mark_reason"] in loser
    assert "KGS 445,000" in winner


def test_a_message_about_a_contract_leads_each_side_to_its_own_page(road):
    road.to_published()
    road.prepare_contract()
    ref = road.contract.ref
    told = SimpleNamespace(page=f"contract/{ref}")

    with override("en"):
        assert inbox.place(told, road.actor("umut_head")) == f"/en/apply/contracts/{ref}/"
        assert inbox.place(told, road.actor("head")) == f"/en/desk/contracts/{ref}/"
        assert inbox.place(SimpleNamespace(page="treasury"), road.actor("head")) == ""


def test_the_executor_signs_is_paid_and_reports_through_the_pages(road):
    road.to_published()
    road.prepare_contract()
    road.pass_standstill()
    road.sign_contract("head")
    head, treasurer = Seat(road, "umut_head"), Seat(road, "treasurer")

    head.done(reverse("grant_sign", args=[road.contract.ref]))
    road.contract.refresh_from_db()
    road.order_tranche()
    road.approve_payment()
    assert road.payment.ref in treasurer.open(reverse("treasury"))
    paid = bishkek_day(road.at)
    day = {"executed_on_0": paid.day, "executed_on_1": paid.month, "executed_on_2": paid.year}
    treasurer.done(reverse("treasury_payment", args=[road.payment.ref]), {"number": "000417"} | day)
    road.enter_expenses()
    report = {"narrative": "64 кишиге барылды.", "people_served": 64, "indicator_1": 64, "indicator_2": 900}
    head.done(reverse("grant_report", args=[road.contract.ref]), report)
    road.report = Report.objects.get()
    road.accept_report()

    trail = trail_of_appropriations("programme", [road.programme.pk])
    assert road.contract.state == "in_force"
    assert trail.paid == trail.accepted == road.payment.amount


def test_a_returned_report_is_mended_and_sent_again(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    road.submit_report()
    from jardam.contracts.operations import return_report

    return_report(actor=road.actor("specialist"), report=road.report, remark="Санын тактагыла.")
    head = Seat(road, "umut_head")

    assert "Санын тактагыла." in head.open(reverse("grant", args=[road.contract.ref]))
    url = reverse("grant_report_page", args=[road.report.ref])
    typed = {"narrative": "60 кишиге барылды.", "people_served": 60, "indicator_1": 60, "indicator_2": 800}
    head.done(url, typed)

    road.report.refresh_from_db()
    assert (road.report.state, road.report.people_served) == ("submitted", 60)
    assert road.report.indicators == [60, 800]


def test_the_treasury_refuses_with_a_code(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    treasurer = Seat(road, "treasurer")
    page = reverse("treasury_payment", args=[road.payment.ref])

    treasurer.done(reverse("treasury_refuse", args=[road.payment.ref]), {"code": "wrong_account"}, page=page)

    road.payment.refresh_from_db()
    assert (road.payment.state, road.payment.refusal_code) == ("refused", "wrong_account")


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_pages_of_the_workplaces_render_in_every_language(road, language):
    road.to_accepted()
    ref, contract = road.applications["umut"].ref, road.contract.ref
    pages = {
        "umut_head": ("apply/", f"apply/{ref}/", f"apply/{ref}/sent/", f"apply/{ref}/content/",
                      f"apply/{ref}/timeline/", f"apply/{ref}/result/", "apply/contracts/",
                      f"apply/contracts/{contract}/", f"apply/reports/{road.report.ref}/",
                      f"apply/lots/{road.lot.ref}/"),
        "member_civil": ("commission/", f"commission/{road.proceeding.ref}/",
                         f"commission/applications/{road.candidacy('umut').ref}/",
                         f"commission/protocols/{road.protocol.ref}/"),
        "treasurer": ("treasury/", f"treasury/{road.payment.ref}/"),
    }  # fmt: skip

    for name, paths in pages.items():
        seat = Seat(road, name)
        for path in paths:
            assert f'<html lang="{language}"' in seat.open(f"/{language}/{path}")
