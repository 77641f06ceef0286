"""Who of the whole cast reads the files of each kind of thing, and that nobody else does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from jardam.contests.models import Order
from jardam.contracts.models import Expense, InkSignature, Letter, Original
from jardam.demonstration.cast import texts
from jardam.documents import operations as documents
from jardam.documents.models import Document, File
from jardam.documents.policy import FILES, may_read_file
from jardam.documents.tests import samples
from jardam.kernel.actor import Actor, system, visitor
from jardam.parties.models import Profile
from jardam.planning.models import Adoption, CouncilDecision
from jardam.regime.models import RuleAdoption, RuleConfirmation
from jardam.review.models import Appeal, Halt
from jardam.treasury.models import Statement
from tests.world import as_owner

pytestmark = pytest.mark.django_db

EVERYBODY = "*"
READERS = {
    "Adoption.file": EVERYBODY,
    "Appeal.attachment": "of umut",
    "CouncilDecision.file": EVERYBODY,
    "Expense.file": "of okmotu, of umut",
    "Halt.file": EVERYBODY,
    "InkSignature.scan": "of okmotu, of umut",
    "Letter.answer_file": "of okmotu, of umut",
    "Letter.file": "of okmotu, of umut",
    "Order.file": EVERYBODY,
    "Original.scan": "of okmotu, of umut",
    "Profile.file": "of umut, registrar, auditor",
    "RuleAdoption.file": "of okmotu",
    "RuleConfirmation.page_image": EVERYBODY,
    "Statement.file": "of treasury",
}
"""Written out once more on purpose: a change of who reads changes this table too. `of` names an organisation."""

UNDECIDED = {"Document.print"}
"""Read with its document: tests/test_pages_documents.py."""


def row_with(what: str, file: File, road: Any) -> Any:
    """A thing of the road's customer, contract or applicant that holds this file."""
    name, field = what.split(".")
    on, held = date(2026, 3, 2), {field: file}
    match name:
        case "Adoption":
            Adoption.objects.filter(programme=road.programme).update(**held)
            return None
        case "CouncilDecision":
            return CouncilDecision(programme=road.programme, kind="rejected", decided_on=on, act_id=1, **held)
        case "Profile":
            umut = road.cast.organisations["umut"]
            return Profile(organisation=umut, part="charter", content={}, valid_from=on, act_id=1, **held)
        case "Appeal":
            of = {"protocol": road.protocol, "candidacy": road.candidacy("umut"), "filed_at": road.at}
            about = {"number": "A1", "subject": "scores", "sealed": b"", "content_sha256": "a", "hash_v": 1}
            umut = road.cast.organisations["umut"]
            return Appeal(appellant=umut, state="filed", act_id=1, answer_by=road.at, **of, **about, **held)
        case "Expense":
            Expense.objects.filter(pk=Expense.objects.filter(contract=road.contract).earliest("pk").pk).update(**held)
            return None
        case "Letter":
            about = {"number": "L1", "side": "customer", "subject": "x", "body": "x", "sent_at": road.at}
            return Letter(contract=road.contract, state="sent", act_id=1, **about, **held)
        case "InkSignature":
            about = {
                "side": "executor",
                "signatory": "x",
                "authority": "x",
                "signed_on": on,
                "content_sha256": "a" * 64,
            }
            return InkSignature(contract=road.contract, state="entered", act_id=1, entered_by_id=1, **about, **held)
        case "Order":
            about = {"verb": "suspend", "ground": "other", "number": "1", "issued_on": on, "at": road.at, "act_id": 1}
            return Order(contest=road.contest, **about, **held)
        case "Halt":
            about = {"verb": "suspend_review", "ground": "court", "number": "1", "issued_on": on, "at": road.at}
            return Halt(proceeding=road.proceeding, act_id=1, **about, **held)
        case "Original":
            about = {"customer_signatory": "x", "executor_signatory": "x", "edition": "x", "settlement_bytes": b"{}"}
            about |= {"measure": road.measure, "entered_by_id": 1, "act_id": 1}
            return Original(contract=road.contract, **about, **held)
        case "RuleAdoption":
            about = {"form": "grants", "key": "x", "value": 1, "act_number": "1", "act_on": on, "adopted_at": road.at}
            return RuleAdoption(customer=road.cast.organisations["okmotu"], state="adopted", act_id=1, **about, **held)
        case "RuleConfirmation":
            about = {"edition": "x", "key": "x", "value": 1, "act": "x", "article": "1", "edition_date": on}
            return RuleConfirmation(state="entered", act_id=1, revision=1, entered_by_id=1, **about, **held)
        case "Statement":
            sums = {"sha256": "a" * 64, "lines_count": 0, "total_out": Decimal(0), "total_in": Decimal(0)}
            treasury = road.cast.organisations["treasury"]
            return Statement(organisation_id=treasury.pk, state="imported", act_id=1, **sums, **held)
    raise AssertionError(what)


def cast_of(road: Any) -> dict[str, Actor]:
    return {name: road.actor(name) for name in texts()["people"]} | {"visitor": visitor(road.at)}


def expected(readers: str, road: Any) -> set[str]:
    everybody = cast_of(road)
    if readers == EVERYBODY:
        return set(everybody)
    found: set[str] = set()
    for one in readers.split(", "):
        if one.startswith("of "):
            organisation = road.cast.organisations[one.removeprefix("of ")]
            found |= {name for name, actor in everybody.items() if organisation.pk in actor.organisation_ids}
        else:
            found.add(one)
    return found


def test_the_table_names_every_kind_of_thing_that_keeps_files():
    assert {f"{model.__name__}.{field}" for model, field in FILES} == {*READERS, *UNDECIDED}
    assert (Document, "print") in FILES


@pytest.mark.parametrize("what", sorted(READERS))
def test_a_file_is_read_by_those_who_see_its_thing_and_by_nobody_else(what, accepted):
    file = documents.store(samples.pdf(), name="a.pdf", media_type="application/pdf", actor=system(accepted.at))
    assert not {name for name, actor in cast_of(accepted).items() if may_read_file(file, actor)}, "nobody's yet"

    with as_owner(triggers=False):
        row = row_with(what, file, accepted)
        if row is not None:
            row.save(force_insert=True)

    readers = {name for name, actor in cast_of(accepted).items() if may_read_file(file, actor)}
    assert readers == expected(READERS[what], accepted)
    assert readers, "the road has people who read it"
