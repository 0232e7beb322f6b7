"""The examples of the commands that need a platform, typed while one runs and after it."""

import json
import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.local import examples
from tests.builders.typed import PROGRAM, Done, typed
from tests.platform.conftest import CALM, START_WITHIN, STOPS_WITHIN, free_port

pytestmark = pytest.mark.platform

BARS = """date,open,high,low,close,volume
2024-06-06,50,51,49,50.5,1000
2024-06-07,50.5,52,50,51,1200
2024-06-10,51,51.5,50.5,51.2,900
2024-06-12,51.2,53,51,52.9,1500
"""
SETTINGS = 'calendar = "XNYS"\nprices = "raw"\ngrows = false\n'
WHILE_IT_RUNS = [
    *(
        line
        for name in ("robots", "verify", "reproduce")
        for line in examples.OF[f"robotplug {name}"]
    ),
    *examples.OF["robotplug rebuild"],
    *examples.OF["robotplug data"],
    *(
        line
        for name in ("import", "status", "gaps")
        for line in examples.OF[f"robotplug data {name}"]
    ),
]

SAID = {"robotplug robots": "sma-cross", "robotplug rebuild": r"\d+ documents, \d+ pages"}
"""What some of them must say; the others something."""


class Place:
    """A folder in which a platform runs."""

    def __init__(self, path: Path) -> None:
        self.path, self.port = path, free_port()
        (path / "bars").mkdir()
        (path / "bars" / "robotplug.toml").write_text(SETTINGS)
        (path / "bars" / "ACME.csv").write_text(BARS)
        self.log = path / "log.txt"
        with self.log.open("w") as log:
            command = [PROGRAM, "run", "--port", f"{self.port}", "--pace", f"{CALM}", "--json"]
            self.process = subprocess.Popen(command, cwd=path, stdout=log, stderr=log)

    def wait(self) -> None:
        deadline = time.monotonic() + START_WITHIN
        while f"http://127.0.0.1:{self.port}" not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.2)

    def typed(self, line: str) -> Done:
        variables = {"PORT": f"{self.port}", "HOME": os.environ.get("HOME", "/")}
        return typed(*shlex.split(line)[1:], cwd=self.path, **variables)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(tmp_path_factory.mktemp("place"))
    try:
        place.wait()
        yield place
    finally:
        place.process.kill()
        place.process.wait()
        place.typed("robotplug clean")


def test_the_examples_work_while_a_platform_runs(place: Place) -> None:
    for line in WHILE_IT_RUNS:
        done = place.typed(line)
        assert (done.code, done.err) == (0, ""), line
        assert re.search(SAID.get(line, "."), done.out), line
        if "--json" in line:
            json.loads(done.out)


def test_what_is_told_as_json_is_one_object_a_line(place: Place) -> None:
    told = [json.loads(line) for line in place.log.read_text().splitlines()]
    assert {"stage": "PostgreSQL", "done": 1, "total": 1} in told
    assert sum(f"{place.port}" in one.get("line", "") for one in told) == 1


def test_a_platform_that_runs_is_not_cleaned_away_and_then_is(place: Place) -> None:
    refused = place.typed("robotplug clean")
    assert refused.code == 1
    assert "stop it with Ctrl-C" in refused.said
    place.process.send_signal(signal.SIGINT)
    assert place.process.wait(STOPS_WITHIN) == 0
    (line,) = examples.OF["robotplug clean"]
    done = place.typed(line)
    assert (done.code, done.out) == (0, "removed .local\n")
    assert not (place.path / ".local").exists()
    assert place.typed(line).out == "no folder .local; there is nothing to remove\n"
