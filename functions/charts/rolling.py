"""The Sharpe ratio of the sessions before each day, with its interval, beside the benchmark's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from functions.charts.curves import BOTTOM, INK, PENCIL, TOP, curve, ground
from functions.charts.legends import Entry, Legend, drawn, of_curves
from functions.charts.palette import css
from functions.charts.panels import WHOLE, Panel, panels
from functions.charts.scale import Scale, day
from functions.charts.series import Values, phases, weekly
from functions.charts.subject import Subject
from functions.charts.svg import Box, drawing, element, label
from functions.charts.windows import reach, returns_of, sharpes, window_of

HEIGHT = 300
PLOT = HEIGHT - TOP - BOTTOM
LEAST = 2.0  # the scale spans this much on either side of zero at least


@dataclass(frozen=True)
class Rolling:
    """What one phase shows, at the places where the ratio is known.

    low, high: the interval of 95 % around the robot's own. benchmark: None without one.
    """

    panel: Panel
    window: int
    places: Sequence[int]
    own: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    benchmark: Values | None

    @classmethod
    def of(cls, subject: Subject, panel: Panel) -> "Rolling":
        """Work it out; a dense curve at the places that are drawn alone."""
        phase, year = panel.phase, subject.periods_per_year
        window, places = window_of(len(phase.sessions), year), weekly(phase)

        def of(values: Values) -> list[float | None]:
            return sharpes(returns_of(values, phase.start), window, year, places)

        found = of(phase.equity)
        known = {at: ratio for at in places if (ratio := found[at]) is not None}
        reaches = {at: reach(ratio, window, year) for at, ratio in known.items()}
        compared = phase.benchmark if subject.benchmark else None
        theirs = None if compared is None else of(compared)
        remark = f"over {window} sessions" if panel.domain in WHOLE else ""  # a half has no room
        return cls(
            panel=replace(panel, remark=remark),
            window=window,
            places=list(known),
            own=list(known.values()),
            low=[ratio - reaches[at] for at, ratio in known.items()],
            high=[ratio + reaches[at] for at, ratio in known.items()],
            benchmark=None if theirs is None else [theirs[at] for at in known],
        )

    @property
    def untold(self) -> str:
        """What stands in the place of a curve that is not there yet."""
        return f"after {self.window} sessions"

    @cached_property
    def days(self) -> list[float]:
        """Where each of its places lies across."""
        return [self.panel.places[at] for at in self.places]

    @cached_property
    def sessions(self) -> list[str]:
        """The sessions of its places."""
        return [self.panel.phase.sessions[at] for at in self.places]


def rollings(subject: Subject, equity: Mapping[str, Any]) -> list[Rolling]:
    """Work out what both phases show; drawing and figure are made from the same."""
    return [Rolling.of(subject, panel) for panel in panels(phases(equity))]


def scale_of(shown: Sequence[Rolling]) -> Scale:
    """Return the scale; all phases share one: a ratio means the same in each."""
    values = [value for one in shown for value in (*one.low, *one.high, *(one.benchmark or ()))]
    known = [value for value in values if value is not None]
    low, high = min([*known, -LEAST]), max([*known, LEAST])
    return Scale(low - (high - low) * 0.04, high + (high - low) * 0.04)


def written(ratio: float) -> str:
    """Write a ratio for an axis.

    >>> written(-1.5), written(0.0), written(2.0)
    ('−1.5', '0', '+2')
    """
    return f"{ratio:+.3g}".replace("-", "−") if ratio else "0"


def legend_of(subject: Subject) -> Legend:
    """Return what says which curve and which band is what."""
    band = [Entry("▒", "accent", "95% interval")]
    return Legend(of_curves(subject), band, band)


def svg(subject: Subject, shown: Sequence[Rolling]) -> str:
    """Draw it; a phase too young for a window says from when on it is told."""
    scale = scale_of(shown)
    inner = [drawn(legend_of(subject))]
    for one in shown:
        inner += _panel(one, one.panel.box(TOP, PLOT), scale)
    return drawing(f"{subject.slug}-rolling", HEIGHT, _words(subject, shown), inner)


def _panel(one: Rolling, box: Box, scale: Scale) -> list[str]:
    below, above = ground(one.panel, box, scale, written)
    wide = one.panel.phase.name == "record"
    parts = [
        *below,
        _band(one, box, scale),
        box.across(scale.share(0.0), stroke=css("muted"), stroke_width=1),
    ]
    if one.benchmark is not None:
        parts.append(curve(box, one.days, one.benchmark, scale, ("benchmark", PENCIL)))
    parts.append(curve(box, one.days, one.own, scale, ("accent", INK if wide else PENCIL)))
    if not one.places:
        parts.append(label(one.untold, box.x(0.5), box.y(0.75), text_anchor="middle"))
    return [*parts, *above]


def _band(one: Rolling, box: Box, scale: Scale) -> str:
    if not one.places:
        return ""
    step = max(len(one.places) // 300, 1)
    kept = sorted({*range(0, len(one.places), step), len(one.places) - 1})
    upper = [(one.days[at], scale.share(one.high[at])) for at in kept]
    lower = [(one.days[at], scale.share(one.low[at])) for at in reversed(kept)]
    data = f"{box.path([*upper, *lower])}Z"
    return box.stretched(element("path", d=data, fill=css("accent"), fill_opacity=0.13))


def _words(subject: Subject, shown: Sequence[Rolling]) -> tuple[str, str]:
    told = [_told(one) for one in shown]
    return f"Simulated rolling Sharpe ratio of {subject.name}", " ".join(told) or "No session yet."


def _told(one: Rolling) -> str:
    name = one.panel.phase.name
    if not one.places:
        return f"The {name} has fewer than {one.window} sessions."
    ends = (f"{each:.2f}".replace("-", "−") for each in (one.own[-1], one.low[-1], one.high[-1]))
    last, low, high = ends
    return (
        f"In the {name}, over the {one.window} sessions to {day(one.sessions[-1])}: {last}, "
        f"95% interval {low} to {high}."
    )
