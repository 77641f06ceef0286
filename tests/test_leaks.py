"""Before the opening and before the reveal, nothing tells applicants or scores (blueprint §6.3–4).

Not a page, not a file, not a count, an order, a header, a refusal, a log line, a message or a number.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from jardam.contests import queries as contest_queries
from jardam.contests.models import Application
from jardam.demonstration import cast
from jardam.journal.models import Record
from jardam.journal.operations import consume
from jardam.notices import operations as notices
from jardam.notices.models import Message
from jardam.parties.models import User
from jardam.review import operations as review
from jardam.review import queries as review_queries
from tests.leaks import BACKEND, VISITOR, Asked, Seen, differences, found, outsiders, walk
from tests.world import MONDAY, as_owner, sql
from tools.rig.crowd import CrowdRoad, gather

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WORD = "зымырык"
FIRST_ID = 765_432_100_001  # of an application, so that an id in a page is recognised
NAMED = ("/search/", "/operator/", "/inbox/", "/organisations/", "/my/organisation/", "/my/mandates/", "/audit/",
         "/my-data.json")  # fmt: skip
"""Where a registered organisation is named, without any contest."""
PLANTED = "ордолуу"  # in the title of each organisation that applied


class LeakRoad(CrowdRoad):
    """Every free text of an application carries a canary of its own."""

    def text(self, part: str) -> Any:
        texts = super().text(part)
        if part != "applications":
            return texts
        made: dict[str, Any] = defaultdict(dict)
        for name in self.applicants:
            made[name] = self._planted(texts[name], name)
        return defaultdict(lambda: texts["umut"], texts | made)

    applicants: tuple[str, ...] = ()
    canaries: set[str]

    def _planted(self, value: Any, where: str) -> Any:
        match value:
            case dict():
                return {name: self._planted(one, f"{where}-{name}") for name, one in value.items()}
            case list():
                return [self._planted(one, f"{where}-{n}") for n, one in enumerate(value)]
            case str() if " " in value:  # a code has no blanks
                word = f"{WORD}{len(self.canaries)}"
                self.canaries.add(word)
                return f"{value} {word}"
            case _:
                return value


@pytest.fixture
def moment(monkeypatch):
    """The door's clock, which the test moves; forms and searches are not counted."""
    from jardam.web import clock, limits

    now = [MONDAY]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    monkeypatch.setattr(limits, "ROUTE_LIMITS", {})
    return now


@pytest.fixture
def announced(db, moment):
    """A contest takes applications; two organisations that nobody of the cast belongs to are about to apply."""
    road = LeakRoad(cast.register(MONDAY), MONDAY)
    road.canaries = set()
    road.to_announced()
    road.applicants = tuple(gather(road, 2, road.at, PLANTED, is_cast=False))
    with as_owner():
        for table in ("contests_application", "contests_version"):
            sql(f"ALTER SEQUENCE {table}_id_seq RESTART WITH {FIRST_ID}")
    moment[0] = road.at
    return road


def apply(road: LeakRoad) -> None:
    for name in road.applicants:
        road.write_application(name)
        road.submit(name)


def heads(road: LeakRoad) -> list[str]:
    return [f"{name}_head" for name in road.applicants]


def secrets(road: LeakRoad) -> set[str]:
    """Every planted word; what the applications are called inside and outside; whose they are."""
    return road.canaries | {str(FIRST_ID)[:9], *(one.ref for one in Application.objects.all())}


def told_by(seen: Seen, words: set[str]) -> dict[Asked, set[str]]:
    """Leaks, but for what the one who asked put into the address themselves."""
    found_here = {asked: held & words for asked, held in seen.leaks.items()}
    return {asked: held for asked, held in found_here.items() if held - found(asked.path, held)}


def contests_naming(seen: Seen) -> set[str]:
    """Pages that name an organisation which applied, but for those where it stands as registered."""
    named = {asked.path for asked in told_by(seen, {PLANTED})}
    return {path for path in named if not any(part in path for part in NAMED)}


def tell_all() -> None:
    """The worker's work: search entries and messages."""
    while consume():
        pass


# --- before the opening ----------------------------------------------------------------------------------------


def test_before_the_opening_nothing_tells_who_applied_how_many_or_with_what(announced, moment, caplog):
    """Nobody is answered a planted word; and outsiders are answered, to the byte, as if nobody had applied."""
    caplog.set_level(logging.DEBUG)
    alike = ("umut_head", "umut_editor", "member_state", "member_kenesh")  # others in their roles ask
    everybody = outsiders(announced, *heads(announced), *alike)
    tell_all()
    nobody = walk(announced, everybody, languages=("en",))
    apply(announced)
    tell_all()
    words = secrets(announced)
    assert len(words) > 20
    sealed = [announced.applications[announced.applicants[0]].ref]
    two = walk(announced, everybody, words | {PLANTED}, sealed)

    assert told_by(two, words) == {}
    assert contests_naming(two) == set(), "an organisation is registered; nowhere is it said that it applied"
    assert max(two.statuses.values()) < 500
    shared = nobody.bodies.keys() & two.bodies.keys()
    assert len(shared) > 200
    assert {asked.who for asked in shared} == set(everybody)
    assert differences(nobody, two) == []

    said = "\n".join(f"{one.getMessage()} {one.args}" for one in caplog.records if one.name != "django.db.backends")
    assert found(said, announced.canaries) == set()


