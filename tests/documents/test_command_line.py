"""The page of the command line is what the commands say of themselves."""

import difflib
from pathlib import Path

import pytest

from functions.local import examples, exits
from tests.documents import command_page

PAGE = Path(__file__).parents[2] / "site/content/docs/command-line.md"


def test_the_page_is_what_the_commands_say(request: pytest.FixtureRequest) -> None:
    text = command_page.page()
    if request.config.getoption("--update-golden"):
        PAGE.write_text(text, encoding="utf-8")
    written = PAGE.read_text(encoding="utf-8").splitlines()
    changed = list(difflib.unified_diff(written, text.splitlines(), "page", "now", n=1))
    assert not changed, "\n".join(["command-line.md changed (--update-golden?)", *changed])


@pytest.mark.parametrize("path", [path for path in examples.OF if path != "robotplug"])
def test_every_command_has_its_place_and_its_examples(path: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.count(f"\n### {path.removeprefix('robotplug ')}\n") == 1
    for line in examples.OF[path]:
        assert f"\n    {line}\n" in text


def test_every_exit_code_is_in_the_one_table() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("## Exit codes")[2]
    assert [row.split("|")[1].strip() for row in table.splitlines() if row.startswith("| ")] == [
        "code",
        *(f"{one.code}" for one in exits.ALL),
    ]
