import linecache
import os
import subprocess
import sys
from compileall import compile_file
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

import strategies
from engine import OrderError, ParameterError, simulate
from engine.plugins import Plugins
from tests.builders.bars import random_market

pytestmark = pytest.mark.engine

SOURCE = '''
from engine import Strategy, parameter
from engine.indicators import above, sma


class Mine(Strategy):
    """Hold what is above its average."""

    bars: int = parameter(5, low=2, high=50)

    def targets(self, market):
        return above(market.close, sma(market.close, self.bars)) / len(market.symbols)
'''


def test_a_strategy_in_a_users_file_runs(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(SOURCE)
    robot = strategies.load_file(path)
    assert robot.summary() == "Hold what is above its average."
    assert simulate(robot(bars=3), random_market(1, rows=40)).fills


def test_its_code_has_the_files_whole_name_as_a_traceback_and_a_check_need_it(
    tmp_path, monkeypatch
):
    (tmp_path / "mine.py").write_text(SOURCE)
    monkeypatch.chdir(tmp_path)
    robot = strategies.load_file(Path("mine.py"))
    assert robot.targets.__code__.co_filename == str(tmp_path / "mine.py")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ParameterError, match=r"no strategy file .*mine.py; give the path"):
        strategies.load_file(tmp_path / "mine.py")


def test_a_file_edited_within_the_second_runs_as_it_stands(tmp_path, monkeypatch):
    """Kept bytecode of the same length and second counts as current; it is not used."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "mine.py"
    path.write_text(SOURCE)
    written = path.stat().st_mtime_ns
    compile_file(path, quiet=1)
    assert strategies.load_file(path).parameters()[0].default == 5
    path.write_text(SOURCE.replace("parameter(5,", "parameter(9,"))
    os.utime(path, ns=(written, written))
    assert strategies.load_file(path).parameters()[0].default == 9


def test_a_file_leaves_nothing_beside_it(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "mine.py"
    path.write_text(SOURCE)
    strategies.load_file(path)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import nothing_of_that_name", "mine.py does not run: ModuleNotFoundError"),
        ("def targets(:", "mine.py does not run: SyntaxError: line 1: "),
        ("x = 1", "mine.py: a strategy file must define one Strategy, found none"),
        (SOURCE + SOURCE.replace("Mine", "Yours"), "must define one Strategy, found Mine, Yours"),
        (SOURCE.replace("targets", "target"), "Mine must have either targets or on_bar"),
    ],
)
def test_a_file_that_is_no_strategy_says_why(tmp_path, source, message):
    path = tmp_path / "mine.py"
    path.write_text(source)
    with pytest.raises(OrderError, match=message):
        strategies.load_file(path)


def test_a_class_offered_by_another_distribution_stands_for_itself():
    module = ModuleType("offered")
    exec(SOURCE, module.__dict__)
    assert strategies.strategy_in(module.Mine) is module.Mine


def test_a_file_may_hold_dataclasses_with_late_annotations(tmp_path):
    path = tmp_path / "mine.py"
    late = "from __future__ import annotations\nfrom dataclasses import dataclass\n"
    path.write_text(late + SOURCE + "\n\n@dataclass\nclass Note:\n    text: str\n")
    assert strategies.load_file(path).__name__ == "Mine"


@pytest.fixture
def offered(tmp_path, monkeypatch):
    """A strategy of another distribution, by its entry point, in a file that may be edited."""
    path = tmp_path / "offered_by_another.py"
    path.write_text(SOURCE)
    point = EntryPoint("mine", "offered_by_another:Mine", strategies._found.group)
    found = Plugins("strategy", "strategies", point.group, strategies._kept)
    monkeypatch.setattr("engine.plugins.entry_points", lambda group: [point])
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(strategies, "get", found.get)
    yield path
    sys.modules.pop("offered_by_another", None)


def test_the_source_is_what_runs_whatever_the_file_says_by_now(offered):
    strategies.get("mine")
    offered.write_text(SOURCE.replace("above(", "-above("))
    linecache.clearcache()
    assert strategies.source("mine") == SOURCE


def test_a_strategy_without_its_source_is_refused(offered):
    compile_file(offered, quiet=1, legacy=True)
    offered.unlink()
    with pytest.raises(ParameterError, match=r"no source of Mine; install it with its \.py"):
        strategies.get("mine")


def test_what_is_no_strategy_is_refused():
    with pytest.raises(OrderError, match="must define one Strategy"):
        strategies.strategy_in(42)


def test_the_nearest_name_is_suggested():
    with pytest.raises(ParameterError, match="did you mean 'sma_cross'"):
        strategies.get("sma_cros")


def test_the_engine_loads_no_pandas_and_no_talib():
    look = "import sys, strategies; strategies.names(); print({'pandas', 'talib'} & {*sys.modules})"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
