"""The public pages: the same for everyone, in three languages, telling nothing before its time."""

import datetime as dt
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from jardam.contests.queries import last_version
from jardam.demonstration.road import Road
from jardam.journal.operations import consume
from jardam.web import contest_page
from tests.world import as_owner, new_road, rules, sql

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:No directory at")]

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def road(monkeypatch) -> Road:
    """The road; the pages read its clock."""
    road = new_road()
    monkeypatch.setattr("jardam.web.clock.now", lambda: road.at)
    return road


def body(response: Any) -> str:
    """The page with plain spaces, and without the line for paper, which says the minute of the print."""
    text = b"".join(response).decode().replace("\xa0", " ")
    return re.sub(r'<p class="printed">.*?</p>', "", text, flags=re.S)


def seen(url: str, status: int = 200) -> str:
    """The page as a visitor gets it, with plain spaces."""
    response = Client().get(url)
    assert response.status_code == status, (url, response.status_code)
    return body(response)


STATIC = ("", "contests/", "programmes/", "receipts/", "rules/", "editions/", "editions/grants/2022-604/",
          "editions/compare/", "editions/compare/?a=grants/2022-604&b=grants/2017-814", "search/", "search/?q=dom",
          "help/", "styleguide/")  # fmt: skip


def pages_of(road: Road) -> tuple[str, ...]:
    """The addresses of everything the whole road published."""
    version = last_version(road.applications["umut"])
    assert version is not None
    return (
        f"contests/{road.contest.ref}/",
        f"contests/{road.contest.ref}/rules/",
        f"programmes/{road.programme.ref}/",
        f"studies/{road.study.ref}/",
        f"protocols/{road.protocol.ref}/",
        f"contracts/{road.contract.ref}/",
        f"receipts/{version.ref}/",
    )


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_every_public_page_opens_in_every_language(road, language):
    road.to_accepted()

    for path in (*STATIC, *pages_of(road)):
        assert f'<html lang="{language}"' in seen(f"/{language}/{path}"), path


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_pages_for_signing_in_are_ours(road, language):
    for path in ("cast/", "login/", "signup/", "password/reset/", "password/reset/done/",
                 "password/reset/key/1-set-password/", "confirm-email/", "inactive/"):  # fmt: skip
        text = seen(f"/{language}/accounts/{path}")
        assert 'class="wordmark"' in text and "<h1>" in text, path


def test_public_pages_touch_no_session_and_answer_304(road):
    road.to_accepted()
    client = Client()
    client.force_login(road.cast.people["specialist"].user, backend=BACKEND)

    for path in (*STATIC[:-1], *pages_of(road)):  # the style guide shows forms that post
        with CaptureQueriesContext(connection) as asked:
            first = client.get(f"/ru/{path}")
        road.at += dt.timedelta(minutes=5)
        again = client.get(f"/ru/{path}", headers={"If-None-Match": first.headers["ETag"]})
        assert not first.cookies and "Vary" not in first.headers, path
        assert not [q for q in asked if "session" in q["sql"]], path
        assert again.status_code == 304, path


def test_a_draft_is_hidden_even_from_its_author(road):
    road.to_adopted()
    road.draft_contest()
    client = Client()
    client.force_login(road.cast.people["specialist"].user, backend=BACKEND)

    assert client.get(f"/en/contests/{road.contest.ref}/").status_code == 404
    assert "Nobody is left alone" not in body(client.get("/en/contests/"))
    assert "Nobody is left alone" not in body(client.get("/en/contests.csv"))
    assert "Nobody is left alone" not in body(client.get("/en/"))


def test_before_the_opening_no_page_tells_applicants_or_their_number(road):
    road.to_announced()
    before = {path: seen(f"/en/{path}") for path in _watched(road)}
    for name in ("umut", "birge"):
        road.write_application(name)
        road.submit(name)
    after = {path: seen(f"/en/{path}") for path in _watched(road)}
    version = last_version(road.applications["umut"])
    receipt = seen(f"/en/receipts/{version.ref}/")
    consume()
    found = seen("/en/search/?q=Umut")

    assert before == after
    for text in (*after.values(), receipt):
        assert "Umut" not in text and "Birge" not in text and "Жылуу үй" not in text
    assert version.content_sha256 in receipt and version.ref in receipt
    assert "Жылуу үй" not in found


