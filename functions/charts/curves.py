"""Curves over a robot's two phases: what the equity and the drawdown chart share."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from functions.charts.axes import labels
from functions.charts.palette import Palette, css
from functions.charts.panels import Panel, frame
from functions.charts.plots import Json, plain
from functions.charts.scale import Scale
from functions.charts.series import DENSE, Phase, Values, outline, weekly
from functions.charts.subject import Subject
from functions.charts.svg import Box, element, label, stroke, text_of

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
    inside = [each for each in shown if box.y(values.share(each[0])) > box.top + 12]
    behind = "surface" if panel.phase.name == "record" else "shade"
    named = [value_label(box, values.share(each), words, behind) for each, words in inside]
    thinned = [
        element("g", each, class_="chart-wide") if at % 2 else each for at, each in enumerate(named)
    ]
    return below, thinned


def value_label(box: Box, share: float, words: str, behind: str) -> str:
    """Name a value inside a box, above its line; behind: the colour that it stands on."""
    return element(
        "svg",
        label(words, "6", -5, font_size=11, paint_order="stroke", stroke=css(behind),
              stroke_width=4, stroke_linejoin="round"),
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


def legend(subject: Subject, *marks: tuple[str, str, str]) -> str:
    """Draw the line that says what is what; marks: sign, colour, words, where there is room."""
    entries = [("━", "accent", subject.name)]
    if subject.benchmark is not None:
        entries.append(("━", "benchmark", subject.benchmark))
    words = "".join(_entry(*each, gap=14 if at else 0) for at, each in enumerate(entries))
    if marks:
        more = "".join(_entry(*each, gap=14) for each in marks)
        words += element("tspan", more, class_="chart-wide")
    return element("text", words, x=0, y=16, font_size=12.5)


def _entry(sign: str, colour: str, meaning: str, *, gap: float) -> str:
    drawn = element("tspan", sign, dx=gap, fill=css(colour), font_weight=700)
    return drawn + element("tspan", text_of(meaning), dx=5, fill=css("ink"))


def traces(panel: Panel, curves: Curves, colours: Palette, *, named: bool) -> list[Json]:
    """Return a panel's curves for Plotly; named: whether they stand in the legend."""
    phase = panel.phase
    kept = weekly(phase)
    record = phase.name == "record"
    ink = {"color": colours.accent, "width": INK if record else PENCIL}
    pens = [(curves.robot(phase), curves.subject.name, ink, (1, "robot"))]
    theirs = curves.benchmark(phase)
    if theirs is not None:
        pencil = {"color": colours.benchmark, "width": PENCIL}
        pens.insert(0, (theirs, curves.subject.benchmark or "", pencil, (2, "benchmark")))
    return [
        _trace(panel, kept, values, curves.hover)
        | {"name": plain(name), "legendgroup": role, "legendrank": rank}
        | {"line": line, "showlegend": named}
        for values, name, line, (rank, role) in pens
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


def note(shown: Sequence[Panel]) -> str | None:
    """Say that a curve was thinned, where one was."""
    dense = [panel.phase.name for panel in shown if len(panel.phase.sessions) > DENSE]
    if not dense:
        return None
    return f"The {' and the '.join(dense)} {'is' if len(dense) == 1 else 'are'} drawn by weeks."
