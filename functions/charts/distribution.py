"""How often a session brought how much: a histogram of returns, with what was rare marked."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from functions.charts.grounds import bar, grid, names_below
from functions.charts.palette import css
from functions.charts.scale import STEPS, Scale, percent
from functions.charts.subject import Subject
from functions.charts.svg import Box, drawing, label

HEIGHT = 280
TOP, BOTTOM = 40, 26
WANTED, FEWEST = 40, 8
FEW = 4  # a scale for so many sessions at least
INSIDE = 0.995  # of all sessions on either side; the rest is gathered at the ends


class Bin(NamedTuple):
    """How many sessions brought from low up to high; the outermost hold what lies beyond."""

    low: float
    high: float
    sessions: int


def bins_of(returns: Sequence[float]) -> list[Bin]:
    """Count returns in about forty steps of a round width, one edge at zero.

    >>> found = bins_of([0.011, 0.012, -0.004])
    >>> [(round(each.low, 4), each.sessions) for each in found if each.sessions]
    [(-0.004, 1), (0.01, 1), (0.012, 1)]
    """
    if not returns:
        return []
    ordered = sorted(returns)
    low = ordered[int((1 - INSIDE) * (len(ordered) - 1))]
    high = ordered[math.ceil(INSIDE * (len(ordered) - 1))]
    step = _round(max(max(high, 0.0) - min(low, 0.0), 1e-4) / _wanted(len(returns)))
    first, last = math.floor(min(low, 0.0) / step), math.floor(max(high, 0.0) / step)
    counts = dict.fromkeys(range(first, last + 1), 0)
    for value in returns:
        counts[min(max(math.floor(value / step), first), last)] += 1
    return [Bin(at * step, (at + 1) * step, count) for at, count in counts.items()]


def _wanted(sessions: int) -> int:
    return min(max(sessions // 4, FEWEST), WANTED)


def _round(width: float) -> float:
    power = 10.0 ** math.floor(math.log10(width))
    return next(power * each for each in STEPS if power * each >= width * 0.999)


def svg(subject: Subject, returns: Sequence[float], marks: Sequence[tuple[float, str]]) -> str:
    """Draw it; marks: returns to point at, with their words."""
    found = bins_of(returns)
    most = max([each.sessions for each in found], default=0)
    box = Box(0.0, 1.0, TOP, HEIGHT - TOP - BOTTOM)
    up = Scale(0.0, max(most, FEW) * 1.08)
    across = Scale(found[0].low, found[-1].high) if found else Scale(-0.01, 0.01)
    below, above = grid(box, up, lambda count: f"{count:,.0f}" if count else "")
    inner = [*below, *(_bar(box, across, up, each) for each in found)]
    inner += [box.across(0.0, stroke=css("muted"), stroke_width=1), *above]
    inner += [part for at, each in enumerate(marks) for part in _mark(box, across, each, at)]
    inner += names_below(box, _names(across))
    return drawing(f"{subject.slug}-distribution", HEIGHT, _words(subject, returns, marks), inner)


def _bar(box: Box, across: Scale, up: Scale, each: Bin) -> str:
    if each.sessions == 0:
        return ""
    left, right = across.share(each.low), across.share(each.high)
    air = (right - left) * 0.08
    colour = "gain" if each.low >= 0 else "loss"
    ends = (0.0, up.share(each.sessions))
    return bar(box, (left + air, right - air), ends, colour, fill_opacity=0.75)


def _mark(box: Box, across: Scale, mark: tuple[float, str], at: int) -> list[str]:
    value, words = mark
    share = min(max(across.share(value), 0.0), 1.0)
    anchor = "start" if share < 0.5 else "end"
    line = box.down(share, stroke=css("ink"), stroke_width=1, stroke_dasharray="3 3")
    named = label(
        words, box.x(share), TOP - 8 - 16 * (at % 2), "ink", font_size=11, text_anchor=anchor
    )
    return [line, named]


def _names(across: Scale) -> list[tuple[float, str]]:
    step = _round((across.high - across.low) / 6)
    places = 0 if step >= 0.01 else 1 if step >= 0.001 else 2
    first, last = math.ceil(across.low / step), math.floor(across.high / step)
    return [(across.share(at * step), percent(at * step, places)) for at in range(first, last + 1)]


def _words(
    subject: Subject, returns: Sequence[float], marks: Sequence[tuple[float, str]]
) -> tuple[str, str]:
    title = f"Simulated returns of {subject.name}, session by session"
    if not returns:
        return title, "No session yet."
    gained, lost = (sum(value * sign > 0 for value in returns) for sign in (1, -1))
    told = " ".join(f"{words}." for _, words in marks)
    return title, (
        f"{gained:,} of {len(returns):,} sessions gained, {lost:,} lost. The best brought "
        f"{percent(max(returns), 1)}, the worst {percent(min(returns), 1)}. {told}"
    ).rstrip()
