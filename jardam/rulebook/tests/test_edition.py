"""Choosing an edition by the day, and settling it once for all that a contest may need."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from jardam.kernel.money import Money
from jardam.kernel.refusal import Basis, Refused
from jardam.kernel.time import Term
from jardam.rulebook.catalogue import CATALOGUE, keys_for, switches
from jardam.rulebook.edition import (
    Adoption,
    Confirmation,
    Settlement,
    choose,
    compare,
    load_editions,
    resolve,
    tightening_fault,
)
from jardam.rulebook.values import Share

from . import foreign

LOADED = load_editions(foreign.REGIMES)
OVERLAY = foreign.demonstration()
TODAY = LOADED[-1]  # 2022-604
LAW = Basis("law", "Resolution 604/2022", "Annex 1, para. 12", "https://example.org/604")
ORDER = Basis("act", "Order 12 of 03.02.2026")
each_edition = pytest.mark.parametrize("edition", LOADED, ids=lambda e: e.key)


def refused(edition, **given):
    with pytest.raises(Refused) as caught:
        resolve(edition, **given)
    return caught.value.refusals


def confirm(key, value, revision=2, edition=TODAY.key):
    return Confirmation(edition, key, value, LAW, revision)


def adopt(key, value, silence=""):
    return Adoption(key, value, ORDER, silence)


def settled(*adoptions, confirmations=()):
    return resolve(TODAY, overlay=OVERLAY, adoptions=adoptions, confirmations=confirmations)


def with_foreign(tmp_path):
    folder = foreign.copy_of_shipped(tmp_path, pins=False)
    foreign.write(folder, foreign.edition(valid_from=date(2020, 1, 1)))
    return load_editions(folder)


# --- choosing
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2008, 7, 21), "grants/2008-162"),
        (date(2017, 5, 26), "grants/2008-162"),
        (date(2017, 5, 27), "grants/2017-70"),
        (date(2017, 12, 14), "grants/2017-70"),
        (date(2017, 12, 15), "grants/2017-814"),
        (date(2022, 11, 24), "grants/2017-814"),
        (date(2022, 11, 25), "grants/2022-604"),
        (date(2099, 1, 1), "grants/2022-604"),
    ],
)
def test_the_day_of_the_announcement_chooses_the_edition(day, key):
    assert choose(LOADED, "grants", day).key == key


@pytest.mark.parametrize(
    ("form", "day", "country"),
    [
        ("grants", date(2008, 7, 20), "KG"),
        ("vouchers", date(2026, 1, 1), "KG"),
        ("grants", date(2026, 1, 1), "XX"),
    ],
)
def test_without_an_edition_in_force_there_is_no_contest(form, day, country):
    with pytest.raises(Refused) as caught:
        choose(LOADED, form, day, country)

    assert caught.value.code == "no_edition"
    assert caught.value.refusals[0].params == {"day": day}


def test_every_day_since_2008_has_exactly_one_edition():
    day = date(2008, 7, 21)
    while day < date(2030, 1, 1):
        assert sum(edition.is_valid_on(day) for edition in LOADED) == 1
        day += timedelta(days=1)


# --- unknown
# ---------------------------------------------------------------------------------------------------


@each_edition
def test_everything_a_contest_may_need_and_nobody_knows_is_asked_for_at_once(edition):
    refusals = refused(edition)

    unknown = [key for key in keys_for("contest") if not edition.parameters[key].is_known]
    assert [refusal.basis.key for refusal in refusals] == unknown
    assert {refusal.code for refusal in refusals} == {"rule_unknown"}
    assert {refusal.basis.kind for refusal in refusals} == {"house"}


def test_the_refusal_names_the_parameter():
    first = refused(TODAY, needed=["com.quorum"])[0]

    assert first.params["parameter"] == CATALOGUE["com.quorum"].label
    assert CATALOGUE["com.quorum"].label in str(first)


def test_only_what_is_needed_is_asked_for():
    assert resolve(TODAY, needed=["con.constitutive"]).flag("con.constitutive") is True
    assert [r.basis.key for r in refused(TODAY, needed=["com.quorum", "con.constitutive"])] == ["com.quorum"]


@each_edition
def test_after_settling_no_needed_key_is_unknown(edition):
    contest = resolve(edition, overlay=OVERLAY)
    programme = resolve(edition, overlay=OVERLAY, needed=keys_for("programme"))

    for settlement, stage in ((contest, "contest"), (programme, "programme")):
        for key in keys_for(stage):
            settlement.value(key)
            assert settlement.basis(key).key == key
            assert settlement.parameter(key).is_known


def test_a_key_nobody_settled_refuses_and_a_key_nobody_knows_is_a_mistake():
    settlement = settled()

    with pytest.raises(Refused) as caught:
        settlement.value("me.visits_min")
    assert caught.value.code == "rule_unknown"
    assert caught.value.refusals[0].basis.key == "me.visits_min"
    with pytest.raises(LookupError, match=r"com\.quorom"):
        settlement.value("com.quorom")


# --- the demonstration's overlay
# -------------------------------------------------------------------------------


def test_assumed_values_never_apply_unless_they_are_passed():
    assert all(one.status in ("confirmed", "unknown") for e in LOADED for one in e.parameters.values())
    assert "rule_unknown" in {refusal.code for refusal in refused(TODAY, overlay=None)}


@each_edition
def test_assumed_values_are_marked_and_never_law(edition):
    settlement = resolve(edition, overlay=OVERLAY)

    assert settlement.assumed_keys
    assert settlement.overlay_sha256 == OVERLAY.file_sha256
    for key in settlement.assumed_keys:
        assert (settlement.basis(key).kind, settlement.basis(key).act) == ("house", "H-24")


@each_edition
def test_an_assumed_value_never_stands_in_for_a_known_one(edition):
    settlement = resolve(edition, overlay=OVERLAY)

    known = {key for key, one in edition.parameters.items() if one.is_known}
    assert not known & set(settlement.assumed_keys)
    assert all(settlement.value(key) == edition.parameters[key].value for key in known)


def test_an_overlay_that_filled_nothing_leaves_no_trace(tmp_path):
    edition = choose(with_foreign(tmp_path), "grants", date(2026, 1, 1), "XX")

    settlement = resolve(edition, overlay=OVERLAY, needed=["com.quorum"])

    assert settlement.assumed_keys == (foreign.UNKNOWN_KEY,)
    without = resolve(edition, adoptions=[adopt(foreign.UNKNOWN_KEY, "executor", "read")], overlay=OVERLAY)
    assert (without.assumed_keys, without.overlay_sha256) == ((), "")


def test_an_overlay_of_another_form_is_a_mistake():
    with pytest.raises(ValueError, match="overlay is for vouchers"):
        resolve(TODAY, overlay=replace(OVERLAY, form="vouchers"))


# --- confirming
# ------------------------------------------------------------------------------------------------


def test_a_confirmed_value_is_law_with_its_article_and_a_new_revision():
    settlement = settled(confirmations=[confirm("com.quorum", Share(2, 3))])

    assert settlement.share("com.quorum") == Share(2, 3)
    assert settlement.basis("com.quorum") == replace(LAW, key="com.quorum")
    assert (settlement.revision, settled().revision) == (2, 1)
    assert settlement.file_sha256 == TODAY.file_sha256


def test_the_later_revision_counts_in_whatever_order_they_come():
    first, second = confirm("com.size_min", 5, 2), confirm("com.size_min", 9, 3)

    assert settled(confirmations=[second, first]).number("com.size_min") == 9
    assert settled(confirmations=[first, second]).revision == 3


def test_a_confirmation_of_another_edition_is_passed_over():
    other = confirm("com.size_min", 99, edition="grants/2017-814")

    assert settled(confirmations=[other]) == settled()


def test_a_rule_may_be_confirmed_to_set_no_limit():
    settlement = settled(confirmations=[confirm("app.max_amount", None)])

    assert settlement.value("app.max_amount") is None
    assert settlement.parameter("app.max_amount").is_known


def test_a_value_of_another_type_is_a_mistake():
    for given in (confirm("com.size_min", "5"), confirm("com.size_min", None), confirm("com.quorum", 5)):
        with pytest.raises(ValueError, match=r"\w"):
            settled(confirmations=[given])
    with pytest.raises(KeyError):
        settled(adopt("com.quorom", 5))


# --- adopting
# --------------------------------------------------------------------------------------------------


def test_a_customers_act_fills_an_unknown_key_with_a_statement_that_the_text_is_silent():
    settlement = settled(adopt("com.size_min", 9, "Statement 3 of 01.02.2026"))

    assert settlement.number("com.size_min") == 9
    assert settlement.parameter("com.size_min").status == "adopted"
    assert settlement.basis("com.size_min") == replace(ORDER, key="com.size_min")


def test_without_the_statement_it_is_refused():
    (refusal,) = refused(TODAY, overlay=OVERLAY, adoptions=[adopt("com.size_min", 9)])

    assert (refusal.code, refusal.basis.key) == ("not_delegated", "com.size_min")


def test_a_delegated_key_needs_no_statement():
    parameters = dict(TODAY.parameters)
    parameters["com.size_min"] = replace(parameters["com.size_min"], delegated=True)

    settlement = resolve(replace(TODAY, parameters=parameters), overlay=OVERLAY, adoptions=[adopt("com.size_min", 9)])

    assert settlement.number("com.size_min") == 9


@pytest.mark.parametrize(
    ("key", "law", "local", "allowed"),
    [
        ("com.size_min", 5, 7, True),
        ("com.size_min", 5, 5, True),
        ("com.size_min", 5, 3, False),
        ("con.advance_pct", Decimal(30), Decimal(20), True),
        ("con.advance_pct", Decimal(30), Decimal(31), False),
        ("ann.min_term", Term.of("20 calendar_days"), Term.of("30 calendar_days"), True),
        ("ann.min_term", Term.of("20 calendar_days"), Term.of("19 calendar_days"), False),
        ("ann.min_term", Term.of("20 calendar_days"), Term.of("30 working_days"), False),
        ("app.max_amount", Money.som(500_000), Money.som(400_000), True),
        ("app.max_amount", Money.som(500_000), None, False),
        ("app.max_amount", None, Money.som(400_000), True),
        ("elig.types", ("non_profit", "company"), ("non_profit",), True),
        ("elig.types", ("non_profit",), ("non_profit", "company"), False),
        ("com.quorum", Share(1, 2, strict=True), Share(2, 3), True),
        ("com.quorum", Share(2, 3), Share(1, 2, strict=True), False),
        ("con.multiyear", True, False, True),
        ("con.multiyear", False, True, False),
        ("dec.no_bid_rule", "void", "repeat", False),
    ],
)
def test_a_local_rule_tightens_and_never_loosens(key, law, local, allowed):
    given = {"confirmations": [confirm(key, law)], "adoptions": [adopt(key, local, "silent")]}

    if allowed:
        assert resolve(TODAY, overlay=OVERLAY, **given).value(key) == local
    else:
        (refusal,) = refused(TODAY, overlay=OVERLAY, **given)
        assert (refusal.code, refusal.basis.act, refusal.basis.key) == ("rule_loosened", "H-23", key)
        assert CATALOGUE[key].label in str(refusal)


def test_a_rule_without_room_is_not_moved_at_all():
    law = TODAY.parameters["con.constitutive"]

    assert tightening_fault(law, True) is None
    assert tightening_fault(law, False).code == "rule_loosened"


def test_each_act_is_judged_against_the_law_and_the_later_one_counts():
    settlement = settled(
        adopt("com.size_min", 11), adopt("com.size_min", 9), confirmations=[confirm("com.size_min", 5)]
    )

    assert settlement.number("com.size_min") == 9


def test_an_adoption_rests_on_an_act():
    with pytest.raises(ValueError, match="rests on the customer's act"):
        settled(Adoption("com.size_min", 9, LAW, "silent"))


def test_adopted_rules_that_contradict_the_others_are_refused():
    (refusal,) = refused(
        TODAY, overlay=OVERLAY, adoptions=[adopt("eval.tie_chain", ("higher_score_on:beauty",), "silent")]
    )

    assert (refusal.code, refusal.basis.key) == ("rules_disagree", "eval.tie_chain")


def test_all_refusals_come_together():
    refusals = refused(
        TODAY,
        adoptions=[adopt("com.size_min", 9), adopt("con.constitutive", False)],
        needed=["com.quorum", "com.majority"],
    )

    assert [refusal.code for refusal in refusals] == [
        "not_delegated",
        "rule_loosened",
        "rule_unknown",
        "rule_unknown",
    ]


# --- the settlement
# --------------------------------------------------------------------------------------------


@each_edition
def test_a_settlement_reads_back_from_its_bytes(edition):
    for needed in (keys_for("contest"), keys_for("programme")):
        settlement = resolve(edition, overlay=OVERLAY, needed=needed)

        again = Settlement.from_canonical(memoryview(settlement.as_canonical()))

        assert again == settlement
        assert again.as_canonical() == settlement.as_canonical()
        assert again.sha256 == settlement.sha256


def test_adopted_and_unlimited_values_read_back():
    settlement = settled(
        adopt("com.size_min", 9, "silent"),
        confirmations=[confirm("app.max_amount", None), confirm("com.term", None)],
    )

    assert Settlement.from_canonical(settlement.as_canonical()) == settlement


def test_the_order_of_sources_does_not_change_the_bytes():
    a, b = adopt("com.size_min", 9, "silent"), adopt("com.coi_lookback_months", 12, "silent")

    assert settled(a, b).as_canonical() == settled(b, a).as_canonical()


def test_an_old_settlement_reads_though_the_catalogue_moved_on(monkeypatch):
    stored = settled().as_canonical()
    monkeypatch.setattr("jardam.rulebook.settlement.CATALOGUE", {})

    again = Settlement.from_canonical(stored)

    assert again.share("com.quorum") == Share(2, 3)
    assert again.as_canonical() == stored


def test_bytes_of_an_unknown_version_are_refused():
    stored = settled().as_canonical().replace(b'"settlement_v":1', b'"settlement_v":2')

    with pytest.raises(ValueError, match="version 2"):
        Settlement.from_canonical(stored)


def test_nothing_in_a_settlement_can_be_changed():
    settlement = settled()

    with pytest.raises(AttributeError):
        settlement.revision = 9
    with pytest.raises(TypeError):
        settlement.parameters["com.size_min"] = None


def test_switches_are_the_claims_a_lifecycle_may_name():
    assert set(settled().switches()) <= set(switches())
    assert settled().switches()["adm.mending"] is True


def test_a_typed_question_about_another_type_is_a_mistake():
    with pytest.raises(TypeError, match=r"com\.quorum is Share, not Term"):
        settled().term("com.quorum")
    with pytest.raises(TypeError, match=r"dec\.approval_term is NoneType"):
        settled().term("dec.approval_term")


# --- comparing
# -------------------------------------------------------------------------------------------------


def test_the_difference_of_two_editions_is_what_a_lawyer_would_read():
    differences = {one.key: one for one in compare(LOADED[2], LOADED[3])}

    assert set(differences) == {
        "legal.forms",
        "legal.contest_basis",
        "legal.me_basis",
        "legal.portal_basis",
        "legal.repeals",
    }
    assert differences["legal.me_basis"].before.value == "Decree 814/2017, Annex 2"
    assert not differences["legal.me_basis"].after.is_known
    assert compare(TODAY, TODAY) == ()


def test_two_forms_cannot_be_compared():
    with pytest.raises(ValueError, match="different forms"):
        compare(TODAY, replace(TODAY, form="vouchers"))


# --- another country
# -------------------------------------------------------------------------------------------


def test_a_foreign_edition_stands_beside_the_shipped_ones(tmp_path):
    loaded = with_foreign(tmp_path)

    assert len(loaded) == len(LOADED) + 1
    assert choose(loaded, "grants", date(2026, 1, 1)).key == "grants/2022-604"
    assert choose(loaded, "grants", date(2026, 1, 1), "XX").key == "grants/xx-2020"


def test_a_foreign_edition_asks_for_its_one_unknown_key_and_no_other(tmp_path):
    edition = choose(with_foreign(tmp_path), "grants", date(2026, 1, 1), "XX")

    (refusal,) = refused(edition)
    assert (refusal.code, refusal.basis.key) == ("rule_unknown", foreign.UNKNOWN_KEY)
    settlement = resolve(edition, adoptions=[adopt(foreign.UNKNOWN_KEY, "customer", "silent")])
    assert settlement.number("com.size_min") == 5
    assert [c.code for c in settlement.criteria()] == ["benefit", "price"]
    assert [stage.code for stage in settlement.value("rev.clock")] == ["admissibility", "scoring", "sitting"]
    assert settlement.decimal("eval.pass_mark") == Decimal("3.5")
    assert settlement.switches()["adm.mending"] is False
    assert settlement.basis("com.quorum") == Basis("law", "Law X", "§ 1", "https://example.org/law", "com.quorum")
    assert Settlement.from_canonical(settlement.as_canonical()) == settlement
