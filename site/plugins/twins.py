"""The Markdown twin of each page, and llms.txt, which lists them for programs that read.

A page that was written in Markdown has its source for a twin, any other what it says.
"""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

from pelican import Pelican
from pelican.contents import Content
from pelican.plugins import signals

MAIN = re.compile(r"<main\b.*?</main>", re.DOTALL)
TWIN = re.compile(r'<link rel="alternate" type="text/markdown" href="/([^"]+)"')
TITLE = re.compile("<title>(.*?)</title>", re.DOTALL)
DESCRIPTION = re.compile('<meta name="description" content="(.*?)">', re.DOTALL)
METADATA = re.compile(r"\A(?:[A-Za-z_]+:[^\n]*\n)+\n?")
SILENT = ("svg", "script", "style", "button", "noscript", "template", "nav", "form")
BLOCKS = ("p", "section", "article", "header", "figure", "dl", "ul", "ol", "caption", "figcaption")
APART = ("div", "span", "dd", "summary", "label")
HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`", "kbd": "`"}
VOID = ("br", "hr", "img", "wbr", "col", "link", "meta", "input")
SECTIONS = {"": "The site", "docs": "Documentation", "strategies": "Strategies"}
SECTIONS["decisions"] = "Design decisions"


class Reader(HTMLParser):
    """Reads the main part of a page into Markdown."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = 0
        self._links: list[str] = []
        self._verbatim = False
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what Markdown has a sign for."""
        told = dict(attrs)
        hidden = "hidden" in told or told.get("aria-hidden") == "true"
        if self._silent or ((tag in SILENT or hidden) and tag not in VOID):
            self._silent += tag not in VOID
            return
        if tag in HEADINGS:
            self.parts.append(f"\n\n{HEADINGS[tag]} ")
        elif tag == "a":
            self._links.append(told.get("href") or "#")
            self.parts.append("" if self._links[-1].startswith("#") else "[")
        elif tag in ("td", "th"):
            self._cells += 1
            self.parts.append(" | " if self._cells > 1 else "| ")
        else:
            self._open(tag)

    def _open(self, tag: str) -> None:
        self._verbatim = self._verbatim or tag == "pre"
        self._cells = 0 if tag == "tr" else self._cells
        signs = {"li": "\n- ", "dt": "\n\n- ", "tr": "\n", "pre": "\n\n```\n", "br": "\n"}
        if tag in signs:
            self.parts.append(signs[tag])
        elif tag in MARKS and not self._verbatim:
            self.parts.append(MARKS[tag])
        elif tag in BLOCKS and not self._cells:
            self.parts.append("\n\n")
        elif tag in APART and not self._verbatim:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """Close it again."""
        if self._silent:
            self._silent -= tag not in VOID
        elif tag == "a" and self._links:
            link = self._links.pop()
            self.parts.append("" if link.startswith("#") else f"]({link})")
        elif tag == "pre":
            self._verbatim = False
            self.parts.append("\n```\n\n")
        elif tag == "tr":
            self.parts.append(" |")
            self._cells = 0
        elif tag == "thead":
            row = "".join(self.parts).rsplit("\n", 1)[-1]
            self.parts.append("\n|" + " --- |" * max(row.count(" | ") + 1, 1))
        elif tag == "dt":
            self.parts.append(": ")
        elif tag in APART and not self._verbatim:
            self.parts.append(" ")
        elif tag in HEADINGS:
            self.parts.append("\n\n")
        elif tag in MARKS and not self._verbatim:
            self.parts.append(MARKS[tag])

    def handle_data(self, data: str) -> None:
        """Take words; outside of code, white space is one blank."""
        if not self._silent:
            self.parts.append(data if self._verbatim else re.sub(r"\s+", " ", data))


def markdown(page: str) -> str:
    r"""Return a page's main part as Markdown.

    >>> markdown('<main><h1>A</h1><p>b <a href="/c/">c</a></p><ul><li>d</ul></main>')
    '# A\n\nb [c](/c/)\n\n- d\n'
    """
    found = MAIN.search(page)
    reader = Reader()
    reader.feed(found[0] if found else "")
    text = "".join(reader.parts).replace("\N{NO-BREAK SPACE}", " ")
    return (
        "```".join(
            part if at % 2 else _tidy(part) for at, part in enumerate(text.strip().split("```"))
        )
        + "\n"
    )


