"""The bench: our pages beside the bare SQL of the same job, alternating in one run (docs/design/performance.md).

    python -m tools.bench [--sizes 1000,10000] [--profile] [--weigh]     writes docs/bench.md; profiles are printed

Rows are copies of what the road made (tools/rig/bulk.py). CPU for each job is the headline: neighbours hardly move it.
The floor is adapted from the scripts that measured the peers: narrow tables of their own in the same database.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from jardam.launcher import processes
from jardam.launcher.folder import clusters
from tools.rig.browser import Browser, Fields, Reader
from tools.rig.instance import ROOT, Instance, instance

Statements = list[tuple[str, tuple[Any, ...]]]
TICK = os.sysconf("SC_CLK_TCK")
APPLICANTS = 24
SLICES = 5
TOGETHER = 8  # connections at once
SECONDS = 3.0
PAGE = 30
AIMS = {
    "home": "10 ms, 3 SQL",
    "list, first page": "40 ms, 8 SQL, 80 kB",
    "list, deep page": "50 ms",
    "list, one status": "50 ms",
    "one application, staff": "25 ms, 12 SQL",
    "submit": "12 ms, 1 commit",
    "score": "10 ms",
    "export as CSV": "3 s at 10,000",
}


@dataclass
class Job:
    """`ask(n)` does it once through the web and returns the answer's bytes; `floor` is its bare SQL."""

    name: str
    times: int
    ask: Callable[[int], int]
    floor: Statements
    counted: tuple[str, str, Fields, int | None]  # method, path, fields, who: for counting statements
    together: Callable[[int, int], int] | None = None  # (thread, n)
    took: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    cpu: float = 0.0
    size: int = 0
    rate: float = 0.0
    statements: int = 0
    commits: int = 0


# --- the floor: the least PostgreSQL has to do for the same job -------------------------------------------------

FLOOR = """
DROP SCHEMA IF EXISTS lb CASCADE;
CREATE SCHEMA lb;
CREATE TABLE lb.person(
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL);
CREATE TABLE lb.session(
  key text PRIMARY KEY, person_id int NOT NULL REFERENCES lb.person, expires timestamptz NOT NULL);
CREATE TABLE lb.application(
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, call_id int NOT NULL, person_id int NOT NULL REFERENCES lb.person,
  title text NOT NULL, org text NOT NULL, amount numeric(12,2) NOT NULL, status text NOT NULL,
  submitted_at timestamptz NOT NULL, reviews smallint NOT NULL DEFAULT 0, score_sum numeric(8,2) NOT NULL DEFAULT 0,
  answers jsonb NOT NULL);
CREATE TABLE lb.review(application_id int NOT NULL REFERENCES lb.application, reviewer_id int NOT NULL,
  scores jsonb NOT NULL, comment text NOT NULL, at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (application_id, reviewer_id));
CREATE TABLE lb.audit(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(),
  who int, what text NOT NULL, object_id int, detail jsonb NOT NULL DEFAULT '{{}}');
INSERT INTO lb.person(email, name) SELECT 'p' || g || '@example.org', 'Person ' || g FROM generate_series(1, 1000) g;
INSERT INTO lb.session SELECT 'k' || id, id, now() + interval '14 days' FROM lb.person;
INSERT INTO lb.application(call_id, person_id, title, org, amount, status, submitted_at, answers)
  SELECT 1, 1 + g % 1000, 'Project ' || g, 'Organisation ' || g % 1000, 100000 + g,
    (ARRAY['received', 'review', 'accepted', 'rejected'])[1 + g % 4], now() - g * interval '1 minute',
    jsonb_build_object('need', (SELECT string_agg(md5((g * n)::text), ' ') FROM generate_series(1, 190) n))
  FROM generate_series(1, {size}) g;
INSERT INTO lb.review(application_id, reviewer_id, scores, comment)
  SELECT g, r, '[3,4,4,2,5]', repeat('reason ', 40) FROM generate_series(1, {size}) g, generate_series(1, 2) r;
CREATE INDEX ON lb.application(call_id, id DESC);
CREATE INDEX ON lb.application(call_id, status, id DESC);
"""

SESSION = "SELECT p.id, p.name FROM lb.session s JOIN lb.person p ON p.id = s.person_id WHERE s.key = %s"
NARROW = """SELECT a.id, a.title, a.org, a.amount, a.status, a.submitted_at, a.reviews, p.name
    FROM lb.application a JOIN lb.person p ON p.id = a.person_id WHERE a.call_id = 1"""
