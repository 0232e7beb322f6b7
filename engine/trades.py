"""Round trips: what was bought and sold again, from flat to flat in one symbol."""

from collections.abc import Iterable, Mapping
from datetime import date
from operator import attrgetter
from typing import NamedTuple, Protocol

from engine.fills import Fill
from engine.money import UNIT, half_even, worth
from engine.open_trade import Leg, Moment, OpenTrade, RoundTrip

__all__ = ["Moment", "RoundTrip", "SplitEvent", "round_trips"]


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
) -> tuple[RoundTrip, ...]:
    """Pair the fills of each symbol, flat to flat; a position still open is none.

    A fill through zero is split in two: it closes one round trip and opens the next, and its
    commission is shared by quantity. Sorted by exit, then entry, then symbol.

    opening: positions held before the first fill, entered at `start` for what they cost
        (commissions included); without `start`, at the moment of their first change.
    """
    books = {name: _inherited(name, held, start) for name, held in (opening or {}).items()}
    changes: list[SplitEvent | Fill] = [*splits, *fills]
    changes.sort(key=lambda each: (each.row, isinstance(each, Fill)))
    closed: list[RoundTrip] = []
    for change in changes:
        book = books.get(change.symbol, OpenTrade(change.symbol))
        legs = _legs(change, book.held) if isinstance(change, Fill) else [_leg_of_split(change)]
        for leg in legs:
            book = book.after(leg)
            if book.entered and book.held == 0:
                closed.append(book.closed(leg.at))
                book = OpenTrade(change.symbol)
        books[change.symbol] = book
    return tuple(sorted(closed, key=attrgetter("exit.row", "entry.row", "symbol")))


def _inherited(symbol: str, held: _Holding, start: Moment | None) -> OpenTrade:
    quantity = abs(held.quantity)
    return OpenTrade(
        symbol,
        entry=start,
        held=held.quantity,
        entered=quantity,
        entry_value=abs(held.cost),
        short=held.quantity < 0,
    )


def _legs(fill: Fill, held: int) -> list[Leg]:
    """One leg, or two where the fill goes through zero."""
    at = Moment(fill.row, fill.session, fill.time)
    sign = 1 if fill.side == "buy" else -1
    price = round(fill.price * UNIT)
    value = worth(fill.quantity, price)
    closing = min(abs(held), fill.quantity)
    if held * sign >= 0 or closing == fill.quantity:
        return [Leg(at, sign * fill.quantity, value, fill.commission)]
    part = worth(closing, price)
    share = half_even(fill.commission * closing, fill.quantity)
    return [
        Leg(at, sign * closing, part, share),
        Leg(at, sign * (fill.quantity - closing), value - part, fill.commission - share),
    ]


def _leg_of_split(split: SplitEvent) -> Leg:
    at = Moment(split.row, split.session, split.time)
    return Leg(at, split.quantity, abs(split.cash) if split.cash else None, 0)
