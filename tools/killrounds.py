"""Kill rounds: web or PostgreSQL die by `kill -9` while eight applicants submit, and nothing acknowledged is lost.

    python -m tools.killrounds [--seed 7] [--rounds 20]

One round: the applicants start, fill, submit, replace and withdraw applications through the pages; at a seeded random
moment, with a submission in flight, every web process or every process of PostgreSQL is killed; what was killed is
started again. Then every receipt that was acknowledged (the redirect to the page of the receipt was read) opens and
matches its SHA-256, nothing is half there, `jardam verify` is clean, and every applicant whose answer was lost sends
the same form again and gets the first result.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import io
import itertools
import json
import random
import re
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tools.rig.browser import Answer, Browser, Fields, Reader
from tools.rig.instance import Instance, instance

CLIENTS = 8
PHASES = ("web", "database")
EARLIEST, LATEST = 0.5, 2.0  # seconds of load before the blow
JITTER = 0.12  # seconds after a submission is seen on its way: the blow falls anywhere inside it
PATIENCE = 20.0
OF_THE_PAGE = ("key", "csrfmiddlewaretoken", "revision")  # what a form is given anew each time its page is fetched
NO_ANSWER = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Receipt:
    """What an applicant holds after the redirect; number and hash only if the page of the receipt came too."""

    application: str
    token: str  # what this version says and no other
    ref: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Post:
    """A form as it was sent."""

    path: str
    fields: Fields
    application: str = ""
    token: str = ""  # of a submission

    @property
    def key(self) -> str:
        return dict(self.fields)["key"]


class Lost(Exception):
    """No answer came, or one that the server was failing."""


@dataclass
class Flights:
    """The requests that were sent and not answered yet."""

    guard: threading.Lock = field(default_factory=threading.Lock)
    requests: int = 0
    submissions: int = 0

    @contextlib.contextmanager
    def one(self, is_submission: bool) -> Iterator[None]:
        with self.guard:
            self.requests += 1
            self.submissions += is_submission
        try:
            yield
        finally:
            with self.guard:
                self.requests -= 1
                self.submissions -= is_submission


class Applicant(threading.Thread):
    """One organisation: starts, fills, submits, replaces twice, withdraws, and again, until the answers stop."""

    def __init__(self, name: str, flights: Flights, browser: Browser, seeded: dict[str, Any], application: str):
        super().__init__(daemon=True)
        self.token_name, self.flights, self.browser, self.routes = name, flights, browser, seeded["routes"]
        self.application = application
        self.sections: dict[str, Fields] = seeded["sections"]
        self.told: tuple[str, str] = seeded["told"]  # section and text area that carry the token
        self.receipts: list[Receipt] = []
        self.lost: Post | None = None
        self.fault: BaseException | None = None
        self.ready, self.stopping = threading.Event(), threading.Event()
        self.counter = itertools.count()

    def address(self, name: str) -> str:
        return str(self.routes[name]).replace("REF", self.application)

    def run(self) -> None:
        try:
            with contextlib.suppress(Lost):
                self.resume()
                self.ready.set()
                while not self.stopping.is_set():
                    self.cycle()
        except BaseException as fault:  # told by the round
            self.fault = fault

    def resume(self) -> None:
        """Go on with the living application as the last round left it, or begin one; then fill it as a whole."""
        page = Reader(self.page(self.address("start")))
        if any(one.method == "post" and one.key for one in page.forms):
            self.begin()
        else:
            living = next(link for link in page.links if re.fullmatch(self.routes["own"], link))
            self.application = _last(living)
        for section in self.sections:
            self.fill(section)

    def begin(self) -> None:
        # as a copy of the one before: its documents come along, and nothing is uploaded here
        earlier = [("earlier", self.application)]
        self.application = _last(self.post(self.address("start"), earlier).location)

    def cycle(self) -> None:
        self.submit()
        for _ in range(2):
            self.fill(self.told[0])
            self.submit()
        self.post(self.address("withdraw"))
        self.begin()
        for section in self.sections:
            self.fill(section)

    def fill(self, section: str) -> None:
        self.post(self.address(section), self.typed(section))

    def typed(self, section: str) -> Fields:
        """The section's fields; the told one says something new each time."""
        area = self.told[1] if section == self.told[0] else ""
        if area:
            self.token = f"canary-{self.token_name}-{next(self.counter)}"
        return [(n, f"{self.token} {v.partition(' ')[2]}" if n == area else v) for n, v in self.sections[section]]

    token = ""

    def submit(self) -> None:
        if not self.token:
            self.fill(self.told[0])
        answer = self.post(self.address("check"), token=self.token)
        if answer.location != self.address("sent"):
            raise AssertionError(f"the submission was answered by {answer.status} {answer.location}")
        place = len(self.receipts)
        self.receipts.append(Receipt(self.application, self.token))
        self.receipts[place] = self.receipt()

    def receipt(self) -> Receipt:
        page = Reader(self.page(self.address("sent")))
        ref = _last(next(link for link in page.links if re.match(self.routes["receipt"], link)))
        letters = "".join(page.words).replace(" ", "").replace("\n", "")
        sha256 = next(
            letters[i : i + 64] for i in range(len(letters)) if not letters[i : i + 64].strip("0123456789abcdef")
        )
        return Receipt(self.application, self.token, ref, sha256)

    # What is asked over the wire.

    def page(self, path: str) -> str:
        return self.ask(path, None, False).body

    def post(self, path: str, fields: Fields = (), token: str = "") -> Answer:  # type: ignore[assignment]
        """Fetch the page's own form, put these fields into it, send it."""
        hidden = dict(Reader(self.page(path)).form().fields)
        fresh = [(name, hidden[name]) for name in OF_THE_PAGE if name in hidden]
        post = Post(path, [*fresh, *fields], self.application, token)
        try:
            answer = self.ask(path, post.fields, bool(token))
        except Lost:
            self.lost = post
            raise
        if answer.status != 302:
            raise AssertionError(f"POST {path}: {answer.status}\n{Reader(answer.body).text[:600]}")
        return answer

    def ask(self, path: str, fields: Fields | None, is_submission: bool) -> Answer:
        while True:
            try:
                with self.flights.one(is_submission):
                    answer = self.browser.get(path) if fields is None else self.browser.post(path, fields)
            except NO_ANSWER as fault:
                raise Lost from fault
            if answer.status >= 500:
                raise Lost
            if answer.status != 429:
                return answer
            time.sleep(0.5)  # the limit of forms a minute holds for us too


