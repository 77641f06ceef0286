"""Rules are learnt by two people, or adopted by the customer's own act; settled once; and no contest meets an unknown
one on its way (decisions.md §2)."""

from __future__ import annotations

import ast
import datetime as dt
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from jardam.kernel.refusal import Refused
from jardam.parties import operations as parties
from jardam.regime import operations as regime
from jardam.regime import queries
from jardam.rulebook import settlement as settlements
from jardam.rulebook.catalogue import CATALOGUE, keys_for
from jardam.rulebook.edition import load_overlay
from tests.world import REGIMES, refuses

JARDAM = Path(regime.__file__).parents[1]
EDITION = "grants/2022-604"
NEEDED = keys_for("contest")


def okmotu(road) -> Any:
    return road.cast.organisations["okmotu"]


def enter(road, key="eval.pass_mark", value="7", name="lawyer"):
    return regime.enter_parameter(
        actor=road.actor(name),
        edition=EDITION,
        key=key,
        value=value,
        act="Resolution 604/2022",
        article="Annex 1, 20",
        edition_date=dt.date(2022, 11, 4),
    )


def adopt(road, key, value, *, silence="", name="head"):
    return regime.adopt_parameter(
        actor=road.actor(name),
        customer=okmotu(road),
        form="grants",
        key=key,
        value=value,
        act_number="Токтом 12",
        act_on=road.at.date(),
        silence_statement=silence,
    )


def settle(road):
    return regime.settle(customer=okmotu(road), form="grants", at=road.at)


# --- confirming ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_value_found_in_the_law_counts_once_a_second_person_has_checked_it(road):
    confirmation = enter(road)
    assert settle(road).parameter("eval.pass_mark").status == "assumed"

    regime.confirm_parameter(actor=road.actor("auditor"), confirmation=confirmation)

    found = settle(road).parameter("eval.pass_mark")
    assert (found.status, str(found.value)) == ("confirmed", "7")
    assert (found.why.kind, found.why.act, found.why.article) == ("law", "Resolution 604/2022", "Annex 1, 20")
    assert settle(road).revision == confirmation.revision == 2


@pytest.mark.django_db
def test_who_entered_a_value_does_not_check_it(road):
    confirmation = enter(road)

    with refuses("same_lawyer"):
        regime.confirm_parameter(actor=road.actor("lawyer"), confirmation=confirmation)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("eval.charm", "7", "no_such_parameter"),
        ("eval.pass_mark", "many", "parameter_value_wrong"),
        ("ann.min_term", "soon", "parameter_value_wrong"),
    ],
)
def test_a_value_that_is_none_is_not_entered(road, key, value, code):
    with refuses(code):
        enter(road, key, value)


@pytest.mark.django_db
def test_a_customers_own_lawyer_does_not_set_rules_for_the_whole_instance(road):
    person = parties.register_person(name="Айыл Юристи", email="own-lawyer@demo.invalid", password=None)
    system = import_module("jardam.kernel.actor").system
    parties.grant_mandate(
        person=person, organisation=okmotu(road), role="lawyer", document="Буйрук 5", actor=system(road.at)
    )
    road.cast.people["own_lawyer"] = person

    with refuses("not_yours"):
        enter(road, name="own_lawyer")
    with refuses("not_yours"):
        regime.confirm_parameter(actor=road.actor("own_lawyer"), confirmation=enter(road))
    assert adopt(road, "con.assets", "customer", silence="Окулду, жок экен", name="own_lawyer")


@pytest.mark.django_db
def test_each_found_value_makes_a_new_revision_of_the_edition_and_leaves_the_file_alone(road):
    before = queries.edition(EDITION)
    for key, value in (("eval.pass_mark", "7"), ("com.size_min", 5)):
        regime.confirm_parameter(actor=road.actor("auditor"), confirmation=enter(road, key, value))

    assert settle(road).revision == 3
    assert queries.edition(EDITION) == before
    assert settle(road).file_sha256 == before.file_sha256


