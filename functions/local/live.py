"""A clock for a market that goes on: real time, and every schedule at its own instant."""

import threading
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta

from engine.errors import ParameterError, RobotPlugError
from functions.local import lifeline, troubles
from functions.local.choice import BAR
from functions.local.scheduler import Failures, Scheduler, Slots
from functions.local.start import Start, daily_slot
from functions.services.market.calendars import sessions
from functions.services.market.collecting import Source, collect_symbols
from functions.services.market.slots import Slot, slot_of
from functions.services.platform import Connect

SILENT_SESSIONS = 5
"""A symbol without a bar for longer trades no more, and no robot could ever buy it."""
LOOKS_EVERY_SECONDS = 30.0
"""How long a wait lasts at most: a machine that slept wakes up to another time."""
_ACTIVE = """
SELECT DISTINCT config ->> 'calendar', config ->> 'bar' FROM strategies WHERE status <> 'archived'
"""
_WAITING = """
SELECT DISTINCT s.reason FROM skips s
WHERE s.kind = 'waiting' AND NOT EXISTS (
    SELECT FROM decisions d WHERE d.execution_id = s.execution_id AND d.slot = s.slot
) ORDER BY s.reason
"""
_NEWEST = """
SELECT symbol, max(timestamp) FROM market_data WHERE data_source = %s AND symbol = ANY(%s)
GROUP BY symbol
"""


def now_in_utc() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


class Robots:
    """What the clock asks of the database."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    def slots(self) -> set[Slots]:
        """Return the slots that some robot decides on."""
        rows = self._connect().execute(_ACTIVE).fetchall()
        return {(calendar, bar) for calendar, bar in rows}

    def waiting(self) -> list[str]:
        """Return why slots that were due are not recorded yet, each reason once."""
        return [reason for (reason,) in self._connect().execute(_WAITING)]

    def drifted(self) -> dict[str, str]:
        """Return the robots whose record a replay has left; see troubles.drifted."""
        return troubles.drifted(self._connect)


class Live:
    """Today's market: the calls for all slots that robots decide on, when they are due."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._since = now_in_utc()
        self._failed: Failures = {}
        self._robots = Robots(start.platform.connect)

    def bring_up(self) -> None:
        """Collect the past before there are robots; later on, catch up on what was missed."""
        start, now = self._start, self._since
        slot = None if start.registered() else self._collected(last_closed(start.calendar, now))
        start.queue_unfinished()
        if slot is not None:
            start.register(slot)
        # What robots that are new have missed, the next call brings.
        calls = [] if slot else start.scheduler.missed(self._robots.slots(), None, now)
        self._failed = start.work_off(calls)
        start.publish()

    def keep_time(self, stop: threading.Event) -> None:
        """Make the calls as they fall due, until told to stop."""
        keep_time(self._start.scheduler, self._robots, stop, self._since, self._failed)

    def _collected(self, slot: Slot) -> Slot:
        """Collect all symbols; return the newest slot that each of them has a bar of."""
        start, symbols = self._start, self._start.symbols
        source = Source(start.choice.provider, start.choice.source())
        for done, symbol in enumerate(symbols):
            lifeline.tell(stage="bars", done=done, total=len(symbols))
            told = collect_symbols(source, start.platform.connect, slot, self._since, [symbol])
            if failure := told[symbol].failure:
                raise RobotPlugError(_unanswered(source.name, symbol, failure))
        lifeline.tell(stage="bars", done=len(symbols), total=len(symbols))
        rows = start.platform.connect().execute(_NEWEST, [source.name, list(symbols)]).fetchall()
        newest = {symbol: at.astimezone(UTC).date() for symbol, at in rows}
        return common_slot(slot, symbols, newest)


def last_closed(calendar: str, now: datetime) -> Slot:
    """Return the newest daily slot that has closed."""
    return slot_of({"detail": {"calendar": calendar, "bar": BAR}, "time": now.isoformat()})


def common_slot(slot: Slot, symbols: Collection[str], newest: dict[str, date]) -> Slot:
    """Return the newest slot, up to the one given, that every symbol has a bar of.

    newest: each symbol's last session. ParameterError names a symbol that trades no more.
    """
    last = slot.session().session
    days = [day.session for day in sessions(slot.calendar, last - timedelta(days=30), last)]
    for symbol in symbols:
        if symbol not in newest or newest[symbol] < days[-1 - SILENT_SESSIONS]:
            since = f"since {newest[symbol]}" if symbol in newest else "at all"
            raise ParameterError(f"{symbol} has no bars {since}; leave it out of SYMBOLS")
    first = min(newest[symbol] for symbol in symbols)
    return daily_slot(slot.calendar, first)


def keep_time(
    scheduler: Scheduler,
    robots: Robots,
    stop: threading.Event,
    since: datetime,
    failed: Failures,
    now: Callable[[], datetime] = now_in_utc,
) -> None:
    """Make each call once when it is due; what was missed meanwhile comes first.

    since: up to when all calls were made. failed: why each function's last call failed.
    """
    while not stop.is_set():
        slots, until = robots.slots(), now()
        calls = scheduler.missed(slots, since, until)
        failed = {**failed, **scheduler.make(calls)}
        since = max(since, until)
        reasons = [*failed.values(), *robots.waiting()]
        trouble = "; ".join(dict.fromkeys(reason for reason in reasons if reason))
        due = scheduler.next_call(slots, since)
        lifeline.tell(next=due.isoformat(), trouble=trouble, drifted=robots.drifted())
        stop.wait(min(max((due - now()).total_seconds(), 0.0), LOOKS_EVERY_SECONDS))


def _unanswered(provider: str, symbol: str, reason: str) -> str:
    return (
        f"{symbol} could not be collected: {reason}. Nothing was registered. The same command "
        f"tries again; `make run` without PROVIDER={provider} runs on the sample"
    )
