"""`robotplug check` as it is typed."""

import json
import os
import re
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from engine.errors import OrderError
from functions.local.check import QUICK_SECONDS, Effort, _Pace
from functions.local.limit import bounded
from functions.local.strategy_source import find_strategy
from tests.builders.planted import FILES
from tests.builders.typed import Typing

FEW = ("--symbols", "AAPL,IBM", "--end", "2001-06-30", "--cuts", "12")
EMPTY = """
from engine import Strategy

class Mine(Strategy):
    \"\"\"Mine.\"\"\"
    def on_bar(self, now, broker):
        {line}
"""


def started(*arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "functions.local.cli", "check", *arguments]
    variables = {"PATH": os.environ["PATH"], "COLUMNS": "120"}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=variables)


@pytest.fixture
def robotplug(capsys):
    """Type a check in this process, which has the bars at hand after the first one."""
    return partial(Typing(capsys), "check")


def written(folder: Path, text: str) -> str:
    place = folder / "mine.py"
    place.write_text(text)
    return str(place)


def test_a_clean_one_says_how_much_of_it_was_exercised():
    with started("sma_cross", *FEW, "--set", "slow=20") as process:
        told, faults = process.communicate()
    assert (process.returncode, faults) == (0, "")
    first, second, third = told.splitlines()
    assert first == "SmaCross (fast 10, slow 20): clean"
    assert "came out the same without their future; 12 cuts in all" in second
    assert third == "over AAPL, IBM from 2000-03-01 to 2001-06-29, bars from sample"


def test_a_leaking_one_names_bar_symbol_and_line(robotplug):
    place = str(FILES / "leaking" / "tomorrows_open.py")
    done = robotplug(place, *FEW)
    assert (done.code, done.err) == (1, "")
    assert "TomorrowsOpen: leaking" in done.out
    assert "for IBM it decides: target weight 0.3\nwithout the bars after it: " in done.out
    assert f"{place}:10: opens = np.vstack(" in done.out


def test_one_that_decides_nothing_has_a_code_of_its_own(robotplug):
    done = robotplug(str(FILES / "honest" / "never_trades.py"), *FEW)
    assert done.code == 3
    assert "NeverTrades: not exercised\nit decided nothing" in done.out


def test_json_has_the_same(robotplug, tmp_path):
    done = robotplug(str(FILES / "leaking" / "full_sample_mean.py"), *FEW, "--json")
    told = json.loads(done.out)
    assert (done.code, told["verdict"], told["change"]["cause"]) == (1, "leaking", "future")
    assert told["line"]["number"] == 10
    assert {"bar", "symbol", "decided", "otherwise", "cut", "future"} <= told["change"].keys()
    assert told["symbols"] == ["AAPL", "IBM"]


def test_what_the_strategy_prints_or_warns_is_not_shown(robotplug, tmp_path):
    noisy = EMPTY.format(line='print("here"); import warnings; warnings.warn("there")')
    done = robotplug(written(tmp_path, noisy), *FEW, "--json")
    assert json.loads(done.out)["verdict"] == "not exercised"
    assert done.err == ""


WRONG = {
    "does not run: SyntaxError: line 2": "\ndef",
    "must define one Strategy, found none": "x = 1",
    "must define one Strategy, found Mine, Other": EMPTY.format(line="pass")
    + EMPTY.format(line="pass").replace("Mine", "Other"),
    "mine.py:7: ZeroDivisionError: division by zero": EMPTY.format(line="1 / 0"),
    "mine.py:7: SystemExit: 4": EMPTY.format(line="raise SystemExit(4)"),
}


@pytest.mark.parametrize(("says", "text"), WRONG.items(), ids=WRONG)
def test_a_broken_file_is_one_line_that_names_the_place(robotplug, tmp_path, says, text):
    done = robotplug(written(tmp_path, text), *FEW)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert done.err.count("\n") == 1


ENDLESS = {
    "in a bar": EMPTY.format(line="while True: pass"),
    "that catches all": EMPTY.format(line="while True:\n            try:\n                1 / 0\n"
    "            except BaseException:\n                pass"),
    "in the module": "while True: pass",
}  # fmt: skip


def test_one_that_never_ends_is_ended_and_where_it_was_is_told(tmp_path):
    processes = {}
    for name, text in ENDLESS.items():
        (tmp_path / name).mkdir()
        processes[name] = started(written(tmp_path / name, text), *FEW, "--limit", "1")
    said = {name: process.communicate() for name, process in processes.items()}
    assert {process.returncode for process in processes.values()} == {2}
    for told, faults in said.values():
        assert told == ""
        assert "did not end within 1 seconds" in faults
        assert "mend the loop" in faults
        assert faults.count("\n") == 1
    assert "mine.py:7" in said["in a bar"][1]