# --- adopting --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_customer_adopts_what_the_law_does_not_delegate_only_with_a_statement_of_silence(road):
    with refuses("not_delegated"):
        adopt(road, "con.assets", "customer")

    adopt(road, "con.assets", "customer", silence="Расмий текст окулду, ал жөнүндө айтылган эмес.")

    found = settle(road).parameter("con.assets")
    assert (found.status, found.value, found.why.kind) == ("adopted", "customer", "act")
    assert found.why.act.startswith("Токтом 12")


@pytest.mark.django_db
def test_a_customer_adopts_what_the_law_delegates_without_any_statement(road, settings, tmp_path):
    foreign = import_module("jardam.rulebook.tests.foreign")
    data = foreign.edition(jurisdiction="KG", valid_from=dt.date(2020, 1, 1))
    data["parameters"]["con.assets"] |= {"delegated": True}
    foreign.write(tmp_path, data)
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "KG.yaml").write_bytes((REGIMES / "calendars" / "KG.yaml").read_bytes())
    settings.REGIMES = tmp_path

    adopt(road, "con.assets", "customer")

    assert settle(road).parameter("con.assets").status == "adopted"


@pytest.mark.django_db
def test_a_customers_rule_tightens_a_confirmed_one_and_never_loosens_it(road):
    regime.confirm_parameter(actor=road.actor("auditor"), confirmation=enter(road, "eval.pass_mark", "6"))

    with refuses("rule_loosened"):
        adopt(road, "eval.pass_mark", "5")
    adopt(road, "eval.pass_mark", "8")

    assert str(settle(road).value("eval.pass_mark")) == "8"


@pytest.mark.django_db
def test_an_adoption_that_was_overtaken_by_the_law_stops_the_next_announcement_aloud(road):
    """Adopted at 5 while unknown; then the law turns out to say 7."""
    adopt(road, "eval.pass_mark", "5", silence="Окулду")
    regime.confirm_parameter(actor=road.actor("auditor"), confirmation=enter(road))

    with refuses("rule_loosened"):
        settle(road)


@pytest.mark.django_db
def test_one_customers_act_binds_no_other(road):
    adopt(road, "con.assets", "customer", silence="Окулду")

    other = regime.settle(customer=road.cast.organisations["kenesh"], form="grants", at=road.at)
    assert other.parameter("con.assets").status == "assumed"


@pytest.mark.django_db
def test_adoption_is_for_the_customers_own_head_or_lawyer(road):
    for name, code in (("specialist", "wrong_role"), ("umut_head", "wrong_role"), ("lawyer", "not_yours")):
        with refuses(code):
            adopt(road, "con.assets", "customer", silence="Окулду", name=name)


# --- settled for ever ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_learnt_later_changes_no_contest_that_was_announced(road):
    road.to_announced()
    stored = bytes(road.contest.settlement_bytes)

    regime.confirm_parameter(actor=road.actor("auditor"), confirmation=enter(road, "eval.pass_mark", "9"))
    adopt(road, "con.assets", "customer", silence="Окулду")

    road.contest.refresh_from_db()
    assert bytes(road.contest.settlement_bytes) == stored
    assert str(road.contest.settlement.value("eval.pass_mark")) == "6"
    assert str(settle(road).value("eval.pass_mark")) == "9", "the next contest obeys it"


@pytest.mark.django_db
def test_a_stored_settlement_names_edition_revision_file_and_every_needed_rule(road):
    road.to_announced()
    settled = road.contest.settlement

    assert (settled.edition, settled.revision) == (road.contest.edition, road.contest.edition_revision)
    assert settled.file_sha256 == road.contest.edition_sha256 == queries.edition(EDITION).file_sha256
    assert set(NEEDED) <= set(settled.parameters)
    assert settled.assumed_keys, "a demonstration runs on assumed values, and its contests say so"


