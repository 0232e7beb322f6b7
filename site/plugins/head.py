"""What a page says of itself to programs: its picture, its Markdown twin, its structured data."""

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from pelican import Pelican
from pelican.plugins import signals

Json = dict[str, Any]
SCHEMA = "https://schema.org"
LICENSE = "https://opensource.org/license/mit"
WITHOUT_TWIN = ("404.html", "search/", "dashboard/", "status/")
SECTIONS = {
    "robots": "Robots",
    "strategies": "Strategies",
    "docs": "Docs",
    "decisions": "Design decisions",
}
# Inside a script element only these can end it; escaped they are the same JSON.
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def card_of(address: str) -> str:
    """Find the picture that stands for a page.

    >>> card_of(""), card_of("robots/sma-cross/parity/"), card_of("docs/check/")
    ('cards/home.png', 'cards/robots/sma-cross.png', 'cards/docs.png')
    """
    first, *rest = address.split("/")
    if first in ("robots", "strategies") and rest and rest[0]:
        return f"cards/{first}/{rest[0]}.png"
    return "cards/docs.png" if first == "docs" else "cards/home.png"


def card_size(address: str) -> tuple[int, int]:
    """Return the picture's width and height: there may be thousands of robots.

    >>> card_size(""), card_size("strategies/sma_cross/"), card_size("robots/sma-cross/")
    ((1200, 630), (1200, 630), (600, 315))
    """
    return (600, 315) if card_of(address).startswith("cards/robots/") else (1200, 630)


def twin_of(address: str) -> str:
    """Find a page's Markdown; empty for a page that is nothing without scripts, or a state.

    >>> twin_of("docs/check/"), twin_of(""), twin_of("search/")
    ('docs/check/index.md', 'index.md', '')
    """
    none = address in WITHOUT_TWIN or address.endswith("/parity/")
    return "" if none else f"{address}index.md"


class Structured:
    """Writes JSON-LD; every word in it is data, whoever wrote it."""

    def __init__(self, site_name: str, site_url: str) -> None:
        self.site_name = site_name
        self.site_url = site_url

    def __call__(
        self, address: str, title: Markup, description: Markup, robot: Mapping[str, Any] | None
    ) -> Markup:
        """Return the script element of a page."""
        words = _words(title), _words(description)
        described = {"@context": SCHEMA, "@graph": self._graph(address, words, robot)}
        text = json.dumps(described, ensure_ascii=False, separators=(",", ":"))
        safe = text.translate(ESCAPES)
        return Markup(f'<script type="application/ld+json">{safe}</script>')  # noqa: S704 - escaped above

    def _graph(
        self, address: str, words: tuple[str, str], robot: Mapping[str, Any] | None
    ) -> list[Json]:
        url = f"{self.site_url}/{address}"
        own = self._own(address, words, robot) | {"url": url, "description": words[1]}
        return [own, self._path(address, words[0])] if address else [own]

    def _own(self, address: str, words: tuple[str, str], robot: Mapping[str, Any] | None) -> Json:
        name = words[0].removesuffix(f" | {self.site_name}")
        if not address:
            return self._site()
        if robot and address == f"robots/{robot['slug']}/":
            return self._dataset(robot)
        if address.startswith("docs/"):
            return {"@type": "TechArticle", "headline": name, "publisher": self._publisher()}
        if address.startswith("strategies/") and address.count("/") > 1:
            code = {"@type": "SoftwareSourceCode", "programmingLanguage": "Python"}
            return code | {"name": name, "license": LICENSE}
        return {"@type": "WebPage", "name": name}

    def _site(self) -> Json:
        target = f"{self.site_url}/search/?q={{words}}"
        search = {"@type": "SearchAction", "target": target, "query-input": "required name=words"}
        site = {"@type": "WebSite", "name": self.site_name, "potentialAction": search}
        return site | {"publisher": self._publisher()}

    def _publisher(self) -> Json:
        logo = f"{self.site_url}/icons/512.png"
        return {"@type": "Organization", "name": self.site_name, "logo": logo}

    def _dataset(self, robot: Mapping[str, Any]) -> Json:
        record = robot["record"]
        data = f"{self.site_url}/data/robots/{robot['slug']}"
        files = ("summary", "equity", "trades", "record")
        return {
            "@type": "Dataset",
            "name": f"{robot['name']}: simulated record, trades and equity",
            "isAccessibleForFree": True,
            "license": LICENSE,
            "creator": self._publisher(),
            "dateModified": robot["as_of"],
            "temporalCoverage": f"{record['start']}/{record['end']}" if record["start"] else None,
            "measurementTechnique": "simulation; no order is ever sent to a broker",
            "distribution": [
                {
                    "@type": "DataDownload",
                    "encodingFormat": "application/json",
                    "contentUrl": f"{data}/{name}.json",
                }
                for name in files
            ],
        }

    def _path(self, address: str, title: str) -> Json:
        parts = address.strip("/").split("/")
        name = title.removesuffix(f" | {self.site_name}")
        names = [*(SECTIONS.get(part, part) for part in parts[:-1]), name]
        items = [
            {
                "@type": "ListItem",
                "position": at,
                "name": words,
                "item": f"{self.site_url}/{'/'.join(parts[:at])}/",
            }
            for at, words in enumerate(names, start=1)
        ]
        return {"@type": "BreadcrumbList", "itemListElement": items}


def _words(markup: Markup) -> str:
    return " ".join(Markup(markup).unescape().split())  # noqa: S704 - the blocks are escaped


def _add(pelican: Pelican) -> None:
    settings = pelican.settings
    settings["JINJA_FILTERS"] |= {"card_of": card_of, "card_size": card_size, "twin_of": twin_of}
    structured = Structured(settings["SITENAME"], settings["SITEURL"])
    settings["JINJA_GLOBALS"] |= {"structured": structured}


def register() -> None:
    """Offer them to every template."""
    signals.initialized.connect(_add)