def _watched(road: Road) -> tuple[str, ...]:
    return ("", "contests/", "contests.csv", f"contests/{road.contest.ref}/", f"contests/{road.contest.ref}/rules/",
            f"programmes/{road.programme.ref}/")  # fmt: skip


def test_the_announcement_stands_in_the_officials_order(road):
    road.to_announced()

    text = seen(f"/en/contests/{road.contest.ref}/")

    order = ["Announced on", "Customer", "Programme", "Goal", "Tasks", "Problem", "Amount of the lot",
             "Most for one project", "Term of the projects", "Who may apply", "Criteria and weights", "Pass mark",
             "Deadline", "Contacts"]  # fmt: skip
    main = text[text.index("<main") :]
    places = [main.index(f">{word}") for word in order]
    assert places == sorted(places)
    assert "Bishkek time" in text and "20 calendar days" in text
    assert "They are not law." in text


def test_after_the_opening_the_number_is_told_and_after_the_protocol_everything(road):
    road.to_opened()
    opened = seen(f"/en/contests/{road.contest.ref}/")
    road.appoint_commission()
    road.begin_review()
    hidden = seen(f"/en/contests/{road.contest.ref}/")

    assert "applications were opened" in opened
    assert "Үмүт" not in opened + hidden


def test_a_protocol_shows_scores_votes_signatures_and_its_hash(road):
    road.to_published()

    text = seen(f"/en/protocols/{road.protocol.ref}/")
    same = seen(f"/en/protocols/{road.protocol.ref}/?sha256={road.protocol.content_sha256.upper()}")
    other = seen(f"/en/protocols/{road.protocol.ref}/?sha256=00")
    content = b"".join(Client().get(reverse("protocol_file", args=[road.protocol.ref])))

    assert "Points by criterion" in text and "Асель Мамытова" in text and road.protocol.content_sha256 in text
    assert "The fingerprints are the same." in same
    assert "The fingerprints differ." in other
    assert content == bytes(road.protocol.content)


def test_an_unpublished_protocol_and_an_unsigned_contract_are_not_found(road):
    road.to_scoring()
    for member in ("member_state", "member_kenesh", "member_civil"):
        for name in ("umut", "birge"):
            road.score(member, name)
    road.decide()
    seen(f"/en/protocols/{road.protocol.ref}/", 404)
    seen(f"/en/protocols/{road.protocol.ref}/protocol.json", 404)
    for member in ("member_state", "member_kenesh", "member_civil"):
        road.sign_protocol(member)
    road.publish_protocol()
    road.prepare_contract()

    seen(f"/en/contracts/{road.contract.ref}/", 404)
    seen(f"/en/contracts/{road.contract.ref}/contract.json", 404)


def test_money_is_five_facts_side_by_side(road):
    road.to_accepted()

    text = seen(f"/en/contests/{road.contest.ref}/")

    money = text[text.index("five different facts") :]
    rows = re.findall(r'role="rowheader"[^>]*><span>(\w+)<span.*?KGS ([\d,]+)', money, re.S)[:5]
    assert rows == [("Allocated", "600,000"), ("Announced", "600,000"), ("Awarded", "445,000"), ("Paid", "133,500"),
                    ("Accepted", "133,500")]  # fmt: skip


def test_contests_are_filtered_by_state_and_customer(road):
    road.to_announced()
    customer = road.cast.organisations["okmotu"].ref

    assert "Nobody is left alone" in seen(f"/en/contests/?state=announced&customer={customer}")
    assert "No contest answers to this." in seen("/en/contests/?state=decided")
    assert "No contest answers to this." in seen("/en/contests/?customer=0000000000")


def test_the_list_as_csv_holds_no_formula(road):
    road.to_announced()
    with as_owner(triggers=False):
        sql("""UPDATE contests_contest SET title = '{"en": "=1+1"}'""")

    response = Client().get("/en/contests.csv")
    lines = body(response).lstrip("\ufeff").splitlines()

    assert response.streaming
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[0].startswith("number,ref,title_ky")
    assert ",'=1+1," in lines[1]


