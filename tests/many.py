"""Many applicants in one lot, as the largest contests had, through the operations."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from jardam.contests import operations as contests
from jardam.demonstration.road import document_of
from jardam.kernel.actor import system
from jardam.parties import operations as parties
from jardam.parties import queries as people
from jardam.parties.rules import CHECKLIST
from jardam.review import operations as review
from jardam.review.models import Candidacy
from tests.world import MEMBER_NAMES

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
            if section == "budget":
                row = data["rows"][2] | {"requested": f"{40000 + 500 * (n % 9)}.00", "own": "9000.00"}
                said = {"rows": [row]}
            contests.save_section(actor=head, application=application, section=section, data=said)
        for document in road.contest.settlement.value("app.documents"):
            if document.mandatory:
                content = document_of(str(n), document.code)
                contests.attach(
                    actor=head, application=application, kind=document.code, content=content, name="document.pdf"
                )
        contests.sign_off_and_submit(actor=head, application=application)
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
