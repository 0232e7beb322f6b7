"""Drawings that need no script, fit any width, and take the colours of the page they stand in.

A drawing is as wide as its place and as high as it says: text and marks are placed in percent
across and pixels down, and only lines are stretched. Standing alone it has its own colours, dark
ones where the reader prefers them: that rule of its `<style>` matches only an SVG that is the
document. STYLE is the same text in every drawing, so that a page's policy can allow it by hash;
a page that allows no style at all shows the drawing's wide form.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from functions.charts.palette import DARK, css

ACROSS = 1000  # units of a plot's own width
FONT = "var(--font, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif)"
STYLE = (
    "@media (prefers-color-scheme:dark){svg:root{"
    + ";".join(f"{name}:{value}" for name, value in DARK.tokens().items())
    + f";background:{DARK.surface}"
    + "}}"
    + "@media (max-width:600px){.chart-wide{display:none}.chart-narrow{display:inline}}"
)
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_of(words: str) -> str:
    """Escape text for an SVG; what XML cannot hold is left out.

    >>> text_of("<b>&")
    '&lt;b&gt;&amp;'
    """
    return escape(NOT_XML.sub("", words))


def element(name: str, inner: str = "", /, **attributes: str | float) -> str:
    """Write an element; `stroke_width` becomes stroke-width, `class_` becomes class.

    >>> element("rect", width="50%", stroke_width=1.50)
    '<rect width="50%" stroke-width="1.5"/>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def label(words: str, x: str, y: float, colour: str = "muted", /, **attributes: str | float) -> str:
    """Write escaped text at a place."""
    return element("text", text_of(words), x=x, y=y, fill=css(colour), **attributes)


def percent_of(share: float) -> str:
    """Write a share of the width.

    >>> percent_of(0.33333)
    '33.33%'
    """
    return f"{_value(share * 100)}%"


class Box(NamedTuple):
    """A part of the drawing: across in shares of its width, down in pixels."""

    left: float
    width: float
    top: float
    height: float

    def x(self, share: float) -> str:
        """Place a share of the box's own width."""
        return percent_of(self.left + share * self.width)

    def y(self, share: float) -> float:
        """Place a share of the box's own height, counted from its bottom."""
        return self.top + (1.0 - share) * self.height

    def rect(self, **attributes: str | float) -> str:
        """Draw the box itself."""
        place: dict[str, str | float] = {"y": self.top, "height": self.height}
        return element("rect", x=self.x(0), width=percent_of(self.width), **place, **attributes)

    def across(self, share: float, **attributes: str | float) -> str:
        """Draw a horizontal line at a height."""
        y = self.y(share)
        return element("line", x1=self.x(0), x2=self.x(1), y1=y, y2=y, **attributes)

    def down(self, share: float, **attributes: str | float) -> str:
        """Draw a vertical line at a place."""
        x, bottom = self.x(share), self.top + self.height
        return element("line", x1=x, x2=x, y1=self.top, y2=bottom, **attributes)

    def stretched(self, inner: str) -> str:
        """Hold paths drawn by `path`, so that they fill the box whatever its width."""
        return element(
            "svg",
            inner,
            x=self.x(0),
            y=self.top,
            width=percent_of(self.width),
            height=self.height,
            viewBox=f"0 0 {ACROSS} {self.height:g}",
            preserveAspectRatio="none",
            overflow="visible",
        )

    def path(self, points: Iterable[tuple[float, float]]) -> str:
        """Write path data through points given as shares across and up."""
        places = (f"{x * ACROSS:.1f} {(1.0 - y) * self.height:.1f}" for x, y in points)
        return "M" + "L".join(places).replace(".0 ", " ").replace(".0L", "L")


def stroke(data: str, colour: str, width: float, **attributes: str | float) -> str:
    """Draw a line of an even width, however its box is stretched."""
    return element(
        "path",
        d=data,
        fill="none",
        stroke=css(colour),
        stroke_width=width,
        stroke_linejoin="round",
        stroke_linecap="round",
        vector_effect="non-scaling-stroke",
        **attributes,
    )


def drawing(name: str, height: float, words: tuple[str, str], inner: Sequence[str]) -> str:
    """Close a drawing; words: its title, and what a reader would see in it.

    name: unique on a page; it becomes part of the drawing's ids.
    """
    prefix = re.sub(r"[^a-zA-Z0-9-]", "-", name)
    titles = element("title", text_of(words[0]), id=f"{prefix}-title")
    titles += element("desc", text_of(words[1]), id=f"{prefix}-desc")
    return element(
        "svg",
        titles + element("style", STYLE) + "".join(inner),
        xmlns="http://www.w3.org/2000/svg",
        width="100%",
        height=height,
        overflow="visible",
        role="img",
        aria_labelledby=f"{prefix}-title {prefix}-desc",
        font_family=FONT,
        font_size=12,
    )
