"""Collecting: what the provider knows of a slot, once for all robots.

Asked for is only what the event's time has reached, so nothing later is in any table.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from engine.errors import DataError
from functions import providers
from functions.providers import Bar, CorporateAction, Provider
from functions.services.market.calendars import sessions
from functions.services.market.moves import LARGEST_MOVE
from functions.services.market.slots import Slot
from functions.services.platform import Connect, Platform
from functions.store import bars as store
from functions.store import moves
from functions.store.bars import ActionRow, BarRow, RefusedRow

READ_AGAIN = timedelta(days=7)
"""How far back a provider's corrections are looked for."""


class _Fetched(NamedTuple):
    bars: list[Bar]
    actions: list[CorporateAction]
    failures: dict[str, str]


class Source(NamedTuple):
    """A provider, with the name that its rows are stored under."""

    name: str
    provider: Provider


def collect(platform: Platform, slot: Slot, seen_at: datetime) -> dict[str, int]:
    """Collect from the platform's provider; see collect_from."""
    source = Source(platform.provider, providers.get(platform.provider))
    return collect_from(source, platform.connect, slot, seen_at)


def collect_from(source: Source, connect: Connect, slot: Slot, seen_at: datetime) -> dict[str, int]:
    """Fetch and append the slot's bars and actions; answer how many of each.

    One fetch for each symbol and day: a symbol that has the slot's bar is left alone, and so
    an event delivered again, or late, changes nothing. Only where that bar moved further than
    anybody believes is it asked for again, by every call up to the deadline's: its split may
    be told late, or its price corrected, and slots wait for that. `unknown` counts symbols
    that robots follow and the provider does not have. DataError, after all else is stored,
    names the symbols that could not be fetched; calling again fetches only those.
    """
    name, provider = source
    session = slot.session().session
    with connect() as database:
        wanted = store.followed_symbols(database, slot.calendar, slot.bar)
        known = _known(provider, wanted)
        newest = store.newest_sessions(database, name, slot.bar, known)
        there = [symbol for symbol in known if newest.get(symbol) == session]
        doubted = moves.unexplained(database, (name, slot.bar), there, session, LARGEST_MOVE)
    due = [one for one in known if one in doubted or newest.get(one, date.min) < session]
    fetched = _fetched(provider, due, newest, session)
    good, refused = _parted(fetched.bars, _trading_days(slot.calendar, fetched.bars))
    with connect() as database:
        appended = store.append_bars(database, name, slot.bar, good, seen_at)
        counts = {
            "symbols": len(due),
            "bars": appended.bars,
            "actions": store.append_actions(database, name, _rows(fetched.actions), seen_at),
            "quarantined": store.quarantine(database, name, refused, seen_at),
            "restated": appended.restated,
            "unknown": len(set(wanted) - set(known)),
        }
    if fetched.failures:
        told = "; ".join(f"{symbol}: {reason}" for symbol, reason in fetched.failures.items())
        raise DataError(f"the {name} provider failed ({told}); the rest is stored, call again")
    return counts


def _known(provider: Provider, wanted: Sequence[str]) -> list[str]:
    """Before there is a robot, all that the provider lists; a robot's backtest needs bars."""
    listed = provider.symbols()
    if not wanted:
        return list(listed)
    return [symbol for symbol in wanted if not listed or symbol in listed]


def _fetched(
    provider: Provider, due: Sequence[str], newest: Mapping[str, date], until: date
) -> _Fetched:
    result = _Fetched([], [], {})
    for symbol in due:
        last = newest.get(symbol)
        try:
            bars = provider.bars([symbol], None if last is None else last - READ_AGAIN, until)
            actions = provider.actions([symbol], until)
        except Exception as error:
            result.failures[symbol] = f"{type(error).__name__}: {error}"
        else:
            # What lies after `until` is no news yet, whoever tells it.
            result.bars.extend(bar for bar in bars if bar.session <= until)
            result.actions.extend(action for action in actions if action.ex_date <= until)
    return result


def _parted(
    bars: Sequence[Bar], trading_days: frozenset[date]
) -> tuple[list[BarRow], list[RefusedRow]]:
    """Part what can be computed with from what cannot; the same bar told twice is one."""
    good: list[BarRow] = []
    refused: list[RefusedRow] = []
    first_told: dict[tuple[str, date], Bar] = {}
    for bar in bars:
        first = first_told.setdefault((bar.symbol, bar.session), bar)
        if first is not bar and first == bar:
            continue
        reason = fault(bar, trading_days) if first is bar else "a second bar of this session"
        if reason is None:
            good.append(BarRow(bar.symbol, store.starts_of(bar.session), *bar[2:]))
        else:
            refused.append(_refused(bar, reason))
    return good, refused


def fault(bar: Bar, trading_days: frozenset[date]) -> str | None:
    """Say why nobody may compute with a bar; None when everybody may."""
    prices = bar[2:6]
    if not all(price.is_finite() and price > 0 for price in prices):
        return "a price is missing or not positive"
    if bar.low > min(prices) or bar.high < max(prices):
        return "low and high do not hold open and close"
    if bar.volume is not None and not (bar.volume.is_finite() and bar.volume >= 0):
        return "the volume is negative or not a number"
    if bar.session not in trading_days:
        return "the market was closed on that day"
    return None


def _trading_days(calendar: str, bars: Sequence[Bar]) -> frozenset[date]:
    if not bars:
        return frozenset()
    days = [bar.session for bar in bars]
    return frozenset(day.session for day in sessions(calendar, min(days), max(days)))


def _rows(actions: Sequence[CorporateAction]) -> list[ActionRow]:
    return [ActionRow(*action) for action in actions]


def _refused(bar: Bar, reason: str) -> RefusedRow:
    names = Bar._fields[2:]
    row = {
        name: None if value is None else str(value)
        for name, value in zip(names, bar[2:], strict=True)
    }
    return RefusedRow(bar.symbol, bar.session.isoformat(), row, reason)
