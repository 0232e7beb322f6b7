"""The door for pandas: markets from frames of bars, and frames of what a run left.

Nothing behind this door knows pandas.
"""

from engine.frames.forms import by_symbol, length_of
from engine.frames.labels import labels_of
from engine.frames.markets import Labelled, faults_in_frames, labelled_market, market_from_frames
from engine.frames.results import (
    equity_frame,
    fills_frame,
    metrics_frame,
    positions_frame,
    returns_series,
    trades_frame,
)

__all__ = [
    "Labelled",
    "by_symbol",
    "equity_frame",
    "faults_in_frames",
    "fills_frame",
    "labelled_market",
    "labels_of",
    "length_of",
    "market_from_frames",
    "metrics_frame",
    "positions_frame",
    "returns_series",
    "trades_frame",
]
