"""What the docs call by a name has that name in the code, and every option is explained."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from engine import Broker, Costs, Instrument, Options, Run
from tests.documents.examples import blocks_of

ROOT = Path(__file__).parents[2]
DOCS = sorted((ROOT / "site/content/docs").glob("*.md"))
PAGES = [ROOT / "README.md", *DOCS]
CALLED = {"Options": Options, "Costs": Costs, "Instrument": Instrument}
SECTIONS = re.findall(
    r'^    "(\w+)": \("',
    (ROOT / "site/plugins/documentation.py").read_text(encoding="utf-8"),
    flags=re.MULTILINE,
)


def said(page: Path) -> str:
    """What a page says of this engine: without other engines' code and words."""
    text = page.read_text(encoding="utf-8")
    for block in blocks_of(text):
        if block.language == "py":
            text = text.replace(block.text, "")
    if "\nLayout: pairs\n" in text:
        text = re.sub(r"^\| .*? \| ", "", text, flags=re.MULTILINE)
    return text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
@pytest.mark.parametrize(("name", "kind"), [("broker", Broker), ("run", Run)])
def test_what_is_asked_of_broker_and_run_is_there(page: Path, name: str, kind: type) -> None:
    there = {*dir(kind), *(one.name for one in fields(Run))}
    asked = set(re.findall(rf"`{name}\.([a-z_]+)", said(page)))
    assert asked <= there


def calls(text: str) -> list[ast.Call]:
    """The calls of Options, Costs and Instrument in code that stands inside a sentence."""
    found = []
    for code in re.findall(r"`([^`\n]+)`", text):
        if re.match(rf"({'|'.join(CALLED)})\(", code) and "…" not in code:
            parsed = [one for one in ast.walk(ast.parse(code)) if isinstance(one, ast.Call)]
            found += [one for one in parsed if ast.unparse(one.func) in CALLED]
    return found


def test_options_that_sentences_name_are_there() -> None:
    found = [call for page in PAGES for call in calls(said(page))]
    assert len(found) > 10
    for call in found:
        there = {one.name for one in fields(CALLED[ast.unparse(call.func)])}
        assert {word.arg for word in call.keywords} <= there, ast.unparse(call)


@pytest.mark.parametrize("kind", [Options, Costs, Instrument])
def test_every_option_is_explained_somewhere(kind: type) -> None:
    text = "\n".join(said(page) for page in DOCS)
    unsaid = [one.name for one in fields(kind) if not re.search(rf"\b{one.name}\b", text)]
    assert unsaid == []


def test_every_page_stands_in_a_section_of_the_index() -> None:
    named = [re.search(r"^Section: (\w+)$", page.read_text(), flags=re.MULTILINE) for page in DOCS]
    assert {found[1] if found else "none" for found in named} == set(SECTIONS)
