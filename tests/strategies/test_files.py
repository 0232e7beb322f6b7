import subprocess
import sys
from types import ModuleType

import pytest

import strategies
from engine import OrderError, ParameterError, simulate
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


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ParameterError, match=r"no strategy file .*mine.py; give the path"):
        strategies.load_file(tmp_path / "mine.py")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import nothing_of_that_name", "mine.py does not run: ModuleNotFoundError"),
        ("def targets(:", "mine.py does not run: SyntaxError"),
        ("x = 1", "must define one Strategy, found none"),
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
