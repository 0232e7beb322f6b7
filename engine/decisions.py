"""From a matrix of weights to the orders it stands for."""

import numpy as np

from engine.errors import OrderError
from engine.market import Market
from engine.money import Bools, Floats
from engine.orders import TARGET, WEIGHT, WEIGHT_UNIT, Orders, order_table


def orders_of(weights: Floats, market: Market, start: int, rebalance: str) -> Orders:
    """Return the decisions from row `start` on, by row and then by symbol.

    weights: shape (rows, symbols), from 0 to 1, NaN decides nothing. Rounded here to 1e-9.
    """
    weights = _real(weights)
    if weights.shape != market.raw.close.shape:
        raise OrderError(
            f"targets must have shape {market.raw.close.shape}, one row a bar and one column a "
            f"symbol, had {weights.shape}"
        )
    with np.errstate(over="ignore"):  # what overflows is refused below
        rounded = np.rint(weights[start:] * WEIGHT_UNIT)
    _check(rounded, market, start)
    finite = ~np.isnan(rounded)
    row, column = np.nonzero(_changed(rounded, finite) if rebalance == "change" else finite)
    amount = rounded[row, column].astype(np.int64)
    return order_table(row + start, column, TARGET, WEIGHT, amount)


def _real(weights: Floats) -> Floats:
    """Take weights to floats; OrderError for what is no real number."""
    given = np.asarray(weights)
    if given.dtype.kind not in "fiub":
        raise OrderError(f"targets must be real numbers, one for each bar, had {given.dtype}")
    return given.astype(np.float64)


def _changed(weights: Floats, decided: Bools) -> Bools:
    """Whether a weight differs from the last one of its symbol."""
    rows = np.arange(len(weights))[:, None]
    last = np.maximum.accumulate(np.where(decided, rows, -1), axis=0)
    before = np.vstack([np.full_like(last[:1], -1), last[:-1]])
    known: Floats = np.take_along_axis(weights, before.clip(0), axis=0)
    changed: Bools = decided & ((before < 0) | (weights != known))
    return changed


def _check(rounded: Floats, market: Market, start: int) -> None:
    wrong = (rounded < 0) | (rounded > WEIGHT_UNIT)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise OrderError(
            f"the weight of {market.symbols[column]} on {market.name_of(start + int(row))} is "
            f"{rounded[row, column] / WEIGHT_UNIT}; accounts are cash only, a weight is from 0 to 1"
        )
