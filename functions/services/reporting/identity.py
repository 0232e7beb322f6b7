"""What a run is named by: the hashes of all that it was made from, and of what came of it."""

import hashlib
import json
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from engine import Bars, Market, Run
from engine.saving import actions_to_list
from functions.services.reporting.finished import Finished


class Identity(NamedTuple):
    """SHA-256 in hex, but for `rules`, the version of the engine's rules.

    run: over all the others but `result`; whoever has the same has made the same run.
    code: of the strategy's source, empty where it is not known. settings: parameters, options,
    opening account and first row. bars: of prices, times and corporate actions. result: of every
    fill, and of equity after every bar.
    """

    run: str
    code: str
    settings: str
    bars: str
    rules: str
    result: str


def identity(finished: Finished) -> Identity:
    """Name a run; the same run has the same name on every machine."""
    run = finished.run
    code = _text(finished.code) if finished.code else ""
    settings, bars = _json(_settings(run)), bars_hash(run.market)
    made_from = [finished.rules, run.strategy, code, settings, bars]
    return Identity(_json(made_from), code, settings, bars, finished.rules, result_hash(run))


def bars_hash(market: Market) -> str:
    """Hash a market: its symbols, its raw bars as they were given, and its actions.

    Numbers are hashed as little-endian 64 bit, NaN as the one quiet NaN.
    """
    whole = hashlib.sha256(json.dumps(market.symbols).encode())
    for name, array in _columns(market.raw):
        whole.update(name.encode() + array.tobytes())
    whole.update(json.dumps(actions_to_list(market.actions), sort_keys=True).encode())
    return whole.hexdigest()


def result_hash(run: Run) -> str:
    """Hash what came of a run: equity after every bar in units, and what was filled at what."""
    whole = hashlib.sha256(run.equity_units.astype("<i8").tobytes())
    for fill in run.fills:
        told = fill.row, fill.symbol, fill.side, fill.quantity, fill.price, fill.commission
        whole.update(json.dumps(told).encode())
    return whole.hexdigest()


def _columns(bars: Bars) -> Iterator[tuple[str, np.ndarray]]:
    yield "sessions", bars.sessions.astype("datetime64[D]").astype("<i8")
    for name in ("opens", "closes", "ends"):
        instants = getattr(bars, name)
        if instants is not None:
            yield name, np.asarray(instants).astype("<i8")
    for name in ("open", "high", "low", "close", "volume"):
        yield name, _numbers(getattr(bars, name))
    for name in ("ask", "bid"):
        for side in getattr(bars, name) or ():
            yield name, _numbers(side)


def _numbers(values: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values), np.nan, values).astype("<f8")


def _settings(run: Run) -> object:
    return {
        "parameters": run.parameters,
        "options": run.options.to_dict(),
        "opening": run.opening.to_dict(),
        "start_row": run.start_row,
    }


def _json(value: object) -> str:
    return _text(json.dumps(value, sort_keys=True, ensure_ascii=False))


def _text(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
