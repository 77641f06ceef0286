"""A road with many asides, so that every page has something to show.

The main road goes from the study to the accepted report. An *aside* leaves it where another way begins, and is undone
at its end. At each `look` the people named there look around (None is a visitor who is not signed in). A new page that
needs a point this tale does not reach needs an aside here: `tests/test_pages_all.py` names the page.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from jardam.contests import operations as contests
from jardam.demonstration.road import MEMBERS, SCAN, Road
from jardam.documents import operations as documents
from jardam.documents.damage import MissingFile
from jardam.documents.models import Document, File
from jardam.journal.models import Record
from jardam.kernel.actor import system
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.planning import operations as planning
from jardam.planning.models import Programme
from jardam.planning.rules import Vote
from jardam.record.operations import load_files
from jardam.record.tests.samples import PATHS
from jardam.regime import operations as regime
from jardam.review.tests.test_procedure import settle
from jardam.treasury import operations as treasury
from jardam.treasury.operations import Owner
from tests.pages_list import Page, Walker
from tests.world import MONDAY, as_owner, new_road, sql

BOTH = ("umut", "birge")
COMMISSION = tuple(name for name, _, _ in MEMBERS)


Look = Callable[..., None]


@contextmanager
def aside(road: Road) -> Iterator[Road]:
    """A way of its own from here; undone at the end."""
    with transaction.atomic():
        yield deepcopy(road)
        transaction.set_rollback(True)


def _page(name: str, *args: str) -> str:
    """A list or a thing that its reader opened before and that shows something new now: nobody looks there twice."""
    with override("ky"):
        return reverse(name, args=args)


@dataclass
class Told:
    """What came of it."""

    pages: dict[str, Page]
    unvisited: list[str]
    refused: dict[str, set[int]]  # what a route answered where it did not open

    def html(self) -> list[Page]:
        return [page for page in self.pages.values() if page.is_html]

    def one_of_each_template(self) -> list[Page]:
        return list({page.template: page for page in reversed(self.html())}.values())


def told(folder: Path) -> Told:
    """The tale told once in a run of the tests: whoever comes first tells it, other workers wait and read."""
    folder.mkdir(parents=True, exist_ok=True)
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"solo-{os.getpid()}")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = folder / f"{run}.pickle"
        if not kept.exists():
            for earlier in folder.glob("*.pickle"):
                earlier.unlink()
            kept.write_bytes(pickle.dumps(tell()))
        return pickle.loads(kept.read_bytes())


def tell() -> Told:
    """Nothing of it stays in the database."""
    walker = Walker()

    def look(road: Road, *people: str | None, also: tuple[str, ...] = ()) -> None:
        walker.look(road.cast, people, road.at, also)

    with transaction.atomic():
        road = new_road()
        load_files(PATHS, at=MONDAY)
        for chapter in (accounts, registered, planned, announced, reviewed, decided, paid):
            chapter(road, look)
        transaction.set_rollback(True)
    return Told(walker.pages, walker.unvisited, walker.refused)


def accounts(road: Road, look: Look) -> None:
    """The cast signs in by one click; a citizen has a password, and a letter to set a new one."""
    look(road, None, "registrar", "lawyer", "auditor")
    with aside(road) as road:
        citizen = parties.register_person(name="Жаран", email="citizen@demo.invalid", password="Чын эле узун сөз")
        road.cast.people["citizen"] = citizen
        look(road, "citizen")
        Client().post("/ky/accounts/password/reset/", {"email": "citizen@demo.invalid"})
        (letter,) = re.findall(r"https?://[^/]+(/ky/\S+)", mail.outbox[-1].body)
        look(road, None, also=(letter,))
        _citizens_organisation(road, look)


def _citizens_organisation(road: Road, look: Look) -> None:
    parties.register_organisation(
        actor=road.actor("citizen"),
        kind="non_profit",
        title={"ky": "«Өз демилге»"},
        tin="01503201510024",
        legal_form="public_foundation",
    )
    look(road, "citizen")


def registered(road: Road, look: Look) -> None:
    """A value found in the law, and an organisation, wait for a second person."""
    regime.enter_parameter(
        actor=road.actor("lawyer"),
        edition="grants/2022-604",
        key="eval.pass_mark",
        value="7",
        act="Токтом 604/2022",
        article="1-тиркеме, 20",
        edition_date=MONDAY.date(),
    )
    parties.register_organisation(
        actor=road.actor("umut_head"),
        kind="non_profit",
        title={"ky": "«Жаңы демилге»"},
        tin="01503201510016",
        legal_form="public_foundation",
    )
    look(road, "registrar", "auditor")
    with aside(road) as other:
        _at_the_registrars(other)
        look(other, "registrar", "umut_head", also=(_page("organisation_own", other.cast.organisations["umut"].ref),))
    with aside(road) as other:
        other.propose_account("umut")
        parties.propose_bank_account(
            actor=other.actor("birge_head"),
            organisation=other.cast.organisations["birge"],
            bik="118005",
            account="1180000000000085",
            checker=other.cast.organisations["okmotu"],
        )
        look(other, "treasurer", "accountant")


def _at_the_registrars(road: Road) -> None:
    """A place without a code, and an organisation that is barred."""
    parties.add_territory(
        actor=road.actor("registrar"), title={"ky": "Арал айылы"}, level="village", document="Мыйзам"
    )
    parties.restrict(
        organisation=road.cast.organisations["umut"],
        ground="overdue_report",
        source_kind="contract",
        source_id=1,
        cause=Record.objects.latest("pk"),
        valid_from=MONDAY.date(),
    )


def planned(road: Road, look: Look) -> None:
    problem = road.propose_problem("umut_head", "Кышында көмүр жок.")
    look(road, "umut_head", "specialist")
    road.do(lambda: planning.publish_problem(actor=road.actor("specialist"), problem=problem))
    look(road, None, "specialist")
    with aside(road) as other:
        actor = other.actor("specialist")
        planning.answer_problem(actor=actor, problem=problem, measure=None, answer="Быйыл акча жок.")
        look(other, "specialist", also=(_page("desk_problem", problem.ref),))
    road.publish_study()
    road.draft_programme()
    look(road, "specialist")
    with aside(road) as other:
        other.open_discussion()
        comment = other.comment("umut_head", "Тоодогу айылдарды да кошуңуздар.")
        look(other, None, "umut_head", "specialist")
        other.answer_comment(comment, "Кошулду.")
        other.pass_discussion()
        look(other, "specialist")
    with aside(road) as other:
        _by_order(other, look)
    road.submit_to_council()
    look(road, "secretary")
    with aside(road) as other:
        _signed_paper(other)
        look(other, None)
    with aside(road) as other:
        other.council_rejects()
        look(other, "secretary", "specialist")
    road.adopt()
    look(road, "secretary", "accountant", "specialist")
    _versions(road, look)
    with aside(road) as other:
        other.enter_existing()
        look(other, "head")
    with aside(road) as other:
        for year in (other.programme.year_from, other.programme.year_to):
            other.at += timedelta(days=370)
            other.report_year(year)
            other.hold_gathering(year)
        other.at += timedelta(days=370)
        look(other, "head", "specialist", also=(_page("desk_programme", other.programme.ref),))
    road.appropriate()
    look(road, "accountant")
    with aside(road) as other:
        found = other.enter_existing_contract()
        look(other, "head", "specialist", "umut_head")
        other.confirm_existing_contract(found)
        look(other, None, "head", "umut_head")


def _signed_paper(road: Road) -> None:
    """The council's resolution with its scan."""
    secretary = road.actor("secretary")
    planning.record_adoption(
        actor=secretary,
        programme=road.programme,
        body=road.cast.organisations["kenesh"],
        number="14-3",
        adopted_on=bishkek_day(road.at),
        vote=Vote(members=21, quorum=11, present=17, votes_for=15, votes_against=1, abstained=1),
        file=documents.receive(SCAN, name="14-3.png", actor=secretary),
    )


