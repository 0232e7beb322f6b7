"""`robotplug data`: bringing a provider's past into a platform, and what there is of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from engine.errors import ParameterError, unknown
from functions import providers
from functions.local.choice import BAR, own_names
from functions.local.folder import kept_choice
from functions.local.past import Series, coverage_of, last_bar
from functions.services.market.collecting import Collected, Source, collect_symbols
from functions.services.market.slots import Slot
from functions.services.platform import Connect
from functions.store.bars import series_name
from functions.store.health import UNUSED, HealthRow, health_rows, states

_REFUSED = """
SELECT reason, count(*) FROM quarantined_bars
WHERE data_source = %s AND symbol = %s AND seen_at = %s GROUP BY reason ORDER BY reason
"""
_QUARANTINED = f"""
SELECT symbol, data_source, timestamp, reason, row FROM quarantined_bars q
WHERE symbol = %s AND {UNUSED} ORDER BY data_source, timestamp, reason
"""  # noqa: S608 - own words

_NOTED = """
SELECT data_source, timestamp, kind FROM noted_bars
WHERE symbol = %s ORDER BY data_source, kind, timestamp
"""


class Import(NamedTuple):
    """What to bring in: symbols of one series, up to a bar, from a day on.

    again: whether what is stored is read once more.
    """

    series: Series
    source: Source
    slot: Slot
    symbols: tuple[str, ...]
    start: date | None
    again: bool = False

    @classmethod
    def of(
        cls, series: Series, symbols: Sequence[str], start: date | None, *, again: bool = False
    ) -> "Import":
        """Check what somebody typed; ParameterError names what cannot be."""
        provider = providers.get(series.provider)
        coverage = coverage_of(series.provider, provider)
        if coverage:
            series = series._replace(end=min(series.end or coverage.last, coverage.last))
        last = last_bar(provider, series)
        if start and start > last.session:
            raise ParameterError(f"--from {start} is later than {last.session}, the last session")
        listed = provider.symbols()
        names = own_names(listed, symbols) or tuple(listed)
        for symbol in names:
            # Yahoo and exchanges list what SYMBOLS says, and have more.
            if coverage and symbol not in listed:
                raise unknown(f"symbol of the {series.provider} provider", symbol, listed)
        calendar = series.calendar or provider.facts.calendar
        slot = Slot(calendar, series.length, last.closes)
        return cls(series, Source(series.provider, provider), slot, names, start, again)


class Imported(NamedTuple):
    """What became of one symbol; refused: new quarantined rows by their reason.

    missing: bars that its calendar has between the first and the last that there is. overdue:
    sessions since that. last: when it starts.
    """

    symbol: str
    collected: Collected
    refused: Mapping[str, int]
    missing: int = 0
    overdue: int = 0
    last: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as --json prints it."""
        told = self.collected._asdict()
        names = ("bars", "actions", "restated", "quarantined", "noted")
        counts = {name: told[name] for name in names}
        reasons = {"reasons": dict(self.refused), "failure": self.collected.failure or None}
        lacks = {"missing": self.missing, "overdue": self.overdue}
        odd = [{"time": starts, "kind": kind} for starts, kind in self.collected.oddities]
        return {"symbol": self.symbol, **counts, **lacks, **reasons, "oddities": odd}


def refuse_the_future(asked: Import, folder: Path) -> None:
    """ParameterError where the platform in the folder lives through these very bars one by one."""
    kept = kept_choice(folder)
    plays = kept is not None and kept.provider == asked.source.name
    if plays and asked.slot.bar == BAR and asked.source.provider.coverage() is not None:
        raise ParameterError(
            f"the platform in {folder} plays the {asked.source.name} data session by session; "
            "importing them would tell it the future; give another --folder"
        )


def imported(asked: Import, connect: Connect) -> Iterator[Imported]:
    """Collect one symbol after the other, as the job does; each is stored when it is told of.

    What is there already is left as it is, so that a second call changes nothing. Read again,
    it stays as first seen: what is told differently is another version beside it.
    """
    name, bar = asked.source.name, asked.slot.bar
    since = datetime.combine(asked.start, datetime.min.time(), UTC) if asked.start else None
    for symbol in asked.symbols:
        seen_at = datetime.now(UTC)
        found = collect_symbols(
            asked.source, connect, asked.slot, seen_at, [symbol], since=since, again=asked.again
        )[symbol]
        values = [series_name(name, bar), symbol, seen_at]
        refused: dict[str, int] = dict(connect().execute(_REFUSED, values).fetchall())
        state = states(connect(), name, bar, [symbol]).get(symbol)
        if state is None:
            yield Imported(symbol, found, refused)
        else:
            missing = sum(bars for _, _, bars in state.gaps)
            yield Imported(symbol, found, refused, missing, state.overdue, state.last_bar)


def status(connect: Connect) -> list[HealthRow]:
    """Return the state of every series, in order."""
    return health_rows(connect())


class Gaps(NamedTuple):
    """What one symbol lacks: by series, missing ranges; rows not used; and bars that are odd."""

    series: Sequence[HealthRow]
    quarantined: Sequence[Mapping[str, Any]]
    noted: Sequence[Mapping[str, Any]] = ()


def gaps(connect: Connect, symbol: str) -> Gaps:
    """Return what a symbol lacks; ParameterError names a symbol that was never collected."""
    rows = health_rows(connect())
    names = {row.symbol.upper(): row.symbol for row in rows}
    if symbol.upper() not in names:
        raise unknown("symbol in this platform", symbol, sorted(set(names.values())) or ["none"])
    name = names[symbol.upper()]
    columns = ("symbol", "source", "time", "reason", "row")
    refused = connect().execute(_QUARANTINED, [name]).fetchall()
    told = [dict(zip(columns, row, strict=True)) for row in refused]
    odd = connect().execute(_NOTED, [name]).fetchall()
    noted = [
        {"source": source, "time": time.astimezone(UTC), "kind": kind} for source, time, kind in odd
    ]
    return Gaps([row for row in rows if row.symbol == name], told, noted)
