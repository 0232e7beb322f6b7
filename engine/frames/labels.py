"""How the rows of a market are called in a frame's index."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.market import Market
from engine.series import Series


def labels_of(market: Market) -> pd.DatetimeIndex:
    """Call each row by its date; where a session has several, by the time it opens in UTC."""
    if market.raw.several().any():
        return pd.to_datetime(market.opens, unit="s", utc=True)
    return pd.DatetimeIndex(market.sessions.astype("datetime64[s]"))


def own_labels(
    indexes: Sequence[pd.DatetimeIndex], read: Sequence[Series], market: Market
) -> pd.DatetimeIndex:
    """Call each row as the first of the frames that has a bar there does, if all have one clock."""
    if len({str(index.tz) for index in indexes}) > 1:
        return labels_of(market)
    named = indexes[0].append(list(indexes[1:]))
    closes, place = np.unique(np.concatenate([one.times.closes for one in read]), return_index=True)
    return named[place[np.searchsorted(closes, market.closes)]]
