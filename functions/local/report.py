"""What a backtest prints."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from rich.table import Table

from engine import Run, metrics
from engine.money import to_text
from functions.local import console
from functions.local.report_words import words
from functions.local.typed import chosen
from functions.services.reporting.figures import figure
from functions.services.reporting.finished import Finished


def print_table(finished: Finished, chosen_metrics: Sequence[str] = ()) -> None:
    """Print the run in words, then every metric that was chosen with its interval."""
    output = console.opened()
    for line in words(finished):
        output.print(line, markup=False, soft_wrap=True)
    table = Table("metric", box=None, pad_edge=False, header_style="bold", title_justify="left")
    for column in ("value", "95% interval"):
        table.add_column(column, justify="right")
    group = None
    for name in chosen(chosen_metrics, finished.metrics):
        metric, told = metrics.get(name), figure(name, finished.metrics)
        if metric.group != group:
            group = metric.group
            table.add_section()
            table.add_row(f"[dim]{group}[/dim]")
        table.add_row(metric.title, told.value, told.interval)
    output.print(table)


def print_json(finished: Finished, chosen_metrics: Sequence[str] = ()) -> None:
    """Print the run as one JSON object; amounts are decimal strings, fractions are not percent."""
    print(json.dumps(as_document(finished, chosen_metrics), indent=2))  # noqa: T201


def estimates_of(finished: Finished, chosen_metrics: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the chosen metrics as JSON has them."""
    names = chosen(chosen_metrics, finished.metrics)
    return {name: asdict(finished.metrics[name]) for name in names}


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
        "fill_count": len(run.fills),
        "ruined": run.ruined,
        "ambiguous_bars": run.ambiguous_bars,
        "notes": list(finished.notes),
        "benchmark": _benchmark(finished.benchmark),
        "account": run.account_at(len(run.market.sessions) - 1).to_dict(),
        "metrics": estimates_of(finished, chosen_metrics),
    }


def _benchmark(run: Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    equity = to_text(int(run.equity_units[-1]))
    return {"strategy": run.strategy, "parameters": run.parameters, "equity": equity}
