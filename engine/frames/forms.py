"""The forms in which people have their bars: one frame, several, or one with two rows of names."""

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd

from engine.errors import DataError, ParameterError
from engine.frames.reading import DAILY
from engine.market import Market
from engine.series import QUOTES, TRADES

PRICES = (*TRADES[:4], *QUOTES)
ALONE = "ASSET"
"""What the symbol of a frame is called that has no name."""


def by_symbol(bars: object, symbol: str = ALONE) -> dict[str, pd.DataFrame]:
    """Return one frame for each symbol, whatever form they come in; none is changed.

    One frame is of `symbol`. With two levels of column names, as yfinance gives them, one level
    holds the symbols, in either order; rows where one of them has no price are none of its bars.
    A dict has frames of either kind. DataError for another form.
    """
    if isinstance(bars, Mapping):
        return {name: _alone(name, frame) for name, frame in bars.items()}
    if not isinstance(bars, pd.DataFrame):
        raise DataError(
            f"bars must be a pandas.DataFrame with columns open, high, low and close, or a dict "
            f"of one for each symbol, were a {type(bars).__name__}"
        )
    return _parted(bars) if bars.columns.nlevels > 1 else {symbol: bars}


def _alone(symbol: str, frame: object) -> pd.DataFrame:
    """A frame of a dict; where it has two levels of names, its only symbol has the dict's name."""
    if not isinstance(frame, pd.DataFrame) or frame.columns.nlevels == 1:
        return frame  # if it is no frame, who reads it refuses it by name
    inside = _parted(frame)
    if len(inside) > 1:
        raise DataError(
            f"the frame of {symbol} has the columns of {', '.join(inside)}; give it alone, which "
            "reads them all, or one frame for each symbol"
        )
    return next(iter(inside.values()))


def _parted(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    level = 1 - _level_of_prices(frame.columns)
    symbols = frame.columns.get_level_values(level)
    parts = {one: frame.xs(one, axis=1, level=level) for one in symbols.unique()}
    return {str(symbol): _with_bars(part) for symbol, part in parts.items()}


def _level_of_prices(columns: pd.MultiIndex) -> int:
    for level in range(2 if columns.nlevels == 2 else 0):
        if any(_is_price(name) for name in columns.get_level_values(level)):
            return level
    told = ", ".join(map(str, columns[:3]))
    raise DataError(
        "of two levels of column names one must hold open, high, low and close, the other the "
        f"symbols; there are {columns.nlevels} levels, with {told}"
    )


def _with_bars(part: pd.DataFrame) -> pd.DataFrame:
    """Leave out the rows that are there for other symbols' sake."""
    return part[part[[name for name in part.columns if _is_price(name)]].notna().any(axis=1)]


def _is_price(name: Hashable) -> bool:
    return str(name).lower() in PRICES


def length_of(frames: Mapping[str, pd.DataFrame]) -> str:
    """Tell how long bars are from how they mostly follow on a day: "1d" where no day has two.

    Of several frames the one with the shortest bars counts. ParameterError where that is no whole
    number of minutes; DataError names a bar that follows closer than the others of its frame do.
    """
    closest = min((_usual(*each) for each in frames.items()), default=np.inf)
    if closest == np.inf:
        return DAILY
    if closest % 60:
        raise ParameterError(
            f"two bars are {closest:g} seconds apart; give length, such as 1h or 5m"
        )
    return _text_of(int(closest))


def bar_length(market: Market) -> str:
    """Tell how long a market's bars are: "1d" where no session has two, else what most last."""
    if not market.raw.several().any():
        return DAILY
    return _text_of(int(np.median(market.closes - market.opens)))


def _text_of(seconds: int) -> str:
    minutes = max(seconds // 60, 1)
    return f"{minutes}m" if minutes % 60 else f"{minutes // 60}h"


def _usual(symbol: str, frame: object) -> float:
    """The seconds that mostly lie between two bars of one day; infinite where none has two."""
    index = getattr(frame, "index", None)
    if not isinstance(index, pd.DatetimeIndex) or len(index) < 2:
        return np.inf
    days, seconds = index.tz_localize(None).normalize(), index.to_series().diff().dt.total_seconds()
    apart = seconds[1:][(days[1:] == days[:-1]) & (seconds[1:] > 0).to_numpy()]
    if not len(apart):
        return np.inf
    usual = float(apart.value_counts().sort_index().idxmax())
    odd = apart[apart < usual]
    if len(odd):
        raise DataError(
            f"{symbol} {odd.index[0]}: this bar comes {odd.iloc[0] / 60:g} minutes after the one "
            f"before, most come after {usual / 60:g}; take it out, or give length"
        )
    return usual
