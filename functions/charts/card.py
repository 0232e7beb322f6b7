"""The curves of a card, the picture by which others show a page: big, with few words.

A card that was shared stays where it was shared, so it shows what no longer changes: the months
that are whole.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from functions.charts.palette import LIGHT
from functions.charts.scale import Scale, spanning
from functions.charts.series import Phase, Values, outline, phases
from functions.charts.svg import element

WIDTH, HEIGHT = 1080, 240
BUCKETS = 50
GAP = 24
TOP = 36  # the words stand above the curves
DOT = 10.0
PENCIL, INK = 3.5, 6.0
WORDS_SIZE = 26


def card(curves: Mapping[str, Any]) -> str:
    """Draw the backtest in pencil and the record in ink, as two accounts side by side.

    curves: the content of an equity.json. Colours are written out: no page stands around it.
    """
    shown = [phase for each in phases(curves) if (phase := whole_months(each)).sessions]
    parts = [element("rect", width=WIDTH, height=HEIGHT, fill="none")]
    for phase, (left, right) in zip(shown, _places([each.name for each in shown]), strict=True):
        parts += _panel(phase, left, right)
    view = f"0 0 {WIDTH} {HEIGHT}"
    drawn = "".join(parts)
    return element("svg", drawn, xmlns="http://www.w3.org/2000/svg", viewBox=view)


def whole_months(phase: Phase) -> Phase:
    """Leave out the sessions of the newest month; a phase of one month stays as it is.

    >>> whole_months(Phase("record", ["2012-01-31", "2012-02-01"], [1.0, 2.0], None)).sessions
    ['2012-01-31']
    """
    months = [session[:7] for session in phase.sessions]
    kept = months.index(months[-1]) if months else 0
    if phase.name != "record" or not kept:
        return phase
    benchmark = None if phase.benchmark is None else phase.benchmark[:kept]
    return Phase(phase.name, phase.sessions[:kept], phase.equity[:kept], benchmark)


def _places(names: Sequence[str]) -> list[tuple[float, float]]:
    if len(names) < 2:
        return [(0.0, WIDTH - DOT)] * len(names)
    middle = WIDTH * 0.4
    return [(0.0, middle - GAP), (middle + GAP, WIDTH - DOT)]


def _panel(phase: Phase, left: float, right: float) -> list[str]:
    benchmark = phase.benchmark
    theirs = [each for each in benchmark or () if each is not None]
    values = spanning([*phase.equity, *theirs])
    record = phase.name == "record"
    parts = [] if record else [_shade(left, right)]
    place = (left, right, values)
    if benchmark is not None:
        parts.append(_curve(benchmark, place, LIGHT.benchmark, PENCIL))
    colour, width = (LIGHT.accent, INK) if record else (LIGHT.muted, PENCIL)
    parts.append(_curve(phase.equity, place, colour, width))
    if record:
        y = _y(values, phase.equity[-1])
        parts.append(element("circle", cx=right, cy=y, r=DOT, fill=LIGHT.accent))
    return [*parts, _words(phase, left, colour)]


def _words(phase: Phase, left: float, colour: str) -> str:
    words = element("tspan", phase.name, fill=colour)
    if phase.benchmark is not None:
        words += element("tspan", "benchmark", dx=16, fill=LIGHT.benchmark)
    return element("text", words, x=left + 12, y=WORDS_SIZE + 2, font_size=WORDS_SIZE)


def _shade(left: float, right: float) -> str:
    place: dict[str, str | float] = {"x": left, "width": right - left, "height": HEIGHT}
    return element("rect", fill="#efede7", rx=8, **place)


def _y(scale: Scale, value: float) -> float:
    return TOP + (1.0 - scale.share(value)) * (HEIGHT - TOP)


def _curve(values: Values, place: tuple[float, float, Scale], colour: str, width: float) -> str:
    left, right, scale = place
    step = (right - left) / max(len(values) - 1, 1)
    points = [
        f"{left + at * step:.0f} {_y(scale, value):.0f}"
        for at in outline(values, BUCKETS)
        if (value := values[at]) is not None
    ]
    return element(
        "path",
        d="M" + "L".join(points),
        fill="none",
        stroke=colour,
        stroke_width=width,
        stroke_linejoin="round",
        stroke_linecap="round",
    )
