"""Every example of --help and of the docs is run as it is typed, in the order it stands in."""

import json
import shlex
from pathlib import Path

import pytest
import typer.main

from functions.local import cli, examples
from functions.local.settings import Settings, tell
from tests.builders.typed import Typing, started, typed

ALL = [line for lines in examples.OF.values() for line in lines]
WITH_A_PLATFORM = ("run", "robots", "rebuild", "clean", "verify", "reproduce", "data")
"""What needs one that runs; see tests/platform/test_commands.py."""
QUICKLY = {"check": ["--cuts", "2"]}
"""What is added so that an example takes no minute."""
HERE = [line for line in ALL if [*line.split(), ""][1] not in WITH_A_PLATFORM]
STARTING = examples.OF["robotplug run"]


def test_the_examples_work_one_after_the_other(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    robotplug = Typing(capsys)
    for line in HERE:
        words = shlex.split(line)[1:]
        done = robotplug(*words, *QUICKLY.get(words[0], []))
        if words[0] != "doctor":  # a port that is taken is no fault of the example
            assert (done.code, done.err) == (0, ""), line
        assert done.out, line
        if "--json" in words:
            json.loads(done.out)
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {
        "above_average.py", "my_strategy.py", "my_orders.py", "report.html", "mine.run",
        "compared.html",
    }  # fmt: skip


@pytest.mark.parametrize("line", STARTING)
def test_the_examples_of_run_can_be_read(line, monkeypatch):
    """What is typed arrives in the settings; it is not started here."""
    for name in ("PORT", "PACE", "PROVIDER", "SYMBOLS"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    command = typer.main.get_command(cli.commands).commands["run"]  # type: ignore[attr-defined]
    given = command.make_context("robotplug run", shlex.split(line)[2:]).params
    names = ("port", "pace", "provider", "symbols")
    tell(**{name.upper(): given[name] for name in names})
    settings = Settings.read(Path("there"))
    for name in names:
        monkeypatch.delenv(name.upper(), raising=False)
    wanted = {
        "robotplug run": (8000, 5.0, "sample", ()),
        "robotplug run --port 8001 --pace 1": (8001, 1.0, "sample", ()),
        "robotplug run --provider yahoo --symbols SPY,QQQ": (8000, 5.0, "yahoo", ("SPY", "QQQ")),
    }[line]
    choice = settings.choice
    assert (settings.port, settings.pace, choice.provider, choice.symbols) == wanted


def test_an_example_works_in_a_process_of_its_own(tmp_path):
    done = typed("backtest", "sma_cross", "--symbols", "IBM", "--metrics", "cagr", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "Annual return" in done.out


def test_of_many_that_write_the_same_strategy_one_does(tmp_path):
    running = [started("new", "mine", cwd=tmp_path) for _ in range(4)]
    codes = []
    for process in running:
        process.communicate()
        codes.append(process.returncode)
    assert sorted(codes) == [0, 2, 2, 2]
