"""One position from its first entry to its last exit, while it is open and once it is closed."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from engine.money import half_even

SECONDS_PER_DAY = 86_400


class Moment(NamedTuple):
    """When something happened; time in seconds since 1970 UTC."""

    row: int
    session: date
    time: int


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """One position from its first entry to its last exit; money and quantities in units.

    side: "long" or "short". quantity: all that was entered, counted as at the exit (after
        splits). entry_price, exit_price: averages on that same scale, before commissions.
    gross_pnl: without commissions, net_pnl: after them; dividends belong to neither.
    """

    symbol: str
    side: str
    entry: Moment
    exit: Moment
    quantity: int
    entry_price: float
    exit_price: float
    gross_pnl: int
    commissions: int

    @property
    def net_pnl(self) -> int:
        """What it brought after commissions."""
        return self.gross_pnl - self.commissions

    @property
    def net_return(self) -> float:
        """What it brought after commissions, as a fraction of what was put in."""
        return self.net_pnl / (self.quantity * self.entry_price)

    @property
    def bars_held(self) -> int:
        """Rows of the timeline from the first entry to the last exit."""
        return self.exit.row - self.entry.row

    @property
    def days_held(self) -> float:
        """Days of 24 hours from the first entry to the last exit."""
        return (self.exit.time - self.entry.time) / SECONDS_PER_DAY


class Leg(NamedTuple):
    """A change on one side of zero; value None where only the scale changes."""

    at: Moment
    quantity: int
    value: int | None
    commission: int


class OpenTrade(NamedTuple):
    """A position so far; held is signed, all else positive."""

    symbol: str
    entry: Moment | None = None
    held: int = 0
    entered: int = 0
    entry_value: int = 0
    exited: int = 0
    exit_value: int = 0
    commissions: int = 0
    short: bool = False

    def after(self, leg: Leg) -> "OpenTrade":
        """Book a leg: an entry, an exit, or a change of scale; it must not go through zero."""
        if leg.value is None:
            return self._rescaled(leg.quantity)
        entered = self.held == 0 or (self.held > 0) == (leg.quantity > 0)
        booked = self._replace(
            entry=self.entry or leg.at,
            held=self.held + leg.quantity,
            commissions=self.commissions + leg.commission,
            short=leg.quantity < 0 if self.held == 0 else self.short,
        )
        if entered:
            return booked._replace(
                entered=self.entered + abs(leg.quantity),
                entry_value=self.entry_value + leg.value,
            )
        return booked._replace(
            exited=self.exited + abs(leg.quantity),
            exit_value=self.exit_value + leg.value,
        )

    def _rescaled(self, change: int) -> "OpenTrade":
        if self.held == 0:
            return self
        held = self.held + change
        entered = half_even(self.entered * abs(held), abs(self.held))
        return self._replace(held=held, entered=entered, exited=entered - abs(held))

    def closed(self, at: Moment) -> RoundTrip:
        """Return it as a round trip once nothing is held; it must have been entered."""
        gained = self.exit_value - self.entry_value
        return RoundTrip(
            symbol=self.symbol,
            side="short" if self.short else "long",
            entry=self.entry or at,
            exit=at,
            quantity=self.entered,
            entry_price=self.entry_value / self.entered,
            exit_price=self.exit_value / self.exited,
            gross_pnl=-gained if self.short else gained,
            commissions=self.commissions,
        )
