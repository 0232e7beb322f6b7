"""The docs as one book: sections, the order of pages, and the neighbours of each."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from markdown import Markdown
from pelican import Pelican
from pelican.generators import Generator
from pelican.plugins import signals
from pelican.writers import Writer

SECTIONS = {
    "start": ("Start here", "From nothing to a result, and from a result to a robot."),
    "strategies": ("Strategies and data", "Write a strategy, check it, and give it prices."),
    "howto": ("How to", "One task a page, from the first line to the last."),
    "simulation": ("The simulation", "What happens to a bar, to an order and to your money."),
    "results": ("Results and the record", "How a figure is made, sealed, replayed and checked."),
    "reference": ("Reference", "Every command, class, route and figure."),
    "moving": ("Coming from another engine", "Its words, ours, and a strategy ported."),
    "project": ("The project", "Questions, decisions and changes."),
}


class Entry(NamedTuple):
    """One page of the book; `url` has no slash before it."""

    url: str
    title: str
    description: str
    section: str
    order: int


class Section(NamedTuple):
    """Some pages under one title."""

    key: str
    title: str
    description: str
    pages: list[Entry]


class Documentation(Generator):
    """Gives the templates the order of the docs, and writes the pages that no Markdown makes."""

    def generate_context(self) -> None:
        """Sort all pages into their sections."""
        entries = [_entry(page) for page in self.context["pages"] if page.url.startswith("docs/")]
        sections = in_sections([*entries, *self._made()])
        flat = [entry for section in sections for entry in section.pages]
        self.context |= {
            "docs_sections": sections,
            "docs_neighbours": neighbours(flat),
            "docs_section_of": {each.url: SECTIONS[each.section][0] for each in flat},
        }

    def generate_output(self, writer: Writer) -> None:
        """Write the page of changes with a full build."""
        if self.settings["DIRTY_SLUGS"] != "all" or not self._changes.is_file():
            return
        template, url = self.get_template("changelog"), "docs/changelog/"
        told = self._told(self._changes.read_text(encoding="utf-8"))
        writer.write_file(f"{url}index.html", template, self.context, url=url, changelog=told)

    @property
    def _changes(self) -> Path:
        return Path(self.settings["CHANGELOG"])

    def _told(self, text: str) -> str:
        settings = self.settings["MARKDOWN"]
        names = list(settings["extension_configs"])
        reader = Markdown(extensions=names, extension_configs=settings["extension_configs"])
        return reader.convert(text.partition("\n")[2])  # the page has its title already

    def _made(self) -> list[Entry]:
        catalogue, decisions = self.context["catalogue"], self.context["articles"]
        count = f"{len(catalogue['metrics'])} figures with formula, unit, source and known answer."
        entries = [
            Entry("docs/api/", "REST API", "Every route, with curl and Python.", "reference", 40),
            Entry("docs/metrics/", "Metrics", count, "reference", 50),
            Entry(
                "docs/decisions/",
                "Design decisions",
                f"{len(decisions)} short pages: what was decided, why, and what follows from it.",
                "project",
                60,
            ),
        ]
        if self._changes.is_file():
            changes = "All notable changes, breaking ones first."
            entries.append(Entry("docs/changelog/", "Changelog", changes, "project", 70))
        return entries


def _entry(page: Any) -> Entry:  # noqa: ANN401 - Pelican has no types
    told: Mapping[str, str] = page.metadata
    section = told.get("section", "")
    if section not in SECTIONS:
        raise ValueError(
            f"{page.url}: Section must be one of {', '.join(SECTIONS)}, was {section!r}"
        )
    order = int(told["order"])
    return Entry(page.url, page.title, told.get("description", ""), section, order)


def in_sections(entries: Sequence[Entry]) -> list[Section]:
    """Put pages into their sections, by their order and then by their title.

    >>> page = Entry("docs/a/", "A", "", "start", 2)
    >>> [each.key for each in in_sections([page])], in_sections([])
    (['start'], [])
    """
    ordered = sorted(entries, key=lambda entry: (entry.order, entry.title))
    found = (
        Section(key, *words, [entry for entry in ordered if entry.section == key])
        for key, words in SECTIONS.items()
    )
    return [section for section in found if section.pages]


def neighbours(pages: Sequence[Any]) -> dict[str, tuple[Any, Any]]:
    """Name the page before and the page after each, None at the ends.

    >>> from types import SimpleNamespace as Page
    >>> around = neighbours([Page(url="a"), Page(url="b")])
    >>> around["a"][0] is None, around["a"][1].url, around["b"][0].url
    (True, 'b', 'a')
    """
    padded = [None, *pages, None]
    pairs = zip(pairwise(padded[:-1]), padded[2:], strict=True)
    return {page.url: (before, after) for (before, page), after in pairs}


def among(url: str, pages: Sequence[Any]) -> tuple[Any, Any]:
    """The neighbours of one page."""
    return neighbours(pages)[url]


def _add_filters(pelican: Pelican) -> None:
    pelican.settings["JINJA_FILTERS"] |= {"among": among}


def _generator(_pelican: Pelican) -> type[Generator]:
    return Documentation


def register() -> None:
    """Offer the filter to every template, and the order of the docs to every page."""
    signals.initialized.connect(_add_filters)
    signals.get_generators.connect(_generator)
