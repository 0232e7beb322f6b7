"""One position from its first entry to its last exit, while it is open and once it is closed."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from engine.money import half_even

SECONDS_PER_DAY = 86_400

# Where in its bar a leg was booked.
AT_OPEN, INSIDE, AT_CLOSE = range(3)


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
    mae, mfe: the worst and the best it stood at before it ended, without commissions, at or below
        and at or above 0 (engine.excursions); None where the bars are not known.
    multiplier: money for a price of one.
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
    mae: int | None = None
    mfe: int | None = None
    multiplier: float = 1.0

    @property
    def net_pnl(self) -> int:
        """What it brought after commissions."""
        return self.gross_pnl - self.commissions

    @property
    def net_return(self) -> float:
        """What it brought after commissions, as a fraction of what was put in."""
        return self.net_pnl / self._put_in

    @property
    def mae_return(self) -> float | None:
        """The worst it stood at, as a fraction of what was put in; at or below 0."""
        return None if self.mae is None else self.mae / self._put_in

    @property
    def mfe_return(self) -> float | None:
        """The best it stood at, as a fraction of what was put in; at or above 0."""
        return None if self.mfe is None else self.mfe / self._put_in

    @property
    def _put_in(self) -> float:
        return self.quantity * self.entry_price * self.multiplier

    @property
    def bars_held(self) -> int:
        """Rows of the timeline from the first entry to the last exit."""
        return self.exit.row - self.entry.row

    @property
    def days_held(self) -> float:
        """Days of 24 hours from the first entry to the last exit."""
        return (self.exit.time - self.entry.time) / SECONDS_PER_DAY


class Leg(NamedTuple):
    """A change on one side of zero; value None where only the scale changes.

    where: AT_OPEN, INSIDE or AT_CLOSE. stop: whether the price had to be reached against what was
    held, so that nothing worse came before it in its bar.
    """

    at: Moment
    quantity: int
    value: int | None
    commission: int
    where: int = AT_OPEN
    stop: bool = False


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
    multiplier: float = 1.0

    def after(self, leg: Leg) -> "OpenTrade":
        """Book a leg: an entry, an exit, or a change of scale; it must not go through zero."""
        if leg.value is None:
            return self._rescaled(leg.quantity)
        moved, held, short = abs(leg.quantity), self.held + leg.quantity, self.short
        entered, entry_value, exited, exit_value = self[3:7]
        if self.held == 0 or (self.held > 0) == (leg.quantity > 0):
            short = leg.quantity < 0
            entered, entry_value = entered + moved, entry_value + leg.value
        else:
            exited, exit_value = exited + moved, exit_value + leg.value
        return OpenTrade(
            self.symbol,
            self.entry or leg.at,
            held,
            *(entered, entry_value, exited, exit_value),
            self.commissions + leg.commission,
            short,
            self.multiplier,
        )

    def _rescaled(self, change: int) -> "OpenTrade":
        if self.held == 0:
            return self
        held = self.held + change
        entered = half_even(self.entered * abs(held), abs(self.held))
        return self._replace(held=held, entered=entered, exited=entered - abs(held))

    def closed(self, at: Moment, mae: int | None = None, mfe: int | None = None) -> RoundTrip:
        """Return it as a round trip once nothing is held; it must have been entered."""
        gained = self.exit_value - self.entry_value
        return RoundTrip(
            symbol=self.symbol,
            side="short" if self.short else "long",
            entry=self.entry or at,
            exit=at,
            quantity=self.entered,
            entry_price=self.entry_value / self.entered / self.multiplier,
            exit_price=self.exit_value / self.exited / self.multiplier,
            gross_pnl=-gained if self.short else gained,
            commissions=self.commissions,
            mae=mae,
            mfe=mfe,
            multiplier=self.multiplier,
        )
