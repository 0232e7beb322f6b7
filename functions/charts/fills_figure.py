"""A robot's fills for Plotly, where the drawing has them."""

from collections.abc import Sequence
from itertools import groupby

from functions.charts.fills import MARKED, ON_PHONE, RUG, SHAPES, Mark, Trade, above
from functions.charts.palette import Palette
from functions.charts.panels import Panel
from functions.charts.plots import Json, plain
from functions.charts.scale import Scale

SYMBOLS = {"buy": "triangle-up", "sell": "triangle-down"}
TOLD = 150  # newest days of the backtest whose fills are told one by one


def fills(
    panel: Panel, found: Sequence[Mark], scale: Scale, height: float, colours: Palette
) -> list[Json]:
    """Return the same marks for Plotly, in a plot of that height, each with what it stands for.

    `meta.on_phone` says how many of a trace's newest a phone shows.
    """
    if panel.phase.name == "record":
        return _beside(panel, found, scale, height, colours)
    return _along(panel, found, scale, height, colours)


def _beside(
    panel: Panel, found: Sequence[Mark], scale: Scale, height: float, colours: Palette
) -> list[Json]:
    worth = dict(zip(panel.phase.sessions, panel.phase.equity, strict=True))
    newest = found[-ON_PHONE:]
    return [
        _trace(panel, side)
        | {
            "x": [mark.session for mark in own],
            "y": [
                round(scale.value(scale.share(worth[mark.session]) + above(side) / height), 2)
                for mark in own
            ],
            "text": [_told(mark) for mark in own],
            "meta": {"phase": "record", "on_phone": sum(mark.side == side for mark in newest)},
            "marker": {
                "symbol": SYMBOLS[side],
                "size": 10,
                "opacity": 1.0,
                "color": getattr(colours, SHAPES[side][0]),
                "line": {"color": colours.surface, "width": 1},
            },
        }
        for side in ("buy", "sell")
        if (own := [mark for mark in found[-MARKED:] if mark.side == side])
    ]


def _along(
    panel: Panel, found: Sequence[Mark], scale: Scale, height: float, colours: Palette
) -> list[Json]:
    if not found:
        return []
    days = [(day, list(group)) for day, group in groupby(found, lambda mark: mark.session)]
    return [
        _trace(panel, "fills")
        | {
            "x": [day for day, _ in days],
            "y": [round(scale.value(RUG[0] / height), 2)] * len(days),
            "text": [
                *(" and ".join(map(_counted, on_day)) for _, on_day in days[:-TOLD]),
                *("<br>".join(map(_told, on_day)) for _, on_day in days[-TOLD:]),
            ],
            "meta": {"phase": panel.phase.name, "on_phone": 0},
            "marker": {
                "symbol": "line-ns-open",
                "size": RUG[1] / 1.4,  # Plotly draws it so much higher
                "opacity": 0.6,
                "color": colours.muted,
                "line": {"color": colours.muted, "width": 1},
            },
        }
    ]


def _trace(panel: Panel, name: str) -> Json:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "legendgroup": name,
        "hovertemplate": "%{text}<extra></extra>",
        "xaxis": f"x{panel.axis}",
        "yaxis": f"y{panel.axis}",
    }


def _counted(mark: Mark) -> str:
    """Count a day's fills: to tell each of years of them is too much to send."""
    count = len(mark.trades)
    return f"{count} {mark.side}{'' if count == 1 else 's'}"


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
