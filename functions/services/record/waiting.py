"""Why a slot has not closed yet: a bar that is not there, or one that is hard to believe."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from engine import Bars
from functions.services.market.moves import LARGEST_MOVE
from functions.services.record.tape import Tape
from functions.store.tapes import Action, Entry

SILENT_AFTER = 5
"""Sessions without a bar after which a symbol is no longer waited for until it has one again.

A week: longer than a provider's outage, and a stock that is gone delays its robots no further.
"""


def incomplete(before: Tape, entry: Entry, failures: Callable[[], Mapping[str, str]]) -> str:
    """Say which bar of the newest slot is missing or not to be believed yet, or nothing.

    failures: asked where one is missing: why the provider could not be read, by symbol.
    """
    there = {bar.symbol: bar for bar in entry.bars}
    gone = _delisted(before, entry)
    for symbol, row, close in _last_closes(before.bars, before.symbols):
        if symbol in there:
            move = float(there[symbol].close) / close - 1
            if abs(move) > LARGEST_MOVE and symbol not in _explained(before, row, entry):
                return f"{symbol} moved by {move:+.0%} without a split or dividend"
        elif symbol not in gone and _silent(before.bars, row) < SILENT_AFTER:
            reason = failures().get(symbol)
            return f"no bar of {symbol} yet: {reason}" if reason else f"no bar of {symbol} yet"
    return ""


def _last_closes(bars: Bars, symbols: Sequence[str]) -> Iterator[tuple[str, int, float]]:
    """Yield each symbol that was ever listed with the row of its last bar, and its close there."""
    for symbol, closes in zip(symbols, bars.close.T, strict=True):
        rows = np.flatnonzero(np.isfinite(closes))
        if len(rows):
            yield symbol, int(rows[-1]), float(closes[rows[-1]])


def _silent(bars: Bars, row: int) -> int:
    """How many sessions went by after a row."""
    return len(np.unique(bars.sessions[row + 1 :]))


def _explained(before: Tape, row: int, entry: Entry) -> set[str]:
    """Return whose prices an action since that row explains; one may have come during a halt."""
    since: date = before.bars.sessions[row].item()
    earlier = {
        action.symbol for action in before.actions if (action.seen or action.ex_date) > since
    }
    return earlier | {action.symbol for action in entry.actions if _moves(action)}


def _moves(action: Action) -> bool:
    return action.kind != "rename"


def _delisted(before: Tape, entry: Entry) -> set[str]:
    earlier = {action.symbol for action in before.actions if action.kind == "delisting"}
    return earlier | {action.symbol for action in entry.actions if action.kind == "delisting"}
