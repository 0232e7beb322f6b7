"""Backtest and record side by side: two accounts, two panels, never one line.

The record's panel is the wider one however few its sessions: what happened since the robot was
registered is what counts. The backtest's is shaded, and the words stand above both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from functions.charts.palette import Palette, css
from functions.charts.plots import Json
from functions.charts.scale import Scale, date_ticks, day
from functions.charts.series import Phase
from functions.charts.svg import Box, element, label

TITLES = {"backtest": "Backtest", "record": "Record"}
DIVIDED = ((0.0, 0.4), (0.43, 1.0))
WHOLE = ((0.0, 1.0),)
YOUNG = 90  # days
AIR = {"backtest": 0.12, "record": 0.09}  # before the first session, where values are named
END = 0.02  # after the record's last session, so that its point is whole on a phone


@dataclass(frozen=True)
class Panel:
    """One phase and the part of the width that shows it.

    axis: Plotly's suffix. remark: what a reader should know of its scale.
    """

    phase: Phase
    domain: tuple[float, float]
    axis: str
    remark: str = ""

    @cached_property
    def days(self) -> Scale:
        """The scale of its days: from some air before the first session to the last.

        A young record does not fill it: its curve grows into the panel.
        """
        first = self.phase.days[0]
        least = YOUNG if self.phase.name == "record" else 1
        last = max(self.phase.days[-1], first + least)
        end = (last - first) * END if self.phase.name == "record" else 0.0
        return Scale(first - (last - first) * AIR[self.phase.name], last + end)

    @cached_property
    def places(self) -> list[float]:
        """Where each session lies, as a share of the panel's width."""
        low, high, _ = self.days
        return [(day - low) / (high - low) for day in self.phase.days]

    @property
    def range(self) -> list[str]:
        """The same scale as dates, for Plotly."""
        return [date.fromordinal(int(end)).isoformat() for end in (self.days.low, self.days.high)]

    def box(self, top: float, height: float) -> Box:
        """Return the panel's place in a drawing."""
        left, right = self.domain
        return Box(left, right - left, top, height)


def panels(phases: Sequence[Phase]) -> list[Panel]:
    """Give each phase its panel; a phase that stands alone has the whole width."""
    domains = DIVIDED if len(phases) > 1 else WHOLE
    axes = ("", "2")
    return [Panel(*each) for each in zip(phases, domains, axes, strict=False)]


def frame(panel: Panel, box: Box) -> list[str]:
    """Draw a panel's background, its words, its base and its days: on a phone every other one."""
    record = panel.phase.name == "record"
    days, wanted = panel.days, 8 if panel.domain == WHOLE[0] else 4 if record else 3
    parts = [] if record else [box.rect(fill=css("shade"))]
    parts += [
        heading(*meaning(panel), x=box.x(0), y=box.top - 10),
        box.across(0.0, stroke=css("muted"), stroke_width=1),
    ]
    if record:
        x, blue = panel.places[0], css("accent")
        parts.append(box.down(x, stroke=blue, stroke_width=1.5, stroke_dasharray="2 3"))
    named = [
        each
        for each in date_ticks(int(panel.phase.days[0]), int(days.high), wanted)
        if each[0] >= days.low
    ]
    for at, (when, words) in enumerate(named):
        day_of = "".join(_day(box, days.share(when), words))
        parts.append(element("g", day_of, class_="chart-wide") if at % 2 else day_of)
    return parts


def meaning(panel: Panel) -> tuple[str, str]:
    """Return a phase's name, and since when it is what it is, with the panel's remark."""
    name, first = panel.phase.name, panel.phase.sessions[0]
    since = f"since {day(first)}" if name == "record" else ""
    return name, ", ".join(words for words in (since, panel.remark) if words)


def heading(name: str, since: str, *, x: str, y: float) -> str:
    """Draw the words that say which phase this is."""
    strong = element(
        "tspan",
        TITLES[name].upper(),
        fill=css("accent" if name == "record" else "muted"),
        font_weight=700,
        letter_spacing="0.08em",
    )
    words = strong + (element("tspan", since, dx=6, fill=css("muted")) if since else "")
    return element("text", words, x=x, y=y, font_size=11)


def _day(box: Box, share: float, words: str) -> list[str]:
    anchor = "start" if share < 0.04 else "end" if share > 0.96 else "middle"
    bottom = box.top + box.height
    x = box.x(share)
    tick = element("line", x1=x, x2=x, y1=bottom, y2=bottom + 4, stroke=css("muted"))
    return [tick, label(words, x, bottom + 18, text_anchor=anchor, font_size=11)]


def shapes(shown: Sequence[Panel], colours: Palette) -> list[Json]:
    """Return the same shading and dividing line for Plotly."""
    return [
        _shade(panel, colours) if panel.phase.name == "backtest" else _divider(panel, colours)
        for panel in shown
    ]


def _shade(panel: Panel, colours: Palette) -> Json:
    return {
        "type": "rect",
        "layer": "below",
        "xref": f"x{panel.axis} domain",
        "yref": f"y{panel.axis} domain",
        "x0": 0,
        "x1": 1,
        "y0": 0,
        "y1": 1,
        "fillcolor": colours.shade,
        "line": {"width": 0},
    }


def _divider(panel: Panel, colours: Palette) -> Json:
    return {
        "type": "line",
        "xref": f"x{panel.axis} domain",
        "yref": f"y{panel.axis} domain",
        "x0": panel.places[0],
        "x1": panel.places[0],
        "y0": 0,
        "y1": 1,
        "line": {"color": colours.accent, "width": 1.5, "dash": "dot"},
    }


_ABOVE: Json = {"showarrow": False, "y": 1, "xanchor": "left", "yanchor": "bottom"}
_ABOVE |= dict.fromkeys(("xref", "yref"), "paper")


def bold_heading(name: str, since: str) -> str:
    """Write the same words for Plotly."""
    return f"<b>{TITLES[name].upper()}</b>  {since}"


def annotations(shown: Sequence[Panel], colours: Palette) -> list[Json]:
    """Return the words above each panel for Plotly."""
    return [
        {
            **_ABOVE,
            "text": bold_heading(*meaning(panel)),
            "x": panel.domain[0],
            "font": {
                "size": 11,
                "color": colours.accent if panel.phase.name == "record" else colours.muted,
            },
        }
        for panel in shown
    ]
