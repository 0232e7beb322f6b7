"""What README shows can be run as it stands."""

import re
from pathlib import Path

import pytest

import strategies

README = (Path(__file__).parents[2] / "README.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 2


def test_the_strategy_runs_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "my_strategy.py"
    file.write_text(EXAMPLES[0])
    assert strategies.load_file(file).__name__ == "TwoAverages"


def test_the_library_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(EXAMPLES[1], "README.md", "exec"), {"__name__": "readme"})
    printed = capsys.readouterr().out
    assert "fills  buy" in printed
    assert "Estimate" in printed


def test_every_file_it_links_to_is_there() -> None:
    root = Path(__file__).parents[2]
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (root / link).exists()] == []