@pytest.mark.django_db
def test_before_the_first_law_there_is_no_edition(road):
    with pytest.raises(Refused) as raised:
        queries.edition_for("grants", dt.datetime(2008, 7, 20, tzinfo=dt.UTC))

    assert raised.value.codes == ("no_edition",)


# --- outside of demonstrations ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_announcement_is_refused_with_the_complete_list_of_what_is_unknown(road, settings):
    road.to_adopted()
    road.draft_contest()
    settings.DEMO = False

    with pytest.raises(Refused) as raised:
        road.announce(closes_on=road.at.date() + dt.timedelta(days=60))

    unknown = [key for key in NEEDED if not queries.edition(EDITION).parameters[key].is_known]
    assert set(raised.value.codes) == {"rule_unknown"}
    assert [refusal.basis.key for refusal in raised.value.refusals] == unknown
    assert regime.missing_rules(customer=okmotu(road), form="grants", at=road.at) == tuple(unknown)
    assert len(unknown) > 80
    road.contest.refresh_from_db()
    assert road.contest.state == "draft"


@pytest.mark.django_db
def test_after_adopting_the_whole_list_the_road_is_walked_and_meets_no_unknown_rule(road, settings):
    """Exactly the list, and nothing beside it: whatever a later step asked for would refuse `rule_unknown`."""
    settings.DEMO = False
    values = load_overlay(REGIMES / "demonstration" / "grants.yaml").values
    missing = {
        key: stage
        for stage in ("programme", "contest")
        for key in regime.missing_rules(customer=okmotu(road), form="grants", at=road.at, stage=stage)
    }
    for key in missing:
        adopt(road, key, CATALOGUE[key].type.plain(values[key]), silence="Расмий текст окулду.")

    road.to_accepted()

    settled = road.contest.settlement
    assert settled.assumed_keys == ()
    assert {settled.parameter(key).status for key in NEEDED} == {"adopted", "confirmed"}
    beyond = sorted(set(CATALOGUE) - set(settled.parameters))
    with pytest.raises(Refused) as raised:
        settled.value(beyond[0])
    assert raised.value.codes == ("rule_unknown",)


# --- no late surprise ------------------------------------------------------------------------------------------

ROOMS = ("contests", "review", "contracts", "treasury", "transparency", "web", "demonstration")
QUESTIONS = {
    *("value", "basis", "flag", "number", "decimal", "choice", "codes", "term", "money", "share", "parameter"),
    *("deadline", "deadline_or_none", "deadline_for", "deadline_if_any"),
}


def asked_keys(path: Path) -> set[str]:
    """The rulebook keys a module asks a settlement for, and those its lifecycle rows hang on."""
    asked = set()
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            words = [*node.args, *(word.value for word in node.keywords if word.arg == "when")]
            if name in QUESTIONS or any(word.arg == "when" for word in node.keywords):
                asked |= {w.value for w in words if isinstance(w, ast.Constant) and w.value in CATALOGUE}
    return asked


def test_whatever_a_step_after_the_announcement_asks_was_settled_at_the_announcement():
    files = [path for room in ROOMS for path in (JARDAM / room).rglob("*.py") if "tests" not in path.parts]
    asked = {key for path in files for key in asked_keys(path)}

    assert {"ann.min_term", "eval.pass_mark", "com.quorum", "con.advance_pct", "app.replace_allowed"} <= asked | set(
        asked_keys(JARDAM / "rulebook" / "methods.py")
    )
    assert asked - set(NEEDED) == set()
    assert asked_keys(JARDAM / "rulebook" / "methods.py") <= set(NEEDED)


def test_a_settlement_asked_for_what_it_never_settled_refuses_instead_of_guessing():
    overlay = load_overlay(REGIMES / "demonstration" / "grants.yaml")
    resolve = import_module("jardam.rulebook.edition").resolve
    settled = resolve(queries.edition(EDITION), overlay=overlay)

    assert isinstance(settled, settlements.Settlement)
    with pytest.raises(LookupError):
        settled.value("eval.charm")
