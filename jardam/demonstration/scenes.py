"""The scenes of the demonstration year: who stands where on the road on the day of installation.

A scene is played on a `Road` that begins so many days before the anchor, for one customer (its *place*), with two
applicants in the parts of umut and birge. Nothing in it happens on the anchor day or later. Each scene says what it
leaves standing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from jardam.kernel.time import bishkek_day, instant_of
from jardam.planning import operations as planning
from jardam.planning.models import Programme
from jardam.regime import operations as regime
from jardam.regime.queries import calendar

from .cast import Cast, theme, year
from .road import MEMBERS, Road, start_of


@dataclass
class Stage:
    """Where a scene is played: its road, the anchor day, and the place's texts."""

    road: Road
    anchor: date
    place: Mapping[str, Any]

    def day(self, before: int) -> date:
        """The last working day that is at least so many days before the anchor."""
        day = self.anchor - timedelta(days=before)
        while not calendar().is_working_day(day):
            day -= timedelta(days=1)
        return day

    def wait(self, before: int, hour: int = 10) -> None:
        self.road.wait_until(self.day(before), hour)

    def announce(self, *steps: Callable[[], None]) -> Road:
        """A contest for the measure of the theme, announced; then the steps."""
        self.road.draft_contest()
        self.road.announce()
        for step in steps:
            step()
        return self.road


@dataclass(frozen=True)
class Scene:
    """`begins`: days before the anchor; 0 is February of the closed year. `place`: of year.yaml. `parts`: which NGOs
    play umut and birge."""

    name: str
    place: str
    begins: int
    play: Callable[[Stage], None]
    theme: str = "elders"
    parts: Mapping[str, str] = field(default_factory=dict)
    is_contest: bool = True  # for a measure of the customer's programme of this year

    def year(self, anchor: date) -> int:
        """The budget year its measure belongs to: the one in which contracts would be paid."""
        return min(anchor.year, (anchor - timedelta(days=self.begins - 60)).year)

    def road(self, everybody: Cast, anchor: date) -> Road:
        place = year()["places"][self.place]
        cast = everybody.playing(place["parts"]).playing(self.parts)
        begins = anchor - timedelta(days=self.begins) if self.begins else date(last_year(anchor), 2, 3)
        return Road(cast, start_of(begins), self.theme)


# --- planning --------------------------------------------------------------------------------------------------


def last_year(anchor: date) -> int:
    """The budget year that is closed: the one before this year's programmes begin."""
    return (anchor - timedelta(days=PLANNED)).year - 1


def plan(stage: Stage, measures: list[tuple[str, int]]) -> Programme:
    """A customer's programme: study, draft, the council's vote, the resolution, money for each year until
    the anchor's."""
    road = stage.road
    first = road.year
    road.plan_year(stage.place, measures)
    road.submit_to_council()
    road.adopt()
    for budget_year in range(first, stage.anchor.year + 1):
        of_year = [name for name, needed in measures if needed == budget_year]
        amount = sum((Decimal(theme(name)["measure"]["amount"]) for name in of_year), Decimal(0))
        road.fund(budget_year, amount or SPARE, stage.place["source"])
    return road.programme


SPARE = Decimal("1800000.00")
"""What the budget gives a programme for a year in which no contest has begun yet."""


def _next_programme(stage: Stage, *names: str) -> None:
    """The draft of the programme after this one."""
    years = [stage.anchor.year + 1] * len(names)
    place = {**stage.place, "programme": stage.place["next"]}
    stage.road.plan_year(place, list(zip(names, years, strict=True)))


def _before_the_council(stage: Stage) -> None:
    """Problems people proposed: one to be read, one to be answered. The next programme waits for the session."""
    first, second = year()["problems"]
    problem = stage.road.propose_problem(**first)
    stage.road.do(lambda: planning.publish_problem(actor=stage.road.actor("specialist"), problem=problem))
    _next_programme(stage, "elders", "children")
    stage.road.submit_to_council()
    stage.wait(3)
    stage.road.propose_problem(**second)


