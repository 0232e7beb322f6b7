"""Which moments of a record are measured, and what each is measured by."""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from engine import Action, Fill, Run
from engine.metrics import Floats
from engine.trades import Ranges, RoundTrip, SplitEvent
from functions.services.market.calendars import Session, sessions
from functions.services.record.archive import Archive
from functions.services.record.benchmark import Public, benchmark_curve
from functions.services.record.performances import (
    Account,
    Curve,
    bare_curve_of,
    curve_of,
    measurable,
    trips_of,
)
from functions.services.record.rows import instant
from functions.services.record.stored_curves import stored_curve, with_shorts
from functions.services.record.tape import Tape
from functions.store.performance import Performance
from functions.store.records import Record

_LONGEST_CLOSURE = timedelta(days=40)


class Known(NamedTuple):
    """Fills, splits and round trips of a whole record, where no slot brought more of them."""

    fills: tuple[Fill, ...]
    splits: tuple[SplitEvent, ...]
    trips: tuple[RoundTrip, ...]


def whole_curve(earlier: Curve, run: Run, tape: Tape, known: Known | None = None) -> Curve:
    """Return what a record brought: segments before the present one, and a run of that one."""
    if known is None:
        curve = earlier.then(curve_of(run))
        curve = curve._replace(ranges=_ranges(tape, len(curve.closes)))
        return curve._replace(trips=trips_of(curve))
    curve = earlier.then(bare_curve_of(run))
    return curve._replace(**known._asdict())


def moments(
    record: Record, curve: Curve, tape: Tape, robots: Public, *, ended: bool
) -> list[Performance]:
    """Return what is to be measured of the slots after the head, oldest first.

    Each month's last slot lasts, and so does the old head where its segment ended; the newest
    slot is always the last of them. curve: of the whole record. robots: to compare with.
    """
    config, rows = record.robot.config, len(curve.closes)
    start_row = len(tape.market.sessions) - rows
    benchmark = benchmark_curve(robots, config, tape.hash, tape.market, start_row)
    account = Account(
        record.owner, float(config["cash"]), record.robot.registered_at, config["calendar"]
    )
    lasting = [at for at in range(record.head.seq, rows) if _ends_month(curve, at, account)]
    if ended and record.head.seq > 0:
        lasting.insert(0, record.head.seq - 1)
    due = sorted({*lasting, rows - 1})
    return [_moment(account, curve.head(at + 1), benchmark, at in lasting) for at in due]


def _ranges(tape: Tape, rows: int) -> Ranges:
    market = tape.market
    return Ranges.of(market.symbols, market.raw, len(market.sessions) - rows)


def _moment(account: Account, curve: Curve, benchmark: Floats | None, lasting: bool) -> Performance:
    at = instant(int(curve.closes[-1]))
    return measurable(account, curve, benchmark, at, lasting=lasting)


def earlier_curve(archive: Archive, record: Record, tape: Tape) -> Curve:
    """Return what the segments before the present one recorded."""
    execution, segment = record.owner.execution_id, record.segment
    if segment.first_seq == 1:
        return stored_curve((), (), ())
    points = archive.points(execution, segment.first_seq)
    trades = archive.trades(execution, segment.first_trade)
    splits: list[Action] = [action for action in tape.actions if action.kind == "split"]
    curve, instruments = stored_curve(points, trades, splits), segment.options.get("instruments")
    if curve.shorts is not None:
        return curve
    multipliers = {name: one.get("multiplier", 1.0) for name, one in (instruments or {}).items()}
    return with_shorts(curve, tape.market, multipliers)


def _ends_month(curve: Curve, at: int, account: Account) -> bool:
    day = curve.sessions[at].item()
    if at + 1 < len(curve.sessions):
        after = curve.sessions[at + 1].item()
    else:
        today, later = _two_sessions(account.calendar, day)
        # Of bars shorter than a day there is more to come before the session closes.
        after = later.session if curve.closes[at] >= today.closes.timestamp() else day
    return bool((after.year, after.month) != (day.year, day.month))


@lru_cache(maxsize=64)
def _two_sessions(calendar: str, day: date) -> tuple[Session, Session]:
    """Return a session and the one after it."""
    today, later, *_ = sessions(calendar, day, day + _LONGEST_CLOSURE)
    return today, later
