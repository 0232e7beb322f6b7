"""Two tellings of one row of a record: which row it is, and in which of its fields they part.

The rows are told by their lines (`functions.store.lines`), a decision also by its leaf.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any, NamedTuple

NOTHING = "nothing"
"""What stands in the place of a row that is on one side only."""
FIELDS = {
    "segment": ("id", "reason"),
    "decision": ("slot", "segment", "closes_at", "tape", "leaf", "hash", "written"),
    "trade": (
        *("id", "order_id", "symbol", "side", "quantity", "price", "commission", "slippage"),
        *("pnl", "execution_time", "trade_type", "market_data_snapshot"),
    ),
    "equity": ("time", "equity", "cash"),
}
"""What a line tells of its row, after the row's number; one of another owner's row tells him."""
_TABLES = tuple(FIELDS)
_TIMES = {"closes_at", "execution_time", "time"}
_LONGEST, _LONGEST_WORDS = 80, 300


class Change(NamedTuple):
    """A field in which two tellings part; None where one of them does not have it."""

    field: str
    recorded: str | None
    replayed: str | None


class Parting(NamedTuple):
    """Where two tellings part.

    row: which row it is, "" where they are not of one. how: in words what became of it.
    """

    row: str
    how: str
    changes: tuple[Change, ...]

    @property
    def words(self) -> str:
        """In one sentence."""
        return f"{self.row} {self.how}".strip()


class Line(NamedTuple):
    """A line that was read: table, number, and its fields."""

    table: str
    number: int
    fields: dict[str, Any]

    @property
    def place(self) -> tuple[int, int]:
        """Where the row stands among all rows of a record."""
        return _TABLES.index(self.table), self.number


def read_line(text: str) -> Line | None:
    """Read a row's line; None where the text is none.

    >>> read_line("equity|7|1299531600|100.00000000|90.00000000").fields["time"]
    '2011-03-07T21:00:00Z'
    """
    table, *rest = text.split("|", 2)
    if table not in FIELDS or len(rest) < 2 or not rest[0].lstrip("-").isdigit():
        return None
    names = FIELDS[table]
    fields = dict(zip((*names, "owner"), _values(rest[1], len(names)), strict=False))
    return Line(table, int(rest[0]), {name: _read(name, text) for name, text in fields.items()})


def first_parted(stored: Sequence[str], replayed: Sequence[str]) -> tuple[str, str] | None:
    """Return the first row of which two lists of lines tell unlike, as each of them tells it.

    A row that only one of them has parts from `NOTHING`.
    """
    pairs = zip_longest(stored, replayed, fillvalue=NOTHING)
    was, now = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
    if was == now:
        return None
    one, other = read_line(was), read_line(now)
    if one is None or other is None or one.place == other.place:
        return was, now
    return (was, NOTHING) if one.place < other.place else (NOTHING, now)


def parting(kind: str, recorded: str, replayed: str) -> Parting:
    """Say where two texts of a drift part: two lines, two leaves, or words about more rows.

    kind: "data" where the row itself was changed, else it came out otherwise.

    >>> found = parting("data", "equity|7|1299531600|2.0|9.0", "equity|7|1299531600|2.0|8.0")
    >>> found.words
    'equity point 7 (2011-03-07) was changed'
    >>> found.changes
    (Change(field='cash', recorded='9.0', replayed='8.0'),)
    >>> parting("data", "nothing", "equity|7|1299531600|2.0|8.0").words
    'equity point 7 (2011-03-07) is missing'
    """
    was, now = read_line(recorded), read_line(replayed)
    data = kind == "data"
    if was and now:
        how = "was changed" if data else "came out otherwise"
        return Parting(_named(now), how, _changes(was.fields, now.fields))
    if was:
        return Parting(_named(was), "was added" if data else "does not come out again", ())
    if now:
        return Parting(_named(now), "is missing" if data else "is not recorded", ())
    then, given = _object(recorded), _object(replayed)
    if then and given:
        return Parting(_decision(given), "came out otherwise", _changes(then, given))
    return Parting("", _cut(replayed, _LONGEST_WORDS), ())


def _named(line: Line) -> str:
    told, number = line.fields, line.number
    if line.table == "decision":
        return _decision({"seq": number, **told})
    if line.table == "trade":
        return f"trade {number} ({told['symbol']} {told['side']} {told['execution_time'][:10]})"
    if line.table == "equity":
        return f"equity point {number} ({told['time'][:10]})"
    return f"segment {number}"


def _decision(told: Mapping[str, Any]) -> str:
    return f"decision {told.get('seq')} ({told.get('slot')})"


def _changes(was: Any, now: Any) -> tuple[Change, ...]:  # noqa: ANN401 - whatever JSON holds
    return tuple(_parted("", was, now))


def _parted(place: str, was: Any, now: Any) -> Iterator[Change]:  # noqa: ANN401
    if isinstance(was, dict) and isinstance(now, dict):
        for name in sorted({*was, *now}):
            yield from _parted(f"{place}.{name}" if place else name, was.get(name), now.get(name))
    elif was != now:
        yield Change(place, _shown(was), _shown(now))


def _shown(value: object) -> str | None:
    if value is None:
        return None
    return _cut(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), _LONGEST
    )


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"


def _values(text: str, count: int) -> list[str]:
    """Part the rest of a line; only its last field may hold a bar itself."""
    values = text.split("|", count - 1)
    last, bar, owner = values[-1].rpartition("|of ")
    return [*values[:-1], last, f"of {owner}"] if bar else values


def _read(name: str, text: str) -> Any:  # noqa: ANN401
    if name in _TIMES:
        return _time(text)
    if name == "market_data_snapshot":
        return _object(text) or text
    return None if text == "-" else text


def _time(text: str) -> str:
    try:
        told = datetime.fromtimestamp(float(text), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return text
    return told.replace("+00:00", "Z")


def _object(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
