"""`robotplug backtest`, `robotplug compare` and `robotplug show`."""

from pathlib import Path
from typing import Annotated

import typer

from functions.local import completing
from functions.local.arguments import (
    BarLength,
    Benchmark,
    Calendar,
    Cash,
    CostModel,
    DataFolder,
    End,
    Fill,
    Json,
    Leverage,
    Metrics,
    Participation,
    Plot,
    Provider,
    Report,
    Settings,
    Start,
    Strategy,
    Symbols,
)

Save = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.run", help="Keep the whole run in a .run file, for `compare` and `show`."
    ),
]


def backtest(
    strategy: Strategy,
    symbols: Symbols = None,
    start: Start = None,
    end: End = None,
    cash: Cash = "100000",
    benchmark: Benchmark = None,
    cost_model: CostModel = None,
    fill: Fill = None,
    leverage: Leverage = None,
    participation: Participation = None,
    set_: Settings = None,
    provider: Provider = "sample",
    bar: BarLength = "1d",
    calendar: Calendar = None,
    data_folder: DataFolder = None,
    metrics: Metrics = None,
    report: Report = None,
    plot: Plot = False,
    save: Save = None,
    json: Json = False,
) -> None:
    """Simulate a strategy over past bars and print what came of it.

    Options for --set, beside the strategy's parameters: what an order costs (commission_bps,
    slippage_bps, maker_bps, per_share, per_order, minimum, maximum, tiers, volume_impact,
    volatility_impact), what a position costs to keep (borrow_rate, debit_rate), sizes (lot_size,
    cash_buffer, min_trade, size_at, instruments), and fills (limit_touch, take_profit_first,
    close_at_end).
    """
    from functions.local.backtest import Request, Terms, simulated
    from functions.local.choice import tell_providers
    from functions.local.delivery import Wanted, deliver

    wanted = Wanted.parse(metrics, report=report, plot=plot, save=save, json=json)
    tell_providers(data_folder, symbols or "")
    flags = _flags(cost_model=cost_model, fill=fill, leverage=leverage, participation=participation)
    terms = Terms.parse(
        symbols, start=start, end=end, cash=cash, settings=[*flags, *(set_ or [])],
        provider=provider, bar=bar, calendar=calendar, benchmark=benchmark,
    )  # fmt: skip
    deliver(simulated(Request.of(strategy, terms)), wanted)


def compare(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN",
            help="Two or more: names, files, saved runs (.run), or NAME:fast=20,slow=50.",
            autocompletion=completing.runs,
        ),
    ],
    symbols: Symbols = None,
    start: Start = None,
    end: End = None,
    cash: Cash = "100000",
    cost_model: CostModel = None,
    fill: Fill = None,
    leverage: Leverage = None,
    participation: Participation = None,
    set_: Settings = None,
    provider: Provider = "sample",
    bar: BarLength = "1d",
    calendar: Calendar = None,
    data_folder: DataFolder = None,
    metrics: Metrics = None,
    report: Report = None,
    json: Json = False,
) -> None:
    """Put runs side by side over the days they share, and say whether the difference may be luck.

    Strategies are simulated over the same bars; saved runs are read as they were. Settings of one
    alone stand behind its name: sma_cross:fast=20.
    """
    from functions.local.backtest import Terms
    from functions.local.choice import tell_providers
    from functions.local.comparing import deliver
    from functions.local.delivery import Wanted
    from functions.local.runs import finished_runs

    wanted = Wanted.parse(metrics, report=report, json=json)
    tell_providers(data_folder, symbols or "")
    flags = _flags(cost_model=cost_model, fill=fill, leverage=leverage, participation=participation)
    terms = Terms.parse(
        symbols, start=start, end=end, cash=cash, settings=[*flags, *(set_ or [])],
        provider=provider, bar=bar, calendar=calendar,
    )  # fmt: skip
    deliver(finished_runs(runs, terms), wanted)


def show(
    run: Annotated[
        Path, typer.Argument(metavar="FILE.run", help="A file that `backtest --save` wrote.")
    ],
    metrics: Metrics = None,
    report: Report = None,
    plot: Plot = False,
    json: Json = False,
) -> None:
    """Print a saved run again, or make a report of it; none of its code is run."""
    from functions.local.delivery import Wanted, deliver
    from functions.local.saved import read

    wanted = Wanted.parse(metrics, report=report, plot=plot, json=json)
    deliver(read(run), wanted)


def _flags(**named: str | None) -> list[str]:
    return [f"{name}={value}" for name, value in named.items() if value is not None]
