"""`robotplug compare`: strategies, files and saved runs side by side."""

import json
import re
from pathlib import Path

import pytest

from tests.builders.typed import Typing

OVER = ("--symbols", "IBM", "--end", "2004-12-31")


@pytest.fixture
def robotplug(capsys, tmp_path, monkeypatch) -> Typing:
    monkeypatch.chdir(tmp_path)
    return Typing(capsys)


def test_two_settings_of_one_strategy_have_names_of_their_own(robotplug):
    done = robotplug("compare", "sma_cross", "sma_cross:fast=20,slow=100", *OVER)
    assert (done.code, done.err) == (0, "")
    assert "SmaCross (fast 10, slow 30)" in done.out
    assert "SmaCross (fast 20, slow 100)" in done.out
    assert "the difference may be luck: its interval holds zero." in done.out
    told = r"[+−][\d.]+ \(.+ to .+\)"
    assert re.search(rf"^Sharpe ratio +{told} +{told}", done.out, re.MULTILINE)


def test_the_figures_are_those_of_each_alone(robotplug):
    alone = json.loads(robotplug("backtest", "sma_cross", *OVER, "--json").out)
    told = json.loads(robotplug("compare", "sma_cross", "buy_and_hold", *OVER, "--json").out)
    first, second = told["runs"]
    assert told["simulated"] is True
    assert (first["name"], second["name"]) == ("SmaCross", "BuyAndHold")
    for name in ("cagr", "sharpe_ratio", "max_drawdown"):
        assert first["shared"][name]["value"] == pytest.approx(alone["metrics"][name]["value"])
    assert told["correlation"][0][0] == pytest.approx(1)


def test_a_saved_run_is_compared_as_it_was_over_the_days_both_have(robotplug):
    robotplug("backtest", "buy_and_hold", "--symbols", "AAPL", "--end", "2003-12-31",
              "--save", "kept.run")  # fmt: skip
    done = robotplug("compare", "kept.run", "sma_cross", *OVER, "--start", "2002-01-02", "--json")
    told = json.loads(done.out)
    assert (told["first"], told["last"]) == ("2002-01-02", "2003-12-31")
    assert [run["symbols"] for run in told["runs"]] == [["AAPL"], ["IBM"]]


def test_only_the_metrics_that_were_chosen_are_shown(robotplug):
    chosen = ("compare", "sma_cross", "buy_and_hold", *OVER, "--metrics", "cagr,trade_count")
    out = robotplug(*chosen).out
    assert "Annual return" in out
    assert "Sharpe" not in out
    told = json.loads(robotplug(*chosen, "--json").out)
    assert {*told["runs"][0]["metrics"]} == {"cagr", "trade_count"}


def test_round_trips_are_counted_over_each_runs_own_days(robotplug):
    told = json.loads(robotplug("compare", "sma_cross", "rsi_reversion", *OVER, "--json").out)
    counts = [run["metrics"]["trade_count"]["value"] for run in told["runs"]]
    assert min(counts) > 0
    out = robotplug("compare", "sma_cross", "rsi_reversion", *OVER, "--metrics", "trade_count").out
    line = next(line for line in out.splitlines() if re.match(r"(Round trips|Trade count)", line))
    assert [float(number) for number in line.split()[2:]] == counts


def test_runs_that_share_no_day_are_said_to(robotplug):
    robotplug("backtest", "buy_and_hold", "--symbols", "IBM", "--end", "2001-12-31",
              "--save", "early.run")  # fmt: skip
    done = robotplug("compare", "early.run", "sma_cross", *OVER, "--start", "2003-01-02")
    assert done.code == 0
    assert "they share no day, so there is nothing to put side by side" in done.out


def test_the_page_is_one_file(robotplug):
    done = robotplug("compare", "sma_cross", "buy_and_hold", *OVER, "--report", "both.html")
    assert done.out.endswith("wrote both.html\n")
    page = Path("both.html").read_text()
    assert "SmaCross" in page
    assert "<script" not in page


def test_figures_of_other_days_stand_in_a_block_of_their_own(robotplug):
    out = robotplug("compare", "sma_cross", "buy_and_hold", *OVER).out
    shared, own = out.index("over the shared days"), out.index("each over its own days")
    assert shared < out.index("Annual return") < own < out.index("Trade count")
    assert re.search(
        r"luck: its interval holds zero\. [+−][\d.]+% a year \(.+ to .+\)$", out, re.MULTILINE
    )
    assert "sessions taken as independent of each other" in out


def test_a_figure_that_the_shared_days_do_not_give_is_a_dash_and_not_one_of_other_days(robotplug):
    robotplug("backtest", "buy_and_hold", "--symbols", "IBM", "--start", "2003-12-30",
              "--end", "2004-01-05", "--save", "short.run")  # fmt: skip
    out = robotplug("compare", "short.run", "sma_cross", *OVER, "--metrics", "worst_month").out
    line = next(line for line in out.splitlines() if line.startswith("Worst month"))
    told = json.loads(robotplug("compare", "short.run", "sma_cross", *OVER, "--json").out)
    assert told["runs"][1]["shared"]["worst_month"]["value"] is not None
    own = told["runs"][1]["metrics"]["worst_month"]["value"]
    assert f"{own:.1%}" not in line


def test_an_option_that_differs_is_named(robotplug):
    done = robotplug("compare", "sma_cross", "sma_cross:commission_bps=50", *OVER)
    assert "SmaCross (fast 10, slow 30), commission_bps 5:" in done.out
    assert "SmaCross (fast 10, slow 30), commission_bps 50:" in done.out
