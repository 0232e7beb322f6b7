"""What an event-driven strategy sees: the bar that just closed, and all before it."""

from datetime import date

from engine.market import Market
from engine.money import Floats


class Now:
    """The bar that just closed, and all before it.

    open, high, low, close, volume: shape (bars so far, symbols), on the market's one price scale;
    the last row is this bar, NaN where a symbol has none.
    """

    __slots__ = ("_market", "row")

    def __init__(self, market: Market) -> None:
        self._market = market
        self.row = 0

    @property
    def session(self) -> date:
        """The session that just closed."""
        day: date = self._market.sessions[self.row].item()
        return day

    @property
    def open(self) -> Floats:
        """Opens so far."""
        return self.window(self._market.open)

    @property
    def high(self) -> Floats:
        """Highs so far."""
        return self.window(self._market.high)

    @property
    def low(self) -> Floats:
        """Lows so far."""
        return self.window(self._market.low)

    @property
    def close(self) -> Floats:
        """Closes so far."""
        return self.window(self._market.close)

    @property
    def volume(self) -> Floats:
        """Volumes so far, divided by splits."""
        return self.window(self._market.volume)

    def window(self, prepared: Floats) -> Floats:
        """Cut an array over the whole timeline off after this bar."""
        return prepared[: self.row + 1]
