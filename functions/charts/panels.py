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
AIR = {"backtest": 0.16, "record": 0.12}  # before the first session, where values are named
WHOLE_AIR = 0.05  # where a backtest has all of the width; on a phone values stand over the curve
WIDE = {"whole": 8, "record": 4, "backtest": 3}  # days that are named
NARROW = {"whole": 4, "record": 3, "backtest": 2}
EDGE, EDGE_NARROW = 0.03, 0.06
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
        alone = self.domain in WHOLE and self.phase.name == "backtest"
        air = WHOLE_AIR if alone else AIR[self.phase.name]
        return Scale(first - (last - first) * air, last + end)

    @cached_property
    def places(self) -> list[float]:
        """Where each session lies, as a share of the panel's width."""
        low, high, _ = self.days
        return [(day - low) / (high - low) for day in self.phase.days]

    def names(self, *, narrow: bool = False) -> list[tuple[int, str]]:
        """Return the days to name, as ordinals with their words: fewer on a phone.

        None stands where its words would be cut off.
        """
        low, high, _ = self.days
        wanted = (NARROW if narrow else WIDE)["whole" if self.domain in WHOLE else self.phase.name]
        first = int(self.phase.days[0])
        edge = int(high - (high - low) * (EDGE_NARROW if narrow else EDGE))
        return date_ticks(first, max(edge, first), wanted)

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
    """Draw a panel's background, its words, its base and its days."""
    record = panel.phase.name == "record"
    parts = [] if record else [box.rect(fill=css("shade"))]
    parts += [
        heading(*meaning(panel), x=box.x(0), y=box.top - 10),
        box.across(0.0, stroke=css("muted"), stroke_width=1),
    ]
    if record:
        x, blue = panel.places[0], css("accent")
        parts.append(box.down(x, stroke=blue, stroke_width=1.5, stroke_dasharray="2 3"))
    wide, narrow = panel.names(), panel.names(narrow=True)
    parts.append(element("g", _days(panel, box, wide), class_="chart-wide"))
    drawn = _days(panel, box, narrow)
    parts.append(element("g", drawn, class_="chart-narrow", display="none"))
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


def _days(panel: Panel, box: Box, names: Sequence[tuple[int, str]]) -> str:
    return "".join(_day(box, panel.days.share(day), words) for day, words in names)


def _day(box: Box, share: float, words: str) -> str:
    bottom = box.top + box.height
    x = box.x(share)
    tick = element("line", x1=x, x2=x, y1=bottom, y2=bottom + 4, stroke=css("muted"))
    return tick + label(words, x, bottom + 18, text_anchor="middle", font_size=11)


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


def _heading(panel: Panel, colours: Palette) -> str:
    name, since = meaning(panel)
    colour = colours.accent if name == "record" else colours.muted
    strong = f'<b><span style="color:{colour}">{TITLES[name].upper()}</span></b>'
    return f'{strong}  <span style="color:{colours.muted}">{since}</span>' if since else strong


def annotations(shown: Sequence[Panel], colours: Palette) -> list[Json]:
    """Return the words above each panel for Plotly."""
    return [
        {
            **_ABOVE,
            "text": _heading(panel, colours),
            "x": panel.domain[0],
            "yshift": 6,
            "borderpad": 0,
            "font": {"size": 11},
        }
        for panel in shown
    ]
