"""A procedure is one table; a table that contradicts itself is never built."""

import pytest

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.kernel.refusal import Basis, Refusal

BASIS = Basis("house", "H-17")
START = Transition("start", (NEW,), "draft", BASIS)
SUBMIT = Transition("submit", ("draft",), "submitted", BASIS)
AMEND = Transition("amend", ("submitted",), "submitted", BASIS, when="app.replace_allowed")
STATES = ("draft", "submitted")


def lifecycle(*rows, states=STATES):
    return Lifecycle("application", states, rows)


def test_a_verb_leads_from_its_state_to_the_next():
    assert lifecycle(START, SUBMIT).row("submit", "draft", {}) is SUBMIT


def test_a_wrong_state_is_refused_with_the_state_and_the_basis_of_the_row():
    refusal = lifecycle(START, SUBMIT).row("submit", "submitted", {})

    assert isinstance(refusal, Refusal)
    assert refusal.code == "wrong_state"
    assert refusal.params["state"] == "submitted"
    assert refusal.basis == BASIS


@pytest.mark.parametrize("switches", [{}, {"app.replace_allowed": False}])
def test_a_row_that_the_edition_switched_off_is_refused(switches):
    refusal = lifecycle(START, SUBMIT, AMEND).row("amend", "submitted", switches)

    assert isinstance(refusal, Refusal)
    assert refusal.code == "switched_off"


def test_a_row_that_the_edition_switched_on_exists():
    assert lifecycle(START, SUBMIT, AMEND).row("amend", "submitted", {"app.replace_allowed": True}) is AMEND


def test_an_unknown_verb_is_a_mistake_of_the_programmer():
    with pytest.raises(LookupError, match="application has no verb 'sing'"):
        lifecycle(START, SUBMIT).row("sing", "draft", {})


def test_buttons_show_only_the_rows_of_the_state_and_the_edition():
    table = lifecycle(START, SUBMIT, AMEND)

    assert list(table.from_state("draft", {})) == [SUBMIT]
    assert list(table.from_state("submitted", {})) == []
    assert list(table.from_state("submitted", {"app.replace_allowed": True})) == [AMEND]


def test_verbs_are_listed_once_in_the_order_of_the_table():
    again = Transition("submit", ("submitted",), "submitted", BASIS)

    assert lifecycle(START, SUBMIT, again).verbs == ("start", "submit")


@pytest.mark.parametrize(
    "row",
    [
        Transition("lose", ("nowhere",), "draft", BASIS),
        Transition("lose", ("draft",), "nowhere", BASIS),
    ],
)
def test_an_unknown_state_is_refused(row):
    with pytest.raises(ValueError, match="unknown state in lose"):
        lifecycle(START, SUBMIT, row)


def test_one_verb_has_one_row_per_state():
    with pytest.raises(ValueError, match="stands twice"):
        lifecycle(START, SUBMIT, Transition("submit", ("draft",), "draft", BASIS))


def test_a_state_that_nothing_leads_to_is_refused():
    with pytest.raises(ValueError, match=r"nothing leads to \['lost'\]"):
        lifecycle(START, SUBMIT, states=(*STATES, "lost"))
