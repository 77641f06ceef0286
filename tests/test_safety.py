"""What keeps an instance safe: limits, headers, cookies, passwords, and settings that refuse to start insecurely."""

from __future__ import annotations

import datetime as dt
import logging
import logging.config
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher
from django.db import IntegrityError
from django.urls import reverse

from jardam.demonstration import cast
from jardam.demonstration.road import start_of
from jardam.parties import operations as parties
from jardam.parties.models import Tally, User
from jardam.parties.policy import FAILED_SIGN_IN
from tests.world import refuses

ROOT = Path(__file__).resolve().parent.parent
AT = start_of(dt.date(2026, 2, 2))
PAIR, PLACE = FAILED_SIGN_IN


@pytest.fixture
def moment(monkeypatch):
    """The door's clock, which the test moves."""
    from jardam.web import clock

    now = [AT]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    return now


@pytest.fixture
def people(db):
    for name in ("aida", "bolot"):
        parties.register_person(name=name.title(), email=f"{name}@example.kg", password="a-long-password-7")


def sign_in(client, email: str, password: str = "wrong-password", place: str = "10.0.0.1") -> bool:
    """Whether the person is signed in afterwards."""
    client.logout()
    client.post(reverse("account_login"), {"login": email, "password": password}, REMOTE_ADDR=place)
    return "_auth_user_id" in client.session


# --- limits ----------------------------------------------------------------------------------------------------


def test_guessing_a_password_waits_after_a_few_tries_and_is_told_until_when(client, people, moment):
    for _ in range(PAIR.most):
        assert not sign_in(client, "aida@example.kg")

    assert not sign_in(client, "aida@example.kg", "a-long-password-7"), "even the right one waits"
    answer = client.post("/en/accounts/login/", {"login": "aida@example.kg", "password": "x"}, REMOTE_ADDR="10.0.0.1")
    assert "tried too often" in answer.content.decode()

    moment[0] = AT + dt.timedelta(seconds=PAIR.seconds)
    assert sign_in(client, "aida@example.kg", "a-long-password-7")


def test_nobody_locks_out_another_person_nor_their_office(client, people, moment):
    for _ in range(PAIR.most + 3):
        sign_in(client, "aida@example.kg", place="10.6.6.6")

    assert sign_in(client, "aida@example.kg", "a-long-password-7", place="10.0.0.2"), "from her own desk she comes in"
    assert sign_in(client, "bolot@example.kg", "a-long-password-7", place="10.6.6.6"), "so does her neighbour"


def test_guessing_many_accounts_from_one_place_waits(client, people, moment, monkeypatch):
    from jardam.web import limits

    monkeypatch.setattr(limits, "FAILED_SIGN_IN", (PAIR, type(PLACE)("sign_in", "place", 8, 900)))
    for n in range(8):
        sign_in(client, f"nobody{n}@example.kg")

    assert not sign_in(client, "aida@example.kg", "a-long-password-7")
    assert sign_in(client, "aida@example.kg", "a-long-password-7", place="10.0.0.9")


def test_a_success_counts_for_nothing(client, people, moment):
    for _ in range(PAIR.most * 3):
        assert sign_in(client, "aida@example.kg", "a-long-password-7")


def test_a_limit_counts_exactly_and_forgets(db):
    for _ in range(PAIR.most):
        parties.demand_within(limit=PAIR, who="x", at=AT)

    with refuses("too_many_tries"):
        parties.demand_within(limit=PAIR, who="x", at=AT)
    parties.demand_within(limit=PAIR, who="y", at=AT)
    later = AT + dt.timedelta(seconds=PAIR.seconds + 1)
    assert parties.forget_tallies(at=later) == 2
    assert not Tally.objects.exists()


def test_a_tally_names_no_account_and_no_machine(client, people, moment):
    sign_in(client, "aida@example.kg", place="10.0.0.77")

    rows = " ".join(Tally.objects.values_list("key", flat=True))
    assert rows
    assert "aida" not in rows
    assert "10.0.0.77" not in rows


def test_what_a_client_says_of_its_address_counts_only_behind_our_own_proxy(rf, settings):
    from jardam.web.limits import place_of

    asked = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 7.7.7.7")

    assert place_of(asked) == "10.0.0.1"
    settings.PROXIES = 1
    assert place_of(asked) == "7.7.7.7"
    assert place_of(rf.get("/", REMOTE_ADDR="10.0.0.1")) == "10.0.0.1"


def test_a_flood_of_searches_is_answered_with_429_and_a_sentence(client, db, moment, monkeypatch):
    from jardam.web import limits

    monkeypatch.setitem(limits.ROUTE_LIMITS, "search", (type(PAIR)("search", "place", 3, 60),))
    answers = [client.get("/en/search/?q=x") for _ in range(4)]

    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert "too_many_tries" in answers[3].content.decode()
    assert client.get("/en/contests/").status_code == 200


