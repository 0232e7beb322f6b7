"""The record: its trades go into the table as paper ones."""

from functions.trackers._recording import Recording


class PaperTradingTracker(Recording):
    """Follows the trades of live paper runs."""

    trade_type = "paper"
