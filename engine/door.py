"""What comes in from a strategy by name, as the columns of its order."""

from collections.abc import Iterable, Mapping
from typing import TypedDict

import numpy as np

from engine.amounts import Asking, amount_of, number_of, price_of, share_of
from engine.errors import OrderError, unknown
from engine.orders import SIZINGS, TARGET, TIMES_IN_FORCE, type_of
from engine.shown import shown

PRICES = ("limit", "stop", "trail")
EXITS = ("stop_loss", "take_profit", "trailing")


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


def size_of(asking: Asking, side: int, sizes: Mapping[int, float | None]) -> tuple[int, int]:
    """Return sizing and amount of the one size that was given."""
    given = [(sizing, size) for sizing, size in sizes.items() if size is not None]
    if len(given) != 1:
        names = ", ".join(SIZINGS[sizing] for sizing in sizes)
        raise OrderError(f"{asking} must have one size, had {len(given)}; give one of {names}")
    sizing, size = given[0]
    return sizing, amount_of(asking, side, sizing, size)


def refuse_unnamed(asking: Asking, names: Iterable[str], unnamed: tuple[object, ...]) -> None:
    """Raise OrderError for what was given without its name."""
    if unnamed:
        told, ways = ", ".join(map(shown, unnamed)), " or ".join(f"{name}=" for name in names)
        raise OrderError(f"{asking} has {told} without a name; give {ways}")


def terms_of(asking: Asking, terms: Mapping[str, object], side: int = TARGET) -> dict[str, int]:
    """Return the columns of `Orders` that the terms fill; None and what is not given fill none.

    A limit is rounded to the tick on its order's side of what was given, never to a worse price.
    """
    columns: dict[str, int] = {}
    for name, value in terms.items():
        if name not in Terms.__annotations__:
            raise OrderError(f"{asking}: {unknown('term', name, Terms.__annotations__)}")
        if value is not None:
            column, units = _column(asking, side, name, value)
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


def _column(asking: Asking, side: int, name: str, value: object) -> tuple[str, int]:
    if name == "tif":
        if not isinstance(value, str) or value not in TIMES_IN_FORCE:
            raise OrderError(f"{asking}: {unknown('tif', f'{value}', TIMES_IN_FORCE)}")
        return "tif", TIMES_IN_FORCE.index(value)
    if name == "reduce_only":
        if not isinstance(value, (bool, np.bool_)):
            raise OrderError(
                f"{asking} must have True or False for reduce_only, was {shown(value)}"
            )
        return "reduce", int(value)
    number = number_of(asking, name, value)
    if name in PRICES:
        return name, price_of(asking, side, name, number)
    return name, share_of(asking, name, number)