def test_between_the_deadline_and_the_opening_it_is_the_same(announced, moment):
    """The customer sees that the time is over, and no more."""
    people = [VISITOR, "specialist", "birge_head"]
    tell_all()
    while_open = announced.at
    moment[0] = announced.at = announced.contest.deadline_at
    nobody = walk(announced, people, languages=("ky",))
    announced.at = while_open
    apply(announced)
    tell_all()
    moment[0] = announced.at = announced.contest.deadline_at
    two = walk(announced, people, secrets(announced) | {PLANTED}, languages=("ky",))

    assert told_by(two, secrets(announced)) == {}
    assert contests_naming(two) == set()
    assert differences(nobody, two) == []


def test_before_the_opening_journal_and_messages_hold_nothing_of_the_applications(announced, settings):
    settings.EMAIL_IS_SENT = True
    User.objects.update(is_cast=False)  # so that everybody has an address
    apply(announced)
    tell_all()
    while notices.deliver(announced.at):
        pass
    sealed = announced.canaries

    published = b"\n".join(bytes(public) for public in Record.objects.values_list("public", flat=True))
    assert found(published, sealed) == set()
    letters = {letter.to[0]: f"{letter.subject}\n{letter.body}\n{letter.extra_headers}" for letter in mail.outbox}
    assert len(letters) > 5
    assert found("\n".join(letters.values()), sealed | {str(FIRST_ID)[:9]}) == set()
    own = {announced.cast.people[name].user.email for name in heads(announced)}
    refs = {one.ref for one in announced.applications.values()}
    others = "\n".join(text for to, text in letters.items() if to not in own)
    assert found(others, refs) == set()
    strangers = Message.objects.exclude(person_id__in=[announced.cast.people[name].pk for name in heads(announced)])
    assert not strangers.filter(what__startswith="application:").exists()


def test_register_numbers_are_given_at_the_opening_and_not_before(announced):
    apply(announced)

    assert set(Application.objects.values_list("number", flat=True)) == {None}
    assert sql("SELECT 1 FROM journal_numbering WHERE series = 'A'") == []


def test_a_faulty_form_of_an_applicant_leaves_none_of_its_words_in_the_log(announced, moment, caplog):
    caplog.set_level(logging.DEBUG)
    name = announced.applicants[0]
    announced.write_application(name)
    client = Client(raise_request_exception=False)
    client.force_login(announced.cast.people[f"{name}_head"].user, backend=BACKEND)
    for section in contest_queries.saved_sections(announced.applications[name]):
        address = reverse("application_section", args=[announced.applications[name].ref, section])
        for typed in ({"title": f"{WORD} \x00"}, {"0-name": WORD, "count": WORD}, {"count": f"1{WORD}"}):
            assert client.post(address, typed | {"key": "k" * 20}).status_code < 500

    said = "\n".join(one.getMessage() for one in caplog.records if one.name != "django.db.backends")
    assert WORD not in said


# --- before the reveal -----------------------------------------------------------------------------------------


@pytest.fixture
def scoring(announced, moment):
    """Two applications are opened and admitted; the members may score."""
    apply(announced)
    announced.pass_deadline()
    announced.open()
    announced.appoint_commission()
    announced.begin_review()
    for member in ("member_state", "member_kenesh", "member_civil"):
        announced.declare(member)
    for name in announced.applicants:
        announced.admit(name)
    moment[0] = announced.at
    return announced


def hand_in(road: LeakRoad, member: str, points: tuple[int, int], reason: str) -> None:
    """The member's sheets for both applications: the same points for each criterion."""
    for name, point in zip(road.applicants, points, strict=True):
        scores = {one.code: (Decimal(point), reason) for one in road.contest.settlement.criteria()}
        actor = road.actor(member)
        road.do(lambda name=name, scores=scores, actor=actor: review.submit_scores(
            actor=actor, candidacy=road.candidacy(name), scores=scores
        ))  # fmt: skip
    road.proceeding.refresh_from_db()


