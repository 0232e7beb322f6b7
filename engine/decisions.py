"""From a matrix of weights to the orders it stands for."""

import numpy as np

from engine.amounts import LARGEST_WEIGHT, highest_of
from engine.door import EXITS
from engine.errors import OrderError
from engine.market import Market
from engine.money import Bools, Floats
from engine.orders import TARGET, WEIGHT, WEIGHT_UNIT, Orders, order_table
from engine.targets import Targets, Weights, checked_rebalance


def orders_of(decided: Weights, market: Market, start: int, rebalance: str) -> Orders:
    """Return the decisions from row `start` on, by row and then by symbol.

    Weights have shape (rows, symbols); NaN decides nothing. They and the exits are rounded here
    to 1e-9. OrderError names the first that cannot be.
    """
    at_changes = checked_rebalance(rebalance) == "change"
    targets = decided if isinstance(decided, Targets) else Targets(decided)
    rounded = _rounded("targets", targets.weights, market, start)
    _check_weights(rounded, market, start)
    finite = ~np.isnan(rounded)
    row, column = np.nonzero(_changed(rounded, finite) if at_changes else finite)
    amount = rounded[row, column].astype(np.int64)
    table = order_table(row + start, column, TARGET, WEIGHT, amount)
    for name in EXITS:
        given = getattr(targets, name)
        if given is not None:
            shares = _rounded(name, np.asarray(given), market, start)[row, column]
            _check_exit(name, shares, table, market)
            getattr(table, name)[:] = np.where(np.isnan(shares), 0, shares)
    return table


def _rounded(name: str, given: Floats, market: Market, start: int) -> Floats:
    """Bring weights or fractions from row `start` on to whole 1e-9; one number stands for all."""
    numbers, shape = _real(name, given), market.raw.close.shape
    if numbers.shape != shape and (numbers.ndim > 0 or name == "targets"):
        raise OrderError(
            f"{name} must have shape {shape}, one row a bar and one column a symbol, had "
            f"{numbers.shape}"
        )
    wanted = numbers[start:] if numbers.ndim else numbers
    with np.errstate(over="ignore"):  # what overflows is refused below
        rounded = np.rint(wanted.astype(np.float64) * WEIGHT_UNIT)
    return np.broadcast_to(rounded, (shape[0] - start, shape[1]))


def _real(name: str, given: Floats) -> Floats:
    """Take what was given to an array; OrderError for what are no real numbers."""
    try:
        numbers = np.asarray(given)
    except ValueError as error:  # rows of different lengths
        raise OrderError(f"{name} must be one table of real numbers: {error}") from error
    if numbers.dtype.kind not in "fiub":
        raise OrderError(f"{name} must be real numbers, one for each bar, had {numbers.dtype}")
    return numbers


def _changed(weights: Floats, decided: Bools) -> Bools:
    """Whether a weight differs from the last one of its symbol."""
    given, counts = weights.T[decided.T], decided.sum(axis=0)  # symbol by symbol
    differs = np.append(True, given[1:] != given[:-1])[: len(given)]
    differs[(np.cumsum(counts) - counts)[counts > 0]] = True  # the first of each symbol
    changed: Bools = np.zeros(weights.shape, np.bool_)
    changed.T[decided.T] = differs
    return changed


def _check_weights(rounded: Floats, market: Market, start: int) -> None:
    wrong = np.abs(rounded) > LARGEST_WEIGHT * WEIGHT_UNIT
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise OrderError(
            f"the weight of {market.symbols[column]} on {market.name_of(start + int(row))} is "
            f"{rounded[row, column] / WEIGHT_UNIT}; it must be from -{LARGEST_WEIGHT} to "
            f"{LARGEST_WEIGHT}, or NaN to decide nothing"
        )


def _check_exit(name: str, shares: Floats, table: Orders, market: Market) -> None:
    most = highest_of(name)
    wrong = (shares <= 0) | (shares >= most * WEIGHT_UNIT)
    if wrong.any():
        at = int(np.argmax(wrong))
        symbol, day = market.symbols[table.symbol[at]], market.name_of(int(table.row[at]))
        raise OrderError(
            f"the {name} of {symbol} on {day} is {shares[at] / WEIGHT_UNIT}; it must be above 0 "
            f"and below {most}, or NaN for none"
        )
