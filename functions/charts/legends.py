"""The words that say what is what above a chart: the same for a drawing and for Plotly."""

from collections.abc import Sequence
from typing import NamedTuple

from functions.charts.palette import Palette, css
from functions.charts.plots import Json, plain
from functions.charts.subject import Subject
from functions.charts.svg import element, text_of

SIZE = 12.5
FIRST, SECOND = 14, 29  # pixels down to the words' feet
GAP = 14


class Entry(NamedTuple):
    """A sign in its colour, by the palette's name, and what it stands for."""

    sign: str
    colour: str
    words: str


class Legend(NamedTuple):
    """Whose curves they are, and what else is drawn: all of it, or what a phone shows.

    A phone names what else is drawn on a line of its own.
    """

    curves: Sequence[Entry]
    wide: Sequence[Entry] = ()
    narrow: Sequence[Entry] = ()


def of_curves(subject: Subject) -> list[Entry]:
    """Name the robot and what it is measured against."""
    own = Entry("━", "accent", subject.name)
    if subject.benchmark is None:
        return [own]
    return [own, Entry("━", "benchmark", subject.benchmark)]


def legend(subject: Subject, *marks: tuple[str, str, str]) -> str:
    """Draw the line of a chart whose marks a phone does not name."""
    return drawn(Legend(of_curves(subject), [Entry(*each) for each in marks]))


def drawn(told: Legend) -> str:
    """Draw it."""
    words = _written(told.curves)
    if told.wide:
        words += element("tspan", _written(told.wide, gap=GAP), class_="chart-wide")
    line = element("text", words, x=0, y=FIRST, font_size=SIZE)
    if not told.narrow:
        return line
    more = _written(told.narrow)
    return line + element(
        "text", more, x=0, y=SECOND, font_size=SIZE, class_="chart-narrow", display="none"
    )


def _written(entries: Sequence[Entry], gap: float = 0) -> str:
    return "".join(_entry(each, GAP if at else gap) for at, each in enumerate(entries))


def _entry(entry: Entry, gap: float) -> str:
    words = text_of(entry.words)
    if not entry.sign:
        return element("tspan", words, dx=gap, fill=css("ink"))
    sign = element("tspan", entry.sign, dx=gap, fill=css(entry.colour), font_weight=700)
    return sign + element("tspan", words, dx=5, fill=css("ink"))


def annotations(told: Legend, colours: Palette, top: float) -> list[Json]:
    """Return it for Plotly, above a plot that begins so many pixels down.

    One named "wide" and one named "narrow" stand where they differ; the narrow one is not visible.
    """
    wide = _html([*told.curves, *told.wide], colours)
    if not told.wide and not told.narrow:
        return [_annotation(wide, top)]
    lines = [_html(line, colours) for line in (told.curves, told.narrow) if line]
    narrow = _annotation("<br>".join(lines), top) | {"name": "narrow", "visible": False}
    return [_annotation(wide, top) | {"name": "wide", "visible": True}, narrow]


def _html(entries: Sequence[Entry], colours: Palette) -> str:
    """Write the entries; colours are those of a theme, since Plotly knows no others."""
    return "&nbsp;&nbsp; ".join(
        (
            f'<b><span style="color:{getattr(colours, sign_colour)}">{sign}</span></b> '
            if sign
            else ""
        )
        + f'<span style="color:{colours.ink}">{plain(words)}</span>'
        for sign, sign_colour, words in entries
    )


def _annotation(text: str, top: float) -> Json:
    return {
        "text": text,
        "showarrow": False,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "top",
        "align": "left",
        "yshift": top - FIRST + SIZE,
        "borderpad": 0,
        "font": {"size": SIZE},
    }
