"""Why something happened, in words."""

from engine.state import (
    ASKED_TO,
    AT_END,
    AT_LIMIT,
    CLOSED,
    DELISTED,
    EXPIRED,
    GROUP_FILLED,
    LATE,
    LIQUIDATED,
    NEW_TARGET,
    NO_REASON,
    NOT_ENOUGH_CASH,
    NOT_HELD,
    REPLACED,
    RUINED,
    STOP_LOSS,
    TAKE_PROFIT,
    TRAILING_STOP,
    UNDER_MIN_TRADE,
    UNDER_ONE_LOT,
)

REASONS = {
    NOT_ENOUGH_CASH: "not enough cash",
    NOT_HELD: "more than is held",
    UNDER_ONE_LOT: "less than one lot to trade",
    UNDER_MIN_TRADE: "less than the smallest trade",
    NEW_TARGET: "a new target replaces it",
    LATE: "late",
    DELISTED: "delisted",
    AT_LIMIT: "limit",
    STOP_LOSS: "stop loss",
    TAKE_PROFIT: "take profit",
    TRAILING_STOP: "trailing stop",
    LIQUIDATED: "liquidated",
    RUINED: "ruined",
    AT_END: "the run ends",
    EXPIRED: "its time is over",
    ASKED_TO: "as asked",
    REPLACED: "another order replaces it",
    GROUP_FILLED: "another order of its group filled",
    CLOSED: "the position is closed",
}

# Fills for which no order was asked: who sells then, in the place of an order's id.
OWN_FILLS = {LIQUIDATED: "liquidation", RUINED: "ruin", AT_END: "end"}

# Fills of a position's bracket; they name the order that brought it.
BRACKET_FILLS = (STOP_LOSS, TAKE_PROFIT, TRAILING_STOP)


def reason_of(words: str | None) -> int:
    """Return the reason that is told in these words; NO_REASON for None.

    >>> reason_of("stop loss") == STOP_LOSS
    True
    """
    return next((reason for reason, told in REASONS.items() if told == words), NO_REASON)