@dataclass(frozen=True)
class Told:
    """What one round showed."""

    seed: int
    number: int
    phase: str
    killed: int
    in_flight: int
    submissions_in_flight: int
    acknowledged: int
    unanswered: int
    lost_then_found: int
    checks: str
    seconds: float

    def __str__(self) -> str:
        return (
            f"round {self.number} of seed {self.seed}: {self.phase}, {self.killed} processes killed with "
            f"{self.in_flight} requests in flight ({self.submissions_in_flight} submissions); "
            f"{self.acknowledged} receipts acknowledged, all there; {self.unanswered} forms unanswered, "
            f"{self.lost_then_found} of them had been done and gave their first result; "
            f"{self.checks} ({self.seconds:.1f} s)"
        )


def phase_of(seed: int, number: int) -> str:
    return PHASES[(seed + number) % len(PHASES)]


def play(seed: int, count: int, clients: int = CLIENTS) -> Iterator[Told]:
    """So many rounds on one instance; raises AssertionError when anything is lost or half there."""
    with instance() as place:
        seeded = place.ask("-m", "tools.killrounds", "seed", str(clients))
        place.serve()
        browsers = []
        for row in seeded["applicants"]:
            browsers.append(Browser(place.port))
            browsers[-1].sign_in(seeded["routes"]["cast"], row["user"])
        _learn(browsers[0], seeded)
        applications = [row["application"] for row in seeded["applicants"]]
        acknowledged: list[Receipt] = []
        for number in range(count):
            chance = random.Random(f"{seed}/{number}")
            phase = phase_of(seed, number)
            flights = Flights()
            crowd = [
                Applicant(f"{number}-{n}", flights, *each)
                for n, each in enumerate(zip(browsers, itertools.repeat(seeded), applications, strict=False))
            ]
            yield _round(place, crowd, flights, phase, chance, acknowledged, (seed, number))
            applications = [one.application for one in crowd]


def _learn(browser: Browser, seeded: dict[str, Any]) -> None:
    """How each section is filled: as the draft that was written for the first organisation has it."""
    seeded["sections"] = sections = {}
    for section in seeded["routes"]["sections"]:
        form = browser.form(seeded["routes"][section].replace("REF", seeded["applicants"][0]["application"]))
        sections[section] = [(n, v) for n, v in form.fields if n not in OF_THE_PAGE]
        if form.texts:
            seeded.setdefault("told", (section, form.texts[0]))


