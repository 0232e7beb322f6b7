"""Your own bars, from a folder of CSV and Parquet files that DATA_FOLDER names.

One file per symbol (`SPY.csv`, `SPY.csv.gz` or `SPY.parquet`): daily bars in the folder itself,
others in folders named after their length (`1h/`, `1m/`); `actions.csv` beside them lists
corporate actions. What the files cannot say, a `robotplug.toml` says. Bars of trades are read;
files of bids and asks are not.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import ParameterError, unknown
from functions.providers import (
    Bar,
    Coverage,
    Facts,
    Fetched,
    Request,
    _settings,
)
from functions.providers._actions import number, written_actions
from functions.providers._ranges import LENGTHS, check_length, known_by, zone_of
from functions.providers._statement import NAME, Statement, read_statement
from functions.providers._tables import pieces, suffix_of
from functions.providers._times import reader, time_columns

if TYPE_CHECKING:
    import pyarrow as pa

_PRICES = ("open", "high", "low", "close")


class Files:
    """A folder, read anew at each question: a file may have changed since.

    Bars stand as the file has them, doubles and faults included: collecting judges them.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._given = folder

    @property
    def facts(self) -> Facts:
        """Return what the folder says of itself and which lengths it has."""
        statement = read_statement(self._folder)
        lengths = tuple(length for length in LENGTHS if self._paths(length)) or ("1d",)
        if lengths != ("1d",) and statement.anchor is None:
            raise ParameterError(
                f"{NAME} must say where bars shorter than a day begin: "
                'anchor = "open" (of the session) or "clock" (the full hour)'
            )
        return Facts(statement.calendar, lengths, statement.anchor or "open")

    def symbols(self) -> Sequence[str]:
        """Return the symbols of all files, in order."""
        return tuple(sorted({symbol for length in LENGTHS for symbol in self._paths(length)}))

    def coverage(self) -> Coverage | None:
        """Return the first and last day there is, when the folder says that it does not grow."""
        statement = read_statement(self._folder)
        length = self.facts.lengths[0]
        if statement.grows:
            return None
        days = [
            starts.date()
            for path in self._paths(length).values()
            for starts, _ in _rows(path, length, statement)
        ]
        return Coverage(min(days), max(days)) if days else None

    def fetch(self, request: Request) -> Fetched:
        """Read one file; ProviderError when it makes no sense."""
        symbol, length, after, until = request
        check_length("files", self.facts, length)
        paths = self._paths(length)
        if symbol not in paths:
            raise unknown(f"symbol with {length} bars in the folder of files", symbol, paths)
        statement = read_statement(self._folder)
        bars = [
            _bar(symbol, starts, row)
            for starts, row in _rows(paths[symbol], length, statement, after, until)
        ]
        if len(bars) > 1 and all(one.starts > other.starts for one, other in pairwise(bars)):
            bars.reverse()  # the newest came first
        actions = known_by(
            request, written_actions(self._folder, symbol), lambda: zone_of(statement.calendar)
        )
        return Fetched(bars, actions, statement.adjusted)

    @property
    def _folder(self) -> Path:
        return self._given or _settings.data_folder()

    def _paths(self, length: str) -> Mapping[str, Path]:
        folder = self._folder if length == "1d" else self._folder / length
        found: dict[str, Path] = {}
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            suffix = suffix_of(path)
            symbol = path.name[: -len(suffix)] if suffix else ""
            if not symbol or symbol.lower() == "actions":
                continue
            if symbol in found:
                raise ParameterError(f"{path.name} and {found[symbol].name}: keep one of the two")
            found[symbol] = path
        return found


def _rows(
    path: Path,
    length: str,
    statement: Statement,
    after: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[tuple[datetime, Mapping[str, str | None]]]:
    """Yield when each row of the range began, and its cells."""
    for columns in pieces(path):
        _check_columns(columns, path.name)
        when = time_columns(columns, path.name)
        instant = reader(path.name, daily=length == "1d", utc=when.utc, timezone=statement.timezone)
        starts = {
            place: start
            for place, text in _times(columns, when.names)
            if (start := instant(text))
            and (after is None or start > after)
            and (until is None or start < until)
        }
        if not starts:
            continue
        kept = list(starts)
        names = [name for name in (*_PRICES, "volume") if name in columns]
        cells = [columns[name].take(kept).to_pylist() for name in names]
        for place, row in zip(kept, zip(*cells, strict=True), strict=True):
            yield starts[place], dict(zip(names, row, strict=True))


def _times(
    columns: Mapping[str, "pa.StringArray"], names: Sequence[str]
) -> Iterator[tuple[int, str]]:
    """Yield the place of each row that is not blank, and its time as text."""
    texts = zip(*(columns[name].to_pylist() for name in names), strict=True)
    for place, parts in enumerate(texts):
        text = " ".join(part or "" for part in parts).strip()
        if text or any((column[place].as_py() or "").strip() for column in columns.values()):
            yield place, text


def _check_columns(columns: Mapping[str, object], file: str) -> None:
    missing = [name for name in _PRICES if name not in columns]
    if missing and any(name.startswith(("bid", "ask")) for name in columns):
        raise ParameterError(f"{file} has bids and asks; bars of trades are read, quotes are not")
    if missing:
        raise ParameterError(f"{file} has no column {missing[0]}; a bar has {', '.join(_PRICES)}")


def _bar(symbol: str, starts: datetime, row: Mapping[str, str | None]) -> Bar:
    opened, high, low, close = (number(row[name]) for name in _PRICES)
    counted = (row.get("volume") or "").strip()
    volume = number(counted) if counted else None
    return Bar(symbol, starts, opened, high, low, close, volume)


provider = Files()
