"""How far the sessions before each day moved with the benchmark."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from functions.charts.curves import BOTTOM, PENCIL, curve, ground
from functions.charts.palette import css
from functions.charts.panels import Panel, panels
from functions.charts.scale import Scale
from functions.charts.series import phases, weekly
from functions.charts.subject import Subject
from functions.charts.svg import drawing
from functions.charts.windows import betas, returns_of, window_of

HEIGHT = 240
TOP = 28


class Slopes(NamedTuple):
    """A phase's slopes by place, where they are known."""

    panel: Panel
    window: int
    values: Mapping[int, float]


def slopes(subject: Subject, equity: Mapping[str, Any]) -> list[Slopes]:
    """Work out what is drawn; nothing without a benchmark."""
    shown = [panel for panel in panels(phases(equity)) if panel.phase.benchmark is not None]
    return [_slopes(panel, subject.periods_per_year) for panel in shown]


def _slopes(panel: Panel, year: float) -> Slopes:
    phase = panel.phase
    window, places = window_of(len(phase.sessions), year), weekly(phase)
    own = returns_of(phase.equity, phase.start)
    theirs = returns_of(phase.benchmark or (), phase.start)
    found = betas(own, theirs, window, places)
    known = {at: slope for at in places if (slope := found[at]) is not None}
    return Slopes(replace(panel, remark=f"over {window} sessions"), window, known)


def svg(subject: Subject, shown: Sequence[Slopes]) -> str:
    """Draw it; 1 moves as the benchmark does, 0 apart from it."""
    values = [value for one in shown for value in one.values.values()]
    low, high = min([*values, 0.0]), max([*values, 1.0])
    scale = Scale(low - (high - low) * 0.06, high + (high - low) * 0.16)
    inner = []
    for one in shown:
        box = one.panel.box(TOP, HEIGHT - TOP - BOTTOM)
        below, above = ground(one.panel, box, scale, lambda slope: f"{slope:g}".replace("-", "−"))
        inner += [*below, box.across(scale.share(0.0), stroke=css("muted"), stroke_width=1)]
        if one.values:
            days = [one.panel.places[at] for at in one.values]
            inner.append(curve(box, days, list(one.values.values()), scale, ("accent", PENCIL)))
        inner += above
    return drawing(f"{subject.slug}-beta", HEIGHT, _words(subject, shown), inner)


def _words(subject: Subject, shown: Sequence[Slopes]) -> tuple[str, str]:
    title = f"Simulated rolling beta of {subject.name} on {subject.benchmark or 'no benchmark'}"
    told = [
        f"In the {one.panel.phase.name} from {min(one.values.values()):.2f} to "
        f"{max(one.values.values()):.2f}."
        for one in shown
        if one.values
    ]
    return title, " ".join(told).replace("-", "−") or "Too few sessions yet."
