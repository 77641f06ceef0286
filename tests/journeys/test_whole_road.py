"""The whole road in a real browser, in Kyrgyz: citizen, specialist, head of the office, council secretary, an NGO's
editor and head, a second NGO that loses and appeals, three commission members with one recusal, the appeal's panel,
accountant, treasury officer and auditor; then what anybody can read, check and download, the ledger and `verify`."""

from __future__ import annotations

import hashlib
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jardam.journal.operations import consume
from jardam.transparency.queries import verify
from jardam.treasury.queries import trail_of_appropriations
from tests.site import running
from tests.world import MONDAY

from .browser import SMALL, BrowserPeople, people
from .prints import drawn_without_a_glyph, text_of
from .road import TEXT, UNSPENT, WholeRoad, everybody, papers, users_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

READERS = {
    "announcement": "",
    "council_pack": "",
    "invitation": "",
    "protocol": "",
    "contract": "",
    "acceptance": "umut_head",
    "report": "umut_head",
    "letter": "umut_head",
}
"""Who downloads a document of each kind: everybody, or somebody it is for. This road amends no contract."""


def test_the_whole_road_in_kyrgyz(committed, monkeypatch, real_prints):
    # The browser's event loop makes Django think that everything is asynchronous; every thread here is not.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    users = users_of(everybody(MONDAY))
    with running(monkeypatch, MONDAY) as site, people(site, users, "ky") as cast_of:
        road = WholeRoad(cast_of, site)
        road.walk()
        while consume():  # the worker's part: prints and notices
            pass
        for language in ("ru", "en"):
            road.follow_the_money(language)
        picture(cast_of, road)
        read_on_a_small_screen(cast_of, road)
        audit(cast_of, road)
        printed = "".join(download(cast_of, kind) for kind in READERS)
        assert {"ң", "ө", "ү"} <= set(printed)
        assert cast_of.complaints() == []
    trail = trail_of_appropriations("programme", [road.programme.pk])
    assert trail.appropriated == trail.allocated == Decimal(TEXT["measure"]["amount"])
    assert trail.ordered == trail.paid == road.contract.amount
    assert trail.accepted == road.contract.amount - UNSPENT
    assert list(verify()) == []


def picture(cast_of: BrowserPeople, road: WholeRoad) -> None:
    """The contest's page for the README, where `JARDAM_PICTURES` names a folder."""
    if os.environ.get("JARDAM_PICTURES"):
        wide = cast_of.visitor().go(f"contests/{road.contest.ref}/")
        wide.page.screenshot(path=Path(os.environ["JARDAM_PICTURES"]) / "contest.png")


def read_on_a_small_screen(cast_of: BrowserPeople, road: WholeRoad) -> None:
    phone = cast_of.visitor().resize(SMALL)
    for path in (
        "",
        f"contests/{road.contest.ref}/",
        f"programmes/{road.programme.ref}/",
        f"contracts/{road.contract.ref}/",
        f"protocols/{road.protocol.ref}/",
    ):
        assert not phone.go(path).scrolls_sideways(), path


def audit(cast_of: BrowserPeople, road: WholeRoad) -> None:
    """The auditor reads how it came about, and proves the published files by their fingerprints."""
    auditor = cast_of["auditor"].go("operator/rules/").go(f"contests/{road.contest.ref}/")
    auditor.go(f"appeals/{road.appeal.ref}/").follow(road.protocol.ref)
    for path, fingerprint in (
        (auditor.link("protocol.json"), road.protocol.content_sha256),
        (auditor.go(f"contracts/{road.contract.ref}/").link("contract.json"), road.contract.content_sha256),
    ):
        assert hashlib.sha256(auditor.fetch(f"/ky/{path}")).hexdigest() == fingerprint


def download(cast_of: BrowserPeople, kind: str) -> str:
    """A document of this kind is checked by its number, read as a page and downloaded; every letter has its glyph.
    Its text."""
    reader: Any = cast_of[READERS[kind]] if READERS[kind] else cast_of.visitor()
    paper = papers(kind)[0]
    checked = reader.go("check/").go(f"check/?q={paper.number}")
    assert paper.content_sha256 in checked.text()
    page = reader.go(f"documents/{paper.ref}/")
    made = page.fetch(f"/ky/{page.link('/print/')}")
    text = text_of(made)
    assert paper.number in text, kind
    assert paper.content_sha256 in text.replace(" ", "")
    assert {"ө", "ү"} <= set(text), kind
    assert b"pdfaid" in made  # PDF/A, which is not made of a text with a letter that no font has
    assert drawn_without_a_glyph(made) == []
    assert hashlib.sha256(made).hexdigest() == paper.print.sha256
    return text
