"""Tables: columns of equal length, beside how many rows of them are filled.

The columns are rows of one array, so that machine code finds all of them from its address.
"""

from functools import cache
from typing import Any, TypeVar, get_type_hints

import numpy as np

from engine.money import Floats, Ints

Table = TypeVar("Table", bound=tuple[Any, ...])


def empty_table(kind: type[Table], capacity: int) -> Table:
    """Return a table without rows.

    kind: a NamedTuple of how many rows are filled, shape (1,), and of columns by type.
    """
    return _over(kind, np.zeros(1, np.int64), capacity)


def widened(table: Table, more: int) -> Table:
    """Return the table with room for so many more rows; it grows by at least its size."""
    used, room = table[0], len(table[1])
    if used[0] + more <= room:
        return table
    wider = _over(type(table), used, room + max(more, room))
    for column, before in zip(wider[1:], table[1:], strict=True):
        column[:room] = before
    return wider


def joined(full: Table, then: Table) -> Table:
    """Return a full table's rows with those of another behind them."""
    count = len(full[1])
    both = _over(type(full), full[0] + then[0], count + len(then[1]))
    for column, first, rest in zip(both[1:], full[1:], then[1:], strict=True):
        column[:count], column[count:] = first, rest
    return both


def whole_of(table: tuple[Any, ...]) -> Ints | None:
    """Return the array whose rows the columns are; None where they are not of one."""
    whole = table[1].base
    one = whole is not None and all(column.base is whole for column in table[2:])
    return whole if one and whole.shape == (len(table) - 1, len(table[1])) else None


def _over(kind: type[Table], used: Ints, capacity: int) -> Table:
    """A table over an array of its own, with nothing in it."""
    reals = _reals(kind)
    columns: list[Ints | Floats] = [*np.zeros((len(reals), capacity), np.int64)]
    for at, real in enumerate(reals):
        if real:
            columns[at] = columns[at].view(np.float64)
    return kind(used, *columns)


@cache
def _reals(kind: type[tuple[Any, ...]]) -> tuple[bool, ...]:
    """Whether each column is of floats."""
    return tuple(hint == Floats for hint in list(get_type_hints(kind).values())[1:])
