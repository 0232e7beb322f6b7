"""The metrics calculator: rows that last at a period's end, the latest ones in between."""

from uuid import UUID

from functions.store.performance import PerformanceMetrics
from functions.store.trades import Trade
from functions.trackers import Store
from functions.trackers._measuring import measured


class MetricsCalculator:
    """Measures what a unit of work brought, when made, and writes it at the end.

    Measuring first keeps the transaction in which the others write short.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._measured = [(measured(each), each.lasting) for each in store.performances()]

    def track_trade(self, trade: Trade) -> None:
        """Do nothing: a run is measured as a whole, whether or not it traded."""

    def finish(self) -> None:
        """Write the metrics of every moment of this unit of work."""
        for metrics, lasting in self._measured:
            self._store.add_metrics(metrics, lasting=lasting)

    def calculate_metrics(self, strategy_id: UUID) -> PerformanceMetrics:
        """Measure the robot's record, or its newest backtest where it has none."""
        of_this_work = [one for one, _ in self._measured if one.strategy_id == strategy_id]
        return of_this_work[-1] if of_this_work else measured(self._store.performance(strategy_id))

    def get_trade_history(self, strategy_id: UUID) -> list[Trade]:
        """Return the trades that the metrics are about."""
        return self._store.trades(strategy_id)
