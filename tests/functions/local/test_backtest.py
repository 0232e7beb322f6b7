import json
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from engine import cost_models, simulate
from engine.errors import DataError, ParameterError
from functions.local.backtest import Request, Terms, simulated
from functions.local.past import Series, market_of, past_of
from functions.local.report import print_table
from functions.local.report_words import words
from functions.services.reporting.figures import figure
from functions.services.reporting.tear_sheet import tear_sheet
from strategies.sma_cross import SmaCross
from tests.builders.typed import Typing

TAKEN = {"start": None, "end": None, "cash": "100000", "settings": [], "provider": "sample"}
PRICES = [(1, 100), (4, 101), (5, 25), (6, 25.2)]
SOURCE = """
import numpy as np
from engine import Strategy, parameter

class Half(Strategy):
    \"\"\"Half of everything, always.\"\"\"
    share: float = parameter(0.5, low=0, high=1)

    def targets(self, market):
        return np.full(market.close.shape, self.share / len(market.symbols))
"""


@pytest.fixture
def robotplug(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typing:
    """Type a command in this process, which has imported everything after the first one."""
    monkeypatch.setenv("COLUMNS", "120")
    return Typing(capsys)


def parsed(strategy: str = "sma_cross", symbols: str = "AAPL,MSFT", **changed: object) -> Request:
    terms = Terms.parse(symbols, **{**TAKEN, **changed})  # type: ignore[arg-type]
    return Request.of(strategy, terms)


def test_the_command_is_the_engine_and_nothing_else():
    result = simulated(parsed(start="2005-01-01", settings=["fast=20"]))
    market = market_of("sample", ["AAPL", "MSFT"], None)
    run = simulate(SmaCross(fast=20), market, start=date(2005, 1, 1))
    assert result.run.ledger() == run.ledger()
    assert result.metrics["total_return"].value == run.metrics()["total_return"].value


def test_nothing_after_the_end_is_read():
    result = simulated(parsed(end="2008-06-30"))
    assert str(result.run.sessions[-1]) == "2008-06-30"
    assert all(str(action.ex_date) <= "2008-06-30" for action in result.run.market.actions)


def test_options_are_set_like_parameters():
    options = simulated(parsed(settings=["commission_bps=0", "slow=50"])).run.options
    assert (options.costs.commission_bps, options.costs.slippage_bps) == (0.0, 5.0)


def test_every_option_can_be_set():
    given = ["leverage=2", "participation=none", "fill=next_close", "limit_touch=true",
             "tiers=[[0, 10], [1000, 5]]", 'instruments={"AAPL": {"lot_size": 0.1}}',
             "cost_model=lean", "minimum=2"]  # fmt: skip
    options = parsed(settings=given).options
    assert (options.leverage, options.participation, options.fill) == (2.0, None, "next_close")
    assert (options.limit_touch, options.costs.tiers) == (True, ((0.0, 10.0), (1000.0, 5.0)))
    assert options.instruments["AAPL"].lot_size == 0.1
    assert (options.costs.per_share, options.costs.minimum) == (0.005, 2.0)


def test_flags_are_options_and_what_they_change_is_said(robotplug):
    done = robotplug(
        "backtest", "sma_cross", "--symbols", "AAPL", "--start", "2012-01-03", "--cost-model",
        "lean", "--fill", "same_close", "--leverage", "2", "--participation", "none",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert (
        "commission 0 and slippage 0 basis points, per share 0.005, minimum 1, maximum 0.005, "
        "leverage 2, fills at the same close"
    ) in done.out
    assert "fills at the same close: at a price that was known when it was decided" in done.out
    assert "no volume limit: fills as if any size could be traded" in done.out


def test_cost_models_are_listed(robotplug):
    done = robotplug("costs")
    assert re.search(
        r"^lean +.*per_share 0.005, minimum 1.0, maximum 0.005$", done.out, re.MULTILINE
    )
    told = json.loads(robotplug("costs", "--json").out)
    assert {one["name"] for one in told} == {*cost_models.names()}


def test_the_table_says_what_was_simulated_and_what_it_cost(robotplug):
    done = robotplug(
        "backtest", "sma_cross", "--symbols", "AAPL,MSFT", "--start", "2005-01-01",
        "--set", "fast=20",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "SmaCross (fast 20, slow 30) over AAPL, MSFT" in done.out
    assert "2005-01-03 to 2013-03-01: 2,054 sessions" in done.out
    assert "commission 5 and slippage 5 basis points, fills at the next open" in done.out
    assert "Sharpe ratio" in done.out


def test_without_symbols_the_first_of_the_provider_are_taken():
    assert parsed(symbols=None).terms.symbols == ("AAPL", "FB", "GOOG", "IBM", "MSFT")


def test_a_year_has_as_many_sessions_as_its_calendar_says():
    assert parsed().terms.periods_per_year == 252
    assert parsed(calendar="24/7").terms.periods_per_year == 365


def test_a_run_knows_the_text_it_came_from(tmp_path):
    (tmp_path / "half.py").write_text(SOURCE)
    assert simulated(parsed(strategy=str(tmp_path / "half.py"))).code == SOURCE
    assert "class SmaCross" in simulated(parsed()).code


def test_settings_behind_a_name_are_its_own():
    request = parsed("sma_cross:fast=20,slow=50", settings=["leverage=2"])
    assert request.strategy.parameters_dict() == {"fast": 20, "slow": 50}
    assert request.options.leverage == 2


def test_a_run_without_costs_says_so(robotplug):
    done = robotplug(
        "backtest", "buy_and_hold", "--symbols", "IBM", "--set", "commission_bps=0",
        "--set", "slippage_bps=0",
    )  # fmt: skip
    assert "no costs: a real account would have earned less" in done.out


def test_json_has_the_same_numbers(robotplug):
    done = robotplug("backtest", "sma_cross", "--symbols", "aapl, msft", "--json")
    told = json.loads(done.out)
    result = simulated(parsed())
    assert told["simulated"] is True
    assert told["fill_count"] == len(result.run.fills)
    assert told["metrics"]["trade_count"]["value"] == len(result.run.trades)
    assert "trade_count" not in told
    assert told["benchmark"]["strategy"] == "BuyAndHold"
    assert (told["notes"], told["ruined"], told["ambiguous_bars"]) == ([], False, 0)
    assert told["equity"] == f"{result.run.equity[-1]:.8f}"
    assert told["metrics"]["sharpe_ratio"]["value"] == result.metrics["sharpe_ratio"].value
    assert told["account"] == result.run.account_at(len(result.run.market.sessions) - 1).to_dict()


STUCK = """
from engine import Strategy

class Stuck(Strategy):
    \"\"\"Bid once, far below.\"\"\"
    def on_bar(self, now, broker):
        if not broker.waiting("IBM"):
            broker.buy("IBM", quantity=3, limit=1.5)
"""


def test_orders_that_never_fill_are_told(tmp_path: Path):
    (tmp_path / "stuck.py").write_text(STUCK)
    request = parsed(str(tmp_path / "stuck.py"), "IBM", end="2000-12-29")
    told = words(simulated(request))
    assert any("by 0 fills; held at the end: cash alone" in line for line in told)
    assert "1 order asked for, none filled" in told
    assert "still waiting: buy 3 IBM at limit 1.50 since 2000-03-01" in told
    page = tear_sheet(simulated(request))
    assert "Nothing was traded: 1 order asked for, none filled." in page
    assert "buy 3 IBM at limit 1.50 since 2000-03-01" in page
    assert "Drawdown</h2>" not in page


def test_fills_and_round_trips_are_told_apart():
    finished = simulated(parsed())
    run = finished.run
    told = f"by {len(run.fills)} fills ({len(run.trades)} round trips); held at the end: "
    assert any(told in line for line in words(finished))
    assert not any("asked for" in line for line in words(finished))


def test_the_benchmark_is_named_with_what_it_came_to():
    finished = simulated(parsed())
    total = finished.benchmark.equity[-1] / 100_000 - 1
    assert f"against BuyAndHold: {total:+.1%} over the same bars" in words(finished)


def test_another_benchmark_can_be_chosen_or_none():
    finished = simulated(parsed(benchmark="sma_cross:fast=20,slow=90"))
    assert finished.benchmark.parameters == {"fast": 20, "slow": 90}
    assert any("against SmaCross (fast 20, slow 90): " in line for line in words(finished))
    same = simulated(parsed(benchmark="sma_cross"))
    assert same.metrics["beta"].value == pytest.approx(1.0)
    alone = simulated(parsed(benchmark="none"))
    assert alone.benchmark is None
    assert alone.metrics["beta"].value is None
    assert not any("against" in line for line in words(alone))


def test_terminal_and_tear_sheet_write_the_same_numbers(robotplug):
    finished = simulated(parsed())
    table = robotplug("backtest", "sma_cross", "--symbols", "AAPL,MSFT").out
    page = tear_sheet(finished)
    for name, sign in [("total_return", "+"), ("longest_drawdown", " sessions"),
                       ("average_win", "$"), ("break_even_cost", " bp")]:  # fmt: skip
        told = figure(name, finished.metrics)
        assert sign in told.value
        assert re.search(rf"^{re.escape(told.title)} +{re.escape(told.value)}", table, re.MULTILINE)
        assert told.value in page
    assert "95% interval" in table
    assert "95%: +" in page


FOREIGN = [
    ("commission=.002", "commission is commission_bps here", "commission_bps=20"),
    ("initial_capital=10000", "initial_capital is --cash here", "--cash 10000"),
    ("margin=0.05", "margin is leverage here", "leverage=20"),
    ("sl_stop=0.05", "stop_loss", "an order brings its own"),
    ("trade_on_close=true", "fill=same_close", "here"),
]


@pytest.mark.parametrize(("setting", *"ab"), FOREIGN, ids=[one for one, *_ in FOREIGN])
def test_names_of_other_tools_are_answered_with_ours(setting, a, b, robotplug):
    with pytest.raises(ParameterError) as raised:
        parsed(settings=[setting])
    assert a in str(raised.value)
    assert b in str(raised.value)
    option = f"--{setting.partition('=')[0].replace('_', '-')}"
    done = robotplug("backtest", "sma_cross", option, "1")
    assert (done.code, done.out) == (2, "")
    assert " here" in done.err


def test_a_strategy_of_ones_own_runs_from_its_file(tmp_path: Path, robotplug):
    (tmp_path / "half.py").write_text(SOURCE)
    done = robotplug("backtest", str(tmp_path / "half.py"), "--symbols", "IBM", "--json")
    assert json.loads(done.out)["parameters"] == {"share": 0.5}, done.err


def test_what_a_strategy_prints_is_no_part_of_the_answer(tmp_path: Path, robotplug):
    printing = SOURCE.replace("        return", "        print('here I am')\n        return")
    (tmp_path / "half.py").write_text(f"print('loaded')\n{printing}")
    done = robotplug("backtest", str(tmp_path / "half.py"), "--symbols", "IBM", "--json")
    assert json.loads(done.out)["strategy"] == "Half"
    assert done.err == "loaded\nhere I am\n"


WRONG = [
    (["sma_cros", "--symbols", "AAPL"], "no strategy named 'sma_cros'; did you mean 'sma_cross'?"),
    (["sma_cross", "--symbols", "AAPL,MSF"], "named 'MSF'; did you mean 'MSFT'?"),
    (["sma_cross", "--symbols", "AAPL,,"], "--symbols must be like AAPL,MSFT"),
    (["sma_cross", "--symbols", "AAPL,AAPL"], "each once"),
    (["sma_cross", "--symbols", "AAPL", "--set", "fsat=3"], "did you mean 'fast'?"),
    (["sma_cross", "--symbols", "AAPL", "--set", "fast=500"], "between 2 and 100, was 500"),
    (["sma_cross", "--symbols", "AAPL", "--set", "fast=x"], "fast must be of type int, was 'x'"),
    (["sma_cross", "--symbols", "AAPL", "--set", "fast"], "must be name=value, was 'fast'"),
    (["sma_cross", "--symbols", "AAPL", "--leverage", "0"], "leverage must be between 1 and 1000"),
    (["sma_cross", "--symbols", "AAPL", "--fill", "close"], "no fill named 'close'; did you mean"),
    (["sma_cross", "--symbols", "AAPL", "--cost-model", "len"], "did you mean 'lean'?"),
    (["sma_cross", "--symbols", "AAPL", "--participation", "2"], "above 0 and at most 1, was 2"),
    (
        ["sma_cross", "--symbols", "AAPL", "--fill", "next_open", "--set", "fill=same_close"],
        "--set fill is given twice",
    ),
    (["sma_cross", "--symbols", "AAPL", "--set", "lot_size=x"], "lot_size must be a number"),
    (["sma_cross", "--symbols", "AAPL", *["--set", "fast=3"] * 2], "--set fast is given twice"),
    (["sma_cross", "--benchmark", "sma_cros"], "--benchmark: no strategy named 'sma_cros'"),
    (["sma_cross", "--benchmark", "sma_cross:leverage=2"], "costs and fills are those of the run"),
    (["sma_cross", "--symbols", "AAPL", "--bar", "1h"], "no bar length of the sample provider"),
    (["sma_cross", "--symbols", "AAPL", "--bar", "2h"], "no bar length of the sample provider"),
    (["sma_cross", "--symbols", "AAPL", "--calendar", "XNY"], "did you mean 'XNYS'?"),
    (["sma_cross", "--symbols", "AAPL", "--start", "soon"], "--start must be a day"),
    (["sma_cross", "--symbols", "AAPL", "--start", "2014-01-01"], "the last session is 2013-03-01"),
    (["sma_cross", "--symbols", "AAPL", "--end", "1999-01-01"], "no bars of AAPL up to 1999-01-01"),
    (
        ["sma_cross", "--symbols", "AAPL", "--start", "2009-01-01", "--end", "2008-01-01"],
        "start 2009-01-01 is later than end 2008-01-01",
    ),
    (["sma_cross", "--symbols", "AAPL", "--cash", "-1"], "--cash must be an amount"),
    (["sma_cross", "--symbols", "AAPL", "--cash", "nan"], "--cash must be an amount"),
    (["sma_cross", "--symbols", "AAPL", "--provider", "smaple"], "did you mean 'sample'?"),
    (
        ["nowhere.py", "--symbols", "AAPL"],
        "no strategy file nowhere.py; ",
    ),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[says for _, says in WRONG])
def test_wrong_input_is_one_line_that_says_the_way_out(capsys, arguments, says):
    done = Typing(capsys)("backtest", *arguments)
    assert (done.code, done.out) == (2, "")
    assert says in done.said


BROKEN = {
    "def": "line 1: ",
    "import nothing_of_this_name": "ModuleNotFoundError: No module named",
    "x = 1": "must define one Strategy",
    SOURCE.replace("market.close", "market.colse"): "Half fails at",
}


@pytest.mark.parametrize(("source", "says"), BROKEN.items(), ids=BROKEN.values())
def test_a_broken_file_is_one_line_that_names_the_place(capsys, tmp_path, source, says):
    (tmp_path / "mine.py").write_text(source)
    done = Typing(capsys)("backtest", str(tmp_path / "mine.py"), "--symbols", "AAPL")
    assert done.code == 2
    assert "mine.py" in done.said
    assert says in done.said


def test_rebuilding_needs_something_to_rebuild(tmp_path: Path, robotplug):
    done = robotplug("rebuild", "--folder", str(tmp_path))
    assert done.code == 1
    assert f"no platform runs in {tmp_path}; start it" in done.err


def files(tmp_path: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("us_hour/SPY.csv.gz", "dirty/SPY_2016_2018_dirty.csv"):
        folder = tmp_path / ("1h" if "hour" in name else "")
        folder.mkdir(exist_ok=True)
        shutil.copy(shared_data / name, folder / name.split("/")[1].replace("_2016_2018", ""))
    told = 'calendar = "XNYS"\nprices = "raw"\nanchor = "clock"\ntimezone = "America/New_York"\n'
    (tmp_path / "robotplug.toml").write_text(f"{told}grows = false\n")
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path))


def test_hours_have_a_row_for_each_close(tmp_path, shared_data, monkeypatch):
    files(tmp_path, shared_data, monkeypatch)
    market = past_of(Series("files", "1h", end=date(2020, 11, 27)), ["SPY"]).market
    closes = market.closes[market.sessions == np.datetime64("2020-11-25")]
    hours = [f"{datetime.fromtimestamp(close, UTC):%H:%M}" for close in closes]
    assert hours == ["15:00", "16:00", "17:00", "18:00", "19:00", "20:00", "21:00"]
    half_day = market.closes[market.sessions == np.datetime64("2020-11-27")]
    assert datetime.fromtimestamp(half_day[-1], UTC).hour == 18
    last = np.flatnonzero(market.prices.closes_session)
    assert len(last) == len(set(market.sessions.tolist()))
    assert half_day[-1] == market.closes[last[-1]]
    assert str(market.sessions[-1]) == "2020-11-27"


def test_a_backtest_over_hours_says_so(tmp_path, shared_data, monkeypatch, capsys):
    files(tmp_path, shared_data, monkeypatch)
    request = parsed(symbols="SPY", provider="files", bar="1h", start="2020-01-02")
    result = simulated(request)
    print_table(result)
    said = capsys.readouterr().out
    assert f"{len(result.run.sessions):,} bars of 1h, bars from files" in said


def test_a_calendar_can_be_given(tmp_path, shared_data, monkeypatch):
    files(tmp_path, shared_data, monkeypatch)
    series = Series("files", "1d", "24/7", date(2018, 12, 31))
    sessions = past_of(series, ["SPY_dirty"]).market.sessions
    assert np.all(np.diff(sessions) == np.timedelta64(1, "D"))


def test_rows_that_cannot_be_true_are_left_out_and_counted(
    tmp_path, shared_data, monkeypatch, capsys
):
    files(tmp_path, shared_data, monkeypatch)
    request = parsed(symbols="spy_dirty", provider="files")
    result = simulated(request)
    reason = "low and high do not hold open and close"
    assert result.left_out[reason] > 0
    assert np.nanmin(result.run.market.raw.low) > 100
    print_table(result)
    assert f"left out: {result.left_out[reason]} rows, since {reason}" in capsys.readouterr().out


def test_an_answer_that_collecting_refuses_is_not_simulated(tmp_path, monkeypatch):
    (tmp_path / "robotplug.toml").write_text('calendar = "XNYS"\nprices = "splits"\n')
    days = [f"2013-03-0{day},{price},{price},{price},{price},9" for day, price in PRICES]
    (tmp_path / "X.csv").write_text("\n".join(["date,open,high,low,close,volume", *days]))
    (tmp_path / "actions.csv").write_text("symbol,ex_date,kind,value\nX,2013-03-05,split,4\n")
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path))
    series = Series("files", end=date(2013, 3, 6))
    with pytest.raises(DataError, match=r"X from files: the split of 4 .* not adjusted"):
        past_of(series, ["X"])
    (tmp_path / "actions.csv").write_text("symbol,ex_date,kind,value\nX,2013-03-05,dividend,0\n")
    past = past_of(series, ["X"])
    assert past.market.actions == ()
    assert past.left_out == {"the value of a dividend must be from 1e-8 to 1e9, was 0": 1}


def test_where_no_row_can_be_used_the_reasons_are_counted(tmp_path, monkeypatch):
    (tmp_path / "robotplug.toml").write_text('calendar = "XNYS"\nprices = "raw"\n')
    rows = ["date,open,high,low,close,volume", "2013-03-01,1.2.3,2,1,1,9", "2013-03-02,2,2,1,1,9"]
    (tmp_path / "X.csv").write_text("\n".join(rows))
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path))
    with pytest.raises(DataError) as raised:
        past_of(Series("files", end=date(2900, 1, 1)), ["X"])
    assert str(raised.value) == (
        "no bars of X up to 2900-01-01 from files; rows left out: 2 "
        "(1: a price is missing or not positive; 1: the market was closed then)"
    )


def test_a_strategy_that_decides_nothing_is_told_apart_from_one_that_holds_cash(tmp_path, capsys):
    source = SOURCE.replace("self.share / len(market.symbols)", "np.nan")
    (tmp_path / "half.py").write_text(source)
    print_table(simulated(parsed(strategy=str(tmp_path / "half.py"))))
    assert "the strategy decided nothing" in capsys.readouterr().out
    print_table(simulated(parsed()))
    assert "decided nothing" not in capsys.readouterr().out
