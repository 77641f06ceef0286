"""Another country's regime is a file alone: a contest walks its whole road under an invented edition, with other
criteria, another clock, another pass mark and tie rule, a commission of five, and one rule the customer adopts
(blueprint §4.1)."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from jardam.demonstration.road import Road
from jardam.kernel.actor import system
from jardam.kernel.refusal import Refused
from jardam.parties import operations as parties
from jardam.parties.models import Organisation
from jardam.regime import operations as regime
from jardam.regime import queries as regimes
from jardam.review import operations as review
from jardam.review.queries import content_of
from jardam.rulebook.clock import review_clock
from jardam.rulebook.tests import foreign
from jardam.transparency.queries import verify
from tests.world import REGIMES, new_road, refuses

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

COUNTRY = "KZ"  # one whose calendar is known; its law here is invented
FIVE = (
    ("member_state", "state", "chair"),
    ("member_kenesh", "state", "member"),
    ("member_civil", "civil", "member"),
    ("member_fourth", "state", "member"),
    ("member_fifth", "civil", "member"),
)
# Benefit (1 to 5, at least 2, weight 3) and price (1 to 5, weight 1), by the five members in their order.
SCORES = {
    "umut": ((5, 1), ("4.5", 4), ("4.5", 4), ("4.5", 4), (1, 5)),
    "birge": (("4.5", 4), ("4.5", 4), ("4.5", 4), ("4.5", 4), ("4.5", 4)),
}


@pytest.fixture
def foreign_regime(tmp_path: Path, settings) -> Path:
    foreign.write(
        tmp_path,
        foreign.edition(
            jurisdiction=COUNTRY,
            valid_from=dt.date(2020, 1, 1),
            edition="grants/kz-invented",
        ),
    )
    shutil.copytree(REGIMES / "calendars", tmp_path / "calendars")  # the demonstration keeps its own days off
    (tmp_path / "calendars" / f"{COUNTRY}.yaml").write_text(f"calendar: {COUNTRY}\noverrides: []\n")
    settings.REGIMES = tmp_path
    return tmp_path


@pytest.fixture
def road(db, foreign_regime, monkeypatch) -> Road:
    monkeypatch.setattr("jardam.demonstration.road.MEMBERS", FIVE)
    road = new_road()
    Organisation.objects.update(jurisdiction=COUNTRY)
    for organisation in road.cast.organisations.values():
        organisation.refresh_from_db()
    seat(road, ("member_fourth", "okmotu"), ("member_fifth", "araket"))
    return road


def seat(road: Road, *more: tuple[str, str]) -> None:
    """People whom these organisations send into the commission."""
    for name, body in more:
        person = parties.register_person(name=f"Киши {name}", email=f"{name}@demo.invalid", password=None)
        parties.grant_mandate(
            person=person,
            organisation=road.cast.organisations[body],
            role="commission_member",
            document="Буйрук 1",
            actor=system(road.at),
        )
        road.cast.people[name] = person


def adopt_the_missing_rule(road: Road) -> None:
    regime.adopt_parameter(
        actor=road.actor("head"),
        customer=road.cast.organisations["okmotu"],
        form="grants",
        key=foreign.UNKNOWN_KEY,
        value="customer",
        act_number="Order 7",
        act_on=road.at.date(),
        silence_statement="The official text was read and is silent.",
    )


def announced(road: Road) -> Road:
    road.to_adopted()
    road.draft_contest()
    adopt_the_missing_rule(road)
    road.announce()
    return road


def opened(road: Road, *names: str) -> Road:
    announced(road)
    for name in names:
        road.write_application(name)
        road.submit(name)
    road.pass_deadline()
    road.open()
    return road


def scored(road: Road) -> Road:
    road.appoint_commission()
    road.begin_review()
    for member, _, _ in FIVE:
        road.declare(member)
    for name in road.applications:
        road.admit(name)
    for (member, _, _), i in zip(FIVE, range(5), strict=True):
        for name in road.applications:
            benefit, price = SCORES[name][i]
            scores = {"benefit": (Decimal(benefit), "Себеби бар"), "price": (Decimal(price), "Себеби бар")}
            review.submit_scores(actor=road.actor(member), candidacy=road.candidacy(name), scores=scores)
            road.later()
    road.proceeding.refresh_from_db()
    return road


def sitting(road: Road, votes_for: int, present: int = 5) -> review.Sitting:
    return review.Sitting(
        held_on=road.at.date(),
        present=frozenset(road.cast.people[name].pk for name, _, _ in FIVE[:present]),
        votes_for=votes_for,
        votes_against=present - votes_for,
        abstained=0,
        chair_for=True,
        drawing={},
    )


# --- the announcement ------------------------------------------------------------------------------------------


def test_the_announcement_asks_for_the_one_unknown_rule_and_takes_it_from_the_customers_act(road, settings):
    settings.DEMO = False
    road.to_adopted()
    road.draft_contest()

    with pytest.raises(Refused) as raised:
        road.announce(closes_on=road.at.date() + dt.timedelta(days=60))
    assert [(r.code, r.basis.key) for r in raised.value.refusals] == [("rule_unknown", foreign.UNKNOWN_KEY)]

    adopt_the_missing_rule(road)
    road.announce()
    assert road.contest.edition == "grants/kz-invented"
    assert road.contest.number == "KZ-KKB-2026-C1"
    assert road.contest.settlement.assumed_keys == ()


def test_the_day_ends_at_midnight_there_and_days_off_do_not_move_a_deadline(road):
    announced(road)

    deadline = road.contest.deadline_at.astimezone(dt.timezone(dt.timedelta(hours=6)))
    assert (deadline.hour, deadline.minute) == (0, 0)
    assert road.contest.deadline_how["calendar"].startswith("KZ:")
    assert not road.contest.deadline_how["rolled"]


def test_the_review_has_three_stages_each_counted_in_its_own_way(road):
    opened(road, "umut")

    clock = review_clock(road.contest.settlement, road.contest.opened_at, regimes.calendar(COUNTRY))

    assert [(code, str(one.term)) for code, one in clock] == [
        ("admissibility", "2 working days, then 3 calendar days"),
        ("scoring", "2 months"),
        ("sitting", "48 hours"),
    ]
    assert clock[2][1].at - clock[1][1].at == dt.timedelta(hours=48)


# --- the review ------------------------------------------------------------------------------------------------


def test_a_commission_of_five_it_is_and_no_other(road, monkeypatch):
    opened(road, "umut")

    for size, code in ((3, "commission_too_small"), (4, "commission_too_small")):
        monkeypatch.setattr("jardam.demonstration.road.MEMBERS", FIVE[:size])
        with pytest.raises(Refused) as raised:
            road.appoint_commission()
        assert raised.value.code == code
    seat(road, ("member_sixth", "araket"), ("member_seventh", "araket"))
    seven = (*FIVE, ("member_sixth", "civil", "member"), ("member_seventh", "civil", "member"))
    monkeypatch.setattr("jardam.demonstration.road.MEMBERS", seven)
    with refuses("commission_too_large"):
        road.appoint_commission()

    monkeypatch.setattr("jardam.demonstration.road.MEMBERS", FIVE)
    road.appoint_commission()
    assert road.commission.members.count() == 5


def test_scores_go_by_halves_on_a_scale_from_one_to_five(road):
    opened(road, "umut")
    road.appoint_commission()
    road.begin_review()
    for member, _, _ in FIVE:
        road.declare(member)
    road.admit("umut")

    for wrong in ("0.5", "5.5", "4.25"):
        scores = {"benefit": (Decimal(wrong), "Себеп"), "price": (Decimal(3), "Себеп")}
        with refuses("scores_incomplete"):
            review.submit_scores(actor=road.actor("member_state"), candidacy=road.candidacy("umut"), scores=scores)


def test_extremes_are_left_out_and_a_tie_goes_to_the_larger_own_share(road):
    """Umut: benefit 5, 4.5, 4.5, 4.5, 1 is 4.5 without the extremes, and price 4: 4.375, as Birge has. Umut gives
    7.3 % of its own, Birge 6.1 %."""
    opened(road, "umut", "birge")
    scored(road)

    road.protocol = review.decide(
        actor=road.actor("specialist"), proceeding=road.proceeding, sitting=sitting(road, votes_for=5)
    )

    content = content_of(road.protocol)
    first, second = content["ranking"][:2]
    assert [first["total"], second["total"]] == ["4.375", "4.375"]
    assert first["candidacy"] == road.candidacy("umut").ref
    assert content["tie_breaks"][0]["method"] == "higher_own_share"
    assert content["tie_breaks"][0]["order"] == [[first["candidacy"]], [second["candidacy"]]]


def test_below_the_pass_mark_nobody_is_awarded(road, monkeypatch):
    monkeypatch.setitem(SCORES, "birge", ((3, 3),) * 5)  # 3.000, where 3.5 passes
    opened(road, "umut", "birge")
    scored(road)

    protocol = review.decide(
        actor=road.actor("specialist"), proceeding=road.proceeding, sitting=sitting(road, votes_for=5)
    )

    rows = content_of(protocol)["ranking"]
    assert [(row["total"], row["outcome"], row["failed_on"]) for row in rows] == [
        ("4.375", "awarded", []),
        ("3.000", "not_awarded", ["pass_mark"]),
    ]


def test_three_fifths_of_those_appointed_decide_and_the_chair_has_no_casting_vote(road):
    opened(road, "umut", "birge")
    scored(road)
    decide = review.decide

    for votes_for, present, codes in (
        (2, 5, ("vote_not_carried",)),
        (2, 2, ("no_quorum", "vote_not_carried")),
        (2, 4, ("vote_not_carried",)),  # equal votes, and the chair's decides nothing
    ):
        with refuses(*codes):
            decide(
                actor=road.actor("specialist"),
                proceeding=road.proceeding,
                sitting=sitting(road, votes_for=votes_for, present=present),
            )
    assert decide(actor=road.actor("specialist"), proceeding=road.proceeding, sitting=sitting(road, votes_for=3))


def test_a_criterion_below_its_own_minimum_fails_whatever_the_total(road, monkeypatch):
    monkeypatch.setitem(SCORES, "birge", (("1.5", 5),) * 5)
    opened(road, "umut", "birge")
    scored(road)

    protocol = review.decide(
        actor=road.actor("specialist"), proceeding=road.proceeding, sitting=sitting(road, votes_for=5)
    )

    assert "benefit" in content_of(protocol)["ranking"][1]["failed_on"]


# --- to the end ------------------------------------------------------------------------------------------------


def test_the_road_under_a_foreign_edition_ends_with_an_accepted_report_and_verifies(road, settings):
    settings.DEMO = False
    opened(road, "umut", "birge")
    scored(road)
    road.protocol = review.decide(
        actor=road.actor("specialist"), proceeding=road.proceeding, sitting=sitting(road, votes_for=5)
    )
    for member, _, _ in FIVE:
        road.sign_protocol(member)
    road.publish_protocol()
    road.prepare_contract()
    road.pass_standstill()
    road.sign_contract("head")
    road.sign_contract("umut_head")
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    road.submit_report()
    road.accept_report()

    assert road.report.state == "accepted"
    assert road.contract.number.startswith("KZ-KKB-2026-K")
    assert list(verify()) == []
