"""Which moments of a record are measured, and what each is measured by."""

from datetime import timedelta
from typing import NamedTuple

from engine import Action, Run
from engine.metrics import Floats
from engine.trades import Ranges
from functions.services.market.calendars import sessions
from functions.services.record.archive import Archive
from functions.services.record.benchmark import Public, benchmark_curve
from functions.services.record.performances import (
    Account,
    Curve,
    curve_of,
    measurable,
)
from functions.services.record.rows import instant
from functions.services.record.stored_curves import stored_curve, with_shorts
from functions.services.record.tape import Tape
from functions.store.performance import Performance
from functions.store.records import Record

_LONGEST_CLOSURE = timedelta(days=40)


class Before(NamedTuple):
    """What a segment is measured with: the curve before it, and the robots to compare with."""

    earlier: Curve
    robots: Public


def moments(
    record: Record, run: Run, tape: Tape, before: Before, *, ended: bool
) -> list[Performance]:
    """Return what is to be measured of the slots after the head, oldest first.

    Each month's last slot lasts, and so does the old head where its segment ended; the newest
    slot is always the last of them.
    """
    config = record.robot.config
    curve = before.earlier.then(curve_of(run))
    rows = len(curve.closes)
    start_row = len(tape.market.sessions) - rows
    ranges = Ranges.of(tape.market.symbols, tape.market.raw, start_row)
    curve = curve._replace(ranges=ranges)
    benchmark = benchmark_curve(before.robots, config, tape.hash, tape.market, start_row)
    account = Account(
        record.owner, float(config["cash"]), record.robot.registered_at, config["calendar"]
    )
    lasting = [at for at in range(record.head.seq, rows) if _ends_month(curve, at, account)]
    if ended and record.head.seq > 0:
        lasting.insert(0, record.head.seq - 1)
    due = sorted({*lasting, rows - 1})
    return [_moment(account, curve.head(at + 1), benchmark, at in lasting) for at in due]


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
        today, *later = sessions(account.calendar, day, day + _LONGEST_CLOSURE)
        # Of bars shorter than a day there is more to come before the session closes.
        after = later[0].session if curve.closes[at] >= today.closes.timestamp() else day
    return bool((after.year, after.month) != (day.year, day.month))
