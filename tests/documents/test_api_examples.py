"""Every request that the reference of the API and its how-to show is made, to the real API."""

import html
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from functions.api.app import description
from functions.services.publication.sitebuild import build
from tests.documents.examples import blocks_of
from tests.site.published import publish
from tests.site.served import change

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "site/content/docs/read-the-api.md"
OPERATION = re.compile(
    r'<section class="operation" aria-labelledby="(\w+)">(.*?)</section>', re.DOTALL
)
CODE = re.compile(r'<div class="code">(.*?)</div>', re.DOTALL)
DOCUMENT = description()
METHODS = {"get", "post", "put", "patch", "delete"}
SHOWN = [
    told["operationId"]
    for item in DOCUMENT["paths"].values()
    for method, told in item.items()
    if method in METHODS
]


@pytest.fixture(scope="module")
def page(api: str, tmp_path_factory: Any) -> str:
    """The reference as a platform publishes it whose API is at this address."""
    data = publish(tmp_path_factory.mktemp("data"), sessions=2)
    with urlopen(f"{api}/api/v1/trades?strategy_id=sma-cross&limit=1") as answer:
        newest = json.load(answer)
    index = json.loads((data / "robots/index.json").read_text())
    for robot in index["robots"]:
        robot["record"]["execution_id"] = newest["execution"]["id"]
    change(data / "robots/index.json", robots=index["robots"])
    trades = json.loads((data / "robots/sma-cross/trades.json").read_text())["items"]
    for trade in trades:
        trade["id"] = newest["items"][0]["id"]
    change(data / "robots/sma-cross/trades.json", items=trades)
    site = tmp_path_factory.mktemp("site")
    build(data, site, "all", api)
    return (site / "docs/api/index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def examples(page: str) -> dict[str, list[str]]:
    """The two blocks of each operation: for a shell, and for Python."""
    return {
        name: [html.unescape(re.sub("<[^>]+>", "", block)) for block in CODE.findall(section)]
        for name, section in OPERATION.findall(page)
    }


def test_every_route_is_in_the_reference_once(examples: dict[str, list[str]]) -> None:
    assert sorted(examples) == sorted(SHOWN)
    assert {len(blocks) for blocks in examples.values()} == {2}


@pytest.mark.parametrize("operation", SHOWN)
def test_the_python_example_of_a_route_runs(
    operation: str, examples: dict[str, list[str]], capsys: Any
) -> None:
    exec(compile(examples[operation][1], operation, "exec"), {})
    assert json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("operation", SHOWN)
def test_the_curl_example_of_a_route_runs(operation: str, examples: dict[str, list[str]]) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("no curl on this machine")
    words = shlex.split(examples[operation][0])
    assert words[0] == "curl"
    command = [curl, "--fail-with-body", "--silent", *words[1:]]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stdout
    assert json.loads(ran.stdout)


@pytest.mark.parametrize("name", sorted(DOCUMENT["components"]["schemas"]))
def test_every_object_of_the_api_is_explained_with_each_of_its_members(
    name: str, page: str
) -> None:
    entry = page.partition(f'id="schema-{name.lower()}"')[2].partition("</details>")[0]
    told = set(re.findall(r"<dt><code>(\w+)</code>", entry))
    assert told == set(DOCUMENT["components"]["schemas"][name].get("properties", {}))


def test_every_kind_of_problem_has_its_place_on_the_page(page: str) -> None:
    from functions.api.problems import _KINDS, TYPES

    assert TYPES.endswith("/docs/api/#")
    assert [kind.name for kind in _KINDS.values() if f'<div id="{kind.name}">' not in page] == []


def test_the_programs_of_the_how_to_run_one_after_the_other(api: str, tmp_path: Path) -> None:
    blocks = blocks_of(HOW_TO.read_text(encoding="utf-8"))
    program = "\n".join(block.text for block in blocks if block.language == "python")
    command = [sys.executable, "-c", program, api]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [
        "4 trades in trades.csv",
        "304",
        "limit must be at most 500, was '501'",
    ]
    assert len((tmp_path / "trades.csv").read_text().splitlines()) == 5
