"""A comparison on one page."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from engine import metrics
from engine.estimates import Estimate
from functions.charts import growth
from functions.services.reporting.comparison import Compared, Comparison
from functions.services.reporting.figures import Figure, figure
from functions.services.reporting.numerals import counted, day, interval, shown
from functions.services.reporting.page import written

SHARED = (
    "total_return",
    "cagr",
    "volatility",
    "sharpe_ratio",
    "sortino_ratio",
    "max_drawdown",
    "calmar_ratio",
    "worst_month",
)
"""What is shown of the days that all share, as far as the catalogue has it."""


def comparison_sheet(comparison: Comparison) -> str:
    """Return one self-contained HTML page, made as a tear sheet is."""
    return written("comparison.html", sheet=_sheet(comparison))


def _sheet(comparison: Comparison) -> dict[str, Any]:
    runs = comparison.runs
    drawing = growth.svg([run.name for run in runs], comparison.days, comparison.curves)
    return {
        "names": [run.name for run in runs],
        "stretch": _stretch(comparison),
        "notes": [(run.name, note) for run in runs for note in run.notes],
        "differences": [
            (each.text, shown(each.estimate.value, "fraction", signed=True),
             interval(each.estimate, "fraction", signed=True))
            for each in comparison.differences
        ],
        "caution": comparison.caution,
        "shared": _rows([name for name in SHARED if name in metrics.catalogue()],
                        [run.shared for run in runs]),
        "growth": Markup(drawing),  # noqa: S704 - charts escape what they are given
        "correlation": [
            (run.name, [shown(value, "ratio") for value in row])
            for run, row in zip(runs, comparison.correlation, strict=True)
        ],
        "facts": [(run.name, _facts(run)) for run in runs],
        "all": _rows(list(metrics.catalogue()), [run.metrics for run in runs]),
    }  # fmt: skip


def _stretch(comparison: Comparison) -> str:
    if comparison.first is None or comparison.last is None:
        return "They share no day, so nothing can be held against each other."
    first, last = day(comparison.first), day(comparison.last)
    return f"{first} to {last}: {counted(comparison.sessions, 'session')} that all of them have."


def _rows(
    names: Sequence[str], runs: Sequence[Mapping[str, Estimate]]
) -> list[tuple[str, list[Figure]]]:
    found = [(metrics.get(name).title, [figure(name, each) for each in runs]) for name in names]
    return [(title, row) for title, row in found if any(not each.reason for each in row)]


def _facts(run: Compared) -> list[tuple[str, str]]:
    parameters = ", ".join(f"{name} {value}" for name, value in run.parameters.items())
    options = ", ".join(f"{name} {value}" for name, value in run.options.items())
    return [
        ("Strategy", run.strategy),
        ("Parameters", parameters or "none"),
        ("Options of its own", options or "none"),
        ("Symbols", ", ".join(run.symbols)),
        ("Bars from", run.source),
        ("Days", f"{day(run.first)} to {day(run.last)}, {counted(run.sessions, 'session')}"),
        ("This run", run.run),
    ]
