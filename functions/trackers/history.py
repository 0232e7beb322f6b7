"""The trade history recorder: reads back what the others stored."""

from uuid import UUID

from functions.store.performance import PerformanceMetrics
from functions.store.trades import Trade
from functions.trackers import Store
from functions.trackers._measuring import measured


class TradeHistoryRecorder:
    """Retrieves trades, and those of this unit of work before they are written."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: dict[UUID, Trade] = {}

    def track_trade(self, trade: Trade) -> None:
        """Remember a trade for the rest of the unit of work."""
        self._seen[trade.id] = trade

    def finish(self) -> None:
        """Forget what is now in the store."""
        self._seen.clear()

    def calculate_metrics(self, strategy_id: UUID) -> PerformanceMetrics:
        """Measure the robot's record, or its newest backtest where it has none."""
        return measured(self._store.performance(strategy_id))

    def get_trade_history(self, strategy_id: UUID) -> list[Trade]:
        """Return the robot's trades, oldest first."""
        stored = self._store.trades(strategy_id)
        known = {trade.id for trade in stored}
        seen = [trade for trade in self._seen.values() if trade.strategy_id == strategy_id]
        return [*stored, *(trade for trade in seen if trade.id not in known)]