def _in_discussion(stage: Stage) -> None:
    """A draft is discussed: one comment is answered, one waits."""
    _next_programme(stage, "shelter", "youth")
    stage.wait(8)
    stage.road.open_discussion()
    first, second = year()["comments"]
    comment = stage.road.comment(first["who"], first["text"], for_organisation=True)
    stage.road.answer_comment(comment, first["answer"])
    stage.wait(2)
    stage.road.comment(second["who"], second["text"])


def _returned(stage: Stage) -> None:
    """The council sent the draft back: the office reworks it."""
    road = stage.road
    _next_programme(stage, "crisis", "early", "work")
    road.submit_to_council()
    road.do(
        lambda: planning.return_for_rework(
            actor=road.actor("secretary"), programme=road.programme, reason=year()["return_reason"]
        )
    )


# --- contests --------------------------------------------------------------------------------------------------


def _taking_applications(stage: Stage) -> None:
    """Announced and amended once; a question waits for its answer; one application is in, one is being written."""
    road = stage.announce()
    asked = year()["question"]
    road.answer(road.ask("birge_head", asked["text"]), asked["answer"])
    tasks = road.text("contest")["tasks"]
    road.amend(
        year()["amendment"],
        tasks={
            "ky": f"{tasks['ky']}. Каникулда да иштейт",
            "ru": f"{tasks['ru']}. Работа и в каникулы",
            "en": f"{tasks['en']}. Holidays included",
        },
    )
    road.write_application("birge")
    road.submit("birge")
    road.write_application("umut", "umut_editor")
    stage.wait(2)
    road.ask("umut_head", year()["question_open"])


def _last_hours(stage: Stage) -> None:
    """The submission ends on the first working day after the anchor; one application is not finished."""
    road = stage.road
    road.draft_contest()
    road.announce(calendar().next_working_day(stage.anchor + timedelta(days=1)))
    road.write_application("birge")
    road.submit("birge")
    stage.wait(4)
    road.write_application("umut")


def _cancelled(stage: Stage) -> None:
    """The need ceased: cancelled while applications could still come."""
    stage.announce().cancel()


def _void_and_repeated(stage: Stage) -> None:
    """Nobody came: void, and repeated as a draft."""
    road = stage.announce()
    road.pass_deadline()
    road.open()
    road.declare_void()
    road.repeat_contest()


def _on_paper(stage: Stage) -> None:
    """One application came in an envelope; it is keyed in and waits for the second person."""
    road = stage.announce()
    road.write_application("umut")
    road.submit("umut")
    paper = road.register_paper("Улукбек Сагынов")
    road.pass_deadline()
    road.open()
    road.key_in(paper, "birge")


# --- review ----------------------------------------------------------------------------------------------------


def _interests(stage: Stage) -> None:
    """The members are to declare their interests; the registers know a hint about one of them."""
    stage.announce(stage.road.collect, stage.road.seat_commission)


def _mending(stage: Stage) -> None:
    """Both applicants are asked to mend their applications, within the hours of the rules."""
    road = stage.announce(stage.road.collect, stage.road.seat_commission)
    for member, _, _ in MEMBERS:
        road.declare(member)
    stage.wait(4)
    for name in ("umut", "birge"):
        road.note_fault(name, "project.goal")
    road.at = instant_of(max(stage.day(1), stage.anchor - timedelta(days=2)), time(17))
    road.request_mending()


def _scored_in_part(stage: Stage) -> None:
    """One member has handed in everything, the others have not."""
    road = stage.announce(stage.road.collect, stage.road.seat_commission, stage.road.screen)
    for name in road.applications:
        road.score(MEMBERS[0][0], name)


def _decided(stage: Stage) -> Road:
    """Decided; the protocol waits for signatures."""
    road = stage.road
    stage.announce(road.collect, road.seat_commission, road.screen, road.score_all, road.decide)
    return road


def _waiting_for_signatures(stage: Stage) -> None:
    """The chair has signed the protocol, two members have not."""
    _decided(stage).sign_protocol(MEMBERS[0][0])


def _appeal_period(stage: Stage) -> None:
    """Published two days ago: who lost may appeal, nobody signs contracts yet."""
    road = _decided(stage)
    stage.wait(2)
    road.sign_and_publish()


