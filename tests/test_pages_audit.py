"""The auditor reads who did what and who opened what, and nothing that is sealed or private."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.translation import override

from jardam.journal.models import Record
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
        older = pages.client("auditor").get(reverse("audit"), {"from": Record.objects.order_by("-id")[29].pk})
        assert older.status_code == 200
        assert pages.client("auditor").get(reverse("audit"), {"from": "x"}).status_code == 404
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
