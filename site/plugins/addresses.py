"""sitemap.xml and robots.txt: which addresses there are."""

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from pelican import Pelican
from pelican.generators import Generator
from pelican.plugins import signals
from pelican.writers import Writer

OPENING = '<?xml version="1.0" encoding="UTF-8"?>'
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class Addresses(Generator):
    """Lists every public page of a full build."""

    def generate_output(self, _writer: Writer) -> None:
        """Write both files, with absolute addresses below SITEURL."""
        if self.settings["DIRTY_SLUGS"] != "all":
            return
        output = Path(self.output_path)
        output.mkdir(parents=True, exist_ok=True)
        lines = [f"<url><loc>{escape(self._absolute(path))}</loc></url>" for path in self._paths()]
        body = "\n".join([OPENING, f'<urlset xmlns="{NAMESPACE}">', *lines, "</urlset>", ""])
        (output / "sitemap.xml").write_text(body, encoding="utf-8")
        rules = f"User-agent: *\nAllow: /\nSitemap: {self._absolute('sitemap.xml')}\n"
        (output / "robots.txt").write_text(rules, encoding="utf-8")

    def _paths(self) -> Iterator[str]:
        yield from ("", "robots/", "status/", "docs/", "docs/decisions/", "docs/metrics/")
        for robot in self.context["robots"]:
            yield from (f"robots/{robot['slug']}/", f"robots/{robot['slug']}/parity/")
        yield from (page.url for page in self.context["pages"])
        yield from (decision.url for decision in self.context["articles"])

    def _absolute(self, path: str) -> str:
        return f"{self.settings['SITEURL'].rstrip('/')}/{path}"


def _generator(_pelican: Pelican) -> type[Generator]:
    return Addresses


def register() -> None:
    """Add the two files to every full build."""
    signals.get_generators.connect(_generator)
