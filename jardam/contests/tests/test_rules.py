"""Announcements and applications, over plain facts and settled rules."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from jardam.contests import rules as contests
from jardam.contests.rules import ApplicationFacts, Content, announcement_faults, budget_of, content_faults, current
from jardam.contests.rules.application import FORMS_OF_TYPE
from jardam.demonstration.cast import texts
from jardam.kernel.time import end_of
from jardam.parties.rules import LEGAL_FORMS
from jardam.rulebook.catalogue import CATALOGUE
from tests.world import MONDAY, codes_of, rules

RULES = rules()
UMUT = texts()["themes"]["elders"]["applications"]["umut"]
CEILING = Decimal("500000.00")


def content(*costs, **declared):
    data = complete()
    if costs:
        data["budget"]["rows"] = [cost(asked, own) for asked, own in costs]
    data["declarations"] |= declared
    return Content.model_validate(data)


def complete():
    """The road's application with every document the rules demand."""
    kinds = [one.code for one in RULES.value("app.documents") if one.mandatory]
    return deepcopy(UMUT) | {"documents": [document(kind) for kind in kinds]}


def document(kind):
    told = {"name": "a.pdf", "media_type": "application/pdf", "size": 9, "sha256": "0" * 64}
    return {"ref": "K3", "kind": kind} | told


def cost(asked, own, category="services", **more):
    return {"activity": 1, "category": category, "title": "Иш", "requested": str(asked), "own": str(own)} | more


# --- what is handed in -----------------------------------------------------------------------------------------


def test_the_roads_application_may_be_handed_in():
    assert content_faults(content(), RULES, CEILING) == []


@pytest.mark.parametrize(
    ("costs", "codes"),
    [
        ([("475000.00", "25000.00")], []),
        ([("500000.00", "26315.80")], []),  # the ceiling itself may be asked for
        ([("500000.01", "100000.00")], ["over_ceiling"]),
        ([("250000.00", "50000.00"), ("250000.01", "50000.00")], ["over_ceiling"]),
        ([("475000.00", "24999.99")], ["own_contribution_too_small"]),  # 4.999998 % is not 5 %
        ([("0.00", "100.00")], ["amount_not_positive"]),  # an award of nothing is none
        ([("500001.00", "0.00")], ["over_ceiling", "own_contribution_too_small"]),
    ],
)
def test_money_within_the_ceiling_and_the_own_contribution_are_asked_for_to_the_tyiyn(costs, codes):
    assert codes_of(content_faults(content(*costs), RULES, CEILING)) == codes


@pytest.mark.parametrize("declaration", ["true_data", "no_debt", "no_double_funding"])
def test_every_declaration_is_given(declaration):
    assert codes_of(content_faults(content(**{declaration: False}), RULES, CEILING)) == ["sections_missing"]


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=10))
def test_the_budget_is_the_sum_of_its_lines(rows):
    given_ = content(*((Decimal(a) / 100, Decimal(b) / 100) for a, b in rows))

    assert given_.requested == Decimal(sum(a for a, _ in rows)) / 100
    assert given_.own == Decimal(sum(b for _, b in rows)) / 100
    assert budget_of(given_.model_dump(mode="json")) == (given_.requested, given_.own)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 50))
def test_the_own_contribution_is_compared_without_rounding(asked, own, percent):
    settled = SETTLED[percent]
    faults = codes_of(content_faults(content((Decimal(asked), Decimal(own))), settled, Decimal(10**12)))

    enough = own * 100 >= percent * (asked + own)
    assert ("own_contribution_too_small" in faults) == (not enough)
    assert ("amount_not_positive" in faults) == (asked == 0)


SETTLED = {percent: rules(app__cofin_min_pct=percent) for percent in range(51)}


def test_what_was_handed_in_reads_back_as_it_was():
    """The same content gives the same hash on the receipt, whenever it is opened."""
    data = content().model_dump(mode="json")

    assert Content.model_validate(json.loads(json.dumps(data))).model_dump(mode="json") == data


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("people", "count", 0),
        ("people", "count", 10**8),
        ("project", "title", ""),
        ("project", "title", "ү" * 301),
        ("declarations", "true_data", "yes"),
        ("project", "shoe_size", 42),
    ],
)
def test_a_section_of_another_form_is_refused(part, name, value):
    data = deepcopy(UMUT)
    data[part][name] = value

    with pytest.raises(ValidationError):
        Content.model_validate(data)


