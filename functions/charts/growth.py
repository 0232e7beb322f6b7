"""Several runs over the days that all have: what one unit of money grew to."""

from collections.abc import Sequence
from dataclasses import replace

from functions.charts.curves import BOTTOM, BUCKETS, ground
from functions.charts.palette import css
from functions.charts.panels import panels
from functions.charts.scale import percent, spanning
from functions.charts.series import Phase, outline
from functions.charts.svg import Box, drawing, element, stroke, text_of

HEIGHT = 420
PENS = (
    ("accent", "none"),
    ("loss", "7 3"),
    ("gain", "2 3"),
    ("muted", "9 3 2 3"),
    ("ink", "1 4"),
    ("benchmark", "5 5"),
)
"""Colour and dashes of each run: told apart without colour, too."""
LINE = 22  # pixels of the legend for each run


def svg(names: Sequence[str], days: Sequence[str], curves: Sequence[Sequence[float]]) -> str:
    """Draw it on a logarithmic scale where that is possible.

    curves: of each run, one more value than there are days: the start first.
    """
    top = 36 + LINE * len(names)
    inner = [part for at, name in enumerate(names) for part in _name(at, name)]
    if days:
        inner += _curves(days, [curve[1:] for curve in curves], top)
    return drawing("compared-growth", HEIGHT + top, _words(names, curves), inner)


def _name(at: int, name: str) -> list[str]:
    colour, dashes = pen(at)
    y = 12 + LINE * at
    line = element(
        "line", x1=0, x2=28, y1=y - 4, y2=y - 4, stroke=css(colour), stroke_width=2.2,
        stroke_dasharray=dashes,
    )  # fmt: skip
    return [line, element("text", text_of(name), x=38, y=y, font_size=12.5, fill=css("ink"))]


def pen(at: int) -> tuple[str, str]:
    """Return the colour and the dashes of a run by its place; they repeat after six."""
    return PENS[at % len(PENS)]


def _curves(days: Sequence[str], curves: Sequence[Sequence[float]], top: float) -> list[str]:
    values = [value for curve in curves for value in curve]
    scale = spanning(values, log=min(values) > 0)
    (bare,) = panels([Phase("backtest", days, [1.0] * len(days), None)])
    panel = replace(bare, remark="log scale" if scale.log else "")
    box = Box(0.0, 1.0, top, HEIGHT - BOTTOM)
    below, above = ground(panel, box, scale, lambda value: f"{value:.4g}×")
    drawn = []
    for at, curve in enumerate(curves):
        kept = outline(curve, 2 * BUCKETS)
        data = box.path([(panel.places[each], scale.share(curve[each])) for each in kept])
        colour, dashes = pen(at)
        drawn.append(box.stretched(stroke(data, colour, 1.6, stroke_dasharray=dashes)))
    return [*below, *drawn, *above]


def _words(names: Sequence[str], curves: Sequence[Sequence[float]]) -> tuple[str, str]:
    told = [
        f"{name}: {percent(curve[-1] / curve[0] - 1.0, 1)}."
        for name, curve in zip(names, curves, strict=True)
        if len(curve) > 1 and curve[0]
    ]
    return "Simulated growth over the days that all runs share", " ".join(told) or "No day yet."
