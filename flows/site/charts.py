"""Charts as shapes in a square of 100 by 100, with the same numbers as a table and in words.

A template draws them as SVG that stretches to its place; labels are HTML around it, so that they
keep their size on a narrow screen. Colours are those of the page, in the dark too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.site.words import number

_WIDEST = 8
"""No bar is wider, however few there are."""


@dataclass(frozen=True)
class Bar:
    """A bar of a chart, and what it says when pointed at."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True)
class Row:
    """A row of the table: what is counted (`figure` names it for a check), and how much it is."""

    label: str
    figure: str
    text: str


@dataclass(frozen=True)
class Chart:
    """A chart: its title, what it shows in a sentence, and its numbers."""

    title: str
    alternative: str
    first_label: str
    last_label: str
    most: str
    heads: tuple[str, str]
    rows: tuple[Row, ...]
    bars: tuple[Bar, ...] = ()
    line: str = ""
    """Points of a line, as SVG writes them."""


@dataclass(frozen=True)
class Value:
    """A value of a chart: its label, the name of the figure, the number and how it is printed."""

    label: str
    figure: str
    value: float
    text: str


def counted(label: str, figure: str, value: int) -> Value:
    """A value that is a count."""
    return Value(label, figure, value, number(value))


def bars(title: str, heads: tuple[str, str], values: Sequence[Value]) -> Chart | None:
    """A bar for each value, in their order; None without values."""
    if not values:
        return None
    most = max(value.value for value in values) or 1
    step = 100 / len(values)
    width = min(step * 0.76, _WIDEST)
    shapes = tuple(
        Bar(
            round(step * place + (step - width) / 2, 3),
            round(100 - 100 * value.value / most, 3),
            round(width, 3),
            round(100 * value.value / most, 3),
            f"{value.label}: {value.text}",
        )
        for place, value in enumerate(values)
    )
    return _chart(title, heads, values, bars=shapes)


def steps(
    title: str, heads: tuple[str, str], values: Sequence[Value], times: Sequence[float]
) -> Chart | None:
    """A line that holds each value until the next one; the last time is the end of the line."""
    if not values:
        return None
    most = max(value.value for value in values) or 1
    first, span = times[0], (times[-1] - times[0]) or 1
    points = []
    for value, begin, end in zip(values, times, times[1:], strict=False):
        y = round(100 - 100 * value.value / most, 2)
        points += [f"{100 * (at - first) / span:.2f},{y}" for at in (begin, end)]
    return _chart(title, heads, values, line=" ".join(points))


def _chart(
    title: str,
    heads: tuple[str, str],
    values: Sequence[Value],
    *,
    bars: tuple[Bar, ...] = (),
    line: str = "",
) -> Chart:
    first, last = values[0], values[-1]
    most = max(values, key=lambda value: value.value)
    alternative = f"{title}: {first.label}, {first.text}"
    if len(values) > 1:
        alternative += f"; {last.label}, {last.text}; the most is {most.text}, {most.label}"
    return Chart(
        title,
        f"{alternative}.",
        first.label,
        last.label if len(values) > 1 else "",
        most.text,
        heads,
        tuple(Row(value.label, value.figure, value.text) for value in values),
        bars,
        line,
    )