SUBMIT = """WITH a AS (
  INSERT INTO lb.application(call_id, person_id, title, org, amount, status, submitted_at, answers)
  SELECT 1, person_id, title, org, amount, 'received', now(), answers FROM lb.application WHERE id = %s RETURNING id)
  INSERT INTO lb.audit(who, what, object_id) SELECT 1, 'submitted', id FROM a"""
REVIEW = """WITH r AS (
  INSERT INTO lb.review(application_id, reviewer_id, scores, comment)
  VALUES (%s, %s, '[3,4,4,2,5]', repeat('reason ', 40)) RETURNING application_id),
  a AS (UPDATE lb.application SET reviews = reviews + 1 WHERE id = (SELECT application_id FROM r) RETURNING id)
  INSERT INTO lb.audit(who, what, object_id) SELECT 17, 'review', id FROM a"""


def bare(
    connection: psycopg.Connection, statements: list[tuple[str, tuple[Any, ...]]], chance: random.Random
) -> float:
    begin = time.perf_counter()
    with connection.transaction():
        for statement, params in statements:
            filled = [chance.choice(one) if isinstance(one, range) else one for one in params]
            cursor = connection.execute(statement, filled, prepare=True)
            if cursor.description:
                cursor.fetchall()
    return time.perf_counter() - begin


# --- measuring --------------------------------------------------------------------------------------------------


def cpu(pids: Iterable[int]) -> float:
    """Seconds of processor these have used."""
    total = 0
    for pid in pids:
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, words[11:15]))
    return total / TICK


class Meter:
    def __init__(self, place: Instance) -> None:
        self.place = place
        (self.cluster,) = clusters(place.data)

    def read(self) -> float:
        return cpu(self.place.web_processes()) + cpu(processes.called("postgres", working_in=self.cluster))

    def rss(self) -> int:
        """Megabytes of the largest web process."""
        sizes = [
            re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()) for pid in self.place.web_processes()
        ]
        return max(int(one[1]) for one in sizes if one) // 1024


