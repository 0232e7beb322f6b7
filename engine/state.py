"""All that changes while a simulation runs, as arrays."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from engine.money import Floats, Ints
from engine.orders import NO_ORDER, Orders
from engine.tables import widened

# What an event is. `order` is NO_ORDER where none stands behind it.
FILL, REJECT, SKIP, CANCEL, SPLIT, CASH_IN_LIEU, DIVIDEND, ADJUST, DELISTING = range(9)
BORROW, INTEREST, TRIGGER, TRAIL, PROTECTED, AMBIGUOUS, MARGIN_CALL, RUIN, SIZED = range(9, 18)
KINDS = (
    *("fill", "reject", "skip", "cancel"),
    *("split", "cash in lieu", "dividend", "adjust", "delisting"),
    *("borrow", "interest", "trigger", "trail", "protect", "ambiguous", "margin call", "ruin"),
    "sized",
)

# Why an order was not filled or was, or an action is booked after its ex-date.
NO_REASON, NOT_ENOUGH_CASH, NOT_HELD, UNDER_ONE_LOT, UNDER_MIN_TRADE, NEW_TARGET = range(6)
LATE, DELISTED, AT_LIMIT, STOP_LOSS, TAKE_PROFIT, TRAILING_STOP = range(6, 12)
LIQUIDATED, RUINED, AT_END, EXPIRED, ASKED_TO, REPLACED, GROUP_FILLED, CLOSED = range(12, 20)

# The places in `State.money`.
CASH, EQUITY, BUDGET, FREED = range(4)

# The places in `State.flags`.
LIQUIDATING, IS_RUINED, TRADED_ROW, PHASE, OVERFLOWN = range(5)

# The part of a bar in which something happens.
OPENING, INSIDE, CLOSING = range(3)

# When a market order fills.
NEXT_OPEN, SAME_CLOSE, NEXT_CLOSE = range(3)

NONE = int(np.iinfo(np.int64).min)


class Fees(NamedTuple):
    """What an order pays; bps of value, the rest in money for each share and each order.

    maker_bps: on what rested at its limit. minimum: of an order. maximum: as a share of its value.
    tier_from, tier_bps: from which value of an order on its next part pays how much; empty where
        `bps` counts for all of it.
    own: a cost model's own Python, which is never compiled.
    """

    bps: float
    maker_bps: float
    per_share: float
    per_order: float
    minimum: float
    maximum: float
    tier_from: Ints
    tier_bps: Floats
    own: Callable[[float, float, float], float] | None


class Slippage(NamedTuple):
    """By how much a fill is moved against you.

    bps: always. volume_impact: times the squared share of the bar's volume.
    volatility_impact: times the bar's volatility and the root of that share.
    own: a cost model's own Python, which is never compiled.
    """

    bps: float
    volume_impact: float
    volatility_impact: float
    own: Callable[[float, int, float, float], float] | None


class Rules(NamedTuple):
    """The options of a run as the loop reads them; the unnamed rest are fractions.

    lot, tick: shape (symbols,), in units; a tick of 0 rounds nothing. multiplier: shape
        (symbols,), money for a price of one.
    borrow_rate, debit_rate: a year, on what is short and on cash below zero.
    fill: NEXT_OPEN, SAME_CLOSE or NEXT_CLOSE.
    """

    fees: Fees
    slippage: Slippage
    lot: Ints
    tick: Ints
    multiplier: Floats
    cash_buffer: float
    min_trade: float
    leverage: float
    participation: float
    borrow_rate: float
    debit_rate: float
    fill: int
    limit_touch: bool
    size_at_decision: bool
    take_profit_first: bool


class Events(NamedTuple):
    """What happened, in order; int64 columns of equal length, `used` of them filled.

    quantity, cash, cost: by how much the event changed holding, cash and the holding's cost.
    price: of a fill; the ratio of a split, and the cash per share of a dividend or a delisting, in
        units.
    basis: by how much it changed what the holding's entries were worth without commissions.
    pnl: NONE where the event realises nothing.
    asked: cash or quantity an order would have needed; its amount once a split adjusted it; what
        of an order is left after a fill; the price of a TRIGGER; the best price of a TRAIL.
    phase: OPENING, INSIDE or CLOSING. symbol: -1 where it is of the whole account.
    ratio: of a split, new shares for one old, as exact as it was told.
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
    basis: Ints
    reason: Ints
    asked: Ints
    phase: Ints
    ratio: Floats


class Waiting(NamedTuple):
    """Orders not yet done, by symbol and then by asking; `used` of them filled.

    order: its row in `Orders`, NO_ORDER once it is done. amount: as splits have left it.
    left: units still to trade, signed; NONE while no bar has sized it.
    filled, value, maker, fee: what it traded, what that was worth, what of it rested at its
        limit, and what it paid.
    limit, stop, trail: as splits have left them. best: the price a trailing stop follows.
    triggered: 1 once its stop was reached, 2 while that counts only from the next bar on.
    session: the last session in which it may fill, or the session after which it may.
    price: what it would be filled at now, before slippage; 0 where it would not.
    wish: by how many units it would change the holding now. lots: units it is given.
    """

    used: Ints
    order: Ints
    symbol: Ints
    amount: Ints
    left: Ints
    filled: Ints
    value: Ints
    maker: Ints
    fee: Ints
    limit: Ints
    stop: Ints
    trail: Ints
    best: Ints
    triggered: Ints
    session: Ints
    price: Ints
    wish: Floats
    lots: Ints


class Brackets(NamedTuple):
    """The exits attached to each symbol's position; shape (symbols,).

    order: that brought them, NO_ORDER without one; -2 - n for the n-th symbol's own that the run
        opened with.
    stop_loss, take_profit, trailing: distances from the average booked entry price in units of
        1e-9, 0 where none. best: the best price since the entry, which trailing follows.
    since: the row from which the take-profit is live. exiting: the reason why the position is
        being closed at the next opens, NO_REASON where it is not.
    """

    order: Ints
    stop_loss: Ints
    take_profit: Ints
    trailing: Ints
    best: Ints
    since: Ints
    exiting: Ints


class State(NamedTuple):
    """An account in motion.

    money: cash, equity marked at the current row's opens, what increases may still take, and
        what was freed inside the current bar, which they may not.
    flags: whether all is closed at the next open, whether the account is ruined, the row that
        `traded` is of, the part of the bar, and whether an amount grew beyond what can be counted.
    quantity, cost, basis: of each symbol's holding, in units and signed; cost is what cash it
        took, commissions included, basis what its entries were worth without them.
    traded: units of each symbol filled in the current row.
    next_order: the first order not yet accepted.
    first_row: the row before whose open the account was as the run opened it.
    """

    money: Ints
    flags: Ints
    quantity: Ints
    cost: Ints
    basis: Ints
    traded: Ints
    brackets: Brackets
    orders: Orders
    next_order: Ints
    waiting: Waiting
    events: Events
    first_row: int


def no_brackets(symbols: int) -> Brackets:
    """Return positions without exits of their own."""
    order, *rest = (np.zeros(symbols, np.int64) for _ in Brackets._fields)
    order[:] = NO_ORDER
    return Brackets(order, *rest)


def with_room(state: State, events: int, waiting: int) -> State:
    """Return the same state with room for so many more events and waiting orders."""
    return state._replace(
        events=widened(state.events, events), waiting=widened(state.waiting, waiting)
    )
