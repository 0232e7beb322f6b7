"""Keeping what a provider answered: judged, as traded, each row once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from functions.providers import Bar, CorporateAction, Fetched, Provider, Unread
from functions.services.market import actions, quality
from functions.services.market.adjusting import Past, as_traded
from functions.services.market.fetching import EARLIEST, Wanted
from functions.services.market.grid import Anchor, BarTime, bars_of, starts_of
from functions.services.market.neighbours import Noted
from functions.services.market.quality import Grid
from functions.services.market.slots import Slot
from functions.store import bars as store
from functions.store.bars import ActionRow, BarRow, Database, RefusedRow, series_name
from functions.store.health import Series

_NAMES = Bar._fields[2:]
_LONGEST_STAMP = 40
_MOMENT = timedelta(microseconds=1)


class Source(NamedTuple):
    """A provider, with the name that its rows are stored under."""

    name: str
    provider: Provider


class Call(NamedTuple):
    """One call of the collector: whom it asks, up to which bar, and when.

    since: where bars shall begin. again: whether what is stored is read once more.
    """

    source: Source
    slot: Slot
    anchor: Anchor
    last: BarTime
    seen_at: datetime
    since: datetime | None = None
    again: bool = False

    def series(self, symbol: str) -> Series:
        """Return which series a symbol's bars belong to."""
        return Series(symbol, self.source.name, self.slot.bar)


class Collected(NamedTuple):
    """What became of one symbol; failure: why it could not be read, or nothing.

    asked: 0 where another had fetched it already; 1 also where there was no time to ask. noted:
    oddities, most of bars that were kept; oddities: each with its bar.
    """

    asked: int = 0
    bars: int = 0
    actions: int = 0
    quarantined: int = 0
    restated: int = 0
    noted: int = 0
    failure: str = ""
    oddities: Sequence[Noted] = ()

    def counts(self) -> tuple[int, ...]:
        """Return all numbers."""
        return self.asked, self.bars, self.actions, self.quarantined, self.restated, self.noted


def keep(
    database: Database, call: Call, wanted: Wanted, fetched: Fetched, known: Sequence[ActionRow]
) -> Collected:
    """Append one symbol's bars and actions, and what was refused with its reason."""
    name, length = call.source.name, call.slot.bar
    series = series_name(name, length)
    grid = _grid(call, fetched.bars)
    sound, unsound = _sound(call, fetched.actions)
    refused = store.quarantine(database, name, unsound, call.seen_at)
    for row in fetched.unread:
        of = name if row.action else series
        refused += store.quarantine(database, of, [_unread(row)], call.seen_at)
    fetched = fetched._replace(actions=sound)
    past = _past(database, series, wanted, fetched, grid)
    traded = as_traded(fetched, past, grid)
    if traded.refused:
        rows = [_refused(bar, traded.refused) for bar in fetched.bars]
        refused += store.quarantine(database, series, rows, call.seen_at)
        return Collected(1, quarantined=refused, failure=f"{name}: {traded.refused}")
    told = [action for action in traded.actions if action.ex_date <= call.last.session]
    stored = None if wanted.newest is None else past.bars
    judged = quality.judge(traded.bars, actions.together(known, told), grid, stored)
    rows = [_refused(*one) for one in judged.refused]
    refused += store.quarantine(database, series, rows, call.seen_at)
    good = [BarRow(*bar) for bar in judged.good]
    appended = store.append_bars(database, name, length, good, call.seen_at)
    added, contrary = _keep_actions(database, call, grid, known, told)
    store.note(database, series, wanted.symbol, judged.noted, call.seen_at)
    counts = Collected(1, appended.bars, added, refused + contrary, appended.restated)
    return counts._replace(noted=len(judged.noted), oddities=judged.noted)


def _keep_actions(
    database: Database,
    call: Call,
    grid: Grid,
    known: Sequence[ActionRow],
    told: Sequence[CorporateAction],
) -> tuple[int, int]:
    """Append what is new and fits the stored bars; answer how many, and how many do not."""
    name = call.source.name
    large = _too_large(database, series_name(name, call.slot.bar), grid, known, told)
    booked = [ActionRow(*action) for action in told if action not in large]
    added = store.append_actions(database, name, booked, call.seen_at)
    rows = [actions.refused(*one) for one in large.items()]
    rows += actions.contradicted(known, told)
    return added, store.quarantine(database, name, rows, call.seen_at)


def _grid(call: Call, bars: Sequence[Bar]) -> Grid:
    first = min((bar.starts.date() for bar in bars), default=call.last.session)
    begins = first - timedelta(days=1)
    times = bars_of(call.slot.calendar, call.slot.bar, call.anchor, begins, call.last.session)
    return Grid.of(times)


def _past(database: Database, series: str, wanted: Wanted, fetched: Fetched, grid: Grid) -> Past:
    if wanted.newest is None:
        return Past({}, None)
    rows = store.bars_after(database, series, wanted.symbol, wanted.after or EARLIEST - _MOMENT)
    bars = {row.starts: Bar(*row) for row in rows}
    if fetched.adjusted != "all":
        return Past(bars, None)
    ends = store.first_reading_ends(database, series, wanted.symbol)
    return Past(bars, None if ends is None else grid.sessions.get(ends, ends.date()))


def _sound(
    call: Call, told: Sequence[CorporateAction]
) -> tuple[list[CorporateAction], list[RefusedRow]]:
    """Part actions that can be booked from those of days gone by that cannot."""
    faults = {action: actions.fault(action) for action in told}
    good = [action for action, fault in faults.items() if not fault]
    due = call.last.session
    bad = [actions.refused(one, why) for one, why in faults.items() if why and one.ex_date <= due]
    return good, bad


def _too_large(
    database: Database,
    series: str,
    grid: Grid,
    known: Sequence[ActionRow],
    told: Sequence[CorporateAction],
) -> dict[CorporateAction, str]:
    """Return dividends, new ones, that no price can have held; bars are stored already."""
    seen = {(row.ex_date, row.kind) for row in known}
    every = actions.together(known, told)
    splits = [action for action in every if action.kind == "split"]
    found: dict[CorporateAction, str] = {}
    for day, paid in actions.by_day(every).items():
        new = [one for one in paid if (one.ex_date, one.kind) not in seen]
        opens = grid.hours[day][0] if day in grid.hours else starts_of(day)
        last = store.last_before(database, series, paid[0].symbol, opens) if new else None
        if last:
            before = grid.sessions.get(last.starts, last.starts.date())
            reason = actions.too_large(paid, splits, (before, last.close))
            found |= dict.fromkeys(new, reason) if reason else {}
    return found


def _refused(bar: Bar, reason: str) -> RefusedRow:
    row = {name: _text(value) for name, value in zip(_NAMES, bar[2:], strict=True)}
    return RefusedRow(bar.symbol, _stamp(bar.starts), row, reason)


def _unread(row: Unread) -> RefusedRow:
    """A row as it is written; a cell may hold what no text may."""
    cells = {name: cell and cell.replace("\0", "") for name, cell in row.row.items()}
    starts = _stamp(row.at) if isinstance(row.at, datetime) else row.at.replace("\0", "")
    return RefusedRow(row.symbol, starts[:_LONGEST_STAMP], cells, row.reason.replace("\0", ""))


def _stamp(starts: datetime) -> str:
    midnight = starts.time().isoformat() == "00:00:00"
    return starts.date().isoformat() if midnight else f"{starts:%Y-%m-%dT%H:%M:%SZ}"


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
