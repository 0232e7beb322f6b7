"""An order's numbers, checked and rounded to the loop's units.

Decisions are the same on every machine from here on: weights and fractions are rounded to 1e-9,
amounts to 1e-8, prices to the tick.
"""

import math
from typing import NamedTuple

from engine.bounds import short
from engine.errors import OrderError
from engine.market import Market
from engine.money import LARGEST, UNIT
from engine.orders import SELL, SIDES, SIZINGS, TARGET, WEIGHT, WEIGHT_UNIT
from engine.shown import shown
from engine.state import Rules
from engine.triggers import to_tick

LARGEST_WEIGHT = 1_000
LARGEST_PROFIT = 1_000


class Asking(NamedTuple):
    """What is being asked for, and where; as text it begins an error."""

    market: Market
    rules: Rules
    row: int
    column: int
    what: str

    def __str__(self) -> str:
        symbol, day = self.market.symbols[self.column], self.market.name_of(self.row)
        return f"the {self.what} for {symbol} on {day}"


def number_of(asking: Asking, name: str, value: object) -> float:
    """Take a value to a finite number; whole numbers stay exact."""
    try:
        number = value if isinstance(value, int) else float(value)  # type: ignore[arg-type]
        finite = not isinstance(value, (str, bool)) and math.isfinite(number)
    except (TypeError, ValueError, OverflowError):
        finite = False
    if not finite:
        raise OrderError(f"{asking} must have a finite {name}, was {shown(value)}")
    return number


def price_of(asking: Asking, side: int, name: str, price: float) -> int:
    """Take a price on the one scale to raw units, at a whole tick.

    A buy's limit is rounded down and a sale's up, all else to the nearest.
    """
    if price <= 0:
        raise OrderError(f"{asking} must have {name} above 0, was {shown(price)}")
    raw = price / float(asking.market.factors[asking.row, asking.column]) * UNIT
    if raw > LARGEST:
        raise OrderError(f"{asking} has {name} {shown(price)}; it must be below ninety billion")
    tick = int(asking.rules.tick[asking.column])
    if name == "limit" and side != TARGET:
        return _limit(asking, side, price, (round(raw), tick or 1))
    return max(1, to_tick(round(raw), tick))


def _limit(asking: Asking, side: int, price: float, counted: tuple[int, int]) -> int:
    units, tick = counted
    if side == SELL:
        return max(1, -(-units // tick)) * tick
    if units < tick:
        raise OrderError(
            f"{asking} has limit {shown(price)}, below one tick of {short(tick / UNIT)}; a buy's "
            "limit is rounded down, give one tick or more"
        )
    return units // tick * tick


def share_of(asking: Asking, name: str, share: float) -> int:
    """Take a fraction to units of 1e-9."""
    most = highest_of(name)
    units = round(share * WEIGHT_UNIT) if 0 < share < most else 0
    if not 0 < units < most * WEIGHT_UNIT:
        raise OrderError(f"{asking} must have {name} above 0 and below {most}, was {shown(share)}")
    return units


def highest_of(name: str) -> int:
    """Return what a fraction must stay below: only a profit can be more than all."""
    return LARGEST_PROFIT if name == "take_profit" else 1


def amount_of(asking: Asking, side: int, sizing: int, given: object) -> int:
    """Take a size to its units; only a target's may be 0 or less."""
    size = number_of(asking, "size", given)
    if sizing == WEIGHT and abs(size) > LARGEST_WEIGHT:
        raise OrderError(
            f"{asking} has weight {shown(size)}; it must be from -{LARGEST_WEIGHT} to "
            f"{LARGEST_WEIGHT}"
        )
    if abs(size) * UNIT > LARGEST:
        raise OrderError(f"{asking} has size {shown(size)}; it must be below ninety billion")
    amount = round(size * (WEIGHT_UNIT if sizing == WEIGHT else UNIT))
    if amount <= 0 and side != TARGET:
        raise OrderError(f"{asking} has {SIZINGS[sizing]} {shown(size)}; {_way_out(side, size)}")
    return amount


def _way_out(side: int, size: float) -> str:
    other = SIDES[1 - side]
    if size > 0:
        return f"the smallest that counts is {short(1 / UNIT)}"
    return f"it must be above 0, to {other} use {other}"
