"""What stands behind bars and marks where the axis across is no calendar."""

from collections.abc import Sequence

from functions.charts.axes import labels
from functions.charts.curves import Write, value_label
from functions.charts.palette import css
from functions.charts.scale import Scale
from functions.charts.svg import Box, element, label, percent_of

Layers = tuple[list[str], list[str]]


def grid(box: Box, scale: Scale, write: Write, behind: str = "surface") -> Layers:
    """Return a box's lines, which lie below all else, and the values' names, which lie above.

    behind: the colour that the names stand on.
    """
    shown = labels(scale, box.height, write)
    below = [
        box.across(scale.share(value), stroke=css("line"), stroke_width=1) for value, _ in shown
    ]
    named = [each for each in shown if each[1]]
    return below, [value_label(box, scale.share(each), words, behind) for each, words in named]


def zero(box: Box, scale: Scale) -> str:
    """Draw the line that stands for nothing gained."""
    return box.across(scale.share(0.0), stroke=css("muted"), stroke_width=1)


def bar(
    box: Box, across: tuple[float, float], up: tuple[float, float], colour: str, **more: str | float
) -> str:
    """Draw a bar; across: its left and right, up: its two ends, as shares of the box."""
    low, high = sorted(up)
    return element(
        "rect",
        x=box.x(across[0]),
        y=box.y(high),
        width=percent_of((across[1] - across[0]) * box.width),
        height=max(box.y(low) - box.y(high), 1.0),
        fill=css(colour),
        **more,
    )


def names_below(box: Box, names: Sequence[tuple[float, str]]) -> list[str]:
    """Name places across under a box; on a phone every other one."""
    bottom = box.top + box.height + 18
    return [
        label(words, box.x(share), bottom, "muted", font_size=11, text_anchor=_anchor(share))
        if at % 2 == 0
        else label(
            words, box.x(share), bottom, "muted",
            font_size=11, text_anchor=_anchor(share), class_="chart-wide",
        )
        for at, (share, words) in enumerate(names)
    ]  # fmt: skip


def _anchor(share: float) -> str:
    return "start" if share < 0.02 else "end" if share > 0.98 else "middle"


def round_scale(low: float, high: float, air: float = 0.06) -> Scale:
    """Return a linear scale from low to high with air outside whatever is not zero."""
    span = (high - low) or 1.0
    return Scale(low - span * air * (low < 0), high + span * air * (high > 0))
