"""One unit of work around a robot's runs, as trackers see it."""

from collections.abc import Sequence
from uuid import UUID

from engine import Action
from engine.errors import DataError
from functions.services.record.archive import Archive
from functions.services.record.performances import Account, measurable
from functions.services.record.stored_curves import stored_curve
from functions.store import performance, runs
from functions.store.additions import Measurement
from functions.store.appending import Database
from functions.store.performance import Performance, PerformanceMetrics
from functions.store.records import Owner
from functions.store.trades import Trade, append_trades, read_trades


class Work:
    """A tracker's store over PostgreSQL; writing is for one transaction of the caller's.

    due: what this unit of work brought, to be measured.
    """

    def __init__(self, database: Database, due: Sequence[Performance] = ()) -> None:
        self._database = database
        self._due = tuple(due)

    def performances(self) -> Sequence[Performance]:
        """Return what this unit of work brought."""
        return self._due

    def performance(self, strategy_id: UUID, trade_type: str | None = None) -> Performance:
        """Read a run back into the form that metrics take, without benchmark and bars."""
        run = runs.read_run(self._database, strategy_id, trade_type)
        points = runs.read_points(self._database, run.owner.execution_id) if run else []
        if run is None or not points:
            raise DataError(f"robot {strategy_id} has no session yet; wait for its first slot")
        trades = read_trades(self._database, run.owner.execution_id)
        splits = [
            Action(symbol, ex_date, "split", ratio)
            for symbol, ex_date, ratio in runs.read_splits(self._database, run.symbols, run.source)
        ]
        account = Account(run.owner, run.cash, run.since, run.calendar)
        curve = stored_curve(points, trades, splits)
        return measurable(account, curve, None, run.measured_at or points[-1].time, lasting=False)

    def trades(self, strategy_id: UUID, trade_type: str | None = None) -> list[Trade]:
        """Return the trades of the robot's run, none where it has no run."""
        run = runs.read_run(self._database, strategy_id, trade_type)
        return [] if run is None else read_trades(self._database, run.owner.execution_id)

    def add_trades(self, trades: Sequence[Trade]) -> None:
        """Append trades."""
        append_trades(self._database, trades)

    def add_metrics(self, metrics: PerformanceMetrics, *, lasting: bool) -> None:
        """Replace the run's latest metrics, and append rows where they last."""
        performance.replace_latest(self._database, metrics)
        if lasting:
            performance.keep_metrics(self._database, metrics)


class Gathering:
    """A tracker's store for the new slots of one record: what it is given is appended later.

    due: the moments to be measured. new: the trades stored so far. measured: the metrics.
    """

    def __init__(self, archive: Archive, owner: Owner, due: Sequence[Performance]) -> None:
        self._archive, self._owner, self._due = archive, owner, tuple(due)
        self.new: list[Trade] = []
        self.measured: list[Measurement] = []

    def performances(self) -> Sequence[Performance]:
        """Return what this unit of work brought."""
        return self._due

    def performance(self, strategy_id: UUID, trade_type: str | None = None) -> Performance:
        """Return the record as it stands with its new slots; DataError for any other run."""
        if strategy_id != self._owner.strategy_id or trade_type == "simulated" or not self._due:
            raise DataError(f"only the record of {self._owner.strategy_id} is worked on here")
        return self._due[-1]

    def trades(self, strategy_id: UUID, trade_type: str | None = None) -> list[Trade]:
        """Return the record's trades with those that are new; of any other run none."""
        if strategy_id != self._owner.strategy_id or trade_type == "simulated":
            return []
        return [*self._archive.trades(self._owner.execution_id), *self.new]

    def add_trades(self, trades: Sequence[Trade]) -> None:
        """Take trades in."""
        self.new += trades

    def add_metrics(self, metrics: PerformanceMetrics, *, lasting: bool) -> None:
        """Take metrics in."""
        self.measured.append(Measurement(metrics, lasting))
