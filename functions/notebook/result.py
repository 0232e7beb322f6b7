"""What came of a backtest, as a notebook shows it and as frames."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from engine import Run
from engine import frames as made
from engine.errors import ParameterError
from engine.shown import shown
from functions.notebook import cell
from functions.services.reporting.files import of_kind
from functions.services.reporting.finished import Finished
from functions.services.reporting.tear_sheet import tear_sheet

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


@dataclass(frozen=True, eq=False, repr=False)
class Backtest:
    """A simulated backtest; a cell that ends with it shows its figures and its equity.

    Every frame is yours: what you do to it changes neither the run nor the next frame. Rows are
    called as the frames of bars called them, timezone or none included.
    finished: the run beside its benchmark, as every report takes it.
    """

    finished: Finished
    index: pd.DatetimeIndex

    def __repr__(self) -> str:
        """Tell the run and its headline figures in lines of text."""
        return cell.text(self.finished)

    def _repr_html_(self) -> str:
        return cell.html(self.finished)

    @property
    def run(self) -> Run:
        """The simulation itself: orders, fills, events, the ledger."""
        return self.finished.run

    @property
    def equity(self) -> pd.DataFrame:
        """The account after each close: Equity, DrawdownPct, DrawdownDuration, Cash, Benchmark.

        DrawdownPct is how far below its highest so far, at or above 0. Benchmark is left out
        without one.
        """
        return self._equity.copy(deep=False)

    @property
    def returns(self) -> pd.Series:
        """The change of equity from bar to bar, as fractions."""
        return made.returns_series(self.run, self.index)

    @property
    def fills(self) -> pd.DataFrame:
        """Every simulated fill: Symbol, Side, Size, Price, Commission, Slippage, PnL, Reason."""
        return self._fills.copy(deep=False)

    @property
    def trades(self) -> pd.DataFrame:
        """The round trips, as backtesting.py calls their columns; what is open is none."""
        return self._trades.copy(deep=False)

    @property
    def positions(self) -> pd.DataFrame:
        """How many shares of each symbol are held after each close; negative when short."""
        return made.positions_frame(self.run, self.index)

    @property
    def metrics(self) -> pd.DataFrame:
        """Every metric of the catalogue by its name: Value, Low, High, Unit, SampleSize."""
        return made.metrics_frame(self.finished.metrics)

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be said wherever the result is shown."""
        return self.finished.notes

    def report(self, path: str | Path) -> Path:
        """Write the whole tear sheet as one .html file, over one that is there; return its path."""
        if not isinstance(path, str | os.PathLike) or not str(path):
            raise ParameterError(f"the report's path must be a file's name, was {shown(path)}")
        file = of_kind(Path(path).expanduser(), ".html", "report")
        try:
            file.write_text(tear_sheet(self.finished), encoding="utf-8")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = f"no report at {file}: {reason}; give a file in a folder you may write to"
            raise ParameterError(message) from error
        return file

    def plot(self, chart: str = "equity") -> "Figure":
        """Return a chart of the tear sheet as a figure of Plotly: equity, drawdown or monthly."""
        from functions.notebook.plots import plotted

        return plotted(self.finished, chart)

    @cached_property
    def _equity(self) -> pd.DataFrame:
        benchmark = self.finished.benchmark
        against = None if benchmark is None else benchmark.equity
        return made.equity_frame(self.run, self.index, against)

    @cached_property
    def _fills(self) -> pd.DataFrame:
        return made.fills_frame(self.run, self.index)

    @cached_property
    def _trades(self) -> pd.DataFrame:
        return made.trades_frame(self.run, self.index)
