"""Deadlines of a contest come from its settlement alone: term, way of counting, basis."""

from datetime import UTC, date, datetime

import pytest

from jardam.kernel.time import WorkCalendar
from jardam.rulebook.clock import deadline_for, deadline_if_any, review_clock
from jardam.rulebook.edition import Adoption, Basis, load_editions, resolve

from . import foreign

KG = WorkCalendar("KG")
DEMONSTRATION = resolve(load_editions(foreign.REGIMES)[-1], overlay=foreign.demonstration())


@pytest.fixture
def abroad(tmp_path):
    foreign.write(tmp_path, foreign.edition(valid_from=date(2020, 1, 1)))
    (edition,) = load_editions(tmp_path)
    return resolve(edition, adoptions=[Adoption(foreign.UNKNOWN_KEY, "customer", Basis("act", "Order 1"), "silent")])


def test_a_deadline_carries_the_key_it_came_from():
    result = deadline_for(DEMONSTRATION, "ann.min_term", date(2026, 3, 2), KG)

    assert result.basis.key == "ann.min_term"
    assert result.basis.act == "H-24"
    assert result.day_ends == "18:00"
    assert result.at == datetime(2026, 3, 23, 12, 0, tzinfo=UTC)  # 22 March is a Sunday: rolled


def test_another_edition_counts_another_way(abroad):
    result = deadline_for(abroad, "ann.min_term", date(2026, 3, 2), KG)

    assert (result.due_on, result.rolled) == (date(2026, 3, 22), False)
    assert result.at == datetime(2026, 3, 22, 18, 0, tzinfo=UTC)
    assert result.basis.act == "Law X"


def test_a_rule_without_limit_gives_no_deadline():
    assert deadline_if_any(DEMONSTRATION, "dec.approval_term", date(2026, 3, 2), KG) is None
    assert deadline_if_any(DEMONSTRATION, "dec.publish_term", date(2026, 3, 2), KG) is not None
    with pytest.raises(TypeError, match=r"dec\.approval_term"):
        deadline_for(DEMONSTRATION, "dec.approval_term", date(2026, 3, 2), KG)


def test_a_stage_of_the_review_begins_where_the_one_before_ends():
    clock = review_clock(DEMONSTRATION, date(2026, 4, 1), KG)

    assert [(code, one.due_on) for code, one in clock] == [
        ("admissibility", date(2026, 4, 8)),
        ("scoring", date(2026, 4, 17)),
        ("sitting", date(2026, 4, 22)),
    ]


def test_a_clock_of_months_and_hours_runs_as_well(abroad):
    clock = dict(review_clock(abroad, date(2026, 4, 1), KG))

    assert clock["admissibility"].due_on == date(2026, 4, 6)
    assert clock["scoring"].due_on == date(2026, 6, 6)
    assert clock["sitting"].at == datetime(2026, 6, 8, 18, 0, tzinfo=UTC)
