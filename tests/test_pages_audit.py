"""The auditor reads who did what and who opened what, and nothing that is sealed or private."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.translation import override

from jardam.journal.models import Record
from jardam.journal.operations import consume
from jardam.journal.queries import place_of
from jardam.transparency.queries import acts_for_audit, history_for_audit
from jardam.web import act_words, clock
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

    assert "Applications: 2" in said
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


def test_the_journal_is_narrowed_by_thing_person_and_day_and_kept_as_a_file(pages):
    client, address = pages.client("auditor"), reverse("audit")

    def asked(**boxes):
        return client.get(address, boxes).context["table"].rows

    every = acts_for_audit(pages.road.actor("auditor"), limit=10_000)
    head = pages.road.cast.people["head"].name
    by_head = [one for one in every if one.person_name == head]
    of_contest = [one for one in every if one.object_kind == "contest"]
    first = min(one.at for one in every)

    assert len(asked(kind="contest")) == len(of_contest) < len(every)
    assert len(asked(who=head[:6])) == min(30, len(by_head))
    assert asked(kind="contest", who="nobody at all") == []
    assert asked(until_0="1", until_1="1", until_2="2020") == []
    day = {"since_0": "1", "since_1": str(first.month), "since_2": str(first.year + 9)}
    assert asked(**day) == []
    kept = b"".join(client.get(reverse("audit_csv"), {"kind": "contest"}).streaming_content).decode("utf-8-sig")
    assert len(kept.strip().splitlines()) == 1 + len(of_contest)
    assert head in kept


def test_the_next_page_of_a_narrowed_journal_keeps_the_filter(pages):
    client, read = pages.client("auditor"), 0
    address = f"{reverse('audit')}?since_0=1&since_1=1&since_2=2020"
    while address:
        answer = client.get(address)
        read += len(answer.context["table"].rows)
        address = answer.context["pager"].next_url
        assert not address or "since_2=2020" in address
    assert read == len(acts_for_audit(pages.road.actor("auditor"), limit=10_000))


def test_an_act_leads_to_the_public_page_of_its_thing(pages):
    while consume():
        pass
    contest = pages.road.contest
    candidacy = pages.road.candidacy("umut")

    for kind, number in (("contest", contest.pk), ("candidacy", candidacy.pk)):
        with override("en"):
            page = pages.get("auditor", "audit_thing", kind, str(number)).content.decode()
            assert reverse("contest", args=[contest.ref]) in page, kind


def test_the_public_part_of_an_act_is_told_in_words():
    entries = {
        "amount": "4500000.00",
        "months": ["0.00"] * 6 + ["133500.00"] + ["0.00"] * 5,
        "deadline": "2026-11-02T12:00:00.000000Z",
        "adopted_on": "2026-02-26",
        "role": "auditor",
        "year": 2026,
        "existing": False,
    }

    with override("ru"):
        said = "\n".join(act_words.lines(entries))

    for part in ("Сумма: 4 500 000 сом", "Июль 133 500 сом", "02.11.2026, 18:00", "26.02.2026", "аудитор", ": 2026"):
        assert part in said.replace("\xa0", " ").replace("\u202f", " ")
    assert "[" not in said and "false" not in said.lower()