def _round(
    place: Instance,
    crowd: list[Applicant],
    flights: Flights,
    phase: str,
    chance: random.Random,
    acknowledged: list[Receipt],
    name: tuple[int, int],
) -> Told:
    begin = time.monotonic()
    for one in crowd:
        one.start()
    for one in crowd:
        assert one.ready.wait(PATIENCE), one.fault
    time.sleep(chance.uniform(EARLIEST, LATEST))
    in_flight, submissions = _wait_for_flight(crowd, flights, chance)
    killed = place.kill_web() if phase == "web" else place.kill_database()
    for one in crowd:
        one.stopping.set()
    if phase == "web":
        place.serve()
    else:
        place.server.start()
    for one in crowd:
        one.join(60)
    assert not any(one.is_alive() for one in crowd), "an applicant waits for ever"
    faults = [one.fault for one in crowd if one.fault]
    assert not faults, faults
    acknowledged += [receipt for one in crowd for receipt in one.receipts]
    lost = [one for one in crowd if one.lost]
    found = place.ask(
        "-m",
        "tools.killrounds",
        "check",
        given={
            "receipts": [[r.application, r.token, r.ref, r.sha256] for r in acknowledged],
            "keys": [one.lost.key for one in lost if one.lost],
        },
    )
    assert found["faults"] == [], found["faults"]
    assert found["verify"] == 0, found["said"]
    for one in lost:
        _repeat(place, one, found["done"])
    return Told(
        *name,
        phase,
        killed,
        in_flight,
        submissions,
        len(acknowledged),
        len(lost),
        sum(one.lost.key in found["done"] for one in lost if one.lost),
        found["said"].strip().splitlines()[-1],
        time.monotonic() - begin,
    )


