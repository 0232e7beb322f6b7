"""What the trackers of simulated and of paper trades have in common."""

from typing import ClassVar
from uuid import UUID

from functions.store.performance import PerformanceMetrics
from functions.store.trades import Trade
from functions.trackers import Store
from functions.trackers._measuring import measured


class Recording:
    """Stores the trades of one type, each once, when the unit of work is finished."""

    trade_type: ClassVar[str]

    def __init__(self, store: Store) -> None:
        self._store = store
        self._new: dict[UUID, Trade] = {}

    def track_trade(self, trade: Trade) -> None:
        """Keep a trade of this type until the end of the unit of work."""
        if trade.trade_type == self.trade_type:
            self._new[trade.id] = trade

    def finish(self) -> None:
        """Write the trades kept."""
        self._store.add_trades(tuple(self._new.values()))
        self._new.clear()

    def calculate_metrics(self, strategy_id: UUID) -> PerformanceMetrics:
        """Measure the robot's newest run of this type."""
        return measured(self._store.performance(strategy_id, self.trade_type))

    def get_trade_history(self, strategy_id: UUID) -> list[Trade]:
        """Return that run's trades, oldest first, with those not written yet."""
        stored = self._store.trades(strategy_id, self.trade_type)
        known = {trade.id for trade in stored}
        new = [trade for trade in self._new.values() if trade.strategy_id == strategy_id]
        return [*stored, *(trade for trade in new if trade.id not in known)]
