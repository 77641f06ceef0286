"""An account, and whose address it is: mandates and invitations go to an address."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.translation import override

from jardam.demonstration.road import Road
from jardam.journal.operations import consume
from jardam.notices import queries as notices
from jardam.parties import operations as parties
from jardam.parties import queries as people
from tests.test_safety import sign_in
from tests.world import new_road, refuses

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password-7"


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.fixture
def letters(settings):
    """An instance that sends letters."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.EMAIL_IS_SENT = True


def sign_up(client, email: str = "bermet@example.kg"):
    fields = {"email": email, "password1": PASSWORD, "password2": PASSWORD, "name": "Бермет Сыдыкова"}
    return client.post(reverse("account_signup"), fields, follow=True)


def link_in(letter) -> str:
    (found,) = re.findall(r"http://testserver(/\S+)", letter.body)
    return found


def test_an_address_is_confirmed_by_its_letter_before_anybody_signs_in_with_it(client, letters):
    told = sign_up(client)
    assert "A letter is on its way" in told.content.decode()
    assert not sign_in(client, "bermet@example.kg", PASSWORD)
    address = link_in(mail.outbox[0])

    asked = client.get(address)
    assert "bermet@example.kg" in asked.content.decode()
    assert people.person_by_email("bermet@example.kg") is None, "looking at the link confirms nothing"
    client.post(address)

    assert people.person_by_email("bermet@example.kg").name == "Бермет Сыдыкова"
    assert sign_in(client, "bermet@example.kg", PASSWORD)


@pytest.mark.parametrize(("language", "words"), [("ky", "дарег"), ("ru", "адрес"), ("en", "address")])
def test_the_letter_is_in_the_language_of_the_page_and_names_nobody_else(client, letters, language, words):
    client.get(f"/{language}/accounts/signup/")
    client.post(
        f"/{language}/accounts/signup/",
        {"email": "bermet@example.kg", "password1": PASSWORD, "password2": PASSWORD, "name": "Бермет"},
    )

    (letter,) = mail.outbox
    assert words in letter.subject.lower() and words in letter.body.lower()
    assert "example.com" not in letter.body and link_in(letter).startswith(f"/{language}/")


def test_a_mandate_goes_to_nobody_whose_address_is_not_confirmed(client, letters):
    road: Road = new_road()
    sign_up(client)

    with refuses("nobody_signs_in"):
        parties.grant_mandate_by_email(
            email="bermet@example.kg",
            organisation=road.cast.organisations["umut"],
            role="applicant_editor",
            document="Буйрук № 3",
            valid_from=road.at.date(),
            actor=road.actor("umut_head"),
        )


def test_a_link_that_was_spoilt_says_so_and_confirms_nothing(client, letters):
    sign_up(client)

    answer = client.get(link_in(mail.outbox[0]).rstrip("/") + "x/")

    assert "This link has been used or is too old." in answer.content.decode()
    assert people.person_by_email("bermet@example.kg") is None


def test_where_no_letters_are_sent_whoever_grants_is_told_that_an_address_proves_nothing(client):
    road: Road = new_road()
    client.force_login(
        road.cast.people["umut_head"].user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    page = client.get(reverse("mandate_new", args=[road.cast.organisations["umut"].ref])).content.decode()

    assert "cannot ask whether an address is theirs" in page


def test_the_account_page_shows_ones_own_data_and_the_ways_on(client):
    parties.register_person(name="Бермет Сыдыкова", email="bermet@example.kg", password=PASSWORD)
    assert sign_in(client, "bermet@example.kg", PASSWORD)

    page = client.get("/en/").content.decode()
    own = client.get(reverse("account")).content.decode()

    assert "bermet@example.kg" not in page
    assert "Бермет Сыдыкова" in own and "bermet@example.kg" in own
    for name in ("account_change_password", "inbox", "account_logout"):
        assert reverse(name) in own


def test_people_take_away_what_is_held_under_their_account_and_nobody_elses(client):
    road: Road = new_road()
    while consume():
        pass
    person = road.cast.people["umut_head"]
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = client.get(reverse("account_data"))

    held = answer.json()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert (held["name"], held["email"]) == (person.name, person.user.email)
    assert [one["role"] for one in held["mandates"]] == [one.role for one in people.mandates_of(person)] != []
    assert len(held["messages"]) == len(notices.inbox(person.pk, limit=1000))
    assert "password" not in answer.content.decode()
    assert reverse("account_data") in client.get(reverse("account")).content.decode()


def test_a_page_of_the_account_knows_who_is_signed_in(client):
    parties.register_person(name="Бермет Сыдыкова", email="bermet@example.kg", password=PASSWORD)
    assert sign_in(client, "bermet@example.kg", PASSWORD)

    page = client.get(reverse("account_change_password")).content.decode()

    assert "Бермет Сыдыкова" in page and reverse("account_login") not in page