def test_an_activity_does_not_end_before_it_begins():
    data = deepcopy(UMUT)
    data["activities"]["rows"][0] |= {"month_from": 5, "month_to": 2}

    with pytest.raises(ValidationError):
        Content.model_validate(data)


# --- the budget ------------------------------------------------------------------------------------------------


def with_costs(*rows):
    return Content.model_validate(complete() | {"budget": {"rows": list(rows)}})


@pytest.mark.parametrize(
    ("category", "share", "codes"),
    [
        ("pay", "50.00", []),
        ("pay", "50.01", ["category_over_cap"]),
        ("administration", "15.01", ["category_over_cap"]),
        ("equipment", "30.01", ["category_over_cap"]),
        ("transport", "100.00", []),
        ("bribes", "1.00", ["category_unknown"]),
    ],
)
def test_a_category_takes_no_more_of_the_money_than_the_rules_allow(category, share, codes):
    rest = Decimal(100) - Decimal(share)
    given_ = with_costs(cost(share, "9.00", category), cost(rest, "0.00"))

    assert codes_of(content_faults(given_, RULES, CEILING)) == codes


@pytest.mark.parametrize(
    ("rule", "proof", "counts"),
    [
        ("not_counted", "letter", False),
        ("counted", "", True),
        ("counted_with_proof", "", False),
        ("counted_with_proof", "letter", True),
    ],
)
def test_a_contribution_in_kind_counts_as_the_rules_say(rule, proof, counts):
    given_ = with_costs(cost("95.00", "0.00", in_kind="5.00", proof=proof))

    faults = codes_of(content_faults(given_, rules(app__inkind_rule=rule), CEILING))

    assert faults == ([] if counts else ["own_contribution_too_small"])


def test_money_of_others_is_no_own_contribution():
    given_ = with_costs(cost("95.00", "0.00", third="50.00"))

    assert given_.third == Decimal("50.00")
    assert codes_of(content_faults(given_, RULES, CEILING)) == ["own_contribution_too_small"]


def test_a_cost_belongs_to_an_activity_and_activities_end_with_the_project():
    stray = with_costs(cost("95.00", "9.00") | {"activity": 9})

    assert codes_of(content_faults(stray, RULES, CEILING)) == ["cost_without_activity"]
    assert codes_of(content_faults(content(), RULES, CEILING, months=7)) == ["activities_too_long"]
    assert content_faults(content(), RULES, CEILING, months=8) == []


def test_a_document_that_the_rules_demand_is_missed_by_its_name():
    (fault,) = content_faults(Content.model_validate(UMUT), RULES, CEILING)

    assert fault.code == "documents_missing"
    assert [str(one) for one in fault.params["missing"]] == [
        "Certificate of registration",
        "Charter",
        "Decision appointing the head",
    ]


# --- what the rules ask of the form ----------------------------------------------------------------------------

FEW = ["people_served", "goal_and_tasks", "activities", "budget", "indicators", "declarations"]


def test_parts_the_rules_do_not_ask_for_are_neither_shown_nor_missed():
    few = rules(form__application_sections=FEW)
    short = {name: part for name, part in complete().items() if name not in ("problem", "team", "risks")}
    short["project"] = {"title": "Жылуу үй", "language": "ky", "goal": "90 киши"}

    assert contests.parts_asked(few) == ("project", "people", "activities", "budget", "indicators", "declarations")
    assert content_faults(Content.model_validate(short), few, CEILING) == []
    (fault,) = content_faults(Content.model_validate(short), RULES, CEILING)
    assert fault.params["missing"] == ("project", "problem", "team", "risks")
    assert not {"problem", "team", "risks"} & set(Content.model_validate(short).as_plain())


def test_who_asks_for_experience_asks_for_a_team():
    experienced = rules(form__application_sections=[*FEW, "experience"])

    assert "team" in contests.parts_asked(experienced)
    assert "team.experience" not in contests.left_out(experienced)
    assert "team.experience" in contests.left_out(rules(form__application_sections=[*FEW, "team"]))


def test_rules_that_demand_a_part_no_application_here_has_announce_nothing():
    more = rules(form__application_sections=[*FEW, "family_tree"])

    (refusal,) = announcement_faults(TEXTS, [CEILING], more)

    assert codes_of([refusal]) == ["form_sections_unknown"]
    assert refusal.params["missing"] == ("family_tree",)
    assert refusal.basis == more.basis("form.application_sections")


