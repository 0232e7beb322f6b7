"""Which moments of a record are measured, and what each is measured by."""

from datetime import timedelta

from engine import Action, Run
from engine.metrics import Floats
from functions.services.market.calendars import sessions
from functions.services.record.benchmark import benchmark_curve
from functions.services.record.performances import (
    Account,
    Curve,
    curve_of,
    measurable,
    stored_curve,
)
from functions.services.record.replay import Replay
from functions.services.record.rows import instant
from functions.services.record.tape import Tape
from functions.store import runs
from functions.store.appending import Database
from functions.store.performance import Performance
from functions.store.records import Record
from functions.store.trades import read_trades

_LONGEST_CLOSURE = timedelta(days=40)


def moments(
    database: Database, record: Record, replayed: Replay, tape: Tape, *, ended: bool
) -> list[Performance]:
    """Return what is to be measured of the slots after the head, oldest first.

    Each month's last slot lasts, and so does the old head where its segment ended; the newest
    slot is always the last of them.
    """
    run, config = replayed.run, record.robot.config
    curve = _earlier(database, record, run, tape).then(curve_of(run))
    rows = len(curve.closes)
    benchmark = benchmark_curve(
        database, config, tape.hash, tape.market, len(tape.market.sessions) - rows
    )
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


def _earlier(database: Database, record: Record, run: Run, tape: Tape) -> Curve:
    """Return what earlier segments recorded."""
    first = record.segment.first_seq
    execution = record.owner.execution_id
    points = runs.read_points(database, execution, first) if first > 1 else []
    before = [trade for trade in read_trades(database, execution) if points] if points else []
    opens = run.market.opens[run.start_row]
    trades = [trade for trade in before if trade.execution_time.timestamp() < opens]
    splits: list[Action] = [action for action in tape.actions if action.kind == "split"]
    return stored_curve(points, trades, splits)


def _ends_month(curve: Curve, at: int, account: Account) -> bool:
    day = curve.sessions[at].item()
    following = day + timedelta(days=1)
    if at + 1 < len(curve.sessions):
        after = curve.sessions[at + 1].item()
    else:
        after = sessions(account.calendar, following, day + _LONGEST_CLOSURE)[0].session
    return bool((after.year, after.month) != (day.year, day.month))
