"""Where money goes is for those who pay, who are paid and who check: an account number stands in no public page, no
public record, no address and no log."""

from __future__ import annotations

import json
import logging
import re
from html import unescape

import pytest
from django.test import Client

from jardam.journal.models import Record
from jardam.kernel.time import bishkek_day
from jardam.parties.models import BankAccount
from jardam.web import clock
from tests.pages_list import Walker
from tests.test_pages_customer import Office, day
from tests.world import new_road

pytestmark = pytest.mark.django_db
NUMBER, BAD = "1180000000000093", "11800000000009"
LINK = re.compile(r'\s(?:href|action|src)="(/en/[^"#]*)')


@pytest.fixture
def office(monkeypatch) -> Office:
    office = Office(new_road())
    monkeypatch.setattr(clock, "now", lambda: office.road.at)
    return office


def numbers() -> set[str]:
    return {NUMBER, BAD, *BankAccount.objects.values_list("account", flat=True)}


def told(text: str, of: set[str] | None = None) -> set[str]:
    """The account numbers that stand in a text, however they are spaced."""
    bare = re.sub(r"[\s\xa0\u202f]", "", unescape(text))
    return {one for one in (of or numbers()) if one in bare}


def public_pages(limit: int = 250) -> dict[str, str]:
    """Whatever a visitor reaches by links from the first page."""
    client, queue, found = Client(), ["/en/"], {}
    while queue and len(found) < limit:
        path = queue.pop(0)
        if path in found:
            continue
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]
        found[path] = body.decode(errors="replace")
        queue += [unescape(link) for link in LINK.findall(found[path])] if answer.status_code == 200 else []
    return found


def paid(office: Office) -> None:
    road = office.road
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()


def test_no_public_page_and_no_address_tells_an_account_number(office):
    paid(office)

    pages = public_pages()

    assert office.road.contract.number in "".join(pages.values()), "the walk came to the contract"
    assert {path for path, text in pages.items() if told(path) or told(text)} == set()


def test_no_public_part_of_the_record_tells_an_account_number(office):
    paid(office)

    public = [json.dumps(one, ensure_ascii=False) for one in Record.objects.values_list("public_data", flat=True)]

    assert [one for one in public if told(one)] == []


def test_naming_and_checking_an_account_leaves_it_in_no_log_and_no_address(office, caplog):
    road = office.road
    form = {"checker": road.cast.organisations["treasury"].ref, "bik": "118005", "kind": "separate"}
    form |= day("valid_from", bishkek_day(road.at))
    caplog.set_level(logging.DEBUG)

    refused = office.press("umut_head", "bank_account_new", account=BAD, **form)
    went = office.done("umut_head", "bank_account_new", account=NUMBER, **form)
    account = BankAccount.objects.get(account=NUMBER)
    checked = {"answer": "confirm", "checked_against": "Банктын каты"}
    then = office.done("treasurer", "treasury_account", account.ref, **checked)

    assert refused.status_code == 200
    account.refresh_from_db()
    assert account.state == "confirmed"
    assert told(went + then + refused.headers.get("Location", "")) == set()
    assert told(caplog.text) == set()


def test_nobody_but_payer_payee_and_treasury_reads_a_number(office):
    """The council, other applicants and the auditor pass by it."""
    paid(office)
    road, walker = office.road, Walker()
    accounts = BankAccount.objects.filter(organisation=road.cast.organisations["umut"])
    theirs = set(accounts.values_list("account", flat=True))

    walker.look(road.cast, [None, "secretary", "birge_head", "auditor"], road.at)

    assert {str(page) for page in walker.pages.values() if told("".join(page.html.values()), theirs)} == set()
    assert theirs
