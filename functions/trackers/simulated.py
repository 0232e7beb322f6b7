"""Backtests: their trades go into the table as simulated ones."""

from functions.trackers._recording import Recording


class SimulatedTradingTracker(Recording):
    """Follows the trades of backtests."""

    trade_type = "simulated"
