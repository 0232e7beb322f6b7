"""What each year brought, as bars beside the benchmark's."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from functions.charts.grounds import bar, grid, names_below, round_scale, zero
from functions.charts.legends import legend
from functions.charts.scale import Scale, percent
from functions.charts.series import Phase, phases, years
from functions.charts.subject import Subject
from functions.charts.svg import Box, drawing, label

HEIGHT = 280
TOP, BOTTOM = 40, 26
LEFT = 0.06  # where values are named
MANY = 8  # years; beyond it there is no room for each one's number
WANTED = 12


class Year(NamedTuple):
    """One year's return, and the benchmark's, None where it has none."""

    year: int
    own: float
    benchmark: float | None


def years_of(phase: Phase) -> list[Year]:
    """Return the years of a phase, oldest first."""
    theirs: Mapping[tuple[int, int], float] = {}
    if phase.benchmark is not None and None not in phase.benchmark:
        known = [value for value in phase.benchmark if value is not None]
        theirs = years(Phase(phase.name, phase.sessions, known, None, phase.start))
    return [Year(year, own, theirs.get((year, 0))) for (year, _), own in years(phase).items()]


def svg(subject: Subject, equity: Mapping[str, Any]) -> str:
    """Draw the years of the first phase that has any."""
    table = [year for phase in phases(equity)[:1] for year in years_of(phase)]
    box, scale = Box(0.0, 1.0, TOP, HEIGHT - TOP - BOTTOM), _scale(table)
    below, above = grid(box, scale, lambda value: percent(value, 0))
    inner = [legend(subject), *below]
    for at, year in enumerate(table):
        inner += _year(box, scale, year, _place(at, len(table)), many=len(table) > MANY)
    inner += [zero(box, scale), *above, *names_below(box, _names(table))]
    return drawing(f"{subject.slug}-annual", HEIGHT, _words(subject, table), inner)


def _scale(table: Sequence[Year]) -> Scale:
    values = [value for each in table for value in each[1:] if value is not None]
    return round_scale(min([*values, -0.05]), max([*values, 0.05]), 0.12)


def _place(at: int, count: int) -> tuple[float, float]:
    width = (1.0 - LEFT) / max(count, 1)
    return LEFT + width * at, LEFT + width * (at + 1)


def _year(
    box: Box, scale: Scale, year: Year, place: tuple[float, float], *, many: bool
) -> list[str]:
    left, right = place
    span = min(right - left, 0.12)
    middle, base = (left + right) / 2, scale.share(0.0)
    own_from = middle - span * (0.36 if year.benchmark is not None else 0.18)
    own = (own_from, own_from + span * 0.36)
    parts = [bar(box, own, (base, scale.share(year.own)), "accent")]
    if year.benchmark is not None:
        theirs = (middle, middle + span * 0.36)
        parts.append(bar(box, theirs, (base, scale.share(year.benchmark)), "benchmark"))
    if not many:
        parts.append(_number(box, scale, year, sum(own) / 2))
    return parts


def _number(box: Box, scale: Scale, year: Year, across: float) -> str:
    y = box.y(scale.share(year.own)) + (-5 if year.own >= 0 else 14)
    words = percent(year.own, 0)
    middle: dict[str, str | float] = {"text_anchor": "middle", "font_size": 11}
    return label(words, box.x(across), y, "ink", class_="chart-wide", **middle)


def _names(table: Sequence[Year]) -> list[tuple[float, str]]:
    step = max(-(-len(table) // WANTED), 1)
    return [
        (sum(_place(at, len(table))) / 2, str(year.year))
        for at, year in enumerate(table)
        if at % step == 0
    ]


def _words(subject: Subject, table: Sequence[Year]) -> tuple[str, str]:
    told = ", ".join(f"{each.year} {percent(each.own, 1)}" for each in table)
    return f"Simulated yearly returns of {subject.name}", f"{told}." if told else "No year yet."
