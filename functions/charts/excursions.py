"""How far round trips stood against and for their entry, beside what they came to."""

from collections.abc import Sequence
from typing import NamedTuple

from functions.charts.grounds import grid, zero
from functions.charts.palette import css
from functions.charts.scale import Scale, percent, ticks
from functions.charts.subject import Subject
from functions.charts.svg import ACROSS, Box, drawing, label, stroke

HEIGHT = 340
TOP, BOTTOM = 44, 30
BOXES = (Box(0.0, 0.48, TOP, HEIGHT - TOP - BOTTOM), Box(0.52, 0.48, TOP, HEIGHT - TOP - BOTTOM))
TITLES = ("At its worst (MAE)", "At its best (MFE)")
FINE, COARSE = 2, 6  # pixels and thousandths of the width that share one dot
MOST = 2_500
DOT = 5.0
FEWEST, SET_ASIDE, FAR = 10, 50, 2.0
"""From so many trips on, one in fifty may lie beyond the edge, where it is so often as far out."""


class Trip(NamedTuple):
    """One round trip: fractions of what was put in; mae at or below zero, mfe at or above."""

    mae: float
    mfe: float
    result: float


def svg(subject: Subject, trips: Sequence[Trip]) -> str:
    """Draw it: a dot a round trip; trips that lie at the same place share one.

    The slanted line is where a trip that was left at its worst, or its best, would lie. A few that
    are much farther out than all others are drawn on the edge, and counted above it.
    """
    results = [trip.result for trip in trips]
    up = _scale(-_usual([-each for each in results if each < 0]), _usual(results))
    inner: list[str] = []
    for box, title, far in zip(BOXES, TITLES, _reached(trips), strict=True):
        inner += _panel(box, title, far, results, up)
    return drawing(f"{subject.slug}-excursions", HEIGHT, _words(subject, trips), inner)


def has_edge(trips: Sequence[Trip]) -> bool:
    """Whether some are so far out that they are drawn on the edge."""
    results = [trip.result for trip in trips]
    shown = (*_reached(trips), results, [-each for each in results if each < 0])
    return any(_usual(values) < max(values, default=0.0) for values in shown)


def _reached(trips: Sequence[Trip]) -> tuple[list[float], list[float]]:
    return [-trip.mae for trip in trips], [trip.mfe for trip in trips]


def _usual(values: Sequence[float]) -> float:
    """How far values reach; without the few that lie far beyond all others.

    >>> _usual([0.01] * 60 + [0.02, 2.25]), _usual([0.01, 2.25])
    (0.02, 2.25)
    """
    ordered = sorted(values)
    if len(ordered) < FEWEST:
        return max(ordered, default=0.0)
    most = ordered[-max(len(ordered) // SET_ASIDE, 1) - 1]
    return most if 0 < FAR * most < ordered[-1] else ordered[-1]


def _scale(low: float, high: float) -> Scale:
    low, high = min(low, -0.01), max(high, 0.01)
    return Scale(low - (high - low) * 0.06, high + (high - low) * 0.06)


def _panel(
    box: Box, title: str, far: Sequence[float], results: Sequence[float], up: Scale
) -> list[str]:
    across = Scale(0.0, max(_usual(far), 0.01) * 1.05)
    places = [(across.share(x), up.share(y)) for x, y in zip(far, results, strict=True)]
    beyond = sum(x > 1 or not 0 <= y <= 1 for x, y in places)
    below, above = grid(box, up, lambda value: percent(value, _places(up)), "shade")
    slope = -1.0 if title == TITLES[0] else 1.0
    parts = [
        box.rect(fill=css("shade")),
        *below,
        label(title, box.x(0), TOP - 12, "ink", font_size=12, font_weight=600),
        *_told_beyond(box, beyond),
        zero(box, up),
        _slant(box, across, up, slope),
    ]
    for colour, sign in (("loss", -1), ("gain", 1)):
        both = zip(places, results, strict=True)
        parts += _dots(
            box, [_held(place) for place, one in both if (one > 0) == (sign > 0)], colour
        )
    return [*parts, *above, *_names(box, across)]


def _held(place: tuple[float, float]) -> tuple[float, float]:
    """Put what lies beyond on the edge."""
    x, y = place
    return min(x, 1.0), min(max(y, 0.0), 1.0)


def _told_beyond(box: Box, count: int) -> list[str]:
    if not count:
        return []
    words = f"{count:,} beyond {'lies' if count == 1 else 'lie'} on the edge"
    return [
        label(
            words, box.x(1), TOP - 12, "muted",
            font_size=11, text_anchor="end", class_="chart-wide",
        )
    ]  # fmt: skip


def _slant(box: Box, across: Scale, up: Scale, slope: float) -> str:
    end = min(across.high, (up.high if slope > 0 else -up.low))
    line = box.path([(0.0, up.share(0.0)), (across.share(end), up.share(slope * end))])
    return box.stretched(stroke(line, "benchmark", 1, stroke_dasharray="3 3"))


def _dots(box: Box, places: Sequence[tuple[float, float]], colour: str) -> list[str]:
    for grain in (FINE, COARSE):
        seen = {_rounded(box, place, grain) for place in places}
        if len(seen) <= MOST:
            break
    data = "".join(f"M{x} {y}h0" for x, y in sorted(seen))
    return [box.stretched(stroke(data, colour, DOT, stroke_opacity=0.55))] if data else []


def _rounded(box: Box, place: tuple[float, float], grain: int) -> tuple[int, int]:
    x, y = place[0] * ACROSS, (1.0 - place[1]) * box.height
    return round(x / grain) * grain, round(y / grain) * grain


def _places(scale: Scale) -> int:
    return 0 if scale.high - scale.low > 0.06 else 1


def _names(box: Box, across: Scale) -> list[str]:
    shown = ticks(across, 5)
    bottom = box.top + box.height + 18
    places = 0 if across.high > 0.04 else 1 if across.high > 0.004 else 2
    return [
        label(
            percent(value, places).lstrip("+"), box.x(across.share(value)), bottom, "muted",
            font_size=11, text_anchor="start" if value == 0 else "middle",
        )
        for value in shown
        if across.share(value) < 0.97
    ]  # fmt: skip


def _words(subject: Subject, trips: Sequence[Trip]) -> tuple[str, str]:
    title = f"Simulated round trips of {subject.name}, how far they stood against and for it"
    if not trips:
        return title, "No round trip yet."
    worst, best = min(trip.mae for trip in trips), max(trip.mfe for trip in trips)
    won = [trip for trip in trips if trip.result > 0]
    deepest = min((trip.mae for trip in won), default=0.0)
    return title, (
        f"{len(trips):,} round trips, {len(won):,} with a gain. The worst that one stood at was "
        f"{percent(worst, 1)}, the best {percent(best, 1)}. One that gained had stood at "
        f"{percent(deepest, 1)} at most against its entry."
        if won
        else f"{len(trips):,} round trips, none with a gain. The worst that one stood at was "
        f"{percent(worst, 1)}."
    )
