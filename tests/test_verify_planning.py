"""`verify` names every corruption of what people said, what the council decided and what versions changed (see
test_verify.py)."""

from __future__ import annotations

import pytest

from jardam.demonstration.road import Road
from jardam.kernel.time import bishkek_day
from jardam.planning import operations
from jardam.transparency.queries import verify
from tests.world import as_owner, sql

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CORRUPTIONS = {
    # What people said
    "the words of a problem": ("planning_problem", "UPDATE planning_problem SET text = 'башка'"),
    "the answer to a problem": ("planning_problem", "UPDATE planning_problem SET answer = 'башка'"),
    "who proposed a problem": ("planning_problem", "UPDATE planning_problem SET proposed_by_id = 1"),
    "the end of a discussion": (
        "planning_discussion",
        "UPDATE planning_discussion SET closes_at = closes_at + interval '1 day'",
    ),
    "the words of a comment": ("planning_comment", "UPDATE planning_comment SET text = 'башка'"),
    "the answer to a comment": ("planning_comment", "UPDATE planning_comment SET answer = 'башка'"),
    "an organisation put under a comment": (
        "planning_comment",
        "UPDATE planning_comment SET organisation_id = (SELECT min(id) FROM parties_organisation)",
    ),
    # What the council decided
    "an opinion": ("planning_committeeopinion", "UPDATE planning_committeeopinion SET opinion = 'against'"),
    "the words of an opinion": ("planning_committeeopinion", "UPDATE planning_committeeopinion SET text = 'башка'"),
    "the place of a publication": ("planning_publication", "UPDATE planning_publication SET place = 'башка'"),
    "the register's number": ("planning_publication", "UPDATE planning_publication SET register_number = '77'"),
    "the vote of a decision": (
        "planning_councildecision",
        "UPDATE planning_councildecision SET votes_for = votes_for + 1 WHERE kind = 'adopted'",
    ),
    "a decision put under another version": (
        "planning_councildecision",
        "UPDATE planning_councildecision SET revision_id = NULL WHERE kind = 'rejected'",
    ),
    "a paper put under an adoption": (
        "planning_adoption",
        """INSERT INTO documents_file (ref, sha256, size, media_type, name, at)
             VALUES ('x', repeat('0', 64), 1, 'application/pdf', 'x.pdf', now());
           UPDATE planning_adoption SET file_id = (SELECT max(id) FROM documents_file)""",
    ),
    # The year
    "the figures of a report": ("planning_councilreport", "UPDATE planning_councilreport SET figures = '{}'"),
    "the words of a report": ("planning_councilreport", "UPDATE planning_councilreport SET text = 'башка'"),
    "how many came to a gathering": ("planning_gathering", "UPDATE planning_gathering SET headcount = 640"),
    # Sections and versions
    "a section": ("planning_programmesection", """UPDATE planning_programmesection SET text = '{"ky": "башка"}'"""),
    "an amount of a version": ("planning_measureversion", "UPDATE planning_measureversion SET amount = amount + 1"),
    "an indicator of a version": (
        "planning_measureversion",
        """UPDATE planning_measureversion SET indicator = '{"ky": "башка"}'""",
    ),
    "what a version asked for": ("planning_revisedmeasure", "UPDATE planning_revisedmeasure SET target = target + 1"),
    "a section of a version": ("planning_revisedsection", "UPDATE planning_revisedsection SET code = 'goals'"),
    "a version that was never adopted": (
        "planning_measureversion",
        """UPDATE planning_measureversion SET revision_id =
             (SELECT id FROM planning_revision WHERE state = 'rejected')""",
    ),
    "the state of a version": ("planning_revision", "UPDATE planning_revision SET state = 'adopted'"),
}


@pytest.fixture
def told(road: Road) -> Road:
    """Everything planning knows has happened to this programme."""
    road.publish_study()
    road.draft_programme()
    problem = road.propose_problem("umut_editor", "Кышында отун жок.")
    desk = road.actor("specialist")
    road.do(lambda: operations.publish_problem(actor=desk, problem=problem))
    road.do(lambda: operations.answer_problem(actor=desk, problem=problem, measure=road.measure, answer="Киргизилди."))
    road.open_discussion()
    comment = road.comment("umut_editor", "Отун да керек.")
    road.answer_comment(comment, "Эске алынды.")
    road.pass_discussion()
    road.submit_to_council()
    today = bishkek_day(road.at)
    secretary = road.actor("secretary")
    road.do(
        lambda: operations.record_opinion(
            actor=secretary,
            programme=road.programme,
            committee="Бюджет комитети",
            opinion="support",
            text="Колдойбуз.",
            given_on=today,
        )
    )
    road.adopt()
    road.do(
        lambda: operations.publish_resolution(
            actor=road.actor("secretary"),
            programme=road.programme,
            published_on=today,
            place="«Көк-Булак» № 7",
            register_number="41",
        )
    )
    for won in (True, False):
        revision = road.draft_revision()
        road.revise_measure(revision, "900000" if won else "950000")
        texts = {"schedule": {"ky": f"Март айынан {won}"}}
        road.do(lambda: operations.revise_sections(actor=road.actor("specialist"), revision=revision, texts=texts))  # noqa: B023
        road.submit_revision(revision)
        road.adopt_revision(revision) if won else road.reject_revision(revision)
    road.at = road.at.replace(year=road.at.year + 1)
    road.report_year(road.programme.year_from)
    road.hold_gathering(road.programme.year_from)
    return road


def test_everything_that_planning_knows_verifies(told: Road):
    assert list(verify()) == []


@pytest.mark.parametrize("what", sorted(CORRUPTIONS))
def test_a_corruption_of_planning_is_named(told: Road, what: str):
    table, statement = CORRUPTIONS[what]
    with as_owner(triggers=False):
        sql(statement)

    assert any(fault.startswith(f"{table} ") for fault in verify())
