"""A run's equity against its benchmark, drawn in the terminal."""

import math
import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import plotext  # type: ignore[import-untyped]

from engine.money import Floats
from functions.services.reporting.finished import Finished

NARROWEST, WIDEST = 30, 120
LINES_FOR_EACH_COLUMN = 0.2
LABEL_COLUMNS = 14
TEAL, SIENNA = (20, 150, 160), (200, 100, 50)
PLAIN = str.maketrans("┌┐└┘─│┤├┬┴┼▚", "++++-||||++*")


class Screen(NamedTuple):
    """What can be shown: columns, whether in colour, and whether more than ASCII."""

    width: int
    colour: bool
    unicode: bool

    @classmethod
    def of_this_terminal(cls) -> "Screen":
        """Look at standard output; what is no terminal has 80 columns and no colour."""
        shown = sys.stdout.isatty()
        width = shutil.get_terminal_size((80, 24)).columns
        colour = shown and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        utf = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
        return cls(max(NARROWEST, min(width, WIDEST)), colour, utf)


def drawn(finished: Finished, screen: Screen) -> str:
    """Return the chart as lines of text; equity on a log scale where it stays above 0.

    The two curves have marks of their own besides their colours.
    """
    curves, axis = curves_of(finished), _Axis.over(curves_of(finished))
    figure = plotext.figure
    figure.clear()
    plotext.terminal.limit(False, False)
    figure.plot_size(screen.width, max(10, round(screen.width * LINES_FOR_EACH_COLUMN)))
    figure.theme("colorless")
    figure.legend(active=False)
    # The last one drawn lies on top.
    for curve in reversed(curves):
        marker = plotext.marker(curve.mark(screen), curve.colour if screen.colour else None)
        rows = list(range(len(curve.equity)))
        figure.draw(figure.signal(rows, axis.places(curve.equity), marker=marker).lines())
    figure.ruler("y").ticks(
        axis.places(np.array(axis.labels)), [f"{at:,.0f}" for at in axis.labels]
    )
    _days(figure, finished.run.sessions.astype(str).tolist(), screen.width)
    text = str(figure.build().string(colorless=not screen.colour)).rstrip("\n")
    caption = "   ".join(f"{curve.shown(screen)} {curve.name}" for curve in curves)
    told = f"{text}\n  equity, simulated: {caption}"
    return told if screen.unicode else told.translate(PLAIN)


class Curve(NamedTuple):
    """One line of the chart; marks: as plotext calls it, in Unicode and in ASCII."""

    name: str
    equity: Floats
    marks: tuple[str, str]
    colour: tuple[int, int, int]

    def mark(self, screen: Screen) -> str:
        """Return the mark that this screen can show."""
        return self.marks[not screen.unicode]

    def shown(self, screen: Screen) -> str:
        """Return the mark as the caption shows it."""
        mark = self.mark(screen)
        return "▚" if mark == "hd" else mark


def curves_of(finished: Finished) -> list[Curve]:
    """Return the run's curve, and its benchmark's where it has one."""
    run, benchmark = finished.run, finished.benchmark
    curves = [Curve(run.strategy, run.equity, ("hd", "*"), TEAL)]
    if benchmark is not None:
        curves.append(Curve(benchmark.strategy, benchmark.equity, ("·", "."), SIENNA))
    return curves


class _Axis(NamedTuple):
    """Where amounts stand: by their logarithm, where none of them is 0 or less."""

    log: bool
    labels: list[float]

    @classmethod
    def over(cls, curves: Sequence[Curve]) -> "_Axis":
        low = min(float(np.min(curve.equity)) for curve in curves)
        high = max(float(np.max(curve.equity)) for curve in curves)
        labels = steps(low, high) if low > 0 else []
        return cls(low > 0, labels if len(labels) > 1 else sorted({low, high}))

    def places(self, amounts: Floats) -> list[float]:
        return list((np.log10(amounts) if self.log else amounts).tolist())


def steps(low: float, high: float) -> list[float]:
    """Return round numbers to label a log axis with: 1, 2 and 5 times powers of ten.

    >>> steps(40_000, 1_200_000)
    [50000.0, 100000.0, 200000.0, 500000.0, 1000000.0]
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    return [one for one in found if low <= one <= high]


def _days(figure: Any, days: Sequence[str], width: int) -> None:  # noqa: ANN401
    count = max(2, min(6, (width - LABEL_COLUMNS) // LABEL_COLUMNS))
    at = sorted({round(place) for place in np.linspace(0, len(days) - 1, count)})
    figure.ruler("x").ticks(at, [days[place] for place in at])