def measure(place: Instance, jobs: list[Job]) -> None:
    """Ours and the floor in slices, one after the other, so that what the machine does besides falls on both."""
    meter, chance = Meter(place), random.Random(7)
    with place.server.connect() as floor:
        for job in jobs:
            job.size = job.ask(0)  # warms up
            bare(floor, job.floor, chance)
            done = 1
            for _ in range(SLICES):
                begin = meter.read()
                for _ in range(max(1, job.times // SLICES)):
                    at = time.perf_counter()
                    job.ask(done)
                    job.took.append(time.perf_counter() - at)
                    done += 1
                job.cpu += meter.read() - begin
                job.bare += [bare(floor, job.floor, chance) for _ in range(max(1, job.times // SLICES))]
            job.cpu /= len(job.took)
            if job.together:
                job.rate = together(job.together)
            print(f"  {job.name}: {percentile(job.took, 50):.1f} ms", file=sys.stderr, flush=True)


def together(ask: Callable[[int, int], int]) -> float:
    """How many a second eight connections get done."""
    until, done, faults = time.perf_counter() + SECONDS, [0] * TOGETHER, []

    def run(thread: int) -> None:
        while time.perf_counter() < until:
            try:
                ask(thread, done[thread])
            except Exception as fault:
                faults.append(fault)
                return
            done[thread] += 1

    threads = [threading.Thread(target=run, args=(n,)) for n in range(TOGETHER)]
    begin = time.perf_counter()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if faults:
        raise RuntimeError(faults[0])
    return sum(done) / (time.perf_counter() - begin)


def percentile(seconds: list[float], part: int) -> float:
    """Milliseconds."""
    held = sorted(seconds)
    return 1000 * held[min(len(held) - 1, len(held) * part // 100)]


# --- the jobs ---------------------------------------------------------------------------------------------------


def jobs_of(place: Instance, seeded: dict[str, Any], size: int) -> list[Job]:
    visitors = [Browser(place.port) for _ in range(TOGETHER)]
    people = {name: Browser(place.port) for name in ("specialist", "member_state")}
    for name, browser in people.items():
        browser.sign_in(seeded["cast"], seeded["users"][name])
    applicants = []
    for row in seeded["applicants"]:
        applicants.append(Browser(place.port))
        applicants[-1].sign_in(seeded["cast"], row["user"])
    checks = [row["check"] for row in seeded["applicants"]]
    hidden = [dict(one.form(path).fields) for one, path in zip(applicants, checks, strict=True)]
    opening = _open(people["specialist"], seeded["desk"][0])
    scoring = _score_fields(people["member_state"], seeded["commission"][0])
    keys = iter(range(10**9))

    def get(path: str) -> Callable[[int], int]:
        return lambda _n: _got(visitors[0], path)

    def get_together(path: str) -> Callable[[int, int], int]:
        return lambda thread, _n: _got(visitors[thread], path)

    def send(n: int) -> int:
        n %= len(applicants)
        fields = [("csrfmiddlewaretoken", hidden[n]["csrfmiddlewaretoken"]), ("key", f"bench-{next(keys)}")]
        return _posted(applicants[n], checks[n], fields, 302)

    def send_together(thread: int, n: int) -> int:
        each = len(applicants) // TOGETHER
        return send(thread * each + n % each)

    def open_one(n: int) -> int:
        return _posted(people["specialist"], seeded["desk"][n % len(seeded["desk"])], opening, 200)

    def score(n: int) -> int:
        fields = [(name, f"score-{next(keys)}" if name == "key" else value) for name, value in scoring]
        return _posted(people["member_state"], seeded["commission"][n], fields, 302)

    span, users = range(1, size), seeded["users"]
    paths, session = seeded["paths"], (SESSION, ("k17",))
    narrow = (NARROW + " ORDER BY a.id DESC LIMIT 31", ())
    deep = (NARROW + " AND a.id < %s ORDER BY a.id DESC LIMIT 31", (size // 2,))
    status = (NARROW + " AND a.status = 'review' ORDER BY a.id DESC LIMIT 31", ())
    detail = [(f"SELECT * FROM lb.{table} WHERE {column} = %s", (size // 3,))
              for table, column in (("application", "id"), ("review", "application_id"))]  # fmt: skip
    ours, member = users["specialist"], users["member_state"]
    return [
        Job("home", 100, get(paths["home"]), [(NARROW + " ORDER BY a.id DESC LIMIT 6", ())],
            ("get", paths["home"], [], None), get_together(paths["home"])),
        Job("list, first page", 100, get(paths["list"]), [narrow], ("get", paths["list"], [], None),
            get_together(paths["list"])),
        Job("list, deep page", 100, get(paths["deep"]), [deep], ("get", paths["deep"], [], None)),
        Job("list, one status", 100, get(paths["status"]), [status], ("get", paths["status"], [], None)),
        Job("one application, staff", 60, open_one, [session, *detail], ("post", seeded["desk"][1], opening, ours)),
        Job("all applications of a lot, staff", 5, lambda _n: _got(people["specialist"], paths["lot"]),
            [session, (NARROW + " ORDER BY a.id DESC", ())], ("get", paths["lot"], [], ours)),
        Job("submit", 120, send, [session, (SUBMIT, (span,))],
            ("post", checks[0], [("key", "counted")], seeded["applicants"][0]["user"]), send_together),
        Job("score", 60, score, [session, (REVIEW, (span, range(100, 10**9)))],
            ("post", seeded["commission"][99], [(n, "counted" if n == "key" else v) for n, v in scoring], member)),
        Job("export as CSV", 5, get(paths["csv"]), [("SELECT id, title, org, amount, status FROM lb.application", ())],
            ("get", paths["csv"], [], None)),
    ]  # fmt: skip


def _got(browser: Browser, path: str) -> int:
    answer = browser.get(path)
    if answer.status != 200:
        raise RuntimeError(f"GET {path}: {answer.status}")
    return len(answer.body.encode())


def _posted(browser: Browser, path: str, fields: Fields, wanted: int) -> int:
    answer = browser.post(path, fields)
    if answer.status != wanted:
        raise RuntimeError(f"POST {path}: {answer.status} {Reader(answer.body).text[:500]}")
    return len(answer.body.encode())


def _open(browser: Browser, path: str) -> Fields:
    """What the button sends that opens an application."""
    return next(one.fields for one in Reader(browser.get(path).body).forms if one.method == "post")


def _score_fields(browser: Browser, path: str) -> Fields:
    """The member's form as it is shown after opening, every list at its last answer and a reason to each."""
    page = browser.post(path, _open(browser, path)).body
    form = Reader(page).form()
    reasons = set(form.texts)
    last = {match[1]: re.findall(r'value="([^"]*)"', match[2])[-1]
            for match in re.finditer(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL)}  # fmt: skip
    filled = [(n, last.get(n, "Негизделген баа, толук жазылган." if n in reasons else v)) for n, v in form.fields]
    return [*(pair for pair in filled if pair[0] != "do"), ("do", "score")]


# --- inside the instance ----------------------------------------------------------------------------------------


def seed(size: int) -> dict[str, Any]:
    """So many opened applications under review in one lot, and so many contests that take applications."""
    from datetime import timedelta

    from django.urls import reverse
    from django.utils.translation import override

    from jardam.demonstration import cast
    from jardam.demonstration.road import MEMBERS
    from jardam.journal.operations import consume
    from jardam.review.models import Candidacy
    from tools.rig.bulk import copies
    from tools.rig.crowd import CrowdRoad, announced, gather

    at = datetime.now(UTC)
    begins = at - timedelta(days=130)
    road = CrowdRoad(cast.register(begins), begins)
    road.to_announced()
    (name,) = gather(road, 1, road.at)
    road.write_application(name)
    road.submit(name)
    road.pass_deadline()
    road.open()
    road.appoint_commission()
    road.begin_review()
    for member, _, _ in MEMBERS:
        road.declare(member)
    road.admit(name)
    fresh = announced(at, everybody=road.cast, plenty=size + 1)
    while consume():
        pass
    copies(size - 1, road.cast.organisations[name], series="A")
    copies(size - 1, fresh.contest, series="C")
    writers = gather(fresh, APPLICANTS, fresh.at, first=1)
    for writer in writers:
        fresh.write_application(writer)
    while consume():
        pass
    refs = list(Candidacy.objects.order_by("id").values_list("ref", flat=True)[:400])
    middle = type(fresh.contest).objects.order_by("id")[size // 2]
    people = road.cast.people
    with override("en"):
        contests = reverse("contests")
        return {
            "cast": reverse("cast"),
            "users": {name: people[name].user.pk for name in ("specialist", "member_state")},
            "paths": {
                "home": reverse("home"),
                "list": contests,
                "deep": f"{contests}?from={middle.ref}",
                "status": f"{contests}?state=announced",
                "csv": reverse("contests_csv"),
                "lot": reverse("desk_proceeding", args=[road.proceeding.ref]),
                "contest": reverse("contest", args=[fresh.contest.ref]),
                "login": reverse("account_login"),
            },
            "desk": [reverse("desk_candidacy", args=[ref]) for ref in refs[:100]],
            "commission": [reverse("candidacy", args=[ref]) for ref in refs],
            "applicants": [
                {
                    "user": people[f"{writer}_head"].user.pk,
                    "check": reverse("application_check", args=[fresh.applications[writer].ref]),
                }
                for writer in writers
            ],
        }


def _client(who: int | None) -> Any:
    from django.conf import settings
    from django.test import Client

    from jardam.parties.models import User

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    client = Client()
    if who is not None:
        client.force_login(User.objects.get(pk=who), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def count(jobs: list[list[Any]]) -> list[list[int]]:
    """Statements and commits of each."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    told = []
    for method, path, fields, who in jobs:
        client = _client(who)
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(path) if method == "get" else client.post(path, dict(fields))
            if answer.streaming:
                for _ in answer.streaming_content:
                    pass
        if answer.status_code >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {Reader(answer.content.decode()).text[:900]}")
        words = [row["sql"].split(" ", 1)[0] for row in seen.captured_queries]
        told.append([sum(word not in ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE") for word in words),
                     words.count("COMMIT")])  # fmt: skip
    return told


def profile(job: list[Any], times: int = 40) -> str:
    """Where the time of one job goes: the functions with the most of their own and with all they call."""
    import cProfile
    import io
    import pstats

    method, path, fields, who = job
    client = _client(who)
    client.get(path)
    watched = cProfile.Profile()
    for n in range(times):
        sent = {name: (f"profile-{n}" if name == "key" else value) for name, value in fields}
        watched.enable()
        answer = client.get(path) if method == "get" else client.post(path, sent)
        if answer.streaming:
            b"".join(answer.streaming_content)
        watched.disable()
    said = io.StringIO()
    stats = pstats.Stats(watched, stream=said)
    stats.sort_stats("cumulative").print_stats(r"jardam|db/models|template/base", 28)
    stats.sort_stats("tottime").print_stats(12)
    return said.getvalue()


# --- telling ----------------------------------------------------------------------------------------------------

HEAD = (
    "| Job | Aim | p50 ms | p95 | p99 | per second at 8 | SQL | commits | CPU ms | bytes | floor p50 ms | ÷ floor |",
    "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
)


def line(job: Job) -> str:
    floor = percentile(job.bare, 50)
    numbers = [percentile(job.took, part) for part in (50, 95, 99)]
    rate = f"{job.rate:.0f}" if job.rate else "–"
    shown = " | ".join(f"{one:.1f}" for one in numbers)
    return (
        f"| {job.name} | {AIMS.get(job.name, '–')} | {shown} | {rate} | {job.statements} | {job.commits} "
        f"| {1000 * job.cpu:.1f} | {job.size:,} | {floor:.2f} | {numbers[0] / floor:.0f} |"
    )


def play(size: int, *, profiled: bool = False) -> list[str]:
    with instance(processes=2) as place:
        begin = time.monotonic()
        seeded = json.loads(place.run("-m", "tools.bench", "seed", str(size), JARDAM_DB_ROLE="owner").splitlines()[-1])
        with place.server.connect() as connection:
            connection.execute(FLOOR.format(size=size))
            connection.execute("VACUUM ANALYZE")
        seeding = time.monotonic() - begin
        place.serve()
        jobs = jobs_of(place, seeded, size)
        told = place.ask("-m", "tools.bench", "count", given=[job.counted for job in jobs])
        for job, (statements, commits) in zip(jobs, told, strict=True):
            job.statements, job.commits = statements, commits
        measure(place, jobs)
        rss = Meter(place).rss()
        for job in jobs if profiled else []:
            print(
                f"--- {job.name}", place.run("-m", "tools.bench", "profile", given=json.dumps(job.counted)), sep="\n"
            )
    return [
        f"## {size:,} applications in one lot, {size:,} contests",
        "",
        *HEAD,
        *(line(job) for job in jobs),
        "",
        f"Largest web process afterwards: {rss} MB. Making the rows took {seeding:.0f} s.",
        "",
    ]


def weigh() -> list[str]:
    """Sizes: what is installed, what is sent."""
    rows = [("`.venv`", _megabytes(Path(sys.prefix))), ("`static/`, collected", _megabytes(ROOT / "static"))]
    with instance(processes=1) as place:
        seeded = json.loads(place.run("-m", "tools.bench", "seed", "40", JARDAM_DB_ROLE="owner").splitlines()[-1])
        place.serve()
        browser, seen = Browser(place.port), {}
        for name in ("home", "list", "contest", "login"):
            body = browser.get(seeded["paths"][name]).body
            seen[name] = (body, sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|woff2))"', body))))
        rows.append(("static, collected", _megabytes(ROOT / "static")))
        for name, (body, parts) in seen.items():
            sent = sum(len(gzip.compress(browser.get(part).body.encode())) for part in parts)
            packed = len(gzip.compress(body.encode()))
            rows.append(
                (f"page {name}", f"{len(body.encode()):,} B, packed {packed:,} B; its files {sent:,} B packed")
            )
    return [f"{name}: {size}" for name, size in dict(rows).items()]


def _megabytes(folder: Path) -> str:
    if not folder.exists():
        return "not there"
    return subprocess.run(["du", "-sh", str(folder.resolve())], capture_output=True, text=True).stdout.split()[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inside", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--profile", action="store_true", help="and where the time of each job goes")
    parser.add_argument("--weigh", action="store_true")
    args = parser.parse_args()
    if args.inside:
        return _inside(*args.inside)
    if args.weigh:
        print("\n".join(weigh()))
        return 0
    told = [row for size in args.sizes.split(",") for row in play(int(size), profiled=args.profile)]
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    page = ROOT / "docs" / "bench.md"
    known = page.read_text() if page.exists() else ""
    _, _, kept = known.partition("## What the profile says")
    load = f"load {os.getloadavg()[0]:.1f} when it ended"
    text = "\n".join(
        [
            "# Bench",
            "",
            "Written by `make bench`; only the last section is by hand. Ours and the bare SQL of the same job (the "
            "floor) in one run, alternating; two web processes, one connection unless said.",
            "",
            f"Commit {commit}, {datetime.now(UTC):%d.%m.%Y %H:%M} UTC, {platform.machine()}, {os.cpu_count()} cores, "
            f"{load}.",
            "",
            *told,
        ]
    )
    page.write_text(text + (f"\n## What the profile says{kept}" if kept else ""))
    print("\n".join(told))
    return 0


def _inside(command: str, *words: str) -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    match command:
        case "seed":
            print(json.dumps(seed(int(words[0]))))
        case "count":
            print(json.dumps(count(json.load(sys.stdin))))
        case "profile":
            print(profile(json.load(sys.stdin)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
