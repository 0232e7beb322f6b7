"""Keeping what a provider answered: judged, as traded, each row once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from functions.providers import Bar, CorporateAction, Fetched, Provider
from functions.services.market import quality
from functions.services.market.adjusting import Past, as_traded
from functions.services.market.fetching import Wanted
from functions.services.market.grid import Anchor, BarTime, bars_of
from functions.services.market.quality import Grid
from functions.services.market.slots import Slot
from functions.store import bars as store
from functions.store.bars import ActionRow, BarRow, Database, RefusedRow, series_name
from functions.store.health import Series

_SAME = Decimal("0.0001")
_NAMES = Bar._fields[2:]


class Source(NamedTuple):
    """A provider, with the name that its rows are stored under."""

    name: str
    provider: Provider


class Call(NamedTuple):
    """One call of the collector: whom it asks, up to which bar, and when."""

    source: Source
    slot: Slot
    anchor: Anchor
    last: BarTime
    seen_at: datetime

    def series(self, symbol: str) -> Series:
        """Return which series a symbol's bars belong to."""
        return Series(symbol, self.source.name, self.slot.bar)


class Collected(NamedTuple):
    """What became of one symbol; failure: why it could not be read, or nothing.

    asked: 0 where another had fetched it already. noted: oddities of bars that were kept.
    """

    asked: int = 0
    bars: int = 0
    actions: int = 0
    quarantined: int = 0
    restated: int = 0
    noted: int = 0
    failure: str = ""

    def counts(self) -> tuple[int, ...]:
        """Return all but the failure."""
        return self.asked, self.bars, self.actions, self.quarantined, self.restated, self.noted


def keep(
    database: Database, call: Call, wanted: Wanted, fetched: Fetched, known: Sequence[ActionRow]
) -> Collected:
    """Append one symbol's bars and actions, and what was refused with its reason."""
    name, length = call.source.name, call.slot.bar
    series = series_name(name, length)
    grid = _grid(call, fetched.bars)
    traded = as_traded(fetched, _past(database, series, wanted, fetched, grid), grid)
    if traded.refused:
        rows = [_refused(bar, traded.refused) for bar in fetched.bars]
        refused = store.quarantine(database, series, rows, call.seen_at)
        return Collected(1, quarantined=refused, failure=f"{name}: {traded.refused}")
    actions = [action for action in traded.actions if action.ex_date <= call.last.session]
    judged = quality.judge(traded.bars, _together(known, actions), grid)
    good = [BarRow(*bar) for bar in judged.good]
    appended = store.append_bars(database, name, length, good, call.seen_at)
    added = store.append_actions(
        database, name, [ActionRow(*action) for action in actions], call.seen_at
    )
    rows = [_refused(*one) for one in judged.refused]
    refused = store.quarantine(database, series, rows, call.seen_at)
    refused += store.quarantine(database, name, _contradicted(known, actions), call.seen_at)
    noted = sum(judged.notes.values())
    return Collected(1, appended.bars, added, refused, appended.restated, noted)


def _grid(call: Call, bars: Sequence[Bar]) -> Grid:
    first = min((bar.starts.date() for bar in bars), default=call.last.session)
    begins = first - timedelta(days=1)
    times = bars_of(call.slot.calendar, call.slot.bar, call.anchor, begins, call.last.session)
    return Grid.of(times)


def _past(database: Database, series: str, wanted: Wanted, fetched: Fetched, grid: Grid) -> Past:
    if wanted.after is None:
        return Past({}, None)
    rows = store.bars_after(database, series, wanted.symbol, wanted.after)
    bars = {row.starts: Bar(*row) for row in rows}
    if fetched.adjusted != "all":
        return Past(bars, None)
    ends = store.first_reading_ends(database, series, wanted.symbol)
    return Past(bars, None if ends is None else grid.sessions.get(ends, ends.date()))


def _together(known: Sequence[ActionRow], told: Sequence[CorporateAction]) -> list[CorporateAction]:
    """Known actions and newly told ones, each once, as first seen."""
    found = {(action.ex_date, action.kind): action for action in told}
    found |= {(row.ex_date, row.kind): CorporateAction(*row) for row in known}
    return list(found.values())


def _contradicted(known: Sequence[ActionRow], told: Sequence[CorporateAction]) -> list[RefusedRow]:
    """Return actions that are told otherwise than they were first; those stay."""
    first: Mapping[tuple[date, str], ActionRow] = {(row.ex_date, row.kind): row for row in known}
    return [
        RefusedRow(
            action.symbol,
            action.ex_date.isoformat(),
            {"kind": action.kind, "value": _text(action.value), "detail": action.detail},
            f"the {action.kind} was first told as {_told(row)}, now as {_told(action)}",
        )
        for action in told
        if (row := first.get((action.ex_date, action.kind))) and not _same(action, row)
    ]


def _same(action: CorporateAction, row: ActionRow) -> bool:
    if action.value is None or row.value is None:
        return (action.value, action.detail) == (row.value, row.detail)
    near = abs(action.value - row.value) <= _SAME * max(action.value, row.value, Decimal(1))
    return near and action.detail == row.detail


def _told(action: ActionRow | CorporateAction) -> str:
    value = "its last close" if action.value is None else f"{action.value.normalize():f}"
    return action.detail or value


def _refused(bar: Bar, reason: str) -> RefusedRow:
    row = {name: _text(value) for name, value in zip(_NAMES, bar[2:], strict=True)}
    midnight = bar.starts.time().isoformat() == "00:00:00"
    starts = bar.starts.date().isoformat() if midnight else f"{bar.starts:%Y-%m-%dT%H:%M:%SZ}"
    return RefusedRow(bar.symbol, starts, row, reason)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