def _by_order(road: Road, look: Look) -> None:
    """The customer is a ministry without a council: its head adopts."""
    with as_owner(triggers=False):
        pk = road.cast.organisations["okmotu"].pk
        sql("UPDATE parties_organisation SET kind = 'ministry', council_id = NULL WHERE id = %s", pk)
    road.programme = Programme.objects.select_related("customer").get(pk=road.programme.pk)
    road.open_discussion()
    road.pass_discussion()
    here = _page("desk_programme", road.programme.ref)
    look(road, "head", also=(here,))
    found = Programme.objects.select_related("customer").get(pk=road.programme.pk)
    planning.adopt_by_order(actor=road.actor("head"), programme=found, number="112", adopted_on=bishkek_day(road.at))
    road.programme = Programme.objects.select_related("customer").get(pk=road.programme.pk)
    look(road, None, "head", also=(here,))
    version = road.draft_revision()
    road.revise_measure(version, "650000")
    look(road, "head", also=(_page("desk_revision", version.ref),))


def _versions(road: Road, look: Look) -> None:
    with aside(road) as other:
        version = other.draft_revision()
        other.revise_measure(version, "650000")
        look(other, "specialist")
        other.submit_revision(version)
        look(other, None, "secretary")


def announced(road: Road, look: Look) -> None:
    """The contest until its applications are opened."""
    with aside(road) as other:
        other.draft_contest()
        look(other, "specialist", "head")
    road.draft_contest()
    road.announce()
    road.ask()
    _written_together(road, look)
    with aside(road) as other:
        other.suspend()
        look(other, "head")
    with aside(road) as other:
        other.cancel()
        look(other, "head")
        again = other.repeat_contest()
        contests.remove_lot(actor=other.actor("specialist"), contest=again, lot=again.lots.get())
        look(other, "specialist")
    with aside(road) as other:
        settle(other, dec__no_bid_rule="extend")
        other.pass_deadline()
        other.open()
        look(other, "head", "specialist")
    with aside(road) as other:
        other.pass_deadline()
        other.open()
        look(other, "specialist", "head")
    _on_paper(road, look)
    road.amend(months=10)
    for name in BOTH:
        road.write_application(name)
        road.submit(name)
    look(road, None, "umut_head", "specialist")
    road.pass_deadline()
    look(road, "specialist")
    road.open()


