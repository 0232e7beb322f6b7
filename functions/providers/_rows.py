"""The rows of one file of bars, each at its time; what is no row stops no other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine.errors import ParameterError
from functions.providers import Bar, ProviderError, Unread
from functions.providers._numbers import number
from functions.providers._statement import Statement
from functions.providers._tables import COMMENT, Cells, pieces
from functions.providers._times import TimeColumns, UnreadableTimeError, reader, time_columns

if TYPE_CHECKING:
    import pyarrow as pa

PRICES = ("open", "high", "low", "close")


class Span(NamedTuple):
    """Of which bars rows are wanted: those that start later than `after` and before `until`."""

    length: str
    after: datetime | None = None
    until: datetime | None = None

    def __contains__(self, starts: object) -> bool:
        return (
            isinstance(starts, datetime)
            and (self.after is None or starts > self.after)
            and (self.until is None or starts < self.until)
        )


class Rows(NamedTuple):
    """Of one file the bars, and what is none: each with its reason."""

    bars: list[Bar]
    unread: list[Unread]


def rows_of(path: Path, symbol: str, span: Span, statement: Statement) -> Rows:
    """Read a file; ProviderError where most of it makes no sense, it may be half written."""
    file = _File(path.name, symbol, span, statement)
    torn: list[tuple[Cells, str]] = []
    for columns in pieces(path, lambda cells, reason: torn.append((cells, reason))):
        _check_columns(columns, path.name)
        file.read(columns)
    for cells, reason in torn:
        file.tear(cells, reason)
    file.check()
    if len(file.bars) > 1 and all(a.starts > b.starts for a, b in pairwise(file.bars)):
        file.bars.reverse()  # the newest came first
    return Rows(file.bars, file.unread)


class _File:
    """What was read of a file so far. torn: why rows are none, whether they are wanted or not."""

    def __init__(self, name: str, symbol: str, span: Span, statement: Statement) -> None:
        self._name, self._symbol = name, symbol
        self._span, self._statement = span, statement
        self._whole = 0
        self._torn: list[str] = []
        self.bars: list[Bar] = []
        self.unread: list[Unread] = []

    def read(self, columns: Mapping[str, "pa.StringArray"]) -> None:
        """Keep the bars of the span."""
        when = time_columns(columns, self._name)
        instant = self._reader(when)
        kept: dict[int, datetime] = {}
        for place, text in _times(columns, when.names):
            try:
                starts = instant(text)
            except UnreadableTimeError as error:
                self._tear(_cells(columns, place), text, str(error))
                continue
            self._whole += 1
            if starts in self._span:
                kept[place] = starts
        names = [name for name in (*PRICES, "volume") if name in columns]
        cells = [columns[name].take(list(kept)).to_pylist() if kept else [] for name in names]
        for starts, row in zip(kept.values(), zip(*cells, strict=True), strict=True):
            self._add(starts, dict(zip(names, row, strict=True)))

    def tear(self, cells: Cells, reason: str) -> None:
        """Keep a line that is no row, unless its time lies outside the span."""
        when = time_columns(cells, self._name)
        text = " ".join(cells[name] or "" for name in when.names).strip()
        try:
            self._tear(cells, self._reader(when)(text), reason)
        except UnreadableTimeError:
            self._tear(cells, text, reason)

    def check(self) -> None:
        """ProviderError where more rows are torn than whole."""
        count = len(self._torn)
        if count > self._whole:
            raise ProviderError(
                f"{self._name} cannot be read: of {count + self._whole} rows {count} make no "
                f"sense, the first: {self._torn[0]}"
            )

    def _reader(self, when: TimeColumns) -> Callable[[str], datetime]:
        daily, zone = self._span.length == "1d", self._statement.timezone
        return reader(self._name, daily=daily, utc=when.utc, timezone=zone)

    def _tear(self, cells: Cells, at: datetime | str, reason: str) -> None:
        self._torn.append(reason)
        if isinstance(at, str) or at in self._span:
            self.unread.append(Unread(self._symbol, at, cells, reason))

    def _add(self, starts: datetime, row: Cells) -> None:
        opened, high, low, close = (number(row[name]) for name in PRICES)
        counted = (row.get("volume") or "").strip()
        volume = number(counted) if counted else None
        bar = Bar(self._symbol, starts, opened, high, low, close, volume)
        if reason := _without_number(bar):
            self.unread.append(Unread(self._symbol, starts, row, reason))
        else:
            self.bars.append(bar)


def _without_number(bar: Bar) -> str:
    """Say what is no number, in the words for one that cannot be."""
    if any(price.is_nan() for price in bar[2:6]):
        return "a price is missing or not positive"
    if bar.volume is not None and bar.volume.is_nan():
        return "the volume is negative or not a number"
    return ""


def _cells(columns: Mapping[str, "pa.StringArray"], place: int) -> Cells:
    return {name: column[place].as_py() for name, column in columns.items()}


def _times(
    columns: Mapping[str, "pa.StringArray"], names: Sequence[str]
) -> Iterator[tuple[int, str]]:
    """Yield the place of each row that is neither blank nor a comment, and its time as text."""
    texts = zip(*(columns[name].to_pylist() for name in names), strict=True)
    for place, parts in enumerate(texts):
        text = " ".join(part or "" for part in parts).strip()
        if text.startswith(COMMENT):
            continue
        if text or any((column[place].as_py() or "").strip() for column in columns.values()):
            yield place, text


def _check_columns(columns: Mapping[str, object], file: str) -> None:
    missing = [name for name in PRICES if name not in columns]
    if missing and any(name.startswith(("bid", "ask")) for name in columns):
        raise ParameterError(f"{file} has bids and asks; bars of trades are read, quotes are not")
    if missing:
        raise ParameterError(f"{file} has no column {missing[0]}; a bar has {', '.join(PRICES)}")
