"""Collecting: what providers know of a slot, once for all robots.

Asked for is only what the event's time has reached, so nothing later is in any table. A symbol
that cannot be read stops no other: why is kept with its data's health, and its robots wait.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from engine.errors import ParameterError, RobotPlugError
from functions import providers
from functions.providers import Fetched, ProviderError
from functions.services.market import fetching, health
from functions.services.market.fetching import Wanted
from functions.services.market.grid import DAY, OPEN
from functions.services.market.health import Asked
from functions.services.market.keeping import Call, Collected, Source, keep
from functions.services.market.moves import LARGEST_MOVE
from functions.services.market.slots import Slot
from functions.services.market.turns import SECONDS, UNASKED, Late, never, order, turns, unread
from functions.services.platform import Connect, Platform
from functions.store import bars as store
from functions.store import health as states
from functions.store import moves
from functions.store.bars import ActionRow, Database, series_name
from functions.store.health import State

__all__ = ["Collected", "Source", "collect", "collect_from", "collect_symbols"]

COUNTS = ("symbols", "bars", "actions", "quarantined", "restated", "noted", "unknown")


def collect(
    platform: Platform, slot: Slot, seen_at: datetime, seconds: float = SECONDS
) -> dict[str, int]:
    """Collect from every provider that a robot of the slot's calendar and length follows.

    The platform's own is always asked. Counts and errors are those of collect_from. seconds:
    after which no symbol is begun, since a call that is ended from outside tells nothing.
    """
    with platform.connect() as database:
        followed = store.followed_symbols(database, slot.calendar, slot.bar, platform.provider)
    total, failed = Counter(dict.fromkeys(COUNTS, 0)), []
    for name, late in turns(sorted({platform.provider, *followed}), seconds):
        try:
            source, symbols = Source(name, providers.get(name)), followed.get(name)
            total.update(collect_from(source, platform.connect, slot, seen_at, symbols, late))
        except RobotPlugError as error:
            failed.append(str(error))
    if failed:
        raise ProviderError("; ".join(failed))
    return dict(total)


def collect_from(
    source: Source,
    connect: Connect,
    slot: Slot,
    seen_at: datetime,
    symbols: Sequence[str] | None = None,
    late: Late = never,
) -> dict[str, int]:
    """Fetch and append the slot's bars and actions; answer how many of each.

    symbols: by default those of robots, or before there is one all that the source lists, since
    a robot's backtest needs bars. `unknown` counts those that the source does not have.
    ProviderError, after all else is stored, names the symbols that could not be read; calling
    again fetches only those.
    """
    if symbols is None:
        with connect() as database:
            followed = store.followed_symbols(database, slot.calendar, slot.bar, source.name)
        symbols = followed.get(source.name) or source.provider.symbols()
    found = collect_symbols(source, connect, slot, seen_at, symbols, late=late)
    told = [f"{name}: {one.failure}" for name, one in found.items() if one.failure and one.asked]
    if told:
        raise ProviderError(
            f"the {source.name} provider failed ({'; '.join(told)}); the rest is stored, call again"
        )
    sums = (sum(counts) for counts in zip(*(one.counts() for one in found.values()), strict=True))
    unknown = sum(bool(one.failure) for one in found.values())
    return {**dict.fromkeys(COUNTS, 0), **dict(zip(COUNTS, sums, strict=False)), "unknown": unknown}


def collect_symbols(
    source: Source,
    connect: Connect,
    slot: Slot,
    seen_at: datetime,
    symbols: Sequence[str],
    since: datetime | None = None,
    late: Late = never,
    *,
    again: bool = False,
) -> dict[str, Collected]:
    """Fetch and append the bars and actions of given symbols up to a slot; none stops another.

    One fetch for each symbol and slot, also by several processes at once: a symbol that has the
    slot's bar is left alone, and so an event delivered again, or late, changes nothing. Only
    where that bar moved further than anybody believes is it asked for again, by every later call
    up to the deadline's: its split may be told late, or its price corrected, and slots wait for
    that. The first fetch of a symbol brings all there is, or all `since` an instant; a symbol
    whose bars begin later than that is asked for those before them too.

    again: asks for all there is, or all `since` an instant, whatever is stored: what was missing
    is filled in, and what is told differently is restated.

    late: says that no more symbols are to be asked for. The rest have that as their failure, and
    the next call begins with them: what failed before comes last.
    """
    anchor = OPEN if slot.bar == DAY else source.provider.facts.anchor
    call = Call(source, slot, anchor, slot.newest(anchor), seen_at, since, again)
    with connect() as database:
        due = _due(database, call, symbols)
    found = dict.fromkeys(symbols, Collected())
    for symbol in due:
        with store.only_collector(connect(), series_name(source.name, slot.bar), symbol):
            found[symbol] = _in_turn(connect, call, symbol, late)
    return found


def _in_turn(connect: Connect, call: Call, symbol: str, late: Late) -> Collected:
    """Collect one symbol, unless somebody did so while its turn was waited for."""
    with connect() as database:
        wanted = _due(database, call, [symbol]).get(symbol)
        known = store.known_actions(database, call.source.name, [symbol])
        if wanted is None or (not call.again and _ended(database, call, wanted, known)):
            return Collected()
        if late():
            return _unasked(database, call, wanted)
    return _collected(connect, call, wanted, known)


def _due(database: Database, call: Call, symbols: Sequence[str]) -> dict[str, Wanted]:
    """Return what nobody has asked for at this call's time, of symbols that lack a bar."""
    (name, _), bar, last, since = call.source, call.slot.bar, call.last, call.since
    newest = store.newest_bars(database, name, bar, symbols)
    known = states.states(database, name, bar, symbols)
    there = [symbol for symbol in symbols if newest.get(symbol) == last.starts]
    doubted = moves.unexplained(database, (name, bar), there, last.starts, LARGEST_MOVE)
    found = {}
    for symbol in sorted(symbols, key=lambda symbol: order(known.get(symbol))):
        state, stored = known.get(symbol), newest.get(symbol)
        begins = since if since and (call.again or _begins_later(state, since)) else None
        lacks = stored is None or stored < last.starts or symbol in doubted
        asked = state is not None and state.checked_at >= call.seen_at and not state.failure
        if call.again or begins or (lacks and not asked):
            found[symbol] = Wanted(symbol, bar, stored, last, begins, call.again)
    return found


