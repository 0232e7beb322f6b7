"""The chart in the terminal: one text for each screen, drawn from the run's own numbers."""

from dataclasses import replace

import numpy as np
import pytest

from engine import Strategy, simulate
from functions.local.backtest import measured
from functions.local.plot import LABEL_COLUMNS, Screen, drawn
from functions.services.reporting.finished import Finished
from strategies.buy_and_hold import BuyAndHold
from tests.builders.bars import market

UTF = Screen(80, False, True)


class Nothing(Strategy):
    """Hold nothing."""

    def targets(self, market):
        return np.zeros(market.close.shape)


def finished(prices: list[float], *, alone: bool = False) -> Finished:
    bars = market({"IBM": prices})
    runs = simulate(Nothing(), bars), None if alone else simulate(BuyAndHold(), bars)
    return measured(Finished(*runs, metrics={}, source="sample"))


def rows(text: str) -> list[str]:
    return text.splitlines()[:-1]


@pytest.fixture(scope="module")
def rising() -> Finished:
    return finished([100.0 + step for step in range(120)])


@pytest.mark.parametrize("width", [30, 44, 80, 120])
def test_no_line_is_wider_than_the_screen(width, rising):
    text = drawn(rising, Screen(width, False, True))
    assert max(map(len, rows(text))) <= width
    assert len(rows(text)) >= 10


def test_the_higher_curve_lies_higher_and_each_has_its_mark(rising):
    text = rows(drawn(rising, UTF))
    last = [line.rstrip("│ ")[-4:] for line in text]
    benchmark = next(at for at, line in enumerate(last) if "·" in line)
    own = next(at for at, line in enumerate(last) if set(line) & set("▄▀▖▗▘▝█▌▐"))
    assert benchmark < own
    assert drawn(rising, UTF).endswith("equity, simulated: ▚ Nothing   · BuyAndHold")


def test_a_run_alone_has_one_curve():
    assert drawn(finished([100.0, 101.0, 102.0], alone=True), UTF).endswith(": ▚ Nothing")


def test_amounts_and_days_are_labelled(rising):
    text = drawn(rising, UTF)
    sessions = rising.run.sessions.astype(str)
    assert sessions[0] in text
    assert sessions[-1] in text
    assert "100,000" in text


def test_without_unicode_it_is_ascii(rising):
    assert drawn(rising, Screen(80, False, False)).isascii()


def test_colour_is_used_where_there_is_some(rising):
    assert "\x1b[38;2;" in drawn(rising, Screen(80, True, True))
    assert "\x1b" not in drawn(rising, UTF)


@pytest.mark.parametrize("prices", [[100.0], [100.0, 100.0], [100.0, 1e-6], [1e-6, 1e6]])
def test_any_curve_can_be_drawn(prices):
    assert "equity, simulated" in drawn(finished(prices), UTF)


def test_a_ruined_account_is_drawn_though_it_has_no_logarithm():
    run = finished([100.0, 90.0, 80.0])
    below = replace(run.run)
    below.__dict__["equity"] = np.array([100.0, 5.0, -20.0])
    text = drawn(replace(run, run=below), UTF)
    assert "-20" in text


@pytest.mark.parametrize(
    ("variables", "encoding", "screen"),
    [
        ({"COLUMNS": "400"}, "utf-8", Screen(120, False, True)),
        ({"COLUMNS": "5"}, "utf-8", Screen(30, False, True)),
        ({"COLUMNS": "90"}, "ascii", Screen(90, False, False)),
    ],
)
def test_the_screen_is_what_the_output_can_show(variables, encoding, screen, monkeypatch, capsys):
    import io
    import sys

    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    assert Screen.of_this_terminal() == screen


def test_days_never_overlap():
    text = rows(drawn(finished([100.0 + one for one in range(300)]), Screen(44, False, True)))
    assert len(text[-1].split()) <= 44 // LABEL_COLUMNS
