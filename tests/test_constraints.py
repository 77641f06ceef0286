"""Whoever runs into a named constraint of the database is told why, with a code; never a server error."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.apps import apps

from jardam.contests import operations as contests
from jardam.contracts import operations as contracts
from jardam.contracts.rules import Share
from jardam.demonstration.road import MEMBERS, Road
from jardam.kernel.actor import system
from jardam.kernel.refusal import CONSTRAINTS, Refused
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.planning import operations as planning
from jardam.planning.rules import Need
from jardam.review import operations as review
from jardam.review.queries import awards_of
from jardam.web.door import in_transaction
from tests.world import codes_of, new_road, sql

ASKED_BEFORE = {
    "review_mending_candidacy_id_key": "one fault list a candidacy, under the candidacy's lock",
    "review_departure_member_id_key": "member_left_already, under the commission's lock",
    "review_departure_successor_id_key": "a successor is a new seat each time",
    "review_reservecall_called_id_key": "called from the reserve once: its state moves on under lock",
    "sitting_number_once": "counted under the proceeding's lock",
    "contests_attachment_file_id_key": "a sealed file is made with its attachment",
    "message_once": "the consumer leaves what is there",
    # A lock or a question of the operation itself comes first; the constraint is the wall behind it.
    "identifier_one_owner": "register_organisation asks; whoever was quicker is seen at the second try",
    "member_sits_once": "member_twice",
    "interest_declared_once": "already_declared, under the proceeding's lock",
    "score_sheet_once": "scored_already, under the candidacy's lock",
    "version_number_once": "counted under the application's lock",
    "draft_section_once": "replaced under the application's lock",
    "revision_number_once": "counted under the programme's lock",
    "measure_version_once": "written in the act that adopts the version",
    "lot_number_once": "counted under the contest's lock",
    "announcement_number_once": "counted under the contest's lock",
    "postponement_once_an_outage": "written in the act that registers the outage",
    "tranche_number_once": "counted in one act",
    "planning_struckmeasure_measure_id_key": "measure_struck, under the programme's lock",
    "planning_struckmeasure_by_id_key": "the measure is made with its row",
    "planning_publication_programme_id_key": "resolution_published, under the programme's lock",
    "planning_adoption_programme_id_key": "wrong_state, under the programme's lock",
    "review_candidacy_application_id_key": "listed in the act that begins the review",
    "protocol_once_a_round": "wrong_state, under the proceeding's lock",
    "award_once_a_protocol": "wrong_state, under the candidacy's lock",
    "panel_member_sits_once": "member_twice",
    "returned_once_by_an_appeal": "named once in the act that upholds",
    "erratum_number_once": "counted under the protocol's lock",
    "review_appeal_number_key": "given by register_number",
    "contracts_report_tranche_id_key": "nothing_to_report, under the contract's lock",
    "plan_version_once": "counted under the contract's lock",
    "amendment_number_once": "counted under the contract's lock",
    "contracts_letter_number_key": "given by register_number",
    "contracts_acceptance_number_key": "given by register_number",
    "contracts_acceptance_report_id_key": "wrong_state, under the report's lock",
    "confirmation_revision_once": "the second try takes the next revision",
    "account_one_of_a_kind": "opened by whoever is first",
    "treasury_posting_reverses_id_key": "no operation that a person reaches reverses twice",
    "numbering_one_row": "opened by whoever is first",
    "outbox_once": "written with its record",
    "search_entry_once": "renewed by the worker",
    "contests_paper_number_key": "given by register_number",
    "contests_contest_number_key": "given by register_number",
    "contests_application_number_key": "given by register_number",
    "contracts_contract_number_key": "given by register_number",
    "review_protocol_number_key": "given by register_number",
    "appropriation_version_once": "numbered under the appropriation's lock",
    "cash_plan_month_once": "numbered under the plan's lock",
    "cash_plan_version_once": "numbered under the plan's lock",
    "shortfall_one_open": "asked under the appropriation's lock",
    "treasury_appropriation_carried_from_id_key": "made when its year closes, once",
    "statement_file_once": "asked before: the same bytes are the same statement",
    "statement_line_one_payment": "taken payments are asked before",
    "contracts_original_contract_id_key": "written with the contract itself",
    "statement_line_one_return": "taken payments are asked before",
    "treasury_yearcloseline_posting_id_key": "made with its posting",
    "documents_seal_label_key": "made with its object",
    "documents_sealedfile_file_id_key": "a ciphertext is new every time",
    "documents_document_print_id_key": "a print is stored for its document",
    "print_try_counted_once": "counted under the document's lock",
    "incident_open_once": "asked before: the same damage is the same incident",
    "parties_user_email_key": "asked by the sign-up form",
    "parties_user_person_id_key": "a user is made with the person",
    "parties_restrictionlift_restriction_id_key": "restriction_over, under the organisation's lock",
    "parties_succession_predecessor_id_key": "organisation_succeeded, under the organisation's lock",
}


@pytest.mark.django_db
def test_every_unique_constraint_is_explained_or_asked_about_before():
    tables = {m._meta.db_table for m in apps.get_models() if m.__module__.startswith("jardam.")}
    names = {
        name
        for table, name in sql(
            """SELECT c.relname, i.relname FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid
               JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indisunique AND NOT x.indisprimary"""
        )
        if table in tables and not table.startswith("record_") and not name.endswith("_ref_key")
    }

    assert names - set(CONSTRAINTS) - set(ASKED_BEFORE) == set()
    assert set(ASKED_BEFORE) - names == set()
    assert set(ASKED_BEFORE) & set(CONSTRAINTS) == set()


@pytest.mark.django_db
def test_every_explained_constraint_is_there_and_explains_itself():
    names = {name for (name,) in sql("SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class")}

    assert set(CONSTRAINTS) <= names
    codes_of(CONSTRAINTS.values())


# --- run into, one by one --------------------------------------------------------------------------------------


@pytest.fixture
def road(committed) -> Road:
    return new_road()


def told(work) -> str:
    """The code a person at the door is told."""
    with pytest.raises(Refused) as raised:
        in_transaction(work)
    codes_of(raised.value.refusals)
    return raised.value.code


def test_amounts_groups_and_years_of_planning(road):
    need = planning.GroupEntry(Need("a", 1, 0, 3, Decimal(1)), {"ky": "А"})
    grave = planning.GroupEntry(Need("a", 1, 0, 6, Decimal(1)), {"ky": "А"})
    study = partial(
        planning.publish_study,
        actor=road.actor("specialist"),
        customer=road.cast.organisations["okmotu"],
        title={"ky": "Изилдөө"},
        year=2026,
        method="Сурамжылоо",
        sources="Каттоо",
    )
    assert told(partial(study, groups=[need, need])) == "study_group_twice"
    assert told(partial(study, groups=[grave])) == "severity_out_of_range"

    road.publish_study()
    road.draft_programme()
    measure = partial(
        planning.add_measure,
        actor=road.actor("specialist"),
        programme=road.programme,
        form="grants",
        group="a",
        title={"ky": "Иш"},
        year=2026,
        indicator={"ky": "Адам"},
        baseline=0,
        target=1,
    )
    assert told(partial(measure, amount=Decimal(0))) == "amount_not_positive"

    road.submit_to_council()
    road.adopt()
    appropriation = partial(
        planning.appropriate,
        actor=road.actor("accountant"),
        programme=road.programme,
        year=2026,
        source="local",
        line="Коргоо",
        unit="som",
        document="14-4",
        document_on=bishkek_day(road.at),
    )
    assert told(partial(appropriation, amount=Decimal(-5), retyped=Decimal(-5))) == "amount_not_positive"


def test_the_amounts_of_a_lot_fit_together(road):
    road.to_adopted()
    road.draft_contest()
    lot = partial(contests.set_lot, actor=road.actor("specialist"), contest=road.contest, measure=road.measure)

    for amount, ceiling in ((100, 101), (0, 0), (100, 0)):
        assert told(partial(lot, amount=Decimal(amount), ceiling=Decimal(ceiling))) == "lot_amounts_wrong"


def test_codes_names_and_mandates_of_organisations(road):
    organisation = road.cast.organisations["umut"]
    clockwork = system(road.at)
    taken = road.cast.organisations["okmotu"].code

    assert (
        told(
            partial(
                parties.register_organisation,
                actor=clockwork,
                kind="aiyl_okmotu",
                title={"ky": "Башка"},
                code=taken,
            )
        )
        == "code_taken"
    )
    renamed = partial(
        parties.rename,
        organisation=organisation,
        title={"ky": "Жаңы ат"},
        document="Буйрук 10",
        valid_from=organisation.registered_on,
        actor=clockwork,
    )
    assert told(renamed) == "name_that_day"


def test_a_contest_has_one_commission(road):
    road.to_opened()
    road.appoint_commission()

    assert told(road_appoints(road)) == "commission_appointed"


def road_appoints(road: Road):
    members = [
        review.MemberEntry(m.person_id, m.mandate_id, m.organisation_id, m.name, m.side, m.seat)
        for m in road.commission.members.all()
    ]
    assert len(members) == len(MEMBERS)
    return partial(
        review.appoint_commission,
        actor=road.actor("head"),
        contest=road.contest,
        order_number="28",
        ordered_on=bishkek_day(road.at),
        members=members,
    )


def test_a_tranche_of_nothing_is_none_and_nothing_is_spent_below_zero(road):
    road.to_published()
    (award,) = awards_of(road.contest)[:1]
    shares = [Share(Decimal(0), "advance"), Share(award.amount, "report")]
    assert (
        told(partial(contracts.prepare_contract, actor=road.actor("specialist"), award=award, shares=shares))
        == "amount_not_positive"
    )

    road.prepare_contract()
    road.pass_standstill()
    road.sign_contract("head")
    road.sign_contract("umut_head")
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    assert told(partial(road.enter_expense, Decimal(0))) == "amount_not_positive"


def test_one_person_does_not_sign_for_both_sides(road):
    """The head of the executor was made acting head of the customer as well."""
    road.to_published()
    road.prepare_contract()
    road.pass_standstill()
    person = road.cast.people["umut_head"]
    in_transaction(
        partial(
            parties.grant_mandate,
            person=person,
            organisation=road.cast.organisations["okmotu"],
            role="head",
            document="Буйрук 9",
            actor=system(road.at),
            acting=True,
            valid_until=bishkek_day(road.at) + timedelta(days=60),
        )
    )
    for_executor = road.actor("umut_head")
    for_customer = parties_actor(person, road, for_executor.others[0].mandate_id)
    in_transaction(partial(contracts.sign_contract, actor=for_executor, contract=road.contract))

    assert told(partial(contracts.sign_contract, actor=for_customer, contract=road.contract)) == "signed_by_you"


def parties_actor(person, road: Road, mandate_id: int):
    from jardam.parties.queries import actor_of

    return actor_of(person, road.at, mandate_id)
