"""The pictures by which others show our pages: a title over the curve of a published drawing.

The font is one that comes with Pelican, so that every machine draws the same picture.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pelican as pelican_package
import resvg_py
from markupsafe import Markup
from pelican import Pelican
from pelican.generators import Generator
from pelican.plugins import signals
from pelican.writers import Writer

FONT = "Yanone Kaffeesatz"
FONT_FILE = (
    Path(pelican_package.__file__).parent
    / "themes/notmyidea/static/fonts/Yanone_Kaffeesatz_400.ttf"
)
KEPT = 2_000
WIDTH = 1_200  # pixels; as head.py says it
WIDTH_OF_MANY = 600  # of robots' cards: a quarter of the time and bytes where there are thousands
LONGEST_TITLE, LONGEST_WORDS = 30, 70
SENTENCE = re.compile(r"(.*?[.:;])(?:\s|$)")
ACTIVE_CONTENT = re.compile(r"<\s*(script|foreignobject|image|iframe)", re.IGNORECASE)


class Card(NamedTuple):
    """What one picture says; robot: whose curve it shows, None for none."""

    name: str
    kind: str
    title: str
    words: str
    below: str
    robot: str | None


class Kept:
    """Pictures of this process by what they show: most are drawn once a month."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def picture(self, drawing: str, width: int) -> bytes:
        """Return a drawing as a PNG."""
        key = hashlib.sha256(f"{width} {drawing}".encode()).hexdigest()
        found = self._kept.get(key) or _painted(drawing, width)
        self._kept[key] = found
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found


KEEPING = Kept()


class Cards(Generator):
    """Draws the cards of the robots that are built, and with a whole build all others."""

    def generate_output(self, _writer: Writer) -> None:
        """Write a picture for each card."""
        self.data = Path(self.settings["ROBOT_DATA"]) / "robots"
        for card in self._cards():
            place = Path(self.output_path) / "cards" / f"{card.name}.png"
            place.parent.mkdir(parents=True, exist_ok=True)
            width = WIDTH_OF_MANY if card.kind == "robot" else WIDTH
            place.write_bytes(KEEPING.picture(self._drawn(card), width))

    def _cards(self) -> Iterator[Card]:
        dirty, robots = self.settings["DIRTY_SLUGS"], self.context["robots"]
        built = [one for one in robots if dirty == "all" or one["slug"] in dirty]
        yield from (_of_robot(one, self.env.filters["day"]) for one in built)
        if dirty != "all":
            return
        featured = self._featured(robots)
        said = "Every trade, sealed; and how much of it is luck."
        yield Card("home", "", "Trading robots that never trade", said, "", featured)
        docs = "How to write a strategy, and how results are made."
        yield Card("docs", "", "Documentation", docs, "", featured)
        for strategy in self.context["catalogue"]["strategies"]:
            yield _of_strategy(strategy, robots)

    def _featured(self, robots: list[Mapping[str, Any]]) -> str | None:
        slugs = [robot["slug"] for robot in robots]
        wanted: str = self.settings["FEATURED_ROBOT"]
        return wanted if wanted in slugs else next(iter(slugs), None)

    def _drawn(self, card: Card) -> str:
        drawn: str = self.env.get_template("card.svg").render(
            SITENAME=self.settings["SITENAME"],
            font=FONT,
            curve=self._curve(card.robot),
            **card._asdict(),
        )
        return drawn

    def _curve(self, slug: str | None) -> Markup:
        drawing = self.data / (slug or "") / "figures/card.svg"
        if slug is None or not drawing.is_file():
            return Markup("")
        text = drawing.read_text(encoding="utf-8")
        if ACTIVE_CONTENT.search(text):
            raise ValueError(f"{drawing} must be a drawing of lines alone; draw it again")
        return Markup(text)  # noqa: S704 - drawn by the platform, and checked above


def _of_robot(robot: Mapping[str, Any], day: Callable[[str], str]) -> Card:
    registered = robot["registered_at"]
    since = f"record since {day(registered)}" if registered else ""
    symbols = ", ".join(robot["symbols"])
    below = " · ".join(words for words in (since, symbols) if words)
    return Card(
        f"robots/{robot['slug']}",
        "robot",
        _short(robot["name"], LONGEST_TITLE),
        _short(_sentence(robot["description"]), LONGEST_WORDS),
        _short(below, LONGEST_WORDS),
        robot["slug"],
    )


def _of_strategy(strategy: Mapping[str, Any], robots: list[Mapping[str, Any]]) -> Card:
    runs = [robot["slug"] for robot in robots if robot["strategy"] == strategy["name"]]
    title = strategy["name"].replace("_", " ").capitalize()
    below = f"as run by {runs[0]}" if runs else ""
    words = _short(_sentence(strategy["summary"]), LONGEST_WORDS)
    name = f"strategies/{strategy['name']}"
    return Card(name, "strategy", title, words, below, runs[0] if runs else None)


def _sentence(words: str) -> str:
    """The first sentence.

    >>> _sentence("Holds what rose. Sells the rest."), _sentence("Holds")
    ('Holds what rose.', 'Holds')
    """
    found = SENTENCE.match(words)
    return found[1] if found else words


def _short(words: str, longest: int) -> str:
    """Cut words to a length.

    >>> _short("one two three", 8)
    'one two…'
    """
    plain = re.sub("[^\x20-\ud7ff\ue000-\ufffd]", "", " ".join(words.split()))
    return plain if len(plain) <= longest else f"{plain[: longest - 1].rstrip()}…"


def _painted(drawing: str, width: int) -> bytes:
    painted = resvg_py.svg_to_bytes(
        svg_string=drawing,
        width=width,
        font_files=[str(FONT_FILE)],
        skip_system_fonts=True,
        font_family=FONT,
    )
    return bytes(painted)


def _generator(_pelican: Pelican) -> type[Generator]:
    return Cards


def register() -> None:
    """Draw the cards with every build."""
    signals.get_generators.connect(_generator)
