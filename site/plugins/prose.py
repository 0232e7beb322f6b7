"""Words as they are read: code and tables in frames that scroll, headings that can be linked to."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import NamedTuple

from markupsafe import Markup
from pelican import Pelican
from pelican.plugins import signals

FIRST_PART = r"(?P<open><h(?P<level>[23])(?: [^>]*?)? ?id=\"(?P<id>[^\"]+)\"[^>]*>)"
HEADING = re.compile(FIRST_PART + r"(?P<text>.*?)(?P<close></h(?P=level)>)", re.DOTALL)
CONTENTS = re.compile(r'<div class="toc">.*?</div>\s*', re.DOTALL)
TAGS = re.compile(r"<[^>]+>")
FRAMES = {
    "<pre>": '<pre tabindex="0" role="group" aria-label="Code">',
    "<table>": '<div class="table-frame" tabindex="0" role="group" aria-label="Table"><table>',
    "</table>": "</table></div>",
    "::test_": "::<wbr>test_",
}


class Heading(NamedTuple):
    """A heading, and those of the next level below it."""

    id: str
    text: str
    below: list["Heading"]


def headings(content: str) -> list[Heading]:
    """List the headings of a page's content, the third level under the second.

    >>> found = headings('<h2 id="a">A &amp; b</h2><h3 id="c">C</h3>')
    >>> [(each.text, len(each.below)) for each in found]
    [('A & b', 1)]
    """
    found: list[Heading] = []
    for each in HEADING.finditer(content):
        heading = Heading(each["id"], unescape(TAGS.sub("", each["text"])), [])
        (found[-1].below if each["level"] == "3" and found else found).append(heading)
    return found


def prose(content: str) -> Markup:
    """Make content fit for reading: frames that scroll, headings that can be linked to.

    >>> print(prose('<h2 id="a">A</h2>'))
    <h2 id="a"><a class="anchor" href="#a">A</a></h2>
    """
    text = HEADING.sub(_linked, CONTENTS.sub("", content))
    for plain, framed in FRAMES.items():
        text = text.replace(plain, framed)
    return Markup(text)  # noqa: S704 - the site's own words


def _linked(heading: re.Match[str]) -> str:
    if "<a " in heading["text"]:
        return heading[0]
    link = f'<a class="anchor" href="#{heading["id"]}">{heading["text"]}</a>'
    return f"{heading['open']}{link}{heading['close']}"


def outlined(groups: Sequence[tuple[str, Sequence[Mapping[str, str]]]]) -> list[Heading]:
    """The groups of metrics as headings of their page."""
    return [
        Heading(group, group.capitalize(), [Heading(m["name"], m["title"], []) for m in members])
        for group, members in groups
    ]


def _add_filters(pelican: Pelican) -> None:
    pelican.settings["JINJA_FILTERS"] |= {
        "headings": headings,
        "outlined_metrics": outlined,
        "prose": prose,
    }


def register() -> None:
    """Offer the filters to every template."""
    signals.initialized.connect(_add_filters)