def _wait_for_flight(crowd: list[Applicant], flights: Flights, chance: random.Random) -> tuple[int, int]:
    """Returns at a random moment inside of a submission: how many requests, and how many submissions, are on
    their way."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if flights.submissions:
            time.sleep(chance.uniform(0, JITTER))
            with flights.guard:
                seen = flights.requests, flights.submissions
            if seen[1]:
                return seen
        time.sleep(0.001)
    raise AssertionError(f"no submission is on its way: {[one.fault for one in crowd]}")


def _repeat(place: Instance, one: Applicant, done: dict[str, str]) -> None:
    """The same form under the same key: done before, it gives the first result and does nothing again."""
    post = one.lost
    assert post is not None
    before = _versions(place, post.application)
    answer = one.ask(post.path, post.fields, bool(post.token))
    after = _versions(place, post.application)
    assert answer.status == 302, f"{post.path} repeated: {answer.status} {Reader(answer.body).text[:600]}"
    if post.key in done:
        assert answer.location == done[post.key], (answer.location, done[post.key])
        assert after == before, f"{post.path} was done twice"
    elif post.token:
        assert after == before + 1, f"{post.path} repeated made {after - before} versions"


def _last(address: str) -> str:
    return address.rstrip("/").rsplit("/", 1)[1]


def _versions(place: Instance, application: str) -> int:
    with place.server.connect() as connection:
        row = connection.execute(
            "SELECT count(*) FROM contests_version v JOIN contests_application a ON a.id = v.application_id"
            " WHERE a.ref = %s",
            [application],
        ).fetchone()
    assert row is not None
    return int(row[0])


# --- inside the instance: `python -m tools.killrounds seed|check` ----------------------------------------------


def seed_crowd(count: int) -> dict[str, Any]:
    """A contest that takes applications, and so many organisations, each with a complete draft."""
    from datetime import UTC, datetime

    from django.urls import reverse
    from django.utils.translation import override

    from jardam.contests.rules import SECTIONS
    from tools.rig.crowd import announced, gather

    at = datetime.now(UTC)
    road = announced(at)
    names = gather(road, count, road.at)
    for name in names:
        road.write_application(name)
    with override("en"):
        routes: dict[str, Any] = {
            name: reverse(f"application_{name}", args=["REF"]) for name in ("check", "sent", "withdraw")
        }
        routes |= {section: reverse("application_section", args=["REF", section]) for section in SECTIONS}
        routes |= {
            "sections": list(SECTIONS),
            "start": reverse("apply_start", args=[road.lot.ref]),
            "cast": reverse("cast"),
            "own": reverse("application", args=["REF"]).replace("REF", "[^/]+"),
            "receipt": reverse("receipt", args=["REF"]).replace("REF", "[^/]+"),
        }
    return {
        "routes": routes,
        "applicants": [
            {"user": road.cast.people[f"{name}_head"].user.pk, "application": road.applications[name].ref}
            for name in names
        ],
    }


def check(given: dict[str, Any]) -> dict[str, Any]:
    """Whether every receipt is there with its bytes, and nothing is half there; what the lost keys had done."""
    from jardam.cli.main import main as jardam
    from jardam.journal.models import ActKey

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        verified = jardam(["verify"])
    done = ActKey.objects.filter(key__in=given["keys"])
    return {
        "faults": [*_receipt_faults(given["receipts"]), *_halves()],
        "verify": verified,
        "said": said.getvalue(),
        "done": dict(done.values_list("key", "result")),
    }


def _receipt_faults(receipts: list[list[str]]) -> Iterator[str]:
    from jardam.contests.models import Version
    from jardam.documents import operations as documents
    from jardam.kernel.canonical import canonical, digest

    held: dict[str, list[tuple[str, str, str]]] = {}
    for version in Version.objects.select_related("application").order_by("id"):
        label = version.application.label
        content = documents.unseal_content(label, f"v{version.number}", version.sealed)
        if digest(content) != version.content_sha256:
            yield f"version {version.ref}: its bytes do not match its SHA-256"
        row = (version.ref, version.content_sha256, canonical(content).decode())
        held.setdefault(version.application.ref, []).append(row)
    for application, token, ref, sha256 in receipts:
        found = [row for row in held.get(application, ()) if f"{token} " in row[2]]
        if len(found) != 1:
            yield f"application {application}: {len(found)} versions say {token}"
        elif ref and found[0][:2] != (ref, sha256):
            yield f"version {found[0][0]} is not the one of the receipt {ref} with {sha256}"


HALVES = {
    "a version without its act": """
        SELECT v.id FROM contests_version v LEFT JOIN journal_record r ON r.id = v.act_id
        WHERE r.id IS NULL OR r.object_kind <> 'application' OR r.object_id <> v.application_id""",
    "an act of submitting without its version": """
        SELECT r.id FROM journal_record r LEFT JOIN contests_version v ON v.act_id = r.id
        WHERE r.object_kind = 'application' AND r.public_data ? 'content_sha256'
        AND r.verb NOT IN ('sign_off', 'finish_keying') AND v.id IS NULL""",  # these make none
    "an application without its seal": """
        SELECT a.id FROM contests_application a
        LEFT JOIN documents_seal s ON s.label = 'application:' || a.ref WHERE s.id IS NULL""",
    "a seal without its application": """
        SELECT s.id FROM documents_seal s
        LEFT JOIN contests_application a ON s.label = 'application:' || a.ref
        WHERE s.label LIKE 'application:%' AND a.id IS NULL""",
    "a form's key without its result": "SELECT key FROM journal_actkey WHERE result = ''",
    "an act that its consumers will not hear of": """
        SELECT r.id FROM journal_record r WHERE (SELECT count(*) FROM journal_outbox o WHERE o.record_id = r.id) <> %s
        """,
    "a gap in the numbers of a series": """
        SELECT n.series, n.last, count(c.id) FROM journal_numbering n
        LEFT JOIN contests_contest c ON c.number LIKE '%%-' || n.customer || '-' || n.year || '-C%%'
        WHERE n.series = 'C' GROUP BY n.id HAVING n.last <> count(c.id)""",
    "a number before the opening": "SELECT id FROM contests_application WHERE number IS NOT NULL",
}


def _halves() -> Iterator[str]:
    """Nobody works off the outbox here, so every act still waits for each of its consumers."""
    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        for fault, query in HALVES.items():
            cursor.execute(query, [len(settings.JOURNAL_CONSUMERS)] if "%s" in query else None)
            if row := cursor.fetchone():
                yield f"{fault}: {row}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inside", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=20)
    args = parser.parse_args()
    if args.inside:
        import os

        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
        command, *words = args.inside
        print(json.dumps(seed_crowd(int(words[0])) if command == "seed" else check(json.load(sys.stdin))))
        return 0
    for told in play(args.seed, args.rounds):
        print(told, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
