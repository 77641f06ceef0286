"""The road of one contest: every step is one operation by one of the cast, at one instant.

`Road(cast, start)` keeps its own clock; each step moves it. The steps are told by `jardam story`, left standing at a
chosen point by `jardam demo`, and walked by the tests, so that all three show the same system.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from django.db import transaction

from jardam.contests import operations as contests
from jardam.contests.models import Application, Contest, Lot, Paper
from jardam.contracts import operations as contracts
from jardam.contracts import queries as contract_queries
from jardam.contracts.models import Amendment, Asset, Contract, Expense, InkSignature, Letter, Report, Return
from jardam.contracts.rules import Item, Line, PaperTerms, Share
from jardam.kernel.actor import Actor, system
from jardam.kernel.time import BISHKEK, bishkek_day, instant_of
from jardam.parties import operations as parties
from jardam.parties.models import BankAccount, Mandate
from jardam.parties.rules import Role
from jardam.planning import operations as planning
from jardam.planning import queries as planning_queries
from jardam.planning.models import Comment, Measure, Problem, Programme, Revision, Study
from jardam.planning.rules import Need, Vote
from jardam.regime import operations as regime
from jardam.regime.queries import calendar as working_calendar
from jardam.review import operations as review
from jardam.review.models import (
    Appeal,
    AppealPanel,
    Award,
    Candidacy,
    Commission,
    Cut,
    Erratum,
    Member,
    Mending,
    Proceeding,
    Protocol,
)
from jardam.review.queries import awards_of
from jardam.review.rules import MemberEntry, Subject
from jardam.treasury import operations as treasury
from jardam.treasury import queries as money
from jardam.treasury.models import PaymentOrder, PaymentPackage

from .cast import Cast, texts, theme
from .cast import year as texts_of_year

T = TypeVar("T")

MEMBERS = (
    ("member_state", "state", "chair"),
    ("member_kenesh", "state", "member"),
    ("member_civil", "civil", "member"),
)

PANEL = (
    ("appeal_chair", "Турсунбек Асанкулов", "kenesh"),
    ("appeal_member", "Айнура Сыдыкова", "kenesh"),
    ("appeal_civil", "Бактыгүл Иманалиева", "araket"),
)
"""Who answers appeals on the roads that need it: short name, name, organisation."""


SECTIONS = {
    "problem_analysis": {
        "ky": "Муктаж адамдардын көбү жардамсыз: изилдөөнүн сандары муну көрсөтөт.",
        "ru": "Большинство нуждающихся остаётся без помощи: это показывают цифры исследования.",
    },
    "schedule": {
        "ky": "Конкурс биринчи кварталда, кызмат көрсөтүү экинчи кварталдан жылдын аягына чейин.",
        "ru": "Конкурс в первом квартале, услуги со второго квартала до конца года.",
    },
    "responsible_persons": {
        "ky": "Аткарууга буйрутмачынын социалдык маселелер боюнча адиси жооп берет.",
        "ru": "За выполнение отвечает специалист заказчика по социальным вопросам.",
    },
    "monitoring": {
        "ky": "Ар бир квартал сайын отчет каралып, кызмат алуучуларга барып текшерилет.",
        "ru": "Каждый квартал рассматривается отчёт, получателей услуг посещают.",
    },
}
"""What the office writes in every programme of the demonstration."""


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
        return theme(self.theme)[part]

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
        groups = [_entry(group) for group in text["groups"]]
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
        self._add_measure(measure, self.year)
        self.do(
            lambda: planning.write_sections(actor=self.actor("specialist"), programme=self.programme, texts=SECTIONS)
        )
        self.later(days=2)

    def submit_to_council(self) -> None:
        """After a public discussion, where the rules in force ask for one and none was held."""
        refusals = planning_queries.programme_refusals(self.programme, "submit_to_council", self.actor("specialist"))
        if "programme_without_discussion" in {one.code for one in refusals}:
            self.open_discussion()
            self.pass_discussion()
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
        self.attach_documents(name, who)
        self.later()

    def _save(self, application: Application, who: str, section: str, data: dict[str, Any]) -> None:
        self.do(
            lambda: contests.save_section(actor=self.actor(who), application=application, section=section, data=data)
        )

    def submit(self, name: str) -> Any:
        version = self.do(
            lambda: contests.sign_off_and_submit(actor=self.actor(f"{name}_head"), application=self.applications[name])
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
        """Of the award to the organisation that plays umut here; else of the first."""
        awards = awards_of(self.contest)
        own = self.cast.organisations["umut"].pk
        award = next((one for one in awards if one.applicant_id == own), awards[0])
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
        self.enter_expenses()
        self.hand_in()

    def hand_in(self) -> None:
        """The report on the primary documents that are entered."""
        text = self.text("report")
        self.report = self.do(
            lambda: contracts.submit_report(
                actor=self.actor("umut_head"),
                contract=self.contract,
                narrative=text["narrative"],
                people_served=text["people_served"],
                indicators=self.reached(),
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

    def change_account(self, name: str = "umut", account: str = "1180000000000099", kind: str = "separate") -> None:
        """The executor's head names another account, the treasury's officer checks it."""
        proposed = self.propose_account(name, account, kind)
        self.do(
            lambda: parties.confirm_bank_account(
                account=proposed, actor=self.actor("treasurer"), checked_against="Банктын каты"
            )
        )
        self.later()

    def propose_account(self, name: str, account: str = "1180000000000077", kind: str = "separate") -> BankAccount:
        return self.do(
            lambda: parties.propose_bank_account(
                actor=self.actor(f"{name}_head"),
                organisation=self.cast.organisations[name],
                bik="118005",
                account=account,
                checker=self.cast.organisations["treasury"],
                kind=kind,
            )
        )

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
        self.collect()

    def collect(self) -> None:
        """Two applications come in and are opened."""
        for name in ("umut", "birge"):
            self.write_application(name)
            self.submit(name)
        self.pass_deadline()
        self.open()

    def to_scoring(self) -> None:
        self.to_opened()
        self.seat_commission()
        self.screen()

    def seat_commission(self) -> None:
        self.appoint_commission()
        self.begin_review()

    def screen(self) -> None:
        """Nobody has an interest, everybody is admitted."""
        for member, _, _ in MEMBERS:
            self.declare(member)
        for name in ("umut", "birge"):
            self.admit(name)

    def score_all(self) -> None:
        for member, _, _ in MEMBERS:
            for name in ("umut", "birge"):
                self.score(member, name)

    def to_published(self) -> None:
        self.to_scoring()
        self.score_all()
        self.decide()
        self.sign_and_publish()

    def to_in_force(self) -> None:
        self.to_published()
        self.bind()

    def bind(self) -> None:
        """The contract with the executor who plays umut is in force."""
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

    # --- appeals and errata ------------------------------------------------------------------------------------

    def appoint_panel(self, *names: str) -> AppealPanel:
        """Those who answer appeals: by default two people of the council and one of an NGO that did not apply,
        who had nothing to do with the decision."""
        members = names or tuple(self.register_panel())
        entries = []
        for place, name in enumerate(members):
            mandate = Mandate.objects.get(person=self.cast.people[name], role=Role.COMMISSION_MEMBER)
            seat = "member" if place else "chair"
            person = self.cast.people[name]
            entries.append(MemberEntry(person.pk, mandate.pk, mandate.organisation_id, person.name, "", seat))
        panel = self.do(
            lambda: review.appoint_panel(
                actor=self.actor("head"),
                contest=self.contest,
                body=self.cast.organisations["okmotu"],
                order_number="44",
                ordered_on=bishkek_day(self.at),
                members=entries,
            )
        )
        self.later()
        return panel

    def register_panel(self) -> Iterator[str]:
        """Their names in the cast; registered when they are asked for the first time."""
        for name, person_name, body in PANEL:
            if name not in self.cast.people:
                person = parties.register_person(
                    name=person_name, email=f"{name}@demo.invalid", password=None, is_cast=True
                )
                with transaction.atomic():
                    parties.grant_mandate(
                        person=person,
                        organisation=self.cast.organisations[body],
                        role=Role.COMMISSION_MEMBER,
                        document="Демонстрация",
                        actor=system(self.at),
                    )
                self.cast.people[name] = person
            yield name

    def file_appeal(self, name: str, subject: str = "scores") -> Appeal:
        appeal = self.do(
            lambda: review.file_appeal(
                actor=self.actor(f"{name}_head"),
                application=self.applications[name],
                subject=Subject(subject),
                why="Упайлар негизсиз төмөн коюлган.",
                asks="Упайларды кайра коюуну суранабыз.",
            )
        )
        self.later()
        return appeal

    def take_up_appeal(self, appeal: Appeal) -> Appeal:
        appeal = self.do(lambda: review.take_up_appeal(actor=self.actor("appeal_chair"), appeal=appeal))
        self.later()
        return appeal

    def panel_vote(self, *, votes_for: int = 3, absent: tuple[str, ...] = ()) -> review.AnswerVote:
        present = frozenset(self.cast.people[name].pk for name, _, _ in PANEL if name not in absent)
        against = len(present) - votes_for
        return review.AnswerVote(bishkek_day(self.at), present, votes_for, against, 0, votes_for > 0)

    def uphold_appeal(self, appeal: Appeal, step: str = "scoring", named: tuple[str, ...] = ()) -> Appeal:
        candidacies = [self.candidacy(name) for name in named] or [appeal.candidacy]
        appeal = self.do(
            lambda: review.uphold_appeal(
                actor=self.actor("appeal_chair"),
                appeal=appeal,
                step=step,
                candidacies=candidacies,
                answer="Упайлардын себептери критерийлерге туура келбейт.",
                vote=self.panel_vote(),
            )
        )
        self.later()
        return appeal

    def reject_appeal(self, appeal: Appeal) -> Appeal:
        appeal = self.do(
            lambda: review.reject_appeal(
                actor=self.actor("appeal_chair"),
                appeal=appeal,
                answer="Упайлар критерийлерге туура келет.",
                vote=self.panel_vote(),
            )
        )
        self.later()
        return appeal

    def carry_out_appeals(self) -> None:
        self.protocol = self.do(
            lambda: contracts.carry_out_appeals(actor=self.actor("specialist"), protocol=self.protocol)
        )
        self.proceeding.refresh_from_db()
        self.contest.refresh_from_db()
        self.later()

    def rectify(self, part: str = "wording") -> Erratum:
        erratum = self.do(
            lambda: review.rectify(
                actor=self.actor("specialist"),
                protocol=self.protocol,
                part=part,
                reads="Отурум № 3",
                should_read="Отурум № 4",
            )
        )
        self.later()
        return erratum

    def sign_erratum(self, erratum: Erratum, *members: str) -> Erratum:
        """By these members; without names by everybody who signed the protocol."""
        for member in members or [name for name, _, _ in MEMBERS]:
            erratum = self.do(partial(review.sign_erratum, actor=self.actor(member), erratum=erratum))
            self.later()
        return erratum

    # --- planning, wider: what people say --------------------------------------------------------------------

    def open_discussion(self) -> None:
        term = planning_queries.least_discussion(self.programme.customer, self.at)
        closes_on = term.due_on if term else bishkek_day(self.at) + timedelta(days=14)
        self.do(
            lambda: planning.open_discussion(
                actor=self.actor("specialist"), programme=self.programme, closes_on=closes_on
            )
        )
        self.programme.refresh_from_db()
        self.later()

    def pass_discussion(self) -> None:
        """To the next working morning after the end of the discussion."""
        found = planning_queries.discussion_of(self.programme)
        assert found is not None
        self.at = found.closes_at
        self.later()

    def comment(self, who: str, text: str, *, for_organisation: bool = False) -> Comment:
        made = self.do(
            lambda: planning.make_comment(
                actor=self.actor(who), programme=self.programme, text=text, for_organisation=for_organisation
            )
        )
        self.later()
        return made

    def answer_comment(self, comment: Comment, answer: str, *, taken: bool = True) -> None:
        self.do(
            lambda: planning.answer_comment(
                actor=self.actor("specialist"), comment=comment, taken=taken, answer=answer
            )
        )
        self.later()

    def council_rejects(self) -> None:
        vote = Vote(members=21, quorum=11, present=17, votes_for=5, votes_against=11, abstained=1)
        self.do(
            lambda: planning.record_rejection(
                actor=self.actor("secretary"),
                programme=self.programme,
                number="13-7",
                decided_on=bishkek_day(self.at),
                vote=vote,
                reason="Чыгымдардын негиздемеси жетишсиз.",
            )
        )
        self.programme.refresh_from_db()
        self.later(days=1)

    def report_year(self, year: int) -> None:
        self.do(
            lambda: planning.report_to_council(
                actor=self.actor("specialist"),
                programme=self.programme,
                year=year,
                text="Үйдө тейлөө жыл бою үзгүлтүксүз жүрдү.",
            )
        )
        self.later()

    def hold_gathering(self, year: int) -> None:
        self.do(
            lambda: planning.hold_gathering(
                actor=self.actor("specialist"),
                programme=self.programme,
                year=year,
                held_on=bishkek_day(self.at),
                headcount=64,
                questions="Эмне үчүн тоодогу айылдар кирген жок?",
                answers="Кийинки жылы киргизилет.",
            )
        )
        self.later()

    def propose_problem(self, who: str, text: str, place: str = "Көк-Булак айылы") -> Problem:
        made = self.do(
            lambda: planning.propose_problem(
                actor=self.actor(who),
                customer=self.cast.organisations["okmotu"],
                group="older_people_alone",
                place=place,
                text=text,
            )
        )
        self.later()
        return made

    # --- the contest after its announcement --------------------------------------------------------------------

    def paper(self, number: str = "12") -> contests.OrderDocument:
        """An order of today."""
        return contests.OrderDocument(number, bishkek_day(self.at))

    def ask(self, who: str = "umut_head", text: str = "Долбоор качан башталат?") -> Any:
        question = self.do(lambda: contests.ask(actor=self.actor(who), contest=self.contest, text=text))
        self.later()
        return question

    def answer(self, question: Any, text: str = "Келишимге кол коюлгандан кийин.") -> Any:
        answered = self.do(lambda: contests.answer(actor=self.actor("specialist"), question=question, text=text))
        self.later()
        return answered

    def amend(self, reason: str = "Так эмес жазылган", **changes: Any) -> Any:
        actor = self.actor("specialist")
        version = self.do(lambda: contests.amend(actor=actor, contest=self.contest, changes=changes, reason=reason))
        self._changed()
        return version

    def extend_for_outage(self, begins_at: datetime, ends_at: datetime) -> Any:
        outage = self.do(
            lambda: contests.extend_for_outage(
                actor=self.actor("registrar"), begins_at=begins_at, ends_at=ends_at, ground="Электр өчкөн"
            )
        )
        self._changed()
        return outage

    def suspend(self) -> None:
        paper = self.paper("АД-7")
        self.do(lambda: contests.suspend(actor=self.actor("head"), contest=self.contest, body="court", paper=paper))
        self._changed()

    def resume(self) -> None:
        paper = self.paper("АД-9")
        self.do(lambda: contests.resume(actor=self.actor("head"), contest=self.contest, body="court", paper=paper))
        self._changed()

    def stop_review(self) -> None:
        paper, body = self.paper("АД-7"), "court"
        self.do(
            lambda: review.suspend_review(
                actor=self.actor("head"), proceeding=self.proceeding, body=body, paper=paper, text="Арыз каралууда."
            )
        )
        self.proceeding.refresh_from_db()
        self.later()

    def resume_review(self) -> None:
        paper, body = self.paper("АД-9"), "court"
        self.do(
            lambda: review.resume_review(
                actor=self.actor("head"), proceeding=self.proceeding, body=body, paper=paper, text="Арыз каралды."
            )
        )
        self.proceeding.refresh_from_db()
        self.later()

    def cancel(self) -> None:
        self.do(
            lambda: contests.cancel(
                actor=self.actor("head"),
                contest=self.contest,
                ground="need_ceased",
                paper=self.paper(),
                text="Муктаждык жок болду.",
            )
        )
        self._changed()

    def declare_void(self) -> None:
        self.do(lambda: contests.declare_void(actor=self.actor("head"), contest=self.contest, paper=self.paper()))
        self._changed()

    def repeat_contest(self) -> Contest:
        again = self.do(lambda: contests.repeat_contest(actor=self.actor("head"), contest=self.contest))
        self.later()
        return again

    def _changed(self) -> None:
        self.contest.refresh_from_db()
        self.later()

    # --- applications: documents, and what comes on paper ------------------------------------------------------

    def attach_documents(self, name: str, who: str) -> None:
        """Every document that the rules of the contest demand, as an invented page."""
        for document in self.contest.settlement.value("app.documents"):
            if document.mandatory:
                self.attach(name, who, document.code)

    def attach(self, name: str, who: str, kind: str) -> None:
        application = self.applications[name]
        self.do(
            lambda: contests.attach(
                actor=self.actor(who),
                application=application,
                kind=kind,
                content=document_of(name, kind),
                name=f"{kind}.pdf",
            )
        )

    def register_paper(self, carrier: str = "Асылбек Мамбетов") -> Paper:
        """An envelope is brought to the customer's office."""
        paper = self.do(
            lambda: contests.register_paper(
                actor=self.actor("specialist"),
                lot=self.lot,
                carrier=carrier,
                envelope="Конкурска арыз, ачылбасын",
                photographs=[(document_of("paper", "envelope"), "envelope.pdf")],
            )
        )
        self.later()
        return paper

    def key_in(self, paper: Paper, name: str) -> Application:
        """The opened envelope is keyed in as the application of the organisation `name`, with its scan."""
        paper.refresh_from_db()
        self.applications[name] = application = self.do(
            lambda: contests.key_in(
                actor=self.actor("specialist"), paper=paper, applicant=self.cast.organisations[name]
            )
        )
        for section, data in self.text("applications")[name].items():
            self._save(application, "specialist", section, data)
        self.attach(name, "specialist", contests.SCAN)
        self.finish_keying(name)
        return application

    def finish_keying(self, name: str) -> None:
        application = self.applications[name]
        self.do(lambda: contests.finish_keying(actor=self.actor("specialist"), application=application))
        application.refresh_from_db()
        self.later()

    def compare(self, name: str, who: str = "head") -> Any:
        """Another person compares what was keyed in with the scan."""
        application = self.applications[name]
        version = self.do(lambda: contests.compare(actor=self.actor(who), application=application))
        application.refresh_from_db()
        self.later()
        return version

    # --- the review off the straight road ----------------------------------------------------------------------

    def member(self, name: str) -> Member:
        """The seat a person of the cast holds now."""
        return self.commission.members.get(person_id=self.cast.people[name].pk, departure=None)

    def seat_someone(self, name: str, body: str) -> None:
        """A new person with a mandate of a commission member from an organisation of the cast."""
        with transaction.atomic():
            person = parties.register_person(name=f"Киши {name}", email=f"{name}@demo.invalid", password=None)
            parties.grant_mandate(
                person=person,
                organisation=self.cast.organisations[body],
                role="commission_member",
                document="Буйрук 28",
                actor=system(self.at),
            )
        self.cast.people[name] = person

    def replace_member(self, left: str, came: str) -> None:
        mandate = Mandate.objects.get(person=self.cast.people[came], role="commission_member")
        self.do(
            lambda: review.replace_member(
                actor=self.actor("head"),
                member=self.member(left),
                mandate_id=mandate.pk,
                order_number="28",
                left_on=bishkek_day(self.at),
            )
        )
        self.proceeding.refresh_from_db()
        self.later()

    def recuse(self, member: str, name: str, ground: str = "work") -> None:
        self.do(
            lambda: review.recuse(
                actor=self.actor(member), candidacy=self.candidacy(name), ground=ground, text="Мурда иштегем"
            )
        )
        self.proceeding.refresh_from_db()
        self.later()

    def note_fault(self, name: str, *places: str, ground: str = "sums_differ") -> None:
        self.do(
            lambda: review.note_fault(
                actor=self.actor("specialist"),
                candidacy=self.candidacy(name),
                ground=ground,
                places=places,
                note="Суммалар дал келбейт",
            )
        )
        self.later()

    def request_mending(self) -> None:
        self.do(lambda: review.request_mending(actor=self.actor("specialist"), proceeding=self.proceeding))
        self.proceeding.refresh_from_db()
        self.later()

    def mend(self, name: str, changes: dict[str, Any]) -> None:
        mending = Mending.objects.get(candidacy=self.candidacy(name))
        self.do(lambda: review.mend(actor=self.actor(f"{name}_head"), mending=mending, changes=changes))
        self.later()

    def close_mending(self) -> None:
        assert self.proceeding.mending_until is not None
        self.at = max(self.at, self.proceeding.mending_until)
        self.do(lambda: review.close_mending(actor=self.actor("specialist"), proceeding=self.proceeding))
        self.proceeding.refresh_from_db()
        self.later()

    def adjourn(self, *present: str) -> None:
        people = frozenset(self.cast.people[name].pk for name in present)
        self.do(
            lambda: review.adjourn_sitting(
                actor=self.actor("specialist"),
                proceeding=self.proceeding,
                held_on=bishkek_day(self.at),
                present=people,
            )
        )
        self.later(days=1)

    def propose_cut(self, name: str, amount: str) -> None:
        self.do(
            lambda: review.propose_cut(
                actor=self.actor("specialist"),
                candidacy=self.candidacy(name),
                amount=Decimal(amount),
                reason="Лоттун калган акчасы ушунча",
            )
        )
        self.later()

    def answer_cut(self, name: str, verb: str) -> None:
        cut = Cut.objects.get(candidacy=self.candidacy(name))
        self.do(lambda: getattr(review, verb)(actor=self.actor(f"{name}_head"), cut=cut))
        self.later()

    def decline_award(self, name: str) -> None:
        self.do(lambda: review.decline_award(actor=self.actor(f"{name}_head"), candidacy=self.candidacy(name)))
        self.later()

    def call_reserve(self, declined: str) -> Award:
        award = self.do(
            lambda: review.call_reserve(actor=self.actor("specialist"), candidacy=self.candidacy(declined))
        )
        self.later()
        return award

    def to_revealed(self) -> None:
        self.to_scoring()
        self.score_all()

    def sign_and_publish(self) -> None:
        for member, _, _ in MEMBERS:
            self.sign_protocol(member)
        self.publish_protocol()

    # --- contracts, widened ------------------------------------------------------------------------------------

    def reached(self) -> list[int]:
        """Every indicator of the contract at its target."""
        return [target for _, _, target in contract_queries.indicators(self.contract)]

    def enter_expenses(self, whole: Decimal | None = None) -> list[Expense]:
        """Primary documents for the whole tranche that was paid, or for `whole` som of it, within what each line of
        the budget has left: services of firms, at last pay."""
        (line, first), *others = self._by_line(self.payment.amount if whole is None else whole)
        pay = (first / 4).quantize(Decimal("0.01"))
        services = [(line, first - pay), *others]
        return [
            *(self.enter_expense(part, line=n, payee_kind="organisation") for n, part in services),
            self.enter_expense(pay, line=line, payee_kind="employee", net=pay * 9 / 10),
        ]

    def _by_line(self, whole: Decimal) -> list[tuple[int, Decimal]]:
        """`whole` som laid on the lines in their order, on each what it has left."""
        parts = []
        for row in contract_queries.budget(self.contract):
            part = min(whole, row.planned - row.spent)
            if part > 0:
                parts.append((row.number, part))
                whole -= part
        return parts

    def enter_expense(self, amount: Decimal, **changes: Any) -> Expense:
        """One primary document, dated today, with a scan of it."""
        net = changes.pop("net", None)
        item = Item(
            line=1,
            title="Кызмат көрсөтүү",
            payee_kind="organisation",
            payee="Көк-Булак Сервис",
            document="17",
            document_on=bishkek_day(self.at),
            amount=amount,
            net=net.quantize(Decimal("0.01")) if net is not None else None,
        )
        typed = replace(item, **changes)
        return self.do(
            lambda: contracts.enter_expense(
                actor=self.actor("umut_head"), contract=self.contract, item=typed, content=SCAN, name="act-17.png"
            )
        )

    def judge_expense(self, expense: Expense, verdict: str = "explain") -> None:
        self.do(
            lambda: contracts.judge_expense(
                actor=self.actor("specialist"), expense=expense, verdict=verdict, remark="Актыны тактагыла."
            )
        )
        expense.refresh_from_db()
        self.later()

    def return_report(self, remark: str = "Актыны тактагыла.") -> None:
        self.report = self.do(
            lambda: contracts.return_report(actor=self.actor("specialist"), report=self.report, remark=remark)
        )
        self.later()

    def resubmit_report(self) -> None:
        text = self.text("report")
        self.report = self.do(
            lambda: contracts.resubmit_report(
                actor=self.actor("umut_head"),
                report=self.report,
                narrative=text["narrative"],
                people_served=text["people_served"],
                indicators=self.reached(),
            )
        )
        self.later()

    def sign_acceptance(self, name: str) -> None:
        self.do(lambda: contracts.sign_acceptance(actor=self.actor(name), report=self.report))
        self.later()

    def pay_and_report(self) -> None:
        """The next tranche, from the order to the signed act of acceptance."""
        self.order_tranche()
        self.approve_payment()
        self.execute_payment(f"{1000 + self.payment.pk}")
        self.submit_report()
        self.accept_report()
        for name in ("head", "umut_head"):
            self.sign_acceptance(name)

    def propose_amendment(self, who: str = "umut_head", **changes: Any) -> Amendment:
        return self.do(
            lambda: contracts.propose_amendment(
                actor=self.actor(who),
                contract=self.contract,
                **{"reason": "delay", "explanation": "Жол бекилип калды."} | changes,
            )
        )

    def sign_amendment(self, name: str, amendment: Amendment) -> None:
        self.do(lambda: contracts.sign_amendment(actor=self.actor(name), amendment=amendment))
        amendment.refresh_from_db()
        self.contract.refresh_from_db()
        self.later()

    def send_letter(self, who: str = "specialist", **changes: Any) -> Letter:
        written = {"subject": "Мөөнөт", "body": "Түшүндүрүңүз."} | changes
        return self.do(lambda: contracts.send_letter(actor=self.actor(who), contract=self.contract, **written))

    def record_asset(self, expense: Expense, inventory: str = "001") -> Asset:
        return self.do(
            lambda: contracts.record_asset(
                actor=self.actor("umut_head"),
                expense=expense,
                inventory=inventory,
                title="Велосипед",
                value=Decimal("9000.00"),
                place="Көк-Булак",
                holder="Кызматкер",
            )
        )

    def demand_return(self, amount: Decimal, reason: str = "unspent") -> Return:
        return self.do(
            lambda: contracts.demand_return(
                actor=self.actor("specialist"), contract=self.contract, reason=reason, amount=amount
            )
        )

    def return_money(self, demand: Return, amount: Decimal) -> None:
        self.do(
            lambda: contracts.return_money(
                actor=self.actor("accountant"),
                demand=demand,
                amount=amount,
                document="88",
                paid_on=bishkek_day(self.at),
            )
        )
        demand.refresh_from_db()
        self.later()

    def correct_demand(self, demand: Return, amount: Decimal, who: str = "head") -> None:
        self.do(
            lambda: contracts.correct_demand(
                actor=self.actor(who), demand=demand, amount=amount, reason="Бир нөл ашыкча.", document="Буйрук 12"
            )
        )
        demand.refresh_from_db()
        self.later()

    def record_overdue(self, who: str = "specialist") -> None:
        self.contract = self.do(lambda: contracts.record_overdue(actor=self.actor(who), contract=self.contract))

    def give_notice(self, ground: str = "misuse") -> None:
        self.do(
            lambda: contracts.give_notice(
                actor=self.actor("head"), contract=self.contract, ground=ground, explanation="Акча башка ишке кетти."
            )
        )
        self.contract.refresh_from_db()

    def terminate(self) -> None:
        self.contract = self.do(lambda: contracts.terminate(actor=self.actor("head"), contract=self.contract))

    def close_contract(self) -> None:
        self.contract = self.do(
            lambda: contracts.close_contract(actor=self.actor("specialist"), contract=self.contract)
        )

    def enter_ink(self, side: str, who: str = "specialist") -> InkSignature:
        return self.do(
            lambda: contracts.enter_ink(
                actor=self.actor(who),
                contract=self.contract,
                side=side,
                signatory="Кол коюучу",
                authority="Устав",
                signed_on=bishkek_day(self.at),
                fingerprint=self.contract.content_sha256[:12],
                content=SCAN,
                name="contract.png",
            )
        )

    def enter_amendment_ink(self, amendment: Amendment, side: str, who: str = "specialist") -> InkSignature:
        return self.do(
            lambda: contracts.enter_amendment_ink(
                actor=self.actor(who),
                amendment=amendment,
                side=side,
                signatory="Кол коюучу",
                authority="Устав",
                signed_on=bishkek_day(self.at),
                fingerprint=amendment.content_sha256[:12],
                content=SCAN,
                name="amendment.png",
            )
        )

    def check_ink(self, ink: InkSignature, who: str = "head") -> None:
        self.contract = self.do(lambda: contracts.check_ink(actor=self.actor(who), ink=ink))
        self.later()

    # --- versions and papers of planning ----------------------------------------------------------------------

    def draft_revision(self, reason: str = "Баалар өстү, муктаждар көбөйдү.") -> Revision:
        found = self.do(
            lambda: planning.draft_revision(actor=self.actor("specialist"), programme=self.programme, reason=reason)
        )
        self.later()
        return found

    def revise_measure(self, revision: Revision, amount: str, target: int = 0) -> None:
        now = planning_queries.measure(self.measure.ref)
        self.do(
            lambda: planning.revise_measure(
                actor=self.actor("specialist"),
                revision=revision,
                measure=now,
                amount=Decimal(amount),
                indicator=now.indicator,
                baseline=now.baseline,
                target=target or now.target,
            )
        )
        self.later()

    def submit_revision(self, revision: Revision) -> None:
        self.do(lambda: planning.submit_revision(actor=self.actor("specialist"), revision=revision))
        self.later(days=7)

    def adopt_revision(self, revision: Revision, number: str = "17-2") -> None:
        vote = Vote(members=21, quorum=11, present=18, votes_for=16, votes_against=1, abstained=1)
        self.do(
            lambda: planning.adopt_revision(
                actor=self.actor("secretary"),
                revision=revision,
                number=number,
                adopted_on=bishkek_day(self.at),
                vote=vote,
            )
        )
        self.later(days=1)

    def reject_revision(self, revision: Revision) -> None:
        vote = Vote(members=21, quorum=11, present=17, votes_for=5, votes_against=11, abstained=1)
        self.do(
            lambda: planning.reject_revision(
                actor=self.actor("secretary"),
                revision=revision,
                number="18-1",
                decided_on=bishkek_day(self.at),
                vote=vote,
                reason="Чыгымдардын негиздемеси жетишсиз.",
            )
        )
        self.later(days=1)

    def enter_existing(self, number: str = "9-1") -> Programme:
        """A programme that the council adopted a year ago on paper, with one measure; nobody has checked it yet."""
        text, measure = self.text("programme"), self.text("measure")
        found = self.do(
            lambda: planning.enter_existing(
                actor=self.actor("specialist"),
                customer=self.cast.organisations["okmotu"],
                title=text["title"],
                goal=text["goal"],
                year_from=self.year - 1,
                year_to=self.year,
                number=number,
                adopted_on=bishkek_day(self.at - timedelta(days=360)),
            )
        )
        self.do(
            lambda: planning.add_measure(
                actor=self.actor("specialist"),
                programme=found,
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
        self.later()
        return found

    def enter_existing_contract(self, number: str = "5", who: str = "specialist", **changes: Any) -> Contract:
        """A contract with Umut that both heads signed on paper two months ago; nobody has compared it yet."""
        amount, signed_on = Decimal("200000.00"), bishkek_day(self.at - timedelta(days=60))
        terms = PaperTerms(
            number=number,
            signed_on=signed_on,
            title=self.text("applications")["umut"]["project"]["title"],
            amount=amount,
            starts_on=signed_on,
            ends_on=signed_on + timedelta(days=300),
            shares=(Share(amount / 4, "advance"), Share(amount - amount / 4, "report")),
            lines=(Line("Кызматкерлердин акысы", amount / 2), Line("Азык-түлүк", amount / 2)),
            customer_signatory="Айыл өкмөтүнүн башчысы",
            executor_signatory="Уюмдун жетекчиси",
        )
        found = self.do(
            lambda: contracts.enter_existing(
                actor=self.actor(who),
                customer=self.cast.organisations["okmotu"],
                executor=self.cast.organisations["umut"],
                measure=self.measure,
                terms=replace(terms, **changes),
                content=SCAN,
                name="contract-5.png",
            )
        )
        self.later()
        return found

    def confirm_existing_contract(self, contract: Contract) -> None:
        self.contract = self.do(lambda: contracts.confirm_existing(actor=self.actor("head"), contract=contract))
        self.later()

    # --- a year of one customer --------------------------------------------------------------------------------

    def wait_until(self, day: date, hour: int = 10) -> None:
        """Nothing happens until that day, or until the first working day after it; never back in time."""
        at = instant_of(working_calendar().next_working_day(day), time(hour))
        self.at = max(self.at, at)

    def as_played_by(self, **parts: str) -> Road:
        """The same road, as seen when others play these parts: the second executor of one contest."""
        road = copy(self)
        road.cast = self.cast.playing(parts)
        return road

    def plan_year(self, place: Mapping[str, Any], measures: Sequence[tuple[str, int]]) -> None:
        """Study and draft of a programme with a measure for every (theme, budget year)."""
        groups = [group for name, _ in measures for group in theme(name)["study"]["groups"]]
        named = {group["group"]: group for group in groups}
        years = [year for _, year in measures]
        usual = texts_of_year()["usual"]
        self.study = self.do(
            lambda: planning.publish_study(
                actor=self.actor("specialist"),
                customer=self.cast.organisations["okmotu"],
                title=place["study"],
                year=self.year,
                method=usual["method"],
                sources=usual["sources"],
                groups=[_entry(group) for group in named.values()],
            )
        )
        self.later(days=3)
        self.programme = self.do(
            lambda: planning.draft_programme(
                actor=self.actor("specialist"),
                customer=self.cast.organisations["okmotu"],
                study=self.study,
                title=place["programme"],
                goal=place["goal"],
                year_from=min([self.year, *years]),
                year_to=max([self.year, *years]),
            )
        )
        for name, year in measures:
            self._add_measure(theme(name)["measure"], year)
        self.do(
            lambda: planning.write_sections(actor=self.actor("specialist"), programme=self.programme, texts=SECTIONS)
        )
        self.later(days=2)

    def _add_measure(self, measure: Mapping[str, Any], year: int) -> None:
        self.measure = self.do(
            lambda: planning.add_measure(
                actor=self.actor("specialist"),
                programme=self.programme,
                form="grants",
                group=measure["group"],
                title=measure["title"],
                year=year,
                amount=Decimal(measure["amount"]),
                indicator=measure["indicator"],
                baseline=measure["baseline"],
                target=measure["target"],
            )
        )

    def fund(self, year: int, amount: Decimal, source: str) -> None:
        """The budget gives so much for a year, and the measures of that year get it."""
        self.do(
            lambda: planning.appropriate(
                actor=self.actor("accountant"),
                programme=self.programme,
                year=year,
                source=source,
                line="Социалдык коргоо",
                amount=amount,
                retyped=amount / 1000,
                unit="thousand",
                document=f"{year}-жылдын бюджети жөнүндө токтом",
                document_on=bishkek_day(self.at),
            )
        )
        self.later()

    def publish_resolution(self) -> None:
        self.do(
            lambda: planning.publish_resolution(
                actor=self.actor("secretary"),
                programme=self.programme,
                published_on=bishkek_day(self.at),
                place="Буйрутмачынын расмий сайты",
            )
        )
        self.later()

    def join(self, programme: Programme) -> None:
        """Go on from an adopted programme: its measure for this road's theme."""
        self.programme = programme
        self.measure = programme.measures.get(title=self.text("measure")["title"])

    def refuse_payment(self, code: str) -> None:
        self.payment = self.do(
            lambda: treasury.refuse_payment(payment=self.payment, code=code, actor=self.actor("treasurer"))
        )
        self.later()

    def import_statement(self, rows: Sequence[tuple[date, str, Decimal]]) -> None:
        """A statement of the treasury: (day, number, amount) of what went out."""
        lines = ["date;number;amount;direction;account", *(f"{day};{n};{amount};out;" for day, n, amount in rows)]
        self.do(
            lambda: treasury.reconcile(
                actor=self.actor("treasurer"), content="\n".join(lines).encode(), name="vypiska.csv"
            )
        )
        self.later()

    def cut_budget(self, to: Decimal) -> None:
        """The appropriation that this road's contract lives on is cut."""
        appropriation = self.payment.appropriation
        self.do(
            lambda: treasury.revise_appropriation(
                actor=self.actor("accountant"),
                appropriation=appropriation,
                amount=to,
                retyped=to / 1000,
                unit="thousand",
                document="Бюджетти тактоо жөнүндө токтом",
                document_on=bishkek_day(self.at),
                reason="Бюджеттин кирешелери кыскарды",
            )
        )
        self.later()

    def close_year(self, year: int) -> None:
        self.do(
            lambda: treasury.close_year(
                actor=self.actor("accountant"), customer=self.cast.organisations["okmotu"], year=year
            )
        )
        self.later()


def _entry(group: Mapping[str, Any]) -> planning.GroupEntry:
    need = Need(group["group"], group["headcount"], group["served"], group["severity"], Decimal(group["unit_cost"]))
    return planning.GroupEntry(need, group["title"])


def document_of(name: str, kind: str) -> bytes:
    """A small document of the demonstration: a PDF of one empty page."""
    bodies = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    out, table = f"%PDF-1.4\n% Jardam, demonstration: {kind}, {name}\n".encode(), b"0000000000 65535 f \n"
    for number, body in enumerate(bodies, start=1):
        table += b"%010d 00000 n \n" % len(out)
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    trailer = b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + b"xref\n0 4\n" + table + trailer


def _png() -> bytes:
    """A white pixel: the smallest scan there is."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00\xff")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


SCAN = _png()


def start_of(day: date) -> datetime:
    """Ten in the morning in Bishkek."""
    return instant_of(day, time(10))
