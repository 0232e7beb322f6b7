"""The strategy API's reference says what the code says, and has all of its public names."""

from pathlib import Path

import pytest

import engine
from engine import frames, indicators
from functions import notebook
from tests.documents.api_reference import Group, reference

PAGE = Path(__file__).parents[2] / "site/content/docs/strategy-api.md"
BEGINS = "## Strategies"
GROUPS = (
    Group(
        "Strategies",
        "engine",
        ["Strategy", "parameter", "Parameter", "Market", "Weights", "Targets"],
    ),
    Group("Bar by bar", "engine", ["Now", "Broker", "Ticket"]),
    Group(
        "What an order may say",
        "engine.door",
        ["Terms"],
        "The words that `broker.buy`, `broker.sell` and `broker.target` take beside the size.",
    ),
    Group(
        "Simulating",
        "engine",
        [
            "simulate",
            "Account",
            "Position",
            "Bracket",
            "Options",
            "Costs",
            "Instrument",
            "Stream",
            "RULES_VERSION",
        ],
    ),
    Group("What a run leaves", "engine", ["Run", "Fill", "Event", "Order"]),
    Group("Round trips", "engine.trades", ["RoundTrip", "Moment"], "What `run.trades` has."),
    Group("Bars", "engine", ["Bars", "QuotedPrices", "Action", "Floats"]),
    Group(
        "Errors",
        "engine",
        ["DataError", "OrderError", "ParameterError"],
        "All three inherit from `engine.errors.RobotPlugError`.",
    ),
    Group(
        "Indicators",
        "engine.indicators",
        [
            "sma",
            "ema",
            "wma",
            "rsi",
            "macd",
            "bollinger",
            "stochastic",
            "adx",
            "cci",
            "true_range",
            "atr",
            "obv",
            "highest",
            "lowest",
            "momentum",
            "deviation",
            "volatility",
            "above",
            "previous",
            "carried",
            "of_talib",
        ],
        "Of `engine.indicators`. Every array has shape (rows, symbols); a value is NaN until a "
        "symbol has bars enough, and where a symbol has no bar its last value stands.",
    ),
    Group(
        "Frames",
        "engine.frames",
        [
            "market_from_frames",
            "labelled_market",
            "Labelled",
            "faults_in_frames",
            "by_symbol",
            "length_of",
            "labels_of",
            "equity_frame",
            "returns_series",
            "trades_frame",
            "fills_frame",
            "positions_frame",
            "metrics_frame",
        ],
        "Of `engine.frames`, the one place that knows pandas. `index` is what the rows are called: "
        "`Labelled.index`, or without it what `labels_of` says.",
    ),
    Group(
        "In a notebook", "functions.notebook", ["backtest", "Backtest"], "Of `functions.notebook`."
    ),
)


def test_the_page_is_what_the_code_says(request: pytest.FixtureRequest) -> None:
    before, found, _ = PAGE.read_text(encoding="utf-8").partition(BEGINS)
    assert found
    page = before + reference(GROUPS)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, "run it with --update-golden and read the diff"


@pytest.mark.parametrize(
    ("module", "public"),
    [
        ("engine", engine.__all__),
        ("engine.frames", frames.__all__),
        ("functions.notebook", notebook.__all__),
        (
            "engine.indicators",
            [
                name
                for name, one in vars(indicators).items()
                if getattr(one, "__module__", "") == "engine.indicators"
                and callable(one)
                and not name.startswith("_")
                and name != "Compute"
            ],
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_every_public_name_is_there_once(module: str, public: list[str]) -> None:
    told = [name for group in GROUPS for name in group.names if group.module == module]
    assert sorted(told) == sorted(public)


def test_what_is_told_of_a_name_is_its_own_docstring() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for thing in (engine.simulate, engine.Broker, engine.Run.metrics, notebook.backtest):
        first = (thing.__doc__ or "").strip().split("\n")[0]
        assert first in page
