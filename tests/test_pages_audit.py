"""The auditor reads who did what and who opened what, and nothing that is sealed or private."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.translation import override

from jardam.journal.models import Record
from jardam.journal.queries import place_of
from jardam.transparency.queries import acts_for_audit, history_for_audit
from jardam.web import clock
from tests.test_pages_contracts import Desks

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(road, monkeypatch) -> Desks:
    road.to_scoring()
    monkeypatch.setattr(clock, "now", lambda: road.at)
    made = Desks(road)
    made.client("member_civil").post(reverse("candidacy", args=[road.candidacy("umut").ref]), {"do": "read"})
    return made


def test_every_act_leads_to_what_was_done_with_the_thing(pages):
    first = pages.get("auditor", "audit")
    assert "Journal of acts" in pages.text("auditor", "desk")
    newest = Record.objects.latest("id")
    with override("en"):
        assert reverse("audit_thing", args=[newest.object_kind, newest.object_id]) in first.content.decode()
        older = pages.client("auditor").get(reverse("audit"), {"from": place_of(Record.objects.order_by("-id")[29])})
        assert older.status_code == 200
        for odd in (
            "x",
            "contest-1",
            "contest-a-1",
            "contest-1-0",
            f"contest-{'9' * 30}-1",
            "contest-987654321-1",
            "",
        ):
            assert pages.client("auditor").get(reverse("audit"), {"from": odd}).status_code == 404, odd
    contest = pages.road.contest

    said = pages.text("auditor", "audit_thing", "contest", str(contest.pk))

    assert "applications: 2" in said
    assert pages.road.cast.people["head"].name in said
    assert pages.get("auditor", "audit_thing", "contest", "987654321").status_code == 404


def test_looks_name_person_time_and_purpose_and_not_the_content(pages):
    said = pages.text("auditor", "audit_looks")

    assert pages.road.cast.people["member_civil"].name in said
    assert "To review" in said
    assert "Жылуу үй" not in said


@pytest.mark.parametrize("who", ["registrar", "lawyer", "head", "umut_head"])
def test_nobody_else_reads_them(pages, who):
    for name in ("audit", "audit_looks"):
        assert pages.get(who, name).status_code == 403


def test_the_pages_of_the_journal_follow_each_other_without_gap_or_repetition(pages):
    auditor = pages.road.actor("auditor")
    every = acts_for_audit(auditor, limit=10_000)
    client, address, read = pages.client("auditor"), reverse("audit"), 0
    while address:
        answer = client.get(address)
        read += len(answer.context["table"].rows)
        address = answer.context["pager"].next_url
    assert read == len(every) > 60


def test_before_the_opening_the_auditor_reads_nothing_of_who_asks_and_who_applies(road, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: road.at)
    road.to_announced()
    road.write_application("umut")
    road.submit("umut")
    auditor, kind, number = road.actor("auditor"), "application", road.applications["umut"].pk

    assert {one.object_kind for one in acts_for_audit(auditor, limit=10_000)} & {"application", "question"} == set()
    assert Desks(road).get("auditor", "audit_thing", kind, str(number)).status_code == 404

    road.pass_deadline()
    road.open()
    assert [one.verb for one in history_for_audit(auditor, kind, number)][-2:] == ["submit", "open"]