def test_a_feed_reader_is_told_of_new_contests_in_the_language_of_its_address(road):
    road.to_announced()
    customer = road.cast.organisations["okmotu"]
    feed = "{http://www.w3.org/2005/Atom}"
    for language, said in (("en", "Applications until"), ("ru", "Заявки"), ("ky", "Өтүнмө берүүнүн")):
        response = Client().get(f"/{language}/contests.atom?customer={customer.ref}")
        told = ElementTree.fromstring(body(response))
        [entry] = told.findall(f"{feed}entry")
        assert entry.findtext(f"{feed}title") == road.contest.title[language]
        assert entry.findtext(f"{feed}id") == f"http://testserver/{language}/contests/{road.contest.ref}/"
        assert said in entry.findtext(f"{feed}summary")
        again = {"if-none-match": response.headers["ETag"]}
        assert Client().get(f"/{language}/contests.atom?customer={customer.ref}", headers=again).status_code == 304
    assert "contests.atom?state=announced" in body(Client().get("/en/contests/?state=announced"))
    assert "<entry>" not in body(Client().get("/en/contests.atom?state=decided"))


def many(table: str, count: int, letter: str = "X") -> None:
    """Copies of the table's first row, each with a reference of its own."""
    with as_owner(triggers=False):
        names = sql("SELECT column_name FROM information_schema.columns WHERE table_name = %s", table)
        own = {
            "id": f"nextval(pg_get_serial_sequence('{table}', 'id'))",
            "ref": f"'{letter}' || lpad(n::text, 9, '0')",
            "number": f"'{letter}' || n",
            "award_id": f"-n - {ord(letter)} * 10000",  # one contract of an award
        }
        if table == "contests_application":
            own["state"] = "'withdrawn'"  # one living application of an applicant
        columns = ", ".join(f'"{name}"' for (name,) in names)
        cells = ", ".join(own.get(name, f't."{name}"') for (name,) in names)
        sql(
            f"INSERT INTO {table} ({columns}) SELECT {cells} FROM generate_series(1, {count}) n,"
            f" (SELECT * FROM {table} ORDER BY id LIMIT 1) t"
        )


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        response = client.get(url)
    assert response.status_code == 200
    return len(asked)


def test_a_contest_of_many_lots_asks_as_often_as_one_of_a_single_lot(road):
    road.to_in_force()
    client, url = Client(), f"/en/contests/{road.contest.ref}/"
    few = queries(client, url)
    own = {"id": "1000000 + n", "ref": "'X' || lpad(n::text, 9, '0')", "number": "10 + n"}
    with as_owner(triggers=False):
        names = [
            name
            for (name,) in sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'contests_lot'")
        ]
        columns, cells = ", ".join(names), ", ".join(own.get(name, f"t.{name}") for name in names)
        sql(f"INSERT INTO contests_lot ({columns}) SELECT {cells} FROM generate_series(1, 5) n, contests_lot t")

    assert queries(client, url) == few <= 29


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "path", "person"),
    [
        ("contests_contest", "contests/", ""),
        ("contests_contest", "", ""),
        ("planning_programme", "programmes/", ""),
        ("contests_application", "apply/", "umut_head"),
        ("contracts_contract", "apply/", "umut_head"),
        ("contracts_contract", "apply/contracts/", "umut_head"),
    ],
)
def test_a_list_asks_as_often_for_a_thousand_rows_as_for_ten(road, table, path, person):
    road.to_in_force()
    client = Client()
    if person:
        client.force_login(road.cast.people[person].user, backend=BACKEND)
    many(table, 10)
    few = queries(client, f"/en/{path}")
    many(table, 1000, "Y")

    assert queries(client, f"/en/{path}") == few


def test_pages_of_a_list_hold_every_row_once(road):
    road.to_announced()
    many("contests_contest", 70)

    url, refs = "/en/contests/", []
    while url:
        text = seen(url)
        refs += re.findall(r'<a href="/en/contests/(\w{10})/"', text[text.index("<table") :])
        following = re.search(r'rel="next" href="([^"]+)"', text)
        url = following[1].replace("&amp;", "&") if following else ""

    assert len(refs) == len(set(refs)) == 71


