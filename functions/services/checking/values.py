"""Values that lines of a strategy's file make, as far as they may be known after a bar."""

from typing import Any, NamedTuple

import numpy as np

MOST_ITEMS = 100
PLAIN = (bool, int, float, str, type(None), np.generic)


class Known(NamedTuple):
    """A value, or the part of it that belongs to bars up to the cut.

    by_row: whether it has a part for each bar.
    """

    content: Any
    by_row: bool


class Sight(NamedTuple):
    """How far one may look; rows: bars that there are. cut: the last one that may be known."""

    rows: int
    cut: int

    def of(self, value: object, depth: int = 0) -> Known | None:
        """Return what may be known of a value; None for what holds no numbers."""
        if isinstance(value, PLAIN):
            return Known(value, by_row=False)
        if depth > 1:
            return None
        if isinstance(value, dict):
            return self.of([*map(str, value), *value.values()], depth + 1)
        if isinstance(value, tuple | list) and len(value) < self.rows / 2:
            parts = [self.of(each, depth + 1) for each in value[:MOST_ITEMS]]
            return Known([part and part.content for part in parts], by_row=False)
        array = _as_array(value)
        return None if array is None else self._of_array(array)

    def _of_array(self, array: np.ndarray) -> Known:
        for axis, length in enumerate(array.shape):
            missing = self.rows - length
            if 0 <= missing < max(self.rows / 2, 1):  # a window, or differences: it begins later
                rows = np.moveaxis(array, axis, 0)[: max(self.cut + 1 - missing, 0)]
                return Known(rows.copy(), by_row=True)
        return Known(array.copy(), by_row=False)


def same(one: Known | None, other: Known | None) -> bool:
    """Whether two values are the same but for the last bits of floats."""
    if one is None or other is None:
        return one is other
    return _equal(one.content, other.content)


def _equal(one: object, other: object) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    first, second = np.asarray(one), np.asarray(other)
    if first.shape != second.shape:
        return False
    if first.dtype.kind in "fc" and second.dtype.kind in "fciub":
        return bool(np.allclose(first, second, rtol=1e-9, atol=0, equal_nan=True))
    return bool(np.array_equal(first, second))


def _as_array(value: object) -> np.ndarray | None:
    told = getattr(value, "weights", value)
    if hasattr(told, "to_numpy"):
        told = told.to_numpy()
    if isinstance(told, list | tuple):
        told = _numbers(told)
    return told if isinstance(told, np.ndarray) and told.dtype.kind in "biufM" else None


def _numbers(values: list[Any] | tuple[Any, ...]) -> np.ndarray | None:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        return None
