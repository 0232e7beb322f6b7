"""What each month brought: years down, months across, backtest and record apart."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from functions.charts.heatmap import heatmap
from functions.charts.palette import css
from functions.charts.panels import heading
from functions.charts.plots import Json, themed
from functions.charts.returns_table import (
    GAP,
    ROW,
    STRONGEST,
    TOP,
    Line,
    fullest,
    height,
    lines,
    short_percent,
    sign,
    whole_percent,
)
from functions.charts.scale import MONTHS, percent
from functions.charts.series import phases
from functions.charts.subject import Subject
from functions.charts.svg import drawing, element, label, percent_of

LABEL, CELL = 0.1, 0.062  # shares of the width
MIDDLE: dict[str, str | float] = {"text_anchor": "middle", "font_size": 11}
SMALL = 8
END: dict[str, str | float] = {"text_anchor": "end"}
WIDE: dict[str, str | float] = {"class_": "chart-wide"}
NARROW: dict[str, str | float] = {"class_": "chart-narrow", "display": "none"}


def svg(subject: Subject, equity: Mapping[str, Any]) -> str:
    """Draw it; on a narrow screen months are whole percents."""
    table = lines(phases(equity))
    inner = [*_names(), *_headings(table), *_cells(table)]
    inner.append(_numbers(table, short_percent, WIDE))
    inner.append(_numbers(table, whole_percent, NARROW))
    return drawing(f"{subject.slug}-monthly", height(table), _words(subject, table), inner)


def _top(at: int) -> int:
    return TOP + ROW * at


def _names() -> list[str]:
    wide = [label(name, percent_of(_centre(at)), 15) for at, name in enumerate(MONTHS)]
    narrow = [label(name[0], percent_of(_centre(at)), 15) for at, name in enumerate(MONTHS)]
    return [
        element("g", "".join(wide), **WIDE, **MIDDLE),
        element("g", "".join(narrow), **NARROW, **MIDDLE),
        label("Year", "100%", 15, font_size=11, **END),
    ]


def _centre(month: int) -> float:
    return LABEL + CELL * (month + 0.5)


def _headings(table: Sequence[Line]) -> list[str]:
    parts = []
    for at, line in enumerate(table):
        if line.total is None:
            parts.append(heading(line.phase, "", x="0", y=_top(at) + 18))
        else:
            parts.append(label(str(line.year), "0", _top(at) + 17, "ink"))
            parts.append(_total(line.total, _top(at) + 17))
    return parts


def _total(total: float, y: float) -> str:
    return label(percent(total, 1), "100%", y, sign(total), font_weight=600, **END)


def _months(table: Sequence[Line]) -> Iterator[tuple[int, int, float]]:
    for at, line in enumerate(table):
        for month, value in enumerate(line.values):
            if value is not None:
                yield at, month, value


def _cells(table: Sequence[Line]) -> list[str]:
    full = fullest(table)
    return [
        element(
            "rect",
            x=percent_of(LABEL + CELL * month + 0.0015),
            y=_top(at) + GAP / 2,
            width=percent_of(CELL - 0.003),
            height=ROW - GAP,
            rx=3,
            fill=css(sign(value)),
            fill_opacity=_opacity(value, full),
        )
        for at, month, value in _months(table)
    ]


def _numbers(
    table: Sequence[Line], write: Callable[[float], str], shown: Mapping[str, str | float]
) -> str:
    numbers = [
        element("text", write(value), x=percent_of(_centre(month)), y=_top(at) + 17, **_size(value))
        for at, month, value in _months(table)
    ]
    return element("g", "".join(numbers), fill=css("ink"), **shown, **MIDDLE)


def _size(value: float) -> dict[str, str | float]:
    """Three digits are written smaller, so that they fit their cell on a phone."""
    return {"font_size": SMALL} if abs(value) >= 0.995 else {}


def _opacity(value: float, full: float) -> float:
    return round(0.04 + (STRONGEST - 0.04) * min(abs(value) / full, 1.0), 2)


def _words(subject: Subject, table: Sequence[Line]) -> tuple[str, str]:
    told = [
        f"{line.year} in the {line.phase} {percent(line.total, 1)}."
        for line in table
        if line.total is not None
    ]
    title = f"Simulated monthly returns of {subject.name} in percent"
    return title, " ".join(told) or "No session yet."


def figure(equity: Mapping[str, Any]) -> Json:
    """Return it for Plotly: a heat map, with the years' totals beside it."""
    table = lines(phases(equity))
    return themed(lambda colours: heatmap(table, colours))
