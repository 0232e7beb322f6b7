"""A robot's fills as marks on its equity."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from functions.charts.palette import Palette, css
from functions.charts.panels import Panel
from functions.charts.plots import Json, plain
from functions.charts.scale import Scale
from functions.charts.series import Phase
from functions.charts.svg import ACROSS, Box, element, stroke

MARKED = {"record": 500, "backtest": 150}  # newest marks of each phase; more would hide the curve
ON_PHONE = 12  # newest triangles, where they would lie on each other
SHAPES = {"buy": ("gain", "M0-6 5.2 3h-10.4z"), "sell": ("loss", "M0 6-5.2-3h10.4z")}
SYMBOLS = {"buy": "triangle-up", "sell": "triangle-down"}

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


def triangles(panel: Panel, box: Box, scale: Scale, found: Sequence[Mark]) -> list[str]:
    """Draw the newest as triangles beside the curve: buys below it, sells above.

    A phone shows the newest few of them.
    """
    found = found[-MARKED["record"] :]
    worth = dict(zip(panel.phase.sessions, panel.phase.equity, strict=True))
    places = dict(zip(panel.phase.sessions, panel.places, strict=True))
    drawn = [
        element(
            "svg",
            _triangle(mark.side),
            x=box.x(places[mark.session]),
            y=box.y(scale.share(worth[mark.session])) + (11 if mark.side == "buy" else -11),
            overflow="visible",
        )
        for mark in found
    ]
    older, newest = drawn[:-ON_PHONE], drawn[-ON_PHONE:]
    return [*([element("g", "".join(older), class_="chart-wide")] if older else []), *newest]


def _triangle(side: str) -> str:
    colour, data = SHAPES[side]
    return element("path", d=data, fill=css(colour), stroke=css("surface"), stroke_width=1)


def rug(panel: Panel, box: Box, _scale: Scale, found: Sequence[Mark]) -> list[str]:
    """Draw the days of all of them as ticks along the base; a phone has no room for them."""
    if not found:
        return []
    places = dict(zip(panel.phase.sessions, panel.places, strict=True))
    sessions = sorted({mark.session for mark in found})
    data = "".join(f"M{places[session] * ACROSS:.1f} {box.height - 7:g}v6" for session in sessions)
    return [box.stretched(stroke(data, "muted", 1, stroke_opacity=0.6, class_="chart-wide"))]


def fills(panel: Panel, found: Sequence[Mark], colours: Palette) -> list[Json]:
    """Return the newest as markers on the curve for Plotly, each with what it stands for."""
    worth = dict(zip(panel.phase.sessions, panel.phase.equity, strict=True))
    found = found[-MARKED[panel.phase.name] :]
    record = panel.phase.name == "record"
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": side.capitalize(),
            "legendgroup": side,
            "showlegend": record,
            "meta": panel.phase.name,
            "x": [mark.session for mark in own],
            "y": [round(worth[mark.session], 2) for mark in own],
            "text": [_told(mark) for mark in own],
            "hovertemplate": "%{text}<extra></extra>",
            "xaxis": f"x{panel.axis}",
            "yaxis": f"y{panel.axis}",
            "marker": {
                "symbol": SYMBOLS[side],
                "size": 10 if record else 5,
                "opacity": 1.0 if record else 0.5,
                "color": getattr(colours, SHAPES[side][0]),
                "line": {"color": colours.surface, "width": 1 if record else 0},
            },
        }
        for side in ("buy", "sell")
        if (own := [mark for mark in found if mark.side == side])
    ]


def _told(mark: Mark) -> str:
    return "<br>".join(
        plain(
            f"{trade.get('action') or trade['side']} {_short(trade['quantity'])} "
            f"{trade['symbol']} at {_short(trade['price'], 2)}{_why(trade)}"
        )
        for trade in mark.trades
    )


def _why(trade: Trade) -> str:
    """What filled it, where that is told: a stop loss, a limit."""
    return f", {trade['reason']}" if trade.get("reason") else ""


def _short(amount: str, places: int = 0) -> str:
    """Write a decimal text without the zeros it does not need."""
    whole, _, part = amount.partition(".")
    part = part.rstrip("0").ljust(places, "0")
    return f"{whole}.{part}" if part else whole


def unmarked(phase: Phase, found: Sequence[Mark]) -> str:
    """Say for Plotly that not all are shown, where that is so."""
    most = MARKED[phase.name]
    if len(found) <= most:
        return ""
    return f"Of {len(found):,} marks of the {phase.name}'s fills the newest {most} are shown."