def test_a_false_cursor_is_not_found(road):
    seen("/en/contests/?from=nonsense", 404)
    seen("/en/programmes/?from=0000000000", 404)


def test_the_appearance_is_kept_in_a_cookie_and_leads_back_to_this_site_only(road):
    client = Client()

    dark = client.get("/en/theme/?theme=dark&next=/en/rules/")
    away = client.get("/en/theme/?theme=light&next=https://example.com/")

    assert dark.headers["Location"] == "/en/rules/" and dark.cookies["theme"].value == "dark"
    assert away.headers["Location"] == "/en/"
    assert client.get("/en/theme/?theme=pink").status_code == 404
    assert 'data-theme="light"' in body(client.get("/en/rules/"))


def test_a_receipt_is_found_by_its_number_and_compared(road):
    road.to_announced()
    road.write_application("umut")
    version = road.submit("umut")

    way = Client().get("/en/receipts/", {"ref": f"{version.ref[:5].lower()}-{version.ref[5:]}"})
    text = seen(f"/en/receipts/{version.ref}/?sha256={version.content_sha256}")
    wrong = seen("/en/receipts/?ref=ABC")

    assert way.headers["Location"] == f"/en/receipts/{version.ref}/"
    assert "The fingerprints are the same." in text
    assert "No such code is possible." in wrong


def test_search_finds_what_is_typed_without_kyrgyz_letters(road):
    road.to_announced()
    while consume():
        pass

    text = seen("/ky/search/?q=кок-булак")

    assert "Көк-Булак" in text
    assert f"/ky/programmes/{road.programme.ref}/" in text


def test_editions_are_compared_rule_by_rule(road):
    text = seen("/en/editions/compare/?a=grants/2022-604&b=grants/2008-162")

    assert "Rules that differ" in text and "rules are alike" in text
    seen("/en/editions/grants/1999-1/", 404)


def test_the_deadline_that_ends_at_midnight_is_said_as_people_say_it():
    from jardam.web.contest_page import deadline

    assert deadline(dt.datetime(2026, 3, 24, 18, tzinfo=dt.UTC)) == "24.03.2026, 24:00"
    assert deadline(dt.datetime(2026, 3, 24, 12, tzinfo=dt.UTC)) == "24.03.2026, 18:00"


def test_anybody_asks_whether_they_may_apply_and_nothing_is_stored(road):
    road.to_announced()
    at = f"/ky/contests/{road.contest.ref}/may-we-apply/"
    yes = {"elig-types": "yes", "elig-excluded_types": "no", "elig-min_age_months": "yes", "elig-bars": "no"}
    yes |= {"app-cofin_min_pct": "yes", "app-documents": "yes", "declarations": "yes"}
    client = Client()

    with CaptureQueriesContext(connection) as asked:
        page = body(client.get(at))
    assert 'name="elig-min_age_months"' in page
    assert "elig-min_experience_months" not in page  # these rules ask for none
    assert not [one for one in asked if not one["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE", "SET"))]
    assert "notification" not in page
    answer = client.get(at, yes)
    assert not answer.cookies
    assert "notification-done" in body(answer)
    old = body(client.get(at, yes | {"elig-min_age_months": "no"}))
    assert "notification-danger" in old
    assert "notification-wait" in body(client.get(at, {"elig-types": "yes"}))


def test_a_false_answer_is_no_answer_and_a_draft_contest_asks_nobody(road):
    road.to_adopted()
    road.draft_contest()
    assert seen(f"/ky/contests/{road.contest.ref}/may-we-apply/", 404)
    road.announce()

    page = seen(f"/ky/contests/{road.contest.ref}/may-we-apply/?elig-types=%00maybe&x=1")
    assert "notification" not in page


@pytest.mark.parametrize(("months", "is_said"), [(12, True), (0, False)])
def test_experience_is_announced_where_the_rules_ask_for_it(months, is_said):
    with override("en"):
        shown = contest_page.eligibility(rules(elig__min_experience_months=months))
    labels = [row.label for row in shown]

    assert ("Least experience with such work" in labels) == is_said
