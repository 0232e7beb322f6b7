"""What README names is there; its examples run in test_examples.py."""

import re
from pathlib import Path

import strategies
from functions.api.app import description

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def test_the_strategy_runs_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "my_strategy.py"
    file.write_text(EXAMPLES[0])
    assert strategies.load_file(file).__name__ == "TwoAverages"


def test_every_file_it_links_to_is_there() -> None:
    root = Path(__file__).parents[2]
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (root / link).exists()] == []


def test_every_route_that_it_asks_for_is_there() -> None:
    asked = re.findall(r"curl '?http://[^/\s]+(/api/v1/[^\s'?]+)", README)
    routes = [re.sub(r"\{[^}]+\}", "[^/]+", path) for path in description()["paths"]]
    assert len(asked) > 3
    assert [one for one in asked if not any(re.fullmatch(each, one) for each in routes)] == []


def test_every_setting_that_it_names_is_read() -> None:
    named = set(re.findall(r"\b([A-Z_]{4,})=\S+ .*make run", README))
    named |= set(re.findall(r"make run.*?\b([A-Z_]{4,})=", README))
    sources = [
        *(ROOT / "functions/local").glob("*.py"),
        *(ROOT / "functions/providers").glob("*.py"),
    ]
    code = "".join(path.read_text() for path in sources)
    assert {"PORT", "PACE", "PROVIDER", "SYMBOLS", "DATA_FOLDER"} >= named > {"PORT"}
    assert [name for name in named if f'"{name}"' not in code] == []
