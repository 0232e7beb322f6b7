"""All that changes while a simulation runs, as arrays."""

from typing import NamedTuple, TypeVar

import numpy as np

from engine.money import Floats, Ints
from engine.orders import Orders

# What an event is. `order` is -1 where none stands behind it.
FILL, REJECT, SKIP, CANCEL, SPLIT, CASH_IN_LIEU, DIVIDEND, ADJUST, DELISTING = range(9)
KINDS = (
    *("fill", "reject", "skip", "cancel"),
    *("split", "cash in lieu", "dividend", "adjust", "delisting"),
)

# Why an order was not filled, or an action is booked after its ex-date.
NO_REASON, NOT_ENOUGH_CASH, NOT_HELD, UNDER_ONE_LOT, UNDER_MIN_TRADE, NEW_TARGET = range(6)
LATE, DELISTED = 6, 7

# The places in `State.money`.
CASH, EQUITY = 0, 1

Table = TypeVar("Table", "Events", "Waiting", Orders)

NONE = int(np.iinfo(np.int64).min)


class Rules(NamedTuple):
    """The options of a run as the loop reads them; lot in units, the rest as fractions."""

    commission_bps: float
    slippage_bps: float
    lot: int
    cash_buffer: float
    min_trade: float


class Events(NamedTuple):
    """What happened, in order; int64 columns of equal length, `used` of them filled.

    quantity, cash, cost: by how much the event changed holding, cash and the holding's cost.
    price: of a fill; the ratio of a split, and the cash per share of a dividend or a delisting, in
        units.
    pnl: NONE where the event realises nothing. asked: cash or quantity an order would have
        needed, or its amount once a split adjusted it.
    """

    used: Ints
    row: Ints
    kind: Ints
    symbol: Ints
    order: Ints
    quantity: Ints
    price: Ints
    commission: Ints
    slippage: Ints
    pnl: Ints
    cash: Ints
    cost: Ints
    reason: Ints
    asked: Ints


class Waiting(NamedTuple):
    """Orders not yet filled, by symbol and then by asking; `used` of them filled.

    order: its row in `Orders`, -1 once it is done. amount: as splits have left it.
    wish: by how many units it would raise the holding at this open. lots: what it is given.
    """

    used: Ints
    order: Ints
    symbol: Ints
    amount: Ints
    wish: Floats
    lots: Ints


class State(NamedTuple):
    """An account in motion.

    money: cash, and equity marked at the current row's opens.
    quantity, cost: of each symbol's holding, in units; cost includes commissions.
    next_order: the first order not yet accepted.
    first_row: the row before whose open the account was as the run opened it.
    """

    money: Ints
    quantity: Ints
    cost: Ints
    orders: Orders
    next_order: Ints
    waiting: Waiting
    events: Events
    first_row: int


def empty_events(capacity: int) -> Events:
    """Return a table without rows."""
    return Events(np.zeros(1, np.int64), *(np.zeros(capacity, np.int64) for _ in range(13)))


def empty_waiting(capacity: int) -> Waiting:
    """Return a table without rows."""
    order, symbol, amount, lots = (np.zeros(capacity, np.int64) for _ in range(4))
    return Waiting(np.zeros(1, np.int64), order, symbol, amount, np.zeros(capacity), lots)


def with_room(state: State, events: int, waiting: int) -> State:
    """Return the same state with room for so many more events and waiting orders."""
    return state._replace(
        events=widened(state.events, events), waiting=widened(state.waiting, waiting)
    )


def widened(table: Table, more: int) -> Table:
    """Return the table with room for so many more rows; it grows by at least its size."""
    room = len(table[1])
    if int(table.used[0]) + more <= room:
        return table
    extra = max(more, room)
    columns = [np.concatenate([column, np.zeros(extra, column.dtype)]) for column in table[1:]]
    return type(table)(table.used, *columns)
