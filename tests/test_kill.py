"""What was acknowledged stays, whoever dies: one kill round here, twenty in `make prove` (tools/killrounds.py)."""

from __future__ import annotations

import pytest

from tools import killrounds
from tools.rig.browser import Reader


@pytest.mark.slow
def test_no_acknowledged_receipt_is_lost_when_the_database_is_killed():
    (told,) = killrounds.play(seed=1, count=1)
    print(told)

    assert told.phase == "database"
    assert told.killed > 1
    assert told.submissions_in_flight >= 1
    assert told.unanswered >= 1, "somebody waited in vain, and sent the same form again"


def test_both_phases_come_in_turn_whatever_the_seed():
    assert {killrounds.phase_of(7, number) for number in range(2)} == {"web", "database"}
    assert killrounds.phase_of(8, 0) != killrounds.phase_of(7, 0)


def test_the_rig_reads_a_form_as_a_browser_would_send_it():
    page = Reader(
        """<form method="get"><input name="q"></form>
        <form method="post"><input type="hidden" name="key" value="k1"><input name="title" value="A &amp; B">
        <input type="checkbox" name="no" value="1"><input type="checkbox" name="yes" value="1" checked>
        <input type="file" name="paper"><textarea name="goal">\nfirst\nsecond</textarea>
        <select name="kind"><option value="a">A<option value="b" selected>B</select>
        <button name="then" value="later">Later</button></form><a href="/en/">x</a>"""
    )

    assert page.form().fields == [
        ("key", "k1"),
        ("title", "A & B"),
        ("yes", "1"),
        ("goal", "first\nsecond"),
        ("kind", "b"),
    ]
    assert page.form().texts == ["goal"]
    assert page.links == ["/en/"]
