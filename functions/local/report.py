"""What a backtest prints."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from rich.table import Table

from engine import Options, metrics
from engine.metrics import Metric, Unit
from engine.money import to_text
from functions.local import console
from functions.local.typed import chosen
from functions.services.reporting.figures import FINE
from functions.services.reporting.finished import Finished
from functions.services.reporting.numerals import rows_told

TOLD_APART = ("commission_bps", "slippage_bps", "fill")


def print_table(finished: Finished, chosen_metrics: Sequence[str] = ()) -> None:
    """Print the run in words, then every metric that was chosen with its interval."""
    output = console.opened()
    for line in _words(finished):
        output.print(line, markup=False, soft_wrap=True)
    table = Table("metric", box=None, pad_edge=False, header_style="bold", title_justify="left")
    for column in ("value", "95 % from", "to"):
        table.add_column(column, justify="right")
    group = None
    for name in chosen(chosen_metrics, finished.metrics):
        metric, estimate = metrics.get(name), finished.metrics[name]
        if metric.group != group:
            group = metric.group
            table.add_section()
            table.add_row(f"[dim]{group}[/dim]")
        numbers = (estimate.value, estimate.low, estimate.high)
        table.add_row(metric.title, *(_number(number, metric) for number in numbers))
    output.print(table)


def print_json(finished: Finished, chosen_metrics: Sequence[str] = ()) -> None:
    """Print the run as one JSON object; amounts are decimal strings, fractions are not percent."""
    print(json.dumps(as_document(finished, chosen_metrics), indent=2))  # noqa: T201


def estimates_of(finished: Finished, chosen_metrics: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the chosen metrics as JSON has them."""
    names = chosen(chosen_metrics, finished.metrics)
    return {name: asdict(finished.metrics[name]) for name in names}


def _words(finished: Finished) -> list[str]:
    run = finished.run
    values = ", ".join(f"{name} {value}" for name, value in run.parameters.items())
    parameters = f" ({values})" if values else ""
    last = run.account_at(len(run.market.sessions) - 1)
    held = ", ".join(f"{symbol} {lot.quantity / 1e8:g}" for symbol, lot in last.positions.items())
    return [
        f"{run.strategy}{parameters} over {', '.join(run.market.symbols)}, simulated",
        f"{run.sessions[0]} to {run.sessions[-1]}: {_rows(finished)}, bars from {finished.source}",
        f"{_costs(run.options)}, fills at the {run.options.fill.replace('_', ' ')}",
        *finished.notes,
        f"{run.start_equity / 1e8:,.2f} became {run.equity[-1]:,.2f} "
        f"by {_counted(len(run.fills), 'trade')}; held at the end: {held or 'cash alone'}",
        *_hints(finished),
        "",
    ]


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


def _rows(finished: Finished) -> str:
    return rows_told(len(finished.run.sessions), finished.length)


def _hints(finished: Finished) -> list[str]:
    hints = [
        f"left out: {_counted(count, 'row')}, since {reason}"
        for reason, count in sorted(finished.left_out.items())
    ]
    if not finished.run.orders:
        hints.append(
            "the strategy decided nothing: no order was asked for; weights that are NaN decide "
            "nothing, and averages longer than the data stay NaN"
        )
    return hints


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _number(number: float | None, metric: Metric) -> str:
    """Write a metric's number; a mean of single sessions in hundredths of a percent."""
    if metric.name in FINE and number is not None:
        return f"{number:,.2%}"
    return shown(number, metric.unit)


def shown(number: float | None, unit: Unit) -> str:
    """Write a number with its unit; a dash where there is none."""
    if number is None:
        return "-"
    if unit is Unit.FRACTION:
        return f"{number:,.1%}"
    if unit is Unit.MONEY:
        return f"{number:,.2f}"
    if unit is Unit.BASIS_POINTS:
        return f"{number:,.1f} bp"
    return f"{number:,.2f}" if unit is Unit.RATIO else f"{number:,.0f}"


def as_document(finished: Finished, chosen_metrics: Sequence[str] = ()) -> dict[str, Any]:
    """Return the run as JSON has it."""
    run = finished.run
    return {
        "simulated": True,
        "strategy": run.strategy,
        "parameters": run.parameters,
        "symbols": list(run.market.symbols),
        "provider": finished.source,
        "start": str(run.sessions[0]),
        "end": str(run.sessions[-1]),
        "sessions": len(np.unique(run.sessions)),
        "bar": finished.length,
        "bars": len(run.sessions),
        "left_out": dict(sorted(finished.left_out.items())),
        "options": run.options.to_dict(),
        "cash": to_text(run.opening.cash),
        "equity": to_text(int(run.equity_units[-1])),
        "trade_count": len(run.fills),
        "ruined": run.ruined,
        "ambiguous_bars": run.ambiguous_bars,
        "notes": list(finished.notes),
        "account": run.account_at(len(run.market.sessions) - 1).to_dict(),
        "metrics": estimates_of(finished, chosen_metrics),
    }
