"""A second close in the frames, which nothing here reads."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

ADJUSTED = ("adj close", "adj_close", "adjclose", "adjusted close", "adjusted_close")
NEAR = 1e-6
REMARK = (
    "adjusted close unused: {} differs from the close; give prices adjusted as a whole, or actions"
)


def adjusted_remarks(frames: Mapping[str, pd.DataFrame]) -> tuple[str, ...]:
    """Say that an adjusted close differs from the close; nothing where they are the same."""
    names = [name for frame in frames.values() if (name := _differing(frame))]
    return (REMARK.format(names[0]),) if names else ()


def _differing(frame: pd.DataFrame) -> str:
    named = {str(column).lower(): column for column in frame.columns}
    found = next((named[name] for name in ADJUSTED if name in named), None)
    if found is None or "close" not in named:
        return ""
    own, theirs = (
        pd.to_numeric(frame[column], errors="coerce").to_numpy(np.float64)
        for column in (named["close"], found)
    )
    known = np.isfinite(own) & np.isfinite(theirs)
    return "" if np.allclose(own[known], theirs[known], rtol=NEAR, atol=0) else str(found)