def test_before_the_reveal_a_member_reads_their_own_sheet_and_nobody_reads_another(scoring):
    hand_in(scoring, "member_state", (9, 2), "зымырык-мамлекет жүйөсү")
    hand_in(scoring, "member_kenesh", (3, 8), "зымырык-кеңеш жүйөсү")
    tell_all()
    words = {"зымырык-мамлекет", "зымырык-кеңеш"}
    members = ("member_state", "member_kenesh", "member_civil")
    people = [VISITOR, "specialist", *members, "auditor", "lawyer", heads(scoring)[0]]
    seen = walk(scoring, people, words, languages=("ky",))

    readers: dict[str, set[str]] = defaultdict(set)
    for asked, held in told_by(seen, words).items():
        readers[asked.who] |= held
    assert readers == {"member_state": {"зымырык-мамлекет"}, "member_kenesh": {"зымырык-кеңеш"}}
    published = b"\n".join(bytes(public) for public in Record.objects.values_list("public", flat=True))
    assert found(published, words) == set()


def test_before_the_reveal_everybody_else_is_answered_the_same_whatever_the_scores_are(scoring):
    """So no average, rank or order tells them either."""
    people = [VISITOR, "specialist", "head", "member_kenesh", "member_civil", "auditor", *heads(scoring)]
    tell_all()
    worlds = []
    for points in ((10, 0), (0, 10)):
        mark = transaction.savepoint()
        hand_in(scoring, "member_state", points, "Негизделген баа, толук жазылган.")
        tell_all()
        worlds.append(walk(scoring, people, languages=("en",)))
        transaction.savepoint_rollback(mark)
        scoring.proceeding.refresh_from_db()

    assert len(worlds[0].bodies.keys() & worlds[1].bodies.keys()) > 150
    assert differences(*worlds) == []


def test_before_the_reveal_messages_tell_no_score(scoring, settings):
    settings.EMAIL_IS_SENT = True
    User.objects.update(is_cast=False)
    tell_all()
    before = Message.objects.count()
    hand_in(scoring, "member_state", (9, 2), "зымырык-мамлекет жүйөсү")
    tell_all()
    while notices.deliver(scoring.at):
        pass

    assert Message.objects.count() == before, "handing in is told to nobody"
    assert found("\n".join(letter.body for letter in mail.outbox), {"зымырык-мамлекет"}) == set()


# --- the detector itself ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "… Зымырык7 …",
        "&#x417;&#1099;&#1084;&#1099;&#1088;&#1099;&#1082;7",
        "%D0%B7%D1%8B%D0%BC%D1%8B%D1%80%D1%8B%D0%BA7",
        r"\u0437\u044b\u043c\u044b\u0440\u044b\u043a7",
        "зымырык7".encode(),
    ],
)
def test_the_detector_reads_every_writing(written):
    assert found(written, {"зымырык7", "башка"}) == {"зымырык7"}


def test_the_detector_finds_what_is_open_after_the_opening(announced, moment):
    apply(announced)
    announced.pass_deadline()
    announced.open()
    announced.appoint_commission()
    announced.begin_review()
    moment[0] = announced.at
    seen = walk(announced, ["specialist"], {PLANTED})

    assert any("/desk/" in asked.path for asked in told_by(seen, {PLANTED}))


def test_a_planted_count_is_caught(announced, moment, monkeypatch):
    def careless(contest: Any) -> int:
        return contest.applications.count()

    monkeypatch.setattr(contest_queries, "opened_count", careless)
    nobody = walk(announced, [VISITOR], languages=("en",))
    apply(announced)
    two = walk(announced, [VISITOR], languages=("en",))
    address = f"/en/contests/{announced.contest.ref}/"

    assert any(address in told for told in differences(nobody, two))


def test_a_planted_title_and_a_planted_header_are_caught(announced, moment, monkeypatch):
    apply(announced)
    ref = announced.applications[announced.applicants[0]].ref
    from jardam.web import clock
    from jardam.web.door import DoorMiddleware

    asked_as = DoorMiddleware.__call__

    def careless(self: Any, request: Any) -> HttpResponse:
        answer = asked_as(self, request)
        answer.headers["X-Debug"] = f"application={ref}"
        return answer

    monkeypatch.setattr(DoorMiddleware, "__call__", careless)
    seen = walk(announced, ["auditor"], {ref}, languages=("en",))

    assert clock.now() == moment[0]
    assert len(told_by(seen, {ref})) > 10


def test_a_planted_score_is_caught(scoring, monkeypatch):
    def careless(candidacy: Any, actor: Any) -> Any:
        sheet = candidacy.sheets.order_by("id").first()
        return real(candidacy, scoring.actor("member_state")) if sheet else None

    real = review_queries.own_scores
    monkeypatch.setattr(review_queries, "own_scores", careless)
    hand_in(scoring, "member_state", (9, 2), "зымырык-мамлекет жүйөсү")
    seen = walk(scoring, ["member_civil"], {"зымырык-мамлекет"})

    assert told_by(seen, {"зымырык-мамлекет"}) != {}
