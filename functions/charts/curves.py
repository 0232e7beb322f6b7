"""Curves over a robot's two phases: what the equity and the drawdown chart share."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from functions.charts import legends
from functions.charts.axes import labels, thinned
from functions.charts.palette import Palette, css
from functions.charts.panels import Panel, annotations, frame, shapes
from functions.charts.plots import Json, layout, plain
from functions.charts.scale import Scale
from functions.charts.series import DENSE, Phase, Values, outline, weekly
from functions.charts.subject import Subject
from functions.charts.svg import Box, element, label, stroke

TOP, BOTTOM = 56, 26
BUCKETS, WIDE = 150, 0.9  # a panel that has all of the width shows twice as much
PENCIL, INK = 1.4, 2.0

Reading = Callable[[Values, float | None], Values]
Write = Callable[[float], str]


class Curves(NamedTuple):
    """What both phases' curves show: how equity is read, and how its values are written.

    read: of an equity curve and what it was before its first session.
    """

    subject: Subject
    read: Reading
    write: Write
    hover: str

    def robot(self, phase: Phase) -> Values:
        """Return the robot's curve."""
        return self.read(phase.equity, phase.start)

    def benchmark(self, phase: Phase) -> Values | None:
        """Return the benchmark's curve; None for the benchmark itself, or without one."""
        if self.subject.benchmark is None or phase.benchmark is None:
            return None
        return self.read(phase.benchmark, phase.start)

    def all(self, phase: Phase) -> list[float | None]:
        """Return every value that a panel must hold."""
        return [*self.robot(phase), *(self.benchmark(phase) or ())]


def panel_drawing(panel: Panel, box: Box, values: Scale, curves: Curves) -> list[str]:
    """Draw one panel: its frame, its values and both curves."""
    phase, wide = panel.phase, panel.phase.name == "record"
    below, above = ground(panel, box, values, curves.write)
    parts = list(below)
    theirs = curves.benchmark(phase)
    if theirs is not None:
        parts.append(curve(box, panel.places, theirs, values, ("benchmark", PENCIL)))
    own = curves.robot(phase)
    parts.append(curve(box, panel.places, own, values, ("accent", INK if wide else PENCIL)))
    if wide and own[-1] is not None:
        y = box.y(values.share(own[-1]))
        parts.append(element("circle", cx=box.x(panel.places[-1]), cy=y, r=3.5, fill=css("accent")))
    return [*parts, *above]


def ground(panel: Panel, box: Box, values: Scale, write: Write) -> tuple[list[str], list[str]]:
    """Return what lies behind a panel's curves, its frame and its grid, and the values above.

    A phone names every other value: they stand over the curves there.
    """
    shown = labels(values, box.height, write)
    below = frame(panel, box)
    below += [
        box.across(values.share(each), stroke=css("line"), stroke_width=1) for each, _ in shown
    ]
    behind = "surface" if panel.phase.name == "record" else "shade"
    above = []
    for (value, words), (_, narrow) in zip(shown, thinned(shown), strict=True):
        named = value_label(box, values.share(value), words, behind) if words else ""
        above.append(named if narrow else element("g", named, class_="chart-wide"))
    return below, above


def value_label(box: Box, share: float, words: str, behind: str) -> str:
    """Name a value inside a box, above its line; behind: the colour that it stands on."""
    return element(
        "svg",
        label(words, "6", -5, font_size=11, paint_order="stroke", stroke=css(behind),
              stroke_width=6, stroke_linejoin="round"),
        x=box.x(0), y=box.y(share), overflow="visible",
    )  # fmt: skip


def curve(
    box: Box, days: Sequence[float], values: Values, scale: Scale, pen: tuple[str, float]
) -> str:
    """Draw a curve in a box; days: where each value lies across. pen: colour and width."""
    points = [
        (days[at], scale.share(value))
        for at in outline(values, BUCKETS * (2 if box.width > WIDE else 1))
        if (value := values[at]) is not None
    ]
    if not points:
        return ""
    lone = "h0" if len(points) == 1 else ""  # without a length nothing is drawn but its round ends
    width = pen[1] * (3 if lone else 1)
    return box.stretched(stroke(f"{box.path(points)}{lone}", pen[0], width))


def traces(panel: Panel, curves: Curves, colours: Palette) -> list[Json]:
    """Return a panel's curves for Plotly."""
    phase = panel.phase
    kept = weekly(phase)
    record = phase.name == "record"
    ink = {"color": colours.accent, "width": INK if record else PENCIL}
    pens = [(curves.robot(phase), curves.subject.name, ink, "robot")]
    theirs = curves.benchmark(phase)
    if theirs is not None:
        pencil = {"color": colours.benchmark, "width": PENCIL}
        pens.insert(0, (theirs, curves.subject.benchmark or "", pencil, "benchmark"))
    return [
        _trace(panel, kept, values, curves.hover)
        | {"name": plain(name), "legendgroup": role, "line": line}
        for values, name, line, role in pens
    ]


def _trace(panel: Panel, kept: Sequence[int], values: Values, hover: str) -> Json:
    return {
        "type": "scatter",
        "mode": "lines" if len(kept) > 1 else "markers",
        "x": [panel.phase.sessions[at] for at in kept],
        "y": [_rounded(values[at]) for at in kept],
        "xaxis": f"x{panel.axis}",
        "yaxis": f"y{panel.axis}",
        "hovertemplate": hover,
    }


def _rounded(value: float | None) -> float | None:
    """Cents of money, hundredths of a percent of what is below one."""
    return None if value is None else round(value, 2 if abs(value) > 2.0 else 4)


def now(panel: Panel, curves: Curves, colours: Palette) -> list[Json]:
    """Return the point at the record's newest session for Plotly, as it is drawn."""
    newest = curves.robot(panel.phase)[-1]
    if panel.phase.name != "record" or newest is None:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "now",
            "x": [panel.phase.sessions[-1]],
            "y": [_rounded(newest)],
            "xaxis": f"x{panel.axis}",
            "yaxis": f"y{panel.axis}",
            "marker": {"size": 7, "color": colours.accent, "opacity": 1.0},
            "cliponaxis": False,
            "hoverinfo": "skip",
        }
    ]


def panels_layout(
    shown: Sequence[Panel], told: legends.Legend, colours: Palette, height: int, axes: Json
) -> Json:
    """Return the layout of a figure of panels: its plots stand where the drawing's do."""
    return layout(
        colours,
        height,
        **axes,
        margin={"l": 0, "r": 0, "t": TOP, "b": BOTTOM},
        showlegend=False,
        shapes=shapes(shown, colours),
        annotations=[*legends.annotations(told, colours, TOP), *annotations(shown, colours)],
    )


def note(shown: Sequence[Panel]) -> str | None:
    """Say that a curve was thinned, where one was."""
    dense = [panel.phase.name for panel in shown if len(panel.phase.sessions) > DENSE]
    if not dense:
        return None
    return f"The {' and the '.join(dense)} {'is' if len(dense) == 1 else 'are'} drawn by weeks."
