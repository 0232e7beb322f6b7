"""What each slot that is due is to read, now or after an outage."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from engine.errors import DataError
from functions.services.market.grid import DAY, BarTime
from functions.services.market.slots import Slot, anchor_of, bars_of
from functions.services.record.archive import Tapes
from functions.store.tapes import Action, Bar, Feed

A_DAY = timedelta(days=1)
_LONGEST_CLOSURE = timedelta(days=40)


class Reading(NamedTuple):
    """What a slot is to read: its bars, and every action that was told in time for it."""

    slot: Slot
    time: BarTime
    bars: list[Bar]
    actions: list[Action]


def readings(archive: Tapes, feed: Feed, due: Sequence[Slot]) -> list[Reading]:
    """Read what each slot would have read at its time, as far as that is known.

    A bar enters its slot whenever it came, since whoever collects may have been away; a later
    version of it, or an action, only where it came before the next slot had closed: the newest
    slot that is due may be read long after that, too.
    """
    times = times_of(feed, due)
    actions = archive.known_actions(feed, times[-1].session)
    of_start: dict[str, list[Bar]] = {}
    for bar in archive.newest_bars(feed, times[0].starts, times[-1].starts):
        of_start.setdefault(bar.session, []).append(bar)
    found = []
    following = (*(slot.closes_at for slot in due[1:]), _close_after(feed, due[-1]))
    for slot, time, ends in zip(due, times, following, strict=True):
        bars = of_start.get(_stamp(feed, time), [])
        if any(_came_late(bar, ends) for bar in bars):
            bars = archive.newest_bars(feed, time.starts, time.starts, ends)
        known = [action for action in actions if _told_for(action, time, bars, ends)]
        found.append(Reading(slot, time, bars, known))
    return found


def _close_after(feed: Feed, slot: Slot) -> datetime:
    """Return when the slot after this one closes, whether or not it has."""
    anchor, day = anchor_of(feed.source, feed.bar), slot.closes_at.date()
    for later in (5 * A_DAY, _LONGEST_CLOSURE):
        times = bars_of(slot.calendar, feed.bar, anchor, day - 2 * A_DAY, day + later)
        closes = [time.closes for time in times if time.closes > slot.closes_at]
        if closes:
            return min(closes)
    raise DataError(f"no slot of {slot.calendar} closes after {slot}")


def _came_late(bar: Bar, ends: datetime) -> bool:
    return bar.version > 1 and bar.seen_at is not None and bar.seen_at >= ends


def _told_for(action: Action, time: BarTime, bars: Sequence[Bar], ends: datetime) -> bool:
    if action.ex_date > str(time.session):
        return False
    if action.seen_at is None or action.seen_at < ends:
        return True
    own = [bar.seen_at for bar in bars if bar.symbol == action.symbol and bar.seen_at]
    return bool(own) and action.seen_at <= own[0]


def times_of(feed: Feed, due: Sequence[Slot]) -> list[BarTime]:
    """Return each slot's bar on the feed's timeline; DataError where none closes with it."""
    anchor = anchor_of(feed.source, feed.bar)
    days = (due[0].closes_at.date() - 2 * A_DAY, due[-1].closes_at.date() + 2 * A_DAY)
    times = {time.closes: time for time in bars_of(due[0].calendar, feed.bar, anchor, *days)}
    wrong = [slot for slot in due if slot.closes_at not in times]
    if wrong:
        raise DataError(f"no {feed.bar} bar of the {feed.source} provider closes with {wrong[0]}")
    return [times[slot.closes_at] for slot in due]


def _stamp(feed: Feed, time: BarTime) -> str:
    return str(time.session) if feed.bar == DAY else rfc3339(time.starts)


def starts_at(bar: Bar) -> datetime:
    """Return when a bar on the tape starts."""
    found = datetime.fromisoformat(bar.session)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def rfc3339(instant: datetime) -> str:
    """Return an instant as the tape writes it."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