def test_every_part_of_the_form_stands_under_a_code_of_the_demonstration_rules():
    assert {*contests.ASKED_BY_THE_RULES, *contests.ASKED_ALWAYS} == set(RULES.codes("form.application_sections"))


def test_an_application_is_written_in_a_language_the_rules_take_and_says_which():
    russian_only = rules(app__languages=["ru"])
    unnamed = complete()
    del unnamed["project"]["language"]

    (refusal,) = content_faults(content(), russian_only, CEILING)
    assert codes_of([refusal]) == ["language_not_taken"]
    assert (refusal.params["languages"], refusal.basis) == (("ru",), russian_only.basis("app.languages"))
    assert codes_of(content_faults(Content.model_validate(unnamed), RULES, CEILING)) == ["language_not_named"]


# --- earlier forms ---------------------------------------------------------------------------------------------

FORM_1 = {
    "project": {"title": "Жылуу үй", "problem": "Кыш узун", "goal": "90 киши"},
    "people": {"count": 90, "who": "Улгайгандар", "where": "Көк-Булак"},
    "activities": {"rows": [{"title": "Баруу", "month_from": 1, "month_to": 8, "requested": "95.00", "own": "5.00"}]},
    "team": {"rows": [{"name": "Бурулсун", "role": "Жетекчи"}]},
    "indicators": {"rows": [{"title": "Адамдар", "baseline": 20, "target": 90}]},
    "declarations": {"true_data": True, "no_debt": True, "no_double_funding": True},
}


def test_what_was_handed_in_by_the_first_form_stays_readable():
    read = Content.model_validate(current(FORM_1))

    assert (read.requested, read.own, read.last_month) == (Decimal("95.00"), Decimal("5.00"), 8)
    assert read.problem.problem == "Кыш узун"
    assert budget_of(FORM_1) == (Decimal("95.00"), Decimal("5.00"))


def test_the_first_forms_draft_is_finished_by_todays_form_before_it_is_handed_in():
    read = Content.model_validate(current(FORM_1))

    assert read.unfinished() == ("project", "problem", "people", "team", "budget", "indicators", "risks")
    assert {"sections_missing", "language_not_named"} <= set(codes_of(content_faults(read, RULES, CEILING)))


def test_reading_in_todays_form_changes_nothing_that_was_stored():
    before = deepcopy(FORM_1)

    current(FORM_1)

    assert before == FORM_1
    today = content().model_dump(mode="json")
    assert current(today) == today


# --- the announcement ------------------------------------------------------------------------------------------

TEXTS = {name: {"ky": "Текст"} for name in ("title", "goal", "tasks", "problem")}


def test_an_announcement_speaks_every_language_of_the_rules():
    both = rules(ann__languages=["ky", "ru"])

    assert announcement_faults(TEXTS, [CEILING], RULES) == []
    (refusal,) = announcement_faults(TEXTS, [CEILING], both)
    assert codes_of([refusal]) == ["announcement_incomplete"]
    assert refusal.params["missing"] == ("title (ru)", "goal (ru)", "tasks (ru)", "problem (ru)")


def test_no_lot_promises_a_project_more_than_the_rules_allow():
    assert codes_of(announcement_faults(TEXTS, [CEILING + 1], RULES)) == ["over_ceiling"]
    assert announcement_faults(TEXTS, [CEILING * 9], rules(app__max_amount="none")) == []


# --- how long projects last ------------------------------------------------------------------------------------

TERM = contests.ProjectTerm(months=8, closes_on=date(2026, 4, 30), budget_year=2026, programme_year=2026)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),  # ends on the last day of the year
        ({"closes_on": date(2026, 5, 1)}, ["term_beyond_year"]),
        ({"months": 13, "budget_year": 2027}, ["term_too_long"]),
        ({"months": 13}, ["term_too_long", "term_beyond_year"]),
    ],
)
def test_projects_last_no_longer_than_the_rules_allow(changes, codes):
    within = rules(con__multiyear=False, con__max_months=12)

    assert codes_of(contests.term_faults(replace(TERM, **changes), within)) == codes


def test_rules_without_a_limit_let_a_project_last():
    loose = rules(con__multiyear=True, con__max_months="none")

    assert contests.term_faults(replace(TERM, months=30), loose) == []


def test_who_announces_late_in_the_last_year_of_the_programme_is_warned():
    assert contests.late_in_programme(TERM) is None
    assert contests.late_in_programme(replace(TERM, months=9)).code == "term_beyond_programme"


