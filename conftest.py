"""Options of the test command that every part of the tests shares."""

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "tests" / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden files be rewritten, to be read as a diff."""
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/*.txt")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with tests/golden/NAME.txt, or rewrite it with --update-golden."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.txt"
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8")
        before = path.read_text(encoding="utf-8").splitlines()
        changed = list(difflib.unified_diff(before, text.splitlines(), "golden", "now", n=1))
        if changed:
            pytest.fail("\n".join([f"{path.name} changed (--update-golden?)", *changed]))

    return compare
