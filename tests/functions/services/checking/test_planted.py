"""Planted leaks are found, with their lines; honest strategies are not blamed."""

import os
from datetime import date

import numpy as np
import pytest

from engine import Action, Market
from tests.builders import planted
from tests.builders.bars import random_market

NOT_BY_LINE = {"cached_by_symbol", "kept_in_a_file", "kept_in_numpy"}
"""What reads and what keeps lie apart here; either may be told."""
ELSEWHERE = {
    "another_source",
    "by_hash",
    "by_the_clock",
    "kept_in_numpy",
    "numpy_clock",
    "pandas_clock",
    "sample_in_a_library",
    "table_in_module",
}
"""What only another process shows; its lines are suspects."""
CLOCKS = {"by_the_clock", "numpy_clock", "pandas_clock"}
RAISES = """
import os

from engine import Strategy

class Mine(Strategy):
    \"\"\"Fail elsewhere.\"\"\"
    def targets(self, market):
        if os.getpid() != {process}:
            raise ValueError("not here")
        return 0.1 + 0 * market.close
"""


def names(files):
    return pytest.mark.parametrize("file", files, ids=lambda file: file.stem)


def market_for(file) -> Market:
    if file.stem != "coming_dividends":
        return planted.market()
    paid = [Action("AAPL", date(2012, month, 15), "dividend", 0.5) for month in range(2, 12)]
    return random_market(seed=11, rows=260, symbols=("AAPL", "IBM"), actions=paid)


def test_there_are_eight_leaks_and_eight_honest_ones_and_more():
    leaks = {file.stem.removesuffix("_by_bar") for file in planted.LEAKING}
    asked = "centred_window negative_shift full_sample_mean tomorrows_open weeks_end "
    assert set((asked + "module_global random_source fit_on_all").split()) <= leaks
    both = [file for file in planted.LEAKING if file.stem.endswith("_by_bar")]
    assert len(both) >= 8
    assert len(planted.HONEST) >= 8


@names(planted.LEAKING)
def test_a_planted_leak_is_found(file, tmp_path):
    found = planted.judged_copy(file, tmp_path, market_for(file), cuts=40)
    assert found.verdict.verdict == "leaking"
    change = found.verdict.change
    assert change.decided != change.otherwise
    assert change.bar
    if file.stem in ELSEWHERE:
        other = "another clock" if file.stem in CLOCKS else "another process"
        assert change.future == other
    if file.stem not in NOT_BY_LINE:
        told = {line.number for line in (found.line, *found.suspects) if line}
        assert told & set(planted.marked(file))


@names(planted.HONEST)
def test_an_honest_strategy_is_not_blamed(file, tmp_path):
    found = planted.judged_copy(file, tmp_path, planted.market(), cuts=12)
    expected = "not exercised" if file.stem == planted.NEVER else "clean"
    assert (found.verdict.verdict, found.verdict.change) == (expected, None)
    assert (found.line, found.suspects) == (None, [])


def test_what_another_process_raises_is_told_with_its_line_and_no_bar(tmp_path):
    file = tmp_path / "given" / "mine.py"
    file.parent.mkdir()
    file.write_text(RAISES.format(process=os.getpid()))
    found = planted.judged_copy(file, tmp_path, planted.market(40), cuts=1)
    change = found.verdict.change
    assert (change.cause, change.otherwise) == ("randomness", "raises ValueError: not here")
    assert (change.row, change.bar, change.symbol, change.decided) == (-1, "", "", "")
    assert found.line.text == 'raise ValueError("not here")'


def test_the_bar_and_the_symbol_are_the_ones(tmp_path):
    (file,) = [file for file in planted.LEAKING if file.stem == "peeking"]
    made = planted.market()
    found = planted.judged_copy(file, tmp_path, made)
    change = found.verdict.change
    ahead = made.close[change.row + 1] > made.close[change.row] * 1.01
    assert change.bar == made.name_of(change.row)
    column = made.symbols.index(change.symbol)
    assert (change.decided == "target weight 0.3") == bool(ahead[column])
    assert change.cut == change.row
    assert np.isfinite(made.close[change.row, column])
