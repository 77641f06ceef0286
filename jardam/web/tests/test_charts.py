"""Charts are exact, honest about gaps, and need neither script nor inline style."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.utils.translation import override

from jardam.web.charts import Point, Row, bars, columns


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def drawn(chart):
    return ElementTree.fromstring(chart.svg)


def texts(chart):
    return ["".join(one.itertext()) for one in drawn(chart).iter("text")]


def test_the_longest_bar_fills_the_line_and_the_others_keep_proportion():
    chart = bars("T", "som", [Row("A", [Decimal(200)]), Row("B", [Decimal(50)])])

    assert [bar.get("width") for bar in drawn(chart).iter("rect")] == ["100%", "25%"]


def test_a_chart_speaks_for_itself_and_holds_its_figures_in_a_table():
    chart = bars("Osh leads", "som", [Row("Osh", [Decimal("1234567.5")])], unit="money", first_column="City")
    svg = drawn(chart)

    assert svg.get("role") == "img"
    assert svg.get("aria-label").startswith("Chart: Osh leads.")
    assert chart.head == ["City", "som"]
    assert chart.rows == [[("City", "Osh"), ("som", "KGS\u00a01,234,567.50")]]


def test_a_gap_is_a_gap_and_not_a_zero():
    chart = bars("T", "som", [Row("A", [0]), Row("B", [None])])

    assert len(list(drawn(chart).iter("rect"))) == 1
    assert "no data" in texts(chart)
    assert "0" in texts(chart)
    assert any("not zero" in note for note in chart.notes)


def test_a_qualified_value_is_marked_and_a_hidden_one_never_leaks():
    chart = bars("T", "people", [Row("A", [Point(100, "about")]), Row("B", [Point(3, hidden=True)])])

    assert "about 100" in texts(chart)
    assert "hidden: small number" in texts(chart)
    assert ">3<" not in chart.svg and [cell for row in chart.rows for _h, cell in row if cell == "3"] == []
    assert 'width="3%"' not in chart.svg


def test_columns_with_a_plan_line_break_the_line_at_a_gap():
    chart = columns(
        "T", "million som", [Row(str(y), [y - 2020]) for y in range(2021, 2025)], series=["Paid"],
        line=[1, None, 3, 4], line_label="Plan",
    )  # fmt: skip

    assert chart.svg.count('class="l4"') == 1
    assert chart.svg.count('class="d4"') == 3
    assert chart.head == ["Name", "Paid", "Plan"]
    assert chart.rows[1][2] == ("Plan", "no data")


def test_what_comes_from_outside_is_escaped():
    chart = bars('<script>"', "som", [Row("<b>&", [1])])

    assert "<script" not in chart.svg and "<b>" not in chart.svg
    drawn(chart)


@pytest.mark.parametrize("make", [bars, columns])
def test_no_inline_style_script_or_id(make):
    svg = make(
        "T", "s", [Row("A", [1, None]), Row("B", [Point(2, hidden=True), Point(3, "plan")])], series=["x", "y"]
    ).svg

    assert "style=" not in svg and "<script" not in svg and " id=" not in svg


def test_no_rows_and_only_zeros_are_drawn_too():
    drawn(bars("T", "s", []))
    drawn(columns("T", "s", []))
    drawn(columns("T", "s", [Row("A", [0])]))


@pytest.mark.parametrize(
    ("rows", "series", "error"),
    [
        ([Row("A", [1])], ["a", "b"], ValueError),
        ([Row("A", [1] * 5)], list("abcde"), ValueError),
        ([Row("A", [-1])], [""], ValueError),
        ([Row("A", [0.5])], [""], TypeError),
    ],
)
def test_what_cannot_be_drawn_truthfully_is_refused(rows, series, error):
    with pytest.raises(error):
        bars("T", "s", rows, series=series)