def _tidy(text: str) -> str:
    r"""One blank between words, one empty line between blocks; code is never touched.

    >>> _tidy("a  b \n \n\n c ,")
    'a b\n\nc,'
    """
    text = re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", text))
    return re.sub(r" ([,.;:])", r"\1", re.sub(r"\n{3,}", "\n\n", text))


def source_of(content: Content) -> str:
    """Return the text that a page was written as, under its title and description."""
    text = Path(content.source_path).read_text(encoding="utf-8")
    said = content.metadata.get("description") or content.metadata.get("summary") or ""
    words = re.sub(r"<[^>]+>", "", str(said)).strip()
    head = [f"# {content.title}", f"> {words}"] if words else [f"# {content.title}"]
    return "\n\n".join([*head, METADATA.sub("", text).strip()]) + "\n"


class Twins:
    """Knows the sources of one build, and writes what its pages point to."""

    def __init__(self) -> None:
        self.sources: dict[str, str] = {}

    def keep(self, content: Content) -> None:
        """Note the source of a page that was read."""
        if getattr(content, "source_path", None) and getattr(content, "url", None):
            self.sources[f"{content.url}index.md"] = source_of(content)

    def write(self, pelican: Pelican) -> None:
        """Write a twin beside each page that names one and has none yet."""
        output = Path(pelican.output_path)
        for path in output.rglob("*.html"):
            page = path.read_text(encoding="utf-8")
            named = TWIN.search(page)
            if named and not (output / named[1]).exists():
                text = self.sources.get(named[1]) or markdown(page)
                (output / named[1]).write_text(text, encoding="utf-8")
        if pelican.settings["DIRTY_SLUGS"] == "all":
            opening = Path(pelican.theme, "templates/llms.txt").read_text(encoding="utf-8")
            _write_llms(output, pelican.settings["SITEURL"], opening)


def _write_llms(output: Path, url: str, opening: str) -> None:
    """List the twins by section, and join the documents' into one file."""
    twins = {path.parent.relative_to(output).as_posix(): path for path in output.rglob("index.md")}
    parts = [opening.format(url=url)]
    for section, heading in SECTIONS.items():
        lines = [_line(output, url, page) for page in sorted(twins) if section_of(page) == section]
        parts.append("\n".join([f"## {heading}\n", *lines, ""]))
    (output / "llms.txt").write_text("\n".join(parts), encoding="utf-8")
    texts = [
        twins[page].read_text(encoding="utf-8")
        for page in sorted(twins)
        if section_of(page) == "docs"
    ]
    (output / "llms-full.txt").write_text("\n\n---\n\n".join(texts), encoding="utf-8")


def section_of(page: str) -> str:
    """Name the section of llms.txt that lists a page; robots are too many to be listed.

    >>> [section_of(page) for page in (".", "about", "docs/check", "docs/decisions/0001-a")]
    ['', '', 'docs', 'decisions']
    """
    first, *rest = page.split("/")
    if first == "docs" and rest[:1] == ["decisions"]:
        return "decisions"
    return "robots" if first == "robots" and rest else first if first in SECTIONS else ""


def _line(output: Path, url: str, page: str) -> str:
    source = (output / page / "index.html").read_text(encoding="utf-8")
    title, words = (_first(pattern, source) for pattern in (TITLE, DESCRIPTION))
    place = "" if page == "." else f"{page}/"
    return f"- [{title.rpartition(' | ')[0] or title}]({url}/{place}index.md): {words}"


def _first(pattern: re.Pattern[str], source: str) -> str:
    found = pattern.search(source)
    return " ".join(unescape(found[1]).split()) if found else ""


def register() -> None:
    """Keep the sources as they are read, write the twins when all pages stand."""
    twins = Twins()
    signals.content_object_init.connect(twins.keep, weak=False)
    signals.finalized.connect(twins.write, weak=False)