def _appealed(stage: Stage) -> None:
    """The loser appealed; the panel is named and its chair is to take the appeal up."""
    road = _decided(stage)
    stage.wait(6)
    road.sign_and_publish()
    stage.wait(3)
    road.file_appeal("birge")
    road.appoint_panel("appeal_chair", "appeal_member", "appeal_civil")


def _second_round(stage: Stage) -> None:
    """The appeal was upheld: the commission scores one application again."""
    road = _decided(stage)
    road.sign_and_publish()
    appeal = road.file_appeal("birge")
    road.appoint_panel("appeal_chair", "appeal_member", "appeal_civil")
    road.uphold_appeal(road.take_up_appeal(appeal))
    road.carry_out_appeals()


# --- contracts and money ---------------------------------------------------------------------------------------


def _awarded(stage: Stage) -> Road:
    _decided(stage).sign_and_publish()
    return stage.road


def _pay(road: Road, number: str) -> None:
    road.order_tranche()
    road.approve_payment()
    road.execute_payment(number)


def _accept(road: Road) -> None:
    road.accept_report()
    for name in ("head", "umut_head"):
        road.sign_acceptance(name)


def _tranche_in_package(stage: Stage) -> None:
    """The first tranche is done; the second is in a package that waits for its first signature."""
    road = _awarded(stage)
    road.bind()
    _pay(road, "000417")
    road.submit_report()
    _accept(road)
    stage.wait(4)
    road.order_tranche()
    road.plan_cash()
    road.draw_up_package()


def _to_be_signed(stage: Stage) -> None:
    """Two contracts of one contest: one waits for its signatures; in the other an amendment is proposed, and its first
    payment is with the treasury."""
    road = _awarded(stage)
    road.prepare_contract()
    other = road.as_played_by(umut="birge")
    other.bind()
    other.order_tranche()
    other.wait_until(stage.day(5))
    other.approve_payment()
    amounts = [Decimal(amount) for amount in year()["amounts_after"]]
    other.propose_amendment("specialist", amounts=amounts)


def _report_returned(stage: Stage) -> None:
    """One contract's report is returned with remarks on an item; the other's payment was refused by the treasury."""
    road = _awarded(stage)
    road.bind()
    other = road.as_played_by(umut="birge")
    other.bind()
    other.order_tranche()
    other.approve_payment()
    other.refuse_payment("papers_missing")
    road.at = max(road.at, other.at)
    _pay(road, "000431")
    road.submit_report()
    road.judge_expense(road.report.tranche.expenses.order_by("id")[0])
    road.return_report()
    other.wait_until(stage.day(2))
    other.send_letter(**year()["letter"])


def _late(stage: Stage) -> None:
    """One executor is late with a report and barred; the other's money bounced and was paid again. The statement of
    the treasury has a line nobody knows; and the budget is cut below what is bound."""
    road = _awarded(stage)
    road.bind()
    other = road.as_played_by(umut="birge")
    other.bind()
    road.at = other.at
    _pay(road, "000502")
    other.order_tranche()
    other.approve_payment()
    other.execute_payment("000503")
    other.wait_until(stage.day(50))
    other.bounce_payment()
    other.change_account()
    other.order_tranche()
    other.approve_payment()
    other.execute_payment("000588")
    stage.wait(5)
    road.record_overdue()
    road.later()
    road.import_statement(
        [
            (other.payment.executed_on or stage.anchor, "000588", other.payment.amount),
            (stage.day(9), "000591", Decimal("48200.00")),
        ]
    )
    road.cut_budget((road.payment.appropriation.amount * 4 / 5).quantize(Decimal("1000.00")))


def _closed_year(stage: Stage) -> None:
    """Last year: everything done, unspent money returned, the contract and the year closed; the year's report to the
    council is due."""
    road = stage.road
    closed = last_year(stage.anchor)
    programme = plan_of(stage, closed)
    road.join(programme)
    _awarded(stage)
    road.bind()
    _pay(road, "000388")
    road.submit_report()
    _accept(road)
    road.order_tranche()
    road.approve_payment()
    road.execute_payment("000455")
    unspent = (road.payment.amount / 10).quantize(Decimal("0.01"))
    road.enter_expenses(road.payment.amount - unspent)
    road.hand_in()
    _accept(road)
    road.return_money(road.demand_return(unspent), unspent)
    road.close_contract()
    road.wait_until(date(closed + 1, 1, 20))
    road.close_year(closed)


