"""`robotplug new`: what it writes runs and checks clean at once."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import strategies
from engine import Market, simulate
from engine.causality import check
from engine.errors import ParameterError
from engine.verdict import CLEAN
from functions.local.new import written_as
from functions.local.past import market_of
from tests.builders.typed import Typing

FORMS = {"weights": False, "orders": True}


@pytest.fixture(scope="module")
def market() -> Market:
    """Two symbols of which one is not traded from the first day on."""
    from datetime import date

    return market_of("sample", ["AAPL", "GOOG"], date(2005, 12, 30))


@pytest.mark.parametrize("form", FORMS)
def test_it_is_short_commented_and_as_this_project_writes(form, tmp_path):
    text = written_as("my_first", orders=FORMS[form], folder=tmp_path).file.read_text()
    assert len(text.splitlines()) < 20
    assert max(map(len, text.splitlines())) <= 84
    assert text.count("# ") >= 2
    (found,) = [one for one in ast.parse(text).body if isinstance(one, ast.ClassDef)]
    assert found.name == "MyFirst"
    assert ast.get_docstring(found)
    for command in (["format", "--check"], ["check", "--select", "E,F,I,UP"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--line-length", "84", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("form", FORMS)
def test_it_trades_at_once_and_sees_no_future(form, tmp_path, market):
    written = written_as("my_first", orders=FORMS[form], folder=tmp_path)
    strategy = strategies.load_file(written.file)
    assert len(simulate(strategy, market).fills) > 10
    assert check(strategy, market, cuts=4).verdict == CLEAN


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Buy-The-Dip", "was 'Buy-The-Dip'; try 'buy_the_dip'"),
        ("BuyTheDip", "try 'buy_the_dip'"),
        ("2fast", "try 'fast'"),
        ("../up", "try 'up'"),
        ("", "try 'my_strategy'"),
        ("ü" * 9, "try 'my_strategy'"),
        ("a" * 41, "at most 40"),
        ("class", "'class' is a word or a module of Python itself; take another, as my_class"),
        ("random", "as my_random"),
        ("numpy", "as my_numpy"),
        ("sma_cross", "'sma_cross' is a built-in strategy; take another, as my_sma_cross"),
    ],
)
def test_a_name_that_cannot_be_is_answered_with_one_that_can(name, says, tmp_path):
    with pytest.raises(ParameterError) as raised:
        written_as(name, orders=False, folder=tmp_path)
    assert says in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_never_overwritten(tmp_path):
    (tmp_path / "mine.py").write_text("precious")
    with pytest.raises(ParameterError, match=r"mine\.py is there already and was left as it is"):
        written_as("mine", orders=False, folder=tmp_path)
    (tmp_path / "linked.py").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ParameterError, match="is there already"):
        written_as("linked", orders=False, folder=tmp_path)
    assert (tmp_path / "mine.py").read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()


def test_the_ending_may_be_given_too(tmp_path):
    assert written_as("mine.py", orders=False, folder=tmp_path).file == tmp_path / "mine.py"


def test_it_says_what_to_do_next(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    robotplug = Typing(capsys)
    assert robotplug("new", "mine").out.splitlines()[1:] == [
        "  robotplug check mine.py",
        "  robotplug backtest mine.py --plot",
    ]
    assert Path("mine.py").exists()
    told = robotplug("new", "yours", "--json").out
    assert '"file": "yours.py"' in told


SAMPLE = ("AAPL", "FB", "GOOG", "IBM", "MSFT")


@pytest.mark.parametrize("symbol", SAMPLE)
def test_orders_go_on_for_as_long_as_there_are_bars(symbol, tmp_path):
    """An order that never fills keeps nothing else from being asked for."""
    written = written_as("my_first", orders=True, folder=tmp_path)
    run = simulate(strategies.load_file(written.file), market_of("sample", [symbol]))
    months = run.sessions.astype("datetime64[M]")
    counts = {year: len(np.unique(months[run.sessions.astype("datetime64[Y]") == year]))
              for year in np.unique(run.sessions.astype("datetime64[Y]"))}  # fmt: skip
    whole = {str(year) for year, count in counts.items() if count == 12}
    traded = {f"{fill.session.year}" for fill in run.fills}
    assert whole <= traded
    assert traded