# --- guards ----------------------------------------------------------------------------------------------------

FACTS = ApplicationFacts(
    at=MONDAY,
    contest_state="announced",
    deadline_at=MONDAY + timedelta(microseconds=1),
    applicant_kind="non_profit",
    applicant_state="verified",
    living=0,
    in_contest=0,
    bars=(),
    settlement=RULES,
)


@pytest.mark.parametrize(
    ("guard", "changes", "code"),
    [
        (contests.contest_takes_applications, {"contest_state": "opened"}, "contest_not_open"),
        (contests.before_deadline, {"at": FACTS.deadline_at}, "deadline_passed"),  # the first refused instant
        (contests.applicant_eligible, {"applicant_kind": "company"}, "kind_not_eligible"),
        (contests.applicant_verified, {"applicant_state": "registered"}, "organisation_not_verified"),
        (contests.applicant_not_barred, {"bars": (("overdue_report", None),)}, "organisation_barred"),
        (contests.only_one_in_the_lot, {"living": 1}, "one_application_a_lot"),
        (contests.within_number_allowed, {"in_contest": 1}, "too_many_applications"),
    ],
)
def test_each_guard_lets_through_what_it_should_and_says_why_not(guard, changes, code):
    assert guard(FACTS) is None
    assert codes_of([guard(replace(FACTS, **changes))]) == [code]


def test_where_the_rules_set_no_number_of_applications_none_is_counted():
    facts = replace(FACTS, in_contest=9, settlement=rules(app__max_per_applicant="none"))

    assert contests.within_number_allowed(facts) is None


# --- who may apply ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("registered_on", "codes"),
    [
        (None, []),  # a gap in the register refuses nobody
        (date(2025, 3, 8), []),
        (date(2025, 3, 9), ["organisation_too_young"]),
    ],
)
def test_age_counts_on_the_last_day_to_apply(registered_on, codes):
    facts = replace(FACTS, deadline_at=end_of(date(2026, 3, 8)), registered_on=registered_on)

    refusal = contests.applicant_old_enough(facts)
    assert codes_of([refusal] if refusal else []) == codes
    assert not refusal or refusal.params["latest"] == date(2025, 3, 8)


def test_where_the_rules_name_no_age_the_youngest_takes_part():
    facts = replace(FACTS, settlement=rules(elig__min_age_months=0), registered_on=MONDAY.date())

    assert contests.applicant_old_enough(facts) is None


@pytest.mark.parametrize(("form", "refused"), [("religious_organisation", True), ("public_foundation", False)])
def test_a_legal_form_that_the_rules_exclude_does_not_take_part(form, refused):
    refusal = contests.applicant_not_excluded(replace(FACTS, legal_form=form))

    assert bool(refusal) == refused
    assert not refusal or (refusal.code, refusal.basis) == ("type_not_eligible", RULES.basis("elig.excluded_types"))


def test_every_type_that_rules_may_exclude_is_a_legal_form_of_the_register():
    types = CATALOGUE["elig.excluded_types"].type.codes

    assert set(FORMS_OF_TYPE) == set(types)
    assert {form for forms in FORMS_OF_TYPE.values() for form in forms} <= set(LEGAL_FORMS)


def test_what_the_register_does_not_say_is_named():
    facts = replace(FACTS, legal_form="", registered_on=None)

    assert contests.not_known(facts) == ("elig.excluded_types", "elig.min_age_months")
    assert contests.not_known(replace(facts, legal_form="association", registered_on=MONDAY.date())) == ()


@pytest.mark.parametrize(
    ("declared", "codes"), [(None, ["sections_missing"]), (11, ["experience_too_short"]), (12, [])]
)
def test_experience_is_declared_where_the_rules_ask_for_it(declared, codes):
    asked = content_faults(content(experience_months=declared), rules(elig__min_experience_months=12), CEILING)

    assert codes_of(asked) == codes
    assert content_faults(content(), RULES, CEILING) == []


def test_a_rule_that_asks_for_nothing_makes_no_question():
    asked = [one.key for one in contests.self_check(RULES)]
    loose = rules(elig__min_age_months=0, elig__excluded_types=[], elig__bars=[], app__cofin_min_pct=0)

    assert {"elig.types", "elig.min_age_months", "elig.bars", "declarations"} <= set(asked)
    assert "elig.min_experience_months" not in asked
    assert [one.key for one in contests.self_check(loose)] == ["elig.types", "app.documents", "declarations"]
