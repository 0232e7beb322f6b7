"""A backtest in a file: the bars, what happened and what it was measured against; no code runs.

The file is a NumPy archive of arrays and one JSON text. Its metrics are measured anew when it is
read, so that two saved runs are always measured alike.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine import Account, Market, Options, Run
from engine.errors import ParameterError
from engine.orders import Orders
from engine.saving import actions_from_list, actions_to_list, bars_from_dict, bars_to_dict
from engine.state import Brackets, Events, State, Waiting
from functions.local.backtest import measured
from functions.services.reporting.finished import Finished

SUFFIX = ".run"
FORMAT = 1
TABLES = {"brackets": Brackets, "orders": Orders, "waiting": Waiting, "events": Events}
BROKEN = (AttributeError, EOFError, KeyError, OSError, TypeError, ValueError, zipfile.BadZipFile)
"""What reading a file raises that is something else, or only a part."""
Arrays = dict[str, NDArray[Any]]


class _Kept(NamedTuple):
    """One run beside the others that share its market."""

    strategy: str
    parameters: dict[str, Any]
    options: dict[str, Any]
    opening: dict[str, Any]
    start_row: int


def to_bytes(finished: Finished) -> bytes:
    """Return the file's content: the same for the same run."""
    runs = _runs_of(finished)
    arrays = {
        f"{name}.{column}": array
        for name, run in runs.items()
        for column, array in _arrays(run.state).items()
    }
    market = finished.run.market
    about = {
        "format": FORMAT,
        "rules": finished.rules,
        "symbols": market.symbols,
        "bars": bars_to_dict(market.raw),
        "actions": actions_to_list(market.actions),
        "runs": {name: _kept(run)._asdict() for name, run in runs.items()},
        "source": finished.source,
        "length": finished.length,
        "left_out": dict(sorted(finished.left_out.items())),
        "code": finished.code,
        "periods_per_year": finished.periods_per_year,
    }
    text = json.dumps(about, sort_keys=True, allow_nan=False).encode()
    packed = io.BytesIO()
    digest = np.frombuffer(_digest(text, arrays), np.uint8)
    np.savez_compressed(packed, about=np.frombuffer(text, np.uint8), digest=digest, **arrays)  # type: ignore[arg-type]
    return packed.getvalue()


def read(path: Path) -> Finished:
    """Read a saved run; ParameterError where the file is none, or not as it was written."""
    try:
        arrays = _unpacked(path.read_bytes())
        text, digest = arrays.pop("about").tobytes(), arrays.pop("digest").tobytes()
    except FileNotFoundError:
        raise ParameterError(f"no saved run {path}; `backtest --save` writes one") from None
    except BROKEN as error:
        raise ParameterError(f"{path} is no saved run; `backtest --save` writes one") from error
    if _digest(text, arrays) != digest:
        raise ParameterError(f"{path} is not as it was written; save the run again")
    about = json.loads(text)
    if about["format"] != FORMAT:
        raise ParameterError(f"{path} was saved by another version of robotplug; save it again")
    return _finished(about, arrays)


def _unpacked(content: bytes) -> Arrays:
    """Read every array; whatever else is packed there is a ValueError."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        found = {name: archive[name] for name in archive.files}
    if not all(isinstance(one, np.ndarray) for one in found.values()):
        raise ValueError("a member is no array")
    return found


def _runs_of(finished: Finished) -> dict[str, Run]:
    """The run, its benchmark, and where bars are ambiguous the better end of its range."""
    runs = {"run": finished.run}
    if finished.benchmark is not None:
        runs["benchmark"] = finished.benchmark
    best = finished.run.result_range()[1]
    return runs if best is finished.run else runs | {"best": best}


def _kept(run: Run) -> _Kept:
    options, opening = run.options.to_dict(), run.opening.to_dict()
    return _Kept(run.strategy, dict(run.parameters), options, opening, run.start_row)


def _arrays(state: State) -> Arrays:
    """Every array of a state; of a table the rows that are used."""
    found: Arrays = {}
    for name, value in state._asdict().items():
        if name in TABLES:
            rows = int(value.used[0]) if "used" in value._fields else None
            columns = value._asdict().items()
            found |= {f"{name}.{column}": array[:rows] for column, array in columns}
            found |= {f"{name}.used": value.used} if rows is not None else {}
        elif name != "first_row":
            found[name] = value
    return found | {"first_row": np.array([state.first_row])}


def _state(arrays: Mapping[str, NDArray[Any]], run: str) -> State:
    values: dict[str, Any] = {}
    for name in State._fields:
        if name in TABLES:
            table: Any = TABLES[name]
            columns = (arrays[f"{run}.{name}.{column}"] for column in table._fields)
            values[name] = table._make(columns)
        else:
            values[name] = arrays[f"{run}.{name}"]
    return State(**values | {"first_row": int(values["first_row"][0])})


def _finished(about: Mapping[str, Any], arrays: Arrays) -> Finished:
    market = Market.build(
        about["symbols"], bars_from_dict(about["bars"]), actions_from_list(about["actions"])
    )
    runs = {
        name: _run(_Kept(**kept), market, _state(arrays, name))
        for name, kept in about["runs"].items()
    }
    names = ("source", "length", "left_out", "code", "periods_per_year", "rules")
    run = replace(runs["run"], again=_again(runs.get("best")))
    told = {name: about[name] for name in names}
    return measured(Finished(run, runs.get("benchmark"), metrics={}, **told))


def _run(kept: _Kept, market: Market, state: State) -> Run:
    options, opening = Options.from_dict(kept.options), Account.from_dict(kept.opening)
    return Run(market, kept.strategy, kept.parameters, options, opening, kept.start_row, state)


def _again(best: Run | None) -> Callable[..., Run] | None:
    """Stand in for simulating again: the one other run that is ever asked for was kept."""
    return None if best is None else lambda **_: best


def _digest(text: bytes, arrays: Mapping[str, NDArray[Any]]) -> bytes:
    found = hashlib.sha256(text)
    for name in sorted(arrays):
        found.update(f"{name} {arrays[name].dtype} {arrays[name].shape}".encode())
        found.update(np.ascontiguousarray(arrays[name]).tobytes())
    return found.digest()
