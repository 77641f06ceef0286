"""Eighty-eight applicants in one lot, as the largest contests had: the review asks as often for them as for three,
breaks ties by the settled chain, and gives the same ranking for the same scores."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from jardam.contests import operations as contests
from jardam.kernel.actor import system
from jardam.kernel.canonical import canonical
from jardam.parties import operations as parties
from jardam.parties import queries as people
from jardam.parties.rules import CHECKLIST
from jardam.review import operations as review
from jardam.review import queries
from jardam.review.models import Award, Candidacy
from jardam.transparency.queries import verify
from tests.world import MEMBER_NAMES, new_road

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MANY = 88


def apply_all(road, count):
    """`count` organisations apply, each with its own amount; the text is that of the demonstration."""
    text = road.text("applications")["umut"]
    for n in range(count):
        clockwork = system(road.at)
        organisation = parties.register_organisation(
            actor=clockwork, kind="non_profit", title={"ky": f"Уюм {n}"}, tin=f"2{n:013}", is_invented=True
        )
        parties.verify_organisation(
            organisation=organisation, actor=clockwork, checked_against="тест", checklist=CHECKLIST
        )
        person = parties.register_person(name=f"Жетекчи {n}", email=f"head{n}@demo.invalid", password=None)
        parties.grant_mandate(
            person=person, organisation=organisation, role="applicant_head", document="Буйрук", actor=clockwork
        )
        organisation.refresh_from_db()
        head = people.actor_of(person, road.at)
        application = contests.start_application(actor=head, lot=road.lot, applicant=organisation)
        for section, data in text.items():
            said = data
            if section == "activities":
                row = data["rows"][0] | {"requested": f"{40000 + 500 * (n % 9)}.00", "own": "9000.00"}
                said = {"rows": [row]}
            contests.save_section(actor=head, application=application, section=section, data=said)
        contests.submit_application(actor=head, application=application)
        road.at += timedelta(seconds=1)  # the last link of the tie chain is the earlier submission


def scoring(road, count):
    road.to_announced()
    apply_all(road, count)
    road.pass_deadline()
    road.open()
    road.appoint_commission()
    road.begin_review()
    rows = list(Candidacy.objects.order_by("id"))
    for member in MEMBER_NAMES:
        review.declare_interests(
            actor=road.actor(member), proceeding=road.proceeding, conflicts={row.ref: False for row in rows}
        )
    for row in rows:
        row.refresh_from_db()
        review.admit(actor=road.actor("specialist"), candidacy=row)
    road.proceeding.refresh_from_db()
    return rows


def score_all(road, rows):
    """Marks that repeat: ties of many applications."""
    criteria = road.contest.settlement.criteria()
    for place, member in enumerate(MEMBER_NAMES):
        for n, row in enumerate(rows):
            marks = {c.code: (Decimal(5 + (n + place) % 5), "Негизделген") for c in criteria}
            review.submit_scores(actor=road.actor(member), candidacy=row, scores=marks)
    road.proceeding.refresh_from_db()


def statements(work):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        work()
    return len(seen)


def counted(road, count):
    """How many statements each reading of the review takes in a lot of `count` applications."""
    rows = scoring(road, count)
    member = road.actor("member_civil")
    found = {
        "desk": statements(lambda: queries.desk_of(road.proceeding, member)),
        "hints": statements(lambda: queries.hints(road.proceeding)),
        "suggestions": statements(lambda: queries.suggestions(road.proceeding)),
        "actions": statements(lambda: queries.proceeding_actions(road.proceeding, member)),
        "duties": statements(lambda: queries.duties_of_member(member)),
        "mendings": statements(lambda: queries.mendings_open(road.proceeding)),
    }
    score_all(road, rows)
    assert road.proceeding.state == "revealed"
    found |= {
        "preview": statements(lambda: queries.preview(road.proceeding)),
        "recused": statements(lambda: queries.recused_members(road.proceeding)),
        "cuts": statements(lambda: queries.cuts_of(road.proceeding)),
    }
    return found


def test_the_review_of_eighty_eight_applications_asks_as_often_as_that_of_three_and_repeats_to_the_byte(db):
    class Back(Exception):
        pass

    few = {}
    with pytest.raises(Back), transaction.atomic():
        few = counted(new_road(), 3)
        raise Back
    road = new_road()

    assert counted(road, MANY) == few
    first = canonical(queries.preview(road.proceeding).as_plain())
    assert canonical(queries.preview(road.proceeding).as_plain()) == first

    road.decide()
    rows = queries.ranking_rows(road.protocol)
    assert len(rows) == MANY
    methods = {row["method"] for row in queries.content_of(road.protocol)["tie_breaks"]}
    assert {"higher_score_on:need", "lower_amount", "earlier_submission"} <= methods
    road.sign_and_publish()
    assert sum(one.amount for one in Award.objects.all()) <= road.lot.amount
    last = Candidacy.objects.get(ref=rows[-1]["candidacy"])
    assert statements(lambda: queries.letter(last.application)) < 20
    assert list(verify()) == []