def plan_of(stage: Stage, budget_year: int) -> Programme:
    road = stage.road
    place = {**stage.place, "programme": stage.place["past"]}
    road.plan_year(place, [(road.theme, budget_year)])
    road.submit_to_council()
    road.adopt()
    road.fund(budget_year, Decimal(road.text("measure")["amount"]), stage.place["source"])
    road.publish_resolution()
    return road.programme


# --- the instance ----------------------------------------------------------------------------------------------


def _instance(stage: Stage) -> None:
    """Bank accounts that treasuries are to check; two values found in a law that does not exist, each entered by one
    lawyer and to be checked by the other or by the auditor."""
    road = stage.road
    for place, applicant in (("kok_bulak", "demilge"), ("city", "sanjyra"), ("ministry", "kairym")):
        Road(road.cast.playing(year()["places"][place]["parts"]), road.at).propose_account(applicant)
    _enter_rule(road, "lawyer", "con.letter_term", "7 working_days")
    _enter_rule(road, "lawyer_two", "com.size_max", 9)


def _enter_rule(road: Road, who: str, key: str, value: Any) -> None:
    law = year()["law"]
    road.do(
        lambda: regime.enter_parameter(
            actor=road.actor(who),
            edition="grants/2022-604",
            key=key,
            value=value,
            act=law["act"],
            article=law["article"],
            edition_date=bishkek_day(road.at),
        )
    )


PLANNED = 300
"""Days before the anchor on which the programmes of this year begin."""

SCENES: tuple[Scene, ...] = (
    Scene("instance", "kok_bulak", 6, _instance, is_contest=False),
    Scene("closed_year", "city", 0, _closed_year, "clubs", {"umut": "keremet", "birge": "demilge"}, False),
    Scene("tranche", "kok_bulak", 165, _tranche_in_package, "elders"),
    Scene("second_round", "kok_bulak", 80, _second_round, "ramps"),
    Scene("void", "kok_bulak", 60, _void_and_repeated, "neighbours"),
    Scene("scoring", "kok_bulak", 40, _scored_in_part, "children"),
    Scene("open", "kok_bulak", 12, _taking_applications, "migrants"),
    Scene("council", "kok_bulak", 34, _before_the_council, is_contest=False),
    Scene("report", "city", 120, _report_returned, "families", {"umut": "jashtar", "birge": "keremet"}),
    Scene("signatures", "city", 75, _to_be_signed, "home_care", {"umut": "birge", "birge": "sanjyra"}),
    Scene("appeal", "city", 48, _appealed, "youth", {"umut": "jashtar", "birge": "demilge"}),
    Scene("interests", "city", 34, _interests, "day_care", {"umut": "kairym", "birge": "jashtar"}),
    Scene("cancelled", "city", 30, _cancelled, "released"),
    Scene("last_hours", "city", 26, _last_hours, "shelter", {"umut": "demilge", "birge": "sanjyra"}),
    Scene("discussion", "city", 30, _in_discussion, is_contest=False),
    Scene("appeal_period", "ministry", 44, _appeal_period, "work", {"umut": "meerim", "birge": "keremet"}),
    Scene("protocol", "ministry", 42, _waiting_for_signatures, "early", {"umut": "sanjyra", "birge": "jashtar"}),
    Scene("mending", "ministry", 36, _mending, "tb", {"umut": "kairym", "birge": "dostuk"}),
    Scene("paper", "ministry", 34, _on_paper, "parents", {"umut": "demilge", "birge": "keremet"}),
    Scene("returned", "ministry", 30, _returned, is_contest=False),
    Scene("late", "ministry", 175, _late, "crisis", {"umut": "shoola", "birge": "meerim"}),
)
"""In the order in which they are played: what is cut or barred comes last."""


def measures_of(place: str, anchor: date) -> list[tuple[str, int]]:
    """The measures of a customer's programme: of every contest the theme and the budget year."""
    return [(one.theme, one.year(anchor)) for one in SCENES if one.is_contest and one.place == place]
