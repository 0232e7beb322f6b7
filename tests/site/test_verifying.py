"""The program on the docs page, run as a reader would run it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.published import publish
from tests.site.served import served

PAGE = Path("site/content/docs/how-results-are-made.md")


@pytest.fixture
def data(tmp_path) -> Path:
    return publish(tmp_path / "data", sessions=20, robots=5)


def verify(data: Path) -> subprocess.CompletedProcess:
    program = re.search("```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]
    with served(data, data) as address:
        command = [sys.executable, "-c", program, address, "sma-cross"]
        return subprocess.run(command, capture_output=True, text=True, timeout=300)


def record(data: Path) -> dict:
    return json.loads((data / "robots/sma-cross/record.json").read_text())


def test_a_sound_record_is_said_to_be_unbroken(data):
    result = verify(data)
    assert result.stdout == f"20 decisions, unbroken up to {record(data)['head']}\n"
    assert result.returncode == 0


def test_a_changed_decision_is_named(data):
    leaf = record(data)["leaves"][7]
    path = data / f"leaves/{leaf['hash']}.json"
    path.write_bytes(path.read_bytes().replace(b'"v":1', b'"v":2'))
    result = verify(data)
    assert result.returncode == 1
    assert leaf["slot"] in result.stderr


def test_a_decision_left_out_is_noticed(data):
    document = record(data)
    del document["leaves"][7]
    (data / "robots/sma-cross/record.json").write_text(json.dumps(document))
    result = verify(data)
    assert result.returncode == 1
    assert document["leaves"][7]["slot"] in result.stderr


def test_it_is_as_short_as_the_site_says():
    program = re.search("```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]
    assert len([line for line in program.splitlines() if line.strip()]) == 12
