"""What comes in from a strategy: checked, rounded and brought into the loop's units.

Decisions are the same on every machine from here on: weights and fractions are rounded to 1e-9,
amounts to 1e-8, prices to the tick.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple, TypedDict

from engine.errors import OrderError, unknown
from engine.market import Market
from engine.money import LARGEST, UNIT
from engine.orders import SIDES, SIZINGS, TARGET, TIMES_IN_FORCE, WEIGHT, WEIGHT_UNIT, type_of
from engine.state import Rules
from engine.triggers import to_tick

PRICES = ("limit", "stop", "trail")
EXITS = ("stop_loss", "take_profit", "trailing")
LARGEST_WEIGHT = 1_000
LARGEST_PROFIT = 1_000


class Prices(TypedDict, total=False):
    """At which prices an order fills, on the market's one scale; None is none.

    trail: how far a stop follows the best price; trail_share: the same as a fraction of it.
    """

    limit: float | None
    stop: float | None
    trail: float | None
    trail_share: float | None


class Exits(TypedDict, total=False):
    """The exits of a position, as fractions of its average entry price; None is none.

    trailing: how far a stop follows behind the best price since the entry.
    """

    stop_loss: float | None
    take_profit: float | None
    trailing: float | None


class Terms(Prices, Exits, total=False):
    """All that an order may say beyond side and size.

    tif: "gtc", "day", "open" or "close". reduce_only: whether it may only reduce what is held.
    """

    tif: str
    reduce_only: bool


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


def size_of(asking: Asking, side: int, sizes: Mapping[int, float | None]) -> tuple[int, int]:
    """Return sizing and amount of the one size that was given."""
    given = [(sizing, size) for sizing, size in sizes.items() if size is not None]
    if len(given) != 1:
        names = ", ".join(SIZINGS[sizing] for sizing in sizes)
        raise OrderError(f"{asking} must have one size, had {len(given)}; give one of {names}")
    sizing, size = given[0]
    return sizing, _amount(asking, side, sizing, size)


def terms_of(asking: Asking, terms: Mapping[str, object]) -> dict[str, int]:
    """Return the columns of `Orders` that the terms fill; None and what is not given fill none."""
    columns: dict[str, int] = {}
    for name, value in terms.items():
        if name not in Terms.__annotations__:
            raise OrderError(f"{asking}: {unknown('term', name, Terms.__annotations__)}")
        if value is not None:
            column, units = _column(asking, name, value)
            columns[column] = units
    check_prices(asking, columns)
    return columns


def check_prices(asking: Asking, columns: Mapping[str, int]) -> None:
    """Refuse prices that contradict each other."""
    trail, share = columns.get("trail", 0), columns.get("trail_share", 0)
    if trail and share:
        raise OrderError(f"{asking} has both trail and trail_share; give one of them")
    if (trail or share) and (columns.get("stop", 0) or columns.get("limit", 0)):
        raise OrderError(
            f"{asking} has a trail beside a limit or stop; a trailing stop has no other price"
        )


def type_column(columns: Mapping[str, int]) -> int:
    """Return the type of order that its columns make."""
    trail = columns.get("trail", 0) or columns.get("trail_share", 0)
    return type_of(columns.get("limit", 0), columns.get("stop", 0), trail)


def _column(asking: Asking, name: str, value: object) -> tuple[str, int]:
    if name == "tif":
        if value not in TIMES_IN_FORCE:
            raise OrderError(f"{asking}: {unknown('tif', str(value), TIMES_IN_FORCE)}")
        return "tif", TIMES_IN_FORCE.index(str(value))
    if name == "reduce_only":
        return "reduce", int(bool(value))
    number = _number(asking, name, value)
    return name, _price(asking, name, number) if name in PRICES else _share(asking, name, number)


def _number(asking: Asking, name: str, value: object) -> float:
    """Take a value to a finite number; whole numbers stay exact."""
    try:
        number = value if isinstance(value, int) else float(value)  # type: ignore[arg-type]
        finite = not isinstance(value, (str, bool)) and math.isfinite(number)
    except (TypeError, ValueError, OverflowError):
        finite = False
    if not finite:
        raise OrderError(f"{asking} must have a finite {name}, was {value!r}")
    return number


def _price(asking: Asking, name: str, price: float) -> int:
    """Take a price on the one scale to raw units, at a whole tick."""
    if price <= 0:
        raise OrderError(f"{asking} must have {name} above 0, was {price}")
    raw = price / float(asking.market.factors[asking.row, asking.column]) * UNIT
    if raw > LARGEST:
        raise OrderError(f"{asking} has {name} {price}; it must be below ninety billion")
    return max(1, to_tick(round(raw), int(asking.rules.tick[asking.column])))


def _share(asking: Asking, name: str, share: float) -> int:
    most = highest_of(name)
    units: int = round(share * WEIGHT_UNIT)
    if not 0 < units < most * WEIGHT_UNIT:
        raise OrderError(f"{asking} must have {name} above 0 and below {most}, was {share}")
    return units


def highest_of(name: str) -> int:
    """Return what a fraction must stay below: only a profit can be more than all."""
    return LARGEST_PROFIT if name == "take_profit" else 1


def _amount(asking: Asking, side: int, sizing: int, given: float) -> int:
    size = _number(asking, "size", given)
    if sizing == WEIGHT and abs(size) > LARGEST_WEIGHT:
        raise OrderError(
            f"{asking} has weight {size}; it must be from -{LARGEST_WEIGHT} to {LARGEST_WEIGHT}"
        )
    if abs(size) * UNIT > LARGEST:
        raise OrderError(f"{asking} has size {size}; it must be below ninety billion")
    amount = round(size * (WEIGHT_UNIT if sizing == WEIGHT else UNIT))
    if amount <= 0 and side != TARGET:
        other = SIDES[1 - side]
        raise OrderError(f"{asking} has size {size}; it must be above 0, to {other} use {other}")
    return amount
