"""Every Python example of README and the docs runs as written, and prints what is shown."""

import ast
import socket
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.documents.examples import (
    blocks_of,
    difference,
    examples_of,
    printed,
    rewritten,
)

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "site/content").rglob("*.md"))]
# Programs that need a site to talk to are run by a test of their own.
ELSEWHERE = {
    "how-results-are-made": ROOT / "tests/site/test_verifying.py",
    "read-the-api": ROOT / "tests/documents/test_api_examples.py",
}
CODE, WIDEST = ("python", "py"), 84
RUN = [
    page
    for page in PAGES
    if page.stem not in ELSEWHERE and list(examples_of(page.read_text(encoding="utf-8")))
]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_socket: socket.socket, address: object) -> None:
        pytest.fail(f"an example asked the network for {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.stem)
def test_every_example_runs_and_prints_what_the_page_shows(
    page: Path,
    no_network: None,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    text, module = page.read_text(encoding="utf-8"), ModuleType("example")
    monkeypatch.setitem(sys.modules, "example", module)
    monkeypatch.chdir(tmp_path)
    outputs = [(shown, printed(shown.code, page, module)) for shown in examples_of(text)]
    if request.config.getoption("--update-golden"):
        page.write_text(rewritten(text, outputs), encoding="utf-8")
        return
    wrong = [
        f"{page.name}:{shown.code.line}\n{why}"
        for shown, got in outputs
        if (why := difference(shown.output.text if shown.output else "", got))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_blocks_are_closed_and_every_output_is_some_examples(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    blocks = blocks_of(text)
    assert text.count("\n```") + text.startswith("```") == 2 * len(blocks)
    outputs = [block for block in blocks if block.language == "output"]
    assert outputs == [shown.output for shown in examples_of(text) if shown.output]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_other_engines_code_is_at_least_python(page: Path) -> None:
    for block in blocks_of(page.read_text(encoding="utf-8")):
        if block.language == "py":
            ast.parse(block.text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_fits_its_column_on_a_desktop(page: Path) -> None:
    blocks = blocks_of(page.read_text(encoding="utf-8"))
    lines = [line for block in blocks if block.language in CODE for line in block.text.split("\n")]
    assert [line for line in lines if len(line) > WIDEST] == []


def test_what_runs_elsewhere_is_run_there() -> None:
    for name, test in ELSEWHERE.items():
        assert f"{name}.md" in test.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ("print(2)\n```\n\n```output\n2\n", ""),
        ("print(2)\n```\n\n```output\n3\n", "Expected"),
        ("print(12)\n```\n\n```output\n1...\n", ""),
        ("1 + 1\n", ""),
        ("print(2)\n", "Expected nothing"),
    ],
)
def test_an_output_that_differs_is_told(shown: str, told: str, tmp_path: Path) -> None:
    (example,) = examples_of(f"Words.\n\n```python\n{shown}```\n")
    got = printed(example.code, tmp_path / "page.md", ModuleType("page"))
    found = difference(example.output.text if example.output else "", got)
    assert found.startswith(told)
    assert bool(found) == bool(told)


def test_a_fault_names_the_line_of_the_page(tmp_path: Path) -> None:
    (example,) = examples_of("Words.\n\n```python\nfine = 1\n1 / 0\n```\n")
    with pytest.raises(ZeroDivisionError) as raised:
        printed(example.code, tmp_path / "page.md", ModuleType("page"))
    assert raised.traceback[-1].lineno + 1 == 5


def test_outputs_are_rewritten_where_they_differ() -> None:
    text = "```python\nprint(1)\n```\n\n```output\n0\n```\n\nEnd.\n"
    outputs = [(shown, "1\n") for shown in examples_of(text)]
    assert rewritten(text, outputs) == text.replace("output\n0", "output\n1")
