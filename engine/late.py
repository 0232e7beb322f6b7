"""What an action that was seen late applies to, read back from the events so far."""

from engine.money import UNIT, whole
from engine.prices import Prices
from engine.state import LATE, SPLIT, Events, State


def held_since(state: State, symbol: int, since: int, until: int) -> int:
    """Return how much was held without interruption from one row's open to another's.

    The splits of `until` are in it, its fills are not.
    """
    events = state.events
    held = least = _held_before(state, symbol, since, splits=False)
    for at in range(int(events.used[0])):
        if _touches(events, at, symbol) and events.row[at] >= since and _opened(events, at, until):
            change = int(events.quantity[at])
            if events.kind[at] == SPLIT:
                least += _share_of_split(events, at, least, held)
            held += change
            least = _nearer_zero(least, held)
    return least


def _nearer_zero(part: int, held: int) -> int:
    """What of a part is still there of a holding; nothing once that went through zero."""
    if part > 0:
        return max(min(part, held), 0)
    return min(max(part, held), 0)


def held_at(state: State, prices: Prices, symbol: int, ex_row: int, row: int) -> int:
    """Return what was held when an ex-date opened, as its shares are counted from there on.

    row: the current one. Splits up to the ex-date count, also those booked since.
    """
    late, held = prices.late, _held_before(state, symbol, ex_row, splits=True)
    gained = 0
    for at in range(len(late.row)):
        seen = int(late.row[at])
        since = max(ex_row + 1, state.first_row) <= seen <= row
        if since and late.symbol[at] == symbol and late.ex_row[at] <= ex_row:
            part = held_since(state, symbol, int(late.ex_row[at]), ex_row) + gained
            gained += whole(part * float(late.ratio[at])) - part
    return held + gained


def _held_before(state: State, symbol: int, row: int, splits: bool) -> int:
    """The holding before a row's open; what the account opened with before the first row."""
    events, held = state.events, int(state.quantity[symbol])
    for at in range(int(events.used[0])):
        done = splits and events.row[at] == row and events.kind[at] == SPLIT
        if _touches(events, at, symbol) and events.row[at] >= row and not done:
            held -= int(events.quantity[at])
    return held


def _touches(events: Events, at: int, symbol: int) -> bool:
    return bool(events.symbol[at] == symbol and events.quantity[at] != 0)


def _opened(events: Events, at: int, until: int) -> bool:
    """Whether an event came before a row's fills, as splits do."""
    return bool(events.row[at] < until or (events.row[at] == until and events.kind[at] == SPLIT))


def _share_of_split(events: Events, at: int, part: int, held: int) -> int:
    """By how much a split that changed the holding changed a part of it."""
    change = int(events.quantity[at])
    if events.reason[at] != LATE:
        return whole(part * (float(held + change) / float(held))) - part
    share = whole(part * (float(events.price[at]) / UNIT)) - part
    return share if abs(share) < abs(change) else change
