"""One symbol of a provider: how far its daily bars reach, and what happened to the share."""

from typing import Any

import numpy as np

from functions.local.past import Series, past_of


def symbol_of(name: str, provider: str) -> dict[str, Any]:
    """Return what the provider tells of one symbol; ParameterError where it has none of it."""
    market, left_out = past_of(Series(provider), [name])
    close = market.raw.close[:, 0]
    listed = np.flatnonzero(~np.isnan(close))
    return {
        "symbol": market.symbols[0],
        "provider": provider,
        "first": str(market.sessions[listed[0]]),
        "last": str(market.sessions[listed[-1]]),
        "bars": len(listed),
        "close": float(close[listed[-1]]),
        "left_out": dict(sorted(left_out.items())),
        "actions": [
            {
                "ex_date": one.ex_date.isoformat(),
                "kind": one.kind,
                "value": None if np.isnan(one.value) else one.value,
            }
            for one in market.actions
        ],
    }
