"""An adopted programme changes only by a new version that the council adopts; and what was adopted on paper before."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from jardam.demonstration.road import document_of
from jardam.documents import operations as documents
from jardam.documents.policy import may_read_file
from jardam.journal.models import Record
from jardam.kernel.actor import visitor
from jardam.kernel.refusal import Refused
from jardam.kernel.time import bishkek_day
from jardam.planning import operations, policy, queries
from jardam.planning.models import Measure, MeasureVersion, Revision
from jardam.planning.rules import Vote, amount_fault, missing_languages, vote_of
from jardam.transparency.queries import verify
from tests.world import APPEND_ONLY, STATE_WITHOUT_ACT, as_owner, codes_of, database_refuses, refuses, sql

WON = Vote(members=21, quorum=11, present=18, votes_for=16, votes_against=1, abstained=1)
LOST = Vote(members=21, quorum=11, present=18, votes_for=2, votes_against=15, abstained=1)


def test_a_measure_keeps_at_least_what_is_given_to_it():
    assert amount_fault(Decimal(600), Decimal(600)) is None
    fault = amount_fault(Decimal("599.99"), Decimal(600))
    assert fault is not None
    assert codes_of([fault]) == ["measure_below_given"]
    assert (fault.at_field, fault.basis.act) == ("amount", "H-28")


def test_a_language_is_missing_when_one_text_lacks_it():
    both, one = {"ky": "а", "ru": "б"}, {"ky": "а"}

    assert missing_languages(("ky", "ru"), [both, one]) == ("ru",)
    assert missing_languages(("ky",), [both, one, {}]) == ()


@pytest.fixture
def adopted(road):
    road.to_adopted()
    return road


def amount_of(road) -> Decimal:
    return queries.measure(road.measure.ref).amount


# --- the road of a version -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_version_is_in_force_from_its_adoption_and_not_before(adopted):
    before = amount_of(adopted)
    revision = adopted.draft_revision()
    adopted.revise_measure(revision, str(before + 100_000), target=55)
    operations.revise_sections(
        actor=adopted.actor("specialist"), revision=revision, texts={"schedule": {"ky": "Март айынан баштап."}}
    )
    assert amount_of(adopted) == before
    assert not policy.visible_revisions(visitor(adopted.at)).exists()

    adopted.submit_revision(revision)
    assert policy.visible_revisions(visitor(adopted.at)).get() == revision
    assert amount_of(adopted) == before

    adopted.adopt_revision(revision)
    assert amount_of(adopted) == before + 100_000
    assert queries.measure(adopted.measure.ref).target == 55
    assert queries.sections_of(adopted.programme)["schedule"] == {"ky": "Март айынан баштап."}
    assert Measure.objects.get().amount == before, "the measure as it was first adopted stays as it is"
    assert list(verify()) == []


@pytest.mark.django_db
def test_the_difference_is_shown_field_by_field_also_after_a_later_version(adopted):
    before = amount_of(adopted)
    first = adopted.draft_revision()
    adopted.revise_measure(first, str(before + 100))
    adopted.submit_revision(first)
    shown = [("amount", before, before + 100)]
    assert [(one.field, one.before, one.after) for one in queries.changes_of(first)] == shown
    adopted.adopt_revision(first)
    second = adopted.draft_revision()
    adopted.revise_measure(second, str(before + 700))
    adopted.submit_revision(second)
    adopted.adopt_revision(second, "19-4")

    for revision, was, now in ((first, before, before + 100), (second, before + 100, before + 700)):
        revision.refresh_from_db()
        assert [(one.field, one.before, one.after) for one in queries.changes_of(revision)] == [("amount", was, now)]
    assert [one.number for one in queries.revisions_of(adopted.programme, visitor(adopted.at))] == [2, 3]


@pytest.mark.django_db
def test_a_new_measure_comes_into_being_with_the_version(adopted):
    revision = adopted.draft_revision()
    told = adopted.text("measure")
    row = operations.revise_new_measure(
        actor=adopted.actor("specialist"),
        revision=revision,
        form="grants",
        group=told["group"],
        title={"ky": "Кышкы отун", "ru": "Дрова на зиму"},
        year=adopted.programme.year_to,
        amount=Decimal(250_000),
        indicator={"ky": "Үйлөр", "ru": "Дома"},
        baseline=0,
        target=40,
    )
    assert Measure.objects.count() == 1
    assert {one.before for one in queries.changes_of(revision)} == {None}
    adopted.submit_revision(revision)
    adopted.adopt_revision(revision)

    made = queries.measure(row.key)
    assert (made.amount, made.year) == (Decimal(250_000), adopted.programme.year_to)
    assert made in queries.measures_open_for_contest(adopted.programme.customer_id)
    assert list(verify()) == []


@pytest.mark.django_db
def test_a_new_measure_with_nothing_is_taken_out_of_the_version(adopted):
    revision, told = adopted.draft_revision(), adopted.text("measure")
    values = {"form": "grants", "group": told["group"], "title": told["title"], "indicator": told["indicator"]}
    values |= {"actor": adopted.actor("specialist"), "revision": revision, "baseline": 0, "target": 1}
    values |= {"year": adopted.programme.year_to}
    row = operations.revise_new_measure(amount=Decimal(5), **values)
    operations.revise_new_measure(amount=Decimal(0), key=row.key, **values)

    assert queries.changes_of(revision) == []
    with refuses("revision_without_changes"):
        adopted.submit_revision(revision)


@pytest.mark.django_db
def test_no_measure_gets_less_than_is_given_to_it(adopted):
    given = amount_of(adopted)  # all of it was allocated
    revision = adopted.draft_revision()
    with refuses("measure_below_given"):
        adopted.revise_measure(revision, str(given - 1))
    adopted.revise_measure(revision, str(given))


@pytest.mark.django_db
def test_what_was_given_while_the_council_waited_counts_at_the_adoption(road):
    road.publish_study()
    road.draft_programme()
    road.submit_to_council()
    road.adopt()
    revision = road.draft_revision()
    road.revise_measure(revision, "1000")
    road.submit_revision(revision)
    road.appropriate()

    with refuses("measure_below_given"):
        road.adopt_revision(revision)
    assert not MeasureVersion.objects.exists()


@pytest.mark.django_db
def test_money_follows_the_amount_in_force(road):
    road.publish_study()
    road.draft_programme()
    road.submit_to_council()
    road.adopt()
    revision = road.draft_revision()
    road.revise_measure(revision, "1000")
    road.submit_revision(revision)
    road.adopt_revision(revision)
    road.appropriate()

    assert policy.given_to([road.measure.pk]) == {road.measure.pk: Decimal(1000)}
    assert list(verify()) == []


@pytest.mark.django_db
def test_one_version_at_a_time_and_only_of_a_programme_in_force(adopted):
    adopted.draft_revision()
    with refuses("revision_open"):
        adopted.draft_revision()
    with refuses("decision_without_reason"):
        operations.drop_revision(actor=adopted.actor("specialist"), revision=Revision.objects.get())
        adopted.draft_revision(" ")


@pytest.mark.django_db
def test_of_a_draft_there_is_no_second_version(road):
    road.publish_study()
    road.draft_programme()
    with refuses("wrong_state"):
        road.draft_revision()


@pytest.mark.django_db
def test_the_council_returns_or_rejects_a_version_and_the_programme_stays(adopted):
    before, secretary = amount_of(adopted), adopted.actor("secretary")
    revision = adopted.draft_revision()
    adopted.revise_measure(revision, str(before + 1))
    adopted.submit_revision(revision)
    operations.return_revision(actor=secretary, revision=revision, reason="Эсеп жок.")
    adopted.submit_revision(revision)
    today = bishkek_day(adopted.at)
    with refuses("council_voted_for"):
        operations.reject_revision(
            actor=adopted.actor("secretary"),
            revision=revision,
            number="1",
            decided_on=today,
            vote=WON,
            reason="Жок.",
        )
    operations.reject_revision(
        actor=adopted.actor("secretary"), revision=revision, number="18-1", decided_on=today, vote=LOST, reason="Жок."
    )

    assert amount_of(adopted) == before
    assert [one.kind for one in queries.course_of(adopted.programme).decisions] == ["returned", "rejected"]
    assert adopted.draft_revision().number == 3
    assert list(verify()) == []


@pytest.mark.django_db
def test_a_contest_under_way_keeps_what_it_was_announced_with(road):
    road.to_announced()
    announced = road.lot.amount
    revision = road.draft_revision()
    road.revise_measure(revision, str(announced + 50_000))
    road.submit_revision(revision)
    road.adopt_revision(revision)

    road.lot.refresh_from_db()
    assert road.lot.amount == announced
    assert list(verify()) == []


@pytest.mark.django_db
def test_the_database_keeps_versions_as_they_are(adopted):
    revision = adopted.draft_revision()
    adopted.revise_measure(revision, str(amount_of(adopted) + 1))
    adopted.submit_revision(revision)
    adopted.adopt_revision(revision)
    with as_owner():
        for table in ("planning_measureversion", "planning_revisedmeasure"):
            with database_refuses(APPEND_ONLY):
                sql(f"UPDATE {table} SET amount = 1")
        with database_refuses(STATE_WITHOUT_ACT):
            sql("UPDATE planning_revision SET state = 'draft'")


# --- papers ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_signed_resolution_is_seen_by_whoever_sees_the_programme(adopted):
    secretary = adopted.actor("secretary")
    paper = documents.receive(document_of("council", "resolution"), name="14-9.pdf", actor=secretary)
    today = bishkek_day(adopted.at)
    assert not may_read_file(paper, visitor(adopted.at))
    operations.annul_programme(
        actor=secretary, programme=adopted.programme, number="14-9", decided_on=today, reason="Ката.", file=paper
    )

    assert may_read_file(paper, visitor(adopted.at))
    assert Record.objects.get(verb="annul_programme").public_data["file"] == paper.sha256
    assert list(verify()) == []


# --- adopted before the system ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_one_enters_from_paper_another_checks(road):
    found = road.enter_existing()
    assert not queries.programmes(visitor(road.at))
    with refuses("same_person_checks"):
        operations.confirm_existing(actor=road.actor("specialist"), programme=found)
    confirmed = operations.confirm_existing(actor=road.actor("head"), programme=found)

    assert (confirmed.state, confirmed.recorded_at is not None) == ("adopted", True)
    assert confirmed.adoption.votes_for is None
    assert queries.programmes(visitor(road.at)) == [confirmed]
    assert queries.measures_open_for_contest(confirmed.customer_id)
    record = Record.objects.get(verb="enter_existing")
    assert record.acted_on == confirmed.adoption.adopted_on
    assert record.at.date() > record.acted_on
    assert list(verify()) == []


@pytest.mark.django_db
def test_clocks_of_what_was_recorded_afterwards_do_not_run(road):
    found = road.enter_existing()
    found = operations.confirm_existing(actor=road.actor("head"), programme=found)

    assert queries.unpublished(found.customer.council_id) == []
    assert queries.years_unreported([found], road.at) == []
    assert list(policy.years_to_close(found)) == [road.year]


@pytest.mark.django_db
def test_a_wrong_copy_is_discarded_and_counts_for_nothing(road):
    found = road.enter_existing()
    operations.discard_existing(actor=road.actor("head"), programme=found)

    with refuses("wrong_state"):
        operations.confirm_existing(actor=road.actor("head"), programme=found)
    assert not queries.programmes(visitor(road.at))
    assert list(verify()) == []


def test_old_minutes_give_all_of_a_vote_or_none_of_it():
    counts = {"members": 21, "quorum": 11, "present": 15, "votes_for": 15, "votes_against": 0, "abstained": 0}
    assert vote_of(counts) == Vote(**counts)
    assert vote_of(dict.fromkeys(counts)) is None
    with pytest.raises(Refused) as raised:
        vote_of(counts | {"quorum": None})
    assert raised.value.codes == ("vote_incomplete",)


# --- what the rules ask ----------------------------------------------------------------------------------------


@pytest.fixture
def drafted(road):
    road.publish_study()
    road.draft_programme()
    return road


def why_not(road) -> list[str]:
    return codes_of(queries.programme_refusals(road.programme, "submit_to_council", road.actor("specialist")))


@pytest.mark.django_db
def test_a_programme_goes_to_the_council_only_after_a_discussion(drafted):
    assert why_not(drafted) == ["programme_without_discussion"]
    with refuses("programme_without_discussion"):
        operations.submit_to_council(actor=drafted.actor("specialist"), programme=drafted.programme)


@pytest.mark.django_db
def test_an_old_study_carries_no_programme(drafted):
    drafted.at += dt.timedelta(days=3 * 366)
    assert "study_too_old" in why_not(drafted)


@pytest.mark.django_db
def test_without_the_text_of_the_law_every_rule_that_is_missing_is_named(drafted, settings):
    drafted.open_discussion()
    drafted.pass_discussion()
    settings.DEMO = False
    with pytest.raises(Exception, match="rule_unknown") as raised:
        operations.submit_to_council(actor=drafted.actor("specialist"), programme=drafted.programme)
    keys = [one.basis.key for one in raised.value.refusals]

    assert {"prog.discussion_required", "prog.languages", "needs.max_age", "prog.publish_term"} <= set(keys)
    assert len(keys) == len(set(keys)) > 10
    assert why_not(drafted) == ["rule_unknown"] * len(keys)


@pytest.mark.django_db
def test_a_programme_of_ten_years_is_too_long(drafted):
    with refuses("programme_too_long"):
        operations.draft_programme(
            actor=drafted.actor("specialist"),
            customer=drafted.cast.organisations["okmotu"],
            study=drafted.study,
            title={"ky": "Программа"},
            goal={"ky": "Максат"},
            year_from=drafted.year,
            year_to=drafted.year + 9,
        )
