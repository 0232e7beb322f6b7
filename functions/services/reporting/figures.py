"""A run's figures as a report shows them: headline first, then every metric by its group."""

from collections.abc import Mapping
from itertools import groupby
from typing import NamedTuple

from engine import metrics
from engine.estimates import Estimate
from engine.metrics import Better, Metric, Unit
from functions.charts.scale import percent
from functions.services.reporting.finished import Finished
from functions.services.reporting.numerals import interval, shown, trend

HEADLINE = (
    "total_return",
    "cagr",
    "sharpe_ratio",
    "max_drawdown",
    "volatility",
    "exposure",
    "win_rate",
    "break_even_cost",
)
SHORT = {"cagr": "Annual return", "total_return": "Return"}
SIGNED = ("returns", "benchmark", "ratios")
UNSIGNED = ("exposure", "up_months", "up_capture", "stability")
FINE = ("average_day",)
SPELLED = (Unit.DAYS, Unit.SESSIONS)
UNTOLD = Estimate(None, reason="not measured")


class Figure(NamedTuple):
    """One metric, written; reason: why there is no value. side: "gain", "loss" or "flat"."""

    name: str
    title: str
    value: str
    interval: str
    method: str
    sample: int | None
    reason: str
    summary: str
    side: str


class Beside(NamedTuple):
    """A figure of the run, and of what it is measured against, where that has one."""

    run: Figure
    benchmark: Figure | None


def figure(name: str, estimates: Mapping[str, Estimate]) -> Figure:
    """Write one metric of the catalogue."""
    metric, estimate = metrics.get(name), estimates.get(name, UNTOLD)
    signed = is_signed(metric)
    return Figure(
        name=name,
        title=metric.title,
        value=_value(metric, estimate.value, signed=signed),
        interval=interval(estimate, metric.unit, signed=signed),
        method=estimate.method or "",
        sample=estimate.sample_size,
        reason=estimate.reason or "",
        summary=metric.summary,
        side=trend(estimate.value, metric.unit) if signed else "flat",
    )


def _value(metric: Metric, value: float | None, *, signed: bool) -> str:
    """Write a value; of a mean of single sessions a tenth of a percent says nothing."""
    if metric.name in FINE and value is not None:
        return percent(value, 2)
    return _with_unit(value, metric.unit, signed=signed)


def _with_unit(value: float | None, unit: Unit, *, signed: bool) -> str:
    words = shown(value, unit, signed=signed)
    return f"{words} {unit}" if unit in SPELLED and value is not None else words


def is_signed(metric: Metric) -> bool:
    """Say whether a metric is shown with a plus where it is above zero."""
    better = metric.better is Better.HIGHER
    return metric.group in SIGNED and better and metric.name not in UNSIGNED


def headline(finished: Finished, benchmark: Mapping[str, Estimate]) -> list[Beside]:
    """Return the figures that a reader asks for first."""
    return [
        _beside(name, finished.metrics, benchmark)
        for name in HEADLINE
        if name in metrics.catalogue()
    ]


def _beside(name: str, own: Mapping[str, Estimate], benchmark: Mapping[str, Estimate]) -> Beside:
    mine = figure(name, own)
    mine = mine._replace(title=SHORT.get(name, mine.title))
    theirs = figure(name, benchmark) if benchmark else None
    return Beside(mine, theirs if theirs and not theirs.reason else None)


def groups(finished: Finished, benchmark: Mapping[str, Estimate]) -> list[tuple[str, list[Beside]]]:
    """Return every metric of the catalogue, by its group."""
    return [
        (group, _without_empty([_row(each.name, finished.metrics, benchmark) for each in found]))
        for group, found in groupby(metrics.catalogue().values(), lambda each: each.group)
    ]


def _without_empty(rows: list[Beside]) -> list[Beside]:
    """Leave out the benchmark's column where it says nothing."""
    if all(row.benchmark is None or row.benchmark.reason for row in rows):
        return [Beside(row.run, None) for row in rows]
    return rows


def _row(name: str, own: Mapping[str, Estimate], benchmark: Mapping[str, Estimate]) -> Beside:
    return Beside(figure(name, own), figure(name, benchmark) if benchmark else None)