def test_a_person_who_sends_forms_without_end_waits(client, db, moment, monkeypatch):
    from jardam.web import limits

    everybody = cast.register(AT)
    monkeypatch.setattr(limits, "ACTS", (type(PAIR)("acts", "person", 3, 60),))
    user = everybody.people["specialist"].user
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    codes = [client.post("/en/inbox/choice/", {"email": "daily", "language": "ky"}).status_code for _ in range(4)]

    assert codes == [302, 302, 302, 429]


# --- headers, cookies, passwords -------------------------------------------------------------------------------


def test_every_answer_carries_the_headers(client, db):
    for path in ("/en/", "/en/accounts/login/", "/en/nowhere/"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe-inline" not in policy
        assert "object-src 'none'" in policy


def test_cookies_are_closed_to_scripts_and_passwords_are_argon2(client, people, settings):
    sign_in(client, "aida@example.kg", "a-long-password-7")

    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"
    assert identify_hasher(User.objects.get(email="aida@example.kg").password).algorithm == "argon2"


def test_a_session_is_new_after_signing_in(client, people, moment):
    client.get(reverse("account_login"))
    before = client.session.session_key
    assert sign_in(client, "aida@example.kg", "a-long-password-7")

    assert client.session.session_key != before


def test_a_failed_sign_in_leaves_no_personal_data_in_the_log(client, people, caplog):
    caplog.set_level(logging.DEBUG)
    sign_in(client, "aida@example.kg", place="10.0.0.77")
    client.get("/en/nowhere/")

    said = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert "aida@" not in said
    assert "wrong-password" not in said


def test_a_fault_of_the_database_is_logged_without_the_row_it_is_about(people):
    email = "aida@example.kg\nwith\n  two more lines"
    User.objects.filter(email="aida@example.kg").update(email=email)
    telling = logging.config.DictConfigurator(settings.LOGGING).configure_formatter(
        settings.LOGGING["formatters"]["plain"]
    )

    try:
        User.objects.create(email=email)
    except IntegrityError:
        said = telling.format(logging.makeLogRecord({"msg": "It failed.", "exc_info": sys.exc_info()}))

    assert said.count("duplicate key value violates unique constraint") == 2  # of the driver and of Django
    assert "The above exception was the direct cause" in said and "test_safety.py" in said
    assert "aida@" not in said and "two more lines" not in said


# --- settings --------------------------------------------------------------------------------------------------

GOOD = {
    "JARDAM_DEMO": "0",
    "JARDAM_SECRET_KEY": "QpX7v2mK9sLw4Rt8Yz1Bc6Df3Gh5Jn0aEuIoPkMxVbTq",
    "DATABASE_URL": "postgresql://app@localhost/jardam",
}


def started(**changes: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("JARDAM_", "DATABASE_"))}
    environ |= GOOD | changes
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"], cwd=ROOT, env=environ, capture_output=True, text=True
    )


def test_good_settings_start():
    done = started()

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"JARDAM_SECRET_KEY": ""}, "JARDAM_SECRET_KEY is missing"),
        ({"JARDAM_SECRET_KEY": "short"}, "too short or too plain"),
        ({"JARDAM_SECRET_KEY": "a" * 60}, "too short or too plain"),
        ({"JARDAM_HOSTS": "*"}, "not *"),
        ({"JARDAM_HTTPS": "0", "JARDAM_BIND": "0.0.0.0"}, "JARDAM_HTTPS=0 is for a demonstration"),
        ({"JARDAM_HTTPS": "maybe"}, "JARDAM_HTTPS must be 0 or 1"),
        ({"JARDAM_DEMO": "yes"}, "JARDAM_DEMO must be 0 or 1"),
        ({"JARDAM_PROXIES": "-1"}, "JARDAM_PROXIES must be a number"),
        ({"EMAIL_URL": "http://mail"}, "EMAIL_URL must look like"),
        ({"EMAIL_URL": "smtp+plain://user:pw@mail.kg"}, "for a relay on this machine"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL must look like"),
    ],
)
def test_insecure_or_unclear_settings_do_not_start(changes, said):
    done = started(**changes)

    assert done.returncode != 0
    assert said in done.stderr


def test_a_key_file_that_others_can_read_is_refused(tmp_path):
    from jardam.launcher import secrets
    from jardam.launcher.errors import LauncherError

    key = tmp_path / "key"
    key.write_text("ab" * 32)
    key.chmod(0o644)
    environ = {"JARDAM_SECRET_KEY": "x", "JARDAM_KEY_FILE": str(key)}

    with pytest.raises(LauncherError, match="chmod 600"):
        secrets.demand(environ)
    key.chmod(0o600)
    secrets.demand(environ)
