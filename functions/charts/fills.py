"""A robot's fills as marks on its equity."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from functions.charts.legends import Entry
from functions.charts.palette import css
from functions.charts.panels import Panel
from functions.charts.scale import Scale
from functions.charts.series import Phase
from functions.charts.svg import ACROSS, Box, element, stroke

MARKED = 500  # newest triangles; more would hide the curve
ON_PHONE = 12  # of them on a phone, where more would lie on each other
APART = 11  # pixels from the curve: buys below it, sells above
RUG = 4, 6  # pixels above the base that a tick of the backtest stands at, and its height
SHAPES = {"buy": ("gain", "M0-6 5.2 3h-10.4z"), "sell": ("loss", "M0 6-5.2-3h10.4z")}

Trade = Mapping[str, Any]


class Mark(NamedTuple):
    """All fills of one session on one side."""

    session: str
    side: str
    trades: Sequence[Trade]


def marks(trades: Iterable[Trade], phase: Phase) -> list[Mark]:
    """Gather a phase's fills by session and side, oldest first."""
    own = [trade for trade in trades if trade["phase"] == phase.name]
    own.sort(key=lambda trade: (trade["session"], trade["side"]))
    found = [
        Mark(session, side, list(group))
        for (session, side), group in groupby(own, lambda each: (each["session"], each["side"]))
    ]
    known = set(phase.sessions)
    return [mark for mark in found if mark.session in known]


def legend_of(shown: Sequence[Panel], trades: Sequence[Trade]) -> tuple[list[Entry], list[Entry]]:
    """Return what says how fills are drawn, and what says it on a phone.

    Where not all of the record's are marked, it says how many are.
    """
    found = {panel.phase.name: marks(trades, panel.phase) for panel in shown}
    if "record" not in found:
        return [Entry("│", "muted", "fills")], []
    rug = [Entry("│", "muted", "fills of the backtest")] if found.get("backtest") else []
    record = found["record"]
    return [*_signs(record, MARKED), *rug], _signs(record, ON_PHONE)


def _signs(found: Sequence[Mark], most: int) -> list[Entry]:
    both = [Entry("▲", "gain", "buy"), Entry("▼", "loss", "sell")]
    if len(found) <= most:
        return both
    count = sum(len(each.trades) for each in found[-most:])
    return [*both, Entry("", "muted", f"last {count} fills")]


def triangles(panel: Panel, box: Box, scale: Scale, found: Sequence[Mark]) -> list[str]:
    """Draw the newest as triangles beside the curve: buys below it, sells above.

    A phone shows the newest few of them.
    """
    found = found[-MARKED:]
    worth = dict(zip(panel.phase.sessions, panel.phase.equity, strict=True))
    places = dict(zip(panel.phase.sessions, panel.places, strict=True))
    drawn = [
        element(
            "svg",
            _triangle(mark.side),
            x=box.x(places[mark.session]),
            y=box.y(scale.share(worth[mark.session])) - above(mark.side),
            overflow="visible",
        )
        for mark in found
    ]
    older, newest = drawn[:-ON_PHONE], drawn[-ON_PHONE:]
    return [*([element("g", "".join(older), class_="chart-wide")] if older else []), *newest]


def above(side: str) -> float:
    """Return how far above the curve a mark stands, in pixels."""
    return -APART if side == "buy" else APART


def _triangle(side: str) -> str:
    colour, data = SHAPES[side]
    return element("path", d=data, fill=css(colour), stroke=css("surface"), stroke_width=1)


def rug(panel: Panel, box: Box, _scale: Scale, found: Sequence[Mark]) -> list[str]:
    """Draw the days of all of them as ticks along the base; a phone has no room for them."""
    if not found:
        return []
    places = dict(zip(panel.phase.sessions, panel.places, strict=True))
    sessions = sorted({mark.session for mark in found})
    top = box.height - RUG[0] - RUG[1] / 2
    data = "".join(f"M{places[session] * ACROSS:.1f} {top:g}v{RUG[1]}" for session in sessions)
    return [box.stretched(stroke(data, "muted", 1, stroke_opacity=0.6, class_="chart-wide"))]