def _begins_later(state: State | None, since: datetime) -> bool:
    return state is None or state.first_bar is None or state.first_bar > since


def _collected(
    connect: Connect, call: Call, wanted: Wanted, known: Sequence[ActionRow]
) -> Collected:
    answer = _answer(call, wanted, known)
    with connect() as database:
        if isinstance(answer, Fetched):
            answer = _kept(database, call, wanted, answer, known)
        _note(database, call, wanted.symbol, answer.failure)
    return answer


def _answer(call: Call, wanted: Wanted, known: Sequence[ActionRow]) -> Fetched | Collected:
    """Ask the provider, which may take a minute: no transaction is open meanwhile."""
    try:
        return fetching.fetch(call.source.provider, wanted, known)
    except Exception as error:
        return _failed(call, error)


def _kept(
    database: Database, call: Call, wanted: Wanted, fetched: Fetched, known: Sequence[ActionRow]
) -> Collected:
    try:
        with database.transaction():  # what cannot be kept takes nothing else with it
            return keep(database, call, wanted, fetched, known)
    except Exception as error:
        return _failed(call, error)


def _failed(call: Call, error: Exception) -> Collected:
    """A wrong question is nobody's failure to answer it."""
    asked = 0 if isinstance(error, ParameterError) else 1
    return Collected(asked=asked, failure=f"{call.source.name}: {_told(error)}")


def _unasked(database: Database, call: Call, wanted: Wanted) -> Collected:
    """Leave a symbol to the next call; what is known of why it could not be read stays."""
    (name, _), symbol = call.source, wanted.symbol
    state = states.states(database, name, call.slot.bar, [symbol]).get(symbol)
    failure = f"{name}: {UNASKED}"
    if state is None or not unread(state):
        _note(database, call, symbol, failure)
    return Collected(asked=1, failure=failure)


def _ended(database: Database, call: Call, wanted: Wanted, known: Sequence[ActionRow]) -> bool:
    """Say whether a symbol is traded no more and all its bars of this length were read.

    Those of another length may not have been, when its end became known.
    """
    ends = fetching.delisted(known, call.last.session)
    if ends is None:
        return False
    if wanted.newest is not None and wanted.newest.date() >= ends:
        return True
    symbol, source, length = call.series(wanted.symbol)
    state = states.states(database, source, length, [symbol]).get(symbol)
    return state is not None and not state.failure and state.checked_at.date() >= ends


def _note(database: Database, call: Call, symbol: str, failure: str) -> None:
    series = call.series(symbol)
    before = states.states(database, series.source, series.length, [symbol]).get(symbol)
    asked = Asked(series, call.slot.calendar, call.anchor, call.last, call.seen_at)
    health.note(database, asked, before, failure)


def _told(error: Exception) -> str:
    """Say what a provider raised; what it says on purpose needs no type."""
    return str(error) if isinstance(error, RobotPlugError) else f"{type(error).__name__}: {error}"
