"""The road of one contest: every step is one operation by one of the cast, at one instant.

`Road(cast, start)` keeps its own clock; each step moves it. The steps are told by `jardam story`, left standing at a
chosen point by `jardam demo`, and walked by the tests, so that all three show the same system.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction

from jardam.contests import operations as contests
from jardam.contests.models import Application, Contest, Lot
from jardam.contracts import operations as contracts
from jardam.contracts.models import Contract, Report
from jardam.kernel.actor import Actor
from jardam.kernel.time import BISHKEK, bishkek_day, instant_of
from jardam.parties import operations as parties
from jardam.parties.models import Mandate
from jardam.planning import operations as planning
from jardam.planning.models import Measure, Programme, Study
from jardam.planning.rules import Need, Vote
from jardam.regime import operations as regime
from jardam.regime.queries import calendar as working_calendar
from jardam.review import operations as review
from jardam.review.models import Candidacy, Commission, Proceeding, Protocol
from jardam.review.queries import awards_of
from jardam.review.rules import MemberEntry
from jardam.treasury import operations as treasury
from jardam.treasury import queries as money
from jardam.treasury.models import PaymentOrder, PaymentPackage

from .cast import Cast, texts

T = TypeVar("T")

MEMBERS = (
    ("member_state", "state", "chair"),
    ("member_kenesh", "state", "member"),
    ("member_civil", "civil", "member"),
)


@dataclass
class Road:
    """What stands so far. Fields are filled as the steps are walked."""

    cast: Cast
    at: datetime
    theme: str = "elders"  # of road.yaml
    study: Study = field(init=False)
    programme: Programme = field(init=False)
    measure: Measure = field(init=False)
    contest: Contest = field(init=False)
    lot: Lot = field(init=False)
    applications: dict[str, Application] = field(default_factory=dict)
    commission: Commission = field(init=False)
    proceeding: Proceeding = field(init=False)
    protocol: Protocol = field(init=False)
    contract: Contract = field(init=False)
    payment: PaymentOrder = field(init=False)
    package: PaymentPackage = field(init=False)
    report: Report = field(init=False)

    def text(self, part: str) -> Any:
        """A part of the theme's texts."""
        return texts()["themes"][self.theme][part]

    def actor(self, name: str) -> Actor:
        return self.cast.actor(name, self.at)

    def later(self, *, days: int = 0, hours: int = 1) -> None:
        """Time passes; offices work from nine to six on working days."""
        self.at += timedelta(days=days, hours=hours)
        local = self.at.astimezone(BISHKEK)
        calendar = working_calendar()
        if local.hour >= 18 or local.hour < 9 or not calendar.is_working_day(local.date()):
            late = timedelta(days=1 if local.hour >= 18 else 0)
            self.at = instant_of(calendar.next_working_day(local.date() + late), time(9))

    def do(self, work: Callable[[], T]) -> T:
        """One act in one transaction, as a door would do it."""
        with transaction.atomic():
            return work()

    # --- planning ----------------------------------------------------------------------------------------------

    def publish_study(self) -> None:
        text = self.text("study")
        groups = [
            planning.GroupEntry(
                Need(g["group"], g["headcount"], g["served"], g["severity"], Decimal(g["unit_cost"])), g["title"]
            )
            for g in text["groups"]
        ]
        self.study = self.do(
            lambda: planning.publish_study(
                actor=self.actor("specialist"),
                customer=self.cast.organisations["okmotu"],
                title=text["title"],
                year=self.year,
                method=text["method"],
                sources=text["sources"],
                groups=groups,
            )
        )
        self.later(days=3)

    @property
    def year(self) -> int:
        return bishkek_day(self.at).year

    def draft_programme(self) -> None:
        text, measure = self.text("programme"), self.text("measure")
        self.programme = self.do(
            lambda: planning.draft_programme(
                actor=self.actor("specialist"),
                customer=self.cast.organisations["okmotu"],
                study=self.study,
                title=text["title"],
                goal=text["goal"],
                year_from=self.year,
                year_to=self.year + 1,
            )
        )
        self.measure = self.do(
            lambda: planning.add_measure(
                actor=self.actor("specialist"),
                programme=self.programme,
                form="grants",
                group=measure["group"],
                title=measure["title"],
                year=self.year,
                amount=Decimal(measure["amount"]),
                indicator=measure["indicator"],
                baseline=measure["baseline"],
                target=measure["target"],
            )
        )
        self.later(days=2)

    def submit_to_council(self) -> None:
        self.programme = self.do(
            lambda: planning.submit_to_council(actor=self.actor("specialist"), programme=self.programme)
        )
        self.later(days=7)

    def adopt(self) -> None:
        vote = Vote(members=21, quorum=11, present=17, votes_for=15, votes_against=1, abstained=1)
        self.do(
            lambda: planning.record_adoption(
                actor=self.actor("secretary"),
                programme=self.programme,
                body=self.cast.organisations["kenesh"],
                number="14-3",
                adopted_on=bishkek_day(self.at),
                vote=vote,
            )
        )
        self.programme.refresh_from_db()
        self.later(days=1)

    def appropriate(self) -> None:
        amount = Decimal(self.text("measure")["amount"])
        self.do(
            lambda: planning.appropriate(
                actor=self.actor("accountant"),
                programme=self.programme,
                year=self.year,
                source="local",
                line="Социалдык коргоо",
                amount=amount,
                retyped=amount / 1000,
                unit="thousand",
                document="Бюджет жөнүндө токтом 14-4",
                document_on=bishkek_day(self.at),
            )
        )
        self.later(days=1)

    # --- the contest -------------------------------------------------------------------------------------------

    def draft_contest(self) -> None:
        text = self.text("contest")
        self.contest = self.do(
            lambda: contests.draft_contest(
                actor=self.actor("specialist"),
                customer=self.cast.organisations["okmotu"],
                programme=self.programme,
                title=text["title"],
            )
        )
        changes = {k: text[k] for k in ("goal", "tasks", "problem", "contacts", "months")}
        self.contest = self.do(
            lambda: contests.edit_announcement(actor=self.actor("specialist"), contest=self.contest, changes=changes)
        )
        self.lot = self.do(
            lambda: contests.set_lot(
                actor=self.actor("specialist"),
                contest=self.contest,
                measure=self.measure,
                amount=Decimal(self.text("measure")["amount"]),
                ceiling=Decimal(text["ceiling"]),
            )
        )
        self.later()

    def earliest_closing(self) -> date:
        """The last day the rules in force allow to name as the end of submission, at the earliest."""
        settlement = regime.settle(customer=self.cast.organisations["okmotu"], form="grants", at=self.at)
        return regime.deadline(settlement, "ann.min_term", self.at).due_on

    def announce(self, closes_on: date | None = None) -> None:
        day = closes_on or self.earliest_closing()
        self.contest = self.do(
            lambda: contests.announce(actor=self.actor("head"), contest=self.contest, closes_on=day)
        )
        self.later(days=3)

    def write_application(self, name: str, writer: str = "") -> None:
        """Start an application of the organisation `name` and fill every section."""
        who = writer or f"{name}_head"
        application = self.do(
            lambda: contests.start_application(
                actor=self.actor(who), lot=self.lot, applicant=self.cast.organisations[name]
            )
        )
        self.applications[name] = application
        for section, data in self.text("applications")[name].items():
            self._save(application, who, section, data)
        self.later()

    def _save(self, application: Application, who: str, section: str, data: dict[str, Any]) -> None:
        self.do(
            lambda: contests.save_section(actor=self.actor(who), application=application, section=section, data=data)
        )

    def submit(self, name: str) -> Any:
        version = self.do(
            lambda: contests.submit_application(actor=self.actor(f"{name}_head"), application=self.applications[name])
        )
        self.applications[name].refresh_from_db()
        self.later()
        return version

    def pass_deadline(self) -> None:
        assert self.contest.deadline_at is not None
        self.at = self.contest.deadline_at
        self.later()

    def open(self) -> None:
        self.contest = self.do(
            lambda: contests.open_applications(actor=self.actor("specialist"), contest=self.contest)
        )
        for application in self.applications.values():
            application.refresh_from_db()
        self.later()

    # --- the review --------------------------------------------------------------------------------------------

    def appoint_commission(self) -> None:
        entries = [
            MemberEntry(
                person_id=self.cast.people[name].pk,
                mandate_id=Mandate.objects.get(person=self.cast.people[name]).pk,
                organisation_id=Mandate.objects.get(person=self.cast.people[name]).organisation_id,
                name=self.cast.people[name].name,
                side=side,
                seat=seat,
            )
            for name, side, seat in MEMBERS
        ]
        self.commission = self.do(
            lambda: review.appoint_commission(
                actor=self.actor("head"),
                contest=self.contest,
                order_number="27",
                ordered_on=bishkek_day(self.at),
                members=entries,
            )
        )
        self.later()

    def begin_review(self) -> None:
        self.proceeding = self.do(
            lambda: review.begin_review(actor=self.actor("specialist"), commission=self.commission, lot=self.lot)
        )
        self.later()

    def candidacy(self, name: str) -> Candidacy:
        return Candidacy.objects.get(application=self.applications[name])

    def declare(self, member: str, conflicted: tuple[str, ...] = ()) -> None:
        conflicts = {self.candidacy(n).ref: n in conflicted for n in self.applications}
        self.do(
            lambda: review.declare_interests(actor=self.actor(member), proceeding=self.proceeding, conflicts=conflicts)
        )
        self.proceeding.refresh_from_db()
        self.later()

    def admit(self, name: str) -> None:
        self.do(lambda: review.admit(actor=self.actor("specialist"), candidacy=self.candidacy(name)))
        self.proceeding.refresh_from_db()
        self.later()

    def scores(self, member: str, name: str) -> dict[str, tuple[Decimal, str]]:
        """The marks of road.yaml in the order of the contest's criteria, stretched to each scale."""
        marks, reason = texts()["marks"][member][name], texts()["mark_reason"]
        step = self.contest.settlement.decimal("eval.score_step")
        scored = {}
        for mark, criterion in zip(marks * 4, self.contest.settlement.criteria(), strict=False):
            width = criterion.scale_max - criterion.scale_min
            points = (Decimal(mark) / 10 * width / step).quantize(Decimal(1)) * step
            scored[criterion.code] = (criterion.scale_min + points, reason)
        return scored

    def score(self, member: str, name: str) -> None:
        self.do(
            lambda: review.submit_scores(
                actor=self.actor(member), candidacy=self.candidacy(name), scores=self.scores(member, name)
            )
        )
        self.proceeding.refresh_from_db()
        self.later()

    def decide(self) -> None:
        sitting = review.Sitting(
            held_on=bishkek_day(self.at),
            present=frozenset(self.cast.people[name].pk for name, _, _ in MEMBERS),
            votes_for=3,
            votes_against=0,
            abstained=0,
            chair_for=True,
            drawing={},
        )
        self.protocol = self.do(
            lambda: review.decide(actor=self.actor("specialist"), proceeding=self.proceeding, sitting=sitting)
        )
        self.later()

    def sign_protocol(self, member: str) -> None:
        self.protocol = self.do(lambda: review.sign_protocol(actor=self.actor(member), protocol=self.protocol))
        self.later()

    def publish_protocol(self) -> None:
        self.protocol = self.do(
            lambda: review.publish_protocol(
                actor=self.actor("specialist"), protocol=self.protocol, approval_order="31"
            )
        )
        self.later()

    # --- contract and money ------------------------------------------------------------------------------------

    def prepare_contract(self) -> None:
        award = awards_of(self.contest)[0]
        self.contract = self.do(lambda: contracts.prepare_contract(actor=self.actor("specialist"), award=award))
        self.later()

    def pass_standstill(self) -> None:
        assert self.protocol.signing_from is not None
        self.at = max(self.at, self.protocol.signing_from)
        self.later()

    def sign_contract(self, name: str) -> None:
        self.contract = self.do(lambda: contracts.sign_contract(actor=self.actor(name), contract=self.contract))
        self.later()

    def order_tranche(self) -> None:
        self.payment = self.do(lambda: contracts.order_tranche(actor=self.actor("accountant"), contract=self.contract))
        self.later()

    def approve_payment(self) -> None:
        """The cash plan of the month, the package, its two signatures: the payment is with the treasury."""
        self.plan_cash()
        self.draw_up_package()
        self.sign_package()
        self.send_package()

    def execute_payment(self, number: str = "000417") -> None:
        self.payment = self.do(
            lambda: treasury.execute_payment(
                payment=self.payment,
                number=number,
                executed_on=bishkek_day(self.at),
                actor=self.actor("treasurer"),
            )
        )
        self.later(days=55)

    def submit_report(self) -> None:
        text = self.text("report")
        self.report = self.do(
            lambda: contracts.submit_report(
                actor=self.actor("umut_head"),
                contract=self.contract,
                narrative=text["narrative"],
                people_served=text["people_served"],
                spent=self.payment.amount,
            )
        )
        self.later(days=2)

    def accept_report(self) -> None:
        self.do(lambda: contracts.accept_report(actor=self.actor("specialist"), report=self.report))
        self.report.refresh_from_db()
        self.later()

    # --- the way of a payment ----------------------------------------------------------------------------------

    def plan_cash(self) -> None:
        """Enough for this payment in this month, unless it is planned already."""
        line, day = self.payment.appropriation.line, bishkek_day(self.at)
        customer = self.cast.organisations["okmotu"].pk
        pairs = money.cash_months(customer, day.year, [line])[line]
        months = [planned for planned, _ in pairs]
        gap = pairs[day.month - 1][1] + self.payment.amount - months[day.month - 1]
        if gap <= 0:
            return
        months[day.month - 1] += gap
        plan = money.cash_plan(customer, day.year, line)
        if plan is None:
            self.do(
                lambda: treasury.plan_cash(
                    actor=self.actor("accountant"), organisation_id=customer, year=day.year, line=line, months=months
                )
            )
        else:
            self.do(
                lambda: treasury.change_cash_plan(
                    actor=self.actor("accountant"), plan=plan, months=months, reason="Траншка буйрук берилди"
                )
            )

    def draw_up_package(self) -> None:
        self.package = self.do(
            lambda: treasury.draw_up_package(
                actor=self.actor("accountant"),
                organisation_id=self.payment.organisation_id,
                payments=[self.payment],
                first_id=self.cast.people["accountant"].pk,
                second_id=self.cast.people["head"].pk,
            )
        )
        self.payment.refresh_from_db()

    def sign_package(self) -> None:
        self.package = self.do(lambda: treasury.sign_package(package=self.package, actor=self.actor("accountant")))
        self.payment.refresh_from_db()

    def send_package(self) -> None:
        self.package = self.do(lambda: treasury.send_package(package=self.package, actor=self.actor("head")))
        self.payment.refresh_from_db()
        self.later()

    def bounce_payment(self, code: str = "wrong_account") -> None:
        self.payment = self.do(
            lambda: treasury.bounce_payment(
                payment=self.payment, code=code, bounced_on=bishkek_day(self.at), actor=self.actor("treasurer")
            )
        )
        self.later()

    def change_account(self, name: str = "umut", account: str = "1180000000000099") -> None:
        """The executor's head names another account, the treasury's officer checks it."""
        proposed = self.do(
            lambda: parties.propose_bank_account(
                actor=self.actor(f"{name}_head"),
                organisation=self.cast.organisations[name],
                bik="118005",
                account=account,
                checker=self.cast.organisations["treasury"],
            )
        )
        self.do(
            lambda: parties.confirm_bank_account(
                account=proposed, actor=self.actor("treasurer"), checked_against="Банктын каты"
            )
        )
        self.later()

    # --- stretches ---------------------------------------------------------------------------------------------

    def to_adopted(self) -> None:
        self.publish_study()
        self.draft_programme()
        self.submit_to_council()
        self.adopt()
        self.appropriate()

    def to_announced(self) -> None:
        self.to_adopted()
        self.draft_contest()
        self.announce()

    def to_opened(self) -> None:
        self.to_announced()
        for name in ("umut", "birge"):
            self.write_application(name)
            self.submit(name)
        self.pass_deadline()
        self.open()

    def to_scoring(self) -> None:
        self.to_opened()
        self.appoint_commission()
        self.begin_review()
        for member, _, _ in MEMBERS:
            self.declare(member)
        for name in ("umut", "birge"):
            self.admit(name)

    def to_published(self) -> None:
        self.to_scoring()
        for member, _, _ in MEMBERS:
            for name in ("umut", "birge"):
                self.score(member, name)
        self.decide()
        for member, _, _ in MEMBERS:
            self.sign_protocol(member)
        self.publish_protocol()

    def to_in_force(self) -> None:
        self.to_published()
        self.prepare_contract()
        self.pass_standstill()
        self.sign_contract("head")
        self.sign_contract("umut_head")

    def to_accepted(self) -> None:
        self.to_in_force()
        self.order_tranche()
        self.approve_payment()
        self.execute_payment()
        self.submit_report()
        self.accept_report()


def start_of(day: date) -> datetime:
    """Ten in the morning in Bishkek."""
    return instant_of(day, time(10))