def _written_together(road: Road, look: Look) -> None:
    with aside(road) as other:
        look(other, "birge_head", "head", "specialist")
        other.write_application("umut")
        umut, head = other.applications["umut"], other.actor("umut_head")
        for name in ("birge_head", "accountant"):
            contests.invite_collaborator(actor=head, application=umut, email=f"{name}@demo.invalid", hand="editor")
        birge = other.cast.organisations["birge"]
        contests.name_partner(
            actor=head, application=umut, name="«Бирге кадам»", role="Унаа берет", organisation=birge
        )
        look(other, "umut_head", "birge_head", "accountant")


def _on_paper(road: Road, look: Look) -> None:
    """Two envelopes: one being keyed in, one waiting for the comparison."""
    with aside(road) as other:
        first, second = (other.register_paper() for _ in range(2))
        look(other, "specialist")
        other.pass_deadline()
        other.open()
        look(other, "specialist")
        other.key_in(first, "birge")
        second.refresh_from_db()
        umut = other.cast.organisations["umut"]
        contests.key_in(actor=other.actor("specialist"), paper=second, applicant=umut)
        look(other, "specialist", "head")


def reviewed(road: Road, look: Look) -> None:
    look(road, "head")
    road.appoint_commission()
    look(road, "head", "specialist", COMMISSION[0], also=(f"/ky/desk/contests/{road.contest.ref}/commission/",))
    road.begin_review()
    road.declare(COMMISSION[0])
    look(road, *COMMISSION[:2])
    for member in COMMISSION[1:]:
        road.declare(member)
    with aside(road) as other:
        look(other, "specialist")
        other.note_fault("birge", "people.count")
        look(other, "specialist")
        other.request_mending()
        look(other, "birge_head", "specialist")
        other.at = other.proceeding.mending_until
        look(other, "specialist")
    with aside(road) as other:
        other.stop_review()
        look(other, "specialist")
    for name in BOTH:
        road.admit(name)
    look(road, COMMISSION[0])
    for member in COMMISSION:
        for name in BOTH:
            road.score(member, name)


def decided(road: Road, look: Look) -> None:
    look(road, "specialist", "head")
    with aside(road) as other:
        other.propose_cut("birge", "155000")
        look(other, "birge_head")
    road.decide()
    look(road, COMMISSION[0])
    for member in COMMISSION:
        road.sign_protocol(member)
    look(road, "specialist")
    road.publish_protocol()
    look(road, None, "umut_head", "birge_head", "specialist", "head")
    with aside(road) as other:
        other.decline_award("umut")
        look(other, "specialist")
        other.call_reserve("umut")
        other.decline_award("birge")
        look(other, "specialist")
    _appealed(road, look)


