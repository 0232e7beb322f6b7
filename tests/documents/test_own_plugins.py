"""What the how-to pages have a reader build is found where they say, under the name they say."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.documents.examples import blocks_of

DOCS = Path(__file__).parents[2] / "site/content/docs"
PAGES = {
    "add-a-metric": ["metrics", "up_days", "--json"],
    "add-a-cost-model": ["costs", "--json"],
    "add-a-provider": ["symbols", "--provider", "tea", "--json"],
}


@pytest.fixture
def run(tmp_path: Path):
    """Run the command line with the page's package installed, as pip would lay it down."""

    def installed(page: str, command: list[str]) -> str:
        blocks = blocks_of((DOCS / f"{page}.md").read_text(encoding="utf-8"))
        (toml,) = [block.text for block in blocks if block.language == "toml"]
        code = next(block.text for block in blocks if block.language == "python")
        ((group, offered),) = tomllib.loads(toml)["project"]["entry-points"].items()
        ((name, target),) = offered.items()
        (tmp_path / f"{target.partition(':')[0]}.py").write_text(silent(code))
        info = tmp_path / "own-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {target}\n")
        program = [sys.executable, "-m", "functions.local.cli", *command]
        environment = os.environ | {"PYTHONPATH": str(tmp_path)}
        ran = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=600)
        assert ran.returncode == 0, ran.stderr + ran.stdout
        return ran.stdout

    return installed


def silent(code: str) -> str:
    """The module without what the page prints to show it."""
    return re.sub(r"^print\(.*\)$", "", code, flags=re.MULTILINE)


def test_the_metric_is_in_the_catalogue(run) -> None:
    told = json.dumps(json.loads(run("add-a-metric", PAGES["add-a-metric"])))
    assert "sessions with r_t > 0 / all" in told
    assert "Sessions with a gain" in told


def test_the_cost_model_is_listed(run) -> None:
    assert "my_broker" in run("add-a-cost-model", PAGES["add-a-cost-model"])


def test_the_provider_is_asked(run) -> None:
    assert "TEA" in run("add-a-provider", PAGES["add-a-provider"])
