import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import ParameterError, RobotPlugError
from functions.local.folder import open_folder
from functions.local.messages import Messages


class Screen:
    """A terminal that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now = ""

    def stage(self, name: str, done: int, total: int) -> None:
        self.lines.append(f"{name} {done}/{total}")

    def line(self, text: str) -> None:
        self.lines.append(text)

    def status(self, text: str) -> None:
        self.now = text

    def close(self) -> None:
        pass


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def messages(tmp_path: Path, screen: Screen) -> Iterator[Messages]:
    with open_folder(tmp_path / "local") as folder:
        yield Messages(folder, screen)


NEXT = "2013-03-01T21:20:00+00:00"


def test_the_status_says_when_something_happens_next(messages, screen):
    messages.show({"next": NEXT, "trouble": ""})
    assert screen.now == "next at 2013-03-01 21:20 UTC"
    assert screen.lines == []


def test_why_robots_wait_stands_in_the_status_and_is_said_once(messages, screen):
    for _ in range(3):
        messages.show({"next": NEXT, "trouble": "yahoo does not answer"})
    assert screen.now.endswith("UTC; robots wait: yahoo does not answer")
    assert screen.lines == ["robots wait: yahoo does not answer"]
    messages.show({"next": NEXT, "trouble": ""})
    assert screen.lines[1:] == ["robots wait no longer"]


def test_a_robot_that_drifts_is_said_once(messages, screen):
    drifted = {"sma-cross": "data at XNYS/1d/2013-03-01T21:00:00Z"}
    messages.show({"session": "2013-03-01", "left": 5, "drifted": {}})
    assert screen.lines == []
    for _ in range(2):
        messages.show({"session": "2013-03-04", "left": 4, "drifted": drifted})
    messages.show({"next": NEXT, "trouble": "", "drifted": {**drifted, "momentum": ""}})
    first, second = screen.lines
    assert first.startswith("sma-cross has drifted (data at XNYS/1d/2013-03-01T21:00:00Z): ")
    assert second.startswith("momentum has drifted: ")


def test_a_line_of_the_worker_stays(messages, screen):
    messages.show({"line": "1 of 7 backtests failed: sma-cross: no bars"})
    assert screen.lines == ["1 of 7 backtests failed: sma-cross: no bars"]


def test_a_worker_that_cannot_begin_says_why(messages):
    with pytest.raises(ParameterError, match="no symbol"):
        messages.show({"failed": "no symbol", "mend": True})
    with pytest.raises(RobotPlugError, match="no answer") as raised:
        messages.show({"failed": "no answer", "mend": False})
    assert not isinstance(raised.value, ParameterError)


def test_the_market_is_kept_before_a_robot_follows_it(messages, tmp_path):
    messages.show({"market": {"provider": "yahoo", "symbols": ["SPY"]}})
    kept = json.loads((tmp_path / "local" / "market.json").read_text())
    assert (kept["provider"], kept["symbols"]) == ("yahoo", ["SPY"])


def test_the_end_of_the_data_is_kept_and_said(messages, screen, tmp_path):
    messages.show({"session": "2013-02-28", "left": 1})
    assert screen.now == "session 2013-02-28, 1 to come"
    messages.show({"ended": "2013-03-01"})
    assert (tmp_path / "local" / "ended").read_text() == "2013-03-01"
    assert screen.lines[0].startswith("the data ends with 2013-03-01: the clock has stopped")
