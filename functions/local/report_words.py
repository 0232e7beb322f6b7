"""A backtest in words, as they stand above its table."""

import json
from collections.abc import Iterator

from engine import Options, Run
from engine.money import UNIT
from functions.services.reporting.daily import beside, measured
from functions.services.reporting.figures import figure
from functions.services.reporting.finished import Finished
from functions.services.reporting.numerals import counted, quantity, rows_told, shown
from functions.services.reporting.waiting import unfilled, waiting_at_end

TOLD_APART = ("commission_bps", "slippage_bps", "fill")


def words(finished: Finished) -> list[str]:
    """Return the lines: what was simulated, on which terms, and what came of it."""
    run = finished.run
    values = ", ".join(f"{name} {value}" for name, value in run.parameters.items())
    parameters = f" ({values})" if values else ""
    rows = rows_told(len(run.sessions), finished.length)
    return [
        f"{run.strategy}{parameters} over {', '.join(run.market.symbols)}, simulated",
        f"{run.sessions[0]} to {run.sessions[-1]}: {rows}, bars from {finished.source}",
        f"{_costs(run.options)}, fills at the {run.options.fill.replace('_', ' ')}",
        *finished.notes,
        f"{shown(run.start_equity / UNIT, 'money')} became "
        f"{shown(float(run.equity[-1]), 'money')} by {_fills(run)}; "
        f"held at the end: {_held(run)}",
        *_against(finished),
        *_hints(finished),
        "",
    ]


def _fills(run: Run) -> str:
    fills = counted(len(run.fills), "fill")
    return f"{fills} ({counted(len(run.trades), 'round trip')})" if run.fills else fills


def _held(run: Run) -> str:
    held = run.account_at(len(run.market.sessions) - 1).positions
    return ", ".join(f"{one} {quantity(lot.quantity)}" for one, lot in held.items()) or "cash alone"


def _against(finished: Finished) -> Iterator[str]:
    """Name what beta, alpha and captures are measured against, and what it came to."""
    theirs = finished.benchmark
    if theirs is None:
        return
    found = figure("total_return", beside(finished, measured(finished)))
    values = ", ".join(f"{name} {value}" for name, value in theirs.parameters.items())
    told = f" ({values})" if values else ""
    yield f"against {theirs.strategy}{told}: {found.value} over the same bars"


def _costs(options: Options) -> str:
    """Tell commission and slippage, and every other setting that is not the usual one."""
    costs, usual = options.costs, Options().to_dict()
    others = [
        f", {name.replace('_', ' ')} {_plain(value)}"
        for name, value in options.to_dict().items()
        if name not in TOLD_APART and value != usual.get(name)
    ]
    return (
        f"commission {costs.commission_bps:g} and slippage {costs.slippage_bps:g} basis points"
        f"{''.join(others)}"
    )


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else json.dumps(value)


def _hints(finished: Finished) -> Iterator[str]:
    run = finished.run
    for reason, count in sorted(finished.left_out.items()):
        yield f"left out: {counted(count, 'row')}, since {reason}"
    if not run.orders:
        yield (
            "the strategy decided nothing: no order was asked for; weights that are NaN decide "
            "nothing, and averages longer than the data stay NaN"
        )
    if none := unfilled(run):
        yield none
    for one in waiting_at_end(run):
        yield f"still waiting: {one}"
