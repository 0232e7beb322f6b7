"""What `robotplug compare` prints."""

import json
from collections.abc import Iterator, Sequence

from rich.table import Table

from engine import metrics
from engine.estimates import Estimate
from functions.local import console
from functions.local.delivery import Wanted, tell_written
from functions.local.typed import chosen
from functions.local.written import write
from functions.services.reporting.comparison import Compared, Comparison, compared
from functions.services.reporting.figures import figure
from functions.services.reporting.finished import Finished
from functions.services.reporting.numerals import interval, shown

USUAL = (
    "total_return", "cagr", "volatility", "sharpe_ratio", "sortino_ratio", "max_drawdown",
    "calmar_ratio", "win_rate", "profit_factor", "trade_count",
)  # fmt: skip
"""What is put side by side where no metrics were chosen; --json has all of them."""
OF_TRADES = ("trades", "costs")
"""Groups that round trips and fills are needed for, which no stretch of days can be cut from."""


def deliver(finished: Sequence[Finished], wanted: Wanted) -> None:
    """Compare, write the page, print."""
    comparison = compared(finished)
    if wanted.report is not None:
        from functions.services.reporting.comparison_sheet import comparison_sheet

        write(wanted.report, comparison_sheet(comparison).encode())
    if wanted.json:
        print(json.dumps({"simulated": True, **_told(comparison, wanted)}, indent=2))  # noqa: T201
        return
    _print(comparison, wanted)
    tell_written([wanted.report] if wanted.report else [])


def _told(comparison: Comparison, wanted: Wanted) -> dict[str, object]:
    told = comparison.to_dict()
    for run in told["runs"]:
        for part in ("metrics", "shared"):
            names = chosen(wanted.metrics, run[part])
            run[part] = {name: run[part][name] for name in names if name in run[part]}
    return told


def _print(comparison: Comparison, wanted: Wanted) -> None:
    output = console.opened()
    for line in _runs(comparison):
        output.print(line, markup=False, soft_wrap=True)
    if comparison.sessions:
        _print_figures(comparison, wanted)
        output.print()
        output.print(_correlation(comparison))
    output.print()
    for line in _differences(comparison):
        output.print(line, markup=False, soft_wrap=True)


def _print_figures(comparison: Comparison, wanted: Wanted) -> None:
    """Print what is of the shared days, and apart from it what is of each run's own."""
    names = wanted.metrics or USUAL
    own = [name for name in names if metrics.get(name).group in OF_TRADES]
    for heading, part, found in (
        (
            "over the shared days (95% interval)",
            "shared",
            [name for name in names if name not in own],
        ),
        ("each over its own days (95% interval)", "metrics", own),
    ):
        if found:
            output = console.opened()
            output.print()
            output.print(_figures(comparison, heading, part, found))


def _differences(comparison: Comparison) -> Iterator[str]:
    for each in comparison.differences:
        between = interval(each.estimate, "fraction", signed=True)
        value = shown(each.estimate.value, "fraction", signed=True)
        yield f"{each.text} {value} a year (95%: {between})" if between else each.text
    yield comparison.caution


def _runs(comparison: Comparison) -> Iterator[str]:
    for run in comparison.runs:
        yield (
            f"{run.name}: {', '.join(run.symbols)}, {run.first} to {run.last}, "
            f"bars from {run.source}, simulated{_own_options(run)}"
        )
        yield from (f"  {note}" for note in run.notes)
    if comparison.sessions:
        yield f"shared: {comparison.first} to {comparison.last}, {comparison.sessions:,} sessions"
    else:
        yield "they share no day, so there is nothing to put side by side"


def _own_options(run: Compared) -> str:
    return "".join(f", {name} {value}" for name, value in run.options.items())


def _figures(comparison: Comparison, heading: str, part: str, names: Sequence[str]) -> Table:
    """Value and interval of each metric, a column for each run."""
    table = Table(heading, box=None, pad_edge=False, header_style="bold")
    for run in comparison.runs:
        table.add_column(console.plain(run.name), justify="right", overflow="fold")
    for name in names:
        cells = [_cell(name, getattr(run, part)[name]) for run in comparison.runs]
        table.add_row(metrics.get(name).title, *cells)
    return table


def _cell(name: str, estimate: Estimate) -> str:
    """A metric with its interval."""
    told = figure(name, {name: estimate})
    return f"{told.value} ({told.interval})" if told.interval else told.value


def _correlation(comparison: Comparison) -> Table:
    table = Table("correlation of returns", box=None, pad_edge=False, header_style="bold")
    for run in comparison.runs:
        table.add_column(console.plain(run.name), justify="right", overflow="fold")
    for run, row in zip(comparison.runs, comparison.correlation, strict=True):
        cells = [shown(one, "ratio") for one in row]
        table.add_row(console.plain(run.name), *cells)
    return table
