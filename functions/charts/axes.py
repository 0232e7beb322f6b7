"""The axes of a panel for Plotly, the same as the drawing's."""

import math
from collections.abc import Callable, Sequence
from datetime import date

from functions.charts.palette import Palette
from functions.charts.panels import Panel
from functions.charts.plots import Json
from functions.charts.scale import Scale, ticks

APART = 44  # pixels
LINE = 12  # pixels that a line of words needs
FEW = 3  # names that a phone has room for, too

Names = Sequence[tuple[float, str]]


def labels(scale: Scale, height: float, write: Callable[[float], str]) -> Names:
    """Return the values to draw a line at on an axis so high, with their words.

    A line just below the top has no room for words: they are empty.
    """
    shown = ticks(scale, max(int(height / APART), 2))
    return [
        (each, write(each) if (1.0 - scale.share(each)) * height > LINE else "") for each in shown
    ]


def thinned(names: Names) -> Names:
    """Leave out every other word, where there are many: a phone's curves run below them."""
    named = [each for each in names if each[1]]
    kept = named if len(named) <= FEW else named[::2]
    return [(value, words if (value, words) in kept else "") for value, words in names]


def date_axis(colours: Palette, panel: Panel) -> Json:
    """Return a panel's axis of days; it can be zoomed, and then names days of its own."""
    return {
        "type": "date",
        "domain": list(panel.domain),
        "anchor": f"y{panel.axis}",
        "range": panel.range,
        "showgrid": False,
        "zeroline": False,
        "nticks": 5 if panel.phase.name == "record" else 4,
        "tickmode": "array",
        **_days(panel.names()),
        "tickangle": 0,
        "tickfont": {"color": colours.muted, "size": 11},
        "linecolor": colours.muted,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": colours.muted,
        "hoverformat": "%-d %b %Y",
    }


def value_axis(colours: Palette, panel: Panel, scale: Scale, named: Names) -> Json:
    """Return a panel's axis of values; their names stand inside, above their lines."""
    ends = scale.low, scale.high
    return {
        "type": "log" if scale.log else "linear",
        "anchor": f"x{panel.axis}",
        "range": [math.log10(end) if scale.log else end for end in ends],
        "fixedrange": True,
        **_values(named),
        "ticklabelposition": "inside top",
        "tickfont": {"color": colours.muted, "size": 11},
        "gridcolor": colours.line,
        "zeroline": False,
        "showline": False,
    }


def on_phone(panel: Panel, named: Names) -> Json:
    """Return what a panel's axes name on a phone, by their keys in the layout."""
    return {
        f"xaxis{panel.axis}": _days(panel.names(narrow=True)),
        f"yaxis{panel.axis}": _values(thinned(named)),
    }


def _days(names: Sequence[tuple[int, str]]) -> Json:
    return {
        "tickvals": [date.fromordinal(day).isoformat() for day, _ in names],
        "ticktext": [words for _, words in names],
    }


def _values(names: Names) -> Json:
    return {
        "tickvals": [value for value, _ in names],
        "ticktext": [words for _, words in names],
    }