def test_only_a_line_of_the_strategy_is_blamed_and_only_a_run_without_an_end(tmp_path):
    pace = _Pace(Effort(cuts=None, limit=1.0))
    assert pace.way_out().startswith("mend the loop")
    assert pace.go_on()
    assert pace.way_out().startswith("try fewer --cuts")
    with pytest.raises(OrderError) as raised, bounded(1.0, "Mine", pace.way_out):
        time.sleep(30)
    assert str(raised.value) == (
        "Mine did not end within 1 seconds; try fewer --cuts, give fewer bars by --start and "
        "--end, or a longer --limit"
    )
    endless = EMPTY.format(line="while True: pass")
    looping = find_strategy(written(tmp_path, endless))
    says = r"within 1 seconds at .*mine\.py:7; mend the loop"
    with pytest.raises(OrderError, match=says), bounded(1.0, "Mine"):
        looping().on_bar(None, None)


def test_cuts_end_with_the_processor_time_and_with_the_clock(monkeypatch):
    pace = _Pace(Effort(cuts=None, limit=60.0))
    assert pace.go_on()
    spent = time.process_time() + QUICK_SECONDS
    monkeypatch.setattr(time, "process_time", lambda: spent)
    assert not pace.go_on()
    assert not pace.out_of_time
    asked = _Pace(Effort(cuts=500, limit=60.0))
    assert asked.go_on()
    slowly = time.monotonic() + 100
    monkeypatch.setattr(time, "monotonic", lambda: slowly)
    assert asked.go_on(), "a busy machine takes no cut away"
    monkeypatch.setattr(time, "process_time", lambda: spent + 40)
    assert not asked.go_on()
    assert asked.out_of_time
    waiting = _Pace(Effort(cuts=500, limit=60.0))
    late = slowly + 200
    monkeypatch.setattr(time, "monotonic", lambda: late)
    assert not waiting.go_on()
    assert waiting.out_of_time


def test_few_decisions_among_many_bars_are_told(robotplug, tmp_path):
    once = EMPTY.format(line='broker.waiting("IBM") or broker.buy("IBM", quantity=1, limit=1.0)')
    over = ("--symbols", "IBM", "--end", "2001-06-30", "--cuts", "12")
    done = robotplug(written(tmp_path, once), *over)
    assert "1 of 1 bar with decisions (100%)" in done.out
    assert "it decided at no more than 1 of 337 bars" in done.out
    often = robotplug("sma_cross", *FEW)
    assert "no more than" not in often.out


def test_what_another_process_raises_has_no_bar(robotplug, tmp_path):
    text = EMPTY.format(line=f"import os; {os.getpid()} == os.getpid() or 1 / 0")
    done = robotplug(written(tmp_path, text), *FEW)
    assert done.code == 1
    first, second, third, *_ = done.out.splitlines()
    assert first == "Mine: leaking"
    assert second == (
        "in another process, with other hashes, it raises ZeroDivisionError: division by zero"
    )
    assert "mine.py:7: import os" in third


REFUSED = [
    (["sma_cros"], "no strategy named 'sma_cros'; did you mean 'sma_cross'?"),
    (["sma_cross", "--symbols", "AAPL,MSF"], "did you mean 'MSFT'?"),
    (["sma_cross", "--set", "fsat=3"], "did you mean 'fast'?"),
    (["sma_cross", "--provider", "smaple"], "did you mean 'sample'?"),
    (["sma_cross", "--cuts", "0"], "--cuts must be at least 1, was 0"),
    (["sma_cross", "--limit", "0"], "--limit must be from 1 to 86400 seconds, was 0"),
    (["nowhere.py"], "no strategy file nowhere.py"),
]


@pytest.mark.parametrize(("arguments", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_wrong_input_is_one_line_that_says_the_way_out(robotplug, arguments, says):
    done = robotplug(*arguments)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert done.err.count("\n") == 1


BY_BAR = """
from engine import Strategy


class EachBar(Strategy):
    def on_bar(self, now, broker):
        for symbol in broker.symbols:
            broker.buy(symbol, quantity=1) if not broker.quantity(symbol) else broker.close(symbol)
"""


def test_bar_by_bar_over_many_symbols_is_quick_unless_more_is_asked_for(tmp_path, robotplug):
    place = tmp_path / "each_bar.py"
    place.write_text(BY_BAR)
    over = ("--start", "2012-09-04")
    quick = robotplug(str(place), *over)
    assert quick.code == 0, quick.err
    more = "that is what is quick; a larger --cuts|then the time was up; a longer --limit"
    told = re.search(rf"(\d+) cuts in all\n({more})", quick.out)
    assert told is not None, quick.out
    assert 2 < int(told[1]) <= 12
    assert "that is what is quick" not in robotplug(str(place), *over, "--cuts", "2").out
