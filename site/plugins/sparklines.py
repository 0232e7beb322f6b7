"""Small drawings made with the page: a curve beside a row, and an interval around a figure."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from pelican import Pelican
from pelican.plugins import signals

WIDTH, HEIGHT, MARGIN = 132.0, 36.0, 3.0
BEFORE = 250  # sessions of backtest that lead up to the record
POINTS = 66  # a path longer than this shows nothing more at this size

SPARKLINE = Markup(
    '<svg class="spark" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    ' aria-hidden="true" focusable="false">'
    '<path class="spark-pencil" d="{pencil}"/><path class="spark-ink" d="{ink}"/>'
    '<path class="spark-line" d="M{split} 0V{height:g}"/>'
    '<circle class="spark-now" cx="{x}" cy="{y}" r="2"/></svg>'
)


def sparkline(equity: Mapping[str, Any]) -> Markup:
    """Draw the last of the backtest in pencil and the record so far in ink.

    They are two accounts: the pencil is scaled to end where the ink begins.
    """
    before = list(equity["backtest"]["equity"])[-BEFORE:]
    since = list(equity["record"]["equity"])
    ratio = since[0] / before[-1] if since and before and before[-1] else 1.0
    values = [value * ratio for value in before] + since
    if not values:
        return Markup("")
    points = _points(values)
    join = max(len(before) - 1, 0)
    return SPARKLINE.format(
        width=WIDTH,
        height=HEIGHT,
        pencil=_path(points[: len(before)]),
        ink=_path(points[join:]) if since else "",
        split=_text(points[join][0]),
        x=_text(points[-1][0]),
        y=_text(points[-1][1]),
    )


def _points(values: Sequence[float]) -> list[tuple[float, float]]:
    low, high = min(values), max(values)
    across = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)
    up = (HEIGHT - 2 * MARGIN) / ((high - low) or 1.0)
    return [
        (MARGIN + index * across, HEIGHT - MARGIN - (value - low) * up)
        for index, value in enumerate(values)
    ]


def _path(points: Sequence[tuple[float, float]]) -> str:
    if not points:
        return ""
    step = max(len(points) // POINTS, 1)
    kept = [*points[:-1:step], points[-1]]
    return "M" + "L".join(f"{_text(x)} {_text(y)}" for x, y in kept)


def _text(length: float) -> str:
    return f"{length:.1f}".removesuffix(".0")


def span(estimates: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """Find the scale on which all these intervals and zero can be drawn."""
    ends = [0.0]
    for estimate in estimates:
        ends += [estimate[end] for end in ("low", "high", "value") if estimate.get(end) is not None]
    margin = (max(ends) - min(ends)) * 0.06 or 1.0
    return min(ends) - margin, max(ends) + margin


def whisker(estimate: Mapping[str, Any], scale: tuple[float, float]) -> Markup:
    """Draw an interval with its estimate on a scale that has zero marked.

    Where there is none the drawing is hidden: one may come while the page is looked at.
    """
    ends = [estimate.get(name) for name in ("low", "high", "value")]
    low, high, value, zero = (_share(end, scale) for end in (*ends, 0.0))
    style = f"--low:{low};--high:{high};--value:{value};--zero:{zero}"
    hidden = Markup(" hidden") if any(end is None for end in ends) else ""
    return Markup(
        '<span class="whisker" aria-hidden="true" data-scale="{} {}" style="{}"{}></span>'
    ).format(*scale, style, hidden)


def _share(value: float | None, scale: tuple[float, float]) -> str:
    low, high = scale
    return f"{min(max(((value or 0.0) - low) / (high - low), 0.0), 1.0):.4f}"


def _add_filters(pelican: Pelican) -> None:
    pelican.settings["JINJA_FILTERS"] |= {
        "sparkline": sparkline,
        "span": span,
        "whisker": whisker,
    }


def register() -> None:
    """Offer the filters to every template."""
    signals.initialized.connect(_add_filters)
