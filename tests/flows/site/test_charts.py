"""A chart says in words and as a table what it draws."""

from flows.site.charts import bars, counted, steps

VALUES = [counted("1 Nov", "a", 2), counted("2 Nov", "b", 8), counted("3 Nov", "c", 0)]


def test_bars_are_as_high_as_their_numbers_and_the_numbers_are_all_there() -> None:
    chart = bars("Papers", ("day", "papers"), VALUES)
    assert chart is not None
    assert [bar.height for bar in chart.bars] == [25, 100, 0]
    assert [bar.y + bar.height for bar in chart.bars] == [100, 100, 100]
    assert all(bar.x >= 0 and bar.x + bar.width <= 100 for bar in chart.bars)
    assert [(row.label, row.text) for row in chart.rows] == [
        ("1 Nov", "2"),
        ("2 Nov", "8"),
        ("3 Nov", "0"),
    ]
    assert chart.alternative == "Papers: 1 Nov, 2; 3 Nov, 0; the most is 8, 2 Nov."


def test_a_line_holds_each_value_until_the_next_one() -> None:
    chart = steps("Votes", ("at", "votes"), VALUES[:2], [0, 10, 40])
    assert chart is not None
    assert chart.line == "0.00,75.0 25.00,75.0 25.00,0.0 100.00,0.0"


def test_nothing_counted_is_no_chart_and_only_zeros_lie_on_the_ground() -> None:
    assert bars("Papers", ("day", "papers"), []) is None
    flat = bars("Papers", ("day", "papers"), [counted("1 Nov", "a", 0)])
    assert flat is not None
    assert flat.bars[0].height == 0
    assert flat.alternative == "Papers: 1 Nov, 0."