def _appealed(road: Road, look: Look) -> None:
    with aside(road) as other:
        other.appoint_panel()
        other.rectify()
        appeal = other.file_appeal("birge")
        look(other, None, "birge_head", "appeal_chair", "specialist", "head", COMMISSION[0])
        other.take_up_appeal(appeal)
        look(other, "appeal_chair")
        other.uphold_appeal(appeal)
        look(other, None, "specialist")


def paid(road: Road, look: Look) -> None:
    road.prepare_contract()
    _unsigned(road, look)
    road.pass_standstill()
    look(road, "head", "umut_head", "specialist")
    for name in ("head", "umut_head"):
        road.sign_contract(name)
    look(road, "accountant")
    _papers_of_a_contract(road, look)
    road.order_tranche()
    look(road, "head", "accountant")
    with aside(road) as other:
        other.change_account()
        look(other, "accountant")
    with aside(road) as other:
        other.plan_cash()
        other.draw_up_package()
        look(other, "accountant")
    road.approve_payment()
    look(road, "treasurer")
    _money_is_missing(road, look)
    road.execute_payment()
    look(road, "umut_head", "treasurer")
    with aside(road) as other:
        other.import_statement([(bishkek_day(other.at), "9", Decimal(500))])
        look(other, "treasurer")
    _reports(road, look)
    road.submit_report()
    look(road, "specialist", "umut_head")
    road.accept_report()
    look(road, None, "umut_head")
    _ends(road, look)


def _unsigned(road: Road, look: Look) -> None:
    """On paper; and by nobody in time."""
    with aside(road) as other:
        other.pass_standstill()
        other.enter_ink("customer")
        look(other, "head")
    with aside(road) as other:
        other.at += timedelta(days=60)
        look(other, "specialist")


def _papers_of_a_contract(road: Road, look: Look) -> None:
    with aside(road) as other:
        other.propose_amendment(ends_on=other.contract.ends_on - timedelta(days=10))
        other.send_letter()
        look(other, "head", "umut_head")
    with aside(road) as other:
        other.give_notice()
        look(other, "head")
        other.at += timedelta(days=40)
        look(other, "head")
    with aside(road) as other:
        tranche = other.contract.tranches.order_by("number").first()
        treasury.record_existing_payment(
            actor=other.actor("accountant"),
            organisation_id=other.contract.customer_id,
            payee_id=other.contract.executor_id,
            contract=Owner("contract", other.contract.pk),
            source=Owner("tranche", tranche.pk),
            amount=tranche.amount,
            number="77",
            executed_on=bishkek_day(other.at),
        )
        look(other, "head")


def _money_is_missing(road: Road, look: Look) -> None:
    with aside(road) as other:
        other.cut_budget(Decimal(1000))
        look(other, "accountant")


def _reports(road: Road, look: Look) -> None:
    """Primary documents and a thing bought; a report that does not come."""
    with aside(road) as other:
        bought, *_ = other.enter_expenses()
        other.record_asset(bought)
        look(other, "umut_head", "specialist")
    with aside(road) as other:
        demand = other.demand_return(Decimal(500))
        look(other, "accountant")
        other.return_money(demand, Decimal(200))
        look(other, "head")
    with aside(road) as other:
        other.at += timedelta(days=300)
        look(other, "specialist")


def _ends(road: Road, look: Look) -> None:
    """Printed papers, everything reported, the year closed."""
    with aside(road) as other:
        for name in ("head", "umut_head"):
            other.sign_acceptance(name)
        for issued in Record.objects.filter(object_kind=Document.KIND, verb="issue_document").order_by("pk")[:1]:
            documents.print_issued(issued)
        look(other, None, "umut_head", "head")
    with aside(road) as other:
        documents._note_failure(Document.objects.filter(state="issued").earliest("pk"), OSError("the disk is full"))
        gone = MissingFile("its bytes are not there", f"documents_file {File.objects.earliest('pk').pk}")
        documents.report_incident(fault=gone, actor=system(other.at))
        look(other, "registrar", also=(_page("operator_faults"),))
    with aside(road) as other:
        for name in ("head", "umut_head"):
            other.sign_acceptance(name)
        while other.contract.tranches.filter(report=None).exists():
            other.pay_and_report()
        look(other, "specialist")
        other.at += timedelta(days=370)
        look(other, "accountant", also=(_page("desk_budget"),))
        other.close_year(MONDAY.year)
        look(other, "accountant", also=(_page("desk_budget"),))
