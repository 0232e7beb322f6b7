"""Round trips: what was bought and sold again, from flat to flat in one symbol."""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from operator import attrgetter
from typing import NamedTuple, Protocol

from engine.excursions import Excursion, Ranges, Watched
from engine.fills import Fill
from engine.money import UNIT, half_even, value_of
from engine.open_trade import AT_CLOSE, AT_OPEN, INSIDE, Leg, Moment, OpenTrade, RoundTrip

__all__ = ["Moment", "Ranges", "RoundTrip", "SplitEvent", "round_trips"]

# A limit was reached in favour of who waited; whatever else is left inside a bar is a stop.
LIMITS = ("limit", "take profit")
DELISTING_ID = "delisting"


class _Holding(Protocol):
    """What is read of a position that a run opened with."""

    @property
    def quantity(self) -> int: ...
    @property
    def cost(self) -> int: ...


class SplitEvent(NamedTuple):
    """A change of a holding that is no fill.

    quantity: by how much it changed, signed. cash: what was paid for a fraction of a lot; a
    split proper pays nothing and only changes the scale.
    """

    row: int
    session: date
    time: int
    symbol: str
    quantity: int
    cash: int


def round_trips(
    fills: Iterable[Fill],
    splits: Iterable[SplitEvent] = (),
    opening: Mapping[str, _Holding] | None = None,
    start: Moment | None = None,
    ranges: Ranges | None = None,
    multipliers: Mapping[str, float] | None = None,
) -> tuple[RoundTrip, ...]:
    """Pair the fills of each symbol, flat to flat; a position still open is none.

    A fill through zero is split in two: it closes one round trip and opens the next, and its
    commission is shared by quantity. Sorted by exit, then entry, then symbol.

    opening: positions held before the first fill, entered at `start` for what they cost
        (commissions included); without `start`, at the moment of their first change.
    ranges: the bars that tell how far each went for and against its entry; without, or where a
        symbol has none there, that is not known.
    multipliers: money for a price of one, by symbol; 1 where not named.
    """
    scales, opening = multipliers or {}, opening or {}
    books: dict[str, _Book] = {}
    changes: list[SplitEvent | Fill] = [*splits, *fills]
    changes.sort(key=lambda each: (each.row, isinstance(each, Fill)))
    for symbol in dict.fromkeys((*opening, *(change.symbol for change in changes))):
        books[symbol] = _Book(symbol, scales.get(symbol, 1.0), ranges)
        if symbol in opening:
            books[symbol].inherit(opening[symbol], start)
    closed = [trip for change in changes for trip in books[change.symbol].book(change)]
    return tuple(sorted(closed, key=attrgetter("exit.row", "entry.row", "symbol")))


class _Book:
    """The open trade of one symbol, and how far it went."""

    def __init__(self, symbol: str, multiplier: float, ranges: Ranges | None) -> None:
        self._flat = OpenTrade(symbol, multiplier=multiplier)
        known = ranges is not None and symbol in ranges.symbols
        self._bars = Watched.of(ranges, symbol, multiplier) if ranges and known else None
        self._trade = self._flat
        self._excursion = Excursion(self._bars) if self._bars else None

    def inherit(self, held: _Holding, start: Moment | None) -> None:
        """Begin with a position that was there; without a start nothing tells how far it went."""
        self._trade = self._flat._replace(
            entry=start,
            held=held.quantity,
            entered=abs(held.quantity),
            entry_value=abs(held.cost),
            short=held.quantity < 0,
        )
        self._excursion = None
        if self._bars and start:
            base = -held.cost if held.quantity > 0 else abs(held.cost)
            self._excursion = Excursion(self._bars, base, held.quantity, start.row + 1)

    def book(self, change: "SplitEvent | Fill") -> Iterator[RoundTrip]:
        """Take a change, and yield what it closes."""
        for leg in self._legs(change):
            if self._excursion:
                self._excursion.follow(leg)
            self._trade = self._trade.after(leg)
            if self._trade.entered and self._trade.held == 0:
                yield self._close(leg.at)

    def _close(self, at: Moment) -> RoundTrip:
        trade, far = self._trade, self._excursion
        self._trade = self._flat
        self._excursion = Excursion(self._bars) if self._bars else None
        return trade.closed(at, *((round(far.worst), round(far.best)) if far else ()))

    def _legs(self, change: "SplitEvent | Fill") -> list[Leg]:
        """One leg, or two where a fill goes through zero."""
        if not isinstance(change, Fill):
            return [_leg_of_split(change)]
        whole = _leg_of_fill(change, self._flat.multiplier, self._bars)
        held, sign = self._trade.held, 1 if whole.quantity > 0 else -1
        closing = min(abs(held), change.quantity)
        if held * sign >= 0 or closing == change.quantity or whole.value is None:
            return [whole]
        part = value_of(closing, round(change.price * UNIT), self._flat.multiplier)
        share = half_even(change.commission * closing, change.quantity)
        rest = sign * (change.quantity - closing), whole.value - part, change.commission - share
        return [
            whole._replace(quantity=sign * closing, value=part, commission=share),
            whole._replace(quantity=rest[0], value=rest[1], commission=rest[2]),
        ]


def _leg_of_fill(fill: Fill, multiplier: float, bars: Watched | None) -> Leg:
    sign = 1 if fill.side == "buy" else -1
    where = AT_OPEN if bars is None else _where(fill, sign, bars)
    return Leg(
        Moment(fill.row, fill.session, fill.time),
        sign * fill.quantity,
        value_of(fill.quantity, round(fill.price * UNIT), multiplier),
        fill.commission,
        where,
        where == INSIDE and fill.reason not in LIMITS,
    )


def _where(fill: Fill, sign: int, bars: Watched) -> int:
    """Tell where in its bar a fill lies, by its time and by its price before slippage."""
    opened = (bars.buys if sign > 0 else bars.sells).item(fill.row)
    if fill.order_id == DELISTING_ID or math.isnan(opened):
        return AT_OPEN
    if fill.time >= bars.closes.item(fill.row):
        return AT_CLOSE
    before = fill.price - sign * fill.slippage / fill.quantity / bars.multiplier
    rounding = 1e-6 * opened + 1.0 / fill.quantity
    return AT_OPEN if abs(before - opened) <= rounding else INSIDE


def _leg_of_split(split: SplitEvent) -> Leg:
    at = Moment(split.row, split.session, split.time)
    return Leg(at, split.quantity, abs(split.cash) if split.cash else None, 0)
