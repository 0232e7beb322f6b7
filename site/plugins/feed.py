"""feed.xml: what each whole month added to the records, and what was released and decided."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid5
from xml.sax.saxutils import escape, quoteattr

from pelican import Pelican
from pelican.generators import Generator
from pelican.plugins import signals
from pelican.writers import Writer

SAID = "Records by month, releases and decisions. All results are simulated."
MONTHS_TOLD = 12
ROBOTS_TOLD = 50
DECISIONS_TOLD = 3
ATOM = "http://www.w3.org/2005/Atom"
NAMESPACE = UUID("d1d4a2f6-5c43-5a0b-9d0e-6f4c8b7a2e11")
RELEASE = re.compile(r"^## \[?v?(\d[\w.]*)\]?(?: [-–(]+ ?(\d{4}-\d\d-\d\d))", re.MULTILINE)
METADATA = re.compile(r"^(\w+): (.*)$", re.MULTILINE)
Months = Mapping[str, tuple[str, float]]
"""By month: its last session, and the record's return in it."""


class Entry(NamedTuple):
    """One entry; place is an address below the site's own."""

    place: str
    title: str
    day: str
    text: str


class Feed(Generator):
    """Writes the feed with every build, from the curves of all robots.

    A month appears when a session of the next is recorded, and does not change any more.
    """

    def generate_output(self, _writer: Writer) -> None:
        """Write the newest entries first."""
        entries = [*self._months(), *self._decisions(), *self._releases()]
        entries.sort(key=lambda entry: (entry.day, entry.place), reverse=True)
        url = self.settings["SITEURL"]
        updated = max((entry.day for entry in entries), default="2020-01-01")
        head = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<feed xmlns="{ATOM}">',
            f"<title>{escape(self.settings['SITENAME'])}</title>",
            f"<subtitle>{SAID}</subtitle>",
            f"<id>{_identity('')}</id>",
            f'<link rel="self" type="application/atom+xml" href={quoteattr(f"{url}/feed.xml")}/>',
            f"<link href={quoteattr(f'{url}/')}/>",
            f"<author><name>{escape(self.settings['SITENAME'])}</name></author>",
            f"<updated>{updated}T00:00:00Z</updated>",
        ]
        lines = [*head, *(_written(entry, url) for entry in entries), "</feed>", ""]
        place = Path(self.output_path, "feed.xml")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("\n".join(lines), encoding="utf-8")

    def _months(self) -> Iterator[Entry]:
        robots = self.context["robots"][:ROBOTS_TOLD]
        told = [(robot["name"], self._of(robot["slug"])) for robot in robots]
        every = sorted({month for _, months in told for month in months})[-MONTHS_TOLD:]
        for month in every:
            here = [(name, *months[month]) for name, months in told if month in months]
            words = f"{date.fromisoformat(f'{month}-01'):%B %Y}"
            lines = "; ".join(f"{name} {_percent(change)}" for name, _, change in here)
            text = f"Simulated returns of the month, costs included as each robot says: {lines}."
            day = max(session for _, session, _ in here)
            title = f"{words}: {len(here)} record{'s' * (len(here) != 1)}"
            yield Entry(f"robots/#record-{month}", title, day, text)

    def _of(self, slug: str) -> Months:
        path = Path(self.settings["ROBOT_DATA"], "robots", slug, "equity.json")
        return _months_of(path, path.stat().st_mtime_ns)

    def _decisions(self) -> Iterator[Entry]:
        paths = sorted(Path(self.settings["PATH"], "decisions").glob("*.md"))
        for path in paths[-DECISIONS_TOLD:]:
            head = path.read_text(encoding="utf-8").partition("\n\n")[0]
            told = dict(METADATA.findall(head))
            place = self.settings["ARTICLE_URL"].format(slug=told["Slug"])
            yield Entry(place, f"Decision {told['Title']}", told["Date"], told["Summary"])

    def _releases(self) -> Iterator[Entry]:
        changelog = Path(self.settings["CHANGELOG"])
        text = changelog.read_text(encoding="utf-8") if changelog.is_file() else ""
        for version, day in RELEASE.findall(text):
            if day:
                words = "What changed is in the changelog, breaking changes first."
                yield Entry(f"docs/changelog/#{version}", f"Release {version}", day, words)


@lru_cache(maxsize=4096)
def _months_of(path: Path, _modified: int) -> Months:
    record: Mapping[str, Any] = json.loads(path.read_bytes())["record"]
    return whole_months(list(zip(record["sessions"], record["equity"], strict=True)))


def whole_months(curve: list[tuple[str, float]]) -> Months:
    """Return the months after which there is another session; the first counts from its first.

    >>> whole_months([("2012-01-31", 100.0), ("2012-02-29", 110.0), ("2012-03-01", 99.0)])
    {'2012-01': ('2012-01-31', 0.0), '2012-02': ('2012-02-29', 0.1)}
    """
    lasts = [list(days)[-1] for _, days in groupby(curve, key=lambda each: each[0][:7])]
    before, found = (curve[0][1] if curve else 0.0), {}
    for session, equity in lasts[:-1]:
        found[session[:7]] = (session, round(equity / before - 1.0, 6) if before else 0.0)
        before = equity
    return found


def _percent(change: float) -> str:
    """Write a return with its sign.

    >>> _percent(-0.0123), _percent(0.0)
    ('−1.2%', '0.0%')
    """
    text = f"{change * 100:+.1f}%".replace("-", "−")
    return text[1:] if text.endswith("0.0%") and len(text) == 5 else text


def _identity(place: str) -> str:
    """Name an entry as it is named at whatever address the site stands: RFC 4287 wants it to stay.

    >>> _identity("robots/#record-2012-12")
    'urn:uuid:cfaaaa38-fb77-5b0a-ab6e-bd1cf347b30f'
    """
    return uuid5(NAMESPACE, f"feed/{place}").urn


def _written(entry: Entry, url: str) -> str:
    address = f"{url}/{entry.place}"
    return (
        f"<entry><title>{escape(entry.title)}</title><id>{_identity(entry.place)}</id>"
        f"<link href={quoteattr(address)}/><updated>{entry.day}T00:00:00Z</updated>"
        f'<content type="text">{escape(entry.text)}</content></entry>'
    )


def _generator(_pelican: Pelican) -> type[Generator]:
    return Feed


def register() -> None:
    """Write the feed with every build."""
    signals.get_generators.connect(_generator)
