"""A queued backtest: simulate over the newest bars in its range, and store the whole at once."""

import hashlib
import platform as machine
import sys
from datetime import date
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple
from uuid import UUID

from engine import Account, Run, simulate
from engine.errors import ParameterError, RobotPlugError
from functions import trackers
from functions.services.market.calendars import sessions
from functions.services.market.slots import Slot
from functions.services.platform import Platform
from functions.services.record.benchmark import benchmark_curve
from functions.services.record.definition import Definition, resolve
from functions.services.record.leaf import canonical
from functions.services.record.performances import Account as Measured
from functions.services.record.performances import curve_of, measurable
from functions.services.record.reading import extended, history_of
from functions.services.record.rows import SIMULATED, Decided, Ledger, instant, points_of
from functions.services.record.tape import Tape, blank
from functions.services.record.work import Work
from functions.store import executions, outbox
from functions.store.appending import append
from functions.store.executions import Job, Result
from functions.store.outbox import Message
from functions.store.tapes import Feed

EARLIEST = date(1990, 1, 1)
COMPUTES = ("numpy", "numba", "pandas", "TA-Lib")
"""The packages whose versions can change a number."""


class Backtest(NamedTuple):
    """A simulated request, with the tape it was simulated over."""

    run: Run
    tape: Tape
    definition: Definition


def run_execution(platform: Platform, execution_id: UUID) -> tuple[int, ...]:
    """Work on a queued backtest; one that has ended is left as it is.

    Returns the outbox positions to deliver. What its author can mend is kept as the execution's
    error; what a repetition may mend is raised.
    """
    database = platform.connect()
    job = executions.read_job(database, execution_id)
    if job is None:
        raise ParameterError(f"no execution {execution_id}; queue one that is stored")
    if job.kind != "backtest" or not executions.start(database, execution_id):
        return ()
    try:
        backtest = _simulated(platform, job)
    except RobotPlugError as error:
        executions.fail(database, execution_id, str(error))
        return ()
    return _store(platform, job, backtest)


def _simulated(platform: Platform, job: Job) -> Backtest:
    database, request = platform.connect(), job.request
    definition = resolve(job.strategy_code, request)
    tape = _newest(platform, request)
    executions.set_progress(database, job.owner.execution_id, 0.2)
    try:
        run = simulate(
            definition.strategy,
            tape.market,
            start=date.fromisoformat(request["start"]) if request.get("start") else None,
            opening=Account.of_cash(request["cash"]),
            options=definition.options,
        )
    except RobotPlugError:
        raise
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        raise ParameterError(f"the strategy failed with {told}; mend its code") from error
    executions.set_progress(database, job.owner.execution_id, 0.7)
    return Backtest(run, tape, definition)


def _newest(platform: Platform, request: dict[str, Any]) -> Tape:
    """Return a tape of the newest versions of all bars up to the request's end."""
    symbols, calendar, bar = request["symbols"], request["calendar"], request["bar"]
    last = date.fromisoformat(request["end"])
    days = sessions(calendar, EARLIEST, last)
    if not days:
        raise ParameterError(f"end must be on or after {EARLIEST}, was {last}")
    feed = Feed(symbols, platform.provider, bar)
    slot = Slot(calendar, bar, days[-1].closes)
    history = history_of(platform.connect(), feed, slot, days)
    if history is None:
        raise ParameterError(
            f"no bars of {', '.join(symbols)} up to {last} from the {platform.provider} provider"
        )
    return extended(blank(symbols), [history])


def _store(platform: Platform, job: Job, backtest: Backtest) -> tuple[int, ...]:
    database, owner, run = platform.connect(), job.owner, backtest.run
    ledger = Ledger(owner, SIMULATED, 1, _decided(run, job.request))
    curve = curve_of(run)
    account = Measured(
        owner,
        float(job.request["cash"]),
        instant(int(curve.closes[0])),
        job.request["calendar"],
    )
    benchmark = benchmark_curve(
        database, job.request, backtest.tape.hash, run.market, run.start_row
    )
    moment = measurable(account, curve, benchmark, job.created_at, lasting=True)
    opened = trackers.open_built_in(Work(database, [moment]))
    trades = ledger.trades(run)
    for tracker in opened:
        for trade in trades:
            tracker.track_trade(trade)
    result = Result(
        identity(backtest, job.request),
        len(trades),
        instant(int(curve.closes[0])),
        instant(int(curve.closes[-1])),
    )
    with database.transaction():
        if not executions.lock_open(database, owner.execution_id):
            return ()
        append(database, "equity_points", [point.row(owner) for point in points_of(run, 1)])
        for tracker in opened:
            tracker.finish()
        executions.finish(database, owner.execution_id, result)
        return tuple(outbox.put(database, _messages(job)))


def _decided(run: Run, request: dict[str, Any]) -> dict[str, Decided]:
    """Where each order was asked for; a backtest's decisions are in no chain."""
    closes = run.market.closes[run.state.orders.row[: len(run.orders)]].tolist()
    calendar, bar = request["calendar"], request["bar"]
    return {
        order.id: Decided(str(Slot(calendar, bar, instant(close))), None)
        for order, close in zip(run.orders, closes, strict=True)
    }


def _messages(job: Job) -> list[Message]:
    if job.owner.visibility != "public":
        return []
    key = f"{job.slug}/backtest/{job.owner.execution_id}"
    return [Message("robot", key, {"slug": job.slug, "seq": 0})]


def identity(backtest: Backtest, request: dict[str, Any]) -> str:
    """Return the SHA-256 of all that a run's result follows from."""
    definition = backtest.definition
    content = {
        "code": definition.code,
        "parameters": definition.parameters,
        "options": definition.options.to_dict(),
        "rules": definition.rules,
        "tape": backtest.tape.hash,
        "symbols": list(backtest.tape.symbols),
        "start": str(backtest.run.sessions[0]),
        "cash": request["cash"],
        "packages": _packages(),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "platform": f"{machine.system()}-{machine.machine()}",
    }
    return hashlib.sha256(canonical(content)).hexdigest()


@cache
def _packages() -> dict[str, str | None]:
    return {name: _version(name) for name in COMPUTES}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
